/*
 * What answers and addresses tell a polite and careful client: pure functions, no library. For the
 * files of net alone.
 */
#ifndef DIGEST_PORT_NET_HINT_H
#define DIGEST_PORT_NET_HINT_H

#include "digest/str.h"

enum { NET_LONGEST_WAIT_S = 3600 };

/*
 * Retry-After (RFC 9110 section 10.2.3): seconds, or a date seen from `date` (the answer's own
 * Date:, or our clock; DATE_NO_INSTANT for none). 0 … NET_LONGEST_WAIT_S, or -1 when it says nothing sensible.
 */
int64_t net_retry_after(struct str value, int64_t date);

/*
 * The RateLimit field of draft-ietf-httpapi-ratelimit-headers-09, `"api";r=0;t=55`: the longest wait
 * until a spent quota is there again, or -1 while none is spent.
 */
int64_t net_rate_limit(struct str value);

/*
 * Whether a literal address is one of this machine or of its private surroundings: loopback,
 * link-local, private, shared (RFC 6598), unspecified, in IPv4, IPv6 or IPv4 within IPv6. False for
 * what is no literal address.
 */
bool net_is_private(const char *address);

#endif
