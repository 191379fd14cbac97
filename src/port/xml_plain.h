/*
 * Documents that need no mending, read straight away: the part of XML that nearly all feeds keep to.
 * What is beyond it is left to libxml2, which reads the document over again. For xml.c alone.
 */
#ifndef DIGEST_PORT_XML_PLAIN_H
#define DIGEST_PORT_XML_PLAIN_H

#include "digest/xml.h"

struct xml_decoder;
struct xml_plain;

/* Events that the handler has had: tags, and the bytes of text since the last of them. */
struct xml_given {
	int64_t tags;
	size_t text_len;
};

enum xml_plain_found {
	XML_PLAIN_MORE, /* goes on */
	XML_PLAIN_WHOLE, /* that was the end */
	XML_PLAIN_ODD, /* something that is for others to read, or the end where none should be */
	XML_PLAIN_STOPPED, /* a callback's result, or -1 when the document cannot be read */
};

struct xml_plain *
xml_plain_new(struct xml_decoder *decoder, const struct xml_handler *handler, void *context);
void xml_plain_free(struct xml_plain *plain);

/*
 * Reads on, some `*len` bytes. The events are those that libxml2 would give of the same bytes, mended
 * or not, and `*given` counts them.
 */
enum xml_plain_found xml_plain_next(
    struct xml_plain *plain, size_t *len, struct xml_given *given, int *result, struct err *err);

#endif
