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

/* What templates see of an issue's entries, made once for all looks at them. */
struct render_entries {
	struct arena *arena;
	struct mustache_value **made; /* by item and detail; NULL until somebody looks */
};

struct render_entries render_entries(struct arena *arena, const struct issue *issue);

/* How an issue is seen. */
struct render_look {
	bool has_style; /* lines have their styles' marks */
	size_t cuts; /* how much is left out to save room: 0 to render_most_cuts() */
};

/* Everything lives in the arena, in that of the entries, or in the issue. */
struct render_view
render_view(struct arena *arena, const struct issue *issue, const struct render_options *options,
    const struct render_look *look, struct render_entries *entries);

/*
 * So many cuts leave nothing to cut. Every cut takes a step (enum render_detail) from one entry:
 * the last one first, and all of them one step before any takes the next. The first entries keep
 * more, and a sentence at least.
 */
size_t render_most_cuts(const struct issue *issue);

/* `text`, or its beginning up to a word's end with "…" after it, at most `columns` wide. */
struct str render_cut(struct arena *arena, struct str text, size_t columns);

#endif
