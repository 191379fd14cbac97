/*
 * The last change to a frozen message. Writing one is mime's and render's business, sending it
 * deliver's.
 */
#include "digest/message.h"

#include <string.h>

bool
message_is_slot(char c)
{
	return c >= MESSAGE_SLOT_TO && c <= MESSAGE_SLOT_SIGNATURE;
}

bool
message_has_slot(struct str text)
{
	return str_until(text, MESSAGE_SLOTS) < text.len;
}

static void
add_value(struct buf *out, const char *value)
{
	for (; *value != '\0'; value++)
		if (*value > ' ' && *value < 0x7f)
			buf_add_char(out, *value);
}

/* A header's address may have letters outside ASCII (RFC 6532 section 3.2). */
static void
add_address(struct buf *out, const char *address)
{
	for (; *address != '\0'; address++)
		if ((unsigned char)*address > ' ' && *address != 0x7f)
			buf_add_char(out, *address);
}

/* Of those that are filled here. */
static inline bool
is_slot(char c)
{
	return c >= MESSAGE_SLOT_TO && c <= MESSAGE_SLOT_TOKEN;
}

/*
 * The bytes before the next slot. Done for each recipient: by blocks, which the compiler makes one
 * test of.
 */
static size_t
bytes_to_slot(struct str text)
{
	enum { BLOCK_BYTES = 64 };
	size_t len = 0;

	while (text.len - len >= BLOCK_BYTES) {
		unsigned char found = 0;
		for (size_t i = 0; i < BLOCK_BYTES; i++)
			found |= is_slot(text.ptr[len + i]);
		if (found)
			break;
		len += BLOCK_BYTES;
	}
	while (len < text.len && !is_slot(text.ptr[len]))
		len++;
	return len;
}

void
message_fill(struct buf *out, struct str frozen, const char *to, const char *id, const char *token)
{
	while (frozen.len > 0) {
		size_t len = bytes_to_slot(frozen);

		buf_add(out, str_head(frozen, len));
		if (len == frozen.len)
			break;
		if (frozen.ptr[len] == MESSAGE_SLOT_TO)
			add_address(out, to);
		else
			add_value(out, frozen.ptr[len] == MESSAGE_SLOT_ID ? id : token);
		frozen = str_skip(frozen, len + 1);
	}
}

struct message_shape
message_shape(struct str bytes)
{
	struct message_shape shape = { .is_8bit = !str_is_ascii(bytes), .is_lines = bytes.len > 0 };

	while (bytes.len > 0 && shape.is_lines) {
		const char *end = memchr(bytes.ptr, '\r', bytes.len);
		size_t len = end != NULL ? (size_t)(end - bytes.ptr) : bytes.len;
		if (end == NULL || memchr(bytes.ptr, '\n', len) != NULL || bytes.len < len + 2 ||
		    end[1] != '\n')
			shape.is_lines = false;
		/* What fills a slot may begin with a dot. */
		if (bytes.ptr[0] == '.' || message_is_slot(bytes.ptr[0]))
			shape.has_dots = true;
		bytes = str_skip(bytes, len + 2);
	}
	return shape;
}
