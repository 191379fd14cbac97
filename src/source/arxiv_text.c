/*
 * Reads the records of arXiv's text files. They are set off by lines that begin with "\\": a head
 * of fields, whose long lines go on after two blanks, then often an abstract. What the listings put
 * around the records is the formats' business.
 */
#include "arxiv_text.h"

#include "arxiv_authors.h"

#include "digest/buf.h"
#include "digest/identity.h"

#include <string.h>

/* Rules are as wide as the page, so that a line of an abstract is none. */
enum { RULE_BYTES_MIN = 60 };

static const struct {
	const char *name;
	enum arxiv_text_field field;
} fields[] = {
	{ "Title:", ARXIV_TEXT_TITLE },
	{ "Author:", ARXIV_TEXT_AUTHORS },
	{ "Authors:", ARXIV_TEXT_AUTHORS },
	{ "Categories:", ARXIV_TEXT_CATEGORIES },
	{ "Comment:", ARXIV_TEXT_COMMENTS },
	{ "Comments:", ARXIV_TEXT_COMMENTS },
	{ "Journal-ref:", ARXIV_TEXT_JOURNAL },
	{ "DOI:", ARXIV_TEXT_DOI },
	{ "License:", ARXIV_TEXT_LICENSE },
	{ "ACM-class:", ARXIV_TEXT_OTHER },
	{ "From:", ARXIV_TEXT_OTHER },
	{ "MSC-class:", ARXIV_TEXT_OTHER },
	{ "Proxy:", ARXIV_TEXT_OTHER },
	{ "Report-no:", ARXIV_TEXT_OTHER },
	{ "Subj-class:", ARXIV_TEXT_OTHER },
};

/* A line that begins with "\\": nothing after it but, in a mailing, the link and the size. */
static bool
is_mark(struct str line)
{
	if (!str_starts(line, "\\\\"))
		return false;
	struct str rest = str_trim(str_skip(line, 2));
	return rest.len == 0 || str_starts(rest, "(");
}

static bool
has_link(struct str mark)
{
	return str_find_char(mark, '(') >= 0;
}

static bool
is_rule(struct str line)
{
	size_t at = 0;
	while (at < line.len && (line.ptr[at] == '-' || line.ptr[at] == '%'))
		at++;
	return at >= RULE_BYTES_MIN && str_trim(str_skip(line, at)).len == 0;
}

/* ---- the head ---- */

static const char cross_listing[] = "(*cross-listing*)";

bool
arxiv_text_is_name(struct str line)
{
	return str_starts(line, "arXiv:") || str_starts(line, "Paper:") ||
	    str_starts(line, "Paper (*cross-listing*):");
}

/* "arXiv:2306.04713 (*cross-listing*)", "Paper (*cross-listing*): hep-ph/0003001". */
static void
take_name(struct arxiv_record *record, struct str line)
{
	record->is_cross = str_find(line, str_from(cross_listing)) >= 0;
	if (str_starts(line, "Paper"))
		line = str_skip(line, (size_t)str_find_char(line, ':') + 1);
	str_next_word(&line, &record->name);
}

/*
 * "Wed, 1 Mar 2023 19:00:03 GMT   (5650kb,D)": the instant, and whether this version has a paper;
 * the flag I says that what was sent is to be ignored.
 */
static int64_t
take_date(struct arxiv_record *record, struct str value)
{
	int64_t instant = DATE_NO_INSTANT;
	ptrdiff_t open = str_find_char(value, '(');
	struct str size = open < 0 ? STR("") : str_skip(value, (size_t)open + 1);
	ptrdiff_t comma = str_find_char(size, ',');

	record->is_withdrawn = comma >= 0 && str_find_char(str_skip(size, (size_t)comma), 'I') >= 0;
	date_parse_instant(open < 0 ? value : str_head(value, (size_t)open), &instant);
	return instant;
}

/* "Date (revised v2): …", and before versions were counted "Date (revised): …". */
static bool
take_version(struct arxiv_record *record, struct str line)
{
	static const char revised[] = "Date (revised";
	int64_t version;

	if (str_starts(line, "Date:")) {
		record->version = 1;
		record->published_at = take_date(record, str_skip(line, strlen("Date:")));
		return true;
	}
	ptrdiff_t end = str_find(line, STR("):"));
	if (!str_starts(line, revised) || end < 0)
		return false;
	struct str number = str_trim(str_head(line, (size_t)end));
	number = str_trim(str_skip(number, strlen(revised)));
	if (str_starts(number, "v") && str_to_int(str_skip(number, 1), 1, INT16_MAX, &version) == 0)
		record->version = (int)version;
	else
		record->version++;
	record->updated_at = take_date(record, str_skip(line, (size_t)end + strlen("):")));
	return true;
}

/* "replaced with revised version Thu, 8 Jun 2023 08:03:26 GMT   (25kb,D)"; parts can be added. */
static bool
take_replacement(struct arxiv_record *record, struct str line)
{
	static const char *const starts[] = { "replaced with revised version", "replaced with",
		"replaced", "figures added", "part added", "withdrawn" };

	for (size_t i = 0; i < sizeof(starts) / sizeof(*starts); i++) {
		if (!str_starts_nocase(line, starts[i]))
			continue;
		record->is_replaced = true;
		record->updated_at = take_date(record, str_skip(line, strlen(starts[i])));
		if (str_is(str_from(starts[i]), "withdrawn"))
			record->is_withdrawn = true;
		return true;
	}
	return false;
}

static struct str *
find_field(struct arxiv_record *record, struct str *line)
{
	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
		if (str_starts(*line, fields[i].name)) {
			*line = str_skip(*line, strlen(fields[i].name));
			return &record->fields[fields[i].field];
		}
	}
	return NULL;
}

/* One line of a head; `open` is the field that the line before it belongs to. */
static struct str *
take_line(struct arxiv_record *record, struct str line, struct str *open)
{
	if (line.len > 0 && str_is_space(line.ptr[0])) {
		if (open != NULL)
			open->len = (size_t)(line.ptr + line.len - open->ptr);
		return open;
	}
	struct str *field = find_field(record, &line);
	if (field != NULL) {
		*field = line;
		return field;
	}
	if (record->name.len == 0 && arxiv_text_is_name(line))
		take_name(record, line);
	else if (!take_version(record, line))
		take_replacement(record, line);
	return NULL;
}

/* ---- parts ---- */

/* What a head of one comment says is a day: the listing of a week has its days so. */
static bool
is_heading(struct str line)
{
	return str_starts(line, "/*") && str_ends(line, "*/");
}

/* The lines up to the mark or rule after the abstract; whether there was one. */
static bool
take_abstract(struct arxiv_text *text, struct arxiv_record *record)
{
	struct str line, before = text->rest;

	while (str_next_line(&text->rest, &line)) {
		if (is_mark(line) || is_rule(line)) {
			record->abstract = str_head(before, (size_t)(line.ptr - before.ptr));
			if (is_rule(line)) /* it may begin a section */
				text->rest = str_skip(before, record->abstract.len);
			return true;
		}
	}
	record->abstract = before;
	return false;
}

static bool
next_filled_line(struct str *rest, struct str *line)
{
	while (str_next_line(rest, line)) {
		if (str_trim(*line).len > 0)
			return true;
	}
	return false;
}

/*
 * Whether an abstract comes after the mark that ends a head. It may be empty: then its own mark
 * comes at once, and not a record after that.
 */
static bool
has_abstract(const struct arxiv_text *text, struct str mark)
{
	struct str rest = text->rest, line;

	if (has_link(mark) || !next_filled_line(&rest, &line) || is_rule(line))
		return false;
	if (!is_mark(line))
		return true;
	return !next_filled_line(&rest, &line) ||
	    (!arxiv_text_is_name(line) && !is_heading(str_trim(line)));
}

/* What stands after the mark that begins a head. */
static enum arxiv_text_part
take_record(struct arxiv_text *text, struct str *heading, struct arxiv_record *record)
{
	struct str line, *open = NULL;

	*record = (struct arxiv_record){
		.published_at = DATE_NO_INSTANT,
		.updated_at = DATE_NO_INSTANT,
	};
	*heading = STR("");
	while (str_next_line(&text->rest, &line)) {
		if (is_mark(line)) {
			if (heading->len > 0 && record->name.len == 0)
				return ARXIV_TEXT_LINE;
			if (has_abstract(text, line) && !take_abstract(text, record))
				return ARXIV_TEXT_CUT;
			return ARXIV_TEXT_RECORD;
		}
		if (is_heading(str_trim(line)))
			*heading = str_trim(line);
		else
			open = take_line(record, line, open);
	}
	return ARXIV_TEXT_CUT;
}

enum arxiv_text_part
arxiv_text_next(struct arxiv_text *text, struct str *line, struct arxiv_record *record)
{
	while (str_next_line(&text->rest, line)) {
		if (is_mark(*line))
			return take_record(text, line, record);
		if (str_trim(*line).len > 0)
			return ARXIV_TEXT_LINE;
	}
	return ARXIV_TEXT_END;
}

/* ---- entries ---- */

/* Authors withdraw a paper by a new version that has only a comment. */
static bool
tells_of_withdrawal(struct str comment)
{
	static const char *const starts[] = { "withdrawn", "paper withdrawn",
		"this paper has been withdrawn", "this paper was withdrawn",
		"this paper is withdrawn", "the paper has been withdrawn",
		"this article has been withdrawn", "this submission has been withdrawn",
		"this manuscript has been withdrawn" };

	for (size_t i = 0; i < sizeof(starts) / sizeof(*starts); i++) {
		if (str_starts_nocase(comment, starts[i]))
			return true;
	}
	return false;
}

/* A line of an abstract that begins with a blank begins a paragraph. */
static struct str
paragraphs(struct arena *arena, struct str abstract)
{
	struct buf text = BUF_INIT(BUF_LIMIT);
	struct str line;

	while (str_next_line(&abstract, &line)) {
		if (line.len > 0 && str_is_space(line.ptr[0]))
			buf_add_char(&text, '\n');
		buf_add(&text, line);
		buf_add_char(&text, '\n');
	}
	struct str kept = entry_text_paragraphs(arena, buf_str(&text));
	buf_release(&text);
	return kept;
}

static void
add_names(struct entry *entry, struct arena *arena, const struct arxiv_record *record)
{
	struct str rest = record->fields[ARXIV_TEXT_DOI], word, doi;

	while (str_next_word(&rest, &word)) {
		if (identity_doi(arena, word, &doi) == 0)
			identity_add(entry, arena, doi);
	}
	if (record->version > entry->version)
		entry->version = record->version;
}

int
arxiv_text_emit(const struct arxiv_record *record, enum entry_announce announce, int32_t listed_on,
    struct format_reader *reader, struct err *err)
{
	struct arena *arena = reader->arena;
	struct str rest = record->fields[ARXIV_TEXT_CATEGORIES], category, id;
	struct entry entry;
	int version;

	if (record->name.len == 0) {
		format_skip(reader, "has no 'arXiv:' with its identifier");
		return 0;
	}
	if (identity_arxiv(arena, record->name, &id, &version) < 0) {
		format_skip(reader, "'%.*s' is no arXiv identifier",
		    STR_ARG(str_head(entry_text_line(arena, record->name), 60)));
		return 0;
	}
	entry_init(&entry);
	identity_add(&entry, arena, record->name);
	add_names(&entry, arena, record);
	entry_set_title(&entry, arena, str_trim(record->fields[ARXIV_TEXT_TITLE]));
	arxiv_authors_add(&entry, arena, record->fields[ARXIV_TEXT_AUTHORS]);
	while (str_next_word(&rest, &category))
		entry_add_category(&entry, arena, category);
	entry.abstract = paragraphs(arena, record->abstract);
	entry.comment = entry_text_line(arena, record->fields[ARXIV_TEXT_COMMENTS]);
	entry.journal_ref = entry_text_line(arena, record->fields[ARXIV_TEXT_JOURNAL]);
	entry.license = entry_text_line(arena, record->fields[ARXIV_TEXT_LICENSE]);
	entry.published_at = record->published_at;
	entry.updated_at = record->updated_at;
	entry.listed_on = listed_on;
	entry.announce =
	    record->is_withdrawn || tells_of_withdrawal(entry.comment) ? ENTRY_WITHDRAWN : announce;
	return format_emit(reader, &entry, err);
}
