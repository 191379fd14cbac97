/*
 * The two clocks. The wall clock tells days and may jump; DIGEST_NOW (RFC 3339) sets where it
 * starts, so that tests and curious people can look at another day, and it runs on from there.
 * Deadlines use the monotonic clock, which DIGEST_NOW does not touch.
 */
#ifndef DIGEST_CLOCK_H
#define DIGEST_CLOCK_H

#include "digest/err.h"

#include <stdbool.h>
#include <stdint.h>

/* Reads DIGEST_NOW once. EX_USAGE when it is set and not an RFC 3339 instant. */
int clock_start(struct err *err);

/* Whether DIGEST_NOW sets the wall clock. */
bool clock_is_set(void);

/* Seconds since 1970-01-01T00:00:00Z. */
int64_t clock_now(void);

/* Milliseconds since an arbitrary moment; never goes back. */
int64_t clock_monotonic_ms(void);

/* Sleeps that long, or less when a signal arrives. */
void clock_sleep_ms(int64_t duration_ms);

#endif
