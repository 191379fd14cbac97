/*
 * Dates as feeds, listings and people write them, of whatever kind. Days alone, as our own text has
 * them, are read exactly.
 */
#include "date_parts.h"

#include <string.h>

enum {
	TEXT_BYTES = 160, /* no date is longer */
	FIRST_YEAR = 1900, /* what is before or after is a slip, or a date that was never set */
	LAST_YEAR = 2200,
	KOREA_MINUTES = 9 * 60,
};

/* What the East writes after its numbers, and blanks that are not ASCII. */
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

/* ---- what nearly all feeds write ---- */

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

/* ---- all of it ---- */

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

	struct str word = date_take_word(&rest);
	if (word.len == 0 || !(date_is_weekday(word) || str_starts(rest, ",")))
		return text;
	date_skip_any(&rest, " ,.");
	return date_is_numeric(rest) ? rest : text;
}

static int
read_parts(struct str text, struct date_parts *parts)
{
	text = without_weekday(text);
	if (date_is_numeric(text))
		return date_read_numeric(text, parts);
	struct date_parts dotted = *parts;
	if (date_read_dotted(text, &dotted) == 0) {
		*parts = dotted;
		return 0;
	}
	return date_read_words(text, parts);
}

static enum date_precision
precision_of(const struct date_parts *parts)
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
	struct date_parts parts = { .whole_day = DATE_NO_DAY };
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

	if (str_take_number(&text, 4, 4, &year) < 0 || !str_take_char(&text, '-') ||
	    str_take_number(&text, 2, 2, &month) < 0 || !str_take_char(&text, '-') ||
	    str_take_number(&text, 2, 2, &day_of_month) < 0 || text.len > 0)
		return -1;
	int32_t parsed = date_day(year, month, day_of_month);
	if (parsed == DATE_NO_DAY || year < FIRST_YEAR || year > LAST_YEAR)
		return -1;
	*day = parsed;
	return 0;
}
