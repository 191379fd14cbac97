/* What a query that finds nothing was perhaps meant to be. */
#ifndef DIGEST_CLI_RESPELL_H
#define DIGEST_CLI_RESPELL_H

#include "digest/buf.h"
#include "digest/query.h"
#include "digest/store.h"

/*
 * The query of a wish that finds nothing, with other words so that it finds something; NULL when
 * there is none. Appends which words these are. Free with query_free().
 */
int respell(struct store *store, const struct store_search *wish, struct arena *arena,
    struct query **other, struct buf *words, struct err *err);

#endif
