/*
 * Filling a parsed template with values. How a template is written is mustache_parse.c's.
 */
#include "mustache_token.h"

enum {
	CONTEXT_DEPTH = 100, /* values on the stack, and templates and sections within each other */
	STEP_LIMIT = 1 << 23, /* tokens: a partial that includes itself twice would take for ever */
};

struct mustache_value *
mustache_value(
    struct arena *arena, struct mustache_value *parent, const char *name, enum mustache_kind kind)
{
	struct mustache_value *value = arena_alloc(arena, sizeof(*value));

	value->kind = kind;
	value->name = str_from(name);
	value->key = mustache_key(value->name);
	if (parent == NULL)
		return value;
	if (parent->last != NULL)
		parent->last->next = value;
	else
		parent->first = value;
	parent->last = value;
	return value;
}

void
mustache_add_text(
    struct arena *arena, struct mustache_value *parent, const char *name, struct str text)
{
	mustache_value(arena, parent, name, MUSTACHE_TEXT)->text = text;
}

void
mustache_add_typeset(struct arena *arena, struct mustache_value *parent, const char *name,
    struct str text, struct str html)
{
	struct mustache_value *value = mustache_value(arena, parent, name, MUSTACHE_TEXT);

	value->text = text;
	value->html = html;
}

size_t
mustache_raw_line(const struct mustache *template)
{
	return template->raw_line;
}

bool
mustache_next_partial(const struct mustache *template, size_t *index, struct str *name)
{
	while (*index < template->count) {
		const struct mustache_token *token = &template->tokens[(*index)++];

		if ((token->kind == MUSTACHE_TOKEN_PARTIAL ||
		        token->kind == MUSTACHE_TOKEN_PARENT) &&
		    !token->is_dynamic) {
			*name = token->text;
			return true;
		}
	}
	return false;
}

/* A parent that is being rendered: whose blocks stand in for its own. */
struct child {
	const struct mustache *template;
	const struct mustache_token *parent;
};

struct rendering {
	const struct mustache_options *options;
	const struct mustache_value *stack[CONTEXT_DEPTH]; /* the innermost context last */
	size_t depth;
	struct child children[CONTEXT_DEPTH]; /* the outermost, which counts most, first */
	size_t child_count;
	size_t nesting;
	size_t steps;
	struct buf *out;
	struct err *err;
};

static const struct mustache_value *
member(const struct mustache_value *map, struct str name, uint64_t key)
{
	if (map->kind != MUSTACHE_MAP)
		return NULL;
	for (const struct mustache_value *value = map->first; value != NULL; value = value->next)
		if (value->key == key && str_equal(value->name, name))
			return value;
	return NULL;
}

/*
 * The first part of a tag's dotted name is looked up in all contexts, the others only where that
 * leads. The name "." has none.
 */
static const struct mustache_value *
look_up(const struct rendering *rendering, const struct mustache_token *token)
{
	const struct mustache_value *value = NULL;
	struct str rest = token->rest, part;

	if (token->first.len == 0)
		return rendering->stack[rendering->depth - 1];
	for (size_t i = rendering->depth; i > 0 && value == NULL; i--)
		value = member(rendering->stack[i - 1], token->first, token->key);
	while (value != NULL && str_next(&rest, '.', &part))
		value = member(value, part, mustache_key(part));
	return value;
}

static bool
is_true(const struct mustache_value *value)
{
	if (value == NULL || value->kind == MUSTACHE_NOTHING)
		return false;
	if (value->kind == MUSTACHE_TEXT)
		return value->text.len > 0;
	return value->kind != MUSTACHE_LIST || value->first != NULL;
}

static const char *
html_entity(char c)
{
	switch (c) {
	case '&': return "&amp;";
	case '<': return "&lt;";
	case '>': return "&gt;";
	case '"': return "&quot;";
	default: return "&#39;";
	}
}

static void
add_html(struct buf *out, struct str text)
{
	for (;;) {
		size_t plain = str_until(text, "&<>\"'");

		buf_add(out, str_head(text, plain));
		if (plain == text.len)
			return;
		buf_add_string(out, html_entity(text.ptr[plain]));
		text = str_skip(text, plain + 1);
	}
}

static void
add_variable(const struct rendering *rendering, const struct mustache_token *token)
{
	const struct mustache_value *value = look_up(rendering, token);

	if (value == NULL || value->kind != MUSTACHE_TEXT)
		return;
	bool is_html =
	    token->kind == MUSTACHE_TOKEN_VARIABLE && rendering->options->escape == MUSTACHE_HTML;

	if (is_html && value->html.len > 0)
		buf_add(rendering->out, value->html);
	else if (is_html)
		add_html(rendering->out, value->text);
	else
		buf_add(rendering->out, value->text);
}

/* The tokens [from, to) of a template. */
struct range {
	const struct mustache *template;
	size_t from, to;
	struct str indent; /* what each line starts with, but for empty ones */
	size_t margin; /* so many blanks less */
	bool is_inline; /* something stands before it on its first line already */
};

/* Without the blanks of a margin. */
static struct str
skip_margin(struct str line, size_t margin)
{
	size_t n = 0;

	while (n < margin && n < line.len && (line.ptr[n] == ' ' || line.ptr[n] == '\t'))
		n++;
	return str_skip(line, n);
}

static void
add_text(struct buf *out, const struct range *range, const struct mustache_token *token)
{
	struct str text = token->text;
	bool starts_line = token->starts_line;
	bool is_inline = range->is_inline && token == &range->template->tokens[range->from];

	if (range->indent.len == 0 && range->margin == 0) {
		buf_add(out, text);
		return;
	}
	do {
		ptrdiff_t end = str_find_char(text, '\n');
		struct str line = end < 0 ? text : str_head(text, (size_t)end + 1);

		text = str_skip(text, line.len);
		if (starts_line)
			line = skip_margin(line, range->margin);
		if (starts_line && !is_inline && !str_is(line, "\n") && !str_is(line, "\r\n"))
			buf_add(out, range->indent);
		buf_add(out, line);
		starts_line = true;
		is_inline = false;
	} while (text.len > 0);
}

static int
fail(const struct rendering *rendering, const struct mustache *template,
    const struct mustache_token *token, const char *what)
{
	return err_set(rendering->err, EX_CONFIG, "%s:%zu: %s", template->name, token->line, what);
}

static int render_range(struct rendering *rendering, const struct range *range);

static int
render_within(
    struct rendering *rendering, const struct range *range, const struct mustache_value *context)
{
	int result;

	if (rendering->depth == CONTEXT_DEPTH)
		return fail(rendering, range->template, &range->template->tokens[range->from - 1],
		    "values nest too deep");
	rendering->stack[rendering->depth++] = context;
	result = render_range(rendering, range);
	rendering->depth--;
	return result;
}

static int
render_section(
    struct rendering *rendering, const struct mustache_token *token, const struct range *body)
{
	const struct mustache_value *value = look_up(rendering, token);

	if (token->kind == MUSTACHE_TOKEN_INVERTED)
		return is_true(value) ? 0 : render_range(rendering, body);
	if (!is_true(value))
		return 0;
	if (value->kind != MUSTACHE_LIST)
		return render_within(rendering, body, value);
	for (const struct mustache_value *item = value->first; item != NULL; item = item->next)
		if (render_within(rendering, body, item) < 0)
			return -1;
	return 0;
}

/* The partial or parent that a tag names; NULL for none. */
static const struct mustache *
find_partial(const struct rendering *rendering, const struct mustache_token *token)
{
	const struct mustache_options *options = rendering->options;
	struct str name = token->text;

	if (token->is_dynamic) {
		const struct mustache_value *value = look_up(rendering, token);

		name = value != NULL && value->kind == MUSTACHE_TEXT ? value->text : STR("");
	}
	return options->partial != NULL && name.len > 0 ? options->partial(options->context, name)
	                                                : NULL;
}

/* What lines start with that an indented tag of `range` gives. */
static void
add_indent(struct buf *indent, const struct range *range, struct str own)
{
	buf_add(indent, range->indent);
	buf_add(indent, skip_margin(own, range->margin));
}

static int
render_partial(
    struct rendering *rendering, const struct mustache_token *token, const struct range *range)
{
	const struct mustache *partial = find_partial(rendering, token);
	struct buf indent = BUF_INIT(BUF_LIMIT);
	int result;

	if (partial == NULL)
		return 0;
	if (token->starts_line)
		add_indent(&indent, range, token->indent);
	result = render_range(rendering,
	    &(struct range){
	        .template = partial, .to = partial->count, .indent = buf_str(&indent) });
	buf_release(&indent);
	return result;
}

static int
render_parent(
    struct rendering *rendering, const struct mustache_token *token, const struct range *range)
{
	int result;

	if (rendering->child_count == CONTEXT_DEPTH)
		return fail(rendering, range->template, token, "parents nest too deep");
	rendering->children[rendering->child_count++] = (struct child){ range->template, token };
	result = render_partial(rendering, token, range);
	rendering->child_count--;
	return result;
}

/* The block of that name directly within a child's tag of its parent. */
static const struct mustache_token *
find_block(const struct child *child, struct str name)
{
	const struct mustache_token *tokens = child->template->tokens;
	const struct mustache_token *token = child->parent + 1;

	while (token < tokens + child->parent->end) {
		if (token->kind == MUSTACHE_TOKEN_BLOCK && str_equal(token->text, name))
			return token;
		token = token->end > 0 ? tokens + token->end : token + 1;
	}
	return NULL;
}

/* What stands in for a block gets its indentation instead of its own. */
static int
render_block(
    struct rendering *rendering, const struct mustache_token *block, const struct range *range)
{
	const struct mustache_token *tokens = range->template->tokens;
	struct buf indent = BUF_INIT(BUF_LIMIT);
	struct range body = *range;
	int result;

	body.from = (size_t)(block - tokens) + 1;
	body.to = block->end;
	body.is_inline = false;
	for (size_t i = 0; i < rendering->child_count; i++) {
		const struct child *child = &rendering->children[i];
		const struct mustache_token *own = find_block(child, block->text);

		if (own == NULL)
			continue;
		add_indent(&indent, range, block->indent);
		body = (struct range){ child->template, (size_t)(own - child->template->tokens) + 1,
			own->end, buf_str(&indent), own->indent.len, !block->starts_line };
		break;
	}
	result = render_range(rendering, &body);
	buf_release(&indent);
	return result;
}

static int
render_token(struct rendering *rendering, const struct range *range, size_t *index)
{
	const struct mustache_token *token = &range->template->tokens[*index];

	*index += 1;
	if (++rendering->steps > STEP_LIMIT)
		return fail(rendering, range->template, token, "this goes on for ever");
	if (buf_has_failed(rendering->out))
		return fail(rendering, range->template, token, "the result is too long");
	switch (token->kind) {
	case MUSTACHE_TOKEN_TEXT: add_text(rendering->out, range, token); return 0;
	case MUSTACHE_TOKEN_VARIABLE:
	case MUSTACHE_TOKEN_RAW: add_variable(rendering, token); return 0;
	case MUSTACHE_TOKEN_PARTIAL: return render_partial(rendering, token, range);
	default: break;
	}

	struct range body = *range;
	body.from = *index;
	body.to = token->end;
	body.is_inline = false;
	*index = token->end;
	if (token->kind == MUSTACHE_TOKEN_PARENT)
		return render_parent(rendering, token, range);
	if (token->kind == MUSTACHE_TOKEN_BLOCK)
		return render_block(rendering, token, range);
	return render_section(rendering, token, &body);
}

static int
render_range(struct rendering *rendering, const struct range *range)
{
	int result = 0;

	if (rendering->nesting == CONTEXT_DEPTH)
		return err_set(rendering->err, EX_CONFIG,
		    "%s: it nests too deep; does it include itself?", range->template->name);
	rendering->nesting++;
	for (size_t i = range->from; i < range->to && result == 0;)
		result = render_token(rendering, range, &i);
	rendering->nesting--;
	return result;
}

int
mustache_render(const struct mustache *template, const struct mustache_value *data,
    const struct mustache_options *options, struct buf *out, struct err *err)
{
	struct rendering rendering = {
		.options = options,
		.stack = { data },
		.depth = 1,
		.out = out,
		.err = err,
	};

	if (render_range(
	        &rendering, &(struct range){ .template = template, .to = template->count }) < 0)
		return -1;
	if (buf_has_failed(out))
		return err_set(err, EX_CONFIG, "%s: the result is too long", template->name);
	return 0;
}
