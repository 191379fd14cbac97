/*
 * Quoted-printable, both ways (RFC 2045 section 6.7). The encoder keeps the bytes of a character
 * together, so no reader that decodes line by line sees half of one.
 */
#include "digest/mime.h"

#include "digest/message.h"
#include "fold.h"

#include <string.h>

enum {
	LINE_BYTES = 76, /* RFC 2045 section 6.7 (5) */
	UNIT_BYTES = 12, /* a character of four bytes, encoded */
};

struct line {
	struct buf *out;
	char bytes[LINE_BYTES + 2];
	size_t len;
};

static void
end_line(struct line *line, bool is_soft)
{
	if (is_soft)
		line->bytes[line->len++] = '=';
	line->bytes[line->len++] = '\r';
	line->bytes[line->len++] = '\n';
	buf_add_bytes(line->out, line->bytes, line->len);
	line->len = 0;
}

/*
 * Whether the character in front stands for itself. A blank that ends its line is lost on the way
 * (RFC 2045 section 6.7 (3)); "From " is changed by mbox, and a "." in front by broken servers.
 */
static bool
is_literal(struct str text, bool is_line_start)
{
	char c = text.ptr[0];

	if (c == ' ' || c == '\t')
		return text.len > 1 && text.ptr[1] != '\n';
	if (c <= ' ' || c >= 0x7f || c == '=')
		return false;
	return !is_line_start || (c != '.' && !str_starts(text, "From "));
}

/* The encoded form of the first character of `text`; `*taken` is how many bytes that was. */
static size_t
encode(char unit[UNIT_BYTES], struct str text, bool is_line_start, size_t *taken)
{
	static const char hex[] = "0123456789ABCDEF";
	size_t len = 0;

	*taken = 1;
	if (is_literal(text, is_line_start)) {
		unit[0] = text.ptr[0];
		return 1;
	}
	if ((unsigned char)text.ptr[0] >= 0xc0) {
		size_t whole = str_printable(text);

		*taken = whole > 0 ? whole : 1;
	}
	for (size_t i = 0; i < *taken && len + 3 <= UNIT_BYTES; i++) {
		unsigned char byte = (unsigned char)text.ptr[i];

		unit[len++] = '=';
		unit[len++] = hex[byte >> 4];
		unit[len++] = hex[byte & 15];
	}
	return len;
}

/* How many characters in front stand for themselves anywhere but at a line's start. */
static size_t
count_literal(struct str text, size_t room)
{
	size_t most = text.len < room ? text.len : room, n = 0;

	while (n < most) {
		char c = text.ptr[n];
		bool is_inner_space = c == ' ' && n + 1 < text.len && text.ptr[n + 1] != '\n';

		if ((c <= ' ' && !is_inner_space) || c >= 0x7f || c == '=')
			break;
		n++;
	}
	return n;
}

/* Returns how many bytes of `text` were taken. */
static size_t
add_some(struct line *line, struct str text)
{
	char unit[UNIT_BYTES];
	size_t taken = line->len > 0 ? count_literal(text, LINE_BYTES - 1 - line->len) : 0;

	if (taken > 0) {
		memcpy(line->bytes + line->len, text.ptr, taken);
		line->len += taken;
		return taken;
	}

	size_t len = encode(unit, text, line->len == 0, &taken);
	if (line->len + len > LINE_BYTES - 1) {
		end_line(line, true);
		len = encode(unit, text, true, &taken);
	}
	memcpy(line->bytes + line->len, unit, len);
	line->len += len;
	return taken;
}

static void
add_slot(struct line *line, struct str text)
{
	if (line->len > 0)
		end_line(line, true);
	line->bytes[line->len++] = text.ptr[0];
	if (text.len > 1 && text.ptr[1] != '\n')
		end_line(line, true);
}

void
mime_quoted_printable(struct buf *out, struct str text)
{
	struct line line = { .out = out };

	while (text.len > 0) {
		size_t taken = 1;

		if (text.ptr[0] == '\n')
			end_line(&line, false);
		else if (message_is_slot(text.ptr[0]))
			add_slot(&line, text);
		else
			taken = add_some(&line, text);
		text = str_skip(text, taken);
	}
	if (line.len > 0)
		end_line(&line, false);
}

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* How many bytes in front are what they seem. */
static size_t
count_plain(struct str line)
{
	size_t n = 0;

	while (n < line.len) {
		char c = line.ptr[n];
		bool is_text = (c >= ' ' && c < 0x7f) || c == '\t' || message_is_slot(c);

		if (!is_text || c == '=')
			break;
		n++;
	}
	return n;
}

/* Decodes one line without its CRLF and its soft break; false on what no encoder writes. */
static bool
decode_line(struct buf *out, struct str line)
{
	for (;;) {
		size_t plain = count_plain(line);

		buf_add(out, str_head(line, plain));
		line = str_skip(line, plain);
		if (line.len == 0)
			return true;
		int high = line.len >= 3 && line.ptr[0] == '=' ? hex_digit(line.ptr[1]) : -1;
		int low = high >= 0 ? hex_digit(line.ptr[2]) : -1;

		if (low < 0)
			return false;
		buf_add_char(out, (char)(high << 4 | low));
		line = str_skip(line, 3);
	}
}

int
mime_decode_quoted_printable(struct buf *out, struct str encoded, struct err *err)
{
	size_t number = 0;
	bool is_soft = false;

	while (encoded.len > 0) {
		ptrdiff_t end = str_find(encoded, STR("\r\n"));
		struct str line = str_head(encoded, end < 0 ? 0 : (size_t)end);

		number++;
		if (end < 0 || line.len > MIME_LINE_BYTES)
			return err_set(err, EX_DATAERR,
			    "quoted-printable line %zu has no end or is too long", number);
		encoded = str_skip(encoded, line.len + 2);
		is_soft = str_ends(line, "=");
		if (is_soft)
			line.len--;
		else if (str_ends(line, " ") || str_ends(line, "\t"))
			return err_set(
			    err, EX_DATAERR, "quoted-printable line %zu ends with a blank", number);
		if (!decode_line(out, line))
			return err_set(err, EX_DATAERR,
			    "quoted-printable line %zu holds what no encoder writes", number);
		if (!is_soft)
			buf_add_char(out, '\n');
	}
	if (is_soft)
		return err_set(
		    err, EX_DATAERR, "quoted-printable text ends with a soft line break");
	return 0;
}
