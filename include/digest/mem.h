/*
 * Memory that is there. These allocators never return NULL: when the system refuses, mem_die()
 * prints one line and ends the process with EX_OSERR (71). Dying is safe at any point: the store is
 * transactional and a delivery's state is on disk before the step that needs it.
 */
#ifndef DIGEST_MEM_H
#define DIGEST_MEM_H

#include <stddef.h>

/* `size` zeroed bytes; to be freed with mem_free(). A size of 0 gives one byte. */
void *mem_alloc(size_t size) __attribute__((warn_unused_result));

/* `count` zeroed elements of `size` bytes; an overflowing product counts as out of memory. */
void *mem_array(size_t count, size_t size) __attribute__((warn_unused_result));

/* Grows or shrinks; new bytes are not zeroed. */
void *mem_resize(void *ptr, size_t size) __attribute__((warn_unused_result));

char *mem_copy_string(const char *text) __attribute__((warn_unused_result));

/* free(3), by a name that stands beside the others. */
void mem_free(void *ptr);

/* "digest: out of memory", exit status 71. The one place outside cli that ends the process. */
_Noreturn void mem_die(void);

#endif
