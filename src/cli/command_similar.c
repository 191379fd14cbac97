/*
 * digest similar KEY: stored papers with the words that tell most of one. Search itself is the
 * store's.
 */
#include "cli.h"
#include "found.h"
#include "terminal.h"

#include "digest/clock.h"
#include "digest/export.h"
#include "digest/json.h"

#include <stdlib.h>

enum {
	USUAL_LIMIT = 10,
	WORDS_MOST = 16,
	WORDS_LEAST = 4,
	WORD_LETTERS = 3, /* shorter ones tell nothing, and there are very many of them */
	TITLE_WEIGHT = 3,
	/* With more papers than that to compare, the words are not telling. */
	PAPERS_MOST = 4000,
};

struct word {
	struct str text;
	double weight; /* how often it stands there, times what finding it is worth */
	int64_t found; /* papers that have it */
};

struct words {
	struct arena *arena;
	struct word *items;
	size_t count;
};

/* ---- the words that tell most ---- */

static void
add_words(struct words *words, struct str text, double weight)
{
	struct buf plain = BUF_INIT(BUF_LIMIT);
	struct str rest, word;

	entry_add_words(&plain, text);
	rest = arena_keep(words->arena, &plain);
	while (str_next_word(&rest, &word)) {
		if (word.len < WORD_LETTERS)
			continue;
		words->items =
		    arena_grow(words->arena, words->items, &words->count, sizeof(words->items[0]));
		words->items[words->count - 1] = (struct word){ .text = word, .weight = weight };
	}
}

static int
compare_texts(const void *left, const void *right)
{
	const struct word *a = left, *b = right;
	return str_compare(a->text, b->text);
}

static int
compare_weights(const void *left, const void *right)
{
	const struct word *a = left, *b = right;

	if (a->weight != b->weight)
		return a->weight > b->weight ? -1 : 1;
	return str_compare(a->text, b->text);
}

/* Makes one of equal words. */
static void
join_equal(struct words *words)
{
	size_t kept = 0;

	if (words->count > 0)
		qsort(words->items, words->count, sizeof(words->items[0]), compare_texts);
	for (size_t i = 0; i < words->count; i++) {
		if (kept > 0 && str_equal(words->items[kept - 1].text, words->items[i].text))
			words->items[kept - 1].weight += words->items[i].weight;
		else
			words->items[kept++] = words->items[i];
	}
	words->count = kept;
}

/* What only the paper itself has leads nowhere. */
static int
weigh(struct words *words, struct store *store, struct err *err)
{
	for (size_t i = 0; i < words->count; i++) {
		struct word *word = &words->items[i];
		int64_t total;
		if (store_count_word(store, word->text, &word->found, &total, err) < 0)
			return -1;
		word->weight *= word->found > 1 ? query_weight(word->found, total) : 0;
	}
	if (words->count > 0)
		qsort(words->items, words->count, sizeof(words->items[0]), compare_weights);
	return 0;
}

/*
 * The most telling words as alternatives: so many that the papers which have one can be compared.
 */
static void
keep_telling(struct words *words, struct buf *expression)
{
	int64_t papers = 0;
	size_t kept = 0;

	for (size_t i = 0; i < words->count && kept < WORDS_MOST; i++) {
		const struct word word = words->items[i];
		bool is_too_many = papers + word.found > PAPERS_MOST && kept >= WORDS_LEAST;
		if (word.weight <= 0 || is_too_many)
			continue;
		papers += word.found;
		buf_addf(expression, "%s%.*s", kept > 0 ? " OR " : "", STR_ARG(word.text));
		words->items[kept++] = word;
	}
	words->count = kept;
}

/* ---- the command ---- */

static void
add_json(struct buf *out, const struct entry *entry, const struct words *words,
    const struct store_found *found)
{
	struct json *object = json_new_object();
	struct json *array;

	json_add_text(object, "key", entry_key(entry));
	array = json_add_array(object, "words");
	for (size_t i = 0; i < words->count; i++)
		json_add_text(array, NULL, words->items[i].text);
	found_add_json(object, found);
	json_write(object, out);
	buf_add_char(out, '\n');
	json_free(object);
}

static bool
add_export(const struct cli *cli, const struct entry *entry, const struct store_found *found,
    struct buf *out)
{
	struct export_head head = {
		.title = arena_printf(cli->arena, "Papers like %.*s", STR_ARG(entry->title)),
		.id = arena_printf(cli->arena, "similar|%.*s", STR_ARG(entry_key(entry))),
		.at = clock_now(),
	};

	return cli_export(cli, &head, found->entries, found->count, out);
}

static int
tell_similar(struct cli *cli, struct store *store, const struct entry *entry, struct err *err)
{
	int64_t limit = cli->options->limit;
	struct words words = { .arena = cli->arena };
	struct store_search search = {
		.order = STORE_BY_RELEVANCE,
		.limit = limit == OPTIONS_UNSET ? USUAL_LIMIT : (size_t)limit,
		.since = cli->options->since,
		.now = clock_now(),
		.without = entry->id,
	};
	struct buf text = BUF_INIT(BUF_LIMIT), expression = BUF_INIT(BUF_LIMIT);
	struct store_found found = { 0 };
	struct query *query = NULL;
	int status;

	add_words(&words, entry->title, TITLE_WEIGHT);
	add_words(&words, entry->abstract, 1);
	join_equal(&words);
	status = weigh(&words, store, err);
	keep_telling(&words, &expression);
	if (status == 0)
		status = query_parse(&query, buf_str(&expression), err);
	search.query = query;
	if (status == 0 && words.count > 0)
		status = store_search(store, &search, cli->arena, &found, err);
	if (status == 0 && cli_wants_json(cli))
		add_json(&text, entry, &words, &found);
	else if (status == 0 && !add_export(cli, entry, &found, &text))
		found_add_text(&text, &found, query);
	if (status == 0)
		status = terminal_show(buf_str(&text), err);
	query_free(query);
	buf_release(&expression);
	buf_release(&text);
	return status;
}

int
command_similar(struct cli *cli, struct err *err)
{
	struct cli_store open = { 0 };
	struct entry *entry = NULL;
	int status = -1;

	if (cli_check_operands(cli, 1, 1, err) == 0 &&
	    cli_open_store(cli, DB_OVERLAY, &open, err) == 0 &&
	    cli_find_entry(cli, open.store, &entry, err) == 0)
		status = tell_similar(cli, open.store, entry, err);
	cli_close_store(&open);
	return status;
}
