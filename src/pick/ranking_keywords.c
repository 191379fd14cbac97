/*
 * By the list's words: each that an entry has counts with its weight, and twice when the title has
 * it.
 */
#include "ranking.h"

static void
score(const struct pick_field *field, struct pick_score *scores)
{
	pick_score_terms(field, PICK_KEYWORDS, true, scores);
}

/* "3 of your words: diffusion, distillation, tokens" */
static struct str
why(const struct pick_field *field, size_t index, const struct pick_score *score)
{
	size_t count;

	if (score->value == 0)
		return STR("");
	const struct str *words = pick_matched_terms(field, PICK_KEYWORDS, index, &count);
	struct str names = pick_join(field->arena, words, count, ", ");
	if (count == 1)
		return arena_printf(field->arena, "one of your words: %.*s", STR_ARG(names));
	return arena_printf(field->arena, "%zu of your words: %.*s", count, STR_ARG(names));
}

const struct pick_ranking pick_ranking_keywords = {
	.name = "keywords",
	.help = "most of the list's 'keywords' first",
	.has_wish = true,
	.wish = PICK_KEYWORDS,
	.score = score,
	.why = why,
};
