/*
 * The SMTP conversation (RFC 5321) over a stream that is connected, greeted, and where wanted
 * secured and logged in: that is net's. LMTP (RFC 2033) is the same with other words. What a reply
 * means for a delivery's future is told in its receipt.
 *
 * A message goes to one recipient, or to several at once that hang on it by `with`, at most
 * MESSAGE_TOGETHER_MOST: `receipts` has a place for each, in that order, and where some of them are
 * meant they are bits, the first the lowest. Who is refused leaves the transaction to the others.
 *
 * Replies are read strictly: three digits, the same on every line, at most 100 lines and 64 KiB;
 * the server that says anything else is no longer believed, and the session is over.
 */
#ifndef DIGEST_SMTP_H
#define DIGEST_SMTP_H

#include "digest/err.h"
#include "digest/journal.h"
#include "digest/message.h"
#include "digest/stream.h"

struct smtp;

struct smtp_options {
	const char *helo; /* our name in EHLO: a domain or an address literal */
	/*
	 * LMTP (RFC 2033), over a stream that was not greeted yet: the reply to the dot is then the
	 * recipient's own, and one who was refused has none.
	 */
	bool is_lmtp;
	/*
	 * For EHLO, RSET, MAIL and RCPT, each; DATA has twice as long, and the body three times and
	 * a second more per KiB.
	 */
	int64_t timeout_ms;
	int64_t dot_timeout_ms; /* for the reply to the final dot (RFC 5321 section 4.5.3.2.6) */
	int message_limit; /* no more than that many in one session; 0 for any number */
};

/* Whether it can be said in EHLO: letters, digits and "-._:[]", at most 255 of them. */
bool smtp_is_name(struct str name);

/*
 * Introduces us: EHLO, or HELO where that is unknown; LHLO, once greeted. Takes the stream over in
 * any case: a failure closes it. EX_CONFIG when `helo` is no name, EX_TEMPFAIL on a 4xx, else
 * EX_UNAVAILABLE.
 */
int smtp_open(
    struct smtp **smtp, struct stream *stream, const struct smtp_options *options, struct err *err);

/*
 * One message, step by step, so that one thread can have many sessions at work. smtp_begin() takes
 * a message, which must stay as it is until it is done: 1 when it is on its way, else as
 * smtp_send(). Pipelined where the server offers it (RFC 2920).
 *
 * smtp_advance() goes on as far as it can; with `may_wait` until there is news. At SMTP_AT_DOT the
 * body is through, and nothing more happens before smtp_give_dot(). Nothing of these allocates.
 *
 * Right after smtp_give_dot(), where smtp_may_follow(), the next message may begin already: its
 * commands go out with the dot and save a round trip. SMTP_DONE is then said of the message whose
 * dot that was; the next call goes on with the one that follows. Its bytes alone have to stay by
 * then.
 */
enum smtp_progress {
	SMTP_WAITS, /* for the server: see smtp_wait() */
	SMTP_AT_DOT,
	SMTP_DONE, /* the receipt tells what became of it */
	SMTP_STOPPED, /* as smtp_send() when it gives -1 */
	/*
	 * The session ended before it heard of this message, which is not its first: put off, as
	 * the receipt says, unless another session takes it.
	 */
	SMTP_UNHEARD,
};

int smtp_begin(
    struct smtp *smtp, const struct message *message, struct receipt *receipts, struct err *err);
enum smtp_progress
smtp_advance(struct smtp *smtp, bool may_wait, struct receipt *receipts, struct err *err);

/*
 * The recipients whose fate is not known yet, after smtp_begin(); at SMTP_AT_DOT the dot is for
 * them. The receipts of all others are final but for those that smtp_left() tells.
 */
uint64_t smtp_open_to(const struct smtp *smtp);

/*
 * Those for whom the server had no room in a transaction that has others (452, RFC 5321 section
 * 4.5.3.1.10): that is no word about them, and another transaction is to ask again.
 */
uint64_t smtp_left(const struct smtp *smtp);

void smtp_give_dot(struct smtp *smtp);
bool smtp_may_follow(const struct smtp *smtp);

/* What to poll(2) for while it waits, and until when (clock_monotonic_ms()). */
struct smtp_wait {
	int descriptor;
	short events;
	int64_t deadline_ms;
};
struct smtp_wait smtp_wait(const struct smtp *smtp);

/* Ends the session at once, whatever was being said: without its dot, a message is none. */
void smtp_hang_up(struct smtp *smtp);

/*
 * Sends one message. journal->dot() is called between the body and the final dot; journal->settle()
 * is the caller's.
 *
 * 0 when `receipt` tells what became of it. -1 when the job must stop: the server refuses the
 * sender or wants a login (EX_NOPERM), the message or the sender may not be sent as they are
 * (EX_SOFTWARE, EX_CONFIG), or the journal failed. The final dot was not sent then, so the message
 * surely did not arrive; the receipt holds the reply, if there was one, and RECEIPT_DEFERRED.
 */
int smtp_send(struct smtp *smtp, const struct message *message, struct journal *journal,
    struct receipt *receipts, struct err *err);

/*
 * Whether the session can take another message: no 421, no lost connection, no nonsense yet, and
 * not as many as it may have. Looks whether the server has hung up meanwhile, without waiting.
 */
bool smtp_is_open(struct smtp *smtp);

/* For how long the session has had nothing to do. */
int64_t smtp_idle_ms(const struct smtp *smtp);

/* Says QUIT if there is anybody to hear it, and frees. smtp_close(NULL) does nothing. */
void smtp_close(struct smtp *smtp);

#endif
