/*
 * Entries as they come out of the tables, and what is told of them. How they got in is put.c's.
 */
#include "store_internal.h"

#include "digest/json.h"

/* ---- lists of texts in a column ---- */

void
store_write_authors(const struct entry *entry, struct buf *out)
{
	struct json *array = json_new_array();

	for (size_t i = 0; i < entry->author_count; i++) {
		const struct entry_author *author = &entry->authors[i];
		struct json *object = json_add_object(array, "");
		json_add_text(object, "name", author->name);
		if (author->affiliation.len > 0)
			json_add_text(object, "affiliation", author->affiliation);
		if (author->is_hidden)
			json_add_bool(object, "hidden", true);
	}
	json_write(array, out);
	json_free(array);
}

int
store_read_authors(struct entry *entry, struct str text, struct arena *arena, struct err *err)
{
	struct json *array = NULL;

	if (json_parse(&array, text, err) < 0) {
		err_prefix(err, "store: authors of entry %lld", (long long)entry->id);
		return -1;
	}
	for (const struct json *item = json_first(array); item != NULL; item = json_after(item)) {
		entry->authors = arena_grow(
		    arena, entry->authors, &entry->author_count, sizeof(*entry->authors));
		entry->authors[entry->author_count - 1] = (struct entry_author){
			.name = arena_copy(arena, json_text(json_get(item, "name"))),
			.affiliation = arena_copy(arena, json_text(json_get(item, "affiliation"))),
			.is_hidden = json_is_true(json_get(item, "hidden")),
		};
	}
	json_free(array);
	return 0;
}

static struct str *
add_text(struct arena *arena, struct str *texts, size_t *count, struct str text)
{
	texts = arena_grow(arena, texts, count, sizeof(*texts));
	texts[*count - 1] = arena_copy(arena, text);
	return texts;
}

static void
read_categories(struct entry *entry, struct str text, struct arena *arena)
{
	struct str line;

	while (str_next_line(&text, &line))
		entry->categories =
		    add_text(arena, entry->categories, &entry->category_count, line);
}

/* ---- one entry ---- */

/* The strongest names first, as formats give them too. */
static int
load_aliases(struct store *store, struct entry *entry, struct arena *arena, struct err *err)
{
	struct db_stmt *stmt =
	    db_prepare(store->db, "SELECT key FROM alias WHERE entry = ?1 ORDER BY key", err);
	int found;

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, entry->id);
	while ((found = db_step(stmt, err)) > 0) {
		struct str key = db_text(stmt, 0);
		entry->aliases = add_text(arena, entry->aliases, &entry->alias_count, key);
		size_t at = entry->alias_count - 1;
		for (; at > 0 && store_alias_rank(entry->aliases[at - 1]) > store_alias_rank(key);
		     at--) {
			struct str moved = entry->aliases[at];
			entry->aliases[at] = entry->aliases[at - 1];
			entry->aliases[at - 1] = moved;
		}
	}
	return found;
}

/* Who listed it, in the order in which they did; its listing is the newest one. */
static int
load_sightings(struct store *store, struct entry *entry, struct arena *arena, struct err *err)
{
	struct db_stmt *stmt = db_prepare(store->db,
	    "SELECT s.id, o.name, s.listed_on, s.is_dated, s.announce, s.rank, s.votes, s.comments,"
	    " s.is_past FROM sighting s JOIN source o ON o.id = s.source WHERE s.entry = ?1"
	    " ORDER BY s.id",
	    err);
	bool has_arrived = false;
	int found;

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, entry->id);
	while ((found = db_step(stmt, err)) > 0) {
		struct str name = db_text(stmt, 1);
		size_t i = 0;
		while (i < entry->source_count && !str_equal(entry->sources[i], name))
			i++;
		if (i == entry->source_count)
			entry->sources =
			    add_text(arena, entry->sources, &entry->source_count, name);
		/* What was looked up in the past tells its listing only where nothing else does. */
		if (has_arrived && db_int(stmt, 8) != 0)
			continue;
		has_arrived = db_int(stmt, 8) == 0;
		entry->sighting = db_int(stmt, 0);
		entry->listed_on = db_int(stmt, 3) != 0 ? (int32_t)db_int(stmt, 2) : DATE_NO_DAY;
		entry->announce = (enum entry_announce)db_int(stmt, 4);
		entry->rank = (int)db_int(stmt, 5);
		if (!db_is_null(stmt, 6))
			entry->votes = (int)db_int(stmt, 6);
		if (!db_is_null(stmt, 7))
			entry->comments = (int)db_int(stmt, 7);
	}
	return found;
}

/* The columns of load_content() into the entry. */
static int
read_content(struct entry *entry, struct db_stmt *stmt, struct arena *arena, struct err *err)
{
	entry->kind = (enum entry_kind)db_int(stmt, 0);
	entry->published_at = store_instant(stmt, 1);
	entry->updated_at = store_instant(stmt, 2);
	read_categories(entry, db_text(stmt, 3), arena);
	entry->url = store_text(stmt, 4, arena);
	entry->pdf_url = store_text(stmt, 5, arena);
	entry->code_url = store_text(stmt, 6, arena);
	entry->project_url = store_text(stmt, 7, arena);
	entry->discussion_url = store_text(stmt, 8, arena);
	entry->version_id = db_int(stmt, 9);
	entry->version = (int)db_int(stmt, 10);
	entry->comment = store_text(stmt, 11, arena);
	entry->journal_ref = store_text(stmt, 12, arena);
	entry->license = store_text(stmt, 13, arena);
	entry->organisation = store_text(stmt, 14, arena);
	entry->title = store_text(stmt, 15, arena);
	entry->title_raw = db_is_null(stmt, 16) ? entry->title : store_text(stmt, 16, arena);
	entry->abstract = store_text(stmt, 18, arena);
	entry->is_withdrawn = !db_is_null(stmt, 19);
	entry->image_url = store_text(stmt, 20, arena);
	return store_read_authors(entry, db_text(stmt, 17), arena, err);
}

static int
load_content(
    struct store *store, struct entry *entry, int64_t version, struct arena *arena, struct err *err)
{
	struct db_stmt *stmt = db_prepare(store->db,
	    "SELECT e.kind, e.published_at, e.updated_at, e.categories, e.url, e.pdf_url, "
	    "e.code_url,"
	    " e.project_url, e.discussion_url, v.id, v.number, v.comment, v.journal_ref, v.license,"
	    " v.organisation, v.title, v.title_raw, v.authors, v.abstract, e.withdrawn_at,"
	    " e.image_url"
	    " FROM entry e JOIN version v ON v.id = CASE WHEN ?2 <> 0 THEN ?2"
	    " ELSE (SELECT max(id) FROM version WHERE entry = ?1) END WHERE e.id = ?1",
	    err);

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, entry->id);
	db_bind_int(stmt, 2, version);
	int found = db_step(stmt, err);
	if (found < 0)
		return -1;
	if (found == 0)
		return err_set(
		    err, EX_DATAERR, "store: there is no entry %lld", (long long)entry->id);
	int status = read_content(entry, stmt, arena, err);
	db_reset(stmt);
	return status;
}

int
store_load_entry(struct store *store, int64_t id, int64_t version, struct arena *arena,
    struct entry **out, struct err *err)
{
	struct entry *entry = arena_alloc(arena, sizeof(*entry));

	entry_init(entry);
	entry->id = id;
	if (load_content(store, entry, version, arena, err) < 0 ||
	    load_aliases(store, entry, arena, err) < 0 ||
	    load_sightings(store, entry, arena, err) < 0)
		return -1;
	*out = entry;
	return 0;
}

int
store_find(struct store *store, struct arena *arena, struct str alias, struct entry **entry,
    struct err *err)
{
	struct db_stmt *stmt = db_prepare(store->db, "SELECT entry FROM alias WHERE key = ?1", err);

	*entry = NULL;
	if (stmt == NULL)
		return -1;
	db_bind_text(stmt, 1, alias);
	int found = db_step(stmt, err);
	if (found <= 0)
		return found;
	int64_t id = db_int(stmt, 0);
	db_reset(stmt);
	return store_load_entry(store, id, 0, arena, entry, err);
}
