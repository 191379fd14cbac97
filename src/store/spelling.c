/*
 * What a word that no entry has may have been meant to be: the nearest of those that the index
 * knows.
 */
#include "store_internal.h"

#include "digest/query.h"

static const char *const columns[QUERY_COLUMN_COUNT + 1] = {
	[QUERY_COLUMN_TITLE] = "title",
	[QUERY_COLUMN_ABSTRACT] = "abstract",
	[QUERY_COLUMN_AUTHORS] = "authors",
	[QUERY_COLUMN_COMMENT] = "comment",
	[QUERY_COLUMN_ORGANISATION] = "organisation",
	[QUERY_COLUMN_CATEGORIES] = "categories",
	[QUERY_COLUMN_COUNT] = "",
};

/* Whether any entry has the word: 1, 0 or -1. */
static int
is_known(struct store *store, int column, struct str word, struct err *err)
{
	struct buf expression = BUF_INIT(BUF_LIMIT);
	struct db_stmt *stmt =
	    db_prepare(store->db, "SELECT 1 FROM fulltext WHERE fulltext MATCH ?1 LIMIT 1", err);
	int found = -1;

	buf_addf(&expression, "%s%s\"%.*s\"", columns[column],
	    column == QUERY_COLUMN_COUNT ? "" : " : ", STR_ARG(word));
	if (stmt != NULL) {
		db_bind_text(stmt, 1, buf_str(&expression));
		found = db_step(stmt, err);
		db_reset(stmt);
	}
	buf_release(&expression);
	return found;
}

/* The words that begin with the same `len` bytes, and may be up to `most` slips off. */
static int
find_nearest(struct store *store, int column, struct str word, size_t len, size_t most,
    struct arena *arena, struct str *nearest, struct err *err)
{
	struct db_stmt *stmt = db_prepare(store->db,
	    "SELECT term, sum(doc) FROM fulltext_word WHERE term >= ?1 AND term <= ?2"
	    " AND (?3 = '' OR col = ?3) AND length(CAST(term AS BLOB)) BETWEEN ?4 AND ?5"
	    " GROUP BY term",
	    err);
	struct str beginning = str_head(word, len);
	int64_t known_by = 0;
	int found;

	if (stmt == NULL)
		return -1;
	db_bind_text(stmt, 1, beginning);
	/* No byte of UTF-8 is that high. */
	db_bind_text(stmt, 2, arena_printf(arena, "%.*s\xff", STR_ARG(beginning)));
	db_bind_text(stmt, 3, str_from(columns[column]));
	db_bind_int(stmt, 4, (int64_t)(word.len - most));
	db_bind_int(stmt, 5, (int64_t)(word.len + most));
	while ((found = db_step(stmt, err)) > 0) {
		struct str other = db_text(stmt, 0);
		size_t distance = query_slips(word, other);
		if (distance > most || (distance == most && db_int(stmt, 1) <= known_by))
			continue;
		most = distance;
		known_by = db_int(stmt, 1);
		*nearest = arena_copy(arena, other);
	}
	return found;
}

int
store_nearest_word(struct store *store, int column, struct str word, struct arena *arena,
    struct str *nearest, struct err *err)
{
	size_t most = query_slips_allowed(word);
	int known = is_known(store, column, word, err);

	*nearest = known > 0 ? word : STR("");
	if (known != 0 || most == 0)
		return known < 0 ? -1 : 0;
	/*
	 * Few slips are in the first letters, and with them alike there are few words to compare.
	 */
	for (size_t len = 3; len > 0 && nearest->len == 0; len--)
		if (find_nearest(store, column, word, len, most, arena, nearest, err) < 0)
			return -1;
	return 0;
}
