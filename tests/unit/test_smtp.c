/*
 * The SMTP conversation against a scripted peer: every dialogue is compared byte for byte, in
 * order, whole and in pieces of one byte, and ends where the script ends.
 */
#include "digest/smtp.h"

#include "digest/clock.h"

#include "unit.h"

#include <dlfcn.h>
#include <libetpan/mailsmtp.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* What happens next: the client says, the server says, the journal is told, the stream breaks. */
enum kind { END_OF_SCRIPT, CLIENT, SERVER, DOT, DOT_FAILS, SERVER_CLOSES, READ_FAILS, WRITE_FAILS };

struct act {
	enum kind kind;
	const char *text;
};

/* The stream, the journal and how far the script has come; the one test under way owns it. */
struct peer {
	struct stream stream;
	struct journal journal;
	const struct act *acts;
	size_t at; /* the act under way */
	size_t done; /* bytes of it that went over already */
	size_t piece; /* most bytes that go over at once */
	bool is_closed;
	int64_t delivery; /* the one there is; 0 for those of a group, 0 … 31 */
	unsigned dots; /* those of the group that the journal heard of, as bits */
	size_t dot_count;
};

static struct peer *
peer_of(struct stream *stream)
{
	return (struct peer *)stream;
}

static void
advance(struct peer *peer, size_t count)
{
	peer->done += count;
	if (peer->done == strlen(peer->acts[peer->at].text)) {
		peer->at++;
		peer->done = 0;
	}
}

static size_t
smallest(size_t a, size_t b)
{
	return a < b ? a : b;
}

static ptrdiff_t
peer_read(struct stream *stream, void *bytes, size_t size, int64_t deadline_ms)
{
	struct peer *peer = peer_of(stream);
	const struct act *act = &peer->acts[peer->at];

	assert_true(size > 0);
	assert_false(peer->is_closed);
	/* It only looks whether there is anything. */
	if (deadline_ms <= clock_monotonic_ms() && act->kind != SERVER &&
	    act->kind != SERVER_CLOSES && act->kind != READ_FAILS)
		return STREAM_LATER;
	if (act->kind == SERVER_CLOSES || act->kind == READ_FAILS) {
		peer->at++;
		return act->kind == READ_FAILS ? -1 : 0;
	}
	if (act->kind != SERVER)
		fail_msg("reads at act %zu, where '%s' is due", peer->at, act->text);
	size_t count = smallest(smallest(size, peer->piece), strlen(act->text) - peer->done);
	memcpy(bytes, act->text + peer->done, count);
	advance(peer, count);
	return (ptrdiff_t)count;
}

static ptrdiff_t
peer_write(struct stream *stream, const void *bytes, size_t size, int64_t deadline_ms)
{
	struct peer *peer = peer_of(stream);
	const struct act *act = &peer->acts[peer->at];

	(void)deadline_ms;
	assert_true(size > 0);
	assert_false(peer->is_closed);
	if (act->kind == WRITE_FAILS) {
		peer->at++;
		return -1;
	}
	if (act->kind != CLIENT)
		fail_msg("writes '%.*s' at act %zu", (int)size, (const char *)bytes, peer->at);
	size_t count = smallest(smallest(size, peer->piece), strlen(act->text) - peer->done);
	if (memcmp(bytes, act->text + peer->done, count) != 0)
		fail_msg("writes '%.*s', not '%s'", (int)size, (const char *)bytes,
		    act->text + peer->done);
	advance(peer, count);
	return (ptrdiff_t)count;
}

static void
peer_close(struct stream *stream)
{
	struct peer *peer = peer_of(stream);

	assert_false(peer->is_closed);
	peer->is_closed = true;
}

static int
peer_dot(struct journal *journal, const int64_t *deliveries, size_t count, struct err *err)
{
	struct peer *peer =
	    (struct peer *)(void *)((char *)journal - offsetof(struct peer, journal));
	enum kind kind = peer->acts[peer->at].kind;

	assert_true(kind == DOT || kind == DOT_FAILS);
	if (peer->delivery != 0) {
		assert_int_equal(count, 1);
		assert_int_equal(deliveries[0], peer->delivery);
	}
	for (size_t i = 0; i < count && peer->delivery == 0; i++)
		peer->dots |= 1u << deliveries[i];
	peer->dot_count += count;
	peer->at++;
	return kind == DOT ? 0 : err_set(err, EX_IOERR, "the journal is full");
}

static const struct stream_ops peer_ops = { peer_read, peer_write, peer_close, NULL };

static void
peer_init(struct peer *peer, const struct act *acts, size_t piece)
{
	*peer = (struct peer){ .stream = { &peer_ops },
		.journal = { .dot = peer_dot },
		.acts = acts,
		.piece = piece,
		.delivery = 4711 };
}

static void
assert_script_ended(const struct peer *peer)
{
	assert_true(peer->is_closed);
	if (peer->acts[peer->at].kind != END_OF_SCRIPT)
		fail_msg("act %zu did not happen: '%s'", peer->at, peer->acts[peer->at].text);
}

static const struct smtp_options options = {
	.helo = "me.example.org", .timeout_ms = 60000, .dot_timeout_ms = 600000
};
static const struct smtp_options lmtp_options = {
	.helo = "me.example.org", .is_lmtp = true, .timeout_ms = 60000, .dot_timeout_ms = 600000
};

#define HELLO \
	{ \
		CLIENT, "EHLO me.example.org\r\n" \
	}
#define GREETED \
	{ SERVER, "220 mx.example.com LMTP\r\n" }, \
	{ \
		CLIENT, "LHLO me.example.org\r\n" \
	}
#define BARE \
	{ \
		SERVER, "250 mx.example.com\r\n" \
	}
#define PIPELINES \
	{ \
		SERVER, "250-mx.example.com\r\n250 PIPELINING\r\n" \
	}
#define MAIL \
	{ \
		CLIENT, "MAIL FROM:<from@example.org>\r\n" \
	}
#define RCPT \
	{ \
		CLIENT, "RCPT TO:<to@example.com>\r\n" \
	}
#define DATA \
	{ \
		CLIENT, "DATA\r\n" \
	}
#define GROUP \
	{ \
		CLIENT, "MAIL FROM:<from@example.org>\r\nRCPT TO:<to@example.com>\r\nDATA\r\n" \
	}
#define OK \
	{ \
		SERVER, "250 2.0.0 fine\r\n" \
	}
#define GO_ON \
	{ \
		SERVER, "354 go on\r\n" \
	}
#define BODY \
	{ \
		CLIENT, "Subject: x\r\n\r\ntext\r\n" \
	}
#define LONE_DOT \
	{ \
		CLIENT, ".\r\n" \
	}
#define QUIT \
	{ CLIENT, "QUIT\r\n" }, \
	{ \
		SERVER, "221 bye\r\n" \
	}
#define UP_TO_DOT HELLO, BARE, MAIL, OK, RCPT, OK, DATA, GO_ON, BODY, { DOT, "" }, LONE_DOT
#define THE_END \
	{ \
		END_OF_SCRIPT, "" \
	}

/* Over LMTP the server speaks first. */
static const struct smtp_options *
options_for(const struct act *acts)
{
	return acts[0].kind == SERVER ? &lmtp_options : &options;
}

static struct message
plain_message(void)
{
	return (struct message){ .delivery = 4711,
		.sender = "from@example.org",
		.recipient = "to@example.com",
		.id = "20260727.daily.0123456789abcdef@example.org",
		.bytes = STR("Subject: x\r\n\r\ntext\r\n") };
}

/* A dialogue of one message, and what must come of it. */
struct dialogue {
	const char *name;
	struct act acts[24];
	int status; /* of smtp_send() */
	int code_of_err;
	enum receipt_outcome outcome;
	int code;
	const char *phase, *reply;
	bool is_open;
};

static const struct dialogue dialogues[] = {
	{ "one by one", { UP_TO_DOT, OK, QUIT, THE_END }, 0, 0, RECEIPT_ACCEPTED, 250, "dot",
	    "2.0.0 fine", true },
	{ "nobody hears QUIT", { UP_TO_DOT, OK, { WRITE_FAILS, "" }, THE_END }, 0, 0,
	    RECEIPT_ACCEPTED, 250, "dot", "2.0.0 fine", true },
	{ "together",
	    { HELLO, PIPELINES, GROUP, OK, OK, GO_ON, BODY, { DOT, "" }, LONE_DOT, OK, QUIT,
	        THE_END },
	    0, 0, RECEIPT_ACCEPTED, 250, "dot", "2.0.0 fine", true },
	{ "replies together",
	    { HELLO, PIPELINES, GROUP, { SERVER, "250 a\r\n250-b\r\n250 c\r\n354 d\r\n" }, BODY,
	        { DOT, "" }, LONE_DOT, { SERVER, "250-is\r\n250-on\r\n250 its  way\r\n" }, QUIT,
	        THE_END },
	    0, 0, RECEIPT_ACCEPTED, 250, "dot", "is on its way", true },
	{ "replies without text",
	    { HELLO, { SERVER, "250\r\n" }, MAIL, { SERVER, "250\r\n" }, RCPT, { SERVER, "252\n" },
	        DATA, { SERVER, "354\r\n" }, BODY, { DOT, "" }, LONE_DOT, { SERVER, "251\r\n" },
	        QUIT, THE_END },
	    0, 0, RECEIPT_ACCEPTED, 251, "dot", "", true },
	{ "server without EHLO",
	    { HELLO, { SERVER, "502 what?\r\n" }, { CLIENT, "HELO me.example.org\r\n" },
	        { SERVER, "250-PIPELINING\r\n250 SIZE 1\r\n" }, MAIL, OK, RCPT, OK, DATA, GO_ON,
	        BODY, { DOT, "" }, LONE_DOT, OK, QUIT, THE_END },
	    0, 0, RECEIPT_ACCEPTED, 250, "dot", "2.0.0 fine", true },
	{ "a greeting is no capability",
	    { HELLO, { SERVER, "250-PIPELINING\r\n250 AUTH LOGIN\r\n" }, MAIL, OK, RCPT, OK, DATA,
	        GO_ON, BODY, { DOT, "" }, LONE_DOT, OK, QUIT, THE_END },
	    0, 0, RECEIPT_ACCEPTED, 250, "dot", "2.0.0 fine", true },
	{ "TABs and small letters",
	    { HELLO,
	        { SERVER,
	            "250-mx\r\n250-AUTH \tPLAIN\r\n250-\r\n250-siZe\t1000\r\n250 "
	            "pipelining\t\r\n" },
	        { CLIENT,
	            "MAIL FROM:<from@example.org> SIZE=20\r\nRCPT "
	            "TO:<to@example.com>\r\nDATA\r\n" },
	        OK, OK, GO_ON, BODY, { DOT, "" }, LONE_DOT, OK, QUIT, THE_END },
	    0, 0, RECEIPT_ACCEPTED, 250, "dot", "2.0.0 fine", true },
	{ "sizes that are none",
	    { HELLO, { SERVER, "250-mx\r\n250-SIZE 5\r\n250-SIZE\r\n250 SIZE -7\r\n" },
	        { CLIENT, "MAIL FROM:<from@example.org> SIZE=20\r\n" }, OK, RCPT, OK, DATA, GO_ON,
	        BODY, { DOT, "" }, LONE_DOT, OK, QUIT, THE_END },
	    0, 0, RECEIPT_ACCEPTED, 250, "dot", "2.0.0 fine", true },
	{ "too large", { HELLO, { SERVER, "250-mx\r\n250 SIZE 19\r\n" }, QUIT, THE_END }, 0, 0,
	    RECEIPT_FAILED, 0, "mail", "the message has 20 bytes and the server takes 19", true },

	{ "LMTP",
	    { GREETED, PIPELINES, GROUP, OK, OK, GO_ON, BODY, { DOT, "" }, LONE_DOT,
	        { SERVER, "250 2.0.0 <to@example.com> stored\r\n" }, QUIT, THE_END },
	    0, 0, RECEIPT_ACCEPTED, 250, "dot", "2.0.0 <to@example.com> stored", true },
	{ "LMTP, a full mailbox",
	    { GREETED, BARE, MAIL, OK, RCPT, OK, DATA, GO_ON, BODY, { DOT, "" }, LONE_DOT,
	        { SERVER, "452 4.2.2 <to@example.com> is full\r\n" }, QUIT, THE_END },
	    0, 0, RECEIPT_DEFERRED, 452, "dot", "4.2.2 <to@example.com> is full", true },
	{ "LMTP, RCPT 5xx",
	    { GREETED, PIPELINES, GROUP, { SERVER, "250 ok\r\n550 no\r\n503 nobody\r\n" }, QUIT,
	        THE_END },
	    0, 0, RECEIPT_FAILED, 550, "rcpt", "no", true },
	{ "LMTP, RCPT 5xx, and yet 354: nobody would answer the dot",
	    { GREETED, PIPELINES, GROUP, { SERVER, "250 ok\r\n550 no\r\n354 go\r\n" }, THE_END }, 0,
	    0, RECEIPT_FAILED, 550, "rcpt", "no", false },

	{ "MAIL 4xx", { HELLO, BARE, MAIL, { SERVER, "451 later\r\n" }, QUIT, THE_END }, 0, 0,
	    RECEIPT_DEFERRED, 451, "mail", "later", true },
	{ "MAIL 421", { HELLO, BARE, MAIL, { SERVER, "421 closing\r\n" }, THE_END }, 0, 0,
	    RECEIPT_DEFERRED, 421, "mail", "closing", false },
	{ "MAIL 5xx", { HELLO, BARE, MAIL, { SERVER, "550 not you\r\n" }, QUIT, THE_END }, -1,
	    EX_NOPERM, RECEIPT_DEFERRED, 550, "mail", "not you", true },
	{ "MAIL 552", { HELLO, BARE, MAIL, { SERVER, "552 too much\r\n" }, QUIT, THE_END }, 0, 0,
	    RECEIPT_FAILED, 552, "mail", "too much", true },
	{ "MAIL 5xx, together",
	    { HELLO, PIPELINES, GROUP, { SERVER, "550 not you\r\n503 no\r\n503 no\r\n" }, QUIT,
	        THE_END },
	    -1, EX_NOPERM, RECEIPT_DEFERRED, 550, "mail", "not you", true },
	{ "MAIL 5xx, and yet 354",
	    { HELLO, PIPELINES, GROUP, { SERVER, "550 not you\r\n250 ok\r\n354 go\r\n" }, THE_END },
	    -1, EX_NOPERM, RECEIPT_DEFERRED, 550, "mail", "not you", false },
	{ "MAIL 354", { HELLO, BARE, MAIL, GO_ON, THE_END }, 0, 0, RECEIPT_DEFERRED, 354, "mail",
	    "go on", false },

	{ "RCPT 4xx", { HELLO, BARE, MAIL, OK, RCPT, { SERVER, "450 grey\r\n" }, QUIT, THE_END }, 0,
	    0, RECEIPT_DEFERRED, 450, "rcpt", "grey", true },
	{ "RCPT 5xx",
	    { HELLO, BARE, MAIL, OK, RCPT, { SERVER, "550-5.1.1 no such\r\n550 user\r\n" }, QUIT,
	        THE_END },
	    0, 0, RECEIPT_FAILED, 550, "rcpt", "5.1.1 no such user", true },
	{ "RCPT 421", { HELLO, BARE, MAIL, OK, RCPT, { SERVER, "421 busy\r\n" }, THE_END }, 0, 0,
	    RECEIPT_DEFERRED, 421, "rcpt", "busy", false },
	{ "RCPT wants a login",
	    { HELLO, BARE, MAIL, OK, RCPT, { SERVER, "530 5.7.0 log in\r\n" }, QUIT, THE_END }, -1,
	    EX_NOPERM, RECEIPT_DEFERRED, 530, "rcpt", "5.7.0 log in", true },
	{ "RCPT wants a login, and yet 354",
	    { HELLO, PIPELINES, GROUP, { SERVER, "250 ok\r\n530 log in\r\n354 go\r\n" }, THE_END },
	    -1, EX_NOPERM, RECEIPT_DEFERRED, 530, "rcpt", "log in", false },
	{ "RCPT 5xx, together",
	    { HELLO, PIPELINES, GROUP, { SERVER, "250 ok\r\n550 no\r\n554 nobody\r\n" }, QUIT,
	        THE_END },
	    0, 0, RECEIPT_FAILED, 550, "rcpt", "no", true },
	{ "RCPT 5xx, and yet 354",
	    { HELLO, PIPELINES, GROUP, { SERVER, "250 ok\r\n550 no\r\n354 go\r\n" }, LONE_DOT,
	        { SERVER, "554 nobody\r\n" }, QUIT, THE_END },
	    0, 0, RECEIPT_FAILED, 550, "rcpt", "no", true },
	{ "RCPT 5xx, and yet 354, and then nothing",
	    { HELLO, PIPELINES, GROUP, { SERVER, "250 ok\r\n450 no\r\n354 go\r\n" }, LONE_DOT,
	        { SERVER_CLOSES, "" }, THE_END },
	    0, 0, RECEIPT_DEFERRED, 450, "rcpt", "no", false },

	{ "RCPT 5xx, and yet 354, and then 421",
	    { HELLO, PIPELINES, GROUP, { SERVER, "250 ok\r\n550 no\r\n354 go\r\n" }, LONE_DOT,
	        { SERVER, "421 enough\r\n" }, THE_END },
	    0, 0, RECEIPT_FAILED, 550, "rcpt", "no", false },
	{ "RCPT 5xx, and yet 354, and nobody hears the dot",
	    { HELLO, PIPELINES, GROUP, { SERVER, "250 ok\r\n550 no\r\n354 go\r\n" },
	        { WRITE_FAILS, "" }, THE_END },
	    0, 0, RECEIPT_FAILED, 550, "rcpt", "no", false },

	{ "DATA 4xx",
	    { HELLO, BARE, MAIL, OK, RCPT, OK, DATA, { SERVER, "451 full\r\n" }, QUIT, THE_END }, 0,
	    0, RECEIPT_DEFERRED, 451, "data", "full", true },
	{ "DATA 5xx",
	    { HELLO, BARE, MAIL, OK, RCPT, OK, DATA, { SERVER, "554 spam\r\n" }, QUIT, THE_END }, 0,
	    0, RECEIPT_FAILED, 554, "data", "spam", true },
	{ "DATA 250", { HELLO, BARE, MAIL, OK, RCPT, OK, DATA, OK, THE_END }, 0, 0,
	    RECEIPT_DEFERRED, 250, "data", "2.0.0 fine", false },

	{ "dot 4xx", { UP_TO_DOT, { SERVER, "452 full\r\n" }, QUIT, THE_END }, 0, 0,
	    RECEIPT_DEFERRED, 452, "dot", "full", true },
	{ "dot 5xx", { UP_TO_DOT, { SERVER, "554 spam\r\n" }, QUIT, THE_END }, 0, 0, RECEIPT_FAILED,
	    554, "dot", "spam", true },
	{ "dot 421", { UP_TO_DOT, { SERVER, "421 bye\r\n" }, THE_END }, 0, 0, RECEIPT_DEFERRED, 421,
	    "dot", "bye", false },
	{ "dot 354", { UP_TO_DOT, GO_ON, THE_END }, 0, 0, RECEIPT_DOUBT, 354, "dot", "go on",
	    false },
	{ "dot, then the end", { UP_TO_DOT, { SERVER_CLOSES, "" }, THE_END }, 0, 0, RECEIPT_DOUBT,
	    0, "dot", "the connection was closed", false },
	{ "dot, then a reset", { UP_TO_DOT, { READ_FAILS, "" }, THE_END }, 0, 0, RECEIPT_DOUBT, 0,
	    "dot", "the connection was lost", false },
	{ "dot, then half a reply",
	    { UP_TO_DOT, { SERVER, "250 ok" }, { SERVER_CLOSES, "" }, THE_END }, 0, 0,
	    RECEIPT_DOUBT, 0, "dot", "the connection was closed", false },
	{ "dot, then nonsense", { UP_TO_DOT, { SERVER, "4346 x\r\n" }, THE_END }, 0, 0,
	    RECEIPT_DOUBT, 0, "dot", "'4346 x' is no SMTP reply", false },
	{ "dot, then two codes", { UP_TO_DOT, { SERVER, "250-a\r\n451 b\r\n" }, THE_END }, 0, 0,
	    RECEIPT_DOUBT, 0, "dot", "the lines of the reply have different codes", false },
	{ "dot that cannot be written",
	    { HELLO, BARE, MAIL, OK, RCPT, OK, DATA, GO_ON, BODY, { DOT, "" }, { WRITE_FAILS, "" },
	        THE_END },
	    0, 0, RECEIPT_DEFERRED, 0, "dot", "the connection was lost", false },
	{ "body that cannot be written",
	    { HELLO, BARE, MAIL, OK, RCPT, OK, DATA, GO_ON, { CLIENT, "Subj" }, { WRITE_FAILS, "" },
	        THE_END },
	    0, 0, RECEIPT_DEFERRED, 0, "write", "the connection was lost", false },
	{ "journal that refuses the dot",
	    { HELLO, BARE, MAIL, OK, RCPT, OK, DATA, GO_ON, BODY, { DOT_FAILS, "" }, THE_END }, -1,
	    EX_IOERR, RECEIPT_DEFERRED, 0, "dot", "", false },

	{ "end instead of a reply", { HELLO, BARE, MAIL, { SERVER_CLOSES, "" }, THE_END }, 0, 0,
	    RECEIPT_DEFERRED, 0, "mail", "the connection was closed", false },
	{ "end between replies",
	    { HELLO, PIPELINES, GROUP, { SERVER, "250 ok\r\n" }, { SERVER_CLOSES, "" }, THE_END },
	    0, 0, RECEIPT_DEFERRED, 0, "rcpt", "the connection was closed", false },
	{ "nonsense", { HELLO, BARE, MAIL, { SERVER, "hello\r\n" }, THE_END }, 0, 0,
	    RECEIPT_DEFERRED, 0, "mail", "'hello' is no SMTP reply", false },
	{ "two digits", { HELLO, BARE, MAIL, { SERVER, "25\r\n" }, THE_END }, 0, 0,
	    RECEIPT_DEFERRED, 0, "mail", "'25' is no SMTP reply", false },
	{ "no separator", { HELLO, BARE, MAIL, { SERVER, "250ok\r\n" }, THE_END }, 0, 0,
	    RECEIPT_DEFERRED, 0, "mail", "'250ok' is no SMTP reply", false },
	{ "a code from nowhere", { HELLO, BARE, MAIL, { SERVER, "150 wait\r\n" }, THE_END }, 0, 0,
	    RECEIPT_DEFERRED, 0, "mail", "'150 wait' is no SMTP reply", false },
	{ "an empty line", { HELLO, BARE, MAIL, { SERVER, "\r\n" }, THE_END }, 0, 0,
	    RECEIPT_DEFERRED, 0, "mail", "'' is no SMTP reply", false },
	{ "escapes",
	    { HELLO, BARE, MAIL, OK, RCPT, { SERVER, "550 \x1b[2Jno\tsuch\x7f \xff\xc3\xa9\r\n" },
	        QUIT, THE_END },
	    0, 0, RECEIPT_FAILED, 550, "rcpt", "\\x1b[2Jno such\\x7f \\xff\xc3\xa9", true },
};

static void
converse(const struct dialogue *dialogue, size_t piece)
{
	struct message message = plain_message();
	struct err err = ERR_NONE;
	struct receipt receipt;
	struct peer peer;
	struct smtp *smtp;

	print_message("%s, %zu\n", dialogue->name, piece);
	peer_init(&peer, dialogue->acts, piece);
	assert_int_equal(smtp_open(&smtp, &peer.stream, options_for(dialogue->acts), &err), 0);
	assert_int_equal(
	    smtp_send(smtp, &message, &peer.journal, &receipt, &err), dialogue->status);
	assert_int_equal(err.code, dialogue->code_of_err);
	assert_int_equal(receipt.outcome, dialogue->outcome);
	assert_int_equal(receipt.code, dialogue->code);
	assert_string_equal(receipt.phase, dialogue->phase);
	assert_string_equal(receipt.reply, dialogue->reply);
	assert_int_equal(smtp_is_open(smtp), dialogue->is_open);
	smtp_close(smtp);
	assert_script_ended(&peer);
}

static void
test_dialogues(void **state)
{
	static const size_t pieces[] = { 1, 7, 100000 };

	(void)state;
	for (size_t i = 0; i < COUNT(dialogues); i++)
		for (size_t j = 0; j < COUNT(pieces); j++)
			converse(&dialogues[i], pieces[j]);
}

/* ---- more than one recipient ---- */

#define TO(n) "RCPT TO:<" #n "@example.com>\r\n"
#define FIVE TO(0) TO(1) TO(2) TO(3) TO(4)
#define SAID_TO_FIVE "250 ok\r\n550 5.1.1 no\r\n250 ok\r\n450 4.2.1 later\r\n250 ok\r\n"
#define FIVE_UP_TO_DOT \
	HELLO, PIPELINES, { CLIENT, "MAIL FROM:<from@example.org>\r\n" FIVE "DATA\r\n" }, OK, \
	    { SERVER, SAID_TO_FIVE }, GO_ON, BODY, { DOT, "" }, LONE_DOT

/* A dialogue about a message to five, and what must come of it for each. */
struct group {
	const char *name;
	struct act acts[32];
	unsigned dots;
	char outcomes[6]; /* accepted, deferred, failed, left, ? for doubt */
	bool is_open;
};

static const struct group groups[] = {
	{ "one refused, one put off, three served", { FIVE_UP_TO_DOT, OK, QUIT, THE_END }, 0x15,
	    "afada", true },
	{ "the reply to the dot is lost", { FIVE_UP_TO_DOT, { SERVER_CLOSES, "" }, THE_END }, 0x15,
	    "?f?d?", false },
	{ "the message is refused",
	    { FIVE_UP_TO_DOT, { SERVER, "554 5.7.1 no\r\n" }, QUIT, THE_END }, 0x15, "fffdf",
	    true },
	{ "the message is put off",
	    { FIVE_UP_TO_DOT, { SERVER, "451 4.3.0 no\r\n" }, QUIT, THE_END }, 0x15, "dfddd",
	    true },
	{ "one by one",
	    { HELLO, BARE, MAIL, OK, { CLIENT, TO(0) }, { SERVER, "550 no\r\n" }, { CLIENT, TO(1) },
	        OK, { CLIENT, TO(2) }, OK, { CLIENT, TO(3) }, OK, { CLIENT, TO(4) },
	        { SERVER, "450 later\r\n" }, DATA, GO_ON, BODY, { DOT, "" }, LONE_DOT, OK, QUIT,
	        THE_END },
	    0x0e, "faaad", true },
	{ "nobody is left",
	    { HELLO, PIPELINES, { CLIENT, "MAIL FROM:<from@example.org>\r\n" FIVE "DATA\r\n" }, OK,
	        { SERVER, "550 no\r\n450 no\r\n550 no\r\n550 no\r\n452 no\r\n554 nobody\r\n" },
	        QUIT, THE_END },
	    0, "fdffd", true },
	{ "nobody is left, and yet 354",
	    { HELLO, PIPELINES, { CLIENT, "MAIL FROM:<from@example.org>\r\n" FIVE "DATA\r\n" }, OK,
	        { SERVER, "550 no\r\n550 no\r\n550 no\r\n550 no\r\n550 no\r\n354 go\r\n" },
	        LONE_DOT, { SERVER, "554 nobody\r\n" }, QUIT, THE_END },
	    0, "fffff", true },
	{ "no more after 421",
	    { HELLO, PIPELINES, { CLIENT, "MAIL FROM:<from@example.org>\r\n" FIVE "DATA\r\n" }, OK,
	        { SERVER, "250 ok\r\n550 no\r\n421 bye\r\n" }, THE_END },
	    0, "dfddd", false },
	{ "the connection ends between replies",
	    { HELLO, PIPELINES, { CLIENT, "MAIL FROM:<from@example.org>\r\n" FIVE "DATA\r\n" }, OK,
	        { SERVER, "250 ok\r\n550 no\r\n" }, { SERVER_CLOSES, "" }, THE_END },
	    0, "dfddd", false },
	{ "DATA is put off",
	    { HELLO, PIPELINES, { CLIENT, "MAIL FROM:<from@example.org>\r\n" FIVE "DATA\r\n" }, OK,
	        { SERVER, SAID_TO_FIVE "451 later\r\n" }, QUIT, THE_END },
	    0, "dfddd", true },
	{ "MAIL is put off",
	    { HELLO, PIPELINES, { CLIENT, "MAIL FROM:<from@example.org>\r\n" FIVE "DATA\r\n" },
	        { SERVER,
	            "451 later\r\n503 no\r\n503 no\r\n503 no\r\n503 no\r\n503 no\r\n"
	            "503 no\r\n" },
	        QUIT, THE_END },
	    0, "ddddd", true },
	{ "too many at once",
	    { HELLO, PIPELINES, { CLIENT, "MAIL FROM:<from@example.org>\r\n" FIVE "DATA\r\n" }, OK,
	        { SERVER, "452 full\r\n250 ok\r\n250 ok\r\n452 4.5.3 many\r\n552 many\r\n" }, GO_ON,
	        BODY, { DOT, "" }, LONE_DOT, OK, QUIT, THE_END },
	    0x06, "daall", true },
	{ "LMTP, a reply for each who was taken",
	    { GREETED, PIPELINES, { CLIENT, "MAIL FROM:<from@example.org>\r\n" FIVE "DATA\r\n" },
	        OK, { SERVER, SAID_TO_FIVE }, GO_ON, BODY, { DOT, "" }, LONE_DOT,
	        { SERVER, "250 a\r\n452 4.2.2 full\r\n250 c\r\n" }, QUIT, THE_END },
	    0x15, "afdda", true },
	{ "LMTP, the last replies are lost",
	    { GREETED, PIPELINES, { CLIENT, "MAIL FROM:<from@example.org>\r\n" FIVE "DATA\r\n" },
	        OK, { SERVER, SAID_TO_FIVE }, GO_ON, BODY, { DOT, "" }, LONE_DOT,
	        { SERVER, "250 a\r\n" }, { SERVER_CLOSES, "" }, THE_END },
	    0x15, "af?d?", false },
	{ "LMTP, the server goes behind the first reply",
	    { GREETED, PIPELINES, { CLIENT, "MAIL FROM:<from@example.org>\r\n" FIVE "DATA\r\n" },
	        OK, { SERVER, SAID_TO_FIVE }, GO_ON, BODY, { DOT, "" }, LONE_DOT,
	        { SERVER, "421 bye\r\n" }, THE_END },
	    0x15, "df?d?", false },
};

static void
serve_group(const struct group *group, size_t piece)
{
	static const char *const addresses[] = { "0@example.com", "1@example.com", "2@example.com",
		"3@example.com", "4@example.com" };
	struct message messages[COUNT(addresses)];
	struct receipt receipts[COUNT(addresses)];
	struct err err = ERR_NONE;
	struct peer peer;
	struct smtp *smtp;

	print_message("%s, %zu\n", group->name, piece);
	for (size_t i = 0; i < COUNT(addresses); i++) {
		messages[i] = plain_message();
		messages[i].delivery = (int64_t)i;
		messages[i].recipient = addresses[i];
		messages[i].with = i + 1 < COUNT(addresses) ? &messages[i + 1] : NULL;
	}
	peer_init(&peer, group->acts, piece);
	peer.delivery = 0;
	assert_int_equal(smtp_open(&smtp, &peer.stream, options_for(group->acts), &err), 0);
	assert_int_equal(smtp_send(smtp, messages, &peer.journal, receipts, &err), 0);
	for (size_t i = 0; i < COUNT(addresses); i++) {
		bool is_left = smtp_left(smtp) >> i & 1;
		assert_int_equal(group->outcomes[i] == 'l', is_left);
		assert_int_equal("adf?"[receipts[i].outcome], is_left ? 'd' : group->outcomes[i]);
	}
	assert_int_equal(peer.dots, group->dots);
	assert_int_equal(smtp_is_open(smtp), group->is_open);
	smtp_close(smtp);
	assert_script_ended(&peer);
}

static void
test_each_of_a_group_has_an_outcome(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(groups); i++) {
		serve_group(&groups[i], 1);
		serve_group(&groups[i], 100000);
	}
}

/* He who needs an extension does not keep the others from going without it. */
static void
test_a_group_with_one_who_cannot_be_told(void **state)
{
	static const struct act acts[] = { HELLO, PIPELINES,
		{ CLIENT, "MAIL FROM:<from@example.org>\r\n" TO(0) TO(2) "DATA\r\n" }, OK, OK, OK,
		GO_ON, BODY, { DOT, "" }, LONE_DOT, OK, QUIT, THE_END };
	static const char *const addresses[] = { "0@example.com", "j\xc3\xb6rg@example.com",
		"2@example.com", "" };
	struct message messages[COUNT(addresses)];
	struct receipt receipts[COUNT(addresses)];
	struct err err = ERR_NONE;
	struct peer peer;
	struct smtp *smtp;

	(void)state;
	for (size_t i = 0; i < COUNT(addresses); i++) {
		messages[i] = plain_message();
		messages[i].delivery = (int64_t)i;
		messages[i].recipient = addresses[i];
		messages[i].with = i + 1 < COUNT(addresses) ? &messages[i + 1] : NULL;
	}
	peer_init(&peer, acts, 100000);
	peer.delivery = 0;
	assert_int_equal(smtp_open(&smtp, &peer.stream, options_for(acts), &err), 0);
	assert_int_equal(smtp_send(smtp, messages, &peer.journal, receipts, &err), 0);
	assert_int_equal(peer.dots, 0x05);
	assert_int_equal(receipts[0].outcome, RECEIPT_ACCEPTED);
	assert_int_equal(receipts[1].outcome, RECEIPT_FAILED);
	assert_int_equal(receipts[2].outcome, RECEIPT_ACCEPTED);
	assert_int_equal(receipts[3].outcome, RECEIPT_FAILED);
	smtp_close(smtp);
	assert_script_ended(&peer);
}

/*
 * As many as may be, of addresses as long as may be:
 * each piece of commands waits for the one before.
 */
static void
test_the_largest_group(void **state)
{
	enum { PATH_LENGTH = 254, PIECES = 4, IN_A_PIECE = 14, SAID_BYTES = 8 * 513 };
	static struct message messages[MESSAGE_TOGETHER_MOST];
	static struct receipt receipts[MESSAGE_TOGETHER_MOST];
	static char addresses[MESSAGE_TOGETHER_MOST][PATH_LENGTH + 1];
	static char said[PIECES][SAID_BYTES], answers[PIECES][SAID_BYTES];
	struct act acts[] = { HELLO, PIPELINES, { CLIENT, said[0] }, { SERVER, answers[0] },
		{ CLIENT, said[1] }, { SERVER, answers[1] }, { CLIENT, said[2] },
		{ SERVER, answers[2] }, { CLIENT, said[3] }, { SERVER, answers[3] }, GO_ON, BODY,
		{ DOT, "" }, LONE_DOT, OK, QUIT, THE_END };
	struct err err = ERR_NONE;
	struct peer peer;
	struct smtp *smtp;
	int width = PATH_LENGTH - (int)strlen("@example.com");

	(void)state;
	strncpy(said[0], "MAIL FROM:<from@example.org>\r\n", SAID_BYTES);
	strncpy(answers[0], "250 ok\r\n", SAID_BYTES);
	for (size_t i = 0; i < MESSAGE_TOGETHER_MOST; i++) {
		char *piece = said[i / IN_A_PIECE], *answer = answers[i / IN_A_PIECE];
		snprintf(addresses[i], sizeof(addresses[i]), "%0*zu@example.com", width, i);
		snprintf(piece + strlen(piece), SAID_BYTES - strlen(piece), "RCPT TO:<%s>\r\n",
		    addresses[i]);
		snprintf(answer + strlen(answer), SAID_BYTES - strlen(answer), "250 ok\r\n");
		messages[i] = plain_message();
		messages[i].recipient = addresses[i];
		messages[i].delivery = (int64_t)(i % 32);
		messages[i].with = i + 1 < MESSAGE_TOGETHER_MOST ? &messages[i + 1] : NULL;
	}
	strncat(said[PIECES - 1], "DATA\r\n", SAID_BYTES - strlen(said[PIECES - 1]) - 1);
	peer_init(&peer, acts, 100000);
	peer.delivery = 0;
	assert_int_equal(smtp_open(&smtp, &peer.stream, options_for(acts), &err), 0);
	assert_int_equal(smtp_send(smtp, messages, &peer.journal, receipts, &err), 0);
	for (size_t i = 0; i < MESSAGE_TOGETHER_MOST; i++)
		assert_int_equal(receipts[i].outcome, RECEIPT_ACCEPTED);
	assert_int_equal(peer.dot_count, MESSAGE_TOGETHER_MOST);
	smtp_close(smtp);
	assert_script_ended(&peer);
}

/* ---- more than one message ---- */

static void
test_refused_transaction_is_reset(void **state)
{
	static const struct act acts[] = { HELLO, PIPELINES, GROUP,
		{ SERVER, "250 ok\r\n550 no\r\n554 nobody\r\n" },
		{ CLIENT,
		    "RSET\r\nMAIL FROM:<from@example.org>\r\nRCPT "
		    "TO:<other@example.com>\r\nDATA\r\n" },
		OK, OK, OK, GO_ON, BODY, { DOT, "" }, LONE_DOT, OK, GROUP, OK, OK, GO_ON, BODY,
		{ DOT, "" }, LONE_DOT, OK, QUIT, THE_END };
	static const char *const recipients[] = { "to@example.com", "other@example.com",
		"to@example.com" };
	static const enum receipt_outcome outcomes[] = { RECEIPT_FAILED, RECEIPT_ACCEPTED,
		RECEIPT_ACCEPTED };
	struct message message = plain_message();
	struct err err = ERR_NONE;
	struct receipt receipt;
	struct peer peer;
	struct smtp *smtp;

	(void)state;
	peer_init(&peer, acts, 100000);
	assert_int_equal(smtp_open(&smtp, &peer.stream, &options, &err), 0);
	for (size_t i = 0; i < COUNT(recipients); i++) {
		message.recipient = recipients[i];
		assert_int_equal(smtp_send(smtp, &message, &peer.journal, &receipt, &err), 0);
		assert_int_equal(receipt.outcome, outcomes[i]);
	}
	smtp_close(smtp);
	assert_script_ended(&peer);
}

static void
test_refused_message_is_reset(void **state)
{
	static const struct act acts[] = { UP_TO_DOT, { SERVER, "452 full\r\n" },
		{ CLIENT, "RSET\r\n" }, OK, MAIL, OK, RCPT, OK, DATA, GO_ON, BODY, { DOT, "" },
		LONE_DOT, OK, QUIT, THE_END };
	struct message message = plain_message();
	struct err err = ERR_NONE;
	struct receipt receipt;
	struct peer peer;
	struct smtp *smtp;

	(void)state;
	peer_init(&peer, acts, 100000);
	assert_int_equal(smtp_open(&smtp, &peer.stream, &options, &err), 0);
	assert_int_equal(smtp_send(smtp, &message, &peer.journal, &receipt, &err), 0);
	assert_int_equal(receipt.outcome, RECEIPT_DEFERRED);
	assert_int_equal(smtp_send(smtp, &message, &peer.journal, &receipt, &err), 0);
	assert_int_equal(receipt.outcome, RECEIPT_ACCEPTED);
	smtp_close(smtp);
	assert_script_ended(&peer);
}

static void
test_refused_reset_ends_the_session(void **state)
{
	static const struct act acts[] = { HELLO, BARE, MAIL, OK, RCPT, { SERVER, "450 no\r\n" },
		{ CLIENT, "RSET\r\n" }, { SERVER, "503 why?\r\n" }, THE_END };
	struct message message = plain_message();
	struct err err = ERR_NONE;
	struct receipt receipt;
	struct peer peer;
	struct smtp *smtp;

	(void)state;
	peer_init(&peer, acts, 100000);
	assert_int_equal(smtp_open(&smtp, &peer.stream, &options, &err), 0);
	assert_int_equal(smtp_send(smtp, &message, &peer.journal, &receipt, &err), 0);
	assert_int_equal(smtp_send(smtp, &message, &peer.journal, &receipt, &err), 0);
	assert_int_equal(receipt.outcome, RECEIPT_DEFERRED);
	assert_int_equal(receipt.code, 503);
	assert_false(smtp_is_open(smtp));
	/* Whoever goes on all the same is told so, and nothing is written. */
	assert_int_equal(smtp_send(smtp, &message, &peer.journal, &receipt, &err), -1);
	assert_int_equal(err.code, EX_SOFTWARE);
	smtp_close(smtp);
	assert_script_ended(&peer);
}

/* What a server says before it has the message is never the answer to the dot. */
static void
test_early_replies(void **state)
{
	static const struct {
		struct act acts[13];
		enum receipt_outcome outcome;
		int code;
		const char *reply;
	} cases[] = {
		{ { HELLO, BARE, MAIL, OK, RCPT, OK, DATA, { SERVER, "354 go\r\n250 have it\r\n" },
		      BODY, THE_END },
		    RECEIPT_DEFERRED, 250, "have it" },
		{ { HELLO, BARE, MAIL, OK, RCPT, OK, DATA, GO_ON, BODY,
		      { SERVER, "421 too slow\r\n" }, THE_END },
		    RECEIPT_DEFERRED, 421, "too slow" },
		{ { HELLO, BARE, MAIL, OK, RCPT, OK, DATA, GO_ON, BODY,
		      { SERVER, "552 too large\r\n" }, THE_END },
		    RECEIPT_FAILED, 552, "too large" },
		{ { HELLO, BARE, MAIL, OK, RCPT, OK, DATA, GO_ON, BODY, { SERVER, "552 too" },
		      { SERVER_CLOSES, "" }, THE_END },
		    RECEIPT_DEFERRED, 0, "the connection was closed" },
		{ { HELLO, BARE, MAIL, OK, RCPT, OK, DATA, GO_ON, BODY, { SERVER_CLOSES, "" },
		      THE_END },
		    RECEIPT_DEFERRED, 0, "the connection was closed" },
		/* While the dot is announced, which then stays here. */
		{ { HELLO, BARE, MAIL, OK, RCPT, OK, DATA, GO_ON, BODY, { DOT, "" },
		      { SERVER_CLOSES, "" }, THE_END },
		    RECEIPT_DEFERRED, 0, "the connection was closed" },
		{ { HELLO, BARE, MAIL, OK, RCPT, OK, DATA, GO_ON, BODY, { DOT, "" },
		      { SERVER, "421 shutting down\r\n" }, THE_END },
		    RECEIPT_DEFERRED, 421, "shutting down" },
		{ { HELLO, BARE, MAIL, OK, RCPT, OK, DATA, GO_ON, { WRITE_FAILS, "" },
		      { SERVER, "554 spam\r\n" }, THE_END },
		    RECEIPT_FAILED, 554, "spam" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct message message = plain_message();
		struct err err = ERR_NONE;
		struct receipt receipt;
		struct peer peer;
		struct smtp *smtp;
		peer_init(&peer, cases[i].acts, 100000);
		assert_int_equal(smtp_open(&smtp, &peer.stream, &options, &err), 0);
		assert_int_equal(smtp_send(smtp, &message, &peer.journal, &receipt, &err), 0);
		assert_int_equal(receipt.outcome, cases[i].outcome);
		assert_int_equal(receipt.code, cases[i].code);
		assert_string_equal(receipt.phase, "write");
		assert_string_equal(receipt.reply, cases[i].reply);
		assert_false(smtp_is_open(smtp));
		smtp_close(smtp);
		assert_script_ended(&peer);
	}
}

/* A session that the server ended between two messages is not used for another. */
static void
test_session_that_ended_meanwhile(void **state)
{
	static const struct act closed[] = { UP_TO_DOT, OK, { SERVER_CLOSES, "" }, THE_END };
	static const struct act warned[] = { UP_TO_DOT, OK, { SERVER, "421 idle\r\n" }, THE_END };
	static const struct act talked[] = { UP_TO_DOT, { SERVER, "250 ok\r\n250 ok\r\n" },
		THE_END };
	static const struct act *const scripts[] = { closed, warned, talked };

	(void)state;
	for (size_t i = 0; i < COUNT(scripts); i++) {
		struct message message = plain_message();
		struct err err = ERR_NONE;
		struct receipt receipt;
		struct peer peer;
		struct smtp *smtp;
		peer_init(&peer, scripts[i], 100000);
		assert_int_equal(smtp_open(&smtp, &peer.stream, &options, &err), 0);
		assert_int_equal(smtp_send(smtp, &message, &peer.journal, &receipt, &err), 0);
		assert_int_equal(receipt.outcome, RECEIPT_ACCEPTED);
		assert_false(smtp_is_open(smtp));
		smtp_close(smtp);
		assert_true(peer.is_closed);
	}
}

/* ---- bodies ---- */

static void
test_body_is_stuffed(void **state)
{
	static const struct {
		const char *body, *wire;
	} cases[] = {
		{ ".\r\n", "..\r\n" },
		{ "..\r\n", "...\r\n" },
		{ "a\r\n.\r\n.b\r\nc.\r\n", "a\r\n..\r\n..b\r\nc.\r\n" },
		{ "a\r\n.\r\n", "a\r\n..\r\n" },
		{ "\r\n\r\n.", NULL },
		{ "", NULL },
		{ "no line end", NULL },
		{ "a\r\n\r\n", "a\r\n\r\n" },
		{ "a\n.\r\nb\r\n", NULL },
		{ "a\r.\r\nb\r\n", NULL },
		{ "a\r\r\n", NULL },
		{ "a\r\n\n", NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct act whole[] = { HELLO, BARE, MAIL, OK, RCPT, OK, DATA, GO_ON,
			{ CLIENT, cases[i].wire }, { DOT, "" }, LONE_DOT, OK, QUIT, THE_END };
		const struct act refused[] = { HELLO, BARE, QUIT, THE_END };
		struct message message = plain_message();
		struct err err = ERR_NONE;
		struct receipt receipt;
		struct peer peer;
		struct smtp *smtp;

		message.bytes = str_from(cases[i].body);
		peer_init(&peer, cases[i].wire != NULL ? whole : refused, 100000);
		assert_int_equal(smtp_open(&smtp, &peer.stream, &options, &err), 0);
		int status = smtp_send(smtp, &message, &peer.journal, &receipt, &err);
		assert_int_equal(status, cases[i].wire != NULL ? 0 : -1);
		assert_int_equal(err.code, cases[i].wire != NULL ? 0 : EX_SOFTWARE);
		smtp_close(smtp);
		assert_script_ended(&peer);
	}
}

/* Larger than libetpan's buffer, with a dot at every place where a buffer may end. */
static void
test_large_body(void **state)
{
	enum { LINES = 20000 };
	char *body = calloc(LINES, 4), *wire = calloc(LINES, 5);
	size_t body_len = 0, wire_len = 0;

	(void)state;
	assert_non_null(body);
	assert_non_null(wire);
	for (size_t i = 0; i < LINES; i++) {
		memcpy(body + body_len, ".x\r\n", 4 - (i + 1 == LINES));
		memcpy(wire + wire_len, "..x\r\n", 5 - (i + 1 == LINES));
		body_len += 4;
		wire_len += 5;
	}
	body[body_len - 1] = wire[wire_len - 1] = '\0';
	memcpy(body + body_len - 4, "\r\n", 3);
	memcpy(wire + wire_len - 5, "\r\n", 3);

	const struct act acts[] = { HELLO, BARE, MAIL, OK, RCPT, OK, DATA, GO_ON, { CLIENT, wire },
		{ DOT, "" }, LONE_DOT, OK, QUIT, THE_END };
	struct message message = plain_message();
	struct err err = ERR_NONE;
	struct receipt receipt;
	struct peer peer;
	struct smtp *smtp;
	message.bytes = str_from(body);
	peer_init(&peer, acts, 1000);
	assert_int_equal(smtp_open(&smtp, &peer.stream, &options, &err), 0);
	assert_int_equal(smtp_send(smtp, &message, &peer.journal, &receipt, &err), 0);
	assert_int_equal(receipt.outcome, RECEIPT_ACCEPTED);
	smtp_close(smtp);
	assert_script_ended(&peer);
	free(body);
	free(wire);
}

/* A long body that breaks off in the middle has no dot, though some of it was taken. */
static void
test_large_body_that_breaks_off(void **state)
{
	enum { SIZE = 60000, TAKEN = 20000 };
	char *body = malloc(SIZE + 1), *taken = malloc(TAKEN + 1);

	(void)state;
	assert_non_null(body);
	assert_non_null(taken);
	memset(body, 'x', SIZE);
	memcpy(body + SIZE - 2, "\r\n", 3);
	memcpy(taken, body, TAKEN);
	taken[TAKEN] = '\0';

	const struct act acts[] = { HELLO, BARE, MAIL, OK, RCPT, OK, DATA, GO_ON, { CLIENT, taken },
		{ WRITE_FAILS, "" }, THE_END };
	struct message message = plain_message();
	struct err err = ERR_NONE;
	struct receipt receipt;
	struct peer peer;
	struct smtp *smtp;
	message.bytes = str_from(body);
	peer_init(&peer, acts, 1000);
	assert_int_equal(smtp_open(&smtp, &peer.stream, &options, &err), 0);
	assert_int_equal(smtp_send(smtp, &message, &peer.journal, &receipt, &err), 0);
	assert_int_equal(receipt.outcome, RECEIPT_DEFERRED);
	assert_string_equal(receipt.phase, "write");
	assert_string_equal(receipt.reply, "the connection was lost");
	smtp_close(smtp);
	assert_script_ended(&peer);
	free(body);
	free(taken);
}

static void
test_8bit(void **state)
{
	static const struct act with[] = { HELLO, { SERVER, "250-mx\r\n250 8BITMIME\r\n" },
		{ CLIENT, "MAIL FROM:<from@example.org> BODY=8BITMIME\r\n" }, OK, RCPT, OK, DATA,
		GO_ON, { CLIENT, "caf\xc3\xa9\r\n" }, { DOT, "" }, LONE_DOT, OK, QUIT, THE_END };
	static const struct act without[] = { HELLO, BARE, QUIT, THE_END };
	struct message message = plain_message();
	struct err err = ERR_NONE;
	struct receipt receipt;
	struct peer peer;
	struct smtp *smtp;

	(void)state;
	message.bytes = STR("caf\xc3\xa9\r\n");
	peer_init(&peer, with, 100000);
	assert_int_equal(smtp_open(&smtp, &peer.stream, &options, &err), 0);
	assert_int_equal(smtp_send(smtp, &message, &peer.journal, &receipt, &err), 0);
	assert_int_equal(receipt.outcome, RECEIPT_ACCEPTED);
	smtp_close(smtp);
	assert_script_ended(&peer);

	peer_init(&peer, without, 100000);
	assert_int_equal(smtp_open(&smtp, &peer.stream, &options, &err), 0);
	assert_int_equal(smtp_send(smtp, &message, &peer.journal, &receipt, &err), 0);
	assert_int_equal(receipt.outcome, RECEIPT_FAILED);
	assert_string_equal(receipt.reply, "the server takes 7-bit messages only");
	smtp_close(smtp);
	assert_script_ended(&peer);
}

/* ---- addresses ---- */

#define TEN "0123456789"
#define HUNDRED TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN

static void
test_bad_addresses_say_nothing(void **state)
{
	static const char *const bad[] = { "a@x>\r\nRCPT TO:<evil@x", "a@x\r\n", "a@x\n", "a b@x",
		"<a@x>", "a@x>", "\x01@x", "a\x7f@x", "\"a@x", "\"a\\", "\"a\\\"@x", "\"a\r\nb\"@x",
		"caf\xc3\xa9@x", "a\t@x", HUNDRED HUNDRED HUNDRED "@x" };
	static const struct act acts[] = { HELLO, PIPELINES, QUIT, THE_END };
	struct err err = ERR_NONE;
	struct receipt receipt;
	struct peer peer;
	struct smtp *smtp;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct message message = plain_message();
		peer_init(&peer, acts, 100000);
		assert_int_equal(smtp_open(&smtp, &peer.stream, &options, &err), 0);
		message.recipient = bad[i];
		assert_int_equal(smtp_send(smtp, &message, &peer.journal, &receipt, &err), 0);
		assert_int_equal(receipt.outcome, RECEIPT_FAILED);
		assert_string_equal(receipt.phase, "rcpt");

		message = plain_message();
		message.sender = bad[i];
		receipt.outcome = RECEIPT_ACCEPTED;
		assert_int_equal(smtp_send(smtp, &message, &peer.journal, &receipt, &err), -1);
		assert_int_equal(receipt.outcome, RECEIPT_DEFERRED);
		assert_int_equal(err.code, EX_CONFIG);
		err_clear(&err);

		message = plain_message();
		message.recipient = "";
		assert_int_equal(smtp_send(smtp, &message, &peer.journal, &receipt, &err), 0);
		assert_int_equal(receipt.outcome, RECEIPT_FAILED);
		smtp_close(smtp);
		assert_script_ended(&peer);
	}
}

static void
test_odd_addresses_go_as_they_are(void **state)
{
	static const struct act acts[] = { HELLO, BARE, { CLIENT, "MAIL FROM:<>\r\n" }, OK,
		{ CLIENT, "RCPT TO:<\"a> \\\" <b\"\\c@x>\r\n" }, OK, DATA, GO_ON, BODY, { DOT, "" },
		LONE_DOT, OK, QUIT, THE_END };
	struct message message = plain_message();
	struct err err = ERR_NONE;
	struct receipt receipt;
	struct peer peer;
	struct smtp *smtp;

	(void)state;
	message.sender = "";
	message.recipient = "\"a> \\\" <b\"\\c@x";
	peer_init(&peer, acts, 100000);
	assert_int_equal(smtp_open(&smtp, &peer.stream, &options, &err), 0);
	assert_int_equal(smtp_send(smtp, &message, &peer.journal, &receipt, &err), 0);
	assert_int_equal(receipt.outcome, RECEIPT_ACCEPTED);
	smtp_close(smtp);
	assert_script_ended(&peer);
}

/* Sender and recipient of an exchange with a server that has SMTPUTF8, and what MAIL says of it. */
static void
test_addresses_in_other_letters(void **state)
{
	static const struct {
		const char *sender, *recipient, *mail, *rcpt;
	} cases[] = {
		{ "from@example.org", "caf\xc3\xa9@x", "MAIL FROM:<from@example.org> SMTPUTF8\r\n",
		    "RCPT TO:<caf\xc3\xa9@x>\r\n" },
		{ "caf\xc3\xa9@x", "to@example.com", "MAIL FROM:<caf\xc3\xa9@x> SMTPUTF8\r\n",
		    "RCPT TO:<to@example.com>\r\n" },
		{ "from@example.org", "to@example.com", "MAIL FROM:<from@example.org>\r\n",
		    "RCPT TO:<to@example.com>\r\n" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct act acts[] = { HELLO, { SERVER, "250-mx\r\n250 SMTPUTF8\r\n" },
			{ CLIENT, cases[i].mail }, OK, { CLIENT, cases[i].rcpt }, OK, DATA, GO_ON,
			BODY, { DOT, "" }, LONE_DOT, OK, QUIT, THE_END };
		struct message message = plain_message();
		struct err err = ERR_NONE;
		struct receipt receipt;
		struct peer peer;
		struct smtp *smtp;

		message.sender = cases[i].sender;
		message.recipient = cases[i].recipient;
		peer_init(&peer, acts, 100000);
		assert_int_equal(smtp_open(&smtp, &peer.stream, &options, &err), 0);
		assert_int_equal(smtp_send(smtp, &message, &peer.journal, &receipt, &err), 0);
		assert_int_equal(receipt.outcome, RECEIPT_ACCEPTED);
		smtp_close(smtp);
		assert_script_ended(&peer);
	}
}

/* ---- reports of delivery ---- */

/* RFC 3461: only headers come back, and a report names the message, where its name fits. */
static void
test_envelope_ids(void **state)
{
	static const struct {
		const char *id, *mail;
	} cases[] = {
		{ "1.daily@example.org",
		    "MAIL FROM:<from@example.org> RET=HDRS ENVID=1.daily@example.org\r\n" },
		{ "a+b=c d\x7f\xc3\xa9@x",
		    "MAIL FROM:<from@example.org> RET=HDRS ENVID=a+2Bb+3Dc+20d+7F+C3+A9@x\r\n" },
		{ "", "MAIL FROM:<from@example.org> RET=HDRS\r\n" },
		{ HUNDRED, "MAIL FROM:<from@example.org> RET=HDRS ENVID=" HUNDRED "\r\n" },
		{ HUNDRED "x", "MAIL FROM:<from@example.org> RET=HDRS\r\n" },
		/* Its last letter would take three bytes, and there are two. */
		{ TEN TEN TEN TEN TEN TEN TEN TEN TEN "12345678+",
		    "MAIL FROM:<from@example.org> RET=HDRS\r\n" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct act acts[] = { HELLO, { SERVER, "250-mx\r\n250 DSN\r\n" },
			{ CLIENT, cases[i].mail }, OK, RCPT, OK, DATA, GO_ON, BODY, { DOT, "" },
			LONE_DOT, OK, QUIT, THE_END };
		struct message message = plain_message();
		struct err err = ERR_NONE;
		struct receipt receipt;
		struct peer peer;
		struct smtp *smtp;

		message.id = cases[i].id;
		peer_init(&peer, acts, 100000);
		assert_int_equal(smtp_open(&smtp, &peer.stream, &options, &err), 0);
		assert_int_equal(smtp_send(smtp, &message, &peer.journal, &receipt, &err), 0);
		assert_int_equal(receipt.outcome, RECEIPT_ACCEPTED);
		smtp_close(smtp);
		assert_script_ended(&peer);
	}
}

/* ---- openings that fail ---- */

static void
test_bad_openings(void **state)
{
	static const struct {
		struct act acts[6];
		int code;
		const char *text;
	} cases[] = {
		{ { HELLO, { SERVER_CLOSES, "" }, THE_END }, EX_UNAVAILABLE,
		    "no answer to EHLO: the connection was closed" },
		{ { { WRITE_FAILS, "" }, THE_END }, EX_UNAVAILABLE,
		    "no answer to EHLO: the connection was lost" },
		{ { HELLO, { SERVER, "421 go away\r\n" }, THE_END }, EX_TEMPFAIL,
		    "the server refuses 'me.example.org': 421 go away" },
		{ { HELLO, { SERVER, "550 who?\r\n" }, THE_END }, EX_UNAVAILABLE,
		    "the server refuses 'me.example.org': 550 who?" },
		{ { HELLO, { SERVER, "500 what?\r\n" }, { CLIENT, "HELO me.example.org\r\n" },
		      { SERVER, "502 no\r\n" }, THE_END },
		    EX_UNAVAILABLE, "the server refuses 'me.example.org': 502 no" },
		{ { HELLO, { SERVER, "250-a\r\n500 b\r\n" }, THE_END }, EX_UNAVAILABLE,
		    "no answer to EHLO: the lines of the reply have different codes" },
		{ { { SERVER, "421 busy\r\n" }, THE_END }, EX_TEMPFAIL,
		    "the server refuses the connection: 421 busy" },
		{ { { SERVER, "250 hello\r\n" }, THE_END }, EX_UNAVAILABLE,
		    "the server refuses the connection: 250 hello" },
		{ { { SERVER, "2" }, { SERVER_CLOSES, "" }, THE_END }, EX_UNAVAILABLE,
		    "no greeting: the connection was closed" },
		{ { GREETED, { SERVER, "500 what?\r\n" }, THE_END }, EX_UNAVAILABLE,
		    "the server refuses 'me.example.org': 500 what?" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct err err = ERR_NONE;
		struct peer peer;
		struct smtp *smtp;
		peer_init(&peer, cases[i].acts, 100000);
		assert_int_equal(
		    smtp_open(&smtp, &peer.stream, options_for(cases[i].acts), &err), -1);
		assert_null(smtp);
		assert_int_equal(err.code, cases[i].code);
		assert_string_equal(err.text, cases[i].text);
		assert_script_ended(&peer);
	}
}

/* libetpan's memory, which is not ours to die for. */
static bool is_out_of_memory;

mailsmtp *
mailsmtp_new(size_t rate, progress_function *progress)
{
	static mailsmtp *(*real)(size_t, progress_function *);

	if (real == NULL)
		real =
		    (mailsmtp * (*)(size_t, progress_function *)) dlsym(RTLD_NEXT, "mailsmtp_new");
	return is_out_of_memory ? NULL : real(rate, progress);
}

static void
test_no_memory_for_a_session(void **state)
{
	static const struct act nothing[] = { THE_END };
	struct err err = ERR_NONE;
	struct peer peer;
	struct smtp *smtp;

	(void)state;
	peer_init(&peer, nothing, 100000);
	is_out_of_memory = true;
	int status = smtp_open(&smtp, &peer.stream, &options, &err);
	is_out_of_memory = false;
	assert_int_equal(status, -1);
	assert_null(smtp);
	assert_int_equal(err.code, EX_OSERR);
	assert_string_equal(err.text, "out of memory for the session");
	assert_script_ended(&peer);
}

static void
test_names_for_ehlo(void **state)
{
#define LONGEST HUNDRED HUNDRED TEN TEN TEN TEN TEN "12345"
	static const char *const bad[] = { "", "a b", "a\r\nMAIL FROM:<x>", "caf\xc3\xa9",
		LONGEST "6" };
	static const struct act nothing[] = { THE_END };
	static const struct act literal[] = { { CLIENT, "EHLO [IPv6:2001:db8::1]\r\n" }, BARE, QUIT,
		THE_END };
	static const struct act longest[] = { { CLIENT, "EHLO " LONGEST "\r\n" }, BARE, QUIT,
		THE_END };
	struct peer peer;
	struct smtp *smtp;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct smtp_options odd = options;
		odd.helo = bad[i];
		struct err err = ERR_NONE;
		peer_init(&peer, nothing, 100000);
		assert_int_equal(smtp_open(&smtp, &peer.stream, &odd, &err), -1);
		assert_int_equal(err.code, EX_CONFIG);
		assert_script_ended(&peer);
	}
	struct smtp_options good = options;
	good.helo = "[IPv6:2001:db8::1]";
	struct err err = ERR_NONE;
	peer_init(&peer, literal, 100000);
	assert_int_equal(smtp_open(&smtp, &peer.stream, &good, &err), 0);
	smtp_close(smtp);
	assert_script_ended(&peer);
	good.helo = LONGEST;
	peer_init(&peer, longest, 100000);
	assert_int_equal(smtp_open(&smtp, &peer.stream, &good, &err), 0);
	smtp_close(smtp);
	assert_script_ended(&peer);
	smtp_close(NULL);
}

/* ---- limits of a reply ---- */

static void
open_with_reply(const char *reply, int status, const char *text)
{
	const struct act good[] = { HELLO, { SERVER, reply }, QUIT, THE_END };
	struct err err = ERR_NONE;
	struct peer peer;
	struct smtp *smtp;

	peer_init(&peer, good, 1000);
	assert_int_equal(smtp_open(&smtp, &peer.stream, &options, &err), status);
	assert_string_equal(err.text, text);
	smtp_close(smtp);
	if (status == 0)
		assert_script_ended(&peer);
	assert_true(peer.is_closed);
}

static void
test_reply_limits(void **state)
{
	enum { ROOM = 200000 };
	char *reply = calloc(1, ROOM + 1);

	(void)state;
	assert_non_null(reply);
	for (size_t i = 0; i < 99; i++)
		memcpy(reply + 7 * i, "250-a\r\n", 7);
	memcpy(reply + 7 * 99, "250 a\r\n", 8);
	open_with_reply(reply, 0, "");

	memcpy(reply + 7 * 99, "250-a\r\n250 a\r\n", 15);
	open_with_reply(reply, -1, "no answer to EHLO: the reply has over 100 lines");

	memset(reply, 'x', ROOM);
	memcpy(reply, "250 ", 4);
	open_with_reply(reply, -1, "no answer to EHLO: the reply is over 64 KiB");

	memcpy(reply + 60000, "\r\n", 3);
	open_with_reply(reply, 0, "");
	free(reply);
}

static void
test_deadline_is_told(void **state)
{
	static const struct act acts[] = { HELLO, THE_END };
	const struct smtp_options hurried = { .helo = "me.example.org" };
	struct err err = ERR_NONE;
	struct peer peer;
	struct smtp *smtp;

	(void)state;
	peer_init(&peer, acts, 100000);
	assert_int_equal(smtp_open(&smtp, &peer.stream, &hurried, &err), -1);
	assert_string_equal(err.text, "no answer to EHLO: no reply within 0 s");
	assert_script_ended(&peer);
}

/* ---- a message after the dot of another ---- */

#define FOLLOWED \
	{ \
		CLIENT, \
		    ".\r\nMAIL FROM:<from@example.org>\r\nRCPT TO:<other@example.com>\r\nDATA\r\n" \
	}
#define UP_TO_FOLLOWED HELLO, PIPELINES, GROUP, OK, OK, GO_ON, BODY, FOLLOWED

/* What comes of two messages, the second of which follows the first. */
static const struct pursuit {
	const char *name;
	struct act acts[24];
	enum receipt_outcome first, second;
	enum smtp_progress end; /* of the second */
} pursuits[] = {
	{ "both arrive",
	    { UP_TO_FOLLOWED, { SERVER, "250 a\r\n250 b\r\n250 c\r\n354 d\r\n" }, BODY, LONE_DOT,
	        OK, QUIT, THE_END },
	    RECEIPT_ACCEPTED, RECEIPT_ACCEPTED, SMTP_DONE },
	{ "a refused dot changes nothing for the next",
	    { UP_TO_FOLLOWED, { SERVER, "554 spam\r\n" }, OK, OK, GO_ON, BODY, LONE_DOT, OK, QUIT,
	        THE_END },
	    RECEIPT_FAILED, RECEIPT_ACCEPTED, SMTP_DONE },
	{ "the next recipient is refused",
	    { UP_TO_FOLLOWED, OK, OK, { SERVER, "550 no\r\n503 nobody\r\n" }, QUIT, THE_END },
	    RECEIPT_ACCEPTED, RECEIPT_FAILED, SMTP_DONE },
	{ "the next recipient is refused, and yet 354",
	    { UP_TO_FOLLOWED, OK, OK, { SERVER, "450 later\r\n" }, GO_ON, LONE_DOT,
	        { SERVER, "554 nobody\r\n" }, QUIT, THE_END },
	    RECEIPT_ACCEPTED, RECEIPT_DEFERRED, SMTP_DONE },
	{ "the server hangs up behind the dot",
	    { UP_TO_FOLLOWED, OK, { SERVER_CLOSES, "" }, THE_END }, RECEIPT_ACCEPTED,
	    RECEIPT_DEFERRED, SMTP_UNHEARD },
	{ "the server breaks behind the dot", { UP_TO_FOLLOWED, OK, { READ_FAILS, "" }, THE_END },
	    RECEIPT_ACCEPTED, RECEIPT_DEFERRED, SMTP_UNHEARD },
	{ "only the dot gets out, and is answered",
	    { HELLO, PIPELINES, GROUP, OK, OK, GO_ON, BODY, LONE_DOT, { WRITE_FAILS, "" }, OK,
	        { SERVER_CLOSES, "" }, THE_END },
	    RECEIPT_ACCEPTED, RECEIPT_DEFERRED, SMTP_UNHEARD },
	{ "no more in this session",
	    { UP_TO_FOLLOWED, OK, { SERVER, "421 4.7.0 that is enough\r\n" }, THE_END },
	    RECEIPT_ACCEPTED, RECEIPT_DEFERRED, SMTP_UNHEARD },
	{ "the dot is still in the server's way",
	    { UP_TO_FOLLOWED, { SERVER, "451 busy\r\n503 nested MAIL\r\n503 no\r\n503 no\r\n" },
	        THE_END },
	    RECEIPT_DEFERRED, RECEIPT_DEFERRED, SMTP_UNHEARD },
	{ "421 instead of an answer", { UP_TO_FOLLOWED, { SERVER, "421 closing\r\n" }, THE_END },
	    RECEIPT_DEFERRED, RECEIPT_DEFERRED, SMTP_UNHEARD },
	{ "no answer to the dot", { UP_TO_FOLLOWED, { SERVER_CLOSES, "" }, THE_END }, RECEIPT_DOUBT,
	    RECEIPT_DOUBT, SMTP_UNHEARD },
	{ "one reply too many is nobody's consent", { UP_TO_FOLLOWED, OK, OK, OK, OK, THE_END },
	    RECEIPT_ACCEPTED, RECEIPT_DEFERRED, SMTP_DONE },
	{ "half a dot is none",
	    { HELLO, PIPELINES, GROUP, OK, OK, GO_ON, BODY, { CLIENT, ".\r" }, { WRITE_FAILS, "" },
	        THE_END },
	    RECEIPT_DEFERRED, RECEIPT_DEFERRED, SMTP_UNHEARD },
};

static void
pursue(const struct pursuit *pursuit, size_t piece)
{
	struct message first = plain_message(), second = plain_message();
	struct err err = ERR_NONE;
	struct receipt receipt;
	struct peer peer;
	struct smtp *smtp;

	print_message("%s, %zu\n", pursuit->name, piece);
	second.recipient = "other@example.com";
	peer_init(&peer, pursuit->acts, piece);
	assert_int_equal(smtp_open(&smtp, &peer.stream, &options, &err), 0);
	assert_int_equal(smtp_begin(smtp, &first, &receipt, &err), 1);
	assert_false(smtp_may_follow(smtp));
	/* However often it is asked, it waits for its dot. */
	assert_int_equal(smtp_advance(smtp, true, &receipt, &err), SMTP_AT_DOT);
	assert_int_equal(smtp_advance(smtp, true, &receipt, &err), SMTP_AT_DOT);
	smtp_give_dot(smtp);
	assert_true(smtp_may_follow(smtp));
	assert_int_equal(smtp_begin(smtp, &second, &receipt, &err), 1);
	assert_int_equal(smtp_advance(smtp, true, &receipt, &err), SMTP_DONE);
	assert_int_equal(receipt.outcome, pursuit->first);
	enum smtp_progress progress = smtp_advance(smtp, true, &receipt, &err);
	if (progress == SMTP_AT_DOT) {
		smtp_give_dot(smtp);
		progress = smtp_advance(smtp, true, &receipt, &err);
	}
	assert_int_equal(progress, pursuit->end);
	assert_int_equal(receipt.outcome, pursuit->second);
	assert_int_equal(err.code, 0);
	smtp_close(smtp);
	assert_script_ended(&peer);
}

static void
test_following_messages(void **state)
{
	static const size_t pieces[] = { 1, 7, 100000 };

	(void)state;
	for (size_t i = 0; i < COUNT(pursuits); i++)
		for (size_t j = 0; j < COUNT(pieces); j++)
			pursue(&pursuits[i], pieces[j]);
}

/* One that we refuse ourselves leaves the dot as it is; and no session has more than it may. */
static void
test_following_is_not_for_all(void **state)
{
	static const struct act acts[] = { HELLO, PIPELINES, GROUP, OK, OK, GO_ON, BODY, LONE_DOT,
		OK, GROUP, OK, OK, GO_ON, BODY, LONE_DOT, OK, QUIT, THE_END };
	struct smtp_options limited = options;
	struct message message = plain_message(), nobody = plain_message();
	struct err err = ERR_NONE;
	struct receipt receipt;
	struct peer peer;
	struct smtp *smtp;

	(void)state;
	limited.message_limit = 2;
	nobody.recipient = "";
	peer_init(&peer, acts, 100000);
	assert_int_equal(smtp_open(&smtp, &peer.stream, &limited, &err), 0);
	for (int i = 0; i < 2; i++) {
		assert_true(smtp_is_open(smtp));
		assert_int_equal(smtp_begin(smtp, &message, &receipt, &err), 1);
		assert_int_equal(smtp_advance(smtp, true, &receipt, &err), SMTP_AT_DOT);
		smtp_give_dot(smtp);
		assert_int_equal(smtp_may_follow(smtp), i == 0);
		assert_int_equal(smtp_begin(smtp, &nobody, &receipt, &err), 0);
		assert_int_equal(receipt.outcome, RECEIPT_FAILED);
		assert_int_equal(smtp_advance(smtp, true, &receipt, &err), SMTP_DONE);
		assert_int_equal(receipt.outcome, RECEIPT_ACCEPTED);
	}
	assert_false(smtp_is_open(smtp));
	smtp_close(smtp);
	assert_script_ended(&peer);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_dialogues),
		cmocka_unit_test(test_each_of_a_group_has_an_outcome),
		cmocka_unit_test(test_a_group_with_one_who_cannot_be_told),
		cmocka_unit_test(test_the_largest_group),
		cmocka_unit_test(test_refused_transaction_is_reset),
		cmocka_unit_test(test_refused_message_is_reset),
		cmocka_unit_test(test_refused_reset_ends_the_session),
		cmocka_unit_test(test_following_messages),
		cmocka_unit_test(test_following_is_not_for_all),
		cmocka_unit_test(test_early_replies),
		cmocka_unit_test(test_session_that_ended_meanwhile),
		cmocka_unit_test(test_body_is_stuffed),
		cmocka_unit_test(test_large_body),
		cmocka_unit_test(test_large_body_that_breaks_off),
		cmocka_unit_test(test_8bit),
		cmocka_unit_test(test_bad_addresses_say_nothing),
		cmocka_unit_test(test_odd_addresses_go_as_they_are),
		cmocka_unit_test(test_addresses_in_other_letters),
		cmocka_unit_test(test_envelope_ids),
		cmocka_unit_test(test_bad_openings),
		cmocka_unit_test(test_no_memory_for_a_session),
		cmocka_unit_test(test_names_for_ehlo),
		cmocka_unit_test(test_reply_limits),
		cmocka_unit_test(test_deadline_is_told),
	};

	return cmocka_run_group_tests_name("smtp", tests, NULL, NULL);
}
