/*
 * The text of a saved page of papers: its paragraphs without what belongs to the site. For
 * format_paper_pages.c alone.
 */
#ifndef DIGEST_SOURCE_PAGE_TEXT_H
#define DIGEST_SOURCE_PAGE_TEXT_H

#include "digest/arena.h"

/*
 * The paragraphs of the page in order, `*count` of them; text lives in `bytes` or in the arena. A
 * paragraph is a line, or, in a page whose lines are all short, the lines between two blank ones.
 */
struct str *page_text_paragraphs(struct arena *arena, struct str bytes, size_t *count);

/* Whether the page shows the site's own banner. */
bool page_text_has_banner(struct str bytes);

#endif
