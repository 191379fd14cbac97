/*
 * The server's side of TLS for unit tests: a certificate made on the spot, a bundle to trust it by,
 * and a connection that is plain or encrypted.
 */
#ifndef DIGEST_TESTS_LIB_TLS_H
#define DIGEST_TESTS_LIB_TLS_H

#include "tests/lib/peer.h"

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <time.h>

struct tls_identity {
	gnutls_certificate_credentials_t credentials;
	gnutls_datum_t certificate; /* PEM */
};

/* A certificate for `host`, signed by itself, valid from `from_days` to `to_days` from now. */
static inline void
tls_identity_make(struct tls_identity *identity, const char *host, int from_days, int to_days)
{
	gnutls_x509_privkey_t key;
	gnutls_x509_crt_t certificate;
	unsigned char serial = 1;
	time_t now = time(NULL);

	gnutls_x509_privkey_init(&key);
	gnutls_x509_privkey_generate(
	    key, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0);
	gnutls_x509_crt_init(&certificate);
	gnutls_x509_crt_set_version(certificate, 3);
	gnutls_x509_crt_set_serial(certificate, &serial, 1);
	gnutls_x509_crt_set_activation_time(certificate, now + from_days * 86400);
	gnutls_x509_crt_set_expiration_time(certificate, now + to_days * 86400);
	gnutls_x509_crt_set_dn_by_oid(
	    certificate, GNUTLS_OID_X520_COMMON_NAME, 0, host, (unsigned)strlen(host));
	gnutls_x509_crt_set_subject_alt_name(
	    certificate, GNUTLS_SAN_DNSNAME, host, (unsigned)strlen(host), GNUTLS_FSAN_SET);
	gnutls_x509_crt_set_basic_constraints(certificate, 1, -1);
	gnutls_x509_crt_set_key(certificate, key);
	if (gnutls_x509_crt_sign2(certificate, certificate, key, GNUTLS_DIG_SHA256, 0) < 0 ||
	    gnutls_x509_crt_export2(certificate, GNUTLS_X509_FMT_PEM, &identity->certificate) < 0 ||
	    gnutls_certificate_allocate_credentials(&identity->credentials) < 0 ||
	    gnutls_certificate_set_x509_key(identity->credentials, &certificate, 1, key) < 0)
		abort();
	gnutls_x509_crt_deinit(certificate);
	gnutls_x509_privkey_deinit(key);
}

static inline void
tls_identity_free(struct tls_identity *identity)
{
	gnutls_certificate_free_credentials(identity->credentials);
	gnutls_free(identity->certificate.data);
}

/* Writes the certificate to a new file; its name goes to `path`, a template of mkstemp(3). */
static inline void
tls_identity_save(const struct tls_identity *identity, char *path)
{
	int fd = mkstemp(path);

	if (fd < 0 ||
	    write(fd, identity->certificate.data, identity->certificate.size) !=
	        (ssize_t)identity->certificate.size)
		abort();
	close(fd);
}

/* A connection to a client; `session` is NULL while it is plain. */
struct tls_line {
	struct peer *peer;
	int fd;
	gnutls_session_t session;
};

/* Shakes hands; false when the client does not go through with it. */
static inline bool
tls_line_secure(struct tls_line *line, const struct tls_identity *identity)
{
	int status;

	gnutls_init(&line->session, GNUTLS_SERVER);
	gnutls_set_default_priority(line->session);
	gnutls_credentials_set(line->session, GNUTLS_CRD_CERTIFICATE, identity->credentials);
	gnutls_transport_set_int(line->session, line->fd);
	gnutls_handshake_set_timeout(line->session, 10000);
	do {
		status = gnutls_handshake(line->session);
	} while (status < 0 && !gnutls_error_is_fatal(status));
	return status == 0;
}

static inline void
tls_line_say(struct tls_line *line, const char *text)
{
	if (line->session == NULL)
		peer_say(line->fd, text);
	else
		gnutls_record_send(line->session, text, strlen(text));
}

/* Reads and keeps what comes until `end`; false when the client is gone. */
static inline bool
tls_line_read_until(struct tls_line *line, const char *end, char *out, size_t size)
{
	size_t len = 0;

	if (line->session == NULL)
		return peer_read_until(line->peer, line->fd, end, out, size);
	out[0] = '\0';
	while (len + 1 < size && strstr(out, end) == NULL) {
		ssize_t got = gnutls_record_recv(line->session, out + len, 1);
		if (got <= 0)
			return false;
		peer_hear(line->peer, out + len, (size_t)got);
		len += (size_t)got;
		out[len] = '\0';
	}
	return true;
}

static inline void
tls_line_end(struct tls_line *line)
{
	if (line->session == NULL)
		return;
	gnutls_bye(line->session, GNUTLS_SHUT_WR);
	gnutls_deinit(line->session);
}

#endif
