/*
 * The inside of formulas. Whatever is not known makes the whole formula unknown: half of one is
 * worse than all of it as it came.
 */
#include "node.h"

#include <string.h>

enum { DEPTH_MAX = 32 };

struct math {
	struct arena *arena;
	struct str rest;
	int depth;
	bool takes_names; /* of commands that nobody knows */
	bool is_unknown;
};

static struct tex_node *parse_list(struct math *math, char end);
static struct tex_node *parse_atom(struct math *math);

static struct tex_node *
give_up(struct math *math)
{
	math->is_unknown = true;
	return tex_new_node(math->arena, TEX_GROUP);
}

static struct tex_node *
new_text(struct math *math, struct str text, enum tex_class class)
{
	struct tex_node *node = tex_new_node(math->arena, TEX_TEXT);

	node->text = text;
	node->class = class;
	return node;
}

static void
skip_spaces(struct math *math)
{
	while (math->rest.len > 0 && str_is_space(math->rest.ptr[0]))
		math->rest = str_skip(math->rest, 1);
}

static bool
is_next(struct math *math, char c)
{
	skip_spaces(math);
	return math->rest.len > 0 && math->rest.ptr[0] == c;
}

/* ---- arguments ---- */

static struct tex_node *
parse_group(struct math *math, char end)
{
	struct tex_node *node = tex_new_node(math->arena, TEX_GROUP);

	math->rest = str_skip(math->rest, 1);
	node->body = parse_list(math, end);
	if (!is_next(math, end))
		return give_up(math);
	math->rest = str_skip(math->rest, 1);
	return node;
}

static struct tex_node *
parse_argument(struct math *math)
{
	skip_spaces(math);
	if (math->rest.len == 0 || strchr("}^_&#$", math->rest.ptr[0]) != NULL)
		return give_up(math);
	if (math->rest.ptr[0] == '{')
		return parse_group(math, '}');
	/* One digit, not the number. */
	if (str_is_digit(math->rest.ptr[0])) {
		struct str digit = str_head(math->rest, 1);
		math->rest = str_skip(math->rest, 1);
		return new_text(math, digit, TEX_ORD);
	}
	return parse_atom(math);
}

/* The inside of a group whose text is no formula; "" when there is none. */
static struct str
take_raw_argument(struct math *math)
{
	struct str group;

	skip_spaces(math);
	group = tex_group(math->rest);
	math->rest = str_skip(math->rest, group.len);
	if (group.len == 0) {
		math->is_unknown = true;
		return group;
	}
	return str_skip(str_head(group, group.len - 1), 1);
}

/* ---- commands with arguments ---- */

static struct tex_node *
parse_fraction(struct math *math, struct str name)
{
	struct tex_node *node = tex_new_node(math->arena, TEX_FRACTION);

	(void)name;
	node->body = parse_argument(math);
	node->sub = parse_argument(math);
	return node;
}

static struct tex_node *
parse_root(struct math *math, struct str name)
{
	struct tex_node *node = tex_new_node(math->arena, TEX_ROOT);

	(void)name;
	if (is_next(math, '['))
		node->sup = parse_group(math, ']');
	node->body = parse_argument(math);
	return node;
}

/* \overset{above}{base} and its kin. */
static struct tex_node *
parse_stack(struct math *math, struct str name)
{
	struct tex_node *node = tex_new_node(math->arena, TEX_SCRIPTS);
	struct tex_node *other = parse_argument(math);

	node->class = TEX_REL;
	if (str_is(name, "underset"))
		node->sub = other;
	else
		node->sup = other;
	node->body = parse_argument(math);
	return node;
}

static struct tex_node *
parse_long_arrow(struct math *math, struct str name)
{
	struct tex_node *node = tex_new_node(math->arena, TEX_SCRIPTS);
	struct str arrow = str_is(name, "xrightarrow") ? STR("→") : STR("←");

	node->class = TEX_REL;
	node->body = new_text(math, arrow, TEX_REL);
	node->sup = parse_argument(math);
	return node;
}

/* \underbrace{x}: the brace says nothing without its label, which follows as an index. */
static struct tex_node *
parse_plain(struct math *math, struct str name)
{
	(void)name;
	return parse_argument(math);
}

static struct tex_node *
parse_name(struct math *math, struct str name)
{
	struct tex_node *node = tex_new_node(math->arena, TEX_STYLE);

	(void)name;
	if (is_next(math, '*'))
		math->rest = str_skip(math->rest, 1);
	node->class = TEX_OP;
	node->body = parse_argument(math);
	return node;
}

static struct tex_node *
parse_text(struct math *math, struct str name)
{
	struct tex_node *node = tex_new_node(math->arena, TEX_STYLE);
	bool is_whole = true;

	node->style = TEX_ROMAN;
	tex_style_of(name, &node->style);
	node->body = tex_parse_words(math->arena, take_raw_argument(math), &is_whole);
	return is_whole ? node : give_up(math);
}

/* What has a length or a colour as its argument, and says nothing. */
static struct tex_node *
parse_nothing(struct math *math, struct str name)
{
	(void)name;
	take_raw_argument(math);
	return new_text(math, STR(""), TEX_NONE);
}

static struct tex_node *
parse_gap(struct math *math, struct str name)
{
	(void)name;
	take_raw_argument(math);
	return new_text(math, STR(" "), TEX_NONE);
}

static struct tex_node *
parse_coloured(struct math *math, struct str name)
{
	(void)name;
	take_raw_argument(math);
	return parse_argument(math);
}

/* "a \pmod{n}" is a (mod n). */
static struct tex_node *
parse_modulus(struct math *math, struct str name)
{
	struct tex_node *node = tex_new_node(math->arena, TEX_GROUP);
	struct tex_list list = { NULL, NULL };

	(void)name;
	tex_list_add(&list, new_text(math, STR(" (mod "), TEX_OPEN));
	tex_list_add(&list, parse_argument(math));
	tex_list_add(&list, new_text(math, STR(")"), TEX_CLOSE));
	node->body = list.first;
	return node;
}

static struct tex_node *
parse_not(struct math *math, struct str name)
{
	struct tex_node *node = tex_new_node(math->arena, TEX_ACCENT);

	(void)name;
	node->body = parse_argument(math);
	node->class = node->body->class;
	node->text = STR("\u0338");
	return node;
}

/* \binom{n}{k} in one line. */
static struct tex_node *
parse_binomial(struct math *math, struct str name)
{
	struct tex_node *node = tex_new_node(math->arena, TEX_GROUP);
	struct tex_list list = { NULL, NULL };

	(void)name;
	tex_list_add(&list, new_text(math, STR("("), TEX_OPEN));
	tex_list_add(&list, parse_argument(math));
	tex_list_add(&list, new_text(math, STR("choose"), TEX_REL));
	tex_list_add(&list, parse_argument(math));
	tex_list_add(&list, new_text(math, STR(")"), TEX_CLOSE));
	node->body = list.first;
	return node;
}

static const struct fence {
	const char *name, *open, *close;
} fences[] = {
	{ "abs", "|", "|" },
	{ "bra", "⟨", "|" },
	{ "braket", "⟨", "⟩" },
	{ "ceil", "⌈", "⌉" },
	{ "expval", "⟨", "⟩" },
	{ "floor", "⌊", "⌋" },
	{ "ket", "|", "⟩" },
	{ "norm", "‖", "‖" },
	{ "set", "{", "}" },
};

/* \norm{x}, \ket{0}: what stands between two delimiters (braket, physics, and authors' own). */
static struct tex_node *
parse_fence(struct math *math, struct str name)
{
	struct tex_node *node = tex_new_node(math->arena, TEX_GROUP);
	struct tex_list list = { NULL, NULL };
	const struct fence *fence = fences;

	while (!str_is(name, fence->name))
		fence++;
	if (is_next(math, '*'))
		math->rest = str_skip(math->rest, 1);
	tex_list_add(&list, new_text(math, str_from(fence->open), TEX_OPEN));
	tex_list_add(&list, parse_argument(math));
	if (str_is(name, "braket") && is_next(math, '{')) {
		tex_list_add(&list, new_text(math, STR("|"), TEX_ORD));
		tex_list_add(&list, parse_argument(math));
	}
	tex_list_add(&list, new_text(math, str_from(fence->close), TEX_CLOSE));
	node->body = list.first;
	return node;
}

/* A delimiter that grows: \left. is none, and \left< an angle. */
static struct tex_node *
parse_delimiter(struct math *math, struct str name)
{
	bool is_left = str_is(name, "left");

	if (is_next(math, '.')) {
		math->rest = str_skip(math->rest, 1);
		return new_text(math, STR(""), TEX_NONE);
	}
	if (is_next(math, '<') || is_next(math, '>')) {
		struct str angle = math->rest.ptr[0] == '<' ? STR("⟨") : STR("⟩");
		math->rest = str_skip(math->rest, 1);
		return new_text(math, angle, is_left ? TEX_OPEN : TEX_CLOSE);
	}
	if (math->rest.len == 0 || math->rest.ptr[0] == '{' || math->rest.ptr[0] == '}')
		return give_up(math);
	struct tex_node *node = parse_atom(math);
	node->class = is_left ? TEX_OPEN : TEX_CLOSE;
	return node;
}

static const struct {
	const char *name;
	struct tex_node *(*parse)(struct math *math, struct str name);
} commands[] = {
	{ "abs", parse_fence },
	{ "binom", parse_binomial },
	{ "boxed", parse_plain },
	{ "bra", parse_fence },
	{ "braket", parse_fence },
	{ "ceil", parse_fence },
	{ "cfrac", parse_fraction },
	{ "color", parse_nothing },
	{ "dbinom", parse_binomial },
	{ "dfrac", parse_fraction },
	{ "ensuremath", parse_plain },
	{ "expval", parse_fence },
	{ "floor", parse_fence },
	{ "frac", parse_fraction },
	{ "hbox", parse_text },
	{ "hspace", parse_gap },
	{ "ket", parse_fence },
	{ "label", parse_nothing },
	{ "left", parse_delimiter },
	{ "mbox", parse_text },
	{ "nicefrac", parse_fraction },
	{ "norm", parse_fence },
	{ "not", parse_not },
	{ "num", parse_plain },
	{ "operatorname", parse_name },
	{ "overbrace", parse_plain },
	{ "overset", parse_stack },
	{ "pmod", parse_modulus },
	{ "right", parse_delimiter },
	{ "set", parse_fence },
	{ "sfrac", parse_fraction },
	{ "sqrt", parse_root },
	{ "stackrel", parse_stack },
	{ "substack", parse_plain },
	{ "tbinom", parse_binomial },
	{ "text", parse_text },
	{ "textbf", parse_text },
	{ "textcolor", parse_coloured },
	{ "textit", parse_text },
	{ "textnormal", parse_text },
	{ "textrm", parse_text },
	{ "textsc", parse_text },
	{ "textsf", parse_text },
	{ "texttt", parse_text },
	{ "textup", parse_text },
	{ "tfrac", parse_fraction },
	{ "underbrace", parse_plain },
	{ "underset", parse_stack },
	{ "xleftarrow", parse_long_arrow },
	{ "xrightarrow", parse_long_arrow },
};

static const struct {
	const char *name;
	enum tex_style style;
} alphabets[] = {
	{ "Bbb", TEX_DOUBLE_STRUCK },
	{ "bm", TEX_STRONG },
	{ "boldsymbol", TEX_STRONG },
	{ "mathbb", TEX_DOUBLE_STRUCK },
	{ "mathbbm", TEX_DOUBLE_STRUCK },
	{ "mathbf", TEX_STRONG },
	{ "mathcal", TEX_SCRIPT },
	{ "mathds", TEX_DOUBLE_STRUCK },
	{ "mathfrak", TEX_FRAKTUR },
	{ "mathit", TEX_EMPHASIS },
	{ "mathrm", TEX_ROMAN },
	{ "mathscr", TEX_SCRIPT },
	{ "mathsf", TEX_ROMAN },
	{ "mathtt", TEX_CODE },
	{ "pmb", TEX_STRONG },
};

/* What cannot be set without more: what follows is a length, a table, a file or a definition. */
static const char *const structural[] = { "array", "begin", "catcode", "char", "cr", "def", "end",
	"halign", "hline", "hskip", "include", "input", "kern", "let", "lower", "mkern", "mskip",
	"multicolumn", "newcommand", "raise", "renewcommand", "rule", "tensor", "vskip" };

bool
tex_is_structural(struct str command)
{
	for (size_t i = 0; i < sizeof(structural) / sizeof(structural[0]); i++)
		if (str_is(command, structural[i]))
			return true;
	return false;
}

/* A command of one character that is no letter. */
static struct tex_node *
parse_sign(struct math *math, char c)
{
	struct str text = { &math->rest.ptr[-1], 1 };

	if (strchr(",;: >~\\", c) != NULL)
		return new_text(math, STR(" "), TEX_NONE);
	if (strchr("!-/@", c) != NULL)
		return new_text(math, STR(""), TEX_NONE);
	switch (c) {
	case '{': return new_text(math, text, TEX_OPEN);
	case '}': return new_text(math, text, TEX_CLOSE);
	case '|': return new_text(math, STR("‖"), TEX_ORD);
	default: break;
	}
	return strchr("%&#$_", c) != NULL ? new_text(math, text, TEX_ORD) : give_up(math);
}

static struct tex_node *
parse_accent(struct math *math, const char *accent)
{
	struct tex_node *node = tex_new_node(math->arena, TEX_ACCENT);

	node->text = str_from(accent);
	node->body = parse_argument(math);
	return node;
}

/* What the style holds for to the end of the group: {\bf x}. */
static struct tex_node *
parse_switch(struct math *math, enum tex_style style)
{
	struct tex_node *node = tex_new_node(math->arena, TEX_STYLE);

	node->style = style;
	node->body = parse_list(math, '}');
	return node;
}

/*
 * A command of the authors' own, which nobody can know: its name, that mostly says what it stands
 * for, and its arguments behind it, so that nothing is lost.
 */
static struct tex_node *
parse_own_command(struct math *math, struct str name)
{
	struct tex_node *node = tex_new_node(math->arena, TEX_GROUP);
	struct tex_list list = { NULL, NULL };
	bool has_arguments = is_next(math, '{');

	if (!math->takes_names || tex_is_structural(name))
		return give_up(math);
	if (!has_arguments) /* a full stop stands behind it as behind a letter */
		return new_text(math, name, is_next(math, '.') ? TEX_ORD : TEX_OP);
	tex_list_add(&list, new_text(math, name, TEX_OP));
	tex_list_add(&list, new_text(math, STR("("), TEX_OPEN));
	tex_list_add(&list, parse_argument(math));
	while (is_next(math, '{') && !math->is_unknown) {
		tex_list_add(&list, new_text(math, STR(","), TEX_PUNCT));
		tex_list_add(&list, parse_argument(math));
	}
	tex_list_add(&list, new_text(math, STR(")"), TEX_CLOSE));
	node->body = list.first;
	return node;
}

bool
tex_is_known(struct str command)
{
	enum tex_style style;

	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (str_is(command, commands[i].name))
			return true;
	for (size_t i = 0; i < sizeof(alphabets) / sizeof(alphabets[0]); i++)
		if (str_is(command, alphabets[i].name))
			return true;
	return tex_math_accent(command) != NULL || tex_switch_of(command, &style) ||
	    tex_symbol(command) != NULL;
}

static struct tex_node *
parse_simple_command(struct math *math, struct str name)
{
	const struct tex_symbol *symbol = tex_symbol(name);
	const char *accent = tex_math_accent(name), *letter = tex_letter(name);
	enum tex_style style;

	if (accent != NULL)
		return parse_accent(math, accent);
	if (tex_switch_of(name, &style))
		return parse_switch(math, style);
	if (symbol != NULL)
		return new_text(math, str_from(symbol->text), symbol->class);
	if (letter != NULL)
		return new_text(math, str_from(letter), TEX_ORD);
	return parse_own_command(math, name);
}

static struct tex_node *
parse_command(struct math *math)
{
	struct str name = tex_command(math->rest);

	math->rest = str_skip(math->rest, name.len + 1);
	if (name.len == 0)
		return give_up(math);
	if (!str_is_alpha(name.ptr[0]))
		return parse_sign(math, name.ptr[0]);
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (str_is(name, commands[i].name))
			return commands[i].parse(math, name);
	}
	for (size_t i = 0; i < sizeof(alphabets) / sizeof(alphabets[0]); i++) {
		if (!str_is(name, alphabets[i].name))
			continue;
		struct tex_node *node = tex_new_node(math->arena, TEX_STYLE);
		node->style = alphabets[i].style;
		node->body = parse_argument(math);
		return node;
	}
	return parse_simple_command(math, name);
}

/* ---- characters ---- */

static enum tex_class
class_of(char c)
{
	switch (c) {
	case '+':
	case '-':
	case '*': return TEX_BIN;
	case '=':
	case '<':
	case '>':
	case ':': return TEX_REL;
	case '(':
	case '[': return TEX_OPEN;
	case ')':
	case ']':
	case '!':
	case '?': return TEX_CLOSE;
	case ',':
	case ';': return TEX_PUNCT;
	default: return TEX_ORD;
	}
}

/* "10,000" and "0.75" are numbers; a comma before anything else separates. */
static struct tex_node *
parse_number(struct math *math)
{
	struct str rest = math->rest;
	size_t len = 1;

	while (len < rest.len &&
	    (str_is_digit(rest.ptr[len]) ||
	        (strchr(".,", rest.ptr[len]) != NULL && len + 1 < rest.len &&
	            str_is_digit(rest.ptr[len + 1]))))
		len++;
	math->rest = str_skip(rest, len);
	return new_text(math, str_head(rest, len), TEX_ORD);
}

static struct tex_node *
parse_character(struct math *math)
{
	size_t len = tex_char_len(math->rest);
	struct str text = str_head(math->rest, len);
	char c = text.ptr[0];

	if (strchr("&#$}", c) != NULL)
		return give_up(math);
	math->rest = str_skip(math->rest, len);
	if (c == '~')
		return new_text(math, STR(" "), TEX_NONE);
	struct tex_node *node = new_text(math, text, class_of(c));
	if (str_is_alpha(c))
		node->kind = TEX_VARIABLE;
	return node;
}

static struct tex_node *
parse_atom(struct math *math)
{
	struct tex_node *node;

	if (math->depth == DEPTH_MAX)
		return give_up(math);
	math->depth++;
	if (math->rest.ptr[0] == '{')
		node = parse_group(math, '}');
	else if (math->rest.ptr[0] == '\\')
		node = parse_command(math);
	else if (str_is_digit(math->rest.ptr[0]))
		node = parse_number(math);
	else
		node = parse_character(math);
	math->depth--;
	return node;
}

/* ---- indices ---- */

/* What indices belong to; an empty base when there is nothing before them. */
static struct tex_node *
scripts_of(struct math *math, struct tex_node *base)
{
	struct tex_node *node;

	if (base != NULL && base->kind == TEX_SCRIPTS)
		return base;
	node = tex_new_node(math->arena, TEX_SCRIPTS);
	node->body = base;
	node->class = base != NULL ? base->class : TEX_ORD;
	return node;
}

static struct tex_node *
parse_primes(struct math *math)
{
	struct tex_list list = { NULL, NULL };
	struct tex_node *node = tex_new_node(math->arena, TEX_GROUP);

	while (math->rest.len > 0 && math->rest.ptr[0] == '\'') {
		tex_list_add(&list, new_text(math, STR("′"), TEX_ORD));
		math->rest = str_skip(math->rest, 1);
	}
	node->body = list.first;
	return node;
}

/* Joins what is raised by a prime and an exponent both. */
static struct tex_node *
join(struct math *math, struct tex_node *first, struct tex_node *second)
{
	struct tex_list list = { NULL, NULL };
	struct tex_node *node = tex_new_node(math->arena, TEX_GROUP);

	tex_list_add(&list, first);
	tex_list_add(&list, second);
	node->body = list.first;
	return node;
}

/* The atom with all indices that follow it; NULL stands for an empty one. */
static struct tex_node *
parse_scripts(struct math *math, struct tex_node *base)
{
	struct tex_node *node = base;

	while (!math->is_unknown &&
	    (is_next(math, '^') || is_next(math, '_') || is_next(math, '\''))) {
		char c = math->rest.ptr[0];
		node = scripts_of(math, node);
		if (c != '\'')
			math->rest = str_skip(math->rest, 1);
		struct tex_node *script = c == '\'' ? parse_primes(math) : parse_argument(math);
		struct tex_node **place = c == '_' ? &node->sub : &node->sup;
		if (*place != NULL && c == '_')
			return give_up(math);
		*place = *place != NULL ? join(math, *place, script) : script;
	}
	return node;
}

/* ---- lists ---- */

/* {a \over b}: what was read so far is above what follows. */
static struct tex_node *
parse_over(struct math *math, struct tex_node *above, char end)
{
	struct tex_node *node = tex_new_node(math->arena, TEX_FRACTION);

	math->rest = str_skip(math->rest, strlen("\\over"));
	node->body = tex_new_node(math->arena, TEX_GROUP);
	node->body->body = above;
	node->sub = tex_new_node(math->arena, TEX_GROUP);
	node->sub->body = parse_list(math, end);
	return node;
}

static bool
is_at_end(struct math *math, char end)
{
	skip_spaces(math);
	return math->is_unknown || math->rest.len == 0 || math->rest.ptr[0] == '}' ||
	    (end == ']' && math->rest.ptr[0] == ']');
}

static struct tex_node *
parse_list(struct math *math, char end)
{
	struct tex_list list = { NULL, NULL };

	if (math->depth == DEPTH_MAX)
		return give_up(math);
	math->depth++;
	while (!is_at_end(math, end)) {
		struct tex_node *node = NULL;
		if (math->rest.ptr[0] == '\\' && str_is(tex_command(math->rest), "over")) {
			node = parse_over(math, list.first, end);
			list.first = list.last = NULL;
		} else if (strchr("^_'", math->rest.ptr[0]) == NULL) {
			node = parse_atom(math);
		}
		/* A space carries no index. */
		if (node == NULL || node->class != TEX_NONE)
			node = parse_scripts(math, node);
		tex_list_add(&list, node);
	}
	math->depth--;
	return list.first;
}

/* ---- for the others ---- */

bool
tex_parse_math(struct arena *arena, struct str inside, struct tex_node **nodes)
{
	struct math math = { .arena = arena, .rest = inside, .takes_names = true };

	*nodes = parse_list(&math, '\0');
	skip_spaces(&math);
	return !math.is_unknown && math.rest.len == 0;
}

bool
tex_take_atom(struct arena *arena, struct str *text, struct tex_node **nodes)
{
	struct math math = { .arena = arena, .rest = *text };
	struct tex_node *atom = parse_atom(&math);

	/* A space ends a word: the index after it is none of this atom's. */
	if (math.rest.len > 0 && strchr("^_", math.rest.ptr[0]) != NULL)
		atom = parse_scripts(&math, atom);
	*nodes = atom;
	*text = math.rest;
	return !math.is_unknown;
}
