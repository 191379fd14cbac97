/*
 * Categories and sources that a query looks for and that nothing stored has.
 */
#ifndef DIGEST_CLI_UNKNOWN_H
#define DIGEST_CLI_UNKNOWN_H

#include "digest/query.h"
#include "digest/store.h"

/* Appends a sentence for each of them, "; " between: which it is, and the nearest that there is. */
int unknown_add(struct buf *out, struct store *store, const struct query *query,
    struct arena *arena, struct err *err);

#endif
