/*
 * The transport that hands messages to a mail server: with STARTTLS, unless it is this machine's
 * own. With a user it is a submission server (RFC 6409), else any (RFC 5321).
 */
#include "server.h"

const struct deliver_transport deliver_transport_smtp = {
	.name = "smtp",
	.help = "smtp://[USER@]HOST[:PORT] speaks to a mail server, port 25, or 587 with a user",
	.address = DELIVER_SERVER,
	.port = 25,
	.login_port = 587,
	.check = server_check,
	.open = server_open,
	.send = server_send,
	.smtp = server_smtp,
	.is_open = server_is_open,
	.close = server_close,
};
