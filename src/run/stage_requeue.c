/*
 * Requeue: deliveries of an issue that is made go out again, as the same bytes.
 */
#include "day.h"

int
stage_requeue(struct day *day, struct err *err)
{
	int64_t issue = day->request->resend_issue;
	struct store_issue row;
	size_t total = 0;

	if (store_issue(day->store, issue, day->arena, &row, err) < 0)
		return -1;
	for (size_t i = 0; i < day->address_count || (i == 0 && day->address_count == 0); i++) {
		const char *address = day->address_count > 0 ? day->addresses[i] : "";
		size_t count = 0;
		if (ledger_requeue(day->ledger, issue, address, &count, err) < 0)
			return -1;
		day_add_scope(day, (struct ledger_scope){ .issue = issue, .address = address });
		total += count;
	}
	if (total > 0)
		return 0;
	return err_set(
	    err, EX_DATAERR, "issues: issue %lld has no delivery to send again", (long long)issue);
}
