/*
 * What went wrong, told once. A fallible function returns 0 or -1 and takes a `struct err *` last;
 * the first failure fills it and later ones leave it alone, so the cause is what the user reads.
 *
 *     if (db_open(&db, path, DB_WRITE, err) < 0)
 *             return err_prefix(err, "store");
 *
 * The text reads "where: what is wrong; what happens now or what to do", outermost context first.
 * Codes are those of <sysexits.h>. A `struct err *` may never be NULL.
 */
#ifndef DIGEST_ERR_H
#define DIGEST_ERR_H

#include <stdarg.h>
#include <stdbool.h>
#include <sysexits.h>

enum { ERR_TEXT_BYTES = 1024 };

struct err {
	int code; /* EX_… of sysexits.h; 0 while nothing has failed */
	char text[ERR_TEXT_BYTES]; /* one line, terminated, cut at the end when too long */
};

#define ERR_NONE ((struct err){ 0 })

/* Records a failure unless one is recorded already. Always returns -1. */
int
err_set(struct err *err, int code, const char *format, ...) __attribute__((format(printf, 3, 4)));
int err_setv(struct err *err, int code, const char *format, va_list args)
    __attribute__((format(printf, 3, 0)));

/* Like err_set() with ": " and the text of `number` (an errno) after it. */
int err_set_errno(struct err *err, int code, int number, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Puts "context: " before a recorded failure. Always returns -1. */
int err_prefix(struct err *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

bool err_is_set(const struct err *err);
void err_clear(struct err *err);

/*
 * Which of two exit codes a process with both troubles ends with: a bug (70) before the system
 * (71), files (74, 73), configuration (78), permissions (77), data (65), an unavailable source or
 * server (69), try again (75), usage (64), and 0.
 */
int err_worse_code(int a, int b);

#endif
