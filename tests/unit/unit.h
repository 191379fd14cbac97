/*
 * What every unit test includes: cmocka with what it wants before it, and comparisons of our types.
 */
#ifndef DIGEST_TESTS_UNIT_H
#define DIGEST_TESTS_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "digest/err.h"
#include "digest/str.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Fails with what went wrong when the call, which names its error `&trouble`, does not give 0. */
#define assert_ok(call) \
	do { \
		struct err trouble = ERR_NONE; \
		if ((call) != 0) \
			fail_msg("%s: %s", #call, trouble.text); \
	} while (0)

/* Fails with both texts printed when they differ. `expected` is a terminated string. */
#define assert_str(actual, expected) unit_assert_str((actual), (expected), __FILE__, __LINE__)

static inline void
unit_assert_str(struct str actual, const char *expected, const char *file, int line)
{
	if (!str_is(actual, expected)) {
		print_error("\"%.*s\" is not \"%s\"\n", STR_ARG(actual), expected);
		_fail(file, line);
	}
}

#endif
