/*
 * Five fields as in crontab(5): minute, hour, day of the month, month, day of the week. The forms
 * that people rather write are schedule.c's.
 */
#include "crontab.h"

#include "digest/date.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* A field: the range of its numbers, and names for them. */
struct field {
	const char *name;
	const char *range; /* as people write it */
	int min, max;
	const char *const *names; /* of min, min + 1, …; NULL when it has none */
	size_t name_count;
};

static const char *const month_names[] = { "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug",
	"sep", "oct", "nov", "dec" };
static const char *const weekday_names[] = { "sun", "mon", "tue", "wed", "thu", "fri", "sat" };

enum { MINUTE, HOUR, MONTH_DAY, MONTH, WEEKDAY };

static const struct field fields[CRONTAB_FIELDS] = {
	[MINUTE] = { "minute", "0-59", 0, 59, NULL, 0 },
	[HOUR] = { "hour", "0-23", 0, 23, NULL, 0 },
	[MONTH_DAY] = { "day of the month", "1-31", 1, 31, NULL, 0 },
	[MONTH] = { "month", "1-12, jan-dec", 1, 12, month_names, 12 },
	/* 7 is Sunday, too. */
	[WEEKDAY] = { "day of the week", "0-7, sun-sat", 0, 7, weekday_names, 7 },
};

/* ---- what is wrong ---- */

/* In characters, from 1. */
static size_t
column_of(const struct crontab_text *text, struct str piece)
{
	size_t column = 1;

	for (const char *at = text->whole.ptr; at < piece.ptr; at++)
		if (((unsigned char)*at & 0xc0) != 0x80)
			column++;
	return column;
}

int
crontab_refuse(const struct crontab_text *text, struct str piece, const char *format, ...)
{
	char reason[ERR_TEXT_BYTES];
	va_list args;

	va_start(args, format);
	vsnprintf(reason, sizeof(reason), format, args);
	va_end(args);
	return err_set(text->err, EX_CONFIG, "schedule '%.*s': column %zu: %s",
	    STR_ARG(text->whole), column_of(text, piece), reason);
}

void
crontab_consider(struct crontab_nearest *nearest, const char *candidate)
{
	size_t allowed = nearest->word.len < 4 ? 1 : 2;
	size_t distance = str_distance(nearest->word, str_from(candidate));

	if (distance > allowed || (nearest->found != NULL && distance >= nearest->distance))
		return;
	nearest->found = candidate;
	nearest->distance = distance;
}

int
crontab_suggest(const struct crontab_text *text, const struct crontab_nearest *nearest)
{
	size_t len = strlen(text->err->text);

	if (nearest->found != NULL)
		snprintf(text->err->text + len, sizeof(text->err->text) - len,
		    "; did you mean '%s'?", nearest->found);
	return -1;
}

/* The whole English name of the i-th value of a field that has names. */
static const char *
whole_name(const struct field *field, size_t index)
{
	return field->names == month_names ? date_month_name(field->min + (int)index)
	                                   : date_weekday_name((int32_t)index + 3); /* 3: Sunday */
}

static int
refuse_value(const struct field *field, const struct crontab_text *text, struct str value)
{
	struct crontab_nearest nearest = { .word = value };

	for (size_t i = 0; i < field->name_count; i++) {
		crontab_consider(&nearest, field->names[i]);
		crontab_consider(&nearest, whole_name(field, i));
	}
	for (size_t i = 0; text->also != NULL && text->also[i] != NULL; i++)
		crontab_consider(&nearest, text->also[i]);
	crontab_refuse(
	    text, value, "'%.*s' is no %s (%s)", STR_ARG(value), field->name, field->range);
	return crontab_suggest(text, &nearest);
}

/* ---- one field ---- */

/* Names may be written out, and days of the week in the plural. */
static bool
is_named(const struct field *field, size_t index, struct str text)
{
	struct str whole = str_from(whole_name(field, index));

	if (str_equal_nocase(text, str_from(field->names[index])) || str_equal_nocase(text, whole))
		return true;
	return field->names == weekday_names && text.len == whole.len + 1 &&
	    str_lower_char(text.ptr[whole.len]) == 's' &&
	    str_equal_nocase(str_head(text, whole.len), whole);
}

/* A number or name of a field; -1 when it is neither. */
static int
value_of(const struct field *field, struct str text)
{
	int64_t number;

	if (text.len > 0 && str_is_digit(text.ptr[0]))
		return str_to_int(text, field->min, field->max, &number) == 0 ? (int)number : -1;
	for (size_t i = 0; i < field->name_count; i++)
		if (is_named(field, i, text))
			return field->min + (int)i;
	return -1;
}

/* "5", "mon-fri" or "*". */
static int
parse_range(const struct field *field, const struct crontab_text *text, struct str range,
    int *first, int *last)
{
	ptrdiff_t dash = str_find_char(range, '-');
	struct str begin = dash >= 0 ? str_head(range, (size_t)dash) : range;
	struct str end = dash >= 0 ? str_skip(range, (size_t)dash + 1) : range;

	*first = field->min;
	*last = field->max;
	if (str_is(range, "*"))
		return 0;
	*first = value_of(field, begin);
	*last = value_of(field, end);
	/* "sat-sun": at the end of a range Sunday is day 7. */
	if (field == &fields[WEEKDAY] && *last == 0 && *first > 0)
		*last = 7;
	if (*first < 0 || *last < 0)
		return refuse_value(field, text, *first < 0 ? begin : end);
	if (*first > *last)
		return crontab_refuse(
		    text, range, "the range '%.*s' runs backwards", STR_ARG(range));
	return 0;
}

/* A range with "/2" or such after it, or not. Sets its bits. */
static int
parse_item(
    const struct field *field, const struct crontab_text *text, struct str item, uint64_t *bits)
{
	ptrdiff_t slash = str_find_char(item, '/');
	struct str range = slash >= 0 ? str_head(item, (size_t)slash) : item;
	int64_t step = 1;
	int first, last;

	if (slash >= 0 && str_to_int(str_skip(item, (size_t)slash + 1), 1, field->max, &step) < 0)
		return crontab_refuse(text, str_skip(item, (size_t)slash + 1),
		    "'%.*s': a step is a number from 1 to %d", STR_ARG(item), field->max);
	if (slash >= 0 && !str_is(range, "*") && str_find_char(range, '-') < 0)
		return crontab_refuse(
		    text, item, "'%.*s': a step needs a range or '*' before it", STR_ARG(item));
	if (parse_range(field, text, range, &first, &last) < 0)
		return -1;
	for (int value = first; value <= last; value += (int)step)
		*bits |= UINT64_C(1) << value;
	return 0;
}

static int
parse_field(
    const struct field *field, const struct crontab_text *text, struct str piece, uint64_t *bits)
{
	struct str rest = piece;
	struct str item;

	*bits = 0;
	if (piece.len == 0 || str_ends(piece, ","))
		return crontab_refuse(text, str_skip(piece, piece.len), "'%.*s': the %s is missing",
		    STR_ARG(piece), field->name);
	while (str_next(&rest, ',', &item))
		if (parse_item(field, text, item, bits) < 0)
			return -1;
	return 0;
}

/* ---- all of them ---- */

/* From crontab's days, 0 and 7 being Sunday, to ours, which begin with Monday. */
static uint8_t
weekdays_of(uint64_t bits)
{
	uint64_t week = (bits & 0x7f) | (bits >> 7 & 1);
	return (uint8_t)(week >> 1 | (week & 1) << 6);
}

int
crontab_parse_weekdays(const struct crontab_text *text, struct str piece, uint8_t *weekdays)
{
	uint64_t bits;

	if (parse_field(&fields[WEEKDAY], text, piece, &bits) < 0)
		return -1;
	*weekdays = weekdays_of(bits);
	return 0;
}

/* Whether any of the months has any of the days. */
static bool
has_day(const struct calendar_schedule *schedule)
{
	enum { SOME_LEAP_YEAR = 2024 };

	for (int month = 1; month <= 12; month++)
		for (int day = 1; day <= 31; day++)
			if (schedule->months >> month & 1 && schedule->month_days >> day & 1 &&
			    date_day(SOME_LEAP_YEAR, month, day) != DATE_NO_DAY)
				return true;
	return false;
}

int
crontab_parse(struct calendar_schedule *schedule, const struct crontab_text *text,
    const struct str words[CRONTAB_FIELDS])
{
	uint64_t bits[CRONTAB_FIELDS];

	for (size_t i = 0; i < CRONTAB_FIELDS; i++)
		if (parse_field(&fields[i], text, words[i], &bits[i]) < 0)
			return -1;
	*schedule = (struct calendar_schedule){
		.minutes = bits[MINUTE],
		.hours = (uint32_t)bits[HOUR],
		.month_days = (uint32_t)bits[MONTH_DAY],
		.months = (uint16_t)bits[MONTH],
		.weekdays = weekdays_of(bits[WEEKDAY]),
		.either_day =
		    !str_starts(words[MONTH_DAY], "*") && !str_starts(words[WEEKDAY], "*"),
	};
	if (!schedule->either_day && !has_day(schedule))
		return crontab_refuse(text, words[MONTH_DAY], "no such day ever comes");
	return 0;
}
