/*
 * A model as the files liked*.c share it.
 */
#ifndef DIGEST_PICK_LIKED_MODEL_H
#define DIGEST_PICK_LIKED_MODEL_H

#include "digest/liked.h"

#include "liked_terms.h"

#include "digest/svm.h"

enum { LIKED_FEATURES_MOST = 20000, LIKED_PAPER_WORDS = 4000 };

struct liked_model {
	struct liked_words words;
	struct liked_terms terms; /* those that are features */
	struct liked_term *features; /* the same by number */
	uint32_t feature_count;
	uint32_t *places; /* of each in the vector being made, from 1; 0 between vectors */
	double *rarity; /* of each feature: the inverse document frequency */
	double *weights;
	double bias;
};

/* A model without features, with room for that many. */
struct liked_model *liked_model_new(size_t feature_room);

/* Makes a term the next feature. */
void liked_model_add(
    struct liked_model *model, uint32_t first, uint32_t second, double rarity, double weight);

/*
 * The features of a paper, the vector's length 1 (Euclid's); `features` has room for twice the
 * words. Returns how many there are.
 */
size_t liked_vector(const struct liked_model *model, const uint32_t *words, size_t count,
    struct svm_feature *features);

#endif
