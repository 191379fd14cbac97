/*
 * By how much an entry is like what was liked and unlike what was disliked. Without anything liked,
 * all are equal.
 */
#include "ranking.h"

#include "digest/liked.h"

#include <math.h>

/* How steeply 0…1 rises where the model is in doubt. */
static const double slope = 3;

static void
score(const struct pick_field *field, struct pick_score *scores)
{
	const struct liked_model *model = field->rules->liked;

	for (size_t i = 0; i < field->count && model != NULL; i++) {
		struct str *words = arena_alloc(field->arena, sizeof(*words));
		double likeness =
		    liked_score(model, field->candidates[i]->entry, field->arena, words);
		scores[i].value = 1 / (1 + exp(-slope * likeness));
		scores[i].basis = words;
	}
}

static struct str
why(const struct pick_field *field, size_t index, const struct pick_score *score)
{
	const struct str *words = score->basis;

	(void)index;
	if (words == NULL || words->len == 0)
		return STR("");
	return arena_printf(field->arena, "like what you liked: %.*s", STR_ARG(*words));
}

const struct pick_ranking pick_ranking_liked = {
	.name = "liked",
	.help = "like what was liked first (digest like KEY)",
	.score = score,
	.why = why,
};
