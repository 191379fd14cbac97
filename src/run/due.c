/*
 * Which editions have come due, and which of these wait for their sources. What a schedule says is the
 * calendar's; what an answer of a source means is the source's.
 */
#include "day.h"

#include "digest/calendar.h"
#include "digest/zone.h"

#include <stdlib.h>
#include <string.h>

/* Whose missed papers are not wanted gets what an issue of this hour would have had without the pause. */
static void
look_what_was_missed(
    const struct settings *settings, int64_t done_at, int32_t before_last, struct day_due *due)
{
	const char *zone = settings_string(settings, "timezone");

	if (str_is(str_from(settings_string(settings, "catch_up")), "latest") &&
	    done_at != DATE_NO_INSTANT && zone_at(zone, done_at).day < before_last)
		due->listed_since = before_last + 1;
}

/* Without a schedule an edition is due once per local date. */
static void
look_at_date(const struct day *day, const struct settings *settings, int64_t done_at,
    struct day_due *due, int64_t *next)
{
	const char *zone = settings_string(settings, "timezone");
	int32_t today = zone_at(zone, day->now).day;

	due->is_due = done_at == DATE_NO_INSTANT || zone_at(zone, done_at).day < today;
	look_what_was_missed(settings, done_at, today - 1, due);
	*next = zone_instant(zone, today + 1, 0);
}

static void
expect_run(struct day *day, int64_t at)
{
	int64_t *next = &day->result->next_due;

	if (at != DATE_NO_INSTANT && (*next == DATE_NO_INSTANT || at < *next))
		*next = at;
}

/* The hours of that schedule by now, in the day's. */
static int
look_up_hours(struct day *day, const char *text, const char *zone, struct err *err)
{
	struct day_hours *hours = &day->hours;
	int64_t last;
	struct calendar_schedule schedule;

	if (hours->schedule != NULL && strcmp(hours->schedule, text) == 0 &&
	    strcmp(hours->zone, zone) == 0)
		return 0;
	if (calendar_parse_schedule(&schedule, str_from(text), err) < 0)
		return -1;
	last = calendar_last_due(&schedule, zone, day->now);
	*hours = (struct day_hours){
		.schedule = arena_string(day->arena, str_from(text)),
		.zone = arena_string(day->arena, str_from(zone)),
		.before_last = last != DATE_NO_INSTANT
		    ? calendar_last_due(&schedule, zone, last - 1)
		    : DATE_NO_INSTANT,
		.last = last,
		.next = calendar_next_due(&schedule, zone, day->now),
	};
	return 0;
}

int
day_look_if_due(struct day *day, const struct settings *settings, int64_t done_at,
    struct day_due *due, struct err *err)
{
	const char *text = settings_string(settings, "schedule");
	const char *zone = settings_string(settings, "timezone");
	int64_t next;

	*due = DAY_WANTED_NOW;
	if (text[0] == '\0') {
		look_at_date(day, settings, done_at, due, &next);
		expect_run(day, next);
		return 0;
	}
	if (look_up_hours(day, text, zone, err) < 0)
		return err_prefix(err, "%s", settings_origin(settings, "schedule"));
	due->at = day->hours.last;
	due->is_due =
	    due->at != DATE_NO_INSTANT && (done_at == DATE_NO_INSTANT || done_at < due->at);
	if (day->hours.before_last != DATE_NO_INSTANT)
		look_what_was_missed(
		    settings, done_at, zone_at(zone, day->hours.before_last).day, due);
	expect_run(day, day->hours.next);
	return 0;
}

/* ---- lists that sleep ---- */

static int
compare_key(const void *key, const void *state)
{
	return strcmp(key, ((const struct store_list_state *)state)->key.ptr);
}

static int
look_if_asleep(struct day *day, struct day_list *list, const struct store_list_state *state,
    struct buf *digest, struct err *err)
{
	struct day_due due;

	if (state == NULL || state->has_others)
		return 0;
	if (day_look_if_due(day, list->rules.settings, state->done_at, &due, err) < 0)
		return -1;
	buf_reset(digest);
	day_digest_subscribers(list->rules.settings, digest);
	list->is_asleep = !due.is_due && str_equal(buf_str(digest), state->configured);
	list->id = state->list;
	return 0;
}

int
day_find_asleep(struct day *day, struct err *err)
{
	struct buf digest = BUF_INIT(BUF_LIMIT);
	struct store_list_state *states;
	size_t count;
	int status = store_list_states(day->store, day->arena, &states, &count, err);

	for (size_t i = 0; i < day->list_count && status == 0; i++) {
		struct day_list *list = &day->lists[i];
		const struct store_list_state *state = count == 0
		    ? NULL
		    : bsearch(list->key, states, count, sizeof(*states), compare_key);
		status = look_if_asleep(day, list, state, &digest, err);
	}
	buf_release(&digest);
	return status;
}

/* ---- waiting for the listing ---- */

/*
 * A source is waited for when it could not be read, when its answer is odd, and when the listing of the
 * day is still to come. One that is there goes out, even if it may grow: what comes late is in the next.
 */
static bool
is_waited_for(const struct day *day, size_t source)
{
	const struct source_outcome *outcome = &day->outcomes[source];
	int32_t today;

	switch (outcome->verdict) {
	case SOURCE_NEW:
	case SOURCE_NOTHING_NEW:
		return source_expects(&day->sources[source], day->now, &today) ==
		    CALENDAR_NOT_YET &&
		    (outcome->newest_day == DATE_NO_DAY || outcome->newest_day < today);
	case SOURCE_NOT_YET:
	case SOURCE_EMPTY_UNEXPECTED:
	case SOURCE_ERROR:
	case SOURCE_STALE:
	case SOURCE_SHRUNK: return true;
	default: return false;
	}
}

/* The first of the list's sources that is waited for, or NULL. */
static const struct source *
source_waited_for(const struct day *day, const struct day_list *list)
{
	for (size_t i = 0; i < list->source_count; i++)
		if (is_waited_for(day, list->sources[i]))
			return &day->sources[list->sources[i]];
	return NULL;
}

bool
day_is_missed(const struct day *day, const struct day_edition *edition, size_t source)
{
	return edition->is_overdue && is_waited_for(day, source);
}

/*
 * An edition whose hour has come waits for its sources until its deadline: nothing is made of it, and
 * the next run asks again. Behind the deadline it goes with what there is.
 */
int
stage_wait(struct day *day, struct err *err)
{
	size_t kept = 0;

	(void)err;
	for (size_t i = 0; i < day->edition_count; i++) {
		struct day_edition *edition = &day->editions[i];
		const struct source *missing = source_waited_for(day, edition->list);
		char until[DATE_INSTANT_BYTES];
		bool has_hour = day->request->is_due_only && edition->due_at != DATE_NO_INSTANT;
		int64_t deadline = has_hour
		    ? edition->due_at + settings_duration_s(edition->rules->settings, "deadline")
		    : DATE_NO_INSTANT;
		if (missing == NULL || !has_hour || day->now >= deadline) {
			edition->is_overdue = missing != NULL && has_hour;
			day->editions[kept++] = *edition;
			continue;
		}
		expect_run(day, deadline);
		day->result->is_waiting = true;
		buf_addf(&day->result->said, "list '%s' waits for %s, until %s at most\n",
		    edition->list->name, missing->title, date_format_instant(until, deadline));
	}
	day->edition_count = kept;
	return 0;
}
