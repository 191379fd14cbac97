/*
 * What went wrong: the first failure's code and text, and the context it gathers on its way up. It
 * prints nothing and ends nothing; that is cli's.
 */
#include "digest/err.h"

#include "digest/str.h"

#include <stdio.h>
#include <string.h>

/*
 * Messages quote file names, server replies and titles: line breaks become spaces and whatever else
 * a terminal could obey becomes '?', here, so that no caller has to remember it. The same walk
 * drops the half character that a cut may leave at the end.
 */
static void
clean(char *text, bool was_cut)
{
	struct str rest = str_from(text);
	char *end = text;

	while (rest.len > 0) {
		size_t len = str_printable(rest);
		if (len > 0) {
			memmove(end, rest.ptr, len);
			end += len;
		} else if (was_cut && rest.len < 4 && (unsigned char)rest.ptr[0] >= 0xc0) {
			break;
		} else {
			*end++ = str_is_space(rest.ptr[0]) ? ' ' : '?';
			len = 1;
		}
		rest = str_skip(rest, len);
	}
	*end = '\0';
}

/* `number` is the errno to name after the text, or 0. */
static void __attribute__((format(printf, 4, 0)))
record(struct err *err, int code, int number, const char *format, va_list args)
{
	char cause[128];
	int len = vsnprintf(err->text, sizeof(err->text), format, args);

	if (len < 0)
		len = snprintf(err->text, sizeof(err->text), "unprintable error");
	if (number != 0 && (size_t)len < sizeof(err->text))
		len += snprintf(err->text + len, sizeof(err->text) - (size_t)len, ": %s",
		    strerror_r(number, cause, sizeof(cause)));
	clean(err->text, (size_t)len >= sizeof(err->text));
	err->code = code != 0 ? code : EX_SOFTWARE;
}

int
err_setv(struct err *err, int code, const char *format, va_list args)
{
	if (!err_is_set(err))
		record(err, code, 0, format, args);
	return -1;
}

int
err_set(struct err *err, int code, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	err_setv(err, code, format, args);
	va_end(args);
	return -1;
}

int
err_set_errno(struct err *err, int code, int number, const char *format, ...)
{
	va_list args;

	if (err_is_set(err))
		return -1;
	va_start(args, format);
	record(err, code, number, format, args);
	va_end(args);
	return -1;
}

int
err_prefix(struct err *err, const char *format, ...)
{
	struct err whole = ERR_NONE;
	va_list args;

	if (!err_is_set(err))
		return -1;
	va_start(args, format);
	record(&whole, err->code, 0, format, args);
	va_end(args);

	size_t used = strlen(whole.text);
	size_t room = sizeof(whole.text) - used;
	int len = snprintf(whole.text + used, room, ": %s", err->text);
	clean(whole.text, len >= 0 && (size_t)len >= room);
	*err = whole;
	return -1;
}

bool
err_is_set(const struct err *err)
{
	return err->code != 0;
}

void
err_clear(struct err *err)
{
	*err = ERR_NONE;
}

/* Lower is worse. A code that no part of the program should give counts as a bug. */
static int
severity(int code)
{
	static const int worst_first[] = { EX_SOFTWARE, EX_OSERR, EX_IOERR, EX_CANTCREAT, EX_CONFIG,
		EX_NOPERM, EX_DATAERR, EX_UNAVAILABLE, EX_TEMPFAIL, EX_USAGE, EX_OK };
	int count = sizeof(worst_first) / sizeof(worst_first[0]);

	for (int i = 0; i < count; i++)
		if (worst_first[i] == code)
			return i;
	return 0;
}

int
err_worse_code(int a, int b)
{
	return severity(b) < severity(a) ? b : a;
}
