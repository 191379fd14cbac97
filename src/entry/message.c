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

/* The bytes before the next slot. Done for each recipient, and memchr(3) is far ahead of a loop. */
static size_t
bytes_to_slot(struct str text)
{
	static const char slots[] = { MESSAGE_SLOT_TO, MESSAGE_SLOT_ID, MESSAGE_SLOT_TOKEN };
	size_t len = text.len;

	for (size_t i = 0; i < sizeof(slots); i++) {
		const char *slot = memchr(text.ptr, slots[i], len);
		if (slot != NULL)
			len = (size_t)(slot - text.ptr);
	}
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
