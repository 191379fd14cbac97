/*
 * CSL-JSON, as Zotero, pandoc and citeproc read it: an array, an item a line.
 */
#include "format.h"

#include "digest/json.h"

static void
add_text(struct json *object, const char *name, struct str text)
{
	if (text.len > 0)
		json_add_text(object, name, text);
}

static void
add_authors(struct export_writer *writer, struct json *item, const struct entry *entry)
{
	struct json *authors = NULL;
	struct str text;
	size_t at = 0;

	while (export_next_author(writer->scratch, entry, &at, &text)) {
		struct export_name name = export_name(writer->scratch, text);
		struct json *author;
		if (authors == NULL)
			authors = json_add_array(item, "author");
		author = json_add_object(authors, NULL);
		add_text(author, name.is_whole ? "literal" : "family", name.family);
		add_text(author, "given", name.given);
		add_text(author, "non-dropping-particle", name.particle);
		add_text(author, "suffix", name.suffix);
	}
}

static void
add_date(struct json *item, int32_t day)
{
	struct date_civil civil;
	struct json *parts;

	if (day == DATE_NO_DAY)
		return;
	civil = date_civil(day);
	parts = json_add_array(json_add_object(item, "issued"), "date-parts");
	parts = json_add_array(parts, NULL);
	json_add_int(parts, NULL, civil.year);
	json_add_int(parts, NULL, civil.month);
	json_add_int(parts, NULL, civil.day);
}

/* A line for each paragraph. */
static void
add_abstract(struct export_writer *writer, struct json *item, struct str abstract)
{
	struct buf text = BUF_INIT(BUF_LIMIT);
	struct str paragraph;

	while (export_next_paragraph(writer->scratch, &abstract, &paragraph)) {
		buf_add_string(&text, text.len > 0 ? "\n" : "");
		buf_add(&text, paragraph);
	}
	add_text(item, "abstract", buf_str(&text));
	buf_release(&text);
}

static const char *
type_of(const struct entry *entry)
{
	if (entry->journal_ref.len > 0)
		return "article-journal";
	return entry->kind == ENTRY_POST ? "post-weblog" : "article";
}

static void
write_entry(struct export_writer *writer, const struct entry *entry)
{
	struct json *item = json_new_object();
	struct str arxiv = export_alias(entry, "arxiv:");

	json_add_text(item, "id", writer->keys[writer->nth]);
	json_add_text(item, "type", str_from(type_of(entry)));
	json_add_text(item, "title", export_line(writer->scratch, entry->title));
	add_authors(writer, item, entry);
	add_date(item, export_day(entry));
	add_text(item, "container-title", export_line(writer->scratch, entry->journal_ref));
	add_text(item, "DOI", export_alias(entry, "doi:"));
	if (arxiv.len > 0) {
		json_add_text(
		    item, "number", arena_printf(writer->scratch, "arXiv:%.*s", STR_ARG(arxiv)));
		json_add_text(item, "publisher", STR("arXiv"));
	}
	add_text(item, "URL", entry->url);
	add_abstract(writer, item, entry->abstract);
	add_text(item, "note", export_line(writer->scratch, entry->comment));
	buf_add_string(writer->out, writer->nth > 0 ? ",\n" : "\n");
	json_write(item, writer->out);
	json_free(item);
}

static void
begin(struct export_writer *writer)
{
	export_make_keys(writer);
	buf_add_char(writer->out, '[');
}

static void
end(struct export_writer *writer)
{
	buf_add_string(writer->out, "\n]\n");
}

const struct export_format export_format_csl_json = {
	.name = "csl-json",
	.begin = begin,
	.entry = write_entry,
	.end = end,
};
