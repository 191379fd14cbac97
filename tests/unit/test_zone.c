/*
 * Time zones: against the C library over many years, at every kind of change,
 * and names that are none.
 */
#include "unit.h"

#include "digest/date.h"
#include "digest/zone.h"

#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int64_t
instant(const char *text)
{
	int64_t value = 0;

	assert_int_equal(date_parse_instant(str_from(text), &value), 0);
	return value;
}

static int32_t
day(const char *text)
{
	int32_t value = 0;

	assert_int_equal(date_parse_day(str_from(text), &value), 0);
	return value;
}

static void
check_at(
    const char *zone, const char *when, const char *local_day, int hour, int minute, int offset)
{
	struct zone_time time = zone_at(zone, instant(when));

	assert_int_equal(time.day, day(local_day));
	assert_int_equal(time.second, (hour * 60 + minute) * 60);
	assert_int_equal(time.offset, offset * 60);
}

static void
check_instant(const char *zone, const char *local_day, int hour, int minute, const char *expected)
{
	char text[DATE_INSTANT_BYTES];
	int64_t found = zone_instant(zone, day(local_day), (hour * 60 + minute) * 60);

	assert_string_equal(date_format_instant(text, found), expected);
}

static void
local_times(void **state)
{
	(void)state;
	check_at("UTC", "2026-07-27T08:30:00Z", "2026-07-27", 8, 30, 0);
	check_at("Europe/Berlin", "2026-07-27T22:30:00Z", "2026-07-28", 0, 30, 120);
	check_at("Europe/Berlin", "2026-01-27T22:30:00Z", "2026-01-27", 23, 30, 60);
	check_at("America/New_York", "2026-07-27T03:59:00Z", "2026-07-26", 23, 59, -240);
	check_at("Asia/Tokyo", "2026-07-26T15:00:00Z", "2026-07-27", 0, 0, 540);
	check_at("Asia/Kathmandu", "2026-07-27T00:00:00Z", "2026-07-27", 5, 45, 345);
	check_at("Pacific/Kiritimati", "2026-07-26T10:00:00Z", "2026-07-27", 0, 0, 840);
	check_at("Europe/Dublin", "2026-01-01T12:00:00Z", "2026-01-01", 12, 0,
	    0); /* summer is standard */
	check_at("Europe/Berlin", "1969-12-31T23:30:00Z", "1970-01-01", 0, 30, 60);
	check_at(
	    "Europe/Berlin", "2190-07-01T00:00:00Z", "2190-07-01", 2, 0, 120); /* by the footer */
	check_at("Etc/GMT+5", "2026-07-27T08:30:00Z", "2026-07-27", 3, 30, -300);
}

static void
changes_of_offset(void **state)
{
	(void)state;
	/* 2026-03-29 02:00 becomes 03:00, 2026-10-25 03:00 becomes 02:00. */
	check_at("Europe/Berlin", "2026-03-29T00:59:00Z", "2026-03-29", 1, 59, 60);
	check_at("Europe/Berlin", "2026-03-29T01:00:00Z", "2026-03-29", 3, 0, 120);
	check_at("Europe/Berlin", "2026-10-25T00:59:00Z", "2026-10-25", 2, 59, 120);
	check_at("Europe/Berlin", "2026-10-25T01:00:00Z", "2026-10-25", 2, 0, 60);

	check_instant("Europe/Berlin", "2026-03-29", 1, 59, "2026-03-29T00:59:00Z");
	check_instant("Europe/Berlin", "2026-03-29", 2, 0, "2026-03-29T01:00:00Z");
	check_instant("Europe/Berlin", "2026-03-29", 2, 30, "2026-03-29T01:00:00Z");
	check_instant("Europe/Berlin", "2026-03-29", 3, 0, "2026-03-29T01:00:00Z");
	check_instant("Europe/Berlin", "2026-03-29", 3, 1, "2026-03-29T01:01:00Z");
	check_instant("Europe/Berlin", "2026-10-25", 2, 30, "2026-10-25T00:30:00Z");
	check_instant("Europe/Berlin", "2026-10-25", 3, 0, "2026-10-25T02:00:00Z");

	check_instant("America/New_York", "2026-03-08", 2, 30, "2026-03-08T07:00:00Z");
	check_instant("America/New_York", "2026-11-01", 1, 30, "2026-11-01T05:30:00Z");
	check_instant("America/New_York", "2060-03-14", 2, 30, "2060-03-14T07:00:00Z");

	/* Half an hour, and in the southern half. */
	check_instant("Australia/Lord_Howe", "2026-10-04", 2, 15, "2026-10-03T15:30:00Z");
	check_instant("Australia/Lord_Howe", "2026-04-05", 1, 45, "2026-04-04T14:45:00Z");
	/* Midnight itself is skipped; so was a whole day. */
	check_instant("Asia/Beirut", "2026-03-29", 0, 30, "2026-03-28T22:00:00Z");
	check_instant("Pacific/Apia", "2011-12-30", 8, 30, "2011-12-30T10:00:00Z");
	check_instant("Pacific/Apia", "2011-12-31", 0, 0, "2011-12-30T10:00:00Z");
}

/*
 * What the C library says, for zones of every kind and instants from 1920 to 2120. Local times go
 * back to their instant, or to the earlier one that has the same local time.
 */
static void
the_c_library_agrees(void **state)
{
	(void)state;
	static const char *const zones[] = { "Europe/Berlin", "Europe/Dublin", "America/New_York",
		"America/Sao_Paulo", "America/Nuuk", "America/St_Johns", "Africa/Casablanca",
		"Africa/Cairo", "Asia/Gaza", "Asia/Tehran", "Asia/Kathmandu", "Australia/Lord_Howe",
		"Antarctica/Troll", "Pacific/Apia", "Pacific/Chatham", "Pacific/Kwajalein", "UTC",
		"EST5EDT" };
	uint64_t random = 42;

	for (size_t i = 0; i < sizeof(zones) / sizeof(zones[0]); i++) {
		setenv("TZ", zones[i], 1);
		tzset();
		for (int n = 0; n < 5000; n++) {
			random = random * 6364136223846793005u + 1442695040888963407u;
			time_t at =
			    (time_t)((random >> 20) % (200ull * 31556952)) - 50ll * 31556952;
			struct tm tm;
			localtime_r(&at, &tm);
			struct zone_time time = zone_at(zones[i], at);
			struct date_civil civil = date_civil(time.day);
			if (civil.year != tm.tm_year + 1900 || civil.month != tm.tm_mon + 1 ||
			    civil.day != tm.tm_mday || time.offset != tm.tm_gmtoff ||
			    time.second != (tm.tm_hour * 60 + tm.tm_min) * 60 + tm.tm_sec)
				fail_msg("%s at %lld: offset %d, not %ld", zones[i], (long long)at,
				    time.offset, tm.tm_gmtoff);
			int64_t back = zone_instant(zones[i], time.day, time.second);
			struct zone_time same = zone_at(zones[i], back);
			if (back > at || same.day != time.day || same.second != time.second)
				fail_msg("%s: %lld comes back as %lld", zones[i], (long long)at,
				    (long long)back);
		}
	}
	unsetenv("TZ");
	tzset();
}

/* Instants never go back while local time goes on: schedules count on it. */
static void
instants_are_in_order(void **state)
{
	(void)state;
	static const char *const zones[] = { "Europe/Berlin", "America/St_Johns", "Asia/Beirut",
		"Australia/Lord_Howe", "Pacific/Apia" };

	for (size_t i = 0; i < sizeof(zones) / sizeof(zones[0]); i++) {
		int64_t last = INT64_MIN;
		for (int32_t d = day("2010-01-01"); d < day("2012-01-10"); d++)
			for (int32_t second = 0; second < 86400; second += 900) {
				int64_t now = zone_instant(zones[i], d, second);
				assert_true(now >= last);
				last = now;
			}
	}
}

static void
check_refused(const char *name, const char *words)
{
	struct err err = ERR_NONE;

	assert_int_equal(zone_check(name, &err), -1);
	assert_int_equal(err.code, EX_CONFIG);
	if (strstr(err.text, words) == NULL)
		fail_msg("'%s': %s", name, err.text);
}

static void
names(void **state)
{
	(void)state;
	static const char *const good[] = { "UTC", "Europe/Berlin",
		"America/Argentina/Buenos_Aires", "Etc/GMT+5", "EST5EDT", "", "local" };
	struct err err = ERR_NONE;

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_int_equal(zone_check(good[i], &err), 0);
	check_refused("Europe/Berlni", "did you mean 'Europe/Berlin'?");
	check_refused("europe/berlin", "no time zone 'europe/berlin'");
	check_refused("Atlantis/City", "no time zone");
	check_refused("../../../etc/passwd", "is no name");
	check_refused("/etc/localtime", "is no name");
	check_refused("/usr/share/zoneinfo/UTC", "is no name");
	check_refused("Europe/../UTC", "is no name");
	check_refused("Europe/", "is no name");
	check_refused("Europe//Berlin", "is no name");
	check_refused("Europe", "no time zone"); /* a folder */
	check_refused("zone.tab", "no time zone"); /* a text */
	check_refused("CET-1CEST,M3.5.0,M10.5.0/3", "is no name");
	check_refused("UTC\n", "is no name");
	check_refused("\xff", "is no name");
}

/* Writes a file of the tz database of this test. */
static void
write_file(const char *folder, const char *name, const void *bytes, size_t len)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	FILE *file = fopen(path, "wb");
	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
}

/*
 * A file with no transitions and one offset of an hour,
 * damaged byte by byte and cut at every place.
 */
static void
damaged_files(void **state)
{
	(void)state;
	static const char good[] = "TZif2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
	                           "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0\4"
	                           "\0\0\x0e\x10\0\0"
	                           "XYZ\0"
	                           "TZif2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
	                           "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0\4"
	                           "\0\0\x0e\x10\0\0"
	                           "XYZ\0"
	                           "\nXYZ-1\n";
	enum { LEN = sizeof(good) - 1 };
	char folder[] = "/tmp/digest-test-XXXXXX";
	char name[32], path[128], bytes[LEN];
	struct err err = ERR_NONE;
	int read = 0;

	assert_non_null(mkdtemp(folder));
	setenv("TZDIR", folder, 1);
	write_file(folder, "Good", good, LEN);
	assert_int_equal(zone_check("Good", &err), 0);
	assert_int_equal(zone_at("Good", 0).offset, 3600);
	for (int i = 0; i < 2 * LEN; i++) {
		bool is_cut = i >= LEN;
		memcpy(bytes, good, LEN);
		if (!is_cut)
			bytes[i] = (char)~bytes[i];
		snprintf(name, sizeof(name), "Bad%d", i);
		write_file(folder, name, bytes, is_cut ? (size_t)i - LEN : LEN);
		err = ERR_NONE;
		if (zone_check(name, &err) == 0) {
			struct zone_time time = zone_at(name, 0);
			assert_true(time.offset > -26 * 3600 && time.offset < 26 * 3600);
			read++;
		}
		snprintf(path, sizeof(path), "%s/%s", folder, name);
		assert_int_equal(unlink(path), 0);
	}
	assert_true(read > 0 && read < LEN); /* abbreviations do not matter, counts do */

	check_refused("Good2", "no time zone");
	snprintf(path, sizeof(path), "%s/Good", folder);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(folder), 0);
	check_refused("Asia/Seoul", "install the package tzdata");
	unsetenv("TZDIR");
}

/*
 * A bare system has no database: UTC and the present rule of New York are known all the same. In a
 * process of its own, since what was read is kept.
 */
static void
without_a_database(void **state)
{
	(void)state;
	int status = -1;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		struct err err = ERR_NONE;
		setenv("TZDIR", "/nonexistent", 1);
		bool is_known = zone_check("UTC", &err) == 0 &&
		    zone_check("America/New_York", &err) == 0 && zone_at("UTC", 0).offset == 0 &&
		    zone_at("America/New_York", instant("2026-01-01T00:00:00Z")).offset == -18000 &&
		    zone_at("America/New_York", instant("2026-07-01T00:00:00Z")).offset == -14400 &&
		    zone_check("Europe/Berlin", &err) < 0;
		_exit(is_known ? 0 : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void
check_local(const char *value, int offset)
{
	setenv("TZ", value, 1);
	struct err err = ERR_NONE;
	assert_int_equal(zone_check("local", &err), 0);
	assert_int_equal(zone_at("local", instant("2026-07-27T12:00:00Z")).offset, offset * 60);
	assert_int_equal(zone_at("", instant("2026-07-27T12:00:00Z")).offset, offset * 60);
	unsetenv("TZ");
}

static void
the_local_zone(void **state)
{
	(void)state;
	check_local("", 0);
	check_local("UTC", 0);
	check_local("Europe/Berlin", 120);
	check_local(":Asia/Tokyo", 540);
	check_local("/usr/share/zoneinfo/Asia/Kolkata", 330);
	check_local("CET-1CEST,M3.5.0,M10.5.0/3", 120);
	check_local("EST5EDT", -240);
	check_local("<+0330>-3:30", 210);
	check_local("XYZ-1ABC,J60,J300", 120);
	check_local("XYZ-1ABC,59/1,299/-1", 120);
	check_local("XYZ3ABC2,0/0,J365/25", -120); /* all year */
	check_refused("CET-1CEST,M3.5.0,M10.5.0/3", "is no name"); /* but nobody else may */

	static const char *const bad[] = { "Nowhere/At_All", "AB1", "ABC", "ABC25",
		"ABC1DEF,M13.1.0,M1.1.0", "ABC1DEF,M3.6.0,M1.1.0", "ABC1DEF,M3.1.7,M1.1.0",
		"ABC1DEF,J0,J1", "ABC1DEF,J366,J1", "ABC1DEF,M3.1.0", "ABC1DEF,M3.1.0,M4.1.0,",
		"/nonexistent", "../x" };
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		setenv("TZ", bad[i], 1);
		check_refused("local", "TZ");
		assert_int_equal(zone_at("local", 0).offset, 0);
		unsetenv("TZ");
	}
}

/* A day of the year by each of the three ways of a rule, in years of either length. */
static void
days_of_rules(void **state)
{
	(void)state;
	setenv("TZ", "ABC0DEF,J60/0,J300", 1); /* March 1, whatever the year */
	check_instant("local", "2027-03-01", 0, 30, "2027-03-01T00:00:00Z");
	check_instant("local", "2028-03-01", 0, 30, "2028-03-01T00:00:00Z");
	setenv("TZ", "ABC0DEF,59/0,300", 1); /* the 60th day */
	check_instant("local", "2027-03-01", 0, 30, "2027-03-01T00:00:00Z");
	check_instant("local", "2028-02-29", 0, 30, "2028-02-29T00:00:00Z");
	setenv("TZ", "ABC0DEF,M2.5.2/0,M10.1.0", 1); /* the last Tuesday of February */
	check_instant("local", "2028-02-29", 0, 30, "2028-02-29T00:00:00Z");
	check_instant("local", "2027-02-23", 0, 30, "2027-02-23T00:00:00Z");
	unsetenv("TZ");
}

static void
asking_changes_nothing(void **state)
{
	(void)state;
	setenv("TZ", "Asia/Tokyo", 1);
	zone_at("Europe/Berlin", 0);
	zone_instant("America/New_York", 0, 0);
	assert_string_equal(getenv("TZ"), "Asia/Tokyo");
	unsetenv("TZ");
}

int
main(void)
{
	unsetenv("TZ");
	unsetenv("TZDIR");
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_a_database), /* before anything is read */
		cmocka_unit_test(local_times),
		cmocka_unit_test(changes_of_offset),
		cmocka_unit_test(the_c_library_agrees),
		cmocka_unit_test(instants_are_in_order),
		cmocka_unit_test(names),
		cmocka_unit_test(damaged_files),
		cmocka_unit_test(the_local_zone),
		cmocka_unit_test(days_of_rules),
		cmocka_unit_test(asking_changes_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
