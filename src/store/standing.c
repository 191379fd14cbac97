/*
 * Why an audience knows nothing of an entry. What it had and what was left out is history.c's, and
 * what is news in the first place candidates.c's.
 */
#include "store_internal.h"

/* ---- one audience ---- */

/* The names of the sources that an audience has looked at. */
static int
read_sources(
    struct store *store, int64_t audience, struct arena *arena, struct str *names, struct err *err)
{
	struct db_stmt *stmt = db_prepare(store->db,
	    "SELECT group_concat(o.name, ', ') FROM (SELECT name FROM audience_source m"
	    " JOIN source ON source.id = m.source WHERE m.audience = ?1 ORDER BY name) o",
	    err);

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, audience);
	if (db_step(stmt, err) < 0)
		return -1;
	*names = store_text(stmt, 0, arena);
	db_reset(stmt);
	return 0;
}

static enum store_standing_kind
kind_of(struct db_stmt *stmt)
{
	bool is_past = db_int(stmt, 2) != 0, is_early = db_int(stmt, 3) != 0;
	bool is_announced = db_int(stmt, 4) != 0, is_ahead = db_int(stmt, 5) != 0;

	if (is_past)
		return STORE_STANDING_LOOKED_UP;
	if (is_early)
		return STORE_STANDING_BEFORE;
	if (is_announced)
		return STORE_STANDING_ANNOUNCED;
	return is_ahead ? STORE_STANDING_AWAITED : STORE_STANDING_LISTED;
}

/*
 * Of several listings the one counts that came nearest to being news: the kinds are in that order.
 */
static int
read_standing(struct store *store, int64_t audience, int64_t entry, struct arena *arena,
    struct store_standing *standing, struct err *err)
{
	struct db_stmt *stmt = db_prepare(store->db,
	    "SELECT o.name, iif(s.is_dated, s.listed_on, NULL), s.is_past,"
	    " s.listed_on < m.since_day, s.announce NOT IN (0, 1),"
	    " s.id > m.through OR s.listed_on > m.until_day, m.since_day"
	    " FROM sighting s JOIN audience_source m ON m.source = s.source AND m.audience = ?1"
	    " JOIN source o ON o.id = s.source WHERE s.entry = ?2 ORDER BY s.id",
	    err);
	int found;

	if (read_sources(store, audience, arena, &standing->source, err) < 0 || stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, audience);
	db_bind_int(stmt, 2, entry);
	while ((found = db_step(stmt, err)) > 0) {
		enum store_standing_kind kind = kind_of(stmt);
		if (kind <= standing->kind)
			continue;
		standing->kind = kind;
		standing->source = store_text(stmt, 0, arena);
		standing->day = store_day(stmt, 1);
		standing->since = store_day(stmt, 6);
	}
	return found;
}

/* ---- all of them ---- */

/*
 * The plain recipients of a list are asked for by the address of each of them. Where a list has had
 * readers named by --send-to alone there are none, and nobody wonders what they have not looked at.
 */
static const char audiences_sql[] =
    "SELECT a.id, l.key, a.address FROM audience a JOIN list l ON l.id = a.list"
    " WHERE (?2 = '' OR l.key = ?2)"
    " AND (?3 = '' OR a.mailbox = ?3 OR (a.address = '' AND EXISTS (SELECT 1 FROM recipient r"
    "  WHERE r.list = l.id AND r.mailbox = ?3)))"
    " AND NOT EXISTS (SELECT 1 FROM issue_entry n WHERE n.entry = ?1 AND n.audience = a.id)"
    " AND NOT EXISTS (SELECT 1 FROM left_out o WHERE o.entry = ?1 AND o.audience = a.id)"
    " AND (a.address != '' OR EXISTS (SELECT 1 FROM audience_source m WHERE m.audience = a.id)"
    "  OR NOT EXISTS (SELECT 1 FROM audience b WHERE b.list = a.list AND b.address != ''))"
    " ORDER BY l.key, a.mailbox";

int
store_standings(struct store *store, int64_t entry, struct str list, struct str address,
    struct arena *arena, struct store_standing **standings, size_t *count, struct err *err)
{
	struct db_stmt *stmt = db_prepare(store->db, audiences_sql, err);
	int found, status = 0;

	*standings = NULL;
	*count = 0;
	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, entry);
	db_bind_text(stmt, 2, list);
	db_bind_text(stmt, 3, store_mailbox(store, address));
	while (status == 0 && (found = db_step(stmt, err)) > 0) {
		struct store_standing standing = {
			.list = store_text(stmt, 1, arena),
			.address = store_text(stmt, 2, arena),
			.day = DATE_NO_DAY,
			.since = DATE_NO_DAY,
		};
		status = read_standing(store, db_int(stmt, 0), entry, arena, &standing, err);
		*standings = arena_grow(arena, *standings, count, sizeof(**standings));
		(*standings)[*count - 1] = standing;
	}
	if (status < 0)
		db_reset(stmt);
	return status < 0 ? -1 : found;
}

int
store_delivery_state(struct store *store, int64_t issue, struct str address, int *state,
    int64_t *changed_at, struct err *err)
{
	struct db_stmt *stmt = db_prepare(store->db,
	    "SELECT d.state, d.changed_at FROM delivery d JOIN recipient r ON r.id = d.recipient"
	    " WHERE d.issue = ?1 AND r.mailbox = ?2",
	    err);

	*state = -1;
	*changed_at = DATE_NO_INSTANT;
	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, issue);
	db_bind_text(stmt, 2, store_mailbox(store, address));
	int found = db_step(stmt, err);
	if (found <= 0)
		return found;
	*state = (int)db_int(stmt, 0);
	*changed_at = db_int(stmt, 1);
	db_reset(stmt);
	return 0;
}
