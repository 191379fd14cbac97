/*
 * An issue before it has bytes: what is new for one audience of a list, in the order it will be
 * read, with what must be said about it. A plain value in the run's arena.
 */
#ifndef DIGEST_ISSUE_H
#define DIGEST_ISSUE_H

#include "digest/entry.h"

enum issue_section { ISSUE_NEW, ISSUE_UPDATED };

struct issue_item {
	struct entry *entry;
	enum issue_section section;
	int from_version; /* for ISSUE_UPDATED: the version this audience had; 0 when unknown */
	struct str why; /* why it is here and where it stands; "" when there is nothing to say */
};

struct issue {
	struct str list; /* the list's name, safe in a List-Id */
	struct str title; /* the list's title, for people */
	int32_t date; /* the issue date, local to the list */
	int64_t made_at; /* the instant of its Date: field */
	struct issue_item *items; /* new ones first, then updated ones */
	size_t item_count;
	size_t new_count, updated_count;
	size_t minutes; /* of reading, at 238 words a minute, at least 1 when there are items */
	struct str *notes; /* plain sentences about sources and days */
	size_t note_count;
	struct str contact; /* whom to ask; "" when nobody is named */
	struct str why_you; /* the footer's sentence on why the reader gets this */
	struct str origin; /* the sources' names, for people: "Hugging Face Daily Papers" */
};

/* How a section is called in data: "new", "updated". */
const char *issue_section_name(enum issue_section section);

/* Counts items again, and minutes: of all their words, rounded, at least 1 for any item. */
void issue_count(struct issue *issue);

#endif
