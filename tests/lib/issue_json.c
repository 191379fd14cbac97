/* See issue_json.h. */
#include "issue_json.h"

#include "digest/err.h"

#include <stdio.h>
#include <stdlib.h>

static struct str
text(struct arena *arena, const struct json *json, const char *name)
{
	return arena_copy(arena, json_text(json_get(json, name)));
}

struct json *
issue_json_read(const char *path)
{
	struct buf content = BUF_INIT(BUF_LIMIT);
	struct json *json = NULL;
	struct err err = ERR_NONE;
	char block[4096];
	size_t len;
	FILE *file = fopen(path, "re");

	if (file == NULL) {
		perror(path);
		exit(EX_NOINPUT);
	}
	while ((len = fread(block, 1, sizeof(block), file)) > 0)
		buf_add_bytes(&content, block, len);
	fclose(file);
	if (json_parse(&json, buf_str(&content), &err) < 0) {
		fprintf(stderr, "%s: %s\n", path, err.text);
		exit(EX_DATAERR);
	}
	buf_release(&content);
	return json;
}

static struct str *
texts(struct arena *arena, const struct json *array, size_t *count)
{
	struct str *items = NULL;

	*count = 0;
	for (const struct json *e = json_first(array); e != NULL; e = json_after(e)) {
		items = arena_grow(arena, items, count, sizeof(*items));
		items[*count - 1] = arena_copy(arena, json_text(e));
	}
	return items;
}

static void
add_authors(struct entry *entry, struct arena *arena, const struct json *array)
{
	for (const struct json *e = json_first(array); e != NULL; e = json_after(e)) {
		struct str name = json_is_string(e) ? json_text(e) : json_text(json_get(e, "name"));

		entry->authors = arena_grow(
		    arena, entry->authors, &entry->author_count, sizeof(*entry->authors));
		entry->authors[entry->author_count - 1] = (struct entry_author){
			.name = arena_copy(arena, name),
			.is_hidden = json_is_true(json_get(e, "hidden")),
		};
	}
}

struct entry *
issue_json_entry(struct arena *arena, const struct json *json)
{
	struct entry *entry = arena_alloc(arena, sizeof(*entry));

	entry_init(entry);
	entry->aliases = texts(arena, json_get(json, "aliases"), &entry->alias_count);
	entry->kind = json_is_true(json_get(json, "is_post")) ? ENTRY_POST : ENTRY_PAPER;
	entry->version = (int)json_int(json_get(json, "version"), 0);
	entry->title = text(arena, json, "title");
	entry->title_raw = entry->title;
	entry->abstract = text(arena, json, "abstract");
	add_authors(entry, arena, json_get(json, "authors"));
	entry->categories = texts(arena, json_get(json, "categories"), &entry->category_count);
	entry->comment = text(arena, json, "comment");
	entry->journal_ref = text(arena, json, "journal_ref");
	entry->organisation = text(arena, json, "organisation");
	entry->url = text(arena, json, "url");
	entry->pdf_url = text(arena, json, "pdf_url");
	entry->code_url = text(arena, json, "code_url");
	entry->project_url = text(arena, json, "project_url");
	entry->discussion_url = text(arena, json, "discussion_url");
	entry->image_url = text(arena, json, "image_url");
	date_parse_instant(json_text(json_get(json, "published")), &entry->published_at);
	date_parse_day(json_text(json_get(json, "listed_on")), &entry->listed_on);
	entry->votes = (int)json_int(json_get(json, "votes"), -1);
	entry->comments = (int)json_int(json_get(json, "comments"), -1);
	entry->sources = texts(arena, json_get(json, "sources"), &entry->source_count);
	return entry;
}

enum issue_section
issue_json_section(const struct json *json)
{
	struct str name = json_text(json_get(json, "section"));

	for (int i = 0; i < ISSUE_SECTION_COUNT; i++)
		if (str_is(name, issue_section_name((enum issue_section)i)))
			return (enum issue_section)i;
	return ISSUE_NEW;
}

static unsigned
changes(const struct json *array)
{
	unsigned flags = 0;

	for (const struct json *e = json_first(array); e != NULL; e = json_after(e))
		for (size_t i = 0; i < ENTRY_CHANGE_COUNT; i++)
			if (str_is(json_text(e), entry_change_name(i)))
				flags |= 1u << i;
	return flags;
}

static enum issue_form
form(const struct json *json)
{
	struct str name = json_text(json_get(json, "form"));

	for (int i = 0; i < ISSUE_FORM_COUNT; i++)
		if (str_is(name, issue_form_name((enum issue_form)i)))
			return (enum issue_form)i;
	return ISSUE_FULL;
}

struct issue
issue_json(struct arena *arena, const struct json *json)
{
	struct issue issue = {
		.list = text(arena, json, "list"),
		.title = text(arena, json, "title"),
		.date = DATE_NO_DAY,
		.contact = text(arena, json, "contact"),
		.why_you = text(arena, json, "why_you"),
		.origin = text(arena, json, "origin"),
	};

	date_parse_day(json_text(json_get(json, "date")), &issue.date);
	issue.made_at = date_instant_of(issue.date);
	issue.notes = texts(arena, json_get(json, "notes"), &issue.note_count);
	for (const struct json *e = json_first(json_get(json, "entries")); e; e = json_after(e)) {
		issue.items =
		    arena_grow(arena, issue.items, &issue.item_count, sizeof(*issue.items));
		issue.items[issue.item_count - 1] = (struct issue_item){
			.entry = issue_json_entry(arena, e),
			.section = issue_json_section(e),
			.from_version = (int)json_int(json_get(e, "from_version"), 0),
			.changes = changes(json_get(e, "changes")),
			.why = text(arena, e, "why"),
			.form = form(e),
		};
	}
	issue_count(&issue);
	return issue;
}
