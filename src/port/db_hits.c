/*
 * hits(TABLE), for full-text searches by FTS5: what of the expression was found where in a row.
 * What that is worth is for those who search.
 */
#include "db_internal.h"

#include <string.h>

/*
 * One after the other: how many words each column has, then phrase, column and place of each hit.
 */
static int
write_hits(const Fts5ExtensionApi *api, Fts5Context *fts, int32_t *numbers, int columns, int hits)
{
	for (int i = 0; i < columns; i++) {
		int words = 0;
		int result = api->xColumnSize(fts, i, &words);
		if (result != SQLITE_OK)
			return result;
		numbers[i] = words;
	}
	numbers += columns;
	for (int i = 0; i < hits; i++, numbers += 3) {
		int phrase = 0, column = 0, place = 0;
		int result = api->xInst(fts, i, &phrase, &column, &place);
		if (result != SQLITE_OK)
			return result;
		numbers[0] = phrase;
		numbers[1] = column;
		numbers[2] = place;
	}
	return SQLITE_OK;
}

static void
give_hits(const Fts5ExtensionApi *api, Fts5Context *fts, sqlite3_context *context, int count,
    sqlite3_value **values)
{
	int columns = api->xColumnCount(fts), hits = 0;
	int result = api->xInstCount(fts, &hits);
	int32_t *numbers = NULL;
	size_t bytes;

	(void)count;
	(void)values;
	if (result == SQLITE_OK) {
		bytes = ((size_t)columns + 3 * (size_t)hits) * sizeof(numbers[0]);
		numbers = sqlite3_malloc64(bytes);
		result =
		    numbers != NULL ? write_hits(api, fts, numbers, columns, hits) : SQLITE_NOMEM;
	}
	if (result == SQLITE_OK)
		sqlite3_result_blob64(context, numbers, bytes, sqlite3_free);
	else
		sqlite3_result_error_code(context, result);
	if (result != SQLITE_OK)
		sqlite3_free(numbers);
}

/* FTS5 gives its interface away as a pointer that a statement binds (SQLite's "Extending FTS5"). */
static fts5_api *
find_interface(sqlite3 *handle)
{
	fts5_api *interface = NULL;
	sqlite3_stmt *stmt = NULL;

	if (sqlite3_prepare_v2(handle, "SELECT fts5(?1)", -1, &stmt, NULL) == SQLITE_OK) {
		sqlite3_bind_pointer(stmt, 1, &interface, "fts5_api_ptr", NULL);
		sqlite3_step(stmt);
	}
	sqlite3_finalize(stmt);
	return interface;
}

int
db_offer_hits(struct db *db, struct err *err)
{
	fts5_api *interface = find_interface(db->handle);

	if (interface == NULL)
		return err_set(err, EX_SOFTWARE, "db: this SQLite was built without FTS5");
	int result = interface->xCreateFunction(interface, "hits", NULL, give_hits, NULL);
	return result == SQLITE_OK ? 0 : db_fail(db, result, "hits()", err);
}
