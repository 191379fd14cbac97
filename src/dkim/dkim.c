/*
 * The signer. The canonical forms are mime's, the key is crypt's, and which fields are signed was
 * written into the message by render.
 */
#include "digest/dkim.h"

#include "digest/crypt.h"
#include "digest/mem.h"
#include "digest/message.h"
#include "digest/mime.h"
#include "digest/private.h"

#include <string.h>

enum {
	KEY_FILE_BYTES = 32 << 10,
	FIELD_MOST = 64, /* more than any message of ours has */
	NAME_BYTES = 253,
	LABEL_BYTES = 63,
	SIGNATURE_COLUMNS = 72,
	RECORD_STRING_BYTES = 255, /* RFC 1035 section 3.3 */
};

struct dkim {
	struct crypt_key *key;
	char *selector, *domain;
	struct buf filled, canonical; /* of the message in hand */
};

/* The fields of a header, from which those that are signed are taken one by one. */
struct header {
	struct str fields[FIELD_MOST];
	size_t count;
};

/* ---- opening ---- */

/* Labels of letters, digits, hyphens and underscores, with dots between them. */
static bool
is_dns_name(const char *name)
{
	struct str rest = str_from(name), label;

	if (rest.len == 0 || rest.len > NAME_BYTES || str_ends(rest, "."))
		return false;
	while (str_next(&rest, '.', &label)) {
		if (label.len == 0 || label.len > LABEL_BYTES)
			return false;
		for (size_t i = 0; i < label.len; i++)
			if (!str_is_alnum(label.ptr[i]) && label.ptr[i] != '-' &&
			    label.ptr[i] != '_')
				return false;
	}
	return true;
}

static int
take_name(
    char **to, const struct settings *smtp, const char *key, const char *fallback, struct err *err)
{
	const char *name = settings_string(smtp, key);

	if (name[0] == '\0' && fallback[0] == '\0')
		return err_set(err, EX_CONFIG,
		    "%s: 'dkim_key' needs a '%s', the name under which the key stands in DNS",
		    settings_origin(smtp, "dkim_key"), key);
	if (name[0] == '\0')
		name = fallback;
	if (!is_dns_name(name))
		return err_set(err, EX_CONFIG, "%s: '%s': '%s' is no name in DNS",
		    settings_origin(smtp, key), key, name);
	*to = mem_copy_string(name);
	return 0;
}

static int
read_key(struct dkim *dkim, const struct settings *smtp, struct err *err)
{
	const char *path = settings_string(smtp, "dkim_key");
	struct buf pem = BUF_INIT(KEY_FILE_BYTES);
	int status = private_read(&pem, path, "dkim_key", err);

	if (status == 0) {
		status = crypt_key_read(&dkim->key, buf_str(&pem), err);
		if (status < 0)
			err_prefix(err, "dkim_key '%s'", path);
	}
	private_wipe(&pem);
	return status;
}

int
dkim_open(struct dkim **dkim, const struct settings *smtp, const char *from, struct err *err)
{
	const char *at = strrchr(from, '@');

	*dkim = NULL;
	if (settings_string(smtp, "dkim_key")[0] == '\0')
		return 0;
	struct dkim *made = mem_alloc(sizeof(*made));
	made->filled = BUF_INIT(BUF_LIMIT);
	made->canonical = BUF_INIT(BUF_LIMIT);
	if (take_name(&made->selector, smtp, "dkim_selector", "", err) < 0 ||
	    take_name(&made->domain, smtp, "dkim_domain", at != NULL ? at + 1 : "", err) < 0 ||
	    read_key(made, smtp, err) < 0) {
		dkim_close(made);
		return -1;
	}
	*dkim = made;
	return 0;
}

void
dkim_close(struct dkim *dkim)
{
	if (dkim == NULL)
		return;
	crypt_key_free(dkim->key);
	mem_free(dkim->selector);
	mem_free(dkim->domain);
	buf_release(&dkim->filled);
	buf_release(&dkim->canonical);
	mem_free(dkim);
}

/* ---- signing ---- */

static const char *
algorithm(const struct dkim *dkim)
{
	return crypt_key_is_rsa(dkim->key) ? "rsa-sha256" : "ed25519-sha256";
}

/* Takes the header off the front of `message`, its empty line too. */
static int
take_header(struct str *message, struct header *header, struct err *err)
{
	header->count = 0;
	while (
	    header->count < FIELD_MOST && mime_take_field(message, &header->fields[header->count]))
		header->count++;
	if (!str_starts(*message, "\r\n"))
		return err_set(err, EX_SOFTWARE, "dkim: the message's header has no end");
	*message = str_skip(*message, 2);
	return 0;
}

/*
 * Appends the last field of that name that is not taken yet; none when there is no other, which
 * makes one that is added on the way break the signature (RFC 6376 section 5.4.2).
 */
static void
add_field(struct buf *out, struct header *header, struct str name)
{
	for (size_t i = header->count; i > 0; i--) {
		struct str *field = &header->fields[i - 1];
		ptrdiff_t colon = str_find_char(*field, ':');

		if (colon < 0 || !str_equal_nocase(str_head(*field, (size_t)colon), name))
			continue;
		mime_relaxed_field(out, *field);
		field->len = 0;
		return;
	}
}

/* The names in the tag "h=" of the signature's field. */
static struct str
signed_names(struct str field)
{
	ptrdiff_t start = str_find(field, STR(" h="));
	struct str names = str_skip(field, start < 0 ? field.len : (size_t)start + 3);
	ptrdiff_t end = str_find_char(names, ';');

	return str_head(names, end < 0 ? 0 : (size_t)end);
}

static void
add_body_hash(struct dkim *dkim, struct buf *out, struct str body)
{
	unsigned char digest[CRYPT_SHA256_BYTES];

	buf_reset(&dkim->canonical);
	mime_relaxed_body(&dkim->canonical, body);
	crypt_sha256(buf_str(&dkim->canonical), digest);
	buf_add_base64(out, digest, sizeof(digest));
}

/*
 * Of the fields that are signed and of the signature's own, which is in `out` up to its end, "b=".
 */
static int
add_signature(
    struct dkim *dkim, struct buf *out, size_t start, struct header *header, struct err *err)
{
	unsigned char digest[CRYPT_SHA256_BYTES];
	struct str field = str_skip(buf_str(out), start), name;
	struct str names = signed_names(field);
	struct buf signature = BUF_INIT(BUF_LIMIT);

	buf_reset(&dkim->canonical);
	while (str_next(&names, ':', &name))
		add_field(&dkim->canonical, header, str_trim(name));
	mime_relaxed_field(&dkim->canonical, field);
	buf_cut(&dkim->canonical, dkim->canonical.len - 2); /* RFC 6376 section 3.7: no CRLF */
	crypt_sha256(buf_str(&dkim->canonical), digest);
	int status = crypt_key_sign(dkim->key, digest, &signature, err);
	for (struct str rest = buf_str(&signature); rest.len > 0;) {
		struct str line = str_head(rest, SIGNATURE_COLUMNS);
		rest = str_skip(rest, line.len);
		buf_addf(out, "%.*s%s", STR_ARG(line), rest.len > 0 ? "\r\n " : "\r\n");
	}
	buf_release(&signature);
	return status;
}

/* Appends `message`, which is filled already, after its signature, whose field `frozen` begins. */
static int
sign(struct dkim *dkim, struct buf *out, struct str frozen, struct str message, struct err *err)
{
	ptrdiff_t slot = str_find_char(frozen, MESSAGE_SLOT_SIGNATURE);
	struct str body = message;
	struct header header;
	size_t start = out->len;

	if (slot < 0)
		return err_set(err, EX_SOFTWARE, "dkim: the frozen signature has no end");
	if (take_header(&body, &header, err) < 0)
		return -1;
	buf_add(out, str_head(frozen, (size_t)slot));
	buf_addf(out, "a=%s; s=%s; d=%s;\r\n bh=", algorithm(dkim), dkim->selector, dkim->domain);
	add_body_hash(dkim, out, body);
	buf_add_string(out, ";\r\n b=");
	if (add_signature(dkim, out, start, &header, err) < 0)
		return -1;
	buf_add(out, message);
	return 0;
}

int
dkim_fill(struct dkim *dkim, struct buf *out, struct str frozen, const char *to, const char *id,
    const char *token, struct err *err)
{
	struct str field = STR("");

	if (str_starts(frozen, "DKIM-Signature:"))
		mime_take_field(&frozen, &field);
	if (field.len == 0 || dkim == NULL) {
		message_fill(out, frozen, to, id, token);
		return 0;
	}
	buf_reset(&dkim->filled);
	message_fill(&dkim->filled, frozen, to, id, token);
	return sign(dkim, out, field, buf_str(&dkim->filled), err);
}

/* ---- for people ---- */

void
dkim_describe(const struct dkim *dkim, struct buf *out)
{
	buf_addf(
	    out, "%s, %u bits, for %s", algorithm(dkim), crypt_key_bits(dkim->key), dkim->domain);
}

int
dkim_add_record(const struct dkim *dkim, struct buf *out, struct err *err)
{
	struct buf value = BUF_INIT(BUF_LIMIT);

	buf_addf(&value, "v=DKIM1; k=%s; p=", crypt_key_is_rsa(dkim->key) ? "rsa" : "ed25519");
	int status = crypt_key_add_public(dkim->key, &value, err);
	buf_addf(out, "%s._domainkey.%s. IN TXT (", dkim->selector, dkim->domain);
	for (struct str rest = buf_str(&value); rest.len > 0;) {
		struct str piece = str_head(rest, RECORD_STRING_BYTES);
		buf_addf(out, " \"%.*s\"", STR_ARG(piece));
		rest = str_skip(rest, piece.len);
	}
	buf_add_string(out, " )\n");
	buf_release(&value);
	return status;
}
