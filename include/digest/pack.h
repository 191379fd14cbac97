/*
 * Compression of what the store keeps (zlib, RFC 1950), and reading of what others have compressed
 * (gzip, RFC 1952).
 */
#ifndef DIGEST_PACK_H
#define DIGEST_PACK_H

#include "digest/buf.h"
#include "digest/err.h"
#include "digest/input.h"

/* Appends `data`, compressed. */
void pack_deflate(struct buf *out, struct str data);

/*
 * Appends what was compressed. EX_DATAERR when it is damaged or larger than the buffer's ceiling.
 */
int pack_inflate(struct buf *out, struct str packed, struct err *err);

/* No text is that dense: what grows more is a bomb. Counted from PACK_RATIO_FROM_BYTES on. */
enum { PACK_RATIO_MAX = 200, PACK_RATIO_FROM_BYTES = 1 << 20 };

/* Whether bytes begin like a gzip file. */
bool pack_is_gzip(struct str head);

/*
 * What is packed in another input, all members of it; takes that one. Reading ends with EX_DATAERR
 * when the bytes are damaged or cut off, come to more than `limit_bytes`, or grow beyond the ratio.
 * What stands after the last member is passed over, as gzip does.
 */
struct input *pack_gunzip(struct input *packed, int64_t limit_bytes);

#endif
