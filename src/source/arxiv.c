/*
 * arXiv's manners, days and pages, for all providers that ask it.
 */
#include "arxiv.h"

#include "digest/calendar.h"
#include "digest/zone.h"

#include <string.h>

enum {
	INTERVAL_MS = 3000, /* arXiv's terms of use: one request every three seconds */
	MOST_EMPTY_PAGES = 3,
};

static const char new_york[] = "America/New_York";

bool
arxiv_is_set(const struct settings *settings, const char *name)
{
	return settings_count(settings, name) > 0;
}

int64_t
arxiv_interval_ms(const struct settings *settings)
{
	return provider_interval_ms(settings, ARXIV_PACE, INTERVAL_MS);
}

int
arxiv_check_words(const struct settings *settings, const char *name, struct err *err)
{
	for (size_t i = 0; i < settings_count(settings, name); i++) {
		struct str word = str_from(settings_string_at(settings, name, i));
		bool is_good = word.len > 0;
		for (size_t j = 0; j < word.len; j++)
			is_good = is_good &&
			    (str_is_alnum(word.ptr[j]) || strchr(".-/:", word.ptr[j]) != NULL);
		if (!is_good)
			return err_set(err, EX_CONFIG, "%s: '%.*s' is none of arXiv's %s",
			    settings_origin(settings, name), STR_ARG(word), name);
	}
	return 0;
}

bool
arxiv_next_word(
    const struct settings *settings, const char *name, struct str last, struct str *word)
{
	bool is_there = false;

	for (size_t i = 0; i < settings_count(settings, name); i++) {
		struct str given = str_from(settings_string_at(settings, name, i));
		if (str_compare(given, last) > 0 && (!is_there || str_compare(given, *word) < 0)) {
			*word = given;
			is_there = true;
		}
	}
	return is_there;
}

void
arxiv_add_sorted(const struct settings *settings, const char *name, struct buf *out)
{
	struct str word = STR("");

	for (const char *separator = ""; arxiv_next_word(settings, name, word, &word);
	     separator = "+")
		buf_addf(out, "%s%.*s", separator, STR_ARG(word));
}

/* ---- days ---- */

int32_t
arxiv_today(int64_t now)
{
	return zone_at(new_york, now).day;
}

int32_t
arxiv_expected_day(int64_t now)
{
	int32_t day = arxiv_today(now);

	while (calendar_arxiv(day, now) != CALENDAR_PUBLISHED)
		day--;
	return day;
}

int32_t
arxiv_day_of(const struct entry *entry, int64_t now)
{
	int32_t today = arxiv_today(now), day;

	if (entry->published_at == DATE_NO_INSTANT)
		return today;
	day = calendar_arxiv_listing_day(entry->published_at);
	return day < today ? day : today;
}

/* ---- the API ---- */

void
arxiv_add_categories(const struct settings *settings, struct buf *query)
{
	for (size_t i = 0; i < settings_count(settings, "categories"); i++)
		buf_addf(query, "%scat:%s", i > 0 ? " OR " : "",
		    settings_string_at(settings, "categories", i));
}

static void
add_minute(struct buf *query, int64_t instant)
{
	int32_t day = date_day_of(instant);
	struct date_civil civil = date_civil(day);
	int minute = (int)((instant - date_instant_of(day)) / 60);

	buf_addf(query, "%04d%02d%02d%02d%02d", civil.year, civil.month, civil.day, minute / 60,
	    minute % 60);
}

void
arxiv_add_window(struct buf *query, int64_t from, int64_t until)
{
	buf_add_string(query, "submittedDate:[");
	add_minute(query, from);
	buf_add_string(query, " TO ");
	add_minute(query, until);
	buf_add_char(query, ']');
}

/* Seen again and again on the real server: an empty page in the middle of the result. */
static int
take_empty_page(struct provider_task *task, enum arxiv_page *page, struct err *err)
{
	*page = ARXIV_PAGE_AGAIN;
	if (++task->scratch.attempts <= MOST_EMPTY_PAGES)
		return 0;
	return provider_broken_off(task->scratch.count, task->scratch.total, err);
}

/* Whether the result ends at that place, after the answer. */
static bool
is_end(const struct provider_answer *answer, int64_t place, int64_t page_size)
{
	if (answer->item_count == 0)
		return true;
	if (answer->total >= 0)
		return place >= answer->total;
	return (int64_t)answer->item_count < page_size;
}

int
arxiv_take_page(struct provider_task *task, const struct provider_answer *answer, int64_t page_size,
    enum arxiv_page *page, struct err *err)
{
	int64_t at = task->scratch.count, place = at + (int64_t)answer->item_count;

	if (answer->first >= 0 && answer->item_count > 0 && answer->first != at)
		return err_set(err, EX_DATAERR,
		    "asked for the entries from %lld on, got those from %lld", (long long)at,
		    (long long)answer->first);
	task->scratch.total = answer->total;
	if (answer->item_count == 0 && at < answer->total)
		return take_empty_page(task, page, err);
	*page = is_end(answer, place, page_size) ? ARXIV_PAGE_LAST : ARXIV_PAGE_MORE;
	/*
	 * Where the answer tells its place, it is another page, whatever other requests had of it.
	 */
	if (*page == ARXIV_PAGE_MORE && answer->fresh_count == 0 && answer->first < 0)
		return err_set(err, EX_DATAERR, "the same page comes again and again");
	task->scratch.attempts = 0;
	task->scratch.count = place;
	return 0;
}
