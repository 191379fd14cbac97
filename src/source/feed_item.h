/*
 * One item of a feed while it is read: its fields as they came, until all are there and an entry
 * can be made of them. For the files feed*.c alone.
 */
#ifndef DIGEST_SOURCE_FEED_ITEM_H
#define DIGEST_SOURCE_FEED_ITEM_H

#include "feed_rows.h"
#include "feed_text.h"

/* Authors, of the most telling elements there were. */
struct feed_people {
	struct entry_author *authors;
	size_t count;
	int rank;
};

/* Text lives in the reader's arena. */
struct feed_item {
	struct entry entry; /* what can be filled in as it comes */
	struct feed_text title, summary, content;
	struct feed_people authors, source_authors; /* of the item; of the feed it was taken from */
	struct str guid, about; /* about: RDF's name of the item */
	bool is_guid_url; /* a guid may stand for the link */
	struct str url, original_url;
	int url_rank; /* how much the link looks like the page to read */
	int picture_rank; /* how much the picture looks like one that stands for the item */
	struct str primary_category;
	int published_rank, updated_rank, license_rank; /* -1 while there is none */
	bool is_announced; /* arXiv tells how it lists it */
};

void feed_item_init(struct feed_item *item);

/* Takes a field whose text says it; `text` lives in the reader's arena. */
void feed_item_take_text(
    struct feed_item *item, struct arena *arena, const struct feed_row *row, struct feed_text text);

/* Takes a link: `url` is resolved. */
void feed_item_take_link(struct feed_item *item, struct arena *arena, struct str rel,
    struct str type, struct str title, struct str url);

/*
 * Takes a picture: `url` is resolved. What the feed calls a thumbnail counts more than what is a
 * picture by its type.
 */
enum feed_picture { FEED_PICTURE_OF_TYPE = 1, FEED_PICTURE_THUMBNAIL };
void feed_item_take_picture(
    struct feed_item *item, struct arena *arena, enum feed_picture what, struct str url);

/* Takes a category that attributes name. */
void feed_item_take_category(
    struct feed_item *item, struct arena *arena, struct str term, struct str label);

/* A link to the item's license. */
void
feed_item_take_license(struct feed_item *item, struct arena *arena, struct str license, int rank);

/* Adds a person, under the name that stands in a text like "jane@example.org (Jane)". */
void feed_people_add(
    struct feed_people *people, struct arena *arena, struct feed_text text, struct str affiliation);

/*
 * Makes an entry of it, with the feed's authors where it names none, and emits it. The feed's
 * `home` page names none of its items. EX_DATAERR for arXiv's errors dressed as entries.
 */
int feed_item_finish(struct feed_item *item, const struct feed_people *feed_authors,
    struct str home, struct format_reader *reader, struct err *err);

/* ---- arXiv's own feeds (feed_arxiv.c) ---- */

bool feed_arxiv_is_item(const struct feed_item *item, struct arena *arena);

/* Takes arXiv's additions to titles, abstracts and authors for what they mean. */
void feed_arxiv_read(struct feed_item *item, struct arena *arena);

enum entry_announce feed_arxiv_announce(struct str type);

/* ---- facts in a description (feed_facts.c) ---- */

/*
 * Takes the lines "Author(s): …", "Publication date: …", "DOI: …" out of an abstract and gives the
 * item what they say and what it does not know.
 */
void feed_facts_read(struct feed_item *item, struct arena *arena);

#endif
