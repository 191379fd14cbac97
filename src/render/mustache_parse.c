/*
 * From the text of a template to its tokens. What the tokens mean is mustache.c's.
 */
#include "mustache_token.h"

#include <string.h>

enum { SECTION_DEPTH = 64 };

struct parser {
	struct arena *arena;
	struct mustache *template;
	struct str source;
	size_t at; /* what is before it has become tokens */
	size_t counted, line; /* `line` is the line at offset `counted` */
	struct str open, close; /* the delimiters */
	size_t sections[SECTION_DEPTH]; /* the tokens of the sections that are open */
	size_t depth;
	/* Blanks and a parent's tag alone stand between a line's start and here. */
	size_t blank_to;
	struct err *err;
};

/* One tag as it stands in the source. */
struct tag {
	size_t start, end;
	size_t line;
	char sigil; /* '\0' for a plain variable */
	struct str content;
};

static int
fail(const struct parser *parser, size_t line, const char *what, struct str subject)
{
	return err_set(parser->err, EX_CONFIG, "%s:%zu: %s '%.*s'", parser->template->name, line,
	    what, STR_ARG(str_head(subject, 40)));
}

static struct mustache_token *
add_token(struct parser *parser, enum mustache_token_kind kind, struct str text, size_t line)
{
	struct mustache *template = parser->template;

	template->tokens = arena_grow(
	    parser->arena, template->tokens, &template->count, sizeof(*template->tokens));

	struct mustache_token *token = &template->tokens[template->count - 1];
	token->kind = kind;
	token->text = text;
	token->line = line;
	if (kind == MUSTACHE_TOKEN_TEXT)
		return token;
	token->rest = text;
	if (!str_is(text, "."))
		str_next(&token->rest, '.', &token->first);
	token->key = mustache_key(token->first);
	return token;
}

/* Finds the next tag: 1, or 0 when there is none, or -1. */
static int
next_tag(struct parser *parser, struct tag *tag)
{
	struct str rest = str_skip(parser->source, parser->at);
	ptrdiff_t start = str_find(rest, parser->open);

	if (start < 0)
		return 0;
	tag->start = parser->at + (size_t)start;
	for (; parser->counted < tag->start; parser->counted++)
		if (parser->source.ptr[parser->counted] == '\n')
			parser->line++;
	tag->line = parser->line;

	struct str inside = str_skip(parser->source, tag->start + parser->open.len);
	tag->sigil = inside.len > 0 && memchr("#^/!=>&{$<", inside.ptr[0], 10) != NULL
	    ? inside.ptr[0]
	    : '\0';
	inside = str_skip(inside, tag->sigil != '\0');
	/* "{{{name}}}" and "{{=<% %>=}}" have an end of their own. */
	bool is_paired = tag->sigil == '{' || tag->sigil == '=';
	struct str end = parser->close;
	if (is_paired)
		end = arena_printf(
		    parser->arena, "%c%.*s", tag->sigil == '{' ? '}' : '=', STR_ARG(parser->close));
	ptrdiff_t len = str_find(inside, end);
	if (len < 0)
		return fail(parser, tag->line,
		    "a tag has no end:", str_head(str_skip(parser->source, tag->start), 20));
	tag->content = str_trim(str_head(inside, (size_t)len));
	tag->end = (size_t)(inside.ptr - parser->source.ptr) + (size_t)len + end.len;
	return 1;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool
is_variable(const struct tag *tag)
{
	return tag->sigil == '\0' || tag->sigil == '&' || tag->sigil == '{';
}

static bool
is_line_start(const struct parser *parser, size_t offset)
{
	return offset == 0 || parser->source.ptr[offset - 1] == '\n';
}

static size_t
skip_blanks_back(struct str source, size_t offset)
{
	while (offset > 0 && is_blank(source.ptr[offset - 1]))
		offset--;
	return offset;
}

/* Whether the tag ends a parent that started its line: only its blocks count, so it may stand after
 * one. */
static bool
closes_parent(const struct parser *parser, const struct tag *tag)
{
	if (tag->sigil != '/' || parser->depth == 0)
		return false;

	const struct mustache_token *open =
	    &parser->template->tokens[parser->sections[parser->depth - 1]];
	return open->kind == MUSTACHE_TOKEN_PARENT && open->starts_line;
}

/*
 * Whether nothing but blanks shares the lines of the tag. `*from` is then where its first line
 * starts and `*to` where the line after it does.
 */
static bool
stands_alone(const struct parser *parser, const struct tag *tag, size_t *from, size_t *to)
{
	struct str source = parser->source;
	size_t start = tag->start, end = tag->end;

	if (is_variable(tag) || tag->sigil == '<')
		return false;
	start = skip_blanks_back(source, start);
	if (!is_line_start(parser, start) && start != parser->blank_to &&
	    !closes_parent(parser, tag))
		return false;
	while (end < source.len && is_blank(source.ptr[end]))
		end++;
	if (end + 1 < source.len && source.ptr[end] == '\r' && source.ptr[end + 1] == '\n')
		end++;
	if (end < source.len && source.ptr[end] != '\n')
		return false;
	*from = start;
	*to = end < source.len ? end + 1 : end;
	return true;
}

/*
 * The text in front of a tag. An empty one more stands where a line starts with a tag that has
 * company: that is where an indented partial puts its indentation.
 */
static void
add_text(struct parser *parser, size_t end, bool has_company)
{
	struct str text = str_head(str_skip(parser->source, parser->at), end - parser->at);

	if (text.len > 0)
		add_token(parser, MUSTACHE_TOKEN_TEXT, text, parser->line)->starts_line =
		    is_line_start(parser, parser->at);
	if (has_company && is_line_start(parser, end))
		add_token(parser, MUSTACHE_TOKEN_TEXT, STR(""), parser->line)->starts_line = true;
}

/* Whether the tag ends a block that stands in for a parent's: the rest of its line is nobody's. */
static bool
ends_stand_in(const struct parser *parser, const struct tag *tag)
{
	const struct mustache_token *tokens = parser->template->tokens;

	return tag->sigil == '/' && parser->depth > 1 &&
	    tokens[parser->sections[parser->depth - 1]].kind == MUSTACHE_TOKEN_BLOCK &&
	    tokens[parser->sections[parser->depth - 2]].kind == MUSTACHE_TOKEN_PARENT;
}

static int
check_name(const struct parser *parser, const struct tag *tag)
{
	struct str name = tag->content;

	if (name.len == 0)
		return fail(parser, tag->line, "a tag has no name", name);
	if (str_is(name, "."))
		return 0;
	if (name.ptr[0] == '.' || name.ptr[name.len - 1] == '.' || str_find(name, STR("..")) >= 0)
		return fail(parser, tag->line, "a name has a dot too many:", name);
	for (size_t i = 0; i < name.len; i++)
		if (str_is_space(name.ptr[i]))
			return fail(parser, tag->line, "a name has a blank in it:", name);
	return 0;
}

/* "*name" names what the value called so names. */
static bool
take_star(struct tag *tag)
{
	if (memchr("></", tag->sigil, 3) == NULL || !str_starts(tag->content, "*"))
		return false;
	tag->content = str_trim(str_skip(tag->content, 1));
	return true;
}

static enum mustache_token_kind
section_kind(char sigil)
{
	switch (sigil) {
	case '#': return MUSTACHE_TOKEN_SECTION;
	case '^': return MUSTACHE_TOKEN_INVERTED;
	case '$': return MUSTACHE_TOKEN_BLOCK;
	default: return MUSTACHE_TOKEN_PARENT;
	}
}

/*
 * Where a parent starts its line, the blanks before it get a token of their own: they are what it
 * is indented by if it also ends one.
 */
static void
add_parent_blanks(struct parser *parser, const struct tag *tag)
{
	struct mustache *template = parser->template;
	size_t start = skip_blanks_back(parser->source, tag->start);
	struct str blanks = str_head(str_skip(parser->source, start), tag->start - start);

	if (!is_line_start(parser, start))
		return;
	parser->blank_to = tag->end;
	if (blanks.len == 0)
		return;

	/* The text in front of the tag ends with them. */
	struct mustache_token *before = &template->tokens[template->count - 1];

	before->text.len -= blanks.len;
	before->starts_line = before->starts_line && before->text.len > 0;
	add_token(parser, MUSTACHE_TOKEN_TEXT, blanks, tag->line)->starts_line = true;
}

/* How far the content of a block is indented in its template: as its first line, or as its tag. */
static struct str
block_indent(const struct parser *parser, const struct tag *tag, bool is_alone, size_t content)
{
	size_t start = skip_blanks_back(parser->source, tag->start);
	size_t end = content;

	while (is_alone && end < parser->source.len && is_blank(parser->source.ptr[end]))
		end++;
	/* Its end has no say, and a line of blanks neither. */
	if (is_alone && end < parser->source.len && parser->source.ptr[end] != '\n' &&
	    !str_starts(str_skip(parser->source, end), "{{/"))
		return str_head(str_skip(parser->source, content), end - content);
	if (!is_line_start(parser, start))
		return STR("");
	return str_head(str_skip(parser->source, start), tag->start - start);
}

static int
open_section(struct parser *parser, const struct tag *tag, bool is_alone, size_t content)
{
	enum mustache_token_kind kind = section_kind(tag->sigil);
	struct mustache_token *token;

	if (parser->depth == SECTION_DEPTH)
		return fail(parser, tag->line, "sections nest too deep at", tag->content);
	if (kind == MUSTACHE_TOKEN_PARENT)
		add_parent_blanks(parser, tag);
	token = add_token(parser, kind, tag->content, tag->line);
	if (kind == MUSTACHE_TOKEN_PARENT)
		token->starts_line = parser->blank_to == tag->end;
	if (kind == MUSTACHE_TOKEN_BLOCK) {
		token->starts_line = is_alone;
		token->indent = block_indent(parser, tag, is_alone, content);
	}
	parser->sections[parser->depth++] = parser->template->count - 1;
	return 0;
}

/* A parent with its lines for itself takes the blanks before it over, from their token. */
static void
end_parent(struct mustache_token *parent, bool is_alone)
{
	struct mustache_token *blanks = parent - 1;

	if (parent->starts_line && is_alone) {
		parent->indent = blanks->text;
		blanks->text = STR("");
		blanks->starts_line = false;
	}
	parent->starts_line = parent->starts_line && is_alone;
}

static int
close_section(struct parser *parser, const struct tag *tag, bool is_alone)
{
	struct mustache_token *section;

	if (parser->depth == 0)
		return fail(
		    parser, tag->line, "no section is open that this could close:", tag->content);
	section = &parser->template->tokens[parser->sections[--parser->depth]];
	if (!str_equal(section->text, tag->content))
		return fail(parser, tag->line, "another section is still open:", section->text);
	section->end = parser->template->count;
	if (section->kind == MUSTACHE_TOKEN_PARENT)
		end_parent(section, is_alone);
	return 0;
}

/* "{{=<% %>=}}" */
static int
set_delimiters(struct parser *parser, const struct tag *tag)
{
	struct str rest = tag->content;
	struct str open = { 0 }, close = { 0 }, more;

	str_next_word(&rest, &open);
	str_next_word(&rest, &close);
	if (close.len == 0 || str_next_word(&rest, &more) || str_find_char(tag->content, '=') >= 0)
		return fail(parser, tag->line, "these are no delimiters:", tag->content);
	parser->open = open;
	parser->close = close;
	return 0;
}

static void
add_variable(struct parser *parser, const struct tag *tag)
{
	bool is_raw = tag->sigil != '\0';

	add_token(
	    parser, is_raw ? MUSTACHE_TOKEN_RAW : MUSTACHE_TOKEN_VARIABLE, tag->content, tag->line);
	if (is_raw && parser->template->raw_line == 0)
		parser->template->raw_line = tag->line;
}

/* `tag` with its lines from `from` to `to` when it is alone on them. */
static int
add_tag(struct parser *parser, struct tag *tag, bool is_alone, size_t from, size_t to)
{
	bool is_dynamic = take_star(tag);

	if (tag->sigil == '!')
		return 0;
	if (tag->sigil == '=')
		return set_delimiters(parser, tag);
	if (check_name(parser, tag) < 0)
		return -1;
	if (tag->sigil == '/')
		return close_section(parser, tag, is_alone);
	if (is_variable(tag)) {
		add_variable(parser, tag);
		return 0;
	}
	if (tag->sigil != '>') {
		if (open_section(parser, tag, is_alone, to) < 0)
			return -1;
		parser->template->tokens[parser->template->count - 1].is_dynamic = is_dynamic;
		return 0;
	}

	struct mustache_token *partial =
	    add_token(parser, MUSTACHE_TOKEN_PARTIAL, tag->content, tag->line);
	partial->starts_line = is_alone;
	partial->indent = str_head(str_skip(parser->source, from), tag->start - from);
	partial->is_dynamic = is_dynamic;
	return 0;
}

int
mustache_parse(struct mustache **template, struct arena *arena, const char *name, struct str text,
    struct err *err)
{
	struct parser parser = {
		.arena = arena,
		.template = arena_alloc(arena, sizeof(**template)),
		.source = text,
		.line = 1,
		.open = STR("{{"),
		.close = STR("}}"),
		.err = err,
	};
	struct tag tag = { 0 };
	int found;

	parser.template->name = arena_string(arena, str_from(name));
	while ((found = next_tag(&parser, &tag)) > 0) {
		size_t from = tag.start, to = tag.end;
		bool is_alone = stands_alone(&parser, &tag, &from, &to);

		add_text(&parser, from, !is_alone && !ends_stand_in(&parser, &tag));
		if (add_tag(&parser, &tag, is_alone, from, to) < 0)
			return -1;
		parser.at = to;
	}
	if (found < 0)
		return -1;
	add_text(&parser, text.len, false);
	if (parser.depth > 0) {
		const struct mustache_token *open =
		    &parser.template->tokens[parser.sections[parser.depth - 1]];

		return fail(&parser, open->line, "a section is not closed:", open->text);
	}
	*template = parser.template;
	return 0;
}
