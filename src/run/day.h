/*
 * The day being run: what the stages hand to each other. Everything in it lives in the day's arena
 * unless it is closed by day_release().
 */
#ifndef DIGEST_RUN_DAY_H
#define DIGEST_RUN_DAY_H

#include "digest/calendar.h"
#include "digest/config.h"
#include "digest/deliver.h"
#include "digest/dkim.h"
#include "digest/ledger.h"
#include "digest/liked.h"
#include "digest/net.h"
#include "digest/pick.h"
#include "digest/query.h"
#include "digest/render.h"
#include "digest/run.h"
#include "digest/source.h"
#include "digest/store.h"

/*
 * What an audience gets of what is new, in which order and when: the list's settings, or with those
 * in their place that one reader has.
 */
struct day_rules {
	const struct settings *settings;
	const struct query **include, **exclude;
	const char **include_names, **exclude_names;
	size_t include_count, exclude_count;
	const char *rank;
	struct pick_terms wishes[PICK_WISH_COUNT];
	int64_t diversity; /* thousandths */
	size_t limit, minutes;
	const char *zone;
	int32_t date; /* the issue date: today in the zone */
	struct query **queries; /* all of them, to be freed */
	size_t query_count;
};

/* A list as this run sees it: a configured one, or one made of a selection on the command line. */
struct day_list {
	const char *name; /* the configured list it is, or is based on */
	const char *key; /* its identity in the store: the name, or name~hash of a selection */
	const char *title;
	size_t *sources; /* indices into the day's sources */
	size_t source_count;
	struct day_rules rules;
	const struct liked_model
	    *liked; /* by day_learn_likes(); NULL when there is nothing to learn */
	bool has_learned;
	size_t like_count; /* of what was liked */
	int64_t id; /* the store's row; 0 until stage readers */
	bool is_asleep; /* nothing of it is due, so nothing more is asked about it */
	bool is_read; /* some edition of it is due, so its sources are asked */
};

/* One edition: a list for one audience, on its way to becoming an issue. */
struct day_edition {
	struct day_list *list;
	const struct day_rules *rules;
	const char *address; /* the audience: "" for the plain recipients */
	struct str settings; /* the reader's own, see store_recipient */
	int64_t audience;
	int32_t date; /* the issue date; DATE_NO_DAY until its rules are known: today */
	int64_t done_at; /* what is remembered when it is done: now, or the hour that was missed */
	bool is_catch_up; /* of a day that was missed; the audience's newest follows */
	struct store_recipient *recipients; /* who gets a delivery */
	size_t recipient_count;
	int64_t due_at; /* by its schedule; DATE_NO_INSTANT: at no hour */
	int32_t listed_since; /* what was listed before is left out; DATE_NO_DAY: nothing is */
	bool is_overdue; /* it goes without sources that it waited for */
	bool is_made; /* today's issue exists already */
	bool is_note; /* an issue without entries: it says that there are none */
	bool is_given_up; /* a trouble of its own, told already, keeps it from becoming an issue */
	bool has_kind[2]; /* by message_kind: which messages anybody needs */
	size_t picked_count;
	int64_t issue_id; /* 0 unless frozen */

	/* Only while its batch is worked on: */
	struct settings *own; /* the list's settings with the reader's in their place; or NULL */
	struct day_rules own_rules;
	struct store_candidates candidates;
	struct pick_candidate *picks; /* the candidates in their order */
	struct issue issue;
	struct render_parts parts[2]; /* by message_kind */
	struct buf message[2]; /* frozen bytes */
};

/* A day of a schedule that came due, and its hour. */
struct day_missed {
	int32_t date;
	int64_t at; /* DATE_NO_INSTANT: there is no such day */
};

/* What this run has handed over of one issue. */
struct day_sent {
	int64_t issue;
	size_t count; /* of recipients */
	const char *address; /* the last of them */
};

/* A picture that this run asked for. */
struct day_picture {
	struct str url; /* terminated */
	struct issue_picture made;
	bool is_there; /* else there is nothing to show */
};

/* When a schedule came due last and comes due next; most lists share a few of them. */
struct day_hours {
	const char *schedule, *zone; /* NULL: nothing looked up yet */
	struct calendar_schedule parsed;
	int64_t last, next;
	int32_t last_day; /* the day that came due last; DATE_NO_DAY */
	struct day_missed before; /* the due day before that one */
};

struct day {
	const struct run_request *request;
	struct run_result *result;
	enum db_access access;
	enum store_scope scope; /* what an issue holds */
	bool is_past; /* what is fetched is looked up: it makes no news */
	struct arena *arena;
	int64_t now;

	struct source *sources;
	int64_t *source_ids;
	struct source_state *source_states; /* as they were when the run began */
	struct source_outcome *outcomes; /* NULL until fetched */
	size_t source_count;
	struct day_list *lists;
	size_t list_count;
	struct day_hours hours; /* those looked up last */
	struct liked_model **liked_models; /* likewise */
	size_t liked_model_count;

	const char *transport; /* NULL until stage mailer */
	bool is_guessed; /* nobody named a transport: it is what this machine may have */
	const char *from_name, *from_address;
	struct dkim *dkim; /* by day_signer(); NULL when nothing is signed */

	struct store_lock *lock;
	struct store *store;
	struct ledger *ledger;
	struct net *net;

	const char **addresses; /* those of --send-to, checked */
	size_t address_count;
	struct day_edition *editions;
	size_t edition_count;
	struct day_edition *batch; /* the editions that are being worked on: a part of them … */
	size_t batch_count;
	struct store_shelf *shelf; /* the entries that the readers of one list have in common … */
	const struct day_list *shelf_list; /* … this one */
	struct arena *batch_arena; /* … and what is made for them, until the next batch */
	struct ledger_scope *scopes; /* what is to be delivered */
	size_t scope_count;
	struct day_sent *sent;
	size_t sent_count;
	struct day_picture *pictures; /* in the order they were asked for */
	size_t picture_count;
	int64_t picture_ms; /* for which they were waited for */
	size_t doubt_count; /* deliveries that this run left in doubt; each is told already */
	bool is_mail_stopped; /* a trouble, told already, stopped the deliveries */
	const char *mail_trouble; /* what the delivery host failed with, or put letters off with */
	struct str *events; /* what day_event() was told */
	size_t event_count;
	int64_t start_ms; /* by the monotonic clock */
};

/* A stage: 0 to go on, -1 to end the run. One of a batch works on the day's batch alone. */
#define STAGE(name) int stage_##name(struct day *day, struct err *err);
#define BATCH(name) STAGE(name)
#define MODE(name, access, scope, stages) stages
#include "modes.def"
#undef MODE
#undef BATCH
#undef STAGE

/* Fills in what every day has; and closes and frees all that a day came to hold. */
void day_start(struct day *day, const struct run_request *request, struct run_result *result);
void day_release(struct day *day);

/* Notes a trouble that does not end the run: its line for people and its exit code. */
void day_trouble(struct day *day, const struct err *err);

/*
 * The same for what happened once and does not last, so that it is told at once and never "over".
 */
void day_event(struct day *day, const struct err *err);

/* Gives an edition up for a trouble of its own, which is told; the other ones go on. */
void day_give_up(struct day *day, struct day_edition *edition, struct err *trouble);

/*
 * At the end of a run that writes: keeps account of its troubles and of the error that ended it (or
 * none), and leaves in the result what is to be told. Never fails: what cannot be kept is told.
 */
void day_settle_complaints(struct day *day, const struct err *ending);

/*
 * At the end of a run that writes, ended by an error or none: writes digest.metrics_file, if there
 * is one. Never fails: what cannot be written is a trouble.
 */
void day_write_metrics(struct day *day, const struct err *ending);

/* Finds out what the list's readers like, when a rank asks for it and it is not known. */
int day_learn_likes(struct day *day, struct day_list *list, const char *rank, struct err *err);

/* Loads the papers that rules name for the ranking 'similar', as far as they are stored. */
int day_find_similar(struct day *day, const struct day_rules *rules, struct err *err);

/* Whether messages are signed; reads the key that signs them unless it is known. */
bool day_signs(const struct day *day);
int day_signer(struct day *day, struct err *err);

/* Loads the rows of the sources and what is remembered of them. */
int day_load_sources(struct day *day, struct err *err);

/*
 * Records an edition of the batch: its issue, what was left out, how far its audience has looked,
 * and a delivery for each recipient. Inside a transaction.
 */
int day_freeze(struct day *day, struct day_edition *edition, struct err *err);

/*
 * The reverse-path of a delivery: the sender's address, by smtp.verp with the delivery's number and
 * a token for its recipient. The same for every attempt.
 */
const char *
day_return_path(struct day *day, struct arena *arena, const struct ledger_delivery *delivery);

/*
 * A delivery to a person was refused for good. When that is so for several issues in a row because
 * the mailbox is not there, the person bounces and is told of; `*is_told` says so.
 */
int day_note_refusal(
    struct day *day, const struct ledger_delivery *delivery, bool *is_told, struct err *err);

/* Counts and tells what became of a delivery, which is in the ledger already. */
void day_note_receipt(
    struct day *day, const struct ledger_delivery *delivery, const struct receipt *receipt);

/* An address in the form in which mail is sent to it. */
const char *day_path(struct arena *arena, struct str address);

/* Where the stamps of polite providers lie (see source_wish): beside the store. */
const char *day_stamp_folder(const struct day *day, struct arena *arena);

/* Opens the network unless it is open; and another one, to be closed. */
int day_net(struct day *day, struct err *err);
int day_open_net(struct day *day, struct net **net, struct err *err);

/* A message that is no issue. */
struct day_message {
	const struct render_parts *parts;
	const char *address, *id; /* the recipient; the Message-ID without angle brackets */
	int64_t date;
	bool is_notice; /* written by nobody: answers of machines are not wanted */
};

/*
 * Sends it at once, past the ledger. EX_UNAVAILABLE or EX_TEMPFAIL, with the reply, when it was not
 * taken; and errors as deliver.h's.
 */
int day_send_message(struct day *day, const struct day_message *wish, struct journal *journal,
    struct receipt *receipt, struct err *err);

/* Forgets what an edition needed on its way to becoming an issue. */
void day_finish_edition(struct day_edition *edition);

/*
 * The domain of the sender's address; "localhost" where there is none,
 * which previews may do without.
 */
const char *day_sender_domain(const struct day *day);

/* Whether recipients of that kind get one message, the same bytes with the same identification. */
bool day_goes_together(const struct day_edition *edition, enum message_kind kind);

/*
 * <DATE.LIST.HMAC16@domain>, without the angle brackets: the same for the same issue and recipient
 * (or for all who get one message) whenever it is made, so that a receiver can tell a resend.
 */
const char *day_message_id(const struct day *day, const struct day_edition *edition,
    enum message_kind kind, const char *address, struct arena *arena);

/*
 * Reads the rules from settings of a list, which must outlive them as the arena must; what the
 * request selects counts more. The errors name where the setting stands. day_release_rules()
 * afterwards, also after an error.
 */
int day_plan_rules(struct day *day, struct day_rules *rules, const struct settings *settings,
    struct arena *arena, struct err *err);
void day_release_rules(struct day_rules *rules);

/*
 * The settings of a list with those of a reader in their place, to be freed. EX_CONFIG as
 * "subscriber 'ADDRESS': …".
 */
int day_reader_settings(struct settings **settings, const struct settings *list,
    const char *address, struct str own, struct err *err);

/*
 * Whether an audience has come due by these settings since its day was last brought to an end
 * (store_done_at()), and by which hour; the result learns when it will be the next time.
 */
struct day_due {
	bool is_due;
	int64_t at; /* by its schedule; DATE_NO_INSTANT: at no hour */
	int32_t date; /* the day that came due; DATE_NO_DAY: today */
	/* Where the papers of missed hours are not wanted; or DATE_NO_DAY. */
	int32_t listed_since;
	struct day_missed *missed; /* the days that get an issue each before, oldest first */
	size_t missed_count;
};
#define DAY_WANTED_NOW \
	((struct day_due){ true, DATE_NO_INSTANT, DATE_NO_DAY, DATE_NO_DAY, NULL, 0 })
int day_look_if_due(struct day *day, const struct settings *settings, int64_t done_at,
    struct day_due *due, struct err *err);

/*
 * Finds the lists of which nothing is due and nothing changed: they are asleep. One question to the
 * store tells that of them all.
 */
int day_find_asleep(struct day *day, struct err *err);

/* Appends what stands for the subscribers that a list's settings name; nothing for none. */
void day_digest_subscribers(const struct settings *settings, struct buf *digest);

/* Whether all sources of the list were heard, so that what they do not have is not there. */
bool day_has_heard(const struct day *day, const struct day_list *list);

/* The edition of the same audience that this one follows, in an earlier batch; or NULL. */
const struct day_edition *
day_edition_before(const struct day *day, const struct day_edition *edition);

/* Whether an edition that could wait no longer goes without what that source has today. */
bool day_is_missed(const struct day *day, const struct day_edition *edition, size_t source);

/* Adds a scope to what is to be delivered. */
void day_add_scope(struct day *day, struct ledger_scope scope);

/* What a person sees of a count: "1 paper", "23 papers". Lives in the arena. */
const char *day_papers(struct day *day, size_t count);

#endif
