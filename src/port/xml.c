/*
 * XML as events, by libxml2's push parser in recovering mode. The text it parses has been mended
 * before (xml_text.c); here are the ceilings and what "repaired" and "cut off" mean. It loads
 * nothing and never uses NOENT, DTDLOAD or HUGE.
 */
#include "digest/xml.h"

#include "digest/clock.h"
#include "digest/mem.h"
#include "xml_text.h"

#include <libxml/parser.h>
#include <libxml/uri.h>
#include <stdio.h>
#include <string.h>

enum { CHUNK_BYTES = 256 << 10, URL_BYTES_MAX = 8192 };

/* How far the root is looked for: nearly always it stands at the very front. */
enum { ROOT_NEAR_BYTES = 2 << 10, ROOT_FAR_BYTES = 64 << 10 };

struct run {
	const struct xml_handler *handler;
	void *context;
	struct err *err;
	xmlParserCtxtPtr parser;
	int result; /* what stopped the reading, or 0 */
	int depth;
	size_t text_len; /* since the last tag */
	bool has_root, is_repaired;
	struct buf root; /* the root's qualified name */
	struct buf scratch; /* attribute values that had to be decoded */
	struct xml_attribute attributes[XML_ATTRIBUTES_MAX];
	long end; /* where the root ended while more followed; else -1 */
	int fault_line; /* the first thing that was wrong, for messages */
	char fault[160];
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

static void __attribute__((format(printf, 2, 3))) refuse(struct run *run, const char *format, ...)
{
	va_list args;
	if (run->result != 0)
		return;
	va_start(args, format);
	err_setv(run->err, EX_DATAERR, format, args);
	va_end(args);
	stop(run, -1);
}

static struct str
space_of(const xmlChar *prefix, const xmlChar *uri)
{
	return text_of(uri != NULL ? uri : prefix);
}

/*
 * Without NOENT, libxml2 leaves an ampersand in an attribute value as "&#38;" (and nothing else).
 * The scratch has room for all of the element's values.
 */
static struct str
attribute_value(struct run *run, struct str raw)
{
	ptrdiff_t at = str_find(raw, STR("&#38;"));
	if (at < 0)
		return raw;
	size_t start = run->scratch.len;
	for (; at >= 0; at = str_find(raw, STR("&#38;"))) {
		buf_add(&run->scratch, str_head(raw, (size_t)at + 1));
		raw = str_skip(raw, (size_t)at + strlen("&#38;"));
	}
	buf_add(&run->scratch, raw);
	return str_skip(buf_str(&run->scratch), start);
}

/* libxml2 gives five pointers an attribute: name, prefix, URI, start and end of the value. */
static size_t
collect_attributes(struct run *run, int count, const xmlChar **given)
{
	size_t total = 0;
	buf_reset(&run->scratch);
	for (int i = 0; i < count; i++)
		total += (size_t)(given[i * 5 + 4] - given[i * 5 + 3]);
	buf_add_repeat(&run->scratch, ' ', total);
	buf_cut(&run->scratch, 0);

	size_t kept = 0;
	for (int i = 0; i < count && kept < XML_ATTRIBUTES_MAX; i++) {
		const xmlChar **five = given + (ptrdiff_t)i * 5;
		struct str raw = { (const char *)five[3], (size_t)(five[4] - five[3]) };
		run->attributes[kept++] = (struct xml_attribute){
			.space = space_of(five[1], five[2]),
			.name = text_of(five[0]),
			.value = attribute_value(run, raw),
		};
	}
	return kept;
}

static void
on_start(void *data, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
    int namespace_count, const xmlChar **namespaces, int attribute_count, int defaulted_count,
    const xmlChar **attributes)
{
	(void)namespace_count, (void)namespaces, (void)defaulted_count;
	struct run *run = data;
	if (run->result != 0)
		return;
	run->text_len = 0;
	if (++run->depth > XML_DEPTH_MAX) {
		refuse(run, "elements are nested more than %d deep", XML_DEPTH_MAX);
		return;
	}
	if (!run->has_root) {
		run->has_root = true;
		if (prefix != NULL)
			buf_addf(&run->root, "%s:", (const char *)prefix);
		buf_add(&run->root, text_of(name));
	}
	struct xml_element element = {
		.space = space_of(prefix, uri),
		.name = text_of(name),
		.attributes = run->attributes,
		.attribute_count = collect_attributes(run, attribute_count, attributes),
	};
	int result = run->handler->start(run->context, &element, run->err);
	if (result != 0)
		stop(run, result);
}

static void
on_end(void *data, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
	struct run *run = data;
	if (run->result != 0)
		return;
	run->text_len = 0;
	run->depth--;
	struct xml_element element = { .space = space_of(prefix, uri), .name = text_of(name) };
	int result = run->handler->end(run->context, &element, run->err);
	if (result != 0)
		stop(run, result);
}

static void
on_text(void *data, const xmlChar *text, int len)
{
	struct run *run = data;
	if (run->result != 0)
		return;
	run->text_len += (size_t)len;
	if (run->text_len > XML_TEXT_BYTES_MAX) {
		refuse(run, "more than %d MiB of text in one element", XML_TEXT_BYTES_MAX >> 20);
		return;
	}
	int result = run->handler->text(
	    run->context, (struct str){ (const char *)text, (size_t)len }, run->err);
	if (result != 0)
		stop(run, result);
}

/* Entities are how one kilobyte becomes a gigabyte, or a file of this machine. */
static void
on_entity(void *data, const xmlChar *name, int type, const xmlChar *public_id,
    const xmlChar *system_id, xmlChar *content)
{
	(void)name, (void)type, (void)public_id, (void)system_id, (void)content;
	refuse(data, "declares XML entities; refused");
}

static void
on_attribute_declaration(void *data, const xmlChar *element, const xmlChar *name, int type,
    int default_kind, const xmlChar *default_value, xmlEnumerationPtr values)
{
	(void)element, (void)name, (void)type, (void)default_kind, (void)default_value;
	xmlFreeEnumeration(values);
	refuse(data, "declares XML attributes; refused");
}

static void
on_error(void *data, xmlErrorPtr error)
{
	struct run *run = data;
	if (error->level == XML_ERR_WARNING)
		return;
	run->is_repaired = true;
	if (error->code == XML_ERR_DOCUMENT_END && run->depth == 0)
		run->end = xmlByteConsumed(run->parser);
	if (run->fault[0] != '\0' || error->message == NULL)
		return;
	struct str message = str_trim(str_from(error->message));
	run->fault_line = error->line;
	snprintf(run->fault, sizeof(run->fault), "%.*s", STR_ARG(message));
}

/* --- before the parser -------------------------------------------------------------------------- */

static size_t
space_len(struct str text)
{
	size_t n = 0;
	while (n < text.len && str_is_space(text.ptr[n]))
		n++;
	return n;
}

/* The bytes of a name at the front, or of what stands in its place. */
static size_t
name_len(struct str text)
{
	static const bool ends_name[256] = {
		[' '] = true,
		['\t' ... '\r'] = true,
		['='] = true,
		['/'] = true,
		['<'] = true,
		['>'] = true,
		['"'] = true,
		['\''] = true,
	};
	size_t n = 0;
	while (n < text.len && !ends_name[(unsigned char)text.ptr[n]])
		n++;
	return n;
}

/*
 * Passes one attribute of a start tag; false behind the last one. Never passes a '<', where the
 * parser would stop too, so nothing is looked at twice.
 */
static bool
pass_attribute(struct str *rest)
{
	struct str text = str_skip(*rest, space_len(*rest));
	size_t name = name_len(text);
	if (name == 0)
		return false;
	text = str_skip(text, name);
	text = str_skip(text, space_len(text));
	if (!str_starts(text, "="))
		return false;
	text = str_skip(text, 1);
	text = str_skip(text, space_len(text));
	if (text.len == 0 || (text.ptr[0] != '"' && text.ptr[0] != '\''))
		return false;
	size_t at = 1;
	while (at < text.len && text.ptr[at] != text.ptr[0] && text.ptr[at] != '<')
		at++;
	if (at == text.len || text.ptr[at] == '<')
		return false;
	*rest = str_skip(text, at + 1);
	return true;
}

/*
 * The parser compares each attribute of a tag with all others and calls nobody meanwhile: what would
 * keep it busy for hours must not get to it.
 */
static bool
has_sane_tags(struct str text)
{
	ptrdiff_t at;
	while ((at = str_find_char(text, '<')) >= 0) {
		text = str_skip(text, (size_t)at + 1);
		struct str rest = str_skip(text, name_len(text));
		int count = 0;
		while (pass_attribute(&rest)) {
			if (++count > XML_ATTRIBUTES_MAX)
				return false;
		}
	}
	return true;
}

/* --- the reading -------------------------------------------------------------------------------- */

static xmlParserCtxtPtr
new_parser(struct run *run)
{
	xmlSAXHandler sax = {
		.initialized = XML_SAX2_MAGIC,
		.startElementNs = on_start,
		.endElementNs = on_end,
		.characters = on_text,
		.ignorableWhitespace = on_text,
		.cdataBlock = on_text,
		.entityDecl = on_entity,
		.attributeDecl = on_attribute_declaration,
		.serror = on_error,
	};
	xmlInitParser();
	xmlParserCtxtPtr parser = xmlCreatePushParserCtxt(&sax, run, NULL, 0, NULL);
	if (parser == NULL)
		mem_die();
	xmlCtxtUseOptions(parser, XML_PARSE_RECOVER | XML_PARSE_NONET);
	return parser;
}

static void
push(struct run *run, struct str text)
{
	int64_t deadline = clock_monotonic_ms() + XML_WALL_MS;
	while (text.len > 0 && run->parser->disableSAX == 0) {
		struct str chunk = str_head(text, CHUNK_BYTES);
		xmlParseChunk(run->parser, chunk.ptr, (int)chunk.len, 0);
		text = str_skip(text, chunk.len);
		if (clock_monotonic_ms() > deadline)
			refuse(run, "takes more than %d seconds to read", XML_WALL_MS / 1000);
	}
	if (run->parser->disableSAX == 0)
		xmlParseChunk(run->parser, "", 0, 1);
}

/* Whether the text ends with the end tag of the root: then nothing of it is missing. */
static bool
ends_with_root(const struct run *run, struct str text)
{
	text = str_trim(text);
	if (!str_ends(text, ">"))
		return false;
	text = str_trim(str_head(text, text.len - 1));
	return str_ends(text, run->root.ptr) &&
	    str_ends(str_head(text, text.len - run->root.len), "</");
}

static bool
has_start_tag(struct str text)
{
	ptrdiff_t at;
	while ((at = str_find_char(text, '<')) >= 0) {
		text = str_skip(text, (size_t)at + 1);
		if (text.len > 0 && str_is_alpha(text.ptr[0]))
			return true;
	}
	return false;
}

/* What the end of the parsing means. */
static int
verdict(struct run *run, struct str text)
{
	if (run->result != 0)
		return run->result;
	if (run->parser->errNo == XML_ERR_NO_MEMORY)
		mem_die();
	const char *fault = run->fault[0] != '\0' ? run->fault : "not well-formed";
	if (!run->has_root)
		return err_set(run->err, EX_DATAERR, "not XML: %s", fault);

	/* Stopped before the end: behind the root only, or in the middle. */
	if (run->parser->disableSAX != 0) {
		if (run->end >= 0 && !has_start_tag(str_skip(text, (size_t)run->end)))
			return 0;
		return err_set(
		    run->err, EX_DATAERR, "damaged XML, line %d: %s", run->fault_line, fault);
	}
	if (run->depth > 0 && !ends_with_root(run, text))
		return err_set(
		    run->err, EX_DATAERR, "cut off: it ends inside of <%s>", run->root.ptr);
	return 0;
}

static int
read_text(struct str text, const struct xml_handler *handler, void *context, bool *is_repaired,
    struct err *err)
{
	if (!has_sane_tags(text))
		return err_set(
		    err, EX_DATAERR, "an element has more than %d attributes", XML_ATTRIBUTES_MAX);
	struct run *run = mem_alloc(sizeof(*run));
	run->handler = handler;
	run->context = context;
	run->err = err;
	run->end = -1;
	run->root = BUF_INIT(BUF_LIMIT);
	run->scratch = BUF_INIT(XML_BYTES_MAX);
	run->parser = new_parser(run);
	push(run, text);
	int result = verdict(run, text);
	*is_repaired = *is_repaired || run->is_repaired;
	/* libxml2 makes a document of its own for declarations, whatever the handlers are. */
	xmlFreeDoc(run->parser->myDoc);
	xmlFreeParserCtxt(run->parser);
	buf_release(&run->scratch);
	buf_release(&run->root);
	mem_free(run);
	return result;
}

int
xml_read(struct input *input, const char *charset, const struct xml_handler *handler,
    void *context, bool *is_repaired, struct err *err)
{
	struct xml_text text;
	struct str bytes;
	(void)charset;
	if (input_whole(input, &bytes, err) < 0)
		return -1;
	*is_repaired = false;
	if (xml_text_init(&text, bytes, err) < 0)
		return -1;
	*is_repaired = text.is_repaired;
	int result;
	if (text.is_cut)
		result = err_set(
		    err, EX_DATAERR, "cut off: it ends inside of a CDATA section or comment");
	else
		result = read_text(text.text, handler, context, is_repaired, err);
	xml_text_release(&text);
	return result;
}

struct str
xml_attribute(const struct xml_element *element, const char *space, const char *name)
{
	for (size_t i = 0; i < element->attribute_count; i++) {
		const struct xml_attribute *attribute = &element->attributes[i];
		if (str_is(attribute->name, name) && str_is(attribute->space, space))
			return attribute->value;
	}
	return STR("");
}

/* --- the root alone ----------------------------------------------------------------------------- */

struct root {
	struct buf *space, *name;
};

static int
on_root(void *context, const struct xml_element *element, struct err *err)
{
	(void)err;
	struct root *root = context;
	buf_add(root->space, element->space);
	buf_add(root->name, element->name);
	return 1;
}

static int
ignore_end(void *context, const struct xml_element *element, struct err *err)
{
	(void)context, (void)element, (void)err;
	return 0;
}

static int
ignore_text(void *context, struct str text, struct err *err)
{
	(void)context, (void)text, (void)err;
	return 0;
}

static bool
find_root(struct str bytes, struct buf *space, struct buf *name)
{
	static const struct xml_handler handler = {
		.start = on_root,
		.end = ignore_end,
		.text = ignore_text,
	};
	struct root root = { space, name };
	struct err err = ERR_NONE;
	struct xml_text text;
	bool is_repaired = false;
	if (xml_text_init(&text, bytes, &err) < 0)
		return false;
	int result = read_text(text.text, &handler, &root, &is_repaired, &err);
	xml_text_release(&text);
	return result == 1;
}

bool
xml_root(struct str bytes, struct buf *space, struct buf *name)
{
	if (find_root(str_head(bytes, ROOT_NEAR_BYTES), space, name))
		return true;
	return bytes.len > ROOT_NEAR_BYTES &&
	    find_root(str_head(bytes, ROOT_FAR_BYTES), space, name);
}

/* --- URLs --------------------------------------------------------------------------------------- */

int
xml_resolve(struct buf *out, struct str base, struct str reference)
{
	if (base.len > URL_BYTES_MAX || reference.len > URL_BYTES_MAX)
		return -1;
	struct buf base_text = BUF_INIT(URL_BYTES_MAX), reference_text = BUF_INIT(URL_BYTES_MAX);
	buf_add(&base_text, base);
	buf_add(&reference_text, str_trim(reference));
	/* Blanks and letters beyond ASCII are escaped, what is reserved or escaped already is not. */
	xmlChar *escaped = xmlURIEscapeStr(
	    (const xmlChar *)reference_text.ptr, (const xmlChar *)"%:/?#[]@!$&'()*+,;=~");
	xmlChar *resolved = escaped == NULL
	    ? NULL
	    : xmlBuildURI(escaped, (const xmlChar *)(base.len > 0 ? base_text.ptr : NULL));
	if (resolved != NULL)
		buf_add(out, text_of(resolved));
	int result = resolved != NULL && !buf_has_failed(out) ? 0 : -1;
	xmlFree(resolved);
	xmlFree(escaped);
	buf_release(&base_text);
	buf_release(&reference_text);
	return result;
}
