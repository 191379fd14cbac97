/*
 * What happened to an entry: who told what, who listed it, who had it. How that is worded is for
 * those who show it.
 */
#include "store_internal.h"

/*
 * One row an event, with the columns of struct store_event. Entries that were merged into this one
 * lend it what happened to them. Issues and contents name the row of a version, to be compared.
 */
static const char history_sql[] =
    "WITH self (id) AS (SELECT ?1 UNION SELECT id FROM entry WHERE merged_into = ?1)"
    " SELECT v.seen_at AS at, 0 AS kind, v.id AS nth, o.name, '', v.cause, NULL AS day, v.number,"
    "  0, 0, NULL, NULL, v.is_past, 0, 0, 0, 0, v.entry, v.id"
    " FROM version v JOIN source o ON o.id = v.source WHERE v.entry IN self"
    " UNION ALL"
    " SELECT s.seen_at, 1, s.id, o.name, '', '', iif(s.is_dated, s.listed_on, NULL), 0,"
    "  s.announce, s.rank, s.votes, s.comments, s.is_past, 0, 0, 0, 0, 0, 0"
    " FROM sighting s JOIN source o ON o.id = s.source WHERE s.entry IN self"
    " UNION ALL"
    " SELECT e.withdrawn_at, 2, 0, o.name, '', '', NULL, 0, 0, 0, NULL, NULL, 0, 0, 0, 0, 0, 0, 0"
    " FROM entry e JOIN source o ON o.id = e.withdrawn_by"
    " WHERE e.id = ?1 AND e.withdrawn_at IS NOT NULL"
    " UNION ALL"
    " SELECT i.frozen_at, 3, i.id, l.key, a.address, '', i.date, n.from_version, 0, n.rank,"
    "  n.votes, n.comments, 0, i.id, n.section,"
    "  (SELECT count(*) FROM delivery d WHERE d.issue = i.id),"
    "  (SELECT count(*) FROM delivery d WHERE d.issue = i.id AND d.state = 3), 0, n.changes"
    " FROM issue_entry n JOIN issue i ON i.id = n.issue JOIN audience a ON a.id = i.audience"
    " JOIN list l ON l.id = a.list WHERE n.entry IN self"
    " UNION ALL"
    " SELECT o.at, 4, a.id, l.key, a.address, o.reason, NULL, 0, 0, 0, NULL, NULL, 0, 0,"
    "  o.section, 0, 0, 0, 0"
    " FROM left_out o JOIN audience a ON a.id = o.audience JOIN list l ON l.id = a.list"
    " WHERE o.entry IN self"
    " ORDER BY at, kind, nth";

static struct store_event
read_event(struct db_stmt *stmt, struct arena *arena)
{
	return (struct store_event){
		.at = db_int(stmt, 0),
		.kind = (enum store_event_kind)db_int(stmt, 1),
		.name = store_text(stmt, 3, arena),
		.address = store_text(stmt, 4, arena),
		.text = store_text(stmt, 5, arena),
		.day = store_day(stmt, 6),
		.version = (int)db_int(stmt, 7),
		.announce = (enum entry_announce)db_int(stmt, 8),
		.rank = (int)db_int(stmt, 9),
		.votes = store_count(stmt, 10),
		.comments = store_count(stmt, 11),
		.is_past = db_int(stmt, 12) != 0,
		.issue = db_int(stmt, 13),
		.section = (enum issue_section)db_int(stmt, 14),
		.delivery_count = (size_t)db_int(stmt, 15),
		.accepted_count = (size_t)db_int(stmt, 16),
	};
}

/* What a version changed to the one before it of the same entry, which `before` becomes. */
static int
compare_version(struct store *store, struct db_stmt *stmt, struct arena *arena,
    struct entry **before, unsigned *changes, struct err *err)
{
	struct entry *now;

	if (store_load_entry(store, db_int(stmt, 17), db_int(stmt, 18), arena, &now, err) < 0)
		return -1;
	if (*before != NULL)
		*changes = entry_changes(*before, now);
	*before = now;
	return 0;
}

int
store_history(struct store *store, int64_t entry, struct arena *arena, struct store_event **events,
    size_t *count, struct err *err)
{
	struct db_stmt *stmt = db_prepare(store->db, history_sql, err);
	struct entry *before = NULL;
	int found;

	*events = NULL;
	*count = 0;
	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, entry);
	while ((found = db_step(stmt, err)) > 0) {
		struct store_event event = read_event(stmt, arena);
		if (event.kind == STORE_EVENT_SHOWN)
			event.changes = (unsigned)db_int(stmt, 18);
		if (event.kind == STORE_EVENT_VERSION &&
		    compare_version(store, stmt, arena, &before, &event.changes, err) < 0) {
			db_reset(stmt);
			return -1;
		}
		*events = arena_grow(arena, *events, count, sizeof(**events));
		(*events)[*count - 1] = event;
	}
	return found;
}
