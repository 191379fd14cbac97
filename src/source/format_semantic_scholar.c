/*
 * Semantic Scholar's Graph API: the pages of a search, of a bulk search and of citations, the
 * answer to a batch, recommendations, and a paper alone.
 */
#include "json_listing.h"

#include "digest/identity.h"

#include <stdio.h>

/* A listing of nothing has no more to go by than what it says of itself. */
static int
sniff(struct str bytes)
{
	static const struct json_sign signs[] = {
		{ "data[].paperId", NULL, 90 },
		{ "data[].citingPaper.paperId", NULL, 90 },
		{ "data[].citedPaper.paperId", NULL, 90 },
		{ "recommendedPapers[].paperId", NULL, 90 },
		{ "recommendedPapers", NULL, 60 },
		{ "[].paperId", NULL, 90 },
		{ "paperId", NULL, 90 },
		{ "total", "0", 25 },
		{ "offset", NULL, 25 },
		{ "token", NULL, 25 },
		{ "data", NULL, 10 },
		{ NULL, NULL, 0 },
	};
	return json_listing_sniff(bytes, signs);
}

/* ---- one paper ---- */

static void
add_names(struct entry *entry, struct arena *arena, const struct json *paper)
{
	static const struct {
		const char *name, *prefix;
	} kinds[] = { { "ArXiv", "arXiv:" }, { "DOI", "doi:" }, { "PubMed", "pmid:" },
		{ "CorpusId", "s2:corpusid:" } };
	const struct json *ids = json_get(paper, "externalIds");
	struct str id = str_trim(json_text(json_get(paper, "paperId")));

	if (id.len > 0)
		identity_add(entry, arena, arena_printf(arena, "s2:%.*s", STR_ARG(id)));
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		const struct json *value = json_get(ids, kinds[i].name);
		int64_t number = json_int(value, -1);
		struct str text = json_text(value);
		if (number > 0)
			text = arena_printf(arena, "%lld", (long long)number);
		if (text.len > 0)
			identity_add(entry, arena,
			    arena_printf(arena, "%s%.*s", kinds[i].prefix, STR_ARG(text)));
	}
	entry->url = entry_text_url(arena, json_text(json_get(paper, "url")));
	if (entry->url.len == 0 && id.len > 0)
		entry->url = entry_text_url(arena,
		    arena_printf(arena, "https://www.semanticscholar.org/paper/%.*s", STR_ARG(id)));
}

static void
add_people(struct entry *entry, struct arena *arena, const struct json *authors)
{
	const struct json *author;

	for (author = json_first(authors); author != NULL; author = json_after(author))
		entry_add_author(entry, arena, json_text(json_get(author, "name")),
		    json_listing_first(json_get(author, "affiliations")), false);
}

static void
add_fields(struct entry *entry, struct arena *arena, const struct json *paper)
{
	const struct json *field;

	for (field = json_first(json_get(paper, "fieldsOfStudy")); field != NULL;
	     field = json_after(field))
		entry_add_category(entry, arena, json_text(field));
	for (field = json_first(json_get(paper, "s2FieldsOfStudy")); field != NULL;
	     field = json_after(field))
		entry_add_category(entry, arena, json_text(json_get(field, "category")));
}

static void
set_date(struct entry *entry, struct arena *arena, const struct json *paper)
{
	int64_t year = json_int(json_get(paper, "year"), 0);

	date_parse_instant(
	    str_trim(json_text(json_get(paper, "publicationDate"))), &entry->published_at);
	if (entry->published_at == DATE_NO_INSTANT && year > 0 && year <= 9999)
		date_parse_instant(
		    arena_printf(arena, "%04d-01-01", (int)year), &entry->published_at);
}

/* "Nature 521, 436-444", or where it appeared. */
static struct str
journal_ref(struct arena *arena, const struct json *paper)
{
	const struct json *journal = json_get(paper, "journal");
	struct str name =
	    str_trim(json_listing_either(json_get(journal, "name"), json_get(paper, "venue")));
	struct str volume = str_trim(json_text(json_get(journal, "volume")));
	struct str pages = str_trim(json_text(json_get(journal, "pages")));

	/* Of an arXiv paper the journal is arXiv itself: that is no reference. */
	if (name.len == 0 || str_equal_nocase(name, STR("arXiv.org")) ||
	    str_equal_nocase(name, STR("ArXiv")))
		return STR("");
	return entry_text_line(arena,
	    arena_printf(arena, "%.*s%s%.*s%s%.*s", STR_ARG(name), volume.len > 0 ? " " : "",
	        STR_ARG(volume), pages.len > 0 ? ", " : "", STR_ARG(pages)));
}

static int
read_paper(void *context, const struct json *item, struct format_reader *reader, struct err *err)
{
	static const char *const wrappings[] = { "citingPaper", "citedPaper" };
	struct arena *arena = reader->arena;
	const struct json *paper = item;
	struct entry entry;

	(void)context;
	for (size_t i = 0; i < sizeof(wrappings) / sizeof(wrappings[0]); i++)
		if (json_is_object(json_get(item, wrappings[i])))
			paper = json_get(item, wrappings[i]);
	entry_init(&entry);
	add_names(&entry, arena, paper);
	json_listing_title(&entry, arena, json_text(json_get(paper, "title")));
	json_listing_abstract(&entry, arena, json_text(json_get(paper, "abstract")));
	add_people(&entry, arena, json_get(paper, "authors"));
	add_fields(&entry, arena, paper);
	set_date(&entry, arena, paper);
	entry.journal_ref = journal_ref(arena, paper);
	entry.pdf_url =
	    entry_text_url(arena, json_text(json_get(json_get(paper, "openAccessPdf"), "url")));
	entry.license = entry_text_line(
	    arena, json_text(json_get(json_get(paper, "openAccessPdf"), "license")));
	return format_emit(reader, &entry, err);
}

/* ---- the answer ---- */

/* A search goes on from a number, a bulk search with a token. */
static struct str
next_of(struct arena *arena, const struct json *rest)
{
	int64_t next = json_int(json_get(rest, "next"), -1);

	if (next >= 0)
		return arena_printf(arena, "%lld", (long long)next);
	return entry_text_line(arena, json_text(json_get(rest, "token")));
}

static int
read_answer(struct input *input, struct format_reader *reader, struct err *err)
{
	struct format_listing *listing = &reader->listing;
	struct json *rest = json_listing_rest(input, "data");
	bool is_recommended = json_get(rest, "recommendedPapers") != NULL;
	const char *path = is_recommended ? "recommendedPapers" : "data";
	int result;

	json_free(rest);
	result = json_listing_read(input, path, read_paper, NULL, reader, &rest, err);
	if (result != 0)
		return result;
	listing->total = json_listing_number(json_get(rest, "total"), -1);
	listing->first = json_listing_number(json_get(rest, "offset"), -1);
	listing->next = next_of(reader->keep, rest);
	if (json_get(rest, "paperId") != NULL)
		result = read_paper(NULL, rest, reader, err);
	else if (!json_is_array(json_get(rest, path)) && listing->total != 0)
		result = err_set(err, EX_DATAERR, "no list of papers");
	json_free(rest);
	return result;
}

static int
read_semantic_scholar(struct input *input, struct format_reader *reader, struct err *err)
{
	if (json_listing_is_array(input))
		return json_listing_read(input, "", read_paper, NULL, reader, NULL, err);
	return read_answer(input, reader, err);
}

const struct source_format source_format_semantic_scholar = {
	.name = "semantic_scholar",
	.help = "the JSON of Semantic Scholar's Graph API",
	.sniff = sniff,
	.read = read_semantic_scholar,
};
