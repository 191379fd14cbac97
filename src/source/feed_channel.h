/*
 * What a feed says of itself, beside its items. For feed.c alone.
 */
#ifndef DIGEST_SOURCE_FEED_CHANNEL_H
#define DIGEST_SOURCE_FEED_CHANNEL_H

#include "feed_rows.h"
#include "feed_text.h"

struct feed_channel {
	int built_rank; /* of the element that said when it was made; -1 for none yet */
	int64_t published; /* DATE_NO_INSTANT when it does not say */
	int64_t ttl_minutes, period_s, frequency; /* 0 when it does not say */
	struct str home; /* the page that it is the feed of; "" when it does not say */
	bool is_arxiv; /* one of arXiv's daily feeds */
};

void feed_channel_init(struct feed_channel *channel);

/* Takes a field of the feed itself; the text lives in the reader's `keep`. */
void feed_channel_take_text(struct feed_channel *channel, struct format_reader *reader,
    const struct feed_row *row, struct feed_text text);

/* Takes a link of the feed itself: `url` is resolved and lives in the reader's `keep`. */
void feed_channel_take_link(
    struct feed_channel *channel, struct format_reader *reader, struct str rel, struct str url);

/* An item of arXiv's daily feeds was published when its batch was: the day of the listing. */
void feed_channel_see_batch(struct format_reader *reader, int64_t published);

/* After the last item: EX_DATAERR when it is an error dressed as a feed. */
int feed_channel_finish(
    const struct feed_channel *channel, struct format_reader *reader, struct err *err);

#endif
