/*
 * Claim, deliver, mark: what is due goes out by the postman. Here is for how long: deferred
 * deliveries are tried again while the run may wait, and a signal ends it after what is under way.
 */
#include "postman.h"

#include "digest/clock.h"
#include "digest/log.h"

#include <signal.h>
#include <string.h>

enum { RETRY_LEAST_S = 5, RETRY_MOST_S = 60 };

static volatile sig_atomic_t caught_signal;

static void
catch_signal(int number)
{
	caught_signal = number;
}

static const int deferred_signals[] = { SIGINT, SIGTERM, SIGHUP };
enum { DEFERRED_SIGNAL_COUNT = sizeof(deferred_signals) / sizeof(deferred_signals[0]) };

/*
 * A delivery under way ends first; a signal stops the run after it. One that was ignored when the
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

/*
 * Everything that is due now: what one list waits for does not keep the next from its issue, and so
 * what waits for its domain's pace comes last.
 */
static int
deliver_due(struct day *day, struct postman *postman, struct err *err)
{
	bool is_patient = false, has_more;

	do {
		has_more = false;
		for (size_t i = 0; i < day->scope_count && caught_signal == 0; i++) {
			if (postman_deliver(postman, &day->scopes[i], is_patient, &has_more, err) <
			    0)
				return -1;
		}
		is_patient = true;
	} while (has_more && caught_signal == 0);
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
wait_for_deferred(struct day *day, int64_t deadline_ms, bool *is_waiting, struct err *err)
{
	int64_t due;

	*is_waiting = false;
	if (caught_signal != 0)
		return 0;
	if (find_next_due(day, &due, err) < 0)
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
has_no_server(const struct day *day, struct err *trouble)
{
	if (!day->is_guessed || trouble->code != EX_UNAVAILABLE)
		return false;
	err_clear(trouble);
	err_set(trouble, EX_UNAVAILABLE,
	    "deliver: no mail server on this machine; try 'apt install msmtp-mta', or --transport "
	    "smtps://USER@HOST, or 'digest setup'; the issue is kept until then");
	return true;
}

/* What stopped the deliveries, and what becomes of them, unless that is said already. */
static void
tell_stopped(struct day *day, const struct err *trouble)
{
	struct err told = ERR_NONE;

	if (strchr(trouble->text, ';') != NULL)
		told = *trouble;
	else
		err_set(&told, trouble->code, "%s; what has not left goes with the next run",
		    trouble->text);
	day_trouble(day, &told);
}

/*
 * Delivers until nothing is left or the wait is over. A server that cannot be reached is waited for
 * like a deferral; what it was is in `err` when the wait is over.
 */
static int
deliver_all(struct day *day, struct postman *postman, int64_t deadline_ms, struct err *err)
{
	int64_t pause_ms = RETRY_LEAST_S * 1000;
	bool is_waiting = true;

	while (is_waiting) {
		struct err trouble = ERR_NONE;
		if (deliver_due(day, postman, &trouble) == 0) {
			if (wait_for_deferred(day, deadline_ms, &is_waiting, err) < 0)
				return -1;
			continue;
		}
		bool may_retry = trouble.code == EX_UNAVAILABLE || trouble.code == EX_TEMPFAIL;
		if (has_no_server(day, &trouble) || !may_retry || caught_signal != 0 ||
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
	int64_t wait_s = day->request->wait_s;
	struct sigaction old[DEFERRED_SIGNAL_COUNT];
	struct err trouble = ERR_NONE;

	caught_signal = 0;
	defer_signals(old);
	struct postman *postman = postman_new(day, &caught_signal);
	postman_count(postman);
	ledger_set_retry(day->ledger, wait_s > 0 ? retry_pause_s(wait_s) : 0);
	int64_t deadline_ms = clock_monotonic_ms() + wait_s * 1000;
	day->is_mail_stopped = deliver_all(day, postman, deadline_ms, &trouble) < 0;
	if (day->is_mail_stopped) {
		if (trouble.code != EX_IOERR && trouble.code != EX_SOFTWARE && caught_signal == 0)
			day->mail_trouble = arena_string(day->arena, str_from(trouble.text));
		tell_stopped(day, &trouble);
	}
	postman_log(postman);
	postman_free(postman);
	restore_signals(old);
	day->result->is_interrupted = caught_signal != 0;
	day->result->signal = caught_signal;
	(void)err;
	return 0;
}
