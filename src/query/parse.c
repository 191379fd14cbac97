/*
 * Reading an expression:
 *
 *     alternatives = all *( "OR" all )
 *     all          = factor *( [ "AND" ] factor )
 *     factor       = ( "NOT" / "-" ) factor / group / near / term [ "NEAR" [ "/" number ] term ]
 *     group        = [ field ":" ] "(" alternatives ")"
 *     near         = [ field ":" ] "NEAR(" term *term [ "," number ] ")"
 *     term         = [ field ":" ] ( word / DQUOTE words DQUOTE ) [ "*" ] / field sign range
 *     sign         = ":" / "=" / ">" / ">=" / "<" / "<="
 *
 * A field before a group is the field of every term in it that has none of its own. Ranges are
 * value.c's.
 */
#include "node.h"

#include "digest/buf.h"
#include "digest/identity.h"
#include "digest/query.h"
#include "digest/unicode.h"

#include <string.h>

/* Deeper than anybody writes, and shallow enough for every stack. */
enum { DEPTH_LIMIT = 100, TEXT_LIMIT = 64 * 1024 };

/* Of NEAR, as in SQLite's full-text search. */
enum { NEAR_DISTANCE = 10, NEAR_DISTANCE_MAX = 1000 };

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
	enum query_type type;
} fields[QUERY_FIELD_COUNT] = {
	[QUERY_ANY] = { "", "", QUERY_WORDS },
	[QUERY_TITLE] = { "ti", "title", QUERY_WORDS },
	[QUERY_ABSTRACT] = { "abs", "abstract", QUERY_WORDS },
	[QUERY_AUTHOR] = { "au", "authors", QUERY_WORDS },
	[QUERY_CATEGORY] = { "cat", "category", QUERY_NAME },
	[QUERY_KEY] = { "key", "keys", QUERY_NAME },
	[QUERY_COMMENT] = { "comment", "venue", QUERY_WORDS },
	[QUERY_ORGANISATION] = { "org", "organisation", QUERY_WORDS },
	[QUERY_SOURCE] = { "src", "source", QUERY_NAME },
	[QUERY_CODE] = { "code", "github", QUERY_FLAG },
	[QUERY_VOTES] = { "votes", "upvotes", QUERY_COUNT },
	[QUERY_COMMENTS] = { "comments", "discussion", QUERY_COUNT },
	[QUERY_DATE] = { "date", "published", QUERY_DAY },
	[QUERY_LISTED] = { "listed", "seen", QUERY_DAY },
};

enum query_type
query_field_type(enum query_field field)
{
	return fields[field].type;
}

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
	struct str after = str_skip(rest, strlen(keyword));

	return str_starts(rest, keyword) &&
	    (after.len == 0 || str_is_space(after.ptr[0]) ||
	        str_find_char(STR("()\""), after.ptr[0]) >= 0);
}

static bool
is_at_end(const struct parser *parser)
{
	return parser->at == parser->text.len || is_at(parser, ')');
}

/* ---- terms ---- */

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

/* The words of a term, a '*' after the last one. `at` is where the term begins. */
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
	term->text = arena_keep(parser->arena, &words);
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

	query_add_label(&category, text);
	struct str name = arena_keep(parser->arena, &category);
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

static int
read_source(struct parser *parser, struct query_node *term, struct str text, size_t at)
{
	struct buf label = BUF_INIT(BUF_LIMIT);

	query_add_label(&label, text);
	term->text = arena_keep(parser->arena, &label);
	if (term->text.len == 0 || has_quote(term->text))
		return complain(parser, at, "'%.*s' is no name of a source", STR_ARG(text));
	return 0;
}

static int
read_flag(struct parser *parser, struct query_node *term, struct str text, size_t at)
{
	if (!str_equal_nocase(text, STR("yes")) && !str_equal_nocase(text, STR("no")))
		return complain(parser, at, "behind '%s:' stands yes or no, not '%.*s'",
		    query_field_name(term->field), STR_ARG(text));
	term->text = str_equal_nocase(text, STR("yes")) ? STR("yes") : STR("no");
	return 0;
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
	switch (field) {
	case QUERY_CATEGORY: status = read_category(parser, term, text, at); break;
	case QUERY_KEY: status = read_key(parser, term, text, at); break;
	case QUERY_SOURCE: status = read_source(parser, term, text, at); break;
	case QUERY_CODE: status = read_flag(parser, term, text, at); break;
	default: status = read_words(parser, term, text, at); break;
	}
	return status < 0 ? NULL : term;
}

static int
complain_of_field(struct parser *parser, struct str name)
{
	struct buf names = BUF_INIT(BUF_LIMIT);
	const char *meant = NULL;
	size_t nearest = 2;

	for (size_t i = 1; i < QUERY_FIELD_COUNT; i++) {
		struct str meaning = str_from(fields[i].meaning);
		size_t distance = str_distance(name, str_from(fields[i].name));
		bool is_meaning = str_equal_nocase(name, str_head(meaning, name.len)) ||
		    (name.len > 3 && str_distance(name, meaning) <= 2);
		if (name.len >= 2 && is_meaning) {
			meant = fields[i].name;
			nearest = 0;
		} else if (name.len > 2 && distance < nearest) {
			meant = fields[i].name;
			nearest = distance;
		}
		buf_addf(&names, "%s%s", i > 1 ? ", " : "", fields[i].name);
	}
	if (meant != NULL)
		complain(parser, parser->at, "there is no field '%.*s'; did you mean '%s'?",
		    STR_ARG(name), meant);
	else
		complain(parser, parser->at,
		    "there is no field '%.*s'; fields are %s, and text with a colon needs quotes",
		    STR_ARG(name), names.ptr);
	buf_release(&names);
	return -1;
}

/* The sign after a field's name: ":", and for what can be more or less the others; "" for none. */
static struct str
sign_at(struct str rest, enum query_type type)
{
	static const char *const signs[] = { ">=", "<=", ":", "=", ">", "<" };
	bool has_order = type == QUERY_COUNT || type == QUERY_DAY;

	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
		if (str_starts(rest, signs[i]) && (has_order || signs[i][0] == ':'))
			return str_head(rest, strlen(signs[i]));
	}
	return STR("");
}

/* The field whose name stands at the front, and the sign after it; QUERY_ANY when there is none. */
static enum query_field
field_at(const struct parser *parser, struct str name, struct str *sign)
{
	struct str after = str_skip(rest_of(parser), name.len);

	for (size_t i = 1; i < QUERY_FIELD_COUNT; i++) {
		if (!str_equal_nocase(name, str_from(fields[i].name)))
			continue;
		*sign = sign_at(after, fields[i].type);
		return sign->len > 0 ? (enum query_field)i : QUERY_ANY;
	}
	return QUERY_ANY;
}

/*
 * Takes "ti:" or "votes>=" off the front; leaves `field` alone when there is none. `sign` becomes
 * what stood after the name.
 */
static int
take_field(struct parser *parser, enum query_field *field, struct str *sign)
{
	struct str rest = rest_of(parser), name = str_head(rest, 0);
	size_t start = parser->at;
	enum query_field found;

	while (name.len < rest.len && str_is_alpha(rest.ptr[name.len]))
		name.len++;
	if (name.len == 0 || name.len == rest.len)
		return 0;
	found = field_at(parser, name, sign);
	if (found == QUERY_ANY)
		return rest.ptr[name.len] == ':' ? complain_of_field(parser, name) : 0;
	parser->at += name.len + sign->len;
	if (is_at_end(parser) || str_is_space(parser->text.ptr[parser->at]))
		return complain(parser, start, "nothing stands behind '%s%.*s'", fields[found].name,
		    STR_ARG(*sign));
	if (is_at(parser, '-'))
		return complain(parser, parser->at, "'-' stands before the field: '-%s%.*s'",
		    fields[found].name, STR_ARG(*sign));
	*field = found;
	return 0;
}

static struct query_node *
take_range(struct parser *parser, enum query_field field, struct str sign)
{
	struct query_node *term = arena_alloc(parser->arena, sizeof(*term));
	size_t at = parser->at;
	struct err why = ERR_NONE;

	term->kind = QUERY_TERM;
	term->field = field;
	if (query_read_range(term, sign, take_word(parser, field), &why) == 0)
		return term;
	complain(parser, at, "%s", why.text);
	return NULL;
}

/* ---- words near one another ---- */

/* A NEAR of two terms and more within a distance. */
static struct query_node *
new_near(struct parser *parser, enum query_field field, int64_t distance)
{
	struct query_node *near = arena_alloc(parser->arena, sizeof(*near));

	near->kind = QUERY_NEAR;
	near->field = field;
	near->distance = distance;
	return near;
}

/* Takes ", 5" before the parenthesis that ends a NEAR. */
static int
take_distance(struct parser *parser, int64_t *distance)
{
	size_t start = parser->at++;

	skip_space(parser);
	struct str rest = rest_of(parser), digits = str_head(rest, str_digits(rest));
	parser->at += digits.len;
	skip_space(parser);
	if (str_to_int(digits, 0, NEAR_DISTANCE_MAX, distance) == 0)
		return 0;
	return complain(
	    parser, start, "behind the ',' stands a distance up to %d", NEAR_DISTANCE_MAX);
}

/* A word ends at the comma, too. */
static struct query_node *
take_near_term(struct parser *parser, enum query_field field)
{
	struct str whole = parser->text;
	ptrdiff_t comma = str_find_char(rest_of(parser), ',');
	struct query_node *term;

	if (comma == 0 || is_at(parser, '(')) {
		complain(parser, parser->at, "in NEAR(…) stand words and phrases");
		return NULL;
	}
	if (comma > 0 && !is_at(parser, '"'))
		parser->text = str_head(parser->text, parser->at + (size_t)comma);
	term = take_term(parser, field);
	parser->text = whole;
	return term;
}

/* The parser stands at "NEAR(". */
static struct query_node *
take_near(struct parser *parser, enum query_field field)
{
	struct query_node *near = new_near(parser, field, NEAR_DISTANCE);
	size_t start = parser->at;

	if (fields[field].type != QUERY_WORDS) {
		complain(
		    parser, start, "NEAR looks for words, which '%s:' has not", fields[field].name);
		return NULL;
	}
	parser->at += strlen("NEAR(");
	for (;;) {
		skip_space(parser);
		if (is_at_end(parser) || is_at(parser, ','))
			break;
		struct query_node *term = take_near_term(parser, field);
		if (term == NULL)
			return NULL;
		query_node_add(parser->arena, near, term);
	}
	if (is_at(parser, ',') && take_distance(parser, &near->distance) < 0)
		return NULL;
	if (!is_at(parser, ')')) {
		complain(parser, start, "the parenthesis of NEAR is not closed");
		return NULL;
	}
	parser->at++;
	if (near->child_count >= 2)
		return near;
	complain(parser, start, "NEAR needs two words or more");
	return NULL;
}

/* "a NEAR b" and "a NEAR/5 b": the parser stands at NEAR, and `left` is what was before it. */
static struct query_node *
take_near_right(struct parser *parser, struct query_node *left)
{
	struct query_node *near = new_near(parser, left->field, NEAR_DISTANCE), *right;
	enum query_field field = left->field;
	size_t start = parser->at;
	struct str sign;

	parser->at += strlen("NEAR");
	if (is_at(parser, '/') && take_distance(parser, &near->distance) < 0)
		return NULL;
	skip_space(parser);
	if (is_at_end(parser)) {
		complain(parser, start, "nothing stands behind 'NEAR'");
		return NULL;
	}
	if (take_field(parser, &field, &sign) < 0)
		return NULL;
	if (left->kind != QUERY_TERM || fields[left->field].type != QUERY_WORDS ||
	    field != left->field || is_at(parser, '(')) {
		complain(parser, start, "NEAR stands between two words or phrases of one field");
		return NULL;
	}
	right = take_term(parser, field);
	if (right == NULL)
		return NULL;
	query_node_add(parser->arena, near, left);
	query_node_add(parser->arena, near, right);
	return near;
}

/* Whether "NEAR" or "NEAR/5" is at hand between two terms. */
static bool
is_at_near(const struct parser *parser)
{
	struct str after = str_skip(rest_of(parser), strlen("NEAR"));

	return str_starts(rest_of(parser), "NEAR") &&
	    (after.len == 0 || after.ptr[0] == '/' || str_is_space(after.ptr[0]));
}

/* ---- what joins them ---- */

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

/* A term, a range, a group or a NEAR, with the field before it. */
static struct query_node *
take_part(struct parser *parser)
{
	enum query_field field = parser->field;
	struct str sign = STR("");
	size_t start = parser->at;

	if (take_field(parser, &field, &sign) < 0)
		return NULL;
	if (fields[field].type == QUERY_COUNT || fields[field].type == QUERY_DAY) {
		if (sign.len > 0 && !is_at(parser, '('))
			return take_range(parser, field, sign);
		complain(parser, start, "behind '%s%.*s' stands one value", fields[field].name,
		    STR_ARG(sign));
		return NULL;
	}
	if (str_starts(rest_of(parser), "NEAR("))
		return take_near(parser, field);
	return is_at(parser, '(') ? take_group(parser, field) : take_term(parser, field);
}

static struct query_node *
take_factor(struct parser *parser)
{
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
	else
		node = take_part(parser);
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
		skip_space(parser);
		if (node != NULL && is_at_near(parser))
			node = take_near_right(parser, node);
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
