/*
 * Walks a feed's document: which element is an item, which text belongs to which field. What a
 * field means for an entry is feed_item.c's business, what it means for the whole feed_channel.c's.
 */
#include "feed.h"

#include "digest/html.h"
#include "digest/xml.h"
#include "feed_channel.h"
#include "feed_item.h"

#include <stdio.h>
#include <string.h>

enum { SPACES_KEPT = 16, FOREIGN_TAG_BYTES = 64 };

struct feed {
	struct format_reader *reader;
	enum feed_dialect dialect;
	struct feed_channel channel;
	struct feed_people authors; /* of the feed */
	struct feed_item item;
	bool has_feed; /* an element was there that makes it one */
	bool is_in_item;
	struct str root_base, feed_base, item_base; /* what relative links are relative to */

	/* How deep the open elements stand; 0 for one that is not open. */
	int depth, channel_depth, item_depth, container_depth, source_depth, person_depth;
	int sibling_depth; /* where fields stand since one of them was left open */

	struct str person_name, person_affiliation;
	struct buf person_text; /* what stands in a person beside the elements it should have */

	/* The field whose text is being collected. */
	const struct feed_row *field; /* NULL while there is none */
	struct feed_text taken; /* its kind and rank */
	int field_depth;
	struct str link_rel, link_type, link_title; /* of a link that is told by its text */
	bool is_opaque; /* whatever stands in it is its own */
	bool has_markup; /* it holds elements: the text is HTML then */
	struct buf text;

	/*
	 * Namespaces that were looked up; which one is the dialect's own where the root names it.
	 */
	struct {
		struct str uri;
		enum feed_space space;
	} spaces[SPACES_KEPT];
	size_t space_count;
};

/* The arena for what is read now: an item's dies with it. */
static struct arena *
arena_of(const struct feed *feed)
{
	return feed->is_in_item ? feed->reader->arena : feed->reader->keep;
}

/* ---- vocabularies ---- */

static enum feed_space
own_space(enum feed_dialect dialect)
{
	return dialect == FEED_ATOM ? SPACE_ATOM : SPACE_RSS;
}

/* The vocabulary of an element: the dialect's own in no namespace, and in that of the root. */
static enum feed_space
space_of(struct feed *feed, struct str uri)
{
	if (uri.len == 0)
		return own_space(feed->dialect);
	for (size_t i = 0; i < feed->space_count; i++) {
		if (str_equal(uri, feed->spaces[i].uri))
			return feed->spaces[i].space;
	}
	enum feed_space space = feed_space_of(uri);
	if (space == SPACE_OTHER && feed->depth == 1)
		space = own_space(feed->dialect);
	if (feed->space_count < SPACES_KEPT) {
		feed->spaces[feed->space_count].uri = arena_copy(feed->reader->keep, uri);
		feed->spaces[feed->space_count++].space = space;
	}
	return space;
}

/* ---- links ---- */

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
	struct str base = resolve(arena_of(feed), base_of(feed), given);
	return base.len > 0 ? base : base_of(feed);
}

/* The value of an attribute, however its name is capitalised. */
static struct str
attribute_of(const struct xml_element *element, const char *name)
{
	for (size_t i = 0; i < element->attribute_count; i++) {
		const struct xml_attribute *attribute = &element->attributes[i];
		if (attribute->space.len == 0 && str_equal_nocase(attribute->name, str_from(name)))
			return attribute->value;
	}
	return STR("");
}

static struct str
linked(struct feed *feed, const struct xml_element *element, const char *attribute)
{
	struct str base = element_base(feed, element);
	return resolve(arena_of(feed), base, attribute_of(element, attribute));
}

static void
take_link(struct feed *feed, struct str rel, struct str type, struct str title, struct str url)
{
	if (feed->is_in_item)
		feed_item_take_link(&feed->item, feed->reader->arena, rel, type, title, url);
	else
		feed_channel_take_link(&feed->channel, feed->reader, rel, url);
}

/* ---- items ---- */

static bool
is_item(const struct feed *feed, enum feed_space space, struct str name)
{
	const char *wanted = feed->dialect == FEED_ATOM ? "entry" : "item";
	return space == own_space(feed->dialect) && str_equal_nocase(name, str_from(wanted));
}

static int
end_item(struct feed *feed, struct err *err)
{
	if (feed->item.is_announced)
		feed_channel_see_batch(feed->reader, feed->item.entry.published_at);
	int result =
	    feed_item_finish(&feed->item, &feed->authors, feed->channel.home, feed->reader, err);
	feed->is_in_item = false;
	feed->item_depth = feed->container_depth = feed->source_depth = feed->person_depth = 0;
	feed->sibling_depth = 0;
	return result;
}

static void
take_item_attributes(struct feed *feed, const struct xml_element *element)
{
	for (size_t i = 0; i < element->attribute_count; i++) {
		const struct xml_attribute *attribute = &element->attributes[i];
		if (str_is(attribute->name, "about") && attribute->space.len > 0 &&
		    feed_space_of(attribute->space) == SPACE_RDF)
			feed->item.about =
			    resolve(feed->reader->arena, feed->item_base, attribute->value);
	}
	take_link(feed, STR("alternate"), STR(""), STR(""), linked(feed, element, "href"));
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
	feed->sibling_depth = 0;
	feed->item_base = element_base(feed, element);
	take_item_attributes(feed, element);
	return 0;
}

/* A person is named by an element; many write the name as it comes. */
static void
end_person(struct feed *feed)
{
	struct arena *arena = arena_of(feed);
	struct feed_text name = { feed->person_name, FEED_TEXT_GUESS, 0 };
	struct feed_people *people = &feed->authors;

	if (feed->is_in_item)
		people = feed->source_depth > 0 ? &feed->item.source_authors : &feed->item.authors;
	if (str_trim(name.raw).len == 0)
		name.raw = arena_copy(arena, buf_str(&feed->person_text));
	feed->person_depth = 0;
	feed_people_add(people, arena, name, feed->person_affiliation);
}

/* ---- the text of fields ---- */

/* Whether an element is of a vocabulary that is no text's: foaf:Person in a dc:creator. */
static bool
is_foreign(struct feed *feed, const struct xml_element *element)
{
	char tag[FOREIGN_TAG_BYTES];
	enum feed_space space = space_of(feed, element->space);
	if (feed->is_opaque)
		return true;
	if (space == own_space(feed->dialect) || space == SPACE_XHTML)
		return false;
	snprintf(tag, sizeof(tag), "<%.*s>", STR_ARG(element->name));
	return !html_is_markup(str_from(tag));
}

/* An element inside of a field: from here on the text is written as HTML. */
static void
add_tag(struct feed *feed, const struct xml_element *element, bool is_end)
{
	bool was_html = feed->taken.kind == FEED_TEXT_HTML;
	struct str name = element->name;
	if (is_foreign(feed, element)) {
		buf_add_char(&feed->text, ' ');
		return;
	}
	/* The division around Atom's text holds what the type says: escaped HTML at times. */
	if (!feed->has_markup && was_html && str_is(name, "div"))
		return;
	if (!feed->has_markup) {
		struct buf escaped = BUF_INIT(XML_TEXT_BYTES_MAX);
		if (was_html)
			buf_add(&escaped, buf_str(&feed->text));
		else
			buf_add_markup(&escaped, buf_str(&feed->text));
		buf_release(&feed->text);
		feed->text = escaped;
		feed->has_markup = true;
	}
	/* "</br>" would be another line break. */
	if (is_end && (str_is(name, "br") || str_is(name, "hr") || str_is(name, "img")))
		return;
	buf_addf(&feed->text, is_end ? "</%.*s>" : "<%.*s>", STR_ARG(name));
}

static void
add_text(struct feed *feed, struct str text)
{
	if (feed->has_markup && feed->taken.kind != FEED_TEXT_HTML)
		buf_add_markup(&feed->text, text);
	else
		buf_add(&feed->text, text);
}

static bool
is_plain_type(struct str type)
{
	return str_equal_nocase(type, STR("text")) || str_equal_nocase(type, STR("text/plain")) ||
	    str_equal_nocase(type, STR("plain"));
}

static bool
is_xhtml_type(struct str type)
{
	return str_equal_nocase(type, STR("xhtml")) ||
	    str_equal_nocase(type, STR("application/xhtml+xml"));
}

static bool
is_binary_type(struct str type)
{
	static const char *const starts[] = { "audio/", "image/", "video/",
		"application/octet-stream", "application/pdf" };
	for (size_t i = 0; i < sizeof(starts) / sizeof(*starts); i++) {
		if (str_starts_nocase(type, starts[i]))
			return true;
	}
	return false;
}

/*
 * RFC 4287 sections 3.1.1 and 4.1.3; Atom 0.3 had media types and a mode instead. What a type does
 * not tell, and many forget it and write HTML, the text tells.
 */
static void
set_kind(struct feed *feed, const struct xml_element *element)
{
	struct str type = str_trim(attribute_of(element, "type"));
	bool is_xml = str_ends(type, "/xml") || str_ends(type, "+xml");

	feed->taken.kind = FEED_TEXT_GUESS;
	feed->is_opaque = false;
	if (str_equal_nocase(attribute_of(element, "mode"), STR("base64")))
		feed->taken.kind = FEED_TEXT_BASE64;
	else if (str_equal_nocase(type, STR("html")) || str_equal_nocase(type, STR("text/html")))
		feed->taken.kind = FEED_TEXT_HTML;
	else if (is_plain_type(type) || is_xhtml_type(type))
		feed->taken.kind = FEED_TEXT_PLAIN;
	else if (is_xml)
		feed->is_opaque = true;
	else if (is_binary_type(type))
		feed->taken.kind = FEED_TEXT_BASE64;
	else if (str_find_char(type, '/') >= 0 && !str_starts_nocase(type, "text/"))
		feed->taken.kind = FEED_TEXT_UNKNOWN;
}

static bool
is_markup_field(enum feed_field field)
{
	return field == FIELD_TITLE || field == FIELD_SUMMARY || field == FIELD_CONTENT ||
	    field == FIELD_LICENSE;
}

static void
start_field(struct feed *feed, const struct xml_element *element, const struct feed_row *row)
{
	feed->taken = (struct feed_text){ .kind = FEED_TEXT_GUESS, .rank = row->rank };
	feed->is_opaque = false;
	if ((row->space == SPACE_ATOM || row->space == SPACE_MEDIA) && is_markup_field(row->field))
		set_kind(feed, element);
	if (row->field == FIELD_GUID &&
	    str_equal_nocase(attribute_of(element, "isPermaLink"), STR("false")))
		feed->item.is_guid_url = false;
	feed->field = row;
	feed->field_depth = feed->depth;
	feed->has_markup = false;
	buf_reset(&feed->text);
}

static void
end_field(struct feed *feed)
{
	const struct feed_row *row = feed->field;
	struct feed_text text = feed->taken;
	struct arena *arena = arena_of(feed);

	text.raw = arena_copy(arena, buf_str(&feed->text));
	feed->field = NULL;
	if (feed->has_markup)
		text.kind = FEED_TEXT_HTML;
	if (buf_has_failed(&feed->text))
		feed->reader->listing.is_repaired = true;
	if (row->field == FIELD_PERSON_NAME)
		feed->person_name = text.raw;
	else if (row->field == FIELD_AFFILIATION)
		feed->person_affiliation = text.raw;
	else if (row->field == FIELD_LINK)
		take_link(feed, feed->link_rel, feed->link_type, feed->link_title,
		    resolve(arena, base_of(feed), text.raw));
	else if (feed->is_in_item)
		feed_item_take_text(&feed->item, arena, row, text);
	else
		feed_channel_take_text(&feed->channel, feed->reader, row, text);
}

/* ---- elements ---- */

static bool
is_personal(enum feed_field field)
{
	return field == FIELD_PERSON_NAME || field == FIELD_AFFILIATION || field == FIELD_MAIL;
}

/* Fields stand directly in an item, in a person, or in the feed itself, and nowhere else. */
static bool
is_field_place(const struct feed *feed, const struct feed_row *row)
{
	int above = feed->depth - 1;
	if (feed->person_depth > 0)
		return is_personal(row->field) && above == feed->person_depth;
	if (is_personal(row->field))
		return false;
	if (feed->source_depth > 0)
		return row->field == FIELD_PERSON && above == feed->source_depth;
	if (feed->container_depth > 0 && above == feed->container_depth)
		return true;
	if (feed->sibling_depth > 0 && feed->depth == feed->sibling_depth)
		return true;
	int frame = feed->is_in_item ? feed->item_depth : feed->channel_depth;
	return frame > 0 && above == frame;
}

static void
start_person(struct feed *feed, const struct feed_row *row)
{
	/* RSS knows no author of the whole. */
	if (!feed->is_in_item && row->space != SPACE_ATOM)
		return;
	feed->person_depth = feed->depth;
	feed->person_name = feed->person_affiliation = STR("");
	buf_reset(&feed->person_text);
}

/* True when the attributes tell it; else the text will. */
static bool
take_link_element(struct feed *feed, const struct xml_element *element)
{
	struct arena *arena = arena_of(feed);
	bool is_plain = element->attribute_count == 0;

	feed->link_rel = arena_copy(arena, attribute_of(element, "rel"));
	feed->link_type =
	    is_plain ? STR("text/html") : arena_copy(arena, attribute_of(element, "type"));
	feed->link_title = arena_copy(arena, attribute_of(element, "title"));
	struct str url = linked(feed, element, "href");
	if (url.len > 0)
		take_link(feed, feed->link_rel, feed->link_type, feed->link_title, url);
	return url.len > 0;
}

/* Likewise. */
static bool
take_category(struct feed *feed, const struct xml_element *element, const struct feed_row *row)
{
	struct str term = attribute_of(element, "term"), label = attribute_of(element, "label");

	if (row->space == SPACE_ITUNES) {
		term = attribute_of(element, "text");
		/* A narrower one stands in it. */
		feed->container_depth = feed->depth;
	}
	/* Blogger says of each post that it is a post. */
	if (feed->is_in_item && !str_ends(attribute_of(element, "scheme"), "#kind"))
		feed_item_take_category(&feed->item, feed->reader->arena, term, label);
	return element->attribute_count > 0 || row->space == SPACE_ITUNES;
}

static void
take_resource(struct feed *feed, const struct xml_element *element, const struct feed_row *row)
{
	for (size_t i = 0; i < element->attribute_count; i++) {
		if (feed->is_in_item && str_is(element->attributes[i].name, "resource"))
			feed_item_take_license(&feed->item, feed->reader->arena,
			    element->attributes[i].value, row->rank);
	}
}

/* A file of Media RSS is a picture by its type or its medium, a thumbnail is one by its name. */
static void
take_picture(struct feed *feed, const struct xml_element *element, const struct feed_row *row)
{
	bool is_picture = str_starts_nocase(str_trim(attribute_of(element, "type")), "image/") ||
	    str_equal_nocase(str_trim(attribute_of(element, "medium")), STR("image"));

	if (!feed->is_in_item || (row->field != FIELD_PICTURE && !is_picture))
		return;
	feed_item_take_picture(&feed->item, feed->reader->arena,
	    row->field == FIELD_PICTURE ? FEED_PICTURE_THUMBNAIL : FEED_PICTURE_OF_TYPE,
	    linked(feed, element, "url"));
}

/*
 * What is said by attributes, and by what stands in the element: true when its text says nothing.
 */
static bool
take_element(struct feed *feed, const struct xml_element *element, const struct feed_row *row)
{
	switch (row->field) {
	case FIELD_LINK: return take_link_element(feed, element);
	case FIELD_CATEGORY_TERM: return take_category(feed, element, row);
	case FIELD_LICENSE:
		if (row->space == SPACE_CC)
			take_resource(feed, element, row);
		return false;
	case FIELD_PRIMARY_CATEGORY:
		if (feed->is_in_item)
			feed->item.primary_category =
			    entry_text_line(feed->reader->arena, attribute_of(element, "term"));
		return true;
	case FIELD_ENCLOSURE:
		take_link(feed, STR("enclosure"), attribute_of(element, "type"), STR(""),
		    linked(feed, element, "url"));
		return true;
	case FIELD_CONTAINER:
		if (row->space == SPACE_MEDIA)
			take_picture(feed, element, row);
		feed->container_depth = feed->depth;
		return true;
	case FIELD_PICTURE: take_picture(feed, element, row); return true;
	case FIELD_PERSON: start_person(feed, row); return true;
	case FIELD_SOURCE: feed->source_depth = feed->is_in_item ? feed->depth : 0; return true;
	default: return false;
	}
}

/* The root, and RSS's channel. */
static void
start_frame(struct feed *feed, const struct xml_element *element, enum feed_space space)
{
	bool is_own = space == own_space(feed->dialect);
	bool is_channel =
	    feed->dialect == FEED_RSS && is_own && str_equal_nocase(element->name, STR("channel"));

	if (feed->depth > 1 && !is_channel)
		return;
	feed->feed_base = element_base(feed, element);
	if (feed->depth == 1)
		feed->root_base = feed->feed_base;
	feed->channel_depth = feed->depth;
	if (is_channel || (feed->dialect == FEED_ATOM && is_own) ||
	    str_equal_nocase(element->name, STR("rss")))
		feed->has_feed = true;
	if (is_channel)
		take_link(feed, STR("alternate"), STR(""), STR(""), linked(feed, element, "href"));
}

/*
 * An element that belongs beside a field and not into it: the end of the field is missing, and the
 * parser goes on as if everything after it stood in it.
 */
static bool
is_misplaced_sibling(
    const struct feed *feed, const struct xml_element *element, const struct feed_row *row)
{
	bool is_open = feed->person_depth > 0 || (feed->field != NULL && !feed->is_opaque);
	if (!is_open || row == NULL || row->space == SPACE_XHTML)
		return false;
	/* HTML has links to style sheets. */
	if (row->space == SPACE_RSS && row->field == FIELD_LINK && element->attribute_count > 0)
		return false;
	return row->field <= FIELD_LAST_OF_ITEM;
}

static void
end_open(struct feed *feed)
{
	if (feed->field != NULL)
		end_field(feed);
	if (feed->person_depth > 0)
		end_person(feed);
	feed->sibling_depth = feed->depth;
}

static int
on_start(void *context, const struct xml_element *element, struct err *err)
{
	struct feed *feed = context;

	feed->depth++;
	if (feed->field != NULL && feed->is_opaque) {
		add_tag(feed, element, false);
		return 0;
	}
	enum feed_space space = space_of(feed, element->space);
	if (is_item(feed, space, element->name)) {
		if (feed->field != NULL)
			end_field(feed);
		return start_item(feed, element, err);
	}
	const struct feed_row *row = feed_row_of(space, element->name);
	if (is_misplaced_sibling(feed, element, row))
		end_open(feed);
	if (feed->field != NULL) {
		add_tag(feed, element, false);
		return 0;
	}
	if (!feed->is_in_item)
		start_frame(feed, element, space);
	if (row == NULL || !is_field_place(feed, row) || take_element(feed, element, row))
		return 0;
	start_field(feed, element, row);
	return 0;
}

static int
on_end(void *context, const struct xml_element *element, struct err *err)
{
	struct feed *feed = context;
	int depth = feed->depth--;

	if (feed->field != NULL && depth > feed->field_depth) {
		add_tag(feed, element, true);
		return 0;
	}
	if (feed->field != NULL)
		end_field(feed);
	if (depth == feed->person_depth)
		end_person(feed);
	if (depth == feed->source_depth)
		feed->source_depth = 0;
	if (depth == feed->container_depth)
		feed->container_depth = 0;
	if (feed->is_in_item && depth == feed->item_depth)
		return end_item(feed, err);
	if (!feed->is_in_item && depth == feed->channel_depth) {
		feed->channel_depth = 0;
		feed->feed_base = feed->root_base;
	}
	return 0;
}

static int
on_text(void *context, struct str text, struct err *err)
{
	struct feed *feed = context;
	(void)err;
	if (feed->field != NULL)
		add_text(feed, text);
	else if (feed->person_depth > 0)
		buf_add(&feed->person_text, text);
	return 0;
}

/* ---- the whole ---- */

static int
finish(struct feed *feed, struct err *err)
{
	/* The document was whole but badly nested: what is there is there. */
	if (feed->is_in_item) {
		if (feed->field != NULL)
			end_field(feed);
		if (feed->person_depth > 0)
			end_person(feed);
		if (end_item(feed, err) < 0)
			return -1;
	}
	if (!feed->has_feed)
		return err_set(err, EX_DATAERR, "no feed in it");
	return feed_channel_finish(&feed->channel, feed->reader, err);
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
		.root_base = str_from(reader->base_url),
		.feed_base = str_from(reader->base_url),
		.text = BUF_INIT(XML_TEXT_BYTES_MAX),
		.person_text = BUF_INIT(XML_TEXT_BYTES_MAX),
	};
	bool is_repaired;

	feed_channel_init(&feed.channel);
	int result = xml_read(input, reader->charset, &handler, &feed, &is_repaired, err);
	if (result == 0)
		result = finish(&feed, err);
	reader->listing.is_repaired = reader->listing.is_repaired || is_repaired;
	buf_release(&feed.person_text);
	buf_release(&feed.text);
	return result;
}

static int
score_of(enum feed_dialect dialect, struct str space, struct str root)
{
	enum feed_space vocabulary = space.len > 0 ? feed_space_of(space) : own_space(dialect);
	if (dialect == FEED_ATOM) {
		bool is_feed = str_equal_nocase(root, STR("feed"));
		if (vocabulary != SPACE_ATOM || (!is_feed && !str_equal_nocase(root, STR("entry"))))
			return 0;
		return space.len > 0 ? 90 : 70;
	}
	if (str_equal_nocase(root, STR("rss")))
		return 90;
	if (vocabulary == SPACE_RDF && str_equal_nocase(root, STR("RDF")))
		return 70;
	/* RSS 1.1, and its ancestor, the Channel Definition Format. */
	return vocabulary == SPACE_RSS && str_equal_nocase(root, STR("channel")) ? 60 : 0;
}

int
feed_sniff(struct str bytes, enum feed_dialect dialect)
{
	struct buf space = BUF_INIT(BUF_LIMIT), name = BUF_INIT(BUF_LIMIT);
	int score = 0;
	if (xml_root(bytes, &space, &name))
		score = score_of(dialect, buf_str(&space), buf_str(&name));
	buf_release(&name);
	buf_release(&space);
	return score;
}
