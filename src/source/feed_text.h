/*
 * The text of a feed's element, and what it says in plain words. For the files feed*.c alone.
 */
#ifndef DIGEST_SOURCE_FEED_TEXT_H
#define DIGEST_SOURCE_FEED_TEXT_H

#include "digest/arena.h"
#include "digest/str.h"

enum feed_text_kind {
	FEED_TEXT_PLAIN,
	FEED_TEXT_HTML,
	FEED_TEXT_GUESS, /* HTML where it looks like it */
	FEED_TEXT_BASE64, /* the same, packed */
	FEED_TEXT_UNKNOWN, /* the same, packed or not */
};

struct feed_text {
	struct str raw;
	enum feed_text_kind kind;
	int rank; /* of the element that said it, see struct feed_row */
};

/* Plain text with empty lines between paragraphs. */
struct str feed_text_plain(struct arena *arena, struct feed_text text);

/* The beginning of a long text, cut between words. */
struct str feed_text_beginning(struct arena *arena, struct str text, size_t bytes);

/*
 * What a text goes on with of which `part` is the beginning, that included: all of `whole`, white
 * space and an ellipsis at the end of the part ("…", "[...]") apart, or where it does end so, from
 * any place. "" when it is no such beginning.
 */
struct str feed_text_continued(struct str part, struct str whole);

#endif
