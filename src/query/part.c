/*
 * Queries made of others: one of the parts that must all hold, all but one of them, and the same
 * query with other words.
 */
#include "node.h"

#include "digest/buf.h"
#include "digest/query.h"

/* ---- parts ---- */

static struct query *
new_query(void)
{
	struct arena *arena = arena_new();
	struct query *query = arena_alloc(arena, sizeof(*query));

	query->arena = arena;
	return query;
}

static struct query_node *
copy_node(struct arena *arena, const struct query_node *node)
{
	struct query_node *copy = arena_alloc(arena, sizeof(*copy));

	*copy = *node;
	copy->text = arena_copy(arena, node->text);
	copy->children = NULL;
	copy->child_count = 0;
	for (size_t i = 0; i < node->child_count; i++)
		query_node_add(arena, copy, copy_node(arena, node->children[i]));
	return copy;
}

size_t
query_part_count(const struct query *query)
{
	if (query->root == NULL)
		return 0;
	return query->root->kind == QUERY_AND ? query->root->child_count : 1;
}

/* The parts that are wanted: the nth alone, or all others. */
static struct query *
select_parts(const struct query *query, size_t nth, bool is_alone)
{
	struct query *selected = new_query();
	struct query_node **nodes = NULL;
	size_t count = 0, part_count = query_part_count(query);

	for (size_t i = 0; i < part_count; i++) {
		if ((i == nth) != is_alone)
			continue;
		const struct query_node *part =
		    query->root->kind == QUERY_AND ? query->root->children[i] : query->root;
		nodes = arena_grow(selected->arena, nodes, &count, sizeof(nodes[0]));
		nodes[count - 1] = copy_node(selected->arena, part);
	}
	if (count > 0)
		selected->root = query_node_join(selected->arena, QUERY_AND, nodes, count);
	return selected;
}

struct query *
query_part(const struct query *query, size_t nth)
{
	return select_parts(query, nth, true);
}

struct query *
query_without_part(const struct query *query, size_t nth)
{
	return select_parts(query, nth, false);
}

/* ---- labels ---- */

/* The label in question, counting `left` down to it; NULL when it is not below this node. */
static const struct query_node *
find_label(const struct query_node *node, size_t *left)
{
	const struct query_node *found = NULL;

	if (node->kind == QUERY_TERM &&
	    (node->field == QUERY_CATEGORY || node->field == QUERY_SOURCE))
		return (*left)-- == 0 ? node : NULL;
	if (node->kind == QUERY_NOT)
		return NULL;
	for (size_t i = 0; i < node->child_count && found == NULL; i++)
		found = find_label(node->children[i], left);
	return found;
}

bool
query_label(const struct query *query, size_t nth, bool *is_source, struct str *label)
{
	const struct query_node *node = query->root != NULL ? find_label(query->root, &nth) : NULL;

	if (node == NULL)
		return false;
	*is_source = node->field == QUERY_SOURCE;
	*label = node->text;
	return true;
}

/* ---- other words ---- */

struct respelling {
	struct arena *arena;
	query_respeller *respell;
	void *context;
	bool has_changed;
	struct err *err;
};

static enum query_column
column_of(enum query_field field)
{
	switch (field) {
	case QUERY_TITLE: return QUERY_COLUMN_TITLE;
	case QUERY_ABSTRACT: return QUERY_COLUMN_ABSTRACT;
	case QUERY_AUTHOR: return QUERY_COLUMN_AUTHORS;
	case QUERY_COMMENT: return QUERY_COLUMN_COMMENT;
	case QUERY_ORGANISATION: return QUERY_COLUMN_ORGANISATION;
	default: return QUERY_COLUMN_COUNT;
	}
}

static int
respell_term(struct respelling *respelling, struct query_node *term)
{
	struct buf words = BUF_INIT(BUF_LIMIT);
	struct str rest = term->text, word;
	int status = 0;

	while (status == 0 && str_next_word(&rest, &word)) {
		struct str better = word;
		bool is_beginning = term->is_prefix && rest.len == 0;
		if (!is_beginning)
			status = respelling->respell(respelling->context, column_of(term->field),
			    word, &better, respelling->err);
		if (!str_equal(word, better))
			respelling->has_changed = true;
		if (words.len > 0)
			buf_add_char(&words, ' ');
		buf_add(&words, better);
	}
	term->text = arena_keep(respelling->arena, &words);
	return status;
}

static int
respell_node(struct respelling *respelling, struct query_node *node)
{
	if (node->kind == QUERY_NOT)
		return 0;
	if (node->kind == QUERY_TERM)
		return query_field_type(node->field) == QUERY_WORDS ? respell_term(respelling, node)
		                                                    : 0;
	for (size_t i = 0; i < node->child_count; i++)
		if (respell_node(respelling, node->children[i]) < 0)
			return -1;
	return 0;
}

int
query_respell(const struct query *query, query_respeller *respell, void *context,
    struct query **other, struct err *err)
{
	struct query *respelled = new_query();
	struct respelling respelling = {
		.arena = respelled->arena, .respell = respell, .context = context, .err = err
	};
	int status = 0;

	*other = NULL;
	if (query->root != NULL) {
		struct query_node *root = copy_node(respelled->arena, query->root);
		status = respell_node(&respelling, root);
		respelled->root = root;
	}
	if (status == 0 && respelling.has_changed)
		*other = respelled;
	else
		query_free(respelled);
	return status;
}
