/*
 * Walking through listings by the calendar: one for each day, week or month, asked for one after
 * the other. Which was read whole is remembered, so that a gap is caught up with. How one listing
 * is asked for, page after page, is its provider's.
 */
#ifndef DIGEST_SOURCE_WALK_H
#define DIGEST_SOURCE_WALK_H

#include "provider.h"

#include "digest/calendar.h"

enum walk_unit { WALK_DAYS, WALK_WEEKS, WALK_MONTHS };

struct walk {
	enum walk_unit unit;
	const char *publisher; /* who lists nothing on a Sunday: "Hugging Face" */
	enum calendar_expectation (*calendar)(int32_t day, int64_t now);
	bool is_sparse; /* a listing without entries is nothing odd */
	int overlap_days; /* so long after its day an entry may still turn up in its listing */
	/* Writes the URL of the listing of scratch.day, from scratch.page or scratch.token on. */
	void (*ask)(struct provider_task *task);
};

/* The first day of the week or month that holds the day; or the day. */
int32_t walk_first_day(enum walk_unit unit, int32_t day);

/* For a provider's start(). */
int walk_start(struct provider_task *task, const struct walk *walk);

/*
 * For its next(): there is another page of the listing under way (scratch.page and .token tell
 * which); it was read whole; or it cannot be read, or no further.
 */
int walk_on(struct provider_task *task, const struct walk *walk);
int walk_over(struct provider_task *task, const struct walk *walk);
int walk_without(struct provider_task *task, const struct walk *walk);

#endif
