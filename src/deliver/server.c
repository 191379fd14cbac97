/*
 * Sessions with a mail server: which port, which security, whose password, and for how long. The
 * connection is net's, the conversation smtp's.
 */
#include "server.h"

#include "secret.h"

#include "digest/mem.h"
#include "digest/net.h"
#include "digest/smtp.h"

#include <string.h>
#include <unistd.h>

enum {
	/* Servers end sessions that last (Gmail: 100 messages) or idle; we end ours before. */
	SESSION_MESSAGES = 100,
	SESSION_IDLE_MS = 60000,
};

struct server {
	struct smtp *smtp;
};

static const char *
user_of(const struct deliver_target *target, const struct settings *settings)
{
	return target->user[0] != '\0' ? target->user : settings_string(settings, "user");
}

static enum net_tls
tls_of(const struct deliver_target *target, const struct settings *settings)
{
	const char *tls = settings_string(settings, "tls");

	if (target->transport->has_implicit_tls)
		return NET_TLS_IMPLICIT;
	if (strcmp(tls, "auto") == 0)
		return net_is_loopback(target->host) ? NET_TLS_NONE : NET_TLS_STARTTLS;
	return strcmp(tls, "none") == 0 ? NET_TLS_NONE : NET_TLS_STARTTLS;
}

/* Who logs in, and whether that is safe and can succeed. */
static int
check_login(const struct deliver_target *target, const struct settings *settings, struct err *err)
{
	const char *user = user_of(target, settings);
	const char *set_user = settings_string(settings, "user");
	bool is_local = net_is_loopback(target->host);

	if (settings_string(settings, "password_file")[0] != '\0' &&
	    settings_string(settings, "password_command")[0] != '\0')
		return err_set(err, EX_CONFIG,
		    "%s: password_file and password_command exclude each other",
		    settings_origin(settings, "password_command"));
	if (set_user[0] != '\0' && strcmp(user, set_user) != 0)
		return err_set(err, EX_CONFIG,
		    "%s: user '%s' is not the URL's '%s'; name one of them",
		    settings_origin(settings, "user"), set_user, user);
	if (user[0] != '\0' && !secret_is_set(settings))
		return err_set(err, EX_CONFIG,
		    "no password for user '%s'; set password_file or password_command", user);
	if (user[0] == '\0' && secret_is_set(settings) && !is_local)
		return err_set(err, EX_CONFIG,
		    "a password is configured and no user; write '%s://USER@%s'",
		    target->transport->name, target->host);
	if (user[0] != '\0' && !is_local && tls_of(target, settings) == NET_TLS_NONE)
		return err_set(err, EX_CONFIG,
		    "the password of '%s' would go out in clear; remove tls = none", user);
	return 0;
}

int
server_check_name(const struct settings *settings, struct err *err)
{
	const char *helo = settings_string(settings, "helo");

	if (helo[0] == '\0' || smtp_is_name(str_from(helo)))
		return 0;
	return err_set(err, EX_CONFIG, "%s: '%s' is no name to say in EHLO",
	    settings_origin(settings, "helo"), helo);
}

const char *
server_name(const struct settings *settings, char room[SERVER_NAME_BYTES])
{
	const char *helo = settings_string(settings, "helo");

	room[0] = room[SERVER_NAME_BYTES - 1] = '\0';
	if (helo[0] == '\0' && gethostname(room, SERVER_NAME_BYTES - 1) == 0)
		helo = room;
	return smtp_is_name(str_from(helo)) ? helo : "localhost";
}

int
server_check(const struct deliver_target *target, const struct settings *settings, struct err *err)
{
	const char *tls = settings_string(settings, "tls");

	if (server_check_name(settings, err) < 0)
		return -1;
	if (target->transport->has_implicit_tls && strcmp(tls, "none") == 0)
		return err_set(err, EX_CONFIG, "%s: there is no %s with tls = none",
		    settings_origin(settings, "tls"), target->transport->name);
	return check_login(target, settings, err);
}

static int
connect_stream(const struct deliver_session *session, const char *helo, struct net *net,
    struct stream **stream, struct err *err)
{
	const struct deliver_target *target = &session->target;
	const char *user = user_of(target, session->settings);
	bool has_user = user[0] != '\0';
	int usual_port = has_user ? target->transport->login_port : target->transport->port;
	char password[SECRET_BYTES] = "";
	struct net_mail_options options = {
		.host = target->host,
		.port = target->port != 0 ? target->port : usual_port,
		.tls = tls_of(target, session->settings),
		.user = has_user ? user : NULL,
		.password = has_user ? password : NULL,
		.helo = helo,
		.timeout_ms = session->timeout_ms,
	};

	int status = 0;
	if (has_user)
		status = secret_read(password, session->settings, session->timeout_ms, err);
	if (status == 0)
		status = net_mail_connect(net, stream, &options, err);
	explicit_bzero(password, sizeof(password));
	return status;
}

int
server_open(struct deliver_session *session, struct net *net, struct err *err)
{
	char room[SERVER_NAME_BYTES];
	const char *helo = server_name(session->settings, room);
	struct stream *stream = NULL;

	if (connect_stream(session, helo, net, &stream, err) < 0)
		return -1;
	return server_converse(session, stream, helo, false, err);
}

int
server_converse(struct deliver_session *session, struct stream *stream, const char *helo,
    bool is_lmtp, struct err *err)
{
	struct server *server = mem_alloc(sizeof(*server));
	struct smtp_options options = {
		.helo = helo,
		.is_lmtp = is_lmtp,
		.timeout_ms = session->timeout_ms,
		.dot_timeout_ms = session->dot_timeout_ms,
		.message_limit = SESSION_MESSAGES,
	};

	session->state = server;
	return smtp_open(&server->smtp, stream, &options, err);
}

int
server_send(struct deliver_session *session, const struct message *message, struct journal *journal,
    struct receipt *receipt, struct err *err)
{
	struct server *server = session->state;

	return smtp_send(server->smtp, message, journal, receipt, err);
}

struct smtp *
server_smtp(const struct deliver_session *session)
{
	const struct server *server = session->state;

	return server->smtp;
}

bool
server_is_open(const struct deliver_session *session)
{
	const struct server *server = session->state;

	return smtp_idle_ms(server->smtp) < SESSION_IDLE_MS && smtp_is_open(server->smtp);
}

void
server_close(struct deliver_session *session)
{
	struct server *server = session->state;

	if (server != NULL)
		smtp_close(server->smtp);
	mem_free(server);
}
