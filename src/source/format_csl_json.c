/*
 * CSL-JSON, as Zotero, pandoc and their kin export libraries: an array of items.
 */
#include "citation.h"
#include "json_listing.h"

static int
sniff(struct str bytes)
{
	static const struct json_sign signs[] = {
		{ "[].author[].family", NULL, 40 },
		{ "[].issued.date-parts", NULL, 40 },
		{ "[].container-title", NULL, 20 },
		{ "[].citation-key", NULL, 20 },
		{ "[].title", NULL, 10 },
		{ "[].type", "article-journal", 40 },
		{ "[].type", "paper-conference", 40 },
		{ "[].type", "article", 30 },
		{ NULL, NULL, 0 },
	};
	return json_listing_sniff(bytes, signs);
}

static void
add_authors(struct citation *citation, struct arena *arena, const struct json *authors)
{
	const struct json *author;

	for (author = json_first(authors); author != NULL; author = json_after(author)) {
		struct str literal = json_text(json_get(author, "literal"));
		struct str name = arena_printf(arena, "%.*s %.*s %.*s %.*s",
		    STR_ARG(json_text(json_get(author, "given"))),
		    STR_ARG(json_text(json_get(author, "non-dropping-particle"))),
		    STR_ARG(json_text(json_get(author, "family"))),
		    STR_ARG(json_text(json_get(author, "suffix"))));
		citation_add_author(citation, arena, literal.len > 0 ? literal : name);
	}
}

/* {"date-parts":[[2017,6,12]]}, of which the day, or month and day, may lack; or {"raw":"2017"}. */
static struct str
date_of(struct arena *arena, const struct json *date)
{
	const struct json *part = json_first(json_first(json_get(date, "date-parts")));
	struct str text = STR("");

	if (part == NULL)
		return json_listing_either(json_get(date, "raw"), json_get(date, "literal"));
	for (int i = 0; i < 3 && part != NULL; i++, part = json_after(part))
		text = arena_printf(arena, "%.*s%s%02d", STR_ARG(text), i > 0 ? "-" : "",
		    (int)json_listing_number(part, 0) % 10000);
	return text;
}

static int
read_item(void *context, const struct json *item, struct format_reader *reader, struct err *err)
{
	struct arena *arena = reader->arena;
	struct citation citation = {
		.title = json_listing_plain(arena, json_text(json_get(item, "title"))),
		.abstract = json_listing_plain(arena, json_text(json_get(item, "abstract"))),
		.journal = json_text(json_get(item, "container-title")),
		.url = json_text(json_get(item, "URL")),
		.date = date_of(arena, json_get(item, "issued")),
	};

	(void)context;
	citation_add_name(&citation, json_text(json_get(item, "DOI")));
	/* Zotero has the arXiv identifier of a preprint here. */
	citation_add_name(&citation, json_text(json_get(item, "number")));
	add_authors(&citation, arena, json_get(item, "author"));
	return citation_emit(&citation, reader, err);
}

static int
read_csl_json(struct input *input, struct format_reader *reader, struct err *err)
{
	return json_listing_read(input, "", read_item, NULL, reader, NULL, err);
}

const struct source_format source_format_csl_json = {
	.name = "csl_json",
	.help = "CSL-JSON, as Zotero and pandoc write it",
	.sniff = sniff,
	.read = read_csl_json,
};
