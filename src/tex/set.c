/*
 * Sets a parsed text, as plain Unicode or as HTML: one walk, since the two differ in how an index,
 * a style and a link look and in nothing else. Spaces within formulas follow TeXbook chapter 18.
 */
#include "node.h"

#include "digest/unicode.h"

#include <string.h>

struct setter {
	struct buf *out;
	bool is_html;
	bool has_links;
	bool is_index; /* in an index: no spaces */
	bool is_upright; /* letters of formulas are not slanted here */
	bool is_slanted; /* an <em> of single letters is open */
	bool has_open_index; /* the last index would run into a letter after it */
	enum tex_style style;
};

static void set_list(struct setter *setter, const struct tex_node *list, bool is_math);

/* ---- bytes ---- */

static void
set_text(struct setter *setter, struct str text)
{
	struct buf styled = BUF_INIT(SIZE_MAX);

	if (tex_has_alphabet(setter->style)) {
		tex_add_styled(&styled, text, setter->style);
		text = buf_str(&styled);
	}
	if (setter->is_html)
		buf_add_markup(setter->out, text);
	else
		buf_add(setter->out, text);
	buf_release(&styled);
}

static void
add_tag(struct setter *setter, const char *tag)
{
	if (setter->is_html)
		buf_add_string(setter->out, tag);
}

static void
slant(struct setter *setter, bool is_slanted)
{
	if (setter->is_html && setter->is_slanted != is_slanted)
		buf_add_string(setter->out, is_slanted ? "<em>" : "</em>");
	setter->is_slanted = is_slanted;
}

/* What a list is set as by itself, for looking at it: always plain. */
static struct buf
set_apart(const struct setter *setter, const struct tex_node *list)
{
	struct buf text = BUF_INIT(SIZE_MAX);
	struct setter plain = {
		.out = &text,
		.is_index = setter->is_index,
		.style = setter->style,
	};

	set_list(&plain, list, true);
	return text;
}

/* ---- indices ---- */

static void
set_plain_index(struct setter *setter, const struct tex_node *script, bool is_raised)
{
	struct setter inner = *setter;
	struct buf text;

	inner.is_index = true;
	text = set_apart(&inner, script);
	struct str index = str_trim(buf_str(&text));
	bool is_set =
	    is_raised ? tex_add_raised(setter->out, index) : tex_add_lowered(setter->out, index);
	if (!is_set) {
		bool is_one = index.len > 0 && index.len == tex_char_len(index);
		setter->has_open_index = is_one;
		buf_add_char(setter->out, is_raised ? '^' : '_');
		buf_add_string(setter->out, is_one ? "" : "{");
		buf_add(setter->out, index);
		buf_add_string(setter->out, is_one ? "" : "}");
	}
	buf_release(&text);
}

/* Whether it stands raised by itself: "90°", "f′". */
static bool
is_raised_sign(const struct setter *setter, const struct tex_node *script)
{
	struct buf text = set_apart(setter, script);
	struct str sign = str_trim(buf_str(&text));
	bool is_sign = str_is(sign, "∘") || str_is(sign, "°") || str_starts(sign, "′");

	buf_release(&text);
	return is_sign;
}

static void
set_index(struct setter *setter, const struct tex_node *script, bool is_raised)
{
	struct setter inner = *setter;

	if (script == NULL)
		return;
	if (!setter->is_html || (is_raised && is_raised_sign(setter, script))) {
		set_plain_index(setter, script, is_raised);
		return;
	}
	inner.is_index = true;
	inner.is_slanted = false;
	buf_add_string(setter->out, is_raised ? "<sup>" : "<sub>");
	set_list(&inner, script, true);
	buf_add_string(setter->out, is_raised ? "</sup>" : "</sub>");
}

static void
set_scripts(struct setter *setter, const struct tex_node *node)
{
	if (node->body != NULL)
		set_list(setter, node->body, true);
	slant(setter, false);
	set_index(setter, node->sub, false);
	set_index(setter, node->sup, true);
}

/* ---- fractions and roots ---- */

static const char *
vulgar_fraction(struct str above, struct str below)
{
	static const struct {
		const char *above, *below, *set;
	} rows[] = { { "1", "2", "½" }, { "1", "3", "⅓" }, { "2", "3", "⅔" }, { "1", "4", "¼" },
		{ "3", "4", "¾" }, { "1", "5", "⅕" }, { "2", "5", "⅖" }, { "3", "5", "⅗" },
		{ "4", "5", "⅘" }, { "1", "6", "⅙" }, { "5", "6", "⅚" }, { "1", "8", "⅛" },
		{ "3", "8", "⅜" }, { "5", "8", "⅝" }, { "7", "8", "⅞" } };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (str_is(above, rows[i].above) && str_is(below, rows[i].below))
			return rows[i].set;
	}
	return NULL;
}

/* Whether a text needs parentheses beside a sign. */
static bool
is_compound(struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (strchr(" +-*/=<>,:;|", text.ptr[i]) != NULL)
			return true;
	}
	return false;
}

static void
set_operand(struct setter *setter, const struct tex_node *list)
{
	struct buf text = set_apart(setter, list);
	bool needs_parentheses = is_compound(str_trim(buf_str(&text)));

	slant(setter, false);
	buf_add_string(setter->out, needs_parentheses ? "(" : "");
	set_list(setter, list, true);
	slant(setter, false);
	buf_add_string(setter->out, needs_parentheses ? ")" : "");
	buf_release(&text);
}

static void
set_fraction(struct setter *setter, const struct tex_node *node)
{
	struct buf above = set_apart(setter, node->body), below = set_apart(setter, node->sub);
	const char *vulgar = vulgar_fraction(buf_str(&above), buf_str(&below));

	slant(setter, false);
	if (vulgar != NULL && !setter->is_index) {
		buf_add_string(setter->out, vulgar);
	} else {
		set_operand(setter, node->body);
		buf_add_char(setter->out, '/');
		set_operand(setter, node->sub);
	}
	buf_release(&above);
	buf_release(&below);
}

static bool
is_single(struct str text)
{
	size_t characters = 0;

	for (size_t i = 0; i < text.len; i++)
		characters += ((unsigned char)text.ptr[i] & 0xc0) != 0x80;
	if (characters <= 1)
		return true;
	for (size_t i = 0; i < text.len; i++) {
		if (!str_is_digit(text.ptr[i]))
			return false;
	}
	return true;
}

static void
set_root(struct setter *setter, const struct tex_node *node)
{
	struct buf body = set_apart(setter, node->body);
	bool is_short = is_single(str_trim(buf_str(&body)));

	slant(setter, false);
	if (node->sup != NULL) {
		struct buf index = set_apart(setter, node->sup);
		if (str_is(buf_str(&index), "3"))
			buf_add_string(setter->out, "∛");
		else if (str_is(buf_str(&index), "4"))
			buf_add_string(setter->out, "∜");
		else {
			set_index(setter, node->sup, true);
			buf_add_string(setter->out, "√");
		}
		buf_release(&index);
	} else {
		buf_add_string(setter->out, "√");
	}
	buf_add_string(setter->out, is_short ? "" : "(");
	set_list(setter, node->body, true);
	slant(setter, false);
	buf_add_string(setter->out, is_short ? "" : ")");
	buf_release(&body);
}

/* ---- accents, styles, links ---- */

/* "ı" and "ȷ" lost their dots for the accent, which no composed letter has on them. */
static struct str
dotted(struct str character)
{
	if (str_is(character, "ı"))
		return STR("i");
	return str_is(character, "ȷ") ? STR("j") : character;
}

static void
set_accent(struct setter *setter, const struct tex_node *node)
{
	struct buf body = set_apart(setter, node->body), accented = BUF_INIT(SIZE_MAX);
	bool is_long = str_is(node->text, "\u0305") || str_is(node->text, "\u0332");
	struct str rest = buf_str(&body);
	bool is_first = true;

	/* A line goes over all of it, a hat stands on the first. */
	while (rest.len > 0) {
		struct str character = str_head(rest, tex_char_len(rest));
		rest = str_skip(rest, character.len);
		buf_add(&accented, is_first ? dotted(character) : character);
		/* What combines already belongs to its letter. */
		while (rest.len > 1 && (unsigned char)rest.ptr[0] == 0xcc) {
			buf_add(&accented, str_head(rest, 2));
			rest = str_skip(rest, 2);
		}
		if (is_first || is_long)
			buf_add(&accented, node->text);
		is_first = false;
	}
	slant(setter, false);
	if (setter->is_html)
		buf_add_markup(setter->out, buf_str(&accented));
	else
		buf_add(setter->out, buf_str(&accented));
	buf_release(&body);
	buf_release(&accented);
}

static void
set_style(struct setter *setter, const struct tex_node *node, bool is_math)
{
	static const char *const opening[] = { "", "<em>", "<strong>", "<code>", "", "", "" };
	static const char *const closing[] = { "", "</em>", "</strong>", "</code>", "", "", "" };
	struct setter inner = *setter;

	slant(setter, false);
	inner.is_slanted = false;
	inner.is_upright = true;
	inner.style = node->style;
	add_tag(setter, opening[node->style]);
	set_list(&inner, node->body, is_math);
	add_tag(setter, closing[node->style]);
}

static void
set_link(struct setter *setter, const struct tex_node *node)
{
	bool is_link = setter->is_html && setter->has_links &&
	    (str_starts_nocase(node->text, "http://") || str_starts_nocase(node->text, "https://"));
	struct buf body = set_apart(setter, node->body);

	if (is_link) {
		buf_add_string(setter->out, "<a href=\"");
		buf_add_markup(setter->out, node->text);
		buf_add_string(setter->out, "\">");
	}
	set_list(setter, node->body, false);
	if (is_link) {
		buf_add_string(setter->out, "</a>");
	} else if (!str_equal(buf_str(&body), node->text)) {
		buf_add_string(setter->out, " (");
		set_text(setter, node->text);
		buf_add_char(setter->out, ')');
	}
	buf_release(&body);
}

/* ---- lists ---- */

static void
set_node(struct setter *setter, const struct tex_node *node, bool is_math)
{
	switch (node->kind) {
	case TEX_TEXT:
		slant(setter, false);
		set_text(setter, node->text);
		break;
	case TEX_VARIABLE:
		slant(setter, !setter->is_upright);
		set_text(setter, node->text);
		break;
	case TEX_GROUP: set_list(setter, node->body, is_math); break;
	case TEX_SCRIPTS: set_scripts(setter, node); break;
	case TEX_FRACTION: set_fraction(setter, node); break;
	case TEX_ROOT: set_root(setter, node); break;
	case TEX_ACCENT: set_accent(setter, node); break;
	case TEX_STYLE: set_style(setter, node, is_math); break;
	case TEX_LINK: set_link(setter, node); break;
	case TEX_MATH: set_list(setter, node->body, true); break;
	}
}

static bool
is_one_of(enum tex_class class, unsigned classes)
{
	return (classes & 1u << class) != 0;
}

/*
 * The class that an atom has where it stands (TeXbook, appendix G, rules 5 and 6): a sign without a
 * left operand belongs to what follows, and so does a relation that begins a formula ("≥1").
 */
static enum tex_class
class_of(const struct tex_node *node, enum tex_class previous, bool is_first)
{
	const unsigned no_left =
	    1u << TEX_BIN | 1u << TEX_REL | 1u << TEX_OPEN | 1u << TEX_PUNCT | 1u << TEX_OP;
	const unsigned no_right = 1u << TEX_REL | 1u << TEX_CLOSE | 1u << TEX_PUNCT;
	const struct tex_node *next = node->next;
	bool is_sign;

	while (next != NULL && next->class == TEX_NONE)
		next = next->next;
	is_sign = is_first || is_one_of(previous, no_left) || next == NULL ||
	    is_one_of(next->class, no_right);
	if (node->class == TEX_BIN && is_sign)
		return TEX_ORD;
	return node->class == TEX_REL && is_first ? TEX_ORD : node->class;
}

static bool
has_space(enum tex_class left, enum tex_class right)
{
	const unsigned spaced = 1u << TEX_REL | 1u << TEX_BIN;

	if (is_one_of(left, 1u << TEX_NONE | 1u << TEX_OPEN) ||
	    is_one_of(right, 1u << TEX_NONE | 1u << TEX_PUNCT | 1u << TEX_CLOSE))
		return false;
	if (left == TEX_REL && right == TEX_REL)
		return false;
	if (left == TEX_PUNCT || right == TEX_OP || is_one_of(left, spaced) ||
	    is_one_of(right, spaced))
		return true;
	return left == TEX_OP && right != TEX_OPEN;
}

static bool
ends_with_space(const struct buf *out)
{
	return out->len > 0 && out->ptr[out->len - 1] == ' ';
}

static void
set_list(struct setter *setter, const struct tex_node *list, bool is_math)
{
	enum tex_class previous = TEX_NONE;
	bool is_first = true;

	for (const struct tex_node *node = list; node != NULL; node = node->next) {
		if (!is_math) {
			set_node(setter, node, false);
			slant(setter, false);
			continue;
		}
		if (node->class == TEX_NONE) {
			if (!setter->is_index && !ends_with_space(setter->out) && !is_first)
				set_node(setter, node, true);
			continue;
		}
		enum tex_class class = class_of(node, previous, is_first);
		bool is_apart = setter->has_open_index && class == TEX_ORD;
		setter->has_open_index = false;
		if ((is_apart || (!setter->is_index && has_space(previous, class))) &&
		    !ends_with_space(setter->out)) {
			slant(setter, false);
			buf_add_char(setter->out, ' ');
		}
		set_node(setter, node, true);
		previous = class;
		is_first = false;
	}
	slant(setter, false);
}

/* A space of TeX's beside one of the text is none: "deg$^2$.\\ Next". */
static void
drop_double_spaces(struct buf *text)
{
	struct str rest = buf_str(text);
	struct buf single = BUF_INIT(SIZE_MAX);
	ptrdiff_t at;

	if (str_find(rest, STR("  ")) < 0)
		return;
	while ((at = str_find(rest, STR("  "))) >= 0) {
		buf_add(&single, str_head(rest, (size_t)at));
		rest = str_skip(rest, (size_t)at + 1);
	}
	buf_add(&single, rest);
	buf_release(text);
	*text = single;
}

static void
set(const struct tex *tex, struct setter *setter, struct buf *out)
{
	struct buf text = BUF_INIT(SIZE_MAX);

	setter->out = &text;
	setter->style = TEX_ROMAN;
	set_list(setter, tex->nodes, false);
	drop_double_spaces(&text);
	unicode_add_composed(out, buf_str(&text));
	buf_release(&text);
}

void
tex_add_text(const struct tex *tex, struct buf *out)
{
	struct setter setter = { .is_html = false };

	set(tex, &setter, out);
}

void
tex_add_html(const struct tex *tex, bool has_links, struct buf *out)
{
	struct setter setter = { .is_html = true, .has_links = has_links };

	set(tex, &setter, out);
}
