/*
 * The grammar of RFC 8259 as a machine that takes its text in pieces, cut wherever they are: what
 * it says of a text does not depend on the cuts. It keeps nothing of the text. For json.c and
 * json_stream.c alone.
 */
#ifndef DIGEST_PORT_JSON_SCAN_H
#define DIGEST_PORT_JSON_SCAN_H

#include "digest/str.h"

enum { JSON_DEPTH_MAX = 64 };

/* cJSON reads no more than 63 characters of a number. */
enum { JSON_NUMBER_MAX = 63 };

enum json_event {
	JSON_MORE, /* the piece is scanned */
	JSON_FAULT, /* `why` tells what is wrong with the byte that comes next */
	JSON_BEGIN, /* the byte that comes next begins a value or a name */
	JSON_END, /* a value or a name has ended before the byte that comes next */
};

struct json_scan {
	int watch; /* tell of values that stand in at most so many containers; -1: of none */
	int depth; /* containers that are open */
	bool is_name; /* what begins or has ended is the name of a member */
	bool is_unfit; /* something is valid, but cJSON must not see it as it is */
	const char *why;

	/* The machine's own. */
	int state;
	bool is_told; /* that the value to come begins */
	uint64_t objects; /* bit n: the container at depth n + 1 is an object */
	const char *word; /* what is left of true, false or null */
	size_t number_len;
	unsigned int unit; /* the value of an escape's digits so far */
	int digits;
	bool is_high; /* the escape before was the first half of a surrogate pair */
	int tail; /* bytes of a UTF-8 character still to come, */
	unsigned char low, high; /* and within what the next one lies */
};

/* At the beginning of a text. `watch` is as above. */
void json_scan_init(struct json_scan *scan, int watch);

/* Goes on from `*at`, up to `end` or to what is to be told. */
enum json_event json_scan(struct json_scan *scan, const char **at, const char *end);

/* The text has ended: JSON_END once when that ends a number to be told of, then MORE, or FAULT. */
enum json_event json_scan_finish(struct json_scan *scan);

/* Whether nothing but white space has come so far. */
bool json_scan_is_blank(const struct json_scan *scan);

/* Whether the value has come, and white space alone may follow. */
bool json_scan_is_done(const struct json_scan *scan);

/* Whether the innermost container that is open is an object. */
bool json_scan_is_in_object(const struct json_scan *scan);

/*
 * Makes a scanned value fit for cJSON, which ends a string at an escaped NUL, refuses half a
 * surrogate pair, and reads only the beginning of a long number: the ones become U+FFFD, and nobody
 * asks for such a number's digits, only whether it is an int64.
 */
void json_scan_mend(char *text, size_t len);

#endif
