/*
 * One issue per due local day, whatever the clock does: years of days in zones of every kind, and twenty
 * years of their changes of offset, with gaps and a clock that is put back. By the pure logic of a run: a
 * list is due when its schedule has come since it was done.
 */
#include "unit.h"

#include "digest/calendar.h"
#include "digest/date.h"
#include "digest/zone.h"

#include <stdio.h>
#include <string.h>

static const char *const zones[] = { "UTC", "Europe/Berlin", "Europe/London", "Europe/Dublin",
	"Europe/Lisbon", "Europe/Moscow", "Europe/Istanbul", "America/New_York",
	"America/Los_Angeles", "America/St_Johns", "America/Sao_Paulo", "America/Santiago",
	"America/Asuncion", "America/Havana", "America/Nuuk", "America/Caracas",
	"Africa/Casablanca", "Africa/Cairo", "Asia/Kolkata", "Asia/Kathmandu", "Asia/Tehran",
	"Asia/Gaza", "Asia/Beirut", "Asia/Tokyo", "Asia/Pyongyang", "Australia/Lord_Howe",
	"Australia/Adelaide", "Pacific/Apia", "Pacific/Chatham", "Pacific/Kiritimati",
	"Antarctica/Troll" };

static uint64_t seed;

static uint64_t
random_below(uint64_t limit)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (seed >> 33) % limit;
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

/* What a run decides at that moment; a list that is done remembers when. */
static bool
run_at(const struct calendar_schedule *schedule, const char *zone, int64_t now, int64_t *done_at)
{
	int64_t due = calendar_last_due(schedule, zone, now);
	bool is_due = due != DATE_NO_INSTANT && (*done_at == DATE_NO_INSTANT || *done_at < due);

	if (is_due)
		*done_at = now;
	return is_due;
}

/* Whether the zone has that day: Samoa left 2011-12-30 out. */
static bool
has_day(const char *zone, int32_t day)
{
	return zone_at(zone, zone_instant(zone, day, 0)).day == day;
}

/*
 * Looked at after minutes or hours, each scheduled day that there is has one issue, of that very date,
 * and none is skipped; a second run at once, or with the clock put back, makes none.
 */
static void
walk_days(const char *zone, const char *text, int32_t first, int32_t end)
{
	struct calendar_schedule schedule = parse(text);
	int64_t now = zone_instant(zone, first, 0) - 1;
	int64_t done_at = now;

	for (int32_t expected = first; expected < end; expected++) {
		if (!calendar_is_due_on(&schedule, expected) || !has_day(zone, expected))
			continue;
		do
			now += 1 + (int64_t)random_below(7 * 3600);
		while (!run_at(&schedule, zone, now, &done_at));
		/* The local date of a time that was moved or comes twice is still that of its day. */
		int32_t date = zone_at(zone, calendar_last_due(&schedule, zone, now)).day;
		if (date != expected)
			fail_msg(
			    "%s in %s: the issue of day %d, not of %d", text, zone, date, expected);
		if (run_at(&schedule, zone, now, &done_at) ||
		    run_at(&schedule, zone, now - (int64_t)random_below(3 * 86400), &done_at))
			fail_msg("%s in %s: a second issue of day %d", text, zone, date);
	}
}

static void
years_of_days(void **state)
{
	static const char *const texts[] = { "00:00", "02:30", "08:30 weekdays" };

	(void)state;
	seed = 2026;
	for (size_t i = 0; i < sizeof(zones) / sizeof(zones[0]); i++)
		for (size_t j = 0; j < sizeof(texts) / sizeof(texts[0]); j++)
			walk_days(zones[i], texts[j], date_day(2011 + (int)j * 8, 6, 1),
			    date_day(2014 + (int)j * 8, 9, 1));
}

/* The three days around a change of offset: each quarter of an hour is due once on each of them. */
static void
check_change(const char *zone, int64_t at)
{
	int32_t day = zone_at(zone, at).day;

	for (int minute = 0; minute < 24 * 60; minute += 15) {
		struct calendar_schedule schedule = { .minutes = UINT64_C(1) << minute % 60,
			.hours = UINT32_C(1) << minute / 60,
			.month_days = UINT32_MAX - 1,
			.months = 0x1ffe,
			.weekdays = 0x7f };
		int64_t due = zone_instant(zone, day - 1, 0) - 1;
		for (int32_t d = day - 1; d <= day + 1; d++) {
			if (!has_day(zone, d))
				continue;
			due = calendar_next_due(&schedule, zone, due);
			struct zone_time local = zone_at(zone, due);
			bool is_moved =
			    calendar_clock_change(&schedule, zone, due) == CALENDAR_MOVED;
			if ((local.day != d || local.second != minute * 60) && !is_moved)
				fail_msg("%s: %02d:%02d of day %d is due at %lld", zone,
				    minute / 60, minute % 60, d, (long long)due);
			assert_true(calendar_last_due(&schedule, zone, due) == due);
			assert_true(calendar_last_due(&schedule, zone, due - 1) < due);
		}
	}
}

static void
changes_of_offset(void **state)
{
	int count = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(zones) / sizeof(zones[0]); i++) {
		int64_t begin = date_instant_of(date_day(2016, 1, 1));
		int64_t end = date_instant_of(date_day(2036, 1, 1));
		int32_t offset = zone_at(zones[i], begin).offset;
		for (int64_t at = begin; at < end; at += 6 * 3600) {
			int32_t now = zone_at(zones[i], at).offset;
			if (now == offset)
				continue;
			offset = now;
			count++;
			check_change(zones[i], at);
		}
	}
	assert_true(count > 400);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(years_of_days),
		cmocka_unit_test(changes_of_offset),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
