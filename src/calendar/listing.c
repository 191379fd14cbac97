/*
 * When the sources publish. Their days are facts about them, written down here; what a run does
 * when a listing is missing is decided elsewhere.
 */
#include "digest/calendar.h"

#include "digest/date.h"
#include "digest/zone.h"

#include <stddef.h>

static const char new_york[] = "America/New_York";

/*
 * Of 5,316 papers whose time is known, all were added before 10:00 UTC. arXiv's feeds turn at
 * midnight in New York and its API follows some time after; by two it always has.
 */
enum { HF_COMPLETE_HOUR = 10, ARXIV_COMPLETE_HOUR = 2, ARXIV_DEADLINE_HOUR = 14 };

enum { MONDAY, THURSDAY = 3, FRIDAY = 4, SATURDAY = 5, SUNDAY = 6 };

/* The holidays that arXiv has announced, year by year (info.arxiv.org/help/availability.html). */
static const struct {
	int year;
	struct {
		int month, day;
	} days[10];
} announced[] = {
	{ 2024,
	    { { 1, 15 }, { 5, 22 }, { 6, 19 }, { 7, 4 }, { 9, 2 }, { 10, 8 }, { 11, 28 },
	        { 12, 25 }, { 12, 26 }, { 12, 31 } } },
	{ 2025,
	    { { 1, 1 }, { 1, 20 }, { 6, 19 }, { 7, 6 }, { 9, 1 }, { 11, 27 }, { 12, 25 },
	        { 12, 30 } } },
	{ 2026,
	    { { 1, 1 }, { 1, 19 }, { 6, 19 }, { 7, 3 }, { 9, 7 }, { 11, 26 }, { 12, 25 },
	        { 12, 29 }, { 12, 31 } } },
};

static bool
is_weekend(int32_t day)
{
	return date_weekday(day) >= SATURDAY;
}

enum calendar_expectation
calendar_hf(int32_t day, int64_t now)
{
	if (is_weekend(day))
		return CALENDAR_NONE;
	int64_t complete_at = date_instant_of(day) + (int64_t)HF_COMPLETE_HOUR * 3600;
	return now < complete_at ? CALENDAR_NOT_YET : CALENDAR_PUBLISHED;
}

/* A date on a weekend is kept on the Friday before or the Monday after. */
static bool
is_observed(int32_t day, int month, int month_day)
{
	struct date_civil civil = date_civil(day);
	int32_t date = date_day(civil.year, month, month_day);

	/* New Year's Day on a Saturday is kept in the old year. */
	if (month == 1 && civil.month == 12)
		date = date_day(civil.year + 1, month, month_day);
	if (date_weekday(date) == SATURDAY)
		date--;
	else if (date_weekday(date) == SUNDAY)
		date++;
	return day == date;
}

/* The n-th such weekday of a month. */
static bool
is_nth(int32_t day, int month, int weekday, int n)
{
	struct date_civil civil = date_civil(day);

	return civil.month == month && date_weekday(day) == weekday && (civil.day - 1) / 7 + 1 == n;
}

/* The holidays of the United States that arXiv has kept every year. */
static bool
is_usual_holiday(int32_t day)
{
	return is_observed(day, 1, 1) || is_nth(day, 1, MONDAY, 3) || is_observed(day, 6, 19) ||
	    is_observed(day, 7, 4) || is_nth(day, 9, MONDAY, 1) || is_nth(day, 11, THURSDAY, 4) ||
	    is_observed(day, 12, 25);
}

int
calendar_parse_holiday(struct calendar_holiday *holiday, struct str text, struct err *err)
{
	struct str rest = str_trim(text);

	holiday->is_none = str_starts(rest, "-");
	if (holiday->is_none)
		rest = str_skip(rest, 1);
	if (date_parse_day(rest, &holiday->day) == 0)
		return 0;
	return err_set(err, EX_CONFIG,
	    "'%.*s' is no day like 2027-05-21, or -2027-05-21 to take a holiday back",
	    STR_ARG(text));
}

static struct {
	const struct calendar_holiday *items;
	size_t count;
} changed;

void
calendar_set_holidays(const struct calendar_holiday *holidays, size_t count)
{
	changed.items = holidays;
	changed.count = count;
}

static bool
is_holiday(int32_t day)
{
	struct date_civil civil = date_civil(day);

	for (size_t i = changed.count; i > 0; i--)
		if (changed.items[i - 1].day == day)
			return !changed.items[i - 1].is_none;
	for (size_t i = 0; i < sizeof(announced) / sizeof(announced[0]); i++) {
		if (announced[i].year != civil.year)
			continue;
		for (size_t j = 0; j < sizeof(announced[i].days) / sizeof(announced[i].days[0]);
		     j++)
			if (announced[i].days[j].month == civil.month &&
			    announced[i].days[j].day == civil.day)
				return true;
		return false;
	}
	return is_usual_holiday(day);
}

/*
 * On a holiday nothing is announced in the evening, so it is the listing of the morning after that
 * does not come. After a Friday that is Monday's: on 2026-06-22 and 2026-07-06 there was none, as
 * there was none on 2025-07-07 after a holiday on Sunday.
 */
static bool
is_arxiv_listing_day(int32_t day)
{
	if (is_weekend(day))
		return false;
	do {
		day--;
		if (is_holiday(day))
			return false;
	} while (is_weekend(day));
	return true;
}

enum calendar_expectation
calendar_arxiv(int32_t day, int64_t now)
{
	if (!is_arxiv_listing_day(day))
		return CALENDAR_NONE;
	return now < zone_instant(new_york, day, ARXIV_COMPLETE_HOUR * 3600) ? CALENDAR_NOT_YET
	                                                                     : CALENDAR_PUBLISHED;
}

/*
 * What is in by a deadline, Monday to Friday at 14:00, is announced that evening, on Friday's on
 * Sunday evening: either way it stands in the listing of the next day that is no weekend.
 */
int32_t
calendar_arxiv_listing_day(int64_t submitted_at)
{
	struct zone_time local = zone_at(new_york, submitted_at);
	int32_t deadline = local.second < ARXIV_DEADLINE_HOUR * 3600 ? local.day : local.day + 1;

	while (is_weekend(deadline))
		deadline++;
	int32_t day = deadline + 1;
	while (!is_arxiv_listing_day(day))
		day++;
	return day;
}

/* The deadline of a working day. */
static int64_t
deadline_of(int32_t day)
{
	return zone_instant(new_york, day, ARXIV_DEADLINE_HOUR * 3600);
}

static int32_t
working_day_before(int32_t day)
{
	do
		day--;
	while (is_weekend(day));
	return day;
}

void
calendar_arxiv_submissions(int32_t day, int64_t *from, int64_t *until)
{
	int32_t before = working_day_before(day);

	*until = deadline_of(before);
	for (before = day - 1; !is_arxiv_listing_day(before);)
		before--;
	*from = deadline_of(working_day_before(before));
}
