/*
 * What can be counted on an issue. Which entries stand in it is pick's and store's; its bytes are
 * render's.
 */
#include "digest/issue.h"

/* M. Brysbaert, How many words do we read per minute?, Journal of Memory and Language 109 (2019). */
enum { WORDS_PER_MINUTE = 238 };

const char *
issue_section_name(enum issue_section section)
{
	switch (section) {
	case ISSUE_NEW: return "new";
	case ISSUE_UPDATED: return "updated";
	}
	return "";
}

static size_t
minutes_of(size_t words)
{
	size_t minutes = words / WORDS_PER_MINUTE;

	if (words % WORDS_PER_MINUTE >= (WORDS_PER_MINUTE + 1) / 2)
		minutes++;
	return minutes == 0 && words > 0 ? 1 : minutes;
}

void
issue_count(struct issue *issue)
{
	size_t words = 0;

	issue->new_count = 0;
	issue->updated_count = 0;
	for (size_t i = 0; i < issue->item_count; i++) {
		const struct issue_item *item = &issue->items[i];
		if (item->section == ISSUE_NEW)
			issue->new_count++;
		else
			issue->updated_count++;
		words += entry_word_count(item->entry);
	}
	/* Entries of a feed without abstracts still take a look. */
	issue->minutes = minutes_of(words);
	if (issue->item_count > 0 && issue->minutes == 0)
		issue->minutes = 1;
}
