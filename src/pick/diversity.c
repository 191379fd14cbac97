/*
 * Diversity among the first: see diversity.h. What an entry is worth by itself is the rankings'.
 */
#include "diversity.h"

#include "digest/buf.h"

#include <stdlib.h>

enum { PLACES_MOST = 1000, LETTERS_LEAST = 3 };

/* The words of a title, sorted, each once. */
struct words {
	struct str *items;
	size_t count;
};

static int
compare_words(const void *left, const void *right)
{
	return str_compare(*(const struct str *)left, *(const struct str *)right);
}

/* Short words are in every title, and alike in nothing. */
static struct words
words_of(struct arena *arena, const struct entry *entry)
{
	struct buf text = BUF_INIT(BUF_LIMIT);
	struct words words = { NULL, 0 };
	size_t kept = 0;
	struct str word;

	entry_add_words(&text, entry->title);
	struct str rest = arena_keep(arena, &text);
	while (str_next_word(&rest, &word)) {
		if (word.len < LETTERS_LEAST)
			continue;
		words.items = arena_grow(arena, words.items, &words.count, sizeof(word));
		words.items[words.count - 1] = word;
	}
	if (words.count > 0)
		qsort(words.items, words.count, sizeof(word), compare_words);
	for (size_t i = 0; i < words.count; i++)
		if (kept == 0 || !str_equal(words.items[i], words.items[kept - 1]))
			words.items[kept++] = words.items[i];
	words.count = kept;
	return words;
}

/* The words that two titles share, of all that they have: Jaccard's index. */
static double
likeness(const struct words *a, const struct words *b)
{
	size_t i = 0, j = 0, shared = 0;

	while (i < a->count && j < b->count) {
		int order = str_compare(a->items[i], b->items[j]);
		shared += order == 0;
		i += order <= 0;
		j += order >= 0;
	}
	return shared > 0 ? (double)shared / (double)(a->count + b->count - shared) : 0;
}

/* A place that waits for its turn, or has had it. */
struct waiting {
	struct pick_place place;
	struct words words;
	double most_alike; /* to those before it */
	bool is_done;
};

/* The one whose turn it is: the best, and the first of equals. */
static size_t
find_next(const struct waiting *waiting, size_t count, double diversity)
{
	size_t best = count;
	double most = 0;

	for (size_t i = 0; i < count; i++) {
		double worth = (1 - diversity) * waiting[i].place.candidate->score -
		    diversity * waiting[i].most_alike;

		if (waiting[i].is_done || (best < count && worth <= most))
			continue;
		best = i;
		most = worth;
	}
	return best;
}

static void
diversify_section(struct arena *arena, struct pick_place *places, size_t count, double diversity)
{
	struct waiting *waiting = arena_array(arena, count + 1, sizeof(*waiting));

	for (size_t i = 0; i < count; i++) {
		waiting[i].place = places[i];
		waiting[i].words = words_of(arena, places[i].candidate->entry);
	}
	for (size_t done = 0; done < count; done++) {
		struct waiting *next = &waiting[find_next(waiting, count, diversity)];

		next->is_done = true;
		places[done] = next->place;
		for (size_t i = 0; i < count; i++) {
			double alike =
			    waiting[i].is_done ? 0 : likeness(&next->words, &waiting[i].words);
			if (alike > waiting[i].most_alike)
				waiting[i].most_alike = alike;
		}
	}
}

void
pick_diversify(const struct pick_field *field, struct pick_place *places)
{
	double diversity = (double)field->rules->diversity / 1000;
	size_t start = 0;

	for (size_t i = 1; i <= field->count && diversity > 0; i++) {
		if (i < field->count &&
		    places[i].candidate->section == places[start].candidate->section)
			continue;
		size_t count = i - start < PLACES_MOST ? i - start : PLACES_MOST;
		diversify_section(field->arena, places + start, count, diversity);
		start = i;
	}
}
