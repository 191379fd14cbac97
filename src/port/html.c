/*
 * HTML as events, by libxml2's HTML push parser. Plain text is html_text.c's, and what a page means
 * the caller's business.
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

/* Whether an event still counts: not after a stop, and in time. */
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

/* ---- before the parser ---- */

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

/* Passes one attribute, as the parser tells them apart; false after the last one. */
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

/* ---- the reading ---- */

/*
 * What it says of refused memory goes to standard error otherwise, past the parser's own handler.
 */
static void __attribute__((format(printf, 2, 3)))
ignore_message(void *context, const char *format, ...)
{
	(void)context;
	(void)format;
}

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
	xmlSetGenericErrorFunc(NULL, ignore_message);
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

/* ---- one attribute ---- */

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
