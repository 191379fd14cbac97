/*
 * Unicode by libunistring: cleaning, folding, words, columns and line breaks; and host names by
 * libidn2, which GnuTLS and libcurl bring along. What text means (TeX, HTML, names) is not known
 * here.
 */
#include "digest/unicode.h"

#include "digest/lanes.h"
#include "digest/mem.h"

#include <idn2.h>
#include <stdlib.h>
#include <string.h>
#include <unicase.h>
#include <unictype.h>
#include <unigbrk.h>
#include <unilbrk.h>
#include <uninorm.h>
#include <unistr.h>
#include <uniwidth.h>

/* RFC 1035 section 2.3.4, without the length bytes and the root label. */
enum { LABEL_BYTES = 63, HOST_BYTES = 253 };

enum {
	REPLACEMENT = 0xfffd,
	ZERO_WIDTH_JOINER = 0x200d,
	ISOLATE = 0x2068, /* FIRST STRONG ISOLATE */
	ISOLATE_END = 0x2069, /* POP DIRECTIONAL ISOLATE */
};

/* The character at the front of `s`, which is not empty: its bytes; U+FFFD for ill-formed ones. */
static size_t
next_char(struct str s, ucs4_t *c)
{
	unsigned char byte = (unsigned char)s.ptr[0];

	if (byte < 0x80) {
		*c = byte;
		return 1;
	}
	return (size_t)u8_mbtouc(c, (const uint8_t *)s.ptr, s.len);
}

bool
unicode_is_valid(struct str s)
{
	return s.len == 0 || u8_check((const uint8_t *)s.ptr, s.len) == NULL;
}

void
unicode_add_valid(struct buf *out, struct str s)
{
	if (unicode_is_valid(s)) {
		buf_add(out, s);
		return;
	}
	while (s.len > 0) {
		ucs4_t c;
		size_t len = next_char(s, &c);
		buf_add_utf8(out, c);
		s = str_skip(s, len);
	}
}

/* Whether a character shows nothing by itself and can make text look like other text. */
static bool
is_dropped(ucs4_t c)
{
	static const struct {
		ucs4_t first, last;
	} ranges[] = {
		{ 0x00, 0x08 },
		{ 0x0b, 0x1f }, /* CR has become LF before */
		{ 0x7f, 0x9f },
		{ 0xad,
		    0xad }, /* where a word may be parted: readers' programs do that themselves */
		{ 0x061c, 0x061c },
		{ 0x200b, 0x200b },
		{ 0x200e, 0x200f },
		{ 0x202a, 0x202e },
		{ 0x2060, 0x2069 },
		{ 0xfeff, 0xfeff },
		{ 0xe0000, 0xe007f },
	};

	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]) && ranges[i].first <= c; i++)
		if (c <= ranges[i].last)
			return true;
	return false;
}

/*
 * How many bytes at the front are graphic ASCII characters and spaces:
 * listings are mostly made of them.
 */
static size_t
printable_bytes(struct str s)
{
	size_t at = 0, run = sizeof(lanes);

	for (; run == sizeof(lanes); at += run) {
		lanes text = lanes_load(s.ptr + at, s.len - at);

		/* The zeros after the end are none. */
		run = lanes_first((text < ' ') | (text == 0x7f));
	}
	return at;
}

static bool
is_isolate(ucs4_t c)
{
	return c == ISOLATE || c == ISOLATE_END;
}

static void
add_clean(struct buf *out, struct str s, bool keeps_isolates)
{
	while (s.len > 0) {
		size_t plain = printable_bytes(s);
		buf_add(out, str_head(s, plain));
		s = str_skip(s, plain);
		if (s.len == 0)
			break;

		ucs4_t c;
		size_t len = next_char(s, &c);
		if (c == '\r' && str_starts(s, "\r\n"))
			len = 2;
		if (c == '\n' || c == '\r' || c == 0x2028 || c == 0x2029)
			buf_add_char(out, '\n');
		else if (!is_dropped(c) || (keeps_isolates && is_isolate(c)))
			buf_add_utf8(out, c);
		s = str_skip(s, len);
	}
}

void
unicode_add_clean(struct buf *out, struct str s)
{
	add_clean(out, s, false);
}

/* Before controls are dropped: NEL, VT and FF part words, too. */
static bool
is_white_space(ucs4_t c)
{
	return c < 0x80 ? str_is_space((char)c) : uc_is_property_white_space(c);
}

static bool
is_graphic(char c)
{
	return c > ' ' && c <= '~';
}

/*
 * Whether sixteen bytes are graphic ASCII characters and spaces, none of them before another space.
 */
static bool
are_words(const char *bytes)
{
	lanes text = lanes_load(bytes, sizeof(lanes));
	lanes next = lanes_load(bytes + 1, sizeof(lanes));

	return lanes_first((text < ' ') | (text == 0x7f) | ((text == ' ') & (next == ' '))) ==
	    sizeof(lanes);
}

/* How many bytes at the front, which is a graphic character, are words parted by single spaces. */
static size_t
collapsed_bytes(struct str s)
{
	size_t len = 1;

	while (len + sizeof(lanes) < s.len && are_words(s.ptr + len))
		len += sizeof(lanes);
	/* What follows a last space is seen with the rest. */
	len -= s.ptr[len - 1] == ' ';
	while (len < s.len &&
	    (is_graphic(s.ptr[len]) ||
	        (s.ptr[len] == ' ' && len + 1 < s.len && is_graphic(s.ptr[len + 1]))))
		len++;
	return len;
}

/*
 * Each character may be shown, and none is of the blocks that invisible and bidirectional controls
 * stand in (U+2000…U+207F, U+FEC0…U+FEFF).
 */
bool
unicode_is_one_line(struct str s)
{
	for (;;) {
		s = str_skip(s, printable_bytes(s));
		if (s.len == 0)
			return true;

		size_t size = str_printable(s);
		unsigned char lead = (unsigned char)s.ptr[0];
		unsigned char second = size > 1 ? (unsigned char)s.ptr[1] : 0;

		if (size == 0 || (lead == 0xe2 && second <= 0x81) ||
		    (lead == 0xef && second == 0xbb))
			return false;
		s = str_skip(s, size);
	}
}

bool
unicode_has_right_to_left(struct str s)
{
	while (s.len > 0) {
		ucs4_t c;
		s = str_skip(s, next_char(s, &c));
		int class = c < 0x80 ? UC_BIDI_L : uc_bidi_class(c);
		if (class == UC_BIDI_R || class == UC_BIDI_AL)
			return true;
	}
	return false;
}

void
unicode_add_isolated(struct buf *out, struct str s)
{
	bool is_apart = unicode_has_right_to_left(s);

	if (is_apart)
		buf_add_utf8(out, ISOLATE);
	buf_add(out, s);
	if (is_apart)
		buf_add_utf8(out, ISOLATE_END);
}

bool
unicode_is_plain(struct str s)
{
	return s.len == 0 || (is_graphic(s.ptr[0]) && collapsed_bytes(s) == s.len);
}

void
unicode_add_collapsed(struct buf *out, struct str s)
{
	bool has_text = false;
	bool is_gap = false;

	while (s.len > 0) {
		ucs4_t c;
		size_t len = next_char(s, &c);
		if (is_white_space(c))
			is_gap = true;
		if (is_white_space(c) || is_dropped(c)) {
			s = str_skip(s, len);
			continue;
		}
		if (is_gap && has_text)
			buf_add_char(out, ' ');
		has_text = true;
		is_gap = false;
		if (c >= 0x80) {
			buf_add_utf8(out, c);
		} else {
			len = collapsed_bytes(s);
			buf_add(out, str_head(s, len));
		}
		s = str_skip(s, len);
	}
}

/*
 * What makes no difference between words: invisible characters and what stands above, below, around
 * or across a letter. Marks of class 0 and of classes 7 to 9 (Kana voicing, nuktas, viramas and
 * most vowel signs of Indic scripts) are no accents: without them it would be another word.
 */
static bool
is_folded_away(ucs4_t c)
{
	if (c < 0x80)
		return false;
	if (uc_is_property_default_ignorable_code_point(c))
		return true;
	if (!uc_is_general_category_withtable(c, UC_CATEGORY_MASK_Mn | UC_CATEGORY_MASK_Me))
		return false;

	int class = uc_combining_class(c);
	return class == 1 || class >= 10 || uc_is_general_category(c, UC_CATEGORY_Me);
}

/* Appends the folded form of a run of characters beyond ASCII. */
static void
add_folded_run(struct buf *out, struct str run)
{
	struct buf valid = BUF_INIT(SIZE_MAX);
	size_t len;

	unicode_add_valid(&valid, run);

	/* Decomposed before it is folded: U+2121 comes apart into capital letters. */
	uint8_t *plain =
	    u8_normalize(UNINORM_NFKD, (const uint8_t *)valid.ptr, valid.len, NULL, &len);
	if (plain == NULL)
		mem_die();
	uint8_t *folded = u8_casefold(plain, len, NULL, UNINORM_NFKD, NULL, &len);
	if (folded == NULL)
		mem_die();

	struct str rest = { (const char *)folded, len };
	while (rest.len > 0) {
		ucs4_t c;
		size_t bytes = next_char(rest, &c);
		if (!is_folded_away(c))
			buf_add(out, str_head(rest, bytes));
		rest = str_skip(rest, bytes);
	}
	free(folded);
	free(plain);
	buf_release(&valid);
}

static size_t
ascii_bytes(struct str s)
{
	for (size_t at = 0; at < s.len; at += sizeof(lanes)) {
		size_t run = lanes_first(lanes_load(s.ptr + at, s.len - at) < 0);

		if (run < sizeof(lanes))
			return at + run;
	}
	return s.len;
}

/*
 * ASCII is folded here and the runs between by tables. The result is the same as that of the whole,
 * since an ASCII character never composes, decomposes or lets marks pass.
 */
void
unicode_add_folded(struct buf *out, struct str s)
{
	while (s.len > 0) {
		size_t start = out->len;
		struct str run = str_head(s, ascii_bytes(s));
		buf_add(out, run);
		for (size_t i = start; i < out->len; i++)
			out->ptr[i] = str_lower_char(out->ptr[i]);
		s = str_skip(s, run.len);

		run.len = 0;
		while (run.len < s.len && (unsigned char)s.ptr[run.len] >= 0x80)
			run.len++;
		if (run.len > 0)
			add_folded_run(out, str_head(s, run.len));
		s = str_skip(s, run.len);
	}
}

static void
add_composed(struct buf *out, struct str s)
{
	struct buf valid = BUF_INIT(SIZE_MAX);
	size_t len = 0;

	unicode_add_valid(&valid, s);
	uint8_t *composed =
	    u8_normalize(UNINORM_NFC, (const uint8_t *)valid.ptr, valid.len, NULL, &len);
	if (composed == NULL)
		mem_die();
	buf_add_bytes(out, composed, len);
	free(composed);
	buf_release(&valid);
}

/*
 * What is composed with a character of ASCII stands after it, never before: so the text is taken in
 * pieces, each from the last such character on, and most of it as it is.
 */
void
unicode_add_composed(struct buf *out, struct str s)
{
	while (s.len > 0) {
		size_t plain = ascii_bytes(s), end;

		if (plain == s.len) {
			buf_add(out, s);
			return;
		}
		if (plain > 0)
			plain--;
		buf_add(out, str_head(s, plain));
		s = str_skip(s, plain);
		end = 1;
		while (end < s.len && (unsigned char)s.ptr[end] >= 0x80)
			end++;
		add_composed(out, str_head(s, end));
		s = str_skip(s, end);
	}
}

void
unicode_add_lower(struct buf *out, struct str s)
{
	struct buf valid = BUF_INIT(SIZE_MAX);
	size_t start = out->len, len;

	if (ascii_bytes(s) == s.len) {
		buf_add(out, s);
		for (size_t i = start; i < out->len; i++)
			out->ptr[i] = str_lower_char(out->ptr[i]);
		return;
	}
	unicode_add_valid(&valid, s);
	uint8_t *lower =
	    u8_tolower((const uint8_t *)valid.ptr, valid.len, NULL, UNINORM_NFC, NULL, &len);
	if (lower == NULL)
		mem_die();
	buf_add_bytes(out, lower, len);
	free(lower);
	buf_release(&valid);
}

static bool
is_letter_or_digit(ucs4_t c)
{
	if (c < 0x80)
		return str_is_alnum((char)c);
	return uc_is_general_category_withtable(c, UC_CATEGORY_MASK_L | UC_CATEGORY_MASK_N);
}

static bool
is_mark(ucs4_t c)
{
	return c >= 0x300 && uc_is_general_category_withtable(c, UC_CATEGORY_MASK_M);
}

/* Scripts that write no spaces between words: each letter counts as one. */
static bool
is_word_alone(ucs4_t c)
{
	enum { FIRST_RADICAL = 0x2e80 };

	if (c < FIRST_RADICAL)
		return false;
	const uc_script_t *script = uc_script(c);
	return script != NULL &&
	    (strcmp(script->name, "Han") == 0 || strcmp(script->name, "Hiragana") == 0 ||
	        strcmp(script->name, "Katakana") == 0);
}

bool
unicode_next_word(struct str *rest, struct str *word)
{
	ucs4_t c = 0;
	size_t len = 0;

	while (rest->len > 0) {
		len = next_char(*rest, &c);
		if (is_letter_or_digit(c))
			break;
		*rest = str_skip(*rest, len);
	}
	if (rest->len == 0)
		return false;

	bool is_alone = is_word_alone(c);
	size_t end = len;
	while (end < rest->len) {
		len = next_char(str_skip(*rest, end), &c);
		if (!is_mark(c) && (is_alone || !is_letter_or_digit(c) || is_word_alone(c)))
			break;
		end += len;
	}
	*word = str_head(*rest, end);
	*rest = str_skip(*rest, end);
	return true;
}

static size_t
char_width(ucs4_t c)
{
	int width = uc_width(c, "UTF-8");
	return width > 0 ? (size_t)width : 0;
}

size_t
unicode_width(struct str s)
{
	size_t width = 0;

	while (s.len > 0) {
		ucs4_t c;
		size_t len = printable_bytes(s);
		if (len > 0) {
			width += len;
		} else {
			len = next_char(s, &c);
			width += char_width(c);
		}
		s = str_skip(s, len);
	}
	return width;
}

static bool
is_regional_indicator(ucs4_t c)
{
	return c >= 0x1f1e6 && c <= 0x1f1ff;
}

/*
 * The bytes of the user-perceived character at the front of `s`, which is not empty (UAX #29). The
 * library looks at two characters at a time, so joined emoji and flags, whose halves would be cut
 * apart, are seen to here.
 */
static size_t
cluster_bytes(struct str s)
{
	ucs4_t previous;
	size_t end = next_char(s, &previous);
	bool is_half_flag = is_regional_indicator(previous);

	while (end < s.len) {
		ucs4_t c;
		size_t len = next_char(str_skip(s, end), &c);
		bool is_flag = is_half_flag && is_regional_indicator(c);
		if (!is_flag && previous != ZERO_WIDTH_JOINER && uc_is_grapheme_break(previous, c))
			break;
		is_half_flag = false;
		previous = c;
		end += len;
	}
	return end;
}

struct str
unicode_head(struct str s, size_t columns)
{
	size_t end = 0;
	size_t width = 0;

	while (end < s.len) {
		struct str cluster = str_skip(s, end);
		cluster.len = cluster_bytes(cluster);
		width += unicode_width(cluster);
		if (width > columns)
			break;
		end += cluster.len;
	}
	return str_head(s, end);
}

/*
 * UAX #14 for ASCII, as libunistring has it: whether a line may break before a character depends on
 * the one before it and on the blanks between. The class of each character from "!" to "~", and for
 * each class whether it may break before the others: '+' it may, '_' after a blank only, '-' it may
 * not.
 */
static const char ascii_classes[] = "abcddcbefcdghggiiiiiiiiiiggccca"
                                    "cccccccccccccccccccccccccccedfcc"
                                    "cccccccccccccccccccccccccccejkc";
static const char *const ascii_rules[] = {
	/* abcdefghijk */
	['a' - 'a'] = "-_+++--_+_-",
	['b' - 'a'] = "-___---___-",
	['c' - 'a'] = "-____--___-",
	['d' - 'a'] = "-__+_--___-",
	['e' - 'a'] = "-----------",
	['f' - 'a'] = "-___+--___-",
	['g' - 'a'] = "-_+++--___-",
	['h' - 'a'] = "-_+++--___-",
	['i' - 'a'] = "-____--___-",
	['j' - 'a'] = "-_+++--_+_-",
	['k' - 'a'] = "-_+_+--_+_-",
};

/* How many letters and digits of ASCII are at the front, where no line breaks. */
static size_t
word_bytes(struct str s)
{
	size_t at = 0, run = sizeof(lanes);

	for (; run == sizeof(lanes); at += run) {
		lanes text = lanes_load(s.ptr + at, s.len - at), lower = text | 0x20;
		lanes is_letter = (lower >= 'a') & (lower <= 'z');

		run = lanes_first(~(is_letter | ((text >= '0') & (text <= '9'))));
	}
	return at;
}

/* What is not ASCII counts as a letter. */
static size_t
ascii_class(char c)
{
	return (size_t)((c > ' ' && c <= '~' ? ascii_classes[c - '!'] : 'c') - 'a');
}

static void
find_ascii_breaks(struct str line, char *breaks)
{
	char before = '('; /* nothing breaks after that */
	bool has_blank = false;

	memset(breaks, UC_BREAK_PROHIBITED, line.len);
	for (size_t at = 0; at < line.len; at++) {
		char c = line.ptr[at];

		if (c == ' ') {
			has_blank = true;
			continue;
		}
		char rule = ascii_rules[ascii_class(before)][ascii_class(c)];

		if (rule == '+' || (rule == '_' && has_blank))
			breaks[at] = UC_BREAK_POSSIBLE;
		if (str_is_alnum(c))
			at += word_bytes(str_skip(line, at + 1));
		before = line.ptr[at];
		has_blank = false;
	}
}

/* Whether a word of ASCII begins there after another: no rule looks past that. */
static bool
is_seam(struct str line, size_t at)
{
	return at >= 2 && line.ptr[at - 1] == ' ' && str_is_alnum(line.ptr[at]) &&
	    str_is_alnum(line.ptr[at - 2]);
}

/* Finds where a line may break: the words around what is not ASCII are the library's. */
static void
find_breaks(struct str line, char *breaks)
{
	size_t end = 0;

	find_ascii_breaks(line, breaks);
	for (;;) {
		size_t start = end + ascii_bytes(str_skip(line, end));

		if (start == line.len)
			return;
		end = start;
		while (start > 0 && !is_seam(line, start))
			start--;
		while (end < line.len && !is_seam(line, end))
			end++;
		u8_possible_linebreaks(
		    (const uint8_t *)line.ptr + start, end - start, "UTF-8", breaks + start);
		if (start > 0)
			breaks[start] = UC_BREAK_POSSIBLE;
	}
}

/* Takes back the breaks inside URLs: a broken one cannot be clicked or copied. */
static void
keep_urls_whole(struct str line, char *breaks)
{
	struct str mark = STR("://");
	size_t from = 0;

	for (;;) {
		ptrdiff_t found = str_find(str_skip(line, from), mark);
		if (found < 0)
			return;
		size_t start = from + (size_t)found;
		size_t end = start + mark.len;
		while (start > from && str_is_alnum(line.ptr[start - 1]))
			start--;
		while (end < line.len && line.ptr[end] > ' ' && line.ptr[end] <= '~')
			end++;
		memset(breaks + start + 1, UC_BREAK_PROHIBITED, end - start - 1);
		from = end;
	}
}

/* How many isolates are open behind a text before which so many were. */
static size_t
open_isolates(struct str text, size_t open)
{
	ptrdiff_t at;

	while ((at = str_find_char(text, '\xe2')) >= 0) {
		ucs4_t c;

		text = str_skip(text, (size_t)at);
		text = str_skip(text, next_char(text, &c));
		if (c == ISOLATE)
			open++;
		else if (c == ISOLATE_END && open > 0)
			open--;
	}
	return open;
}

/*
 * Appends one line with its prefix, without white space at its end. An isolate ends with its line,
 * so the next one begins those anew that are `open`.
 */
static void
add_line(struct buf *out, struct str prefix, struct str text, size_t *open)
{
	size_t start = out->len;

	buf_add(out, prefix);
	for (size_t i = 0; i < *open; i++)
		buf_add_utf8(out, ISOLATE);
	buf_add(out, text);
	while (out->len > start) {
		ucs4_t c;
		const uint8_t *last = u8_prev(
		    &c, (const uint8_t *)out->ptr + out->len, (const uint8_t *)out->ptr + start);
		if (last == NULL || !is_white_space(c))
			break;
		buf_cut(out, (size_t)((const char *)last - out->ptr));
	}
	*open = open_isolates(text, *open);
	for (size_t i = 0; i < *open; i++)
		buf_add_utf8(out, ISOLATE_END);
	buf_add_char(out, '\n');
}

/* How far `text` goes on in so many columns, with the blanks that a line's end swallows. */
static size_t
reach(struct str text, size_t columns)
{
	size_t end = printable_bytes(str_head(text, columns));
	size_t width = end;

	while (width <= columns && end < text.len) {
		ucs4_t c;
		size_t len = next_char(str_skip(text, end), &c);

		width += char_width(c);
		if (width <= columns)
			end += len;
	}
	return end + str_spaces(str_skip(text, end));
}

/* The end of the line that starts there: the last break within reach, else the next one. */
static size_t
line_end(struct str line, const char *breaks, size_t start, size_t columns)
{
	size_t end = start + reach(str_skip(line, start), columns);

	if (end == line.len)
		return end;
	/* A break is told by the character after it. */
	const char *found = memrchr(breaks + start + 1, UC_BREAK_POSSIBLE, end - start);
	if (found == NULL)
		found = memchr(breaks + end + 1, UC_BREAK_POSSIBLE, line.len - end - 1);
	return found != NULL ? (size_t)(found - breaks) : line.len;
}

static void
wrap_line(struct buf *out, struct str line, size_t columns, struct str first, struct str rest)
{
	char *breaks = mem_alloc(line.len);
	struct str prefix = first;
	size_t start = 0, open = 0;

	find_breaks(line, breaks);
	keep_urls_whole(line, breaks);
	do {
		size_t width = unicode_width(prefix);
		size_t end = line_end(line, breaks, start, width < columns ? columns - width : 0);

		add_line(out, prefix, str_head(str_skip(line, start), end - start), &open);
		prefix = rest;
		start = end;
	} while (start < line.len);
	mem_free(breaks);
}

void
unicode_wrap(struct buf *out, struct str text, size_t columns, struct str first, struct str rest)
{
	struct buf clean = BUF_INIT(SIZE_MAX);
	struct str prefix = first;
	char *tab;

	add_clean(&clean, text, true);
	while ((tab = memchr(clean.ptr, '\t', clean.len)) != NULL)
		*tab = ' ';

	struct str lines = buf_str(&clean);
	struct str line;
	while (str_next(&lines, '\n', &line)) {
		wrap_line(out, str_trim(line), columns, prefix, rest);
		prefix = rest;
	}
	buf_release(&clean);
}

/* RFC 1123 section 2.1: letters, digits and inner hyphens. */
static bool
is_host(struct str host)
{
	struct str rest = host;
	struct str label;

	if (host.len == 0 || host.len > HOST_BYTES || str_ends(host, "."))
		return false;
	while (str_next(&rest, '.', &label)) {
		if (label.len == 0 || label.len > LABEL_BYTES)
			return false;
		if (label.ptr[0] == '-' || label.ptr[label.len - 1] == '-')
			return false;
		for (size_t i = 0; i < label.len; i++)
			if (!str_is_alnum(label.ptr[i]) && label.ptr[i] != '-')
				return false;
	}
	return true;
}

/*
 * libidn2 leaves out what it does not like in ASCII ("a b" becomes "ab"), and refuses host names
 * that exist, such as "r1---sn.example.com": it only sees what needs it.
 */
static bool
needs_conversion(struct str host)
{
	for (size_t i = 0; i < host.len; i++)
		if ((unsigned char)host.ptr[i] >= 0x80 ||
		    str_starts_nocase(str_skip(host, i), "xn--"))
			return true;
	return false;
}

int
unicode_host_to_ascii(struct buf *out, struct str host)
{
	char text[4 * HOST_BYTES + 1]; /* no shorter text has more than HOST_BYTES characters */
	char *ascii = NULL;
	int status = -1;

	if (host.len == 0 || host.len >= sizeof(text) || !unicode_is_valid(host))
		return -1;
	for (size_t i = 0; i < host.len; i++) {
		text[i] = str_lower_char(host.ptr[i]);
		if ((unsigned char)text[i] < 0x80 && !str_is_alnum(text[i]) && text[i] != '-' &&
		    text[i] != '.')
			return -1;
	}
	text[host.len] = '\0';

	if (needs_conversion(host) &&
	    idn2_to_ascii_8z(text, &ascii, IDN2_NONTRANSITIONAL | IDN2_NFC_INPUT) != IDN2_OK)
		goto out;
	struct str result = str_from(ascii != NULL ? ascii : text);
	if (!is_host(result))
		goto out;
	buf_add(out, result);
	status = 0;
out:
	idn2_free(ascii);
	return status;
}
