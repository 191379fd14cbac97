/*
 * What settings of a list say about its issues: filters, order, measure, time zone; read and checked
 * before anything is fetched. What follows from it is pick's.
 */
#include "day.h"

#include "digest/zone.h"

#include <string.h>

/* ---- filters ---- */

struct filter_set {
	const struct query ***queries;
	const char ***names;
	size_t *count;
	bool tells_where; /* a reason names the place; it is for those who know the file */
};

/* "FILE:LINE" without the folders. */
static const char *
file_name(const char *where)
{
	const char *slash = strrchr(where, '/');

	return slash != NULL ? slash + 1 : where;
}

/* Adds one expression; `name` is how a reason quotes it. */
static int
add_filter(
    struct day *day, struct filter_set set, const char *text, const char *where, struct err *err)
{
	struct query *query = NULL;
	size_t name_count = *set.count;

	if (query_parse(&query, str_from(text), err) < 0)
		return err_prefix(err, "%s: '%s'", where, text);
	day->queries = arena_grow(day->arena, day->queries, &day->query_count, sizeof(query));
	day->queries[day->query_count - 1] = query;
	*set.queries = arena_grow(day->arena, *set.queries, set.count, sizeof(query));
	(*set.queries)[*set.count - 1] = query;
	*set.names = arena_grow(day->arena, *set.names, &name_count, sizeof(char *));
	(*set.names)[name_count - 1] = set.tells_where
	    ? arena_printf(day->arena, "'%s', %s", text, file_name(where)).ptr
	    : arena_string(day->arena, str_from(text));
	return 0;
}

/* The filters of a setting, which may hold one expression or one a line. */
static int
add_setting_filters(struct day *day, const struct settings *settings, const char *key,
    struct filter_set set, struct err *err)
{
	const char *origin = settings_origin(settings, key);
	struct str text = str_from(settings_string(settings, key)), line;

	while (str_next_line(&text, &line)) {
		line = str_trim(line);
		if (line.len == 0)
			continue;
		if (add_filter(day, set, arena_string(day->arena, line), origin, err) < 0) {
			err->code = EX_CONFIG;
			return -1;
		}
	}
	return 0;
}

static int
plan_filters(struct day *day, struct day_rules *rules, struct err *err)
{
	const struct settings *settings = rules->settings;
	struct filter_set include = { &rules->include, &rules->include_names, &rules->include_count,
		false };
	struct filter_set exclude = { &rules->exclude, &rules->exclude_names, &rules->exclude_count,
		true };

	if (add_setting_filters(day, settings, "exclude", exclude, err) < 0)
		return -1;
	if (day->request->match_count == 0)
		return add_setting_filters(day, settings, "include", include, err);
	for (size_t i = 0; i < day->request->match_count; i++) {
		if (add_filter(day, include, day->request->matches[i], "--match", err) < 0)
			return -1;
	}
	return 0;
}

/* ---- order ---- */

/* Reads the terms that stand in one key. */
static int
plan_wish(struct day *day, struct day_rules *rules, enum pick_wish wish, struct err *err)
{
	const char *key = pick_wish_name(wish);
	struct pick_terms *terms = &rules->wishes[wish];
	size_t count = settings_count(rules->settings, key);

	terms->items = arena_array(day->arena, count + 1, sizeof(struct pick_term));
	for (size_t i = 0; i < count; i++) {
		struct str text = str_from(settings_string_at(rules->settings, key, i));
		struct pick_term *term = &terms->items[i];

		if (pick_read_term(term, wish, text, day->arena, err) < 0) {
			err->code = EX_CONFIG;
			err_prefix(err, "%s", key);
			return err_prefix(err, "%s", settings_origin(rules->settings, key));
		}
		day->queries =
		    arena_grow(day->arena, day->queries, &day->query_count, sizeof(term->query));
		day->queries[day->query_count - 1] = term->query;
		terms->count++;
	}
	return 0;
}

static int
plan_order(struct day *day, struct day_rules *rules, struct err *err)
{
	const char *asked = day->request->rank;

	rules->rank = asked != NULL ? asked : settings_string(rules->settings, "rank");
	for (int wish = 0; wish < PICK_WISH_COUNT; wish++)
		if (plan_wish(day, rules, (enum pick_wish)wish, err) < 0)
			return -1;
	rules->minutes = (size_t)settings_int(rules->settings, "minutes");
	/* Anything else was refused with the file. */
	str_to_thousandths(
	    str_from(settings_string(rules->settings, "diversity")), 0, 1000, &rules->diversity);
	if (pick_check_rank(rules->rank, rules->wishes, err) == 0)
		return 0;
	if (asked == NULL)
		err->code = EX_CONFIG;
	return err_prefix(
	    err, "%s", asked != NULL ? "--rank" : settings_origin(rules->settings, "rank"));
}

int
day_plan_rules(
    struct day *day, struct day_rules *rules, const struct settings *settings, struct err *err)
{
	int64_t limit = day->request->limit;

	*rules = (struct day_rules){ .settings = settings };
	if (plan_filters(day, rules, err) < 0 || plan_order(day, rules, err) < 0)
		return -1;
	rules->limit = (size_t)(limit >= 0 ? limit : settings_int(settings, "limit"));
	rules->zone = settings_string(settings, "timezone");
	if (zone_check(rules->zone, err) < 0)
		return err_prefix(err, "%s", settings_origin(settings, "timezone"));
	rules->date = zone_at(rules->zone, day->now).day;
	return 0;
}
