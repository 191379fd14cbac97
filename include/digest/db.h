/*
 * SQLite, as this program uses it: WAL, synchronous=FULL, foreign keys, defensive, no mmap, and
 * each result checked. Statements are prepared once per connection and found again by their text.
 *
 * Ownership: a statement belongs to its database; text and blobs that a column gives live until the
 * statement is stepped, reset or asked again. Text and blobs that are bound must live until then
 * too: they are not copied.
 *
 * Errors: EX_IOERR (74) for files and a full disk, EX_DATAERR (65) for a damaged or foreign
 * database, EX_NOPERM (77) for one that may not be opened, EX_TEMPFAIL (75) for one that stays
 * locked, EX_SOFTWARE (70) for SQL of ours that is wrong.
 */
#ifndef DIGEST_DB_H
#define DIGEST_DB_H

#include "digest/err.h"
#include "digest/str.h"

#include <stdint.h>

struct db;
struct db_stmt;

enum db_access {
	DB_WRITE, /* made when missing, with mode 0600 */
	/*
	 * Nothing is opened for writing: pages that change live in memory over what is stored, and
	 * die with the connection. A missing file is an empty database. What the last writer
	 * committed is seen even if it was killed; a writer at work is neither seen nor disturbed,
	 * only its write-ahead log grows until the overlay is closed. EX_TEMPFAIL when a program
	 * that is not ours (sqlite3(1) moves the log on its way out) changes the file meanwhile.
	 */
	DB_OVERLAY,
};

/*
 * A process may have a file open once at a time: closing one connection would drop the locks of the
 * other (POSIX record locks work that way).
 */
int db_open(struct db **db, const char *path, enum db_access access, struct err *err);

/* Also ends an open transaction by rolling it back. db_close(NULL) does nothing. */
void db_close(struct db *db);

/* Runs SQL without parameters or results; several statements may be joined by ";". */
int db_exec(struct db *db, const char *sql, struct err *err);

/* BEGIN IMMEDIATE, COMMIT; they do not nest. db_rollback() of no transaction does nothing. */
int db_begin(struct db *db, struct err *err);
int db_commit(struct db *db, struct err *err);
void db_rollback(struct db *db);
bool db_in_transaction(const struct db *db);

/*
 * Makes room on the disk for that much to be committed, so that a commit which must not fail will
 * not fail for a full disk. EX_IOERR when there is none.
 */
int db_reserve(struct db *db, size_t bytes, struct err *err);

/*
 * The statement of that text, reset and with nothing bound; prepared on first use. NULL on failure.
 * Only one use of the same text may be under way at a time.
 */
struct db_stmt *db_prepare(struct db *db, const char *sql, struct err *err);

/* Parameters count from 1. */
void db_bind_int(struct db_stmt *stmt, int index, int64_t value);
void db_bind_text(struct db_stmt *stmt, int index, struct str text);
void db_bind_blob(struct db_stmt *stmt, int index, const void *bytes, size_t len);
void db_bind_null(struct db_stmt *stmt, int index);

/* The next row: 1, or 0 after the last (the statement is reset then), or -1 (likewise). */
int db_step(struct db_stmt *stmt, struct err *err) __attribute__((warn_unused_result));

/* Runs a statement that gives no rows. */
int db_run(struct db_stmt *stmt, struct err *err) __attribute__((warn_unused_result));

void db_reset(struct db_stmt *stmt);

/* Columns count from 0. NULL reads as 0 and "". */
int64_t db_int(struct db_stmt *stmt, int column);
struct str db_text(struct db_stmt *stmt, int column);
struct str db_blob(struct db_stmt *stmt, int column);
bool db_is_null(struct db_stmt *stmt, int column);

/*
 * Offers hits(TABLE) to full-text searches (FTS5) of this connection: a blob of int32_t that says
 * what of the expression was found where in the row. First how many words each column has; then for
 * each hit, by column and place, the number of its phrase in the expression, its column and its
 * place, all from 0.
 */
int db_offer_hits(struct db *db, struct err *err);

int64_t db_last_id(const struct db *db);
int64_t db_changes(const struct db *db);

/*
 * Gives pages that are free, when there are many, back to the file system: all of it or, when it is
 * killed or the disk is full (EX_IOERR), nothing. It takes room for a second copy meanwhile. Not to
 * be called inside a transaction.
 */
int db_compact(struct db *db, int64_t *freed_bytes, struct err *err);

/*
 * Copies the whole database, as committed, to a file (0600) by SQLite's online backup, and checks
 * the copy: that it is sound, and has as many rows in each table. The name appears, or changes from
 * an earlier copy to this one, when the copy is complete. EX_CANTCREAT when it cannot be made, or
 * when what has the name is no database of the same kind (application_id), is the database itself,
 * or is in use. Not to be called inside a transaction.
 */
int db_backup(struct db *db, const char *path, struct err *err);

/* PRAGMA quick_check and foreign_key_check: 0 when sound; EX_DATAERR says what is not. */
int db_check(struct db *db, struct err *err);

/*
 * Where a writer died and left its log beside the file: checks that both together are sound, for
 * the file may have been put there since (a backup), and then a log that is not its own would be
 * moved into it. Writes nothing. EX_DATAERR when they are not. Not to be called while this process
 * has the file open.
 */
int db_check_left(const char *path, struct err *err);

/* Steps of the SQLite virtual machine so far: for measuring. */
int64_t db_steps(const struct db *db);

#endif
