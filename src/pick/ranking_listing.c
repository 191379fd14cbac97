/*
 * The order in which the candidates were given: listing day, source, place in the listing.
 */
#include "ranking.h"

static void
score(const struct pick_field *field, struct pick_score *scores)
{
	for (size_t i = 0; i < field->count; i++)
		scores[i].value = (double)(field->count - i) / (double)field->count;
}

static struct str
why(const struct pick_field *field, size_t index, const struct pick_score *score)
{
	(void)field;
	(void)index;
	(void)score;
	return STR("");
}

const struct pick_ranking pick_ranking_listing = {
	.name = "listing",
	.help = "the order of the listing",
	.is_total = true,
	.score = score,
	.why = why,
};
