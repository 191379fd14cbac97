/*
 * By how much an entry is like one of the papers that the list names: the cosine of the angle
 * between their words, each weighed by how often it is there and how few of the day's entries have
 * it.
 */
#include "ranking.h"

#include "liked_words.h"

#include <math.h>
#include <stdlib.h>

enum { REASON_WORDS = 3 };

struct part {
	uint32_t word;
	double weight;
};

/* The words of a paper by their numbers, ascending. */
struct vector {
	struct part *parts;
	size_t count;
};

struct likeness {
	const struct pick_term *term; /* the paper that it is most like */
	struct str words; /* those that they share */
};

/* What is compared: the papers that are known, and after them the entries. */
struct comparison {
	const struct pick_field *field;
	struct liked_words words;
	struct liked_reader reader;
	const struct pick_term **terms; /* of the papers */
	size_t paper_count, count;
	struct vector *vectors;
};

/* ---- vectors ---- */

static int
compare_parts(const void *left, const void *right)
{
	const struct part *a = left, *b = right;

	return (a->word > b->word) - (a->word < b->word);
}

/* How often each word is there. */
static struct vector
count_words(struct comparison *all, const struct entry *entry)
{
	struct vector vector = { NULL, 0 };
	size_t kept = 0;
	struct str word;

	liked_reader_start(&all->reader, entry);
	while (liked_reader_next(&all->reader, &word)) {
		uint32_t number = liked_words_add(&all->words, word);
		if (liked_words_is_stop(number))
			continue;
		vector.parts = arena_grow(
		    all->field->arena, vector.parts, &vector.count, sizeof(*vector.parts));
		vector.parts[vector.count - 1] = (struct part){ number, 1 };
	}
	if (vector.count > 0)
		qsort(vector.parts, vector.count, sizeof(*vector.parts), compare_parts);
	for (size_t i = 0; i < vector.count; i++) {
		if (kept > 0 && vector.parts[kept - 1].word == vector.parts[i].word)
			vector.parts[kept - 1].weight++;
		else
			vector.parts[kept++] = vector.parts[i];
	}
	vector.count = kept;
	return vector;
}

/* Makes weights of the counts, and each vector as long as any other. */
static void
weigh(struct comparison *all)
{
	double *found =
	    arena_array(all->field->arena, (size_t)all->words.count + 1, sizeof(*found));

	for (size_t i = 0; i < all->count; i++)
		for (size_t j = 0; j < all->vectors[i].count; j++)
			found[all->vectors[i].parts[j].word]++;
	for (size_t i = 0; i < all->count; i++) {
		struct vector *vector = &all->vectors[i];
		double square = 0;
		for (size_t j = 0; j < vector->count; j++) {
			struct part *part = &vector->parts[j];
			double rarity = log((1 + (double)all->count) / (1 + found[part->word])) + 1;
			part->weight = (1 + log(part->weight)) * rarity;
			square += part->weight * part->weight;
		}
		for (size_t j = 0; j < vector->count; j++)
			vector->parts[j].weight /= sqrt(square);
	}
}

static void
read_all(struct comparison *all)
{
	const struct pick_field *field = all->field;
	const struct pick_terms *terms = &field->rules->wishes[PICK_SIMILAR];

	all->terms = arena_array(field->arena, terms->count + 1, sizeof(struct pick_term *));
	all->vectors =
	    arena_array(field->arena, terms->count + field->count + 1, sizeof(*all->vectors));
	for (size_t i = 0; i < terms->count; i++) {
		if (terms->items[i].entry == NULL)
			continue;
		all->terms[all->paper_count++] = &terms->items[i];
		all->vectors[all->count++] = count_words(all, terms->items[i].entry);
	}
	for (size_t i = 0; i < field->count; i++)
		all->vectors[all->count++] = count_words(all, field->candidates[i]->entry);
	weigh(all);
}

/* ---- likeness ---- */

/* The cosine of the angle between two; `best`, the words that make most of it, may be NULL. */
static double
cosine(const struct vector *a, const struct vector *b, struct part best[REASON_WORDS])
{
	double sum = 0;

	for (size_t i = 0, j = 0; i < a->count && j < b->count;) {
		if (a->parts[i].word != b->parts[j].word) {
			if (a->parts[i].word < b->parts[j].word)
				i++;
			else
				j++;
			continue;
		}
		struct part part = { a->parts[i].word, a->parts[i].weight * b->parts[j].weight };
		i++;
		j++;
		sum += part.weight;
		for (int k = 0; best != NULL && k < REASON_WORDS; k++) {
			if (part.weight > best[k].weight) {
				struct part smaller = best[k];
				best[k] = part;
				part = smaller;
			}
		}
	}
	return sum;
}

static struct str
shared_words(const struct comparison *all, const struct vector *a, const struct vector *b)
{
	struct part best[REASON_WORDS] = { { 0, 0 } };
	struct str names[REASON_WORDS];
	size_t count = 0;

	cosine(a, b, best);
	while (count < REASON_WORDS && best[count].weight > 0) {
		names[count] = liked_words_text(&all->words, best[count].word);
		count++;
	}
	return pick_join(all->field->arena, names, count, ", ");
}

static void
score_one(const struct comparison *all, size_t index, struct pick_score *score)
{
	const struct vector *entry = &all->vectors[all->paper_count + index];
	size_t best = 0;

	for (size_t i = 0; i < all->paper_count; i++) {
		double value = cosine(&all->vectors[i], entry, NULL);
		if (value > score->value) {
			score->value = value < 1 ? value : 1;
			best = i;
		}
	}
	if (score->value == 0)
		return;
	struct likeness *likeness = arena_alloc(all->field->arena, sizeof(*likeness));
	likeness->term = all->terms[best];
	likeness->words = shared_words(all, &all->vectors[best], entry);
	score->basis = likeness;
}

static void
score(const struct pick_field *field, struct pick_score *scores)
{
	struct comparison all = { .field = field, .reader = LIKED_READER_INIT };

	liked_words_init(&all.words);
	read_all(&all);
	for (size_t i = 0; i < field->count; i++)
		score_one(&all, i, &scores[i]);
	liked_words_release(&all.words);
	buf_release(&all.reader.folded);
}

static struct str
why(const struct pick_field *field, size_t index, const struct pick_score *score)
{
	const struct likeness *likeness = score->basis;

	(void)index;
	if (likeness == NULL)
		return STR("");
	return arena_printf(field->arena, "like %.*s: %.*s", STR_ARG(likeness->term->name),
	    STR_ARG(likeness->words));
}

const struct pick_ranking pick_ranking_similar = {
	.name = "similar",
	.help = "like the papers that the list's 'similar' names first",
	.has_wish = true,
	.wish = PICK_SIMILAR,
	.score = score,
	.why = why,
};
