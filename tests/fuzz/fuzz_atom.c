/* Feeds any bytes to the format atom. */
#include "format_fuzz.h"

extern const struct source_format source_format_atom;

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	format_fuzz(&source_format_atom, bytes, len);
	return 0;
}
