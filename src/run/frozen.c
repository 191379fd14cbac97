/*
 * Frozen messages in memory: loaded once for all letters that are filled from them. Who needs which
 * is the postman's.
 */
#include "frozen.h"

/* In all, unless the first alone is larger. */
enum { SHELF_BYTES = 8 << 20 };

void
frozen_init(struct frozen_shelf *shelf)
{
	*shelf = (struct frozen_shelf){ .count = 0 };
	for (size_t i = 0; i < FROZEN_MOST; i++)
		shelf->frozen[i].bytes = BUF_INIT(BUF_LIMIT);
}

void
frozen_release(struct frozen_shelf *shelf)
{
	for (size_t i = 0; i < FROZEN_MOST; i++)
		buf_release(&shelf->frozen[i].bytes);
}

const struct frozen *
frozen_find(const struct frozen_shelf *shelf, const struct ledger_delivery *delivery)
{
	for (size_t i = 0; i < shelf->count; i++) {
		const struct frozen *frozen = &shelf->frozen[i];
		if (frozen->issue == delivery->issue && frozen->kind == delivery->kind)
			return frozen;
	}
	return NULL;
}

bool
frozen_is_full(const struct frozen_shelf *shelf)
{
	size_t bytes = 0;

	for (size_t i = 0; i < shelf->count; i++)
		bytes += shelf->frozen[i].bytes.len;
	return shelf->count == FROZEN_MOST || bytes > SHELF_BYTES;
}

void
frozen_clear(struct frozen_shelf *shelf)
{
	shelf->count = 0;
}

const struct frozen *
frozen_load(struct frozen_shelf *shelf, struct store *store, const struct ledger_delivery *delivery,
    struct err *err)
{
	struct frozen *frozen = &shelf->frozen[shelf->count];

	buf_reset(&frozen->bytes);
	if (store_message(store, delivery->issue, delivery->kind, &frozen->bytes, err) < 0)
		return NULL;
	frozen->shape = message_shape(buf_str(&frozen->bytes));
	frozen->is_for_all = str_find_char(buf_str(&frozen->bytes), MESSAGE_SLOT_TO) < 0 &&
	    str_find_char(buf_str(&frozen->bytes), MESSAGE_SLOT_TOKEN) < 0;
	frozen->issue = delivery->issue;
	frozen->kind = delivery->kind;
	shelf->count++;
	return frozen;
}

/* Every slot at its longest. */
size_t
frozen_largest(const struct frozen *frozen)
{
	enum { VALUE_BYTES = 512, SIGNATURE_BYTES = 4096 };
	struct str rest = buf_str(&frozen->bytes);
	size_t slots = 0;

	for (size_t at; (at = str_until(rest, MESSAGE_SLOTS)) < rest.len; slots++)
		rest = str_skip(rest, at + 1);
	return frozen->bytes.len + slots * VALUE_BYTES + SIGNATURE_BYTES;
}
