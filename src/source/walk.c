/*
 * The walk from listing to listing: where it begins and ends, what an empty one means by its
 * calendar, and what is done with.
 */
#include "walk.h"

#include <stdio.h>

enum {
	BACK_DAYS = 10, /* how far the newest listing is looked for */
	CATCH_UP_DAYS = 60, /* a listing a day; of weeks and months: */
	CATCH_UP_LONG_DAYS = 366,
	PATIENCE_DAYS = 7, /* so long an empty listing that should not be is asked again */
	MOST_BAD = 2, /* so many unreadable listings in a row, and the source is given up */
	NAME_BYTES = 40,
};

static int32_t
today_of(const struct provider_task *task)
{
	return date_day_of(task->wish->now);
}

/* ---- units ---- */

int32_t
walk_first_day(enum walk_unit unit, int32_t day)
{
	switch (unit) {
	case WALK_WEEKS: return day - date_weekday(day);
	case WALK_MONTHS: return day - date_civil(day).day + 1;
	default: return day;
	}
}

/* The first day after the listing that begins on that day. */
static int32_t
next_day(enum walk_unit unit, int32_t first)
{
	switch (unit) {
	case WALK_WEEKS: return first + 7;
	case WALK_MONTHS: return walk_first_day(unit, first + 31);
	default: return first + 1;
	}
}

static int32_t
last_day_of(const struct walk *walk, int32_t first)
{
	return next_day(walk->unit, first) - 1;
}

/* The listing that begins on that day, in a sentence; out of NAME_BYTES. */
static const char *
name_of(const struct walk *walk, int32_t first, char *out)
{
	char day[DATE_DAY_BYTES];

	date_format_day(day, first);
	snprintf(out, NAME_BYTES, "%s%.*s", walk->unit == WALK_WEEKS ? "the week of " : "",
	    walk->unit == WALK_MONTHS ? 7 : DATE_DAY_BYTES, day);
	return out;
}

/* A week has something if one of its days has. */
static enum calendar_expectation
expectation_of(const struct provider_task *task, const struct walk *walk, int32_t first)
{
	enum calendar_expectation found = CALENDAR_NONE;

	for (int32_t day = first; day <= last_day_of(walk, first); day++) {
		enum calendar_expectation of_day = walk->calendar(day, task->wish->now);
		if (of_day == CALENDAR_PUBLISHED)
			return of_day;
		if (of_day == CALENDAR_NOT_YET)
			found = of_day;
	}
	return found;
}

/* ---- asking ---- */

int
walk_on(struct provider_task *task, const struct walk *walk)
{
	/*
	 * The entries of weeks and months are of that listing; asked for by their days, of these.
	 */
	bool has_own_days = walk->unit != WALK_DAYS && task->wish->reach == SOURCE_DAYS;

	walk->ask(task);
	task->request.day = has_own_days ? DATE_NO_DAY : task->scratch.day;
	task->request.is_day_start = task->scratch.page == 0;
	task->request.is_filling = walk->unit != WALK_DAYS;
	return 1;
}

static int
ask_day(struct provider_task *task, const struct walk *walk, int32_t day)
{
	task->scratch.day = walk_first_day(walk->unit, day);
	task->scratch.page = task->scratch.empty_pages = 0;
	task->scratch.count = task->scratch.place = task->scratch.total = 0;
	task->scratch.token = NULL;
	return walk_on(task, walk);
}

/* ---- where the walk begins ---- */

static bool
is_first_run(const struct provider_task *task)
{
	return task->state.complete_through == DATE_NO_DAY && task->state.newest_day == DATE_NO_DAY;
}

/* The last listing that is looked at for the newest one. */
static int32_t
furthest_back(const struct provider_task *task, const struct walk *walk)
{
	int32_t first = walk_first_day(walk->unit, today_of(task));

	return walk->unit == WALK_DAYS ? first - BACK_DAYS : walk_first_day(walk->unit, first - 1);
}

static int
start_newest(struct provider_task *task, const struct walk *walk)
{
	task->scratch.is_walking_back = true;
	task->scratch.last_day = furthest_back(task, walk);
	return ask_day(task, walk, today_of(task));
}

static void
note_gap(struct provider_task *task, int32_t from, int32_t to)
{
	char from_text[DATE_DAY_BYTES], to_text[DATE_DAY_BYTES];

	provider_note(task, "%s was last read long ago; its listings from %s to %s are left out.",
	    task->source->title, date_format_day(from_text, from), date_format_day(to_text, to));
}

static int
start_catch_up(struct provider_task *task, const struct walk *walk)
{
	struct source_state *state = &task->state;
	int32_t today = today_of(task);
	int32_t first = state->complete_through != DATE_NO_DAY ? state->complete_through + 1
	                                                       : state->newest_day;
	int32_t earliest = today - (walk->unit == WALK_DAYS ? CATCH_UP_DAYS : CATCH_UP_LONG_DAYS);

	/* The clock was ahead once. */
	if (first > today)
		first = today;
	if (first < earliest) {
		note_gap(task, first, walk_first_day(walk->unit, earliest) - 1);
		first = earliest;
	}
	first = walk_first_day(walk->unit, first);
	if (state->complete_through == DATE_NO_DAY || state->complete_through < first - 1)
		state->complete_through = first - 1;
	task->scratch.last_day = today;
	return ask_day(task, walk, first - walk->overlap_days);
}

static int
start_days(struct provider_task *task, const struct walk *walk)
{
	char day[DATE_DAY_BYTES];
	int32_t today = today_of(task);
	int32_t since = task->wish->since, until = task->wish->until;

	if (since > today) {
		provider_note(task, "%s is a day to come; nothing is listed yet.",
		    date_format_day(day, since));
		provider_judge(task, SOURCE_NOT_YET);
		return 0;
	}
	if (until > today)
		until = today;
	if (since > until)
		return 0;
	/* A first run that reaches today is where later ones go on. */
	if (is_first_run(task) && until == today)
		task->state.complete_through = walk_first_day(walk->unit, since) - 1;
	task->scratch.last_day = until;
	return ask_day(task, walk, since);
}

int
walk_start(struct provider_task *task, const struct walk *walk)
{
	task->scratch.newest_day = DATE_NO_DAY;
	switch (task->wish->reach) {
	case SOURCE_CATCH_UP:
		return is_first_run(task) ? start_newest(task, walk) : start_catch_up(task, walk);
	case SOURCE_DAYS: return start_days(task, walk);
	default: return start_newest(task, walk);
	}
}

/* ---- what a listing amounts to ---- */

/* Whether it can be trusted not to change any more. */
static bool
is_settled(const struct provider_task *task, const struct walk *walk, int32_t first,
    enum calendar_expectation expectation)
{
	int32_t today = today_of(task), last = last_day_of(walk, first);

	if (last >= today)
		return false;
	return task->scratch.count > 0 || walk->is_sparse || expectation == CALENDAR_NONE ||
	    today - last > PATIENCE_DAYS;
}

static void
alarm_empty(struct provider_task *task, const struct walk *walk, int32_t first)
{
	bool is_asked_again = today_of(task) - last_day_of(walk, first) <= PATIENCE_DAYS;
	const char *again = is_asked_again ? "; it will be asked again" : "";
	char name[NAME_BYTES];

	name_of(walk, first, name);
	if (walk->unit == WALK_DAYS)
		provider_alarm(task, "%s lists nothing for %s %s, a working day%s.",
		    task->source->title, date_weekday_name(first), name, again);
	else
		provider_alarm(
		    task, "%s lists nothing for %s%s.", task->source->title, name, again);
}

static void
judge_empty(struct provider_task *task, const struct walk *walk, int32_t first,
    enum calendar_expectation expectation)
{
	char name[NAME_BYTES];

	/* A day before is only looked at for what came late. */
	if (walk->is_sparse || last_day_of(walk, first) <= task->source->state.complete_through) {
		provider_judge(task, SOURCE_NOTHING_NEW);
		return;
	}
	switch (expectation) {
	case CALENDAR_NONE: provider_judge(task, SOURCE_EMPTY_EXPECTED); break;
	case CALENDAR_NOT_YET:
		provider_judge(task, SOURCE_NOT_YET);
		if (!task->scratch.is_walking_back)
			provider_note(task, "%s has not published %s yet; its papers will follow.",
			    task->source->title, name_of(walk, first, name));
		break;
	case CALENDAR_PUBLISHED: alarm_empty(task, walk, first); break;
	}
}

static void
see_listing(struct provider_task *task)
{
	if (task->scratch.newest_day == DATE_NO_DAY || task->scratch.day > task->scratch.newest_day)
		task->scratch.newest_day = task->scratch.day;
}

/* The listing under way was read whole. */
static void
settle(struct provider_task *task, const struct walk *walk)
{
	struct source_state *state = &task->state;
	int32_t first = task->scratch.day, last = last_day_of(walk, first);
	enum calendar_expectation expectation = expectation_of(task, walk, first);

	task->scratch.bad_days = 0;
	if (task->scratch.count > 0) {
		see_listing(task);
		provider_judge(task, SOURCE_NOTHING_NEW);
	} else {
		judge_empty(task, walk, first, expectation);
	}
	if (state->complete_through != DATE_NO_DAY && first <= state->complete_through + 1 &&
	    last > state->complete_through && is_settled(task, walk, first, expectation))
		state->complete_through = last;
}

/* Why the newest listing is not the present one, in a sentence for readers. */
static void
note_older_listing(struct provider_task *task, const struct walk *walk, int32_t found)
{
	int32_t today = today_of(task), present = walk_first_day(walk->unit, today);
	bool is_late = expectation_of(task, walk, present) == CALENDAR_NOT_YET;
	char of_present[NAME_BYTES], of_found[NAME_BYTES];
	struct str these;

	name_of(walk, present, of_present);
	name_of(walk, found, of_found);
	if (walk->unit == WALK_DAYS)
		these = arena_printf(
		    task->arena, "these are %s's (%s)", date_weekday_name(found), of_found);
	else
		these = arena_printf(task->arena, "these are of %s", of_found);
	if (task->scratch.attempts > 0)
		provider_note(task, "%s of %s could not be read; %s.", task->source->title,
		    of_present, these.ptr);
	else if (is_late || walk->unit != WALK_DAYS)
		provider_note(task, "%s has not published %s yet; %s.", task->source->title,
		    of_present, these.ptr);
	else
		provider_note(task, "%s lists no papers on %s %s; %s.", walk->publisher,
		    date_weekday_name(today), of_present, these.ptr);
}

/* ---- from listing to listing ---- */

static void
keep_newest_day(struct provider_task *task)
{
	struct source_state *state = &task->state;
	int32_t found = task->scratch.newest_day;

	/* Old days read on their own do not begin a history. */
	if (found == DATE_NO_DAY ||
	    (task->wish->reach == SOURCE_DAYS && state->complete_through == DATE_NO_DAY &&
	        state->newest_day == DATE_NO_DAY))
		return;
	if (state->newest_day == DATE_NO_DAY || found > state->newest_day)
		state->newest_day = found;
}

/* Nothing, as far back as is looked. */
static int
find_nothing(struct provider_task *task, const struct walk *walk)
{
	int32_t today = today_of(task);
	int days = (int)(today - task->scratch.last_day);

	if (!walk->is_sparse) {
		provider_alarm(
		    task, "%s lists nothing for the last %d days.", task->source->title, days);
		return 0;
	}
	provider_note(task, "%s has nothing for the last %d days.", task->source->title, days);
	if (task->state.complete_through == DATE_NO_DAY)
		task->state.complete_through = today - 1;
	return 0;
}

static int
step_back(struct provider_task *task, const struct walk *walk)
{
	int32_t today = today_of(task), first = task->scratch.day;
	int32_t last = last_day_of(walk, first);

	if (task->scratch.count == 0 && first > task->scratch.last_day)
		return ask_day(task, walk, first - 1);
	if (task->scratch.count == 0)
		return find_nothing(task, walk);
	if (last < today)
		note_older_listing(task, walk, first);
	if (task->state.complete_through == DATE_NO_DAY)
		task->state.complete_through = last < today ? last : first - 1;
	return 0;
}

/* To the next listing of the walk, whatever became of this one. */
static int
step(struct provider_task *task, const struct walk *walk)
{
	int32_t next = next_day(walk->unit, task->scratch.day);

	keep_newest_day(task);
	if (task->scratch.is_walking_back)
		return step_back(task, walk);
	return next <= task->scratch.last_day ? ask_day(task, walk, next) : 0;
}

int
walk_over(struct provider_task *task, const struct walk *walk)
{
	settle(task, walk);
	return step(task, walk);
}

/*
 * It is not done with, and does not keep the others from being read; complete_through stays before
 * it.
 */
int
walk_without(struct provider_task *task, const struct walk *walk)
{
	bool has_part = task->scratch.count > 0;

	task->scratch.attempts++;
	if (has_part)
		see_listing(task);
	if (has_part && task->scratch.is_walking_back) {
		keep_newest_day(task);
		if (task->state.complete_through == DATE_NO_DAY)
			task->state.complete_through = task->scratch.day - 1;
		return 0;
	}
	if (++task->scratch.bad_days >= MOST_BAD)
		return -1;
	task->scratch.count = 0;
	return step(task, walk);
}
