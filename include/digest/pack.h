/*
 * Compression of what the store keeps (zlib, RFC 1950).
 */
#ifndef DIGEST_PACK_H
#define DIGEST_PACK_H

#include "digest/buf.h"
#include "digest/err.h"

/* Appends `data`, compressed. */
void pack_deflate(struct buf *out, struct str data);

/* Appends what was compressed. EX_DATAERR when it is damaged or larger than the buffer's ceiling. */
int pack_inflate(struct buf *out, struct str packed, struct err *err);

#endif
