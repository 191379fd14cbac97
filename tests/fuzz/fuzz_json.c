/* Feeds any bytes to the JSON reader; what it takes must survive being written and read again. */
#include "digest/json.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static int
visit(void *context, const struct json *element, size_t index)
{
	size_t *count = context;
	(void)element;
	if (index != *count)
		abort();
	(*count)++;
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct str text = { (const char *)bytes, len };
	struct buf first = BUF_INIT(BUF_LIMIT), second = BUF_INIT(BUF_LIMIT);
	struct json *json, *again;
	struct err err = ERR_NONE, each_err = ERR_NONE;
	size_t count = 0;

	int result = json_parse(&json, text, &err);
	int each = json_each(text, visit, &count, &each_err);
	if (result == 0) {
		json_write(json, &first);
		if (json_parse(&again, buf_str(&first), &err) < 0)
			abort();
		json_write(again, &second);
		if (!str_equal(buf_str(&first), buf_str(&second)))
			abort();
		json_free(again);
		size_t members = 0;
		const struct json *element = json_first(json);
		for (; element != NULL; element = json_after(element))
			members++;
		if ((each == 0) != json_is_array(json) || (each == 0 && members != count))
			abort();
	} else if (each == 0) {
		abort();
	}
	json_free(json);
	buf_release(&first);
	buf_release(&second);
	return 0;
}
