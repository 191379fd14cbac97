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
	static const char *const names[] = { "new", "updated", "cross-listed", "withdrawn" };

	return section < ISSUE_SECTION_COUNT ? names[section] : "";
}

int
issue_section_place(enum issue_section section)
{
	static const int places[] = { 0, 2, 1, 3 };

	return section < ISSUE_SECTION_COUNT ? places[section] : ISSUE_SECTION_COUNT;
}

bool
issue_section_is_news(enum issue_section section)
{
	return section == ISSUE_NEW || section == ISSUE_CROSS;
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
	size_t counts[ISSUE_SECTION_COUNT] = { 0 };
	size_t words = 0;

	for (size_t i = 0; i < issue->item_count; i++) {
		counts[issue->items[i].section]++;
		words += entry_word_count(issue->items[i].entry);
	}
	issue->new_count = counts[ISSUE_NEW];
	issue->cross_count = counts[ISSUE_CROSS];
	issue->updated_count = counts[ISSUE_UPDATED];
	issue->withdrawn_count = counts[ISSUE_WITHDRAWN];
	/* Entries of a feed without abstracts still take a look. */
	issue->minutes = minutes_of(words);
	if (issue->item_count > 0 && issue->minutes == 0)
		issue->minutes = 1;
}
