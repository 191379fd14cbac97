/*
 * Terms: words and pairs of words that follow one another, by the numbers of the words. For the
 * files liked*.c alone.
 */
#ifndef DIGEST_PICK_LIKED_TERMS_H
#define DIGEST_PICK_LIKED_TERMS_H

#include "liked_words.h"

struct liked_term {
	uint32_t first, second; /* the words; `second` is LIKED_NO_WORD for one word alone */
	uint32_t document_count, occurrence_count;
	uint32_t last_document; /* that it was seen in, from 1; 0 while the place is free */
	uint32_t feature;
};

/* A set of terms. */
struct liked_terms {
	struct liked_term *items; /* by hash; those whose last_document is 0 are free */
	uint32_t room, count; /* `room` is a power of 2 */
};

void liked_terms_init(struct liked_terms *terms);
void liked_terms_release(struct liked_terms *terms);

/* Forgets all terms and keeps the memory. */
void liked_terms_reset(struct liked_terms *terms);

/* The term of these words, added when it is not there; it lives until the next is added. */
struct liked_term *
liked_terms_add(struct liked_terms *terms, uint32_t first, uint32_t second, uint32_t document);

/* NULL when it is not there. */
const struct liked_term *
liked_terms_find(const struct liked_terms *terms, uint32_t first, uint32_t second);

#endif
