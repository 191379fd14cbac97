/*
 * Feeds: what Atom and the RSS family have in common, which is nearly all. A dialect says which
 * elements are items and whose vocabulary a document without namespaces speaks.
 */
#ifndef DIGEST_SOURCE_FEED_H
#define DIGEST_SOURCE_FEED_H

#include "format.h"

enum feed_dialect { FEED_ATOM, FEED_RSS };

/* Reads a feed: each item is emitted or skipped. EX_DATAERR also for an error dressed as a feed. */
int feed_read(
    struct input *input, enum feed_dialect dialect, struct format_reader *reader, struct err *err);

/* How sure one can be that these bytes are a feed of the dialect: 0…100. */
int feed_sniff(struct str bytes, enum feed_dialect dialect);

#endif
