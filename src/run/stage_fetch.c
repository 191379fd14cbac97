/*
 * Fetch, parse, normalise, diff, judge: what the sources list goes into the store, one transaction
 * per answer, and each source's outcome is kept for the notes of the issues.
 */
#include "day.h"

#include "digest/clock.h"

#include <libgen.h>

static int
sink_begin(void *context, const struct source *source, struct err *err)
{
	struct day *day = context;

	(void)source;
	return db_begin(store_db(day->store), err);
}

static int64_t
source_row(const struct day *day, const struct source *source)
{
	return day->source_ids[source - day->sources];
}

static int
sink_entry(void *context, const struct source *source, const struct entry *entry,
    enum source_known *known, struct err *err)
{
	struct day *day = context;
	struct store_put put;
	int64_t row = source_row(day, source);

	if ((day->is_past ? store_put_past : store_put)(
	        day->store, row, entry, day->now, &put, err) < 0)
		return -1;
	if (put.is_known)
		*known = SOURCE_LISTED_THAT_DAY;
	else
		*known = put.was_listed_earlier ? SOURCE_LISTED_EARLIER : SOURCE_UNLISTED;
	return 0;
}

static int
sink_listing(void *context, const struct source *source, const struct source_listing *listing,
    struct err *err)
{
	struct day *day = context;

	return store_put_listing(day->store, source_row(day, source), listing, err);
}

static int
sink_past(void *context, const struct source *source, int32_t listed_on, struct source_past *past,
    struct err *err)
{
	struct day *day = context;

	return store_listing_past(day->store, source_row(day, source), listed_on,
	    &past->entry_count, &past->usual_count, err);
}

/*
 * What a backfill leaves of a source's state: that it was asked, and what the server wants. How far
 * it was read, and what it would answer with "unchanged", is for the runs that make news.
 */
static struct source_state
state_of_backfill(
    const struct day *day, const struct source *source, const struct source_state *state)
{
	struct source_state kept = day->source_states[source - day->sources];

	kept.last_attempt = state->last_attempt;
	kept.last_success = state->last_success;
	kept.not_before = state->not_before;
	kept.failures = state->failures;
	kept.verdict = state->verdict;
	return kept;
}

static int
sink_end(
    void *context, const struct source *source, const struct source_state *state, struct err *err)
{
	struct day *day = context;
	struct source_state kept = day->is_past ? state_of_backfill(day, source, state) : *state;

	if (store_save_source(day->store, source_row(day, source), &kept, err) == 0 &&
	    db_commit(store_db(day->store), err) == 0)
		return 0;
	db_rollback(store_db(day->store));
	return -1;
}

static void
sink_abort(void *context, const struct source *source)
{
	struct day *day = context;

	(void)source;
	db_rollback(store_db(day->store));
}

static void
sink_progress(void *context, size_t done, size_t total, int64_t received_bytes)
{
	struct day *day = context;

	if (day->request->progress != NULL)
		day->request->progress(done, total, received_bytes);
}

int
day_open_net(struct day *day, struct net **net, struct err *err)
{
	const struct config *config = day->request->config;
	const char *contact = settings_string(config_settings(config, CONFIG_DIGEST), "contact");
	const char *ca_file = settings_string(config_settings(config, CONFIG_SMTP), "ca_file");
	struct str agent;

	if (contact[0] != '\0')
		agent = arena_printf(day->arena, "digest/" DIGEST_VERSION " (mailto:%s)", contact);
	else
		agent = STR("digest/" DIGEST_VERSION);
	struct net_options options = {
		.user_agent = agent.ptr,
		.ca_file = ca_file[0] != '\0' ? ca_file : NULL,
	};
	return net_open(net, &options, err);
}

int
day_net(struct day *day, struct err *err)
{
	return day->net != NULL ? 0 : day_open_net(day, &day->net, err);
}

int
day_load_sources(struct day *day, struct err *err)
{
	if (db_begin(store_db(day->store), err) < 0)
		return -1;
	day->source_ids = arena_array(day->arena, day->source_count, sizeof(int64_t));
	day->source_states =
	    arena_array(day->arena, day->source_count, sizeof(struct source_state));
	for (size_t i = 0; i < day->source_count; i++) {
		struct source *source = &day->sources[i];
		if (store_source(day->store, source->name, source->spec, &day->source_ids[i],
		        &source->state, err) < 0) {
			db_rollback(store_db(day->store));
			return -1;
		}
		day->source_states[i] = source->state;
	}
	return db_commit(store_db(day->store), err);
}

const char *
day_stamp_folder(const struct day *day, struct arena *arena)
{
	/* dirname(3) may write into its argument, which is a copy. */
	return dirname((char *)arena_string(arena, str_from(day->request->store_path)));
}

static enum source_reach
reach_of(enum store_scope scope)
{
	switch (scope) {
	case STORE_NEWEST: return SOURCE_NEWEST;
	case STORE_NEWS: return SOURCE_CATCH_UP;
	default: return SOURCE_DAYS;
	}
}

static int32_t
last_day(const struct day *day)
{
	int32_t until = day->request->until;

	return until != DATE_NO_DAY ? until : date_day_of(day->now);
}

/* What the run wants of all sources. */
static struct source_wish
wish_of(struct day *day)
{
	const struct run_request *request = day->request;
	const struct settings *settings = config_settings(request->config, CONFIG_DIGEST);
	bool is_one_day = request->date != DATE_NO_DAY;

	return (struct source_wish){
		.reach = reach_of(day->scope),
		.since = is_one_day ? request->date : request->since,
		.until = is_one_day ? request->date : last_day(day),
		.now = day->now,
		.asks_gone = request->asks_anyway && request->source_count > 0,
		.contact = settings_string(settings, "contact"),
		.is_offline = request->is_offline,
		.is_frugal = day->access == DB_OVERLAY,
		.respects_fresh = !request->asks_anyway,
		.checks_clock = !request->forces_clock && !clock_is_set(),
		.may_go_private = settings_bool(settings, "private_redirects"),
		/* Who looks at a preview sees what is there now. */
		.odd_ms =
		    day->access == DB_OVERLAY ? 0 : settings_duration_s(settings, "retry") * 1000,
		.limit_bytes = (size_t)32 << 20,
		.timeout_ms = settings_duration_s(settings, "timeout") * 1000,
		.deadline_ms =
		    clock_monotonic_ms() + settings_duration_s(settings, "deadline") * 1000,
		.stamp_folder = day_stamp_folder(day, day->arena),
	};
}

static void
note_outcomes(struct day *day)
{
	for (size_t i = 0; i < day->source_count; i++) {
		const struct source_outcome *outcome = &day->outcomes[i];
		if (err_is_set(&outcome->error))
			day_trouble(day, &outcome->error);
		day->result->exit_code = err_worse_code(day->result->exit_code, outcome->exit_code);
	}
}

/* A shortage of this machine is no source's trouble: an issue would go without what it has. */
static bool
find_shortage(const struct day *day, struct err *err)
{
	for (size_t i = 0; i < day->source_count && !err_is_set(err); i++)
		if (day->outcomes[i].error.code == EX_OSERR)
			*err = day->outcomes[i].error;
	return err_is_set(err);
}

int
stage_fetch(struct day *day, struct err *err)
{
	struct source_wish wish = wish_of(day);
	struct source_sink sink = {
		.context = day,
		.begin = sink_begin,
		.entry = sink_entry,
		.listing = sink_listing,
		.past = sink_past,
		.end = sink_end,
		.abort = sink_abort,
		.progress = sink_progress,
	};

	day->outcomes = arena_array(day->arena, day->source_count, sizeof(struct source_outcome));
	if (day->source_count == 0)
		return 0;
	if (day_load_sources(day, err) < 0)
		return -1;
	if (source_needs_net(day->sources, day->source_count, &wish) && day_net(day, err) < 0)
		return -1;
	if (source_fetch(day->sources, day->source_count, &wish, day->net, &sink, day->arena,
	        day->outcomes, err) < 0 ||
	    find_shortage(day, err))
		return -1;
	note_outcomes(day);
	return 0;
}

int
stage_backfill(struct day *day, struct err *err)
{
	day->is_past = true;
	return stage_fetch(day, err);
}
