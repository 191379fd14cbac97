/* The transport that hands messages to a submission server, with implicit TLS (RFC 8314). */
#include "server.h"

const struct deliver_transport deliver_transport_smtps = {
	.name = "smtps",
	.help = "smtps://[USER@]HOST[:PORT] speaks to a mail server over TLS, port 465",
	.address = DELIVER_SERVER,
	.port = 465,
	.login_port = 465,
	.has_implicit_tls = true,
	.check = server_check,
	.open = server_open,
	.send = server_send,
	.smtp = server_smtp,
	.is_open = server_is_open,
	.close = server_close,
};
