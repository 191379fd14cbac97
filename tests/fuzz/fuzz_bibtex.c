/* Feeds any bytes to the format bibtex. */
#include "format_fuzz.h"

extern const struct source_format source_format_bibtex;

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	format_fuzz(&source_format_bibtex, bytes, len);
	return 0;
}
