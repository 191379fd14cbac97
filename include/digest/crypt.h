/*
 * Digests, tokens and random bytes, by GnuTLS.
 */
#ifndef DIGEST_CRYPT_H
#define DIGEST_CRYPT_H

#include "digest/buf.h"
#include "digest/err.h"

enum { CRYPT_SHA256_BYTES = 32 };

void crypt_sha256(struct str data, unsigned char digest[CRYPT_SHA256_BYTES]);

/* HMAC-SHA-256 (RFC 2104). */
void crypt_hmac(struct str key, struct str data, unsigned char digest[CRYPT_SHA256_BYTES]);

/* Bytes fit for keys. EX_OSERR when the system gives none. */
int crypt_random(void *bytes, size_t len, struct err *err);

/* Lower-case hexadecimal. */
void crypt_add_hex(struct buf *out, const void *bytes, size_t len);

/* RFC 4648 base32 in lower case, without padding: safe in addresses and URLs. */
void crypt_add_base32(struct buf *out, const void *bytes, size_t len);

#endif
