/*
 * Encoded-words, and what may stand in a field without them.
 */
#include "word.h"

#include <string.h>

#define WORD_START "=?utf-8?Q?"
#define WORD_END "?="

/* One character, encoded: four bytes of three each at most. */
enum { UNIT_BYTES = 12 };

struct str
mime_next_char(struct str *text)
{
	size_t len = str_printable(*text);
	struct str c = str_head(*text, len);

	if (len > 0) {
		*text = str_skip(*text, len);
		return c;
	}

	unsigned char byte = (unsigned char)text->ptr[0];
	bool is_c1 = byte == 0xc2 && text->len > 1 && (text->ptr[1] & 0xe0) == 0x80;
	*text = str_skip(*text, is_c1 ? 2 : 1);
	return byte < 0x20 || byte == 0x7f || is_c1 ? STR(" ") : STR("\xef\xbf\xbd");
}

void
mime_add_clean(struct buf *out, struct str text)
{
	while (text.len > 0)
		buf_add(out, mime_next_char(&text));
}

bool
mime_is_plain(struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if ((unsigned char)text.ptr[i] >= 0x7f)
			return false;
	return str_find(text, STR("=?")) < 0;
}

bool
mime_is_atext(char c)
{
	return str_is_alnum(c) || (c != '\0' && strchr("!#$%&'*+-/=?^_`{|}~", c) != NULL);
}

/* What RFC 2047 section 5 (3) lets stand in a phrase; it is good for other text as well. */
static bool
stands_for_itself(char c)
{
	return str_is_alnum(c) || c == '!' || c == '*' || c == '+' || c == '-' || c == '/';
}

static size_t
encode_char(char unit[UNIT_BYTES], struct str c)
{
	static const char hex[] = "0123456789ABCDEF";
	size_t len = 0;

	if (c.len == 1 && (stands_for_itself(c.ptr[0]) || c.ptr[0] == ' ')) {
		unit[0] = c.ptr[0] == ' ' ? '_' : c.ptr[0];
		return 1;
	}
	for (size_t i = 0; i < c.len && len + 3 <= UNIT_BYTES; i++) {
		unsigned char byte = (unsigned char)c.ptr[i];

		unit[len++] = '=';
		unit[len++] = hex[byte >> 4];
		unit[len++] = hex[byte & 15];
	}
	return len;
}

void
mime_encode_words(struct buf *out, struct str text, size_t first_bytes)
{
	size_t limit = first_bytes < MIME_WORD_BYTES ? first_bytes : MIME_WORD_BYTES;
	size_t used = strlen(WORD_START WORD_END);
	char unit[UNIT_BYTES];

	buf_add_string(out, WORD_START);
	while (text.len > 0) {
		size_t len = encode_char(unit, mime_next_char(&text));

		if (used + len > limit) {
			buf_add_string(out, WORD_END " " WORD_START);
			used = strlen(WORD_START WORD_END);
			limit = MIME_WORD_BYTES;
		}
		buf_add_bytes(out, unit, len);
		used += len;
	}
	buf_add_string(out, WORD_END);
}
