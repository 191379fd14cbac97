/*
 * What the parsers make of TeX and the writers set. A list of nodes is linked by `next`; nodes live
 * in the arena of the parse and borrow from its text.
 */
#ifndef DIGEST_TEX_NODE_H
#define DIGEST_TEX_NODE_H

#include "digest/tex.h"

/* The kinds of atoms of TeXbook chapter 17, which decide about the spaces between them. */
enum tex_class {
	TEX_ORD,
	TEX_OP, /* a function's name, or a large operator */
	TEX_BIN,
	TEX_REL,
	TEX_OPEN,
	TEX_CLOSE,
	TEX_PUNCT,
	TEX_NONE, /* no atom: a space, a style */
};

enum tex_kind {
	TEX_TEXT, /* `text` as it stands */
	TEX_VARIABLE, /* likewise; a letter of a formula, which is slanted */
	TEX_GROUP, /* the list `body` */
	TEX_SCRIPTS, /* `body` with the lists `sub` and `sup`, either of which may be NULL */
	TEX_FRACTION, /* the lists `body` over `sub` */
	TEX_ROOT, /* of the list `body`; `sup` is its index or NULL */
	TEX_ACCENT, /* `text` is a combining character for each character of `body` */
	TEX_STYLE, /* the list `body` in `style` */
	TEX_LINK, /* the list `body` linked to the URL `text` */
	TEX_MATH, /* the formula `body` */
};

enum tex_style {
	TEX_ROMAN, /* upright, though in a formula */
	TEX_EMPHASIS,
	TEX_STRONG,
	TEX_CODE,
	TEX_DOUBLE_STRUCK,
	TEX_SCRIPT,
	TEX_FRAKTUR,
};

struct tex_node {
	enum tex_kind kind;
	enum tex_class class;
	enum tex_style style;
	struct str text;
	struct tex_node *body, *sub, *sup;
	struct tex_node *next;
};

struct tex {
	struct tex_node *nodes;
};

/* ---- tables (symbols.c) ---- */

struct tex_symbol {
	const char *name, *text;
	enum tex_class class;
};

/* What a command without arguments stands for, in formulas and mostly outside too; or NULL. */
const struct tex_symbol *tex_symbol(struct str name);

/* The combining character of an accent command in formulas (\hat) or in text (\'); or NULL. */
const char *tex_math_accent(struct str name);
const char *tex_text_accent(struct str name);

/* The letters of text mode: \ss, \o, \AA …; or NULL. */
const char *tex_letter(struct str name);

/* ---- alphabets (alphabet.c) ---- */

/* Appends the text raised, or lowered: false, and nothing appended, when Unicode cannot. */
bool tex_add_raised(struct buf *out, struct str text);
bool tex_add_lowered(struct buf *out, struct str text);

/* Whether letters of that style come from one of Unicode's mathematical alphabets. */
bool tex_has_alphabet(enum tex_style style);

/* Appends the text in the alphabet of such a style, as far as it goes. */
void tex_add_styled(struct buf *out, struct str text, enum tex_style style);

/* ---- parsing (math.c, words.c) ---- */

struct tex_node *tex_new_node(struct arena *arena, enum tex_kind kind);

/* The length of the UTF-8 character at the front of a text that is not empty. */
size_t tex_char_len(struct str text);

/* The letters, or the one other character, of the command after the backslash at the front. */
struct str tex_command(struct str text);

/*
 * The group at the front of the text, braces and all, or "" when there is none or it does not end:
 * "\}" ends none.
 */
struct str tex_group(struct str text);

/* A list that grows at its end; zeroed it is empty. */
struct tex_list {
	struct tex_node *first, *last;
};

void tex_list_add(struct tex_list *list, struct tex_node *node);

/* The inside of a formula as a list: false when it cannot be parsed. */
bool tex_parse_math(struct arena *arena, struct str inside, struct tex_node **nodes);

/* Whether formulas have a meaning for a command. */
bool tex_is_known(struct str command);

/* Whether a command cannot be set by its name and its arguments: what follows it is no text. */
bool tex_is_structural(struct str command);

/*
 * Takes one atom with its arguments and indices, as formulas have them, off the front of a text:
 * false when it is not known.
 */
bool tex_take_atom(struct arena *arena, struct str *text, struct tex_node **nodes);

/*
 * Text outside of formulas, and the formulas in it, as a list. `is_whole` becomes false when some
 * of it stays as it came.
 */
struct tex_node *tex_parse_words(struct arena *arena, struct str text, bool *is_whole);

/* ---- Markdown (markdown.c) ---- */

/* What stands between marks; `url` is "" but for a link. */
struct tex_markdown {
	enum tex_style style;
	struct str inside, url;
};

/* A span at the front of a text that stands after `before`: its length, 0 when there is none. */
size_t tex_markdown_at(struct str text, char before, struct tex_markdown *span);

/* ---- commands that take text (words.c) ---- */

/*
 * The style that a command gives its argument, or the rest of its group: false when it gives none.
 */
bool tex_style_of(struct str command, enum tex_style *style);
bool tex_switch_of(struct str command, enum tex_style *style);

#endif
