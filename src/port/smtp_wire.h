/*
 * Lines of an SMTP session, out and in: a libetpan stream over one of ours, and replies read
 * strictly. Which commands are said, and what a reply means, is smtp.c's.
 */
#ifndef DIGEST_PORT_SMTP_WIRE_H
#define DIGEST_PORT_SMTP_WIRE_H

#include "digest/journal.h"
#include "digest/stream.h"

/* RFC 5321 section 4.5.3.1.4, and the terminator. */
enum { SMTP_COMMAND_BYTES = 512 + 1 };

struct smtp_wire;

struct smtp_reply {
	int code; /* 200 … 599; 0 when no complete reply came */
	char text[RECEIPT_REPLY_BYTES]; /* see journal_add_reply(); without the code */
};

/* Gets the text of one line of a reply. */
typedef void smtp_wire_line(void *context, size_t index, struct str text);

/* Takes the stream over. NULL when libetpan finds no memory; the stream is closed then. */
struct smtp_wire *smtp_wire_new(struct stream *stream);

/* Hangs up, whatever was being said. smtp_wire_free(NULL) does nothing. */
void smtp_wire_free(struct smtp_wire *wire);

/* What is pushed and pulled from now on has so long in all. */
void smtp_wire_start(struct smtp_wire *wire, int64_t timeout_ms);

/* When that is over, by clock_monotonic_ms(); what to poll(2). */
int64_t smtp_wire_deadline_ms(const struct smtp_wire *wire);
int smtp_wire_descriptor(const struct smtp_wire *wire);

/*
 * Writes, and takes off the front of `bytes` what was written: 1 when that is all, 0 when the rest
 * would have to wait and may not, -1 when the stream broke or the time is over.
 */
int smtp_wire_push(struct smtp_wire *wire, struct str *bytes, bool may_wait);

/* Sends a terminated command. */
int smtp_wire_say(struct smtp_wire *wire, char *command, int64_t timeout_ms);

/*
 * Looks, without waiting, whether the server has said something that nobody has read yet: 1, or 0;
 * -1 when it hung up. Leaves smtp_wire_trouble() as it is unless that is why.
 */
int smtp_wire_listen(struct smtp_wire *wire);

/* Whether something was read already that nobody has asked for yet: poll(2) does not know of it. */
bool smtp_wire_has_bytes(const struct smtp_wire *wire);

/*
 * Reads on in a reply, which the caller keeps until it is whole: 1 then, and 0 when the rest would
 * have to be waited for and may not. On -1 there was no complete reply, smtp_wire_trouble() says
 * why, and the wire is of no use any more.
 */
int smtp_wire_pull(struct smtp_wire *wire, bool may_wait, struct smtp_reply *reply);

/* Waits for one whole reply: 0 or -1. `each_line` may be NULL. */
int smtp_wire_read(struct smtp_wire *wire, int64_t timeout_ms, struct smtp_reply *reply,
    smtp_wire_line *each_line, void *context);

/* Why the last call failed, for people: "the connection was closed". */
const char *smtp_wire_trouble(const struct smtp_wire *wire);

#endif
