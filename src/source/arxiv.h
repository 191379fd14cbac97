/*
 * What arXiv's providers have in common: how its hosts are asked, what its days are, and the paging
 * of its API. For provider_arxiv_*.c; what the days amount to is each provider's.
 */
#ifndef DIGEST_SOURCE_ARXIV_H
#define DIGEST_SOURCE_ARXIV_H

#include "provider.h"

#define ARXIV_PACE "arxiv.org"
#define ARXIV_API "https://export.arxiv.org"
#define ARXIV_INTERVAL_ROW \
	{ \
		"interval", SETTING_DURATION, "3s", \
		    "between requests; never less than 3s where arXiv itself is asked" \
	}

enum {
	ARXIV_MOST_RESULTS = 30000, /* of one query; after them the API answers with status 400 */
	ARXIV_OVERLAP_DAYS = 4, /* so long after its listing day a paper may still turn up */
	ARXIV_DENSE_ENTRIES = 10, /* what has as many on a day has some on every day */
};

/* Milliseconds between requests: arXiv's terms of use, or less where a mirror is asked. */
int64_t arxiv_interval_ms(const struct settings *settings);

bool arxiv_is_set(const struct settings *settings, const char *name);

/* Refuses words that no category, set or identifier of arXiv consists of. EX_CONFIG. */
int arxiv_check_words(const struct settings *settings, const char *name, struct err *err);

/*
 * The word that follows `last` in the order of the alphabet, repetitions left out: false for none.
 */
bool arxiv_next_word(
    const struct settings *settings, const char *name, struct str last, struct str *word);

/* Appends "a+b+c" in that order, so that one question has one name. */
void arxiv_add_sorted(const struct settings *settings, const char *name, struct buf *out);

/* ---- days ---- */

/* The date in New York. */
int32_t arxiv_today(int64_t now);

/* The newest day whose listing should be there and complete. */
int32_t arxiv_expected_day(int64_t now);

/*
 * The day on which arXiv lists an entry that was submitted when it says,
 * never a later one than today.
 */
int32_t arxiv_day_of(const struct entry *entry, int64_t now);

/* ---- the API ---- */

/* Appends "cat:cs.CL OR cat:cs.LG". */
void arxiv_add_categories(const struct settings *settings, struct buf *query);

/* Appends "submittedDate:[… TO …]", of minutes in UTC, both included. */
void arxiv_add_window(struct buf *query, int64_t from, int64_t until);

enum arxiv_page {
	ARXIV_PAGE_MORE, /* scratch.count is where the next page begins */
	ARXIV_PAGE_LAST,
	ARXIV_PAGE_AGAIN, /* the same page: empty, though there is more */
};

/*
 * Weighs a page of a result in the request's order, of at most `page_size` entries, and keeps count
 * of it in the scratch (count, total, attempts). EX_DATAERR for a page that was not asked for or
 * comes again and again, EX_UNAVAILABLE for one that stays empty.
 */
int arxiv_take_page(struct provider_task *task, const struct provider_answer *answer,
    int64_t page_size, enum arxiv_page *page, struct err *err);

#endif
