/* Feeds any bytes to the format paper_pages. */
#include "format_fuzz.h"

extern const struct source_format source_format_paper_pages;

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	format_fuzz(&source_format_paper_pages, bytes, len);
	return 0;
}
