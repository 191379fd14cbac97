/*
 * JSON (RFC 8259), by cJSON, one array element at a time. Before cJSON sees a value, a scanner of
 * ours has found its end and refused what the grammar forbids and cJSON would let pass, ill-formed
 * UTF-8, depth above 64 and bytes after the end. What the grammar allows but cJSON cannot carry is
 * mended rather than refused, so that one odd title does not cost the listing: an escaped NUL or
 * half a surrogate pair reads as U+FFFD, a number of more than 63 characters as one outside of
 * int64. Object members are looked up case-sensitively, the first of equal names counts.
 *
 * Faults of the text are EX_DATAERR, "byte N: what is wrong", counted from 1 and from the beginning
 * of what was given.
 */
#ifndef DIGEST_JSON_H
#define DIGEST_JSON_H

#include "digest/buf.h"
#include "digest/err.h"

struct input;

/* A value; a member or element is borrowed from the value it was taken from. */
struct json;

/* Parses a whole text. EX_DATAERR. Free with json_free(). */
int json_parse(struct json **json, struct str text, struct err *err);
void json_free(struct json *json);

enum {
	JSON_ELEMENT_BYTES = 8 << 20, /* of one element, or of one line */
	JSON_REST_BYTES = 4 << 20, /* of all that is no element */
};

/* Who takes elements. */
struct json_visitor {
	void *context;
	/*
	 * Takes an element, which may be of any type and is freed afterwards. What is not 0 ends
	 * the reading.
	 */
	int (*element)(void *context, const struct json *element);
	/* Takes the reason why an element is left out; the others are not. */
	void (*skip)(void *context, const char *why);
};

/*
 * Reads an input from its beginning and gives the elements of one array in order, as they come:
 * that which the names of `path` lead to from the top ("message.items"; "" for the top itself).
 * `*rest` is the whole text with that array empty, so that it is also the text when there is no
 * such array; to be freed with json_free(). Without a visitor (NULL), only `*rest` is made, and
 * elements are not parsed; without `rest` (NULL), only the elements are given. A byte order mark is
 * passed over. Memory is bounded by the greatest element and by the rest, however many elements
 * there are.
 *
 * 0; what the visitor returned if that was not 0; -1 and EX_DATAERR when the text has a fault, is
 * in UTF-16 or UTF-32, or the rest is over JSON_REST_BYTES: `*rest` is NULL then, and the elements
 * before the fault have been given. EX_IOERR and the like when the input cannot be read.
 */
int json_each(struct input *input, const char *path, const struct json_visitor *visitor,
    struct json **rest, struct err *err);

/*
 * Reads JSON lines: a value a line, blank lines aside. A line that is not JSON is left out, but the
 * last one when it just ends too early: then so did the whole input, and that is EX_DATAERR.
 */
int json_lines(struct input *input, const struct json_visitor *visitor, struct err *err);

/*
 * Tells what stands in a text, which may be cut off anywhere, and how often it likes: `see` is
 * called with each value's path ("message.items[].DOI") and the text from the value's first byte
 * on. Values in more than JSON_OUTLINE_DEPTH containers are left out. A fault ends the line, as of
 * JSON lines, that it is in. Returns early when `see` returns false.
 */
enum { JSON_OUTLINE_DEPTH = 4 };
typedef bool json_see(void *context, struct str path, struct str text);
void json_outline(struct str text, json_see *see, void *context);

/* "UTF-16" or "UTF-32" when a text begins as JSON in these would; else NULL. */
const char *json_foreign_encoding(struct str text);

bool json_is_object(const struct json *json);
bool json_is_array(const struct json *json);
bool json_is_string(const struct json *json);
bool json_is_number(const struct json *json);

/* The type of a value for people: "an object", "a string", "null"; "nothing" when it is NULL. */
const char *json_type_name(const struct json *json);

/* The member of an object by name; NULL when it has none, or `json` is NULL or no object. */
const struct json *json_get(const struct json *json, const char *name);

/*
 * First element and next element of an array, as `for (e = json_first(a); e; e = json_after(e))`.
 */
const struct json *json_first(const struct json *array);
const struct json *json_after(const struct json *element);

/* The text of a string; "" when `json` is NULL or no string. Lives as long as the value. */
struct str json_text(const struct json *json);

/*
 * The number without its fraction, or `fallback` when `json` is NULL, no number, or outside of
 * int64.
 */
int64_t json_int(const struct json *json, int64_t fallback);

bool json_is_true(const struct json *json);

/*
 * Building. The functions that add take ownership of nothing: text is copied (as
 * unicode_add_clean() does, when it is not UTF-8 or holds NUL). Objects keep the order of addition.
 * json_add_object() and json_add_array() return the new, borrowed child; `name` is ignored when the
 * parent is an array.
 */
struct json *json_new_object(void);
struct json *json_new_array(void);
struct json *json_add_object(struct json *parent, const char *name);
struct json *json_add_array(struct json *parent, const char *name);
void json_add_text(struct json *parent, const char *name, struct str text);
void json_add_int(struct json *parent, const char *name, int64_t value);
void json_add_bool(struct json *parent, const char *name, bool value);
void json_add_null(struct json *parent, const char *name);

/*
 * Appends the value on one line, UTF-8 as it is, controls and those of bidirectional text escaped;
 * no line end.
 */
void json_write(const struct json *json, struct buf *out);

#endif
