/*
 * Errors: the first one stays, context gathers in front, and nothing a terminal obeys gets through.
 */
#include "unit.h"

#include "digest/err.h"

#include <errno.h>

static void
the_first_failure_stays(void **state)
{
	(void)state;
	struct err err = ERR_NONE;

	assert_false(err_is_set(&err));
	assert_int_equal(err_set(&err, EX_DATAERR, "item %d: bad", 3), -1);
	assert_true(err_is_set(&err));
	assert_int_equal(err_set(&err, EX_IOERR, "later"), -1);
	assert_int_equal(err_set_errno(&err, EX_IOERR, ENOENT, "later"), -1);
	assert_int_equal(err.code, EX_DATAERR);
	assert_string_equal(err.text, "item 3: bad");
	err_clear(&err);
	assert_false(err_is_set(&err));
	assert_string_equal(err.text, "");
}

static void
context_stands_in_front(void **state)
{
	(void)state;
	struct err err = ERR_NONE;

	assert_int_equal(err_prefix(&err, "nothing yet"), -1);
	assert_false(err_is_set(&err));
	err_set(&err, EX_UNAVAILABLE, "cannot connect to '%s'", "example.com");
	assert_int_equal(err_prefix(&err, "%s", "hf-daily"), -1);
	err_prefix(&err, "fetch");
	assert_string_equal(err.text, "fetch: hf-daily: cannot connect to 'example.com'");
	assert_int_equal(err.code, EX_UNAVAILABLE);
}

static void
errno_is_named(void **state)
{
	(void)state;
	struct err err = ERR_NONE;

	err_set_errno(&err, EX_NOINPUT, ENOENT, "cannot open '%s'", "x");
	assert_string_equal(err.text, "cannot open 'x': No such file or directory");
	assert_int_equal(err.code, EX_NOINPUT);
}

static void
no_code_is_a_bug(void **state)
{
	(void)state;
	struct err err = ERR_NONE;

	err_set(&err, 0, "odd");
	assert_int_equal(err.code, EX_SOFTWARE);
}

static void
controls_do_not_get_through(void **state)
{
	(void)state;
	struct err err = ERR_NONE;

	err_set(&err, EX_DATAERR,
	    "a\r\nb\tc\x1b[31md\x7f\xc2\x9b"
	    "e\xff\xc3\xa9");
	assert_string_equal(err.text, "a  b c?[31md???e?\xc3\xa9");
	err_prefix(&err, "x\ny");
	assert_string_equal(err.text, "x y: a  b c?[31md???e?\xc3\xa9");
}

static void
long_text_is_cut_between_characters(void **state)
{
	(void)state;

	for (int lead = 0; lead < 4; lead++) {
		struct err err = ERR_NONE;
		char text[3 * ERR_TEXT_BYTES];
		size_t len = 0;
		for (int i = 0; i < lead; i++)
			text[len++] = 'x';
		while (len + 4 < sizeof(text)) {
			memcpy(text + len, "\xe2\x82\xac", 3);
			len += 3;
		}
		text[len] = '\0';
		err_set(&err, EX_DATAERR, "%s", text);
		size_t kept = strlen(err.text);
		assert_true(kept >= ERR_TEXT_BYTES - 3);
		assert_int_equal((kept - (size_t)lead) % 3, 0);
		assert_memory_equal(err.text, text, kept);
		err_prefix(&err, "in front");
		kept = strlen(err.text);
		assert_true(kept >= ERR_TEXT_BYTES - 3 && kept < ERR_TEXT_BYTES);
		assert_true(str_starts(str_from(err.text), "in front: "));
		assert_memory_equal(err.text + 10, text, kept - 10);
	}
}

static void
worse_codes_win_in_the_documented_order(void **state)
{
	(void)state;
	static const int order[] = { 70, 71, 74, 73, 78, 77, 65, 69, 75, 64, 0 };
	int count = sizeof(order) / sizeof(order[0]);

	for (int i = 0; i < count; i++)
		for (int j = 0; j < count; j++)
			assert_int_equal(err_worse_code(order[i], order[j]), order[i < j ? i : j]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_failure_stays),
		cmocka_unit_test(context_stands_in_front),
		cmocka_unit_test(errno_is_named),
		cmocka_unit_test(no_code_is_a_bug),
		cmocka_unit_test(controls_do_not_get_through),
		cmocka_unit_test(long_text_is_cut_between_characters),
		cmocka_unit_test(worse_codes_win_in_the_documented_order),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
