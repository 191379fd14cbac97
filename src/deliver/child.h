/* Programs that are run without a shell, and the words of a command that names one. */
#ifndef DIGEST_DELIVER_CHILD_H
#define DIGEST_DELIVER_CHILD_H

#include "transport.h"

#include <sys/types.h>

/*
 * Starts argv[0], looked up in PATH when it has no slash, with `fds` as its standard input, output
 * and error and no other file open. EX_CONFIG when it cannot be run.
 */
int child_start(pid_t *pid, char *const argv[], const int fds[3], struct err *err);

/*
 * Waits until the program ends and gives its wait status: 0, or -1 at the deadline, or when the
 * status went to somebody else.
 */
int child_wait(pid_t pid, int64_t deadline_ms, int *status);

/* Ends the program now, and waits for it. */
void child_kill(pid_t pid);

/*
 * Waits until one of the two descriptors (-1 for none) can be written to or read from, or a moment
 * has passed. -1 at the deadline.
 */
int child_poll(int writable, int readable, int64_t deadline_ms);

/* A pipe whose ends no other program inherits. EX_OSERR. */
int child_pipe(int ends[2], struct err *err);

enum { CHILD_WORDS = 64 };

/*
 * Splits a command at spaces; quotes and backslashes work as in a shell, and nothing else does.
 * `copy`, as long as the command and its terminator, holds the words, and NULL ends them. EX_CONFIG.
 */
int child_split(const char *command, char *copy, char *words[CHILD_WORDS + 1], struct err *err);

#endif
