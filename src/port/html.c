/*
 * HTML as events and as plain text, by libxml2's HTML push parser. What a page means is the
 * caller's business.
 */
#include "digest/html.h"

#include "digest/clock.h"
#include "digest/mem.h"
#include "digest/unicode.h"

#include <libxml/HTMLparser.h>
#include <string.h>

enum { DEPTH_MAX = 256, ATTRIBUTES_MAX = 512, WALL_MS = 10000, EVENTS_PER_LOOK = 256 };

#define INPUT_MAX ((size_t)INT32_MAX)

struct run {
	const struct html_handler *handler;
	void *context;
	htmlParserCtxtPtr parser;
	int result;
	int depth;
	unsigned events;
	int64_t deadline;
	struct html_attribute attributes[ATTRIBUTES_MAX];
};

static struct str
text_of(const xmlChar *text)
{
	return str_from((const char *)text);
}

static void
stop(struct run *run, int result)
{
	run->result = result;
	xmlStopParser(run->parser);
}

static bool
is_stopped(const struct run *run)
{
	return run->parser->disableSAX != 0;
}

/* Whether an event still counts: not behind a stop, and in time. */
static bool
goes_on(struct run *run)
{
	if (is_stopped(run))
		return false;
	if (++run->events % EVENTS_PER_LOOK == 0 && clock_monotonic_ms() > run->deadline) {
		stop(run, 0);
		return false;
	}
	return true;
}

static void
on_start(void *data, const xmlChar *name, const xmlChar **attributes)
{
	struct run *run = data;
	if (!goes_on(run))
		return;
	if (++run->depth > DEPTH_MAX) {
		stop(run, 0);
		return;
	}
	struct html_element element = { .name = text_of(name), .attributes = run->attributes };
	for (; attributes != NULL && attributes[0] != NULL; attributes += 2) {
		if (element.attribute_count == ATTRIBUTES_MAX)
			break;
		run->attributes[element.attribute_count++] = (struct html_attribute){
			.name = text_of(attributes[0]),
			.value = text_of(attributes[1]),
		};
	}
	int result = run->handler->start(run->context, &element);
	if (result != 0)
		stop(run, result);
}

static void
on_end(void *data, const xmlChar *name)
{
	struct run *run = data;
	if (!goes_on(run))
		return;
	run->depth--;
	int result = run->handler->end(run->context, text_of(name));
	if (result != 0)
		stop(run, result);
}

static void
on_text(void *data, const xmlChar *text, int len)
{
	struct run *run = data;
	if (!goes_on(run))
		return;
	int result =
	    run->handler->text(run->context, (struct str){ (const char *)text, (size_t)len });
	if (result != 0)
		stop(run, result);
}

/* Scripts and styles. */
static void
ignore_data(void *data, const xmlChar *text, int len)
{
	(void)data, (void)text, (void)len;
}

static void
ignore_error(void *data, xmlErrorPtr error)
{
	(void)data, (void)error;
}

/* --- before the parser -------------------------------------------------------------------------- */

/*
 * Where the next of some characters is. The answer is kept, so that however often one asks while
 * going on through a page, each byte is looked at once.
 */
struct finder {
	const char *stops;
	bool stops_at_space;
	const char *from, *at;
};

static size_t
find(struct finder *finder, struct str text)
{
	if (text.len == 0)
		return 0;
	if (finder->from == NULL || text.ptr < finder->from || text.ptr > finder->at) {
		const char *at = text.ptr, *end = text.ptr + text.len;
		while (at < end && strchr(finder->stops, *at) == NULL &&
		    !(finder->stops_at_space && str_is_space(*at)))
			at++;
		finder->from = text.ptr;
		finder->at = at;
	}
	return (size_t)(finder->at - text.ptr);
}

/* What ends a part of a tag. */
struct finders {
	struct finder name, value, double_quoted, single_quoted;
};

static struct str
skip_space(struct str text)
{
	size_t at = 0;
	while (at < text.len && str_is_space(text.ptr[at]))
		at++;
	return str_skip(text, at);
}

/* Passes one attribute, as the parser tells them apart; false behind the last one. */
static bool
pass_attribute(struct str *rest, struct finders *finders)
{
	struct str text = skip_space(*rest);
	if (text.len == 0 || text.ptr[0] == '>')
		return false;
	size_t len = find(&finders->name, text);
	*rest = str_skip(text, len > 0 ? len : 1);
	struct str value = skip_space(*rest);
	if (len == 0 || !str_starts(value, "="))
		return true;
	value = skip_space(str_skip(value, 1));
	if (str_starts(value, "\""))
		*rest = str_skip(value, find(&finders->double_quoted, str_skip(value, 1)) + 2);
	else if (str_starts(value, "'"))
		*rest = str_skip(value, find(&finders->single_quoted, str_skip(value, 1)) + 2);
	else
		*rest = str_skip(value, find(&finders->value, value));
	return true;
}

/*
 * The page up to the first tag with more attributes than any honest one: the parser compares each
 * with all others, and calls nobody meanwhile. A '<' that starts no tag may be taken for one here,
 * never the other way round.
 */
static struct str
sane_part(struct str page, int64_t deadline)
{
	struct finders finders = {
		.name = { .stops = "=>", .stops_at_space = true },
		.value = { .stops = ">", .stops_at_space = true },
		.double_quoted = { .stops = "\"" },
		.single_quoted = { .stops = "'" },
	};
	struct str rest = page;
	unsigned tags = 0;
	ptrdiff_t at;
	while ((at = str_find_char(rest, '<')) >= 0) {
		rest = str_skip(rest, (size_t)at + 1);
		if (rest.len == 0 || !str_is_alpha(rest.ptr[0]))
			continue;
		struct str tag = str_skip(rest, find(&finders.value, rest));
		int count = 0;
		while (count <= ATTRIBUTES_MAX && pass_attribute(&tag, &finders))
			count++;
		bool is_late = ++tags % EVENTS_PER_LOOK == 0 && clock_monotonic_ms() > deadline;
		if (count > ATTRIBUTES_MAX || is_late)
			return str_head(page, (size_t)(rest.ptr - page.ptr) - 1);
	}
	return page;
}

/* --- the reading -------------------------------------------------------------------------------- */

static void
parse(struct run *run, struct str page)
{
	xmlSAXHandler sax = {
		.initialized = XML_SAX2_MAGIC,
		.startElement = on_start,
		.endElement = on_end,
		.characters = on_text,
		.ignorableWhitespace = on_text,
		.cdataBlock = ignore_data,
		.serror = ignore_error,
	};
	xmlInitParser();
	run->parser = htmlCreatePushParserCtxt(&sax, run, NULL, 0, NULL, XML_CHAR_ENCODING_UTF8);
	if (run->parser == NULL)
		mem_die();
	htmlCtxtUseOptions(run->parser,
	    HTML_PARSE_RECOVER | HTML_PARSE_NONET | HTML_PARSE_IGNORE_ENC | HTML_PARSE_NODEFDTD);
	htmlParseChunk(run->parser, page.ptr, (int)page.len, 1);
	xmlFreeDoc(run->parser->myDoc);
	htmlFreeParserCtxt(run->parser);
}

int
html_read(struct str page, const struct html_handler *handler, void *context)
{
	struct buf clean = BUF_INIT(INPUT_MAX);
	page = str_head(page, INPUT_MAX);
	/* At a byte that is no UTF-8 the parser would guess anew, at NUL it would stop. */
	if (!unicode_is_valid(page) || str_find_char(page, '\0') >= 0) {
		unicode_add_clean(&clean, page);
		page = buf_str(&clean);
	}
	struct run *run = mem_alloc(sizeof(*run));
	run->handler = handler;
	run->context = context;
	run->deadline = clock_monotonic_ms() + WALL_MS;
	page = sane_part(page, run->deadline);
	if (page.len > 0)
		parse(run, page);
	int result = run->result;
	mem_free(run);
	buf_release(&clean);
	return result;
}

struct str
html_attribute(const struct html_element *element, const char *name)
{
	for (size_t i = 0; i < element->attribute_count; i++) {
		if (str_is(element->attributes[i].name, name))
			return element->attributes[i].value;
	}
	return STR("");
}

/* --- plain text --------------------------------------------------------------------------------- */

/* How an element stands in plain text. Those that are not here are part of the line. */
enum layout { LAYOUT_INLINE, LAYOUT_BLOCK, LAYOUT_ITEM, LAYOUT_BREAK, LAYOUT_CELL, LAYOUT_HIDDEN };

static const struct {
	const char *name;
	enum layout layout;
} layouts[] = {
	{ "address", LAYOUT_BLOCK },
	{ "article", LAYOUT_BLOCK },
	{ "aside", LAYOUT_BLOCK },
	{ "audio", LAYOUT_HIDDEN },
	{ "blockquote", LAYOUT_BLOCK },
	{ "br", LAYOUT_BREAK },
	{ "dd", LAYOUT_BLOCK },
	{ "div", LAYOUT_BLOCK },
	{ "dl", LAYOUT_BLOCK },
	{ "dt", LAYOUT_BLOCK },
	{ "fieldset", LAYOUT_BLOCK },
	{ "figcaption", LAYOUT_BLOCK },
	{ "figure", LAYOUT_BLOCK },
	{ "footer", LAYOUT_BLOCK },
	{ "form", LAYOUT_BLOCK },
	{ "h1", LAYOUT_BLOCK },
	{ "h2", LAYOUT_BLOCK },
	{ "h3", LAYOUT_BLOCK },
	{ "h4", LAYOUT_BLOCK },
	{ "h5", LAYOUT_BLOCK },
	{ "h6", LAYOUT_BLOCK },
	{ "head", LAYOUT_HIDDEN },
	{ "header", LAYOUT_BLOCK },
	{ "hr", LAYOUT_BLOCK },
	{ "iframe", LAYOUT_HIDDEN },
	{ "li", LAYOUT_ITEM },
	{ "main", LAYOUT_BLOCK },
	{ "nav", LAYOUT_BLOCK },
	{ "object", LAYOUT_HIDDEN },
	{ "ol", LAYOUT_BLOCK },
	{ "p", LAYOUT_BLOCK },
	{ "pre", LAYOUT_BLOCK },
	{ "script", LAYOUT_HIDDEN },
	{ "section", LAYOUT_BLOCK },
	{ "style", LAYOUT_HIDDEN },
	{ "svg", LAYOUT_HIDDEN },
	{ "table", LAYOUT_BLOCK },
	{ "td", LAYOUT_CELL },
	{ "template", LAYOUT_HIDDEN },
	{ "th", LAYOUT_CELL },
	{ "title", LAYOUT_HIDDEN },
	{ "tr", LAYOUT_BLOCK },
	{ "ul", LAYOUT_BLOCK },
	{ "video", LAYOUT_HIDDEN },
};

struct plain {
	struct buf *out;
	size_t start; /* where our text begins in `out` */
	int hidden; /* open elements whose content is no text */
	/* What stands between the text so far and the next word. */
	bool has_space, has_break, has_blank_line;
};

static enum layout
layout_of(struct str name)
{
	for (size_t i = 0; i < sizeof(layouts) / sizeof(*layouts); i++) {
		if (str_is(name, layouts[i].name))
			return layouts[i].layout;
	}
	return LAYOUT_INLINE;
}

/* Writes what has to stand before the next word. */
static void
separate(struct plain *plain)
{
	if (plain->out->len > plain->start) {
		if (plain->has_blank_line)
			buf_add_string(plain->out, "\n\n");
		else if (plain->has_break)
			buf_add_char(plain->out, '\n');
		else if (plain->has_space)
			buf_add_char(plain->out, ' ');
	}
	plain->has_space = plain->has_break = plain->has_blank_line = false;
}

static int
plain_start(void *context, const struct html_element *element)
{
	struct plain *plain = context;
	switch (layout_of(element->name)) {
	case LAYOUT_HIDDEN: plain->hidden++; break;
	case LAYOUT_BLOCK: plain->has_blank_line = true; break;
	case LAYOUT_CELL: plain->has_space = true; break;
	case LAYOUT_BREAK:
		plain->has_blank_line = plain->has_blank_line || plain->has_break;
		plain->has_break = true;
		break;
	case LAYOUT_ITEM:
		if (plain->hidden > 0)
			break;
		plain->has_blank_line = true;
		separate(plain);
		buf_add_char(plain->out, '-');
		plain->has_space = true;
		break;
	case LAYOUT_INLINE: break;
	}
	return 0;
}

static int
plain_end(void *context, struct str name)
{
	struct plain *plain = context;
	switch (layout_of(name)) {
	case LAYOUT_HIDDEN:
		if (plain->hidden > 0)
			plain->hidden--;
		break;
	case LAYOUT_BLOCK:
	case LAYOUT_ITEM: plain->has_blank_line = true; break;
	case LAYOUT_CELL: plain->has_space = true; break;
	case LAYOUT_BREAK:
	case LAYOUT_INLINE: break;
	}
	return 0;
}

static int
plain_text(void *context, struct str text)
{
	struct plain *plain = context;
	struct str word;
	if (plain->hidden > 0 || text.len == 0)
		return 0;
	if (str_is_space(text.ptr[0]))
		plain->has_space = true;
	bool ends_in_space = str_is_space(text.ptr[text.len - 1]);
	for (bool is_first = true; str_next_word(&text, &word); is_first = false) {
		if (!is_first)
			plain->has_space = true;
		separate(plain);
		buf_add(plain->out, word);
	}
	if (ends_in_space)
		plain->has_space = true;
	return buf_has_failed(plain->out) ? 1 : 0;
}

void
html_add_text(struct buf *out, struct str fragment)
{
	static const struct html_handler handler = {
		.start = plain_start,
		.end = plain_end,
		.text = plain_text,
	};
	struct plain plain = { .out = out, .start = out->len };
	html_read(fragment, &handler, &plain);
}

/* Whether `text` (behind a '<') goes on like a tag that HTML knows. */
static bool
is_tag(struct str text)
{
	char name[16] = "";
	if (str_starts(text, "/"))
		text = str_skip(text, 1);
	size_t len = 0;
	for (; len < text.len && len < sizeof(name) - 1 && str_is_alnum(text.ptr[len]); len++)
		name[len] = str_lower_char(text.ptr[len]);
	if (len == 0 || len == text.len || htmlTagLookup((const xmlChar *)name) == NULL)
		return false;
	struct str rest = skip_space(str_skip(text, len));
	if (str_starts(rest, ">") || str_starts(rest, "/>"))
		return true;
	/* "a<b and c>d" is no tag: an attribute has a value. */
	size_t word = 0;
	while (word < rest.len && (str_is_alnum(rest.ptr[word]) || rest.ptr[word] == '-'))
		word++;
	return str_is_space(text.ptr[len]) && word > 0 &&
	    str_starts(skip_space(str_skip(rest, word)), "=");
}

/* Whether `text` (behind a '&') goes on like a character reference. */
static bool
is_reference(struct str text)
{
	ptrdiff_t end = str_find_char(str_head(text, 16), ';');
	if (end < 1)
		return false;
	char name[16] = "";
	memcpy(name, text.ptr, (size_t)end);
	return name[0] == '#' || htmlEntityLookup((const xmlChar *)name) != NULL;
}

bool
html_is_markup(struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] != '<' && text.ptr[i] != '&')
			continue;
		struct str rest = str_skip(text, i + 1);
		if ((text.ptr[i] == '<' && is_tag(rest)) ||
		    (text.ptr[i] == '&' && is_reference(rest)))
			return true;
	}
	return false;
}

/* --- one attribute ------------------------------------------------------------------------------ */

struct wanted {
	struct buf *out;
	const char *name, *value, *attribute;
};

static int
wanted_start(void *context, const struct html_element *element)
{
	const struct wanted *wanted = context;
	if (!str_is(html_attribute(element, wanted->name), wanted->value))
		return 0;
	buf_add(wanted->out, html_attribute(element, wanted->attribute));
	return 1;
}

static int
ignore_end(void *context, struct str name)
{
	(void)context, (void)name;
	return 0;
}

static int
ignore_text(void *context, struct str text)
{
	(void)context, (void)text;
	return 0;
}

bool
html_find_attribute(
    struct buf *out, struct str page, const char *name, const char *value, const char *wanted)
{
	static const struct html_handler handler = {
		.start = wanted_start,
		.end = ignore_end,
		.text = ignore_text,
	};
	struct wanted search = { out, name, value, wanted };
	return html_read(page, &handler, &search) == 1;
}
