/*
 * No five papers of one kind.
 */
#ifndef DIGEST_PICK_DIVERSITY_H
#define DIGEST_PICK_DIVERSITY_H

#include "order.h"

/*
 * Reorders the places of each section by maximal marginal relevance (J. Carbonell and J. Goldstein,
 * SIGIR 1998): next comes what has most of (1 - diversity) * score - diversity * likeness to the
 * most alike of those before it. How alike two titles are is the share of their words that they
 * have in common. Beyond the first thousand of a section the order stays.
 */
void pick_diversify(const struct pick_field *field, struct pick_place *places);

#endif
