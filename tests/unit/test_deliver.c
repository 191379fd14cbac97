/*
 * Transport URLs and settings, passwords, and the transports of this machine: what arrives, what is
 * told to the journal and when, and what is left behind when something fails.
 */
#include "digest/deliver.h"

#include "digest/mem.h"
#include "digest/net.h"

#include "unit.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* ---- helpers ---- */

static char folder[] = "/tmp/digest-test-deliver-XXXXXX";

/* "folder/name", in a ring so that several can be used at once. */
static const char *
path(const char *name)
{
	static char ring[8][512];
	static size_t next;
	char *text = ring[next++ % COUNT(ring)];

	snprintf(text, sizeof(ring[0]), "%s/%s", folder, name);
	return text;
}

static const char *
url(const char *scheme, const char *name)
{
	static char ring[8][512];
	static size_t next;
	char *text = ring[next++ % COUNT(ring)];

	snprintf(text, sizeof(ring[0]), "%s:%s/%s", scheme, folder, name);
	return text;
}

static void
write_file(const char *name, const char *text, mode_t mode)
{
	FILE *file = fopen(path(name), "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(path(name), mode), 0);
}

/* The text of a file, or "(none)". */
static const char *
read_file(const char *name)
{
	static char text[200000];
	FILE *file = fopen(path(name), "r");

	if (file == NULL)
		return "(none)";
	size_t len = fread(text, 1, sizeof(text) - 1, file);
	text[len] = '\0';
	fclose(file);
	return text;
}

static size_t
count_files(const char *name)
{
	size_t count = 0;
	DIR *entries = opendir(path(name));

	assert_non_null(entries);
	for (const struct dirent *entry; (entry = readdir(entries));)
		count += entry->d_name[0] != '.' || strlen(entry->d_name) > 2;
	closedir(entries);
	return count;
}

/* A journal that keeps what it is told as text, and looks at a file when the dot comes. */
struct book {
	struct journal journal;
	char events[256];
	bool refuses_dot, refuses_settle;
	const char *watched; /* a file's name, or NULL */
	char seen[4096]; /* what it held before the dot */
};

static struct book *
book_of(struct journal *journal)
{
	return (struct book *)journal;
}

static void
note_event(struct book *book, const char *event, int64_t delivery)
{
	size_t used = strlen(book->events);

	snprintf(book->events + used, sizeof(book->events) - used, "%s%s %d", used > 0 ? ", " : "",
	    event, (int)delivery);
}

static int
book_dot(struct journal *journal, const int64_t *deliveries, size_t count, struct err *err)
{
	struct book *book = book_of(journal);

	assert_int_equal(count, 1);
	if (book->watched != NULL)
		snprintf(book->seen, sizeof(book->seen), "%s", read_file(book->watched));
	if (book->refuses_dot)
		return err_set(err, EX_IOERR, "the book is full");
	note_event(book, "dot", deliveries[0]);
	return 0;
}

static int
book_settle(
    struct journal *journal, int64_t delivery, const struct receipt *receipt, struct err *err)
{
	static const char *const names[] = { "accepted", "deferred", "failed", "doubt" };
	struct book *book = book_of(journal);

	if (book->refuses_settle)
		return err_set(err, EX_IOERR, "the book is full");
	note_event(book, names[receipt->outcome], delivery);
	return 0;
}

static struct book
new_book(void)
{
	return (struct book){ .journal = { book_dot, book_settle } };
}

static const struct message hello = { .delivery = 7,
	.sender = "from@example.org",
	.recipient = "to@example.com",
	.id = "20260727.daily.0123456789abcdef@example.org",
	.bytes = { "Subject: x\r\n\r\ntext\r\n", sizeof("Subject: x\r\n\r\ntext\r\n") - 1 } };
#define HELLO_NAME "20260727.daily.0123456789abcdef@example.org"
#define HELLO_CRLF "Subject: x\r\n\r\ntext\r\n"
#define HELLO_LF "Subject: x\n\ntext\n"

static struct settings *
new_settings(void)
{
	return settings_new(deliver_settings());
}

static void
set(struct settings *settings, const char *name, const char *text)
{
	struct err err = ERR_NONE;
	assert_int_equal(settings_set(settings, name, text, "test", &err), 0);
}

/* Opens, sends `message`, closes: what deliver_send() gave. */
static int
send_to(const char *where, const struct message *message, struct book *book,
    struct receipt *receipt, struct err *err)
{
	struct settings *settings = new_settings();
	struct deliver_session *session;

	set(settings, "timeout", "1s");
	set(settings, "dot_timeout", "1s");
	assert_int_equal(deliver_open(&session, where, settings, NULL, err), 0);
	settings_free(settings);
	int status = deliver_send(session, message, &book->journal, receipt, err);
	deliver_close(session);
	return status;
}

/* It emulates vfork(), so that a program that cannot be run looks as if it had been. */
static bool
is_under_valgrind(void)
{
	const char *preload = getenv("LD_PRELOAD");
	return preload != NULL && strstr(preload, "vgpreload") != NULL;
}

static int
make_folder(void **state)
{
	(void)state;
	signal(SIGPIPE, SIG_IGN);
	return mkdtemp(folder) != NULL ? 0 : -1;
}

static int
remove_folder(void **state)
{
	char command[512];

	(void)state;
	snprintf(command, sizeof(command), "chmod -R u+rwX '%s' && rm -rf '%s'", folder, folder);
	return system(command);
}

/* ---- URLs and settings ---- */

static void
test_good_urls(void **state)
{
	static const struct {
		const char *url;
		bool is_remote, is_loopback;
	} cases[] = {
		{ "smtp://localhost", true, true },
		{ "smtp://localhost:2525", true, true },
		{ "SMTP://127.0.0.1:25/", true, true },
		{ "smtp://[::1]:25", true, true },
		{ "smtp://[2001:db8::1]", true, false },
		{ "smtp://mail.example.com", true, false },
		{ "smtps://mail_1.example.com:00465", true, false },
		{ "null:", false, true },
		{ "stdout:", false, true },
		{ "maildir:/var/mail/me", false, true },
		{ "maildir:///var/mail/me", false, true },
		{ "maildir:Mail", false, true },
		{ "maildir:~/Mail", false, true },
		{ "mbox:/var/mail/me", false, true },
		{ "lmtp:127.0.0.1", true, true },
		{ "lmtp://[::1]:24", true, true },
		{ "lmtp:/run/dovecot/lmtp", true, true },
		{ "file:/tmp", false, true },
		{ "sendmail:/bin/true", false, true },
		{ "sendmail:msmtp", false, true },
	};
	struct settings *settings = new_settings();

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct err err = ERR_NONE;
		print_message("%s\n", cases[i].url);
		if (deliver_check(cases[i].url, settings, &err) < 0)
			fail_msg("%s", err.text);
		assert_int_equal(deliver_is_remote(cases[i].url), cases[i].is_remote);
		assert_int_equal(deliver_is_loopback(cases[i].url), cases[i].is_loopback);
	}
	settings_free(settings);
}

static void
test_bad_urls(void **state)
{
	static const struct {
		const char *url, *text;
	} cases[] = {
		{ "", "transport: no transport is given" },
		{ "mail.example.com",
		    "transport: 'mail.example.com' is no URL; write it like "
		    "'smtps://USER@mail.example.com' or 'sendmail:'" },
		{ "smpt://x", "transport: unknown transport 'smpt:'; did you mean 'smtp:'?" },
		{ "gopher://x", "transport: unknown transport 'gopher:'" },
		{ "st://x", "transport: unknown transport 'st:'" },
		{ ":", "transport: unknown transport ':'" },
		{ "smtp:mail.example.com",
		    "smtp: write the server like 'smtp://mail.example.com'" },
		{ "smtps://",
		    "smtps: the URL names no host; write it like "
		    "'smtps://mail.example.com'" },
		{ "smtp://:25",
		    "smtp: the URL names no host; write it like "
		    "'smtp://mail.example.com'" },
		{ "smtp://h:0", "smtp: '0' is no port; ports are 1 to 65535" },
		{ "smtp://h:65536", "smtp: '65536' is no port; ports are 1 to 65535" },
		{ "smtp://h:", "smtp: '' is no port; ports are 1 to 65535" },
		{ "smtp://h:2x", "smtp: '2x' is no port; ports are 1 to 65535" },
		{ "smtp://::1",
		    "smtp: the URL names no host; write it like "
		    "'smtp://mail.example.com'" },
		{ "smtp://[::1", "smtp: '[::1' is no IPv6 address in brackets" },
		{ "smtp://[localhost]", "smtp: '[localhost]' is no IPv6 address in brackets" },
		{ "smtp://[::1]x", "smtp: 'x' is no port; ports are 1 to 65535" },
		{ "smtp://h/inbox", "smtp: nothing may follow host and port, but '/inbox' does" },
		{ "smtp://a b", "smtp: 'a b' is no host name" },
		{ "smtp://-oProxy", "smtp: '-oProxy' is no host name" },
		{ "smtp://h\r\nQUIT", "transport: the URL has a control character" },
		{ "smtps://me:secret@h",
		    "smtps: a password does not belong in a URL; use "
		    "password_file or password_command" },
		{ "smtps://me:secret@h:99999",
		    "smtps: a password does not belong in a URL; use "
		    "password_file or password_command" },
		{ "smtps://@h", "smtps: there is no user before the '@' of the URL" },
		{ "smtps://a%zz@h",
		    "smtps: the user in the URL has a control character or a '%' "
		    "that is not followed by two hexadecimal digits" },
		{ "smtps://a%4@h",
		    "smtps: the user in the URL has a control character or a '%' "
		    "that is not followed by two hexadecimal digits" },
		{ "smtps://a%00@h",
		    "smtps: the user in the URL has a control character or a '%' "
		    "that is not followed by two hexadecimal digits" },
		{ "smtps://me@h",
		    "smtps: no password for user 'me'; set password_file or "
		    "password_command" },
		{ "smtps://me%40x.org@h",
		    "smtps: no password for user 'me@x.org'; set "
		    "password_file or password_command" },
		{ "smtps://me@x.org@h",
		    "smtps: no password for user 'me@x.org'; set "
		    "password_file or password_command" },
		{ "maildir:",
		    "maildir: a path is missing; write it like "
		    "'maildir:/var/mail/digest'" },
		{ "maildir://host/x",
		    "maildir: 'host/x' would be a host; write a path like "
		    "'maildir:/var/mail/digest'" },
		{ "mbox:", "mbox: a path is missing; write it like 'mbox:/var/mail/digest'" },
		{ "lmtp:", "lmtp: the URL names no host; write it like 'lmtp://mail.example.com'" },
		{ "lmtp:me@localhost", "lmtp: there is no login in LMTP; name no user" },
		{ "lmtp:mail.example.com",
		    "lmtp: mail to 'mail.example.com' would go out unencrypted; say tls = none if "
		    "that network is yours" },
		{ "null:x", "null: nothing may follow 'null:', but 'x' does" },
		{ "sendmail:/nonexistent/sendmail",
		    "sendmail: cannot run '/nonexistent/sendmail': No such file or directory" },
	};
	struct settings *settings = new_settings();

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct err err = ERR_NONE;
		struct deliver_session *session = NULL;
		assert_int_equal(deliver_check(cases[i].url, settings, &err), -1);
		assert_string_equal(err.text, cases[i].text);
		assert_int_equal(err.code, EX_CONFIG);
		err_clear(&err);
		assert_int_equal(deliver_open(&session, cases[i].url, settings, NULL, &err), -1);
		assert_string_equal(err.text, cases[i].text);
		assert_null(session);
	}
	assert_false(deliver_is_remote("smtp:"));
	assert_int_equal(deliver_interval_ms("smtp:", settings), 0);
	assert_int_equal(deliver_interval_ms("smtp://localhost", settings), 0);
	assert_int_equal(deliver_interval_ms("smtp://mail.example.com", settings), 2000);
	assert_false(deliver_is_loopback("smtp:"));
	settings_free(settings);
}

static void
test_settings(void **state)
{
	static const struct {
		const char *url, *sets[3][2], *text; /* NULL where it is good */
	} cases[] = {
		{ "smtps://me@h", { { "password_file", "x" } }, NULL },
		{ "smtps://h", { { "password_file", "x" }, { "user", "me" } }, NULL },
		{ "smtps://me@h", { { "password_file", "x" }, { "user", "me" } }, NULL },
		{ "smtps://me@h", { { "password_file", "x" }, { "user", "you" } },
		    "smtps: test: user 'you' is not the URL's 'me'; name one of them" },
		{ "smtps://me@h", { { "password_file", "x" }, { "password_command", "y" } },
		    "smtps: test: password_file and password_command exclude each other" },
		{ "smtp://h", { { "password_file", "x" } },
		    "smtp: a password is configured and no user; write 'smtp://USER@h'" },
		{ "smtp://localhost", { { "password_file", "x" } }, NULL },
		{ "sendmail:/bin/true", { { "password_file", "x" } }, NULL },
		{ "smtp://me@h", { { "password_file", "x" }, { "tls", "none" } },
		    "smtp: the password of 'me' would go out in clear; remove tls = none" },
		{ "smtp://h", { { "tls", "none" } }, NULL },
		{ "smtp://me@[::1]", { { "password_file", "x" }, { "tls", "none" } }, NULL },
		{ "smtps://h", { { "tls", "none" } },
		    "smtps: test: there is no smtps with tls = none" },
		{ "smtp://h", { { "tls", "maybe" } },
		    "smtp: test: 'tls' must be one of auto, required, none, not 'maybe'" },
		{ "null:", { { "on_doubt", "cry" } },
		    "null: test: 'on_doubt' must be one of resend, hold, not 'cry'" },
		{ "null:", { { "on_doubt", "" } },
		    "null: test: 'on_doubt' must be one of resend, hold, not ''" },
		{ "null:", { { "connections", "0" } },
		    "null: test: 'connections' must be more than 0" },
		{ "null:", { { "timeout", "0" } }, "null: test: 'timeout' must be more than 0" },
		{ "lmtp:localhost", { { "user", "me" } },
		    "lmtp: there is no login in LMTP; name no user" },
		{ "lmtp:localhost", { { "tls", "required" } },
		    "lmtp: test: there is no LMTP with tls = required" },
		{ "lmtp:mail.example.com", { { "tls", "none" } }, NULL },
		{ "null:", { { "dot_timeout", "0" } },
		    "null: test: 'dot_timeout' must be more than 0" },
		{ "null:", { { "rate", "0" } }, NULL },
		{ "smtp://h", { { "helo", "a b" } },
		    "smtp: test: 'a b' is no name to say in EHLO" },
		{ "smtp://h", { { "helo", "[127.0.0.1]" } }, NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct settings *settings = new_settings();
		struct err err = ERR_NONE;
		for (size_t j = 0; j < 3 && cases[i].sets[j][0] != NULL; j++)
			set(settings, cases[i].sets[j][0], cases[i].sets[j][1]);
		int status = deliver_check(cases[i].url, settings, &err);
		assert_string_equal(err.text, cases[i].text != NULL ? cases[i].text : "");
		assert_int_equal(status, cases[i].text != NULL ? -1 : 0);
		settings_free(settings);
	}
}

static void
test_pace(void **state)
{
	static const struct {
		const char *url, *rate;
		int64_t interval_ms;
	} cases[] = { { "smtp://mx.example.com", "30", 2000 },
		{ "smtps://me@mx.example.com", "1", 60000 }, { "smtp://mx.example.com", "0", 0 },
		{ "smtp://127.0.0.1", "30", 0 }, { "sendmail:", "30", 0 }, { "nothing", "30", 0 } };

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct settings *settings = new_settings();
		set(settings, "rate", cases[i].rate);
		assert_int_equal(deliver_interval_ms(cases[i].url, settings), cases[i].interval_ms);
		settings_free(settings);
	}
}

static void
test_transports_are_listed(void **state)
{
	const char *help = NULL, *name;
	size_t count = 0;

	(void)state;
	while ((name = deliver_transport_name(count, &help))) {
		assert_memory_equal(help, name, strlen(name));
		count++;
	}
	assert_true(count >= 7);
}

/* ---- the transports of this machine ---- */

static void
test_null(void **state)
{
	struct book book = new_book();
	struct err err = ERR_NONE;
	struct receipt receipt;

	(void)state;
	assert_int_equal(send_to("null:", &hello, &book, &receipt, &err), 0);
	assert_int_equal(receipt.outcome, RECEIPT_ACCEPTED);
	assert_string_equal(book.events, "dot 7, accepted 7");
}

static void
test_journal_that_fails(void **state)
{
	static const char *const schemes[] = { "null", "file", "maildir", "sendmail", "mbox" };
	static const char *const places[] = { "", "full", "full", "swallow", "mbox.full" };
	struct err err = ERR_NONE;
	struct receipt receipt;

	(void)state;
	write_file("swallow", "#!/bin/sh\nexec cat >/dev/null\n", 0700);
	for (size_t i = 0; i < COUNT(schemes); i++) {
		const char *where = i == 0 ? "null:" : url(schemes[i], places[i]);
		struct book book = new_book();
		book.refuses_dot = true;
		assert_int_equal(send_to(where, &hello, &book, &receipt, &err), -1);
		assert_int_equal(err.code, EX_IOERR);
		assert_int_equal(receipt.outcome, RECEIPT_DEFERRED);
		assert_string_equal(book.events, "");
		err_clear(&err);

		book = new_book();
		book.refuses_settle = true;
		assert_int_equal(send_to(where, &hello, &book, &receipt, &err), -1);
		assert_int_equal(err.code, EX_IOERR);
		assert_string_equal(err.text, "the book is full");
		assert_int_equal(receipt.outcome, RECEIPT_ACCEPTED);
		assert_string_equal(book.events, "dot 7");
		err_clear(&err);
	}
}

static void
test_session_ends_with_its_journal(void **state)
{
	struct settings *settings = new_settings();
	struct book book = new_book();
	struct err err = ERR_NONE;
	struct receipt receipt;
	struct deliver_session *session;

	(void)state;
	assert_int_equal(deliver_open(&session, "null:", settings, NULL, &err), 0);
	assert_true(deliver_is_open(session));
	book.refuses_settle = true;
	assert_int_equal(deliver_send(session, &hello, &book.journal, &receipt, &err), -1);
	assert_false(deliver_is_open(session));
	err_clear(&err);
	assert_int_equal(deliver_send(session, &hello, &book.journal, &receipt, &err), -1);
	assert_int_equal(err.code, EX_SOFTWARE);
	assert_int_equal(receipt.outcome, RECEIPT_DEFERRED);
	deliver_close(session);
	deliver_close(NULL);
	settings_free(settings);
}

static void
test_file(void **state)
{
	struct book book = new_book();
	struct err err = ERR_NONE;
	struct receipt receipt;

	(void)state;
	book.watched = "a/b/eml/" HELLO_NAME ".eml";
	assert_int_equal(send_to(url("file", "a/b/eml"), &hello, &book, &receipt, &err), 0);
	assert_int_equal(receipt.outcome, RECEIPT_ACCEPTED);
	assert_string_equal(receipt.reply, HELLO_NAME ".eml");
	assert_string_equal(book.events, "dot 7, accepted 7");
	assert_string_equal(book.seen, "(none)");
	assert_string_equal(read_file(book.watched), HELLO_CRLF);

	/* Again: the same file. */
	assert_int_equal(send_to(url("file", "a/b/eml"), &hello, &book, &receipt, &err), 0);
	assert_int_equal(count_files("a/b/eml"), 1);
}

static void
test_maildir(void **state)
{
	struct book book = new_book();
	struct err err = ERR_NONE;
	struct receipt receipt;
	struct stat status;

	(void)state;
	book.watched = "mail/new/" HELLO_NAME;
	assert_int_equal(send_to(url("maildir", "mail/"), &hello, &book, &receipt, &err), 0);
	assert_int_equal(receipt.outcome, RECEIPT_ACCEPTED);
	assert_string_equal(book.seen, "(none)");
	assert_string_equal(read_file(book.watched), HELLO_LF);
	assert_int_equal(stat(path("mail/cur"), &status), 0);
	assert_int_equal(status.st_mode & 0777, 0700);
	assert_int_equal(stat(path(book.watched), &status), 0);
	assert_int_equal(status.st_mode & 0777, 0600);

	/* Again: the same file. And once it was read, not again. */
	assert_int_equal(send_to(url("maildir", "mail"), &hello, &book, &receipt, &err), 0);
	assert_int_equal(count_files("mail/new"), 1);
	assert_int_equal(
	    rename(path("mail/new/" HELLO_NAME), path("mail/cur/" HELLO_NAME ":2,S")), 0);
	write_file("mail/cur/" HELLO_NAME "x:2,S", "another", 0600);
	assert_int_equal(send_to(url("maildir", "mail"), &hello, &book, &receipt, &err), 0);
	assert_int_equal(receipt.outcome, RECEIPT_ACCEPTED);
	assert_string_equal(receipt.reply, "it was there already");
	assert_int_equal(count_files("mail/new"), 0);
	assert_int_equal(count_files("mail/tmp"), 0);
	assert_string_equal(book.events, "dot 7, accepted 7, dot 7, accepted 7, dot 7, accepted 7");
}

/* Sends by mbox:, and ignores the line in front, which has the time in it: the rest of the file. */
static const char *
mbox_after(const char *name, struct message message, struct book *book, struct receipt *receipt)
{
	struct err err = ERR_NONE;

	assert_int_equal(send_to(url("mbox", name), &message, book, receipt, &err), 0);
	const char *end = strchr(read_file(name), '\n');
	assert_non_null(end);
	return end + 1;
}

static void
test_mbox(void **state)
{
	struct book book = new_book();
	struct receipt receipt;
	struct message message = hello;
	struct stat status;
	struct err err = ERR_NONE;

	(void)state;
	book.watched = "mbox";
	assert_string_equal(mbox_after("mbox", hello, &book, &receipt), HELLO_LF "\n");
	assert_int_equal(receipt.outcome, RECEIPT_ACCEPTED);
	assert_string_equal(book.events, "dot 7, accepted 7");
	assert_string_equal(book.seen, "");
	assert_int_equal(strncmp(read_file("mbox"), "From from@example.org ", 22), 0);
	assert_int_equal(stat(path("mbox"), &status), 0);
	assert_int_equal(status.st_mode & 0777, 0600);
	assert_int_equal(stat(path("mbox.lock"), &status), -1);

	/*
	 * After what is there, and an empty line;
	 * what looks like a message's start does not stay so.
	 */
	static const char *const before[] = { "", "x", "x\n", "x\n\n", "\n" };
	static const char *const between[] = { "", "x\n\n", "x\n\n", "x\n\n", "\n\n" };
	message.sender = "";
	message.bytes = STR("A: b\r\n\r\nFrom me\r\n>>From you\r\nFromage\r\n>x\r\n");
	for (size_t i = 0; i < COUNT(before); i++) {
		write_file("box", before[i], 0644);
		assert_int_equal(send_to(url("mbox", "box"), &message, &book, &receipt, &err), 0);
		const char *text = read_file("box");
		assert_int_equal(strncmp(text, between[i], strlen(between[i])), 0);
		text += strlen(between[i]);
		assert_int_equal(strncmp(text, "From MAILER-DAEMON ", 19), 0);
		assert_string_equal(
		    strchr(text, '\n') + 1, "A: b\n\n>From me\n>>>From you\nFromage\n>x\n\n");
	}
}

static void
test_mbox_that_is_locked(void **state)
{
	const struct timespec long_ago[2] = { { .tv_sec = 1000 }, { .tv_sec = 1000 } };
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	struct book book = new_book();
	struct receipt receipt;
	struct err err = ERR_NONE;

	(void)state;
	write_file("busy", "", 0600);
	write_file("busy.lock", "", 0600);
	assert_int_equal(send_to(url("mbox", "busy"), &hello, &book, &receipt, &err), 0);
	assert_int_equal(receipt.outcome, RECEIPT_DEFERRED);
	assert_string_equal(receipt.reply, "another program keeps the mailbox locked");
	assert_string_equal(book.events, "deferred 7");
	assert_string_equal(read_file("busy"), "");

	/* Whoever made this one is gone. */
	assert_int_equal(utimensat(AT_FDCWD, path("busy.lock"), long_ago, 0), 0);
	assert_string_equal(mbox_after("busy", hello, &book, &receipt), HELLO_LF "\n");

	/* Another process, since a process never locks itself out. */
	int ready[2];
	assert_int_equal(pipe(ready), 0);
	pid_t child = fork();
	if (child == 0) {
		int file = open(path("busy"), O_RDWR | O_CLOEXEC);
		bool is_locked = fcntl(file, F_SETLK, &lock) == 0 && write(ready[1], "x", 1) == 1;
		if (is_locked)
			pause();
		_exit(1);
	}
	char byte;
	assert_int_equal(read(ready[0], &byte, 1), 1);
	book = new_book();
	assert_int_equal(send_to(url("mbox", "busy"), &hello, &book, &receipt, &err), 0);
	assert_string_equal(book.events, "deferred 7");
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	close(ready[0]);
	close(ready[1]);
	assert_int_equal(access(path("busy.lock"), F_OK), -1);
}

/* What does not fit is taken back. */
static void
test_mbox_that_is_full(void **state)
{
	const struct rlimit tight = { 20, RLIM_INFINITY };
	struct book book = new_book();
	struct receipt receipt;
	struct rlimit old;
	struct err err = ERR_NONE;

	(void)state;
	write_file("full.mbox", "From a\n\n", 0600);
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &tight), 0);
	int status = send_to(url("mbox", "full.mbox"), &hello, &book, &receipt, &err);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	signal(SIGXFSZ, SIG_DFL);
	assert_int_equal(status, 0);
	assert_int_equal(receipt.outcome, RECEIPT_DEFERRED);
	assert_string_equal(receipt.reply, "cannot write it: File too large");
	assert_string_equal(book.events, "dot 7, deferred 7");
	assert_string_equal(read_file("full.mbox"), "From a\n\n");
}

static void
test_mbox_that_cannot_be(void **state)
{
	struct settings *settings = new_settings();
	struct deliver_session *session;
	struct err err = ERR_NONE;

	(void)state;
	assert_int_equal(deliver_open(&session, url("mbox", "no/such"), settings, NULL, &err), -1);
	assert_int_equal(err.code, EX_CANTCREAT);
	err_clear(&err);
	assert_int_equal(mkfifo(path("pipe.mbox"), 0600), 0);
	assert_int_equal(
	    deliver_open(&session, url("mbox", "pipe.mbox"), settings, NULL, &err), -1);
	assert_int_equal(err.code, EX_CANTCREAT);
	settings_free(settings);
}

static void
test_names_of_files(void **state)
{
	static const char *const ids[] = { "../../evil@x", ".hidden@x", "a/b@x", "a_b@x", "a:2,S@x",
		"", "caf\xc3\xa9@x" };
	char longest[400], longer[400];
	struct book book = new_book();
	struct err err = ERR_NONE;
	struct receipt receipt;
	struct message message = hello;

	(void)state;
	for (size_t i = 0; i < COUNT(ids); i++) {
		message.id = ids[i];
		book = new_book();
		assert_int_equal(send_to(url("file", "names"), &message, &book, &receipt, &err), 0);
		assert_int_equal(count_files("names"), i + 1);
		assert_true(receipt.reply[0] != '.');
		assert_null(strchr(receipt.reply, '/'));
		assert_null(strchr(receipt.reply, ':'));
	}
	/* Longer than any file name, and different at the end only. */
	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	memcpy(longer, longest, sizeof(longer));
	longer[sizeof(longer) - 2] = 'y';
	message.id = longest;
	assert_int_equal(send_to(url("maildir", "long"), &message, &book, &receipt, &err), 0);
	message.id = longer;
	assert_int_equal(send_to(url("maildir", "long"), &message, &book, &receipt, &err), 0);
	assert_int_equal(count_files("long/new"), 2);
}

static void
test_folders_that_cannot_be(void **state)
{
	struct settings *settings = new_settings();
	struct book book = new_book();
	struct err err = ERR_NONE;
	struct receipt receipt;
	struct deliver_session *session;

	(void)state;
	write_file("plain", "", 0600);
	assert_int_equal(
	    deliver_open(&session, url("maildir", "plain/x"), settings, NULL, &err), -1);
	assert_int_equal(err.code, EX_CANTCREAT);
	err_clear(&err);
	assert_int_equal(deliver_open(&session, url("file", "plain"), settings, NULL, &err), -1);
	assert_int_equal(err.code, EX_CANTCREAT);
	err_clear(&err);

	/* A folder stands where the file should be written: nothing is settled, nothing is lost. */
	assert_int_equal(mkdir(path("blocked"), 0700), 0);
	assert_int_equal(mkdir(path("blocked/." HELLO_NAME ".tmp"), 0700), 0);
	assert_int_equal(send_to(url("file", "blocked"), &hello, &book, &receipt, &err), -1);
	assert_int_equal(err.code, EX_IOERR);
	assert_int_equal(receipt.outcome, RECEIPT_DEFERRED);
	assert_string_equal(book.events, "");
	err_clear(&err);

	/* And where its whole form should stand: the journal knows the dot, so it is settled. */
	assert_int_equal(rmdir(path("blocked/." HELLO_NAME ".tmp")), 0);
	assert_int_equal(mkdir(path("blocked/" HELLO_NAME ".eml"), 0700), 0);
	assert_int_equal(send_to(url("file", "blocked"), &hello, &book, &receipt, &err), 0);
	assert_string_equal(book.events, "dot 7, deferred 7");
	assert_string_equal(receipt.reply, "cannot rename it: Is a directory");
	assert_int_equal(count_files("blocked"), 1);
	settings_free(settings);
}

static void
test_stdout(void **state)
{
	struct book book = new_book();
	struct err err = ERR_NONE;
	struct receipt receipt;

	(void)state;
	book.watched = "stdout";
	write_file("stdout", "", 0600);
	fflush(stdout);
	int saved = dup(STDOUT_FILENO);
	int file = open(path("stdout"), O_WRONLY | O_APPEND);
	assert_true(saved >= 0 && file >= 0);
	dup2(file, STDOUT_FILENO);
	int status = send_to("stdout:", &hello, &book, &receipt, &err);
	dup2(saved, STDOUT_FILENO);
	close(file);
	assert_int_equal(status, 0);
	assert_int_equal(receipt.outcome, RECEIPT_ACCEPTED);
	/* All but the last byte before the journal knows. */
	assert_string_equal(book.seen, "Subject: x\n\ntext");
	assert_string_equal(read_file("stdout"), HELLO_LF);

	/* Nobody reads. */
	int ends[2];
	assert_int_equal(pipe(ends), 0);
	close(ends[0]);
	dup2(ends[1], STDOUT_FILENO);
	close(ends[1]);
	book = new_book();
	status = send_to("stdout:", &hello, &book, &receipt, &err);
	dup2(saved, STDOUT_FILENO);
	close(saved);
	assert_int_equal(status, -1);
	assert_int_equal(err.code, EX_IOERR);
	assert_string_equal(book.events, "");
}

/* ---- sendmail ---- */

static void
test_sendmail(void **state)
{
	char script[1024];
	struct book book = new_book();
	struct err err = ERR_NONE;
	struct receipt receipt;
	struct message message = hello;

	(void)state;
	/* No shell may see the words; no file of ours may be open; signals are as usual. */
	snprintf(script, sizeof(script),
	    "#!/bin/sh\nprintf '<%%s>' \"$@\" >%s\n[ -e /proc/$$/fd/77 ] && echo open >%s\n"
	    "sed -n 's/^SigIgn:\t//p' /proc/$$/status >%s\n"
	    "dd bs=1 count=%zu of=%s 2>/dev/null\ncat >>%s\n",
	    path("args"), path("fds"), path("ignored"), sizeof(HELLO_LF) - 2, path("first"),
	    path("rest"));
	write_file("sendmail", script, 0700);
	assert_int_equal(dup2(STDERR_FILENO, 77), 77);
	message.recipient = "$(touch evil)'\"@example.com";
	message.sender = "-oQ/tmp@example.org";
	assert_int_equal(send_to(url("sendmail", "sendmail"), &message, &book, &receipt, &err), 0);
	assert_int_equal(receipt.outcome, RECEIPT_ACCEPTED);
	assert_int_equal(receipt.code, 0);
	assert_string_equal(receipt.phase, "dot");
	assert_string_equal(book.events, "dot 7, accepted 7");
	assert_string_equal(
	    read_file("args"), "<-i><-f><-oQ/tmp@example.org><--><$(touch evil)'\"@example.com>");
	assert_string_equal(read_file("first"), "Subject: x\n\ntext");
	assert_string_equal(read_file("rest"), "\n");
	assert_string_equal(read_file("fds"), "(none)");
	assert_int_equal(strtoull(read_file("ignored"), NULL, 16) >> (SIGPIPE - 1) & 1, 0);

	message.sender = "";
	assert_int_equal(send_to(url("sendmail", "sendmail"), &message, &book, &receipt, &err), 0);
	assert_memory_equal(read_file("args"), "<-i><-f><<>><-->", 16);
	close(77);
}

static void
test_sendmail_outcomes(void **state)
{
	static const struct {
		const char *name, *script;
		enum receipt_outcome outcome;
		int code;
		const char *phase, *reply, *events;
	} cases[] = {
		{ "tempfail", "cat >/dev/null; echo 'later,\033[0m  please' >&2; exit 75",
		    RECEIPT_DEFERRED, 75, "dot", "later,\\x1b[0m please", "dot 7, deferred 7" },
		{ "data", "cat >/dev/null; echo no such user; exit 67", RECEIPT_FAILED, 67, "dot",
		    "no such user", "dot 7, failed 7" },
		{ "config", "cat >/dev/null; exit 78", RECEIPT_DEFERRED, 78, "dot",
		    "exit status 78", "dot 7, deferred 7" },
		{ "killed", "cat >/dev/null; kill -9 $$", RECEIPT_DOUBT, 0, "dot",
		    "it was ended by signal 9", "dot 7, doubt 7" },
		{ "hangs", "cat >/dev/null; exec sleep 60", RECEIPT_DOUBT, 0, "dot",
		    "it did not end in time", "dot 7, doubt 7" },
		{ "daemon", "cat >/dev/null; sleep 60 & echo taken", RECEIPT_ACCEPTED, 0, "dot",
		    "taken", "dot 7, accepted 7" },
		{ "closes", "exec >&- 2>&-; cat >/dev/null; exit 75", RECEIPT_DEFERRED, 75, "dot",
		    "exit status 75", "dot 7, deferred 7" },
	};
	struct err err = ERR_NONE;
	struct receipt receipt;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char script[256];
		struct book book = new_book();
		print_message("%s\n", cases[i].name);
		snprintf(script, sizeof(script), "#!/bin/sh\n%s\n", cases[i].script);
		write_file(cases[i].name, script, 0700);
		assert_int_equal(
		    send_to(url("sendmail", cases[i].name), &hello, &book, &receipt, &err), 0);
		assert_string_equal(receipt.reply, cases[i].reply);
		assert_int_equal(receipt.outcome, cases[i].outcome);
		assert_int_equal(receipt.code, cases[i].code);
		assert_string_equal(receipt.phase, cases[i].phase);
		assert_string_equal(book.events, cases[i].events);
	}
}

/* A message that does not fit into a pipe, and a program that does not read it. */
static void
test_sendmail_that_does_not_read(void **state)
{
	enum { LINES = 20000 };
	static const struct {
		const char *name, *script;
		enum receipt_outcome outcome;
		const char *reply, *events;
	} cases[] = {
		{ "refuses", "echo bad config >&2; exit 78", RECEIPT_DEFERRED, "bad config",
		    "deferred 7" },
		{ "nouser", "echo nobody here >&2; exit 67", RECEIPT_FAILED, "nobody here",
		    "failed 7" },
		{ "lies", "exit 0", RECEIPT_DEFERRED, "it did not read the message", "deferred 7" },
		{ "sleeps", "exec sleep 60", RECEIPT_DEFERRED, "it did not end in time",
		    "deferred 7" },
		{ "chatters", "yes; exit 0", RECEIPT_DEFERRED, NULL, "deferred 7" },
	};
	char *text = calloc(LINES, 8);
	struct message message = hello;
	struct err err = ERR_NONE;
	struct receipt receipt;

	(void)state;
	assert_non_null(text);
	for (size_t i = 0; i < LINES; i++)
		memcpy(text + 8 * i, "abcdef\r\n", 8);
	message.bytes = (struct str){ text, (size_t)LINES * 8 };
	for (size_t i = 0; i < COUNT(cases); i++) {
		char script[256];
		struct book book = new_book();
		print_message("%s\n", cases[i].name);
		snprintf(script, sizeof(script), "#!/bin/sh\n%s\n", cases[i].script);
		write_file(cases[i].name, script, 0700);
		assert_int_equal(
		    send_to(url("sendmail", cases[i].name), &message, &book, &receipt, &err), 0);
		assert_int_equal(receipt.outcome, cases[i].outcome);
		if (cases[i].reply != NULL)
			assert_string_equal(receipt.reply, cases[i].reply);
		assert_string_equal(receipt.phase, "write");
		assert_string_equal(book.events, cases[i].events);
	}

	/* And one that does, all of it. */
	char script[256];
	struct book book = new_book();
	snprintf(script, sizeof(script), "#!/bin/sh\nwc -c >%s\n", path("size"));
	write_file("reads", script, 0700);
	assert_int_equal(send_to(url("sendmail", "reads"), &message, &book, &receipt, &err), 0);
	assert_int_equal(receipt.outcome, RECEIPT_ACCEPTED);
	assert_string_equal(read_file("size"), "140000\n");
	free(text);
}

static void
test_sendmail_that_is_none(void **state)
{
	struct settings *settings = new_settings();
	struct book book = new_book();
	struct err err = ERR_NONE;
	struct receipt receipt;
	struct deliver_session *session;

	(void)state;
	write_file("notexec", "#!/bin/sh\n", 0600);
	assert_int_equal(
	    deliver_open(&session, url("sendmail", "notexec"), settings, NULL, &err), -1);
	assert_int_equal(err.code, EX_CONFIG);
	err_clear(&err);
	settings_free(settings);
	if (is_under_valgrind())
		return;
	/* It is there, and yet cannot be run. */
	write_file("nothing", "#!/nonexistent/interpreter\n", 0700);
	assert_int_equal(send_to(url("sendmail", "nothing"), &hello, &book, &receipt, &err), -1);
	assert_int_equal(err.code, EX_CONFIG);
	assert_string_equal(book.events, "");
}

/* ---- passwords ---- */

/* Opens a session whose password is bad in some way: it must fail before anybody is called. */
static void
fail_password(const char *key, const char *value, int code, const char *text)
{
	struct settings *settings = new_settings();
	struct err err = ERR_NONE;
	struct deliver_session *session;

	set(settings, key, value);
	set(settings, "timeout", "1s");
	/* No net: with a good password this would crash, so no case here may be good. */
	assert_int_equal(deliver_open(&session, "smtp://me@127.0.0.1:9", settings, NULL, &err), -1);
	if (strstr(err.text, text) == NULL)
		fail_msg("'%s' does not say '%s'", err.text, text);
	assert_int_equal(err.code, code);
	settings_free(settings);
}

static void
test_bad_password_files(void **state)
{
	(void)state;
	write_file("open", "secret\n", 0644);
	write_file("group", "secret\n", 0640);
	write_file("empty", "", 0600);
	write_file("blank", "\nsecret\n", 0600);
	write_file("good", "secret\n", 0600);
	assert_int_equal(symlink(path("good"), path("link")), 0);
	assert_int_equal(mkfifo(path("fifo"), 0600), 0);
	fail_password(
	    "password_file", path("open"), EX_NOPERM, "is open to others; type: chmod 600");
	fail_password("password_file", path("group"), EX_NOPERM, "is open to others");
	fail_password("password_file", path("empty"), EX_CONFIG, "holds no password");
	fail_password("password_file", path("blank"), EX_CONFIG, "holds no password");
	fail_password("password_file", path("link"), EX_NOPERM, "cannot open password_file");
	fail_password("password_file", path("fifo"), EX_NOPERM, "is no file");
	fail_password("password_file", folder, EX_NOPERM, "is no file");
	fail_password("password_file", path("missing"), EX_CONFIG, "cannot open password_file");
	if (geteuid() == 0) {
		write_file("foreign", "secret\n", 0600);
		assert_int_equal(chown(path("foreign"), 65534, 65534), 0);
		fail_password(
		    "password_file", path("foreign"), EX_NOPERM, "belongs to somebody else");
	}
}

static void
test_bad_password_commands(void **state)
{
	char words[400] = "";

	(void)state;
	for (size_t i = 0; i < 65; i++)
		snprintf(words + 2 * i, 3, "x ");
	if (!is_under_valgrind())
		fail_password("password_command", "/nonexistent/pass", EX_CONFIG, "cannot run");
	fail_password("password_command", "false", EX_CONFIG, "ended with status 1");
	fail_password("password_command", "true", EX_CONFIG, "printed no line of text");
	fail_password(
	    "password_command", "printf '\\nsecret'", EX_CONFIG, "printed no line of text");
	fail_password("password_command", "printf 'a\\0b'", EX_CONFIG, "printed no line of text");
	fail_password("password_command", "sleep 60", EX_CONFIG, "did not end within 1 s");
	fail_password("password_command", "sh -c 'kill -9 $$'", EX_CONFIG, "ended by signal 9");
	fail_password("password_command", "echo 'a", EX_CONFIG, "a quote is not closed");
	fail_password("password_command", "  ", EX_CONFIG, "there is no program in it");
	fail_password("password_command", words, EX_CONFIG, "over 64 words");
}

/* A server that is not there is only called when the password could be read. */
static void
test_good_passwords(void **state)
{
	static const struct {
		const char *key, *value;
	} cases[] = {
		{ "password_file", "good2" },
		{ "password_command", "printf 'secret\\nand more'" },
		{ "password_command", "sh -c \"echo 'a b' \\\"c\\\"\"" },
	};
	const struct net_options net_options = { .user_agent = "test" };
	struct err err = ERR_NONE;
	struct deliver_session *session;
	struct net *net;

	(void)state;
	write_file("good2", "secret\r\nsecond line\n", 0600);
	assert_int_equal(net_open(&net, &net_options, &err), 0);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct settings *settings = new_settings();
		bool is_file = strcmp(cases[i].key, "password_file") == 0;
		set(settings, cases[i].key, is_file ? path(cases[i].value) : cases[i].value);
		assert_int_equal(
		    deliver_open(&session, "smtp://me@127.0.0.1:1", settings, net, &err), -1);
		assert_int_equal(err.code, EX_UNAVAILABLE);
		err_clear(&err);
		settings_free(settings);
	}
	net_close(net);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good_urls),
		cmocka_unit_test(test_bad_urls),
		cmocka_unit_test(test_settings),
		cmocka_unit_test(test_pace),
		cmocka_unit_test(test_transports_are_listed),
		cmocka_unit_test(test_null),
		cmocka_unit_test(test_journal_that_fails),
		cmocka_unit_test(test_session_ends_with_its_journal),
		cmocka_unit_test(test_file),
		cmocka_unit_test(test_maildir),
		cmocka_unit_test(test_mbox),
		cmocka_unit_test(test_mbox_that_is_locked),
		cmocka_unit_test(test_mbox_that_is_full),
		cmocka_unit_test(test_mbox_that_cannot_be),
		cmocka_unit_test(test_names_of_files),
		cmocka_unit_test(test_folders_that_cannot_be),
		cmocka_unit_test(test_stdout),
		cmocka_unit_test(test_sendmail),
		cmocka_unit_test(test_sendmail_outcomes),
		cmocka_unit_test(test_sendmail_that_does_not_read),
		cmocka_unit_test(test_sendmail_that_is_none),
		cmocka_unit_test(test_bad_password_files),
		cmocka_unit_test(test_bad_password_commands),
		cmocka_unit_test(test_good_passwords),
	};

	return cmocka_run_group_tests_name("deliver", tests, make_folder, remove_folder);
}
