/*
 * When things are due, and when the sources publish. Pure functions on days, instants and zone.h.
 */
#ifndef DIGEST_CALENDAR_H
#define DIGEST_CALENDAR_H

#include "digest/err.h"
#include "digest/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A schedule: a time of day alone or with days before or after it ("08:30", "08:30 weekdays",
 * "fridays 16:00", "first,third monday 09:00", "monthly 09:00": on the first); five fields of
 * crontab(5) ("30 8 * * mon-fri"); or "@hourly", "@daily", "@weekly", "@monthly", "@yearly".
 *
 * Both day fields count as in crontab(5): when neither begins with '*', either may hold ("0 9 1 *
 * mon": the first of the month, and every Monday); otherwise both must.
 */
struct calendar_schedule {
	uint64_t minutes; /* bit n: minute n */
	uint32_t hours; /* bit n: hour n */
	uint32_t month_days; /* bit n: day n of the month, 1…31 */
	uint16_t months; /* bit n: month n, 1…12 */
	uint8_t weekdays; /* bit n: 0 = Monday … 6 = Sunday */
	uint8_t weeks; /* bit n: the n-th such weekday of its month, bit 0: its last; 0: all */
	bool either_day; /* month_days or weekdays suffices */
};

/*
 * EX_CONFIG with the column, the reason and the nearest word. A schedule that can never come ("0 0
 * 31 2 *") is refused.
 */
int calendar_parse_schedule(struct calendar_schedule *schedule, struct str text, struct err *err);

/*
 * The last instant at or before `now` at which the schedule came due in the zone; DATE_NO_INSTANT
 * when none lies within the last 400 days. A time skipped by daylight saving is due at the next
 * existing minute, one that occurs twice is due once.
 */
int64_t calendar_last_due(const struct calendar_schedule *schedule, const char *zone, int64_t now);

/* The first instant after `now` at which it comes due; DATE_NO_INSTANT: not within 40 years. */
int64_t calendar_next_due(const struct calendar_schedule *schedule, const char *zone, int64_t now);

/* Whether a day is one of the schedule's; what time it comes due there is asked above. */
bool calendar_is_due_on(const struct calendar_schedule *schedule, int32_t day);

/*
 * When it comes due for the last time on a day; DATE_NO_INSTANT: not then, or there is no such day.
 */
int64_t
calendar_due_of_day(const struct calendar_schedule *schedule, const char *zone, int32_t day);

/*
 * The day of the schedule that a due instant is of: its local date, or the day before where the
 * clock left out the rest of that, so that its time is due at midnight.
 */
int32_t calendar_due_day(const struct calendar_schedule *schedule, const char *zone, int64_t due);

/* How the zone's clock treats a due instant. */
enum calendar_clock {
	CALENDAR_PLAIN,
	CALENDAR_MOVED, /* the scheduled time does not exist that day: the next that does */
	CALENDAR_TWICE, /* its local time comes a second time */
};
enum calendar_clock
calendar_clock_change(const struct calendar_schedule *schedule, const char *zone, int64_t due);

/* How a source's calendar looks at one of its listing days at one moment. */
enum calendar_expectation {
	CALENDAR_PUBLISHED, /* its listing should be there and complete */
	CALENDAR_NOT_YET, /* its listing may still come, or still grow */
	CALENDAR_NONE, /* a weekend or holiday: nothing is published */
};

/* Hugging Face Daily Papers: UTC days, Monday to Friday, filled until 10:00 UTC. */
enum calendar_expectation calendar_hf(int32_t day, int64_t now);

/*
 * A day on whose evening arXiv announces nothing,
 * or one on which it does although its table says no.
 */
struct calendar_holiday {
	int32_t day;
	bool is_none; /* taken back */
};

/* "2027-05-21", or "-2026-12-29" to take one back. EX_CONFIG. */
int calendar_parse_holiday(struct calendar_holiday *holiday, struct str text, struct err *err);

/*
 * What counts before the table of arXiv's holidays from now on, in the whole process; of two about
 * one day the last. They are not copied.
 */
void calendar_set_holidays(const struct calendar_holiday *holidays, size_t count);

/*
 * arXiv: a listing day is the date, in New York, of the morning after an announcement (Monday to
 * Friday; the Sunday evening one is Monday's listing), and complete by 02:00 there. A holiday costs
 * the listing of the working day after it; years not announced yet have the usual holidays.
 */
enum calendar_expectation calendar_arxiv(int32_t day, int64_t now);

/*
 * The listing day in which arXiv announces a paper submitted at that instant (deadline 14:00 New
 * York time; announced 20:00, Sunday to Thursday): the earliest one, moderation may make it later.
 */
int32_t calendar_arxiv_listing_day(int64_t submitted_at);

/*
 * The other way round: the papers submitted from `*from` on and before `*until` are those that
 * arXiv announces in the listing of that day. All listings together leave no gap. `day` must be one
 * on which arXiv lists papers.
 */
void calendar_arxiv_submissions(int32_t day, int64_t *from, int64_t *until);

#endif
