/*
 * BibTeX, as BibTeX, biber and reference managers read it: UTF-8, with what TeX would take for its
 * own escaped, and capitals kept where lower case would be wrong.
 */
#include "format.h"

/* BibTeX counts braces, escaped ones too, so a brace of the text is spelled out. */
static void
add_escaped(struct buf *out, struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];
		switch (c) {
		case '\\': buf_add_string(out, "\\textbackslash{}"); break;
		case '{': buf_add_string(out, "\\textbraceleft{}"); break;
		case '}': buf_add_string(out, "\\textbraceright{}"); break;
		case '^': buf_add_string(out, "\\textasciicircum{}"); break;
		case '~': buf_add_string(out, "\\textasciitilde{}"); break;
		case '#':
		case '$':
		case '%':
		case '&':
		case '_':
			buf_add_char(out, '\\');
			buf_add_char(out, c);
			break;
		default: buf_add_char(out, c); break;
		}
	}
}

static void
open_field(struct buf *out, const char *name)
{
	buf_addf(out, ",\n  %s = {", name);
}

static void
add_field(struct buf *out, const char *name, struct str text)
{
	if (text.len == 0)
		return;
	open_field(out, name);
	add_escaped(out, text);
	buf_add_char(out, '}');
}

/* As it stands: a URL, an identifier. Nothing in it can end the field. */
static void
add_verbatim(struct export_writer *writer, const char *name, struct str text)
{
	if (text.len == 0)
		return;
	open_field(writer->out, name);
	buf_add(writer->out, export_url(writer->scratch, text));
	buf_add_char(writer->out, '}');
}

/* ---- titles ---- */

static bool
is_capital(char c)
{
	return c >= 'A' && c <= 'Z';
}

/* A capital after the first letter, a lone one, or one beside a digit: "GPT-4", "LaTeX". */
static bool
has_inner_capital(struct str word)
{
	bool has_letter = false, has_capital = false, has_digit = false;

	for (size_t i = 0; i < word.len; i++) {
		char c = word.ptr[i];
		if (is_capital(c) && has_letter)
			return true;
		has_capital = has_capital || is_capital(c);
		has_digit = has_digit || str_is_digit(c);
		has_letter = (has_letter || str_is_alpha(c) || (unsigned char)c >= 0x80) &&
		    c != '-' && c != '/';
	}
	return has_capital && has_digit;
}

/*
 * In a title whose words after the first are mostly in lower case, a capital is that of a name.
 * Styles of references write titles of the other kind in lower case themselves.
 */
static bool
is_sentence(struct str title)
{
	size_t capitals = 0, words = 0;
	struct str word;

	str_next_word(&title, &word);
	while (str_next_word(&title, &word)) {
		if (!str_is_alpha(word.ptr[0]) || has_inner_capital(word))
			continue;
		words++;
		capitals += is_capital(word.ptr[0]) ? 1 : 0;
	}
	return 2 * capitals < words;
}

static void
add_title(struct buf *out, struct str title)
{
	bool keeps_capitals = is_sentence(title), is_first = true;
	struct str word;

	if (title.len == 0)
		return;
	open_field(out, "title");
	while (str_next_word(&title, &word)) {
		bool is_name = keeps_capitals && !is_first && is_capital(word.ptr[0]);
		bool is_kept = is_name || has_inner_capital(word);
		size_t end = word.len;
		while (end > 0 && strchr(":;,.!?", word.ptr[end - 1]) != NULL)
			end--;
		buf_add_string(out, is_first ? "" : " ");
		buf_add_string(out, is_kept ? "{" : "");
		add_escaped(out, str_head(word, end));
		buf_add_string(out, is_kept ? "}" : "");
		add_escaped(out, str_skip(word, end));
		is_first = false;
	}
	buf_add_char(out, '}');
}

/* ---- authors ---- */

static void
add_author(struct export_writer *writer, struct str text)
{
	struct export_name name = export_name(writer->scratch, text);
	struct buf *out = writer->out;

	/* "and" parts names, and a comma what a name consists of. */
	if (name.is_whole || str_find(text, STR(" and ")) >= 0) {
		buf_add_char(out, '{');
		add_escaped(out, text);
		buf_add_char(out, '}');
		return;
	}
	add_escaped(out, name.particle);
	buf_add_string(out, name.particle.len > 0 ? " " : "");
	add_escaped(out, name.family);
	buf_add_string(out, name.suffix.len > 0 ? ", " : "");
	add_escaped(out, name.suffix);
	buf_add_string(out, name.given.len > 0 ? ", " : "");
	add_escaped(out, name.given);
}

static void
add_authors(struct export_writer *writer, const struct entry *entry)
{
	bool is_first = true;
	struct str name;
	size_t at = 0;

	while (export_next_author(writer->scratch, entry, &at, &name)) {
		if (is_first)
			open_field(writer->out, "author");
		else
			buf_add_string(writer->out, " and ");
		add_author(writer, name);
		is_first = false;
	}
	if (!is_first)
		buf_add_char(writer->out, '}');
}

/* ---- the rest ---- */

static void
add_date(struct buf *out, int32_t day)
{
	static const char *const months[] = { "jan", "feb", "mar", "apr", "may", "jun", "jul",
		"aug", "sep", "oct", "nov", "dec" };
	struct date_civil civil;

	if (day == DATE_NO_DAY)
		return;
	civil = date_civil(day);
	buf_addf(out, ",\n  year = {%04d},\n  month = %s", civil.year, months[civil.month - 1]);
}

static void
add_abstract(struct export_writer *writer, struct str abstract)
{
	bool is_first = true;
	struct str paragraph;

	while (export_next_paragraph(writer->scratch, &abstract, &paragraph)) {
		if (is_first)
			open_field(writer->out, "abstract");
		else
			buf_add_char(writer->out, ' ');
		add_escaped(writer->out, paragraph);
		is_first = false;
	}
	if (!is_first)
		buf_add_char(writer->out, '}');
}

static void
write_entry(struct export_writer *writer, const struct entry *entry)
{
	struct str arxiv = export_alias(entry, "arxiv:");
	struct str journal = export_line(writer->scratch, entry->journal_ref);
	struct buf *out = writer->out;

	buf_addf(out, "%s@%s{%.*s", writer->nth > 0 ? "\n" : "",
	    journal.len > 0 ? "article" : "misc", STR_ARG(writer->keys[writer->nth]));
	add_title(out, export_line(writer->scratch, entry->title));
	add_authors(writer, entry);
	add_date(out, export_day(entry));
	add_field(out, "journal", journal);
	add_verbatim(writer, "doi", export_alias(entry, "doi:"));
	add_verbatim(writer, "eprint", arxiv);
	if (arxiv.len > 0)
		buf_add_string(out, ",\n  archiveprefix = {arXiv}");
	if (arxiv.len > 0 && entry->category_count > 0)
		add_field(out, "primaryclass", export_line(writer->scratch, entry->categories[0]));
	add_verbatim(writer, "url", entry->url);
	add_field(out, "note", export_line(writer->scratch, entry->comment));
	add_abstract(writer, entry->abstract);
	buf_add_string(out, "\n}\n");
}

const struct export_format export_format_bibtex = {
	.name = "bibtex",
	.begin = export_make_keys,
	.entry = write_entry,
};
