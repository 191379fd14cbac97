/*
 * The diff: what a source lists, against what is known. Learns what is new about an entry and records
 * that it was seen. Which entry a listing speaks of is names.c's, what of it is news to whom
 * candidates.c's.
 */
#include "names.h"

#include "digest/crypt.h"

/* What is known of an entry, as far as the diff needs it. */
struct known {
	int64_t version; /* the row of its content */
	int64_t source; /* whose content that is */
	int number; /* the highest arXiv version heard of; 0 for none */
	bool is_same; /* the content's hash is that of the listing */
	int64_t empty; /* a bit of FILL_… for each thing that is not known */
	bool has_published;
	int64_t updated_at;
};

enum {
	FILL_URL = 1,
	FILL_PDF_URL = 2,
	FILL_CODE_URL = 4,
	FILL_PROJECT_URL = 8,
	FILL_DISCUSSION_URL = 16,
	FILL_ENTRY = 31, /* these are the entry's, what follows its content's */
	FILL_COMMENT = 32,
	FILL_JOURNAL_REF = 64,
	FILL_LICENSE = 128,
	FILL_ORGANISATION = 256,
	FILL_AUTHORS = 512,
	FILL_ABSTRACT = 1024,
};

/* ---- content ---- */

static void
hash_content(struct store *store, const struct entry *entry, unsigned char hash[CRYPT_SHA256_BYTES])
{
	buf_reset(&store->content);
	entry_add_content(entry, &store->content);
	crypt_sha256(buf_str(&store->content), hash);
}

/*
 * What the listing does not say is taken from `previous`, the content so far, if there is one: that a
 * source says nothing about a licence does not take it away.
 */
static int
add_version(struct store *store, int64_t id, int64_t source, const struct entry *entry,
    const char *cause, const unsigned char *hash, int64_t previous, int64_t now, struct err *err)
{
	struct db_stmt *stmt = db_prepare(store->db,
	    "INSERT INTO version (entry, number, cause, source, seen_at, hash, comment, "
	    "journal_ref,"
	    " license, organisation, title, title_raw, authors, abstract)"
	    " SELECT ?1, ?2, ?3, ?4, ?5, ?6, iif(?7 <> '', ?7, coalesce(p.comment, '')),"
	    " iif(?8 <> '', ?8, coalesce(p.journal_ref, '')),"
	    " iif(?9 <> '', ?9, coalesce(p.license, '')),"
	    " iif(?10 <> '', ?10, coalesce(p.organisation, '')), ?11, ?12,"
	    " iif(?13 <> '[]', ?13, coalesce(p.authors, '[]')),"
	    " iif(?14 <> '', ?14, coalesce(p.abstract, ''))"
	    " FROM (SELECT 1) LEFT JOIN version p ON p.id = ?15",
	    err);

	if (stmt == NULL)
		return -1;
	buf_reset(&store->authors);
	store_write_authors(entry, &store->authors);
	db_bind_int(stmt, 1, id);
	db_bind_int(stmt, 2, entry->version);
	db_bind_text(stmt, 3, str_from(cause));
	db_bind_int(stmt, 4, source);
	db_bind_int(stmt, 5, now);
	db_bind_blob(stmt, 6, hash, CRYPT_SHA256_BYTES);
	db_bind_text(stmt, 7, entry->comment);
	db_bind_text(stmt, 8, entry->journal_ref);
	db_bind_text(stmt, 9, entry->license);
	db_bind_text(stmt, 10, entry->organisation);
	db_bind_text(stmt, 11, entry->title);
	if (str_equal(entry->title, entry->title_raw))
		db_bind_null(stmt, 12);
	else
		db_bind_text(stmt, 12, entry->title_raw);
	db_bind_text(stmt, 13, buf_str(&store->authors));
	db_bind_text(stmt, 14, entry->abstract);
	db_bind_int(stmt, 15, previous);
	return db_run(stmt, err);
}

/* ---- an entry that nobody had listed ---- */

static struct str
join_categories(struct store *store, const struct entry *entry)
{
	buf_reset(&store->categories);
	for (size_t i = 0; i < entry->category_count; i++) {
		if (i > 0)
			buf_add_char(&store->categories, '\n');
		buf_add(&store->categories, entry->categories[i]);
	}
	return buf_str(&store->categories);
}

static int
add_entry(struct store *store, const struct entry *entry, int64_t now, int64_t *id, struct err *err)
{
	struct db_stmt *stmt = db_prepare(store->db,
	    "INSERT INTO entry (key, kind, number, published_at, updated_at, added_at, categories, "
	    "url,"
	    " pdf_url, code_url, project_url, discussion_url)"
	    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
	    err);

	if (stmt == NULL)
		return -1;
	db_bind_text(stmt, 1, entry_key(entry));
	db_bind_int(stmt, 2, entry->kind);
	db_bind_int(stmt, 3, entry->version);
	store_bind_instant(stmt, 4, entry->published_at);
	store_bind_instant(stmt, 5, entry->updated_at);
	db_bind_int(stmt, 6, now);
	db_bind_text(stmt, 7, join_categories(store, entry));
	db_bind_text(stmt, 8, entry->url);
	db_bind_text(stmt, 9, entry->pdf_url);
	db_bind_text(stmt, 10, entry->code_url);
	db_bind_text(stmt, 11, entry->project_url);
	db_bind_text(stmt, 12, entry->discussion_url);
	if (db_run(stmt, err) < 0)
		return -1;
	*id = db_last_id(store->db);
	return 0;
}

/* ---- an entry that is known ---- */

static int
load_known(struct store *store, int64_t id, const unsigned char *hash, struct known *known,
    struct err *err)
{
	struct db_stmt *stmt = db_prepare(store->db,
	    "SELECT v.id, v.source, e.number, v.hash = ?2, e.published_at IS NOT NULL, "
	    "e.updated_at,"
	    " e.categories, (e.url = '') * 1 + (e.pdf_url = '') * 2 + (e.code_url = '') * 4"
	    " + (e.project_url = '') * 8 + (e.discussion_url = '') * 16 + (v.comment = '') * 32"
	    " + (v.journal_ref = '') * 64 + (v.license = '') * 128 + (v.organisation = '') * 256"
	    " + (v.authors = '[]') * 512 + (v.abstract = '') * 1024"
	    " FROM entry e JOIN version v ON v.entry = e.id WHERE e.id = ?1"
	    " ORDER BY v.id DESC LIMIT 1",
	    err);

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, id);
	db_bind_blob(stmt, 2, hash, CRYPT_SHA256_BYTES);
	int found = db_step(stmt, err);
	if (found <= 0)
		return found < 0
		    ? -1
		    : err_set(err, EX_DATAERR, "store: entry %lld has no content; restore a backup",
		          (long long)id);
	*known = (struct known){
		.version = db_int(stmt, 0),
		.source = db_int(stmt, 1),
		.number = (int)db_int(stmt, 2),
		.is_same = db_int(stmt, 3) != 0,
		.has_published = db_int(stmt, 4) != 0,
		.updated_at = store_instant(stmt, 5),
		.empty = db_int(stmt, 7),
	};
	buf_reset(&store->categories);
	buf_add(&store->categories, db_text(stmt, 6));
	db_reset(stmt);
	return 0;
}

/* What the listing knows. */
static int64_t
said_by(const struct entry *entry)
{
	return (entry->url.len > 0) * FILL_URL + (entry->pdf_url.len > 0) * FILL_PDF_URL +
	    (entry->code_url.len > 0) * FILL_CODE_URL +
	    (entry->project_url.len > 0) * FILL_PROJECT_URL +
	    (entry->discussion_url.len > 0) * FILL_DISCUSSION_URL +
	    (entry->comment.len > 0) * FILL_COMMENT +
	    (entry->journal_ref.len > 0) * FILL_JOURNAL_REF +
	    (entry->license.len > 0) * FILL_LICENSE +
	    (entry->organisation.len > 0) * FILL_ORGANISATION +
	    (entry->author_count > 0) * FILL_AUTHORS + (entry->abstract.len > 0) * FILL_ABSTRACT;
}

static int
fill_entry(struct store *store, int64_t id, const struct entry *entry, struct err *err)
{
	struct db_stmt *stmt = db_prepare(store->db,
	    "UPDATE entry SET url = iif(url = '', ?2, url), pdf_url = iif(pdf_url = '', ?3, "
	    "pdf_url),"
	    " code_url = iif(code_url = '', ?4, code_url),"
	    " project_url = iif(project_url = '', ?5, project_url),"
	    " discussion_url = iif(discussion_url = '', ?6, discussion_url),"
	    " published_at = coalesce(published_at, ?7),"
	    " updated_at = iif(?8 > coalesce(updated_at, ?8 - 1), ?8, updated_at),"
	    " categories = ?9 WHERE id = ?1",
	    err);

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, id);
	db_bind_text(stmt, 2, entry->url);
	db_bind_text(stmt, 3, entry->pdf_url);
	db_bind_text(stmt, 4, entry->code_url);
	db_bind_text(stmt, 5, entry->project_url);
	db_bind_text(stmt, 6, entry->discussion_url);
	store_bind_instant(stmt, 7, entry->published_at);
	store_bind_instant(stmt, 8, entry->updated_at);
	db_bind_text(stmt, 9, buf_str(&store->categories));
	return db_run(stmt, err);
}

static int
fill_content(struct store *store, int64_t version, const struct entry *entry, struct err *err)
{
	struct db_stmt *stmt = db_prepare(store->db,
	    "UPDATE version SET comment = iif(comment = '', ?2, comment),"
	    " journal_ref = iif(journal_ref = '', ?3, journal_ref),"
	    " license = iif(license = '', ?4, license),"
	    " organisation = iif(organisation = '', ?5, organisation),"
	    " authors = iif(authors = '[]', ?6, authors),"
	    " abstract = iif(abstract = '', ?7, abstract) WHERE id = ?1",
	    err);

	if (stmt == NULL)
		return -1;
	buf_reset(&store->authors);
	store_write_authors(entry, &store->authors);
	db_bind_int(stmt, 1, version);
	db_bind_text(stmt, 2, entry->comment);
	db_bind_text(stmt, 3, entry->journal_ref);
	db_bind_text(stmt, 4, entry->license);
	db_bind_text(stmt, 5, entry->organisation);
	db_bind_text(stmt, 6, buf_str(&store->authors));
	db_bind_text(stmt, 7, entry->abstract);
	return db_run(stmt, err);
}

/* Adds the listing's categories to those in store->categories; whether there were new ones. */
static bool
unite_categories(struct store *store, const struct entry *entry)
{
	size_t before = store->categories.len;

	for (size_t i = 0; i < entry->category_count; i++) {
		struct str rest = buf_str(&store->categories), line;
		bool is_there = false;
		while (!is_there && str_next_line(&rest, &line))
			is_there = str_equal(line, entry->categories[i]);
		if (is_there)
			continue;
		if (store->categories.len > 0)
			buf_add_char(&store->categories, '\n');
		buf_add(&store->categories, entry->categories[i]);
	}
	return store->categories.len > before;
}

/*
 * Writes only where there is something to write: most entries of most days are known. What is said of
 * another content does not go into the present one.
 */
static int
fill(struct store *store, const struct known *known, const struct entry *entry,
    const struct store_put *put, struct err *err)
{
	int64_t wanted = known->empty & said_by(entry);
	bool has_categories = unite_categories(store, entry);
	bool has_dates = (!known->has_published && entry->published_at != DATE_NO_INSTANT) ||
	    entry->updated_at > known->updated_at;

	if ((has_categories || has_dates || (wanted & FILL_ENTRY) != 0) &&
	    fill_entry(store, put->entry, entry, err) < 0)
		return -1;
	if (put->change != STORE_UNCHANGED || (wanted & ~(int64_t)FILL_ENTRY) == 0)
		return 0;
	return fill_content(store, known->version, entry, err);
}

/* ---- versions ---- */

/*
 * The number of an entry whose number nobody knew: no news, it had that number all along.
 */
static int
learn_number(
    struct store *store, int64_t id, const struct known *known, int number, struct err *err)
{
	if (store_run(store, "UPDATE entry SET number = ?2 WHERE id = ?1", id, number, err) < 0)
		return -1;
	return store_run(
	    store, "UPDATE version SET number = ?2 WHERE id = ?1", known->version, number, err);
}

/* A higher version: whoever has had the entry is due an update. */
static int
add_higher_version(struct store *store, int64_t source, const struct entry *entry,
    const unsigned char *hash, const struct known *known, int64_t now, const struct store_put *put,
    struct err *err)
{
	int64_t id = put->entry;

	if (add_version(store, id, source, entry, "version", hash, known->version, now, err) < 0 ||
	    store_run(
	        store, "UPDATE entry SET number = ?2 WHERE id = ?1", id, entry->version, err) < 0)
		return -1;
	return store_run(store,
	    "INSERT OR IGNORE INTO update_due (audience, entry)"
	    " SELECT DISTINCT audience, ?1 FROM issue_entry WHERE entry = ?2",
	    id, id, err);
}

/* The same version told otherwise by the one who told it. It keeps its number. */
static int
add_edit(struct store *store, int64_t source, const struct entry *entry, const unsigned char *hash,
    const struct known *known, int64_t now, const struct store_put *put, struct err *err)
{
	struct entry edited = *entry;

	edited.version = known->number;
	return add_version(
	    store, put->entry, source, &edited, "edited", hash, known->version, now, err);
}

static enum store_change
change_of(const struct known *known, int64_t source, int number)
{
	if (number > known->number && known->number > 0)
		return STORE_NEW_VERSION;
	/* An older version, as a page that was saved some time ago has it. */
	if (number > 0 && number < known->number)
		return STORE_UNCHANGED;
	return !known->is_same && known->source == source ? STORE_EDITED : STORE_UNCHANGED;
}

static int
compare(struct store *store, int64_t source, const struct entry *entry, const unsigned char *hash,
    int64_t now, struct store_put *put, struct err *err)
{
	struct known known = { 0 };

	if (load_known(store, put->entry, hash, &known, err) < 0)
		return -1;
	put->change = change_of(&known, source, entry->version);
	if (known.number == 0 && entry->version > 0) {
		if (learn_number(store, put->entry, &known, entry->version, err) < 0)
			return -1;
		known.number = entry->version;
	}
	if (fill(store, &known, entry, put, err) < 0)
		return -1;
	if (put->change == STORE_NEW_VERSION)
		return add_higher_version(store, source, entry, hash, &known, now, put, err);
	if (put->change == STORE_EDITED)
		return add_edit(store, source, entry, hash, &known, now, put, err);
	return 0;
}

/* ---- sightings ---- */

static int
add_sighting(struct store *store, int64_t source, int64_t id, const struct entry *entry,
    int64_t now, struct err *err)
{
	bool is_dated = entry->listed_on != DATE_NO_DAY;
	struct db_stmt *stmt = db_prepare(store->db,
	    "INSERT INTO sighting (source, entry, listed_on, is_dated, announce, rank, votes,"
	    " comments, seen_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
	    err);

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, source);
	db_bind_int(stmt, 2, id);
	db_bind_int(stmt, 3, is_dated ? entry->listed_on : date_day_of(now));
	db_bind_int(stmt, 4, is_dated);
	db_bind_int(stmt, 5, entry->announce);
	db_bind_int(stmt, 6, entry->rank);
	store_bind_count(stmt, 7, entry->votes);
	store_bind_count(stmt, 8, entry->comments);
	db_bind_int(stmt, 9, now);
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
 * A listing without days lists an entry once, however often it is read; and when a source comes to
 * give days, or forgets to, that is no new listing of what it had listed before.
 */
static int
see(struct store *store, int64_t source, const struct entry *entry, int64_t now,
    struct store_put *put, struct err *err)
{
	struct db_stmt *stmt = db_prepare(store->db,
	    "SELECT id, (?4 > 0 AND ?4 <> rank) OR (?5 IS NOT NULL AND ?5 IS NOT votes)"
	    " OR (?6 IS NOT NULL AND ?6 IS NOT comments) FROM sighting"
	    " WHERE entry = ?1 AND source = ?2 AND (?3 IS NULL OR listed_on = ?3 OR is_dated = 0)"
	    " ORDER BY is_dated DESC, id DESC LIMIT 1",
	    err);

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, put->entry);
	db_bind_int(stmt, 2, source);
	store_bind_day(stmt, 3, entry->listed_on);
	db_bind_int(stmt, 4, entry->rank);
	store_bind_count(stmt, 5, entry->votes);
	store_bind_count(stmt, 6, entry->comments);
	int found = db_step(stmt, err);
	if (found < 0)
		return -1;
	put->is_known = found > 0;
	if (!put->is_known && see_earlier(store, source, entry, put, err) < 0)
		return -1;
	if (!put->is_known)
		return add_sighting(store, source, put->entry, entry, now, err);
	int64_t sighting = db_int(stmt, 0);
	bool has_changed = db_int(stmt, 1) != 0;
	db_reset(stmt);
	return has_changed ? update_sighting(store, sighting, entry, err) : 0;
}

int
store_put(struct store *store, int64_t source, const struct entry *entry, int64_t now,
    struct store_put *put, struct err *err)
{
	unsigned char hash[CRYPT_SHA256_BYTES];
	struct store_names names;

	if (entry->alias_count == 0)
		return err_set(err, EX_SOFTWARE, "store: an entry without a name");
	if (store_find_names(store, entry, &names, err) < 0)
		return -1;
	hash_content(store, entry, hash);
	*put = (struct store_put){ .entry = names.target.entry, .change = STORE_ADDED };
	if (put->entry != 0) {
		if (compare(store, source, entry, hash, now, put, err) < 0)
			return -1;
	} else if (add_entry(store, entry, now, &put->entry, err) < 0 ||
	    add_version(store, put->entry, source, entry, "first", hash, 0, now, err) < 0) {
		return -1;
	}
	if (store_learn_names(store, put->entry, entry, &names, err) < 0)
		return -1;
	return see(store, source, entry, now, put, err);
}
