/*
 * One sink for diagnostics: standard error, one line per event, four levels. An event's name comes
 * first and key=value pairs follow; values that may hold anything are written in full but with
 * control characters escaped. errno is preserved. Secrets never come here; recipients' addresses
 * only at LOG_DEBUG.
 */
#ifndef DIGEST_LOG_H
#define DIGEST_LOG_H

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARN, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };

/* Events above this level are dropped. Starts at LOG_LEVEL_WARN. */
void log_set_level(enum log_level level);

void log_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_warn(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_info(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_debug(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
