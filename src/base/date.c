/*
 * Civil dates and instants: arithmetic, reading and writing. Time zones with rules are zone's; only
 * the fixed abbreviations of mail dates are known here.
 */
#include "digest/date.h"

#include <stdio.h>
#include <string.h>

enum { MIN_YEAR = 1, MAX_YEAR = 9999, DAYS_PER_ERA = 146097, YEARS_PER_ERA = 400 };

static const char *const weekday_names[] = { "Monday", "Tuesday", "Wednesday", "Thursday", "Friday",
	"Saturday", "Sunday" };
static const char *const month_names[] = { "January", "February", "March", "April", "May", "June",
	"July", "August", "September", "October", "November", "December" };

/*
 * RFC 5322 section 4.3, and what feeds from elsewhere write. Every other name, military letters
 * included, counts as "-0000", as that section asks.
 */
static const struct {
	const char *name;
	int offset_minutes;
} zones[] = {
	{ "EST", -5 * 60 },
	{ "EDT", -4 * 60 },
	{ "CST", -6 * 60 },
	{ "CDT", -5 * 60 },
	{ "MST", -7 * 60 },
	{ "MDT", -6 * 60 },
	{ "PST", -8 * 60 },
	{ "PDT", -7 * 60 },
	{ "AKST", -9 * 60 },
	{ "AKDT", -8 * 60 },
	{ "HST", -10 * 60 },
	{ "BST", 60 },
	{ "WEST", 60 },
	{ "CET", 60 },
	{ "CEST", 2 * 60 },
	{ "EET", 2 * 60 },
	{ "EEST", 3 * 60 },
	{ "MSK", 3 * 60 },
	{ "IST", 5 * 60 + 30 },
	{ "SGT", 8 * 60 },
	{ "HKT", 8 * 60 },
	{ "JST", 9 * 60 },
	{ "KST", 9 * 60 },
	{ "AEST", 10 * 60 },
	{ "AEDT", 11 * 60 },
	{ "NZST", 12 * 60 },
	{ "NZDT", 13 * 60 },
};

/* A time of day as written, and what is ahead of UTC there. */
struct time_of_day {
	int hour, minute, second, offset_minutes;
};

static int64_t
floor_divide(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

static int
second_of_day(int64_t instant)
{
	int64_t second = instant % DATE_SECONDS_PER_DAY;
	return (int)(second < 0 ? second + DATE_SECONDS_PER_DAY : second);
}

/*
 * Days are counted in eras of 400 years whose years begin in March, so that the leap day is the last
 * of its year (E. M. Reingold and N. Dershowitz, Calendrical Calculations, chapter 2, has the
 * reasoning).
 */
struct date_civil
date_civil(int32_t day)
{
	int64_t shifted = (int64_t)day + 719468; /* days since 0000-03-01 */
	int64_t era = floor_divide(shifted, DAYS_PER_ERA);
	int64_t day_of_era = shifted - era * DAYS_PER_ERA;
	int64_t year_of_era =
	    (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	int64_t day_of_year =
	    day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int64_t month = (5 * day_of_year + 2) / 153; /* 0 = March */

	return (struct date_civil){
		.year = (int)(year_of_era + era * YEARS_PER_ERA + (month >= 10)),
		.month = (int)(month < 10 ? month + 3 : month - 9),
		.day = (int)(day_of_year - (153 * month + 2) / 5 + 1),
	};
}

static int
days_in_month(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return month == 2 && is_leap ? 29 : days[month - 1];
}

int32_t
date_day(int year, int month, int day)
{
	if (year < MIN_YEAR || year > MAX_YEAR || month < 1 || month > 12)
		return DATE_NO_DAY;
	if (day < 1 || day > days_in_month(year, month))
		return DATE_NO_DAY;

	int shifted_year = month > 2 ? year : year - 1;
	int era = shifted_year / YEARS_PER_ERA;
	int year_of_era = shifted_year % YEARS_PER_ERA;
	int day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
	int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
	return era * DAYS_PER_ERA + day_of_era - 719468;
}

int
date_weekday(int32_t day)
{
	int64_t since_monday = (int64_t)day + 3; /* 1970-01-01 was a Thursday */
	return (int)(since_monday - floor_divide(since_monday, 7) * 7);
}

int32_t
date_day_of(int64_t instant)
{
	int64_t day = floor_divide(instant, DATE_SECONDS_PER_DAY);

	if (instant == DATE_NO_INSTANT)
		return DATE_NO_DAY;
	if (day <= INT32_MIN)
		return INT32_MIN + 1;
	return day < INT32_MAX ? (int32_t)day : INT32_MAX;
}

int64_t
date_instant_of(int32_t day)
{
	return day == DATE_NO_DAY ? DATE_NO_INSTANT : (int64_t)day * DATE_SECONDS_PER_DAY;
}

/* Takes `min` to `max` digits off the front of `rest`: their number and count, or -1. */
static int
take_number(struct str *rest, size_t min, size_t max, int *value, size_t *digits)
{
	size_t len = 0;
	int64_t number;

	while (len < rest->len && len <= max && str_is_digit(rest->ptr[len]))
		len++;
	if (len < min || len > max)
		return -1;
	str_to_int(str_head(*rest, len), 0, INT32_MAX, &number);
	*value = (int)number;
	*rest = str_skip(*rest, len);
	if (digits != NULL)
		*digits = len;
	return 0;
}

static bool
take_char(struct str *rest, char c)
{
	if (rest->len == 0 || rest->ptr[0] != c)
		return false;
	*rest = str_skip(*rest, 1);
	return true;
}

static void
skip_spaces(struct str *rest)
{
	while (rest->len > 0 && str_is_space(rest->ptr[0]))
		*rest = str_skip(*rest, 1);
}

static struct str
take_letters(struct str *rest)
{
	size_t len = 0;

	while (len < rest->len && str_is_alpha(rest->ptr[len]))
		len++;
	struct str letters = str_head(*rest, len);
	*rest = str_skip(*rest, len);
	return letters;
}

/* "YYYY-MM-DD" off the front of `rest`. */
static int
take_day(struct str *rest, int32_t *day)
{
	int year, month, day_of_month;

	if (take_number(rest, 4, 4, &year, NULL) < 0 || !take_char(rest, '-'))
		return -1;
	if (take_number(rest, 2, 2, &month, NULL) < 0 || !take_char(rest, '-'))
		return -1;
	if (take_number(rest, 2, 2, &day_of_month, NULL) < 0)
		return -1;
	*day = date_day(year, month, day_of_month);
	return *day != DATE_NO_DAY ? 0 : -1;
}

int
date_parse_day(struct str text, int32_t *day)
{
	int32_t parsed;

	if (take_day(&text, &parsed) < 0 || text.len > 0)
		return -1;
	*day = parsed;
	return 0;
}

/* ".25" or ",25" off the front of `rest`, or nothing. */
static int
skip_fraction(struct str *rest)
{
	if (!take_char(rest, '.') && !take_char(rest, ','))
		return 0;
	if (rest->len == 0 || !str_is_digit(rest->ptr[0]))
		return -1;
	while (rest->len > 0 && str_is_digit(rest->ptr[0]))
		*rest = str_skip(*rest, 1);
	return 0;
}

/*
 * "08:30", "8:30:00", "08:30:00.25". The fraction is dropped; second 60, a leap second, is the first
 * of the next minute, since POSIX time has no room for it.
 */
static int
take_clock(struct str *rest, struct time_of_day *time)
{
	if (take_number(rest, 1, 2, &time->hour, NULL) < 0 || !take_char(rest, ':'))
		return -1;
	if (take_number(rest, 2, 2, &time->minute, NULL) < 0)
		return -1;
	time->second = 0;
	if (take_char(rest, ':')) {
		if (take_number(rest, 2, 2, &time->second, NULL) < 0)
			return -1;
		if (skip_fraction(rest) < 0)
			return -1;
	}
	return time->hour <= 23 && time->minute <= 59 && time->second <= 60 ? 0 : -1;
}

/* "+0200", "-05:30", "+02" off the front of `rest`. */
static int
take_offset(struct str *rest, int *offset_minutes)
{
	int hours, minutes = 0;
	int sign = take_char(rest, '-') ? -1 : 1;

	if (sign > 0 && !take_char(rest, '+'))
		return -1;
	if (take_number(rest, 2, 2, &hours, NULL) < 0) {
		/* Four digits in a row are hours and minutes. */
		if (take_number(rest, 4, 4, &hours, NULL) < 0)
			return -1;
		minutes = hours % 100;
		hours /= 100;
	} else if (take_char(rest, ':') && take_number(rest, 2, 2, &minutes, NULL) < 0) {
		return -1;
	}
	if (hours > 23 || minutes > 59)
		return -1;
	*offset_minutes = sign * (hours * 60 + minutes);
	return 0;
}

/* A zone, or nothing (UTC), and the RFC 5322 comment that may follow it: all of `rest`. */
static int
take_zone(struct str rest, int *offset_minutes)
{
	*offset_minutes = 0;
	skip_spaces(&rest);
	struct str name = take_letters(&rest);
	for (size_t i = 0; i < sizeof(zones) / sizeof(zones[0]); i++)
		if (str_equal_nocase(name, str_from(zones[i].name)))
			*offset_minutes = zones[i].offset_minutes;
	if (rest.len > 0 && (rest.ptr[0] == '+' || rest.ptr[0] == '-')) {
		/* "GMT+0200" is written too, "EST+0200" would mean nothing. */
		if (*offset_minutes != 0 || take_offset(&rest, offset_minutes) < 0)
			return -1;
	}
	rest = str_trim(rest);
	return rest.len == 0 || (str_starts(rest, "(") && str_ends(rest, ")")) ? 0 : -1;
}

static int64_t
instant_at(int32_t day, const struct time_of_day *time)
{
	int64_t minutes = (int64_t)time->hour * 60 + time->minute - time->offset_minutes;
	return date_instant_of(day) + minutes * 60 + time->second;
}

/* RFC 3339 section 5.6, with a space for the T, without seconds, zone or time of day. */
static int
parse_internet(struct str rest, int64_t *instant)
{
	struct time_of_day time = { 0 };
	int32_t day;

	if (take_day(&rest, &day) < 0)
		return -1;
	if (rest.len > 0) {
		if (!take_char(&rest, 'T') && !take_char(&rest, 't') && !str_is_space(rest.ptr[0]))
			return -1;
		skip_spaces(&rest);
		if (take_clock(&rest, &time) < 0 || take_zone(rest, &time.offset_minutes) < 0)
			return -1;
	}
	*instant = instant_at(day, &time);
	return 0;
}

/* The 1-based place of `word` among `names`, of which it is a beginning of 3 letters or more; or 0. */
static int
find_name(const char *const *names, int count, struct str word)
{
	if (word.len < 3)
		return 0;
	for (int i = 0; i < count; i++)
		if (str_equal_nocase(str_head(str_from(names[i]), word.len), word))
			return i + 1;
	return 0;
}

/* What stands between the parts of "27 Jul 2026" and of RFC 850's "27-Jul-26". */
static void
skip_separators(struct str *rest)
{
	while (rest->len > 0 && (str_is_space(rest->ptr[0]) || rest->ptr[0] == '-'))
		*rest = str_skip(*rest, 1);
}

/* "27 Jul 2026" off the front of `rest`; short years as RFC 5322 section 4.3 reads them. */
static int
take_mail_day(struct str *rest, int32_t *day)
{
	int day_of_month, month, year;
	size_t digits;

	if (take_number(rest, 1, 2, &day_of_month, NULL) < 0)
		return -1;
	skip_separators(rest);
	month = find_name(month_names, 12, take_letters(rest));
	if (month == 0)
		return -1;
	take_char(rest, '.');
	skip_separators(rest);
	if (take_number(rest, 2, 4, &year, &digits) < 0)
		return -1;
	if (digits == 2)
		year += year < 50 ? 2000 : 1900;
	else if (digits == 3)
		year += 1900;
	*day = date_day(year, month, day_of_month);
	return *day != DATE_NO_DAY ? 0 : -1;
}

/* RFC 5322 sections 3.3 and 4.3; the weekday is not compared, since feeds get it wrong. */
static int
parse_mail(struct str rest, int64_t *instant)
{
	struct time_of_day time = { 0 };
	int32_t day;

	struct str weekday = take_letters(&rest);
	if (weekday.len > 0 && find_name(weekday_names, 7, weekday) == 0)
		return -1;
	take_char(&rest, '.');
	take_char(&rest, ',');
	skip_spaces(&rest);
	if (take_mail_day(&rest, &day) < 0)
		return -1;
	if (rest.len > 0) {
		if (!str_is_space(rest.ptr[0]))
			return -1;
		skip_spaces(&rest);
		if (take_clock(&rest, &time) < 0 || take_zone(rest, &time.offset_minutes) < 0)
			return -1;
	}
	*instant = instant_at(day, &time);
	return 0;
}

/* An offset can carry the first and last hours of the calendar out of it, where nothing is written. */
static bool
is_in_calendar(int64_t instant)
{
	int year = date_civil(date_day_of(instant)).year;
	return year >= MIN_YEAR && year <= MAX_YEAR;
}

int
date_parse_instant(struct str text, int64_t *instant)
{
	int64_t parsed;

	text = str_trim(text);
	bool is_internet = text.len > 4 && text.ptr[4] == '-' && str_is_digit(text.ptr[0]);
	int result = is_internet ? parse_internet(text, &parsed) : parse_mail(text, &parsed);
	if (result < 0 || !is_in_calendar(parsed))
		return -1;
	*instant = parsed;
	return 0;
}

const char *
date_format_day(char *out, int32_t day)
{
	struct date_civil civil = date_civil(day);

	out[0] = '\0';
	if (day != DATE_NO_DAY)
		snprintf(out, DATE_DAY_BYTES, "%04d-%02d-%02d", civil.year, civil.month, civil.day);
	return out;
}

const char *
date_format_instant(char *out, int64_t instant)
{
	char day[DATE_DAY_BYTES];
	int second = second_of_day(instant);

	out[0] = '\0';
	if (instant != DATE_NO_INSTANT)
		snprintf(out, DATE_INSTANT_BYTES, "%sT%02d:%02d:%02dZ",
		    date_format_day(day, date_day_of(instant)), second / 3600, second / 60 % 60,
		    second % 60);
	return out;
}

const char *
date_format_mail(char *out, int64_t instant)
{
	int32_t day = date_day_of(instant);
	struct date_civil civil = date_civil(day);
	int second = second_of_day(instant);

	out[0] = '\0';
	if (instant != DATE_NO_INSTANT)
		snprintf(out, DATE_INSTANT_BYTES, "%.3s, %d %.3s %04d %02d:%02d:%02d +0000",
		    date_weekday_name(day), civil.day, date_month_name(civil.month), civil.year,
		    second / 3600, second / 60 % 60, second % 60);
	return out;
}

const char *
date_weekday_name(int32_t day)
{
	return weekday_names[date_weekday(day)];
}

const char *
date_month_name(int month)
{
	return month_names[month - 1];
}
