/*
 * Borrowed text: looking at it, cutting it, comparing it. ASCII and bytes only; what needs Unicode
 * tables is unicode's, and what needs memory is buf's or arena's.
 */
#include "digest/str.h"

#include <string.h>
#include <strings.h>

enum { DISTANCE_LIMIT = 64 };

bool
str_equal_nocase(struct str a, struct str b)
{
	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++)
		if (str_lower_char(a.ptr[i]) != str_lower_char(b.ptr[i]))
			return false;
	return true;
}

bool
str_is_ascii(struct str s)
{
	const uint64_t high_bits = UINT64_C(0x8080808080808080);
	uint64_t any = 0, word;

	for (; s.len >= sizeof(word); s = str_skip(s, sizeof(word))) {
		memcpy(&word, s.ptr, sizeof(word));
		any |= word;
	}
	for (size_t i = 0; i < s.len; i++)
		any |= (unsigned char)s.ptr[i];
	return (any & high_bits) == 0;
}

int
str_compare(struct str a, struct str b)
{
	size_t common = a.len < b.len ? a.len : b.len;
	int order = common > 0 ? memcmp(a.ptr, b.ptr, common) : 0;

	if (order != 0)
		return order;
	return (a.len > b.len) - (a.len < b.len);
}

bool
str_starts_nocase(struct str s, const char *prefix)
{
	struct str start = str_from(prefix);
	return str_equal_nocase(str_head(s, start.len), start);
}

bool
str_ends(struct str s, const char *suffix)
{
	struct str end = str_from(suffix);
	return s.len >= end.len && str_equal(str_skip(s, s.len - end.len), end);
}

/* Needles longer than that are left to the C library, which never compares much twice. */
enum { SHORT_NEEDLE = 32 };

/*
 * The first and the last byte of a needle seldom stand so far from each other:
 * then the rest is compared.
 */
static const char *
find_short(struct str s, struct str needle)
{
	size_t last = needle.len - 1, places = s.len - last;

	for (size_t at = 0; at < places; at += sizeof(lanes)) {
		lanes begin = lanes_load(s.ptr + at, places - at);
		lanes end = lanes_load(s.ptr + at + last, places - at);
		lanes found =
		    (begin == (signed char)needle.ptr[0]) & (end == (signed char)needle.ptr[last]);

		for (size_t i = lanes_first(found); i < sizeof(lanes) && at + i < places; i++)
			if (found[i] && memcmp(s.ptr + at + i, needle.ptr, needle.len) == 0)
				return s.ptr + at + i;
	}
	return NULL;
}

ptrdiff_t
str_find(struct str s, struct str needle)
{
	if (needle.len == 0)
		return 0;
	if (s.len < needle.len)
		return -1;
	const char *found = needle.len <= SHORT_NEEDLE
	    ? find_short(s, needle)
	    : memmem(s.ptr, s.len, needle.ptr, needle.len);
	return found != NULL ? found - s.ptr : -1;
}

struct str
str_trim(struct str s)
{
	while (s.len > 0 && str_is_space(s.ptr[0]))
		s = str_skip(s, 1);
	while (s.len > 0 && str_is_space(s.ptr[s.len - 1]))
		s.len--;
	return s;
}

bool
str_next(struct str *rest, char separator, struct str *piece)
{
	if (rest->len == 0)
		return false;

	ptrdiff_t end = str_find_char(*rest, separator);
	if (end < 0) {
		*piece = *rest;
		*rest = str_skip(*rest, rest->len);
		return true;
	}
	*piece = str_head(*rest, (size_t)end);
	*rest = str_skip(*rest, (size_t)end + 1);
	return true;
}

bool
str_next_line(struct str *rest, struct str *line)
{
	if (!str_next(rest, '\n', line))
		return false;
	if (str_ends(*line, "\r"))
		line->len--;
	return true;
}

bool
str_next_word(struct str *rest, struct str *word)
{
	size_t start = 0, end;

	while (start < rest->len && str_is_space(rest->ptr[start]))
		start++;
	end = start;
	while (end < rest->len && !str_is_space(rest->ptr[end]))
		end++;
	if (end > start)
		*word = str_skip(str_head(*rest, end), start);
	*rest = str_skip(*rest, end);
	return end > start;
}

size_t
str_digits(struct str s)
{
	size_t len = 0;

	while (len < s.len && str_is_digit(s.ptr[len]))
		len++;
	return len;
}

size_t
str_spaces(struct str s)
{
	size_t len = 0;

	while (len < s.len && s.ptr[len] == ' ')
		len++;
	return len;
}

size_t
str_count(struct str s, char c)
{
	size_t count = 0;

	for (size_t i = 0; i < s.len; i++)
		count += s.ptr[i] == c;
	return count;
}

bool
str_take_char(struct str *rest, char c)
{
	if (rest->len == 0 || rest->ptr[0] != c)
		return false;
	*rest = str_skip(*rest, 1);
	return true;
}

int
str_take_number(struct str *rest, size_t min, size_t max, int *value)
{
	size_t len = str_digits(*rest);
	int64_t number;

	if (len < min || len > max || str_to_int(str_head(*rest, len), 0, INT32_MAX, &number) < 0)
		return -1;
	*value = (int)number;
	*rest = str_skip(*rest, len);
	return 0;
}

int
str_to_int(struct str s, int64_t min, int64_t max, int64_t *value)
{
	bool is_negative = str_starts(s, "-");
	struct str digits = str_skip(s, is_negative ? 1 : 0);
	int64_t number = 0;

	if (digits.len == 0)
		return -1;
	for (size_t i = 0; i < digits.len; i++) {
		if (!str_is_digit(digits.ptr[i]))
			return -1;
		int64_t digit = digits.ptr[i] - '0';
		/* Counting away from zero on the number's own side reaches INT64_MIN too. */
		if (__builtin_mul_overflow(number, 10, &number) ||
		    __builtin_add_overflow(number, is_negative ? -digit : digit, &number))
			return -1;
	}
	if (number < min || number > max)
		return -1;
	*value = number;
	return 0;
}

int
str_to_thousandths(struct str s, int64_t min, int64_t max, int64_t *value)
{
	ptrdiff_t point = str_find_char(s, '.');
	struct str whole = str_head(s, point < 0 ? s.len : (size_t)point);
	struct str part = point < 0 ? STR("") : str_skip(s, (size_t)point + 1);
	int64_t number = 0, rest = 0;

	if (whole.len + part.len == 0 || (point >= 0 && part.len == 0) || part.len > 3)
		return -1;
	if (whole.len > 0 && str_to_int(whole, 0, INT64_MAX / 1000 - 1, &number) < 0)
		return -1;
	if (part.len > 0 && str_to_int(part, 0, 999, &rest) < 0)
		return -1;
	for (size_t i = part.len; i < 3; i++)
		rest *= 10;
	number = number * 1000 + rest;
	if (str_starts(s, "-") || number < min || number > max)
		return -1;
	*value = number;
	return 0;
}

/*
 * The well-formed sequences of RFC 3629 section 4 by the range of their first and second byte, less
 * the controls: U+0000 ... U+001F, U+007F, U+0080 ... U+009F.
 */
static const struct utf8_form {
	unsigned char first_min, first_max, second_min, second_max;
	size_t len;
} utf8_forms[] = {
	{ 0x20, 0x7e, 0x00, 0x00, 1 },
	{ 0xc2, 0xc2, 0xa0, 0xbf, 2 },
	{ 0xc3, 0xdf, 0x80, 0xbf, 2 },
	{ 0xe0, 0xe0, 0xa0, 0xbf, 3 },
	{ 0xe1, 0xec, 0x80, 0xbf, 3 },
	{ 0xed, 0xed, 0x80, 0x9f, 3 },
	{ 0xee, 0xef, 0x80, 0xbf, 3 },
	{ 0xf0, 0xf0, 0x90, 0xbf, 4 },
	{ 0xf1, 0xf3, 0x80, 0xbf, 4 },
	{ 0xf4, 0xf4, 0x80, 0x8f, 4 },
};

static bool
has_form(struct str s, const struct utf8_form *form)
{
	const unsigned char *byte = (const unsigned char *)s.ptr;

	if (s.len < form->len || byte[0] < form->first_min || byte[0] > form->first_max)
		return false;
	if (form->len > 1 && (byte[1] < form->second_min || byte[1] > form->second_max))
		return false;
	for (size_t i = 2; i < form->len; i++)
		if (byte[i] < 0x80 || byte[i] > 0xbf)
			return false;
	return true;
}

size_t
str_printable(struct str s)
{
	for (size_t i = 0; i < sizeof(utf8_forms) / sizeof(utf8_forms[0]); i++)
		if (has_form(s, &utf8_forms[i]))
			return utf8_forms[i].len;
	return 0;
}

size_t
str_distance(struct str a, struct str b)
{
	size_t row[DISTANCE_LIMIT + 1];

	if (a.len > DISTANCE_LIMIT || b.len > DISTANCE_LIMIT)
		return a.len > b.len ? a.len : b.len;
	for (size_t j = 0; j <= b.len; j++)
		row[j] = j;
	for (size_t i = 0; i < a.len; i++) {
		size_t diagonal = row[0];
		row[0] = i + 1;
		for (size_t j = 0; j < b.len; j++) {
			bool is_same = str_lower_char(a.ptr[i]) == str_lower_char(b.ptr[j]);
			size_t best = diagonal + (is_same ? 0 : 1);
			diagonal = row[j + 1];
			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (diagonal + 1 < best)
				best = diagonal + 1;
			row[j + 1] = best;
		}
	}
	return row[b.len];
}
