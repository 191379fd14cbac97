/* Dates of numbers alone, the year first: RFC 3339, ISO 8601 and what people make of them. */
#include "date_parts.h"

#include <string.h>

/* ISO 8601 section 4.1.4: week 1 has the year's first Thursday. */
static int
set_week(struct date_parts *parts, int week, int weekday)
{
	int32_t january_4 = date_day(parts->year, 1, 4);

	if (january_4 == DATE_NO_DAY || week < 1 || week > 53 || weekday < 1 || weekday > 7)
		return -1;
	parts->whole_day = january_4 - date_weekday(january_4) + (week - 1) * 7 + weekday - 1;
	/* Most years have no week 53. */
	int32_t thursday = parts->whole_day - date_weekday(parts->whole_day) + 3;
	return date_civil(thursday).year == parts->year ? 0 : -1;
}

static int
set_ordinal(struct date_parts *parts, int ordinal)
{
	int32_t first = date_day(parts->year, 1, 1);

	if (first == DATE_NO_DAY || ordinal < 1)
		return -1;
	parts->whole_day = first + ordinal - 1;
	return date_civil(parts->whole_day).year == parts->year ? 0 : -1;
}

/* "W31", "W311", "W31-1" after the year. */
static int
take_week(struct str *rest, struct date_parts *parts)
{
	int weekday = 1;

	*rest = str_skip(*rest, 1);
	size_t digits = str_digits(*rest);
	if (digits != 2 && digits != 3)
		return -1;
	int week = date_take_digits(rest, 2);
	bool has_weekday = digits == 3 ||
	    (rest->len > 1 && rest->ptr[0] == '-' && str_digits(str_skip(*rest, 1)) == 1);
	if (has_weekday) {
		str_take_char(rest, '-');
		weekday = date_take_digits(rest, 1);
	}
	parts->is_whole_week = !has_weekday;
	return set_week(parts, week, weekday);
}

/* "20260727", "2026208", "20260727083000": ISO 8601 without hyphens. */
static int
take_basic_date(struct str *rest, struct date_parts *parts)
{
	size_t digits = str_digits(*rest);

	parts->year = date_take_digits(rest, 4);
	if (digits == 7)
		return set_ordinal(parts, date_take_digits(rest, 3));
	if (digits != 8 && digits != 12 && digits != 14)
		return -1;
	parts->month = date_take_digits(rest, 2);
	parts->day = date_take_digits(rest, 2);
	return parts->month > 0 && parts->day > 0 ? 0 : -1;
}

/* The month and day after "2026-", "2026/" or "2026."; or the day of the year. */
static int
take_month_and_day(struct str *rest, struct date_parts *parts, char separator)
{
	size_t digits = str_digits(*rest);
	int number;

	if (str_take_number(rest, 1, 3, &number) < 0)
		return -1;
	date_skip_spaces(rest);
	bool has_day = str_take_char(rest, separator);
	if (!has_day && digits == 3)
		return set_ordinal(parts, number);
	if (number < 1 || number > 12)
		return -1;
	/* Google wrote "2003-012-31" for a while. */
	parts->month = number;
	if (!has_day)
		return digits == 2 && rest->len == 0 ? 0 : -1;
	date_skip_spaces(rest);
	return str_take_number(rest, 1, 2, &parts->day) < 0 || parts->day == 0 ? -1 : 0;
}

static int
take_numeric_date(struct str *rest, struct date_parts *parts)
{
	if (str_digits(*rest) > 4)
		return take_basic_date(rest, parts);
	parts->year = date_take_digits(rest, 4);
	if (rest->len == 0)
		return 0;
	char separator = rest->ptr[0];
	if (separator == 'W')
		return take_week(rest, parts);
	*rest = str_skip(*rest, 1);
	date_skip_spaces(rest);
	if (separator == '-' && rest->len > 0 && rest->ptr[0] == 'W')
		return take_week(rest, parts);
	return take_month_and_day(rest, parts, separator);
}

bool
date_is_numeric(struct str rest)
{
	size_t digits = str_digits(rest);
	struct str after = str_skip(rest, digits);

	if (digits != 4)
		return digits > 4;
	if (after.len == 0 || after.ptr[0] == 'W')
		return true;
	if (strchr("-/.", after.ptr[0]) == NULL || after.ptr[0] == '\0')
		return false;
	after = str_skip(after, 1);
	date_skip_spaces(&after);
	return str_digits(after) > 0 || str_starts(after, "W");
}

/*
 * RFC 3339 section 5.6 and ISO 8601 with all that W3C's note and careless people leave out or put
 * in; xsd:date has a zone right after the day.
 */
int
date_read_numeric(struct str rest, struct date_parts *parts)
{
	if (take_numeric_date(&rest, parts) < 0)
		return -1;
	if (str_digits(rest) > 0 && date_take_time(&rest, parts) < 0)
		return -1;
	if (rest.len == 0 || parts->has_time)
		return date_take_end(rest, parts);
	if (str_is(rest, "Z") || (date_is_sign(rest) && rest.len == 6 && rest.ptr[3] == ':'))
		return date_take_end(rest, parts);
	struct str before = rest;
	date_skip_spaces(&rest);
	bool has_t = str_take_char(&rest, 'T') || str_take_char(&rest, 't');
	if (rest.len == before.len)
		return -1;
	if (has_t)
		date_skip_spaces(&rest);
	if (date_take_time(&rest, parts) < 0)
		return -1;
	return date_take_end(rest, parts);
}
