/*
 * Words of field text: cleaning, and the encoded-words of RFC 2047.
 */
#ifndef DIGEST_MIME_WORD_H
#define DIGEST_MIME_WORD_H

#include "digest/buf.h"

enum { MIME_WORD_BYTES = 75 }; /* RFC 2047 section 2 */

/*
 * Takes the next character off the front of `text`, fit for a field: a control character is a
 * space, an ill-formed byte U+FFFD.
 */
struct str mime_next_char(struct str *text);

/* Appends `text` as fields may hold it, see mime_next_char(). */
void mime_add_clean(struct buf *out, struct str text);

/* Whether clean text stands for itself in ASCII: no other characters, and no "=?". */
bool mime_is_plain(struct str text);

/* Whether `c` needs no quoting in a phrase (RFC 5322 section 3.2.3, atext). */
bool mime_is_atext(char c);

/*
 * Appends clean text as "Q" encoded-words with one space between them, each within MIME_WORD_BYTES
 * and the first within `first_bytes`. No character is split.
 */
void mime_encode_words(struct buf *out, struct str text, size_t first_bytes);

#endif
