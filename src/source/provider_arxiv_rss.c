/*
 * arXiv's daily feeds: one request brings the day's announcements, new papers, cross-lists and
 * replacements, and nothing of any other day. The days after it that were missed, and the last one
 * once more when it is over, come from arXiv's API, by the time of their submission; so does a day
 * that the feed should have and has not.
 */
#include "arxiv.h"

#include "digest/calendar.h"
#include "digest/zone.h"

#include <stdio.h>
#include <string.h>

#define ORIGIN "https://rss.arxiv.org"

enum {
	MOST_ITEMS = 2000, /* of one feed: what is more is cut off without a word */
	PAGE_SIZE = 500, /* of the API */
	CATCH_UP_DAYS = 60,
	PATIENCE_DAYS = 7, /* so long an empty working day is asked again */
	MOST_BAD_DAYS = 2, /* so many unreadable days in a row, and the rest is left for later */
};

static const struct setting rows[] = {
	{ "categories", SETTING_STRINGS, "", "arXiv categories: cs.CL, math.AG, …" },
	{ "announce", SETTING_STRINGS, "new, cross",
	    "which announcements are news: new, cross, replace, replace-cross; "
	    "the others make updates" },
	{ "feed", SETTING_STRING, "rss", "which of arXiv's two kinds of feed: rss or atom" },
	ARXIV_INTERVAL_ROW,
	SETTING_END,
};

/* By enum entry_announce. */
static const char *const announces[] = { "new", "cross", "replace", "replace-cross" };

#define ANNOUNCE_COUNT ((int)(sizeof(announces) / sizeof(*announces)))

static bool
is_wanted(const struct settings *settings, int announce)
{
	for (size_t i = 0; i < settings_count(settings, "announce"); i++) {
		if (strcmp(settings_string_at(settings, "announce", i), announces[announce]) == 0)
			return true;
	}
	return false;
}

/* ---- what users wish ---- */

static int
check_announces(const struct settings *settings, struct err *err)
{
	for (size_t i = 0; i < settings_count(settings, "announce"); i++) {
		const char *word = settings_string_at(settings, "announce", i);
		bool is_known = false;
		for (int j = 0; j < ANNOUNCE_COUNT; j++)
			is_known = is_known || strcmp(word, announces[j]) == 0;
		if (!is_known)
			return err_set(err, EX_CONFIG,
			    "%s: arXiv announces new, cross, replace and replace-cross, not '%s'",
			    settings_origin(settings, "announce"), word);
	}
	return 0;
}

static int
spec(const struct settings *settings, struct buf *out, struct err *err)
{
	const char *feed = settings_string(settings, "feed"), *separator = "?announce=";
	bool is_usual = true;

	if (!arxiv_is_set(settings, "categories"))
		return err_set(err, EX_CONFIG, "arxiv_rss needs categories");
	if (arxiv_check_words(settings, "categories", err) < 0 ||
	    check_announces(settings, err) < 0)
		return -1;
	if (strcmp(feed, "rss") != 0 && strcmp(feed, "atom") != 0)
		return err_set(err, EX_CONFIG, "%s: feed is rss or atom, not '%s'",
		    settings_origin(settings, "feed"), feed);
	buf_add_string(out, "arxiv-rss:");
	arxiv_add_sorted(settings, "categories", out);
	for (int i = 0; i < ANNOUNCE_COUNT; i++)
		is_usual = is_usual && is_wanted(settings, i) == (i < ENTRY_REPLACED);
	for (int i = 0; i < ANNOUNCE_COUNT && !is_usual; i++) {
		if (is_wanted(settings, i)) {
			buf_addf(out, "%s%s", separator, announces[i]);
			separator = "+";
		}
	}
	return 0;
}

/* Other readers take the same feed. */
static void
feed_url(const struct settings *settings, struct buf *out)
{
	buf_addf(out, ORIGIN "/%s/", settings_string(settings, "feed"));
	arxiv_add_sorted(settings, "categories", out);
}

/* ---- what is asked ---- */

/*
 * In the scratch: `phase`, and for the days from `day` to `last_day` how far the one under way is
 * read (see arxiv_take_page()) and in `page` how many pages had papers of that very day;
 * `newest_day`, up to which feeds had been read before; `part`, whether the feed has new papers;
 * `is_walking_back`, when today has no listing yet, or none at all; `oldest_day`, the day that the
 * API has to bring in the feed's place.
 */
enum { PHASE_FEED, PHASE_DAYS };

static int
ask_feed(struct provider_task *task)
{
	const struct settings *settings = task->source->settings;

	task->scratch.phase = PHASE_FEED;
	task->scratch.part = 0;
	provider_ask(task, ORIGIN);
	buf_addf(&task->request.url, "/%s/", settings_string(settings, "feed"));
	arxiv_add_sorted(settings, "categories", &task->request.url);
	task->request.hint = arxiv_today(task->wish->now);
	task->request.is_day_start = true;
	task->request.is_continued = false;
	return 1;
}

/*
 * The first day that no feed was read of needs more than its own submissions: moderation holds
 * papers for days, and those that it let through since the last feed were submitted before.
 */
static bool
is_first_unread(const struct provider_task *task)
{
	int32_t day = task->scratch.day - 1, read = task->scratch.newest_day;

	while (day > read && calendar_arxiv(day, task->wish->now) == CALENDAR_NONE)
		day--;
	return read != DATE_NO_DAY && day == read;
}

static int
ask_page(struct provider_task *task)
{
	struct buf *url = &task->request.url, query = BUF_INIT(BUF_LIMIT);
	int64_t from, until;

	calendar_arxiv_submissions(task->scratch.day, &from, &until);
	if (is_first_unread(task))
		from -= (int64_t)ARXIV_OVERLAP_DAYS * DATE_SECONDS_PER_DAY;
	buf_add_char(&query, '(');
	arxiv_add_categories(task->source->settings, &query);
	buf_add_string(&query, ") AND ");
	arxiv_add_window(&query, from, until - 1);
	provider_ask(task, ARXIV_API);
	buf_add_string(url, "/api/query?search_query=");
	provider_add_query(url, buf_str(&query));
	buf_addf(url, "&start=%lld&max_results=%d&sortBy=submittedDate&sortOrder=ascending",
	    (long long)task->scratch.count, PAGE_SIZE);
	buf_release(&query);
	task->request.hint = task->scratch.day;
	task->request.is_day_start = task->scratch.count == 0;
	/*
	 * What the feed has announced today is of today,
	 * though it was submitted in time for before.
	 */
	task->request.is_continued = true;
	return 1;
}

/* Asks for the listing of that day or of the next that has one, up to last_day. */
static int
ask_from(struct provider_task *task, int32_t day)
{
	while (
	    day <= task->scratch.last_day && calendar_arxiv(day, task->wish->now) == CALENDAR_NONE)
		day++;
	if (day > task->scratch.last_day)
		return 0;
	task->scratch.phase = PHASE_DAYS;
	task->scratch.day = day;
	task->scratch.count = 0;
	task->scratch.page = 0;
	task->scratch.attempts = 0;
	return ask_page(task);
}

/* ---- which days ---- */

static bool
is_first_run(const struct provider_task *task)
{
	return task->state.complete_through == DATE_NO_DAY;
}

/* The day after the last that is done with, as far back as it makes sense to go. */
static int32_t
first_missed_day(struct provider_task *task)
{
	char from[DATE_DAY_BYTES], to[DATE_DAY_BYTES];
	int32_t today = arxiv_today(task->wish->now);
	int32_t first = task->state.complete_through + 1;

	if (first >= today - CATCH_UP_DAYS)
		return first;
	provider_note(task, "%s was last read long ago; its listings from %s to %s are left out.",
	    task->source->title, date_format_day(from, first),
	    date_format_day(to, today - CATCH_UP_DAYS - 1));
	task->state.complete_through = today - CATCH_UP_DAYS - 1;
	return today - CATCH_UP_DAYS;
}

/* The feed has been dealt with: on to the days that it does not hold, the oldest first. */
static int
ask_days(struct provider_task *task)
{
	const struct source_wish *wish = task->wish;
	int32_t today = arxiv_today(wish->now), owed = task->scratch.oldest_day;
	int32_t first = owed;

	task->scratch.last_day = today - 1;
	if (wish->reach == SOURCE_DAYS) {
		first = wish->since;
		if (wish->until < today)
			task->scratch.last_day = wish->until;
	} else if (wish->reach == SOURCE_CATCH_UP && !is_first_run(task)) {
		first = first_missed_day(task);
	}
	if (owed != DATE_NO_DAY && owed > task->scratch.last_day)
		task->scratch.last_day = owed;
	return first != DATE_NO_DAY ? ask_from(task, first) : 0;
}

static int
start_days(struct provider_task *task)
{
	int32_t today = arxiv_today(task->wish->now);
	char day[DATE_DAY_BYTES];

	if (task->wish->since > today) {
		provider_note(task, "%s is a day to come; nothing is listed yet.",
		    date_format_day(day, task->wish->since));
		provider_judge(task, SOURCE_NOT_YET);
		return 0;
	}
	/* A first run that reaches today is where later ones go on. */
	if (is_first_run(task) && task->wish->until >= today)
		task->state.complete_through = task->wish->since - 1;
	if (task->wish->until >= today)
		return ask_feed(task);
	/* Days that a feed was read of are not judged anew. */
	if (ask_days(task) > 0) {
		provider_judge(task, SOURCE_NOTHING_NEW);
		return 1;
	}
	provider_judge(task, SOURCE_EMPTY_EXPECTED);
	return 0;
}

static int
start(struct provider_task *task, struct err *err)
{
	(void)err;
	task->scratch.newest_day = task->state.newest_day;
	task->scratch.oldest_day = DATE_NO_DAY;
	return task->wish->reach == SOURCE_DAYS ? start_days(task) : ask_feed(task);
}

/* ---- the feed ---- */

static void
see_newest(struct provider_task *task, int32_t day)
{
	struct source_state *state = &task->state;

	if (task->wish->reach == SOURCE_DAYS && is_first_run(task))
		return;
	if (state->newest_day == DATE_NO_DAY || day > state->newest_day)
		state->newest_day = day;
}

/* Whether the last feed had so many papers that none at all would be odd. */
static bool
is_dense(const struct provider_task *task)
{
	int64_t count = 0;

	str_to_int(str_from(task->state.cursor), 0, INT32_MAX, &count);
	return count >= ARXIV_DENSE_ENTRIES;
}

static void
note_older_listing(struct provider_task *task, int32_t today, const char *verb, const char *yet)
{
	char of_today[DATE_DAY_BYTES], of_found[DATE_DAY_BYTES];
	int32_t found = task->scratch.oldest_day;

	provider_note(task, "arXiv %s papers for %s %s%s; these are %s's (%s).", verb,
	    date_weekday_name(today), date_format_day(of_today, today), yet,
	    date_weekday_name(found), date_format_day(of_found, found));
}

/*
 * Nothing in the feed. On a day that has a listing the API is asked whether that is so; and a
 * reader who wants the newest listing, whichever it is, gets the last one.
 */
static int
take_empty_feed(struct provider_task *task)
{
	bool is_newest = task->wish->reach == SOURCE_NEWEST || is_first_run(task);
	int32_t today = arxiv_today(task->wish->now);
	char day[DATE_DAY_BYTES];

	if (is_newest && task->wish->reach != SOURCE_DAYS)
		task->scratch.oldest_day = arxiv_expected_day(task->wish->now);
	switch (calendar_arxiv(today, task->wish->now)) {
	case CALENDAR_NONE:
		provider_judge(task, SOURCE_EMPTY_EXPECTED);
		if (task->scratch.oldest_day != DATE_NO_DAY)
			note_older_listing(task, today, "lists no", "");
		break;
	case CALENDAR_NOT_YET:
		provider_judge(task, SOURCE_NOT_YET);
		if (task->scratch.oldest_day != DATE_NO_DAY)
			note_older_listing(task, today, "has announced no", " yet");
		else
			provider_note(task,
			    "arXiv has announced no papers for %s yet; they will follow.",
			    date_format_day(day, today));
		break;
	case CALENDAR_PUBLISHED: task->scratch.oldest_day = today; break;
	}
	task->scratch.is_walking_back = task->scratch.oldest_day != today;
	return ask_days(task);
}

/*
 * Seen on the real server: yesterday's papers under today's date. They must not be taken for
 * today's; the feed is asked again later, and what the API has of today is taken meanwhile. A paper
 * is announced as new once, so a feed whose new papers were all listed before is not of today.
 */
static int
take_stale_feed(struct provider_task *task, int32_t day)
{
	char text[DATE_DAY_BYTES];

	provider_alarm_as(task, SOURCE_STALE,
	    "arXiv's feed for '%s' has an earlier day's papers under the date of %s; "
	    "it will be asked again.",
	    task->source->name, date_format_day(text, day));
	if (calendar_arxiv(day, task->wish->now) == CALENDAR_PUBLISHED)
		task->scratch.oldest_day = day;
	return ask_days(task);
}

static void
judge_feed(struct provider_task *task, const struct provider_answer *answer)
{
	int32_t day = answer->newest_day, expected = arxiv_expected_day(task->wish->now);
	char of_feed[DATE_DAY_BYTES], of_expected[DATE_DAY_BYTES];

	if (answer->item_count >= MOST_ITEMS) {
		provider_alarm_as(task, SOURCE_TRUNCATED,
		    "arXiv's feed for '%s' ends after %zu papers; "
		    "the API is asked for the rest, but "
		    "fewer categories at once would be better.",
		    task->source->name, answer->item_count);
		task->scratch.oldest_day = day;
	} else if (day < expected) {
		provider_alarm(task,
		    "arXiv's feed for '%s' still is that of %s, and that of %s is missing; "
		    "it will be "
		    "asked again.",
		    task->source->name, date_format_day(of_feed, day),
		    date_format_day(of_expected, expected));
		task->scratch.oldest_day = expected;
	} else if (calendar_arxiv(day, task->wish->now) == CALENDAR_NOT_YET &&
	    answer->known_count == answer->entry_count) {
		provider_judge(task, SOURCE_NOT_YET);
	} else {
		provider_judge(task, SOURCE_NOTHING_NEW);
	}
}

static int
take_feed(struct provider_task *task, const struct provider_answer *answer)
{
	struct source_state *state = &task->state;
	int32_t day = answer->newest_day;
	bool has_new = task->scratch.part > 0;

	if (answer->is_unreadable)
		return -1;
	if (answer->entry_count == 0)
		return take_empty_feed(task);
	if (has_new && answer->earlier_count == answer->entry_count)
		return take_stale_feed(task, day);
	judge_feed(task, answer);
	snprintf(state->cursor, sizeof(state->cursor), "%zu", answer->entry_count);
	see_newest(task, day);
	/* It may grow until the day is over: a later run looks at it once more. */
	if (task->wish->reach == SOURCE_CATCH_UP && is_first_run(task)) {
		if (task->scratch.oldest_day == DATE_NO_DAY) {
			state->complete_through = day - 1;
			return 0;
		}
		state->complete_through = task->scratch.oldest_day - 1;
	}
	return ask_days(task);
}

/* ---- days from the API ---- */

/* Whether every listing before that day is done with. */
static bool
is_next_day(const struct provider_task *task, int32_t day)
{
	int32_t before = task->state.complete_through;

	if (before == DATE_NO_DAY || day <= before)
		return false;
	while (--day > before) {
		if (calendar_arxiv(day, task->wish->now) != CALENDAR_NONE)
			return false;
	}
	return true;
}

/* A day with nothing on it: true when that is odd, and has been said. */
static bool
doubt_empty_day(struct provider_task *task, int32_t day)
{
	int32_t today = arxiv_today(task->wish->now);
	char text[DATE_DAY_BYTES];

	if (task->scratch.page > 0 || !is_dense(task))
		return false;
	provider_alarm(task, "arXiv lists nothing in '%s' for %s %s, a working day%s.",
	    task->source->name, date_weekday_name(day), date_format_day(text, day),
	    today - day > PATIENCE_DAYS ? "" : "; it will be asked again");
	return today - day <= PATIENCE_DAYS;
}

static int
end_day(struct provider_task *task)
{
	int32_t day = task->scratch.day, today = arxiv_today(task->wish->now);
	bool is_read = task->scratch.newest_day != DATE_NO_DAY && day <= task->scratch.newest_day;

	task->scratch.bad_days = 0;
	if (task->scratch.page > 0)
		see_newest(task, day);
	if (!doubt_empty_day(task, day)) {
		/*
		 * The feed's own word on its day counts more, since it has the replacements, too;
		 * and that today's listing has not come is not undone by an older one.
		 */
		if (!is_read && !task->scratch.is_walking_back)
			provider_judge(task, SOURCE_NOTHING_NEW);
		if (day < today && is_next_day(task, day))
			task->state.complete_through = day;
		if (task->wish->reach == SOURCE_CATCH_UP && is_first_run(task))
			task->state.complete_through = day < today ? day : today - 1;
	}
	return ask_from(task, day + 1);
}

/* After this the API gives nothing: the day stays unfinished. */
static int
cut_day(struct provider_task *task)
{
	char text[DATE_DAY_BYTES];

	provider_alarm_as(task, SOURCE_TRUNCATED,
	    "arXiv has more papers in '%s' for %s than the %lld that can be read; "
	    "name fewer categories.",
	    task->source->name, date_format_day(text, task->scratch.day),
	    (long long)task->scratch.count);
	return ask_from(task, task->scratch.day + 1);
}

static int
take_day(struct provider_task *task, const struct provider_answer *answer, struct err *err)
{
	enum arxiv_page page;

	if (answer->is_unreadable) {
		if (++task->scratch.bad_days >= MOST_BAD_DAYS)
			return -1;
		return ask_from(task, task->scratch.day + 1);
	}
	if (arxiv_take_page(task, answer, PAGE_SIZE, &page, err) < 0)
		return -1;
	if (answer->newest_day != DATE_NO_DAY && answer->newest_day >= task->scratch.day)
		task->scratch.page++;
	if (page == ARXIV_PAGE_LAST)
		return end_day(task);
	if (page == ARXIV_PAGE_MORE && task->scratch.count >= ARXIV_MOST_RESULTS)
		return cut_day(task);
	return ask_page(task);
}

static int
next(struct provider_task *task, const struct provider_answer *answer, struct err *err)
{
	if (task->scratch.phase == PHASE_FEED)
		return take_feed(task, answer);
	return take_day(task, answer, err);
}

/* ---- what an announcement is news of ---- */

/*
 * The dates of a feed's entries are the announcement's, at midnight in New York; Atom adds its own.
 */
static int32_t
take_dates(struct entry *entry, int32_t today)
{
	int32_t day = today;

	if (entry->published_at != DATE_NO_INSTANT)
		day = zone_at("America/New_York", entry->published_at).day;
	if (entry->announce != ENTRY_NEW)
		entry->published_at = DATE_NO_INSTANT;
	entry->updated_at = DATE_NO_INSTANT;
	return day < today ? day : today;
}

static void
adjust(struct provider_task *task, struct entry *entry)
{
	int64_t now = task->wish->now;
	bool is_wished = (int)entry->announce >= ANNOUNCE_COUNT ||
	    is_wanted(task->source->settings, entry->announce);

	if (task->scratch.phase == PHASE_DAYS) {
		entry->listed_on = arxiv_day_of(entry, now);
		return;
	}
	if (entry->announce == ENTRY_NEW)
		task->scratch.part = 1;
	entry->listed_on = take_dates(entry, arxiv_today(now));
	/* Only what announces no replacement makes news. */
	if (is_wished && entry->announce == ENTRY_REPLACED)
		entry->announce = ENTRY_NEW;
	else if (is_wished && entry->announce == ENTRY_REPLACED_CROSS)
		entry->announce = ENTRY_CROSS;
	else if (!is_wished && entry->announce == ENTRY_NEW)
		entry->announce = ENTRY_REPLACED;
	else if (!is_wished && entry->announce == ENTRY_CROSS)
		entry->announce = ENTRY_REPLACED_CROSS;
}

static int
read_announces(struct settings *settings, struct str typed, struct err *err)
{
	if (!str_starts(typed, "?announce="))
		return err_set(
		    err, EX_USAGE, "'%.*s': behind the '?' stands announce=", STR_ARG(typed));
	return provider_set_words(settings, "announce", str_skip(typed, strlen("?announce=")), err);
}

/* "arxiv-rss:cs.CL+cs.LG", "arxiv-rss:cs.CL?announce=new+replace". */
static int
read_spec(struct str typed, struct settings *settings, struct err *err)
{
	struct str categories = str_skip(typed, strlen("arxiv-rss")), rest = STR("");
	ptrdiff_t question = str_find_char(categories, '?');

	if (question >= 0) {
		rest = str_skip(categories, (size_t)question);
		categories = str_head(categories, (size_t)question);
	}
	if (provider_set_words(settings, "categories", str_skip(categories, 1), err) < 0)
		return -1;
	return rest.len > 0 ? read_announces(settings, rest, err) : 0;
}

/* The address of such a feed, as readers of feeds have it: better read as what it is. */
static int
read_url(struct str typed, struct settings *settings, struct err *err)
{
	struct str categories = typed, piece;

	while (str_next(&typed, '/', &piece))
		categories = piece;
	return provider_set_words(settings, "categories", categories, err);
}

static const struct provider_spec specs[] = {
	{ "arxiv-rss", "arxiv-rss:cs.CL+cs.LG", ":?", read_spec },
	{ "https://rss.arxiv.org/rss/", NULL, "", read_url },
	{ "https://rss.arxiv.org/atom/", NULL, "", read_url },
	{ "http://rss.arxiv.org/rss/", NULL, "", read_url },
	{ "http://rss.arxiv.org/atom/", NULL, "", read_url },
	{ "http://export.arxiv.org/rss/", NULL, "", read_url },
	{ "http://arxiv.org/rss/", NULL, "", read_url },
	{ NULL, NULL, NULL, NULL },
};

const struct source_provider source_provider_arxiv_rss = {
	.name = "arxiv_rss",
	.help = "arXiv's daily feeds: what is announced in categories, missed days from its API",
	.title = "arXiv",
	.settings = rows,
	.specs = specs,
	.pace_name = ARXIV_PACE,
	.connections = 1,
	.interval_ms = arxiv_interval_ms,
	.spec = spec,
	.feed_url = feed_url,
	.start = start,
	.next = next,
	.adjust = adjust,
	.expects = calendar_arxiv,
	.day_of = arxiv_day_of,
};
