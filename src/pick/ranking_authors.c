/*
 * By the people that the list follows, each with a weight.
 */
#include "ranking.h"

#include "digest/query.h"

static void
score(const struct pick_field *field, struct pick_score *scores)
{
	pick_score_terms(field, PICK_AUTHORS, false, scores);
}

/* Whether the name is one that the list follows. */
static bool
is_followed(const struct pick_field *field, struct entry_author *author)
{
	const struct pick_terms *terms = &field->rules->wishes[PICK_AUTHORS];
	struct entry *bare = arena_alloc(field->arena, sizeof(*bare));
	const struct query_subject *subject;

	entry_init(bare);
	bare->authors = author;
	bare->author_count = 1;
	subject = query_subject(field->arena, bare, field->rules->now);
	for (size_t i = 0; i < terms->count; i++)
		if (query_matches(terms->items[i].query, subject))
			return true;
	return false;
}

/* "by Yoshua Bengio, whom you follow", as the entry writes the name. */
static struct str
why(const struct pick_field *field, size_t index, const struct pick_score *score)
{
	const struct entry *entry = field->candidates[index]->entry;
	struct str *names = arena_array(field->arena, entry->author_count + 1, sizeof(*names));
	size_t count = 0;

	if (score->value == 0)
		return STR("");
	for (size_t i = 0; i < entry->author_count; i++)
		if (!entry->authors[i].is_hidden && is_followed(field, &entry->authors[i]))
			names[count++] = entry->authors[i].name;
	if (count == 0)
		return STR("by somebody you follow");
	return arena_printf(field->arena, "by %.*s, whom you follow",
	    STR_ARG(pick_join(field->arena, names, count, " and ")));
}

const struct pick_ranking pick_ranking_authors = {
	.name = "authors",
	.help = "papers of the list's 'authors' first",
	.has_wish = true,
	.wish = PICK_AUTHORS,
	.score = score,
	.why = why,
};
