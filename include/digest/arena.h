/*
 * Memory that dies together. Entries and their strings live in the run's arena; nothing in it is
 * freed alone. All results are aligned for any type, and allocation cannot fail (see mem.h).
 */
#ifndef DIGEST_ARENA_H
#define DIGEST_ARENA_H

#include "digest/str.h"

struct arena;
struct buf;

struct arena *arena_new(void);

/* Frees everything that was taken from it. arena_free(NULL) does nothing. */
void arena_free(struct arena *arena);

/* Forgets everything that was taken from it and keeps one block for reuse. */
void arena_reset(struct arena *arena);

/* `size` zeroed bytes. */
void *arena_alloc(struct arena *arena, size_t size) __attribute__((warn_unused_result));

/* `count` zeroed elements of `size` bytes. */
void *
arena_array(struct arena *arena, size_t count, size_t size) __attribute__((warn_unused_result));

/* A copy of `s`, terminated as a convenience (the terminator is not in its length). */
struct str arena_copy(struct arena *arena, struct str s);

/* The same of what a buffer holds, which is released. */
struct str arena_keep(struct arena *arena, struct buf *buf);

/* A terminated copy of `s`. */
const char *arena_string(struct arena *arena, struct str s);

/* Formatted text, terminated. */
struct str
arena_printf(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));

/*
 * Room for one more element after `items` (an array of `*count` elements of `size` bytes that grew
 * by this function alone, or NULL and 0). Returns the array, perhaps moved, and adds 1 to `*count`;
 * the new element is zeroed.
 */
void *arena_grow(struct arena *arena, void *items, size_t *count, size_t size)
    __attribute__((warn_unused_result));

#endif
