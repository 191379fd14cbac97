/*
 * Which candidates are read, in which order, and why the others are not. How two entries compare is
 * the rankings' business, whether one matches the query module's.
 */
#include "digest/pick.h"

#include "budget.h"
#include "digest/buf.h"
#include "digest/query.h"
#include "diversity.h"
#include "order.h"

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

	return arena_keep(arena, &text);
}

const struct query_subject *
pick_subject(struct pick_candidate *candidate, const struct pick_rules *rules, struct arena *arena)
{
	if (candidate->subject == NULL)
		candidate->subject = query_subject(arena, candidate->entry, rules->now);
	return candidate->subject;
}

static bool
is_too_old(const struct pick_candidate *candidate, const struct pick_rules *rules)
{
	int32_t day = candidate->entry->listed_on;

	return candidate->section != ISSUE_UPDATED && day != DATE_NO_DAY &&
	    day < rules->listed_since;
}

/* Whether the filters let the candidate pass; sets why, either way. */
static bool
passes(struct pick_candidate *candidate, const struct pick_rules *rules, struct arena *arena)
{
	char day[DATE_DAY_BYTES];

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
	if (is_too_old(candidate, rules)) {
		candidate->why = arena_printf(arena, "missed on %s, and only the latest is wanted",
		    date_format_day(day, candidate->entry->listed_on));
		return false;
	}
	if (rules->include_count + rules->exclude_count == 0)
		return true;

	const struct query_subject *subject = pick_subject(candidate, rules, arena);
	size_t refused = find_match(rules->exclude, rules->exclude_count, subject);
	size_t matched = find_match(rules->include, rules->include_count, subject);
	if (refused < rules->exclude_count)
		candidate->why =
		    arena_printf(arena, "excluded by %s", rules->exclude_names[refused]);
	else if (rules->include_count > 0 && matched == rules->include_count)
		candidate->why = no_match_reason(rules, arena);
	else if (rules->include_count > 1)
		candidate->why =
		    arena_printf(arena, "matched by '%s'", rules->include_names[matched]);
	return refused == rules->exclude_count &&
	    (rules->include_count == 0 || matched < rules->include_count);
}

/* ---- what is read ---- */

/* Whether the limit leaves the n-th candidate in; a withdrawal is told whatever the rules say. */
static bool
is_within(const struct pick_rules *rules, const struct pick_candidate *candidate, size_t nth)
{
	return rules->limit == 0 || nth < rules->limit || candidate->section == ISSUE_WITHDRAWN;
}

/* Says of each candidate whether it is picked, and why. */
static void
judge(
    const struct pick_order *order, const struct pick_field *field, const struct pick_place *places)
{
	for (size_t i = 0; i < field->count; i++) {
		struct pick_candidate *candidate = places[i].candidate;

		candidate->is_picked = is_within(field->rules, candidate, i);
		if (!candidate->is_picked)
			candidate->why = arena_printf(
			    field->arena, "beyond the limit of %zu", field->rules->limit);
		else if (candidate->section != ISSUE_WITHDRAWN)
			pick_order_explain(order, field, &places[i]);
	}
}

/*
 * The picked ones in their order, then what the limit cut, then what was refused as it was given.
 */
static void
put_in_order(struct pick_candidate *candidates, size_t count, const struct pick_field *field,
    const struct pick_place *places)
{
	struct pick_candidate *sorted = arena_array(field->arena, count + 1, sizeof(*sorted));
	size_t done = 0;

	for (int is_picked = 1; is_picked >= 0; is_picked--)
		for (size_t i = 0; i < field->count; i++)
			if (places[i].candidate->is_picked == (is_picked != 0))
				sorted[done++] = *places[i].candidate;
	for (size_t i = 0, passed = 0; i < count; i++) {
		if (passed < field->count && field->candidates[passed] == &candidates[i])
			passed++;
		else
			sorted[done++] = candidates[i];
	}
	for (size_t i = 0; i < count; i++)
		candidates[i] = sorted[i];
}

int
pick(struct pick_candidate *candidates, size_t count, const struct pick_rules *rules,
    struct arena *arena, struct err *err)
{
	struct pick_candidate **passed = arena_array(arena, count + 1, sizeof(*passed));
	struct pick_field field = { passed, 0, rules, arena };
	struct pick_order order;
	size_t picked_count = 0;

	if (pick_order_parse(&order, rules->rank, err) < 0)
		return -1;
	for (size_t i = 0; i < count; i++) {
		candidates[i].why = STR("");
		candidates[i].is_picked = false;
		candidates[i].score = 0;
		candidates[i].form = ISSUE_FULL;
		if (passes(&candidates[i], rules, arena))
			passed[field.count++] = &candidates[i];
	}

	struct pick_place *places = pick_order_sort(&order, &field);
	pick_diversify(&field, places);
	judge(&order, &field, places);
	put_in_order(candidates, count, &field, places);
	while (picked_count < count && candidates[picked_count].is_picked)
		picked_count++;
	pick_budget(candidates, picked_count, rules->minutes);
	return 0;
}
