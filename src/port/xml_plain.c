/*
 * The part of XML that needs neither libxml2 nor mending: well-formed UTF-8, names in ASCII, declared
 * prefixes, no document type. Of anything else, and of anything that is wrong, it only says that it is
 * there. It must never know better than xml_mend.c and libxml2 together: tests and a fuzz target hold
 * their events side by side.
 */
#include "xml_plain.h"

#include "digest/arena.h"
#include "digest/mem.h"
#include "xml_char.h"
#include "xml_decode.h"
#include "xml_mend.h"

#include <libxml/uri.h>
#include <string.h>

enum {
	WINDOW_BYTES = 64 << 10,
	TOKEN_BYTES = 256 << 10, /* nothing but text is longer */
	DECLARATION_BYTES = 1000,
	NAME_BYTES = 256,
	URI_BYTES = 1024,
	NAMES_BYTES = 64 << 10, /* of all elements that are open */
	DEPTH_MAX = XML_DEPTH_MAX / 2,
	ATTRIBUTES_MAX = 64,
	DECLARATIONS_MAX = 64, /* different ones */
	BINDINGS_MAX = 256, /* at one place of the document */
	REFERENCE_BYTES = 12,
};

enum place { PLACE_FRONT, PLACE_INSIDE, PLACE_BEHIND };

enum step { STEP_PASSED, STEP_MORE, STEP_ODD, STEP_STOPPED };

/* A declaration of a namespace; both texts are kept, so that equal ones are the same. */
struct declaration {
	struct str prefix, uri;
};

struct open_element {
	struct str space;
	size_t name_at; /* where its qualified name begins */
	size_t prefix_len; /* with the colon */
	size_t binding_count; /* outside of it */
};

struct raw_attribute {
	struct str prefix, name, value;
};

struct xml_plain {
	struct xml_decoder *decoder;
	const struct xml_handler *handler;
	void *context;
	struct str piece; /* of the decoder's, not in a window yet */
	struct buf carry; /* the end of a window, joined with the next */
	struct str rest; /* of the window */
	bool is_last; /* nothing follows the window */
	bool has_begun;
	enum place place;

	struct buf names; /* of the open elements, one behind the other */
	struct open_element elements[DEPTH_MAX];
	size_t depth;
	struct declaration declarations[DECLARATIONS_MAX];
	size_t declaration_count;
	const struct declaration *bindings[BINDINGS_MAX]; /* those in force, innermost last */
	size_t binding_count;

	/* Of the tag that is being read. */
	struct raw_attribute raw[ATTRIBUTES_MAX];
	size_t raw_count;
	struct xml_attribute attributes[ATTRIBUTES_MAX];
	struct arena *kept, *values;
	struct buf scratch;
	bool has_values;

	struct xml_given *given;
	struct err *err;
	int result;
};

struct xml_plain *
xml_plain_new(struct xml_decoder *decoder, const struct xml_handler *handler, void *context)
{
	struct xml_plain *plain = mem_alloc(sizeof(*plain));
	plain->decoder = decoder;
	plain->handler = handler;
	plain->context = context;
	plain->carry = BUF_INIT(4 * TOKEN_BYTES);
	plain->names = BUF_INIT(2 * NAMES_BYTES);
	plain->scratch = BUF_INIT(2 * TOKEN_BYTES);
	plain->kept = arena_new();
	plain->values = arena_new();
	return plain;
}

void
xml_plain_free(struct xml_plain *plain)
{
	if (plain == NULL)
		return;
	buf_release(&plain->carry);
	buf_release(&plain->names);
	buf_release(&plain->scratch);
	arena_free(plain->kept);
	arena_free(plain->values);
	mem_free(plain);
}

/* ---- characters --------------------------------------------------------------------------------- */

static const bool is_name_char[256] = {
	['A' ... 'Z'] = true,
	['a' ... 'z'] = true,
	['0' ... '9'] = true,
	['_'] = true,
	['-'] = true,
	['.'] = true,
};

static const bool is_special[256] = {
	[0 ... 0x08] = true,
	[0x0b ... 0x1f] = true,
	['&'] = true,
	['<'] = true,
	[']'] = true,
	[0x80 ... 0xff] = true,
};

typedef signed char lanes __attribute__((vector_size(16)));

/* Whether one of sixteen bytes is special, or a line's end. */
static inline bool
may_be_special(const char *bytes)
{
	lanes text;
	uint64_t halves[2];
	memcpy(&text, bytes, sizeof(text));
	/* Bytes beyond ASCII are negative. */
	lanes found = (text < ' ') | (text == '<') | (text == '&') | (text == ']');
	memcpy(halves, &found, sizeof(halves));
	return (halves[0] | halves[1]) != 0;
}

/* How many bytes at the front stand for themselves wherever they stand in text. */
static size_t
ordinary_len(struct str text)
{
	size_t len = 0;
	for (;;) {
		while (len + sizeof(lanes) <= text.len && !may_be_special(text.ptr + len))
			len += sizeof(lanes);
		size_t stop = len + sizeof(lanes) <= text.len ? len + sizeof(lanes) : text.len;
		while (len < stop && !is_special[(unsigned char)text.ptr[len]])
			len++;
		if (len < stop || len == text.len)
			return len;
	}
}

/* Takes the "&…;" at the front and appends what it stands for to the scratch. */
static enum step
take_reference(struct xml_plain *plain, struct str *text)
{
	struct str head = str_head(*text, REFERENCE_BYTES);
	ptrdiff_t end = str_find_char(head, ';');
	if (end < 0)
		return head.len < REFERENCE_BYTES && !plain->is_last ? STEP_MORE : STEP_ODD;
	*text = str_skip(*text, (size_t)end + 1);
	bool is_known = xml_chars_add_reference(&plain->scratch, str_head(head, (size_t)end + 1));
	return is_known ? STEP_PASSED : STEP_ODD;
}

/* One that is special, at the front, other than '<' and '&': its length. */
static enum step
check_character(const struct xml_plain *plain, struct str text, size_t *len)
{
	*len = 1;
	if (text.ptr[0] == ']') {
		if (text.len < 3 && !plain->is_last)
			return STEP_MORE;
		return str_starts(text, "]]>") ? STEP_ODD : STEP_PASSED;
	}
	if ((unsigned char)text.ptr[0] < 0x80)
		return STEP_ODD;
	*len = xml_chars_beyond_ascii(text);
	if (*len > 0)
		return STEP_PASSED;
	return text.len < 4 && !plain->is_last ? STEP_MORE : STEP_ODD;
}

/* ---- events ------------------------------------------------------------------------------------- */

static enum step
step_of(struct xml_plain *plain, int result)
{
	plain->result = result;
	return result == 0 ? STEP_PASSED : STEP_STOPPED;
}

static enum step
give_text(struct xml_plain *plain, struct str text)
{
	if (text.len == 0)
		return STEP_PASSED;
	plain->given->text_len += text.len;
	if (plain->given->text_len > XML_TEXT_BYTES_MAX) {
		plain->given->text_len -= text.len;
		return STEP_ODD;
	}
	return step_of(plain, plain->handler->text(plain->context, text, plain->err));
}

static void
count_tag(struct xml_plain *plain)
{
	plain->given->tags++;
	plain->given->text_len = 0;
}

static struct str
open_name(const struct xml_plain *plain)
{
	return str_skip(buf_str(&plain->names), plain->elements[plain->depth - 1].name_at);
}

/* Ends the innermost element. */
static enum step
give_end(struct xml_plain *plain)
{
	struct open_element *open = &plain->elements[plain->depth - 1];
	struct xml_element element = {
		.space = open->space,
		.name = str_skip(open_name(plain), open->prefix_len),
	};
	count_tag(plain);
	enum step step = step_of(plain, plain->handler->end(plain->context, &element, plain->err));
	buf_cut(&plain->names, open->name_at);
	plain->binding_count = open->binding_count;
	plain->depth--;
	if (plain->depth == 0)
		plain->place = PLACE_BEHIND;
	return step;
}

/* ---- namespaces --------------------------------------------------------------------------------- */

/* Whether libxml2 takes it, as it is, for the name of a namespace. It leaves references to '&' in it. */
static bool
is_namespace(struct str uri)
{
	char text[URI_BYTES + 1];
	if (uri.len > URI_BYTES || str_find_char(uri, '&') >= 0 || str_is(uri, XML_NAMESPACE) ||
	    str_starts(uri, "http://www.w3.org/2000/xmlns"))
		return false;
	memcpy(text, uri.ptr, uri.len);
	text[uri.len] = '\0';
	xmlURIPtr parsed = xmlParseURI(text);
	xmlFreeURI(parsed);
	return parsed != NULL;
}

static const struct declaration *
find_declaration(struct xml_plain *plain, struct str prefix, struct str uri)
{
	for (size_t i = 0; i < plain->declaration_count; i++) {
		const struct declaration *known = &plain->declarations[i];
		if (str_equal(known->uri, uri) && str_equal(known->prefix, prefix))
			return known;
	}
	bool is_none = uri.len == 0 && prefix.len == 0;
	if (plain->declaration_count == DECLARATIONS_MAX || (!is_none && uri.len == 0) ||
	    (!is_none && !is_namespace(uri)) || str_is(prefix, "xml") || str_is(prefix, "xmlns"))
		return NULL;
	struct declaration *new = &plain->declarations[plain->declaration_count++];
	new->prefix = arena_copy(plain->kept, prefix);
	new->uri = arena_copy(plain->kept, uri);
	return new;
}

/* The declaration takes force; `outside` counts those of what surrounds the element. */
static bool
bind(struct xml_plain *plain, size_t outside, struct str prefix, struct str uri)
{
	if (plain->binding_count == BINDINGS_MAX)
		return false;
	for (size_t i = outside; i < plain->binding_count; i++) {
		if (str_equal(plain->bindings[i]->prefix, prefix))
			return false;
	}
	const struct declaration *declaration = find_declaration(plain, prefix, uri);
	if (declaration == NULL)
		return false;
	plain->bindings[plain->binding_count++] = declaration;
	return true;
}

/* What a prefix stands for, "" for no namespace; false where it is not declared. */
static bool
find_space(const struct xml_plain *plain, struct str prefix, struct str *space)
{
	for (size_t i = plain->binding_count; i > 0; i--) {
		const struct declaration *bound = plain->bindings[i - 1];
		if (str_equal(bound->prefix, prefix)) {
			*space = bound->uri;
			return true;
		}
	}
	*space = str_is(prefix, "xml") ? STR(XML_NAMESPACE) : STR("");
	return prefix.len == 0 || space->len > 0;
}

/* ---- start tags --------------------------------------------------------------------------------- */

/* Takes a name, and the prefix before its colon; false when there is none, or none in ASCII. */
static bool
take_name(struct str *rest, struct str *prefix, struct str *name)
{
	size_t start = 0, len = 0;
	*prefix = STR("");
	while (len < rest->len && is_name_char[(unsigned char)rest->ptr[len]])
		len++;
	if (len < rest->len && rest->ptr[len] == ':') {
		*prefix = str_head(*rest, len);
		start = ++len;
		while (len < rest->len && is_name_char[(unsigned char)rest->ptr[len]])
			len++;
	}
	*name = str_skip(str_head(*rest, len), start);
	*rest = str_skip(*rest, len);
	return len <= NAME_BYTES && name->len > 0 &&
	    (str_is_alpha(name->ptr[0]) || name->ptr[0] == '_') &&
	    (start == 0 || (start > 1 && (str_is_alpha(prefix->ptr[0]) || prefix->ptr[0] == '_')));
}

/* The value of an attribute with something special in it. */
static enum step
decode_value(struct xml_plain *plain, struct str raw, struct str *value)
{
	buf_reset(&plain->scratch);
	while (raw.len > 0) {
		size_t len = ordinary_len(raw);
		if (len == 0 && raw.ptr[0] == '&') {
			if (take_reference(plain, &raw) != STEP_PASSED)
				return STEP_ODD;
			continue;
		}
		if (len == 0)
			len = raw.ptr[0] == ']' ? 1 : xml_chars_beyond_ascii(raw);
		if (len == 0)
			return STEP_ODD;
		buf_add(&plain->scratch, str_head(raw, len));
		raw = str_skip(raw, len);
	}
	plain->has_values = true;
	*value = arena_copy(plain->values, buf_str(&plain->scratch));
	return STEP_PASSED;
}

/* Takes one attribute. */
static enum step
take_attribute(struct xml_plain *plain, struct str *rest)
{
	if (plain->raw_count == ATTRIBUTES_MAX)
		return STEP_ODD;
	struct raw_attribute *attribute = &plain->raw[plain->raw_count++];
	bool is_name = take_name(rest, &attribute->prefix, &attribute->name);
	if (rest->len < 2)
		return STEP_MORE;
	char quote = rest->ptr[1];
	if (!is_name || rest->ptr[0] != '=' || (quote != '"' && quote != '\''))
		return STEP_ODD;
	*rest = str_skip(*rest, 2);
	ptrdiff_t end = str_find_char(*rest, quote);
	if (end < 0)
		return STEP_MORE;
	struct str raw = str_head(*rest, (size_t)end);
	*rest = str_skip(*rest, (size_t)end + 1);
	attribute->value = raw;
	/* White space in values becomes blanks. */
	if (str_find_char(raw, '\n') >= 0 || str_find_char(raw, '\t') >= 0)
		return STEP_ODD;
	if (ordinary_len(raw) == raw.len)
		return STEP_PASSED;
	return decode_value(plain, raw, &attribute->value);
}

/* Takes the blanks at the front. */
static size_t
take_blanks(struct str *rest)
{
	size_t len = 0;
	while (len < rest->len &&
	    (rest->ptr[len] == ' ' || rest->ptr[len] == '\n' || rest->ptr[len] == '\t'))
		len++;
	*rest = str_skip(*rest, len);
	return len;
}

/* Takes the attributes, up to and with the '>'. */
static enum step
take_attributes(struct xml_plain *plain, struct str *rest, bool *is_empty)
{
	enum step step = STEP_PASSED;

	plain->raw_count = 0;
	while (step == STEP_PASSED) {
		size_t blanks = take_blanks(rest);
		if (str_starts(*rest, ">") || str_starts(*rest, "/>")) {
			*is_empty = rest->ptr[0] == '/';
			*rest = str_skip(*rest, *is_empty ? 2 : 1);
			return STEP_PASSED;
		}
		if (rest->len < 2)
			return STEP_MORE;
		step = blanks > 0 ? take_attribute(plain, rest) : STEP_ODD;
	}
	return step;
}

static bool
declare_namespaces(struct xml_plain *plain)
{
	size_t outside = plain->binding_count;
	for (size_t i = 0; i < plain->raw_count; i++) {
		const struct raw_attribute *raw = &plain->raw[i];
		if (raw->prefix.len == 0 && str_is(raw->name, "xmlns")) {
			if (!bind(plain, outside, STR(""), raw->value))
				return false;
		} else if (str_is(raw->prefix, "xmlns")) {
			if (!bind(plain, outside, raw->name, raw->value))
				return false;
		}
	}
	return true;
}

static bool
has_attribute(const struct xml_plain *plain, size_t count, const struct xml_attribute *other)
{
	for (size_t i = 0; i < count; i++) {
		if (str_equal(plain->attributes[i].name, other->name) &&
		    str_equal(plain->attributes[i].space, other->space))
			return true;
	}
	return false;
}

/* The attributes that declare nothing, in their namespaces. */
static bool
resolve_attributes(struct xml_plain *plain, struct xml_element *element)
{
	size_t count = 0;
	for (size_t i = 0; i < plain->raw_count; i++) {
		const struct raw_attribute *raw = &plain->raw[i];
		struct xml_attribute *attribute = &plain->attributes[count];
		bool is_bare = raw->prefix.len == 0;
		if (str_is(is_bare ? raw->name : raw->prefix, "xmlns"))
			continue;
		*attribute = (struct xml_attribute){ STR(""), raw->name, raw->value };
		if (!is_bare && !find_space(plain, raw->prefix, &attribute->space))
			return false;
		if (has_attribute(plain, count, attribute))
			return false;
		count++;
	}
	element->attributes = plain->attributes;
	element->attribute_count = count;
	return true;
}

/* Opens the element of a whole start tag. */
static enum step
give_start(struct xml_plain *plain, struct str prefix, struct str name, bool is_empty)
{
	struct xml_element element = { .name = name };
	size_t outside = plain->binding_count;
	struct str qualified = name;

	if (plain->place == PLACE_BEHIND || plain->depth == DEPTH_MAX ||
	    plain->names.len > NAMES_BYTES)
		return STEP_ODD;
	if ((plain->raw_count > 0 && !declare_namespaces(plain)) ||
	    !find_space(plain, prefix, &element.space) || !resolve_attributes(plain, &element))
		return STEP_ODD;
	if (prefix.len > 0)
		qualified = (struct str){ prefix.ptr, prefix.len + 1 + name.len };
	else if (!is_empty && xml_mend_is_void(name))
		return STEP_ODD;
	plain->elements[plain->depth++] = (struct open_element){
		.space = element.space,
		.name_at = plain->names.len,
		.prefix_len = qualified.len - name.len,
		.binding_count = outside,
	};
	buf_add(&plain->names, qualified);
	plain->place = PLACE_INSIDE;
	count_tag(plain);
	enum step step =
	    step_of(plain, plain->handler->start(plain->context, &element, plain->err));
	return step == STEP_PASSED && is_empty ? give_end(plain) : step;
}

static enum step
take_start_tag(struct xml_plain *plain)
{
	struct str rest = str_skip(plain->rest, 1), prefix, name;
	bool is_empty = false;

	if (plain->has_values)
		arena_reset(plain->values);
	plain->has_values = false;
	bool is_name = take_name(&rest, &prefix, &name);
	if (rest.len == 0)
		return STEP_MORE;
	enum step step = is_name ? take_attributes(plain, &rest, &is_empty) : STEP_ODD;
	if (step != STEP_PASSED)
		return step;
	plain->rest = rest;
	return give_start(plain, prefix, name, is_empty);
}

/* ---- other tokens ------------------------------------------------------------------------------- */

static enum step
take_end_tag(struct xml_plain *plain)
{
	struct str rest = str_skip(plain->rest, 2);
	if (plain->place != PLACE_INSIDE)
		return STEP_ODD;
	struct str name = open_name(plain);
	if (rest.len <= name.len)
		return STEP_MORE;
	if (!str_equal(str_head(rest, name.len), name) || rest.ptr[name.len] != '>')
		return STEP_ODD;
	plain->rest = str_skip(rest, name.len + 1);
	return give_end(plain);
}

/* Takes text as far as it stands for itself, references included, and gives it. */
static enum step
take_text(struct xml_plain *plain)
{
	struct str *rest = &plain->rest, text = *rest;
	size_t len = 0;
	enum step step = STEP_PASSED;

	while (step == STEP_PASSED) {
		size_t odd_len = 0;
		len += ordinary_len(str_skip(text, len));
		if (len == text.len || text.ptr[len] == '<' || text.ptr[len] == '&')
			break;
		step = check_character(plain, str_skip(text, len), &odd_len);
		len += step == STEP_PASSED ? odd_len : 0;
	}
	*rest = str_skip(text, len);
	enum step given = give_text(plain, str_head(text, len));
	if (given != STEP_PASSED || step != STEP_PASSED)
		return given != STEP_PASSED ? given : step;
	if (rest->len == 0 || rest->ptr[0] != '&')
		return STEP_PASSED;
	buf_reset(&plain->scratch);
	step = take_reference(plain, rest);
	return step == STEP_PASSED ? give_text(plain, buf_str(&plain->scratch)) : step;
}

/* Whether a comment, CDATA section or instruction holds nothing but characters of XML. */
static bool
is_clean(struct str text)
{
	while (text.len > 0) {
		text = str_skip(text, ordinary_len(text));
		if (text.len == 0)
			break;
		unsigned char c = (unsigned char)text.ptr[0];
		size_t len = c == '&' || c == '<' || c == ']' ? 1 : 0;
		if (c >= 0x80)
			len = xml_chars_beyond_ascii(text);
		if (len == 0)
			return false;
		text = str_skip(text, len);
	}
	return true;
}

/* What stands between `opening`, which is at the front, and `end`; both are taken, too. */
static enum step
take_raw(struct xml_plain *plain, size_t opening_len, const char *end, struct str *inside)
{
	struct str rest = str_skip(plain->rest, opening_len);
	ptrdiff_t len = str_find(rest, str_from(end));
	if (len < 0)
		return STEP_MORE;
	*inside = str_head(rest, (size_t)len);
	plain->rest = str_skip(rest, (size_t)len + strlen(end));
	return is_clean(*inside) ? STEP_PASSED : STEP_ODD;
}

static enum step
take_exclamation(struct xml_plain *plain)
{
	static const char cdata[] = "<![CDATA[", comment[] = "<!--";
	struct str rest = plain->rest, inside;
	enum step step;

	if (rest.len < strlen(cdata))
		return STEP_MORE;
	if (str_starts(rest, cdata)) {
		if (plain->place != PLACE_INSIDE)
			return STEP_ODD;
		step = take_raw(plain, strlen(cdata), "]]>", &inside);
		return step == STEP_PASSED ? give_text(plain, inside) : step;
	}
	if (!str_starts(rest, comment))
		return STEP_ODD;
	step = take_raw(plain, strlen(comment), "--", &inside);
	if (step != STEP_PASSED)
		return step;
	/* "--" may only stand at its end. */
	if (str_starts(plain->rest, ">")) {
		plain->rest = str_skip(plain->rest, 1);
		return STEP_PASSED;
	}
	bool is_cut = plain->rest.len == 0;
	plain->rest = rest;
	return is_cut ? STEP_MORE : STEP_ODD;
}

/* The XML declaration, which the decoder has heeded, or an instruction for others. */
static enum step
take_instruction(struct xml_plain *plain)
{
	struct str inside, prefix, name;
	bool has_begun = plain->has_begun;
	enum step step = take_raw(plain, strlen("<?"), "?>", &inside);
	if (step != STEP_PASSED)
		return step;
	if (!take_name(&inside, &prefix, &name) || prefix.len > 0 || inside.len == 0 ||
	    (inside.ptr[0] != ' ' && inside.ptr[0] != '\n'))
		return STEP_ODD;
	if (!str_equal_nocase(name, STR("xml")))
		return STEP_PASSED;
	bool is_declaration = !has_begun && str_is(name, "xml") && inside.len < DECLARATION_BYTES;
	return is_declaration ? STEP_PASSED : STEP_ODD;
}

static enum step
take_token(struct xml_plain *plain)
{
	if (plain->rest.ptr[0] != '<')
		return plain->place == PLACE_INSIDE ? take_text(plain)
		    : take_blanks(&plain->rest) > 0 ? STEP_PASSED
		                                    : STEP_ODD;
	if (plain->rest.len < 2)
		return STEP_MORE;
	switch (plain->rest.ptr[1]) {
	case '/': return take_end_tag(plain);
	case '!': return take_exclamation(plain);
	case '?': return take_instruction(plain);
	default: return take_start_tag(plain);
	}
}

/* ---- the walk ----------------------------------------------------------------------------------- */

/* What the last window left, and some more: 1; 0 at the end; -1. */
static int
open_window(struct xml_plain *plain, size_t *len, struct err *err)
{
	struct buf *carry = &plain->carry;
	int status = 1;

	if (plain->rest.len == 0) {
		buf_reset(carry);
	} else if (carry->len > 0) {
		memmove(carry->ptr, plain->rest.ptr, plain->rest.len);
		buf_cut(carry, plain->rest.len);
	} else {
		buf_add(carry, plain->rest);
	}
	if (plain->piece.len == 0)
		status = xml_decoder_next(plain->decoder, &plain->piece, err);
	if (status < 0)
		return -1;
	plain->is_last = status == 0;
	struct str bytes = status > 0 ? str_head(plain->piece, WINDOW_BYTES) : STR("");
	plain->piece = str_skip(plain->piece, bytes.len);
	*len = bytes.len;
	if (carry->len > 0) {
		buf_add(carry, bytes);
		bytes = buf_str(carry);
	}
	plain->rest = bytes;
	return status;
}

enum xml_plain_found
xml_plain_next(
    struct xml_plain *plain, size_t *len, struct xml_given *given, int *result, struct err *err)
{
	enum step step = STEP_PASSED;
	*result = 0;
	plain->given = given;
	plain->err = err;
	if (open_window(plain, len, err) < 0) {
		*result = -1;
		return XML_PLAIN_STOPPED;
	}
	while (step == STEP_PASSED && plain->rest.len > 0) {
		step = take_token(plain);
		plain->has_begun = plain->has_begun || step == STEP_PASSED;
	}
	*result = plain->result;
	if (step == STEP_STOPPED)
		return XML_PLAIN_STOPPED;
	if (step == STEP_ODD || plain->rest.len > TOKEN_BYTES)
		return XML_PLAIN_ODD;
	if (!plain->is_last)
		return XML_PLAIN_MORE;
	return plain->rest.len == 0 && plain->place == PLACE_BEHIND ? XML_PLAIN_WHOLE
	                                                            : XML_PLAIN_ODD;
}
