/*
 * Who reads: lists, audiences and recipients. What they get is candidates.c's and issue.c's.
 */
#include "store_internal.h"

#include "digest/crypt.h"

/* ---- lists and audiences ---- */

static int
find_id(struct store *store, const char *sql, int64_t number, const char *text, int64_t *id,
    struct err *err)
{
	struct db_stmt *stmt = db_prepare(store->db, sql, err);

	*id = 0;
	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, number);
	db_bind_text(stmt, 2, str_from(text));
	int found = db_step(stmt, err);
	if (found > 0) {
		*id = db_int(stmt, 0);
		db_reset(stmt);
	}
	return found < 0 ? -1 : 0;
}

/* The row that `find` finds, made by `make` when missing; both take a number and a text. */
static int
find_or_make(struct store *store, const char *find, const char *make, int64_t number,
    const char *text, int64_t *id, struct err *err)
{
	if (find_id(store, find, number, text, id, err) < 0)
		return -1;
	if (*id != 0)
		return 0;
	struct db_stmt *stmt = db_prepare(store->db, make, err);
	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, number);
	db_bind_text(stmt, 2, str_from(text));
	if (db_run(stmt, err) < 0)
		return -1;
	*id = db_last_id(store->db);
	return 0;
}

int
store_list(struct store *store, const char *key, int64_t *id, struct err *err)
{
	return find_or_make(store, "SELECT id FROM list WHERE key = ?2",
	    "INSERT INTO list (key) VALUES (?2)", 0, key, id, err);
}

int
store_audience(struct store *store, int64_t list, const char *address, int64_t *id, struct err *err)
{
	return find_or_make(store, "SELECT id FROM audience WHERE list = ?1 AND address = ?2",
	    "INSERT INTO audience (list, address) VALUES (?1, ?2)", list, address, id, err);
}

int
store_done_at(struct store *store, int64_t audience, int64_t *done_at, struct err *err)
{
	struct db_stmt *stmt =
	    db_prepare(store->db, "SELECT done_at FROM audience WHERE id = ?1", err);

	*done_at = DATE_NO_INSTANT;
	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, audience);
	int found = db_step(stmt, err);
	if (found > 0) {
		*done_at = store_instant(stmt, 0);
		db_reset(stmt);
	}
	return found < 0 ? -1 : 0;
}

int
store_set_done(struct store *store, int64_t audience, int64_t now, struct err *err)
{
	return store_run(
	    store, "UPDATE audience SET done_at = ?2 WHERE id = ?1", audience, now, err);
}

/* ---- recipients ---- */

/* Only this store can make it, and makes the same again should the recipient's row be lost. */
static void
make_token(struct store *store, int64_t list, const char *address, struct buf *token)
{
	struct buf subject = BUF_INIT(BUF_LIMIT);

	buf_addf(&subject, "%lld|%s", (long long)list, address);
	crypt_add_token(token, store_secret(store), "unsubscribe", buf_str(&subject));
	buf_release(&subject);
}

static int
add_recipient(struct store *store, int64_t list, const char *address, enum message_kind kind,
    const char *origin, int64_t now, struct err *err)
{
	struct buf token = BUF_INIT(BUF_LIMIT);
	struct db_stmt *stmt = db_prepare(store->db,
	    "INSERT INTO recipient (list, address, kind, state, origin, token, since)"
	    " VALUES (?1, ?2, ?3, 'active', ?4, ?5, ?6)",
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
		status = db_run(stmt, err);
	}
	buf_release(&token);
	return status;
}

/* The wish of a person counts more than what a file says, and that more than having been named once. */
static int
strength_of(struct str origin)
{
	if (str_is(origin, "named"))
		return 0;
	return str_is(origin, "configuration") ? 1 : 2;
}

static int
update_recipient(struct store *store, int64_t id, enum message_kind kind, const char *origin,
    int64_t since, struct err *err)
{
	struct db_stmt *stmt = db_prepare(store->db,
	    "UPDATE recipient SET state = 'active', kind = ?2, origin = ?3, since = ?4 WHERE id = "
	    "?1",
	    err);

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, id);
	db_bind_int(stmt, 2, kind);
	db_bind_text(stmt, 3, str_from(origin));
	db_bind_int(stmt, 4, since);
	return db_run(stmt, err);
}

int
store_subscribe(struct store *store, int64_t list, const char *address, enum message_kind kind,
    const char *origin, int64_t now, bool *is_suppressed, struct err *err)
{
	struct db_stmt *stmt = db_prepare(store->db,
	    "SELECT id, state, origin, kind, since FROM recipient WHERE list = ?1 AND address = ?2",
	    err);

	*is_suppressed = false;
	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, list);
	db_bind_text(stmt, 2, str_from(address));
	int found = db_step(stmt, err);
	if (found < 0)
		return -1;
	if (found == 0)
		return add_recipient(store, list, address, kind, origin, now, err);

	int64_t id = db_int(stmt, 0), since = db_int(stmt, 4);
	bool is_active = str_is(db_text(stmt, 1), "active");
	*is_suppressed = str_is(db_text(stmt, 1), "suppressed");
	int change = strength_of(str_from(origin)) - strength_of(db_text(stmt, 2));
	bool is_same = str_is(db_text(stmt, 2), origin) && db_int(stmt, 3) == kind;
	db_reset(stmt);
	if (*is_suppressed || (is_active && (is_same || change < 0)))
		return 0;
	return update_recipient(store, id, kind, origin, is_active ? since : now, err);
}

int
store_unsubscribe(struct store *store, int64_t list, const char *address, struct err *err)
{
	struct db_stmt *stmt = db_prepare(store->db,
	    "UPDATE recipient SET state = 'removed' WHERE list = ?1 AND address = ?2"
	    " AND state = 'active'",
	    err);

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, list);
	db_bind_text(stmt, 2, str_from(address));
	if (db_run(stmt, err) < 0)
		return -1;
	if (db_changes(store->db) == 0)
		return err_set(err, EX_DATAERR, "'%s' is no recipient of this list", address);
	return 0;
}

int
store_recipients(struct store *store, int64_t list, struct arena *arena,
    struct store_recipient **recipients, size_t *count, struct err *err)
{
	struct db_stmt *stmt = db_prepare(store->db,
	    "SELECT id, address, kind, state, origin, token, since FROM recipient WHERE list = ?1"
	    " ORDER BY address",
	    err);
	int found;

	*recipients = NULL;
	*count = 0;
	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, list);
	while ((found = db_step(stmt, err)) > 0) {
		*recipients = arena_grow(arena, *recipients, count, sizeof(**recipients));
		(*recipients)[*count - 1] = (struct store_recipient){
			.id = db_int(stmt, 0),
			.address = store_text(stmt, 1, arena),
			.kind = (enum message_kind)db_int(stmt, 2),
			.state = store_text(stmt, 3, arena),
			.origin = store_text(stmt, 4, arena),
			.token = store_text(stmt, 5, arena),
			.since = db_int(stmt, 6),
		};
	}
	return found;
}
