/*
 * Search: the full-text index gives candidates, and query_matches() says which of them match, so
 * that the answer is the one that an entry in memory gets. Keeping the index is fulltext.c's.
 */
#include "store_internal.h"

#include "digest/mem.h"
#include "digest/query.h"

#include <stdlib.h>

enum {
	/* As many of the newest candidates are put in an order. */
	WINDOW_CANDIDATES = 5000,
	/* A phrase that more entries have is not counted to the end. */
	COUNTED_MOST = 1000,
	/* So many candidates that do not match may stay in memory with what is found. */
	REJECTS_KEPT = 100,
};

struct candidate {
	int64_t entry;
	double score;
};

struct search {
	struct store *store;
	const struct store_search *wish;
	struct query_fulltext fulltext;
	struct arena *arena; /* of what is found */
	struct arena *scratch; /* of a candidate that is looked at */
	struct store_found *found;
	size_t reject_count;

	/* for relevance */
	double *weights; /* of the phrases */
	double usual_words[QUERY_COLUMN_COUNT];
	struct candidate *candidates;
	size_t candidate_count;
};

/* ---- one candidate ---- */

static bool
is_recent(const struct entry *entry, int32_t since)
{
	if (since == DATE_NO_DAY)
		return true;
	if (entry->listed_on != DATE_NO_DAY)
		return entry->listed_on >= since;
	return entry->published_at != DATE_NO_INSTANT && date_day_of(entry->published_at) >= since;
}

/* Takes it when it matches: 1 when that is enough, 0 to go on, or -1. */
static int
look_at(struct search *search, int64_t id, struct err *err)
{
	const struct store_search *wish = search->wish;
	struct store_found *found = search->found;
	struct entry *entry;

	/* Most candidates match, and what is found need not be loaded twice. */
	bool is_kept = search->reject_count < REJECTS_KEPT;
	if (id == wish->without)
		return 0;
	if (store_load_entry(
	        search->store, id, 0, is_kept ? search->arena : search->scratch, &entry, err) < 0)
		return -1;
	bool is_match = is_recent(entry, wish->since) &&
	    query_matches(wish->query, query_subject(search->scratch, entry, wish->now));
	arena_reset(search->scratch);
	if (!is_match) {
		search->reject_count++;
		return 0;
	}
	found->has_more = wish->limit > 0 && found->count == wish->limit;
	if (found->has_more)
		return 1;
	if (!is_kept && store_load_entry(search->store, id, 0, search->arena, &entry, err) < 0)
		return -1;
	found->entries =
	    arena_grow(search->arena, found->entries, &found->count, sizeof(found->entries[0]));
	found->entries[found->count - 1] = entry;
	return 0;
}

/* ---- candidates ---- */

#define VOTES_OF(id) \
	"(SELECT s.votes FROM sighting s WHERE s.entry = " id \
	" AND s.votes IS NOT NULL ORDER BY s.is_past, s.id DESC LIMIT 1)"

/* The candidates from the newest down: their entry, their hits, their votes, as far as wanted. */
static struct db_stmt *
prepare(struct search *search, struct err *err)
{
	static const char *const found[] = {
		[STORE_BY_RELEVANCE] = "SELECT rowid, hits(fulltext) FROM fulltext"
		                       " WHERE fulltext MATCH ?1 ORDER BY rowid DESC",
		[STORE_NEWEST_FIRST] = "SELECT rowid FROM fulltext WHERE fulltext MATCH ?1"
		                       " ORDER BY rowid DESC",
		[STORE_BY_VOTES] = "SELECT rowid, " VOTES_OF(
		    "fulltext.rowid") " FROM fulltext"
		                      " WHERE fulltext MATCH ?1 ORDER BY rowid DESC",
	};
	static const char *const all[] = {
		[STORE_BY_RELEVANCE] = "SELECT id FROM entry WHERE merged_into IS NULL"
		                       " ORDER BY id DESC",
		[STORE_NEWEST_FIRST] = "SELECT id FROM entry WHERE merged_into IS NULL"
		                       " ORDER BY id DESC",
		[STORE_BY_VOTES] = "SELECT id, " VOTES_OF(
		    "entry.id") " FROM entry"
		                " WHERE merged_into IS NULL ORDER BY id DESC",
	};
	struct str expression = search->fulltext.expression;
	bool is_narrow = expression.len > 0;
	struct db_stmt *stmt =
	    db_prepare(search->store->db, (is_narrow ? found : all)[search->wish->order], err);

	if (stmt != NULL && is_narrow)
		db_bind_text(stmt, 1, expression);
	return stmt;
}

/* In the order of the statement: to the end, or to the limit. */
static int
search_in_order(struct search *search, struct err *err)
{
	struct db_stmt *stmt = prepare(search, err);
	int found, status = 0;

	if (stmt == NULL)
		return -1;
	while (status == 0 && (found = db_step(stmt, err)) > 0)
		status = look_at(search, db_int(stmt, 0), err);
	if (status != 0)
		db_reset(stmt);
	return status < 0 || found < 0 ? -1 : 0;
}

/* ---- relevance ---- */

/*
 * How many entries have what an expression says: counted for as long as they are few, else guessed.
 */
static int
count_found(
    struct store *store, struct str expression, int64_t total, int64_t *count, struct err *err)
{
	struct db_stmt *stmt = db_prepare(store->db,
	    "SELECT count(*), min(rowid) FROM (SELECT rowid FROM fulltext WHERE fulltext MATCH ?1"
	    " ORDER BY rowid DESC LIMIT ?2)",
	    err);

	if (stmt == NULL)
		return -1;
	db_bind_text(stmt, 1, expression);
	db_bind_int(stmt, 2, COUNTED_MOST);
	if (db_step(stmt, err) < 0)
		return -1;
	*count = db_int(stmt, 0);
	if (*count == COUNTED_MOST)
		*count = (int64_t)((double)*count * (double)total /
		    (double)(total - db_int(stmt, 1) + 1));
	db_reset(stmt);
	return 0;
}

/* The number of the newest entry, which few numbers below it miss. */
static int
find_newest(struct store *store, int64_t *id, struct err *err)
{
	struct db_stmt *stmt = db_prepare(store->db, "SELECT max(id) FROM entry", err);

	if (stmt == NULL || db_step(stmt, err) < 0)
		return -1;
	*id = db_int(stmt, 0);
	db_reset(stmt);
	return 0;
}

static int
weigh_phrases(struct search *search, struct err *err)
{
	const struct query_fulltext *fulltext = &search->fulltext;
	int64_t total, count;

	if (find_newest(search->store, &total, err) < 0)
		return -1;
	search->weights =
	    arena_array(search->arena, fulltext->phrase_count + 1, sizeof(search->weights[0]));
	for (size_t i = 0; i < fulltext->phrase_count; i++) {
		if (count_found(search->store, fulltext->phrases[i], total, &count, err) < 0)
			return -1;
		search->weights[i] = query_weight(count, total);
	}
	return 0;
}

/* What hits() gave for one candidate; kept until all have come, for what is usual among them. */
struct evidence {
	int64_t entry;
	int32_t *numbers;
	size_t count; /* of numbers */
};

static void
note_evidence(
    struct search *search, struct db_stmt *stmt, struct arena *arena, struct evidence *evidence)
{
	struct str blob = db_blob(stmt, 1);

	evidence->entry = db_int(stmt, 0);
	evidence->count = blob.len / sizeof(int32_t);
	evidence->numbers = arena_array(arena, evidence->count + 1, sizeof(int32_t));
	if (evidence->count > 0)
		memcpy(evidence->numbers, blob.ptr, evidence->count * sizeof(int32_t));
	for (size_t i = 0; i < QUERY_COLUMN_COUNT && i < evidence->count; i++)
		search->usual_words[i] += evidence->numbers[i];
}

static double
score(const struct search *search, const struct evidence *evidence)
{
	const int32_t *numbers = evidence->numbers + QUERY_COLUMN_COUNT;
	struct query_hit *hits;
	size_t count;
	double relevance;

	if (evidence->count < QUERY_COLUMN_COUNT)
		return 0;
	count = (evidence->count - QUERY_COLUMN_COUNT) / 3;
	hits = arena_array(search->scratch, count + 1, sizeof(hits[0]));
	for (size_t i = 0; i < count; i++)
		hits[i] =
		    (struct query_hit){ numbers[3 * i], numbers[3 * i + 1], numbers[3 * i + 2] };
	relevance = query_relevance(hits, count, evidence->numbers, search->usual_words,
	    search->weights, search->fulltext.phrase_count);
	arena_reset(search->scratch);
	return relevance;
}

static void
score_all(struct search *search, const struct evidence *evidence, size_t count)
{
	for (size_t i = 0; i < QUERY_COLUMN_COUNT && count > 0; i++)
		search->usual_words[i] /= (double)count;
	for (size_t i = 0; i < count; i++)
		search->candidates[i] =
		    (struct candidate){ evidence[i].entry, score(search, &evidence[i]) };
}

/* ---- candidates in an order ---- */

static int
compare_candidates(const void *left, const void *right)
{
	const struct candidate *a = left, *b = right;

	if (a->score != b->score)
		return a->score > b->score ? -1 : 1;
	return (a->entry < b->entry) - (a->entry > b->entry);
}

/* The newest candidates, as many as are ranked, and their scores. */
static int
rank_newest(struct search *search, struct arena *arena, struct err *err)
{
	struct evidence *evidence = arena_array(arena, WINDOW_CANDIDATES, sizeof(evidence[0]));
	bool is_by_votes = search->wish->order == STORE_BY_VOTES;
	struct db_stmt *stmt = prepare(search, err);
	size_t count = 0;
	int found;

	if (stmt == NULL)
		return -1;
	search->candidates = arena_array(arena, WINDOW_CANDIDATES, sizeof(search->candidates[0]));
	while ((found = db_step(stmt, err)) > 0 && count < WINDOW_CANDIDATES) {
		if (is_by_votes)
			search->candidates[count] =
			    (struct candidate){ db_int(stmt, 0), store_count(stmt, 1) };
		else
			note_evidence(search, stmt, arena, &evidence[count]);
		count++;
	}
	if (found < 0)
		return -1;
	if (found > 0) {
		search->found->window = WINDOW_CANDIDATES;
		db_reset(stmt);
	}
	search->candidate_count = count;
	if (!is_by_votes)
		score_all(search, evidence, count);
	qsort(search->candidates, count, sizeof(search->candidates[0]), compare_candidates);
	return 0;
}

static int
search_ranked(struct search *search, struct err *err)
{
	struct arena *arena = arena_new();
	int status = 0;

	if (search->wish->order == STORE_BY_RELEVANCE)
		status = weigh_phrases(search, err);
	if (status == 0)
		status = rank_newest(search, arena, err);
	for (size_t i = 0; i < search->candidate_count && status == 0; i++)
		status = look_at(search, search->candidates[i].entry, err);
	arena_free(arena);
	return status < 0 ? -1 : 0;
}

/* ---- the whole ---- */

int
store_search(struct store *store, const struct store_search *wish, struct arena *arena,
    struct store_found *found, struct err *err)
{
	struct search search = {
		.store = store,
		.wish = wish,
		.arena = arena,
		.scratch = arena_new(),
		.found = found,
	};
	int status;

	*found = (struct store_found){ 0 };
	query_fulltext(wish->query, arena, &search.fulltext);
	/* Without words nothing is more relevant than anything else. */
	bool is_ranked = wish->order == STORE_BY_VOTES ||
	    (wish->order == STORE_BY_RELEVANCE && search.fulltext.expression.len > 0);
	status = store->has_hits ? 0 : db_offer_hits(store->db, err);
	store->has_hits = status == 0;
	if (status == 0)
		status = is_ranked ? search_ranked(&search, err) : search_in_order(&search, err);
	arena_free(search.scratch);
	return status;
}

int
store_count_word(
    struct store *store, struct str word, int64_t *found, int64_t *total, struct err *err)
{
	struct buf expression = BUF_INIT(BUF_LIMIT);
	int status;

	buf_addf(&expression, "{title abstract authors} : \"%.*s\"", STR_ARG(word));
	status = find_newest(store, total, err);
	if (status == 0)
		status = count_found(store, buf_str(&expression), *total, found, err);
	buf_release(&expression);
	return status;
}
