/*
 * Compose: the picked entries become an issue, with the notes a reader should have about sources
 * and days.
 */
#include "day.h"

static void
add_note(struct day *day, struct issue *issue, struct str note)
{
	for (size_t i = 0; i < issue->note_count; i++) {
		if (str_equal(issue->notes[i], note))
			return;
	}
	issue->notes = arena_grow(day->batch_arena, issue->notes, &issue->note_count, sizeof(note));
	issue->notes[issue->note_count - 1] = note;
}

/* What the list's sources had to say, trouble included. */
static void
add_source_notes(struct day *day, const struct day_edition *edition, struct issue *issue)
{
	const struct day_list *list = edition->list;

	for (size_t i = 0; i < list->source_count; i++) {
		size_t index = list->sources[i];
		const struct source_outcome *outcome = &day->outcomes[index];
		/* What else is told is of today's listing. */
		if (edition->is_catch_up && outcome->verdict != SOURCE_ERROR)
			continue;
		for (size_t j = 0; j < outcome->note_count; j++)
			add_note(day, issue, outcome->notes[j]);
		if (outcome->note_count == 0 && outcome->verdict != SOURCE_ERROR &&
		    day_is_missed(day, edition, index))
			add_note(day, issue,
			    arena_printf(day->batch_arena,
			        "%s has not published today's papers yet; they will follow.",
			        day->sources[index].title));
		if (outcome->verdict == SOURCE_ERROR)
			add_note(day, issue,
			    arena_printf(day->batch_arena,
			        "%s could not be read this time; its papers will follow.",
			        day->sources[index].title));
		if (outcome->skipped_count > 0)
			add_note(day, issue,
			    arena_printf(day->batch_arena,
			        "%s: %zu %s could not be read and %s left out.",
			        day->sources[index].title, outcome->skipped_count,
			        outcome->skipped_count == 1 ? "item" : "items",
			        outcome->skipped_count == 1 ? "was" : "were"));
	}
}

/*
 * The heading has the date of the issue:
 * who asked for another day's listing must not take it for that.
 */
static void
add_day_note(struct day *day, const struct day_edition *edition, struct issue *issue)
{
	int32_t asked = day->request->date;
	char date[DATE_DAY_BYTES];

	if (asked != DATE_NO_DAY && asked != edition->date && issue->item_count > 0)
		add_note(day, issue,
		    arena_printf(day->batch_arena, "This is the listing of %s %s.",
		        date_weekday_name(asked), date_format_day(date, asked)));
}

/* An order that has nothing to go by says so. */
static void
add_like_note(struct day *day, const struct day_edition *edition, struct issue *issue)
{
	const struct day_list *list = edition->list;

	if (!pick_ranks_by(edition->rules->rank, "liked") || list->liked != NULL)
		return;
	add_note(day, issue,
	    list->like_count == 0
	        ? STR("Nothing has been liked yet, so the ranking 'liked' puts nothing first; "
	              "'digest like KEY' begins.")
	        : STR("There are no other papers yet to tell those from that were liked."));
}

static struct str
source_titles(struct day *day, const struct day_list *list)
{
	struct buf text = BUF_INIT(BUF_LIMIT);

	for (size_t i = 0; i < list->source_count; i++)
		buf_addf(&text, "%s%s", i > 0 ? ", " : "", day->sources[list->sources[i]].title);
	return arena_keep(day->batch_arena, &text);
}

/* The footer's answer to "why do I get this?". */
static struct str
why_you(struct day *day, const struct day_edition *edition)
{
	if (edition->address[0] != '\0')
		return arena_printf(
		    day->batch_arena, "This digest is sent to %s.", edition->address);
	if (edition->recipient_count > 0)
		return arena_printf(day->batch_arena,
		    "You get this because you are a reader of \"%s\".", edition->list->title);
	return STR("");
}

/* What an entry is put under, by the list's key 'group'. */
static struct str
group_of(const struct day *day, const struct day_list *list, const struct entry *entry,
    const char *group)
{
	if (str_is(str_from(group), "category"))
		return entry->category_count > 0 ? entry->categories[0] : STR("Without a category");
	for (size_t i = 0; i < list->source_count; i++) {
		const struct source *source = &day->sources[list->sources[i]];
		for (size_t j = 0; j < entry->source_count; j++) {
			if (str_is(entry->sources[j], source->name))
				return str_from(source->title);
		}
	}
	return STR("Other sources");
}

static void
add_groups(const struct day *day, const struct day_edition *edition, struct issue *issue)
{
	const char *group = settings_string(edition->rules->settings, "group");

	if (str_is(str_from(group), "none"))
		issue->grouping = ISSUE_UNGROUPED;
	if (str_is(str_from(group), "topic"))
		issue_group_by_topic(issue, day->batch_arena);
	if (!str_is(str_from(group), "source") && !str_is(str_from(group), "category"))
		return;
	issue->grouping = ISSUE_BY_GROUP;
	for (size_t i = 0; i < issue->item_count; i++) {
		struct issue_item *item = &issue->items[i];
		item->group = item->section == ISSUE_NEW
		    ? group_of(day, edition->list, item->entry, group)
		    : STR("");
	}
	issue_group(issue);
}

/* Whether readers are told that nothing is new, by the list's key 'empty'. */
static bool
is_note(const struct day *day, const struct day_edition *edition)
{
	const char *empty = settings_string(edition->rules->settings, "empty");

	return edition->picked_count == 0 && edition->recipient_count > 0 &&
	    str_is(str_from(empty), "note") && day->scope == STORE_NEWS &&
	    day_has_heard(day, edition->list);
}

static void
compose(struct day *day, struct day_edition *edition)
{
	const struct day_list *list = edition->list;
	const struct config *config = day->request->config;
	struct issue *issue = &edition->issue;

	edition->is_note = is_note(day, edition);
	*issue = (struct issue){
		.list = str_from(list->name),
		.title = str_from(list->title),
		.date = edition->date,
		.made_at = day->now,
		.contact =
		    str_from(settings_string(config_settings(config, CONFIG_DIGEST), "contact")),
		.why_you = why_you(day, edition),
		.origin = source_titles(day, list),
	};
	issue->items =
	    arena_array(day->batch_arena, edition->picked_count + 1, sizeof(struct issue_item));
	issue->item_count = edition->picked_count;
	for (size_t i = 0; i < edition->picked_count; i++) {
		const struct pick_candidate *pick = &edition->picks[i];
		issue->items[i] = (struct issue_item){
			.entry = pick->entry,
			.section = pick->section,
			.from_version = pick->from_version,
			.changes = pick->changes,
			.why = pick->why,
			.form = pick->form,
		};
	}
	add_groups(day, edition, issue);
	add_day_note(day, edition, issue);
	add_source_notes(day, edition, issue);
	add_like_note(day, edition, issue);
	issue_count(issue);
}

int
stage_compose(struct day *day, struct err *err)
{
	(void)err;
	for (size_t i = 0; i < day->batch_count; i++) {
		if (!day->batch[i].is_made && !day->batch[i].is_given_up)
			compose(day, &day->batch[i]);
	}
	return 0;
}
