/* Papers that a command found, as people and programs want them. */
#ifndef DIGEST_CLI_FOUND_H
#define DIGEST_CLI_FOUND_H

#include "digest/buf.h"
#include "digest/query.h"
#include "digest/store.h"

/*
 * A block for each: its title, its authors, what is known of it and where it is, and the place of
 * its abstract that has most of what was looked for. What was is in bold on a terminal.
 */
void found_add_text(struct buf *out, const struct store_found *found, const struct query *query);

/*
 * An array of objects called "entries", as `digest show` has them, and what listed them last said.
 */
struct json;
void found_add_json(struct json *object, const struct store_found *found);

#endif
