/*
 * What a query names that nothing stored has, and what may have been meant: categories and sources.
 * Mistyped words are respell.c's.
 */
#include "unknown.h"

enum { PAPERS_MOST = 2000 };

/* The nearest of the names that were shown. */
struct nearest {
	struct arena *arena;
	struct str wanted, name;
	size_t distance;
};

static void
compare(struct nearest *nearest, struct str name)
{
	size_t distance = str_distance(nearest->wanted, name);

	if (nearest->name.len > 0 && distance >= nearest->distance)
		return;
	nearest->name = arena_copy(nearest->arena, name);
	nearest->distance = distance;
}

static int
search(struct store *store, const char *text, size_t limit, struct arena *arena,
    struct store_found *found, struct err *err)
{
	struct store_search wish = {
		.order = STORE_NEWEST_FIRST, .limit = limit, .since = DATE_NO_DAY
	};
	struct query *query;
	int status = query_parse(&query, str_from(text), err);

	if (status < 0)
		return -1;
	wish.query = query;
	status = store_search(store, &wish, arena, found, err);
	query_free(query);
	return status;
}

/* Whether any paper has the category: 1, 0 or -1. */
static int
has_category(struct store *store, struct str category, struct arena *arena, struct err *err)
{
	struct store_found found;
	struct str text = arena_printf(arena, "cat:\"%.*s\"", STR_ARG(category));

	return search(store, text.ptr, 1, arena, &found, err) < 0 ? -1 : found.count > 0;
}

/* The category, and the archive that it is of. */
static void
compare_category(struct nearest *nearest, struct str category)
{
	ptrdiff_t dot = str_find_char(category, '.');

	compare(nearest, category);
	if (dot > 0)
		compare(nearest, str_head(category, (size_t)dot));
}

/* Of the newest papers: there are few categories, and these have most of them. */
static int
find_category(struct store *store, struct nearest *nearest, struct err *err)
{
	struct store_found found;

	if (search(store, "", PAPERS_MOST, nearest->arena, &found, err) < 0)
		return -1;
	for (size_t i = 0; i < found.count; i++)
		for (size_t j = 0; j < found.entries[i]->category_count; j++)
			compare_category(nearest, found.entries[i]->categories[j]);
	return 0;
}

static int
compare_source(
    void *context, int64_t id, struct str name, struct str spec, const struct source_state *state)
{
	(void)id;
	(void)spec;
	(void)state;
	compare(context, name);
	return 0;
}

static int
add_unknown(
    struct buf *out, struct store *store, struct nearest *nearest, bool is_source, struct err *err)
{
	int known = 0;

	if (is_source) {
		if (store_each_source(store, compare_source, nearest, err) < 0)
			return -1;
		known = nearest->name.len > 0 && nearest->distance == 0;
	} else {
		known = has_category(store, nearest->wanted, nearest->arena, err);
		if (known == 0 && find_category(store, nearest, err) < 0)
			return -1;
	}
	if (known != 0)
		return known < 0 ? -1 : 0;
	buf_addf(out, "%sno %s '%.*s'", out->len > 0 ? "; " : "",
	    is_source ? "source is called" : "paper here is of the category",
	    STR_ARG(nearest->wanted));
	if (nearest->name.len > 0)
		buf_addf(out, "; did you mean '%.*s'?", STR_ARG(nearest->name));
	else
		buf_addf(out, ", or of any");
	return 0;
}

int
unknown_add(struct buf *out, struct store *store, const struct query *query, struct arena *arena,
    struct err *err)
{
	struct str label;
	bool is_source;

	for (size_t i = 0; query_label(query, i, &is_source, &label); i++) {
		struct nearest nearest = { .arena = arena, .wanted = label };
		if (add_unknown(out, store, &nearest, is_source, err) < 0)
			return -1;
	}
	return 0;
}
