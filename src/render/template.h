/*
 * Where templates come from: files of a folder that the user names, before those compiled in.
 */
#ifndef DIGEST_RENDER_TEMPLATE_H
#define DIGEST_RENDER_TEMPLATE_H

#include "mustache.h"

enum render_part { RENDER_SUBJECT, RENDER_TEXT, RENDER_HTML };
enum { RENDER_PART_COUNT = RENDER_HTML + 1 };

struct render_template;

/*
 * Finds and parses one part of a template and all that it includes; it lives in the arena.
 * EX_CONFIG with file, line and what is wrong.
 */
int render_template_load(struct render_template **template, struct arena *arena, const char *folder,
    const char *name, enum render_part part, struct err *err);

/* Appends it filled with `data`, escaped as its part needs. */
int render_template_fill(struct render_template *template, const struct mustache_value *data,
    struct buf *out, struct err *err);

#endif
