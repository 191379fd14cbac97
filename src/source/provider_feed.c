/*
 * A feed or page at a URL, whatever its format: asked for with the validators of the last answer, so
 * that an unchanged one costs nothing. Its listing days are the days its entries were published.
 */
#include "provider.h"

#include <string.h>

static const struct setting rows[] = {
	{ "url", SETTING_STRING, "", "where the feed is" },
	SETTING_END,
};

static int
spec(const struct settings *settings, struct buf *out, struct err *err)
{
	struct str url = str_trim(str_from(settings_string(settings, "url")));

	if (!str_starts_nocase(url, "http://") && !str_starts_nocase(url, "https://"))
		return err_set(err, EX_CONFIG,
		    "%s: a feed needs a url that begins with http:// or https://",
		    settings_origin(settings, "url"));
	buf_add(out, url);
	return 0;
}

/* Scheme, host and port of a URL. */
static struct str
origin_of(struct str url)
{
	ptrdiff_t host = str_find(url, STR("://")) + 3;
	size_t len = (size_t)host;

	while (len < url.len && strchr("/?#", url.ptr[len]) == NULL)
		len++;
	return str_head(url, len);
}

static int
start(struct provider_task *task, struct err *err)
{
	struct str url = str_trim(str_from(settings_string(task->source->settings, "url")));
	struct str origin = origin_of(url), path = str_skip(url, origin.len);
	ptrdiff_t fragment = str_find_char(path, '#');
	const char *text = arena_string(task->arena, origin);

	(void)err;
	if (fragment >= 0)
		path = str_head(path, (size_t)fragment);
	provider_ask(task, text);
	if (!str_starts(path, "/"))
		buf_add_char(&task->request.url, '/');
	buf_add(&task->request.url, path);
	task->request.is_conditional = true;
	task->request.is_day_start = true;
	return 1;
}

/* Real feeds are empty on weekends, and some always; one that had entries should have some. */
static void
judge_empty(struct provider_task *task)
{
	int32_t today = date_day_of(task->wish->now);

	/* An empty answer must not be what later answers are compared with. */
	task->state.etag[0] = '\0';
	task->state.last_modified[0] = '\0';
	if (task->state.newest_day == DATE_NO_DAY) {
		provider_judge(task, SOURCE_NOTHING_NEW);
		provider_note(task, "%s has no entries.", task->source->title);
	} else if (date_weekday(today) >= 5) {
		provider_judge(task, SOURCE_EMPTY_EXPECTED);
	} else {
		provider_alarm(task,
		    "%s is empty, which it was not before; it will be asked again.",
		    task->source->title);
	}
}

static int
next(struct provider_task *task, const struct provider_answer *answer, struct err *err)
{
	(void)err;
	if (answer->is_unreadable)
		return -1;
	if (answer->status != 304 && answer->item_count == 0)
		judge_empty(task);
	else
		provider_judge(task, SOURCE_NOTHING_NEW);
	if (answer->newest_day != DATE_NO_DAY &&
	    (task->state.newest_day == DATE_NO_DAY || answer->newest_day > task->state.newest_day))
		task->state.newest_day = answer->newest_day;
	return 0;
}

static void
feed_url(const struct settings *settings, struct buf *out)
{
	buf_add(out, str_trim(str_from(settings_string(settings, "url"))));
}

static int
read_spec(struct str spec, struct settings *settings, struct err *err)
{
	return provider_set(settings, "url", spec, err);
}

static const struct provider_spec specs[] = {
	{ "https://", "a feed's URL", "", read_spec },
	{ "http://", NULL, "", read_spec },
	{ NULL, NULL, NULL, NULL },
};

const struct source_provider source_provider_feed = {
	.name = "feed",
	.help = "an RSS or Atom feed, or a page of papers, at a URL",
	.settings = rows,
	.specs = specs,
	.spec = spec,
	.feed_url = feed_url,
	.start = start,
	.next = next,
};
