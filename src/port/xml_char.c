/*
 * Characters that XML forbids, bytes that are no UTF-8, references that XML does not know. Where
 * markup begins and ends is xml_mend.c's.
 */
#include "xml_char.h"

#include <libxml/HTMLparser.h>
#include <string.h>

enum { ENTITY_MAX_BYTES = 32 };

/* Windows-1252 from 0x80 to 0x9f; 0 where it has no character. */
static const uint16_t windows_1252[32] = {
	0x20ac, 0, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, /* 0x80… */
	0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017d, 0, /* 0x88… */
	0, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, /* 0x90… */
	0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0, 0x017e, 0x0178, /* 0x98… */
};

/* What a byte or number between 0x80 and 0xff was meant to be where it makes no sense otherwise. */
static uint32_t
windows_1252_character(unsigned byte)
{
	if (byte >= 0xa0)
		return byte;
	uint32_t codepoint = windows_1252[byte - 0x80];
	return codepoint != 0 ? codepoint : 0xfffd;
}

/* Production 2 of XML 1.0. */
static bool
is_xml_character(uint32_t codepoint)
{
	if (codepoint < 0x20)
		return codepoint == '\t' || codepoint == '\n' || codepoint == '\r';
	return codepoint <= 0xd7ff || (codepoint >= 0xe000 && codepoint <= 0xfffd) ||
	    (codepoint >= 0x10000 && codepoint <= 0x10ffff);
}

/* Production 4 of XML 1.0, beyond ASCII. */
static bool
is_name_start(uint32_t codepoint)
{
	static const uint32_t ranges[][2] = {
		{ 0xc0, 0xd6 },
		{ 0xd8, 0xf6 },
		{ 0xf8, 0x2ff },
		{ 0x370, 0x37d },
		{ 0x37f, 0x1fff },
		{ 0x200c, 0x200d },
		{ 0x2070, 0x218f },
		{ 0x2c00, 0x2fef },
		{ 0x3001, 0xd7ff },
		{ 0xf900, 0xfdcf },
		{ 0xfdf0, 0xfffd },
		{ 0x10000, 0xeffff },
	};
	for (size_t i = 0; i < sizeof(ranges) / sizeof(*ranges); i++) {
		if (codepoint >= ranges[i][0] && codepoint <= ranges[i][1])
			return true;
	}
	return false;
}

void
xml_chars_replace(struct xml_chars *chars, size_t len, struct str text)
{
	buf_add_bytes(chars->out, chars->copied, (size_t)(chars->rest.ptr - chars->copied));
	buf_add(chars->out, text);
	chars->rest = str_skip(chars->rest, len);
	chars->copied = chars->rest.ptr;
	chars->has_changed = true;
}

static void
pass(struct xml_chars *chars, size_t len)
{
	chars->rest = str_skip(chars->rest, len);
}

static void
mend(struct xml_chars *chars, size_t len, struct str text)
{
	xml_chars_replace(chars, len, text);
	chars->is_repaired = true;
}

static void
mend_by_character(struct xml_chars *chars, size_t len, uint32_t codepoint)
{
	mend(chars, len, STR(""));
	buf_add_utf8(chars->out, codepoint);
}

/* ---- references ---- */

/* "&#…;": bytes and value; 0 when it is none. */
static size_t
numeric_reference(struct str text, uint32_t *codepoint)
{
	bool is_hex = text.len > 2 && text.ptr[2] == 'x';
	size_t start = is_hex ? 3 : 2, at = start;
	uint32_t value = 0;
	for (; at < text.len && at < ENTITY_MAX_BYTES; at++) {
		char c = str_lower_char(text.ptr[at]);
		uint32_t digit = 0;
		if (str_is_digit(c))
			digit = (uint32_t)(c - '0');
		else if (is_hex && c >= 'a' && c <= 'f')
			digit = (uint32_t)(c - 'a' + 10);
		else
			break;
		value = value > 0x10ffff ? value : value * (is_hex ? 16 : 10) + digit;
	}
	if (at == start || at == text.len || text.ptr[at] != ';')
		return 0;
	*codepoint = value;
	return at + 1;
}

/* "&name;": its bytes; 0 when it is none. */
static size_t
named_reference(struct str text)
{
	size_t at = 1;
	while (at < text.len && at < ENTITY_MAX_BYTES && str_is_alnum(text.ptr[at]))
		at++;
	return at > 1 && at < text.len && text.ptr[at] == ';' ? at + 1 : 0;
}

static bool
is_predefined(struct str name)
{
	return str_is(name, "amp") || str_is(name, "lt") || str_is(name, "gt") ||
	    str_is(name, "quot") || str_is(name, "apos");
}

static void
mend_numeric_reference(struct xml_chars *chars, size_t len, uint32_t codepoint)
{
	if (!is_xml_character(codepoint))
		mend(chars, len, STR(""));
	else if (codepoint >= 0x80 && codepoint < 0xa0)
		mend_by_character(chars, len, windows_1252_character(codepoint));
	else
		pass(chars, len);
}

static void
mend_named_reference(struct xml_chars *chars, size_t len)
{
	struct str name = str_head(str_skip(chars->rest, 1), len - 2);
	char terminated[ENTITY_MAX_BYTES + 1] = "";
	if (is_predefined(name)) {
		pass(chars, len);
		return;
	}
	memcpy(terminated, name.ptr, name.len);
	const htmlEntityDesc *entity = htmlEntityLookup((const xmlChar *)terminated);
	if (entity == NULL)
		mend(chars, 1, STR("&amp;"));
	else
		mend_by_character(chars, len, entity->value);
}

/* Whether the reference at the front, if it is one, may go on after the text. */
static bool
is_reference_cut(struct str text)
{
	size_t at = 1;
	while (at < text.len && (str_is_alnum(text.ptr[at]) || text.ptr[at] == '#'))
		at++;
	return at == text.len && at <= ENTITY_MAX_BYTES;
}

/* False when more is needed to tell what the ampersand is. */
static bool
mend_ampersand(struct xml_chars *chars)
{
	uint32_t codepoint = 0;
	size_t len = 0;
	if (!chars->is_whole && is_reference_cut(chars->rest))
		return false;
	if (chars->rest.len > 1 && chars->rest.ptr[1] == '#')
		len = numeric_reference(chars->rest, &codepoint);
	if (len > 0) {
		mend_numeric_reference(chars, len, codepoint);
		return true;
	}
	len = named_reference(chars->rest);
	if (len > 0)
		mend_named_reference(chars, len);
	else
		mend(chars, 1, STR("&amp;"));
	return true;
}

/* ---- characters ---- */

/*
 * The length and value of the UTF-8 character at the front, or 0 (Unicode table 3-7). `*is_cut`:
 * all there is of it is its beginning.
 */
static size_t
utf8_character(struct str text, uint32_t *codepoint, bool *is_cut)
{
	const unsigned char *p = (const unsigned char *)text.ptr;
	size_t len = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;
	unsigned low = p[0] == 0xe0 ? 0xa0 : p[0] == 0xf0 ? 0x90 : 0x80;
	unsigned high = p[0] == 0xed ? 0x9f : p[0] == 0xf4 ? 0x8f : 0xbf;
	uint32_t value = p[0] & (0x7fu >> len);
	*is_cut = false;
	if (p[0] < 0xc2 || p[0] > 0xf4)
		return 0;
	for (size_t i = 1; i < len; i++) {
		*is_cut = i == text.len;
		if (*is_cut || p[i] < low || p[i] > high)
			return 0;
		low = 0x80;
		high = 0xbf;
		value = value << 6 | (p[i] & 0x3f);
	}
	*codepoint = value;
	return len;
}

/* False when more is needed to tell which character it is. */
static bool
mend_character(struct xml_chars *chars)
{
	uint32_t codepoint = 0;
	bool is_cut;
	size_t len = utf8_character(chars->rest, &codepoint, &is_cut);
	if (is_cut && !chars->is_whole)
		return false;
	if (len == 0)
		mend_by_character(
		    chars, 1, windows_1252_character((unsigned char)chars->rest.ptr[0]));
	else if (!is_xml_character(codepoint))
		mend(chars, len, STR(""));
	else
		pass(chars, len);
	return true;
}

int
xml_chars_starts_name(const struct xml_chars *chars, struct str text)
{
	uint32_t codepoint = 0;
	bool is_cut;
	if (text.len == 0)
		return chars->is_whole ? 0 : -1;
	if ((unsigned char)text.ptr[0] < 0x80)
		return str_is_alpha(text.ptr[0]) || text.ptr[0] == '_' || text.ptr[0] == ':';
	if (utf8_character(text, &codepoint, &is_cut) > 0)
		return is_name_start(codepoint);
	if (is_cut && !chars->is_whole)
		return -1;
	return is_name_start(windows_1252_character((unsigned char)text.ptr[0]));
}

/*
 * "]]>" is for CDATA sections alone (production 14): libxml2 drops the text before it. False when
 * more is needed to tell whether it is there.
 */
static bool
mend_bracket(struct xml_chars *chars)
{
	static const char end[] = "]]>";
	size_t len = chars->rest.len < 3 ? chars->rest.len : 3;
	if (memcmp(chars->rest.ptr, end, len) != 0) {
		pass(chars, 1);
		return true;
	}
	if (len < 3 && !chars->is_whole)
		return false;
	if (len < 3)
		pass(chars, 1);
	else
		mend(chars, len, STR("]]&gt;"));
	return true;
}

/* ---- all of them ---- */

/* Bytes that need a look, by what is mended. */
static const bool needs_look[3][256] = {
	[XML_CHARS_TEXT] = { [0 ... 8] = true,
	    [0x0b ... 0x0c] = true,
	    [0x0e ... 0x1f] = true,
	    [0x80 ... 0xff] = true,
	    ['&'] = true,
	    ['<'] = true,
	    [']'] = true },
	[XML_CHARS_TAG] = { [0 ... 8] = true,
	    [0x0b ... 0x0c] = true,
	    [0x0e ... 0x1f] = true,
	    [0x80 ... 0xff] = true,
	    ['&'] = true },
	[XML_CHARS_RAW] = { [0 ... 8] = true,
	    [0x0b ... 0x0c] = true,
	    [0x0e ... 0x1f] = true,
	    [0x80 ... 0xff] = true },
};

#define EACH_BYTE(byte) ((uint64_t)0x0101010101010101u * (byte))

/* Whether one of eight bytes is zero (Hacker's Delight, section 6-1). */
static inline uint64_t
has_zero(uint64_t eight)
{
	return (eight - EACH_BYTE(1)) & ~eight & EACH_BYTE(0x80);
}

/* Whether one of the eight bytes may need a look. */
static inline bool
may_need_look(const char *bytes, enum xml_chars_kind kind)
{
	uint64_t eight;
	memcpy(&eight, bytes, sizeof(eight));
	uint64_t found = (eight | ((eight - EACH_BYTE(0x20)) & ~eight)) &
	    EACH_BYTE(0x80); /* a control or not ASCII */
	if (kind != XML_CHARS_RAW)
		found |= has_zero(eight ^ EACH_BYTE('&'));
	if (kind == XML_CHARS_TEXT)
		found |= has_zero(eight ^ EACH_BYTE('<')) | has_zero(eight ^ EACH_BYTE(']'));
	return found != 0;
}

/* Passes what needs no look: most of any document, so by eight bytes at a time. */
static inline void
skip_plain(struct str *text, enum xml_chars_kind kind)
{
	const char *at = text->ptr, *end = text->ptr + text->len;
	for (;;) {
		while (end - at >= 8 && !may_need_look(at, kind))
			at += 8;
		const char *stop = end - at >= 8 ? at + 8 : end;
		while (at < stop && !needs_look[kind][(unsigned char)*at])
			at++;
		if (at < stop || at == end)
			break;
	}
	*text = (struct str){ at, (size_t)(end - at) };
}

static inline void
mend_all(struct xml_chars *chars, enum xml_chars_kind kind)
{
	for (;;) {
		skip_plain(&chars->rest, kind);
		if (chars->rest.len == 0)
			return;
		unsigned char c = (unsigned char)*chars->rest.ptr;
		bool is_done = true;
		if (c >= 0x80)
			is_done = mend_character(chars);
		else if (c < 0x20)
			mend(chars, 1, STR(""));
		else if (c == '&')
			is_done = mend_ampersand(chars);
		else if (c == '<')
			return;
		else
			is_done = mend_bracket(chars);
		if (!is_done)
			return;
	}
}

void
xml_chars_mend(struct xml_chars *chars, enum xml_chars_kind kind)
{
	/* Each with its kind known to the compiler. */
	if (kind == XML_CHARS_TEXT)
		mend_all(chars, XML_CHARS_TEXT);
	else if (kind == XML_CHARS_TAG)
		mend_all(chars, XML_CHARS_TAG);
	else
		mend_all(chars, XML_CHARS_RAW);
}
