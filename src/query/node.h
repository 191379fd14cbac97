/*
 * A parsed expression as a tree. Private to query: parse.c and value.c make terms, normal.c joins
 * them, match.c and fulltext.c walk them. All nodes live in the query's arena.
 */
#ifndef DIGEST_QUERY_NODE_H
#define DIGEST_QUERY_NODE_H

#include "digest/arena.h"
#include "digest/err.h"

/* In the order in which nodes stand beside one another in the normal form. */
enum query_kind { QUERY_TERM, QUERY_NEAR, QUERY_OR, QUERY_AND, QUERY_NOT };

/* QUERY_ANY is title, abstract and authors. */
enum query_field {
	QUERY_ANY,
	QUERY_TITLE,
	QUERY_ABSTRACT,
	QUERY_AUTHOR,
	QUERY_CATEGORY,
	QUERY_KEY,
	QUERY_COMMENT,
	QUERY_ORGANISATION,
	QUERY_SOURCE,
	QUERY_CODE,
	QUERY_VOTES,
	QUERY_COMMENTS,
	QUERY_DATE,
	QUERY_LISTED,
	QUERY_FIELD_COUNT
};

/* What is looked for in a field. */
enum query_type {
	QUERY_WORDS,
	QUERY_NAME, /* something with a spelling of its own: a category, a key, a source */
	QUERY_FLAG, /* yes or no */
	QUERY_COUNT, /* a number, or from … to */
	QUERY_DAY, /* a day, or from … to, or so many days back */
};

struct query_node {
	enum query_kind kind;

	/* Of a term, and of QUERY_NEAR. */
	enum query_field field;
	struct str text; /* words with a space between them; or a folded name; "yes" or "no" */
	bool is_prefix; /* the last word is the beginning of one */
	int64_t least, most; /* of counts and days, both included; INT64_MIN and _MAX for open */
	bool is_recent; /* the last `most` days */

	/* Of the others, a QUERY_NOT having one; and the terms of a QUERY_NEAR. */
	struct query_node **children;
	size_t child_count;
	int64_t distance; /* of QUERY_NEAR: words between the end of the first and the last */
};

struct query {
	struct arena *arena;
	const struct query_node *root; /* NULL matches everything */
};

/* The field's name as it is written, without the colon; "" for QUERY_ANY. */
const char *query_field_name(enum query_field field);
enum query_type query_field_type(enum query_field field);

/*
 * Reads what stands after the name of a field of counts or days: the sign (":", ">=", "<", "=" …)
 * and the value. EX_USAGE without a column.
 */
int query_read_range(struct query_node *term, struct str sign, struct str value, struct err *err);

/* Appends a range as it would be written after the colon. */
struct buf;
void query_add_range(struct buf *out, const struct query_node *term);

/* The opposite of a node. */
struct query_node *query_node_negate(struct arena *arena, struct query_node *node);

/* Adds a node to the children of another. */
void query_node_add(struct arena *arena, struct query_node *node, struct query_node *child);

/* QUERY_AND or QUERY_OR of nodes, of which there is at least one, in normal form. */
struct query_node *
query_node_join(struct arena *arena, enum query_kind kind, struct query_node **nodes, size_t count);

/*
 * Appends the words of an author's name in the order they are spoken: "Bengio, Yoshua" is
 * "yoshua bengio".
 */
void query_add_name(struct buf *out, struct str name);

/* Appends a category, or a source's name, in the form in which they are compared. */
void query_add_label(struct buf *out, struct str label);

#endif
