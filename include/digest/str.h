/*
 * Borrowed text: a pointer and a length, never terminated, never freed. Whoever made the bytes owns
 * them and must outlive the str. A str of length 0 may have any pointer, NULL included.
 *
 * Character classes here are ASCII only and know no locale; see unicode.h for the rest.
 */
#ifndef DIGEST_STR_H
#define DIGEST_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct str {
	const char *ptr;
	size_t len;
};

/* A str over a string literal, usable in initialisers. */
#define STR(literal) ((struct str){ (literal), sizeof(literal) - 1 })

/* For printf: "%.*s" with STR_ARG(s); text longer than INT_MAX bytes does not occur (see buf.h). */
#define STR_ARG(s) (int)(s).len, (s).len > 0 ? (s).ptr : ""

/* The terminated string `text` as a str; NULL gives the empty str. */
struct str str_from(const char *text);

bool str_equal(struct str a, struct str b);
bool str_equal_nocase(struct str a, struct str b);
bool str_is(struct str s, const char *text);

/* Byte order, shorter first on a common prefix: <0, 0 or >0 like memcmp. */
int str_compare(struct str a, struct str b);

bool str_starts(struct str s, const char *prefix);
bool str_starts_nocase(struct str s, const char *prefix);
bool str_ends(struct str s, const char *suffix);

/* The offset of the first `needle` in `s`, or -1. An empty needle is at 0. */
ptrdiff_t str_find(struct str s, struct str needle);
ptrdiff_t str_find_char(struct str s, char c);

/* The text without its first `n` bytes; empty when it has no more. */
struct str str_skip(struct str s, size_t n);

/* The first `n` bytes of the text, or all of it. */
struct str str_head(struct str s, size_t n);

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

/* The whole of `s` as a decimal number within [min, max]: 0, or -1 and `value` untouched. */
int str_to_int(struct str s, int64_t min, int64_t max, int64_t *value);

bool str_is_space(char c);
bool str_is_digit(char c);
bool str_is_alpha(char c);
bool str_is_alnum(char c);
char str_lower_char(char c);

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
