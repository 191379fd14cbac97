/*
 * Search: the same answer by the index and in memory, the index in step with the entries,
 * the order.
 */
#include "folder.h"

#include "digest/buf.h"
#include "digest/identity.h"
#include "digest/query.h"
#include "digest/source.h"
#include "digest/store.h"

/* 2026-08-20T00:00:00Z */
#define NOW ((int64_t)date_day(2026, 8, 20) * 86400)

struct fixture {
	struct folder folder;
	struct store *store;
	struct arena *arena;
	int64_t source;
};

static int
set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct source_state unused;

	folder_make(&f->folder);
	f->arena = arena_new();
	assert_ok(store_open(&f->store, folder_file(&f->folder, "digest.db"), DB_WRITE, &trouble));
	assert_ok(db_begin(store_db(f->store), &trouble));
	assert_ok(store_source(f->store, "hf", "hf", &f->source, &unused, &trouble));
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

/* What is put of an entry; what is NULL or 0 is unknown. */
struct facts {
	const char *name, *title, *abstract, *authors, *categories, *comment;
	int votes, day;
	const char *alias;
};

static struct entry *
make(struct fixture *f, const struct facts *facts)
{
	struct entry *entry = arena_alloc(f->arena, sizeof(*entry));
	struct str rest = str_from(facts->authors), item;

	entry_init(entry);
	identity_add(entry, f->arena, str_from(facts->name));
	if (facts->alias != NULL)
		identity_add(entry, f->arena, str_from(facts->alias));
	identity_finish(entry, f->arena, STR(""));
	entry_set_title(entry, f->arena, str_from(facts->title));
	entry->abstract = entry_text_paragraphs(f->arena, str_from(facts->abstract));
	while (str_next(&rest, ';', &item))
		entry_add_author(entry, f->arena, item, STR(""), false);
	rest = str_from(facts->categories);
	while (str_next(&rest, ';', &item))
		entry_add_category(entry, f->arena, item);
	entry->comment = str_from(facts->comment);
	entry->votes = facts->votes;
	entry->listed_on = date_day(2026, 7, facts->day > 0 ? facts->day : 1);
	return entry;
}

static int64_t
put(struct fixture *f, const struct facts *facts)
{
	struct store_put result;

	assert_ok(store_put(f->store, f->source, make(f, facts), NOW, &result, &trouble));
	return result.entry;
}

static struct query *
parse(const char *text)
{
	struct query *query;

	assert_ok(query_parse(&query, str_from(text), &trouble));
	return query;
}

/* The titles that a search finds, joined by bars. */
static struct str
search_with(
    struct fixture *f, const char *text, struct store_search search, struct store_found *found)
{
	struct query *query = parse(text);
	struct buf titles = BUF_INIT(BUF_LIMIT);

	search.query = query;
	search.now = NOW;
	if (search.since == 0)
		search.since = DATE_NO_DAY;
	assert_ok(store_search(f->store, &search, f->arena, found, &trouble));
	for (size_t i = 0; i < found->count; i++)
		buf_addf(&titles, "%s%.*s", i > 0 ? "|" : "", STR_ARG(found->entries[i]->title));
	struct str result = arena_copy(f->arena, buf_str(&titles));
	buf_release(&titles);
	query_free(query);
	return result;
}

static struct str
search(struct fixture *f, const char *text, enum store_order order)
{
	struct store_found found;

	return search_with(f, text, (struct store_search){ .order = order }, &found);
}

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

/* How many rows of the index have something. */
static int64_t
indexed(struct fixture *f, const char *expression)
{
	char sql[200];

	snprintf(sql, sizeof(sql), "SELECT count(*) FROM fulltext WHERE fulltext MATCH '%s'",
	    expression);
	return number(f, sql);
}

/* That SQLite finds nothing wrong with the index. */
static void
check_index(struct fixture *f)
{
	assert_ok(db_exec(store_db(f->store),
	    "INSERT INTO fulltext (fulltext) VALUES ('integrity-check')", &trouble));
}

/* ---- the index ---- */

static void
what_changes_is_found_by_its_new_words_only(void **state)
{
	struct fixture *f = *state;
	struct facts facts = { .name = "arXiv:2607.00001v1",
		.title = "Cold rivers",
		.abstract = "About ice.",
		.authors = "Ada Example" };

	put(f, &facts);
	assert_int_equal(indexed(f, "rivers"), 1);
	facts.name = "arXiv:2607.00001v2";
	facts.title = "Warm lakes";
	facts.comment = "12 pages";
	put(f, &facts);
	assert_int_equal(indexed(f, "rivers"), 0);
	assert_int_equal(indexed(f, "title : lakes AND abstract : ice AND comment : pages"), 1);
	facts.title = "Warm brooks"; /* the same version, told otherwise */
	put(f, &facts);
	assert_int_equal(indexed(f, "lakes"), 0);
	assert_int_equal(indexed(f, "brooks"), 1);
	put(f, &facts);
	assert_int_equal(indexed(f, "brooks"), 1);
	assert_int_equal(number(f, "SELECT count(*) FROM fulltext_word WHERE term = 'brooks'"), 1);
	check_index(f);
}

static void
what_another_source_adds_is_found(void **state)
{
	struct fixture *f = *state;
	struct source_state unused;

	put(f, &(struct facts){ .name = "arXiv:2607.00002", .title = "Sands" });
	assert_ok(store_source(f->store, "cl", "cl", &f->source, &unused, &trouble));
	put(f,
	    &(struct facts){ .name = "arXiv:2607.00002",
	        .title = "Sands",
	        .abstract = "On dunes.",
	        .authors = "Bo Muster",
	        .comment = "To appear",
	        .categories = "cs.CL;physics.geo-ph" });
	assert_int_equal(indexed(f, "abstract : dunes AND authors : muster"), 1);
	assert_int_equal(indexed(f, "comment : appear AND categories : \"physics geo ph\""), 1);
	assert_str(search(f, "cat:physics.* au:muster", STORE_BY_RELEVANCE), "Sands");
	assert_str(search(f, "cat:geo-ph", STORE_BY_RELEVANCE), "");
	check_index(f);
}

static void
of_two_that_are_one_the_index_has_one(void **state)
{
	struct fixture *f = *state;

	put(f,
	    &(struct facts){
	        .name = "doi:10.1000/sea", .title = "Salt seas", .abstract = "Deep." });
	put(f, &(struct facts){ .name = "arXiv:2607.00003", .title = "Sweet seas" });
	assert_int_equal(indexed(f, "seas"), 2);
	put(f,
	    &(struct facts){
	        .name = "arXiv:2607.00003", .alias = "doi:10.1000/sea", .title = "Sweet seas" });
	assert_int_equal(number(f, "SELECT count(*) FROM entry WHERE merged_into IS NOT NULL"), 1);
	assert_int_equal(indexed(f, "salt"), 0);
	assert_int_equal(indexed(f, "sweet AND abstract : deep"), 1);
	assert_str(search(f, "seas", STORE_BY_RELEVANCE), "Sweet seas");
	assert_str(search(f, "-nothing", STORE_NEWEST_FIRST), "Sweet seas");
	check_index(f);
}

static void
what_is_rolled_back_is_not_found(void **state)
{
	struct fixture *f = *state;
	struct facts facts = { .name = "arXiv:2607.00004", .title = "Old hills" };

	put(f, &facts);
	assert_ok(db_commit(store_db(f->store), &trouble));
	assert_ok(db_begin(store_db(f->store), &trouble));
	facts.title = "New hills";
	put(f, &facts);
	db_rollback(store_db(f->store));
	assert_ok(db_begin(store_db(f->store), &trouble));
	assert_int_equal(indexed(f, "old"), 1);
	assert_int_equal(indexed(f, "new"), 0);
	put(f, &facts);
	assert_int_equal(indexed(f, "old"), 0);
	assert_int_equal(indexed(f, "new"), 1);
	check_index(f);
}

/* ---- order ---- */

static void
orders(void **state)
{
	struct fixture *f = *state;
	struct store_found found;

	put(f,
	    &(struct facts){ .name = "arXiv:2607.00010",
	        .title = "Winds over cities",
	        .abstract = "Of glass.",
	        .votes = 7,
	        .day = 1 });
	put(f,
	    &(struct facts){ .name = "arXiv:2607.00011",
	        .title = "Fields",
	        .abstract = "Winds there are, and now and then over the hills some cities.",
	        .votes = 90,
	        .day = 2 });
	put(f,
	    &(struct facts){ .name = "arXiv:2607.00012",
	        .title = "Gardens",
	        .abstract = "Winds over cities are weak here.",
	        .votes = -1,
	        .day = 3 });
	assert_str(
	    search(f, "winds cities", STORE_BY_RELEVANCE), "Winds over cities|Gardens|Fields");
	assert_str(
	    search(f, "winds cities", STORE_NEWEST_FIRST), "Gardens|Fields|Winds over cities");
	assert_str(search(f, "winds cities", STORE_BY_VOTES), "Fields|Winds over cities|Gardens");
	assert_str(search(f, "votes>=1", STORE_BY_VOTES), "Fields|Winds over cities");
	assert_str(search(f, "votes>=1", STORE_BY_RELEVANCE), "Fields|Winds over cities");
	assert_str(search(f, "", STORE_NEWEST_FIRST), "Gardens|Fields|Winds over cities");

	struct store_search two = { .order = STORE_NEWEST_FIRST, .limit = 2 };
	assert_str(search_with(f, "winds", two, &found), "Gardens|Fields");
	assert_true(found.has_more);
	two.limit = 3;
	assert_str(search_with(f, "winds", two, &found), "Gardens|Fields|Winds over cities");
	assert_false(found.has_more);
	two.since = date_day(2026, 7, 2);
	assert_str(search_with(f, "winds", two, &found), "Gardens|Fields");
	two.without = found.entries[0]->id;
	assert_str(search_with(f, "winds", two, &found), "Fields");
}

static void
of_very_many_the_newest_are_ranked(void **state)
{
	struct fixture *f = *state;
	struct store_found found;
	char name[32], title[32];

	for (int i = 0; i < 5003; i++) {
		snprintf(name, sizeof(name), "arXiv:2607.%05d", i + 1);
		snprintf(title, sizeof(title), "Stone %d", i);
		put(f, &(struct facts){ .name = name, .title = title, .votes = 6000 - i });
	}
	struct store_search one = { .order = STORE_BY_VOTES, .limit = 1 };
	assert_str(search_with(f, "stone", one, &found), "Stone 3");
	assert_int_equal(found.window, 5000);
	one.order = STORE_NEWEST_FIRST;
	assert_str(search_with(f, "stone", one, &found), "Stone 5002");
	assert_int_equal(found.window, 0);
	assert_str(search_with(f, "stone 1", one, &found), "Stone 1");
	int64_t count, total;
	assert_ok(store_count_word(f->store, STR("stone"), &count, &total, &trouble));
	assert_int_equal(total, 5003);
	assert_int_equal(count, 5003);
	assert_ok(store_count_word(f->store, STR("7"), &count, &total, &trouble));
	assert_int_equal(count, 1);
}

/* What FTS5 cannot take in one piece is still found, in memory. */
static void
deep_and_long_expressions(void **state)
{
	struct fixture *f = *state;
	struct buf text = BUF_INIT(BUF_LIMIT);

	put(f, &(struct facts){ .name = "arXiv:2607.00030", .title = "Moss", .abstract = "Wet." });
	put(f, &(struct facts){ .name = "arXiv:2607.00031", .title = "Fern", .authors = "Li" });
	for (int i = 0; i < 45; i++)
		buf_addf(&text, "(x%d OR (", i);
	buf_add_string(&text, "moss wet");
	buf_add_repeat(&text, ')', 90);
	assert_str(search(f, text.ptr, STORE_BY_RELEVANCE), "Moss");
	for (int count = 300; count <= 3000; count *= 10) {
		buf_reset(&text);
		for (int i = 0; i < count; i++)
			buf_addf(&text, "word%d OR ", i);
		buf_add_string(&text, "au:li");
		assert_str(search(f, text.ptr, STORE_BY_RELEVANCE), "Fern");
		assert_str(search(f, text.ptr, STORE_NEWEST_FIRST), "Fern");
		buf_reset(&text);
		for (int i = 0; i < count; i++)
			buf_addf(&text, "NEAR(a%d b) ", i);
		assert_str(search(f, text.ptr, STORE_BY_RELEVANCE), "");
	}
	buf_release(&text);
}

/* ---- spelling ---- */

static void
the_nearest_word(void **state)
{
	static const struct {
		int column;
		const char *word, *nearest;
	} cases[] = {
		{ QUERY_COLUMN_AUTHORS, "bengio", "bengio" },
		{ QUERY_COLUMN_AUTHORS, "bengoi",
		    "bengio" }, /* two letters in each other's place */
		{ QUERY_COLUMN_AUTHORS, "begnio", "bengio" },
		{ QUERY_COLUMN_AUTHORS, "pengio", "" },
		{ QUERY_COLUMN_AUTHORS, "schmidhber", "schmidhuber" },
		{ QUERY_COLUMN_AUTHORS, "schmitdhubr", "schmidhuber" },
		{ QUERY_COLUMN_AUTHORS, "schmoodhubr", "" },
		{ QUERY_COLUMN_AUTHORS, "diffusoin", "" }, /* of a title, not of a name */
		{ QUERY_COLUMN_COUNT, "diffusoin", "diffusion" },
		{ QUERY_COLUMN_COUNT, "modl", "model" }, /* more have it than "mode" */
		{ QUERY_COLUMN_COUNT, "ba", "" },
		{ QUERY_COLUMN_COUNT, "", "" },
		{ QUERY_COLUMN_COUNT, "averyveryverylongwordthatnobodyhas", "" },
	};
	struct fixture *f = *state;
	struct str nearest;

	put(f,
	    &(struct facts){ .name = "arXiv:2607.00020",
	        .title = "A diffusion model",
	        .authors = "Yoshua Bengio" });
	put(f,
	    &(struct facts){ .name = "arXiv:2607.00021",
	        .title = "Another model",
	        .authors = "J\xc3\xbcrgen Schmidhuber" });
	put(f, &(struct facts){ .name = "arXiv:2607.00022", .title = "The mode" });
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_ok(store_nearest_word(f->store, cases[i].column, str_from(cases[i].word),
		    f->arena, &nearest, &trouble));
		assert_str(nearest, cases[i].nearest);
	}
}

/* ---- the index and memory ---- */

enum { EXPRESSIONS = 10000, SEARCHES = 200, SEED = 2026, WORDS_MOST = 400 };

struct sample {
	struct fixture *f;
	const struct entry **entries;
	const struct query_subject **subjects;
	size_t count;
	uint64_t random;
};

/* Knuth's linear congruential generator: the same expressions everywhere. */
static size_t
draw(struct sample *sample, size_t count)
{
	sample->random = sample->random * 6364136223846793005u + 1442695040888963407u;
	return (size_t)(sample->random >> 33) % count;
}

/*
 * One real entry; what the listings do not give is given by us,
 * so that every field finds something.
 */
static int
take_entry(
    void *context, const struct entry *listed, const struct source_place *place, struct err *err)
{
	static const char *const categories[] = { "cs.CL", "cs.LG", "stat.ML", "cs", "math.AG",
		"q-fin.ST", "hep-th" };
	struct sample *sample = context;
	struct entry entry = *listed;
	struct store_put put;
	size_t n = sizeof(categories) / sizeof(categories[0]);

	(void)place;
	entry.categories = NULL;
	entry.category_count = 0;
	entry_add_category(&entry, sample->f->arena, str_from(categories[draw(sample, n)]));
	entry_add_category(&entry, sample->f->arena, str_from(categories[draw(sample, n)]));
	if (draw(sample, 2) == 0)
		entry.comment = STR("Accepted at ICML 2026; 12 pages, 3 figures");
	if (draw(sample, 3) == 0)
		entry.journal_ref = STR("Proc. of ICML (2026) 12-34");
	return store_put(sample->f->store, sample->f->source, &entry, NOW, &put, err);
}

/* Some words of a text, one after the other, as they stand there: TeX, accents, punctuation. */
static struct str
some_words(struct sample *sample, struct str text, size_t most)
{
	struct str words[WORDS_MOST];
	size_t count = 0;

	while (count < WORDS_MOST && str_next_word(&text, &words[count]))
		count++;
	if (count == 0)
		return STR("");
	size_t first = draw(sample, count), last = first + draw(sample, most);
	if (last >= count)
		last = count - 1;
	return (struct str){ words[first].ptr,
		(size_t)(words[last].ptr + words[last].len - words[first].ptr) };
}

static void
add_quoted(struct buf *out, struct str words)
{
	buf_add_char(out, '"');
	for (size_t i = 0; i < words.len; i++)
		if (words.ptr[i] != '"' && words.ptr[i] != '*')
			buf_add_char(out, words.ptr[i]);
	buf_add_char(out, '"');
}

static void
add_words(struct sample *sample, const struct entry *entry, struct buf *out)
{
	static const char *const fields[] = { "", "", "", "ti:", "abs:", "comment:", "org:" };
	bool is_title = draw(sample, 3) == 0;
	struct str words = some_words(sample, is_title ? entry->title : entry->abstract, 4);

	buf_add_string(out, fields[draw(sample, 7)]);
	if (draw(sample, 12) == 0)
		words = some_words(sample, STR("Accepted at ICML 2026; 12 pages, 3 figures"), 3);
	if (draw(sample, 4) == 0) /* the beginning of a word */
		words = str_head(words, 1 + draw(sample, words.len > 0 ? words.len : 1));
	add_quoted(out, words);
	if (draw(sample, 4) == 0)
		buf_add_char(out, '*');
}

static void
add_name(struct sample *sample, const struct entry *entry, struct buf *out)
{
	struct str name, first, last = STR(""), rest, word;

	if (entry->author_count == 0)
		return;
	name = entry->authors[draw(sample, entry->author_count)].name;
	rest = name;
	if (!str_next_word(&rest, &first))
		return;
	while (str_next_word(&rest, &word))
		last = word;
	buf_add_string(out, draw(sample, 4) > 0 ? "au:" : "");
	switch (draw(sample, 4)) {
	case 0: add_quoted(out, name); return;
	case 1: add_quoted(out, last); return;
	case 2: buf_addf(out, "\"%.*s, %.*s\"", STR_ARG(last), STR_ARG(first)); return;
	default:
		buf_addf(out, "\"%.*s. %.*s\"%s", (int)(first.len > 0), first.ptr, STR_ARG(last),
		    draw(sample, 3) == 0 ? "*" : "");
		return;
	}
}

static void
add_near(struct sample *sample, const struct entry *entry, struct buf *out)
{
	struct str text = draw(sample, 3) == 0 ? entry->title : entry->abstract;

	buf_add_string(out, draw(sample, 3) == 0 ? "abs:NEAR(" : "NEAR(");
	for (size_t i = 0, count = 2 + draw(sample, 2); i < count; i++) {
		add_quoted(out, some_words(sample, text, 2));
		buf_add_string(out, draw(sample, 5) == 0 ? "* " : " ");
	}
	buf_addf(out, ", %zu)", draw(sample, 30));
}

static void
add_fact(struct sample *sample, const struct entry *entry, struct buf *out)
{
	static const char *const facts[] = { "code:yes", "code:no", "src:hf", "src:arxiv",
		"date:2026-07..", "date<2026", "date:2026-07-10..2026-07-20", "date:..2025-12-31",
		"date:400d", "listed:30d", "listed:2026-07", "listed>2026-07-15", "cat:cs",
		"cat:cs.*", "cat:hep-th", "cat:q-fin", "cat:CS.cl", "cat:q", "cat:\"-\"" };
	size_t count = sizeof(facts) / sizeof(facts[0]), which = draw(sample, count + 6);
	size_t number = draw(sample, 100);

	if (which < count)
		buf_add_string(out, facts[which]);
	else if (which == count)
		buf_addf(out, "votes>=%zu", number);
	else if (which == count + 1)
		buf_addf(out, "votes:%zu..%zu", number, number + draw(sample, 50));
	else if (which == count + 2)
		buf_addf(out, "votes<%zu", number);
	else if (which == count + 3)
		buf_addf(out, "comments:%zu..", number / 20);
	else
		buf_addf(out, "key:%.*s", STR_ARG(entry_key(entry)));
}

/* Words as they are typed, without quotes: all of them, or two within some words of one another. */
static void
add_bare_words(struct sample *sample, const struct entry *entry, struct buf *out)
{
	struct str words = some_words(sample, entry->abstract, 4), word;
	bool is_near = draw(sample, 3) == 0, is_first = true;

	while (str_next_word(&words, &word)) {
		while (word.len > 0 && !str_is_alnum(word.ptr[word.len - 1]))
			word.len--;
		if (word.len < 3 || !str_is_alnum(word.ptr[0]) || str_find_char(word, ':') >= 0)
			continue;
		if (!is_first && is_near)
			buf_addf(out, " NEAR/%zu ", draw(sample, 12));
		else if (!is_first)
			buf_add_char(out, ' ');
		buf_add(out, word);
		is_first = false;
	}
}

static void
add_expression(struct sample *sample, struct buf *out, int depth)
{
	static const char *const nots[] = { "-", "NOT " }, *const ands[] = { " ", " AND " };
	const struct entry *entry = sample->entries[draw(sample, sample->count)];

	switch (draw(sample, depth > 0 ? 14 : 8)) {
	case 0: add_name(sample, entry, out); return;
	case 1: add_fact(sample, entry, out); return;
	case 2: add_near(sample, entry, out); return;
	case 3: add_bare_words(sample, entry, out); return;
	case 8: buf_add_string(out, nots[draw(sample, 2)]); break;
	case 9:
	case 10:
		buf_add_string(out, draw(sample, 5) == 0 ? "ti:(" : "(");
		add_expression(sample, out, depth - 1);
		buf_add_string(out, " OR ");
		add_expression(sample, out, depth - 1);
		buf_add_char(out, ')');
		return;
	case 11:
	case 12:
	case 13:
		add_expression(sample, out, depth - 1);
		buf_add_string(out, ands[draw(sample, 2)]);
		break;
	default: add_words(sample, entry, out); return;
	}
	add_expression(sample, out, depth - 1);
}

/* What the index finds, by the row of each entry; everything when it cannot narrow it down. */
static void
ask_index(struct sample *sample, const struct query *query, bool *is_found, size_t rows)
{
	struct err err = ERR_NONE;
	struct query_fulltext fulltext;
	int found = 0;

	query_fulltext(query, sample->f->arena, &fulltext);
	memset(is_found, fulltext.expression.len == 0, rows * sizeof(is_found[0]));
	if (fulltext.expression.len == 0)
		return;
	struct db_stmt *stmt = db_prepare(
	    store_db(sample->f->store), "SELECT rowid FROM fulltext WHERE fulltext MATCH ?1", &err);
	assert_non_null(stmt);
	db_bind_text(stmt, 1, fulltext.expression);
	while ((found = db_step(stmt, &err)) > 0)
		is_found[db_int(stmt, 0)] = true;
	if (found < 0)
		fail_msg("%.*s: %s", STR_ARG(fulltext.expression), err.text);
}

static void
read_sample(struct sample *sample)
{
	const char *data = getenv("DIGEST_TEST_DATA");
	struct fixture *f = sample->f;
	const struct source_place start = { .format = "" };
	struct source_imported imported;
	struct store_found found;
	struct err broken = ERR_NONE;
	struct str folder =
	    arena_printf(f->arena, "%s/hf_daily", data != NULL ? data : "../shared/data");

	if (access(folder.ptr, R_OK) < 0) {
		print_message("# no real listings in %s (DIGEST_TEST_DATA)\n", folder.ptr);
		skip();
	}
	const char *const *files = source_import_files(f->arena, folder.ptr, &broken);
	for (; files != NULL && *files != NULL; files++)
		assert_ok(source_import(
		    *files, &start, take_entry, sample, f->arena, &imported, &trouble));
	search_with(f, "", (struct store_search){ .order = STORE_NEWEST_FIRST }, &found);
	assert_true(found.count > 500);
	sample->count = found.count;
	sample->entries = (const struct entry **)found.entries;
	sample->subjects =
	    arena_array(f->arena, found.count, sizeof((const struct query_subject *)NULL));
	for (size_t i = 0; i < found.count; i++)
		sample->subjects[i] = query_subject(f->arena, found.entries[i], NOW);
}

/* The whole search, with all that is after the index: those that match in memory, each once. */
static void
check_search(struct sample *sample, const struct query *query, const char *text, bool *is_match)
{
	struct store_search search = { .query = query,
		.order = (enum store_order)(strlen(text) % 3),
		.since = DATE_NO_DAY,
		.now = NOW };
	struct arena *arena = arena_new();
	struct store_found found;

	assert_ok(store_search(sample->f->store, &search, arena, &found, &trouble));
	for (size_t i = 0; i < found.count; i++) {
		int64_t id = found.entries[i]->id;
		if (!is_match[id])
			fail_msg("%s: %.*s is found, and does not match or was found before", text,
			    STR_ARG(entry_key(found.entries[i])));
		is_match[id] = false;
	}
	for (size_t i = 0; i < sample->count; i++)
		if (is_match[sample->entries[i]->id])
			fail_msg("%s: %.*s matches, and is not found", text,
			    STR_ARG(entry_key(sample->entries[i])));
	arena_free(arena);
}

/* Of how many expressions the whole search is checked: DIGEST_TEST_SEARCHES, or few. */
static size_t
searches_wanted(void)
{
	const char *text = getenv("DIGEST_TEST_SEARCHES");
	int64_t count;

	if (text == NULL || str_to_int(str_from(text), 1, EXPRESSIONS, &count) < 0)
		return SEARCHES;
	return (size_t)count;
}

static void
the_index_misses_nothing(void **state)
{
	struct sample sample = { .f = *state, .random = SEED };
	struct buf text = BUF_INIT(BUF_LIMIT);
	size_t parsed = 0, found_some = 0, narrowed = 0, every = EXPRESSIONS / searches_wanted();

	read_sample(&sample);
	size_t rows = (size_t)number(sample.f, "SELECT max(id) FROM entry") + 1;
	bool *is_found = calloc(rows, sizeof(is_found[0]));
	bool *is_match = calloc(rows, sizeof(is_match[0]));
	while (parsed < EXPRESSIONS) {
		struct err err = ERR_NONE;
		struct query *query;
		size_t matches = 0, candidates = 0;
		buf_reset(&text);
		add_expression(&sample, &text, 2);
		if (query_parse(&query, buf_str(&text), &err) < 0)
			continue; /* quoted punctuation, say */
		ask_index(&sample, query, is_found, rows);
		for (size_t i = 0; i < sample.count; i++) {
			int64_t id = sample.entries[i]->id;
			is_match[id] = query_matches(query, sample.subjects[i]);
			if (is_match[id] && !is_found[id])
				fail_msg("%s: the index does not find %.*s", text.ptr,
				    STR_ARG(entry_key(sample.entries[i])));
			matches += is_match[id];
			candidates += is_found[id];
		}
		if (parsed % every == 0)
			check_search(&sample, query, text.ptr, is_match);
		found_some += matches > 0;
		narrowed += candidates < sample.count;
		parsed++;
		query_free(query);
	}
	print_message("# %d expressions from seed %d over %zu papers: %zu found some, %zu by the "
	              "index\n",
	    EXPRESSIONS, SEED, sample.count, found_some, narrowed);
	assert_true(found_some > EXPRESSIONS / 2);
	assert_true(narrowed > EXPRESSIONS / 2);
	check_index(sample.f);
	free(is_match);
	free(is_found);
	buf_release(&text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    what_changes_is_found_by_its_new_words_only, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    what_another_source_adds_is_found, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    of_two_that_are_one_the_index_has_one, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    what_is_rolled_back_is_not_found, set_up, tear_down),
		cmocka_unit_test_setup_teardown(orders, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    of_very_many_the_newest_are_ranked, set_up, tear_down),
		cmocka_unit_test_setup_teardown(deep_and_long_expressions, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_nearest_word, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_index_misses_nothing, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
