/*
 * What a transport is: one way a message leaves us. One file transport_NAME.c and one row in
 * transports.def each. A transport hands over bytes and writes a receipt; URLs, pace and settling
 * are deliver.c's.
 */
#ifndef DIGEST_DELIVER_TRANSPORT_H
#define DIGEST_DELIVER_TRANSPORT_H

#include "digest/deliver.h"

/* What stands after the scheme in a transport's URL. */
enum deliver_address {
	DELIVER_NOTHING,
	DELIVER_PATH, /* a path, perhaps below "~/" */
	DELIVER_PATH_OR_NOTHING,
	DELIVER_SERVER, /* //[user@]host[:port] */
	DELIVER_SERVER_OR_SOCKET, /* host[:port], or the path of a socket */
};

/* A URL, read. Strings are "" where the URL has none. */
struct deliver_target {
	const struct deliver_transport *transport;
	char *user, *host, *path; /* an IPv6 host is without its brackets */
	int port; /* 0 when the URL names none */
};

/* EX_CONFIG. A target must be released, whether it was read or not; start with zeroes. */
int deliver_target_read(struct deliver_target *target, const char *url, struct err *err);
void deliver_target_release(struct deliver_target *target);

/* The row of that name in any case of letters, or NULL; the row whose name is nearest. */
const struct deliver_transport *deliver_transport_find(struct str name);
const struct deliver_transport *deliver_transport_nearest(struct str name);

struct deliver_session {
	struct deliver_target target;
	const struct settings *settings; /* borrowed; for open() only */
	int64_t timeout_ms, dot_timeout_ms;
	int64_t interval_ms; /* from one message to the next; 0 for no pace */
	bool is_over;
	void *state; /* the transport's own */
};

struct smtp;

struct deliver_transport {
	const char *name, *help;
	enum deliver_address address;
	int port, login_port; /* of a server, without a user and with one */
	bool has_implicit_tls; /* from the first byte */
	/* Checks what the URL and the settings ask for; EX_CONFIG. May be NULL. */
	int (*check)(
	    const struct deliver_target *target, const struct settings *settings, struct err *err);
	/* May be NULL. close() is called after a failure too. */
	int (*open)(struct deliver_session *session, struct net *net, struct err *err);
	/* As deliver_send(), but settles nothing. Sets `is_over` where the session ended. */
	int (*send)(struct deliver_session *session, const struct message *message,
	    struct journal *journal, struct receipt *receipt, struct err *err);
	/* The conversation, where there is one and so can be several; else NULL. */
	struct smtp *(*smtp)(const struct deliver_session *session);
	/* Whether it can take another message as far as the transport knows; NULL for always. */
	bool (*is_open)(const struct deliver_session *session);
	void (*close)(struct deliver_session *session); /* may be NULL */
};

/* When the pace lets the next message begin (clock_monotonic_ms()); that one has begun. */
int64_t deliver_due_ms(const struct deliver_session *session);
void deliver_note_begun(const struct deliver_session *session);

/* Appends the message with LF line ends, as programs and mailboxes of this machine like it. */
void deliver_add_lf(struct buf *out, struct str message);

#endif
