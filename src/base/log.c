/*
 * Diagnostics on standard error. Errors that end the program are err's until cli prints them, and
 * data never comes here.
 */
#include "digest/log.h"

#include "digest/mem.h"
#include "digest/str.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* A line that fits is formatted without memory and written whole, whoever else writes. */
enum { LINE_BYTES = 4096, ESCAPE_BYTES = 5 };

struct sink {
	char bytes[LINE_BYTES];
	size_t len;
};

static enum log_level shown_level = LOG_LEVEL_WARN;

void
log_set_level(enum log_level level)
{
	shown_level = level;
}

/* There is nowhere to complain when standard error is closed or full, so that is let go. */
static void
flush(struct sink *sink)
{
	size_t done = 0;

	while (done < sink->len) {
		ssize_t written = write(STDERR_FILENO, sink->bytes + done, sink->len - done);
		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			break;
		done += (size_t)written;
	}
	sink->len = 0;
}

static void
add(struct sink *sink, struct str piece)
{
	if (piece.len > sizeof(sink->bytes) - sink->len)
		flush(sink);
	memcpy(sink->bytes + sink->len, piece.ptr, piece.len);
	sink->len += piece.len;
}

static void
add_escaped(struct sink *sink, struct str text)
{
	char escape[ESCAPE_BYTES];

	while (text.len > 0) {
		size_t len = str_printable(text);
		if (len > 0) {
			add(sink, str_head(text, len));
		} else {
			len = 1;
			if (text.ptr[0] == '\n')
				snprintf(escape, sizeof(escape), "\\n");
			else if (text.ptr[0] == '\t')
				snprintf(escape, sizeof(escape), "\\t");
			else
				snprintf(
				    escape, sizeof(escape), "\\x%02x", (unsigned char)text.ptr[0]);
			add(sink, str_from(escape));
		}
		text = str_skip(text, len);
	}
}

static void __attribute__((format(printf, 2, 0)))
write_event(enum log_level level, const char *format, va_list args)
{
	static const char *const names[] = { "error", "warning", "info", "debug" };
	struct sink sink = { .len = 0 };
	char text[LINE_BYTES];
	char *longer = NULL;
	va_list again;
	int saved_errno = errno;

	if (level > shown_level)
		return;
	va_copy(again, args);
	int len = vsnprintf(text, sizeof(text), format, args);
	if (len >= (int)sizeof(text)) {
		longer = mem_alloc((size_t)len + 1);
		vsnprintf(longer, (size_t)len + 1, format, again);
	}
	va_end(again);

	add(&sink, STR("digest: "));
	add(&sink, str_from(names[level]));
	add(&sink, STR(": "));
	if (len >= 0)
		add_escaped(&sink, (struct str){ longer != NULL ? longer : text, (size_t)len });
	add(&sink, STR("\n"));
	flush(&sink);
	mem_free(longer);
	errno = saved_errno;
}

void
log_error(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	write_event(LOG_LEVEL_ERROR, format, args);
	va_end(args);
}

void
log_warn(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	write_event(LOG_LEVEL_WARN, format, args);
	va_end(args);
}

void
log_info(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	write_event(LOG_LEVEL_INFO, format, args);
	va_end(args);
}

void
log_debug(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	write_event(LOG_LEVEL_DEBUG, format, args);
	va_end(args);
}
