/*
 * Which candidates are read, in which order, and why the others are not. How two entries compare is
 * the rankings' business, whether one matches the query module's.
 */
#include "digest/pick.h"

#include "digest/buf.h"
#include "digest/query.h"
#include "ranking.h"

#include <stdlib.h>

enum { RANKING_LIMIT = 8 }; /* of those that one `rank` names */

static const struct pick_ranking *const rankings[] = {
#define RANKING(name) &pick_ranking_##name,
#include "rankings.def"
#undef RANKING
};

enum { RANKING_COUNT = sizeof(rankings) / sizeof(*rankings) };

/* The rankings that a `rank` names, the deciding one first. */
struct order {
	const struct pick_ranking *items[RANKING_LIMIT];
	size_t count;
	int64_t now;
};

const char *
pick_ranking_name(size_t index, const char **help)
{
	if (index >= RANKING_COUNT)
		return NULL;
	*help = rankings[index]->help;
	return rankings[index]->name;
}

static const struct pick_ranking *
nearest_ranking(struct str name)
{
	const struct pick_ranking *nearest = rankings[0];
	size_t least = SIZE_MAX;

	for (size_t i = 0; i < RANKING_COUNT; i++) {
		size_t distance = str_distance(name, str_from(rankings[i]->name));

		if (distance < least) {
			nearest = rankings[i];
			least = distance;
		}
	}
	return nearest;
}

static int
add_ranking(struct order *order, struct str name, struct err *err)
{
	if (order->count == RANKING_LIMIT)
		return err_set(err, EX_USAGE, "rank: more than %d rankings", RANKING_LIMIT);
	for (size_t i = 0; i < RANKING_COUNT; i++) {
		if (!str_is(name, rankings[i]->name))
			continue;
		order->items[order->count++] = rankings[i];
		return 0;
	}
	return err_set(err, EX_USAGE, "rank: there is no ranking '%.*s'; did you mean '%s'?",
	    STR_ARG(str_head(name, 40)), nearest_ranking(name)->name);
}

static int
parse_rank(struct order *order, const char *rank, struct err *err)
{
	struct str rest = str_trim(str_from(rank)), name;

	if (rest.len == 0)
		rest = STR("listing");
	while (str_next(&rest, ',', &name))
		if (add_ranking(order, str_trim(name), err) < 0)
			return -1;
	return 0;
}

int
pick_check_rank(const char *rank, struct err *err)
{
	struct order order = { .count = 0 };

	return parse_rank(&order, rank, err);
}

/* ---- filters ---- */

/* The first of the queries that the entry matches; `count` when none does. */
static size_t
find_match(const struct query *const *queries, size_t count, const struct query_subject *subject)
{
	size_t i = 0;

	while (i < count && !query_matches(queries[i], subject))
		i++;
	return i;
}

static struct str
no_match_reason(const struct pick_rules *rules, struct arena *arena)
{
	struct buf text = BUF_INIT(BUF_LIMIT);

	buf_add_string(&text, "not matched by");
	for (size_t i = 0; i < rules->include_count; i++)
		buf_addf(&text, "%s '%s'", i == 0 ? "" : " or", rules->include_names[i]);

	struct str reason = arena_copy(arena, buf_str(&text));
	buf_release(&text);
	return reason;
}

/* Whether the filters let the candidate pass; sets why, either way. */
static bool
passes(struct pick_candidate *candidate, const struct pick_rules *rules, struct arena *arena)
{
	if (candidate->section == ISSUE_WITHDRAWN)
		return true;
	if (candidate->entry->is_withdrawn) {
		candidate->why = STR("withdrawn");
		return false;
	}
	if (candidate->section == ISSUE_UPDATED && !rules->has_updates) {
		candidate->why = STR("an update, and updates are not wanted");
		return false;
	}
	if (rules->include_count + rules->exclude_count == 0)
		return true;

	struct query_subject *subject = query_subject(arena, candidate->entry, rules->now);
	size_t refused = find_match(rules->exclude, rules->exclude_count, subject);
	size_t matched = find_match(rules->include, rules->include_count, subject);
	if (refused < rules->exclude_count)
		candidate->why =
		    arena_printf(arena, "excluded by '%s'", rules->exclude_names[refused]);
	else if (rules->include_count > 0 && matched == rules->include_count)
		candidate->why = no_match_reason(rules, arena);
	else if (rules->include_count > 1)
		candidate->why =
		    arena_printf(arena, "matched by '%s'", rules->include_names[matched]);
	return refused == rules->exclude_count &&
	    (rules->include_count == 0 || matched < rules->include_count);
}

/* ---- order ---- */

/* Picked before not picked, section by section, then the rankings, then as they were given. */
static int
compare_places(const void *left, const void *right, void *context)
{
	const struct pick_place *a = left, *b = right;
	const struct order *order = context;
	int result = 0;

	if (a->candidate.is_picked != b->candidate.is_picked)
		return a->candidate.is_picked ? -1 : 1;
	if (a->candidate.is_picked && a->candidate.section != b->candidate.section)
		return issue_section_place(a->candidate.section) -
		    issue_section_place(b->candidate.section);
	for (size_t i = 0; i < order->count && a->candidate.is_picked && result == 0; i++)
		result = order->items[i]->compare(a, b, order->now);
	return result != 0 ? result : (a->index > b->index) - (a->index < b->index);
}

static void
sort(struct pick_candidate *candidates, size_t count, struct order *order, struct arena *arena)
{
	struct pick_place *places = arena_array(arena, count, sizeof(*places));

	for (size_t i = 0; i < count; i++)
		places[i] = (struct pick_place){ candidates[i], i };
	qsort_r(places, count, sizeof(*places), compare_places, order);
	for (size_t i = 0; i < count; i++)
		candidates[i] = places[i].candidate;
}

/* Adds what the rankings say to what the filters said. */
static void
explain(struct pick_candidate *candidate, const struct order *order, struct arena *arena)
{
	for (size_t i = 0; i < order->count && !order->items[i]->is_total; i++) {
		struct str why = order->items[i]->why(candidate->entry, arena);

		if (why.len == 0)
			continue;
		candidate->why = candidate->why.len == 0
		    ? why
		    : arena_printf(arena, "%.*s; %.*s", STR_ARG(candidate->why), STR_ARG(why));
	}
}

/* Leaves out what is beyond the limit, and tells why the others stand where they do. How many are cut. */
static size_t
cut(struct pick_candidate *candidates, size_t count, const struct pick_rules *rules,
    const struct order *order, struct arena *arena)
{
	size_t cut_count = 0;

	for (size_t i = 0; i < count && candidates[i].is_picked; i++) {
		if (candidates[i].section == ISSUE_WITHDRAWN)
			continue;
		if (rules->limit == 0 || i < rules->limit) {
			explain(&candidates[i], order, arena);
			continue;
		}
		candidates[i].is_picked = false;
		candidates[i].why = arena_printf(arena, "beyond the limit of %zu", rules->limit);
		cut_count++;
	}
	return cut_count;
}

int
pick(struct pick_candidate *candidates, size_t count, const struct pick_rules *rules,
    struct arena *arena, struct err *err)
{
	struct order order = { .now = rules->now };

	if (parse_rank(&order, rules->rank, err) < 0)
		return -1;
	for (size_t i = 0; i < count; i++) {
		candidates[i].why = STR("");
		candidates[i].is_picked = passes(&candidates[i], rules, arena);
	}
	sort(candidates, count, &order, arena);
	if (cut(candidates, count, rules, &order, arena) > 0)
		sort(candidates, count, &order, arena);
	return 0;
}
