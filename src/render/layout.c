/*
 * From the lines of a template to the lines of a page. What they say is the template's business.
 */
#include "layout.h"

#include "digest/message.h"
#include "digest/unicode.h"

enum {
	EMPTY_LINES = 2, /* most in a row */
	LABEL_COLUMNS = 16, /* longest label in front of a URL, indentation included */
};

#define RESET "\x1b[0m"

static const char *
style_escape(char style)
{
	switch (style) {
	case RENDER_STYLE_TITLE: return "\x1b[1m";
	case RENDER_STYLE_HEADING: return "\x1b[1;36m";
	case RENDER_STYLE_FACTS: return "\x1b[2m";
	case RENDER_STYLE_LINK: return "\x1b[34m";
	case RENDER_STYLE_NOTE: return "\x1b[33m";
	default: return NULL;
	}
}

static struct str
trim_end(struct str line)
{
	while (line.len > 0 && str_is_space(line.ptr[line.len - 1]))
		line.len--;
	return line;
}

/* The width of a list item's "12. ", "- " or "* "; 0 when it is no item. */
static size_t
marker_width(struct str text)
{
	size_t n = str_digits(text);

	if (n > 0 && n + 1 < text.len && text.ptr[n] == '.' && text.ptr[n + 1] == ' ')
		return n + 2;
	return str_starts(text, "- ") || str_starts(text, "* ") ? 2 : 0;
}

/* A URL must stay whole, and is found more easily beside its label. */
static bool
is_label_and_url(struct str line)
{
	size_t start = line.len;

	while (start > 0 && line.ptr[start - 1] != ' ')
		start--;

	struct str word = str_skip(line, start);
	return start <= LABEL_COLUMNS &&
	    (str_starts_nocase(word, "http://") || str_starts_nocase(word, "https://") ||
	        str_starts_nocase(word, "mailto:"));
}

/* A rule is as long as there is room for it. */
static bool
is_rule(struct str line)
{
	for (size_t i = 0; i < line.len; i++) {
		if (line.ptr[i] != line.ptr[0] || strchr("-=_*", line.ptr[i]) == NULL)
			return false;
	}
	return line.len > 0;
}

static void
wrap(struct buf *out, struct str line, size_t columns)
{
	size_t indent = str_spaces(line);
	struct str content = str_skip(line, indent);

	if (is_rule(line))
		line = str_head(line, columns);
	/* Nothing is wider than its bytes are many, and little takes four bytes a column. */
	if (line.len <= columns || is_label_and_url(line) || message_has_slot(line) ||
	    (line.len <= 4 * columns && unicode_width(line) <= columns)) {
		buf_add(out, line);
		buf_add_char(out, '\n');
		return;
	}

	struct buf hanging = BUF_INIT(BUF_LIMIT);
	size_t marker = marker_width(content);

	buf_add_repeat(&hanging, ' ', indent + marker);
	unicode_wrap(out, str_skip(content, marker), columns, str_head(line, indent + marker),
	    buf_str(&hanging));
	buf_release(&hanging);
}

static void
add_styled(struct buf *out, struct str lines, const char *escape)
{
	struct str line;

	while (str_next(&lines, '\n', &line)) {
		size_t indent = str_spaces(line);

		buf_add(out, str_head(line, indent));
		buf_add_string(out, escape);
		buf_add(out, str_skip(line, indent));
		buf_add_string(out, RESET "\n");
	}
}

static void
add_line(struct buf *out, struct str line, size_t columns, const char *escape)
{
	struct buf lines = BUF_INIT(BUF_LIMIT);

	if (escape == NULL) {
		wrap(out, line, columns);
		return;
	}
	wrap(&lines, line, columns);
	add_styled(out, buf_str(&lines), escape);
	buf_release(&lines);
}

void
render_layout(struct buf *out, struct str text, size_t columns, bool has_colour)
{
	struct str line;
	size_t empty = 0;
	bool is_first = true;

	while (str_next(&text, '\n', &line)) {
		const char *escape = NULL;

		if (line.len > 0 && style_escape(line.ptr[0]) != NULL) {
			escape = has_colour ? style_escape(line.ptr[0]) : NULL;
			line = str_skip(line, 1);
		}
		line = trim_end(line);
		if (line.len == 0) {
			empty++;
			continue;
		}
		if (!is_first)
			buf_add_repeat(out, '\n', empty < EMPTY_LINES ? empty : EMPTY_LINES);
		add_line(out, line, columns, escape);
		empty = 0;
		is_first = false;
	}
}
