/* What happened to an entry, in words. */
#ifndef DIGEST_CLI_EVENT_TEXT_H
#define DIGEST_CLI_EVENT_TEXT_H

#include "digest/buf.h"
#include "digest/store.h"

/* Appends one event as the rest of a line, without its time. */
void event_add_text(struct buf *out, const struct store_event *event);

#endif
