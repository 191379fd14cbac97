/*
 * A message and its envelope, as they go out. The frozen form of an issue is a whole RFC 5322
 * message in which slots stand for what differs between recipients; filling them is the last thing
 * that happens to the bytes, so a resend is the same bytes.
 */
#ifndef DIGEST_MESSAGE_H
#define DIGEST_MESSAGE_H

#include "digest/buf.h"
#include "digest/err.h"

/* Slots are control characters that no message of ours contains otherwise. */
#define MESSAGE_SLOT_TO '\x01' /* the To: field's address */
#define MESSAGE_SLOT_ID '\x02' /* the message identification, without angle brackets */
#define MESSAGE_SLOT_TOKEN '\x03' /* the recipient's unsubscribe token */
#define MESSAGE_SLOT_SIGNATURE '\x04' /* the end of the DKIM-Signature: field; dkim.h fills it */
#define MESSAGE_SLOTS "\x01\x02\x03\x04" /* all of them, for str_until() */

bool message_is_slot(char c);
bool message_has_slot(struct str text);

/* How a recipient is addressed (DESIGN: recipient). */
enum message_kind { MESSAGE_TO_LIST, MESSAGE_TO_PERSON };

/* What SMTP has to know of a message's bytes. */
struct message_shape {
	/*
	 * They are lines that end with CRLF and nothing else:
	 * a bare LF may be a line end to others.
	 */
	bool is_lines;
	bool has_dots; /* at the start of lines, perhaps */
	bool is_8bit;
};

/* That of a frozen message is without what fills its slots. */
struct message_shape message_shape(struct str bytes);

/* That of a frozen message when message_fill() has filled it. */
struct message_shape message_filled_shape(
    const struct message_shape *frozen, const char *to, const char *id, const char *token);

struct message {
	int64_t delivery; /* the ledger's row */
	const char *sender; /* the reverse-path's address; "" for the null reverse-path */
	const char *recipient; /* the forward-path's address, as message_add_path() has it */
	const char *id; /* the message identification, without angle brackets */
	struct str bytes; /* the whole message, CRLF line ends, without the final dot */
	const struct message_shape *shape; /* of the bytes, where that is known; else NULL */
	/*
	 * Another recipient of the same bytes, of the same sender, in the same transaction;
	 * or NULL.
	 */
	const struct message *with;
};

/* How many may be sent together: RFC 5321 section 4.5.3.1.8 has servers take 100. */
enum { MESSAGE_TOGETHER_MOST = 50 };

/*
 * Appends `frozen` with its slots filled, but for the signature's. Of a value neither blanks nor
 * ASCII's controls are taken, so it cannot start a line of its own; and nothing outside ASCII, but
 * of an address. A body's slots are quoted-printable text already: what fills them (the token) has
 * no "=".
 */
void
message_fill(struct buf *out, struct str frozen, const char *to, const char *id, const char *token);

/*
 * Whether `text` is an address that anybody can write to, such as a sender's, and its ASCII form:
 * one "@", a local part of at most 64 octets (dot-atom or quoted; no blank and no angle bracket
 * even there, since mail programs cut at them), a domain (converted to A-labels) of at least one
 * label, at most 254 octets in all, no control characters, no leading "-". `out` gets the address
 * with its domain in lower case and without needless quotes. EX_DATAERR says what is wrong.
 */
int message_check_address(struct buf *out, struct str text, struct err *err);

/*
 * Whether it is one to send to: that, or one with letters outside ASCII in the local part, which
 * only goes where the server knows them (RFC 6531). `out` gets it as it was written, composed
 * (NFC).
 */
int message_check_recipient(struct buf *out, struct str text, struct err *err);

/*
 * Appends the form in which addresses are compared: the domain as A-labels, the local part composed
 * and without needless quotes, both in lower case. RFC 5321 section 2.4 lets a host tell "Jane"
 * from "jane"; none is known that does, and what is one person's is often written in both ways.
 */
void message_add_mailbox(struct buf *out, struct str address);

/*
 * Appends the form in which mail is sent to an address: as it is written, but a domain in another
 * script as A-labels, which every server takes; unless the local part needs SMTPUTF8 in any case.
 */
void message_add_path(struct buf *out, struct str address);

/*
 * Splits "Name <address>", "\"Name\" <address>", "<address>" or "address": appends the name without
 * its quotes, and the address, unchecked. -1 when the angle brackets or quotes do not match or
 * something follows them.
 */
int message_split_mailbox(struct str text, struct buf *name, struct buf *address);

#endif
