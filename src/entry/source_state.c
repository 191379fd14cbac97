/*
 * The remembered state of a source and the names of verdicts. What a verdict follows from is the
 * source module's business.
 */
#include "digest/source_state.h"

#include "digest/date.h"

static const char *const verdict_names[SOURCE_VERDICT_COUNT] = {
	[SOURCE_NEVER_ASKED] = "never asked",
	[SOURCE_NEW] = "new",
	[SOURCE_NOTHING_NEW] = "nothing new",
	[SOURCE_EMPTY_EXPECTED] = "empty as expected",
	[SOURCE_NOT_YET] = "not yet",
	[SOURCE_EMPTY_UNEXPECTED] = "unexpectedly empty",
	[SOURCE_ERROR] = "error",
	[SOURCE_STALE] = "stale",
	[SOURCE_SHRUNK] = "shrunk",
	[SOURCE_TRUNCATED] = "truncated",
	[SOURCE_REPAIRED] = "repaired",
};

void
source_state_init(struct source_state *state)
{
	*state = (struct source_state){
		.complete_through = DATE_NO_DAY,
		.newest_day = DATE_NO_DAY,
		.last_attempt = DATE_NO_INSTANT,
		.last_success = DATE_NO_INSTANT,
		.not_before = DATE_NO_INSTANT,
		.fresh_until = DATE_NO_INSTANT,
		.verdict = SOURCE_NEVER_ASKED,
	};
}

const char *
source_verdict_name(enum source_verdict verdict)
{
	return verdict_names[verdict];
}

bool
source_verdict_is_odd(enum source_verdict verdict)
{
	return verdict == SOURCE_EMPTY_UNEXPECTED || verdict == SOURCE_STALE ||
	    verdict == SOURCE_SHRUNK || verdict == SOURCE_TRUNCATED;
}
