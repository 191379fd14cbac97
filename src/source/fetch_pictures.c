/*
 * Pictures that entries name: asked for beside each other, once, at the pace of their hosts. What
 * they hold is the caller's to find out.
 */
#include "fetch.h"

#include "digest/clock.h"
#include "digest/log.h"
#include "digest/mem.h"

enum { CONNECT_TIMEOUT_MS = 5000, MOST_ASKING = 8, DEFAULT_REST_MS = 3600000 };

struct fetching {
	const struct source_wish *wish;
	struct net *net;
	struct fetch_paces *paces;
	size_t left; /* pictures of which it is not known what comes of them */
	size_t asking;
};

struct picture_job {
	struct fetching *all;
	struct source_picture *picture;
	struct fetch_pace *pace;
	enum { JOB_READY, JOB_ASKING, JOB_DONE } phase;
};

static void
end_job(struct picture_job *job)
{
	job->phase = JOB_DONE;
	job->all->left--;
}

/* A host that fails, or asks for a pause, is not asked for its other pictures. */
static void
take(void *context, struct net_response *response, const struct err *error)
{
	struct picture_job *job = context;
	struct str url = str_from(job->picture->url);
	int status = response->status;

	if (error != NULL)
		log_info("source picture url=%s: %s", url.ptr, error->text);
	else if (status != 200)
		log_info("source picture url=%s status=%d", url.ptr, status);
	if (status == 0 || status == 429 || status >= 500)
		fetch_paces_rest(job->all->paces, url,
		    response->retry_after_s > 0 ? response->retry_after_s * 1000 : DEFAULT_REST_MS);
	if (status == 200) {
		job->picture->body = response->body;
		response->body = NULL;
	}
	fetch_pace_end(job->pace);
	job->all->asking--;
	end_job(job);
}

static void
start(struct picture_job *job, int64_t left_ms)
{
	const struct source_wish *wish = job->all->wish;
	int64_t timeout_ms = wish->timeout_ms < left_ms ? wish->timeout_ms : left_ms;
	struct err why = ERR_NONE;
	struct net_request request = {
		.url = job->picture->url,
		.is_from_outside = true,
		.may_go_private = wish->may_go_private,
		.limit_bytes = wish->limit_bytes,
		.connect_timeout_ms =
		    timeout_ms < CONNECT_TIMEOUT_MS ? timeout_ms : CONNECT_TIMEOUT_MS,
		.total_timeout_ms = timeout_ms,
	};

	job->phase = JOB_ASKING;
	job->all->asking++;
	if (net_start(job->all->net, &request, take, job, &why) == 0)
		return;
	log_info("source picture: %s", why.text);
	fetch_pace_end(job->pace);
	job->all->asking--;
	end_job(job);
}

/* Starts the request when its time has come: milliseconds until to look again. */
static int64_t
ask(struct picture_job *job)
{
	struct fetching *all = job->all;
	int64_t now_ms = clock_monotonic_ms(), left_ms = all->wish->deadline_ms - now_ms;

	if (left_ms <= 0 || fetch_paces_resting(all->paces, str_from(job->picture->url)) > 0) {
		log_info("source picture url=%s: not asked for", job->picture->url);
		end_job(job);
		return 0;
	}
	if (all->asking >= MOST_ASKING)
		return FETCH_IDLE_MS;
	int64_t wait_ms = fetch_pace_start(job->pace);
	if (wait_ms > 0)
		return wait_ms < left_ms ? wait_ms : left_ms;
	start(job, left_ms);
	return 0;
}

static void
drive(struct fetching *all, struct picture_job *jobs, size_t count,
    void (*progress)(size_t done, size_t total))
{
	while (all->left > 0) {
		int64_t nap_ms = FETCH_IDLE_MS;
		for (size_t i = 0; i < count; i++) {
			int64_t wait_ms = jobs[i].phase == JOB_READY ? ask(&jobs[i]) : 0;
			if (jobs[i].phase == JOB_READY && wait_ms < nap_ms)
				nap_ms = wait_ms;
		}
		if (all->asking > 0)
			net_wait(all->net, nap_ms);
		else if (all->left > 0)
			clock_sleep_ms(nap_ms);
		if (progress != NULL)
			progress(count - all->left, count);
	}
}

void
source_fetch_pictures(struct source_picture *pictures, size_t count, const struct source_wish *wish,
    struct net *net, void (*progress)(size_t done, size_t total))
{
	struct fetching all = {
		.wish = wish,
		.net = net,
		.paces = fetch_paces_new(wish),
		.left = count,
	};
	struct picture_job *jobs = mem_array(count, sizeof(*jobs));
	const struct source_provider *provider = provider_find("feed");
	struct settings *settings = settings_new(source_settings());

	for (size_t i = 0; i < count; i++) {
		pictures[i].body = NULL;
		jobs[i] = (struct picture_job){
			.all = &all,
			.picture = &pictures[i],
			.pace =
			    fetch_pace_of(all.paces, provider, settings, str_from(pictures[i].url)),
		};
	}
	drive(&all, jobs, count, progress);
	settings_free(settings);
	mem_free(jobs);
	fetch_paces_free(all.paces);
}
