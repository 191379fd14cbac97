/*
 * A message that is no issue: composed, signed and handed over as one, but in no ledger. What is to
 * be remembered of it is its caller's, by the journal.
 */
#include "day.h"

/* In the sender's name, to one address; no list stands behind it. */
static struct render_envelope
envelope_of(const struct day *day, const struct day_message *wish)
{
	return (struct render_envelope){
		.from_name = day->from_name,
		.from_address = day->from_address,
		.reply_to = "",
		.owner = "",
		.unsubscribe = "",
		.kind = MESSAGE_TO_LIST,
		.is_notice = wish->is_notice,
		.date = wish->date,
		.is_signed = day_signs(day),
	};
}

static int
hand_over(struct day *day, const struct message *message, struct journal *journal,
    struct receipt *receipt, struct err *err)
{
	const struct settings *smtp = config_settings(day->request->config, CONFIG_SMTP);
	struct deliver_session *session = NULL;

	if (deliver_is_remote(day->transport) && day_net(day, err) < 0)
		return -1;
	if (deliver_open(&session, day->transport, smtp, day->net, err) < 0)
		return -1;
	int status = deliver_send(session, message, journal, receipt, err);
	deliver_close(session);
	return status;
}

int
day_send_message(struct day *day, const struct day_message *wish, struct journal *journal,
    struct receipt *receipt, struct err *err)
{
	struct buf frozen = BUF_INIT(BUF_LIMIT), bytes = BUF_INIT(BUF_LIMIT);
	struct render_envelope envelope = envelope_of(day, wish);
	const char *path = day_path(day->arena, str_from(wish->address));
	int status = -1;

	*receipt = (struct receipt){ .outcome = RECEIPT_DEFERRED };
	if (render_message(wish->parts, &envelope, &frozen, err) < 0 ||
	    dkim_fill(day->dkim, &bytes, buf_str(&frozen), path, wish->id, "", err) < 0)
		goto out;
	struct message message = {
		.sender = day->from_address,
		.recipient = path,
		.id = wish->id,
		.bytes = buf_str(&bytes),
	};
	if (hand_over(day, &message, journal, receipt, err) < 0)
		goto out;
	status = 0;
	if (receipt->outcome != RECEIPT_ACCEPTED)
		status =
		    err_set(err, receipt->outcome == RECEIPT_FAILED ? EX_UNAVAILABLE : EX_TEMPFAIL,
		        "refused at %s: %s", receipt->phase, receipt->reply);
out:
	buf_release(&frozen);
	buf_release(&bytes);
	return status;
}
