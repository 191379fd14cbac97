/*
 * What settings of a list say about its issues: filters, order, measure, time zone; read and
 * checked before anything is fetched. What follows from it is pick's.
 */
#include "day.h"

#include "digest/zone.h"

#include <string.h>

/* What is being planned. */
struct plan {
	struct day *day;
	struct day_rules *rules;
	struct arena *arena;
};

static void
keep_query(const struct plan *plan, struct query *query)
{
	struct day_rules *rules = plan->rules;

	rules->queries =
	    arena_grow(plan->arena, rules->queries, &rules->query_count, sizeof(query));
	rules->queries[rules->query_count - 1] = query;
}

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
add_filter(const struct plan *plan, struct filter_set set, const char *text, const char *where,
    struct err *err)
{
	struct query *query = NULL;
	size_t name_count = *set.count;

	if (query_parse(&query, str_from(text), err) < 0)
		return err_prefix(err, "%s: '%s'", where, text);
	keep_query(plan, query);
	*set.queries = arena_grow(plan->arena, *set.queries, set.count, sizeof(query));
	(*set.queries)[*set.count - 1] = query;
	*set.names = arena_grow(plan->arena, *set.names, &name_count, sizeof(char *));
	(*set.names)[name_count - 1] = set.tells_where
	    ? arena_printf(plan->arena, "'%s', %s", text, file_name(where)).ptr
	    : arena_string(plan->arena, str_from(text));
	return 0;
}

/* The filters of a setting, which may hold one expression or one a line. */
static int
add_setting_filters(
    const struct plan *plan, const char *key, struct filter_set set, struct err *err)
{
	const struct settings *settings = plan->rules->settings;
	const char *origin = settings_origin(settings, key);
	struct str text = str_from(settings_string(settings, key)), line;

	while (str_next_line(&text, &line)) {
		line = str_trim(line);
		if (line.len == 0)
			continue;
		if (add_filter(plan, set, arena_string(plan->arena, line), origin, err) < 0) {
			err->code = EX_CONFIG;
			return -1;
		}
	}
	return 0;
}

static int
plan_filters(const struct plan *plan, struct err *err)
{
	const struct run_request *request = plan->day->request;
	struct day_rules *rules = plan->rules;
	struct filter_set include = { &rules->include, &rules->include_names, &rules->include_count,
		false };
	struct filter_set exclude = { &rules->exclude, &rules->exclude_names, &rules->exclude_count,
		true };

	if (add_setting_filters(plan, "exclude", exclude, err) < 0)
		return -1;
	if (request->match_count == 0)
		return add_setting_filters(plan, "include", include, err);
	for (size_t i = 0; i < request->match_count; i++) {
		if (add_filter(plan, include, request->matches[i], "--match", err) < 0)
			return -1;
	}
	return 0;
}

/* ---- order ---- */

/* Reads the terms that stand in one key. */
static int
plan_wish(const struct plan *plan, enum pick_wish wish, struct err *err)
{
	struct day_rules *rules = plan->rules;
	const char *key = pick_wish_name(wish);
	struct pick_terms *terms = &rules->wishes[wish];
	size_t count = settings_count(rules->settings, key);

	terms->items = arena_array(plan->arena, count + 1, sizeof(struct pick_term));
	for (size_t i = 0; i < count; i++) {
		struct str text = str_from(settings_string_at(rules->settings, key, i));
		struct pick_term *term = &terms->items[i];

		if (pick_read_term(term, wish, text, plan->arena, err) < 0) {
			err->code = EX_CONFIG;
			err_prefix(err, "%s", key);
			return err_prefix(err, "%s", settings_origin(rules->settings, key));
		}
		keep_query(plan, term->query);
		terms->count++;
	}
	return 0;
}

static int
plan_order(const struct plan *plan, struct err *err)
{
	const char *asked = plan->day->request->rank;
	struct day_rules *rules = plan->rules;

	rules->rank = asked != NULL ? asked : settings_string(rules->settings, "rank");
	for (int wish = 0; wish < PICK_WISH_COUNT; wish++)
		if (plan_wish(plan, (enum pick_wish)wish, err) < 0)
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
day_plan_rules(struct day *day, struct day_rules *rules, const struct settings *settings,
    struct arena *arena, struct err *err)
{
	const struct plan plan = { day, rules, arena };
	int64_t limit = day->request->limit;

	*rules = (struct day_rules){ .settings = settings };
	if (plan_filters(&plan, err) < 0 || plan_order(&plan, err) < 0)
		return -1;
	rules->limit = (size_t)(limit >= 0 ? limit : settings_int(settings, "limit"));
	rules->zone = settings_string(settings, "timezone");
	if (zone_check(rules->zone, err) < 0)
		return err_prefix(err, "%s", settings_origin(settings, "timezone"));
	rules->date = zone_at(rules->zone, day->now).day;
	return 0;
}

void
day_release_rules(struct day_rules *rules)
{
	for (size_t i = 0; i < rules->query_count; i++)
		query_free(rules->queries[i]);
	*rules = (struct day_rules){ 0 };
}

/* ---- a reader's own ---- */

static int
set_line(struct settings *settings, struct str line, const char *origin, struct err *err)
{
	struct str rest = line, name = STR("");
	struct buf key = BUF_INIT(BUF_LIMIT), value = BUF_INIT(BUF_LIMIT);

	str_next(&rest, '=', &name);
	buf_add(&key, str_trim(name));
	buf_add(&value, str_trim(rest));
	int status = config_set_for_reader(settings, key.ptr, value.ptr, origin, err);
	buf_release(&key);
	buf_release(&value);
	return status;
}

int
day_reader_settings(struct settings **settings, const struct settings *list, const char *address,
    struct str own, struct err *err)
{
	struct buf origin = BUF_INIT(BUF_LIMIT);
	struct str line;
	int status = 0;

	buf_addf(&origin, "subscriber '%s'", address);
	*settings = settings_copy(list);
	while (status == 0 && str_next_line(&own, &line))
		status = set_line(*settings, line, origin.ptr, err);
	buf_release(&origin);
	if (status == 0)
		return 0;
	settings_free(*settings);
	*settings = NULL;
	return -1;
}
