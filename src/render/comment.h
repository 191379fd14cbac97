/*
 * What an author's comment says in common words: where a paper is accepted and how long it is.
 */
#ifndef DIGEST_RENDER_COMMENT_H
#define DIGEST_RENDER_COMMENT_H

#include "digest/arena.h"

struct render_comment {
	struct str venue; /* "Accepted at ICML 2026"; "" when it names none */
	struct str length; /* "12 pages, 5 figures"; likewise */
	struct str rest; /* the comment without those */
};

/* Reads a clean comment on one line; what is found lives in the arena or in the comment. */
struct render_comment render_read_comment(struct arena *arena, struct str comment);

#endif
