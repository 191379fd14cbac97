/*
 * OPML (opml.org/spec2.opml): the feeds that other readers know, and ours for them. Which of them
 * become sources is for the caller to say.
 */
#include "provider.h"

#include "digest/input.h"
#include "digest/unicode.h"
#include "digest/xml.h"

struct reading {
	struct arena *arena;
	struct source_feed *feeds;
	size_t count;
	bool is_opml;
};

/* What an attribute says on one line. */
static struct str
take(struct reading *reading, const struct xml_element *element, const char *name)
{
	return entry_text_line(reading->arena, xml_attribute(element, "", name));
}

static int
on_start(void *context, const struct xml_element *element, struct err *err)
{
	struct reading *reading = context;
	struct str url, title;

	(void)err;
	if (str_equal_nocase(element->name, STR("opml")))
		reading->is_opml = true;
	if (!str_equal_nocase(element->name, STR("outline")))
		return 0;
	/* Some write xmlurl; an outline without it is a folder. */
	url = take(reading, element, "xmlUrl");
	if (url.len == 0)
		url = take(reading, element, "xmlurl");
	if (url.len == 0)
		return 0;
	title = take(reading, element, "title");
	if (title.len == 0)
		title = take(reading, element, "text");
	reading->feeds =
	    arena_grow(reading->arena, reading->feeds, &reading->count, sizeof(reading->feeds[0]));
	reading->feeds[reading->count - 1] = (struct source_feed){ title, url };
	return 0;
}

static int
on_end(void *context, const struct xml_element *element, struct err *err)
{
	(void)context, (void)element, (void)err;
	return 0;
}

static int
on_text(void *context, struct str text, struct err *err)
{
	(void)context, (void)text, (void)err;
	return 0;
}

int
source_read_opml(struct input *input, struct arena *arena, struct source_feed **feeds,
    size_t *count, struct err *err)
{
	static const struct xml_handler handler = { on_start, on_end, on_text };
	struct reading reading = { .arena = arena };
	bool is_repaired;

	if (xml_read(input, NULL, &handler, &reading, &is_repaired, err) < 0)
		return -1;
	if (!reading.is_opml)
		return err_set(err, EX_DATAERR, "no OPML");
	*feeds = reading.feeds;
	*count = reading.count;
	return 0;
}

/* ---- writing ---- */

static void
add_attribute(struct buf *out, const char *name, struct str value)
{
	struct buf clean = BUF_INIT(BUF_LIMIT);

	unicode_add_clean(&clean, value);
	for (size_t i = 0; i < clean.len; i++) {
		if ((unsigned char)clean.ptr[i] < ' ')
			clean.ptr[i] = ' ';
	}
	buf_addf(out, " %s=\"", name);
	buf_add_markup(out, buf_str(&clean));
	buf_add_char(out, '"');
	buf_release(&clean);
}

void
source_write_opml(const struct source *sources, size_t count, struct str title, struct buf *out)
{
	buf_add_string(out,
	    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<opml version=\"2.0\">\n  <head><title>");
	buf_add(out, title);
	buf_add_string(out, "</title></head>\n  <body>\n");
	for (size_t i = 0; i < count; i++) {
		struct buf url = BUF_INIT(BUF_LIMIT);
		if (sources[i].provider->feed_url != NULL)
			sources[i].provider->feed_url(sources[i].settings, &url);
		if (url.len > 0) {
			buf_add_string(out, "    <outline type=\"rss\"");
			add_attribute(out, "text", str_from(sources[i].title));
			add_attribute(out, "xmlUrl", buf_str(&url));
			buf_add_string(out, "/>\n");
		}
		buf_release(&url);
	}
	buf_add_string(out, "  </body>\n</opml>\n");
}
