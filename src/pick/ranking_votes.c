/*
 * Most votes first; entries whose source counts none come last. The hundredth vote says less than
 * the tenth: what has as many as is usual on the day has half of the score that can be had.
 */
#include "ranking.h"

/* The median of what is known, and never 0: what a score is measured by. */
static double
usual_votes(const struct pick_field *field)
{
	double *votes = arena_array(field->arena, field->count + 1, sizeof(*votes));
	size_t count = 0;

	for (size_t i = 0; i < field->count; i++)
		if (field->candidates[i]->entry->votes >= 0)
			votes[count++] = field->candidates[i]->entry->votes;
	return pick_median(votes, count) + 1;
}

static void
score(const struct pick_field *field, struct pick_score *scores)
{
	double usual = usual_votes(field);

	for (size_t i = 0; i < field->count; i++) {
		int votes = field->candidates[i]->entry->votes;
		if (votes >= 0)
			scores[i].value = (votes + 1.0) / (votes + 1.0 + usual);
	}
}

static struct str
why(const struct pick_field *field, size_t index, const struct pick_score *score)
{
	int votes = field->candidates[index]->entry->votes;

	(void)score;
	if (votes < 0)
		return STR("");
	return arena_printf(field->arena, "%d vote%s", votes, votes == 1 ? "" : "s");
}

const struct pick_ranking pick_ranking_votes = {
	.name = "votes",
	.help = "most votes first",
	.score = score,
	.why = why,
};
