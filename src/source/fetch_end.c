/*
 * How a job ends, goes on, or is tried again; and what is kept of it then.
 */
#include "fetch.h"

#include "digest/clock.h"
#include "digest/log.h"

#include <unistd.h>

enum { RETRY_MS = 1000 };

int64_t
fetch_now(const struct fetch *fetch)
{
	return fetch->wish->now + (clock_monotonic_ms() - fetch->started_ms) / 1000;
}

void
fetch_conclude(struct fetch *fetch, struct fetch_job *job)
{
	struct source_outcome *outcome = job->task.outcome;
	struct source_state *state = &job->task.state;

	fetch_judge_conclude(job);
	if (err_is_set(&outcome->error))
		outcome->exit_code = err_worse_code(outcome->exit_code, outcome->error.code);
	state->last_attempt = fetch_now(fetch);
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

void
fetch_leave(struct fetch *fetch, struct fetch_job *job)
{
	job->phase = FETCH_DONE;
	fetch->done++;
}

int
fetch_keep_state(struct fetch_job *job, struct err *err)
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

int
fetch_conclude_alone(struct fetch *fetch, struct fetch_job *job, struct err *err)
{
	fetch_conclude(fetch, job);
	fetch_leave(fetch, job);
	if (job->sink->begin(job->sink->context, job->task.source, err) < 0) {
		job->is_broken = true;
		return -1;
	}
	return fetch_keep_state(job, err);
}

void
fetch_record(struct fetch_job *job, const struct err *err)
{
	struct source_outcome *outcome = job->task.outcome;

	/* What could not be had outweighs what was there and empty. */
	if (!job->has_failed)
		err_clear(&outcome->error);
	job->has_failed = true;
	err_set(&outcome->error, err->code, "%s: %s", job->task.source->name, err->text);
	fetch_judge_failure(job);
}

int
fetch_give_up(struct fetch *fetch, struct fetch_job *job, const struct err *why, struct err *err)
{
	fetch_record(job, why);
	return fetch_conclude_alone(fetch, job, err);
}

/* ---- what comes next ---- */

void
fetch_go_on(struct fetch *fetch, struct fetch_job *job)
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

struct provider_answer
fetch_blank_answer(int status)
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

int
fetch_do_without(struct fetch *fetch, struct fetch_job *job, const struct err *why, struct err *err)
{
	struct provider_answer answer = fetch_blank_answer(0);
	struct err ignored = ERR_NONE;

	answer.is_unreadable = true;
	fetch_record(job, why);
	if (job->provider->next(&job->task, &answer, &ignored) <= 0)
		return fetch_conclude_alone(fetch, job, err);
	fetch_go_on(fetch, job);
	return 0;
}

int64_t
fetch_backoff_ms(int64_t first_ms, int tries)
{
	int64_t pause_ms = first_ms << (tries - 1);
	uint64_t mixed = (uint64_t)clock_monotonic_ms() * 2654435761u + (uint64_t)getpid() * 40503u;

	return pause_ms + (int64_t)(mixed % (uint64_t)(pause_ms / 4 + 1));
}

bool
fetch_try_again(struct fetch *fetch, struct fetch_job *job, int most_tries)
{
	int64_t wait_s = job->response.retry_after_s, now_ms = clock_monotonic_ms();
	int64_t first_ms = fetch->wish->retry_ms > 0 ? fetch->wish->retry_ms : RETRY_MS;
	bool has_wish = wait_s >= 0 && job->response.status != 0;

	job->tries++;
	job->ready_ms =
	    now_ms + (has_wish ? wait_s * 1000 : 0) + fetch_backoff_ms(first_ms, job->tries);
	if (has_wish && wait_s > 0)
		fetch_paces_rest(fetch->paces, buf_str(&job->task.request.url), wait_s * 1000);
	if (job->tries >= most_tries || job->ready_ms >= fetch->wish->deadline_ms) {
		if (has_wish && wait_s > 0)
			job->task.state.not_before = fetch_now(fetch) + wait_s;
		return false;
	}
	log_info("source retry name=%s try=%d wait_ms=%lld", job->task.source->name, job->tries + 1,
	    (long long)(job->ready_ms - now_ms));
	job->phase = FETCH_READY;
	return true;
}
