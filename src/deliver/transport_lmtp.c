/*
 * The transport that hands messages to a mail store of ours by LMTP (RFC 2033): over a socket of
 * this machine, or TCP. There is no login and no TLS in it, so that it stays on this machine unless
 * the owner says otherwise.
 */
#include "server.h"

#include "digest/net.h"

#include <string.h>

static int
lmtp_check(const struct deliver_target *target, const struct settings *settings, struct err *err)
{
	bool is_far = target->path[0] == '\0' && !net_is_loopback(target->host);

	if (target->user[0] != '\0' || settings_string(settings, "user")[0] != '\0')
		return err_set(err, EX_CONFIG, "there is no login in LMTP; name no user");
	if (strcmp(settings_string(settings, "tls"), "required") == 0)
		return err_set(err, EX_CONFIG, "%s: there is no LMTP with tls = required",
		    settings_origin(settings, "tls"));
	if (is_far && strcmp(settings_string(settings, "tls"), "none") != 0)
		return err_set(err, EX_CONFIG,
		    "mail to '%s' would go out unencrypted; say tls = none if that network is "
		    "yours",
		    target->host);
	return server_check_name(settings, err);
}

static int
lmtp_open(struct deliver_session *session, struct net *net, struct err *err)
{
	const struct deliver_target *target = &session->target;
	char room[SERVER_NAME_BYTES];
	struct stream *stream = NULL;
	const struct net_plain_options options = {
		.socket = target->path[0] != '\0' ? target->path : NULL,
		.host = target->host,
		.port = target->port != 0 ? target->port : target->transport->port,
		.timeout_ms = session->timeout_ms,
	};

	if (net_plain_connect(net, &stream, &options, err) < 0)
		return -1;
	return server_converse(session, stream, server_name(session->settings, room), true, err);
}

const struct deliver_transport deliver_transport_lmtp = {
	.name = "lmtp",
	.help = "lmtp:HOST[:PORT] or lmtp:SOCKET delivers to a mail store, port 24",
	.address = DELIVER_SERVER_OR_SOCKET,
	.port = 24,
	.login_port = 24,
	.check = lmtp_check,
	.open = lmtp_open,
	.send = server_send,
	.smtp = server_smtp,
	.is_open = server_is_open,
	.close = server_close,
};
