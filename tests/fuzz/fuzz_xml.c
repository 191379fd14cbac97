/*
 * Feeds any bytes to the XML reader: text is UTF-8, ends match starts, ceilings hold, and neither
 * chunks nor who reads the document make a difference.
 */
#include "digest/unicode.h"
#include "digest/xml.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void
insist(bool is_so)
{
	if (!is_so)
		abort();
}

/* What came of one reading: a hash of its events, the same whatever the chunks. */
struct seen {
	int depth;
	size_t tags;
	uint64_t hash;
};

static void
stir(struct seen *seen, char kind, struct str text)
{
	seen->hash = (seen->hash ^ (unsigned char)kind) * 0x100000001b3u;
	for (size_t i = 0; i < text.len; i++)
		seen->hash = (seen->hash ^ (unsigned char)text.ptr[i]) * 0x100000001b3u;
}

static int
on_start(void *context, const struct xml_element *element, struct err *err)
{
	struct seen *seen = context;
	(void)err;
	seen->depth++;
	seen->tags++;
	insist(seen->depth <= XML_DEPTH_MAX && element->attribute_count <= XML_ATTRIBUTES_MAX);
	insist(element->name.len > 0 && unicode_is_valid(element->name));
	stir(seen, '<', element->name);
	stir(seen, ':', element->space);
	for (size_t i = 0; i < element->attribute_count; i++) {
		insist(unicode_is_valid(element->attributes[i].value));
		stir(seen, ':', element->attributes[i].space);
		stir(seen, ' ', element->attributes[i].name);
		stir(seen, '=', element->attributes[i].value);
	}
	return 0;
}

static int
on_end(void *context, const struct xml_element *element, struct err *err)
{
	struct seen *seen = context;
	(void)err;
	insist(--seen->depth >= 0);
	seen->tags++;
	stir(seen, '/', element->name);
	return 0;
}

static int
on_text(void *context, struct str text, struct err *err)
{
	struct seen *seen = context;
	(void)err;
	insist(unicode_is_valid(text));
	for (size_t i = 0; i < text.len; i++)
		stir(seen, 't', (struct str){ text.ptr + i, 1 });
	return 0;
}

/* Bytes in chunks, the size of which the bytes themselves say. */
struct chunks {
	struct str bytes, rest;
};

static int
chunks_next(void *context, struct str *chunk, struct err *err)
{
	struct chunks *chunks = context;
	size_t len = chunks->rest.len > 0 ? (unsigned char)chunks->rest.ptr[0] % 23 + 1 : 0;
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

static int
read_input(struct input *input, struct seen *seen)
{
	static const struct xml_handler handler = { on_start, on_end, on_text };
	struct err err = ERR_NONE;
	bool is_repaired;
	int result = xml_read(input, NULL, &handler, seen, &is_repaired, &err);
	insist((result < 0) == err_is_set(&err));
	insist(result < 0 || seen->depth == 0);
	input_close(input);
	return result;
}

/*
 * White space at the front means nothing, but is odd, so that all of the document is mended. What
 * comes of it is the same, be it well-formed to its end, to some place or not at all.
 */
static void
check_mended(struct str text, int result, const struct seen *once)
{
	struct buf odd = BUF_INIT(BUF_LIMIT);
	struct seen mended = { 0 };

	if (text.len < 2 || text.ptr[0] != '<' || text.ptr[1] == '\0')
		return;
	buf_add_char(&odd, '\r');
	buf_add(&odd, text);
	insist(read_input(input_of_bytes(buf_str(&odd)), &mended) == result);
	insist(mended.tags == once->tags);
	insist(result < 0 || mended.hash == once->hash);
	buf_release(&odd);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static const struct input_ops ops = { chunks_next, chunks_rewind, chunks_close };
	struct str text = { (const char *)bytes, len };
	struct chunks chunks = { text, text };
	struct buf space = BUF_INIT(BUF_LIMIT), name = BUF_INIT(BUF_LIMIT);
	struct seen once = { 0 }, cut = { 0 };

	int result = read_input(input_of_bytes(text), &once);
	insist(read_input(input_new(&ops, &chunks), &cut) == result);
	insist(result < 0 || once.hash == cut.hash);
	check_mended(text, result, &once);
	bool has_root = xml_root(text, &space, &name);
	insist(result < 0 || has_root || len > 65536);
	xml_resolve(&space, str_head(text, len / 2), str_skip(text, len / 2));
	buf_release(&space);
	buf_release(&name);
	return 0;
}
