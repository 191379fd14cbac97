/*
 * Most votes first; entries whose source counts none come last.
 */
#include "ranking.h"

static int
compare(const struct pick_place *a, const struct pick_place *b, int64_t now)
{
	int votes_a = a->candidate.entry->votes, votes_b = b->candidate.entry->votes;

	(void)now;
	return (votes_b > votes_a) - (votes_b < votes_a);
}

static struct str
why(const struct entry *entry, struct arena *arena)
{
	if (entry->votes < 0)
		return STR("");
	return arena_printf(arena, "%d vote%s", entry->votes, entry->votes == 1 ? "" : "s");
}

const struct pick_ranking pick_ranking_votes = {
	.name = "votes",
	.help = "most votes first",
	.compare = compare,
	.why = why,
};
