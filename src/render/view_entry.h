/*
 * One entry as templates see it.
 */
#ifndef DIGEST_RENDER_VIEW_ENTRY_H
#define DIGEST_RENDER_VIEW_ENTRY_H

#include "digest/issue.h"
#include "mustache.h"

/* The text on one line, without what could be more than text to a terminal, a mail or a template. */
struct str render_clean(struct arena *arena, struct str text);

/* The entry's title as plain text. */
struct str render_title(struct arena *arena, const struct entry *entry);

/* Adds the entry as an element of `list`; `names_day` puts its listing day among its facts. */
void render_view_entry(struct arena *arena, struct mustache_value *list,
    const struct issue_item *item, size_t number, bool names_day);

/* Likewise, its number and title only, for a list of contents. */
void render_view_title(
    struct arena *arena, struct mustache_value *list, const struct entry *entry, size_t number);

#endif
