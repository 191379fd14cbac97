/*
 * The full-text index, kept in step with what entries say: a row for each entry that is none of
 * another, with the words of its newest content. Searching it is search.c's.
 */
#include "store_internal.h"

#include "digest/query.h"

/* Binds the words of each column from parameter 2 on; the row's number is the first. */
static void
bind_words(struct store *store, struct db_stmt *stmt, const struct entry *entry)
{
	size_t ends[QUERY_COLUMN_COUNT], start = 0;
	const struct query_subject *subject = query_subject(store->words, entry, 0);

	buf_reset(&store->columns);
	for (int i = 0; i < QUERY_COLUMN_COUNT; i++) {
		query_add_words(subject, (enum query_column)i, &store->columns);
		ends[i] = store->columns.len;
	}
	for (int i = 0; i < QUERY_COLUMN_COUNT; i++) {
		struct str words = str_head(buf_str(&store->columns), ends[i]);
		db_bind_text(stmt, i + 2, str_skip(words, start));
		start = ends[i];
	}
}

static int
run_with_words(
    struct store *store, const char *sql, int64_t id, const struct entry *entry, struct err *err)
{
	struct db_stmt *stmt = db_prepare(store->db, sql, err);

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, id);
	bind_words(store, stmt, entry);
	int status = db_run(stmt, err);
	arena_reset(store->words);
	return status;
}

#define COLUMNS "title, abstract, authors, comment, organisation, categories"

int
store_index(struct store *store, int64_t id, const struct entry *entry, struct err *err)
{
	if (!store->has_index)
		return 0;
	return run_with_words(store,
	    "INSERT INTO fulltext (rowid, " COLUMNS ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)", id,
	    entry, err);
}

int
store_unindex(struct store *store, int64_t id, struct err *err)
{
	struct entry *entry;

	if (!store->has_index || store->unindexed == id)
		return 0;
	store->unindexed = id;
	if (store_load_entry(store, id, 0, store->words, &entry, err) < 0)
		return -1;
	return run_with_words(store,
	    "INSERT INTO fulltext (fulltext, rowid, " COLUMNS ")"
	    " VALUES ('delete', ?1, ?2, ?3, ?4, ?5, ?6, ?7)",
	    id, entry, err);
}

int
store_unindex_two(struct store *store, int64_t winner, int64_t loser, struct err *err)
{
	bool is_winner_out = store->unindexed == winner;

	if (store_unindex(store, loser, err) < 0)
		return -1;
	store->unindexed = is_winner_out ? winner : 0;
	return store_unindex(store, winner, err);
}

int
store_reindex(struct store *store, struct err *err)
{
	int64_t id = store->unindexed;
	struct entry *entry;

	store->unindexed = 0;
	if (id == 0)
		return 0;
	if (store_load_entry(store, id, 0, store->words, &entry, err) < 0)
		return -1;
	return store_index(store, id, entry, err);
}
