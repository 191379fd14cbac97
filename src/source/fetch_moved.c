/*
 * Addresses that change: a source that has moved for good (301, 308) is asked in its new place, one
 * that is gone for good (410) is not asked any more. What a source is called and known by stays.
 */
#include "fetch.h"

#include "digest/log.h"

#include <stdio.h>
#include <string.h>

void
fetch_moved_take(struct fetch_job *job)
{
	struct source_state *state = &job->task.state;
	const struct net_response *response = &job->response;

	if (!job->task.request.is_conditional)
		return;
	state->is_gone = false;
	if (!response->is_moved || strcmp(state->moved_to, response->url) == 0)
		return;
	_Static_assert(sizeof(state->moved_to) == sizeof(response->url), "an address fits");
	memcpy(state->moved_to, response->url, sizeof(state->moved_to));
	provider_note(&job->task,
	    "%s has moved for good to %s and is asked there from now on; change its address.",
	    job->task.source->title, response->url);
}

bool
fetch_moved_refused(struct fetch_job *job, struct err *why)
{
	struct source_state *state = &job->task.state;
	bool is_feed = job->task.request.is_conditional;
	int status = job->response.status;

	if (status == 410 && is_feed) {
		state->is_gone = true;
		err_set(why, EX_UNAVAILABLE,
		    "gone for good (status 410); it is not asked any more until you type: digest "
		    "fetch --source '%s'",
		    job->task.source->name);
		return true;
	}
	if (status != 404 && status != 410)
		return false;
	/* It may be back in its old place. */
	if (is_feed)
		state->moved_to[0] = '\0';
	err_set(why, EX_UNAVAILABLE, "not there (status %d)", status);
	return true;
}

bool
fetch_moved_is_gone(const struct fetch_job *job)
{
	if (!job->task.state.is_gone || job->task.wish->asks_gone)
		return false;
	log_info("source gone name=%s", job->task.source->name);
	return true;
}
