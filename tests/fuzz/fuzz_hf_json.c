/* Feeds any bytes to the format hf_json. */
#include "format_fuzz.h"

extern const struct source_format source_format_hf_json;

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	format_fuzz(&source_format_hf_json, bytes, len);
	return 0;
}
