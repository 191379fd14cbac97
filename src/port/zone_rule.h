/*
 * The rule by which a zone changes its offset every year, as the TZ variable of POSIX.1 section 8.3
 * and the footers of tzdata (RFC 9636 section 3.3.1) write it. Private to zone.
 */
#ifndef DIGEST_PORT_ZONE_RULE_H
#define DIGEST_PORT_ZONE_RULE_H

#include "digest/str.h"

#include <stdint.h>

/* Further away than any instant that is asked for, and safe to add to. */
#define ZONE_ALWAYS_BEFORE (INT64_MIN / 4)
#define ZONE_ALWAYS_AFTER (INT64_MAX / 4)

/* A day of each year and the second of it, which may lie outside of the day. */
struct zone_yearly {
	/* 'J': day 1…365, which is never February 29; 'n': day 0…365; 'M': month, week, weekday. */
	char kind;
	int month, week, day;
	int32_t second;
};

/* What a TZ string says. */
struct zone_rule {
	int32_t standard; /* offset */
	int32_t daylight;
	bool has_daylight;
	struct zone_yearly begin, end; /* of daylight saving */
};

struct zone_transition {
	int64_t at;
	int32_t offset; /* from then on */
};

/* A time of one offset: from `start` to before `end`. */
struct zone_span {
	int64_t start, end;
	int32_t offset;
};

/* 0, or -1 when the text is no such rule. */
int zone_rule_parse(struct str text, struct zone_rule *rule);

/* The span of one offset that an instant lies in. */
struct zone_span zone_rule_span(const struct zone_rule *rule, int64_t instant);

#endif
