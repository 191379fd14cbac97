/* What the parts of the ledger share. */
#ifndef DIGEST_LEDGER_INTERNAL_H
#define DIGEST_LEDGER_INTERNAL_H

#include "digest/ledger.h"

struct ledger {
	struct journal journal; /* first, so that one is the other */
	struct db *db;
	int64_t retry_s; /* the pause before a deferred delivery within a run; 0: the ladder */
};

/* The journal's functions, in journal.c. */
int ledger_record_dot(
    struct journal *journal, const int64_t *deliveries, size_t count, struct err *err);
int ledger_record_receipt(
    struct journal *journal, int64_t delivery, const struct receipt *receipt, struct err *err);

/* Prepares what is needed inside the dot window, where nothing of ours allocates. */
int ledger_prepare_journal(struct ledger *ledger, struct err *err);

#endif
