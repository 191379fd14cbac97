/*
 * Text outside of formulas: accents, letters, styles, ligatures, and what people write without
 * dollars ("MedS^3", "\alpha"). A word is converted as a whole or not at all; a command that nobody
 * knows is its argument or its name.
 */
#include "node.h"

#include "digest/unicode.h"

#include <string.h>

enum {
	DEPTH_MAX = 16,
	QUOTE_MAX = 200, /* longest quotation in single marks */
	FORMULA_MAX =
	    4000, /* what does not end within these is none, so that looking takes no time */
};

struct words {
	struct arena *arena;
	const char *begin, *end; /* of all the text, to look around */
	struct str rest;
	struct tex_list list;
	bool has_command; /* there is a command somewhere: braces may be TeX's */
	bool has_quotes; /* quotes are opened somewhere: two apostrophes may close them */
	bool has_single_quotes; /* likewise, one */
	bool has_ligatures; /* there are quotes or dashes */
	bool is_unknown; /* in the word being parsed */
	bool is_url; /* that word is one, or ends with one */
	int depth;
};

static struct tex_node *parse_inside(struct words *words, struct str inside);

static void
add(struct words *words, struct str text)
{
	struct tex_node *node;

	if (text.len == 0)
		return;
	node = tex_new_node(words->arena, TEX_TEXT);
	node->text = text;
	tex_list_add(&words->list, node);
}

static void
take(struct words *words, size_t len)
{
	words->rest = str_skip(words->rest, len);
}

/* The character before what is left, or a space. */
static char
before(const struct words *words)
{
	return words->rest.ptr > words->begin ? words->rest.ptr[-1] : ' ';
}

static bool
is_word_char(char c)
{
	return str_is_alnum(c) || (unsigned char)c >= 0x80;
}

/* ---- which text is a formula ---- */

static bool
has_signs(struct str inside)
{
	for (size_t i = 0; i < inside.len; i++) {
		if (strchr("\\^_{}=<>+", inside.ptr[i]) != NULL)
			return true;
	}
	return false;
}

/* Words as people write them: "100 of what was 200". */
static bool
is_prose(struct str inside)
{
	struct str rest = inside, word;
	size_t words = 0;

	if (has_signs(inside))
		return false;
	while (str_next_word(&rest, &word)) {
		size_t letters = 0;
		for (size_t i = 0; i < word.len; i++)
			letters += is_word_char(word.ptr[i]) && !str_is_digit(word.ptr[i]);
		words += letters >= 2 && letters + 1 >= word.len;
	}
	return words > 0 && inside.len > word.len && str_find_char(str_trim(inside), ' ') >= 0;
}

/* "$HOME/bin:$PATH", "${A}/x:${B}" and "if ($a != $b)". */
static bool
is_shell(struct str inside, struct str after)
{
	char last = inside.ptr[inside.len - 1];
	bool is_name_next = after.len > 0 && (str_is_alpha(after.ptr[0]) || after.ptr[0] == '{');

	return is_name_next && strchr(":/.,=([ ", last) != NULL;
}

/*
 * Whether what stands between two dollars is a formula. As in pandoc's Markdown no space follows
 * the first and precedes the last, and no digit follows the last: "$5 and $6" is money.
 */
static bool
is_formula(struct str inside, struct str after)
{
	bool is_tight;

	if (inside.len == 0 || str_trim(inside).len == 0)
		return false;
	is_tight = !str_is_space(inside.ptr[0]) && !str_is_space(inside.ptr[inside.len - 1]);
	if (is_shell(inside, after) || is_prose(inside))
		return false;
	if (after.len > 0 && str_is_digit(after.ptr[0]) && !has_signs(inside))
		return false;
	/* Authors do write "$ x $"; a price never has signs between its dollars. */
	return is_tight || has_signs(inside) || str_trim(inside).len == 1;
}

/*
 * Where the closing delimiter stands, or 0: not in a text within the formula, which has formulas of
 * its own ("$x \text{ for $y$}$").
 */
static size_t
find_close(struct str text, size_t at, const char *close)
{
	text = str_head(text, FORMULA_MAX);
	for (; at < text.len; at++) {
		struct str rest = str_skip(text, at);
		if (str_starts(rest, close))
			return at;
		if (text.ptr[at] != '\\')
			continue;
		at++;
		if (str_starts(rest, "\\text"))
			at += tex_command(rest).len - 1 +
			    tex_group(str_skip(rest, tex_command(rest).len + 1)).len;
	}
	return 0;
}

/* A formula at the front of a text: its length and its inside; 0 when there is none. */
static size_t
formula_at(struct str text, struct str *inside)
{
	static const struct {
		const char *open, *close;
	} pairs[] = { { "$$", "$$" }, { "\\(", "\\)" }, { "\\[", "\\]" }, { "$", "$" },
		{ "\\begin{equation}", "\\end{equation}" },
		{ "\\begin{equation*}", "\\end{equation*}" },
		{ "\\begin{displaymath}", "\\end{displaymath}" },
		{ "\\begin{math}", "\\end{math}" } };

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		size_t len = strlen(pairs[i].open), end;
		if (!str_starts(text, pairs[i].open))
			continue;
		end = find_close(text, len, pairs[i].close);
		if (end == 0)
			continue;
		*inside = str_skip(str_head(text, end), len);
		end += strlen(pairs[i].close);
		if (pairs[i].open[0] == '\\' || is_formula(*inside, str_skip(text, end)))
			return end;
	}
	return 0;
}

/* ---- how far a word goes ---- */

/*
 * "\o re", "\c cedille" and "\' e": TeX takes the space after such a command as its end. A quote
 * that some program escaped is no accent on the next word.
 */
static bool
takes_space(struct str name)
{
	return !str_is(name, "\"") && (tex_letter(name) != NULL || tex_text_accent(name) != NULL);
}

static size_t
command_extent(struct str text)
{
	struct str name = tex_command(text), after = str_skip(text, name.len + 1);
	size_t len = name.len + 1;

	if (takes_space(name) && after.len > 1 && after.ptr[0] == ' ' && str_is_alpha(after.ptr[1]))
		len++;
	return len < text.len ? len : text.len;
}

/* Up to the next white space that is in no group, no formula and no Markdown. */
static size_t
word_extent(struct str text)
{
	size_t at = 0;

	while (at < text.len && !str_is_space(text.ptr[at])) {
		struct str rest = str_skip(text, at), inside, group = tex_group(rest);
		size_t formula = formula_at(rest, &inside);
		struct tex_markdown span;
		size_t markdown = tex_markdown_at(rest, at > 0 ? rest.ptr[-1] : ' ', &span);
		if (formula > 0)
			at += formula;
		else if (markdown > 0)
			at += markdown;
		else if (text.ptr[at] == '\\')
			at += command_extent(rest);
		else
			at += group.len > 0 ? group.len : 1;
	}
	return at;
}

/* ---- commands ---- */

static struct str
inside_of(struct str group)
{
	return group.len > 2 ? str_skip(str_head(group, group.len - 1), 1) : STR("");
}

static void
skip_space(struct words *words)
{
	if (str_starts(words->rest, " "))
		take(words, 1);
}

/* The argument of a command of text: a group's inside, a letter, or a command that is one. */
static struct tex_node *
take_text_argument(struct words *words)
{
	struct str group = tex_group(words->rest);
	struct tex_node *node;

	if (group.len > 0) {
		take(words, group.len);
		return parse_inside(words, inside_of(group));
	}
	node = tex_new_node(words->arena, TEX_TEXT);
	if (words->rest.len == 0) {
		words->is_unknown = true;
		return node;
	}
	if (words->rest.ptr[0] == '\\') {
		struct str name = tex_command(words->rest);
		const char *letter = tex_letter(name);
		take(words, name.len + 1);
		skip_space(words);
		words->is_unknown = words->is_unknown || letter == NULL;
		node->text = str_from(letter);
		return node;
	}
	node->text = str_head(words->rest, tex_char_len(words->rest));
	take(words, node->text.len);
	return node;
}

/* Whether Unicode has the letter with that accent as one character; longer texts pass. */
static bool
is_composed(struct str letter, struct str accent)
{
	struct buf parts = BUF_INIT(SIZE_MAX), whole = BUF_INIT(SIZE_MAX);
	bool is_one;

	if (letter.len != 1)
		return true;
	buf_add(&parts, letter);
	buf_add(&parts, accent);
	unicode_add_composed(&whole, buf_str(&parts));
	is_one = tex_char_len(buf_str(&whole)) == whole.len;
	buf_release(&parts);
	buf_release(&whole);
	return is_one;
}

static void
add_accent(struct words *words, const char *accent, bool is_sign)
{
	struct tex_node *node = tex_new_node(words->arena, TEX_ACCENT);
	struct str rest;

	skip_space(words);
	rest = words->rest;
	/* "\~{}" is how one writes the sign itself. */
	if (str_starts(rest, "{}")) {
		add(words, str_head((struct str){ rest.ptr - 1, 1 }, 1));
		take(words, 2);
		return;
	}
	if (!str_starts(rest, "{") && !str_starts(rest, "\\") &&
	    (rest.len == 0 || !is_word_char(rest.ptr[0]))) {
		words->is_unknown = true;
		return;
	}
	node->text = str_from(accent);
	node->body = take_text_argument(words);
	/* No language has a q with two dots: some program escaped a quote. */
	if (is_sign && node->body != NULL && !is_composed(node->body->text, node->text))
		words->is_unknown = true;
	tex_list_add(&words->list, node);
}

static const struct {
	const char *name;
	enum tex_style style;
} styles[] = {
	{ "emph", TEX_EMPHASIS },
	{ "hbox", TEX_ROMAN },
	{ "mbox", TEX_ROMAN },
	{ "text", TEX_ROMAN },
	{ "textbf", TEX_STRONG },
	{ "textit", TEX_EMPHASIS },
	{ "textmd", TEX_ROMAN },
	{ "textnormal", TEX_ROMAN },
	{ "textrm", TEX_ROMAN },
	{ "textsc", TEX_ROMAN },
	{ "textsf", TEX_ROMAN },
	{ "textsl", TEX_EMPHASIS },
	{ "texttt", TEX_CODE },
	{ "textup", TEX_ROMAN },
	{ "uline", TEX_ROMAN },
	{ "ul", TEX_ROMAN },
	{ "underline", TEX_ROMAN },
};

static const struct {
	const char *name;
	enum tex_style style;
} switches[] = {
	{ "bf", TEX_STRONG },
	{ "bfseries", TEX_STRONG },
	{ "cal", TEX_SCRIPT },
	{ "em", TEX_EMPHASIS },
	{ "it", TEX_EMPHASIS },
	{ "itshape", TEX_EMPHASIS },
	{ "rm", TEX_ROMAN },
	{ "sc", TEX_ROMAN },
	{ "scshape", TEX_ROMAN },
	{ "sf", TEX_ROMAN },
	{ "sl", TEX_EMPHASIS },
	{ "tt", TEX_CODE },
	{ "ttfamily", TEX_CODE },
};

bool
tex_style_of(struct str command, enum tex_style *style)
{
	for (size_t i = 0; i < sizeof(styles) / sizeof(styles[0]); i++) {
		if (str_is(command, styles[i].name)) {
			*style = styles[i].style;
			return true;
		}
	}
	return false;
}

bool
tex_switch_of(struct str command, enum tex_style *style)
{
	for (size_t i = 0; i < sizeof(switches) / sizeof(switches[0]); i++) {
		if (str_is(command, switches[i].name)) {
			*style = switches[i].style;
			return true;
		}
	}
	return false;
}

static void
add_style(struct words *words, enum tex_style style, struct tex_node *body)
{
	struct tex_node *node = tex_new_node(words->arena, TEX_STYLE);

	node->style = style;
	node->body = body;
	tex_list_add(&words->list, node);
}

static void
add_link(struct words *words, struct str name)
{
	struct tex_node *node = tex_new_node(words->arena, TEX_LINK);
	struct str group = tex_group(words->rest);

	if (group.len == 0) {
		words->is_unknown = true;
		return;
	}
	take(words, group.len);
	node->text = inside_of(group);
	if (str_is(name, "href")) {
		node->body = take_text_argument(words);
	} else {
		node->body = tex_new_node(words->arena, TEX_TEXT);
		node->body->text = node->text;
	}
	tex_list_add(&words->list, node);
}

/* \cite[p. 5]{key} names its source: [p. 5, key]. */
static void
add_citation(struct words *words, struct str name)
{
	ptrdiff_t end = str_starts(words->rest, "[") ? str_find_char(words->rest, ']') : -1;
	struct str note = end > 0 ? str_skip(str_head(words->rest, (size_t)end), 1) : STR("");
	struct str group = tex_group(str_skip(words->rest, end > 0 ? (size_t)end + 1 : 0));
	bool is_cited = !str_is(name, "ref") && !str_is(name, "eqref");

	if (group.len == 0) {
		words->is_unknown = true;
		return;
	}
	take(words, (end > 0 ? (size_t)end + 1 : 0) + group.len);
	add(words, is_cited ? STR("[") : STR(""));
	if (note.len > 0) {
		add(words, note);
		add(words, STR(", "));
	}
	add(words, inside_of(group));
	add(words, is_cited ? STR("]") : STR(""));
}

static void
add_footnote(struct words *words, struct str name)
{
	(void)name;
	add(words, STR(" ("));
	add_style(words, TEX_ROMAN, take_text_argument(words));
	add(words, STR(")"));
}

static void
add_index(struct words *words, struct str name)
{
	struct tex_node *node = tex_new_node(words->arena, TEX_SCRIPTS);
	struct tex_node *body = tex_new_node(words->arena, TEX_GROUP);

	body->body = take_text_argument(words);
	if (str_is(name, "textsubscript"))
		node->sub = body;
	else
		node->sup = body;
	tex_list_add(&words->list, node);
}

static void
skip_group(struct words *words, struct str name)
{
	(void)name;
	take(words, tex_group(words->rest).len);
}

static void
add_coloured(struct words *words, struct str name)
{
	skip_group(words, name);
	add_style(words, TEX_ROMAN, take_text_argument(words));
}

static void
add_item(struct words *words, struct str name)
{
	(void)name;
	add(words, STR("• "));
}

/* \begin and \end of what is text like other text; tables and formulas of many lines are not. */
static void
add_environment(struct words *words, struct str name)
{
	static const char *const texts[] = { "abstract", "center", "description", "enumerate",
		"itemize", "quotation", "quote" };
	struct str group = tex_group(words->rest), inside = inside_of(group);

	(void)name;
	words->is_unknown = true;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (str_is(inside, texts[i]))
			words->is_unknown = false;
	take(words, group.len);
}

/* Outside of formulas it is the sign, in them it may be a polynomial's degree. */
static void
add_degree(struct words *words, struct str name)
{
	(void)name;
	add(words, STR("°"));
	if (str_starts(words->rest, "{}"))
		take(words, 2);
}

static const struct {
	const char *name;
	void (*parse)(struct words *words, struct str name);
} commands[] = {
	{ "Cref", add_citation },
	{ "autoref", add_citation },
	{ "begin", add_environment },
	{ "cite", add_citation },
	{ "citealp", add_citation },
	{ "citep", add_citation },
	{ "citet", add_citation },
	{ "color", skip_group },
	{ "colorbox", add_coloured },
	{ "cref", add_citation },
	{ "deg", add_degree },
	{ "end", add_environment },
	{ "eqref", add_citation },
	{ "footnote", add_footnote },
	{ "hspace", skip_group },
	{ "href", add_link },
	{ "item", add_item },
	{ "label", skip_group },
	{ "ref", add_citation },
	{ "textcolor", add_coloured },
	{ "textsubscript", add_index },
	{ "textsuperscript", add_index },
	{ "thanks", add_footnote },
	{ "url", add_link },
	{ "vspace", skip_group },
};

/*
 * Whether a command stands in a text by itself: not in a path, a pattern or a formula without
 * dollars, where two letters stand for a sign ("\la r\ra").
 */
static bool
is_word_alone(const struct words *words, struct str name)
{
	struct str after = str_skip(words->rest, name.len + 1);

	if (str_starts(after, "{}"))
		after = str_skip(after, 2);
	bool is_apart = after.len == 0 || str_is_space(after.ptr[0]) ||
	    strchr(".,:;!?)]-/'", after.ptr[0]) != NULL;
	return is_apart && name.len > 2 && strchr(" ([-/", before(words)) != NULL;
}

/*
 * A command of the authors' own, which nobody can know: what it is given, or its name, that mostly
 * says what it stands for.
 */
static void
add_own_command(struct words *words, struct str name)
{
	struct str group = tex_group(str_skip(words->rest, name.len + 1));
	bool is_first = true;

	if (tex_is_structural(name) || (group.len <= 2 && !is_word_alone(words, name))) {
		words->is_unknown = true;
		return;
	}
	take(words, name.len + 1);
	if (group.len <= 2) {
		add(words, name);
		take(words, group.len);
	}
	while (group.len > 2 && !words->is_unknown) {
		add(words, is_first ? STR("") : STR(" "));
		add_style(words, TEX_ROMAN, take_text_argument(words));
		group = tex_group(words->rest);
		is_first = false;
	}
}

/* "\alpha", "\bar\theta", "\sqrt{s}" without dollars. */
static void
add_atom(struct words *words, struct str name)
{
	struct tex_node *node = tex_new_node(words->arena, TEX_MATH);
	struct str rest = words->rest;

	if (tex_take_atom(words->arena, &rest, &node->body)) {
		words->rest = rest;
		tex_list_add(&words->list, node);
	} else if (tex_is_known(name)) {
		words->is_unknown = true;
	} else {
		add_own_command(words, name);
	}
}

static void
add_sign(struct words *words, char c)
{
	static const char accents[] = "\"'`^~=.";
	struct str text = { words->rest.ptr + 1, 1 };

	take(words, 2);
	if (strchr("%&#$_{}", c) != NULL)
		add(words, text);
	else if (strchr(" ,;:\\\n\t\r", c) != NULL)
		add(words, STR(" "));
	else if (strchr("-/!@", c) != NULL)
		return;
	else if (strchr(accents, c) != NULL)
		add_accent(words, tex_text_accent(text), true);
	else
		words->is_unknown = true;
}

static void
add_named(struct words *words, struct str name)
{
	const char *accent = tex_text_accent(name), *letter = tex_letter(name);
	enum tex_style style;

	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (str_is(name, commands[i].name)) {
			take(words, name.len + 1);
			commands[i].parse(words, name);
			return;
		}
	}
	if (tex_style_of(name, &style)) {
		take(words, name.len + 1);
		add_style(words, style, take_text_argument(words));
	} else if (letter != NULL) {
		take(words, name.len + 1);
		skip_space(words);
		add(words, str_from(letter));
		if (str_starts(words->rest, "{}"))
			take(words, 2);
	} else if (accent != NULL) {
		take(words, name.len + 1);
		add_accent(words, accent, false);
	} else if (tex_switch_of(name, &style)) {
		take(words, name.len + 1);
		skip_space(words);
	} else {
		add_atom(words, name);
		if (str_starts(words->rest, "{}"))
			take(words, 2);
	}
}

static void
add_command(struct words *words)
{
	struct str name = tex_command(words->rest);

	if (name.len == 0)
		words->is_unknown = true;
	else if (str_is_alpha(name.ptr[0]))
		add_named(words, name);
	else if (name.len == 1)
		add_sign(words, name.ptr[0]);
	else
		words->is_unknown = true;
	if (words->is_unknown)
		take(words, words->rest.len);
}

/* ---- groups ---- */

/*
 * Words in braces without a comma: some program took away the command that emphasised them, and
 * what is a set or a piece of code looks otherwise.
 */
static bool
is_emphasised(const struct words *words, struct str inside, struct str after)
{
	bool has_letter = false;
	/* Two words, or a name: "{Flow-SDE}". */
	bool is_long = str_find_char(inside, ' ') > 0 ||
	    (inside.len > 0 && inside.ptr[0] >= 'A' && inside.ptr[0] <= 'Z' &&
	        str_find_char(inside, '-') > 0);

	for (size_t i = 0; i < inside.len; i++) {
		if (!is_word_char(inside.ptr[i]) && strchr(" -", inside.ptr[i]) == NULL)
			return false;
		has_letter = has_letter || str_is_alpha(inside.ptr[i]);
	}
	if (!is_long || !has_letter || str_trim(inside).len < inside.len)
		return false;
	return strchr(" (", before(words)) != NULL &&
	    (after.len == 0 || strchr(" .,:;!?)-", after.ptr[0]) != NULL);
}

static bool
is_part_of_word(char before, struct str after)
{
	if (after.len > 1 && strchr("-_^", after.ptr[0]) != NULL)
		after = str_skip(after, 1);
	return is_word_char(before) || (after.len > 0 && is_word_char(after.ptr[0]));
}

/* Braces are TeX's around a command, around part of a word, around a sign, and around nothing. */
static bool
is_tex_group(const struct words *words, struct str group)
{
	struct str inside = inside_of(group), after = str_skip(words->rest, group.len);

	if (str_find_char(inside, '\\') >= 0 || inside.len == 0)
		return true;
	if (is_emphasised(words, inside, after))
		return true;
	if (inside.len == 1 && strchr("=<>+-,.:/", inside.ptr[0]) != NULL)
		return is_word_char(before(words)) || strchr(")]}", before(words)) != NULL;
	for (size_t i = 0; i < inside.len; i++) {
		if (!is_word_char(inside.ptr[i]) && inside.ptr[i] != '-')
			return false;
	}
	return words->has_command || is_part_of_word(before(words), after);
}

/*
 * "https://example.org{https://example.org}", "https://example.org{our code}": a link that some
 * program took its command from.
 */
static bool
is_label(const struct words *words, struct str inside)
{
	size_t behind = (size_t)(words->rest.ptr - words->begin);

	if (words->is_url && str_find_char(inside, ' ') > 0)
		return true;
	return words->is_url && inside.len > 0 && inside.len <= behind &&
	    memcmp(words->rest.ptr - inside.len, inside.ptr, inside.len) == 0;
}

static void
add_group(struct words *words)
{
	struct str group = tex_group(words->rest), inside = inside_of(group);
	enum tex_style style = TEX_ROMAN;

	if (is_label(words, inside)) {
		add(words, STR(" ("));
		add(words, inside);
		add(words, STR(")"));
		take(words, group.len);
		return;
	}
	if (group.len == 0 || !is_tex_group(words, group)) {
		add(words, str_head(words->rest, 1));
		take(words, 1);
		return;
	}
	take(words, group.len);
	if (str_starts(inside, "\\") && tex_switch_of(tex_command(inside), &style))
		inside = str_trim(str_skip(inside, tex_command(inside).len + 1));
	add_style(words, style, parse_inside(words, inside));
}

/* ---- indices without dollars ---- */

/* "CO_2" and "H_{2}O", but no "model_2": an element's symbol before the index. */
static bool
is_chemical(const struct words *words)
{
	const char *c = words->rest.ptr, *begin = words->begin;

	if (c > begin && c[-1] >= 'a' && c[-1] <= 'z')
		c--;
	if (c == begin || c[-1] < 'A' || c[-1] > 'Z')
		return c > begin && c[-1] == ')';
	/* Elements before it have one capital each: "CO", "TiO", no "GPT". */
	c--;
	return c - begin < 1 || !(c[-1] >= 'a' && c[-1] <= 'z') || c - begin < 2 ||
	    (c[-2] >= 'A' && c[-2] <= 'Z');
}

/* Digits with or without a sign: "10^6", "10^-5"; and "^13C", an isotope. */
static size_t
number_extent(const struct words *words, struct str rest)
{
	bool is_raised = words->rest.ptr[0] == '^';
	char previous = before(words);
	size_t len = is_raised && rest.len > 0 && strchr("+-", rest.ptr[0]) != NULL;
	size_t sign = len;

	while (len < rest.len && str_is_digit(rest.ptr[len]))
		len++;
	if (len == sign)
		return 0;
	/* "C_60", but no "CVPR_2025". */
	if (!is_raised && len > 2)
		return 0;
	if (is_word_char(previous) || strchr(")|", previous) != NULL)
		return len;
	bool is_isotope = is_raised && str_is_space(previous) && len < rest.len &&
	    rest.ptr[len] >= 'A' && rest.ptr[len] <= 'Z';
	return is_isotope ? len : 0;
}

/* "R^n" and "x^\mu", but no "a^bc". */
static size_t
letter_extent(struct str rest)
{
	if (str_starts(rest, "\\"))
		return tex_command(rest).len + 1;
	if (rest.len == 0 || !str_is_alpha(rest.ptr[0]))
		return 0;
	return rest.len == 1 || !is_word_char(rest.ptr[1]);
}

/*
 * How much of the text after '^' or '_' is an index that people would raise or lower; 0 for none.
 */
static size_t
index_extent(const struct words *words)
{
	struct str rest = str_skip(words->rest, 1), group = tex_group(rest);
	bool is_raised = words->rest.ptr[0] == '^';
	char previous = before(words);
	size_t number;

	if (group.len > 2)
		return is_word_char(previous) || strchr(")]}| ", previous) != NULL ? group.len : 0;
	if (!is_raised && !is_chemical(words))
		return 0;
	number = number_extent(words, rest);
	if (number > 0 || !is_raised || !is_word_char(previous))
		return number;
	return letter_extent(rest);
}

static void
add_bare_index(struct words *words)
{
	struct tex_node *node = tex_new_node(words->arena, TEX_SCRIPTS);
	struct tex_node *script = tex_new_node(words->arena, TEX_GROUP);
	size_t len = index_extent(words);
	struct str text = str_head(str_skip(words->rest, 1), len);

	if (len == 0) {
		add(words, str_head(words->rest, 1));
		take(words, 1);
		return;
	}
	if (str_starts(text, "{"))
		text = inside_of(text);
	if (!tex_parse_math(words->arena, text, &script->body))
		words->is_unknown = true;
	if (words->rest.ptr[0] == '^')
		node->sup = script;
	else
		node->sub = script;
	take(words, len + 1);
	tex_list_add(&words->list, node);
}

/* ---- ligatures ---- */

/* A digit or a single letter before a tilde makes it a range or "about": "2~138", "z~3". */
static bool
is_about(const struct words *words, struct str after)
{
	const char *c = words->rest.ptr - 1;

	if (!str_is_digit(after.ptr[0]) || c < words->begin)
		return false;
	return str_is_digit(*c) ||
	    (str_is_alpha(*c) && (c == words->begin || !is_word_char(c[-1])));
}

/* A tie: "Fig.~1" has one, "~60" and "/~user" have none. */
static bool
is_tie(const struct words *words)
{
	struct str after = str_skip(words->rest, 1);
	char previous = before(words);

	if (after.len == 0 || str_is_space(after.ptr[0]) || is_about(words, after))
		return false;
	return is_word_char(previous) || strchr(".,)]};$", previous) != NULL;
}

struct ligature {
	const char *text, *set;
};

/* Two apostrophes that begin a quotation, as some write: "''so''". */
static bool
opens_quote(const char *at, const char *begin, const char *end)
{
	return end - at > 2 && at[0] == '\'' && at[1] == '\'' && is_word_char(at[2]) &&
	    (at == begin || strchr(" ([", at[-1]) != NULL);
}

static bool
has_opening_quotes(struct str text)
{
	const char *end = text.ptr + text.len;
	struct str rest = text;
	ptrdiff_t at;

	while ((at = str_find(rest, STR("''"))) >= 0) {
		if (opens_quote(rest.ptr + at, text.ptr, end))
			return true;
		rest = str_skip(rest, (size_t)at + 2);
	}
	return false;
}

/* The apostrophe that ends the quotation which the backtick at `open` begins, or NULL. */
static const char *
single_close(const struct words *words, const char *open)
{
	const char *end = words->end - open > QUOTE_MAX ? open + QUOTE_MAX : words->end;

	if (end - open < 3 || !is_word_char(open[1]) ||
	    (open > words->begin && strchr(" ([", open[-1]) == NULL))
		return NULL;
	for (const char *at = open + 2; at < end && *at != '`'; at++) {
		bool is_last = at + 1 == words->end;
		if (*at == '\'' && at[-1] != ' ' && (is_last || !is_word_char(at[1])))
			return is_last || at[1] != '\'' ? at : NULL;
	}
	return NULL;
}

/* "`so'": the quotation mark that stands for a character at the front, or NULL. */
static const struct ligature *
single_quote_at(const struct words *words)
{
	static const struct ligature open = { "`", "‘" }, close = { "'", "’" };
	const char *at = words->rest.ptr;

	if (!words->has_single_quotes)
		return NULL;
	if (*at == '`')
		return single_close(words, at) != NULL ? &open : NULL;
	if (*at != '\'')
		return NULL;
	size_t behind = (size_t)(at - words->begin);
	const char *from = behind > QUOTE_MAX ? at - QUOTE_MAX : words->begin;
	const char *opening = memrchr(from, '`', (size_t)(at - from));
	return opening != NULL && single_close(words, opening) == at ? &close : NULL;
}

static const struct ligature *
ligature_at(const struct words *words)
{
	static const struct ligature quotes[] = { { "``", "“" }, { "''", "”" } };
	static const struct ligature opening = { "''", "“" };
	static const struct ligature dashes[] = { { "---", "—" }, { "--", "–" } };

	if (words->has_quotes && opens_quote(words->rest.ptr, words->begin, words->end))
		return &opening;
	for (size_t i = 0; i < 2; i++) {
		if (words->has_quotes && str_starts(words->rest, quotes[i].text))
			return &quotes[i];
	}
	for (size_t i = 0; i < 2; i++) {
		struct str after = str_skip(words->rest, strlen(dashes[i].text));
		bool is_between = after.len > 0 && after.ptr[0] != '-' &&
		    (is_word_char(before(words)) || before(words) == '$') &&
		    (is_word_char(after.ptr[0]) || strchr("\\$", after.ptr[0]) != NULL);
		if (str_starts(words->rest, dashes[i].text) && is_between)
			return &dashes[i];
	}
	return single_quote_at(words);
}

/* ---- words ---- */

static void
add_formula(struct words *words, struct str inside, size_t len)
{
	struct tex_node *node = tex_new_node(words->arena, TEX_MATH);

	if (!tex_parse_math(words->arena, inside, &node->body))
		words->is_unknown = true;
	take(words, len);
	tex_list_add(&words->list, node);
}

/* Text up to the next character that may mean something. */
static void
add_plain(struct words *words)
{
	size_t len = 1;

	while (len < words->rest.len && strchr("\\{}$^_~`'-*[", words->rest.ptr[len]) == NULL)
		len++;
	add(words, str_head(words->rest, len));
	words->is_url = words->is_url || str_find(str_head(words->rest, len), STR("://")) >= 0;
	take(words, len);
}

static void
add_markdown(struct words *words, const struct tex_markdown *span, size_t len)
{
	struct tex_node *node = tex_new_node(words->arena, TEX_LINK);

	take(words, len);
	if (span->style == TEX_CODE) {
		node = tex_new_node(words->arena, TEX_TEXT);
		node->text = span->inside;
		add_style(words, TEX_CODE, node);
	} else if (span->url.len == 0) {
		add_style(words, span->style, parse_inside(words, span->inside));
	} else {
		node->text = span->url;
		node->body = parse_inside(words, span->inside);
		tex_list_add(&words->list, node);
	}
}

static void
parse_piece(struct words *words)
{
	const struct ligature *ligature = ligature_at(words);
	struct tex_markdown span;
	struct str inside;
	size_t formula = formula_at(words->rest, &inside);
	size_t markdown = tex_markdown_at(words->rest, before(words), &span);
	char c = words->rest.ptr[0];

	if (formula > 0) {
		add_formula(words, inside, formula);
	} else if (markdown > 0) {
		add_markdown(words, &span, markdown);
	} else if (words->is_url && c != '\\' && c != '{') {
		add_plain(words);
	} else if (ligature != NULL) {
		add(words, str_from(ligature->set));
		take(words, strlen(ligature->text));
	} else if (c == '\\') {
		add_command(words);
	} else if (c == '{') {
		add_group(words);
	} else if (c == '^' || c == '_') {
		add_bare_index(words);
	} else if (c == '~' && is_tie(words)) {
		add(words, STR(" "));
		take(words, 1);
	} else {
		add_plain(words);
	}
}

/* A word, or as it came when it holds what is not known. */
static bool
parse_word(struct words *words, struct str word, struct tex_list *list)
{
	struct str after = str_skip(words->rest, word.len);

	words->list = (struct tex_list){ NULL, NULL };
	words->is_unknown = false;
	words->is_url = false;
	words->rest = word;
	while (words->rest.len > 0 && !words->is_unknown)
		parse_piece(words);
	words->rest = after;
	if (words->is_unknown) {
		words->list = (struct tex_list){ NULL, NULL };
		add(words, word);
	}
	if (words->list.first == NULL)
		return true;
	if (list->last != NULL)
		list->last->next = words->list.first;
	else
		list->first = words->list.first;
	list->last = words->list.last;
	return !words->is_unknown;
}

/*
 * How much is white space and words without a sign. Groups are short, and accents look at one word.
 */
static size_t
plain_extent(const struct words *words)
{
	struct str rest = words->rest;
	size_t len = 0;

	if (words->depth == 0) {
		len = words->has_ligatures ? str_until(rest, "\\{$^_~*`[-'")
		                           : str_until(rest, "\\{$^_~*`[");
		while (len > 0 && len < rest.len && !str_is_space(rest.ptr[len - 1]))
			len--;
	}
	while (len < rest.len && str_is_space(rest.ptr[len]))
		len++;
	return len;
}

static struct tex_list
parse_all(struct words *words, bool *is_whole)
{
	struct tex_list list = { NULL, NULL };

	while (words->rest.len > 0) {
		size_t plain = plain_extent(words);
		if (plain > 0) {
			struct tex_node *node = tex_new_node(words->arena, TEX_TEXT);
			node->text = str_head(words->rest, plain);
			tex_list_add(&list, node);
			take(words, plain);
			continue;
		}
		struct str word = str_head(words->rest, word_extent(words->rest));
		if (!parse_word(words, word, &list))
			*is_whole = false;
	}
	return list;
}

/* The inside of a group within a word. */
static struct tex_node *
parse_inside(struct words *words, struct str inside)
{
	struct words inner = *words;
	bool is_whole = true;

	if (words->depth == DEPTH_MAX) {
		words->is_unknown = true;
		return NULL;
	}
	inner.begin = inside.ptr;
	inner.end = inside.ptr + inside.len;
	inner.rest = inside;
	inner.depth++;
	struct tex_list list = parse_all(&inner, &is_whole);
	if (!is_whole)
		words->is_unknown = true;
	return list.first;
}

struct tex_node *
tex_parse_words(struct arena *arena, struct str text, bool *is_whole)
{
	struct words words = {
		.arena = arena,
		.begin = text.ptr,
		.rest = text,
		.has_command = str_find_char(text, '\\') >= 0,
		.end = text.ptr + text.len,
		.has_quotes = str_find(text, STR("``")) >= 0 || has_opening_quotes(text),
		.has_single_quotes = str_find_char(text, '`') >= 0,
	};

	words.has_ligatures =
	    words.has_quotes || words.has_single_quotes || str_find(text, STR("--")) >= 0;
	return parse_all(&words, is_whole).first;
}
