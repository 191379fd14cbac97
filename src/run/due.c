/*
 * Which editions have come due, and which of these wait for their sources. What a schedule says is the
 * calendar's; what an answer of a source means is the source's.
 */
#include "day.h"

#include "digest/calendar.h"
#include "digest/zone.h"

/* Without a schedule an edition is due once per local date. */
static void
look_at_date(struct day_edition *edition, int64_t done_at, int64_t *next)
{
	const struct day_rules *rules = edition->rules;

	edition->is_due =
	    done_at == DATE_NO_INSTANT || zone_at(rules->zone, done_at).day < rules->date;
	*next = zone_instant(rules->zone, rules->date + 1, 0);
}

/* Whether its schedule has come due since its audience's day was last brought to an end. */
static int
look_at_schedule(struct day *day, struct day_edition *edition, const char *text, int64_t done_at,
    int64_t *next, struct err *err)
{
	const struct day_rules *rules = edition->rules;
	struct calendar_schedule schedule;

	if (calendar_parse_schedule(&schedule, str_from(text), err) < 0)
		return err_prefix(err, "%s", settings_origin(rules->settings, "schedule"));
	edition->due_at = calendar_last_due(&schedule, rules->zone, day->now);
	edition->is_due = edition->due_at != DATE_NO_INSTANT &&
	    (done_at == DATE_NO_INSTANT || done_at < edition->due_at);
	*next = calendar_next_due(&schedule, rules->zone, day->now);
	return 0;
}

static void
expect_run(struct day *day, int64_t at)
{
	int64_t *next = &day->result->next_due;

	if (at != DATE_NO_INSTANT && (*next == DATE_NO_INSTANT || at < *next))
		*next = at;
}

int
day_drop_idle_editions(struct day *day, struct err *err)
{
	size_t kept = 0;

	for (size_t i = 0; i < day->edition_count; i++) {
		struct day_edition *edition = &day->editions[i];
		const char *text = settings_string(edition->rules->settings, "schedule");
		int64_t done_at, next = DATE_NO_INSTANT;
		edition->due_at = DATE_NO_INSTANT;
		if (store_done_at(day->store, edition->audience, &done_at, err) < 0)
			return -1;
		if (text[0] == '\0')
			look_at_date(edition, done_at, &next);
		else if (look_at_schedule(day, edition, text, done_at, &next, err) < 0)
			return -1;
		expect_run(day, next);
		if (edition->is_due)
			day->editions[kept++] = *edition;
	}
	day->edition_count = kept;
	return 0;
}

/* ---- waiting for the listing ---- */

/*
 * A source is waited for when it could not be read, when its answer is odd, and when the listing of the
 * day is still to come. One that is there goes out, even if it may grow: what comes late is in the next.
 */
static bool
is_waited_for(const struct day *day, size_t source)
{
	const struct source_outcome *outcome = &day->outcomes[source];
	int32_t today;

	switch (outcome->verdict) {
	case SOURCE_NEW:
	case SOURCE_NOTHING_NEW:
		return source_expects(&day->sources[source], day->now, &today) ==
		    CALENDAR_NOT_YET &&
		    (outcome->newest_day == DATE_NO_DAY || outcome->newest_day < today);
	case SOURCE_NOT_YET:
	case SOURCE_EMPTY_UNEXPECTED:
	case SOURCE_ERROR:
	case SOURCE_STALE:
	case SOURCE_SHRUNK: return true;
	default: return false;
	}
}

/* The first of the list's sources that is waited for, or NULL. */
static const struct source *
source_waited_for(const struct day *day, const struct day_list *list)
{
	for (size_t i = 0; i < list->source_count; i++)
		if (is_waited_for(day, list->sources[i]))
			return &day->sources[list->sources[i]];
	return NULL;
}

bool
day_is_missed(const struct day *day, const struct day_edition *edition, size_t source)
{
	return edition->is_overdue && is_waited_for(day, source);
}

/*
 * An edition whose hour has come waits for its sources until its deadline: nothing is made of it, and
 * the next run asks again. Behind the deadline it goes with what there is.
 */
int
stage_wait(struct day *day, struct err *err)
{
	size_t kept = 0;

	(void)err;
	for (size_t i = 0; i < day->edition_count; i++) {
		struct day_edition *edition = &day->editions[i];
		const struct source *missing = source_waited_for(day, edition->list);
		char until[DATE_INSTANT_BYTES];
		bool has_hour = day->request->is_due_only && edition->due_at != DATE_NO_INSTANT;
		int64_t deadline = has_hour
		    ? edition->due_at + settings_duration_s(edition->rules->settings, "deadline")
		    : DATE_NO_INSTANT;
		if (missing == NULL || !has_hour || day->now >= deadline) {
			edition->is_overdue = missing != NULL && has_hour;
			day->editions[kept++] = *edition;
			continue;
		}
		expect_run(day, deadline);
		day->result->is_waiting = true;
		buf_addf(&day->result->said, "list '%s' waits for %s, until %s at most\n",
		    edition->list->name, missing->title, date_format_instant(until, deadline));
	}
	day->edition_count = kept;
	return 0;
}
