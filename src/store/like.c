/*
 * What readers said of papers, the papers to tell these from, and what was learned. How one learns
 * is not known here.
 */
#include "store_internal.h"

#include "digest/log.h"
#include "digest/pack.h"

/* ---- what was said ---- */

int
store_put_liking(struct store *store, const char *list, const struct entry *entry, bool is_liked,
    int64_t now, struct err *err)
{
	bool is_stored = entry->id != 0, was_there;
	struct db_stmt *stmt;

	/* Under whatever name it was told. */
	if (store_forget_liking(store, list, entry_key(entry), &was_there, err) < 0)
		return -1;
	stmt = db_prepare(store->db,
	    "INSERT INTO liking (list, key, is_liked, at, title, authors, abstract)"
	    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
	    err);
	if (stmt == NULL)
		return -1;
	buf_reset(&store->authors);
	if (!is_stored)
		store_write_authors(entry, &store->authors);
	db_bind_text(stmt, 1, str_from(list));
	db_bind_text(stmt, 2, entry_key(entry));
	db_bind_int(stmt, 3, is_liked);
	db_bind_int(stmt, 4, now);
	db_bind_text(stmt, 5, is_stored ? STR("") : entry->title);
	db_bind_text(stmt, 6, buf_str(&store->authors));
	db_bind_text(stmt, 7, is_stored ? STR("") : entry->abstract);
	return db_run(stmt, err);
}

int
store_forget_liking(
    struct store *store, const char *list, struct str alias, bool *was_there, struct err *err)
{
	struct db_stmt *stmt = db_prepare(store->db,
	    "DELETE FROM liking WHERE list = ?1 AND (key = ?2 OR key IN (SELECT key FROM alias"
	    " WHERE entry = (SELECT entry FROM alias WHERE key = ?2)))",
	    err);

	if (stmt == NULL)
		return -1;
	db_bind_text(stmt, 1, str_from(list));
	db_bind_text(stmt, 2, alias);
	if (db_run(stmt, err) < 0)
		return -1;
	*was_there = db_changes(store->db) > 0;
	return 0;
}

/* An entry that no source has listed, of what was told with its name. */
static int
read_told(struct store_liking *liking, struct db_stmt *stmt, struct arena *arena, struct err *err)
{
	struct entry *entry = arena_alloc(arena, sizeof(*entry));

	entry_init(entry);
	entry->aliases = arena_grow(arena, NULL, &entry->alias_count, sizeof(*entry->aliases));
	entry->aliases[0] = liking->key;
	entry->title = store_text(stmt, 5, arena);
	entry->abstract = store_text(stmt, 7, arena);
	liking->entry = entry;
	if (db_text(stmt, 6).len == 0)
		return 0;
	return store_read_authors(entry, db_text(stmt, 6), arena, err);
}

static int
read_liking(struct store *store, struct db_stmt *stmt, struct arena *arena,
    struct store_liking *liking, struct err *err)
{
	*liking = (struct store_liking){
		.list = store_text(stmt, 0, arena),
		.key = store_text(stmt, 1, arena),
		.is_liked = db_int(stmt, 2) != 0,
		.at = db_int(stmt, 3),
	};
	if (db_is_null(stmt, 4))
		return read_told(liking, stmt, arena, err);
	return store_load_entry(store, db_int(stmt, 4), 0, arena, &liking->entry, err);
}

int
store_likings(struct store *store, const char *list, struct arena *arena,
    struct store_liking **likings, size_t *count, struct err *err)
{
	struct db_stmt *stmt = db_prepare(store->db,
	    "SELECT l.list, l.key, l.is_liked, l.at, a.entry, l.title, l.authors, l.abstract"
	    " FROM liking l LEFT JOIN alias a ON a.key = l.key WHERE ?1 IS NULL OR l.list = ?1"
	    " OR (l.list = '' AND NOT EXISTS (SELECT 1 FROM liking o"
	    "  LEFT JOIN alias b ON b.key = o.key WHERE o.list = ?1"
	    "  AND (o.key = l.key OR b.entry = a.entry)))"
	    " ORDER BY l.list, l.key",
	    err);
	int found;

	*likings = NULL;
	*count = 0;
	if (stmt == NULL)
		return -1;
	if (list != NULL)
		db_bind_text(stmt, 1, str_from(list));
	while ((found = db_step(stmt, err)) > 0) {
		*likings = arena_grow(arena, *likings, count, sizeof(**likings));
		if (read_liking(store, stmt, arena, &(*likings)[*count - 1], err) < 0) {
			db_reset(stmt);
			return -1;
		}
	}
	return found;
}

/* ---- the others ---- */

int
store_each_recent(
    struct store *store, size_t limit, store_recent_visit *visit, void *context, struct err *err)
{
	struct db_stmt *stmt = db_prepare(store->db,
	    "SELECT e.id, v.title, v.abstract, v.authors FROM entry e"
	    " JOIN version v ON v.id = (SELECT max(id) FROM version WHERE entry = e.id)"
	    " WHERE e.merged_into IS NULL ORDER BY e.id DESC LIMIT ?1",
	    err);
	struct arena *arena;
	struct entry entry;
	int result;

	if (stmt == NULL)
		return -1;
	arena = arena_new();
	db_bind_int(stmt, 1, (int64_t)limit);
	while ((result = db_step(stmt, err)) > 0) {
		entry_init(&entry);
		entry.id = db_int(stmt, 0);
		entry.title = db_text(stmt, 1);
		entry.abstract = db_text(stmt, 2);
		result = store_read_authors(&entry, db_text(stmt, 3), arena, err);
		if (result == 0)
			result = visit(context, &entry, err);
		if (result != 0)
			break;
		arena_reset(arena);
	}
	db_reset(stmt);
	arena_free(arena);
	return result;
}

/* ---- what was learned ---- */

int
store_learned(struct store *store, struct str identity, int64_t since, struct buf *bytes,
    bool *is_there, struct err *err)
{
	struct db_stmt *stmt = db_prepare(
	    store->db, "SELECT bytes FROM liking_model WHERE identity = ?1 AND made_at >= ?2", err);

	*is_there = false;
	if (stmt == NULL)
		return -1;
	db_bind_text(stmt, 1, identity);
	db_bind_int(stmt, 2, since);
	int found = db_step(stmt, err);
	if (found <= 0)
		return found;
	/* What is damaged can be learned again. */
	struct err trouble = ERR_NONE;
	*is_there = pack_inflate(bytes, db_blob(stmt, 0), &trouble) == 0;
	if (!*is_there)
		log_info("store: what was learned is damaged: %s", trouble.text);
	db_reset(stmt);
	return 0;
}

int
store_keep_learned(struct store *store, struct str identity, int64_t since, int64_t now,
    struct str bytes, struct err *err)
{
	struct db_stmt *stmt = db_prepare(store->db,
	    "INSERT INTO liking_model (identity, made_at, bytes) VALUES (?1, ?2, ?3)"
	    " ON CONFLICT (identity) DO UPDATE SET made_at = ?2, bytes = ?3",
	    err);
	struct buf packed = BUF_INIT(BUF_LIMIT);

	if (stmt == NULL)
		return -1;
	pack_deflate(&packed, bytes);
	db_bind_text(stmt, 1, identity);
	db_bind_int(stmt, 2, now);
	db_bind_blob(stmt, 3, packed.ptr, packed.len);
	int status = db_run(stmt, err);
	buf_release(&packed);
	if (status < 0)
		return -1;
	return store_run_for(store, "DELETE FROM liking_model WHERE made_at < ?1", since, err);
}
