/*
 * DataCite's REST API: DOIs with what is known of them, a page or one alone (JSON:API).
 */
#include "json_listing.h"

#include "digest/identity.h"

#include <string.h>

static int
sniff(struct str bytes)
{
	static const struct json_sign signs[] = {
		{ "data[].attributes.doi", NULL, 90 },
		{ "data[].type", "\"dois\"", 60 },
		{ "data.attributes.doi", NULL, 90 },
		{ "data.type", "\"dois\"", 60 },
		{ "meta.totalPages", NULL, 25 },
		{ "meta.total", NULL, 25 },
		{ "data", NULL, 10 },
		{ "errors[].title", NULL, 30 },
		{ "errors[].status", NULL, 30 },
		{ NULL, NULL, 0 },
	};
	return json_listing_sniff(bytes, signs);
}

/* ---- one DOI ---- */

/*
 * The member `name` of the first element whose member `kind` is `wanted`, or lacks: wanted is NULL.
 */
static struct str
text_of_kind(const struct json *array, const char *kind, const char *wanted, const char *name)
{
	const struct json *element;

	for (element = json_first(array); element != NULL; element = json_after(element)) {
		const struct json *found = json_get(element, kind);
		bool is_wanted =
		    wanted != NULL ? str_is(json_text(found), wanted) : !json_is_string(found);
		if (is_wanted)
			return json_text(json_get(element, name));
	}
	return STR("");
}

/* The title without a type is the main one; some type all of theirs. */
static struct str
title_of(const struct json *titles)
{
	struct str title = text_of_kind(titles, "titleType", NULL, "title");

	return title.len > 0 ? title : json_text(json_get(json_first(titles), "title"));
}

/* {"name":"Lee, Ann","givenName":"Ann","familyName":"Lee","affiliation":["MIT"]} */
static void
add_creator(struct entry *entry, struct arena *arena, const struct json *creator)
{
	struct str given = json_text(json_get(creator, "givenName"));
	struct str family = json_text(json_get(creator, "familyName"));
	struct str name = json_text(json_get(creator, "name"));
	const struct json *place = json_first(json_get(creator, "affiliation"));

	if (given.len > 0 && family.len > 0)
		name = arena_printf(arena, "%.*s %.*s", STR_ARG(given), STR_ARG(family));
	entry_add_author(entry, arena, name,
	    json_is_object(place) ? json_text(json_get(place, "name")) : json_text(place), false);
}

/* What was issued is mostly dated by the year alone: a day is better, whatever it is the day of. */
static void
set_dates(struct entry *entry, struct arena *arena, const struct json *doi)
{
	static const char *const kinds[] = { "Issued", "Submitted", "Available", "Created" };
	static const size_t lens[] = { sizeof("2026-07-24") - 1, 1 };
	int64_t year = json_listing_number(json_get(doi, "publicationYear"), 0);
	const struct json *dates = json_get(doi, "dates");

	for (size_t i = 0; i < sizeof(lens) / sizeof(lens[0]); i++)
		for (size_t j = 0; j < sizeof(kinds) / sizeof(kinds[0]); j++) {
			struct str date =
			    str_trim(text_of_kind(dates, "dateType", kinds[j], "date"));
			if (entry->published_at == DATE_NO_INSTANT && date.len >= lens[i])
				date_parse_instant(date, &entry->published_at);
		}
	if (entry->published_at == DATE_NO_INSTANT && year > 0 && year <= 9999)
		date_parse_instant(
		    arena_printf(arena, "%04d-01-01", (int)year), &entry->published_at);
	date_parse_instant(
	    str_trim(text_of_kind(dates, "dateType", "Updated", "date")), &entry->updated_at);
}

static void
add_names(struct entry *entry, struct arena *arena, const struct json *item, const struct json *doi)
{
	const struct json *other = json_first(json_get(doi, "identifiers"));

	identity_add(entry, arena, json_listing_either(json_get(doi, "doi"), json_get(item, "id")));
	for (; other != NULL; other = json_after(other)) {
		struct str id = str_trim(json_text(json_get(other, "identifier")));
		struct str kind = json_text(json_get(other, "identifierType"));
		if (str_is(kind, "DOI"))
			identity_add(entry, arena, id);
		else if (str_equal_nocase(kind, STR("arXiv")))
			identity_add(entry, arena, arena_printf(arena, "arXiv:%.*s", STR_ARG(id)));
	}
}

/* "The astrophysical journal 208(2), 1-59". */
static struct str
journal_ref(struct arena *arena, const struct json *container)
{
	struct str title = json_text(json_get(container, "title"));
	struct str volume = json_text(json_get(container, "volume"));
	struct str issue = json_text(json_get(container, "issue"));
	struct str first = json_text(json_get(container, "firstPage"));
	struct str last = json_text(json_get(container, "lastPage"));
	struct buf text = BUF_INIT(BUF_LIMIT);

	buf_add(&text, title);
	if (volume.len > 0)
		buf_addf(&text, " %.*s", STR_ARG(volume));
	if (volume.len > 0 && issue.len > 0)
		buf_addf(&text, "(%.*s)", STR_ARG(issue));
	if (first.len > 0)
		buf_addf(&text, ", %.*s", STR_ARG(first));
	if (first.len > 0 && last.len > 0)
		buf_addf(&text, "-%.*s", STR_ARG(last));
	struct str kept = title.len > 0 ? entry_text_line(arena, buf_str(&text)) : STR("");
	buf_release(&text);
	return kept;
}

/* A number of some classification tells people nothing. */
static void
add_subject(struct entry *entry, struct arena *arena, struct str subject)
{
	for (size_t i = 0; i < subject.len; i++) {
		if (str_is_alpha(subject.ptr[i]) || (unsigned char)subject.ptr[i] >= 0x80) {
			entry_add_category(entry, arena, subject);
			return;
		}
	}
}

static void
add_lists(struct entry *entry, struct arena *arena, const struct json *doi)
{
	const struct json *element;

	for (element = json_first(json_get(doi, "creators")); element != NULL;
	     element = json_after(element))
		add_creator(entry, arena, element);
	for (element = json_first(json_get(doi, "subjects")); element != NULL;
	     element = json_after(element))
		add_subject(entry, arena, json_text(json_get(element, "subject")));
}

static int
read_doi(void *context, const struct json *item, struct format_reader *reader, struct err *err)
{
	const struct json *doi = json_get(item, "attributes");
	struct arena *arena = reader->arena;
	struct entry entry;

	(void)context;
	if (!json_is_object(doi)) {
		format_skip(reader, "has %s where its attributes should be", json_type_name(doi));
		return 0;
	}
	const struct json *rights = json_first(json_get(doi, "rightsList"));
	entry_init(&entry);
	add_names(&entry, arena, item, doi);
	json_listing_title(&entry, arena, title_of(json_get(doi, "titles")));
	json_listing_abstract(&entry, arena,
	    text_of_kind(
	        json_get(doi, "descriptions"), "descriptionType", "Abstract", "description"));
	add_lists(&entry, arena, doi);
	set_dates(&entry, arena, doi);
	entry.journal_ref = journal_ref(arena, json_get(doi, "container"));
	entry.license = entry_text_line(
	    arena, json_listing_either(json_get(rights, "rightsUri"), json_get(rights, "rights")));
	entry.url = entry_text_url(arena, json_text(json_get(doi, "url")));
	return format_emit(reader, &entry, err);
}

/* ---- the answer ---- */

static int
read_rest(const struct json *rest, struct format_reader *reader, struct err *err)
{
	const struct json *data = json_get(rest, "data");
	const struct json *meta = json_get(rest, "meta");
	const struct json *error = json_first(json_get(rest, "errors"));
	struct format_listing *listing = &reader->listing;

	if (json_is_object(data))
		return read_doi(NULL, data, reader, err);
	if (error != NULL)
		return err_set(err, EX_DATAERR, "an error where a listing should be: '%.*s'",
		    STR_ARG(entry_text_line(reader->keep, json_text(json_get(error, "title")))));
	if (!json_is_array(data))
		return err_set(err, EX_DATAERR, "no list of DOIs");
	listing->total = json_listing_number(json_get(meta, "total"), -1);
	listing->next =
	    entry_text_url(reader->keep, json_text(json_get(json_get(rest, "links"), "next")));
	return 0;
}

static int
read_datacite(struct input *input, struct format_reader *reader, struct err *err)
{
	struct json *rest;
	int result = json_listing_read(input, "data", read_doi, NULL, reader, &rest, err);

	if (result == 0)
		result = read_rest(rest, reader, err);
	json_free(rest);
	return result;
}

const struct source_format source_format_datacite = {
	.name = "datacite",
	.help = "the JSON of DataCite's REST API",
	.sniff = sniff,
	.read = read_datacite,
};
