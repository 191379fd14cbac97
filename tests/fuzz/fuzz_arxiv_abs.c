/* Feeds any bytes to the format arxiv_abs. */
#include "format_fuzz.h"

extern const struct source_format source_format_arxiv_abs;

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	format_fuzz(&source_format_arxiv_abs, bytes, len);
	return 0;
}
