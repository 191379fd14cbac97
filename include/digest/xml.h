/*
 * XML in, by libxml2's push parser, as a stream of events: elements by local name and namespace,
 * and text. Broken documents are read as far as that loses nothing, and said to be repaired: a
 * wrong or missing encoding, HTML's named entities, bare '&' and '<', characters that XML forbids,
 * junk before the root, wrongly nested tags, unquoted attribute values, undeclared prefixes.
 *
 * Nothing is ever loaded from elsewhere, and a document that declares entities or default
 * attributes is refused: a DOCTYPE that only points to an external DTD is passed over.
 *
 * Ownership: everything a callback is given lives until it returns.
 */
#ifndef DIGEST_XML_H
#define DIGEST_XML_H

#include "digest/buf.h"
#include "digest/err.h"
#include "digest/input.h"

/* Ceilings; a document beyond one is refused. */
enum {
	XML_DEPTH_MAX = 256, /* elements inside one another */
	XML_ATTRIBUTES_MAX = 256, /* of one element, namespace declarations included */
	XML_TEXT_BYTES_MAX = 8 << 20, /* between two tags */
	XML_WALL_MS = 10000, /* to read it, callbacks included, and more for each MiB of it */
	XML_WALL_MS_PER_MIB = 2000,
};

#define XML_NAMESPACE "http://www.w3.org/XML/1998/namespace"

/* `space` is the namespace's URI, the prefix itself where that is undeclared, or "" for none. */
struct xml_attribute {
	struct str space, name, value;
};

struct xml_element {
	struct str space, name;
	const struct xml_attribute *attributes;
	size_t attribute_count;
};

/*
 * A callback that returns non-zero stops the reading. Text comes in pieces of any size, CDATA
 * sections like other text.
 */
struct xml_handler {
	int (*start)(void *context, const struct xml_element *element, struct err *err);
	int (*end)(void *context, const struct xml_element *element, struct err *err);
	int (*text)(void *context, struct str text, struct err *err);
};

/*
 * Reads a whole document, a chunk at a time. `charset` is the encoding that HTTP names, or NULL; it
 * outweighs the document's own word. Returns 0, what a callback returned if that was not 0, or -1
 * with EX_DATAERR: no XML, cut off in the middle, damaged beyond repair, or beyond a ceiling; or as
 * reading the input fails. On success every start has had its end, and `*is_repaired` tells whether
 * something had to be mended.
 */
int xml_read(struct input *input, const char *charset, const struct xml_handler *handler,
    void *context, bool *is_repaired, struct err *err);

/* The value of an attribute, or "" when the element has none of that name. */
struct str xml_attribute(const struct xml_element *element, const char *space, const char *name);

/*
 * The namespace and local name of a document's root, from its beginning alone: true, and both
 * appended to the buffers; false when `bytes` do not start like XML.
 */
bool xml_root(struct str bytes, struct buf *space, struct buf *name);

/*
 * Resolves a reference, relative or not, against a base (RFC 3986 section 5): appends the result
 * and returns 0, or -1 when there is none.
 */
int xml_resolve(struct buf *out, struct str base, struct str reference);

#endif
