/*
 * What a feed says of itself: its title, when it was made, for how long it is good, where it goes
 * on. Its items are feed_item.c's business.
 */
#include "feed_channel.h"

#include "digest/date.h"
#include "digest/zone.h"

#include <string.h>

enum { MINUTE_S = 60, DAY_S = 86400, YEAR_S = 366 * DAY_S };

void
feed_channel_init(struct feed_channel *channel)
{
	*channel = (struct feed_channel){ .built_rank = -1, .published = DATE_NO_INSTANT };
}

/* ---- when there is nothing new ---- */

/* RSS 2.0 has English names, of which the first three letters tell all. */
static void
take_skip_day(struct format_listing *listing, struct str name)
{
	static const char *const days[] = { "mon", "tue", "wed", "thu", "fri", "sat", "sun" };
	for (unsigned day = 0; day < 7; day++) {
		if (str_starts_nocase(name, days[day]))
			listing->skip_weekdays |= (uint8_t)(1u << day);
	}
}

/* RSS 0.91 counts from 1 to 24, 2.0 from 0 to 23. */
static void
take_skip_hour(struct format_listing *listing, struct str text)
{
	int64_t hour;
	if (str_to_int(text, 0, 24, &hour) == 0)
		listing->skip_hours |= (uint32_t)1 << (hour % 24);
}

static int64_t
period_of(struct str name)
{
	static const struct {
		const char *name;
		int64_t seconds;
	} periods[] = {
		{ "hourly", 3600 },
		{ "daily", DAY_S },
		{ "weekly", 7 * DAY_S },
		{ "monthly", 30 * DAY_S },
		{ "yearly", 365 * DAY_S },
	};
	for (size_t i = 0; i < sizeof(periods) / sizeof(*periods); i++) {
		if (str_equal_nocase(name, str_from(periods[i].name)))
			return periods[i].seconds;
	}
	return 0;
}

/* ---- fields ---- */

/* RSS says when it was built, or else when it was published; Atom when it was updated. */
static void
take_built(struct feed_channel *channel, struct format_listing *listing, struct str text, int rank)
{
	int64_t instant;
	if ((channel->built_rank >= 0 && channel->built_rank <= rank) ||
	    date_parse_instant(text, &instant) < 0)
		return;
	listing->generated_at = instant;
	channel->built_rank = rank;
}

/* arXiv's daily feeds give the batch its day in New York, at midnight. */
static void
set_batch(struct format_listing *listing, int64_t published)
{
	if (listing->day == DATE_NO_DAY && published != DATE_NO_INSTANT)
		listing->day = zone_at("America/New_York", published).day;
}

static void
take_link(struct feed_channel *channel, struct format_listing *listing, struct str url)
{
	static const char *const hosts[] = { "rss.arxiv.org/", "export.arxiv.org/rss/" };
	struct str rest = url;
	ptrdiff_t at = str_find(url, STR("://"));
	if (at >= 0)
		rest = str_skip(url, (size_t)at + strlen("://"));
	for (size_t i = 0; i < sizeof(hosts) / sizeof(*hosts); i++)
		channel->is_arxiv = channel->is_arxiv || str_starts_nocase(rest, hosts[i]);
	if (channel->is_arxiv)
		set_batch(listing, channel->published);
}

static void
take_published(
    struct feed_channel *channel, struct format_listing *listing, struct str text, int rank)
{
	if (channel->published == DATE_NO_INSTANT)
		date_parse_instant(text, &channel->published);
	if (channel->is_arxiv)
		set_batch(listing, channel->published);
	take_built(channel, listing, text, rank + 1);
}

void
feed_channel_take_text(struct feed_channel *channel, struct format_reader *reader,
    const struct feed_row *row, struct feed_text text)
{
	struct format_listing *listing = &reader->listing;
	struct str word = str_trim(text.raw);
	switch (row->field) {
	case FIELD_TITLE:
		if (listing->title.len == 0)
			listing->title =
			    entry_text_line(reader->keep, feed_text_plain(reader->keep, text));
		break;
	case FIELD_BUILT:
	case FIELD_UPDATED: take_built(channel, listing, word, 0); break;
	case FIELD_PUBLISHED: take_published(channel, listing, word, row->rank); break;
	case FIELD_FIRST: str_to_int(word, 0, INT32_MAX, &listing->first); break;
	case FIELD_TOTAL: str_to_int(word, 0, INT32_MAX, &listing->total); break;
	case FIELD_TTL: str_to_int(word, 0, YEAR_S / MINUTE_S, &channel->ttl_minutes); break;
	case FIELD_PERIOD: channel->period_s = period_of(word); break;
	case FIELD_FREQUENCY: str_to_int(word, 1, DAY_S, &channel->frequency); break;
	case FIELD_SKIP_DAY: take_skip_day(listing, word); break;
	case FIELD_SKIP_HOUR: take_skip_hour(listing, word); break;
	case FIELD_GUID: take_link(channel, listing, word); break;
	default: break;
	}
}

void
feed_channel_take_link(
    struct feed_channel *channel, struct format_reader *reader, struct str rel, struct str url)
{
	struct format_listing *listing = &reader->listing;
	if (str_equal_nocase(rel, STR("next")) && listing->next.len == 0)
		listing->next = url;
	if (channel->home.len == 0 && (rel.len == 0 || str_equal_nocase(rel, STR("alternate"))))
		channel->home = url;
	take_link(channel, listing, url);
}

void
feed_channel_see_batch(struct format_reader *reader, int64_t published)
{
	set_batch(&reader->listing, published);
}

/* ---- the end ---- */

int
feed_channel_finish(
    const struct feed_channel *channel, struct format_reader *reader, struct err *err)
{
	struct format_listing *listing = &reader->listing;
	int64_t frequency = channel->frequency > 0 ? channel->frequency : 1;
	int64_t period_s = channel->period_s;

	/* The period is "daily" where only the frequency is given. */
	if (period_s == 0 && channel->frequency > 0)
		period_s = DAY_S;
	listing->fresh_s =
	    channel->ttl_minutes > 0 ? channel->ttl_minutes * MINUTE_S : period_s / frequency;
	/* arXiv answers an unknown category with an empty feed of this name. */
	if (listing->item_count == 0 && str_starts(listing->title, "Feed error for query")) {
		listing->fault = listing->title;
		return err_set(err, EX_DATAERR, "arXiv answers: %.*s", STR_ARG(listing->title));
	}
	return 0;
}
