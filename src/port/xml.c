/*
 * XML as events. Plain documents are read by xml_plain.c. For others, libxml2's push parser reads them
 * from the beginning in recovering mode, and the events that were given already are not given again;
 * the text it parses has been decoded and mended before (xml_decode.c, xml_mend.c). Here are ceilings
 * and what "repaired" and "cut off" mean. It loads nothing and never uses NOENT, DTDLOAD or HUGE.
 */
#include "digest/xml.h"

#include "digest/clock.h"
#include "digest/mem.h"
#include "xml_decode.h"
#include "xml_mend.h"
#include "xml_plain.h"

#include <libxml/parser.h>
#include <libxml/uri.h>
#include <stdio.h>
#include <string.h>

enum { URL_BYTES_MAX = 8192 };

/* How far the root is looked for: nearly always it stands at the very front. */
enum { ROOT_NEAR_BYTES = 2 << 10, ROOT_FAR_BYTES = 64 << 10 };

struct run {
	const struct xml_handler *handler;
	void *context;
	struct err *err;
	xmlParserCtxtPtr parser; /* NULL while the document is plain */
	int64_t start_ms, len; /* when it began, and how much was read */
	struct xml_given given; /* events that need not be given again */
	int result; /* what stopped the reading, or 0 */
	int depth;
	size_t text_len; /* since the last tag */
	bool has_root, is_repaired;
	struct buf root; /* the root's qualified name */
	struct buf scratch; /* attribute values that had to be decoded */
	struct xml_attribute attributes[XML_ATTRIBUTES_MAX];
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
	if (run->parser != NULL)
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

/* Whether the handler has had this tag already. */
static bool
was_given(struct run *run)
{
	if (run->given.tags == 0)
		return false;
	run->given.tags--;
	return true;
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
	run->depth++;
	if (!run->has_root) {
		run->has_root = true;
		if (prefix != NULL)
			buf_addf(&run->root, "%s:", (const char *)prefix);
		buf_add(&run->root, text_of(name));
	}
	if (was_given(run))
		return;
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
	if (was_given(run))
		return;
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
	struct str rest = { (const char *)text, (size_t)len };
	if (run->given.tags > 0)
		return;
	size_t given = str_head(rest, run->given.text_len).len;
	run->given.text_len -= given;
	rest = str_skip(rest, given);
	int result = rest.len > 0 ? run->handler->text(run->context, rest, run->err) : 0;
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
	if (run->fault[0] != '\0' || error->message == NULL)
		return;
	struct str message = str_trim(str_from(error->message));
	run->fault_line = error->line;
	snprintf(run->fault, sizeof(run->fault), "%.*s", STR_ARG(message));
}

/* --- the reading -------------------------------------------------------------------------------- */

/* What it says of refused memory goes to standard error otherwise, past the parser's own handler. */
static void __attribute__((format(printf, 2, 3)))
ignore_message(void *context, const char *format, ...)
{
	(void)context;
	(void)format;
}

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
	xmlSetGenericErrorFunc(NULL, ignore_message);
	xmlParserCtxtPtr parser = xmlCreatePushParserCtxt(&sax, run, NULL, 0, NULL);
	if (parser == NULL)
		mem_die();
	xmlCtxtUseOptions(parser, XML_PARSE_RECOVER | XML_PARSE_NONET);
	return parser;
}

/* Counts what was read, and refuses it when that took too long. */
static void
check_time(struct run *run, size_t len)
{
	run->len += (int64_t)len;
	int64_t allowed_ms = XML_WALL_MS + (run->len >> 20) * XML_WALL_MS_PER_MIB;
	if (clock_monotonic_ms() - run->start_ms > allowed_ms)
		refuse(run, "takes more than %lld seconds to read", (long long)allowed_ms / 1000);
}

/* Reads to the end, or to where something stops the parser. */
static int
push_all(struct run *run, struct xml_mender *mender)
{
	struct str text;
	bool is_empty = true;
	int status = 1;

	while (run->parser->disableSAX == 0) {
		status = xml_mender_next(mender, &text, run->err);
		if (status <= 0)
			break;
		xmlParseChunk(run->parser, text.ptr, (int)text.len, 0);
		is_empty = false;
		check_time(run, text.len);
	}
	if (status == 0 && !is_empty)
		xmlParseChunk(run->parser, "", 0, 1);
	return status < 0 ? -1 : 0;
}

/* Whether the document is plain, or something stopped the reading: then run->result tells it. */
static bool
read_plain(struct run *run, struct xml_decoder *decoder)
{
	struct xml_plain *plain = xml_plain_new(decoder, run->handler, run->context);
	enum xml_plain_found found = XML_PLAIN_MORE;
	size_t len;

	while (found == XML_PLAIN_MORE && run->result == 0) {
		found = xml_plain_next(plain, &len, &run->given, &run->result, run->err);
		if (found == XML_PLAIN_MORE)
			check_time(run, len);
	}
	xml_plain_free(plain);
	return found != XML_PLAIN_ODD;
}

/* What the end of the parsing means. */
static int
verdict(struct run *run, const struct xml_mender *mender)
{
	if (run->result != 0)
		return run->result;
	if (run->parser->errNo == XML_ERR_NO_MEMORY)
		mem_die();
	if (xml_mender_is_cut(mender))
		return err_set(
		    run->err, EX_DATAERR, "cut off: it ends inside of a CDATA section or comment");
	if (!xml_mender_has_tag(mender))
		return err_set(run->err, EX_DATAERR, "not XML: no tag in it");
	const char *fault = run->fault[0] != '\0' ? run->fault : "not well-formed";
	if (!run->has_root)
		return err_set(run->err, EX_DATAERR, "not XML: %s", fault);
	if (run->parser->disableSAX != 0)
		return err_set(
		    run->err, EX_DATAERR, "damaged XML, line %d: %s", run->fault_line, fault);
	if (run->depth > 0)
		return err_set(
		    run->err, EX_DATAERR, "cut off: it ends inside of <%s>", run->root.ptr);
	return 0;
}

static void
run_free(struct run *run)
{
	if (run->parser != NULL) {
		/* libxml2 makes a document of its own for declarations, whatever the handlers are. */
		xmlFreeDoc(run->parser->myDoc);
		xmlFreeParserCtxt(run->parser);
	}
	buf_release(&run->scratch);
	buf_release(&run->root);
	mem_free(run);
}

/* Mends the document, from its beginning, and has it parsed. */
static int
read_mended(struct run *run, struct xml_decoder *decoder)
{
	struct xml_mender *mender = xml_mender_new(decoder);
	int result = -1;

	run->parser = new_parser(run);
	if (push_all(run, mender) == 0)
		result = verdict(run, mender);
	run->is_repaired = run->is_repaired || xml_mender_is_repaired(mender);
	xml_mender_free(mender);
	return result;
}

int
xml_read(struct input *input, const char *charset, const struct xml_handler *handler, void *context,
    bool *is_repaired, struct err *err)
{
	struct xml_decoder decoder;
	int result = -1;
	struct run *run = mem_alloc(sizeof(*run));

	run->handler = handler;
	run->context = context;
	run->err = err;
	run->root = BUF_INIT(BUF_LIMIT);
	run->scratch = BUF_INIT(BUF_LIMIT);
	run->start_ms = clock_monotonic_ms();
	*is_repaired = false;
	if (xml_decoder_init(&decoder, input, charset, err) < 0)
		goto out;
	if (read_plain(run, &decoder)) {
		result = run->result;
	} else {
		xml_decoder_release(&decoder);
		if (xml_decoder_init(&decoder, input, charset, err) < 0)
			goto out;
		result = read_mended(run, &decoder);
	}
	*is_repaired = decoder.is_repaired || run->is_repaired;

out:
	xml_decoder_release(&decoder);
	run_free(run);
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
	struct input *input = input_of_bytes(bytes);
	bool is_repaired;
	int result = xml_read(input, NULL, &handler, &root, &is_repaired, &err);
	input_close(input);
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

/* Whether it is a URL that is the same wherever it stands, and has nothing to be escaped in it. */
static bool
is_absolute(struct str reference)
{
	static const bool is_plain[256] = {
		['a' ... 'z'] = true,
		['A' ... 'Z'] = true,
		['0' ... '9'] = true,
		['-'] = true,
		['.'] = true,
		['_'] = true,
		['~'] = true,
		['/'] = true,
	};
	bool is_http = str_starts(reference, "http://");
	if (!is_http && !str_starts(reference, "https://"))
		return false;
	struct str rest = str_skip(reference, is_http ? 7 : 8);
	for (size_t i = 0; i < rest.len; i++) {
		if (!is_plain[(unsigned char)rest.ptr[i]])
			return false;
	}
	return rest.len > 0 && str_is_alnum(rest.ptr[0]);
}

int
xml_resolve(struct buf *out, struct str base, struct str reference)
{
	if (base.len > URL_BYTES_MAX || reference.len > URL_BYTES_MAX)
		return -1;
	if (is_absolute(str_trim(reference))) {
		buf_add(out, str_trim(reference));
		return buf_has_failed(out) ? -1 : 0;
	}
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
