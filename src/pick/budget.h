/*
 * The reader's minutes: how much of each picked entry is shown.
 */
#ifndef DIGEST_PICK_BUDGET_H
#define DIGEST_PICK_BUDGET_H

#include "digest/pick.h"

/*
 * Sets the form of each of the picked candidates so that all of them together are read in so many
 * minutes and most of what is wanted is shown: an entry's score counts whole when it is shown in
 * full, by two thirds in brief, by a quarter on a line. Nothing is hidden, so that many entries may
 * take longer all the same. `minutes` 0 shows everything in full.
 */
void pick_budget(struct pick_candidate *picked, size_t count, size_t minutes);

#endif
