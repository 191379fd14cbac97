/*
 * What a query that finds nothing was perhaps meant to be: words that no paper has for the nearest
 * that one has; else one word for the nearest in a paper that has all the others.
 */
#include "respell.h"

enum { PARTS_MOST = 12, PAPERS_MOST = 100 };

struct respelling {
	struct store *store;
	const struct store_search *wish;
	struct arena *arena;

	/* The papers that have all but the part looked at, and the best word in them. */
	const struct store_found *papers;
	struct str word, better;
	size_t slips; /* between the two; 0 while there is none */
	int64_t known_by; /* papers that have the word that is replaced */
};

static void
add_change(struct buf *words, struct str word, struct str better)
{
	buf_addf(words, "%s'%.*s' instead of '%.*s'", words->len > 0 ? ", " : "", STR_ARG(better),
	    STR_ARG(word));
}

/* Whether the query finds anything: 1, 0 or -1. */
static int
finds(struct respelling *respelling, const struct query *query, struct err *err)
{
	struct store_search wish = *respelling->wish;
	struct store_found found;

	wish.query = query;
	wish.order = STORE_NEWEST_FIRST;
	wish.limit = 1;
	if (store_search(respelling->store, &wish, respelling->arena, &found, err) < 0)
		return -1;
	return found.count > 0;
}

/* ---- words that nobody has ---- */

static int
replace_unknown(
    void *context, enum query_column column, struct str word, struct str *better, struct err *err)
{
	struct respelling *respelling = context;
	struct str nearest;

	if (store_nearest_word(
	        respelling->store, (int)column, word, respelling->arena, &nearest, err) < 0)
		return -1;
	if (nearest.len > 0)
		*better = nearest;
	return 0;
}

/* ---- one word, among papers that have the others ---- */

static void
compare_words(struct respelling *respelling, struct str word, struct str text, int64_t known_by)
{
	size_t allowed = query_slips_allowed(word);
	struct str other;

	while (str_next_word(&text, &other)) {
		size_t slips = query_slips(word, other);
		bool is_nearer = respelling->slips == 0 || slips < respelling->slips ||
		    (slips == respelling->slips && known_by < respelling->known_by);
		if (slips == 0 || slips > allowed || !is_nearer)
			continue;
		respelling->slips = slips;
		respelling->known_by = known_by;
		respelling->word = arena_copy(respelling->arena, word);
		respelling->better = arena_copy(respelling->arena, other);
	}
}

/* Of two words as near to one of the papers', the one that fewer papers have is the slip. */
static int
look_near(
    void *context, enum query_column column, struct str word, struct str *better, struct err *err)
{
	struct respelling *respelling = context;
	const struct store_found *papers = respelling->papers;
	struct buf text = BUF_INIT(BUF_LIMIT);
	int64_t known_by, total;

	(void)better;
	if (query_slips_allowed(word) == 0)
		return 0;
	if (store_count_word(respelling->store, word, &known_by, &total, err) < 0)
		return -1;
	for (size_t i = 0; i < papers->count; i++) {
		const struct query_subject *subject =
		    query_subject(respelling->arena, papers->entries[i], respelling->wish->now);
		bool is_any = column == QUERY_COLUMN_COUNT;
		buf_reset(&text);
		for (int j = 0; j <= QUERY_COLUMN_AUTHORS && is_any; j++) {
			query_add_words(subject, (enum query_column)j, &text);
			buf_add_char(&text, ' ');
		}
		if (!is_any)
			query_add_words(subject, column, &text);
		compare_words(respelling, word, buf_str(&text), known_by);
	}
	buf_release(&text);
	return 0;
}

/* Looks into the papers that have all but that part. */
static int
look_without(struct respelling *respelling, size_t part, struct err *err)
{
	struct query *rest = query_without_part(respelling->wish->query, part);
	struct query *alone = query_part(respelling->wish->query, part), *same = NULL;
	struct store_search wish = *respelling->wish;
	struct store_found papers;
	int status;

	wish.query = rest;
	wish.order = STORE_NEWEST_FIRST;
	wish.limit = PAPERS_MOST;
	status = store_search(respelling->store, &wish, respelling->arena, &papers, err);
	respelling->papers = &papers;
	if (status == 0)
		status = query_respell(alone, look_near, respelling, &same, err);
	query_free(same);
	query_free(alone);
	query_free(rest);
	return status;
}

static int
replace_one(
    void *context, enum query_column column, struct str word, struct str *better, struct err *err)
{
	const struct respelling *respelling = context;

	(void)column;
	(void)err;
	if (str_equal(word, respelling->word))
		*better = respelling->better;
	return 0;
}

static int
respell_one(struct respelling *respelling, struct query **other, struct err *err)
{
	size_t count = query_part_count(respelling->wish->query);

	for (size_t i = 0; i < count && count > 1 && i < PARTS_MOST; i++)
		if (look_without(respelling, i, err) < 0)
			return -1;
	if (respelling->slips == 0)
		return 0;
	return query_respell(respelling->wish->query, replace_one, respelling, other, err);
}

/* ---- the whole ---- */

/* Gives the query up unless it finds something. */
static int
keep_if_it_finds(struct respelling *respelling, struct query **other, struct err *err)
{
	int status = *other != NULL ? finds(respelling, *other, err) : 0;

	if (status > 0)
		return 0;
	query_free(*other);
	*other = NULL;
	return status;
}

/* Which words the other query has: those that respelling it the same way changes. */
struct listing {
	query_respeller *respell;
	struct respelling *respelling;
	struct buf *words;
};

static int
list_change(
    void *context, enum query_column column, struct str word, struct str *better, struct err *err)
{
	struct listing *listing = context;
	struct str other = word;

	(void)better;
	if (listing->respell(listing->respelling, column, word, &other, err) < 0)
		return -1;
	if (!str_equal(word, other))
		add_change(listing->words, word, other);
	return 0;
}

int
respell(struct store *store, const struct store_search *wish, struct arena *arena,
    struct query **other, struct buf *words, struct err *err)
{
	struct respelling respelling = { .store = store, .wish = wish, .arena = arena };
	struct listing listing = {
		.respell = replace_unknown, .respelling = &respelling, .words = words
	};
	struct query *same = NULL;

	if (query_respell(wish->query, replace_unknown, &respelling, other, err) < 0 ||
	    keep_if_it_finds(&respelling, other, err) < 0)
		return -1;
	if (*other == NULL) {
		listing.respell = replace_one;
		if (respell_one(&respelling, other, err) < 0 ||
		    keep_if_it_finds(&respelling, other, err) < 0)
			return -1;
	}
	if (*other == NULL)
		return 0;
	return query_respell(wish->query, list_change, &listing, &same, err);
}
