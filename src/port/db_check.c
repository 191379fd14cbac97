/*
 * Whether a database is sound, and copies of it.
 */
#include "db_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int
ask_number(struct db *db, const char *pragma, int64_t *number, struct err *err)
{
	struct db_stmt *stmt = db_prepare(db, pragma, err);

	if (stmt == NULL || db_step(stmt, err) < 0)
		return -1;
	*number = db_int(stmt, 0);
	db_reset(stmt);
	return 0;
}

/* ---- soundness ---- */

static int
check_pages(struct db *db, const char *pragma, struct err *err)
{
	struct db_stmt *stmt = db_prepare(db, pragma, err);

	if (stmt == NULL || db_step(stmt, err) < 0)
		return -1;
	struct str finding = db_text(stmt, 0);
	if (!str_is(finding, "ok"))
		err_set(err, EX_DATAERR, "db: '%s' is damaged (%.*s); restore a backup", db->path,
		    STR_ARG(finding));
	db_reset(stmt);
	return err_is_set(err) ? -1 : 0;
}

static int
check_references(struct db *db, struct err *err)
{
	struct db_stmt *stmt = db_prepare(db, "PRAGMA foreign_key_check", err);
	int found = stmt != NULL ? db_step(stmt, err) : -1;

	if (found <= 0)
		return found;
	err_set(err, EX_DATAERR,
	    "db: '%s' is damaged (row %lld of '%.*s' refers to nothing in '%.*s'); "
	    "restore a backup",
	    db->path, (long long)db_int(stmt, 1), STR_ARG(db_text(stmt, 0)),
	    STR_ARG(db_text(stmt, 2)));
	db_reset(stmt);
	return -1;
}

int
db_check(struct db *db, struct err *err)
{
	if (check_pages(db, "PRAGMA quick_check(1)", err) < 0)
		return -1;
	return check_references(db, err);
}

/*
 * Whether a log lies beside the file and nobody writes it: writers have a lock on the log's index.
 */
static bool
has_left_log(const char *path)
{
	enum { WRITERS_BYTE = 128 }; /* UNIX_SHM_DMS in SQLite's os_unix.c */
	struct flock lock = {
		.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = WRITERS_BYTE, .l_len = 1
	};
	struct stat status;
	char name[4096];

	snprintf(name, sizeof(name), "%s-wal", path);
	if (stat(name, &status) < 0 || status.st_size == 0)
		return false;
	snprintf(name, sizeof(name), "%s-shm", path);
	int fd = open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return true;
	bool is_left = fcntl(fd, F_GETLK, &lock) < 0 || lock.l_type == F_UNLCK;
	close(fd);
	return is_left;
}

static int
check_with_log(const char *path, struct err *err)
{
	struct db *db = NULL;
	int status = db_open(&db, path, DB_OVERLAY, err);

	if (status == 0)
		status = check_pages(db, "PRAGMA integrity_check(1)", err);
	if (status == 0)
		status = check_references(db, err);
	db_close(db);
	return status;
}

int
db_check_left(const char *path, struct err *err)
{
	struct err trouble = ERR_NONE;

	if (!has_left_log(path) || check_with_log(path, &trouble) == 0)
		return 0;
	/* Refused memory can look like damage, but not twice. */
	if (trouble.code == EX_DATAERR) {
		err_clear(&trouble);
		if (check_with_log(path, &trouble) == 0)
			return 0;
	}
	if (trouble.code != EX_DATAERR) {
		*err = trouble;
		return -1;
	}
	return err_set(err, EX_DATAERR,
	    "db: '%s' and the log beside it do not fit together; if a backup was put there, remove "
	    "'%s-wal' and '%s-shm', else restore one",
	    path, path, path);
}

/* ---- copies ---- */

static int
copy_pages(struct db *db, sqlite3 *to, const char *path, struct err *err)
{
	sqlite3_backup *backup = sqlite3_backup_init(to, "main", db->handle, "main");

	if (backup == NULL)
		return err_set(
		    err, EX_SOFTWARE, "db: cannot copy to '%s': %s", path, sqlite3_errmsg(to));
	sqlite3_backup_step(backup, -1);
	int result = sqlite3_backup_finish(backup);
	if (result == SQLITE_OK)
		return 0;
	int code = (result & 0xff) == SQLITE_IOERR || (result & 0xff) == SQLITE_FULL ? EX_IOERR
	                                                                             : EX_TEMPFAIL;
	return err_set_errno(err, code, sqlite3_system_errno(to), "db: cannot copy to '%s': %s",
	    path, sqlite3_errstr(result));
}

/* Makes the copy under a name of its own; what is at that name was left by a copy that died. */
static int
write_copy(struct db *db, const char *part, struct err *err)
{
	sqlite3 *to = NULL;
	int fd = open(part, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	int status = -1;

	if (fd < 0)
		return err_set_errno(err, EX_CANTCREAT, errno, "db: cannot create '%s'", part);
	close(fd);
	int result = sqlite3_open_v2(part, &to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
	if (result != SQLITE_OK)
		err_set(err, EX_IOERR, "db: cannot open '%s': %s", part, sqlite3_errstr(result));
	else
		status = copy_pages(db, to, part, err);
	sqlite3_close(to);
	return status;
}

/* How many rows a table has. Its name is quoted as SQLite quotes names. */
static int
count_rows(struct db *db, struct str table, int64_t *count, struct err *err)
{
	char *sql = sqlite3_mprintf("SELECT count(*) FROM \"%.*w\"", (int)table.len, table.ptr);
	struct db_stmt *stmt = sql != NULL ? db_prepare(db, sql, err) : NULL;
	int found = stmt != NULL ? db_step(stmt, err) : -1;

	if (sql == NULL)
		err_set(err, EX_OSERR, "db: out of memory");
	if (found > 0) {
		*count = db_int(stmt, 0);
		db_reset(stmt);
	}
	sqlite3_free(sql);
	return found > 0 ? 0 : -1;
}

/*
 * What an overlay sees does not change meanwhile, and so the numbers are those of what was copied.
 */
static int
compare_rows(struct db *db, struct db *copy, struct err *err)
{
	struct db_stmt *stmt = db_prepare(db,
	    "SELECT name FROM sqlite_schema WHERE type = 'table'"
	    " AND sql NOT LIKE 'CREATE VIRTUAL%'",
	    err);
	int found;

	if (stmt == NULL)
		return -1;
	while ((found = db_step(stmt, err)) > 0) {
		struct str table = db_text(stmt, 0);
		int64_t here = 0, there = 0;
		if (count_rows(db, table, &here, err) < 0 ||
		    count_rows(copy, table, &there, err) < 0)
			break;
		if (here != there) {
			err_set(err, EX_IOERR,
			    "db: the copy has %lld rows in '%.*s' instead of %lld; try again",
			    (long long)there, STR_ARG(table), (long long)here);
			break;
		}
	}
	if (found > 0)
		db_reset(stmt);
	return err_is_set(err) ? -1 : 0;
}

static int
check_copy(struct db *db, const char *part, struct err *err)
{
	struct db *copy = NULL;
	int status = db_open(&copy, part, DB_OVERLAY, err);

	if (status == 0 && db_check(copy, err) == 0)
		status = compare_rows(db, copy, err);
	else
		status = -1;
	db_close(copy);
	return status;
}

/* ---- names ---- */

/* The application_id of a database that nobody has open: the header has it there, in big-endian. */
static int64_t
id_of_file(const char *path)
{
	unsigned char id[4] = { 0 };
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	bool is_read = fd >= 0 && pread(fd, id, sizeof(id), 68) == (ssize_t)sizeof(id);

	if (fd >= 0)
		close(fd);
	return is_read ? (int64_t)id[0] << 24 | id[1] << 16 | id[2] << 8 | id[3] : 0;
}

/*
 * Whether what has the name may be replaced: an earlier copy of a database of this kind, which
 * nobody has open (a log beside it), and which is not the database itself.
 */
static int
check_name(struct db *db, const char *path, struct err *err)
{
	struct stat here, there;
	char log[4096];
	int64_t id;

	if (lstat(path, &there) < 0 && errno == ENOENT)
		return 0;
	if (ask_number(db, "PRAGMA application_id", &id, err) < 0)
		return -1;
	snprintf(log, sizeof(log), "%s-wal", path);
	if (stat(db->path, &here) == 0 && here.st_dev == there.st_dev &&
	    here.st_ino == there.st_ino)
		return err_set(
		    err, EX_CANTCREAT, "db: '%s' is the store itself; choose a new name", path);
	if (!S_ISREG(there.st_mode) || id == 0 || id_of_file(path) != id)
		return err_set(err, EX_CANTCREAT,
		    "db: '%s' is there already and is no backup; choose a new name", path);
	if (lstat(log, &there) == 0)
		return err_set(err, EX_CANTCREAT,
		    "db: '%s' is a store in use, no backup; choose a new name", path);
	return 0;
}

/* The new name must survive a power cut, so the folder is synced too. */
static int
sync_folder_of(const char *path, struct err *err)
{
	const char *slash = strrchr(path, '/');
	char folder[4096];
	int len = snprintf(folder, sizeof(folder), "%.*s", (int)(slash - path) + 1, path);
	int fd = len < (int)sizeof(folder) ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	int status = fd >= 0 && fsync(fd) == 0 ? 0 : -1;

	if (status < 0)
		err_set_errno(err, EX_IOERR, errno, "db: cannot sync the folder of '%s'", path);
	if (fd >= 0)
		close(fd);
	return status;
}

static int
rename_copy(const char *part, const char *path, struct err *err)
{
	if (rename(part, path) < 0)
		return err_set_errno(err, EX_CANTCREAT, errno, "db: cannot create '%s'", path);
	return sync_folder_of(path, err);
}

int
db_backup(struct db *db, const char *name, struct err *err)
{
	char path[4000], part[4096];
	const char *prefix = name[0] == '/' || name[0] == '.' ? "" : "./";

	if (db_in_transaction(db))
		return err_set(err, EX_SOFTWARE, "db: a backup inside a transaction");
	if (snprintf(path, sizeof(path), "%s%s", prefix, name) >= (int)sizeof(path))
		return err_set(err, EX_CANTCREAT, "db: cannot create a file of so long a name");
	if (check_name(db, path, err) < 0)
		return -1;
	snprintf(part, sizeof(part), "%s.part", path);
	if (write_copy(db, part, err) == 0 && check_copy(db, part, err) == 0 &&
	    rename_copy(part, path, err) == 0)
		return 0;
	unlink(part);
	return -1;
}

/* ---- room ---- */

/* Not worth writing all of it again for less, in pages: a tenth of it, and so many. */
enum { FREE_PAGES_LEAST = 64, FREE_SHARE = 10 };

int
db_compact(struct db *db, int64_t *freed_bytes, struct err *err)
{
	int64_t free_pages, pages, left;

	*freed_bytes = 0;
	if (ask_number(db, "PRAGMA freelist_count", &free_pages, err) < 0 ||
	    ask_number(db, "PRAGMA page_count", &pages, err) < 0)
		return -1;
	if (free_pages < FREE_PAGES_LEAST || free_pages < pages / FREE_SHARE)
		return 0;
	/*
	 * The second copy may be larger than memory. No statement may be under way, or half read.
	 */
	db_drop_statements(db);
	int status = db_exec(db, "PRAGMA temp_store = FILE; VACUUM", err);
	struct err ignored = ERR_NONE;
	if (db_exec(db, "PRAGMA temp_store = MEMORY", status == 0 ? err : &ignored) < 0 ||
	    status < 0 || ask_number(db, "PRAGMA page_count", &left, err) < 0)
		return -1;
	*freed_bytes = (pages - left) * db->page_bytes;
	return 0;
}
