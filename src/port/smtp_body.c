/*
 * The body of a message, the dot after it, and what the reply to that means. The dot goes out when
 * the journal knows of it: smtp_give_dot().
 */
#include "smtp_internal.h"

#include "digest/clock.h"

#include <string.h>

enum {
	EARLY_TIMEOUT_MS = 1000,
	MS_PER_SECOND = 1000,
};

/* What comes before the first dot that starts a line after another; all where there is none. */
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
next_piece(struct smtp_transaction *t)
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
write_body(struct smtp *smtp, struct smtp_transaction *t, bool may_wait)
{
	int status = smtp_wire_push(smtp->wire, &t->out, may_wait);

	while (status > 0 && (t->owes_dot || t->body.len > 0)) {
		next_piece(t);
		status = smtp_wire_push(smtp->wire, &t->out, may_wait);
	}
	return status;
}

void
smtp_begin_body(struct smtp *smtp)
{
	struct smtp_transaction *t = &smtp->transaction;
	int64_t size_ms = (int64_t)(t->message->bytes.len / 1024) * MS_PER_SECOND;

	smtp->needs_reset = false;
	t->stage = SMTP_STAGE_BODY;
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
	return smtp_give_up(smtp, receipts, which,
	    smtp_class(reply.code) == 5 ? RECEIPT_FAILED : RECEIPT_DEFERRED, "write", &reply);
}

/*
 * What the reply to the dot means: for all recipients, or in LMTP for the next (RFC 2033 section
 * 4.2), and SMTP_WAITS for the others. Where a message follows, its replies come then.
 */
static enum smtp_progress
take_dot_reply(struct smtp *smtp, struct smtp_transaction *t, struct receipt *receipts)
{
	static const enum receipt_outcome outcomes[] = { [2] = RECEIPT_ACCEPTED,
		[3] = RECEIPT_DOUBT,
		[4] = RECEIPT_DEFERRED,
		[5] = RECEIPT_FAILED };
	enum receipt_outcome outcome = outcomes[smtp_class(t->reply.code)];
	uint64_t which = smtp->is_lmtp ? t->dot_open & -t->dot_open : t->dot_open;

	smtp_note(receipts, which, outcome, "dot", t->reply.code, t->reply.text);
	t->dot_open &= ~which;
	if (outcome == RECEIPT_DOUBT || t->reply.code == 421)
		return smtp_give_up(smtp, receipts, t->dot_open, RECEIPT_DOUBT, "dot", &t->reply);
	smtp->last_used_ms = clock_monotonic_ms();
	smtp->needs_reset |= outcome != RECEIPT_ACCEPTED;
	t->reply.code = 0;
	if (t->dot_open != 0) {
		smtp_wire_start(smtp->wire, smtp->dot_timeout_ms);
		return SMTP_WAITS;
	}
	t->stage = SMTP_STAGE_COMMANDS;
	t->out_behind_dot = 0;
	if (t->follows)
		smtp_expect_reply(smtp);
	return SMTP_DONE;
}

/* Reads what is said to the dot. */
static enum smtp_progress
hear_dot(struct smtp *smtp, struct smtp_transaction *t, bool may_wait, struct receipt *receipts)
{
	enum smtp_progress progress = SMTP_WAITS;
	int status;

	while (progress == SMTP_WAITS) {
		status = smtp_wire_pull(smtp->wire, may_wait, &t->reply);
		if (status == 0)
			return SMTP_WAITS;
		if (status < 0)
			return smtp_give_up(
			    smtp, receipts, t->dot_open, RECEIPT_DOUBT, "dot", &t->reply);
		progress = take_dot_reply(smtp, t, receipts);
	}
	return progress;
}

enum smtp_progress
smtp_advance_dot(struct smtp *smtp, bool may_wait, struct receipt *receipts)
{
	struct smtp_transaction *t = &smtp->transaction;
	bool was_written = t->out.len <= t->out_behind_dot;

	/* While the dot was announced the server may have gone, and nothing is in doubt yet. */
	if (t->out.len == t->out_behind_dot + SMTP_FINAL_DOT.len &&
	    smtp_wire_listen(smtp->wire) != 0)
		return break_off(smtp, receipts, t->dot_open);
	int status = smtp_wire_push(smtp->wire, &t->out, may_wait);
	bool is_written = t->out.len <= t->out_behind_dot;

	/* A dot that could not be written whole has ended no message. */
	if (status < 0 && !is_written)
		return smtp_give_up(
		    smtp, receipts, t->dot_open, RECEIPT_DEFERRED, "dot", &t->reply);
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

enum smtp_progress
smtp_advance_body(struct smtp *smtp, bool may_wait, struct receipt *receipts)
{
	struct smtp_transaction *t = &smtp->transaction;

	int status = write_body(smtp, t, may_wait);
	if (status < 0 || smtp_wire_listen(smtp->wire) != 0)
		return break_off(smtp, receipts, t->open);
	if (status == 0)
		return SMTP_WAITS;
	t->stage = SMTP_STAGE_READY;
	smtp_note(receipts, t->open, RECEIPT_DEFERRED, "dot", 0, "");
	return SMTP_AT_DOT;
}
