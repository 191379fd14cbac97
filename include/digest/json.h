/*
 * JSON (RFC 8259), by cJSON, one array element at a time. Before cJSON sees an element, a scanner of
 * ours finds its end and refuses what the grammar forbids and cJSON would let pass, ill-formed
 * UTF-8, depth above 64 and bytes behind the end. What the grammar allows but cJSON cannot carry is
 * mended rather than refused, so that one odd title does not cost the listing: an escaped NUL or
 * half a surrogate pair reads as U+FFFD, a number of more than 63 characters as one outside of
 * int64. Object members are looked up case-sensitively, the first of equal names counts.
 */
#ifndef DIGEST_JSON_H
#define DIGEST_JSON_H

#include "digest/buf.h"
#include "digest/err.h"

/* A value; a member or element is borrowed from the value it was taken from. */
struct json;

/* Parses a whole text. EX_DATAERR: "byte N: what is wrong". Free with json_free(). */
int json_parse(struct json **json, struct str text, struct err *err);
void json_free(struct json *json);

/*
 * Calls `visit` with each element of an array, in order, parsed alone and freed afterwards; an
 * element that is valid JSON of any type is given. Stops when `visit` returns non-zero and returns
 * that. Returns -1 with EX_DATAERR when `text` is not one whole array; the elements before the fault
 * have been visited then.
 */
typedef int json_visit(void *context, const struct json *element, size_t index);
int json_each(struct str text, json_visit *visit, void *context, struct err *err);

bool json_is_object(const struct json *json);
bool json_is_array(const struct json *json);
bool json_is_string(const struct json *json);
bool json_is_number(const struct json *json);
bool json_is_null(const struct json *json);

/* The member of an object by name; NULL when it has none, or `json` is NULL or no object. */
const struct json *json_get(const struct json *json, const char *name);

/* First element and next element of an array, as `for (e = json_first(a); e; e = json_after(e))`. */
const struct json *json_first(const struct json *array);
const struct json *json_after(const struct json *element);

/* The text of a string; "" when `json` is NULL or no string. Lives as long as the value. */
struct str json_text(const struct json *json);

/*
 * The number without its fraction, or `fallback` when `json` is NULL, no number, or outside of int64.
 */
int64_t json_int(const struct json *json, int64_t fallback);

bool json_is_true(const struct json *json);

/*
 * Building. The functions that add take ownership of nothing: text is copied (as unicode_add_clean()
 * does, when it is not UTF-8 or holds NUL). Objects keep the order of addition. json_add_object()
 * and json_add_array() return the new, borrowed child; `name` is ignored when the parent is an array.
 */
struct json *json_new_object(void);
struct json *json_new_array(void);
struct json *json_add_object(struct json *parent, const char *name);
struct json *json_add_array(struct json *parent, const char *name);
void json_add_text(struct json *parent, const char *name, struct str text);
void json_add_int(struct json *parent, const char *name, int64_t value);
void json_add_bool(struct json *parent, const char *name, bool value);
void json_add_null(struct json *parent, const char *name);

/* Appends the value on one line, UTF-8 as it is, controls escaped; no line end. */
void json_write(const struct json *json, struct buf *out);

#endif
