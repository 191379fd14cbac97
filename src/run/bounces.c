/*
 * Bounces: a person whose mailbox is not there, as the server said of several issues in a row, gets
 * no mail any more until somebody says otherwise. A mailing list never bounces: its server has an
 * owner.
 */
#include "day.h"

/* A server may lose its table of users for a day, and a domain its name. */
enum { REFUSALS_MOST = 3 };

/* No mail any more, what waits from before included. */
static int
set_bounced(struct day *day, int64_t recipient, struct err *err)
{
	struct db *db = store_db(day->store);
	size_t cancelled;

	if (db_begin(db, err) < 0)
		return -1;
	if (store_set_state(day->store, recipient, "bounced", DATE_NO_DAY, day->now, err) == 0 &&
	    ledger_cancel(day->ledger, recipient, &cancelled, err) == 0 && db_commit(db, err) == 0)
		return 0;
	db_rollback(db);
	return -1;
}

int
day_note_refusal(
    struct day *day, const struct ledger_delivery *delivery, bool *is_told, struct err *err)
{
	struct err trouble = ERR_NONE;
	size_t count;

	*is_told = false;
	if (delivery->kind != MESSAGE_TO_PERSON)
		return 0;
	if (ledger_count_refusals(day->ledger, delivery->recipient, REFUSALS_MOST, &count, err) < 0)
		return -1;
	if (count < REFUSALS_MOST)
		return 0;
	if (set_bounced(day, delivery->recipient, err) < 0)
		return -1;
	err_set(&trouble, EX_UNAVAILABLE,
	    "deliver: '%.*s': no such mailbox, for %d issues in a row; it bounced and gets no mail "
	    "until 'digest subscribers resume'",
	    STR_ARG(delivery->address), REFUSALS_MOST);
	day_event(day, &trouble);
	*is_told = true;
	return 0;
}
