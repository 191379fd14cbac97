/* Feeds any bytes to the HTML reader: text is UTF-8 without white space at its ends. */
#include "digest/html.h"
#include "digest/unicode.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct str html = { (const char *)bytes, len };
	struct buf out = BUF_INIT(BUF_LIMIT);

	html_add_text(&out, html);
	if (!unicode_is_valid(buf_str(&out)) || str_trim(buf_str(&out)).len != out.len)
		abort();
	html_is_markup(html);
	buf_reset(&out);
	html_find_attribute(&out, html, "id", "a", "href");
	if (!unicode_is_valid(buf_str(&out)))
		abort();
	buf_release(&out);
	return 0;
}
