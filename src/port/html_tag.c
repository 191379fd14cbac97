/*
 * Tells markup from text that merely looks like it: titles and abstracts speak of "x<y and z>0", of
 * <think> and of Vec<T>. How the markup nests is the parser's business.
 */
#include "html_tag.h"

#include "digest/buf.h"
#include "digest/html.h"

#include <stdlib.h>
#include <string.h>

enum {
	NAME_BYTES = 24,
	DROPPED_MAX = 16,
	PHRASE_BYTES_MAX = 1000, /* from the tag that begins a phrase to the one that ends it */
};

/* In the order of strcmp(): HTML as it is and was, MathML, and JATS's own names for the same. */
static const struct kind_row {
	const char *name;
	enum html_kind kind;
} kinds[] = {
	{ "a", HTML_INLINE },
	{ "abbr", HTML_INLINE },
	{ "acronym", HTML_INLINE },
	{ "address", HTML_BLOCK },
	{ "alternatives", HTML_ALTERNATIVES },
	{ "annotation", HTML_ANNOTATION },
	{ "annotation-xml", HTML_HIDDEN },
	{ "applet", HTML_HIDDEN },
	{ "area", HTML_INLINE },
	{ "article", HTML_BLOCK },
	{ "aside", HTML_BLOCK },
	{ "audio", HTML_HIDDEN },
	{ "b", HTML_INLINE },
	{ "base", HTML_INLINE },
	{ "basefont", HTML_INLINE },
	{ "bdi", HTML_INLINE },
	{ "bdo", HTML_INLINE },
	{ "bgsound", HTML_INLINE },
	{ "big", HTML_INLINE },
	{ "blink", HTML_INLINE },
	{ "blockquote", HTML_BLOCK },
	{ "body", HTML_INLINE },
	{ "bold", HTML_INLINE },
	{ "br", HTML_BREAK },
	{ "button", HTML_INLINE },
	{ "canvas", HTML_HIDDEN },
	{ "caption", HTML_BLOCK },
	{ "center", HTML_BLOCK },
	{ "cite", HTML_INLINE },
	{ "code", HTML_CODE },
	{ "col", HTML_INLINE },
	{ "colgroup", HTML_INLINE },
	{ "command", HTML_INLINE },
	{ "data", HTML_INLINE },
	{ "datalist", HTML_HIDDEN },
	{ "dd", HTML_BLOCK },
	{ "del", HTML_INLINE },
	{ "details", HTML_BLOCK },
	{ "dfn", HTML_INLINE },
	{ "dialog", HTML_BLOCK },
	{ "dir", HTML_LIST },
	{ "disp-formula", HTML_BLOCK },
	{ "disp-quote", HTML_BLOCK },
	{ "div", HTML_BLOCK },
	{ "dl", HTML_BLOCK },
	{ "dt", HTML_BLOCK },
	{ "em", HTML_INLINE },
	{ "embed", HTML_INLINE },
	{ "ext-link", HTML_INLINE },
	{ "fieldset", HTML_BLOCK },
	{ "figcaption", HTML_BLOCK },
	{ "figure", HTML_BLOCK },
	{ "font", HTML_INLINE },
	{ "footer", HTML_BLOCK },
	{ "form", HTML_BLOCK },
	{ "frame", HTML_INLINE },
	{ "frameset", HTML_HIDDEN },
	{ "h1", HTML_BLOCK },
	{ "h2", HTML_BLOCK },
	{ "h3", HTML_BLOCK },
	{ "h4", HTML_BLOCK },
	{ "h5", HTML_BLOCK },
	{ "h6", HTML_BLOCK },
	{ "head", HTML_HIDDEN },
	{ "header", HTML_BLOCK },
	{ "hgroup", HTML_BLOCK },
	{ "hr", HTML_BLOCK },
	{ "html", HTML_INLINE },
	{ "i", HTML_INLINE },
	{ "iframe", HTML_INLINE },
	{ "img", HTML_IMAGE },
	{ "inline-formula", HTML_INLINE },
	{ "input", HTML_INLINE },
	{ "ins", HTML_INLINE },
	{ "isindex", HTML_INLINE },
	{ "italic", HTML_INLINE },
	{ "kbd", HTML_CODE },
	{ "keygen", HTML_INLINE },
	{ "label", HTML_INLINE },
	{ "legend", HTML_BLOCK },
	{ "li", HTML_ITEM },
	{ "link", HTML_INLINE },
	{ "list-item", HTML_ITEM },
	{ "listing", HTML_VERBATIM },
	{ "main", HTML_BLOCK },
	{ "map", HTML_INLINE },
	{ "mark", HTML_INLINE },
	{ "marquee", HTML_BLOCK },
	{ "math", HTML_MATH },
	{ "menclose", HTML_INLINE },
	{ "menu", HTML_LIST },
	{ "menuitem", HTML_INLINE },
	{ "merror", HTML_INLINE },
	{ "meta", HTML_INLINE },
	{ "meter", HTML_INLINE },
	{ "mfenced", HTML_INLINE },
	{ "mfrac", HTML_FRACTION },
	{ "mi", HTML_INLINE },
	{ "mmultiscripts", HTML_INLINE },
	{ "mn", HTML_INLINE },
	{ "mo", HTML_INLINE },
	{ "monospace", HTML_CODE },
	{ "mover", HTML_WITH_SUP },
	{ "mpadded", HTML_INLINE },
	{ "mphantom", HTML_HIDDEN },
	{ "mprescripts", HTML_INLINE },
	{ "mroot", HTML_ROOT },
	{ "mrow", HTML_INLINE },
	{ "ms", HTML_INLINE },
	{ "mspace", HTML_INLINE },
	{ "msqrt", HTML_SQUARE_ROOT },
	{ "mstyle", HTML_INLINE },
	{ "msub", HTML_WITH_SUB },
	{ "msubsup", HTML_WITH_BOTH },
	{ "msup", HTML_WITH_SUP },
	{ "mtable", HTML_BLOCK },
	{ "mtd", HTML_CELL },
	{ "mtext", HTML_INLINE },
	{ "mtr", HTML_ROW },
	{ "munder", HTML_WITH_SUB },
	{ "munderover", HTML_WITH_BOTH },
	{ "named-content", HTML_INLINE },
	{ "nav", HTML_BLOCK },
	{ "nobr", HTML_INLINE },
	{ "noembed", HTML_HIDDEN },
	{ "noframes", HTML_INLINE },
	{ "none", HTML_INLINE },
	{ "noscript", HTML_INLINE },
	{ "object", HTML_INLINE },
	{ "ol", HTML_NUMBERED_LIST },
	{ "optgroup", HTML_BLOCK },
	{ "option", HTML_BLOCK },
	{ "output", HTML_INLINE },
	{ "p", HTML_BLOCK },
	{ "param", HTML_INLINE },
	{ "picture", HTML_INLINE },
	{ "plaintext", HTML_VERBATIM },
	{ "pre", HTML_VERBATIM },
	{ "progress", HTML_INLINE },
	{ "q", HTML_QUOTE },
	{ "rb", HTML_INLINE },
	{ "roman", HTML_INLINE },
	{ "rp", HTML_INLINE },
	{ "rt", HTML_INLINE },
	{ "rtc", HTML_INLINE },
	{ "ruby", HTML_INLINE },
	{ "s", HTML_INLINE },
	{ "samp", HTML_CODE },
	{ "sc", HTML_INLINE },
	{ "scp", HTML_INLINE },
	{ "script", HTML_HIDDEN },
	{ "section", HTML_BLOCK },
	{ "select", HTML_INLINE },
	{ "semantics", HTML_INLINE },
	{ "slot", HTML_INLINE },
	{ "small", HTML_INLINE },
	{ "source", HTML_INLINE },
	{ "span", HTML_INLINE },
	{ "strike", HTML_INLINE },
	{ "strong", HTML_INLINE },
	{ "style", HTML_HIDDEN },
	{ "styled-content", HTML_INLINE },
	{ "sub", HTML_SUB },
	{ "summary", HTML_BLOCK },
	{ "sup", HTML_SUP },
	{ "svg", HTML_HIDDEN },
	{ "table", HTML_BLOCK },
	{ "tbody", HTML_INLINE },
	{ "td", HTML_CELL },
	{ "template", HTML_HIDDEN },
	{ "tex-math", HTML_TEX },
	{ "textarea", HTML_INLINE },
	{ "tfoot", HTML_INLINE },
	{ "th", HTML_CELL },
	{ "thead", HTML_INLINE },
	{ "time", HTML_INLINE },
	{ "title", HTML_HIDDEN },
	{ "tr", HTML_ROW },
	{ "track", HTML_INLINE },
	{ "tt", HTML_CODE },
	{ "u", HTML_INLINE },
	{ "ul", HTML_LIST },
	{ "underline", HTML_INLINE },
	{ "var", HTML_INLINE },
	{ "video", HTML_HIDDEN },
	{ "wbr", HTML_INLINE },
	{ "xmp", HTML_VERBATIM },
	{ "xref", HTML_INLINE },
};

/*
 * What JATS says that HTML does not, or otherwise; with a prefix only, since the names are words.
 */
static const struct kind_row prefixed[] = {
	{ "abstract", HTML_BLOCK },
	{ "break", HTML_BREAK },
	{ "def", HTML_BLOCK },
	{ "def-item", HTML_BLOCK },
	{ "def-list", HTML_BLOCK },
	{ "list", HTML_LIST },
	{ "sec", HTML_BLOCK },
	{ "term", HTML_BLOCK },
	{ "title", HTML_BLOCK },
	{ "trans-abstract", HTML_BLOCK },
};

/* Attributes that stand without a value; another word in a tag makes it text. */
static const char *const bare_attributes[] = { "allowfullscreen", "async", "autofocus", "autoplay",
	"checked", "compact", "controls", "default", "defer", "disabled", "download", "hidden",
	"inert", "ismap", "itemscope", "loop", "multiple", "muted", "nohref", "noshade",
	"novalidate", "nowrap", "open", "readonly", "required", "reversed", "selected",
	"typemustmatch" };

/* What is nothing without its end: "if a <b> c" and "the <em> tag" name variables and tags. */
static const char *const phrases[] = { "a", "b", "big", "cite", "code", "del", "em", "i", "ins",
	"kbd", "mark", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "tt",
	"u", "var" };

static int
compare(const void *name, const void *row)
{
	return strcmp(name, ((const struct kind_row *)row)->name);
}

static const struct kind_row *
find_kind(struct str name, const struct kind_row *rows, size_t count)
{
	char key[NAME_BYTES];

	if (name.len == 0 || name.len >= sizeof(key))
		return NULL;
	for (size_t i = 0; i < name.len; i++)
		key[i] = str_lower_char(name.ptr[i]);
	key[name.len] = '\0';
	return bsearch(key, rows, count, sizeof(*rows), compare);
}

/* "jats:p": one colon between two names, and not "std::vector" or "http://". */
static bool
is_prefixed(struct str name, struct str *prefix, struct str *local)
{
	ptrdiff_t colon = str_find_char(name, ':');

	*prefix = STR("");
	*local = name;
	if (colon <= 0)
		return false;
	*prefix = str_head(name, (size_t)colon);
	*local = str_skip(name, (size_t)colon + 1);
	return local->len > 0 && str_is_alpha(local->ptr[0]) && str_find_char(*local, ':') < 0;
}

/* Of the languages that the tables hold. Others have names of their own: Word's <o:p>. */
static bool
is_our_prefix(struct str prefix)
{
	static const char *const prefixes[] = { "jats", "mml", "m", "math", "xhtml", "html", "h" };

	for (size_t i = 0; i < sizeof(prefixes) / sizeof(*prefixes); i++)
		if (str_equal_nocase(prefix, str_from(prefixes[i])))
			return true;
	return false;
}

bool
html_kind_of(struct str name, enum html_kind *kind)
{
	const struct kind_row *row = NULL;
	struct str prefix, local;

	*kind = HTML_INLINE;
	if (is_prefixed(name, &prefix, &local)) {
		if (!is_our_prefix(prefix))
			return false;
		row = find_kind(local, prefixed, sizeof(prefixed) / sizeof(*prefixed));
	}
	if (row == NULL)
		row = find_kind(local, kinds, sizeof(kinds) / sizeof(*kinds));
	if (row != NULL)
		*kind = row->kind;
	return row != NULL;
}

/* ---- one tag ---- */

/* What the '<' at the front of a text begins. */
enum piece {
	PIECE_TEXT, /* nothing: it is a character like others */
	PIECE_TAG,
	PIECE_OPEN_TAG, /* that lacks its '>' */
	PIECE_DROP, /* a comment, a declaration, a tag that means nothing here */
};

struct tag {
	struct str name;
	bool is_end;
	size_t len; /* from '<' to '>' */
	size_t values; /* attributes with a value */
	size_t words; /* without one that should have one */
	bool is_closed;
};

/* The names of tags that were dropped, so that their ends are, too. */
struct dropped {
	struct str names[DROPPED_MAX];
	size_t count;
};

static bool
is_name_char(char c)
{
	return str_is_alnum(c) || c == '-' || c == '_' || c == ':' || c == '.';
}

static size_t
span_until(struct str text, size_t at, const char *stops)
{
	while (at < text.len && !str_is_space(text.ptr[at]) &&
	    (text.ptr[at] == '\0' || strchr(stops, text.ptr[at]) == NULL))
		at++;
	return at;
}

static size_t
skip_space(struct str text, size_t at)
{
	while (at < text.len && str_is_space(text.ptr[at]))
		at++;
	return at;
}

static bool
is_among(struct str name, const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (str_equal_nocase(name, str_from(names[i])))
			return true;
	return false;
}

static bool
is_bare_attribute(struct str name)
{
	return is_among(name, bare_attributes, sizeof(bare_attributes) / sizeof(*bare_attributes));
}

/* The end of the value at `at`; text.len when its quote is not closed. */
static size_t
value_end(struct str text, size_t at)
{
	char quote = at < text.len ? text.ptr[at] : '\0';

	if (quote != '"' && quote != '\'')
		return span_until(text, at, "<>");
	ptrdiff_t len = str_find_char(str_skip(text, at + 1), quote);
	return len < 0 ? text.len : at + 1 + (size_t)len + 1;
}

/* Passes one attribute, or what stands in its place. */
static size_t
pass_attribute(struct tag *tag, struct str text, size_t at)
{
	size_t end = span_until(text, at, "=<>/\"'");
	struct str name = str_skip(str_head(text, end), at);
	size_t equals = skip_space(text, end);

	if (name.len > 0 && equals < text.len && text.ptr[equals] == '=') {
		tag->values++;
		return value_end(text, skip_space(text, equals + 1));
	}
	if (name.len == 0)
		end++; /* a stray quote or '=' */
	if (!is_bare_attribute(name))
		tag->words++;
	return end;
}

/* The end of the tag's name, which is at `start`; 0 when none stands there. */
static size_t
name_end(struct str text, size_t start)
{
	size_t at = start;

	if (at >= text.len || !str_is_alpha(text.ptr[at]))
		return 0;
	while (at < text.len && is_name_char(text.ptr[at]))
		at++;
	bool is_end = at == text.len || str_is_space(text.ptr[at]) || text.ptr[at] == '/' ||
	    text.ptr[at] == '>';
	return is_end ? at : 0;
}

/* Takes the tag at the front of `text` apart; false when no name comes after its '<'. */
static bool
scan_tag(struct str text, struct tag *tag)
{
	bool is_end = text.len > 1 && text.ptr[1] == '/';
	size_t start = is_end ? 2 : 1, at = name_end(text, start);

	*tag = (struct tag){ .is_end = is_end };
	if (at == 0)
		return false;
	tag->name = str_skip(str_head(text, at), start);
	for (;;) {
		at = skip_space(text, at);
		if (at >= text.len || text.ptr[at] == '<' || text.ptr[at] == '>')
			break;
		at = text.ptr[at] == '/' ? at + 1 : pass_attribute(tag, text, at);
	}
	tag->is_closed = at < text.len && text.ptr[at] == '>';
	tag->len = at < text.len ? at + tag->is_closed : text.len;
	return true;
}

static bool
was_dropped(const struct dropped *dropped, struct str name)
{
	for (size_t i = 0; i < dropped->count; i++)
		if (str_equal_nocase(dropped->names[i], name))
			return true;
	return false;
}

/*
 * A tag with a name that nobody knows is text ("<think>", "<end-of-turn>"), unless it has
 * attributes with values, or a prefix, as only markup has; a known one with words after it is none
 * ("<picture of a man>").
 */
static enum piece
judge_tag(const struct tag *tag, struct dropped *dropped)
{
	enum html_kind kind;
	struct str prefix, local;
	bool has_prefix = is_prefixed(tag->name, &prefix, &local);
	bool is_known = html_kind_of(tag->name, &kind);

	if (tag->words > 0 && tag->values == 0)
		return PIECE_TEXT;
	if (!tag->is_closed)
		return tag->values > 0 ? PIECE_OPEN_TAG : PIECE_TEXT;
	if (is_known)
		return PIECE_TAG;
	if (!has_prefix && tag->values == 0)
		return tag->is_end && was_dropped(dropped, tag->name) ? PIECE_DROP : PIECE_TEXT;
	if (dropped->count < DROPPED_MAX && !was_dropped(dropped, tag->name))
		dropped->names[dropped->count++] = tag->name;
	return PIECE_DROP;
}

/* Whether a phrase ends in the text after its first tag, others of its name inside of it apart. */
static bool
is_ended(struct str name, struct str behind)
{
	struct str rest = str_head(behind, PHRASE_BYTES_MAX);
	size_t depth = 1;
	ptrdiff_t at;

	if (str_find(rest, STR("</")) < 0)
		return false;
	while ((at = str_find_char(rest, '<')) >= 0) {
		rest = str_skip(rest, (size_t)at + 1);
		bool is_end = str_starts(rest, "/");
		struct str tag = str_skip(rest, is_end);
		if (!str_equal_nocase(str_head(tag, name.len), name) ||
		    name_end(tag, 0) != name.len)
			continue;
		depth = is_end ? depth - 1 : depth + 1;
		if (depth == 0)
			return true;
	}
	return false;
}

static bool
is_in_word(char before, struct str after)
{
	return str_is_alnum(before) && after.len > 0 && str_is_alnum(after.ptr[0]);
}

/*
 * Whether a known tag is a word of the text nevertheless: one that should begin a phrase, and
 * begins none, since what follows is no word, or it stands inside of one ("0<a<b>c"), and it has no
 * end. At the end of the text it is the rest of something that was cut off.
 */
static bool
is_word(const struct tag *tag, char before, struct str text)
{
	struct str after = str_skip(text, tag->len);
	bool is_plain = tag->values == 0 && tag->words == 0 && text.ptr[tag->len - 2] != '/';

	if (tag->is_end || !is_plain || after.len == 0)
		return false;
	if (!is_among(tag->name, phrases, sizeof(phrases) / sizeof(*phrases)))
		return false;
	if (!str_is_space(after.ptr[0]) && strchr(",.;:!?)", after.ptr[0]) == NULL &&
	    !is_in_word(before, after))
		return false;
	return !is_ended(tag->name, after);
}

/* The bytes up to and with `end`, or all. */
static size_t
bytes_with(struct str text, struct str end)
{
	ptrdiff_t at = str_find(text, end);
	return at < 0 ? text.len : (size_t)at + end.len;
}

/* "<!-- … -->", "<!doctype …>", "<![CDATA[", "<![endif]>", "<?xml …?>". */
static enum piece
judge_declaration(struct str text, size_t *len)
{
	struct str behind = str_skip(text, 2);
	char first = behind.len > 0 ? behind.ptr[0] : '\0';

	if (str_starts(behind, "--")) {
		/* "<!-->" is one, too. */
		*len = 2 + bytes_with(behind, STR("->"));
		if (*len > 6 || !str_ends(str_head(text, *len), "->"))
			*len = 4 + bytes_with(str_skip(behind, 2), STR("-->"));
		return PIECE_DROP;
	}
	if (str_starts_nocase(behind, "[CDATA[")) {
		*len = strlen("<![CDATA[");
		return PIECE_DROP;
	}
	if (!str_is_alpha(first) && !(first == '[' && text.ptr[1] == '!'))
		return PIECE_TEXT;
	size_t end = 2;
	while (end < text.len && text.ptr[end] != '<' && text.ptr[end] != '>')
		end++;
	if (end == text.len || text.ptr[end] == '<')
		return PIECE_TEXT;
	*len = end + 1;
	return PIECE_DROP;
}

/* What the '<' at the front of `text` begins, after the character `before`, and how long it is. */
static enum piece
next_piece(struct str text, char before, struct dropped *dropped, size_t *len, size_t *tags)
{
	struct tag tag;

	*len = 1;
	if (text.len > 1 && (text.ptr[1] == '!' || text.ptr[1] == '?'))
		return judge_declaration(text, len);
	if (!scan_tag(text, &tag))
		return PIECE_TEXT;
	enum piece piece = judge_tag(&tag, dropped);
	if (piece == PIECE_TAG && is_word(&tag, before, text))
		piece = PIECE_TEXT;
	if (piece != PIECE_TEXT)
		*len = tag.len;
	*tags += piece == PIECE_TAG || piece == PIECE_OPEN_TAG;
	return piece;
}

/* Text as it is; the end of a CDATA section whose beginning was left out is left out, too. */
static void
add_text(struct buf *out, struct str text, bool *is_in_section)
{
	ptrdiff_t end = *is_in_section ? str_find(text, STR("]]>")) : -1;

	if (end >= 0) {
		buf_add(out, str_head(text, (size_t)end));
		text = str_skip(text, (size_t)end + strlen("]]>"));
		*is_in_section = false;
	}
	buf_add(out, text);
}

size_t
html_add_known(struct buf *out, struct str fragment)
{
	struct dropped dropped = { .count = 0 };
	size_t tags = 0, len;
	ptrdiff_t at;
	bool is_in_section = false;
	char before = ' ';

	while ((at = str_find_char(fragment, '<')) >= 0) {
		add_text(out, str_head(fragment, (size_t)at), &is_in_section);
		before = at > 0 ? fragment.ptr[at - 1] : before;
		fragment = str_skip(fragment, (size_t)at);
		switch (next_piece(fragment, before, &dropped, &len, &tags)) {
		case PIECE_TEXT: buf_add_string(out, "&lt;"); break;
		case PIECE_TAG: buf_add(out, str_head(fragment, len)); break;
		case PIECE_OPEN_TAG:
			/* At the end of the text it is the rest of something that was cut off. */
			if (len < fragment.len) {
				buf_add(out, str_head(fragment, len));
				buf_add_char(out, '>');
			}
			break;
		case PIECE_DROP:
			is_in_section = is_in_section || str_starts_nocase(fragment, "<![CDATA[");
			break;
		}
		before = fragment.ptr[len - 1];
		fragment = str_skip(fragment, len);
	}
	add_text(out, fragment, &is_in_section);
	return tags;
}

bool
html_is_markup(struct str text)
{
	struct dropped dropped = { .count = 0 };
	struct str rest = text;
	size_t tags = 0, len;
	ptrdiff_t at;
	char before = ' ';

	while ((at = str_find_char(rest, '<')) >= 0) {
		before = at > 0 ? rest.ptr[at - 1] : before;
		rest = str_skip(rest, (size_t)at);
		enum piece piece = next_piece(rest, before, &dropped, &len, &tags);
		if (piece == PIECE_TAG || piece == PIECE_DROP)
			return true;
		before = rest.ptr[len - 1];
		rest = str_skip(rest, len);
	}
	return html_has_reference(text);
}
