/*
 * Most votes an hour, beside what is usual for entries that have been listed as long: a morning's
 * paper is not measured by a week's.
 */
#include "ranking.h"

enum { HOUR_S = 3600, DAY_S = 24 * HOUR_S, AGE_CLASSES = 32, FEW = 3 };

struct pace {
	double per_hour; /* -1 when votes or age are unknown */
	double usual; /* of entries of its age; never 0 */
	int age_class; /* the binary logarithm of its hours */
};

/*
 * Votes begin with the listing. A source that knows the hour of the day at which it listed an entry
 * says so in its date of publication.
 */
static int64_t
listed_at(const struct entry *entry)
{
	int64_t day =
	    entry->listed_on != DATE_NO_DAY ? date_instant_of(entry->listed_on) : DATE_NO_INSTANT;

	if (day == DATE_NO_INSTANT || entry->published_at == DATE_NO_INSTANT)
		return day != DATE_NO_INSTANT ? day : entry->published_at;
	return entry->published_at > day && entry->published_at - day < DAY_S ? entry->published_at
	                                                                      : day;
}

static struct pace
pace_of(const struct entry *entry, int64_t now)
{
	struct pace pace = { -1, 1, 0 };
	int64_t at = listed_at(entry), hours;

	if (entry->votes < 0 || at == DATE_NO_INSTANT)
		return pace;
	/* Within its first hour an entry has been there for one. */
	hours = at < now ? (now - at + HOUR_S - 1) / HOUR_S : 1;
	pace.per_hour = (double)entry->votes / (double)hours;
	while (pace.age_class < AGE_CLASSES - 1 && hours >> (pace.age_class + 1) != 0)
		pace.age_class++;
	return pace;
}

/* The median pace of the entries of an age, or of all ages (-1); how many there are. */
static double
median_pace(const struct pick_field *field, const struct pace *paces, int age_class, size_t *count)
{
	double *known = arena_array(field->arena, field->count + 1, sizeof(*known));

	*count = 0;
	for (size_t i = 0; i < field->count; i++)
		if (paces[i].per_hour >= 0 && (age_class < 0 || paces[i].age_class == age_class))
			known[(*count)++] = paces[i].per_hour;
	return pick_median(known, *count);
}

/*
 * What is usual for an age is the median of those of that age, and of all where they are few; a
 * vote in all that time at least.
 */
static void
find_usual(const struct pick_field *field, struct pace *paces, int age_class, double of_all)
{
	double least = 1 / (double)(1u << age_class), usual;
	size_t count;

	usual = median_pace(field, paces, age_class, &count);
	usual = (usual * (double)count + of_all * FEW) / (double)(count + FEW);
	for (size_t i = 0; i < field->count; i++)
		if (paces[i].age_class == age_class)
			paces[i].usual = usual > least ? usual : least;
}

static void
score(const struct pick_field *field, struct pick_score *scores)
{
	struct pace *paces = arena_array(field->arena, field->count + 1, sizeof(*paces));
	double of_all;
	size_t count;

	for (size_t i = 0; i < field->count; i++)
		paces[i] = pace_of(field->candidates[i]->entry, field->rules->now);
	of_all = median_pace(field, paces, -1, &count);
	for (int age_class = 0; age_class < AGE_CLASSES; age_class++)
		find_usual(field, paces, age_class, of_all);
	for (size_t i = 0; i < field->count; i++) {
		scores[i].basis = &paces[i];
		if (paces[i].per_hour > 0)
			scores[i].value = paces[i].per_hour / (paces[i].per_hour + paces[i].usual);
	}
}

/* "12 votes an hour, 4 times the usual" */
static struct str
why(const struct pick_field *field, size_t index, const struct pick_score *score)
{
	const struct pace *pace = score->basis;
	double times = pace->per_hour / pace->usual;
	struct str beside = STR("");

	(void)index;
	/* Of less than a vote in ten days there is nothing to say. */
	if (pace->per_hour * 24 < 0.1)
		return STR("");
	if (times >= 1.95)
		beside = arena_printf(
		    field->arena, ", %.*f times the usual", times < 9.95 ? 1 : 0, times);
	if (pace->per_hour < 0.95)
		return arena_printf(
		    field->arena, "%.1f votes a day%.*s", pace->per_hour * 24, STR_ARG(beside));
	return arena_printf(field->arena, "%.*f votes an hour%.*s", pace->per_hour < 9.95 ? 1 : 0,
	    pace->per_hour, STR_ARG(beside));
}

const struct pick_ranking pick_ranking_trending = {
	.name = "trending",
	.help = "most votes an hour first, beside what is usual",
	.score = score,
	.why = why,
};
