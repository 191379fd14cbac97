/*
 * What is new for an audience, and what a listing holds. Which of it is picked is pick's business.
 */
#include "store_internal.h"

#include "digest/mem.h"

#include <stdlib.h>
#include <string.h>

/* A sighting that makes an entry a candidate. */
struct look {
	int64_t entry, sighting;
	size_t source; /* its place in the wish */
	int32_t listed_on;
	bool is_dated;
	enum entry_announce announce;
	int rank, votes, comments;
};

struct search {
	struct store *store;
	const struct store_want *want;
	struct arena *arena;
	struct buf source_ids; /* the wish's sources as a JSON array, for SQL */
	struct str *source_names;
	struct look *looks;
	size_t look_count;
};

/* How far the audience has looked at a source. */
struct mark {
	bool is_set;
	int32_t since_day, until_day;
	int64_t through;
};

/* ---- the questions ---- */

/*
 * Parameters have the same meaning in all of them: ?1 source, ?2 and ?3 listing days from and to,
 * ?4 a sighting, ?5 audience, ?6 the wish's sources. The indices are named, because the work of a
 * day must not depend on what SQLite takes for the better plan in a store of some size.
 */
#define LOOK_AT \
	"SELECT s.id, s.entry, s.listed_on, s.is_dated, s.announce, s.rank, s.votes, s.comments" \
	" FROM sighting s INDEXED BY "

/* What arrived by itself; what somebody looked up in the past is shown to who asks for its days. */
#define HAS_ARRIVED " AND s.is_past = 0"

/* Sightings after a number; those without a day have no day to be too early or too late. */
#define BEHIND_NUMBER \
	"sighting_source WHERE s.source = ?1 AND s.id > ?4" HAS_ARRIVED \
	" AND (s.is_dated = 0 OR s.listed_on BETWEEN ?2 AND ?3)"

/* Sightings up to a number, of days that were still to come at the last look. */
#define OF_LATER_DAYS \
	"sighting_day WHERE s.source = ?1 AND s.listed_on BETWEEN ?2 AND ?3" \
	" AND s.is_dated = 1 AND s.id <= ?4" HAS_ARRIVED

#define OF_DAYS \
	"sighting_day WHERE s.source = ?1 AND s.is_past IN (0, 1) AND s.listed_on BETWEEN ?2 AND " \
	"?3"

/* enum entry_announce: a replacement is announced of what was there before. */
#define IS_NO_REPLACEMENT " AND s.announce < 2"

#define IS_NOT_HAD \
	" AND NOT EXISTS (SELECT 1 FROM issue_entry i" \
	" WHERE i.audience = ?5 AND i.entry = s.entry AND i.section IN (0, 2))" \
	" AND NOT EXISTS (SELECT 1 FROM audience a JOIN issue_entry i ON i.audience = a.heir_of" \
	" AND i.entry = s.entry AND i.section IN (0, 2) AND i.issue <= a.heir_through" \
	" WHERE a.id = ?5)"

#define IS_NOT_LEFT_OUT \
	" AND NOT EXISTS (SELECT 1 FROM left_out o" \
	" WHERE o.audience = ?5 AND o.entry = s.entry AND o.section = 0)"

/* Listed before the last look, in any of the sources. */
#define IS_NOT_LOOKED_AT \
	" AND NOT EXISTS (SELECT 1 FROM sighting t" \
	" JOIN audience_source m ON m.audience = ?5 AND m.source = t.source" \
	" WHERE t.entry = s.entry AND t.is_past = 0 AND t.announce < 2 AND t.id <= m.through" \
	" AND (t.is_dated = 0 OR t.listed_on <= m.until_day)" \
	" AND t.source IN (SELECT value FROM json_each(?6)))"

/*
 * A backfill neither makes news nor takes any: only when it found that the source itself had listed
 * the entry before the audience's time, this is a re-listing.
 */
#define IS_NOT_OF_EARLIER_TIMES \
	" AND NOT EXISTS (SELECT 1 FROM sighting p" \
	" JOIN audience_source m ON m.audience = ?5 AND m.source = ?1" \
	" WHERE p.entry = s.entry AND p.source = ?1 AND p.is_past = 1 AND p.is_dated = 1" \
	" AND p.announce < 2 AND p.listed_on < m.since_day)"

#define IS_NEWS \
	HAS_ARRIVED IS_NO_REPLACEMENT IS_NOT_HAD IS_NOT_LEFT_OUT IS_NOT_LOOKED_AT \
	    IS_NOT_OF_EARLIER_TIMES

struct question {
	const char *sql;
	int parameter_count;
};

static const struct question news_behind_number = { LOOK_AT BEHIND_NUMBER IS_NEWS, 6 };
static const struct question news_of_later_days = { LOOK_AT OF_LATER_DAYS IS_NEWS, 6 };
static const struct question news_of_days = { LOOK_AT OF_DAYS IS_NEWS, 6 };
static const struct question not_had_of_days = { LOOK_AT OF_DAYS IS_NO_REPLACEMENT IS_NOT_HAD, 5 };
static const struct question all_of_days = { LOOK_AT OF_DAYS IS_NO_REPLACEMENT, 3 };

static int
ask(struct search *search, const struct question *question, size_t source, int32_t from, int32_t to,
    int64_t sighting, struct err *err)
{
	struct db_stmt *stmt = db_prepare(search->store->db, question->sql, err);
	int found;

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, search->want->sources[source]);
	db_bind_int(stmt, 2, from);
	db_bind_int(stmt, 3, to);
	if (question->parameter_count >= 5) {
		db_bind_int(stmt, 4, sighting);
		db_bind_int(stmt, 5, search->want->audience);
	}
	if (question->parameter_count >= 6)
		db_bind_text(stmt, 6, buf_str(&search->source_ids));
	while ((found = db_step(stmt, err)) > 0) {
		bool is_dated = db_int(stmt, 3) != 0;
		if (search->want->is_day_gone_by && !is_dated)
			continue;
		search->looks = arena_grow(
		    search->arena, search->looks, &search->look_count, sizeof(*search->looks));
		search->looks[search->look_count - 1] = (struct look){
			.sighting = db_int(stmt, 0),
			.entry = db_int(stmt, 1),
			.source = source,
			.listed_on = (int32_t)db_int(stmt, 2),
			.is_dated = is_dated,
			.announce = (enum entry_announce)db_int(stmt, 4),
			.rank = (int)db_int(stmt, 5),
			.votes = store_count(stmt, 6),
			.comments = store_count(stmt, 7),
		};
	}
	return found;
}

int
store_newest_day(struct store *store, int64_t source, int32_t until, int32_t *day, struct err *err)
{
	struct db_stmt *stmt = db_prepare(store->db,
	    "SELECT listed_on FROM sighting INDEXED BY sighting_day WHERE source = ?1"
	    " AND is_past = 0 AND (listed_on <= ?2 OR is_dated = 0) AND announce < 2"
	    " ORDER BY listed_on DESC LIMIT 1",
	    err);

	*day = DATE_NO_DAY;
	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, source);
	db_bind_int(stmt, 2, until);
	int found = db_step(stmt, err);
	if (found > 0) {
		*day = (int32_t)db_int(stmt, 0);
		db_reset(stmt);
	}
	return found < 0 ? -1 : 0;
}

static int
load_mark(struct search *search, size_t source, struct mark *mark, struct err *err)
{
	struct db_stmt *stmt = db_prepare(search->store->db,
	    "SELECT since_day, until_day, through FROM audience_source"
	    " WHERE audience = ?1 AND source = ?2",
	    err);

	*mark = (struct mark){ 0 };
	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, search->want->audience);
	db_bind_int(stmt, 2, search->want->sources[source]);
	int found = db_step(stmt, err);
	if (found > 0) {
		mark->is_set = true;
		mark->since_day = (int32_t)db_int(stmt, 0);
		mark->until_day = (int32_t)db_int(stmt, 1);
		mark->through = db_int(stmt, 2);
		db_reset(stmt);
	}
	return found < 0 ? -1 : 0;
}

/* ---- scopes ---- */

static int
look_at_newest(
    struct search *search, size_t source, const struct question *question, struct err *err)
{
	int32_t day;

	if (store_newest_day(
	        search->store, search->want->sources[source], search->want->until, &day, err) < 0)
		return -1;
	return day != DATE_NO_DAY ? ask(search, question, source, day, day, 0, err) : 0;
}

static int
look_at_news(struct search *search, size_t source, struct err *err)
{
	int32_t until = search->want->until;
	struct mark mark;

	if (load_mark(search, source, &mark, err) < 0)
		return -1;
	if (!mark.is_set && search->want->is_day_gone_by)
		return 0;
	if (!mark.is_set)
		return look_at_newest(search, source, &news_of_days, err);
	if (ask(search, &news_behind_number, source, mark.since_day, until, mark.through, err) < 0)
		return -1;
	if (until <= mark.until_day)
		return 0;
	return ask(
	    search, &news_of_later_days, source, mark.until_day + 1, until, mark.through, err);
}

static int
look_at_source(struct search *search, size_t source, struct err *err)
{
	const struct store_want *want = search->want;
	int32_t to = want->until;

	switch (want->scope) {
	case STORE_NEWS: return look_at_news(search, source, err);
	case STORE_NEWEST: return look_at_newest(search, source, &all_of_days, err);
	case STORE_DAYS: return ask(search, &not_had_of_days, source, want->since, to, 0, err);
	default: return ask(search, &all_of_days, source, want->since, to, 0, err);
	}
}

/* ---- candidates ---- */

static int
compare(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

/* Brings the sightings of an entry together, the first source's first. */
static int
by_entry(const void *a, const void *b)
{
	const struct look *x = a, *y = b;

	if (x->entry != y->entry)
		return compare(x->entry, y->entry);
	if (x->source != y->source)
		return compare((int64_t)x->source, (int64_t)y->source);
	if (x->listed_on != y->listed_on)
		return compare(x->listed_on, y->listed_on);
	return compare(x->sighting, y->sighting);
}

/* The reader's order; what has no rank follows in the order of arrival. */
static int
by_listing(const void *a, const void *b)
{
	const struct look *x = a, *y = b;

	if (x->listed_on != y->listed_on)
		return compare(x->listed_on, y->listed_on);
	if (x->source != y->source)
		return compare((int64_t)x->source, (int64_t)y->source);
	if (x->rank != y->rank)
		return x->rank == 0 || y->rank == 0 ? compare(y->rank, x->rank)
		                                    : compare(x->rank, y->rank);
	return compare(x->sighting, y->sighting);
}

/* Leaves one of each entry: the first source's, with the earliest day and any counts known. */
static void
unite_looks(struct search *search)
{
	size_t kept = 0;

	if (search->look_count == 0)
		return;
	qsort(search->looks, search->look_count, sizeof(*search->looks), by_entry);
	for (size_t i = 1; i < search->look_count; i++) {
		const struct look *look = &search->looks[i];
		struct look *first = &search->looks[kept];
		if (look->entry != first->entry) {
			search->looks[++kept] = *look;
			continue;
		}
		if (look->listed_on < first->listed_on) {
			first->listed_on = look->listed_on;
			first->is_dated = look->is_dated;
		}
		/* What any of them lists as new is not only cross-listed. */
		if (look->announce < first->announce)
			first->announce = look->announce;
		if (first->votes < 0)
			first->votes = look->votes;
		if (first->comments < 0)
			first->comments = look->comments;
	}
	search->look_count = kept + 1;
	qsort(search->looks, search->look_count, sizeof(*search->looks), by_listing);
}

static int
load_source_names(struct search *search, struct err *err)
{
	const struct store_want *want = search->want;

	search->source_names =
	    arena_array(search->arena, want->source_count + 1, sizeof(struct str));
	buf_add_char(&search->source_ids, '[');
	for (size_t i = 0; i < want->source_count; i++) {
		struct db_stmt *stmt =
		    db_prepare(search->store->db, "SELECT name FROM source WHERE id = ?1", err);
		if (stmt == NULL)
			return -1;
		db_bind_int(stmt, 1, want->sources[i]);
		if (db_step(stmt, err) < 0)
			return -1;
		search->source_names[i] = store_text(stmt, 0, search->arena);
		db_reset(stmt);
		buf_addf(
		    &search->source_ids, "%s%lld", i > 0 ? "," : "", (long long)want->sources[i]);
	}
	buf_add_char(&search->source_ids, ']');
	return 0;
}

/* Of the sources that list an entry, those of the wish, in its order. */
static void
keep_wished_sources(const struct search *search, struct entry *entry, struct arena *arena)
{
	struct str *kept = arena_array(arena, search->want->source_count + 1, sizeof(struct str));
	size_t count = 0;

	for (size_t i = 0; i < search->want->source_count; i++) {
		for (size_t j = 0; j < entry->source_count; j++) {
			if (!str_equal(entry->sources[j], search->source_names[i]))
				continue;
			kept[count++] = entry->sources[j];
			break;
		}
	}
	entry->sources = kept;
	entry->source_count = count;
}

static struct store_candidate *
add_candidate(struct search *search, struct store_candidates *candidates)
{
	candidates->items = arena_grow(
	    search->arena, candidates->items, &candidates->count, sizeof(*candidates->items));
	return &candidates->items[candidates->count - 1];
}

/* ---- the shelf ---- */

struct shelved {
	struct entry *entry; /* NULL in an empty place */
	struct query_subject *subject;
};

struct store_shelf {
	struct arena *arena;
	struct shelved **items; /* by the entry's id; a place is never given up */
	size_t room, count; /* room is a power of two */
};

struct store_shelf *
store_shelf_new(void)
{
	struct store_shelf *shelf = mem_alloc(sizeof(*shelf));

	*shelf = (struct store_shelf){ .arena = arena_new() };
	return shelf;
}

void
store_shelf_free(struct store_shelf *shelf)
{
	if (shelf == NULL)
		return;
	arena_free(shelf->arena);
	mem_free(shelf->items);
	mem_free(shelf);
}

/* The place of an entry, or the empty one where it belongs. */
static struct shelved **
place_of(struct shelved **items, size_t room, int64_t id)
{
	size_t i = (size_t)((uint64_t)id * UINT64_C(0x9E3779B97F4A7C15) >> 32) & (room - 1);

	while (items[i] != NULL && items[i]->entry->id != id)
		i = (i + 1) & (room - 1);
	return &items[i];
}

static void
make_room(struct store_shelf *shelf)
{
	size_t room = shelf->room > 0 ? shelf->room * 2 : 256;
	struct shelved **items;

	if ((shelf->count + 1) * 2 <= shelf->room)
		return;
	items = mem_alloc(room * sizeof(struct shelved *));
	for (size_t i = 0; i < shelf->room; i++) {
		if (shelf->items[i] != NULL)
			*place_of(items, room, shelf->items[i]->entry->id) = shelf->items[i];
	}
	mem_free(shelf->items);
	shelf->items = items;
	shelf->room = room;
}

static void
apply_look(const struct look *look, struct entry *entry)
{
	entry->sighting = look->sighting;
	entry->listed_on = look->is_dated ? look->listed_on : DATE_NO_DAY;
	entry->announce = look->announce;
	entry->rank = look->rank;
	entry->votes = look->votes;
	entry->comments = look->comments;
}

/* Whether what is made of the entry with one look serves for the other. */
static bool
is_same_look(const struct entry *a, const struct entry *b)
{
	return a->sighting == b->sighting && a->listed_on == b->listed_on && a->votes == b->votes &&
	    a->comments == b->comments && a->announce == b->announce && a->rank == b->rank;
}

static int
take_from_shelf(struct search *search, const struct look *look, struct store_candidate *candidate,
    struct err *err)
{
	struct store_shelf *shelf = search->want->shelf;

	make_room(shelf);
	struct shelved **place = place_of(shelf->items, shelf->room, look->entry);
	if (*place == NULL) {
		struct entry *entry;
		if (store_load_entry(search->store, look->entry, 0, shelf->arena, &entry, err) < 0)
			return -1;
		*place = arena_alloc(shelf->arena, sizeof(**place));
		(*place)->entry = entry;
		shelf->count++;
		apply_look(look, entry);
		keep_wished_sources(search, entry, shelf->arena);
	}
	candidate->entry = arena_alloc(search->arena, sizeof(struct entry));
	*candidate->entry = *(*place)->entry;
	apply_look(look, candidate->entry);
	if (is_same_look(candidate->entry, (*place)->entry)) {
		candidate->shelved = (*place)->entry;
		candidate->subject = &(*place)->subject;
	}
	return 0;
}

static int
load_candidates(struct search *search, struct store_candidates *candidates, struct err *err)
{
	for (size_t i = 0; i < search->look_count; i++) {
		const struct look *look = &search->looks[i];
		struct store_candidate *candidate = add_candidate(search, candidates);
		if (search->want->shelf != NULL) {
			if (take_from_shelf(search, look, candidate, err) < 0)
				return -1;
		} else {
			if (store_load_entry(search->store, look->entry, 0, search->arena,
			        &candidate->entry, err) < 0)
				return -1;
			apply_look(look, candidate->entry);
			keep_wished_sources(search, candidate->entry, search->arena);
		}
		candidate->section = look->announce == ENTRY_CROSS ? ISSUE_CROSS : ISSUE_NEW;
	}
	return 0;
}

/* One entry that the audience has had, beside the content that it had. */
static int
load_update(
    struct search *search, struct db_stmt *stmt, struct store_candidate *candidate, struct err *err)
{
	int64_t id = db_int(stmt, 0), had_version = db_int(stmt, 1), had_entry = db_int(stmt, 2);
	struct entry *had;

	*candidate = (struct store_candidate){ .from_version = (int)db_int(stmt, 3) };
	if (store_load_entry(search->store, id, 0, search->arena, &candidate->entry, err) < 0 ||
	    store_load_entry(search->store, had_entry, had_version, search->arena, &had, err) < 0)
		return -1;
	candidate->section = candidate->entry->is_withdrawn ? ISSUE_WITHDRAWN : ISSUE_UPDATED;
	candidate->changes = entry_changes(had, candidate->entry);
	return 0;
}

/*
 * Entries that the audience has had, and of which it has not had the present version; or that were
 * taken back, which it is told once.
 */
static int
load_updates(struct search *search, struct store_candidates *candidates, struct err *err)
{
	struct db_stmt *stmt = db_prepare(search->store->db,
	    "SELECT e.id, v.id, v.entry, v.number FROM update_due u JOIN entry e ON e.id = u.entry"
	    " JOIN audience a ON a.id = u.audience"
	    " JOIN issue_entry i ON i.entry = u.entry AND i.audience IN (a.id, a.heir_of)"
	    " AND i.issue = (SELECT max(l.issue) FROM issue_entry l WHERE l.entry = u.entry"
	    "  AND l.audience IN (a.id, a.heir_of)"
	    "  AND (l.audience = a.id OR l.issue <= a.heir_through))"
	    " JOIN version v ON v.id = i.version WHERE u.audience = ?1"
	    " AND iif(e.withdrawn_at IS NULL, v.number < e.number, i.section <> 3) ORDER BY e.id",
	    err);
	int found;

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, search->want->audience);
	while ((found = db_step(stmt, err)) > 0) {
		if (load_update(search, stmt, add_candidate(search, candidates), err) < 0) {
			db_reset(stmt);
			return -1;
		}
	}
	return found;
}

static int
find_through(struct store *store, int64_t *through, struct err *err)
{
	struct db_stmt *stmt =
	    db_prepare(store->db, "SELECT coalesce(max(id), 0) FROM sighting", err);

	if (stmt == NULL || db_step(stmt, err) < 0)
		return -1;
	*through = db_int(stmt, 0);
	db_reset(stmt);
	return 0;
}

int
store_candidates(struct store *store, const struct store_want *want, struct arena *arena,
    struct store_candidates *candidates, struct err *err)
{
	struct search search = {
		.store = store,
		.want = want,
		.arena = arena,
		.source_ids = BUF_INIT(BUF_LIMIT),
	};
	int status = -1;

	*candidates = (struct store_candidates){ .until = want->until };
	if (find_through(store, &candidates->through, err) < 0 ||
	    load_source_names(&search, err) < 0)
		goto out;
	for (size_t i = 0; i < want->source_count; i++) {
		if (look_at_source(&search, i, err) < 0)
			goto out;
	}
	unite_looks(&search);
	status = load_candidates(&search, candidates, err);
	if (status == 0 && want->scope == STORE_NEWS && !want->is_day_gone_by)
		status = load_updates(&search, candidates, err);
out:
	buf_release(&search.source_ids);
	return status;
}
