/*
 * One start tag: where it ends, whether its attributes are written as XML wants them, and how they
 * should be. For the files of xml alone.
 */
#ifndef DIGEST_PORT_XML_TAG_H
#define DIGEST_PORT_XML_TAG_H

#include "digest/buf.h"

/* What a scan has found out so far; zeros at the start. Offsets count from the '<'. */
struct xml_tag {
	size_t name_len;
	size_t at; /* so far nothing is open */
	size_t word_len; /* of the attribute's name that is, so far */
	size_t body_len; /* name and attributes, with the '<' */
	size_t len; /* all of it */
	int attribute_count;
	bool is_odd; /* must be written anew */
	bool has_words; /* names without values stand in it */
	bool is_empty; /* "<a/>" */
};

enum xml_tag_found {
	XML_TAG_MORE, /* its end is not there yet */
	XML_TAG_WHOLE,
	XML_TAG_TEXT, /* no tag: the '<' stands for itself */
	XML_TAG_CROWDED, /* more attributes than XML_ATTRIBUTES_MAX */
};

/* The bytes of a name at the front, or of what stands in its place. */
size_t xml_name_len(struct str text);

/*
 * Looks for the end of the tag that `text` begins with. When there is not enough of it, to be
 * called again with the same text and more after it; `is_last` says that there will be no more.
 */
enum xml_tag_found xml_tag_scan(struct xml_tag *tag, struct str text, bool is_last);

/* Appends a whole tag as XML wants it, but for its characters and references. */
void xml_tag_write(const struct xml_tag *tag, struct str text, struct buf *out);

#endif
