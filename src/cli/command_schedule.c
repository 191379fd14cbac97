/*
 * digest schedule: when the lists come due, in their own time and in UTC, and why they do not on
 * the days between.
 */
#include "cli.h"
#include "terminal.h"

#include "digest/clock.h"
#include "digest/json.h"
#include "digest/source.h"
#include "digest/zone.h"

#include <string.h>

enum { USUAL_RUNS = 5, MOST_RUNS = 10000 };

struct plan {
	struct cli *cli;
	const char *zone;
	struct calendar_schedule schedule;
	struct source *sources;
	size_t source_count;
	struct json *runs, *skipped; /* arrays */
	struct buf *text;
};

/* ---- what a run may expect of the sources ---- */

static int
load_source(struct plan *plan, const char *spec, struct err *err)
{
	struct cli *cli = plan->cli;
	struct settings *section = config_find(cli->config, CONFIG_SOURCE, spec);
	struct source source = { 0 };
	int status = section != NULL ? source_from_settings(&source, cli->arena, spec, section, err)
	                             : source_from_spec(&source, cli->arena, spec, err);
	if (status < 0)
		return -1;
	plan->sources = arena_grow(cli->arena, plan->sources, &plan->source_count, sizeof(source));
	plan->sources[plan->source_count - 1] = source;
	return 0;
}

/* Without sources of its own a list reads every configured one. */
static int
load_sources(struct plan *plan, const struct settings *settings, struct err *err)
{
	struct settings *section;
	const char *name;

	for (size_t i = 0; i < settings_count(settings, "sources"); i++)
		if (load_source(plan, settings_string_at(settings, "sources", i), err) < 0)
			return -1;
	for (size_t i = 0; settings_count(settings, "sources") == 0 &&
	     (name = config_title(plan->cli->config, CONFIG_SOURCE, i, &section)) != NULL;
	     i++)
		if (load_source(plan, name, err) < 0)
			return -1;
	return 0;
}

/* ---- one run ---- */

static void
add_note(struct buf *text, struct json *array, struct str note)
{
	json_add_text(array, NULL, note);
	buf_addf(text, "; %.*s", STR_ARG(note));
}

static void
add_clock_note(struct plan *plan, int64_t due, struct json *notes)
{
	switch (calendar_clock_change(&plan->schedule, plan->zone, due)) {
	case CALENDAR_MOVED:
		add_note(plan->text, notes,
		    STR("the clock leaves the scheduled time out: at the next that there is"));
		return;
	case CALENDAR_TWICE:
		add_note(plan->text, notes, STR("this time comes twice: at the first"));
		return;
	case CALENDAR_PLAIN: return;
	}
}

static void
add_source_notes(struct plan *plan, int64_t due, struct json *notes)
{
	for (size_t i = 0; i < plan->source_count; i++) {
		const struct source *source = &plan->sources[i];
		int32_t day;
		if (source_expects(source, due, &day) != CALENDAR_NONE)
			continue;
		add_note(plan->text, notes,
		    arena_printf(plan->cli->arena, "%s announces nothing, %s", source->name,
		        date_weekday(day) >= 5 ? "it is the weekend" : "it is a holiday"));
	}
}

/* One issue a day: the later runs of a day only read. */
static void
add_run(struct plan *plan, int64_t due, bool is_later)
{
	struct zone_time local = zone_at(plan->zone, due);
	struct json *run = json_add_object(plan->runs, NULL);
	char day[DATE_DAY_BYTES], utc[DATE_INSTANT_BYTES];
	int hour = local.second / 3600, minute = local.second / 60 % 60;
	int offset = local.offset < 0 ? -local.offset : local.offset;
	char sign = local.offset < 0 ? '-' : '+';

	date_format_day(day, local.day);
	date_format_instant(utc, due);
	json_add_text(run, "local",
	    arena_printf(plan->cli->arena, "%sT%02d:%02d:00%c%02d:%02d", day, hour, minute, sign,
	        offset / 3600, offset / 60 % 60));
	json_add_text(run, "utc", str_from(utc));
	struct json *notes = json_add_array(run, "notes");
	buf_addf(plan->text, "  %.3s %s %02d:%02d  %s", date_weekday_name(local.day), day, hour,
	    minute, utc);
	if (is_later)
		add_note(plan->text, notes, STR("the day's issue is made before: only read"));
	add_clock_note(plan, due, notes);
	add_source_notes(plan, due, notes);
	buf_add_char(plan->text, '\n');
}

/* ---- the days between ---- */

static const char *
reason_to_skip(const struct plan *plan, int32_t day)
{
	if (calendar_is_due_on(&plan->schedule, day))
		return "the clock leaves this day out";
	return date_weekday(day) >= 5 ? "the weekend is not in the schedule"
	                              : "not in the schedule";
}

/* The days from `first` on and before `end`, those of one reason together. */
static void
add_skipped(struct plan *plan, int32_t first, int32_t end)
{
	while (first < end) {
		const char *reason = reason_to_skip(plan, first);
		char from[DATE_DAY_BYTES], until[DATE_DAY_BYTES];
		int32_t next = first + 1;
		while (next < end && strcmp(reason_to_skip(plan, next), reason) == 0)
			next++;
		struct json *object = json_add_object(plan->skipped, NULL);
		date_format_day(from, first);
		date_format_day(until, next - 1);
		json_add_text(object, "from", str_from(from));
		json_add_text(object, "until", str_from(until));
		json_add_text(object, "why", str_from(reason));
		buf_addf(plan->text, "  %.3s %s", date_weekday_name(first), from);
		if (next - first > 1)
			buf_addf(plan->text, " to %.3s %s", date_weekday_name(next - 1), until);
		buf_addf(plan->text, ": no run, %s\n", reason);
		first = next;
	}
}

/* ---- lists ---- */

static void
add_runs(struct plan *plan, int64_t count)
{
	int64_t now = clock_now();
	int32_t day = zone_at(plan->zone, now).day;
	int64_t due = calendar_last_due(&plan->schedule, plan->zone, now);
	int32_t last = DATE_NO_DAY;

	/* Today may have had its run. */
	if (due != DATE_NO_INSTANT)
		last = calendar_due_day(&plan->schedule, plan->zone, due);
	if (last == day)
		day++;
	for (due = now; count > 0; count--) {
		due = calendar_next_due(&plan->schedule, plan->zone, due);
		if (due == DATE_NO_INSTANT)
			return;
		int32_t of_run = calendar_due_day(&plan->schedule, plan->zone, due);
		add_skipped(plan, day, of_run);
		add_run(plan, due, of_run == last);
		last = of_run;
		day = of_run + 1;
	}
}

static int
add_list(struct plan *plan, const char *name, const struct settings *settings, struct json *array,
    struct err *err)
{
	const char *schedule = settings_string(settings, "schedule");
	int64_t wanted = plan->cli->options->next;
	struct json *list = json_add_object(array, NULL);

	plan->zone = settings_string(settings, "timezone");
	json_add_text(list, "name", str_from(name));
	json_add_text(list, "schedule", str_from(schedule));
	json_add_text(list, "timezone", str_from(plan->zone));
	plan->runs = json_add_array(list, "runs");
	plan->skipped = json_add_array(list, "skipped");
	if (schedule[0] == '\0') {
		buf_addf(plan->text, "%s: once a day, whenever 'digest run' comes by\n", name);
		return 0;
	}
	if (calendar_parse_schedule(&plan->schedule, str_from(schedule), err) < 0)
		return err_prefix(err, "%s", settings_origin(settings, "schedule"));
	if (load_sources(plan, settings, err) < 0)
		return err_prefix(err, "list '%s'", name);
	buf_addf(plan->text, "%s: %s (%s)\n", name, schedule, plan->zone);
	add_runs(plan, wanted != OPTIONS_UNSET ? wanted : USUAL_RUNS);
	return 0;
}

static int
add_lists(struct plan *plan, struct json *array, struct err *err)
{
	struct cli *cli = plan->cli;
	struct settings *settings;
	const char *name;
	int status = 0;

	for (size_t i = 0;
	     (name = config_title(cli->config, CONFIG_LIST, i, &settings)) != NULL && status == 0;
	     i++) {
		if (cli->options->list != NULL && strcmp(name, cli->options->list) != 0)
			continue;
		status = add_list(plan, name, settings, array, err);
		for (size_t j = 0; j < plan->source_count; j++)
			source_release(&plan->sources[j]);
		plan->source_count = 0;
	}
	return status;
}

int
command_schedule(struct cli *cli, struct err *err)
{
	struct buf text = BUF_INIT(BUF_LIMIT);
	struct json *root = json_new_object();
	struct plan plan = { .cli = cli, .text = &text };
	int status = -1;

	if (cli_check_operands(cli, 0, 0, err) < 0)
		goto out;
	if (cli->options->next > MOST_RUNS) {
		err_set(err, EX_USAGE, "--next: at most %d", MOST_RUNS);
		goto out;
	}
	if (cli->options->list != NULL && cli_list(cli, &cli->options->list, err) < 0)
		goto out;
	if (add_lists(&plan, json_add_array(root, "lists"), err) < 0)
		goto out;
	if (cli->options->is_json) {
		buf_reset(&text);
		json_write(root, &text);
		buf_add_char(&text, '\n');
	}
	status = terminal_show(buf_str(&text), err);
out:
	json_free(root);
	buf_release(&text);
	return status;
}
