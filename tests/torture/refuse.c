/*
 * Preloaded into the program: refuses memory. REFUSE_AT=N refuses the N-th request of the process
 * and, with REFUSE_FOR_EVER set, every one after it. Without REFUSE_AT it refuses nothing and
 * writes how many requests there were to the file REFUSE_COUNT. Child processes are left alone.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);

static long requests, refused_at;
static bool is_for_ever;
static const char *count_file;

__attribute__((constructor)) static void
begin(void)
{
	const char *at = getenv("REFUSE_AT");

	is_for_ever = getenv("REFUSE_FOR_EVER") != NULL;
	count_file = getenv("REFUSE_COUNT");
	unsetenv("LD_PRELOAD");
	requests = 0;
	refused_at = at != NULL ? strtol(at, NULL, 10) : 0;
}

__attribute__((destructor)) static void
end(void)
{
	char text[32];
	int fd = count_file != NULL ? open(count_file, O_WRONLY | O_CREAT | O_TRUNC, 0600) : -1;

	if (fd < 0)
		return;
	int len = snprintf(text, sizeof(text), "%ld\n", requests);
	if (write(fd, text, (size_t)len) != len)
		abort();
	close(fd);
}

static bool
is_refused(void)
{
	long number = __atomic_add_fetch(&requests, 1, __ATOMIC_RELAXED);

	if (refused_at == 0 || number < refused_at || (number > refused_at && !is_for_ever))
		return false;
	errno = ENOMEM;
	return true;
}

void *
malloc(size_t size)
{
	return is_refused() ? NULL : __libc_malloc(size);
}

void *
calloc(size_t count, size_t size)
{
	return is_refused() ? NULL : __libc_calloc(count, size);
}

void *
realloc(void *old, size_t size)
{
	return is_refused() ? NULL : __libc_realloc(old, size);
}
