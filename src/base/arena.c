/*
 * Memory that dies together: blocks that are cut from the front and freed as one. Not for a single
 * thing with a life of its own: that is mem's.
 */
#include "digest/arena.h"

#include "digest/buf.h"
#include "digest/mem.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_BYTES = 64 * 1024, GROW_FIRST = 4 };

struct block {
	struct block *next;
	size_t size;
	size_t used;
	max_align_t bytes[];
};

struct arena {
	struct block *blocks; /* the one being cut comes first */
};

struct arena *
arena_new(void)
{
	return mem_alloc(sizeof(struct arena));
}

static void
free_blocks(struct block *block)
{
	while (block != NULL) {
		struct block *next = block->next;
		mem_free(block);
		block = next;
	}
}

void
arena_free(struct arena *arena)
{
	if (arena == NULL)
		return;
	free_blocks(arena->blocks);
	mem_free(arena);
}

void
arena_reset(struct arena *arena)
{
	if (arena->blocks == NULL)
		return;
	free_blocks(arena->blocks->next);
	arena->blocks->next = NULL;
	arena->blocks->used = 0;
}

static struct block *
add_block(struct arena *arena, size_t wanted)
{
	size_t size = wanted > BLOCK_BYTES ? wanted : BLOCK_BYTES;

	if (size > SIZE_MAX - sizeof(struct block))
		mem_die();
	struct block *block = mem_resize(NULL, sizeof(struct block) + size);
	*block = (struct block){ .size = size };

	/*
	 * A block made for one large piece is full at once and goes after the one being cut, whose
	 * remaining room would be lost otherwise.
	 */
	if (wanted >= BLOCK_BYTES && arena->blocks != NULL) {
		block->next = arena->blocks->next;
		arena->blocks->next = block;
	} else {
		block->next = arena->blocks;
		arena->blocks = block;
	}
	return block;
}

/* So many bytes that what comes after them is aligned. */
static size_t
aligned(size_t size)
{
	size_t align = _Alignof(max_align_t);

	if (size > SIZE_MAX - align)
		mem_die();
	return (size + align - 1) / align * align;
}

static void *
take(struct arena *arena, size_t size)
{
	size = aligned(size);
	struct block *block = arena->blocks;
	if (block == NULL || block->size - block->used < size)
		block = add_block(arena, size);
	void *bytes = (char *)block->bytes + block->used;
	block->used += size;
	return bytes;
}

void *
arena_alloc(struct arena *arena, size_t size)
{
	void *bytes = take(arena, size > 0 ? size : 1);
	memset(bytes, 0, size);
	return bytes;
}

static size_t
bytes_of(size_t count, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(count, size, &bytes))
		mem_die();
	return bytes;
}

void *
arena_array(struct arena *arena, size_t count, size_t size)
{
	return arena_alloc(arena, bytes_of(count, size));
}

const char *
arena_string(struct arena *arena, struct str s)
{
	char *text = take(arena, s.len + 1);

	if (s.len > 0)
		memcpy(text, s.ptr, s.len);
	text[s.len] = '\0';
	return text;
}

struct str
arena_copy(struct arena *arena, struct str s)
{
	return (struct str){ arena_string(arena, s), s.len };
}

struct str
arena_keep(struct arena *arena, struct buf *buf)
{
	struct str kept = arena_copy(arena, buf_str(buf));

	buf_release(buf);
	return kept;
}

struct str
arena_printf(struct arena *arena, const char *format, ...)
{
	const struct block *block = arena->blocks;
	size_t room = block != NULL ? block->size - block->used : 0;
	va_list args;

	/* Most texts fit into what is there already, and are formatted once. */
	va_start(args, format);
	int len =
	    vsnprintf(room > 0 ? (char *)block->bytes + block->used : NULL, room, format, args);
	va_end(args);
	/* Only a text beyond INT_MAX bytes gets here, and there is no memory for that. */
	if (len < 0)
		mem_die();

	char *text = take(arena, (size_t)len + 1);
	if ((size_t)len >= room) {
		va_start(args, format);
		vsnprintf(text, (size_t)len + 1, format, args);
		va_end(args);
	}
	return (struct str){ text, (size_t)len };
}

/* Where the block is that holds the piece and nothing else, or NULL. */
static struct block **
find_own_block(struct arena *arena, const void *piece, size_t size)
{
	struct block **place = &arena->blocks;

	while (*place != NULL && (void *)(*place)->bytes != piece)
		place = &(*place)->next;
	return *place != NULL && (*place)->used == aligned(size) ? place : NULL;
}

/* A larger piece that begins as the old one does. A block of its own grows where it is. */
static void *
enlarge(struct arena *arena, const void *piece, size_t size, size_t wanted)
{
	struct block **place = find_own_block(arena, piece, size);

	if (place == NULL || wanted <= BLOCK_BYTES)
		return memcpy(take(arena, wanted), piece, size);
	if (wanted > SIZE_MAX - sizeof(struct block) - _Alignof(max_align_t))
		mem_die();
	struct block *block = mem_resize(*place, sizeof(*block) + aligned(wanted));
	block->size = block->used = aligned(wanted);
	*place = block;
	return block->bytes;
}

/*
 * The room of an array is told by its count alone: 4, then every power of two. The old arrays that
 * are smaller than a block add up to less than a block.
 */
void *
arena_grow(struct arena *arena, void *items, size_t *count, size_t size)
{
	size_t old = *count;
	bool is_full = old >= GROW_FIRST && (old & (old - 1)) == 0;
	char *grown = items;

	if (old == 0)
		grown = take(arena, bytes_of(GROW_FIRST, size));
	else if (is_full)
		grown = enlarge(arena, items, old * size, bytes_of(old, 2 * size));
	memset(grown + old * size, 0, size);
	*count = old + 1;
	return grown;
}
