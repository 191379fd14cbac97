/*
 * Atom 1.0 (RFC 4287) and 0.3, with the elements that arXiv adds. What feeds have in common is
 * feed.c's business.
 */
#include "feed.h"

static int
sniff(struct str bytes)
{
	return feed_sniff(bytes, FEED_ATOM);
}

static int
read_atom(struct input *input, struct format_reader *reader, struct err *err)
{
	return feed_read(input, FEED_ATOM, reader, err);
}

const struct source_format source_format_atom = {
	.name = "atom",
	.help = "an Atom feed, arXiv's API among them",
	.sniff = sniff,
	.read = read_atom,
};
