/*
 * Hugging Face's search of papers: the best matches of some words. Its answers have no days: what a
 * search had not found before is new.
 */
#include "provider.h"

#include <string.h>

enum { LIMIT = 100 };

static const struct setting rows[] = {
	{ "query", SETTING_STRING, "", "what to look for, in the source's own language" },
	SETTING_END,
};

static struct str
query_of(const struct settings *settings)
{
	return str_trim(str_from(settings_string(settings, "query")));
}

static int
spec(const struct settings *settings, struct buf *out, struct err *err)
{
	if (query_of(settings).len == 0)
		return err_set(err, EX_CONFIG, "hf_search needs a query");
	buf_addf(out, "hf?q=%.*s", STR_ARG(query_of(settings)));
	return 0;
}

static void
add_title(const struct settings *settings, struct buf *out)
{
	buf_addf(out, "Hugging Face Papers on '%.*s'", STR_ARG(query_of(settings)));
}

static int
start(struct provider_task *task, struct err *err)
{
	(void)err;
	if (!provider_start_moving(task))
		return 0;
	provider_ask(task, "https://huggingface.co");
	buf_add_string(&task->request.url, "/api/papers/search?q=");
	provider_add_query(&task->request.url, query_of(task->source->settings));
	buf_addf(&task->request.url, "&limit=%d", LIMIT);
	return 1;
}

static int
next(struct provider_task *task, const struct provider_answer *answer, struct err *err)
{
	(void)err;
	return answer->is_unreadable ? -1 : provider_end_moving(task, answer->item_count);
}

static int
read_spec(struct str spec, struct settings *settings, struct err *err)
{
	return provider_set(settings, "query", str_skip(spec, strlen("hf?q=")), err);
}

static const struct provider_spec specs[] = {
	{ "hf?q=", "hf?q=WORDS", "", read_spec },
	{ NULL, NULL, NULL, NULL },
};

const struct source_provider source_provider_hf_search = {
	.name = "hf_search",
	.help = "Hugging Face's search of papers",
	.title = "Hugging Face",
	.settings = rows,
	.specs = specs,
	.add_title = add_title,
	.spec = spec,
	.start = start,
	.next = next,
};
