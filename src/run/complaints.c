/*
 * Cron mails every word that a run says. So when nobody watches, a trouble is told when it begins,
 * once a day while it lasts, and when it ends; the exit code is always true.
 */
#include "day.h"

#include "digest/log.h"

/*
 * What runs are compared with: the mode, and the lists and addresses it was asked for, as one line
 * of a crontab would be.
 */
static const char *
scope_of(struct day *day)
{
	struct buf text = BUF_INIT(BUF_LIMIT);

	buf_add_string(&text, day->request->mode);
	for (size_t i = 0; i < day->list_count && !day->request->is_due_only; i++)
		buf_addf(&text, " %s", day->lists[i].key);
	for (size_t i = 0; i < day->address_count; i++)
		buf_addf(&text, " %s", day->addresses[i]);
	const char *scope = arena_string(day->arena, buf_str(&text));
	buf_release(&text);
	return scope;
}

/* The source that a trouble is about: it begins with its name. */
static struct str
source_of(const struct day *day, struct str text)
{
	for (size_t i = 0; i < day->source_count; i++) {
		struct str name = str_from(day->sources[i].name);
		if (str_starts(text, day->sources[i].name) &&
		    str_starts(str_skip(text, name.len), ": "))
			return name;
	}
	return STR("");
}

static void
add_trouble(struct day *day, struct store_trouble **items, size_t *count, struct str text)
{
	*items = arena_grow(day->arena, *items, count, sizeof(**items));
	(*items)[*count - 1] = (struct store_trouble){
		.source = source_of(day, text),
		.text = arena_copy(day->arena, text),
	};
}

static struct store_trouble *
list_troubles(struct day *day, const struct err *ending, size_t *count)
{
	struct store_trouble *items = NULL;
	struct str rest = buf_str(&day->result->troubles), line;

	*count = 0;
	while (str_next_line(&rest, &line))
		add_trouble(day, &items, count, line);
	if (err_is_set(ending))
		add_trouble(day, &items, count, str_from(ending->text));
	return items;
}

/* A source that this run left alone is neither ill nor well. */
static const struct str *
list_well(struct day *day, size_t *count)
{
	struct str *names = NULL;

	*count = 0;
	for (size_t i = 0; i < day->source_count; i++) {
		const struct source *source = &day->sources[i];
		if (source->state.failures > 0 ||
		    source->state.last_attempt == day->source_states[i].last_attempt)
			continue;
		names = arena_grow(day->arena, names, count, sizeof(*names));
		names[*count - 1] = str_from(source->name);
	}
	return names;
}

/* Whether the run saw so much that a trouble it did not meet is over: not when nothing was due. */
static bool
has_seen_all(const struct day *day, const struct err *ending)
{
	return day->source_count > 0 && !err_is_set(ending) && !day->result->is_interrupted;
}

static int
settle(struct day *day, const struct store_troubles *troubles, bool *is_to_tell,
    struct store_ended **ended, size_t *ended_count, struct err *err)
{
	struct db *db = store_db(day->store);

	db_rollback(db);
	if (db_begin(db, err) < 0)
		return -1;
	if (store_settle_complaints(day->store, scope_of(day), troubles, day->now, day->arena,
	        is_to_tell, ended, ended_count, err) == 0 &&
	    db_commit(db, err) == 0)
		return 0;
	db_rollback(db);
	return -1;
}

/* What was wrong, without what was to happen then: that is over too. */
static struct str
cause_of(struct str text)
{
	for (size_t i = text.len; i > 1; i--) {
		if (text.ptr[i - 2] == ';' && text.ptr[i - 1] == ' ')
			return str_head(text, i - 2);
	}
	return text;
}

static void
tell_ended(struct day *day, const struct store_ended *ended)
{
	struct buf *out = &day->result->troubles;
	char since[DATE_INSTANT_BYTES], seen[DATE_INSTANT_BYTES];

	buf_addf(out, "over: %.*s (since %s", STR_ARG(cause_of(ended->text)),
	    date_format_instant(since, ended->since));
	if (ended->returns > 0)
		buf_addf(
		    out, "; it came and went until %s", date_format_instant(seen, ended->seen_at));
	buf_add_string(out, ")\n");
}

void
day_settle_complaints(struct day *day, const struct err *ending)
{
	struct run_result *result = day->result;
	struct store_troubles troubles = { .is_all = has_seen_all(day, ending) };
	struct store_ended *ended = NULL;
	size_t ended_count = 0;
	struct err err = ERR_NONE;

	/*
	 * What ends a run before it has asked a source is told each time, as what a person resends.
	 */
	if (day->outcomes == NULL || day->access != DB_WRITE)
		return;
	troubles.items = list_troubles(day, ending, &troubles.count);
	if (troubles.is_all)
		troubles.well = list_well(day, &troubles.well_count);
	if (troubles.count == 0 && !troubles.is_all)
		return;
	bool *is_to_tell = arena_array(day->arena, troubles.count + 1, sizeof(bool));
	if (settle(day, &troubles, is_to_tell, &ended, &ended_count, &err) < 0) {
		log_warn("complaints: not kept: %s", err.text);
		return;
	}
	if (day->request->is_watched)
		return;
	buf_reset(&result->troubles);
	for (size_t i = 0; i < troubles.count; i++) {
		bool is_ending = err_is_set(ending) && i == troubles.count - 1;
		if (is_ending)
			result->is_old_news = !is_to_tell[i];
		else if (is_to_tell[i])
			buf_addf(&result->troubles, "%.*s\n", STR_ARG(troubles.items[i].text));
	}
	for (size_t i = 0; i < ended_count; i++)
		tell_ended(day, &ended[i]);
}
