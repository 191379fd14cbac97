/*
 * The characters and references of a piece of markup, mended. For the files of xml alone.
 */
#ifndef DIGEST_PORT_XML_CHAR_H
#define DIGEST_PORT_XML_CHAR_H

#include "digest/buf.h"

/* What is being mended, and how far it is. What need not change is not copied. */
struct xml_chars {
	struct str rest; /* not yet looked at */
	const char *copied; /* up to here `out` has it all */
	struct buf *out;
	bool is_whole; /* nothing follows the rest */
	bool has_changed; /* `out` differs from what there was */
	bool is_repaired;
};

enum xml_chars_kind {
	XML_CHARS_TEXT, /* stops at a '<' */
	XML_CHARS_TAG, /* references, but no text */
	XML_CHARS_RAW, /* neither: CDATA, comments */
};

/* Mends characters, and references where there are such, until the rest is empty or stops: at a '<'
 * of text, or where more is needed to tell. */
void xml_chars_mend(struct xml_chars *chars, enum xml_chars_kind kind);

/* Puts `text` in place of the next `len` bytes. */
void xml_chars_replace(struct xml_chars *chars, size_t len, struct str text);

/*
 * Whether a name may begin with the character at the front: 1; 0; -1 when more is needed to tell.
 */
int xml_chars_starts_name(const struct xml_chars *chars, struct str text);

#endif
