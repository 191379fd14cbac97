/*
 * Feeds any bytes to the writers of mail and reads back what they wrote; and to the readers, which
 * must refuse what no writer of ours wrote.
 */
#include "digest/message.h"
#include "digest/mime.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void
require(bool holds)
{
	if (!holds)
		abort();
}

/* 7-bit lines of at most `limit` that all end with CRLF. */
static void
check_lines(struct str text, size_t limit)
{
	size_t width = 0;

	require(text.len == 0 || str_ends(text, "\r\n"));
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.ptr[i];

		require(c < 0x7f && c != '\0');
		if (c == '\r') {
			require(i + 1 < text.len && text.ptr[i + 1] == '\n');
			width = 0;
			i++;
			continue;
		}
		require(c != '\n');
		require(++width <= limit);
	}
}

/* Only its first line may start a field: text never adds one. */
static void
check_field(struct str field)
{
	struct str line;

	check_lines(field, 998);
	require(str_next_line(&field, &line) && str_starts(line, "Subject:"));
	while (str_next_line(&field, &line))
		require(line.len > 1 && line.ptr[0] == ' ');
}

static void
round_trip(struct str text)
{
	struct buf encoded = BUF_INIT(BUF_LIMIT), decoded = BUF_INIT(BUF_LIMIT);
	struct err err = ERR_NONE;

	mime_quoted_printable(&encoded, text);
	check_lines(buf_str(&encoded), 76);
	require(mime_decode_quoted_printable(&decoded, buf_str(&encoded), &err) == 0);

	struct str back = buf_str(&decoded);
	if (!str_ends(text, "\n") && back.len > 0)
		back.len--;
	require(str_equal(back, text));
	buf_release(&encoded);
	buf_release(&decoded);
}

static void
write_fields(struct str text)
{
	struct buf out = BUF_INIT(BUF_LIMIT), phrase = BUF_INIT(BUF_LIMIT);

	mime_field(&out, "Subject", text);
	check_field(buf_str(&out));
	buf_reset(&out);
	mime_field_raw(&out, "Subject", text);
	check_field(buf_str(&out));
	buf_reset(&out);
	mime_mailbox(&phrase, text, text);
	mime_parameter(&phrase, "name", text);
	mime_field_raw(&out, "Subject", buf_str(&phrase));
	check_field(buf_str(&out));
	buf_release(&out);
	buf_release(&phrase);
}

static void
read_all(struct str text)
{
	struct buf decoded = BUF_INIT(BUF_LIMIT);
	struct mime_parts parts = MIME_PARTS_INIT;
	struct err err = ERR_NONE;

	(void)mime_decode_quoted_printable(&decoded, text, &err);
	err_clear(&err);
	(void)mime_decode_base64(&decoded, text, &err);
	err_clear(&err);
	(void)mime_read_message(&parts, text, &err);
	buf_release(&decoded);
	mime_parts_release(&parts);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct str text = { (const char *)bytes, len };

	round_trip(text);
	write_fields(text);
	read_all(text);
	return 0;
}
