/*
 * A ranking: which of two entries is read first, and what to say about it. One file
 * ranking_NAME.c and one row of rankings.def each.
 */
#ifndef DIGEST_PICK_RANKING_H
#define DIGEST_PICK_RANKING_H

#include "digest/pick.h"

/* A candidate and its place among those that were given. */
struct pick_place {
	struct pick_candidate candidate;
	size_t index;
};

struct pick_ranking {
	const char *name;
	const char *help; /* one line */
	bool is_total; /* no two tie: rankings that follow it have no say */
	/* Below 0 when `a` is read before `b`; 0 when this ranking has no opinion. */
	int (*compare)(const struct pick_place *a, const struct pick_place *b, int64_t now);
	/* Why the entry stands where it does, in plain words; "" when there is nothing to say. */
	struct str (*why)(const struct entry *entry, struct arena *arena);
};

#define RANKING(name) extern const struct pick_ranking pick_ranking_##name;
#include "rankings.def"
#undef RANKING

#endif
