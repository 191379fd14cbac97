/*
 * Renders an issue and encodes its message, as often as is asked for: what is measured beside
 * programs that only encode. Usage: render_issue FILE ROUNDS OUT; FILE has a paper a line: its
 * title, a TAB, its authors with commas between them, a TAB, its abstract. Prints the seconds of a
 * round, the median; the message goes to OUT.
 */
#include "digest/render.h"

#include "rounds.h"

#include <stdio.h>
#include <stdlib.h>

static void
add_authors(struct entry *entry, struct arena *arena, struct str names)
{
	struct str name;

	while (str_next(&names, ',', &name))
		entry_add_author(entry, arena, str_trim(name), STR(""), false);
}

/* The papers of the file as the items of an issue. */
static void
read_items(FILE *file, struct arena *arena, struct issue *issue)
{
	char *line = NULL;
	size_t room = 0;
	ssize_t len;

	while ((len = getline(&line, &room, file)) > 0) {
		struct str text = str_trim(arena_copy(arena, (struct str){ line, (size_t)len }));
		struct entry *entry = arena_alloc(arena, sizeof(*entry));
		struct str title, authors;

		if (!str_next(&text, '\t', &title) || !str_next(&text, '\t', &authors))
			continue;
		issue->items =
		    arena_grow(arena, issue->items, &issue->item_count, sizeof(*issue->items));
		issue->items[issue->item_count - 1] = (struct issue_item){ .entry = entry };
		entry_init(entry);
		entry->title = title;
		entry->abstract = text;
		add_authors(entry, arena, authors);
		entry->url =
		    arena_printf(arena, "https://arxiv.org/abs/2607.%05zu", issue->item_count);
		entry->pdf_url =
		    arena_printf(arena, "https://arxiv.org/pdf/2607.%05zu", issue->item_count);
	}
	free(line);
}

static int
make_message(const struct issue *issue, struct buf *message, struct err *err)
{
	const struct render_options options = { .template_name = "daily",
		.template_folder = "",
		.kind = MESSAGE_TO_LIST,
		.unsubscribe = "" };
	const struct render_envelope envelope = { .from_name = "Daily papers",
		.from_address = "digest@example.com",
		.reply_to = "",
		.list_title = "Daily papers",
		.list_id = "daily.example.com",
		.owner = "",
		.unsubscribe = "",
		.kind = MESSAGE_TO_LIST };
	struct render_parts parts = RENDER_PARTS_INIT;
	int result = render_issue(issue, &options, &parts, err);

	buf_reset(message);
	if (result == 0)
		result = render_message(&parts, &envelope, message, err);
	render_parts_release(&parts);
	return result;
}

int
main(int argc, char **argv)
{
	FILE *file = argc == 4 ? fopen(argv[1], "r") : NULL;
	FILE *out = argc == 4 ? fopen(argv[3], "w") : NULL;
	struct arena *arena = arena_new();
	struct issue issue = { .list = STR("daily"), .title = STR("Daily papers"), .date = 20661 };
	struct buf message = BUF_INIT(BUF_LIMIT);
	struct err err = ERR_NONE;
	struct rounds rounds;

	if (file == NULL || out == NULL) {
		fprintf(stderr, "usage: render_issue FILE ROUNDS OUT\n");
		return EX_USAGE;
	}
	read_items(file, arena, &issue);
	issue_count(&issue);
	for (rounds = rounds_begin(argv[2]); rounds_go_on(&rounds);) {
		if (make_message(&issue, &message, &err) < 0) {
			fprintf(stderr, "render_issue: %s\n", err.text);
			return err.code;
		}
	}
	fwrite(message.ptr, 1, message.len, out);
	buf_release(&message);
	arena_free(arena);
	fclose(file);
	return rounds_print(&rounds) == 0 && fclose(out) == 0 ? 0 : EX_IOERR;
}
