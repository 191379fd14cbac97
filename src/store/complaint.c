/*
 * Troubles that last: so that a run without a screen speaks of one when it begins, once a day while
 * it lasts, and when it ends.
 */
#include "store_internal.h"

#include "digest/date.h"

#include <string.h>

/* No text of a run begins like this. */
#define SOURCE_MARK "\n"

/* A source that finds new words each time is told of once a day, too. */
enum { WORDS_CHARS = 4000 };

/*
 * Numbers (ports, counts, times) vary while the trouble is the same, but for those in addresses:
 * two of these are two people.
 */
static struct str
cause_of_text(struct arena *arena, struct str text)
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

/* A source that is down in another way than before is the same trouble. */
static struct str
cause_of(struct arena *arena, const struct store_trouble *trouble)
{
	if (trouble->source.len == 0)
		return cause_of_text(arena, trouble->text);
	return arena_printf(arena, SOURCE_MARK "%.*s", STR_ARG(trouble->source));
}

/* Runs a statement that notes the time of something about a complaint. */
static int
mark(struct store *store, const char *sql, const char *scope, struct str cause, int64_t now,
    struct err *err)
{
	struct db_stmt *stmt = db_prepare(store->db, sql, err);

	if (stmt == NULL)
		return -1;
	db_bind_text(stmt, 1, str_from(scope));
	db_bind_text(stmt, 2, cause);
	db_bind_int(stmt, 3, now);
	return db_run(stmt, err);
}

/*
 * Writes a complaint down; `*is_to_tell` when it is new, was told a day ago, comes back after an
 * end that was told, or was never told of in such words.
 */
static int
complain(struct store *store, const char *scope, struct str cause, struct str text,
    struct arena *arena, int64_t now, bool *is_to_tell, struct err *err)
{
	struct db_stmt *stmt = db_prepare(store->db,
	    "INSERT INTO complaint (scope, cause, text, words, since, told_at, seen_at)"
	    " VALUES (?1, ?2, ?3, ?6, ?4, ?4, ?4)"
	    " ON CONFLICT (scope, cause) DO UPDATE SET text = ?3, told_at = ?4,"
	    " returns = returns + (ended_at IS NOT NULL), ended_at = NULL,"
	    " words = CASE WHEN instr(words, ?6) > 0 THEN words ELSE words || ?6 END"
	    " WHERE told_at <= ?4 - ?5 OR ended_at IS NOT NULL"
	    " OR (instr(words, ?6) = 0 AND length(words) < ?7)",
	    err);

	if (stmt == NULL)
		return -1;
	db_bind_text(stmt, 1, str_from(scope));
	db_bind_text(stmt, 2, cause);
	db_bind_text(stmt, 3, text);
	db_bind_int(stmt, 4, now);
	db_bind_int(stmt, 5, DATE_SECONDS_PER_DAY);
	db_bind_text(stmt, 6, arena_printf(arena, "%.*s\n", STR_ARG(cause_of_text(arena, text))));
	db_bind_int(stmt, 7, WORDS_CHARS);
	if (db_run(stmt, err) < 0)
		return -1;
	*is_to_tell = db_changes(store->db) > 0;
	return mark(store, "UPDATE complaint SET seen_at = ?3 WHERE scope = ?1 AND cause = ?2",
	    scope, cause, now, err);
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

/* Whether the run looked where that came from. */
static bool
was_looked_at(const struct store_troubles *troubles, struct str cause)
{
	if (!str_starts(cause, SOURCE_MARK))
		return troubles->is_all;
	return is_one_of(
	    str_skip(cause, strlen(SOURCE_MARK)), troubles->well, troubles->well_count);
}

/* What comes and goes has not ended before it was away for a day. */
static int
find_ended(struct store *store, const char *scope, const struct store_troubles *troubles,
    const struct str *causes, int64_t now, struct arena *arena, struct store_ended **ended,
    size_t *ended_count, struct err *err)
{
	struct db_stmt *stmt = db_prepare(store->db,
	    "SELECT cause, text, since, seen_at, returns FROM complaint"
	    " WHERE scope = ?1 AND ended_at IS NULL AND (returns = 0 OR seen_at <= ?2)",
	    err);
	int found;

	if (stmt == NULL)
		return -1;
	db_bind_text(stmt, 1, str_from(scope));
	db_bind_int(stmt, 2, now - DATE_SECONDS_PER_DAY);
	while ((found = db_step(stmt, err)) > 0) {
		if (is_one_of(db_text(stmt, 0), causes, troubles->count) ||
		    !was_looked_at(troubles, db_text(stmt, 0)))
			continue;
		*ended = arena_grow(arena, *ended, ended_count, sizeof(**ended));
		(*ended)[*ended_count - 1] = (struct store_ended){
			.cause = arena_copy(arena, db_text(stmt, 0)),
			.text = arena_copy(arena, db_text(stmt, 1)),
			.since = db_int(stmt, 2),
			.seen_at = db_int(stmt, 3),
			.returns = db_int(stmt, 4),
		};
	}
	return found;
}

/*
 * Ends of a day ago, and what no run has looked at for a month:
 * a source that is no longer configured.
 */
static int
forget(struct store *store, const char *scope, int64_t now, struct err *err)
{
	enum { MONTH_S = 31 * DATE_SECONDS_PER_DAY };
	struct db_stmt *stmt = db_prepare(store->db,
	    "DELETE FROM complaint WHERE scope = ?1 AND (ended_at <= ?2 OR seen_at <= ?3)", err);

	if (stmt == NULL)
		return -1;
	db_bind_text(stmt, 1, str_from(scope));
	db_bind_int(stmt, 2, now - DATE_SECONDS_PER_DAY);
	db_bind_int(stmt, 3, now - MONTH_S);
	return db_run(stmt, err);
}

int
store_settle_complaints(struct store *store, const char *scope,
    const struct store_troubles *troubles, int64_t now, struct arena *arena, bool *is_to_tell,
    struct store_ended **ended, size_t *ended_count, struct err *err)
{
	struct str *causes = arena_array(arena, troubles->count + 1, sizeof(*causes));

	*ended = NULL;
	*ended_count = 0;
	for (size_t i = 0; i < troubles->count; i++)
		causes[i] = cause_of(arena, &troubles->items[i]);
	if (find_ended(store, scope, troubles, causes, now, arena, ended, ended_count, err) < 0)
		return -1;
	for (size_t i = 0; i < *ended_count; i++) {
		if (mark(store,
		        "UPDATE complaint SET ended_at = ?3 WHERE scope = ?1 AND cause = ?2", scope,
		        (*ended)[i].cause, now, err) < 0)
			return -1;
	}
	if (forget(store, scope, now, err) < 0)
		return -1;
	for (size_t i = 0; i < troubles->count; i++) {
		if (complain(store, scope, causes[i], troubles->items[i].text, arena, now,
		        &is_to_tell[i], err) < 0)
			return -1;
	}
	return 0;
}
