/*
 * Bytes of mail: pure functions that write RFC 5322 fields and RFC 2045 bodies, and read back what
 * they wrote. All lines end with CRLF; encoded lines have at most 76 characters, folded fields at
 * most 78 where they can be folded (never in front of the first word), never more than 998. Text in
 * is UTF-8; control characters in field text become spaces, so no text can start a field of its
 * own.
 */
#ifndef DIGEST_MIME_H
#define DIGEST_MIME_H

#include "digest/buf.h"
#include "digest/err.h"

/* "Name: text", unstructured: RFC 2047 encoded-words where it is not printable ASCII; folded. */
void mime_field(struct buf *out, const char *name, struct str text);

/*
 * "Name: text" whose text is structured ASCII already (addresses, identifiers): folded at its
 * spaces only. Message slots (message.h) pass through.
 */
void mime_field_raw(struct buf *out, const char *name, struct str text);

/*
 * A mailbox: display name (atom, quoted-string or encoded-words as needed; may be "") and address.
 */
void mime_mailbox(struct buf *out, struct str name, struct str address);

/* A phrase, as in List-Id, white space collapsed: atoms, quoted-string or encoded-words. */
void mime_phrase(struct buf *out, struct str text);

/*
 * A parameter, `; name=value`: token or quoted-string where it is ASCII, else RFC 2231's
 * name*=utf-8''…, with continuations when long.
 */
void mime_parameter(struct buf *out, const char *name, struct str value);

/*
 * Quoted-printable (RFC 2045 section 6.7) of text whose lines end with LF, always ending with CRLF
 * (empty text gives nothing). The bytes of a character stay on one line.
 * Safe for 7-bit transports, for mbox ("From " is encoded) and for servers that mistreat lone dots.
 * A message slot stands alone between two soft line breaks, so filling it cannot make a line too
 * long.
 */
void mime_quoted_printable(struct buf *out, struct str text);

/* The reverse: what a reader sees, with LF line ends. EX_DATAERR on what no encoder writes. */
int mime_decode_quoted_printable(struct buf *out, struct str encoded, struct err *err);

/* Base64 (RFC 2045 section 6.8) in lines of 76 that end with CRLF. */
void mime_base64(struct buf *out, struct str bytes);

/* The reverse: EX_DATAERR on what mime_base64() does not write. */
int mime_decode_base64(struct buf *out, struct str encoded, struct err *err);

/* A boundary that cannot occur in quoted-printable or base64 text, from a hash of `seed`. */
void mime_boundary(struct buf *out, struct str seed);

/*
 * Takes the first field off the front of a header, with its folded lines and their line ends; false
 * at the header's end, its empty line.
 */
bool mime_take_field(struct str *header, struct str *field);

/* The "relaxed" canonical form of one whole field (RFC 6376 section 3.4.2), ending with CRLF. */
void mime_relaxed_field(struct buf *out, struct str field);

/* The "relaxed" canonical form of a body (RFC 6376 section 3.4.4). */
void mime_relaxed_body(struct buf *out, struct str body);

/* A picture that a message's HTML shows by "cid:" and its identifier (RFC 2392). */
struct mime_related {
	struct buf id, type, bytes;
};

/* What a message of ours holds, decoded. Release with mime_parts_release(). */
struct mime_parts {
	struct buf text, html, attached;
	struct mime_related *related;
	size_t related_count;
};
#define MIME_PARTS_INIT \
	{ \
		BUF_INIT(BUF_LIMIT), BUF_INIT(BUF_LIMIT), BUF_INIT(BUF_LIMIT), NULL, 0 \
	}
void mime_parts_release(struct mime_parts *parts);

/*
 * Takes a message of ours apart: one multipart/alternative of text/plain and text/html; the HTML
 * with its pictures in a multipart/related where it has any; or a multipart/mixed of that and one
 * attachment. EX_DATAERR when it is not exactly that, when a line is longer than 998, a CR or LF
 * stands alone, or a byte is not 7-bit.
 */
int mime_read_message(struct mime_parts *parts, struct str message, struct err *err);

#endif
