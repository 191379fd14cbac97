/*
 * Drives all sources at once: asks what their providers want to know, waits as they should, has the
 * answers read, and tries again what may come right. What an answer means is the provider's.
 */
#include "fetch.h"

#include "digest/clock.h"
#include "digest/log.h"
#include "digest/mem.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	MOST_TRIES = 4, /* the first and three more */
	MOST_TRIES_UNREADABLE = 2,
	MOST_ROUNDS = 3, /* of a source that gives an odd answer, behind the first */
	RETRY_MS = 1000,
	CONNECT_TIMEOUT_MS = 15000,
	IDLE_MS = 250, /* the longest nap: paces and deadlines are looked at this often */
	PROGRESS_MS = 100,
	DAY_S = 86400,
	MOST_ASKING = 16, /* sources asked at once */
};

struct fetch {
	const struct source_wish *wish;
	const struct source_sink *sink;
	struct net *net;
	struct fetch_paces *paces;
	struct fetch_clock clock;
	struct fetch_job *jobs;
	size_t count, done, asking;
	int64_t started_ms;
	int64_t told_ms; /* when progress was last told */
};

/* ---- the end of a job ---- */

/* Now by the clock of the wish. */
static int64_t
now_of(const struct fetch *fetch)
{
	return fetch->wish->now + (clock_monotonic_ms() - fetch->started_ms) / 1000;
}

/* The verdict, and what is remembered of it. */
static void
conclude(struct fetch *fetch, struct fetch_job *job)
{
	struct source_outcome *outcome = job->task.outcome;
	struct source_state *state = &job->task.state;

	fetch_judge_conclude(job);
	if (err_is_set(&outcome->error))
		outcome->exit_code = err_worse_code(outcome->exit_code, outcome->error.code);
	state->last_attempt = now_of(fetch);
	state->verdict = outcome->verdict;
	state->fresh_until = DATE_NO_INSTANT;
	if (job->has_failed) {
		state->failures++;
		return;
	}
	state->failures = 0;
	if (source_verdict_is_odd(outcome->verdict))
		return;
	state->last_success = state->last_attempt;
	if (outcome->verdict != SOURCE_NOT_YET && fetch->wish->reach == SOURCE_CATCH_UP)
		state->fresh_until = fetch_fresh_until(job, state->last_attempt);
}

static void
leave(struct fetch *fetch, struct fetch_job *job)
{
	job->phase = FETCH_DONE;
	fetch->done++;
}

/* Hands the state to the sink, with whatever entries came before. */
static int
keep_state(struct fetch_job *job, struct err *err)
{
	struct source *source = job->task.source;

	if (fetch_judge_keep(job, err) < 0) {
		job->sink->abort(job->sink->context, source);
		job->is_broken = true;
		return -1;
	}
	if (job->sink->end(job->sink->context, source, &job->task.state, err) < 0) {
		job->is_broken = true;
		return -1;
	}
	source->state = job->task.state;
	return 0;
}

/* Ends a job that has no answer to go with its state. */
static int
conclude_alone(struct fetch *fetch, struct fetch_job *job, struct err *err)
{
	conclude(fetch, job);
	leave(fetch, job);
	if (job->sink->begin(job->sink->context, job->task.source, err) < 0) {
		job->is_broken = true;
		return -1;
	}
	return keep_state(job, err);
}

static void
record(struct fetch_job *job, const struct err *err)
{
	struct source_outcome *outcome = job->task.outcome;

	/* What could not be had outweighs what was there and empty. */
	if (!job->has_failed)
		err_clear(&outcome->error);
	job->has_failed = true;
	err_set(&outcome->error, err->code, "%s: %s", job->task.source->name, err->text);
	fetch_judge_failure(job);
}

static int
give_up(struct fetch *fetch, struct fetch_job *job, const struct err *why, struct err *err)
{
	record(job, why);
	return conclude_alone(fetch, job, err);
}

/* ---- what comes next ---- */

/* Makes the job ready for the request that its provider has set. */
static void
go_on(struct fetch *fetch, struct fetch_job *job)
{
	job->phase = FETCH_READY;
	job->tries = 0;
	if (job->task.request.is_day_start) {
		if (!job->task.request.is_continued)
			fetch_seen_release(&job->seen);
		job->place = 0;
		memset(&job->day, 0, sizeof(job->day));
	}
	if (!job->provider->is_local)
		job->pace = fetch_pace_of(fetch->paces, job->provider, job->task.source->settings,
		    buf_str(&job->task.request.url));
}

static struct provider_answer
blank_answer(int status)
{
	return (struct provider_answer){
		.status = status,
		.total = -1,
		.first = -1,
		.named_day = DATE_NO_DAY,
		.oldest_day = DATE_NO_DAY,
		.newest_day = DATE_NO_DAY,
		.generated_at = DATE_NO_INSTANT,
	};
}

/* The answer is bad for good: perhaps the provider can do without it. */
static int
do_without(struct fetch *fetch, struct fetch_job *job, const struct err *why, struct err *err)
{
	struct provider_answer answer = blank_answer(0);
	struct err ignored = ERR_NONE;

	answer.is_unreadable = true;
	record(job, why);
	if (job->provider->next(&job->task, &answer, &ignored) <= 0)
		return conclude_alone(fetch, job, err);
	go_on(fetch, job);
	return 0;
}

/* A pause that doubles from try to try, with up to a quarter more so that clients spread. */
static int64_t
backoff_ms(int64_t first_ms, int tries)
{
	int64_t pause_ms = first_ms << (tries - 1);
	uint64_t mixed = (uint64_t)clock_monotonic_ms() * 2654435761u + (uint64_t)getpid() * 40503u;

	return pause_ms + (int64_t)(mixed % (uint64_t)(pause_ms / 4 + 1));
}

/*
 * Asks again after a pause; false when it was asked often enough, or there is no time. What the
 * server said about waiting is remembered for the next run then.
 */
static bool
try_again(struct fetch *fetch, struct fetch_job *job, int most_tries)
{
	int64_t wait_s = job->response.retry_after_s, now_ms = clock_monotonic_ms();
	int64_t first_ms = fetch->wish->retry_ms > 0 ? fetch->wish->retry_ms : RETRY_MS;
	bool has_wish = wait_s >= 0 && job->response.status != 0;

	job->tries++;
	job->ready_ms = now_ms + (has_wish ? wait_s * 1000 : 0) + backoff_ms(first_ms, job->tries);
	if (has_wish && wait_s > 0)
		fetch_paces_rest(fetch->paces, buf_str(&job->task.request.url), wait_s * 1000);
	if (job->tries >= most_tries || job->ready_ms >= fetch->wish->deadline_ms) {
		if (has_wish && wait_s > 0)
			job->task.state.not_before = now_of(fetch) + wait_s;
		return false;
	}
	log_info("source retry name=%s try=%d wait_ms=%lld", job->task.source->name, job->tries + 1,
	    (long long)(job->ready_ms - now_ms));
	job->phase = FETCH_READY;
	return true;
}

/* ---- answers ---- */

static void
keep_validators(struct fetch_job *job)
{
	struct source_state *state = &job->task.state;

	if (!job->task.request.is_conditional)
		return;
	_Static_assert(sizeof(state->etag) == sizeof(job->response.etag), "validators fit");
	memcpy(state->etag, job->response.etag, sizeof(state->etag));
	memcpy(state->last_modified, job->response.last_modified, sizeof(state->last_modified));
}

static void
count(struct fetch_job *job, const struct provider_answer *answer)
{
	struct source_outcome *outcome = job->task.outcome;
	struct fetch_skips *skips = &job->skips;

	outcome->entry_count += answer->entry_count;
	outcome->new_count += answer->entry_count - answer->known_count - answer->earlier_count;
	outcome->skipped_count += skips->count;
	if (outcome->skipped_kept == 0) {
		outcome->skipped = skips->kept;
		outcome->skipped_kept = skips->kept_count;
	}
	if (answer->newest_day != DATE_NO_DAY &&
	    (outcome->newest_day == DATE_NO_DAY || answer->newest_day > outcome->newest_day))
		outcome->newest_day = answer->newest_day;
	job->place += answer->item_count;
	fetch_seen_keep(&job->seen);
}

/*
 * A good answer may say that the quota is spent: then the next request waits, if need be till the
 * next run.
 */
static void
wait_as_asked(const struct fetch *fetch, struct fetch_job *job)
{
	int64_t wait_s = job->response.retry_after_s;

	if (wait_s <= 0)
		return;
	fetch_paces_rest(fetch->paces, buf_str(&job->task.request.url), (wait_s + 1) * 1000);
	job->ready_ms = clock_monotonic_ms() + (wait_s + 1) * 1000;
	if (job->ready_ms >= fetch->wish->deadline_ms)
		job->task.state.not_before = now_of(fetch) + wait_s + 1;
}

/* An odd answer counts as if it had not been there: nothing is done with, nothing compared with. */
static void
take_back_progress(struct fetch_job *job, const struct source_state *before)
{
	struct source_state *state = &job->task.state;

	state->complete_through = before->complete_through;
	memcpy(state->cursor, before->cursor, sizeof(state->cursor));
	if (state->etag[0] != '\0' || state->last_modified[0] != '\0') {
		memcpy(state->etag, before->etag, sizeof(state->etag));
		memcpy(state->last_modified, before->last_modified, sizeof(state->last_modified));
	}
}

/* Another day's entries must not be seen on this one: as if there had been no answer at all. */
static int
take_back_entries(struct fetch_job *job, const struct source_state *before, struct err *err)
{
	const struct source_sink *sink = job->sink;

	job->task.state = *before;
	sink->abort(sink->context, job->task.source);
	fetch_seen_forget(&job->seen);
	if (sink->begin(sink->context, job->task.source, err) == 0)
		return 0;
	job->is_broken = true;
	return -1;
}

/* The provider's word on an answer, and what follows from it for the state. */
static int
weigh(struct fetch_job *job, const struct provider_answer *answer, struct err *why, struct err *err)
{
	struct source_state before = job->task.state;
	struct fetch_judging judging;
	int status;

	fetch_judge_start(&judging, job, answer);
	keep_validators(job);
	status = job->provider->next(&job->task, answer, why);
	if (status < 0) {
		fetch_judge_cancel(&judging, job);
		job->task.state = before;
		return -1;
	}
	if (fetch_judge_end(&judging, job, err) < 0) {
		job->sink->abort(job->sink->context, job->task.source);
		job->is_broken = true;
		return -1;
	}
	fetch_fresh_take(job, answer);
	if (judging.verdict == SOURCE_STALE)
		return take_back_entries(job, &before, err) < 0 ? -1 : status;
	if (source_verdict_is_odd(judging.verdict))
		take_back_progress(job, &before);
	count(job, answer);
	fetch_moved_take(job);
	return status;
}

/* ---- another look at what was odd ---- */

/* What is cut off would be cut off again. */
static bool
may_look_again(struct fetch *fetch, struct fetch_job *job, int64_t *pause_ms)
{
	const struct source_outcome *outcome = job->task.outcome;

	if (!source_verdict_is_odd(outcome->verdict) || outcome->verdict == SOURCE_TRUNCATED ||
	    fetch->wish->odd_ms == 0 || job->provider->is_local || job->rounds == MOST_ROUNDS)
		return false;
	*pause_ms = backoff_ms(fetch->wish->odd_ms, job->rounds + 1);
	return clock_monotonic_ms() + *pause_ms < fetch->wish->deadline_ms;
}

/*
 * Asks the whole source again after a pause. What was new stays counted; what was said of the odd
 * answer is forgotten.
 */
static void
look_again(struct fetch *fetch, struct fetch_job *job, int64_t pause_ms)
{
	struct source_outcome *outcome = job->task.outcome;
	struct provider_request *request = &job->task.request;
	struct err why = ERR_NONE;

	job->rounds++;
	log_info("source odd name=%s verdict='%s' round=%d wait_ms=%lld", job->task.source->name,
	    source_verdict_name(outcome->verdict), job->rounds, (long long)pause_ms);
	*outcome = (struct source_outcome){
		.new_count = outcome->new_count,
		.newest_day = outcome->newest_day,
	};
	memset(&job->task.scratch, 0, sizeof(job->task.scratch));
	memset(&job->fresh, 0, sizeof(job->fresh));
	*request = (struct provider_request){
		.url = request->url,
		.day = DATE_NO_DAY,
		.hint = DATE_NO_DAY,
	};
	/* What began well begins well again: the same settings, the same day. */
	if (job->provider->start(&job->task, &why) <= 0) {
		leave(fetch, job);
		return;
	}
	go_on(fetch, job);
	job->ready_ms = clock_monotonic_ms() + pause_ms;
}

/* An answer that was read whole becomes one transaction. */
static int
accept(struct fetch *fetch, struct fetch_job *job, const struct provider_answer *answer,
    struct err *why, struct err *err)
{
	int status = weigh(job, answer, why, err);
	int64_t pause_ms;

	if (status < 0)
		return -1;
	if (status > 0) {
		go_on(fetch, job);
		wait_as_asked(fetch, job);
		return keep_state(job, err);
	}
	conclude(fetch, job);
	if (keep_state(job, err) < 0)
		return -1;
	if (may_look_again(fetch, job, &pause_ms))
		look_again(fetch, job, pause_ms);
	else
		leave(fetch, job);
	return 0;
}

/* Says what was asked for before what is wrong with the answer. */
static void
name_request(const struct fetch_job *job, struct err *why)
{
	const struct provider_request *request = &job->task.request;
	const char *path = settings_string(job->task.source->settings, "path");
	char day[DATE_DAY_BYTES];

	if (request->day != DATE_NO_DAY)
		err_prefix(why, "the listing of %s", date_format_day(day, request->day));
	else if (job->provider->is_local && !str_is(buf_str(&request->url), path))
		err_prefix(why, "'%s'", request->url.ptr);
}

static int
read_answer(struct fetch *fetch, struct fetch_job *job, struct err *err)
{
	struct provider_answer answer = blank_answer(job->response.status);
	struct err why = ERR_NONE;
	const struct source_sink *sink = job->sink;
	int most_tries = job->provider->is_local ? 1 : MOST_TRIES_UNREADABLE;

	if (sink->begin(sink->context, job->task.source, err) < 0) {
		job->is_broken = true;
		return -1;
	}
	if (fetch_answer_read(job, &answer, &why) == 0 &&
	    accept(fetch, job, &answer, &why, err) == 0)
		return 0;
	if (err_is_set(err))
		return -1;
	sink->abort(sink->context, job->task.source);
	if (job->is_broken) {
		*err = job->error;
		return -1;
	}
	fetch_seen_forget(&job->seen);
	job->response.retry_after_s = -1;
	if (try_again(fetch, job, most_tries))
		return 0;
	name_request(job, &why);
	return do_without(fetch, job, &why, err);
}

/* 304: everything stands as it was. */
static int
accept_unchanged(struct fetch *fetch, struct fetch_job *job, struct err *err)
{
	struct provider_answer answer = blank_answer(job->response.status);
	struct source_state *state = &job->task.state;
	struct err why = ERR_NONE;

	if (!job->task.request.is_conditional ||
	    (state->etag[0] == '\0' && state->last_modified[0] == '\0')) {
		err_set(&why, EX_UNAVAILABLE,
		    "the server answers 'not modified' to what it was not asked");
		return give_up(fetch, job, &why, err);
	}
	if (job->provider->next(&job->task, &answer, &why) < 0)
		return give_up(fetch, job, &why, err);
	answer.fresh_s = job->response.fresh_s;
	fetch_fresh_take(job, &answer);
	fetch_moved_take(job);
	fetch_judge_unchanged(job);
	job->task.outcome->newest_day = state->newest_day;
	return conclude_alone(fetch, job, err);
}

/* What a status other than success says. */
static void
describe_status(struct fetch_job *job, struct err *why)
{
	int status = job->response.status;

	if (status == 401 || status == 403)
		err_set(why, EX_UNAVAILABLE, "refused with status %d%s", status,
		    job->headers[0] != NULL ? "; is the token right?"
		                            : "; does it want a token_file?");
	else if (fetch_moved_refused(job, why))
		return;
	else if (status == 429)
		err_set(why, EX_UNAVAILABLE, "asks for fewer requests (status 429)");
	else if (status >= 500)
		err_set(why, EX_UNAVAILABLE, "the server has trouble (status %d)", status);
	else if (!fetch_answer_explain(job, why))
		err_set(why, EX_UNAVAILABLE, "answers with status %d", status);
}

static bool
is_passing(int status)
{
	return status == 408 || status == 425 || status == 429 || status >= 500;
}

static int
take_refusal(struct fetch *fetch, struct fetch_job *job, struct err *err)
{
	int status = job->response.status;
	struct err why = ERR_NONE;

	if (is_passing(status) && try_again(fetch, job, MOST_TRIES))
		return 0;
	describe_status(job, &why);
	if (is_passing(status) && job->task.state.not_before != DATE_NO_INSTANT) {
		char until[DATE_INSTANT_BYTES];
		err_prefix(
		    &why, "not before %s", date_format_instant(until, job->task.state.not_before));
	}
	if (is_passing(status) || status == 401 || status == 403)
		return give_up(fetch, job, &why, err);
	name_request(job, &why);
	return do_without(fetch, job, &why, err);
}

static int
take_answer(struct fetch *fetch, struct fetch_job *job, struct err *err)
{
	int status = 0;

	if (fetch->wish->checks_clock && !err_is_set(&job->error) && !job->provider->is_local &&
	    fetch_clock_check(&fetch->clock, fetch_host(str_from(job->response.url)),
	        &job->response, now_of(fetch), err) < 0)
		return -1;
	if (err_is_set(&job->error)) {
		if (!job->response.may_retry || !try_again(fetch, job, MOST_TRIES))
			status = give_up(fetch, job, &job->error, err);
	} else if (job->response.status == 304)
		status = accept_unchanged(fetch, job, err);
	else if (job->response.status >= 200 && job->response.status < 300)
		status = read_answer(fetch, job, err);
	else
		status = take_refusal(fetch, job, err);
	input_close(job->response.body);
	job->response.body = NULL;
	return status;
}

/* ---- asking ---- */

static void
take_response(void *context, struct net_response *response, const struct err *error)
{
	struct fetch_job *job = context;

	job->response = *response;
	response->body = NULL;
	fetch_answer_take(job, job->response.body);
	job->error = error != NULL ? *error : ERR_NONE;
	job->phase = FETCH_ANSWERED;
	fetch_pace_end(job->pace);
}

/* What was read without the network; NULL when `error` tells why it was not. */
static void
answer_locally(struct fetch_job *job, struct input *body)
{
	job->response = (struct net_response){
		.status = body != NULL ? 200 : 0,
		.retry_after_s = -1,
		.date = DATE_NO_INSTANT,
	};
	fetch_answer_take(job, body);
	job->phase = FETCH_ANSWERED;
}

static void
read_local(struct fetch_job *job)
{
	struct input *body = NULL;

	job->error = ERR_NONE;
	if (job->task.request.program == NULL)
		fetch_local_open(job->task.request.url.ptr, job->task.wish, &body, &job->error);
	else if (fetch_program_start(&job->program, job, &job->error) == 0) {
		job->phase = FETCH_RUNNING;
		return;
	}
	answer_locally(job, body);
}

/* Looks at the programs that run; `*nap_ms` becomes the time until to do so again. */
static void
poll_programs(struct fetch *fetch, int64_t *nap_ms)
{
	for (size_t i = 0; i < fetch->count; i++) {
		struct fetch_job *job = &fetch->jobs[i];
		struct input *body = NULL;
		if (job->phase != FETCH_RUNNING)
			continue;
		if (fetch_program_poll(job->program, &body, nap_ms, &job->error) == 0)
			continue;
		fetch_program_free(job->program);
		job->program = NULL;
		answer_locally(job, body);
		*nap_ms = 0;
	}
}

static int
start_request(struct fetch *fetch, struct fetch_job *job, int64_t left_ms, struct err *err)
{
	const struct source_state *state = &job->task.state;
	bool is_conditional = job->task.request.is_conditional;
	int64_t timeout_ms = fetch->wish->timeout_ms < left_ms ? fetch->wish->timeout_ms : left_ms;
	struct net_request request = {
		.url = job->task.request.url.ptr,
		.etag = is_conditional ? state->etag : NULL,
		.last_modified = is_conditional ? state->last_modified : NULL,
		.headers = job->headers,
		.may_go_private = fetch->wish->may_go_private,
		.limit_bytes = fetch->wish->limit_bytes,
		.may_write = !fetch->wish->is_frugal,
		.connect_timeout_ms =
		    timeout_ms < CONNECT_TIMEOUT_MS ? timeout_ms : CONNECT_TIMEOUT_MS,
		.total_timeout_ms = timeout_ms,
	};

	log_debug("source ask name=%s url=%s", job->task.source->name, request.url);
	job->phase = FETCH_ASKING;
	return net_start(fetch->net, &request, take_response, job, err);
}

/* What another source was told goes for this one, too; if there is no time for that, next time. */
static int
give_up_to_rest(struct fetch *fetch, struct fetch_job *job, int64_t wait_ms, struct err *err)
{
	struct err why = ERR_NONE;
	char until[DATE_INSTANT_BYTES];

	job->task.state.not_before = now_of(fetch) + (wait_ms + 999) / 1000;
	err_set(&why, EX_UNAVAILABLE,
	    "its server asked to be left alone until %s; it will be asked next time",
	    date_format_instant(until, job->task.state.not_before));
	return give_up(fetch, job, &why, err);
}

static int
give_up_in_time(struct fetch *fetch, struct fetch_job *job, struct err *err)
{
	struct err why = ERR_NONE;

	err_set(&why, EX_UNAVAILABLE, "no time left for it; the rest will be asked for next time");
	return give_up(fetch, job, &why, err);
}

/* Starts a request when its time has come: milliseconds until to look again, 0 when it started. */
static int64_t
ask(struct fetch *fetch, struct fetch_job *job, int *status, struct err *err)
{
	int64_t now_ms = clock_monotonic_ms();
	int64_t left_ms = fetch->wish->deadline_ms - now_ms, wait_ms;
	struct err why = ERR_NONE;

	*status = 0;
	if (job->provider->is_local) {
		read_local(job);
		return 0;
	}
	if (left_ms <= 0 || job->ready_ms >= fetch->wish->deadline_ms) {
		*status = give_up_in_time(fetch, job, err);
		return 0;
	}
	if (job->ready_ms > now_ms)
		return job->ready_ms - now_ms;
	wait_ms = fetch_paces_resting(fetch->paces, buf_str(&job->task.request.url));
	if (now_ms + wait_ms >= fetch->wish->deadline_ms) {
		*status = give_up_to_rest(fetch, job, wait_ms, err);
		return 0;
	}
	if (wait_ms > 0)
		return wait_ms;
	if (fetch->asking >= MOST_ASKING)
		return IDLE_MS;
	wait_ms = fetch_pace_start(job->pace);
	if (wait_ms > 0)
		return wait_ms;
	if (start_request(fetch, job, left_ms, &why) < 0) {
		fetch_pace_end(job->pace);
		*status = give_up(fetch, job, &why, err);
	}
	return 0;
}

/* ---- the beginning of a job ---- */

/* A server that asked to be left alone is; more than a day is a clock that was wrong. */
static bool
is_left_alone(const struct fetch_job *job)
{
	int64_t now = job->task.wish->now, not_before = job->task.state.not_before;

	return not_before != DATE_NO_INSTANT && now < not_before && not_before - now <= DAY_S;
}

/* Does not ask, and lets nobody else ask in the same place; what starting said is forgotten. */
static void
leave_alone(struct fetch *fetch, struct fetch_job *job)
{
	int64_t not_before = job->task.state.not_before;
	char until[DATE_INSTANT_BYTES];
	struct err why = ERR_NONE;

	if (job->provider->start(&job->task, &why) > 0)
		fetch_paces_rest(fetch->paces, buf_str(&job->task.request.url),
		    (not_before - fetch->wish->now) * 1000);
	*job->task.outcome = (struct source_outcome){
		.newest_day = DATE_NO_DAY,
		.verdict = SOURCE_ERROR,
		.exit_code = EX_UNAVAILABLE,
	};
	err_clear(&why);
	err_set(&why, EX_UNAVAILABLE, "asked to be left alone until %s; not asked",
	    date_format_instant(until, not_before));
	record(job, &why);
	leave(fetch, job);
}

static void
leave_fresh(struct fetch *fetch, struct fetch_job *job)
{
	char until[DATE_INSTANT_BYTES];

	log_info("source fresh name=%s until=%s", job->task.source->name,
	    date_format_instant(until, job->task.state.fresh_until));
	job->task.outcome->verdict = SOURCE_NOTHING_NEW;
	job->task.outcome->newest_day = job->task.state.newest_day;
	leave(fetch, job);
}

static int
begin(struct fetch *fetch, struct fetch_job *job, struct err *err)
{
	struct err why = ERR_NONE;
	int status;

	fetch_answer_take_title(job);
	if ((!job->provider->is_local || job->provider->is_program) && fetch->wish->is_offline) {
		leave(fetch, job);
		return 0;
	}
	if (fetch_moved_is_gone(job)) {
		job->task.outcome->verdict = SOURCE_NOTHING_NEW;
		leave(fetch, job);
		return 0;
	}
	if (!job->provider->is_local && is_left_alone(job)) {
		leave_alone(fetch, job);
		return 0;
	}
	if (fetch_is_fresh(job)) {
		leave_fresh(fetch, job);
		return 0;
	}
	job->task.state.not_before = DATE_NO_INSTANT;
	status = job->provider->start(&job->task, &why);
	if (status > 0 && fetch_token_read(job, &why) < 0)
		status = -1;
	if (status < 0)
		return give_up(fetch, job, &why, err);
	if (status == 0)
		return conclude_alone(fetch, job, err);
	go_on(fetch, job);
	return 0;
}

static void
job_init(struct fetch *fetch, size_t index, struct source *source, struct arena *arena,
    struct source_outcome *outcome)
{
	struct fetch_job *job = &fetch->jobs[index];

	*outcome = (struct source_outcome){ .newest_day = DATE_NO_DAY };
	*job = (struct fetch_job){
		.provider = source->provider,
		.sink = fetch->sink,
		.secret = BUF_INIT(BUF_LIMIT),
		.task = {
			.source = source,
			.wish = fetch->wish,
			.state = source->state,
			.outcome = outcome,
			.arena = arena,
			.request = {
				.url = BUF_INIT((size_t)4 * NET_URL_BYTES),
				.day = DATE_NO_DAY,
				.hint = DATE_NO_DAY,
			},
		},
	};
}

static void
job_release(struct fetch_job *job)
{
	if (job->secret.len > 0)
		explicit_bzero(job->secret.ptr, job->secret.len);
	buf_release(&job->secret);
	fetch_program_free(job->program);
	input_close(job->response.body);
	buf_release(&job->task.request.url);
	fetch_seen_release(&job->seen);
}

/* ---- all together ---- */

static void
tell_progress(struct fetch *fetch)
{
	int64_t now_ms = clock_monotonic_ms();
	bool is_end = fetch->done == fetch->count;

	if (fetch->sink->progress == NULL || (!is_end && now_ms < fetch->told_ms + PROGRESS_MS))
		return;
	fetch->told_ms = now_ms;
	fetch->sink->progress(fetch->sink->context, fetch->done, fetch->count,
	    fetch->net != NULL ? net_received_bytes(fetch->net) : 0);
}

/* Starts what may start; `*nap_ms` becomes the time until something else may. */
static int
ask_all(struct fetch *fetch, int64_t *nap_ms, struct err *err)
{
	fetch->asking = 0;
	for (size_t i = 0; i < fetch->count; i++)
		fetch->asking += fetch->jobs[i].phase == FETCH_ASKING;
	for (size_t i = 0; i < fetch->count; i++) {
		struct fetch_job *job = &fetch->jobs[i];
		int status;
		if (job->phase != FETCH_READY)
			continue;
		int64_t wait_ms = ask(fetch, job, &status, err);
		if (status < 0)
			return -1;
		if (job->phase == FETCH_ASKING)
			fetch->asking++;
		else if (wait_ms < *nap_ms)
			*nap_ms = wait_ms;
	}
	return 0;
}

static int
take_answers(struct fetch *fetch, struct err *err)
{
	for (size_t i = 0; i < fetch->count; i++) {
		struct fetch_job *job = &fetch->jobs[i];
		if (job->phase == FETCH_ANSWERED && take_answer(fetch, job, err) < 0)
			return -1;
	}
	return 0;
}

static int
drive(struct fetch *fetch, struct err *err)
{
	for (size_t i = 0; i < fetch->count; i++) {
		if (begin(fetch, &fetch->jobs[i], err) < 0)
			return -1;
	}
	while (fetch->done < fetch->count) {
		int64_t nap_ms = IDLE_MS;
		tell_progress(fetch);
		if (ask_all(fetch, &nap_ms, err) < 0)
			return -1;
		poll_programs(fetch, &nap_ms);
		if (fetch->asking > 0)
			net_wait(fetch->net, nap_ms);
		else if (nap_ms > 0)
			clock_sleep_ms(nap_ms);
		if (take_answers(fetch, err) < 0)
			return -1;
	}
	tell_progress(fetch);
	return 0;
}

int
source_fetch(struct source *sources, size_t count, const struct source_wish *wish, struct net *net,
    const struct source_sink *sink, struct arena *arena, struct source_outcome *outcomes,
    struct err *err)
{
	struct fetch fetch = {
		.wish = wish,
		.sink = sink,
		.net = net,
		.paces = fetch_paces_new(wish),
		.jobs = mem_array(count > 0 ? count : 1, sizeof(struct fetch_job)),
		.count = count,
		.started_ms = clock_monotonic_ms(),
	};
	int status;

	for (size_t i = 0; i < count; i++)
		job_init(&fetch, i, &sources[i], arena, &outcomes[i]);
	status = drive(&fetch, err);
	if (net != NULL)
		net_cancel(net);
	for (size_t i = 0; i < count; i++)
		job_release(&fetch.jobs[i]);
	mem_free(fetch.jobs);
	fetch_paces_free(fetch.paces);
	return status;
}
