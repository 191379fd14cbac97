/*
 * The filter language of --match, include and exclude. Terms side by side must all hold:
 *
 *     diffusion "language model" -survey          words, a phrase, not
 *     ti:agents OR (au:bengio cat:cs.LG)          fields, alternatives, grouping
 *     "AND", "OR", "NOT" in capitals; fields ti: abs: au: cat: key:
 *
 * A term without a field looks at title, abstract and authors. Case, accents and TeX commands are
 * ignored; a word matches whole words, a trailing * any word that begins so. cat: matches a category
 * or an archive with a trailing ".*". key: matches any spelling of a name of the entry.
 */
#ifndef DIGEST_QUERY_H
#define DIGEST_QUERY_H

#include "digest/entry.h"
#include "digest/err.h"

struct query;

/*
 * Parses an expression. EX_USAGE: "column N: …", counted in characters from 1. The empty expression
 * matches everything. Free with query_free().
 */
int query_parse(struct query **query, struct str text, struct err *err);
void query_free(struct query *query);

/* What one entry is matched by; made once per entry and asked by many queries. */
struct query_subject;
struct query_subject *query_subject(struct arena *arena, const struct entry *entry);

bool query_matches(const struct query *query, const struct query_subject *subject);

/* Appends the expression in its normal form: equal meaning as parsed gives equal text. */
void query_describe(const struct query *query, struct buf *out);

#endif
