/*
 * BibTeX and BibLaTeX: libraries of citations, written in TeX. Macros (@string) are not followed:
 * nothing of a paper that counts here is written with them.
 */
#include "citation.h"

#include "digest/tex.h"
#include "digest/unicode.h"

/* "@article{key," at the beginning of a line. */
static bool
is_item_start(struct str line)
{
	struct str rest = str_skip(line, 1);
	size_t letters = 0;

	if (!str_starts(line, "@"))
		return false;
	while (letters < rest.len && str_is_alpha(rest.ptr[letters]))
		letters++;
	rest = str_trim(str_skip(rest, letters));
	if (letters == 0 || (!str_starts(rest, "{") && !str_starts(rest, "(")))
		return false;
	for (rest = str_trim(str_skip(rest, 1)); rest.len > 0; rest = str_skip(rest, 1)) {
		if (rest.ptr[0] == ',')
			return true;
		if (str_is_space(rest.ptr[0]) || strchr("{}()\";", rest.ptr[0]) != NULL)
			return false;
	}
	return false;
}

static int
sniff(struct str bytes)
{
	struct str line;

	if (str_starts(str_trim(bytes), "<"))
		return 0;
	while (str_next_line(&bytes, &line)) {
		if (is_item_start(str_trim(line)))
			return 80;
	}
	return 0;
}

/* ---- values ---- */

/* Whether another item begins in the line after this one: then a brace is missing before it. */
static bool
is_before_item(struct str text)
{
	struct str line;

	text = str_skip(text, 1);
	return str_starts(text, "@") && str_next_line(&text, &line) &&
	    is_item_start(str_trim(line));
}

/*
 * Adds the value of a field at the front of the text, up to "," or the item's end: what stands in
 * braces or quotes, and words.
 */
static void
take_value(struct str *text, struct buf *value)
{
	int depth = 0;
	bool is_quoted = false;

	for (; text->len > 0; *text = str_skip(*text, 1)) {
		char c = text->ptr[0];
		bool is_bare = depth == 0 && !is_quoted;
		if (c == '\\' && text->len > 1) {
			buf_add(value, str_head(*text, 2));
			*text = str_skip(*text, 1);
			continue;
		}
		if ((is_bare && strchr(",})", c) != NULL) || (c == '\n' && is_before_item(*text)))
			return;
		depth += (c == '{') - (c == '}');
		if (c == '"' && depth == 0)
			is_quoted = !is_quoted;
		else if (c != '#' || !is_bare)
			buf_add_char(value, c);
	}
}

/* Without the braces around the whole of a value. */
static struct str
ungrouped(struct str value)
{
	int depth = 0;

	if (!str_starts(value, "{") || !str_ends(value, "}"))
		return value;
	for (size_t i = 0; i + 1 < value.len; i++) {
		depth += (value.ptr[i] == '{') - (value.ptr[i] == '}');
		if (depth == 0)
			return value;
	}
	return str_head(str_skip(value, 1), value.len - 2);
}

/*
 * Braces that are text stand as controls, of which clean text has none, while the others are there.
 */
#define BRACE_LEFT '\x01'
#define BRACE_RIGHT '\x02'

static void
add_with_marks(struct buf *out, struct str text)
{
	static const struct {
		const char *command;
		char mark;
	} braces[] = { { "\\textbraceleft{}", BRACE_LEFT }, { "\\textbraceright{}", BRACE_RIGHT } };

	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];
		for (size_t j = 0; c == '\\' && j < sizeof(braces) / sizeof(braces[0]); j++) {
			if (!str_starts(str_skip(text, i), braces[j].command))
				continue;
			c = braces[j].mark;
			i += strlen(braces[j].command) - 1;
		}
		buf_add_char(out, c);
	}
}

/* Braces keep capitals, and no reader sees them. */
static void
add_without_braces(struct buf *out, struct str text)
{
	for (; text.len > 0; text = str_skip(text, 1)) {
		switch (text.ptr[0]) {
		case '{':
		case '}': break;
		case BRACE_LEFT: buf_add_char(out, '{'); break;
		case BRACE_RIGHT: buf_add_char(out, '}'); break;
		default: buf_add_char(out, text.ptr[0]); break;
		}
	}
}

/* The text that TeX would set. */
static struct str
plain(struct arena *arena, struct str value)
{
	struct buf clean = BUF_INIT(BUF_LIMIT), marked = BUF_INIT(BUF_LIMIT),
	           set = BUF_INIT(BUF_LIMIT), text = BUF_INIT(BUF_LIMIT);
	struct str kept;

	unicode_add_clean(&clean, ungrouped(value));
	add_with_marks(&marked, buf_str(&clean));
	tex_add_text(tex_parse(arena, buf_str(&marked)), &set);
	add_without_braces(&text, buf_str(&set));
	kept = arena_copy(arena, buf_str(&text));
	buf_release(&clean);
	buf_release(&marked);
	buf_release(&set);
	buf_release(&text);
	return kept;
}

/* ---- fields ---- */

/* Parts the names at each " and " outside of braces. */
static void
add_authors(struct citation *citation, struct arena *arena, struct str value)
{
	struct str names = entry_text_line(arena, ungrouped(value));
	size_t start = 0;
	int depth = 0;

	for (size_t i = 0; i <= names.len; i++) {
		struct str rest = str_skip(names, i);
		bool is_end = rest.len == 0 || (depth == 0 && str_starts(rest, " and "));
		if (rest.len > 0)
			depth += (rest.ptr[0] == '{') - (rest.ptr[0] == '}');
		if (!is_end)
			continue;
		struct str name = str_trim((struct str){ names.ptr + start, i - start });
		if (name.len > 0 && !str_is(name, "others"))
			citation_add_author(citation, arena, plain(arena, name));
		start = i + strlen(" and ");
	}
}

static struct str *
place_of(struct citation *citation, struct str name)
{
	static const struct {
		const char *name;
		size_t offset;
	} places[] = {
		{ "title", offsetof(struct citation, title) },
		{ "abstract", offsetof(struct citation, abstract) },
		{ "journal", offsetof(struct citation, journal) },
		{ "journaltitle", offsetof(struct citation, journal) },
		{ "booktitle", offsetof(struct citation, journal) },
		{ "date", offsetof(struct citation, date) },
		{ "year", offsetof(struct citation, date) },
		{ "url", offsetof(struct citation, url) },
	};

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		if (str_equal_nocase(name, str_from(places[i].name)))
			return (struct str *)((char *)citation + places[i].offset);
	}
	return NULL;
}

static void
take_field(struct citation *citation, struct arena *arena, struct str name, struct str value)
{
	struct str *place = place_of(citation, name);

	if (place != NULL)
		*place = plain(arena, value);
	else if (str_equal_nocase(name, STR("author")))
		add_authors(citation, arena, value);
	else if (str_equal_nocase(name, STR("doi")) || str_equal_nocase(name, STR("eprint")) ||
	    str_equal_nocase(name, STR("number")) || str_equal_nocase(name, STR("pmid")))
		citation_add_name(citation, plain(arena, value));
}

/* The next "name = value" of an item, up to its end. */
static bool
next_field(struct str *text, struct str *name, struct buf *value)
{
	size_t len = 0;

	while (text->len > 0 && (str_is_space(text->ptr[0]) || text->ptr[0] == ','))
		*text = str_skip(*text, 1);
	while (len < text->len && strchr("=,{}()\"@", text->ptr[len]) == NULL)
		len++;
	if (len == text->len || text->ptr[len] != '=')
		return false;
	*name = str_trim(str_head(*text, len));
	*text = str_skip(*text, len + 1);
	buf_reset(value);
	take_value(text, value);
	return true;
}

/* Reads the item at the front, whose key stands before the first comma, and goes after it. */
static int
read_item(struct str *text, struct format_reader *reader, struct err *err)
{
	struct citation citation = { .name_count = 0 };
	struct buf value = BUF_INIT(BUF_LIMIT);
	struct str name;

	*text = str_skip(*text, (size_t)str_find_char(*text, ',') + 1);
	while (next_field(text, &name, &value)) {
		struct str kept = arena_copy(reader->arena, str_trim(buf_str(&value)));
		take_field(&citation, reader->arena, name, kept);
	}
	buf_release(&value);
	return citation_emit(&citation, reader, err);
}

static int
read_bibtex(struct input *input, struct format_reader *reader, struct err *err)
{
	struct str text, rest, line;

	if (format_whole(input, &text, err) < 0)
		return -1;
	while (text.len > 0) {
		rest = text;
		str_next_line(&rest, &line);
		if (!is_item_start(str_trim(line)))
			text = rest;
		else if (read_item(&text, reader, err) < 0)
			return -1;
	}
	return 0;
}

const struct source_format source_format_bibtex = {
	.name = "bibtex",
	.help = "BibTeX and BibLaTeX",
	.sniff = sniff,
	.read = read_bibtex,
};
