/*
 * JSON Feed 1 and 1.1 (jsonfeed.org). Its items become entries as those of other feeds do, by
 * feed_item.c.
 */
#include "feed_item.h"
#include "json_listing.h"

#include "digest/xml.h"

static int
sniff(struct str bytes)
{
	static const struct json_sign signs[] = {
		{ "version", "jsonfeed.org", 95 },
		{ "items[].content_html", NULL, 40 },
		{ "items[].content_text", NULL, 40 },
		{ "items[].date_published", NULL, 40 },
		{ "items[].id", NULL, 10 },
		{ "items[].url", NULL, 10 },
		{ "home_page_url", NULL, 30 },
		{ "feed_url", NULL, 20 },
		{ NULL, NULL, 0 },
	};
	return json_listing_sniff(bytes, signs);
}

/* What holds for all items. */
struct feed {
	struct feed_people authors;
	struct str base; /* what relative URLs are relative to */
	struct str home; /* the page that it is the feed of */
};

/* An address as the feed writes it, which is relative at times. */
static struct str
full_url(const struct feed *feed, struct arena *arena, struct str url)
{
	struct buf full = BUF_INIT(BUF_LIMIT);
	struct str kept = STR("");

	url = str_trim(url);
	if (url.len > 0 && xml_resolve(&full, feed->base, url) == 0)
		kept = entry_text_url(arena, buf_str(&full));
	buf_release(&full);
	return kept;
}

/* ---- one item ---- */

/* Version 1 has one author, 1.1 several; some feeds tell both. */
static void
take_authors(struct feed_people *people, struct arena *arena, const struct json *holder)
{
	const struct json *author = json_first(json_get(holder, "authors"));
	struct feed_text name = { json_text(json_get(json_get(holder, "author"), "name")),
		FEED_TEXT_GUESS, 0 };

	feed_people_add(people, arena, name, STR(""));
	for (; author != NULL; author = json_after(author)) {
		name.raw = json_text(json_get(author, "name"));
		feed_people_add(people, arena, name, STR(""));
	}
}

/* It has to be a string; numbers occur. */
static struct str
guid_of(struct arena *arena, const struct json *id)
{
	struct buf number = BUF_INIT(BUF_LIMIT);
	struct str guid = json_text(id);

	if (json_is_number(id)) {
		json_write(id, &number);
		guid = buf_str(&number);
	}
	guid = entry_text_line(arena, guid);
	buf_release(&number);
	return guid;
}

/* Titles and summaries are plain by the specification, and HTML by the blogs that make them. */
static void
take_texts(struct feed_item *item, const struct json *object)
{
	struct str text = json_text(json_get(object, "content_text"));
	struct str html = json_text(json_get(object, "content_html"));
	bool is_plain = str_trim(text).len > 0;

	item->title =
	    (struct feed_text){ json_text(json_get(object, "title")), FEED_TEXT_GUESS, 0 };
	item->summary =
	    (struct feed_text){ json_text(json_get(object, "summary")), FEED_TEXT_GUESS, 0 };
	item->content = (struct feed_text){ is_plain ? text : html,
		is_plain ? FEED_TEXT_PLAIN : FEED_TEXT_HTML, 0 };
}

static void
take_dates(struct feed_item *item, const struct json *object)
{
	struct entry *entry = &item->entry;

	if (date_parse_instant(
	        json_text(json_get(object, "date_published")), &entry->published_at) == 0)
		item->published_rank = 0;
	if (date_parse_instant(json_text(json_get(object, "date_modified")), &entry->updated_at) ==
	    0)
		item->updated_rank = 0;
}

/* A link blog's item is the post, not what it links to, unless there is nothing else. */
static void
take_links(
    struct feed_item *item, struct arena *arena, const struct feed *feed, const struct json *object)
{
	const struct json *file = json_first(json_get(object, "attachments"));
	struct str url =
	    json_listing_either(json_get(object, "url"), json_get(object, "external_url"));

	feed_item_take_link(item, arena, STR(""), STR(""), STR(""), full_url(feed, arena, url));
	url = json_listing_either(json_get(object, "image"), json_get(object, "banner_image"));
	if (url.len > 0)
		feed_item_take_picture(
		    item, arena, FEED_PICTURE_THUMBNAIL, full_url(feed, arena, url));
	for (; file != NULL; file = json_after(file))
		feed_item_take_link(item, arena, STR("enclosure"),
		    json_text(json_get(file, "mime_type")), STR(""),
		    full_url(feed, arena, json_text(json_get(file, "url"))));
}

static int
read_item(void *context, const struct json *object, struct format_reader *reader, struct err *err)
{
	const struct feed *feed = context;
	const struct json *tag = json_first(json_get(object, "tags"));
	struct arena *arena = reader->arena;
	struct feed_item item;

	feed_item_init(&item);
	item.guid = guid_of(arena, json_get(object, "id"));
	take_texts(&item, object);
	take_dates(&item, object);
	take_authors(&item.authors, arena, object);
	for (; tag != NULL; tag = json_after(tag))
		entry_add_category(&item.entry, arena, json_listing_plain(arena, json_text(tag)));
	take_links(&item, arena, feed, object);
	return feed_item_finish(&item, &feed->authors, feed->home, reader, err);
}

/* ---- the feed ---- */

/* A file came from nowhere; then the feed has to know where it belongs. */
static void
read_feed(const struct json *json, struct format_reader *reader, struct feed *feed)
{
	struct format_listing *listing = &reader->listing;
	struct str title = json_text(json_get(json, "title"));

	feed->base = str_from(reader->base_url);
	if (feed->base.len == 0)
		feed->base = entry_text_url(reader->keep,
		    json_listing_either(
		        json_get(json, "feed_url"), json_get(json, "home_page_url")));
	feed->home = full_url(feed, reader->keep, json_text(json_get(json, "home_page_url")));
	take_authors(&feed->authors, reader->keep, json);
	listing->title = entry_text_line(reader->keep, json_listing_plain(reader->keep, title));
	listing->next = full_url(feed, reader->keep, json_text(json_get(json, "next_url")));
}

static int
read_jsonfeed(struct input *input, struct format_reader *reader, struct err *err)
{
	static const char path[] = "items";
	struct feed feed = { .base = STR("") };
	/* What holds for all items may stand after them. */
	struct json *json = json_listing_rest(input, path);
	bool has_items = json == NULL || json_is_array(json_get(json, path));
	int result;

	read_feed(json, reader, &feed);
	json_free(json);
	result = json_listing_read(input, path, read_item, &feed, reader, NULL, err);
	if (result == 0 && !has_items)
		return err_set(err, EX_DATAERR, "a feed without 'items'");
	return result;
}

const struct source_format source_format_jsonfeed = {
	.name = "jsonfeed",
	.help = "JSON Feed 1 and 1.1",
	.sniff = sniff,
	.read = read_jsonfeed,
};
