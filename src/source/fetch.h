/*
 * The inside of source_fetch(): one job per source under way, and what its parts do for it. Nothing
 * outlives the call.
 */
#ifndef DIGEST_SOURCE_FETCH_H
#define DIGEST_SOURCE_FETCH_H

#include "provider.h"

#include "digest/net.h"

/* ---- keys that were seen (fetch_seen.c) ---- */

struct fetch_keys {
	uint64_t *slots; /* hashes, open addressing; 0 is free */
	size_t room, count;
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

/* How the host of that URL is asked by that provider: shared by all sources that do so. */
struct fetch_pace *fetch_pace_of(struct fetch_paces *paces, const struct source_provider *provider,
    const struct settings *settings, struct str url);

/* 0 when a request may start now, and it counts as started; else milliseconds until to ask again. */
int64_t fetch_pace_start(struct fetch_pace *pace);
void fetch_pace_end(struct fetch_pace *pace);

/* ---- jobs ---- */

enum fetch_phase {
	FETCH_READY, /* a request stands in task.request */
	FETCH_ASKING, /* it is under way */
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
	const char *headers[2]; /* Authorization, or NULL */
	struct buf secret;

	struct net_response response; /* its body is the job's to close */
	struct err error; /* set when there was no response */

	struct fetch_seen seen;
	size_t place; /* items before this page */
	struct fetch_skips skips;
	bool has_failed; /* something of the source could not be had */
	bool is_broken; /* the sink failed, as `error` tells: the whole fetch ends */
};

/*
 * Reads the job's body by whatever format knows it and gives the entries to the sink, between its
 * begin() and end(). -1 with the reason when the body is no listing, or the sink failed (is_broken).
 */
int fetch_answer_read(struct fetch_job *job, struct provider_answer *answer, struct err *err);

/* Takes the input of an answer: where its bytes are packed, the unpacked ones are the body. */
void fetch_answer_take(struct fetch_job *job, struct input *body);

/* What the body of a refusal says for itself: false when it says nothing that can be read. */
bool fetch_answer_explain(struct fetch_job *job, struct err *err);

/* ---- files (fetch_local.c) ---- */

/* Files are read as they come, so that their size is no matter: this keeps a disk from filling. */
#define FETCH_LOCAL_BYTES_MAX ((int64_t)16 << 30)

/* The files a path stands for, NULL at the end: itself, or a folder's by name. NULL and EX_IOERR. */
const char *const *fetch_local_list(struct arena *arena, const char *path, struct err *err);

/* A file, or standard input for "-", as an input. EX_IOERR; EX_DATAERR when it is over the limit. */
int fetch_local_open(
    const char *path, const struct source_wish *wish, struct input **input, struct err *err);

/* Reads a secret of one line from a file that nobody else may read. EX_NOPERM. */
int fetch_local_secret(const char *path, struct buf *secret, struct err *err);

#endif
