/*
 * JSON by cJSON. The scanner below is the grammar of RFC 8259 to the letter, because cJSON alone
 * lets "01", "+1" and control characters pass and ends a string at an escaped NUL; cJSON only sees
 * what the scanner has accepted. Nothing here knows what the values mean.
 */
#include "digest/json.h"

#include "digest/mem.h"
#include "digest/unicode.h"

#include <cjson/cJSON.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { DEPTH_MAX = 64 };

/* cJSON reads no more than 63 characters of a number. */
enum { NUMBER_MAX = 63 };

/* Integers up to here are exact in a double, and cJSON writes them without an exponent. */
#define EXACT_INT INT64_C(999999999999999)

#define INT64_BOUND 9223372036854775808.0

struct scanner {
	const char *start, *at, *end;
	const char *why; /* what is wrong at `at` */
	bool is_unfit; /* valid, but cJSON must not see it as it is */
	char *mend; /* a writable copy of `start`…`end` to make fit, or NULL */
};

static bool scan_value(struct scanner *scanner, int depth);

static bool
fail(struct scanner *scanner, const char *why)
{
	if (scanner->why == NULL)
		scanner->why = scanner->at == scanner->end ? "the text ends too early" : why;
	return false;
}

static bool
is_at(const struct scanner *scanner, char c)
{
	return scanner->at < scanner->end && *scanner->at == c;
}

static bool
take(struct scanner *scanner, char c)
{
	if (!is_at(scanner, c))
		return false;
	scanner->at++;
	return true;
}

static void
skip_space(struct scanner *scanner)
{
	while (is_at(scanner, ' ') || is_at(scanner, '\n') || is_at(scanner, '\r') ||
	    is_at(scanner, '\t'))
		scanner->at++;
}

static bool
scan_word(struct scanner *scanner, const char *word)
{
	for (; *word != '\0'; word++) {
		if (!take(scanner, *word))
			return fail(scanner, "not a JSON value");
	}
	return true;
}

static bool
scan_digits(struct scanner *scanner)
{
	if (scanner->at == scanner->end || !str_is_digit(*scanner->at))
		return fail(scanner, "a digit is missing in a number");
	while (scanner->at < scanner->end && str_is_digit(*scanner->at))
		scanner->at++;
	return true;
}

/* Replaces `len` bytes at `place` of the copy, if there is one. */
static void
mend(struct scanner *scanner, const char *place, const char *text, size_t len)
{
	scanner->is_unfit = true;
	if (scanner->mend != NULL)
		memcpy(scanner->mend + (place - scanner->start), text, len);
}

static bool
scan_number(struct scanner *scanner)
{
	static const char far_away[NUMBER_MAX + 1] =
	    "1e99                                                           ";
	const char *start = scanner->at;
	take(scanner, '-');
	if (!take(scanner, '0') && !scan_digits(scanner))
		return false;
	if (take(scanner, '.') && !scan_digits(scanner))
		return false;
	if (take(scanner, 'e') || take(scanner, 'E')) {
		if (!take(scanner, '+'))
			take(scanner, '-');
		if (!scan_digits(scanner))
			return false;
	}

	/* Nobody asks for the digits of such a number, only whether it is an int64. */
	const char *rest = start + NUMBER_MAX;
	if (scanner->at - start > NUMBER_MAX) {
		mend(scanner, start, far_away, NUMBER_MAX);
		for (; rest < scanner->at; rest++)
			mend(scanner, rest, " ", 1);
	}
	return true;
}

static int
hex_digit(char c)
{
	if (str_is_digit(c))
		return c - '0';
	char lower = str_lower_char(c);
	return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/* The four digits behind "\u": their value, or -1. */
static long
scan_unit(struct scanner *scanner)
{
	long unit = 0;
	for (int i = 0; i < 4; i++) {
		int digit = scanner->at < scanner->end ? hex_digit(*scanner->at) : -1;
		if (digit < 0) {
			fail(scanner, "\\u without four hexadecimal digits");
			return -1;
		}
		unit = unit * 16 + digit;
		scanner->at++;
	}
	return unit;
}

/*
 * Behind "\u". The grammar allows NUL and half surrogate pairs; cJSON ends the string at the one and
 * refuses the other, so both become U+FFFD and cost nobody the rest of the listing.
 */
static bool
scan_unicode_escape(struct scanner *scanner)
{
	const char *digits = scanner->at;
	long unit = scan_unit(scanner);
	if (unit < 0)
		return false;
	if (unit >= 0xd800 && unit <= 0xdbff && scanner->end - scanner->at >= 6 &&
	    scanner->at[0] == '\\' && scanner->at[1] == 'u') {
		struct scanner second = *scanner;
		second.at += 2;
		long low = scan_unit(&second);
		if (low >= 0xdc00 && low <= 0xdfff) {
			scanner->at = second.at;
			return true;
		}
	}
	if (unit == 0 || (unit >= 0xd800 && unit <= 0xdfff))
		mend(scanner, digits, "fffd", 4);
	return true;
}

static bool
scan_escape(struct scanner *scanner)
{
	if (scanner->at == scanner->end)
		return fail(scanner, "");
	char c = *scanner->at;
	if (c != 'u' && str_find_char(STR("\"\\/bfnrt"), c) < 0)
		return fail(scanner, "an escape that JSON does not know");
	scanner->at++;
	return c != 'u' || scan_unicode_escape(scanner);
}

static bool
scan_string(struct scanner *scanner)
{
	bool is_ascii = true;
	if (!take(scanner, '"'))
		return fail(scanner, "a name in double quotes is missing");
	const char *start = scanner->at;
	while (!is_at(scanner, '"')) {
		if (scanner->at == scanner->end)
			return fail(scanner, "");
		unsigned char c = (unsigned char)*scanner->at;
		if (c < 0x20)
			return fail(scanner, "a control character in a string");
		if (c >= 0x80)
			is_ascii = false;
		scanner->at++;
		if (c == '\\' && !scan_escape(scanner))
			return false;
	}
	if (!is_ascii && !unicode_is_valid((struct str){ start, (size_t)(scanner->at - start) }))
		return fail(scanner, "the string that ends here is not UTF-8");
	scanner->at++;
	return true;
}

/* One element of an array, or one member of an object. */
static bool
scan_item(struct scanner *scanner, bool is_object, int depth)
{
	skip_space(scanner);
	if (is_object) {
		if (!scan_string(scanner))
			return false;
		skip_space(scanner);
		if (!take(scanner, ':'))
			return fail(scanner, "':' is missing behind a name");
	}
	return scan_value(scanner, depth + 1);
}

static bool
scan_container(struct scanner *scanner, int depth)
{
	bool is_object = *scanner->at == '{';
	char close = is_object ? '}' : ']';
	if (depth > DEPTH_MAX)
		return fail(scanner, "nested more than 64 levels deep");
	scanner->at++;
	skip_space(scanner);
	if (take(scanner, close))
		return true;
	do {
		if (!scan_item(scanner, is_object, depth))
			return false;
		skip_space(scanner);
	} while (take(scanner, ','));
	return take(scanner, close) || fail(scanner, "',' or a closing bracket is missing");
}

static bool
scan_value(struct scanner *scanner, int depth)
{
	skip_space(scanner);
	if (scanner->at == scanner->end)
		return fail(scanner, "");
	switch (*scanner->at) {
	case '{':
	case '[': return scan_container(scanner, depth);
	case '"': return scan_string(scanner);
	case 't': return scan_word(scanner, "true");
	case 'f': return scan_word(scanner, "false");
	case 'n': return scan_word(scanner, "null");
	default: break;
	}
	if (*scanner->at != '-' && !str_is_digit(*scanner->at))
		return fail(scanner, "not a JSON value");
	return scan_number(scanner);
}

static struct scanner
scanner_over(struct str text)
{
	const char *start = text.len > 0 ? text.ptr : "";
	return (struct scanner){ .start = start, .at = start, .end = start + text.len };
}

static int
report(const struct scanner *scanner, struct err *err)
{
	return err_set(err, EX_DATAERR, "byte %zu: %s", (size_t)(scanner->at - scanner->start) + 1,
	    scanner->why);
}

static bool
scan_end(struct scanner *scanner)
{
	skip_space(scanner);
	return scanner->at == scanner->end || fail(scanner, "something follows the JSON value");
}

static void *
allocate(size_t size)
{
	return mem_alloc(size);
}

/* `text` holds one scanned value. */
static cJSON *
parse_scanned(struct str text, bool is_unfit)
{
	cJSON_Hooks hooks = { .malloc_fn = allocate, .free_fn = mem_free };
	cJSON_InitHooks(&hooks);
	if (!is_unfit)
		return cJSON_ParseWithLength(text.ptr, text.len);

	char *copy = mem_alloc(text.len);
	memcpy(copy, text.ptr, text.len);
	struct scanner scanner = scanner_over(text);
	scanner.mend = copy;
	scan_value(&scanner, 1);
	cJSON *json = cJSON_ParseWithLength(copy, text.len);
	mem_free(copy);
	return json;
}

int
json_parse(struct json **json, struct str text, struct err *err)
{
	struct scanner scanner = scanner_over(text);
	*json = NULL;
	if (!scan_value(&scanner, 1) || !scan_end(&scanner))
		return report(&scanner, err);
	*json = (struct json *)parse_scanned(text, scanner.is_unfit);
	if (*json == NULL)
		return err_set(err, EX_SOFTWARE, "cJSON refused JSON that is valid");
	return 0;
}

void
json_free(struct json *json)
{
	cJSON_Delete((cJSON *)json);
}

/* Scans, parses and shows one element; the visitor's answer, or -1. */
static int
visit_element(
    struct scanner *scanner, json_visit *visit, void *context, size_t index, struct err *err)
{
	skip_space(scanner);
	const char *start = scanner->at;
	scanner->is_unfit = false;
	if (!scan_value(scanner, 2))
		return report(scanner, err);
	struct str text = { start, (size_t)(scanner->at - start) };
	cJSON *element = parse_scanned(text, scanner->is_unfit);
	if (element == NULL)
		return err_set(err, EX_SOFTWARE, "cJSON refused JSON that is valid");
	int result = visit(context, (const struct json *)element, index);
	cJSON_Delete(element);
	return result;
}

int
json_each(struct str text, json_visit *visit, void *context, struct err *err)
{
	struct scanner scanner = scanner_over(text);
	skip_space(&scanner);
	if (!take(&scanner, '[')) {
		fail(&scanner, "not a JSON array");
		return report(&scanner, err);
	}
	skip_space(&scanner);
	if (!take(&scanner, ']')) {
		size_t index = 0;
		do {
			int result = visit_element(&scanner, visit, context, index++, err);
			if (result != 0)
				return result;
			skip_space(&scanner);
		} while (take(&scanner, ','));
		if (!take(&scanner, ']')) {
			fail(&scanner, "',' or ']' is missing");
			return report(&scanner, err);
		}
	}
	return scan_end(&scanner) ? 0 : report(&scanner, err);
}

bool
json_is_object(const struct json *json)
{
	return cJSON_IsObject((const cJSON *)json);
}

bool
json_is_array(const struct json *json)
{
	return cJSON_IsArray((const cJSON *)json);
}

bool
json_is_string(const struct json *json)
{
	return cJSON_IsString((const cJSON *)json);
}

bool
json_is_number(const struct json *json)
{
	return cJSON_IsNumber((const cJSON *)json);
}

bool
json_is_null(const struct json *json)
{
	return cJSON_IsNull((const cJSON *)json);
}

const struct json *
json_get(const struct json *json, const char *name)
{
	if (!json_is_object(json))
		return NULL;
	return (const struct json *)cJSON_GetObjectItemCaseSensitive((const cJSON *)json, name);
}

const struct json *
json_first(const struct json *array)
{
	return json_is_array(array) ? (const struct json *)((const cJSON *)array)->child : NULL;
}

const struct json *
json_after(const struct json *element)
{
	return (const struct json *)((const cJSON *)element)->next;
}

struct str
json_text(const struct json *json)
{
	return json_is_string(json) ? str_from(((const cJSON *)json)->valuestring) : STR("");
}

int64_t
json_int(const struct json *json, int64_t fallback)
{
	if (!json_is_number(json))
		return fallback;
	double value = trunc(((const cJSON *)json)->valuedouble);
	/* 2^63 itself is no int64, and NaN compares false. */
	if (!(value >= -INT64_BOUND && value < INT64_BOUND))
		return fallback;
	return (int64_t)value;
}

bool
json_is_true(const struct json *json)
{
	return cJSON_IsTrue((const cJSON *)json);
}

static struct json *
created(cJSON *item)
{
	if (item == NULL)
		mem_die();
	return (struct json *)item;
}

struct json *
json_new_object(void)
{
	return created(cJSON_CreateObject());
}

struct json *
json_new_array(void)
{
	return created(cJSON_CreateArray());
}

static struct json *
attach(struct json *parent, const char *name, cJSON *item)
{
	struct json *child = created(item);
	cJSON *container = (cJSON *)parent;
	cJSON_bool is_attached = cJSON_IsArray(container)
	    ? cJSON_AddItemToArray(container, item)
	    : cJSON_AddItemToObject(container, name, item);
	if (!is_attached)
		mem_die();
	return child;
}

struct json *
json_add_object(struct json *parent, const char *name)
{
	return attach(parent, name, cJSON_CreateObject());
}

struct json *
json_add_array(struct json *parent, const char *name)
{
	return attach(parent, name, cJSON_CreateArray());
}

void
json_add_text(struct json *parent, const char *name, struct str text)
{
	struct buf clean = BUF_INIT(SIZE_MAX);
	if (unicode_is_valid(text) && str_find_char(text, '\0') < 0)
		buf_add(&clean, text);
	else
		unicode_add_clean(&clean, text);
	attach(parent, name, cJSON_CreateString(clean.ptr));
	buf_release(&clean);
}

void
json_add_int(struct json *parent, const char *name, int64_t value)
{
	char digits[32];
	if (value >= -EXACT_INT && value <= EXACT_INT) {
		attach(parent, name, cJSON_CreateNumber((double)value));
		return;
	}
	snprintf(digits, sizeof(digits), "%lld", (long long)value);
	attach(parent, name, cJSON_CreateRaw(digits));
}

void
json_add_bool(struct json *parent, const char *name, bool value)
{
	attach(parent, name, cJSON_CreateBool(value));
}

void
json_add_null(struct json *parent, const char *name)
{
	attach(parent, name, cJSON_CreateNull());
}

void
json_write(const struct json *json, struct buf *out)
{
	char *text = cJSON_PrintUnformatted((const cJSON *)json);
	if (text == NULL)
		mem_die();
	buf_add_string(out, text);
	cJSON_free(text);
}
