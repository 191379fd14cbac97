/*
 * The latest published first. A source that writes dates of tomorrow gains nothing by it: they count
 * as now.
 */
#include "ranking.h"

/* When the entry appeared, as far as it is known; DATE_NO_INSTANT, the least, when it is not. */
static int64_t
appeared_at(const struct entry *entry)
{
	if (entry->published_at != DATE_NO_INSTANT)
		return entry->published_at;
	return entry->listed_on != DATE_NO_DAY ? date_instant_of(entry->listed_on)
	                                       : DATE_NO_INSTANT;
}

static int
compare(const struct pick_place *a, const struct pick_place *b, int64_t now)
{
	int64_t at_a = appeared_at(a->candidate.entry), at_b = appeared_at(b->candidate.entry);

	if (at_a > now)
		at_a = now;
	if (at_b > now)
		at_b = now;
	return (at_b > at_a) - (at_b < at_a);
}

static struct str
why(const struct entry *entry, struct arena *arena)
{
	int64_t at = appeared_at(entry);

	if (at == DATE_NO_INSTANT)
		return STR("");

	struct date_civil date = date_civil(date_day_of(at));
	return arena_printf(arena, "%s on %d %s %d",
	    entry->published_at != DATE_NO_INSTANT ? "published" : "listed", date.day,
	    date_month_name(date.month), date.year);
}

const struct pick_ranking pick_ranking_recency = {
	.name = "recency",
	.help = "latest published first",
	.compare = compare,
	.why = why,
};
