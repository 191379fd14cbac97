/*
 * What a provider is: whom to ask, in which order, how politely, and what an answer means. One file
 * provider_NAME.c and one row in providers.def each. A provider does no input or output: it says
 * which request comes next, and is told what came of it; fetch.c does the rest.
 */
#ifndef DIGEST_SOURCE_PROVIDER_H
#define DIGEST_SOURCE_PROVIDER_H

#include "digest/buf.h"
#include "digest/calendar.h"
#include "digest/source.h"

/* One request and its meaning, set by the provider. */
struct provider_request {
	struct buf url; /* http(s) URL, or a path for local providers */
	const char *const *program; /* or a program to run, and its arguments; NULL at the end */
	int64_t timeout_ms; /* of the program */
	int32_t day; /* the listing day it asks for; DATE_NO_DAY when the answer tells */
	int32_t hint; /* the day of entries that name none themselves; DATE_NO_DAY for none */
	bool is_conditional; /* send the state's validators and keep the answer's */
	bool is_day_start; /* the first page: places and repetitions count from here */
	bool is_continued; /* though it is: what the requests before gave is not given again */
	bool has_no_days; /* its entries are of no listing day, whatever they say of themselves */
	bool is_filling; /* a listing of several days: it need not be complete on its first */
};

/* One answer, as read. */
struct provider_answer {
	int status; /* 200, 304; 200 for files; 0 when is_unreadable */
	/* Refused for good, or in no way a listing: the outcome has the error. */
	bool is_unreadable;
	size_t item_count; /* items in the answer, bad and repeated ones included */
	size_t entry_count, known_count; /* entries handed on; of them known on that day before */
	size_t earlier_count; /* of them listed by this source on earlier days alone */
	bool is_repaired; /* see struct format_listing, as of what follows */
	int64_t fresh_s;
	uint8_t skip_weekdays;
	uint32_t skip_hours;
	size_t fresh_count; /* entries not seen since the first page (a repeated page has none) */
	int64_t total, first; /* see struct format_listing */
	int32_t named_day; /* the day the answer as a whole names, or DATE_NO_DAY */
	int32_t oldest_day, newest_day; /* of its entries; DATE_NO_DAY when it has none */
	struct str next, fault; /* see struct format_listing; in the task's arena */
	int64_t generated_at; /* likewise */
};

/* One source being fetched. */
struct provider_task {
	struct source *source;
	const struct source_wish *wish;
	struct source_state state; /* becomes the source's state with the answer it came with */
	struct provider_request request;
	struct source_outcome *outcome;
	struct arena *arena;

	/* The provider's own, zeroed at the start. */
	struct {
		int32_t day, last_day; /* the day under way and where the walk ends */
		int32_t newest_day, oldest_day; /* seen so far */
		int64_t count, total; /* entries of the day or of the whole so far, and in all */
		int64_t place; /* items before the page under way */
		int page, empty_pages; /* pages before it; empty ones in a row, asked for again */
		int attempts, bad_days; /* attempts that failed; unreadable days in a row */
		int phase, part; /* of a walk that has several */
		bool is_walking_back;
		const char *const *paths; /* of a folder, NULL at the end */
		const char *token; /* for the next page; in the task's arena */
	} scratch;
};

/* How people name a source of a provider on the command line. */
struct provider_spec {
	const char *word; /* what the spec begins with: "hf", "https://" */
	const char *example; /* what to type; NULL when another row's stands for it */
	const char *ends; /* characters that may follow the word; "" for any */
	/* Sets the settings that the whole spec stands for (`provider` is set). EX_USAGE. */
	int (*read)(struct str spec, struct settings *settings, struct err *err);
};

struct source_provider {
	const char *name, *help;
	const char *title; /* for people; NULL when the answer names itself */
	/* Appends what a source of these settings is called for people; NULL: `title` says it. */
	void (*add_title)(const struct settings *settings, struct buf *out);
	const struct setting *settings; /* its own keys; SETTING_END-terminated */
	const struct provider_spec *specs; /* ended by a row without a word */
	bool is_local; /* reads files: no network */
	bool is_program; /* runs a program, which may ask anybody: not when offline */
	bool has_undated; /* entries without any date are of no listing day, rather than of today */
	bool heeds_faults; /* tells the source's own faults apart; elsewhere they are errors */
	bool is_one_listing; /* all entries of an answer that name no day share one */
	const char *token_header; /* the header its token goes into; NULL for Authorization */
	/*
	 * A domain ("arxiv.org") whose hosts are asked as if they were one, by whatever provider,
	 * as politely as this one asks them; NULL for none.
	 */
	const char *pace_name;
	int connections; /* at most so many at once to the host; 0 for the default */
	/* Milliseconds between requests to the host, across processes; NULL for none. */
	int64_t (*interval_ms)(const struct settings *settings);
	/* Appends the canonical spec of these settings; EX_CONFIG when something is missing. */
	int (*spec)(const struct settings *settings, struct buf *out, struct err *err);
	/*
	 * Appends the URL at which other readers get the same as a feed; NULL when there is none.
	 */
	void (*feed_url)(const struct settings *settings, struct buf *out);
	/* Sets the first request: 1; 0 when there is nothing to ask; -1. */
	int (*start)(struct provider_task *task, struct err *err);
	/*
	 * Weighs an answer, brings task->state up to date and sets the next request: 1; 0 when
	 * done; -1 when the answer is odd (it is then tried again, and at last given as unreadable)
	 * or the source is given up.
	 */
	int (*next)(
	    struct provider_task *task, const struct provider_answer *answer, struct err *err);
	/*
	 * Sets right what an entry says of itself, before it is handed on; NULL: nothing is wrong.
	 */
	void (*adjust)(struct provider_task *task, struct entry *entry);
	/*
	 * Whether a listing day of the source should be there and complete; NULL when it has no
	 * calendar, as feeds and queries.
	 */
	enum calendar_expectation (*expects)(int32_t day, int64_t now);
	/*
	 * The listing day of an entry that carries none (its dates are known); NULL:
	 * provider_day(). One without dates is of today.
	 */
	int32_t (*day_of)(const struct entry *entry, int64_t now);
};

const struct source_provider *provider_find(const char *name);

/* The UTC day an entry was published or updated, today's when unknown, never a later one. */
int32_t provider_day(const struct entry *entry, int64_t now);

/*
 * For listings without days, where news is what was never listed before: makes the first request
 * one of that kind; false, with a note, when days of the past are wanted.
 */
bool provider_start_moving(struct provider_task *task);

/*
 * Before another page is asked for: EX_DATAERR when the answer held nothing but what the pages
 * before it held, or when there were already so many pages that the listing has no end.
 */
int provider_turn_page(struct provider_task *task, const struct provider_answer *answer,
    int64_t most_pages, struct err *err);

/* An empty page in the middle of a listing of which the server promised more: EX_UNAVAILABLE. */
int provider_broken_off(int64_t place, int64_t total, struct err *err);

/* Weighs such a listing, which was read to its end and had so many items: 0, for next(). */
int provider_end_moving(struct provider_task *task, size_t item_count);

/* Starts the text of a request: base_url, or `origin` when that is not set. */
void provider_ask(struct provider_task *task, const char *origin);

/* For specs: sets a setting as if it were typed; and each of several words joined with "+". */
int provider_set(struct settings *settings, const char *name, struct str value, struct err *err);
int
provider_set_words(struct settings *settings, const char *name, struct str words, struct err *err);

/* A word of a spec like "s2?q=…&year=…", and the setting it stands for. */
struct provider_word {
	const char *word, *setting;
};

/*
 * Sets what stands after the '?' of a spec; a '&' that no word follows is part of a value. The
 * words are ended by a NULL. EX_USAGE when there is anything else.
 */
int provider_set_query(
    struct settings *settings, struct str spec, const struct provider_word *words, struct err *err);

/*
 * Milliseconds between requests by the setting `interval`, but at least `least_ms` where the source
 * itself is asked, which is known by a part of its host's name, and not a mirror.
 */
int64_t provider_interval_ms(const struct settings *settings, const char *host, int64_t least_ms);

/* Appends text to a URL's query, percent-encoded. */
void provider_add_query(struct buf *url, struct str text);

/* Notes for the issue and for status, in the outcome's arena; a plain sentence. */
void provider_note(struct provider_task *task, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * Something is odd though there was an answer: a note, the outcome's error and exit code, and the
 * odd verdict, which nothing that follows takes back. provider_alarm() is for what is empty.
 */
void provider_alarm_as(struct provider_task *task, enum source_verdict verdict, const char *format,
    ...) __attribute__((format(printf, 3, 4)));
void provider_alarm(struct provider_task *task, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* What there was without news; an odd verdict stays. */
void provider_judge(struct provider_task *task, enum source_verdict verdict);

#endif
