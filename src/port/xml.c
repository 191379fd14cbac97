/*
 * XML as events, by libxml2. A document is read strictly, as it is; where something is odd it is
 * read over again, mended (xml_mend.c), in recovering mode, and the events that were given already
 * are not given again. Here are ceilings and what "repaired" and "cut off" mean. It loads nothing
 * and never uses NOENT, DTDLOAD or HUGE.
 */
#include "digest/xml.h"

#include "digest/clock.h"
#include "digest/mem.h"
#include "xml_decode.h"
#include "xml_mend.h"

#include <libxml/parser.h>
#include <libxml/uri.h>
#include <stdio.h>
#include <string.h>

enum { URL_BYTES_MAX = 8192, EQUAL_SIGNS_MAX = 4 * XML_ATTRIBUTES_MAX };

/* How far the root is looked for: nearly always it stands at the very front. */
enum { ROOT_NEAR_BYTES = 2 << 10, ROOT_FAR_BYTES = 64 << 10 };

/* A place between events: so many tags, and bytes of text since the last of them. */
struct place {
	int64_t tags;
	size_t text_len;
};

struct run {
	const struct xml_handler *handler;
	void *context;
	struct err *err;
	struct xml_decoder decoder;
	struct xml_mender *mender; /* NULL while the document is read strictly */
	struct str rest; /* text that the parser has not taken yet */
	bool has_ended; /* no more text comes */
	xmlParserCtxtPtr parser;
	int64_t start_ms, len; /* when it began, and how much was read */
	struct place place, given; /* where it is, and what the handler has had */
	int result; /* what stopped the reading, or 0 */
	size_t equal_signs; /* since the last '<' */
	bool is_odd; /* read strictly, it is not what it should be */
	int depth;
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

/* Not to be called while the parser takes text: it would lose the ground under its feet. */
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

/* Whether this is no strict reading of something odd; if it is one, it ends. */
static bool
may_be_odd(struct run *run)
{
	if (run->mender != NULL)
		return true;
	run->is_odd = true;
	xmlStopParser(run->parser);
	return false;
}

/* Whether events are of no use any more. */
static bool
is_over(const struct run *run)
{
	return run->result != 0 || run->is_odd;
}

/* Goes past a tag: whether the handler has had it already. */
static bool
was_given(struct run *run)
{
	run->place.tags++;
	run->place.text_len = 0;
	if (run->place.tags <= run->given.tags)
		return true;
	run->given = run->place;
	return false;
}

/*
 * Controls beyond ASCII: what nobody means, but the same numbers in Windows-1252, which xml_mend.c
 * knows.
 */
static bool
has_odd_control(struct str text)
{
	const char *at = text.ptr, *end = text.ptr + text.len;

	while (at < end && (at = memchr(at, 0xc2, (size_t)(end - at))) != NULL) {
		if (++at < end && (unsigned char)*at < 0xa0)
			return true;
	}
	return false;
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

/*
 * Whether the tag does not end where libxml2 takes it for read, which it says only afterwards; or
 * opens one of HTML's empty elements: what follows may be meant to stand after it.
 */
static bool
is_odd_tag(const struct run *run, const xmlChar *name)
{
	const xmlChar *at = run->parser->input->cur;

	if (*at == '/')
		return at[1] != '>';
	return *at != '>' || xml_mend_is_void(text_of(name));
}

/* More of them than may be, or such as mean something else. */
static bool
has_odd_attributes(int namespace_count, int count, const xmlChar **given)
{
	if (namespace_count + count > XML_ATTRIBUTES_MAX)
		return true;
	for (int i = 0; i < count; i++) {
		const xmlChar **five = given + (ptrdiff_t)i * 5;
		if (has_odd_control(
		        (struct str){ (const char *)five[3], (size_t)(five[4] - five[3]) }))
			return true;
	}
	return false;
}

static void
on_start(void *data, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
    int namespace_count, const xmlChar **namespaces, int attribute_count, int defaulted_count,
    const xmlChar **attributes)
{
	(void)namespaces, (void)defaulted_count;
	struct run *run = data;
	bool is_odd = is_odd_tag(run, name) ||
	    has_odd_attributes(namespace_count, attribute_count, attributes);
	if (is_over(run) || (is_odd && !may_be_odd(run)))
		return;
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
	if (is_over(run))
		return;
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
	struct str rest = { (const char *)text, (size_t)len };
	if (is_over(run) || (has_odd_control(rest) && !may_be_odd(run)))
		return;
	size_t before = run->place.text_len;
	run->place.text_len += rest.len;
	if (run->place.text_len > XML_TEXT_BYTES_MAX) {
		refuse(run, "more than %d MiB of text in one element", XML_TEXT_BYTES_MAX >> 20);
		return;
	}
	if (run->place.tags < run->given.tags || run->place.text_len <= run->given.text_len)
		return;
	rest = str_skip(rest, run->given.text_len > before ? run->given.text_len - before : 0);
	run->given = run->place;
	int result = run->handler->text(run->context, rest, run->err);
	if (result != 0)
		stop(run, result);
}

/* A document type, and whatever is declared or left as it is because of one. */
static void
on_document_type(
    void *data, const xmlChar *name, const xmlChar *public_id, const xmlChar *system_id)
{
	(void)name, (void)public_id, (void)system_id;
	may_be_odd(data);
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
	if (error->level == XML_ERR_WARNING || is_over(run) || !may_be_odd(run))
		return;
	run->is_repaired = true;
	if (run->fault[0] != '\0' || error->message == NULL)
		return;
	struct str message = str_trim(str_from(error->message));
	run->fault_line = error->line;
	snprintf(run->fault, sizeof(run->fault), "%.*s", STR_ARG(message));
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

/* Counts what was read, and refuses it when that took too long. */
static void
check_time(struct run *run, size_t len)
{
	run->len += (int64_t)len;
	int64_t allowed_ms = XML_WALL_MS + (run->len >> 20) * XML_WALL_MS_PER_MIB;
	if (run->result == 0 && clock_monotonic_ms() - run->start_ms > allowed_ms)
		run->result = err_set(run->err, EX_DATAERR, "takes more than %lld seconds to read",
		    (long long)allowed_ms / 1000);
}

/*
 * libxml2 compares each attribute of a tag with all others, so no tag may come near it that has
 * very many; a mended one has not. Whether so many equal signs stand after a '<'.
 */
static bool
has_long_tag(struct run *run, struct str text)
{
	const char *from = text.ptr, *end = text.ptr + text.len, *sign;

	while (from < end && (sign = memchr(from, '=', (size_t)(end - from))) != NULL) {
		if (memchr(from, '<', (size_t)(sign - from)) != NULL)
			run->equal_signs = 0;
		if (++run->equal_signs > EQUAL_SIGNS_MAX)
			return true;
		from = sign + 1;
	}
	if (from < end && memchr(from, '<', (size_t)(end - from)) != NULL)
		run->equal_signs = 0;
	return false;
}

/* Fetches the next piece of text, unless there is none, or it is of no use any more. */
static void
next_piece(struct run *run)
{
	bool is_front = run->len == 0;
	int status = run->mender != NULL ? xml_mender_next(run->mender, &run->rest, run->err)
	                                 : xml_decoder_next(&run->decoder, &run->rest, run->err);

	if (status < 0)
		run->result = -1;
	if (status <= 0)
		run->rest = STR("");
	run->has_ended = status <= 0;
	check_time(run, run->rest.len);
	/* libxml2 takes NUL for the end. */
	if (run->mender == NULL)
		run->is_odd = (is_front && !str_starts(run->rest, "<")) ||
		    memchr(run->rest.ptr, '\0', run->rest.len) != NULL ||
		    has_long_tag(run, run->rest);
}

/*
 * Gives the parser the next bytes: as many as there is room for, less only at the end. It takes
 * what stands at the end of fewer for the end of all, be it in the middle of a character.
 */
static int
take_text(void *data, char *bytes, int room)
{
	struct run *run = data;
	size_t given = 0;

	while (given < (size_t)room) {
		if (run->rest.len == 0 && !run->has_ended && !is_over(run))
			next_piece(run);
		struct str text = str_head(run->rest, (size_t)room - given);
		if (is_over(run) || text.len == 0)
			break;
		memcpy(bytes + given, text.ptr, text.len);
		run->rest = str_skip(run->rest, text.len);
		given += text.len;
	}
	return (int)given;
}

/* Parses the document from its beginning to its end, or to where something stops it. */
static void
parse(struct run *run, int options)
{
	xmlSAXHandler sax = {
		.initialized = XML_SAX2_MAGIC,
		.startElementNs = on_start,
		.endElementNs = on_end,
		.characters = on_text,
		.ignorableWhitespace = on_text,
		.cdataBlock = on_text,
		.internalSubset = on_document_type,
		.entityDecl = on_entity,
		.attributeDecl = on_attribute_declaration,
		.serror = on_error,
	};
	run->rest = STR("");
	run->has_ended = false;
	run->depth = 0;
	run->place = (struct place){ 0 };
	xmlSetGenericErrorFunc(NULL, ignore_message);
	xmlInitParser();
	run->parser =
	    xmlCreateIOParserCtxt(&sax, run, take_text, NULL, run, XML_CHAR_ENCODING_UTF8);
	if (run->parser == NULL)
		mem_die();
	/* What the document says of its encoding was heard when it was decoded. */
	xmlCtxtUseOptions(run->parser, options | XML_PARSE_NONET | XML_PARSE_IGNORE_ENC);
	xmlParseDocument(run->parser);
	if (run->parser->errNo == XML_ERR_NO_MEMORY)
		mem_die();
}

static void
parser_free(struct run *run)
{
	if (run->parser == NULL)
		return;
	/* libxml2 makes a document of its own for declarations, whatever the handlers are. */
	xmlFreeDoc(run->parser->myDoc);
	xmlFreeParserCtxt(run->parser);
	run->parser = NULL;
}

/* What the end of the mended document means. */
static int
verdict(struct run *run)
{
	if (run->result != 0)
		return run->result;
	if (xml_mender_is_cut(run->mender))
		return err_set(
		    run->err, EX_DATAERR, "cut off: it ends inside of a CDATA section or comment");
	if (!xml_mender_has_tag(run->mender))
		return err_set(run->err, EX_DATAERR, "not XML: no tag in it");
	const char *fault = run->fault[0] != '\0' ? run->fault : "not well-formed";
	if (!run->has_root)
		return err_set(run->err, EX_DATAERR, "not XML: %s", fault);
	if (run->parser->disableSAX != 0 || run->parser->errNo == XML_ERR_DOCUMENT_END)
		return err_set(
		    run->err, EX_DATAERR, "damaged XML, line %d: %s", run->fault_line, fault);
	if (run->depth > 0)
		return err_set(
		    run->err, EX_DATAERR, "cut off: it ends inside of <%s>", run->root.ptr);
	return 0;
}

/* Mends the document, from its beginning, and has it parsed. */
static int
read_mended(struct run *run)
{
	run->mender = xml_mender_new(&run->decoder);
	run->is_odd = false;
	run->has_root = false;
	buf_reset(&run->root);
	parse(run, XML_PARSE_RECOVER);
	int result = verdict(run);
	run->is_repaired = run->is_repaired || xml_mender_is_repaired(run->mender);
	parser_free(run);
	xml_mender_free(run->mender);
	return result;
}

int
xml_read(struct input *input, const char *charset, const struct xml_handler *handler, void *context,
    bool *is_repaired, struct err *err)
{
	int result = -1;
	struct run *run = mem_alloc(sizeof(*run));

	run->handler = handler;
	run->context = context;
	run->err = err;
	run->root = BUF_INIT(BUF_LIMIT);
	run->scratch = BUF_INIT(BUF_LIMIT);
	run->start_ms = clock_monotonic_ms();
	*is_repaired = false;
	if (xml_decoder_init(&run->decoder, input, charset, err) < 0)
		goto out;
	parse(run, 0);
	parser_free(run);
	result = run->result;
	if (run->is_odd) {
		xml_decoder_release(&run->decoder);
		if (xml_decoder_init(&run->decoder, input, charset, err) < 0)
			goto out;
		result = read_mended(run);
	}
	*is_repaired = run->decoder.is_repaired || run->is_repaired;

out:
	xml_decoder_release(&run->decoder);
	buf_release(&run->scratch);
	buf_release(&run->root);
	mem_free(run);
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

/* ---- the root alone ---- */

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

/* ---- URLs ---- */

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
	/*
	 * Blanks and letters beyond ASCII are escaped, what is reserved or escaped already is not.
	 */
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
