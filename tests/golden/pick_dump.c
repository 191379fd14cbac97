/*
 * pick_dump FILE RANK: what is picked of the candidates that FILE describes, in their order, and
 * why: "+" or "-", the title, and the reason, separated by TABs. RANK is used unless FILE has its
 * own.
 */
#include "tests/lib/issue_json.h"

#include "digest/err.h"
#include "digest/pick.h"
#include "digest/query.h"

#include <stdio.h>

static struct pick_candidate *
read_candidates(struct arena *arena, const struct json *json, size_t *count)
{
	struct pick_candidate *items = NULL;

	*count = 0;
	for (const struct json *e = json_first(json_get(json, "candidates")); e;
	     e = json_after(e)) {
		items = arena_grow(arena, items, count, sizeof(*items));
		items[*count - 1].entry = issue_json_entry(arena, e);
		items[*count - 1].section = issue_json_section(e);
	}
	return items;
}

/* The terms of a wish, which the file has under its name. */
static void
read_terms(struct arena *arena, const struct json *json, enum pick_wish wish,
    struct pick_terms *terms, struct err *err)
{
	const struct json *array = json_get(json, pick_wish_name(wish));

	for (const struct json *e = json_first(array); e != NULL; e = json_after(e)) {
		struct pick_term term;

		if (pick_read_term(&term, wish, json_text(e), arena, err) < 0)
			return;
		terms->items = arena_grow(arena, terms->items, &terms->count, sizeof(term));
		terms->items[terms->count - 1] = term;
	}
}

int
main(int argc, char **argv)
{
	if (argc != 3)
		return EX_USAGE;

	struct arena *arena = arena_new();
	struct json *json = issue_json_read(argv[1]);
	struct pick_rules rules = {
		.rank = argv[2],
		.limit = (size_t)json_int(json_get(json, "limit"), 0),
		.has_updates = true,
	};
	struct err err = ERR_NONE;
	size_t count;
	struct pick_candidate *items = read_candidates(arena, json, &count);

	date_parse_instant(json_text(json_get(json, "now")), &rules.now);
	for (int wish = 0; wish < PICK_WISH_COUNT; wish++)
		read_terms(arena, json, (enum pick_wish)wish, &rules.wishes[wish], &err);
	if (!err_is_set(&err) && json_get(json, "rank") != NULL)
		rules.rank = arena_string(arena, json_text(json_get(json, "rank")));
	if (err_is_set(&err) || pick(items, count, &rules, arena, &err) < 0)
		fprintf(stderr, "%s\n", err.text);
	for (size_t i = 0; i < count && !err_is_set(&err); i++)
		printf("%c\t%.*s\t%.*s\n", items[i].is_picked ? '+' : '-',
		    STR_ARG(items[i].entry->title), STR_ARG(items[i].why));
	for (int wish = 0; wish < PICK_WISH_COUNT; wish++)
		for (size_t i = 0; i < rules.wishes[wish].count; i++)
			query_free(rules.wishes[wish].items[i].query);
	json_free(json);
	arena_free(arena);
	return err.code;
}
