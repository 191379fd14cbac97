/*
 * pick_dump FILE RANK: what is picked of the candidates that FILE describes, in their order, and why:
 * "+" or "-", the title, and the reason, separated by TABs.
 */
#include "tests/lib/issue_json.h"

#include "digest/err.h"
#include "digest/pick.h"

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
	if (pick(items, count, &rules, arena, &err) < 0)
		fprintf(stderr, "%s\n", err.text);
	for (size_t i = 0; i < count && !err_is_set(&err); i++)
		printf("%c\t%.*s\t%.*s\n", items[i].is_picked ? '+' : '-',
		    STR_ARG(items[i].entry->title), STR_ARG(items[i].why));
	json_free(json);
	arena_free(arena);
	return err.code;
}
