/*
 * bioRxiv and medRxiv by their API: the preprints posted on one day, a hundred at a time, asked for
 * by the cursor of the first. Each version of a preprint is posted on a day of its own.
 */
#include "walk.h"

#include <string.h>

enum {
	INTERVAL_MS = 1000,
	OVERLAP_DAYS = 2, /* so long after its day a preprint may still turn up */
	MOST_EMPTY_PAGES = 3,
	MOST_PAGES = 200,
};

static const struct setting rows[] = {
	{ "server", SETTING_STRING, "biorxiv", "biorxiv or medrxiv" },
	{ "category", SETTING_STRING, "", "one category of that server, like neuroscience" },
	{ "interval", SETTING_DURATION, "3s",
	    "between requests; never less than the source itself asks for" },
	SETTING_END,
};

static bool
is_medrxiv(const struct settings *settings)
{
	return strcmp(settings_string(settings, "server"), "medrxiv") == 0;
}

static struct str
category_of(const struct settings *settings)
{
	return str_trim(str_from(settings_string(settings, "category")));
}

static int
spec(const struct settings *settings, struct buf *out, struct err *err)
{
	const char *server = settings_string(settings, "server");
	struct str category = category_of(settings);

	if (strcmp(server, "biorxiv") != 0 && strcmp(server, "medrxiv") != 0)
		return err_set(err, EX_CONFIG, "%s: 'server' is biorxiv or medrxiv, not '%s'",
		    settings_origin(settings, "server"), server);
	buf_add_string(out, server);
	if (category.len > 0)
		buf_add_char(out, ':');
	/* The API's own spelling, whichever way people write it. */
	for (size_t i = 0; i < category.len; i++) {
		bool is_gap = category.ptr[i] == ' ' || category.ptr[i] == '-';
		buf_add_char(out, is_gap ? '_' : str_lower_char(category.ptr[i]));
	}
	return 0;
}

static void
add_title(const struct settings *settings, struct buf *out)
{
	buf_add_string(out, is_medrxiv(settings) ? "medRxiv" : "bioRxiv");
	if (category_of(settings).len > 0)
		buf_addf(out, " (%.*s)", STR_ARG(category_of(settings)));
}

static int64_t
interval_ms(const struct settings *settings)
{
	return provider_interval_ms(settings, "biorxiv.org", INTERVAL_MS);
}

static void
ask(struct provider_task *task)
{
	struct str spec_text = str_from(task->source->spec);
	ptrdiff_t colon = str_find_char(spec_text, ':');
	struct buf *url = &task->request.url;
	char day[DATE_DAY_BYTES];

	date_format_day(day, task->scratch.day);
	provider_ask(task, "https://api.biorxiv.org");
	buf_addf(url, "/details/%s/%s/%s/%lld/json",
	    settings_string(task->source->settings, "server"), day, day,
	    (long long)task->scratch.place);
	if (colon >= 0) {
		buf_add_string(url, "?category=");
		provider_add_query(url, str_skip(spec_text, (size_t)colon + 1));
	}
}

/* Posted every day, few on weekends; what is posted on a day is there when it is over. */
static enum calendar_expectation
calendar(int32_t day, int64_t now)
{
	if (day >= date_day_of(now))
		return CALENDAR_NOT_YET;
	return date_weekday(day) >= 5 ? CALENDAR_NONE : CALENDAR_PUBLISHED;
}

static struct walk
walk_of(const struct provider_task *task)
{
	return (struct walk){
		.unit = WALK_DAYS,
		.publisher = is_medrxiv(task->source->settings) ? "medRxiv" : "bioRxiv",
		.calendar = calendar,
		.is_sparse = category_of(task->source->settings).len > 0,
		.overlap_days = OVERLAP_DAYS,
		.ask = ask,
	};
}

static int
start(struct provider_task *task, struct err *err)
{
	struct walk walk = walk_of(task);

	(void)err;
	return walk_start(task, &walk);
}

static int
next(struct provider_task *task, const struct provider_answer *answer, struct err *err)
{
	struct walk walk = walk_of(task);
	int64_t place = task->scratch.place + (int64_t)answer->item_count;

	if (answer->is_unreadable)
		return walk_without(task, &walk);
	if (answer->total > task->scratch.total)
		task->scratch.total = answer->total;
	/* "No posts found" stands there, too, where some should be. */
	if (answer->item_count == 0 && task->scratch.place < task->scratch.total) {
		if (++task->scratch.empty_pages <= MOST_EMPTY_PAGES)
			return walk_on(task, &walk);
		return provider_broken_off(task->scratch.place, task->scratch.total, err);
	}
	if (answer->item_count > 0 && provider_turn_page(task, answer, MOST_PAGES, err) < 0)
		return -1;
	task->scratch.empty_pages = 0;
	task->scratch.count += (int64_t)answer->entry_count;
	/* Without a total, the empty page after the last is the end. */
	if (answer->item_count == 0 || (answer->total >= 0 && place >= answer->total))
		return walk_over(task, &walk);
	task->scratch.place = place;
	return walk_on(task, &walk);
}

/* "biorxiv", "medrxiv:cardiovascular medicine" */
static int
read_spec(struct str spec, struct settings *settings, struct err *err)
{
	struct str rest = spec, server;

	str_next(&rest, ':', &server);
	if (provider_set(settings, "server", server, err) < 0)
		return -1;
	return rest.len > 0 ? provider_set(settings, "category", rest, err) : 0;
}

static const struct provider_spec specs[] = {
	{ "biorxiv", "biorxiv:neuroscience", ":", read_spec },
	{ "medrxiv", "medrxiv", ":", read_spec },
	{ NULL, NULL, NULL, NULL },
};

const struct source_provider source_provider_biorxiv = {
	.name = "biorxiv",
	.help = "bioRxiv or medRxiv: the preprints of each day, all or of one category",
	.title = "bioRxiv",
	.settings = rows,
	.specs = specs,
	.pace_name = "biorxiv.org",
	.connections = 1,
	.interval_ms = interval_ms,
	.add_title = add_title,
	.spec = spec,
	.heeds_faults = true,
	.start = start,
	.next = next,
};
