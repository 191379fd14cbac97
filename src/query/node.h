/*
 * A parsed expression as a tree. Private to query: parse.c makes terms, normal.c joins them, match.c
 * and describe walk them. All nodes live in the query's arena.
 */
#ifndef DIGEST_QUERY_NODE_H
#define DIGEST_QUERY_NODE_H

#include "digest/arena.h"

/* In the order in which nodes stand beside one another in the normal form. */
enum query_kind { QUERY_TERM, QUERY_OR, QUERY_AND, QUERY_NOT };

/* QUERY_ANY is title, abstract and authors. */
enum query_field {
	QUERY_ANY,
	QUERY_TITLE,
	QUERY_ABSTRACT,
	QUERY_AUTHOR,
	QUERY_CATEGORY,
	QUERY_KEY,
};

struct query_node {
	enum query_kind kind;

	/* Of a term. */
	enum query_field field;
	struct str text; /* words with a space between them; or a folded category; or an alias */
	bool is_prefix; /* the last word is the beginning of one */

	/* Of the others; a QUERY_NOT has one. */
	struct query_node **children;
	size_t child_count;
};

struct query {
	struct arena *arena;
	const struct query_node *root; /* NULL matches everything */
};

/* The field's name as it is written, without the colon; "" for QUERY_ANY. */
const char *query_field_name(enum query_field field);

/* The opposite of a node. */
struct query_node *query_node_negate(struct arena *arena, struct query_node *node);

/* QUERY_AND or QUERY_OR of nodes, of which there is at least one, in normal form. */
struct query_node *
query_node_join(struct arena *arena, enum query_kind kind, struct query_node **nodes, size_t count);

struct buf;

/*
 * Appends the words of an author's name in the order they are spoken: "Bengio, Yoshua" is
 * "yoshua bengio".
 */
void query_add_name(struct buf *out, struct str name);

/* Appends a category in the form in which they are compared. */
void query_add_category(struct buf *out, struct str category);

#endif
