/* The transport that writes messages to standard output, one after the other, with LF line ends. */
#include "transport.h"

#include "digest/output.h"

#include <errno.h>
#include <unistd.h>

/* The last byte stands for the final dot: without it the message is not whole. */
static int
stdout_send(struct deliver_session *session, const struct message *message, struct journal *journal,
    struct receipt *receipt, struct err *err)
{
	struct buf text = BUF_INIT(BUF_LIMIT);
	int status = -1;

	*receipt = (struct receipt){ .outcome = RECEIPT_DEFERRED, .phase = "write" };
	deliver_add_lf(&text, message->bytes);
	size_t len = text.len > 0 ? text.len - 1 : 0;
	if (output_write(STDOUT_FILENO, str_head(buf_str(&text), len)) < 0) {
		err_set_errno(err, EX_IOERR, errno, "cannot write to standard output");
		goto out;
	}
	if (journal->dot(journal, &message->delivery, 1, err) < 0)
		goto out;
	status = 0;
	if (output_write(STDOUT_FILENO, str_skip(buf_str(&text), len)) == 0)
		journal_note(receipt, RECEIPT_ACCEPTED, "write", 0, STR("written"));
	else
		journal_note(
		    receipt, RECEIPT_DOUBT, "write", 0, STR("its last byte was not written"));
	session->is_over = receipt->outcome != RECEIPT_ACCEPTED;
out:
	buf_release(&text);
	return status;
}

const struct deliver_transport deliver_transport_stdout = {
	.name = "stdout",
	.help = "stdout: writes messages to standard output",
	.address = DELIVER_NOTHING,
	.send = stdout_send,
};
