/*
 * One issue per due local day, whatever the clock does. Every change of offset, and years of days
 * with pauses, restarts and clocks that jump, beside what the C library says of the zones: it reads
 * tzdata by itself. `make test-calendar` takes all zones and twenty years, and tells what it went
 * through.
 */
#include "unit.h"

#include "digest/calendar.h"
#include "digest/date.h"
#include "digest/settings.h"
#include "digest/zone.h"

#include "../../src/run/day.h"

#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define WHOLE "DIGEST_WHOLE_CALENDAR"

static const char zone_folder[] = "/usr/share/zoneinfo/";

static const char *const usual_zones[] = { "UTC", "Europe/Berlin", "Europe/London", "Europe/Dublin",
	"Europe/Lisbon", "Europe/Moscow", "Europe/Istanbul", "America/New_York",
	"America/Los_Angeles", "America/St_Johns", "America/Sao_Paulo", "America/Santiago",
	"America/Asuncion", "America/Havana", "America/Nuuk", "America/Caracas",
	"Africa/Casablanca", "Africa/Cairo", "Asia/Kolkata", "Asia/Kathmandu", "Asia/Tehran",
	"Asia/Gaza", "Asia/Beirut", "Asia/Tokyo", "Asia/Pyongyang", "Australia/Lord_Howe",
	"Australia/Adelaide", "Pacific/Apia", "Pacific/Chatham", "Pacific/Kiritimati",
	"Antarctica/Troll" };
enum { USUAL_ZONES = sizeof(usual_zones) / sizeof(usual_zones[0]), ZONE_MOST = 2000 };

static uint64_t seed;

static int64_t
random_below(int64_t limit)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (int64_t)((seed >> 33) % (uint64_t)limit);
}

/* ---- what the C library says ---- */

static void
enter_zone(const char *zone)
{
	setenv("TZ", zone, 1);
	tzset();
}

static struct tm
local_at(int64_t at)
{
	time_t time = (time_t)at;
	struct tm tm;

	if (localtime_r(&time, &tm) == NULL)
		fail_msg("no local time at %lld", (long long)at);
	return tm;
}

static int64_t
offset_at(int64_t at)
{
	return local_at(at).tm_gmtoff;
}

/* Local seconds since 1970, as if local time never jumped. */
static int64_t
local_second(int64_t at)
{
	return at + offset_at(at);
}

/*
 * When a local time comes, which is the first minute at which the clock shows it or a later time;
 * DATE_NO_INSTANT on a day that the zone leaves out.
 */
static int64_t
wanted_due(int32_t day, int minute)
{
	enum { LONGEST_CHANGE_S = 26 * 3600 };
	int64_t target = date_instant_of(day) + minute * 60;
	int64_t before = offset_at(target - LONGEST_CHANGE_S);
	int64_t after = offset_at(target + LONGEST_CHANGE_S);

	if (before == after && local_second(target - after) == target)
		return target - after;
	int64_t at = target - (before > after ? before : after) - 60;
	while (local_second(at) < target)
		at += 60;
	if (date_day_of(local_second(at)) == day || minute == 0)
		return date_day_of(local_second(at)) == day ? at : DATE_NO_INSTANT;
	return wanted_due(day, 0) != DATE_NO_INSTANT ? at : DATE_NO_INSTANT;
}

/* ---- every change of offset ---- */

static struct calendar_schedule
daily(int minute)
{
	return (struct calendar_schedule){ .minutes = UINT64_C(1) << minute % 60,
		.hours = UINT32_C(1) << minute / 60,
		.month_days = UINT32_MAX - 1,
		.months = 0x1ffe,
		.weekdays = 0x7f };
}

static void
check_due(const char *zone, int32_t day, int minute)
{
	struct calendar_schedule schedule = daily(minute);
	int64_t wanted = wanted_due(day, minute);
	int64_t found = calendar_due_of_day(&schedule, zone, day);

	if (found != wanted)
		fail_msg("%s: %02d:%02d of day %d is due at %lld, not at %lld", zone, minute / 60,
		    minute % 60, day, (long long)found, (long long)wanted);
	if (wanted == DATE_NO_INSTANT)
		return;
	if (calendar_due_day(&schedule, zone, wanted) != day ||
	    calendar_last_due(&schedule, zone, wanted) != wanted ||
	    calendar_last_due(&schedule, zone, wanted - 1) >= wanted ||
	    calendar_next_due(&schedule, zone, wanted - 1) != wanted ||
	    calendar_next_due(&schedule, zone, wanted) <= wanted)
		fail_msg("%s: around %lld, %02d:%02d of day %d", zone, (long long)wanted,
		    minute / 60, minute % 60, day);
}

/* The instant between two at which the offset is another one. */
static int64_t
change_between(int64_t before, int64_t after)
{
	int64_t old = offset_at(before);

	while (after - before > 1) {
		int64_t middle = before + (after - before) / 2;
		if (offset_at(middle) == old)
			before = middle;
		else
			after = middle;
	}
	return after;
}

/*
 * On the three days around each change: each quarter of an hour,
 * and the minutes before and after it.
 */
static size_t
check_changes(const char *zone, int64_t begin, int64_t end)
{
	enum { STEP_S = 6 * 3600 };
	size_t count = 0;

	enter_zone(zone);
	for (int64_t at = begin; at < end; at += STEP_S) {
		if (offset_at(at) == offset_at(at + STEP_S))
			continue;
		int64_t change = change_between(at, at + STEP_S);
		int32_t day = date_day_of(local_second(change));
		int minute = (int)(local_second(change) / 60 % (24 * 60));
		for (int32_t d = day - 1; d <= day + 1; d++) {
			for (int m = 0; m < 24 * 60; m += 15)
				check_due(zone, d, m);
			check_due(zone, d, (minute + 1) % (24 * 60));
			check_due(zone, d, (minute + 24 * 60 - 1) % (24 * 60));
		}
		count++;
	}
	return count;
}

static char *all_zones[ZONE_MOST];
static size_t zone_count;

static int
find_zone(const char *path, const struct stat *status, int kind, struct FTW *place)
{
	const char *name = path + strlen(zone_folder);
	struct err err = ERR_NONE;

	(void)status;
	(void)place;
	if (kind != FTW_F || zone_count == ZONE_MOST || strncmp(name, "right/", 6) == 0 ||
	    strncmp(name, "posix/", 6) == 0 || zone_check(name, &err) < 0)
		return 0;
	all_zones[zone_count++] = strdup(name);
	return 0;
}

static void
changes_of_offset(void **state)
{
	int64_t begin = date_instant_of(date_day(2016, 1, 1));
	int64_t end = date_instant_of(date_day(2037, 1, 1));
	size_t count = 0;

	(void)state;
	if (getenv(WHOLE) == NULL) {
		for (size_t i = 0; i < USUAL_ZONES; i++)
			count += check_changes(usual_zones[i], begin, begin + (end - begin) / 10);
		assert_true(count > 80);
		/* Samoa left out a whole day, and more lies before. */
		assert_int_equal(
		    check_changes("Pacific/Apia", date_instant_of(date_day(2011, 12, 1)),
		        date_instant_of(date_day(2012, 1, 31))),
		    1);
		return;
	}
	assert_int_equal(nftw(zone_folder, find_zone, 16, FTW_PHYS), 0);
	assert_true(zone_count > 300);
	for (size_t i = 0; i < zone_count; i++)
		count += check_changes(all_zones[i], begin, end);
	printf("calendar: %zu changes of offset in %zu zones, 2016 to 2036: every quarter of an "
	       "hour is due once on each day around them\n",
	    count, zone_count);
	assert_true(count > 5000);
}

/* ---- years of days ---- */

/* The hours of a schedule and when they come, day by day. */
struct plan {
	const char *text;
	int minutes[3]; /* of the day, rising; -1 after the last */
	bool is_for_workdays;
};

static const struct plan plans[] = {
	{ "08:30 weekdays", { 8 * 60 + 30, -1 }, true },
	{ "00:00", { 0, -1 }, false },
	{ "02:30", { 150, -1 }, false },
	{ "23:30", { 23 * 60 + 30, -1 }, false },
	{ "15 1,13 * * *", { 75, 13 * 60 + 15, -1 }, false },
};
enum { PLANS = sizeof(plans) / sizeof(plans[0]) };

static const char *const wishes[] = { "combined", "each", "latest" };
enum { EACH = 1, WISHES = 3, DAYS_MOST = 4000 };

struct life {
	const struct plan *plan;
	const char *zone;
	struct settings *settings;
	int wish;
	int32_t first, end;
	int64_t last[DAYS_MOST]; /* of each day the last hour; DATE_NO_INSTANT: none */
	int issues[DAYS_MOST];
	int64_t done_at;
	size_t look_count, issue_count;
};

static int64_t
last_hour(const struct life *life, int32_t day, int64_t now)
{
	int64_t last = DATE_NO_INSTANT;

	if (life->last[day - life->first] == DATE_NO_INSTANT)
		return DATE_NO_INSTANT;
	for (int i = 0; life->plan->minutes[i] >= 0; i++) {
		int64_t at = wanted_due(day, life->plan->minutes[i]);
		if (at <= now)
			last = at;
	}
	return last;
}

static struct day_due
look(struct life *life, int64_t now, struct arena *arena)
{
	struct run_result result = RUN_RESULT_INIT;
	struct day day = { .arena = arena, .now = now, .result = &result };
	struct day_due due;
	struct err err = ERR_NONE;

	result.next_due = DATE_NO_INSTANT;
	if (day_look_if_due(&day, life->settings, life->done_at, &due, &err) < 0)
		fail_msg("%s", err.text);
	life->look_count++;
	run_result_release(&result);
	return due;
}

static void
fail_life(const struct life *life, int64_t now, const char *what, int32_t date)
{
	fail_msg("%s in %s, %s, at %lld: %s %d", life->plan->text, life->zone, wishes[life->wish],
	    (long long)now, what, date);
}

/* A second hour of a day finds the day's issue made. */
static void
make_issue(struct life *life, int64_t now, int32_t date)
{
	int *made = &life->issues[date - life->first];

	if (*made == 1 && life->plan->minutes[1] >= 0)
		return;
	if (++*made > 1)
		fail_life(life, now, "a second issue of day", date);
	life->issue_count++;
}

/* The newest day whose hour has come. */
static int32_t
newest_day(const struct life *life, int64_t now)
{
	int32_t day = date_day_of(local_second(now)) + 1;

	while (day >= life->first &&
	    (day >= life->end || last_hour(life, day, now) == DATE_NO_INSTANT))
		day--;
	return day;
}

/*
 * A run at that moment: whether it must be due, and of which days. A run that is killed after one
 * of the missed days goes on with the next.
 */
static void
run_at(struct life *life, int64_t now, struct arena *arena)
{
	arena_reset(arena);
	struct day_due due = look(life, now, arena);
	int32_t newest = newest_day(life, now);
	bool is_wanted = newest >= life->first && last_hour(life, newest, now) > life->done_at;
	size_t missed = 0;

	if (due.is_due != is_wanted)
		fail_life(life, now, is_wanted ? "not due on day" : "due after day", newest);
	if (!is_wanted)
		return;
	if (due.date != newest)
		fail_life(life, now, "dated otherwise than day", newest);
	for (int32_t day = life->first; day < newest && life->wish == EACH; day++) {
		int64_t at = life->last[day - life->first];
		if (at == DATE_NO_INSTANT || at <= life->done_at)
			continue;
		if (missed == due.missed_count || due.missed[missed].date != day ||
		    due.missed[missed].at != at)
			fail_life(life, now, "without the missed day", day);
		missed++;
	}
	if (missed != due.missed_count)
		fail_life(life, now, "too many missed days, at day", newest);
	for (size_t i = 0; i < missed; i++) {
		make_issue(life, now, due.missed[i].date);
		life->done_at = due.missed[i].at;
		if (random_below(8) == 0) {
			run_at(life, now, arena);
			return;
		}
	}
	make_issue(life, now, newest);
	life->done_at = now;
}

/* Mostly hours, at times days, and holidays. */
static int64_t
pause_s(void)
{
	switch (random_below(40)) {
	case 0: return 1 + random_below(20 * 86400);
	case 1:
	case 2: return 1 + random_below(3 * 86400);
	default: return 1 + random_below(7 * 3600);
	}
}

/* Again at once (a restart), with the clock put back, and with one that is ahead for a moment. */
static void
live(struct life *life)
{
	struct arena *arena = arena_new();
	int64_t now = wanted_due(life->first, 0), end = wanted_due(life->end - 30, 0);

	life->done_at = now - 1;
	while (now < end) {
		now += pause_s();
		run_at(life, now, arena);
		run_at(life, now, arena);
		run_at(life, now - random_below(2 * 86400), arena);
		if (random_below(200) == 0 && now < end)
			run_at(life, now + random_below(10 * 86400), arena);
	}
	int64_t latest = life->done_at > now ? life->done_at : now;
	for (int32_t day = life->first; life->wish == EACH && day < life->end; day++) {
		int64_t at = life->last[day - life->first];
		if (at != DATE_NO_INSTANT && at <= latest && life->issues[day - life->first] != 1)
			fail_life(life, now, "no issue of day", day);
	}
	arena_free(arena);
}

static void
prepare(struct life *life)
{
	for (int32_t day = life->first; day < life->end; day++) {
		int last =
		    life->plan->minutes[1] >= 0 ? life->plan->minutes[1] : life->plan->minutes[0];
		bool is_off = life->plan->is_for_workdays && date_weekday(day) >= 5;
		life->last[day - life->first] = is_off ? DATE_NO_INSTANT : wanted_due(day, last);
	}
}

static const struct setting rows[] = {
	{ "schedule", SETTING_STRING, "", "" },
	{ "timezone", SETTING_STRING, "UTC", "" },
	{ "catch_up", SETTING_STRING, "combined", "" },
	SETTING_END,
};

static void
live_in(const char *zone, const struct plan *plan, int wish, int first_year, int years,
    size_t counts[2])
{
	static struct life life;
	struct err err = ERR_NONE;

	enter_zone(zone);
	life = (struct life){ .plan = plan,
		.zone = zone,
		.settings = settings_new(rows),
		.wish = wish,
		.first = date_day(first_year, 1, 1),
		.end = date_day(first_year + years, 2, 1) };
	if (settings_set(life.settings, "schedule", plan->text, "test", &err) < 0 ||
	    settings_set(life.settings, "timezone", zone, "test", &err) < 0 ||
	    settings_set(life.settings, "catch_up", wishes[wish], "test", &err) < 0)
		fail_msg("%s", err.text);
	prepare(&life);
	live(&life);
	settings_free(life.settings);
	counts[0] += life.look_count;
	counts[1] += life.issue_count;
}

static void
years_of_days(void **state)
{
	bool is_whole = getenv(WHOLE) != NULL;
	size_t counts[2] = { 0, 0 };

	(void)state;
	seed = 2026;
	for (size_t i = 0; i < USUAL_ZONES; i++)
		for (size_t j = 0; j < PLANS; j++) {
			int wish = (int)i % WISHES;
			if (!is_whole && (i + j) % 3 == 0)
				live_in(usual_zones[i], &plans[j], wish, 2011 + (int)(i + j) % 2, 1,
				    counts);
			for (wish = 0; is_whole && wish < WISHES; wish++) {
				live_in(usual_zones[i], &plans[j], wish, 2011, 10, counts);
				live_in(usual_zones[i], &plans[j], wish, 2026, 10, counts);
			}
		}
	if (is_whole)
		printf("calendar: twenty years in %d zones, %d schedules, %d ways to catch up: "
		       "%zu looks, %zu issues, each of its day, none twice, none skipped\n",
		    (int)USUAL_ZONES, (int)PLANS, (int)WISHES, counts[0], counts[1]);
	assert_true(counts[1] > 5000);
}

int
main(void)
{
	unsetenv("TZDIR");
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(changes_of_offset),
		cmocka_unit_test(years_of_days),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
