/*
 * Reading an expression:
 *
 *     alternatives = all *( "OR" all )
 *     all          = factor *( [ "AND" ] factor )
 *     factor       = ( "NOT" / "-" ) factor / group / term
 *     group        = [ field ":" ] "(" alternatives ")"
 *     term         = [ field ":" ] ( word / DQUOTE words DQUOTE ) [ "*" ]
 *
 * A field before a group is the field of every term in it that has none of its own.
 */
#include "node.h"

#include "digest/buf.h"
#include "digest/identity.h"
#include "digest/query.h"
#include "digest/unicode.h"

#include <string.h>

/* Deeper than anybody writes, and shallow enough for every stack. */
enum { DEPTH_LIMIT = 100, TEXT_LIMIT = 64 * 1024 };

struct parser {
	struct arena *arena;
	struct str text;
	size_t at;
	int depth;
	enum query_field field; /* of terms that name none */
	struct err *err;
};

static const struct {
	const char *name;
	const char *meaning; /* what people try instead */
} fields[] = {
	[QUERY_ANY] = { "", "" },
	[QUERY_TITLE] = { "ti", "title" },
	[QUERY_ABSTRACT] = { "abs", "abstract" },
	[QUERY_AUTHOR] = { "au", "authors" },
	[QUERY_CATEGORY] = { "cat", "category" },
	[QUERY_KEY] = { "key", "keys" },
};

enum { FIELDS = sizeof(fields) / sizeof(fields[0]) };

const char *
query_field_name(enum query_field field)
{
	return fields[field].name;
}

/* Records what is wrong at an offset. People count characters, and from 1. */
static int complain(struct parser *parser, size_t at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static int
complain(struct parser *parser, size_t at, const char *format, ...)
{
	size_t column = 1;
	va_list args;

	for (size_t i = 0; i < at; i++)
		column += ((unsigned char)parser->text.ptr[i] & 0xc0) != 0x80;
	va_start(args, format);
	err_setv(parser->err, EX_USAGE, format, args);
	va_end(args);
	return err_prefix(parser->err, "column %zu", column);
}

static struct str
rest_of(const struct parser *parser)
{
	return str_skip(parser->text, parser->at);
}

static bool
is_at(const struct parser *parser, char c)
{
	struct str rest = rest_of(parser);
	return rest.len > 0 && rest.ptr[0] == c;
}

static void
skip_space(struct parser *parser)
{
	while (parser->at < parser->text.len && str_is_space(parser->text.ptr[parser->at]))
		parser->at++;
}

/* Whether the word at hand is "AND", "OR" or "NOT". */
static bool
is_at_keyword(const struct parser *parser, const char *keyword)
{
	struct str rest = rest_of(parser);
	struct str behind = str_skip(rest, strlen(keyword));

	return str_starts(rest, keyword) &&
	    (behind.len == 0 || str_is_space(behind.ptr[0]) ||
	        str_find_char(STR("()\""), behind.ptr[0]) >= 0);
}

static bool
is_at_end(const struct parser *parser)
{
	return parser->at == parser->text.len || is_at(parser, ')');
}

/* --- terms -------------------------------------------------------------------------------------- */

/*
 * Takes a word: up to white space, a parenthesis or a quote that no backslash of TeX stands before.
 * Parentheses may be part of a key ("10.1016/0370-2693(90)90001-5") as long as they are in pairs.
 */
static struct str
take_word(struct parser *parser, enum query_field field)
{
	size_t start = parser->at;
	size_t open = 0;

	while (parser->at < parser->text.len) {
		char c = parser->text.ptr[parser->at];
		if (str_is_space(c) || c == '"')
			break;
		if (c == '(' && field == QUERY_KEY)
			open++;
		else if (c == ')' && open > 0)
			open--;
		else if (c == '(' || c == ')')
			break;
		parser->at += c == '\\' && parser->at + 1 < parser->text.len &&
		        !str_is_space(parser->text.ptr[parser->at + 1])
		    ? 2
		    : 1;
	}
	return str_head(str_skip(parser->text, start), parser->at - start);
}

/* Takes a phrase without its quotes. The parser stands at the opening one. */
static int
take_phrase(struct parser *parser, struct str *phrase)
{
	size_t start = parser->at++;

	for (; parser->at < parser->text.len; parser->at++) {
		if (is_at(parser, '"')) {
			*phrase =
			    str_head(str_skip(parser->text, start + 1), parser->at - start - 1);
			parser->at++;
			return 0;
		}
		if (is_at(parser, '\\') && parser->at + 1 < parser->text.len)
			parser->at++;
	}
	return complain(parser, start, "the quote is not closed");
}

/* The words of a term, a '*' behind the last one. `at` is where the term begins. */
static int
read_words(struct parser *parser, struct query_node *term, struct str text, size_t at)
{
	struct buf words = BUF_INIT(BUF_LIMIT);

	if (str_ends(text, "*")) {
		term->is_prefix = true;
		text.len--;
	}
	if (str_find_char(text, '*') >= 0)
		return complain(parser, at, "'*' can stand at the end of a word only");
	if (term->field == QUERY_AUTHOR)
		query_add_name(&words, text);
	else
		entry_add_words(&words, text);
	term->text = arena_copy(parser->arena, buf_str(&words));
	buf_release(&words);
	if (term->text.len == 0)
		return complain(parser, at, "there is no letter or digit to look for");
	return 0;
}

/* What would end a quoted text in the normal form. No category and no key of ours has it. */
static bool
has_quote(struct str text)
{
	return str_find_char(text, '"') >= 0 || str_find_char(text, '\\') >= 0;
}

/* "cs.CL"; "cs" and "cs.*" are the archive with all its categories. */
static int
read_category(struct parser *parser, struct query_node *term, struct str text, size_t at)
{
	struct buf category = BUF_INIT(BUF_LIMIT);

	query_add_category(&category, text);
	struct str name = arena_copy(parser->arena, buf_str(&category));
	buf_release(&category);
	if (str_ends(name, ".*"))
		name = str_trim(str_head(name, name.len - 2));
	if (str_find_char(name, '*') >= 0)
		return complain(
		    parser, at, "'*' can stand behind an archive only, as in 'cat:cs.*'");
	if (name.len == 0 || has_quote(name))
		return complain(parser, at, "'%.*s' is no name of a category", STR_ARG(text));
	term->text = name;
	return 0;
}

static int
read_key(struct parser *parser, struct query_node *term, struct str text, size_t at)
{
	if (identity_from_user(parser->arena, text, &term->text) == 0 && !has_quote(term->text))
		return 0;
	return complain(parser, at,
	    "'%.*s' is no name of a paper; write an arXiv identifier, a DOI or a URL",
	    STR_ARG(text));
}

static struct query_node *
take_term(struct parser *parser, enum query_field field)
{
	struct query_node *term = arena_alloc(parser->arena, sizeof(*term));
	size_t at = parser->at;
	struct str text = STR("");
	int status;

	term->kind = QUERY_TERM;
	term->field = field;
	if (!is_at(parser, '"')) {
		text = take_word(parser, field);
	} else {
		if (take_phrase(parser, &text) < 0)
			return NULL;
		if (is_at(parser, '*')) {
			text = arena_printf(parser->arena, "%.*s*", STR_ARG(str_trim(text)));
			parser->at++;
		}
	}
	if (field == QUERY_CATEGORY)
		status = read_category(parser, term, text, at);
	else if (field == QUERY_KEY)
		status = read_key(parser, term, text, at);
	else
		status = read_words(parser, term, text, at);
	return status < 0 ? NULL : term;
}

static int
complain_of_field(struct parser *parser, struct str name)
{
	for (size_t i = 1; i < FIELDS; i++)
		if (name.len >= 2 &&
		    str_equal_nocase(name, str_head(str_from(fields[i].meaning), name.len)))
			return complain(parser, parser->at,
			    "there is no field '%.*s'; did you mean '%s'?", STR_ARG(name),
			    fields[i].name);
	return complain(parser, parser->at,
	    "there is no field '%.*s'; fields are ti, abs, au, cat and key, and text with a "
	    "colon needs quotes",
	    STR_ARG(name));
}

/* Takes "ti:" off the front; leaves `field` alone when there is none. */
static int
take_field(struct parser *parser, enum query_field *field)
{
	struct str rest = rest_of(parser);
	struct str name = str_head(rest, 0);

	while (name.len < rest.len && str_is_alpha(rest.ptr[name.len]))
		name.len++;
	if (name.len == 0 || name.len == rest.len || rest.ptr[name.len] != ':')
		return 0;
	for (size_t i = 1; i < FIELDS; i++) {
		if (!str_equal_nocase(name, str_from(fields[i].name)))
			continue;
		size_t start = parser->at;
		parser->at += name.len + 1;
		if (is_at_end(parser) || str_is_space(parser->text.ptr[parser->at]))
			return complain(
			    parser, start, "nothing stands behind '%s:'", fields[i].name);
		if (is_at(parser, '-'))
			return complain(parser, parser->at, "'-' stands before the field: '-%s:'",
			    fields[i].name);
		*field = (enum query_field)i;
		return 0;
	}
	return complain_of_field(parser, name);
}

/* --- what joins them ---------------------------------------------------------------------------- */

static struct query_node *take_alternatives(struct parser *parser);

/* Takes a group. The parser stands at its parenthesis. */
static struct query_node *
take_group(struct parser *parser, enum query_field field)
{
	enum query_field outer = parser->field;
	size_t start = parser->at++;

	skip_space(parser);
	if (is_at(parser, ')')) {
		complain(parser, start, "nothing stands between the parentheses");
		return NULL;
	}
	struct query_node *node = NULL;
	if (parser->at < parser->text.len) {
		parser->field = field;
		node = take_alternatives(parser);
		parser->field = outer;
		if (node == NULL)
			return NULL;
	}
	if (!is_at(parser, ')')) {
		complain(parser, start, "the parenthesis is not closed");
		return NULL;
	}
	parser->at++;
	return node;
}

static struct query_node *take_factor(struct parser *parser);

/* Takes what is denied by "NOT" or "-", at which the parser stands. */
static struct query_node *
take_denial(struct parser *parser, const char *sign)
{
	size_t start = parser->at;

	parser->at += strlen(sign);
	if (sign[0] != '-')
		skip_space(parser);
	if (is_at_end(parser) || str_is_space(parser->text.ptr[parser->at]) ||
	    is_at_keyword(parser, "AND") || is_at_keyword(parser, "OR")) {
		complain(parser, start, "nothing stands behind '%s'", sign);
		return NULL;
	}
	struct query_node *node = take_factor(parser);
	return node != NULL ? query_node_negate(parser->arena, node) : NULL;
}

static struct query_node *
take_factor(struct parser *parser)
{
	enum query_field field = parser->field;
	struct query_node *node = NULL;

	if (parser->depth == DEPTH_LIMIT) {
		complain(parser, parser->at, "more than %d levels", DEPTH_LIMIT);
		return NULL;
	}
	parser->depth++;
	if (is_at(parser, '-'))
		node = take_denial(parser, "-");
	else if (is_at_keyword(parser, "NOT"))
		node = take_denial(parser, "NOT");
	else if (take_field(parser, &field) == 0)
		node = is_at(parser, '(') ? take_group(parser, field) : take_term(parser, field);
	parser->depth--;
	return node;
}

/* Takes the keyword at hand, which must stand between two factors. */
static int
take_between(struct parser *parser, const char *keyword, bool has_left)
{
	size_t start = parser->at;

	parser->at += strlen(keyword);
	skip_space(parser);
	if (!has_left)
		return complain(parser, start, "nothing stands before '%s'", keyword);
	if (is_at_end(parser) || is_at_keyword(parser, "AND") || is_at_keyword(parser, "OR"))
		return complain(parser, start, "nothing stands behind '%s'", keyword);
	return 0;
}

static struct query_node *
take_all(struct parser *parser)
{
	struct query_node **nodes = NULL;
	size_t count = 0;

	for (;;) {
		skip_space(parser);
		if (count > 0 && (is_at_end(parser) || is_at_keyword(parser, "OR")))
			break;
		if (is_at_keyword(parser, "AND") && take_between(parser, "AND", count > 0) < 0)
			return NULL;
		struct query_node *node = take_factor(parser);
		if (node == NULL)
			return NULL;
		nodes = arena_grow(parser->arena, nodes, &count, sizeof(nodes[0]));
		nodes[count - 1] = node;
	}
	return query_node_join(parser->arena, QUERY_AND, nodes, count);
}

static struct query_node *
take_alternatives(struct parser *parser)
{
	struct query_node **nodes = NULL;
	size_t count = 0;

	do {
		skip_space(parser);
		if (is_at_keyword(parser, "OR") && take_between(parser, "OR", count > 0) < 0)
			return NULL;
		struct query_node *node = take_all(parser);
		if (node == NULL)
			return NULL;
		nodes = arena_grow(parser->arena, nodes, &count, sizeof(nodes[0]));
		nodes[count - 1] = node;
	} while (is_at_keyword(parser, "OR"));
	return query_node_join(parser->arena, QUERY_OR, nodes, count);
}

static int
parse(struct parser *parser, const struct query_node **root)
{
	*root = NULL;
	if (parser->text.len > TEXT_LIMIT)
		return err_set(parser->err, EX_USAGE, "longer than %d bytes", TEXT_LIMIT);
	if (!unicode_is_valid(parser->text))
		return err_set(parser->err, EX_USAGE, "the text is not UTF-8");

	skip_space(parser);
	if (parser->at == parser->text.len)
		return 0;
	if (!is_at(parser, ')')) {
		*root = take_alternatives(parser);
		if (*root == NULL)
			return -1;
	}
	if (parser->at < parser->text.len)
		return complain(parser, parser->at, "there is no parenthesis to close");
	return 0;
}

int
query_parse(struct query **query, struct str text, struct err *err)
{
	struct query *parsed;
	struct arena *arena = arena_new();
	struct parser parser = { .arena = arena, .text = text, .err = err };

	parsed = arena_alloc(arena, sizeof(*parsed));
	parsed->arena = arena;
	if (parse(&parser, &parsed->root) < 0) {
		arena_free(arena);
		return -1;
	}
	*query = parsed;
	return 0;
}

void
query_free(struct query *query)
{
	if (query != NULL)
		arena_free(query->arena);
}
