/*
 * Asks what a job's provider wants to know, as soon and as politely as it should be: a server, a
 * program or a file.
 */
#include "fetch.h"

#include "digest/clock.h"
#include "digest/log.h"

#include <string.h>

enum {
	CONNECT_TIMEOUT_MS = 15000,
	MOST_ASKING = 16, /* sources asked at once */
};

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

void
fetch_poll_programs(struct fetch *fetch, int64_t *nap_ms)
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

	job->task.state.not_before = fetch_now(fetch) + (wait_ms + 999) / 1000;
	err_set(&why, EX_UNAVAILABLE,
	    "its server asked to be left alone until %s; it will be asked next time",
	    date_format_instant(until, job->task.state.not_before));
	return fetch_give_up(fetch, job, &why, err);
}

static int
give_up_in_time(struct fetch *fetch, struct fetch_job *job, struct err *err)
{
	struct err why = ERR_NONE;

	err_set(&why, EX_UNAVAILABLE, "no time left for it; the rest will be asked for next time");
	return fetch_give_up(fetch, job, &why, err);
}

int64_t
fetch_ask(struct fetch *fetch, struct fetch_job *job, int *status, struct err *err)
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
		return FETCH_IDLE_MS;
	wait_ms = fetch_pace_start(job->pace);
	if (wait_ms > 0)
		return wait_ms;
	if (start_request(fetch, job, left_ms, &why) < 0) {
		fetch_pace_end(job->pace);
		*status = fetch_give_up(fetch, job, &why, err);
	}
	return 0;
}
