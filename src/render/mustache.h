/*
 * Mustache: every required part of the specification (comments, delimiters, interpolation,
 * inverted, partials, sections) and two of the optional ones: inheritance and dynamic names. A
 * template is parsed once into an arena and rendered over a tree of values; nothing here is global,
 * reads a file, or knows what an issue is.
 *
 * The empty text counts as false in a section, as it does in most implementations.
 */
#ifndef DIGEST_RENDER_MUSTACHE_H
#define DIGEST_RENDER_MUSTACHE_H

#include "digest/arena.h"
#include "digest/buf.h"
#include "digest/err.h"

/* ---- values: all in the arena they are made in; text is borrowed ---- */

enum mustache_kind {
	MUSTACHE_NOTHING, /* false, null, absent */
	MUSTACHE_TRUE,
	MUSTACHE_TEXT,
	MUSTACHE_LIST,
	MUSTACHE_MAP,
};

struct mustache_value {
	enum mustache_kind kind;
	struct str name; /* as a member of a map */
	uint64_t key; /* what the name begins with: most others begin otherwise */
	struct str text; /* of MUSTACHE_TEXT */
	struct str html; /* likewise, set as HTML: what stands for the text where HTML is; or "" */
	struct mustache_value *first, *last; /* members of a map, elements of a list */
	struct mustache_value *next;
};

/* A value of that kind; with a parent, its member or element (`name` is "" in a list). */
struct mustache_value *mustache_value(
    struct arena *arena, struct mustache_value *parent, const char *name, enum mustache_kind kind);
void mustache_add_text(
    struct arena *arena, struct mustache_value *parent, const char *name, struct str text);

/*
 * Likewise, a text that HTML shows as `html`, which is ours:
 * whatever is outside's is escaped in it.
 */
void mustache_add_typeset(struct arena *arena, struct mustache_value *parent, const char *name,
    struct str text, struct str html);

/* ---- templates ---- */

struct mustache;

/*
 * Parses `text`, which must live as long as the template. EX_CONFIG: "NAME:LINE: what is wrong".
 */
int mustache_parse(struct mustache **template, struct arena *arena, const char *name,
    struct str text, struct err *err);

/* The line of the first tag that asks for no escaping, and 0 when there is none. */
size_t mustache_raw_line(const struct mustache *template);

/*
 * Steps through the names of the partials and parents it includes, but for those that only data
 * knows; `*index` starts as 0.
 */
bool mustache_next_partial(const struct mustache *template, size_t *index, struct str *name);

enum mustache_escape { MUSTACHE_PLAIN, MUSTACHE_HTML };

struct mustache_options {
	enum mustache_escape escape;
	/* Gives a partial by its name; NULL for one that does not exist, which is empty then. */
	const struct mustache *(*partial)(void *context, struct str name);
	void *context;
};

/*
 * Appends the template filled with `data`. EX_CONFIG when it nests too deep or works too long (a
 * partial that includes itself) or passes the ceiling of `out`.
 */
int mustache_render(const struct mustache *template, const struct mustache_value *data,
    const struct mustache_options *options, struct buf *out, struct err *err);

#endif
