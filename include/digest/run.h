/*
 * The day, as a straight line: modes are rows of modes.def, each a list of stages and the way it
 * opens the store. This is the only place where stages meet, and where the configuration becomes
 * lists, sources and audiences.
 */
#ifndef DIGEST_RUN_H
#define DIGEST_RUN_H

#include "digest/arena.h"
#include "digest/buf.h"
#include "digest/err.h"

struct config;
struct config_rows;
struct store;
struct store_reader;

/* What comes after these are the formats of export.h, in their order. */
enum run_format { RUN_TEXT, RUN_HTML, RUN_EML, RUN_JSON, RUN_EXPORT };

/* How far sending is, in deliveries. One that is put off and tried again counts each time. */
struct run_sending {
	size_t total, done; /* `done` is never more */
	size_t deferred, failed, doubt; /* of those that are done */
};

/* What is asked of a run. Borrowed; strings may be NULL where nothing was said. */
struct run_request {
	const char *mode; /* a row of modes.def: "preview", "send", … */
	struct config *config;
	const char *store_path;
	bool yields_to_other; /* another run at work is no failure: it does the job */
	bool is_due_only; /* only lists whose schedule has come due */

	/* selection */
	const char *const *sources;
	size_t source_count;
	const char *list;
	const char *const *matches;
	size_t match_count;
	const char *rank;
	int64_t limit; /* -1: as the list says */
	int32_t date, since, until; /* listing days, or DATE_NO_DAY */
	bool is_offline;
	bool asks_anyway; /* also sources that said nothing new will come yet */
	bool forces_clock; /* this machine's clock is right, whatever servers say */

	/* delivery */
	const char *const *addresses; /* --send-to */
	size_t address_count;
	const char *from, *transport;
	int64_t wait_s; /* how long deferred deliveries are waited for */
	bool may_grow; /* a list that grew a lot needs no question */
	bool (*confirm)(const char *question); /* asks whoever watches; NULL when nobody does */
	/* for "resend": whose deliveries go out again */
	int64_t resend_issue; /* 0 for any */
	const char *resend_address; /* "" for any */
	bool is_retry; /* only what is deferred or in doubt */

	/* output */
	bool is_watched; /* somebody reads standard error: every trouble is told each time */
	int format; /* enum run_format */
	size_t columns; /* of a terminal; 0 for plain text of 72 */
	bool has_colour;
	void (*progress)(size_t done, size_t total, int64_t received_bytes); /* may be NULL */
	void (*picturing)(size_t done, size_t total); /* pictures of entries; may be NULL */
	/* May be NULL. A dot may be out when it is called: it must not allocate. */
	void (*sending)(const struct run_sending *sending);
};

/* What came of it. Initialise with RUN_RESULT_INIT, end with run_result_release(). */
struct run_result {
	struct buf data; /* for stdout */
	struct buf said; /* what was done, one line each, for a person who looks */
	struct buf troubles; /* what went wrong without ending the run, one line each */
	int exit_code; /* the worst of the troubles; 0 when none */
	bool is_old_news; /* the error that ended it was told less than a day ago */
	bool is_busy; /* another run holds the lock: nothing was done */
	bool is_interrupted; /* a signal ended the deliveries early: */
	int signal; /* … this one */
	bool is_waiting; /* some list is due and not done: the next run asks again */
	int64_t next_due; /* when a list comes due, or stops waiting; DATE_NO_INSTANT: unknown */
};
#define RUN_RESULT_INIT \
	{ \
		BUF_INIT(BUF_LIMIT), BUF_INIT(BUF_LIMIT), BUF_INIT(BUF_LIMIT), 0, false, false, \
		    false, 0, false, 0 \
	}
void run_result_release(struct run_result *result);

/* 0 when the line was walked to its end, troubles or not; -1 with what stopped it. */
int run(const struct run_request *request, struct run_result *result, struct err *err);

/* How far an import is: of which file, how many bytes and entries. */
struct run_import_progress {
	const char *path;
	int64_t done_bytes, total_bytes;
	size_t entry_count;
};

struct run_import_request {
	const char *store_path;
	const char *const *paths; /* files and folders */
	size_t path_count;
	void (*progress)(const struct run_import_progress *progress); /* may be NULL */
};

/*
 * Reads dumps and saved listings into the store, in batches, so that it goes on where it was
 * interrupted; nobody gets them as news. `result` tells what was read, and which file could not be:
 * 0 then too. -1: EX_TEMPFAIL when another run is at work, and the errors of the store.
 */
int
run_import(const struct run_import_request *request, struct run_result *result, struct err *err);

/* The rows of the plug-ins, for config_load(). */
const struct config_rows *run_config_rows(void);

/*
 * Checks everything that can be checked without sending: sources, lists, templates, rankings,
 * queries, transport, From. Appends one line per finding to `out`; returns the worst exit code.
 */
int run_check(const struct run_request *request, struct buf *out);

/*
 * Whether an issue of a configured list could be made with a reader's own settings ("key = value",
 * one a line). The error begins with "subscriber 'ADDRESS'".
 */
int run_check_reader(const struct run_request *request, const char *list, const char *address,
    struct str own, struct err *err);

/*
 * Sends a short message to an address by the transport and in the name that an issue would have.
 * Appends one line to `out`. Errors as deliver.h's; EX_TEMPFAIL or EX_UNAVAILABLE when refused.
 */
int run_send_test(
    const struct run_request *request, const char *address, struct buf *out, struct err *err);

/*
 * Whose mail came back to an address: 1, or 0 when it is no return address of smtp.verp, which
 * nobody can make up.
 */
int run_find_returned(struct store *store, struct str path, struct arena *arena,
    struct store_reader *reader, struct err *err);

/* The transport that counts: --transport, smtp.url, or what this machine has. EX_CONFIG with the
 * ways out when there is none. */
int run_transport(const struct run_request *request, const char **url, struct err *err);

/* The sender that counts: --from, smtp.from, or user@host: name and checked address. */
int run_sender(const struct run_request *request, const char *transport, struct arena *arena,
    const char **name, const char **address, struct err *err);

#endif
