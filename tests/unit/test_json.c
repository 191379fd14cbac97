/* JSON: the grammar to the letter, what cJSON cannot carry, one element at a time, and writing. */
#include "unit.h"

#include "digest/json.h"

#include <dirent.h>
#include <sys/stat.h>

static struct json *
parsed(const char *text)
{
	struct json *json;
	struct err err = ERR_NONE;
	if (json_parse(&json, str_from(text), &err) < 0) {
		print_error("%s: %s\n", text, err.text);
		fail();
	}
	return json;
}

static void
refused(struct str text, const char *why)
{
	struct json *json;
	struct err err = ERR_NONE;
	assert_int_equal(json_parse(&json, text, &err), -1);
	assert_null(json);
	assert_int_equal(err.code, EX_DATAERR);
	if (strcmp(err.text, why) != 0)
		print_error("'%.*s'\n", STR_ARG(text));
	assert_string_equal(err.text, why);
}

static void
values_are_read(void **state)
{
	(void)state;
	struct json *json =
	    parsed(" { \"a\" : [1, -2.9, \"x\\n\\u00e9\\ud834\\udd1e\", true, null],"
	           "\"A\": {}, \"a\": 7 } \n");
	const struct json *array = json_get(json, "a");
	assert_true(json_is_object(json));
	assert_true(json_is_array(array));
	const struct json *element = json_first(array);
	assert_int_equal(json_int(element, -1), 1);
	element = json_after(element);
	assert_int_equal(json_int(element, -1), -2);
	element = json_after(element);
	assert_true(json_is_string(element));
	assert_str(json_text(element), "x\n\xc3\xa9\xf0\x9d\x84\x9e");
	element = json_after(element);
	assert_true(json_is_true(element));
	element = json_after(element);
	assert_true(json_is_null(element));
	assert_null(json_after(element));
	assert_true(json_is_object(json_get(json, "A")));
	assert_null(json_get(json, "b"));
	json_free(json);
}

static void
nothing_asked_of_nothing(void **state)
{
	(void)state;
	struct json *json = parsed("[]");
	assert_null(json_get(NULL, "a"));
	assert_null(json_get(json, "a"));
	assert_null(json_first(json));
	assert_null(json_first(NULL));
	assert_str(json_text(NULL), "");
	assert_str(json_text(json), "");
	assert_int_equal(json_int(NULL, 5), 5);
	assert_int_equal(json_int(json, 5), 5);
	assert_false(json_is_true(NULL));
	assert_false(json_is_object(NULL));
	json_free(json);
	json_free(NULL);
}

static void
numbers_within_int64(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int64_t value;
	} cases[] = {
		{ "0", 0 },
		{ "-0", 0 },
		{ "1e3", 1000 },
		{ "1.999", 1 },
		{ "9007199254740992", INT64_C(9007199254740992) },
		{ "-9223372036854775808", INT64_MIN },
		{ "9223372036854775808", 5 },
		{ "-9223372036854777856", 5 },
		{ "1e999", 5 },
		{ "-1e999", 5 },
		/* Longer than cJSON's own buffer. */
		{ "10000000000000000000000000000000000000000000000000000000000000000000000000000000"
		  "0",
		    5 },
		{ "-0."
		  "00000000000000000000000000000000000000000000000000000000000000000000000000001",
		    5 },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct json *json = parsed(cases[i].text);
		assert_true(json_is_number(json));
		assert_int_equal(json_int(json, 5), cases[i].value);
		json_free(json);
	}
}

static void
what_the_grammar_forbids(void **state)
{
	(void)state;
	refused(STR(""), "byte 1: the text ends too early");
	refused(STR("  "), "byte 3: the text ends too early");
	refused(STR("+1"), "byte 1: not a JSON value");
	refused(STR("01"), "byte 2: something follows the JSON value");
	refused(STR("1."), "byte 3: the text ends too early");
	refused(STR("[1.]"), "byte 4: a digit is missing in a number");
	refused(STR(".5"), "byte 1: not a JSON value");
	refused(STR("-"), "byte 2: the text ends too early");
	refused(STR("[1,]"), "byte 4: not a JSON value");
	refused(STR("[1 2]"), "byte 4: ',' or a closing bracket is missing");
	refused(STR("[1"), "byte 3: the text ends too early");
	refused(STR("[1}"), "byte 3: ',' or a closing bracket is missing");
	refused(STR("{\"a\" 1}"), "byte 6: ':' is missing behind a name");
	refused(STR("{a:1}"), "byte 2: a name in double quotes is missing");
	refused(STR("\"a\tb\""), "byte 3: a control character in a string");
	refused(STR("\"a\0b\""), "byte 3: a control character in a string");
	refused(STR("\"\\x\""), "byte 3: an escape that JSON does not know");
	refused(STR("\"\\u12g4\""), "byte 6: \\u without four hexadecimal digits");
	refused(STR("\"\\ud800\\u12\""), "byte 12: \\u without four hexadecimal digits");
	refused(STR("\"abc"), "byte 5: the text ends too early");
	refused(STR("\"abc\\"), "byte 6: the text ends too early");
	refused(STR("\"\xc3\""), "byte 3: the string that ends here is not UTF-8");
	refused(STR("\"\xed\xa0\x80\""), "byte 5: the string that ends here is not UTF-8");
	refused(STR("nul"), "byte 4: the text ends too early");
	refused(STR("True"), "byte 1: not a JSON value");
	refused(STR("NaN"), "byte 1: not a JSON value");
	refused(STR("1 1"), "byte 3: something follows the JSON value");
	refused(STR("[1]\0"), "byte 4: something follows the JSON value");
	refused(STR("\xef\xbb\xbf[]"), "byte 1: not a JSON value");
}

static void
what_cjson_cannot_carry_is_mended(void **state)
{
	(void)state;
	struct json *json = parsed(
	    "{\"a\\u0000b\":\"x\\u0000y\\ud800z\\udc00\\ud834\\udd1e\","
	    "\"big\":-123456789012345678901234567890123456789012345678901234567890123456,\"n\":3}");
	assert_str(json_text(json_get(json,
	               "a\xef\xbf\xbd"
	               "b")),
	    "x\xef\xbf\xbdy\xef\xbf\xbdz\xef\xbf\xbd\xf0\x9d\x84\x9e");
	assert_true(json_is_number(json_get(json, "big")));
	assert_int_equal(json_int(json_get(json, "big"), -1), -1);
	assert_int_equal(json_int(json_get(json, "n"), -1), 3);
	json_free(json);
}

static void
depth_has_an_end(void **state)
{
	(void)state;
	enum { DEPTH = 64, MANY = 100000 };
	char text[2 * DEPTH + 3] = "";
	memset(text, '[', DEPTH);
	memset(text + DEPTH, ']', DEPTH);
	json_free(parsed(text));
	memset(text, '[', DEPTH + 1);
	memset(text + DEPTH + 1, ']', DEPTH + 1);
	refused(str_from(text), "byte 65: nested more than 64 levels deep");
	char *deep = malloc(MANY);
	memset(deep, '[', MANY);
	refused((struct str){ deep, MANY }, "byte 65: nested more than 64 levels deep");
	for (size_t i = 0; i < MANY; i++)
		deep[i] = i % 2 == 0 ? '{' : '"';
	struct json *json;
	struct err err = ERR_NONE;
	assert_int_equal(json_parse(&json, (struct str){ deep, MANY }, &err), -1);
	free(deep);
}

struct seen {
	size_t count, stop_at;
	int64_t sum;
};

static int
see(void *context, const struct json *element, size_t index)
{
	struct seen *seen = context;
	assert_int_equal(index, seen->count);
	seen->count++;
	seen->sum += json_int(json_get(element, "n"), 0);
	return seen->count == seen->stop_at ? 17 : 0;
}

static void
elements_come_one_by_one(void **state)
{
	(void)state;
	struct seen seen = { 0 };
	struct err err = ERR_NONE;
	struct str text = STR(" [ {\"n\":1}, null ,\"x\",{\"n\":41}] \n");
	assert_int_equal(json_each(text, see, &seen, &err), 0);
	assert_int_equal(seen.count, 4);
	assert_int_equal(seen.sum, 42);
	seen = (struct seen){ .stop_at = 2 };
	assert_int_equal(json_each(text, see, &seen, &err), 17);
	assert_int_equal(seen.count, 2);
	seen = (struct seen){ 0 };
	assert_int_equal(json_each(STR("[ ]"), see, &seen, &err), 0);
	assert_int_equal(seen.count, 0);
	assert_false(err_is_set(&err));
}

static void
a_fault_ends_the_array(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		size_t visited;
		const char *why;
	} cases[] = {
		{ "", 0, "byte 1: the text ends too early" },
		{ "{}", 0, "byte 1: not a JSON array" },
		{ "[1,2", 2, "byte 5: the text ends too early" },
		{ "[1,2,", 2, "byte 6: the text ends too early" },
		{ "[1,2,]", 2, "byte 6: not a JSON value" },
		{ "[1,{\"a\":}]", 1, "byte 9: not a JSON value" },
		{ "[1] x", 1, "byte 5: something follows the JSON value" },
		{ "[1}", 1, "byte 3: ',' or ']' is missing" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct seen seen = { 0 };
		struct err err = ERR_NONE;
		assert_int_equal(json_each(str_from(cases[i].text), see, &seen, &err), -1);
		assert_int_equal(seen.count, cases[i].visited);
		assert_int_equal(err.code, EX_DATAERR);
		assert_string_equal(err.text, cases[i].why);
	}
}

static void
writing(void **state)
{
	(void)state;
	struct json *json = json_new_object();
	struct buf out = BUF_INIT(BUF_LIMIT);
	json_add_text(json, "t", STR("a\"\\\n\x01\xc3\xa9/"));
	json_add_text(json, "bad", STR("x\xff\0y"));
	struct json *array = json_add_array(json, "a");
	json_add_int(array, NULL, 0);
	json_add_int(array, "ignored", -1);
	json_add_int(array, NULL, INT64_C(1785312000));
	json_add_int(array, NULL, INT64_MAX);
	json_add_int(array, NULL, INT64_MIN);
	json_add_bool(array, NULL, true);
	json_add_null(array, NULL);
	json_add_bool(json_add_object(array, NULL), "b", false);
	json_write(json, &out);
	assert_str(buf_str(&out),
	    "{\"t\":\"a\\\"\\\\\\n\\u0001\xc3\xa9/"
	    "\",\"bad\":\"x\xef\xbf\xbdy\",\"a\":[0,-1,1785312000,"
	    "9223372036854775807,-9223372036854775808,true,null,{\"b\":false}]}");
	json_free(json);
	json_free(parsed(out.ptr));
	buf_release(&out);
}

/* nst/JSONTestSuite: all y_ are accepted, all n_ refused, i_ are ours to decide. */
static void
a_suite_of_others(void **state)
{
	(void)state;
	char folder[4096];
	const char *data = getenv("DIGEST_TEST_DATA");
	snprintf(folder, sizeof(folder), "%s/suite_jsontestsuite/test_parsing",
	    data != NULL ? data : "../shared/data");
	DIR *dir = opendir(folder);
	if (dir == NULL)
		skip();
	int accepted = 0, rejected = 0, faults = 0;
	for (struct dirent *file; (file = readdir(dir)) != NULL;) {
		char path[8192];
		static char bytes[1 << 20];
		if (file->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, file->d_name);
		FILE *stream = fopen(path, "rb");
		assert_non_null(stream);
		size_t len = fread(bytes, 1, sizeof(bytes), stream);
		fclose(stream);
		struct json *json;
		struct err err = ERR_NONE;
		bool is_ok = json_parse(&json, (struct str){ bytes, len }, &err) == 0;
		json_free(json);
		accepted += file->d_name[0] == 'y' && is_ok;
		rejected += file->d_name[0] == 'n' && !is_ok;
		if ((file->d_name[0] == 'y' && !is_ok) || (file->d_name[0] == 'n' && is_ok)) {
			print_error("%s: %s\n", file->d_name, is_ok ? "accepted" : err.text);
			faults++;
		}
	}
	closedir(dir);
	assert_int_equal(faults, 0);
	assert_true(accepted > 30);
	assert_true(rejected > 90);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_are_read),
		cmocka_unit_test(nothing_asked_of_nothing),
		cmocka_unit_test(numbers_within_int64),
		cmocka_unit_test(what_the_grammar_forbids),
		cmocka_unit_test(what_cjson_cannot_carry_is_mended),
		cmocka_unit_test(depth_has_an_end),
		cmocka_unit_test(elements_come_one_by_one),
		cmocka_unit_test(a_fault_ends_the_array),
		cmocka_unit_test(writing),
		cmocka_unit_test(a_suite_of_others),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
