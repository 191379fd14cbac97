/*
 * Semantic Scholar's search: the thousand best matches by their place, or all of them, the newest
 * first, by a token. What a search had not found before is new. Whoever has no key of his own
 * shares a quota with everybody, so that refusals are routine.
 */
#include "provider.h"

#include <string.h>

enum {
	INTERVAL_MS = 1000, /* what a key is good for */
	PAGE_SIZE = 100,
	MOST_PAGES = 10000, /* those of a token hold up to a thousand each */
	MOST_BY_PLACE = 999, /* the search tells of places below 1000 alone */
};

#define FIELDS \
	"title,abstract,url,venue,journal,year,publicationDate,externalIds,openAccessPdf,authors," \
	"fieldsOfStudy"

static const struct setting rows[] = {
	{ "query", SETTING_STRING, "", "what to look for, in the source's own language" },
	{ "year", SETTING_STRING, "", "years of publication: 2026, 2024-2026 or 2025-" },
	{ "venue", SETTING_STRING, "", "venues, joined by commas: NeurIPS,Nature" },
	{ "bulk", SETTING_BOOL, "false",
	    "all matches, the newest first, instead of the thousand best" },
	{ "max_entries", SETTING_INT, "2000", "the most entries that are read in one run" },
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
	struct str year = text_of(settings, "year"), venue = text_of(settings, "venue");

	if (text_of(settings, "query").len == 0)
		return err_set(err, EX_CONFIG, "semantic_scholar needs a query");
	buf_addf(out, "s2?q=%.*s", STR_ARG(text_of(settings, "query")));
	if (year.len > 0)
		buf_addf(out, "&year=%.*s", STR_ARG(year));
	if (venue.len > 0)
		buf_addf(out, "&venue=%.*s", STR_ARG(venue));
	if (settings_bool(settings, "bulk"))
		buf_add_string(out, "&bulk=true");
	return 0;
}

static void
add_title(const struct settings *settings, struct buf *out)
{
	buf_addf(out, "Semantic Scholar on '%.*s'", STR_ARG(text_of(settings, "query")));
}

static int64_t
interval_ms(const struct settings *settings)
{
	return provider_interval_ms(settings, "semanticscholar.org", INTERVAL_MS);
}

static void
add_parameter(struct buf *url, const char *name, struct str value)
{
	if (value.len == 0)
		return;
	buf_addf(url, "&%s=", name);
	provider_add_query(url, value);
}

static int
ask(struct provider_task *task)
{
	const struct settings *settings = task->source->settings;
	bool is_bulk = settings_bool(settings, "bulk");
	int64_t left = MOST_BY_PLACE - task->scratch.place;
	struct buf *url = &task->request.url;

	provider_ask(task, "https://api.semanticscholar.org");
	buf_addf(url, "/graph/v1/paper/search%s?query=", is_bulk ? "/bulk" : "");
	provider_add_query(url, text_of(settings, "query"));
	add_parameter(url, "year", text_of(settings, "year"));
	add_parameter(url, "venue", text_of(settings, "venue"));
	buf_add_string(url, "&fields=" FIELDS);
	if (!is_bulk)
		buf_addf(url, "&offset=%lld&limit=%d", (long long)task->scratch.place,
		    (int)(left < PAGE_SIZE ? left : PAGE_SIZE));
	else
		buf_add_string(url, "&sort=publicationDate:desc");
	if (is_bulk && task->scratch.token != NULL)
		add_parameter(url, "token", str_from(task->scratch.token));
	task->request.is_day_start = task->scratch.place == 0;
	return 1;
}

static int
start(struct provider_task *task, struct err *err)
{
	(void)err;
	return provider_start_moving(task) ? ask(task) : 0;
}

/* Whether the search has no more to tell, or no more of it is wanted. */
static bool
is_end(const struct provider_task *task, const struct provider_answer *answer)
{
	const struct settings *settings = task->source->settings;
	int64_t place = task->scratch.place;

	if (answer->item_count == 0 || place >= settings_int(settings, "max_entries"))
		return true;
	if (settings_bool(settings, "bulk"))
		return answer->next.len == 0;
	return place >= MOST_BY_PLACE || (answer->total >= 0 && place >= answer->total);
}

static void
note_rest(struct provider_task *task, int64_t total)
{
	if (settings_bool(task->source->settings, "bulk") && total > task->scratch.place)
		provider_note(task, "%s has %lld matches; the newest %lld were read (max_entries).",
		    task->source->title, (long long)total, (long long)task->scratch.place);
}

static int
next(struct provider_task *task, const struct provider_answer *answer, struct err *err)
{
	if (answer->is_unreadable)
		return -1;
	task->scratch.place += (int64_t)answer->item_count;
	if (is_end(task, answer)) {
		note_rest(task, answer->total);
		return provider_end_moving(task, (size_t)task->scratch.place);
	}
	if (provider_turn_page(task, answer, MOST_PAGES, err) < 0)
		return -1;
	task->scratch.token = arena_string(task->arena, answer->next);
	return ask(task);
}

/* "s2?q=diffusion&year=2025-&venue=NeurIPS" */
static int
read_spec(struct str spec_text, struct settings *settings, struct err *err)
{
	static const struct provider_word words[] = {
		{ "q", "query" },
		{ "year", "year" },
		{ "venue", "venue" },
		{ "bulk", "bulk" },
		{ NULL, NULL },
	};

	return provider_set_query(settings, spec_text, words, err);
}

static const struct provider_spec specs[] = {
	{ "s2", "s2?q=WORDS", "?", read_spec },
	{ NULL, NULL, NULL, NULL },
};

const struct source_provider source_provider_semantic_scholar = {
	.name = "semantic_scholar",
	.help = "Semantic Scholar's search of papers",
	.title = "Semantic Scholar",
	.settings = rows,
	.specs = specs,
	.token_header = "x-api-key",
	.connections = 1,
	.interval_ms = interval_ms,
	.add_title = add_title,
	.spec = spec,
	.start = start,
	.next = next,
};
