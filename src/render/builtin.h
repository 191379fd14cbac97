/*
 * The files of templates/, compiled in. The Makefile writes the table; a folder that the user names
 * goes before it.
 */
#ifndef DIGEST_RENDER_BUILTIN_H
#define DIGEST_RENDER_BUILTIN_H

#include <stddef.h>

struct render_builtin {
	const char *name; /* the file's name: "daily.txt" */
	const unsigned char *bytes; /* a 0 follows them */
	size_t len; /* without that 0 */
};

/* In order of name; the last one has a NULL name. */
extern const struct render_builtin render_builtin_templates[];

#endif
