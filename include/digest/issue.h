/*
 * An issue before it has bytes: what is new for one audience of a list, in the order it will be
 * read, with what must be said about it. A plain value in the run's arena.
 */
#ifndef DIGEST_ISSUE_H
#define DIGEST_ISSUE_H

#include "digest/entry.h"

/* Why an entry stands in an issue. The numbers are stored: only append. */
enum issue_section {
	ISSUE_NEW,
	ISSUE_UPDATED, /* a higher version of what the audience had */
	ISSUE_CROSS, /* new to the audience, and listed elsewhere before */
	ISSUE_WITHDRAWN, /* the audience had it, and it was taken back */
	ISSUE_SECTION_COUNT
};

/* How much of an entry is shown. The numbers are stored: only append. */
enum issue_form {
	ISSUE_FULL,
	ISSUE_BRIEF, /* the first sentences of its abstract */
	ISSUE_LINE, /* title, authors and link */
	ISSUE_FORM_COUNT
};

/* What news is put under headings by. */
enum issue_grouping {
	ISSUE_BY_DAY, /* the listing day, where there are several */
	ISSUE_BY_GROUP, /* what its items call their group */
	ISSUE_UNGROUPED,
};

/* A picture that is sent with an issue. */
struct issue_picture {
	struct str id; /* its Content-ID, without angle brackets: the same bytes have the same */
	struct str bytes; /* a JPEG */
	unsigned width, height; /* as it is shown: about half of its pixels, for sharp screens */
};

struct issue_item {
	struct entry *entry;
	enum issue_section section;
	/* Of what the audience had before, for ISSUE_UPDATED and ISSUE_WITHDRAWN: */
	int from_version; /* the version it had; 0 when unknown */
	unsigned changes; /* what differs from that: enum entry_change */
	struct str why; /* why it is here and where it stands; "" when there is nothing to say */
	enum issue_form form;
	const struct issue_picture *picture; /* NULL for none */
	struct str group; /* the heading of news that stands together; "" for none */
};

struct issue {
	enum issue_grouping grouping;
	struct str list; /* the list's name, safe in a List-Id */
	struct str title; /* the list's title, for people */
	int32_t date; /* the issue date, local to the list */
	int64_t made_at; /* the instant of its Date: field */
	struct issue_item *items; /* in the order of issue_section_place() */
	size_t item_count;
	size_t new_count, cross_count, updated_count, withdrawn_count;
	/*
	 * Of reading, at 238 words a minute, at least 1 when there are items: titles and abstracts.
	 * Of an issue within a budget, which not every item has in full, all that stands in it.
	 */
	size_t minutes;
	struct str *notes; /* plain sentences about sources and days */
	size_t note_count;
	struct str contact; /* whom to ask; "" when nobody is named */
	struct str why_you; /* the footer's sentence on why the reader gets this */
	struct str origin; /* the sources' names, for people: "Hugging Face Daily Papers" */
};

/* How a section is called in data: "new", "updated", "cross-listed", "withdrawn". */
const char *issue_section_name(enum issue_section section);

/* Where it stands in an issue: new, cross-listed, updated, withdrawn. */
int issue_section_place(enum issue_section section);

/* Whether what stands there is news, which an audience gets once; else it is of what it had. */
bool issue_section_is_news(enum issue_section section);

/* How a form is called in data: "full", "brief", "line". */
const char *issue_form_name(enum issue_form form);

/* About how many words stand in the text part for the item, links and facts included. */
size_t issue_item_words(const struct issue_item *item);

/* How many words are read in so many minutes. */
size_t issue_words_in(size_t minutes);

/*
 * Puts items of one section and one group together, where the first of them stands; else their
 * order stays. For ISSUE_BY_GROUP.
 */
void issue_group(struct issue *issue);

/*
 * Names the groups of what is new by what its papers are about and puts them together: seven
 * headings at most, and "More" after them. What few papers are about is joined with what is near to
 * it. Changes nothing where fewer than six are new or hardly half of them would have a heading.
 */
void issue_group_by_topic(struct issue *issue, struct arena *arena);

/* Counts items again, and minutes: rounded, at least 1 for any item. */
void issue_count(struct issue *issue);

#endif
