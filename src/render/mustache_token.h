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
	MUSTACHE_TOKEN_PARENT, /* a partial whose blocks get other content */
	MUSTACHE_TOKEN_BLOCK,
};

struct mustache_token {
	enum mustache_token_kind kind;
	struct str text; /* the text, or the name */
	struct str first, rest; /* of a dotted name: its first part, and what follows */
	uint64_t key; /* of the first part */
	size_t line;
	/* A text: a line starts with it; others: their tags stand alone. */
	bool starts_line;
	/* A partial or parent: `text` is called what the value of that name says. */
	bool is_dynamic;
	size_t end; /* a section, parent or block: the first token after it */
	/* What each line of a partial starts with, or of a block's content in its own template. */
	struct str indent;
};

/* The bytes that a name begins with. */
static inline uint64_t
mustache_key(struct str name)
{
	uint64_t key = 0;

	/* The name "." has no first part, and nothing may be copied from nowhere. */
	if (name.len > 0)
		memcpy(&key, name.ptr, name.len < sizeof(key) ? name.len : sizeof(key));
	return key;
}

struct mustache {
	const char *name;
	struct mustache_token *tokens;
	size_t count;
	size_t raw_line;
};

#endif
