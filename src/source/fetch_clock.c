/*
 * The clock of this machine against those of the servers that are asked: when two of them say that
 * it is hours off, days would be mixed up, and nothing good can come of going on.
 */
#include "fetch.h"

#include <string.h>

enum { TOLERANCE_S = 6 * 3600, HOUR_S = 3600 };

int
fetch_clock_check(struct fetch_clock *clock, struct str host, const struct net_response *response,
    int64_t now, struct err *err)
{
	int64_t ahead_s = response->date != DATE_NO_INSTANT ? now - response->date : 0;
	bool is_ahead = ahead_s > 0;
	char *witness = clock->witness[is_ahead];

	if (ahead_s <= TOLERANCE_S && ahead_s >= -TOLERANCE_S)
		return 0;
	if (witness[0] == '\0' || str_is(host, witness)) {
		snprintf(witness, sizeof(clock->witness[0]), "%.*s", STR_ARG(host));
		return 0;
	}
	return err_set(err, EX_TEMPFAIL,
	    "the clock of this machine is %lld hours %s, say '%s' and '%.*s'; set it right, or "
	    "give --force-clock when it is",
	    (long long)((is_ahead ? ahead_s : -ahead_s) / HOUR_S), is_ahead ? "ahead" : "behind",
	    witness, STR_ARG(host));
}
