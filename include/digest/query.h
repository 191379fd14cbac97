/*
 * The query language of --match, include, exclude and search. Terms side by side must all hold:
 *
 *     diffusion "language model" -survey          words, a phrase, not
 *     ti:agents OR (au:bengio cat:cs.LG)          fields, alternatives, grouping
 *     NEAR(tokens pruning, 5)   a NEAR/5 b        at most so many words between them
 *     votes>=20  comments>3  votes:20..50         counts
 *     date:2026-07..  listed:7d  date<2026        days of publication and of the listing (UTC)
 *     "AND", "OR", "NOT", "NEAR" in capitals
 *
 * A term without a field looks at title, abstract and authors. ti: abs: au: org: and comment: (which
 * looks at the journal reference too) look at one of them; cat: at categories ("cs" and "cs.*" are
 * all of an archive's), src: at the names of the sources, key: at any spelling of a name of the entry,
 * code:yes at whether there is code. Case, accents and TeX commands are ignored; a word matches whole
 * words, a trailing * any word that begins so. Authors are found by "Bengio", "Y. Bengio" and
 * "Bengio, Yoshua" alike.
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

/* What one entry is matched by; made once per entry and asked by many queries. `now` is what days
 * like "7d" count back from. */
struct query_subject;
struct query_subject *query_subject(struct arena *arena, const struct entry *entry, int64_t now);

bool query_matches(const struct query *query, const struct query_subject *subject);

/* Appends the expression in its normal form: equal meaning as parsed gives equal text. */
void query_describe(const struct query *query, struct buf *out);

#endif
