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

/* Of a value neither blanks nor controls are taken, so that it cannot start a line of its own. */
static bool
is_taken(char slot, char c)
{
	if (slot == MESSAGE_SLOT_TO) /* may have letters outside ASCII (RFC 6532 section 3.2) */
		return (unsigned char)c > ' ' && c != 0x7f;
	return c > ' ' && c < 0x7f;
}

static void
add_value(struct buf *out, char slot, const char *value)
{
	for (;;) {
		size_t len = 0;
		while (is_taken(slot, value[len]))
			len++;
		buf_add(out, (struct str){ value, len });
		if (value[len] == '\0')
			return;
		value += len + 1;
	}
}

/* Where a slot is next, or the end. */
static const char *
find_slot(struct str text, char slot)
{
	ptrdiff_t at = str_find_char(text, slot);

	return text.ptr + (at >= 0 ? (size_t)at : text.len);
}

/* Each kind of slot is looked for on its own, which for all of them takes the least time. */
void
message_fill(struct buf *out, struct str frozen, const char *to, const char *id, const char *token)
{
	const char *const values[] = { to, id, token };
	const char *next[sizeof(values) / sizeof(values[0])];

	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
		next[i] = find_slot(frozen, (char)(MESSAGE_SLOT_TO + i));
	while (frozen.len > 0) {
		size_t first = 0;
		for (size_t i = 1; i < sizeof(values) / sizeof(values[0]); i++)
			if (next[i] < next[first])
				first = i;
		size_t len = (size_t)(next[first] - frozen.ptr);
		buf_add(out, str_head(frozen, len));
		if (len == frozen.len)
			break;
		char slot = frozen.ptr[len];
		add_value(out, slot, values[first]);
		frozen = str_skip(frozen, len + 1);
		next[first] = find_slot(frozen, slot);
	}
}

/* What fills a slot may be nothing. */
static bool
starts_with_dot(struct str line)
{
	while (line.len > 0 && message_is_slot(line.ptr[0]))
		line = str_skip(line, 1);
	return str_starts(line, ".");
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
		shape.has_dots |= starts_with_dot(str_head(bytes, len));
		bytes = str_skip(bytes, len + 2);
	}
	return shape;
}

static bool
begins_with_dot(char slot, const char *value)
{
	while (*value != '\0' && !is_taken(slot, *value))
		value++;
	return *value == '.';
}

struct message_shape
message_filled_shape(
    const struct message_shape *frozen, const char *to, const char *id, const char *token)
{
	struct message_shape shape = *frozen;

	shape.is_8bit |= !str_is_ascii(str_from(to));
	shape.has_dots |= begins_with_dot(MESSAGE_SLOT_TO, to) ||
	    begins_with_dot(MESSAGE_SLOT_ID, id) || begins_with_dot(MESSAGE_SLOT_TOKEN, token);
	return shape;
}
