/*
 * What the files of the ledger share. Not for anybody else: the contract is digest/ledger.h.
 */
#ifndef DIGEST_LEDGER_INTERNAL_H
#define DIGEST_LEDGER_INTERNAL_H

#include "digest/buf.h"
#include "digest/ledger.h"

struct ledger {
	struct journal journal; /* first: deliver gives it back to us */
	struct db *db;
	int64_t retry_s;
	size_t dots_out; /* whose replies are not recorded: there is room for them in the log */
	bool (*wants)(void *context, struct str mailbox); /* NULL: all */
	void *wants_context;
	struct buf mailbox; /* the one that is looked for */
};

/* Sets up what deliver calls, and has its statements ready before they are needed. */
int ledger_init_journal(struct ledger *ledger, struct err *err);

/* The states from which an event leads on, as bits: for SQL. */
int64_t ledger_states_before(enum ledger_event event);

#endif
