/*
 * Growing text. Always terminated, never NULL, with a ceiling given at birth: an append that would
 * pass it fails the buffer for good, and the caller asks once, at the end. The terminator does not
 * count. A `struct buf` is a value: initialise with BUF_INIT(limit), end with buf_release().
 */
#ifndef DIGEST_BUF_H
#define DIGEST_BUF_H

#include "digest/str.h"

#include <stdarg.h>

struct buf {
	char *ptr;
	size_t len;
	size_t room; /* bytes allocated; 0 while ptr is the shared empty string */
	size_t limit; /* most bytes it may hold */
	bool has_failed;
};

/* The usual ceiling for text that people write or read: 64 MiB. */
#define BUF_LIMIT ((size_t)64 << 20)

extern char buf_empty[1];
#define BUF_INIT(limit_bytes) ((struct buf){ buf_empty, 0, 0, (limit_bytes), false })

/* Frees the text and leaves an empty, usable buffer with the same ceiling. */
void buf_release(struct buf *buf);

/* Empties the buffer, keeps its memory, forgives a failure. */
void buf_reset(struct buf *buf);

void buf_add(struct buf *buf, struct str text);
void buf_add_bytes(struct buf *buf, const void *bytes, size_t len);
void buf_add_string(struct buf *buf, const char *text);
void buf_add_char(struct buf *buf, char c);
/* The text of XML or HTML, as it stands between tags or in double quotes: & < > " escaped. */
void buf_add_markup(struct buf *buf, struct str text);
/* Base64, padded (RFC 4648 section 4). */
void buf_add_base64(struct buf *buf, const void *bytes, size_t len);
void buf_add_repeat(struct buf *buf, char c, size_t count);
void buf_addf(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* `codepoint` as UTF-8; what is no Unicode scalar value becomes U+FFFD. */
void buf_add_utf8(struct buf *buf, uint32_t codepoint);

/* Drops the end so that `len` bytes stay; a longer `len` changes nothing. */
void buf_cut(struct buf *buf, size_t len);

/* Whether an append was refused since birth or the last reset. */
bool buf_has_failed(const struct buf *buf);

/* The text as it stands; valid until the next append. */
struct str buf_str(const struct buf *buf);

/* Gives the text away: to be freed with mem_free(); the buffer is empty afterwards. */
char *buf_detach(struct buf *buf);

#endif
