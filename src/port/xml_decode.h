/*
 * The bytes of a document as UTF-8, or as what is meant to be. For the files of xml alone.
 */
#ifndef DIGEST_PORT_XML_DECODE_H
#define DIGEST_PORT_XML_DECODE_H

#include "digest/buf.h"
#include "digest/input.h"

#include <iconv.h>

struct xml_decoder {
	struct input *input; /* borrowed */
	iconv_t converter; /* (iconv_t)-1 where the bytes are UTF-8 already */
	size_t unit; /* bytes that are passed over where they make no sense */
	size_t mark_len, skipped; /* of the byte order mark, and so far */
	struct str rest; /* of the present chunk */
	char carry[8]; /* a character that the chunk's end cut in two */
	size_t carry_len;
	struct buf out;
	bool has_ended, is_repaired;
};

/*
 * Finds out the encoding: what HTTP names (`charset`, may be NULL), else the byte order mark, else
 * the declaration, else UTF-8. Claims that the bytes contradict are passed over: a mark or the
 * zeros of UTF-16 and UTF-32 prove themselves, and what reads as UTF-8 was UTF-8 all along. An
 * unknown name counts as none. -1 when the input cannot be read.
 */
int xml_decoder_init(
    struct xml_decoder *decoder, struct input *input, const char *charset, struct err *err);

/*
 * The next piece of text, which lives until the next call: 1; 0 at the end; -1. Where the document
 * is UTF-8 its bytes are given as they are, the ill-formed ones too.
 */
int xml_decoder_next(struct xml_decoder *decoder, struct str *text, struct err *err);

void xml_decoder_release(struct xml_decoder *decoder);

#endif
