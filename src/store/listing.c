/*
 * What each listing day of a source amounted to, and what its days usually have. The verdicts are
 * the source module's.
 */
#include "store_internal.h"

#include <stdlib.h>

enum { USUAL_OF = 10, USUAL_NEEDS = 5 };

int
store_put_listing(
    struct store *store, int64_t source, const struct source_listing *listing, struct err *err)
{
	struct db_stmt *stmt = db_prepare(store->db,
	    "INSERT INTO listing (source, listed_on, verdict, entry_count, checked_at)"
	    " VALUES (?1, ?2, ?3, max(?4, 0), ?5)"
	    " ON CONFLICT (source, listed_on) DO UPDATE SET"
	    " verdict = iif(?6 AND verdict IN (?7, ?8), verdict, ?3),"
	    " entry_count = iif(?4 < 0 OR (?9 AND ?4 < entry_count), entry_count, ?4),"
	    " checked_at = ?5",
	    err);

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, source);
	db_bind_int(stmt, 2, listing->day);
	db_bind_int(stmt, 3, listing->verdict);
	db_bind_int(stmt, 4, listing->entry_count);
	db_bind_int(stmt, 5, listing->checked_at);
	db_bind_int(stmt, 6, listing->verdict == SOURCE_NOTHING_NEW);
	db_bind_int(stmt, 7, SOURCE_NEW);
	db_bind_int(stmt, 8, SOURCE_REPAIRED);
	db_bind_int(stmt, 9, source_verdict_is_odd(listing->verdict));
	return db_run(stmt, err);
}

/* The number of entries of a listing day; -1 when it was never read. */
static int
find_count(struct store *store, int64_t source, int32_t day, int64_t *entry_count, struct err *err)
{
	struct db_stmt *stmt = db_prepare(
	    store->db, "SELECT entry_count FROM listing WHERE source = ?1 AND listed_on = ?2", err);

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, source);
	db_bind_int(stmt, 2, day);
	int found = db_step(stmt, err);
	*entry_count = found > 0 ? db_int(stmt, 0) : -1;
	db_reset(stmt);
	return found < 0 ? -1 : 0;
}

static int
compare_counts(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* Day 0 was a Thursday: (day + 3) % 7 counts from Monday. Odd listings are nobody's measure. */
static int
find_usual(struct store *store, int64_t source, int32_t day, int64_t *usual_count, struct err *err)
{
	int64_t counts[USUAL_OF];
	int count = 0, found;
	struct db_stmt *stmt = db_prepare(store->db,
	    "SELECT entry_count FROM listing WHERE source = ?1 AND listed_on < ?2"
	    " AND entry_count > 0"
	    " AND ((listed_on + 3) % 7 >= 5) = ((?2 + 3) % 7 >= 5) AND verdict NOT IN (?3, ?4, ?5)"
	    " ORDER BY listed_on DESC LIMIT ?6",
	    err);

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, source);
	db_bind_int(stmt, 2, day);
	db_bind_int(stmt, 3, SOURCE_STALE);
	db_bind_int(stmt, 4, SOURCE_SHRUNK);
	db_bind_int(stmt, 5, SOURCE_ERROR);
	db_bind_int(stmt, 6, USUAL_OF);
	while ((found = db_step(stmt, err)) > 0)
		counts[count++] = db_int(stmt, 0);
	if (found < 0)
		return -1;
	*usual_count = -1;
	if (count >= USUAL_NEEDS) {
		qsort(counts, (size_t)count, sizeof(counts[0]), compare_counts);
		*usual_count = counts[count / 2];
	}
	return 0;
}

int
store_listing_past(struct store *store, int64_t source, int32_t day, int64_t *entry_count,
    int64_t *usual_count, struct err *err)
{
	if (find_count(store, source, day, entry_count, err) < 0)
		return -1;
	return find_usual(store, source, day, usual_count, err);
}

int
store_listings(struct store *store, int64_t source, size_t limit, struct arena *arena,
    struct source_listing **listings, size_t *count, struct err *err)
{
	struct db_stmt *stmt = db_prepare(store->db,
	    "SELECT listed_on, verdict, entry_count, checked_at FROM listing WHERE source = ?1"
	    " ORDER BY listed_on DESC LIMIT ?2",
	    err);
	int found;

	*listings = NULL;
	*count = 0;
	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, source);
	db_bind_int(stmt, 2, (int64_t)limit);
	while ((found = db_step(stmt, err)) > 0) {
		*listings = arena_grow(arena, *listings, count, sizeof(**listings));
		(*listings)[*count - 1] = (struct source_listing){
			.day = (int32_t)db_int(stmt, 0),
			.verdict = (enum source_verdict)db_int(stmt, 1),
			.entry_count = db_int(stmt, 2),
			.checked_at = db_int(stmt, 3),
		};
	}
	return found;
}
