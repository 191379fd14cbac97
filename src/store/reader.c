/*
 * Who reads: lists and audiences, and how a reader becomes an audience of his own and plain again.
 * Recipients are recipient.c's, what they get is candidates.c's and issue.c's.
 */
#include "store_internal.h"

/* ---- lists and audiences ---- */

static int
find_id(struct store *store, const char *sql, int64_t number, struct str text, int64_t *id,
    struct err *err)
{
	struct db_stmt *stmt = db_prepare(store->db, sql, err);

	*id = 0;
	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, number);
	db_bind_text(stmt, 2, text);
	int found = db_step(stmt, err);
	if (found > 0) {
		*id = db_int(stmt, 0);
		db_reset(stmt);
	}
	return found < 0 ? -1 : 0;
}

int
store_list(struct store *store, const char *key, int64_t *id, struct err *err)
{
	struct str name = str_from(key);

	if (find_id(store, "SELECT id FROM list WHERE ?1 = 0 AND key = ?2", 0, name, id, err) < 0)
		return -1;
	if (*id != 0)
		return 0;
	struct db_stmt *stmt = db_prepare(store->db, "INSERT INTO list (key) VALUES (?1)", err);
	if (stmt == NULL)
		return -1;
	db_bind_text(stmt, 1, name);
	if (db_run(stmt, err) < 0)
		return -1;
	*id = db_last_id(store->db);
	return 0;
}

int
store_audience(struct store *store, int64_t list, const char *address, int64_t *id, struct err *err)
{
	struct str mailbox = store_mailbox(store, str_from(address));

	if (find_id(store, "SELECT id FROM audience WHERE list = ?1 AND mailbox = ?2", list,
	        mailbox, id, err) < 0)
		return -1;
	if (*id != 0)
		return 0;
	struct db_stmt *stmt = db_prepare(
	    store->db, "INSERT INTO audience (list, address, mailbox) VALUES (?1, ?2, ?3)", err);
	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, list);
	db_bind_text(stmt, 2, str_from(address));
	db_bind_text(stmt, 3, mailbox);
	if (db_run(stmt, err) < 0)
		return -1;
	*id = db_last_id(store->db);
	return 0;
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

int
store_list_states(struct store *store, struct arena *arena, struct store_list_state **states,
    size_t *count, struct err *err)
{
	struct db_stmt *stmt = db_prepare(store->db,
	    "SELECT l.key, l.id, a.done_at, l.configured,"
	    " l.id IN (SELECT list FROM recipient INDEXED BY recipient_paused"
	    "  WHERE state = 'paused')"
	    " OR l.id IN (SELECT list FROM recipient INDEXED BY recipient_own"
	    "  WHERE audience IS NOT NULL AND origin <> 'named')"
	    " FROM list l JOIN audience a ON a.list = l.id AND a.address = '' ORDER BY l.key",
	    err);
	int found;

	*states = NULL;
	*count = 0;
	if (stmt == NULL)
		return -1;
	while ((found = db_step(stmt, err)) > 0) {
		*states = arena_grow(arena, *states, count, sizeof(**states));
		(*states)[*count - 1] = (struct store_list_state){
			.key = store_text(stmt, 0, arena),
			.list = db_int(stmt, 1),
			.done_at = store_instant(stmt, 2),
			.configured = store_text(stmt, 3, arena),
			.has_others = db_int(stmt, 4) != 0,
		};
	}
	return found;
}

/* ---- apart, and together again ---- */

/*
 * Brings an audience to where another one stands: what that one had and looked at counts as had and
 * looked at. What the audience itself had stays had.
 */
static int
stand_like(struct store *store, int64_t audience, int64_t other, struct err *err)
{
	static const char *const steps[] = {
		("UPDATE audience SET heir_of = ?2,"
		 " heir_through = (SELECT coalesce(max(id), 0) FROM issue WHERE audience = ?2),"
		 " done_at = (SELECT done_at FROM audience WHERE id = ?2) WHERE id = ?1"),
		"DELETE FROM audience_source WHERE audience = ?1 AND audience <> ?2",
		("INSERT INTO audience_source (audience, source, since_day, until_day, through)"
		 " SELECT ?1, source, since_day, until_day, through FROM audience_source"
		 " WHERE audience = ?2"),
		("INSERT OR IGNORE INTO update_due (audience, entry)"
		 " SELECT ?1, entry FROM update_due WHERE audience = ?2"),
	};

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		if (store_run(store, steps[i], audience, other, err) < 0)
			return -1;
	}
	return 0;
}

int
store_set_apart(struct store *store, int64_t list, const struct store_recipient *recipient,
    int64_t *audience, struct err *err)
{
	*audience = recipient->audience;
	if (*audience != 0)
		return 0;
	/* What is in an arena is terminated. */
	if (store_audience(store, list, recipient->address.ptr, audience, err) < 0)
		return -1;
	return store_run(store, "UPDATE recipient SET audience = ?2 WHERE id = ?1", recipient->id,
	    *audience, err);
}

int
store_split_reader(
    struct store *store, int64_t list, const struct store_recipient *recipient, struct err *err)
{
	int64_t plain, audience;

	if (recipient->audience != 0)
		return 0;
	if (store_set_apart(store, list, recipient, &audience, err) < 0 ||
	    store_audience(store, list, "", &plain, err) < 0)
		return -1;
	return stand_like(store, audience, plain, err);
}

/* Two audiences stand alike when each mark of either is one of the other. */
#define HAS_OTHER_MARKS(one, two) \
	" (SELECT source, until_day, through FROM audience_source WHERE audience = " one \
	" EXCEPT SELECT source, until_day, through FROM audience_source WHERE audience = " two ")"

int
store_rejoin(struct store *store, int64_t list, struct err *err)
{
	int64_t plain;

	if (store_audience(store, list, "", &plain, err) < 0)
		return -1;
	return store_run(store,
	    "UPDATE recipient INDEXED BY recipient_own SET audience = NULL"
	    " WHERE list = ?1 AND audience IS NOT NULL AND settings = '' AND origin <> 'named'"
	    " AND NOT EXISTS" HAS_OTHER_MARKS("?2",
	        "recipient.audience") " AND NOT EXISTS" HAS_OTHER_MARKS("recipient.audience", "?2"),
	    list, plain, err);
}
