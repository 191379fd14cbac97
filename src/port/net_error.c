/*
 * libcurl's errors in words that say what to look at. What follows from them is the caller's.
 */
#include "net_curl.h"

#include "digest/log.h"

#include <errno.h>
#include <string.h>

/* GnuTLS's certificate status bits, which libcurl hands through CURLINFO_SSL_VERIFYRESULT. */
enum {
	CERTIFICATE_REVOKED = 1 << 5,
	CERTIFICATE_UNKNOWN_ISSUER = 1 << 6,
	CERTIFICATE_NOT_YET_VALID = 1 << 9,
	CERTIFICATE_EXPIRED = 1 << 10,
};

typedef bool describe_function(const struct net_failure *failure, struct err *err);

static bool
describe_resolve(const struct net_failure *failure, struct err *err)
{
	err_set(err, EX_UNAVAILABLE, "cannot resolve '%s'", failure->host);
	return true;
}

static bool
describe_proxy(const struct net_failure *failure, struct err *err)
{
	err_set(err, EX_UNAVAILABLE,
	    "cannot resolve the proxy on the way to '%s'; "
	    "see http_proxy and its like in the environment",
	    failure->host);
	return true;
}

static bool
describe_connect(const struct net_failure *failure, struct err *err)
{
	long number = 0;

	curl_easy_getinfo(failure->easy, CURLINFO_OS_ERRNO, &number);
	if (number == ECONNREFUSED)
		err_set(err, EX_UNAVAILABLE, "cannot connect to '%s': connection refused",
		    failure->host);
	else if (number != 0)
		err_set_errno(
		    err, EX_UNAVAILABLE, (int)number, "cannot connect to '%s'", failure->host);
	else
		err_set(err, EX_UNAVAILABLE, "cannot connect to '%s'", failure->host);
	return true;
}

static bool
describe_timeout(const struct net_failure *failure, struct err *err)
{
	curl_off_t connected_us = 0, first_byte_us = 0;

	curl_easy_getinfo(failure->easy, CURLINFO_CONNECT_TIME_T, &connected_us);
	curl_easy_getinfo(failure->easy, CURLINFO_STARTTRANSFER_TIME_T, &first_byte_us);
	if (connected_us == 0)
		err_set(err, EX_UNAVAILABLE, "cannot connect to '%s': timed out", failure->host);
	else if (first_byte_us == 0)
		err_set(err, EX_UNAVAILABLE, "no answer from '%s': timed out", failure->host);
	else
		err_set(err, EX_UNAVAILABLE, "the answer of '%s' is too slow: timed out",
		    failure->host);
	return true;
}

static bool
describe_certificate(const struct net_failure *failure, struct err *err)
{
	const char *why = "it is not signed by an authority trusted here";
	long status = 0;

	curl_easy_getinfo(failure->easy, CURLINFO_SSL_VERIFYRESULT, &status);
	if (status & CERTIFICATE_EXPIRED)
		why = "it has expired";
	else if (status & CERTIFICATE_NOT_YET_VALID)
		why = "it is not valid yet; is the clock right?";
	else if (status & CERTIFICATE_REVOKED)
		why = "it was revoked";
	else if (!(status & CERTIFICATE_UNKNOWN_ISSUER) && strstr(failure->detail, "subject name"))
		why = "it is for another host";
	err_set(err, EX_UNAVAILABLE, "the certificate of '%s' is refused: %s", failure->host, why);
	return false;
}

static bool
describe_bundle(const struct net_failure *failure, struct err *err)
{
	err_set(err, EX_CONFIG, "cannot read the certificates to trust (%s)", failure->detail);
	return false;
}

static bool
describe_handshake(const struct net_failure *failure, struct err *err)
{
	err_set(err, EX_UNAVAILABLE, "no TLS with '%s': %s", failure->host, failure->detail);
	return true;
}

static bool
describe_cut(const struct net_failure *failure, struct err *err)
{
	err_set(err, EX_UNAVAILABLE, "the answer of '%s' was cut short", failure->host);
	return true;
}

static bool
describe_nothing(const struct net_failure *failure, struct err *err)
{
	err_set(err, EX_UNAVAILABLE, "'%s' closed the connection without an answer", failure->host);
	return true;
}

/* What libcurl says of a mail server that hung up instead of answering tells nobody anything. */
static bool
describe_broken(const struct net_failure *failure, struct err *err)
{
	if (str_starts(str_from(failure->detail), "response reading failed"))
		return describe_nothing(failure, err);
	err_set(err, EX_UNAVAILABLE, "the connection to '%s' broke: %s", failure->host,
	    failure->detail);
	return true;
}

static bool
describe_encoding(const struct net_failure *failure, struct err *err)
{
	err_set(err, EX_UNAVAILABLE, "the answer of '%s' cannot be unpacked: %s", failure->host,
	    failure->detail);
	return false;
}

static bool
describe_memory(const struct net_failure *failure, struct err *err)
{
	err_set(err, EX_OSERR, "out of memory while talking to '%s'", failure->host);
	return false;
}

static bool
describe_url(const struct net_failure *failure, struct err *err)
{
	err_set(err, EX_CONFIG,
	    "not a URL that can be asked (%s); a user or password must not stand in it",
	    failure->detail);
	return false;
}

static bool
describe_protocol(const struct net_failure *failure, struct err *err)
{
	err_set(err, EX_UNAVAILABLE, "'%s' does not speak the protocol that was expected: %s",
	    failure->host, failure->detail);
	return false;
}

static bool
describe_other(const struct net_failure *failure, struct err *err)
{
	err_set(err, EX_UNAVAILABLE, "'%s': %s", failure->host, failure->detail);
	return true;
}

static const struct {
	CURLcode code;
	describe_function *describe;
} descriptions[] = {
	{ CURLE_COULDNT_RESOLVE_HOST, describe_resolve },
	{ CURLE_COULDNT_RESOLVE_PROXY, describe_proxy },
	{ CURLE_COULDNT_CONNECT, describe_connect },
	{ CURLE_OPERATION_TIMEDOUT, describe_timeout },
	{ CURLE_PEER_FAILED_VERIFICATION, describe_certificate },
	{ CURLE_SSL_CACERT_BADFILE, describe_bundle },
	{ CURLE_SSL_CONNECT_ERROR, describe_handshake },
	{ CURLE_PARTIAL_FILE, describe_cut },
	{ CURLE_GOT_NOTHING, describe_nothing },
	{ CURLE_RECV_ERROR, describe_broken },
	{ CURLE_SEND_ERROR, describe_broken },
	{ CURLE_BAD_CONTENT_ENCODING, describe_encoding },
	{ CURLE_OUT_OF_MEMORY, describe_memory },
	{ CURLE_URL_MALFORMAT, describe_url },
	{ CURLE_LOGIN_DENIED, describe_url }, /* what a user name in a URL gives */
	{ CURLE_UNSUPPORTED_PROTOCOL, describe_protocol },
};

bool
net_describe(const struct net_failure *failure, struct err *err)
{
	struct net_failure told = *failure;

	if (told.detail == NULL || told.detail[0] == '\0')
		told.detail = curl_easy_strerror(told.code);
	log_debug("net host=%s code=%d detail=%s", told.host, (int)told.code, told.detail);
	for (size_t i = 0; i < sizeof(descriptions) / sizeof(descriptions[0]); i++) {
		if (descriptions[i].code == told.code)
			return descriptions[i].describe(&told, err);
	}
	return describe_other(&told, err);
}
