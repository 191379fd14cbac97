/*
 * Opening and closing the store, the run lock beside it, and what its files share. What is in it is
 * known to the files named after it.
 */
#include "store_internal.h"

#include "digest/clock.h"
#include "digest/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

/* ---- opening ---- */

/* Makes the folder of a file (0700) and those above it, as far as they are missing. */
static int
make_folder(const char *path, struct err *err)
{
	char *folder = mem_copy_string(path);
	int status = 0;

	for (char *slash = strchr(folder + (folder[0] == '/'), '/'); slash != NULL && status == 0;
	     slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(folder, 0700) < 0 && errno != EEXIST)
			status = err_set_errno(err,
			    errno == EACCES || errno == EPERM || errno == EROFS ? EX_NOPERM
			                                                        : EX_CANTCREAT,
			    errno, "store: cannot make the folder '%s'", folder);
		*slash = '/';
	}
	mem_free(folder);
	return status;
}

static int
read_secret(struct store *store, struct err *err)
{
	struct db_stmt *stmt =
	    db_prepare(store->db, "SELECT value FROM meta WHERE key = 'secret'", err);
	int found = stmt != NULL ? db_step(stmt, err) : -1;

	if (found < 0)
		return -1;
	if (found == 0)
		return err_set(err, EX_DATAERR, "store: its secret is lost; restore a backup");
	/* db's text is terminated. */
	store->secret = mem_copy_string(db_text(stmt, 0).ptr);
	db_reset(stmt);
	return 0;
}

/*
 * A file that is not ours is looked at through an overlay first, so that it stays untouched:
 * opening a database for writing may move its log and change its header.
 */
static int
check_before_writing(const char *path, struct err *err)
{
	struct db *db = NULL;
	int status = db_open(&db, path, DB_OVERLAY, err);

	if (status == 0)
		status = store_check_schema(db, path, err);
	db_close(db);
	return status == 0 ? db_check_left(path, err) : -1;
}

int
store_open(struct store **out, const char *path, enum db_access access, struct err *err)
{
	struct store *store = mem_alloc(sizeof(*store));

	store->content = store->authors = store->categories = store->columns = BUF_INIT(BUF_LIMIT);
	store->mailbox = BUF_INIT(BUF_LIMIT);
	store->words = arena_new();
	store->has_index = access == DB_WRITE;
	if (access == DB_WRITE &&
	    (make_folder(path, err) < 0 || check_before_writing(path, err) < 0))
		goto fail;
	if (db_open(&store->db, path, access, err) < 0 || store_migrate(store->db, path, err) < 0 ||
	    read_secret(store, err) < 0)
		goto fail;
	*out = store;
	return 0;
fail:
	store_close(store);
	return -1;
}

void
store_close(struct store *store)
{
	if (store == NULL)
		return;
	db_close(store->db);
	buf_release(&store->content);
	buf_release(&store->authors);
	buf_release(&store->categories);
	buf_release(&store->columns);
	buf_release(&store->mailbox);
	arena_free(store->words);
	mem_free(store->secret);
	mem_free(store);
}

struct db *
store_db(struct store *store)
{
	return store->db;
}

struct str
store_secret(struct store *store)
{
	return str_from(store->secret);
}

/* ---- the run lock ---- */

struct store_lock {
	int fd;
};

/*
 * On a file system of another machine locks may not hold, and a write-ahead log does not work: two
 * runs would send the same mail.
 */
static int
refuse_network(int fd, const char *path, struct err *err)
{
	static const unsigned network[] = { NFS_SUPER_MAGIC, SMB_SUPER_MAGIC, CIFS_SUPER_MAGIC,
		SMB2_SUPER_MAGIC, CODA_SUPER_MAGIC, AFS_SUPER_MAGIC, V9FS_MAGIC, CEPH_SUPER_MAGIC };
	struct statfs status;

	if (fstatfs(fd, &status) < 0)
		return err_set_errno(err, EX_IOERR, errno, "store: cannot look at '%s'", path);
	for (size_t i = 0; i < sizeof(network) / sizeof(network[0]); i++) {
		if ((unsigned)status.f_type == network[i])
			return err_set(err, EX_CONFIG,
			    "store: '%s' is on a network file system, where locks do not hold; "
			    "name a file on a "
			    "local disk with --db",
			    path);
	}
	return 0;
}

/* Who holds it wrote its number and time into the file. */
static int
say_who_holds(int fd, struct err *err)
{
	char text[64] = "";
	char since[DATE_INSTANT_BYTES];
	ssize_t len = pread(fd, text, sizeof(text) - 1, 0);
	struct str rest = { text, len > 0 ? (size_t)len : 0 }, word;
	int64_t numbers[2] = { 0, 0 };

	for (int i = 0; i < 2 && str_next_word(&rest, &word); i++) {
		if (str_to_int(word, 0, INT64_MAX, &numbers[i]) < 0)
			numbers[0] = 0;
	}
	if (numbers[0] == 0)
		return err_set(err, EX_TEMPFAIL, "store: another run is at work");
	return err_set(err, EX_TEMPFAIL, "store: another run is at work (process %lld since %s)",
	    (long long)numbers[0], date_format_instant(since, numbers[1]));
}

static int
write_holder(int fd, const char *path, struct err *err)
{
	char text[64];
	int len =
	    snprintf(text, sizeof(text), "%ld %lld\n", (long)getpid(), (long long)clock_now());

	if (ftruncate(fd, 0) < 0 || pwrite(fd, text, (size_t)len, 0) != len)
		return err_set_errno(err, EX_IOERR, errno, "store: cannot write '%s'", path);
	return 0;
}

static int
take_lock(int fd, const char *path, struct err *err)
{
	if (refuse_network(fd, path, err) < 0)
		return -1;
	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		return write_holder(fd, path, err);
	if (errno == EWOULDBLOCK)
		return say_who_holds(fd, err);
	return err_set_errno(err, EX_IOERR, errno, "store: cannot lock '%s'", path);
}

/*
 * The file stays when the lock goes:
 * removing it would let two processes lock two files of one name.
 */
int
store_lock(struct store_lock **lock, const char *store_path, struct err *err)
{
	struct buf path = BUF_INIT(BUF_LIMIT);
	int fd = -1, status = -1;

	buf_addf(&path, "%s.lock", store_path);
	if (make_folder(store_path, err) < 0)
		goto out;
	fd = open(path.ptr, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
	if (fd < 0) {
		err_set_errno(err, errno == EACCES || errno == EROFS ? EX_NOPERM : EX_IOERR, errno,
		    "store: cannot open '%s'", path.ptr);
		goto out;
	}
	status = take_lock(fd, path.ptr, err);
	if (status == 0) {
		*lock = mem_alloc(sizeof(**lock));
		(*lock)->fd = fd;
	}
out:
	if (status < 0 && fd >= 0)
		close(fd);
	buf_release(&path);
	return status;
}

void
store_unlock(struct store_lock *lock)
{
	if (lock == NULL)
		return;
	close(lock->fd);
	mem_free(lock);
}

/* ---- what the files share ---- */

int
store_run(struct store *store, const char *sql, int64_t first, int64_t second, struct err *err)
{
	struct db_stmt *stmt = db_prepare(store->db, sql, err);

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, first);
	db_bind_int(stmt, 2, second);
	return db_run(stmt, err);
}

int
store_run_for(struct store *store, const char *sql, int64_t id, struct err *err)
{
	struct db_stmt *stmt = db_prepare(store->db, sql, err);

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, id);
	return db_run(stmt, err);
}

void
store_bind_instant(struct db_stmt *stmt, int index, int64_t instant)
{
	if (instant == DATE_NO_INSTANT)
		db_bind_null(stmt, index);
	else
		db_bind_int(stmt, index, instant);
}

void
store_bind_day(struct db_stmt *stmt, int index, int32_t day)
{
	if (day == DATE_NO_DAY)
		db_bind_null(stmt, index);
	else
		db_bind_int(stmt, index, day);
}

int64_t
store_instant(struct db_stmt *stmt, int column)
{
	return db_is_null(stmt, column) ? DATE_NO_INSTANT : db_int(stmt, column);
}

int32_t
store_day(struct db_stmt *stmt, int column)
{
	return db_is_null(stmt, column) ? DATE_NO_DAY : (int32_t)db_int(stmt, column);
}

void
store_bind_count(struct db_stmt *stmt, int index, int count)
{
	if (count < 0)
		db_bind_null(stmt, index);
	else
		db_bind_int(stmt, index, count);
}

int
store_count(struct db_stmt *stmt, int column)
{
	return db_is_null(stmt, column) ? -1 : (int)db_int(stmt, column);
}

struct str
store_mailbox(struct store *store, struct str address)
{
	buf_reset(&store->mailbox);
	message_add_mailbox(&store->mailbox, address);
	return buf_str(&store->mailbox);
}

struct str
store_text(struct db_stmt *stmt, int column, struct arena *arena)
{
	return arena_copy(arena, db_text(stmt, column));
}
