/*
 * The store: entries, their names, versions and sightings; lists, audiences, recipients and issues;
 * the diff. One SQLite file; the ledger keeps its deliveries in the same file (store_db()).
 *
 * Writing functions must be called inside a transaction (db_begin/db_commit on store_db()) unless
 * they say otherwise; each leaves the transaction's fate to its caller. On an overlay everything
 * works the same and dies with the process. Errors are those of db.h.
 *
 * Sightings are numbered in the order of their arrival; that number, never a clock, decides what
 * is news.
 */
#ifndef DIGEST_STORE_H
#define DIGEST_STORE_H

#include "digest/arena.h"
#include "digest/db.h"
#include "digest/issue.h"
#include "digest/message.h"
#include "digest/source_state.h"

struct store;

/*
 * Opens or makes the store and brings its schema up to date, in one transaction. EX_DATAERR when
 * the file is not ours (application_id) or made by a newer version; it is left untouched then.
 * DB_WRITE makes the folder (0700) when missing.
 */
int store_open(struct store **store, const char *path, enum db_access access, struct err *err);
void store_close(struct store *store);
struct db *store_db(struct store *store);

/* A random text made with the store: the secret of its tokens, and part of its message ids. */
struct str store_secret(struct store *store);

/*
 * The run lock, beside the store. EX_TEMPFAIL: "another run is at work (process N since TIME)".
 * Released when the process ends, however it ends. EX_CONFIG on a network file system, where locks
 * do not hold.
 */
struct store_lock;
int store_lock(struct store_lock **lock, const char *path, struct err *err);
void store_unlock(struct store_lock *lock);

/* ---- what sources list ---- */

/* The row of a source by its spec, made when missing, and its state. */
int store_source(struct store *store, const char *name, const char *spec, int64_t *id,
    struct source_state *state, struct err *err);
int store_save_source(
    struct store *store, int64_t id, const struct source_state *state, struct err *err);

/*
 * Keeps what a listing day of a source amounts to. An odd or failed read leaves the count at the
 * most the day was seen to have, and what was news when it was read first stays so.
 */
int store_put_listing(
    struct store *store, int64_t source, const struct source_listing *listing, struct err *err);

/*
 * How many entries a listing day had when it was read last (-1: never), and the median of those the
 * last days of its kind before it had (-1 when fewer than five had any).
 */
int store_listing_past(struct store *store, int64_t source, int32_t day, int64_t *entry_count,
    int64_t *usual_count, struct err *err);

/* The last `limit` listing days of a source, the newest first. */
int store_listings(struct store *store, int64_t source, size_t limit, struct arena *arena,
    struct source_listing **listings, size_t *count, struct err *err);

/* All sources, by name, for status. The callback's texts live for the call. */
typedef int store_source_visit(
    void *context, int64_t id, struct str name, struct str spec, const struct source_state *state);
int
store_each_source(struct store *store, store_source_visit *visit, void *context, struct err *err);

enum store_change {
	STORE_UNCHANGED,
	STORE_ADDED, /* an entry nobody had listed before */
	STORE_NEW_VERSION, /* a higher arXiv version */
	STORE_EDITED, /* the same version, other content */
};

struct store_put {
	int64_t entry;
	enum store_change change;
	bool is_known; /* this source had listed it on this day before */
	bool was_listed_earlier; /* this source had listed it on a day before this one */
};

/*
 * The diff: finds the entry by any of its aliases or makes it, learns its new aliases, keeps a new
 * version, fills what was unknown, and records the sighting (rank, votes and comments are brought
 * up to date on a known one). An alias joins two entries unless a stronger name of the same kind
 * tells them apart; two arXiv identifiers always do.
 *
 * Whose word counts: for a paper of arXiv's, what gives arXiv's categories (its API, feeds,
 * records, listings and dumps), over anybody else; among equals, the source that told the entry
 * first. The longer abstract wins, categories are united, the earliest day of publication counts,
 * and who counts votes knows best where the code is.
 *
 * ENTRY_WITHDRAWN takes back an entry that is known and says nothing else of it (put->entry is 0
 * when it is not known); a paper whose content says so is withdrawn too.
 */
int store_put(struct store *store, int64_t source, const struct entry *entry, int64_t now,
    struct store_put *put, struct err *err);

/*
 * Likewise what somebody looked up: a backfill, an import. It is nobody's news, and takes nobody's
 * news away: when the same listing arrives by itself (store_put()), it is news to whoever it would
 * have been news to. Only that a source had listed an entry before an audience's time is known from
 * then on: when it lists it again, that is no news.
 */
int store_put_past(struct store *store, int64_t source, const struct entry *entry, int64_t now,
    struct store_put *put, struct err *err);

/*
 * How far the import of a file came whose content `identity` stands for: the byte at which the part
 * begins that is being read, and how many items of that part were; 0 and 0 when none is under way.
 */
int store_import_place(struct store *store, struct str identity, int64_t *offset,
    int64_t *item_count, struct err *err);

/* Gives the connection more memory than a daily run wants, for as long as it lives. */
int store_begin_bulk(struct store *store, struct err *err);

/* Remembers how far; and that the import is done. */
int store_set_import_place(struct store *store, struct str identity, struct str path,
    int64_t offset, int64_t item_count, int64_t now, struct err *err);
int store_end_import(struct store *store, struct str identity, struct err *err);

/* The entry with that alias, as it is now, with all aliases and sources; NULL when unknown. */
int store_find(struct store *store, struct arena *arena, struct str alias, struct entry **entry,
    struct err *err);

/* What happened to an entry, one thing at a time. */
enum store_event_kind {
	STORE_EVENT_VERSION, /* a source told content that was not known */
	STORE_EVENT_LISTED,
	STORE_EVENT_WITHDRAWN, /* a source took it back */
	STORE_EVENT_SHOWN, /* an audience had it in an issue */
	STORE_EVENT_LEFT_OUT, /* … or would have had it, but for the reason in `text` */
};

/* What does not belong to the kind is 0, "" or unknown. */
struct store_event {
	enum store_event_kind kind;
	int64_t at;
	struct str name; /* the source, or the list */
	struct str address; /* the audience: "" for the list's plain recipients */
	struct str text; /* the version's cause ("first", "version", "edited"), or the reason */
	int32_t day; /* the listing day, or the date of the issue */
	int version; /* its number, or that which the audience had; 0 when unknown */
	/* Against the content before, or what the audience had: enum entry_change. */
	unsigned changes;
	enum entry_announce announce;
	int rank, votes, comments;
	bool is_past; /* it was looked up, and nobody's news */
	int64_t issue;
	enum issue_section section;
	size_t delivery_count, accepted_count; /* of the issue */
};

/* All of an entry's events, oldest first, those of entries that were merged into it included. */
int store_history(struct store *store, int64_t entry, struct arena *arena,
    struct store_event **events, size_t *count, struct err *err);

/* Why an audience has neither had an entry nor had it left out. */
enum store_standing_kind {
	STORE_STANDING_UNLISTED, /* none of the sources it looked at lists it */
	STORE_STANDING_LOOKED_UP, /* it was only looked up there, which is nobody's news */
	STORE_STANDING_BEFORE, /* listed before the audience's time */
	STORE_STANDING_ANNOUNCED, /* listed as a replacement or a withdrawal: no news */
	STORE_STANDING_LISTED, /* listed and looked at; what was listed earlier is no news again */
	STORE_STANDING_AWAITED, /* listed since its last look */
};

struct store_standing {
	enum store_standing_kind kind;
	struct str list, address; /* the audience: "" for the list's plain recipients */
	struct str source; /* the source that listed it; of UNLISTED: those looked at, by commas */
	int32_t day; /* … and the day of that listing */
	int32_t since; /* of BEFORE: the listing day that the audience began with */
};

/*
 * How an entry stands with each audience that knows nothing of it, by list and address. A list's
 * key and a reader's address narrow it down; "" for all.
 */
int store_standings(struct store *store, int64_t entry, struct str list, struct str address,
    struct arena *arena, struct store_standing **standings, size_t *count, struct err *err);

/* The delivery of an issue to an address: enum ledger_state, or -1 when there is none. */
int store_delivery_state(struct store *store, int64_t issue, struct str address, int *state,
    int64_t *changed_at, struct err *err);

/* ---- search ---- */

enum store_order { STORE_BY_RELEVANCE, STORE_NEWEST_FIRST, STORE_BY_VOTES };

struct query;
struct store_search {
	const struct query *query;
	enum store_order order; /* of equals, what was stored last comes first */
	size_t limit; /* 0 for none */
	/* Nothing that was listed (or else published) before that day; DATE_NO_DAY. */
	int32_t since;
	int64_t now; /* what the query's days count back from */
	int64_t without; /* an entry that is not looked for; or 0 */
};

struct store_found {
	struct entry **entries;
	size_t count;
	bool has_more; /* beyond the limit */
	size_t window; /* only so many of the newest were ranked, since there are more; or 0 */
};

/*
 * The entries that match the query: those that query_matches() finds, whatever the order. Relevance
 * and votes order the newest of very many alone (`window`); in the order of their arrival, the
 * search ends at the limit. What was put on an overlay since it was opened is not found.
 */
int store_search(struct store *store, const struct store_search *search, struct arena *arena,
    struct store_found *found, struct err *err);

/*
 * The known word that a word may have been meant to be, in a column of query.h's
 * (QUERY_COLUMN_COUNT: in any): the same when it is known, "" when none is near.
 */
int store_nearest_word(struct store *store, int column, struct str word, struct arena *arena,
    struct str *nearest, struct err *err);

/* How many entries have a word in title, abstract or authors (a guess when it is many), and of how
 * many entries. */
int store_count_word(
    struct store *store, struct str word, int64_t *found, int64_t *total, struct err *err);

/* ---- what readers like ---- */

/* What was said of a paper. */
struct store_liking {
	struct str list; /* "" for all lists */
	struct str key; /* a name of it */
	bool is_liked; /* or disliked */
	int64_t at;
	struct entry *entry; /* as it is now; its id is 0 while no source has listed it, and it has
	                      * the title, authors and abstract that were told with the name then */
};

/*
 * Remembers that an entry is liked or disliked on a list ("" for all), in place of what was said of
 * it there before. One that is not stored (its id is 0) is remembered by its first name and its
 * text.
 */
int store_put_liking(struct store *store, const char *list, const struct entry *entry,
    bool is_liked, int64_t now, struct err *err);

/* Forgets what was said there of whatever goes by that name; whether there was anything. */
int store_forget_liking(
    struct store *store, const char *list, struct str alias, bool *was_there, struct err *err);

/*
 * All that was said, in the order of list and name (`list` NULL), or what counts for one list: of
 * that list, and of all lists unless that list has its own word on it.
 */
int store_likings(struct store *store, const char *list, struct arena *arena,
    struct store_liking **likings, size_t *count, struct err *err);

/*
 * The entries that came last, at most `limit`, the last one first: id, title, authors and abstract
 * alone. An entry lives until the call returns; what is not 0 ends it, and is returned.
 */
typedef int store_recent_visit(void *context, const struct entry *entry, struct err *err);
int store_each_recent(
    struct store *store, size_t limit, store_recent_visit *visit, void *context, struct err *err);

/*
 * What was learned and kept under an identity at `since` or later: appended to `bytes`; whether
 * there is any. Keeping something forgets what is older than `since`.
 */
int store_learned(struct store *store, struct str identity, int64_t since, struct buf *bytes,
    bool *is_there, struct err *err);
int store_keep_learned(struct store *store, struct str identity, int64_t since, int64_t now,
    struct str bytes, struct err *err);

/* ---- who reads ---- */

/* The row of a list by its key, made when missing. */
int store_list(struct store *store, const char *key, int64_t *id, struct err *err);

/* An audience of a list: `address` is "" for its plain recipients together. Made when missing. */
int store_audience(
    struct store *store, int64_t list, const char *address, int64_t *id, struct err *err);

/*
 * When an audience's day was last brought to an end: by an issue, or by certainly nothing new;
 * DATE_NO_INSTANT when it never was.
 */
int store_done_at(struct store *store, int64_t audience, int64_t *done_at, struct err *err);
int store_set_done(struct store *store, int64_t audience, int64_t now, struct err *err);

/* Where a list stands, for one who wants to know of many whether anything is to be done. */
struct store_list_state {
	struct str key;
	int64_t list;
	int64_t done_at; /* of its plain recipients (store_done_at()) */
	struct str configured; /* the digest that store_configure_readers() was told last */
	bool has_others; /* readers who pause, or are an audience of their own */
};

/* All lists whose plain recipients are known, by key: one question, however many these are. */
int store_list_states(struct store *store, struct arena *arena, struct store_list_state **states,
    size_t *count, struct err *err);

struct store_recipient {
	int64_t id;
	struct str address;
	enum message_kind kind;
	struct str state; /* "pending", "active", "paused", "unsubscribed", "bounced" */
	/*
	 * "command", "configuration", "named" (once, by --send-to), or "dropped": the configuration
	 * names it no more.
	 */
	struct str origin;
	struct str token;
	int64_t since;
	int32_t paused_until; /* DATE_NO_DAY unless it is known */
	int64_t audience; /* the reader's own; 0 for a plain recipient */
	struct str settings; /* "key = value", one a line; "" for nothing of his own */
	int64_t done_at; /* of his own audience (store_done_at()), from store_own_readers() alone */
};

/*
 * Makes the address a recipient of the list. What a command said of an active one counts more than
 * what the configuration says, and that more than being named. A suppressed address stays out, and
 * only a command brings back who paused, bounced or left: else `*is_refused` is set and nothing
 * changes.
 */
int store_subscribe(struct store *store, int64_t list, const char *address, enum message_kind kind,
    const char *origin, int64_t now, bool *is_refused, struct err *err);

/* Ends it: EX_DATAERR when the address is no recipient. Its queued deliveries are the ledger's to
 * cancel. */
int store_unsubscribe(struct store *store, int64_t list, const char *address, struct err *err);

/*
 * Sets the state of a recipient; who bounced and is to be active begins anew as one. EX_DATAERR
 * when one is to be active who is suppressed.
 */
int store_set_state(struct store *store, int64_t recipient, const char *state, int32_t paused_until,
    int64_t now, struct err *err);

/*
 * Gives a recipient settings of his own, or none ("") any more. The first ones make an audience of
 * him: it begins where the list's plain recipients stand, and what they had counts as had. Without
 * any he stays that audience until it has looked as far as theirs (store_rejoin()).
 */
int store_set_settings(
    struct store *store, int64_t list, int64_t recipient, struct str settings, struct err *err);

/* Makes a recipient an audience of his own that begins anew, unless he is one. */
int store_set_apart(struct store *store, int64_t list, const struct store_recipient *recipient,
    int64_t *audience, struct err *err);

/* Makes plain recipients of those who have no settings any more and stand where these stand. */
int store_rejoin(struct store *store, int64_t list, struct err *err);

/* Makes active whose pause ends on `today` or has ended. */
int store_wake(struct store *store, int64_t list, int32_t today, struct err *err);

/* One recipient, whatever the state: EX_DATAERR when the address is none. */
int store_find_recipient(struct store *store, int64_t list, const char *address,
    struct arena *arena, struct store_recipient *recipient, struct err *err);

/* Whose a token is, and whose a delivery was, on which list: 1, or 0 when it is nobody's. */
struct store_reader {
	int64_t list;
	struct str address; /* as it is now, and as the delivery had it */
};
int store_find_by_token(struct store *store, struct str token, struct arena *arena,
    struct store_reader *reader, struct err *err);
int store_find_by_delivery(struct store *store, int64_t delivery, struct arena *arena,
    struct store_reader *reader, struct err *err);

/* All recipients of the list, whatever their state, by address. */
int store_recipients(struct store *store, int64_t list, struct arena *arena,
    struct store_recipient **recipients, size_t *count, struct err *err);

/* The active ones who are no audience of their own, by address; and whether there is any. */
int store_plain_recipients(struct store *store, int64_t list, struct arena *arena,
    struct store_recipient **recipients, size_t *count, struct err *err);
int store_has_plain_recipients(struct store *store, int64_t list, bool *has_any, struct err *err);

/*
 * The active ones who are, but for those who were only named: those together that have looked
 * equally far.
 */
int store_own_readers(struct store *store, int64_t list, struct arena *arena,
    struct store_recipient **recipients, size_t *count, struct err *err);

/*
 * Whether the configuration's readers are those that were learned last (`digest` stands for them
 * all); if not, those who are active are dropped until store_subscribe() brings them back.
 */
int store_configure_readers(
    struct store *store, int64_t list, struct str digest, bool *is_known, struct err *err);

/*
 * Suppressed addresses get nothing from any list: their recipients leave, and none comes back.
 * Whether the address was suppressed before.
 */
int store_suppress(
    struct store *store, const char *address, int64_t now, bool *was_suppressed, struct err *err);
int
store_unsuppress(struct store *store, const char *address, bool *was_suppressed, struct err *err);

struct store_suppression {
	struct str address;
	int64_t at;
};
int store_suppressions(struct store *store, struct arena *arena,
    struct store_suppression **suppressions, size_t *count, struct err *err);

/* ---- what is new for an audience ---- */

/*
 * News are sightings that the audience has not looked at, of entries that it has neither had nor
 * left out, and that none of the wished sources had listed before its last look: a re-listing is no
 * news. A sighting that announces a replacement or a withdrawal makes nothing news. Listing days
 * before the one that an audience began with stay before its time, whenever they arrive. An entry
 * it has had comes again, as an update, when a higher version of it is stored; and once, when it is
 * withdrawn.
 */
enum store_scope {
	STORE_NEWS, /* what the audience has not had: since its last look at each source, and the
	             * newest listing only of a source it looks at for the first time */
	STORE_NEWEST, /* the newest listing of each source, had or not */
	STORE_DAYS, /* listing days `since` to `until`; what the audience had is left out */
	STORE_DAYS_ALL, /* likewise, had or not */
};

/*
 * Entries that are kept between looks at the same sources, so that many readers' are loaded once.
 */
struct store_shelf;
struct store_shelf *store_shelf_new(void);
void store_shelf_free(struct store_shelf *shelf);

struct query_subject;
struct store_want {
	struct store_shelf
	    *shelf; /* or NULL; what candidates have of it lives as long as it does */
	enum store_scope scope;
	int64_t audience;
	const int64_t *sources;
	size_t source_count;
	int32_t since,
	    until; /* listing days; `until` bounds every scope (no listing of tomorrow) */
	/*
	 * STORE_NEWS of a day gone by: what has a listing day, by sources looked at before. The
	 * rest, and what became of what was had, is for the look that follows.
	 */
	bool is_day_gone_by;
};

struct store_candidate {
	struct entry *entry; /* listed_on, rank, votes: of the sighting that makes it news */
	/*
	 * With a shelf: the same entry in it, and room for what is made of that. NULL without one.
	 */
	const struct entry *shelved;
	struct query_subject **subject;
	enum issue_section section; /* cross-listed: by all that list it */
	int from_version; /* of updates: what the audience has had; 0 when unknown */
	unsigned changes; /* … and what differs from that: enum entry_change */
	struct str why; /* for the entries of an issue: why it is there … */
	enum issue_form form; /* … and how much of it is shown */
};

struct store_candidates {
	struct store_candidate
	    *items; /* listing day, then the wish's order of sources, then rank */
	size_t count;
	int64_t through; /* the newest sighting looked at: where the next look starts */
	int32_t until; /* the listing day up to which was looked, as wished */
};

int store_candidates(struct store *store, const struct store_want *want, struct arena *arena,
    struct store_candidates *candidates, struct err *err);

/* ---- a rehearsal of days gone by, on an overlay ---- */

/*
 * Takes back what these sources listed on `since` or later, so that it can arrive again, and gives
 * the first day of it (DATE_NO_DAY when there is nothing). A listing arrives on its day, or when it
 * was seen later than that.
 */
int store_begin_rehearsal(struct store *store, const int64_t *sources, size_t count, int32_t since,
    int32_t *first_day, struct err *err);

/* Lets arrive what came on that day, as news. Days are to be given in their order. */
int store_rehearse_day(struct store *store, int32_t day, struct err *err);

/* ---- issues ---- */

/* The issue of an audience on a date: its id, or 0 when there is none. */
int store_issue_on(
    struct store *store, int64_t audience, int32_t date, int64_t *issue, struct err *err);

/* How many deliveries the last issue of an audience had; 0 when there is none. */
int store_last_reach(struct store *store, int64_t audience, size_t *count, struct err *err);

struct store_left_out {
	const struct entry *entry;
	struct str reason;
};

struct store_frozen {
	int64_t audience;
	const struct issue *issue; /* NULL when nothing was selected: only the look is recorded */
	struct str subject;
	struct str bytes[2]; /* the frozen message by message_kind; empty when no one needs it */
	const struct store_left_out *left_out;
	size_t left_out_count;
	const int64_t *sources; /* the sources that were looked at … */
	size_t source_count;
	int64_t through; /* … up to this sighting; 0 leaves the marks alone (STORE_DAYS) … */
	int32_t until; /* … and this listing day, both as store_candidates() gave them */
	/* Only sources that the audience looks at for the first time get a mark. */
	bool is_beginning;
};

/*
 * Records an issue, its entries, what was left out and why, and how far the audience has looked.
 * EX_SOFTWARE when an entry would be new to the audience twice.
 */
int store_freeze(struct store *store, const struct store_frozen *frozen, int64_t now,
    int64_t *issue, struct err *err);

/* The frozen message of an issue for a kind of recipient. EX_DATAERR when it is no longer kept. */
int store_message(
    struct store *store, int64_t issue, enum message_kind kind, struct buf *out, struct err *err);

struct store_issue {
	int64_t id;
	struct str list, audience; /* audience "" = the plain recipients */
	int32_t date;
	int64_t frozen_at;
	struct str title, subject;
	struct str notes; /* one a line */
	size_t new_count, updated_count; /* news; and what became of entries that were had */
	size_t delivery_count, accepted_count;
};

/* One issue by its id: EX_DATAERR when there is none. */
int store_issue(struct store *store, int64_t id, struct arena *arena, struct store_issue *issue,
    struct err *err);

/* The newest issues first, at most `limit`; list "" = all. */
int store_issues(struct store *store, const char *list, size_t limit, struct arena *arena,
    struct store_issue **issues, size_t *count, struct err *err);

/* The entries of an issue in their order. */
int store_issue_entries(struct store *store, int64_t issue, struct arena *arena,
    struct store_candidate **items, size_t *count, struct err *err);

/*
 * Drops the frozen bytes of issues whose deliveries are all final and that are older than `before`.
 */
int store_forget_messages(struct store *store, int64_t before, struct err *err);

/* How much was forgotten. */
struct store_pruned {
	size_t messages; /* frozen bytes, as by store_forget_messages() */
	size_t sightings; /* an entry's, between its first and its newest at a source */
	size_t left_out; /* updates that were left out */
	size_t attempts; /* of deliveries that are final, before the last */
	size_t models; /* what was learned, and can be learned again */
};

/*
 * Forgets what is older than `before` and what neither the diff nor a promise needs. What was
 * shown, the news that were left out and why, and every content stay.
 */
int store_prune(struct store *store, int64_t before, struct store_pruned *pruned, struct err *err);

/* ---- troubles that last ---- */

/* What a run complains of. */
struct store_trouble {
	struct str source; /* the source it is about, whatever is told of it; "" for none */
	struct str text;
};

/* All that a run met. */
struct store_troubles {
	const struct store_trouble *items;
	size_t count;
	bool is_all; /* there are no others but those of sources */
	const struct str *well; /* the sources that were asked and have none */
	size_t well_count;
};

struct store_ended {
	struct str cause;
	struct str text; /* as it was told last */
	int64_t since, seen_at;
	int64_t returns; /* how often it came back */
};

/*
 * Compares the troubles of a run with those that runs of the same scope have complained of: which
 * of them are to be told to somebody who gets every word by mail (`is_to_tell`, one per trouble: it
 * is new, or a day has passed since it was told), and which have ended. What a source has is one
 * trouble, which is told when it begins and again when it takes a form that was not told of; any
 * other is known by its text without the numbers. One that comes back within a day of its end is
 * told once more, and has ended next when nobody has met it for a day.
 */
int store_settle_complaints(struct store *store, const char *scope,
    const struct store_troubles *troubles, int64_t now, struct arena *arena, bool *is_to_tell,
    struct store_ended **ended, size_t *ended_count, struct err *err);

/* ---- health: sources and delivery hosts that keep failing ---- */

/* The numbers of both are stored: only append. */
enum store_health_kind { STORE_HEALTH_SOURCE, STORE_HEALTH_MAIL };
enum store_health_told {
	STORE_HEALTH_QUIET, /* no mail about it is owed */
	STORE_HEALTH_OWED,
	STORE_HEALTH_DOT, /* the mail's final dot went out; it may have arrived */
	STORE_HEALTH_TOLD,
};

struct store_health {
	enum store_health_kind kind;
	struct str subject; /* the source's spec, or the transport's URL: what it is told by */
	struct str name; /* what people call it */
	int64_t failures; /* runs in a row */
	int64_t since;
	struct str reason; /* … of its failing; the first that was told, once it was */
	int64_t ended_at; /* DATE_NO_INSTANT while it lasts */
	int64_t owed_at; /* what became owed together is told together */
	enum store_health_told told;
};

/*
 * A run in which it failed; `failures` of these in a row by now, 0: one more than before. `since`
 * is kept from the first. The other members do not count. While the mail that tells its end is in
 * doubt and goes again (`resends_doubt`), nothing changes: the next run that it fails in counts.
 */
int store_health_failed(struct store *store, const struct store_health *health, bool resends_doubt,
    int64_t now, struct err *err);

/*
 * A run in which it was well. What nobody was to hear of is forgotten, and so is everything unless
 * `is_wanted`; else a mail saying that it is over is owed.
 */
int store_health_well(struct store *store, enum store_health_kind kind, struct str subject,
    bool is_wanted, int64_t now, struct err *err);

/* Lets a mail be owed about what has failed so often. */
int store_health_owe(struct store *store, int64_t failures, int64_t now, struct err *err);

/* All of them, those first that were owed first. */
int store_healths(struct store *store, struct arena *arena, struct store_health **items,
    size_t *count, struct err *err);

/*
 * What became of the mail about what has been owed since then, a delivery host that still fails
 * excepted. What is over is forgotten when it was told.
 */
int store_mark_healths(
    struct store *store, int64_t owed_at, enum store_health_told told, struct err *err);

#endif
