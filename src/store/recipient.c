/*
 * Recipients: whom a list is sent to, in which state, with which settings of their own. Which
 * audience they belong to is reader.c's, what becomes of their deliveries the ledger's.
 */
#include "store_internal.h"

#include "digest/crypt.h"

#include <string.h>

/* ---- reading them ---- */

#define COLUMNS \
	"SELECT r.id, r.address, r.kind, r.state, r.origin, r.token, r.since, r.paused_until," \
	" r.audience, r.settings"

static void
read_recipient(struct db_stmt *stmt, struct arena *arena, struct store_recipient *recipient)
{
	*recipient = (struct store_recipient){
		.id = db_int(stmt, 0),
		.address = store_text(stmt, 1, arena),
		.kind = (enum message_kind)db_int(stmt, 2),
		.state = store_text(stmt, 3, arena),
		.origin = store_text(stmt, 4, arena),
		.token = store_text(stmt, 5, arena),
		.since = db_int(stmt, 6),
		.paused_until = store_day(stmt, 7),
		.audience = db_int(stmt, 8),
		.settings = store_text(stmt, 9, arena),
		.done_at = DATE_NO_INSTANT,
	};
}

/* The rows that a statement about one list gives; `has_done_at` when a column tells that. */
static int
read_recipients(struct store *store, const char *sql, bool has_done_at, int64_t list,
    struct arena *arena, struct store_recipient **recipients, size_t *count, struct err *err)
{
	struct db_stmt *stmt = db_prepare(store->db, sql, err);
	int found;

	*recipients = NULL;
	*count = 0;
	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, list);
	while ((found = db_step(stmt, err)) > 0) {
		*recipients = arena_grow(arena, *recipients, count, sizeof(**recipients));
		read_recipient(stmt, arena, &(*recipients)[*count - 1]);
		if (has_done_at)
			(*recipients)[*count - 1].done_at = store_instant(stmt, 10);
	}
	return found;
}

int
store_recipients(struct store *store, int64_t list, struct arena *arena,
    struct store_recipient **recipients, size_t *count, struct err *err)
{
	return read_recipients(store,
	    COLUMNS " FROM recipient r WHERE r.list = ?1 ORDER BY r.mailbox", false, list, arena,
	    recipients, count, err);
}

#define IS_PLAIN " FROM recipient r WHERE r.list = ?1 AND r.state = 'active' AND r.audience IS NULL"

int
store_plain_recipients(struct store *store, int64_t list, struct arena *arena,
    struct store_recipient **recipients, size_t *count, struct err *err)
{
	return read_recipients(store, COLUMNS IS_PLAIN " ORDER BY r.mailbox", false, list, arena,
	    recipients, count, err);
}

int
store_own_readers(struct store *store, int64_t list, struct arena *arena,
    struct store_recipient **recipients, size_t *count, struct err *err)
{
	return read_recipients(store,
	    COLUMNS
	    ", a.done_at FROM recipient r INDEXED BY recipient_own"
	    " JOIN audience a ON a.id = r.audience"
	    " WHERE r.list = ?1 AND r.audience IS NOT NULL AND r.state = 'active'"
	    " AND r.origin <> 'named' ORDER BY"
	    " (SELECT max(m.through) FROM audience_source m WHERE m.audience = a.id), r.mailbox",
	    true, list, arena, recipients, count, err);
}

static int
look_for(struct store *store, const char *sql, int64_t list, struct str text, bool *is_there,
    struct err *err)
{
	struct db_stmt *stmt = db_prepare(store->db, sql, err);

	*is_there = false;
	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, list);
	db_bind_text(stmt, 2, text);
	int found = db_step(stmt, err);
	if (found > 0)
		db_reset(stmt);
	*is_there = found > 0;
	return found < 0 ? -1 : 0;
}

static int
is_suppressed(struct store *store, const char *address, bool *is_there, struct err *err)
{
	struct str mailbox = store_mailbox(store, str_from(address));

	return look_for(
	    store, "SELECT ?1 FROM suppression WHERE mailbox = ?2", 0, mailbox, is_there, err);
}

int
store_has_plain_recipients(struct store *store, int64_t list, bool *has_any, struct err *err)
{
	return look_for(store, "SELECT ?2" IS_PLAIN " LIMIT 1", list, STR(""), has_any, err);
}

/* Whether there is one; `recipient` is read then. */
static int
find_recipient(struct store *store, int64_t list, const char *address, struct arena *arena,
    struct store_recipient *recipient, bool *is_there, struct err *err)
{
	struct db_stmt *stmt = db_prepare(
	    store->db, COLUMNS " FROM recipient r WHERE r.list = ?1 AND r.mailbox = ?2", err);

	*is_there = false;
	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, list);
	db_bind_text(stmt, 2, store_mailbox(store, str_from(address)));
	int found = db_step(stmt, err);
	if (found > 0) {
		read_recipient(stmt, arena, recipient);
		db_reset(stmt);
	}
	*is_there = found > 0;
	return found < 0 ? -1 : 0;
}

int
store_find_recipient(struct store *store, int64_t list, const char *address, struct arena *arena,
    struct store_recipient *recipient, struct err *err)
{
	bool is_there;

	if (find_recipient(store, list, address, arena, recipient, &is_there, err) < 0)
		return -1;
	if (!is_there)
		return err_set(err, EX_DATAERR, "'%s' is no recipient of this list", address);
	return 0;
}

/* The one row that a statement gives: 1, or 0 when there is none. */
static int
read_reader(struct db_stmt *stmt, struct arena *arena, struct store_reader *reader, struct err *err)
{
	int found = db_step(stmt, err);

	if (found > 0) {
		*reader = (struct store_reader){ db_int(stmt, 0), store_text(stmt, 1, arena) };
		db_reset(stmt);
	}
	return found;
}

int
store_find_by_token(struct store *store, struct str token, struct arena *arena,
    struct store_reader *reader, struct err *err)
{
	struct db_stmt *stmt =
	    db_prepare(store->db, "SELECT list, address FROM recipient WHERE token = ?1", err);

	if (stmt == NULL)
		return -1;
	db_bind_text(stmt, 1, token);
	return read_reader(stmt, arena, reader, err);
}

int
store_find_by_delivery(struct store *store, int64_t delivery, struct arena *arena,
    struct store_reader *reader, struct err *err)
{
	struct db_stmt *stmt = db_prepare(store->db,
	    "SELECT r.list, d.address FROM delivery d JOIN recipient r ON r.id = d.recipient"
	    " WHERE d.id = ?1",
	    err);

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, delivery);
	return read_reader(stmt, arena, reader, err);
}

/* ---- who comes ---- */

/* Only this store can make it, and makes the same again should the recipient's row be lost. */
static void
make_token(struct store *store, int64_t list, const char *address, struct buf *token)
{
	struct buf subject = BUF_INIT(BUF_LIMIT);

	buf_addf(&subject, "%lld|", (long long)list);
	message_add_mailbox(&subject, str_from(address));
	crypt_add_token(token, store_secret(store), "unsubscribe", buf_str(&subject));
	buf_release(&subject);
}

static int
add_recipient(struct store *store, int64_t list, const char *address, enum message_kind kind,
    const char *origin, int64_t now, struct err *err)
{
	struct buf token = BUF_INIT(BUF_LIMIT);
	struct db_stmt *stmt = db_prepare(store->db,
	    "INSERT INTO recipient (list, address, kind, state, origin, token, since, mailbox)"
	    " VALUES (?1, ?2, ?3, 'active', ?4, ?5, ?6, ?7)",
	    err);
	int status = -1;

	if (stmt != NULL) {
		make_token(store, list, address, &token);
		db_bind_int(stmt, 1, list);
		db_bind_text(stmt, 2, str_from(address));
		db_bind_int(stmt, 3, kind);
		db_bind_text(stmt, 4, str_from(origin));
		db_bind_text(stmt, 5, buf_str(&token));
		db_bind_int(stmt, 6, now);
		db_bind_text(stmt, 7, store_mailbox(store, str_from(address)));
		status = db_run(stmt, err);
	}
	buf_release(&token);
	return status;
}

/* Runs a statement that takes a number and an address. */
static int
run_for_address(
    struct store *store, const char *sql, int64_t number, struct str address, struct err *err)
{
	struct db_stmt *stmt = db_prepare(store->db, sql, err);

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, number);
	db_bind_text(stmt, 2, address);
	return db_run(stmt, err);
}

/*
 * The wish of a person counts more than what a file says,
 * and that more than having been named once.
 */
static int
strength_of(const char *origin)
{
	static const char *const origins[] = { "dropped", "named", "configuration", "command" };
	int strength = 0;

	while (strength < 3 && strcmp(origins[strength], origin) != 0)
		strength++;
	return strength;
}

static int
update_recipient(struct store *store, int64_t id, const char *address, enum message_kind kind,
    const char *origin, int64_t since, struct err *err)
{
	struct db_stmt *stmt = db_prepare(store->db,
	    "UPDATE recipient SET state = 'active', paused_until = NULL, kind = ?2, origin = ?3,"
	    " since = ?4, address = ?5 WHERE id = ?1",
	    err);

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, id);
	db_bind_int(stmt, 2, kind);
	db_bind_text(stmt, 3, str_from(origin));
	db_bind_int(stmt, 4, since);
	db_bind_text(stmt, 5, str_from(address));
	if (db_run(stmt, err) < 0)
		return -1;
	return run_for_address(store,
	    "UPDATE audience SET address = ?2"
	    " WHERE id = (SELECT audience FROM recipient WHERE id = ?1)",
	    id, str_from(address), err);
}

/* What a command or the configuration says of somebody who is known already. */
static int
change_recipient(struct store *store, const struct store_recipient *known, const char *address,
    enum message_kind kind, const char *origin, int64_t now, bool *is_refused, struct err *err)
{
	bool is_active = str_is(known->state, "active");
	bool is_dropped = str_is(known->origin, "dropped");
	bool is_same =
	    str_is(known->origin, origin) && known->kind == kind && str_is(known->address, address);

	*is_refused = !is_active && !is_dropped && strcmp(origin, "command") != 0;
	if (*is_refused || (is_active && is_same))
		return 0;
	if (is_active && strength_of(origin) < strength_of(known->origin.ptr))
		return 0;
	return update_recipient(store, known->id, address, kind, origin,
	    is_active || is_dropped ? known->since : now, err);
}

int
store_subscribe(struct store *store, int64_t list, const char *address, enum message_kind kind,
    const char *origin, int64_t now, bool *is_refused, struct err *err)
{
	struct arena *arena = arena_new();
	struct store_recipient known;
	bool is_there;
	int status = -1;

	if (is_suppressed(store, address, is_refused, err) < 0 ||
	    find_recipient(store, list, address, arena, &known, &is_there, err) < 0)
		goto out;
	if (*is_refused)
		status = 0;
	else if (is_there)
		status =
		    change_recipient(store, &known, address, kind, origin, now, is_refused, err);
	else
		status = add_recipient(store, list, address, kind, origin, now, err);
out:
	arena_free(arena);
	return status;
}

int
store_configure_readers(
    struct store *store, int64_t list, struct str digest, bool *is_known, struct err *err)
{
	int status = look_for(store, "SELECT 1 FROM list WHERE id = ?1 AND configured = ?2", list,
	    digest, is_known, err);

	if (status < 0 || *is_known)
		return status;
	if (store_run_for(store,
	        "UPDATE recipient INDEXED BY recipient_configured"
	        " SET state = 'unsubscribed', origin = 'dropped'"
	        " WHERE list = ?1 AND origin = 'configuration' AND state = 'active'",
	        list, err) < 0)
		return -1;
	struct db_stmt *stmt =
	    db_prepare(store->db, "UPDATE list SET configured = ?2 WHERE id = ?1", err);
	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, list);
	db_bind_text(stmt, 2, digest);
	return db_run(stmt, err);
}

/* ---- who pauses or leaves ---- */

int
store_unsubscribe(struct store *store, int64_t list, const char *address, struct err *err)
{
	struct db_stmt *stmt = db_prepare(store->db,
	    "UPDATE recipient SET state = 'unsubscribed', paused_until = NULL"
	    " WHERE list = ?1 AND mailbox = ?2 AND state <> 'unsubscribed'",
	    err);

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, list);
	db_bind_text(stmt, 2, store_mailbox(store, str_from(address)));
	if (db_run(stmt, err) < 0)
		return -1;
	if (db_changes(store->db) == 0)
		return err_set(err, EX_DATAERR, "'%s' is no recipient of this list", address);
	return 0;
}

int
store_set_state(struct store *store, int64_t recipient, const char *state, int32_t paused_until,
    int64_t now, struct err *err)
{
	struct db_stmt *stmt = db_prepare(store->db,
	    "UPDATE recipient"
	    " SET state = ?2, paused_until = ?3, since = CASE WHEN ?2 = 'active' AND"
	    " state = 'bounced' THEN ?4 ELSE since END WHERE id = ?1 AND (?2 <> 'active'"
	    " OR NOT EXISTS (SELECT 1 FROM suppression s WHERE s.mailbox = recipient.mailbox))",
	    err);

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, recipient);
	db_bind_text(stmt, 2, str_from(state));
	store_bind_day(stmt, 3, paused_until);
	db_bind_int(stmt, 4, now);
	if (db_run(stmt, err) < 0)
		return -1;
	if (db_changes(store->db) == 0)
		return err_set(err, EX_DATAERR, "the address is suppressed and gets nothing");
	return 0;
}

int
store_wake(struct store *store, int64_t list, int32_t today, struct err *err)
{
	return store_run(store,
	    "UPDATE recipient INDEXED BY recipient_paused SET state = 'active', paused_until = NULL"
	    " WHERE list = ?1 AND state = 'paused' AND paused_until <= ?2",
	    list, today, err);
}

/* ---- settings ---- */

int
store_set_settings(
    struct store *store, int64_t list, int64_t recipient, struct str settings, struct err *err)
{
	struct arena *arena = arena_new();
	struct db_stmt *stmt =
	    db_prepare(store->db, COLUMNS " FROM recipient r WHERE r.id = ?1", err);
	struct store_recipient known = { 0 };
	int status = -1;

	if (stmt == NULL)
		goto out;
	db_bind_int(stmt, 1, recipient);
	if (db_step(stmt, err) < 0)
		goto out;
	read_recipient(stmt, arena, &known);
	db_reset(stmt);
	if (settings.len > 0 && store_split_reader(store, list, &known, err) < 0)
		goto out;
	stmt = db_prepare(store->db, "UPDATE recipient SET settings = ?2 WHERE id = ?1", err);
	if (stmt == NULL)
		goto out;
	db_bind_int(stmt, 1, recipient);
	db_bind_text(stmt, 2, settings);
	status = db_run(stmt, err);
out:
	arena_free(arena);
	return status;
}

/* ---- who gets nothing at all ---- */

static int
add_suppression(struct store *store, const char *address, int64_t now, struct err *err)
{
	struct db_stmt *stmt = db_prepare(
	    store->db, "INSERT INTO suppression (mailbox, address, at) VALUES (?1, ?2, ?3)", err);

	if (stmt == NULL)
		return -1;
	db_bind_text(stmt, 1, store_mailbox(store, str_from(address)));
	db_bind_text(stmt, 2, str_from(address));
	db_bind_int(stmt, 3, now);
	return db_run(stmt, err);
}

int
store_suppress(
    struct store *store, const char *address, int64_t now, bool *was_suppressed, struct err *err)
{
	if (is_suppressed(store, address, was_suppressed, err) < 0)
		return -1;
	if (!*was_suppressed && add_suppression(store, address, now, err) < 0)
		return -1;
	return run_for_address(store,
	    "UPDATE recipient SET state = 'unsubscribed', paused_until = NULL"
	    " WHERE mailbox = ?2 AND state <> 'bounced' AND ?1",
	    1, store_mailbox(store, str_from(address)), err);
}

int
store_unsuppress(struct store *store, const char *address, bool *was_suppressed, struct err *err)
{
	if (is_suppressed(store, address, was_suppressed, err) < 0)
		return -1;
	return run_for_address(store, "DELETE FROM suppression WHERE mailbox = ?2 AND ?1", 1,
	    store_mailbox(store, str_from(address)), err);
}

int
store_suppressions(struct store *store, struct arena *arena,
    struct store_suppression **suppressions, size_t *count, struct err *err)
{
	struct db_stmt *stmt =
	    db_prepare(store->db, "SELECT address, at FROM suppression ORDER BY mailbox", err);
	int found;

	*suppressions = NULL;
	*count = 0;
	if (stmt == NULL)
		return -1;
	while ((found = db_step(stmt, err)) > 0) {
		*suppressions = arena_grow(arena, *suppressions, count, sizeof(**suppressions));
		(*suppressions)[*count - 1] =
		    (struct store_suppression){ store_text(stmt, 0, arena), db_int(stmt, 1) };
	}
	return found;
}
