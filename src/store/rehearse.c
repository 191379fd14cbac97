/*
 * A rehearsal: on an overlay, what sources listed is taken back and arrives once more, a day at a
 * time, so that the diff itself tells what would have been news then. Nothing of it outlives the
 * overlay.
 */
#include "store_internal.h"

/*
 * The day on which a sighting came to be known: that of its listing, or a later one on which it was
 * first seen. What was only looked up counts as seen on the day of its listing.
 */
#define ARRIVED_ON "iif(is_past, listed_on, max(listed_on, seen_at / 86400))"

static const char take_back[] =
    "CREATE TEMP TABLE rehearsal AS SELECT *, " ARRIVED_ON " AS arrived_on FROM sighting"
    " WHERE source IN (SELECT value FROM json_each(?1)) AND arrived_on >= ?2";

static const char forget_future[] = "DELETE FROM sighting WHERE id IN (SELECT id FROM rehearsal)";

static const char arrive[] =
    "INSERT INTO sighting (source, entry, listed_on, is_dated, is_past, announce, rank, votes,"
    " comments, seen_at) SELECT source, entry, listed_on, is_dated, 0, announce, rank, votes,"
    " comments, seen_at FROM rehearsal WHERE arrived_on = ?1 ORDER BY id";

int
store_begin_rehearsal(struct store *store, const int64_t *sources, size_t count, int32_t since,
    int32_t *first_day, struct err *err)
{
	struct buf ids = BUF_INIT(BUF_LIMIT);
	int status = -1;

	buf_add_char(&ids, '[');
	for (size_t i = 0; i < count; i++)
		buf_addf(&ids, "%s%lld", i > 0 ? "," : "", (long long)sources[i]);
	buf_add_char(&ids, ']');
	struct db_stmt *stmt = db_prepare(store->db, take_back, err);
	if (stmt == NULL)
		goto out;
	db_bind_text(stmt, 1, buf_str(&ids));
	db_bind_int(stmt, 2, since);
	if (db_run(stmt, err) < 0 || db_exec(store->db, forget_future, err) < 0)
		goto out;
	stmt = db_prepare(store->db, "SELECT min(arrived_on) FROM rehearsal", err);
	if (stmt == NULL || db_step(stmt, err) < 0)
		goto out;
	*first_day = store_day(stmt, 0);
	db_reset(stmt);
	status = 0;
out:
	buf_release(&ids);
	return status;
}

int
store_rehearse_day(struct store *store, int32_t day, struct err *err)
{
	struct db_stmt *stmt = db_prepare(store->db, arrive, err);

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, day);
	return db_run(stmt, err);
}
