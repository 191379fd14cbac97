/* What the store keeps of listing days: the last word on each, and what its days usually have. */
#include "folder.h"

#include "digest/store.h"

struct fixture {
	struct folder folder;
	struct store *store;
	struct arena *arena;
	int64_t source, other;
};

static int
set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct source_state ignored;

	folder_make(&f->folder);
	f->arena = arena_new();
	assert_ok(store_open(&f->store, folder_file(&f->folder, "digest.db"), DB_WRITE, &trouble));
	assert_ok(store_source(f->store, "hf", "hf", &f->source, &ignored, &trouble));
	assert_ok(store_source(f->store, "cl", "arxiv:cs.CL", &f->other, &ignored, &trouble));
	*state = f;
	return 0;
}

static int
tear_down(void **state)
{
	struct fixture *f = *state;

	store_close(f->store);
	arena_free(f->arena);
	folder_remove(&f->folder);
	free(f);
	return 0;
}

static int32_t
july(int day)
{
	return date_day(2026, 7, day);
}

static void
put(struct fixture *f, int32_t day, enum source_verdict verdict, int64_t entry_count)
{
	struct source_listing listing = { day, verdict, entry_count, 1785139200 };

	assert_ok(store_put_listing(f->store, f->source, &listing, &trouble));
}

/* The only day there is. */
static struct source_listing
get(struct fixture *f)
{
	struct source_listing *listings;
	size_t count;

	assert_ok(store_listings(f->store, f->source, 9, f->arena, &listings, &count, &trouble));
	assert_int_equal(count, 1);
	return listings[0];
}

static void
the_last_word_counts(void **state)
{
	static const struct {
		enum source_verdict first;
		int64_t first_count;
		enum source_verdict then;
		int64_t then_count;
		enum source_verdict verdict;
		int64_t count;
	} cases[] = {
		/* What brought news goes on being new; anything else has its say. */
		{ SOURCE_NEW, 30, SOURCE_NOTHING_NEW, 30, SOURCE_NEW, 30 },
		{ SOURCE_REPAIRED, 30, SOURCE_NOTHING_NEW, 31, SOURCE_REPAIRED, 31 },
		{ SOURCE_NOT_YET, 0, SOURCE_NEW, 12, SOURCE_NEW, 12 },
		{ SOURCE_EMPTY_UNEXPECTED, 0, SOURCE_NOTHING_NEW, 0, SOURCE_NOTHING_NEW, 0 },
		{ SOURCE_NEW, 30, SOURCE_NEW, 28, SOURCE_NEW, 28 },
		/* Odd answers do not lower what was there, and what was not read says nothing. */
		{ SOURCE_NEW, 30, SOURCE_SHRUNK, 3, SOURCE_SHRUNK, 30 },
		{ SOURCE_NEW, 30, SOURCE_EMPTY_UNEXPECTED, 0, SOURCE_EMPTY_UNEXPECTED, 30 },
		{ SOURCE_NEW, 30, SOURCE_TRUNCATED, 50, SOURCE_TRUNCATED, 50 },
		{ SOURCE_NEW, 30, SOURCE_ERROR, -1, SOURCE_ERROR, 30 },
		{ SOURCE_NEW, 30, SOURCE_STALE, -1, SOURCE_STALE, 30 },
		{ SOURCE_ERROR, -1, SOURCE_NEW, 5, SOURCE_NEW, 5 },
		{ SOURCE_SHRUNK, 3, SOURCE_NEW, 25, SOURCE_NEW, 25 },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int64_t past, usual;
		assert_ok(db_exec(store_db(f->store), "DELETE FROM listing", &trouble));
		put(f, july(27), cases[i].first, cases[i].first_count);
		put(f, july(27), cases[i].then, cases[i].then_count);
		struct source_listing listing = get(f);
		if (listing.verdict != cases[i].verdict || listing.entry_count != cases[i].count)
			fail_msg("case %zu: %s %d", i, source_verdict_name(listing.verdict),
			    (int)listing.entry_count);
		assert_int_equal(listing.day, july(27));
		assert_int_equal(listing.checked_at, 1785139200);
		assert_ok(
		    store_listing_past(f->store, f->source, july(27), &past, &usual, &trouble));
		assert_int_equal(past, cases[i].count);
	}
}

static void
usual(struct fixture *f, int32_t day, int64_t wanted_count, int64_t wanted_usual)
{
	int64_t count, of_such_days;

	assert_ok(store_listing_past(f->store, f->source, day, &count, &of_such_days, &trouble));
	assert_int_equal(count, wanted_count);
	assert_int_equal(of_such_days, wanted_usual);
}

/* 2026-07-06 is a Monday. */
static void
working_days_are_measured_by_working_days(void **state)
{
	struct fixture *f = *state;

	usual(f, july(10), -1, -1);
	for (int day = 6; day <= 9; day++)
		put(f, july(day), SOURCE_NEW, 20 + day);
	usual(f, july(10), -1, -1);
	put(f, july(10), SOURCE_NEW, 30);
	usual(f, july(13), -1, 28);
	/* Neither the weekend nor what was empty, odd or unread moves the measure. */
	put(f, july(11), SOURCE_NEW, 3);
	put(f, july(12), SOURCE_EMPTY_EXPECTED, 0);
	put(f, july(13), SOURCE_SHRUNK, 2);
	put(f, july(14), SOURCE_STALE, -1);
	put(f, july(15), SOURCE_ERROR, -1);
	usual(f, july(16), -1, 28);
	usual(f, july(18), -1, -1);
	/* The day itself and later ones are no measure of it. */
	usual(f, july(10), 30, -1);
	/* Only the last ten count. */
	for (int day = 13; day <= 24; day++)
		put(f, july(day), SOURCE_NEW, 60);
	usual(f, july(27), -1, 60);
	/* Another source has its own days. */
	int64_t count, of_such_days;
	assert_ok(
	    store_listing_past(f->store, f->other, july(27), &count, &of_such_days, &trouble));
	assert_int_equal(count, -1);
	assert_int_equal(of_such_days, -1);
}

static void
the_last_days_are_told_first(void **state)
{
	struct fixture *f = *state;
	struct source_listing *listings;
	size_t count;

	for (int day = 1; day <= 9; day++)
		put(f, july(day), SOURCE_NEW, day);
	assert_ok(store_listings(f->store, f->source, 3, f->arena, &listings, &count, &trouble));
	assert_int_equal(count, 3);
	for (int i = 0; i < 3; i++)
		assert_int_equal(listings[i].day, july(9 - i));
	assert_ok(store_listings(f->store, f->other, 3, f->arena, &listings, &count, &trouble));
	assert_int_equal(count, 0);
}

static void
a_listing_needs_its_source(void **state)
{
	struct fixture *f = *state;
	struct source_listing listing = { july(1), SOURCE_NEW, 1, 0 };
	struct err err = ERR_NONE;

	assert_int_equal(store_put_listing(f->store, 99, &listing, &err), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_last_word_counts, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    working_days_are_measured_by_working_days, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_last_days_are_told_first, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_listing_needs_its_source, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
