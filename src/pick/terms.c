/*
 * The terms of a list's keywords, authors and categories: reading them, and which of them an entry
 * matches. What a term may be is the query language's business.
 */
#include "ranking.h"

#include "digest/buf.h"
#include "digest/query.h"

enum { WEIGHT_ONE = 1000, WEIGHT_MOST = 1000 * WEIGHT_ONE, NAMES_MOST = 5 };

static const struct {
	const char *name;
	const char *field; /* what a term is looked for in; "" when it is a query of its own */
	const char *what;
	bool has_weight;
} wishes[PICK_WISH_COUNT] = {
	[PICK_KEYWORDS] = { "keywords", "", "a word or query", true },
	[PICK_AUTHORS] = { "authors", "au", "a name", true },
	[PICK_CATEGORIES] = { "categories", "cat", "a category", true },
	[PICK_SIMILAR] = { "similar", "key", "a name of a paper", false },
};

const char *
pick_wish_name(enum pick_wish wish)
{
	return wishes[wish].name;
}

/*
 * Takes ":2" or ":0.5" off the end of a term. What is no number is part of the term ("ti:agents").
 */
static int
take_weight(struct str *text, int64_t *weight, struct err *err)
{
	size_t colon = text->len;

	*weight = WEIGHT_ONE;
	while (colon > 0 && text->ptr[colon - 1] != ':')
		colon--;
	if (colon == 0)
		return 0;

	struct str number = str_trim(str_skip(*text, colon));
	int64_t value;
	if (str_to_thousandths(number, 0, INT64_MAX, &value) < 0)
		return 0;
	if (value == 0 || value > WEIGHT_MOST)
		return err_set(err, EX_USAGE, "the weight %.*s is not from 0.001 to 1000",
		    STR_ARG(str_head(number, 40)));
	*weight = value;
	*text = str_trim(str_head(*text, colon - 1));
	return 0;
}

/* The term as the query language has it. */
static struct str
query_text(enum pick_wish wish, struct str name, struct arena *arena)
{
	struct buf text = BUF_INIT(BUF_LIMIT);

	if (wishes[wish].field[0] == '\0')
		return name;
	buf_addf(&text, "%s:\"", wishes[wish].field);
	for (size_t i = 0; i < name.len; i++)
		if (name.ptr[i] != '"')
			buf_add_char(&text, name.ptr[i]);
	buf_add_char(&text, '"');

	return arena_keep(arena, &text);
}

int
pick_read_term(struct pick_term *term, enum pick_wish wish, struct str text, struct arena *arena,
    struct err *err)
{
	struct str name = str_trim(text);
	struct err wrong = ERR_NONE;

	*term = (struct pick_term){ NULL, STR(""), WEIGHT_ONE, NULL };
	if (wishes[wish].has_weight && take_weight(&name, &term->weight, err) < 0)
		return err_prefix(err, "'%.*s'", STR_ARG(text));
	if (name.len == 0)
		return err_set(
		    err, EX_USAGE, "'%.*s': %s is missing", STR_ARG(text), wishes[wish].what);
	term->name = arena_copy(arena, name);
	if (query_parse(&term->query, query_text(wish, name, arena), &wrong) == 0)
		return 0;

	/* A column in what was made of a name would be none of the name's. */
	struct str reason = str_from(wrong.text);
	ptrdiff_t colon = wishes[wish].field[0] != '\0' ? str_find(reason, STR(": ")) : -2;
	reason = str_skip(reason, (size_t)(colon + 2));
	return err_set(err, wrong.code, "'%.*s': %.*s", STR_ARG(text), STR_ARG(reason));
}

/* What queries see of the title alone. */
static struct query_subject *
title_subject(const struct pick_field *field, const struct entry *entry)
{
	struct entry *bare = arena_alloc(field->arena, sizeof(*bare));

	entry_init(bare);
	bare->title = entry->title;
	return query_subject(field->arena, bare, field->rules->now);
}

static int64_t
weigh(const struct pick_field *field, const struct pick_terms *terms, bool has_titles, size_t index)
{
	struct pick_candidate *candidate = field->candidates[index];
	const struct query_subject *whole = pick_subject(candidate, field->rules, field->arena);
	const struct query_subject *title = NULL;
	int64_t sum = 0;

	for (size_t i = 0; i < terms->count; i++) {
		if (!query_matches(terms->items[i].query, whole))
			continue;
		sum += terms->items[i].weight;
		if (has_titles && title == NULL)
			title = title_subject(field, candidate->entry);
		if (has_titles && query_matches(terms->items[i].query, title))
			sum += terms->items[i].weight;
	}
	return sum;
}

void
pick_score_terms(
    const struct pick_field *field, enum pick_wish wish, bool has_titles, struct pick_score *scores)
{
	int64_t *weights = arena_array(field->arena, field->count + 1, sizeof(*weights));
	int64_t most = 0;

	for (size_t i = 0; i < field->count; i++) {
		weights[i] = weigh(field, &field->rules->wishes[wish], has_titles, i);
		most = weights[i] > most ? weights[i] : most;
	}
	for (size_t i = 0; i < field->count && most > 0; i++)
		scores[i].value = (double)weights[i] / (double)most;
}

struct str *
pick_matched_terms(const struct pick_field *field, enum pick_wish wish, size_t index, size_t *count)
{
	const struct pick_terms *terms = &field->rules->wishes[wish];
	const struct query_subject *subject =
	    pick_subject(field->candidates[index], field->rules, field->arena);
	struct str *names = arena_array(field->arena, terms->count + 1, sizeof(*names));

	*count = 0;
	for (size_t i = 0; i < terms->count; i++)
		if (query_matches(terms->items[i].query, subject))
			names[(*count)++] = terms->items[i].name;
	return names;
}

struct str
pick_join(struct arena *arena, const struct str *names, size_t count, const char *separator)
{
	struct buf text = BUF_INIT(BUF_LIMIT);
	size_t shown = count > NAMES_MOST ? NAMES_MOST : count;

	for (size_t i = 0; i < shown; i++)
		buf_addf(&text, "%s%.*s", i > 0 ? separator : "", STR_ARG(names[i]));
	if (count > shown)
		buf_add_string(&text, " …");

	return arena_keep(arena, &text);
}
