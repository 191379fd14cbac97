/* Frozen messages in memory, as many as there is room for. Where they are kept is the store's. */
#ifndef DIGEST_RUN_FROZEN_H
#define DIGEST_RUN_FROZEN_H

#include "digest/ledger.h"
#include "digest/store.h"

/* The bytes of an issue for one kind of recipient. */
struct frozen {
	int64_t issue;
	enum message_kind kind;
	struct buf bytes;
	struct message_shape shape;
	bool is_for_all; /* nothing in it is the recipient's own */
};

enum { FROZEN_MOST = 64 };

struct frozen_shelf {
	struct frozen frozen[FROZEN_MOST];
	size_t count;
};

/* An empty shelf; it must be released. */
void frozen_init(struct frozen_shelf *shelf);
void frozen_release(struct frozen_shelf *shelf);

/* What a delivery is filled from, or NULL: not loaded. */
const struct frozen *
frozen_find(const struct frozen_shelf *shelf, const struct ledger_delivery *delivery);

/* Whether there is no room for another, and making room: what was found before is gone then. */
bool frozen_is_full(const struct frozen_shelf *shelf);
void frozen_clear(struct frozen_shelf *shelf);

/* Loads what a delivery is filled from, where there is room; NULL and errors as store_message(). */
const struct frozen *frozen_load(struct frozen_shelf *shelf, struct store *store,
    const struct ledger_delivery *delivery, struct err *err);

/* No message that is filled from it, and signed, has more bytes. */
size_t frozen_largest(const struct frozen *frozen);

#endif
