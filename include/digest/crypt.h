/*
 * Digests, tokens, signatures and random bytes, by GnuTLS.
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

/*
 * Appends a token: 16 lower-case letters and digits (80 bits of an HMAC, RFC 2104 section 5) that
 * only who knows the secret can make, good for that purpose ("bounce") and subject alone.
 */
void crypt_add_token(struct buf *out, struct str secret, const char *purpose, struct str subject);

struct crypt_key;

/*
 * A private key from PEM (PKCS #8, or PKCS #1 for RSA), without a passphrase: RSA of at least 1024
 * bits or Ed25519. EX_CONFIG for anything else.
 */
int crypt_key_read(struct crypt_key **key, struct str pem, struct err *err);

/* crypt_key_free(NULL) does nothing. */
void crypt_key_free(struct crypt_key *key);

/* Whether it is an RSA key, and not Ed25519. */
bool crypt_key_is_rsa(const struct crypt_key *key);

/* Its size in bits. */
unsigned crypt_key_bits(const struct crypt_key *key);

/*
 * Appends a signature in base64, always the same for the same digest: RSASSA-PKCS1-v1_5 with
 * SHA-256 of what has that digest, or PureEdDSA of the digest's bytes (RFC 8463 section 3).
 * EX_OSERR.
 */
int crypt_key_sign(const struct crypt_key *key, const unsigned char digest[CRYPT_SHA256_BYTES],
    struct buf *out, struct err *err);

/*
 * Appends the public key in base64 as DKIM publishes it: RSA as SubjectPublicKeyInfo, Ed25519 bare.
 */
int crypt_key_add_public(const struct crypt_key *key, struct buf *out, struct err *err);

#endif
