/*
 * The diff: what a source lists, against what is known. Learns what is new about an entry and
 * records that it was seen. Which entry a listing speaks of is names.c's, what becomes of its
 * content content.c's, and what of it is news to whom candidates.c's.
 */
#include "content.h"
#include "names.h"

/* ---- an entry that nobody had listed ---- */

static int
add_entry(struct store *store, const struct store_listed *listed, int64_t *id, struct err *err)
{
	const struct entry *entry = listed->entry;
	struct db_stmt *stmt = db_prepare(store->db,
	    "INSERT INTO entry (key, kind, number, published_at, updated_at, added_at, categories, "
	    "url, pdf_url, code_url, project_url, discussion_url, image_url, withdrawn_at,"
	    " withdrawn_by)"
	    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
	    err);

	if (stmt == NULL)
		return -1;
	db_bind_text(stmt, 1, entry_key(entry));
	db_bind_int(stmt, 2, entry->kind);
	db_bind_int(stmt, 3, entry->version);
	store_bind_instant(stmt, 4, entry->published_at);
	store_bind_instant(stmt, 5, entry->updated_at);
	db_bind_int(stmt, 6, listed->now);
	db_bind_text(stmt, 7, store_join_categories(store, entry));
	db_bind_text(stmt, 8, entry->url);
	db_bind_text(stmt, 9, entry->pdf_url);
	db_bind_text(stmt, 10, entry->code_url);
	db_bind_text(stmt, 11, entry->project_url);
	db_bind_text(stmt, 12, entry->discussion_url);
	db_bind_text(stmt, 13, entry->image_url);
	if (listed->is_withdrawn) {
		db_bind_int(stmt, 14, listed->now);
		db_bind_int(stmt, 15, listed->source);
	}
	if (db_run(stmt, err) < 0)
		return -1;
	*id = db_last_id(store->db);
	return store_add_first(store, *id, listed, err);
}

/* ---- sightings ---- */

static int
add_sighting(struct store *store, const struct store_listed *listed, int64_t id, struct err *err)
{
	const struct entry *entry = listed->entry;
	bool is_dated = entry->listed_on != DATE_NO_DAY;
	struct db_stmt *stmt = db_prepare(store->db,
	    "INSERT INTO sighting (source, entry, listed_on, is_dated, announce, rank, votes,"
	    " comments, seen_at, is_past) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
	    err);

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, listed->source);
	db_bind_int(stmt, 2, id);
	db_bind_int(stmt, 3, is_dated ? entry->listed_on : date_day_of(listed->now));
	db_bind_int(stmt, 4, is_dated);
	db_bind_int(stmt, 5, entry->announce);
	db_bind_int(stmt, 6, entry->rank);
	store_bind_count(stmt, 7, entry->votes);
	store_bind_count(stmt, 8, entry->comments);
	db_bind_int(stmt, 9, listed->now);
	db_bind_int(stmt, 10, listed->is_past);
	return db_run(stmt, err);
}

/* Brings a known sighting up to date; what the listing does not say any more stays. */
static int
update_sighting(struct store *store, int64_t sighting, const struct entry *entry, struct err *err)
{
	struct db_stmt *stmt = db_prepare(store->db,
	    "UPDATE sighting SET rank = iif(?2 > 0, ?2, rank), votes = coalesce(?3, votes),"
	    " comments = coalesce(?4, comments) WHERE id = ?1",
	    err);

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, sighting);
	db_bind_int(stmt, 2, entry->rank);
	store_bind_count(stmt, 3, entry->votes);
	store_bind_count(stmt, 4, entry->comments);
	return db_run(stmt, err);
}

/* Whether the source listed the entry on a day before this listing's. */
static int
see_earlier(struct store *store, int64_t source, const struct entry *entry, struct store_put *put,
    struct err *err)
{
	struct db_stmt *stmt;

	if (put->change == STORE_ADDED || entry->listed_on == DATE_NO_DAY)
		return 0;
	stmt = db_prepare(store->db,
	    "SELECT 1 FROM sighting WHERE entry = ?1 AND source = ?2 AND listed_on < ?3 LIMIT 1",
	    err);
	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, put->entry);
	db_bind_int(stmt, 2, source);
	db_bind_int(stmt, 3, entry->listed_on);
	int found = db_step(stmt, err);
	put->was_listed_earlier = found > 0;
	db_reset(stmt);
	return found < 0 ? -1 : 0;
}

/*
 * What was only looked up arrives by itself: it gets the number of an arrival, so that it is news
 * to whoever would have had it as news without the look.
 */
static int
replace_sighting(struct store *store, int64_t sighting, const struct store_listed *listed,
    int64_t id, struct err *err)
{
	if (store_run_for(store, "DELETE FROM sighting WHERE id = ?1", sighting, err) < 0)
		return -1;
	return add_sighting(store, listed, id, err);
}

/* The sighting of a listing that is there. */
struct seen {
	int64_t id; /* 0: none is */
	bool is_dated, is_past;
	bool has_changed; /* the listing says something else of rank, votes or comments */
};

/*
 * A listing without days lists an entry once, however often it is read; and when a source comes to
 * give days, or forgets to, that is no new listing of what it had listed before. Of several the one
 * with a day counts, then the newest: there are few, and SQLite would set up a sorter for them.
 */
static int
find_sighting(struct store *store, const struct store_listed *listed, int64_t id, struct seen *seen,
    struct err *err)
{
	const struct entry *entry = listed->entry;
	struct db_stmt *stmt = db_prepare(store->db,
	    "SELECT id, is_dated, is_past, (?4 > 0 AND ?4 <> rank)"
	    " OR (?5 IS NOT NULL AND ?5 IS NOT votes)"
	    " OR (?6 IS NOT NULL AND ?6 IS NOT comments) FROM sighting"
	    " WHERE entry = ?1 AND source = ?2 AND (?3 IS NULL OR listed_on = ?3 OR is_dated = 0)",
	    err);
	int found;

	*seen = (struct seen){ 0 };
	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, id);
	db_bind_int(stmt, 2, listed->source);
	store_bind_day(stmt, 3, entry->listed_on);
	db_bind_int(stmt, 4, entry->rank);
	store_bind_count(stmt, 5, entry->votes);
	store_bind_count(stmt, 6, entry->comments);
	while ((found = db_step(stmt, err)) > 0) {
		struct seen other = {
			.id = db_int(stmt, 0),
			.is_dated = db_int(stmt, 1) != 0,
			.is_past = db_int(stmt, 2) != 0,
			.has_changed = db_int(stmt, 3) != 0,
		};
		if (other.is_dated == seen->is_dated ? other.id > seen->id : other.is_dated)
			*seen = other;
	}
	return found;
}

static int
see(struct store *store, const struct store_listed *listed, struct store_put *put, struct err *err)
{
	const struct entry *entry = listed->entry;
	struct seen seen;

	if (find_sighting(store, listed, put->entry, &seen, err) < 0)
		return -1;
	put->is_known = seen.id != 0 && (!seen.is_past || listed->is_past);
	if (!put->is_known && see_earlier(store, listed->source, entry, put, err) < 0)
		return -1;
	if (seen.id == 0)
		return add_sighting(store, listed, put->entry, err);
	if (!put->is_known)
		return replace_sighting(store, seen.id, listed, put->entry, err);
	return seen.has_changed ? update_sighting(store, seen.id, entry, err) : 0;
}

/* ---- the whole ---- */

/*
 * A withdrawal is told of what is known; it may say nothing but a name. Of what is not known there
 * is nothing to take back.
 */
static int
put_withdrawal(
    struct store *store, const struct store_listed *listed, struct store_put *put, struct err *err)
{
	put->change = STORE_UNCHANGED;
	put->is_known = put->entry == 0;
	if (put->entry == 0)
		return 0;
	if (see(store, listed, put, err) < 0)
		return -1;
	return put->is_known ? 0 : store_withdraw(store, listed, put, err);
}

static int
put_content(struct store *store, const struct store_listed *listed, const struct store_names *names,
    struct store_put *put, struct err *err)
{
	if (put->entry == 0) {
		if (add_entry(store, listed, &put->entry, err) < 0)
			return -1;
	} else if (store_compare(store, listed, put, err) < 0) {
		return -1;
	}
	if (store_learn_names(store, put->entry, listed->entry, names, err) < 0)
		return -1;
	/* Who had not listed it before need not be asked. */
	if (put->change == STORE_ADDED)
		return add_sighting(store, listed, put->entry, err);
	if (see(store, listed, put, err) < 0)
		return -1;
	if (!listed->is_withdrawn || put->is_known)
		return 0;
	return store_withdraw(store, listed, put, err);
}

static int
put_listed(struct store *store, struct store_listed *listed, struct store_put *put, struct err *err)
{
	const struct entry *entry = listed->entry;
	struct store_names names;
	int status;

	if (entry->alias_count == 0)
		return err_set(err, EX_SOFTWARE, "store: an entry without a name");
	store->unindexed = 0;
	if (store_find_names(store, entry, &names, err) < 0)
		return -1;
	*put = (struct store_put){ .entry = names.target.entry, .change = STORE_ADDED };
	if (entry->announce == ENTRY_WITHDRAWN) {
		status = put_withdrawal(store, listed, put, err);
	} else {
		store_weigh(store, listed);
		status = put_content(store, listed, &names, put, err);
	}
	return status < 0 ? -1 : store_reindex(store, err);
}

int
store_put(struct store *store, int64_t source, const struct entry *entry, int64_t now,
    struct store_put *put, struct err *err)
{
	struct store_listed listed = { .entry = entry, .source = source, .now = now };

	return put_listed(store, &listed, put, err);
}

int
store_put_past(struct store *store, int64_t source, const struct entry *entry, int64_t now,
    struct store_put *put, struct err *err)
{
	struct store_listed listed = {
		.entry = entry, .source = source, .now = now, .is_past = true
	};

	return put_listed(store, &listed, put, err);
}
