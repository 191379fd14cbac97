/*
 * Growing text with a ceiling. It knows bytes and UTF-8 encoding, and nothing of what the text
 * means.
 */
#include "digest/buf.h"

#include "digest/mem.h"

#include <stdio.h>
#include <string.h>

enum { FIRST_ROOM = 64 };

/* Shared by all empty buffers and never written to. */
char buf_empty[1];

void
buf_release(struct buf *buf)
{
	if (buf->room > 0)
		mem_free(buf->ptr);
	*buf = BUF_INIT(buf->limit);
}

void
buf_reset(struct buf *buf)
{
	buf_cut(buf, 0);
	buf->has_failed = false;
}

/* Makes room for `len` more bytes and the terminator; false when the ceiling forbids them. */
static bool
reserve(struct buf *buf, size_t len)
{
	if (buf->has_failed)
		return false;
	if (len > buf->limit - buf->len || len >= SIZE_MAX - buf->len) {
		buf->has_failed = true;
		return false;
	}

	size_t needed = buf->len + len + 1;
	if (needed <= buf->room)
		return true;
	size_t room = buf->room <= SIZE_MAX / 2 ? buf->room * 2 : SIZE_MAX;
	if (buf->limit < SIZE_MAX && room > buf->limit + 1)
		room = buf->limit + 1;
	if (room < needed)
		room = needed < FIRST_ROOM ? FIRST_ROOM : needed;
	buf->ptr = mem_resize(buf->room > 0 ? buf->ptr : NULL, room);
	buf->room = room;
	return true;
}

void
buf_add_bytes(struct buf *buf, const void *bytes, size_t len)
{
	if (len == 0 || !reserve(buf, len))
		return;
	memcpy(buf->ptr + buf->len, bytes, len);
	buf->len += len;
	buf->ptr[buf->len] = '\0';
}

void
buf_add(struct buf *buf, struct str text)
{
	buf_add_bytes(buf, text.ptr, text.len);
}

void
buf_add_string(struct buf *buf, const char *text)
{
	buf_add_bytes(buf, text, strlen(text));
}

void
buf_add_char(struct buf *buf, char c)
{
	buf_add_bytes(buf, &c, 1);
}

static const char *
markup_entity(char c)
{
	switch (c) {
	case '&': return "&amp;";
	case '<': return "&lt;";
	case '>': return "&gt;";
	default: return "&quot;";
	}
}

void
buf_add_markup(struct buf *buf, struct str text)
{
	for (;;) {
		size_t plain = str_until(text, "&<>\"");

		buf_add(buf, str_head(text, plain));
		if (plain == text.len)
			return;
		buf_add_string(buf, markup_entity(text.ptr[plain]));
		text = str_skip(text, plain + 1);
	}
}

void
buf_add_repeat(struct buf *buf, char c, size_t count)
{
	if (count == 0 || !reserve(buf, count))
		return;
	memset(buf->ptr + buf->len, c, count);
	buf->len += count;
	buf->ptr[buf->len] = '\0';
}

void
buf_addf(struct buf *buf, const char *format, ...)
{
	va_list args;

	/* Most texts fit into what is there already, and are formatted once. */
	size_t room = buf->room > buf->len ? buf->room - buf->len : 0;
	if (buf->has_failed)
		return;
	va_start(args, format);
	int len = vsnprintf(room > 0 ? buf->ptr + buf->len : NULL, room, format, args);
	va_end(args);
	if (len == 0)
		return;
	if (len < 0 || !reserve(buf, (size_t)len)) {
		buf->has_failed = true;
		buf_cut(buf, buf->len);
		return;
	}
	if ((size_t)len >= room) {
		va_start(args, format);
		vsnprintf(buf->ptr + buf->len, (size_t)len + 1, format, args);
		va_end(args);
	}
	buf->len += (size_t)len;
}

void
buf_add_utf8(struct buf *buf, uint32_t codepoint)
{
	bool is_scalar = codepoint <= 0x10ffff && (codepoint < 0xd800 || codepoint > 0xdfff);
	uint32_t c = is_scalar ? codepoint : 0xfffd;
	char bytes[4];
	size_t len = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
	static const unsigned char lead[] = { 0, 0x00, 0xc0, 0xe0, 0xf0 };

	for (size_t i = len - 1; i > 0; i--) {
		bytes[i] = (char)(0x80 | (c & 0x3f));
		c >>= 6;
	}
	bytes[0] = (char)(lead[len] | c);
	buf_add_bytes(buf, bytes, len);
}

/* Six bits a character. */
void
buf_add_base64(struct buf *buf, const void *bytes, size_t len)
{
	static const char digits[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const unsigned char *in = bytes;

	for (size_t i = 0; i < len; i += 3) {
		unsigned second = i + 1 < len ? in[i + 1] : 0, third = i + 2 < len ? in[i + 2] : 0;
		unsigned group = (unsigned)in[i] << 16 | second << 8 | third;
		const char four[] = {
			digits[group >> 18],
			digits[group >> 12 & 0x3f],
			i + 1 < len ? digits[group >> 6 & 0x3f] : '=',
			i + 2 < len ? digits[group & 0x3f] : '=',
		};

		buf_add_bytes(buf, four, sizeof(four));
	}
}

void
buf_cut(struct buf *buf, size_t len)
{
	if (len < buf->len)
		buf->len = len;
	if (buf->room > 0)
		buf->ptr[buf->len] = '\0';
}

bool
buf_has_failed(const struct buf *buf)
{
	return buf->has_failed;
}

struct str
buf_str(const struct buf *buf)
{
	return (struct str){ buf->ptr, buf->len };
}

char *
buf_detach(struct buf *buf)
{
	char *text = buf->room > 0 ? buf->ptr : mem_copy_string("");

	*buf = BUF_INIT(buf->limit);
	return text;
}
