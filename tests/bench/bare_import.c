/*
 * What an import costs at least: lines of Kaggle's snapshot, parsed by cJSON, put into the tables
 * that digest fills, by prepared statements in batches of 10,000. The rows are digest's own (the
 * same text, names, dates and hash) and its full-text index, but nothing is cleaned, checked or
 * compared. For measurements.
 *
 *     bare_import STORE FILE      STORE is one that digest has made
 */
#include <cjson/cJSON.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

enum { BATCH_ENTRIES = 10000, HASH_BYTES = 32, TEXT_BYTES = 1 << 16 };

enum { FIND, ENTRY, VERSION, ALIAS, SIGHTING, WORDS, STATEMENT_COUNT };

static const char *const sql[STATEMENT_COUNT] = {
	"SELECT entry FROM alias WHERE key = ?1",
	"INSERT INTO entry (key, kind, number, published_at, updated_at, added_at, categories, url,"
	" pdf_url, code_url, project_url, discussion_url)"
	" VALUES (?1, 0, ?2, ?3, ?4, 0, ?5, ?6, ?7, '', '', '')",
	"INSERT INTO version (entry, number, cause, source, seen_at, hash, is_archive, is_past,"
	" comment, journal_ref, license, organisation, title, title_raw, authors, abstract)"
	" VALUES (?1, ?2, 'first', 1, 0, ?3, 1, 1, ?4, ?5, ?6, '', ?7, NULL, ?8, ?9)",
	"INSERT OR IGNORE INTO alias (key, entry) VALUES (?1, ?2)",
	"INSERT INTO sighting (source, entry, listed_on, is_dated, is_past, announce, rank, "
	"seen_at)"
	" VALUES (1, ?1, 0, 0, 1, 0, 0, 0)",
	"INSERT INTO fulltext (rowid, title, abstract, authors, comment, organisation, categories)"
	" VALUES (?1, ?2, ?3, ?4, ?5, '', ?6)",
};

static sqlite3 *db;
static sqlite3_stmt *statements[STATEMENT_COUNT];

static void
fail(const char *what)
{
	fprintf(stderr, "bare_import: %s: %s\n", what, db != NULL ? sqlite3_errmsg(db) : "");
	exit(1);
}

static void
run(const char *text)
{
	if (sqlite3_exec(db, text, NULL, NULL, NULL) != SQLITE_OK)
		fail(text);
}

static void
bind(sqlite3_stmt *stmt, int index, const char *text)
{
	sqlite3_bind_text(stmt, index, text != NULL ? text : "", -1, SQLITE_STATIC);
}

static void
step(sqlite3_stmt *stmt)
{
	if (sqlite3_step(stmt) != SQLITE_DONE)
		fail(sqlite3_sql(stmt));
	sqlite3_reset(stmt);
}

static const char *
text_of(const cJSON *record, const char *name)
{
	const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(record, name));

	return text != NULL ? text : "";
}

static sqlite3_int64
time_of(const char *text, const char *format)
{
	struct tm tm = { 0 };

	return strptime(text, format, &tm) != NULL ? timegm(&tm) : 0;
}

/* The authors as the table holds them. */
static char *
authors_of(const cJSON *record)
{
	cJSON *array = cJSON_CreateArray();
	const cJSON *author;
	char name[512], *text;

	cJSON_ArrayForEach(author, cJSON_GetObjectItemCaseSensitive(record, "authors_parsed"))
	{
		const char *last = cJSON_GetStringValue(cJSON_GetArrayItem(author, 0));
		const char *first = cJSON_GetStringValue(cJSON_GetArrayItem(author, 1));
		cJSON *object = cJSON_CreateObject();
		snprintf(name, sizeof(name), "%s %s", first != NULL ? first : "",
		    last != NULL ? last : "");
		cJSON_AddStringToObject(object, "name", name);
		cJSON_AddItemToArray(array, object);
	}
	text = cJSON_PrintUnformatted(array);
	cJSON_Delete(array);
	return text;
}

/* Over title, abstract, authors, comment and journal, as the table's own hashes are. */
static void
hash_of(const cJSON *record, unsigned char hash[HASH_BYTES])
{
	static const char *const names[] = { "title", "abstract", "authors", "comments",
		"journal-ref" };
	static char text[TEXT_BYTES];
	size_t len = 0;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *part = text_of(record, names[i]);
		size_t size = strnlen(part, sizeof(text) - len);
		memcpy(text + len, part, size);
		len += size;
	}
	if (gnutls_hash_fast(GNUTLS_DIG_SHA256, text, len, hash) < 0)
		fail("hash");
}

static sqlite3_int64
add_entry(const cJSON *record, const char *key, int number)
{
	const char *id = key + strlen("arxiv:");
	const cJSON *versions = cJSON_GetObjectItemCaseSensitive(record, "versions");
	const char *created = text_of(cJSON_GetArrayItem(versions, 0), "created");
	sqlite3_stmt *stmt = statements[ENTRY];
	char url[256], pdf_url[256], *categories = strdup(text_of(record, "categories"));

	for (char *c = categories; *c != '\0'; c++)
		if (*c == ' ')
			*c = '\n';
	snprintf(url, sizeof(url), "https://arxiv.org/abs/%s", id);
	snprintf(pdf_url, sizeof(pdf_url), "https://arxiv.org/pdf/%s", id);
	bind(stmt, 1, key);
	sqlite3_bind_int(stmt, 2, number);
	sqlite3_bind_int64(stmt, 3, time_of(created, "%a, %d %b %Y %H:%M:%S GMT"));
	sqlite3_bind_int64(stmt, 4, time_of(text_of(record, "update_date"), "%Y-%m-%d"));
	bind(stmt, 5, categories);
	bind(stmt, 6, url);
	bind(stmt, 7, pdf_url);
	step(stmt);
	free(categories);
	return sqlite3_last_insert_rowid(db);
}

static void
add_version(const cJSON *record, sqlite3_int64 entry, int number, const unsigned char *hash)
{
	sqlite3_stmt *stmt = statements[VERSION];
	char *authors = authors_of(record);

	sqlite3_bind_int64(stmt, 1, entry);
	sqlite3_bind_int(stmt, 2, number);
	sqlite3_bind_blob(stmt, 3, hash, HASH_BYTES, SQLITE_STATIC);
	bind(stmt, 4, text_of(record, "comments"));
	bind(stmt, 5, text_of(record, "journal-ref"));
	bind(stmt, 6, text_of(record, "license"));
	bind(stmt, 7, text_of(record, "title"));
	bind(stmt, 8, authors);
	bind(stmt, 9, text_of(record, "abstract"));
	step(stmt);
	free(authors);
}

static void
add_alias(const char *key, sqlite3_int64 entry)
{
	bind(statements[ALIAS], 1, key);
	sqlite3_bind_int64(statements[ALIAS], 2, entry);
	step(statements[ALIAS]);
}

/* The text as it came: SQLite's tokenizer parts its words. */
static void
add_words(const cJSON *record, sqlite3_int64 entry)
{
	sqlite3_stmt *stmt = statements[WORDS];

	sqlite3_bind_int64(stmt, 1, entry);
	bind(stmt, 2, text_of(record, "title"));
	bind(stmt, 3, text_of(record, "abstract"));
	bind(stmt, 4, text_of(record, "authors"));
	bind(stmt, 5, text_of(record, "comments"));
	bind(stmt, 6, text_of(record, "categories"));
	step(stmt);
}

static int
is_known(const char *key)
{
	sqlite3_stmt *stmt = statements[FIND];

	bind(stmt, 1, key);
	int found = sqlite3_step(stmt) == SQLITE_ROW;
	sqlite3_reset(stmt);
	return found;
}

/* Whether the record is new. */
static int
take(const char *line)
{
	cJSON *record = cJSON_Parse(line);
	unsigned char hash[HASH_BYTES];
	char key[128], doi[512];
	int is_new;

	if (record == NULL)
		fail("a line is no JSON");
	snprintf(key, sizeof(key), "arxiv:%s", text_of(record, "id"));
	hash_of(record, hash);
	is_new = !is_known(key);
	if (is_new) {
		int number =
		    cJSON_GetArraySize(cJSON_GetObjectItemCaseSensitive(record, "versions"));
		sqlite3_int64 entry = add_entry(record, key, number);
		add_version(record, entry, number, hash);
		add_alias(key, entry);
		snprintf(doi, sizeof(doi), "doi:%s", text_of(record, "doi"));
		if (doi[4] != '\0')
			add_alias(doi, entry);
		sqlite3_bind_int64(statements[SIGHTING], 1, entry);
		step(statements[SIGHTING]);
		add_words(record, entry);
	}
	cJSON_Delete(record);
	return is_new;
}

int
main(int argc, char **argv)
{
	FILE *file = argc == 3 ? fopen(argv[2], "re") : NULL;
	char *line = NULL;
	size_t room = 0, count = 0, new_count = 0;

	if (file == NULL || sqlite3_open(argv[1], &db) != SQLITE_OK)
		fail("bare_import STORE FILE");
	run("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
	    "PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 16384;"
	    "INSERT OR IGNORE INTO source (id, spec, name) VALUES (1, 'import:bare', 'bare')");
	for (int i = 0; i < STATEMENT_COUNT; i++)
		if (sqlite3_prepare_v2(db, sql[i], -1, &statements[i], NULL) != SQLITE_OK)
			fail(sql[i]);
	run("BEGIN IMMEDIATE");
	while (getline(&line, &room, file) > 0) {
		new_count += (size_t)take(line);
		if (++count % BATCH_ENTRIES == 0)
			run("COMMIT; BEGIN IMMEDIATE");
	}
	run("COMMIT");
	for (int i = 0; i < STATEMENT_COUNT; i++)
		sqlite3_finalize(statements[i]);
	sqlite3_close(db);
	fclose(file);
	free(line);
	printf("%zu entries read, %zu new\n", count, new_count);
	return 0;
}
