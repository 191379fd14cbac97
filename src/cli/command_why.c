/*
 * digest why KEY: what happened to a paper and, for each who knows nothing of it, why. All that a
 * paper says of itself is command_show.c's.
 */
#include "cli.h"
#include "entry_json.h"
#include "event_text.h"
#include "terminal.h"

#include "digest/json.h"

struct why {
	struct cli *cli;
	struct store *store;
	struct str alias, list, address;
	struct entry *entry; /* NULL: nobody has listed it */
	struct store_event *events;
	struct store_standing *standings;
	size_t event_count, standing_count;
	struct buf lines;
	struct json *json; /* NULL for people */
};

/* ---- what is asked for ---- */

/* A list that is neither configured nor known by its issues is a slip. */
static int
check_list(const struct why *why, struct err *err)
{
	struct store_standing *standings;
	struct store_issue *issues;
	const char *name = why->cli->options->list;
	size_t standing_count, issue_count;

	if (name == NULL || config_find(why->cli->config, CONFIG_LIST, name) != NULL)
		return 0;
	if (store_standings(why->store, 0, why->list, STR(""), why->cli->arena, &standings,
	        &standing_count, err) < 0 ||
	    store_issues(why->store, name, 1, why->cli->arena, &issues, &issue_count, err) < 0)
		return -1;
	return standing_count + issue_count > 0 ? 0 : cli_list(why->cli, &name, err);
}

static int
load(struct why *why, struct err *err)
{
	struct arena *arena = why->cli->arena;

	if (store_find(why->store, arena, why->alias, &why->entry, err) < 0)
		return -1;
	if (why->entry == NULL)
		return 0;
	if (store_history(why->store, why->entry->id, arena, &why->events, &why->event_count, err) <
	    0)
		return -1;
	return store_standings(why->store, why->entry->id, why->list, why->address, arena,
	    &why->standings, &why->standing_count, err);
}

/* ---- lines ---- */

/* A line for people, or an object for programs, whose other members the caller adds. */
static struct json *
add_line(struct why *why, struct json *array, int64_t at, struct str text)
{
	char instant[DATE_INSTANT_BYTES];
	struct json *object;

	if (array == NULL) {
		if (at != DATE_NO_INSTANT)
			buf_addf(&why->lines, "%s  ", date_format_instant(instant, at));
		buf_addf(&why->lines, "%.*s\n", STR_ARG(text));
		return NULL;
	}
	object = json_add_object(array, NULL);
	entry_json_instant(object, "at", at);
	json_add_text(object, "text", text);
	return object;
}

static struct json *
add_array(struct why *why, const char *name)
{
	return why->json != NULL ? json_add_array(why->json, name) : NULL;
}

/* ---- what happened ---- */

/* What became of the mail to the address that is asked for. */
static int
add_delivery(struct why *why, const struct store_event *event, struct json *object, struct err *err)
{
	struct buf text = BUF_INIT(BUF_LIMIT);
	int64_t at;
	int state;

	if (why->address.len == 0)
		return 0;
	if (store_delivery_state(why->store, event->issue, why->address, &state, &at, err) < 0)
		return -1;
	const char *name = state >= 0 ? ledger_state_name((enum ledger_state)state) : "none";
	if (object != NULL) {
		json_add_text(object, "delivery", str_from(name));
		return 0;
	}
	if (state >= 0)
		buf_addf(&text, "the delivery of that issue to %.*s is: %s", STR_ARG(why->address),
		    name);
	else
		buf_addf(&text, "that issue was not for %.*s", STR_ARG(why->address));
	add_line(why, NULL, state >= 0 ? at : event->at, buf_str(&text));
	buf_release(&text);
	return 0;
}

/*
 * Whether an issue, or what was left out of it, is asked for: it may be another list's or reader's.
 */
static bool
is_wanted(const struct why *why, const struct store_event *event)
{
	if (event->kind != STORE_EVENT_SHOWN && event->kind != STORE_EVENT_LEFT_OUT)
		return true;
	return (why->list.len == 0 || str_equal(event->name, why->list)) &&
	    (why->address.len == 0 || event->address.len == 0 ||
	        str_equal_nocase(event->address, why->address));
}

static int
add_events(struct why *why, struct err *err)
{
	static const char *const kinds[] = { "version", "listed", "withdrawn", "shown",
		"left out" };
	struct json *array = add_array(why, "events");
	int status = 0;

	for (size_t i = 0; i < why->event_count && status == 0; i++) {
		const struct store_event *event = &why->events[i];
		bool is_shown = event->kind == STORE_EVENT_SHOWN;
		struct buf text = BUF_INIT(BUF_LIMIT);
		if (!is_wanted(why, event))
			continue;
		event_add_text(&text, event);
		struct json *object = add_line(why, array, event->at, buf_str(&text));
		if (object != NULL) {
			json_add_text(object, "kind", str_from(kinds[event->kind]));
			json_add_text(object, "name", event->name);
			entry_json_day(object, "day", event->day);
		}
		if (object != NULL && is_shown)
			json_add_int(object, "issue", event->issue);
		status = is_shown ? add_delivery(why, event, object, err) : 0;
		buf_release(&text);
	}
	return status;
}

/* ---- who knows nothing of it ---- */

static void
add_reason(struct buf *text, const struct store_standing *standing)
{
	char day[DATE_DAY_BYTES], since[DATE_DAY_BYTES];
	bool has_day = standing->day != DATE_NO_DAY;
	const char *on = has_day ? " on " : "";
	const char *listed = date_format_day(day, standing->day);

	switch (standing->kind) {
	case STORE_STANDING_UNLISTED:
		if (standing->source.len == 0)
			buf_add_string(text, "it has not looked at any source yet");
		else
			buf_addf(
			    text, "none of its sources lists it (%.*s)", STR_ARG(standing->source));
		return;
	case STORE_STANDING_LOOKED_UP:
		buf_addf(text, "%.*s's listing of it%s%s was only looked up, which is no news",
		    STR_ARG(standing->source), on, listed);
		return;
	case STORE_STANDING_BEFORE:
		buf_addf(text,
		    "%.*s listed it%s%s, and its first issue began with the listing of %s",
		    STR_ARG(standing->source), on, listed, date_format_day(since, standing->since));
		return;
	case STORE_STANDING_ANNOUNCED:
		buf_addf(text,
		    "%.*s listed it%s%s as a replacement or a withdrawal, which is no news",
		    STR_ARG(standing->source), on, listed);
		return;
	case STORE_STANDING_LISTED:
		buf_addf(text,
		    "%.*s listed it%s%s, but what one of its sources had listed before is no news",
		    STR_ARG(standing->source), on, listed);
		return;
	case STORE_STANDING_AWAITED:
		buf_addf(text,
		    "%.*s lists it%s%s, which was not looked at yet; the next issue looks",
		    STR_ARG(standing->source), on, listed);
		return;
	}
}

static void
add_standings(struct why *why)
{
	static const char *const kinds[] = { "unlisted", "looked up", "before", "announced",
		"listed", "awaited" };
	struct json *array = add_array(why, "not_in");

	for (size_t i = 0; i < why->standing_count; i++) {
		const struct store_standing *standing = &why->standings[i];
		struct buf text = BUF_INIT(BUF_LIMIT);
		buf_addf(&text, "not in '%.*s'%s%.*s: ", STR_ARG(standing->list),
		    standing->address.len > 0 ? " for " : "", STR_ARG(standing->address));
		add_reason(&text, standing);
		struct json *object = add_line(why, array, DATE_NO_INSTANT, buf_str(&text));
		if (object != NULL) {
			json_add_text(object, "kind", str_from(kinds[standing->kind]));
			json_add_text(object, "list", standing->list);
			entry_json_text(object, "audience", standing->address);
			entry_json_text(object, "source", standing->source);
			entry_json_day(object, "listed_on", standing->day);
		}
		buf_release(&text);
	}
}

/* ---- what nobody has listed ---- */

/* Where names of a kind come from. */
static const struct {
	const char *beginning, *sources;
} origins[] = {
	{ "arxiv:", "papers of arXiv come by 'arxiv:CATEGORY', and some by 'hf'" },
	{ "doi:10.1101/", "bioRxiv and medRxiv have their own sources" },
	{ "doi:", "papers with a DOI come by Crossref, DataCite and publishers' feeds" },
	{ "openreview:", "papers of OpenReview come by its own source" },
	{ "", "posts come by the feed of their site" },
};

static void
add_unknown(struct why *why)
{
	struct buf text = BUF_INIT(BUF_LIMIT);
	struct settings *settings;
	const char *name;
	size_t i = 0;

	while (!str_starts(why->alias, origins[i].beginning))
		i++;
	buf_addf(&text, "no source has ever listed it; %s; the configured sources are",
	    origins[i].sources);
	for (size_t j = 0;
	     (name = config_title(why->cli->config, CONFIG_SOURCE, j, &settings)) != NULL; j++)
		buf_addf(&text, "%s %s", j > 0 ? "," : "", name);
	buf_add_string(&text, "; 'digest fetch --source SOURCE --since DAY' reads earlier days");
	add_line(why, add_array(why, "not_in"), DATE_NO_INSTANT, buf_str(&text));
	buf_release(&text);
}

/* ---- the command ---- */

static int
tell(struct why *why, struct err *err)
{
	struct str key = why->entry != NULL ? entry_key(why->entry) : why->alias;
	struct str title = why->entry != NULL ? why->entry->title : STR("");
	int status = 0;

	if (why->json != NULL) {
		json_add_text(why->json, "key", key);
		json_add_bool(why->json, "is_known", why->entry != NULL);
		entry_json_text(why->json, "title", title);
	} else {
		buf_addf(&why->lines, "%.*s%s%.*s\n", STR_ARG(key), title.len > 0 ? "  " : "",
		    STR_ARG(title));
	}
	if (why->entry == NULL) {
		add_unknown(why);
	} else {
		status = add_events(why, err);
		add_standings(why);
	}
	if (status == 0 && why->json != NULL) {
		json_write(why->json, &why->lines);
		buf_add_char(&why->lines, '\n');
	}
	return status < 0 ? -1 : terminal_show(buf_str(&why->lines), err);
}

int
command_why(struct cli *cli, struct err *err)
{
	const struct options *options = cli->options;
	struct why why = {
		.cli = cli,
		.list = str_from(options->list),
		.address = str_from(options->reader),
		.lines = BUF_INIT(BUF_LIMIT),
	};
	struct cli_store open = { 0 };
	int status = -1;

	if (cli_check_operands(cli, 1, 1, err) < 0)
		return -1;
	if (cli_read_name(cli, &why.alias, err) < 0)
		return -1;
	if (cli_open_store(cli, DB_OVERLAY, &open, err) < 0)
		goto out;
	why.store = open.store;
	why.json = options->is_json ? json_new_object() : NULL;
	if (check_list(&why, err) == 0 && load(&why, err) == 0)
		status = tell(&why, err);
out:
	json_free(why.json);
	cli_close_store(&open);
	buf_release(&why.lines);
	return status;
}
