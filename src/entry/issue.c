/*
 * What can be counted on an issue. Which entries stand in it is pick's and store's; its bytes are
 * render's.
 */
#include "digest/issue.h"

#include <stdio.h>
#include <string.h>

/*
 * M. Brysbaert, How many words do we read per minute?, Journal of Memory and Language 109 (2019).
 */
enum { WORDS_PER_MINUTE = 238 };

/* Of the first sentences that stand for an abstract. */
enum { BRIEF_WORDS = 50 };

/* As the text part has them: a number before the title, a separator between facts, a label. */
enum { NUMBER_WORDS = 1, DATE_WORDS = 4, COUNT_WORDS = 3, LINK_WORDS = 2, REASON_WORDS = 2 };

/* The most names of authors that are shown, and how many of them once there are more. */
enum { AUTHORS_WHOLE = 6, AUTHORS_FIRST = 3 };

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

const char *
issue_form_name(enum issue_form form)
{
	static const char *const names[] = { "full", "brief", "line" };

	return form < ISSUE_FORM_COUNT ? names[form] : "";
}

/* What of its abstract the item's form shows. */
static struct str
shown_abstract(const struct issue_item *item)
{
	switch (item->form) {
	case ISSUE_BRIEF: return entry_lead(item->entry->abstract, BRIEF_WORDS);
	case ISSUE_LINE: return STR("");
	default: return item->entry->abstract;
	}
}

size_t
issue_words_in(size_t minutes)
{
	return minutes * WORDS_PER_MINUTE;
}

static size_t
author_words(const struct entry *entry)
{
	size_t words = 0, shown = 0, all = 0;

	for (size_t i = 0; i < entry->author_count; i++)
		all += !entry->authors[i].is_hidden;
	for (size_t i = 0; i < entry->author_count; i++) {
		if (entry->authors[i].is_hidden)
			continue;
		shown++;
		if (all <= AUTHORS_WHOLE || shown <= AUTHORS_FIRST || shown == all)
			words += entry_text_words(entry->authors[i].name);
	}
	/* "…, Z (and 14 more)" */
	return all <= AUTHORS_WHOLE ? words : words + 4;
}

static size_t
fact_words(const struct entry *entry)
{
	size_t words = entry->category_count + entry_text_words(entry->organisation) +
	    entry_text_words(entry->comment) + entry_text_words(entry->journal_ref);

	words += entry->votes >= 0 ? COUNT_WORDS : 0;
	words += entry->comments > 0 ? COUNT_WORDS : 0;
	words += entry->published_at != DATE_NO_INSTANT ? DATE_WORDS : 0;
	return words;
}

static size_t
link_words(const struct entry *entry)
{
	return LINK_WORDS *
	    (size_t)((entry->url.len > 0) + (entry->pdf_url.len > 0) + (entry->code_url.len > 0) +
	        (entry->project_url.len > 0) + (entry->discussion_url.len > 0));
}

/* "A. Author", "A. Author and B. Other", "A. Author et al." */
static size_t
first_author_words(const struct entry *entry)
{
	size_t words = 0, shown = 0, second = 0;

	for (size_t i = 0; i < entry->author_count; i++) {
		if (entry->authors[i].is_hidden)
			continue;
		shown++;
		if (shown == 1)
			words = entry_text_words(entry->authors[i].name);
		else if (shown == 2)
			second = entry_text_words(entry->authors[i].name);
	}
	return words + (shown > 2 ? 2 : shown == 2 ? 1 + second : 0);
}

/* "A. Author et al. · 12 votes · WHY", and its links; votes that are the reason are told once. */
static size_t
line_words(const struct issue_item *item)
{
	const struct entry *entry = item->entry;
	size_t words = first_author_words(entry), why = entry_text_words(item->why);
	char votes[32];

	snprintf(votes, sizeof(votes), "%d vote%s", entry->votes, entry->votes == 1 ? "" : "s");
	if (entry->votes >= 0)
		words += COUNT_WORDS;
	if (why > 0 && !str_is(item->why, votes))
		words += 1 + why;
	return words + (entry->url.len > 0) + (entry->code_url.len > 0) +
	    (entry->project_url.len > 0);
}

size_t
issue_item_words(const struct issue_item *item)
{
	const struct entry *entry = item->entry;
	size_t words = NUMBER_WORDS + entry_text_words(entry->title);
	size_t why = entry_text_words(item->why);

	if (item->form == ISSUE_LINE)
		return words + line_words(item);
	return words + author_words(entry) + fact_words(entry) + link_words(entry) +
	    (why > 0 ? REASON_WORDS + why : 0) + entry_text_words(shown_abstract(item));
}

void
issue_group(struct issue *issue)
{
	struct issue_item *items = issue->items;

	for (size_t placed = 1; placed < issue->item_count; placed++) {
		const struct issue_item *before = &items[placed - 1];
		size_t next = placed;

		while (next < issue->item_count && items[next].section == before->section &&
		    !str_equal(items[next].group, before->group))
			next++;
		if (next == issue->item_count || items[next].section != before->section)
			continue;

		struct issue_item found = items[next];
		memmove(&items[placed + 1], &items[placed], (next - placed) * sizeof(*items));
		items[placed] = found;
	}
}

/*
 * The words that count: of an issue within a budget all of them,
 * else those of titles and abstracts.
 */
static size_t
words_of(const struct issue *issue)
{
	bool is_whole = true;
	size_t words = 0;

	for (size_t i = 0; i < issue->item_count; i++)
		is_whole = is_whole && issue->items[i].form == ISSUE_FULL;
	for (size_t i = 0; i < issue->item_count; i++)
		words += is_whole ? entry_word_count(issue->items[i].entry)
		                  : issue_item_words(&issue->items[i]);
	return words;
}

void
issue_count(struct issue *issue)
{
	size_t counts[ISSUE_SECTION_COUNT] = { 0 };

	for (size_t i = 0; i < issue->item_count; i++)
		counts[issue->items[i].section]++;
	issue->new_count = counts[ISSUE_NEW];
	issue->cross_count = counts[ISSUE_CROSS];
	issue->updated_count = counts[ISSUE_UPDATED];
	issue->withdrawn_count = counts[ISSUE_WITHDRAWN];
	/* Entries of a feed without abstracts still take a look. */
	issue->minutes = minutes_of(words_of(issue));
	if (issue->item_count > 0 && issue->minutes == 0)
		issue->minutes = 1;
}
