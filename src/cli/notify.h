/*
 * What a service manager is told: sd_notify(3)'s protocol, one datagram to the socket that
 * NOTIFY_SOCKET names. Without one nothing happens.
 */
#ifndef DIGEST_CLI_NOTIFY_H
#define DIGEST_CLI_NOTIFY_H

#include <stdint.h>

/* "READY=1", "STOPPING=1", "STATUS=…"; several are joined by line feeds. */
void notify(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* How often "WATCHDOG=1" is due, twice as often as must be; -1: never. */
int64_t notify_watchdog_ms(void);

#endif
