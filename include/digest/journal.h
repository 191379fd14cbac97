/*
 * The journal of the dot window: what `deliver` must tell the ledger, and when. The window of a
 * message is from the first byte of its final dot to the durable record of the reply; only a crash
 * inside it leaves a delivery in doubt. `ledger` implements this interface, `deliver` calls it, and
 * neither knows the other. Between dot() and settle() nothing of ours allocates.
 */
#ifndef DIGEST_JOURNAL_H
#define DIGEST_JOURNAL_H

#include "digest/err.h"
#include "digest/str.h"

enum receipt_outcome {
	RECEIPT_ACCEPTED, /* the next hop has it */
	RECEIPT_DEFERRED, /* a transient refusal: try again later */
	RECEIPT_FAILED, /* refused for good */
	RECEIPT_DOUBT, /* the dot went out and no reply came back */
};

enum { RECEIPT_REPLY_BYTES = 512 };

/* What became of one delivery attempt. */
struct receipt {
	enum receipt_outcome outcome;
	int code; /* the SMTP reply code or exit status; 0 when there was none */
	char phase[16]; /* connect, ehlo, starttls, auth, mail, rcpt, data, dot, write */
	char reply[RECEIPT_REPLY_BYTES]; /* the reply's text on one line, controls escaped */
};

/*
 * Appends to the text of a reply, which stays on one line: white space becomes one space, other
 * control characters and bytes that are no UTF-8 become \xNN. What does not fit is left out.
 */
void journal_add_reply(char reply[RECEIPT_REPLY_BYTES], struct str text);

/* Writes a whole receipt; the text goes through journal_add_reply(). */
void journal_note(struct receipt *receipt, enum receipt_outcome outcome, const char *phase,
    int code, struct str text);

/* A delivery and what became of it. */
struct journal_result {
	int64_t delivery;
	struct receipt receipt;
};

struct journal {
	/*
	 * Commits that the final dot of these deliveries is about to be sent. On -1 the dot must
	 * not be sent.
	 */
	int (*dot)(
	    struct journal *journal, const int64_t *deliveries, size_t count, struct err *err);

	/*
	 * Commits what became of a delivery; retries while it can. On -1 the result could not be
	 * recorded, and all sending must stop.
	 */
	int (*settle)(struct journal *journal, int64_t delivery, const struct receipt *receipt,
	    struct err *err);

	/*
	 * Both in one commit, for many sessions: what became of the last round, and the dots of the
	 * next. On -1 none of these dots may be sent. The results are recorded all the same where
	 * that was not what failed; it is retried as settle() does, and all sending must stop.
	 */
	int (*round)(struct journal *journal, const struct journal_result *results,
	    size_t result_count, const int64_t *dots, size_t dot_count, struct err *err);
};

#endif
