/*
 * Rules: what a batch of editions goes by, and to whom it goes. Whose rules they are was decided by
 * stage readers; a reader whose settings are no good any more costs nobody else an issue.
 */
#include "day.h"

#include <string.h>

static void
plan_own_rules(struct day *day, struct day_edition *edition)
{
	struct err trouble = ERR_NONE;

	if (day_reader_settings(&edition->own, edition->list->rules.settings, edition->address,
	        edition->settings, &trouble) < 0 ||
	    day_plan_rules(day, &edition->own_rules, edition->own, day->batch_arena, &trouble) <
	        0) {
		day_trouble(day, &trouble);
		edition->is_given_up = true;
	}
	if (edition->own != NULL)
		edition->rules = &edition->own_rules;
}

static int
load_plain_recipients(struct day *day, struct day_edition *edition, struct err *err)
{
	const struct day_edition *before = day_edition_before(day, edition);

	if (before != NULL) {
		edition->recipients = before->recipients;
		edition->recipient_count = before->recipient_count;
		memcpy(edition->has_kind, before->has_kind, sizeof(edition->has_kind));
		return 0;
	}
	if (store_plain_recipients(day->store, edition->list->id, day->arena, &edition->recipients,
	        &edition->recipient_count, err) < 0)
		return -1;
	for (size_t i = 0; i < edition->recipient_count; i++)
		edition->has_kind[edition->recipients[i].kind] = true;
	return 0;
}

int
stage_rules(struct day *day, struct err *err)
{
	for (size_t i = 0; i < day->batch_count; i++) {
		struct day_edition *edition = &day->batch[i];
		if (edition->address[0] == '\0' && load_plain_recipients(day, edition, err) < 0)
			return -1;
		if (edition->settings.len > 0)
			plan_own_rules(day, edition);
		if (edition->date == DATE_NO_DAY)
			edition->date = edition->rules->date;
	}
	return 0;
}
