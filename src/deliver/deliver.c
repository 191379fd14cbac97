/*
 * Delivery as its callers see it: the table of transports, one session, its pace, and the settling
 * of what came of a message. How a transport hands a message over is its own file's; who gets what,
 * and when it is tried again, is ledger's and run's.
 */
#include "digest/deliver.h"

#include "transport.h"

#include "digest/clock.h"
#include "digest/mem.h"
#include "digest/net.h"

enum { MS_PER_SECOND = 1000, MS_PER_MINUTE = 60000 };

#define TRANSPORT(name) extern const struct deliver_transport deliver_transport_##name;
#include "transports.def"
#undef TRANSPORT

#define TRANSPORT(name) &deliver_transport_##name,
static const struct deliver_transport *const transports[] = {
#include "transports.def"
};
#undef TRANSPORT

enum { TRANSPORT_COUNT = sizeof(transports) / sizeof(transports[0]) };

static const struct setting rows[] = {
	{ "url", SETTING_STRING, "",
	    "how mail leaves: smtps://USER@HOST, smtp://[USER@]HOST[:PORT], lmtp:HOST[:PORT], "
	    "lmtp:SOCKET, sendmail:[PATH], maildir:PATH, mbox:FILE, file:FOLDER, stdout: or "
	    "null:" },
	{ "user", SETTING_STRING, "", "whom to log in as, where the URL does not say it" },
	{ "password_file", SETTING_STRING, "",
	    "a file whose first line is the password; yours, and readable to nobody else" },
	{ "password_command", SETTING_STRING, "",
	    "a command (no shell) whose first line of output is the password" },
	{ "from", SETTING_STRING, "", "the sender: NAME <ADDRESS>; \"\" is you on this host" },
	{ "dkim_key", SETTING_STRING, "",
	    "a private key (PEM; RSA or Ed25519; mode 0600) that signs every message (DKIM)" },
	{ "dkim_selector", SETTING_STRING, "",
	    "the name under which its public key stands in DNS" },
	{ "dkim_domain", SETTING_STRING, "", "whose signature it is; \"\" is the sender's domain" },
	{ "verp", SETTING_BOOL, "false",
	    "whether each delivery has a return address of its own, USER+NUMBER.TOKEN@DOMAIN" },
	{ "tls", SETTING_STRING, "auto",
	    "for smtp: required, none, or auto: none on this machine and required elsewhere" },
	{ "ca_file", SETTING_STRING, "", "certificates to trust instead of the system's" },
	{ "helo", SETTING_STRING, "", "our name in EHLO; \"\" is this host's" },
	{ "connections", SETTING_INT, "4", "sessions with a mail server at a time, at most" },
	{ "rate", SETTING_INT, "30", "messages a minute to another machine; 0 is no limit" },
	{ "domain_rate", SETTING_INT, "0",
	    "messages a minute to recipients of any one domain; 0 is no limit" },
	{ "timeout", SETTING_DURATION, "60s", "how long to wait for a server or a command" },
	{ "dot_timeout", SETTING_DURATION, "10m",
	    "how long to wait for the answer to a whole message; short ones make duplicates" },
	{ "on_doubt", SETTING_STRING, "resend",
	    "when a server took a message and its answer was lost: resend, or hold for you to "
	    "decide" },
	{ "expire", SETTING_DURATION, "0s",
	    "when a delivery is given up; 0s: with the reader's next issue, or a day later" },
	SETTING_END,
};

const struct setting *
deliver_settings(void)
{
	return rows;
}

const char *
deliver_transport_name(size_t index, const char **help)
{
	if (index >= TRANSPORT_COUNT)
		return NULL;
	*help = transports[index]->help;
	return transports[index]->name;
}

const struct deliver_transport *
deliver_transport_find(struct str name)
{
	for (size_t i = 0; i < TRANSPORT_COUNT; i++)
		if (str_equal_nocase(name, str_from(transports[i]->name)))
			return transports[i];
	return NULL;
}

const struct deliver_transport *
deliver_transport_nearest(struct str name)
{
	const struct deliver_transport *nearest = NULL;
	size_t least = 3;

	for (size_t i = 0; i < TRANSPORT_COUNT; i++) {
		size_t distance = str_distance(name, str_from(transports[i]->name));
		if (distance < least && distance < name.len) {
			least = distance;
			nearest = transports[i];
		}
	}
	return nearest;
}

/* ---- checks ---- */

static int
check_choice(
    const struct settings *settings, const char *name, const char *choices, struct err *err)
{
	const char *value = settings_string(settings, name);
	struct str rest = str_from(choices), choice;

	while (str_next(&rest, ',', &choice))
		if (str_is(str_trim(choice), value))
			return 0;
	return err_set(err, EX_CONFIG, "%s: '%s' must be one of %s, not '%s'",
	    settings_origin(settings, name), name, choices, value);
}

static int
check_positive(const struct settings *settings, const char *name, int64_t value, struct err *err)
{
	if (value > 0)
		return 0;
	return err_set(
	    err, EX_CONFIG, "%s: '%s' must be more than 0", settings_origin(settings, name), name);
}

static int
check(const struct deliver_target *target, const struct settings *settings, struct err *err)
{
	if (check_choice(settings, "tls", "auto, required, none", err) < 0 ||
	    check_choice(settings, "on_doubt", "resend, hold", err) < 0 ||
	    check_positive(settings, "connections", settings_int(settings, "connections"), err) <
	        0 ||
	    check_positive(settings, "timeout", settings_duration_s(settings, "timeout"), err) <
	        0 ||
	    check_positive(
	        settings, "dot_timeout", settings_duration_s(settings, "dot_timeout"), err) < 0)
		return -1;
	return target->transport->check != NULL ? target->transport->check(target, settings, err)
	                                        : 0;
}

/* Whose trouble it is: the transport by its name, or the URL that names none. */
static int
prefix(struct err *err, const struct deliver_target *target)
{
	return err_prefix(
	    err, "%s", target->transport != NULL ? target->transport->name : "transport");
}

int
deliver_check(const char *url, const struct settings *settings, struct err *err)
{
	struct deliver_target target;

	int status = deliver_target_read(&target, url, err);
	if (status == 0)
		status = check(&target, settings, err);
	if (status < 0)
		prefix(err, &target);
	deliver_target_release(&target);
	return status;
}

static bool
is_server(const struct deliver_target *target)
{
	return target->transport->address == DELIVER_SERVER ||
	    target->transport->address == DELIVER_SERVER_OR_SOCKET;
}

bool
deliver_is_remote(const char *url)
{
	struct err ignored = ERR_NONE;
	struct deliver_target target;

	bool is_remote = deliver_target_read(&target, url, &ignored) == 0 && is_server(&target);
	deliver_target_release(&target);
	return is_remote;
}

static bool
is_loopback(const struct deliver_target *target)
{
	return !is_server(target) || target->host[0] == '\0' || net_is_loopback(target->host);
}

bool
deliver_is_loopback(const char *url)
{
	struct err ignored = ERR_NONE;
	struct deliver_target target;

	bool is_local = deliver_target_read(&target, url, &ignored) == 0 && is_loopback(&target);
	deliver_target_release(&target);
	return is_local;
}

/* ---- pace ---- */

/* When the next message may go; all sessions of the process keep one pace. */
static int64_t next_message_ms;

static int64_t
interval_ms(const struct deliver_target *target, const struct settings *settings)
{
	int64_t rate = settings_int(settings, "rate");

	return rate > 0 && !is_loopback(target) ? MS_PER_MINUTE / rate : 0;
}

int64_t
deliver_interval_ms(const char *url, const struct settings *settings)
{
	struct err ignored = ERR_NONE;
	struct deliver_target target;

	int64_t interval =
	    deliver_target_read(&target, url, &ignored) == 0 ? interval_ms(&target, settings) : 0;
	deliver_target_release(&target);
	return interval;
}

static int
keep_pace(const struct deliver_session *session, struct err *err)
{
	if (session->interval_ms == 0)
		return 0;
	clock_sleep_ms(next_message_ms - clock_monotonic_ms());
	/* The clock counts whole milliseconds, and a sleep may end within one. */
	if (clock_monotonic_ms() + 1 < next_message_ms)
		return err_set(err, EX_TEMPFAIL, "interrupted between two messages");
	deliver_note_begun(session);
	return 0;
}

int64_t
deliver_due_ms(const struct deliver_session *session)
{
	return session->interval_ms > 0 ? next_message_ms : 0;
}

void
deliver_note_begun(const struct deliver_session *session)
{
	if (session->interval_ms > 0)
		next_message_ms = clock_monotonic_ms() + session->interval_ms;
}

/* ---- sessions ---- */

static int
open_session(struct deliver_session *session, const char *url, struct net *net, struct err *err)
{
	const struct settings *settings = session->settings;

	if (deliver_target_read(&session->target, url, err) < 0 ||
	    check(&session->target, settings, err) < 0)
		return -1;
	session->interval_ms = interval_ms(&session->target, settings);
	session->timeout_ms = settings_duration_s(settings, "timeout") * MS_PER_SECOND;
	session->dot_timeout_ms = settings_duration_s(settings, "dot_timeout") * MS_PER_SECOND;
	const struct deliver_transport *transport = session->target.transport;
	return transport->open != NULL ? transport->open(session, net, err) : 0;
}

int
deliver_open(struct deliver_session **session, const char *url, const struct settings *settings,
    struct net *net, struct err *err)
{
	struct deliver_session *made = mem_alloc(sizeof(*made));

	made->settings = settings;
	int status = open_session(made, url, net, err);
	if (status < 0) {
		prefix(err, &made->target);
		deliver_close(made);
		made = NULL;
	}
	*session = made;
	return status;
}

int
deliver_send(struct deliver_session *session, const struct message *message,
    struct journal *journal, struct receipt *receipt, struct err *err)
{
	const struct deliver_transport *transport = session->target.transport;

	*receipt = (struct receipt){ .outcome = RECEIPT_DEFERRED, .phase = "connect" };
	if (!deliver_is_open(session)) {
		err_set(err, EX_SOFTWARE, "the session is over");
		return prefix(err, &session->target);
	}
	if (keep_pace(session, err) < 0 ||
	    transport->send(session, message, journal, receipt, err) < 0)
		return prefix(err, &session->target);
	if (journal->settle(journal, message->delivery, receipt, err) < 0) {
		session->is_over = true;
		return -1;
	}
	return 0;
}

bool
deliver_is_open(const struct deliver_session *session)
{
	const struct deliver_transport *transport = session->target.transport;

	if (session->is_over)
		return false;
	return transport->is_open == NULL || transport->is_open(session);
}

void
deliver_close(struct deliver_session *session)
{
	if (session == NULL)
		return;
	const struct deliver_transport *transport = session->target.transport;
	if (transport != NULL && transport->close != NULL)
		transport->close(session);
	deliver_target_release(&session->target);
	mem_free(session);
}

/* ---- for the transports ---- */

void
deliver_add_lf(struct buf *out, struct str message)
{
	struct str line;

	while (str_next_line(&message, &line)) {
		buf_add(out, line);
		buf_add_char(out, '\n');
	}
}
