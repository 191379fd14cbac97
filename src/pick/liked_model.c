/*
 * What a model of somebody's likes says of a paper, and how it becomes bytes. How it is learned is
 * liked.c's.
 */
#include "liked_model.h"

#include "digest/mem.h"

#include <inttypes.h>
#include <math.h>

enum { REASON_TERMS = 3 };

/*
 * Two words that belong together tell more than either:
 * they are named first unless they weigh less.
 */
static const double pair_bonus = 1.5;

struct liked_model *
liked_model_new(size_t feature_room)
{
	struct liked_model *model = mem_alloc(sizeof(*model));

	liked_words_init(&model->words);
	liked_terms_init(&model->terms);
	model->features = mem_array(feature_room, sizeof(*model->features));
	model->places = mem_array(feature_room, sizeof(*model->places));
	model->rarity = mem_array(feature_room, sizeof(*model->rarity));
	model->weights = mem_array(feature_room, sizeof(*model->weights));
	return model;
}

void
liked_model_add(
    struct liked_model *model, uint32_t first, uint32_t second, double rarity, double weight)
{
	struct liked_term *term = liked_terms_add(&model->terms, first, second, 1);

	term->feature = model->feature_count;
	model->features[model->feature_count] = *term;
	model->rarity[model->feature_count] = rarity;
	model->weights[model->feature_count++] = weight;
}

void
liked_model_free(struct liked_model *model)
{
	if (model == NULL)
		return;
	liked_words_release(&model->words);
	liked_terms_release(&model->terms);
	mem_free(model->features);
	mem_free(model->places);
	mem_free(model->rarity);
	mem_free(model->weights);
	mem_free(model);
}

/* ---- features ---- */

/* Counts a term of the paper when it is a feature. */
static size_t
add_feature(const struct liked_model *model, uint32_t first, uint32_t second,
    struct svm_feature *features, size_t count)
{
	const struct liked_term *term = liked_terms_find(&model->terms, first, second);

	if (term == NULL)
		return count;
	uint32_t *place = &model->places[term->feature];
	if (*place == 0) {
		features[count] = (struct svm_feature){ term->feature, 0 };
		*place = (uint32_t)++count;
	}
	features[*place - 1].value += 1;
	return count;
}

size_t
liked_vector(const struct liked_model *model, const uint32_t *words, size_t count,
    struct svm_feature *features)
{
	size_t feature_count = 0;
	double square = 0;

	for (size_t i = 0; i < count; i++) {
		if (words[i] == LIKED_NO_WORD)
			continue;
		feature_count =
		    add_feature(model, words[i], LIKED_NO_WORD, features, feature_count);
		if (i + 1 < count && words[i + 1] != LIKED_NO_WORD)
			feature_count =
			    add_feature(model, words[i], words[i + 1], features, feature_count);
	}
	for (size_t i = 0; i < feature_count; i++) {
		uint32_t index = features[i].index;
		model->places[index] = 0;
		features[i].value = (1 + log(features[i].value)) * model->rarity[index];
		square += features[i].value * features[i].value;
	}
	for (size_t i = 0; i < feature_count; i++)
		features[i].value /= sqrt(square);
	return feature_count;
}

/* ---- scores ---- */

/* What of a paper speaks for it. */
struct share {
	uint32_t feature;
	double value;
};

/* Keeps the greatest shares, the greatest first. */
static void
keep_share(struct share shares[REASON_TERMS], struct share share)
{
	for (int i = 0; i < REASON_TERMS; i++) {
		if (share.value > shares[i].value) {
			struct share smaller = shares[i];
			shares[i] = share;
			share = smaller;
		}
	}
}

/* Whether a word of the term stands in one of the terms already. */
static bool
is_said(const struct liked_term *term, const struct liked_term *const *said, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct liked_term *other = said[i];
		if (term->first == other->first || term->first == other->second ||
		    (term->second != LIKED_NO_WORD &&
		        (term->second == other->first || term->second == other->second)))
			return true;
	}
	return false;
}

static struct str
reason_of(
    const struct liked_model *model, const struct share shares[REASON_TERMS], struct arena *arena)
{
	const struct liked_term *said[REASON_TERMS];
	struct str text = STR("");
	size_t count = 0;

	for (int i = 0; i < REASON_TERMS && shares[i].value > 0; i++) {
		const struct liked_term *term = &model->features[shares[i].feature];
		bool is_pair = term->second != LIKED_NO_WORD;
		if (is_said(term, said, count))
			continue;
		struct str first = liked_words_text(&model->words, term->first);
		struct str second =
		    is_pair ? liked_words_text(&model->words, term->second) : STR("");
		text = arena_printf(arena, "%.*s%s%.*s%s%.*s", STR_ARG(text), count > 0 ? ", " : "",
		    STR_ARG(first), is_pair ? " " : "", STR_ARG(second));
		said[count++] = term;
	}
	return text;
}

/* The words of a paper by number; LIKED_NO_WORD for those that are none of the model's. */
static size_t
read_words(const struct liked_model *model, struct liked_reader *reader, uint32_t *numbers)
{
	size_t count = 0;
	struct str word;

	while (count < LIKED_PAPER_WORDS && liked_reader_next(reader, &word)) {
		uint32_t number = liked_words_find(&model->words, word);
		if (!liked_words_is_stop(number))
			numbers[count++] = number;
	}
	return count;
}

double
liked_score(const struct liked_model *model, const struct entry *entry, struct arena *arena,
    struct str *words)
{
	struct liked_reader reader = LIKED_READER_INIT;
	struct share shares[REASON_TERMS] = { { 0, 0 } };
	double sum = 0;

	liked_reader_start(&reader, entry);
	/* A word has two letters at least, and something stands between two words. */
	size_t room = reader.rest.len / 3 + 1;
	uint32_t *numbers = mem_array(room, sizeof(*numbers));
	struct svm_feature *features = mem_array(2 * room, sizeof(*features));
	size_t count = read_words(model, &reader, numbers);
	count = liked_vector(model, numbers, count, features);
	for (size_t i = 0; i < count; i++) {
		double value = features[i].value * model->weights[features[i].index];
		sum += value;
		if (model->features[features[i].index].second != LIKED_NO_WORD)
			value *= pair_bonus;
		keep_share(shares, (struct share){ features[i].index, value });
	}
	*words = sum > 0 ? reason_of(model, shares, arena) : STR("");
	buf_release(&reader.folded);
	mem_free(features);
	mem_free(numbers);
	return sum + model->bias;
}

/* ---- as bytes ---- */

/*
 * Lines: how many features there are, and the bias; and of each feature its words (the second as
 * "-" when there is none), rarity and weight. Numbers that are no counts are written as their bits,
 * so that they come back as they were.
 */

static void
save_number(struct buf *out, double number)
{
	uint64_t bits;

	memcpy(&bits, &number, sizeof(bits));
	buf_addf(out, " %016" PRIx64, bits);
}

void
liked_save(const struct liked_model *model, struct buf *out)
{
	buf_addf(out, "%" PRIu32, model->feature_count);
	save_number(out, model->bias);
	buf_add_char(out, '\n');
	for (uint32_t i = 0; i < model->feature_count; i++) {
		const struct liked_term *term = &model->features[i];
		buf_add(out, liked_words_text(&model->words, term->first));
		buf_add_char(out, ' ');
		buf_add(out,
		    term->second != LIKED_NO_WORD ? liked_words_text(&model->words, term->second)
		                                  : STR("-"));
		save_number(out, model->rarity[i]);
		save_number(out, model->weights[i]);
		buf_add_char(out, '\n');
	}
}

static int
load_number(struct str *line, double *number)
{
	struct str text;
	uint64_t bits = 0;

	if (!str_next_word(line, &text) || text.len != 16)
		return -1;
	for (size_t i = 0; i < text.len; i++) {
		const char *digit = strchr("0123456789abcdef", text.ptr[i]);
		if (digit == NULL || *digit == '\0')
			return -1;
		bits = bits << 4 | (uint64_t)(digit - "0123456789abcdef");
	}
	memcpy(number, &bits, sizeof(bits));
	return isfinite(*number) ? 0 : -1;
}

static int
load_feature(struct liked_model *model, struct str line)
{
	struct str first, second;
	double rarity, weight;

	if (!str_next_word(&line, &first) || !str_next_word(&line, &second) ||
	    load_number(&line, &rarity) < 0 || load_number(&line, &weight) < 0)
		return -1;
	uint32_t a = liked_words_add(&model->words, first), b = LIKED_NO_WORD;
	if (!str_is(second, "-"))
		b = liked_words_add(&model->words, second);
	if (liked_terms_find(&model->terms, a, b) != NULL)
		return -1;
	liked_model_add(model, a, b, rarity, weight);
	return 0;
}

int
liked_load(struct liked_model **out, struct str bytes, struct err *err)
{
	struct str line = STR(""), text = STR("");
	struct liked_model *model = NULL;
	int64_t count = 0;
	double bias;

	if (!str_next_line(&bytes, &line) || !str_next_word(&line, &text) ||
	    str_to_int(text, 0, LIKED_FEATURES_MOST, &count) < 0 || load_number(&line, &bias) < 0)
		goto out;
	model = liked_model_new((size_t)count);
	model->bias = bias;
	while (model->feature_count < count && str_next_line(&bytes, &line) &&
	    load_feature(model, line) == 0)
		continue;
	if (model->feature_count == count && bytes.len == 0) {
		*out = model;
		return 0;
	}
out:
	liked_model_free(model);
	return err_set(err, EX_DATAERR, "what was learned of likes is damaged");
}
