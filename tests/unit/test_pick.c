/* Picking: filters and their reasons, rankings and ties, the limit. */
#include "unit.h"

#include "digest/buf.h"
#include "digest/err.h"
#include "digest/pick.h"
#include "digest/query.h"

enum { DAY = 86400, NOW = 100 * DAY };

struct fixture {
	struct arena *arena;
	struct pick_candidate *items;
	size_t count;
	struct pick_rules rules;
	struct err err;
};

static void
set_up(struct fixture *fixture, const char *rank)
{
	*fixture = (struct fixture){
		.arena = arena_new(),
		.rules = { .rank = rank, .has_updates = true, .now = NOW },
	};
}

static struct entry *
add(struct fixture *fixture, const char *title, int votes, int64_t published_at)
{
	struct entry *entry = arena_alloc(fixture->arena, sizeof(*entry));

	entry_init(entry);
	entry->title = str_from(title);
	entry->votes = votes;
	entry->published_at = published_at;
	fixture->items =
	    arena_grow(fixture->arena, fixture->items, &fixture->count, sizeof(*fixture->items));
	fixture->items[fixture->count - 1].entry = entry;
	return entry;
}

/* The titles in their order, then the reasons: "a! b! c: reason", "!" for picked ones. */
static void
check(struct fixture *fixture, const char *expected)
{
	struct buf text = BUF_INIT(BUF_LIMIT);

	if (pick(fixture->items, fixture->count, &fixture->rules, fixture->arena, &fixture->err) <
	    0)
		fail_msg("%s", fixture->err.text);
	for (size_t i = 0; i < fixture->count; i++) {
		const struct pick_candidate *item = &fixture->items[i];

		buf_addf(&text, "%s%.*s%s", i > 0 ? " | " : "", STR_ARG(item->entry->title),
		    item->is_picked ? "!" : "");
		if (item->why.len > 0)
			buf_addf(&text, " %.*s", STR_ARG(item->why));
	}
	assert_str(buf_str(&text), expected);
	buf_release(&text);
}

static void
tear_down(struct fixture *fixture)
{
	arena_free(fixture->arena);
}

static void
without_rules_the_listing_stays(void **state)
{
	(void)state;
	struct fixture fixture;

	set_up(&fixture, "");
	check(&fixture, "");
	add(&fixture, "c", 1, 5);
	add(&fixture, "a", 9, 4);
	add(&fixture, "b", -1, 9);
	check(&fixture, "c! | a! | b!");
	fixture.rules.rank = "listing, votes";
	check(&fixture, "c! | a! | b!");
	tear_down(&fixture);
}

static void
votes_decide_and_ties_keep_their_order(void **state)
{
	(void)state;
	struct fixture fixture;

	set_up(&fixture, "votes");
	add(&fixture, "unknown", -1, 0);
	add(&fixture, "none", 0, 0);
	add(&fixture, "two", 2, 0);
	add(&fixture, "one", 1, 0);
	add(&fixture, "two more", 2, 0);
	check(
	    &fixture, "two! 2 votes | two more! 2 votes | one! 1 vote | none! 0 votes | unknown!");
	tear_down(&fixture);
}

static void
recency_knows_no_tomorrow(void **state)
{
	(void)state;
	struct fixture fixture;

	set_up(&fixture, "recency");
	add(&fixture, "undated", -1, DATE_NO_INSTANT);
	add(&fixture, "old", -1, 10 * DAY);
	add(&fixture, "now", -1, NOW);
	add(&fixture, "tomorrow", -1, NOW + 30 * (int64_t)DAY);
	add(&fixture, "listed", -1, DATE_NO_INSTANT)->listed_on = 20;
	check(&fixture,
	    "now! published on 11 April 1970 | tomorrow! published on 11 May 1970 | "
	    "listed! listed on 21 January 1970 | old! published on 11 January 1970 | undated!");
	tear_down(&fixture);
}

static void
the_next_ranking_breaks_ties(void **state)
{
	(void)state;
	struct fixture fixture;

	set_up(&fixture, "votes, recency");
	add(&fixture, "old", 3, 10 * DAY);
	add(&fixture, "new", 3, 12 * DAY);
	add(&fixture, "top", 4, 1 * DAY);
	check(&fixture,
	    "top! 4 votes; published on 2 January 1970 | "
	    "new! 3 votes; published on 13 January 1970 | "
	    "old! 3 votes; published on 11 January 1970");
	tear_down(&fixture);
}

static void
weights_are_added_up(void **state)
{
	(void)state;
	struct fixture fixture;

	/* Scores of votes: 10/(10+usual 4) and so on; of the listing: 1, 2/3, 1/3. */
	set_up(&fixture, "votes, listing:0.1");
	add(&fixture, "first", 1, 0);
	add(&fixture, "middle", 9, 0);
	add(&fixture, "last", 3, 0);
	check(&fixture, "middle! 9 votes | last! 3 votes | first! 1 vote");
	tear_down(&fixture);

	set_up(&fixture, "votes:1, listing:10");
	add(&fixture, "first", 1, 0);
	add(&fixture, "middle", 9, 0);
	add(&fixture, "last", 3, 0);
	check(&fixture, "first! 1 vote | middle! 9 votes | last! 3 votes");
	tear_down(&fixture);
}

static void
scores_lie_between_0_and_1(void **state)
{
	(void)state;
	struct fixture fixture;
	const char *help;

	for (size_t i = 0; pick_ranking_name(i, &help) != NULL; i++) {
		set_up(&fixture, pick_ranking_name(i, &help));
		add(&fixture, "unknown", -1, DATE_NO_INSTANT);
		add(&fixture, "most", INT32_MAX, INT64_MAX - 1);
		add(&fixture, "ancient", 0, INT64_MIN + 1);
		add(&fixture, "usual", 7, NOW - DAY)->listed_on = 99;
		assert_int_equal(
		    pick(fixture.items, fixture.count, &fixture.rules, fixture.arena, &fixture.err),
		    0);
		for (size_t j = 0; j < fixture.count; j++)
			assert_true(fixture.items[j].score >= 0 && fixture.items[j].score <= 1);
		for (size_t j = 1; j < fixture.count; j++)
			assert_true(fixture.items[j - 1].score >= fixture.items[j].score);
		tear_down(&fixture);
	}
}

static void
updates_come_last_or_not_at_all(void **state)
{
	(void)state;
	struct fixture fixture;

	set_up(&fixture, "votes");
	add(&fixture, "update", 9, 0);
	add(&fixture, "new", 1, 0);
	fixture.items[0].section = ISSUE_UPDATED;
	fixture.items[0].from_version = 1;
	check(&fixture, "new! 1 vote | update! 9 votes");
	assert_int_equal(fixture.items[1].from_version, 1);
	fixture.rules.has_updates = false;
	check(&fixture, "new! 1 vote | update an update, and updates are not wanted");
	tear_down(&fixture);
}

static void
withdrawals_are_told_whatever_the_rules(void **state)
{
	(void)state;
	struct fixture fixture;

	set_up(&fixture, "votes");
	add(&fixture, "taken back", 9, 0);
	add(&fixture, "cross", 5, 0);
	add(&fixture, "new", 1, 0);
	add(&fixture, "never had", 7, 0);
	fixture.items[0].section = ISSUE_WITHDRAWN;
	fixture.items[1].section = ISSUE_CROSS;
	fixture.items[3].entry->is_withdrawn = true;
	fixture.rules.has_updates = false;
	fixture.rules.limit = 1;
	check(&fixture,
	    "new! 1 vote | taken back! | cross beyond the limit of 1 | never had withdrawn");
	tear_down(&fixture);
}

static void
the_limit_says_so(void **state)
{
	(void)state;
	struct fixture fixture;

	set_up(&fixture, "votes");
	add(&fixture, "a", 1, 0);
	add(&fixture, "b", 2, 0);
	add(&fixture, "c", 3, 0);
	fixture.rules.limit = 2;
	check(&fixture, "c! 3 votes | b! 2 votes | a beyond the limit of 2");
	fixture.rules.limit = 3;
	check(&fixture, "c! 3 votes | b! 2 votes | a! 1 vote");
	tear_down(&fixture);
}

/* The titles in their order, with the initial of their form in front: "fa bb lc". */
static void
check_forms(struct fixture *fixture, const char *expected)
{
	struct buf text = BUF_INIT(BUF_LIMIT);

	if (pick(fixture->items, fixture->count, &fixture->rules, fixture->arena, &fixture->err) <
	    0)
		fail_msg("%s", fixture->err.text);
	for (size_t i = 0; i < fixture->count; i++)
		buf_addf(&text, "%s%c%.*s", i > 0 ? " " : "",
		    issue_form_name(fixture->items[i].form)[0],
		    STR_ARG(fixture->items[i].entry->title));
	assert_str(buf_str(&text), expected);
	buf_release(&text);
}

static void
likes_of_one_kind_do_not_come_first_together(void **state)
{
	(void)state;
	struct fixture fixture;

	set_up(&fixture, "votes");
	add(&fixture, "Diffusion models for video", 50, 0);
	add(&fixture, "Diffusion models for video, again", 45, 0);
	add(&fixture, "Video: diffusion models", 44, 0);
	add(&fixture, "Robots that fold laundry", 20, 0);
	check_forms(&fixture,
	    "fDiffusion models for video fDiffusion models for video, again "
	    "fVideo: diffusion models fRobots that fold laundry");
	fixture.rules.diversity = 300;
	check_forms(&fixture,
	    "fDiffusion models for video fRobots that fold laundry "
	    "fVideo: diffusion models fDiffusion models for video, again");
	/* What is cut is what came last by then. */
	fixture.rules.limit = 2;
	check_forms(&fixture,
	    "fDiffusion models for video fRobots that fold laundry "
	    "fVideo: diffusion models fDiffusion models for video, again");
	assert_false(fixture.items[2].is_picked);
	fixture.rules.diversity = 1000;
	fixture.items[0].section = ISSUE_UPDATED;
	check_forms(&fixture,
	    "fDiffusion models for video, again fRobots that fold laundry "
	    "fVideo: diffusion models fDiffusion models for video");
	tear_down(&fixture);
}

static struct str
sentences(struct fixture *fixture, size_t count, size_t words)
{
	struct buf text = BUF_INIT(BUF_LIMIT);

	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < words; j++)
			buf_addf(
			    &text, "%s%s", j == 0 ? "Begin" : " word", j + 1 == words ? ". " : "");
	struct str result = arena_copy(fixture->arena, str_trim(buf_str(&text)));
	buf_release(&text);
	return result;
}

static void
minutes_are_spent_on_what_is_wanted(void **state)
{
	(void)state;
	struct fixture fixture;

	set_up(&fixture, "votes");
	add(&fixture, "a", 90, 0)->abstract = sentences(&fixture, 4, 40);
	add(&fixture, "b", 50, 0)->abstract = sentences(&fixture, 4, 40);
	add(&fixture, "c", 1, 0)->abstract = sentences(&fixture, 4, 40);
	add(&fixture, "d", 0, 0)->abstract = sentences(&fixture, 1, 300);
	check_forms(&fixture, "fa fb fc fd");
	fixture.rules.minutes = 600;
	check_forms(&fixture, "fa fb fc fd");
	fixture.rules.minutes = 1;
	check_forms(&fixture, "fa bb lc ld");
	fixture.rules.minutes = 2;
	check_forms(&fixture, "fa fb bc ld");
	tear_down(&fixture);
}

static size_t
shown_words(const struct fixture *fixture)
{
	size_t words = 0;

	for (size_t i = 0; i < fixture->count; i++) {
		const struct pick_candidate *pick = &fixture->items[i];
		const struct issue_item item = { .entry = pick->entry,
			.section = pick->section,
			.why = pick->why,
			.form = pick->form };
		words += issue_item_words(&item);
	}
	return words;
}

/* What the forms of the first entries are worth, in twelfths of their scores. */
static double
worth_of(const struct fixture *fixture)
{
	static const double worth[] = { 12, 8, 3 };
	double sum = 0;

	for (size_t i = 0; i < fixture->count; i++)
		sum += fixture->items[i].score * worth[fixture->items[i].form];
	return sum;
}

/* Every way to show a few entries, tried out. */
static double
best_by_trying(struct fixture *fixture, size_t words)
{
	double best = 0;
	size_t ways = 1;

	for (size_t i = 0; i < fixture->count; i++)
		ways *= ISSUE_FORM_COUNT;
	for (size_t way = 0; way < ways; way++) {
		size_t rest = way;
		for (size_t i = 0; i < fixture->count; i++, rest /= ISSUE_FORM_COUNT)
			fixture->items[i].form = (enum issue_form)(rest % ISSUE_FORM_COUNT);
		if (shown_words(fixture) <= words && worth_of(fixture) > best)
			best = worth_of(fixture);
	}
	return best;
}

static void
no_other_way_shows_more(void **state)
{
	(void)state;
	uint32_t seed = 3;

	for (int round = 0; round < 20; round++) {
		struct fixture fixture;

		set_up(&fixture, "votes");
		fixture.rules.minutes = 2;
		for (int i = 0; i < 7; i++) {
			seed = seed * 1664525u + 1013904223u;
			add(&fixture, "title", 1 + (int)(seed >> 20) % 90, 0)->abstract =
			    sentences(&fixture, 1 + (seed >> 12) % 9, 12 + (seed >> 24) % 30);
		}
		assert_int_equal(
		    pick(fixture.items, fixture.count, &fixture.rules, fixture.arena, &fixture.err),
		    0);
		double got = worth_of(&fixture);
		size_t words = shown_words(&fixture);
		bool is_whole = true;
		for (size_t i = 0; i < fixture.count; i++)
			is_whole = is_whole && fixture.items[i].form == ISSUE_FULL;
		if (!is_whole) {
			assert_true(words <= issue_words_in(2));
			assert_true(got >= best_by_trying(&fixture, issue_words_in(2)) * 0.995);
		}
		tear_down(&fixture);
	}
}

static void
budgets_hold_for_many(void **state)
{
	(void)state;
	static const size_t minutes[] = { 1, 90, 600 };
	struct fixture fixture;

	set_up(&fixture, "votes");
	for (int i = 0; i < 2000; i++)
		add(&fixture, "a title of five words", i % 97, 0)->abstract =
		    sentences(&fixture, 3 + (size_t)i % 5, 20 + (size_t)i % 13);
	for (size_t i = 0; i < sizeof(minutes) / sizeof(minutes[0]); i++) {
		fixture.rules.minutes = minutes[i];
		assert_int_equal(
		    pick(fixture.items, fixture.count, &fixture.rules, fixture.arena, &fixture.err),
		    0);
		size_t words = shown_words(&fixture), wanted = issue_words_in(minutes[i]);
		/* Two thousand lines alone take more than an hour. */
		if (i == 0)
			assert_int_equal(fixture.items[0].form, ISSUE_LINE);
		else
			assert_true(words <= wanted && words > wanted * 97 / 100);
	}
	tear_down(&fixture);
}

static struct query *
parse(const char *text)
{
	struct query *query = NULL;
	struct err err = ERR_NONE;

	if (query_parse(&query, str_from(text), &err) < 0)
		fail_msg("%s", err.text);
	return query;
}

static void
filters_give_their_reasons(void **state)
{
	(void)state;
	struct fixture fixture;
	struct query *agents = parse("agents"), *robots = parse("robots"),
	             *survey = parse("survey");
	const struct query *const include[] = { agents, robots };
	const struct query *const exclude[] = { survey };
	static const char *const include_names[] = { "agents", "--match" };
	static const char *const exclude_names[] = { "'survey', digest.conf:14" };

	set_up(&fixture, "listing");
	add(&fixture, "A survey of agents", 1, 0);
	add(&fixture, "Weather", 1, 0);
	add(&fixture, "Robots", 1, 0);
	add(&fixture, "Agents", 1, 0);
	fixture.rules.exclude = exclude;
	fixture.rules.exclude_names = exclude_names;
	fixture.rules.exclude_count = 1;
	check(&fixture,
	    "Weather! | Robots! | Agents! | A survey of agents excluded by 'survey', "
	    "digest.conf:14");

	fixture.rules.include = include;
	fixture.rules.include_names = include_names;
	fixture.rules.include_count = 1;
	fixture.rules.limit = 1;
	check(&fixture,
	    "Agents! | Weather not matched by 'agents' | Robots not matched by 'agents' | "
	    "A survey of agents excluded by 'survey', digest.conf:14");

	fixture.rules.include_count = 2;
	check(&fixture,
	    "Agents! matched by 'agents' | Robots beyond the limit of 1 | "
	    "Weather not matched by 'agents' or '--match' | "
	    "A survey of agents excluded by 'survey', digest.conf:14");
	fixture.rules.limit = 0;
	fixture.rules.rank = "votes";
	check(&fixture,
	    "Agents! matched by 'agents'; 1 vote | Robots! matched by '--match'; 1 vote | "
	    "Weather not matched by 'agents' or '--match' | "
	    "A survey of agents excluded by 'survey', digest.conf:14");
	tear_down(&fixture);
	query_free(agents);
	query_free(robots);
	query_free(survey);
}

static void
picking_again_gives_the_same(void **state)
{
	(void)state;
	struct fixture fixture;
	char title[4000][16];
	uint32_t seed = 7;

	set_up(&fixture, "votes,recency");
	for (int i = 0; i < 4000; i++) {
		seed = seed * 1664525u + 1013904223u;
		snprintf(title[i], sizeof(title[i]), "%d", i);
		add(&fixture, title[i], (int)(seed >> 8) % 20, (seed >> 16) % 30 * DAY);
	}
	assert_int_equal(
	    pick(fixture.items, fixture.count, &fixture.rules, fixture.arena, &fixture.err), 0);
	for (size_t i = 1; i < fixture.count; i++) {
		const struct entry *a = fixture.items[i - 1].entry, *b = fixture.items[i].entry;

		assert_true(a->votes > b->votes ||
		    (a->votes == b->votes && a->published_at > b->published_at) ||
		    (a->votes == b->votes && a->published_at == b->published_at &&
		        strtol(a->title.ptr, NULL, 10) < strtol(b->title.ptr, NULL, 10)));
	}
	tear_down(&fixture);
}

/* What is said against a rank; "" when it is fine. */
static const char *
complaint(const char *rank, const struct pick_terms *wishes)
{
	static struct err err;

	err_clear(&err);
	if (pick_check_rank(rank, wishes, &err) == 0)
		return "";
	assert_int_equal(err.code, EX_USAGE);
	return err.text;
}

static void
unknown_rankings_are_refused(void **state)
{
	(void)state;
	struct fixture fixture;
	static const struct pick_terms none[PICK_WISH_COUNT];
	static const struct {
		const char *rank, *complaint;
	} cases[] = {
		{ "votes,recency , listing", "" },
		{ "", "" },
		{ " votes : 2 ,recency:0.5", "" },
		{ "vots", "rank: column 1: there is no ranking 'vots'; did you mean 'votes'?" },
		{ "votes, é, listing",
		    "rank: column 8: there is no ranking 'é'; did you mean 'votes'?" },
		{ "votes:2, trendin:2",
		    "rank: column 10: there is no ranking 'trendin'; did you mean 'trending'?" },
		{ "votes,,recency", "rank: column 7: the name of a ranking is missing" },
		{ "votes,", "rank: column 7: the name of a ranking is missing" },
		{ ":2", "rank: column 1: the name of a ranking is missing" },
		{ "votes:, recency",
		    "rank: column 7: '' is no weight; it is a number from 0.001 "
		    "to 1000, like 2 or 0.5" },
		{ "votes:-1",
		    "rank: column 7: '-1' is no weight; it is a number from 0.001 to "
		    "1000, like 2 or 0.5" },
		{ "votes:0",
		    "rank: column 7: '0' is no weight; it is a number from 0.001 to "
		    "1000, like 2 or 0.5" },
		{ "votes:1e9",
		    "rank: column 7: '1e9' is no weight; it is a number from 0.001 to "
		    "1000, like 2 or 0.5" },
		{ "votes,votes,votes,votes,votes,votes,votes,votes,votes",
		    "rank: column 49: more than 8 rankings" },
		{ "votes, keywords:2",
		    "rank: 'keywords' has nothing to go by; set the list's "
		    "'keywords', or leave it out" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_string_equal(complaint(cases[i].rank, none), cases[i].complaint);

	set_up(&fixture, "nonsense");
	assert_int_equal(pick(NULL, 0, &fixture.rules, fixture.arena, &fixture.err), -1);
	tear_down(&fixture);
}

/* Like the one of two papers that is nearest; what is not stored counts nothing. */
static void
what_is_like_a_named_paper_comes_first(void **state)
{
	(void)state;
	struct fixture fixture;
	static const char *const names[] = { "2607.00001", "arXiv:2607.00002v3", "10.1000/none" };
	struct pick_terms *terms = &fixture.rules.wishes[PICK_SIMILAR];
	struct pick_term bad;

	set_up(&fixture, "similar");
	terms->items = arena_array(fixture.arena, 3, sizeof(terms->items[0]));
	for (; terms->count < 3; terms->count++)
		if (pick_read_term(&terms->items[terms->count], PICK_SIMILAR,
		        str_from(names[terms->count]), fixture.arena, &fixture.err) < 0)
			fail_msg("%s", fixture.err.text);
	add(&fixture, "Songs of whales", 0, 0);
	add(&fixture, "Old maps of rivers", 0, 0);
	add(&fixture, "Sorting in place", 0, 0);
	add(&fixture, "The rivers", 0, 0);
	add(&fixture, "Sorting of rivers", 0, 0);
	check(&fixture,
	    "Songs of whales! | Old maps of rivers! | Sorting in place! | The rivers! | "
	    "Sorting of rivers!");
	terms->items[0].entry = fixture.items[3].entry;
	terms->items[1].entry = fixture.items[2].entry;
	check(&fixture,
	    "Sorting in place! like arXiv:2607.00002v3: place, sorting | "
	    "The rivers! like 2607.00001: rivers | "
	    "Sorting of rivers! like 2607.00001: rivers | "
	    "Old maps of rivers! like 2607.00001: rivers | Songs of whales!");
	assert_true(fixture.items[0].score > 0.999 && fixture.items[2].score < 0.9);
	assert_int_equal(
	    pick_read_term(&bad, PICK_SIMILAR, STR("whales"), fixture.arena, &fixture.err), -1);
	assert_int_equal(fixture.err.code, EX_USAGE);
	for (size_t i = 0; i < terms->count; i++)
		query_free(terms->items[i].query);
	tear_down(&fixture);
}

static void
rankings_are_listed(void **state)
{
	(void)state;
	static const struct pick_terms some[PICK_WISH_COUNT] = { { NULL, 1 }, { NULL, 1 },
		{ NULL, 1 }, { NULL, 1 } };
	const char *help = NULL;
	size_t count = 0;

	while (pick_ranking_name(count, &help) != NULL) {
		assert_string_equal(complaint(pick_ranking_name(count, &help), some), "");
		assert_true(strlen(help) > 5);
		count++;
	}
	assert_true(count >= 7);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_rules_the_listing_stays),
		cmocka_unit_test(votes_decide_and_ties_keep_their_order),
		cmocka_unit_test(recency_knows_no_tomorrow),
		cmocka_unit_test(the_next_ranking_breaks_ties),
		cmocka_unit_test(weights_are_added_up),
		cmocka_unit_test(scores_lie_between_0_and_1),
		cmocka_unit_test(updates_come_last_or_not_at_all),
		cmocka_unit_test(the_limit_says_so),
		cmocka_unit_test(withdrawals_are_told_whatever_the_rules),
		cmocka_unit_test(likes_of_one_kind_do_not_come_first_together),
		cmocka_unit_test(minutes_are_spent_on_what_is_wanted),
		cmocka_unit_test(no_other_way_shows_more),
		cmocka_unit_test(budgets_hold_for_many),
		cmocka_unit_test(filters_give_their_reasons),
		cmocka_unit_test(picking_again_gives_the_same),
		cmocka_unit_test(unknown_rankings_are_refused),
		cmocka_unit_test(what_is_like_a_named_paper_comes_first),
		cmocka_unit_test(rankings_are_listed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
