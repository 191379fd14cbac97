/*
 * The SMTP conversation: who we are, and one message at a time, with room for the journal between
 * the body and the final dot. Its two halves are smtp_commands.c's and smtp_body.c's; lines and
 * their reading are smtp_wire's; connecting, TLS and AUTH are net's.
 */
#include "smtp_internal.h"

#include "digest/clock.h"
#include "digest/mem.h"

#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

enum {
	NAME_BYTES = 255, /* RFC 5321 section 4.5.3.1.2 */
	QUIT_TIMEOUT_MS = 5000,
};

void
smtp_hang_up(struct smtp *smtp)
{
	smtp_wire_free(smtp->wire);
	smtp->wire = NULL;
}

/* ---- introduction ---- */

bool
smtp_is_name(struct str name)
{
	if (name.len == 0 || name.len > NAME_BYTES)
		return false;
	for (size_t i = 0; i < name.len; i++)
		if (!str_is_alnum(name.ptr[i]) && strchr("-._:[]", name.ptr[i]) == NULL)
			return false;
	return true;
}

/*
 * One line of the reply to EHLO; the first is a greeting, whatever its words look like. Servers
 * write keywords in any case and put TABs between words.
 */
static void
take_capability(void *context, size_t index, struct str line)
{
	static const struct {
		const char *keyword;
		unsigned capability;
	} known[] = { { "PIPELINING", SMTP_CAN_PIPELINE }, { "SIZE", SMTP_CAN_SIZE },
		{ "8BITMIME", SMTP_CAN_8BIT }, { "SMTPUTF8", SMTP_CAN_UTF8 },
		{ "DSN", SMTP_CAN_DSN } };
	struct smtp *smtp = context;
	struct str keyword, parameter;
	unsigned capability = 0;

	if (index == 0 || !str_next_word(&line, &keyword))
		return;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (str_equal_nocase(keyword, str_from(known[i].keyword)))
			capability = known[i].capability;
	smtp->capabilities |= capability;
	if (capability == SMTP_CAN_SIZE && str_next_word(&line, &parameter) &&
	    str_to_int(parameter, 0, INT64_MAX, &smtp->size_limit) < 0)
		smtp->size_limit = 0;
}

/* Says EHLO or HELO; -1 when no complete reply came. */
static int
say_hello(struct smtp *smtp, const char *verb, const char *helo, smtp_wire_line *each_line,
    struct smtp_reply *reply)
{
	char command[SMTP_COMMAND_BYTES];

	snprintf(command, sizeof(command), "%s %s\r\n", verb, helo);
	if (smtp_wire_say(smtp->wire, command, smtp->timeout_ms) < 0)
		return -1;
	return smtp_wire_read(smtp->wire, smtp->timeout_ms, reply, each_line, smtp);
}

static int
refuse_opening(const struct smtp_reply *reply, struct err *err, const char *what)
{
	return err_set(err, smtp_class(reply->code) == 4 ? EX_TEMPFAIL : EX_UNAVAILABLE,
	    "the server refuses %s: %d %s", what, reply->code, reply->text);
}

/* Over SMTP, net has read it. */
static int
read_greeting(struct smtp *smtp, struct err *err)
{
	struct smtp_reply reply = { .code = 0 };

	if (smtp_wire_read(smtp->wire, smtp->timeout_ms, &reply, NULL, NULL) < 0)
		return err_set(
		    err, EX_UNAVAILABLE, "no greeting: %s", smtp_wire_trouble(smtp->wire));
	if (reply.code == 220)
		return 0;
	return refuse_opening(&reply, err, "the connection");
}

static int
introduce(struct smtp *smtp, const char *helo, struct err *err)
{
	const char *verb = smtp->is_lmtp ? "LHLO" : "EHLO";
	struct smtp_reply reply = { .code = 0 };

	if (smtp->is_lmtp && read_greeting(smtp, err) < 0)
		return -1;
	int status = say_hello(smtp, verb, helo, take_capability, &reply);
	/* RFC 5321 section 3.2: a server from before the extensions. */
	if (status == 0 && !smtp->is_lmtp && (reply.code == 500 || reply.code == 502)) {
		smtp->capabilities = 0;
		status = say_hello(smtp, "HELO", helo, NULL, &reply);
	}
	if (status < 0)
		return err_set(err, EX_UNAVAILABLE, "no answer to %s: %s", verb,
		    smtp_wire_trouble(smtp->wire));
	if (smtp_class(reply.code) == 2)
		return 0;
	char quoted[NAME_BYTES + 3];
	snprintf(quoted, sizeof(quoted), "'%s'", helo);
	return refuse_opening(&reply, err, quoted);
}

int
smtp_open(
    struct smtp **smtp, struct stream *stream, const struct smtp_options *options, struct err *err)
{
	struct smtp *made = mem_alloc(sizeof(*made));

	*smtp = NULL;
	made->is_lmtp = options->is_lmtp;
	made->timeout_ms = options->timeout_ms;
	made->dot_timeout_ms = options->dot_timeout_ms;
	made->message_limit = options->message_limit > 0 ? options->message_limit : INT_MAX;
	made->last_used_ms = clock_monotonic_ms();
	made->wire = smtp_wire_new(stream);
	if (made->wire == NULL) {
		err_set(err, EX_OSERR, "out of memory for the session");
		goto fail;
	}
	if (!smtp_is_name(str_from(options->helo))) {
		err_set(err, EX_CONFIG, "'%s' is no name to say in EHLO", options->helo);
		goto fail;
	}
	if (introduce(made, options->helo, err) < 0)
		goto fail;
	*smtp = made;
	return 0;
fail:
	smtp_hang_up(made);
	smtp_close(made);
	return -1;
}

/* A server may hang up, or say that it is about to, while nobody listens. */
bool
smtp_is_open(struct smtp *smtp)
{
	if (smtp->wire != NULL && smtp_wire_listen(smtp->wire) != 0)
		smtp_hang_up(smtp);
	return smtp->wire != NULL && smtp->message_count < smtp->message_limit;
}

int64_t
smtp_idle_ms(const struct smtp *smtp)
{
	return clock_monotonic_ms() - smtp->last_used_ms;
}

void
smtp_close(struct smtp *smtp)
{
	char command[] = "QUIT\r\n";
	struct smtp_reply reply;

	if (smtp == NULL)
		return;
	/* The answer is read so that the connection ends in order; what it says changes nothing. */
	if (smtp->wire != NULL && smtp_wire_say(smtp->wire, command, QUIT_TIMEOUT_MS) == 0)
		(void)smtp_wire_read(smtp->wire, QUIT_TIMEOUT_MS, &reply, NULL, NULL);
	smtp_hang_up(smtp);
	mem_free(smtp);
}

/* ---- receipts ---- */

void
smtp_note(struct receipt *receipts, uint64_t which, enum receipt_outcome outcome, const char *phase,
    int code, const char *text)
{
	for (; which != 0; which >>= 1, receipts++)
		if (which & 1)
			journal_note(receipts, outcome, phase, code, str_from(text));
}

enum smtp_progress
smtp_give_up(struct smtp *smtp, struct receipt *receipts, uint64_t which,
    enum receipt_outcome outcome, const char *phase, const struct smtp_reply *reply)
{
	smtp_note(receipts, which, outcome, phase, reply->code,
	    reply->code != 0 ? reply->text : smtp_wire_trouble(smtp->wire));
	smtp_hang_up(smtp);
	return SMTP_DONE;
}

/* ---- a message ---- */

/* A message's commands go out in one piece with the dot before them (RFC 2920 section 3.1). */
static void
follow_dot(struct smtp *smtp, struct smtp_transaction *t)
{
	t->stage = SMTP_STAGE_DOT;
	t->follows = true;
	memcpy(smtp->said, SMTP_FINAL_DOT.ptr, SMTP_FINAL_DOT.len);
	smtp_say_commands(smtp, SMTP_FINAL_DOT.len);
	t->out_behind_dot = t->out.len - SMTP_FINAL_DOT.len;
	smtp_wire_start(smtp->wire, smtp->dot_timeout_ms);
}

bool
smtp_may_follow(const struct smtp *smtp)
{
	return smtp->transaction.stage == SMTP_STAGE_DOT &&
	    (smtp->capabilities & SMTP_CAN_PIPELINE) != 0 &&
	    smtp->message_count < smtp->message_limit;
}

int
smtp_begin(
    struct smtp *smtp, const struct message *message, struct receipt *receipts, struct err *err)
{
	struct smtp_transaction *t = &smtp->transaction;
	bool follows = smtp->wire != NULL && t->stage == SMTP_STAGE_DOT;
	struct smtp_transaction begun = { .message = message,
		.shape = message->shape != NULL ? *message->shape : message_shape(message->bytes),
		.dot_open = t->dot_open,
		.refused = SMTP_STEP_COUNT };
	int foreseen = smtp_foresee(smtp, &begun, receipts, err);

	if (foreseen <= 0)
		return foreseen;
	*t = begun;
	smtp->message_count++;
	smtp->last_used_ms = clock_monotonic_ms();
	t->unsaid = t->unread = smtp->needs_reset ? SMTP_STEP_RSET : SMTP_STEP_MAIL;
	if (follows)
		follow_dot(smtp, t);
	return 1;
}

uint64_t
smtp_open_to(const struct smtp *smtp)
{
	return smtp->transaction.open;
}

uint64_t
smtp_left(const struct smtp *smtp)
{
	return smtp->transaction.left;
}

void
smtp_give_dot(struct smtp *smtp)
{
	struct smtp_transaction *t = &smtp->transaction;

	t->stage = SMTP_STAGE_DOT;
	t->follows = false;
	t->dot_open = t->open;
	t->out = SMTP_FINAL_DOT;
	t->out_behind_dot = 0;
	smtp_wire_start(smtp->wire, smtp->dot_timeout_ms);
}

enum smtp_progress
smtp_advance(struct smtp *smtp, bool may_wait, struct receipt *receipts, struct err *err)
{
	struct smtp_transaction *t = &smtp->transaction;

	/* The message before was the last that it took. */
	if (smtp->wire == NULL)
		return SMTP_UNHEARD;
	switch (t->stage) {
	case SMTP_STAGE_COMMANDS: return smtp_advance_commands(smtp, may_wait, receipts, err);
	case SMTP_STAGE_BODY: return smtp_advance_body(smtp, may_wait, receipts);
	case SMTP_STAGE_DOT: return smtp_advance_dot(smtp, may_wait, receipts);
	case SMTP_STAGE_NO_BODY: return smtp_end_data(smtp, may_wait);
	case SMTP_STAGE_READY: break;
	}
	return SMTP_AT_DOT;
}

/*
 * While something is written that has to be out before anything is read, nobody is told of what
 * there is to read: he would ask without end. A body is told, since what comes then is a reason to
 * break off.
 */
struct smtp_wait
smtp_wait(const struct smtp *smtp)
{
	const struct smtp_transaction *t = &smtp->transaction;
	bool is_heard = t->stage == SMTP_STAGE_BODY || t->out.len <= t->out_behind_dot;
	short events = is_heard ? POLLIN : 0;

	if (t->out.len > 0)
		events |= POLLOUT;
	return (struct smtp_wait){ smtp_wire_descriptor(smtp->wire), events,
		smtp_wire_deadline_ms(smtp->wire) };
}

/* Tells the journal whose dot is about to be sent. */
static int
announce(const struct smtp *smtp, struct journal *journal, struct err *err)
{
	const struct message *one = smtp->transaction.message;
	int64_t deliveries[MESSAGE_TOGETHER_MOST];
	size_t count = 0;

	for (size_t i = 0; one != NULL; one = one->with, i++)
		if (smtp_open_to(smtp) >> i & 1)
			deliveries[count++] = one->delivery;
	return journal->dot(journal, deliveries, count, err);
}

int
smtp_send(struct smtp *smtp, const struct message *message, struct journal *journal,
    struct receipt *receipts, struct err *err)
{
	int begun = smtp_begin(smtp, message, receipts, err);

	if (begun <= 0)
		return begun;
	enum smtp_progress progress = smtp_advance(smtp, true, receipts, err);
	if (progress == SMTP_AT_DOT) {
		if (announce(smtp, journal, err) < 0) {
			smtp_hang_up(smtp);
			return -1;
		}
		smtp_give_dot(smtp);
		progress = smtp_advance(smtp, true, receipts, err);
	}
	return progress == SMTP_STOPPED ? -1 : 0;
}
