/* SQLite as we use it: statements, transactions, overlays over every state a store can be in, and
 * what each kind of trouble is called. */
#include "folder.h"

#include "digest/db.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>

static const char make_pairs[] = "CREATE TABLE pair (id INTEGER PRIMARY KEY, text TEXT) STRICT";
static const char add_pair[] = "INSERT INTO pair (text) VALUES (?1)";

static struct db *
open_db(const char *path, enum db_access access)
{
	struct db *db = NULL;
	struct err err = ERR_NONE;

	if (db_open(&db, path, access, &err) < 0)
		fail_msg("%s", err.text);
	return db;
}

static void
exec(struct db *db, const char *sql)
{
	struct err err = ERR_NONE;

	if (db_exec(db, sql, &err) < 0)
		fail_msg("%s", err.text);
}

static int64_t
number(struct db *db, const char *sql)
{
	struct err err = ERR_NONE;
	struct db_stmt *stmt = db_prepare(db, sql, &err);

	if (stmt == NULL || db_step(stmt, &err) != 1)
		fail_msg("%s: %s", sql, err.text);
	int64_t value = db_int(stmt, 0);
	db_reset(stmt);
	return value;
}

/* Adds `count` rows of about `len` bytes in the open transaction: 0, or -1. */
static int
add_rows(struct db *db, int count, size_t len, struct err *err)
{
	char *text = malloc(len);

	memset(text, 'x', len);
	for (int i = 0; i < count; i++) {
		struct db_stmt *stmt = db_prepare(db, add_pair, err);
		if (stmt == NULL)
			break;
		db_bind_text(stmt, 1, (struct str){ text, len });
		if (db_run(stmt, err) < 0)
			break;
	}
	free(text);
	return err_is_set(err) ? -1 : 0;
}

static void
add_committed(struct db *db, int count, size_t len)
{
	struct err err = ERR_NONE;

	if (db_begin(db, &err) < 0 || add_rows(db, count, len, &err) < 0 || db_commit(db, &err) < 0)
		fail_msg("%s", err.text);
}

/* A child process that does `work` and is killed as soon as it says that it got there. */
typedef void work_on(const char *path, int said);

static pid_t
start(work_on *work, const char *path, int *said)
{
	int ends[2];
	assert_int_equal(pipe(ends), 0);
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		close(ends[0]);
		work(path, ends[1]);
		_exit(0);
	}
	close(ends[1]);
	*said = ends[0];
	return pid;
}

static void
wait_until_said(int said)
{
	char c;
	assert_int_equal(read(said, &c, 1), 1);
}

static void
say(int said)
{
	if (write(said, "x", 1) != 1)
		_exit(1);
}

static int
end(pid_t pid, int said, int signal_number)
{
	int status;

	if (signal_number != 0)
		kill(pid, signal_number);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	close(said);
	return status;
}

/* ---- statements and transactions ---- */

static void
values_come_back_as_they_went_in(void **state)
{
	(void)state;
	struct folder folder;
	struct err err = ERR_NONE;
	folder_make(&folder);
	struct db *db = open_db(folder_file(&folder, "a.db"), DB_WRITE);

	exec(db,
	    "CREATE TABLE v (i INTEGER, r REAL, t TEXT, b BLOB, n TEXT, e TEXT, z BLOB) STRICT");
	struct db_stmt *stmt = db_prepare(db, "INSERT INTO v VALUES (?1,?2,?3,?4,?5,?6,?7)", &err);
	db_bind_int(stmt, 1, INT64_MIN);
	db_bind_text(stmt, 2, STR("0.5"));
	db_bind_text(stmt, 3, STR("Attention: \xc3\xa9tude"));
	db_bind_blob(stmt, 4, "\0\xff\0", 3);
	db_bind_null(stmt, 5);
	db_bind_text(stmt, 6, (struct str){ NULL, 0 });
	db_bind_blob(stmt, 7, NULL, 0);
	assert_int_equal(db_run(stmt, &err), 0);
	assert_int_equal(db_changes(db), 1);
	assert_int_equal(db_last_id(db), 1);

	stmt = db_prepare(db, "SELECT * FROM v", &err);
	assert_int_equal(db_step(stmt, &err), 1);
	assert_true(db_int(stmt, 0) == INT64_MIN);
	assert_str(db_text(stmt, 1), "0.5");
	assert_str(db_text(stmt, 2), "Attention: \xc3\xa9tude");
	assert_int_equal(db_blob(stmt, 3).len, 3);
	assert_memory_equal(db_blob(stmt, 3).ptr, "\0\xff\0", 3);
	assert_true(db_is_null(stmt, 4));
	assert_str(db_text(stmt, 4), "");
	assert_int_equal(db_int(stmt, 4), 0);
	assert_false(db_is_null(stmt, 5));
	assert_str(db_text(stmt, 5), "");
	assert_false(db_is_null(stmt, 6));
	assert_int_equal(db_step(stmt, &err), 0);
	assert_int_equal(db_step(stmt, &err), 1);
	db_close(db);
	db_close(NULL);
	folder_remove(&folder);
}

static void
statements_are_found_again_by_text(void **state)
{
	(void)state;
	struct folder folder;
	struct err err = ERR_NONE;
	char text[64] = "SELECT 1";
	folder_make(&folder);
	struct db *db = open_db(folder_file(&folder, "a.db"), DB_WRITE);

	struct db_stmt *one = db_prepare(db, text, &err);
	assert_ptr_equal(db_prepare(db, text, &err), one);
	assert_ptr_equal(db_prepare(db, "SELECT 1", &err), one);
	/* The same address with another text in it is another statement. */
	snprintf(text, sizeof(text), "SELECT 2");
	struct db_stmt *two = db_prepare(db, text, &err);
	assert_ptr_not_equal(two, one);
	assert_int_equal(db_step(two, &err), 1);
	assert_int_equal(db_int(two, 0), 2);
	/* Preparing again starts over with nothing bound. */
	struct db_stmt *bound = db_prepare(db, "SELECT ?1", &err);
	db_bind_int(bound, 1, 7);
	bound = db_prepare(db, "SELECT ?1", &err);
	assert_int_equal(db_step(bound, &err), 1);
	assert_true(db_is_null(bound, 0));
	db_close(db);
	folder_remove(&folder);
}

static void
wrong_sql_is_a_bug(void **state)
{
	(void)state;
	struct folder folder;
	static const char *const wrong[] = { "SELECT missing FROM nowhere", "SELEC 1", "",
		"SELECT 1; SELECT 2", "SELECT \"no such column\"" };
	folder_make(&folder);
	struct db *db = open_db(folder_file(&folder, "a.db"), DB_WRITE);

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct err err = ERR_NONE;
		assert_null(db_prepare(db, wrong[i], &err));
		assert_int_equal(err.code, EX_SOFTWARE);
	}
	struct err err = ERR_NONE;
	struct db_stmt *stmt = db_prepare(db, "SELECT ?1", &err);
	db_bind_int(stmt, 2, 1);
	assert_int_equal(db_step(stmt, &err), -1);
	assert_int_equal(err.code, EX_SOFTWARE);
	err_clear(&err);
	assert_int_equal(db_run(db_prepare(db, "SELECT 1", &err), &err), -1);
	assert_int_equal(err.code, EX_SOFTWARE);
	err_clear(&err);
	exec(db, make_pairs);
	assert_int_equal(
	    db_exec(db, "INSERT INTO pair VALUES (1, 'a'); INSERT INTO pair VALUES (1, 'b')", &err),
	    -1);
	assert_int_equal(err.code, EX_SOFTWARE);
	assert_int_equal(number(db, "SELECT count(*) FROM pair"), 1);
	db_close(db);
	folder_remove(&folder);
}

static void
transactions_end_whole_or_not_at_all(void **state)
{
	(void)state;
	struct folder folder;
	struct err err = ERR_NONE;
	folder_make(&folder);
	struct db *db = open_db(folder_file(&folder, "a.db"), DB_WRITE);

	exec(db, make_pairs);
	db_rollback(db);
	assert_int_equal(db_begin(db, &err), 0);
	assert_true(db_in_transaction(db));
	assert_int_equal(add_rows(db, 3, 10, &err), 0);
	db_rollback(db);
	assert_false(db_in_transaction(db));
	assert_int_equal(number(db, "SELECT count(*) FROM pair"), 0);

	add_committed(db, 2, 10);
	assert_int_equal(db_begin(db, &err), 0);
	assert_int_equal(db_begin(db, &err), -1);
	assert_int_equal(err.code, EX_SOFTWARE);
	err_clear(&err);
	assert_int_equal(add_rows(db, 3, 10, &err), 0);
	/* Closing rolls back. */
	db_close(db);
	db = open_db(folder_file(&folder, "a.db"), DB_WRITE);
	assert_int_equal(number(db, "SELECT count(*) FROM pair"), 2);
	assert_true(db_steps(db) > 0);
	int64_t steps = db_steps(db);
	number(db, "SELECT count(*) FROM pair WHERE id > 0");
	assert_true(db_steps(db) > steps);
	db_close(db);
	folder_remove(&folder);
}

static void
a_database_is_private_and_durable(void **state)
{
	(void)state;
	struct folder folder;
	struct stat status;
	struct err err = ERR_NONE;
	folder_make(&folder);
	const char *path = folder_file(&folder, "a.db");
	struct db *db = open_db(path, DB_WRITE);

	exec(db, make_pairs);
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 0777, 0600);
	assert_int_equal(number(db, "PRAGMA synchronous"), 2);
	assert_int_equal(number(db, "PRAGMA foreign_keys"), 1);
	assert_int_equal(number(db, "PRAGMA trusted_schema"), 0);
	assert_int_equal(number(db, "PRAGMA cell_size_check"), 1);
	assert_int_equal(number(db, "PRAGMA busy_timeout"), 10000);
	struct db_stmt *stmt = db_prepare(db, "PRAGMA journal_mode", &err);
	assert_int_equal(db_step(stmt, &err), 1);
	assert_str(db_text(stmt, 0), "wal");
	db_reset(stmt);
	assert_int_equal(
	    db_exec(db, "PRAGMA writable_schema = ON; DELETE FROM sqlite_schema", &err), -1);
	db_close(db);
	/* The log is in the database and gone. */
	assert_int_equal(access(folder_file(&folder, "a.db-wal"), F_OK), -1);
	folder_remove(&folder);
}

static void
planted_triggers_do_not_fire(void **state)
{
	(void)state;
	struct folder folder;
	sqlite3 *other;
	folder_make(&folder);
	const char *path = folder_file(&folder, "a.db");

	assert_int_equal(sqlite3_open(path, &other), SQLITE_OK);
	assert_int_equal(sqlite3_exec(other,
	                     "CREATE TABLE pair (id INTEGER PRIMARY KEY, text TEXT);"
	                     "CREATE TRIGGER t AFTER INSERT ON pair BEGIN DELETE FROM pair; END;",
	                     NULL, NULL, NULL),
	    SQLITE_OK);
	sqlite3_close(other);
	struct db *db = open_db(path, DB_WRITE);
	add_committed(db, 2, 10);
	assert_int_equal(number(db, "SELECT count(*) FROM pair"), 2);
	db_close(db);
	folder_remove(&folder);
}

static void
odd_names_are_names_of_files(void **state)
{
	(void)state;
	static const char *const names[] = { ":memory:", "file:x?mode=memory", "a b'c%00.db" };
	struct folder folder;
	char before[4096];
	folder_make(&folder);

	assert_non_null(getcwd(before, sizeof(before)));
	assert_int_equal(chdir(folder.path), 0);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct db *db = open_db(names[i], DB_WRITE);
		exec(db, make_pairs);
		db_close(db);
		assert_int_equal(access(folder_file(&folder, names[i]), F_OK), 0);
		db = open_db(names[i], DB_OVERLAY);
		assert_int_equal(number(db, "SELECT count(*) FROM pair"), 0);
		db_close(db);
	}
	assert_int_equal(chdir(before), 0);
	folder_remove(&folder);
}

/* ---- overlays ---- */

static void
an_overlay_of_nothing_is_an_empty_database(void **state)
{
	(void)state;
	struct folder folder;
	folder_make(&folder);
	uint64_t before = folder_fingerprint(&folder);
	struct db *db = open_db(folder_file(&folder, "a.db"), DB_OVERLAY);

	exec(db, make_pairs);
	add_committed(db, 1000, 1000);
	assert_int_equal(number(db, "SELECT count(*) FROM pair"), 1000);
	struct err err = ERR_NONE;
	assert_int_equal(db_begin(db, &err), 0);
	assert_int_equal(add_rows(db, 1000, 5000, &err), 0);
	db_rollback(db);
	assert_int_equal(number(db, "SELECT count(*) FROM pair"), 1000);
	assert_int_equal(db_reserve(db, 1000, &err), 0);
	assert_int_equal(db_check(db, &err), 0);
	db_close(db);
	assert_true(folder_fingerprint(&folder) == before);
	/* Likewise where not even the folder is there. */
	db = open_db(folder_file(&folder, "no/such/a.db"), DB_OVERLAY);
	exec(db, make_pairs);
	db_close(db);
	folder_remove(&folder);
}

static void
an_overlay_keeps_its_changes_to_itself(void **state)
{
	(void)state;
	struct folder folder;
	struct err err = ERR_NONE;
	folder_make(&folder);
	const char *path = folder_file(&folder, "a.db");
	struct db *db = open_db(path, DB_WRITE);
	exec(db, make_pairs);
	add_committed(db, 5000, 500);
	db_close(db);
	uint64_t before = folder_fingerprint(&folder);

	db = open_db(path, DB_OVERLAY);
	assert_int_equal(number(db, "SELECT count(*) FROM pair"), 5000);
	assert_int_equal(db_begin(db, &err), 0);
	exec(db,
	    "UPDATE pair SET text = 'changed' WHERE id % 2 = 0; DELETE FROM pair WHERE id % 5 = 0;"
	    "CREATE TABLE other (a INTEGER) STRICT; CREATE INDEX pair_text ON pair (text)");
	assert_int_equal(db_commit(db, &err), 0);
	/* Beyond the size at which a writer would move its log. */
	add_committed(db, 10000, 2000);
	add_committed(db, 10, 10);
	assert_int_equal(number(db, "SELECT count(*) FROM pair"), 4000 + 10010);
	assert_int_equal(number(db, "SELECT count(*) FROM pair WHERE text = 'changed'"), 2000);
	exec(db, "VACUUM");
	assert_int_equal(db_check(db, &err), 0);
	db_close(db);
	assert_true(folder_fingerprint(&folder) == before);
	folder_remove(&folder);
}

static void
write_and_hang(const char *path, int said)
{
	struct err err = ERR_NONE;
	struct db *db = open_db(path, DB_WRITE);

	exec(db, make_pairs);
	add_committed(db, 100, 100);
	if (db_begin(db, &err) < 0 || add_rows(db, 20000, 1000, &err) < 0)
		_exit(1);
	exec(db, "DELETE FROM pair WHERE id <= 100");
	say(said);
	pause();
}

static void
an_overlay_sees_what_a_killed_writer_committed(void **state)
{
	(void)state;
	struct folder folder;
	struct err err = ERR_NONE;
	int said;
	folder_make(&folder);
	const char *path = folder_file(&folder, "a.db");
	pid_t pid = start(write_and_hang, path, &said);
	wait_until_said(said);
	end(pid, said, SIGKILL);
	uint64_t before = folder_fingerprint(&folder);
	struct stat status;
	assert_int_equal(stat(folder_file(&folder, "a.db-wal"), &status), 0);
	assert_true(status.st_size > 1000000);

	for (int i = 0; i < 2; i++) {
		struct db *db = open_db(path, DB_OVERLAY);
		assert_int_equal(number(db, "SELECT count(*) FROM pair"), 100);
		add_committed(db, 300, 1000);
		assert_int_equal(number(db, "SELECT count(*) FROM pair"), 400);
		assert_int_equal(db_check(db, &err), 0);
		db_close(db);
		assert_true(folder_fingerprint(&folder) == before);
	}
	/* And without the index of the log, as after a copy or a restart of the machine. */
	assert_int_equal(unlink(folder_file(&folder, "a.db-shm")), 0);
	struct db *db = open_db(path, DB_OVERLAY);
	assert_int_equal(number(db, "SELECT count(*) FROM pair"), 100);
	db_close(db);
	assert_int_equal(access(folder_file(&folder, "a.db-shm"), F_OK), -1);

	db = open_db(path, DB_WRITE);
	assert_int_equal(number(db, "SELECT count(*) FROM pair"), 100);
	db_close(db);
	folder_remove(&folder);
}

/*
 * What other programs, or the very first moment of a database, may leave: a journal to roll back.
 */
static void
leave_hot_journal(const char *path, int said)
{
	sqlite3 *other;

	if (sqlite3_open(path, &other) != SQLITE_OK ||
	    sqlite3_exec(other,
	        "PRAGMA journal_mode = DELETE; PRAGMA cache_size = 5;"
	        "CREATE TABLE pair (id INTEGER PRIMARY KEY, text TEXT);"
	        "WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 2000)"
	        " INSERT INTO pair SELECT i, printf('%500d', i) FROM n;"
	        "BEGIN; UPDATE pair SET text = 'half done' || text;",
	        NULL, NULL, NULL) != SQLITE_OK)
		_exit(1);
	say(said);
	pause();
}

static void
an_overlay_rolls_back_in_memory(void **state)
{
	(void)state;
	struct folder folder;
	struct err err = ERR_NONE;
	int said;
	folder_make(&folder);
	const char *path = folder_file(&folder, "a.db");
	pid_t pid = start(leave_hot_journal, path, &said);
	wait_until_said(said);
	end(pid, said, SIGKILL);
	assert_int_equal(access(folder_file(&folder, "a.db-journal"), F_OK), 0);
	uint64_t before = folder_fingerprint(&folder);

	struct db *db = open_db(path, DB_OVERLAY);
	assert_int_equal(number(db, "SELECT count(*) FROM pair WHERE text LIKE 'half%'"), 0);
	assert_int_equal(number(db, "SELECT count(*) FROM pair"), 2000);
	add_committed(db, 10, 10);
	assert_int_equal(db_check(db, &err), 0);
	db_close(db);
	assert_true(folder_fingerprint(&folder) == before);
	folder_remove(&folder);
}

/* A writer at work: it goes on when it gets a line, and moves its log as often as it may. */
static void
write_on_and_on(const char *path, int said)
{
	struct db *db = open_db(path, DB_WRITE);

	exec(db, make_pairs);
	add_committed(db, 100, 1000);
	say(said);
	for (int i = 0; i < 12; i++) {
		exec(db, "UPDATE pair SET text = 'later'");
		add_committed(db, 1000, 3000);
	}
	db_close(db);
	say(said);
	pause();
}

static void
an_overlay_stays_as_it_was_beside_a_writer(void **state)
{
	(void)state;
	struct folder folder;
	struct err err = ERR_NONE;
	int said;
	folder_make(&folder);
	const char *path = folder_file(&folder, "a.db");
	struct db *seed = open_db(path, DB_WRITE);
	db_close(seed);
	pid_t pid = start(write_on_and_on, path, &said);
	wait_until_said(said);

	struct db *db = open_db(path, DB_OVERLAY);
	int64_t count = number(db, "SELECT count(*) FROM pair");
	int64_t later = number(db, "SELECT count(*) FROM pair WHERE text = 'later'");
	/* The writer goes through its log's limit several times and closes meanwhile. */
	wait_until_said(said);
	assert_int_equal(number(db, "SELECT count(*) FROM pair"), count);
	assert_int_equal(number(db, "SELECT count(*) FROM pair WHERE text = 'later'"), later);
	assert_int_equal(db_check(db, &err), 0);
	add_committed(db, 50, 100);
	assert_int_equal(number(db, "SELECT count(*) FROM pair"), count + 50);
	/* The log could not be moved, and grew. */
	struct stat status;
	assert_int_equal(stat(folder_file(&folder, "a.db-wal"), &status), 0);
	assert_true(status.st_size > 30 * 1000 * 1000);
	db_close(db);
	end(pid, said, SIGKILL);

	/* The next writer moves it. */
	db = open_db(path, DB_WRITE);
	assert_int_equal(number(db, "SELECT count(*) FROM pair"), 12100);
	db_close(db);
	assert_int_equal(access(folder_file(&folder, "a.db-wal"), F_OK), -1);
	db = open_db(path, DB_OVERLAY);
	assert_int_equal(number(db, "SELECT count(*) FROM pair"), 12100);
	db_close(db);
	folder_remove(&folder);
}

/*
 * A writer that opens, commits, moves its log by closing, and opens again, as fast as it can. What
 * is told in `total` is always the sum of the pairs.
 */
static void
write_in_circles(const char *path, int said)
{
	for (int i = 0;; i++) {
		struct db *db = open_db(path, DB_WRITE);
		if (i == 0) {
			exec(db, make_pairs);
			exec(db,
			    "CREATE TABLE total (bytes INTEGER) STRICT;"
			    "INSERT INTO total VALUES (0)");
			say(said);
		}
		for (int j = 0; j < 5; j++) {
			exec(db,
			    "BEGIN IMMEDIATE; INSERT INTO pair (text) VALUES (zeroblob(0) ||"
			    " printf('%.*c', 3000 + abs(random() % 5000), 'x'));"
			    "UPDATE pair SET text = text || 'y' WHERE id % 7 = 3;"
			    "UPDATE total SET bytes = (SELECT sum(length(text)) FROM pair);"
			    "COMMIT");
		}
		db_close(db);
	}
}

static void
an_overlay_is_consistent_at_any_moment(void **state)
{
	(void)state;
	struct folder folder;
	int said;
	int64_t seen = 0;
	folder_make(&folder);
	const char *path = folder_file(&folder, "a.db");
	pid_t pid = start(write_in_circles, path, &said);
	wait_until_said(said);

	for (int i = 0; i < 60; i++) {
		struct err err = ERR_NONE;
		struct db *db = open_db(path, DB_OVERLAY);
		int64_t total = number(db, "SELECT bytes FROM total");
		assert_int_equal(
		    number(db, "SELECT coalesce(sum(length(text)), 0) FROM pair"), total);
		assert_true(total >= seen);
		seen = total;
		add_committed(db, 3, 5000);
		assert_int_equal(number(db, "SELECT sum(length(text)) FROM pair"), total + 15000);
		assert_int_equal(db_check(db, &err), 0);
		db_close(db);
	}
	assert_true(seen > 0);
	end(pid, said, SIGKILL);
	db_close(open_db(path, DB_WRITE));
	folder_remove(&folder);
}

/* sqlite3(1) knows nothing of our locks. */
static void
change_like_a_stranger(const char *path, int said)
{
	sqlite3 *other;

	if (sqlite3_open(path, &other) != SQLITE_OK ||
	    sqlite3_exec(other,
	        "UPDATE pair SET text = 'strange'; PRAGMA wal_checkpoint(TRUNCATE);"
	        "UPDATE pair SET text = 'stranger'",
	        NULL, NULL, NULL) != SQLITE_OK)
		_exit(1);
	sqlite3_close(other);
	say(said);
}

static void
an_overlay_notices_other_programs(void **state)
{
	(void)state;
	for (int has_log = 0; has_log < 2; has_log++) {
		struct folder folder;
		struct err err = ERR_NONE;
		int said;
		folder_make(&folder);
		const char *path = folder_file(&folder, "a.db");
		pid_t pid = start(write_and_hang, path, &said);
		wait_until_said(said);
		end(pid, said, SIGKILL);
		if (!has_log)
			db_close(open_db(path, DB_WRITE));

		struct db *db = open_db(path, DB_OVERLAY);
		pid = start(change_like_a_stranger, path, &said);
		wait_until_said(said);
		end(pid, said, 0);
		struct db_stmt *stmt = db_prepare(db, "SELECT sum(length(text)) FROM pair", &err);
		assert_int_equal(stmt != NULL ? db_step(stmt, &err) : -1, -1);
		assert_int_equal(err.code, EX_TEMPFAIL);
		assert_non_null(strstr(err.text, "changed it while it was read"));
		db_close(db);
		folder_remove(&folder);
	}
}

/* ---- troubles ---- */

static void
hold_lock(const char *path, int said)
{
	struct err err = ERR_NONE;
	struct db *db = open_db(path, DB_WRITE);

	if (db_begin(db, &err) < 0)
		_exit(1);
	say(said);
	pause();
}

static void
a_locked_database_is_tried_later(void **state)
{
	(void)state;
	struct folder folder;
	struct err err = ERR_NONE;
	int said;
	folder_make(&folder);
	const char *path = folder_file(&folder, "a.db");
	pid_t pid = start(hold_lock, path, &said);
	wait_until_said(said);

	struct db *db = open_db(path, DB_WRITE);
	assert_int_equal(db_begin(db, &err), -1);
	assert_int_equal(err.code, EX_TEMPFAIL);
	assert_non_null(strstr(err.text, "locked"));
	end(pid, said, SIGKILL);
	err_clear(&err);
	assert_int_equal(db_begin(db, &err), 0);
	db_close(db);
	folder_remove(&folder);
}

static void
put_file(const char *path, const char *bytes, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, len), len);
	close(fd);
}

static void
what_is_no_database_is_refused_and_left(void **state)
{
	(void)state;
	struct folder folder;
	static const char text[] =
	    "Dear reader, this is a letter and by no means a database. It is long enough to hold "
	    "the hundred bytes that the header of a database has, and then some more.";
	folder_make(&folder);
	const char *path = folder_file(&folder, "a.db");
	put_file(path, text, sizeof(text));
	uint64_t before = folder_fingerprint(&folder);

	for (int access = DB_WRITE; access <= DB_OVERLAY; access++) {
		struct db *db = NULL;
		struct err err = ERR_NONE;
		assert_int_equal(db_open(&db, path, (enum db_access)access, &err), -1);
		assert_null(db);
		assert_int_equal(err.code, EX_DATAERR);
		assert_non_null(strstr(err.text, "no SQLite database"));
		assert_true(folder_fingerprint(&folder) == before);
	}
	folder_remove(&folder);
}

static void
damage_is_found(void **state)
{
	(void)state;
	struct folder folder;
	struct err err = ERR_NONE;
	folder_make(&folder);
	const char *path = folder_file(&folder, "a.db");
	struct db *db = open_db(path, DB_WRITE);
	exec(db, make_pairs);
	add_committed(db, 2000, 500);
	db_close(db);

	char noise[4096];
	memset(noise, 0xa5, sizeof(noise));
	int fd = open(path, O_WRONLY);
	assert_int_equal(pwrite(fd, noise, sizeof(noise), 4096 * 20), sizeof(noise));
	close(fd);
	for (int access = DB_WRITE; access <= DB_OVERLAY; access++) {
		db = open_db(path, (enum db_access)access);
		err_clear(&err);
		assert_int_equal(db_check(db, &err), -1);
		assert_int_equal(err.code, EX_DATAERR);
		assert_non_null(strstr(err.text, "damaged"));
		err_clear(&err);
		struct db_stmt *stmt = db_prepare(db, "SELECT sum(length(text)) FROM pair", &err);
		assert_int_equal(db_step(stmt, &err), -1);
		assert_int_equal(err.code, EX_DATAERR);
		db_close(db);
	}
	/* Cut in the middle: the header promises more, so it is not even opened. */
	assert_int_equal(truncate(path, 4096 * 10), 0);
	for (int access = DB_WRITE; access <= DB_OVERLAY; access++) {
		err_clear(&err);
		assert_int_equal(db_open(&db, path, (enum db_access)access, &err), -1);
		assert_int_equal(err.code, EX_DATAERR);
	}
	folder_remove(&folder);
}

static void
orphans_are_found(void **state)
{
	(void)state;
	struct folder folder;
	struct err err = ERR_NONE;
	folder_make(&folder);
	struct db *db = open_db(folder_file(&folder, "a.db"), DB_WRITE);

	exec(db,
	    "CREATE TABLE a (id INTEGER PRIMARY KEY) STRICT;"
	    "CREATE TABLE b (a INTEGER REFERENCES a) STRICT");
	assert_int_equal(db_exec(db, "INSERT INTO b VALUES (1)", &err), -1);
	err_clear(&err);
	exec(db, "PRAGMA foreign_keys = OFF; INSERT INTO b VALUES (1); PRAGMA foreign_keys = ON");
	assert_int_equal(db_check(db, &err), -1);
	assert_int_equal(err.code, EX_DATAERR);
	assert_non_null(strstr(err.text, "'b'"));
	db_close(db);
	folder_remove(&folder);
}

static void
what_cannot_be_opened_says_why(void **state)
{
	(void)state;
	struct folder folder;
	folder_make(&folder);
	struct db *db = NULL;

	for (int access = DB_WRITE; access <= DB_OVERLAY; access++) {
		struct err err = ERR_NONE;
		assert_int_equal(db_open(&db, folder.path, (enum db_access)access, &err), -1);
		assert_int_equal(err.code, EX_IOERR);
		assert_non_null(strstr(err.text, folder.path));
	}
	struct err err = ERR_NONE;
	assert_int_equal(db_open(&db, folder_file(&folder, "none/a.db"), DB_WRITE, &err), -1);
	assert_int_equal(err.code, EX_IOERR);
	folder_remove(&folder);
}

static void
open_as_nobody(const char *path, int said)
{
	if (setegid(65534) < 0 || seteuid(65534) < 0)
		_exit(2);
	for (int access = DB_WRITE; access <= DB_OVERLAY; access++) {
		struct db *db = NULL;
		struct err err = ERR_NONE;
		if (db_open(&db, path, (enum db_access)access, &err) == 0 || err.code != EX_NOPERM)
			_exit(3);
	}
	say(said);
}

static void
another_user_is_refused(void **state)
{
	(void)state;
	struct folder folder;
	int said;

	if (geteuid() != 0)
		skip();
	folder_make(&folder);
	const char *path = folder_file(&folder, "a.db");
	db_close(open_db(path, DB_WRITE));
	assert_int_equal(chmod(folder.path, 0755), 0);
	pid_t pid = start(open_as_nobody, path, &said);
	assert_int_equal(end(pid, said, 0), 0);
	folder_remove(&folder);
}

/* Works in a child, whose limit nobody else feels. */
static void
fill_up_to_a_limit(const char *path, int said)
{
	struct err err = ERR_NONE;
	struct rlimit limit = { 2 * 1000 * 1000, 2 * 1000 * 1000 };
	struct db *db = open_db(path, DB_WRITE);

	exec(db, make_pairs);
	add_committed(db, 10, 100);
	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &limit);
	if (db_begin(db, &err) < 0)
		_exit(2);
	if (add_rows(db, 20000, 1000, &err) == 0 && db_commit(db, &err) == 0)
		_exit(3);
	if (err.code != EX_IOERR)
		_exit(4);
	db_rollback(db);
	/* What fits still works, on the same connection. */
	add_committed(db, 1, 100);
	if (number(db, "SELECT count(*) FROM pair") != 11)
		_exit(5);
	err_clear(&err);
	if (db_reserve(db, 4000 * 1000, &err) == 0 || err.code != EX_IOERR)
		_exit(6);
	db_close(db);
	say(said);
}

static void
a_file_size_limit_costs_only_the_transaction(void **state)
{
	(void)state;
	struct folder folder;
	struct err err = ERR_NONE;
	int said;
	folder_make(&folder);
	const char *path = folder_file(&folder, "a.db");
	pid_t pid = start(fill_up_to_a_limit, path, &said);
	assert_int_equal(end(pid, said, 0), 0);
	struct db *db = open_db(path, DB_WRITE);
	assert_int_equal(number(db, "SELECT count(*) FROM pair"), 11);
	assert_int_equal(db_check(db, &err), 0);
	db_close(db);
	folder_remove(&folder);
}

/* What was reserved can be committed when nothing else can be written any more. */
static void
commit_what_was_reserved(const char *path, int said)
{
	struct err err = ERR_NONE;
	struct stat status;
	char wal[200];
	struct db *db = open_db(path, DB_WRITE);

	exec(db, make_pairs);
	add_committed(db, 10, 100);
	snprintf(wal, sizeof(wal), "%s-wal", path);
	if (db_reserve(db, 100 * 1000, &err) < 0 || stat(wal, &status) < 0)
		_exit(2);
	struct rlimit limit = { (rlim_t)status.st_size, (rlim_t)status.st_size };
	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &limit);
	for (int i = 0; i < 8; i++)
		add_committed(db, 1, 100);
	/* Asking twice is not taking twice. */
	if (db_reserve(db, 10 * 1000, &err) < 0)
		_exit(3);
	db_close(db);
	say(said);
}

static void
reserved_room_is_there(void **state)
{
	(void)state;
	struct folder folder;
	int said;
	folder_make(&folder);
	const char *path = folder_file(&folder, "a.db");
	pid_t pid = start(commit_what_was_reserved, path, &said);
	assert_int_equal(end(pid, said, 0), 0);
	struct db *db = open_db(path, DB_WRITE);
	assert_int_equal(number(db, "SELECT count(*) FROM pair"), 18);
	db_close(db);
	folder_remove(&folder);
}

/* On a real full disk: a tiny one of our own, which dies with the child. */
static void
fill_a_small_disk(const char *path, int said)
{
	struct err err = ERR_NONE;
	char *folder = strdup(path);

	*strrchr(folder, '/') = '\0';
	if (unshare(CLONE_NEWNS) < 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("none", folder, "tmpfs", 0, "size=1m") < 0)
		_exit(77);
	struct db *db = open_db(path, DB_WRITE);
	exec(db, make_pairs);
	add_committed(db, 10, 100);
	if (db_begin(db, &err) < 0)
		_exit(2);
	if (add_rows(db, 20000, 1000, &err) == 0 && db_commit(db, &err) == 0)
		_exit(3);
	if (err.code != EX_IOERR || strstr(err.text, "disk is full") == NULL)
		_exit(4);
	db_rollback(db);
	if (number(db, "SELECT count(*) FROM pair") != 10)
		_exit(5);
	err_clear(&err);
	if (db_reserve(db, 2000 * 1000, &err) == 0 || err.code != EX_IOERR)
		_exit(6);
	db_close(db);
	/* And read-only. */
	if (mount(NULL, folder, NULL, MS_REMOUNT | MS_RDONLY, NULL) < 0)
		_exit(7);
	err_clear(&err);
	if (db_open(&db, path, DB_WRITE, &err) == 0 || err.code != EX_NOPERM)
		_exit(8);
	db = open_db(path, DB_OVERLAY);
	if (number(db, "SELECT count(*) FROM pair") != 10)
		_exit(9);
	db_close(db);
	free(folder);
	say(said);
}

static void
a_full_disk_costs_only_the_transaction(void **state)
{
	(void)state;
	struct folder folder;
	int said;

	folder_make(&folder);
	pid_t pid = start(fill_a_small_disk, folder_file(&folder, "a.db"), &said);
	int status = end(pid, said, 0);
	folder_remove(&folder);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
		skip();
	assert_int_equal(status, 0);
}

/* ---- copies ---- */

static void
a_backup_is_whole_and_new(void **state)
{
	(void)state;
	struct folder folder;
	struct err err = ERR_NONE;
	struct stat status;
	folder_make(&folder);
	struct db *db = open_db(folder_file(&folder, "a.db"), DB_WRITE);
	const char *copy = folder_file(&folder, "copy.db");

	exec(db, make_pairs);
	exec(db, "PRAGMA user_version = 5");
	add_committed(db, 3000, 300);
	assert_int_equal(db_backup(db, copy, &err), 0);
	assert_int_equal(stat(copy, &status), 0);
	assert_int_equal(status.st_mode & 0777, 0600);
	uint64_t before = folder_fingerprint(&folder);
	assert_int_equal(db_backup(db, copy, &err), -1);
	assert_int_equal(err.code, EX_CANTCREAT);
	assert_true(folder_fingerprint(&folder) == before);
	err_clear(&err);
	assert_int_equal(db_backup(db, folder_file(&folder, "no/copy.db"), &err), -1);
	assert_int_equal(err.code, EX_CANTCREAT);
	err_clear(&err);
	assert_int_equal(db_begin(db, &err), 0);
	assert_int_equal(db_backup(db, folder_file(&folder, "b.db"), &err), -1);
	assert_int_equal(err.code, EX_SOFTWARE);
	db_rollback(db);
	/* A copy of the same kind gives way to a newer one; what is in use does not. */
	exec(db, "PRAGMA application_id = 4711");
	const char *kept = folder_file(&folder, "kept.db");
	err_clear(&err);
	assert_int_equal(db_backup(db, kept, &err), 0);
	add_committed(db, 1, 10);
	assert_int_equal(db_backup(db, kept, &err), 0);
	assert_int_equal(db_backup(db, folder_file(&folder, "a.db"), &err), -1);
	assert_int_equal(err.code, EX_CANTCREAT);
	struct db *used = open_db(kept, DB_WRITE);
	assert_int_equal(number(used, "SELECT count(*) FROM pair"), 3001);
	exec(used, "DELETE FROM pair WHERE rowid = 1");
	err_clear(&err);
	assert_int_equal(db_backup(db, kept, &err), -1);
	assert_int_equal(err.code, EX_CANTCREAT);
	db_close(used);
	exec(db, "DELETE FROM pair WHERE rowid = (SELECT max(rowid) FROM pair)");
	db_close(db);

	struct db *again = open_db(copy, DB_WRITE);
	assert_int_equal(number(again, "SELECT count(*) FROM pair"), 3000);
	assert_int_equal(number(again, "PRAGMA user_version"), 5);
	db_close(again);
	/* From an overlay too, with what it has in memory. */
	db = open_db(folder_file(&folder, "a.db"), DB_OVERLAY);
	add_committed(db, 1, 10);
	err_clear(&err);
	assert_int_equal(db_backup(db, folder_file(&folder, "b.db"), &err), 0);
	db_close(db);
	db = open_db(folder_file(&folder, "b.db"), DB_OVERLAY);
	assert_int_equal(number(db, "SELECT count(*) FROM pair"), 3001);
	db_close(db);
	folder_remove(&folder);
}

static void
back_up_beyond_a_limit(const char *path, int said)
{
	struct err err = ERR_NONE;
	struct rlimit limit = { 300 * 1000, 300 * 1000 };
	char copy[200];
	struct db *db = open_db(path, DB_WRITE);

	snprintf(copy, sizeof(copy), "%s.copy", path);
	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &limit);
	if (db_backup(db, copy, &err) == 0 || err.code != EX_IOERR)
		_exit(2);
	if (access(copy, F_OK) == 0)
		_exit(3);
	db_close(db);
	say(said);
}

static void
free_pages_go_back_to_the_file_system(void **state)
{
	(void)state;
	struct folder folder;
	struct err err = ERR_NONE;
	int64_t freed_bytes;
	folder_make(&folder);
	struct db *db = open_db(folder_file(&folder, "a.db"), DB_WRITE);

	exec(db, make_pairs);
	add_committed(db, 3000, 300);
	assert_int_equal(db_compact(db, &freed_bytes, &err), 0);
	assert_int_equal(freed_bytes, 0);
	exec(db, "DELETE FROM pair WHERE rowid > 100");
	assert_int_equal(db_compact(db, &freed_bytes, &err), 0);
	assert_in_range(freed_bytes, 500000, 2000000);
	assert_int_equal(number(db, "PRAGMA freelist_count"), 0);
	assert_int_equal(number(db, "PRAGMA temp_store"), 2);
	assert_int_equal(number(db, "SELECT count(*) FROM pair"), 100);
	assert_int_equal(db_check(db, &err), 0);
	db_close(db);
	folder_remove(&folder);
}

static void
a_backup_that_fails_leaves_nothing(void **state)
{
	(void)state;
	struct folder folder;
	struct err err = ERR_NONE;
	int said;
	folder_make(&folder);
	const char *path = folder_file(&folder, "a.db");
	struct db *db = open_db(path, DB_WRITE);
	exec(db, make_pairs);
	add_committed(db, 3000, 300);
	db_close(db);
	pid_t pid = start(back_up_beyond_a_limit, path, &said);
	assert_int_equal(end(pid, said, 0), 0);

	/* Nor does one of a damaged database. */
	int fd = open(path, O_WRONLY);
	assert_int_equal(pwrite(fd, "damage damage damage", 20, 4096 * 30), 20);
	close(fd);
	db = open_db(path, DB_OVERLAY);
	assert_int_equal(db_backup(db, folder_file(&folder, "copy.db"), &err), -1);
	assert_int_equal(err.code, EX_DATAERR);
	db_close(db);
	assert_int_equal(access(folder_file(&folder, "copy.db"), F_OK), -1);
	assert_int_equal(access(folder_file(&folder, "copy.db.part"), F_OK), -1);
	folder_remove(&folder);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_come_back_as_they_went_in),
		cmocka_unit_test(statements_are_found_again_by_text),
		cmocka_unit_test(wrong_sql_is_a_bug),
		cmocka_unit_test(transactions_end_whole_or_not_at_all),
		cmocka_unit_test(a_database_is_private_and_durable),
		cmocka_unit_test(planted_triggers_do_not_fire),
		cmocka_unit_test(odd_names_are_names_of_files),
		cmocka_unit_test(an_overlay_of_nothing_is_an_empty_database),
		cmocka_unit_test(an_overlay_keeps_its_changes_to_itself),
		cmocka_unit_test(an_overlay_sees_what_a_killed_writer_committed),
		cmocka_unit_test(an_overlay_rolls_back_in_memory),
		cmocka_unit_test(an_overlay_stays_as_it_was_beside_a_writer),
		cmocka_unit_test(an_overlay_is_consistent_at_any_moment),
		cmocka_unit_test(an_overlay_notices_other_programs),
		cmocka_unit_test(a_locked_database_is_tried_later),
		cmocka_unit_test(what_is_no_database_is_refused_and_left),
		cmocka_unit_test(damage_is_found),
		cmocka_unit_test(orphans_are_found),
		cmocka_unit_test(what_cannot_be_opened_says_why),
		cmocka_unit_test(another_user_is_refused),
		cmocka_unit_test(a_file_size_limit_costs_only_the_transaction),
		cmocka_unit_test(reserved_room_is_there),
		cmocka_unit_test(a_full_disk_costs_only_the_transaction),
		cmocka_unit_test(a_backup_is_whole_and_new),
		cmocka_unit_test(a_backup_that_fails_leaves_nothing),
		cmocka_unit_test(free_pages_go_back_to_the_file_system),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
