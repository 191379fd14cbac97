/*
 * Statements: prepared once per connection, found again by their text, bound, stepped and read.
 */
#include "db_internal.h"

#include "digest/mem.h"

#include <string.h>

/* ---- finding ---- */

static struct db_stmt *
find(const struct db *db, const char *sql)
{
	for (struct db_stmt *stmt = db->stmts; stmt != NULL; stmt = stmt->next) {
		if (strcmp(stmt->sql, sql) == 0)
			return stmt;
	}
	return NULL;
}

static struct db_stmt *
prepare_new(struct db *db, const char *sql, struct err *err)
{
	sqlite3_stmt *handle = NULL;
	const char *rest = "";
	int result =
	    sqlite3_prepare_v3(db->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &handle, &rest);

	if (result != SQLITE_OK) {
		db_fail(db, result, sql, err);
		return NULL;
	}
	if (handle == NULL || rest[strspn(rest, " \t\n;")] != '\0') {
		sqlite3_finalize(handle);
		err_set(err, EX_SOFTWARE, "db: not one statement: '%s'", sql);
		return NULL;
	}

	struct db_stmt *stmt = mem_alloc(sizeof(*stmt));
	*stmt = (struct db_stmt){
		.db = db,
		.handle = handle,
		.sql = mem_copy_string(sql),
		.next = db->stmts,
	};
	db->stmts = stmt;
	return stmt;
}

/* Texts are compared even where the address is known: it may be that of a buffer. */
struct db_stmt *
db_prepare(struct db *db, const char *sql, struct err *err)
{
	struct db_pointer_slot *slot = &db->slots[((uintptr_t)sql >> 4) % DB_POINTER_SLOTS];
	struct db_stmt *stmt = slot->stmt;

	if (stmt == NULL || slot->sql != sql || strcmp(stmt->sql, sql) != 0) {
		stmt = find(db, sql);
		if (stmt == NULL)
			stmt = prepare_new(db, sql, err);
		if (stmt == NULL)
			return NULL;
		*slot = (struct db_pointer_slot){ .sql = sql, .stmt = stmt };
	}
	sqlite3_reset(stmt->handle);
	sqlite3_clear_bindings(stmt->handle);
	stmt->bind_result = SQLITE_OK;
	return stmt;
}

void
db_drop_statements(struct db *db)
{
	while (db->stmts != NULL) {
		struct db_stmt *stmt = db->stmts;
		db->stmts = stmt->next;
		db->finished_steps +=
		    sqlite3_stmt_status(stmt->handle, SQLITE_STMTSTATUS_VM_STEP, 0);
		sqlite3_finalize(stmt->handle);
		mem_free(stmt->sql);
		mem_free(stmt);
	}
	memset(db->slots, 0, sizeof(db->slots));
}

/* ---- binding ---- */

static void
note_bind(struct db_stmt *stmt, int result)
{
	if (stmt->bind_result == SQLITE_OK)
		stmt->bind_result = result;
}

void
db_bind_int(struct db_stmt *stmt, int index, int64_t value)
{
	note_bind(stmt, sqlite3_bind_int64(stmt->handle, index, value));
}

/* A NULL pointer would bind NULL. */
void
db_bind_text(struct db_stmt *stmt, int index, struct str text)
{
	const char *ptr = text.len > 0 ? text.ptr : "";

	note_bind(stmt,
	    sqlite3_bind_text64(stmt->handle, index, ptr, text.len, SQLITE_STATIC, SQLITE_UTF8));
}

void
db_bind_blob(struct db_stmt *stmt, int index, const void *bytes, size_t len)
{
	const void *ptr = len > 0 ? bytes : "";

	note_bind(stmt, sqlite3_bind_blob64(stmt->handle, index, ptr, len, SQLITE_STATIC));
}

void
db_bind_null(struct db_stmt *stmt, int index)
{
	note_bind(stmt, sqlite3_bind_null(stmt->handle, index));
}

/* ---- stepping ---- */

int
db_step(struct db_stmt *stmt, struct err *err)
{
	int result = stmt->bind_result;

	if (result == SQLITE_OK)
		result = sqlite3_step(stmt->handle);
	if (result == SQLITE_ROW)
		return 1;
	if (result != SQLITE_DONE)
		db_fail(stmt->db, result, stmt->sql, err);
	sqlite3_reset(stmt->handle);
	return result == SQLITE_DONE ? 0 : -1;
}

int
db_run(struct db_stmt *stmt, struct err *err)
{
	int status = db_step(stmt, err);

	if (status <= 0)
		return status;
	sqlite3_reset(stmt->handle);
	return err_set(err, EX_SOFTWARE, "db: rows where none are expected: '%s'", stmt->sql);
}

void
db_reset(struct db_stmt *stmt)
{
	sqlite3_reset(stmt->handle);
}

/* Runs one statement to its end and forgets it. */
static int
run_once(struct db *db, sqlite3_stmt *handle)
{
	int result;

	do
		result = sqlite3_step(handle);
	while (result == SQLITE_ROW);
	db->finished_steps += sqlite3_stmt_status(handle, SQLITE_STMTSTATUS_VM_STEP, 0);
	return result == SQLITE_DONE ? SQLITE_OK : result;
}

int
db_exec(struct db *db, const char *sql, struct err *err)
{
	while (sql[strspn(sql, " \t\n;")] != '\0') {
		sqlite3_stmt *handle = NULL;
		const char *text = sql;
		int result = sqlite3_prepare_v2(db->handle, sql, -1, &handle, &sql);
		if (result == SQLITE_OK)
			result = run_once(db, handle);
		/* Before the statement ends, which forgets what was wrong. */
		if (result != SQLITE_OK)
			db_fail(db, result, text, err);
		sqlite3_finalize(handle);
		if (result != SQLITE_OK)
			return -1;
	}
	return 0;
}

/* ---- reading ---- */

int64_t
db_int(struct db_stmt *stmt, int column)
{
	return sqlite3_column_int64(stmt->handle, column);
}

/* SQLite gives NULL both for NULL and when it has no memory to convert a value. */
static struct str
column_bytes(struct db_stmt *stmt, int column, const void *bytes)
{
	if (bytes == NULL && sqlite3_errcode(stmt->db->handle) == SQLITE_NOMEM)
		mem_die();
	if (bytes == NULL)
		return STR("");
	return (struct str){ bytes, (size_t)sqlite3_column_bytes(stmt->handle, column) };
}

struct str
db_text(struct db_stmt *stmt, int column)
{
	return column_bytes(stmt, column, sqlite3_column_text(stmt->handle, column));
}

struct str
db_blob(struct db_stmt *stmt, int column)
{
	return column_bytes(stmt, column, sqlite3_column_blob(stmt->handle, column));
}

bool
db_is_null(struct db_stmt *stmt, int column)
{
	return sqlite3_column_type(stmt->handle, column) == SQLITE_NULL;
}

int64_t
db_steps(const struct db *db)
{
	int64_t steps = db->finished_steps;

	for (const struct db_stmt *stmt = db->stmts; stmt != NULL; stmt = stmt->next)
		steps += sqlite3_stmt_status(stmt->handle, SQLITE_STMTSTATUS_VM_STEP, 0);
	return steps;
}
