/*
 * By the list's categories, each with its weight.
 */
#include "ranking.h"

static void
score(const struct pick_field *field, struct pick_score *scores)
{
	pick_score_terms(field, PICK_CATEGORIES, false, scores);
}

/* "in cs.CL, cs.LG" */
static struct str
why(const struct pick_field *field, size_t index, const struct pick_score *score)
{
	size_t count;

	if (score->value == 0)
		return STR("");
	const struct str *names = pick_matched_terms(field, PICK_CATEGORIES, index, &count);
	return arena_printf(
	    field->arena, "in %.*s", STR_ARG(pick_join(field->arena, names, count, ", ")));
}

const struct pick_ranking pick_ranking_categories = {
	.name = "categories",
	.help = "the list's 'categories' first",
	.has_wish = true,
	.wish = PICK_CATEGORIES,
	.score = score,
	.why = why,
};
