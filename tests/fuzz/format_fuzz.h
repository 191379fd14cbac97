/*
 * For the fuzz targets of formats: feeds any bytes to one format, sniffing and reading, and looks
 * at what every entry must be whatever the bytes were.
 */
#ifndef DIGEST_TESTS_FORMAT_FUZZ_H
#define DIGEST_TESTS_FORMAT_FUZZ_H

#include "digest/buf.h"
#include "digest/unicode.h"
#include "src/source/format.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static inline void
format_fuzz_insist(bool is_so)
{
	if (!is_so)
		abort();
}

static inline void
format_fuzz_line(struct str text)
{
	format_fuzz_insist(unicode_is_valid(text));
	for (size_t i = 0; i < text.len; i++)
		format_fuzz_insist((unsigned char)text.ptr[i] >= 0x20 && text.ptr[i] != 0x7f);
}

static inline void
format_fuzz_url(struct str url)
{
	format_fuzz_line(url);
	format_fuzz_insist(url.len == 0 || str_starts_nocase(url, "http://") ||
	    str_starts_nocase(url, "https://"));
}

static inline int
format_fuzz_entry(void *context, struct entry *entry, struct err *err)
{
	(void)context, (void)err;
	format_fuzz_insist(entry->alias_count > 0 && entry->title.len > 0 && entry->rank > 0);
	format_fuzz_line(entry->title);
	format_fuzz_insist(unicode_is_valid(entry->title_raw));
	format_fuzz_insist(unicode_is_valid(entry->abstract));
	for (size_t i = 0; i < entry->alias_count; i++)
		format_fuzz_line(entry->aliases[i]);
	for (size_t i = 0; i < entry->author_count; i++) {
		format_fuzz_insist(entry->authors[i].name.len > 0);
		format_fuzz_line(entry->authors[i].name);
		format_fuzz_line(entry->authors[i].affiliation);
	}
	for (size_t i = 0; i < entry->category_count; i++)
		format_fuzz_line(entry->categories[i]);
	format_fuzz_line(entry->comment);
	format_fuzz_line(entry->journal_ref);
	format_fuzz_line(entry->license);
	format_fuzz_line(entry->organisation);
	format_fuzz_url(entry->url);
	format_fuzz_url(entry->pdf_url);
	format_fuzz_url(entry->code_url);
	format_fuzz_url(entry->project_url);
	format_fuzz_url(entry->discussion_url);
	format_fuzz_url(entry->image_url);
	return 0;
}

static inline void
format_fuzz_skip(void *context, size_t place, const char *why)
{
	(void)context;
	format_fuzz_insist(place > 0 && strlen(why) > 0);
}

/* By `format`, or where that is NULL by the one that knows the bytes best. */
static inline void
format_fuzz(const struct source_format *format, const uint8_t *bytes, size_t len)
{
	struct str text = { (const char *)bytes, len };
	struct format_reader reader = {
		.entry = format_fuzz_entry,
		.skip = format_fuzz_skip,
		.arena = arena_new(),
		.keep = arena_new(),
		.scope = "fuzz",
		.base_url = "https://example.org/feed",
		.listing = { .day = DATE_NO_DAY, .total = -1, .first = -1 },
	};
	struct err err = ERR_NONE;
	int score = format != NULL ? format->sniff(text) : 0;
	format_fuzz_insist(score >= 0 && score <= 100);
	struct input *input = input_of_bytes(text);
	int result = format != NULL ? format->read(input, &reader, &err)
	                            : format_read(input, &reader, &format, &err);
	input_close(input);
	format_fuzz_insist(result < 0 || format != NULL);
	format_fuzz_insist((result < 0) == err_is_set(&err));
	format_fuzz_insist(reader.listing.skipped_count <= reader.listing.item_count);
	format_fuzz_line(reader.listing.title);
	arena_free(reader.arena);
	arena_free(reader.keep);
}

#endif
