/*
 * The content of entries: versions, edits, and what one source knows that another did not say.
 * Whose word counts: the archive's over anybody else's (for a paper of arXiv's, arXiv's listings,
 * feeds and dumps), and among equals that of the source which told it first. So two sources that
 * tell one paper in two ways never take turns.
 */
#include "content.h"

#include "digest/identity.h"

enum {
	FILL_URL = 1,
	FILL_PDF_URL = 2,
	FILL_CODE_URL = 4,
	FILL_PROJECT_URL = 8,
	FILL_DISCUSSION_URL = 16,
	FILL_IMAGE_URL = 2048,
	FILL_ENTRY = 31 + FILL_IMAGE_URL, /* these are the entry's, what follows its content's */
	FILL_COMMENT = 32,
	FILL_JOURNAL_REF = 64,
	FILL_LICENSE = 128,
	FILL_ORGANISATION = 256,
	FILL_AUTHORS = 512,
	FILL_ABSTRACT = 1024,
};

/* What is longer than an abstract ever is, is the whole article, as some feeds have it. */
enum { ABSTRACT_BYTES_MOST = 4000 };

/* What is known of an entry, as far as the diff needs it. */
struct known {
	int64_t version; /* the row of its content */
	int64_t source; /* whose content that is */
	int64_t abstract_source; /* whose abstract */
	int64_t withdrawn_by; /* who said that it was taken back; 0 for nobody */
	size_t abstract_len;
	int number; /* the highest arXiv version heard of; 0 for none */
	bool is_same; /* the content's hash is that of the listing */
	bool is_archive, is_past;
	int64_t wanted; /* a bit of FILL_… for each thing that the listing would fill in */
	int64_t published_at, updated_at;
};

/* ---- what a word is worth ---- */

/*
 * Who gives arXiv's categories speaks for arXiv: its API, feeds, OAI records, listings and dumps
 * do, those who list its papers under their own heads do not.
 */
static bool
is_of_archive(const struct entry *entry)
{
	return str_starts(entry_key(entry), "arxiv:") && entry->category_count > 0 &&
	    identity_is_arxiv_category(entry->categories[0]);
}

void
store_weigh(struct store *store, struct store_listed *listed)
{
	buf_reset(&store->content);
	entry_add_content(listed->entry, &store->content);
	crypt_sha256(buf_str(&store->content), listed->hash);
	listed->is_archive = is_of_archive(listed->entry);
	listed->is_withdrawn = entry_says_withdrawn(listed->entry);
}

/* Noticeably longer; a space or a TeX command more is none. */
static bool
is_longer(size_t len, size_t other)
{
	return len > other + other / 10 && len <= ABSTRACT_BYTES_MOST;
}

/* ---- rows of versions ---- */

struct str
store_join_categories(struct store *store, const struct entry *entry)
{
	buf_reset(&store->categories);
	for (size_t i = 0; i < entry->category_count; i++) {
		if (i > 0)
			buf_add_char(&store->categories, '\n');
		buf_add(&store->categories, entry->categories[i]);
	}
	return buf_str(&store->categories);
}

static void
bind_source(struct db_stmt *stmt, int index, int64_t source)
{
	if (source == 0)
		db_bind_null(stmt, index);
	else
		db_bind_int(stmt, index, source);
}

/* A row of content: what the listing says, and where it says nothing, what `previous` does. */
struct row {
	const char *cause;
	int number;
	int64_t previous; /* a row, or 0 */
	bool keeps_abstract; /* that of the previous row */
	int64_t abstract_source; /* 0: the listing's */
};

static void
bind_content(struct store *store, struct db_stmt *stmt, const struct entry *entry)
{
	buf_reset(&store->authors);
	store_write_authors(entry, &store->authors);
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
}

static int
add_row(struct store *store, int64_t id, const struct store_listed *listed, const struct row *row,
    struct err *err)
{
	static const char *const first =
	    "INSERT INTO version (entry, number, cause, source, seen_at, hash, comment, "
	    "journal_ref, license, organisation, title, title_raw, authors, abstract, is_archive,"
	    " is_past, abstract_source)"
	    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)";
	static const char *const next =
	    "INSERT INTO version (entry, number, cause, source, seen_at, hash, comment, "
	    "journal_ref, license, organisation, title, title_raw, authors, abstract, is_archive,"
	    " is_past, abstract_source)"
	    " SELECT ?1, ?2, ?3, ?4, ?5, ?6, iif(?7 <> '', ?7, comment),"
	    " iif(?8 <> '', ?8, journal_ref), iif(?9 <> '', ?9, license),"
	    " iif(?10 <> '', ?10, organisation), ?11, ?12, iif(?13 <> '[]', ?13, authors),"
	    " iif(?14 <> '' AND NOT ?19, ?14, abstract), ?15, ?16, ?17"
	    " FROM version WHERE id = ?18";
	struct db_stmt *stmt;

	if (row->previous != 0 && store_unindex(store, id, err) < 0)
		return -1;
	stmt = db_prepare(store->db, row->previous != 0 ? next : first, err);
	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, id);
	db_bind_int(stmt, 2, row->number);
	db_bind_text(stmt, 3, str_from(row->cause));
	db_bind_int(stmt, 4, listed->source);
	db_bind_int(stmt, 5, listed->now);
	db_bind_blob(stmt, 6, listed->hash, CRYPT_SHA256_BYTES);
	bind_content(store, stmt, listed->entry);
	db_bind_int(stmt, 15, listed->is_archive);
	db_bind_int(stmt, 16, listed->is_past);
	bind_source(stmt, 17, row->abstract_source);
	if (row->previous != 0) {
		db_bind_int(stmt, 18, row->previous);
		db_bind_int(stmt, 19, row->keeps_abstract);
	}
	return db_run(stmt, err);
}

int
store_add_first(struct store *store, int64_t id, const struct store_listed *listed, struct err *err)
{
	struct row row = { .cause = "first", .number = listed->entry->version };

	if (add_row(store, id, listed, &row, err) < 0)
		return -1;
	return store_index(store, id, listed->entry, err);
}

/* The content the listing tells, as the newest of an entry that has one. */
static int
add_told(struct store *store, int64_t id, const struct store_listed *listed,
    const struct known *known, const char *cause, int number, bool keeps_abstract, struct err *err)
{
	struct row row = {
		.cause = cause,
		.number = number,
		.previous = known->version,
		.keeps_abstract = keeps_abstract,
	};

	if ((keeps_abstract || listed->entry->abstract.len == 0) && known->abstract_len > 0 &&
	    known->abstract_source != listed->source)
		row.abstract_source = known->abstract_source;
	return add_row(store, id, listed, &row, err);
}

/* The present content once more: of a higher version, or with the listing's longer abstract. */
static int
add_copy(struct store *store, const struct store_listed *listed, const struct known *known,
    const char *cause, int number, bool has_abstract, struct err *err)
{
	struct db_stmt *stmt = db_prepare(store->db,
	    "INSERT INTO version (entry, number, cause, source, seen_at, hash, comment, "
	    "journal_ref, license, organisation, title, title_raw, authors, abstract, is_archive,"
	    " is_past, abstract_source)"
	    " SELECT entry, ?2, ?3, source, ?4, hash, comment, journal_ref, license, organisation,"
	    " title, title_raw, authors, iif(?5, ?6, abstract), is_archive, ?7,"
	    " iif(?5, ?8, abstract_source) FROM version WHERE id = ?1",
	    err);

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, known->version);
	db_bind_int(stmt, 2, number);
	db_bind_text(stmt, 3, str_from(cause));
	db_bind_int(stmt, 4, listed->now);
	db_bind_int(stmt, 5, has_abstract);
	db_bind_text(stmt, 6, listed->entry->abstract);
	db_bind_int(stmt, 7, listed->is_past);
	db_bind_int(stmt, 8, listed->source);
	return db_run(stmt, err);
}

/* ---- what is known ---- */

/* What the listing knows. */
static int64_t
said_by(const struct entry *entry)
{
	return (entry->url.len > 0) * FILL_URL + (entry->pdf_url.len > 0) * FILL_PDF_URL +
	    (entry->code_url.len > 0) * FILL_CODE_URL +
	    (entry->project_url.len > 0) * FILL_PROJECT_URL +
	    (entry->discussion_url.len > 0) * FILL_DISCUSSION_URL +
	    (entry->image_url.len > 0) * FILL_IMAGE_URL + (entry->comment.len > 0) * FILL_COMMENT +
	    (entry->journal_ref.len > 0) * FILL_JOURNAL_REF +
	    (entry->license.len > 0) * FILL_LICENSE +
	    (entry->organisation.len > 0) * FILL_ORGANISATION +
	    (entry->author_count > 0) * FILL_AUTHORS + (entry->abstract.len > 0) * FILL_ABSTRACT;
}

static void
read_known(struct db_stmt *stmt, const struct entry *entry, struct known *known)
{
	*known = (struct known){
		.version = db_int(stmt, 0),
		.source = db_int(stmt, 1),
		.abstract_source = db_is_null(stmt, 2) ? db_int(stmt, 1) : db_int(stmt, 2),
		.abstract_len = (size_t)db_int(stmt, 3),
		.is_archive = db_int(stmt, 4) != 0,
		.is_past = db_int(stmt, 5) != 0,
		.is_same = db_int(stmt, 6) != 0,
		.number = (int)db_int(stmt, 7),
		.published_at = store_instant(stmt, 8),
		.updated_at = store_instant(stmt, 9),
		.withdrawn_by = db_int(stmt, 10),
		.wanted = db_int(stmt, 12) & said_by(entry),
	};
}

/*
 * Where code and project are found is known best to those who count votes: their links are kept up
 * by the authors.
 */
static int
load_known(struct store *store, int64_t id, const struct store_listed *listed, struct known *known,
    struct err *err)
{
	const struct entry *entry = listed->entry;
	struct db_stmt *stmt = db_prepare(store->db,
	    "SELECT v.id, v.source, v.abstract_source, length(CAST(v.abstract AS BLOB)), "
	    "v.is_archive,"
	    " v.is_past, v.hash = ?2, e.number, e.published_at, e.updated_at, e.withdrawn_by,"
	    " e.categories, (e.url = '') * 1 + (e.pdf_url = '') * 2"
	    " + (e.code_url = '' OR (?3 AND e.code_url <> ?4)) * 4"
	    " + (e.project_url = '' OR (?3 AND e.project_url <> ?5)) * 8"
	    " + (e.discussion_url = '') * 16 + (v.comment = '') * 32"
	    " + (v.journal_ref = '') * 64 + (v.license = '') * 128 + (v.organisation = '') * 256"
	    " + (v.authors = '[]') * 512 + (v.abstract = '') * 1024"
	    " + (e.image_url = '') * 2048"
	    " FROM entry e JOIN version v ON v.entry = e.id WHERE e.id = ?1"
	    " ORDER BY v.id DESC LIMIT 1",
	    err);

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, id);
	db_bind_blob(stmt, 2, listed->hash, CRYPT_SHA256_BYTES);
	db_bind_int(stmt, 3, entry->votes >= 0);
	db_bind_text(stmt, 4, entry->code_url);
	db_bind_text(stmt, 5, entry->project_url);
	int found = db_step(stmt, err);
	if (found <= 0)
		return found < 0
		    ? -1
		    : err_set(err, EX_DATAERR, "store: entry %lld has no content; restore a backup",
		          (long long)id);
	read_known(stmt, entry, known);
	buf_reset(&store->categories);
	buf_add(&store->categories, db_text(stmt, 11));
	db_reset(stmt);
	return 0;
}

/* ---- filling in ---- */

static int
fill_entry(struct store *store, int64_t id, const struct entry *entry, struct err *err)
{
	struct db_stmt *stmt = db_prepare(store->db,
	    "UPDATE entry SET url = iif(url = '', ?2, url), pdf_url = iif(pdf_url = '', ?3, "
	    "pdf_url),"
	    " code_url = iif(?4 <> '' AND (code_url = '' OR ?10), ?4, code_url),"
	    " project_url = iif(?5 <> '' AND (project_url = '' OR ?10), ?5, project_url),"
	    " discussion_url = iif(discussion_url = '', ?6, discussion_url),"
	    " image_url = iif(image_url = '', ?11, image_url),"
	    " published_at = iif(published_at IS NULL OR ?7 / 86400 < published_at / 86400,"
	    "  coalesce(?7, published_at), published_at),"
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
	db_bind_int(stmt, 10, entry->votes >= 0);
	db_bind_text(stmt, 11, entry->image_url);
	return db_run(stmt, err);
}

static int
fill_content(struct store *store, int64_t id, int64_t version, const struct store_listed *listed,
    struct err *err)
{
	const struct entry *entry = listed->entry;
	struct db_stmt *stmt = db_prepare(store->db,
	    "UPDATE version SET comment = iif(comment = '', ?2, comment),"
	    " journal_ref = iif(journal_ref = '', ?3, journal_ref),"
	    " license = iif(license = '', ?4, license),"
	    " organisation = iif(organisation = '', ?5, organisation),"
	    " authors = iif(authors = '[]', ?6, authors),"
	    " abstract_source = iif(abstract = '' AND ?7 <> '' AND source <> ?8, ?8,"
	    "  abstract_source), abstract = iif(abstract = '', ?7, abstract) WHERE id = ?1",
	    err);

	if (stmt == NULL || store_unindex(store, id, err) < 0)
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
	db_bind_int(stmt, 8, listed->source);
	return db_run(stmt, err);
}

static bool
has_line(struct str text, struct str wanted)
{
	struct str line;

	while (str_next_line(&text, &line)) {
		if (str_equal(line, wanted))
			return true;
	}
	return false;
}

static void
add_line(struct buf *out, struct str line)
{
	if (out->len > 0)
		buf_add_char(out, '\n');
	buf_add(out, line);
}

/*
 * Unites the listing's categories with those in store->categories, which are the first ones unless
 * `is_first` says so of the listing's. Whether that changed anything.
 */
static bool
unite_categories(struct store *store, const struct entry *entry, bool is_first)
{
	struct buf *known = &store->categories, *united = &store->content;
	struct str rest = buf_str(known), line;

	buf_reset(united);
	for (size_t i = 0; is_first && i < entry->category_count; i++)
		add_line(united, entry->categories[i]);
	while (str_next_line(&rest, &line)) {
		if (!has_line(buf_str(united), line))
			add_line(united, line);
	}
	for (size_t i = 0; !is_first && i < entry->category_count; i++) {
		if (!has_line(buf_str(united), entry->categories[i]))
			add_line(united, entry->categories[i]);
	}
	if (str_equal(buf_str(united), buf_str(known)))
		return false;
	buf_reset(known);
	buf_add(known, buf_str(united));
	return true;
}

/* Dates of one day are the same to readers, and the more exact one may be known. */
static bool
is_earlier(int64_t instant, int64_t known)
{
	return instant != DATE_NO_INSTANT &&
	    (known == DATE_NO_INSTANT || date_day_of(instant) < date_day_of(known));
}

/*
 * Writes only where there is something to write: most entries of most days are known. What is said
 * of another version's content does not go into the present one.
 */
static int
fill(struct store *store, const struct known *known, const struct store_listed *listed,
    const struct store_put *put, struct err *err)
{
	const struct entry *entry = listed->entry;
	bool is_first = listed->is_archive && !known->is_archive;
	bool has_categories = unite_categories(store, entry, is_first);
	bool has_dates = is_earlier(entry->published_at, known->published_at) ||
	    entry->updated_at > known->updated_at;
	bool is_present = entry->version == 0 || entry->version == known->number;

	if (has_categories && store_unindex(store, put->entry, err) < 0)
		return -1;
	if ((has_categories || has_dates || (known->wanted & FILL_ENTRY) != 0) &&
	    fill_entry(store, put->entry, entry, err) < 0)
		return -1;
	if (put->change != STORE_UNCHANGED || !is_present ||
	    (known->wanted & ~(int64_t)FILL_ENTRY) == 0)
		return 0;
	return fill_content(store, put->entry, known->version, listed, err);
}

/* ---- updates that are due ---- */

/* Whoever has had the entry is due to hear of it, unless this is of the past. */
static int
make_due(struct store *store, const struct store_listed *listed, int64_t id, struct err *err)
{
	if (listed->is_past)
		return 0;
	return store_run(store,
	    "INSERT OR IGNORE INTO update_due (audience, entry)"
	    " SELECT audience, ?1 FROM issue_entry WHERE entry = ?2"
	    " UNION SELECT a.id, ?1 FROM issue_entry i JOIN audience a ON a.heir_of = i.audience"
	    "  AND i.issue <= a.heir_through WHERE i.entry = ?2",
	    id, id, err);
}

int
store_withdraw(struct store *store, const struct store_listed *listed, const struct store_put *put,
    struct err *err)
{
	struct db_stmt *stmt = db_prepare(store->db,
	    "UPDATE entry SET withdrawn_at = ?2, withdrawn_by = ?3"
	    " WHERE id = ?1 AND withdrawn_at IS NULL",
	    err);

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, put->entry);
	db_bind_int(stmt, 2, listed->now);
	db_bind_int(stmt, 3, listed->source);
	return db_run(stmt, err) < 0 ? -1 : make_due(store, listed, put->entry, err);
}

/*
 * A paper is there again when the source that took it back lists it as ever, or the archive has a
 * higher version which does not say so.
 */
static int
note_withdrawal(struct store *store, const struct store_listed *listed, const struct known *known,
    const struct store_put *put, struct err *err)
{
	int number = listed->entry->version;
	bool counts = listed->source == known->source || listed->is_archive >= known->is_archive;
	bool is_present = number == 0 || number >= known->number;

	if (!counts || !is_present)
		return 0;
	if (listed->is_withdrawn)
		return known->withdrawn_by == 0 ? store_withdraw(store, listed, put, err) : 0;
	if (known->withdrawn_by == 0 ||
	    (put->change != STORE_NEW_VERSION && listed->source != known->withdrawn_by))
		return 0;
	return store_run_for(store,
	    "UPDATE entry SET withdrawn_at = NULL, withdrawn_by = NULL WHERE id = ?1", put->entry,
	    err);
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

/* A higher version. Who is not the archive may know of it, but not what it says. */
static int
add_higher_version(struct store *store, const struct store_listed *listed,
    const struct known *known, const struct store_put *put, struct err *err)
{
	int number = listed->entry->version;
	int status;

	if (listed->is_archive >= known->is_archive)
		status = add_told(store, put->entry, listed, known, "version", number, false, err);
	else
		status = add_copy(store, listed, known, "version", number, false, err);
	if (status < 0 ||
	    store_run(
	        store, "UPDATE entry SET number = ?2 WHERE id = ?1", put->entry, number, err) < 0)
		return -1;
	return make_due(store, listed, put->entry, err);
}

/* The same version told otherwise by the one who told it. It keeps its number. */
static int
add_edit(struct store *store, const struct store_listed *listed, const struct known *known,
    const struct store_put *put, struct err *err)
{
	bool keeps_abstract = known->abstract_source != listed->source &&
	    is_longer(known->abstract_len, listed->entry->abstract.len);

	return add_told(
	    store, put->entry, listed, known, "edited", known->number, keeps_abstract, err);
}

/* Whether a reader would see a difference to the present content: 1, 0, or -1. */
static int
is_told_otherwise(struct store *store, const struct store_listed *listed, const struct known *known,
    bool keeps_abstract, struct err *err)
{
	const struct entry *entry = listed->entry;
	struct db_stmt *stmt = db_prepare(store->db,
	    "SELECT title <> ?2 OR (authors <> '[]' AND ?3 <> '[]' AND authors <> ?3)"
	    " OR (comment <> '' AND ?4 <> '' AND comment <> ?4)"
	    " OR (journal_ref <> '' AND ?5 <> '' AND journal_ref <> ?5)"
	    " OR (abstract <> '' AND ?6 <> '' AND abstract <> ?6) FROM version WHERE id = ?1",
	    err);

	if (stmt == NULL)
		return -1;
	buf_reset(&store->authors);
	store_write_authors(entry, &store->authors);
	db_bind_int(stmt, 1, known->version);
	db_bind_text(stmt, 2, entry->title);
	db_bind_text(stmt, 3, buf_str(&store->authors));
	db_bind_text(stmt, 4, entry->comment);
	db_bind_text(stmt, 5, entry->journal_ref);
	db_bind_text(stmt, 6, keeps_abstract ? STR("") : entry->abstract);
	if (db_step(stmt, err) < 0)
		return -1;
	int is_otherwise = db_int(stmt, 0) != 0;
	db_reset(stmt);
	return is_otherwise;
}

/* The archive speaks of what others had told: from now on its word counts. */
static int
take_over(struct store *store, const struct store_listed *listed, const struct known *known,
    struct store_put *put, struct err *err)
{
	bool keeps_abstract = is_longer(known->abstract_len, listed->entry->abstract.len);
	int is_otherwise = is_told_otherwise(store, listed, known, keeps_abstract, err);

	if (is_otherwise < 0)
		return -1;
	if (is_otherwise > 0) {
		put->change = STORE_EDITED;
		return add_told(
		    store, put->entry, listed, known, "edited", known->number, keeps_abstract, err);
	}
	struct db_stmt *stmt = db_prepare(store->db,
	    "UPDATE version SET hash = ?2, abstract_source = iif(coalesce(abstract_source, source)"
	    " <> ?3 AND (?4 OR ?5), coalesce(abstract_source, source), NULL), source = ?3,"
	    " is_archive = 1 WHERE id = ?1",
	    err);
	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, known->version);
	db_bind_blob(stmt, 2, listed->hash, CRYPT_SHA256_BYTES);
	db_bind_int(stmt, 3, listed->source);
	db_bind_int(stmt, 4, keeps_abstract);
	db_bind_int(stmt, 5, listed->entry->abstract.len == 0);
	return db_run(stmt, err);
}

/* The same version, told by somebody: whose word counts, and what it adds. */
static int
compare_same(struct store *store, const struct store_listed *listed, const struct known *known,
    struct store_put *put, struct err *err)
{
	if (listed->source == known->source && listed->is_archive >= known->is_archive) {
		if (known->is_same)
			return 0;
		put->change = STORE_EDITED;
		return add_edit(store, listed, known, put, err);
	}
	if (listed->is_archive && !known->is_archive)
		return take_over(store, listed, known, put, err);
	if (listed->is_archive != known->is_archive || known->abstract_len == 0 ||
	    listed->entry->kind != ENTRY_PAPER ||
	    !is_longer(listed->entry->abstract.len, known->abstract_len))
		return 0;
	put->change = STORE_EDITED;
	if (store_unindex(store, put->entry, err) < 0)
		return -1;
	return add_copy(store, listed, known, "edited", known->number, true, err);
}

/*
 * What was only looked up arrives by itself: now those who had the version before may hear of it.
 */
static int
arrive(struct store *store, const struct store_listed *listed, const struct known *known,
    const struct store_put *put, struct err *err)
{
	int number = listed->entry->version;

	if (!known->is_past || listed->is_past || (number != 0 && number < known->number))
		return 0;
	if (store_run_for(
	        store, "UPDATE version SET is_past = 0 WHERE id = ?1", known->version, err) < 0)
		return -1;
	return make_due(store, listed, put->entry, err);
}

int
store_compare(
    struct store *store, const struct store_listed *listed, struct store_put *put, struct err *err)
{
	int number = listed->entry->version;
	struct known known = { 0 };

	if (load_known(store, put->entry, listed, &known, err) < 0)
		return -1;
	put->change = STORE_UNCHANGED;
	if (known.number == 0 && number > 0) {
		if (learn_number(store, put->entry, &known, number, err) < 0)
			return -1;
		known.number = number;
	}
	if (arrive(store, listed, &known, put, err) < 0)
		return -1;
	/* An older version, as a page that was saved some time ago has it, changes nothing. */
	if (number > known.number) {
		put->change = STORE_NEW_VERSION;
		if (add_higher_version(store, listed, &known, put, err) < 0)
			return -1;
	} else if ((number == 0 || number == known.number) &&
	    compare_same(store, listed, &known, put, err) < 0) {
		return -1;
	}
	if (fill(store, &known, listed, put, err) < 0)
		return -1;
	return note_withdrawal(store, listed, &known, put, err);
}
