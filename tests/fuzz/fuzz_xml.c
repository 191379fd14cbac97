/* Feeds any bytes to the XML reader: text is UTF-8, ends match starts, ceilings hold. */
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

static int
on_start(void *context, const struct xml_element *element, struct err *err)
{
	int *depth = context;
	(void)err;
	(*depth)++;
	insist(*depth <= XML_DEPTH_MAX && element->attribute_count <= XML_ATTRIBUTES_MAX);
	insist(element->name.len > 0 && unicode_is_valid(element->name));
	for (size_t i = 0; i < element->attribute_count; i++)
		insist(unicode_is_valid(element->attributes[i].value));
	return 0;
}

static int
on_end(void *context, const struct xml_element *element, struct err *err)
{
	int *depth = context;
	(void)element, (void)err;
	insist(--*depth >= 0);
	return 0;
}

static int
on_text(void *context, struct str text, struct err *err)
{
	(void)context, (void)err;
	insist(unicode_is_valid(text));
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static const struct xml_handler handler = { on_start, on_end, on_text };
	struct str text = { (const char *)bytes, len };
	struct buf space = BUF_INIT(BUF_LIMIT), name = BUF_INIT(BUF_LIMIT);
	struct err err = ERR_NONE;
	bool is_repaired;
	int depth = 0;

	struct input *input = input_of_bytes(text);
	int result = xml_read(input, NULL, &handler, &depth, &is_repaired, &err);
	input_close(input);
	insist((result < 0) == err_is_set(&err));
	insist(result < 0 || is_repaired || depth == 0);
	bool has_root = xml_root(text, &space, &name);
	insist(result < 0 || has_root || len > 65536);
	xml_resolve(&space, str_head(text, len / 2), str_skip(text, len / 2));
	buf_release(&space);
	buf_release(&name);
	return 0;
}
