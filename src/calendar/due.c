/*
 * When a schedule comes due, in the zone of the list. Days are walked one by one: a schedule has
 * few times a day, and most callers find theirs on the first.
 */
#include "digest/calendar.h"

#include "digest/date.h"
#include "digest/zone.h"

/* 29 February may be away for eight years, and on a Monday for forty. */
enum { BACK_DAYS = 400, AHEAD_DAYS = 41 * 366 };

/*
 * Whether the day is among the weeks of its month that count: the n-th of its weekday, or the last.
 */
static bool
is_in_weeks(uint8_t weeks, int32_t day, const struct date_civil *civil)
{
	bool is_last = date_civil(day + 7).month != civil->month;

	return weeks == 0 || weeks >> ((civil->day - 1) / 7 + 1) & 1 || (is_last && (weeks & 1));
}

bool
calendar_is_due_on(const struct calendar_schedule *schedule, int32_t day)
{
	struct date_civil civil = date_civil(day);
	bool is_month_day = schedule->month_days >> civil.day & 1;
	bool is_weekday = schedule->weekdays >> date_weekday(day) & 1;

	if (!is_in_weeks(schedule->weeks, day, &civil))
		return false;
	if (!(schedule->months >> civil.month & 1))
		return false;
	return schedule->either_day ? is_month_day || is_weekday : is_month_day && is_weekday;
}

/* Places that changed sides of the date line left out a whole day (Samoa: 2011-12-30). */
static bool
is_day_of_zone(const char *zone, int32_t day)
{
	return zone_instant(zone, day, 0) < zone_instant(zone, day + 1, 0);
}

/* The last due instant of a day that is at or before `now`, or DATE_NO_INSTANT. */
static int64_t
last_of_day(const struct calendar_schedule *schedule, const char *zone, int32_t day, int64_t now)
{
	for (int hour = 23; hour >= 0; hour--) {
		if (!(schedule->hours >> hour & 1))
			continue;
		for (int minute = 59; minute >= 0; minute--) {
			if (!(schedule->minutes >> minute & 1))
				continue;
			int64_t due = zone_instant(zone, day, (hour * 60 + minute) * 60);
			if (due <= now)
				return due;
		}
	}
	return DATE_NO_INSTANT;
}

/* The first due instant of a day that is after `now`, or DATE_NO_INSTANT. */
static int64_t
first_of_day(const struct calendar_schedule *schedule, const char *zone, int32_t day, int64_t now)
{
	for (int hour = 0; hour < 24; hour++) {
		if (!(schedule->hours >> hour & 1))
			continue;
		for (int minute = 0; minute < 60; minute++) {
			if (!(schedule->minutes >> minute & 1))
				continue;
			int64_t due = zone_instant(zone, day, (hour * 60 + minute) * 60);
			if (due > now)
				return due;
		}
	}
	return DATE_NO_INSTANT;
}

/*
 * The due instants of a day are in the order of its minutes, and of the days (zone_instant() never
 * goes back), so the first that fits is the one. The day after `now` is looked at, too: a clock
 * that is put back at midnight has been there already.
 */
int64_t
calendar_last_due(const struct calendar_schedule *schedule, const char *zone, int64_t now)
{
	int32_t today = zone_at(zone, now).day;
	int64_t due = DATE_NO_INSTANT;

	for (int32_t day = today + 1; day >= today - BACK_DAYS && due == DATE_NO_INSTANT; day--)
		if (calendar_is_due_on(schedule, day) && is_day_of_zone(zone, day))
			due = last_of_day(schedule, zone, day, now);
	return due;
}

int64_t
calendar_next_due(const struct calendar_schedule *schedule, const char *zone, int64_t now)
{
	int32_t today = zone_at(zone, now).day;
	int64_t due = DATE_NO_INSTANT;

	for (int32_t day = today; day <= today + AHEAD_DAYS && due == DATE_NO_INSTANT; day++)
		if (calendar_is_due_on(schedule, day) && is_day_of_zone(zone, day))
			due = first_of_day(schedule, zone, day, now);
	return due;
}

/* Whether the local minute of an instant is one of the schedule's. */
static bool
has_minute(const struct calendar_schedule *schedule, const char *zone, int64_t at)
{
	int32_t second = zone_at(zone, at).second;

	return schedule->hours >> (second / 3600) & 1 &&
	    schedule->minutes >> (second / 60 % 60) & 1;
}

int64_t
calendar_due_of_day(const struct calendar_schedule *schedule, const char *zone, int32_t day)
{
	if (!calendar_is_due_on(schedule, day) || !is_day_of_zone(zone, day))
		return DATE_NO_INSTANT;
	return last_of_day(schedule, zone, day, INT64_MAX);
}

int32_t
calendar_due_day(const struct calendar_schedule *schedule, const char *zone, int64_t due)
{
	int32_t day = zone_at(zone, due).day;
	int64_t before = calendar_due_of_day(schedule, zone, day - 1);
	bool is_own = calendar_is_due_on(schedule, day) && has_minute(schedule, zone, due);

	return before == due && !is_own ? day - 1 : day;
}

enum calendar_clock
calendar_clock_change(const struct calendar_schedule *schedule, const char *zone, int64_t due)
{
	enum { LONGEST_CHANGE_S = 3 * 3600 };
	struct zone_time local = zone_at(zone, due);
	struct zone_time later = zone_at(zone, due + LONGEST_CHANGE_S);
	struct zone_time again = zone_at(zone, due + local.offset - later.offset);

	if (!has_minute(schedule, zone, due))
		return CALENDAR_MOVED;
	if (later.offset < local.offset && again.day == local.day && again.second == local.second)
		return CALENDAR_TWICE;
	return CALENDAR_PLAIN;
}
