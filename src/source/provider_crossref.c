/*
 * Crossref: the works that match a query or a filter, by the day on which Crossref took them in,
 * page after page by a cursor. A work may be indexed some days after that.
 */
#include "walk.h"

#include <string.h>

enum { INTERVAL_MS = 1000, PAGE_SIZE = 200, MOST_PAGES = 500, OVERLAP_DAYS = 3 };

static const struct setting rows[] = {
	{ "query", SETTING_STRING, "", "what to look for, in the source's own language" },
	{ "filter", SETTING_STRING, "", "Crossref's filter: type:journal-article,issn:0028-0836" },
	{ "interval", SETTING_DURATION, "3s",
	    "between requests; never less than the source itself asks for" },
	SETTING_END,
};

static struct str
text_of(const struct settings *settings, const char *name)
{
	return str_trim(str_from(settings_string(settings, name)));
}

static int
spec(const struct settings *settings, struct buf *out, struct err *err)
{
	struct str query = text_of(settings, "query"), filter = text_of(settings, "filter");

	if (query.len == 0 && filter.len == 0)
		return err_set(err, EX_CONFIG, "crossref needs a query or a filter");
	buf_add_string(out, "crossref?");
	if (query.len > 0)
		buf_addf(out, "q=%.*s", STR_ARG(query));
	if (filter.len > 0)
		buf_addf(out, "%sfilter=%.*s", query.len > 0 ? "&" : "", STR_ARG(filter));
	return 0;
}

static void
add_title(const struct settings *settings, struct buf *out)
{
	struct str query = text_of(settings, "query"), filter = text_of(settings, "filter");

	buf_addf(out, "Crossref on '%.*s'", STR_ARG(query.len > 0 ? query : filter));
}

static int64_t
interval_ms(const struct settings *settings)
{
	return provider_interval_ms(settings, "crossref.org", INTERVAL_MS);
}

static void
ask(struct provider_task *task)
{
	const struct settings *settings = task->source->settings;
	struct str query = text_of(settings, "query"), filter = text_of(settings, "filter");
	const char *cursor = task->scratch.token != NULL ? task->scratch.token : "*";
	const char *contact = task->wish->contact;
	struct buf *url = &task->request.url;
	char day[DATE_DAY_BYTES];

	date_format_day(day, task->scratch.day);
	provider_ask(task, "https://api.crossref.org");
	buf_addf(url, "/works?filter=from-created-date:%s%%2Cuntil-created-date:%s", day, day);
	if (filter.len > 0) {
		buf_add_string(url, "%2C");
		provider_add_query(url, filter);
	}
	if (query.len > 0) {
		buf_add_string(url, "&query=");
		provider_add_query(url, query);
	}
	buf_addf(url, "&rows=%d&cursor=", PAGE_SIZE);
	provider_add_query(url, str_from(cursor));
	/* Who can be written to is served by better machines. */
	if (contact != NULL && contact[0] != '\0') {
		buf_add_string(url, "&mailto=");
		provider_add_query(url, str_from(contact));
	}
}

static enum calendar_expectation
calendar(int32_t day, int64_t now)
{
	return day < date_day_of(now) ? CALENDAR_PUBLISHED : CALENDAR_NOT_YET;
}

static const struct walk walk = {
	.unit = WALK_DAYS,
	.publisher = "Crossref",
	.calendar = calendar,
	.is_sparse = true,
	.overlap_days = OVERLAP_DAYS,
	.ask = ask,
};

static int
start(struct provider_task *task, struct err *err)
{
	(void)err;
	return walk_start(task, &walk);
}

static int
next(struct provider_task *task, const struct provider_answer *answer, struct err *err)
{
	if (answer->is_unreadable)
		return walk_without(task, &walk);
	task->scratch.count += (int64_t)answer->entry_count;
	task->scratch.place += (int64_t)answer->item_count;
	/* The cursor goes on for ever: what ends it is an empty page, or the number of works. */
	if (answer->item_count == 0 || answer->next.len == 0 ||
	    (answer->total >= 0 && task->scratch.place >= answer->total))
		return walk_over(task, &walk);
	if (provider_turn_page(task, answer, MOST_PAGES, err) < 0)
		return -1;
	task->scratch.token = arena_string(task->arena, answer->next);
	return walk_on(task, &walk);
}

/* "crossref?q=graph neural&filter=type:posted-content" */
static int
read_spec(struct str spec_text, struct settings *settings, struct err *err)
{
	static const struct provider_word words[] = {
		{ "q", "query" },
		{ "filter", "filter" },
		{ NULL, NULL },
	};

	return provider_set_query(settings, spec_text, words, err);
}

static const struct provider_spec specs[] = {
	{ "crossref", "crossref?q=WORDS", "?", read_spec },
	{ NULL, NULL, NULL, NULL },
};

const struct source_provider source_provider_crossref = {
	.name = "crossref",
	.help = "Crossref: the works that it takes in, of a query or a filter",
	.title = "Crossref",
	.settings = rows,
	.specs = specs,
	.connections = 1,
	.interval_ms = interval_ms,
	.add_title = add_title,
	.spec = spec,
	.start = start,
	.next = next,
};
