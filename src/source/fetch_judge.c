/*
 * What an answer amounts to beyond what its provider can see of it: listings that shrank, answers
 * that had to be mended, and what each listing day is recorded as. What a provider's own calendar
 * says of an empty answer is the provider's.
 */
#include "fetch.h"

#include "digest/log.h"

#include <string.h>

enum {
	FEW = 8, /* below so many entries, half of them may well be missing */
	MANY = 20, /* from so many on, a quarter of them is too few */
	PATIENCE_DAYS = 7, /* so long a listing that is short is asked again */
};

static int32_t
today_of(const struct source_provider *provider, int64_t now)
{
	const struct entry undated = {
		.listed_on = DATE_NO_DAY,
		.published_at = DATE_NO_INSTANT,
		.updated_at = DATE_NO_INSTANT,
	};

	return provider->day_of != NULL ? provider->day_of(&undated, now) : date_day_of(now);
}

int32_t
fetch_today(const struct fetch_job *job, int64_t now)
{
	return today_of(job->provider, now);
}

enum calendar_expectation
source_expects(const struct source *source, int64_t now, int32_t *day)
{
	*day = today_of(source->provider, now);
	return source->provider->expects != NULL ? source->provider->expects(*day, now)
	                                         : CALENDAR_PUBLISHED;
}

/* ---- the rows of the days ---- */

static void
add_listing(struct fetch_job *job, int32_t day, enum source_verdict verdict, int64_t entry_count)
{
	job->listings = arena_grow(
	    job->task.arena, job->listings, &job->listing_count, sizeof(job->listings[0]));
	job->listings[job->listing_count - 1] = (struct source_listing){
		.day = day,
		.verdict = verdict,
		.entry_count = entry_count,
		.checked_at = job->task.wish->now,
	};
}

/* The day that a request asks for, or DATE_NO_DAY. */
static int32_t
asked_day(const struct fetch_job *job)
{
	const struct provider_request *request = &job->task.request;

	return request->day != DATE_NO_DAY ? request->day : request->hint;
}

void
fetch_judge_failure(struct fetch_job *job)
{
	int32_t day = asked_day(job);

	add_listing(job, day != DATE_NO_DAY ? day : fetch_today(job, job->task.wish->now),
	    SOURCE_ERROR, -1);
}

void
fetch_judge_unchanged(struct fetch_job *job)
{
	add_listing(job, fetch_today(job, job->task.wish->now), SOURCE_NOTHING_NEW, -1);
}

int
fetch_judge_keep(struct fetch_job *job, struct err *err)
{
	const struct source_sink *sink = job->sink;

	for (size_t i = 0; i < job->listing_count && sink->listing != NULL; i++) {
		if (sink->listing(sink->context, job->task.source, &job->listings[i], err) < 0)
			return -1;
	}
	job->listings = NULL;
	job->listing_count = 0;
	return 0;
}

/* ---- shrunk ---- */

static void
alarm_shrunk(struct fetch_job *job, int32_t day, bool has_day, const char *compared, int64_t count)
{
	const char *title = job->task.source->title;
	long long entries = job->day.entry_count;
	char text[DATE_DAY_BYTES];

	if (has_day)
		provider_alarm_as(&job->task, SOURCE_SHRUNK,
		    "%s lists only %lld %s for %s, where it %s %lld; what comes later will follow.",
		    title, entries, entries == 1 ? "paper" : "papers", date_format_day(text, day),
		    compared, (long long)count);
	else
		provider_alarm_as(&job->task, SOURCE_SHRUNK,
		    "%s has only %lld %s, where it %s %lld; it will be asked again.", title,
		    entries, entries == 1 ? "entry" : "entries", compared, (long long)count);
}

/*
 * Whether there is something to compare with: a source that gives a window of its entries (a feed)
 * is compared only while it has nothing new, since what is new pushes out what is old.
 */
static bool
is_comparable(const struct fetch_job *job, const struct fetch_judging *judging)
{
	int32_t today = fetch_today(job, job->task.wish->now);
	bool is_window = job->task.request.is_conditional && job->day.new_count == 0;

	if (job->provider->is_local || today - judging->day > PATIENCE_DAYS)
		return false;
	return judging->has_day || is_window;
}

/* Whether a listing should be as long as others by now. */
static bool
is_due(const struct fetch_job *job, const struct fetch_judging *judging)
{
	int64_t now = job->task.wish->now;

	if (!judging->has_day)
		return true;
	return job->provider->expects != NULL && fetch_today(job, now) - judging->day <= 1 &&
	    job->provider->expects(judging->day, now) == CALENDAR_PUBLISHED;
}

/* Compares a listing with what it was and with what such a day usually is. */
static int
check_size(struct fetch_job *job, const struct fetch_judging *judging, struct err *err)
{
	const struct source_sink *sink = job->sink;
	int64_t entries = job->day.entry_count;
	struct source_past past = { .entry_count = -1, .usual_count = -1 };

	if (sink->past == NULL || !is_comparable(job, judging))
		return 0;
	if (sink->past(sink->context, job->task.source, judging->day, &past, err) < 0)
		return -1;
	if (past.entry_count >= FEW && entries * 2 < past.entry_count)
		alarm_shrunk(job, judging->day, judging->has_day, "had", past.entry_count);
	else if (entries > 0 && past.usual_count >= MANY && entries * 4 < past.usual_count &&
	    is_due(job, judging))
		alarm_shrunk(
		    job, judging->day, judging->has_day, "usually has about", past.usual_count);
	return 0;
}

/* ---- judging ---- */

void
fetch_judge_start(
    struct fetch_judging *judging, struct fetch_job *job, const struct provider_answer *answer)
{
	int32_t day = asked_day(job);

	job->day.entry_count += (int64_t)answer->entry_count;
	job->day.new_count +=
	    (int64_t)(answer->entry_count - answer->known_count - answer->earlier_count);
	job->day.is_repaired = job->day.is_repaired || answer->is_repaired;
	job->is_repaired = job->is_repaired || answer->is_repaired;
	if (day == DATE_NO_DAY)
		day = answer->named_day;
	*judging = (struct fetch_judging){
		.day = day != DATE_NO_DAY ? day : fetch_today(job, job->task.wish->now),
		.has_day = day != DATE_NO_DAY,
		.before = job->task.outcome->verdict,
	};
	/* What the provider says of this answer must be told from what it said before. */
	job->task.outcome->verdict = SOURCE_NEVER_ASKED;
}

void
fetch_judge_cancel(const struct fetch_judging *judging, struct fetch_job *job)
{
	job->task.outcome->verdict = judging->before;
}

/* What is new and well may still have been mended. */
static enum source_verdict
refine(enum source_verdict verdict, bool has_news, bool is_repaired)
{
	if (verdict == SOURCE_NOTHING_NEW && has_news)
		verdict = SOURCE_NEW;
	if (is_repaired && (verdict == SOURCE_NOTHING_NEW || verdict == SOURCE_NEW))
		verdict = SOURCE_REPAIRED;
	return verdict;
}

int
fetch_judge_end(struct fetch_judging *judging, struct fetch_job *job, struct err *err)
{
	struct source_outcome *outcome = job->task.outcome;
	bool is_judged = outcome->verdict != SOURCE_NEVER_ASKED;

	/* Nothing is shrunk that may still come, or grow. */
	if (is_judged && outcome->verdict != SOURCE_NOT_YET &&
	    !source_verdict_is_odd(outcome->verdict) && check_size(job, judging, err) < 0)
		return -1;
	judging->verdict = outcome->verdict;
	if (is_judged)
		add_listing(job, judging->day,
		    refine(judging->verdict, job->day.new_count > 0, job->day.is_repaired),
		    judging->verdict == SOURCE_STALE ? -1 : job->day.entry_count);
	if (!is_judged || source_verdict_is_odd(judging->before))
		outcome->verdict = judging->before;
	return 0;
}

void
fetch_judge_conclude(struct fetch_job *job)
{
	struct source_outcome *outcome = job->task.outcome;

	if (job->has_failed)
		outcome->verdict = SOURCE_ERROR;
	else if (!source_verdict_is_odd(outcome->verdict) && outcome->new_count > 0)
		outcome->verdict = SOURCE_NEW;
	if (!job->has_failed)
		outcome->verdict = refine(outcome->verdict, false, job->is_repaired);
	if (job->is_repaired)
		log_info("source repaired name=%s", job->task.source->name);
}
