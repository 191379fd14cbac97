/*
 * An issue as templates see it: every name that a template may use is made here, from clean text.
 */
#ifndef DIGEST_RENDER_VIEW_H
#define DIGEST_RENDER_VIEW_H

#include "digest/issue.h"
#include "digest/render.h"
#include "mustache.h"

struct render_view {
	struct mustache_value *root;
	struct mustache_value *headline; /* the first title, to be cut to what the subject leaves */
};

/* Everything lives in the arena or in the issue. `has_style` gives lines their styles' marks. */
struct render_view render_view(struct arena *arena, const struct issue *issue,
    const struct render_options *options, bool has_style);

/* `text`, or its beginning up to a word's end with "…" behind it, at most `columns` wide. */
struct str render_cut(struct arena *arena, struct str text, size_t columns);

#endif
