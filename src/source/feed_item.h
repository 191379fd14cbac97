/*
 * One item of a feed while it is read: its fields as they came, until all are there and an entry can
 * be made of them. For feed.c alone.
 */
#ifndef DIGEST_SOURCE_FEED_ITEM_H
#define DIGEST_SOURCE_FEED_ITEM_H

#include "feed_rows.h"

enum feed_text_kind {
	FEED_TEXT_PLAIN,
	FEED_TEXT_HTML,
	FEED_TEXT_GUESS, /* HTML where it looks like it */
};

struct feed_text {
	struct str raw;
	enum feed_text_kind kind;
};

/* Text lives in the reader's arena. */
struct feed_item {
	struct entry entry; /* what can be filled in as it comes */
	struct feed_text title, summary, content;
	struct str guid, about; /* about: RDF's name of the item */
	bool is_guid_url; /* a guid may stand for the link */
	struct str url, original_url;
	int url_rank; /* how much the link looks like the page to read */
	struct str primary_category;
	int64_t date;
};

/* What a feed says for all its items. */
struct feed_defaults {
	struct entry_author *authors;
	size_t author_count;
};

void feed_item_init(struct feed_item *item);

/* Takes a field whose text says it; `text` lives in the reader's arena. */
void feed_item_take_text(
    struct feed_item *item, struct arena *arena, enum feed_field field, struct feed_text text);

/* Takes a link: `url` is resolved. */
void feed_item_take_link(struct feed_item *item, struct arena *arena, struct str rel,
    struct str type, struct str title, struct str url);

/* Makes an entry of it and emits it. EX_DATAERR for arXiv's errors dressed as entries. */
int feed_item_finish(struct feed_item *item, const struct feed_defaults *defaults,
    struct format_reader *reader, struct err *err);

/* Plain text with empty lines between paragraphs. */
struct str feed_text_plain(struct arena *arena, struct feed_text text);

#endif
