/* JSON: the grammar to the letter, what cJSON cannot carry, one element at a time, and writing. */
#include "unit.h"

#include "digest/input.h"
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
	assert_string_equal(json_type_name(element), "null");
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
	refused(STR("\"\xc3\""), "byte 3: a string that is not UTF-8");
	refused(STR("\"\xed\xa0\x80\""), "byte 3: a string that is not UTF-8");
	refused(STR("\"\xc0\xaf\""), "byte 2: a string that is not UTF-8");
	refused(STR("\"\xe0\x9f\xbf\""), "byte 3: a string that is not UTF-8");
	refused(STR("\"\xf0\x8f\xbf\xbf\""), "byte 3: a string that is not UTF-8");
	refused(STR("\"\xf4\x90\x80\x80\""), "byte 3: a string that is not UTF-8");
	refused(STR("\"\xe2\x82"), "byte 4: the text ends too early");
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

/* ---- as it comes ---- */

/*
 * An input of pieces of at most `size` bytes, the first of `first`; each lies in memory of its own.
 */
struct pieces {
	struct str text;
	size_t at, first, size;
	char *piece;
};

static int
pieces_next(void *context, struct str *chunk, struct err *err)
{
	struct pieces *pieces = context;
	struct str rest = str_skip(pieces->text, pieces->at);
	(void)err;
	free(pieces->piece);
	pieces->piece = NULL;
	if (rest.len == 0)
		return 0;
	rest = str_head(rest, pieces->at == 0 && pieces->first > 0 ? pieces->first : pieces->size);
	pieces->piece = malloc(rest.len);
	memcpy(pieces->piece, rest.ptr, rest.len);
	pieces->at += rest.len;
	*chunk = (struct str){ pieces->piece, rest.len };
	return 1;
}

static int
pieces_rewind(void *context, struct err *err)
{
	struct pieces *pieces = context;
	(void)err;
	pieces->at = 0;
	return 0;
}

static void
pieces_close(void *context)
{
	struct pieces *pieces = context;
	free(pieces->piece);
	pieces->piece = NULL;
}

static struct input *
input_of_pieces(struct pieces *pieces)
{
	static const struct input_ops ops = { pieces_next, pieces_rewind, pieces_close };
	return input_new(&ops, pieces);
}

/* What a reading gave: elements as they are written, each with ';' after it. */
struct seen {
	struct buf elements, skips, rest;
	size_t count, stop_at;
	int result;
	struct err err;
};

static int
see(void *context, const struct json *element)
{
	struct seen *seen = context;
	seen->count++;
	json_write(element, &seen->elements);
	buf_add_char(&seen->elements, ';');
	return seen->count == seen->stop_at ? 17 : 0;
}

static void
see_skip(void *context, const char *why)
{
	struct seen *seen = context;
	buf_addf(&seen->skips, "%s;", why);
}

/* Reads the array at a path; or lines when `path` is NULL. */
static void
start_seeing(struct seen *seen, struct input *input, const char *path, size_t stop_at)
{
	struct json_visitor visitor = { seen, see, see_skip };
	struct json *rest = NULL;
	*seen = (struct seen){
		.elements = BUF_INIT(BUF_LIMIT),
		.skips = BUF_INIT(BUF_LIMIT),
		.rest = BUF_INIT(BUF_LIMIT),
		.stop_at = stop_at,
	};
	if (path == NULL)
		seen->result = json_lines(input, &visitor, &seen->err);
	else
		seen->result = json_each(input, path, &visitor, &rest, &seen->err);
	assert_int_equal(seen->result == -1, err_is_set(&seen->err));
	if (rest != NULL)
		json_write(rest, &seen->rest);
	json_free(rest);
	input_close(input);
}

static void
end_seeing(struct seen *seen)
{
	buf_release(&seen->elements);
	buf_release(&seen->skips);
	buf_release(&seen->rest);
}

/* Reading `text` gives this, wherever it is cut. `elements`, `rest`: NULL when there is a fault. */
static void
check_reading(
    struct str text, const char *path, const char *elements, const char *rest, const char *error)
{
	for (size_t cut = 0; cut <= text.len + 1; cut++) {
		struct pieces pieces = { .text = text, .first = cut, .size = text.len + 1 };
		struct seen seen;
		if (cut > text.len)
			pieces.first = pieces.size = 1;
		start_seeing(&seen, input_of_pieces(&pieces), path, 0);
		assert_str(buf_str(&seen.elements), elements);
		assert_str(buf_str(&seen.rest), rest);
		assert_string_equal(seen.err.text, error);
		assert_int_equal(seen.err.code, error[0] != '\0' ? EX_DATAERR : 0);
		end_seeing(&seen);
	}
	struct seen seen;
	start_seeing(&seen, input_of_bytes(text), path, 0);
	assert_str(buf_str(&seen.elements), elements);
	assert_str(buf_str(&seen.rest), rest);
	assert_string_equal(seen.err.text, error);
	end_seeing(&seen);
}

static void
elements_come_one_by_one(void **state)
{
	(void)state;
	struct str text = STR(" [ {\"n\":1}, null ,\"x\",{\"n\":[1,{}]},-0.5e1,[]] \n");
	check_reading(text, "", "{\"n\":1};null;\"x\";{\"n\":[1,{}]};-5;[];", "[]", "");
	check_reading(STR("[ ]"), "", "", "[]", "");
	check_reading(STR("\xef\xbb\xbf[1,\"\xe2\x82\xac\"]"), "", "1;\"\xe2\x82\xac\";", "[]", "");
	check_reading(STR("[\"\\u0000\\ud834\\udd1e\\udd1e\\ud834\",\"\\ud834\\n\"]"), "",
	    "\"\xef\xbf\xbd\xf0\x9d\x84\x9e\xef\xbf\xbd\xef\xbf\xbd\";\"\xef\xbf\xbd\\n\";", "[]",
	    "");
}

static void
the_array_is_found_by_its_path(void **state)
{
	(void)state;
	static const struct {
		const char *text, *path, *elements, *rest;
	} cases[] = {
		{ "{\"a\":1,\"data\":[1,{\"data\":[2]}],\"z\":[3]}", "data", "1;{\"data\":[2]};",
		    "{\"a\":1,\"data\":[],\"z\":[3]}" },
		{ "{\"items\":[9],\"message\":{\"x\":{\"items\":[8]},\"items\":[1,2],\"t\":3}}",
		    "message.items", "1;2;",
		    "{\"items\":[9],\"message\":{\"x\":{\"items\":[8]},\"items\":[],\"t\":3}}" },
		/* An object all of it, or another value. */
		{ "{\"a\":[1]}", "", "", "{\"a\":[1]}" },
		{ "17", "", "", "17" },
		{ "[1,2]", "data", "", "[1,2]" },
		{ "{\"data\":{\"id\":[1]}}", "data", "", "{\"data\":{\"id\":[1]}}" },
		{ "{\"data\":null,\"next\":\"x\"}", "data", "", "{\"data\":null,\"next\":\"x\"}" },
		{ "{\"message\":[[1]]}", "message.items", "", "{\"message\":[[1]]}" },
		{ "{\"datax\":[1],\"dat\":[2]}", "data", "", "{\"datax\":[1],\"dat\":[2]}" },
		/* The first of equal names counts, also on the way. */
		{ "{\"data\":1,\"data\":[2]}", "data", "", "{\"data\":1,\"data\":[2]}" },
		{ "{\"data\":[1],\"data\":[2]}", "data", "1;", "{\"data\":[],\"data\":[2]}" },
		{ "{\"m\":{\"a\":1},\"m\":{\"i\":[2]}}", "m.i", "",
		    "{\"m\":{\"a\":1},\"m\":{\"i\":[2]}}" },
		{ "[{\"data\":[1]},{\"data\":[2]}]", "data", "",
		    "[{\"data\":[1]},{\"data\":[2]}]" },
		/* A name may be written otherwise. */
		{ "{\"d\\u0061ta\":[1]}", "data", "1;", "{\"data\":[]}" },
		/* What is mended outside of elements does not bear on them, nor theirs on it. */
		{ "{\"a\":\"\\u0000\",\"data\":[\"x\",\"\\ud800\",\"y\"],\"b\":\"\\udc00\"}",
		    "data", "\"x\";\"\xef\xbf\xbd\";\"y\";",
		    "{\"a\":\"\xef\xbf\xbd\",\"data\":[],\"b\":\"\xef\xbf\xbd\"}" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		check_reading(
		    str_from(cases[i].text), cases[i].path, cases[i].elements, cases[i].rest, "");
}

static void
a_fault_ends_the_array(void **state)
{
	(void)state;
	static const struct {
		const char *text, *elements, *why;
	} cases[] = {
		{ "", "", "byte 1: the text ends too early" },
		{ "[1,2", "1;", "byte 5: the text ends too early" },
		{ "[1,2 ", "1;2;", "byte 6: the text ends too early" },
		{ "[1,2,", "1;2;", "byte 6: the text ends too early" },
		{ "[1,2,]", "1;2;", "byte 6: not a JSON value" },
		{ "[1,{\"a\":}]", "1;", "byte 9: not a JSON value" },
		{ "[1] x", "1;", "byte 5: something follows the JSON value" },
		{ "[1}", "1;", "byte 3: ',' or a closing bracket is missing" },
		{ "[1,{\"a\":\"x\xff\"}]", "1;", "byte 11: a string that is not UTF-8" },
		{ "[true,fals", "true;", "byte 11: the text ends too early" },
		{ "[true,falsy]", "true;", "byte 11: not a JSON value" },
		{ "\xef\xbb\xbf[1,x]", "1;", "byte 7: not a JSON value" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		check_reading(str_from(cases[i].text), "", cases[i].elements, "", cases[i].why);
	/* Around the array, too. */
	check_reading(STR("{\"data\":[1],\"a\":01}"), "data", "1;", "",
	    "byte 18: ',' or a closing bracket is missing");
	check_reading(STR("{\"a\":+1,\"data\":[1]}"), "data", "", "", "byte 6: not a JSON value");
}

static void
the_visitor_ends_the_reading(void **state)
{
	(void)state;
	struct seen seen;
	start_seeing(&seen, input_of_bytes(STR("[1,2,3,x]")), "", 2);
	assert_int_equal(seen.result, 17);
	assert_str(buf_str(&seen.elements), "1;2;");
	end_seeing(&seen);
	start_seeing(&seen, input_of_bytes(STR("1\n2\n3\n")), NULL, 2);
	assert_int_equal(seen.result, 17);
	assert_str(buf_str(&seen.elements), "1;2;");
	end_seeing(&seen);
}

static void
the_rest_alone(void **state)
{
	(void)state;
	struct input *input = input_of_bytes(STR("{\"data\":[1,\"\\ud800\",2],\"b\":3}"));
	struct json *rest;
	struct err err = ERR_NONE;
	struct buf text = BUF_INIT(BUF_LIMIT);
	assert_int_equal(json_each(input, "data", NULL, &rest, &err), 0);
	json_write(rest, &text);
	assert_str(buf_str(&text), "{\"data\":[],\"b\":3}");
	json_free(rest);
	/* The elements alone, and from the beginning again. */
	struct seen seen = { .elements = BUF_INIT(BUF_LIMIT) };
	struct json_visitor visitor = { &seen, see, see_skip };
	assert_int_equal(json_each(input, "data", &visitor, NULL, &err), 0);
	assert_str(buf_str(&seen.elements), "1;\"\xef\xbf\xbd\";2;");
	input_close(input);
	buf_release(&text);
	buf_release(&seen.elements);
}

/* A text made of one character many times, between a beginning and an end. */
static char *
long_text(const char *before, size_t count, const char *after)
{
	char *text = malloc(strlen(before) + count + strlen(after) + 1);
	memcpy(text, before, strlen(before));
	memset(text + strlen(before), 'x', count);
	memcpy(text + strlen(before) + count, after, strlen(after) + 1);
	return text;
}

static void
sizes_have_an_end(void **state)
{
	(void)state;
	char *text = long_text("[1,\"", JSON_ELEMENT_BYTES - 2, "\",2]");
	struct seen seen;
	start_seeing(&seen, input_of_bytes(str_from(text)), "", 0);
	assert_int_equal(seen.count, 3);
	end_seeing(&seen);
	free(text);

	/* A byte more: it alone is left out, whether it comes in one piece or in many. */
	text = long_text("[1,\"", JSON_ELEMENT_BYTES - 1, "\",2]");
	for (size_t size = 4096; size <= (size_t)16 << 20; size *= 4096) {
		struct pieces pieces = { .text = str_from(text), .size = size };
		start_seeing(&seen, input_of_pieces(&pieces), "", 0);
		assert_int_equal(seen.result, 0);
		assert_str(buf_str(&seen.elements), "1;2;");
		assert_str(buf_str(&seen.skips), "is over 8 MiB;");
		end_seeing(&seen);
	}
	free(text);
	text = long_text("1\n\"", JSON_ELEMENT_BYTES - 1, "\"\n2\n");
	for (size_t size = 4096; size <= (size_t)16 << 20; size *= 4096) {
		struct pieces pieces = { .text = str_from(text), .size = size };
		start_seeing(&seen, input_of_pieces(&pieces), NULL, 0);
		assert_int_equal(seen.result, 0);
		assert_str(buf_str(&seen.elements), "1;2;");
		assert_str(buf_str(&seen.skips), "is over 8 MiB;");
		end_seeing(&seen);
	}
	free(text);

	text = long_text("{\"data\":[1],\"a\":\"", JSON_REST_BYTES, "\"}");
	start_seeing(&seen, input_of_bytes(str_from(text)), "data", 0);
	assert_int_equal(seen.err.code, EX_DATAERR);
	assert_string_equal(seen.err.text, "over 4 MiB that are no part of the list");
	assert_str(buf_str(&seen.elements), "1;");
	end_seeing(&seen);
	free(text);
}

static void
lines_come_one_by_one(void **state)
{
	(void)state;
	check_reading(STR("{\"a\":1}\r\n\n [2] \n\"x\""), NULL, "{\"a\":1};[2];\"x\";", "", "");
	check_reading(STR("\xef\xbb\xbf"
	                  "1\n"),
	    NULL, "1;", "", "");
	check_reading(STR(""), NULL, "", "", "");
	check_reading(STR("1\n{\"a\""), NULL, "1;", "", "byte 7: the text ends too early");
	struct str text = STR("1\n{\"a\":}\n[2\n3 4\n\"\\ud800\"\n5");
	for (size_t size = 1; size <= text.len; size++) {
		struct pieces pieces = { .text = text, .size = size };
		struct seen seen;
		start_seeing(&seen, input_of_pieces(&pieces), NULL, 0);
		assert_int_equal(seen.result, 0);
		assert_str(buf_str(&seen.elements), "1;\"\xef\xbf\xbd\";5;");
		assert_str(buf_str(&seen.skips),
		    "is not JSON: byte 6 of its line: not a JSON value;"
		    "is not JSON: byte 3 of its line: the text ends too early;"
		    "is not JSON: byte 3 of its line: something follows the JSON value;");
		end_seeing(&seen);
	}
}

static void
other_encodings_are_named(void **state)
{
	(void)state;
	static const struct {
		struct str text;
		const char *encoding;
	} cases[] = {
		{ { "\xff\xfe[\0]\0", 6 }, "UTF-16" },
		{ { "\xfe\xff\0[\0]", 6 }, "UTF-16" },
		{ { "\xff\xfe\0\0[\0\0\0", 8 }, "UTF-32" },
		{ { "\0\0\xfe\xff\0\0\0{", 8 }, "UTF-32" },
		{ { "{\0}\0", 4 }, "UTF-16" },
		{ { "\0\n\0[\0]", 6 }, "UTF-16" },
		{ { "[\0\0\0]\0\0\0", 8 }, "UTF-32" },
		{ { "\0\0\0[", 4 }, "UTF-32" },
		{ { "\xff\xfe<\0?\0", 6 }, NULL },
		{ { "[]", 2 }, NULL },
		{ { "[\0", 2 }, "UTF-16" },
		{ { "", 0 }, NULL },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const char *encoding = json_foreign_encoding(cases[i].text);
		assert_string_equal(encoding != NULL ? encoding : "",
		    cases[i].encoding != NULL ? cases[i].encoding : "");
		if (encoding == NULL)
			continue;
		struct seen seen;
		start_seeing(&seen, input_of_bytes(cases[i].text), "", 0);
		assert_int_equal(seen.err.code, EX_DATAERR);
		assert_non_null(strstr(seen.err.text, encoding));
		assert_non_null(strstr(seen.err.text, "where JSON has to be UTF-8"));
		end_seeing(&seen);
	}
}

static bool
see_path(void *context, struct str path, struct str text)
{
	buf_addf(context, "%.*s=%.1s ", STR_ARG(path), text.ptr);
	return !str_is(path, "stop");
}

static void
outlines(void **state)
{
	(void)state;
	static const struct {
		const char *text, *outline;
	} cases[] = {
		{ "[]", "=[ " },
		{ "{\"a\":{\"b\":[null,{\"c\":\"x\"}]},\"d\":1}",
		    "={ a={ a.b=[ a.b[]=n a.b[]={ a.b[].c=\" d=1 " },
		{ "[[[[[[1]]]]], 2]", "=[ []=[ [][]=[ [][][]=[ [][][][]=[ []=2 " },
		{ "{\"a\":[{\"b\":\"cut of", "={ a=[ a[]={ a[].b=\" " },
		{ "{\"stop\":1,\"b\":2}", "={ stop=1 " },
		{ "{\"a\":+}\n{\"b\":1}\n{\"c\":1}", "={ a=+ ={ b=1 ={ c=1 " },
		{ "", "" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct buf outline = BUF_INIT(BUF_LIMIT);
		json_outline(str_from(cases[i].text), see_path, &outline);
		assert_str(buf_str(&outline), cases[i].outline);
		buf_release(&outline);
	}
	/* Names longer than any path are cut, not overrun. */
	char *text = long_text("{\"", 5000, "\":{\"a\":[1]}}");
	struct buf outline = BUF_INIT(BUF_LIMIT);
	json_outline(str_from(text), see_path, &outline);
	assert_true(outline.len > 1000 && outline.len < 5000);
	buf_release(&outline);
	free(text);
}

static void
types_have_names(void **state)
{
	(void)state;
	struct json *json = parsed("[{},[],\"\",1,null,false]");
	struct buf names = BUF_INIT(BUF_LIMIT);
	const struct json *element;
	for (element = json_first(json); element != NULL; element = json_after(element))
		buf_addf(&names, "%s, ", json_type_name(element));
	buf_add_string(&names, json_type_name(NULL));
	assert_str(buf_str(&names),
	    "an object, an array, a string, a number, null, true or false, nothing");
	buf_release(&names);
	json_free(json);
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

/* Whether the reader of pieces agrees with the reader of whole texts. */
static bool
is_read_alike(struct str text, bool is_ok, const struct err *whole)
{
	static const size_t sizes[] = { 1, 2, 3, 7, 64, (size_t)1 << 20 };
	/* A mark is for files, and texts in other encodings have a name for their fault. */
	if (str_starts(text, "\xef\xbb\xbf") || json_foreign_encoding(text) != NULL)
		return true;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		struct pieces pieces = { .text = text, .size = sizes[i] };
		struct seen seen;
		start_seeing(&seen, input_of_pieces(&pieces), "", 0);
		bool is_alike =
		    (seen.result == 0) == is_ok && strcmp(seen.err.text, whole->text) == 0;
		end_seeing(&seen);
		if (!is_alike) {
			print_error("in pieces of %zu: '%s', not '%s'\n", sizes[i], seen.err.text,
			    whole->text);
			return false;
		}
	}
	return true;
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
		faults += !is_read_alike((struct str){ bytes, len }, is_ok, &err);
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

/*
 * What acts on a terminal, or turns text around, does so in no output of ours;
 * the value is the same.
 */
static void
test_what_is_written_can_be_shown(void **state)
{
	struct json *object = json_new_object(), *again;
	struct buf out = BUF_INIT(BUF_LIMIT);
	struct str text = STR("a\x1b\x7f\xc2\x9b\xe2\x80\xae\xe2\x81\xa6\xc2\xa0é…");
	struct err err = ERR_NONE;
	(void)state;

	json_add_text(object, "t", text);
	json_write(object, &out);
	assert_str(buf_str(&out), "{\"t\":\"a\\u001b\\u007f\\u009b\\u202e\\u2066\xc2\xa0é…\"}");
	assert_int_equal(json_parse(&again, buf_str(&out), &err), 0);
	assert_true(str_equal(json_text(json_get(again, "t")), text));
	json_free(again);
	json_free(object);
	buf_release(&out);
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
		cmocka_unit_test(the_array_is_found_by_its_path),
		cmocka_unit_test(a_fault_ends_the_array),
		cmocka_unit_test(the_visitor_ends_the_reading),
		cmocka_unit_test(the_rest_alone),
		cmocka_unit_test(sizes_have_an_end),
		cmocka_unit_test(lines_come_one_by_one),
		cmocka_unit_test(other_encodings_are_named),
		cmocka_unit_test(outlines),
		cmocka_unit_test(types_have_names),
		cmocka_unit_test(writing),
		cmocka_unit_test(a_suite_of_others),
		cmocka_unit_test(test_what_is_written_can_be_shown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
