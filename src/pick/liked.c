/*
 * Learns from papers what somebody likes: counts their words, chooses the terms that tell papers
 * apart, and has a linear machine weigh them. What is then said of a paper is liked_model.c's.
 */
#include "liked_model.h"

#include "digest/mem.h"

#include <math.h>
#include <stdlib.h>

/* A term counts that is in so many papers at least. */
enum { DOCUMENTS_LEAST = 5 };

/* A smaller corpus has too few papers to tell by these which words are rare, or everyone's. */
enum { SMALL_CORPUS = 500 };

/* Pairs of words are counted in turns, so that they need little memory at a time. */
enum { PAIR_TURNS = 8 };

static const struct svm_rules svm_rules = { .cost = 0.01, .tolerance = 1e-6 };

struct document {
	size_t start, count; /* of its words in the corpus's `numbers` */
	enum liked_label label;
};

struct liked_corpus {
	struct liked_words words;
	uint32_t *numbers; /* the words of all papers */
	size_t number_count, number_room;
	struct document *documents;
	size_t count, room;
	size_t label_counts[LIKED_DISLIKE + 1];
	struct liked_reader reader;
};

struct liked_corpus *
liked_corpus_new(void)
{
	struct liked_corpus *corpus = mem_alloc(sizeof(*corpus));

	*corpus = (struct liked_corpus){ .reader = LIKED_READER_INIT };
	liked_words_init(&corpus->words);
	return corpus;
}

void
liked_corpus_free(struct liked_corpus *corpus)
{
	if (corpus == NULL)
		return;
	liked_words_release(&corpus->words);
	buf_release(&corpus->reader.folded);
	mem_free(corpus->numbers);
	mem_free(corpus->documents);
	mem_free(corpus);
}

void
liked_corpus_add(struct liked_corpus *corpus, const struct entry *entry, enum liked_label label)
{
	struct document document = { .start = corpus->number_count, .label = label };
	struct str word;

	if (corpus->number_count + LIKED_PAPER_WORDS > corpus->number_room) {
		corpus->number_room = (corpus->number_count + LIKED_PAPER_WORDS) * 3 / 2;
		corpus->numbers =
		    mem_resize(corpus->numbers, corpus->number_room * sizeof(*corpus->numbers));
	}
	if (corpus->count == corpus->room) {
		corpus->room = corpus->room > 0 ? corpus->room * 2 : SMALL_CORPUS;
		corpus->documents =
		    mem_resize(corpus->documents, corpus->room * sizeof(*corpus->documents));
	}
	liked_reader_start(&corpus->reader, entry);
	while (document.count < LIKED_PAPER_WORDS && liked_reader_next(&corpus->reader, &word)) {
		uint32_t number = liked_words_add(&corpus->words, word);
		if (liked_words_is_stop(number))
			continue;
		corpus->numbers[corpus->number_count++] = number;
		document.count++;
	}
	corpus->documents[corpus->count++] = document;
	corpus->label_counts[label]++;
}

/* ---- which terms count ---- */

struct choice {
	const struct liked_corpus *corpus;
	uint32_t least, most; /* papers that a term has to be in */
	bool *is_common; /* by word: whether it is in enough papers for its pairs to be */
	struct liked_terms terms; /* being counted */
	struct liked_term *chosen;
	size_t count, room;
};

static struct choice
choice_start(const struct liked_corpus *corpus, double part_most)
{
	struct choice choice = {
		.corpus = corpus,
		.least = DOCUMENTS_LEAST,
		.most = (uint32_t)((double)corpus->count * part_most),
		.is_common = mem_array(corpus->words.count, sizeof(bool)),
	};

	if (corpus->count < SMALL_CORPUS) {
		choice.least = 1 + (uint32_t)(corpus->count * (DOCUMENTS_LEAST - 1) / SMALL_CORPUS);
		choice.most = (uint32_t)(SMALL_CORPUS * part_most);
		if (choice.most > corpus->count / 2)
			choice.most = (uint32_t)corpus->count / 2;
	}
	liked_terms_init(&choice.terms);
	return choice;
}

static void
choice_release(struct choice *choice)
{
	mem_free(choice->is_common);
	mem_free(choice->chosen);
	liked_terms_release(&choice->terms);
}

/* Keeps those of the counted terms that are in enough papers and not in too many. */
static void
keep_counted(struct choice *choice)
{
	for (uint32_t i = 0; i < choice->terms.room; i++) {
		struct liked_term term = choice->terms.items[i];
		if (term.last_document == 0 || term.document_count < choice->least)
			continue;
		if (term.second == LIKED_NO_WORD)
			choice->is_common[term.first] = true;
		if (term.document_count > choice->most)
			continue;
		if (choice->count == choice->room) {
			choice->room = choice->room > 0 ? choice->room * 2 : LIKED_FEATURES_MOST;
			choice->chosen =
			    mem_resize(choice->chosen, choice->room * sizeof(*choice->chosen));
		}
		choice->chosen[choice->count++] = term;
	}
	liked_terms_reset(&choice->terms);
}

static void
count_words(struct choice *choice)
{
	const struct liked_corpus *corpus = choice->corpus;

	for (size_t i = 0; i < corpus->count; i++) {
		const struct document *document = &corpus->documents[i];
		for (size_t j = 0; j < document->count; j++)
			liked_terms_add(&choice->terms, corpus->numbers[document->start + j],
			    LIKED_NO_WORD, (uint32_t)i + 1);
	}
	keep_counted(choice);
}

static void
count_pairs(struct choice *choice, uint32_t turn)
{
	const struct liked_corpus *corpus = choice->corpus;

	for (size_t i = 0; i < corpus->count; i++) {
		const struct document *document = &corpus->documents[i];
		const uint32_t *numbers = &corpus->numbers[document->start];
		for (size_t j = 1; j < document->count; j++) {
			if (choice->is_common[numbers[j - 1]] && choice->is_common[numbers[j]] &&
			    (numbers[j - 1] ^ numbers[j]) % PAIR_TURNS == turn)
				liked_terms_add(
				    &choice->terms, numbers[j - 1], numbers[j], (uint32_t)i + 1);
		}
	}
	keep_counted(choice);
}

/* The most frequent first, then by their text, whatever the order in which words were met. */
static int
compare_terms(const void *left, const void *right, void *context)
{
	const struct liked_term *a = left, *b = right;
	const struct liked_words *words = context;

	if (a->occurrence_count != b->occurrence_count)
		return a->occurrence_count > b->occurrence_count ? -1 : 1;
	if (a->first != b->first)
		return str_compare(
		    liked_words_text(words, a->first), liked_words_text(words, b->first));
	if (a->second == LIKED_NO_WORD || b->second == LIKED_NO_WORD)
		return a->second == LIKED_NO_WORD ? -1 : 1;
	return str_compare(liked_words_text(words, a->second), liked_words_text(words, b->second));
}

/* A model of the terms that count, not yet weighed. */
static struct liked_model *
choose_features(struct liked_corpus *corpus, double part_most)
{
	struct choice choice = choice_start(corpus, part_most);

	count_words(&choice);
	for (uint32_t turn = 0; turn < PAIR_TURNS; turn++)
		count_pairs(&choice, turn);
	if (choice.count > 0)
		qsort_r(choice.chosen, choice.count, sizeof(*choice.chosen), compare_terms,
		    &corpus->words);
	if (choice.count > LIKED_FEATURES_MOST)
		choice.count = LIKED_FEATURES_MOST;

	struct liked_model *model = liked_model_new(choice.count);
	for (size_t i = 0; i < choice.count; i++) {
		struct liked_term term = choice.chosen[i];
		double rarity =
		    log((1 + (double)corpus->count) / (1 + (double)term.document_count)) + 1;
		liked_model_add(model, term.first, term.second, rarity, 0);
	}
	choice_release(&choice);
	return model;
}

/* ---- learning ---- */

/* As how many of the others a paper counts that is disliked. */
static size_t
dislike_times(const struct liked_corpus *corpus)
{
	size_t likes = corpus->label_counts[LIKED_LIKE];
	size_t dislikes = corpus->label_counts[LIKED_DISLIKE];
	size_t times = corpus->label_counts[LIKED_OTHER] / (likes > dislikes ? likes : dislikes);

	return times > 0 ? times : 1;
}

static int
weigh(struct liked_model *model, const struct liked_corpus *corpus, struct err *err)
{
	struct svm_feature *features = mem_array(2 * LIKED_PAPER_WORDS, sizeof(*features));
	struct svm_rows *rows = svm_rows_new(model->feature_count);

	for (size_t i = 0; i < corpus->count; i++) {
		const struct document *document = &corpus->documents[i];
		size_t count = liked_vector(
		    model, &corpus->numbers[document->start], document->count, features);
		svm_rows_add(rows, features, count, document->label == LIKED_LIKE,
		    document->label == LIKED_DISLIKE ? dislike_times(corpus) : 1);
	}
	int status = svm_train(rows, &svm_rules, model->weights, &model->bias, err);
	svm_rows_free(rows);
	mem_free(features);
	return status;
}

int
liked_train(
    struct liked_model **out, struct liked_corpus *corpus, double part_most, struct err *err)
{
	struct liked_model *model = choose_features(corpus, part_most);

	/* The numbers of its words are the corpus's: that is where they come from. */
	liked_words_release(&model->words);
	model->words = corpus->words;
	liked_words_init(&corpus->words);
	int status = weigh(model, corpus, err);
	liked_corpus_free(corpus);
	if (status < 0)
		liked_model_free(model);
	else
		*out = model;
	return status;
}
