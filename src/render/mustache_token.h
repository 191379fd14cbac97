/*
 * What a parsed template consists of: between the parser and the renderer of Mustache.
 */
#ifndef DIGEST_RENDER_MUSTACHE_TOKEN_H
#define DIGEST_RENDER_MUSTACHE_TOKEN_H

#include "mustache.h"

enum mustache_token_kind {
	MUSTACHE_TOKEN_TEXT,
	MUSTACHE_TOKEN_VARIABLE,
	MUSTACHE_TOKEN_RAW, /* a variable that is not escaped */
	MUSTACHE_TOKEN_SECTION,
	MUSTACHE_TOKEN_INVERTED,
	MUSTACHE_TOKEN_PARTIAL,
};

struct mustache_token {
	enum mustache_token_kind kind;
	struct str text; /* the text, or the name */
	size_t line;
	bool starts_line; /* a text: a line starts with it; a partial: it has its line for itself */
	size_t end; /* a section: the first token behind it */
	struct str indent; /* a partial: what each of its lines starts with */
};

struct mustache {
	const char *name;
	struct mustache_token *tokens;
	size_t count;
	size_t raw_line;
};

#endif
