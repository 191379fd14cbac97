/*
 * A ranking: how much an entry is wanted, beside the others of its day, and what to say about it.
 * One file ranking_NAME.c and one row of rankings.def each.
 */
#ifndef DIGEST_PICK_RANKING_H
#define DIGEST_PICK_RANKING_H

#include "digest/pick.h"

/* What is ranked: the candidates that the filters let pass, in the order of the listing. */
struct pick_field {
	struct pick_candidate *const *candidates;
	size_t count;
	const struct pick_rules *rules;
	struct arena *arena; /* for whatever the scores need */
};

struct pick_score {
	double value; /* 0…1: 0 when nothing speaks for the entry */
	const void *basis; /* what why() needs to know; the ranking's own, in the field's arena */
};

struct pick_ranking {
	const char *name;
	const char *help; /* one line */
	bool is_total; /* no two tie: rankings that follow it as tie-breakers have no say */
	bool has_wish; /* whether it goes by a wish: it is no use without one */
	enum pick_wish wish;
	/*
	 * Fills in the zeroed scores of the candidates. Equal wishes must give equal values, since
	 * the next ranking breaks ties; and the same field the same values, whatever the machine's
	 * clock.
	 */
	void (*score)(const struct pick_field *field, struct pick_score *scores);
	/* Why a candidate stands where it does, in plain words; "" when there is nothing to say. */
	struct str (*why)(
	    const struct pick_field *field, size_t index, const struct pick_score *score);
};

/* What queries look at of a candidate: made when first asked for. */
const struct query_subject *
pick_subject(struct pick_candidate *candidate, const struct pick_rules *rules, struct arena *arena);

/*
 * Scores candidates by the weights of the terms they match, the best having 1. Terms that a title
 * matches count double where `has_titles`.
 */
void pick_score_terms(const struct pick_field *field, enum pick_wish wish, bool has_titles,
    struct pick_score *scores);

/* The names of the terms that a candidate matches. */
struct str *pick_matched_terms(
    const struct pick_field *field, enum pick_wish wish, size_t index, size_t *count);

/* "a, b, c"; of more than five names the first five. */
struct str
pick_join(struct arena *arena, const struct str *names, size_t count, const char *separator);

/* The middle one of the values, which it sorts; 0 of none. */
double pick_median(double *values, size_t count);

#define RANKING(name) extern const struct pick_ranking pick_ranking_##name;
#include "rankings.def"
#undef RANKING

#endif
