/*
 * arXiv's API: a query whose answer comes newest first, page after page. An entry belongs to the
 * listing day on which arXiv announced it; what was read is remembered by these days, and each run
 * reads a few days more, since moderation lets papers through late.
 */
#include "arxiv.h"

#include "digest/calendar.h"

#include <string.h>

enum { WINDOW_DAYS = 10 /* between submission and announcement, at the very most */ };

static const struct setting rows[] = {
	{ "categories", SETTING_STRINGS, "", "arXiv categories: cs.CL, math.AG, …" },
	{ "query", SETTING_STRING, "",
	    "a query in arXiv's own language: ti:attention AND cat:cs.LG" },
	{ "ids", SETTING_STRINGS, "", "arXiv identifiers to watch" },
	{ "page_size", SETTING_INT, "100", "entries asked for at once, up to 2000" },
	{ "max_entries", SETTING_INT, "2000",
	    "the most entries that are read in one run, up to 30000" },
	ARXIV_INTERVAL_ROW,
	SETTING_END,
};

/* ---- what is asked ---- */

static int
spec(const struct settings *settings, struct buf *out, struct err *err)
{
	struct str query = str_trim(str_from(settings_string(settings, "query")));
	const char *separator = "?";

	if (!arxiv_is_set(settings, "categories") && !arxiv_is_set(settings, "ids") &&
	    query.len == 0)
		return err_set(err, EX_CONFIG, "arxiv_api needs categories, a query or ids");
	if (arxiv_check_words(settings, "categories", err) < 0 ||
	    arxiv_check_words(settings, "ids", err) < 0)
		return -1;
	if (settings_int(settings, "page_size") < 1 || settings_int(settings, "page_size") > 2000)
		return err_set(err, EX_CONFIG, "%s: 'page_size' must be between 1 and 2000",
		    settings_origin(settings, "page_size"));
	if (settings_int(settings, "max_entries") > ARXIV_MOST_RESULTS)
		return err_set(err, EX_CONFIG, "%s: 'max_entries' is %d at most, as arXiv has it",
		    settings_origin(settings, "max_entries"), ARXIV_MOST_RESULTS);
	buf_add_string(out, "arxiv");
	if (arxiv_is_set(settings, "categories")) {
		buf_add_char(out, ':');
		arxiv_add_sorted(settings, "categories", out);
	}
	if (query.len > 0) {
		buf_addf(out, "%sq=%.*s", separator, STR_ARG(query));
		separator = "&";
	}
	if (arxiv_is_set(settings, "ids")) {
		buf_addf(out, "%sids=", separator);
		arxiv_add_sorted(settings, "ids", out);
	}
	return 0;
}

static void
add_window(const struct source_wish *wish, struct buf *query)
{
	if (query->len > 0)
		buf_add_string(query, " AND ");
	arxiv_add_window(query, date_instant_of(wish->since - WINDOW_DAYS),
	    date_instant_of(wish->until + 2) - 1);
}

/* arXiv's search_query: (categories) AND (query) AND window; "" when only ids are asked for. */
static void
write_query(const struct provider_task *task, struct buf *query)
{
	const struct settings *settings = task->source->settings;
	struct str own = str_trim(str_from(settings_string(settings, "query")));

	if (arxiv_is_set(settings, "categories")) {
		buf_add_char(query, '(');
		arxiv_add_categories(settings, query);
		buf_add_char(query, ')');
	}
	if (own.len > 0)
		buf_addf(query, "%s(%.*s)", query->len > 0 ? " AND " : "", STR_ARG(own));
	if (task->wish->reach == SOURCE_DAYS && !arxiv_is_set(settings, "ids"))
		add_window(task->wish, query);
}

static int64_t
page_size(const struct provider_task *task)
{
	return settings_int(task->source->settings, "page_size");
}

/* Asks for the entries from scratch.count on. */
static int
ask(struct provider_task *task)
{
	const struct settings *settings = task->source->settings;
	struct buf *url = &task->request.url;
	struct buf query = BUF_INIT(BUF_LIMIT);
	const char *separator = "?";
	int64_t left = ARXIV_MOST_RESULTS - task->scratch.count;

	provider_ask(task, ARXIV_API);
	buf_add_string(url, "/api/query");
	write_query(task, &query);
	if (query.len > 0) {
		buf_addf(url, "%ssearch_query=", separator);
		provider_add_query(url, buf_str(&query));
		separator = "&";
	}
	buf_release(&query);
	for (size_t i = 0; i < settings_count(settings, "ids"); i++) {
		buf_add_string(url, i > 0 ? "," : separator);
		buf_add_string(url, i > 0 ? "" : "id_list=");
		provider_add_query(url, str_from(settings_string_at(settings, "ids", i)));
	}
	buf_addf(url, "&start=%lld&max_results=%lld", (long long)task->scratch.count,
	    (long long)(page_size(task) < left ? page_size(task) : left));
	if (!arxiv_is_set(settings, "ids"))
		buf_add_string(url, "&sortBy=submittedDate&sortOrder=descending");
	task->request.is_day_start = task->scratch.count == 0;
	return 1;
}

static int
start(struct provider_task *task, struct err *err)
{
	(void)err;
	task->scratch.newest_day = DATE_NO_DAY;
	task->scratch.oldest_day = DATE_NO_DAY;
	return ask(task);
}

/* ---- how far to read ---- */

static bool
is_first_run(const struct provider_task *task)
{
	return task->source->state.complete_through == DATE_NO_DAY;
}

/* The day that must be reached, and the one that is worth going on to. */
static void
wanted_days(const struct provider_task *task, int32_t *must, int32_t *may)
{
	int32_t newest = task->scratch.newest_day;

	switch (task->wish->reach) {
	case SOURCE_DAYS: *must = *may = task->wish->since; break;
	case SOURCE_CATCH_UP:
		/* What is old already must be known as such before the first news comes. */
		*must = is_first_run(task) ? newest : task->source->state.complete_through + 1;
		*may = *must != DATE_NO_DAY ? *must - ARXIV_OVERLAP_DAYS : DATE_NO_DAY;
		break;
	default: *must = *may = newest; break;
	}
}

/* Whether the entries read so far go back beyond a day. */
static bool
is_past(const struct provider_task *task, int32_t day)
{
	return task->scratch.oldest_day != DATE_NO_DAY && task->scratch.oldest_day < day;
}

static void
see_days(struct provider_task *task, const struct provider_answer *answer)
{
	if (answer->newest_day == DATE_NO_DAY)
		return;
	if (task->scratch.newest_day == DATE_NO_DAY ||
	    answer->newest_day > task->scratch.newest_day)
		task->scratch.newest_day = answer->newest_day;
	if (task->scratch.oldest_day == DATE_NO_DAY ||
	    answer->oldest_day < task->scratch.oldest_day)
		task->scratch.oldest_day = answer->oldest_day;
}

/* ---- what it amounts to ---- */

/* Whether a query with that many entries on those days would have some on every day. */
static bool
is_dense(const struct provider_task *task)
{
	int32_t days = task->scratch.newest_day - task->scratch.oldest_day + 1;

	return task->scratch.count / days >= ARXIV_DENSE_ENTRIES;
}

static void
note_older_listing(struct provider_task *task, int32_t today, const char *verb, const char *yet)
{
	char of_today[DATE_DAY_BYTES], of_found[DATE_DAY_BYTES];

	provider_note(task, "arXiv %s papers for %s %s%s; these are %s's (%s).", verb,
	    date_weekday_name(today), date_format_day(of_today, today), yet,
	    date_weekday_name(task->scratch.newest_day),
	    date_format_day(of_found, task->scratch.newest_day));
}

static void
judge_today(struct provider_task *task)
{
	bool is_newest = task->wish->reach == SOURCE_NEWEST || is_first_run(task);
	int32_t today = arxiv_today(task->wish->now);
	char day[DATE_DAY_BYTES];

	switch (calendar_arxiv(today, task->wish->now)) {
	case CALENDAR_NONE:
		provider_judge(task, SOURCE_EMPTY_EXPECTED);
		if (is_newest)
			note_older_listing(task, today, "lists no", "");
		break;
	case CALENDAR_NOT_YET:
		provider_judge(task, SOURCE_NOT_YET);
		if (is_newest)
			note_older_listing(task, today, "has announced no", " yet");
		else
			provider_note(task,
			    "arXiv has announced no papers for %s yet; they will follow.",
			    date_format_day(day, today));
		break;
	case CALENDAR_PUBLISHED: provider_judge(task, SOURCE_NOTHING_NEW); break;
	}
}

/* An answer that ends before the newest listing that should be there. */
static void
judge_freshness(struct provider_task *task)
{
	int32_t expected = arxiv_expected_day(task->wish->now);
	char newest_text[DATE_DAY_BYTES], expected_text[DATE_DAY_BYTES];

	if (task->scratch.newest_day < expected && is_dense(task)) {
		provider_alarm(task,
		    "arXiv's newest papers for '%s' are of %s, "
		    "and those of %s are missing; it will be "
		    "asked again.",
		    task->source->name, date_format_day(newest_text, task->scratch.newest_day),
		    date_format_day(expected_text, expected));
		return;
	}
	if (task->scratch.newest_day < arxiv_today(task->wish->now))
		judge_today(task);
	else
		provider_judge(task, SOURCE_NOTHING_NEW);
}

static void
judge_nothing(struct provider_task *task)
{
	const struct settings *settings = task->source->settings;
	bool is_query = settings_string(settings, "query")[0] != '\0';

	/*
	 * A category always has papers, and an identifier has one; a query may be waiting for its.
	 */
	if (task->wish->reach == SOURCE_DAYS || is_query) {
		provider_judge(task, SOURCE_NOTHING_NEW);
		provider_note(task, "arXiv has no paper for '%s'.", task->source->name);
	} else {
		provider_alarm(task, "arXiv knows no paper for '%s'; is it spelled right?",
		    task->source->name);
	}
}

/* Everything that was asked for has been read. */
static int
finish(struct provider_task *task, bool is_whole)
{
	struct source_state *state = &task->state;
	int32_t newest = task->scratch.newest_day;

	if (newest == DATE_NO_DAY) {
		judge_nothing(task);
		return 0;
	}
	if (task->wish->reach == SOURCE_DAYS || arxiv_is_set(task->source->settings, "ids"))
		provider_judge(task, SOURCE_NOTHING_NEW);
	else
		judge_freshness(task);
	if (task->wish->reach != SOURCE_CATCH_UP)
		return 0;
	if (state->newest_day == DATE_NO_DAY || newest > state->newest_day)
		state->newest_day = newest;
	/* A listing may grow until its hour. */
	if (calendar_arxiv(newest, task->wish->now) != CALENDAR_PUBLISHED)
		newest--;
	if (is_whole &&
	    (state->complete_through == DATE_NO_DAY || newest > state->complete_through))
		state->complete_through = newest;
	return 0;
}

static int
finish_at_ceiling(struct provider_task *task, int32_t must)
{
	/* What lies after the days that are wanted would have been good to have, no more. */
	bool is_whole = is_past(task, must);

	if (!is_whole)
		provider_alarm_as(task, SOURCE_TRUNCATED,
		    "arXiv has more papers for '%s' than the %lld that are read at once; the "
		    "oldest were "
		    "left out until max_entries is raised.",
		    task->source->name, (long long)task->scratch.count);
	return finish(task, is_whole);
}

static int
next(struct provider_task *task, const struct provider_answer *answer, struct err *err)
{
	const struct settings *settings = task->source->settings;
	enum arxiv_page page;
	int32_t must, may;

	if (answer->is_unreadable)
		return -1;
	if (arxiv_take_page(task, answer, page_size(task), &page, err) < 0)
		return -1;
	if (page == ARXIV_PAGE_AGAIN)
		return ask(task);
	see_days(task, answer);
	wanted_days(task, &must, &may);
	if (page == ARXIV_PAGE_LAST || (!arxiv_is_set(settings, "ids") && is_past(task, may)))
		return finish(task, true);
	if (task->scratch.count >= settings_int(settings, "max_entries"))
		return finish_at_ceiling(task, must);
	return ask(task);
}

/* "arxiv:cs.CL+cs.LG", "arxiv?q=…", "arxiv?ids=…", and all of them together. */
static int
read_spec(struct str spec, struct settings *settings, struct err *err)
{
	struct str rest = str_skip(spec, strlen("arxiv")), categories = STR(""), ids = STR("");
	ptrdiff_t question = str_find_char(rest, '?');
	struct str query = question >= 0 ? str_skip(rest, (size_t)question + 1) : STR("");
	ptrdiff_t and;

	if (question >= 0)
		rest = str_head(rest, (size_t)question);
	if (str_starts(rest, ":"))
		categories = str_skip(rest, 1);
	if (str_starts(query, "ids=")) {
		ids = str_skip(query, strlen("ids="));
		query = STR("");
	} else if (str_starts(query, "q=")) {
		query = str_skip(query, strlen("q="));
		and = str_find(query, STR("&ids="));
		if (and >= 0) {
			ids = str_skip(query, (size_t) and +strlen("&ids="));
			query = str_head(query, (size_t) and);
		}
	} else if (question >= 0) {
		return err_set(
		    err, EX_USAGE, "'%.*s': behind the '?' stands q= or ids=", STR_ARG(spec));
	}
	if (provider_set_words(settings, "categories", categories, err) < 0 ||
	    provider_set_words(settings, "ids", ids, err) < 0)
		return -1;
	return query.len > 0 ? provider_set(settings, "query", query, err) : 0;
}

static const struct provider_spec specs[] = {
	{ "arxiv", "arxiv:cs.CL+cs.LG", ":?", read_spec },
	{ NULL, NULL, NULL, NULL },
};

const struct source_provider source_provider_arxiv_api = {
	.name = "arxiv_api",
	.help = "arXiv's API: new papers of categories, of a query, or with given identifiers",
	.title = "arXiv",
	.settings = rows,
	.specs = specs,
	.pace_name = ARXIV_PACE,
	.connections = 1,
	.interval_ms = arxiv_interval_ms,
	.spec = spec,
	.start = start,
	.next = next,
	.expects = calendar_arxiv,
	.day_of = arxiv_day_of,
};
