/*
 * OpenReview's notes, of both versions of its API: {"notes":[…],"count":…}. In the second one each
 * field of the content is an object with its "value"; in the first it is the value.
 */
#include "json_listing.h"

#include "digest/identity.h"

static int
sniff(struct str bytes)
{
	static const struct json_sign signs[] = {
		{ "notes[].forum", NULL, 60 },
		{ "notes[].content", NULL, 30 },
		{ "notes[].invitation", NULL, 20 },
		{ "notes[].invitations", NULL, 20 },
		{ "notes", NULL, 30 },
		{ "count", NULL, 25 },
		{ "name", "Error", 25 },
		{ "status", NULL, 10 },
		{ "message", NULL, 10 },
		{ "details", NULL, 10 },
		{ NULL, NULL, 0 },
	};
	return json_listing_sniff(bytes, signs);
}

/* ---- one note ---- */

static const struct json *
field(const struct json *content, const char *name)
{
	const struct json *value = json_get(content, name);

	return json_is_object(value) ? json_get(value, "value") : value;
}

static int64_t
instant_of(const struct json *note, const char *const *names)
{
	for (; *names != NULL; names++) {
		int64_t ms = json_int(json_get(note, *names), -1);
		int64_t instant;
		char text[DATE_INSTANT_BYTES];
		/* What no date can be written of is none. */
		if (ms > 0 &&
		    date_parse_instant(str_from(date_format_instant(text, ms / 1000)), &instant) ==
		        0)
			return instant;
	}
	return DATE_NO_INSTANT;
}

/* Names; lately also {"fullname":…,"username":…}. */
static void
add_authors(struct entry *entry, struct arena *arena, const struct json *authors)
{
	const struct json *author;

	for (author = json_first(authors); author != NULL; author = json_after(author)) {
		struct str name = json_text(author);
		if (json_is_object(author))
			name = json_listing_either(
			    json_get(author, "fullname"), json_get(author, "name"));
		entry_add_author(entry, arena, name, STR(""), false);
	}
}

static void
add_categories(struct entry *entry, struct arena *arena, const struct json *content)
{
	static const char *const names[] = { "primary_area", "subject_areas", "keywords" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const struct json *value = field(content, names[i]);
		const struct json *word = json_first(value);
		if (json_is_string(value))
			entry_add_category(entry, arena, json_text(value));
		for (; word != NULL; word = json_after(word))
			entry_add_category(entry, arena, json_text(word));
	}
}

/* On OpenReview itself it is a path. */
static struct str
full_url(struct arena *arena, struct str url)
{
	url = str_trim(url);
	if (str_starts(url, "/") && !str_starts(url, "//"))
		url = arena_printf(arena, "https://openreview.net%.*s", STR_ARG(url));
	return entry_text_url(arena, url);
}

static bool
is_withdrawn(const struct json *note, const struct json *content)
{
	struct str venue = json_text(field(content, "venueid"));

	return json_int(json_get(note, "ddate"), 0) > 0 ||
	    str_find(venue, STR("Withdrawn_Submission")) >= 0;
}

static void
set_texts(struct entry *entry, struct arena *arena, const struct json *content)
{
	entry_set_title(entry, arena, json_text(field(content, "title")));
	entry->abstract = entry_text_paragraphs(arena, json_text(field(content, "abstract")));
	entry->journal_ref = entry_text_line(arena, json_text(field(content, "venue")));
	entry->code_url = entry_text_url(arena, json_text(field(content, "code")));
	entry->pdf_url = full_url(arena, json_text(field(content, "pdf")));
	add_authors(entry, arena, field(content, "authors"));
	add_categories(entry, arena, content);
}

static int
read_note(void *context, const struct json *note, struct format_reader *reader, struct err *err)
{
	/* When everybody could see it comes before what happened to it out of sight. */
	static const char *const published[] = { "odate", "pdate", "cdate", "tcdate", NULL };
	static const char *const updated[] = { "mdate", "tmdate", NULL };
	const struct json *content = json_get(note, "content");
	struct str id = str_trim(json_text(json_get(note, "id")));
	struct str forum = str_trim(json_text(json_get(note, "forum")));
	struct arena *arena = reader->arena;
	struct entry entry;

	(void)context;
	if (id.len == 0) {
		format_skip(reader, "has no identifier");
		return 0;
	}
	if (forum.len > 0 && !str_equal(id, forum)) {
		format_skip(reader, "is a reply, not a submission");
		return 0;
	}
	entry_init(&entry);
	identity_add(&entry, arena, arena_printf(arena, "openreview:%.*s", STR_ARG(id)));
	entry.url = entry_text_url(
	    arena, arena_printf(arena, "https://openreview.net/forum?id=%.*s", STR_ARG(id)));
	set_texts(&entry, arena, content);
	entry.license = entry_text_line(arena, json_text(json_get(note, "license")));
	entry.published_at = instant_of(note, published);
	entry.updated_at = instant_of(note, updated);
	if (is_withdrawn(note, content))
		entry.announce = ENTRY_WITHDRAWN;
	return format_emit(reader, &entry, err);
}

/* ---- the answer ---- */

static int
read_openreview(struct input *input, struct format_reader *reader, struct err *err)
{
	struct json *rest;
	int result = json_listing_read(input, "notes", read_note, NULL, reader, &rest, err);

	if (result != 0)
		return result;
	if (!json_is_array(json_get(rest, "notes")))
		result = err_set(err, EX_DATAERR, "an error where a listing should be: '%.*s'",
		    STR_ARG(entry_text_line(reader->keep,
		        json_listing_either(json_get(rest, "message"), json_get(rest, "name")))));
	reader->listing.total = json_listing_number(json_get(rest, "count"), -1);
	json_free(rest);
	return result;
}

const struct source_format source_format_openreview = {
	.name = "openreview",
	.help = "the JSON of OpenReview's API, versions 1 and 2",
	.sniff = sniff,
	.read = read_openreview,
};
