/*
 * Issues: what was shown to whom, and how far everyone has looked. What becomes of their deliveries
 * is the ledger's.
 */
#include "store_internal.h"

#include "digest/pack.h"

/* ---- making one ---- */

static int
add_issue(struct store *store, const struct store_frozen *frozen, int64_t now, int64_t *id,
    struct err *err)
{
	const struct issue *issue = frozen->issue;
	struct buf notes = BUF_INIT(BUF_LIMIT);
	struct db_stmt *stmt = db_prepare(store->db,
	    "INSERT INTO issue (audience, date, made_at, frozen_at, title, subject, notes)"
	    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
	    err);

	if (stmt == NULL)
		return -1;
	for (size_t i = 0; i < issue->note_count; i++) {
		if (i > 0)
			buf_add_char(&notes, '\n');
		buf_add(&notes, issue->notes[i]);
	}
	db_bind_int(stmt, 1, frozen->audience);
	db_bind_int(stmt, 2, issue->date);
	db_bind_int(stmt, 3, issue->made_at);
	db_bind_int(stmt, 4, now);
	db_bind_text(stmt, 5, issue->title);
	db_bind_text(stmt, 6, frozen->subject);
	db_bind_text(stmt, 7, buf_str(&notes));
	int status = db_run(stmt, err);
	buf_release(&notes);
	*id = db_last_id(store->db);
	return status;
}

static int
add_item(struct store *store, int64_t issue, int64_t audience, size_t position,
    const struct issue_item *item, struct err *err)
{
	struct db_stmt *stmt = db_prepare(store->db,
	    "INSERT INTO issue_entry (issue, position, audience, entry, version, section,"
	    " from_version, listed_on, rank, votes, comments, why, changes, form)"
	    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
	    err);

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, issue);
	db_bind_int(stmt, 2, (int64_t)position);
	db_bind_int(stmt, 3, audience);
	db_bind_int(stmt, 4, item->entry->id);
	db_bind_int(stmt, 5, item->entry->version_id);
	db_bind_int(stmt, 6, item->section);
	db_bind_int(stmt, 7, item->from_version);
	store_bind_day(stmt, 8, item->entry->listed_on);
	db_bind_int(stmt, 9, item->entry->rank);
	store_bind_count(stmt, 10, item->entry->votes);
	store_bind_count(stmt, 11, item->entry->comments);
	db_bind_text(stmt, 12, item->why);
	db_bind_int(stmt, 13, item->changes);
	db_bind_int(stmt, 14, item->form);
	if (db_run(stmt, err) < 0)
		return -1;
	return store_run(store, "DELETE FROM update_due WHERE audience = ?1 AND entry = ?2",
	    audience, item->entry->id, err);
}

static int
add_message(struct store *store, int64_t issue, int kind, struct str bytes, struct err *err)
{
	struct buf packed = BUF_INIT(BUF_LIMIT);
	struct db_stmt *stmt = db_prepare(
	    store->db, "INSERT INTO issue_message (issue, kind, bytes) VALUES (?1, ?2, ?3)", err);
	int status = -1;

	if (stmt == NULL)
		return -1;
	pack_deflate(&packed, bytes);
	if (buf_has_failed(&packed)) {
		err_set(err, EX_DATAERR, "store: a message of %zu bytes is too large", bytes.len);
	} else {
		db_bind_int(stmt, 1, issue);
		db_bind_int(stmt, 2, kind);
		db_bind_blob(stmt, 3, packed.ptr, packed.len);
		status = db_run(stmt, err);
	}
	buf_release(&packed);
	return status;
}

/*
 * An update that is left out is not due any more; the next version will be. The index is named:
 * what an audience had of an entry is not to be looked for among all who had it.
 */
static int
add_left_out(struct store *store, int64_t audience, const struct store_left_out *left_out,
    int64_t now, struct err *err)
{
	struct db_stmt *stmt = db_prepare(store->db,
	    "INSERT INTO left_out (audience, entry, section, at, reason) VALUES (?1, ?2,"
	    " EXISTS (SELECT 1 FROM audience a JOIN issue_entry i INDEXED BY issue_entry_new"
	    "  ON i.audience IN (a.id, a.heir_of) AND i.entry = ?2 AND i.section IN (0, 2)"
	    "  AND (i.audience = a.id OR i.issue <= a.heir_through) WHERE a.id = ?1),"
	    " ?3, ?4) ON CONFLICT DO UPDATE SET at = ?3, reason = ?4",
	    err);

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, audience);
	db_bind_int(stmt, 2, left_out->entry->id);
	db_bind_int(stmt, 3, now);
	db_bind_text(stmt, 4, left_out->reason);
	if (db_run(stmt, err) < 0)
		return -1;
	return store_run(store, "DELETE FROM update_due WHERE audience = ?1 AND entry = ?2",
	    audience, left_out->entry->id, err);
}

/*
 * Moves the mark of a source. The first look sets where the audience begins, if there was anything
 * to look at.
 */
static int
set_mark(struct store *store, const struct store_frozen *frozen, int64_t source, struct err *err)
{
	int32_t since;

	if (store_newest_day(store, source, frozen->until, &since, err) < 0)
		return -1;
	if (since == DATE_NO_DAY)
		return 0;
	struct db_stmt *stmt = db_prepare(store->db,
	    "INSERT INTO audience_source (audience, source, since_day, until_day, through)"
	    " VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO UPDATE SET"
	    " until_day = max(until_day, ?4), through = max(through, ?5) WHERE NOT ?6",
	    err);
	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, frozen->audience);
	db_bind_int(stmt, 2, source);
	db_bind_int(stmt, 3, since);
	db_bind_int(stmt, 4, frozen->until);
	db_bind_int(stmt, 5, frozen->through);
	db_bind_int(stmt, 6, frozen->is_beginning);
	return db_run(stmt, err);
}

static int
freeze_issue(struct store *store, const struct store_frozen *frozen, int64_t now, int64_t *id,
    struct err *err)
{
	const struct issue *issue = frozen->issue;

	if (add_issue(store, frozen, now, id, err) < 0)
		return -1;
	for (size_t i = 0; i < issue->item_count; i++) {
		if (add_item(store, *id, frozen->audience, i + 1, &issue->items[i], err) < 0)
			return -1;
	}
	for (int kind = MESSAGE_TO_LIST; kind <= MESSAGE_TO_PERSON; kind++) {
		if (frozen->bytes[kind].len > 0 &&
		    add_message(store, *id, kind, frozen->bytes[kind], err) < 0)
			return -1;
	}
	return 0;
}

int
store_freeze(struct store *store, const struct store_frozen *frozen, int64_t now, int64_t *issue,
    struct err *err)
{
	*issue = 0;
	if (frozen->through > 0 && frozen->until <= 0)
		return err_set(err, EX_SOFTWARE, "store: a look without the day it went up to");
	if (frozen->issue != NULL && freeze_issue(store, frozen, now, issue, err) < 0)
		return -1;
	for (size_t i = 0; i < frozen->left_out_count; i++) {
		if (add_left_out(store, frozen->audience, &frozen->left_out[i], now, err) < 0)
			return -1;
	}
	for (size_t i = 0; i < frozen->source_count && frozen->through > 0; i++) {
		if (set_mark(store, frozen, frozen->sources[i], err) < 0)
			return -1;
	}
	return 0;
}

/* ---- reading them ---- */

int
store_issue_on(struct store *store, int64_t audience, int32_t date, int64_t *issue, struct err *err)
{
	struct db_stmt *stmt =
	    db_prepare(store->db, "SELECT id FROM issue WHERE audience = ?1 AND date = ?2", err);

	*issue = 0;
	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, audience);
	db_bind_int(stmt, 2, date);
	int found = db_step(stmt, err);
	if (found > 0) {
		*issue = db_int(stmt, 0);
		db_reset(stmt);
	}
	return found < 0 ? -1 : 0;
}

int
store_last_reach(struct store *store, int64_t audience, size_t *count, struct err *err)
{
	struct db_stmt *stmt = db_prepare(store->db,
	    "SELECT count(*) FROM delivery WHERE issue ="
	    " (SELECT id FROM issue WHERE audience = ?1 ORDER BY date DESC LIMIT 1)",
	    err);

	*count = 0;
	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, audience);
	if (db_step(stmt, err) < 0)
		return -1;
	*count = (size_t)db_int(stmt, 0);
	db_reset(stmt);
	return 0;
}

int
store_message(
    struct store *store, int64_t issue, enum message_kind kind, struct buf *out, struct err *err)
{
	struct db_stmt *stmt = db_prepare(
	    store->db, "SELECT bytes FROM issue_message WHERE issue = ?1 AND kind = ?2", err);

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, issue);
	db_bind_int(stmt, 2, kind);
	int found = db_step(stmt, err);
	if (found < 0)
		return -1;
	if (found == 0)
		return err_set(err, EX_DATAERR,
		    "store: the message of issue %lld is no longer kept", (long long)issue);
	int status = pack_inflate(out, db_blob(stmt, 0), err);
	db_reset(stmt);
	if (status < 0)
		return err_prefix(err, "store: the message of issue %lld", (long long)issue);
	return 0;
}

#define ISSUE_COLUMNS \
	"SELECT i.id, l.key, a.address, i.date, i.frozen_at, i.title, i.subject, i.notes," \
	" (SELECT count(*) FROM issue_entry n WHERE n.issue = i.id AND n.section IN (0, 2))," \
	" (SELECT count(*) FROM issue_entry n WHERE n.issue = i.id AND n.section IN (1, 3))," \
	" (SELECT count(*) FROM delivery d WHERE d.issue = i.id)," \
	" (SELECT count(*) FROM delivery d WHERE d.issue = i.id AND d.state = 3)" \
	" FROM issue i JOIN audience a ON a.id = i.audience JOIN list l ON l.id = a.list"

static void
read_issue(struct db_stmt *stmt, struct arena *arena, struct store_issue *issue)
{
	*issue = (struct store_issue){
		.id = db_int(stmt, 0),
		.list = store_text(stmt, 1, arena),
		.audience = store_text(stmt, 2, arena),
		.date = (int32_t)db_int(stmt, 3),
		.frozen_at = db_int(stmt, 4),
		.title = store_text(stmt, 5, arena),
		.subject = store_text(stmt, 6, arena),
		.notes = store_text(stmt, 7, arena),
		.new_count = (size_t)db_int(stmt, 8),
		.updated_count = (size_t)db_int(stmt, 9),
		.delivery_count = (size_t)db_int(stmt, 10),
		.accepted_count = (size_t)db_int(stmt, 11),
	};
}

int
store_issue(struct store *store, int64_t id, struct arena *arena, struct store_issue *issue,
    struct err *err)
{
	struct db_stmt *stmt = db_prepare(store->db, ISSUE_COLUMNS " WHERE i.id = ?1", err);

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, id);
	int found = db_step(stmt, err);
	if (found < 0)
		return -1;
	if (found == 0)
		return err_set(err, EX_DATAERR,
		    "issues: there is no issue %lld; 'digest issues list' shows their numbers",
		    (long long)id);
	read_issue(stmt, arena, issue);
	db_reset(stmt);
	return 0;
}

int
store_issues(struct store *store, const char *list, size_t limit, struct arena *arena,
    struct store_issue **issues, size_t *count, struct err *err)
{
	struct db_stmt *stmt = db_prepare(store->db,
	    ISSUE_COLUMNS " WHERE ?1 = '' OR l.key = ?1 ORDER BY i.id DESC LIMIT ?2", err);
	int found;

	*issues = NULL;
	*count = 0;
	if (stmt == NULL)
		return -1;
	db_bind_text(stmt, 1, str_from(list));
	db_bind_int(stmt, 2, limit < INT64_MAX ? (int64_t)limit : INT64_MAX);
	while ((found = db_step(stmt, err)) > 0) {
		*issues = arena_grow(arena, *issues, count, sizeof(**issues));
		read_issue(stmt, arena, &(*issues)[*count - 1]);
	}
	return found;
}

int
store_issue_entries(struct store *store, int64_t issue, struct arena *arena,
    struct store_candidate **items, size_t *count, struct err *err)
{
	struct db_stmt *stmt = db_prepare(store->db,
	    "SELECT entry, version, section, from_version, listed_on, rank, votes, comments, why,"
	    " changes, form"
	    " FROM issue_entry WHERE issue = ?1 ORDER BY position",
	    err);
	int found;

	*items = NULL;
	*count = 0;
	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, issue);
	while ((found = db_step(stmt, err)) > 0) {
		struct entry *entry;
		if (store_load_entry(store, db_int(stmt, 0), db_int(stmt, 1), arena, &entry, err) <
		    0) {
			db_reset(stmt);
			return -1;
		}
		entry->listed_on = store_day(stmt, 4);
		entry->rank = (int)db_int(stmt, 5);
		entry->votes = store_count(stmt, 6);
		entry->comments = store_count(stmt, 7);
		*items = arena_grow(arena, *items, count, sizeof(**items));
		(*items)[*count - 1] = (struct store_candidate){
			.entry = entry,
			.section = (enum issue_section)db_int(stmt, 2),
			.from_version = (int)db_int(stmt, 3),
			.changes = (unsigned)db_int(stmt, 9),
			.why = store_text(stmt, 8, arena),
			.form = (enum issue_form)db_int(stmt, 10),
		};
	}
	return found;
}

int
store_forget_messages(struct store *store, int64_t before, struct err *err)
{
	struct db_stmt *stmt = db_prepare(store->db,
	    "DELETE FROM issue_message WHERE"
	    " (SELECT frozen_at FROM issue i WHERE i.id = issue_message.issue) < ?1"
	    " AND NOT EXISTS (SELECT 1 FROM delivery d WHERE d.issue = issue_message.issue"
	    " AND d.is_open)",
	    err);

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, before);
	return db_run(stmt, err);
}
