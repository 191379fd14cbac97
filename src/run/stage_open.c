/*
 * Lock, store and ledger: what a run stands on, and what the last one may have left behind.
 */
#include "day.h"

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

/* The run lock is ours, so whatever is half-way was left by a run that died. */
int
stage_recover(struct day *day, struct err *err)
{
	const struct settings *smtp = config_settings(day->request->config, CONFIG_SMTP);
	size_t doubt_count = 0;

	if (ledger_recover(
	        day->ledger, day->now, settings_duration_s(smtp, "expire"), &doubt_count, err) < 0)
		return -1;
	if (doubt_count > 0)
		log_info(
		    "ledger: doubt=%zu (a run died between the dot and its reply)", doubt_count);
	return 0;
}

/* The bytes of issues that everybody has had for long enough need not be kept. */
int
stage_tidy(struct day *day, struct err *err)
{
	const struct settings *digest = config_settings(day->request->config, CONFIG_DIGEST);
	int64_t before = day->now - settings_duration_s(digest, "keep");

	if (db_begin(store_db(day->store), err) < 0)
		return -1;
	if (store_forget_messages(day->store, before, err) == 0 &&
	    db_commit(store_db(day->store), err) == 0)
		return 0;
	db_rollback(store_db(day->store));
	return -1;
}
