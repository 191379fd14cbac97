/*
 * digest status: what the sources last said, when the lists are due, what the ledger holds.
 */
#include "cli.h"
#include "terminal.h"

#include "digest/calendar.h"
#include "digest/clock.h"
#include "digest/json.h"

enum { DAYS_SHOWN = 7 };

struct status {
	struct store *store;
	struct arena *arena;
	struct json *sources; /* the array that is being filled */
	struct buf *text;
	struct err *err;
};

static void
add_instant(struct json *object, const char *name, int64_t instant)
{
	char text[DATE_INSTANT_BYTES];

	if (instant == DATE_NO_INSTANT)
		json_add_null(object, name);
	else
		json_add_text(object, name, str_from(date_format_instant(text, instant)));
}

/* What the last listing days of a source amounted to, the newest first. */
static int
tell_days(struct status *status, int64_t source, struct json *object)
{
	struct json *array = json_add_array(object, "days");
	struct source_listing *listings;
	size_t count;

	if (store_listings(status->store, source, DAYS_SHOWN, status->arena, &listings, &count,
	        status->err) < 0)
		return -1;
	for (size_t i = 0; i < count; i++) {
		const char *verdict = source_verdict_name(listings[i].verdict);
		struct json *day = json_add_object(array, NULL);
		char text[DATE_DAY_BYTES];
		date_format_day(text, listings[i].day);
		json_add_text(day, "listed_on", str_from(text));
		json_add_text(day, "verdict", str_from(verdict));
		json_add_int(day, "entries", listings[i].entry_count);
		add_instant(day, "checked_at", listings[i].checked_at);
		buf_addf(status->text, "        %-16s %s", text, verdict);
		if (listings[i].entry_count > 0)
			buf_addf(status->text, "; %lld listed", (long long)listings[i].entry_count);
		buf_add_char(status->text, '\n');
	}
	return 0;
}

static int
visit_source(
    void *context, int64_t id, struct str name, struct str spec, const struct source_state *state)
{
	struct status *status = context;
	char success[DATE_INSTANT_BYTES], day[DATE_DAY_BYTES];
	struct json *object;

	/* Nobody asks what was imported for anything. */
	if (str_starts(spec, "import:"))
		return 0;
	object = json_add_object(status->sources, NULL);
	json_add_text(object, "name", name);
	json_add_text(object, "spec", spec);
	json_add_text(object, "verdict", str_from(source_verdict_name(state->verdict)));
	add_instant(object, "last_success", state->last_success);
	json_add_text(object, "newest_listing", str_from(date_format_day(day, state->newest_day)));
	add_instant(object, "not_before", state->not_before);
	add_instant(object, "fresh_until", state->fresh_until);
	json_add_int(object, "failures", state->failures);
	json_add_bool(object, "gone", state->is_gone);
	json_add_text(object, "moved_to", str_from(state->moved_to));

	date_format_instant(success, state->last_success);
	buf_addf(status->text, "source  %-16.*s %s; newest listing %s; last read %s", STR_ARG(name),
	    source_verdict_name(state->verdict), day[0] != '\0' ? day : "none",
	    success[0] != '\0' ? success : "never");
	if (state->failures > 0)
		buf_addf(status->text, "; failed %d times in a row", state->failures);
	if (state->moved_to[0] != '\0')
		buf_addf(status->text, "; moved to %s", state->moved_to);
	if (state->is_gone)
		buf_add_string(status->text, "; gone for good, not asked any more");
	buf_add_char(status->text, '\n');
	return tell_days(status, id, object);
}

/* What fails, since when, and why. */
static int
tell_health(struct status *status, struct json *root)
{
	struct json *array = json_add_array(root, "troubles");
	struct store_health *items = NULL;
	size_t count = 0;

	if (store_healths(status->store, status->arena, &items, &count, status->err) < 0)
		return -1;
	for (size_t i = 0; i < count; i++) {
		const struct store_health *health = &items[i];
		const char *kind = health->kind == STORE_HEALTH_SOURCE ? "source" : "mail";
		char since[DATE_INSTANT_BYTES];
		if (health->ended_at != DATE_NO_INSTANT)
			continue;
		struct json *object = json_add_object(array, NULL);
		json_add_text(object, "kind", str_from(kind));
		json_add_text(object, "name", health->name);
		json_add_text(object, "subject", health->subject);
		add_instant(object, "since", health->since);
		json_add_int(object, "failures", health->failures);
		json_add_text(object, "reason", health->reason);
		json_add_bool(object, "told", health->told == STORE_HEALTH_TOLD);
		json_add_bool(object, "in_doubt", health->told == STORE_HEALTH_DOT);
		buf_addf(status->text, "trouble %-16.*s since %s, %lld in a row: %.*s\n",
		    STR_ARG(health->name), date_format_instant(since, health->since),
		    (long long)health->failures, STR_ARG(health->reason));
	}
	return 0;
}

static int64_t
next_run(const struct settings *settings, struct err *err)
{
	struct calendar_schedule schedule;
	struct str text = str_from(settings_string(settings, "schedule"));

	if (text.len == 0)
		return DATE_NO_INSTANT;
	if (calendar_parse_schedule(&schedule, text, err) < 0) {
		err_prefix(err, "%s", settings_origin(settings, "schedule"));
		return DATE_NO_INSTANT;
	}
	return calendar_next_due(&schedule, settings_string(settings, "timezone"), clock_now());
}

static int
tell_list(struct cli *cli, struct store *store, const char *name, const struct settings *settings,
    struct json *array, struct buf *text, struct err *err)
{
	struct store_issue *issues = NULL;
	char day[DATE_DAY_BYTES] = "", next[DATE_INSTANT_BYTES];
	struct json *object = json_add_object(array, NULL);
	size_t count = 0;

	if (store_issues(store, name, 1, cli->arena, &issues, &count, err) < 0)
		return -1;
	int64_t due = next_run(settings, err);
	if (err_is_set(err))
		return -1;
	json_add_text(object, "name", str_from(name));
	if (count > 0)
		json_add_text(object, "last_issue", str_from(date_format_day(day, issues[0].date)));
	else
		json_add_null(object, "last_issue");
	add_instant(object, "next_run", due);
	date_format_instant(next, due);
	buf_addf(text, "list    %-16s last issue %s; due %s\n", name, count > 0 ? day : "none",
	    next[0] != '\0' ? next : "once a day");
	return 0;
}

static int
tell_lists(
    struct cli *cli, struct store *store, struct json *root, struct buf *text, struct err *err)
{
	struct json *array = json_add_array(root, "lists");
	struct settings *settings;
	const char *name;

	for (size_t i = 0; (name = config_title(cli->config, CONFIG_LIST, i, &settings)) != NULL;
	     i++) {
		if (tell_list(cli, store, name, settings, array, text, err) < 0)
			return -1;
	}
	return 0;
}

static int
tell_ledger(struct ledger *ledger, struct json *root, struct buf *text, struct err *err)
{
	struct ledger_scope everything = { .address = "" };
	struct json *object = json_add_object(root, "ledger");
	struct ledger_counts counts;

	if (ledger_count(ledger, &everything, false, &counts, err) < 0)
		return -1;
	for (int i = 0; i < LEDGER_STATE_COUNT; i++) {
		const char *name = ledger_state_name((enum ledger_state)i);
		struct json *state = json_add_object(object, name);
		char oldest[DATE_INSTANT_BYTES];
		json_add_int(state, "count", (int64_t)counts.count[i]);
		add_instant(state, "oldest", counts.oldest[i]);
		if (counts.count[i] > 0)
			buf_addf(text, "mail    %-16s %zu, the oldest of %s\n", name,
			    counts.count[i], date_format_instant(oldest, counts.oldest[i]));
	}
	return 0;
}

int
command_status(struct cli *cli, struct err *err)
{
	struct buf text = BUF_INIT(BUF_LIMIT);
	struct json *root = json_new_object();
	struct status status = {
		.arena = cli->arena,
		.sources = json_add_array(root, "sources"),
		.text = &text,
		.err = err,
	};
	struct cli_store open = { 0 };
	int result = -1;

	if (cli_check_operands(cli, 0, 0, err) < 0 ||
	    cli_open_store(cli, DB_OVERLAY, &open, err) < 0)
		goto out;
	status.store = open.store;
	if (store_each_source(open.store, visit_source, &status, err) < 0 ||
	    tell_health(&status, root) < 0 || tell_lists(cli, open.store, root, &text, err) < 0 ||
	    tell_ledger(open.ledger, root, &text, err) < 0)
		goto out;
	if (cli->options->is_json) {
		buf_reset(&text);
		json_write(root, &text);
		buf_add_char(&text, '\n');
	}
	result = terminal_write(buf_str(&text), err);
out:
	cli_close_store(&open);
	json_free(root);
	buf_release(&text);
	return result;
}
