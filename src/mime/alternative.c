/*
 * Reading back the one kind of message that we write, strictly: it is a check on the writer, not a
 * reader of other people's mail.
 */
#include "digest/mime.h"

#include "fold.h"

#include "digest/mem.h"

#include <inttypes.h>
#include <string.h>

/*
 * "=_" cannot occur in quoted-printable text (RFC 2045 section 6.7, the note on boundaries), nor
 * "_" in base64; the hash (as FNV-1a, but by words of eight bytes) after it only tells messages
 * apart that are quoted in others.
 */
void
mime_boundary(struct buf *out, struct str seed)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325), word = 0;

	while (seed.len > 0) {
		struct str bytes = str_head(seed, sizeof(word));

		memcpy(&word, bytes.ptr, bytes.len);
		hash = (hash ^ le64toh(word)) * UINT64_C(0x100000001b3);
		hash ^= hash >> 32;
		seed = str_skip(seed, bytes.len);
	}
	buf_addf(out, "=_%016" PRIx64, hash);
}

static int
bad(struct err *err, const char *what)
{
	return err_set(err, EX_DATAERR, "message: %s", what);
}

/* How many bytes in front are 7-bit text of one line. */
static size_t
count_line(struct str message)
{
	size_t at = 0, run = sizeof(lanes);

	for (; run == sizeof(lanes); at += run) {
		lanes bytes = lanes_load(message.ptr + at, message.len - at);

		run = lanes_first((bytes <= 0) | (bytes == '\r') | (bytes == '\n'));
	}
	return at;
}

static int
check_lines(struct str message, struct err *err)
{
	do {
		size_t width = count_line(message);

		message = str_skip(message, width);
		if (width > MIME_LINE_BYTES)
			return bad(err, "a line is longer than 998 bytes");
		if (message.len == 0)
			return bad(err, "the last line has no end");
		if (message.ptr[0] != '\r' && message.ptr[0] != '\n')
			return bad(err, "a byte is not 7-bit text");
		if (!str_starts(message, "\r\n"))
			return bad(err, "a CR or LF stands alone");
		message = str_skip(message, 2);
	} while (message.len > 0);
	return 0;
}

/* Takes a header off the front of `text`, its empty line too. */
static int
take_header(struct str *text, struct str *header, struct err *err)
{
	ptrdiff_t end = str_find(*text, STR("\r\n\r\n"));

	if (end < 0)
		return bad(err, "a header has no end");
	*header = str_head(*text, (size_t)end + 2);
	*text = str_skip(*text, (size_t)end + 4);
	return 0;
}

/* Takes the next field, unfolded, off the front of `header` and appends it to `out`. */
static bool
next_field(struct str *header, struct buf *out)
{
	struct str line;

	if (!str_next_line(header, &line))
		return false;
	buf_add(out, line);
	while (header->len > 0 && (header->ptr[0] == ' ' || header->ptr[0] == '\t')) {
		str_next_line(header, &line);
		buf_add(out, line);
	}
	return true;
}

/* The body of the field of that name, which must occur once; otherwise `value` stays empty. */
static void
find_field(struct str header, const char *name, struct buf *value)
{
	struct buf field = BUF_INIT(BUF_LIMIT);
	size_t found = 0;

	while (next_field(&header, &field)) {
		struct str text = buf_str(&field);
		ptrdiff_t colon = str_find_char(text, ':');

		if (colon > 0 && str_equal_nocase(str_head(text, (size_t)colon), str_from(name)) &&
		    found++ == 0)
			buf_add(value, str_trim(str_skip(text, (size_t)colon + 1)));
		buf_reset(&field);
	}
	if (found > 1)
		buf_reset(value);
	buf_release(&field);
}

static bool
field_is(struct str header, const char *name, const char *expected)
{
	struct buf value = BUF_INIT(BUF_LIMIT);

	find_field(header, name, &value);
	bool is_equal = str_is(buf_str(&value), expected);
	buf_release(&value);
	return is_equal;
}

/*
 * Takes what stands before the first part; the delimiter is "--" and the boundary from the header.
 */
static int
begin_parts(struct str *message, struct str header, const char *type, struct buf *delimiter,
    struct err *err)
{
	struct buf value = BUF_INIT(BUF_LIMIT), start = BUF_INIT(BUF_LIMIT);
	int result = -1;

	buf_addf(&start, "%s; boundary=\"", type);
	find_field(header, "Content-Type", &value);
	if (!str_starts(buf_str(&value), start.ptr) || !str_ends(buf_str(&value), "\"") ||
	    value.len <= start.len + 1) {
		err_set(err, EX_DATAERR, "message: it is not one %s", type);
		goto out;
	}
	buf_cut(&value, value.len - 1);
	buf_addf(delimiter, "--%s", value.ptr + start.len);
	if (!str_starts(*message, delimiter->ptr) ||
	    !str_starts(str_skip(*message, delimiter->len), "\r\n")) {
		bad(err, "its first part does not begin at once");
		goto out;
	}
	*message = str_skip(*message, delimiter->len + 2);
	result = 0;
out:
	buf_release(&value);
	buf_release(&start);
	return result;
}

/* What begins after a delimiter's line, and how it ends. */
struct part {
	struct str header, body;
	bool is_last; /* the delimiter after it is the closing one */
};

/* Takes one part, and the line of the next delimiter. */
static int
take_part(struct str *rest, struct str delimiter, struct part *part, struct err *err)
{
	struct buf end = BUF_INIT(BUF_LIMIT);
	int result = -1;

	if (take_header(rest, &part->header, err) < 0)
		return -1;
	buf_add_string(&end, "\r\n");
	buf_add(&end, delimiter);
	ptrdiff_t len = str_find(*rest, buf_str(&end));
	if (len < 0) {
		bad(err, "a part has no end");
		goto out;
	}
	part->body = str_head(*rest, (size_t)len);
	*rest = str_skip(*rest, (size_t)len + end.len);
	part->is_last = str_starts(*rest, "--");
	if (part->is_last)
		*rest = str_skip(*rest, 2);
	if (str_starts(*rest, "\r\n")) {
		*rest = str_skip(*rest, 2);
		result = 0;
	} else {
		bad(err, "a delimiter does not end its line");
	}
out:
	buf_release(&end);
	return result;
}

/* Takes one part of text of that type (NULL: of any), which is the last one or not. */
static int
take_text(struct str *rest, struct str delimiter, const char *type, bool is_last, struct buf *out,
    struct err *err)
{
	struct part part;

	if (take_part(rest, delimiter, &part, err) < 0)
		return -1;
	if ((type != NULL && !field_is(part.header, "Content-Type", type)) ||
	    !field_is(part.header, "Content-Transfer-Encoding", "quoted-printable") ||
	    part.is_last != is_last)
		return bad(err, "a part is not what it should be");
	return mime_decode_quoted_printable(out, part.body, err);
}

/* Takes the angle brackets off an identifier; false when there are none. */
static bool
take_brackets(struct buf *id)
{
	if (id->len < 3 || id->ptr[0] != '<' || id->ptr[id->len - 1] != '>')
		return false;
	memmove(id->ptr, id->ptr + 1, id->len - 2);
	buf_cut(id, id->len - 2);
	return true;
}

static int
take_picture(struct mime_parts *parts, const struct part *part, struct err *err)
{
	size_t size = (parts->related_count + 1) * sizeof(*parts->related);
	struct mime_related *picture;

	parts->related = mem_resize(parts->related, size);
	picture = &parts->related[parts->related_count++];
	*picture =
	    (struct mime_related){ BUF_INIT(BUF_LIMIT), BUF_INIT(BUF_LIMIT), BUF_INIT(BUF_LIMIT) };
	find_field(part->header, "Content-Type", &picture->type);
	find_field(part->header, "Content-ID", &picture->id);
	if (!str_starts(buf_str(&picture->type), "image/") || !take_brackets(&picture->id) ||
	    !field_is(part->header, "Content-Transfer-Encoding", "base64"))
		return bad(err, "a picture is not what it should be");
	return mime_decode_base64(&picture->bytes, part->body, err);
}

/* Takes the HTML and its pictures, which are parts of one. */
static int
take_related(struct mime_parts *parts, struct str body, struct str header, struct err *err)
{
	struct buf delimiter = BUF_INIT(BUF_LIMIT);
	struct part part = { .is_last = false };
	int result = -1;

	if (begin_parts(&body, header, "multipart/related; type=\"text/html\"", &delimiter, err) <
	        0 ||
	    take_text(&body, buf_str(&delimiter), "text/html; charset=utf-8", false, &parts->html,
	        err) < 0)
		goto out;
	while (!part.is_last) {
		if (take_part(&body, buf_str(&delimiter), &part, err) < 0 ||
		    take_picture(parts, &part, err) < 0)
			goto out;
	}
	result = body.len == 0 ? 0 : bad(err, "something follows its last picture");
out:
	buf_release(&delimiter);
	return result;
}

/* Takes the text and the HTML, whose header is read already. */
static int
take_texts(struct mime_parts *parts, struct str *message, struct str header, struct err *err)
{
	struct buf delimiter = BUF_INIT(BUF_LIMIT), type = BUF_INIT(BUF_LIMIT);
	struct str rest, html;
	struct part part;
	int result = -1;

	if (begin_parts(message, header, "multipart/alternative", &delimiter, err) < 0 ||
	    take_text(message, buf_str(&delimiter), "text/plain; charset=utf-8", false,
	        &parts->text, err) < 0)
		goto out;
	rest = *message;
	if (take_header(&rest, &html, err) < 0)
		goto out;
	find_field(html, "Content-Type", &type);
	if (!str_starts(buf_str(&type), "multipart/related")) {
		result = take_text(message, buf_str(&delimiter), "text/html; charset=utf-8", true,
		    &parts->html, err);
		goto out;
	}
	if (take_part(message, buf_str(&delimiter), &part, err) < 0)
		goto out;
	result = part.is_last ? take_related(parts, part.body, part.header, err)
	                      : bad(err, "something follows its HTML");
out:
	buf_release(&delimiter);
	buf_release(&type);
	return result;
}

/* Takes all parts of a message with an attachment. */
static int
take_mixed(struct mime_parts *parts, struct str *message, struct str header, struct err *err)
{
	struct buf delimiter = BUF_INIT(BUF_LIMIT);
	int result = -1;

	if (begin_parts(message, header, "multipart/mixed", &delimiter, err) < 0 ||
	    take_header(message, &header, err) < 0 || take_texts(parts, message, header, err) < 0)
		goto out;
	buf_add_string(&delimiter, "\r\n");
	if (!str_starts(*message, delimiter.ptr)) {
		bad(err, "its attachment does not begin at once");
		goto out;
	}
	*message = str_skip(*message, delimiter.len);
	buf_cut(&delimiter, delimiter.len - 2);
	result = take_text(message, buf_str(&delimiter), NULL, true, &parts->attached, err);
out:
	buf_release(&delimiter);
	return result;
}

void
mime_parts_release(struct mime_parts *parts)
{
	buf_release(&parts->text);
	buf_release(&parts->html);
	buf_release(&parts->attached);
	for (size_t i = 0; i < parts->related_count; i++) {
		buf_release(&parts->related[i].id);
		buf_release(&parts->related[i].type);
		buf_release(&parts->related[i].bytes);
	}
	mem_free(parts->related);
	parts->related = NULL;
	parts->related_count = 0;
}

int
mime_read_message(struct mime_parts *parts, struct str message, struct err *err)
{
	struct buf type = BUF_INIT(BUF_LIMIT);
	struct str header;
	int result = -1;

	if (check_lines(message, err) < 0 || take_header(&message, &header, err) < 0)
		goto out;
	if (!field_is(header, "MIME-Version", "1.0")) {
		bad(err, "it is not MIME 1.0");
		goto out;
	}
	find_field(header, "Content-Type", &type);
	if (str_starts(buf_str(&type), "multipart/mixed"))
		result = take_mixed(parts, &message, header, err);
	else
		result = take_texts(parts, &message, header, err);
	if (result == 0 && message.len > 0)
		result = bad(err, "something follows its last part");
out:
	buf_release(&type);
	return result;
}
