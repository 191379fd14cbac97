/*
 * Markdown for notes and wikis: CommonMark, with everything in a paper's text escaped that could be
 * taken for markup there or in its common dialects.
 */
#include "format.h"

/*
 * Whether what stands at the front would begin a heading, a list or a rule if a line began with it.
 */
static size_t
marker_len(struct str text)
{
	size_t digits = str_digits(text);

	if (text.len > 0 && strchr("-+=#", text.ptr[0]) != NULL)
		return 1;
	return digits > 0 && digits < text.len && strchr(".)", text.ptr[digits]) != NULL
	    ? digits + 1
	    : 0;
}

/* CommonMark section 2.4: a backslash makes any ASCII punctuation a character like others. */
static void
add_escaped(struct buf *out, struct str text)
{
	size_t marker = marker_len(text);

	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];
		if (strchr("\\`*_{}[]<>|~$&^", c) != NULL || i + 1 == marker)
			buf_add_char(out, '\\');
		buf_add_char(out, c);
	}
}

/* "[text](<url>)", or the text alone. */
static void
add_link(struct export_writer *writer, struct str text, struct str url)
{
	buf_add_string(writer->out, url.len > 0 ? "[" : "");
	add_escaped(writer->out, text);
	if (url.len > 0)
		buf_addf(writer->out, "](<%.*s>)", STR_ARG(export_url(writer->scratch, url)));
}

static void
add_facts(struct export_writer *writer, const struct entry *entry)
{
	struct buf facts = BUF_INIT(BUF_LIMIT);
	char day[DATE_DAY_BYTES];
	struct str name;
	size_t at = 0;

	while (export_next_author(writer->scratch, entry, &at, &name))
		buf_addf(&facts, "%s%.*s", facts.len > 0 ? ", " : "", STR_ARG(name));
	if (export_day(entry) != DATE_NO_DAY)
		buf_addf(&facts, "%s%s", facts.len > 0 ? " · " : "",
		    date_format_day(day, export_day(entry)));
	if (entry->journal_ref.len > 0)
		buf_addf(&facts, "%s%.*s", facts.len > 0 ? " · " : "",
		    STR_ARG(export_line(writer->scratch, entry->journal_ref)));
	if (facts.len > 0) {
		add_escaped(writer->out, buf_str(&facts));
		buf_add_string(writer->out, "\n\n");
	}
	buf_release(&facts);
}

static void
add_links(struct export_writer *writer, const struct entry *entry)
{
	const struct {
		const char *name;
		struct str url;
	} links[] = { { "PDF", entry->pdf_url }, { "Code", entry->code_url },
		{ "Project", entry->project_url }, { "Discussion", entry->discussion_url } };
	bool is_first = true;

	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++) {
		if (links[i].url.len == 0)
			continue;
		buf_add_string(writer->out, is_first ? "" : " · ");
		add_link(writer, str_from(links[i].name), links[i].url);
		is_first = false;
	}
	buf_add_string(writer->out, is_first ? "" : "\n\n");
}

static void
write_entry(struct export_writer *writer, const struct entry *entry)
{
	struct str abstract = entry->abstract, paragraph;

	buf_add_string(writer->out, "## ");
	add_link(writer, export_line(writer->scratch, entry->title), entry->url);
	buf_add_string(writer->out, "\n\n");
	add_facts(writer, entry);
	while (export_next_paragraph(writer->scratch, &abstract, &paragraph)) {
		add_escaped(writer->out, paragraph);
		buf_add_string(writer->out, "\n\n");
	}
	add_links(writer, entry);
}

static void
begin(struct export_writer *writer)
{
	buf_add_string(writer->out, "# ");
	add_escaped(writer->out, export_line(writer->arena, writer->head->title));
	buf_add_string(writer->out, "\n\n");
}

/* One empty line parts the papers, and none stands at the end. */
static void
end(struct export_writer *writer)
{
	buf_cut(writer->out, writer->out->len - 1);
}

const struct export_format export_format_markdown = {
	.name = "markdown",
	.begin = begin,
	.entry = write_entry,
	.end = end,
};
