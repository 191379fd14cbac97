/*
 * The details that api.biorxiv.org gives of bioRxiv's and medRxiv's preprints: a row for each
 * version, of which the newest in an answer is the one that counts.
 */
#include "json_listing.h"

#include "digest/identity.h"

#include <stdlib.h>

enum { VERSION_MAX = 9999 };

static int
sniff(struct str bytes)
{
	static const struct json_sign signs[] = {
		{ "collection[].doi", NULL, 60 },
		{ "collection[].server", NULL, 30 },
		{ "collection[].jatsxml", NULL, 30 },
		{ "messages[].status", NULL, 50 },
		{ "collection", NULL, 20 },
		{ NULL, NULL, 0 },
	};
	return json_listing_sniff(bytes, signs);
}

static int
version_of(const struct json *row)
{
	int64_t version = json_listing_number(json_get(row, "version"), 0);

	return version > 0 && version <= VERSION_MAX ? (int)version : 0;
}

/* ---- the newest version of each ---- */

/* A preprint by its DOI, and its newest version. */
struct preprint {
	struct str doi;
	int version;
	bool is_given;
};

struct answer {
	struct arena *arena;
	struct preprint *preprints; /* in order once they are all there */
	size_t count;
};

static int
compare_preprints(const void *a, const void *b)
{
	const struct preprint *first = a, *second = b;
	int order = str_compare(first->doi, second->doi);

	return order != 0 ? order : second->version - first->version;
}

static int
compare_doi(const void *a, const void *b)
{
	const struct str *doi = a;
	const struct preprint *preprint = b;

	return str_compare(*doi, preprint->doi);
}

static int
gather(void *context, const struct json *row)
{
	struct answer *answer = context;
	struct str doi;

	if (identity_doi(answer->arena, json_text(json_get(row, "doi")), &doi) < 0)
		return 0;
	answer->preprints = arena_grow(
	    answer->arena, answer->preprints, &answer->count, sizeof(answer->preprints[0]));
	answer->preprints[answer->count - 1] =
	    (struct preprint){ .doi = doi, .version = version_of(row) };
	return 0;
}

static void
ignore_skip(void *context, const char *why)
{
	(void)context;
	(void)why;
}

/* A first reading, which tells nothing: what is wrong is told by the second. */
static void
gather_all(struct answer *answer, struct input *input)
{
	struct json_visitor visitor = { answer, gather, ignore_skip };
	struct err err = ERR_NONE;
	size_t kept = 0;

	json_each(input, "collection", &visitor, NULL, &err);
	if (answer->count == 0)
		return;
	qsort(answer->preprints, answer->count, sizeof(answer->preprints[0]), compare_preprints);
	for (size_t i = 1; i < answer->count; i++)
		if (!str_equal(answer->preprints[i].doi, answer->preprints[kept].doi))
			answer->preprints[++kept] = answer->preprints[i];
	answer->count = kept + 1;
}

/* Whether a row is the one that counts of its preprint. */
static bool
is_newest(const struct answer *answer, struct str doi, int version)
{
	struct preprint *preprint = NULL;

	if (answer->count > 0)
		preprint = bsearch(&doi, answer->preprints, answer->count,
		    sizeof(answer->preprints[0]), compare_doi);
	if (preprint == NULL)
		return true;
	if (preprint->is_given || version < preprint->version)
		return false;
	preprint->is_given = true;
	return true;
}

/* ---- one row ---- */

/* "Lee, A. B.; Wu, C.": the last name first. */
static void
add_authors(struct entry *entry, struct arena *arena, struct str authors)
{
	struct str author;

	while (str_next(&authors, ';', &author)) {
		ptrdiff_t comma = str_find_char(author, ',');
		if (comma >= 0)
			author = arena_printf(arena, "%.*s %.*s",
			    STR_ARG(str_skip(author, (size_t)comma + 1)),
			    STR_ARG(str_head(author, (size_t)comma)));
		entry_add_author(entry, arena, author, STR(""), false);
	}
}

static void
set_links(struct entry *entry, struct arena *arena, const struct json *row, struct str doi)
{
	struct str server = json_text(json_get(row, "server"));
	const char *site = str_equal_nocase(server, STR("medrxiv")) ? "medrxiv" : "biorxiv";
	int version = entry->version > 0 ? entry->version : 1;

	entry->url = entry_text_url(arena,
	    arena_printf(arena, "https://www.%s.org/content/%.*sv%d", site, STR_ARG(doi), version));
	if (entry->url.len > 0)
		entry->pdf_url = arena_printf(arena, "%.*s.full.pdf", STR_ARG(entry->url));
}

/* "NA" where there is nothing to tell. */
static struct str
known_text(const struct json *json)
{
	struct str text = str_trim(json_text(json));

	return str_equal_nocase(text, STR("NA")) ? STR("") : text;
}

static int
emit_row(const struct json *row, struct str doi, struct format_reader *reader, struct err *err)
{
	struct arena *arena = reader->arena;
	struct str title = json_text(json_get(row, "title"));
	struct entry entry;

	entry_init(&entry);
	entry.version = version_of(row);
	identity_add(&entry, arena, arena_printf(arena, "doi:%.*s", STR_ARG(doi)));
	identity_add(&entry, arena, known_text(json_get(row, "published")));
	json_listing_title(&entry, arena, title);
	json_listing_abstract(&entry, arena, known_text(json_get(row, "abstract")));
	add_authors(&entry, arena, known_text(json_get(row, "authors")));
	entry_add_category(&entry, arena, known_text(json_get(row, "category")));
	entry.license = entry_text_line(arena, known_text(json_get(row, "license")));
	date_parse_instant(json_text(json_get(row, "date")), &entry.published_at);
	if (entry.version > 1)
		entry.updated_at = entry.published_at;
	set_links(&entry, arena, row, doi);
	if (str_starts_nocase(str_trim(title), "WITHDRAWN"))
		entry.announce = ENTRY_WITHDRAWN;
	else if (entry.version > 1)
		entry.announce = ENTRY_REPLACED;
	return format_emit(reader, &entry, err);
}

static int
read_row(void *context, const struct json *row, struct format_reader *reader, struct err *err)
{
	struct answer *answer = context;
	struct str doi;

	if (identity_doi(reader->arena, json_text(json_get(row, "doi")), &doi) < 0) {
		format_skip(reader, "has no DOI");
		return 0;
	}
	if (is_newest(answer, doi, version_of(row)))
		return emit_row(row, doi, reader, err);
	/* Nothing is wrong with it, and it counts where pages are counted. */
	reader->listing.item_count++;
	arena_reset(reader->arena);
	return 0;
}

/* ---- the answer ---- */

/* {"messages":[{"status":"ok","cursor":0,"count":100,"total":"412"}]}, numbers as they like. */
static int
read_rest(const struct json *rest, struct format_reader *reader, struct err *err)
{
	const struct json *message = json_first(json_get(rest, "messages"));
	struct str status = str_trim(json_text(json_get(message, "status")));
	int64_t count = json_listing_number(json_get(message, "count"), 0);
	struct format_listing *listing = &reader->listing;
	bool is_empty = str_starts_nocase(status, "no posts found");

	listing->total = is_empty ? 0 : json_listing_number(json_get(message, "total"), -1);
	listing->first = json_listing_number(json_get(message, "cursor"), -1);
	if (listing->first >= 0 && listing->first <= INT32_MAX && count > 0 && count <= INT32_MAX &&
	    listing->first + count < listing->total)
		listing->next =
		    arena_printf(reader->keep, "%lld", (long long)(listing->first + count));
	if (status.len > 0 && !str_equal_nocase(status, STR("ok")))
		listing->fault = entry_text_line(reader->keep, status);
	if (is_empty || json_is_array(json_get(rest, "collection")))
		return 0;
	return err_set(
	    err, EX_DATAERR, "an error where a listing should be: '%.*s'", STR_ARG(listing->fault));
}

static int
read_biorxiv(struct input *input, struct format_reader *reader, struct err *err)
{
	struct answer answer = { .arena = arena_new() };
	struct json *rest;
	int result;

	gather_all(&answer, input);
	result = json_listing_read(input, "collection", read_row, &answer, reader, &rest, err);
	if (result == 0)
		result = read_rest(rest, reader, err);
	json_free(rest);
	arena_free(answer.arena);
	return result;
}

const struct source_format source_format_biorxiv = {
	.name = "biorxiv",
	.help = "the JSON of bioRxiv's and medRxiv's details",
	.sniff = sniff,
	.read = read_biorxiv,
};
