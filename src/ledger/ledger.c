/*
 * The rows of the ledger: queueing, claiming, giving back, counting. Each function is one
 * transaction, but ledger_queue(), which is part of its caller's.
 */
#include "ledger_internal.h"

#include "digest/date.h"
#include "digest/mem.h"

/* Which deliveries a scope means: ?1 list, ?2 address, ?3 issue; 0 and '' for any. */
#define IN_SCOPE \
	" FROM delivery d JOIN issue i ON i.id = d.issue JOIN audience a ON a.id = i.audience" \
	" WHERE (?1 = 0 OR a.list = ?1) AND (?2 = '' OR d.address = ?2)" \
	" AND (?3 = 0 OR d.issue = ?3)"

/* The condition of the index over what is not final, word for word. */
#define IS_OPEN " d.state IN (0, 1, 2, 4, 6)"

int
ledger_open(struct ledger **ledger, struct db *db, struct err *err)
{
	struct ledger *opened = mem_alloc(sizeof(*opened));

	opened->journal = (struct journal){ ledger_record_dot, ledger_record_receipt };
	opened->db = db;
	if (ledger_prepare_journal(opened, err) < 0) {
		ledger_close(opened);
		return -1;
	}
	*ledger = opened;
	return 0;
}

void
ledger_close(struct ledger *ledger)
{
	mem_free(ledger);
}

struct journal *
ledger_journal(struct ledger *ledger)
{
	return &ledger->journal;
}

void
ledger_set_retry(struct ledger *ledger, int64_t retry_s)
{
	ledger->retry_s = retry_s;
}

static void
bind_scope(struct db_stmt *stmt, const struct ledger_scope *scope)
{
	db_bind_int(stmt, 1, scope->list);
	db_bind_text(stmt, 2, str_from(scope->address));
	db_bind_int(stmt, 3, scope->issue);
}

/* Ends a transaction that `status` tells the fate of. */
static int
finish(struct ledger *ledger, int status, struct err *err)
{
	if (status == 0 && db_commit(ledger->db, err) == 0)
		return 0;
	db_rollback(ledger->db);
	return -1;
}

/* ---- queueing ---- */

int
ledger_queue(struct ledger *ledger, int64_t issue, const struct ledger_addressee *addressees,
    size_t count, int64_t now, struct err *err)
{
	for (size_t i = 0; i < count; i++) {
		struct db_stmt *stmt = db_prepare(ledger->db,
		    "INSERT INTO delivery (issue, recipient, address, kind, message_id, state, "
		    "queued_at,"
		    " changed_at) VALUES (?1, ?2, ?3, ?4, ?5, 0, ?6, ?6)",
		    err);
		if (stmt == NULL)
			return -1;
		db_bind_int(stmt, 1, issue);
		db_bind_int(stmt, 2, addressees[i].recipient);
		db_bind_text(stmt, 3, str_from(addressees[i].address));
		db_bind_int(stmt, 4, addressees[i].kind);
		db_bind_text(stmt, 5, str_from(addressees[i].message_id));
		db_bind_int(stmt, 6, now);
		if (db_run(stmt, err) < 0)
			return -1;
	}
	return 0;
}

/* ---- after a run that died ---- */

static int
run_sql(struct ledger *ledger, const char *sql, int64_t first, int64_t second, struct err *err)
{
	struct db_stmt *stmt = db_prepare(ledger->db, sql, err);

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, first);
	db_bind_int(stmt, 2, second);
	return db_run(stmt, err);
}

static int
recover(struct ledger *ledger, int64_t now, int64_t expire_s, struct err *err)
{
	int64_t oldest = expire_s > 0 ? now - expire_s : INT64_MIN;

	if (run_sql(ledger,
	        "UPDATE delivery AS d SET state = 6, doubts = doubts + 1, changed_at = ?1"
	        " WHERE d.state = 2 AND" IS_OPEN " AND ?2 = 0",
	        now, 0, err) < 0 ||
	    run_sql(ledger,
	        "UPDATE delivery AS d SET state = 0, changed_at = ?1"
	        " WHERE d.state = 1 AND" IS_OPEN " AND ?2 = 0",
	        now, 0, err) < 0)
		return -1;
	/* What is in doubt by now may be claimed; what this run itself leaves in doubt may not. */
	if (run_sql(ledger,
	        "UPDATE delivery AS d SET next_at = ?1 WHERE d.state = 6 AND" IS_OPEN
	        " AND next_at IS NULL AND ?2 = 0",
	        0, 0, err) < 0)
		return -1;
	return run_sql(ledger,
	    "UPDATE delivery AS d SET state = 8, changed_at = ?1"
	    " WHERE d.state IN (0, 4) AND" IS_OPEN " AND d.queued_at < ?2",
	    now, oldest, err);
}

static int
count_doubts(struct ledger *ledger, size_t *count, struct err *err)
{
	struct db_stmt *stmt = db_prepare(
	    ledger->db, "SELECT count(*) FROM delivery d WHERE d.state = 6 AND" IS_OPEN, err);

	if (stmt == NULL || db_step(stmt, err) < 0)
		return -1;
	*count = (size_t)db_int(stmt, 0);
	db_reset(stmt);
	return 0;
}

int
ledger_recover(
    struct ledger *ledger, int64_t now, int64_t expire_s, size_t *doubt_count, struct err *err)
{
	if (db_begin(ledger->db, err) < 0 ||
	    finish(ledger, recover(ledger, now, expire_s, err), err) < 0)
		return -1;
	return count_doubts(ledger, doubt_count, err);
}

/* ---- claiming ---- */

static void
read_delivery(struct db_stmt *stmt, struct arena *arena, struct ledger_delivery *delivery)
{
	*delivery = (struct ledger_delivery){
		.id = db_int(stmt, 0),
		.issue = db_int(stmt, 1),
		.recipient = db_int(stmt, 2),
		.address = arena_copy(arena, db_text(stmt, 3)),
		.message_id = arena_copy(arena, db_text(stmt, 4)),
		.kind = (enum message_kind)db_int(stmt, 5),
		.was = (enum ledger_state)db_int(stmt, 6),
		.attempts = (int)db_int(stmt, 7) + 1,
		.token = arena_copy(arena, db_text(stmt, 8)),
	};
}

static int
find_due(struct ledger *ledger, const struct ledger_scope *scope, bool resend_doubt, int64_t now,
    size_t limit, struct arena *arena, struct ledger_delivery **deliveries, size_t *count,
    struct err *err)
{
	struct db_stmt *stmt = db_prepare(ledger->db,
	    "SELECT d.id, d.issue, d.recipient, d.address, d.message_id, d.kind, d.state, "
	    "d.attempts,"
	    " (SELECT token FROM recipient WHERE id = d.recipient)" IN_SCOPE " AND" IS_OPEN
	    " AND (d.state = 0 OR (d.state = 4 AND d.next_at <= ?4)"
	    " OR (d.state = 6 AND ?5 AND d.next_at <= ?4))"
	    " ORDER BY d.issue, d.id LIMIT ?6",
	    err);
	int found;

	if (stmt == NULL)
		return -1;
	bind_scope(stmt, scope);
	db_bind_int(stmt, 4, now);
	db_bind_int(stmt, 5, resend_doubt);
	db_bind_int(stmt, 6, (int64_t)limit);
	while ((found = db_step(stmt, err)) > 0) {
		*deliveries = arena_grow(arena, *deliveries, count, sizeof(**deliveries));
		read_delivery(stmt, arena, &(*deliveries)[*count - 1]);
	}
	return found;
}

static int
mark_attempt(
    struct ledger *ledger, const struct ledger_delivery *delivery, int64_t now, struct err *err)
{
	struct db_stmt *stmt = db_prepare(ledger->db,
	    "UPDATE delivery SET state = 1, attempts = ?2, changed_at = ?3 WHERE id = ?1", err);

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, delivery->id);
	db_bind_int(stmt, 2, delivery->attempts);
	db_bind_int(stmt, 3, now);
	return db_run(stmt, err);
}

int
ledger_claim(struct ledger *ledger, const struct ledger_scope *scope, bool resend_doubt,
    int64_t now, size_t limit, struct arena *arena, struct ledger_delivery **deliveries,
    size_t *count, struct err *err)
{
	int status;

	*deliveries = NULL;
	*count = 0;
	if (db_begin(ledger->db, err) < 0)
		return -1;
	status = find_due(ledger, scope, resend_doubt, now, limit, arena, deliveries, count, err);
	for (size_t i = 0; i < *count && status == 0; i++)
		status = mark_attempt(ledger, &(*deliveries)[i], now, err);
	return finish(ledger, status, err);
}

int
ledger_release(struct ledger *ledger, int64_t delivery, struct err *err)
{
	if (db_begin(ledger->db, err) < 0)
		return -1;
	return finish(ledger,
	    run_sql(ledger, "UPDATE delivery SET state = 0 WHERE id = ?1 AND state = 1 AND ?2 = 0",
	        delivery, 0, err),
	    err);
}

int
ledger_next_due(
    struct ledger *ledger, const struct ledger_scope *scope, int64_t *due, struct err *err)
{
	struct db_stmt *stmt = db_prepare(
	    ledger->db, "SELECT min(d.next_at)" IN_SCOPE " AND" IS_OPEN " AND d.state = 4", err);

	if (stmt == NULL)
		return -1;
	bind_scope(stmt, scope);
	if (db_step(stmt, err) < 0)
		return -1;
	*due = db_is_null(stmt, 0) ? DATE_NO_INSTANT : db_int(stmt, 0);
	db_reset(stmt);
	return 0;
}

/* ---- the operator's wishes ---- */

int
ledger_cancel(struct ledger *ledger, int64_t recipient, size_t *count, struct err *err)
{
	if (run_sql(ledger,
	        "UPDATE delivery AS d SET state = 7 WHERE d.recipient = ?1 AND d.state IN (0, 4) "
	        "AND ?2 = 0",
	        recipient, 0, err) < 0)
		return -1;
	*count = (size_t)db_changes(ledger->db);
	return 0;
}

/* What is under way is left alone: it has no end yet. */
static int
requeue(struct ledger *ledger, int64_t issue, const char *address, size_t *count, struct err *err)
{
	struct db_stmt *stmt = db_prepare(ledger->db,
	    "UPDATE delivery SET state = 0, next_at = NULL"
	    " WHERE issue = ?1 AND (?2 = '' OR address = ?2) AND state NOT IN (1, 2)",
	    err);

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, issue);
	db_bind_text(stmt, 2, str_from(address));
	if (db_run(stmt, err) < 0)
		return -1;
	*count = (size_t)db_changes(ledger->db);
	return 0;
}

int
ledger_requeue(
    struct ledger *ledger, int64_t issue, const char *address, size_t *count, struct err *err)
{
	if (db_begin(ledger->db, err) < 0)
		return -1;
	return finish(ledger, requeue(ledger, issue, address, count, err), err);
}

/* ---- telling ---- */

int
ledger_count(struct ledger *ledger, const struct ledger_scope *scope, bool is_open,
    struct ledger_counts *counts, struct err *err)
{
	const char *sql = is_open ? "SELECT d.state, count(*), min(d.queued_at)" IN_SCOPE
	                            " AND" IS_OPEN " GROUP BY d.state"
	                          : "SELECT d.state, count(*), min(d.queued_at)" IN_SCOPE
	                            " GROUP BY d.state";
	struct db_stmt *stmt = db_prepare(ledger->db, sql, err);
	int found;

	for (int i = 0; i < LEDGER_STATE_COUNT; i++) {
		counts->count[i] = 0;
		counts->oldest[i] = DATE_NO_INSTANT;
	}
	if (stmt == NULL)
		return -1;
	bind_scope(stmt, scope);
	while ((found = db_step(stmt, err)) > 0) {
		int64_t state = db_int(stmt, 0);
		counts->count[state] = (size_t)db_int(stmt, 1);
		counts->oldest[state] = db_int(stmt, 2);
	}
	return found;
}

int
ledger_lines(struct ledger *ledger, int64_t issue, struct arena *arena, struct str **lines,
    size_t *count, struct err *err)
{
	struct db_stmt *stmt = db_prepare(ledger->db,
	    "SELECT address, state, attempts, phase, reply, changed_at, doubts FROM delivery"
	    " WHERE issue = ?1 ORDER BY address",
	    err);
	char when[DATE_INSTANT_BYTES];
	int found;

	*lines = NULL;
	*count = 0;
	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, issue);
	while ((found = db_step(stmt, err)) > 0) {
		struct str address = db_text(stmt, 0), phase = db_text(stmt, 3),
		           reply = db_text(stmt, 4);
		*lines = arena_grow(arena, *lines, count, sizeof(struct str));
		(*lines)[*count - 1] = arena_printf(arena, "%.*s  %s %s, attempt %d%s%s%.*s%s%.*s",
		    STR_ARG(address), ledger_state_name((enum ledger_state)db_int(stmt, 1)),
		    date_format_instant(when, db_int(stmt, 5)), (int)db_int(stmt, 2),
		    db_int(stmt, 6) > 0 ? ", was in doubt" : "", phase.len > 0 ? ", " : "",
		    STR_ARG(phase), reply.len > 0 ? ": " : "", STR_ARG(reply));
	}
	return found;
}
