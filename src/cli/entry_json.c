/*
 * Entries as data, for the commands that give --json. What they are asked for is theirs to say.
 */
#include "entry_json.h"

static void
add_texts(struct json *object, const char *name, const struct str *texts, size_t count)
{
	struct json *array = json_add_array(object, name);

	for (size_t i = 0; i < count; i++)
		json_add_text(array, NULL, texts[i]);
}

void
entry_json_text(struct json *object, const char *name, struct str text)
{
	if (text.len > 0)
		json_add_text(object, name, text);
	else
		json_add_null(object, name);
}

void
entry_json_count(struct json *object, const char *name, int count, int least)
{
	if (count >= least)
		json_add_int(object, name, count);
	else
		json_add_null(object, name);
}

void
entry_json_instant(struct json *object, const char *name, int64_t instant)
{
	char text[DATE_INSTANT_BYTES];

	entry_json_text(object, name, str_from(date_format_instant(text, instant)));
}

void
entry_json_day(struct json *object, const char *name, int32_t day)
{
	char text[DATE_DAY_BYTES];

	entry_json_text(object, name, str_from(date_format_day(text, day)));
}

void
entry_json_changes(struct json *object, unsigned changes)
{
	struct json *array = json_add_array(object, "changes");

	for (size_t i = 0; i < ENTRY_CHANGE_COUNT; i++)
		if ((changes >> i & 1) != 0)
			json_add_text(array, NULL, str_from(entry_change_name(i)));
}

void
entry_json_add(struct json *object, const struct entry *entry)
{
	struct json *authors;

	json_add_text(object, "key", entry_key(entry));
	add_texts(object, "aliases", entry->aliases, entry->alias_count);
	entry_json_count(object, "version", entry->version, 1);
	json_add_bool(object, "is_withdrawn", entry->is_withdrawn);
	json_add_text(object, "title", entry->title);
	json_add_text(object, "title_raw", entry->title_raw);
	authors = json_add_array(object, "authors");
	for (size_t i = 0; i < entry->author_count; i++)
		if (!entry->authors[i].is_hidden)
			json_add_text(authors, NULL, entry->authors[i].name);
	entry_json_text(object, "abstract", entry->abstract);
	add_texts(object, "categories", entry->categories, entry->category_count);
	entry_json_text(object, "comment", entry->comment);
	entry_json_text(object, "journal_ref", entry->journal_ref);
	entry_json_text(object, "license", entry->license);
	entry_json_text(object, "organisation", entry->organisation);
	entry_json_text(object, "url", entry->url);
	entry_json_text(object, "pdf_url", entry->pdf_url);
	entry_json_text(object, "code_url", entry->code_url);
	entry_json_text(object, "project_url", entry->project_url);
	entry_json_text(object, "discussion_url", entry->discussion_url);
	entry_json_text(object, "image_url", entry->image_url);
	entry_json_instant(object, "published", entry->published_at);
	entry_json_instant(object, "updated", entry->updated_at);
	add_texts(object, "sources", entry->sources, entry->source_count);
}
