/*
 * Bytes in and out of this machine, by libcurl, peer verification always on. Two jobs: HTTP
 * requests (many at once), and connected, verified, perhaps authenticated streams for mail.
 */
#ifndef DIGEST_NET_H
#define DIGEST_NET_H

#include "digest/err.h"
#include "digest/input.h"
#include "digest/stream.h"

struct net;

struct net_options {
	const char *user_agent;
	const char
	    *ca_file; /* a bundle of certificates to trust instead of the system's, or NULL */
};

int net_open(struct net **net, const struct net_options *options, struct err *err);

/* Aborts the requests under way without calling anybody back, and closes. net_close(NULL) does
 * nothing. */
void net_close(struct net *net);

/* Aborts the requests under way without calling anybody back. */
void net_cancel(struct net *net);

enum { NET_VALIDATOR_BYTES = 256, NET_URL_BYTES = 2048 };

struct net_request {
	const char *url; /* http or https */
	const char *etag, *last_modified; /* validators to send; "" or NULL for none */
	const char *const *headers; /* "Name: value", NULL at the end; may be NULL */
	bool is_from_outside; /* others named the URL, so it may not lead inside either */
	bool may_go_private; /* redirects may lead inside from outside */
	size_t limit_bytes; /* of the body, counted after decoding */
	bool may_write; /* a large body may be kept in a temporary file */
	int64_t connect_timeout_ms, total_timeout_ms;
};

struct net_response {
	int status; /* 200, 304, 429, …; 0 when there was no answer */
	/*
	 * Decoded; NULL when there was no answer. The callback may keep it, and leaves NULL then.
	 */
	struct input *body;
	char etag[NET_VALIDATOR_BYTES], last_modified[NET_VALIDATOR_BYTES]; /* "" when none */
	char content_type[NET_VALIDATOR_BYTES];
	char url[NET_URL_BYTES]; /* after redirects */
	bool is_moved; /* redirected, and every redirect on the way was permanent (301, 308) */
	/* Retry-After, or a spent RateLimit's reset; -1 when none; ≤ 1 day. */
	int64_t retry_after_s;
	int64_t fresh_s; /* for so long it stays good (RFC 9111); 0 when it does not say */
	int64_t date; /* its Date:, with its Age: added; or DATE_NO_INSTANT */
	bool may_retry; /* there was no answer, and another try may get one */
};

/*
 * `error` is NULL when an answer came, whatever its status; else EX_UNAVAILABLE: cannot resolve,
 * connection refused, timed out, certificate, too large ("decoded size over …"), cut short,
 * redirected where it may not go. The response is freed after the call.
 */
typedef void net_done(void *context, struct net_response *response, const struct err *error);

/*
 * Starts a request: redirects are followed at most 5 times, never from https to http, never to
 * another scheme, and never to an address inside this machine or network (loopback, link-local,
 * private) from one that was not, unless `may_go_private`. What is_from_outside goes to no such
 * address at all then, if it is alone with its like in this `net`, whose open connections are used
 * again. `headers` go to the origin of `url` alone, not where it redirects. Strings are copied.
 * `done` is called from net_wait() and may call net_start().
 */
int net_start(struct net *net, const struct net_request *request, net_done *done, void *context,
    struct err *err);

/* Lets requests go on for at most that long; returns early after a `done`. How many are left. */
size_t net_wait(struct net *net, int64_t timeout_ms);

/* Bytes of bodies received so far, decoded, by the requests under way and done: for progress. */
int64_t net_received_bytes(const struct net *net);

/* How a mail connection is secured. */
enum net_tls {
	NET_TLS_NONE, /* only on loopback, or when the owner says so */
	NET_TLS_STARTTLS, /* required: no TLS, no mail */
	NET_TLS_IMPLICIT, /* from the first byte */
};

struct net_mail_options {
	const char *host;
	int port;
	enum net_tls tls;
	const char *user, *password; /* NULL for no authentication */
	const char *helo; /* our name in EHLO */
	int64_t timeout_ms; /* for all of connect, greeting, EHLO, STARTTLS, AUTH */
};

/*
 * Connects, reads the greeting, says EHLO, secures and authenticates. The stream is ready for the
 * next command, and must be closed before `net`. Errors:
 *
 *     EX_UNAVAILABLE  the network, the certificate, a 5xx greeting
 *     EX_TEMPFAIL     the server says to come back later (4xx)
 *     EX_NOPERM       it refuses the login, offers none though there is a user, or lacks STARTTLS
 *     EX_CONFIG       a login without TLS to a host that is not loopback: never sent
 *
 * Not a byte of the login goes to a peer whose certificate does not verify.
 */
int net_mail_connect(struct net *net, struct stream **stream,
    const struct net_mail_options *options, struct err *err);

struct net_plain_options {
	const char *socket; /* the path of a socket of this machine; NULL for host and port */
	const char *host;
	int port;
	int64_t timeout_ms; /* for connecting */
};

/*
 * Connects and says nothing, unencrypted. The stream must be closed before `net`. EX_UNAVAILABLE,
 * or EX_CONFIG for what is no name of a host or socket.
 */
int net_plain_connect(struct net *net, struct stream **stream,
    const struct net_plain_options *options, struct err *err);

/* Whether a host name or literal address is this machine's loopback. */
bool net_is_loopback(const char *host);

#endif
