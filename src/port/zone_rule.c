/*
 * Reading and applying the yearly rule of a zone. Which zone it belongs to, and what came before
 * the rule, is zone.c's.
 */
#include "zone_rule.h"

#include "digest/date.h"

#include <string.h>

static int
take_number(struct str *rest, int max, int *value)
{
	return str_take_number(rest, 1, 4, value) < 0 || *value > max ? -1 : 0;
}

/* [+|-]hh[:mm[:ss]], in seconds. */
static int
take_time(struct str *rest, int max_hours, int32_t *seconds)
{
	bool is_negative = str_take_char(rest, '-');
	int hours, minutes = 0, s = 0;

	if (!is_negative)
		str_take_char(rest, '+');
	if (take_number(rest, max_hours, &hours) < 0)
		return -1;
	if (str_take_char(rest, ':') && take_number(rest, 59, &minutes) < 0)
		return -1;
	if (str_take_char(rest, ':') && take_number(rest, 59, &s) < 0)
		return -1;
	*seconds = (hours * 60 + minutes) * 60 + s;
	if (is_negative)
		*seconds = -*seconds;
	return 0;
}

/* The abbreviation, which nobody here needs: "CET" or "<+03>". */
static int
take_abbreviation(struct str *rest)
{
	bool is_quoted = str_take_char(rest, '<');
	size_t len = 0;

	while (len < rest->len &&
	    (str_is_alpha(rest->ptr[len]) ||
	        (is_quoted && (str_is_digit(rest->ptr[len]) || strchr("+-", rest->ptr[len])))))
		len++;
	*rest = str_skip(*rest, len);
	if (len < 3 || (is_quoted && !str_take_char(rest, '>')))
		return -1;
	return 0;
}

/* Month, week and weekday, after the 'M'. Week 5 is the last one. */
static int
take_month_day(struct str *rest, struct zone_yearly *yearly)
{
	if (take_number(rest, 12, &yearly->month) < 0 || !str_take_char(rest, '.') ||
	    take_number(rest, 5, &yearly->week) < 0 || !str_take_char(rest, '.') ||
	    take_number(rest, 6, &yearly->day) < 0)
		return -1;
	return yearly->month > 0 && yearly->week > 0 ? 0 : -1;
}

/* ,date[/time] */
static int
take_yearly(struct str *rest, struct zone_yearly *yearly)
{
	int status;

	*yearly = (struct zone_yearly){ .kind = 'n', .second = 2 * 3600 };
	if (!str_take_char(rest, ','))
		return -1;
	if (str_take_char(rest, 'M'))
		yearly->kind = 'M';
	else if (str_take_char(rest, 'J'))
		yearly->kind = 'J';

	if (yearly->kind == 'M')
		status = take_month_day(rest, yearly);
	else
		status = take_number(rest, 365, &yearly->day);
	if (status < 0 || (yearly->kind == 'J' && yearly->day == 0))
		return -1;
	/* RFC 9636 section 3.3.1 lets the hours of a footer go as far as a week. */
	if (str_take_char(rest, '/') && take_time(rest, 167, &yearly->second) < 0)
		return -1;
	return 0;
}

/* Offsets in a TZ string count west of Greenwich. */
static int
take_offset(struct str *rest, int32_t *offset)
{
	if (take_time(rest, 24, offset) < 0)
		return -1;
	*offset = -*offset;
	return 0;
}

int
zone_rule_parse(struct str text, struct zone_rule *rule)
{
	*rule = (struct zone_rule){ 0 };
	if (take_abbreviation(&text) < 0 || take_offset(&text, &rule->standard) < 0)
		return -1;
	if (text.len == 0)
		return 0;

	rule->has_daylight = true;
	rule->daylight = rule->standard + 3600;
	if (take_abbreviation(&text) < 0)
		return -1;
	if (text.len > 0 && text.ptr[0] != ',' && take_offset(&text, &rule->daylight) < 0)
		return -1;

	/* Without dates, those of the United States count, as in every C library. */
	struct str dates = text.len > 0 ? text : STR(",M3.2.0,M11.1.0");
	if (take_yearly(&dates, &rule->begin) < 0 || take_yearly(&dates, &rule->end) < 0)
		return -1;
	return dates.len == 0 ? 0 : -1;
}

/* The local second, since 1970, of a day of the year. */
static int64_t
yearly_second(const struct zone_yearly *yearly, int year)
{
	int32_t day = date_day(year, 1, 1);

	if (yearly->kind == 'n') {
		day += yearly->day;
	} else if (yearly->kind == 'J') {
		bool is_leap = date_day(year, 2, 29) != DATE_NO_DAY;
		day += yearly->day - 1 + (is_leap && yearly->day >= 60 ? 1 : 0);
	} else {
		int32_t first = date_day(year, yearly->month, 1);
		int weekday = (yearly->day + 6) % 7; /* ours begins with Monday */
		day = first + (weekday - date_weekday(first) + 7) % 7 + (yearly->week - 1) * 7;
		while (date_civil(day).month != yearly->month)
			day -= 7;
	}
	return date_instant_of(day) + yearly->second;
}

struct zone_span
zone_rule_span(const struct zone_rule *rule, int64_t instant)
{
	/* Dates have years 1 to 9999, and the neighbours of the year are looked at, too. */
	struct zone_span span = { ZONE_ALWAYS_BEFORE, ZONE_ALWAYS_AFTER, rule->standard };
	bool is_in_reach = instant >= date_instant_of(date_day(3, 1, 1)) &&
	    instant < date_instant_of(date_day(9998, 1, 1));

	if (!rule->has_daylight || !is_in_reach)
		return span;
	int year = date_civil(date_day_of(instant)).year;
	for (int y = year - 1; y <= year + 1; y++) {
		struct zone_transition both[] = {
			{ yearly_second(&rule->begin, y) - rule->standard, rule->daylight },
			{ yearly_second(&rule->end, y) - rule->daylight, rule->standard },
		};
		for (size_t i = 0; i < 2; i++) {
			if (both[i].at <= instant && both[i].at >= span.start) {
				span.start = both[i].at;
				span.offset = both[i].offset;
			} else if (both[i].at > instant && both[i].at < span.end) {
				span.end = both[i].at;
			}
		}
	}
	return span;
}
