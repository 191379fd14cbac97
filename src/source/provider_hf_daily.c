/*
 * Hugging Face Daily Papers: one listing per UTC day, asked for by its date, page after page. A day
 * is done with once it was read whole after it had ended; until then every run reads it again.
 */
#include "provider.h"

#include "digest/calendar.h"

enum {
	PAGE_SIZE = 100,
	MOST_PAGES = 100, /* 10,000 papers on one day: the paging goes round in circles */
	WALK_BACK_DAYS = 10, /* how far the newest listing is looked for */
	CATCH_UP_DAYS = 60,
	PATIENCE_DAYS = 7, /* so long an empty working day is asked again */
	MOST_BAD_DAYS = 2, /* so many unreadable days in a row, and the source is given up */
};

static const struct setting rows[] = { SETTING_END };

static int
spec(const struct settings *settings, struct buf *out, struct err *err)
{
	(void)settings;
	(void)err;
	buf_add_string(out, "hf");
	return 0;
}

static int32_t
today_of(const struct provider_task *task)
{
	return date_day_of(task->wish->now);
}

/* Asks for the page of the day under way. */
static int
ask(struct provider_task *task)
{
	char day[DATE_DAY_BYTES];

	/* limit: 50 unless it is given. p: the answers are cut at the limit without a word. */
	provider_ask(task, "https://huggingface.co");
	buf_addf(&task->request.url, "/api/daily_papers?date=%s&limit=%d&p=%d",
	    date_format_day(day, task->scratch.day), PAGE_SIZE, task->scratch.page);
	task->request.day = task->scratch.day;
	task->request.is_day_start = task->scratch.page == 0;
	return 1;
}

static int
ask_day(struct provider_task *task, int32_t day)
{
	task->scratch.day = day;
	task->scratch.page = 0;
	task->scratch.count = 0;
	return ask(task);
}

/* ---- where the walk begins ---- */

static bool
is_first_run(const struct provider_task *task)
{
	return task->state.complete_through == DATE_NO_DAY && task->state.newest_day == DATE_NO_DAY;
}

static int
start_newest(struct provider_task *task)
{
	int32_t today = today_of(task);

	task->scratch.is_walking_back = true;
	task->scratch.last_day = today - WALK_BACK_DAYS;
	return ask_day(task, today);
}

static int
start_catch_up(struct provider_task *task)
{
	char from[DATE_DAY_BYTES], to[DATE_DAY_BYTES];
	struct source_state *state = &task->state;
	int32_t today = today_of(task);
	int32_t first = state->complete_through != DATE_NO_DAY ? state->complete_through + 1
	                                                       : state->newest_day;

	/* The clock was ahead once. */
	if (first > today)
		first = today;
	if (first < today - CATCH_UP_DAYS) {
		provider_note(task,
		    "%s was last read long ago; its listings from %s to %s are left out.",
		    task->source->title, date_format_day(from, first),
		    date_format_day(to, today - CATCH_UP_DAYS - 1));
		first = today - CATCH_UP_DAYS;
	}
	if (state->complete_through == DATE_NO_DAY || state->complete_through < first - 1)
		state->complete_through = first - 1;
	task->scratch.last_day = today;
	return ask_day(task, first);
}

static int
start_days(struct provider_task *task)
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
		task->state.complete_through = since - 1;
	task->scratch.last_day = until;
	return ask_day(task, since);
}

static int
start(struct provider_task *task, struct err *err)
{
	(void)err;
	task->scratch.newest_day = DATE_NO_DAY;
	switch (task->wish->reach) {
	case SOURCE_CATCH_UP: return is_first_run(task) ? start_newest(task) : start_catch_up(task);
	case SOURCE_DAYS: return start_days(task);
	default: return start_newest(task);
	}
}

/* ---- what a day amounts to ---- */

/* Whether the day's listing can be trusted not to change any more. */
static bool
is_settled(const struct provider_task *task, int32_t day, enum calendar_expectation expectation)
{
	int32_t today = today_of(task);

	if (day >= today)
		return false;
	return task->scratch.count > 0 || expectation == CALENDAR_NONE ||
	    today - day > PATIENCE_DAYS;
}

static void
judge_empty_day(struct provider_task *task, int32_t day, enum calendar_expectation expectation)
{
	char text[DATE_DAY_BYTES];

	date_format_day(text, day);
	switch (expectation) {
	case CALENDAR_NONE: provider_judge(task, SOURCE_EMPTY_EXPECTED); break;
	case CALENDAR_NOT_YET:
		provider_judge(task, SOURCE_NOT_YET);
		if (!task->scratch.is_walking_back)
			provider_note(task, "%s has not published %s yet; its papers will follow.",
			    task->source->title, text);
		break;
	case CALENDAR_PUBLISHED:
		provider_alarm(task, "%s lists nothing for %s %s, a working day%s.",
		    task->source->title, date_weekday_name(day), text,
		    today_of(task) - day > PATIENCE_DAYS ? "" : "; it will be asked again");
		break;
	}
}

static void
see_listing(struct provider_task *task)
{
	if (task->scratch.newest_day == DATE_NO_DAY || task->scratch.day > task->scratch.newest_day)
		task->scratch.newest_day = task->scratch.day;
}

/* The day under way was read whole. */
static void
settle_day(struct provider_task *task)
{
	struct source_state *state = &task->state;
	int32_t day = task->scratch.day;
	enum calendar_expectation expectation = calendar_hf(day, task->wish->now);

	task->scratch.bad_days = 0;
	if (task->scratch.count > 0) {
		see_listing(task);
		provider_judge(task, SOURCE_NOTHING_NEW);
	} else {
		judge_empty_day(task, day, expectation);
	}
	if (state->complete_through != DATE_NO_DAY && day == state->complete_through + 1 &&
	    is_settled(task, day, expectation))
		state->complete_through = day;
}

/* Why the newest listing is not today's, in a sentence for readers. */
static void
note_older_listing(struct provider_task *task, int32_t found)
{
	int32_t today = today_of(task);
	char of_today[DATE_DAY_BYTES], of_found[DATE_DAY_BYTES];

	date_format_day(of_today, today);
	date_format_day(of_found, found);
	if (task->scratch.attempts > 0)
		provider_note(task, "%s of %s could not be read; these are %s's (%s).",
		    task->source->title, of_today, date_weekday_name(found), of_found);
	else if (calendar_hf(today, task->wish->now) == CALENDAR_NOT_YET)
		provider_note(task, "%s has not published %s yet; these are %s's (%s).",
		    task->source->title, of_today, date_weekday_name(found), of_found);
	else
		provider_note(task, "Hugging Face lists no papers on %s %s; these are %s's (%s).",
		    date_weekday_name(today), of_today, date_weekday_name(found), of_found);
}

/* ---- from day to day ---- */

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

static int
step_back(struct provider_task *task)
{
	int32_t today = today_of(task), day = task->scratch.day;

	if (task->scratch.count == 0 && day > task->scratch.last_day)
		return ask_day(task, day - 1);
	if (task->scratch.count == 0) {
		provider_alarm(task, "%s lists nothing for the last %d days.", task->source->title,
		    WALK_BACK_DAYS);
		return 0;
	}
	if (day < today)
		note_older_listing(task, day);
	if (task->state.complete_through == DATE_NO_DAY)
		task->state.complete_through = day < today ? day : today - 1;
	return 0;
}

/* To the next day of the walk, whatever became of this one. */
static int
step(struct provider_task *task)
{
	keep_newest_day(task);
	if (task->scratch.is_walking_back)
		return step_back(task);
	if (task->scratch.day < task->scratch.last_day)
		return ask_day(task, task->scratch.day + 1);
	return 0;
}

/*
 * A day that cannot be read is not done with, and does not keep the others from being read;
 * complete_through stays before it.
 */
static int
skip_day(struct provider_task *task)
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
	if (++task->scratch.bad_days >= MOST_BAD_DAYS)
		return -1;
	task->scratch.count = 0;
	return step(task);
}

static int
next(struct provider_task *task, const struct provider_answer *answer, struct err *err)
{
	char asked[DATE_DAY_BYTES], got[DATE_DAY_BYTES];

	if (answer->is_unreadable)
		return skip_day(task);
	if (answer->named_day != DATE_NO_DAY && answer->named_day != task->scratch.day)
		return err_set(err, EX_DATAERR, "asked for %s and got the listing of %s",
		    date_format_day(asked, task->scratch.day),
		    date_format_day(got, answer->named_day));
	task->scratch.count += (int64_t)answer->entry_count;
	/* A page that repeats what was there ends the day, as an empty one does. */
	if (answer->fresh_count > 0) {
		if (++task->scratch.page == MOST_PAGES)
			return err_set(err, EX_DATAERR, "the listing of %s does not end",
			    date_format_day(asked, task->scratch.day));
		return ask(task);
	}
	settle_day(task);
	return step(task);
}

static int
read_spec(struct str spec, struct settings *settings, struct err *err)
{
	(void)settings;
	if (str_is(spec, "hf"))
		return 0;
	return err_set(err, EX_USAGE,
	    "'%.*s' is no source: of Hugging Face there is 'hf', its daily papers", STR_ARG(spec));
}

static const struct provider_spec specs[] = {
	{ "hf", "hf", ":?", read_spec },
	{ NULL, NULL, NULL, NULL },
};

const struct source_provider source_provider_hf_daily = {
	.name = "hf_daily",
	.help = "Hugging Face Daily Papers",
	.title = "Hugging Face Daily Papers",
	.settings = rows,
	.specs = specs,
	.spec = spec,
	.start = start,
	.next = next,
};
