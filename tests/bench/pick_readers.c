/*
 * Picks a day's papers for many readers, each with words, people and a measure of its own: what the
 * measurement of personal issues runs. Usage: pick_readers FILE READERS [alone], a paper a line:
 * votes, title, authors (by commas), abstract, with TABs between. With "alone", nothing is shared
 * between the readers. Prints how many papers were picked in all.
 */
#include "digest/pick.h"
#include "digest/query.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NOW ((int64_t)date_day(2026, 7, 27) * 86400)

struct work {
	struct arena *arena; /* of the day */
	struct arena *own; /* of one reader */
	struct pick_candidate *candidates;
	size_t count;
	uint64_t random;
};

/* Knuth's linear congruential generator: the same readers everywhere. */
static size_t
draw(struct work *work, size_t count)
{
	work->random = work->random * 6364136223846793005u + 1442695040888963407u;
	return (size_t)(work->random >> 33) % count;
}

static void
read_papers(struct work *work, FILE *file)
{
	char *line = NULL;
	size_t room = 0;
	ssize_t len;

	while ((len = getline(&line, &room, file)) > 0) {
		struct entry *entry = arena_alloc(work->arena, sizeof(*entry));
		struct str rest = arena_copy(work->arena, (struct str){ line, (size_t)len - 1 });
		struct str votes, title, authors = STR(""), name;
		int64_t number = 0;
		entry_init(entry);
		if (!str_next(&rest, '\t', &votes) || !str_next(&rest, '\t', &title) ||
		    !str_next(&rest, '\t', &authors) ||
		    str_to_int(votes, 0, INT32_MAX, &number) < 0)
			continue;
		entry_set_title(entry, work->arena, title);
		entry->abstract = rest;
		entry->votes = (int)number;
		entry->listed_on = date_day(2026, 7, 27);
		entry->published_at = NOW - (int64_t)draw(work, 7) * 86400;
		while (str_next(&authors, ',', &name))
			entry_add_author(entry, work->arena, str_trim(name), STR(""), false);
		work->candidates = arena_grow(
		    work->arena, work->candidates, &work->count, sizeof(*work->candidates));
		work->candidates[work->count - 1] = (struct pick_candidate){ .entry = entry };
	}
	free(line);
}

/* A word of some title. */
static struct str
some_word(struct work *work)
{
	struct str word = STR("model");

	for (int attempts = 0; attempts < 20; attempts++) {
		struct str rest = work->candidates[draw(work, work->count)].entry->title;
		for (size_t n = draw(work, 8); n > 0 && str_next_word(&rest, &word); n--)
			continue;
		bool is_plain = word.len > 3;
		for (size_t i = 0; i < word.len; i++)
			is_plain = is_plain && str_is_alpha(word.ptr[i]);
		if (is_plain)
			return word;
	}
	return STR("model");
}

static void
add_term(struct work *work, struct pick_rules *rules, enum pick_wish wish, struct str text)
{
	struct pick_terms *terms = &rules->wishes[wish];
	struct pick_term term;
	struct err err = ERR_NONE;

	if (pick_read_term(&term, wish, text, work->own, &err) < 0)
		return;
	terms->items = arena_grow(work->own, terms->items, &terms->count, sizeof(term));
	terms->items[terms->count - 1] = term;
}

/* What one reader wants: five words, two people, nothing about one thing, and ten papers. */
static size_t
pick_for_one(struct work *work, bool is_alone)
{
	static const char *const name = "own";
	struct pick_rules rules = {
		.rank = "keywords:2, authors:3, votes, recency:0.5", .limit = 10, .now = NOW
	};
	struct pick_candidate *own = arena_array(work->own, work->count, sizeof(*own));
	struct query *unwanted = NULL;
	const struct query *refused;
	struct err err = ERR_NONE;
	size_t picked = 0;

	for (int i = 0; i < 5; i++)
		add_term(work, &rules, PICK_KEYWORDS, some_word(work));
	for (int i = 0; i < 2; i++) {
		const struct entry *entry = work->candidates[draw(work, work->count)].entry;
		if (entry->author_count > 0)
			add_term(work, &rules, PICK_AUTHORS, entry->authors[0].name);
	}
	if (query_parse(&unwanted, some_word(work), &err) == 0) {
		refused = unwanted;
		rules.exclude = &refused;
		rules.exclude_names = &name;
		rules.exclude_count = 1;
	}
	memcpy(own, work->candidates, work->count * sizeof(*own));
	for (size_t i = 0; i < work->count && is_alone; i++)
		own[i].subject = NULL;
	if (pick(own, work->count, &rules, work->own, &err) < 0)
		fprintf(stderr, "pick_readers: %s\n", err.text);
	while (picked < work->count && own[picked].is_picked)
		picked++;
	query_free(unwanted);
	for (int wish = 0; wish < PICK_WISH_COUNT; wish++)
		for (size_t i = 0; i < rules.wishes[wish].count; i++)
			query_free(rules.wishes[wish].items[i].query);
	arena_reset(work->own);
	return picked;
}

int
main(int argc, char **argv)
{
	struct work work = { .arena = arena_new(), .own = arena_new(), .random = 2026 };
	FILE *file = argc >= 3 ? fopen(argv[1], "r") : NULL;
	bool is_alone = argc == 4 && strcmp(argv[3], "alone") == 0;
	int64_t readers = 0;
	size_t picked = 0;

	if (file == NULL || str_to_int(str_from(argv[2]), 1, 10000000, &readers) < 0) {
		fprintf(stderr, "usage: pick_readers FILE READERS [alone]\n");
		return EX_USAGE;
	}
	read_papers(&work, file);
	fclose(file);
	for (size_t i = 0; i < work.count; i++)
		work.candidates[i].subject =
		    query_subject(work.arena, work.candidates[i].entry, NOW);
	for (int64_t i = 0; i < readers && work.count > 0; i++)
		picked += pick_for_one(&work, is_alone);
	printf("%zu papers, %lld readers, %zu picked\n", work.count, (long long)readers, picked);
	arena_free(work.own);
	arena_free(work.arena);
	return 0;
}
