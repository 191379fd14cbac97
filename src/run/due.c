/*
 * Which editions have come due, and which of these wait for their sources. What a schedule says is
 * the calendar's; what an answer of a source means is the source's.
 */
#include "day.h"

#include "digest/calendar.h"
#include "digest/zone.h"

#include <stdlib.h>
#include <string.h>

/* What is older than that is in the first of the issues that each missed day gets. */
enum { MISSED_MOST = 31 };

/* The due day before a date. */
typedef struct day_missed step_back(const struct day *day, const char *zone, int32_t date);

static struct day_missed
due_before(const struct day *day, const char *zone, int32_t date)
{
	struct day_missed before = { date, DATE_NO_INSTANT };

	/* As far back as calendar_last_due() looks. */
	while (before.at == DATE_NO_INSTANT && before.date > date - 400)
		before.at = calendar_due_of_day(&day->hours.parsed, zone, --before.date);
	return before;
}

/* Every day there is; it is taken for done from its beginning on. */
static struct day_missed
date_before(const struct day *day, const char *zone, int32_t date)
{
	int64_t begin = zone_instant(zone, date, 0);

	(void)day;
	return (struct day_missed){ zone_at(zone, begin - 1).day,
		zone_instant(zone, zone_at(zone, begin - 1).day, 0) };
}

/* The missed days, for issues of their own. */
static void
find_missed(struct day *day, const char *zone, step_back *before, int64_t done_at,
    struct day_missed last, struct day_due *due)
{
	struct day_missed *newest_first =
	    arena_array(day->arena, MISSED_MOST, sizeof(*newest_first));
	size_t count = 0;

	for (; count < MISSED_MOST && last.at != DATE_NO_INSTANT && last.at > done_at;
	     last = before(day, zone, last.date))
		newest_first[count++] = last;
	due->missed = arena_array(day->arena, count + 1, sizeof(*due->missed));
	due->missed_count = count;
	for (size_t i = 0; i < count; i++)
		due->missed[i] = newest_first[count - 1 - i];
}

/*
 * What becomes of the days before the one that is due: `last` is the newest of them. Who has begun
 * only now has missed nothing.
 */
static void
look_what_was_missed(struct day *day, const struct settings *settings, int64_t done_at,
    step_back *before, struct day_missed last, struct day_due *due)
{
	struct str wish = str_from(settings_string(settings, "catch_up"));

	if (!due->is_due || done_at == DATE_NO_INSTANT || last.at == DATE_NO_INSTANT ||
	    done_at >= last.at)
		return;
	/* An issue of this day alone is what it would have been without the pause. */
	if (str_is(wish, "latest"))
		due->listed_since = last.date + 1;
	else if (str_is(wish, "each"))
		find_missed(day, settings_string(settings, "timezone"), before, done_at, last, due);
}

/* Without a schedule an edition is due once per local date. */
static void
look_at_date(struct day *day, const struct settings *settings, int64_t done_at, struct day_due *due,
    int64_t *next)
{
	const char *zone = settings_string(settings, "timezone");
	int32_t today = zone_at(zone, day->now).day;

	due->is_due = done_at == DATE_NO_INSTANT || zone_at(zone, done_at).day < today;
	look_what_was_missed(
	    day, settings, done_at, date_before, date_before(day, zone, today), due);
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
	struct calendar_schedule schedule;

	if (hours->schedule != NULL && strcmp(hours->schedule, text) == 0 &&
	    strcmp(hours->zone, zone) == 0)
		return 0;
	if (calendar_parse_schedule(&schedule, str_from(text), err) < 0)
		return -1;
	*hours = (struct day_hours){
		.schedule = arena_string(day->arena, str_from(text)),
		.zone = arena_string(day->arena, str_from(zone)),
		.parsed = schedule,
		.last = calendar_last_due(&schedule, zone, day->now),
		.next = calendar_next_due(&schedule, zone, day->now),
		.last_day = DATE_NO_DAY,
		.before = { DATE_NO_DAY, DATE_NO_INSTANT },
	};
	if (hours->last == DATE_NO_INSTANT)
		return 0;
	hours->last_day = calendar_due_day(&schedule, zone, hours->last);
	hours->before = due_before(day, zone, hours->last_day);
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
	/* Made late, it is still the issue of its day. A first one is today's. */
	if (done_at != DATE_NO_INSTANT)
		due->date = day->hours.last_day;
	look_what_was_missed(day, settings, done_at, due_before, day->hours.before, due);
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
 * A source is waited for when it could not be read, when its answer is odd, and when the listing of
 * the day is still to come. One that is there goes out, even if it may grow: what comes late is in
 * the next. An edition of an earlier listing day than today's does not wait for today's.
 */
static bool
is_waited_for(const struct day *day, const struct day_edition *edition, size_t source)
{
	const struct source_outcome *outcome = &day->outcomes[source];
	int64_t hour = edition->due_at != DATE_NO_INSTANT ? edition->due_at : day->now;
	int32_t today, then;
	enum calendar_expectation expected = source_expects(&day->sources[source], hour, &then);

	if (outcome->verdict == SOURCE_ERROR || edition->is_catch_up)
		return outcome->verdict == SOURCE_ERROR;
	bool is_still_to_come = expected == CALENDAR_NOT_YET &&
	    (outcome->newest_day == DATE_NO_DAY || outcome->newest_day < then);
	enum calendar_expectation expected_now =
	    source_expects(&day->sources[source], day->now, &today);
	if (then < today)
		return is_still_to_come;
	switch (outcome->verdict) {
	case SOURCE_NEW:
	case SOURCE_NOTHING_NEW: return is_still_to_come && expected_now == CALENDAR_NOT_YET;
	case SOURCE_NOT_YET:
	case SOURCE_EMPTY_UNEXPECTED:
	case SOURCE_STALE:
	case SOURCE_SHRUNK: return true;
	default: return false;
	}
}

/* The first of the sources that is waited for, or NULL. */
static const struct source *
source_waited_for(const struct day *day, const struct day_edition *edition)
{
	const struct day_list *list = edition->list;

	for (size_t i = 0; i < list->source_count; i++)
		if (is_waited_for(day, edition, list->sources[i]))
			return &day->sources[list->sources[i]];
	return NULL;
}

bool
day_is_missed(const struct day *day, const struct day_edition *edition, size_t source)
{
	return edition->is_overdue && is_waited_for(day, edition, source);
}

/*
 * An edition whose hour has come waits for its sources until its deadline: nothing is made of it,
 * and the next run asks again. After the deadline it goes with what there is.
 */
int
stage_wait(struct day *day, struct err *err)
{
	size_t kept = 0;

	(void)err;
	for (size_t i = 0; i < day->edition_count; i++) {
		struct day_edition *edition = &day->editions[i];
		const struct source *missing = source_waited_for(day, edition);
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
