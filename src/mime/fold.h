/*
 * Folding of one header field: words go out after its name, each after one blank, and a line ends
 * before the word that would pass the limit (RFC 5322 section 2.2.3).
 */
#ifndef DIGEST_MIME_FOLD_H
#define DIGEST_MIME_FOLD_H

#include "digest/buf.h"

enum {
	MIME_FOLD_PLAIN = 78, /* RFC 5322 section 2.1.1 */
	MIME_FOLD_ENCODED = 76, /* RFC 2047 section 2: lines that hold an encoded-word */
	MIME_LINE_BYTES = 998, /* RFC 5322 section 2.1.1, the hard limit, CRLF not counted */
};

struct mime_fold {
	struct buf *out;
	size_t column; /* bytes on the line so far */
	size_t limit;
	bool has_word; /* the first word stays behind the name: "Subject:" alone confuses readers */
};

/* Begins "Name:". */
struct mime_fold mime_fold_begin(struct buf *out, const char *name, size_t limit);

/* Adds words, separated in `text` by spaces, which are kept. */
void mime_fold_add(struct mime_fold *fold, struct str text);

/* Ends the field with CRLF. */
void mime_fold_end(struct mime_fold *fold);

#endif
