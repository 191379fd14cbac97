/*
 * Digests, message authentication and random bytes, by GnuTLS. Keys and tokens are made elsewhere.
 */
#include "digest/crypt.h"

#include "digest/mem.h"

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>

/*
 * GnuTLS gives SHA-256 in every mode it has, so the only way for these to fail is that there is no
 * memory.
 */
void
crypt_sha256(struct str data, unsigned char digest[CRYPT_SHA256_BYTES])
{
	if (gnutls_hash_fast(GNUTLS_DIG_SHA256, data.len > 0 ? data.ptr : "", data.len, digest) < 0)
		mem_die();
}

void
crypt_hmac(struct str key, struct str data, unsigned char digest[CRYPT_SHA256_BYTES])
{
	if (gnutls_hmac_fast(GNUTLS_MAC_SHA256, key.len > 0 ? key.ptr : "", key.len,
	        data.len > 0 ? data.ptr : "", data.len, digest) < 0)
		mem_die();
}

int
crypt_random(void *bytes, size_t len, struct err *err)
{
	int result = gnutls_rnd(GNUTLS_RND_KEY, bytes, len);

	if (result < 0)
		return err_set(
		    err, EX_OSERR, "crypt: no random bytes: %s", gnutls_strerror(result));
	return 0;
}

void
crypt_add_hex(struct buf *out, const void *bytes, size_t len)
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *in = bytes;

	for (size_t i = 0; i < len; i++) {
		buf_add_char(out, digits[in[i] >> 4]);
		buf_add_char(out, digits[in[i] & 0xf]);
	}
}

void
crypt_add_token(struct buf *out, struct str secret, const char *purpose, struct str subject)
{
	enum { TOKEN_BYTES = 10 };
	unsigned char digest[CRYPT_SHA256_BYTES];
	struct buf text = BUF_INIT(BUF_LIMIT);

	buf_addf(&text, "token|%s|", purpose);
	buf_add(&text, subject);
	crypt_hmac(secret, buf_str(&text), digest);
	crypt_add_base32(out, digest, TOKEN_BYTES);
	buf_release(&text);
}

/* RFC 4648 section 6: five bits a character, the last ones filled up with zero bits. */
void
crypt_add_base32(struct buf *out, const void *bytes, size_t len)
{
	static const char digits[] = "abcdefghijklmnopqrstuvwxyz234567";
	const unsigned char *in = bytes;
	unsigned bits = 0, held = 0;

	for (size_t i = 0; i < len; i++) {
		held = (held << 8 | in[i]) & 0xfff;
		bits += 8;
		while (bits >= 5) {
			bits -= 5;
			buf_add_char(out, digits[held >> bits & 0x1f]);
		}
	}
	if (bits > 0)
		buf_add_char(out, digits[held << (5 - bits) & 0x1f]);
}
