/* The store: what is new for whom as a table of scenarios, and every rule after it. */
#include "folder.h"

#include "digest/store.h"

#include "digest/buf.h"

#include <signal.h>
#include <sys/wait.h>

/* ---- a store of one test ---- */

struct fixture {
	struct folder folder;
	struct store *store;
	struct arena *arena;
	int64_t list, audience;
	int64_t now;
};

static const char *
store_path(const struct fixture *f)
{
	return folder_file(&f->folder, "digest.db");
}

static void
reopen(struct fixture *f, enum db_access access)
{
	struct err err = ERR_NONE;

	store_close(f->store);
	f->store = NULL;
	if (store_open(&f->store, store_path(f), access, &err) < 0)
		fail_msg("%s", err.text);
}

static int
set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct err err = ERR_NONE;

	folder_make(&f->folder);
	f->arena = arena_new();
	f->now = date_instant_of(date_day(2026, 7, 1));
	reopen(f, DB_WRITE);
	if (store_list(f->store, "daily", &f->list, &err) < 0 ||
	    store_audience(f->store, f->list, "", &f->audience, &err) < 0)
		fail_msg("%s", err.text);
	*state = f;
	return 0;
}

static int
tear_down(void **state)
{
	struct fixture *f = *state;

	store_close(f->store);
	arena_free(f->arena);
	folder_remove(&f->folder);
	free(f);
	return 0;
}

/* That the call fails, and with which code. */
#define FAILS(code_wanted, call) \
	do { \
		struct err err = ERR_NONE; \
		assert_int_equal((call), -1); \
		if (err.code != (code_wanted)) \
			fail_msg("%s: code %d: %s", #call, err.code, err.text); \
	} while (0)

static int64_t
number(struct fixture *f, const char *sql)
{
	struct err err = ERR_NONE;
	struct db_stmt *stmt = db_prepare(store_db(f->store), sql, &err);

	if (stmt == NULL || db_step(stmt, &err) != 1)
		fail_msg("%s: %s", sql, err.text);
	int64_t value = db_int(stmt, 0);
	db_reset(stmt);
	return value;
}

static struct str
text(struct fixture *f, const char *sql)
{
	struct err err = ERR_NONE;
	struct db_stmt *stmt = db_prepare(store_db(f->store), sql, &err);

	if (stmt == NULL || db_step(stmt, &err) != 1)
		fail_msg("%s: %s", sql, err.text);
	struct str value = arena_copy(f->arena, db_text(stmt, 0));
	db_reset(stmt);
	return value;
}

static int32_t
july(int day)
{
	return date_day(2026, 7, day);
}

static int64_t
source(struct fixture *f, const char *name)
{
	struct source_state state;
	int64_t id;

	assert_ok(store_source(f->store, name, name, &id, &state, &trouble));
	return id;
}

/* ---- scenarios ---- */

/*
 * A scenario is a list of lines:
 *
 *     put SOURCE DAY ENTRY…    what a source lists on a day of July, in that order; "-" for no day
 *     news SOURCES DAY = …     what the audience should be shown on that day; it goes into an issue
 *     peek SOURCES DAY = …     likewise, but nothing is recorded
 *     some N SOURCES DAY = …   likewise; only the first N go into the issue, the rest is left out
 *     newest, days FROM, all FROM    the other scopes, as peek
 *     as ADDRESS               another audience of the list
 *     own ADDRESS, plain ADDRESS    a reader of the list has settings of his own, or none any more;
 *                              what follows is for his audience
 *
 *     back SOURCE DAY ENTRY…   as put, but looked up: a backfill
 *
 * An entry is a letter, "a@2" with an arXiv version; "a!" is announced as a replacement, "ax" as a
 * cross-listing, "a-" as withdrawn, "a@2?" says that it is withdrawn. In what is shown "a1>2" is an
 * update from version 1 to 2, "ax" cross-listed, "a-" withdrawn. SOURCES are joined by "+".
 */
struct scenario {
	const char *what;
	const char *lines[16];
};

static const struct scenario scenarios[] = {
	{ "the first issue holds the newest listing, the next what came since",
	    { "put hf 24 a b", "put hf 27 c d", "news hf 27 = c d", "peek hf 28 =", "put hf 28 e f",
	        "news hf 28 = e f", "peek hf 29 =" } },
	{ "nothing is stored",
	    { "news hf 27 =", "put hf 26 a", "put hf 27 b", "news hf 28 = b", "peek hf 29 =" } },
	{ "a listing that grows during the day",
	    { "put hf 27 a b", "news hf 27 = a b", "put hf 27 a b c", "news hf 28 = c" } },
	{ "a missed day is caught up, oldest first",
	    { "put hf 27 a", "news hf 27 = a", "put hf 28 b c", "put hf 29 d",
	        "news hf 29 = b c d" } },
	{ "a late entry of the day before",
	    { "put hf 27 a", "news hf 27 = a", "put hf 28 b", "news hf 28 = b", "put hf 27 a z",
	        "news hf 29 = z" } },
	{ "what is listed again is no news",
	    { "put hf 10 a b", "news hf 10 = a b", "put hf 16 c a", "news hf 16 = c", "put hf 17 a",
	        "peek hf 17 =" } },
	{ "what was listed before the audience began and is listed again is no news",
	    { "put hf 10 a b", "put hf 13 c", "news hf 13 = c", "put hf 16 b d",
	        "news hf 16 = d" } },
	{ "what is listed again in the listing the audience begins with is shown",
	    { "put hf 10 a b", "put hf 16 b c", "news hf 16 = b c", "put hf 20 a",
	        "peek hf 20 =" } },
	{ "one entry in two sources is one",
	    { "put hf 27 a b", "put cl 27 b c", "news hf+cl 27 = a b c", "put cl 28 a d",
	        "put hf 28 c e", "news hf+cl 28 = e d" } },
	{ "two sources on different days",
	    { "put cl 24 a b", "put hf 27 b c", "news hf+cl 27 = b a c" } },
	{ "a source that is added later begins with its newest listing",
	    { "put hf 24 a", "news hf 24 = a", "put cl 24 p q", "put cl 27 r a", "put hf 27 b",
	        "news hf+cl 27 = b r", "put cl 28 p s", "news hf+cl 28 = s" } },
	{ "an audience that begins later",
	    { "put hf 24 a", "news hf 24 = a", "put hf 27 b", "news hf 27 = b", "as bob",
	        "put hf 28 c d", "news hf 28 = c d", "as", "news hf 28 = c d", "as bob",
	        "peek hf 29 =" } },
	{ "old days that arrive later stay before the audience's time",
	    { "put hf 24 a", "news hf 24 = a", "put hf 20 x", "put hf 21 y", "put hf 27 b",
	        "news hf 27 = b", "peek hf 28 =" } },
	{ "a day before the audience's time arrives late, and its entries are listed again",
	    { "put hf 24 a", "news hf 24 = a", "put hf 20 x", "put hf 25 x b",
	        "news hf 25 = x b" } },
	{ "tomorrow's listing waits for tomorrow",
	    { "put hf 27 a", "put hf 28 b", "news hf 27 = a", "put hf 28 b c", "put hf 29 d",
	        "news hf 28 = b c", "news hf 29 = d", "peek hf 30 =" } },
	{ "a first look does not fall for a day still to come",
	    { "put hf 30 z", "put hf 26 x", "put hf 27 a", "news hf 27 = a", "put hf 28 b",
	        "news hf 28 = b", "news hf 30 = z" } },
	{ "listings without days",
	    { "put feed - a b", "news feed 1 = a b", "put feed - a b c", "news feed 2 = c",
	        "put feed - c a", "peek feed 3 =" } },
	{ "a feed that comes to give days lists nothing anew",
	    { "put feed - a b", "news feed 1 = a b", "put feed 1 a b c", "news feed 2 = c",
	        "put feed 3 c d", "news feed 3 = d" } },
	{ "what was left out stays left out",
	    { "put hf 27 a b c", "some 1 hf 27 = a b c", "put hf 28 b d", "news hf 28 = d",
	        "put hf 29 a@2 b@2 e", "news hf 29 = e" } },
	{ "a higher version is an update of what was had",
	    { "put cl 27 a@1 b@1", "news cl 27 = a b", "put cl 28 a@2 c@1", "news cl 28 = c a1>2",
	        "peek cl 29 =", "put cl 29 a@2", "peek cl 29 =" } },
	{ "two versions at once are one update",
	    { "put cl 27 a@1", "news cl 27 = a", "put cl 28 a@2", "put cl 29 a@3",
	        "news cl 29 = a1>3", "put cl 30 a@4", "news cl 30 = a3>4" } },
	{ "a version is found on a listing day that is known",
	    { "put cl 27 a@1", "news cl 27 = a", "put cl 27 a@2", "news cl 28 = a1>2" } },
	{ "an update that is left out is not due again, the next version is",
	    { "put cl 27 a@1", "news cl 27 = a", "put cl 28 a@2", "some 0 cl 28 = a1>2",
	        "peek cl 29 =", "put cl 29 a@3", "news cl 29 = a1>3" } },
	{ "what was left out has no updates",
	    { "put cl 27 a@1 b@1", "some 1 cl 27 = a b", "put cl 28 b@2", "peek cl 28 =" } },
	{ "an older version is nothing",
	    { "put cl 27 a@3", "news cl 27 = a", "put cl 28 a@1", "peek cl 28 =", "put cl 29 a@3",
	        "peek cl 29 =" } },
	{ "a number that was not known is no update",
	    { "put hf 27 a", "news hf 27 = a", "put cl 27 a@2", "peek hf 28 =", "put cl 28 a@3",
	        "news hf 28 = a2>3" } },
	{ "each audience has its own updates",
	    { "put cl 27 a@1", "news cl 27 = a", "as bob", "put cl 28 a@2", "news cl 28 = a", "as",
	        "news cl 28 = a1>2", "put cl 29 a@3", "news cl 29 = a2>3", "as bob",
	        "news cl 29 = a2>3" } },
	{ "a replacement of what was never seen is not new, its listing elsewhere is",
	    { "put cl 27 a@3! b@1", "news cl 27 = b", "put cl 28 b@2! c@5!", "news cl 28 = b1>2",
	        "put hf 29 a", "news hf+cl 29 = a" } },
	{ "a cross-listing of what was not had is news, of what was had it is none",
	    { "put lg 27 a b", "news lg 27 = a b", "put cl 28 ax cx", "news lg+cl 28 = cx",
	        "put cl 29 bx d", "news lg+cl 29 = d" } },
	{ "what any source lists as new is not cross-listed",
	    { "put cl 27 ax bx", "put lg 27 a", "news cl+lg 27 = a bx" } },
	{ "a cross-listing that was had is updated and not new again",
	    { "put cl 27 a@1x", "news cl 27 = ax", "put cl 28 a@2! a", "news cl 28 = a1>2" } },
	{ "what was had and is withdrawn is told once",
	    { "put cl 27 a b", "news cl 27 = a b", "put oai 28 a-", "news cl 28 = a-",
	        "peek cl 29 =", "put oai 29 a-", "peek cl 29 =" } },
	{ "who did not have it hears nothing of a withdrawal",
	    { "put cl 27 a b", "news cl 27 = a b", "as bob", "put cl 28 c", "news cl 28 = c",
	        "put oai 29 a- z-", "peek cl 29 =", "as", "news cl 29 = c a-" } },
	{ "a version that says so is a withdrawal",
	    { "put cl 27 a@1 b@1", "news cl 27 = a b", "put cl 28 a@2?!", "news cl 28 = a-",
	        "peek cl 29 =", "put cl 30 a@3!", "news cl 30 = a2>3" } },
	{ "a withdrawal before the update was told",
	    { "put cl 27 a@1", "news cl 27 = a", "put cl 28 a@2!", "put oai 28 a-",
	        "news cl 28 = a-", "peek cl 29 =" } },
	{ "a source that lists again what it took back",
	    { "put oai 27 a@1", "news oai 27 = a", "put oai 28 a-", "put oai 29 a@1!",
	        "news oai 29 =", "put oai 30 a@2!", "news oai 30 = a1>2" } },
	{ "a withdrawal of what nobody knows is nothing",
	    { "put oai 27 a- b", "news oai 27 = b", "put oai 28 a", "news oai 28 = a" } },
	{ "a backfill makes no news",
	    { "put hf 27 a", "news hf 27 = a", "back hf 24 x y", "back hf 27 a z",
	        "peek hf 28 =", "put hf 28 b", "news hf 28 = b", "days 24 hf 28 = x y z" } },
	{ "a backfill takes no news away",
	    { "put hf 24 a", "news hf 24 = a", "back hf 25 b", "back hf 27 c d", "news hf 27 =",
	        "put hf 25 b", "put hf 26 e", "put hf 27 c d", "news hf 27 = b e c d" } },
	{ "a backfill of today before the first look",
	    { "back hf 27 a b", "news hf 27 =", "put hf 27 a b", "news hf 27 = a b" } },
	{ "what was looked up and is listed for the first time is news",
	    { "put hf 24 a", "news hf 24 = a", "back cl 20 x", "back cl 21 y", "news hf+cl 25 =",
	        "put hf 26 x", "news hf+cl 26 = x", "put cl 27 y z", "news hf+cl 27 = y z" } },
	{ "what a source had listed before the audience's time is listed again",
	    { "put hf 24 a", "news hf 24 = a", "back hf 20 x", "put hf 25 x b",
	        "news hf 25 = b" } },
	{ "a backfill within the audience's time, and a listing on a later day",
	    { "put hf 24 a", "news hf 24 = a", "back hf 24 x", "put hf 26 x b",
	        "news hf 26 = x b" } },
	{ "an audience does not begin with a backfill",
	    { "back hf 27 x", "put hf 20 a b", "news hf 27 = a b", "put hf 21 c",
	        "news hf 28 = c" } },
	{ "a version that was looked up is an update when it arrives",
	    { "put cl 26 a@1", "news cl 26 = a", "back cl 27 a@2", "peek cl 27 =", "put cl 27 a@2!",
	        "news cl 27 = a1>2" } },
	{ "a withdrawal that was looked up is told when it arrives",
	    { "put cl 26 a", "news cl 26 = a", "back oai 27 a-", "peek cl 27 =", "put oai 28 a-",
	        "news cl 28 = a-" } },
	{ "feeds without days, looked up and read",
	    { "back feed - a b", "news feed 1 =", "put feed - a b", "news feed 2 = a b",
	        "back feed - c", "peek feed 3 =", "put feed - c", "news feed 3 = c" } },
	{ "the newest listing, had or not",
	    { "put hf 24 a", "put hf 27 b c", "put cl 25 d", "newest hf+cl 27 = d b c",
	        "news hf+cl 27 = d b c", "newest hf+cl 28 = d b c", "newest hf 26 = a",
	        "newest hf 20 =" } },
	{ "listing days, without what was had, and with it",
	    { "put hf 24 a", "put hf 25 b", "put hf 27 c d", "some 1 hf 27 = c d",
	        "days 24 hf 27 = a b d", "all 24 hf 27 = a b c d", "days 25 hf 26 = b",
	        "days 28 hf 30 =" } },
	{ "who gets settings of his own does not get again what all had, nor loses anything",
	    { "put hf 27 a b", "some 1 hf 27 = a b", "put hf 28 c", "own ada", "news hf 28 = c",
	        "put cl 28 a p", "news hf+cl 29 = p", "as", "news hf 28 = c", "put hf 29 d",
	        "news hf 29 = d", "as ada", "news hf 30 = d" } },
	{ "what all had before has its updates and withdrawals for whom it counts as had",
	    { "put cl 27 a@1 b@1 c@1", "news cl 27 = a b c", "put cl 28 a@2!", "own ada",
	        "put cl 28 b@2!", "news cl 28 = a1>2 b1>2", "put oai 29 c-", "news cl 29 = c-",
	        "as", "news cl 29 = a1>2 b1>2 c-", "as ada", "peek cl 30 =" } },
	{ "an update of what all had that a reader leaves out is left out once",
	    { "put cl 27 a@1", "news cl 27 = a", "own ada", "put cl 28 a@2!", "some 0 cl 28 = a1>2",
	        "peek cl 28 =", "put cl 29 a@3!", "news cl 29 = a1>3" } },
	{ "what all had after a reader went his way is news to him",
	    { "put cl 27 a@1", "news cl 27 = a", "own ada", "put cl 28 b@1", "as", "news cl 28 = b",
	        "put cl 29 b@2!", "news cl 29 = b1>2", "as ada", "news cl 29 = b" } },
	{ "who has no settings any more catches up before he is plain",
	    { "put hf 27 a", "news hf 27 = a", "own ada", "put hf 28 b", "as", "news hf 28 = b",
	        "plain ada", "news hf 28 = b", "plain ada", "put hf 29 c", "news hf 29 = c" } },
	{ "who is ahead waits for the others before he is plain",
	    { "put hf 27 a", "news hf 27 = a", "own ada", "put hf 28 b", "news hf 28 = b",
	        "plain ada", "put hf 29 c", "news hf 29 = c", "as", "news hf 29 = b c", "plain ada",
	        "peek hf 29 =" } },
	{ "settings come and go and come",
	    { "put hf 27 a", "news hf 27 = a", "own ada", "plain ada", "put hf 28 b",
	        "news hf 28 = b", "own ada", "peek hf 28 =", "put hf 29 c", "news hf 29 = c" } },
	{ "a reader's own audience begins like any where all have looked at nothing",
	    { "put hf 24 x", "put hf 27 a", "own ada", "news hf 27 = a", "put hf 28 b",
	        "news hf 28 = b" } },
	{ "ranks decide within a listing, arrival where there are none",
	    { "put hf 27 d c b a", "news hf 27 = d c b a", "put feed - z y", "put feed - x",
	        "newest feed 27 = z y x" } },
};

static enum entry_announce
announce_of(struct str word)
{
	struct str marks = str_skip(word, 1);

	if (str_find_char(marks, '!') >= 0)
		return ENTRY_REPLACED;
	if (str_find_char(marks, '-') >= 0)
		return ENTRY_WITHDRAWN;
	return str_find_char(marks, 'x') >= 0 ? ENTRY_CROSS : ENTRY_NEW;
}

static void
put_letter(
    struct fixture *f, int64_t source_id, int32_t day, struct str word, int rank, bool is_past)
{
	struct entry entry;
	struct store_put put;
	int64_t version = 0;

	entry_init(&entry);
	entry.aliases = arena_array(f->arena, 1, sizeof(struct str));
	entry.alias_count = 1;
	entry.aliases[0] = arena_printf(f->arena, "arxiv:2607.%05d", word.ptr[0]);
	if (word.len > 2 && word.ptr[1] == '@')
		assert_int_equal(str_to_int((struct str){ word.ptr + 2, 1 }, 0, 9, &version), 0);
	entry.version = (int)version;
	entry.title = arena_printf(f->arena, "Entry %c, version %d", word.ptr[0], entry.version);
	entry.title_raw = entry.title;
	entry.listed_on = day;
	entry.announce = announce_of(word);
	entry.rank = day != DATE_NO_DAY ? rank : 0;
	if (str_find_char(word, '?') >= 0)
		entry.comment = STR("This paper has been withdrawn by the author");
	if (is_past)
		assert_ok(store_put_past(f->store, source_id, &entry, f->now, &put, &trouble));
	else
		assert_ok(store_put(f->store, source_id, &entry, f->now, &put, &trouble));
}

static void
put_line(struct fixture *f, struct str line, bool is_past)
{
	struct str name, day, word;
	int rank = 0;
	int64_t of_july = 0;

	assert_true(str_next_word(&line, &name) && str_next_word(&line, &day));
	bool is_dated = str_to_int(day, 1, 31, &of_july) == 0;
	int64_t id = source(f, arena_string(f->arena, name));
	assert_ok(db_begin(store_db(f->store), &trouble));
	while (str_next_word(&line, &word))
		put_letter(
		    f, id, is_dated ? july((int)of_july) : DATE_NO_DAY, word, ++rank, is_past);
	assert_ok(db_commit(store_db(f->store), &trouble));
}

static void
describe(const struct store_candidates *found, struct buf *out)
{
	int64_t letter = 0;

	for (size_t i = 0; i < found->count; i++) {
		const struct store_candidate *item = &found->items[i];
		struct str key = entry_key(item->entry);
		assert_int_equal(str_to_int(str_skip(key, key.len - 5), 0, 255, &letter), 0);
		buf_addf(out, " %c", (char)letter);
		if (item->section == ISSUE_UPDATED)
			buf_addf(out, "%d>%d", item->from_version, item->entry->version);
		else if (item->section != ISSUE_NEW)
			buf_add_char(out, item->section == ISSUE_CROSS ? 'x' : '-');
	}
}

static void
freeze(struct fixture *f, const struct store_candidates *found, size_t keep, int32_t day,
    const int64_t *sources, size_t source_count)
{
	struct issue issue = { .list = STR("daily"), .title = STR("Daily"), .date = day };
	struct store_left_out *left = arena_array(f->arena, found->count + 1, sizeof(*left));
	struct store_frozen frozen = {
		.audience = f->audience,
		.subject = STR("Papers"),
		.left_out = left,
		.sources = sources,
		.source_count = source_count,
		.through = found->through,
		.until = found->until,
	};
	int64_t id;

	issue.items = arena_array(f->arena, found->count + 1, sizeof(*issue.items));
	for (size_t i = 0; i < found->count; i++) {
		const struct store_candidate *item = &found->items[i];
		if (i >= keep) {
			left[frozen.left_out_count++] =
			    (struct store_left_out){ item->entry, STR("beyond the limit") };
			continue;
		}
		issue.items[issue.item_count++] = (struct issue_item){
			.entry = item->entry,
			.section = item->section,
			.from_version = item->from_version,
			.changes = item->changes,
			.why = STR("because"),
		};
	}
	if (issue.item_count > 0)
		frozen.issue = &issue;
	assert_ok(db_begin(store_db(f->store), &trouble));
	assert_ok(store_freeze(f->store, &frozen, f->now, &id, &trouble));
	assert_ok(db_commit(store_db(f->store), &trouble));
	assert_int_equal(id != 0, issue.item_count > 0);
}

static void
show_line(struct fixture *f, struct str verb, struct str line, const char *what)
{
	static const struct {
		const char *verb;
		enum store_scope scope;
		bool is_recorded, has_number;
	} verbs[] = {
		{ "news", STORE_NEWS, true, false },
		{ "peek", STORE_NEWS, false, false },
		{ "some", STORE_NEWS, true, true },
		{ "newest", STORE_NEWEST, false, false },
		{ "days", STORE_DAYS, false, true },
		{ "all", STORE_DAYS_ALL, false, true },
	};
	struct store_want want = { .audience = f->audience };
	struct store_candidates found;
	struct buf shown = BUF_INIT(BUF_LIMIT);
	struct str names, name, day, word;
	int64_t sources[8], n = INT32_MAX, until;
	size_t i = 0;

	while (!str_is(verb, verbs[i].verb))
		i++;
	if (verbs[i].has_number) {
		assert_true(str_next_word(&line, &word));
		assert_int_equal(str_to_int(word, 0, 99, &n), 0);
	}
	assert_true(str_next_word(&line, &names) && str_next_word(&line, &day));
	assert_int_equal(str_to_int(day, 1, 31, &until), 0);
	while (str_next(&names, '+', &name))
		sources[want.source_count++] = source(f, arena_string(f->arena, name));
	want.sources = sources;
	want.scope = verbs[i].scope;
	want.until = july((int)until);
	want.since = verbs[i].scope == STORE_NEWS ? 0 : july((int)(n < 99 ? n : 1));
	assert_ok(store_candidates(f->store, &want, f->arena, &found, &trouble));
	describe(&found, &shown);

	struct str expected = str_skip(str_trim(line), 1);
	if (!str_equal(str_trim(buf_str(&shown)), str_trim(expected)))
		fail_msg("%s: '%.*s %.*s %.*s': shown: %s", what, STR_ARG(verb), STR_ARG(day),
		    STR_ARG(line), shown.ptr);
	buf_release(&shown);
	if (verbs[i].is_recorded)
		freeze(f, &found, (size_t)n, want.until, sources, want.source_count);
}

/* The audience that a reader is of, once he has settings of his own or none. */
static void
change_reader(struct fixture *f, const char *address, const char *settings)
{
	struct store_recipient reader;
	bool is_refused;

	assert_ok(store_subscribe(f->store, f->list, address, MESSAGE_TO_PERSON, "command", f->now,
	    &is_refused, &trouble));
	assert_ok(store_find_recipient(f->store, f->list, address, f->arena, &reader, &trouble));
	assert_ok(store_set_settings(f->store, f->list, reader.id, str_from(settings), &trouble));
	assert_ok(store_rejoin(f->store, f->list, &trouble));
	assert_ok(store_find_recipient(f->store, f->list, address, f->arena, &reader, &trouble));
	assert_str(reader.settings, settings);
	f->audience = reader.audience;
	if (f->audience == 0)
		assert_ok(store_audience(f->store, f->list, "", &f->audience, &trouble));
}

static void
run_scenario(struct fixture *f, const struct scenario *scenario)
{
	for (size_t i = 0; i < 16 && scenario->lines[i] != NULL; i++) {
		struct str line = str_from(scenario->lines[i]), verb;
		assert_true(str_next_word(&line, &verb));
		f->now += 3600;
		if (str_is(verb, "put") || str_is(verb, "back"))
			put_line(f, line, str_is(verb, "back"));
		else if (str_is(verb, "own") || str_is(verb, "plain"))
			change_reader(f, arena_string(f->arena, str_trim(line)),
			    str_is(verb, "own") ? "minutes = 5" : "");
		else if (str_is(verb, "as"))
			assert_ok(store_audience(f->store, f->list,
			    arena_string(f->arena, str_trim(line)), &f->audience, &trouble));
		else
			show_line(f, verb, line, scenario->what);
	}
	assert_ok(db_check(store_db(f->store), &trouble));
}

static void
news_is_what_the_scenarios_say(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(scenarios) / sizeof(scenarios[0]); i++) {
		void *fixture;
		set_up(&fixture);
		run_scenario(fixture, &scenarios[i]);
		tear_down(&fixture);
	}
}

/* ---- putting ---- */

/* An entry with everything, whose names are given. */
static struct entry
make_entry(struct fixture *f, const char *const *aliases)
{
	struct entry entry;

	entry_init(&entry);
	for (; *aliases != NULL; aliases++) {
		entry.aliases =
		    arena_grow(f->arena, entry.aliases, &entry.alias_count, sizeof(struct str));
		entry.aliases[entry.alias_count - 1] = str_from(*aliases);
	}
	entry.title = STR("On the Shape of Things");
	entry.title_raw = STR("On the  Shape of $\\Things$");
	entry.listed_on = july(27);
	return entry;
}

#define ENTRY(...) make_entry(f, (const char *const[]){ __VA_ARGS__, NULL })

static struct store_put
put(struct fixture *f, const char *from, const struct entry *entry)
{
	struct store_put result;
	int64_t id;

	assert_ok(db_begin(store_db(f->store), &trouble));
	id = source(f, from);
	assert_ok(store_put(f->store, id, entry, f->now++, &result, &trouble));
	assert_ok(db_commit(store_db(f->store), &trouble));
	return result;
}

static struct entry *
find(struct fixture *f, const char *alias)
{
	struct entry *entry;

	assert_ok(store_find(f->store, f->arena, str_from(alias), &entry, &trouble));
	return entry;
}

static void
an_entry_comes_back_whole(void **state)
{
	struct fixture *f = *state;
	struct entry entry = ENTRY("arxiv:2607.00001", "doi:10.1/x");
	struct str categories[] = { STR("cs.CL"), STR("Machine Learning, misc") };

	entry.version = 2;
	entry.abstract = STR("First paragraph.\nSecond \"quoted\" one with \\ and \xc3\xa9.");
	entry_add_author(&entry, f->arena, STR("Ada \"Countess\" Lovelace"), STR("London"), false);
	entry_add_author(&entry, f->arena, STR("Hidden One"), STR(""), true);
	entry.categories = categories;
	entry.category_count = 2;
	entry.comment = STR("12 pages");
	entry.journal_ref = STR("J. Things 3 (2026)");
	entry.license = STR("https://example.org/by");
	entry.organisation = STR("Analytical Society");
	entry.url = STR("https://example.org/abs");
	entry.pdf_url = STR("https://example.org/pdf");
	entry.code_url = STR("https://example.org/code");
	entry.project_url = STR("https://example.org/project");
	entry.discussion_url = STR("https://example.org/talk");
	entry.image_url = STR("https://example.org/small.png");
	entry.published_at = 1000;
	entry.updated_at = 2000;
	entry.rank = 3;
	entry.votes = 118;
	entry.comments = 0;
	struct store_put result = put(f, "hf", &entry);
	assert_int_equal(result.change, STORE_ADDED);
	assert_false(result.is_known);

	struct entry *found = find(f, "doi:10.1/x");
	assert_non_null(found);
	assert_int_equal(found->id, result.entry);
	assert_int_equal(found->alias_count, 2);
	assert_str(entry_key(found), "arxiv:2607.00001");
	assert_int_equal(found->version, 2);
	assert_str(found->title, "On the Shape of Things");
	assert_str(found->title_raw, "On the  Shape of $\\Things$");
	assert_true(str_equal(found->abstract, entry.abstract));
	assert_int_equal(found->author_count, 2);
	assert_str(found->authors[0].name, "Ada \"Countess\" Lovelace");
	assert_str(found->authors[0].affiliation, "London");
	assert_false(found->authors[0].is_hidden);
	assert_str(found->authors[1].name, "Hidden One");
	assert_true(found->authors[1].is_hidden);
	assert_int_equal(found->category_count, 2);
	assert_str(found->categories[1], "Machine Learning, misc");
	assert_str(found->comment, "12 pages");
	assert_str(found->journal_ref, "J. Things 3 (2026)");
	assert_str(found->license, "https://example.org/by");
	assert_str(found->organisation, "Analytical Society");
	assert_str(found->url, "https://example.org/abs");
	assert_str(found->pdf_url, "https://example.org/pdf");
	assert_str(found->code_url, "https://example.org/code");
	assert_str(found->project_url, "https://example.org/project");
	assert_str(found->discussion_url, "https://example.org/talk");
	assert_str(found->image_url, "https://example.org/small.png");
	assert_int_equal(found->published_at, 1000);
	assert_int_equal(found->updated_at, 2000);
	assert_int_equal(found->listed_on, july(27));
	assert_int_equal(found->rank, 3);
	assert_int_equal(found->votes, 118);
	assert_int_equal(found->comments, 0);
	assert_int_equal(found->source_count, 1);
	assert_str(found->sources[0], "hf");
	assert_true(found->version_id > 0);
	assert_true(found->sighting > 0);
	assert_null(find(f, "doi:10.1/y"));
}

static void
an_entry_may_be_almost_empty(void **state)
{
	struct fixture *f = *state;
	struct entry entry;
	struct str alias = STR("url:https://example.org/post");

	entry_init(&entry);
	entry.kind = ENTRY_POST;
	entry.aliases = &alias;
	entry.alias_count = 1;
	put(f, "feed", &entry);
	struct entry *found = find(f, "url:https://example.org/post");
	assert_int_equal(found->kind, ENTRY_POST);
	assert_str(found->title, "");
	assert_int_equal(found->author_count, 0);
	assert_int_equal(found->category_count, 0);
	assert_int_equal(found->votes, -1);
	assert_int_equal(found->comments, -1);
	assert_int_equal(found->rank, 0);
	assert_true(found->published_at == DATE_NO_INSTANT);
	assert_true(found->listed_on == DATE_NO_DAY);

	struct store_put result;
	entry.alias_count = 0;
	assert_ok(db_begin(store_db(f->store), &trouble));
	FAILS(EX_SOFTWARE, store_put(f->store, 1, &entry, f->now, &result, &err));
	db_rollback(store_db(f->store));
}

static void
what_is_known_is_not_written_again(void **state)
{
	struct fixture *f = *state;
	struct entry entry = ENTRY("arxiv:2607.00001", "doi:10.1/x");

	entry.votes = 5;
	entry.rank = 2;
	put(f, "hf", &entry);
	int64_t before = number(f, "SELECT total_changes()");
	struct store_put result = put(f, "hf", &entry);
	assert_int_equal(result.change, STORE_UNCHANGED);
	assert_true(result.is_known);
	assert_int_equal(number(f, "SELECT total_changes()"), before);

	/* Votes are brought up to date; what is not said any more stays. */
	entry.votes = 9;
	entry.comments = 2;
	entry.rank = 0;
	put(f, "hf", &entry);
	entry.votes = -1;
	entry.comments = -1;
	put(f, "hf", &entry);
	struct entry *found = find(f, "arxiv:2607.00001");
	assert_int_equal(found->votes, 9);
	assert_int_equal(found->comments, 2);
	assert_int_equal(found->rank, 2);
	/* Another day is another sighting. */
	entry.listed_on = july(28);
	result = put(f, "hf", &entry);
	assert_false(result.is_known);
	assert_int_equal(result.change, STORE_UNCHANGED);
	assert_int_equal(number(f, "SELECT count(*) FROM sighting"), 2);
	assert_int_equal(number(f, "SELECT count(*) FROM version"), 1);
}

static void
what_was_unknown_is_filled_in(void **state)
{
	struct fixture *f = *state;
	struct entry entry = ENTRY("arxiv:2607.00001");
	struct str first[] = { STR("cs.CL"), STR("cs.AI") },
	           second[] = { STR("cs.AI"), STR("stat.ML") };

	entry.url = STR("https://example.org/first");
	entry.categories = first;
	entry.category_count = 2;
	entry.updated_at = 500;
	put(f, "hf", &entry);

	entry.url = STR("https://example.org/second");
	entry.code_url = STR("https://example.org/code");
	entry.abstract = STR("An abstract.");
	entry.image_url = STR("https://example.org/small.png");
	entry.comment = STR("3 pages");
	entry.categories = second;
	entry.published_at = 100;
	entry.updated_at = 400;
	entry_add_author(&entry, f->arena, STR("A. Author"), STR(""), false);
	struct store_put result = put(f, "cl", &entry);
	assert_int_equal(result.change, STORE_UNCHANGED);
	assert_false(result.is_known);

	struct entry *found = find(f, "arxiv:2607.00001");
	assert_str(found->url, "https://example.org/first");
	assert_str(found->code_url, "https://example.org/code");
	assert_str(found->abstract, "An abstract.");
	assert_str(found->image_url, "https://example.org/small.png");
	assert_str(found->comment, "3 pages");
	assert_int_equal(found->author_count, 1);
	assert_int_equal(found->category_count, 3);
	assert_str(found->categories[0], "cs.CL");
	assert_str(found->categories[2], "stat.ML");
	assert_int_equal(found->published_at, 100);
	assert_int_equal(found->updated_at, 500);
	assert_int_equal(found->source_count, 2);
	/* The content is still the first source's: it may edit it, the second may not. */
	entry.title = STR("Another Shape");
	assert_int_equal(put(f, "cl", &entry).change, STORE_UNCHANGED);
	assert_int_equal(put(f, "hf", &entry).change, STORE_EDITED);
}

static void
edits_and_versions_are_kept(void **state)
{
	struct fixture *f = *state;
	struct entry entry = ENTRY("arxiv:2607.00001");

	entry.abstract = STR("As it was.");
	entry.license = STR("by");
	put(f, "hf", &entry);
	entry.abstract = STR("As it is.");
	assert_int_equal(put(f, "hf", &entry).change, STORE_EDITED);
	assert_int_equal(put(f, "hf", &entry).change, STORE_UNCHANGED);
	assert_str(find(f, "arxiv:2607.00001")->abstract, "As it is.");

	/* Learning the number changes nothing else. */
	entry.version = 2;
	assert_int_equal(put(f, "cl", &entry).change, STORE_UNCHANGED);
	assert_int_equal(find(f, "arxiv:2607.00001")->version, 2);
	/* Edits keep the number, and higher versions what they do not say. */
	entry.version = 0;
	entry.abstract = STR("As it will be.");
	assert_int_equal(put(f, "hf", &entry).change, STORE_EDITED);
	assert_int_equal(find(f, "arxiv:2607.00001")->version, 2);
	entry.version = 3;
	entry.abstract = STR("");
	entry.license = STR("");
	entry.title = STR("A Third Shape");
	assert_int_equal(put(f, "cl", &entry).change, STORE_NEW_VERSION);
	struct entry *found = find(f, "arxiv:2607.00001");
	assert_int_equal(found->version, 3);
	assert_str(found->title, "A Third Shape");
	assert_str(found->abstract, "As it will be.");
	assert_str(found->license, "by");
	/* An older version is told by an old page. */
	entry.version = 1;
	entry.title = STR("The First Shape");
	assert_int_equal(put(f, "cl", &entry).change, STORE_UNCHANGED);
	assert_str(find(f, "arxiv:2607.00001")->title, "A Third Shape");
	assert_int_equal(number(f, "SELECT count(*) FROM version"), 4);
	assert_str(
	    text(f, "SELECT group_concat(cause) FROM version"), "first,edited,edited,version");
}

/* ---- names ---- */

static void
names_lead_to_one_entry(void **state)
{
	struct fixture *f = *state;
	struct entry a = ENTRY("doi:10.1/x", "url:https://example.org/x");
	struct entry b = ENTRY("arxiv:2607.00001", "doi:10.1/x");
	struct entry c = ENTRY("arxiv:2607.00001", "s2:abc");

	int64_t id = put(f, "feed", &a).entry;
	assert_int_equal(put(f, "cl", &b).entry, id);
	assert_int_equal(put(f, "hf", &c).entry, id);
	struct entry *found = find(f, "s2:abc");
	assert_int_equal(found->id, id);
	assert_int_equal(found->alias_count, 4);
	assert_str(found->aliases[0], "arxiv:2607.00001");
	assert_str(found->aliases[1], "doi:10.1/x");
	assert_str(found->aliases[2], "s2:abc");
	assert_str(found->aliases[3], "url:https://example.org/x");
	assert_str(text(f, "SELECT key FROM entry"), "arxiv:2607.00001");
}

static void
two_arxiv_identifiers_are_two_papers(void **state)
{
	struct fixture *f = *state;
	struct entry a = ENTRY("arxiv:2607.00001", "doi:10.1/x");
	struct entry b = ENTRY("arxiv:2607.00002", "doi:10.1/x", "url:https://example.org/b");
	struct entry c = ENTRY("arxiv:2607.00003", "arxiv:2607.00001");
	struct entry both = ENTRY("doi:10.1/x", "url:https://example.org/b");

	int64_t first = put(f, "cl", &a).entry;
	int64_t second = put(f, "cl", &b).entry;
	assert_int_not_equal(first, second);
	assert_int_equal(find(f, "doi:10.1/x")->id, first);
	assert_int_equal(put(f, "cl", &b).entry, second);
	int64_t third = put(f, "cl", &c).entry;
	assert_int_not_equal(third, first);
	assert_int_not_equal(third, second);
	assert_int_equal(find(f, "arxiv:2607.00001")->id, first);
	/* Nor does a third party's word join them. */
	assert_int_equal(put(f, "feed", &both).entry, first);
	assert_int_equal(find(f, "url:https://example.org/b")->id, second);
	assert_int_equal(number(f, "SELECT count(*) FROM entry WHERE merged_into IS NULL"), 3);
}

static void
stronger_names_tell_posts_of_one_address_apart(void **state)
{
	struct fixture *f = *state;
	struct entry one = ENTRY("guid:feed:1", "url:https://example.org/");
	struct entry two = ENTRY("guid:feed:2", "url:https://example.org/");
	struct entry other = ENTRY("guid:another:7", "url:https://example.org/");
	struct entry dois[] = { ENTRY("doi:10.1/a", "url:https://example.org/issue"),
		ENTRY("doi:10.1/b", "url:https://example.org/issue") };

	int64_t first = put(f, "feed", &one).entry;
	int64_t second = put(f, "feed", &two).entry;
	assert_int_not_equal(first, second);
	assert_int_equal(put(f, "feed", &one).entry, first);
	assert_int_equal(put(f, "feed", &two).entry, second);
	/* Guids of two feeds say nothing about each other. */
	assert_int_equal(put(f, "another", &other).entry, first);
	assert_int_not_equal(put(f, "feed", &dois[0]).entry, put(f, "feed", &dois[1]).entry);
	/* A weaker name that differs is no reason: the same title at two addresses. */
	struct entry here = ENTRY("url:https://example.org/here", "fp:0123");
	struct entry there = ENTRY("url:https://example.net/there", "fp:0123");
	assert_int_equal(put(f, "feed", &here).entry, put(f, "another", &there).entry);
}

static void
weak_entries_are_merged_into_strong_ones(void **state)
{
	struct fixture *f = *state;
	struct entry post = ENTRY("guid:feed:1", "url:https://example.org/x");
	struct entry paper = ENTRY("arxiv:2607.00001");
	struct entry link = ENTRY("arxiv:2607.00001", "url:https://example.org/x");

	post.listed_on = july(20);
	post.code_url = STR("https://example.org/code");
	int64_t weak = put(f, "feed", &post).entry;
	paper.listed_on = july(21);
	int64_t strong = put(f, "cl", &paper).entry;
	assert_int_not_equal(weak, strong);
	assert_int_equal(put(f, "cl", &link).entry, strong);

	assert_int_equal(find(f, "guid:feed:1")->id, strong);
	assert_int_equal(put(f, "feed", &post).entry, strong);
	struct entry *found = find(f, "arxiv:2607.00001");
	assert_int_equal(found->alias_count, 3);
	assert_int_equal(found->source_count, 2);
	assert_str(found->sources[0], "feed");
	assert_str(found->code_url, "https://example.org/code");
	assert_int_equal(number(f, "SELECT count(*) FROM papers"), 1);
	assert_ok(db_check(store_db(f->store), &trouble));
}

/* Who was shown either of two entries that turn out to be one is not shown the other. */
static void
a_merge_shows_nothing_twice(void **state)
{
	struct fixture *f = *state;
	struct entry post = ENTRY("guid:feed:1", "url:https://example.org/x");
	struct entry paper = ENTRY("arxiv:2607.00001", "url:https://example.org/x");
	struct store_candidates found;
	int64_t sources[] = { source(f, "feed"), source(f, "cl") };
	struct store_want want = { .audience = f->audience, .sources = sources, .source_count = 2 };

	put(f, "feed", &post);
	want.until = july(27);
	assert_ok(store_candidates(f->store, &want, f->arena, &found, &trouble));
	assert_int_equal(found.count, 1);
	freeze(f, &found, 1, july(27), sources, 2);
	/* Listed by another source the next day, under its real name, with a number. */
	paper.listed_on = want.until = july(28);
	paper.version = 1;
	put(f, "cl", &paper);
	assert_ok(store_candidates(f->store, &want, f->arena, &found, &trouble));
	assert_int_equal(found.count, 0);
	freeze(f, &found, 0, july(28), sources, 2);
	paper.listed_on = want.until = july(29);
	paper.version = 2;
	put(f, "cl", &paper);
	assert_ok(store_candidates(f->store, &want, f->arena, &found, &trouble));
	assert_int_equal(found.count, 1);
	assert_int_equal(found.items[0].section, ISSUE_UPDATED);
	assert_int_equal(found.items[0].from_version, 1);
}

/* Both were shown already: the issues stay as they are, and neither comes again. */
static void
a_merge_keeps_what_was_sent(void **state)
{
	struct fixture *f = *state;
	struct entry post = ENTRY("guid:feed:1", "url:https://example.org/x");
	struct entry paper = ENTRY("arxiv:2607.00001");
	struct entry link = ENTRY("arxiv:2607.00001", "url:https://example.org/x");
	struct store_candidates found;
	int64_t sources[] = { source(f, "feed"), source(f, "cl") };
	struct store_want want = {
		.audience = f->audience, .sources = sources, .source_count = 2, .until = july(27)
	};
	struct store_candidate *items;
	size_t count;

	post.title = post.title_raw = STR("A post");
	paper.title = paper.title_raw = STR("A paper");
	put(f, "feed", &post);
	put(f, "cl", &paper);
	assert_ok(store_candidates(f->store, &want, f->arena, &found, &trouble));
	assert_int_equal(found.count, 2);
	freeze(f, &found, 2, july(27), sources, 2);
	link.listed_on = want.until = july(28);
	put(f, "cl", &link);
	assert_ok(store_candidates(f->store, &want, f->arena, &found, &trouble));
	assert_int_equal(found.count, 0);
	assert_ok(store_issue_entries(f->store, 1, f->arena, &items, &count, &trouble));
	assert_int_equal(count, 2);
	assert_str(items[0].entry->title, "A post");
	assert_str(items[1].entry->title, "A paper");
	assert_str(items[1].why, "because");

	struct store_event *events;
	assert_ok(store_history(
	    f->store, find(f, "guid:feed:1")->id, f->arena, &events, &count, &trouble));
	assert_int_equal(count, 8);
	assert_ok(db_check(store_db(f->store), &trouble));
}

/*
 * Three listings of one paper, in every order: HF's, arXiv's with the DOI,
 * the publisher's with it alone.
 */
static void
one_paper_in_every_order(void **state)
{
	static const int orders[][3] = { { 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 }, { 1, 2, 0 },
		{ 2, 0, 1 }, { 2, 1, 0 } };
	static const char *const from[] = { "hf", "cl", "publisher" };

	(void)state;
	for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
		void *fixture;
		set_up(&fixture);
		struct fixture *f = fixture;
		struct entry entries[] = { ENTRY("arxiv:2607.00001"),
			ENTRY("arxiv:2607.00001", "doi:10.1/x"), ENTRY("doi:10.1/x") };
		struct str category = STR("cs.CL");
		int64_t sources[] = { source(f, "hf"), source(f, "cl"), source(f, "publisher") };
		struct store_want want = { .audience = f->audience,
			.sources = sources,
			.source_count = 3,
			.until = july(27) };
		struct store_candidates found;
		size_t shown = 0;

		entries[0].votes = 7;
		entries[0].code_url = STR("https://example.org/code");
		entries[1].categories = &category;
		entries[1].category_count = 1;
		entries[1].comment = STR("12 pages");
		entries[2].title = entries[2].title_raw = STR("On the shape of things");
		entries[2].abstract = STR("What the publisher says of it.");
		for (int j = 0; j < 3; j++) {
			struct entry *entry = &entries[orders[i][j]];
			entry->listed_on = want.until = july(27 + j);
			put(f, from[orders[i][j]], entry);
			assert_ok(store_candidates(f->store, &want, f->arena, &found, &trouble));
			freeze(f, &found, found.count, want.until, sources, 3);
			shown += found.count;
		}
		/* Before the DOI tells that they are one, two of them cannot be known to be. */
		bool is_split = orders[i][2] == 1;
		assert_int_equal(shown, is_split ? 2 : 1);
		struct entry *paper = find(f, "doi:10.1/x");
		assert_str(entry_key(paper), "arxiv:2607.00001");
		assert_int_equal(paper->id, find(f, "arxiv:2607.00001")->id);
		assert_int_equal(paper->source_count, 3);
		assert_str(paper->title, "On the Shape of Things");
		assert_str(paper->abstract, "What the publisher says of it.");
		assert_str(paper->comment, "12 pages");
		assert_str(paper->code_url, "https://example.org/code");
		assert_str(paper->categories[0], "cs.CL");
		assert_int_equal(number(f, "SELECT count(*) FROM sighting"), 3);
		assert_int_equal(number(f, "SELECT count(*) FROM papers"), 1);
		assert_int_equal(number(f, "SELECT count(*) FROM issue_entry"), (int64_t)shown);
		/* Neither comes again, and both hear of the next version. */
		entries[1].version = 1;
		entries[1].listed_on = july(30);
		put(f, "cl", &entries[1]);
		want.until = july(30);
		assert_ok(store_candidates(f->store, &want, f->arena, &found, &trouble));
		assert_int_equal(found.count, 0);
		entries[1].version = 2;
		put(f, "cl", &entries[1]);
		assert_ok(store_candidates(f->store, &want, f->arena, &found, &trouble));
		assert_int_equal(found.count, 1);
		assert_int_equal(found.items[0].section, ISSUE_UPDATED);
		assert_ok(db_check(store_db(f->store), &trouble));
		tear_down(&fixture);
	}
}

/* What was due of either of two entries that become one is still due. */
static void
a_merge_loses_no_update(void **state)
{
	struct fixture *f = *state;
	struct entry preprint = ENTRY("doi:10.1101/2026.07.01"), paper = ENTRY("arxiv:2607.00001"),
	             link = ENTRY("arxiv:2607.00001", "doi:10.1101/2026.07.01");
	int64_t sources[] = { source(f, "bio"), source(f, "cl") };
	struct store_want want = {
		.audience = f->audience, .sources = sources, .source_count = 2, .until = july(27)
	};
	struct store_candidates found;

	preprint.version = 1;
	put(f, "bio", &preprint);
	assert_ok(store_candidates(f->store, &want, f->arena, &found, &trouble));
	freeze(f, &found, 1, july(27), sources, 2);
	preprint.announce = ENTRY_WITHDRAWN;
	preprint.listed_on = july(28);
	put(f, "bio", &preprint);
	paper.listed_on = july(28);
	put(f, "cl", &paper);
	link.listed_on = july(28);
	put(f, "cl", &link);
	want.until = july(28);
	assert_ok(store_candidates(f->store, &want, f->arena, &found, &trouble));
	assert_int_equal(found.count, 1);
	assert_int_equal(found.items[0].section, ISSUE_WITHDRAWN);
	assert_str(entry_key(found.items[0].entry), "arxiv:2607.00001");
	assert_ok(db_check(store_db(f->store), &trouble));
}

/* Of two sightings in one listing, the one that arrived stays, whatever was looked up before. */
static void
a_merge_keeps_what_arrived(void **state)
{
	struct fixture *f = *state;
	struct entry post = ENTRY("guid:feed:1", "url:https://example.org/x"),
	             paper = ENTRY("arxiv:2607.00001"),
	             link = ENTRY("arxiv:2607.00001", "url:https://example.org/x");
	struct store_put result;
	int64_t id = source(f, "feed");

	assert_ok(store_put_past(f->store, id, &paper, f->now, &result, &trouble));
	put(f, "feed", &post);
	link.listed_on = july(28);
	put(f, "cl", &link);
	assert_int_equal(
	    number(f, "SELECT count(*) FROM sighting WHERE source = 1 AND is_past = 0"), 1);
	assert_int_equal(number(f, "SELECT count(*) FROM sighting"), 2);
	assert_ok(db_check(store_db(f->store), &trouble));
}

/* ---- whose word counts ---- */

static int64_t
version_count(struct fixture *f)
{
	return number(f, "SELECT count(*) FROM version");
}

static void
the_archive_knows_best(void **state)
{
	struct fixture *f = *state;
	struct entry hf = ENTRY("arxiv:2607.00001"), cl = ENTRY("arxiv:2607.00001");
	struct str own[] = { STR("Agents") }, category[] = { STR("cs.CL"), STR("cs.AI") };

	hf.title = hf.title_raw = STR("The shape of things: a talk");
	hf.abstract = STR("A summary, made shorter.");
	hf.categories = own;
	hf.category_count = 1;
	hf.published_at = date_instant_of(july(20)) + 3600;
	hf.organisation = STR("Shapes Inc.");
	hf.votes = 3;
	hf.code_url = STR("https://example.org/old");
	cl.abstract = STR("A summary as its authors wrote it, in full.");
	cl.comment = STR("12 pages");
	cl.categories = category;
	cl.category_count = 2;
	cl.published_at = date_instant_of(july(20)) + 7200;
	cl.version = 1;
	cl.code_url = STR("https://example.org/elsewhere");
	put(f, "hf", &hf);
	assert_int_equal(put(f, "cl", &cl).change, STORE_EDITED);
	struct entry *paper = find(f, "arxiv:2607.00001");
	assert_str(paper->title, "On the Shape of Things");
	assert_str(paper->abstract, "A summary as its authors wrote it, in full.");
	assert_str(paper->comment, "12 pages");
	assert_str(paper->organisation, "Shapes Inc.");
	assert_int_equal(paper->category_count, 3);
	assert_str(paper->categories[0], "cs.CL");
	assert_str(paper->categories[2], "Agents");
	/* An hour more or less on one day is no earlier day. */
	assert_int_equal(paper->published_at, date_instant_of(july(20)) + 3600);
	cl.published_at = date_instant_of(july(19));
	put(f, "cl", &cl);
	assert_int_equal(find(f, "arxiv:2607.00001")->published_at, date_instant_of(july(19)));
	/* Who counts votes knows where the code is. */
	assert_str(paper->code_url, "https://example.org/old");
	hf.code_url = STR("https://example.org/new");
	assert_int_equal(put(f, "hf", &hf).change, STORE_UNCHANGED);
	assert_str(find(f, "arxiv:2607.00001")->code_url, "https://example.org/new");
	/* Others may not change what the archive said, nor tell what a higher version says. */
	hf.title = STR("Something else");
	hf.version = 2;
	assert_int_equal(put(f, "hf", &hf).change, STORE_NEW_VERSION);
	paper = find(f, "arxiv:2607.00001");
	assert_int_equal(paper->version, 2);
	assert_str(paper->title, "On the Shape of Things");
	cl.version = 2;
	cl.title = cl.title_raw = STR("On the Shapes of Things");
	assert_int_equal(put(f, "cl", &cl).change, STORE_EDITED);
	assert_str(find(f, "arxiv:2607.00001")->title, "On the Shapes of Things");
}

static void
sources_do_not_take_turns(void **state)
{
	struct fixture *f = *state;
	struct str category = STR("cs.CL");
	static const char *const from[] = { "hf", "api", "oai", "rss", "blog" };
	struct entry entries[5];

	for (int i = 0; i < 5; i++) {
		entries[i] = ENTRY("arxiv:2607.00001");
		entries[i].title = entries[i].title_raw =
		    arena_printf(f->arena, "The shape as %s writes it", from[i]);
		entries[i].abstract = arena_printf(f->arena, "%.*s", 40 + 9 * i,
		    "An abstract of some length, which "
		    "differs from one source to "
		    "the next by ever more words");
		if (i >= 1 && i <= 3) {
			entries[i].categories = &category;
			entries[i].category_count = 1;
			entries[i].version = 1;
		}
	}
	for (int i = 0; i < 5; i++)
		put(f, from[i], &entries[i]);
	int64_t settled = version_count(f);
	for (int day = 28; day < 31; day++) {
		for (int i = 0; i < 5; i++) {
			entries[i].listed_on = july(day);
			assert_int_equal(put(f, from[i], &entries[i]).change, STORE_UNCHANGED);
		}
	}
	assert_int_equal(version_count(f), settled);
	struct entry *paper = find(f, "arxiv:2607.00001");
	assert_str(paper->title, "The shape as api writes it");
	/* Of the archive's abstracts the longest; what stands in a blog is not asked. */
	assert_true(str_equal(paper->abstract, entries[3].abstract));
	/* The owner may edit what is its own, and not what is another's. */
	entries[1].title = entries[1].title_raw = STR("The shape, edited");
	assert_int_equal(put(f, "api", &entries[1]).change, STORE_EDITED);
	paper = find(f, "arxiv:2607.00001");
	assert_str(paper->title, "The shape, edited");
	assert_true(str_equal(paper->abstract, entries[3].abstract));
	assert_int_equal(put(f, "api", &entries[1]).change, STORE_UNCHANGED);
	assert_int_equal(version_count(f), settled + 1);
}

static void
a_withdrawal_leaves_the_content(void **state)
{
	struct fixture *f = *state;
	struct entry entry = ENTRY("arxiv:2607.00001"), name = ENTRY("arxiv:2607.00001"),
	             unknown = ENTRY("arxiv:2607.00002");

	put(f, "oai", &entry);
	name.announce = unknown.announce = ENTRY_WITHDRAWN;
	name.title = name.title_raw = unknown.title = STR("arXiv:2607.00001");
	name.listed_on = july(28);
	assert_int_equal(put(f, "oai", &name).change, STORE_UNCHANGED);
	struct entry *paper = find(f, "arxiv:2607.00001");
	assert_true(paper->is_withdrawn);
	assert_str(paper->title, "On the Shape of Things");
	assert_int_equal(version_count(f), 1);
	assert_int_equal(put(f, "oai", &unknown).entry, 0);
	assert_null(find(f, "arxiv:2607.00002"));
	assert_str(text(f, "SELECT withdrawn FROM papers"), "2026-07-01");
	assert_int_equal(number(f, "SELECT count(*) FROM sighting WHERE announce = 4"), 1);
}

static void
imports_remember_how_far_they_came(void **state)
{
	struct fixture *f = *state;
	int64_t offset = 7, items = 7;

	assert_ok(store_import_place(f->store, STR("abc"), &offset, &items, &trouble));
	assert_int_equal(offset, 0);
	assert_int_equal(items, 0);
	assert_ok(
	    store_set_import_place(f->store, STR("abc"), STR("/a"), 100, 5, f->now, &trouble));
	assert_ok(
	    store_set_import_place(f->store, STR("abc"), STR("/b"), 200, 9, f->now, &trouble));
	assert_ok(store_import_place(f->store, STR("abc"), &offset, &items, &trouble));
	assert_int_equal(offset, 200);
	assert_int_equal(items, 9);
	assert_ok(store_end_import(f->store, STR("abc"), &trouble));
	assert_ok(store_import_place(f->store, STR("abc"), &offset, &items, &trouble));
	assert_int_equal(offset, 0);
	assert_int_equal(number(f, "SELECT count(*) FROM import"), 0);
}

/* ---- issues ---- */

static void
one_issue_an_audience_and_date(void **state)
{
	struct fixture *f = *state;
	struct entry entry = ENTRY("arxiv:2607.00001");
	struct entry other = ENTRY("arxiv:2607.00002");
	struct issue issue = { .list = STR("daily"), .date = july(27) };
	struct issue_item item = { .section = ISSUE_NEW };
	struct store_frozen frozen = { .audience = f->audience, .issue = &issue };
	int64_t id, again;

	put(f, "hf", &entry);
	put(f, "hf", &other);
	issue.items = &item;
	issue.item_count = 1;
	item.entry = find(f, "arxiv:2607.00001");
	assert_ok(db_begin(store_db(f->store), &trouble));
	assert_ok(store_freeze(f->store, &frozen, f->now, &id, &trouble));
	assert_ok(db_commit(store_db(f->store), &trouble));
	assert_ok(store_issue_on(f->store, f->audience, july(27), &again, &trouble));
	assert_int_equal(again, id);
	assert_ok(store_issue_on(f->store, f->audience, july(28), &again, &trouble));
	assert_int_equal(again, 0);

	/* Another issue on that date. */
	item.entry = find(f, "arxiv:2607.00002");
	assert_ok(db_begin(store_db(f->store), &trouble));
	FAILS(EX_SOFTWARE, store_freeze(f->store, &frozen, f->now, &again, &err));
	db_rollback(store_db(f->store));
	/* The same entry as new again, in an issue of the next day. */
	issue.date = july(28);
	item.entry = find(f, "arxiv:2607.00001");
	assert_ok(db_begin(store_db(f->store), &trouble));
	FAILS(EX_SOFTWARE, store_freeze(f->store, &frozen, f->now, &again, &err));
	db_rollback(store_db(f->store));
	assert_int_equal(number(f, "SELECT count(*) FROM issue"), 1);
	/* As updated it may. */
	item.section = ISSUE_UPDATED;
	assert_ok(db_begin(store_db(f->store), &trouble));
	assert_ok(store_freeze(f->store, &frozen, f->now, &again, &trouble));
	assert_ok(db_commit(store_db(f->store), &trouble));
	/* A look must say how far it went. */
	frozen = (struct store_frozen){ .audience = f->audience, .through = 5 };
	assert_ok(db_begin(store_db(f->store), &trouble));
	FAILS(EX_SOFTWARE, store_freeze(f->store, &frozen, f->now, &again, &err));
	db_rollback(store_db(f->store));
}

static void
issues_and_their_messages_are_kept(void **state)
{
	struct fixture *f = *state;
	struct entry entry = ENTRY("arxiv:2607.00001");
	struct str notes[] = { STR("One note."), STR("Another.") };
	struct issue issue = { .list = STR("daily"),
		.title = STR("The Daily"),
		.notes = notes,
		.note_count = 2,
		.date = july(27) };
	struct issue_item item = { .section = ISSUE_NEW, .why = STR("votes") };
	struct buf bytes = BUF_INIT(BUF_LIMIT), out = BUF_INIT(BUF_LIMIT);
	struct store_frozen frozen = {
		.audience = f->audience, .issue = &issue, .subject = STR("Papers of today")
	};
	struct store_issue *issues, one;
	int64_t id;
	size_t count;

	entry.votes = 7;
	put(f, "hf", &entry);
	item.entry = find(f, "arxiv:2607.00001");
	issue.items = &item;
	issue.item_count = 1;
	buf_add_string(&bytes, "To: <\x01>\r\nMessage-ID: <\x02>\r\n\r\n");
	buf_add_repeat(&bytes, 'x', 200000);
	frozen.bytes[MESSAGE_TO_PERSON] = buf_str(&bytes);
	assert_ok(db_begin(store_db(f->store), &trouble));
	assert_ok(store_freeze(f->store, &frozen, 12345, &id, &trouble));
	assert_ok(db_commit(store_db(f->store), &trouble));
	/* Votes that change later do not change what was shown. */
	entry.votes = 70;
	put(f, "hf", &entry);

	assert_ok(store_message(f->store, id, MESSAGE_TO_PERSON, &out, &trouble));
	assert_true(str_equal(buf_str(&out), buf_str(&bytes)));
	assert_true(number(f, "SELECT sum(length(bytes)) FROM issue_message") < 2000);
	FAILS(EX_DATAERR, store_message(f->store, id, MESSAGE_TO_LIST, &out, &err));
	FAILS(EX_DATAERR, store_message(f->store, id + 1, MESSAGE_TO_PERSON, &out, &err));

	assert_ok(store_issues(f->store, "daily", 10, f->arena, &issues, &count, &trouble));
	assert_int_equal(count, 1);
	assert_str(issues[0].subject, "Papers of today");
	assert_str(issues[0].title, "The Daily");
	assert_str(issues[0].notes, "One note.\nAnother.");
	assert_str(issues[0].list, "daily");
	assert_str(issues[0].audience, "");
	assert_int_equal(issues[0].date, july(27));
	assert_int_equal(issues[0].frozen_at, 12345);
	assert_int_equal(issues[0].new_count, 1);
	assert_int_equal(issues[0].updated_count, 0);
	assert_int_equal(issues[0].delivery_count, 0);
	assert_ok(store_issues(f->store, "other", 10, f->arena, &issues, &count, &trouble));
	assert_int_equal(count, 0);
	assert_ok(store_issues(f->store, "", 0, f->arena, &issues, &count, &trouble));
	assert_int_equal(count, 0);
	assert_ok(store_issue(f->store, id, f->arena, &one, &trouble));
	assert_int_equal(one.id, id);
	FAILS(EX_DATAERR, store_issue(f->store, id + 1, f->arena, &one, &err));

	struct store_candidate *items;
	assert_ok(store_issue_entries(f->store, id, f->arena, &items, &count, &trouble));
	assert_int_equal(count, 1);
	assert_int_equal(items[0].entry->votes, 7);
	assert_int_equal(items[0].entry->listed_on, july(27));
	assert_str(items[0].why, "votes");
	assert_int_equal(items[0].section, ISSUE_NEW);

	/* A message in use is kept however old, then dropped when it is old. */
	assert_ok(db_exec(store_db(f->store),
	    "INSERT INTO recipient (id, list, address, mailbox, kind, state, origin, token, since)"
	    " VALUES (1, 1, 'a@example.org', 'a@example.org', 0, 'active', 'command', 't', 0);"
	    "INSERT INTO delivery (id, issue, recipient, address, kind, message_id, state, "
	    "queued_at,"
	    " changed_at) VALUES (1, 1, 1, 'a@example.org', 0, 'm', 4, 0, 0)",
	    &trouble));
	assert_ok(store_forget_messages(f->store, 20000, &trouble));
	assert_int_equal(number(f, "SELECT count(*) FROM issue_message"), 1);
	assert_ok(
	    db_exec(store_db(f->store), "UPDATE delivery SET state = 3, is_open = 0", &trouble));
	assert_ok(store_forget_messages(f->store, 12345, &trouble));
	assert_int_equal(number(f, "SELECT count(*) FROM issue_message"), 1);
	assert_ok(store_forget_messages(f->store, 12346, &trouble));
	assert_int_equal(number(f, "SELECT count(*) FROM issue_message"), 0);
	assert_ok(store_issue(f->store, id, f->arena, &one, &trouble));
	assert_int_equal(one.delivery_count, 1);
	assert_int_equal(one.accepted_count, 1);
	buf_release(&bytes);
	buf_release(&out);
}

static void
the_schema_itself_keeps_the_promise(void **state)
{
	struct fixture *f = *state;
	static const char *const wrong[] = {
		"INSERT INTO issue_entry VALUES (1, 2, 1, 1, 1, 0, 0, 0, NULL, 0, NULL, NULL, '')",
		"INSERT INTO issue_entry VALUES (1, 2, 1, 1, 1, 2, 0, 0, NULL, 0, NULL, NULL, '')",
		"INSERT INTO issue_entry VALUES (1, 2, 99, 2, 2, 0, 0, 0, NULL, 0, NULL, NULL, '')",
		"INSERT INTO issue_entry VALUES (1, 2, 1, 2, 2, 4, 0, 0, NULL, 0, NULL, NULL, '')",
		"INSERT INTO issue_entry VALUES (1, 2, 1, 77, 2, 0, 0, 0, NULL, 0, NULL, NULL, '')",
		"INSERT INTO sighting (source, entry, listed_on, is_dated, announce, rank, seen_at)"
		" VALUES (1, 1, 20661, 1, 0, 0, 0)",
		"INSERT INTO alias VALUES ('arxiv:2607.00001', 2)",
		"UPDATE source SET verdict = 11",
		"UPDATE entry SET number = 'two'",
		"INSERT INTO recipient (list, address, mailbox, kind, state, origin, token, since)"
		" VALUES (1, 'a@b', 'a@b', 0, 'sleeping', 'command', 't', 0)",
		"DELETE FROM entry",
	};
	struct entry entry = ENTRY("arxiv:2607.00001"), other = ENTRY("arxiv:2607.00002");
	struct issue_item item = { .section = ISSUE_NEW };
	struct issue issue = { .date = july(27), .items = &item, .item_count = 1 };
	struct store_frozen frozen = { .audience = f->audience, .issue = &issue };
	int64_t id;

	assert_int_equal(july(27), 20661);
	put(f, "hf", &entry);
	put(f, "hf", &other);
	item.entry = find(f, "arxiv:2607.00001");
	assert_ok(store_freeze(f->store, &frozen, f->now, &id, &trouble));
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		FAILS(EX_SOFTWARE, db_exec(store_db(f->store), wrong[i], &err));
}

/* ---- sources, readers ---- */

static int
collect_source(
    void *context, int64_t id, struct str name, struct str spec, const struct source_state *state)
{
	buf_addf(context, "%d %.*s %.*s %s;", (int)id, STR_ARG(name), STR_ARG(spec), state->etag);
	return str_is(name, "stop") ? 7 : 0;
}

static void
sources_remember(void **state)
{
	struct fixture *f = *state;
	struct source_state saved, loaded;
	struct buf all = BUF_INIT(BUF_LIMIT);
	int64_t id, again;

	assert_ok(store_source(f->store, "hf", "hf_daily:", &id, &loaded, &trouble));
	source_state_init(&saved);
	assert_memory_equal(&saved, &loaded, sizeof(saved));
	snprintf(saved.etag, sizeof(saved.etag), "W/\"abc\"");
	snprintf(saved.last_modified, sizeof(saved.last_modified), "Mon, 27 Jul 2026 00:00:00 GMT");
	saved.complete_through = july(26);
	saved.newest_day = july(27);
	saved.last_attempt = 100;
	saved.last_success = 99;
	saved.not_before = 200;
	saved.failures = 3;
	saved.is_gone = true;
	snprintf(saved.title, sizeof(saved.title), "Our feed");
	snprintf(saved.moved_to, sizeof(saved.moved_to), "https://example.org/new");
	saved.verdict = SOURCE_ERROR;
	assert_ok(store_save_source(f->store, id, &saved, &trouble));
	/* Another name for the same spec. */
	assert_ok(store_source(f->store, "papers", "hf_daily:", &again, &loaded, &trouble));
	assert_int_equal(again, id);
	assert_memory_equal(&saved, &loaded, sizeof(saved));
	FAILS(EX_SOFTWARE, store_save_source(f->store, id + 1, &saved, &err));

	assert_ok(store_source(f->store, "cl", "arxiv:cs.CL", &again, &loaded, &trouble));
	assert_ok(store_each_source(f->store, collect_source, &all, &trouble));
	assert_str(buf_str(&all), "2 cl arxiv:cs.CL ;1 papers hf_daily: W/\"abc\";");
	assert_ok(store_source(f->store, "stop", "x", &again, &loaded, &trouble));
	struct err unused = ERR_NONE;
	assert_int_equal(store_each_source(f->store, collect_source, &all, &unused), 7);
	buf_release(&all);
}

static void
audiences_are_done_when_told(void **state)
{
	struct fixture *f = *state;
	int64_t again, list, other, done_at;

	assert_ok(store_list(f->store, "daily", &again, &trouble));
	assert_int_equal(again, f->list);
	assert_ok(store_list(f->store, "daily~1234", &list, &trouble));
	assert_int_not_equal(list, f->list);
	assert_ok(store_audience(f->store, f->list, "", &again, &trouble));
	assert_int_equal(again, f->audience);
	assert_ok(store_audience(f->store, list, "", &other, &trouble));
	assert_int_not_equal(other, f->audience);
	assert_ok(store_done_at(f->store, f->audience, &done_at, &trouble));
	assert_true(done_at == DATE_NO_INSTANT);
	assert_ok(store_set_done(f->store, f->audience, 777, &trouble));
	assert_ok(store_done_at(f->store, f->audience, &done_at, &trouble));
	assert_int_equal(done_at, 777);
	assert_ok(store_done_at(f->store, other, &done_at, &trouble));
	assert_true(done_at == DATE_NO_INSTANT);
}

static struct store_recipient
recipient(struct fixture *f, const char *address)
{
	struct store_recipient *all;
	size_t count;

	assert_ok(store_recipients(f->store, f->list, f->arena, &all, &count, &trouble));
	for (size_t i = 0; i < count; i++) {
		if (str_is(all[i].address, address))
			return all[i];
	}
	fail_msg("%s is no recipient", address);
	return (struct store_recipient){ 0 };
}

static void
subscribe(struct fixture *f, const char *address, enum message_kind kind, const char *origin)
{
	bool is_suppressed;

	assert_ok(store_subscribe(
	    f->store, f->list, address, kind, origin, f->now, &is_suppressed, &trouble));
	assert_false(is_suppressed);
}

static void
refuse(struct fixture *f, const char *address, const char *origin)
{
	bool is_refused;

	assert_ok(store_subscribe(
	    f->store, f->list, address, MESSAGE_TO_LIST, origin, f->now, &is_refused, &trouble));
	assert_true(is_refused);
}

static size_t
plain_count(struct fixture *f)
{
	struct store_recipient *all;
	size_t count;
	bool has_any;

	assert_ok(store_plain_recipients(f->store, f->list, f->arena, &all, &count, &trouble));
	assert_ok(store_has_plain_recipients(f->store, f->list, &has_any, &trouble));
	assert_int_equal(has_any, count > 0);
	return count;
}

static void
recipients_come_and_go(void **state)
{
	struct fixture *f = *state;

	subscribe(f, "b@example.org", MESSAGE_TO_PERSON, "command");
	subscribe(f, "a@example.org", MESSAGE_TO_LIST, "named");
	struct store_recipient first = recipient(f, "b@example.org");
	assert_str(first.state, "active");
	assert_str(first.origin, "command");
	assert_int_equal(first.kind, MESSAGE_TO_PERSON);
	assert_int_equal(first.since, f->now);
	assert_int_equal(first.token.len, 16);
	assert_false(str_equal(first.token, recipient(f, "a@example.org").token));

	/* A command counts more than the file, and that more than a mention. */
	f->now++;
	subscribe(f, "b@example.org", MESSAGE_TO_LIST, "configuration");
	assert_str(recipient(f, "b@example.org").origin, "command");
	assert_int_equal(recipient(f, "b@example.org").kind, MESSAGE_TO_PERSON);
	subscribe(f, "a@example.org", MESSAGE_TO_PERSON, "configuration");
	assert_str(recipient(f, "a@example.org").origin, "configuration");
	assert_int_equal(recipient(f, "a@example.org").kind, MESSAGE_TO_PERSON);
	subscribe(f, "a@example.org", MESSAGE_TO_LIST, "named");
	assert_str(recipient(f, "a@example.org").origin, "configuration");
	subscribe(f, "a@example.org", MESSAGE_TO_LIST, "command");
	assert_str(recipient(f, "a@example.org").origin, "command");
	assert_int_equal(recipient(f, "a@example.org").since, f->now - 1);

	assert_ok(store_unsubscribe(f->store, f->list, "b@example.org", &trouble));
	assert_str(recipient(f, "b@example.org").state, "unsubscribed");
	FAILS(EX_DATAERR, store_unsubscribe(f->store, f->list, "b@example.org", &err));
	FAILS(EX_DATAERR, store_unsubscribe(f->store, f->list, "c@example.org", &err));
	refuse(f, "b@example.org", "named");
	refuse(f, "b@example.org", "configuration");
	subscribe(f, "b@example.org", MESSAGE_TO_LIST, "command");
	assert_str(recipient(f, "b@example.org").state, "active");
	assert_int_equal(recipient(f, "b@example.org").since, f->now);
	/* The token in mails that were sent stays good. */
	assert_true(str_equal(recipient(f, "b@example.org").token, first.token));
}

static void
pauses_end(void **state)
{
	struct fixture *f = *state;

	subscribe(f, "a@example.org", MESSAGE_TO_PERSON, "configuration");
	subscribe(f, "b@example.org", MESSAGE_TO_PERSON, "command");
	assert_ok(store_set_state(
	    f->store, recipient(f, "a@example.org").id, "paused", july(28), f->now + 1, &trouble));
	assert_ok(store_set_state(f->store, recipient(f, "b@example.org").id, "paused", DATE_NO_DAY,
	    f->now + 1, &trouble));
	assert_int_equal(plain_count(f), 0);
	refuse(f, "a@example.org", "configuration");
	assert_ok(store_wake(f->store, f->list, july(27), &trouble));
	assert_int_equal(plain_count(f), 0);
	assert_ok(store_wake(f->store, f->list, july(28), &trouble));
	assert_int_equal(plain_count(f), 1);
	assert_str(recipient(f, "a@example.org").state, "active");
	assert_int_equal(recipient(f, "a@example.org").paused_until, DATE_NO_DAY);
	assert_int_equal(recipient(f, "a@example.org").since, f->now);
	assert_str(recipient(f, "b@example.org").state, "paused");
}

static void
who_bounced_begins_anew(void **state)
{
	struct fixture *f = *state;

	subscribe(f, "a@example.org", MESSAGE_TO_PERSON, "configuration");
	int64_t id = recipient(f, "a@example.org").id;
	assert_ok(store_set_state(f->store, id, "bounced", DATE_NO_DAY, f->now + 1, &trouble));
	assert_int_equal(recipient(f, "a@example.org").since, f->now);
	assert_int_equal(plain_count(f), 0);
	refuse(f, "a@example.org", "configuration");
	assert_ok(store_set_state(f->store, id, "active", DATE_NO_DAY, f->now + 2, &trouble));
	assert_int_equal(recipient(f, "a@example.org").since, f->now + 2);
	assert_ok(store_set_state(f->store, id, "active", DATE_NO_DAY, f->now + 3, &trouble));
	assert_int_equal(recipient(f, "a@example.org").since, f->now + 2);
}

static void
suppression_wins(void **state)
{
	struct fixture *f = *state;
	bool was;

	subscribe(f, "a@example.org", MESSAGE_TO_PERSON, "command");
	assert_ok(store_suppress(f->store, "a@example.org", f->now, &was, &trouble));
	assert_false(was);
	assert_ok(store_suppress(f->store, "b@example.org", f->now, &was, &trouble));
	assert_ok(store_suppress(f->store, "a@example.org", f->now, &was, &trouble));
	assert_true(was);
	assert_str(recipient(f, "a@example.org").state, "unsubscribed");
	refuse(f, "a@example.org", "command");
	refuse(f, "b@example.org", "command");
	FAILS(EX_DATAERR,
	    store_set_state(
	        f->store, recipient(f, "a@example.org").id, "active", DATE_NO_DAY, f->now, &err));
	assert_ok(store_unsuppress(f->store, "a@example.org", &was, &trouble));
	assert_true(was);
	assert_ok(store_unsuppress(f->store, "a@example.org", &was, &trouble));
	assert_false(was);
	assert_str(recipient(f, "a@example.org").state, "unsubscribed");
	subscribe(f, "a@example.org", MESSAGE_TO_PERSON, "command");
	assert_str(recipient(f, "a@example.org").state, "active");
}

static void
one_mailbox_is_one_recipient(void **state)
{
	struct fixture *f = *state;
	struct store_recipient known;
	int64_t audience, other;
	size_t count;
	bool was;

	subscribe(f,
	    "Jane@B\xc3\xbc"
	    "cher.example",
	    MESSAGE_TO_PERSON, "command");
	assert_ok(store_find_recipient(
	    f->store, f->list, "jane@xn--bcher-kva.example", f->arena, &known, &trouble));
	assert_str(known.address,
	    "Jane@B\xc3\xbc"
	    "cher.example");
	assert_ok(store_set_settings(f->store, f->list, known.id, STR("minutes = 5"), &trouble));
	assert_ok(
	    store_audience(f->store, f->list, "jane@xn--bcher-kva.example", &audience, &trouble));
	/* What counts less leaves the spelling alone; the same word again changes it, for both. */
	subscribe(f, "JANE@xn--bcher-kva.example", MESSAGE_TO_PERSON, "configuration");
	assert_str(recipient(f, known.address.ptr).address, known.address.ptr);
	subscribe(f, "jane@xn--bcher-kva.example", MESSAGE_TO_PERSON, "command");
	assert_str(recipient(f, "jane@xn--bcher-kva.example").token, known.token.ptr);
	assert_int_equal(number(f,
	                     "SELECT count(*) FROM audience a JOIN recipient r"
	                     " ON r.audience = a.id AND r.address = a.address"),
	    1);
	assert_ok(store_audience(f->store, f->list,
	    "Jane@B\xc3\xbc"
	    "cher.example",
	    &other, &trouble));
	assert_int_equal(other, audience);
	/* Suppressed in one spelling is suppressed in all. */
	assert_ok(store_suppress(f->store,
	    "JANE@B\xc3\x9c"
	    "CHER.example",
	    f->now, &was, &trouble));
	refuse(f, "jane@xn--bcher-kva.example", "command");
	assert_str(recipient(f, "jane@xn--bcher-kva.example").state, "unsubscribed");
	assert_ok(store_unsuppress(f->store,
	    "jane@b\xc3\xbc"
	    "cher.example",
	    &was, &trouble));
	assert_true(was);
	struct store_recipient *all;
	assert_ok(store_recipients(f->store, f->list, f->arena, &all, &count, &trouble));
	assert_int_equal(count, 1);
}

static void
configured_readers_are_learned_once(void **state)
{
	struct fixture *f = *state;
	bool is_known;

	assert_ok(store_configure_readers(f->store, f->list, STR("one"), &is_known, &trouble));
	assert_false(is_known);
	subscribe(f, "a@example.org", MESSAGE_TO_PERSON, "configuration");
	subscribe(f, "b@example.org", MESSAGE_TO_PERSON, "configuration");
	subscribe(f, "c@example.org", MESSAGE_TO_PERSON, "command");
	assert_ok(store_unsubscribe(f->store, f->list, "b@example.org", &trouble));
	assert_ok(store_configure_readers(f->store, f->list, STR("one"), &is_known, &trouble));
	assert_true(is_known);
	assert_int_equal(plain_count(f), 2);
	assert_ok(store_configure_readers(f->store, f->list, STR("two"), &is_known, &trouble));
	assert_false(is_known);
	assert_str(recipient(f, "a@example.org").origin, "dropped");
	assert_int_equal(plain_count(f), 1);
	/* Named again, who was dropped is back; who left stays away. */
	subscribe(f, "a@example.org", MESSAGE_TO_PERSON, "configuration");
	refuse(f, "b@example.org", "configuration");
	assert_int_equal(plain_count(f), 2);
}

static void
history_is_told_in_order(void **state)
{
	struct fixture *f = *state;
	static const struct scenario story = { "history",
		{ "put hf 27 a@1 b", "some 1 hf 27 = a b", "back cl 26 a@1", "put cl 28 a@2! b",
		    "news hf+cl 28 = a1>2", "put oai 29 a-", "news hf+cl 29 = a-" } };
	static const enum store_event_kind kinds[] = { STORE_EVENT_VERSION, STORE_EVENT_LISTED,
		STORE_EVENT_SHOWN, STORE_EVENT_LISTED, STORE_EVENT_VERSION, STORE_EVENT_LISTED,
		STORE_EVENT_SHOWN, STORE_EVENT_LISTED, STORE_EVENT_WITHDRAWN, STORE_EVENT_SHOWN };
	struct store_event *events;
	size_t count;

	run_scenario(f, &story);
	assert_ok(store_history(
	    f->store, find(f, "arxiv:2607.00097")->id, f->arena, &events, &count, &trouble));
	assert_int_equal(count, sizeof(kinds) / sizeof(kinds[0]));
	for (size_t i = 0; i < count; i++)
		assert_int_equal(events[i].kind, kinds[i]);
	assert_str(events[0].text, "first");
	assert_int_equal(events[0].version, 1);
	assert_int_equal(events[0].changes, 0);
	assert_str(events[1].name, "hf");
	assert_int_equal(events[1].day, july(27));
	assert_int_equal(events[1].rank, 1);
	assert_false(events[1].is_past);
	assert_str(events[2].name, "daily");
	assert_int_equal(events[2].section, ISSUE_NEW);
	assert_int_equal(events[2].issue, 1);
	assert_true(events[3].is_past);
	assert_str(events[4].text, "version");
	assert_str(events[4].name, "cl");
	assert_int_equal(events[4].version, 2);
	assert_int_equal(events[4].changes, ENTRY_TITLE_CHANGED);
	assert_int_equal(events[5].announce, ENTRY_REPLACED);
	assert_int_equal(events[6].section, ISSUE_UPDATED);
	assert_int_equal(events[6].version, 1);
	assert_int_equal(events[6].changes, ENTRY_TITLE_CHANGED);
	assert_str(events[8].name, "oai");
	assert_int_equal(events[9].section, ISSUE_WITHDRAWN);
	assert_ok(store_history(
	    f->store, find(f, "arxiv:2607.00098")->id, f->arena, &events, &count, &trouble));
	assert_int_equal(count, 4);
	assert_int_equal(events[2].kind, STORE_EVENT_LEFT_OUT);
	assert_str(events[2].text, "beyond the limit");
}

static void
views_tell_people(void **state)
{
	struct fixture *f = *state;
	struct entry entry = ENTRY("arxiv:2607.00001");
	struct issue_item item = { .section = ISSUE_NEW };
	struct issue issue = { .date = july(27), .items = &item, .item_count = 1 };
	struct store_frozen frozen = { .audience = f->audience, .issue = &issue };
	int64_t id;

	entry_add_author(&entry, f->arena, STR("Ada"), STR("London"), false);
	entry_add_author(&entry, f->arena, STR("Hidden"), STR(""), true);
	entry_add_author(&entry, f->arena, STR("Zoe"), STR(""), false);
	entry.votes = 4;
	entry.rank = 2;
	entry.published_at = date_instant_of(july(25));
	put(f, "hf", &entry);
	item.entry = find(f, "arxiv:2607.00001");
	assert_ok(store_freeze(f->store, &frozen, f->now, &id, &trouble));
	assert_str(text(f,
	               "SELECT key || '|' || title || '|' || authors || '|' || published || '|' ||"
	               " listed || '|' || votes || '|' || sources FROM papers"),
	    "arxiv:2607.00001|On the Shape of Things|Ada, Zoe|2026-07-25|2026-07-27|4|hf");
	assert_str(text(f,
	               "SELECT list || '|' || issue_date || '|' || section || '|' || key || '|' ||"
	               " deliveries FROM sent"),
	    "daily|2026-07-27|new|arxiv:2607.00001|0");
	assert_str(
	    text(f, "SELECT source || '|' || listed || '|' || rank || '|' || key FROM today"),
	    "hf|2026-07-27|2|arxiv:2607.00001");
}

/* ---- the file ---- */

static void
opening_again_changes_nothing(void **state)
{
	struct fixture *f = *state;
	struct str secret = arena_copy(f->arena, store_secret(f->store));

	assert_int_equal(secret.len, 52);
	assert_int_equal(number(f, "PRAGMA application_id"), 0x44677374);
	assert_int_equal(number(f, "PRAGMA user_version"), 1);
	store_close(f->store);
	f->store = NULL;
	uint64_t before = folder_fingerprint(&f->folder);
	reopen(f, DB_OVERLAY);
	assert_true(str_equal(store_secret(f->store), secret));
	reopen(f, DB_WRITE);
	assert_true(str_equal(store_secret(f->store), secret));
	store_close(f->store);
	f->store = NULL;
	assert_true(folder_fingerprint(&f->folder) == before);
	/* Another store has another secret. */
	struct store *other;
	assert_ok(store_open(&other, folder_file(&f->folder, "other.db"), DB_WRITE, &trouble));
	assert_false(str_equal(store_secret(other), secret));
	store_close(other);
	store_close(NULL);
}

static void
an_overlay_is_a_store_like_any_other(void **state)
{
	struct fixture *f = *state;
	struct entry entry = ENTRY("arxiv:2607.00001");

	put(f, "another", &entry);
	store_close(f->store);
	f->store = NULL;
	uint64_t before = folder_fingerprint(&f->folder);
	reopen(f, DB_OVERLAY);
	run_scenario(f, &scenarios[0]);
	assert_non_null(find(f, "arxiv:2607.00001"));
	store_close(f->store);
	f->store = NULL;
	assert_true(folder_fingerprint(&f->folder) == before);
	/* And where there is nothing yet. */
	struct store *fresh;
	assert_ok(
	    store_open(&fresh, folder_file(&f->folder, "none/fresh.db"), DB_OVERLAY, &trouble));
	store_close(fresh);
	assert_true(folder_fingerprint(&f->folder) == before);
}

static void
folders_are_made_private(void **state)
{
	struct fixture *f = *state;
	struct store *store;
	struct stat status;
	char path[256];

	snprintf(path, sizeof(path), "%s/one/two/digest.db", f->folder.path);
	assert_ok(store_open(&store, path, DB_WRITE, &trouble));
	store_close(store);
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 0777, 0600);
	assert_int_equal(unlink(path), 0);
	*strrchr(path, '/') = '\0';
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 0777, 0700);
	assert_int_equal(rmdir(path), 0);
	/* A file where a folder should be. */
	snprintf(path, sizeof(path), "%s/digest.db/x/digest.db", f->folder.path);
	FAILS(EX_CANTCREAT, store_open(&store, path, DB_WRITE, &err));
}

static void
assert_refused(struct fixture *f, const char *words)
{
	uint64_t before = folder_fingerprint(&f->folder);

	for (int access = DB_WRITE; access <= DB_OVERLAY; access++) {
		struct store *store = NULL;
		struct err err = ERR_NONE;
		assert_int_equal(
		    store_open(&store, store_path(f), (enum db_access)access, &err), -1);
		assert_int_equal(err.code, EX_DATAERR);
		if (strstr(err.text, words) == NULL)
			fail_msg("'%s' does not say '%s'", err.text, words);
		assert_true(folder_fingerprint(&f->folder) == before);
	}
}

static void
foreign_files_are_left_alone(void **state)
{
	struct fixture *f = *state;
	struct db *db;

	/* A newer schema, also while it is only in the log of a writer that was killed. */
	assert_ok(db_exec(store_db(f->store), "PRAGMA user_version = 7", &trouble));
	store_close(f->store);
	f->store = NULL;
	assert_refused(f, "made by a newer digest (schema 7; this one knows 1)");
	/* Another program's database. */
	assert_ok(db_open(&db, store_path(f), DB_WRITE, &trouble));
	assert_ok(
	    db_exec(db, "PRAGMA user_version = 1; PRAGMA application_id = 0x12345678", &trouble));
	db_close(db);
	assert_refused(f, "another program");
	assert_ok(db_open(&db, store_path(f), DB_WRITE, &trouble));
	assert_ok(db_exec(db, "PRAGMA user_version = 0; PRAGMA application_id = 0", &trouble));
	db_close(db);
	assert_refused(f, "another program");
	/* No database at all. */
	FILE *file = fopen(store_path(f), "w");
	fputs("just some notes, nothing to see here, but longer than a header would be, so that it "
	      "is "
	      "looked at as one would be",
	    file);
	fclose(file);
	assert_refused(f, "no SQLite database");
	/* An empty file may become one. */
	assert_int_equal(truncate(store_path(f), 0), 0);
	reopen(f, DB_WRITE);
	assert_int_equal(number(f, "PRAGMA user_version"), 1);
	/* A store without its secret is broken. */
	assert_ok(db_exec(store_db(f->store), "DELETE FROM meta", &trouble));
	store_close(f->store);
	f->store = NULL;
	struct store *store;
	FAILS(EX_DATAERR, store_open(&store, store_path(f), DB_WRITE, &err));
}

static void
runs_exclude_each_other(void **state)
{
	struct fixture *f = *state;
	struct store_lock *lock = NULL;
	struct stat status;
	char expected[64], path[256];
	int ends[2];

	snprintf(path, sizeof(path), "%s/locked/digest.db", f->folder.path);
	assert_int_equal(pipe(ends), 0);
	pid_t pid = fork();
	if (pid == 0) {
		struct err err = ERR_NONE;
		if (store_lock(&lock, path, &err) < 0 || write(ends[1], "x", 1) != 1)
			_exit(1);
		pause();
	}
	char c;
	assert_int_equal(read(ends[0], &c, 1), 1);
	struct err refusal = ERR_NONE;
	assert_int_equal(store_lock(&lock, path, &refusal), -1);
	assert_int_equal(refusal.code, EX_TEMPFAIL);
	snprintf(
	    expected, sizeof(expected), "another run is at work (process %d since 20", (int)pid);
	assert_non_null(strstr(refusal.text, expected));
	/* Released however it ends. */
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_ok(store_lock(&lock, path, &trouble));
	assert_int_equal(stat(folder_file(&f->folder, "locked/digest.db.lock"), &status), 0);
	assert_int_equal(status.st_mode & 0777, 0600);
	store_unlock(lock);
	assert_ok(store_lock(&lock, path, &trouble));
	store_unlock(lock);
	store_unlock(NULL);
	close(ends[0]);
	close(ends[1]);
	assert_int_equal(unlink(folder_file(&f->folder, "locked/digest.db.lock")), 0);
}

/* A lock file whose holder has not written its name yet, or that holds anything else. */
static void
a_holder_without_a_name_still_counts(void **state)
{
	struct fixture *f = *state;
	struct store_lock *lock = NULL, *other;

	assert_ok(store_lock(&lock, store_path(f), &trouble));
	FILE *file = fopen(folder_file(&f->folder, "digest.db.lock"), "w");
	fputs("who knows\n", file);
	fclose(file);
	struct err refusal = ERR_NONE;
	assert_int_equal(store_lock(&other, store_path(f), &refusal), -1);
	assert_int_equal(refusal.code, EX_TEMPFAIL);
	assert_string_equal(refusal.text, "store: another run is at work");
	store_unlock(lock);
}

/* kill -9 at some point of a listing: all of it is there, or nothing. */
static void
a_killed_listing_leaves_nothing(void **state)
{
	struct fixture *f = *state;
	int ends[2];

	store_close(f->store);
	f->store = NULL;
	assert_int_equal(pipe(ends), 0);
	pid_t pid = fork();
	if (pid == 0) {
		struct err err = ERR_NONE;
		struct store_put result;
		reopen(f, DB_WRITE);
		int64_t id = source(f, "hf");
		struct entry entry = ENTRY("arxiv:2607.00001");
		put(f, "hf", &entry);
		if (db_begin(store_db(f->store), &err) < 0)
			_exit(1);
		for (int i = 2; i < 3000; i++) {
			entry.aliases[0] = arena_printf(f->arena, "arxiv:2607.%05d", i);
			entry.title = arena_printf(f->arena, "%01000d", i);
			if (store_put(f->store, id, &entry, f->now, &result, &err) < 0)
				_exit(1);
		}
		if (write(ends[1], "x", 1) != 1)
			_exit(1);
		pause();
	}
	char c;
	assert_int_equal(read(ends[0], &c, 1), 1);
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	close(ends[0]);
	close(ends[1]);
	for (int access = DB_OVERLAY; access >= DB_WRITE; access--) {
		reopen(f, (enum db_access)access);
		assert_int_equal(number(f, "SELECT count(*) FROM entry"), 1);
		assert_int_equal(number(f, "SELECT count(*) FROM sighting"), 1);
		assert_ok(db_check(store_db(f->store), &trouble));
	}
}

/* ---- flatness ---- */

/* Stores that many entries of earlier days without going through store_put(). */
static void
fill_with_history(struct fixture *f, int count)
{
	char sql[2048];

	source(f, "hf");
	snprintf(sql, sizeof(sql),
	    "BEGIN; CREATE TEMP TABLE n (i INTEGER PRIMARY KEY);"
	    "WITH RECURSIVE c (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM c WHERE i < %d)"
	    " INSERT INTO n SELECT i FROM c;"
	    "INSERT INTO entry SELECT i, printf('arxiv:%%04d.%%05d', 1000 + i / 50000, i %% "
	    "50000), 0, 1,"
	    " i, i, i, NULL, NULL, NULL, 'cs.CL', 'u', '', '', '', '', '' FROM n;"
	    "INSERT INTO alias SELECT key, id FROM entry;"
	    "INSERT INTO version SELECT i, i, 1, 'first', 1, i, zeroblob(32), 1, 0, NULL, '', '', "
	    "'', '',"
	    " 'A title ' || i, NULL, '[]', '' FROM n;"
	    "INSERT INTO sighting SELECT i, 1, i, 10000 + i * 10000 / %d, 1, 0, 0, i %% 50 + 1, 3, "
	    "0, "
	    "i"
	    " FROM n; DROP TABLE n; COMMIT",
	    count, count);
	assert_ok(db_exec(store_db(f->store), sql, &trouble));
}

/* Three days of listings and issues; the SQLite steps of the last one. */
static int64_t
steps_of_a_day(struct fixture *f)
{
	int64_t sources[] = { source(f, "hf") }, before = 0;
	struct store_want want = { .audience = f->audience, .sources = sources, .source_count = 1 };

	for (int day = 27; day < 30; day++) {
		struct store_candidates found;
		struct store_put result;
		struct entry entry = ENTRY("arxiv:2607.00001", "url:https://example.org/x");
		before = db_steps(store_db(f->store));
		assert_ok(db_begin(store_db(f->store), &trouble));
		for (int i = 0; i < 50; i++) {
			entry.aliases[0] = arena_printf(f->arena, "arxiv:26%02d.%05d", day, i);
			entry.aliases[1] =
			    arena_printf(f->arena, "url:https://e.org/%d/%d", day, i);
			entry.listed_on = want.until = july(day);
			entry.rank = i + 1;
			assert_ok(
			    store_put(f->store, sources[0], &entry, f->now, &result, &trouble));
			/* And once more, as the next read of the same day does. */
			assert_ok(
			    store_put(f->store, sources[0], &entry, f->now, &result, &trouble));
		}
		assert_ok(db_commit(store_db(f->store), &trouble));
		assert_ok(store_candidates(f->store, &want, f->arena, &found, &trouble));
		assert_int_equal(found.count, 50);
		freeze(f, &found, 40, july(day), sources, 1);
		assert_ok(store_forget_messages(f->store, 0, &trouble));
	}
	return db_steps(store_db(f->store)) - before;
}

static void
a_day_costs_the_same_over_any_archive(void **state)
{
	(void)state;
	int sizes[] = { 1000, 100000 };
	int64_t steps[2];
	const char *most = getenv("DIGEST_TEST_ENTRIES");

	if (most != NULL)
		sizes[1] = (int)strtol(most, NULL, 10);
	for (int i = 0; i < 2; i++) {
		void *fixture;
		set_up(&fixture);
		fill_with_history(fixture, sizes[i]);
		steps[i] = steps_of_a_day(fixture);
		tear_down(&fixture);
	}
	print_message("# steps of a day over %d entries: %lld, over %d: %lld\n", sizes[0],
	    (long long)steps[0], sizes[1], (long long)steps[1]);
	assert_true(steps[1] * 10 <= steps[0] * 11);
}

static size_t
told(struct fixture *f, const struct str *texts, size_t count, bool is_all, int64_t now,
    size_t *ended_count)
{
	bool is_to_tell[4] = { false };
	struct store_trouble items[4] = { 0 };
	struct store_troubles troubles = { .items = items, .count = count, .is_all = is_all };
	struct store_ended *ended;
	size_t told_count = 0;

	for (size_t i = 0; i < count; i++)
		items[i].text = texts[i];
	assert_ok(db_begin(store_db(f->store), &trouble));
	assert_ok(store_settle_complaints(
	    f->store, "send", &troubles, now, f->arena, is_to_tell, &ended, ended_count, &trouble));
	assert_ok(db_commit(store_db(f->store), &trouble));
	for (size_t i = 0; i < count; i++)
		told_count += is_to_tell[i];
	return told_count;
}

static void
complaints_are_told_by_cause(void **state)
{
	struct fixture *f = *state;
	struct str troubles[] = { STR("fetch: port 1025 refused"),
		STR("deliver: 'reader1@example.com': no"),
		STR("deliver: 'reader2@example.com': no") };
	struct str again[] = { STR("fetch: port 993 refused") };
	size_t ended;

	assert_int_equal(told(f, troubles, 3, true, 1000, &ended), 3);
	assert_int_equal(told(f, troubles, 3, true, 2000, &ended), 0);
	assert_int_equal(told(f, again, 1, false, 3000, &ended), 0);
	assert_int_equal(ended, 0);
	assert_int_equal(told(f, again, 1, true, 4000, &ended), 0);
	assert_int_equal(ended, 2);
	assert_int_equal(told(f, again, 1, true, 1000 + 86400, &ended), 1);
	assert_int_equal(told(f, NULL, 0, true, 100000, &ended), 0);
	assert_int_equal(ended, 1);
}

/* A run in which the source 'hf' is well or ill, or is not asked. */
enum health { ILL, WELL, UNASKED };

static int
hear_of(struct fixture *f, enum health health, const char *text, int64_t hour)
{
	struct store_trouble ill = { STR("hf"), str_from(text) };
	struct str name = STR("hf");
	struct store_troubles troubles = {
		.items = &ill,
		.count = health == ILL,
		.is_all = true,
		.well = &name,
		.well_count = health == WELL,
	};
	struct store_ended *ended;
	size_t ended_count;
	bool is_to_tell = false;

	assert_ok(db_begin(store_db(f->store), &trouble));
	assert_ok(store_settle_complaints(f->store, "send", &troubles, hour * 3600, f->arena,
	    &is_to_tell, &ended, &ended_count, &trouble));
	assert_ok(db_commit(store_db(f->store), &trouble));
	return is_to_tell ? 1 : ended_count > 0 ? -1 : 0;
}

static void
what_comes_and_goes_is_one_trouble(void **state)
{
	struct fixture *f = *state;
	int told_count = 0;

	assert_int_equal(hear_of(f, ILL, "hf: answered 404", 1000), 1);
	assert_int_equal(hear_of(f, ILL, "hf: answered 500", 1001), 0);
	/* In another way, which is told once; then both are known. */
	assert_int_equal(hear_of(f, ILL, "hf: HTML instead of JSON", 1001), 1);
	assert_int_equal(hear_of(f, ILL, "hf: HTML instead of JSON", 1002), 0);
	assert_int_equal(hear_of(f, ILL, "hf: answered 404", 1002), 0);
	assert_int_equal(hear_of(f, UNASKED, "", 1002), 0);
	assert_int_equal(hear_of(f, WELL, "", 1003), -1);
	assert_int_equal(hear_of(f, WELL, "", 1004), 0);
	/* Within a day: told once more, and from then on only once a day. */
	assert_int_equal(hear_of(f, ILL, "hf: answered 404", 1005), 1);
	for (int hour = 1006; hour < 1005 + 5 * 24; hour++)
		told_count += hear_of(f, hour % 3 == 0 ? ILL : WELL, "hf: answered 500", hour);
	assert_int_equal(told_count, 4);
	/* Met last at hour 1122. */
	assert_int_equal(hear_of(f, WELL, "", 1122 + 23), 0);
	assert_int_equal(hear_of(f, WELL, "", 1122 + 24), -1);
	assert_int_equal(hear_of(f, WELL, "", 1122 + 25), 0);
	/* More than a day after its end it is a new one. */
	assert_int_equal(hear_of(f, ILL, "hf: answered 404", 1122 + 49), 1);
	assert_int_equal(hear_of(f, WELL, "", 1122 + 50), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(news_is_what_the_scenarios_say),
		cmocka_unit_test_setup_teardown(an_entry_comes_back_whole, set_up, tear_down),
		cmocka_unit_test_setup_teardown(an_entry_may_be_almost_empty, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    what_is_known_is_not_written_again, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_was_unknown_is_filled_in, set_up, tear_down),
		cmocka_unit_test_setup_teardown(edits_and_versions_are_kept, set_up, tear_down),
		cmocka_unit_test_setup_teardown(names_lead_to_one_entry, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    two_arxiv_identifiers_are_two_papers, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    stronger_names_tell_posts_of_one_address_apart, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    weak_entries_are_merged_into_strong_ones, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_merge_shows_nothing_twice, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_merge_keeps_what_was_sent, set_up, tear_down),
		cmocka_unit_test(one_paper_in_every_order),
		cmocka_unit_test_setup_teardown(a_merge_loses_no_update, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_merge_keeps_what_arrived, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_archive_knows_best, set_up, tear_down),
		cmocka_unit_test_setup_teardown(sources_do_not_take_turns, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_withdrawal_leaves_the_content, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    imports_remember_how_far_they_came, set_up, tear_down),
		cmocka_unit_test_setup_teardown(one_issue_an_audience_and_date, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    issues_and_their_messages_are_kept, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    the_schema_itself_keeps_the_promise, set_up, tear_down),
		cmocka_unit_test_setup_teardown(sources_remember, set_up, tear_down),
		cmocka_unit_test_setup_teardown(audiences_are_done_when_told, set_up, tear_down),
		cmocka_unit_test_setup_teardown(recipients_come_and_go, set_up, tear_down),
		cmocka_unit_test_setup_teardown(pauses_end, set_up, tear_down),
		cmocka_unit_test_setup_teardown(who_bounced_begins_anew, set_up, tear_down),
		cmocka_unit_test_setup_teardown(suppression_wins, set_up, tear_down),
		cmocka_unit_test_setup_teardown(one_mailbox_is_one_recipient, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    configured_readers_are_learned_once, set_up, tear_down),
		cmocka_unit_test_setup_teardown(history_is_told_in_order, set_up, tear_down),
		cmocka_unit_test_setup_teardown(views_tell_people, set_up, tear_down),
		cmocka_unit_test_setup_teardown(opening_again_changes_nothing, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    an_overlay_is_a_store_like_any_other, set_up, tear_down),
		cmocka_unit_test_setup_teardown(folders_are_made_private, set_up, tear_down),
		cmocka_unit_test_setup_teardown(foreign_files_are_left_alone, set_up, tear_down),
		cmocka_unit_test_setup_teardown(runs_exclude_each_other, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    a_holder_without_a_name_still_counts, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_killed_listing_leaves_nothing, set_up, tear_down),
		cmocka_unit_test_setup_teardown(complaints_are_told_by_cause, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    what_comes_and_goes_is_one_trouble, set_up, tear_down),
		cmocka_unit_test(a_day_costs_the_same_over_any_archive),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
