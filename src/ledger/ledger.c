/*
 * The rows of the ledger: queueing, claiming, and what the operator does to deliveries. The states
 * are machine.c's, the dot window journal.c's; issues, messages and recipients are the store's.
 */
#include "ledger_internal.h"

#include "digest/buf.h"
#include "digest/clock.h"
#include "digest/date.h"
#include "digest/log.h"
#include "digest/mem.h"

/*
 * Statements over the deliveries that are not final begin with the first or the second, go on with
 * the third, and so do not look at all that was ever sent. The words of the third are those of the
 * index.
 */
#define FROM_OPEN " FROM delivery AS d INDEXED BY delivery_open"
#define UPDATE_OPEN "UPDATE delivery AS d INDEXED BY delivery_open SET state = ?1, changed_at = ?3,"
#define IS_OPEN " WHERE d.is_open"

/* For an update by an event: that it can happen in the state that a delivery is in. */
#define CAN_HAPPEN " AND (?2 >> d.state & 1)"

/* A delivery's reader, as addresses are compared. */
#define MAILBOX " (SELECT r.mailbox FROM recipient r WHERE r.id = d.recipient)"

/* What a scope means: ?1 list, ?2 address, ?3 issue, 0 and '' for any. */
#define IN_SCOPE \
	" AND (?1 = 0 OR ?1 = (SELECT a.list FROM issue i JOIN audience a ON a.id = i.audience" \
	"  WHERE i.id = d.issue)) AND (?2 = '' OR ?2 =" MAILBOX ") AND (?3 = 0 OR d.issue = ?3)"

/* The same for an update by an event: ?4 list, ?5 address, ?6 issue. */
#define EVENT_IN_SCOPE \
	" AND (?4 = 0 OR ?4 = (SELECT a.list FROM issue i JOIN audience a ON a.id = i.audience" \
	"  WHERE i.id = d.issue)) AND (?5 = '' OR ?5 =" MAILBOX ") AND (?6 = 0 OR d.issue = ?6)"

int64_t
ledger_states_before(enum ledger_event event)
{
	int64_t bits = 0;

	for (int state = 0; state < LEDGER_STATE_COUNT; state++) {
		if (ledger_next((enum ledger_state)state, event) >= 0)
			bits |= (int64_t)1 << state;
	}
	return bits;
}

int
ledger_open(struct ledger **out, struct db *db, struct err *err)
{
	struct ledger *ledger = mem_alloc(sizeof(*ledger));

	ledger->db = db;
	ledger->mailbox = BUF_INIT(BUF_LIMIT);
	if (ledger_init_journal(ledger, err) < 0) {
		ledger_close(ledger);
		return -1;
	}
	*out = ledger;
	return 0;
}

void
ledger_close(struct ledger *ledger)
{
	if (ledger != NULL)
		buf_release(&ledger->mailbox);
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

void
ledger_set_choice(
    struct ledger *ledger, bool (*wants)(void *context, struct str mailbox), void *context)
{
	ledger->wants = wants;
	ledger->wants_context = context;
}

/* The form in which an address is compared; it lasts until the next is asked for. */
static struct str
mailbox_of(struct ledger *ledger, const char *address)
{
	buf_reset(&ledger->mailbox);
	message_add_mailbox(&ledger->mailbox, str_from(address));
	return buf_str(&ledger->mailbox);
}

/* Ends a transaction of ours; one that cannot be committed is rolled back. */
static int
commit(struct ledger *ledger, struct err *err)
{
	if (db_commit(ledger->db, err) == 0)
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
		    "INSERT INTO delivery (issue, recipient, address, kind, message_id, state,"
		    " queued_at, changed_at) VALUES (?1, ?2, ?3, ?4, ?5, 0, ?6, ?6)",
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

/* ---- events on many rows ---- */

/*
 * An update that lets an event happen: ?1 is the state to reach from `from`, ?2 the states in which
 * it can happen, as bits, ?3 now. The caller binds the rest and runs it.
 */
static struct db_stmt *
prepare_event(struct ledger *ledger, const char *sql, enum ledger_event event,
    enum ledger_state from, int64_t now, struct err *err)
{
	struct db_stmt *stmt = db_prepare(ledger->db, sql, err);

	if (stmt == NULL)
		return NULL;
	db_bind_int(stmt, 1, ledger_next(from, event));
	db_bind_int(stmt, 2, ledger_states_before(event));
	db_bind_int(stmt, 3, now);
	return stmt;
}

static int
run_and_count(struct ledger *ledger, struct db_stmt *stmt, size_t *count, struct err *err)
{
	if (db_run(stmt, err) < 0)
		return -1;
	*count = (size_t)db_changes(ledger->db);
	return 0;
}

/* An attempt that died has no reply. */
static int
recover_from(struct ledger *ledger, enum ledger_state from, int64_t now, struct err *err)
{
	struct db_stmt *stmt = prepare_event(ledger,
	    UPDATE_OPEN
	    " doubts = doubts + (?1 = 6), code = 0, phase = '', reply = ''" IS_OPEN CAN_HAPPEN
	    " AND d.state = ?4",
	    LEDGER_RECOVER, from, now, err);

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 4, from);
	return db_run(stmt, err);
}

/* Whoever left between the queueing and now gets nothing any more. */
static int
cancel_left(struct ledger *ledger, int64_t now, struct err *err)
{
	struct db_stmt *stmt = prepare_event(ledger,
	    UPDATE_OPEN
	    " is_open = 0, next_at = NULL" IS_OPEN CAN_HAPPEN
	    " AND (SELECT r.state FROM recipient r WHERE r.id = d.recipient) <> 'active'",
	    LEDGER_CANCEL, LEDGER_QUEUED, now, err);

	return stmt != NULL ? db_run(stmt, err) : -1;
}

/* Who leaves it at 0 waits for ever. */
static int
expire(struct ledger *ledger, int64_t now, int64_t expire_s, struct err *err)
{
	struct db_stmt *stmt = prepare_event(ledger,
	    UPDATE_OPEN " is_open = 0, next_at = NULL" IS_OPEN CAN_HAPPEN " AND d.queued_at < ?4",
	    LEDGER_EXPIRE, LEDGER_QUEUED, now, err);

	if (stmt == NULL)
		return -1;
	if (expire_s <= 0)
		return 0;
	db_bind_int(stmt, 4, now - expire_s);
	if (db_run(stmt, err) < 0)
		return -1;
	if (db_changes(ledger->db) > 0)
		log_warn("ledger: expired=%lld", (long long)db_changes(ledger->db));
	return 0;
}

/*
 * What is in doubt by now may be sent again; what this run itself will leave in doubt may not
 * before the next one, or a server that takes mail and hangs up would get it over and over.
 */
static int
release_doubt(struct ledger *ledger, int64_t now, struct err *err)
{
	struct db_stmt *stmt = db_prepare(ledger->db,
	    "UPDATE delivery AS d INDEXED BY delivery_open SET next_at = ?1" IS_OPEN
	    " AND d.state = 6 AND d.next_at IS NULL",
	    err);

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, now);
	return db_run(stmt, err);
}

static int
count_doubt(struct ledger *ledger, size_t *count, struct err *err)
{
	struct db_stmt *stmt =
	    db_prepare(ledger->db, "SELECT count(*)" FROM_OPEN IS_OPEN " AND d.state = 6", err);

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
	*doubt_count = 0;
	if (db_begin(ledger->db, err) < 0)
		return -1;
	if (recover_from(ledger, LEDGER_ATTEMPT, now, err) < 0 ||
	    recover_from(ledger, LEDGER_DOT, now, err) < 0 || cancel_left(ledger, now, err) < 0 ||
	    expire(ledger, now, expire_s, err) < 0 || release_doubt(ledger, now, err) < 0 ||
	    count_doubt(ledger, doubt_count, err) < 0) {
		db_rollback(ledger->db);
		return -1;
	}
	return commit(ledger, err);
}

int
ledger_give_up(struct ledger *ledger, const char *list, int64_t lifetime_s, int64_t now,
    size_t *count, struct err *err)
{
	struct db_stmt *stmt = prepare_event(ledger,
	    UPDATE_OPEN " is_open = 0, next_at = NULL" IS_OPEN CAN_HAPPEN
	                " AND d.state = 4 AND EXISTS ("
	                "SELECT 1 FROM issue i JOIN audience a ON a.id = i.audience"
	                " JOIN list l ON l.id = a.list WHERE i.id = d.issue"
	                " AND (l.key = ?4 OR substr(l.key, 1, length(?4) + 1) = ?4 || '~')"
	                " AND (d.changed_at - d.queued_at >= ?5 OR EXISTS (SELECT 1 FROM issue n"
	                "  WHERE n.audience = i.audience AND n.date > i.date"
	                "  AND n.frozen_at <= d.changed_at)))",
	    LEDGER_EXPIRE, LEDGER_DEFERRED, now, err);

	if (stmt == NULL)
		return -1;
	db_bind_text(stmt, 4, str_from(list));
	db_bind_int(stmt, 5, lifetime_s);
	return run_and_count(ledger, stmt, count, err);
}

int
ledger_cancel(struct ledger *ledger, int64_t recipient, size_t *count, struct err *err)
{
	struct db_stmt *stmt = prepare_event(ledger,
	    UPDATE_OPEN " is_open = 0, next_at = NULL" IS_OPEN CAN_HAPPEN " AND d.recipient = ?4",
	    LEDGER_CANCEL, LEDGER_QUEUED, clock_now(), err);

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 4, recipient);
	return run_and_count(ledger, stmt, count, err);
}

int
ledger_requeue(
    struct ledger *ledger, int64_t issue, const char *address, size_t *count, struct err *err)
{
	struct db_stmt *stmt = prepare_event(ledger,
	    "UPDATE delivery AS d SET state = ?1, is_open = 1, changed_at = ?3, queued_at = ?3,"
	    " next_at = NULL"
	    " WHERE issue = ?4 AND (?5 = '' OR ?5 =" MAILBOX ") AND (?2 >> state & 1)"
	    " AND (SELECT r.state FROM recipient r WHERE r.id = d.recipient) = 'active'",
	    LEDGER_REQUEUE, LEDGER_ACCEPTED, clock_now(), err);

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 4, issue);
	db_bind_text(stmt, 5, mailbox_of(ledger, address));
	return run_and_count(ledger, stmt, count, err);
}

static void
bind_scope(struct ledger *ledger, struct db_stmt *stmt, int first, const struct ledger_scope *scope)
{
	db_bind_int(stmt, first, scope->list);
	db_bind_text(stmt, first + 1, mailbox_of(ledger, scope->address));
	db_bind_int(stmt, first + 2, scope->issue);
}

int
ledger_retry(
    struct ledger *ledger, const struct ledger_scope *scope, size_t *count, struct err *err)
{
	struct db_stmt *stmt = prepare_event(ledger,
	    UPDATE_OPEN
	    " queued_at = ?3, next_at = NULL" IS_OPEN CAN_HAPPEN EVENT_IN_SCOPE
	    " AND (SELECT r.state FROM recipient r WHERE r.id = d.recipient) = 'active'",
	    LEDGER_REQUEUE, LEDGER_DEFERRED, clock_now(), err);

	if (stmt == NULL)
		return -1;
	bind_scope(ledger, stmt, 4, scope);
	return run_and_count(ledger, stmt, count, err);
}

int
ledger_cancel_scope(
    struct ledger *ledger, const struct ledger_scope *scope, size_t *count, struct err *err)
{
	struct db_stmt *stmt = prepare_event(ledger,
	    UPDATE_OPEN " is_open = 0, next_at = NULL" IS_OPEN CAN_HAPPEN EVENT_IN_SCOPE,
	    LEDGER_CANCEL, LEDGER_QUEUED, clock_now(), err);

	if (stmt == NULL)
		return -1;
	bind_scope(ledger, stmt, 4, scope);
	return run_and_count(ledger, stmt, count, err);
}

/* ---- claiming ---- */

/*
 * Who has left since the run began is passed over; the next run's recovery cancels it. (A cross
 * join keeps SQLite from beginning with the recipients.)
 */
static int
find_due(struct ledger *ledger, const struct ledger_scope *scope, bool resend_doubt, int64_t now,
    size_t limit, struct arena *arena, struct ledger_delivery **deliveries, size_t *count,
    struct err *err)
{
	struct db_stmt *stmt = db_prepare(ledger->db,
	    "SELECT d.id, d.issue, d.recipient, d.address, d.message_id, r.token, d.kind, d.state,"
	    " d.attempts + 1, r.mailbox" FROM_OPEN
	    " CROSS JOIN recipient r ON r.id = d.recipient AND r.state = 'active'" IS_OPEN IN_SCOPE
	    " AND (d.state = 0 OR (d.next_at <= ?4 AND (d.state = 4 OR (d.state = 6 AND ?5))))"
	    " ORDER BY d.issue, d.id LIMIT ?6",
	    err);
	/* How many are passed over is not known before. */
	size_t most = ledger->wants == NULL ? limit : SIZE_MAX;
	int found = 1;

	if (stmt == NULL)
		return -1;
	bind_scope(ledger, stmt, 1, scope);
	db_bind_int(stmt, 4, now);
	db_bind_int(stmt, 5, resend_doubt);
	db_bind_int(stmt, 6, most < INT64_MAX ? (int64_t)most : INT64_MAX);
	while (*count < limit && (found = db_step(stmt, err)) > 0) {
		if (ledger->wants != NULL &&
		    !ledger->wants(ledger->wants_context, db_text(stmt, 9)))
			continue;
		*deliveries = arena_grow(arena, *deliveries, count, sizeof(**deliveries));
		(*deliveries)[*count - 1] = (struct ledger_delivery){
			.id = db_int(stmt, 0),
			.issue = db_int(stmt, 1),
			.recipient = db_int(stmt, 2),
			.address = arena_copy(arena, db_text(stmt, 3)),
			.message_id = arena_copy(arena, db_text(stmt, 4)),
			.token = arena_copy(arena, db_text(stmt, 5)),
			.kind = (enum message_kind)db_int(stmt, 6),
			.was = (enum ledger_state)db_int(stmt, 7),
			.attempts = (int)db_int(stmt, 8),
			.mailbox = arena_copy(arena, db_text(stmt, 9)),
		};
	}
	db_reset(stmt);
	return found < 0 ? -1 : 0;
}

/* What became of the last attempt makes room for the next. */
static int
keep_last_attempt(struct ledger *ledger, int64_t delivery, struct err *err)
{
	struct db_stmt *stmt = db_prepare(ledger->db,
	    "INSERT OR REPLACE INTO attempt (delivery, number, at, state, code, phase, reply)"
	    " SELECT id, attempts, changed_at, state, code, phase, reply FROM delivery"
	    " WHERE id = ?1 AND attempts > 0",
	    err);

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, delivery);
	return db_run(stmt, err);
}

static int
claim(struct ledger *ledger, const struct ledger_delivery *delivery, int64_t now, struct err *err)
{
	if (delivery->attempts > 1 && keep_last_attempt(ledger, delivery->id, err) < 0)
		return -1;
	struct db_stmt *stmt = prepare_event(ledger,
	    "UPDATE delivery SET state = ?1, changed_at = ?3, next_at = NULL,"
	    " attempts = attempts + 1"
	    " WHERE id = ?4 AND (?2 >> state & 1)",
	    LEDGER_CLAIM, delivery->was, now, err);
	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 4, delivery->id);
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
		status = claim(ledger, &(*deliveries)[i], now, err);
	if (status < 0)
		db_rollback(ledger->db);
	else
		status = commit(ledger, err);
	if (status < 0)
		*count = 0;
	return status;
}

int
ledger_release(struct ledger *ledger, int64_t delivery, struct err *err)
{
	struct db_stmt *stmt = db_prepare(ledger->db,
	    "UPDATE delivery SET state = ?2, changed_at = ?3, attempts = attempts - 1"
	    " WHERE id = ?1 AND state = 1",
	    err);

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, delivery);
	db_bind_int(stmt, 2, ledger_next(LEDGER_ATTEMPT, LEDGER_RECOVER));
	db_bind_int(stmt, 3, clock_now());
	return db_run(stmt, err);
}

/* ---- looking ---- */

int
ledger_next_due(
    struct ledger *ledger, const struct ledger_scope *scope, int64_t *due, struct err *err)
{
	struct db_stmt *stmt = db_prepare(
	    ledger->db, "SELECT min(d.next_at)" FROM_OPEN IS_OPEN " AND d.state = 4" IN_SCOPE, err);

	*due = DATE_NO_INSTANT;
	if (stmt == NULL)
		return -1;
	bind_scope(ledger, stmt, 1, scope);
	if (db_step(stmt, err) < 0)
		return -1;
	if (!db_is_null(stmt, 0))
		*due = db_int(stmt, 0);
	db_reset(stmt);
	return 0;
}

int
ledger_count(struct ledger *ledger, const struct ledger_scope *scope, bool is_open,
    struct ledger_counts *counts, struct err *err)
{
	static const char open_sql[] =
	    "SELECT d.state, count(*), min(d.queued_at)" FROM_OPEN IS_OPEN IN_SCOPE
	    " GROUP BY d.state";
	static const char all_sql[] =
	    "SELECT d.state, count(*), min(d.queued_at) FROM delivery d WHERE 1" IN_SCOPE
	    " GROUP BY d.state";
	struct db_stmt *stmt = db_prepare(ledger->db, is_open ? open_sql : all_sql, err);
	int found;

	for (int state = 0; state < LEDGER_STATE_COUNT; state++) {
		counts->count[state] = 0;
		counts->oldest[state] = DATE_NO_INSTANT;
	}
	if (stmt == NULL)
		return -1;
	bind_scope(ledger, stmt, 1, scope);
	while ((found = db_step(stmt, err)) > 0) {
		int64_t state = db_int(stmt, 0);
		counts->count[state] = (size_t)db_int(stmt, 1);
		counts->oldest[state] = db_int(stmt, 2);
	}
	return found;
}

int
ledger_history(struct ledger *ledger, const char *address, size_t limit, struct arena *arena,
    struct ledger_past **pasts, size_t *count, struct err *err)
{
	struct db_stmt *stmt = db_prepare(ledger->db,
	    "SELECT i.id, l.key, i.date, d.state, d.changed_at, d.next_at, d.attempts, d.doubts,"
	    " d.code, d.phase, d.reply FROM recipient r JOIN list l ON l.id = r.list"
	    " JOIN audience a ON a.list = l.id JOIN issue i ON i.audience = a.id"
	    " JOIN delivery d ON d.issue = i.id AND d.recipient = r.id"
	    " WHERE r.mailbox = ?1 ORDER BY i.date DESC, i.id DESC LIMIT ?2",
	    err);
	int found;

	*pasts = NULL;
	*count = 0;
	if (stmt == NULL)
		return -1;
	db_bind_text(stmt, 1, mailbox_of(ledger, address));
	db_bind_int(stmt, 2, limit < INT64_MAX ? (int64_t)limit : INT64_MAX);
	while ((found = db_step(stmt, err)) > 0) {
		*pasts = arena_grow(arena, *pasts, count, sizeof(**pasts));
		(*pasts)[*count - 1] = (struct ledger_past){
			.issue = db_int(stmt, 0),
			.list = arena_copy(arena, db_text(stmt, 1)),
			.date = (int32_t)db_int(stmt, 2),
			.state = (enum ledger_state)db_int(stmt, 3),
			.changed_at = db_int(stmt, 4),
			.next_at = db_is_null(stmt, 5) ? DATE_NO_INSTANT : db_int(stmt, 5),
			.attempts = (int)db_int(stmt, 6),
			.doubts = (int)db_int(stmt, 7),
			.code = (int)db_int(stmt, 8),
			.phase = arena_copy(arena, db_text(stmt, 9)),
			.reply = arena_copy(arena, db_text(stmt, 10)),
		};
	}
	return found;
}

/*
 * A 5.7.1 or a reply without such a code may be about us,
 * and 5.2.2 is about what is in the mailbox.
 */
#define NAMES_MAILBOX \
	"substr(d.reply, 1, instr(d.reply || ' ', ' ') - 1) IN" \
	" ('5.1.1', '5.1.2', '5.1.3', '5.1.6', '5.1.10', '5.2.1')"

int
ledger_count_refusals(
    struct ledger *ledger, int64_t recipient, size_t limit, size_t *count, struct err *err)
{
	struct db_stmt *stmt = db_prepare(ledger->db,
	    "SELECT d.state = 5 AND d.phase = 'rcpt' AND " NAMES_MAILBOX
	    " FROM recipient r CROSS JOIN issue i ON i.audience = coalesce(r.audience,"
	    "  (SELECT a.id FROM audience a WHERE a.list = r.list AND a.mailbox = ''))"
	    " CROSS JOIN delivery d ON d.issue = i.id AND d.recipient = r.id"
	    " WHERE r.id = ?1 AND d.queued_at >= r.since ORDER BY i.date DESC LIMIT ?2",
	    err);
	int found;

	*count = 0;
	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, recipient);
	db_bind_int(stmt, 2, (int64_t)limit);
	while ((found = db_step(stmt, err)) > 0 && db_int(stmt, 0) != 0)
		++*count;
	db_reset(stmt);
	return found < 0 ? -1 : 0;
}

static void
add_line(struct buf *line, struct db_stmt *stmt)
{
	enum ledger_state state = (enum ledger_state)db_int(stmt, 1);
	char instant[DATE_INSTANT_BYTES];

	buf_addf(line, "%.*s  %s since %s", STR_ARG(db_text(stmt, 0)), ledger_state_name(state),
	    date_format_instant(instant, db_int(stmt, 2)));
	if (db_int(stmt, 3) > 0)
		buf_addf(line, ", attempt %lld", (long long)db_int(stmt, 3));
	if (db_int(stmt, 4) > 0)
		buf_addf(line, ", in doubt %lld %s", (long long)db_int(stmt, 4),
		    db_int(stmt, 4) == 1 ? "time" : "times");
	if (!db_is_null(stmt, 5))
		buf_addf(line, ", again at %s", date_format_instant(instant, db_int(stmt, 5)));
	if (db_text(stmt, 7).len > 0)
		buf_addf(
		    line, ": %.*s: %.*s", STR_ARG(db_text(stmt, 6)), STR_ARG(db_text(stmt, 7)));
}

int
ledger_lines(struct ledger *ledger, int64_t issue, struct arena *arena, struct str **lines,
    size_t *count, struct err *err)
{
	struct buf line = BUF_INIT(BUF_LIMIT);
	struct db_stmt *stmt = db_prepare(ledger->db,
	    "SELECT address, state, changed_at, attempts, doubts, next_at, phase, reply"
	    " FROM delivery WHERE issue = ?1 ORDER BY address",
	    err);
	int found;

	*lines = NULL;
	*count = 0;
	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, issue);
	while ((found = db_step(stmt, err)) > 0) {
		buf_reset(&line);
		add_line(&line, stmt);
		*lines = arena_grow(arena, *lines, count, sizeof(**lines));
		(*lines)[*count - 1] = arena_copy(arena, buf_str(&line));
	}
	buf_release(&line);
	return found;
}
