/*
 * The sources and what is remembered of each. What a verdict means is the source module's.
 */
#include "store_internal.h"

#include <stdio.h>

#define STATE_COLUMNS \
	"etag, last_modified, complete_through, newest_day, last_attempt, last_success, " \
	"not_before," \
	" failures, verdict, cursor, fresh_until, title, moved_to, is_gone"

/* The columns of a state begin at `column`. A validator that does not fit was never stored. */
static void
read_state(struct db_stmt *stmt, int column, struct source_state *state)
{
	source_state_init(state);
	snprintf(state->etag, sizeof(state->etag), "%.*s", STR_ARG(db_text(stmt, column)));
	snprintf(state->last_modified, sizeof(state->last_modified), "%.*s",
	    STR_ARG(db_text(stmt, column + 1)));
	state->complete_through = store_day(stmt, column + 2);
	state->newest_day = store_day(stmt, column + 3);
	state->last_attempt = store_instant(stmt, column + 4);
	state->last_success = store_instant(stmt, column + 5);
	state->not_before = store_instant(stmt, column + 6);
	state->failures = (int)db_int(stmt, column + 7);
	state->verdict = (enum source_verdict)db_int(stmt, column + 8);
	snprintf(state->cursor, sizeof(state->cursor), "%.*s", STR_ARG(db_text(stmt, column + 9)));
	state->fresh_until = store_instant(stmt, column + 10);
	snprintf(state->title, sizeof(state->title), "%.*s", STR_ARG(db_text(stmt, column + 11)));
	snprintf(
	    state->moved_to, sizeof(state->moved_to), "%.*s", STR_ARG(db_text(stmt, column + 12)));
	state->is_gone = db_int(stmt, column + 13) != 0;
}

/* A source may get another name; its spec is what it is. */
static int
name_source(struct store *store, const char *name, const char *spec, struct err *err)
{
	struct db_stmt *stmt = db_prepare(store->db,
	    "INSERT INTO source (spec, name) VALUES (?1, ?2)"
	    " ON CONFLICT (spec) DO UPDATE SET name = ?2 WHERE name <> ?2",
	    err);

	if (stmt == NULL)
		return -1;
	db_bind_text(stmt, 1, str_from(spec));
	db_bind_text(stmt, 2, str_from(name));
	return db_run(stmt, err);
}

int
store_source(struct store *store, const char *name, const char *spec, int64_t *id,
    struct source_state *state, struct err *err)
{
	if (name_source(store, name, spec, err) < 0)
		return -1;
	struct db_stmt *stmt =
	    db_prepare(store->db, "SELECT id, " STATE_COLUMNS " FROM source WHERE spec = ?1", err);
	if (stmt == NULL)
		return -1;
	db_bind_text(stmt, 1, str_from(spec));
	if (db_step(stmt, err) < 0)
		return -1;
	*id = db_int(stmt, 0);
	read_state(stmt, 1, state);
	db_reset(stmt);
	return 0;
}

int
store_save_source(
    struct store *store, int64_t id, const struct source_state *state, struct err *err)
{
	struct db_stmt *stmt = db_prepare(store->db,
	    "UPDATE source SET etag = ?2, last_modified = ?3, complete_through = ?4, newest_day = "
	    "?5,"
	    " last_attempt = ?6, last_success = ?7, not_before = ?8, failures = ?9, verdict = ?10,"
	    " cursor = ?11, fresh_until = ?12, title = ?13, moved_to = ?14, is_gone = ?15"
	    " WHERE id = ?1",
	    err);

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, id);
	db_bind_text(stmt, 2, str_from(state->etag));
	db_bind_text(stmt, 3, str_from(state->last_modified));
	store_bind_day(stmt, 4, state->complete_through);
	store_bind_day(stmt, 5, state->newest_day);
	store_bind_instant(stmt, 6, state->last_attempt);
	store_bind_instant(stmt, 7, state->last_success);
	store_bind_instant(stmt, 8, state->not_before);
	db_bind_int(stmt, 9, state->failures);
	db_bind_int(stmt, 10, state->verdict);
	db_bind_text(stmt, 11, str_from(state->cursor));
	store_bind_instant(stmt, 12, state->fresh_until);
	db_bind_text(stmt, 13, str_from(state->title));
	db_bind_text(stmt, 14, str_from(state->moved_to));
	db_bind_int(stmt, 15, state->is_gone);
	if (db_run(stmt, err) < 0)
		return -1;
	if (db_changes(store->db) == 0)
		return err_set(err, EX_SOFTWARE, "store: there is no source %lld", (long long)id);
	return 0;
}

int
store_each_source(struct store *store, store_source_visit *visit, void *context, struct err *err)
{
	struct db_stmt *stmt = db_prepare(store->db,
	    "SELECT id, name, spec, " STATE_COLUMNS " FROM source ORDER BY name, id", err);
	int found;

	if (stmt == NULL)
		return -1;
	while ((found = db_step(stmt, err)) > 0) {
		struct source_state state;
		read_state(stmt, 3, &state);
		int status =
		    visit(context, db_int(stmt, 0), db_text(stmt, 1), db_text(stmt, 2), &state);
		if (status != 0) {
			db_reset(stmt);
			return status;
		}
	}
	return found;
}
