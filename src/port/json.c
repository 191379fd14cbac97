/*
 * JSON by cJSON: texts that are there as a whole, values, and building them. The grammar is
 * json_scan.c's business, reading texts as they come json_stream.c's. Nothing here knows what the
 * values mean.
 */
#include "json_value.h"

#include "json_scan.h"

#include "digest/mem.h"
#include "digest/unicode.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* Integers up to here are exact in a double, and cJSON writes them without an exponent. */
#define EXACT_INT INT64_C(999999999999999)

#define INT64_BOUND 9223372036854775808.0

static void *
allocate(size_t size)
{
	/* cJSON clears what it wants cleared. */
	return mem_resize(NULL, size);
}

/* cJSON's allocators know nothing but a size. */
static struct arena *value_arena;

static void *
allocate_in_arena(size_t size)
{
	return arena_alloc(value_arena, size);
}

static void
keep_in_arena(void *ptr)
{
	(void)ptr;
}

static cJSON *
read_value(struct str text, bool is_unfit)
{
	char *copy;
	cJSON *json;

	if (!is_unfit)
		return cJSON_ParseWithLength(text.ptr, text.len);
	copy = mem_resize(NULL, text.len);
	memcpy(copy, text.ptr, text.len);
	json_scan_mend(copy, text.len);
	json = cJSON_ParseWithLength(copy, text.len);
	mem_free(copy);
	return json;
}

struct json *
json_value_read(struct str text, bool is_unfit, struct arena *arena)
{
	cJSON_Hooks in_arena = { .malloc_fn = allocate_in_arena, .free_fn = keep_in_arena };
	cJSON_Hooks alone = { .malloc_fn = allocate, .free_fn = mem_free };
	cJSON *json;

	value_arena = arena;
	cJSON_InitHooks(arena != NULL ? &in_arena : &alone);
	json = read_value(text, is_unfit);
	cJSON_InitHooks(&alone);
	return (struct json *)json;
}

int
json_parse(struct json **json, struct str text, struct err *err)
{
	struct json_scan scan;
	const char *at = text.len > 0 ? text.ptr : "";
	const char *start = at, *end = at + text.len;

	*json = NULL;
	json_scan_init(&scan, -1);
	if (json_scan(&scan, &at, end) == JSON_FAULT || json_scan_finish(&scan) == JSON_FAULT)
		return err_set(err, EX_DATAERR, "byte %zu: %s", (size_t)(at - start) + 1, scan.why);
	*json = json_value_read(text, scan.is_unfit, NULL);
	if (*json == NULL)
		return err_set(err, EX_SOFTWARE, "cJSON refused JSON that is valid");
	return 0;
}

void
json_free(struct json *json)
{
	cJSON_Delete((cJSON *)json);
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

const char *
json_type_name(const struct json *json)
{
	if (json == NULL)
		return "nothing";
	if (json_is_object(json))
		return "an object";
	if (json_is_array(json))
		return "an array";
	if (json_is_string(json))
		return "a string";
	if (json_is_number(json))
		return "a number";
	return cJSON_IsNull((const cJSON *)json) ? "null" : "true or false";
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

/*
 * Which character at the front does something to a terminal or turns text around: its length and
 * its code point, or 0. cJSON escapes those of C0.
 */
static size_t
unprintable(const char *text, unsigned *codepoint)
{
	const unsigned char *c = (const unsigned char *)text;

	if (c[0] == 0x7f) {
		*codepoint = 0x7f;
		return 1;
	}
	if (c[0] == 0xc2 && c[1] < 0xa0) { /* C1 */
		*codepoint = c[1];
		return 2;
	}
	if (c[0] != 0xe2)
		return 0;
	*codepoint = 0x2000u | (c[1] & 0x3fu) << 6 | (c[2] & 0x3fu);
	return (*codepoint >= 0x200e && *codepoint <= 0x200f) ||
	        (*codepoint >= 0x202a && *codepoint <= 0x202e) ||
	        (*codepoint >= 0x2066 && *codepoint <= 0x2069)
	    ? 3
	    : 0;
}

void
json_write(const struct json *json, struct buf *out)
{
	char *text = cJSON_PrintUnformatted((const cJSON *)json);
	if (text == NULL)
		mem_die();
	for (const char *c = text; *c != '\0'; c++) {
		unsigned codepoint;
		size_t len = unprintable(c, &codepoint);
		if (len == 0) {
			buf_add_char(out, *c);
			continue;
		}
		buf_addf(out, "\\u%04x", codepoint);
		c += len - 1;
	}
	cJSON_free(text);
}
