/*
 * A test message: through the same composer and transport as an issue, but of no list and in no
 * ledger.
 */
#include "day.h"

#include <string.h>
#include <unistd.h>

/* There is nothing to record: a test that is lost is sent again by hand. */
static int
accept_dot(struct journal *journal, const int64_t *deliveries, size_t count, struct err *err)
{
	(void)journal;
	(void)deliveries;
	(void)count;
	(void)err;
	return 0;
}

static int
accept_receipt(
    struct journal *journal, int64_t delivery, const struct receipt *receipt, struct err *err)
{
	(void)journal;
	(void)delivery;
	(void)receipt;
	(void)err;
	return 0;
}

static void
compose_parts(struct render_parts *parts, const char *transport)
{
	buf_add_string(&parts->subject, "A test message from digest");
	buf_addf(&parts->text,
	    "This message came by %s.\nIf you can read it, your digest will arrive the same way.\n",
	    transport);
	buf_add_string(&parts->html,
	    "<!DOCTYPE html>\n<html lang=\"en\"><head><title>A test message from "
	    "digest</title></head>\n"
	    "<body><p>If you can read this, your digest will arrive the same "
	    "way.</p></body></html>\n");
}

static int
send_test(struct day *day, const char *address, struct buf *out, struct err *err)
{
	struct render_parts parts = RENDER_PARTS_INIT;
	struct journal journal = { .dot = accept_dot, .settle = accept_receipt };
	struct receipt receipt;
	struct day_message wish = {
		.parts = &parts,
		.address = address,
		.id = arena_printf(day->arena, "test.%lld.%d@%s", (long long)day->now,
		    (int)getpid(), day_sender_domain(day))
		          .ptr,
		.date = day->now,
	};

	compose_parts(&parts, day->transport);
	int status = day_send_message(day, &wish, &journal, &receipt, err);
	if (status == 0)
		buf_addf(out, "ok    test message to %s: %s\n", address, receipt.reply);
	else
		err_prefix(err, "test message to '%s'", address);
	render_parts_release(&parts);
	return status;
}

int
run_send_test(
    const struct run_request *request, const char *address, struct buf *out, struct err *err)
{
	struct run_result result = RUN_RESULT_INIT;
	struct buf checked = BUF_INIT(BUF_LIMIT);
	struct day day = { .access = DB_OVERLAY };
	int status = -1;

	day_start(&day, request, &result);
	if (message_check_recipient(&checked, str_from(address), err) == 0 &&
	    stage_mailer(&day, err) == 0 && stage_sender(&day, err) == 0)
		status = send_test(&day, checked.ptr, out, err);
	day_release(&day);
	run_result_release(&result);
	buf_release(&checked);
	return status;
}
