/* Feeds any bytes to the format semantic_scholar. */
#include "format_fuzz.h"

extern const struct source_format source_format_semantic_scholar;

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	format_fuzz(&source_format_semantic_scholar, bytes, len);
	return 0;
}
