/*
 * The journal of the dot window: dot(), settle(), and round() for both. Between dot and settlement
 * nothing of ours allocates, and what that needs of the disk is set aside before the dot.
 */
#include "ledger_internal.h"

#include "digest/clock.h"

#include <syslog.h>

enum {
	SETTLE_ATTEMPTS = 5,
	FIRST_PAUSE_MS = 50,
	/* What recording one reply can add to the log: a few pages of table and index. */
	SETTLE_BYTES = 8 * (4096 + 24),
	DOT_BYTES = 8 * (4096 + 24),
};

static const char dot_sql[] =
    "UPDATE delivery SET state = 2, changed_at = ?2 WHERE id = ?1 AND state = 1";

/*
 * A deferral waits 5, 10, 20, 40 minutes and then 56, give or take a fifth, so that recipients
 * spread out: 67 at most.
 */
static const char settle_sql[] =
    "UPDATE delivery SET state = ?2, is_open = ?2 IN (4, 6), changed_at = ?3, code = ?4,"
    " phase = ?5, reply = ?6,"
    " doubts = doubts + (?2 = 6), next_at = CASE WHEN ?2 <> 4 THEN NULL WHEN ?7 > 0 THEN ?3 + ?7"
    " ELSE ?3 + min(3333, 300 << min(attempts - 1, 4))"
    "  * (80 + (id * 7919 + attempts * 104729) % 41) / 100 END"
    " WHERE id = ?1 AND (?8 >> state & 1)";

static int
send_dot(struct ledger *ledger, int64_t delivery, struct err *err)
{
	struct db_stmt *stmt = db_prepare(ledger->db, dot_sql, err);

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, delivery);
	db_bind_int(stmt, 2, clock_now());
	if (db_run(stmt, err) < 0)
		return -1;
	if (db_changes(ledger->db) == 0)
		return err_set(err, EX_SOFTWARE,
		    "ledger: delivery %lld is not under way; its dot was not sent",
		    (long long)delivery);
	return 0;
}

static enum ledger_event
event_of(enum receipt_outcome outcome)
{
	switch (outcome) {
	case RECEIPT_ACCEPTED: return LEDGER_ACCEPT;
	case RECEIPT_DEFERRED: return LEDGER_DEFER;
	case RECEIPT_FAILED: return LEDGER_FAIL;
	default: return LEDGER_LOSE_REPLY;
	}
}

static enum ledger_state
state_after(enum receipt_outcome outcome)
{
	return (enum ledger_state)ledger_next(LEDGER_DOT, event_of(outcome));
}

/* 1 when the delivery was in one of these states (as bits), 0 when it was not, or -1. */
static int
record_from(struct ledger *ledger, int64_t states, int64_t delivery, const struct receipt *receipt,
    struct err *err)
{
	struct db_stmt *stmt = db_prepare(ledger->db, settle_sql, err);

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, delivery);
	db_bind_int(stmt, 2, state_after(receipt->outcome));
	db_bind_int(stmt, 3, clock_now());
	db_bind_int(stmt, 4, receipt->code);
	db_bind_text(stmt, 5, str_from(receipt->phase));
	db_bind_text(stmt, 6, str_from(receipt->reply));
	db_bind_int(stmt, 7, ledger->retry_s);
	db_bind_int(stmt, 8, states);
	if (db_run(stmt, err) < 0)
		return -1;
	return db_changes(ledger->db) > 0;
}

/* Adds 1 to `dot_count` where it is the reply to a dot. */
static int
record(struct ledger *ledger, int64_t delivery, const struct receipt *receipt, size_t *dot_count,
    struct err *err)
{
	static const int64_t dot_state = (int64_t)1 << LEDGER_DOT;
	int64_t states = ledger_states_before(event_of(receipt->outcome));

	int found = record_from(ledger, states & dot_state, delivery, receipt, err);
	if (found > 0)
		++*dot_count;
	if (found == 0)
		found = record_from(ledger, states & ~dot_state, delivery, receipt, err);
	if (found == 0)
		return err_set(err, EX_SOFTWARE, "ledger: delivery %lld was not under way",
		    (long long)delivery);
	return found < 0 ? -1 : 0;
}

/*
 * That many dots have their reply. One that came from an earlier life of the ledger is not counted.
 */
static size_t
dots_left(const struct ledger *ledger, size_t settled_count)
{
	return ledger->dots_out > settled_count ? ledger->dots_out - settled_count : 0;
}

/* Whether the same may work a moment later. */
static bool
is_passing(const struct err *err)
{
	return err->code == EX_IOERR || err->code == EX_TEMPFAIL || err->code == EX_OSERR ||
	    err->code == EX_NOPERM;
}

/* The last witness: whoever looks into doubtful deliveries finds the reply here. */
static void
tell_syslog(int64_t delivery, const struct receipt *receipt)
{
	syslog(LOG_MAIL | LOG_ERR,
	    "digest: delivery %lld was %s (%d %s) and this could not be recorded",
	    (long long)delivery, ledger_state_name(state_after(receipt->outcome)), receipt->code,
	    receipt->reply);
}

/* One transaction: what became of some, and that the dots of others are about to go out. */
static int
commit_round(struct ledger *ledger, const struct journal_result *results, size_t result_count,
    const int64_t *dots, size_t dot_count, struct err *err)
{
	size_t settled_count = 0;

	if (db_begin(ledger->db, err) < 0)
		return -1;
	for (size_t i = 0; i < result_count; i++) {
		if (record(ledger, results[i].delivery, &results[i].receipt, &settled_count, err) <
		    0)
			goto fail;
	}
	/* For this commit, and for the replies to all dots that are out then. */
	size_t out = dots_left(ledger, settled_count) + dot_count;
	if (dot_count > 0 &&
	    db_reserve(ledger->db,
	        (1 + dot_count) * DOT_BYTES + (result_count + out) * SETTLE_BYTES, err) < 0)
		goto fail;
	for (size_t i = 0; i < dot_count; i++) {
		if (send_dot(ledger, dots[i], err) < 0)
			goto fail;
	}
	if (db_commit(ledger->db, err) < 0)
		goto fail;
	ledger->dots_out = out;
	return 0;
fail:
	db_rollback(ledger->db);
	return -1;
}

static int
journal_dot(struct journal *journal, const int64_t *deliveries, size_t count, struct err *err)
{
	return commit_round((struct ledger *)journal, NULL, 0, deliveries, count, err);
}

static int
settle_one(struct ledger *ledger, const struct journal_result *result, struct err *err)
{
	size_t settled_count = 0;

	if (record(ledger, result->delivery, &result->receipt, &settled_count, err) < 0)
		return -1;
	ledger->dots_out = dots_left(ledger, settled_count);
	return 0;
}

/* Records results, in one transaction; tries for a while. */
static int
settle_all(
    struct ledger *ledger, const struct journal_result *results, size_t count, struct err *err)
{
	struct err trouble = ERR_NONE;
	int64_t pause_ms = FIRST_PAUSE_MS;

	for (int attempt = 1; attempt <= SETTLE_ATTEMPTS; attempt++) {
		err_clear(&trouble);
		int status = count == 1 ? settle_one(ledger, results, &trouble)
		                        : commit_round(ledger, results, count, NULL, 0, &trouble);
		if (status == 0)
			return 0;
		if (!is_passing(&trouble))
			break;
		clock_sleep_ms(pause_ms);
		pause_ms *= 2;
	}
	for (size_t i = 0; i < count; i++)
		tell_syslog(results[i].delivery, &results[i].receipt);
	err_set(
	    err, trouble.code, "%s; the reply is in the system log, sending stops", trouble.text);
	return -1;
}

static int
journal_settle(
    struct journal *journal, int64_t delivery, const struct receipt *receipt, struct err *err)
{
	const struct journal_result result = { delivery, *receipt };

	return settle_all((struct ledger *)journal, &result, 1, err);
}

static int
journal_round(struct journal *journal, const struct journal_result *results, size_t result_count,
    const int64_t *dots, size_t dot_count, struct err *err)
{
	struct ledger *ledger = (struct ledger *)journal;

	if (dot_count == 0)
		return settle_all(ledger, results, result_count, err);
	if (commit_round(ledger, results, result_count, dots, dot_count, err) == 0)
		return 0;
	/* The dots can stay unsent; what was sent must be known. */
	if (result_count > 0) {
		struct err trouble = ERR_NONE;
		if (settle_all(ledger, results, result_count, &trouble) < 0)
			*err = trouble;
	}
	return -1;
}

int
ledger_init_journal(struct ledger *ledger, struct err *err)
{
	ledger->journal.dot = journal_dot;
	ledger->journal.settle = journal_settle;
	ledger->journal.round = journal_round;
	if (db_prepare(ledger->db, dot_sql, err) == NULL)
		return -1;
	return db_prepare(ledger->db, settle_sql, err) != NULL ? 0 : -1;
}
