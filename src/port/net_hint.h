/*
 * What answers and addresses tell a polite and careful client: pure functions, no library. For the
 * files of net alone.
 */
#ifndef DIGEST_PORT_NET_HINT_H
#define DIGEST_PORT_NET_HINT_H

#include "digest/str.h"

enum { NET_LONGEST_WAIT_S = 3600, NET_SANE_WAIT_S = 86400 };

/*
 * Retry-After (RFC 9110 section 10.2.3): seconds, or a date seen from `date` (the answer's own
 * Date:, or our clock; DATE_NO_INSTANT for none). What is longer than NET_SANE_WAIT_S is a mistake
 * or a bad joke and counts as NET_LONGEST_WAIT_S; -1 when it says nothing sensible.
 */
int64_t net_retry_after(struct str value, int64_t date);

/*
 * The RateLimit field of draft-ietf-httpapi-ratelimit-headers-09, `"api";r=0;t=55`: the longest
 * wait until a spent quota is there again, or -1 while none is spent. Where it names no time, the
 * window of RateLimit-Policy (`"fixed window";"api";q=500;w=300`) is waited out.
 */
int64_t net_rate_limit(struct str value, struct str policy);

/*
 * For how many seconds from now on an answer stays good (RFC 9111 section 4.2): max-age, else
 * Expires less `date` (DATE_NO_INSTANT for none), less the Age it has already. 0 when it may not be
 * kept or nothing is said.
 */
int64_t net_fresh_s(struct str cache_control, struct str expires, int64_t date, int64_t age_s);

/* The Age field (RFC 9111 section 5.1) in seconds; 0 when there is none that makes sense. */
int64_t net_age_s(struct str value);

/*
 * Whether a literal address is one of this machine or of its private surroundings: loopback,
 * link-local, private, shared (RFC 6598), unspecified, in IPv4, IPv6 or IPv4 within IPv6. False for
 * what is no literal address.
 */
bool net_is_private(const char *address);

#endif
