/*
 * One entry as templates see it.
 */
#ifndef DIGEST_RENDER_VIEW_ENTRY_H
#define DIGEST_RENDER_VIEW_ENTRY_H

#include "digest/issue.h"
#include "mustache.h"

/*
 * How much of an entry is shown, from all to nothing: more is left out the further down. Which of
 * them an issue's own form asks for says render_detail_of().
 */
enum render_detail {
	RENDER_WHOLE,
	RENDER_SHORT, /* of its abstract the first hundred words */
	RENDER_LEAD, /* fifty of them */
	RENDER_SENTENCE, /* title, byline, and one sentence */
	RENDER_LINE, /* title and byline */
	RENDER_TITLE,
	RENDER_COUNTED, /* not shown, but counted */
};

enum render_detail render_detail_of(enum issue_form form);

/*
 * The text on one line, without what could be more than text to a terminal, a mail or a template.
 */
struct str render_clean(struct arena *arena, struct str text);

/* The entry's title as plain text. */
struct str render_title(struct arena *arena, const struct entry *entry);

/* How an entry stands in its issue. */
struct render_place {
	size_t number;
	enum render_detail detail;
	bool names_day; /* its listing day is among its facts */
};

/* The entry as a map of what templates may name. */
struct mustache_value *render_view_entry(
    struct arena *arena, const struct issue_item *item, const struct render_place *place);

#endif
