/*
 * From a rank to an order: reads "votes:2, recency", has the rankings score the candidates, and
 * sorts them. What a score stands for is each ranking's own business.
 */
#include "order.h"

#include <stdlib.h>

enum { WEIGHT_ONE = 1000, WEIGHT_MOST = 1000 * WEIGHT_ONE };

static const struct pick_ranking *const rankings[] = {
#define RANKING(name) &pick_ranking_##name,
#include "rankings.def"
#undef RANKING
};

enum { RANKING_COUNT = sizeof(rankings) / sizeof(*rankings) };

const char *
pick_ranking_name(size_t index, const char **help)
{
	if (index >= RANKING_COUNT)
		return NULL;
	*help = rankings[index]->help;
	return rankings[index]->name;
}

/* ---- what a rank says ---- */

static const struct pick_ranking *
nearest_ranking(struct str name)
{
	const struct pick_ranking *nearest = rankings[0];
	size_t least = SIZE_MAX;

	for (size_t i = 0; i < RANKING_COUNT; i++) {
		size_t distance = str_distance(name, str_from(rankings[i]->name));

		if (distance < least) {
			nearest = rankings[i];
			least = distance;
		}
	}
	return nearest;
}

static const struct pick_ranking *
find_ranking(struct str name)
{
	for (size_t i = 0; i < RANKING_COUNT; i++)
		if (str_is(name, rankings[i]->name))
			return rankings[i];
	return NULL;
}

/* The column, counted in characters from 1, at which a piece of the rank begins. */
static size_t
column_of(const char *rank, struct str piece)
{
	size_t column = 1;

	for (const char *c = rank; c < piece.ptr; c++)
		column += ((unsigned char)*c & 0xc0) != 0x80;
	return column;
}

/* Adds "votes" or "votes:2". */
static int
add_ranking(struct pick_order *order, const char *rank, struct str item, struct err *err)
{
	ptrdiff_t colon = str_find_char(item, ':');
	struct str name = str_trim(str_head(item, colon < 0 ? item.len : (size_t)colon));
	struct str weight = str_trim(str_skip(item, (size_t)colon + 1));
	const struct pick_ranking *ranking = find_ranking(name);
	int64_t thousandths = WEIGHT_ONE;

	if (order->count == PICK_RANKINGS_MOST)
		return err_set(err, EX_USAGE, "rank: column %zu: more than %d rankings",
		    column_of(rank, item), PICK_RANKINGS_MOST);
	if (name.len == 0)
		return err_set(err, EX_USAGE, "rank: column %zu: the name of a ranking is missing",
		    column_of(rank, item));
	if (ranking == NULL)
		return err_set(err, EX_USAGE,
		    "rank: column %zu: there is no ranking '%.*s'; did you mean '%s'?",
		    column_of(rank, name), STR_ARG(str_head(name, 40)),
		    nearest_ranking(name)->name);
	if (colon >= 0 && str_to_thousandths(weight, 1, WEIGHT_MOST, &thousandths) < 0)
		return err_set(err, EX_USAGE,
		    "rank: column %zu: '%.*s' is no weight; "
		    "it is a number from 0.001 to 1000, like 2 or 0.5",
		    column_of(rank, weight), STR_ARG(str_head(weight, 40)));
	order->rankings[order->count] = ranking;
	order->weights[order->count++] = thousandths;
	order->has_weights |= colon >= 0;
	return 0;
}

int
pick_order_parse(struct pick_order *order, const char *rank, struct err *err)
{
	struct str rest = str_trim(str_from(rank)), item;
	bool has_more = true;

	*order = (struct pick_order){ .count = 0 };
	if (rest.len == 0)
		rest = str_from(rank = "listing");
	/* Not str_next(): what follows a last comma is a missing name, too. */
	while (has_more) {
		ptrdiff_t comma = str_find_char(rest, ',');
		has_more = comma >= 0;
		item = str_trim(str_head(rest, has_more ? (size_t)comma : rest.len));
		if (add_ranking(order, rank, item, err) < 0)
			return -1;
		rest = str_skip(rest, (size_t)comma + 1);
	}
	return 0;
}

int
pick_check_rank(const char *rank, const struct pick_terms *wishes, struct err *err)
{
	struct pick_order order;

	if (pick_order_parse(&order, rank, err) < 0)
		return -1;
	for (size_t i = 0; i < order.count; i++) {
		const struct pick_ranking *ranking = order.rankings[i];
		if (ranking->has_wish && wishes[ranking->wish].count == 0)
			return err_set(err, EX_USAGE,
			    "rank: '%s' has nothing to go by; set the list's '%s', or leave it out",
			    ranking->name, pick_wish_name(ranking->wish));
	}
	return 0;
}

bool
pick_ranks_by(const char *rank, const char *name)
{
	struct pick_order order;
	struct err unused = ERR_NONE;
	bool is_there = false;

	if (pick_order_parse(&order, rank, &unused) < 0)
		return false;
	for (size_t i = 0; i < order.count; i++)
		is_there |= str_is(str_from(order.rankings[i]->name), name);
	return is_there;
}

/* ---- the order ---- */

static int
compare_values(const void *left, const void *right)
{
	double a = *(const double *)left, b = *(const double *)right;

	return (a > b) - (a < b);
}

double
pick_median(double *values, size_t count)
{
	if (count == 0)
		return 0;
	qsort(values, count, sizeof(*values), compare_values);
	return count % 2 != 0 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
}

/* Section by section, then by score, then as they were given. */
static int
compare_places(const void *left, const void *right, void *context)
{
	const struct pick_place *a = left, *b = right;
	const struct pick_order *order = context;
	size_t count = order->has_weights ? 0 : order->count;

	if (a->candidate->section != b->candidate->section)
		return issue_section_place(a->candidate->section) -
		    issue_section_place(b->candidate->section);
	if (a->candidate->score != b->candidate->score)
		return a->candidate->score > b->candidate->score ? -1 : 1;
	for (size_t i = 1; i < count; i++)
		if (a->scores[i].value != b->scores[i].value)
			return a->scores[i].value > b->scores[i].value ? -1 : 1;
	return (a->index > b->index) - (a->index < b->index);
}

/* What counts of a candidate's scores: their weighted mean, or the first one's. */
static double
total_of(const struct pick_order *order, const struct pick_place *place)
{
	double sum = 0, weights = 0;

	if (!order->has_weights)
		return place->scores[0].value;
	for (size_t i = 0; i < order->count; i++) {
		sum += place->scores[i].value * (double)order->weights[i];
		weights += (double)order->weights[i];
	}
	return sum / weights;
}

struct pick_place *
pick_order_sort(const struct pick_order *order, const struct pick_field *field)
{
	struct pick_place *places = arena_array(field->arena, field->count + 1, sizeof(*places));

	for (size_t i = 0; i < order->count; i++) {
		struct pick_score *scores =
		    arena_array(field->arena, field->count + 1, sizeof(*scores));
		order->rankings[i]->score(field, scores);
		for (size_t j = 0; j < field->count; j++)
			places[j].scores[i] = scores[j];
	}
	for (size_t j = 0; j < field->count; j++) {
		places[j].candidate = field->candidates[j];
		places[j].index = j;
		places[j].candidate->score = total_of(order, &places[j]);
	}
	qsort_r(places, field->count, sizeof(*places), compare_places, (void *)order);
	return places;
}

void
pick_order_explain(
    const struct pick_order *order, const struct pick_field *field, const struct pick_place *place)
{
	struct pick_candidate *candidate = place->candidate;

	for (size_t i = 0; i < order->count; i++) {
		const struct pick_ranking *ranking = order->rankings[i];
		struct str why = ranking->why(field, place->index, &place->scores[i]);

		if (!order->has_weights && ranking->is_total)
			break;
		if (why.len == 0)
			continue;
		candidate->why = candidate->why.len == 0
		    ? why
		    : arena_printf(
		          field->arena, "%.*s; %.*s", STR_ARG(candidate->why), STR_ARG(why));
	}
}
