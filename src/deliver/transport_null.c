/* The transport that takes everything and keeps nothing: to try a configuration, and to measure. */
#include "transport.h"

static int
null_send(struct deliver_session *session, const struct message *message, struct journal *journal,
    struct receipt *receipt, struct err *err)
{
	(void)session;
	if (journal->dot(journal, &message->delivery, 1, err) < 0)
		return -1;
	journal_note(receipt, RECEIPT_ACCEPTED, "write", 0, STR("thrown away"));
	return 0;
}

const struct deliver_transport deliver_transport_null = {
	.name = "null",
	.help = "null: accepts everything and keeps nothing",
	.address = DELIVER_NOTHING,
	.send = null_send,
};
