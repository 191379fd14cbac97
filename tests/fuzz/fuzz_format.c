/*
 * Feeds any bytes to the formats together: whose they are, and what is said when they are nobody's.
 */
#include "format_fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	format_fuzz(NULL, bytes, len);
	return 0;
}
