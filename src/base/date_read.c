/*
 * Dates as feeds, listings and people write them. Time zones with rules are zone's; only fixed
 * abbreviations are known here. Days alone, as our own text has them, are read exactly.
 */
#include "digest/date.h"

#include <string.h>

enum {
	TEXT_BYTES = 160, /* no date is longer */
	FIRST_YEAR = 1900, /* what is before or behind is a slip, or a date that was never set */
	LAST_YEAR = 2200,
	KOREA_MINUTES = 9 * 60,
};

/*
 * RFC 5322 section 4.3, and what feeds from elsewhere write. Every other name, military letters
 * included, counts as "-0000", as that section asks.
 */
static const struct {
	const char *name;
	int offset_minutes;
} zones[] = {
	{ "Z", 0 },
	{ "UT", 0 },
	{ "UTC", 0 },
	{ "GMT", 0 },
	{ "WET", 0 },
	{ "AST", -4 * 60 },
	{ "ADT", -3 * 60 },
	{ "EST", -5 * 60 },
	{ "EDT", -4 * 60 },
	{ "CST", -6 * 60 },
	{ "CDT", -5 * 60 },
	{ "MST", -7 * 60 },
	{ "MDT", -6 * 60 },
	{ "PST", -8 * 60 },
	{ "PDT", -7 * 60 },
	/* As the press agencies write them, whatever the season. */
	{ "AT", -4 * 60 },
	{ "ET", -5 * 60 },
	{ "CT", -6 * 60 },
	{ "MT", -7 * 60 },
	{ "PT", -8 * 60 },
	{ "AKST", -9 * 60 },
	{ "AKDT", -8 * 60 },
	{ "HST", -10 * 60 },
	{ "BST", 60 },
	{ "WEST", 60 },
	{ "CET", 60 },
	{ "MET", 60 },
	{ "MEZ", 60 },
	{ "CEST", 2 * 60 },
	{ "MEST", 2 * 60 },
	{ "MESZ", 2 * 60 },
	{ "METDST", 2 * 60 },
	{ "EET", 2 * 60 },
	{ "SAST", 2 * 60 },
	{ "EEST", 3 * 60 },
	{ "MSK", 3 * 60 },
	{ "IST", 5 * 60 + 30 },
	{ "SGT", 8 * 60 },
	{ "HKT", 8 * 60 },
	{ "AWST", 8 * 60 },
	{ "JST", 9 * 60 },
	{ "KST", 9 * 60 },
	{ "AEST", 10 * 60 },
	{ "AEDT", 11 * 60 },
	{ "NZST", 12 * 60 },
	{ "NZDT", 13 * 60 },
};

/* Months as words begin in the languages that feeds are in; English ones are known whole. */
static const struct {
	const char *stem;
	int month;
} stems[] = {
	{ "janv", 1 },
	{ "januar", 1 },
	{ "enero", 1 },
	{ "ene", 1 },
	{ "genn", 1 },
	{ "gen", 1 },
	{ "jän", 1 },
	{ "sty", 1 },
	{ "янв", 1 },
	{ "Янв", 1 },
	{ "Ιαν", 1 },
	{ "févr", 2 },
	{ "fév", 2 },
	{ "febbr", 2 },
	{ "februar", 2 },
	{ "febrero", 2 },
	{ "fev", 2 },
	{ "luty", 2 },
	{ "lut", 2 },
	{ "фев", 2 },
	{ "Фев", 2 },
	{ "Φεβ", 2 },
	{ "mär", 3 },
	{ "marz", 3 },
	{ "mars", 3 },
	{ "maart", 3 },
	{ "mrt", 3 },
	{ "már", 3 },
	{ "março", 3 },
	{ "мар", 3 },
	{ "Мар", 3 },
	{ "Μάρ", 3 },
	{ "Μαρ", 3 },
	{ "avr", 4 },
	{ "abr", 4 },
	{ "kwi", 4 },
	{ "ápr", 4 },
	{ "апр", 4 },
	{ "Апр", 4 },
	{ "Απρ", 4 },
	{ "mai", 5 },
	{ "mei", 5 },
	{ "maj", 5 },
	{ "mayo", 5 },
	{ "mag", 5 },
	{ "máj", 5 },
	{ "мая", 5 },
	{ "май", 5 },
	{ "Май", 5 },
	{ "Μάι", 5 },
	{ "Μαΐ", 5 },
	{ "Μαϊ", 5 },
	{ "juin", 6 },
	{ "juni", 6 },
	{ "junho", 6 },
	{ "giu", 6 },
	{ "cze", 6 },
	{ "jún", 6 },
	{ "июн", 6 },
	{ "Июн", 6 },
	{ "Ιούν", 6 },
	{ "Ιουν", 6 },
	{ "juil", 7 },
	{ "juli", 7 },
	{ "julho", 7 },
	{ "lug", 7 },
	{ "lip", 7 },
	{ "júl", 7 },
	{ "июл", 7 },
	{ "Июл", 7 },
	{ "Ιούλ", 7 },
	{ "Ιουλ", 7 },
	{ "août", 8 },
	{ "aout", 8 },
	{ "ago", 8 },
	{ "sie", 8 },
	{ "авг", 8 },
	{ "Авг", 8 },
	{ "Αύγ", 8 },
	{ "Αυγ", 8 },
	{ "sept", 9 },
	{ "set", 9 },
	{ "wrz", 9 },
	{ "szept", 9 },
	{ "сен", 9 },
	{ "Сен", 9 },
	{ "Σεπ", 9 },
	{ "okt", 10 },
	{ "ott", 10 },
	{ "out", 10 },
	{ "octobre", 10 },
	{ "octubre", 10 },
	{ "paź", 10 },
	{ "окт", 10 },
	{ "Окт", 10 },
	{ "Οκτ", 10 },
	{ "nov", 11 },
	{ "lis", 11 },
	{ "ноя", 11 },
	{ "Ноя", 11 },
	{ "Νοέ", 11 },
	{ "Νοε", 11 },
	{ "dez", 12 },
	{ "déc", 12 },
	{ "dic", 12 },
	{ "des", 12 },
	{ "grudz", 12 },
	{ "gru", 12 },
	{ "дек", 12 },
	{ "Дек", 12 },
	{ "Δεκ", 12 },
};

/* Words that stand in a date and say nothing. */
static const char *const fillers[] = { "of", "the", "at", "on", "de", "del", "den", "do", "le",
	"um", "uhr", "a", "o", "kl", "г", "г." };

/* What the East writes behind its numbers, and blanks that are not ASCII. */
static const struct {
	const char *from, *to;
	bool is_korean;
} spellings[] = {
	{ "년", "-", true },
	{ "월", "-", true },
	{ "일", " ", true },
	{ "오전", " AM ", true },
	{ "오후", " PM ", true },
	{ "年", "-", false },
	{ "月", "-", false },
	{ "日", " ", false },
	{ "时", ":", false },
	{ "時", ":", false },
	{ "分", ":", false },
	{ "秒", " ", false },
	{ "上午", " AM ", false },
	{ "午前", " AM ", false },
	{ "下午", " PM ", false },
	{ "午後", " PM ", false },
	{ "\xc2\xa0", " ", false },
	{ "\xe2\x80\xaf", " ", false },
	{ "\xe2\x88\x92", "-", false },
};

/* What was read so far; what was not is 0, but for the time of day. */
struct parts {
	int year, month, day;
	int32_t whole_day; /* of a week or ordinal date; else DATE_NO_DAY */
	bool has_time, has_zone, has_comment;
	bool is_named_zone; /* an offset behind it means nothing */
	bool is_whole_week;
	int half; /* of the day: 1 AM, 2 PM */
	int hour, minute, second, offset_minutes;
};

/* --- pieces ------------------------------------------------------------------------------------- */

static size_t
digits_at(struct str rest)
{
	size_t len = 0;

	while (len < rest.len && str_is_digit(rest.ptr[len]))
		len++;
	return len;
}

/* Takes `min` to `max` digits off the front of `rest`, and no digit behind them: 0, or -1. */
static int
take_number(struct str *rest, size_t min, size_t max, int *value)
{
	size_t len = digits_at(*rest);
	int64_t number;

	if (len < min || len > max || str_to_int(str_head(*rest, len), 0, INT32_MAX, &number) < 0)
		return -1;
	*value = (int)number;
	*rest = str_skip(*rest, len);
	return 0;
}

/* The number that exactly `len` digits are, whatever stands behind them. */
static int
take_digits(struct str *rest, size_t len)
{
	int value = 0;

	for (size_t i = 0; i < len; i++)
		value = value * 10 + (rest->ptr[i] - '0');
	*rest = str_skip(*rest, len);
	return value;
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
skip_any(struct str *rest, const char *chars)
{
	while (rest->len > 0 && rest->ptr[0] != '\0' && strchr(chars, rest->ptr[0]) != NULL)
		*rest = str_skip(*rest, 1);
}

static void
skip_spaces(struct str *rest)
{
	skip_any(rest, " \t\r\n\v\f");
}

/* Letters of any script; anything beyond ASCII is taken for one. */
static struct str
take_word(struct str *rest)
{
	size_t len = 0;

	while (len < rest->len && (str_is_alpha(rest->ptr[len]) || (rest->ptr[len] & 0x80) != 0))
		len++;
	struct str word = str_head(*rest, len);
	*rest = str_skip(*rest, len);
	return word;
}

static bool
begins_with_digit(struct str rest)
{
	return rest.len > 0 && str_is_digit(rest.ptr[0]);
}

static bool
is_sign(struct str rest)
{
	return rest.len > 0 && (rest.ptr[0] == '+' || rest.ptr[0] == '-');
}

/* ".25" or ",25" off the front of `rest`, or nothing. */
static int
skip_fraction(struct str *rest)
{
	if (!take_char(rest, '.') && !take_char(rest, ','))
		return 0;
	if (!begins_with_digit(*rest))
		return -1;
	*rest = str_skip(*rest, digits_at(*rest));
	return 0;
}

/* --- the time of day ---------------------------------------------------------------------------- */

/* Takes "AM", "PM", "a.m." off the front. */
static void
take_half(struct str *rest, struct parts *parts)
{
	struct str text = *rest;
	char first = text.len > 0 ? str_lower_char(text.ptr[0]) : '\0';

	if (first != 'a' && first != 'p')
		return;
	text = str_skip(text, 1);
	bool is_dotted = take_char(&text, '.');
	if (text.len == 0 || str_lower_char(text.ptr[0]) != 'm')
		return;
	text = str_skip(text, 1);
	if (is_dotted)
		take_char(&text, '.');
	if (text.len > 0 && str_is_alnum(text.ptr[0]))
		return;
	parts->half = first == 'a' ? 1 : 2;
	*rest = text;
	skip_spaces(rest);
}

/* "083000", "0830": ISO 8601 without colons. */
static int
take_basic_clock(struct str *rest, struct parts *parts)
{
	size_t digits = digits_at(*rest);

	if (digits != 4 && digits != 6)
		return -1;
	parts->hour = take_digits(rest, 2);
	parts->minute = take_digits(rest, 2);
	if (digits == 6)
		parts->second = take_digits(rest, 2);
	return skip_fraction(rest);
}

/* "08:30", "8:30:00", "08:30:00.25", "12:35:1". The fraction is dropped. */
static int
take_clock(struct str *rest, struct parts *parts)
{
	if (digits_at(*rest) > 2)
		return take_basic_clock(rest, parts);
	if (take_number(rest, 1, 2, &parts->hour) < 0 || !take_char(rest, ':') ||
	    take_number(rest, 2, 2, &parts->minute) < 0)
		return -1;
	if (take_char(rest, ':') && rest->len > 0 && !str_is_space(rest->ptr[0])) {
		if (take_number(rest, 1, 2, &parts->second) < 0)
			return -1;
		return skip_fraction(rest);
	}
	return 0;
}

/* Puts the hour of a half of the day right. Second 60 is a leap second; 24:00 ends the day. */
static int
check_clock(struct parts *parts)
{
	if (parts->half != 0) {
		if (parts->hour < 1 || parts->hour > 12)
			return parts->hour > 12 && parts->hour < 24 && parts->half == 2 ? 0 : -1;
		parts->hour = parts->hour % 12 + (parts->half == 2 ? 12 : 0);
	}
	if (parts->hour == 24)
		return parts->minute == 0 && parts->second == 0 ? 0 : -1;
	return parts->hour < 24 && parts->minute <= 59 && parts->second <= 60 ? 0 : -1;
}

static int
take_time(struct str *rest, struct parts *parts)
{
	if (parts->has_time)
		return -1;
	parts->has_time = true;
	take_half(rest, parts);
	if (take_clock(rest, parts) < 0)
		return -1;
	struct str behind = *rest;
	skip_spaces(&behind);
	int half = parts->half;
	take_half(&behind, parts);
	if (parts->half != half)
		*rest = behind;
	return check_clock(parts);
}

/* --- zones -------------------------------------------------------------------------------------- */

/* "+0200", "-05:30", "+02", and behind "GMT" also "+2". */
static int
take_offset(struct str *rest, struct parts *parts, bool is_short_enough)
{
	int sign = rest->ptr[0] == '-' ? -1 : 1, hours, minutes = 0;

	*rest = str_skip(*rest, 1);
	if (digits_at(*rest) == 4) {
		hours = take_digits(rest, 2);
		minutes = take_digits(rest, 2);
	} else if (take_number(rest, is_short_enough ? 1 : 2, 2, &hours) < 0 ||
	    (take_char(rest, ':') && take_number(rest, 2, 2, &minutes) < 0)) {
		return -1;
	}
	if (hours > 23 || minutes > 59 || parts->is_named_zone)
		return -1;
	parts->offset_minutes = sign * (hours * 60 + minutes);
	parts->has_zone = true;
	return 0;
}

/* A zone by its name, and an offset to it: "GMT+0200" is written, "EST+0200" would mean nothing. */
static int
take_named_zone(struct str *rest, struct str name, struct parts *parts)
{
	bool is_known = false;

	/* "Etc/GMT" */
	if (str_equal_nocase(name, STR("Etc")) && take_char(rest, '/'))
		name = take_word(rest);
	for (size_t i = 0; i < sizeof(zones) / sizeof(zones[0]) && !is_known; i++) {
		if (str_equal_nocase(name, str_from(zones[i].name))) {
			is_known = true;
			parts->offset_minutes = zones[i].offset_minutes;
		}
	}
	/* What nobody knows says nothing; longer words are no zones. */
	if (!is_known && name.len > 5)
		return -1;
	parts->is_named_zone = parts->offset_minutes != 0;
	parts->has_zone = is_known;
	return is_sign(*rest) ? take_offset(rest, parts, true) : 0;
}

/* All of `rest`: a zone or nothing, and the comment that RFC 5322 lets follow it. */
static int
take_end(struct str rest, struct parts *parts)
{
	skip_spaces(&rest);
	if (is_sign(rest)) {
		if (take_offset(&rest, parts, false) < 0)
			return -1;
	} else {
		struct str name = take_word(&rest);
		if (name.len > 0 && take_named_zone(&rest, name, parts) < 0)
			return -1;
	}
	rest = str_trim(rest);
	return rest.len == 0 || (str_starts(rest, "(") && str_ends(rest, ")")) ? 0 : -1;
}

/* --- numbers alone ------------------------------------------------------------------------------ */

/* ISO 8601 section 4.1.4: week 1 has the year's first Thursday. */
static int
set_week(struct parts *parts, int week, int weekday)
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
set_ordinal(struct parts *parts, int ordinal)
{
	int32_t first = date_day(parts->year, 1, 1);

	if (first == DATE_NO_DAY || ordinal < 1)
		return -1;
	parts->whole_day = first + ordinal - 1;
	return date_civil(parts->whole_day).year == parts->year ? 0 : -1;
}

/* "W31", "W311", "W31-1" behind the year. */
static int
take_week(struct str *rest, struct parts *parts)
{
	int weekday = 1;

	*rest = str_skip(*rest, 1);
	size_t digits = digits_at(*rest);
	if (digits != 2 && digits != 3)
		return -1;
	int week = take_digits(rest, 2);
	bool has_weekday = digits == 3 ||
	    (rest->len > 1 && rest->ptr[0] == '-' && digits_at(str_skip(*rest, 1)) == 1);
	if (has_weekday) {
		take_char(rest, '-');
		weekday = take_digits(rest, 1);
	}
	parts->is_whole_week = !has_weekday;
	return set_week(parts, week, weekday);
}

/* "20260727", "2026208", "20260727083000": ISO 8601 without hyphens. */
static int
take_basic_date(struct str *rest, struct parts *parts)
{
	size_t digits = digits_at(*rest);

	parts->year = take_digits(rest, 4);
	if (digits == 7)
		return set_ordinal(parts, take_digits(rest, 3));
	if (digits != 8 && digits != 12 && digits != 14)
		return -1;
	parts->month = take_digits(rest, 2);
	parts->day = take_digits(rest, 2);
	return parts->month > 0 && parts->day > 0 ? 0 : -1;
}

/* The month and day behind "2026-", "2026/" or "2026."; or the day of the year. */
static int
take_month_and_day(struct str *rest, struct parts *parts, char separator)
{
	size_t digits = digits_at(*rest);
	int number;

	if (take_number(rest, 1, 3, &number) < 0)
		return -1;
	skip_spaces(rest);
	bool has_day = take_char(rest, separator);
	if (!has_day && digits == 3)
		return set_ordinal(parts, number);
	if (number < 1 || number > 12)
		return -1;
	/* Google wrote "2003-012-31" for a while. */
	parts->month = number;
	if (!has_day)
		return digits == 2 && rest->len == 0 ? 0 : -1;
	skip_spaces(rest);
	return take_number(rest, 1, 2, &parts->day) < 0 || parts->day == 0 ? -1 : 0;
}

static int
take_numeric_date(struct str *rest, struct parts *parts)
{
	if (digits_at(*rest) > 4)
		return take_basic_date(rest, parts);
	parts->year = take_digits(rest, 4);
	if (rest->len == 0)
		return 0;
	char separator = rest->ptr[0];
	if (separator == 'W')
		return take_week(rest, parts);
	*rest = str_skip(*rest, 1);
	skip_spaces(rest);
	if (separator == '-' && rest->len > 0 && rest->ptr[0] == 'W')
		return take_week(rest, parts);
	return take_month_and_day(rest, parts, separator);
}

/* Whether the year comes first and all else are numbers, too. */
static bool
is_numeric(struct str rest)
{
	size_t digits = digits_at(rest);
	struct str behind = str_skip(rest, digits);

	if (digits != 4)
		return digits > 4;
	if (behind.len == 0 || behind.ptr[0] == 'W')
		return true;
	if (strchr("-/.", behind.ptr[0]) == NULL || behind.ptr[0] == '\0')
		return false;
	behind = str_skip(behind, 1);
	skip_spaces(&behind);
	return begins_with_digit(behind) || str_starts(behind, "W");
}

/*
 * RFC 3339 section 5.6 and ISO 8601 with all that W3C's note and careless people leave out or put
 * in; xsd:date has a zone right behind the day.
 */
static int
read_numeric(struct str rest, struct parts *parts)
{
	if (take_numeric_date(&rest, parts) < 0)
		return -1;
	if (begins_with_digit(rest) && take_time(&rest, parts) < 0)
		return -1;
	if (rest.len == 0 || parts->has_time)
		return take_end(rest, parts);
	if (str_is(rest, "Z") || (is_sign(rest) && rest.len == 6 && rest.ptr[3] == ':'))
		return take_end(rest, parts);
	struct str before = rest;
	skip_spaces(&rest);
	bool has_t = take_char(&rest, 'T') || take_char(&rest, 't');
	if (rest.len == before.len)
		return -1;
	if (has_t)
		skip_spaces(&rest);
	if (take_time(&rest, parts) < 0)
		return -1;
	return take_end(rest, parts);
}

/* --- words -------------------------------------------------------------------------------------- */

/* The number of the English month that `word` is, or of which it is three letters or more; or 0. */
static int
english_month(struct str word)
{
	if (word.len < 3)
		return 0;
	for (int month = 1; month <= 12; month++) {
		struct str name = str_from(date_month_name(month));
		if (word.len <= name.len && str_equal_nocase(str_head(name, word.len), word))
			return month;
	}
	return str_equal_nocase(word, STR("sept")) ? 9 : 0;
}

static int
find_month(struct str word)
{
	int month = english_month(word);

	for (size_t i = 0; i < sizeof(stems) / sizeof(stems[0]) && month == 0; i++) {
		if (str_starts_nocase(word, stems[i].stem))
			month = stems[i].month;
	}
	return month;
}

static bool
is_weekday(struct str word)
{
	for (int32_t day = 0; day < 7; day++) {
		struct str name = str_from(date_weekday_name(day));
		if (word.len >= 3 && str_equal_nocase(str_head(name, word.len), word))
			return true;
	}
	return false;
}

static bool
is_filler(struct str word)
{
	for (size_t i = 0; i < sizeof(fillers) / sizeof(fillers[0]); i++)
		if (str_equal_nocase(word, str_from(fillers[i])))
			return true;
	return false;
}

/* "1st", "2nd", "3rd", "4th", "1er". */
static void
skip_ordinal_ending(struct str *rest)
{
	static const char *const endings[] = { "st", "nd", "rd", "th", "er" };

	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
		struct str behind = str_skip(*rest, 2);
		if (str_starts_nocase(*rest, endings[i]) &&
		    (behind.len == 0 || !str_is_alnum(behind.ptr[0]))) {
			*rest = behind;
			return;
		}
	}
}

/* A year, short as RFC 5322 section 4.3 reads it. */
static int
set_year(struct parts *parts, size_t digits, int number)
{
	if (parts->year != 0 || digits < 2 || digits > 4)
		return -1;
	if (digits == 2)
		number += number < 50 ? 2000 : 1900;
	else if (digits == 3)
		number += 1900;
	parts->year = number;
	return 0;
}

/* What may stand right behind a number: the T of "13T9:15", where the date is whole; no letter else. */
static int
end_number(struct str *rest, const struct parts *parts)
{
	bool is_whole = parts->day != 0 && parts->month != 0 && parts->year != 0;

	if (rest->len == 0)
		return 0;
	if (is_whole && rest->ptr[0] == 'T' && begins_with_digit(str_skip(*rest, 1))) {
		*rest = str_skip(*rest, 1);
		return 0;
	}
	return str_is_alpha(rest->ptr[0]) || rest->ptr[0] == '+' || rest->ptr[0] == ':' ? -1 : 0;
}

/* A number: a time of day, a year, or a day of the month. */
static int
take_number_part(struct str *rest, struct parts *parts)
{
	size_t digits = digits_at(*rest);
	int number;

	if (digits <= 2 && digits < rest->len && rest->ptr[digits] == ':')
		return take_time(rest, parts);
	if (take_number(rest, 1, 4, &number) < 0)
		return -1;
	if (digits <= 2 && parts->day == 0) {
		parts->day = number;
		skip_ordinal_ending(rest);
		return end_number(rest, parts);
	}
	/* Of three digits, RFC 5322 section 4.3, behind the month only. */
	if ((digits == 3 && parts->month == 0) || set_year(parts, digits, number) < 0)
		return -1;
	return end_number(rest, parts);
}

/* A word: a month, a half of the day, a zone behind the time, or nothing that matters. */
static int
take_word_part(struct str *rest, struct parts *parts, bool is_first)
{
	struct str word = take_word(rest);

	/* The most common word, and no month begins like one. */
	if (is_weekday(word))
		return 0;
	int month = parts->month == 0 ? find_month(word) : 0;

	if (month != 0) {
		parts->month = month;
		return 0;
	}
	if (is_filler(word) && !parts->has_time)
		return 0;
	/* The weekday in some other language. */
	if (is_first && rest->len > 0 && (rest->ptr[0] == ',' || rest->ptr[0] == '.'))
		return 0;
	if (parts->has_time && !parts->has_zone && !parts->is_named_zone)
		return is_filler(word) ? 0 : take_named_zone(rest, word, parts);
	return -1;
}

/*
 * "Mon, 27 Jul 2026 08:30:00 +0200" (RFC 5322 sections 3.3 and 4.3), "Mon Jul 27 08:30:00 2026"
 * (asctime), "July 27th, 2026": whatever the order, each part shows what it is. The weekday is not
 * compared, since feeds get it wrong.
 */
static int
read_words(struct str rest, struct parts *parts)
{
	for (bool is_first = true; rest.len > 0; is_first = false) {
		int status;
		if (parts->has_time && !parts->has_zone && is_sign(rest)) {
			status = take_offset(&rest, parts, false);
		} else if (begins_with_digit(rest)) {
			status = take_number_part(&rest, parts);
		} else if (str_starts(rest, "(")) {
			status = str_ends(rest, ")") ? 0 : -1;
			rest = STR("");
		} else {
			size_t before = rest.len;
			status = take_word_part(&rest, parts, is_first);
			if (rest.len == before)
				return -1;
		}
		if (status < 0)
			return -1;
		/* Behind the time a hyphen is a sign. */
		skip_any(&rest, parts->has_time ? " \t\r\n,." : " \t\r\n,.-/");
	}
	return parts->month != 0 && parts->year != 0 ? 0 : -1;
}

/* "16.10.2021", as half of Europe writes it; with other marks it could be the tenth month as well. */
static int
read_dotted(struct str rest, struct parts *parts)
{
	if (take_number(&rest, 1, 2, &parts->day) < 0 || !take_char(&rest, '.'))
		return -1;
	skip_spaces(&rest);
	if (take_number(&rest, 1, 2, &parts->month) < 0 || !take_char(&rest, '.'))
		return -1;
	skip_spaces(&rest);
	if (take_number(&rest, 4, 4, &parts->year) < 0 || parts->day == 0 || parts->month == 0)
		return -1;
	skip_any(&rest, " ,");
	if (rest.len > 0 && take_time(&rest, parts) < 0)
		return -1;
	return take_end(rest, parts);
}

/* --- what nearly all feeds write ---------------------------------------------------------------- */

/* Two digits, or -1. */
static int
two_digits(const char *at)
{
	return str_is_digit(at[0]) && str_is_digit(at[1]) ? (at[0] - '0') * 10 + at[1] - '0' : -1;
}

static int
four_digits(const char *at)
{
	int century = two_digits(at), year = two_digits(at + 2);
	return century < 0 || year < 0 ? -1 : century * 100 + year;
}

/* "HH:MM:SS" within the day. */
static bool
read_plain_clock(const char *at, int *second_of_day)
{
	int hour = two_digits(at), minute = two_digits(at + 3), second = two_digits(at + 6);
	*second_of_day = (hour * 60 + minute) * 60 + second;
	return at[2] == ':' && at[5] == ':' && hour >= 0 && hour < 24 && minute >= 0 &&
	    minute < 60 && second >= 0 && second < 60;
}

/* The weekday or month that three letters at `at` name, as RFC 5322 writes it: from 0; -1. */
static int
find_name(const char *names, const char *at)
{
	for (int i = 0; names[3 * (size_t)i] != '\0'; i++) {
		if (memcmp(names + 3 * (size_t)i, at, 3) == 0)
			return i;
	}
	return -1;
}

/* "2026-07-27T06:00:00Z": its day, or DATE_NO_DAY. */
static int32_t
read_plain_rfc3339(const char *at, int *second_of_day)
{
	if (at[4] != '-' || at[7] != '-' || at[10] != 'T' || at[19] != 'Z' ||
	    !read_plain_clock(at + 11, second_of_day))
		return DATE_NO_DAY;
	return date_day(four_digits(at), two_digits(at + 5), two_digits(at + 8));
}

/* "Mon, 27 Jul 2026 06:00:00 GMT": likewise. */
static int32_t
read_plain_rfc822(const char *at, int *second_of_day)
{
	static const char weekdays[] = "MonTueWedThuFriSatSun";
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

	if (memcmp(at + 3, ", ", 2) != 0 || at[7] != ' ' || at[11] != ' ' || at[16] != ' ' ||
	    memcmp(at + 25, " GMT", 4) != 0 || find_name(weekdays, at) < 0 ||
	    !read_plain_clock(at + 17, second_of_day))
		return DATE_NO_DAY;
	return date_day(four_digits(at + 12), find_name(months, at + 8) + 1, two_digits(at + 5));
}

/* These two to the letter. All else, and all that is wrong, is left to those who read more. */
static bool
read_plain(struct str text, struct date_reading *reading)
{
	int32_t day = DATE_NO_DAY;
	int second_of_day = 0;

	if (text.len == strlen("2026-07-27T06:00:00Z"))
		day = read_plain_rfc3339(text.ptr, &second_of_day);
	else if (text.len == strlen("Mon, 27 Jul 2026 06:00:00 GMT"))
		day = read_plain_rfc822(text.ptr, &second_of_day);
	if (day == DATE_NO_DAY || day < date_day(FIRST_YEAR, 1, 1) ||
	    day >= date_day(LAST_YEAR + 1, 1, 1))
		return false;
	*reading = (struct date_reading){
		.instant = date_instant_of(day) + second_of_day,
		.precision = DATE_PRECISION_SECOND,
		.has_zone = true,
	};
	return true;
}

/* --- all of it ---------------------------------------------------------------------------------- */

/* The text with what is no ASCII but known spelled in it; false when it is too long for a date. */
static bool
spell(char *out, struct str text, struct str *spelled, bool *is_korean)
{
	size_t len = 0;
	bool is_month = false; /* "2021年10月" ends with one */

	*is_korean = false;
	while (text.len > 0) {
		size_t i = 0, count = sizeof(spellings) / sizeof(spellings[0]);
		if ((unsigned char)text.ptr[0] < 0x80)
			i = count;
		while (i < count && !str_starts(text, spellings[i].from))
			i++;
		struct str piece = i < count ? str_from(spellings[i].to) : str_head(text, 1);
		*is_korean = *is_korean || (i < count && spellings[i].is_korean);
		is_month = i < count && str_is(piece, "-");
		if (len + piece.len > TEXT_BYTES)
			return false;
		memcpy(out + len, piece.ptr, piece.len);
		len += piece.len;
		text = str_skip(text, i < count ? strlen(spellings[i].from) : 1);
	}
	*spelled = str_trim((struct str){ out, is_month ? len - 1 : len });
	return true;
}

/* Without the weekday that some write before "2006/09/15". */
static struct str
without_weekday(struct str text)
{
	struct str rest = text;

	struct str word = take_word(&rest);
	if (word.len == 0 || !(is_weekday(word) || str_starts(rest, ",")))
		return text;
	skip_any(&rest, " ,.");
	return is_numeric(rest) ? rest : text;
}

static int
read_parts(struct str text, struct parts *parts)
{
	text = without_weekday(text);
	if (is_numeric(text))
		return read_numeric(text, parts);
	struct parts dotted = *parts;
	if (read_dotted(text, &dotted) == 0) {
		*parts = dotted;
		return 0;
	}
	return read_words(text, parts);
}

static enum date_precision
precision_of(const struct parts *parts)
{
	if (parts->has_time)
		return DATE_PRECISION_SECOND;
	if (parts->is_whole_week)
		return DATE_PRECISION_WEEK;
	if (parts->day != 0 || parts->whole_day != DATE_NO_DAY)
		return DATE_PRECISION_DAY;
	return parts->month != 0 ? DATE_PRECISION_MONTH : DATE_PRECISION_YEAR;
}

int
date_read(struct str text, struct date_reading *reading)
{
	struct parts parts = { .whole_day = DATE_NO_DAY };
	char spelled_bytes[TEXT_BYTES];
	struct str spelled;
	bool is_korean;

	if (read_plain(str_trim(text), reading))
		return 0;
	if (!spell(spelled_bytes, str_trim(text), &spelled, &is_korean) ||
	    read_parts(spelled, &parts) < 0)
		return -1;
	int32_t day = parts.whole_day;
	if (day == DATE_NO_DAY)
		day = date_day(parts.year, parts.month != 0 ? parts.month : 1,
		    parts.day != 0 || parts.has_time ? parts.day : 1);
	if (day == DATE_NO_DAY)
		return -1;
	/* Korean pages write the time of their own. */
	if (is_korean && parts.has_time && !parts.has_zone)
		parts.offset_minutes = KOREA_MINUTES;
	int64_t minutes = (int64_t)parts.hour * 60 + parts.minute - parts.offset_minutes;
	int64_t instant = date_instant_of(day) + minutes * 60 + parts.second;
	int year = date_civil(date_day_of(instant)).year;
	if (year < FIRST_YEAR || year > LAST_YEAR)
		return -1;
	*reading = (struct date_reading){ instant, precision_of(&parts), parts.has_zone };
	return 0;
}

int
date_parse_instant(struct str text, int64_t *instant)
{
	struct date_reading reading;

	if (date_read(text, &reading) < 0)
		return -1;
	*instant = reading.instant;
	return 0;
}

int
date_parse_day(struct str text, int32_t *day)
{
	int year, month, day_of_month;

	if (take_number(&text, 4, 4, &year) < 0 || !take_char(&text, '-') ||
	    take_number(&text, 2, 2, &month) < 0 || !take_char(&text, '-') ||
	    take_number(&text, 2, 2, &day_of_month) < 0 || text.len > 0)
		return -1;
	int32_t parsed = date_day(year, month, day_of_month);
	if (parsed == DATE_NO_DAY || year < FIRST_YEAR || year > LAST_YEAR)
		return -1;
	*day = parsed;
	return 0;
}
