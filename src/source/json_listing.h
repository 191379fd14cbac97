/*
 * What the formats of JSON have in common: telling whose JSON it is, reading its items one at a
 * time, and the values that many write alike. For format_*.c alone.
 */
#ifndef DIGEST_SOURCE_JSON_LISTING_H
#define DIGEST_SOURCE_JSON_LISTING_H

#include "format.h"

#include "digest/json.h"

/* What stands in a text of some format: a value at a path, as json_outline() writes it. */
struct json_sign {
	const char *path;
	const char *holds; /* what a string holds, or the number; NULL for anything */
	int points;
};

enum { JSON_SIGN_POINTS = 50 };

/*
 * How sure the signs make us, each counted once: their points, up to 100; 0 when they are less than
 * JSON_SIGN_POINTS. The last sign has no path. Cheap for what is no JSON.
 */
int json_listing_sniff(struct str bytes, const struct json_sign *signs);

/* Whether the text is an array. */
bool json_listing_is_array(struct input *input);

/*
 * Reads the array at a path, as json_each() does: `read` is called with each item that is an
 * object, the others are left out with a reason. `rest` may be NULL.
 */
typedef int json_listing_item(
    void *context, const struct json *item, struct format_reader *reader, struct err *err);
int json_listing_read(struct input *input, const char *path, json_listing_item *read, void *context,
    struct format_reader *reader, struct json **rest, struct err *err);

/* The same of JSON lines. */
int json_listing_read_lines(struct input *input, json_listing_item *read, void *context,
    struct format_reader *reader, struct err *err);

/*
 * All but the array at a path, before any of the array: NULL when the text has a fault, which
 * json_listing_read() then tells in its place. Free with json_free().
 */
struct json *json_listing_rest(struct input *input, const char *path);

/* Whether an item is an object; one that is not is left out. */
bool json_listing_is_item(const struct json *item, struct format_reader *reader);

/* The first of two texts, or the second when that is blank. */
struct str json_listing_either(const struct json *first, const struct json *second);

/* The text of the first element when it is an array, or its own. */
struct str json_listing_first(const struct json *json);

/* A number that may have been written as a string; `fallback` when it is neither. */
int64_t json_listing_number(const struct json *json, int64_t fallback);

/* Text that may be HTML as plain text, with empty lines between paragraphs. */
struct str json_listing_plain(struct arena *arena, struct str text);

/* Sets a title that may be HTML. */
void json_listing_title(struct entry *entry, struct arena *arena, struct str raw);

/* Sets an abstract that may be HTML. */
void json_listing_abstract(struct entry *entry, struct arena *arena, struct str raw);

#endif
