/* The clocks: where DIGEST_NOW starts the wall clock, and that the other one only goes forward. */
#include "unit.h"

#include "digest/clock.h"
#include "digest/date.h"

#include <time.h>

static void
the_clock_starts_where_it_is_told(void **state)
{
	(void)state;
	static const char *const same[] = { "2026-07-27T08:30:00Z", "2026-07-27T10:30:00+02:00",
		"2026-07-27t04:30:00.75-04:00" };
	int64_t start = date_instant_of(date_day(2026, 7, 27)) + 8 * 3600 + 30 * 60;

	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
		struct err err = ERR_NONE;
		setenv("DIGEST_NOW", same[i], 1);
		assert_int_equal(clock_start(&err), 0);
		int64_t now = clock_now();
		/* It runs on, so all that is sure is that it is not the real day. */
		assert_true(now >= start && now < start + 3600);
	}
}

/*
 * Two runs that start alike must date their messages alike, whatever the system's second is doing.
 */
static void
the_first_second_is_a_whole_one(void **state)
{
	(void)state;
	int64_t start = date_instant_of(date_day(2026, 7, 27)), elapsed_ms, now;

	setenv("DIGEST_NOW", "2026-07-27T00:00:00Z", 1);
	do {
		struct err err = ERR_NONE;
		struct timespec clock;
		clock_gettime(CLOCK_REALTIME, &clock);
		clock_sleep_ms(980 - clock.tv_nsec / 1000000);
		int64_t before_ms = clock_monotonic_ms();
		assert_int_equal(clock_start(&err), 0);
		clock_sleep_ms(50);
		now = clock_now();
		elapsed_ms = clock_monotonic_ms() - before_ms;
	} while (elapsed_ms >= 999);
	assert_int_equal(now, start);
}

static void
before_1970_seconds_are_counted_down(void **state)
{
	(void)state;
	struct err err = ERR_NONE;
	int64_t start = date_instant_of(date_day(1969, 12, 31)) + 86399;

	setenv("DIGEST_NOW", "1969-12-31T23:59:59Z", 1);
	assert_int_equal(clock_start(&err), 0);
	clock_sleep_ms(5);
	int64_t now = clock_now();
	assert_true(now >= start && now < start + 3600);
}

static void
without_it_the_system_counts(void **state)
{
	(void)state;
	static const char *const none[] = { NULL, "" };

	for (size_t i = 0; i < 2; i++) {
		struct err err = ERR_NONE;
		setenv("DIGEST_NOW", "1999-01-01T00:00:00Z", 1);
		assert_int_equal(clock_start(&err), 0);
		if (none[i] != NULL)
			setenv("DIGEST_NOW", none[i], 1);
		else
			unsetenv("DIGEST_NOW");
		assert_int_equal(clock_start(&err), 0);
		int64_t before = time(NULL);
		int64_t now = clock_now();
		assert_true(now >= before - 1 && now < before + 3600);
	}
}

static void
half_an_instant_is_refused(void **state)
{
	(void)state;
	static const char *const bad[] = { "yesterday", "2026-07-27", "2026-07-27T08:30:00",
		"2026-02-30T08:30:00Z", "2026-07-27T25:00:00Z", "Mon, 27 Jul 2026 08:30:00 +0000",
		"2026-07-27T08:30:00+0200", "2026-07-27 08:30:00 UTC", "Z" };

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct err err = ERR_NONE;
		setenv("DIGEST_NOW", bad[i], 1);
		assert_int_equal(clock_start(&err), -1);
		assert_int_equal(err.code, EX_USAGE);
		assert_non_null(strstr(err.text, bad[i]));
	}
	unsetenv("DIGEST_NOW");
}

static void
the_monotonic_clock_only_goes_forward(void **state)
{
	(void)state;
	int64_t before = clock_monotonic_ms();

	clock_sleep_ms(-1);
	clock_sleep_ms(0);
	clock_sleep_ms(3);
	/* Nothing interrupts the sleep here, so at least that much has passed, less a rounding. */
	assert_true(clock_monotonic_ms() - before >= 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_clock_starts_where_it_is_told),
		cmocka_unit_test(the_first_second_is_a_whole_one),
		cmocka_unit_test(before_1970_seconds_are_counted_down),
		cmocka_unit_test(without_it_the_system_counts),
		cmocka_unit_test(half_an_instant_is_refused),
		cmocka_unit_test(the_monotonic_clock_only_goes_forward),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
