/*
 * Reading schedules: a time of day with days of the week, or five fields as in crontab(5). When they
 * come due is due.c's.
 */
#include "digest/calendar.h"

#include "digest/date.h"

#include <string.h>

enum { FIELDS = 5, NAME_BYTES = 3 };

/* A field of crontab(5): bits, the range of its numbers, and names for them. */
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

static const struct field fields[FIELDS] = {
	[MINUTE] = { "minute", "0-59", 0, 59, NULL, 0 },
	[HOUR] = { "hour", "0-23", 0, 23, NULL, 0 },
	[MONTH_DAY] = { "day of the month", "1-31", 1, 31, NULL, 0 },
	[MONTH] = { "month", "1-12, jan-dec", 1, 12, month_names, 12 },
	/* 7 is Sunday, too. */
	[WEEKDAY] = { "day of the week", "0-7, sun-sat", 0, 7, weekday_names, 7 },
};

/* A number or name of a field; -1 when it is neither. English names may be written out. */
static int
value_of(const struct field *field, struct str text)
{
	int64_t number;

	if (text.len > 0 && str_is_digit(text.ptr[0]))
		return str_to_int(text, field->min, field->max, &number) == 0 ? (int)number : -1;
	for (size_t i = 0; i < field->name_count; i++) {
		int value = field->min + (int)i;
		const char *whole = field->names == month_names
		    ? date_month_name(value)
		    : date_weekday_name((int32_t)i + 3); /* 1970-01-04 was a Sunday */
		if (str_equal_nocase(text, str_from(field->names[i])) ||
		    str_equal_nocase(text, str_from(whole)))
			return value;
	}
	return -1;
}

/* "5", "mon-fri" or "*". */
static int
parse_range(const struct field *field, struct str text, int *first, int *last, struct err *err)
{
	ptrdiff_t dash = str_find_char(text, '-');
	struct str begin = dash >= 0 ? str_head(text, (size_t)dash) : text;
	struct str end = dash >= 0 ? str_skip(text, (size_t)dash + 1) : text;

	*first = field->min;
	*last = field->max;
	if (str_is(text, "*"))
		return 0;
	*first = value_of(field, begin);
	*last = value_of(field, end);
	/* "sat-sun": at the end of a range Sunday is day 7. */
	if (field == &fields[WEEKDAY] && *last == 0 && *first > 0)
		*last = 7;
	if (*first < 0 || *last < 0)
		return err_set(err, EX_CONFIG, "'%.*s' is no %s (%s)",
		    STR_ARG(*first < 0 ? begin : end), field->name, field->range);
	if (*first > *last)
		return err_set(err, EX_CONFIG, "the range '%.*s' runs backwards", STR_ARG(text));
	return 0;
}

/* A range with "/2" or such behind it, or not. Sets its bits. */
static int
parse_item(const struct field *field, struct str text, uint64_t *bits, struct err *err)
{
	ptrdiff_t slash = str_find_char(text, '/');
	struct str range = slash >= 0 ? str_head(text, (size_t)slash) : text;
	int64_t step = 1;
	int first, last;

	if (slash >= 0 && str_to_int(str_skip(text, (size_t)slash + 1), 1, field->max, &step) < 0)
		return err_set(err, EX_CONFIG, "'%.*s': a step is a number from 1 to %d",
		    STR_ARG(text), field->max);
	if (slash >= 0 && !str_is(range, "*") && str_find_char(range, '-') < 0)
		return err_set(
		    err, EX_CONFIG, "'%.*s': a step needs a range or '*' before it", STR_ARG(text));
	if (parse_range(field, range, &first, &last, err) < 0)
		return -1;
	for (int value = first; value <= last; value += (int)step)
		*bits |= UINT64_C(1) << value;
	return 0;
}

static int
parse_field(const struct field *field, struct str text, uint64_t *bits, struct err *err)
{
	struct str rest = text;
	struct str item;

	*bits = 0;
	if (text.len == 0 || str_ends(text, ","))
		return err_set(
		    err, EX_CONFIG, "'%.*s': the %s is missing", STR_ARG(text), field->name);
	while (str_next(&rest, ',', &item))
		if (parse_item(field, item, bits, err) < 0)
			return -1;
	return 0;
}

/* From crontab's days, 0 and 7 being Sunday, to ours, which begin with Monday. */
static uint8_t
weekdays_of(uint64_t bits)
{
	uint64_t week = (bits & 0x7f) | (bits >> 7 & 1);
	return (uint8_t)(week >> 1 | (week & 1) << 6);
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

static int
parse_crontab(struct calendar_schedule *schedule, const struct str texts[FIELDS], struct err *err)
{
	uint64_t bits[FIELDS];

	for (size_t i = 0; i < FIELDS; i++)
		if (parse_field(&fields[i], texts[i], &bits[i], err) < 0)
			return -1;
	*schedule = (struct calendar_schedule){
		.minutes = bits[MINUTE],
		.hours = (uint32_t)bits[HOUR],
		.month_days = (uint32_t)bits[MONTH_DAY],
		.months = (uint16_t)bits[MONTH],
		.weekdays = weekdays_of(bits[WEEKDAY]),
		.either_day =
		    !str_starts(texts[MONTH_DAY], "*") && !str_starts(texts[WEEKDAY], "*"),
	};
	if (!schedule->either_day && !has_day(schedule))
		return err_set(err, EX_CONFIG, "no such day ever comes");
	return 0;
}

/* "08:30" or "8:30". */
static int
parse_time(struct str text, int *hour, int *minute)
{
	ptrdiff_t colon = str_find_char(text, ':');
	int64_t h, m;

	if (colon < 1 || colon > 2 || text.len != (size_t)colon + 3 ||
	    str_to_int(str_head(text, (size_t)colon), 0, 23, &h) < 0 ||
	    str_to_int(str_skip(text, (size_t)colon + 1), 0, 59, &m) < 0)
		return -1;
	*hour = (int)h;
	*minute = (int)m;
	return 0;
}

static int
parse_days(struct str text, uint8_t *weekdays, struct err *err)
{
	static const struct {
		const char *word;
		const char *days;
	} words[] = { { "daily", "*" }, { "weekdays", "mon-fri" }, { "weekends", "sat-sun" } };
	uint64_t bits;

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (str_equal_nocase(text, str_from(words[i].word)))
			text = str_from(words[i].days);
	if (parse_field(&fields[WEEKDAY], text, &bits, err) < 0)
		return -1;
	*weekdays = weekdays_of(bits);
	return 0;
}

int
calendar_parse_schedule(struct calendar_schedule *schedule, struct str text, struct err *err)
{
	struct str words[FIELDS];
	struct str rest = text;
	struct str word;
	size_t count = 0;
	int hour, minute;
	uint8_t weekdays = 0x7f;

	while (str_next_word(&rest, &word)) {
		if (count == FIELDS)
			return err_set(err, EX_CONFIG,
			    "schedule '%.*s': more than the five fields of crontab(5)",
			    STR_ARG(text));
		words[count++] = word;
	}
	if (count == FIELDS) {
		if (parse_crontab(schedule, words, err) < 0)
			return err_prefix(err, "schedule '%.*s'", STR_ARG(text));
		return 0;
	}
	if (count < 1 || count > 2 || parse_time(words[0], &hour, &minute) < 0)
		return err_set(err, EX_CONFIG,
		    "schedule '%.*s': write a time like '08:30 weekdays', or the five fields of "
		    "crontab(5)",
		    STR_ARG(text));
	if (count == 2 && parse_days(words[1], &weekdays, err) < 0)
		return err_prefix(err, "schedule '%.*s'", STR_ARG(text));
	*schedule = (struct calendar_schedule){
		.minutes = UINT64_C(1) << minute,
		.hours = UINT32_C(1) << hour,
		.month_days = UINT32_MAX - 1,
		.months = 0x1ffe,
		.weekdays = weekdays,
	};
	return 0;
}
