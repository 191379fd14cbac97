/*
 * A document as text that an XML parser accepts: well-formed characters and references, whole tags,
 * each end with its start. For xml.c alone.
 */
#ifndef DIGEST_PORT_XML_MEND_H
#define DIGEST_PORT_XML_MEND_H

#include "xml_tag.h"

#include "digest/err.h"

struct xml_decoder;

struct xml_mender;

struct xml_mender *xml_mender_new(struct xml_decoder *decoder);
void xml_mender_free(struct xml_mender *mender);

/*
 * The next piece of text, which lives until the next call: 1; 0 at the end; -1 when the document
 * cannot be read or is beyond a ceiling. What it gives, taken together, is the same however the
 * document is cut into chunks. It
 *
 *     drops what stands before the first tag and after the root, XML declarations, and what XML
 *     forbids;
 *     reads ill-formed bytes as Windows-1252, HTML's named entities as characters, and any other
 *     '&' or '<' that starts nothing as itself;
 *     puts quotes around attribute values, drops end tags that end nothing, and ends elements
 *     before what is around them ends.
 */
int xml_mender_next(struct xml_mender *mender, struct str *text, struct err *err);

/* For the end: whether something was mended; whether a tag was there at all; and whether it ends
 * inside of a CDATA section or comment. */
bool xml_mender_is_repaired(const struct xml_mender *mender);
bool xml_mender_has_tag(const struct xml_mender *mender);
bool xml_mender_is_cut(const struct xml_mender *mender);

/* Whether it is one of HTML's elements that hold nothing. */
bool xml_mend_is_void(struct str name);

#endif
