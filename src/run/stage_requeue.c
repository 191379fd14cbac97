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

static int
requeue(struct day *day, const struct ledger_scope *scope, size_t *count, struct err *err)
{
	struct store_issue row;

	if (scope->issue != 0 && store_issue(day->store, scope->issue, day->arena, &row, err) < 0)
		return -1;
	if (day->request->is_retry)
		return ledger_retry(day->ledger, scope, count, err);
	if (check_message(day, scope->issue, err) < 0)
		return -1;
	return ledger_requeue(day->ledger, scope->issue, scope->address, count, err);
}

int
stage_requeue(struct day *day, struct err *err)
{
	const struct run_request *request = day->request;
	struct ledger_scope scope = { .issue = request->resend_issue,
		.address = request->resend_address };
	size_t count = 0;

	if (requeue(day, &scope, &count, err) < 0)
		return -1;
	day_add_scope(day, scope);
	if (count > 0)
		return 0;
	if (request->is_retry)
		return err_set(err, EX_DATAERR, "issues: nothing is deferred or in doubt there");
	return err_set(err, EX_DATAERR, "issues: issue %lld has no delivery to send again",
	    (long long)scope.issue);
}
