/*
 * What an issue is called in templates. How it looks is theirs, where its lines end layout's.
 */
#include "view.h"

#include "view_entry.h"

#include "digest/unicode.h"
#include "layout.h"
#include "theme.h"
#include "url.h"

enum {
	CONTENTS_FROM = 6, /* entries from which a list of contents helps */
	PREHEADER_COLUMNS = 140, /* what mailboxes show beside a subject, at most */
	MINUTES_MOST = 120, /* from there on hours */
	ORIGIN_COLUMNS = 32, /* sources with longer names are the footer's alone */
	FAVOURED = 12, /* so many entries from the first on are never less than a sentence, */
	FAVOUR_STEPS = 2, /* and until then so many steps behind the others */
};

/* Builds one view. */
struct maker {
	struct arena *arena;
	const struct issue *issue;
	const struct render_options *options;
	const struct render_look *look;
	struct render_entries *entries;
	struct mustache_value *root;
};

static void
add(const struct maker *maker, struct mustache_value *parent, const char *name, struct str text)
{
	mustache_add_text(maker->arena, parent, name, text);
}

static void
add_flag(const struct maker *maker, const char *name, bool value)
{
	mustache_value(maker->arena, maker->root, name, value ? MUSTACHE_TRUE : MUSTACHE_NOTHING);
}

static void
add_number(const struct maker *maker, const char *name, size_t value)
{
	add(maker, maker->root, name, arena_printf(maker->arena, "%zu", value));
}

/* Without what a text should not break off with. */
static struct str
trim_loose_end(struct str text)
{
	static const char *const loose[] = { " ", ",", ":", ";", "·", "–", "—", "(" };
	size_t i = 0;

	while (i < sizeof(loose) / sizeof(*loose)) {
		if (text.len > 0 && str_ends(text, loose[i])) {
			text.len -= str_from(loose[i]).len;
			i = 0;
		} else {
			i++;
		}
	}
	return text;
}

struct str
render_cut(struct arena *arena, struct str text, size_t columns)
{
	if (unicode_width(text) <= columns)
		return text;

	struct str head = unicode_head(text, columns > 0 ? columns - 1 : 0);
	size_t end = head.len;

	while (end > 0 && text.ptr[end] != ' ')
		end--;
	/* Scripts without blanks, and single words, are cut where they must. */
	if (end > head.len / 2)
		head.len = end;
	head = trim_loose_end(head);
	return arena_printf(arena, "%.*s…", STR_ARG(head));
}

/* "Monday, 27 July 2026" */
static struct str
long_date(struct arena *arena, int32_t day)
{
	struct date_civil date = date_civil(day);

	return arena_printf(arena, "%s, %d %s %d", date_weekday_name(day), date.day,
	    date_month_name(date.month), date.year);
}

/* "Mon 27 Jul" */
static struct str
short_date(struct arena *arena, int32_t day)
{
	struct date_civil date = date_civil(day);

	return arena_printf(
	    arena, "%.3s %d %.3s", date_weekday_name(day), date.day, date_month_name(date.month));
}

/* "20–27 July 2026", "28 July – 3 August 2026" */
static struct str
span(struct arena *arena, int32_t first, int32_t last)
{
	struct date_civil from = date_civil(first), to = date_civil(last);
	struct str end =
	    arena_printf(arena, "%d %s %d", to.day, date_month_name(to.month), to.year);

	if (first == last)
		return end;
	if (from.year != to.year)
		return arena_printf(arena, "%d %s %d – %.*s", from.day, date_month_name(from.month),
		    from.year, STR_ARG(end));
	if (from.month != to.month)
		return arena_printf(
		    arena, "%d %s – %.*s", from.day, date_month_name(from.month), STR_ARG(end));
	return arena_printf(arena, "%d–%.*s", from.day, STR_ARG(end));
}

/* The days that the entries were listed on; the issue's where none is known. */
static struct str
period(struct arena *arena, const struct issue *issue)
{
	int32_t first = DATE_NO_DAY, last = DATE_NO_DAY;

	for (size_t i = 0; i < issue->item_count; i++) {
		int32_t day = issue->items[i].entry->listed_on;

		if (day == DATE_NO_DAY)
			continue;
		first = first == DATE_NO_DAY || day < first ? day : first;
		last = last == DATE_NO_DAY || day > last ? day : last;
	}
	return first == DATE_NO_DAY ? span(arena, issue->date, issue->date)
	                            : span(arena, first, last);
}

/* ---- what is counted ---- */

/* "papers", or "posts", or "entries" when there are both. */
static const char *
noun(const struct issue *issue, size_t count)
{
	size_t posts = 0;

	for (size_t i = 0; i < issue->item_count; i++)
		posts += issue->items[i].entry->kind == ENTRY_POST;
	if (posts == 0)
		return count == 1 ? "paper" : "papers";
	if (posts == issue->item_count)
		return count == 1 ? "post" : "posts";
	return count == 1 ? "entry" : "entries";
}

/* The first count says of what. */
static void
add_count(struct buf *text, const struct issue *issue, size_t count, const char *what)
{
	if (count > 0 && text->len == 0)
		buf_addf(text, "%zu %s %s", count, what, noun(issue, count));
	else if (count > 0)
		buf_addf(text, ", %zu %s", count, what);
}

/* Nobody reads for hours; that it would take so long is worth a word, the minutes are not. */
static void
add_time(struct buf *text, size_t minutes)
{
	if (minutes < MINUTES_MOST)
		buf_addf(text, " · %zu minute%s of reading", minutes, minutes == 1 ? "" : "s");
	else
		buf_addf(text, " · %zu hours of reading", (minutes + 30) / 60);
}

/* "14 new papers, 2 updated" */
static struct str
counts_of(const struct maker *maker)
{
	const struct issue *issue = maker->issue;
	struct buf text = BUF_INIT(BUF_LIMIT);

	if (issue->item_count == 0)
		buf_add_string(&text, "Nothing new");
	add_count(&text, issue, issue->new_count, "new");
	add_count(&text, issue, issue->cross_count, "cross-listed");
	add_count(&text, issue, issue->updated_count, "updated");
	add_count(&text, issue, issue->withdrawn_count, "withdrawn");

	return arena_keep(maker->arena, &text);
}

/* The counts, and where that comes from: " · Hugging Face Daily Papers". */
static struct str
counts_and_origin(const struct maker *maker, struct str counts)
{
	struct str origin = render_clean(maker->arena, maker->issue->origin);

	if (origin.len == 0 || unicode_width(origin) > ORIGIN_COLUMNS ||
	    str_equal(origin, render_clean(maker->arena, maker->issue->title)))
		return counts;
	return arena_printf(maker->arena, "%.*s · %.*s", STR_ARG(counts), STR_ARG(origin));
}

/* That, and how long it takes: " · 5 minutes of reading". */
static struct str
summary(const struct maker *maker, struct str counts)
{
	const struct issue *issue = maker->issue;
	struct buf text = BUF_INIT(BUF_LIMIT);

	buf_add(&text, counts);
	if (issue->minutes > 0 && issue->item_count > 0)
		add_time(&text, issue->minutes);

	return arena_keep(maker->arena, &text);
}

/* The line that a mailbox shows beside the subject: the count, then titles the subject has not. */
static struct str
preheader(const struct maker *maker, struct str counts)
{
	const struct issue *issue = maker->issue;
	struct buf text = BUF_INIT(BUF_LIMIT);

	buf_add(&text, counts);
	for (size_t i = 1; i < issue->item_count && text.len < 2 * PREHEADER_COLUMNS; i++) {
		buf_add_string(&text, " · ");
		buf_add(&text, render_title(maker->arena, issue->items[i].entry));
	}

	struct str copy = arena_keep(maker->arena, &text);
	return render_cut(maker->arena, copy, PREHEADER_COLUMNS);
}

/* ---- groups of entries ---- */

/* How the new entries of an issue lie over listing days. */
struct days {
	size_t count; /* runs of entries of one day */
	bool is_mixed; /* a day comes back: a ranking has its own order, and days are no headings */
};

static struct days
find_days(const struct issue *issue)
{
	struct days days = { 0, false };

	for (size_t i = 0; i < issue->new_count && !days.is_mixed; i++) {
		int32_t day = issue->items[i].entry->listed_on;

		if (i > 0 && issue->items[i - 1].entry->listed_on == day)
			continue;
		days.count++;
		for (size_t j = 0; j < i; j++)
			days.is_mixed |= issue->items[j].entry->listed_on == day;
	}
	return days;
}

static struct mustache_value *
add_group(const struct maker *maker, struct mustache_value *groups, struct str heading)
{
	struct mustache_value *group = mustache_value(maker->arena, groups, "", MUSTACHE_MAP);
	struct buf line = BUF_INIT(BUF_LIMIT);

	buf_add_repeat(&line, '-', unicode_width(heading));
	add(maker, group, "heading", heading);
	add(maker, group, "underline", arena_copy(maker->arena, buf_str(&line)));
	/* The level of the titles below it. */
	add(maker, group, "level", heading.len > 0 ? STR("3") : STR("2"));
	buf_release(&line);
	return mustache_value(maker->arena, group, "entries", MUSTACHE_LIST);
}

static struct str
day_heading(struct arena *arena, int32_t day)
{
	return day == DATE_NO_DAY ? STR("Without a day") : long_date(arena, day);
}

static struct str
section_heading(enum issue_section section)
{
	switch (section) {
	case ISSUE_CROSS: return STR("Cross-listed");
	case ISSUE_UPDATED: return STR("Updated");
	case ISSUE_WITHDRAWN: return STR("Withdrawn");
	default: return STR("New");
	}
}

size_t
render_most_cuts(const struct issue *issue)
{
	return RENDER_COUNTED * issue->item_count;
}

static enum render_detail
detail_at(const struct maker *maker, size_t index)
{
	size_t count = maker->issue->item_count;
	size_t cuts = maker->look->cuts;
	size_t least = (size_t)render_detail_of(maker->issue->items[index].form);
	size_t step = cuts / count + (index >= count - cuts % count);

	if (index < FAVOURED) {
		step = step > FAVOUR_STEPS ? step - FAVOUR_STEPS : 0;
		step = step > RENDER_SENTENCE ? RENDER_SENTENCE : step;
	}
	return (enum render_detail)(step > least ? step : least);
}

/* Whether a group begins with that item, and what its heading says. */
static bool
starts_group(const struct maker *maker, size_t index, bool has_days, struct str *heading)
{
	const struct issue *issue = maker->issue;
	const struct issue_item *item = &issue->items[index];
	const struct issue_item *before = index > 0 ? item - 1 : NULL;
	bool is_first = before == NULL || item->section != before->section;

	if (item->section != ISSUE_NEW) {
		*heading = section_heading(item->section);
		return is_first;
	}
	if (issue->grouping == ISSUE_BY_GROUP) {
		*heading = render_clean(maker->arena, item->group);
		return is_first || !str_equal(item->group, before->group);
	}
	if (has_days) {
		*heading = day_heading(maker->arena, item->entry->listed_on);
		return is_first || item->entry->listed_on != before->entry->listed_on;
	}
	*heading = issue->new_count < issue->item_count ? STR("New") : STR("");
	return is_first;
}

/* Whether a list of contents helps: not where the entries are hardly longer than it. */
static bool
has_contents(const struct maker *maker)
{
	const struct issue *issue = maker->issue;

	for (size_t i = 0; i < issue->item_count; i++)
		if (issue->items[i].form != ISSUE_FULL || detail_at(maker, i) >= RENDER_SENTENCE)
			return false;
	return issue->item_count >= CONTENTS_FROM;
}

/* Numbers the groups and says how much is in each; those of a long issue stand for its contents. */
static void
add_outline(const struct maker *maker, const struct mustache_value *groups, bool has_contents)
{
	size_t place = 0;

	for (struct mustache_value *group = groups->first; group != NULL; group = group->next) {
		const struct mustache_value *entries = group->last;
		size_t size = 0;

		for (const struct mustache_value *entry = entries->first; entry != NULL;
		     entry = entry->next)
			size++;
		add(maker, group, "place", arena_printf(maker->arena, "%zu", ++place));
		add(maker, group, "size",
		    arena_printf(maker->arena, "%zu %s", size, noun(maker->issue, size)));
	}
	add_flag(maker, "has_contents", has_contents);
	add_flag(maker, "has_outline",
	    !has_contents && place > 1 && maker->issue->item_count >= CONTENTS_FROM);
}

struct render_entries
render_entries(struct arena *arena, const struct issue *issue)
{
	size_t count = issue->item_count * RENDER_COUNTED;
	struct render_entries entries = { arena, arena_array(arena, count + 1, sizeof(void *)) };

	for (size_t i = 0; i < count; i++)
		entries.made[i] = NULL;
	return entries;
}

/* Adds the item to the entries of its group, and to those for contents. */
static void
add_entry(const struct maker *maker, struct mustache_value *group, struct mustache_value *all,
    const struct render_place *place)
{
	struct mustache_value *lists[] = { group, all };
	size_t index = place->number - 1;
	struct mustache_value **made =
	    &maker->entries->made[index * RENDER_COUNTED + (size_t)place->detail];

	if (*made == NULL)
		*made =
		    render_view_entry(maker->entries->arena, &maker->issue->items[index], place);
	for (size_t i = 0; i < 2; i++) {
		struct mustache_value *copy =
		    mustache_value(maker->arena, lists[i], "", MUSTACHE_MAP);

		copy->first = (*made)->first;
		copy->last = (*made)->last;
	}
}

/*
 * All entries in the order of the issue: new ones, by day where there are several, then the others.
 */
static void
add_groups(const struct maker *maker)
{
	const struct issue *issue = maker->issue;
	struct mustache_value *groups =
	    mustache_value(maker->arena, maker->root, "groups", MUSTACHE_LIST);
	struct mustache_value *all =
	    mustache_value(maker->arena, maker->root, "entries", MUSTACHE_LIST);
	struct mustache_value *entries = NULL;
	struct days days = find_days(issue);
	bool has_days = issue->grouping == ISSUE_BY_DAY && days.count > 1 && !days.is_mixed;
	size_t left_out = 0;

	for (size_t i = 0; i < issue->item_count; i++) {
		struct render_place place = { i + 1, detail_at(maker, i),
			days.count > 1 && !has_days };
		struct str heading;

		if (starts_group(maker, i, has_days, &heading))
			entries = NULL;
		if (place.detail == RENDER_COUNTED) {
			left_out++;
			continue;
		}
		/* A group that is left out whole has no heading. */
		if (entries == NULL)
			entries = add_group(maker, groups, heading);
		add_entry(maker, entries, all, &place);
	}
	add_outline(maker, groups, has_contents(maker));
	add(maker, maker->root, "left_out",
	    left_out > 0
	        ? arena_printf(maker->arena, "%zu more %s", left_out, noun(issue, left_out))
	        : STR(""));
}

/* ---- what stands around the entries ---- */

static void
add_notes(const struct maker *maker)
{
	const struct issue *issue = maker->issue;
	struct mustache_value *notes =
	    mustache_value(maker->arena, maker->root, "notes", MUSTACHE_LIST);

	for (size_t i = 0; i < issue->note_count; i++)
		add(maker, notes, "", render_clean(maker->arena, issue->notes[i]));
}

static struct str
mark(enum render_style style, struct arena *arena, bool has_style)
{
	return has_style ? arena_printf(arena, "%c", style) : STR("");
}

static void
add_styles(const struct maker *maker, bool has_style)
{
	struct arena *arena = maker->arena;
	struct mustache_value *styles = mustache_value(arena, maker->root, "style", MUSTACHE_MAP);

	add(maker, styles, "title", mark(RENDER_STYLE_TITLE, arena, has_style));
	add(maker, styles, "heading", mark(RENDER_STYLE_HEADING, arena, has_style));
	add(maker, styles, "facts", mark(RENDER_STYLE_FACTS, arena, has_style));
	add(maker, styles, "link", mark(RENDER_STYLE_LINK, arena, has_style));
	add(maker, styles, "note", mark(RENDER_STYLE_NOTE, arena, has_style));
}

static void
add_theme(const struct maker *maker)
{
	struct render_theme theme = render_theme(maker->options->accent);
	struct mustache_value *map =
	    mustache_value(maker->arena, maker->root, "theme", MUSTACHE_MAP);

	add(maker, map, "accent", arena_copy(maker->arena, str_from(theme.accent)));
	add(maker, map, "accent_dark", arena_copy(maker->arena, str_from(theme.accent_dark)));
}

static struct str
mail_url(struct arena *arena, struct str contact)
{
	struct buf url = BUF_INIT(BUF_LIMIT);

	render_add_mailto(&url, contact);
	return arena_keep(arena, &url);
}

static void
add_footer(const struct maker *maker)
{
	const struct issue *issue = maker->issue;
	struct str contact = render_clean(maker->arena, issue->contact);
	struct str unsubscribe = str_from(maker->options->unsubscribe);
	bool has_token = maker->options->kind == MESSAGE_TO_PERSON;

	add(maker, maker->root, "why_you", render_clean(maker->arena, issue->why_you));
	add(maker, maker->root, "contact", contact);
	add(maker, maker->root, "contact_url", mail_url(maker->arena, contact));
	add(maker, maker->root, "origin", render_clean(maker->arena, issue->origin));
	/* Ours, with a slot in it: not cleaned. */
	add(maker, maker->root, "unsubscribe",
	    has_token && render_is_unsubscribe(unsubscribe) ? unsubscribe : STR(""));
}

static void
add_heading(const struct maker *maker)
{
	struct arena *arena = maker->arena;
	const struct issue *issue = maker->issue;
	char date[DATE_DAY_BYTES];
	struct str counts = counts_of(maker);
	struct str from = counts_and_origin(maker, counts);

	date_format_day(date, issue->date);
	add(maker, maker->root, "list", render_clean(arena, issue->list));
	add(maker, maker->root, "title", render_clean(arena, issue->title));
	add(maker, maker->root, "date", arena_printf(arena, "%s", date));
	add(maker, maker->root, "date_long", long_date(arena, issue->date));
	add(maker, maker->root, "date_short", short_date(arena, issue->date));
	add(maker, maker->root, "counts", from);
	add(maker, maker->root, "summary", summary(maker, from));
	add(maker, maker->root, "preheader", preheader(maker, counts));
	add_number(maker, "count", issue->item_count);
	add_number(maker, "new_count", issue->new_count);
	add_number(maker, "updated_count", issue->updated_count);
	add_number(maker, "minutes", issue->minutes);
	add(maker, maker->root, "more",
	    issue->item_count > 1 ? arena_printf(arena, "%zu", issue->item_count - 1) : STR(""));
	add(maker, maker->root, "period", period(arena, issue));
	add_flag(maker, "is_empty", issue->item_count == 0);
}

struct render_view
render_view(struct arena *arena, const struct issue *issue, const struct render_options *options,
    const struct render_look *look, struct render_entries *entries)
{
	struct mustache_value *root = mustache_value(arena, NULL, "", MUSTACHE_MAP);
	struct maker maker = { arena, issue, options, look, entries, root };
	struct mustache_value *headline;

	add_heading(&maker);
	add_notes(&maker);
	add_styles(&maker, look->has_style);
	add_theme(&maker);
	add_footer(&maker);
	add_groups(&maker);
	headline = mustache_value(arena, root, "headline", MUSTACHE_TEXT);
	headline->text =
	    issue->item_count > 0 ? render_title(arena, issue->items[0].entry) : STR("nothing new");
	return (struct render_view){ root, headline };
}
