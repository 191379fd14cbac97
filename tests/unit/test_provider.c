/*
 * Providers without a network: each is driven through tables of days and answers, and what it asks,
 * remembers and says is compared.
 */
#include "provider_bench.h"

#include <ctype.h>

/* The value of a parameter in the URL that is asked. */
static struct str
parameter(const struct bench *bench, const char *name)
{
	struct str url = buf_str(&bench->task.request.url), piece;
	size_t len = strlen(name);

	url = str_skip(url, (size_t)(str_find_char(url, '?') + 1));
	while (str_next(&url, '&', &piece)) {
		if (str_starts(piece, name) && piece.len > len && piece.ptr[len] == '=')
			return str_skip(piece, len + 1);
	}
	return STR("");
}

static int64_t
number_parameter(const struct bench *bench, const char *name)
{
	int64_t value = -1;

	str_to_int(parameter(bench, name), 0, INT32_MAX, &value);
	return value;
}

/* ---- Hugging Face ---- */

struct hf_day {
	const char *day;
	int count;
	int bad_page; /* that page from 1 on cannot be read; 0: all can */
};

struct hf_world {
	struct hf_day days[16];
	int page_size; /* 0: as asked for */
	bool repeats; /* every page is the first one */
	bool is_endless; /* new papers for ever */
	const char *names; /* the day that answers name */
};

static struct provider_answer
hf_answer(struct bench *bench, const void *context)
{
	const struct hf_world *world = context;
	struct provider_answer answer = no_answer();
	struct str date = parameter(bench, "date");
	int64_t page = number_parameter(bench, "p"), limit = number_parameter(bench, "limit");
	int64_t size = world->page_size > 0 ? world->page_size : limit;
	int64_t count = 0;

	assert_int_equal(limit, 100);
	assert_true(page >= 0);
	assert_true(bench->task.request.is_day_start == (page == 0));
	buf_addf(&bench->asked, "%s%.*s/%d", bench->asked.len > 0 ? " " : "",
	    STR_ARG(str_skip(date, 5)), (int)page);
	for (size_t i = 0; i < COUNT(world->days) && world->days[i].day != NULL; i++) {
		if (!str_is(date, world->days[i].day))
			continue;
		answer.is_unreadable = world->days[i].bad_page == page + 1;
		count = world->days[i].count - (world->repeats ? 0 : page * size);
	}
	count = count < 0 ? 0 : count > size ? size : count;
	if (world->is_endless)
		count = size;
	answer.item_count = (size_t)count;
	answer.fresh_count = world->repeats && page > 0 ? 0 : answer.item_count;
	answer.entry_count = answer.fresh_count;
	if (count > 0)
		answer.newest_day = answer.oldest_day = bench->task.request.day;
	if (world->names != NULL)
		answer.named_day = day(world->names);
	return answer;
}

static const struct hf_world week = { .days = { { "2026-07-24", 9, 0 }, { "2026-07-27", 14, 0 },
	                                  { "2026-07-28", 25, 0 }, { "2026-07-29", 20, 0 },
	                                  { "2026-07-30", 16, 0 }, { "2026-07-31", 34, 0 } } };

struct hf_case {
	const char *name;
	const char *complete_through, *newest_day; /* before */
	enum source_reach reach;
	const char *now, *since, *until;
	const struct hf_world *world;
	const char *asked;
	enum source_verdict verdict;
	const char *complete_after, *newest_after;
	const char *note; /* part of one; NULL: there is none */
};

static const struct hf_world nothing = { .days = { { NULL, 0, 0 } } };
static const struct hf_world big = { .days = { { "2026-07-27", 150, 0 } } };
static const struct hf_world exact = { .days = { { "2026-07-27", 100, 0 } } };
static const struct hf_world halves = { .days = { { "2026-07-27", 120, 0 } }, .page_size = 50 };
static const struct hf_world round_and_round = { .days = { { "2026-07-27", 20, 0 } },
	.repeats = true };
static const struct hf_world hole = { .days = {
	                                  { "2026-07-27", 14, 0 }, { "2026-07-29", 20, 0 } } };
static const struct hf_world bad_middle = { .days = { { "2026-07-27", 14, 0 },
	                                        { "2026-07-28", 5, 1 }, { "2026-07-29", 20, 0 } } };
static const struct hf_world bad_second_page = { .days = { { "2026-07-28", 5, 0 },
	                                             { "2026-07-29", 120, 2 } } };
static const struct hf_world bad_today = { .days = {
	                                       { "2026-07-28", 5, 0 }, { "2026-07-29", 20, 1 } } };

static const struct hf_case hf_cases[] = {
	{ "first run", NULL, NULL, CATCH_UP, "2026-07-27T12:00:00Z", NULL, NULL, &week,
	    "07-27/0 07-27/1", SOURCE_NOTHING_NEW, "2026-07-26", "2026-07-27", NULL },
	{ "first run on a Saturday", NULL, NULL, CATCH_UP, "2026-08-01T12:00:00Z", NULL, NULL,
	    &week, "08-01/0 07-31/0 07-31/1", SOURCE_NOTHING_NEW, "2026-07-31", "2026-07-31",
	    "Hugging Face lists no papers on Saturday 2026-08-01; these are Friday's "
	    "(2026-07-31)." },
	{ "preview on a Sunday", NULL, NULL, NEWEST, "2026-08-02T23:59:59Z", NULL, NULL, &week,
	    "08-02/0 08-01/0 07-31/0 07-31/1", SOURCE_NOTHING_NEW, "2026-07-31", "2026-07-31",
	    "Hugging Face lists no papers on Sunday 2026-08-02; these are Friday's (2026-07-31)." },
	{ "preview before Monday's papers", "2026-07-25", "2026-07-24", NEWEST,
	    "2026-07-27T00:10:00Z", NULL, NULL,
	    &(const struct hf_world){ .days = { { "2026-07-24", 9, 0 } } },
	    "07-27/0 07-26/0 07-25/0 07-24/0 07-24/1", SOURCE_NOTHING_NEW, "2026-07-26",
	    "2026-07-24", "has not published 2026-07-27 yet; these are Friday's (2026-07-24)." },
	{ "catch up with a missed day", "2026-07-27", "2026-07-28", CATCH_UP,
	    "2026-07-30T12:00:00Z", NULL, NULL, &week,
	    "07-28/0 07-28/1 07-29/0 07-29/1 07-30/0 07-30/1", SOURCE_NOTHING_NEW, "2026-07-29",
	    "2026-07-30", NULL },
	{ "a second run of the same day", "2026-07-29", "2026-07-30", CATCH_UP,
	    "2026-07-30T13:00:00Z", NULL, NULL, &week, "07-30/0 07-30/1", SOURCE_NOTHING_NEW,
	    "2026-07-29", "2026-07-30", NULL },
	{ "over the weekend", "2026-07-30", "2026-07-31", CATCH_UP, "2026-08-02T12:00:00Z", NULL,
	    NULL, &week, "07-31/0 07-31/1 08-01/0 08-02/0", SOURCE_EMPTY_EXPECTED, "2026-08-01",
	    "2026-07-31", NULL },
	{ "not yet", "2026-07-31", "2026-07-31", CATCH_UP, "2026-08-03T09:59:59Z", NULL, NULL,
	    &week, "08-01/0 08-02/0 08-03/0", SOURCE_NOT_YET, "2026-08-02", "2026-07-31",
	    "Hugging Face Daily Papers has not published 2026-08-03 yet; its papers will follow." },
	{ "an empty working day", "2026-07-31", "2026-07-31", CATCH_UP, "2026-08-03T10:00:00Z",
	    NULL, NULL, &week, "08-01/0 08-02/0 08-03/0", SOURCE_EMPTY_UNEXPECTED, "2026-08-02",
	    "2026-07-31",
	    "lists nothing for Monday 2026-08-03, a working day; it will be asked again." },
	{ "a hole is not done with", "2026-07-26", "2026-07-27", CATCH_UP, "2026-07-30T12:00:00Z",
	    NULL, NULL, &hole, "07-27/0 07-27/1 07-28/0 07-29/0 07-29/1 07-30/0",
	    SOURCE_EMPTY_UNEXPECTED, "2026-07-27", "2026-07-29", "Tuesday 2026-07-28" },
	{ "an old hole is left at that", "2026-07-27", "2026-07-29", CATCH_UP,
	    "2026-08-05T12:00:00Z", NULL, NULL,
	    &(const struct hf_world){
	        .days = { { "2026-07-29", 9, 0 }, { "2026-07-30", 9, 0 }, { "2026-07-31", 9, 0 },
	            { "2026-08-03", 9, 0 }, { "2026-08-04", 9, 0 }, { "2026-08-05", 9, 0 } } },
	    "07-28/0 07-29/0 07-29/1 07-30/0 07-30/1 07-31/0 07-31/1 08-01/0 08-02/0 08-03/0 "
	    "08-03/1 "
	    "08-04/0 08-04/1 08-05/0 08-05/1",
	    SOURCE_EMPTY_UNEXPECTED, "2026-08-04", "2026-08-05",
	    "lists nothing for Tuesday 2026-07-28, a working day." },
	{ "nothing for ten days", NULL, NULL, CATCH_UP, "2026-07-27T12:00:00Z", NULL, NULL,
	    &nothing,
	    "07-27/0 07-26/0 07-25/0 07-24/0 07-23/0 07-22/0 07-21/0 07-20/0 07-19/0 07-18/0 "
	    "07-17/0",
	    SOURCE_EMPTY_UNEXPECTED, NULL, NULL, "lists nothing for the last 10 days." },
	{ "more than a page", NULL, NULL, CATCH_UP, "2026-07-27T12:00:00Z", NULL, NULL, &big,
	    "07-27/0 07-27/1 07-27/2", SOURCE_NOTHING_NEW, "2026-07-26", "2026-07-27", NULL },
	{ "exactly a page", NULL, NULL, CATCH_UP, "2026-07-27T12:00:00Z", NULL, NULL, &exact,
	    "07-27/0 07-27/1", SOURCE_NOTHING_NEW, "2026-07-26", "2026-07-27", NULL },
	{ "pages shorter than asked for", NULL, NULL, CATCH_UP, "2026-07-27T12:00:00Z", NULL, NULL,
	    &halves, "07-27/0 07-27/1 07-27/2 07-27/3", SOURCE_NOTHING_NEW, "2026-07-26",
	    "2026-07-27", NULL },
	{ "a server that knows no pages", NULL, NULL, CATCH_UP, "2026-07-27T12:00:00Z", NULL, NULL,
	    &round_and_round, "07-27/0 07-27/1", SOURCE_NOTHING_NEW, "2026-07-26", "2026-07-27",
	    NULL },
	{ "exactly these days", "2026-07-30", "2026-07-31", DAYS, "2026-07-31T12:00:00Z",
	    "2026-07-24", "2026-07-27", &week, "07-24/0 07-24/1 07-25/0 07-26/0 07-27/0 07-27/1",
	    SOURCE_NOTHING_NEW, "2026-07-30", "2026-07-31", NULL },
	{ "old days begin no history", NULL, NULL, DAYS, "2026-07-31T12:00:00Z", "2026-07-27",
	    "2026-07-28", &week, "07-27/0 07-27/1 07-28/0 07-28/1", SOURCE_NOTHING_NEW, NULL, NULL,
	    NULL },
	{ "days up to today do", NULL, NULL, DAYS, "2026-07-28T12:00:00Z", "2026-07-27",
	    "2026-08-28", &week, "07-27/0 07-27/1 07-28/0 07-28/1", SOURCE_NOTHING_NEW,
	    "2026-07-27", "2026-07-28", NULL },
	{ "days that join on", "2026-07-26", "2026-07-27", DAYS, "2026-07-30T12:00:00Z",
	    "2026-07-27", "2026-07-28", &week, "07-27/0 07-27/1 07-28/0 07-28/1",
	    SOURCE_NOTHING_NEW, "2026-07-28", "2026-07-28", NULL },
	{ "a day to come", NULL, NULL, DAYS, "2026-07-28T12:00:00Z", "2026-07-29", "2026-07-29",
	    &week, "", SOURCE_NOT_YET, NULL, NULL, "2026-07-29 is a day to come" },
	{ "an empty day that was asked for", NULL, NULL, DAYS, "2026-07-31T12:00:00Z", "2026-07-28",
	    "2026-07-28", &hole, "07-28/0", SOURCE_EMPTY_UNEXPECTED, NULL, NULL, "2026-07-28" },
	{ "the clock was set back", "2026-08-20", "2026-08-20", CATCH_UP, "2026-07-28T12:00:00Z",
	    NULL, NULL, &week, "07-28/0 07-28/1", SOURCE_NOTHING_NEW, "2026-08-20", "2026-08-20",
	    NULL },
	{ "a day that cannot be read", "2026-07-26", "2026-07-26", CATCH_UP, "2026-07-29T12:00:00Z",
	    NULL, NULL, &bad_middle, "07-27/0 07-27/1 07-28/0 07-29/0 07-29/1", SOURCE_NOTHING_NEW,
	    "2026-07-27", "2026-07-29", NULL },
	{ "a page that cannot be read", "2026-07-27", "2026-07-27", CATCH_UP,
	    "2026-07-30T00:00:00Z", NULL, NULL, &bad_second_page,
	    "07-28/0 07-28/1 07-29/0 07-29/1 07-30/0", SOURCE_NOT_YET, "2026-07-28", "2026-07-29",
	    "2026-07-30 yet" },
	{ "half of the newest listing", NULL, NULL, NEWEST, "2026-07-29T12:00:00Z", NULL, NULL,
	    &bad_second_page, "07-29/0 07-29/1", SOURCE_NEVER_ASKED, "2026-07-28", "2026-07-29",
	    NULL },
	{ "the newest listing cannot be read", NULL, NULL, NEWEST, "2026-07-29T12:00:00Z", NULL,
	    NULL, &bad_today, "07-29/0 07-28/0 07-28/1", SOURCE_NOTHING_NEW, "2026-07-28",
	    "2026-07-28", "of 2026-07-29 could not be read; these are Tuesday's (2026-07-28)." },
};

static void
test_hf_days(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(hf_cases); i++) {
		const struct hf_case *hf = &hf_cases[i];
		struct bench bench;
		bench_init(&bench, "hf");
		bench.source.state.complete_through = day(hf->complete_through);
		bench.source.state.newest_day = day(hf->newest_day);
		bench.wish.since = day(hf->since);
		bench.wish.until = day(hf->until);
		bench_begin(&bench, hf->reach, hf->now);
		if (bench_drive(&bench, hf_answer, hf->world) != 0)
			fail_msg("%s: %s", hf->name, bench.err.text);
		if (strcmp(bench.asked.ptr, hf->asked) != 0)
			fail_msg("%s: asked %s", hf->name, bench.asked.ptr);
		if (bench.outcome.verdict != hf->verdict)
			fail_msg("%s: '%s'", hf->name, source_verdict_name(bench.outcome.verdict));
		assert_day(bench.task.state.complete_through, hf->complete_after, hf->name);
		assert_day(bench.task.state.newest_day, hf->newest_after, hf->name);
		if (hf->note != NULL && !has_note(&bench, hf->note))
			fail_msg("%s: the first note is '%s'", hf->name,
			    bench.outcome.note_count > 0 ? bench.outcome.notes[0].ptr : "missing");
		if (hf->note == NULL && bench.outcome.note_count > 0)
			fail_msg("%s: notes '%s'", hf->name, bench.outcome.notes[0].ptr);
		assert_int_equal(bench.outcome.exit_code,
		    hf->verdict == SOURCE_EMPTY_UNEXPECTED ? EX_UNAVAILABLE : 0);
		bench_release(&bench);
	}
}

static void
test_hf_gives_up(void **state)
{
	static const struct hf_world all_bad = {
		.days = { { "2026-07-28", 5, 1 }, { "2026-07-29", 5, 1 }, { "2026-07-30", 5, 0 } }
	};
	static const struct hf_world endless = { .is_endless = true };
	static const struct hf_world other = { .days = { { "2026-07-30", 5, 0 } },
		.names = "2026-07-29" };
	struct bench bench;

	(void)state;
	bench_init(&bench, "hf");
	bench.source.state.complete_through = day("2026-07-27");
	bench_begin(&bench, CATCH_UP, "2026-07-30T12:00:00Z");
	assert_int_equal(bench_drive(&bench, hf_answer, &all_bad), -1);
	assert_string_equal(bench.asked.ptr, "07-28/0 07-29/0");
	assert_day(bench.task.state.complete_through, "2026-07-27", "all bad");
	bench_release(&bench);

	bench_init(&bench, "hf");
	bench_begin(&bench, NEWEST, "2026-07-30T12:00:00Z");
	assert_int_equal(bench_drive(&bench, hf_answer, &endless), -1);
	assert_int_equal(bench.requests, 100);
	assert_int_equal(bench.err.code, EX_DATAERR);
	bench_release(&bench);

	bench_init(&bench, "hf");
	bench_begin(&bench, NEWEST, "2026-07-30T12:00:00Z");
	assert_int_equal(bench_drive(&bench, hf_answer, &other), -1);
	assert_string_equal(
	    bench.err.text, "asked for 2026-07-30 and got the listing of 2026-07-29");
	bench_release(&bench);
}

/* Sixty days are caught up with, the rest is told of. */
static void
test_hf_long_absence(void **state)
{
	struct bench bench;

	(void)state;
	bench_init(&bench, "hf");
	bench.source.state.complete_through = day("2026-01-01");
	bench.source.state.newest_day = day("2025-12-31");
	bench_begin(&bench, CATCH_UP, "2026-07-31T12:00:00Z");
	assert_int_equal(bench_drive(&bench, hf_answer, &week), 0);
	assert_true(str_starts(buf_str(&bench.asked), "06-01/0 06-02/0 "));
	assert_true(has_note(&bench, "its listings from 2026-01-02 to 2026-05-31 are left out"));
	/* Empty working days of long ago are done with, those of the last week are not. */
	assert_day(bench.task.state.complete_through, "2026-07-30", "long absence");
	bench_release(&bench);
}

/* Whatever the times of the runs, every day that has papers is read whole after it ended, once. */
static void
test_hf_every_day_once(void **state)
{
	static const char *const runs[] = { "2026-07-27T07:00:00Z", "2026-07-27T19:00:00Z",
		"2026-07-28T00:00:01Z", "2026-07-29T23:59:59Z", "2026-07-30T08:00:00Z",
		"2026-08-01T08:00:00Z", "2026-08-02T08:00:00Z" };
	static const char *const days[] = { "07-27", "07-28", "07-29", "07-30", "07-31" };
	int settled[COUNT(days)] = { 0 };
	struct bench bench;

	(void)state;
	bench_init(&bench, "hf");
	for (size_t i = 0; i < COUNT(runs); i++) {
		bench_begin(&bench, CATCH_UP, runs[i]);
		assert_int_equal(bench_drive(&bench, hf_answer, &week), 0);
		for (size_t j = 0; j < COUNT(days); j++) {
			if (strstr(bench.asked.ptr, days[j]) != NULL &&
			    strncmp(runs[i] + 5, days[j], 5) > 0)
				settled[j]++;
		}
	}
	for (size_t j = 0; j < COUNT(days); j++)
		assert_int_equal(settled[j], 1);
	bench_release(&bench);
}

/* ---- listings in pages ---- */

/* What a server has: requests whose URL holds `part` are answered with so many items. */
struct page {
	const char *part;
	int count; /* -1: cannot be read */
	int64_t total; /* 0: not told */
	const char *next;
	bool is_repeated; /* all of it was there before */
};

static struct provider_answer
page_answer(struct bench *bench, const void *context)
{
	const struct page *page = context;
	struct provider_answer answer = no_answer();
	struct str url = buf_str(&bench->task.request.url);
	ptrdiff_t host = str_find(url, STR("://"));

	url = str_skip(url, (size_t)host + 3);
	buf_addf(&bench->asked, "%s%.*s", bench->asked.len > 0 ? " " : "",
	    STR_ARG(str_skip(url, (size_t)str_find_char(url, '/'))));
	while (page->part != NULL && str_find(url, str_from(page->part)) < 0)
		page++;
	answer.is_unreadable = page->count < 0;
	if (page->part == NULL || page->count < 0)
		return answer;
	answer.item_count = (size_t)page->count;
	answer.fresh_count = answer.entry_count = page->is_repeated ? 0 : answer.item_count;
	if (answer.entry_count > 0 && !bench->task.request.has_no_days)
		answer.newest_day = answer.oldest_day = bench->task.request.day;
	answer.total = page->total != 0 ? page->total : -1;
	if (page->next != NULL)
		answer.next = str_from(page->next);
	return answer;
}

#define HF "/api/daily_papers?"

static const struct page weeks[] = { { "2026-W30&limit=100&p=0", 100, 0, NULL, false },
	{ "2026-W30&limit=100&p=1", 20, 0, NULL, false },
	{ "2026-W31&limit=100&p=0", 80, 0, NULL, false },
	{ "2026-W32&limit=100&p=0", 5, 0, NULL, false },
	{ "2026-07&limit=100&p=0", 90, 0, NULL, false },
	{ "2026-06&limit=100&p=0", 60, 0, NULL, false }, { NULL, 0, 0, NULL, false } };
static const struct page no_pages[] = { { NULL, 0, 0, NULL, false } };
static const struct page few_trend[] = { { "sort=trending", 100, 0, NULL, false },
	{ NULL, 0, 0, NULL, false } };
static const struct page preprints[] = { { "2026-07-30/2026-07-30/0/", 100, 230, NULL, false },
	{ "2026-07-30/2026-07-30/100/", 100, 230, NULL, false },
	{ "2026-07-30/2026-07-30/200/", 30, 230, NULL, false },
	{ "2026-07-29/2026-07-29/0/", 40, 40, NULL, false },
	{ "2026-07-28/2026-07-28/0/", 60, 0, NULL, false },
	{ "2026-07-28/2026-07-28/60/", 0, 0, NULL, false }, { NULL, 0, 0, NULL, false } };
static const struct page hole_in_preprints[] = { { "2026-07-30/0/", 100, 230, NULL, false },
	{ NULL, 0, 0, NULL, false } };
static const struct page notes[] = { { "offset=0", 1000, 1700, NULL, false },
	{ "offset=1000", 700, 1700, NULL, false }, { NULL, 0, 0, NULL, false } };
static const struct page lost_notes[] = { { "offset=0", 1000, 1700, NULL, false },
	{ NULL, 0, 0, NULL, false } };
static const struct page round_notes[] = { { "offset=0", 1000, 5000, NULL, false },
	{ "offset=", 1000, 5000, NULL, true }, { NULL, 0, 0, NULL, false } };
static const struct page matches[] = { { "offset=0&", 100, 5000, "100", false },
	{ "offset=", 100, 5000, "200", false }, { NULL, 0, 0, NULL, false } };
static const struct page few_matches[] = { { "offset=0&", 100, 130, "100", false },
	{ "offset=100&", 30, 130, NULL, false }, { NULL, 0, 0, NULL, false } };
static const struct page bulk[] = { { "token=B", 400, 2400, NULL, false },
	{ "token=A%3D", 1000, 2400, "B", false }, { "bulk?", 1000, 2400, "A=", false },
	{ NULL, 0, 0, NULL, false } };
static const struct page works[] = { { "2026-07-30&query=graph%20nets&rows=200&cursor=%2A", 200,
	                                 200, "x/y=", false },
	{ "2026-07-29&query=graph%20nets&rows=200&cursor=%2A", 200, 250, "a+b", false },
	{ "2026-07-29&query=graph%20nets&rows=200&cursor=a%2Bb", 50, 250, "c", false },
	{ "2026-07-28&query=graph%20nets&rows=200&cursor=%2A", 200, 0, "d", false },
	{ "2026-07-28&query=graph%20nets&rows=200&cursor=d", 0, 0, "e", false },
	{ NULL, 0, 0, NULL, false } };

struct paged_case {
	const char *name, *spec;
	const char *complete_through, *newest_day; /* before */
	enum source_reach reach;
	const char *now, *since, *until;
	const struct page *pages;
	const char *asked;
	enum source_verdict verdict;
	const char *complete_after, *newest_after;
	const char *note; /* part of one; NULL: there is none */
};

#define S2 "/graph/v1/paper/search"
#define S2_FIELDS \
	"&fields=title,abstract,url,venue,journal,year,publicationDate,externalIds,openAccessPdf," \
	"authors,fieldsOfStudy"
#define NOTES "/notes?invitation=V/2026/-/Submission&limit=1000&offset="
#define WORKS(day) \
	"/works?filter=from-created-date:" day "%2Cuntil-created-date:" day "&query=graph%20nets" \
	"&rows=200&cursor="

static const struct paged_case paged_cases[] = {
	/* 2026-07-31 is a Friday. */
	{ "the week under way", "hf:week", NULL, NULL, NEWEST, "2026-07-31T12:00:00Z", NULL, NULL,
	    weeks, HF "week=2026-W31&limit=100&p=0 " HF "week=2026-W31&limit=100&p=1",
	    SOURCE_NOTHING_NEW, "2026-07-26", "2026-07-27", NULL },
	{ "a week that is empty yet", "hf:week", NULL, NULL, CATCH_UP, "2026-08-10T08:00:00Z", NULL,
	    NULL, weeks,
	    HF "week=2026-W33&limit=100&p=0 " HF "week=2026-W32&limit=100&p=0 " HF
	       "week=2026-W32&limit=100&p=1",
	    SOURCE_NOTHING_NEW, "2026-08-09", "2026-08-03",
	    "has not published the week of 2026-08-10 yet; these are of the week of 2026-08-03." },
	{ "missed weeks", "hf:week", "2026-07-19", "2026-07-13", CATCH_UP, "2026-08-05T12:00:00Z",
	    NULL, NULL, weeks,
	    HF "week=2026-W30&limit=100&p=0 " HF "week=2026-W30&limit=100&p=1 " HF
	       "week=2026-W30&limit=100&p=2 " HF "week=2026-W31&limit=100&p=0 " HF
	       "week=2026-W31&limit=100&p=1 " HF "week=2026-W32&limit=100&p=0 " HF
	       "week=2026-W32&limit=100&p=1",
	    SOURCE_NOTHING_NEW, "2026-08-02", "2026-08-03", NULL },
	{ "an empty week", "hf:week", "2026-08-02", "2026-07-27", CATCH_UP, "2026-08-07T12:00:00Z",
	    NULL, NULL, no_pages, HF "week=2026-W32&limit=100&p=0", SOURCE_EMPTY_UNEXPECTED,
	    "2026-08-02", "2026-07-27",
	    "lists nothing for the week of 2026-08-03; it will be asked again." },
	{ "the weeks of some days", "hf:week", NULL, NULL, DAYS, "2026-08-05T12:00:00Z",
	    "2026-07-26", "2026-07-27", weeks,
	    HF "week=2026-W30&limit=100&p=0 " HF "week=2026-W30&limit=100&p=1 " HF
	       "week=2026-W30&limit=100&p=2 " HF "week=2026-W31&limit=100&p=0 " HF
	       "week=2026-W31&limit=100&p=1",
	    SOURCE_NOTHING_NEW, NULL, NULL, NULL },
	{ "a week of two years", "hf:week", NULL, NULL, DAYS, "2027-01-20T12:00:00Z", "2027-01-01",
	    "2027-01-04", no_pages,
	    HF "week=2026-W53&limit=100&p=0 " HF "week=2027-W01&limit=100&p=0",
	    SOURCE_EMPTY_UNEXPECTED, NULL, NULL, "the week of 2027-01-04" },
	{ "missed months", "hf:month", "2026-05-31", "2026-06-01", CATCH_UP, "2026-07-31T12:00:00Z",
	    NULL, NULL, weeks,
	    HF "month=2026-06&limit=100&p=0 " HF "month=2026-06&limit=100&p=1 " HF
	       "month=2026-07&limit=100&p=0 " HF "month=2026-07&limit=100&p=1",
	    SOURCE_NOTHING_NEW, "2026-06-30", "2026-07-01", NULL },
	{ "what trends", "hf:trending", NULL, NULL, CATCH_UP, "2026-08-01T12:00:00Z", NULL, NULL,
	    few_trend, HF "sort=trending&limit=100&p=0", SOURCE_NOTHING_NEW, NULL, "2026-08-01",
	    NULL },
	{ "nothing trends, at first", "hf:trending", NULL, NULL, CATCH_UP, "2026-08-01T12:00:00Z",
	    NULL, NULL, no_pages, HF "sort=trending&limit=100&p=0", SOURCE_NOTHING_NEW, NULL, NULL,
	    "Hugging Face Trending Papers has no entries." },
	{ "nothing trends any more", "hf:trending", NULL, "2026-07-31", CATCH_UP,
	    "2026-08-01T12:00:00Z", NULL, NULL, no_pages, HF "sort=trending&limit=100&p=0",
	    SOURCE_EMPTY_UNEXPECTED, NULL, "2026-07-31", "is empty, which it was not before" },
	{ "what trended once", "hf:trending", NULL, NULL, DAYS, "2026-08-01T12:00:00Z",
	    "2026-07-01", "2026-07-31", few_trend, "", SOURCE_NOTHING_NEW, NULL, NULL,
	    "keeps no listings of days that are over" },
	{ "a search", "hf?q=graph nets&more", NULL, NULL, CATCH_UP, "2026-08-01T12:00:00Z", NULL,
	    NULL, no_pages, "/api/papers/search?q=graph%20nets%26more&limit=100",
	    SOURCE_NOTHING_NEW, NULL, NULL, "has no entries" },

	{ "preprints for the first time", "biorxiv", NULL, NULL, CATCH_UP, "2026-07-31T12:00:00Z",
	    NULL, NULL, preprints,
	    "/details/biorxiv/2026-07-31/2026-07-31/0/json "
	    "/details/biorxiv/2026-07-30/2026-07-30/0/json "
	    "/details/biorxiv/2026-07-30/2026-07-30/100/json "
	    "/details/biorxiv/2026-07-30/2026-07-30/200/json",
	    SOURCE_NOTHING_NEW, "2026-07-30", "2026-07-30",
	    "bioRxiv has not published 2026-07-31 yet; these are Thursday's (2026-07-30)." },
	{ "late preprints are looked for", "medrxiv:oncology", "2026-07-29", "2026-07-29", CATCH_UP,
	    "2026-07-30T12:00:00Z", NULL, NULL, preprints,
	    "/details/medrxiv/2026-07-28/2026-07-28/0/json?category=oncology "
	    "/details/medrxiv/2026-07-28/2026-07-28/60/json?category=oncology "
	    "/details/medrxiv/2026-07-29/2026-07-29/0/json?category=oncology "
	    "/details/medrxiv/2026-07-30/2026-07-30/0/json?category=oncology "
	    "/details/medrxiv/2026-07-30/2026-07-30/100/json?category=oncology "
	    "/details/medrxiv/2026-07-30/2026-07-30/200/json?category=oncology",
	    SOURCE_NOTHING_NEW, "2026-07-29", "2026-07-30", NULL },
	{ "no preprints on a working day", "biorxiv", "2026-07-29", "2026-07-29", CATCH_UP,
	    "2026-07-31T12:00:00Z", NULL, NULL, no_pages,
	    "/details/biorxiv/2026-07-28/2026-07-28/0/json "
	    "/details/biorxiv/2026-07-29/2026-07-29/0/json "
	    "/details/biorxiv/2026-07-30/2026-07-30/0/json "
	    "/details/biorxiv/2026-07-31/2026-07-31/0/json",
	    SOURCE_EMPTY_UNEXPECTED, "2026-07-29", "2026-07-29",
	    "bioRxiv lists nothing for Thursday 2026-07-30, a working day" },
	{ "a rare category", "biorxiv:zoology", "2026-07-29", "2026-07-29", CATCH_UP,
	    "2026-07-31T12:00:00Z", NULL, NULL, no_pages,
	    "/details/biorxiv/2026-07-28/2026-07-28/0/json?category=zoology "
	    "/details/biorxiv/2026-07-29/2026-07-29/0/json?category=zoology "
	    "/details/biorxiv/2026-07-30/2026-07-30/0/json?category=zoology "
	    "/details/biorxiv/2026-07-31/2026-07-31/0/json?category=zoology",
	    SOURCE_NOTHING_NEW, "2026-07-30", "2026-07-29", NULL },

	{ "submissions", "openreview:V/2026", NULL, NULL, CATCH_UP, "2026-08-01T12:00:00Z", NULL,
	    NULL, notes, NOTES "0 " NOTES "1000", SOURCE_NOTHING_NEW, NULL, "2026-08-01", NULL },
	{ "the best matches", "s2?q=a b&year=2025-", NULL, NULL, CATCH_UP, "2026-08-01T12:00:00Z",
	    NULL, NULL, few_matches,
	    S2 "?query=a%20b&year=2025-" S2_FIELDS "&offset=0&limit=100 " S2
	       "?query=a%20b&year=2025-" S2_FIELDS "&offset=100&limit=100",
	    SOURCE_NOTHING_NEW, NULL, "2026-08-01", NULL },
	{ "all matches", "s2?q=a&bulk=yes", NULL, NULL, CATCH_UP, "2026-08-01T12:00:00Z", NULL,
	    NULL, bulk,
	    S2 "/bulk?query=a" S2_FIELDS "&sort=publicationDate:desc " S2 "/bulk?query=a" S2_FIELDS
	       "&sort=publicationDate:desc&token=A%3D",
	    SOURCE_NOTHING_NEW, NULL, "2026-08-01",
	    "has 2400 matches; the newest 2000 were read (max_entries)." },

	{ "works, page after page", "crossref?q=graph nets", "2026-07-30", "2026-07-30", CATCH_UP,
	    "2026-07-31T12:00:00Z", NULL, NULL, works,
	    WORKS("2026-07-28") "%2A " WORKS("2026-07-28") "d " WORKS("2026-07-29") "%2A " WORKS(
	        "2026-07-29") "a%2Bb " WORKS("2026-07-30") "%2A " WORKS("2026-07-31") "%2A",
	    SOURCE_NOTHING_NEW, "2026-07-30", "2026-07-30", NULL },
};

static void
test_pages(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(paged_cases); i++) {
		const struct paged_case *paged = &paged_cases[i];
		struct bench bench;
		bench_init(&bench, paged->spec);
		bench.source.state.complete_through = day(paged->complete_through);
		bench.source.state.newest_day = day(paged->newest_day);
		bench.wish.since = day(paged->since);
		bench.wish.until = day(paged->until);
		bench_begin(&bench, paged->reach, paged->now);
		if (bench_drive(&bench, page_answer, paged->pages) != 0)
			fail_msg("%s: %s", paged->name, bench.err.text);
		if (strcmp(bench.asked.ptr, paged->asked) != 0)
			fail_msg("%s: asked %s", paged->name, bench.asked.ptr);
		if (bench.outcome.verdict != paged->verdict)
			fail_msg(
			    "%s: '%s'", paged->name, source_verdict_name(bench.outcome.verdict));
		assert_day(bench.task.state.complete_through, paged->complete_after, paged->name);
		assert_day(bench.task.state.newest_day, paged->newest_after, paged->name);
		if (paged->note != NULL && !has_note(&bench, paged->note))
			fail_msg("%s: the first note is '%s'", paged->name,
			    bench.outcome.note_count > 0 ? bench.outcome.notes[0].ptr : "missing");
		if (paged->note == NULL && bench.outcome.note_count > 0)
			fail_msg("%s: notes '%s'", paged->name, bench.outcome.notes[0].ptr);
		bench_release(&bench);
	}
}

static void
test_pages_that_lie(void **state)
{
	static const struct {
		const char *spec;
		const struct page *pages;
		int requests;
		const char *why;
	} cases[] = {
		{ "biorxiv", hole_in_preprints, 5,
		    "no entries from place 100 on, though there should be 230" },
		{ "openreview:V", lost_notes, 2,
		    "no entries from place 1000 on, though there should be 1700" },
		{ "openreview:V", round_notes, 2, "the same page comes again and again" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct bench bench;
		bench_init(&bench, cases[i].spec);
		bench_begin(&bench, CATCH_UP, "2026-07-30T12:00:00Z");
		assert_int_equal(bench_drive(&bench, page_answer, cases[i].pages), -1);
		assert_string_equal(bench.err.text, cases[i].why);
		assert_int_equal(bench.requests, cases[i].requests);
		bench_release(&bench);
	}
}

/* The thousand best, and not one place more, however many there are. */
static void
test_best_matches_end(void **state)
{
	struct bench bench;

	(void)state;
	bench_init(&bench, "s2?q=a");
	bench_begin(&bench, CATCH_UP, "2026-07-30T12:00:00Z");
	assert_int_equal(bench_drive(&bench, page_answer, matches), 0);
	assert_int_equal(bench.requests, 10);
	assert_non_null(strstr(bench.asked.ptr, "&offset=900&limit=99"));
	bench_release(&bench);
}

/* Entries of a week are of its first day; asked for by days, they keep their own. */
static void
test_days_of_weeks(void **state)
{
	struct bench bench;

	(void)state;
	bench_init(&bench, "hf:week");
	bench_begin(&bench, CATCH_UP, "2026-07-31T12:00:00Z");
	assert_int_equal(bench.source.provider->start(&bench.task, &bench.err), 1);
	assert_day(bench.task.request.day, "2026-07-27", "the week's");
	assert_true(bench.task.request.is_filling);
	bench.wish.since = bench.wish.until = day("2026-07-29");
	bench_begin(&bench, DAYS, "2026-07-31T12:00:00Z");
	assert_int_equal(bench.source.provider->start(&bench.task, &bench.err), 1);
	assert_day(bench.task.request.day, NULL, "their own");
	assert_false(bench.task.request.has_no_days);
	bench_release(&bench);
	bench_init(&bench, "hf:trending");
	bench_begin(&bench, CATCH_UP, "2026-07-31T12:00:00Z");
	assert_int_equal(bench.source.provider->start(&bench.task, &bench.err), 1);
	assert_true(bench.task.request.has_no_days);
	bench_release(&bench);
}

/* Who can be written to is told to Crossref. */
static void
test_contact(void **state)
{
	struct bench bench;

	(void)state;
	bench_init(&bench, "crossref?filter=type:journal-article,issn:0028-0836");
	bench.wish.contact = "admin+papers@example.com";
	bench_begin(&bench, NEWEST, "2026-07-31T12:00:00Z");
	assert_int_equal(bench.source.provider->start(&bench.task, &bench.err), 1);
	assert_string_equal(bench.task.request.url.ptr,
	    "https://api.crossref.org/works?filter=from-created-date:2026-07-31%2Cuntil-created-"
	    "date:2026-07-31%2Ctype:journal-article%2Cissn:0028-0836&rows=200&cursor=%2A"
	    "&mailto=admin%2Bpapers%40example.com");
	bench_release(&bench);
}

/* The sources themselves are not asked faster than they wish; a mirror as its owner says. */
static void
test_intervals(void **state)
{
	static const struct {
		const char *spec, *base_url;
		int64_t interval_ms;
	} cases[] = {
		{ "biorxiv", "", 1000 },
		{ "biorxiv", "http://127.0.0.1:8080", 0 },
		{ "openreview:V", "", 1000 },
		{ "openreview:V", "https://api2.openreview.net", 1000 },
		{ "s2?q=x", "", 1000 },
		{ "crossref?q=x", "", 1000 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct bench bench;
		struct settings *settings;
		bench_init(&bench, cases[i].spec);
		settings = bench.source.settings;
		assert_int_equal(bench.source.provider->interval_ms(settings), 3000);
		settings_set(settings, "base_url", cases[i].base_url, "test", &bench.err);
		settings_set(settings, "interval", "0s", "test", &bench.err);
		assert_int_equal(
		    bench.source.provider->interval_ms(settings), cases[i].interval_ms);
		assert_int_equal(bench.source.provider->connections, 1);
		bench_release(&bench);
	}
}

/* ---- arXiv ---- */

struct arxiv_world {
	struct {
		const char *day;
		int count;
	} days[16]; /* newest first */
	int empty_pages; /* so many answers are empty before each page but the first */
	bool repeats; /* every page is the first one */
	bool has_no_total;
	int64_t shift; /* added to the first place that answers tell */
};

/* What a server has from place `start` on. */
static struct provider_answer
arxiv_page(const struct arxiv_world *world, int64_t start, int64_t size)
{
	struct provider_answer answer = no_answer();
	int64_t place = 0, total = 0;

	for (size_t i = 0; i < COUNT(world->days) && world->days[i].day != NULL; i++) {
		for (int j = 0; j < world->days[i].count; j++, place++) {
			if (place < start || place >= start + size)
				continue;
			int32_t of = day(world->days[i].day);
			if (answer.newest_day == DATE_NO_DAY)
				answer.newest_day = of;
			answer.oldest_day = of;
			answer.item_count++;
		}
		total += world->days[i].count;
	}
	answer.entry_count = answer.fresh_count = answer.item_count;
	answer.total = world->has_no_total ? -1 : total;
	answer.first = start + world->shift;
	return answer;
}

static struct provider_answer
arxiv_answer(struct bench *bench, const void *context)
{
	const struct arxiv_world *world = context;
	int64_t start = number_parameter(bench, "start");
	int64_t size = number_parameter(bench, "max_results");
	struct provider_answer answer;

	assert_true(bench->task.request.is_day_start == (start == 0));
	buf_addf(&bench->asked, "%s%d", bench->asked.len > 0 ? " " : "", (int)start);
	if (world->repeats) {
		answer = arxiv_page(world, 0, size);
		answer.first = -1;
		answer.fresh_count = start == 0 ? answer.fresh_count : 0;
	} else if (start > 0 && bench->task.scratch.attempts < world->empty_pages) {
		answer = arxiv_page(world, 0, 0);
	} else {
		answer = arxiv_page(world, start, size);
	}
	return answer;
}

static const struct arxiv_world busy = { .days = { { "2026-07-31", 120 }, { "2026-07-30", 130 },
	                                     { "2026-07-29", 140 }, { "2026-07-28", 110 },
	                                     { "2026-07-27", 150 }, { "2026-07-24", 90 } } };
static const struct arxiv_world rare = { .days = { { "2026-07-29", 1 }, { "2026-06-10", 2 } } };
static const struct arxiv_world none = { .days = { { NULL, 0 } } };
static const struct arxiv_world stale = { .days = {
	                                      { "2026-07-30", 130 }, { "2026-07-29", 140 } } };
static const struct arxiv_world hiccups = { .days = { { "2026-07-31", 120 }, { "2026-07-30", 90 } },
	.empty_pages = 3 };
static const struct arxiv_world silent_total = {
	.days = { { "2026-07-31", 120 }, { "2026-07-30", 90 } }, .has_no_total = true
};
static const struct arxiv_world huge = { .days = {
	                                     { "2026-07-31", 2600 }, { "2026-07-30", 900 } } };

struct arxiv_case {
	const char *name, *spec;
	const char *complete_through;
	enum source_reach reach;
	const char *now, *since, *until;
	const struct arxiv_world *world;
	const char *asked;
	enum source_verdict verdict;
	const char *complete_after, *newest_after;
	const char *note; /* part of one; NULL: there is none */
};

/* 12:00 UTC is 08:00 in New York: the day's listing is there. */
static const struct arxiv_case arxiv_cases[] = {
	{ "preview", "arxiv:cs.CL", NULL, NEWEST, "2026-07-31T12:00:00Z", NULL, NULL, &busy,
	    "0 100", SOURCE_NOTHING_NEW, NULL, NULL, NULL },
	{ "first run reads the days before, too", "arxiv:cs.CL", NULL, CATCH_UP,
	    "2026-07-31T12:00:00Z", NULL, NULL, &busy, "0 100 200 300 400 500 600",
	    SOURCE_NOTHING_NEW, "2026-07-31", "2026-07-31", NULL },
	{ "the next run", "arxiv:cs.CL", "2026-07-30", CATCH_UP, "2026-07-31T12:00:00Z", NULL, NULL,
	    &busy, "0 100 200 300 400 500 600", SOURCE_NOTHING_NEW, "2026-07-31", "2026-07-31",
	    NULL },
	{ "on a Saturday", "arxiv:cs.CL", NULL, NEWEST, "2026-08-01T12:00:00Z", NULL, NULL, &busy,
	    "0 100", SOURCE_EMPTY_EXPECTED, NULL, NULL,
	    "arXiv lists no papers for Saturday 2026-08-01; these are Friday's (2026-07-31)." },
	{ "Monday just after midnight in New York", "arxiv:cs.CL", "2026-07-31", CATCH_UP,
	    "2026-08-03T05:00:00Z", NULL, NULL, &busy, "0 100 200 300 400 500", SOURCE_NOT_YET,
	    "2026-07-31", "2026-07-31", "has announced no papers for 2026-08-03 yet" },
	{ "a listing that is missing", "arxiv:cs.CL", "2026-07-30", CATCH_UP,
	    "2026-07-31T12:00:00Z", NULL, NULL, &stale, "0 100 200", SOURCE_EMPTY_UNEXPECTED,
	    "2026-07-30", "2026-07-30",
	    "newest papers for 'arxiv:cs.CL' are of 2026-07-30, and those of 2026-07-31 are "
	    "missing" },
	{ "a rare subject is not late", "arxiv?q=ti:nicotine", "2026-07-29", CATCH_UP,
	    "2026-07-31T12:00:00Z", NULL, NULL, &rare, "0", SOURCE_NOTHING_NEW, "2026-07-29",
	    "2026-07-29", NULL },
	{ "a misspelled category", "arxiv:cs.XX", NULL, CATCH_UP, "2026-07-31T12:00:00Z", NULL,
	    NULL, &none, "0", SOURCE_EMPTY_UNEXPECTED, NULL, NULL, "is it spelled right?" },
	{ "a query that waits", "arxiv?q=ti:\"never written\"", NULL, CATCH_UP,
	    "2026-07-31T12:00:00Z", NULL, NULL, &none, "0", SOURCE_NOTHING_NEW, NULL, NULL,
	    "arXiv has no paper" },
	{ "empty pages in the middle", "arxiv:cs.CL", NULL, CATCH_UP, "2026-07-31T12:00:00Z", NULL,
	    NULL, &hiccups, "0 100 100 100 100 200 200 200 200", SOURCE_NOTHING_NEW, "2026-07-31",
	    "2026-07-31", NULL },
	{ "no total", "arxiv:cs.CL", NULL, CATCH_UP, "2026-07-31T12:00:00Z", NULL, NULL,
	    &silent_total, "0 100 200", SOURCE_NOTHING_NEW, "2026-07-31", "2026-07-31", NULL },
	{ "days", "arxiv:cs.CL", NULL, DAYS, "2026-07-31T12:00:00Z", "2026-07-29", "2026-07-30",
	    &busy, "0 100 200 300", SOURCE_NOTHING_NEW, NULL, NULL, NULL },
	{ "identifiers", "arxiv?ids=2505.09568+math/0611800", NULL, CATCH_UP,
	    "2026-07-31T12:00:00Z", NULL, NULL,
	    &(const struct arxiv_world){ .days = { { "2025-05-15", 1 }, { "2006-11-28", 1 } } },
	    "0", SOURCE_NOTHING_NEW, "2025-05-15", "2025-05-15", NULL },
	{ "a listing over the ceiling", "arxiv:cs.CL", "2026-07-30", CATCH_UP,
	    "2026-07-31T12:00:00Z", NULL, NULL, &huge,
	    "0 100 200 300 400 500 600 700 800 900 1000 1100 1200 1300 1400 1500 1600 1700 1800 "
	    "1900",
	    SOURCE_TRUNCATED, "2026-07-30", "2026-07-31",
	    "more papers for 'arxiv:cs.CL' than the 2000" },
};

static void
test_arxiv_days(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(arxiv_cases); i++) {
		const struct arxiv_case *arxiv = &arxiv_cases[i];
		struct bench bench;
		bench_init(&bench, arxiv->spec);
		bench.source.state.complete_through = day(arxiv->complete_through);
		bench.source.state.newest_day = day(arxiv->complete_through);
		bench.wish.since = day(arxiv->since);
		bench.wish.until = day(arxiv->until);
		bench_begin(&bench, arxiv->reach, arxiv->now);
		if (bench_drive(&bench, arxiv_answer, arxiv->world) != 0)
			fail_msg("%s: %s", arxiv->name, bench.err.text);
		if (strcmp(bench.asked.ptr, arxiv->asked) != 0)
			fail_msg("%s: asked %s", arxiv->name, bench.asked.ptr);
		if (bench.outcome.verdict != arxiv->verdict)
			fail_msg(
			    "%s: '%s'", arxiv->name, source_verdict_name(bench.outcome.verdict));
		assert_day(bench.task.state.complete_through, arxiv->complete_after, arxiv->name);
		assert_day(bench.task.state.newest_day, arxiv->newest_after, arxiv->name);
		if (arxiv->note != NULL && !has_note(&bench, arxiv->note))
			fail_msg("%s: the first note is '%s'", arxiv->name,
			    bench.outcome.note_count > 0 ? bench.outcome.notes[0].ptr : "missing");
		if (arxiv->note == NULL && bench.outcome.note_count > 0)
			fail_msg("%s: notes '%s'", arxiv->name, bench.outcome.notes[0].ptr);
		bench_release(&bench);
	}
}

static void
test_arxiv_gives_up(void **state)
{
	static const struct {
		struct arxiv_world world;
		const char *asked, *why;
	} cases[] = {
		{ { .days = { { "2026-07-31", 120 }, { "2026-07-30", 90 } }, .empty_pages = 4 },
		    "0 100 100 100 100",
		    "no entries from place 100 on, though there should be 210" },
		{ { .days = { { "2026-07-31", 120 }, { "2026-07-30", 90 } }, .repeats = true },
		    "0 100", "the same page comes again and again" },
		{ { .days = { { "2026-07-31", 120 }, { "2026-07-30", 90 } }, .shift = 7 }, "0",
		    "asked for the entries from 0 on, got those from 7" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct bench bench;
		bench_init(&bench, "arxiv:cs.CL");
		bench_begin(&bench, CATCH_UP, "2026-07-31T12:00:00Z");
		assert_int_equal(bench_drive(&bench, arxiv_answer, &cases[i].world), -1);
		assert_string_equal(bench.asked.ptr, cases[i].asked);
		assert_string_equal(bench.err.text, cases[i].why);
		assert_day(bench.task.state.complete_through, NULL, cases[i].why);
		bench_release(&bench);
	}
}

static void
test_arxiv_urls(void **state)
{
	static const struct {
		const char *spec;
		enum source_reach reach;
		const char *url;
	} cases[] = {
		{ "arxiv:cs.CL", CATCH_UP,
		    "https://export.arxiv.org/api/"
		    "query?search_query=%28cat:cs.CL%29&start=0&max_results=100"
		    "&sortBy=submittedDate&sortOrder=descending" },
		{ "arxiv:cs.CL+cs.LG?q=ti:\"large & small\"", CATCH_UP,
		    "https://export.arxiv.org/api/"
		    "query?search_query=%28cat:cs.CL%20OR%20cat:cs.LG%29%20AND%20"
		    "%28ti:%22large%20%26%20small%22%29&start=0&max_results=100&sortBy="
		    "submittedDate"
		    "&sortOrder=descending" },
		{ "arxiv?ids=2505.09568v2+math/0611800", CATCH_UP,
		    "https://export.arxiv.org/api/query?id_list=2505.09568v2,math/0611800&start=0"
		    "&max_results=100" },
		{ "arxiv:cs.CL", DAYS,
		    "https://export.arxiv.org/api/query?search_query=%28cat:cs.CL%29%20AND%20"
		    "submittedDate:%5B202607170000%20TO%20202607292359%5D&start=0&max_results=100"
		    "&sortBy=submittedDate&sortOrder=descending" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct bench bench;
		bench_init(&bench, cases[i].spec);
		bench.wish.since = day("2026-07-27");
		bench.wish.until = day("2026-07-28");
		bench_begin(&bench, cases[i].reach, "2026-07-31T12:00:00Z");
		assert_int_equal(bench.source.provider->start(&bench.task, &bench.err), 1);
		assert_string_equal(bench.task.request.url.ptr, cases[i].url);
		bench_release(&bench);
	}
}

/* arXiv itself is never asked more often than it allows; a mirror as its owner says. */
static void
test_arxiv_interval(void **state)
{
	static const struct {
		const char *base_url, *interval;
		int64_t interval_ms;
	} cases[] = {
		{ "", "3s", 3000 },
		{ "", "0s", 3000 },
		{ "", "10s", 10000 },
		{ "https://arxiv.org", "1s", 3000 },
		{ "http://127.0.0.1:8080", "0s", 0 },
		{ "http://127.0.0.1:8080", "1s", 1000 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct bench bench;
		struct settings *settings;
		bench_init(&bench, "arxiv:cs.CL");
		settings = bench.source.settings;
		settings_set(settings, "base_url", cases[i].base_url, "test", &bench.err);
		settings_set(settings, "interval", cases[i].interval, "test", &bench.err);
		assert_int_equal(
		    bench.source.provider->interval_ms(settings), cases[i].interval_ms);
		bench_release(&bench);
	}
}

static void
test_arxiv_listing_day(void **state)
{
	static const struct {
		const char *published, *now, *day;
	} cases[] = {
		/* Wednesday 13:59 and 14:01 in New York. */
		{ "2026-07-29T17:59:00Z", "2026-07-31T12:00:00Z", "2026-07-30" },
		{ "2026-07-29T18:01:00Z", "2026-07-31T12:00:00Z", "2026-07-31" },
		/* Seen before its time, it is today's in New York. */
		{ "2026-07-31T18:01:00Z", "2026-08-01T01:00:00Z", "2026-07-31" },
		{ NULL, "2026-08-01T01:00:00Z", "2026-07-31" },
	};
	const struct source_provider *arxiv = provider_find("arxiv_api");

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct entry entry;
		entry_init(&entry);
		if (cases[i].published != NULL)
			entry.published_at = instant(cases[i].published);
		assert_day(
		    arxiv->day_of(&entry, instant(cases[i].now)), cases[i].day, "listing day");
	}
}

/* ---- feeds and files ---- */

static struct provider_answer
given_answer(struct bench *bench, const void *context)
{
	buf_addf(
	    &bench->asked, "%s%s", bench->asked.len > 0 ? " " : "", bench->task.request.url.ptr);
	return *(const struct provider_answer *)context;
}

static void
test_feed(void **state)
{
	static const struct {
		const char *url, *base_url, *asked;
	} urls[] = {
		{ "https://example.org/feed.xml?a=b#top", "", "https://example.org/feed.xml?a=b" },
		{ "https://example.org", "", "https://example.org/" },
		{ "https://example.org?a=b", "", "https://example.org/?a=b" },
		{ "https://example.org/x/y", "http://127.0.0.1:8080", "http://127.0.0.1:8080/x/y" },
		{ "https://example.org/x", "http://127.0.0.1:8080/", "http://127.0.0.1:8080/x" },
	};
	struct provider_answer answer = no_answer();
	struct bench bench;

	(void)state;
	for (size_t i = 0; i < COUNT(urls); i++) {
		bench_init(&bench, urls[i].url);
		settings_set(
		    bench.source.settings, "base_url", urls[i].base_url, "test", &bench.err);
		bench_begin(&bench, CATCH_UP, "2026-07-31T12:00:00Z");
		assert_int_equal(bench_drive(&bench, given_answer, &answer), 0);
		assert_string_equal(bench.asked.ptr, urls[i].asked);
		assert_true(bench.task.request.is_conditional);
		/* The first answer was empty: told, no alarm. */
		assert_int_equal(bench.outcome.verdict, SOURCE_NOTHING_NEW);
		assert_true(has_note(&bench, "has no entries"));
		bench_release(&bench);
	}
}

static void
test_feed_that_is_empty_now(void **state)
{
	struct provider_answer full = no_answer(), empty = no_answer(), same = no_answer();
	struct bench bench;

	(void)state;
	full.item_count = full.entry_count = full.fresh_count = 3;
	full.newest_day = full.oldest_day = day("2026-07-30");
	same.status = 304;
	bench_init(&bench, "https://example.org/feed.xml");
	bench_begin(&bench, CATCH_UP, "2026-07-30T12:00:00Z");
	assert_int_equal(bench_drive(&bench, given_answer, &full), 0);
	assert_day(bench.task.state.newest_day, "2026-07-30", "newest");
	snprintf(bench.task.state.etag, sizeof(bench.task.state.etag), "\"1\"");
	bench_begin(&bench, CATCH_UP, "2026-07-31T11:00:00Z");
	assert_int_equal(bench_drive(&bench, given_answer, &same), 0);
	assert_int_equal(bench.outcome.verdict, SOURCE_NOTHING_NEW);
	assert_string_equal(bench.task.state.etag, "\"1\"");
	bench_begin(&bench, CATCH_UP, "2026-07-31T12:00:00Z");
	assert_int_equal(bench_drive(&bench, given_answer, &empty), 0);
	assert_int_equal(bench.outcome.verdict, SOURCE_EMPTY_UNEXPECTED);
	assert_int_equal(bench.outcome.exit_code, EX_UNAVAILABLE);
	assert_string_equal(bench.task.state.etag, "");
	bench_begin(&bench, CATCH_UP, "2026-08-01T12:00:00Z");
	assert_int_equal(bench_drive(&bench, given_answer, &empty), 0);
	assert_int_equal(bench.outcome.verdict, SOURCE_EMPTY_EXPECTED);
	bench_release(&bench);
}

/* Pages after the first are asked for while nothing is known, and only where the feed is. */
static void
test_feed_pages(void **state)
{
	static const struct {
		const char *name, *newest_day, *next, *asked;
		enum source_reach reach;
		size_t known;
	} cases[] = {
		{ "news on all of it", "2026-07-20", "https://example.org/feed?p=2",
		    "https://example.org/feed https://example.org/feed?p=2", CATCH_UP, 0 },
		{ "something known", "2026-07-20", "https://example.org/feed?p=2",
		    "https://example.org/feed", CATCH_UP, 1 },
		{ "a first run", NULL, "https://example.org/feed?p=2", "https://example.org/feed",
		    CATCH_UP, 0 },
		{ "a preview", "2026-07-20", "https://example.org/feed?p=2",
		    "https://example.org/feed", NEWEST, 0 },
		{ "another host", "2026-07-20", "https://example.com/feed?p=2",
		    "https://example.org/feed", CATCH_UP, 0 },
		{ "another scheme", "2026-07-20", "http://example.org/feed?p=2",
		    "https://example.org/feed", CATCH_UP, 0 },
		{ "no URL", "2026-07-20", "httpfeed", "https://example.org/feed", CATCH_UP, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct provider_answer page = no_answer(), last = no_answer();
		struct bench bench;
		page.item_count = page.entry_count = page.fresh_count = 3;
		page.known_count = cases[i].known;
		page.newest_day = page.oldest_day = day("2026-07-30");
		page.next = str_from(cases[i].next);
		last.item_count = last.entry_count = last.fresh_count = 1;
		last.newest_day = last.oldest_day = day("2026-07-29");
		bench_init(&bench, "https://example.org/feed");
		bench.source.state.newest_day = day(cases[i].newest_day);
		bench_begin(&bench, cases[i].reach, "2026-07-31T12:00:00Z");
		snprintf(bench.task.state.etag, sizeof(bench.task.state.etag), "\"1\"");
		int status = bench.source.provider->start(&bench.task, &bench.err);
		assert_int_equal(status, 1);
		given_answer(&bench, &page);
		status = bench.source.provider->next(&bench.task, &page, &bench.err);
		assert_string_equal(bench.task.state.etag, status == 1 ? "" : "\"1\"");
		if (status == 1) {
			assert_false(bench.task.request.is_conditional);
			given_answer(&bench, &last);
			status = bench.source.provider->next(&bench.task, &last, &bench.err);
		}
		assert_int_equal(status, 0);
		if (strcmp(bench.asked.ptr, cases[i].asked) != 0)
			fail_msg("%s: asked %s", cases[i].name, bench.asked.ptr);
		assert_day(bench.task.state.newest_day, "2026-07-30", cases[i].name);
		bench_release(&bench);
	}
}

/* A feed whose next page is always another one is left after ten. */
static void
test_feed_without_end(void **state)
{
	struct provider_answer page = no_answer();
	struct bench bench;

	(void)state;
	page.item_count = page.entry_count = page.fresh_count = 3;
	page.newest_day = page.oldest_day = day("2026-07-30");
	page.next = STR("https://example.org/feed?again");
	bench_init(&bench, "https://example.org/feed");
	bench.source.state.newest_day = day("2026-07-20");
	bench_begin(&bench, CATCH_UP, "2026-07-31T12:00:00Z");
	assert_int_equal(bench_drive(&bench, given_answer, &page), 0);
	assert_int_equal(bench.requests, 10);
	bench_release(&bench);
}

static void
touch(const char *folder, const char *name)
{
	char path[256];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "w");
	assert_non_null(file);
	fclose(file);
}

static void
test_folder(void **state)
{
	static const char *const names[] = { "2026-07-28.json", "2026-07-27.json", ".hidden",
		"notes", "2026-02-30.json" };
	char folder[] = "/tmp/digest-test-XXXXXX", command[64];
	struct provider_answer answer = no_answer();
	struct bench bench;

	(void)state;
	assert_non_null(mkdtemp(folder));
	for (size_t i = 0; i < COUNT(names); i++)
		touch(folder, names[i]);
	bench_init(&bench, folder);
	assert_string_equal(bench.source.provider->name, "file");
	bench_begin(&bench, CATCH_UP, "2026-07-31T12:00:00Z");
	assert_int_equal(bench.source.provider->start(&bench.task, &bench.err), 1);
	assert_day(bench.task.request.hint, NULL, "2026-02-30.json");
	assert_int_equal(bench.source.provider->next(&bench.task, &answer, &bench.err), 1);
	assert_day(bench.task.request.hint, "2026-07-27", "2026-07-27.json");
	answer.is_unreadable = true;
	assert_int_equal(bench.source.provider->next(&bench.task, &answer, &bench.err), 1);
	assert_day(bench.task.request.hint, "2026-07-28", "2026-07-28.json");
	assert_int_equal(bench.source.provider->next(&bench.task, &answer, &bench.err), 1);
	assert_true(str_ends(buf_str(&bench.task.request.url), "/notes"));
	assert_int_equal(bench.source.provider->next(&bench.task, &answer, &bench.err), 0);
	bench_release(&bench);
	snprintf(command, sizeof(command), "rm -r %s", folder);
	assert_int_equal(system(command), 0);
}

/* ---- what users type ---- */

static void
test_specs(void **state)
{
	static const struct {
		const char *typed, *provider, *spec, *title;
	} cases[] = {
		{ "hf", "hf_daily", "hf", "Hugging Face Daily Papers" },
		{ "hf:day", "hf_daily", "hf", "Hugging Face Daily Papers" },
		{ "hf:week", "hf_daily", "hf:week", "Hugging Face Papers of the Week" },
		{ "hf:month", "hf_daily", "hf:month", "Hugging Face Papers of the Month" },
		{ "hf:trending", "hf_daily", "hf:trending", "Hugging Face Trending Papers" },
		{ "hf?q= graph  nets ", "hf_search", "hf?q=graph  nets",
		    "Hugging Face Papers on 'graph nets'" },
		{ "biorxiv", "biorxiv", "biorxiv", "bioRxiv" },
		{ "biorxiv:Cell Biology", "biorxiv", "biorxiv:cell_biology",
		    "bioRxiv (Cell Biology)" },
		{ "medrxiv", "biorxiv", "medrxiv", "medRxiv" },
		{ "medrxiv:oncology", "biorxiv", "medrxiv:oncology", "medRxiv (oncology)" },
		{ "openreview:ICLR.cc/2026/Conference", "openreview",
		    "openreview:ICLR.cc/2026/Conference", "OpenReview: ICLR.cc/2026/Conference" },
		{ "openreview:ICLR.cc/2026/Conference/-/Submission", "openreview",
		    "openreview:ICLR.cc/2026/Conference", "OpenReview: ICLR.cc/2026/Conference" },
		{ "openreview:X/-/Blind", "openreview", "openreview:X/-/Blind",
		    "OpenReview: X/-/Blind" },
		{ "s2?q=a&b&year=2025-", "semantic_scholar", "s2?q=a&b&year=2025-",
		    "Semantic Scholar on 'a&b'" },
		{ "s2?bulk=yes&venue=NeurIPS&q=a", "semantic_scholar",
		    "s2?q=a&venue=NeurIPS&bulk=true", "Semantic Scholar on 'a'" },
		{ "crossref?filter=issn:1&q=x", "crossref", "crossref?q=x&filter=issn:1",
		    "Crossref on 'x'" },
		{ "arxiv:cs.LG+cs.CL", "arxiv_api", "arxiv:cs.CL+cs.LG", "arXiv" },
		{ "arxiv:cs.CL+cs.CL", "arxiv_api", "arxiv:cs.CL", "arXiv" },
		{ "arxiv?q=au:bengio", "arxiv_api", "arxiv?q=au:bengio", "arXiv" },
		{ "arxiv:cs.CL?q=au:bengio&ids=2505.09568", "arxiv_api",
		    "arxiv:cs.CL?q=au:bengio&ids=2505.09568", "arXiv" },
		{ "arxiv?ids=math/0611800+2505.09568", "arxiv_api",
		    "arxiv?ids=2505.09568+math/0611800", "arXiv" },
		{ "https://example.org/feed.xml", "feed", "https://example.org/feed.xml",
		    "example.org" },
		{ "http://example.org/feed.xml", "feed", "http://example.org/feed.xml",
		    "example.org" },
		{ "-", "file", "-", "standard input" },
		{ "/etc/passwd", "file", "file:/etc/passwd", "passwd" },
		{ "/etc/../etc/passwd", "file", "file:/etc/passwd", "passwd" },
		{ "file:/etc/passwd", "file", "file:/etc/passwd", "passwd" },
		{ "file:/no/such/file", "file", "file:/no/such/file", "file" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct arena *arena = arena_new();
		struct source source, again;
		struct err err = ERR_NONE;
		if (source_from_spec(&source, arena, cases[i].typed, &err) < 0)
			fail_msg("%s: %s", cases[i].typed, err.text);
		assert_string_equal(source.name, cases[i].typed);
		assert_string_equal(source.provider->name, cases[i].provider);
		assert_string_equal(source.spec, cases[i].spec);
		assert_string_equal(source.title, cases[i].title);
		/* The canonical name names the same source. */
		assert_int_equal(source_from_spec(&again, arena, source.spec, &err), 0);
		assert_string_equal(again.spec, source.spec);
		source_release(&again);
		source_release(&source);
		source_release(&source);
		arena_free(arena);
	}
}

static void
test_bad_specs(void **state)
{
	static const struct {
		const char *typed, *why;
	} cases[] = {
		{ "", "is no source" },
		{ "nosuch", "'nosuch' is no source: there are hf" },
		{ "HF", "did you mean 'hf'?" },
		{ "hf_daily", "is no source" },
		{ "hf:decade", "of Hugging Face there are hf, hf:week" },
		{ "hf?x", "is no source" },
		{ "hf?q=", "hf_search needs a query" },
		{ "hf?q= ", "hf_search needs a query" },
		{ "biorxiv?q=x", "is no source" },
		{ "openreview", "openreview needs an invitation" },
		{ "openreview:/", "openreview needs an invitation" },
		{ "s2", "semantic_scholar needs a query" },
		{ "s2?year=2025", "semantic_scholar needs a query" },
		{ "s2?x=y", "behind the '?' stands one of q=, year=, venue=, bulk=" },
		{ "s2?q=a&bulk=perhaps", "'bulk'" },
		{ "crossref", "crossref needs a query or a filter" },
		{ "crossref?rows=3", "behind the '?' stands one of q=, filter=" },
		{ "arxv:cs.CL", "did you mean 'arxiv'?" },
		{ "arxiv", "needs categories" },
		{ "arxiv:", "needs categories" },
		{ "arxiv:cs CL", "is none of arXiv's categories" },
		{ "arxiv:cs.CL++", "is none of arXiv's categories" },
		{ "arxiv?x=y", "behind the '?' stands q= or ids=" },
		{ "arxiv?ids=a&b", "is none of arXiv's ids" },
		{ "/no/such/file", "there is no such file" },
		{ "nothing-here.json", "there is no such file" },
		{ "ftp://example.org/x", "only http and https are read" },
		{ "arxve", "did you mean 'arxiv'?" },
		{ "x.y", "there is no such file" },
		{ "file:", "needs a path" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct arena *arena = arena_new();
		struct source source;
		struct err err = ERR_NONE;
		if (source_from_spec(&source, arena, cases[i].typed, &err) == 0)
			fail_msg("'%s' is a source", cases[i].typed);
		if (err.code != EX_USAGE || strstr(err.text, cases[i].why) == NULL)
			fail_msg("'%s': %d %s", cases[i].typed, err.code, err.text);
		arena_free(arena);
	}
}

static void
test_sections(void **state)
{
	static const struct {
		const char *keys[8]; /* name, value, … */
		const char *why; /* NULL: it is good */
	} cases[] = {
		{ { "provider", "hf_daily" }, NULL },
		{ { "provider", "hf_daily", "base_url", "http://127.0.0.1:8080", "title", "T" },
		    NULL },
		{ { "provider", "arxiv_api", "categories", "cs.CL" }, NULL },
		{ { "provider", "feed", "url", "https://example.org/" }, NULL },
		{ { "provider", "file", "path", "/etc/passwd" }, NULL },
		{ { NULL }, "source 's' has no provider; there are hf_daily, hf_search, " },
		{ { "provider", "nobody" }, "test:1: there is no provider 'nobody'" },
		{ { "provider", "hf_daily", "period", "decade" },
		    "test:1: 'period' is day, week, month or trending, not 'decade'" },
		{ { "provider", "biorxiv", "server", "arxiv" },
		    "test:1: 'server' is biorxiv or medrxiv, not 'arxiv'" },
		{ { "provider", "semantic_scholar", "query", "x", "year", "2025-" }, NULL },
		{ { "provider", "hf_search", "query", "x", "year", "2025-" },
		    "'year' is no key of the provider hf_search" },
		{ { "provider", "hf_daily", "categories", "cs.CL" },
		    "'categories' is no key of the provider hf_daily" },
		{ { "provider", "file", "path", "/x", "base_url", "http://h" },
		    "'base_url' is no key of the provider file" },
		{ { "provider", "arxiv_api" }, "needs categories, a query or ids" },
		{ { "provider", "arxiv_api", "categories", "cs.CL", "page_size", "0" },
		    "between 1 and 2000" },
		{ { "provider", "arxiv_api", "categories", "cs.CL\" OR all:x" },
		    "is none of arXiv's" },
		{ { "provider", "feed" }, "a feed needs a url" },
		{ { "provider", "feed", "url", "file:///etc/passwd" }, "a feed needs a url" },
		{ { "provider", "file" }, "a file source needs a path" },
		{ { "provider", "hf_daily", "base_url", "127.0.0.1:8080" }, "base_url is like" },
		{ { "provider", "hf_daily", "base_url", "http://" }, "base_url is like" },
		{ { "provider", "hf_daily", "base_url", "http://u:p@h" }, "base_url is like" },
		{ { "provider", "hf_daily", "base_url", "http://h/x?y" }, "base_url is like" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct arena *arena = arena_new();
		struct settings *settings = settings_new(source_settings());
		struct source source;
		struct err err = ERR_NONE;
		for (size_t j = 0; j < COUNT(cases[i].keys) && cases[i].keys[j] != NULL; j += 2)
			assert_int_equal(settings_set(settings, cases[i].keys[j],
			                     cases[i].keys[j + 1], "test:1", &err),
			    0);
		int status = source_from_settings(&source, arena, "s", settings, &err);
		if ((status == 0) != (cases[i].why == NULL))
			fail_msg("case %zu: %s", i, err.text);
		if (cases[i].why != NULL &&
		    (err.code != EX_CONFIG || strstr(err.text, cases[i].why) == NULL))
			fail_msg("case %zu: %d %s", i, err.code, err.text);
		if (status == 0)
			source_release(&source);
		settings_free(settings);
		arena_free(arena);
	}
}

static void
test_rows(void **state)
{
	const struct setting *rows = source_settings();
	const char *help;

	(void)state;
	for (size_t i = 0; rows[i].name != NULL; i++) {
		assert_true(strlen(rows[i].help) > 0);
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(rows[i].name, rows[j].name);
	}
	for (size_t i = 0; source_provider_name(i, &help) != NULL; i++) {
		assert_non_null(provider_find(source_provider_name(i, &help)));
		assert_true(strlen(help) > 0);
	}
	assert_null(provider_find("hf"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hf_days),
		cmocka_unit_test(test_hf_gives_up),
		cmocka_unit_test(test_hf_long_absence),
		cmocka_unit_test(test_hf_every_day_once),
		cmocka_unit_test(test_pages),
		cmocka_unit_test(test_pages_that_lie),
		cmocka_unit_test(test_best_matches_end),
		cmocka_unit_test(test_days_of_weeks),
		cmocka_unit_test(test_contact),
		cmocka_unit_test(test_intervals),
		cmocka_unit_test(test_arxiv_days),
		cmocka_unit_test(test_arxiv_gives_up),
		cmocka_unit_test(test_arxiv_urls),
		cmocka_unit_test(test_arxiv_interval),
		cmocka_unit_test(test_arxiv_listing_day),
		cmocka_unit_test(test_feed),
		cmocka_unit_test(test_feed_that_is_empty_now),
		cmocka_unit_test(test_feed_pages),
		cmocka_unit_test(test_feed_without_end),
		cmocka_unit_test(test_folder),
		cmocka_unit_test(test_specs),
		cmocka_unit_test(test_bad_specs),
		cmocka_unit_test(test_sections),
		cmocka_unit_test(test_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
