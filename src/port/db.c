/*
 * SQLite connections: how a database is opened, its transactions, and when its write-ahead log is
 * moved into it. Statements are db_stmt.c's, copies and checks db_check.c's.
 */
#include "db_internal.h"
#include "db_overlay.h"

#include "digest/log.h"
#include "digest/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	WAL_PAGES_MOST = 4096, /* 16 MiB of pages */
	WAL_HEADER_BYTES = 32,
	WAL_FRAME_HEADER_BYTES = 24,
	RESERVE_STEP_BYTES = 256 * 1024,
	WRITE_BYTES = 64 * 1024, /* SQLite writes less than 128 KiB at a time */
};

/* ---- what went wrong ---- */

static int
exit_code_of(struct db *db, int result)
{
	int number = db->handle != NULL ? sqlite3_system_errno(db->handle) : 0;

	switch (result & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED: return EX_TEMPFAIL;
	case SQLITE_FULL:
	case SQLITE_IOERR: return EX_IOERR;
	case SQLITE_CANTOPEN:
		if (number == EMFILE || number == ENFILE)
			return EX_OSERR;
		return number == EACCES || number == EPERM ? EX_NOPERM : EX_IOERR;
	case SQLITE_READONLY:
	case SQLITE_PERM: return EX_NOPERM;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
	case SQLITE_TOOBIG: return EX_DATAERR;
	case SQLITE_NOMEM: return EX_OSERR;
	default: return EX_SOFTWARE;
	}
}

/* What to say where SQLite's own words do not help. */
static const char *
advice_for(int result)
{
	switch (result & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED: return "another program keeps it locked; try again later";
	case SQLITE_FULL: return "the disk is full; nothing of this step was kept";
	case SQLITE_NOTADB: return "it is no SQLite database; left as it is";
	case SQLITE_CORRUPT: return "it is damaged; restore a backup";
	default: return NULL;
	}
}

int
db_fail(struct db *db, int result, const char *sql, struct err *err)
{
	int code = exit_code_of(db, result);
	int number = sqlite3_system_errno(db->handle);
	const char *advice = advice_for(result);

	if (db->overlay != NULL && db_overlay_is_disturbed(db->overlay))
		return err_set(err, EX_TEMPFAIL,
		    "db: '%s': another program changed it while it was read; try again", db->path);
	if (advice != NULL)
		return err_set(err, code, "db: '%s': %s", db->path, advice);
	if (code == EX_SOFTWARE)
		return err_set(err, code, "db: '%s': %s in '%s'", db->path,
		    sqlite3_errmsg(db->handle), sql != NULL ? sql : "");
	/* What SQLite keeps of errno is that of its last trouble with files. */
	if (number != 0 && ((result & 0xff) == SQLITE_IOERR || (result & 0xff) == SQLITE_CANTOPEN))
		return err_set_errno(
		    err, code, number, "db: '%s': %s", db->path, sqlite3_errmsg(db->handle));
	return err_set(err, code, "db: '%s': %s", db->path, sqlite3_errmsg(db->handle));
}

static int
fail_to_open(const struct db *db, int number, struct err *err)
{
	int code = EX_IOERR;

	if (number == EACCES || number == EPERM || number == EROFS)
		code = EX_NOPERM;
	else if (number == EMFILE || number == ENFILE)
		code = EX_OSERR;
	else if (number == EWOULDBLOCK)
		code = EX_TEMPFAIL;
	return err_set_errno(err, code, number, "db: cannot open '%s'", db->path);
}

/* ---- the write-ahead log ---- */

/* Called by SQLite after each commit. */
static int
note_wal_pages(void *context, sqlite3 *handle, const char *schema, int pages)
{
	(void)handle;
	(void)schema;
	((struct db *)context)->wal_pages = pages;
	return SQLITE_OK;
}

/*
 * Overlays read the database and the log without SQLite's locks. They see one and the same state
 * because writers only ever append to the log; it is moved into the database, and cut to nothing,
 * by a writer that holds an exclusive flock(2) on the database, where each overlay holds a shared
 * one. While an overlay is open the log just grows, and is moved when the overlay is gone.
 *
 * The lock's descriptor is opened before SQLite opens the file and closed after it, because closing
 * any descriptor of a file drops the process's POSIX locks on it, which are SQLite's.
 */
static bool
lock_out_overlays(struct db *db)
{
	return flock(db->lock_fd, LOCK_EX | LOCK_NB) == 0;
}

/* Not being able to is no failure: the log is as good a place. */
static void
checkpoint(struct db *db)
{
	if (!lock_out_overlays(db))
		return;
	/* A reader of another program is not waited for. */
	sqlite3_busy_timeout(db->handle, 0);
	int result =
	    sqlite3_wal_checkpoint_v2(db->handle, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
	sqlite3_busy_timeout(db->handle, DB_BUSY_TIMEOUT_MS);
	flock(db->lock_fd, LOCK_UN);
	if (result == SQLITE_OK)
		db->wal_pages = 0;
	else
		log_debug("db: checkpoint=failed reason=\"%s\"", sqlite3_errstr(result));
}

/*
 * Makes the log's file that long. Zeros are written where it grows, not only set aside: to a file
 * system the first write to a block is news of its own, which each commit would wait for once more.
 */
static int
lengthen(sqlite3_file *wal, sqlite3_int64 end)
{
	static const char zeros[WRITE_BYTES];
	sqlite3_int64 from = 0, to = 0;
	int step = RESERVE_STEP_BYTES;
	int result = wal->pMethods->xFileSize(wal, &from);

	if (result != SQLITE_OK || end <= from)
		return result;
	wal->pMethods->xFileControl(wal, SQLITE_FCNTL_CHUNK_SIZE, &step);
	result = wal->pMethods->xFileControl(wal, SQLITE_FCNTL_SIZE_HINT, &end);
	if (result == SQLITE_OK)
		result = wal->pMethods->xFileSize(wal, &to);
	while (result == SQLITE_OK && from < to) {
		int len = to - from < WRITE_BYTES ? (int)(to - from) : WRITE_BYTES;
		result = wal->pMethods->xWrite(wal, zeros, len, from);
		from += len;
	}
	return result;
}

int
db_reserve(struct db *db, size_t bytes, struct err *err)
{
	sqlite3_file *wal = NULL;
	sqlite3_int64 end = 0;

	if (db->access != DB_WRITE ||
	    sqlite3_file_control(db->handle, "main", SQLITE_FCNTL_JOURNAL_POINTER, &wal) !=
	        SQLITE_OK ||
	    wal == NULL || wal->pMethods == NULL)
		return 0;
	/* The file may be longer than the log in it, by what was reserved before. */
	if (db->wal_pages > 0)
		end = WAL_HEADER_BYTES +
		    (sqlite3_int64)db->wal_pages * (db->page_bytes + WAL_FRAME_HEADER_BYTES);
	else if (wal->pMethods->xFileSize(wal, &end) != SQLITE_OK)
		return err_set(err, EX_IOERR, "db: '%s': cannot tell the log's size", db->path);
	if (lengthen(wal, end + (sqlite3_int64)bytes) == SQLITE_OK)
		return 0;
	return err_set(
	    err, EX_IOERR, "db: '%s': no room for its log; the disk may be full", db->path);
}

/* ---- opening and closing ---- */

/*
 * The schema of a file is not trusted: triggers are off, functions with effects are refused in
 * views, and nothing may write to SQLite's own tables.
 */
static void
distrust(sqlite3 *handle)
{
	sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
	sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, NULL);
	sqlite3_db_config(handle, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
	sqlite3_db_config(handle, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
	sqlite3_db_config(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
}

static const char common_pragmas[] = "PRAGMA cell_size_check = ON;"
                                     "PRAGMA mmap_size = 0;"
                                     "PRAGMA temp_store = MEMORY;"
                                     "PRAGMA wal_autocheckpoint = 0;"
                                     "PRAGMA foreign_keys = ON;";

/*
 * Opens the connection. The path is made to begin with "/" or ".", because SQLite reads "file:" and
 * ":memory:" as something else than names of files.
 */
static int
connect_sqlite(struct db *db, const char *vfs, struct err *err)
{
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;
	int result = sqlite3_open_v2(
	    db->path, &db->handle, flags | (vfs != NULL ? SQLITE_OPEN_CREATE : 0), vfs);

	if (db->handle == NULL)
		return err_set(err, EX_OSERR, "db: cannot open '%s': out of memory", db->path);
	sqlite3_extended_result_codes(db->handle, 1);
	if (result != SQLITE_OK)
		return fail_to_open(db, sqlite3_system_errno(db->handle), err);
	sqlite3_busy_timeout(db->handle, DB_BUSY_TIMEOUT_MS);
	distrust(db->handle);
	return 0;
}

static int
read_page_size(struct db *db, struct err *err)
{
	struct db_stmt *stmt = db_prepare(db, "PRAGMA page_size", err);

	if (stmt == NULL || db_step(stmt, err) < 0)
		return -1;
	db->page_bytes = db_int(stmt, 0);
	db_reset(stmt);
	return 0;
}

static int
open_for_writing(struct db *db, struct err *err)
{
	struct stat status;

	db->lock_fd = open(db->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0600);
	if (db->lock_fd < 0)
		return fail_to_open(db, errno, err);
	if (fstat(db->lock_fd, &status) < 0)
		return fail_to_open(db, errno, err);
	if (!S_ISREG(status.st_mode))
		return err_set(err, EX_IOERR, "db: '%s' is no regular file", db->path);
	/*
	 * A small cache: what is not in it is the kernel's to keep, and a listing of any length
	 * must not make the process larger.
	 */
	if (connect_sqlite(db, NULL, err) < 0 || db_exec(db, common_pragmas, err) < 0 ||
	    db_exec(db, "PRAGMA cache_size = -900; PRAGMA synchronous = FULL", err) < 0)
		return -1;

	struct db_stmt *stmt = db_prepare(db, "PRAGMA journal_mode = WAL", err);
	if (stmt == NULL || db_step(stmt, err) < 0)
		return -1;
	bool is_wal = str_is(db_text(stmt, 0), "wal");
	db_reset(stmt);
	if (!is_wal)
		return err_set(
		    err, EX_IOERR, "db: '%s': no write-ahead log can be kept there", db->path);
	sqlite3_wal_hook(db->handle, note_wal_pages, db);
	return read_page_size(db, err);
}

/*
 * The exclusive mode must come before the first read: it keeps the log's index out of files. That
 * read is of the file's first page alone, so that a look at what a file is stays cheap; a pragma
 * that needs the schema would have all of it read and parsed.
 */
static int
open_overlay(struct db *db, struct err *err)
{
	db->overlay = db_overlay_new();
	if (connect_sqlite(db, db_overlay_name(db->overlay), err) < 0)
		return -1;
	if (db_exec(db, "PRAGMA locking_mode = EXCLUSIVE", err) < 0 ||
	    db_exec(db, common_pragmas, err) < 0)
		return -1;
	return db_exec(db, "PRAGMA schema_version", err);
}

int
db_open(struct db **out, const char *path, enum db_access access, struct err *err)
{
	/*
	 * Nobody asks how much memory is in use, and counting takes a lock for each piece. Refused,
	 * for being done already, from the second connection on.
	 */
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);

	struct db *db = mem_alloc(sizeof(*db));
	const char *prefix = path[0] == '/' || path[0] == '.' ? "" : "./";
	size_t room = strlen(prefix) + strlen(path) + 1;

	db->access = access;
	db->lock_fd = -1;
	db->path = mem_alloc(room);
	snprintf(db->path, room, "%s%s", prefix, path);
	if ((access == DB_WRITE ? open_for_writing(db, err) : open_overlay(db, err)) < 0) {
		db_close(db);
		return -1;
	}
	*out = db;
	return 0;
}

static int
pages(struct db *db, int which)
{
	int current = 0, highest = 0;

	sqlite3_db_status(db->handle, which, &current, &highest, 0);
	return current;
}

/* The work of a day must not grow with the store, and whoever asks can see that it does not. */
static void
tell_work(struct db *db)
{
	log_info("db: closed=%s steps=%lld pages_read=%d pages_written=%d", db->path,
	    (long long)db_steps(db), pages(db, SQLITE_DBSTATUS_CACHE_MISS),
	    pages(db, SQLITE_DBSTATUS_CACHE_WRITE));
}

/*
 * The last connection moves the log into the database and removes it. SQLite would do that on its
 * own; it is told not to while an overlay looks on.
 */
void
db_close(struct db *db)
{
	if (db == NULL)
		return;
	if (db->handle != NULL) {
		db_rollback(db);
		tell_work(db);
		db_drop_statements(db);
		if (db->lock_fd >= 0 && lock_out_overlays(db))
			sqlite3_db_config(db->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, NULL);
		sqlite3_close(db->handle);
	}
	db_overlay_free(db->overlay);
	if (db->lock_fd >= 0)
		close(db->lock_fd);
	mem_free(db->path);
	mem_free(db);
}

/* ---- transactions ---- */

static int
run_text(struct db *db, const char *sql, struct err *err)
{
	struct db_stmt *stmt = db_prepare(db, sql, err);
	return stmt != NULL ? db_run(stmt, err) : -1;
}

int
db_begin(struct db *db, struct err *err)
{
	/* Here and not after a commit: what follows a commit may be a dot. */
	if (db->access == DB_WRITE && db->wal_pages > WAL_PAGES_MOST && !db_in_transaction(db))
		checkpoint(db);
	return run_text(db, "BEGIN IMMEDIATE", err);
}

int
db_commit(struct db *db, struct err *err)
{
	return run_text(db, "COMMIT", err);
}

void
db_rollback(struct db *db)
{
	struct err ignored = ERR_NONE;

	/* It cannot fail in a way that leaves the transaction open. */
	if (db_in_transaction(db))
		run_text(db, "ROLLBACK", &ignored);
}

bool
db_in_transaction(const struct db *db)
{
	return sqlite3_get_autocommit(db->handle) == 0;
}

int64_t
db_last_id(const struct db *db)
{
	return sqlite3_last_insert_rowid(db->handle);
}

int64_t
db_changes(const struct db *db)
{
	return sqlite3_changes64(db->handle);
}
