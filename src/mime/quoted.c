/*
 * Quoted-printable, both ways (RFC 2045 section 6.7). The encoder keeps the bytes of a character
 * together, so no reader that decodes line by line sees half of one.
 */
#include "digest/mime.h"

#include "digest/message.h"
#include "fold.h"

enum {
	LINE_BYTES = 76, /* RFC 2045 section 6.7 (5) */
	ROOM_BYTES = LINE_BYTES - 1, /* what a soft line break leaves */
};

#define SOFT_BREAK "=\r\n"

/* The line that is being written. */
struct line {
	struct buf *out;
	size_t column;
};

static void
end_line(struct line *line, const char *end)
{
	buf_add_string(line->out, end);
	line->column = 0;
}

/* How many bytes in front are graphic ASCII or blanks, and no "=". */
static size_t
count_plain(struct str text)
{
	size_t at = 0, run = sizeof(lanes);

	for (; run == sizeof(lanes); at += run) {
		lanes bytes = lanes_load(text.ptr + at, text.len - at);

		/* The zeros after the end are no text. */
		run = lanes_first((bytes < ' ') | (bytes == 0x7f) | (bytes == '='));
	}
	return at;
}

/*
 * How many of those stand for themselves: a blank that ends its line is lost on the way (RFC 2045
 * section 6.7 (3)).
 */
static size_t
count_literal(struct str text)
{
	size_t count = count_plain(text);
	bool ends_line = count == text.len || text.ptr[count] == '\n';

	return count > 0 && ends_line && text.ptr[count - 1] == ' ' ? count - 1 : count;
}

static void
add_encoded(struct line *line, struct str bytes)
{
	static const char hex[] = "0123456789ABCDEF";

	if (line->column + 3 * bytes.len > ROOM_BYTES)
		end_line(line, SOFT_BREAK);
	for (size_t i = 0; i < bytes.len; i++) {
		unsigned char byte = (unsigned char)bytes.ptr[i];

		buf_add_bytes(line->out, (const char[]){ '=', hex[byte >> 4], hex[byte & 15] }, 3);
	}
	line->column += 3 * bytes.len;
}

/*
 * Adds so many characters of `text` that stand for themselves, but in front of a line: "From " is
 * changed by mbox, and a "." by broken servers.
 */
static void
add_literal(struct line *line, struct str text, size_t count)
{
	while (count > 0) {
		size_t room = ROOM_BYTES - line->column;
		size_t taken = count < room ? count : room;

		if (line->column == 0 && (text.ptr[0] == '.' || str_starts(text, "From "))) {
			taken = 1;
			add_encoded(line, str_head(text, taken));
		} else if (room == 0) {
			end_line(line, SOFT_BREAK);
		} else {
			buf_add(line->out, str_head(text, taken));
			line->column += taken;
		}
		text = str_skip(text, taken);
		count -= taken;
	}
}

static void
add_slot(struct line *line, struct str text)
{
	if (line->column > 0)
		end_line(line, SOFT_BREAK);
	buf_add_char(line->out, text.ptr[0]);
	line->column++;
	if (text.len > 1 && text.ptr[1] != '\n')
		end_line(line, SOFT_BREAK);
}

/* Adds what stands in front and is no run of such characters. Returns how many bytes it took. */
static size_t
add_other(struct line *line, struct str text)
{
	char c = text.ptr[0];
	size_t size = (unsigned char)c >= 0xc0 ? str_printable(text) : 1;

	if (c == '\n')
		end_line(line, "\r\n");
	else if (message_is_slot(c))
		add_slot(line, text);
	else if (c == '\t' && text.len > 1 && text.ptr[1] != '\n')
		add_literal(line, text, 1);
	else
		add_encoded(line, str_head(text, size > 0 ? size : 1));
	return size > 0 ? size : 1;
}

void
mime_quoted_printable(struct buf *out, struct str text)
{
	struct line line = { .out = out };

	while (text.len > 0) {
		size_t taken = count_literal(text);

		if (taken > 0)
			add_literal(&line, text, taken);
		else
			taken = add_other(&line, text);
		text = str_skip(text, taken);
	}
	if (line.column > 0)
		end_line(&line, "\r\n");
}

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
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
		if (line.ptr[0] == '\t' || message_is_slot(line.ptr[0])) {
			buf_add_char(out, line.ptr[0]);
			line = str_skip(line, 1);
			continue;
		}
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
