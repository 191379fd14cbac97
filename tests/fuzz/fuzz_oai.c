/* Feeds any bytes to the format oai. */
#include "format_fuzz.h"

extern const struct source_format source_format_oai;

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	format_fuzz(&source_format_oai, bytes, len);
	return 0;
}
