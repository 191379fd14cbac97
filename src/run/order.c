/*
 * What a list's settings say about the order of its issues: read and checked before anything is
 * fetched. What follows from it is pick's.
 */
#include "day.h"

/* Reads the terms that stand in one key. */
static int
plan_wish(struct day *day, struct day_list *list, enum pick_wish wish, struct err *err)
{
	const char *key = pick_wish_name(wish);
	struct pick_terms *terms = &list->wishes[wish];
	size_t count = settings_count(list->settings, key);

	terms->items = arena_array(day->arena, count + 1, sizeof(struct pick_term));
	for (size_t i = 0; i < count; i++) {
		struct str text = str_from(settings_string_at(list->settings, key, i));
		struct pick_term *term = &terms->items[i];

		if (pick_read_term(term, wish, text, day->arena, err) < 0) {
			err->code = EX_CONFIG;
			err_prefix(err, "%s", key);
			return err_prefix(err, "%s", settings_origin(list->settings, key));
		}
		day->queries =
		    arena_grow(day->arena, day->queries, &day->query_count, sizeof(term->query));
		day->queries[day->query_count - 1] = term->query;
		terms->count++;
	}
	return 0;
}

int
day_plan_order(struct day *day, struct day_list *list, struct err *err)
{
	const char *asked = day->request->rank;

	list->rank = asked != NULL ? asked : settings_string(list->settings, "rank");
	for (int wish = 0; wish < PICK_WISH_COUNT; wish++)
		if (plan_wish(day, list, (enum pick_wish)wish, err) < 0)
			return -1;
	list->minutes = (size_t)settings_int(list->settings, "minutes");
	/* Anything else was refused with the file. */
	str_to_thousandths(
	    str_from(settings_string(list->settings, "diversity")), 0, 1000, &list->diversity);
	if (pick_check_rank(list->rank, list->wishes, err) == 0)
		return 0;
	if (asked == NULL)
		err->code = EX_CONFIG;
	return err_prefix(
	    err, "%s", asked != NULL ? "--rank" : settings_origin(list->settings, "rank"));
}
