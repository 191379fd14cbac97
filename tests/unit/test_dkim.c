/*
 * Keys and signatures against RFC 8463's example, and what goes out signed, unsigned or not at all.
 */
#include "folder.h"

#include "digest/crypt.h"
#include "digest/dkim.h"
#include "digest/message.h"
#include "digest/mime.h"

/* The key of RFC 8463 appendix A.1. */
static const char ed25519_key[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n"
    "-----END PRIVATE KEY-----\n";

/* Made for this test: PKCS #1, 1024 bits, and one of 512. */
static const char rsa_key[] = "-----BEGIN RSA PRIVATE KEY-----\n"
                              "MIICXQIBAAKBgQCyjJ13YlP5svEbHw8V6IAnYVfr7tGBxvPj1zgp3J3Iz37TFIkJ\n"
                              "EFy3i/2qrWgOQ8ZkJeEmBfrl8nyCE/yQGvtvrXoaPG2uIa8CpklDLdHcObD9tmdg\n"
                              "wmh4htPoztGEGJaEQyXzfAfiOQAE5T2YnTKakex39MfG/LZCB8D/wqELcwIDAQAB\n"
                              "AoGAf6QckhMeG1y8Fnpuq2fJ7d0eIJFa/t6+zfu2r96CgeMsNDPy/yLOVXzjfBd5\n"
                              "UvFKq5+UxDz0L1zZe5hULqTLZ8m2w2Fv8ahQUYD4YaihO7WRb59S6hXhkgkobHgb\n"
                              "Wl+E62IUP3QgxeHBkyiI4EjqDZ1J4qgQE1eO+EFIs0dftuECQQDimu9OHbGOoMr9\n"
                              "eTfvavIJVjNa46Q1auL2eh99ThgoGOJCeRSdTa1SYBLACTvl1WlKoL9o12HtsTiM\n"
                              "zhNaDePRAkEAybXY8MZmN27g/ym3wdprUX0ESLcNrB8hBVoF/T21J2zvWlaVZbN6\n"
                              "8VOXMFW0jaYljPSL43nTjQVVRv2hTblgAwJAVUQfT7F0okp2lzIJjhkbwc+hu010\n"
                              "+HSjukLxnmDITi4u1PxieV5FHX3xEDlpRG4tFFuwKm8A9kN9F95jAbvAQQJBAK3B\n"
                              "Ld1KqmZ55usmfppIkkWh0Xzp4qcwMXuwrpQVAeWyWwSQrSTsVK1pekUyrtOOGa6w\n"
                              "QYh0Ox2xSGJcvQR8+Q0CQQDVB4GyIMDx18HJ83ggsxdt0XRwsFoIyYohxWzndfuk\n"
                              "jRqn3Hl63gGTE4fprJAlZ4yiOVHTEykFI7fq4pvv1xzo\n"
                              "-----END RSA PRIVATE KEY-----\n";
static const char short_key[] = "-----BEGIN RSA PRIVATE KEY-----\n"
                                "MIIBOwIBAAJBALnb084LwxvFeFQBfZNF9O6w1i4r9zED8ZQaDeWiafGxnNDW7Bvz\n"
                                "YKBpnh9d3jTFIm+Sn5N4k+X0fxgw3YWX4xMCAwEAAQJAXDRrup/pNqDb1kk7BFJD\n"
                                "dhsy1osnQiDju4bFeDP//VA4vWYNL23ww7DPfxmFf9ialzt4so/VVIa7iiMDL8T4\n"
                                "YQIhANusDaS1JnbraZvbpzWIqJHAPlnKdv68LDEFRKLJAtqDAiEA2JhDwDiIfQEu\n"
                                "oMOngUjouosL3a2JzL/NC2JTT3JGsDECIEBellDhVDgcm4G0R7cEKIEtGBgvn9bd\n"
                                "RQXISWh6BoAJAiEAptbTCVQCvteURT2w34N70YWdxEoSpWbw2N4Kcl4CWWECIQC7\n"
                                "+v2TXtH9s9VQQH8Prfnl7hryzLRt06hFEy7CN5w1AA==\n"
                                "-----END RSA PRIVATE KEY-----\n";

static struct crypt_key *
read_key(const char *pem)
{
	struct crypt_key *key = NULL;
	struct err err = ERR_NONE;

	if (crypt_key_read(&key, str_from(pem), &err) < 0)
		fail_msg("%s", err.text);
	return key;
}

/* RFC 8463 appendix A.3: the message's own fields, which of them are signed, and the body. */
static void
the_example_of_rfc8463(void **state)
{
	static const char *const fields[] = { "From: Joe SixPack <joe@football.example.com>\r\n",
		"To: Suzie Q <suzie@shopping.example.net>\r\n", "Subject: Is dinner ready?\r\n",
		"Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)\r\n",
		"Message-ID: <20030712040037.46341.5F8J@football.example.com>\r\n" };
	static const char signature_field[] =
	    "DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;\r\n"
	    " d=football.example.com; i=@football.example.com;\r\n"
	    " q=dns/txt; s=brisbane; t=1528637909; h=from : to :\r\n"
	    " subject : date : message-id : from : subject : date;\r\n"
	    " bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;\r\n"
	    " b=";
	struct crypt_key *key = read_key(ed25519_key);
	struct buf canonical = BUF_INIT(BUF_LIMIT), out = BUF_INIT(BUF_LIMIT);
	unsigned char digest[CRYPT_SHA256_BYTES];
	struct err err = ERR_NONE;

	(void)state;
	mime_relaxed_body(
	    &canonical, STR("Hi.\r\n\r\nWe lost the game.  Are you hungry yet?\r\n\r\nJoe.\r\n"));
	crypt_sha256(buf_str(&canonical), digest);
	buf_add_base64(&out, digest, sizeof(digest));
	assert_str(buf_str(&out), "2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=");

	buf_reset(&canonical);
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		mime_relaxed_field(&canonical, str_from(fields[i]));
	mime_relaxed_field(&canonical, str_from(signature_field));
	buf_cut(&canonical, canonical.len - 2);
	crypt_sha256(buf_str(&canonical), digest);
	buf_reset(&out);
	assert_int_equal(crypt_key_sign(key, digest, &out, &err), 0);
	assert_str(buf_str(&out),
	    "/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11Bus"
	    "Fa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw==");

	buf_reset(&out);
	assert_int_equal(crypt_key_add_public(key, &out, &err), 0);
	assert_str(buf_str(&out), "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=");
	assert_false(crypt_key_is_rsa(key));
	crypt_key_free(key);
	buf_release(&canonical);
	buf_release(&out);
}

/* ---- the signer ---- */

static const struct setting rows[] = {
	{ "dkim_key", SETTING_STRING, "", "" },
	{ "dkim_selector", SETTING_STRING, "", "" },
	{ "dkim_domain", SETTING_STRING, "", "" },
	SETTING_END,
};

struct bench {
	struct folder folder;
	struct settings *settings;
	struct dkim *dkim;
	struct buf out;
	struct err err;
};

static void
set(struct bench *bench, const char *name, const char *value)
{
	assert_int_equal(settings_set(bench->settings, name, value, "test", &bench->err), 0);
}

/* A bench whose key file has that content and mode. */
static void
lay_out(struct bench *bench, const char *key, mode_t mode)
{
	*bench = (struct bench){ .settings = settings_new(rows), .out = BUF_INIT(BUF_LIMIT) };
	folder_make(&bench->folder);
	const char *path = folder_file(&bench->folder, "key.pem");
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, key, strlen(key)), strlen(key));
	assert_int_equal(fchmod(fd, mode), 0);
	close(fd);
	set(bench, "dkim_key", path);
	set(bench, "dkim_selector", "mail");
}

static void
clear_away(struct bench *bench)
{
	dkim_close(bench->dkim);
	settings_free(bench->settings);
	buf_release(&bench->out);
	folder_remove(&bench->folder);
}

static int
open_signer(struct bench *bench)
{
	return dkim_open(&bench->dkim, bench->settings, "digest@example.org", &bench->err);
}

static void
check_refused(struct bench *bench, int code, const char *reason)
{
	assert_int_equal(open_signer(bench), -1);
	assert_null(bench->dkim);
	assert_int_equal(bench->err.code, code);
	if (strstr(bench->err.text, reason) == NULL)
		fail_msg("'%s' does not say '%s'", bench->err.text, reason);
	clear_away(bench);
}

static void
keys_that_are_refused(void **state)
{
	struct bench bench;

	(void)state;
	lay_out(&bench, rsa_key, 0640);
	check_refused(&bench, EX_NOPERM, "is open to others; type: chmod 600");
	lay_out(&bench, short_key, 0600);
	check_refused(&bench, EX_CONFIG, "its key has 512 bits");
	lay_out(&bench, "no key at all\n", 0600);
	check_refused(&bench, EX_CONFIG, "holds no private key");
	lay_out(&bench, "", 0600);
	check_refused(&bench, EX_CONFIG, "holds no private key");
	lay_out(&bench, rsa_key, 0600);
	set(&bench, "dkim_key", "/nonexistent/key.pem");
	check_refused(&bench, EX_CONFIG, "cannot open dkim_key");
	lay_out(&bench, rsa_key, 0600);
	set(&bench, "dkim_key", "key.pem");
	check_refused(&bench, EX_CONFIG, "must begin with '/'");
	lay_out(&bench, rsa_key, 0600);
	set(&bench, "dkim_key", bench.folder.path);
	check_refused(&bench, EX_NOPERM, "is no file");
}

static void
names_that_are_refused(void **state)
{
	static const char *const bad[] = { "a b", "a..b", ".a", "a.", "a;d=evil.example",
		"\xc3\xa9" };
	struct bench bench;

	(void)state;
	lay_out(&bench, rsa_key, 0600);
	settings_unset(bench.settings, "dkim_selector");
	check_refused(&bench, EX_CONFIG, "needs a 'dkim_selector'");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		lay_out(&bench, rsa_key, 0600);
		set(&bench, "dkim_selector", bad[i]);
		check_refused(&bench, EX_CONFIG, "is no name in DNS");
		lay_out(&bench, rsa_key, 0600);
		set(&bench, "dkim_domain", bad[i]);
		check_refused(&bench, EX_CONFIG, "is no name in DNS");
	}
}

static void
no_key_signs_nothing(void **state)
{
	struct bench bench;

	(void)state;
	lay_out(&bench, rsa_key, 0600);
	settings_unset(bench.settings, "dkim_key");
	assert_int_equal(open_signer(&bench), 0);
	assert_null(bench.dkim);
	clear_away(&bench);
}

static void
the_record_to_publish(void **state)
{
	struct bench bench;

	(void)state;
	lay_out(&bench, ed25519_key, 0600);
	assert_int_equal(open_signer(&bench), 0);
	assert_int_equal(dkim_add_record(bench.dkim, &bench.out, &bench.err), 0);
	assert_str(buf_str(&bench.out),
	    "mail._domainkey.example.org. IN TXT ( \"v=DKIM1; k=ed25519; "
	    "p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\" )\n");
	buf_reset(&bench.out);
	dkim_describe(bench.dkim, &bench.out);
	assert_str(buf_str(&bench.out), "ed25519-sha256, 256 bits, for example.org");
	clear_away(&bench);
}

#define SIGNED_NAMES "From:From:To:Subject:X-None"
#define FIELD "DKIM-Signature: v=1; c=relaxed/relaxed; t=1785153600;\r\n h=" SIGNED_NAMES ";\r\n "
#define MESSAGE \
	"From: Digest <digest@example.org>\r\n" \
	"To: \x01\r\n" \
	"Subject: folded\r\n  here\r\n" \
	"Message-ID: <\x02>\r\n" \
	"\r\n" \
	"Two  spaces.\r\n" \
	"\x03\r\n"

static void
fill(struct bench *bench, const char *frozen, const char *to, const char *token)
{
	buf_reset(&bench->out);
	if (dkim_fill(bench->dkim, &bench->out, str_from(frozen), to, "id", token, &bench->err) < 0)
		fail_msg("%s", bench->err.text);
}

/* The value of a tag of the signature's field, white space dropped. */
static void
take_tag(const struct bench *bench, const char *tag, struct buf *value)
{
	struct str text = buf_str(&bench->out);
	ptrdiff_t start = str_find(text, str_from(tag));

	assert_true(start >= 0);
	text = str_skip(text, (size_t)start + strlen(tag));
	buf_reset(value);
	for (; text.len > 0 && text.ptr[0] != ';' && !str_starts(text, "\r\nFrom:");
	     text = str_skip(text, 1))
		if (!str_is_space(text.ptr[0]))
			buf_add_char(value, text.ptr[0]);
	assert_true(value->len > 40);
}

/* An independent hand at the same signature: the canonical text is written down here. */
static void
a_signature_is_of_the_filled_message(void **state)
{
	static const char body[] = "Two spaces.\r\ntoken-a\r\n";
	struct bench bench;
	struct buf text = BUF_INIT(BUF_LIMIT), hash = BUF_INIT(BUF_LIMIT);
	unsigned char digest[CRYPT_SHA256_BYTES];

	(void)state;
	lay_out(&bench, ed25519_key, 0600);
	assert_int_equal(open_signer(&bench), 0);
	fill(&bench, FIELD "\x04\r\n" MESSAGE, "a@example.com", "token-a");
	crypt_sha256(str_from(body), digest);
	buf_add_base64(&hash, digest, sizeof(digest));
	buf_addf(&text,
	    "from:Digest <digest@example.org>\r\nto:a@example.com\r\nsubject:folded here\r\n"
	    "dkim-signature:v=1; c=relaxed/relaxed; t=1785153600; h=" SIGNED_NAMES "; "
	    "a=ed25519-sha256; s=mail; d=example.org; bh=%s; b=",
	    hash.ptr);
	crypt_sha256(buf_str(&text), digest);
	struct crypt_key *key = read_key(ed25519_key);
	buf_reset(&text);
	buf_add_string(&text, FIELD "a=ed25519-sha256; s=mail; d=example.org;\r\n bh=");
	buf_addf(&text, "%s;\r\n b=", hash.ptr);
	buf_reset(&hash);
	assert_int_equal(crypt_key_sign(key, digest, &hash, &bench.err), 0);
	buf_addf(&text, "%.72s\r\n %s\r\n", hash.ptr, hash.ptr + 72);
	message_fill(&text, STR(MESSAGE), "a@example.com", "id", "token-a");
	assert_str(buf_str(&bench.out), text.ptr);
	crypt_key_free(key);
	buf_release(&text);
	buf_release(&hash);
	clear_away(&bench);
}

static void
the_same_message_gives_the_same_bytes(void **state)
{
	struct bench bench;
	struct buf first = BUF_INIT(BUF_LIMIT), a = BUF_INIT(BUF_LIMIT), b = BUF_INIT(BUF_LIMIT);

	(void)state;
	lay_out(&bench, rsa_key, 0600);
	assert_int_equal(open_signer(&bench), 0);
	fill(&bench, FIELD "\x04\r\n" MESSAGE, "a@example.com", "t");
	buf_add(&first, buf_str(&bench.out));
	take_tag(&bench, " b=", &a);
	fill(&bench, FIELD "\x04\r\n" MESSAGE, "b@example.com", "t");
	take_tag(&bench, " b=", &b);
	assert_false(str_equal(buf_str(&a), buf_str(&b)));
	take_tag(&bench, "bh=", &a);
	fill(&bench, FIELD "\x04\r\n" MESSAGE, "a@example.com", "u");
	take_tag(&bench, "bh=", &b);
	assert_false(str_equal(buf_str(&a), buf_str(&b)));
	fill(&bench, FIELD "\x04\r\n" MESSAGE, "a@example.com", "t");
	assert_str(buf_str(&bench.out), first.ptr);
	buf_release(&first);
	buf_release(&a);
	buf_release(&b);
	clear_away(&bench);
}

static void
what_goes_out_unsigned(void **state)
{
	struct bench bench;
	struct buf plain = BUF_INIT(BUF_LIMIT);

	(void)state;
	lay_out(&bench, rsa_key, 0600);
	message_fill(&plain, STR(MESSAGE), "a@example.com", "id", "t");
	fill(&bench, FIELD "\x04\r\n" MESSAGE, "a@example.com", "t");
	assert_str(buf_str(&bench.out), plain.ptr);
	assert_int_equal(open_signer(&bench), 0);
	fill(&bench, MESSAGE, "a@example.com", "t");
	assert_str(buf_str(&bench.out), plain.ptr);
	buf_release(&plain);
	clear_away(&bench);
}

static void
a_field_that_is_not_ours_is_a_bug(void **state)
{
	static const char *const bad[] = { FIELD "\r\n" MESSAGE,
		FIELD "\x04\r\nFrom: x\r\nno end" };
	struct bench bench;

	(void)state;
	lay_out(&bench, rsa_key, 0600);
	assert_int_equal(open_signer(&bench), 0);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		err_clear(&bench.err);
		assert_int_equal(
		    dkim_fill(bench.dkim, &bench.out, str_from(bad[i]), "", "", "", &bench.err),
		    -1);
		assert_int_equal(bench.err.code, EX_SOFTWARE);
	}
	clear_away(&bench);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_example_of_rfc8463),
		cmocka_unit_test(keys_that_are_refused),
		cmocka_unit_test(names_that_are_refused),
		cmocka_unit_test(no_key_signs_nothing),
		cmocka_unit_test(the_record_to_publish),
		cmocka_unit_test(a_signature_is_of_the_filled_message),
		cmocka_unit_test(the_same_message_gives_the_same_bytes),
		cmocka_unit_test(what_goes_out_unsigned),
		cmocka_unit_test(a_field_that_is_not_ours_is_a_bug),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
