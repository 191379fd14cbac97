/*
 * The journal of the dot window: each step is one commit, and a receipt is recorded as long as there
 * is hope. Nothing of ours allocates here; the statements were prepared when the ledger was opened.
 */
#include "ledger_internal.h"

#include "digest/clock.h"
#include "digest/date.h"

#include <string.h>
#include <syslog.h>

/* The ladder of pauses before a deferred delivery is tried again, and how often a record is. */
enum {
	FIRST_PAUSE_S = 5 * 60,
	LONGEST_PAUSE_S = 67 * 60,
	JITTER_PERCENT = 20,
	RECORD_TRIES = 5,
	RECORD_PAUSE_MS = 50,
};

static const char dot_sql[] =
    "UPDATE delivery SET state = 2, changed_at = ?2 WHERE id = ?1 AND state = 1";

/* From attempt only a refusal can follow, from dot anything. */
static const char settle_sql[] =
    "UPDATE delivery SET state = ?2, changed_at = ?3, next_at = ?4, code = ?5, phase = ?6,"
    " reply = ?7, doubts = doubts + (?2 = 6)"
    " WHERE id = ?1 AND (state = 2 OR (state = 1 AND ?2 IN (4, 5)))";

static const char history_sql[] =
    "INSERT OR REPLACE INTO attempt (delivery, number, at, state, code, phase, reply)"
    " SELECT id, attempts, changed_at, state, code, phase, reply FROM delivery WHERE id = ?1";

static const char attempts_sql[] = "SELECT attempts FROM delivery WHERE id = ?1";

int
ledger_prepare_journal(struct ledger *ledger, struct err *err)
{
	const char *const statements[] = { dot_sql, settle_sql, history_sql, attempts_sql };

	for (size_t i = 0; i < sizeof(statements) / sizeof(statements[0]); i++) {
		if (db_prepare(ledger->db, statements[i], err) == NULL)
			return -1;
	}
	return 0;
}

/* ---- the dot ---- */

static int
mark_dot(struct ledger *ledger, int64_t delivery, int64_t now, struct err *err)
{
	struct db_stmt *stmt = db_prepare(ledger->db, dot_sql, err);

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, delivery);
	db_bind_int(stmt, 2, now);
	if (db_run(stmt, err) < 0)
		return -1;
	if (db_changes(ledger->db) == 1)
		return 0;
	return err_set(
	    err, EX_SOFTWARE, "ledger: delivery %lld is not being attempted", (long long)delivery);
}

int
ledger_record_dot(struct journal *journal, const int64_t *deliveries, size_t count, struct err *err)
{
	struct ledger *ledger = (struct ledger *)journal;
	int64_t now = clock_now();
	int status = 0;

	if (db_begin(ledger->db, err) < 0)
		return -1;
	for (size_t i = 0; i < count && status == 0; i++)
		status = mark_dot(ledger, deliveries[i], now, err);
	if (status == 0 && db_commit(ledger->db, err) == 0)
		return 0;
	db_rollback(ledger->db);
	return -1;
}

/* ---- the receipt ---- */

static const enum ledger_state state_of[] = {
	[RECEIPT_ACCEPTED] = LEDGER_ACCEPTED,
	[RECEIPT_DEFERRED] = LEDGER_DEFERRED,
	[RECEIPT_FAILED] = LEDGER_FAILED,
	[RECEIPT_DOUBT] = LEDGER_DOUBT,
};

/* 5, 10, 20, 40 … minutes, each delivery a little off so that they do not come all at once. */
static int64_t
ladder_s(int64_t delivery, int64_t attempts)
{
	int64_t pause = FIRST_PAUSE_S;
	int64_t jitter =
	    (delivery * 7919 + attempts * 104729) % (2 * JITTER_PERCENT + 1) - JITTER_PERCENT;

	for (int64_t i = 1; i < attempts && pause < LONGEST_PAUSE_S; i++)
		pause *= 2;
	if (pause > LONGEST_PAUSE_S)
		pause = LONGEST_PAUSE_S;
	return pause + pause * jitter / 100;
}

static int
read_attempts(struct ledger *ledger, int64_t delivery, int64_t *attempts, struct err *err)
{
	struct db_stmt *stmt = db_prepare(ledger->db, attempts_sql, err);

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, delivery);
	int found = db_step(stmt, err);
	if (found < 0)
		return -1;
	*attempts = found > 0 ? db_int(stmt, 0) : 1;
	db_reset(stmt);
	return 0;
}

/* One attempt to record a receipt, in a transaction. */
static int
settle(struct ledger *ledger, int64_t delivery, const struct receipt *receipt, struct err *err)
{
	int64_t now = clock_now(), attempts = 1;
	struct db_stmt *stmt;

	if (read_attempts(ledger, delivery, &attempts, err) < 0)
		return -1;
	stmt = db_prepare(ledger->db, settle_sql, err);
	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, delivery);
	db_bind_int(stmt, 2, state_of[receipt->outcome]);
	db_bind_int(stmt, 3, now);
	/* A doubt has no next time in this run: sent again at once, it may well come twice. */
	if (receipt->outcome == RECEIPT_DEFERRED)
		db_bind_int(stmt, 4,
		    now + (ledger->retry_s > 0 ? ledger->retry_s : ladder_s(delivery, attempts)));
	else
		db_bind_null(stmt, 4);
	db_bind_int(stmt, 5, receipt->code);
	db_bind_text(stmt, 6, str_from(receipt->phase));
	db_bind_text(stmt, 7, str_from(receipt->reply));
	if (db_run(stmt, err) < 0)
		return -1;
	if (db_changes(ledger->db) != 1)
		return err_set(err, EX_SOFTWARE, "ledger: delivery %lld was not under way",
		    (long long)delivery);
	stmt = db_prepare(ledger->db, history_sql, err);
	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, delivery);
	return db_run(stmt, err);
}

static int
try_to_settle(
    struct ledger *ledger, int64_t delivery, const struct receipt *receipt, struct err *err)
{
	if (db_begin(ledger->db, err) < 0)
		return -1;
	if (settle(ledger, delivery, receipt, err) == 0 && db_commit(ledger->db, err) == 0)
		return 0;
	db_rollback(ledger->db);
	return -1;
}

int
ledger_record_receipt(
    struct journal *journal, int64_t delivery, const struct receipt *receipt, struct err *err)
{
	struct ledger *ledger = (struct ledger *)journal;
	struct err trouble = ERR_NONE;

	for (int i = 0; i < RECORD_TRIES; i++) {
		err_clear(&trouble);
		if (try_to_settle(ledger, delivery, receipt, &trouble) == 0)
			return 0;
		if (trouble.code == EX_SOFTWARE)
			break;
		clock_sleep_ms(RECORD_PAUSE_MS << i);
	}
	/* The last resort for the operator: what the server said stands in the system's log. */
	syslog(LOG_MAIL | LOG_ERR, "digest: delivery %lld: %d %s at %s could not be recorded: %s",
	    (long long)delivery, receipt->code, receipt->reply, receipt->phase, trouble.text);
	*err = trouble;
	return err_prefix(err, "ledger: a delivery's outcome cannot be recorded, sending stops");
}
