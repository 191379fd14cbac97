/*
 * A transaction up to its body: what is known without the server, the commands RSET, MAIL, RCPT and
 * DATA, and what the replies to them mean. The body and the dot are smtp_body.c's.
 */
#include "smtp_internal.h"

#include <stdio.h>
#include <string.h>

enum { PATH_BYTES = 254 }; /* RFC 5321 section 4.5.3.1.3, without the brackets */

static const char *const step_phases[SMTP_STEP_COUNT] = { "mail", "mail", "rcpt", "data" };

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
		if (c < ' ' || c == 0x7f || (c > 0x7f && !(smtp->capabilities & SMTP_CAN_UTF8)))
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
	smtp_note(receipts, which, RECEIPT_FAILED, phase, 0, text);
	return 0;
}

/* Closes the recipients whom the server cannot be told. */
static void
foresee_recipients(const struct smtp *smtp, struct smtp_transaction *t, struct receipt *receipts)
{
	for (const struct message *one = t->message; one != NULL; one = one->with) {
		uint64_t bit = (uint64_t)1 << t->count++;
		bool is_utf8 = !str_is_ascii(str_from(one->recipient));
		if (is_utf8 && !(smtp->capabilities & SMTP_CAN_UTF8)) {
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

int
smtp_foresee(
    const struct smtp *smtp, struct smtp_transaction *t, struct receipt *receipts, struct err *err)
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
	if (!(smtp->capabilities & SMTP_CAN_8BIT) && t->shape.is_8bit)
		return refuse_ourselves(
		    receipts, t->open, "mail", "the server takes 7-bit messages only");
	return t->open != 0;
}

/* The message identification as ENVID (RFC 3461 section 4.4), so that a report names it. */
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

/* Which step the command at a place belongs to; SMTP_STEP_COUNT after the last. */
static enum smtp_step
step_at(const struct smtp_transaction *t, size_t place)
{
	if (place < SMTP_STEP_RCPT)
		return (enum smtp_step)place;
	if (place < SMTP_STEP_RCPT + t->count)
		return SMTP_STEP_RCPT;
	return place == SMTP_STEP_RCPT + t->count ? SMTP_STEP_DATA : SMTP_STEP_COUNT;
}

/* The recipient whose RCPT has that place, as a bit. */
static uint64_t
bit_at(size_t place)
{
	return (uint64_t)1 << (place - SMTP_STEP_RCPT);
}

/* The next place, past those of recipients whom the server is not told. */
static size_t
place_behind(const struct smtp_transaction *t, size_t place)
{
	do
		place++;
	while (step_at(t, place) == SMTP_STEP_RCPT && !(t->open & bit_at(place)));
	return place;
}

static int
write_mail(const struct smtp *smtp, const struct smtp_transaction *t, char *out)
{
	enum { PARAMETER_BYTES = 200 };
	const struct message *message = t->message;
	char parameters[PARAMETER_BYTES] = "";
	size_t len = 0;

	if (smtp->capabilities & SMTP_CAN_SIZE)
		len = (size_t)snprintf(
		    parameters, sizeof(parameters), " SIZE=%zu", message->bytes.len);
	snprintf(parameters + len, sizeof(parameters) - len, "%s%s%s",
	    t->shape.is_8bit ? " BODY=8BITMIME" : "", t->is_utf8 ? " SMTPUTF8" : "",
	    smtp->capabilities & SMTP_CAN_DSN ? " RET=HDRS" : "");
	if (smtp->capabilities & SMTP_CAN_DSN)
		add_envelope_id(parameters, sizeof(parameters), message->id);
	return snprintf(
	    out, SMTP_COMMAND_BYTES, "MAIL FROM:<%s>%s\r\n", message->sender, parameters);
}

/* Writes the command at a place; gives its length. */
static int
write_command(const struct smtp *smtp, const struct smtp_transaction *t, size_t place, char *out)
{
	const struct message *one = t->message;

	switch (step_at(t, place)) {
	case SMTP_STEP_RSET: return snprintf(out, SMTP_COMMAND_BYTES, "RSET\r\n");
	case SMTP_STEP_MAIL: return write_mail(smtp, t, out);
	case SMTP_STEP_RCPT:
		for (size_t i = SMTP_STEP_RCPT; i < place; i++)
			one = one->with;
		return snprintf(out, SMTP_COMMAND_BYTES, "RCPT TO:<%s>\r\n", one->recipient);
	default: return snprintf(out, SMTP_COMMAND_BYTES, "DATA\r\n");
	}
}

void
smtp_expect_reply(struct smtp *smtp)
{
	const struct smtp_transaction *t = &smtp->transaction;

	smtp_wire_start(smtp->wire,
	    step_at(t, t->unread) == SMTP_STEP_DATA ? 2 * smtp->timeout_ms : smtp->timeout_ms);
}

void
smtp_say_commands(struct smtp *smtp, size_t len)
{
	struct smtp_transaction *t = &smtp->transaction;
	bool is_pipelined = (smtp->capabilities & SMTP_CAN_PIPELINE) != 0;

	do {
		len += (size_t)write_command(smtp, t, t->unsaid, smtp->said + len);
		t->unsaid = place_behind(t, t->unsaid);
	} while (is_pipelined && step_at(t, t->unsaid) < SMTP_STEP_COUNT &&
	    len + SMTP_COMMAND_BYTES <= sizeof(smtp->said));
	t->out = (struct str){ smtp->said, len };
	smtp_expect_reply(smtp);
}

/*
 * Closes the recipient whom the server refused, and leaves the transaction to the others. "Too
 * many" is no word about him, where others came before him; some servers say that in the way of RFC
 * 821.
 */
static void
close_recipient(struct smtp_transaction *t, struct receipt *receipts)
{
	const struct smtp_reply *reply = &t->reply;
	uint64_t bit = bit_at(t->unread);
	bool is_left = (reply->code == 452 || reply->code == 552) && (t->open & (bit - 1)) != 0;
	bool is_for_now = is_left || smtp_class(reply->code) == 4;

	smtp_note(receipts, bit, is_for_now ? RECEIPT_DEFERRED : RECEIPT_FAILED, "rcpt",
	    reply->code, reply->text);
	t->open &= ~bit;
	if (is_left)
		t->left |= bit;
}

/*
 * Notes the reply to a command; -1 when there are no more to come. With the last recipient the
 * transaction is refused, and so it is by what is no word about a recipient.
 */
static int
take_reply(struct smtp_transaction *t, struct receipt *receipts)
{
	enum smtp_step step = step_at(t, t->unread);
	int code = t->reply.code, class = smtp_class(code);

	if (code == 421)
		return -1;
	t->is_body_awaited |= step == SMTP_STEP_DATA && code == 354;
	bool is_agreed = step == SMTP_STEP_DATA ? code == 354 : class == 2;
	bool is_his =
	    step == SMTP_STEP_RCPT && class >= 4 && code != 530 && t->open != bit_at(t->unread);
	if (!is_agreed && t->refused == SMTP_STEP_COUNT && is_his) {
		close_recipient(t, receipts);
	} else if (!is_agreed && t->refused == SMTP_STEP_COUNT) {
		t->refused = step;
		t->refusal = t->reply;
	}
	t->unread = place_behind(t, t->unread);
	t->reply.code = 0;
	return 0;
}

/*
 * Says the commands and reads one reply for each that was said: many together when pipelined, else
 * up to the first that is refused. 1 when that is done, 0 to wait, -1 when the session broke or the
 * server ended it.
 */
static int
exchange(struct smtp *smtp, struct smtp_transaction *t, bool may_wait, struct receipt *receipts)
{
	while (true) {
		if (t->unread == t->unsaid) {
			if (t->refused < SMTP_STEP_COUNT ||
			    step_at(t, t->unsaid) == SMTP_STEP_COUNT)
				return 1;
			smtp_say_commands(smtp, 0);
		}
		bool was_said = t->out.len == 0;
		int status = smtp_wire_push(smtp->wire, &t->out, may_wait);
		/* No answer comes before the question: to look at once would be a wasted call. */
		if (status > 0 && !was_said && !may_wait && !smtp_wire_has_bytes(smtp->wire))
			return 0;
		if (status > 0)
			status = smtp_wire_pull(smtp->wire, may_wait, &t->reply);
		if (status <= 0)
			return status;
		if (take_reply(t, receipts) < 0)
			return -1;
		if (t->unread < t->unsaid)
			smtp_expect_reply(smtp);
	}
}

/*
 * Whether the refusal would meet every message: 530 wants a login (RFC 4954 section 6), and a 5xx
 * to MAIL is about the sender, but 552 about this message.
 */
static bool
blame_sender(const struct smtp_transaction *t, struct err *err)
{
	const struct smtp_reply *reply = &t->refusal;

	if (reply->code == 530)
		err_set(
		    err, EX_NOPERM, "the server wants a login: %d %s", reply->code, reply->text);
	else if (t->refused == SMTP_STEP_MAIL && smtp_class(reply->code) == 5 && reply->code != 552)
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
refuse(struct smtp *smtp, struct smtp_transaction *t, struct receipt *receipts, struct err *err)
{
	enum smtp_step step = t->refused;
	const struct smtp_reply *reply = &t->refusal;
	const char *phase = step_phases[step];
	int class = smtp_class(reply->code);
	bool waits = t->is_body_awaited;

	if (step == SMTP_STEP_RSET || class < 4)
		return smtp_give_up(smtp, receipts, t->open, RECEIPT_DEFERRED, phase, reply);
	smtp->needs_reset = true;
	bool is_about_us = blame_sender(t, err);
	bool is_for_now = class == 4 || is_about_us;
	smtp_note(receipts, t->open, is_for_now ? RECEIPT_DEFERRED : RECEIPT_FAILED, phase,
	    reply->code, reply->text);
	if (waits && (step != SMTP_STEP_RCPT || is_about_us || smtp->is_lmtp))
		smtp_hang_up(smtp);
	if (is_about_us)
		return SMTP_STOPPED;
	if (!waits || smtp->wire == NULL)
		return SMTP_DONE;
	t->stage = SMTP_STAGE_NO_BODY;
	t->out = SMTP_FINAL_DOT;
	smtp_wire_start(smtp->wire, smtp->dot_timeout_ms);
	return SMTP_WAITS;
}

/* The lone dot, and whatever is said to it. */
enum smtp_progress
smtp_end_data(struct smtp *smtp, bool may_wait)
{
	struct smtp_transaction *t = &smtp->transaction;
	int status = smtp_wire_push(smtp->wire, &t->out, may_wait);

	if (status > 0)
		status = smtp_wire_pull(smtp->wire, may_wait, &t->reply);
	if (status == 0)
		return SMTP_WAITS;
	if (status < 0 || t->reply.code == 421)
		smtp_hang_up(smtp);
	return SMTP_DONE;
}

/*
 * Whether the session ended before it heard of a message that is not its first: the server has hung
 * up after the one before or said 421, or, where this one followed that, takes no more in this
 * session. Some take only so many (Exim: smtp_accept_max_per_connection). Had it been the first,
 * that would be an answer.
 */
static bool
is_unheard(const struct smtp *smtp, const struct smtp_transaction *t, int status)
{
	if (status > 0)
		return t->follows && t->refused == SMTP_STEP_MAIL;
	return t->unread <= SMTP_STEP_MAIL && smtp->message_count > 1;
}

enum smtp_progress
smtp_advance_commands(struct smtp *smtp, bool may_wait, struct receipt *receipts, struct err *err)
{
	struct smtp_transaction *t = &smtp->transaction;

	int status = exchange(smtp, t, may_wait, receipts);
	if (status == 0)
		return SMTP_WAITS;
	bool was_unheard = is_unheard(smtp, t, status);
	if (status < 0 || was_unheard) {
		enum smtp_step step = status < 0 ? step_at(t, t->unread) : t->refused;
		smtp_give_up(smtp, receipts, t->open, RECEIPT_DEFERRED, step_phases[step],
		    status < 0 ? &t->reply : &t->refusal);
		return was_unheard ? SMTP_UNHEARD : SMTP_DONE;
	}
	if (t->refused == SMTP_STEP_COUNT) {
		smtp_begin_body(smtp);
		return smtp_advance_body(smtp, may_wait, receipts);
	}
	enum smtp_progress progress = refuse(smtp, t, receipts, err);
	return progress == SMTP_WAITS ? smtp_end_data(smtp, may_wait) : progress;
}
