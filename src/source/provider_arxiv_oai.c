/*
 * arXiv by OAI-PMH: everything whose record changed since the last harvest, set after set, page
 * after page. Where a harvest stands is kept with each page, so that one that was broken off goes
 * on there.
 *
 * The records are asked for as arXivRaw: it alone tells versions and the minute of submission, from
 * which the listing day follows. A record that changed is no news for that; see adjust().
 */
#include "arxiv.h"

#include "digest/calendar.h"

#include <stdio.h>
#include <string.h>

#define ORIGIN "https://oaipmh.arxiv.org"

enum {
	OVERLAP_DAYS =
	    1, /* asked for again, since a day may have got more after the last harvest */
	WINDOW_DAYS = 7, /* what is asked for at once of a long absence */
	LATE_DAYS = 10, /* so long moderation may hold a paper: until then it is news */
	MOST_PAGES = 5000, /* ten million records: the tokens go round in circles */
	MOST_RESTARTS = 2, /* after tokens that the server did not know any more */
};

static const struct setting rows[] = {
	{ "sets", SETTING_STRINGS, "",
	    "what to harvest: cs, cs.AI, hep-th, or as OAI-PMH has it, physics:hep-th" },
	{ "metadata", SETTING_STRING, "arXivRaw",
	    "the schema to ask for: arXivRaw (versions), arXiv (names one by one), "
	    "arXivOld or oai_dc" },
	ARXIV_INTERVAL_ROW,
	SETTING_END,
};

/* ---- sets ---- */

/* The archives that belong to the group physics; each other is a group of its own. */
static bool
is_of_physics(struct str archive)
{
	static const char *const archives[] = { "astro-ph", "cond-mat", "gr-qc", "hep-ex",
		"hep-lat", "hep-ph", "hep-th", "math-ph", "nlin", "nucl-ex", "nucl-th", "physics",
		"quant-ph" };

	for (size_t i = 0; i < sizeof(archives) / sizeof(*archives); i++) {
		if (str_is(archive, archives[i]))
			return true;
	}
	return false;
}

/* "cs" is a set, "cs.AI" the set cs:cs:AI, "hep-th" physics:hep-th. */
static void
add_set(struct buf *out, struct str word)
{
	ptrdiff_t dot = str_find_char(word, '.');
	struct str archive = dot >= 0 ? str_head(word, (size_t)dot) : word;

	if (str_find_char(word, ':') >= 0) {
		buf_add(out, word);
		return;
	}
	if (is_of_physics(archive) && !(dot < 0 && str_is(archive, "physics")))
		buf_add_string(out, "physics:");
	else if (dot >= 0)
		buf_addf(out, "%.*s:", STR_ARG(archive));
	buf_add(out, archive);
	if (dot >= 0)
		buf_addf(out, ":%.*s", STR_ARG(str_skip(word, (size_t)dot + 1)));
}

/* The n-th set in the order of the alphabet, which a harvest keeps to: false after the last. */
static bool
set_at(const struct provider_task *task, int64_t n, struct str *set)
{
	*set = STR("");
	while (arxiv_next_word(task->source->settings, "sets", *set, set)) {
		if (n-- == 0)
			return true;
	}
	/* Without any, all of arXiv is one harvest. */
	*set = STR("");
	return n == 0 && !arxiv_is_set(task->source->settings, "sets");
}

static int
spec(const struct settings *settings, struct buf *out, struct err *err)
{
	static const char *const schemas[] = { "arXivRaw", "arXiv", "arXivOld", "oai_dc" };
	const char *metadata = settings_string(settings, "metadata");
	bool is_known = false;

	for (size_t i = 0; i < sizeof(schemas) / sizeof(*schemas); i++)
		is_known = is_known || strcmp(metadata, schemas[i]) == 0;
	if (!is_known)
		return err_set(err, EX_CONFIG,
		    "%s: metadata is arXivRaw, arXiv, arXivOld or oai_dc, not '%s'",
		    settings_origin(settings, "metadata"), metadata);
	if (arxiv_check_words(settings, "sets", err) < 0)
		return -1;
	buf_add_string(out, "arxiv-oai");
	if (arxiv_is_set(settings, "sets")) {
		buf_add_char(out, ':');
		arxiv_add_sorted(settings, "sets", out);
	}
	if (strcmp(metadata, schemas[0]) != 0)
		buf_addf(out, "?metadata=%s", metadata);
	return 0;
}

/* ---- what is asked ---- */

/*
 * In the scratch: the window of datestamps from `day` to `last_day` (DATE_NO_DAY: to the end), the
 * set under way as `part`, its token, and in `oldest_day` the date on which the harvest began.
 */
static int
ask(struct provider_task *task)
{
	const struct settings *settings = task->source->settings;
	struct buf *url = &task->request.url;
	struct buf name = BUF_INIT(BUF_LIMIT);
	struct str set;
	char day[DATE_DAY_BYTES];

	provider_ask(task, ORIGIN);
	buf_add_string(url, "/oai?verb=ListRecords");
	task->request.is_day_start = task->scratch.page == 0;
	if (task->scratch.token != NULL) {
		/* A token stands for all other arguments, and must stand alone. */
		buf_add_string(url, "&resumptionToken=");
		provider_add_query(url, str_from(task->scratch.token));
		return 1;
	}
	buf_addf(url, "&metadataPrefix=%s", settings_string(settings, "metadata"));
	if (set_at(task, task->scratch.part, &set) && set.len > 0) {
		add_set(&name, set);
		buf_add_string(url, "&set=");
		provider_add_query(url, buf_str(&name));
		buf_release(&name);
	}
	buf_addf(url, "&from=%s", date_format_day(day, task->scratch.day));
	if (task->scratch.last_day != DATE_NO_DAY)
		buf_addf(url, "&until=%s", date_format_day(day, task->scratch.last_day));
	return 1;
}

/* ---- where a harvest stands ---- */

/* "done=2026-07-28", or "from=2026-07-20 until=2026-07-26 begun=2026-07-28 set=1 token=…". */
struct cursor {
	int32_t done, from, until, begun;
	int64_t set;
	struct str token;
};

static void
read_cursor(const struct source_state *state, struct cursor *cursor)
{
	struct str rest = str_from(state->cursor), word;

	*cursor = (struct cursor){
		.done = DATE_NO_DAY,
		.from = DATE_NO_DAY,
		.until = DATE_NO_DAY,
		.begun = DATE_NO_DAY,
	};
	while (str_next_word(&rest, &word)) {
		ptrdiff_t equals = str_find_char(word, '=');
		struct str name = str_head(word, equals >= 0 ? (size_t)equals : word.len);
		struct str value = str_skip(word, name.len + 1);
		if (str_is(name, "done"))
			date_parse_day(value, &cursor->done);
		else if (str_is(name, "from"))
			date_parse_day(value, &cursor->from);
		else if (str_is(name, "until"))
			date_parse_day(value, &cursor->until);
		else if (str_is(name, "begun"))
			date_parse_day(value, &cursor->begun);
		else if (str_is(name, "set"))
			str_to_int(value, 0, INT16_MAX, &cursor->set);
		else if (str_is(name, "token"))
			cursor->token = value;
	}
}

/* Days that were wished for by themselves are no part of the harvest from day to day. */
static bool
is_kept(const struct provider_task *task)
{
	return task->wish->reach == SOURCE_CATCH_UP;
}

static void
keep_cursor(struct provider_task *task)
{
	char *cursor = task->state.cursor;
	char from[DATE_DAY_BYTES], until[DATE_DAY_BYTES], begun[DATE_DAY_BYTES];
	const char *token = task->scratch.token;
	int len;

	if (!is_kept(task))
		return;
	date_format_day(from, task->scratch.day);
	date_format_day(until, task->scratch.last_day);
	date_format_day(begun, task->scratch.oldest_day);
	len = snprintf(cursor, SOURCE_CURSOR_BYTES, "from=%s until=%s begun=%s set=%d", from, until,
	    begun, task->scratch.part);
	/* A token that cannot be kept whole is as good as none: its set is read again. */
	if (token != NULL &&
	    (size_t)len + strlen(" token=") + strlen(token) < SOURCE_CURSOR_BYTES &&
	    strpbrk(token, " \t") == NULL)
		snprintf(cursor + len, SOURCE_CURSOR_BYTES - (size_t)len, " token=%s", token);
}

static void
keep_end(struct provider_task *task)
{
	struct source_state *state = &task->state;
	int32_t expected = arxiv_expected_day(task->wish->now);
	char begun[DATE_DAY_BYTES];

	if (!is_kept(task))
		return;
	snprintf(state->cursor, sizeof(state->cursor), "done=%s",
	    date_format_day(begun, task->scratch.oldest_day));
	if (state->complete_through == DATE_NO_DAY || expected > state->complete_through)
		state->complete_through = expected;
}

/* ---- the beginning ---- */

/* A window that begins on that day; the last one is open, so that nothing falls behind it. */
static void
open_window(struct provider_task *task, int32_t from)
{
	int32_t today = date_day_of(task->wish->now);

	task->scratch.day = from < today ? from : today;
	task->scratch.last_day = today - from > WINDOW_DAYS ? from + WINDOW_DAYS - 1 : DATE_NO_DAY;
	task->scratch.part = 0;
	task->scratch.token = NULL;
}

/* The listing that is expected went out on the evening before. */
static int32_t
newest_datestamp(const struct provider_task *task)
{
	return arxiv_expected_day(task->wish->now) - 1;
}

static void
start_catch_up(struct provider_task *task)
{
	struct cursor cursor;
	struct str set;
	int32_t complete = task->state.complete_through;

	read_cursor(&task->state, &cursor);
	if (cursor.from != DATE_NO_DAY && cursor.begun != DATE_NO_DAY &&
	    set_at(task, cursor.set, &set)) {
		task->scratch.day = cursor.from;
		task->scratch.last_day = cursor.until;
		task->scratch.oldest_day = cursor.begun;
		task->scratch.part = (int)cursor.set;
		if (cursor.token.len > 0)
			task->scratch.token = arena_string(task->arena, cursor.token);
	} else if (cursor.done != DATE_NO_DAY) {
		open_window(task, cursor.done - OVERLAP_DAYS);
	} else {
		open_window(task,
		    complete != DATE_NO_DAY ? complete - OVERLAP_DAYS : newest_datestamp(task));
	}
}

static int
start(struct provider_task *task, struct err *err)
{
	const struct source_wish *wish = task->wish;
	char day[DATE_DAY_BYTES];

	(void)err;
	task->scratch.newest_day = DATE_NO_DAY;
	task->scratch.oldest_day = DATE_NO_DAY;
	switch (wish->reach) {
	case SOURCE_CATCH_UP: start_catch_up(task); break;
	case SOURCE_DAYS:
		if (wish->since > arxiv_today(wish->now)) {
			provider_note(task, "%s is a day to come; nothing is listed yet.",
			    date_format_day(day, wish->since));
			provider_judge(task, SOURCE_NOT_YET);
			return 0;
		}
		/* What was listed then may have changed at any time since. */
		open_window(task, wish->since - OVERLAP_DAYS);
		break;
	default: open_window(task, newest_datestamp(task)); break;
	}
	return ask(task);
}

/* ---- what an answer means ---- */

static int
finish(struct provider_task *task)
{
	int32_t today = arxiv_today(task->wish->now);

	keep_end(task);
	if (task->scratch.newest_day == today) {
		provider_judge(task, SOURCE_NOTHING_NEW);
		return 0;
	}
	switch (calendar_arxiv(today, task->wish->now)) {
	case CALENDAR_NONE: provider_judge(task, SOURCE_EMPTY_EXPECTED); break;
	case CALENDAR_NOT_YET: provider_judge(task, SOURCE_NOT_YET); break;
	case CALENDAR_PUBLISHED: provider_judge(task, SOURCE_NOTHING_NEW); break;
	}
	return 0;
}

/* The set under way is read: the next set, the next window, or the end. */
static int
end_set(struct provider_task *task)
{
	struct str set;

	task->scratch.token = NULL;
	task->scratch.attempts = 0;
	if (!set_at(task, ++task->scratch.part, &set)) {
		if (task->scratch.last_day == DATE_NO_DAY)
			return finish(task);
		open_window(task, task->scratch.last_day + 1);
	}
	keep_cursor(task);
	return ask(task);
}

/*
 * A token that has expired, or that a new server does not know: its set is read from its beginning.
 */
static int
restart(struct provider_task *task, struct str fault, struct err *err)
{
	if (task->scratch.token == NULL || ++task->scratch.attempts > MOST_RESTARTS)
		return err_set(err, EX_UNAVAILABLE, "arXiv answers: %.*s", STR_ARG(fault));
	task->scratch.token = NULL;
	task->scratch.page = 0;
	keep_cursor(task);
	return ask(task);
}

static bool
is_fault(struct str fault, const char *code)
{
	return str_is(str_head(fault, strlen(code)), code) &&
	    (fault.len == strlen(code) || fault.ptr[strlen(code)] == ':');
}

static void
see(struct provider_task *task, const struct provider_answer *answer)
{
	struct source_state *state = &task->state;
	int32_t newest = answer->newest_day;

	if (task->scratch.oldest_day == DATE_NO_DAY)
		task->scratch.oldest_day =
		    date_day_of(answer->generated_at != DATE_NO_INSTANT ? answer->generated_at
		                                                        : task->wish->now);
	if (newest == DATE_NO_DAY)
		return;
	if (task->scratch.newest_day == DATE_NO_DAY || newest > task->scratch.newest_day)
		task->scratch.newest_day = newest;
	if (is_kept(task) && (state->newest_day == DATE_NO_DAY || newest > state->newest_day))
		state->newest_day = newest;
}

static int
next(struct provider_task *task, const struct provider_answer *answer, struct err *err)
{
	struct str token = answer->next, fault = answer->fault;

	if (answer->is_unreadable)
		return -1;
	see(task, answer);
	if (is_fault(fault, "badResumptionToken"))
		return restart(task, fault, err);
	if (is_fault(fault, "noRecordsMatch"))
		token = STR("");
	else if (fault.len > 0)
		return err_set(err, EX_UNAVAILABLE, "arXiv answers: %.*s", STR_ARG(fault));
	task->scratch.page++;
	if (token.len == 0)
		return end_set(task);
	if (task->scratch.token != NULL && str_is(token, task->scratch.token))
		return err_set(err, EX_DATAERR, "the same page comes again and again");
	if (task->scratch.page > MOST_PAGES)
		return err_set(err, EX_DATAERR, "the list of records does not end");
	task->scratch.token = arena_string(task->arena, token);
	keep_cursor(task);
	return ask(task);
}

/* ---- what a record is news of ---- */

/*
 * A record's datestamp tells when anything about it changed: old papers come with a new version, a
 * journal, or because arXiv edited thousands of them. What was submitted well before the harvest's
 * time is announced as replaced on the day of its newest version, which makes no news; whoever has
 * had an earlier version gets the update. All else is listed on the day that follows from its
 * submission, and is news if it was never listed.
 */
static void
adjust(struct provider_task *task, struct entry *entry)
{
	int64_t now = task->wish->now;
	int32_t today = arxiv_today(now), day = arxiv_day_of(entry, now);
	bool is_old = day < task->scratch.day - LATE_DAYS;

	if (is_old && entry->announce == ENTRY_NEW)
		entry->announce = ENTRY_REPLACED;
	if (entry->announce >= ENTRY_REPLACED) {
		day = today;
		if (entry->updated_at != DATE_NO_INSTANT)
			day = calendar_arxiv_listing_day(entry->updated_at);
	} else if (entry->version == 1 && entry->changed_on != DATE_NO_DAY &&
	    entry->changed_on > day && calendar_arxiv(entry->changed_on, now) != CALENDAR_NONE) {
		/* Nothing has changed but that it is there: moderation held it until then. */
		day = entry->changed_on;
	}
	entry->listed_on = day < today ? day : today;
}

/* "arxiv-oai:cs+math", "arxiv-oai:cs?metadata=arXiv". */
static int
read_spec(struct str typed, struct settings *settings, struct err *err)
{
	static const struct provider_word words[] = { { "metadata", "metadata" }, { NULL, NULL } };
	struct str rest = str_skip(typed, strlen("arxiv-oai")), sets;
	ptrdiff_t question = str_find_char(rest, '?');

	sets = question >= 0 ? str_head(rest, (size_t)question) : rest;
	if (provider_set_words(settings, "sets", str_skip(sets, 1), err) < 0)
		return -1;
	return provider_set_query(settings, typed, words, err);
}

static const struct provider_spec specs[] = {
	{ "arxiv-oai", "arxiv-oai:cs", ":?", read_spec },
	{ NULL, NULL, NULL, NULL },
};

const struct source_provider source_provider_arxiv_oai = {
	.name = "arxiv_oai",
	.help = "arXiv by OAI-PMH: all new and changed records of a set, whatever the gap",
	.title = "arXiv",
	.settings = rows,
	.specs = specs,
	.pace_name = ARXIV_PACE,
	.connections = 1,
	.heeds_faults = true,
	.interval_ms = arxiv_interval_ms,
	.spec = spec,
	.start = start,
	.next = next,
	.adjust = adjust,
	.day_of = arxiv_day_of,
};
