/*
 * The SMTP conversation: who we are, and one message at a time, with room for the journal between
 * the body and the final dot. Lines and their reading are smtp_wire's; connecting, TLS and AUTH are
 * net's.
 */
#include "digest/smtp.h"

#include "smtp_wire.h"

#include "digest/clock.h"
#include "digest/mem.h"

#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

enum {
	PATH_BYTES = 254, /* RFC 5321 section 4.5.3.1.3, without the brackets */
	NAME_BYTES = 255, /* section 4.5.3.1.2 */
	QUIT_TIMEOUT_MS = 5000,
	EARLY_TIMEOUT_MS = 1000,
	MS_PER_SECOND = 1000,
};

/* What the server offers and we make use of; all else it offers is left alone. */
enum capability {
	CAN_PIPELINE = 1u << 0, /* RFC 2920 */
	CAN_SIZE = 1u << 1, /* RFC 1870 */
	CAN_8BIT = 1u << 2, /* RFC 6152 */
	CAN_UTF8 = 1u << 3, /* RFC 6531 */
	CAN_DSN = 1u << 4, /* RFC 3461 */
};

/* The commands of a transaction, in order: RCPT is said of each recipient, and DATA behind the last. */
enum step { STEP_RSET, STEP_MAIL, STEP_RCPT, STEP_DATA, STEP_COUNT };

/* So many bytes of commands go out in one piece. */
enum { GROUP_BYTES = 8 * SMTP_COMMAND_BYTES };

/* Behind a body whose last line is ended. */
static const struct str final_dot = STR(".\r\n");

static const char *const step_phases[STEP_COUNT] = { "mail", "mail", "rcpt", "data" };

/* How far a message is. */
enum stage {
	STAGE_COMMANDS,
	STAGE_BODY,
	STAGE_READY, /* for its dot */
	STAGE_DOT, /* the reply to a dot is waited for: this message's, or that of the one before */
	STAGE_NO_BODY, /* a dot where the server waits for a body that nobody would get */
};

struct transaction {
	const struct message *message;
	struct message_shape shape;
	bool is_utf8; /* some address is */
	size_t count; /* of recipients; below, they are bits, the first the lowest */
	uint64_t open; /* whose fate is not known yet */
	uint64_t dot_open; /* the same of the message whose dot is out */
	uint64_t left; /* for another transaction: see smtp_left() */
	struct smtp_reply reply, refusal; /* the one that comes; the first that decides */
	bool is_body_awaited; /* 354 was said */
	bool follows; /* its commands went out behind the dot of the message before */
	enum stage stage;
	size_t unsaid, unread; /* which command, and whose reply, comes next: see step_at() */
	enum step refused; /* by `refusal`; STEP_COUNT for none */
	struct str out; /* what is being written */
	size_t out_behind_dot; /* how much of that stands behind a dot that is not answered yet */
	struct str body; /* what comes behind that */
	bool owes_dot; /* and between the two, the dot that is doubled (RFC 5321 section 4.5.2) */
};

struct smtp {
	struct smtp_wire *wire; /* NULL once the session is over */
	bool is_lmtp;
	int64_t timeout_ms, dot_timeout_ms;
	int message_limit;
	unsigned capabilities;
	int64_t size_limit; /* 0 when the server names none */
	bool needs_reset; /* a transaction was refused half-way */
	int message_count;
	int64_t last_used_ms;
	char said[GROUP_BYTES]; /* commands */
	struct transaction transaction;
};

static void
hang_up(struct smtp *smtp)
{
	smtp_wire_free(smtp->wire);
	smtp->wire = NULL;
}

void
smtp_hang_up(struct smtp *smtp)
{
	hang_up(smtp);
}

static int
code_class(int code)
{
	return code / 100;
}

/* --- introduction ------------------------------------------------------------------------------ */

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
 * One line of the reply to EHLO; the first is a greeting, whatever its words look like. Servers write
 * keywords in any case and put TABs between words.
 */
static void
take_capability(void *context, size_t index, struct str line)
{
	static const struct {
		const char *keyword;
		unsigned capability;
	} known[] = { { "PIPELINING", CAN_PIPELINE }, { "SIZE", CAN_SIZE },
		{ "8BITMIME", CAN_8BIT }, { "SMTPUTF8", CAN_UTF8 }, { "DSN", CAN_DSN } };
	struct smtp *smtp = context;
	struct str keyword, parameter;
	unsigned capability = 0;

	if (index == 0 || !str_next_word(&line, &keyword))
		return;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (str_equal_nocase(keyword, str_from(known[i].keyword)))
			capability = known[i].capability;
	smtp->capabilities |= capability;
	if (capability == CAN_SIZE && str_next_word(&line, &parameter) &&
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
	return err_set(err, code_class(reply->code) == 4 ? EX_TEMPFAIL : EX_UNAVAILABLE,
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
	if (code_class(reply.code) == 2)
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
	hang_up(made);
	smtp_close(made);
	return -1;
}

/* A server may hang up, or say that it is about to, while nobody listens. */
bool
smtp_is_open(struct smtp *smtp)
{
	if (smtp->wire != NULL && smtp_wire_listen(smtp->wire) != 0)
		hang_up(smtp);
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
	hang_up(smtp);
	mem_free(smtp);
}

/* --- receipts ---------------------------------------------------------------------------------- */

static void
note(struct receipt *receipt, enum receipt_outcome outcome, const char *phase, int code,
    const char *text)
{
	*receipt = (struct receipt){ .outcome = outcome, .code = code };
	snprintf(receipt->phase, sizeof(receipt->phase), "%s", phase);
	journal_add_reply(receipt->reply, str_trim(str_from(text)));
}

/* Notes the same of some recipients. */
static void
note_all(struct receipt *receipts, uint64_t which, enum receipt_outcome outcome, const char *phase,
    int code, const char *text)
{
	for (; which != 0; which >>= 1, receipts++)
		if (which & 1)
			note(receipts, outcome, phase, code, text);
}

/*
 * The session broke, or the server talks nonsense: nobody knows what its next reply would mean.
 * `reply` is what came last, with code 0 when it did not come. The message is done for these.
 */
static enum smtp_progress
give_up(struct smtp *smtp, struct receipt *receipts, uint64_t which, enum receipt_outcome outcome,
    const char *phase, const struct smtp_reply *reply)
{
	note_all(receipts, which, outcome, phase, reply->code,
	    reply->code != 0 ? reply->text : smtp_wire_trouble(smtp->wire));
	hang_up(smtp);
	return SMTP_DONE;
}

/* --- a message --------------------------------------------------------------------------------- */

/*
 * Whether an address can stand between "<" and ">" without being more than that: a CR, LF or ">"
 * outside of quotes would start commands of its own.
 */
static bool
is_path(const struct smtp *smtp, struct str address)
{
	bool is_quoted = false;

	if (address.len > PATH_BYTES)
		return false;
	for (size_t i = 0; i < address.len; i++) {
		unsigned char c = (unsigned char)address.ptr[i];
		if (c < ' ' || c == 0x7f || (c > 0x7f && !(smtp->capabilities & CAN_UTF8)))
			return false;
		if (c == '"')
			is_quoted = !is_quoted;
		else if (c == '\\' && is_quoted && i + 1 < address.len)
			i++;
		else if (!is_quoted && (c == ' ' || c == '<' || c == '>'))
			return false;
	}
	return !is_quoted;
}

/* Notes that the server would not take it from us. Always returns 0. */
static int __attribute__((format(printf, 4, 5))) refuse_ourselves(
    struct receipt *receipts, uint64_t which, const char *phase, const char *format, ...)
{
	char text[RECEIPT_REPLY_BYTES];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	note_all(receipts, which, RECEIPT_FAILED, phase, 0, text);
	return 0;
}

/* Closes the recipients whom the server cannot be told. */
static void
foresee_recipients(const struct smtp *smtp, struct transaction *t, struct receipt *receipts)
{
	for (const struct message *one = t->message; one != NULL; one = one->with) {
		uint64_t bit = (uint64_t)1 << t->count++;
		bool is_utf8 = !str_is_ascii(str_from(one->recipient));
		if (is_utf8 && !(smtp->capabilities & CAN_UTF8)) {
			refuse_ourselves(receipts, bit, "rcpt",
			    "5.6.7 the address needs SMTPUTF8, which the server does not have");
		} else if (one->recipient[0] == '\0' || !is_path(smtp, str_from(one->recipient))) {
			refuse_ourselves(
			    receipts, bit, "rcpt", "the address cannot be sent over SMTP");
		} else {
			t->open |= bit;
			t->is_utf8 |= is_utf8;
		}
	}
}

/* What is known without the server: 1 to go on, 0 when it is settled already, or -1. */
static int
foresee(const struct smtp *smtp, struct transaction *t, struct receipt *receipts, struct err *err)
{
	const struct message *message = t->message;
	size_t len = message->bytes.len, at = 0;

	for (const struct message *one = message; one != NULL; one = one->with)
		receipts[at++] = (struct receipt){ .outcome = RECEIPT_DEFERRED, .phase = "mail" };
	if (smtp->wire == NULL)
		return err_set(err, EX_SOFTWARE, "the SMTP session is over");
	if (!t->shape.is_lines)
		return err_set(err, EX_SOFTWARE, "the message has lines that do not end with CRLF");
	if (!is_path(smtp, str_from(message->sender)))
		return err_set(
		    err, EX_CONFIG, "'%s' cannot be a sender over SMTP", message->sender);
	t->is_utf8 = !str_is_ascii(str_from(message->sender));
	foresee_recipients(smtp, t, receipts);
	if (smtp->size_limit > 0 && len > (uint64_t)smtp->size_limit)
		return refuse_ourselves(receipts, t->open, "mail",
		    "the message has %zu bytes and the server takes %lld", len,
		    (long long)smtp->size_limit);
	if (!(smtp->capabilities & CAN_8BIT) && t->shape.is_8bit)
		return refuse_ourselves(
		    receipts, t->open, "mail", "the server takes 7-bit messages only");
	return t->open != 0;
}

/* The message identification as an envelope's (RFC 3461 sections 4 and 4.4), so that a report names it. */
static void
add_envelope_id(char *parameters, size_t size, const char *id)
{
	enum { ENVELOPE_ID_BYTES = 100 };
	char text[ENVELOPE_ID_BYTES + 1] = "";
	size_t len = 0, used = strlen(parameters);

	for (; *id != '\0'; id++) {
		bool is_plain = *id > ' ' && *id <= '~' && *id != '+' && *id != '=';
		if (len + (is_plain ? 1 : 3) > ENVELOPE_ID_BYTES)
			return;
		if (is_plain)
			text[len++] = *id;
		else
			len += (size_t)snprintf(
			    text + len, sizeof(text) - len, "+%02X", (unsigned char)*id);
	}
	if (len > 0)
		snprintf(parameters + used, size - used, " ENVID=%s", text);
}

/* Which step the command at a place belongs to; STEP_COUNT behind the last. */
static enum step
step_at(const struct transaction *t, size_t place)
{
	if (place < STEP_RCPT)
		return (enum step)place;
	if (place < STEP_RCPT + t->count)
		return STEP_RCPT;
	return place == STEP_RCPT + t->count ? STEP_DATA : STEP_COUNT;
}

/* The recipient whose RCPT has that place, as a bit. */
static uint64_t
bit_at(size_t place)
{
	return (uint64_t)1 << (place - STEP_RCPT);
}

/* The place behind, but for those of recipients whom nobody tells the server. */
static size_t
place_behind(const struct transaction *t, size_t place)
{
	do
		place++;
	while (step_at(t, place) == STEP_RCPT && !(t->open & bit_at(place)));
	return place;
}

static int
write_mail(const struct smtp *smtp, const struct transaction *t, char *out)
{
	enum { PARAMETER_BYTES = 200 };
	const struct message *message = t->message;
	char parameters[PARAMETER_BYTES] = "";
	size_t len = 0;

	if (smtp->capabilities & CAN_SIZE)
		len = (size_t)snprintf(
		    parameters, sizeof(parameters), " SIZE=%zu", message->bytes.len);
	snprintf(parameters + len, sizeof(parameters) - len, "%s%s%s",
	    t->shape.is_8bit ? " BODY=8BITMIME" : "", t->is_utf8 ? " SMTPUTF8" : "",
	    smtp->capabilities & CAN_DSN ? " RET=HDRS" : "");
	if (smtp->capabilities & CAN_DSN)
		add_envelope_id(parameters, sizeof(parameters), message->id);
	return snprintf(
	    out, SMTP_COMMAND_BYTES, "MAIL FROM:<%s>%s\r\n", message->sender, parameters);
}

/* Writes the command at a place; gives its length. */
static int
write_command(const struct smtp *smtp, const struct transaction *t, size_t place, char *out)
{
	const struct message *one = t->message;

	switch (step_at(t, place)) {
	case STEP_RSET: return snprintf(out, SMTP_COMMAND_BYTES, "RSET\r\n");
	case STEP_MAIL: return write_mail(smtp, t, out);
	case STEP_RCPT:
		for (size_t i = STEP_RCPT; i < place; i++)
			one = one->with;
		return snprintf(out, SMTP_COMMAND_BYTES, "RCPT TO:<%s>\r\n", one->recipient);
	default: return snprintf(out, SMTP_COMMAND_BYTES, "DATA\r\n");
	}
}

/* Starts the clock of the reply that comes next. */
static void
expect(struct smtp *smtp, const struct transaction *t)
{
	smtp_wire_start(smtp->wire,
	    step_at(t, t->unread) == STEP_DATA ? 2 * smtp->timeout_ms : smtp->timeout_ms);
}

/* Puts the commands from the next on, as many as fit or one, behind the `len` bytes that are there. */
static void
say(struct smtp *smtp, struct transaction *t, size_t len)
{
	bool is_pipelined = (smtp->capabilities & CAN_PIPELINE) != 0;

	do {
		len += (size_t)write_command(smtp, t, t->unsaid, smtp->said + len);
		t->unsaid = place_behind(t, t->unsaid);
	} while (is_pipelined && step_at(t, t->unsaid) < STEP_COUNT &&
	    len + SMTP_COMMAND_BYTES <= sizeof(smtp->said));
	t->out = (struct str){ smtp->said, len };
	expect(smtp, t);
}

/*
 * Closes the recipient whom the server refused, and leaves the transaction to the others. "Too many" is
 * no word about him, where others came before him; some servers say that in the way of RFC 821.
 */
static void
close_recipient(struct transaction *t, struct receipt *receipts)
{
	const struct smtp_reply *reply = &t->reply;
	uint64_t bit = bit_at(t->unread);
	bool is_left = (reply->code == 452 || reply->code == 552) && (t->open & (bit - 1)) != 0;
	bool is_for_now = is_left || code_class(reply->code) == 4;

	note_all(receipts, bit, is_for_now ? RECEIPT_DEFERRED : RECEIPT_FAILED, "rcpt", reply->code,
	    reply->text);
	t->open &= ~bit;
	if (is_left)
		t->left |= bit;
}

/*
 * Notes the reply to a command; -1 when there are no more to come. With the last recipient the
 * transaction is refused, and so it is by what is no word about a recipient.
 */
static int
take_reply(struct transaction *t, struct receipt *receipts)
{
	enum step step = step_at(t, t->unread);
	int code = t->reply.code, class = code_class(code);

	if (code == 421)
		return -1;
	t->is_body_awaited |= step == STEP_DATA && code == 354;
	bool is_agreed = step == STEP_DATA ? code == 354 : class == 2;
	bool is_his =
	    step == STEP_RCPT && class >= 4 && code != 530 && t->open != bit_at(t->unread);
	if (!is_agreed && t->refused == STEP_COUNT && is_his) {
		close_recipient(t, receipts);
	} else if (!is_agreed && t->refused == STEP_COUNT) {
		t->refused = step;
		t->refusal = t->reply;
	}
	t->unread = place_behind(t, t->unread);
	t->reply.code = 0;
	return 0;
}

/*
 * Says the commands and reads one reply for each that was said: many together when pipelined, else up to
 * the first that is refused. 1 when that is done, 0 to wait, -1 when the session broke or the server
 * ended it.
 */
static int
exchange(struct smtp *smtp, struct transaction *t, bool may_wait, struct receipt *receipts)
{
	while (true) {
		if (t->unread == t->unsaid) {
			if (t->refused < STEP_COUNT || step_at(t, t->unsaid) == STEP_COUNT)
				return 1;
			say(smtp, t, 0);
		}
		bool was_said = t->out.len == 0;
		int status = smtp_wire_push(smtp->wire, &t->out, may_wait);
		/* Nobody answers before he has heard: to look at once would be a call for nothing. */
		if (status > 0 && !was_said && !may_wait && !smtp_wire_has_bytes(smtp->wire))
			return 0;
		if (status > 0)
			status = smtp_wire_pull(smtp->wire, may_wait, &t->reply);
		if (status <= 0)
			return status;
		if (take_reply(t, receipts) < 0)
			return -1;
		if (t->unread < t->unsaid)
			expect(smtp, t);
	}
}

/*
 * Whether the refusal would meet every message: 530 wants a login (RFC 4954 section 6), and a 5xx to
 * MAIL is about the sender, but 552 about this message.
 */
static bool
blame_sender(const struct transaction *t, struct err *err)
{
	const struct smtp_reply *reply = &t->refusal;

	if (reply->code == 530)
		err_set(
		    err, EX_NOPERM, "the server wants a login: %d %s", reply->code, reply->text);
	else if (t->refused == STEP_MAIL && code_class(reply->code) == 5 && reply->code != 552)
		err_set(err, EX_NOPERM, "the server refuses the sender '%s': %d %s",
		    t->message->sender, reply->code, reply->text);
	else
		return false;
	return true;
}

/*
 * What a refused step means: for the recipient (SMTP_DONE), or for the whole job (SMTP_STOPPED).
 * SMTP_WAITS when the server waits for a body all the same, since it was told DATA before we knew
 * (RFC 2920 section 3.1). Where it has no recipient, a lone dot ends that, but not in LMTP, where
 * nobody would answer it (RFC 2033 section 4.2); anything else ends with the connection.
 */
static enum smtp_progress
refuse(struct smtp *smtp, struct transaction *t, struct receipt *receipts, struct err *err)
{
	enum step step = t->refused;
	const struct smtp_reply *reply = &t->refusal;
	const char *phase = step_phases[step];
	int class = code_class(reply->code);
	bool waits = t->is_body_awaited;

	if (step == STEP_RSET || class < 4)
		return give_up(smtp, receipts, t->open, RECEIPT_DEFERRED, phase, reply);
	smtp->needs_reset = true;
	bool is_about_us = blame_sender(t, err);
	bool is_for_now = class == 4 || is_about_us;
	note_all(receipts, t->open, is_for_now ? RECEIPT_DEFERRED : RECEIPT_FAILED, phase,
	    reply->code, reply->text);
	if (waits && (step != STEP_RCPT || is_about_us || smtp->is_lmtp))
		hang_up(smtp);
	if (is_about_us)
		return SMTP_STOPPED;
	if (!waits || smtp->wire == NULL)
		return SMTP_DONE;
	t->stage = STAGE_NO_BODY;
	t->out = final_dot;
	smtp_wire_start(smtp->wire, smtp->dot_timeout_ms);
	return SMTP_WAITS;
}

/* The lone dot, and whatever is said to it. */
static enum smtp_progress
end_data(struct smtp *smtp, struct transaction *t, bool may_wait)
{
	int status = smtp_wire_push(smtp->wire, &t->out, may_wait);

	if (status > 0)
		status = smtp_wire_pull(smtp->wire, may_wait, &t->reply);
	if (status == 0)
		return SMTP_WAITS;
	if (status < 0 || t->reply.code == 421)
		hang_up(smtp);
	return SMTP_DONE;
}

/* What comes before the first dot that starts a line behind another; all where there is none. */
static size_t
bytes_to_dot(struct str body)
{
	const char *start = body.ptr, *end = body.ptr + body.len;

	/* By lines, because memmem(3) looks at every byte of them. */
	while ((start = memchr(start, '\n', (size_t)(end - start))) && ++start < end)
		if (*start == '.')
			return (size_t)(start - body.ptr);
	return body.len;
}

/* Up to the next dot that starts a line, and that dot's double next. */
static void
next_piece(struct transaction *t)
{
	if (t->owes_dot) {
		t->out = STR(".");
		t->owes_dot = false;
		return;
	}
	size_t len = t->shape.has_dots ? bytes_to_dot(t->body) : t->body.len;
	t->out = str_head(t->body, len);
	t->body = str_skip(t->body, len);
	t->owes_dot = t->body.len > 0;
}

/* 1 when the body is through, 0 to wait, -1 when the stream broke. */
static int
write_body(struct smtp *smtp, struct transaction *t, bool may_wait)
{
	int status = smtp_wire_push(smtp->wire, &t->out, may_wait);

	while (status > 0 && (t->owes_dot || t->body.len > 0)) {
		next_piece(t);
		status = smtp_wire_push(smtp->wire, &t->out, may_wait);
	}
	return status;
}

static void
begin_body(struct smtp *smtp, struct transaction *t)
{
	int64_t size_ms = (int64_t)(t->message->bytes.len / 1024) * MS_PER_SECOND;

	smtp->needs_reset = false;
	t->stage = STAGE_BODY;
	t->body = t->message->bytes;
	t->owes_dot = str_starts(t->body, ".");
	smtp_wire_start(smtp->wire, 3 * smtp->timeout_ms + size_ms);
}

/*
 * The server hung up, or speaks, before it has the whole message. What it says there is the reason,
 * and never an answer to a dot that was not sent.
 */
static enum smtp_progress
break_off(struct smtp *smtp, struct receipt *receipts, uint64_t which)
{
	struct smtp_reply reply = { .code = 0 };

	if (smtp_wire_listen(smtp->wire) > 0)
		(void)smtp_wire_read(smtp->wire, EARLY_TIMEOUT_MS, &reply, NULL, NULL);
	return give_up(smtp, receipts, which,
	    code_class(reply.code) == 5 ? RECEIPT_FAILED : RECEIPT_DEFERRED, "write", &reply);
}

/*
 * What the reply to the dot means: for all recipients, or in LMTP for the next (RFC 2033 section 4.2), and
 * SMTP_WAITS for those behind. Where a message follows, its replies come then.
 */
static enum smtp_progress
take_dot_reply(struct smtp *smtp, struct transaction *t, struct receipt *receipts)
{
	static const enum receipt_outcome outcomes[] = { [2] = RECEIPT_ACCEPTED,
		[3] = RECEIPT_DOUBT,
		[4] = RECEIPT_DEFERRED,
		[5] = RECEIPT_FAILED };
	enum receipt_outcome outcome = outcomes[code_class(t->reply.code)];
	uint64_t which = smtp->is_lmtp ? t->dot_open & -t->dot_open : t->dot_open;

	note_all(receipts, which, outcome, "dot", t->reply.code, t->reply.text);
	t->dot_open &= ~which;
	if (outcome == RECEIPT_DOUBT || t->reply.code == 421)
		return give_up(smtp, receipts, t->dot_open, RECEIPT_DOUBT, "dot", &t->reply);
	smtp->last_used_ms = clock_monotonic_ms();
	smtp->needs_reset |= outcome != RECEIPT_ACCEPTED;
	t->reply.code = 0;
	if (t->dot_open != 0) {
		smtp_wire_start(smtp->wire, smtp->dot_timeout_ms);
		return SMTP_WAITS;
	}
	t->stage = STAGE_COMMANDS;
	t->out_behind_dot = 0;
	if (t->follows)
		expect(smtp, t);
	return SMTP_DONE;
}

/* Reads what is said to the dot. */
static enum smtp_progress
hear_dot(struct smtp *smtp, struct transaction *t, bool may_wait, struct receipt *receipts)
{
	enum smtp_progress progress = SMTP_WAITS;
	int status;

	while (progress == SMTP_WAITS) {
		status = smtp_wire_pull(smtp->wire, may_wait, &t->reply);
		if (status == 0)
			return SMTP_WAITS;
		if (status < 0)
			return give_up(
			    smtp, receipts, t->dot_open, RECEIPT_DOUBT, "dot", &t->reply);
		progress = take_dot_reply(smtp, t, receipts);
	}
	return progress;
}

/* The dot and its reply: from here on nothing of ours allocates. */
static enum smtp_progress
finish(struct smtp *smtp, struct transaction *t, bool may_wait, struct receipt *receipts)
{
	bool was_written = t->out.len <= t->out_behind_dot;

	/* While the dot was announced the server may have gone, and nothing is in doubt yet. */
	if (t->out.len == t->out_behind_dot + final_dot.len && smtp_wire_listen(smtp->wire) != 0)
		return break_off(smtp, receipts, t->dot_open);
	int status = smtp_wire_push(smtp->wire, &t->out, may_wait);
	bool is_written = t->out.len <= t->out_behind_dot;

	/* A dot that could not be written whole has ended no message. */
	if (status < 0 && !is_written)
		return give_up(smtp, receipts, t->dot_open, RECEIPT_DEFERRED, "dot", &t->reply);
	if (!is_written)
		return SMTP_WAITS;
	/* Whoever has the dot may have answered it, even if he hears no more. */
	if (status < 0)
		t->out = STR("");
	if (!was_written)
		smtp_wire_start(smtp->wire, smtp->dot_timeout_ms);
	/* Nothing was said before it was heard. */
	if (!was_written && !may_wait)
		return SMTP_WAITS;
	return hear_dot(smtp, t, may_wait, receipts);
}

/* The commands of a message go out in one piece with the dot of the one before (RFC 2920 section 3.1). */
static void
follow_dot(struct smtp *smtp, struct transaction *t)
{
	t->stage = STAGE_DOT;
	t->follows = true;
	memcpy(smtp->said, final_dot.ptr, final_dot.len);
	say(smtp, t, final_dot.len);
	t->out_behind_dot = t->out.len - final_dot.len;
	smtp_wire_start(smtp->wire, smtp->dot_timeout_ms);
}

bool
smtp_may_follow(const struct smtp *smtp)
{
	return smtp->transaction.stage == STAGE_DOT && (smtp->capabilities & CAN_PIPELINE) != 0 &&
	    smtp->message_count < smtp->message_limit;
}

int
smtp_begin(
    struct smtp *smtp, const struct message *message, struct receipt *receipts, struct err *err)
{
	struct transaction *t = &smtp->transaction;
	bool follows = smtp->wire != NULL && t->stage == STAGE_DOT;
	struct transaction begun = { .message = message,
		.shape = message->shape != NULL ? *message->shape : message_shape(message->bytes),
		.dot_open = t->dot_open,
		.refused = STEP_COUNT };
	int foreseen = foresee(smtp, &begun, receipts, err);

	if (foreseen <= 0)
		return foreseen;
	*t = begun;
	smtp->message_count++;
	smtp->last_used_ms = clock_monotonic_ms();
	t->unsaid = t->unread = smtp->needs_reset ? STEP_RSET : STEP_MAIL;
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
	struct transaction *t = &smtp->transaction;

	t->stage = STAGE_DOT;
	t->follows = false;
	t->dot_open = t->open;
	t->out = final_dot;
	t->out_behind_dot = 0;
	smtp_wire_start(smtp->wire, smtp->dot_timeout_ms);
}

/*
 * Whether the session ended before it heard of a message that is not its first: the server has hung up
 * behind the one before or said 421, or, where this one followed that, takes no more in this session. Some
 * take only so many (Exim: smtp_accept_max_per_connection). Had it been the first, that would be an answer.
 */
static bool
is_unheard(const struct smtp *smtp, const struct transaction *t, int status)
{
	if (status > 0)
		return t->follows && t->refused == STEP_MAIL;
	return t->unread <= STEP_MAIL && smtp->message_count > 1;
}

static enum smtp_progress
advance_commands(struct smtp *smtp, bool may_wait, struct receipt *receipts, struct err *err)
{
	struct transaction *t = &smtp->transaction;

	int status = exchange(smtp, t, may_wait, receipts);
	if (status == 0)
		return SMTP_WAITS;
	bool was_unheard = is_unheard(smtp, t, status);
	if (status < 0 || was_unheard) {
		enum step step = status < 0 ? step_at(t, t->unread) : t->refused;
		give_up(smtp, receipts, t->open, RECEIPT_DEFERRED, step_phases[step],
		    status < 0 ? &t->reply : &t->refusal);
		return was_unheard ? SMTP_UNHEARD : SMTP_DONE;
	}
	if (t->refused == STEP_COUNT) {
		begin_body(smtp, t);
		return smtp_advance(smtp, may_wait, receipts, err);
	}
	enum smtp_progress progress = refuse(smtp, t, receipts, err);
	return progress == SMTP_WAITS ? end_data(smtp, t, may_wait) : progress;
}

static enum smtp_progress
advance_body(struct smtp *smtp, bool may_wait, struct receipt *receipts)
{
	struct transaction *t = &smtp->transaction;

	int status = write_body(smtp, t, may_wait);
	if (status < 0 || smtp_wire_listen(smtp->wire) != 0)
		return break_off(smtp, receipts, t->open);
	if (status == 0)
		return SMTP_WAITS;
	t->stage = STAGE_READY;
	note_all(receipts, t->open, RECEIPT_DEFERRED, "dot", 0, "");
	return SMTP_AT_DOT;
}

enum smtp_progress
smtp_advance(struct smtp *smtp, bool may_wait, struct receipt *receipts, struct err *err)
{
	struct transaction *t = &smtp->transaction;

	/* The message before was the last that it took. */
	if (smtp->wire == NULL)
		return SMTP_UNHEARD;
	switch (t->stage) {
	case STAGE_COMMANDS: return advance_commands(smtp, may_wait, receipts, err);
	case STAGE_BODY: return advance_body(smtp, may_wait, receipts);
	case STAGE_DOT: return finish(smtp, t, may_wait, receipts);
	case STAGE_NO_BODY: return end_data(smtp, t, may_wait);
	case STAGE_READY: break;
	}
	return SMTP_AT_DOT;
}

/*
 * While something is written that has to be out before anything is read, nobody is told of what there is to
 * read: he would ask without end. A body is told, since what comes then is a reason to break off.
 */
struct smtp_wait
smtp_wait(const struct smtp *smtp)
{
	const struct transaction *t = &smtp->transaction;
	bool is_heard = t->stage == STAGE_BODY || t->out.len <= t->out_behind_dot;
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
			hang_up(smtp);
			return -1;
		}
		smtp_give_dot(smtp);
		progress = smtp_advance(smtp, true, receipts, err);
	}
	return progress == SMTP_STOPPED ? -1 : 0;
}
