/*
 * A linear support vector machine (liblinear): which of two kinds a row of features is of. What the
 * features stand for is the caller's.
 *
 * The machine is that of Hsieh et al., "A dual coordinate descent method for large-scale linear
 * SVM" (ICML 2008), with the squared hinge loss; the two kinds count alike however few rows one of
 * them has. The same rows in the same order give the same weights.
 */
#ifndef DIGEST_SVM_H
#define DIGEST_SVM_H

#include "digest/err.h"
#include "digest/str.h"

/* A feature that a row has; all others are 0. */
struct svm_feature {
	uint32_t index; /* from 0 */
	double value; /* finite */
};

/* Rows to learn from. */
struct svm_rows;

struct svm_rows *svm_rows_new(size_t feature_count);
void svm_rows_free(struct svm_rows *rows);

/*
 * Adds a row: its features, each once and all below the rows' feature_count; which kind it is of;
 * and as how many rows it counts, at least 1.
 */
void svm_rows_add(struct svm_rows *rows, const struct svm_feature *features, size_t count,
    bool is_positive, size_t times);

struct svm_rules {
	double cost; /* of a row on the wrong side, above 0: the C of the literature */
	double tolerance; /* how exact the answer is, above 0 */
};

/*
 * Learns: a row is positive as far as the sum of its features' values by their weights, and the
 * bias, is above 0. `weights` has room for feature_count. EX_DATAERR when one of the kinds has no
 * rows.
 */
int svm_train(const struct svm_rows *rows, const struct svm_rules *rules, double *weights,
    double *bias, struct err *err);

#endif
