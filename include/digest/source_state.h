/*
 * What is remembered of a source from one run to the next. A plain value: source makes it, store
 * keeps it, status prints it, and none of them knows the others.
 */
#ifndef DIGEST_SOURCE_STATE_H
#define DIGEST_SOURCE_STATE_H

#include <stdbool.h>
#include <stdint.h>

/* What a source's answer about its listing amounts to. The numbers are stored: only append. */
enum source_verdict {
	SOURCE_NEVER_ASKED,
	SOURCE_NEW, /* entries that were not there before */
	SOURCE_NOTHING_NEW,
	SOURCE_EMPTY_EXPECTED, /* a weekend, a holiday */
	SOURCE_NOT_YET, /* nothing, and its calendar says it may still come */
	SOURCE_EMPTY_UNEXPECTED, /* nothing on a day that should have something */
	SOURCE_ERROR,
	SOURCE_STALE, /* an earlier day's listing under a later date */
	SOURCE_SHRUNK, /* far fewer entries than it had, or than such a day usually has */
	SOURCE_TRUNCATED, /* there is more after the most that may be read */
	SOURCE_REPAIRED, /* well, but something had to be mended to read it */
	SOURCE_VERDICT_COUNT
};

enum {
	SOURCE_VALIDATOR_BYTES = 256,
	SOURCE_CURSOR_BYTES = 1024,
	SOURCE_TITLE_BYTES = 256,
	SOURCE_URL_BYTES = 2048
};

struct source_state {
	char etag[SOURCE_VALIDATOR_BYTES], last_modified[SOURCE_VALIDATOR_BYTES];
	/* The last listing day that needs no other read, or DATE_NO_DAY. */
	int32_t complete_through;
	int32_t newest_day; /* the newest listing day that had entries, or DATE_NO_DAY */
	int64_t last_attempt, last_success; /* instants, or DATE_NO_INSTANT */
	int64_t not_before; /* no request before this instant (Retry-After), or DATE_NO_INSTANT */
	int64_t fresh_until; /* so long it said that nothing new will come, or DATE_NO_INSTANT */
	char cursor
	    [SOURCE_CURSOR_BYTES]; /* the provider's own note of where to go on; "" for none */
	char title[SOURCE_TITLE_BYTES]; /* what it called itself; "" when it did not say */
	char moved_to[SOURCE_URL_BYTES]; /* where it said it has moved for good, or "" */
	bool is_gone; /* it said it is gone for good, and is not asked any more */
	int failures; /* in a row */
	enum source_verdict verdict; /* the last one */
};

/* What one listing day of a source amounted to when it was last read. */
struct source_listing {
	int32_t day;
	enum source_verdict verdict;
	int64_t entry_count; /* -1: as many as before ("unchanged", or it could not be read) */
	int64_t checked_at;
};

/* Nothing known: never asked. */
void source_state_init(struct source_state *state);

/* As status prints it: "new", "nothing new", "empty as expected", "not yet", … */
const char *source_verdict_name(enum source_verdict verdict);

/*
 * Whether a verdict means that the answer cannot be the whole truth: empty or short against the
 * calendar, stale, cut off. Such an answer is asked for again and never counts as done.
 */
bool source_verdict_is_odd(enum source_verdict verdict);

#endif
