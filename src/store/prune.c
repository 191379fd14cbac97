/*
 * Forgetting: what neither the diff, nor a promise, nor `why` of an issue needs any more. What was
 * shown to whom, what was left out and why, and every content of a paper stay for ever.
 */
#include "store_internal.h"

/*
 * A sighting between others. The diff asks whether a source had listed an entry before (an earlier
 * one stays that answers the same), what arrived since an audience's look (it is behind nobody's),
 * and for the newest listing; people ask for the first and the last day and for the most votes.
 * What was looked up in the past is another matter, and stays.
 */
static const char sightings_sql[] =
    "DELETE FROM sighting AS s WHERE s.listed_on < ?1 AND s.is_past = 0 AND s.announce < 2"
    " AND s.listed_on < (SELECT max(n.listed_on) FROM sighting n INDEXED BY sighting_day"
    "  WHERE n.source = s.source AND n.is_past = 0)"
    " AND NOT EXISTS (SELECT 1 FROM audience_source m WHERE m.source = s.source"
    "  AND (m.through < s.id OR m.until_day < s.listed_on))"
    " AND EXISTS (SELECT 1 FROM sighting f WHERE f.entry = s.entry AND f.source = s.source"
    "  AND f.is_past = 0 AND f.announce < 2 AND f.is_dated = s.is_dated AND f.id < s.id"
    "  AND f.listed_on < s.listed_on)"
    " AND EXISTS (SELECT 1 FROM sighting l WHERE l.entry = s.entry AND l.source = s.source"
    "  AND l.id > s.id AND l.listed_on > s.listed_on)"
    " AND (s.votes IS NULL OR EXISTS (SELECT 1 FROM sighting v WHERE v.entry = s.entry"
    "  AND (v.votes > s.votes OR (v.votes = s.votes AND v.id < s.id))))";

/*
 * Updates that were left out: the next version is due all the same. News that were are a promise.
 */
static const char left_out_sql[] = "DELETE FROM left_out WHERE section = 1 AND at < ?1";

static const char attempts_sql[] =
    "DELETE FROM attempt WHERE at < ?1 AND EXISTS (SELECT 1 FROM delivery d"
    " WHERE d.id = attempt.delivery AND NOT d.is_open)";

static const char models_sql[] = "DELETE FROM liking_model WHERE made_at < ?1";

static int
forget(struct store *store, const char *sql, int64_t before, size_t *count, struct err *err)
{
	struct db_stmt *stmt = db_prepare(store->db, sql, err);

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, before);
	if (db_run(stmt, err) < 0)
		return -1;
	*count = (size_t)db_changes(store->db);
	return 0;
}

int
store_prune(struct store *store, int64_t before, struct store_pruned *pruned, struct err *err)
{
	enum { DAY_S = 86400 };

	*pruned = (struct store_pruned){ 0 };
	if (store_forget_messages(store, before, err) < 0)
		return -1;
	pruned->messages = (size_t)db_changes(store->db);
	if (forget(store, sightings_sql, before / DAY_S, &pruned->sightings, err) < 0 ||
	    forget(store, left_out_sql, before, &pruned->left_out, err) < 0 ||
	    forget(store, attempts_sql, before, &pruned->attempts, err) < 0)
		return -1;
	return forget(store, models_sql, before, &pruned->models, err);
}
