/*
 * A session with a mail server, against a server and a clock of the test's own: whom it calls, what
 * it says its name is, and how messages that come one by one keep the pace.
 */
#include "digest/deliver.h"

#include "world.h"

#include <unistd.h>

/* ---- the host ---- */

/* What this host calls itself; NULL where it cannot say. */
static const char *host_name = "me.example.org";

int
gethostname(char *name, size_t size)
{
	if (host_name == NULL)
		return -1;
	snprintf(name, size, "%s", host_name);
	return 0;
}

/* ---- the journal ---- */

static size_t dots, results;

static int
book_dot(struct journal *journal, const int64_t *deliveries, size_t count, struct err *err)
{
	(void)journal, (void)deliveries, (void)err;
	dots += count;
	return 0;
}

static int
book_settle(
    struct journal *journal, int64_t delivery, const struct receipt *receipt, struct err *err)
{
	(void)journal, (void)delivery, (void)receipt, (void)err;
	results++;
	return 0;
}

static struct journal journal = { .dot = book_dot, .settle = book_settle };

/* ---- sessions ---- */

static struct settings *settings;

static void
set(const char *name, const char *text)
{
	assert_ok(settings_set(settings, name, text, "test", &trouble));
}

static void
begin(void)
{
	world_begin();
	host_name = "me.example.org";
	dots = results = 0;
	settings_free(settings);
	settings = settings_new(deliver_settings());
}

static struct deliver_session *
open_to(const char *url)
{
	struct deliver_session *session;

	world.is_lmtp = strncmp(url, "lmtp", 4) == 0;
	assert_ok(deliver_open(&session, url, settings, NULL, &trouble));
	return session;
}

static int
send_one(struct deliver_session *session, struct receipt *receipt, struct err *err)
{
	const struct message message = { .delivery = 1,
		.sender = "from@example.org",
		.recipient = "r1@example.com",
		.id = "id@example.org",
		.bytes = STR("Subject: x\r\n\r\ntext\r\n") };

	return deliver_send(session, &message, &journal, receipt, err);
}

/* ---- whom it calls ---- */

static char password_file[] = "/tmp/digest-test-server-XXXXXX";

static void
a_server_is_called_as_url_and_settings_say(void **state)
{
	static const struct {
		const char *url, *tls, *user;
		int port;
		enum net_tls security;
		const char *login;
	} cases[] = {
		{ "smtp://mx.example.com", "auto", "", 25, NET_TLS_STARTTLS, "(none)" },
		{ "smtp://mx.example.com", "none", "", 25, NET_TLS_NONE, "(none)" },
		{ "smtp://mx.example.com:26", "required", "", 26, NET_TLS_STARTTLS, "(none)" },
		{ "smtp://localhost", "auto", "", 25, NET_TLS_NONE, "(none)" },
		{ "smtp://me@mx.example.com", "auto", "", 587, NET_TLS_STARTTLS, "me" },
		{ "smtp://me@mx.example.com:25", "auto", "", 25, NET_TLS_STARTTLS, "me" },
		{ "smtps://mx.example.com", "auto", "you", 465, NET_TLS_IMPLICIT, "you" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		bool has_login = strcmp(cases[i].login, "(none)") != 0;
		begin();
		set("tls", cases[i].tls);
		set("user", cases[i].user);
		if (has_login)
			set("password_file", password_file);
		deliver_close(open_to(cases[i].url));
		assert_int_equal(world.last_mail.port, cases[i].port);
		assert_int_equal(world.last_mail.tls, cases[i].security);
		assert_string_equal(world.last_user, cases[i].login);
		assert_string_equal(world.last_password, has_login ? "secret" : "(none)");
		assert_int_equal(world.last_mail.timeout_ms, 60000);
	}
}

static void
a_mail_store_is_called_by_its_socket_or_port(void **state)
{
	(void)state;
	begin();
	struct deliver_session *session = open_to("lmtp:/run/dovecot/lmtp");
	assert_string_equal(world.last_plain.socket, "/run/dovecot/lmtp");
	deliver_close(session);
	session = open_to("lmtp:127.0.0.1");
	assert_null(world.last_plain.socket);
	assert_int_equal(world.last_plain.port, 24);
	deliver_close(session);
	session = open_to("lmtp:127.0.0.1:2424");
	assert_int_equal(world.last_plain.port, 2424);
	deliver_close(session);
}

/* Nor is it called where the password cannot be read. */
static void
whoever_is_away_is_told(void **state)
{
	static const struct {
		const char *url, *password, *text;
	} cases[] = {
		{ "smtp://mx.example.com", "", "smtp: cannot connect: no route to host" },
		{ "lmtp:127.0.0.1", "", "lmtp: cannot connect: no route to host" },
		{ "smtp://me@mx.example.com", "/nonexistent/password",
		    "smtp: cannot open password_file '/nonexistent/password': No such file or "
		    "directory" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct err err = ERR_NONE;
		struct deliver_session *session;
		begin();
		set("password_file", cases[i].password);
		world.silent_from_ms = 1;
		assert_int_equal(deliver_open(&session, cases[i].url, settings, NULL, &err), -1);
		assert_null(session);
		if (strcmp(err.text, cases[i].text) != 0)
			fail_msg("%s", err.text);
		assert_int_equal(world.connection_count, 0);
	}
}

/* ---- our name ---- */

static void
our_name_is_the_hosts_unless_that_is_none(void **state)
{
	static const struct {
		const char *setting, *host, *said;
	} cases[] = {
		{ "", "me.example.org", "me.example.org" },
		{ "", "my host", "localhost" },
		{ "", "", "localhost" },
		{ "", NULL, "localhost" },
		{ "you.example.org", "me.example.org", "you.example.org" },
		{ "[127.0.0.1]", NULL, "[127.0.0.1]" },
	};
	static const char *const urls[] = { "smtp://mx.example.com", "lmtp:127.0.0.1" };

	(void)state;
	for (size_t i = 0; i < 2 * sizeof(cases) / sizeof(cases[0]); i++) {
		begin();
		set("helo", cases[i / 2].setting);
		host_name = cases[i / 2].host;
		deliver_close(open_to(urls[i % 2]));
		assert_string_equal(world.last_hello, cases[i / 2].said);
	}
}

/* ---- pace ---- */

static void
messages_that_come_one_by_one_keep_the_pace(void **state)
{
	struct err err = ERR_NONE;
	struct receipt receipt;

	(void)state;
	begin();
	set("rate", "60");
	/* Another session has no pace of its own. */
	for (int i = 0; i < 4; i++) {
		struct deliver_session *session = open_to("smtp://mx.example.com");
		assert_int_equal(send_one(session, &receipt, &err), 0);
		assert_int_equal(receipt.outcome, RECEIPT_ACCEPTED);
		deliver_close(session);
	}
	for (int i = 1; i < 4; i++)
		assert_in_range(world.mail_ms[i] - world.mail_ms[i - 1], 1000, 1010);
	assert_int_equal(results, 4);
}

static void
a_signal_in_the_pause_leaves_the_message_here(void **state)
{
	struct err err = ERR_NONE;
	struct receipt receipt;

	(void)state;
	begin();
	set("rate", "1");
	struct deliver_session *session = open_to("smtp://mx.example.com");
	assert_int_equal(send_one(session, &receipt, &err), 0);
	world.signal_ms = world.now_ms + 20000;
	assert_int_equal(send_one(session, &receipt, &err), -1);
	assert_int_equal(err.code, EX_TEMPFAIL);
	assert_string_equal(err.text, "smtp: interrupted between two messages");
	assert_int_equal(receipt.outcome, RECEIPT_DEFERRED);
	assert_int_equal(world.mail_count, 1);
	assert_int_equal(dots, 1);
	deliver_close(session);
}

/* Servers end sessions that idle: ours is over before. */
static void
a_session_that_idled_for_a_minute_is_over(void **state)
{
	struct err err = ERR_NONE;
	struct receipt receipt;

	(void)state;
	begin();
	struct deliver_session *session = open_to("smtp://localhost");
	assert_int_equal(send_one(session, &receipt, &err), 0);
	world_pass_until(world.now_ms + 59000);
	assert_true(deliver_is_open(session));
	world_pass_until(world.now_ms + 1000);
	assert_false(deliver_is_open(session));
	assert_int_equal(send_one(session, &receipt, &err), -1);
	assert_string_equal(err.text, "smtp: the session is over");
	deliver_close(session);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_server_is_called_as_url_and_settings_say),
		cmocka_unit_test(a_mail_store_is_called_by_its_socket_or_port),
		cmocka_unit_test(whoever_is_away_is_told),
		cmocka_unit_test(our_name_is_the_hosts_unless_that_is_none),
		cmocka_unit_test(messages_that_come_one_by_one_keep_the_pace),
		cmocka_unit_test(a_signal_in_the_pause_leaves_the_message_here),
		cmocka_unit_test(a_session_that_idled_for_a_minute_is_over),
	};

	int file = mkstemp(password_file);
	if (file < 0 || write(file, "secret\n", 7) != 7 || close(file) != 0)
		return 1;
	int status = cmocka_run_group_tests_name("server", tests, NULL, NULL);
	settings_free(settings);
	world_free();
	unlink(password_file);
	return status;
}
