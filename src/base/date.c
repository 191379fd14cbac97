/*
 * Civil dates and instants: arithmetic and writing. Reading is date_read.c's, and time zones with
 * rules are zone's.
 */
#include "digest/date.h"

#include <stdio.h>
#include <string.h>

enum { MIN_YEAR = 1, MAX_YEAR = 9999, DAYS_PER_ERA = 146097, YEARS_PER_ERA = 400 };

static const char *const weekday_names[] = { "Monday", "Tuesday", "Wednesday", "Thursday", "Friday",
	"Saturday", "Sunday" };
static const char *const month_names[] = { "January", "February", "March", "April", "May", "June",
	"July", "August", "September", "October", "November", "December" };

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
 * Days are counted in eras of 400 years whose years begin in March, so that the leap day is the
 * last of its year (E. M. Reingold and N. Dershowitz, Calendrical Calculations, chapter 2, has the
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
