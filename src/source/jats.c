/*
 * JATS becomes HTML, of which text is made. Nothing here knows whose text it is.
 */
#include "jats.h"

#include "digest/html.h"

#include <string.h>

/* One tag: "<jats:list-item id='a'>". */
struct tag {
	struct str name; /* without its prefix */
	const char *html; /* what it is there; "" when only its content counts */
	bool is_end;
	size_t len; /* of all of it */
};

/*
 * What the elements are in HTML; of the others only the content counts. Without a prefix, only these
 * are tags: "x<y and z>0" has none.
 */
static const struct {
	const char *jats, *html;
} elements[] = {
	{ "p", "p" },
	{ "title", "h4" },
	{ "sec", "div" },
	{ "abstract", "div" },
	{ "disp-formula", "div" },
	{ "disp-quote", "div" },
	{ "list", "ul" },
	{ "list-item", "li" },
	{ "ul", "ul" },
	{ "ol", "ol" },
	{ "li", "li" },
	{ "div", "div" },
	{ "break", "br" },
	{ "br", "br" },
	{ "h1", "h4" },
	{ "h2", "h4" },
	{ "h3", "h4" },
	{ "h4", "h4" },
	{ "i", "" },
	{ "b", "" },
	{ "u", "" },
	{ "a", "" },
	{ "em", "" },
	{ "strong", "" },
	{ "italic", "" },
	{ "bold", "" },
	{ "sub", "" },
	{ "sup", "" },
	{ "sc", "" },
	{ "scp", "" },
	{ "span", "" },
	{ "font", "" },
	{ "tt", "" },
};

static bool
is_name_char(char c)
{
	return str_is_alnum(c) || c == '-' || c == '_' || c == ':' || c == '.';
}

/* The bytes up to the '>' behind a tag's name, quoted ones passed over; 0 without one, or before '<'. */
static size_t
attributes_len(struct str text)
{
	char quote = '\0';

	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];
		if (quote == '\0' && c == '>')
			return i + 1;
		if (c == '<')
			return 0;
		if (c == quote)
			quote = '\0';
		else if (quote == '\0' && (c == '"' || c == '\''))
			quote = c;
	}
	return 0;
}

static const char *
html_of(struct str name)
{
	for (size_t i = 0; i < sizeof(elements) / sizeof(elements[0]); i++) {
		if (str_is(name, elements[i].jats))
			return elements[i].html;
	}
	return NULL;
}

/* Whether a tag stands at the beginning of the text. */
static bool
read_tag(struct str text, struct tag *tag)
{
	struct str rest = str_skip(text, 1);
	size_t len = 0, attributes;
	ptrdiff_t colon;

	if (!str_starts(text, "<"))
		return false;
	tag->is_end = str_starts(rest, "/");
	if (tag->is_end)
		rest = str_skip(rest, 1);
	while (len < rest.len && is_name_char(rest.ptr[len]))
		len++;
	if (len == 0 || !str_is_alpha(rest.ptr[0]))
		return false;
	tag->name = str_head(rest, len);
	colon = str_find_char(tag->name, ':');
	tag->name = str_skip(tag->name, (size_t)(colon + 1));
	tag->html = html_of(tag->name);
	if (tag->html == NULL && colon < 0)
		return false;
	rest = str_skip(rest, len);
	attributes = attributes_len(rest);
	tag->len = text.len - rest.len + attributes;
	return attributes > 0;
}

/* The paragraphs of a list's item are lines of it; `items` counts the items that are open. */
static void
add_tag(struct buf *out, const struct tag *tag, int *items)
{
	if (tag->html == NULL || tag->html[0] == '\0')
		return;
	if (str_is(tag->name, "list-item") || str_is(tag->name, "li"))
		*items += tag->is_end ? -1 : 1;
	if (*items <= 0 || !str_is(tag->name, "p"))
		buf_addf(out, "<%s%s>", tag->is_end ? "/" : "", tag->html);
	else if (tag->is_end)
		buf_add_char(out, ' ');
}

/*
 * A formula comes twice, in TeX and in MathML, whose elements we would only lose: the content of
 * the former when there is one. `text` begins behind the start of <alternatives>.
 */
static bool
take_formula(struct str text, struct str *tex, size_t *len)
{
	struct tag tag;

	*tex = STR("");
	for (size_t at = 0; at < text.len; at++) {
		struct str rest = str_skip(text, at);
		if (!read_tag(rest, &tag))
			continue;
		if (str_is(tag.name, "tex-math"))
			*tex = tag.is_end ? str_head(*tex, (size_t)(rest.ptr - tex->ptr))
			                  : str_skip(rest, tag.len);
		*len = at + tag.len;
		if (tag.is_end && str_is(tag.name, "alternatives"))
			return tex->len > 0;
		at += tag.len - 1;
	}
	return false;
}

static void
add_html(struct buf *out, struct str text)
{
	struct str tex;
	struct tag tag;
	size_t len;
	int items = 0;

	while (text.len > 0) {
		ptrdiff_t open = str_find_char(text, '<');
		size_t plain = open < 0 ? text.len : (size_t)open;
		buf_add(out, str_head(text, plain));
		text = str_skip(text, plain);
		if (text.len == 0)
			break;
		if (!read_tag(text, &tag)) {
			/* No tag to HTML, either: a sign. */
			buf_add_string(out, "&lt;");
			text = str_skip(text, 1);
			continue;
		}
		text = str_skip(text, tag.len);
		add_tag(out, &tag, &items);
		if (!tag.is_end && str_is(tag.name, "alternatives") &&
		    take_formula(text, &tex, &len)) {
			buf_add(out, tex);
			text = str_skip(text, len);
		}
	}
}

static struct str
without_heading(struct str text)
{
	static const char *const headings[] = { "abstract", "summary" };
	struct str rest = text, line;

	if (!str_next_line(&rest, &line) || str_trim(rest).len == 0)
		return text;
	for (size_t i = 0; i < sizeof(headings) / sizeof(headings[0]); i++) {
		struct str heading = str_from(headings[i]);
		if (str_equal_nocase(line, heading) ||
		    (line.len == heading.len + 1 && str_ends(line, ":") &&
		        str_equal_nocase(str_head(line, heading.len), heading)))
			return str_trim(rest);
	}
	return text;
}

struct str
jats_plain(struct arena *arena, struct str text)
{
	struct buf html = BUF_INIT(BUF_LIMIT), plain = BUF_INIT(BUF_LIMIT);
	struct str kept = text;

	if (str_find_char(text, '<') >= 0 || str_find_char(text, '&') >= 0) {
		add_html(&html, text);
		html_add_text(&plain, buf_str(&html));
		kept = arena_copy(arena, buf_str(&plain));
	}
	buf_release(&plain);
	buf_release(&html);
	return without_heading(kept);
}
