/*
 * A feed or page at a URL, whatever its format: asked for with the validators of the last answer,
 * so that an unchanged one costs nothing. Its listing days are the days its entries were published.
 */
#include "provider.h"

#include <string.h>

enum { MOST_PAGES = 10 };

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

/* Asks for a URL, at the mirror if there is one. */
static void
ask(struct provider_task *task, struct str url)
{
	struct str origin = origin_of(url), path = str_skip(url, origin.len);
	ptrdiff_t fragment = str_find_char(path, '#');

	if (fragment >= 0)
		path = str_head(path, (size_t)fragment);
	provider_ask(task, arena_string(task->arena, origin));
	if (!str_starts(path, "/"))
		buf_add_char(&task->request.url, '/');
	buf_add(&task->request.url, path);
}

/* Where the feed is, as far as is known. */
static struct str
address_of(const struct provider_task *task)
{
	if (task->state.moved_to[0] != '\0')
		return str_from(task->state.moved_to);
	return str_trim(str_from(settings_string(task->source->settings, "url")));
}

static int
start(struct provider_task *task, struct err *err)
{
	(void)err;
	ask(task, address_of(task));
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

/*
 * Whether the pages after this one are worth having: those of a feed that was read before and of
 * which nothing on this page is known, or that may have more of the days that are wanted. A page on
 * another host is not asked for: a token might go with the request.
 */
static bool
wants_next(const struct provider_task *task, const struct provider_answer *answer)
{
	struct str origin = origin_of(address_of(task));
	bool is_known = answer->known_count > 0 || answer->earlier_count > 0;

	if (answer->fresh_count == 0 || task->scratch.page + 1 == MOST_PAGES ||
	    !str_starts(answer->next, "http") || str_find(answer->next, STR("://")) < 0)
		return false;
	if (!str_equal(origin_of(answer->next), origin) &&
	    !str_equal(origin_of(answer->next), origin_of(buf_str(&task->request.url))))
		return false;
	if (task->wish->reach == SOURCE_DAYS)
		return answer->oldest_day == DATE_NO_DAY || answer->oldest_day >= task->wish->since;
	return task->wish->reach == SOURCE_CATCH_UP && !is_known &&
	    task->source->state.newest_day != DATE_NO_DAY;
}

static void
see_day(struct provider_task *task, const struct provider_answer *answer)
{
	int32_t newest = answer->newest_day;

	/* Its entries may have no dates. */
	if (newest == DATE_NO_DAY && answer->entry_count > 0)
		newest = date_day_of(task->wish->now);
	if (newest != DATE_NO_DAY &&
	    (task->state.newest_day == DATE_NO_DAY || newest > task->state.newest_day))
		task->state.newest_day = newest;
}

static int
next(struct provider_task *task, const struct provider_answer *answer, struct err *err)
{
	(void)err;
	if (answer->is_unreadable)
		return -1;
	if (answer->status != 304 && answer->item_count == 0 && task->scratch.page == 0)
		judge_empty(task);
	else
		provider_judge(task, SOURCE_NOTHING_NEW);
	see_day(task, answer);
	if (answer->status == 304 || !wants_next(task, answer))
		return 0;
	/* "Unchanged" would be no answer next time, should a page be missed now. */
	task->state.etag[0] = '\0';
	task->state.last_modified[0] = '\0';
	task->scratch.page++;
	ask(task, answer->next);
	task->request.is_conditional = false;
	task->request.is_day_start = false;
	return 1;
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
	.has_undated = true,
	.spec = spec,
	.feed_url = feed_url,
	.start = start,
	.next = next,
};
