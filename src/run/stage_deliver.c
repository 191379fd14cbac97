/*
 * Claim, deliver, mark: what is queued goes out, one recipient at a time, each step in the ledger
 * before the next. Deferred deliveries are tried again while the run may wait.
 */
#include "day.h"

#include "digest/clock.h"
#include "digest/log.h"

#include <signal.h>

enum { CLAIM_COUNT = 32, RETRY_LEAST_S = 5, RETRY_MOST_S = 60 };

static volatile sig_atomic_t caught_signal;

static void
catch_signal(int number)
{
	caught_signal = number;
}

static const int deferred_signals[] = { SIGINT, SIGTERM, SIGHUP };
enum { DEFERRED_SIGNAL_COUNT = sizeof(deferred_signals) / sizeof(deferred_signals[0]) };

/*
 * A delivery under way ends first; a signal stops the run behind it. One that was ignored when the
 * program began (nohup) stays so.
 */
static void
defer_signals(struct sigaction old[DEFERRED_SIGNAL_COUNT])
{
	struct sigaction action = { .sa_handler = catch_signal };

	sigemptyset(&action.sa_mask);
	for (int i = 0; i < DEFERRED_SIGNAL_COUNT; i++) {
		sigaction(deferred_signals[i], NULL, &old[i]);
		if (old[i].sa_handler != SIG_IGN)
			sigaction(deferred_signals[i], &action, NULL);
	}
}

static void
restore_signals(const struct sigaction old[DEFERRED_SIGNAL_COUNT])
{
	for (int i = 0; i < DEFERRED_SIGNAL_COUNT; i++)
		sigaction(deferred_signals[i], &old[i], NULL);
}

/* What the deliveries of this run came to. */
struct postman {
	struct day *day;
	struct deliver_session *session;
	bool resends_doubt;
	int64_t frozen_issue; /* whose bytes `frozen` holds, for `frozen_kind` */
	enum message_kind frozen_kind;
	struct buf frozen, filled;
	struct arena *arena; /* of one claim */
};

static int
load_frozen(struct postman *postman, const struct ledger_delivery *delivery, struct err *err)
{
	if (postman->frozen_issue == delivery->issue && postman->frozen_kind == delivery->kind)
		return 0;
	buf_reset(&postman->frozen);
	postman->frozen_issue = 0;
	if (store_message(
	        postman->day->store, delivery->issue, delivery->kind, &postman->frozen, err) < 0)
		return -1;
	postman->frozen_issue = delivery->issue;
	postman->frozen_kind = delivery->kind;
	return 0;
}

static int
open_session(struct postman *postman, struct err *err)
{
	struct day *day = postman->day;
	const struct settings *smtp = config_settings(day->request->config, CONFIG_SMTP);

	if (postman->session != NULL && deliver_is_open(postman->session))
		return 0;
	deliver_close(postman->session);
	postman->session = NULL;
	if (deliver_is_remote(day->transport) && day_net(day, err) < 0)
		return -1;
	return deliver_open(&postman->session, day->transport, smtp, day->net, err);
}

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
	sent->count++;
	sent->address = arena_string(day->arena, delivery->address);
}

static void
count_receipt(
    struct day *day, const struct receipt *receipt, const struct ledger_delivery *delivery)
{
	const char *what = receipt->outcome == RECEIPT_FAILED ? "refused for good" : "in doubt";
	struct err trouble = ERR_NONE;

	if (receipt->outcome == RECEIPT_ACCEPTED)
		count_accepted(day, delivery);
	if (receipt->outcome == RECEIPT_ACCEPTED || receipt->outcome == RECEIPT_DEFERRED)
		return;
	if (receipt->outcome == RECEIPT_DOUBT)
		day->doubt_count++;
	err_set(&trouble, receipt->outcome == RECEIPT_FAILED ? EX_UNAVAILABLE : EX_TEMPFAIL,
	    "deliver: '%.*s': %s at %s: %s", STR_ARG(delivery->address), what, receipt->phase,
	    receipt->reply);
	day_trouble(day, &trouble);
}

static int
deliver_one(struct postman *postman, const struct ledger_delivery *delivery, struct err *err)
{
	struct day *day = postman->day;
	struct receipt receipt = { .outcome = RECEIPT_DEFERRED };
	const char *address = arena_string(postman->arena, delivery->address);
	const char *id = arena_string(postman->arena, delivery->message_id);
	const char *token = arena_string(postman->arena, delivery->token);

	if (load_frozen(postman, delivery, err) < 0 || open_session(postman, err) < 0)
		return -1;
	buf_reset(&postman->filled);
	if (dkim_fill(day->dkim, &postman->filled, buf_str(&postman->frozen), address, id, token,
	        err) < 0)
		return -1;
	struct message message = {
		.delivery = delivery->id,
		.sender = day_return_path(day, postman->arena, delivery),
		.recipient = address,
		.id = id,
		.bytes = buf_str(&postman->filled),
	};
	int status =
	    deliver_send(postman->session, &message, ledger_journal(day->ledger), &receipt, err);
	count_receipt(day, &receipt, delivery);
	return status;
}

/* Works through one claim; what cannot be tried any more is given back. */
static int
deliver_claimed(struct postman *postman, const struct ledger_delivery *deliveries, size_t count,
    struct err *err)
{
	for (size_t i = 0; i < count; i++) {
		struct err ignored = ERR_NONE;
		if (caught_signal == 0 && !err_is_set(err) &&
		    deliver_one(postman, &deliveries[i], err) == 0)
			continue;
		/* No-one took it: a delivery that was settled is left as it is. */
		if (ledger_release(postman->day->ledger, deliveries[i].id, &ignored) < 0)
			log_error("%s", ignored.text);
	}
	return err_is_set(err) ? -1 : 0;
}

/* Everything of a scope that is due now. */
static int
deliver_scope(struct postman *postman, const struct ledger_scope *scope, struct err *err)
{
	struct day *day = postman->day;
	struct ledger_delivery *deliveries = NULL;
	size_t count = 0;

	do {
		arena_reset(postman->arena);
		if (ledger_claim(day->ledger, scope, postman->resends_doubt, clock_now(),
		        CLAIM_COUNT, postman->arena, &deliveries, &count, err) < 0)
			return -1;
		if (deliver_claimed(postman, deliveries, count, err) < 0)
			return -1;
	} while (count > 0 && caught_signal == 0);
	return 0;
}

/* Everything that is due now: what one list waits for does not keep the next from its issue. */
static int
deliver_due(struct postman *postman, struct err *err)
{
	struct day *day = postman->day;

	for (size_t i = 0; i < day->scope_count && caught_signal == 0; i++) {
		if (deliver_scope(postman, &day->scopes[i], err) < 0)
			return -1;
	}
	return 0;
}

/* When the first deferred delivery is due again; DATE_NO_INSTANT when there is none. */
static int
find_next_due(struct day *day, int64_t *first, struct err *err)
{
	*first = DATE_NO_INSTANT;
	for (size_t i = 0; i < day->scope_count; i++) {
		int64_t due;
		if (ledger_next_due(day->ledger, &day->scopes[i], &due, err) < 0)
			return -1;
		if (due != DATE_NO_INSTANT && (*first == DATE_NO_INSTANT || due < *first))
			*first = due;
	}
	return 0;
}

/* Sleeps until the next deferred delivery is due, if the run may wait that long. */
static int
wait_for_deferred(struct postman *postman, int64_t deadline_ms, bool *is_waiting, struct err *err)
{
	int64_t due;

	*is_waiting = false;
	if (caught_signal != 0)
		return 0;
	if (find_next_due(postman->day, &due, err) < 0)
		return -1;
	if (due == DATE_NO_INSTANT)
		return 0;
	int64_t sleep_ms = (due - clock_now()) * 1000;
	if (clock_monotonic_ms() + sleep_ms > deadline_ms)
		return 0;
	if (sleep_ms > 0)
		clock_sleep_ms(sleep_ms);
	*is_waiting = true;
	return 0;
}

/* Where nobody named a mail server and none is here, waiting does not help: the ways out do. */
static bool
has_no_server(const struct postman *postman, struct err *trouble)
{
	if (!postman->day->is_guessed || trouble->code != EX_UNAVAILABLE)
		return false;
	err_clear(trouble);
	err_set(trouble, EX_UNAVAILABLE,
	    "deliver: no mail server on this machine; try 'apt install msmtp-mta', or --transport "
	    "smtps://USER@HOST, or 'digest setup'; the issue is kept until then");
	return true;
}

/*
 * Delivers until nothing is left or the wait is over. A server that cannot be reached is waited for
 * like a deferral; what it was is in `err` when the wait is over.
 */
static int
deliver_all(struct postman *postman, int64_t deadline_ms, struct err *err)
{
	int64_t pause_ms = RETRY_LEAST_S * 1000;
	bool is_waiting = true;

	while (is_waiting) {
		struct err trouble = ERR_NONE;
		if (deliver_due(postman, &trouble) == 0) {
			if (wait_for_deferred(postman, deadline_ms, &is_waiting, err) < 0)
				return -1;
			continue;
		}
		bool may_retry = trouble.code == EX_UNAVAILABLE || trouble.code == EX_TEMPFAIL;
		if (has_no_server(postman, &trouble) || !may_retry || caught_signal != 0 ||
		    clock_monotonic_ms() + pause_ms > deadline_ms) {
			*err = trouble;
			return -1;
		}
		log_info(
		    "deliver: retry_in_ms=%lld trouble=\"%s\"", (long long)pause_ms, trouble.text);
		clock_sleep_ms(pause_ms);
		pause_ms = pause_ms < RETRY_MOST_S * 500 ? pause_ms * 2 : RETRY_MOST_S * 1000;
	}
	return 0;
}

static int64_t
retry_pause_s(int64_t wait_s)
{
	int64_t pause = wait_s / 10;

	if (pause < RETRY_LEAST_S)
		return RETRY_LEAST_S;
	return pause > RETRY_MOST_S ? RETRY_MOST_S : pause;
}

int
stage_deliver(struct day *day, struct err *err)
{
	const struct settings *smtp = config_settings(day->request->config, CONFIG_SMTP);
	int64_t wait_s = day->request->wait_s;
	struct sigaction old[DEFERRED_SIGNAL_COUNT];
	struct postman postman = {
		.day = day,
		.resends_doubt = str_is(str_from(settings_string(smtp, "on_doubt")), "resend"),
		.frozen = BUF_INIT(BUF_LIMIT),
		.filled = BUF_INIT(BUF_LIMIT),
		.arena = arena_new(),
	};
	struct err trouble = ERR_NONE;

	caught_signal = 0;
	defer_signals(old);
	ledger_set_retry(day->ledger, wait_s > 0 ? retry_pause_s(wait_s) : 0);
	int64_t deadline_ms = clock_monotonic_ms() + wait_s * 1000;
	day->is_mail_stopped = deliver_all(&postman, deadline_ms, &trouble) < 0;
	if (day->is_mail_stopped)
		day_trouble(day, &trouble);
	deliver_close(postman.session);
	restore_signals(old);
	day->result->is_interrupted = caught_signal != 0;
	day->result->signal = caught_signal;
	buf_release(&postman.frozen);
	buf_release(&postman.filled);
	arena_free(postman.arena);
	(void)err;
	return 0;
}
