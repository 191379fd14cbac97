/*
 * Time zones by name, from the system's tzdata. Names are those of the tz database
 * ("Europe/Berlin", "UTC"); "" and "local" mean the system's own zone.
 */
#ifndef DIGEST_ZONE_H
#define DIGEST_ZONE_H

#include "digest/err.h"

#include <stdint.h>

struct zone_time {
	int32_t day; /* local date, days since 1970-01-01 */
	int32_t second; /* local seconds since midnight, 0…86399; leap seconds are not counted */
	int32_t offset; /* seconds east of UTC */
};

/* 0 when the zone exists; else EX_CONFIG, naming what is wrong with the name. */
int zone_check(const char *name, struct err *err);

/* The local time at an instant. The name must have passed zone_check(). */
struct zone_time zone_at(const char *name, int64_t instant);

/*
 * The instant of a local time. A time skipped by a change of offset gives the first instant after
 * the gap; one that occurs twice gives the first.
 */
int64_t zone_instant(const char *name, int32_t day, int32_t second);

#endif
