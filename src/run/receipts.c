/*
 * What became of deliveries, as the day's result tells it: issues that were sent, troubles, doubts.
 * The ledger has each of them already.
 */
#include "day.h"

#include "digest/log.h"

#include <string.h>

static void
count_accepted(struct day *day, const struct ledger_delivery *delivery)
{
	struct day_sent *sent = day->sent;

	while (sent < day->sent + day->sent_count && sent->issue != delivery->issue)
		sent++;
	if (sent == day->sent + day->sent_count) {
		day->sent = arena_grow(day->arena, day->sent, &day->sent_count, sizeof(*sent));
		sent = &day->sent[day->sent_count - 1];
		sent->issue = delivery->issue;
	}
	if (sent->count++ == 0)
		sent->address = arena_string(day->arena, delivery->address);
}

/* Whether who was refused bounced and that is told; what is not recorded is seen next time. */
static bool
has_bounced(struct day *day, const struct ledger_delivery *delivery)
{
	struct err trouble = ERR_NONE;
	bool is_told = false;

	if (day_note_refusal(day, delivery, &is_told, &trouble) < 0)
		log_error("%s", trouble.text);
	return is_told;
}

/* What happens now. */
static const char *
consequence(const struct day *day, const struct receipt *receipt)
{
	const struct settings *smtp = config_settings(day->request->config, CONFIG_SMTP);

	if (receipt->outcome == RECEIPT_FAILED)
		return "this issue is not tried there again";
	if (strcmp(settings_string(smtp, "on_doubt"), "hold") == 0)
		return "it is held until 'digest issues retry' sends it again";
	return "it goes again, the same bytes";
}

void
day_note_receipt(
    struct day *day, const struct ledger_delivery *delivery, const struct receipt *receipt)
{
	const char *what = receipt->outcome == RECEIPT_FAILED ? "refused for good" : "in doubt";
	struct err trouble = ERR_NONE;

	if (receipt->outcome == RECEIPT_ACCEPTED)
		count_accepted(day, delivery);
	if (receipt->outcome == RECEIPT_DEFERRED && day->mail_trouble == NULL)
		day->mail_trouble =
		    arena_printf(day->arena, "put off at %s: %s", receipt->phase, receipt->reply)
		        .ptr;
	if (receipt->outcome == RECEIPT_ACCEPTED || receipt->outcome == RECEIPT_DEFERRED)
		return;
	if (receipt->outcome == RECEIPT_DOUBT)
		day->doubt_count++;
	if (receipt->outcome == RECEIPT_FAILED && has_bounced(day, delivery))
		return;
	err_set(&trouble, receipt->outcome == RECEIPT_FAILED ? EX_UNAVAILABLE : EX_TEMPFAIL,
	    "deliver: '%.*s': %s at %s: %s; %s", STR_ARG(delivery->address), what, receipt->phase,
	    receipt->reply, consequence(day, receipt));
	day_trouble(day, &trouble);
}
