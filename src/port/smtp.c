/*
 * The SMTP conversation: who we are, and one message to one recipient at a time, with room for the
 * journal between the body and the final dot. Lines and their reading are smtp_wire's; connecting,
 * TLS and AUTH are net's.
 */
#include "digest/smtp.h"

#include "smtp_wire.h"

#include "digest/mem.h"

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
};

struct smtp {
	struct smtp_wire *wire; /* NULL once the session is over */
	int64_t timeout_ms, dot_timeout_ms;
	unsigned capabilities;
	int64_t size_limit; /* 0 when the server names none */
	bool needs_reset; /* a transaction was refused half-way */
};

/* The commands of a transaction, in order. */
enum step { STEP_RSET, STEP_MAIL, STEP_RCPT, STEP_DATA, STEP_COUNT };

static const char *const step_phases[STEP_COUNT] = { "mail", "mail", "rcpt", "data" };

/* What the bytes of a message look like to SMTP. */
struct shape {
	bool
	    is_lines; /* that end with CRLF and nothing else: a bare LF may be a line end to others */
	bool has_dots; /* at the start of lines */
	bool is_8bit;
};

struct transaction {
	const struct message *message;
	struct shape shape;
	char commands[STEP_COUNT][SMTP_COMMAND_BYTES];
	struct smtp_reply replies[STEP_COUNT];
	enum step unread; /* whose reply comes next */
	enum step refused; /* the first that was refused, and so decides; STEP_COUNT for none */
};

static void
hang_up(struct smtp *smtp)
{
	smtp_wire_free(smtp->wire);
	smtp->wire = NULL;
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
		{ "8BITMIME", CAN_8BIT } };
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
introduce(struct smtp *smtp, const char *helo, struct err *err)
{
	struct smtp_reply reply = { .code = 0 };

	int status = say_hello(smtp, "EHLO", helo, take_capability, &reply);
	/* RFC 5321 section 3.2: a server from before the extensions. */
	if (status == 0 && (reply.code == 500 || reply.code == 502)) {
		smtp->capabilities = 0;
		status = say_hello(smtp, "HELO", helo, NULL, &reply);
	}
	if (status < 0)
		return err_set(
		    err, EX_UNAVAILABLE, "no answer to EHLO: %s", smtp_wire_trouble(smtp->wire));
	if (code_class(reply.code) == 2)
		return 0;
	return err_set(err, code_class(reply.code) == 4 ? EX_TEMPFAIL : EX_UNAVAILABLE,
	    "the server refuses '%s': %d %s", helo, reply.code, reply.text);
}

int
smtp_open(
    struct smtp **smtp, struct stream *stream, const struct smtp_options *options, struct err *err)
{
	struct smtp *made = mem_alloc(sizeof(*made));

	*smtp = NULL;
	made->timeout_ms = options->timeout_ms;
	made->dot_timeout_ms = options->dot_timeout_ms;
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
	return smtp->wire != NULL;
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

/*
 * The session broke, or the server talks nonsense: nobody knows what its next reply would mean.
 * `reply` is what came last, with code 0 when it did not come. Always returns 0.
 */
static int
give_up(struct smtp *smtp, struct receipt *receipt, enum receipt_outcome outcome, const char *phase,
    const struct smtp_reply *reply)
{
	note(receipt, outcome, phase, reply->code,
	    reply->code != 0 ? reply->text : smtp_wire_trouble(smtp->wire));
	hang_up(smtp);
	return 0;
}

/* --- a message --------------------------------------------------------------------------------- */

/*
 * Whether an address can stand between "<" and ">" without being more than that: a CR, LF or ">"
 * outside of quotes would start commands of its own.
 */
static bool
is_path(struct str address)
{
	bool is_quoted = false;

	if (address.len > PATH_BYTES)
		return false;
	for (size_t i = 0; i < address.len; i++) {
		unsigned char c = (unsigned char)address.ptr[i];
		if (c < ' ' || c > '~')
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

static bool
is_8bit(struct str bytes)
{
	const uint64_t high_bits = UINT64_C(0x8080808080808080);
	uint64_t any = 0, word;

	for (; bytes.len >= sizeof(word); bytes = str_skip(bytes, sizeof(word))) {
		memcpy(&word, bytes.ptr, sizeof(word));
		any |= word;
	}
	for (size_t i = 0; i < bytes.len; i++)
		any |= (unsigned char)bytes.ptr[i];
	return (any & high_bits) != 0;
}

static struct shape
shape_of(struct str bytes)
{
	struct shape shape = { .is_8bit = is_8bit(bytes), .is_lines = bytes.len > 0 };
	struct str rest = bytes;

	while (rest.len > 0 && shape.is_lines) {
		const char *end = memchr(rest.ptr, '\r', rest.len);
		size_t len = end != NULL ? (size_t)(end - rest.ptr) : rest.len;
		if (end == NULL || memchr(rest.ptr, '\n', len) != NULL || rest.len < len + 2 ||
		    end[1] != '\n')
			shape.is_lines = false;
		if (rest.ptr[0] == '.')
			shape.has_dots = true;
		rest = str_skip(rest, len + 2);
	}
	return shape;
}

/* Notes that the server would not take it. Always returns 0. */
static int __attribute__((format(printf, 3, 4)))
refuse_ourselves(struct receipt *receipt, const char *phase, const char *format, ...)
{
	char text[RECEIPT_REPLY_BYTES];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	note(receipt, RECEIPT_FAILED, phase, 0, text);
	return 0;
}

/* What is known without the server: 1 to go on, 0 when it is settled already, or -1. */
static int
foresee(
    const struct smtp *smtp, const struct transaction *t, struct receipt *receipt, struct err *err)
{
	const struct message *message = t->message;
	size_t len = message->bytes.len;

	*receipt = (struct receipt){ .outcome = RECEIPT_DEFERRED, .phase = "mail" };
	if (smtp->wire == NULL)
		return err_set(err, EX_SOFTWARE, "the SMTP session is over");
	if (!t->shape.is_lines)
		return err_set(err, EX_SOFTWARE, "the message has lines that do not end with CRLF");
	if (!is_path(str_from(message->sender)))
		return err_set(
		    err, EX_CONFIG, "'%s' cannot be a sender over SMTP", message->sender);
	if (message->recipient[0] == '\0' || !is_path(str_from(message->recipient)))
		return refuse_ourselves(receipt, "rcpt", "the address cannot be sent over SMTP");
	if (smtp->size_limit > 0 && len > (uint64_t)smtp->size_limit)
		return refuse_ourselves(receipt, "mail",
		    "the message has %zu bytes and the server takes %lld", len,
		    (long long)smtp->size_limit);
	if (!(smtp->capabilities & CAN_8BIT) && t->shape.is_8bit)
		return refuse_ourselves(receipt, "mail", "the server takes 7-bit messages only");
	return 1;
}

static void
write_commands(const struct smtp *smtp, struct transaction *t)
{
	char size[sizeof(" SIZE=18446744073709551615")] = "";

	if (smtp->capabilities & CAN_SIZE)
		snprintf(size, sizeof(size), " SIZE=%zu", t->message->bytes.len);
	snprintf(t->commands[STEP_RSET], SMTP_COMMAND_BYTES, "RSET\r\n");
	snprintf(t->commands[STEP_MAIL], SMTP_COMMAND_BYTES, "MAIL FROM:<%s>%s%s\r\n",
	    t->message->sender, size, t->shape.is_8bit ? " BODY=8BITMIME" : "");
	snprintf(
	    t->commands[STEP_RCPT], SMTP_COMMAND_BYTES, "RCPT TO:<%s>\r\n", t->message->recipient);
	snprintf(t->commands[STEP_DATA], SMTP_COMMAND_BYTES, "DATA\r\n");
}

/* Reads the replies that are due, `last` included; -1 when there are no more to come. */
static int
read_replies(struct smtp *smtp, struct transaction *t, enum step last)
{
	for (; t->unread <= last; t->unread++) {
		enum step step = t->unread;
		int64_t timeout_ms = step == STEP_DATA ? 2 * smtp->timeout_ms : smtp->timeout_ms;
		struct smtp_reply *reply = &t->replies[step];
		if (smtp_wire_read(smtp->wire, timeout_ms, reply, NULL, NULL) < 0)
			return -1;
		if (reply->code == 421)
			return -1;
		bool is_agreed =
		    step == STEP_DATA ? reply->code == 354 : code_class(reply->code) == 2;
		if (!is_agreed && t->refused == STEP_COUNT)
			t->refused = step;
	}
	return 0;
}

/*
 * Says the commands and reads one reply for each that was said: together when pipelined, else up to
 * the first that is refused. -1 when the session broke or the server ended it.
 */
static int
exchange(struct smtp *smtp, struct transaction *t)
{
	bool is_pipelined = (smtp->capabilities & CAN_PIPELINE) != 0;
	enum step step = smtp->needs_reset ? STEP_RSET : STEP_MAIL;

	t->unread = step;
	t->refused = STEP_COUNT;
	for (; step < STEP_DATA && t->refused == STEP_COUNT; step++) {
		char *command = t->commands[step];
		int status = is_pipelined
		    ? smtp_wire_write(smtp->wire, str_from(command), smtp->timeout_ms)
		    : smtp_wire_say(smtp->wire, command, smtp->timeout_ms);
		if (status == 0 && !is_pipelined)
			status = read_replies(smtp, t, step);
		if (status < 0)
			return -1;
	}
	if (t->refused < STEP_COUNT)
		return 0;
	if (smtp_wire_say(smtp->wire, t->commands[STEP_DATA], smtp->timeout_ms) < 0)
		return -1;
	return read_replies(smtp, t, STEP_DATA);
}

/*
 * The server refused, and yet it waits for a body: it was told DATA before we knew (RFC 2920 section
 * 3.1). Where it has no recipient, a lone dot ends that; anything else ends with the connection.
 */
static void
end_data(struct smtp *smtp, enum step refused)
{
	char dot[] = ".\r\n";
	struct smtp_reply reply;

	if (refused == STEP_RCPT && smtp_wire_say(smtp->wire, dot, smtp->timeout_ms) == 0 &&
	    smtp_wire_read(smtp->wire, smtp->dot_timeout_ms, &reply, NULL, NULL) == 0 &&
	    reply.code != 421)
		return;
	hang_up(smtp);
}

/* What a refused step means: for the recipient (0), or for the whole job (-1). */
static int
refuse(struct smtp *smtp, struct transaction *t, struct receipt *receipt, struct err *err)
{
	enum step step = t->refused;
	const struct smtp_reply *reply = &t->replies[step];
	const char *phase = step_phases[step];
	int class = code_class(reply->code);
	bool waits = t->replies[STEP_DATA].code == 354;

	if (step == STEP_RSET || class < 4)
		return give_up(smtp, receipt, RECEIPT_DEFERRED, phase, reply);
	note(receipt, class == 4 ? RECEIPT_DEFERRED : RECEIPT_FAILED, phase, reply->code,
	    reply->text);
	smtp->needs_reset = true;
	if (waits)
		end_data(smtp, step);
	if (class == 4)
		return 0;

	/* RFC 4954 section 6: it wants a login. 552 is about this message, all else about the sender. */
	if (reply->code == 530) {
		receipt->outcome = RECEIPT_DEFERRED;
		return err_set(
		    err, EX_NOPERM, "the server wants a login: %d %s", reply->code, reply->text);
	}
	if (step == STEP_MAIL && reply->code != 552) {
		receipt->outcome = RECEIPT_DEFERRED;
		return err_set(err, EX_NOPERM, "the server refuses the sender '%s': %d %s",
		    t->message->sender, reply->code, reply->text);
	}
	return 0;
}

/* Writes it with a second dot before each that starts a line (RFC 5321 section 4.5.2). */
static int
write_stuffed(struct smtp *smtp, struct str body, int64_t timeout_ms)
{
	ptrdiff_t at;

	if (str_starts(body, ".") && smtp_wire_write(smtp->wire, STR("."), timeout_ms) < 0)
		return -1;
	while ((at = str_find(body, STR("\r\n."))) >= 0) {
		size_t len = (size_t)at + strlen("\r\n.");
		if (smtp_wire_write(smtp->wire, str_head(body, len), timeout_ms) < 0 ||
		    smtp_wire_write(smtp->wire, STR("."), timeout_ms) < 0)
			return -1;
		body = str_skip(body, len);
	}
	return smtp_wire_write(smtp->wire, body, timeout_ms);
}

static int
write_body(struct smtp *smtp, const struct transaction *t)
{
	struct str body = t->message->bytes;
	int64_t timeout_ms = 3 * smtp->timeout_ms + (int64_t)(body.len / 1024) * MS_PER_SECOND;
	char nothing[] = "";

	int status = t->shape.has_dots ? write_stuffed(smtp, body, timeout_ms)
	                               : smtp_wire_write(smtp->wire, body, timeout_ms);
	return status < 0 ? -1 : smtp_wire_say(smtp->wire, nothing, timeout_ms);
}

/*
 * The server hung up, or speaks, before it has the whole message. What it says there is the reason,
 * and never an answer to a dot that was not sent.
 */
static int
break_off(struct smtp *smtp, struct receipt *receipt)
{
	struct smtp_reply reply = { .code = 0 };

	if (smtp_wire_listen(smtp->wire) > 0)
		(void)smtp_wire_read(smtp->wire, EARLY_TIMEOUT_MS, &reply, NULL, NULL);
	return give_up(smtp, receipt,
	    code_class(reply.code) == 5 ? RECEIPT_FAILED : RECEIPT_DEFERRED, "write", &reply);
}

/* The dot and its reply: from here on nothing of ours allocates. */
static int
finish(struct smtp *smtp, struct receipt *receipt)
{
	static const enum receipt_outcome outcomes[] = { [2] = RECEIPT_ACCEPTED,
		[3] = RECEIPT_DOUBT,
		[4] = RECEIPT_DEFERRED,
		[5] = RECEIPT_FAILED };
	struct smtp_reply reply = { .code = 0 };
	char dot[] = ".\r\n";

	/* A dot that could not be written whole has ended no message. */
	if (smtp_wire_say(smtp->wire, dot, smtp->dot_timeout_ms) < 0)
		return give_up(smtp, receipt, RECEIPT_DEFERRED, "dot", &reply);
	if (smtp_wire_read(smtp->wire, smtp->dot_timeout_ms, &reply, NULL, NULL) < 0)
		return give_up(smtp, receipt, RECEIPT_DOUBT, "dot", &reply);

	enum receipt_outcome outcome = outcomes[code_class(reply.code)];
	if (outcome == RECEIPT_DOUBT || reply.code == 421)
		return give_up(smtp, receipt, outcome, "dot", &reply);
	note(receipt, outcome, "dot", reply.code, reply.text);
	smtp->needs_reset = outcome != RECEIPT_ACCEPTED;
	return 0;
}

int
smtp_send(struct smtp *smtp, const struct message *message, struct journal *journal,
    struct receipt *receipt, struct err *err)
{
	struct transaction t = { .message = message, .shape = shape_of(message->bytes) };

	int foreseen = foresee(smtp, &t, receipt, err);
	if (foreseen <= 0)
		return foreseen;
	write_commands(smtp, &t);
	if (exchange(smtp, &t) < 0)
		return give_up(
		    smtp, receipt, RECEIPT_DEFERRED, step_phases[t.unread], &t.replies[t.unread]);
	if (t.refused < STEP_COUNT)
		return refuse(smtp, &t, receipt, err);
	smtp->needs_reset = false;
	if (write_body(smtp, &t) < 0 || smtp_wire_listen(smtp->wire) != 0)
		return break_off(smtp, receipt);

	*receipt = (struct receipt){ .outcome = RECEIPT_DEFERRED, .phase = "dot" };
	if (journal->dot(journal, &message->delivery, 1, err) < 0) {
		hang_up(smtp);
		return -1;
	}
	return finish(smtp, receipt);
}
