/*
 * The ledger: one row per issue and recipient, and what became of it.
 *
 *     queued → attempt → dot → accepted | deferred | failed | doubt
 *     queued, deferred → cancelled | expired;  deferred, doubt → attempt;  doubt → cancelled
 *
 * The machine (ledger_next) is pure; the rows live in the store's file. Every function that writes
 * is one transaction of its own unless it says otherwise. `dot` is committed before the final dot
 * is sent; what is found in `dot` when no run is alive may have arrived: it becomes `doubt`.
 */
#ifndef DIGEST_LEDGER_H
#define DIGEST_LEDGER_H

#include "digest/arena.h"
#include "digest/db.h"
#include "digest/journal.h"
#include "digest/message.h"

/* The numbers are stored: only append. */
enum ledger_state {
	LEDGER_QUEUED,
	LEDGER_ATTEMPT,
	LEDGER_DOT,
	LEDGER_ACCEPTED,
	LEDGER_DEFERRED,
	LEDGER_FAILED,
	LEDGER_DOUBT,
	LEDGER_CANCELLED,
	LEDGER_EXPIRED,
	LEDGER_STATE_COUNT
};

enum ledger_event {
	LEDGER_CLAIM,
	LEDGER_SEND_DOT,
	LEDGER_ACCEPT,
	LEDGER_DEFER,
	LEDGER_FAIL,
	LEDGER_LOSE_REPLY,
	LEDGER_CANCEL,
	LEDGER_EXPIRE,
	LEDGER_RECOVER, /* a run died: attempt → queued, dot → doubt */
	LEDGER_REQUEUE, /* the operator wants it sent again */
	LEDGER_EVENT_COUNT
};

/* The state that follows, or -1 when the event cannot happen in that state. */
int ledger_next(enum ledger_state state, enum ledger_event event);
const char *ledger_state_name(enum ledger_state state);

struct ledger;

/* The ledger in a store's file; `db` must outlive it. */
int ledger_open(struct ledger **ledger, struct db *db, struct err *err);
void ledger_close(struct ledger *ledger);

/*
 * Queues one delivery per recipient of an issue, inside the caller's transaction, so that issue,
 * entries and deliveries appear together.
 */
struct ledger_addressee {
	int64_t recipient;
	const char *address;
	enum message_kind kind;
	const char *message_id; /* without angle brackets */
};
int ledger_queue(struct ledger *ledger, int64_t issue, const struct ledger_addressee *addressees,
    size_t count, int64_t now, struct err *err);

/* What a run works on; 0 and "" mean all. */
struct ledger_scope {
	int64_t list; /* only this list's issues */
	const char *address; /* only this recipient */
	int64_t issue; /* only this issue */
};

/*
 * After a run died (the run lock is ours, so none is alive): attempt → queued, dot → doubt. Gives
 * how many are in doubt. Also expires what is older than `expire_s`, if set (but for what is in
 * doubt), and cancels what recipients who left still have.
 */
int ledger_recover(
    struct ledger *ledger, int64_t now, int64_t expire_s, size_t *doubt_count, struct err *err);

struct ledger_delivery {
	int64_t id, issue, recipient;
	struct str address, message_id, token;
	struct str mailbox; /* the address as addresses are compared */
	enum message_kind kind;
	enum ledger_state was; /* the state it was claimed from */
	int attempts; /* this one included */
};

/*
 * Gives up what is deferred of a list (and of the selections made of it, NAME~HASH) when its last
 * try was made in vain after the audience's next issue was there, or `lifetime_s` or more after it
 * was queued: whatever has been waiting gets a try beyond its end first.
 */
int ledger_give_up(struct ledger *ledger, const char *list, int64_t lifetime_s, int64_t now,
    size_t *count, struct err *err);

/*
 * Claims up to `limit` due deliveries, oldest issue first: queued ones, deferred ones whose time
 * has come, and, when `resend_doubt`, those that were in doubt when ledger_recover() ran (what this
 * run leaves in doubt is the next run's); never those of recipients who have left. They are in
 * `attempt` when this returns.
 */
int ledger_claim(struct ledger *ledger, const struct ledger_scope *scope, bool resend_doubt,
    int64_t now, size_t limit, struct arena *arena, struct ledger_delivery **deliveries,
    size_t *count, struct err *err);

/*
 * From now on ledger_claim() asks, of each delivery in its turn and inside its transaction, whether
 * one to that mailbox is wanted now; who is not is passed over. NULL: all are.
 */
void ledger_set_choice(
    struct ledger *ledger, bool (*wants)(void *context, struct str mailbox), void *context);

/*
 * Gives a claimed delivery back unattempted (attempt → queued), e.g. when the server went away. One
 * that has been settled, or whose dot was announced, is left as it is.
 */
int ledger_release(struct ledger *ledger, int64_t delivery, struct err *err);

/*
 * The journal that deliver calls; lives as long as the ledger. settle() of a deferral sets the next
 * time: 5, 10, 20, 40 min … at most 67 min after `now()`, with 20 % jitter, or sooner within a run
 * when `retry_s` (seconds, 0 = the ladder) is set.
 */
struct journal *ledger_journal(struct ledger *ledger);
void ledger_set_retry(struct ledger *ledger, int64_t retry_s);

/* When the next deferred delivery in scope is due; DATE_NO_INSTANT when none is deferred. */
int ledger_next_due(
    struct ledger *ledger, const struct ledger_scope *scope, int64_t *due, struct err *err);

/*
 * Cancels what a recipient still has queued, deferred or in doubt, inside the caller's transaction.
 */
int ledger_cancel(struct ledger *ledger, int64_t recipient, size_t *count, struct err *err);

/*
 * Puts the deliveries of an issue (of one address, or "" for all) back in the queue: the same
 * bytes. Those of recipients who have left stay as they are.
 */
int ledger_requeue(
    struct ledger *ledger, int64_t issue, const char *address, size_t *count, struct err *err);

/*
 * What is deferred or in doubt within the scope is queued, to go out at once, whatever on_doubt
 * says. Those of recipients who have left stay as they are.
 */
int ledger_retry(
    struct ledger *ledger, const struct ledger_scope *scope, size_t *count, struct err *err);

/* Cancels what is queued, deferred or in doubt within the scope. */
int ledger_cancel_scope(
    struct ledger *ledger, const struct ledger_scope *scope, size_t *count, struct err *err);

/*
 * How many issues in a row, up to the last one that was for a recipient and since he is one, were
 * refused for good because his mailbox is not there: by a code of RFC 3463 section 3.2 or 3.3 (or
 * RFC 7505) that says so, in the reply to RCPT. At most `limit` are counted.
 */
int ledger_count_refusals(
    struct ledger *ledger, int64_t recipient, size_t limit, size_t *count, struct err *err);

struct ledger_counts {
	size_t count[LEDGER_STATE_COUNT];
	int64_t oldest[LEDGER_STATE_COUNT]; /* instant queued, or DATE_NO_INSTANT */
};

/* With `is_open`, only what is not final is counted: work that does not grow with what was sent. */
int ledger_count(struct ledger *ledger, const struct ledger_scope *scope, bool is_open,
    struct ledger_counts *counts, struct err *err);

/* A delivery as its recipient's history has it. */
struct ledger_past {
	int64_t issue;
	struct str list; /* its key */
	int32_t date; /* of the issue */
	enum ledger_state state;
	int64_t changed_at, next_at; /* next_at: DATE_NO_INSTANT unless it is deferred */
	int attempts, doubts, code;
	struct str phase, reply; /* of the last attempt */
};

/* What was for an address, on all lists, the newest issue first; at most `limit`. */
int ledger_history(struct ledger *ledger, const char *address, size_t limit, struct arena *arena,
    struct ledger_past **pasts, size_t *count, struct err *err);

/* The deliveries of an issue, by address, with state and last reply, as lines for people. */
int ledger_lines(struct ledger *ledger, int64_t issue, struct arena *arena, struct str **lines,
    size_t *count, struct err *err);

#endif
