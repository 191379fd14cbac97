/*
 * What a provider is: whom to ask, in which order, how politely, and what an answer means. One file
 * provider_NAME.c and one row in providers.def each. A provider does no input or output: it says
 * which request comes next, and is told what came of it; fetch.c does the rest.
 */
#ifndef DIGEST_SOURCE_PROVIDER_H
#define DIGEST_SOURCE_PROVIDER_H

#include "digest/buf.h"
#include "digest/source.h"

/* One request and its meaning, set by the provider. */
struct provider_request {
	struct buf url; /* http(s) URL, or a path for local providers */
	int32_t day; /* the listing day it asks for; DATE_NO_DAY when the answer tells */
	bool is_conditional; /* send the state's validators */
	bool is_day_start; /* the first page of its day */
};

/* One answer, as read. */
struct provider_answer {
	int status; /* HTTP status; 200 for files */
	size_t entry_count, known_count; /* entries given; of them known on that day before */
	size_t fresh_count; /* entries this fetch had not given before (a repeated page has none) */
	int64_t total, first; /* see struct format_listing */
	int32_t day; /* the day the answer names, or newest day of its entries; else DATE_NO_DAY */
};

/* One source being fetched. `scratch` is the provider's own, zeroed at the start. */
struct provider_task {
	struct source *source;
	const struct source_wish *wish;
	struct source_state state; /* becomes the source's state with the answer it came with */
	struct provider_request request;
	struct source_outcome *outcome;
	struct arena *arena;
	struct {
		int32_t day, last_day;
		int page, attempts;
		int64_t count;
	} scratch;
};

struct source_provider {
	const char *name, *help;
	const char *title; /* for people */
	const struct setting *settings; /* its own keys; SETTING_END-terminated */
	bool is_local; /* reads files: no network */
	int64_t interval_ms; /* at least that long between requests to the host, across processes */
	int connections; /* at most so many at once to the host; 0 for the default */
	/* Appends the canonical spec of these settings; EX_CONFIG when something is missing. */
	int (*spec)(const struct settings *settings, struct buf *out, struct err *err);
	/* Sets the first request: 1; 0 when there is nothing to ask; -1. */
	int (*start)(struct provider_task *task, struct err *err);
	/* Weighs an answer and sets the next request: 1; 0 when done; -1 when the answer is bad. */
	int (*next)(struct provider_task *task, const struct provider_answer *answer,
	    struct err *err);
	/* The listing day of an entry that carries none (its dates are known); may be NULL. */
	int32_t (*day_of)(const struct entry *entry, int64_t now);
};

const struct source_provider *provider_find(const char *name);

/* Notes for the issue and for status, in the outcome's arena. */
void provider_note(struct provider_task *task, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
