/*
 * Hugging Face Daily Papers: one listing per UTC day, week (from Monday) or month, asked for by its
 * date, page after page; and the papers that are trending, one list that moves.
 *
 * A listing is done with once it was read whole after it had ended; until then every run reads it
 * again. The entries of a week or month share its first day, so that it is shown as one listing;
 * only who asks for certain days gets them by the days on which they were submitted.
 */
#include "walk.h"

#include <string.h>

enum {
	PAGE_SIZE = 100,
	MOST_PAGES = 100, /* 10,000 papers in one listing: the paging goes round in circles */
};

static const struct setting rows[] = {
	{ "period", SETTING_STRING, "day", "whose papers: of a day, week or month, or trending" },
	SETTING_END,
};

enum period { PERIOD_DAY, PERIOD_WEEK, PERIOD_MONTH, PERIOD_TRENDING };
enum { PERIOD_COUNT = PERIOD_TRENDING + 1 };

static const struct {
	const char *name, *title;
} periods[PERIOD_COUNT] = {
	{ "day", "Hugging Face Daily Papers" },
	{ "week", "Hugging Face Papers of the Week" },
	{ "month", "Hugging Face Papers of the Month" },
	{ "trending", "Hugging Face Trending Papers" },
};

/* PERIOD_COUNT when it is none. */
static enum period
period_of(const struct settings *settings)
{
	const char *name = settings_string(settings, "period");
	int period = 0;

	while (period < PERIOD_COUNT && strcmp(periods[period].name, name) != 0)
		period++;
	return (enum period)period;
}

static int
spec(const struct settings *settings, struct buf *out, struct err *err)
{
	enum period period = period_of(settings);

	if ((int)period == PERIOD_COUNT)
		return err_set(err, EX_CONFIG,
		    "%s: 'period' is day, week, month or trending, not '%s'",
		    settings_origin(settings, "period"), settings_string(settings, "period"));
	buf_add_string(out, "hf");
	if (period != PERIOD_DAY)
		buf_addf(out, ":%s", periods[period].name);
	return 0;
}

static void
add_title(const struct settings *settings, struct buf *out)
{
	buf_add_string(out, periods[period_of(settings)].title);
}

/* ---- what is asked ---- */

/* ISO 8601: the week belongs to the year that its Thursday is in, and the first has January 4. */
static void
add_week(struct buf *url, int32_t monday)
{
	int year = date_civil(monday + 3).year;
	int32_t first_monday = walk_first_day(WALK_WEEKS, date_day(year, 1, 4));

	buf_addf(url, "week=%04d-W%02d", year, (int)(monday - first_monday) / 7 + 1);
}

/* limit: 50 unless it is given. p: the answers are cut at the limit without a word. */
static void
ask(struct provider_task *task)
{
	struct date_civil civil = date_civil(task->scratch.day);
	struct buf *url = &task->request.url;
	char day[DATE_DAY_BYTES];

	provider_ask(task, "https://huggingface.co");
	buf_add_string(url, "/api/daily_papers?");
	switch (period_of(task->source->settings)) {
	case PERIOD_WEEK: add_week(url, task->scratch.day); break;
	case PERIOD_MONTH: buf_addf(url, "month=%04d-%02d", civil.year, civil.month); break;
	case PERIOD_TRENDING: buf_add_string(url, "sort=trending"); break;
	default: buf_addf(url, "date=%s", date_format_day(day, task->scratch.day)); break;
	}
	buf_addf(url, "&limit=%d&p=%d", PAGE_SIZE, task->scratch.page);
}

static struct walk
walk_of(const struct provider_task *task)
{
	struct walk walk = { .publisher = "Hugging Face", .calendar = calendar_hf, .ask = ask };

	switch (period_of(task->source->settings)) {
	case PERIOD_WEEK: walk.unit = WALK_WEEKS; break;
	case PERIOD_MONTH: walk.unit = WALK_MONTHS; break;
	default: walk.unit = WALK_DAYS; break;
	}
	return walk;
}

static bool
is_trending(const struct provider_task *task)
{
	return period_of(task->source->settings) == PERIOD_TRENDING;
}

static int
start(struct provider_task *task, struct err *err)
{
	struct walk walk = walk_of(task);

	(void)err;
	if (!is_trending(task))
		return walk_start(task, &walk);
	if (!provider_start_moving(task))
		return 0;
	ask(task);
	return 1;
}

/* ---- what the answers amount to ---- */

/* A full page again: the paging is not heeded, and who knows what is after the first page. */
static void
doubt_end(struct provider_task *task, const struct provider_answer *answer)
{
	char day[DATE_DAY_BYTES];

	if (answer->item_count >= PAGE_SIZE)
		provider_alarm_as(task, SOURCE_TRUNCATED,
		    "%s gives the first %lld papers of %s and no others; the rest is missing.",
		    task->source->title, (long long)task->scratch.count,
		    date_format_day(day, task->scratch.day));
}

static int
next_page(struct provider_task *task, const struct provider_answer *answer, struct err *err)
{
	struct walk walk = walk_of(task);
	char asked[DATE_DAY_BYTES], got[DATE_DAY_BYTES];

	if (answer->named_day != DATE_NO_DAY && walk.unit == WALK_DAYS &&
	    answer->named_day != task->scratch.day)
		return err_set(err, EX_DATAERR, "asked for %s and got the listing of %s",
		    date_format_day(asked, task->scratch.day),
		    date_format_day(got, answer->named_day));
	task->scratch.count += (int64_t)answer->entry_count;
	/* A page that repeats what was there ends the listing, as an empty one does. */
	if (answer->fresh_count == 0) {
		doubt_end(task, answer);
		return walk_over(task, &walk);
	}
	if (++task->scratch.page == MOST_PAGES)
		return err_set(err, EX_DATAERR, "the listing of %s does not end",
		    date_format_day(asked, task->scratch.day));
	return walk_on(task, &walk);
}

static int
next(struct provider_task *task, const struct provider_answer *answer, struct err *err)
{
	struct walk walk = walk_of(task);

	/* What is trending beyond the first page is not trending. */
	if (is_trending(task))
		return answer->is_unreadable ? -1 : provider_end_moving(task, answer->item_count);
	if (answer->is_unreadable)
		return walk_without(task, &walk);
	return next_page(task, answer, err);
}

static int
read_spec(struct str spec, struct settings *settings, struct err *err)
{
	struct str period = str_skip(spec, strlen("hf:"));

	if (str_is(spec, "hf"))
		return 0;
	for (int i = 0; i < PERIOD_COUNT; i++) {
		if (str_starts(spec, "hf:") && str_is(period, periods[i].name))
			return provider_set(settings, "period", period, err);
	}
	return err_set(err, EX_USAGE,
	    "'%.*s' is no source: of Hugging Face there are hf, hf:week, hf:month, "
	    "hf:trending and hf?q=WORDS",
	    STR_ARG(spec));
}

static const struct provider_spec specs[] = {
	{ "hf", "hf", ":", read_spec },
	{ NULL, NULL, NULL, NULL },
};

const struct source_provider source_provider_hf_daily = {
	.name = "hf_daily",
	.help = "Hugging Face Daily Papers: of a day, week or month, or trending",
	.title = "Hugging Face",
	.settings = rows,
	.specs = specs,
	.add_title = add_title,
	.spec = spec,
	.start = start,
	.next = next,
	.expects = calendar_hf,
};
