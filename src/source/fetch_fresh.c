/*
 * When a source need not be asked: it said until when nothing new will come, by HTTP or in the
 * listing itself. Whether anybody cares is fetch.c's to decide.
 */
#include "fetch.h"

/*
 * A source that is asked once a day at the same time must not be found fresh by some seconds, so
 * the most that is believed is less than a day.
 */
enum { HOUR_S = 3600, DAY_S = 86400, MOST_S = 20 * HOUR_S };

void
fetch_fresh_take(struct fetch_job *job, const struct provider_answer *answer)
{
	struct fetch_fresh *fresh = &job->fresh;
	int64_t said_s = answer->fresh_s;

	if (job->response.fresh_s > said_s)
		said_s = job->response.fresh_s;
	fresh->least_s = fresh->is_said && fresh->least_s < said_s ? fresh->least_s : said_s;
	fresh->is_said = true;
	fresh->skip_weekdays = answer->skip_weekdays;
	fresh->skip_hours = answer->skip_hours;
}

/* Whether the source says that nothing comes in the hour of that instant. */
static bool
is_skipped(const struct fetch_fresh *fresh, int64_t instant)
{
	int hour = (int)((instant - date_instant_of(date_day_of(instant))) / HOUR_S);

	return (fresh->skip_weekdays >> date_weekday(date_day_of(instant)) & 1) != 0 ||
	    (fresh->skip_hours >> hour & 1) != 0;
}

static int64_t
next_hour(int64_t instant)
{
	return instant - instant % HOUR_S + HOUR_S;
}

/* What the calendar of the source has the last word on: its next listing is never waited out. */
static int64_t
next_listing(const struct fetch_job *job, int64_t now)
{
	int32_t today = fetch_today(job, now);
	int64_t until = next_hour(now);

	if (job->provider->expects(today, now) == CALENDAR_NOT_YET)
		return now;
	while (until < now + MOST_S && fetch_today(job, until) == today)
		until += HOUR_S;
	return until;
}

int64_t
fetch_fresh_until(const struct fetch_job *job, int64_t now)
{
	const struct fetch_fresh *fresh = &job->fresh;
	int64_t most = now + MOST_S, until = now;

	if (fresh->is_said && fresh->least_s > 0)
		until += fresh->least_s < MOST_S ? fresh->least_s : MOST_S;
	while (until < most && is_skipped(fresh, until))
		until = next_hour(until);
	if (job->provider->expects != NULL && next_listing(job, now) < most)
		most = next_listing(job, now);
	if (until > most)
		until = most;
	return until > now ? until : DATE_NO_INSTANT;
}

bool
fetch_is_fresh(const struct fetch_job *job)
{
	const struct source_wish *wish = job->task.wish;
	int64_t until = job->task.state.fresh_until;

	/* What lies further ahead was written by a clock that was wrong. */
	return wish->respects_fresh && wish->reach != SOURCE_DAYS && !job->provider->is_local &&
	    until != DATE_NO_INSTANT && wish->now < until && until - wish->now <= DAY_S;
}
