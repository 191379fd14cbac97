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

/* ---- soundness ---- */

static int
check_pages(struct db *db, struct err *err)
{
	struct db_stmt *stmt = db_prepare(db, "PRAGMA quick_check(1)", err);

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
	    "db: '%s' is damaged (row %lld of '%.*s' refers to nothing in '%.*s'); restore a "
	    "backup",
	    db->path, (long long)db_int(stmt, 1), STR_ARG(db_text(stmt, 0)),
	    STR_ARG(db_text(stmt, 2)));
	db_reset(stmt);
	return -1;
}

int
db_check(struct db *db, struct err *err)
{
	if (check_pages(db, err) < 0)
		return -1;
	return check_references(db, err);
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

static int
check_copy(const char *part, struct err *err)
{
	struct db *copy = NULL;
	int status = db_open(&copy, part, DB_OVERLAY, err);

	if (status == 0)
		status = db_check(copy, err);
	db_close(copy);
	return status;
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

/* Gives the copy its name, unless that was taken meanwhile. */
static int
rename_copy(const char *part, const char *path, struct err *err)
{
	int status = renameat2(AT_FDCWD, part, AT_FDCWD, path, RENAME_NOREPLACE);

	/* Some file systems do not know how not to replace; whether it is there was asked before. */
	if (status < 0 && errno == EINVAL)
		status = rename(part, path);
	if (status < 0)
		return err_set_errno(err, EX_CANTCREAT, errno, "db: cannot create '%s'", path);
	return sync_folder_of(path, err);
}

int
db_backup(struct db *db, const char *name, struct err *err)
{
	char path[4000], part[4096];
	const char *prefix = name[0] == '/' || name[0] == '.' ? "" : "./";
	struct stat status;

	if (db_in_transaction(db))
		return err_set(err, EX_SOFTWARE, "db: a backup inside a transaction");
	if (snprintf(path, sizeof(path), "%s%s", prefix, name) >= (int)sizeof(path))
		return err_set(err, EX_CANTCREAT, "db: cannot create a file of so long a name");
	if (lstat(path, &status) == 0)
		return err_set(
		    err, EX_CANTCREAT, "db: '%s' is there already; choose a new name", name);
	snprintf(part, sizeof(part), "%s.part", path);
	if (write_copy(db, part, err) == 0 && check_copy(part, err) == 0 &&
	    rename_copy(part, path, err) == 0)
		return 0;
	unlink(part);
	return -1;
}
