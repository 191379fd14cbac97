/*
 * The two clocks and a sleep. What a time of day means in some place is zone's, and when something
 * is due is calendar's.
 */
#include "digest/clock.h"

#include "digest/date.h"

#include <stdlib.h>
#include <time.h>

enum { MS_PER_SECOND = 1000, NS_PER_MS = 1000000 };

/* What DIGEST_NOW is ahead of the system's wall clock. */
static int64_t ahead_ms;
static bool is_set;

static int64_t
read_ms(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (int64_t)now.tv_sec * MS_PER_SECOND + now.tv_nsec / NS_PER_MS;
}

/* RFC 3339 section 5.6 wants a time and an offset; date_parse_instant() would do without. */
static bool
is_complete(struct str text)
{
	struct str offset = str_skip(text, text.len > 6 ? text.len - 6 : 0);

	if (text.len < 20 || text.ptr[4] != '-')
		return false;
	return str_ends(text, "Z") || str_ends(text, "z") ||
	    ((offset.ptr[0] == '+' || offset.ptr[0] == '-') && offset.ptr[3] == ':');
}

int
clock_start(struct err *err)
{
	const char *text = getenv("DIGEST_NOW");
	int64_t start;

	ahead_ms = 0;
	is_set = false;
	if (text == NULL || text[0] == '\0')
		return 0;
	if (!is_complete(str_from(text)) || date_parse_instant(str_from(text), &start) < 0)
		return err_set(err, EX_USAGE,
		    "DIGEST_NOW: '%s' is not an instant; write it like 2026-07-27T08:30:00Z", text);
	/* In whole seconds, the first would be over as soon as the system's own is. */
	ahead_ms = start * MS_PER_SECOND - read_ms(CLOCK_REALTIME);
	is_set = true;
	return 0;
}

bool
clock_is_set(void)
{
	return is_set;
}

int64_t
clock_now(void)
{
	int64_t now_ms = read_ms(CLOCK_REALTIME) + ahead_ms;
	bool is_before_1970 = now_ms < 0 && now_ms % MS_PER_SECOND != 0;

	return now_ms / MS_PER_SECOND - is_before_1970;
}

int64_t
clock_monotonic_ms(void)
{
	return read_ms(CLOCK_MONOTONIC);
}

void
clock_sleep_ms(int64_t duration_ms)
{
	if (duration_ms <= 0)
		return;

	struct timespec duration = {
		.tv_sec = duration_ms / MS_PER_SECOND,
		.tv_nsec = duration_ms % MS_PER_SECOND * NS_PER_MS,
	};
	nanosleep(&duration, NULL);
}
