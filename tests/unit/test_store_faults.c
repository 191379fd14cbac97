/* A store where it should not be, and beside files that are not its own. */
#include "folder.h"

#include "digest/store.h"

#include <dlfcn.h>
#include <linux/magic.h>
#include <sys/vfs.h>
#include <sys/wait.h>

static long file_system; /* the type that every file seems to be on; 0: its own */

int
fstatfs(int fd, struct statfs *status)
{
	static int (*ask)(int, struct statfs *);

	if (ask == NULL)
		ask = (int (*)(int, struct statfs *))dlsym(RTLD_NEXT, "fstatfs");
	int result = ask != NULL ? ask(fd, status) : -1;
	if (file_system != 0)
		status->f_type = file_system;
	return result;
}

/* Locks do not hold there: no run begins. */
static void
a_network_file_system_is_refused(void **state)
{
	static const long types[] = { NFS_SUPER_MAGIC, SMB_SUPER_MAGIC, V9FS_MAGIC };
	struct folder folder;
	struct store_lock *lock;

	(void)state;
	folder_make(&folder);
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		struct err err = ERR_NONE;
		file_system = types[i];
		assert_int_equal(store_lock(&lock, folder_file(&folder, "digest.db"), &err), -1);
		file_system = 0;
		assert_int_equal(err.code, EX_CONFIG);
		assert_non_null(strstr(err.text, "network file system"));
	}
	assert_ok(store_lock(&lock, folder_file(&folder, "digest.db"), &trouble));
	store_unlock(lock);
	folder_remove(&folder);
}

static void
put(const struct folder *folder, const char *name, const char *bytes, size_t len)
{
	FILE *file = fopen(folder_file(folder, name), "w");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
}

/* Another database's log: a whole one, taken while its writer still had it open. */
static void
take_log(const struct folder *folder, const char *as)
{
	struct folder other;
	struct store *store;
	int64_t list;
	static char bytes[1 << 20];

	folder_make(&other);
	assert_ok(store_open(&store, folder_file(&other, "digest.db"), DB_WRITE, &trouble));
	assert_ok(store_list(store, "of another store", &list, &trouble));
	FILE *log = fopen(folder_file(&other, "digest.db-wal"), "r");
	assert_non_null(log);
	size_t len = fread(bytes, 1, sizeof(bytes), log);
	assert_true(len > 4096);
	fclose(log);
	store_close(store);
	folder_remove(&other);
	put(folder, as, bytes, len);
}

static void
expect_own_list(const struct folder *folder)
{
	struct err err = ERR_NONE;
	struct store *store;

	assert_ok(store_open(&store, folder_file(folder, "digest.db"), DB_WRITE, &trouble));
	assert_ok(db_check(store_db(store), &trouble));
	struct db_stmt *stmt =
	    db_prepare(store_db(store), "SELECT group_concat(key) FROM list", &err);
	if (stmt == NULL || db_step(stmt, &err) != 1)
		fail_msg("%s", err.text);
	assert_str(db_text(stmt, 0), "daily");
	db_reset(stmt);
	store_close(store);
}

/* What lies beside the database and is not its own changes nothing of it. */
static void
foreign_logs_are_ignored(void **state)
{
	struct folder folder;
	struct store *store;
	int64_t list;

	(void)state;
	folder_make(&folder);
	assert_ok(store_open(&store, folder_file(&folder, "digest.db"), DB_WRITE, &trouble));
	assert_ok(store_list(store, "daily", &list, &trouble));
	store_close(store);
	static const char notes[] = "these are notes of ours, not a log of a database";
	put(&folder, "digest.db-wal", notes, sizeof(notes));
	expect_own_list(&folder);
	put(&folder, "digest.db-journal", notes, sizeof(notes));
	expect_own_list(&folder);
	take_log(&folder, "digest.db-journal");
	expect_own_list(&folder);
	folder_remove(&folder);
}

static void
add_lists(const char *path, int first, int count, bool dies)
{
	struct store *store;
	char key[32];
	int64_t list;

	assert_ok(store_open(&store, path, DB_WRITE, &trouble));
	assert_ok(db_begin(store_db(store), &trouble));
	for (int i = first; i < first + count; i++) {
		snprintf(key, sizeof(key), "list %d", i);
		assert_ok(store_list(store, key, &list, &trouble));
	}
	assert_ok(db_commit(store_db(store), &trouble));
	if (dies)
		_exit(0);
	store_close(store);
}

static void
copy(const char *from, const char *to)
{
	static char bytes[8 << 20];
	FILE *file = fopen(from, "r");

	assert_non_null(file);
	size_t len = fread(bytes, 1, sizeof(bytes), file);
	assert_true(feof(file) != 0);
	fclose(file);
	file = fopen(to, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
}

/*
 * A writer dies, and another store is put in the place of its own: the log is not moved into that.
 */
static void
a_log_that_was_left_is_for_its_own_store(void **state)
{
	struct folder folder;
	struct store *store = NULL;
	struct err err = ERR_NONE;

	(void)state;
	folder_make(&folder);
	const char *path = folder_file(&folder, "digest.db");
	char backup[300], own[300], log[300], index[300];
	snprintf(backup, sizeof(backup), "%s.backup", path);
	snprintf(own, sizeof(own), "%s.own", path);
	snprintf(log, sizeof(log), "%s-wal", path);
	snprintf(index, sizeof(index), "%s-shm", path);
	add_lists(path, 0, 10, false);
	copy(path, backup);
	add_lists(path, 10, 2000, false);
	pid_t pid = fork();
	if (pid == 0)
		add_lists(path, 5000, 500, true);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	copy(path, own);

	copy(backup, path);
	uint64_t before = folder_fingerprint(&folder);
	assert_int_equal(store_open(&store, path, DB_WRITE, &err), -1);
	assert_int_equal(err.code, EX_DATAERR);
	assert_non_null(strstr(err.text, "do not fit together"));
	assert_null(store);
	assert_true(folder_fingerprint(&folder) == before);

	/* Its own store takes it up, whether or not the log's index is there. */
	copy(own, path);
	assert_int_equal(unlink(index), 0);
	add_lists(path, 6000, 1, false);
	assert_int_equal(access(log, F_OK), -1);
	copy(backup, path);
	add_lists(path, 10, 1, false);
	folder_remove(&folder);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_network_file_system_is_refused),
		cmocka_unit_test(foreign_logs_are_ignored),
		cmocka_unit_test(a_log_that_was_left_is_for_its_own_store),
	};

	return cmocka_run_group_tests_name("store_faults", tests, NULL, NULL);
}
