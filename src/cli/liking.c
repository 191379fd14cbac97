/*
 * Papers and libraries of papers that somebody likes or dislikes, into the store. What is learned
 * of them is no business of the command line's.
 */
#include "liking.h"

#include "terminal.h"

#include "digest/clock.h"
#include "digest/identity.h"
#include "digest/query.h"
#include "digest/source.h"

#include <unistd.h>

/* A title of that many words is one paper's. */
enum { TITLE_WORDS_LEAST = 4, TITLE_WORDS_MOST = 40, SAME_TITLES_MOST = 16 };

struct liking {
	struct cli *cli;
	struct store *store;
	const char *list;
	bool is_liked;
	int64_t now;
	struct buf said;
	size_t known_count, told_count; /* of one file: stored entries, and others */
};

int
liking_list(const struct cli *cli, const char **list, struct err *err)
{
	*list = "";
	return cli->options->list != NULL ? cli_list(cli, list, err) : 0;
}

/* ---- one paper ---- */

static int
remember(struct liking *liking, const struct entry *entry, struct err *err)
{
	return store_put_liking(
	    liking->store, liking->list, entry, liking->is_liked, liking->now, err);
}

static int
remember_name(struct liking *liking, const char *name, struct err *err)
{
	const char *command = liking->cli->options->command;
	struct entry *entry = NULL;
	struct str alias;

	if (identity_from_user(liking->cli->arena, str_from(name), &alias) < 0)
		return err_set(err, EX_USAGE,
		    "%s: '%s' is no name of a paper and no file; try an arXiv identifier, a DOI, "
		    "a URL, or a .bib, .ris or .json file",
		    command, name);
	if (store_find(liking->store, liking->cli->arena, alias, &entry, err) < 0)
		return -1;
	if (entry == NULL)
		return err_set(err, EX_DATAERR,
		    "%s: '%s' has not been listed by any source; a .bib file that has its title "
		    "and abstract would do",
		    command, name);
	buf_addf(&liking->said, "%s %.*s: %.*s\n", liking->is_liked ? "liked" : "disliked",
	    STR_ARG(entry_key(entry)), STR_ARG(entry->title));
	return remember(liking, entry, err);
}

/* ---- files ---- */

/* The phrase that finds a title; "" when it has too few words to go by. */
static struct str
title_query(struct arena *arena, struct str words)
{
	struct str rest = words, word = STR(""), end = words;
	size_t count = 0;

	while (count < TITLE_WORDS_MOST && str_next_word(&rest, &word)) {
		end = word;
		count++;
	}
	if (count < TITLE_WORDS_LEAST)
		return STR("");
	return arena_printf(arena, "ti:\"%.*s\"",
	    STR_ARG(str_head(words, (size_t)(end.ptr - words.ptr) + end.len)));
}

/* The stored entry of that very title; NULL when there is none, or more than one. */
static int
find_by_title(struct liking *liking, struct str title, struct entry **entry, struct err *err)
{
	struct arena *arena = liking->cli->arena;
	struct str words = identity_title(arena, title);
	struct str text = title_query(arena, words);
	struct store_search search = {
		.order = STORE_NEWEST_FIRST,
		.limit = SAME_TITLES_MOST,
		.since = DATE_NO_DAY,
		.now = liking->now,
	};
	struct store_found found;
	struct query *query = NULL;
	size_t same_count = 0;

	if (text.len == 0)
		return 0;
	if (query_parse(&query, text, err) < 0)
		return -1;
	search.query = query;
	int status = store_search(liking->store, &search, arena, &found, err);
	for (size_t i = 0; status == 0 && i < found.count; i++) {
		if (!str_equal(identity_title(arena, found.entries[i]->title), words))
			continue;
		*entry = found.entries[i];
		same_count++;
	}
	if (same_count != 1)
		*entry = NULL;
	query_free(query);
	return status;
}

static int
remember_entry(
    void *context, const struct entry *told, const struct source_place *place, struct err *err)
{
	struct liking *liking = context;
	struct entry *stored = NULL;

	(void)place;
	for (size_t i = 0; i < told->alias_count && stored == NULL; i++) {
		if (store_find(liking->store, liking->cli->arena, told->aliases[i], &stored, err) <
		    0)
			return -1;
	}
	if (stored == NULL && find_by_title(liking, told->title, &stored, err) < 0)
		return -1;
	if (stored != NULL)
		liking->known_count++;
	else
		liking->told_count++;
	return remember(liking, stored != NULL ? stored : told, err);
}

static int
remember_file(struct liking *liking, const char *path, struct err *err)
{
	struct source_place from = { .format = "" };
	struct source_imported imported = { .format = "" };

	liking->known_count = liking->told_count = 0;
	if (source_import(path, &from, remember_entry, liking, liking->cli->arena, &imported, err) <
	    0)
		return err_prefix(err, "%s: '%s'", liking->cli->options->command, path);
	buf_addf(&liking->said, "%s: %s: %zu %s, %zu of them in the store", path, imported.format,
	    liking->known_count + liking->told_count, liking->is_liked ? "liked" : "disliked",
	    liking->known_count);
	if (imported.skipped_count > 0)
		buf_addf(&liking->said, ", %zu left out", imported.skipped_count);
	buf_add_char(&liking->said, '\n');
	for (size_t i = 0; i < imported.skipped_kept; i++)
		buf_addf(&liking->said, "  %.*s\n", STR_ARG(imported.skipped[i]));
	return 0;
}

/* ---- all of them ---- */

static int
remember_operands(struct liking *liking, struct err *err)
{
	for (size_t i = 0; i < liking->cli->options->operand_count; i++) {
		const char *operand = cli_operand(liking->cli, i);
		int status = access(operand, F_OK) == 0 ? remember_file(liking, operand, err)
		                                        : remember_name(liking, operand, err);
		if (status < 0)
			return -1;
	}
	return 0;
}

int
liking_remember(struct cli *cli, bool is_liked, struct err *err)
{
	struct liking liking = {
		.cli = cli, .is_liked = is_liked, .now = clock_now(), .said = BUF_INIT(BUF_LIMIT)
	};
	struct cli_store open = { 0 };
	int status = -1;

	if (liking_list(cli, &liking.list, err) < 0 ||
	    cli_open_store(cli, DB_WRITE, &open, err) < 0)
		goto out;
	liking.store = open.store;
	if (db_begin(store_db(open.store), err) < 0)
		goto out;
	if (remember_operands(&liking, err) < 0 || db_commit(store_db(open.store), err) < 0)
		db_rollback(store_db(open.store));
	else
		status = terminal_show(buf_str(&liking.said), err);
out:
	cli_close_store(&open);
	buf_release(&liking.said);
	return status;
}
