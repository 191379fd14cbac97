/*
 * RIS, as reference managers import it: a tag and a value a line, CRLF. White space within values
 * is single spaces, so no value can begin a line.
 */
#include "format.h"

static void
add_line(struct buf *out, const char *tag, struct str value)
{
	if (value.len > 0)
		buf_addf(out, "%s  - %.*s\r\n", tag, STR_ARG(value));
}

static void
add_text(struct export_writer *writer, const char *tag, struct str text)
{
	add_line(writer->out, tag, export_line(writer->scratch, text));
}

/* "Family, Given, Suffix". */
static void
add_authors(struct export_writer *writer, const struct entry *entry)
{
	struct str text;
	size_t at = 0;

	while (export_next_author(writer->scratch, entry, &at, &text)) {
		struct export_name name = export_name(writer->scratch, text);
		struct buf line = BUF_INIT(BUF_LIMIT);
		if (name.particle.len > 0)
			buf_addf(&line, "%.*s ", STR_ARG(name.particle));
		buf_add(&line, name.family);
		if (!name.is_whole)
			buf_addf(&line, ", %.*s", STR_ARG(name.given));
		if (name.suffix.len > 0)
			buf_addf(&line, ", %.*s", STR_ARG(name.suffix));
		add_line(writer->out, "AU", buf_str(&line));
		buf_release(&line);
	}
}

static const char *
type_of(const struct entry *entry)
{
	if (entry->journal_ref.len > 0)
		return "JOUR";
	return entry->kind == ENTRY_POST ? "BLOG" : "UNPB";
}

static void
write_entry(struct export_writer *writer, const struct entry *entry)
{
	struct str arxiv = export_alias(entry, "arxiv:");
	int32_t day = export_day(entry);
	struct buf *out = writer->out;

	add_line(out, "TY", str_from(type_of(entry)));
	add_text(writer, "TI", entry->title);
	add_authors(writer, entry);
	if (day != DATE_NO_DAY) {
		struct date_civil civil = date_civil(day);
		buf_addf(out, "DA  - %04d/%02d/%02d\r\nPY  - %04d\r\n", civil.year, civil.month,
		    civil.day, civil.year);
	}
	add_text(writer, "T2", entry->journal_ref);
	add_line(out, "DO", export_alias(entry, "doi:"));
	if (arxiv.len > 0)
		buf_addf(out, "AN  - arXiv:%.*s\r\n", STR_ARG(arxiv));
	add_line(out, "UR", entry->url);
	add_line(out, "L1", entry->pdf_url);
	add_text(writer, "AB", entry->abstract);
	add_text(writer, "N1", entry->comment);
	for (size_t i = 0; i < entry->category_count; i++)
		add_text(writer, "KW", entry->categories[i]);
	buf_add_string(out, "ER  - \r\n");
}

const struct export_format export_format_ris = {
	.name = "ris",
	.entry = write_entry,
};
