/*
 * Learns what a list's readers like of what the store knows: what was said of papers, and the
 * newest others to tell these from. What was learned is kept until that changes, or for a week. And
 * finds the papers that a list names for what is to be like them.
 */
#include "day.h"

#include "digest/crypt.h"
#include "digest/identity.h"
#include "digest/liked.h"
#include "digest/log.h"

#include <stdlib.h>

/*
 * How many others there are; and the number of the way of learning,
 * which counts up when it changes.
 */
enum { OTHERS_MOST = 10000, MANNER = 2 };

static const int64_t kept_s = 7 * DATE_SECONDS_PER_DAY;

struct lesson {
	struct day *day;
	struct store_liking *likings;
	size_t count, like_count;
	int64_t *ids; /* of the entries in it, sorted */
	struct liked_corpus *corpus;
};

static int
compare_ids(const void *left, const void *right)
{
	const int64_t *a = left, *b = right;

	return (*a > *b) - (*a < *b);
}

static int
read_likings(struct lesson *lesson, const char *list, struct err *err)
{
	struct day *day = lesson->day;

	if (store_likings(day->store, list, day->arena, &lesson->likings, &lesson->count, err) < 0)
		return -1;
	lesson->ids = arena_array(day->arena, lesson->count + 1, sizeof(*lesson->ids));
	for (size_t i = 0; i < lesson->count; i++) {
		lesson->ids[i] = lesson->likings[i].entry->id;
		lesson->like_count += lesson->likings[i].is_liked;
	}
	qsort(lesson->ids, lesson->count, sizeof(*lesson->ids), compare_ids);
	return 0;
}

static int
take_id(void *context, const struct entry *entry, struct err *err)
{
	int64_t *newest = context;

	(void)err;
	*newest = entry->id;
	return 0;
}

/*
 * What the lesson consists of: what was said, of which version; and how large the store has become.
 */
static int
identify(struct lesson *lesson, struct buf *identity, struct err *err)
{
	struct buf text = BUF_INIT(BUF_LIMIT);
	unsigned char hash[CRYPT_SHA256_BYTES];
	int64_t newest = 0;
	int doublings = 0;

	if (store_each_recent(lesson->day->store, 1, take_id, &newest, err) < 0)
		return -1;
	while (newest >> doublings != 0 && 1 << doublings < OTHERS_MOST)
		doublings++;
	buf_addf(&text, "%d %d\n", MANNER, doublings);
	for (size_t i = 0; i < lesson->count; i++) {
		const struct store_liking *liking = &lesson->likings[i];
		buf_addf(&text, "%d %lld %.*s\n", liking->is_liked,
		    (long long)liking->entry->version_id, STR_ARG(liking->key));
		if (liking->entry->id == 0)
			entry_add_content(liking->entry, &text);
	}
	crypt_sha256(buf_str(&text), hash);
	crypt_add_base32(identity, hash, sizeof(hash));
	buf_release(&text);
	return 0;
}

/* What was learned before; NULL when that is nothing, or cannot be read any more. */
static int
recall(struct lesson *lesson, struct str identity, struct liked_model **model, struct err *err)
{
	struct buf bytes = BUF_INIT(BUF_LIMIT);
	struct err trouble = ERR_NONE;
	bool is_there = false;
	int status = store_learned(
	    lesson->day->store, identity, lesson->day->now - kept_s, &bytes, &is_there, err);

	if (status == 0 && is_there && liked_load(model, buf_str(&bytes), &trouble) < 0)
		log_info("liked: %s; it is learned again", trouble.text);
	buf_release(&bytes);
	return status;
}

static int
take_other(void *context, const struct entry *entry, struct err *err)
{
	struct lesson *lesson = context;

	(void)err;
	if (bsearch(&entry->id, lesson->ids, lesson->count, sizeof(*lesson->ids), compare_ids) ==
	    NULL)
		liked_corpus_add(lesson->corpus, entry, LIKED_OTHER);
	return 0;
}

static int
learn(struct lesson *lesson, struct liked_model **model, struct err *err)
{
	struct err trouble = ERR_NONE;

	lesson->corpus = liked_corpus_new();
	for (size_t i = 0; i < lesson->count; i++)
		liked_corpus_add(lesson->corpus, lesson->likings[i].entry,
		    lesson->likings[i].is_liked ? LIKED_LIKE : LIKED_DISLIKE);
	if (store_each_recent(lesson->day->store, OTHERS_MOST, take_other, lesson, err) < 0) {
		liked_corpus_free(lesson->corpus);
		return -1;
	}
	/* A store that holds nothing but what is liked teaches nothing yet. */
	if (liked_train(model, lesson->corpus, LIKED_PART_MOST, &trouble) < 0)
		log_info("liked: %s", trouble.text);
	return 0;
}

static int
keep(struct day *day, struct str identity, const struct liked_model *model, struct err *err)
{
	struct db *db = store_db(day->store);
	struct buf bytes = BUF_INIT(BUF_LIMIT);
	int status = -1;

	liked_save(model, &bytes);
	if (db_begin(db, err) == 0 &&
	    store_keep_learned(
	        day->store, identity, day->now - kept_s, day->now, buf_str(&bytes), err) == 0)
		status = db_commit(db, err);
	if (status < 0)
		db_rollback(db);
	buf_release(&bytes);
	return status;
}

static int
learn_or_recall(struct lesson *lesson, struct liked_model **model, struct err *err)
{
	struct buf identity = BUF_INIT(BUF_LIMIT);
	int status = identify(lesson, &identity, err);

	if (status == 0)
		status = recall(lesson, buf_str(&identity), model, err);
	if (status == 0 && *model == NULL) {
		status = learn(lesson, model, err);
		if (status == 0 && *model != NULL)
			status = keep(lesson->day, buf_str(&identity), *model, err);
	}
	buf_release(&identity);
	return status;
}

int
day_learn_likes(struct day *day, struct day_list *list, const char *rank, struct err *err)
{
	struct lesson lesson = { .day = day };
	struct liked_model *model = NULL;

	if (list->has_learned || !pick_ranks_by(rank, "liked"))
		return 0;
	list->has_learned = true;
	if (read_likings(&lesson, list->name, err) < 0)
		return -1;
	list->like_count = lesson.like_count;
	if (lesson.like_count == 0)
		return 0;
	int status = learn_or_recall(&lesson, &model, err);
	if (model == NULL)
		return status;
	day->liked_models = arena_grow(
	    day->arena, day->liked_models, &day->liked_model_count, sizeof(struct liked_model *));
	day->liked_models[day->liked_model_count - 1] = model;
	list->liked = model;
	return status;
}

int
day_find_similar(struct day *day, const struct day_rules *rules, struct err *err)
{
	const struct pick_terms *terms = &rules->wishes[PICK_SIMILAR];

	if (!pick_ranks_by(rules->rank, pick_wish_name(PICK_SIMILAR)))
		return 0;
	for (size_t i = 0; i < terms->count; i++) {
		struct pick_term *term = &terms->items[i];
		struct entry *entry = NULL;
		struct str alias;
		/* It was read as a name already, so it is one. */
		if (term->entry != NULL || identity_from_user(day->arena, term->name, &alias) < 0)
			continue;
		if (store_find(day->store, day->arena, alias, &entry, err) < 0)
			return -1;
		if (entry == NULL)
			log_info("similar: '%.*s' is not stored; it counts nothing",
			    STR_ARG(term->name));
		term->entry = entry;
	}
	return 0;
}
