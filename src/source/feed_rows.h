/*
 * Which element of which vocabulary means what in a feed. For the files feed*.c alone.
 */
#ifndef DIGEST_SOURCE_FEED_ROWS_H
#define DIGEST_SOURCE_FEED_ROWS_H

#include "feed.h"

enum feed_space {
	SPACE_OTHER,
	SPACE_ARXIV,
	SPACE_ATOM,
	SPACE_CC,
	SPACE_CONTENT,
	SPACE_DC,
	SPACE_FEEDBURNER,
	SPACE_ITUNES,
	SPACE_MEDIA,
	SPACE_OPENSEARCH,
	SPACE_PRISM,
	SPACE_RDF,
	SPACE_RSS,
	SPACE_SYNDICATION,
	SPACE_XHTML,
};

enum feed_field {
	/* What an item's element says, by its text if not said otherwise. */
	FIELD_ANNOUNCE,
	FIELD_AUTHOR, /* a name */
	FIELD_CATEGORY,
	FIELD_CATEGORY_TERM, /* by attributes, or else the text */
	FIELD_COMMENT,
	FIELD_CONTENT,
	FIELD_ENCLOSURE, /* by attributes */
	FIELD_GUID,
	FIELD_JOURNAL,
	FIELD_LICENSE,
	FIELD_LINK, /* by attributes, or else the text */
	FIELD_NAME, /* another identifier: a DOI, mostly */
	FIELD_ORIGINAL_LINK,
	FIELD_PERSON, /* by elements, or else the text */
	FIELD_PICTURE, /* by attributes: a small one */
	FIELD_PRIMARY_CATEGORY, /* by attributes */
	FIELD_PUBLISHED,
	FIELD_SUMMARY,
	FIELD_TITLE,
	FIELD_UPDATED,
	FIELD_LAST_OF_ITEM = FIELD_UPDATED,

	/* What only the feed itself says. */
	FIELD_BUILT,
	FIELD_FIRST,
	FIELD_FREQUENCY,
	FIELD_PERIOD, /* within which there is something new so many times */
	FIELD_SKIP_DAY,
	FIELD_SKIP_HOUR,
	FIELD_TOTAL,
	FIELD_TTL,

	/* What a person's elements say. */
	FIELD_AFFILIATION,
	FIELD_MAIL, /* or other addresses, which are not for showing */
	FIELD_PERSON_NAME,

	FIELD_CONTAINER, /* what stands in it stands for what surrounds it */
	FIELD_SOURCE, /* the feed that an item was taken from */
};

/*
 * Of several elements that say the same in their own ways, the one of the lowest rank counts, and
 * of those the first.
 */
struct feed_row {
	struct str name;
	enum feed_space space;
	enum feed_field field;
	int rank;
};

/* The vocabulary of a namespace, or of a prefix that is not declared; SPACE_OTHER if unknown. */
enum feed_space feed_space_of(struct str uri);

/* What an element means, or NULL when it means nothing. Names are not told apart by their case. */
const struct feed_row *feed_row_of(enum feed_space space, struct str name);

#endif
