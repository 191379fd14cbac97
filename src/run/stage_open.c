/*
 * Lock, store and ledger: what a run stands on, and what the last one may have left behind.
 */
#include "day.h"

#include "digest/calendar.h"
#include "digest/date.h"
#include "digest/log.h"

int
stage_lock(struct day *day, struct err *err)
{
	if (store_lock(&day->lock, day->request->store_path, err) == 0)
		return 0;
	day->result->is_busy = err->code == EX_TEMPFAIL;
	return -1;
}

int
stage_open(struct day *day, struct err *err)
{
	if (store_open(&day->store, day->request->store_path, day->access, err) < 0)
		return -1;
	return ledger_open(&day->ledger, store_db(day->store), err);
}

/* ---- what waits too long ---- */

enum { DAY_S = 86400, LIFETIME_MOST_S = 5 * DAY_S, DUES_LOOKED_AT = 8 };

/* The longest time between two issues of a list: a day without a schedule, three on "weekdays". */
static int
find_rhythm(const struct settings *list, int64_t now, int64_t *longest_s, struct err *err)
{
	struct str text = str_from(settings_string(list, "schedule"));
	const char *zone = settings_string(list, "timezone");
	struct calendar_schedule schedule;

	*longest_s = DAY_S;
	if (text.len == 0)
		return 0;
	if (calendar_parse_schedule(&schedule, text, err) < 0)
		return err_prefix(err, "%s", settings_origin(list, "schedule"));
	int64_t due = calendar_next_due(&schedule, zone, now);
	for (int i = 0; i < DUES_LOOKED_AT && due != DATE_NO_INSTANT; i++) {
		int64_t next = calendar_next_due(&schedule, zone, due);
		if (next == DATE_NO_INSTANT || next - due > LIFETIME_MOST_S)
			*longest_s = LIFETIME_MOST_S;
		else if (next - due > *longest_s)
			*longest_s = next - due;
		due = next;
	}
	return 0;
}

/* Whether anything is put off: usually nothing is, and no list need be looked at. */
static int
has_put_off(struct day *day, bool *has_any, struct err *err)
{
	struct ledger_scope all = { .address = "" };
	int64_t first;
	int status = ledger_next_due(day->ledger, &all, &first, err);

	*has_any = first != DATE_NO_INSTANT;
	return status;
}

/* News are for their day: what a server puts off until the next issue is there is given up. */
static int
give_up(struct day *day, struct err *err)
{
	const struct config *config = day->request->config;
	struct settings *settings;
	const char *name;
	bool has_any;

	if (has_put_off(day, &has_any, err) < 0)
		return -1;
	for (size_t i = 0;
	     has_any && (name = config_title(config, CONFIG_LIST, i, &settings)) != NULL; i++) {
		int64_t lifetime_s;
		size_t count;
		if (find_rhythm(settings, day->now, &lifetime_s, err) < 0 ||
		    ledger_give_up(day->ledger, name, lifetime_s, day->now, &count, err) < 0)
			return -1;
		if (count == 0)
			continue;
		struct err trouble = ERR_NONE;
		err_set(&trouble, EX_UNAVAILABLE,
		    "deliver: list '%s': %zu %s given up, "
		    "put off by the server until the next issue; "
		    "'digest issues list' tells which",
		    name, count, count == 1 ? "delivery" : "deliveries");
		day_trouble(day, &trouble);
	}
	return 0;
}

/* The run lock is ours, so whatever is half-way was left by a run that died. */
int
stage_recover(struct day *day, struct err *err)
{
	const struct settings *smtp = config_settings(day->request->config, CONFIG_SMTP);
	int64_t expire_s = settings_duration_s(smtp, "expire");
	size_t doubt_count = 0;

	if (ledger_recover(day->ledger, day->now, expire_s > 0 ? expire_s : LIFETIME_MOST_S,
	        &doubt_count, err) < 0)
		return -1;
	if (doubt_count > 0)
		log_info(
		    "ledger: doubt=%zu (a run died between the dot and its reply)", doubt_count);
	return expire_s > 0 ? 0 : give_up(day, err);
}

/* The bytes of issues that everybody has had for long enough need not be kept. */
int
stage_tidy(struct day *day, struct err *err)
{
	const struct settings *digest = config_settings(day->request->config, CONFIG_DIGEST);
	int64_t before = day->now - settings_duration_s(digest, "keep");

	if (day->edition_count == 0)
		return 0;
	if (db_begin(store_db(day->store), err) < 0)
		return -1;
	if (store_forget_messages(day->store, before, err) == 0 &&
	    db_commit(store_db(day->store), err) == 0)
		return 0;
	db_rollback(store_db(day->store));
	return -1;
}
