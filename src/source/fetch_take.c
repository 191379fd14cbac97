/*
 * Takes the answer to a job's request: read, refused, unchanged or odd. What it means is the
 * provider's, and what it amounts to the judge's.
 */
#include "fetch.h"

#include "digest/clock.h"
#include "digest/log.h"

#include <string.h>

enum {
	MOST_TRIES = 4, /* the first and three more */
	MOST_TRIES_UNREADABLE = 2,
	MOST_ROUNDS = 3, /* of a source that gives an odd answer, after the first */
};

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
		job->task.state.not_before = fetch_now(fetch) + wait_s + 1;
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
	*pause_ms = fetch_backoff_ms(fetch->wish->odd_ms, job->rounds + 1);
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
		fetch_leave(fetch, job);
		return;
	}
	fetch_go_on(fetch, job);
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
		fetch_go_on(fetch, job);
		wait_as_asked(fetch, job);
		return fetch_keep_state(job, err);
	}
	fetch_conclude(fetch, job);
	if (fetch_keep_state(job, err) < 0)
		return -1;
	if (may_look_again(fetch, job, &pause_ms))
		look_again(fetch, job, pause_ms);
	else
		fetch_leave(fetch, job);
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
	struct provider_answer answer = fetch_blank_answer(job->response.status);
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
	if (fetch_try_again(fetch, job, most_tries))
		return 0;
	name_request(job, &why);
	return fetch_do_without(fetch, job, &why, err);
}

/* 304: everything stands as it was. */
static int
accept_unchanged(struct fetch *fetch, struct fetch_job *job, struct err *err)
{
	struct provider_answer answer = fetch_blank_answer(job->response.status);
	struct source_state *state = &job->task.state;
	struct err why = ERR_NONE;

	if (!job->task.request.is_conditional ||
	    (state->etag[0] == '\0' && state->last_modified[0] == '\0')) {
		err_set(&why, EX_UNAVAILABLE,
		    "the server answers 'not modified' to what it was not asked");
		return fetch_give_up(fetch, job, &why, err);
	}
	if (job->provider->next(&job->task, &answer, &why) < 0)
		return fetch_give_up(fetch, job, &why, err);
	answer.fresh_s = job->response.fresh_s;
	fetch_fresh_take(job, &answer);
	fetch_moved_take(job);
	fetch_judge_unchanged(job);
	job->task.outcome->newest_day = state->newest_day;
	return fetch_conclude_alone(fetch, job, err);
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

	if (is_passing(status) && fetch_try_again(fetch, job, MOST_TRIES))
		return 0;
	describe_status(job, &why);
	if (is_passing(status) && job->task.state.not_before != DATE_NO_INSTANT) {
		char until[DATE_INSTANT_BYTES];
		err_prefix(
		    &why, "not before %s", date_format_instant(until, job->task.state.not_before));
	}
	if (is_passing(status) || status == 401 || status == 403)
		return fetch_give_up(fetch, job, &why, err);
	name_request(job, &why);
	return fetch_do_without(fetch, job, &why, err);
}

int
fetch_take_answer(struct fetch *fetch, struct fetch_job *job, struct err *err)
{
	int status = 0;

	if (fetch->wish->checks_clock && !err_is_set(&job->error) && !job->provider->is_local &&
	    fetch_clock_check(&fetch->clock, fetch_host(str_from(job->response.url)),
	        &job->response, fetch_now(fetch), err) < 0)
		return -1;
	if (err_is_set(&job->error)) {
		if (!job->response.may_retry || !fetch_try_again(fetch, job, MOST_TRIES))
			status = fetch_give_up(fetch, job, &job->error, err);
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
