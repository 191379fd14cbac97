/*
 * A fragment of HTML as plain text, the way a reader expects a title or a summary. Which tags mean
 * something is html_tag.c's business, and how they nest the parser's.
 */
#include "digest/html.h"

#include "digest/unicode.h"

#include "html_tag.h"

#include <string.h>

enum {
	SCOPES_MAX = 64,
	SCRIPT_BYTES_MAX = 64, /* what is longer is no index, but a text set small */
	ALT_BYTES_MAX = 1000,
	ESCAPES_MAX = 2, /* so often text is escaped once more than it should be */
};

/* An open element that does something at its end. */
struct scope {
	enum html_kind kind;
	int depth;
	size_t mark; /* where its text begins */
	int children, number;
};

struct plain {
	struct buf *out;
	size_t start; /* where our text begins in `out` */
	int depth;
	int hidden_depth; /* of the element whose content is no text; 0 for none */
	struct scope scopes[SCOPES_MAX];
	int scope_count;
	int verbatim_depth, math_depth, tex_depth; /* likewise; 0 outside */
	bool has_code;
	/* What stands between the text so far and the next word. */
	bool has_space, has_break, has_blank_line;
	bool has_bullet; /* an item has begun, and its text has not */
	int bullet_number; /* 0 in a list without numbers */
	bool is_after_bullet;
	struct buf alt; /* what images say instead of showing themselves */
	struct buf tex;
};

/* ---- words ---- */

/* Writes what has to stand before the next word. */
static void
separate(struct plain *plain)
{
	struct buf *out = plain->out;

	if (plain->is_after_bullet) {
		buf_add_char(out, ' ');
	} else if (out->len > plain->start) {
		if (plain->has_blank_line || plain->has_bullet)
			buf_add_string(out, "\n\n");
		else if (plain->has_break)
			buf_add_char(out, '\n');
		else if (plain->has_space && !str_is_space(out->ptr[out->len - 1]))
			buf_add_char(out, ' ');
	}
	if (plain->has_bullet && plain->bullet_number > 0)
		buf_addf(out, "%d. ", plain->bullet_number);
	else if (plain->has_bullet)
		buf_add_string(out, "- ");
	plain->has_space = plain->has_break = plain->has_blank_line = false;
	plain->has_bullet = plain->is_after_bullet = false;
}

/* A word as it is, but for C1 controls: they come from pages in windows-1252 (see html_tag.h). */
static void
add_word(struct plain *plain, struct str word)
{
	struct buf *out = plain->out;
	ptrdiff_t at;

	separate(plain);
	while ((at = str_find_char(word, '\xc2')) >= 0 && (size_t)at + 1 < word.len) {
		unsigned char second = (unsigned char)word.ptr[at + 1];
		buf_add(out, str_head(word, (size_t)at));
		if (second < 0xa0)
			buf_add_utf8(out, html_code_point(second));
		else
			buf_add(out, str_head(str_skip(word, (size_t)at), 2));
		word = str_skip(word, (size_t)at + 2);
	}
	buf_add(out, word);
}

static void
add_words(struct plain *plain, struct str text)
{
	struct str word;

	if (text.len == 0)
		return;
	if (str_is_space(text.ptr[0]))
		plain->has_space = true;
	bool ends_in_space = str_is_space(text.ptr[text.len - 1]);
	for (bool is_first = true; str_next_word(&text, &word); is_first = false) {
		if (!is_first)
			plain->has_space = true;
		add_word(plain, word);
	}
	if (ends_in_space)
		plain->has_space = true;
}

/* Each line is one. */
static void
add_lines(struct plain *plain, struct str text)
{
	while (text.len > 0) {
		ptrdiff_t end = str_find_char(text, '\n');
		add_words(plain, end < 0 ? text : str_head(text, (size_t)end));
		if (end < 0)
			return;
		plain->has_blank_line = plain->has_blank_line || plain->has_break;
		plain->has_break = true;
		text = str_skip(text, (size_t)end + 1);
	}
}

/* Formulas have no blanks between their parts. */
static void
add_math(struct plain *plain, struct str text)
{
	struct str word;

	while (str_next_word(&text, &word)) {
		add_word(plain, word);
		plain->has_space = false;
	}
}

/* ---- indices and exponents ---- */

/* Unicode's own, where reading them is easy everywhere. */
static const struct {
	const char *plain, *sub, *sup;
} scripts[] = {
	{ "0", "₀", "⁰" },
	{ "1", "₁", "¹" },
	{ "2", "₂", "²" },
	{ "3", "₃", "³" },
	{ "4", "₄", "⁴" },
	{ "5", "₅", "⁵" },
	{ "6", "₆", "⁶" },
	{ "7", "₇", "⁷" },
	{ "8", "₈", "⁸" },
	{ "9", "₉", "⁹" },
	{ "+", "₊", "⁺" },
	{ "-", "₋", "⁻" },
	{ "−", "₋", "⁻" },
	{ "–", "₋", "⁻" },
	{ "n", NULL, "ⁿ" },
	{ "i", NULL, "ⁱ" },
};

/* Appends `text` small; false when there is a character that cannot be. */
static bool
add_small(struct buf *out, struct str text, bool is_sup)
{
	while (text.len > 0) {
		size_t i = 0, count = sizeof(scripts) / sizeof(*scripts);
		while (i < count && !str_starts(text, scripts[i].plain))
			i++;
		const char *small = i == count ? NULL : is_sup ? scripts[i].sup : scripts[i].sub;
		if (small == NULL)
			return false;
		buf_add_string(out, small);
		text = str_skip(text, strlen(scripts[i].plain));
	}
	return true;
}

/* Whether what is set small is read like the rest: "1st", "M.lle", a mark, "[3]", "TM". */
static bool
is_read_along(struct str text)
{
	static const char *const endings[] = { "st", "nd", "rd", "th", "er", "re", "e", "ème", "o",
		"a", "os", "as", "TM", "SM" };

	for (size_t i = 0; i < sizeof(endings) / sizeof(*endings); i++)
		if (str_is(text, endings[i]))
			return true;
	for (size_t i = 0; i < text.len; i++)
		if (str_is_alnum(text.ptr[i]))
			return str_starts(text, "[") || str_starts(text, "(");
	return true; /* marks alone */
}

static bool
is_one_part(struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if ((text.ptr[i] & 0x80) == 0 && !str_is_alnum(text.ptr[i]) && text.ptr[i] != '\'')
			return false;
	return true;
}

/* Whether what is set small belongs to something before it. */
static bool
has_base(const struct plain *plain, size_t mark)
{
	return mark > plain->start && !str_is_space(plain->out->ptr[mark - 1]);
}

/* The text from `mark` on as the index or exponent that it is. */
static void
end_script(struct plain *plain, size_t mark, bool is_sup)
{
	struct buf *out = plain->out, small = BUF_INIT(BUF_LIMIT), text = BUF_INIT(BUF_LIMIT);

	if (buf_has_failed(out) || out->len <= mark || out->len - mark > SCRIPT_BYTES_MAX)
		return;
	buf_add(&text, str_skip(buf_str(out), mark));
	if (add_small(&small, buf_str(&text), is_sup)) {
		buf_cut(out, mark);
		buf_add(out, buf_str(&small));
	} else if (has_base(plain, mark) &&
	    (plain->math_depth > 0 || !is_read_along(buf_str(&text)))) {
		bool is_whole = is_one_part(buf_str(&text));
		buf_cut(out, mark);
		buf_add_string(out, is_sup ? "^" : "_");
		buf_add_string(out, is_whole ? "" : "(");
		buf_add(out, buf_str(&text));
		buf_add_string(out, is_whole ? "" : ")");
	}
	buf_release(&text);
	buf_release(&small);
}

/* Puts brackets around the text from `mark` on, unless it is one part. */
static void
end_group(struct plain *plain, size_t mark)
{
	struct buf text = BUF_INIT(BUF_LIMIT);

	if (buf_has_failed(plain->out) || plain->out->len <= mark)
		return;
	buf_add(&text, str_skip(buf_str(plain->out), mark));
	if (!is_one_part(buf_str(&text))) {
		buf_cut(plain->out, mark);
		buf_add_char(plain->out, '(');
		buf_add(plain->out, buf_str(&text));
		buf_add_char(plain->out, ')');
	}
	buf_release(&text);
}

/* ---- formulas ---- */

/* What stands between the marks of a document that publishers make of one formula. */
static struct str
formula_of(struct str tex)
{
	static const char begin[] = "\\begin{document}", end[] = "\\end{document}";
	ptrdiff_t from = str_find(tex, str_from(begin));

	if (from >= 0) {
		tex = str_skip(tex, (size_t)from + strlen(begin));
		ptrdiff_t to = str_find(tex, str_from(end));
		tex = to < 0 ? tex : str_head(tex, (size_t)to);
	}
	return str_trim(tex);
}

/* Writes TeX in dollars, as everybody writes it in text. */
static void
add_tex(struct plain *plain, struct str tex)
{
	tex = formula_of(tex);
	if (tex.len == 0)
		return;
	bool is_set_off = str_starts(tex, "$") || str_starts(tex, "\\(") || str_starts(tex, "\\[");
	separate(plain);
	buf_add_string(plain->out, is_set_off ? "" : "$");
	add_words(plain, tex);
	buf_add_string(plain->out, is_set_off ? "" : "$");
}

/* At the end of a formula: its TeX, where it has some, says more than its parts. */
static void
end_math(struct plain *plain, size_t mark)
{
	plain->math_depth = 0;
	if (str_trim(buf_str(&plain->tex)).len == 0 || buf_has_failed(plain->out))
		return;
	if (plain->out->len > mark)
		buf_cut(plain->out, mark);
	add_tex(plain, buf_str(&plain->tex));
	buf_reset(&plain->tex);
}

/* Which part of the scope's own construction a child is. */
static enum html_kind
part_of(const struct scope *parent)
{
	bool is_first = parent->children == 1;

	switch (parent->kind) {
	case HTML_FRACTION:
	case HTML_ROOT: return parent->kind;
	case HTML_WITH_SUB: return is_first ? HTML_INLINE : HTML_SUB;
	case HTML_WITH_SUP: return is_first ? HTML_INLINE : HTML_SUP;
	case HTML_WITH_BOTH:
		return is_first ? HTML_INLINE : parent->children == 2 ? HTML_SUB : HTML_SUP;
	default: return HTML_INLINE;
	}
}

/* ---- elements ---- */

static struct scope *
open_scope(struct plain *plain, enum html_kind kind)
{
	if (plain->scope_count == SCOPES_MAX)
		return NULL;
	struct scope *scope = &plain->scopes[plain->scope_count++];
	*scope = (struct scope){ .kind = kind, .depth = plain->depth, .mark = plain->out->len };
	return scope;
}

/* What is rewritten at its end begins where the text before it ends: that is written first. */
static void
open_rewritten(struct plain *plain, enum html_kind kind)
{
	if (plain->out->len > plain->start || plain->has_bullet)
		separate(plain);
	open_scope(plain, kind);
}

/* The number that an attribute holds, or -1. */
static int
number_of(const struct html_element *element, const char *name)
{
	int64_t number;
	if (str_to_int(str_trim(html_attribute(element, name)), 0, INT32_MAX, &number) < 0)
		return -1;
	return (int)number;
}

static void
open_list(struct plain *plain, const struct html_element *element, bool is_numbered)
{
	plain->has_blank_line = true;
	/* JATS has one kind of list, and says how its items begin. */
	is_numbered = is_numbered || str_is(html_attribute(element, "list-type"), "order");
	struct scope *scope = open_scope(plain, is_numbered ? HTML_NUMBERED_LIST : HTML_LIST);
	int first = number_of(element, "start");
	if (scope != NULL)
		scope->number = first > 0 ? first - 1 : 0;
}

static void
begin_item(struct plain *plain, const struct html_element *element)
{
	struct scope *list = NULL;
	for (int i = plain->scope_count; i > 0 && list == NULL; i--) {
		enum html_kind kind = plain->scopes[i - 1].kind;
		if (kind == HTML_LIST || kind == HTML_NUMBERED_LIST)
			list = &plain->scopes[i - 1];
	}
	plain->has_bullet = true;
	plain->bullet_number = 0;
	if (list == NULL || list->kind != HTML_NUMBERED_LIST)
		return;
	int value = number_of(element, "value");
	list->number = value >= 0 ? value : list->number + (list->number < INT32_MAX);
	plain->bullet_number = list->number;
}

static void
see_image(struct plain *plain, const struct html_element *element)
{
	struct str alt = str_trim(html_attribute(element, "alt"));
	if (alt.len == 0 || plain->alt.len + alt.len > ALT_BYTES_MAX)
		return;
	if (plain->alt.len > 0)
		buf_add_char(&plain->alt, ' ');
	buf_add(&plain->alt, alt);
}

/* Whether the page itself does not show an element, or shows it twice, once for machines. */
static bool
is_not_shown(const struct html_element *element)
{
	for (size_t i = 0; i < element->attribute_count; i++) {
		struct str name = element->attributes[i].name, value = element->attributes[i].value;
		if (str_is(name, "hidden"))
			return true;
		if (str_is(name, "aria-hidden") && str_is(value, "true"))
			return true;
		if (str_is(name, "style") &&
		    (str_find(value, STR("display:none")) >= 0 ||
		        str_find(value, STR("display: none")) >= 0))
			return true;
	}
	return false;
}

static void
begin_math(struct plain *plain)
{
	if (plain->math_depth > 0)
		return;
	plain->math_depth = plain->depth;
	buf_reset(&plain->tex);
	open_rewritten(plain, HTML_MATH);
}

static void
begin_annotation(struct plain *plain, const struct html_element *element)
{
	if (str_find(html_attribute(element, "encoding"), STR("tex")) >= 0 ||
	    str_find(html_attribute(element, "encoding"), STR("TeX")) >= 0)
		plain->tex_depth = plain->depth;
	else
		plain->hidden_depth = plain->depth;
}

/* What is a part of something begins: a fraction's second half, an index. */
static void
begin_part(struct plain *plain)
{
	struct scope *parent =
	    plain->scope_count > 0 ? &plain->scopes[plain->scope_count - 1] : NULL;
	if (parent == NULL || parent->depth != plain->depth - 1)
		return;
	parent->children++;
	enum html_kind part = part_of(parent);
	if (parent->kind == HTML_ALTERNATIVES && plain->out->len > parent->mark)
		plain->hidden_depth = plain->depth;
	else if (part == HTML_SUB || part == HTML_SUP)
		open_rewritten(plain, part);
	else if (part == HTML_FRACTION || part == HTML_ROOT) {
		if (parent->children == 2)
			buf_add_string(plain->out, part == HTML_ROOT ? "^(1/" : "/");
		bool is_index = part == HTML_ROOT && parent->children == 2;
		open_rewritten(plain, is_index ? HTML_INDEX : HTML_GROUP);
	}
}

static void
begin(struct plain *plain, const struct html_element *element, enum html_kind kind)
{
	switch (kind) {
	case HTML_BLOCK:
	case HTML_ROW: plain->has_blank_line = true; break;
	case HTML_LIST:
	case HTML_NUMBERED_LIST: open_list(plain, element, kind == HTML_NUMBERED_LIST); break;
	case HTML_ITEM: begin_item(plain, element); break;
	case HTML_BREAK:
		plain->has_blank_line = plain->has_blank_line || plain->has_break;
		plain->has_break = true;
		break;
	case HTML_CELL: plain->has_space = true; break;
	case HTML_QUOTE:
		add_word(plain, STR("“"));
		open_scope(plain, kind);
		break;
	case HTML_IMAGE: see_image(plain, element); break;
	case HTML_VERBATIM:
		plain->has_blank_line = plain->has_code = true;
		if (plain->verbatim_depth == 0)
			plain->verbatim_depth = plain->depth;
		break;
	case HTML_CODE: plain->has_code = true; break;
	case HTML_SUB:
	case HTML_SUP: open_rewritten(plain, kind); break;
	case HTML_HIDDEN: plain->hidden_depth = plain->depth; break;
	default: break;
	}
}

static void
begin_formula(struct plain *plain, const struct html_element *element, enum html_kind kind)
{
	switch (kind) {
	case HTML_MATH: begin_math(plain); break;
	case HTML_TEX:
		plain->tex_depth = plain->depth;
		buf_reset(&plain->tex);
		break;
	case HTML_ANNOTATION: begin_annotation(plain, element); break;
	case HTML_SQUARE_ROOT:
		add_word(plain, STR("√"));
		open_scope(plain, kind);
		break;
	case HTML_ALTERNATIVES:
	case HTML_FRACTION:
	case HTML_ROOT:
	case HTML_WITH_SUB:
	case HTML_WITH_SUP:
	case HTML_WITH_BOTH: open_scope(plain, kind); break;
	default: begin(plain, element, kind); break;
	}
}

static int
plain_start(void *context, const struct html_element *element)
{
	struct plain *plain = context;
	enum html_kind kind;

	plain->depth++;
	if (plain->hidden_depth > 0)
		return 0;
	begin_part(plain);
	if (plain->hidden_depth > 0)
		return 0;
	html_kind_of(element->name, &kind);
	if (is_not_shown(element))
		plain->hidden_depth = plain->depth;
	else
		begin_formula(plain, element, kind);
	return 0;
}

/* Closes a quotation, or takes its opening back when nothing was quoted. */
static void
end_quote(struct plain *plain, size_t mark)
{
	if (plain->out->len > mark)
		buf_add_string(plain->out, "”");
	else if (!buf_has_failed(plain->out))
		buf_cut(plain->out, mark - strlen("“"));
}

static void
end_scope(struct plain *plain, const struct scope *scope)
{
	switch (scope->kind) {
	case HTML_SUB:
	case HTML_SUP: end_script(plain, scope->mark, scope->kind == HTML_SUP); break;
	case HTML_QUOTE: end_quote(plain, scope->mark); break;
	case HTML_SQUARE_ROOT:
	case HTML_GROUP: end_group(plain, scope->mark); break;
	case HTML_INDEX: buf_add_char(plain->out, ')'); break;
	case HTML_MATH: end_math(plain, scope->mark); break;
	default: break;
	}
}

/* What comes after an element stands apart from it. */
static void
end(struct plain *plain, enum html_kind kind)
{
	switch (kind) {
	case HTML_ITEM:
		plain->has_bullet = false;
		plain->has_blank_line = true;
		break;
	case HTML_BLOCK:
	case HTML_ROW:
	case HTML_VERBATIM:
	case HTML_LIST:
	case HTML_NUMBERED_LIST: plain->has_blank_line = true; break;
	case HTML_CELL: plain->has_space = true; break;
	case HTML_TEX:
		add_tex(plain, buf_str(&plain->tex));
		buf_reset(&plain->tex);
		break;
	default: break;
	}
}

static int
plain_end(void *context, struct str name)
{
	struct plain *plain = context;
	enum html_kind kind;
	int depth = plain->depth--;

	if (plain->hidden_depth > 0) {
		if (depth == plain->hidden_depth)
			plain->hidden_depth = 0;
		return 0;
	}
	while (plain->scope_count > 0 && plain->scopes[plain->scope_count - 1].depth >= depth)
		end_scope(plain, &plain->scopes[--plain->scope_count]);
	if (depth == plain->verbatim_depth)
		plain->verbatim_depth = 0;
	if (depth == plain->tex_depth)
		plain->tex_depth = 0;
	html_kind_of(name, &kind);
	end(plain, kind);
	return 0;
}

static int
plain_text(void *context, struct str text)
{
	struct plain *plain = context;

	if (plain->hidden_depth > 0)
		return 0;
	if (plain->tex_depth > 0)
		buf_add(&plain->tex, text);
	else if (plain->verbatim_depth > 0)
		add_lines(plain, text);
	else if (plain->math_depth > 0)
		add_math(plain, text);
	else
		add_words(plain, text);
	return buf_has_failed(plain->out) ? 1 : 0;
}

/* ---- all of it ---- */

/*
 * Whether text that came of a fragment without any tag is markup that somebody escaped: it has an
 * element that is closed, or one that never is. "The <b> tag" has neither.
 */
static bool
is_escaped_markup(struct str text)
{
	static const char *const empty[] = { "<br>", "<br/>", "<br />", "<hr>", "<hr/>", "<img " };

	if (!html_is_markup(text))
		return false;
	for (size_t i = 0; i < sizeof(empty) / sizeof(*empty); i++)
		if (str_find(text, str_from(empty[i])) >= 0)
			return true;
	ptrdiff_t at;
	while ((at = str_find(text, STR("</"))) >= 0) {
		text = str_skip(text, (size_t)at);
		ptrdiff_t end = str_find_char(text, '>');
		if (end > 0 && html_is_markup(str_head(text, (size_t)end + 1)))
			return true;
		text = str_skip(text, 2);
	}
	return false;
}

static void
trim_end(struct plain *plain)
{
	struct buf *out = plain->out;
	while (out->len > plain->start && str_is_space(out->ptr[out->len - 1]))
		buf_cut(out, out->len - 1);
}

static void add_text(struct buf *out, struct str fragment, int escapes);

/*
 * What was escaped once too often, a feed's plague, is read once more. Where there were tags, those
 * in the text are meant to be seen; a reference never is.
 */
static void
unescape(struct plain *plain, bool has_tags, int escapes)
{
	struct buf copy = BUF_INIT(BUF_LIMIT);
	struct str text = str_skip(buf_str(plain->out), plain->start);

	if (escapes == ESCAPES_MAX || plain->has_code || buf_has_failed(plain->out))
		return;
	if (!has_tags && is_escaped_markup(text)) {
		buf_add(&copy, text);
		buf_cut(plain->out, plain->start);
		add_text(plain->out, buf_str(&copy), escapes + 1);
	} else if (html_has_reference(text)) {
		html_add_referenced(&copy, text);
		buf_cut(plain->out, plain->start);
		buf_add(plain->out, str_trim(buf_str(&copy)));
		if (!has_tags)
			unescape(plain, has_tags, escapes + 1);
	}
	buf_release(&copy);
}

/* Whether a parser would change nothing. */
static bool
is_plain(struct str text)
{
	return str_find_char(text, '<') < 0 && str_find_char(text, '&') < 0 &&
	    str_find_char(text, '\0') < 0 && unicode_is_valid(text);
}

static void
add_text(struct buf *out, struct str fragment, int escapes)
{
	static const struct html_handler handler = {
		.start = plain_start,
		.end = plain_end,
		.text = plain_text,
	};
	struct plain plain = {
		.out = out,
		.start = out->len,
		.alt = BUF_INIT(BUF_LIMIT),
		.tex = BUF_INIT(BUF_LIMIT),
	};
	struct buf known = BUF_INIT(BUF_LIMIT);

	size_t tags = html_add_known(&known, fragment);
	if (is_plain(fragment))
		add_words(&plain, fragment);
	else
		html_read(buf_str(&known), &handler, &plain);
	/* What the end of the text left open ends with it. */
	while (plain.scope_count > 0)
		end_scope(&plain, &plain.scopes[--plain.scope_count]);
	if (out->len == plain.start)
		add_words(&plain, buf_str(&plain.alt));
	trim_end(&plain);
	unescape(&plain, tags > 0, escapes);
	buf_release(&known);
	buf_release(&plain.tex);
	buf_release(&plain.alt);
}

void
html_add_text(struct buf *out, struct str fragment)
{
	add_text(out, fragment, 0);
}
