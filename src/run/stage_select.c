/*
 * Select: what of the stored entries goes into each edition, in which order, and why the rest does
 * not.
 */
#include "day.h"

#include "digest/zone.h"

/* Readers with a selection of their own choose from the same entries. */
static struct store_shelf *
shelf_for(struct day *day, const struct day_edition *edition)
{
	if (edition->settings.len == 0)
		return NULL;
	if (day->shelf_list != edition->list) {
		store_shelf_free(day->shelf);
		day->shelf = store_shelf_new();
		day->shelf_list = edition->list;
	}
	return day->shelf;
}

static int
find_candidates(struct day *day, struct day_edition *edition, struct err *err)
{
	const struct day_list *list = edition->list;
	int64_t moment = edition->is_catch_up ? edition->done_at : day->now;
	int32_t today = zone_at(edition->rules->zone, moment).day, utc = date_day_of(moment);
	int64_t *sources = arena_array(day->batch_arena, list->source_count + 1, sizeof(int64_t));

	for (size_t i = 0; i < list->source_count; i++)
		sources[i] = day->source_ids[list->sources[i]];
	struct store_want want = {
		.shelf = shelf_for(day, edition),
		.scope = day->scope,
		.audience = edition->audience,
		.sources = sources,
		.source_count = list->source_count,
		.since = day->request->since,
		/* The day is the reader's own, which may be ahead of UTC's. */
		.until = today > utc ? today : utc,
		.is_day_gone_by = edition->is_catch_up,
	};
	if (day->request->date != DATE_NO_DAY)
		want.since = want.until = day->request->date;
	return store_candidates(day->store, &want, day->batch_arena, &edition->candidates, err);
}

/* The newest listing is never too old. */
static int32_t
listed_since(const struct day_edition *edition)
{
	int32_t newest = DATE_NO_DAY;

	for (size_t i = 0; i < edition->candidates.count; i++) {
		const struct store_candidate *item = &edition->candidates.items[i];
		if (item->section == ISSUE_NEW && item->entry->listed_on > newest)
			newest = item->entry->listed_on;
	}
	return newest < edition->listed_since ? newest : edition->listed_since;
}

static int
pick_candidates(struct day *day, struct day_edition *edition, struct err *err)
{
	const struct day_rules *from = edition->rules;
	size_t count = edition->candidates.count;
	struct pick_rules rules = {
		.include = from->include,
		.include_names = from->include_names,
		.include_count = from->include_count,
		.exclude = from->exclude,
		.exclude_names = from->exclude_names,
		.exclude_count = from->exclude_count,
		.rank = from->rank,
		.liked = edition->list->liked,
		.diversity = from->diversity,
		.limit = from->limit,
		.minutes = from->minutes,
		.has_updates = settings_bool(from->settings, "updates"),
		.listed_since = listed_since(edition),
		.now = day->now,
	};

	for (int wish = 0; wish < PICK_WISH_COUNT; wish++)
		rules.wishes[wish] = from->wishes[wish];
	edition->picks = arena_array(day->batch_arena, count + 1, sizeof(struct pick_candidate));
	for (size_t i = 0; i < count; i++) {
		const struct store_candidate *item = &edition->candidates.items[i];
		if (item->subject != NULL && *item->subject == NULL)
			*item->subject = query_subject(day->arena, item->shelved, day->now);
		edition->picks[i].subject = item->subject != NULL ? *item->subject : NULL;
		edition->picks[i].entry = edition->candidates.items[i].entry;
		edition->picks[i].section = edition->candidates.items[i].section;
		edition->picks[i].from_version = edition->candidates.items[i].from_version;
		edition->picks[i].changes = edition->candidates.items[i].changes;
	}
	if (pick(edition->picks, count, &rules, day->batch_arena, err) < 0)
		return -1;
	while (edition->picked_count < count && edition->picks[edition->picked_count].is_picked)
		edition->picked_count++;
	return 0;
}

int
stage_select(struct day *day, struct err *err)
{
	for (size_t i = 0; i < day->batch_count; i++) {
		struct day_edition *edition = &day->batch[i];
		int64_t issue = 0;
		if (edition->is_given_up)
			continue;
		if (day->scope != STORE_NEWEST && day->scope != STORE_DAYS_ALL &&
		    store_issue_on(day->store, edition->audience, edition->date, &issue, err) < 0)
			return -1;
		edition->is_made = issue != 0;
		if (edition->is_made)
			continue;
		if (find_candidates(day, edition, err) < 0 ||
		    day_learn_likes(day, edition->list, edition->rules->rank, err) < 0 ||
		    day_find_similar(day, edition->rules, err) < 0 ||
		    pick_candidates(day, edition, err) < 0)
			return -1;
	}
	return 0;
}
