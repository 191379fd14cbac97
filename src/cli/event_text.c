/*
 * What happened to an entry, in words: for show and why.
 */
#include "event_text.h"

static const char *
announcement(enum entry_announce announce)
{
	static const char *const words[] = { "", ", cross-listed", ", as a replacement",
		", as a replacement, cross-listed", ", as withdrawn" };

	return words[announce];
}

static void
add_changes(struct buf *out, unsigned changes)
{
	for (size_t i = 0, count = 0; i < ENTRY_CHANGE_COUNT; i++)
		if ((changes >> i & 1) != 0)
			buf_addf(out, "%s%s", count++ == 0 ? ": " : ", ", entry_change_name(i));
}

static void
add_version_event(struct buf *out, const struct store_event *event)
{
	if (event->version > 0)
		buf_addf(out, "v%d ", event->version);
	if (str_is(event->text, "edited"))
		buf_addf(out, "told otherwise by %.*s", STR_ARG(event->name));
	else
		buf_addf(out, "%s by %.*s", str_is(event->text, "first") ? "first told" : "told",
		    STR_ARG(event->name));
	add_changes(out, event->changes);
	if (event->is_past)
		buf_add_string(out, " (looked up)");
}

static void
add_listed_event(struct buf *out, const struct store_event *event)
{
	char day[DATE_DAY_BYTES];

	buf_addf(out, "listed by %.*s", STR_ARG(event->name));
	if (event->day != DATE_NO_DAY)
		buf_addf(out, " on %s", date_format_day(day, event->day));
	if (event->rank > 0)
		buf_addf(out, ", rank %d", event->rank);
	if (event->votes >= 0)
		buf_addf(out, ", %d vote%s", event->votes, event->votes == 1 ? "" : "s");
	buf_add_string(out, announcement(event->announce));
	if (event->is_past)
		buf_add_string(out, " (looked up)");
}

static void
add_shown_event(struct buf *out, const struct store_event *event)
{
	char day[DATE_DAY_BYTES];

	buf_addf(out, "%s in '%.*s' of %s", issue_section_name(event->section),
	    STR_ARG(event->name), date_format_day(day, event->day));
	if (event->address.len > 0)
		buf_addf(out, " for %.*s", STR_ARG(event->address));
	if (event->version > 0)
		buf_addf(out, ", before: v%d", event->version);
	add_changes(out, event->changes);
	buf_addf(out, " (issue %lld, %zu of %zu accepted)", (long long)event->issue,
	    event->accepted_count, event->delivery_count);
}

void
event_add_text(struct buf *out, const struct store_event *event)
{
	switch (event->kind) {
	case STORE_EVENT_VERSION: add_version_event(out, event); break;
	case STORE_EVENT_LISTED: add_listed_event(out, event); break;
	case STORE_EVENT_WITHDRAWN:
		buf_addf(out, "withdrawn, as %.*s says", STR_ARG(event->name));
		break;
	case STORE_EVENT_SHOWN: add_shown_event(out, event); break;
	case STORE_EVENT_LEFT_OUT:
		buf_addf(out, "left out of '%.*s'", STR_ARG(event->name));
		if (event->address.len > 0)
			buf_addf(out, " for %.*s", STR_ARG(event->address));
		buf_addf(out, ": %.*s", STR_ARG(event->text));
		break;
	}
}
