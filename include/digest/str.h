/*
 * Borrowed text: a pointer and a length, never terminated, never freed. Whoever made the bytes owns
 * them and must outlive the str. A str of length 0 may have any pointer, NULL included.
 *
 * Character classes here are ASCII only and know no locale; see unicode.h for the rest.
 *
 * What is asked for every few bytes of a listing is defined here, so that the compiler sees it: the
 * length of a literal is known then, and most comparisons end at the first byte.
 */
#ifndef DIGEST_STR_H
#define DIGEST_STR_H

#include "digest/lanes.h"

#include <stdbool.h>

struct str {
	const char *ptr;
	size_t len;
};

/* A str over a string literal, usable in initialisers. */
#define STR(literal) ((struct str){ (literal), sizeof(literal) - 1 })

/* For printf: "%.*s" with STR_ARG(s); text longer than INT_MAX bytes does not occur (see buf.h). */
#define STR_ARG(s) (int)(s).len, (s).len > 0 ? (s).ptr : ""

/* The terminated string `text` as a str; NULL gives the empty str. */
static inline struct str
str_from(const char *text)
{
	return (struct str){ text, text != NULL ? strlen(text) : 0 };
}

static inline bool
str_equal(struct str a, struct str b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

bool str_equal_nocase(struct str a, struct str b);

static inline bool
str_is(struct str s, const char *text)
{
	return str_equal(s, str_from(text));
}

/* Whether no byte has its high bit set. */
bool str_is_ascii(struct str s);

/* Byte order, shorter first on a common prefix: <0, 0 or >0 like memcmp. */
int str_compare(struct str a, struct str b);

static inline bool
str_starts(struct str s, const char *prefix)
{
	size_t len = strlen(prefix);
	return s.len >= len && (len == 0 || memcmp(s.ptr, prefix, len) == 0);
}

bool str_starts_nocase(struct str s, const char *prefix);
bool str_ends(struct str s, const char *suffix);

/* The offset of the first `needle` in `s`, or -1. An empty needle is at 0. */
ptrdiff_t str_find(struct str s, struct str needle);

static inline ptrdiff_t
str_find_char(struct str s, char c)
{
	const char *found = s.len > 0 ? (const char *)memchr(s.ptr, c, s.len) : NULL;
	return found != NULL ? found - s.ptr : -1;
}

/* How many bytes at the front of `s` are none of the characters of `set`, a literal. */
static inline size_t
str_until(struct str s, const char *set)
{
	size_t count = strlen(set);

	for (size_t at = 0; at < s.len; at += sizeof(lanes)) {
		lanes text = lanes_load(s.ptr + at, s.len - at), found = { 0 };

#pragma GCC unroll 16
		for (size_t i = 0; i < count; i++)
			found |= text == (signed char)set[i];
		if (lanes_first(found) < sizeof(lanes))
			return at + lanes_first(found);
	}
	return s.len;
}

/* The text without its first `n` bytes; empty when it has no more. */
static inline struct str
str_skip(struct str s, size_t n)
{
	if (n >= s.len)
		return (struct str){ s.len > 0 ? s.ptr + s.len : s.ptr, 0 };
	return (struct str){ s.ptr + n, s.len - n };
}

/* The first `n` bytes of the text, or all of it. */
static inline struct str
str_head(struct str s, size_t n)
{
	return (struct str){ s.ptr, n < s.len ? n : s.len };
}

/* The text without ASCII white space (space, TAB, CR, LF, VT, FF) at both ends. */
struct str str_trim(struct str s);

/*
 * Takes the next piece up to `separator` off the front of `rest` and returns true; false when
 * nothing is left. "a,,b" gives "a", "", "b"; "" gives nothing.
 */
bool str_next(struct str *rest, char separator, struct str *piece);

/* Takes the next line (without LF or CRLF) off the front of `rest`. */
bool str_next_line(struct str *rest, struct str *line);

/* Takes the next word, as separated by ASCII white space, off the front of `rest`. */
bool str_next_word(struct str *rest, struct str *word);

/* How many digits `s` begins with; and how many spaces. */
size_t str_digits(struct str s);
size_t str_spaces(struct str s);

/* How often `c` stands in `s`. */
size_t str_count(struct str s, char c);

/* Takes `c` off the front of `rest`: whether it stood there. */
bool str_take_char(struct str *rest, char c);

/*
 * Takes `min` to `max` digits off the front of `rest`, and no digit after them: 0, or -1 and both
 * untouched.
 */
int str_take_number(struct str *rest, size_t min, size_t max, int *value);

/* The whole of `s` as a decimal number within [min, max]: 0, or -1 and `value` untouched. */
int str_to_int(struct str s, int64_t min, int64_t max, int64_t *value);

/*
 * Likewise a decimal number that is not negative, with at most three digits after its point ("2",
 * "0.5", ".25"), in thousandths; so are `min` and `max`.
 */
int str_to_thousandths(struct str s, int64_t min, int64_t max, int64_t *value);

static inline bool
str_is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static inline bool
str_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline char
str_lower_char(char c)
{
	if (c < 'A' || c > 'Z')
		return c;
	return (char)(c - 'A' + 'a');
}

static inline bool
str_is_alpha(char c)
{
	char lower = str_lower_char(c);
	return lower >= 'a' && lower <= 'z';
}

static inline bool
str_is_alnum(char c)
{
	return str_is_alpha(c) || str_is_digit(c);
}

/*
 * The bytes of the UTF-8 character at the front of `s` when it may be shown as it is: well formed
 * and no control character (C0, DEL, C1). Otherwise 0.
 */
size_t str_printable(struct str s);

/*
 * The Levenshtein distance of two short texts, ASCII case ignored; texts longer than 64 bytes are
 * as far apart as they are long. For "did you mean".
 */
size_t str_distance(struct str a, struct str b);

#endif
