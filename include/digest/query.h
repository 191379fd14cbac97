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
 * A term without a field looks at title, abstract and authors. ti: abs: au: org: and comment:
 * (which looks at the journal reference too) look at one of them; cat: at categories ("cs" and
 * "cs.*" are all of an archive's), src: at the names of the sources, key: at any spelling of a name
 * of the entry, code:yes at whether there is code. Case, accents and TeX commands are ignored; a
 * word matches whole words, a trailing * any word that begins so. Authors are found by "Bengio",
 * "Y. Bengio" and "Bengio, Yoshua" alike.
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

/* ---- search ---- */

/* What a full-text index keeps of an entry, in the order of its columns. */
enum query_column {
	QUERY_COLUMN_TITLE,
	QUERY_COLUMN_ABSTRACT,
	QUERY_COLUMN_AUTHORS,
	QUERY_COLUMN_COMMENT, /* and the journal reference */
	QUERY_COLUMN_ORGANISATION,
	QUERY_COLUMN_CATEGORIES,
	QUERY_COLUMN_COUNT
};

/*
 * Appends the words of a column, as query_matches() sees them: letters and digits as folded,
 * anything else between them (a tokenizer that ends words at ASCII punctuation sees the same
 * words).
 */
void
query_add_words(const struct query_subject *subject, enum query_column column, struct buf *out);

/* An expression of SQLite's FTS5 over columns of these names. */
struct query_fulltext {
	struct str expression; /* "" when every entry may match */
	struct str *phrases; /* each an expression of its own, in the order of their places in it */
	size_t phrase_count;
};

/*
 * The expression that finds every entry which the query matches. It may find more: what it cannot
 * say (negations, counts, days, sources, keys …) is left out. Lives in the arena.
 */
void query_fulltext(const struct query *query, struct arena *arena, struct query_fulltext *out);

/* Where a phrase of such an expression stands in an entry: the number of a word, from 0. */
struct query_hit {
	int32_t phrase, column, place;
};

/*
 * How well an entry answers a query: the hits, as ordered by column and place; how many words each
 * column has, and has on average; what each phrase is worth (query_weight()).
 */
double query_relevance(const struct query_hit *hits, size_t count, const int32_t *column_words,
    const double *usual_words, const double *weights, size_t phrase_count);

/* What finding a phrase is worth that `found` of `total` entries have. */
double query_weight(int64_t found, int64_t total);

struct query_span {
	size_t start, len; /* in bytes */
};

/* Where in a text the words stand that the query looks for in that column, from left to right. */
void query_find_words(const struct query *query, enum query_column column, struct str text,
    struct arena *arena, struct query_span **spans, size_t *count);

/* Gives another word for one in a column (QUERY_COLUMN_COUNT: in any), or leaves `better` alone. */
typedef int query_respeller(
    void *context, enum query_column column, struct str word, struct str *better, struct err *err);

/*
 * The query with other words for some that it looks for (not those it denies, and no beginnings of
 * words): NULL when all of them stay. Free with query_free().
 */
int query_respell(const struct query *query, query_respeller *respell, void *context,
    struct query **other, struct err *err);

/*
 * In how many places a word is mistyped if the other is meant: a letter missing, too many, another,
 * or in its neighbour's place. Words over QUERY_WORD_BYTES are that far from all others.
 */
enum { QUERY_WORD_BYTES = 32 };
size_t query_slips(struct str a, struct str b);

/* In how many a word of that length may be, to be recognised: 0 for one that is too short. */
size_t query_slips_allowed(struct str word);

/*
 * A query is parts that must all hold: how many there are; one of them alone; and what remains
 * without it. Free with query_free().
 */
size_t query_part_count(const struct query *query);
struct query *query_part(const struct query *query, size_t nth);
struct query *query_without_part(const struct query *query, size_t nth);

/*
 * The nth category or source that the query looks for, as they are compared; not those it denies.
 * False after the last.
 */
bool query_label(const struct query *query, size_t nth, bool *is_source, struct str *label);

/* Appends the expression in its normal form: equal meaning as parsed gives equal text. */
void query_describe(const struct query *query, struct buf *out);

#endif
