/*
 * What the files of the smtp port share. Not for anybody else: the contract is digest/smtp.h.
 */
#ifndef DIGEST_PORT_SMTP_INTERNAL_H
#define DIGEST_PORT_SMTP_INTERNAL_H

#include "smtp_wire.h"

#include "digest/smtp.h"

/* What the server offers and we make use of; all else it offers is left alone. */
enum smtp_capability {
	SMTP_CAN_PIPELINE = 1u << 0, /* RFC 2920 */
	SMTP_CAN_SIZE = 1u << 1, /* RFC 1870 */
	SMTP_CAN_8BIT = 1u << 2, /* RFC 6152 */
	SMTP_CAN_UTF8 = 1u << 3, /* RFC 6531 */
	SMTP_CAN_DSN = 1u << 4, /* RFC 3461 */
};

/* The commands of a transaction, in order: an RCPT for each recipient, and DATA after the last. */
enum smtp_step { SMTP_STEP_RSET, SMTP_STEP_MAIL, SMTP_STEP_RCPT, SMTP_STEP_DATA, SMTP_STEP_COUNT };

/* So many bytes of commands go out in one piece. */
enum { SMTP_GROUP_BYTES = 8 * SMTP_COMMAND_BYTES };

/* After a body whose last line is ended. */
#define SMTP_FINAL_DOT STR(".\r\n")

/* How far a message is. */
enum smtp_stage {
	SMTP_STAGE_COMMANDS,
	SMTP_STAGE_BODY,
	SMTP_STAGE_READY, /* for its dot */
	SMTP_STAGE_DOT, /* a dot's reply is awaited: this message's, or the one's before */
	SMTP_STAGE_NO_BODY, /* a dot where the server waits for a body that nobody would get */
};

struct smtp_transaction {
	const struct message *message;
	struct message_shape shape;
	bool is_utf8; /* some address is */
	size_t count; /* of recipients; below, they are bits, the first the lowest */
	uint64_t open; /* whose fate is not known yet */
	uint64_t dot_open; /* the same of the message whose dot is out */
	uint64_t left; /* for another transaction: see smtp_left() */
	struct smtp_reply reply, refusal; /* the one that comes; the first that decides */
	bool is_body_awaited; /* 354 was said */
	bool follows; /* its commands went out after the dot of the message before */
	enum smtp_stage stage;
	size_t unsaid, unread; /* which command, and whose reply, comes next: see step_at() */
	enum smtp_step refused; /* by `refusal`; SMTP_STEP_COUNT for none */
	struct str out; /* what is being written */
	size_t out_behind_dot; /* how much of that stands after a dot that is not answered yet */
	struct str body; /* what comes after that */
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
	char said[SMTP_GROUP_BYTES]; /* commands */
	struct smtp_transaction transaction;
};

static inline int
smtp_class(int code)
{
	return code / 100;
}

/* ---- smtp.c ---- */

/* Notes the same of some recipients. */
void smtp_note(struct receipt *receipts, uint64_t which, enum receipt_outcome outcome,
    const char *phase, int code, const char *text);

/*
 * The session broke, or the server talks nonsense: nobody knows what its next reply would mean.
 * `reply` is what came last, with code 0 when it did not come. The message is done for these.
 */
enum smtp_progress smtp_give_up(struct smtp *smtp, struct receipt *receipts, uint64_t which,
    enum receipt_outcome outcome, const char *phase, const struct smtp_reply *reply);

/* ---- smtp_commands.c ---- */

/* What is known without the server: 1 to go on, 0 when it is settled already, or -1. */
int smtp_foresee(
    const struct smtp *smtp, struct smtp_transaction *t, struct receipt *receipts, struct err *err);

/* Starts the clock of the reply that comes next. */
void smtp_expect_reply(struct smtp *smtp);

/* Adds the commands from the next on, one or as many as fit, to the `len` bytes that are there. */
void smtp_say_commands(struct smtp *smtp, size_t len);

/* The steps of smtp_advance() up to the body, and that of SMTP_STAGE_NO_BODY. */
enum smtp_progress
smtp_advance_commands(struct smtp *smtp, bool may_wait, struct receipt *receipts, struct err *err);
enum smtp_progress smtp_end_data(struct smtp *smtp, bool may_wait);

/* ---- smtp_body.c ---- */

void smtp_begin_body(struct smtp *smtp);
enum smtp_progress smtp_advance_body(struct smtp *smtp, bool may_wait, struct receipt *receipts);

/* The dot and its reply: from here on nothing of ours allocates. */
enum smtp_progress smtp_advance_dot(struct smtp *smtp, bool may_wait, struct receipt *receipts);

#endif
