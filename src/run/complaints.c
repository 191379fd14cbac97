/*
 * Cron mails every word that a run says. So when nobody watches, a trouble is told when it begins,
 * once a day while it lasts, and when it ends; the exit code is always true.
 */
#include "day.h"

#include "digest/log.h"

/*
 * What runs are compared with: the mode, and the lists and addresses it was asked for, as one line of
 * a crontab would be.
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

static struct str *
list_troubles(struct day *day, const struct err *ending, size_t *count)
{
	struct str *troubles = NULL, rest = buf_str(&day->result->troubles), line;

	*count = 0;
	while (str_next_line(&rest, &line)) {
		troubles = arena_grow(day->arena, troubles, count, sizeof(line));
		troubles[*count - 1] = arena_copy(day->arena, line);
	}
	if (err_is_set(ending)) {
		troubles = arena_grow(day->arena, troubles, count, sizeof(line));
		troubles[*count - 1] = str_from(ending->text);
	}
	return troubles;
}

/* Whether the run saw so much that a trouble it did not meet is over: not when nothing was due. */
static bool
has_seen_all(const struct day *day, const struct err *ending)
{
	return day->source_count > 0 && !err_is_set(ending) && !day->result->is_interrupted;
}

static int
settle(struct day *day, const struct str *troubles, size_t count, bool is_all, bool *is_to_tell,
    struct store_ended **ended, size_t *ended_count, struct err *err)
{
	struct db *db = store_db(day->store);

	db_rollback(db);
	if (db_begin(db, err) < 0)
		return -1;
	if (store_settle_complaints(day->store, scope_of(day), troubles, count, is_all, day->now,
	        day->arena, is_to_tell, ended, ended_count, err) == 0 &&
	    db_commit(db, err) == 0)
		return 0;
	db_rollback(db);
	return -1;
}

void
day_settle_complaints(struct day *day, const struct err *ending)
{
	struct run_result *result = day->result;
	size_t count = 0, ended_count = 0;
	struct str *troubles = list_troubles(day, ending, &count);
	bool *is_to_tell = arena_array(day->arena, count + 1, sizeof(bool));
	struct store_ended *ended = NULL;
	struct err err = ERR_NONE;
	char since[DATE_INSTANT_BYTES];

	/* What ends a run before it has asked a source is told each time, as what a person resends. */
	if (day->outcomes == NULL || day->access != DB_WRITE)
		return;
	if (count == 0 && !has_seen_all(day, ending))
		return;
	if (settle(day, troubles, count, has_seen_all(day, ending), is_to_tell, &ended,
	        &ended_count, &err) < 0) {
		log_warn("complaints: not kept: %s", err.text);
		return;
	}
	if (day->request->is_watched)
		return;
	buf_reset(&result->troubles);
	for (size_t i = 0; i < count; i++) {
		bool is_ending = err_is_set(ending) && i == count - 1;
		if (is_ending)
			result->is_old_news = !is_to_tell[i];
		else if (is_to_tell[i])
			buf_addf(&result->troubles, "%.*s\n", STR_ARG(troubles[i]));
	}
	for (size_t i = 0; i < ended_count; i++)
		buf_addf(&result->troubles, "over: %.*s (since %s)\n", STR_ARG(ended[i].text),
		    date_format_instant(since, ended[i].since));
}
