/* Dates: the calendar against a slow count, every form that feeds write, and every form they must not. */
#include "unit.h"

#include "digest/date.h"

#include <limits.h>

static void
days_count_through_the_calendar(void **state)
{
	(void)state;
	static const int lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	int32_t day = date_day(1, 1, 1);
	int weekday = 0; /* 0001-01-01 is a Monday in the proleptic calendar */

	assert_int_equal(date_day(1970, 1, 1), 0);
	assert_int_equal(date_day(2000, 2, 29), 11016);
	for (int year = 1; year <= 9999; year++) {
		bool is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
		for (int month = 1; month <= 12; month++) {
			int length = lengths[month - 1] + (month == 2 && is_leap);
			for (int of_month = 1; of_month <= length; of_month++) {
				struct date_civil civil = date_civil(day);
				if (civil.year != year || civil.month != month ||
				    civil.day != of_month || date_weekday(day) != weekday ||
				    date_day(year, month, of_month) != day)
					fail_msg("%d-%d-%d", year, month, of_month);
				day++;
				weekday = (weekday + 1) % 7;
			}
			assert_int_equal(date_day(year, month, length + 1), DATE_NO_DAY);
		}
	}
}

static void
there_is_no_such_date(void **state)
{
	(void)state;
	assert_int_equal(date_day(2026, 2, 30), DATE_NO_DAY);
	assert_int_equal(date_day(2026, 2, 29), DATE_NO_DAY);
	assert_int_equal(date_day(2026, 0, 1), DATE_NO_DAY);
	assert_int_equal(date_day(2026, 13, 1), DATE_NO_DAY);
	assert_int_equal(date_day(2026, 1, 0), DATE_NO_DAY);
	assert_int_equal(date_day(0, 1, 1), DATE_NO_DAY);
	assert_int_equal(date_day(10000, 1, 1), DATE_NO_DAY);
	assert_int_equal(date_day(INT_MIN, INT_MAX, INT_MIN), DATE_NO_DAY);
}

static void
days_and_instants(void **state)
{
	(void)state;
	assert_int_equal(date_day_of(0), 0);
	assert_int_equal(date_day_of(86399), 0);
	assert_int_equal(date_day_of(86400), 1);
	assert_int_equal(date_day_of(-1), -1);
	assert_int_equal(date_day_of(-86400), -1);
	assert_int_equal(date_day_of(-86401), -2);
	assert_true(date_instant_of(-2) == -172800);
	assert_int_equal(date_day_of(DATE_NO_INSTANT), DATE_NO_DAY);
	assert_true(date_instant_of(DATE_NO_DAY) == DATE_NO_INSTANT);
	assert_int_equal(date_day_of(INT64_MAX), INT32_MAX);
	assert_int_equal(date_day_of(INT64_MIN + 1), INT32_MIN + 1);
}

static void
a_day_is_read_exactly(void **state)
{
	(void)state;
	static const char *const bad[] = { "", "2026-07", "2026-7-27", "26-07-27", "2026-07-27 ",
		" 2026-07-27", "2026/07/27", "2026-07-27T00:00:00Z", "2026-02-30", "2026-13-01",
		"2026-00-10", "2026-01-00", "+026-07-27", "2026-07--1", "12026-07-27",
		"0000-01-01" };
	int32_t day = 5;

	assert_int_equal(date_parse_day(STR("2026-07-27"), &day), 0);
	assert_int_equal(day, date_day(2026, 7, 27));
	day = 5;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(date_parse_day(str_from(bad[i]), &day), -1);
		assert_int_equal(day, 5);
	}
	assert_int_equal(date_parse_day((struct str){ NULL, 0 }, &day), -1);
}

struct sample {
	const char *text;
	const char *instant; /* what date_format_instant() gives for it */
};

static void
read_all(const struct sample *samples, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		char text[DATE_INSTANT_BYTES];
		int64_t instant;
		if (date_parse_instant(str_from(samples[i].text), &instant) < 0)
			fail_msg("'%s' was refused", samples[i].text);
		date_format_instant(text, instant);
		if (strcmp(text, samples[i].instant) != 0)
			fail_msg("'%s' was read as %s, not %s", samples[i].text, text,
			    samples[i].instant);
	}
}

static void
internet_dates(void **state)
{
	(void)state;
	static const struct sample samples[] = {
		{ "2026-07-27T08:30:00Z", "2026-07-27T08:30:00Z" },
		{ "2026-07-27t08:30:00z", "2026-07-27T08:30:00Z" },
		{ "2026-07-27T08:30:00.000Z", "2026-07-27T08:30:00Z" },
		{ "2026-07-27T08:30:00.999999999Z", "2026-07-27T08:30:00Z" },
		{ "2026-07-27T08:30:00,5Z", "2026-07-27T08:30:00Z" },
		{ "2026-07-27T00:00:00-04:00", "2026-07-27T04:00:00Z" },
		{ "2026-07-27T08:30:00.5+05:30", "2026-07-27T03:00:00Z" },
		{ "2026-07-27T08:30:00+0200", "2026-07-27T06:30:00Z" },
		{ "2026-07-27T08:30:00+02", "2026-07-27T06:30:00Z" },
		{ "2026-07-27T08:30:00-00:00", "2026-07-27T08:30:00Z" },
		{ "2026-01-01T00:30:00+01:00", "2025-12-31T23:30:00Z" },
		{ "2026-07-27T08:30Z", "2026-07-27T08:30:00Z" },
		{ "2026-07-27T08:30:00", "2026-07-27T08:30:00Z" },
		{ "2026-07-27 08:30:00", "2026-07-27T08:30:00Z" },
		{ "2026-07-27  08:30:00 UTC", "2026-07-27T08:30:00Z" },
		{ "2026-07-27 08:30:00 +0200", "2026-07-27T06:30:00Z" },
		{ "2026-07-27", "2026-07-27T00:00:00Z" },
		{ "  2026-07-27\n", "2026-07-27T00:00:00Z" },
		{ "2024-02-29T12:00:00Z", "2024-02-29T12:00:00Z" },
		{ "1969-12-31T23:59:59Z", "1969-12-31T23:59:59Z" },
		{ "0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z" },
		{ "9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z" },
		/* A leap second: the next second is the same one. */
		{ "2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z" },
	};
	read_all(samples, sizeof(samples) / sizeof(samples[0]));
}

static void
mail_dates(void **state)
{
	(void)state;
	static const struct sample samples[] = {
		{ "Mon, 27 Jul 2026 08:30:00 +0000", "2026-07-27T08:30:00Z" },
		{ "Mon, 27 Jul 2026 08:30:00 -0000", "2026-07-27T08:30:00Z" },
		{ "Mon, 27 Jul 2026 08:30:00 GMT", "2026-07-27T08:30:00Z" },
		{ "Mon, 27 Jul 2026 08:30:00 UT", "2026-07-27T08:30:00Z" },
		{ "Mon, 27 Jul 2026 08:30:00 Z", "2026-07-27T08:30:00Z" },
		{ "Mon, 27 Jul 2026 08:30:00 +0530", "2026-07-27T03:00:00Z" },
		{ "Mon, 27 Jul 2026 08:30:00 -04:00", "2026-07-27T12:30:00Z" },
		{ "Mon, 27 Jul 2026 08:30:00 +02", "2026-07-27T06:30:00Z" },
		{ "Mon, 27 Jul 2026 08:30:00 GMT+0200", "2026-07-27T06:30:00Z" },
		{ "Sat, 4 Jul 2026 08:30:00 EST", "2026-07-04T13:30:00Z" },
		{ "Sat, 04 Jul 2026 08:30:00 EDT", "2026-07-04T12:30:00Z" },
		{ "04 Jul 2026 08:30:00 CST", "2026-07-04T14:30:00Z" },
		{ "04 Jul 2026 08:30:00 CDT", "2026-07-04T13:30:00Z" },
		{ "04 Jul 2026 08:30:00 MST", "2026-07-04T15:30:00Z" },
		{ "04 Jul 2026 08:30:00 MDT", "2026-07-04T14:30:00Z" },
		{ "04 Jul 2026 08:30:00 PST", "2026-07-04T16:30:00Z" },
		{ "04 Jul 2026 08:30:00 pdt", "2026-07-04T15:30:00Z" },
		{ "04 Jul 2026 08:30:00 CEST", "2026-07-04T06:30:00Z" },
		{ "04 Jul 2026 08:30:00 JST", "2026-07-03T23:30:00Z" },
		/* RFC 5322 section 4.3: unknown names and military letters say nothing. */
		{ "04 Jul 2026 08:30:00 A", "2026-07-04T08:30:00Z" },
		{ "04 Jul 2026 08:30:00 XYZ", "2026-07-04T08:30:00Z" },
		{ "04 Jul 2026 08:30:00", "2026-07-04T08:30:00Z" },
		{ "04 Jul 2026 08:30 +0000", "2026-07-04T08:30:00Z" },
		{ "04 Jul 2026 8:30 +0000", "2026-07-04T08:30:00Z" },
		{ "04 Jul 2026", "2026-07-04T00:00:00Z" },
		{ "Mon,  27  Jul  2026  08:30:00   +0000", "2026-07-27T08:30:00Z" },
		{ "Mon,27 Jul 2026 08:30:00 +0000", "2026-07-27T08:30:00Z" },
		{ "Mon 27 Jul 2026 08:30:00 +0000", "2026-07-27T08:30:00Z" },
		{ "Monday, 27 July 2026 08:30:00 +0000", "2026-07-27T08:30:00Z" },
		{ "mon, 27 JUL 2026 08:30:00 +0000", "2026-07-27T08:30:00Z" },
		{ "Tue, 27 Jul 2026 08:30:00 +0000", "2026-07-27T08:30:00Z" },
		{ "Thu, 3 Sept 2026 08:30:00 +0000", "2026-09-03T08:30:00Z" },
		{ "Monday, 27-Jul-26 08:30:00 GMT", "2026-07-27T08:30:00Z" },
		{ "27 Jul 26 08:30:00 GMT", "2026-07-27T08:30:00Z" },
		{ "27 Jul 49 08:30:00 GMT", "2049-07-27T08:30:00Z" },
		{ "27 Jul 50 08:30:00 GMT", "1950-07-27T08:30:00Z" },
		{ "27 Jul 99 08:30:00 GMT", "1999-07-27T08:30:00Z" },
		{ "27 Jul 126 08:30:00 GMT", "2026-07-27T08:30:00Z" },
		{ "Mon, 27 Jul 2026 08:30:00 +0000 (UTC)", "2026-07-27T08:30:00Z" },
		{ "Mon, 27 Jul 2026 08:30:00 -0700 (PDT)", "2026-07-27T15:30:00Z" },
		{ "Sat, 31 Dec 2016 23:59:60 GMT", "2017-01-01T00:00:00Z" },
		{ "\tMon, 27 Jul 2026 08:30:00 GMT\r\n", "2026-07-27T08:30:00Z" },
	};
	read_all(samples, sizeof(samples) / sizeof(samples[0]));
}

static void
what_is_no_date_is_refused(void **state)
{
	(void)state;
	static const char *const bad[] = {
		"",
		" ",
		"yesterday",
		"now",
		"0",
		"1785139200",
		"2026",
		"2026-07",
		"2026-07-",
		"2026-02-30",
		"2026-02-30T08:30:00Z",
		"2026-13-01T08:30:00Z",
		"2026-00-01",
		"2026-07-27T25:00:00Z",
		"2026-07-27T24:00:00Z",
		"2026-07-27T08:60:00Z",
		"2026-07-27T08:30:61Z",
		"2026-07-27T",
		"2026-07-27T08",
		"2026-07-27T08:3:00Z",
		"2026-07-27T08:30:00.Z",
		"2026-07-27T08:30:00+24:00",
		"2026-07-27T08:30:00+02:60",
		"2026-07-27T08:30:00+2",
		"2026-07-27T08:30:00+02:0",
		"2026-07-27T08:30:00Zjunk1",
		"2026-07-27T08:30:00Z Z",
		"2026-07-27x08:30:00Z",
		"2026-07-27junk",
		"-2026-07-27",
		"0000-00-00",
		"0000-00-00T00:00:00Z",
		"9999-12-31T23:59:59-01:00",
		"0001-01-01T00:00:00+01:00",
		"Mon, 30 Feb 2026 08:30:00 +0000",
		"Mon, 0 Jul 2026 08:30:00 +0000",
		"Mon, 32 Jul 2026 08:30:00 +0000",
		"Mon, 127 Jul 2026 08:30:00 +0000",
		"Mon, 27 Jux 2026 08:30:00 +0000",
		"Mon, 27 Ju 2026 08:30:00 +0000",
		"Mon, 27 Julyy 2026 08:30:00 +0000",
		"Xyz, 27 Jul 2026 08:30:00 +0000",
		"Mon, 27 Jul 20266 08:30:00 +0000",
		"Mon, 27 Jul 2 08:30:00 +0000",
		"Mon, 27 Jul 2026 25:30:00 +0000",
		"Mon, 27 Jul 2026 08:60:00 +0000",
		"Mon, 27 Jul 2026 08:30:00 +0",
		"Mon, 27 Jul 2026 08:30:00 +000",
		"Mon, 27 Jul 2026 08:30:00 +9900",
		"Mon, 27 Jul 2026 08:30:00 EST+0100",
		"Mon, 27 Jul 2026 08:30:00 +0000 junk",
		"Mon, 27 Jul 2026x",
		"Mon, 27 Jul",
		"Mon, 27",
		"Mon,",
		"Mon",
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		int64_t instant = 5;
		if (date_parse_instant(str_from(bad[i]), &instant) == 0)
			fail_msg("'%s' was read", bad[i]);
		assert_int_equal(instant, 5);
	}
}

/* Reads from memory of exactly that length, so that a reader beyond it is caught. */
static void
read_damaged(const char *text, size_t at, char damage, size_t len)
{
	char written[DATE_INSTANT_BYTES];
	char *bytes = malloc(len);
	int64_t instant;

	assert_non_null(bytes);
	memcpy(bytes, text, len);
	bytes[at] = damage;
	if (date_parse_instant((struct str){ bytes, len }, &instant) == 0)
		assert_int_equal(strlen(date_format_instant(written, instant)), 20);
	free(bytes);
}

static void
every_damage_is_survived(void **state)
{
	(void)state;
	static const char *const texts[] = { "2026-07-27T08:30:00.25+02:00",
		"Mon, 27 Jul 2026 08:30:00 -0700 (PDT)" };

	for (size_t i = 0; i < 2; i++) {
		size_t len = strlen(texts[i]);
		for (size_t at = 0; at < len; at++) {
			for (int c = 0; c < 256; c++) {
				read_damaged(texts[i], at, (char)c, at + 1);
				read_damaged(texts[i], at, (char)c, len);
			}
		}
	}
}

static void
writing(void **state)
{
	(void)state;
	char text[DATE_INSTANT_BYTES];
	int64_t instant = date_instant_of(date_day(2026, 7, 27)) + 8 * 3600 + 30 * 60 + 5;

	assert_string_equal(date_format_day(text, date_day(2026, 7, 27)), "2026-07-27");
	assert_string_equal(date_format_day(text, DATE_NO_DAY), "");
	assert_string_equal(date_format_instant(text, instant), "2026-07-27T08:30:05Z");
	assert_string_equal(date_format_instant(text, DATE_NO_INSTANT), "");
	assert_string_equal(date_format_instant(text, -1), "1969-12-31T23:59:59Z");
	assert_string_equal(date_format_mail(text, instant), "Mon, 27 Jul 2026 08:30:05 +0000");
	assert_string_equal(date_format_mail(text, date_instant_of(date_day(2026, 8, 2))),
	    "Sun, 2 Aug 2026 00:00:00 +0000");
	assert_string_equal(date_format_mail(text, DATE_NO_INSTANT), "");
	/* Far ends fit where they are written to. */
	date_format_day(text, INT32_MAX);
	assert_true(strlen(text) < DATE_DAY_BYTES);
	date_format_day(text, INT32_MIN + 1);
	assert_true(strlen(text) < DATE_DAY_BYTES);
	date_format_instant(text, INT64_MAX);
	date_format_mail(text, INT64_MIN + 1);
	assert_true(strlen(text) < DATE_INSTANT_BYTES);
}

static void
names(void **state)
{
	(void)state;
	assert_string_equal(date_weekday_name(date_day(2026, 7, 27)), "Monday");
	assert_string_equal(date_weekday_name(date_day(2026, 8, 2)), "Sunday");
	assert_string_equal(date_weekday_name(-1), "Wednesday");
	assert_string_equal(date_month_name(1), "January");
	assert_string_equal(date_month_name(12), "December");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(days_count_through_the_calendar),
		cmocka_unit_test(there_is_no_such_date),
		cmocka_unit_test(days_and_instants),
		cmocka_unit_test(a_day_is_read_exactly),
		cmocka_unit_test(internet_dates),
		cmocka_unit_test(mail_dates),
		cmocka_unit_test(what_is_no_date_is_refused),
		cmocka_unit_test(every_damage_is_survived),
		cmocka_unit_test(writing),
		cmocka_unit_test(names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
