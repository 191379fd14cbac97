/* Digests against published vectors, encodings, and that random bytes are not the same twice. */
#include "unit.h"

#include "digest/crypt.h"

static void
assert_hex(const void *bytes, size_t len, const char *expected)
{
	struct buf hex = BUF_INIT(BUF_LIMIT);

	crypt_add_hex(&hex, bytes, len);
	assert_str(buf_str(&hex), expected);
	buf_release(&hex);
}

/* FIPS 180-4 examples. */
static void
sha256_is_the_standard_one(void **state)
{
	(void)state;
	unsigned char digest[CRYPT_SHA256_BYTES];
	struct buf million = BUF_INIT(BUF_LIMIT);

	crypt_sha256(STR(""), digest);
	assert_hex(digest, sizeof(digest),
	    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	crypt_sha256((struct str){ NULL, 0 }, digest);
	assert_hex(digest, 4, "e3b0c442");
	crypt_sha256(STR("abc"), digest);
	assert_hex(digest, sizeof(digest),
	    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	buf_add_repeat(&million, 'a', 1000000);
	crypt_sha256(buf_str(&million), digest);
	assert_hex(digest, sizeof(digest),
	    "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
	buf_release(&million);
}

/* RFC 4231 sections 4.2, 4.3 and 4.7; the empty key and text of the Wikipedia article. */
static void
hmac_is_the_standard_one(void **state)
{
	(void)state;
	unsigned char digest[CRYPT_SHA256_BYTES];
	char key[131];

	memset(key, 0x0b, 20);
	crypt_hmac((struct str){ key, 20 }, STR("Hi There"), digest);
	assert_hex(digest, sizeof(digest),
	    "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
	crypt_hmac(STR("Jefe"), STR("what do ya want for nothing?"), digest);
	assert_hex(digest, sizeof(digest),
	    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
	memset(key, 0xaa, sizeof(key));
	crypt_hmac((struct str){ key, sizeof(key) },
	    STR("Test Using Larger Than Block-Size Key - Hash Key First"), digest);
	assert_hex(digest, sizeof(digest),
	    "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
	crypt_hmac(STR(""), STR(""), digest);
	assert_hex(digest, sizeof(digest),
	    "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

/* RFC 4648 section 10, in lower case and without padding. */
static void
base32_is_the_standard_one(void **state)
{
	(void)state;
	static const char *const rows[][2] = { { "", "" }, { "f", "my" }, { "fo", "mzxq" },
		{ "foo", "mzxw6" }, { "foob", "mzxw6yq" }, { "fooba", "mzxw6ytb" },
		{ "foobar", "mzxw6ytboi" }, { "\xff\xff\xff\xff\xff", "77777777" },
		{ "\xff", "74" } };
	struct buf out = BUF_INIT(BUF_LIMIT);

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		buf_reset(&out);
		crypt_add_base32(&out, rows[i][0], strlen(rows[i][0]));
		assert_str(buf_str(&out), rows[i][1]);
	}
	buf_release(&out);
}

/* Made with Python's hmac and base64. */
static void
a_token_is_good_for_one_purpose(void **state)
{
	static const struct {
		const char *secret, *purpose, *subject, *token;
	} cases[] = {
		{ "secret", "bounce", "7|a@example.com", "6km5iw7o733xqg4z" },
		{ "secret", "unsubscribe", "7|a@example.com", "rdycr4zvcgwthyxc" },
	};
	struct buf token = BUF_INIT(BUF_LIMIT), other = BUF_INIT(BUF_LIMIT);

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		buf_reset(&token);
		crypt_add_token(&token, str_from(cases[i].secret), cases[i].purpose,
		    str_from(cases[i].subject));
		assert_str(buf_str(&token), cases[i].token);
	}
	crypt_add_token(&other, STR("secret"), "unsubscribe", STR("8|a@example.com"));
	assert_false(str_equal(buf_str(&token), buf_str(&other)));
	buf_reset(&other);
	crypt_add_token(&other, STR("another"), "unsubscribe", STR("7|a@example.com"));
	assert_false(str_equal(buf_str(&token), buf_str(&other)));
	buf_release(&token);
	buf_release(&other);
}

/* RFC 4648 section 10. */
static void
base64_is_the_standard_one(void **state)
{
	static const char *const expected[] = { "", "Zg==", "Zm8=", "Zm9v",
		"Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy" };
	struct buf out = BUF_INIT(BUF_LIMIT);

	(void)state;
	for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
		buf_reset(&out);
		buf_add_base64(&out, "foobar", i);
		assert_str(buf_str(&out), expected[i]);
	}
	buf_reset(&out);
	buf_add_base64(&out, "\xfb\xff\xfe", 3);
	assert_str(buf_str(&out), "+//+");
	buf_release(&out);
}

static void
random_bytes_differ(void **state)
{
	(void)state;
	unsigned char bytes[64][16];
	struct err err = ERR_NONE;

	for (size_t i = 0; i < 64; i++) {
		assert_int_equal(crypt_random(bytes[i], sizeof(bytes[i]), &err), 0);
		for (size_t j = 0; j < i; j++)
			assert_memory_not_equal(bytes[i], bytes[j], sizeof(bytes[i]));
	}
	assert_int_equal(crypt_random(bytes, 0, &err), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sha256_is_the_standard_one),
		cmocka_unit_test(hmac_is_the_standard_one),
		cmocka_unit_test(base32_is_the_standard_one),
		cmocka_unit_test(a_token_is_good_for_one_purpose),
		cmocka_unit_test(base64_is_the_standard_one),
		cmocka_unit_test(random_bytes_differ),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
