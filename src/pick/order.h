/*
 * The order that a list's rank asks for.
 */
#ifndef DIGEST_PICK_ORDER_H
#define DIGEST_PICK_ORDER_H

#include "ranking.h"

enum { PICK_RANKINGS_MOST = 8 }; /* that one rank names */

struct pick_order {
	const struct pick_ranking *rankings[PICK_RANKINGS_MOST]; /* the deciding one first */
	int64_t weights[PICK_RANKINGS_MOST]; /* in thousandths */
	size_t count;
	/* Scores are added up; else each ranking breaks the last one's ties. */
	bool has_weights;
};

/* EX_USAGE: "rank: column 8: …". */
int pick_order_parse(struct pick_order *order, const char *rank, struct err *err);

/* The scores of one candidate, by ranking, and its place in the field. */
struct pick_place {
	struct pick_candidate *candidate;
	size_t index;
	struct pick_score scores[PICK_RANKINGS_MOST];
};

/*
 * The field's candidates in their order, section by section, with their `score` set. Lives in the
 * field's arena.
 */
struct pick_place *pick_order_sort(const struct pick_order *order, const struct pick_field *field);

/* Appends the rankings' reasons to the candidate's. */
void pick_order_explain(
    const struct pick_order *order, const struct pick_field *field, const struct pick_place *place);

#endif
