/*
 * RSS 2.0 for feed readers. An item's guid is the paper's name, so it is the same in every feed.
 */
#include "format.h"

#include "digest/html.h"

static void
add_instant(struct buf *out, const char *name, int64_t instant)
{
	char text[DATE_INSTANT_BYTES];

	export_add_element(out, name, str_from(date_format_mail(text, instant)));
}

/* Whether a reader that takes it for HTML would see another text. */
static bool
is_unclear(struct str text)
{
	for (size_t i = 0; i + 1 < text.len; i++) {
		char next = text.ptr[i + 1];
		if (text.ptr[i] == '<' && (str_is_alpha(next) || strchr("/!?", next) != NULL))
			return true;
	}
	return html_is_markup(text);
}

/* RSS does not say whether a title is HTML, and most readers take it for that. */
static void
add_title(struct export_writer *writer, struct str title)
{
	struct buf html = BUF_INIT(BUF_LIMIT);

	if (is_unclear(title)) {
		export_add_xml(&html, title);
		title = buf_str(&html);
	}
	export_add_element(writer->out, "title", title);
	buf_release(&html);
}

static void
write_entry(struct export_writer *writer, const struct entry *entry)
{
	struct buf *out = writer->out;
	int32_t day = export_day(entry);
	struct str name;
	size_t at = 0;

	buf_add_string(out, "<item>\n");
	add_title(writer, export_line(writer->scratch, entry->title));
	export_add_element(out, "link", entry->url);
	buf_add_string(out, "<guid isPermaLink=\"false\">");
	export_add_xml(out, entry_key(entry));
	buf_add_string(out, "</guid>\n");
	if (entry->published_at != DATE_NO_INSTANT)
		add_instant(out, "pubDate", entry->published_at);
	else if (day != DATE_NO_DAY)
		add_instant(out, "pubDate", date_instant_of(day));
	while (export_next_author(writer->scratch, entry, &at, &name))
		export_add_element(out, "dc:creator", name);
	for (size_t i = 0; i < entry->category_count; i++)
		export_add_element(
		    out, "category", export_line(writer->scratch, entry->categories[i]));
	if (entry->abstract.len > 0) {
		buf_add_string(out, "<description>");
		export_add_xml_html(writer, entry->abstract);
		buf_add_string(out, "</description>\n");
	}
	buf_add_string(out, "</item>\n");
}

/* A channel must link to something; what has no page of its own has its name. */
static void
begin(struct export_writer *writer)
{
	struct str title = export_line(writer->arena, writer->head->title);

	buf_add_string(writer->out,
	    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	    "<rss version=\"2.0\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\">\n<channel>\n");
	export_add_element(writer->out, "title", title);
	export_add_element(writer->out, "link", export_urn(writer->arena, writer->head->id));
	export_add_element(writer->out, "description", title);
	add_instant(writer->out, "lastBuildDate", writer->head->at);
	export_add_element(writer->out, "generator", STR("digest"));
}

static void
end(struct export_writer *writer)
{
	buf_add_string(writer->out, "</channel>\n</rss>\n");
}

const struct export_format export_format_rss = {
	.name = "rss",
	.begin = begin,
	.entry = write_entry,
	.end = end,
};
