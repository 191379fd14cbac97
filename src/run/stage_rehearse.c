/*
 * Rehearse: what the lists would have mailed on days gone by, of what is stored and by the rules as
 * they are now. The days are walked on an overlay with the very stages of a run, so nothing is
 * touched.
 */
#include "day.h"

#include "digest/calendar.h"
#include "digest/json.h"
#include "digest/zone.h"

/* How far back without --since. */
enum { DAYS_BACK = 30 };

/* An audience that no address can be. */
#define REHEARSAL "rehearsal"

/* What one list came to. */
struct rehearsal {
	struct day *day;
	struct day_list *list;
	struct day_edition edition;
	struct store_liking *likings; /* what its readers have said of papers */
	size_t liking_count;
	size_t issue_count, picked_count, news_count, minutes;
	size_t liked_count, missed_count; /* of the papers that are liked: there, and left out */
};

/* ---- what is told of an issue ---- */

static bool
is_liked(const struct rehearsal *rehearsal, const struct entry *entry)
{
	for (size_t i = 0; i < rehearsal->liking_count; i++) {
		const struct store_liking *liking = &rehearsal->likings[i];
		if (liking->is_liked && liking->entry->id == entry->id)
			return true;
	}
	return false;
}

static void
tell_missed(struct rehearsal *rehearsal)
{
	const struct day_edition *edition = &rehearsal->edition;
	struct buf *data = &rehearsal->day->result->data;

	for (size_t i = edition->picked_count; i < edition->candidates.count; i++) {
		const struct pick_candidate *pick = &edition->picks[i];
		if (is_liked(rehearsal, pick->entry))
			buf_addf(data, "            liked, but left out: %.*s, %.*s\n",
			    STR_ARG(entry_key(pick->entry)), STR_ARG(pick->why));
	}
}

static void
tell_text(struct rehearsal *rehearsal)
{
	const struct day_edition *edition = &rehearsal->edition;
	char date[DATE_DAY_BYTES];

	buf_addf(&rehearsal->day->result->data, "%s  %5zu of %-5zu %4zu min\n",
	    date_format_day(date, edition->date), edition->picked_count, edition->candidates.count,
	    edition->issue.minutes);
	tell_missed(rehearsal);
}

static void
tell_json(struct rehearsal *rehearsal)
{
	const struct day_edition *edition = &rehearsal->edition;
	struct json *object = json_new_object();
	char date[DATE_DAY_BYTES];

	json_add_text(object, "list", str_from(rehearsal->list->name));
	json_add_text(object, "issue_date", str_from(date_format_day(date, edition->date)));
	json_add_int(object, "minutes", (int64_t)edition->issue.minutes);
	struct json *entries = json_add_array(object, "entries");
	for (size_t i = 0; i < edition->picked_count; i++)
		json_add_text(entries, NULL, entry_key(edition->picks[i].entry));
	struct json *left_out = json_add_array(object, "left_out");
	for (size_t i = edition->picked_count; i < edition->candidates.count; i++) {
		const struct pick_candidate *pick = &edition->picks[i];
		struct json *item = json_add_object(left_out, NULL);
		json_add_text(item, "key", entry_key(pick->entry));
		json_add_text(item, "why", pick->why);
		json_add_bool(item, "liked", is_liked(rehearsal, pick->entry));
	}
	json_write(object, &rehearsal->day->result->data);
	buf_add_char(&rehearsal->day->result->data, '\n');
	json_free(object);
}

static void
tell_issue(struct rehearsal *rehearsal)
{
	const struct day_edition *edition = &rehearsal->edition;

	rehearsal->issue_count += edition->picked_count > 0;
	rehearsal->picked_count += edition->picked_count;
	rehearsal->news_count += edition->candidates.count;
	rehearsal->minutes += edition->issue.minutes;
	for (size_t i = 0; i < edition->candidates.count; i++) {
		if (!is_liked(rehearsal, edition->picks[i].entry))
			continue;
		rehearsal->liked_count++;
		rehearsal->missed_count += !edition->picks[i].is_picked;
	}
	if (edition->candidates.count == 0)
		return;
	if (rehearsal->day->request->format == RUN_JSON)
		tell_json(rehearsal);
	else
		tell_text(rehearsal);
}

static void
tell_sum(const struct rehearsal *rehearsal)
{
	struct buf *data = &rehearsal->day->result->data;
	size_t issues = rehearsal->issue_count;

	if (rehearsal->day->request->format == RUN_JSON)
		return;
	buf_addf(data, "%zu %s, %s of %zu, %zu minutes of reading an issue\n", issues,
	    issues == 1 ? "issue" : "issues", day_papers(rehearsal->day, rehearsal->picked_count),
	    rehearsal->news_count, issues > 0 ? (rehearsal->minutes + issues / 2) / issues : 0);
	if (rehearsal->liked_count > 0)
		buf_addf(data, "of %zu that are liked, %zu left out\n", rehearsal->liked_count,
		    rehearsal->missed_count);
}

/* ---- the days ---- */

/* When the list's issue of that date would have been made; DATE_NO_INSTANT when none was due. */
static int
find_moment(const struct rehearsal *rehearsal, int32_t date, int64_t *moment, struct err *err)
{
	const struct day_rules *rules = &rehearsal->list->rules;
	const char *text = settings_string(rules->settings, "schedule");
	struct calendar_schedule schedule;

	*moment = zone_instant(rules->zone, date, DATE_SECONDS_PER_DAY / 2);
	if (text[0] == '\0')
		return 0;
	if (calendar_parse_schedule(&schedule, str_from(text), err) < 0)
		return err_prefix(err, "%s", settings_origin(rules->settings, "schedule"));
	*moment = calendar_due_of_day(&schedule, rules->zone, date);
	return 0;
}

/* Ends a transaction of the overlay's. */
static int
settle(struct day *day, int status, struct err *err)
{
	if (status == 0 && db_commit(store_db(day->store), err) == 0)
		return 0;
	db_rollback(store_db(day->store));
	return -1;
}

static int
keep(struct day *day, struct day_edition *edition, struct err *err)
{
	if (db_begin(store_db(day->store), err) < 0)
		return -1;
	return settle(day, day_freeze(day, edition, err), err);
}

static int
rehearse_issue(struct rehearsal *rehearsal, int32_t date, struct err *err)
{
	struct day *day = rehearsal->day;
	struct day_edition *edition = &rehearsal->edition;
	int64_t moment;

	if (find_moment(rehearsal, date, &moment, err) < 0)
		return -1;
	if (moment == DATE_NO_INSTANT)
		return 0;
	day->now = moment;
	day->batch = edition;
	day->batch_count = 1;
	*edition = (struct day_edition){
		.list = rehearsal->list,
		.rules = &rehearsal->list->rules,
		.address = REHEARSAL,
		.audience = edition->audience,
		.date = date,
	};
	int status = stage_select(day, err);
	if (status == 0)
		status = stage_compose(day, err);
	if (status == 0)
		status = keep(day, edition, err);
	if (status == 0)
		tell_issue(rehearsal);
	day_finish_edition(edition);
	arena_reset(day->batch_arena);
	return status;
}

/*
 * The audience begins on the day before the first: what was listed until then is before its time.
 */
static int
begin(struct rehearsal *rehearsal, int32_t since, struct err *err)
{
	struct day *day = rehearsal->day;
	struct day_list *list = rehearsal->list;
	int64_t *sources = arena_array(day->arena, list->source_count + 1, sizeof(int64_t));
	struct store_candidates unused;
	int64_t issue;

	if (store_list(day->store, list->key, &list->id, err) < 0 ||
	    store_audience(day->store, list->id, REHEARSAL, &rehearsal->edition.audience, err) <
	        0 ||
	    store_likings(day->store, list->name, day->arena, &rehearsal->likings,
	        &rehearsal->liking_count, err) < 0)
		return -1;
	for (size_t i = 0; i < list->source_count; i++)
		sources[i] = day->source_ids[list->sources[i]];
	struct store_want want = {
		.scope = STORE_NEWS,
		.audience = rehearsal->edition.audience,
		.sources = sources,
		.source_count = list->source_count,
		.until = since - 1,
	};
	if (store_candidates(day->store, &want, day->arena, &unused, err) < 0)
		return -1;
	struct store_frozen look = {
		.audience = rehearsal->edition.audience,
		.sources = sources,
		.source_count = list->source_count,
		.through = unused.through,
		.until = since - 1,
	};
	return store_freeze(day->store, &look, day->now, &issue, err);
}

static int
walk_days(
    struct day *day, struct rehearsal *rehearsals, int32_t since, int32_t until, struct err *err)
{
	for (int32_t date = since; date <= until; date++) {
		if (db_begin(store_db(day->store), err) < 0 ||
		    settle(day, store_rehearse_day(day->store, date, err), err) < 0)
			return -1;
		for (size_t i = 0; i < day->list_count; i++) {
			if (rehearse_issue(&rehearsals[i], date, err) < 0)
				return -1;
		}
	}
	return 0;
}

static int
begin_all(
    struct day *day, struct rehearsal *rehearsals, int32_t since, int32_t until, struct err *err)
{
	char text[DATE_DAY_BYTES];
	int32_t first;

	if (store_begin_rehearsal(
	        day->store, day->source_ids, day->source_count, since, &first, err) < 0)
		return -1;
	if (first == DATE_NO_DAY || first > until)
		return err_set(err, EX_UNAVAILABLE,
		    "backtest: no listing from %s on is stored; "
		    "'digest fetch --since %s' reads them",
		    date_format_day(text, since), text);
	for (size_t i = 0; i < day->list_count; i++) {
		rehearsals[i] = (struct rehearsal){ .day = day, .list = &day->lists[i] };
		if (begin(&rehearsals[i], since, err) < 0)
			return -1;
	}
	return 0;
}

int
stage_rehearse(struct day *day, struct err *err)
{
	int32_t today = date_day_of(day->now), since = day->request->since;
	int32_t until = day->request->until != DATE_NO_DAY ? day->request->until : today;
	struct rehearsal *rehearsals =
	    arena_array(day->arena, day->list_count + 1, sizeof(*rehearsals));

	if (since == DATE_NO_DAY)
		since = until - DAYS_BACK;
	/* Days that are named bound the rehearsal, not what is news in it. */
	day->scope = STORE_NEWS;
	day->outcomes = arena_array(day->arena, day->source_count, sizeof(*day->outcomes));
	if (day_load_sources(day, err) < 0 || db_begin(store_db(day->store), err) < 0)
		return -1;
	if (settle(day, begin_all(day, rehearsals, since, until, err), err) < 0)
		return -1;
	int status = walk_days(day, rehearsals, since, until, err);
	for (size_t i = 0; i < day->list_count && status == 0; i++)
		tell_sum(&rehearsals[i]);
	return status;
}
