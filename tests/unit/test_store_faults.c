/* A store where it should not be, and beside files that are not its own. */
#include "folder.h"

#include "digest/store.h"

#include <dlfcn.h>
#include <linux/magic.h>
#include <sys/vfs.h>

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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_network_file_system_is_refused),
		cmocka_unit_test(foreign_logs_are_ignored),
	};

	return cmocka_run_group_tests_name("store_faults", tests, NULL, NULL);
}
