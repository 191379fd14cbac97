/*
 * What the readers of dates share: the parts that are found one after the other, and the pieces of
 * text that they are taken from. Each function that takes something moves `rest` after it, and
 * gives 0, or -1 when it is not there.
 */
#ifndef DATE_PARTS_H
#define DATE_PARTS_H

#include "digest/date.h"
#include "digest/str.h"

/* What was read so far; what was not is 0, but for the time of day. */
struct date_parts {
	int year, month, day;
	int32_t whole_day; /* of a week or ordinal date; else DATE_NO_DAY */
	bool has_time, has_zone, has_comment;
	bool is_named_zone; /* an offset after it means nothing */
	bool is_whole_week;
	int half; /* of the day: 1 AM, 2 PM */
	int hour, minute, second, offset_minutes;
};

/* The number that exactly `len` digits are, which stand there, whatever is after them. */
int date_take_digits(struct str *rest, size_t len);

/* Letters of any script; anything beyond ASCII is taken for one. Empty when none are there. */
struct str date_take_word(struct str *rest);

/* ".25" or ",25", or nothing. */
int date_skip_fraction(struct str *rest);

void date_skip_any(struct str *rest, const char *chars);
void date_skip_spaces(struct str *rest);
bool date_is_sign(struct str rest);

/* A time of day with its AM or PM. */
int date_take_time(struct str *rest, struct date_parts *parts);

/* "+0200", "-05:30", "+02", and after "GMT" also "+2". */
int date_take_offset(struct str *rest, struct date_parts *parts, bool is_short_enough);

/* A zone by its name, and an offset to it: "GMT+0200" is written, "EST+0200" would mean nothing. */
int date_take_zone(struct str *rest, struct str name, struct date_parts *parts);

/* All of `rest`: a zone or nothing, and the comment that RFC 5322 lets follow it. */
int date_take_end(struct str rest, struct date_parts *parts);

/* Whether the year comes first and all else are numbers, too; and such a date, all of it. */
bool date_is_numeric(struct str rest);
int date_read_numeric(struct str rest, struct date_parts *parts);

/* A date with words in it, or "16.10.2021", all of it. */
int date_read_words(struct str rest, struct date_parts *parts);
int date_read_dotted(struct str rest, struct date_parts *parts);
bool date_is_weekday(struct str word);

#endif
