/*
 * What in a text is markup: tags that somebody gave a meaning, and character references; all else
 * that begins with '<' or '&' is text. Private to html.
 */
#ifndef DIGEST_PORT_HTML_TAG_H
#define DIGEST_PORT_HTML_TAG_H

#include "digest/str.h"

struct buf;

/* What an element does to plain text. */
enum html_kind {
	HTML_INLINE, /* nothing */
	HTML_BLOCK,
	HTML_LIST,
	HTML_NUMBERED_LIST,
	HTML_ITEM,
	HTML_BREAK,
	HTML_ROW,
	HTML_CELL,
	HTML_QUOTE,
	HTML_IMAGE,
	HTML_VERBATIM, /* its lines count */
	HTML_CODE, /* what is escaped in it is meant so */
	HTML_SUB,
	HTML_SUP,
	HTML_HIDDEN,
	HTML_ALTERNATIVES, /* the first that says something */
	HTML_MATH,
	HTML_TEX, /* its text is TeX */
	HTML_ANNOTATION, /* the formula once more, perhaps in TeX */
	HTML_FRACTION, /* of two elements, as are the next ones */
	HTML_ROOT,
	HTML_SQUARE_ROOT,
	HTML_WITH_SUB,
	HTML_WITH_SUP,
	HTML_WITH_BOTH,
	HTML_GROUP, /* no element: the half of a fraction */
	HTML_INDEX, /* no element: what root it is */
};

/* Of an element by its name, with or without a prefix ("jats:p"); false when nobody knows it. */
bool html_kind_of(struct str name, enum html_kind *kind);

/*
 * Appends a fragment for a parser: tags that nobody knows, and what is none, escaped; comments and
 * declarations left out, the marks of CDATA sections, too. Returns the count of tags that stayed.
 */
size_t html_add_known(struct buf *out, struct str fragment);

bool html_has_reference(struct str text);

/* Appends text with its references resolved. */
void html_add_referenced(struct buf *out, struct str text);

/* What a number in a reference stands for: a code of windows-1252 is written, too. */
uint32_t html_code_point(uint32_t number);

#endif
