/*
 * What is learned of likes: which words count, what they say of a paper,
 * and that it comes back whole.
 */
#include "unit.h"

#include "digest/buf.h"
#include "digest/liked.h"
#include "digest/pick.h"

enum { NOISE_WORDS = 400 };

static struct entry
paper(const char *title, const char *abstract)
{
	struct entry entry;

	entry_init(&entry);
	entry.title = str_from(title);
	entry.abstract = str_from(abstract);
	return entry;
}

static void
add(struct liked_corpus *corpus, const char *title, enum liked_label label)
{
	struct entry entry = paper(title, "");

	liked_corpus_add(corpus, &entry, label);
}

/* A word of letters for a number. */
static void
add_word(struct buf *text, unsigned number)
{
	static const char *const parts[] = { "ba", "do", "fi", "gu", "ka", "le", "mo", "ni", "pu",
		"ra" };

	for (int i = 0; i < 4; i++, number /= 10)
		buf_add_string(text, parts[number % 10]);
	buf_add_char(text, ' ');
}

/* Papers about nothing: words that others have, too. */
static void
add_noise(struct liked_corpus *corpus, unsigned count)
{
	struct buf text = BUF_INIT(BUF_LIMIT);
	unsigned seed = 12345;

	for (unsigned i = 0; i < count; i++) {
		buf_reset(&text);
		for (int j = 0; j < 20; j++) {
			seed = seed * 1103515245u + 12345u;
			add_word(&text, (seed >> 16) % NOISE_WORDS);
		}
		add(corpus, text.ptr, LIKED_OTHER);
	}
	buf_release(&text);
}

static struct liked_model *
learn(struct liked_corpus *corpus)
{
	struct liked_model *model = NULL;
	struct err err = ERR_NONE;

	if (liked_train(&model, corpus, LIKED_PART_MOST, &err) < 0)
		fail_msg("%s", err.text);
	return model;
}

static double
score(const struct liked_model *model, const char *title, struct arena *arena, struct str *words)
{
	struct entry entry = paper(title, "");

	return liked_score(model, &entry, arena, words);
}

static struct liked_model *
sheep_model(unsigned noise)
{
	struct liked_corpus *corpus = liked_corpus_new();

	for (int i = 0; i < 6; i++) {
		add(corpus, "counting woolly sheep", LIKED_LIKE);
		add(corpus, "counting iron goats", LIKED_DISLIKE);
	}
	add_noise(corpus, noise);
	return learn(corpus);
}

static void
test_what_was_liked_comes_first(void **state)
{
	struct liked_model *model = sheep_model(1500);
	struct arena *arena = arena_new();
	struct str words;

	(void)state;
	double liked = score(model, "On woolly sheep", arena, &words);
	assert_str(words, "woolly sheep");
	double unknown = score(model, "Entirely unheard of", arena, &words);
	assert_str(words, "");
	double disliked = score(model, "On iron goats", arena, &words);
	assert_str(words, "");
	assert_true(liked > unknown && unknown > disliked);
	/* Of a word that stands on both sides, neither. */
	assert_true(score(model, "Counting", arena, &words) < liked);
	arena_free(arena);
	liked_model_free(model);
}

/* Case, accents and punctuation are none; words of other scripts and of one letter do not count. */
static void
test_words(void **state)
{
	static const char *const same[] = { "W\xc3\xb6olly SHEEP", "(woolly) sheep!",
		"the woolly x sheep", "woolly sheep \xe7\xbe\x8a", "woolly\xe2\x80\x94sheep 3d" };
	struct liked_model *model = sheep_model(200);
	struct arena *arena = arena_new();
	struct str words;

	(void)state;
	double expected = score(model, "woolly sheep", arena, &words);
	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++)
		assert_true(score(model, same[i], arena, &words) == expected);
	/* A word that runs into letters of another script is another word. */
	assert_true(score(model, "woolly\xce\xb1 sheep", arena, &words) != expected);
	arena_free(arena);
	liked_model_free(model);
}

static void
test_authors_count_unless_hidden(void **state)
{
	struct liked_corpus *corpus = liked_corpus_new();
	struct arena *arena = arena_new();
	struct entry entry = paper("untold", "");
	struct str words;

	(void)state;
	entry_add_author(&entry, arena, STR("Ada Moreno"), STR(""), false);
	entry_add_author(&entry, arena, STR("Zebulon Hidden"), STR(""), true);
	liked_corpus_add(corpus, &entry, LIKED_LIKE);
	liked_corpus_add(corpus, &entry, LIKED_LIKE);
	add_noise(corpus, 100);
	struct liked_model *model = learn(corpus);
	double nobody = score(model, "Nobody", arena, &words);
	assert_true(score(model, "Moreno", arena, &words) > nobody);
	assert_true(score(model, "Zebulon", arena, &words) == nobody);
	liked_model_free(model);
	arena_free(arena);
}

static void
test_same_papers_same_model(void **state)
{
	struct buf texts[2] = { BUF_INIT(BUF_LIMIT), BUF_INIT(BUF_LIMIT) };

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct liked_model *model = sheep_model(1200);
		liked_save(model, &texts[i]);
		liked_model_free(model);
	}
	assert_int_equal(texts[0].len, texts[1].len);
	assert_memory_equal(texts[0].ptr, texts[1].ptr, texts[0].len);
	buf_release(&texts[0]);
	buf_release(&texts[1]);
}

static void
test_comes_back_whole(void **state)
{
	struct buf text = BUF_INIT(BUF_LIMIT), again = BUF_INIT(BUF_LIMIT);
	struct liked_model *model = sheep_model(1200), *loaded = NULL;
	struct arena *arena = arena_new();
	struct err err = ERR_NONE;
	struct str words[2];

	(void)state;
	liked_save(model, &text);
	assert_int_equal(liked_load(&loaded, buf_str(&text), &err), 0);
	liked_save(loaded, &again);
	assert_str(buf_str(&again), text.ptr);
	assert_true(score(model, "sheep do badofigu", arena, &words[0]) ==
	    score(loaded, "sheep do badofigu", arena, &words[1]));
	assert_true(str_equal(words[0], words[1]));
	liked_model_free(loaded);
	liked_model_free(model);
	buf_release(&text);
	buf_release(&again);
	arena_free(arena);
}

static void
test_damaged_models_are_refused(void **state)
{
	static const char *const damaged[] = {
		"",
		"1\n",
		"x 0000000000000000\n",
		"-1 0000000000000000\n",
		"20001 0000000000000000\n",
		"0 7ff0000000000000\n", /* infinity */
		"0 0000000000000000\nmore\n",
		"1 0000000000000000\n",
		"1 0000000000000000\nsheep\n",
		"1 0000000000000000\nsheep - 3ff0000000000000\n",
		"1 0000000000000000\nsheep - 3ff000000000000 3ff0000000000000\n",
		"1 0000000000000000\nsheep - 3FF0000000000000 3ff0000000000000\n",
		"1 0000000000000000\nsheep - 3ff0000000000000 7ff8000000000001\n",
		"2 0000000000000000\nsheep - 3ff0000000000000 3ff0000000000000\n"
		"sheep - 3ff0000000000000 3ff0000000000000\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(damaged) / sizeof(damaged[0]); i++) {
		struct liked_model *model = NULL;
		struct err err = ERR_NONE;
		if (liked_load(&model, str_from(damaged[i]), &err) == 0)
			fail_msg("'%s' was taken", damaged[i]);
		assert_int_equal(err.code, EX_DATAERR);
		assert_null(model);
	}
}

static void
test_nothing_to_learn(void **state)
{
	struct liked_corpus *corpus = liked_corpus_new();
	struct liked_model *model = NULL;
	struct err err = ERR_NONE;

	(void)state;
	add_noise(corpus, 10);
	assert_int_equal(liked_train(&model, corpus, LIKED_PART_MOST, &err), -1);
	assert_int_equal(err.code, EX_DATAERR);
	corpus = liked_corpus_new();
	add(corpus, "counting woolly sheep", LIKED_LIKE);
	err_clear(&err);
	assert_int_equal(liked_train(&model, corpus, LIKED_PART_MOST, &err), -1);
	/* Papers without a word, and words that all have: it can be learned, and says nothing. */
	corpus = liked_corpus_new();
	add(corpus, "", LIKED_LIKE);
	add(corpus, "the of and", LIKED_OTHER);
	err_clear(&err);
	model = learn(corpus);
	struct arena *arena = arena_new();
	struct str words;
	score(model, "woolly sheep", arena, &words);
	assert_str(words, "");
	arena_free(arena);
	liked_model_free(model);
	liked_model_free(NULL);
	liked_corpus_free(NULL);
}

/* A text that never ends costs no more than a long one. */
static void
test_endless_paper(void **state)
{
	struct liked_corpus *corpus = liked_corpus_new();
	struct buf text = BUF_INIT(BUF_LIMIT);
	struct arena *arena = arena_new();
	struct str words;

	(void)state;
	for (unsigned i = 0; i < 50000; i++)
		add_word(&text, i % NOISE_WORDS);
	add(corpus, text.ptr, LIKED_OTHER);
	add(corpus, "woolly sheep", LIKED_LIKE);
	add_noise(corpus, 50);
	struct liked_model *model = learn(corpus);
	score(model, text.ptr, arena, &words);
	liked_model_free(model);
	buf_release(&text);
	arena_free(arena);
}

/* ---- the ranking ---- */

static void
test_ranking(void **state)
{
	struct liked_model *model = sheep_model(300);
	struct entry goats = paper("Iron goats", ""), sheep = paper("Woolly sheep", "");
	struct entry other = paper("Unheard of", "");
	struct pick_candidate items[] = { { .entry = &goats }, { .entry = &other },
		{ .entry = &sheep } };
	struct pick_rules rules = { .rank = "liked", .liked = model };
	struct arena *arena = arena_new();
	struct err err = ERR_NONE;

	(void)state;
	assert_int_equal(pick(items, 3, &rules, arena, &err), 0);
	assert_ptr_equal(items[0].entry, &sheep);
	assert_ptr_equal(items[2].entry, &goats);
	assert_str(items[0].why, "like what you liked: woolly sheep");
	assert_str(items[1].why, "");
	assert_true(items[0].score > items[1].score && items[1].score > items[2].score);
	/* Without anything liked, all are equal, and stay as they were. */
	rules.liked = NULL;
	assert_int_equal(pick(items, 3, &rules, arena, &err), 0);
	assert_ptr_equal(items[0].entry, &sheep);
	assert_true(items[0].score == items[2].score);
	assert_str(items[0].why, "");
	assert_true(pick_ranks_by("votes:2, liked", "liked"));
	assert_false(pick_ranks_by("votes", "liked"));
	assert_false(pick_ranks_by("liked,", "liked"));
	arena_free(arena);
	liked_model_free(model);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_was_liked_comes_first),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_authors_count_unless_hidden),
		cmocka_unit_test(test_same_papers_same_model),
		cmocka_unit_test(test_comes_back_whole),
		cmocka_unit_test(test_damaged_models_are_refused),
		cmocka_unit_test(test_nothing_to_learn),
		cmocka_unit_test(test_endless_paper),
		cmocka_unit_test(test_ranking),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
