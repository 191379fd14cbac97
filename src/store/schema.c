/*
 * The schema, in one place: the tables of the store and of the ledger, the views that people may
 * query, and how an older schema becomes the present one. It knows no rows.
 */
#include "store_internal.h"

#include "digest/crypt.h"

#include <limits.h>

/* "Dgst", as file(1) and `PRAGMA application_id` see it. */
enum { APPLICATION_ID = 0x44677374, SECRET_BYTES = 32 };

/* ---- the first schema ---- */

/*
 * Days are counts since 1970-01-01, instants are seconds since then; what is not known is NULL, or
 * 0 and "" where that says as much. Numbers of states, sections and kinds are those of the enums.
 */
static const char entry_tables[] =
    "CREATE TABLE meta ("
    "	key TEXT PRIMARY KEY,"
    "	value TEXT NOT NULL"
    ") STRICT, WITHOUT ROWID;"

    /* enum source_verdict */
    "CREATE TABLE source ("
    "	id INTEGER PRIMARY KEY,"
    "	spec TEXT NOT NULL UNIQUE,"
    "	name TEXT NOT NULL,"
    "	etag TEXT NOT NULL DEFAULT '',"
    "	last_modified TEXT NOT NULL DEFAULT '',"
    "	complete_through INTEGER,"
    "	newest_day INTEGER,"
    "	last_attempt INTEGER,"
    "	last_success INTEGER,"
    "	not_before INTEGER,"
    "	fresh_until INTEGER,"
    "	cursor TEXT NOT NULL DEFAULT '',"
    "	title TEXT NOT NULL DEFAULT '',"
    "	moved_to TEXT NOT NULL DEFAULT '',"
    "	is_gone INTEGER NOT NULL DEFAULT 0 CHECK (is_gone IN (0, 1)),"
    "	failures INTEGER NOT NULL DEFAULT 0 CHECK (failures >= 0),"
    "	verdict INTEGER NOT NULL DEFAULT 0 CHECK (verdict BETWEEN 0 AND 10)"
    ") STRICT;"

    /* What each listing day of a source amounted to when it was read last. */
    "CREATE TABLE listing ("
    "	source INTEGER NOT NULL REFERENCES source,"
    "	listed_on INTEGER NOT NULL,"
    "	verdict INTEGER NOT NULL CHECK (verdict BETWEEN 0 AND 10),"
    "	entry_count INTEGER NOT NULL CHECK (entry_count >= 0),"
    "	checked_at INTEGER NOT NULL,"
    "	PRIMARY KEY (source, listed_on)"
    ") STRICT, WITHOUT ROWID;"

    /*
     * `number` is the highest arXiv version heard of, 0 for none. An entry that turned out to be
     * another one stays for the issues that held it, and names that one in `merged_into`.
     */
    "CREATE TABLE entry ("
    "	id INTEGER PRIMARY KEY,"
    "	key TEXT NOT NULL,"
    "	kind INTEGER NOT NULL CHECK (kind IN (0, 1)),"
    "	number INTEGER NOT NULL CHECK (number >= 0),"
    "	published_at INTEGER,"
    "	updated_at INTEGER,"
    "	added_at INTEGER NOT NULL,"
    "	merged_into INTEGER REFERENCES entry,"
    "	withdrawn_at INTEGER," /* when that was heard, and from whom */
    "	withdrawn_by INTEGER REFERENCES source,"
    "	categories TEXT NOT NULL," /* one a line */
    "	url TEXT NOT NULL,"
    "	pdf_url TEXT NOT NULL,"
    "	code_url TEXT NOT NULL,"
    "	project_url TEXT NOT NULL,"
    "	discussion_url TEXT NOT NULL,"
    "	image_url TEXT NOT NULL DEFAULT ''"
    ") STRICT;"

    /*
     * The content of an entry; the newest row is what is shown. `hash` is over what the source
     * said, before other sources filled in what it did not say. `title_raw` is NULL when it is the
     * title. is_archive when that is the archive's own word, which counts more than others';
     * `abstract_source` names another source when the abstract is its. What was looked up is_past
     * (see sighting).
     */
    "CREATE TABLE version ("
    "	id INTEGER PRIMARY KEY,"
    "	entry INTEGER NOT NULL REFERENCES entry,"
    "	number INTEGER NOT NULL CHECK (number >= 0),"
    "	cause TEXT NOT NULL CHECK (cause IN ('first', 'version', 'edited')),"
    "	source INTEGER NOT NULL REFERENCES source,"
    "	seen_at INTEGER NOT NULL,"
    "	hash BLOB NOT NULL CHECK (length(hash) = 32),"
    "	is_archive INTEGER NOT NULL CHECK (is_archive IN (0, 1)),"
    "	is_past INTEGER NOT NULL CHECK (is_past IN (0, 1)),"
    "	abstract_source INTEGER REFERENCES source,"
    "	comment TEXT NOT NULL,"
    "	journal_ref TEXT NOT NULL,"
    "	license TEXT NOT NULL,"
    "	organisation TEXT NOT NULL,"
    "	title TEXT NOT NULL,"
    "	title_raw TEXT,"
    "	authors TEXT NOT NULL," /* JSON: [{\"name\", \"affiliation\", \"hidden\"}, …] */
    "	abstract TEXT NOT NULL"
    ") STRICT;"
    "CREATE INDEX version_entry ON version (entry);"

    "CREATE TABLE alias ("
    "	key TEXT PRIMARY KEY,"
    "	entry INTEGER NOT NULL REFERENCES entry"
    ") STRICT, WITHOUT ROWID;"
    "CREATE INDEX alias_entry ON alias (entry);"

    /*
     * Numbered in the order of arrival, and no number is given twice. A listing without a day is
     * listed on the day it was first seen (UTC), and is_dated is 0. What somebody looked up in the
     * past (a backfill, an import) is_past and is nobody's news, until it arrives by itself.
     */
    "CREATE TABLE sighting ("
    "	id INTEGER PRIMARY KEY AUTOINCREMENT,"
    "	source INTEGER NOT NULL REFERENCES source,"
    "	entry INTEGER NOT NULL REFERENCES entry,"
    "	listed_on INTEGER NOT NULL,"
    "	is_dated INTEGER NOT NULL CHECK (is_dated IN (0, 1)),"
    "	is_past INTEGER NOT NULL DEFAULT 0 CHECK (is_past IN (0, 1)),"
    "	announce INTEGER NOT NULL CHECK (announce BETWEEN 0 AND 4)," /* enum entry_announce */
    "	rank INTEGER NOT NULL,"
    "	votes INTEGER,"
    "	comments INTEGER,"
    "	seen_at INTEGER NOT NULL"
    ") STRICT;"
    "CREATE UNIQUE INDEX sighting_once ON sighting (entry, source, listed_on);"
    "CREATE INDEX sighting_day ON sighting (source, is_past, listed_on);"
    /* With the row number after it: what a source brought since. */
    "CREATE INDEX sighting_source ON sighting (source) WHERE is_past = 0;"

    /* How far a file that is being imported was read; `identity` is a digest of what is in it. */
    "CREATE TABLE import ("
    "	identity TEXT PRIMARY KEY,"
    "	path TEXT NOT NULL,"
    "	offset INTEGER NOT NULL,"
    "	item_count INTEGER NOT NULL,"
    "	at INTEGER NOT NULL"
    ") STRICT, WITHOUT ROWID;";

/*
 * What a run of some scope (a crontab line, as it were) complained of. An end that was told is kept
 * for a day: what comes back until then comes and goes, and has ended when it was not seen for a
 * day.
 */
static const char complaint_table[] =
    "CREATE TABLE complaint ("
    "	scope TEXT NOT NULL,"
    "	cause TEXT NOT NULL," /* the source, or the text without its numbers */
    "	text TEXT NOT NULL,"
    "	words TEXT NOT NULL," /* the texts it was told in, without their numbers, each on a line */
    "	since INTEGER NOT NULL,"
    "	told_at INTEGER NOT NULL,"
    "	seen_at INTEGER NOT NULL,"
    "	ended_at INTEGER," /* when its end was told */
    "	returns INTEGER NOT NULL DEFAULT 0," /* how often it came back */
    "	PRIMARY KEY (scope, cause)"
    ") STRICT, WITHOUT ROWID;";

/*
 * Sources and delivery hosts that fail, from their first failure on until the owner knows that it
 * is over. What is told is what stands here since it was owed, so a mail that is sent again is the
 * same.
 */
static const char health_table[] =
    "CREATE TABLE health ("
    "	kind INTEGER NOT NULL CHECK (kind IN (0, 1))," /* enum store_health_kind */
    "	subject TEXT NOT NULL," /* a source's spec, a transport's URL */
    "	name TEXT NOT NULL,"
    "	failures INTEGER NOT NULL," /* runs in a row */
    "	since INTEGER NOT NULL,"
    "	reason TEXT NOT NULL,"
    "	ended_at INTEGER,"
    "	owed_at INTEGER," /* when a mail about it came to be owed */
    "	told INTEGER NOT NULL CHECK (told BETWEEN 0 AND 3)," /* enum store_health_told */
    "	is_known INTEGER NOT NULL CHECK (is_known IN (0, 1))," /* its beginning was told */
    "	PRIMARY KEY (kind, subject)"
    ") STRICT, WITHOUT ROWID;";

/*
 * What was said of papers; `list` is '' for all lists. `key` is a name of it (see alias). What no
 * source has listed has its text here. What was learned of it is kept while it is fresh.
 */
static const char liking_tables[] =
    "CREATE TABLE liking ("
    "	list TEXT NOT NULL,"
    "	key TEXT NOT NULL,"
    "	is_liked INTEGER NOT NULL CHECK (is_liked IN (0, 1)),"
    "	at INTEGER NOT NULL,"
    "	title TEXT NOT NULL,"
    "	authors TEXT NOT NULL," /* as a version's */
    "	abstract TEXT NOT NULL,"
    "	PRIMARY KEY (list, key)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE TABLE liking_model ("
    "	identity TEXT PRIMARY KEY," /* a digest of what it was learned from */
    "	made_at INTEGER NOT NULL,"
    "	bytes BLOB NOT NULL" /* packed */
    ") STRICT;";

static const char reader_tables[] =
    /*
     * `configured` is a digest of the readers that the configuration named when they were last
     * learned.
     */
    "CREATE TABLE list ("
    "	id INTEGER PRIMARY KEY,"
    "	key TEXT NOT NULL UNIQUE,"
    "	configured TEXT NOT NULL DEFAULT ''"
    ") STRICT;"

    /*
     * '' is the list's plain recipients together. A reader who gets settings of his own has had
     * what `heir_of` had in its issues up to number `heir_through`. `mailbox` is the address as it
     * is compared, here and below.
     */
    "CREATE TABLE audience ("
    "	id INTEGER PRIMARY KEY,"
    "	list INTEGER NOT NULL REFERENCES list,"
    "	address TEXT NOT NULL,"
    "	mailbox TEXT NOT NULL,"
    "	done_at INTEGER," /* when its day was last brought to an end */
    "	heir_of INTEGER REFERENCES audience,"
    "	heir_through INTEGER NOT NULL DEFAULT 0,"
    "	UNIQUE (list, mailbox)"
    ") STRICT;"
    "CREATE INDEX audience_heir ON audience (heir_of) WHERE heir_of IS NOT NULL;"

    /*
     * How far an audience has looked at a source: at every sighting up to number `through` that was
     * listed on `until_day` or before. It began with the listing of `since_day`, and what is listed
     * on earlier days is before its time, whenever it arrives.
     */
    "CREATE TABLE audience_source ("
    "	audience INTEGER NOT NULL REFERENCES audience,"
    "	source INTEGER NOT NULL REFERENCES source,"
    "	since_day INTEGER NOT NULL,"
    "	until_day INTEGER NOT NULL,"
    "	through INTEGER NOT NULL,"
    "	PRIMARY KEY (audience, source)"
    ") STRICT, WITHOUT ROWID;"

    /*
     * enum message_kind. `audience` is NULL for a plain recipient, else whose selection it is that
     * he gets. `settings` are the list's keys that he has other values for, as "key = value", one a
     * line.
     */
    "CREATE TABLE recipient ("
    "	id INTEGER PRIMARY KEY,"
    "	list INTEGER NOT NULL REFERENCES list,"
    "	address TEXT NOT NULL,"
    "	mailbox TEXT NOT NULL,"
    "	kind INTEGER NOT NULL CHECK (kind IN (0, 1)),"
    "	state TEXT NOT NULL CHECK (state IN"
    "		('pending', 'active', 'paused', 'unsubscribed', 'bounced')),"
    "	origin TEXT NOT NULL,"
    "	token TEXT NOT NULL UNIQUE,"
    "	since INTEGER NOT NULL,"
    "	paused_until INTEGER," /* a day, when it is known */
    "	audience INTEGER REFERENCES audience,"
    "	settings TEXT NOT NULL DEFAULT '',"
    "	UNIQUE (list, mailbox)"
    ") STRICT;"
    "CREATE INDEX recipient_paused ON recipient (list) WHERE state = 'paused';"
    "CREATE INDEX recipient_own ON recipient (list) WHERE audience IS NOT NULL;"
    "CREATE INDEX recipient_configured ON recipient (list) WHERE origin = 'configuration';"

    /* Who gets nothing, whatever any list says. */
    "CREATE TABLE suppression ("
    "	mailbox TEXT PRIMARY KEY,"
    "	address TEXT NOT NULL,"
    "	at INTEGER NOT NULL"
    ") STRICT, WITHOUT ROWID;";

static const char issue_tables[] =
    "CREATE TABLE issue ("
    "	id INTEGER PRIMARY KEY,"
    "	audience INTEGER NOT NULL REFERENCES audience,"
    "	date INTEGER NOT NULL,"
    "	made_at INTEGER NOT NULL,"
    "	frozen_at INTEGER NOT NULL,"
    "	title TEXT NOT NULL,"
    "	subject TEXT NOT NULL,"
    "	notes TEXT NOT NULL," /* one a line */
    "	UNIQUE (audience, date),"
    "	UNIQUE (id, audience)" /* for issue_entry to refer to */
    ") STRICT;"

    /* enum issue_section; votes and comments as they were then. */
    "CREATE TABLE issue_entry ("
    "	issue INTEGER NOT NULL,"
    "	position INTEGER NOT NULL,"
    "	audience INTEGER NOT NULL,"
    "	entry INTEGER NOT NULL REFERENCES entry,"
    "	version INTEGER NOT NULL REFERENCES version,"
    "	section INTEGER NOT NULL CHECK (section BETWEEN 0 AND 3),"
    "	from_version INTEGER NOT NULL,"
    "	changes INTEGER NOT NULL," /* enum entry_change */
    "	listed_on INTEGER,"
    "	rank INTEGER NOT NULL,"
    "	votes INTEGER,"
    "	comments INTEGER,"
    "	form INTEGER NOT NULL DEFAULT 0 CHECK (form BETWEEN 0 AND 2)," /* enum issue_form */
    "	why TEXT NOT NULL,"
    "	PRIMARY KEY (issue, position),"
    "	FOREIGN KEY (issue, audience) REFERENCES issue (id, audience)"
    ") STRICT, WITHOUT ROWID;"
    /* The promise: news, new or cross-listed, at most once per audience. */
    "CREATE UNIQUE INDEX issue_entry_new ON issue_entry (audience, entry) WHERE section IN (0, 2);"
    "CREATE INDEX issue_entry_had ON issue_entry (entry, audience);"

    /* Section 0 is news that was left out, 1 what became of an entry afterwards. */
    "CREATE TABLE left_out ("
    "	audience INTEGER NOT NULL REFERENCES audience,"
    "	entry INTEGER NOT NULL REFERENCES entry,"
    "	section INTEGER NOT NULL CHECK (section IN (0, 1)),"
    "	at INTEGER NOT NULL,"
    "	reason TEXT NOT NULL,"
    "	PRIMARY KEY (audience, entry, section)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE INDEX left_out_entry ON left_out (entry);"

    /* Entries that an audience has had and that have a higher version now, or were withdrawn. */
    "CREATE TABLE update_due ("
    "	audience INTEGER NOT NULL REFERENCES audience,"
    "	entry INTEGER NOT NULL REFERENCES entry,"
    "	PRIMARY KEY (audience, entry)"
    ") STRICT, WITHOUT ROWID;"

    "CREATE TABLE issue_message ("
    "	issue INTEGER NOT NULL REFERENCES issue,"
    "	kind INTEGER NOT NULL CHECK (kind IN (0, 1)),"
    "	bytes BLOB NOT NULL," /* packed */
    "	PRIMARY KEY (issue, kind)"
    ") STRICT;";

static const char delivery_tables[] =
    /* enum ledger_state; code, phase and reply are those of the last attempt. */
    "CREATE TABLE delivery ("
    "	id INTEGER PRIMARY KEY,"
    "	issue INTEGER NOT NULL REFERENCES issue,"
    "	recipient INTEGER NOT NULL REFERENCES recipient,"
    "	address TEXT NOT NULL,"
    "	kind INTEGER NOT NULL CHECK (kind IN (0, 1)),"
    "	message_id TEXT NOT NULL,"
    "	state INTEGER NOT NULL CHECK (state BETWEEN 0 AND 8),"
    "	is_open INTEGER NOT NULL DEFAULT 1"
    "		CHECK (is_open = (state < 3 OR state IN (4, 6)))," /* it is not final */
    "	attempts INTEGER NOT NULL DEFAULT 0,"
    "	doubts INTEGER NOT NULL DEFAULT 0," /* how often it was in doubt */
    "	queued_at INTEGER NOT NULL,"
    "	changed_at INTEGER NOT NULL,"
    "	next_at INTEGER," /* when it is deferred: not before */
    "	code INTEGER NOT NULL DEFAULT 0,"
    "	phase TEXT NOT NULL DEFAULT '',"
    "	reply TEXT NOT NULL DEFAULT '',"
    "	UNIQUE (issue, recipient)"
    ") STRICT;"
    /*
     * So that a run's work does not grow with what was sent before. Its condition is a column of
     * its own: it is not written again for each state that a delivery goes through.
     */
    "CREATE INDEX delivery_open ON delivery (issue) WHERE is_open;"

    /* What became of the attempts before the last. */
    "CREATE TABLE attempt ("
    "	delivery INTEGER NOT NULL REFERENCES delivery,"
    "	number INTEGER NOT NULL,"
    "	at INTEGER NOT NULL,"
    "	state INTEGER NOT NULL CHECK (state BETWEEN 0 AND 8),"
    "	code INTEGER NOT NULL,"
    "	phase TEXT NOT NULL,"
    "	reply TEXT NOT NULL,"
    "	PRIMARY KEY (delivery, number)"
    ") STRICT, WITHOUT ROWID;";

/*
 * The words of what each entry is now, by its id (fulltext.c). Their text is not kept: it is in the
 * tables above. Words come as they are to be compared, so the tokenizer has only to part them.
 */
static const char fulltext_tables[] =
    "CREATE VIRTUAL TABLE fulltext USING fts5 (title, abstract, authors, comment, organisation,"
    "	categories, content = '', tokenize = 'ascii');"
    "CREATE VIRTUAL TABLE fulltext_word USING fts5vocab (fulltext, col);"
    /* Words wait in memory for so many bytes, a quarter of the usual: a long listing stays flat. */
    "INSERT INTO fulltext (fulltext, rank) VALUES ('hashsize', 262144);";

/*
 * For people and their scripts; their names and columns stay. Days and instants are ISO 8601 in
 * UTC.
 *
 * papers: every entry as it is now, with where it was listed first and how many votes it has.
 * sent: what was in which issue of which list, and how many recipients have got it.
 * today: the newest listing of each source.
 * why: what was shown to an audience or left out, and the reason.
 */
static const char views[] =
    "CREATE VIEW papers AS SELECT"
    "	e.key AS key,"
    "	v.title AS title,"
    "	(SELECT group_concat(a.atom, ', ') FROM json_tree(v.authors) a WHERE a.key = 'name'"
    "		AND a.path NOT IN (SELECT h.path FROM json_tree(v.authors) h"
    "			WHERE h.key = 'hidden')) AS authors,"
    "	v.abstract AS abstract,"
    "	replace(e.categories, char(10), ', ') AS categories,"
    "	nullif(e.number, 0) AS version,"
    "	e.url AS url,"
    "	e.pdf_url AS pdf_url,"
    "	nullif(e.code_url, '') AS code_url,"
    "	date(e.published_at, 'unixepoch') AS published,"
    "	(SELECT date(min(s.listed_on) * 86400, 'unixepoch') FROM sighting s WHERE s.entry = e.id"
    "		AND s.announce < 4 AND (s.is_dated OR NOT s.is_past)) AS listed,"
    "	(SELECT max(s.votes) FROM sighting s WHERE s.entry = e.id) AS votes,"
    "	(SELECT group_concat(DISTINCT o.name) FROM sighting s JOIN source o ON o.id = s.source"
    "		WHERE s.entry = e.id) AS sources,"
    "	date(e.withdrawn_at, 'unixepoch') AS withdrawn"
    " FROM entry e JOIN version v ON v.id = (SELECT max(id) FROM version WHERE entry = e.id)"
    " WHERE e.merged_into IS NULL;"

    "CREATE VIEW sent AS SELECT"
    "	l.key AS list,"
    "	a.address AS audience,"
    "	date(i.date * 86400, 'unixepoch') AS issue_date,"
    "	CASE n.section WHEN 0 THEN 'new' WHEN 1 THEN 'updated' WHEN 2 THEN 'cross-listed'"
    "		ELSE 'withdrawn' END AS section,"
    "	n.position AS position,"
    "	e.key AS key,"
    "	v.title AS title,"
    "	(SELECT count(*) FROM delivery d WHERE d.issue = i.id) AS deliveries,"
    "	(SELECT count(*) FROM delivery d WHERE d.issue = i.id AND d.state = 3) AS accepted"
    " FROM issue i JOIN audience a ON a.id = i.audience JOIN list l ON l.id = a.list"
    " JOIN issue_entry n ON n.issue = i.id JOIN entry e ON e.id = n.entry"
    " JOIN version v ON v.id = n.version;"

    "CREATE VIEW today AS SELECT"
    "	o.name AS source,"
    "	date(s.listed_on * 86400, 'unixepoch') AS listed,"
    "	nullif(s.rank, 0) AS rank,"
    "	s.votes AS votes,"
    "	e.key AS key,"
    "	v.title AS title,"
    "	e.url AS url"
    " FROM source o JOIN sighting s ON s.source = o.id AND s.is_past = 0"
    "	AND s.listed_on = (SELECT max(listed_on) FROM sighting WHERE source = o.id AND is_past = 0)"
    " JOIN entry e ON e.id = s.entry"
    " JOIN version v ON v.id = (SELECT max(id) FROM version WHERE entry = e.id);"

    "CREATE VIEW why AS SELECT"
    "	l.key AS list,"
    "	a.address AS audience,"
    "	e.key AS key,"
    "	v.title AS title,"
    "	CASE n.section WHEN 0 THEN 'new' WHEN 1 THEN 'updated' WHEN 2 THEN 'cross-listed'"
    "		ELSE 'withdrawn' END AS what,"
    "	date(i.date * 86400, 'unixepoch') AS issue_date,"
    "	nullif(n.why, '') AS reason,"
    "	strftime('%Y-%m-%dT%H:%M:%SZ', i.frozen_at, 'unixepoch') AS at"
    " FROM issue_entry n JOIN issue i ON i.id = n.issue JOIN audience a ON a.id = n.audience"
    " JOIN list l ON l.id = a.list JOIN entry e ON e.id = n.entry JOIN version v ON v.id = "
    "n.version"
    " UNION ALL SELECT l.key, a.address, e.key, v.title, 'left out', NULL, o.reason,"
    "	strftime('%Y-%m-%dT%H:%M:%SZ', o.at, 'unixepoch')"
    " FROM left_out o JOIN audience a ON a.id = o.audience JOIN list l ON l.id = a.list"
    " JOIN entry e ON e.id = o.entry"
    " JOIN version v ON v.id = (SELECT max(id) FROM version WHERE entry = e.id);";

/* The secret of the store's tokens and message identifications. */
static int
make_secret(struct db *db, struct err *err)
{
	unsigned char bytes[SECRET_BYTES];
	struct buf secret = BUF_INIT(BUF_LIMIT);
	int status = crypt_random(bytes, sizeof(bytes), err);

	if (status == 0) {
		crypt_add_base32(&secret, bytes, sizeof(bytes));
		struct db_stmt *stmt =
		    db_prepare(db, "INSERT INTO meta (key, value) VALUES ('secret', ?1)", err);
		if (stmt != NULL)
			db_bind_text(stmt, 1, buf_str(&secret));
		status = stmt != NULL ? db_run(stmt, err) : -1;
	}
	buf_release(&secret);
	return status;
}

static int
make_first_schema(struct db *db, struct err *err)
{
	static const char *const parts[] = { entry_tables, reader_tables, issue_tables,
		delivery_tables, complaint_table, health_table, liking_tables, fulltext_tables,
		views };

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (db_exec(db, parts[i], err) < 0)
			return -1;
	}
	return make_secret(db, err);
}

/* ---- migrations ---- */

/* The n-th makes schema n out of schema n - 1; schema 0 is the empty database. Only append. */
static int (*const migrations[])(struct db *db, struct err *err) = {
	make_first_schema,
};

enum { SCHEMA_NUMBER = sizeof(migrations) / sizeof(migrations[0]) };

static int
ask(struct db *db, const char *sql, int64_t *value, struct err *err)
{
	struct db_stmt *stmt = db_prepare(db, sql, err);

	if (stmt == NULL || db_step(stmt, err) < 0)
		return -1;
	*value = db_int(stmt, 0);
	db_reset(stmt);
	return 0;
}

/* The number of the schema that is there; 0 when the database is empty. */
static int
find_schema(struct db *db, const char *path, int64_t *number, struct err *err)
{
	int64_t application = 0, objects = 0;

	if (ask(db, "PRAGMA application_id", &application, err) < 0 ||
	    ask(db, "PRAGMA user_version", number, err) < 0)
		return -1;
	bool is_empty = application == 0 && *number == 0;
	if (is_empty && ask(db, "SELECT count(*) FROM sqlite_schema", &objects, err) < 0)
		return -1;
	is_empty = is_empty && objects == 0;
	if (!is_empty && (application != APPLICATION_ID || *number < 1))
		return err_set(err, EX_DATAERR,
		    "store: '%s' is a database of another program; left as it is; "
		    "name another file with "
		    "--db",
		    path);
	if (*number > SCHEMA_NUMBER)
		return err_set(err, EX_DATAERR,
		    "store: '%s' was made by a newer digest (schema %lld; "
		    "this one knows %d); left as it is",
		    path, (long long)*number, (int)SCHEMA_NUMBER);
	return 0;
}

int
store_check_schema(struct db *db, const char *path, struct err *err)
{
	int64_t number = 0;
	return find_schema(db, path, &number, err);
}

static int
run_migrations(struct db *db, const char *path, struct err *err)
{
	int64_t number = 0;
	char pragmas[96];

	/* Asked again: another process may have been faster. */
	if (find_schema(db, path, &number, err) < 0)
		return -1;
	for (; number < SCHEMA_NUMBER; number++) {
		if (migrations[number](db, err) < 0)
			return -1;
	}
	snprintf(pragmas, sizeof(pragmas), "PRAGMA application_id = %d; PRAGMA user_version = %d",
	    (int)APPLICATION_ID, (int)SCHEMA_NUMBER);
	return db_exec(db, pragmas, err);
}

int
store_migrate(struct db *db, const char *path, struct err *err)
{
	int64_t number = 0;

	if (find_schema(db, path, &number, err) < 0)
		return -1;
	if (number == SCHEMA_NUMBER)
		return 0;
	if (db_begin(db, err) == 0 && run_migrations(db, path, err) == 0 && db_commit(db, err) == 0)
		return 0;
	db_rollback(db);
	return -1;
}
