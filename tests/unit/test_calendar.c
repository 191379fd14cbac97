/* Schedules over years of daylight saving, and the days on which the sources really published. */
#include "unit.h"

#include "digest/calendar.h"
#include "digest/date.h"
#include "digest/zone.h"

#include <unistd.h>

static int64_t
instant(const char *text)
{
	int64_t value = 0;

	if (date_parse_instant(str_from(text), &value) < 0)
		fail_msg("'%s' is no instant", text);
	return value;
}

static int32_t
day(const char *text)
{
	int32_t value = 0;

	if (date_parse_day(str_from(text), &value) < 0)
		fail_msg("'%s' is no day", text);
	return value;
}

static struct calendar_schedule
parse(const char *text)
{
	struct calendar_schedule schedule;
	struct err err = ERR_NONE;

	if (calendar_parse_schedule(&schedule, str_from(text), &err) < 0)
		fail_msg("%s", err.text);
	return schedule;
}

/* Bits first to last. */
static uint64_t
bits(int first, int last)
{
	uint64_t value = 0;

	for (int i = first; i <= last; i++)
		value |= UINT64_C(1) << i;
	return value;
}

enum {
	MON = 1,
	TUE = 2,
	WED = 4,
	THU = 8,
	FRI = 16,
	SAT = 32,
	SUN = 64,
	WORKDAYS = 31,
	WEEK = 127
};

static void
schedules(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		uint8_t weekdays;
	} days[] = { { "08:30", WEEK }, { "8:30", WEEK }, { " 08:30\tdaily ", WEEK },
		{ "08:30 weekdays", WORKDAYS }, { "08:30 Weekends", SAT | SUN },
		{ "08:30 mon,thu", MON | THU }, { "08:30 Monday,SUNDAY", MON | SUN },
		{ "08:30 sat-sun", SAT | SUN }, { "08:30 sun-tue", SUN | MON | TUE },
		{ "08:30 mon-fri/2", MON | WED | FRI }, { "30 8 * * mon-fri", WORKDAYS },
		{ "30 8 * * 1-5", WORKDAYS }, { "30 8 * * 0,7", SUN },
		{ "30 8 * * 5-7", FRI | SAT | SUN }, { "30 8 * * */2", SUN | TUE | THU | SAT },
		{ "30 08 * * *", WEEK }, { "30 8 * * sun-sat", WEEK } };

	for (size_t i = 0; i < sizeof(days) / sizeof(days[0]); i++) {
		struct calendar_schedule schedule = parse(days[i].text);
		assert_true(schedule.minutes == bits(30, 30));
		assert_true(schedule.hours == bits(8, 8));
		assert_true(schedule.month_days == bits(1, 31));
		assert_true(schedule.months == bits(1, 12));
		if (schedule.weekdays != days[i].weekdays)
			fail_msg("%s: %d", days[i].text, schedule.weekdays);
		assert_false(schedule.either_day);
	}
}

static void
fields_of_crontab(void **state)
{
	(void)state;
	struct calendar_schedule schedule = parse("*/15 0-23/6 1,15,31 jan,Mar-May,DECEMBER mon");

	assert_true(schedule.minutes == (bits(0, 0) | bits(15, 15) | bits(30, 30) | bits(45, 45)));
	assert_true(schedule.hours == (bits(0, 0) | bits(6, 6) | bits(12, 12) | bits(18, 18)));
	assert_true(schedule.month_days == (bits(1, 1) | bits(15, 15) | bits(31, 31)));
	assert_true(schedule.months == (bits(1, 1) | bits(3, 5) | bits(12, 12)));
	assert_int_equal(schedule.weekdays, MON);
	assert_true(schedule.either_day);

	/* Either day only when both are restricted, that is, begin with no star. */
	assert_false(parse("0 0 1 * *").either_day);
	assert_false(parse("0 0 * * mon").either_day);
	assert_false(parse("0 0 */2 * mon").either_day);
	assert_false(parse("0 0 1 * */2").either_day);
	assert_true(parse("0 0 1-31 * mon").either_day);
	assert_true(parse("0 0 31 2 mon").either_day); /* Mondays of February */
	assert_true(parse("0 0 29 2 *").month_days == bits(29, 29));
}

static void
what_is_no_schedule(void **state)
{
	(void)state;
	static const struct {
		const char *text, *words;
	} cases[] = {
		{ "", "column 1: it is empty; write a time like" },
		{ "weekdays", "column 9: the time is missing; write a time like" },
		{ "24:00", "column 1: '24:00' is no time from 00:00 to 23:59" },
		{ "8:60", "is no time" },
		{ "8:3", "is no time" },
		{ "830", "'830' is no time" },
		{ "008:30", "is no time" },
		{ "-8:30", "is no time" },
		{ "08:30pm", "is no time" },
		{ "08:30 mon thu", "column 7: 'mon' is none of 'first'" },
		{ "frist monday 09:00",
		    "column 1: 'frist' is none of 'first', 'second' … 'last'; days "
		    "are joined by commas: 'mon,thu'; did you mean 'first'?" },
		{ "first weekdays 09:00", "column 7: 'weekdays' cannot be counted" },
		{ "first monday of 09:00", "column 14: 'of' is one word too many" },
		{ "08:30 fridoys",
		    "column 7: 'fridoys' is no day of the week (0-7, sun-sat); did you "
		    "mean 'Friday'?" },
		{ "08:30 weekday", "did you mean 'weekdays'?" },
		{ "08:30 monthy", "did you mean 'monthly'?" },
		{ "fridays 08:30 09:00", "is none of 'first'" },
		{ "@dayly",
		    "column 1: '@dayly' is none of @hourly, @daily, @weekly, @monthly, "
		    "@yearly; did you mean '@daily'?" },
		{ "@reboot", "'@reboot' is no time" },
		{ "0 0 * * mnoday",
		    "column 9: 'mnoday' is no day of the week (0-7, sun-sat); did you "
		    "mean 'Monday'?" },
		{ "0 0 * agu *", "column 7: 'agu' is no month (1-12, jan-dec)" },
		{ "0 0 * * MON-", "column 13: '' is no day of the week" },
		{ "* * * * ", "4 of the five fields of crontab(5)" },
		{ "0 0 1 1 * * *", "column 11: more than the five fields" },
		{ "08:30 mo",
		    "column 7: 'mo' is no day of the week (0-7, sun-sat); did you mean 'mon'?" },
		{ "08:30 weekday", "'weekday' is no day of the week" },
		{ "08:30 mon,", "day of the week is missing" },
		{ "08:30 mon,,tue", "'' is no day of the week" },
		{ "08:30 fri-mon", "the range 'fri-mon' runs backwards" },
		{ "60 * * * *", "'60' is no minute (0-59)" },
		{ "-1 * * * *", "'' is no minute" },
		{ "* 24 * * *", "'24' is no hour (0-23)" },
		{ "* * 0 * *", "'0' is no day of the month (1-31)" },
		{ "* * 32 * *", "'32' is no day of the month" },
		{ "* * * 0 *", "'0' is no month (1-12, jan-dec)" },
		{ "* * * 13 *", "'13' is no month" },
		{ "* * * foo *", "'foo' is no month" },
		{ "* * * * 8", "'8' is no day of the week" },
		{ "*/0 * * * *", "a step is a number from 1 to 59" },
		{ "*/60 * * * *", "a step is a number from 1 to 59" },
		{ "*/ * * * *", "a step is a number" },
		{ "5/15 * * * *", "a step needs a range" },
		{ "9-5 * * * *", "the range '9-5' runs backwards" },
		{ "1-2-3 * * * *", "'2-3' is no minute" },
		{ "1.5 * * * *", "'1.5' is no minute" },
		{ "99999999999999999999 * * * *", "is no minute" },
		{ "0 0 31 2 *", "no such day ever comes" },
		{ "0 0 30 2 *", "no such day ever comes" },
		{ "0 0 31 4,6,9,11 *", "no such day ever comes" },
		{ "0 0 31 2 */2", "no such day ever comes" },
		{ "* * * * * *", "more than the five fields" },
		{ "30 8 * *", "column 9: 4 of the five fields" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct calendar_schedule schedule;
		struct err err = ERR_NONE;
		if (calendar_parse_schedule(&schedule, str_from(cases[i].text), &err) == 0)
			fail_msg("'%s' is a schedule", cases[i].text);
		assert_int_equal(err.code, EX_CONFIG);
		if (strstr(err.text, cases[i].words) == NULL ||
		    strncmp(err.text, "schedule '", 10) != 0)
			fail_msg("'%s': %s", cases[i].text, err.text);
	}
}

static void
check_due(const char *text, const char *zone, const char *now, const char *last, const char *next)
{
	struct calendar_schedule schedule = parse(text);
	char found[DATE_INSTANT_BYTES];

	date_format_instant(found, calendar_last_due(&schedule, zone, instant(now)));
	if (strcmp(found, last) != 0)
		fail_msg("%s before %s: '%s', not '%s'", text, now, found, last);
	date_format_instant(found, calendar_next_due(&schedule, zone, instant(now)));
	if (strcmp(found, next) != 0)
		fail_msg("%s after %s: '%s', not '%s'", text, now, found, next);
}

static void
due(void **state)
{
	(void)state;
	/* 2026-07-27 is a Monday. */
	check_due(
	    "08:30", "UTC", "2026-07-27T08:29:59Z", "2026-07-26T08:30:00Z", "2026-07-27T08:30:00Z");
	check_due(
	    "08:30", "UTC", "2026-07-27T08:30:00Z", "2026-07-27T08:30:00Z", "2026-07-28T08:30:00Z");
	check_due("08:30 weekdays", "UTC", "2026-07-27T08:00:00Z", "2026-07-24T08:30:00Z",
	    "2026-07-27T08:30:00Z");
	check_due("08:30 mon", "Europe/Berlin", "2026-07-27T07:00:00Z", "2026-07-27T06:30:00Z",
	    "2026-08-03T06:30:00Z");
	check_due("08:30 mon", "Asia/Tokyo", "2026-07-27T00:00:00Z", "2026-07-26T23:30:00Z",
	    "2026-08-02T23:30:00Z");
	check_due("*/20 9-10 * * *", "UTC", "2026-07-27T10:05:00Z", "2026-07-27T10:00:00Z",
	    "2026-07-27T10:20:00Z");
	check_due("*/20 9-10 * * *", "UTC", "2026-07-27T10:45:00Z", "2026-07-27T10:40:00Z",
	    "2026-07-28T09:00:00Z");
	check_due("0 0 1 1 *", "UTC", "2026-07-27T00:00:00Z", "2026-01-01T00:00:00Z",
	    "2027-01-01T00:00:00Z");
	/* Either the 13th or a Friday. */
	check_due("0 0 13 * fri", "UTC", "2026-08-12T00:00:00Z", "2026-08-07T00:00:00Z",
	    "2026-08-13T00:00:00Z");
	/* Every other day of the month, if it is a Monday: 3, 17 and 31 August. */
	check_due("0 0 */2 * mon", "UTC", "2026-08-04T00:00:00Z", "2026-08-03T00:00:00Z",
	    "2026-08-17T00:00:00Z");
	/* February 29, which is left out in 2100, and on a Monday. */
	check_due("0 0 29 2 *", "UTC", "2026-07-27T00:00:00Z", "", "2028-02-29T00:00:00Z");
	check_due("0 0 29 2 *", "UTC", "2096-03-01T00:00:00Z", "2096-02-29T00:00:00Z",
	    "2104-02-29T00:00:00Z");
	check_due("0 0 29 2 */7", "UTC", "2088-03-01T00:00:00Z", "2088-02-29T00:00:00Z",
	    "2128-02-29T00:00:00Z");
	check_due("0 0 29 2 *", "UTC", "2028-01-01T00:00:00Z", "", "2028-02-29T00:00:00Z");
	/* The n-th such day of a month, and the last. */
	check_due("first monday 09:00", "UTC", "2026-07-27T00:00:00Z", "2026-07-06T09:00:00Z",
	    "2026-08-03T09:00:00Z");
	check_due("17:00 last friday", "UTC", "2026-07-27T00:00:00Z", "2026-06-26T17:00:00Z",
	    "2026-07-31T17:00:00Z");
	check_due("1st,third tue,thu 07:00", "UTC", "2026-07-08T00:00:00Z", "2026-07-07T07:00:00Z",
	    "2026-07-16T07:00:00Z");
	check_due("fifth sunday 07:00", "UTC", "2026-07-27T00:00:00Z", "2026-05-31T07:00:00Z",
	    "2026-08-30T07:00:00Z");
	check_due("monthly 07:00", "UTC", "2026-07-27T00:00:00Z", "2026-07-01T07:00:00Z",
	    "2026-08-01T07:00:00Z");
	check_due("fridays 16:00", "UTC", "2026-07-27T00:00:00Z", "2026-07-24T16:00:00Z",
	    "2026-07-31T16:00:00Z");
	check_due("@weekly", "UTC", "2026-07-27T12:00:00Z", "2026-07-26T00:00:00Z",
	    "2026-08-02T00:00:00Z");
	check_due("@Hourly", "UTC", "2026-07-27T12:30:00Z", "2026-07-27T12:00:00Z",
	    "2026-07-27T13:00:00Z");
	check_due("@yearly", "UTC", "2026-07-27T12:30:00Z", "2026-01-01T00:00:00Z",
	    "2027-01-01T00:00:00Z");
}

static void
daylight_saving(void **state)
{
	(void)state;
	/* Spring: 02:30 does not exist and is due at 03:00, the next minute there is. */
	check_due("02:30", "Europe/Berlin", "2026-03-29T00:59:59Z", "2026-03-28T01:30:00Z",
	    "2026-03-29T01:00:00Z");
	check_due("02:30", "Europe/Berlin", "2026-03-29T01:00:00Z", "2026-03-29T01:00:00Z",
	    "2026-03-30T00:30:00Z");
	check_due("02:30", "America/New_York", "2026-03-08T06:59:59Z", "2026-03-07T07:30:00Z",
	    "2026-03-08T07:00:00Z");
	/* Autumn: 02:30 comes twice and is due once. */
	check_due("02:30", "Europe/Berlin", "2026-10-25T00:30:00Z", "2026-10-25T00:30:00Z",
	    "2026-10-26T01:30:00Z");
	check_due("02:30", "Europe/Berlin", "2026-10-25T01:30:00Z", "2026-10-25T00:30:00Z",
	    "2026-10-26T01:30:00Z");
	check_due("01:30", "America/New_York", "2026-11-01T06:30:00Z", "2026-11-01T05:30:00Z",
	    "2026-11-02T06:30:00Z");
	/* Times around the change, which all fall on its instant, are due once. */
	check_due("*/10 2 * * *", "Europe/Berlin", "2026-03-29T01:00:00Z", "2026-03-29T01:00:00Z",
	    "2026-03-30T00:00:00Z");
	/* A clock put back at one minute past midnight has been in the new day already. */
	check_due("00:00", "America/St_Johns", "2010-11-07T02:45:00Z", "2010-11-07T02:30:00Z",
	    "2010-11-08T03:30:00Z");
	/* The day that Samoa left out. */
	check_due("08:30", "Pacific/Apia", "2011-12-30T09:00:00Z", "2011-12-29T18:30:00Z",
	    "2011-12-30T18:30:00Z");
}

/* Ten years, day by day: each local date has its one due instant, forwards and backwards. */
static void
once_a_day(void **state)
{
	(void)state;
	static const char *const zones[] = { "Europe/Berlin", "America/New_York",
		"America/St_Johns", "Asia/Beirut", "Australia/Lord_Howe", "America/Santiago" };
	static const char *const times[] = { "00:00", "02:30", "08:30" };

	for (size_t i = 0; i < sizeof(zones) / sizeof(zones[0]); i++)
		for (size_t j = 0; j < sizeof(times) / sizeof(times[0]); j++) {
			struct calendar_schedule schedule = parse(times[j]);
			int64_t at =
			    calendar_last_due(&schedule, zones[i], instant("2020-01-01T12:00:00Z"));
			int32_t date = zone_at(zones[i], at).day;
			for (; date < day("2030-01-01"); date++) {
				if (zone_at(zones[i], at).day != date)
					fail_msg("%s in %s: day %d", times[j], zones[i], date);
				assert_true(calendar_last_due(&schedule, zones[i], at) == at);
				int64_t next = calendar_next_due(&schedule, zones[i], at);
				assert_true(next > at);
				assert_true(calendar_last_due(&schedule, zones[i], next - 1) == at);
				at = next;
			}
		}
}

/* Whether a minute is due, field by field. */
static bool
is_due(const struct calendar_schedule *schedule, int64_t at)
{
	struct date_civil civil = date_civil(date_day_of(at));
	int minute = (int)(at / 60 % 60), hour = (int)(at / 3600 % 24);
	bool of_month = schedule->month_days >> civil.day & 1;
	bool of_week = schedule->weekdays >> date_weekday(date_day_of(at)) & 1;
	bool of_day = schedule->either_day ? of_month || of_week : of_month && of_week;

	return of_day && schedule->months >> civil.month & 1 && schedule->hours >> hour & 1 &&
	    schedule->minutes >> minute & 1;
}

/* In UTC, every minute of six weeks against the rule itself. */
static void
minute_by_minute(void **state)
{
	(void)state;
	static const char *const texts[] = { "*/7 */5 * * *", "0 6 1-7 * *", "59 23 31 * *",
		"0,30 8-9 10,20 7,8 sat", "5 4 */3 * mon-wed", "* 3 * aug *", "0 0 * * 7" };

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct calendar_schedule schedule = parse(texts[i]);
		int64_t begin = instant("2026-07-20T00:00:00Z");
		int64_t last = calendar_last_due(&schedule, "UTC", begin - 1);
		int64_t next = calendar_next_due(&schedule, "UTC", begin - 1);
		for (int64_t at = begin; at < begin + 42 * 86400; at += 60) {
			if (!is_due(&schedule, at))
				continue;
			assert_true(at == next);
			assert_true(calendar_last_due(&schedule, "UTC", at - 1) == last);
			assert_true(calendar_last_due(&schedule, "UTC", at + 59) == at);
			last = at;
			next = calendar_next_due(&schedule, "UTC", at);
		}
		assert_true(next == DATE_NO_INSTANT || next >= begin + 42 * 86400);
	}
}

static void
hugging_face(void **state)
{
	(void)state;
	assert_int_equal(
	    calendar_hf(day("2026-07-27"), instant("2026-07-27T00:00:00Z")), CALENDAR_NOT_YET);
	assert_int_equal(
	    calendar_hf(day("2026-07-27"), instant("2026-07-27T09:59:59Z")), CALENDAR_NOT_YET);
	assert_int_equal(
	    calendar_hf(day("2026-07-27"), instant("2026-07-27T10:00:00Z")), CALENDAR_PUBLISHED);
	assert_int_equal(
	    calendar_hf(day("2026-07-24"), instant("2026-07-27T00:00:00Z")), CALENDAR_PUBLISHED);
	assert_int_equal(
	    calendar_hf(day("2026-07-28"), instant("2026-07-27T12:00:00Z")), CALENDAR_NOT_YET);
	assert_int_equal(
	    calendar_hf(day("2026-07-25"), instant("2026-07-27T12:00:00Z")), CALENDAR_NONE);
	assert_int_equal(
	    calendar_hf(day("2026-07-26"), instant("2026-07-25T12:00:00Z")), CALENDAR_NONE);
	/* 08:00 in Tokyo is the evening before in UTC: that day's listing is not there yet. */
	assert_int_equal(
	    calendar_hf(day("2026-07-27"), instant("2026-07-26T23:00:00Z")), CALENDAR_NOT_YET);
}

static void
arxiv_hours(void **state)
{
	(void)state;
	/* Midnight in New York is 04:00 UTC in summer and 05:00 in winter. */
	assert_int_equal(
	    calendar_arxiv(day("2026-07-28"), instant("2026-07-28T03:59:59Z")), CALENDAR_NOT_YET);
	assert_int_equal(
	    calendar_arxiv(day("2026-07-28"), instant("2026-07-28T05:59:59Z")), CALENDAR_NOT_YET);
	assert_int_equal(
	    calendar_arxiv(day("2026-07-28"), instant("2026-07-28T06:00:00Z")), CALENDAR_PUBLISHED);
	assert_int_equal(
	    calendar_arxiv(day("2026-02-03"), instant("2026-02-03T06:59:59Z")), CALENDAR_NOT_YET);
	assert_int_equal(
	    calendar_arxiv(day("2026-02-03"), instant("2026-02-03T07:00:00Z")), CALENDAR_PUBLISHED);
	assert_int_equal(
	    calendar_arxiv(day("2026-07-27"), instant("2026-07-27T12:00:00Z")), CALENDAR_PUBLISHED);
	assert_int_equal(
	    calendar_arxiv(day("2026-07-25"), instant("2026-07-27T12:00:00Z")), CALENDAR_NONE);
	assert_int_equal(
	    calendar_arxiv(day("2026-07-26"), instant("2026-07-27T12:00:00Z")), CALENDAR_NONE);
}

static void
holidays_are_changed(void **state)
{
	(void)state;
	struct calendar_holiday changes[3];
	struct err err = ERR_NONE;
	int64_t now = instant("2026-12-31T00:00:00Z");

	assert_int_equal(calendar_parse_holiday(&changes[0], STR("2026-06-23"), &err), 0);
	assert_int_equal(calendar_parse_holiday(&changes[1], STR("-2026-09-07"), &err), 0);
	assert_int_equal(calendar_parse_holiday(&changes[2], STR("-2026-06-23"), &err), 0);
	calendar_set_holidays(changes, 2);
	assert_int_equal(calendar_arxiv(day("2026-06-24"), now), CALENDAR_NONE);
	assert_int_equal(calendar_arxiv(day("2026-09-08"), now), CALENDAR_PUBLISHED);
	calendar_set_holidays(changes, 3);
	assert_int_equal(calendar_arxiv(day("2026-06-24"), now), CALENDAR_PUBLISHED);
	calendar_set_holidays(NULL, 0);
	assert_int_equal(calendar_arxiv(day("2026-09-08"), now), CALENDAR_NONE);

	assert_int_equal(calendar_parse_holiday(&changes[0], STR("2026-02-30"), &err), -1);
	assert_int_equal(err.code, EX_CONFIG);
	assert_non_null(strstr(err.text, "'2026-02-30' is no day like 2027-05-21"));
}

/*
 * Mornings with a new list and without one, as seen from outside around the holidays of two years.
 */
static void
arxiv_holidays(void **state)
{
	(void)state;
	static const char *const without[] = { "2025-06-20", "2025-07-07", "2025-09-02",
		"2025-11-28", "2025-12-26", "2025-12-31", "2026-01-02", "2026-01-20", "2026-06-22",
		"2026-07-06" };
	static const char *const with[] = { "2025-05-27", "2025-06-19", "2025-06-23", "2025-07-04",
		"2025-07-08", "2025-09-01", "2025-09-03", "2025-11-27", "2025-12-01", "2025-12-24",
		"2025-12-25", "2025-12-29", "2025-12-30", "2026-01-01", "2026-01-05", "2026-01-19",
		"2026-01-21", "2026-06-19", "2026-06-23", "2026-07-03", "2026-07-07" };
	int64_t now = instant("2026-08-01T00:00:00Z");

	for (size_t i = 0; i < sizeof(without) / sizeof(without[0]); i++)
		if (calendar_arxiv(day(without[i]), now) != CALENDAR_NONE)
			fail_msg("%s had no listing", without[i]);
	for (size_t i = 0; i < sizeof(with) / sizeof(with[0]); i++)
		if (calendar_arxiv(day(with[i]), now) != CALENDAR_PUBLISHED)
			fail_msg("%s had a listing", with[i]);

	/* Years whose holidays nobody has written down yet go by the usual ones. */
	static const char *const usual[] = { "2027-01-04" /* Friday, January 1 */, "2027-01-19",
		"2027-06-21" /* June 19 is a Saturday, kept on Friday */,
		"2027-07-06" /* July 4, a Sunday */, "2027-09-07", "2027-11-26",
		"2027-12-27" /* Christmas on Friday 24 */,
		"2028-01-03" /* New Year kept on Friday, December 31 */ };
	now = instant("2028-02-01T00:00:00Z");
	for (size_t i = 0; i < sizeof(usual) / sizeof(usual[0]); i++)
		if (calendar_arxiv(day(usual[i]), now) != CALENDAR_NONE)
			fail_msg("%s has no listing", usual[i]);
	assert_int_equal(calendar_arxiv(day("2027-01-05"), now), CALENDAR_PUBLISHED);
	assert_int_equal(calendar_arxiv(day("2027-11-25"), now), CALENDAR_PUBLISHED);
	assert_int_equal(calendar_arxiv(day("2027-12-28"), now), CALENDAR_PUBLISHED);
}

static void
check_submission(const char *submitted_at, const char *listing)
{
	char found[DATE_DAY_BYTES];

	date_format_day(found, calendar_arxiv_listing_day(instant(submitted_at)));
	if (strcmp(found, listing) != 0)
		fail_msg("submitted at %s: %s, not %s", submitted_at, found, listing);
}

/* The table of arXiv's announcement schedule, in a week without holidays and in some with. */
static void
arxiv_submissions(void **state)
{
	(void)state;
	/*
	 * Monday 14:00 to Tuesday 14:00 is announced on Tuesday evening,
	 * and is Wednesday's listing.
	 */
	check_submission("2026-07-27T14:00:00-04:00", "2026-07-29");
	check_submission("2026-07-28T13:59:59-04:00", "2026-07-29");
	check_submission("2026-07-28T14:00:00-04:00", "2026-07-30");
	check_submission("2026-07-29T13:59:59-04:00", "2026-07-30");
	check_submission("2026-07-29T14:00:00-04:00", "2026-07-31");
	check_submission("2026-07-30T13:59:59-04:00", "2026-07-31");
	check_submission("2026-07-30T14:00:00-04:00", "2026-08-03"); /* announced on Sunday */
	check_submission("2026-07-31T13:59:59-04:00", "2026-08-03");
	check_submission("2026-07-31T14:00:00-04:00", "2026-08-04");
	check_submission("2026-08-01T12:00:00-04:00", "2026-08-04");
	check_submission("2026-08-02T23:00:00-04:00", "2026-08-04");
	check_submission("2026-08-03T13:59:59-04:00", "2026-08-04");
	/* In winter the deadline is at 19:00 UTC. */
	check_submission("2026-02-03T18:59:59Z", "2026-02-04");
	check_submission("2026-02-03T19:00:00Z", "2026-02-05");
	/* Holidays: on Monday 2026-01-19, Friday 2026-07-03, Sunday 2025-07-06. */
	check_submission("2026-01-19T12:00:00-05:00", "2026-01-21");
	check_submission("2026-01-20T12:00:00-05:00", "2026-01-21");
	check_submission("2026-07-03T12:00:00-04:00", "2026-07-07");
	check_submission("2025-07-04T12:00:00-04:00", "2025-07-08");
}

/*
 * A paper is never listed before it is submitted, nor more than a week later, nor on a day without.
 */
static void
submissions_are_listed(void **state)
{
	(void)state;
	int64_t last = 0;

	for (int64_t at = instant("2025-01-01T00:00:00Z"); at < instant("2029-01-01T00:00:00Z");
	     at += 8999) {
		int32_t listed = calendar_arxiv_listing_day(at);
		int32_t submitted = zone_at("America/New_York", at).day;
		assert_true(listed > submitted && listed <= submitted + 7);
		assert_true(listed >= last);
		assert_int_equal(calendar_arxiv(listed, INT64_MAX / 4), CALENDAR_PUBLISHED);
		last = listed;
	}
}

/*
 * Over some years: each listing's submissions are listed in it, and begin where the last ones end.
 */
static void
listings_of_submissions(void **state)
{
	(void)state;
	int64_t last = DATE_NO_INSTANT, from, until;

	for (int32_t listed = day("2024-01-03"); listed < day("2028-02-01"); listed++) {
		if (calendar_arxiv(listed, INT64_MAX / 4) == CALENDAR_NONE)
			continue;
		calendar_arxiv_submissions(listed, &from, &until);
		assert_true(from < until);
		assert_true(last == DATE_NO_INSTANT || from == last);
		last = until;
		assert_int_equal(calendar_arxiv_listing_day(from), listed);
		assert_int_equal(calendar_arxiv_listing_day(until - 1), listed);
		assert_true(calendar_arxiv_listing_day(from - 1) < listed);
		assert_true(calendar_arxiv_listing_day(until) > listed);
	}
	/* Of a Monday's: from Thursday 14:00 to Friday 14:00 in New York. */
	calendar_arxiv_submissions(day("2026-07-27"), &from, &until);
	assert_true(from == instant("2026-07-23T18:00:00Z"));
	assert_true(until == instant("2026-07-24T18:00:00Z"));
}

int
main(void)
{
	unsetenv("TZ");
	unsetenv("TZDIR");
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(schedules),
		cmocka_unit_test(fields_of_crontab),
		cmocka_unit_test(what_is_no_schedule),
		cmocka_unit_test(due),
		cmocka_unit_test(daylight_saving),
		cmocka_unit_test(once_a_day),
		cmocka_unit_test(minute_by_minute),
		cmocka_unit_test(hugging_face),
		cmocka_unit_test(arxiv_hours),
		cmocka_unit_test(arxiv_holidays),
		cmocka_unit_test(holidays_are_changed),
		cmocka_unit_test(arxiv_submissions),
		cmocka_unit_test(submissions_are_listed),
		cmocka_unit_test(listings_of_submissions),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
