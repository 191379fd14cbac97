/* Feeds any text to the filter language; its normal form must read as the same expression. */
#include "digest/query.h"

#include "digest/buf.h"
#include "digest/identity.h"

#include <stdlib.h>

enum { NOW = 1785153600 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct str text = { (const char *)bytes, len };
	struct buf normal = BUF_INIT(BUF_LIMIT);
	struct buf again = BUF_INIT(BUF_LIMIT);
	struct err err = ERR_NONE;
	struct query *query, *same;
	struct entry entry;

	if (query_parse(&query, text, &err) < 0) {
		if (err.code != EX_USAGE || err.text[0] == '\0')
			abort();
		return 0;
	}
	query_describe(query, &normal);
	if (query_parse(&same, buf_str(&normal), &err) < 0)
		abort();
	query_describe(same, &again);
	if (!str_equal(buf_str(&normal), buf_str(&again)))
		abort();

	/* An entry made of the expression itself, and one of nothing. */
	struct arena *arena = arena_new();
	entry_init(&entry);
	if (query_matches(query, query_subject(arena, &entry, NOW)) !=
	    query_matches(same, query_subject(arena, &entry, NOW)))
		abort();
	entry_set_title(&entry, arena, text);
	entry_add_author(&entry, arena, text, STR(""), false);
	entry_add_category(&entry, arena, text);
	identity_add(&entry, arena, text);
	if (query_matches(query, query_subject(arena, &entry, NOW)) !=
	    query_matches(same, query_subject(arena, &entry, NOW)))
		abort();
	arena_free(arena);
	query_free(query);
	query_free(same);
	buf_release(&normal);
	buf_release(&again);
	return 0;
}
