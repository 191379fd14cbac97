/*
 * What the files of the db port share. Not for anybody else: the contract is digest/db.h.
 */
#ifndef DIGEST_PORT_DB_INTERNAL_H
#define DIGEST_PORT_DB_INTERNAL_H

#include "digest/db.h"

#include <sqlite3.h>

struct db_overlay;

enum { DB_POINTER_SLOTS = 256, DB_BUSY_TIMEOUT_MS = 10000 };

struct db_stmt {
	struct db *db;
	sqlite3_stmt *handle;
	char *sql;
	int bind_result; /* the first failure of a bind since db_prepare() */
	struct db_stmt *next;
};

struct db {
	sqlite3 *handle;
	char *path;
	enum db_access access;
	struct db_overlay *overlay; /* of DB_OVERLAY */
	int lock_fd; /* of DB_WRITE: see db_checkpoint() in db.c */
	int wal_pages; /* in the write-ahead log as of the last commit of ours */
	int64_t page_bytes;
	int64_t finished_steps; /* of statements that are gone */
	struct db_stmt *stmts;
	/* The statement last prepared from a text at some address: most texts are literals. */
	struct db_pointer_slot {
		const char *sql;
		struct db_stmt *stmt;
	} slots[DB_POINTER_SLOTS];
};

/* Records what `result` of SQLite means, with the statement's text where that is the culprit. */
int db_fail(struct db *db, int result, const char *sql, struct err *err);

/* Finalizes all statements. */
void db_drop_statements(struct db *db);

#endif
