/*
 * The relaxed canonical forms of DKIM (RFC 6376 section 3.4): what a signature is made of, so that
 * servers which fold or pad lines anew do not break it.
 */
#include "digest/mime.h"

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Appends a line without the blanks at its end, each run of others as one space. */
static void
add_line(struct buf *out, struct str line)
{
	size_t start = 0;

	while (line.len > 0 && is_blank(line.ptr[line.len - 1]))
		line.len--;
	for (size_t i = 0; i < line.len; i++) {
		bool is_space = line.ptr[i] == ' ' && !is_blank(line.ptr[i + 1]);

		if (!is_blank(line.ptr[i]) || is_space)
			continue;
		buf_add_bytes(out, line.ptr + start, i - start);
		buf_add_char(out, ' ');
		while (is_blank(line.ptr[i + 1]))
			i++;
		start = i + 1;
	}
	buf_add_bytes(out, line.ptr + start, line.len - start);
}

void
mime_relaxed_body(struct buf *out, struct str body)
{
	size_t start = out->len, end = start;

	while (body.len > 0) {
		ptrdiff_t len = str_find(body, STR("\r\n"));
		size_t before = out->len;

		add_line(out, len < 0 ? body : str_head(body, (size_t)len));
		bool is_empty = out->len == before;
		buf_add_string(out, "\r\n");
		body = str_skip(body, len < 0 ? body.len : (size_t)len + 2);
		if (!is_empty)
			end = out->len;
	}
	buf_cut(out, end);
}

void
mime_relaxed_field(struct buf *out, struct str field)
{
	ptrdiff_t colon = str_find_char(field, ':');
	struct str name = str_head(field, colon < 0 ? field.len : (size_t)colon);
	struct str value = str_trim(str_skip(field, name.len + 1));
	bool has_blank = false;

	name = str_trim(name);
	for (size_t i = 0; i < name.len; i++)
		buf_add_char(out, str_lower_char(name.ptr[i]));
	buf_add_char(out, ':');
	for (size_t i = 0; i < value.len; i++) {
		char c = value.ptr[i];

		if (is_blank(c) || c == '\r' || c == '\n') {
			has_blank = has_blank || is_blank(c);
			continue;
		}
		if (has_blank)
			buf_add_char(out, ' ');
		has_blank = false;
		buf_add_char(out, c);
	}
	buf_add_string(out, "\r\n");
}

bool
mime_take_field(struct str *header, struct str *field)
{
	size_t len = 0;

	do {
		ptrdiff_t end = str_find(str_skip(*header, len), STR("\r\n"));
		if (end <= 0)
			return false;
		len += (size_t)end + 2;
	} while (len < header->len && is_blank(header->ptr[len]));
	*field = str_head(*header, len);
	*header = str_skip(*header, len);
	return true;
}
