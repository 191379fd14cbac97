/*
 * An issue as data. The order of the members is part of the contract.
 */
#include "digest/render.h"

#include "digest/json.h"

static void
add_text_or_null(struct json *object, const char *name, struct str text)
{
	if (text.len > 0)
		json_add_text(object, name, text);
	else
		json_add_null(object, name);
}

static void
add_int_or_null(struct json *object, const char *name, int value, int least)
{
	if (value >= least)
		json_add_int(object, name, value);
	else
		json_add_null(object, name);
}

static void
add_day_or_null(struct json *object, const char *name, int32_t day)
{
	char text[DATE_DAY_BYTES];

	add_text_or_null(object, name, str_from(date_format_day(text, day)));
}

static void
add_texts(struct json *object, const char *name, const struct str *texts, size_t count)
{
	struct json *array = json_add_array(object, name);

	for (size_t i = 0; i < count; i++)
		json_add_text(array, NULL, texts[i]);
}

static void
add_authors(struct json *object, const struct entry *entry)
{
	struct json *array = json_add_array(object, "authors");

	for (size_t i = 0; i < entry->author_count; i++)
		if (!entry->authors[i].is_hidden)
			json_add_text(array, NULL, entry->authors[i].name);
}

/* What became of an entry that the audience had. */
static void
add_difference(struct json *object, const struct issue_item *item)
{
	struct json *changes;

	add_int_or_null(object, "from_version", item->from_version, 1);
	changes = json_add_array(object, "changes");
	for (size_t i = 0; i < ENTRY_CHANGE_COUNT; i++)
		if ((item->changes >> i & 1) != 0)
			json_add_text(changes, NULL, str_from(entry_change_name(i)));
}

static void
add_item(struct json *array, const struct issue_item *item)
{
	const struct entry *entry = item->entry;
	struct json *object = json_add_object(array, NULL);
	bool is_dated = entry->published_at != DATE_NO_INSTANT;

	add_text_or_null(object, "key", entry_key(entry));
	add_int_or_null(object, "version", entry->version, 1);
	json_add_text(object, "title", entry->title);
	json_add_text(object, "title_raw", entry->title_raw);
	add_authors(object, entry);
	add_text_or_null(object, "abstract", entry->abstract);
	add_text_or_null(object, "url", entry->url);
	add_text_or_null(object, "pdf_url", entry->pdf_url);
	add_text_or_null(object, "code_url", entry->code_url);
	add_texts(object, "categories", entry->categories, entry->category_count);
	add_day_or_null(
	    object, "published", is_dated ? date_day_of(entry->published_at) : DATE_NO_DAY);
	add_day_or_null(object, "listed_on", entry->listed_on);
	json_add_text(object, "section", str_from(issue_section_name(item->section)));
	add_int_or_null(object, "votes", entry->votes, 0);
	add_int_or_null(object, "comments", entry->comments, 0);
	add_texts(object, "sources", entry->sources, entry->source_count);
	add_text_or_null(object, "why", item->why);
	if (item->form != ISSUE_FULL)
		json_add_text(object, "form", str_from(issue_form_name(item->form)));
	if (!issue_section_is_news(item->section))
		add_difference(object, item);
}

void
render_json(const struct issue *issue, struct str subject, struct buf *out)
{
	struct json *object = json_new_object();

	json_add_text(object, "list", issue->list);
	add_day_or_null(object, "issue_date", issue->date);
	json_add_text(object, "subject", subject);
	/* News, and what became of what the audience had: cross-listed entries are news to it. */
	json_add_int(object, "new", (int64_t)(issue->new_count + issue->cross_count));
	json_add_int(object, "updated", (int64_t)(issue->updated_count + issue->withdrawn_count));
	json_add_int(object, "minutes", (int64_t)issue->minutes);
	add_texts(object, "notes", issue->notes, issue->note_count);

	struct json *entries = json_add_array(object, "entries");
	for (size_t i = 0; i < issue->item_count; i++)
		add_item(entries, &issue->items[i]);
	json_write(object, out);
	buf_add_char(out, '\n');
	json_free(object);
}
