/*
 * What net.c and net_mail.c share: handles set up alike, and libcurl's errors in words. For the
 * files of net alone.
 */
#ifndef DIGEST_PORT_NET_CURL_H
#define DIGEST_PORT_NET_CURL_H

#include "digest/net.h"

#include <curl/curl.h>

/*
 * A handle with what every connection has: no signals, TLS 1.2 or later, the certificates to trust,
 * shared DNS answers and TLS sessions.
 */
CURL *net_easy(struct net *net);

/* One connection and how far it got, for net_describe(). */
struct net_failure {
	CURL *easy;
	CURLcode code;
	const char *detail; /* libcurl's own words */
	const char *host;
};

/*
 * Says in `err` what stopped a connection. Returns whether another try may help. An unknown code is
 * told in libcurl's words.
 */
bool net_describe(const struct net_failure *failure, struct err *err);

#endif
