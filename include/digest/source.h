/*
 * Sources: where listings come from, and what a response means. A source is a provider (whom to
 * ask, how to page, how politely; provider_*.c, providers.def) whose answers are read by a format
 * (how the bytes read; format_*.c, formats.def), chosen by sniffing the bytes.
 *
 * This module knows nothing of the store: what it must remember between runs is a source_state that
 * the caller keeps, and entries go to a source_sink.
 */
#ifndef DIGEST_SOURCE_H
#define DIGEST_SOURCE_H

#include "digest/calendar.h"
#include "digest/entry.h"
#include "digest/err.h"
#include "digest/settings.h"
#include "digest/source_state.h"

struct buf;
struct net;
struct source_provider;

struct source {
	const char *name; /* short, unique: a section title, or the spec */
	const char *spec; /* what is asked, canonical; the source's identity in the store */
	const char *title; /* for people: "Hugging Face Daily Papers" */
	const struct source_provider *provider;
	struct settings *settings;
	bool owns_settings; /* made by source_from_spec() */
	struct source_state state;
};

/* Rows of all providers' own settings plus the common ones, SETTING_END-terminated. */
const struct setting *source_settings(void);

/*
 * A source from what a user types: hf, arxiv:cs.CL+cs.LG, a URL, a file, a folder, or "-". Text
 * lives in the arena. EX_USAGE when it is none of these.
 */
int source_from_spec(struct source *source, struct arena *arena, const char *spec, struct err *err);

/* A source from a section `source NAME { provider = … }`. EX_CONFIG. */
int source_from_settings(struct source *source, struct arena *arena, const char *name,
    struct settings *settings, struct err *err);

/* Frees what a source made of a spec holds beside the arena. */
void source_release(struct source *source);

/*
 * What the publisher's calendar says at that instant of the listing day it lies in, which is left
 * in `day`; CALENDAR_PUBLISHED of a source that has none: a feed, a query.
 */
enum calendar_expectation source_expects(const struct source *source, int64_t now, int32_t *day);

/* Which listing days are wanted. */
enum source_reach {
	SOURCE_NEWEST, /* the newest listing only */
	SOURCE_CATCH_UP, /* all since the last complete read; on a first run the newest only */
	SOURCE_DAYS, /* exactly the days from `since` to `until` */
};

struct source_wish {
	enum source_reach reach;
	int32_t since, until; /* for SOURCE_DAYS */
	int64_t now;
	bool is_offline; /* ask nobody: remote sources give nothing, files are read */
	bool is_frugal; /* write nothing, not even a stamp file (preview) */
	bool asks_gone; /* ask even those that said they are gone for good */
	const char *contact; /* whom a source may write to about us; NULL for nobody */
	const char *stamp_folder; /* where stamp files of polite providers live; NULL for none */
	size_t limit_bytes; /* ceiling of one body */
	int64_t timeout_ms; /* of one request */
	int64_t deadline_ms; /* clock_monotonic_ms() by which everything must end */
	int64_t retry_ms; /* pause before a second try, doubled from try to try; 0: a second */
	int64_t odd_ms; /* likewise before an odd answer is asked for again; 0: it is not */
	bool respects_fresh; /* do not ask who said that nothing new will come yet */
	bool checks_clock; /* end when two servers say that our clock is wrong */
	bool may_go_private; /* redirects may lead into this machine's network */
};

/* What this source had listed before the entry came. */
enum source_known {
	SOURCE_UNLISTED,
	SOURCE_LISTED_EARLIER, /* on an earlier listing day alone */
	SOURCE_LISTED_THAT_DAY,
};

/* What is known of a listing day before it is read. */
struct source_past {
	int64_t entry_count; /* that it had when it was read last; -1: never read */
	int64_t usual_count; /* the median of the last days of its kind (working days, or days of
	                      * the weekend) that had any; -1 when there are too few to tell */
};

/*
 * Takes entries. Between begin() and end() lies one answer that was read whole: the sink makes of
 * it one transaction, or forgets it on abort(). `entry` lives until the call returns.
 */
struct source_sink {
	void *context;
	int (*begin)(void *context, const struct source *source, struct err *err);
	int (*entry)(void *context, const struct source *source, const struct entry *entry,
	    enum source_known *known, struct err *err);
	/* What a listing day amounts to, before end(); and what it did before. Both may be NULL. */
	int (*listing)(void *context, const struct source *source,
	    const struct source_listing *listing, struct err *err);
	int (*past)(void *context, const struct source *source, int32_t day,
	    struct source_past *past, struct err *err);
	/* Commits the entries together with the state they came with. */
	int (*end)(void *context, const struct source *source, const struct source_state *state,
	    struct err *err);
	void (*abort)(void *context, const struct source *source);
	/* Progress for people, may be NULL: called now and then. */
	void (*progress)(void *context, size_t done, size_t total, int64_t received_bytes);
};

/* How fetching one source went. */
struct source_outcome {
	enum source_verdict verdict;
	int32_t newest_day; /* the newest day that had entries in this fetch, or that an answer
	                     * of "unchanged" stands for; DATE_NO_DAY for none */
	size_t entry_count; /* read */
	size_t new_count; /* never listed by this source before */
	size_t skipped_count; /* bad items left out */
	int exit_code; /* 0, 65 for bad data, 69 unavailable, … */
	struct str *notes; /* plain sentences for the issue and for status */
	size_t note_count;
	struct err error; /* set for SOURCE_ERROR and odd verdicts: what a person should read; of
	                   * the latter a note tells readers, too */
	struct str *skipped; /* what was left out and why, the first 20 */
	size_t skipped_kept;
};

/*
 * Fetches all sources at once, each as politely as its provider asks, and gives their entries to
 * the sink, oldest listing day first. Fills one outcome per source; text lives in the arena.
 * Returns -1 only when the sink failed or the run cannot go on; a source's own trouble is in its
 * outcome.
 */
int source_fetch(struct source *sources, size_t count, const struct source_wish *wish,
    struct net *net, const struct source_sink *sink, struct arena *arena,
    struct source_outcome *outcomes, struct err *err);

/* Whether source_fetch() may ask the network for any of them (and thus needs a `net`). */
bool source_needs_net(const struct source *sources, size_t count, const struct source_wish *wish);

/* A picture that an entry names. */
struct source_picture {
	const char *url;
	struct input *body; /* what came, to be closed; NULL for nothing */
};

/*
 * Fetches pictures, as politely as listings and within the wish's limits, but never from inside
 * this network for somebody outside, unless the wish says so; `net` should have no other use. Each
 * is asked for once, and nothing more of a host that does not answer. What cannot be had is told to
 * the log alone. `progress`, for people, may be NULL: it is called now and then.
 */
void source_fetch_pictures(struct source_picture *pictures, size_t count,
    const struct source_wish *wish, struct net *net, void (*progress)(size_t done, size_t total));

/* A feed that another reader knows. */
struct source_feed {
	struct str title; /* may be empty */
	struct str url; /* as it was written: source_from_spec() says whether it is any good */
};

/* The feeds of an OPML document in its order, in the arena. EX_DATAERR. */
struct input;
int source_read_opml(struct input *input, struct arena *arena, struct source_feed **feeds,
    size_t *count, struct err *err);

/*
 * Writes OPML 2.0 of those sources that are feeds for other readers too; the title is plain ASCII.
 */
void
source_write_opml(const struct source *sources, size_t count, struct str title, struct buf *out);

/* ---- files of any age ---- */

/* How far a file is read. */
struct source_place {
	const char *format; /* what reads it */
	int64_t offset; /* the byte at which the part begins that is being read */
	int64_t item_count; /* items of that part, bad ones included, up to this place */
	int64_t byte; /* about how many bytes of the file are read, for people */
};

/* Takes an entry, which lives until the call returns; reading can go on after it at `place`. */
typedef int source_import_entry(
    void *context, const struct entry *entry, const struct source_place *place, struct err *err);

struct source_imported {
	const char *format;
	size_t skipped_count; /* bad items left out */
	struct str *skipped; /* what was left out and why, the first 20 */
	size_t skipped_kept;
};

/*
 * Reads a dump or a saved listing of any size, packed by gzip or not, by whatever format knows it;
 * from where a reading of the same bytes left off (`offset` and `item_count` of `from`). Entries
 * have the listing day that they, the file's name or the listing itself name, if any. Lines of JSON
 * are read in parts, so that what was read before is passed over at once. EX_IOERR; EX_DATAERR when
 * it is no listing or breaks off; what `take` fails with.
 */
int source_import(const char *path, const struct source_place *from, source_import_entry *take,
    void *context, struct arena *arena, struct source_imported *imported, struct err *err);

/*
 * The files that a path stands for, NULL at the end: itself, or a folder's by name. NULL: EX_IOERR.
 */
const char *const *source_import_files(struct arena *arena, const char *path, struct err *err);

/* The providers and formats, for help: name and one line each; NULL after the last. */
const char *source_provider_name(size_t index, const char **help);
const char *source_format_name(size_t index, const char **help);

#endif
