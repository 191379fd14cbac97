/*
 * Feeds any bytes to the decoder of documents, under the encoding that the first line names: what
 * was decoded is UTF-8, and chunks make no difference.
 */
#include "src/port/xml_decode.h"

#include "digest/unicode.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

/* Bytes in chunks, the size of which the bytes themselves say. */
struct chunks {
	struct str bytes, rest;
};

static int
chunks_next(void *context, struct str *chunk, struct err *err)
{
	struct chunks *chunks = context;
	size_t len = chunks->rest.len > 0 ? (unsigned char)chunks->rest.ptr[0] % 7 + 1 : 0;
	(void)err;
	*chunk = str_head(chunks->rest, len);
	chunks->rest = str_skip(chunks->rest, len);
	return chunk->len > 0;
}

static int
chunks_rewind(void *context, struct err *err)
{
	struct chunks *chunks = context;
	(void)err;
	chunks->rest = chunks->bytes;
	return 0;
}

static void
chunks_close(void *context)
{
	(void)context;
}

/* Appends what an input decodes to; whether that was converted, and had to be mended. */
static void
decode(
    struct input *input, const char *charset, struct buf *out, bool *is_converted, bool *is_mended)
{
	struct xml_decoder decoder;
	struct err err = ERR_NONE;
	struct str text;

	if (xml_decoder_init(&decoder, input, charset, &err) < 0)
		abort();
	while (xml_decoder_next(&decoder, &text, &err) > 0)
		buf_add(out, text);
	if (err_is_set(&err) || buf_has_failed(out))
		abort();
	*is_converted = decoder.converter != (iconv_t)-1;
	*is_mended = decoder.is_repaired;
	xml_decoder_release(&decoder);
	input_close(input);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static const struct input_ops ops = { chunks_next, chunks_rewind, chunks_close };
	struct str document = { (const char *)bytes, len }, charset = { NULL, 0 };
	struct buf name = BUF_INIT(BUF_LIMIT), once = BUF_INIT(BUF_LIMIT),
	           cut = BUF_INIT(BUF_LIMIT);
	bool is_converted, is_mended, cut_is_converted, cut_is_mended;

	str_next(&document, '\n', &charset);
	buf_add(&name, charset);
	struct chunks chunks = { document, document };
	const char *claim = charset.len > 0 ? name.ptr : NULL;
	decode(input_of_bytes(document), claim, &once, &is_converted, &is_mended);
	decode(input_new(&ops, &chunks), claim, &cut, &cut_is_converted, &cut_is_mended);
	if (!str_equal(buf_str(&once), buf_str(&cut)) || is_converted != cut_is_converted ||
	    is_mended != cut_is_mended || (is_converted && !unicode_is_valid(buf_str(&once))))
		abort();
	buf_release(&name);
	buf_release(&once);
	buf_release(&cut);
	return 0;
}
