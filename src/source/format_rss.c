/*
 * RSS 2.0, 0.9x and 1.0 (RDF), with Dublin Core, content:encoded, PRISM and arXiv's elements. What
 * feeds have in common is feed.c's business.
 */
#include "feed.h"

static int
sniff(struct str bytes)
{
	return feed_sniff(bytes, FEED_RSS);
}

static int
read_rss(struct input *input, struct format_reader *reader, struct err *err)
{
	return feed_read(input, FEED_RSS, reader, err);
}

const struct source_format source_format_rss = {
	.name = "rss",
	.help = "an RSS feed, of any version",
	.sniff = sniff,
	.read = read_rss,
};
