/*
 * Sessions at work side by side, in one thread: each waits for its server while the others go on.
 * The dots of all that are ready are announced in one commit, together with what became of those
 * before; the next message of a session begins after the dot where the server lets it. What a
 * session says is smtp's; whose turn it is, and when it is tried again, is the source's.
 */
#include "transport.h"

#include "digest/clock.h"
#include "digest/log.h"
#include "digest/mem.h"
#include "digest/smtp.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>

enum {
	SESSIONS_MOST = 100,
	MESSAGES_PER_SESSION = 8, /* fewer are not worth a login */
	ROUND_MS = 2, /* so long a dot waits for others to share its commit */
	SLOW_PACE_MS = 500, /* from one message to the next: one session keeps up with it */
	RESULT_MS = 20, /* and so long what became of a message waits for the next dots */
	REST_LEAST_MS = 1000,
	REST_MOST_MS = 60000,
	IDLE_MS = 1000, /* how often it is asked whether to go on, while nothing happens */
	EASE_AFTER = 50, /* acceptances in a row after which one session more is tried */
};

enum duty {
	DUTY_NONE,
	DUTY_TALK, /* up to the dot */
	DUTY_READY, /* the dot may be announced */
};

struct worker {
	struct deliver_session *session; /* NULL when there is none */
	enum duty duty; /* with `message` */
	bool has_dot_out; /* the reply to the dot of `sent` is to come: the dot window */
	bool has_news; /* it may get on without waiting */
	struct message message, sent;
	uint64_t untold, sent_untold; /* whose receipts are to come, as smtp.h counts recipients */
	struct receipt *receipts; /* of both: what is known early is told early */
	struct buf room;
};

struct deliver_crew {
	const char *url;
	const struct settings *settings;
	struct net *net;
	struct worker *workers;
	size_t worker_count;
	size_t session_limit; /* a server that is short of breath gets fewer than `worker_count` */
	size_t together_limit; /* and so many recipients at once */
	size_t accepted_in_a_row;
	bool has_short_sessions; /* the server ends them after a dot: no message may follow one */
	int64_t rest_ms, resume_ms; /* how long it rests, and until when */
	/* What became of messages and is not recorded yet. */
	struct journal_result *results;
	struct message *result_messages;
	size_t result_count, result_room;
	int64_t *dots;
	struct pollfd *polls;
};

/* One call of deliver_crew_send(). */
struct shift {
	struct deliver_crew *crew;
	struct deliver_source *source;
	struct journal *journal;
	struct err *err;
	bool is_stopped; /* no message is begun any more */
	bool is_unrecorded; /* the journal failed: no dot is given any more */
	bool is_dry; /* the source has none */
	bool has_begun; /* any message at all */
	int64_t ready_since_ms, result_since_ms;
	int64_t commit_ms; /* how long the last one took */
};

struct deliver_crew *
deliver_crew_new(const char *url, const struct settings *settings, struct net *net)
{
	struct deliver_crew *crew = mem_alloc(sizeof(*crew));
	int64_t wanted = settings_int(settings, "connections");

	crew->url = url;
	crew->settings = settings;
	crew->net = net;
	crew->worker_count = (size_t)(wanted > SESSIONS_MOST ? SESSIONS_MOST : wanted);
	crew->session_limit = crew->worker_count;
	crew->together_limit = MESSAGE_TOGETHER_MOST;
	crew->workers = mem_array(crew->worker_count, sizeof(*crew->workers));
	/* So many that those of a round can wait for the dots of the next. */
	crew->result_room = 2 * crew->worker_count * MESSAGE_TOGETHER_MOST;
	crew->results = mem_array(crew->result_room, sizeof(*crew->results));
	crew->result_messages = mem_array(crew->result_room, sizeof(*crew->result_messages));
	crew->dots = mem_array(crew->worker_count * MESSAGE_TOGETHER_MOST, sizeof(*crew->dots));
	crew->polls = mem_array(crew->worker_count, sizeof(*crew->polls));
	for (size_t i = 0; i < crew->worker_count; i++) {
		struct worker *worker = &crew->workers[i];
		worker->receipts = mem_array(MESSAGE_TOGETHER_MOST, sizeof(*worker->receipts));
		worker->room = BUF_INIT(BUF_LIMIT);
	}
	return crew;
}

void
deliver_crew_free(struct deliver_crew *crew)
{
	if (crew == NULL)
		return;
	for (size_t i = 0; i < crew->worker_count; i++) {
		deliver_close(crew->workers[i].session);
		mem_free(crew->workers[i].receipts);
		buf_release(&crew->workers[i].room);
	}
	mem_free(crew->workers);
	mem_free(crew->results);
	mem_free(crew->result_messages);
	mem_free(crew->dots);
	mem_free(crew->polls);
	mem_free(crew);
}

static size_t
count_duty(const struct deliver_crew *crew, enum duty duty)
{
	size_t count = 0;

	for (size_t i = 0; i < crew->worker_count; i++)
		count += crew->workers[i].duty == duty;
	return count;
}

static size_t
count_sessions(const struct deliver_crew *crew)
{
	size_t count = 0;

	for (size_t i = 0; i < crew->worker_count; i++)
		count += crew->workers[i].session != NULL;
	return count;
}

static struct smtp *
smtp_of(const struct worker *worker)
{
	return worker->session->target.transport->smtp(worker->session);
}

static bool
is_busy(const struct worker *worker)
{
	return worker->duty != DUTY_NONE || worker->has_dot_out;
}

static bool
waits_for_server(const struct worker *worker)
{
	return worker->duty == DUTY_TALK || worker->has_dot_out;
}

static size_t
count_busy(const struct deliver_crew *crew)
{
	size_t count = 0;

	for (size_t i = 0; i < crew->worker_count; i++)
		count += is_busy(&crew->workers[i]);
	return count;
}

static size_t
count_dots_out(const struct deliver_crew *crew)
{
	size_t count = 0;

	for (size_t i = 0; i < crew->worker_count; i++)
		count += crew->workers[i].has_dot_out;
	return count;
}

static bool
is_idle(const struct deliver_crew *crew)
{
	return count_busy(crew) == 0;
}

/* ---- sessions: opened and closed while no dot is out, for only then may anything allocate ---- */

/* The session that is there for sure. */
static struct worker *
first_worker(struct deliver_crew *crew)
{
	struct worker *worker = crew->workers;

	while (worker->session == NULL)
		worker++;
	return worker;
}

/* How many are worth having for that many messages, by that transport and at that pace. */
static size_t
sessions_for(struct deliver_crew *crew, size_t message_count)
{
	const struct deliver_session *session = first_worker(crew)->session;
	size_t wanted = 1 + message_count / MESSAGES_PER_SESSION;

	if (session->target.transport->smtp == NULL || session->interval_ms >= SLOW_PACE_MS)
		return 1;
	return wanted < crew->session_limit ? wanted : crew->session_limit;
}

static int
open_session(struct deliver_crew *crew, struct err *err)
{
	struct worker *worker = crew->workers;

	while (worker->session != NULL)
		worker++;
	return deliver_open(&worker->session, crew->url, crew->settings, crew->net, err);
}

static void
close_sessions(struct deliver_crew *crew, size_t kept)
{
	size_t count = 0;

	for (size_t i = 0; i < crew->worker_count; i++) {
		struct worker *worker = &crew->workers[i];
		if (worker->session == NULL ||
		    (deliver_is_open(worker->session) && ++count <= kept))
			continue;
		deliver_close(worker->session);
		worker->session = NULL;
	}
}

/*
 * Who is told to come later does not knock before. False when no message is to be begun any more.
 */
static bool
rest(const struct deliver_crew *crew, struct deliver_source *source)
{
	int64_t left = crew->resume_ms - clock_monotonic_ms();

	while (left > 0 && source->goes_on(source)) {
		/* A signal may come before the sleep does. */
		clock_sleep_ms(left < IDLE_MS ? left : IDLE_MS);
		left = crew->resume_ms - clock_monotonic_ms();
	}
	return left <= 0;
}

/*
 * Makes sure of at least one session: 1, or 0 when none is wanted any more; -1 when there is none
 * to be had. A server that takes no more of them has its way.
 */
static int
open_sessions(struct deliver_crew *crew, struct deliver_source *source, struct err *err)
{
	struct err trouble = ERR_NONE;

	close_sessions(crew, crew->session_limit);
	if (count_sessions(crew) == 0 && !rest(crew, source))
		return 0;
	if (count_sessions(crew) == 0 && open_session(crew, err) < 0)
		return -1;
	while (count_sessions(crew) < sessions_for(crew, source->count)) {
		if (open_session(crew, &trouble) == 0)
			continue;
		crew->session_limit = count_sessions(crew);
		log_info("deliver: sessions=%zu trouble=\"%s\"", crew->session_limit, trouble.text);
	}
	return 1;
}

/* ---- what becomes of messages ---- */

/* RFC 3463 section 3.8 and RFC 5321 section 3.8: it wants less of us for a while. */
static bool
asks_for_rest(const struct receipt *receipt)
{
	return receipt->outcome == RECEIPT_DEFERRED &&
	    (receipt->code == 421 || str_starts(str_from(receipt->reply), "4.7."));
}

/* Fewer sessions, and a rest that doubles until something is accepted again. */
static void
adapt(struct deliver_crew *crew, const struct receipt *receipt)
{
	if (receipt->outcome == RECEIPT_ACCEPTED) {
		crew->rest_ms = 0;
		if (++crew->accepted_in_a_row % EASE_AFTER == 0 &&
		    crew->session_limit < crew->worker_count)
			crew->session_limit++;
	}
	if (!asks_for_rest(receipt))
		return;
	crew->accepted_in_a_row = 0;
	crew->session_limit = crew->session_limit > 1 ? crew->session_limit / 2 : 1;
	/* At RCPT it is about the recipient's side as often as about ours. */
	if (receipt->code != 421 && strcmp(receipt->phase, "rcpt") == 0)
		return;
	crew->rest_ms = crew->rest_ms == 0 ? REST_LEAST_MS : 2 * crew->rest_ms;
	if (crew->rest_ms > REST_MOST_MS)
		crew->rest_ms = REST_MOST_MS;
	crew->resume_ms = clock_monotonic_ms() + crew->rest_ms;
	log_info("deliver: resting_ms=%lld sessions=%zu code=%d", (long long)crew->rest_ms,
	    crew->session_limit, receipt->code);
}

/* The results are recorded, or lost with a word in the system log. */
static void
forget_results(struct shift *shift, bool are_settled)
{
	struct deliver_crew *crew = shift->crew;

	for (size_t i = 0; i < crew->result_count && are_settled; i++)
		shift->source->settled(
		    shift->source, &crew->result_messages[i], &crew->results[i].receipt);
	crew->result_count = 0;
}

/* The journal failed: what has no dot yet gets none, and what has one is waited for. */
static void
stop_sending(struct shift *shift)
{
	struct deliver_crew *crew = shift->crew;

	shift->is_stopped = shift->is_unrecorded = true;
	for (size_t i = 0; i < crew->worker_count; i++) {
		struct worker *worker = &crew->workers[i];
		if (worker->duty == DUTY_NONE || worker->has_dot_out)
			continue;
		smtp_hang_up(smtp_of(worker));
		worker->duty = DUTY_NONE;
	}
}

static void
stop_for(struct shift *shift, const struct err *trouble)
{
	shift->is_stopped = true;
	if (!err_is_set(shift->err))
		*shift->err = *trouble;
}

/* A session's trouble, by the name of its transport. */
static void
stop_for_session(struct shift *shift, struct err *trouble, const struct worker *worker)
{
	err_prefix(trouble, "%s", worker->session->target.transport->name);
	stop_for(shift, trouble);
}

/* When the next message may be begun; 0: at once. */
static int64_t
due_ms(const struct shift *shift)
{
	const struct deliver_crew *crew = shift->crew;
	int64_t due = crew->resume_ms;

	if (shift->source->resume_ms > due)
		due = shift->source->resume_ms;
	for (size_t i = 0; i < crew->worker_count; i++) {
		const struct worker *worker = &crew->workers[i];
		if (worker->session != NULL && deliver_due_ms(worker->session) > due)
			due = deliver_due_ms(worker->session);
	}
	return due > 0 && due > clock_monotonic_ms() ? due : 0;
}

/* Whether any message may be begun now. */
static bool
may_begin(const struct shift *shift)
{
	return !shift->is_stopped && !shift->is_dry && due_ms(shift) == 0;
}

/* ---- commits ---- */

static void begin_message(struct shift *shift, struct worker *worker);

/* Whether the session's next message may begin after the dot that was just given. */
static bool
may_follow(const struct shift *shift, const struct worker *worker)
{
	return may_begin(shift) && !shift->source->may_allocate &&
	    !shift->crew->has_short_sessions &&
	    count_busy(shift->crew) <= shift->crew->session_limit &&
	    smtp_may_follow(smtp_of(worker));
}

static void
give_dots(struct shift *shift)
{
	struct deliver_crew *crew = shift->crew;

	for (size_t i = 0; i < crew->worker_count; i++) {
		struct worker *worker = &crew->workers[i];
		if (worker->duty != DUTY_READY)
			continue;
		smtp_give_dot(smtp_of(worker));
		worker->sent = worker->message;
		worker->sent_untold = worker->untold;
		worker->has_dot_out = worker->has_news = true;
		worker->duty = DUTY_NONE;
		if (may_follow(shift, worker))
			begin_message(shift, worker);
	}
}

/* Gathers the deliveries whose dots can be given; how many. */
static size_t
gather_dots(struct deliver_crew *crew)
{
	size_t count = 0;

	for (size_t i = 0; i < crew->worker_count; i++) {
		const struct worker *worker = &crew->workers[i];
		const struct message *one = &worker->message;
		if (worker->duty != DUTY_READY)
			continue;
		for (uint64_t open = worker->untold; open != 0; open >>= 1, one = one->with)
			if (open & 1)
				crew->dots[count++] = one->delivery;
	}
	return count;
}

/* Commits: what is known, and the dots of those that are ready, which go out then. */
static void
commit(struct shift *shift, bool with_dots)
{
	struct deliver_crew *crew = shift->crew;
	struct err trouble = ERR_NONE;
	size_t dot_count = with_dots ? gather_dots(crew) : 0;

	if (dot_count == 0 && crew->result_count == 0)
		return;
	int64_t start_ms = clock_monotonic_ms();
	int status = shift->journal->round(
	    shift->journal, crew->results, crew->result_count, crew->dots, dot_count, &trouble);
	shift->commit_ms = clock_monotonic_ms() - start_ms;
	forget_results(shift, status == 0);
	if (status == 0 && with_dots)
		give_dots(shift);
	if (status == 0)
		return;
	if (!err_is_set(shift->err))
		*shift->err = trouble;
	stop_sending(shift);
}

static void
take_result(struct shift *shift, const struct message *message, const struct receipt *receipt)
{
	struct deliver_crew *crew = shift->crew;

	if (crew->result_count == 0)
		shift->result_since_ms = clock_monotonic_ms();
	crew->results[crew->result_count] = (struct journal_result){ message->delivery, *receipt };
	crew->result_messages[crew->result_count++] = *message;
	if (crew->result_count == crew->result_room)
		commit(shift, false);
}

/*
 * Takes what became of some recipients of a message. What a server says to all of them
 * counts once.
 */
static void
take_results(struct shift *shift, const struct message *message, const struct receipt *receipts,
    uint64_t which)
{
	const struct receipt *telling = NULL;

	for (; which != 0; which >>= 1, message = message->with, receipts++) {
		if (!(which & 1))
			continue;
		take_result(shift, message, receipts);
		if (telling == NULL || !asks_for_rest(telling))
			telling = receipts;
	}
	if (telling != NULL)
		adapt(shift->crew, telling);
}

/* ---- messages ---- */

static uint64_t
all_recipients(const struct message *message)
{
	uint64_t all = 0;

	for (; message != NULL; message = message->with)
		all = all << 1 | 1;
	return all;
}

/* Gives a session that has nothing to do the next message. */
static void
begin_message(struct shift *shift, struct worker *worker)
{
	struct err trouble = ERR_NONE;

	buf_reset(&worker->room);
	worker->message = (struct message){ .delivery = 0 };
	int found = shift->source->next(shift->source, &worker->message, &worker->room, &trouble);
	shift->is_dry = found == 0 && shift->source->resume_ms == 0;
	if (found < 0)
		stop_for(shift, &trouble);
	if (found <= 0)
		return;
	shift->has_begun = true;
	deliver_note_begun(worker->session);
	int begun = smtp_begin(smtp_of(worker), &worker->message, worker->receipts, &trouble);
	if (begun < 0) {
		stop_for_session(shift, &trouble, worker);
		return;
	}
	uint64_t all = all_recipients(&worker->message);
	worker->untold = begun > 0 ? smtp_open_to(smtp_of(worker)) : 0;
	if (begun > 0) {
		worker->duty = DUTY_TALK;
		worker->has_news = true;
	}
	take_results(shift, &worker->message, worker->receipts, all & ~worker->untold);
}

/* A session that may be given the next message now, or NULL. */
static struct worker *
find_free(const struct shift *shift)
{
	const struct deliver_crew *crew = shift->crew;

	if (!may_begin(shift) || count_busy(crew) >= crew->session_limit)
		return NULL;
	if (shift->source->may_allocate && count_dots_out(crew) > 0)
		return NULL;
	for (size_t i = 0; i < crew->worker_count; i++) {
		struct worker *worker = &crew->workers[i];
		if (worker->session != NULL && !is_busy(worker) && deliver_is_open(worker->session))
			return worker;
	}
	return NULL;
}

static void
begin_messages(struct shift *shift)
{
	struct worker *worker;

	while ((worker = find_free(shift))) {
		if (shift->source->may_allocate)
			commit(shift, false);
		if (!shift->is_stopped)
			begin_message(shift, worker);
	}
}

/*
 * Who was left out for want of room stays unsettled, and comes again. Where nobody after the first
 * of them was taken, it was not his mailbox that was full: the server takes no more at once.
 */
static void
note_left(struct shift *shift, uint64_t open, uint64_t left)
{
	size_t taken = 0;

	if (left == 0 || open > (left & -left))
		return;
	for (; open != 0; open &= open - 1)
		taken++;
	shift->crew->together_limit = shift->source->together = taken;
	log_info("deliver: together=%zu", taken);
}

/* Who was refused is done with. */
static void
take_ready(struct shift *shift, struct worker *worker)
{
	uint64_t open = smtp_open_to(smtp_of(worker)), left = smtp_left(smtp_of(worker));
	uint64_t closed = worker->untold & ~open & ~left;

	if (count_duty(shift->crew, DUTY_READY) == 0)
		shift->ready_since_ms = clock_monotonic_ms();
	worker->duty = DUTY_READY;
	worker->untold = open;
	note_left(shift, open, left);
	take_results(shift, &worker->message, worker->receipts, closed);
	if (shift->is_unrecorded)
		stop_sending(shift);
}

/* The message whose dot is out is done, or else the one that is under way. */
static void
take_done(struct shift *shift, struct worker *worker)
{
	if (worker->has_dot_out) {
		worker->has_dot_out = false;
		take_results(shift, &worker->sent, worker->receipts, worker->sent_untold);
		return;
	}
	worker->duty = DUTY_NONE;
	take_results(shift, &worker->message, worker->receipts,
	    worker->untold & ~smtp_left(smtp_of(worker)));
}

static void
advance(struct shift *shift, struct worker *worker)
{
	struct err trouble = ERR_NONE;
	enum smtp_progress progress;

	worker->has_news = false;
	do {
		progress = smtp_advance(smtp_of(worker), false, worker->receipts, &trouble);
		if (progress == SMTP_AT_DOT)
			take_ready(shift, worker);
		else if (progress == SMTP_DONE)
			take_done(shift, worker);
		else if (progress != SMTP_WAITS)
			worker->duty = DUTY_NONE;
	} while (progress == SMTP_DONE && worker->duty == DUTY_TALK);
	/* The message is nobody's then: the source finds that it was never settled. */
	if (progress == SMTP_UNHEARD)
		shift->crew->has_short_sessions = true;
	if (progress == SMTP_STOPPED)
		stop_for_session(shift, &trouble, worker);
}

static void
advance_all(struct shift *shift)
{
	struct deliver_crew *crew = shift->crew;
	int64_t now = clock_monotonic_ms();

	for (size_t i = 0; i < crew->worker_count; i++) {
		struct worker *worker = &crew->workers[i];
		if (!waits_for_server(worker))
			continue;
		if (worker->has_news || smtp_wait(smtp_of(worker)).deadline_ms <= now)
			advance(shift, worker);
	}
}

/*
 * When the next commit is due; 0: at once. The dots wait for those of other sessions: for as long
 * as a commit takes, since each that comes later has to wait for the next, and until they are half
 * of all, so that the server has the other half to work on meanwhile.
 */
static int64_t
commit_due_ms(const struct shift *shift)
{
	const struct deliver_crew *crew = shift->crew;
	size_t ready = count_duty(crew, DUTY_READY), busy = count_busy(crew);
	int64_t now = clock_monotonic_ms(), due = INT64_MAX;

	if (ready > 0)
		due = shift->ready_since_ms + shift->commit_ms;
	if (ready > 0 && 2 * ready < busy)
		due += ROUND_MS;
	if (crew->result_count > 0 && shift->result_since_ms + RESULT_MS < due)
		due = shift->result_since_ms + RESULT_MS;
	if (ready == busy && (ready > 0 || crew->result_count > 0))
		due = now;
	return due > now ? due : 0;
}

/* When something of ours is due: a commit, a message, or a look at whether to go on. */
static int64_t
own_due_ms(const struct shift *shift)
{
	const struct deliver_crew *crew = shift->crew;
	int64_t due = commit_due_ms(shift), begin = due_ms(shift);
	bool has_turn = !shift->is_stopped && !shift->is_dry;

	if (has_turn && begin > 0 && begin < due)
		due = begin;
	/* A signal may come before poll(2) does. */
	if (is_idle(crew) && clock_monotonic_ms() + IDLE_MS < due)
		due = clock_monotonic_ms() + IDLE_MS;
	return due;
}

/* What a session waits for, and until when; 0 when it has news already and so waits for nothing. */
static int64_t
poll_for(const struct worker *worker, struct pollfd *place)
{
	*place = (struct pollfd){ .fd = -1 };
	if (!waits_for_server(worker))
		return INT64_MAX;
	if (worker->has_news)
		return 0;
	struct smtp_wait wait = smtp_wait(smtp_of(worker));
	*place = (struct pollfd){ wait.descriptor, wait.events, 0 };
	return wait.deadline_ms;
}

/* Waits for news of any session, but no longer than until something is due. */
static void
wait_for_news(struct shift *shift)
{
	struct deliver_crew *crew = shift->crew;
	int64_t due = own_due_ms(shift), now = clock_monotonic_ms();
	bool is_awaited = false;

	for (size_t i = 0; i < crew->worker_count; i++) {
		int64_t deadline = poll_for(&crew->workers[i], &crew->polls[i]);
		if (deadline < due)
			due = deadline;
		is_awaited |= crew->polls[i].fd >= 0;
	}
	int64_t left = due > now ? due - now : 0;
	if (left == 0 && !is_awaited)
		return;
	int count = poll(crew->polls, crew->worker_count, left < INT32_MAX ? (int)left : INT32_MAX);
	for (size_t i = 0; i < crew->worker_count && count > 0; i++)
		if (crew->polls[i].revents != 0)
			crew->workers[i].has_news = true;
}

/* Whether a message can still be begun. */
static bool
has_work(const struct shift *shift)
{
	const struct deliver_crew *crew = shift->crew;

	if (shift->is_stopped || shift->is_dry || !shift->source->goes_on(shift->source))
		return false;
	for (size_t i = 0; i < crew->worker_count; i++)
		if (crew->workers[i].session != NULL && deliver_is_open(crew->workers[i].session))
			return true;
	return false;
}

static void
work(struct shift *shift)
{
	struct deliver_crew *crew = shift->crew;

	while (true) {
		begin_messages(shift);
		advance_all(shift);
		if (commit_due_ms(shift) == 0)
			commit(shift, true);
		if (find_free(shift) != NULL)
			continue;
		if (is_idle(crew) && !has_work(shift))
			return;
		wait_for_news(shift);
	}
}

/* No longer than for a moment: a signal may come before the sleep does. */
static void
wait_for_source(const struct deliver_source *source)
{
	int64_t left = source->resume_ms - clock_monotonic_ms();

	clock_sleep_ms(left < IDLE_MS ? left : IDLE_MS);
}

/* A transport that has no conversation: one message after the other. */
static void
work_alone(struct shift *shift, struct worker *worker)
{
	while (shift->source->goes_on(shift->source) && deliver_is_open(worker->session)) {
		buf_reset(&worker->room);
		int found =
		    shift->source->next(shift->source, &worker->message, &worker->room, shift->err);
		shift->is_dry = found == 0 && shift->source->resume_ms == 0;
		if (found == 0 && !shift->is_dry) {
			wait_for_source(shift->source);
			continue;
		}
		if (found <= 0)
			return;
		shift->has_begun = true;
		if (deliver_send(worker->session, &worker->message, shift->journal,
		        worker->receipts, shift->err) < 0)
			return;
		shift->source->settled(shift->source, &worker->message, worker->receipts);
	}
}

int
deliver_crew_send(struct deliver_crew *crew, struct deliver_source *source, struct journal *journal,
    struct err *err)
{
	struct shift shift = { .crew = crew, .source = source, .journal = journal, .err = err };

	int opened = open_sessions(crew, source, err);
	if (opened <= 0)
		return opened;
	struct worker *first = first_worker(crew);
	bool has_dialogue = first->session->target.transport->smtp != NULL;
	source->together = has_dialogue ? crew->together_limit : 1;
	for (size_t i = 0; i < crew->worker_count; i++) {
		if (crew->workers[i].session == NULL)
			continue;
		buf_reset(&crew->workers[i].room);
		buf_add_repeat(&crew->workers[i].room, ' ', source->message_bytes);
	}
	if (has_dialogue)
		work(&shift);
	else
		work_alone(&shift, first);
	if (!shift.has_begun && !shift.is_dry && source->goes_on(source) && !err_is_set(err))
		err_set(err, EX_TEMPFAIL, "deliver: the server hangs up before any message");
	return err_is_set(err) ? -1 : 0;
}
