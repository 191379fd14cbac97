/*
 * Dates: the calendar against a slow count, every form that feeds write,
 * and every form they must not.
 */
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
		"2026-00-10", "2026-01-00", "+026-07-27", "2026-07--1", "12026-07-27", "0000-01-01",
		"1899-12-31", "2201-01-01", "9999-12-31" };
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
		{ "1900-01-01T00:00:00Z", "1900-01-01T00:00:00Z" },
		{ "2200-12-31T23:59:59Z", "2200-12-31T23:59:59Z" },
		/* The end of a day is the beginning of the next. */
		{ "2026-07-27T24:00:00Z", "2026-07-28T00:00:00Z" },
		/* What people leave out, and put in. */
		{ "2026-07-27T8:30Z", "2026-07-27T08:30:00Z" },
		{ "2026-07-27T08:30:5+02:00", "2026-07-27T06:30:05Z" },
		{ "2026-07-27 T 08:30:00-05:00", "2026-07-27T13:30:00Z" },
		{ "2026-07-27 08:30:00 -00:20", "2026-07-27T08:50:00Z" },
		{ "2026-07-27 02:30:00 PM", "2026-07-27T14:30:00Z" },
		{ "2003-012-31T10:14:55+00:00", "2003-12-31T10:14:55Z" },
		{ "2021/10/16 9:23:28", "2021-10-16T09:23:28Z" },
		{ "2021/1/6", "2021-01-06T00:00:00Z" },
		{ "2021.10.16", "2021-10-16T00:00:00Z" },
		{ "Fri, 2006/09/15 08:19:53 EDT", "2006-09-15T12:19:53Z" },
		/* ISO 8601 */
		{ "20260727", "2026-07-27T00:00:00Z" },
		{ "20260727T083000Z", "2026-07-27T08:30:00Z" },
		{ "20260727T0830+02", "2026-07-27T06:30:00Z" },
		{ "20260727083000", "2026-07-27T08:30:00Z" },
		{ "2026-07-27T083000.25+0200", "2026-07-27T06:30:00Z" },
		{ "2026-W31-1", "2026-07-27T00:00:00Z" },
		{ "2026W311", "2026-07-27T00:00:00Z" },
		{ "2026-W31-1T08:30Z", "2026-07-27T08:30:00Z" },
		{ "2026-W31-7 8:30", "2026-08-02T08:30:00Z" },
		{ "2026-W31", "2026-07-27T00:00:00Z" },
		{ "2026-W53-5", "2027-01-01T00:00:00Z" },
		{ "2020-W01-1", "2019-12-30T00:00:00Z" },
		{ "2026-208", "2026-07-27T00:00:00Z" },
		{ "2026208T08:30:00Z", "2026-07-27T08:30:00Z" },
		{ "2024-366", "2024-12-31T00:00:00Z" },
		/* https://www.w3.org/TR/NOTE-datetime, and xsd:date */
		{ "2026", "2026-01-01T00:00:00Z" },
		{ "2026-07", "2026-07-01T00:00:00Z" },
		{ "2026-07-27Z", "2026-07-27T00:00:00Z" },
		{ "2026-07-27+02:00", "2026-07-26T22:00:00Z" },
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
		{ "Mon, 13 Feb, 2012 06:28:00 UTC", "2012-02-13T06:28:00Z" },
		{ "Wed, 19 Aug 2009 18:28:00 Etc/GMT", "2009-08-19T18:28:00Z" },
		{ "Sun, 19 Feb 2012 22:40:00 GMT-01:01", "2012-02-19T23:41:00Z" },
		{ "Sun, 19 Feb 2012 22:40:00 UTC+2", "2012-02-19T20:40:00Z" },
		{ "31 Dec 2002 14:20:20 -0234", "2002-12-31T16:54:20Z" },
		{ "Mon, 26 January 2004 16:31:00 ET", "2004-01-26T21:31:00Z" },
		{ "Thu, 30 Apr 2015 08:57:00 MEST", "2015-04-30T06:57:00Z" },
		{ "Thu, 19 Jul 2006 24:00 +0000", "2006-07-20T00:00:00Z" },
	};
	read_all(samples, sizeof(samples) / sizeof(samples[0]));
}

static void
dates_as_people_write_them(void **state)
{
	(void)state;
	static const struct sample samples[] = {
		/* asctime() and date(1) */
		{ "Sun Jan  4 16:29:06 2004", "2004-01-04T16:29:06Z" },
		{ "Sun Jul 15 01:16:00 +0000 2012", "2012-07-15T01:16:00Z" },
		{ "Sat Apr  4 02:55:44 METDST 1992", "1992-04-04T00:55:44Z" },
		{ "Wed  1 Mar 23 19:00:00 GMT", "2023-03-01T19:00:00Z" },
		{ "Thu Aug 30 2012 17:26:16 +0200", "2012-08-30T15:26:16Z" },
		{ "Sat, Dec 16 2023 02:02:33 PM", "2023-12-16T14:02:33Z" },
		{ "Sat, Dec 16 2023 12:02 a.m. EST", "2023-12-16T05:02:00Z" },
		{ "Mar 3, 2021", "2021-03-03T00:00:00Z" },
		{ "March 3rd, 2021", "2021-03-03T00:00:00Z" },
		{ "March 3, 2021 at 5:07 pm", "2021-03-03T17:07:00Z" },
		{ "3 March 2021", "2021-03-03T00:00:00Z" },
		{ "the 1st of March 2021", "2021-03-01T00:00:00Z" },
		{ "2021 Mar 3", "2021-03-03T00:00:00Z" },
		{ "2021-Mar-03", "2021-03-03T00:00:00Z" },
		{ "October 2021", "2021-10-01T00:00:00Z" },
		{ "2021 Oct", "2021-10-01T00:00:00Z" },
		{ "16.10.2021", "2021-10-16T00:00:00Z" },
		{ "6.1.2021, 09:23", "2021-01-06T09:23:00Z" },
		/* Weekdays and months of other languages */
		{ "Do, 07 Okt 2021 10:19:29 +0000", "2021-10-07T10:19:29Z" },
		{ "3. März 2021", "2021-03-03T00:00:00Z" },
		{ "lun., 1er févr. 2021 10:00:00 +0100", "2021-02-01T09:00:00Z" },
		{ "14 juillet 2021", "2021-07-14T00:00:00Z" },
		{ "8 août 2021", "2021-08-08T00:00:00Z" },
		{ "5 de enero de 2021", "2021-01-05T00:00:00Z" },
		{ "vie, 30 abr 2021 08:00:00 GMT", "2021-04-30T08:00:00Z" },
		{ "ven, 30 lug 2021 08:00:00 GMT", "2021-07-30T08:00:00Z" },
		{ "Пт, 30 июля 2021 08:00:00 +0300", "2021-07-30T05:00:00Z" },
		{ "Κυρ, 11 Ιούλ 2004 12:00:00 EST", "2004-07-11T17:00:00Z" },
		{ "2004-július-13T9:15-05:00", "2004-07-13T14:15:00Z" },
		{ "2004년 05월 28일  01:31:15", "2004-05-27T16:31:15Z" },
		{ "2004-05-25 오후 11:23:17", "2004-05-25T14:23:17Z" },
		{ "2021年10月16日", "2021-10-16T00:00:00Z" },
		{ "2021年10月", "2021-10-01T00:00:00Z" },
		{ "2021年10月16日 09时23分28秒", "2021-10-16T09:23:28Z" },
		{ "2021年10月16日 下午2:05", "2021-10-16T14:05:00Z" },
		{ "3\xc2\xa0March\xc2\xa0"
		  "2021",
		    "2021-03-03T00:00:00Z" },
		{ "Xyz, 27 Jul 2026 08:30:00 +0000", "2026-07-27T08:30:00Z" },
	};
	read_all(samples, sizeof(samples) / sizeof(samples[0]));
}

static void
how_much_was_written(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		enum date_precision precision;
		bool has_zone;
	} cases[] = {
		{ "2026", DATE_PRECISION_YEAR, false },
		{ "2026-07", DATE_PRECISION_MONTH, false },
		{ "July 2026", DATE_PRECISION_MONTH, false },
		{ "2026-07-27", DATE_PRECISION_DAY, false },
		{ "2026-07-27Z", DATE_PRECISION_DAY, true },
		{ "2026-208", DATE_PRECISION_DAY, false },
		{ "2026-W31", DATE_PRECISION_WEEK, false },
		{ "2026W311", DATE_PRECISION_DAY, false },
		{ "2026-W31-1T08:30Z", DATE_PRECISION_SECOND, true },
		{ "27 Jul 2026", DATE_PRECISION_DAY, false },
		{ "2026-07-27T08:30", DATE_PRECISION_SECOND, false },
		{ "2026-07-27T08:30Z", DATE_PRECISION_SECOND, true },
		{ "2026-07-27T08:30:00-00:00", DATE_PRECISION_SECOND, true },
		{ "27 Jul 2026 08:30:00", DATE_PRECISION_SECOND, false },
		{ "27 Jul 2026 08:30:00 EST", DATE_PRECISION_SECOND, true },
		/* RFC 5322 section 4.3: unknown names and military letters say nothing. */
		{ "27 Jul 2026 08:30:00 XYZ", DATE_PRECISION_SECOND, false },
		{ "27 Jul 2026 08:30:00 A", DATE_PRECISION_SECOND, false },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct date_reading reading;
		if (date_read(str_from(cases[i].text), &reading) < 0)
			fail_msg("'%s' was refused", cases[i].text);
		if (reading.precision != cases[i].precision ||
		    reading.has_zone != cases[i].has_zone)
			fail_msg("'%s': precision %d, zone %d", cases[i].text,
			    (int)reading.precision, reading.has_zone);
	}
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
		"2026-07-",
		"2026-02-30",
		"2026-02-30T08:30:00Z",
		"2026-13-01T08:30:00Z",
		"2026-00-01",
		"2026-07-27T25:00:00Z",
		"2026-07-27T08:60:00Z",
		"2026-07-27T08:30:61Z",
		"2026-07-27T",
		"2026-07-27T08",
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
		"2026-07-27T08:3:00Z",
		"2026-07-27T24:00:01Z",
		"2026-07-27T08:30:00-06:00Textra",
		"2026-07-27-01",
		"2026-07-27T09:xx:00Z",
		"2026-07-27 13:30:00 AM",
		"2026-07-27 0:30 PM",
		"2026-xx-27",
		"2026-07/27",
		"22013",
		"013",
		"07-01T01:55:07-05:00",
		"1899-12-31T23:59:59Z",
		"2201-01-01T00:00:00Z",
		"1900-01-01T00:00:00+01:00",
		"9999-12-31T23:59:59Z",
		"0103-12-13T18:30:02Z",
		"1782",
		"2026-W54-1",
		"2025-W53-1",
		"2026-W00-1",
		"2026-W31-8",
		"2026-366",
		"2026-000",
		"20261327",
		"202607",
		"20260230T083000Z",
		"3/4/2021",
		"13/4/2021",
		"31.02.2021",
		"0.1.2021",
		"Mon, 30 Feb 2026 08:30:00 +0000",
		"Sun, 31 Dec 9999 23:59:59 -9999",
		"Sun, 16 Dec 2012 1:2:3:4 GMT",
		"Sun, Dec x 2012 11:47:32 GMT",
		"Sun, 16 Dec zz 11:47:32 GMT",
		"Sun, 16 Dec 2012 11:47:32 +zz:00",
		"Sun, 16 Dec 2012 11:47:32 +00:zz",
		"Sun, 16 Dec 2012 11:47:32 GMT 2012",
		"16 Dec 12 2012",
		"16 Dec Dec 2012",
		"16 Dec 2012 11:47 12:47",
		"Dec",
		"16 Dec 11:47",
		"insert updated date here",
		"2026 08:30",
		"Mon, 0 Jul 2026 08:30:00 +0000",
		"Mon, 32 Jul 2026 08:30:00 +0000",
		"Mon, 127 Jul 2026 08:30:00 +0000",
		"Mon, 27 Jux 2026 08:30:00 +0000",
		"Mon, 27 Ju 2026 08:30:00 +0000",
		"Mon, 27 Julyy 2026 08:30:00 +0000",
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
		"Mon, 27 Jul 2026 08:30:00 -0700 (PDT)", "2026-W31-1 8:30 PM",
		"2004년 05월 28일 오후 01:31:15", "July 3rd, 2021 at 5 pm" };

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
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
		cmocka_unit_test(dates_as_people_write_them),
		cmocka_unit_test(how_much_was_written),
		cmocka_unit_test(what_is_no_date_is_refused),
		cmocka_unit_test(every_damage_is_survived),
		cmocka_unit_test(writing),
		cmocka_unit_test(names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
