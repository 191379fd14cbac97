/*
 * What somebody likes, learned from papers that were liked and disliked against all the others: a
 * linear machine (svm.h) on the words of title, abstract and authors. Which papers these are, and
 * what is kept of the result, is the caller's.
 *
 * The features are those of arxiv-sanity-lite, which scikit-learn computes as
 *
 *     TfidfVectorizer(strip_accents='unicode', stop_words='english',
 *         token_pattern=r'(?u)\b[a-zA-Z_][a-zA-Z0-9_]+\b', ngram_range=(1, 2),
 *         max_features=20000, sublinear_tf=True, max_df=0.1, min_df=5)
 *
 * and so is the machine, LinearSVC(class_weight='balanced', tol=1e-6, C=0.01); but a word may be in
 * more papers (max_df): those that one reads are of few fields, whose words many of them have.
 * Below five hundred papers fewer suffice for a word to count, and more are needed for it to be
 * everyone's.
 */
#ifndef DIGEST_LIKED_H
#define DIGEST_LIKED_H

#include "digest/entry.h"
#include "digest/err.h"

struct buf;

enum liked_label { LIKED_OTHER, LIKED_LIKE, LIKED_DISLIKE };

/* Papers to learn from; only their words are kept. */
struct liked_corpus;

struct liked_corpus *liked_corpus_new(void);
void liked_corpus_free(struct liked_corpus *corpus);

/*
 * Of the entry only title, abstract and authors count; of a long one its first thousands of words.
 */
void
liked_corpus_add(struct liked_corpus *corpus, const struct entry *entry, enum liked_label label);

/* What was learned. */
struct liked_model;

/*
 * In which part of the papers a word may be at most, to be counted: ours, and arxiv-sanity-lite's.
 */
#define LIKED_PART_MOST 0.3
#define LIKED_PART_MOST_SANITY 0.1

/*
 * Learns. A paper that is disliked counts about as much as one that is liked, and the others
 * together as much as all those that are liked. The same papers in the same order give the same
 * result. Takes the corpus. EX_DATAERR when none is liked, or there is none to tell them from.
 */
int liked_train(
    struct liked_model **model, struct liked_corpus *corpus, double part_most, struct err *err);
void liked_model_free(struct liked_model *model);

/*
 * How much an entry is like what was liked: the more the better, below 0 for most. `*words` are the
 * few that say so most of all, joined by ", ", in the arena; "" when its words speak against it.
 */
double liked_score(const struct liked_model *model, const struct entry *entry, struct arena *arena,
    struct str *words);

/* Appends the model as bytes; and makes one of them again: EX_DATAERR when they are none. */
void liked_save(const struct liked_model *model, struct buf *out);
int liked_load(struct liked_model **model, struct str bytes, struct err *err);

#endif
