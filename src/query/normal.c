/*
 * The normal form of an expression: joining what is joined, in one order, without repetition; and
 * writing it down. What it means is match.c's.
 */
#include "node.h"

#include "digest/buf.h"
#include "digest/query.h"

#include <stdlib.h>

static int
compare_terms(const struct query_node *a, const struct query_node *b)
{
	int order = str_compare(a->text, b->text);

	if (order == 0)
		order = (int)a->is_prefix - (int)b->is_prefix;
	if (order == 0)
		order = (int)a->is_recent - (int)b->is_recent;
	if (order == 0)
		order = (a->least > b->least) - (a->least < b->least);
	return order != 0 ? order : (a->most > b->most) - (a->most < b->most);
}

static int
compare(const struct query_node *a, const struct query_node *b)
{
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	if (a->kind == QUERY_TERM) {
		if (a->field != b->field)
			return a->field < b->field ? -1 : 1;
		return compare_terms(a, b);
	}
	if (a->kind == QUERY_NEAR && (a->field != b->field || a->distance != b->distance)) {
		int64_t order = a->field != b->field ? (int64_t)a->field - (int64_t)b->field
		                                     : a->distance - b->distance;
		return order < 0 ? -1 : 1;
	}
	for (size_t i = 0; i < a->child_count && i < b->child_count; i++) {
		int order = compare(a->children[i], b->children[i]);
		if (order != 0)
			return order;
	}
	return (a->child_count > b->child_count) - (a->child_count < b->child_count);
}

static int
compare_places(const void *a, const void *b)
{
	struct query_node *const *left = a;
	struct query_node *const *right = b;
	return compare(*left, *right);
}

void
query_node_add(struct arena *arena, struct query_node *node, struct query_node *child)
{
	node->children =
	    arena_grow(arena, node->children, &node->child_count, sizeof(node->children[0]));
	node->children[node->child_count - 1] = child;
}

struct query_node *
query_node_negate(struct arena *arena, struct query_node *node)
{
	if (node->kind == QUERY_NOT)
		return node->children[0];
	struct query_node *opposite = arena_alloc(arena, sizeof(*opposite));

	opposite->kind = QUERY_NOT;
	query_node_add(arena, opposite, node);
	return opposite;
}

struct query_node *
query_node_join(struct arena *arena, enum query_kind kind, struct query_node **nodes, size_t count)
{
	struct query_node *joined = arena_alloc(arena, sizeof(*joined));
	size_t kept = 0;

	joined->kind = kind;
	for (size_t i = 0; i < count; i++) {
		bool is_same_kind = nodes[i]->kind == kind;
		size_t parts = is_same_kind ? nodes[i]->child_count : 1;
		for (size_t j = 0; j < parts; j++)
			query_node_add(
			    arena, joined, is_same_kind ? nodes[i]->children[j] : nodes[i]);
	}
	qsort(joined->children, joined->child_count, sizeof(joined->children[0]), compare_places);
	for (size_t i = 0; i < joined->child_count; i++)
		if (kept == 0 || compare(joined->children[kept - 1], joined->children[i]) != 0)
			joined->children[kept++] = joined->children[i];
	joined->child_count = kept;
	return kept == 1 ? joined->children[0] : joined;
}

/* Whether a bare word would not be read as it stands. */
static bool
needs_quotes(const struct query_node *term)
{
	if (str_starts(term->text, "-"))
		return true;
	for (size_t i = 0; i < term->text.len; i++)
		if (str_is_space(term->text.ptr[i]) ||
		    str_find_char(STR("()\"\\"), term->text.ptr[i]) >= 0)
			return true;
	return false;
}

static void
add_term(struct buf *out, const struct query_node *term)
{
	enum query_type type = query_field_type(term->field);
	bool is_quoted = needs_quotes(term);

	if (term->field != QUERY_ANY)
		buf_addf(out, "%s:", query_field_name(term->field));
	if (type == QUERY_COUNT || type == QUERY_DAY) {
		query_add_range(out, term);
		return;
	}
	if (is_quoted)
		buf_add_char(out, '"');
	buf_add(out, term->text);
	if (term->is_prefix)
		buf_add_char(out, '*');
	if (is_quoted)
		buf_add_char(out, '"');
}

/* The field stands before the NEAR alone. */
static void
add_near(struct buf *out, const struct query_node *node)
{
	if (node->field != QUERY_ANY)
		buf_addf(out, "%s:", query_field_name(node->field));
	buf_add_string(out, "NEAR(");
	for (size_t i = 0; i < node->child_count; i++) {
		struct query_node term = *node->children[i];
		term.field = QUERY_ANY;
		buf_add_string(out, i > 0 ? " " : "");
		add_term(out, &term);
	}
	buf_addf(out, ", %lld)", (long long)node->distance);
}

static void add_node(struct buf *out, const struct query_node *node);

static void
add_operand(struct buf *out, const struct query_node *node)
{
	bool is_group = node->kind == QUERY_AND || node->kind == QUERY_OR;

	if (is_group)
		buf_add_char(out, '(');
	add_node(out, node);
	if (is_group)
		buf_add_char(out, ')');
}

static void
add_node(struct buf *out, const struct query_node *node)
{
	if (node->kind == QUERY_TERM) {
		add_term(out, node);
		return;
	}
	if (node->kind == QUERY_NEAR) {
		add_near(out, node);
		return;
	}
	if (node->kind == QUERY_NOT)
		buf_add_char(out, '-');
	for (size_t i = 0; i < node->child_count; i++) {
		if (i > 0)
			buf_add_string(out, node->kind == QUERY_OR ? " OR " : " ");
		add_operand(out, node->children[i]);
	}
}

void
query_describe(const struct query *query, struct buf *out)
{
	if (query->root != NULL)
		add_node(out, query->root);
}
