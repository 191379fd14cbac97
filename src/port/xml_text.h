/*
 * The bytes of a document as text that an XML parser accepts: UTF-8 without a declaration. For
 * xml.c alone.
 */
#ifndef DIGEST_PORT_XML_TEXT_H
#define DIGEST_PORT_XML_TEXT_H

#include "digest/buf.h"
#include "digest/err.h"

struct xml_text {
	struct str text; /* in the caller's bytes, or in `own` */
	struct buf own;
	bool is_repaired;
	bool is_cut; /* it ends inside of a CDATA section or comment */
};

/*
 * Decodes by byte order mark, else declaration, else as UTF-8; drops what XML forbids; turns HTML's
 * named entities into characters, bare ampersands into "&amp;" and bare '<' into "&lt;"; drops junk
 * before the first tag and the XML declaration. EX_DATAERR: no tag at all, an unknown encoding, a
 * ceiling.
 */
int xml_text_init(struct xml_text *text, struct str bytes, struct err *err);
void xml_text_release(struct xml_text *text);

#endif
