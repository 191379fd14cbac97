/*
 * A hash table of words and pairs of words. What is counted in it is liked.c's business.
 */
#include "liked_terms.h"

#include "digest/mem.h"

enum { FIRST_ROOM = 4096 };

void
liked_terms_init(struct liked_terms *terms)
{
	*terms = (struct liked_terms){ .room = FIRST_ROOM };
	terms->items = mem_array(terms->room, sizeof(*terms->items));
}

void
liked_terms_release(struct liked_terms *terms)
{
	mem_free(terms->items);
}

void
liked_terms_reset(struct liked_terms *terms)
{
	terms->count = 0;
	memset(terms->items, 0, terms->room * sizeof(*terms->items));
}

/* The last steps of MurmurHash3: every bit of the two words moves every bit of the hash. */
static uint32_t
hash_of(uint32_t first, uint32_t second)
{
	uint64_t hash = (uint64_t)first << 32 | second;

	hash = (hash ^ hash >> 33) * 0xff51afd7ed558ccdu;
	hash = (hash ^ hash >> 33) * 0xc4ceb9fe1a85ec53u;
	return (uint32_t)(hash ^ hash >> 33);
}

/* The term, or the free place where it belongs. */
static struct liked_term *
find_place(const struct liked_terms *terms, uint32_t first, uint32_t second)
{
	uint32_t mask = terms->room - 1, at = hash_of(first, second) & mask;

	while (terms->items[at].last_document != 0 &&
	    (terms->items[at].first != first || terms->items[at].second != second))
		at = (at + 1) & mask;
	return &terms->items[at];
}

static void
grow(struct liked_terms *terms)
{
	struct liked_terms old = *terms;

	terms->room *= 2;
	terms->items = mem_array(terms->room, sizeof(*terms->items));
	for (uint32_t i = 0; i < old.room; i++) {
		if (old.items[i].last_document != 0)
			*find_place(terms, old.items[i].first, old.items[i].second) = old.items[i];
	}
	liked_terms_release(&old);
}

struct liked_term *
liked_terms_add(struct liked_terms *terms, uint32_t first, uint32_t second, uint32_t document)
{
	if (terms->count >= terms->room / 3 * 2)
		grow(terms);

	struct liked_term *term = find_place(terms, first, second);
	if (term->last_document == 0) {
		*term = (struct liked_term){ .first = first, .second = second };
		terms->count++;
	}
	term->occurrence_count++;
	term->document_count += term->last_document != document;
	term->last_document = document;
	return term;
}

const struct liked_term *
liked_terms_find(const struct liked_terms *terms, uint32_t first, uint32_t second)
{
	const struct liked_term *term = find_place(terms, first, second);

	return term->last_document != 0 ? term : NULL;
}
