/* Feeds any bytes to the format hf_page. */
#include "format_fuzz.h"

extern const struct source_format source_format_hf_page;

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	format_fuzz(&source_format_hf_page, bytes, len);
	return 0;
}
