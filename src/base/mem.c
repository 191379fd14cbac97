/*
 * The allocators that cannot fail, and the one place outside cli where the process ends. Not for
 * memory that lives as long as a run: that is arena's.
 */
#include "digest/mem.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

void *
mem_alloc(size_t size)
{
	return mem_array(1, size);
}

void *
mem_array(size_t count, size_t size)
{
	if (count == 0 || size == 0)
		count = size = 1;
	void *ptr = calloc(count, size);
	if (ptr == NULL)
		mem_die();
	return ptr;
}

void *
mem_resize(void *ptr, size_t size)
{
	void *grown = realloc(ptr, size > 0 ? size : 1);
	if (grown == NULL)
		mem_die();
	return grown;
}

char *
mem_copy_string(const char *text)
{
	size_t bytes = strlen(text) + 1;
	char *copy = mem_resize(NULL, bytes);
	memcpy(copy, text, bytes);
	return copy;
}

void
mem_free(void *ptr)
{
	free(ptr);
}

_Noreturn void
mem_die(void)
{
	static const char line[] = "digest: out of memory\n";

	/*
	 * _exit() and not exit(): handlers and stdio would want memory too. A half-written line on
	 * standard output is the smaller evil, and a message that cannot be written changes
	 * nothing.
	 */
	ssize_t written = write(STDERR_FILENO, line, sizeof(line) - 1);
	(void)written;
	_exit(EX_OSERR);
}
