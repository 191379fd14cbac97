/* Feeds any bytes to the reader of OPML: every feed has a URL, and all text is on one line. */
#include "digest/input.h"
#include "digest/source.h"
#include "digest/unicode.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void
insist(bool is_so)
{
	if (!is_so)
		abort();
}

static bool
is_line(struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		if ((unsigned char)text.ptr[i] < 0x20)
			return false;
	}
	return unicode_is_valid(text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct input *input = input_of_bytes((struct str){ (const char *)bytes, len });
	struct arena *arena = arena_new();
	struct source_feed *feeds = NULL;
	struct err err = ERR_NONE;
	size_t count = 0;

	int result = source_read_opml(input, arena, &feeds, &count, &err);
	insist((result < 0) == err_is_set(&err) && (result == 0 || count == 0));
	for (size_t i = 0; i < count; i++)
		insist(feeds[i].url.len > 0 && is_line(feeds[i].url) && is_line(feeds[i].title));
	arena_free(arena);
	input_close(input);
	return 0;
}
