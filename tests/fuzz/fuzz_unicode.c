/* Feeds any bytes to the forms of text: each is well formed, stable, and as wide as it says. */
#include "digest/unicode.h"

#include "digest/entry.h"

#include <stdlib.h>

typedef void add_form(struct buf *out, struct str s);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void
check_form(add_form *add, struct str text)
{
	struct buf once = BUF_INIT(BUF_LIMIT);
	struct buf twice = BUF_INIT(BUF_LIMIT);

	add(&once, text);
	add(&twice, buf_str(&once));
	if (!unicode_is_valid(buf_str(&once)) || !str_equal(buf_str(&once), buf_str(&twice)))
		abort();
	buf_release(&once);
	buf_release(&twice);
}

static void
check_words(struct str text)
{
	struct str rest = text;
	struct str word;

	while (unicode_next_word(&rest, &word))
		if (word.len == 0 || word.ptr < text.ptr ||
		    word.ptr + word.len > text.ptr + text.len)
			abort();
}

/* Whether a space stands between letters or digits, where every line may break. */
static bool
has_break(struct str line)
{
	for (size_t i = 1; i + 1 < line.len; i++)
		if (line.ptr[i] == ' ' && str_is_alnum(line.ptr[i - 1]) &&
		    str_is_alnum(line.ptr[i + 1]))
			return true;
	return false;
}

static void
check_wrap(struct str text, size_t columns)
{
	struct buf out = BUF_INIT(BUF_LIMIT);
	struct str line;

	unicode_wrap(&out, text, columns, STR("* "), STR("  "));
	struct str rest = buf_str(&out);
	if (!unicode_is_valid(rest) || (rest.len > 0 && !str_ends(rest, "\n")))
		abort();
	while (str_next(&rest, '\n', &line))
		if (str_ends(line, " ") || (unicode_width(line) > columns && has_break(line)))
			abort();
	buf_release(&out);
}

static void
check_host(struct str text)
{
	struct buf once = BUF_INIT(BUF_LIMIT);
	struct buf twice = BUF_INIT(BUF_LIMIT);

	if (unicode_host_to_ascii(&once, text) == 0 &&
	    (unicode_host_to_ascii(&twice, buf_str(&once)) < 0 ||
	        !str_equal(buf_str(&once), buf_str(&twice))))
		abort();
	buf_release(&once);
	buf_release(&twice);
}

/* Whether a text is ASCII words parted by single spaces, told byte by byte. */
static bool
has_plain_words(struct str text)
{
	char before = ' ';

	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];
		if (c < ' ' || c > '~' || (c == ' ' && before == ' '))
			return false;
		before = c;
	}
	return text.len == 0 || before != ' ';
}

/* Collapsing leaves plain text as it is, and gives such text of anything in ASCII. */
static void
check_plain(struct str text)
{
	struct buf collapsed = BUF_INIT(BUF_LIMIT);

	if (unicode_is_plain(text) != has_plain_words(text))
		abort();
	unicode_add_collapsed(&collapsed, text);
	if (unicode_is_plain(text) && !str_equal(buf_str(&collapsed), text))
		abort();
	buf_release(&collapsed);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct str text = { (const char *)bytes, len };
	size_t columns = len > 0 ? bytes[0] : 0; /* the first byte is a width, too */

	check_form(unicode_add_valid, text);
	check_form(unicode_add_clean, text);
	check_form(unicode_add_collapsed, text);
	check_form(unicode_add_folded, text);
	check_form(entry_add_words, text);
	check_plain(text);
	check_words(text);
	check_wrap(str_skip(text, 1), columns);
	check_host(text);
	struct str head = unicode_head(text, columns);
	if (head.len > len || unicode_width(head) > columns)
		abort();
	return 0;
}
