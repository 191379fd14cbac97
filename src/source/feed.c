/*
 * Walks a feed's document: which element is an item, which text belongs to which field. What a field
 * means for an entry is feed_item.c's business.
 */
#include "feed.h"

#include "digest/html.h"
#include "digest/xml.h"
#include "feed_item.h"

#include <string.h>

struct feed {
	struct format_reader *reader;
	enum feed_dialect dialect;
	struct feed_defaults defaults;
	struct feed_item item;
	bool has_feed; /* an element was there that makes it one */
	bool is_in_item;
	int depth, item_depth;
	struct str feed_base, item_base; /* what relative links are relative to */

	int person_depth; /* 0 outside of one */
	struct str person_name, person_affiliation;

	/* The field whose text is being collected. */
	enum feed_field field; /* FIELD_NONE while there is none */
	enum feed_text_kind kind;
	int field_depth;
	bool has_markup; /* it holds elements: the text is HTML then */
	struct buf text;
};

/* The arena for what is read now: an item's dies with it. */
static struct arena *
arena_of(const struct feed *feed)
{
	return feed->is_in_item ? feed->reader->arena : feed->reader->keep;
}

/* --- links -------------------------------------------------------------------------------------- */

static struct str
resolve(struct arena *arena, struct str base, struct str reference)
{
	struct buf url = BUF_INIT(BUF_LIMIT);
	struct str result = STR("");
	if (str_trim(reference).len > 0 && xml_resolve(&url, base, reference) == 0)
		result = arena_copy(arena, buf_str(&url));
	buf_release(&url);
	return result;
}

static struct str
base_of(const struct feed *feed)
{
	return feed->is_in_item ? feed->item_base : feed->feed_base;
}

/* xml:base of an element, within that of what surrounds it. */
static struct str
element_base(struct feed *feed, const struct xml_element *element)
{
	struct str given = xml_attribute(element, XML_NAMESPACE, "base");
	if (given.len == 0)
		return base_of(feed);
	return resolve(arena_of(feed), base_of(feed), given);
}

static struct str
linked(struct feed *feed, const struct xml_element *element, const char *attribute)
{
	struct str base = element_base(feed, element);
	return resolve(arena_of(feed), base, xml_attribute(element, "", attribute));
}

/* --- items -------------------------------------------------------------------------------------- */

static bool
is_item(const struct feed *feed, enum feed_space space, struct str name)
{
	if (feed->dialect == FEED_ATOM)
		return space == SPACE_ATOM && str_is(name, "entry");
	return space == SPACE_RSS && str_is(name, "item");
}

static int
end_item(struct feed *feed, struct err *err)
{
	int result = feed_item_finish(&feed->item, &feed->defaults, feed->reader, err);
	feed->is_in_item = false;
	feed->person_depth = 0;
	return result;
}

/* An item inside of an item: the end of the first one is missing. */
static int
start_item(struct feed *feed, const struct xml_element *element, struct err *err)
{
	if (feed->is_in_item && end_item(feed, err) < 0)
		return -1;
	feed_item_init(&feed->item);
	feed->has_feed = true;
	feed->item_base = feed->feed_base;
	feed->is_in_item = true;
	feed->item_depth = feed->depth;
	feed->item_base = element_base(feed, element);
	for (size_t i = 0; i < element->attribute_count; i++) {
		const struct xml_attribute *attribute = &element->attributes[i];
		if (str_is(attribute->name, "about") &&
		    feed_space_of(attribute->space, feed->dialect) == SPACE_RDF)
			feed->item.about = arena_copy(feed->reader->arena, attribute->value);
	}
	return 0;
}

static void
end_person(struct feed *feed)
{
	feed->person_depth = 0;
	if (feed->is_in_item) {
		entry_add_author(&feed->item.entry, feed->reader->arena, feed->person_name,
		    feed->person_affiliation, false);
		return;
	}
	struct feed_defaults *defaults = &feed->defaults;
	defaults->authors = arena_grow(feed->reader->keep, defaults->authors,
	    &defaults->author_count, sizeof(*defaults->authors));
	defaults->authors[defaults->author_count - 1] =
	    (struct entry_author){ .name = feed->person_name };
}

/* --- the text of fields ------------------------------------------------------------------------- */

static void
add_escaped(struct buf *out, struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];
		if (c == '&')
			buf_add_string(out, "&amp;");
		else if (c == '<')
			buf_add_string(out, "&lt;");
		else
			buf_add_char(out, c);
	}
}

/* An element inside of a field: from here on the text is written as HTML. */
static void
add_tag(struct feed *feed, struct str name, bool is_end)
{
	if (!feed->has_markup) {
		struct buf escaped = BUF_INIT(XML_TEXT_BYTES_MAX);
		add_escaped(&escaped, buf_str(&feed->text));
		buf_release(&feed->text);
		feed->text = escaped;
		feed->has_markup = true;
	}
	/* "</br>" would be another line break. */
	if (is_end && (str_is(name, "br") || str_is(name, "hr") || str_is(name, "img")))
		return;
	buf_addf(&feed->text, is_end ? "</%.*s>" : "<%.*s>", STR_ARG(name));
}

/* RFC 4287 section 3.1.1 and 4.1.3; Atom 0.3 had media types instead. */
static bool
atom_kind(const struct xml_element *element, enum feed_text_kind *kind)
{
	struct str type = xml_attribute(element, "", "type");
	*kind = FEED_TEXT_PLAIN;
	if (str_is(xml_attribute(element, "", "mode"), "base64"))
		return false;
	/* Many forget the type and write HTML. */
	if (type.len == 0)
		*kind = FEED_TEXT_GUESS;
	else if (str_is(type, "html") || str_is(type, "text/html"))
		*kind = FEED_TEXT_HTML;
	else if (!str_is(type, "text") && !str_is(type, "xhtml") && !str_starts(type, "text/") &&
	    !str_ends(type, "xml"))
		return false;
	return true;
}

static bool
is_markup_field(enum feed_field field)
{
	return field == FIELD_TITLE || field == FIELD_SUMMARY || field == FIELD_CONTENT;
}

static void
start_field(struct feed *feed, const struct xml_element *element, enum feed_space space,
    enum feed_field field)
{
	feed->kind = FEED_TEXT_GUESS;
	if (space == SPACE_ATOM && is_markup_field(field) && !atom_kind(element, &feed->kind))
		return;
	if (field == FIELD_GUID && str_is(xml_attribute(element, "", "isPermaLink"), "false"))
		feed->item.is_guid_url = false;
	feed->field = field;
	feed->field_depth = feed->depth;
	feed->has_markup = false;
	buf_reset(&feed->text);
}

static void
take_channel_text(struct feed *feed, enum feed_field field, struct feed_text text)
{
	struct format_listing *listing = &feed->reader->listing;
	struct arena *keep = feed->reader->keep;
	switch (field) {
	case FIELD_TITLE:
		if (listing->title.len == 0)
			listing->title = entry_text_line(keep, feed_text_plain(keep, text));
		break;
	case FIELD_TOTAL: str_to_int(str_trim(text.raw), 0, INT32_MAX, &listing->total); break;
	case FIELD_FIRST: str_to_int(str_trim(text.raw), 0, INT32_MAX, &listing->first); break;
	default: break;
	}
}

static void
end_field(struct feed *feed)
{
	struct arena *arena = arena_of(feed);
	enum feed_field field = feed->field;
	struct feed_text text = { arena_copy(arena, buf_str(&feed->text)), feed->kind };

	feed->field = FIELD_NONE;
	if (feed->has_markup)
		text.kind = FEED_TEXT_HTML;
	if (buf_has_failed(&feed->text))
		feed->reader->listing.is_repaired = true;
	if (field == FIELD_PERSON_NAME)
		feed->person_name = text.raw;
	else if (field == FIELD_AFFILIATION)
		feed->person_affiliation = text.raw;
	else if (!feed->is_in_item)
		take_channel_text(feed, field, text);
	else if (field == FIELD_LINK)
		feed_item_take_link(&feed->item, arena, STR("alternate"), STR("text/html"), STR(""),
		    resolve(arena, feed->item_base, text.raw));
	else
		feed_item_take_text(&feed->item, arena, field, text);
}

/* --- elements ----------------------------------------------------------------------------------- */

/* Fields stand directly in an item, in a person, or in the feed itself, and nowhere else. */
static bool
is_field_place(const struct feed *feed, enum feed_field field)
{
	bool is_personal = field == FIELD_PERSON_NAME || field == FIELD_AFFILIATION;
	if (feed->person_depth > 0)
		return is_personal && feed->depth == feed->person_depth + 1;
	if (is_personal)
		return false;
	if (feed->is_in_item)
		return feed->depth == feed->item_depth + 1;
	return feed->depth == (feed->dialect == FEED_ATOM ? 2 : 3);
}

/* What is said by attributes. */
static void
take_element(struct feed *feed, const struct xml_element *element, enum feed_field field)
{
	struct arena *arena = arena_of(feed);
	struct feed_item *item = &feed->item;
	if (field == FIELD_PERSON) {
		feed->person_depth = feed->depth;
		feed->person_name = feed->person_affiliation = STR("");
		return;
	}
	if (!feed->is_in_item)
		return;
	if (field == FIELD_CATEGORY_TERM)
		entry_add_category(&item->entry, arena, xml_attribute(element, "", "term"));
	else if (field == FIELD_PRIMARY_CATEGORY)
		item->primary_category = entry_text_line(arena, xml_attribute(element, "", "term"));
	else if (field == FIELD_LINK_ELEMENT)
		feed_item_take_link(item, arena, xml_attribute(element, "", "rel"),
		    xml_attribute(element, "", "type"), xml_attribute(element, "", "title"),
		    linked(feed, element, "href"));
	else if (field == FIELD_ENCLOSURE)
		feed_item_take_link(item, arena, STR("enclosure"),
		    xml_attribute(element, "", "type"), STR(""), linked(feed, element, "url"));
}

/* The root, and RSS's channel. */
static void
start_frame(struct feed *feed, const struct xml_element *element, enum feed_space space)
{
	if (feed->dialect == FEED_ATOM)
		feed->has_feed = feed->has_feed ||
		    (feed->depth == 1 && space == SPACE_ATOM && str_is(element->name, "feed"));
	else
		feed->has_feed =
		    feed->has_feed || (space == SPACE_RSS && str_is(element->name, "channel"));
	feed->feed_base = element_base(feed, element);
}

static int
on_start(void *context, const struct xml_element *element, struct err *err)
{
	struct feed *feed = context;
	enum feed_space space = feed_space_of(element->space, feed->dialect);

	feed->depth++;
	if (is_item(feed, space, element->name)) {
		if (feed->field != FIELD_NONE)
			end_field(feed);
		return start_item(feed, element, err);
	}
	if (feed->field != FIELD_NONE) {
		add_tag(feed, element->name, false);
		return 0;
	}
	if (!feed->is_in_item && feed->depth <= 2)
		start_frame(feed, element, space);
	enum feed_field field = feed_field_of(space, element->name);
	if (field == FIELD_NONE || !is_field_place(feed, field))
		return 0;
	if (field >= FIELD_CATEGORY_TERM)
		take_element(feed, element, field);
	else
		start_field(feed, element, space, field);
	return 0;
}

static int
on_end(void *context, const struct xml_element *element, struct err *err)
{
	struct feed *feed = context;
	int depth = feed->depth--;

	if (feed->field != FIELD_NONE && depth > feed->field_depth) {
		add_tag(feed, element->name, true);
		return 0;
	}
	if (feed->field != FIELD_NONE)
		end_field(feed);
	if (depth == feed->person_depth)
		end_person(feed);
	if (feed->is_in_item && depth == feed->item_depth)
		return end_item(feed, err);
	return 0;
}

static int
on_text(void *context, struct str text, struct err *err)
{
	struct feed *feed = context;
	(void)err;
	if (feed->field == FIELD_NONE)
		return 0;
	if (feed->has_markup)
		add_escaped(&feed->text, text);
	else
		buf_add(&feed->text, text);
	return 0;
}

/* --- the whole ---------------------------------------------------------------------------------- */

static int
finish(struct feed *feed, struct err *err)
{
	struct format_listing *listing = &feed->reader->listing;
	/* The document was whole but badly nested: what is there is there. */
	if (feed->is_in_item) {
		if (feed->field != FIELD_NONE)
			end_field(feed);
		if (end_item(feed, err) < 0)
			return -1;
	}
	if (!feed->has_feed)
		return err_set(err, EX_DATAERR, "no feed in it");
	/* arXiv answers an unknown category with an empty feed of this name. */
	if (listing->item_count == 0 && str_starts(listing->title, "Feed error for query"))
		return err_set(err, EX_DATAERR, "arXiv answers: %.*s", STR_ARG(listing->title));
	return 0;
}

int
feed_read(
    struct input *input, enum feed_dialect dialect, struct format_reader *reader, struct err *err)
{
	static const struct xml_handler handler = {
		.start = on_start,
		.end = on_end,
		.text = on_text,
	};
	struct feed feed = {
		.reader = reader,
		.dialect = dialect,
		.feed_base = str_from(reader->base_url),
		.text = BUF_INIT(XML_TEXT_BYTES_MAX),
	};
	bool is_repaired;

	int result = xml_read(input, reader->charset, &handler, &feed, &is_repaired, err);
	if (result == 0)
		result = finish(&feed, err);
	reader->listing.is_repaired = reader->listing.is_repaired || is_repaired;
	buf_release(&feed.text);
	return result;
}

int
feed_sniff(struct str bytes, enum feed_dialect dialect)
{
	struct buf space = BUF_INIT(BUF_LIMIT), name = BUF_INIT(BUF_LIMIT);
	int score = 0;
	if (xml_root(bytes, &space, &name)) {
		enum feed_space vocabulary = feed_space_of(buf_str(&space), dialect);
		struct str root = buf_str(&name);
		if (dialect == FEED_ATOM && vocabulary == SPACE_ATOM &&
		    (str_is(root, "feed") || str_is(root, "entry")))
			score = space.len > 0 ? 90 : 70;
		else if (dialect == FEED_RSS && str_equal_nocase(root, STR("rss")))
			score = 90;
		else if (dialect == FEED_RSS && vocabulary == SPACE_RDF && str_is(root, "RDF"))
			score = 70;
	}
	buf_release(&name);
	buf_release(&space);
	return score;
}
