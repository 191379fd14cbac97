/*
 * OpenReview: the submissions to a venue, by the second version of its API. They become visible
 * when the venue wishes, whatever their dates say: what was never listed before is new.
 */
#include "provider.h"

#include <string.h>

enum { INTERVAL_MS = 1000, PAGE_SIZE = 1000, MOST_PAGES = 100 };

static const struct setting rows[] = {
	{ "invitation", SETTING_STRING, "",
	    "OpenReview's venue or invitation: ICLR.cc/2026/Conference/-/Submission" },
	{ "interval", SETTING_DURATION, "3s",
	    "between requests; never less than the source itself asks for" },
	SETTING_END,
};

/* The venue, or an invitation that is not its usual one. */
static struct str
venue_of(const struct settings *settings)
{
	struct str venue = str_trim(str_from(settings_string(settings, "invitation")));

	if (str_ends(venue, "/-/Submission"))
		venue.len -= strlen("/-/Submission");
	while (str_ends(venue, "/"))
		venue.len--;
	return venue;
}

static int
spec(const struct settings *settings, struct buf *out, struct err *err)
{
	struct str venue = venue_of(settings);

	if (venue.len == 0)
		return err_set(
		    err, EX_CONFIG, "openreview needs an invitation: ICLR.cc/2026/Conference");
	buf_addf(out, "openreview:%.*s", STR_ARG(venue));
	return 0;
}

static void
add_title(const struct settings *settings, struct buf *out)
{
	buf_addf(out, "OpenReview: %.*s", STR_ARG(venue_of(settings)));
}

static int64_t
interval_ms(const struct settings *settings)
{
	return provider_interval_ms(settings, "openreview.net", INTERVAL_MS);
}

static int
ask(struct provider_task *task)
{
	struct str venue = venue_of(task->source->settings);
	struct buf *url = &task->request.url;

	provider_ask(task, "https://api2.openreview.net");
	buf_add_string(url, "/notes?invitation=");
	provider_add_query(url, venue);
	if (str_find(venue, STR("/-/")) < 0)
		buf_add_string(url, "/-/Submission");
	buf_addf(url, "&limit=%d&offset=%lld", PAGE_SIZE, (long long)task->scratch.place);
	task->request.is_day_start = task->scratch.place == 0;
	return 1;
}

static int
start(struct provider_task *task, struct err *err)
{
	(void)err;
	return provider_start_moving(task) ? ask(task) : 0;
}

static int
next(struct provider_task *task, const struct provider_answer *answer, struct err *err)
{
	bool is_end = answer->item_count == 0;

	if (answer->is_unreadable)
		return -1;
	if (answer->total > task->scratch.total)
		task->scratch.total = answer->total;
	if (is_end && task->scratch.place < task->scratch.total)
		return provider_broken_off(task->scratch.place, task->scratch.total, err);
	task->scratch.place += (int64_t)answer->item_count;
	if (is_end || (answer->total >= 0 && task->scratch.place >= answer->total))
		return provider_end_moving(task, (size_t)task->scratch.place);
	if (provider_turn_page(task, answer, MOST_PAGES, err) < 0)
		return -1;
	return ask(task);
}

static int
read_spec(struct str spec_text, struct settings *settings, struct err *err)
{
	return provider_set(
	    settings, "invitation", str_skip(spec_text, strlen("openreview:")), err);
}

static const struct provider_spec specs[] = {
	{ "openreview", "openreview:VENUE", ":", read_spec },
	{ NULL, NULL, NULL, NULL },
};

const struct source_provider source_provider_openreview = {
	.name = "openreview",
	.help = "OpenReview: the submissions to a venue, as they become visible",
	.title = "OpenReview",
	.settings = rows,
	.specs = specs,
	.connections = 1,
	.interval_ms = interval_ms,
	.add_title = add_title,
	.spec = spec,
	.start = start,
	.next = next,
};
