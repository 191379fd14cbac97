/*
 * The reading budget as a knapsack: each entry is shown in one of its forms, each form has its
 * words and its worth (a multiple-choice knapsack, by dynamic programming over the words). Whole
 * numbers throughout, so that it comes out the same everywhere.
 */
#include "budget.h"

enum {
	UNITS_MOST = 2000, /* in which words are counted, so that large budgets stay cheap */
	SCORE_SCALE = 1000000,
	SCORE_LEAST = 10000, /* of what nothing speaks for: it fills what is left */
	PERCENT_OVER = 10, /* so much more is not worth taking apart an issue for */
};

/* What a form is worth of an entry's score, in twelfths. */
static const int64_t worth[ISSUE_FORM_COUNT] = {
	[ISSUE_FULL] = 12,
	[ISSUE_BRIEF] = 8,
	[ISSUE_LINE] = 3,
};

/* One entry: what each form takes, and what it is worth. */
struct choice {
	size_t words[ISSUE_FORM_COUNT];
	int64_t value;
	bool is_fixed; /* a line, whatever room there is */
};

struct knapsack {
	struct choice *choices;
	size_t count;
	size_t room; /* words, beside those of a line for each */
	size_t unit; /* words */
};

static struct choice
choice_of(const struct pick_candidate *candidate)
{
	struct choice choice = {
		.value = SCORE_LEAST + (int64_t)(candidate->score * SCORE_SCALE),
		.is_fixed = candidate->section == ISSUE_WITHDRAWN,
	};
	struct issue_item item = {
		.entry = candidate->entry,
		.section = candidate->section,
		.why = candidate->why,
	};

	for (int form = 0; form < ISSUE_FORM_COUNT; form++) {
		item.form = (enum issue_form)form;
		choice.words[form] = issue_item_words(&item);
	}
	return choice;
}

/* Words that a form takes beside those of a line. */
static size_t
extra(const struct choice *choice, enum issue_form form)
{
	return choice->words[form] > choice->words[ISSUE_LINE]
	    ? choice->words[form] - choice->words[ISSUE_LINE]
	    : 0;
}

/* Whether it is a form of its own: an abstract of one sentence is not shown in brief. */
static bool
is_choice(const struct choice *choice, enum issue_form form)
{
	if (form == ISSUE_BRIEF && choice->words[form] >= choice->words[ISSUE_FULL])
		return false;
	return !choice->is_fixed || form == ISSUE_LINE;
}

/* How many units a form needs; more than there are where it is no choice. */
static size_t
need_of(const struct knapsack *knapsack, const struct choice *choice, enum issue_form form)
{
	if (!is_choice(choice, form))
		return SIZE_MAX;
	return (extra(choice, form) + knapsack->unit - 1) / knapsack->unit;
}

/* The best that `room` units hold of the first choices, and by which form of the last of them. */
static void
fill_row(const struct knapsack *knapsack, const struct choice *choice, int64_t *best,
    unsigned char *forms, size_t units)
{
	size_t brief = need_of(knapsack, choice, ISSUE_BRIEF);
	size_t full = need_of(knapsack, choice, ISSUE_FULL);

	for (size_t room = units + 1; room-- > 0;) {
		int64_t most = best[room] + worth[ISSUE_LINE] * choice->value;
		int64_t as_brief =
		    brief <= room ? best[room - brief] + worth[ISSUE_BRIEF] * choice->value : 0;
		int64_t as_full =
		    full <= room ? best[room - full] + worth[ISSUE_FULL] * choice->value : 0;

		forms[room] = ISSUE_LINE;
		if (as_brief > most) {
			most = as_brief;
			forms[room] = ISSUE_BRIEF;
		}
		if (as_full > most) {
			most = as_full;
			forms[room] = ISSUE_FULL;
		}
		best[room] = most;
	}
}

/* What a knapsack of rounded words leaves goes to whoever comes first and has use for it. */
static void
use_rest(const struct knapsack *knapsack, enum issue_form *forms)
{
	size_t room = knapsack->room;

	for (size_t i = 0; i < knapsack->count; i++)
		room -= extra(&knapsack->choices[i], forms[i]);
	for (int form = ISSUE_FULL; form <= ISSUE_BRIEF; form++) {
		for (size_t i = 0; i < knapsack->count; i++) {
			const struct choice *choice = &knapsack->choices[i];
			size_t more = extra(choice, (enum issue_form)form);
			size_t had = extra(choice, forms[i]);

			if (forms[i] <= (enum issue_form)form ||
			    !is_choice(choice, (enum issue_form)form) || more > room + had)
				continue;
			room = room + had - more;
			forms[i] = (enum issue_form)form;
		}
	}
}

static void
solve(const struct knapsack *knapsack, enum issue_form *forms, struct arena *arena)
{
	size_t units = knapsack->room / knapsack->unit;
	size_t row = units + 1, room = units;
	int64_t *best = arena_array(arena, row, sizeof(*best));
	unsigned char *table = arena_array(arena, knapsack->count * row, 1);

	for (size_t i = 0; i < knapsack->count; i++)
		fill_row(knapsack, &knapsack->choices[i], best, table + i * row, units);
	for (size_t i = knapsack->count; i-- > 0;) {
		forms[i] = (enum issue_form)table[i * row + room];
		room -=
		    (extra(&knapsack->choices[i], forms[i]) + knapsack->unit - 1) / knapsack->unit;
	}
	use_rest(knapsack, forms);
}

void
pick_budget(struct pick_candidate *picked, size_t count, size_t minutes)
{
	struct arena *own = arena_new();
	struct knapsack knapsack = { arena_array(own, count + 1, sizeof(struct choice)), count, 0,
		1 };
	enum issue_form *forms = arena_array(own, count + 1, sizeof(*forms));
	size_t words = issue_words_in(minutes), lines = 0, all = 0;

	for (size_t i = 0; i < count && minutes > 0; i++) {
		knapsack.choices[i] = choice_of(&picked[i]);
		lines += knapsack.choices[i].words[ISSUE_LINE];
		all += knapsack.choices[i].words[ISSUE_FULL];
		forms[i] = ISSUE_LINE;
	}
	if (minutes > 0 && all > words + words * PERCENT_OVER / 100) {
		knapsack.room = words > lines ? words - lines : 0;
		knapsack.unit += knapsack.room / UNITS_MOST;
		if (knapsack.room > 0)
			solve(&knapsack, forms, own);
	} else {
		for (size_t i = 0; i < count; i++)
			forms[i] = ISSUE_FULL;
	}
	for (size_t i = 0; i < count; i++)
		picked[i].form = forms[i];
	arena_free(own);
}
