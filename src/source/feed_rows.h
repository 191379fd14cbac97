/*
 * Which element of which vocabulary means what in a feed. For feed.c alone.
 */
#ifndef DIGEST_SOURCE_FEED_ROWS_H
#define DIGEST_SOURCE_FEED_ROWS_H

#include "feed.h"

enum feed_space {
	SPACE_OTHER,
	SPACE_ATOM,
	SPACE_RSS,
	SPACE_RDF,
	SPACE_DC,
	SPACE_CONTENT,
	SPACE_ARXIV,
	SPACE_PRISM,
	SPACE_OPENSEARCH,
	SPACE_FEEDBURNER,
};

enum feed_field {
	FIELD_NONE,
	FIELD_AFFILIATION,
	FIELD_ANNOUNCE,
	FIELD_AUTHOR, /* a name as text */
	FIELD_CATEGORY, /* a category as text */
	FIELD_COMMENT,
	FIELD_CONTENT,
	FIELD_DATE, /* one of several dates that mean publication; the first counts */
	FIELD_FIRST,
	FIELD_GUID,
	FIELD_JOURNAL,
	FIELD_LICENSE,
	FIELD_LINK, /* a link as text */
	FIELD_NAME, /* another identifier: a DOI, mostly */
	FIELD_ORIGINAL_LINK,
	FIELD_PERSON_NAME,
	FIELD_PUBLISHED,
	FIELD_SUMMARY,
	FIELD_TITLE,
	FIELD_TOTAL,
	FIELD_UPDATED,
	/* From here on the attributes say it, not the text. */
	FIELD_CATEGORY_TERM,
	FIELD_ENCLOSURE,
	FIELD_LINK_ELEMENT,
	FIELD_PERSON,
	FIELD_PRIMARY_CATEGORY,
};

/* The vocabulary of a namespace; elements in none belong to the feed's own dialect. */
enum feed_space feed_space_of(struct str uri, enum feed_dialect dialect);

/* What an element means that stands directly in the feed, in an item or in a person. */
enum feed_field feed_field_of(enum feed_space space, struct str name);

#endif
