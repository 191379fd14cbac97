/*
 * Atom 1.0 (RFC 4287) for feed readers. A paper's id is made from its name, so it is the same in
 * every feed.
 */
#include "format.h"

static void
add_instant(struct buf *out, const char *name, int64_t instant)
{
	char text[DATE_INSTANT_BYTES];

	export_add_element(out, name, str_from(date_format_instant(text, instant)));
}

static void
add_link(struct buf *out, const char *attributes, struct str url)
{
	if (url.len == 0)
		return;
	buf_addf(out, "<link %s href=\"", attributes);
	export_add_xml(out, url);
	buf_add_string(out, "\"/>\n");
}

static void
add_id(struct export_writer *writer, const struct entry *entry)
{
	struct str arxiv = export_alias(entry, "arxiv:"), doi = export_alias(entry, "doi:");
	struct str id = export_urn(writer->scratch, entry_key(entry));

	if (arxiv.len > 0)
		id = arena_printf(writer->scratch, "https://arxiv.org/abs/%.*s", STR_ARG(arxiv));
	else if (doi.len > 0)
		id = arena_printf(writer->scratch, "https://doi.org/%.*s",
		    STR_ARG(export_url(writer->scratch, doi)));
	export_add_element(writer->out, "id", id);
}

/* Section 4.2.15: "updated" must be there. */
static int64_t
updated_of(const struct export_writer *writer, const struct entry *entry)
{
	if (entry->updated_at != DATE_NO_INSTANT)
		return entry->updated_at;
	if (entry->published_at != DATE_NO_INSTANT)
		return entry->published_at;
	if (entry->listed_on != DATE_NO_DAY)
		return date_instant_of(entry->listed_on);
	return writer->head->at;
}

static void
add_authors(struct export_writer *writer, const struct entry *entry)
{
	struct str name;
	size_t at = 0;

	while (export_next_author(writer->scratch, entry, &at, &name)) {
		buf_add_string(writer->out, "<author>");
		export_add_element(writer->out, "name", name);
		buf_add_string(writer->out, "</author>\n");
	}
}

static void
write_entry(struct export_writer *writer, const struct entry *entry)
{
	struct buf *out = writer->out;

	buf_add_string(out, "<entry>\n<title type=\"text\">");
	export_add_xml(out, export_line(writer->scratch, entry->title));
	buf_add_string(out, "</title>\n");
	add_id(writer, entry);
	add_link(out, "rel=\"alternate\"", entry->url);
	add_link(out, "rel=\"related\" type=\"application/pdf\" title=\"PDF\"", entry->pdf_url);
	if (entry->published_at != DATE_NO_INSTANT)
		add_instant(out, "published", entry->published_at);
	add_instant(out, "updated", updated_of(writer, entry));
	add_authors(writer, entry);
	for (size_t i = 0; i < entry->category_count; i++) {
		buf_add_string(out, "<category term=\"");
		export_add_xml(out, export_line(writer->scratch, entry->categories[i]));
		buf_add_string(out, "\"/>\n");
	}
	/* Section 4.1.2: an entry without a link must have content. */
	if (entry->abstract.len > 0 || entry->url.len == 0) {
		const char *name = entry->url.len == 0 ? "content" : "summary";
		buf_addf(out, "<%s type=\"html\">", name);
		export_add_xml_html(writer, entry->abstract);
		buf_addf(out, "</%s>\n", name);
	}
	buf_add_string(out, "</entry>\n");
}

/* Section 4.1.1: entries without an author take the feed's. */
static void
begin(struct export_writer *writer)
{
	struct buf *out = writer->out;

	buf_add_string(out,
	    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	    "<feed xmlns=\"http://www.w3.org/2005/Atom\">\n");
	export_add_element(out, "title", export_line(writer->arena, writer->head->title));
	export_add_element(out, "id", export_urn(writer->arena, writer->head->id));
	add_instant(out, "updated", writer->head->at);
	buf_add_string(out, "<author><name>digest</name></author>\n");
	export_add_element(out, "generator", STR("digest"));
}

static void
end(struct export_writer *writer)
{
	buf_add_string(writer->out, "</feed>\n");
}

const struct export_format export_format_atom = {
	.name = "atom",
	.begin = begin,
	.entry = write_entry,
	.end = end,
};
