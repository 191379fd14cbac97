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

/* "2026-07-27", exactly: 0, or -1 and `day` untouched. */
int date_parse_day(struct str text, int32_t *day);

/*
 * An instant as feeds and listings write it: RFC 3339 with fraction, offset or "Z"; the same without
 * a zone (taken as UTC); a date alone (its first second, UTC); RFC 822/5322 with one or two digits,
 * two- or four-digit year, named or numeric zone. 0, or -1 and `instant` untouched.
 */
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
