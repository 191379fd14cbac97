/*
 * The fields of crontab(5), and how what is no schedule is refused. Private to calendar.
 */
#ifndef DIGEST_CALENDAR_CRONTAB_H
#define DIGEST_CALENDAR_CRONTAB_H

#include "digest/calendar.h"

enum { CRONTAB_FIELDS = 5 };

/* A schedule being read. Its pieces are parts of `whole`, so that an error can tell the column. */
struct crontab_text {
	struct str whole;
	struct err *err;
	const char *const *also; /* words that may stand for days, up to NULL; or NULL */
};

/* The known word that is most like one that was not understood. */
struct crontab_nearest {
	struct str word;
	const char *found; /* NULL: none is near enough to be meant */
	size_t distance;
};
void crontab_consider(struct crontab_nearest *nearest, const char *candidate);

/* Fails with the column of `piece` and the reason. Always returns -1. */
int crontab_refuse(const struct crontab_text *text, struct str piece, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* "; did you mean 'mon'?" after a refusal, when something was found. Always returns -1. */
int crontab_suggest(const struct crontab_text *text, const struct crontab_nearest *nearest);

/* All five fields. */
int crontab_parse(struct calendar_schedule *schedule, const struct crontab_text *text,
    const struct str words[CRONTAB_FIELDS]);

/* The last field alone: "mon,thu", "mon-fri". */
int crontab_parse_weekdays(const struct crontab_text *text, struct str piece, uint8_t *weekdays);

#endif
