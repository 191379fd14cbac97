/*
 * Reads listings and writes each as one JSON object a line, with everything that entries and
 * listing hold, for the suites that compare them with what other readers say. Not a part of digest.
 *
 * A line of standard input names a listing: PATH, and after TABs the URL it came from and the
 * encoding that HTTP named, either of which may be empty.
 */
#include "digest/buf.h"
#include "digest/json.h"
#include "src/source/format.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { LINE_BYTES = 8192 };

static void
add_instant(struct json *parent, const char *name, int64_t value)
{
	char text[DATE_INSTANT_BYTES];
	json_add_text(parent, name, str_from(date_format_instant(text, value)));
}

static void
add_day(struct json *parent, const char *name, int32_t value)
{
	char text[DATE_DAY_BYTES];
	json_add_text(parent, name, str_from(date_format_day(text, value)));
}

static void
add_texts(struct json *parent, const char *name, const struct str *texts, size_t count)
{
	struct json *array = json_add_array(parent, name);
	for (size_t i = 0; i < count; i++)
		json_add_text(array, NULL, texts[i]);
}

static void
add_authors(struct json *parent, const struct entry *entry)
{
	struct json *authors = json_add_array(parent, "authors");
	for (size_t i = 0; i < entry->author_count; i++) {
		struct json *author = json_add_object(authors, NULL);
		json_add_text(author, "name", entry->authors[i].name);
		json_add_text(author, "affiliation", entry->authors[i].affiliation);
	}
}

static int
take_entry(void *context, struct entry *entry, struct err *err)
{
	struct json *entries = context, *row = json_add_object(entries, NULL);
	(void)err;

	json_add_int(row, "place", entry->rank);
	json_add_text(row, "kind", entry->kind == ENTRY_PAPER ? STR("paper") : STR("post"));
	add_texts(row, "aliases", entry->aliases, entry->alias_count);
	json_add_int(row, "version", entry->version);
	json_add_int(row, "announce", entry->announce);
	json_add_text(row, "title", entry->title);
	json_add_text(row, "title_raw", entry->title_raw);
	json_add_text(row, "abstract", entry->abstract);
	add_authors(row, entry);
	add_texts(row, "categories", entry->categories, entry->category_count);
	json_add_text(row, "comment", entry->comment);
	json_add_text(row, "journal", entry->journal_ref);
	json_add_text(row, "license", entry->license);
	json_add_text(row, "organisation", entry->organisation);
	json_add_text(row, "url", entry->url);
	json_add_text(row, "pdf_url", entry->pdf_url);
	add_instant(row, "published", entry->published_at);
	add_instant(row, "updated", entry->updated_at);
	add_day(row, "listed_on", entry->listed_on);
	return 0;
}

static void
take_skip(void *context, size_t place, const char *why)
{
	(void)context, (void)place, (void)why;
}

static void
add_listing(struct json *row, const struct format_listing *listing)
{
	json_add_text(row, "title", listing->title);
	add_day(row, "day", listing->day);
	json_add_int(row, "total", listing->total);
	json_add_int(row, "first", listing->first);
	json_add_int(row, "items", (int64_t)listing->item_count);
	json_add_int(row, "skipped", (int64_t)listing->skipped_count);
	json_add_bool(row, "is_repaired", listing->is_repaired);
	json_add_text(row, "next", listing->next);
	json_add_text(row, "fault", listing->fault);
	add_instant(row, "generated", listing->generated_at);
	json_add_int(row, "fresh_s", listing->fresh_s);
	json_add_int(row, "skip_weekdays", listing->skip_weekdays);
	json_add_int(row, "skip_hours", listing->skip_hours);
}

static int
read_listing(const char *path, const char *base, const char *charset)
{
	struct json *row = json_new_object();
	struct buf text = BUF_INIT(BUF_LIMIT);
	struct format_reader reader = {
		.context = json_add_array(row, "entries"),
		.entry = take_entry,
		.skip = take_skip,
		.arena = arena_new(),
		.keep = arena_new(),
		.scope = "suite",
		.base_url = base,
		.charset = charset[0] != '\0' ? charset : NULL,
	};
	const struct source_format *format = NULL;
	struct err err = ERR_NONE;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return -1;
	struct input *input = input_of_file(fd, path);
	json_add_text(row, "file", str_from(path));
	if (format_read(input, &reader, &format, &err) < 0)
		json_add_text(row, "error", str_from(err.text));
	json_add_text(row, "format", str_from(format != NULL ? format->name : ""));
	add_listing(row, &reader.listing);
	json_write(row, &text);
	puts(text.ptr);
	input_close(input);
	arena_free(reader.keep);
	arena_free(reader.arena);
	buf_release(&text);
	json_free(row);
	return 0;
}

int
main(void)
{
	char line[LINE_BYTES];

	while (fgets(line, sizeof(line), stdin) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		char *rest = line;
		const char *path = strsep(&rest, "\t");
		const char *base = strsep(&rest, "\t");
		const char *charset = strsep(&rest, "\t");
		if (read_listing(path, base != NULL ? base : "", charset != NULL ? charset : "") <
		    0) {
			fprintf(stderr, "listing_json: cannot read '%s'\n", path);
			return 1;
		}
	}
	return 0;
}
