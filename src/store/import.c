/*
 * How far files that are being imported were read. What is in them is put.c's.
 */
#include "store_internal.h"

/*
 * A page that is written again and again is written to the log each time; more of them in memory,
 * and a log that is longer before it is copied, are what a long import is faster by.
 */
int
store_begin_bulk(struct store *store, struct err *err)
{
	return db_exec(
	    store->db, "PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 16384", err);
}

int
store_import_place(
    struct store *store, struct str identity, int64_t *offset, int64_t *item_count, struct err *err)
{
	struct db_stmt *stmt =
	    db_prepare(store->db, "SELECT offset, item_count FROM import WHERE identity = ?1", err);

	*offset = 0;
	*item_count = 0;
	if (stmt == NULL)
		return -1;
	db_bind_text(stmt, 1, identity);
	int found = db_step(stmt, err);
	if (found > 0) {
		*offset = db_int(stmt, 0);
		*item_count = db_int(stmt, 1);
		db_reset(stmt);
	}
	return found < 0 ? -1 : 0;
}

int
store_set_import_place(struct store *store, struct str identity, struct str path, int64_t offset,
    int64_t item_count, int64_t now, struct err *err)
{
	struct db_stmt *stmt = db_prepare(store->db,
	    "INSERT INTO import (identity, path, offset, item_count, at)"
	    " VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (identity) DO UPDATE SET"
	    " path = ?2, offset = ?3, item_count = ?4, at = ?5",
	    err);

	if (stmt == NULL)
		return -1;
	db_bind_text(stmt, 1, identity);
	db_bind_text(stmt, 2, path);
	db_bind_int(stmt, 3, offset);
	db_bind_int(stmt, 4, item_count);
	db_bind_int(stmt, 5, now);
	return db_run(stmt, err);
}

int
store_end_import(struct store *store, struct str identity, struct err *err)
{
	struct db_stmt *stmt = db_prepare(store->db, "DELETE FROM import WHERE identity = ?1", err);

	if (stmt == NULL)
		return -1;
	db_bind_text(stmt, 1, identity);
	return db_run(stmt, err);
}
