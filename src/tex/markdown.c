/*
 * Markdown in one line of text, as people write it in abstracts and comments: emphasis, code and
 * links. Only what cannot be anything else: no stars of algebras and footnotes, no names with
 * underscores, no files by a pattern.
 */
#include "node.h"

#include <string.h>

/* What does not end within these is none, so that looking for ends takes no time. */
enum { SPAN_MAX = 200, URL_MAX = 2000 };

static const struct {
	const char *mark;
	enum tex_style style;
} marks[] = {
	{ "**", TEX_STRONG },
	{ "*", TEX_EMPHASIS },
	{ "_", TEX_EMPHASIS },
	{ "`", TEX_CODE },
};

static bool
is_letter(struct str text)
{
	return text.len > 0 && (str_is_alnum(text.ptr[0]) || (unsigned char)text.ptr[0] >= 0x80);
}

/* A span is tight, ends before no word, and has no further mark in it; "a *b* c" is a product. */
static size_t
emphasis_at(struct str text, struct str mark, struct str *inside)
{
	struct str rest = str_skip(text, mark.len);
	ptrdiff_t end = str_find_char(str_head(rest, SPAN_MAX), mark.ptr[0]);

	if (end <= (mark.ptr[0] != '`') || !is_letter(rest))
		return 0;
	struct str close = str_skip(rest, (size_t)end), after = str_skip(close, mark.len);
	*inside = str_head(rest, (size_t)end);
	if (!str_equal(str_head(close, mark.len), mark) || str_is_space(close.ptr[-1]))
		return 0;
	if (is_letter(after) || (after.len > 0 && after.ptr[0] == mark.ptr[0]))
		return 0;
	/* `quoted' as in TeX. */
	if (mark.ptr[0] == '`' && str_find_char(*inside, '\'') >= 0)
		return 0;
	return mark.len + (size_t)end + mark.len;
}

static size_t
link_at(struct str text, struct tex_markdown *span)
{
	ptrdiff_t middle = str_find(str_head(text, SPAN_MAX), STR("]("));

	if (middle <= 1)
		return 0;
	struct str url = str_skip(text, (size_t)middle + 2);
	ptrdiff_t end = str_find_char(str_head(url, URL_MAX), ')');
	span->inside = str_skip(str_head(text, (size_t)middle), 1);
	if (end <= 0 || str_find_char(span->inside, '[') >= 0)
		return 0;
	span->url = str_head(url, (size_t)end);
	if (!str_starts(span->url, "https://") && !str_starts(span->url, "http://"))
		return 0;
	return str_find_char(span->url, ' ') < 0 ? (size_t)middle + 2 + (size_t)end + 1 : 0;
}

size_t
tex_markdown_at(struct str text, char before, struct tex_markdown *span)
{
	if (text.len == 0 || strchr("*_`[", text.ptr[0]) == NULL)
		return 0;
	if (!str_is_space(before) && strchr("([{\"'", before) == NULL)
		return 0;
	*span = (struct tex_markdown){ TEX_ROMAN, STR(""), STR("") };
	if (text.ptr[0] == '[')
		return link_at(text, span);
	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		span->style = marks[i].style;
		if (str_starts(text, marks[i].mark))
			return emphasis_at(text, str_from(marks[i].mark), &span->inside);
	}
	return 0;
}
