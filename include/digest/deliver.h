/*
 * Delivery: a message to one recipient, by a transport chosen by URL scheme. Transports are rows of
 * transports.def, one file transport_NAME.c each:
 *
 *     smtp://host[:port]  smtps://[user@]host[:port]   lmtp:host[:port]   lmtp:SOCKET
 *     sendmail:[PATH]     maildir:PATH                 mbox:FILE          file:FOLDER
 *     stdout:             null:
 *
 * The smtp section's settings other than url, from, ca_file, domain_rate, expire, on_doubt, verp
 * and those of DKIM, which are the caller's to read, act in here. The journal is told before the
 * final dot (or its like) and after; see journal.h.
 */
#ifndef DIGEST_DELIVER_H
#define DIGEST_DELIVER_H

#include "digest/err.h"
#include "digest/journal.h"
#include "digest/message.h"
#include "digest/settings.h"

struct net;
struct deliver_session;

/* The rows of the smtp section. */
const struct setting *deliver_settings(void);

/*
 * Checks URL and settings without contacting anybody: EX_CONFIG. Fills in what follows from them
 * (smtp: port 25, or 587 with a user; smtps: 465; TLS required unless the host is loopback).
 */
int deliver_check(const char *url, const struct settings *settings, struct err *err);

/* Whether the transport speaks to a server (and so needs a net, and perhaps a real From domain). */
bool deliver_is_remote(const char *url);

/* Whether the transport's host is this machine. */
bool deliver_is_loopback(const char *url);

/* From one message to the next at the pace of `rate`, in milliseconds; 0 where there is none. */
int64_t deliver_interval_ms(const char *url, const struct settings *settings);

/*
 * Opens a session: reads the password, connects, greets, secures and authenticates. Errors as
 * net_mail_connect(), and EX_NOPERM (77) when credentials are configured and the server offers no
 * AUTH. `settings` are needed for the call only; `net` may be NULL for local transports, and else
 * must outlive the session.
 */
int deliver_open(struct deliver_session **session, const char *url, const struct settings *settings,
    struct net *net, struct err *err);

/*
 * Hands over one message to one recipient, after the pause that the pace asks for. 0 when `receipt`
 * tells what became of it and that is settled in the journal; the session may be over all the same,
 * so ask deliver_is_open() and open another.
 *
 * -1 when the run must stop: the server refuses the sender or wants a login (EX_NOPERM), a file
 * cannot be written (EX_IOERR), a signal ended the pause (EX_TEMPFAIL), or the journal failed.
 * Nothing is settled then. Where the receipt's outcome is RECEIPT_DEFERRED the message surely did
 * not arrive and its delivery may be released; any other outcome could not be recorded.
 */
int deliver_send(struct deliver_session *session, const struct message *message,
    struct journal *journal, struct receipt *receipt, struct err *err);

/*
 * Where a crew gets messages, and where it tells what became of them. Messages, what they point to,
 * and the source stay as they are until they are settled. While a dot is out nothing of ours
 * allocates, so these may not either, but for next() where `may_allocate` says so: it is asked
 * between rounds then.
 */
struct deliver_source {
	size_t count; /* about how many messages there are; at least one */
	size_t message_bytes; /* none is larger */
	bool may_allocate;
	/*
	 * How many recipients one message may have, by `with`; the crew sets it: at most
	 * MESSAGE_TOGETHER_MOST, fewer once the server has told so, one where there is no dialogue.
	 */
	size_t together;
	/* Where next() gives none: when to ask again (clock_monotonic_ms()); 0: never. */
	int64_t resume_ms;
	/* The next message: 1, 0 for none, or -1. `room` is large enough for its bytes. */
	int (*next)(struct deliver_source *source, struct message *message, struct buf *room,
	    struct err *err);
	/* What became of a message for one recipient is in the journal now. */
	void (*settled)(struct deliver_source *source, const struct message *message,
	    const struct receipt *receipt);
	/* Whether another message may be begun at all. */
	bool (*goes_on)(struct deliver_source *source);
};

/*
 * A crew: up to `connections` sessions at work side by side, each with a message of its own. The
 * dots of a round are announced to the journal in one commit, and what became of the round before
 * is in it too. A message that a server hung up on before it heard of it stays unsettled, and the
 * source may give it again after the call; and likewise that for a recipient for whom there was no
 * room in a transaction with others. A server that asks for less (421, 4.7.x) gets fewer sessions
 * and a rest. All that is given must outlive the crew.
 */
struct deliver_crew;

struct deliver_crew *
deliver_crew_new(const char *url, const struct settings *settings, struct net *net);

/*
 * Opens the sessions that are worth having, and sends until the source has no more or all sessions
 * are over: call it again for what is left. Errors as deliver_open() and deliver_send(); what was
 * not settled() by then may be released.
 */
int deliver_crew_send(struct deliver_crew *crew, struct deliver_source *source,
    struct journal *journal, struct err *err);

/* deliver_crew_free(NULL) does nothing. */
void deliver_crew_free(struct deliver_crew *crew);

/*
 * The pace of recipients' domains: `rate` messages a minute to each, evenly spread. Nothing in here
 * looks at a clock: the caller gives the time, in milliseconds since any moment. A domain is that
 * of a mailbox as message_add_mailbox() has it, and is forgotten when its next message may begin.
 */
struct deliver_domains;
struct deliver_domain;

struct deliver_domains *deliver_domains_new(int64_t rate);

/* deliver_domains_free(NULL) does nothing. */
void deliver_domains_free(struct deliver_domains *domains);

/*
 * Begins to choose among messages; what deliver_domains_find() gave before is not valid any more.
 * Then, for each: whether it, after those to its domain that were taken already, may begin until
 * `until_ms`; it is taken then. Only taking allocates.
 */
void deliver_domains_choose(struct deliver_domains *domains, int64_t now_ms, int64_t until_ms);
bool deliver_domains_take(struct deliver_domains *domains, struct str mailbox);

/* The domain of a message that was taken. */
struct deliver_domain *
deliver_domains_find(const struct deliver_domains *domains, struct str mailbox);

/* When its next message may begin; that one begins now. */
int64_t deliver_domain_due_ms(const struct deliver_domain *domain);
void deliver_domain_note_begun(
    const struct deliver_domains *domains, struct deliver_domain *domain, int64_t now_ms);

/* Whether the session can take another message. */
bool deliver_is_open(const struct deliver_session *session);

/* Says goodbye and frees. deliver_close(NULL) does nothing. */
void deliver_close(struct deliver_session *session);

/* The transports, for help; NULL after the last. */
const char *deliver_transport_name(size_t index, const char **help);

#endif
