/*
 * Troubles that last: so that a run without a screen speaks of one when it begins, once a day while
 * it lasts, and when it ends.
 */
#include "store_internal.h"

#include "digest/date.h"

/*
 * Numbers (ports, counts, times) vary while the trouble is the same, but for those in addresses: two
 * of these are two people.
 */
static struct str
cause_of(struct arena *arena, struct str text)
{
	char *cause = arena_alloc(arena, text.len + 1);
	size_t len = 0;
	struct str word;

	while (str_next_word(&text, &word)) {
		bool is_address = str_find_char(word, '@') >= 0;
		for (size_t i = 0; i < word.len; i++) {
			if (is_address || !str_is_digit(word.ptr[i]))
				cause[len++] = word.ptr[i];
		}
		cause[len++] = ' ';
	}
	return (struct str){ cause, len };
}

/* Writes a complaint down; `*is_to_tell` when it is new or was told a day ago. */
static int
complain(struct store *store, const char *scope, struct str cause, struct str text, int64_t now,
    bool *is_to_tell, struct err *err)
{
	struct db_stmt *stmt = db_prepare(store->db,
	    "INSERT INTO complaint (scope, cause, text, since, told_at) VALUES (?1, ?2, ?3, ?4, ?4)"
	    " ON CONFLICT (scope, cause) DO UPDATE SET text = ?3, told_at = ?4"
	    " WHERE told_at <= ?4 - ?5",
	    err);

	if (stmt == NULL)
		return -1;
	db_bind_text(stmt, 1, str_from(scope));
	db_bind_text(stmt, 2, cause);
	db_bind_text(stmt, 3, text);
	db_bind_int(stmt, 4, now);
	db_bind_int(stmt, 5, DATE_SECONDS_PER_DAY);
	if (db_run(stmt, err) < 0)
		return -1;
	*is_to_tell = db_changes(store->db) > 0;
	return 0;
}

static bool
is_one_of(struct str cause, const struct str *causes, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (str_equal(causes[i], cause))
			return true;
	}
	return false;
}

static int
find_ended(struct store *store, const char *scope, const struct str *causes, size_t count,
    struct arena *arena, struct store_ended **ended, size_t *ended_count, struct err *err)
{
	struct db_stmt *stmt =
	    db_prepare(store->db, "SELECT cause, text, since FROM complaint WHERE scope = ?1", err);
	int found;

	if (stmt == NULL)
		return -1;
	db_bind_text(stmt, 1, str_from(scope));
	while ((found = db_step(stmt, err)) > 0) {
		if (is_one_of(db_text(stmt, 0), causes, count))
			continue;
		*ended = arena_grow(arena, *ended, ended_count, sizeof(**ended));
		(*ended)[*ended_count - 1] = (struct store_ended){
			.cause = arena_copy(arena, db_text(stmt, 0)),
			.text = arena_copy(arena, db_text(stmt, 1)),
			.since = db_int(stmt, 2),
		};
	}
	return found;
}

static int
forget(struct store *store, const char *scope, struct str cause, struct err *err)
{
	struct db_stmt *stmt =
	    db_prepare(store->db, "DELETE FROM complaint WHERE scope = ?1 AND cause = ?2", err);

	if (stmt == NULL)
		return -1;
	db_bind_text(stmt, 1, str_from(scope));
	db_bind_text(stmt, 2, cause);
	return db_run(stmt, err);
}

int
store_settle_complaints(struct store *store, const char *scope, const struct str *troubles,
    size_t count, bool is_all, int64_t now, struct arena *arena, bool *is_to_tell,
    struct store_ended **ended, size_t *ended_count, struct err *err)
{
	struct str *causes = arena_array(arena, count + 1, sizeof(*causes));

	*ended = NULL;
	*ended_count = 0;
	for (size_t i = 0; i < count; i++)
		causes[i] = cause_of(arena, troubles[i]);
	if (is_all && find_ended(store, scope, causes, count, arena, ended, ended_count, err) < 0)
		return -1;
	for (size_t i = 0; i < *ended_count; i++) {
		if (forget(store, scope, (*ended)[i].cause, err) < 0)
			return -1;
	}
	for (size_t i = 0; i < count; i++) {
		if (complain(store, scope, causes[i], troubles[i], now, &is_to_tell[i], err) < 0)
			return -1;
	}
	return 0;
}
