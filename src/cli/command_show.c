/*
 * digest show KEY: everything that is known of an entry.
 */
#include "cli.h"
#include "entry_json.h"
#include "event_text.h"
#include "terminal.h"

#include "digest/clock.h"
#include "digest/export.h"
#include "digest/json.h"
#include "digest/unicode.h"

#include <stdio.h>

enum { LABEL_COLUMNS = 12, TEXT_COLUMNS = 80 };

static void
add_line(struct buf *out, const char *label, struct str text)
{
	struct buf first = BUF_INIT(64);

	if (text.len == 0)
		return;
	buf_addf(&first, "%-*s", LABEL_COLUMNS, label);
	unicode_wrap(out, text, TEXT_COLUMNS, buf_str(&first), STR("            "));
	buf_release(&first);
}

static void
add_joined(struct buf *out, const char *label, const struct str *texts, size_t count)
{
	struct buf joined = BUF_INIT(BUF_LIMIT);

	for (size_t i = 0; i < count; i++)
		buf_addf(&joined, "%s%.*s", i > 0 ? ", " : "", STR_ARG(texts[i]));
	add_line(out, label, buf_str(&joined));
	buf_release(&joined);
}

static void
add_authors(struct buf *out, const struct entry *entry)
{
	struct buf joined = BUF_INIT(BUF_LIMIT);

	for (size_t i = 0; i < entry->author_count; i++) {
		if (entry->authors[i].is_hidden)
			continue;
		buf_add_string(&joined, joined.len > 0 ? ", " : "");
		unicode_add_isolated(&joined, entry->authors[i].name);
	}
	add_line(out, "authors", buf_str(&joined));
	buf_release(&joined);
}

static void
add_entry(struct buf *out, const struct entry *entry)
{
	char text[DATE_INSTANT_BYTES], number[16];

	add_line(out, "key", entry_key(entry));
	add_line(out, "title", entry->title);
	add_authors(out, entry);
	if (entry->version > 0) {
		snprintf(number, sizeof(number), "v%d", entry->version);
		add_line(out, "version", str_from(number));
	}
	if (entry->is_withdrawn)
		add_line(out, "withdrawn", STR("yes; its source took it back"));
	add_line(out, "published", str_from(date_format_instant(text, entry->published_at)));
	add_line(out, "updated", str_from(date_format_instant(text, entry->updated_at)));
	add_joined(out, "categories", entry->categories, entry->category_count);
	add_line(out, "comment", entry->comment);
	add_line(out, "journal", entry->journal_ref);
	add_line(out, "from", entry->organisation);
	add_line(out, "page", entry->url);
	add_line(out, "pdf", entry->pdf_url);
	add_line(out, "code", entry->code_url);
	add_line(out, "project", entry->project_url);
	add_line(out, "discussion", entry->discussion_url);
	add_line(out, "picture", entry->image_url);
	add_joined(out, "also called", entry->aliases, entry->alias_count);
	add_joined(out, "listed by", entry->sources, entry->source_count);
	add_line(out, "abstract", entry->abstract);
}

/* ---- what happened to it ---- */

static void
add_event(struct buf *out, const struct store_event *event, bool is_first)
{
	struct buf line = BUF_INIT(BUF_LIMIT);
	char instant[DATE_INSTANT_BYTES];

	buf_addf(&line, "%s  ", date_format_instant(instant, event->at));
	event_add_text(&line, event);
	add_line(out, is_first ? "history" : "", buf_str(&line));
	buf_release(&line);
}

/* ---- for programs ---- */

static void
json_version(struct json *array, const struct store_event *event)
{
	struct json *object = json_add_object(array, NULL);

	entry_json_count(object, "version", event->version, 1);
	json_add_text(object, "cause", event->text);
	entry_json_changes(object, event->changes);
	json_add_text(object, "source", event->name);
	entry_json_instant(object, "at", event->at);
	json_add_bool(object, "is_looked_up", event->is_past);
}

static void
json_sighting(struct json *array, const struct store_event *event)
{
	static const char *const announcements[] = { "new", "cross", "replace", "replace-cross",
		"withdrawn" };
	struct json *object = json_add_object(array, NULL);

	json_add_text(object, "source", event->name);
	entry_json_day(object, "listed_on", event->day);
	json_add_text(object, "announced", str_from(announcements[event->announce]));
	entry_json_count(object, "rank", event->rank, 1);
	entry_json_count(object, "votes", event->votes, 0);
	entry_json_count(object, "comments", event->comments, 0);
	entry_json_instant(object, "at", event->at);
	json_add_bool(object, "is_looked_up", event->is_past);
}

static void
json_issue(struct json *array, const struct store_event *event)
{
	struct json *object = json_add_object(array, NULL);
	bool is_shown = event->kind == STORE_EVENT_SHOWN;

	json_add_text(object, "list", event->name);
	entry_json_text(object, "audience", event->address);
	entry_json_instant(object, "at", event->at);
	if (!is_shown) {
		json_add_text(object, "reason", event->text);
		return;
	}
	json_add_int(object, "issue", event->issue);
	entry_json_day(object, "issue_date", event->day);
	json_add_text(object, "section", str_from(issue_section_name(event->section)));
	entry_json_count(object, "from_version", event->version, 1);
	entry_json_changes(object, event->changes);
	json_add_int(object, "deliveries", (int64_t)event->delivery_count);
	json_add_int(object, "accepted", (int64_t)event->accepted_count);
}

static void
add_json(struct buf *out, const struct entry *entry, const struct store_event *events, size_t count)
{
	struct json *object = json_new_object();

	entry_json_add(object, entry);
	struct json *versions = json_add_array(object, "versions");
	struct json *sightings = json_add_array(object, "sightings");
	struct json *issues = json_add_array(object, "issues");
	struct json *left_out = json_add_array(object, "left_out");
	for (size_t i = 0; i < count; i++) {
		switch (events[i].kind) {
		case STORE_EVENT_VERSION: json_version(versions, &events[i]); break;
		case STORE_EVENT_LISTED: json_sighting(sightings, &events[i]); break;
		case STORE_EVENT_WITHDRAWN:
			entry_json_instant(object, "withdrawn_at", events[i].at);
			json_add_text(object, "withdrawn_by", events[i].name);
			break;
		case STORE_EVENT_SHOWN: json_issue(issues, &events[i]); break;
		case STORE_EVENT_LEFT_OUT: json_issue(left_out, &events[i]); break;
		}
	}
	json_write(object, out);
	buf_add_char(out, '\n');
	json_free(object);
}

/* ---- the command ---- */

static bool
add_export(const struct cli *cli, struct entry *entry, struct buf *out)
{
	struct export_head head = {
		.title = entry->title,
		.id = arena_printf(cli->arena, "paper|%.*s", STR_ARG(entry_key(entry))),
		.at = clock_now(),
	};

	return cli_export(cli, &head, &entry, 1, out);
}

int
command_show(struct cli *cli, struct err *err)
{
	struct buf text = BUF_INIT(BUF_LIMIT);
	struct cli_store open = { 0 };
	struct entry *entry = NULL;
	struct store_event *events = NULL;
	size_t count = 0;
	int result = -1;

	if (cli_check_operands(cli, 1, 1, err) < 0)
		return -1;
	if (cli_open_store(cli, DB_OVERLAY, &open, err) < 0 ||
	    cli_find_entry(cli, open.store, &entry, err) < 0 ||
	    store_history(open.store, entry->id, cli->arena, &events, &count, err) < 0)
		goto out;
	if (cli_wants_json(cli)) {
		add_json(&text, entry, events, count);
	} else if (!add_export(cli, entry, &text)) {
		add_entry(&text, entry);
		for (size_t i = 0; i < count; i++)
			add_event(&text, &events[i], i == 0);
	}
	result = terminal_show(buf_str(&text), err);
out:
	cli_close_store(&open);
	buf_release(&text);
	return result;
}
