/*
 * Start tags as people and programs write them: attributes without quotes or values, quotes that
 * are not closed, '<' in values and where '>' should be. References and characters are
 * xml_mend.c's.
 */
#include "xml_tag.h"

#include "digest/xml.h"

#include <libxml/HTMLparser.h>
#include <string.h>

enum {
	HTML_NAME_BYTES = 16,
	/* A value with a '<' in it that goes on for so long has lost its quote. */
	DOUBT_BYTES = 64 << 10,
};

static size_t
space_len(struct str text)
{
	size_t n = 0;
	while (n < text.len && str_is_space(text.ptr[n]))
		n++;
	return n;
}

size_t
xml_name_len(struct str text)
{
	static const bool ends_name[256] = {
		[' '] = true,
		['\t' ... '\r'] = true,
		['='] = true,
		['/'] = true,
		['<'] = true,
		['>'] = true,
		['"'] = true,
		['\''] = true,
	};
	size_t n = 0;
	while (n < text.len && !ends_name[(unsigned char)text.ptr[n]])
		n++;
	return n;
}

/* A value without quotes ends at white space, or where the tag does. */
static size_t
bare_value_len(struct str text)
{
	size_t n = 0;
	while (n < text.len && !str_is_space(text.ptr[n]) && text.ptr[n] != '>' &&
	    text.ptr[n] != '<' && !str_starts(str_skip(text, n), "/>"))
		n++;
	return n;
}

/* ---- scanning ---- */

enum step {
	STEP_MORE, /* its end is not there yet */
	STEP_PASSED, /* tag->at stands after it */
	STEP_LAST, /* the tag ends in it, as tag->len tells */
};

/* What may stand after a value's quote. */
static bool
may_follow_value(char c)
{
	return str_is_space(c) || c == '/' || c == '>';
}

static bool
may_start_name(char c)
{
	return str_is_alpha(c) || c == '_' || c == ':' || (unsigned char)c >= 0x80;
}

/*
 * Whether a value with a '<' in it, which stands `less` bytes after its quote, ends where the next
 * such quote is, `end` bytes after: PASSED; MORE; or LAST, when it has lost its other quote.
 */
static enum step
judge_value(struct str value, size_t less, ptrdiff_t end, bool is_last)
{
	size_t seen = end >= 0 ? (size_t)end : value.len;
	if (seen - less > DOUBT_BYTES)
		return STEP_LAST;
	if (end < 0 || seen + 1 == value.len)
		return is_last ? STEP_LAST : STEP_MORE;
	return may_follow_value(value.ptr[seen + 1]) ? STEP_PASSED : STEP_LAST;
}

/*
 * The value at `at`, which begins with its quote: the tag goes on after it, or it has lost its
 * other quote and ends, with the tag, at the first '>' or '<' in it.
 */
static enum step
scan_quoted(struct xml_tag *tag, struct str text, size_t at, bool is_last)
{
	struct str value = str_skip(text, at + 1);
	ptrdiff_t end = str_find_char(value, text.ptr[at]);
	ptrdiff_t less = str_find_char(end >= 0 ? str_head(value, (size_t)end) : value, '<');
	enum step step = end >= 0 ? STEP_PASSED : STEP_MORE;
	if (less >= 0) {
		tag->is_odd = true;
		step = judge_value(value, (size_t)less, end, is_last);
	}
	if (step == STEP_PASSED)
		tag->at = at + 1 + (size_t)end + 1;
	if (step == STEP_LAST) {
		ptrdiff_t greater = str_find_char(str_head(value, (size_t)less), '>');
		tag->body_len = at + 1 + (size_t)(greater >= 0 ? greater : less);
		tag->len = tag->body_len + (greater >= 0);
	}
	return step;
}

/* One attribute, or what stands in its place, at tag->at. */
static enum step
scan_attribute(struct xml_tag *tag, struct str text, bool is_last)
{
	size_t start = tag->at;
	tag->word_len += xml_name_len(str_skip(text, start + tag->word_len));
	size_t name_end = start + tag->word_len, at = name_end;
	at += space_len(str_skip(text, at));
	if (at == text.len)
		return STEP_MORE;
	if (name_end == start || text.ptr[at] != '=') {
		/* A word without a value, or a stray character. */
		tag->is_odd = true;
		tag->has_words = tag->has_words || name_end > start;
		tag->at = name_end > start ? name_end : start + 1;
		return STEP_PASSED;
	}
	at++;
	at += space_len(str_skip(text, at));
	if (at == text.len)
		return STEP_MORE;
	tag->attribute_count++;
	enum step step = STEP_PASSED;
	tag->is_odd = tag->is_odd || !may_start_name(text.ptr[start]);
	if (text.ptr[at] == '"' || text.ptr[at] == '\'') {
		step = scan_quoted(tag, text, at, is_last);
	} else {
		at += bare_value_len(str_skip(text, at));
		tag->is_odd = true;
		tag->at = at;
		if (at == text.len)
			step = STEP_MORE;
	}
	if (step == STEP_MORE) {
		tag->at = start;
		tag->attribute_count--;
	}
	return step;
}

static bool
is_html_name(struct str name)
{
	char text[HTML_NAME_BYTES];
	if (name.len >= sizeof(text))
		return false;
	memcpy(text, name.ptr, name.len);
	text[name.len] = '\0';
	return htmlTagLookup((const xmlChar *)text) != NULL;
}

/* "if a <b then c> d" has no tag in it, "<td nowrap>" is one. */
static enum xml_tag_found
end_tag(struct xml_tag *tag, struct str text, size_t len, bool is_empty)
{
	struct str name = str_head(str_skip(text, 1), tag->name_len);
	if (tag->has_words && tag->attribute_count == 0 && !is_html_name(name))
		return XML_TAG_TEXT;
	tag->body_len = tag->at;
	tag->len = tag->at + len;
	tag->is_empty = is_empty;
	return XML_TAG_WHOLE;
}

/* A '<' where the tag should end: it does, when it was one. */
static enum xml_tag_found
end_tag_early(struct xml_tag *tag)
{
	if (tag->has_words || tag->attribute_count == 0)
		return XML_TAG_TEXT;
	tag->is_odd = true;
	tag->body_len = tag->len = tag->at;
	return XML_TAG_WHOLE;
}

enum xml_tag_found
xml_tag_scan(struct xml_tag *tag, struct str text, bool is_last)
{
	if (tag->at == 0) {
		tag->name_len += xml_name_len(str_skip(text, 1 + tag->name_len));
		if (1 + tag->name_len == text.len)
			return XML_TAG_MORE;
		tag->at = 1 + tag->name_len;
	}
	while (tag->attribute_count <= XML_ATTRIBUTES_MAX) {
		tag->at += space_len(str_skip(text, tag->at));
		struct str rest = str_skip(text, tag->at);
		if (rest.len == 0 || (rest.len == 1 && rest.ptr[0] == '/'))
			return XML_TAG_MORE;
		if (rest.ptr[0] == '>')
			return end_tag(tag, text, 1, false);
		if (str_starts(rest, "/>"))
			return end_tag(tag, text, 2, true);
		if (rest.ptr[0] == '<')
			return end_tag_early(tag);
		enum step step = scan_attribute(tag, text, is_last);
		if (step == STEP_MORE)
			return XML_TAG_MORE;
		if (step == STEP_LAST)
			return XML_TAG_WHOLE;
		tag->word_len = 0;
	}
	return XML_TAG_CROWDED;
}

/* ---- writing ---- */

static void
write_value(struct buf *out, struct str value)
{
	char quote = str_find_char(value, '"') < 0 ? '"' : '\'';
	buf_add_char(out, quote);
	for (size_t i = 0; i < value.len; i++) {
		if (value.ptr[i] == '<')
			buf_add_string(out, "&lt;");
		else if (value.ptr[i] != quote)
			buf_add_char(out, value.ptr[i]);
	}
	buf_add_char(out, quote);
}

/* Takes the value off the front of the rest, which stands after the '='. */
static struct str
take_value(struct str *rest)
{
	*rest = str_skip(*rest, space_len(*rest));
	if (rest->len == 0 || (rest->ptr[0] != '"' && rest->ptr[0] != '\'')) {
		struct str bare = str_head(*rest, bare_value_len(*rest));
		*rest = str_skip(*rest, bare.len);
		return bare;
	}
	struct str value = str_skip(*rest, 1);
	ptrdiff_t end = str_find_char(value, rest->ptr[0]);
	value = str_head(value, end >= 0 ? (size_t)end : value.len);
	*rest = str_skip(*rest, 1 + value.len + 1);
	return value;
}

void
xml_tag_write(const struct xml_tag *tag, struct str text, struct buf *out)
{
	struct str rest = str_skip(str_head(text, tag->body_len), 1 + tag->name_len);
	buf_add(out, str_head(text, 1 + tag->name_len));
	while (rest.len > 0) {
		struct str name = str_head(rest, xml_name_len(rest));
		rest = str_skip(rest, name.len > 0 ? name.len : 1);
		struct str after = str_skip(rest, space_len(rest));
		if (name.len == 0 || !str_starts(after, "="))
			continue;
		rest = str_skip(after, 1);
		struct str value = take_value(&rest);
		if (!may_start_name(name.ptr[0]))
			continue;
		buf_addf(out, " %.*s=", STR_ARG(name));
		write_value(out, value);
	}
	buf_add_string(out, tag->is_empty ? "/>" : ">");
}
