/*
 * The latest published first. A source that writes dates of tomorrow gains nothing by it: they
 * count as now. A score halves with a week, and falls ever more slowly.
 */
#include "ranking.h"

static const double week_s = 7 * 86400.0;

/* When the entry appeared, as far as it is known; DATE_NO_INSTANT, the least, when it is not. */
static int64_t
appeared_at(const struct entry *entry)
{
	if (entry->published_at != DATE_NO_INSTANT)
		return entry->published_at;
	return entry->listed_on != DATE_NO_DAY ? date_instant_of(entry->listed_on)
	                                       : DATE_NO_INSTANT;
}

static void
score(const struct pick_field *field, struct pick_score *scores)
{
	for (size_t i = 0; i < field->count; i++) {
		int64_t at = appeared_at(field->candidates[i]->entry);
		double age_s = (double)field->rules->now - (double)at;

		if (at != DATE_NO_INSTANT)
			scores[i].value = week_s / (week_s + (age_s > 0 ? age_s : 0));
	}
}

static struct str
why(const struct pick_field *field, size_t index, const struct pick_score *score)
{
	const struct entry *entry = field->candidates[index]->entry;
	int64_t at = appeared_at(entry);

	(void)score;
	if (at == DATE_NO_INSTANT)
		return STR("");

	struct date_civil date = date_civil(date_day_of(at));
	return arena_printf(field->arena, "%s on %d %s %d",
	    entry->published_at != DATE_NO_INSTANT ? "published" : "listed", date.day,
	    date_month_name(date.month), date.year);
}

const struct pick_ranking pick_ranking_recency = {
	.name = "recency",
	.help = "latest published first",
	.score = score,
	.why = why,
};
