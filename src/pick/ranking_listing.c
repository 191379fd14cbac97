/*
 * The order in which the candidates were given: listing day, source, place in the listing.
 */
#include "ranking.h"

static int
compare(const struct pick_place *a, const struct pick_place *b, int64_t now)
{
	(void)now;
	return (a->index > b->index) - (a->index < b->index);
}

static struct str
why(const struct entry *entry, struct arena *arena)
{
	(void)entry;
	(void)arena;
	return STR("");
}

const struct pick_ranking pick_ranking_listing = {
	.name = "listing",
	.help = "the order of the listing",
	.is_total = true,
	.compare = compare,
	.why = why,
};
