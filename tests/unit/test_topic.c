/* Topics: which heading a paper comes under, and when an issue has such headings at all. */
#include "unit.h"

#include "digest/buf.h"
#include "digest/issue.h"

enum { PAPERS = 40 };

struct paper {
	const char *title, *abstract, *category;
};

static struct issue_item items[PAPERS];
static struct entry entries[PAPERS];

static int
make_arena(void **state)
{
	*state = arena_new();
	return 0;
}

static int
free_arena(void **state)
{
	arena_free(*state);
	return 0;
}

static struct issue
issue_of(struct arena *arena, const struct paper *papers, size_t count)
{
	struct issue issue = { .items = items, .item_count = count };

	for (size_t i = 0; i < count; i++) {
		entry_init(&entries[i]);
		entry_set_title(&entries[i], arena, str_from(papers[i].title));
		entries[i].abstract = entry_text_paragraphs(
		    arena, str_from(papers[i].abstract != NULL ? papers[i].abstract : ""));
		if (papers[i].category != NULL)
			entry_add_category(&entries[i], arena, str_from(papers[i].category));
		items[i] = (struct issue_item){ .entry = &entries[i] };
	}
	issue_group_by_topic(&issue, arena);
	return issue;
}

/* The headings in their order, with the numbers of the papers below them. */
static void
assert_groups(const struct issue *issue, const char *expected)
{
	struct buf text = BUF_INIT(BUF_LIMIT);

	for (size_t i = 0; i < issue->item_count; i++) {
		const struct issue_item *item = &issue->items[i];

		if (i == 0 || !str_equal(item->group, issue->items[i - 1].group))
			buf_addf(&text, "%s%.*s:", i > 0 ? "; " : "", STR_ARG(item->group));
		buf_addf(&text, " %td", item->entry - entries);
	}
	assert_str(buf_str(&text), expected);
	buf_release(&text);
}

static void
papers_stand_below_what_they_are_about(void **state)
{
	static const struct paper papers[] = {
		{ "A Lantern for the Evening", NULL, NULL },
		{ "Editing Long Videos", NULL, NULL },
		{ "GUI Agents That Ask", "Video of a screen is what our agent sees.", NULL },
		{ "Proofs Without Words", "Theorems, and how they are proved.", NULL },
		{ "$\\tau$-Agents in a Shop", NULL, NULL },
		{ "Video Generation on a Phone", NULL, NULL },
		{ "Olympiad Problems for Everybody", NULL, "math.HO" },
	};
	struct issue issue = issue_of(*state, papers, 7);

	assert_int_equal(issue.grouping, ISSUE_BY_GROUP);
	assert_groups(&issue, "Video: 1 5; Agents: 2 4; Mathematics: 3 6; More: 0");
}

static void
an_abstract_or_a_category_is_enough(void **state)
{
	static const struct paper papers[] = {
		{ "First", "A robot, then robots, then robotics.", NULL },
		{ "Second", "Once a robot is named.", NULL },
		{ "Third", "", "cs.RO" },
		{ "Fourth", "Speech, speech and voices.", NULL },
		{ "Fifth", "", "eess.AS" },
		{ "Sixth", "", "cs.ROX" },
	};
	struct issue issue = issue_of(*state, papers, 6);

	assert_groups(&issue, "Robots: 0 2; Speech and music: 3 4; More: 1 5");
}

static void
words_are_whole(void **state)
{
	static const struct paper papers[] = {
		{ "Gaming the Guitar", "leanings, cleanliness, antivideo", NULL },
		{ "Safely Home", "unsafe", NULL },
		{ "A Pragmatic Storage", "ragged fragments", NULL },
		{ "Music for Two", NULL, NULL },
		{ "Musical Chairs", NULL, NULL },
		{ "Videos", NULL, NULL },
		{ "A video, at last", NULL, NULL },
	};
	struct issue issue = issue_of(*state, papers, 7);

	assert_groups(&issue, "Speech and music: 3 4; Video: 5 6; More: 0 1 2");
}

static void
few_papers_join_what_is_near(void **state)
{
	static const struct paper papers[] = {
		{ "Image Synthesis", NULL, NULL },
		{ "Code Generation by Compilers", NULL, NULL },
		{ "Video Synthesis", NULL, NULL },
		{ "Coding in Pairs", NULL, NULL },
		{ "Speech of Whales", NULL, NULL },
		{ "Meshes and Point Clouds", NULL, NULL },
	};
	struct issue issue = issue_of(*state, papers, 6);

	assert_groups(&issue, "Images, video and 3D: 0 2 5; Code: 1 3; More: 4");
}

static void
there_are_seven_headings_at_most(void **state)
{
	static const char *const titles[] = { "Robot", "Agents", "Video", "Image", "Music",
		"Coding", "Theorems", "Privacy", "Rubrics", "Retrieval", "Translation", "Proteins",
		"Chemistry", "Quantization", "Diffusion", "Benchmarks for Arenas" };
	struct paper papers[32];

	for (size_t i = 0; i < 32; i++)
		papers[i] = (struct paper){ titles[i % 16], titles[i % 16], NULL };
	struct issue issue = issue_of(*state, papers, 32);

	size_t headings = 1;
	for (size_t i = 1; i < 32; i++)
		headings += !str_equal(items[i].group, items[i - 1].group);
	assert_int_equal(headings, 8);
	assert_str(items[0].group, "Agents and robots");
	assert_str(items[31].group, "More");
	assert_int_equal(issue.item_count, 32);
}

static void
without_topics_nothing_changes(void **state)
{
	static const struct paper papers[] = {
		{ "Agents of Change", NULL, NULL },
		{ "Agents of Fortune", NULL, NULL },
		{ "Songs of Spring", NULL, NULL },
		{ "Tables of Summer", NULL, NULL },
		{ "Wines of Autumn", NULL, NULL },
		{ "Tales of Winter", NULL, NULL },
		{ "Video of the Year", NULL, NULL },
	};
	struct issue issue = issue_of(*state, papers, 7);

	assert_int_equal(issue.grouping, ISSUE_BY_DAY);
	assert_groups(&issue, ": 0 1 2 3 4 5 6");
	/*
	 * Five papers need no headings, and where all are about one thing there is nothing to tell
	 * apart.
	 */
	issue = issue_of(
	    *state, (struct paper[]){ papers[0], papers[1], papers[6], papers[6], papers[0] }, 5);
	assert_int_equal(issue.grouping, ISSUE_BY_DAY);
	issue = issue_of(*state,
	    (struct paper[]){ papers[0], papers[1], papers[0], papers[1], papers[0], papers[1] },
	    6);
	assert_int_equal(issue.grouping, ISSUE_BY_DAY);
	issue = issue_of(*state, papers, 0);
	assert_int_equal(issue.grouping, ISSUE_BY_DAY);
}

static void
news_alone_has_topics(void **state)
{
	static const struct paper papers[] = {
		{ "Video One", NULL, NULL },
		{ "Agent One", NULL, NULL },
		{ "Video Two", NULL, NULL },
		{ "Agent Two", NULL, NULL },
		{ "Video Three", NULL, NULL },
		{ "Agent Three", NULL, NULL },
	};
	struct issue issue = issue_of(*state, papers, 6);

	for (size_t i = 0; i < 6; i++)
		items[i] = (struct issue_item){ .entry = &entries[i] };
	items[5].section = ISSUE_UPDATED;
	issue.grouping = ISSUE_BY_DAY;
	issue_group_by_topic(&issue, *state);
	assert_int_equal(issue.grouping, ISSUE_BY_DAY);
	items[5].section = ISSUE_NEW;
	issue_group_by_topic(&issue, *state);
	assert_groups(&issue, "Video: 0 2 4; Agents: 1 3 5");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    papers_stand_below_what_they_are_about, make_arena, free_arena),
		cmocka_unit_test_setup_teardown(
		    an_abstract_or_a_category_is_enough, make_arena, free_arena),
		cmocka_unit_test_setup_teardown(words_are_whole, make_arena, free_arena),
		cmocka_unit_test_setup_teardown(
		    few_papers_join_what_is_near, make_arena, free_arena),
		cmocka_unit_test_setup_teardown(
		    there_are_seven_headings_at_most, make_arena, free_arena),
		cmocka_unit_test_setup_teardown(
		    without_topics_nothing_changes, make_arena, free_arena),
		cmocka_unit_test_setup_teardown(news_alone_has_topics, make_arena, free_arena),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
