/*
 * Reads a listing from standard input by whichever format knows it and writes what it says, one
 * field a line, for the golden tests; what was wrong goes to standard error. Not a part of digest.
 *
 *   format_dump [BASE-URL]     the listing, its entries and what was skipped
 *   format_dump --json         one JSON array an entry: rank, key, title, authors, and more
 */
#include "digest/buf.h"
#include "digest/json.h"
#include "src/source/format.h"

#include <stdio.h>
#include <string.h>

static void
line(const char *name, struct str text)
{
	if (text.len == 0)
		return;
	printf("%s: ", name);
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] == '\n')
			fputs("\n    ", stdout);
		else
			putchar(text.ptr[i]);
	}
	putchar('\n');
}

static void
count(const char *name, int value)
{
	if (value >= 0)
		printf("%s: %d\n", name, value);
}

static void
instant(const char *name, int64_t value)
{
	char text[DATE_INSTANT_BYTES];
	line(name, str_from(date_format_instant(text, value)));
}

static void
author(const struct entry_author *author)
{
	printf("author: %.*s", STR_ARG(author->name));
	if (author->affiliation.len > 0)
		printf(" (%.*s)", STR_ARG(author->affiliation));
	puts(author->is_hidden ? " [hidden]" : "");
}

static int
dump(void *context, struct entry *entry, struct err *err)
{
	static const char *const announces[] = { "", "cross", "replaced", "replaced cross",
		"withdrawn" };
	char day[DATE_DAY_BYTES];
	(void)context, (void)err;

	printf("\n[%d] %s\n", entry->rank, entry->kind == ENTRY_PAPER ? "paper" : "post");
	for (size_t i = 0; i < entry->alias_count; i++)
		line("alias", entry->aliases[i]);
	if (entry->version > 0)
		count("version", entry->version);
	line("announced as", str_from(announces[entry->announce]));
	line("title", entry->title);
	if (!str_equal(entry->title, entry->title_raw))
		line("title raw", entry->title_raw);
	for (size_t i = 0; i < entry->author_count; i++)
		author(&entry->authors[i]);
	line("organisation", entry->organisation);
	for (size_t i = 0; i < entry->category_count; i++)
		line("category", entry->categories[i]);
	line("abstract", entry->abstract);
	line("comment", entry->comment);
	line("journal", entry->journal_ref);
	line("license", entry->license);
	line("url", entry->url);
	line("pdf", entry->pdf_url);
	line("code", entry->code_url);
	line("project", entry->project_url);
	line("discussion", entry->discussion_url);
	line("picture", entry->image_url);
	instant("published", entry->published_at);
	instant("updated", entry->updated_at);
	line("listed on", str_from(date_format_day(day, entry->listed_on)));
	count("votes", entry->votes);
	count("comments", entry->comments);
	return 0;
}

static void
add_authors(struct json *parent, const struct entry *entry, bool is_hidden)
{
	struct json *authors = json_add_array(parent, NULL);
	for (size_t i = 0; i < entry->author_count; i++) {
		if (entry->authors[i].is_hidden == is_hidden)
			json_add_text(authors, NULL, entry->authors[i].name);
	}
}

/* What an independent reader of the same file can be held against. */
static int
dump_json(void *context, struct entry *entry, struct err *err)
{
	struct json *row = json_new_array();
	struct buf text = BUF_INIT(BUF_LIMIT);
	char day[DATE_DAY_BYTES], published[DATE_INSTANT_BYTES];
	(void)context, (void)err;

	json_add_int(row, NULL, entry->rank);
	json_add_text(row, NULL, entry_key(entry));
	json_add_text(row, NULL, entry->title);
	json_add_text(row, NULL, entry->title_raw);
	add_authors(row, entry, false);
	add_authors(row, entry, true);
	json_add_text(row, NULL, entry->abstract);
	json_add_int(row, NULL, entry->votes);
	json_add_int(row, NULL, entry->comments);
	json_add_text(row, NULL, str_from(date_format_instant(published, entry->published_at)));
	json_add_text(row, NULL, str_from(date_format_day(day, entry->listed_on)));
	json_add_text(row, NULL, entry->code_url);
	json_add_text(row, NULL, entry->organisation);
	json_write(row, &text);
	puts(text.ptr);
	buf_release(&text);
	json_free(row);
	return 0;
}

static void
dump_skip(void *context, size_t place, const char *why)
{
	(void)context;
	printf("\n[%zu] skipped: %s\n", place, why);
}

static void
dump_skip_as_json(void *context, size_t place, const char *why)
{
	(void)context, (void)why;
	printf("[%zu,\"skipped\"]\n", place);
}

static void
dump_listing(const struct format_listing *listing, const char *format)
{
	char day[DATE_DAY_BYTES];
	printf("\nformat: %s\n", format);
	line("feed", listing->title);
	line("day", str_from(date_format_day(day, listing->day)));
	count("total", (int)listing->total);
	count("first", (int)listing->first);
	count("items", (int)listing->item_count);
	count("skipped", (int)listing->skipped_count);
	line("next", listing->next);
	line("fault", listing->fault);
	if (listing->is_repaired)
		puts("repaired");
}

static void
read_input(struct buf *bytes)
{
	char piece[65536];
	size_t got;
	while ((got = fread(piece, 1, sizeof(piece), stdin)) > 0)
		buf_add_bytes(bytes, piece, got);
}

int
main(int argc, char **argv)
{
	bool is_json = argc > 1 && strcmp(argv[1], "--json") == 0;
	struct buf bytes = BUF_INIT(BUF_LIMIT);
	struct format_reader reader = {
		.entry = is_json ? dump_json : dump,
		.skip = is_json ? dump_skip_as_json : dump_skip,
		.arena = arena_new(),
		.keep = arena_new(),
		.scope = "golden",
		.base_url = argc > 1 && !is_json ? argv[1] : "",
	};
	const struct source_format *format;
	struct err err = ERR_NONE;

	read_input(&bytes);
	struct input *input = input_of_bytes(buf_str(&bytes));
	int result = format_read(input, &reader, &format, &err);
	input_close(input);
	if (result < 0)
		fprintf(stderr, "%d: %s\n", err.code, err.text);
	if (format != NULL && !is_json)
		dump_listing(&reader.listing, format->name);
	arena_free(reader.keep);
	arena_free(reader.arena);
	buf_release(&bytes);
	return result < 0 ? err.code : 0;
}
