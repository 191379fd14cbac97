/* Typed values by name: types, fallbacks, origins, near names. */
#include "unit.h"

#include "digest/settings.h"

static const struct setting core[] = {
	{ "title", SETTING_STRING, "Daily papers", "what the list is called" },
	{ "from", SETTING_STRING, "", "who sends" },
	{ "limit", SETTING_INT, "20", "most entries" },
	{ "minutes", SETTING_INT, "", "reading budget" },
	{ "plain", SETTING_BOOL, "no", "text only" },
	{ "wait", SETTING_DURATION, "15m", "how long" },
	{ "sources", SETTING_STRINGS, "{hf, arxiv}", "where from" },
	{ "subscribers", SETTING_STRINGS, "", "who reads" },
	{ "rank", SETTING_STRINGS, "votes, recency", "in which order" },
	SETTING_END,
};

static const struct setting plugin[] = {
	{ "categories", SETTING_STRINGS, "cs.CL", "which ones" },
	SETTING_END,
};

static struct settings *
make(void)
{
	struct settings *settings = settings_new(core);
	settings_add_rows(settings, plugin);
	return settings;
}

static void
fallbacks_are_typed(void **state)
{
	(void)state;
	struct settings *settings = make();

	assert_string_equal(settings_string(settings, "title"), "Daily papers");
	assert_string_equal(settings_string(settings, "from"), "");
	assert_int_equal(settings_int(settings, "limit"), 20);
	assert_int_equal(settings_int(settings, "minutes"), 0);
	assert_false(settings_bool(settings, "plain"));
	assert_int_equal(settings_duration_s(settings, "wait"), 900);
	assert_int_equal(settings_count(settings, "sources"), 2);
	assert_string_equal(settings_string_at(settings, "sources", 0), "hf");
	assert_string_equal(settings_string_at(settings, "sources", 1), "arxiv");
	assert_int_equal(settings_count(settings, "subscribers"), 0);
	assert_string_equal(settings_string_at(settings, "rank", 1), "recency");
	assert_string_equal(settings_string_at(settings, "categories", 0), "cs.CL");
	assert_false(settings_is_set(settings, "title"));
	assert_string_equal(settings_origin(settings, "title"), "default");
	settings_free(settings);
	settings_free(NULL);
}

static void
set_values_win_and_know_their_origin(void **state)
{
	(void)state;
	struct settings *settings = make();
	struct err err = ERR_NONE;

	assert_int_equal(settings_set(settings, "title", "One", "digest.conf:3", &err), 0);
	assert_int_equal(settings_set(settings, "title", "Two", "command line", &err), 0);
	assert_int_equal(settings_set(settings, "limit", "2147483647", "x", &err), 0);
	assert_int_equal(settings_set(settings, "plain", "YES", "x", &err), 0);
	assert_int_equal(settings_set(settings, "wait", "2h", "x", &err), 0);
	assert_string_equal(settings_string(settings, "title"), "Two");
	assert_string_equal(settings_origin(settings, "title"), "command line");
	assert_true(settings_is_set(settings, "title"));
	assert_int_equal(settings_int(settings, "limit"), INT32_MAX);
	assert_true(settings_bool(settings, "plain"));
	assert_int_equal(settings_duration_s(settings, "wait"), 7200);
	settings_unset(settings, "title");
	assert_string_equal(settings_string(settings, "title"), "Daily papers");
	assert_false(settings_is_set(settings, "title"));
	assert_int_equal(settings_set(settings, "from", "", "x", &err), 0);
	assert_true(settings_is_set(settings, "from"));
	assert_false(err_is_set(&err));
	settings_free(settings);
}

static void
copies_go_their_own_way(void **state)
{
	(void)state;
	struct settings *settings = make();
	struct err err = ERR_NONE;

	assert_int_equal(settings_set(settings, "limit", "7", "a.conf:1", &err), 0);
	assert_int_equal(settings_set(settings, "sources", "cl", "a.conf:2", &err), 0);
	struct settings *copy = settings_copy(settings);
	assert_int_equal(settings_set(copy, "sources", "lg", "reader", &err), 0);
	assert_int_equal(settings_set(copy, "title", "Mine", "reader", &err), 0);
	settings_unset(settings, "limit");
	assert_int_equal(settings_int(copy, "limit"), 7);
	assert_string_equal(settings_origin(copy, "limit"), "a.conf:1");
	assert_int_equal(settings_count(copy, "sources"), 2);
	assert_int_equal(settings_count(settings, "sources"), 1);
	assert_string_equal(settings_origin(copy, "sources"), "reader");
	assert_string_equal(settings_string(settings, "title"), "Daily papers");
	settings_free(settings);
	assert_string_equal(settings_string(copy, "title"), "Mine");
	assert_string_equal(settings_string_at(copy, "rank", 1), "recency");
	assert_int_equal(settings_duration_s(copy, "wait"), 900);
	settings_free(copy);
}

static void
strings_gather_in_place_of_the_fallback(void **state)
{
	(void)state;
	struct settings *settings = make();
	struct err err = ERR_NONE;
	char text[] = "mine";

	settings_set(settings, "sources", text, "digest.conf:9", &err);
	text[0] = 'x';
	settings_set(settings, "sources", "a, b", "digest.conf:9", &err);
	assert_int_equal(settings_count(settings, "sources"), 2);
	assert_string_equal(settings_string_at(settings, "sources", 0), "mine");
	assert_string_equal(settings_string_at(settings, "sources", 1), "a, b");
	/* An origin taken from the settings themselves outlives what it stood in. */
	settings_set(settings, "sources", "c", settings_origin(settings, "sources"), &err);
	assert_string_equal(settings_origin(settings, "sources"), "digest.conf:9");
	settings_unset(settings, "sources");
	assert_string_equal(settings_string_at(settings, "sources", 0), "hf");
	settings_free(settings);
}

static void
wrong_values_are_refused_with_their_origin(void **state)
{
	(void)state;
	static const struct {
		const char *name, *text, *message;
	} bad[] = {
		{ "limit", "many", "d.conf:7: 'limit' must be a whole number, not 'many'" },
		{ "limit", "-1", "d.conf:7: 'limit' must be a whole number, not '-1'" },
		{ "limit", "2147483648",
		    "d.conf:7: 'limit' must be a whole number, not '2147483648'" },
		{ "plain", "maybe", "d.conf:7: 'plain' must be true or false, not 'maybe'" },
		{ "wait", "soon",
		    "d.conf:7: 'wait' must be a duration like 90s, 15m, 2h or 5d, not 'soon'" },
		{ "titel", "x", "d.conf:7: unknown key 'titel'; did you mean 'title'?" },
		{ "colour", "x", "d.conf:7: unknown key 'colour'" },
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct settings *settings = make();
		struct err err = ERR_NONE;
		assert_int_equal(
		    settings_set(settings, bad[i].name, bad[i].text, "d.conf:7", &err), -1);
		assert_int_equal(err.code, EX_CONFIG);
		assert_string_equal(err.text, bad[i].message);
		assert_false(settings_is_set(settings, bad[i].name));
		settings_free(settings);
	}
}

static void
rows_can_be_walked_and_found(void **state)
{
	(void)state;
	struct settings *settings = make();

	assert_ptr_equal(settings_row_at(settings, 0), &core[0]);
	assert_ptr_equal(settings_row_at(settings, 9), &plugin[0]);
	assert_null(settings_row_at(settings, 10));
	assert_ptr_equal(settings_row(settings, "categories"), &plugin[0]);
	assert_null(settings_row(settings, "Title"));
	assert_ptr_equal(settings_nearest(settings, "subscriber"), &core[7]);
	assert_ptr_equal(settings_nearest(settings, "categorys"), &plugin[0]);
	assert_ptr_equal(settings_nearest(settings, "wiat"), &core[5]);
	assert_null(settings_nearest(settings, "xyz"));
	assert_null(settings_nearest(settings, ""));
	settings_free(settings);
}

static void
durations(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int64_t seconds;
	} good[] = { { "90s", 90 }, { "15m", 900 }, { "2h", 7200 }, { "5d", 432000 }, { "60", 60 },
		{ "0", 0 }, { "0d", 0 }, { "36525d", (int64_t)36525 * 86400 } };
	static const char *const bad[] = { "", "s", "d", "-1s", "1 h", " 1h", "1h ", "1.5h", "1w",
		"1h30m", "36526d", "99999999999999999999d", "9223372036854775807d" };

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		int64_t seconds = -1;
		assert_int_equal(settings_parse_duration(str_from(good[i].text), &seconds), 0);
		assert_true(seconds == good[i].seconds);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		int64_t seconds = 5;
		assert_int_equal(settings_parse_duration(str_from(bad[i]), &seconds), -1);
		assert_int_equal(seconds, 5);
	}
}

static void
words_of_truth(void **state)
{
	(void)state;
	static const char *const yes[] = { "true", "yes", "on", "1", "On", "TRUE" };
	static const char *const no[] = { "false", "no", "off", "0", "No" };
	struct settings *settings = make();
	struct err err = ERR_NONE;

	for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++) {
		assert_int_equal(settings_set(settings, "plain", yes[i], "x", &err), 0);
		assert_true(settings_bool(settings, "plain"));
	}
	for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++) {
		assert_int_equal(settings_set(settings, "plain", no[i], "x", &err), 0);
		assert_false(settings_bool(settings, "plain"));
	}
	settings_free(settings);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fallbacks_are_typed),
		cmocka_unit_test(set_values_win_and_know_their_origin),
		cmocka_unit_test(copies_go_their_own_way),
		cmocka_unit_test(strings_gather_in_place_of_the_fallback),
		cmocka_unit_test(wrong_values_are_refused_with_their_origin),
		cmocka_unit_test(rows_can_be_walked_and_found),
		cmocka_unit_test(durations),
		cmocka_unit_test(words_of_truth),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
