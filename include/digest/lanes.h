/*
 * Sixteen bytes at a time: what sees every byte of a listing or of a message looks this way for the
 * next byte that matters. Vectors of GCC and Clang, which every machine has in some form; all else
 * takes plain loops.
 */
#ifndef DIGEST_LANES_H
#define DIGEST_LANES_H

#include <endian.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/*
 * Signed, so bytes beyond ASCII are negative. A comparison of two gives -1 where it holds, else 0.
 */
typedef signed char lanes __attribute__((vector_size(16)));

/* The bytes at `bytes`, of which there are `left`; zeros after the last one. */
static inline lanes
lanes_load(const char *bytes, size_t left)
{
	lanes loaded = { 0 };

	if (left >= sizeof(loaded))
		memcpy(&loaded, bytes, sizeof(loaded));
	else if (left > 0)
		memcpy(&loaded, bytes, left);
	return loaded;
}

/* The first lane where a comparison holds; sizeof(lanes) for none. */
static inline size_t
lanes_first(lanes found)
{
	uint64_t halves[2];

	memcpy(halves, &found, sizeof(halves));
	for (size_t i = 0; i < 2; i++)
		if (halves[i] != 0)
			return 8 * i + (size_t)__builtin_ctzll(le64toh(halves[i])) / 8;
	return sizeof(found);
}

/* In how many lanes a comparison holds. */
static inline size_t
lanes_count(lanes found)
{
	uint64_t halves[2];

	memcpy(halves, &found, sizeof(halves));
	return (size_t)(__builtin_popcountll(halves[0]) + __builtin_popcountll(halves[1])) / 8;
}

#endif
