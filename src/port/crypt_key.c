/*
 * Private keys and what is signed with them, by GnuTLS. Where a key comes from and what a signature
 * covers is the callers' business.
 */
#include "digest/crypt.h"

#include "digest/mem.h"

#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>

enum { RSA_BITS_LEAST = 1024 }; /* RFC 8301 section 3.2: verifiers refuse what is shorter */

struct crypt_key {
	gnutls_privkey_t handle;
	bool is_rsa;
	unsigned bits;
};

/* Always -1. */
static int
fail(struct err *err, int code, const char *what, int result)
{
	if (result == GNUTLS_E_MEMORY_ERROR)
		mem_die();
	return err_set(err, code, "%s: %s", what, gnutls_strerror(result));
}

static int
import(struct crypt_key *key, struct str pem, struct err *err)
{
	gnutls_datum_t data = { (unsigned char *)pem.ptr, (unsigned)pem.len };
	int result = gnutls_privkey_init(&key->handle);

	if (result >= 0)
		result = gnutls_privkey_import_x509_raw(
		    key->handle, &data, GNUTLS_X509_FMT_PEM, NULL, 0);
	if (result < 0)
		return fail(err, EX_CONFIG, "it holds no private key without a passphrase", result);
	int kind = gnutls_privkey_get_pk_algorithm(key->handle, &key->bits);
	key->is_rsa = kind == GNUTLS_PK_RSA;
	if (!key->is_rsa && kind != GNUTLS_PK_EDDSA_ED25519)
		return err_set(err, EX_CONFIG, "its key is neither RSA nor Ed25519");
	if (key->is_rsa && key->bits < RSA_BITS_LEAST)
		return err_set(err, EX_CONFIG, "its key has %u bits; receivers want %d or more",
		    key->bits, RSA_BITS_LEAST);
	return 0;
}

int
crypt_key_read(struct crypt_key **key, struct str pem, struct err *err)
{
	struct crypt_key *made = mem_alloc(sizeof(*made));

	*key = NULL;
	if (import(made, pem, err) < 0) {
		crypt_key_free(made);
		return -1;
	}
	*key = made;
	return 0;
}

void
crypt_key_free(struct crypt_key *key)
{
	if (key == NULL)
		return;
	gnutls_privkey_deinit(key->handle);
	mem_free(key);
}

bool
crypt_key_is_rsa(const struct crypt_key *key)
{
	return key->is_rsa;
}

unsigned
crypt_key_bits(const struct crypt_key *key)
{
	return key->bits;
}

int
crypt_key_sign(const struct crypt_key *key, const unsigned char digest[CRYPT_SHA256_BYTES],
    struct buf *out, struct err *err)
{
	gnutls_datum_t data = { (unsigned char *)digest, CRYPT_SHA256_BYTES };
	gnutls_datum_t signature = { NULL, 0 };
	int result = key->is_rsa
	    ? gnutls_privkey_sign_hash(key->handle, GNUTLS_DIG_SHA256, 0, &data, &signature)
	    : gnutls_privkey_sign_data2(
	          key->handle, GNUTLS_SIGN_EDDSA_ED25519, 0, &data, &signature);

	if (result < 0)
		return fail(err, EX_OSERR, "cannot sign", result);
	buf_add_base64(out, signature.data, signature.size);
	gnutls_free(signature.data);
	return 0;
}

int
crypt_key_add_public(const struct crypt_key *key, struct buf *out, struct err *err)
{
	gnutls_datum_t data = { NULL, 0 };
	gnutls_pubkey_t public = NULL;
	int result = gnutls_pubkey_init(&public);

	if (result >= 0)
		result = gnutls_pubkey_import_privkey(public, key->handle, 0, 0);
	if (result >= 0 && key->is_rsa)
		result = gnutls_pubkey_export2(public, GNUTLS_X509_FMT_DER, &data);
	else if (result >= 0)
		result = gnutls_pubkey_export_ecc_raw2(public, NULL, &data, NULL, 0);
	if (result >= 0)
		buf_add_base64(out, data.data, data.size);
	gnutls_free(data.data);
	gnutls_pubkey_deinit(public);
	return result < 0 ? fail(err, EX_OSERR, "cannot tell the public key", result) : 0;
}
