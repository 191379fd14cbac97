/* Feeds any bytes to the format csl_json. */
#include "format_fuzz.h"

extern const struct source_format source_format_csl_json;

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	format_fuzz(&source_format_csl_json, bytes, len);
	return 0;
}
