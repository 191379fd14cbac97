/*
 * What keeps failing, from one run to the next, and what its owner was told of it. When something
 * counts as failed is the run's.
 */
#include "store_internal.h"

#include "digest/date.h"

static int
change(struct store *store, const char *sql, enum store_health_kind kind, struct str subject,
    int64_t third, struct err *err)
{
	struct db_stmt *stmt = db_prepare(store->db, sql, err);

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, kind);
	db_bind_text(stmt, 2, subject);
	db_bind_int(stmt, 3, third);
	return db_run(stmt, err);
}

/*
 * A failure after an end that nobody was told of goes on with what was before it. One after an end
 * whose mail is in doubt waits for that, if the mail goes again, and is another trouble if not.
 */
int
store_health_failed(struct store *store, const struct store_health *health, bool resends_doubt,
    int64_t now, struct err *err)
{
	static const char forget_doubt[] =
	    "DELETE FROM health WHERE kind = ?1 AND subject = ?2 AND told = 2"
	    " AND ended_at IS NOT NULL AND NOT ?3";
	if (change(store, forget_doubt, health->kind, health->subject, resends_doubt, err) < 0)
		return -1;

	struct db_stmt *stmt = db_prepare(store->db,
	    "INSERT INTO health (kind, subject, name, failures, since, reason, told, is_known)"
	    " VALUES (?1, ?2, ?3, max(?4, 1), ?5, ?6, 0, 0)"
	    " ON CONFLICT (kind, subject) DO UPDATE SET name = ?3,"
	    " failures = iif(?4 > 0, ?4, failures + 1), reason = iif(told = 0, ?6, reason),"
	    " told = iif(ended_at IS NULL, told, iif(is_known, 3, 1)), ended_at = NULL"
	    " WHERE told <> 2 OR ended_at IS NULL",
	    err);

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, health->kind);
	db_bind_text(stmt, 2, health->subject);
	db_bind_text(stmt, 3, health->name);
	db_bind_int(stmt, 4, health->failures);
	db_bind_int(stmt, 5, now);
	db_bind_text(stmt, 6, health->reason);
	return db_run(stmt, err);
}

int
store_health_well(struct store *store, enum store_health_kind kind, struct str subject,
    bool is_wanted, int64_t now, struct err *err)
{
	if (change(store,
	        "DELETE FROM health WHERE kind = ?1 AND subject = ?2 AND (told = 0 OR NOT ?3)",
	        kind, subject, is_wanted, err) < 0)
		return -1;
	return change(store,
	    "UPDATE health SET ended_at = ?3, owed_at = ?3, told = 1"
	    " WHERE kind = ?1 AND subject = ?2 AND ended_at IS NULL",
	    kind, subject, now, err);
}

int
store_health_owe(struct store *store, int64_t failures, int64_t now, struct err *err)
{
	return store_run(store,
	    "UPDATE health SET told = 1, owed_at = ?2 WHERE told = 0 AND failures >= ?1", failures,
	    now, err);
}

int
store_healths(struct store *store, struct arena *arena, struct store_health **items, size_t *count,
    struct err *err)
{
	struct db_stmt *stmt = db_prepare(store->db,
	    "SELECT kind, subject, name, failures, since, reason, ended_at, owed_at, told"
	    " FROM health ORDER BY owed_at, kind, name, subject",
	    err);
	int found;

	*items = NULL;
	*count = 0;
	if (stmt == NULL)
		return -1;
	while ((found = db_step(stmt, err)) > 0) {
		*items = arena_grow(arena, *items, count, sizeof(**items));
		(*items)[*count - 1] = (struct store_health){
			.kind = (enum store_health_kind)db_int(stmt, 0),
			.subject = store_text(stmt, 1, arena),
			.name = store_text(stmt, 2, arena),
			.failures = db_int(stmt, 3),
			.since = db_int(stmt, 4),
			.reason = store_text(stmt, 5, arena),
			.ended_at = store_instant(stmt, 6),
			.owed_at = store_instant(stmt, 7),
			.told = (enum store_health_told)db_int(stmt, 8),
		};
	}
	return found;
}

int
store_mark_healths(
    struct store *store, int64_t owed_at, enum store_health_told told, struct err *err)
{
	if (store_run(store,
	        "UPDATE health SET told = ?1, is_known = is_known OR ?1 = 3"
	        " WHERE owed_at = ?2 AND told IN (1, 2) AND (kind = 0 OR ended_at IS NOT NULL)",
	        told, owed_at, err) < 0)
		return -1;
	return store_run(store,
	    "DELETE FROM health WHERE owed_at = ?1 AND ended_at IS NOT NULL AND told = ?2", owed_at,
	    STORE_HEALTH_TOLD, err);
}
