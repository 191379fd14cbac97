/*
 * What all providers share: their table, notes and alarms, and the making of URLs.
 */
#include "provider.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { SENTENCE_BYTES = 512 };

#define PROVIDER(name) extern const struct source_provider source_provider_##name;
#include "providers.def"
#undef PROVIDER

static const struct source_provider *const providers[] = {
#define PROVIDER(name) &source_provider_##name,
#include "providers.def"
#undef PROVIDER
};

enum { PROVIDER_COUNT = sizeof(providers) / sizeof(providers[0]) };

const struct source_provider *
provider_find(const char *name)
{
	for (size_t i = 0; i < PROVIDER_COUNT; i++) {
		if (strcmp(providers[i]->name, name) == 0)
			return providers[i];
	}
	return NULL;
}

const char *
source_provider_name(size_t index, const char **help)
{
	if (index >= PROVIDER_COUNT)
		return NULL;
	*help = providers[index]->help;
	return providers[index]->name;
}

int32_t
provider_day(const struct entry *entry, int64_t now)
{
	int32_t today = date_day_of(now);
	int64_t instant =
	    entry->published_at != DATE_NO_INSTANT ? entry->published_at : entry->updated_at;

	if (instant == DATE_NO_INSTANT || date_day_of(instant) > today)
		return today;
	return date_day_of(instant);
}

bool
provider_start_moving(struct provider_task *task)
{
	if (task->wish->reach == SOURCE_DAYS && task->wish->until < date_day_of(task->wish->now)) {
		provider_note(
		    task, "%s keeps no listings of days that are over.", task->source->title);
		provider_judge(task, SOURCE_NOTHING_NEW);
		return false;
	}
	task->request.day = DATE_NO_DAY;
	task->request.has_no_days = true;
	task->request.is_day_start = true;
	return true;
}

int
provider_turn_page(struct provider_task *task, const struct provider_answer *answer,
    int64_t most_pages, struct err *err)
{
	if (answer->fresh_count == 0)
		return err_set(err, EX_DATAERR, "the same page comes again and again");
	if (++task->scratch.page == most_pages)
		return err_set(err, EX_DATAERR, "the listing does not end");
	return 0;
}

int
provider_broken_off(int64_t place, int64_t total, struct err *err)
{
	return err_set(err, EX_UNAVAILABLE,
	    "no entries from place %lld on, though there should be %lld", (long long)place,
	    (long long)total);
}

int
provider_end_moving(struct provider_task *task, size_t item_count)
{
	struct source_state *state = &task->state;

	if (item_count == 0 && state->newest_day != DATE_NO_DAY) {
		provider_alarm(task,
		    "%s is empty, which it was not before; it will be asked again.",
		    task->source->title);
		return 0;
	}
	provider_judge(task, SOURCE_NOTHING_NEW);
	if (item_count == 0)
		provider_note(task, "%s has no entries.", task->source->title);
	else
		state->newest_day = date_day_of(task->wish->now);
	return 0;
}

int
provider_set(struct settings *settings, const char *name, struct str value, struct err *err)
{
	struct buf text = BUF_INIT(BUF_LIMIT);
	int status;

	buf_add(&text, value);
	status = settings_set(settings, name, text.ptr, "command line", err);
	buf_release(&text);
	return status;
}

int
provider_set_words(struct settings *settings, const char *name, struct str words, struct err *err)
{
	struct str word;

	while (str_next(&words, '+', &word)) {
		if (provider_set(settings, name, word, err) < 0)
			return -1;
	}
	return 0;
}

/* The word that begins the text, up to its '='; NULL when it is none. */
static const struct provider_word *
find_word(struct str text, const struct provider_word *words)
{
	for (; words->word != NULL; words++) {
		size_t len = strlen(words->word);
		if (str_starts(text, words->word) && text.len > len && text.ptr[len] == '=')
			return words;
	}
	return NULL;
}

static int
refuse_query(struct str spec, const struct provider_word *words, struct err *err)
{
	struct buf known = BUF_INIT(BUF_LIMIT);

	for (size_t i = 0; words[i].word != NULL; i++)
		buf_addf(&known, "%s%s=", i > 0 ? ", " : "", words[i].word);
	err_set(err, EX_USAGE, "'%.*s': behind the '?' stands one of %s", STR_ARG(spec), known.ptr);
	buf_release(&known);
	return -1;
}

int
provider_set_query(
    struct settings *settings, struct str spec, const struct provider_word *words, struct err *err)
{
	ptrdiff_t question = str_find_char(spec, '?');
	struct str rest = question >= 0 ? str_skip(spec, (size_t)question + 1) : STR("");

	while (rest.len > 0) {
		const struct provider_word *word = find_word(rest, words);
		size_t len = 0;
		if (word == NULL)
			return refuse_query(spec, words, err);
		rest = str_skip(rest, strlen(word->word) + 1);
		while (len < rest.len &&
		    (rest.ptr[len] != '&' || find_word(str_skip(rest, len + 1), words) == NULL))
			len++;
		if (provider_set(settings, word->setting, str_head(rest, len), err) < 0)
			return -1;
		rest = str_skip(rest, len + 1);
	}
	return 0;
}

int64_t
provider_interval_ms(const struct settings *settings, const char *host, int64_t least_ms)
{
	int64_t wished_ms = settings_duration_s(settings, "interval") * 1000;
	struct str base = str_from(settings_string(settings, "base_url"));
	bool is_itself = base.len == 0 || str_find(base, str_from(host)) >= 0;

	return is_itself && wished_ms < least_ms ? least_ms : wished_ms;
}

void
provider_ask(struct provider_task *task, const char *origin)
{
	struct str base = str_from(settings_string(task->source->settings, "base_url"));

	while (str_ends(base, "/"))
		base.len--;
	buf_reset(&task->request.url);
	buf_add(&task->request.url, base.len > 0 ? base : str_from(origin));
}

void
provider_add_query(struct buf *url, struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.ptr[i];
		/* RFC 3986 section 2.3; ':' and '/' may stand in a query and read better. */
		if (str_is_alnum((char)c) || strchr("-._~:/", c) != NULL)
			buf_add_char(url, (char)c);
		else
			buf_addf(url, "%%%02X", c);
	}
}

static void
add_note(struct provider_task *task, struct str note)
{
	struct source_outcome *outcome = task->outcome;

	outcome->notes =
	    arena_grow(task->arena, outcome->notes, &outcome->note_count, sizeof(*outcome->notes));
	outcome->notes[outcome->note_count - 1] = arena_copy(task->arena, note);
}

void
provider_note(struct provider_task *task, const char *format, ...)
{
	char sentence[SENTENCE_BYTES];
	va_list args;

	va_start(args, format);
	vsnprintf(sentence, sizeof(sentence), format, args);
	va_end(args);
	add_note(task, str_from(sentence));
}

static void __attribute__((format(printf, 3, 0)))
alarm_as(struct provider_task *task, enum source_verdict verdict, const char *format, va_list args)
{
	char sentence[SENTENCE_BYTES];
	struct str text;

	vsnprintf(sentence, sizeof(sentence), format, args);
	text = str_from(sentence);
	add_note(task, text);
	if (str_ends(text, "."))
		text.len--;
	err_set(
	    &task->outcome->error, EX_UNAVAILABLE, "%s: %.*s", task->source->name, STR_ARG(text));
	task->outcome->exit_code = err_worse_code(task->outcome->exit_code, EX_UNAVAILABLE);
	if (!source_verdict_is_odd(task->outcome->verdict))
		task->outcome->verdict = verdict;
}

void
provider_alarm_as(struct provider_task *task, enum source_verdict verdict, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	alarm_as(task, verdict, format, args);
	va_end(args);
}

void
provider_alarm(struct provider_task *task, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	alarm_as(task, SOURCE_EMPTY_UNEXPECTED, format, args);
	va_end(args);
}

void
provider_judge(struct provider_task *task, enum source_verdict verdict)
{
	if (!source_verdict_is_odd(task->outcome->verdict))
		task->outcome->verdict = verdict;
}
