/*
 * The inside of source_fetch(): one job per source under way, and what its parts do for it. Nothing
 * outlives the call.
 */
#ifndef DIGEST_SOURCE_FETCH_H
#define DIGEST_SOURCE_FETCH_H

#include "provider.h"

#include "digest/net.h"

/* ---- keys that were seen (fetch_seen.c) ---- */

enum { FETCH_KEY_TABLES = 32 };

struct fetch_keys {
	uint64_t
	    *tables[FETCH_KEY_TABLES]; /* of hashes; each has twice the room of the one before */
	size_t table_count, last_count; /* hashes in the last table; the others are full */
};

/* Those of whole answers, and those of the answer being read. */
struct fetch_seen {
	struct fetch_keys kept, pending;
};

/* Whether the key is new; it is pending then. */
bool fetch_seen_add(struct fetch_seen *seen, struct str key);
void fetch_seen_keep(struct fetch_seen *seen);
void fetch_seen_forget(struct fetch_seen *seen);
void fetch_seen_release(struct fetch_seen *seen);

/* ---- politeness (fetch_pace.c) ---- */

struct fetch_paces;
struct fetch_pace;

struct fetch_paces *fetch_paces_new(const struct source_wish *wish);
void fetch_paces_free(struct fetch_paces *paces);

/*
 * How the host of that URL is asked: a pace shared by all sources that lead there, by those of a
 * whole domain where a provider says so (pace_name), and by the strictest of their providers.
 */
struct fetch_pace *fetch_pace_of(struct fetch_paces *paces, const struct source_provider *provider,
    const struct settings *settings, struct str url);

/*
 * 0 when a request may start now, and it counts as started; else milliseconds until to ask again.
 */
int64_t fetch_pace_start(struct fetch_pace *pace);
void fetch_pace_end(struct fetch_pace *pace);

/* The host of a URL, without its port. */
struct str fetch_host(struct str url);

/*
 * A server wants nothing asked of it for so long: this goes for all that is asked of the same host
 * in the same place (the first part of the path), since shared hosts have many owners.
 */
void fetch_paces_rest(struct fetch_paces *paces, struct str url, int64_t wait_ms);

/* Milliseconds until something may be asked at that URL, as far as such wishes go. */
int64_t fetch_paces_resting(const struct fetch_paces *paces, struct str url);

/* ---- when to come back (fetch_fresh.c) ---- */

struct fetch_fresh {
	bool is_said; /* there was an answer */
	int64_t least_s; /* the shortest time that an answer said nothing new will come */
	uint8_t skip_weekdays;
	uint32_t skip_hours; /* both as in struct format_listing */
};

struct fetch_job;

void fetch_fresh_take(struct fetch_job *job, const struct provider_answer *answer);

/* Until when a source that was read whole need not be asked; DATE_NO_INSTANT when it need. */
int64_t fetch_fresh_until(const struct fetch_job *job, int64_t now);

/* Whether it need not be asked now. */
bool fetch_is_fresh(const struct fetch_job *job);

/* ---- the clock (fetch_clock.c) ---- */

struct fetch_clock {
	char witness[2][NET_VALIDATOR_BYTES]; /* a host that says we are behind, and one: ahead */
};

/* EX_TEMPFAIL when two hosts say that the clock is more than six hours off, the same way. */
int fetch_clock_check(struct fetch_clock *clock, struct str host,
    const struct net_response *response, int64_t now, struct err *err);

/* ---- jobs ---- */

enum fetch_phase {
	FETCH_READY, /* a request stands in task.request */
	FETCH_ASKING, /* it is under way */
	FETCH_RUNNING, /* so is a program */
	FETCH_ANSWERED, /* `response` and `error` tell what came of it */
	FETCH_DONE,
};

/* Items left out of the answer being read. */
struct fetch_skips {
	size_t count;
	struct str *kept; /* in the run's arena */
	size_t kept_count;
};

struct fetch_job {
	struct provider_task task;
	const struct source_provider *provider;
	const struct source_sink *sink;
	enum fetch_phase phase;
	struct fetch_pace *pace; /* NULL for local ones */
	int64_t ready_ms; /* clock_monotonic_ms() before which the request must wait */
	int tries; /* of this request that came to nothing */
	const char *headers[2]; /* the one with the token, or NULL */
	struct buf secret;
	struct fetch_program *program; /* while it runs */

	struct net_response response; /* its body is the job's to close */
	struct err error; /* set when there was no response */

	struct fetch_seen seen;
	size_t place; /* items before this page */
	struct fetch_skips skips;
	struct fetch_fresh fresh;
	struct {
		int64_t entry_count, new_count;
		bool is_repaired;
	} day; /* since the request that was a day's first */
	struct source_listing *listings; /* to be handed on with the state; in the run's arena */
	size_t listing_count;
	int rounds; /* how often the whole source gave an odd answer */
	bool is_repaired; /* something had to be mended to read it */
	bool has_failed; /* something of the source could not be had */
	bool is_broken; /* the sink failed, as `error` tells: the whole fetch ends */
};

/* All of them, as one call of source_fetch() has them. */
struct fetch {
	const struct source_wish *wish;
	const struct source_sink *sink;
	struct net *net;
	struct fetch_paces *paces;
	struct fetch_clock clock;
	struct fetch_job *jobs;
	size_t count, done, asking;
	int64_t started_ms;
	int64_t told_ms; /* when progress was last told */
};

/* ---- asking (fetch_ask.c) ---- */

enum { FETCH_IDLE_MS = 250 }; /* the longest nap: paces and deadlines are looked at this often */

/* Starts a request when its time has come: milliseconds until to look again, 0 when it started. */
int64_t fetch_ask(struct fetch *fetch, struct fetch_job *job, int *status, struct err *err);

/* Looks at the programs that run; `*nap_ms` becomes the time until to do so again. */
void fetch_poll_programs(struct fetch *fetch, int64_t *nap_ms);

/* ---- taking answers (fetch_take.c) ---- */

/* Takes what came of the job's request. -1 when the whole fetch must end. */
int fetch_take_answer(struct fetch *fetch, struct fetch_job *job, struct err *err);

/* ---- how a job goes on, or ends (fetch_end.c) ---- */

/* Now by the clock of the wish. */
int64_t fetch_now(const struct fetch *fetch);

/* Makes the job ready for the request that its provider has set. */
void fetch_go_on(struct fetch *fetch, struct fetch_job *job);

/*
 * Asks again after a pause; false when it was asked often enough, or there is no time. What the
 * server said about waiting is remembered for the next run then.
 */
bool fetch_try_again(struct fetch *fetch, struct fetch_job *job, int most_tries);

/* A pause that doubles from try to try, with up to a quarter more so that clients spread. */
int64_t fetch_backoff_ms(int64_t first_ms, int tries);

/* An answer with that status and nothing in it. */
struct provider_answer fetch_blank_answer(int status);

/* The answer is bad for good: perhaps the provider can do without it. */
int fetch_do_without(
    struct fetch *fetch, struct fetch_job *job, const struct err *why, struct err *err);

/* Keeps the first error of a source for its outcome. */
void fetch_record(struct fetch_job *job, const struct err *err);

/* Ends a job that failed, with the reason. */
int
fetch_give_up(struct fetch *fetch, struct fetch_job *job, const struct err *why, struct err *err);

/* Hands the state to the sink, with whatever entries came before. */
int fetch_keep_state(struct fetch_job *job, struct err *err);

/* The verdict, and what is remembered of it. */
void fetch_conclude(struct fetch *fetch, struct fetch_job *job);

/* Ends a job that has no answer to go with its state. */
int fetch_conclude_alone(struct fetch *fetch, struct fetch_job *job, struct err *err);

/* Ends a job as it is. */
void fetch_leave(struct fetch *fetch, struct fetch_job *job);

/* ---- reading answers (fetch_answer.c) ---- */

/*
 * Reads the job's body by whatever format knows it and gives the entries to the sink, between its
 * begin() and end(). -1 with the reason when the body is no listing, or the sink failed
 * (is_broken).
 */
int fetch_answer_read(struct fetch_job *job, struct provider_answer *answer, struct err *err);

/* Takes the input of an answer: where its bytes are packed, the unpacked ones are the body. */
void fetch_answer_take(struct fetch_job *job, struct input *body);

/* Calls the source what it called itself when it was read last, unless it is told otherwise. */
void fetch_answer_take_title(struct fetch_job *job);

/* What the body of a refusal says for itself: false when it says nothing that can be read. */
bool fetch_answer_explain(struct fetch_job *job, struct err *err);

/* ---- verdicts (fetch_judge.c) ---- */

/* One answer being weighed by its provider. */
struct fetch_judging {
	int32_t day; /* the listing day it is about … */
	bool has_day; /* … that it was asked for or names; else the day on which it was asked */
	enum source_verdict before; /* the outcome's, before this answer */
	enum source_verdict
	    verdict; /* of this answer; SOURCE_NEVER_ASKED when there is more to come */
};

/* Before and behind the provider's next(); _cancel() when that refuses the answer. The end asks the
 * sink about the past, and fails when that does. */
void fetch_judge_start(
    struct fetch_judging *judging, struct fetch_job *job, const struct provider_answer *answer);
void fetch_judge_cancel(const struct fetch_judging *judging, struct fetch_job *job);
int fetch_judge_end(struct fetch_judging *judging, struct fetch_job *job, struct err *err);

/* What could not be had, and what stands as it was. */
void fetch_judge_failure(struct fetch_job *job);
void fetch_judge_unchanged(struct fetch_job *job);

/* The outcome's verdict on everything. */
void fetch_judge_conclude(struct fetch_job *job);

/* Hands what became of the listing days to the sink. */
int fetch_judge_keep(struct fetch_job *job, struct err *err);

/* Today by the source's own calendar. */
int32_t fetch_today(const struct fetch_job *job, int64_t now);

/* ---- addresses (fetch_moved.c) ---- */

/* Remembers where an answer says that its source has moved for good, and says so once. */
void fetch_moved_take(struct fetch_job *job);

/* What a status says of the address: true, with the reason, when there is nothing there. */
bool fetch_moved_refused(struct fetch_job *job, struct err *why);

/* Whether a source that is gone for good is left out. */
bool fetch_moved_is_gone(const struct fetch_job *job);

/* ---- tokens (fetch_token.c) ---- */

/*
 * Reads the token that the settings name, if any, into the job's headers. EX_NOPERM when its file
 * is not ours alone, EX_CONFIG when there is none, or it would travel in clear.
 */
int fetch_token_read(struct fetch_job *job, struct err *why);

/* ---- programs (fetch_program.c) ---- */

struct fetch_program;

/* Runs the program of the job's request. EX_CONFIG when it cannot be run. */
int
fetch_program_start(struct fetch_program **program, const struct fetch_job *job, struct err *why);

/*
 * Looks at it without waiting: 0 while it runs, and `*nap_ms` becomes the time until to look again,
 * if that is sooner; 1 when it ended well, with what it printed; -1. EX_UNAVAILABLE when it fails
 * or its time is over, EX_DATAERR when it prints too much.
 */
int fetch_program_poll(
    struct fetch_program *program, struct input **body, int64_t *nap_ms, struct err *why);

/* Ends it if it runs. fetch_program_free(NULL) does nothing. */
void fetch_program_free(struct fetch_program *program);

/* ---- files (fetch_local.c) ---- */

/* Files are read as they come, so that their size is no matter: this keeps a disk from filling. */
#define FETCH_LOCAL_BYTES_MAX ((int64_t)16 << 30)

/*
 * The files a path stands for, NULL at the end: itself, or a folder's by name. NULL and EX_IOERR.
 */
const char *const *fetch_local_list(struct arena *arena, const char *path, struct err *err);

/* The day in a name like 2026-07-27.json, or DATE_NO_DAY. */
int32_t fetch_local_day(const char *path);

/*
 * A file, or standard input for "-", as an input. EX_IOERR; EX_DATAERR when it is over the limit.
 */
int fetch_local_open(
    const char *path, const struct source_wish *wish, struct input **input, struct err *err);

/* Reads a secret of one line from a file that nobody else may read. EX_NOPERM. */
int fetch_local_secret(const char *path, struct buf *secret, struct err *err);

#endif
