/*
 * What the text of a feed's element says in plain words, be it packed, marked up or plain.
 * What it is the text of is feed_item.c's business, and HTML is html.h's.
 */
#include "feed_text.h"

#include "digest/buf.h"
#include "digest/html.h"
#include "digest/unicode.h"

#include <string.h>

enum { PREFIX_BYTES = 40 }; /* so much of a beginning is unlikely to stand elsewhere */

/* ---- base64 (RFC 4648 section 4, with white space in it) ---- */

static int
sextet(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (str_is_digit(c))
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

static bool
is_text(struct str bytes)
{
	for (size_t i = 0; i < bytes.len; i++) {
		if ((unsigned char)bytes.ptr[i] < ' ' && !str_is_space(bytes.ptr[i]))
			return false;
	}
	return unicode_is_valid(bytes);
}

/* What was packed when that is text, else "". */
static struct str
unpack(struct arena *arena, struct str packed)
{
	struct buf text = BUF_INIT(BUF_LIMIT);
	struct str result = STR("");
	unsigned bits = 0;
	int count = 0;
	size_t at = 0;

	for (; at < packed.len && packed.ptr[at] != '='; at++) {
		if (str_is_space(packed.ptr[at]))
			continue;
		int value = sextet(packed.ptr[at]);
		if (value < 0)
			goto out;
		bits = (bits << 6 | (unsigned)value) & 0xffff;
		count += 6;
		if (count >= 8) {
			count -= 8;
			buf_add_char(&text, (char)(bits >> count & 0xff));
		}
	}
	if (is_text(buf_str(&text)))
		result = arena_copy(arena, buf_str(&text));
out:
	buf_release(&text);
	return result;
}

/* ---- plain text ---- */

struct str
feed_text_plain(struct arena *arena, struct feed_text text)
{
	struct buf plain = BUF_INIT(BUF_LIMIT);

	if (text.kind == FEED_TEXT_BASE64 || text.kind == FEED_TEXT_UNKNOWN) {
		struct str unpacked = unpack(arena, text.raw);
		if (unpacked.len > 0 || text.kind == FEED_TEXT_BASE64)
			text.raw = unpacked;
		text.kind = FEED_TEXT_GUESS;
	}
	if (text.kind == FEED_TEXT_PLAIN ||
	    (text.kind == FEED_TEXT_GUESS && !html_is_markup(text.raw)))
		return text.raw;
	html_add_text(&plain, text.raw);
	return arena_keep(arena, &plain);
}

/* ---- beginnings ---- */

struct str
feed_text_beginning(struct arena *arena, struct str text, size_t bytes)
{
	if (text.len <= bytes)
		return text;
	size_t at = bytes;
	while (at > 0 && !str_is_space(text.ptr[at]))
		at--;
	/* Chinese has no spaces to cut at. */
	for (at = at > 0 ? at : bytes; at > 0 && ((unsigned char)text.ptr[at] & 0xc0) == 0x80;)
		at--;
	return arena_printf(arena, "%.*s …", STR_ARG(str_trim(str_head(text, at))));
}

static struct str
without_ellipsis(struct str text)
{
	static const char *const marks[] = { "…", "...", "[…]", "[...]", "[&#8230;]", "(…)" };
	text = str_trim(text);
	for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++) {
		if (str_ends(text, marks[i]))
			return str_trim(str_head(text, text.len - strlen(marks[i])));
	}
	return text;
}

static bool
is_prefix(struct str part, struct str whole)
{
	struct str word, other;
	while (str_next_word(&part, &word)) {
		bool is_last = str_trim(part).len == 0;
		if (!str_next_word(&whole, &other) || word.len > other.len ||
		    !str_equal(word, is_last ? str_head(other, word.len) : other))
			return false;
	}
	return true;
}

struct str
feed_text_continued(struct str part, struct str whole)
{
	struct str begun = without_ellipsis(without_ellipsis(part)), line = STR("");
	struct str rest = begun;

	if (begun.len == 0)
		return STR("");
	if (is_prefix(begun, whole))
		return whole;
	if (begun.len == str_trim(part).len || !str_next_line(&rest, &line))
		return STR("");
	ptrdiff_t at = str_find(whole, str_head(line, PREFIX_BYTES));
	if (at < 0 || line.len < PREFIX_BYTES || !is_prefix(begun, str_skip(whole, (size_t)at)))
		return STR("");
	return str_skip(whole, (size_t)at);
}
