/*
 * arXiv's feeds and OAI-PMH without a network: what is asked day by day, what is remembered, and
 * what an announcement is news of.
 */
#include "provider_bench.h"

#include "src/source/format.h"

enum { MOST_DAYS = 12 };

/* ---- the feeds ---- */

/* What there is: the feed, and of each day so many papers in the API. */
struct feed_world {
	int feed_count, earlier_count; /* in the feed; of them listed on earlier days */
	const char *feed_day; /* that it names; NULL: today in New York */
	bool is_unreadable;
	struct {
		const char *day;
		int count;
		bool is_unreadable;
	} days[MOST_DAYS];
};

static struct provider_answer
feed_page(struct bench *bench, const struct feed_world *world)
{
	struct provider_answer answer = no_answer();
	struct entry entry;

	buf_addf(&bench->asked, "%sfeed", bench->asked.len > 0 ? " " : "");
	assert_true(bench->task.request.is_day_start && !bench->task.request.is_continued);
	answer.is_unreadable = world->is_unreadable;
	answer.item_count = answer.entry_count = answer.fresh_count = (size_t)world->feed_count;
	answer.earlier_count = (size_t)world->earlier_count;
	if (world->feed_count > 0) {
		answer.newest_day =
		    world->feed_day != NULL ? day(world->feed_day) : bench->task.request.hint;
		answer.oldest_day = answer.newest_day;
		entry_init(&entry);
		bench->source.provider->adjust(&bench->task, &entry);
	}
	return answer;
}

static struct provider_answer
feed_answer(struct bench *bench, const void *context)
{
	const struct feed_world *world = context;
	struct provider_answer answer = no_answer();
	char text[DATE_DAY_BYTES];

	if (str_find(buf_str(&bench->task.request.url), STR("/rss/")) >= 0)
		return feed_page(bench, world);
	assert_true(
	    str_starts(buf_str(&bench->task.request.url), "https://export.arxiv.org/api/query?"));
	assert_true(bench->task.request.is_continued);
	date_format_day(text, bench->task.request.hint);
	buf_addf(&bench->asked, "%s%s", bench->asked.len > 0 ? " " : "", text + 5);
	answer.total = 0;
	for (size_t i = 0; i < COUNT(world->days) && world->days[i].day != NULL; i++) {
		if (strcmp(world->days[i].day, text) != 0)
			continue;
		answer.is_unreadable = world->days[i].is_unreadable;
		answer.total = world->days[i].count;
		answer.item_count = answer.entry_count = (size_t)answer.total;
		answer.first = 0;
		if (answer.total > 0)
			answer.newest_day = answer.oldest_day = bench->task.request.hint;
	}
	return answer;
}

struct feed_case {
	const char *name;
	const char *complete_through, *newest_day, *cursor; /* before */
	enum source_reach reach;
	const char *now, *since, *until;
	struct feed_world world;
	const char *asked;
	enum source_verdict verdict;
	const char *complete_after, *newest_after;
	const char *note; /* part of one; NULL: there is none */
};

/* 12:00 UTC is 08:00 in New York: the day's listing is there. 2026-07-27 is a Monday. */
static const struct feed_case feed_cases[] = {
	{ "first run", NULL, NULL, "", CATCH_UP, "2026-07-27T12:00:00Z", NULL, NULL,
	    { .feed_count = 90 }, "feed", SOURCE_NOTHING_NEW, "2026-07-26", "2026-07-27", NULL },
	{ "the next day looks at the last one again", "2026-07-26", "2026-07-27", "90", CATCH_UP,
	    "2026-07-28T12:00:00Z", NULL, NULL,
	    { .feed_count = 80, .days = { { "2026-07-27", 60, false } } }, "feed 07-27",
	    SOURCE_NOTHING_NEW, "2026-07-27", "2026-07-28", NULL },
	{ "the same day once more", "2026-07-26", "2026-07-27", "90", CATCH_UP,
	    "2026-07-27T15:00:00Z", NULL, NULL, { .feed_count = 90 }, "feed", SOURCE_NOTHING_NEW,
	    "2026-07-26", "2026-07-27", NULL },
	{ "a week later", "2026-07-26", "2026-07-27", "90", CATCH_UP, "2026-08-03T12:00:00Z", NULL,
	    NULL,
	    { .feed_count = 80,
	        .days = { { "2026-07-27", 60, false }, { "2026-07-28", 60, false },
	            { "2026-07-29", 60, false }, { "2026-07-30", 60, false },
	            { "2026-07-31", 60, false } } },
	    "feed 07-27 07-28 07-29 07-30 07-31", SOURCE_NOTHING_NEW, "2026-07-31", "2026-08-03",
	    NULL },
	{ "a Saturday", "2026-07-30", "2026-07-31", "90", CATCH_UP, "2026-08-01T12:00:00Z", NULL,
	    NULL, { .days = { { "2026-07-31", 60, false } } }, "feed 07-31", SOURCE_EMPTY_EXPECTED,
	    "2026-07-31", "2026-07-31", NULL },
	{ "a Saturday's preview", NULL, NULL, "", NEWEST, "2026-08-01T12:00:00Z", NULL, NULL,
	    { .days = { { "2026-07-31", 60, false } } }, "feed 07-31", SOURCE_EMPTY_EXPECTED, NULL,
	    "2026-07-31",
	    "arXiv lists no papers for Saturday 2026-08-01; these are Friday's (2026-07-31)." },
	{ "before the feed has turned", "2026-07-26", "2026-07-27", "90", CATCH_UP,
	    "2026-07-28T05:00:00Z", NULL, NULL, { .days = { { "2026-07-27", 60, false } } },
	    "feed 07-27", SOURCE_NOT_YET, "2026-07-27", "2026-07-27",
	    "arXiv has announced no papers for 2026-07-28 yet; they will follow." },
	{ "a first run before it has", NULL, NULL, "", CATCH_UP, "2026-07-28T05:00:00Z", NULL, NULL,
	    { .days = { { "2026-07-27", 60, false } } }, "feed 07-27", SOURCE_NOT_YET, "2026-07-27",
	    "2026-07-27",
	    "has announced no papers for Tuesday 2026-07-28 yet; these are Monday's" },
	{ "empty, and the API has the papers", "2026-07-27", "2026-07-27", "90", CATCH_UP,
	    "2026-07-28T12:00:00Z", NULL, NULL, { .days = { { "2026-07-28", 60, false } } },
	    "feed 07-28", SOURCE_NOTHING_NEW, "2026-07-27", "2026-07-28", NULL },
	{ "empty, as is the API, of what has many", "2026-07-27", "2026-07-27", "90", CATCH_UP,
	    "2026-07-28T12:00:00Z", NULL, NULL, { .feed_count = 0 }, "feed 07-28",
	    SOURCE_EMPTY_UNEXPECTED, "2026-07-27", "2026-07-27",
	    "lists nothing in 'arxiv-rss:cs.CL' for Tuesday 2026-07-28, a working day; it will" },
	{ "empty, as is the API, of what has few", "2026-07-27", "2026-07-27", "3", CATCH_UP,
	    "2026-07-28T12:00:00Z", NULL, NULL, { .feed_count = 0 }, "feed 07-28",
	    SOURCE_NOTHING_NEW, "2026-07-27", "2026-07-27", NULL },
	{ "yesterday's papers under today's date", "2026-07-26", "2026-07-27", "90", CATCH_UP,
	    "2026-07-28T12:00:00Z", NULL, NULL,
	    { .feed_count = 90,
	        .earlier_count = 90,
	        .days = { { "2026-07-27", 60, false }, { "2026-07-28", 60, false } } },
	    "feed 07-27 07-28", SOURCE_STALE, "2026-07-27", "2026-07-28",
	    "has an earlier day's papers under the date of 2026-07-28; it will be asked again." },
	{ "some were listed before", "2026-07-27", "2026-07-27", "90", CATCH_UP,
	    "2026-07-28T12:00:00Z", NULL, NULL, { .feed_count = 90, .earlier_count = 89 }, "feed",
	    SOURCE_NOTHING_NEW, "2026-07-27", "2026-07-28", NULL },
	{ "yesterday's papers under their own date", "2026-07-26", "2026-07-27", "90", CATCH_UP,
	    "2026-07-28T12:00:00Z", NULL, NULL,
	    { .feed_count = 90,
	        .feed_day = "2026-07-27",
	        .days = { { "2026-07-27", 60, false }, { "2026-07-28", 60, false } } },
	    "feed 07-27 07-28", SOURCE_EMPTY_UNEXPECTED, "2026-07-27", "2026-07-28",
	    "still is that of 2026-07-27, and that of 2026-07-28 is missing" },
	{ "two thousand items", "2026-07-27", "2026-07-27", "90", CATCH_UP, "2026-07-28T12:00:00Z",
	    NULL, NULL, { .feed_count = 2000, .days = { { "2026-07-28", 400, false } } },
	    "feed 07-28", SOURCE_TRUNCATED, "2026-07-27", "2026-07-28", "ends after 2000 papers" },
	{ "a day of the API that cannot be read", "2026-07-27", "2026-07-28", "90", CATCH_UP,
	    "2026-07-31T12:00:00Z", NULL, NULL,
	    { .feed_count = 90,
	        .days = { { "2026-07-28", 60, false }, { "2026-07-29", 60, true },
	            { "2026-07-30", 60, false } } },
	    "feed 07-28 07-29 07-30", SOURCE_NOTHING_NEW, "2026-07-28", "2026-07-31", NULL },
	{ "an empty day of the API is asked again", "2026-07-27", "2026-07-28", "90", CATCH_UP,
	    "2026-07-30T12:00:00Z", NULL, NULL,
	    { .feed_count = 90, .days = { { "2026-07-29", 60, false } } }, "feed 07-28 07-29",
	    SOURCE_EMPTY_UNEXPECTED, "2026-07-27", "2026-07-30", "for Tuesday 2026-07-28" },
	{ "days", "2026-07-31", "2026-07-31", "90", DAYS, "2026-08-01T12:00:00Z", "2026-07-28",
	    "2026-07-29", { .days = { { "2026-07-28", 60, false }, { "2026-07-29", 60, false } } },
	    "07-28 07-29", SOURCE_NOTHING_NEW, "2026-07-31", "2026-07-31", NULL },
	{ "days up to today begin a history", NULL, NULL, "", DAYS, "2026-07-30T12:00:00Z",
	    "2026-07-28", "2026-07-30",
	    { .feed_count = 90,
	        .days = { { "2026-07-28", 60, false }, { "2026-07-29", 60, false } } },
	    "feed 07-28 07-29", SOURCE_NOTHING_NEW, "2026-07-29", "2026-07-30", NULL },
	{ "days without a listing", NULL, NULL, "", DAYS, "2026-08-03T12:00:00Z", "2026-08-01",
	    "2026-08-02", { .feed_count = 90 }, "", SOURCE_EMPTY_EXPECTED, NULL, NULL, NULL },
	{ "a day to come", NULL, NULL, "", DAYS, "2026-07-28T12:00:00Z", "2026-07-29", "2026-07-29",
	    { .feed_count = 90 }, "", SOURCE_NOT_YET, NULL, NULL, "2026-07-29 is a day to come" },
};

static void
test_feed_days(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(feed_cases); i++) {
		const struct feed_case *feed = &feed_cases[i];
		struct bench bench;
		bench_init(&bench, "arxiv-rss:cs.CL");
		bench.source.state.complete_through = day(feed->complete_through);
		bench.source.state.newest_day = day(feed->newest_day);
		snprintf(bench.source.state.cursor, sizeof(bench.source.state.cursor), "%s",
		    feed->cursor);
		bench.wish.since = day(feed->since);
		bench.wish.until = day(feed->until);
		bench_begin(&bench, feed->reach, feed->now);
		if (bench_drive(&bench, feed_answer, &feed->world) != 0)
			fail_msg("%s: %s", feed->name, bench.err.text);
		if (strcmp(bench.asked.ptr, feed->asked) != 0)
			fail_msg("%s: asked %s", feed->name, bench.asked.ptr);
		if (bench.outcome.verdict != feed->verdict)
			fail_msg(
			    "%s: '%s'", feed->name, source_verdict_name(bench.outcome.verdict));
		assert_day(bench.task.state.complete_through, feed->complete_after, feed->name);
		assert_day(bench.task.state.newest_day, feed->newest_after, feed->name);
		if (feed->note != NULL && !has_note(&bench, feed->note))
			fail_msg("%s: the first note is '%s'", feed->name,
			    bench.outcome.note_count > 0 ? bench.outcome.notes[0].ptr : "missing");
		if (feed->note == NULL && bench.outcome.note_count > 0)
			fail_msg("%s: notes '%s'", feed->name, bench.outcome.notes[0].ptr);
		bench_release(&bench);
	}
}

static void
test_feed_gives_up(void **state)
{
	static const struct feed_world bad = { .is_unreadable = true };
	static const struct feed_world api_down = { .feed_count = 90,
		.days = { { "2026-07-28", 0, true }, { "2026-07-29", 0, true } } };
	struct bench bench;

	(void)state;
	bench_init(&bench, "arxiv-rss:cs.CL");
	bench.source.state.complete_through = day("2026-07-27");
	bench_begin(&bench, CATCH_UP, "2026-07-31T12:00:00Z");
	assert_int_equal(bench_drive(&bench, feed_answer, &bad), -1);
	assert_string_equal(bench.asked.ptr, "feed");
	bench_begin(&bench, CATCH_UP, "2026-07-31T12:00:00Z");
	assert_int_equal(bench_drive(&bench, feed_answer, &api_down), -1);
	assert_string_equal(bench.asked.ptr, "feed 07-28 07-29");
	/* The feed was read all the same, and the days are asked for again. */
	assert_day(bench.task.state.newest_day, "2026-07-31", "newest");
	assert_day(bench.task.state.complete_through, "2026-07-27", "complete");
	bench_release(&bench);
}

static void
test_feed_long_absence(void **state)
{
	static const struct feed_world world = { .feed_count = 5 };
	struct bench bench;

	(void)state;
	bench_init(&bench, "arxiv-rss:math.KT");
	bench.source.state.complete_through = day("2026-01-02");
	bench.source.state.newest_day = day("2026-01-02");
	bench_begin(&bench, CATCH_UP, "2026-07-31T12:00:00Z");
	assert_int_equal(bench_drive(&bench, feed_answer, &world), 0);
	assert_true(str_starts(buf_str(&bench.asked), "feed 06-01 06-02 "));
	assert_true(has_note(&bench, "its listings from 2026-01-03 to 2026-05-31 are left out"));
	assert_day(bench.task.state.complete_through, "2026-07-30", "complete");
	bench_release(&bench);
}

/* The first day that no feed was read of is asked for with what moderation held before it. */
static void
test_feed_windows(void **state)
{
	static const char *const urls[] = {
		"https://rss.arxiv.org/rss/cs.CL+cs.LG",
		"https://export.arxiv.org/api/"
		"query?search_query=%28cat:cs.LG%20OR%20cat:cs.CL%29%20AND%20"
		"submittedDate:%5B202607241800%20TO%20202607271759%5D&start=0&max_results=500&"
		"sortBy="
		"submittedDate&sortOrder=ascending",
		"https://export.arxiv.org/api/"
		"query?search_query=%28cat:cs.LG%20OR%20cat:cs.CL%29%20AND%20"
		"submittedDate:%5B202607231800%20TO%20202607281759%5D&start=0&max_results=500&"
		"sortBy="
		"submittedDate&sortOrder=ascending",
		"https://export.arxiv.org/api/"
		"query?search_query=%28cat:cs.LG%20OR%20cat:cs.CL%29%20AND%20"
		"submittedDate:%5B202607281800%20TO%20202607291759%5D&start=0&max_results=500&"
		"sortBy="
		"submittedDate&sortOrder=ascending",
	};
	static const struct feed_world world = { .feed_count = 5 };
	struct bench bench;

	(void)state;
	bench_init(&bench, "arxiv-rss:cs.LG+cs.CL");
	bench.source.state.complete_through = day("2026-07-27");
	bench.source.state.newest_day = day("2026-07-28");
	bench_begin(&bench, CATCH_UP, "2026-07-31T12:00:00Z");
	assert_int_equal(bench.source.provider->start(&bench.task, &bench.err), 1);
	for (size_t i = 0; i < COUNT(urls); i++) {
		assert_string_equal(bench.task.request.url.ptr, urls[i]);
		struct provider_answer answer = feed_answer(&bench, &world);
		assert_int_equal(
		    bench.source.provider->next(&bench.task, &answer, &bench.err), i < 3);
	}
	bench_release(&bench);
}

/* Thirty thousand results are the end of what the API gives. */
static void
test_feed_ceiling(void **state)
{
	struct provider_answer answer = no_answer();
	struct bench bench;
	int pages = 1;

	(void)state;
	bench_init(&bench, "arxiv-rss:cs.CL");
	bench.wish.since = bench.wish.until = day("2026-07-28");
	bench_begin(&bench, DAYS, "2026-07-31T12:00:00Z");
	assert_int_equal(bench.source.provider->start(&bench.task, &bench.err), 1);
	answer.item_count = answer.entry_count = answer.fresh_count = 500;
	answer.newest_day = answer.oldest_day = bench.task.request.hint;
	answer.total = 40000;
	for (answer.first = 0; bench.source.provider->next(&bench.task, &answer, &bench.err) == 1;
	     answer.first += 500)
		pages++;
	assert_int_equal(pages, 60);
	assert_int_equal(bench.outcome.verdict, SOURCE_TRUNCATED);
	assert_true(
	    has_note(&bench, "more papers in 'arxiv-rss:cs.CL' for 2026-07-28 than the 30000"));
	bench_release(&bench);
}

/* ---- what an announcement is news of ---- */

static void
test_feed_announcements(void **state)
{
	static const struct {
		const char *spec;
		enum entry_announce given, news;
	} cases[] = {
		{ "arxiv-rss:cs.CL", ENTRY_NEW, ENTRY_NEW },
		{ "arxiv-rss:cs.CL", ENTRY_CROSS, ENTRY_CROSS },
		{ "arxiv-rss:cs.CL", ENTRY_REPLACED, ENTRY_REPLACED },
		{ "arxiv-rss:cs.CL", ENTRY_REPLACED_CROSS, ENTRY_REPLACED_CROSS },
		{ "arxiv-rss:cs.CL", ENTRY_WITHDRAWN, ENTRY_WITHDRAWN },
		{ "arxiv-rss:cs.CL?announce=new", ENTRY_NEW, ENTRY_NEW },
		{ "arxiv-rss:cs.CL?announce=new", ENTRY_CROSS, ENTRY_REPLACED_CROSS },
		{ "arxiv-rss:cs.CL?announce=replace+replace-cross", ENTRY_NEW, ENTRY_REPLACED },
		{ "arxiv-rss:cs.CL?announce=replace+replace-cross", ENTRY_REPLACED, ENTRY_NEW },
		{ "arxiv-rss:cs.CL?announce=replace+replace-cross", ENTRY_REPLACED_CROSS,
		    ENTRY_CROSS },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct bench bench;
		struct entry entry;
		bench_init(&bench, cases[i].spec);
		bench_begin(&bench, CATCH_UP, "2026-07-28T12:00:00Z");
		assert_int_equal(bench.source.provider->start(&bench.task, &bench.err), 1);
		entry_init(&entry);
		entry.announce = cases[i].given;
		entry.published_at = instant("2026-07-28T00:00:00-04:00");
		entry.updated_at = instant("2026-07-28T04:10:00Z");
		bench.source.provider->adjust(&bench.task, &entry);
		if (entry.announce != cases[i].news)
			fail_msg("%s: %d became %d", cases[i].spec, (int)cases[i].given,
			    (int)entry.announce);
		assert_day(entry.listed_on, "2026-07-28", "listed on");
		/* The date of an announcement is no date of an old paper. */
		assert_true(
		    (entry.published_at == DATE_NO_INSTANT) == (cases[i].given != ENTRY_NEW));
		assert_true(entry.updated_at == DATE_NO_INSTANT);
		bench_release(&bench);
	}
}

/* A harvest from Monday, 2026-07-27, on; it is Tuesday. */
static void
test_oai_records(void **state)
{
	static const struct {
		const char *what;
		enum entry_announce given;
		int version;
		const char *published, *updated, *changed_on;
		enum entry_announce news;
		const char *listed_on;
	} cases[] = {
		{ "a new paper", ENTRY_NEW, 1, "2026-07-27T12:00:00Z", "2026-07-27T12:00:00Z",
		    "2026-07-28", ENTRY_NEW, "2026-07-28" },
		{ "one of yesterday, once more", ENTRY_NEW, 1, "2026-07-24T12:00:00Z",
		    "2026-07-24T12:00:00Z", "2026-07-27", ENTRY_NEW, "2026-07-27" },
		{ "held by moderation", ENTRY_NEW, 1, "2026-07-21T12:00:00Z",
		    "2026-07-21T12:00:00Z", "2026-07-28", ENTRY_NEW, "2026-07-28" },
		{ "a datestamp on a Sunday", ENTRY_NEW, 1, "2026-07-21T12:00:00Z",
		    "2026-07-21T12:00:00Z", "2026-07-26", ENTRY_NEW, "2026-07-22" },
		{ "a second version so soon", ENTRY_NEW, 2, "2026-07-21T12:00:00Z",
		    "2026-07-27T12:00:00Z", "2026-07-28", ENTRY_NEW, "2026-07-22" },
		{ "edited in bulk", ENTRY_NEW, 1, "2019-03-05T12:00:00Z", "2019-03-05T12:00:00Z",
		    "2026-07-28", ENTRY_REPLACED, "2019-03-06" },
		{ "a new version", ENTRY_NEW, 3, "2019-03-05T12:00:00Z", "2026-07-27T12:00:00Z",
		    "2026-07-28", ENTRY_REPLACED, "2026-07-28" },
		{ "deleted", ENTRY_WITHDRAWN, 0, NULL, NULL, "2026-07-28", ENTRY_WITHDRAWN,
		    "2026-07-28" },
		{ "withdrawn", ENTRY_WITHDRAWN, 2, "2019-03-05T12:00:00Z", "2026-07-24T12:00:00Z",
		    "2026-07-28", ENTRY_WITHDRAWN, "2026-07-27" },
		{ "without dates", ENTRY_NEW, 0, NULL, NULL, NULL, ENTRY_NEW, "2026-07-28" },
		{ "of the future", ENTRY_NEW, 1, "2026-08-20T12:00:00Z", NULL, NULL, ENTRY_NEW,
		    "2026-07-28" },
	};
	struct bench bench;

	(void)state;
	bench_init(&bench, "arxiv-oai:cs");
	snprintf(bench.source.state.cursor, sizeof(bench.source.state.cursor), "done=2026-07-28");
	bench_begin(&bench, CATCH_UP, "2026-07-28T12:00:00Z");
	assert_int_equal(bench.source.provider->start(&bench.task, &bench.err), 1);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct entry entry;
		entry_init(&entry);
		entry.announce = cases[i].given;
		entry.version = cases[i].version;
		entry.published_at = instant(cases[i].published);
		entry.updated_at = instant(cases[i].updated);
		entry.changed_on = day(cases[i].changed_on);
		bench.source.provider->adjust(&bench.task, &entry);
		if (entry.announce != cases[i].news)
			fail_msg("%s: %d", cases[i].what, (int)entry.announce);
		assert_day(entry.listed_on, cases[i].listed_on, cases[i].what);
	}
	bench_release(&bench);
}

/* ---- OAI-PMH ---- */

/* Answers one after the other; the last one again and again. */
struct oai_page {
	const char *next, *fault;
	bool is_unreadable;
};

struct oai_world {
	struct oai_page pages[8];
};

static struct provider_answer
oai_answer(struct bench *bench, const void *context)
{
	const struct oai_world *world = context;
	int at = bench->requests <= (int)COUNT(world->pages) ? bench->requests - 1 : 7;
	const struct oai_page *page = &world->pages[at];
	struct provider_answer answer = no_answer();
	struct str url = buf_str(&bench->task.request.url);

	assert_true(str_starts(url, "https://oaipmh.arxiv.org/oai?verb=ListRecords&"));
	url = str_skip(url, strlen("https://oaipmh.arxiv.org/oai?verb=ListRecords&"));
	buf_addf(&bench->asked, "%s%.*s", bench->asked.len > 0 ? " " : "", STR_ARG(url));
	answer.next = str_from(page->next);
	answer.fault = str_from(page->fault);
	answer.is_unreadable = page->is_unreadable;
	answer.generated_at = instant("2026-07-28T03:00:00Z");
	if (page->fault == NULL) {
		answer.item_count = answer.entry_count = 3;
		answer.newest_day = answer.oldest_day = day("2026-07-28");
	}
	return answer;
}

#define RAW "metadataPrefix=arXivRaw&set=cs&from="

static const struct oai_case {
	const char *name, *cursor, *complete_through;
	enum source_reach reach;
	const char *since;
	struct oai_world world;
	int result;
	const char *asked, *cursor_after, *error;
} oai_cases[] = {
	{ "first run", "", NULL, CATCH_UP, NULL, { { { NULL } } }, 0, RAW "2026-07-27",
	    "done=2026-07-28", NULL },
	{ "pages", "done=2026-07-27", NULL, CATCH_UP, NULL,
	    { { { "a b", NULL, false }, { "c&d", NULL, false }, { "", NULL, false } } }, 0,
	    RAW "2026-07-26 resumptionToken=a%20b resumptionToken=c%26d", "done=2026-07-28", NULL },
	{ "a history without a cursor", "", "2026-07-24", CATCH_UP, NULL, { { { NULL } } }, 0,
	    RAW "2026-07-23", "done=2026-07-28", NULL },
	{ "the cursor is nonsense", "set=x from=2026-02-30 token", NULL, CATCH_UP, NULL,
	    { { { NULL } } }, 0, RAW "2026-07-27", "done=2026-07-28", NULL },
	{ "broken off", "done=2026-07-27", NULL, CATCH_UP, NULL,
	    { { { "a", NULL, false }, { NULL, NULL, true } } }, -1,
	    RAW "2026-07-26 resumptionToken=a",
	    "from=2026-07-26 until= begun=2026-07-28 set=0 token=a", "" },
	{ "gone on with", "from=2026-07-20 until= begun=2026-07-27 set=0 token=a", NULL, CATCH_UP,
	    NULL, { { { NULL } } }, 0, "resumptionToken=a", "done=2026-07-27", NULL },
	{ "of a set that is not there any more",
	    "from=2026-07-20 until= begun=2026-07-27 set=1 token=a", NULL, CATCH_UP, NULL,
	    { { { NULL } } }, 0, RAW "2026-07-27", "done=2026-07-28", NULL },
	{ "with a token that has expired", "from=2026-07-20 until= begun=2026-07-27 set=0 token=a",
	    NULL, CATCH_UP, NULL,
	    { { { NULL, "badResumptionToken: it has expired", false }, { "b", NULL, false } } }, 0,
	    "resumptionToken=a " RAW "2026-07-20 resumptionToken=b", "done=2026-07-27", NULL },
	{ "tokens that never hold", "done=2026-07-27", NULL, CATCH_UP, NULL,
	    { { { "a", NULL, false }, { NULL, "badResumptionToken", false }, { "b", NULL, false },
	        { NULL, "badResumptionToken", false }, { "c", NULL, false },
	        { NULL, "badResumptionToken", false } } },
	    -1,
	    RAW "2026-07-26 resumptionToken=a " RAW "2026-07-26 resumptionToken=b " RAW
	        "2026-07-26 resumptionToken=c",
	    NULL, "arXiv answers: badResumptionToken" },
	{ "nothing matches", "done=2026-07-28", NULL, CATCH_UP, NULL,
	    { { { NULL, "noRecordsMatch", false } } }, 0, RAW "2026-07-27", "done=2026-07-28",
	    NULL },
	{ "a fault", "done=2026-07-27", NULL, CATCH_UP, NULL,
	    { { { NULL, "badArgument: there is no such set", false } } }, -1, RAW "2026-07-26",
	    "done=2026-07-27", "arXiv answers: badArgument: there is no such set" },
	{ "the same token again", "done=2026-07-27", NULL, CATCH_UP, NULL,
	    { { { "a", NULL, false }, { "a", NULL, false } } }, -1,
	    RAW "2026-07-26 resumptionToken=a", NULL, "the same page comes again and again" },
	{ "a long absence", "done=2026-07-10", NULL, CATCH_UP, NULL,
	    { { { "a", NULL, false }, { NULL } } }, 0,
	    RAW "2026-07-09&until=2026-07-15 resumptionToken=a " RAW
	        "2026-07-16&until=2026-07-22 " RAW "2026-07-23",
	    "done=2026-07-28", NULL },
	{ "the clock was ahead", "done=2026-09-01", NULL, CATCH_UP, NULL, { { { NULL } } }, 0,
	    RAW "2026-07-28", "done=2026-07-28", NULL },
	{ "a preview leaves the harvest alone", "done=2026-07-20", NULL, NEWEST, NULL,
	    { { { "a", NULL, false }, { NULL } } }, 0, RAW "2026-07-27 resumptionToken=a",
	    "done=2026-07-20", NULL },
	{ "and so do days", "done=2026-07-20", NULL, DAYS, "2026-07-24", { { { NULL } } }, 0,
	    RAW "2026-07-23", "done=2026-07-20", NULL },
	{ "of the future", "done=2026-07-20", NULL, DAYS, "2026-07-29", { { { NULL } } }, 0, "",
	    "done=2026-07-20", NULL },
};

static void
test_oai_harvests(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(oai_cases); i++) {
		const struct oai_case *oai = &oai_cases[i];
		struct bench bench;
		bench_init(&bench, "arxiv-oai:cs");
		bench.source.state.complete_through = day(oai->complete_through);
		snprintf(bench.source.state.cursor, sizeof(bench.source.state.cursor), "%s",
		    oai->cursor);
		bench.wish.since = bench.wish.until = day(oai->since);
		bench_begin(&bench, oai->reach, "2026-07-28T12:00:00Z");
		if (bench_drive(&bench, oai_answer, &oai->world) != oai->result)
			fail_msg("%s: '%s'", oai->name, bench.err.text);
		if (strcmp(bench.asked.ptr, oai->asked) != 0)
			fail_msg("%s: asked %s", oai->name, bench.asked.ptr);
		if (oai->cursor_after != NULL &&
		    strcmp(bench.task.state.cursor, oai->cursor_after) != 0)
			fail_msg("%s: '%s'", oai->name, bench.task.state.cursor);
		if (oai->error != NULL && strcmp(bench.err.text, oai->error) != 0)
			fail_msg("%s: '%s'", oai->name, bench.err.text);
		bench_release(&bench);
	}
}

/* A token that is too long to be kept whole is not kept at all. */
static void
test_oai_long_token(void **state)
{
	char token[SOURCE_CURSOR_BYTES + 1];
	struct oai_world world = { { { token, NULL, false }, { NULL, NULL, true } } };
	struct bench bench;

	(void)state;
	for (size_t len = SOURCE_CURSOR_BYTES; len > 0; len -= 64) {
		memset(token, 'x', len);
		token[len] = '\0';
		bench_init(&bench, "arxiv-oai:cs");
		bench_begin(&bench, CATCH_UP, "2026-07-28T12:00:00Z");
		assert_int_equal(bench_drive(&bench, oai_answer, &world), -1);
		struct str cursor = str_from(bench.task.state.cursor);
		assert_true(str_ends(cursor, " set=0") || str_ends(cursor, token));
		assert_true(str_ends(cursor, token) ==
		    (len + strlen("from=2026-07-27 until= begun=2026-07-28 set=0 token=") <
		        SOURCE_CURSOR_BYTES));
		bench_release(&bench);
	}
}

static void
test_oai_sets(void **state)
{
	static const struct {
		const char *typed, *set;
	} cases[] = {
		{ "cs", "set=cs&" },
		{ "cs.AI", "set=cs:cs:AI&" },
		{ "stat.ML", "set=stat:stat:ML&" },
		{ "math", "set=math&" },
		{ "hep-th", "set=physics:hep-th&" },
		{ "astro-ph.CO", "set=physics:astro-ph:CO&" },
		{ "physics", "set=physics&" },
		{ "physics.optics", "set=physics:physics:optics&" },
		{ "physics:hep-lat", "set=physics:hep-lat&" },
		{ "q-bio.NC", "set=q-bio:q-bio:NC&" },
	};
	struct bench bench;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char spec[64];
		snprintf(spec, sizeof(spec), "arxiv-oai:%s", cases[i].typed);
		bench_init(&bench, spec);
		bench_begin(&bench, NEWEST, "2026-07-28T12:00:00Z");
		assert_int_equal(bench.source.provider->start(&bench.task, &bench.err), 1);
		if (str_find(buf_str(&bench.task.request.url), str_from(cases[i].set)) < 0)
			fail_msg("%s: %s", cases[i].typed, bench.task.request.url.ptr);
		bench_release(&bench);
	}
	bench_init(&bench, "arxiv-oai");
	bench_begin(&bench, NEWEST, "2026-07-28T12:00:00Z");
	assert_int_equal(bench.source.provider->start(&bench.task, &bench.err), 1);
	assert_true(str_find(buf_str(&bench.task.request.url), STR("set=")) < 0);
	bench_release(&bench);
}

/* Sets are harvested in the order of the alphabet, each once, so that a cursor means the same. */
static void
test_oai_several_sets(void **state)
{
	static const struct oai_world world = { { { NULL } } };
	struct bench bench;

	(void)state;
	bench_init(&bench, "arxiv-oai:math+cs+math?metadata=arXiv");
	assert_string_equal(bench.source.spec, "arxiv-oai:cs+math?metadata=arXiv");
	bench_begin(&bench, CATCH_UP, "2026-07-28T12:00:00Z");
	assert_int_equal(bench_drive(&bench, oai_answer, &world), 0);
	assert_string_equal(bench.asked.ptr,
	    "metadataPrefix=arXiv&set=cs&from=2026-07-27 "
	    "metadataPrefix=arXiv&set=math&from=2026-07-27");
	assert_day(bench.task.state.complete_through, "2026-07-28", "complete");
	assert_day(bench.task.state.newest_day, "2026-07-28", "newest");
	bench_release(&bench);
}

/* ---- what users type ---- */

static void
test_specs(void **state)
{
	static const struct {
		const char *typed, *spec; /* NULL: refused */
		const char *error;
	} cases[] = {
		{ "arxiv-rss:cs.LG+cs.CL+cs.LG", "arxiv-rss:cs.CL+cs.LG", NULL },
		{ "arxiv-rss:cs.CL?announce=cross+new", "arxiv-rss:cs.CL", NULL },
		{ "arxiv-rss:cs.CL?announce=replace+new", "arxiv-rss:cs.CL?announce=new+replace",
		    NULL },
		{ "arxiv-rss", NULL, "arxiv_rss needs categories" },
		{ "arxiv-rss:cs/CL&x", NULL, "'cs/CL&x' is none of arXiv's categories" },
		{ "arxiv-rss:cs.CL?announce=all", NULL, "not 'all'" },
		{ "arxiv-rss:cs.CL?q=x", NULL, "behind the '?' stands announce=" },
		{ "arxiv-oai", "arxiv-oai", NULL },
		{ "arxiv-oai:cs?metadata=oai_dc", "arxiv-oai:cs?metadata=oai_dc", NULL },
		{ "arxiv-oai:cs?metadata=marc", NULL, "not 'marc'" },
		{ "arxiv-oai:c%20s", NULL, "is none of arXiv's sets" },
		{ "arxiv-oai:cs?from=x", NULL, "metadata=" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct arena *arena = arena_new();
		struct source source;
		struct err err = ERR_NONE;
		if (source_from_spec(&source, arena, cases[i].typed, &err) == 0) {
			if (cases[i].spec == NULL || strcmp(source.spec, cases[i].spec) != 0)
				fail_msg("%s: '%s'", cases[i].typed, source.spec);
			assert_string_equal(source.title, "arXiv");
			source_release(&source);
		} else if (cases[i].error == NULL || strstr(err.text, cases[i].error) == NULL) {
			fail_msg("%s: %s", cases[i].typed, err.text);
		} else {
			assert_int_equal(err.code, EX_USAGE);
		}
		arena_free(arena);
	}
}

/* However many of arXiv's hosts are asked, they are asked as one. */
static void
test_manners(void **state)
{
	static const char *const names[] = { "arxiv_api", "arxiv_rss", "arxiv_oai" };

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++) {
		const struct source_provider *provider = provider_find(names[i]);
		struct settings *settings = settings_new(source_settings());
		struct err err = ERR_NONE;
		assert_string_equal(provider->pace_name, "arxiv.org");
		assert_int_equal(provider->connections, 1);
		settings_set(settings, "interval", "0s", "test", &err);
		assert_int_equal(provider->interval_ms(settings), 3000);
		settings_set(settings, "base_url", "http://127.0.0.1:1", "test", &err);
		assert_int_equal(provider->interval_ms(settings), 0);
		settings_free(settings);
	}
}

/* The API answers with an error to what goes beyond its thirty thousandth result. */
static void
test_api_ceiling(void **state)
{
	struct provider_answer answer = no_answer();
	struct bench bench;
	struct err err = ERR_NONE;
	struct buf spec = BUF_INIT(BUF_LIMIT);

	(void)state;
	bench_init(&bench, "arxiv:cs.CL");
	settings_set(bench.source.settings, "page_size", "1999", "test", &err);
	settings_set(bench.source.settings, "max_entries", "30000", "test", &err);
	bench.source.state.complete_through = day("2020-01-01");
	bench_begin(&bench, CATCH_UP, "2026-07-31T12:00:00Z");
	assert_int_equal(bench.source.provider->start(&bench.task, &bench.err), 1);
	answer.item_count = answer.entry_count = answer.fresh_count = 1999;
	answer.newest_day = answer.oldest_day = day("2026-07-31");
	answer.total = 90000;
	for (answer.first = 0; answer.first < 15 * 1999; answer.first += 1999)
		assert_int_equal(bench.source.provider->next(&bench.task, &answer, &bench.err), 1);
	assert_true(
	    str_find(buf_str(&bench.task.request.url), STR("start=29985&max_results=15&")) >= 0);
	answer.item_count = answer.entry_count = answer.fresh_count = 15;
	assert_int_equal(bench.source.provider->next(&bench.task, &answer, &bench.err), 0);
	assert_true(has_note(&bench, "more papers for 'arxiv:cs.CL' than the 30000"));
	settings_unset(bench.source.settings, "max_entries");
	settings_set(bench.source.settings, "max_entries", "30001", "test", &err);
	assert_int_equal(bench.source.provider->spec(bench.source.settings, &spec, &err), -1);
	assert_non_null(strstr(err.text, "'max_entries' is 30000 at most"));
	buf_release(&spec);
	bench_release(&bench);
}

/* ---- what an answer of OAI-PMH says of itself ---- */

static int
ignore_entry(void *context, struct entry *entry, struct err *err)
{
	(void)err;
	*(int32_t *)context = entry->changed_on;
	return 0;
}

static void
ignore_skip(void *context, size_t place, const char *why)
{
	(void)context, (void)place, (void)why;
}

static void
test_oai_listings(void **state)
{
	static const struct {
		const char *body, *next, *fault, *generated_at;
		int64_t total, first;
	} cases[] = {
		{ "<responseDate>2026-07-28T03:10:00Z</responseDate><ListRecords><record><header>"
		  "<identifier>oai:arXiv.org:2607.00001</identifier><datestamp>2026-07-27T10:00:00Z"
		  "</datestamp></header></record>"
		  "<resumptionToken cursor='0' completeListSize='1090'> 64|10 </resumptionToken>",
		    "64|10", "", "2026-07-28T03:10:00Z", 1090, 0 },
		{ "<ListRecords><resumptionToken>verb%3DListRecords%26expires%3D%27x%27"
		  "</resumptionToken>",
		    "verb%3DListRecords%26expires%3D%27x%27", "", NULL, -1, -1 },
		{ "<ListRecords><resumptionToken cursor='-1' completeListSize='many'/>", "", "",
		    NULL, -1, -1 },
		{ "<responseDate>yesterday</responseDate><error code='noRecordsMatch'/>", "",
		    "noRecordsMatch", NULL, -1, -1 },
		{ "<error code='badArgument'>from\n is late</error><error code='badVerb'>x</error>",
		    "", "badArgument: from is late", NULL, -1, -1 },
		{ "<error>?</error>", "", "error: ?", NULL, -1, -1 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char body[1024];
		const struct source_format *format;
		int32_t changed_on = DATE_NO_DAY;
		struct err err = ERR_NONE;
		struct format_reader reader = {
			.context = &changed_on,
			.entry = ignore_entry,
			.skip = ignore_skip,
			.arena = arena_new(),
			.keep = arena_new(),
			.scope = "test",
			.base_url = "",
		};
		snprintf(body, sizeof(body),
		    "<OAI-PMH xmlns='http://www.openarchives.org/OAI/2.0/'>%s%s</OAI-PMH>",
		    cases[i].body, strstr(cases[i].body, "<ListRecords>") ? "</ListRecords>" : "");
		struct input *input = input_of_bytes(str_from(body));
		if (format_read(input, &reader, &format, &err) < 0)
			fail_msg("%s: %s", body, err.text);
		assert_string_equal(format->name, "oai");
		assert_true(str_is(reader.listing.next, cases[i].next));
		assert_true(str_is(reader.listing.fault, cases[i].fault));
		assert_true(reader.listing.generated_at == instant(cases[i].generated_at));
		assert_int_equal(reader.listing.total, cases[i].total);
		assert_int_equal(reader.listing.first, cases[i].first);
		assert_day(changed_on, i == 0 ? "2026-07-27" : NULL, body);
		input_close(input);
		arena_free(reader.arena);
		arena_free(reader.keep);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_feed_days),
		cmocka_unit_test(test_feed_gives_up),
		cmocka_unit_test(test_feed_long_absence),
		cmocka_unit_test(test_feed_windows),
		cmocka_unit_test(test_feed_ceiling),
		cmocka_unit_test(test_feed_announcements),
		cmocka_unit_test(test_oai_records),
		cmocka_unit_test(test_oai_harvests),
		cmocka_unit_test(test_oai_long_token),
		cmocka_unit_test(test_oai_sets),
		cmocka_unit_test(test_oai_several_sets),
		cmocka_unit_test(test_specs),
		cmocka_unit_test(test_manners),
		cmocka_unit_test(test_api_ceiling),
		cmocka_unit_test(test_oai_listings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
