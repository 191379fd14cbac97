/*
 * Requeue: deliveries of an issue that is made go out again, as the same bytes.
 */
#include "day.h"

/* Deliveries without their bytes would stand in everybody's way for ever. */
static int
check_message(struct day *day, int64_t issue, struct err *err)
{
	struct buf bytes = BUF_INIT(BUF_LIMIT);
	struct err other = ERR_NONE;
	int status = store_message(day->store, issue, MESSAGE_TO_LIST, &bytes, &other);

	if (status < 0)
		status = store_message(day->store, issue, MESSAGE_TO_PERSON, &bytes, err);
	buf_release(&bytes);
	return status;
}

int
stage_requeue(struct day *day, struct err *err)
{
	int64_t issue = day->request->resend_issue;
	struct store_issue row;
	size_t count = 0;

	if (store_issue(day->store, issue, day->arena, &row, err) < 0 ||
	    check_message(day, issue, err) < 0 ||
	    ledger_requeue(day->ledger, issue, "", &count, err) < 0)
		return -1;
	day_add_scope(day, (struct ledger_scope){ .issue = issue, .address = "" });
	if (count > 0)
		return 0;
	return err_set(
	    err, EX_DATAERR, "issues: issue %lld has no delivery to send again", (long long)issue);
}
