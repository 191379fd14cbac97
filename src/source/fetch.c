/*
 * Drives all sources at once: begins their jobs, has them asked (fetch_ask.c) and their answers
 * taken (fetch_take.c), until the last has ended (fetch_end.c). What an answer means is the
 * provider's.
 */
#include "fetch.h"

#include "digest/clock.h"
#include "digest/log.h"
#include "digest/mem.h"

#include <string.h>
#include <unistd.h>

enum { PROGRESS_MS = 100, DAY_S = 86400 };

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
	fetch_record(job, &why);
	fetch_leave(fetch, job);
}

static void
leave_fresh(struct fetch *fetch, struct fetch_job *job)
{
	char until[DATE_INSTANT_BYTES];

	log_info("source fresh name=%s until=%s", job->task.source->name,
	    date_format_instant(until, job->task.state.fresh_until));
	job->task.outcome->verdict = SOURCE_NOTHING_NEW;
	job->task.outcome->newest_day = job->task.state.newest_day;
	fetch_leave(fetch, job);
}

static int
begin(struct fetch *fetch, struct fetch_job *job, struct err *err)
{
	struct err why = ERR_NONE;
	int status;

	fetch_answer_take_title(job);
	if ((!job->provider->is_local || job->provider->is_program) && fetch->wish->is_offline) {
		fetch_leave(fetch, job);
		return 0;
	}
	if (fetch_moved_is_gone(job)) {
		job->task.outcome->verdict = SOURCE_NOTHING_NEW;
		fetch_leave(fetch, job);
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
		return fetch_give_up(fetch, job, &why, err);
	if (status == 0)
		return fetch_conclude_alone(fetch, job, err);
	fetch_go_on(fetch, job);
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
		int64_t wait_ms = fetch_ask(fetch, job, &status, err);
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
		if (job->phase == FETCH_ANSWERED && fetch_take_answer(fetch, job, err) < 0)
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
		int64_t nap_ms = FETCH_IDLE_MS;
		tell_progress(fetch);
		if (ask_all(fetch, &nap_ms, err) < 0)
			return -1;
		fetch_poll_programs(fetch, &nap_ms);
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
