/*
 * Civil dates without a time zone, and instants in UTC. A day is the count of days since 1970-01-01
 * in the proleptic Gregorian calendar, an instant the count of seconds since 1970-01-01T00:00:00Z.
 * Time zones are zone.h's.
 */
#ifndef DIGEST_DATE_H
#define DIGEST_DATE_H

#include "digest/str.h"

#include <stdint.h>

#define DATE_NO_DAY INT32_MIN
#define DATE_NO_INSTANT INT64_MIN

enum { DATE_SECONDS_PER_DAY = 86400 };

/* Room for the texts below, terminator included. */
enum { DATE_DAY_BYTES = 16, DATE_INSTANT_BYTES = 40 };

struct date_civil {
	int year, month, day; /* 1970, 1…12, 1…31 */
};

struct date_civil date_civil(int32_t day);

/* The day of a civil date, or DATE_NO_DAY when there is none such (2026-02-30). */
int32_t date_day(int year, int month, int day);

/* 0 = Monday … 6 = Sunday. */
int date_weekday(int32_t day);

/* The UTC day an instant lies in. */
int32_t date_day_of(int64_t instant);

/* The instant at which the day begins in UTC. */
int64_t date_instant_of(int32_t day);

/* "2026-07-27", exactly, from 1900 to 2200: 0, or -1 and `day` untouched. */
int date_parse_day(struct str text, int32_t *day);

/* How much of a date was written down; the rest is its first moment. */
enum date_precision {
	DATE_PRECISION_YEAR,
	DATE_PRECISION_MONTH,
	DATE_PRECISION_WEEK,
	DATE_PRECISION_DAY,
	DATE_PRECISION_SECOND, /* a time of day, with or without seconds */
};

struct date_reading {
	int64_t instant;
	enum date_precision precision;
	bool has_zone; /* it says which; else it is taken as UTC */
};

/*
 * A date as feeds, listings and people write it. RFC 3339 and ISO 8601: with fraction, offset or
 * "Z", without a zone (taken as UTC), in the basic format, of weeks and ordinal days, cut down to
 * the day, month or year as W3C's note has it, with "/" or "." for "-". RFC 822/5322: one or two
 * digits, two- or four-digit year, named or numeric zone or none. asctime(); "Mar 3, 2021";
 * "3 March 2021"; months and weekdays of other languages; the forms of East Asia.
 *
 * 0, or -1 and `reading` untouched: what no calendar has ("Feb 30"), what is before 1900 or after
 * 2200, and what could be one of two days ("3/4/2021") is no date.
 */
int date_read(struct str text, struct date_reading *reading);

/* The instant alone of date_read(): 0, or -1 and `instant` untouched. */
int date_parse_instant(struct str text, int64_t *instant);

/* "2026-07-27" into `out` of DATE_DAY_BYTES; "" for DATE_NO_DAY. Returns `out`. */
const char *date_format_day(char *out, int32_t day);

/* "2026-07-27T08:30:00Z" into `out` of DATE_INSTANT_BYTES; "" for DATE_NO_INSTANT. */
const char *date_format_instant(char *out, int64_t instant);

/* RFC 5322 section 3.3, in UTC: "Mon, 27 Jul 2026 08:30:00 +0000", out of DATE_INSTANT_BYTES. */
const char *date_format_mail(char *out, int64_t instant);

/* English names, for people. */
const char *date_weekday_name(int32_t day);
const char *date_month_name(int month);

#endif
