/* Base64 in lines, as bodies have it; and back, strictly, as a check on the writer. */
#include "digest/mime.h"

enum { LINE_BYTES = 57, LINE_COLUMNS = LINE_BYTES / 3 * 4 };

void
mime_base64(struct buf *out, struct str bytes)
{
	while (bytes.len > 0) {
		struct str line = str_head(bytes, LINE_BYTES);

		buf_add_base64(out, line.ptr, line.len);
		buf_add_string(out, "\r\n");
		bytes = str_skip(bytes, line.len);
	}
}

/* The six bits that a character stands for; -1 when it stands for none. */
static int
value_of(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/*
 * Decodes four characters, the last ones "=" at the end of all: how many bytes they are,
 * 0 for none.
 */
static size_t
decode_four(const char *four, bool is_end, char bytes[3])
{
	unsigned group = 0;
	size_t len = 3;

	if (is_end && four[3] == '=')
		len = four[2] == '=' ? 1 : 2;
	for (size_t i = 0; i < 4; i++) {
		int value = i <= len ? value_of(four[i]) : 0;
		if (value < 0)
			return 0;
		group = group << 6 | (unsigned)value;
	}
	for (size_t i = 0; i < 3; i++)
		bytes[i] = (char)(group >> (16 - 8 * i) & 0xff);
	return len;
}

int
mime_decode_base64(struct buf *out, struct str encoded, struct err *err)
{
	struct str line;

	while (str_next_line(&encoded, &line)) {
		bool is_end = encoded.len == 0;
		bool is_whole = line.len > 0 && line.len % 4 == 0 && line.len <= LINE_COLUMNS;

		if (!is_whole || (!is_end && line.len != LINE_COLUMNS))
			return err_set(err, EX_DATAERR, "base64: a line has an odd length");
		for (size_t i = 0; i < line.len; i += 4) {
			char bytes[3];
			size_t len = decode_four(line.ptr + i, is_end && i + 4 == line.len, bytes);
			if (len == 0)
				return err_set(
				    err, EX_DATAERR, "base64: a character is none of it");
			buf_add_bytes(out, bytes, len);
		}
	}
	return 0;
}
