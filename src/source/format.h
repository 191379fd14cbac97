/*
 * What a format is: how the bytes of one answer read. One file format_NAME.c and one row in
 * formats.def each. A format is a pure function from bytes to entries; it asks nobody and keeps
 * nothing.
 */
#ifndef DIGEST_SOURCE_FORMAT_H
#define DIGEST_SOURCE_FORMAT_H

#include "digest/entry.h"
#include "digest/err.h"
#include "digest/input.h"

/*
 * What an answer said about itself, beside its entries. Initialised by format_read(); its text
 * lives in the reader's `keep`.
 */
struct format_listing {
	int32_t day; /* the listing day it names; DATE_NO_DAY when it names none */
	int64_t total; /* how many entries the whole result has (paging); -1 when it does not say */
	int64_t first; /* the place of its first entry in the whole result, from 0; -1 likewise */
	size_t item_count; /* items found, bad ones included */
	size_t skipped_count;
	bool is_repaired; /* something had to be mended to read it */
	struct str title; /* what the feed calls itself */
	struct str next; /* how to ask for the next page: a token, a cursor or a URL; "" for none */
	struct str fault; /* the source's own word for why there is nothing: OAI's error code */
	int64_t generated_at; /* when the source says it made this, or DATE_NO_INSTANT */
	int64_t fresh_s; /* for so long it says nothing new will come; 0 when it does not say */
	/* Days on which it says nothing comes: bit 0 Monday … 6 Sunday (UTC). */
	uint8_t skip_weekdays;
	uint32_t skip_hours; /* likewise hours: bit n hour n (UTC) */
};

/* Where a format puts what it reads. Made by the caller of format_read(). */
struct format_reader {
	void *context;
	/*
	 * Called with each entry, named and complete but for rank (its place among the items, from
	 * 1, is set) and source. The entry and its text live in `arena` until the call returns.
	 */
	int (*entry)(void *context, struct entry *entry, struct err *err);
	/* Called for each item that is left out: its place from 1 and the reason. */
	void (*skip)(void *context, size_t place, const char *why);
	struct arena *arena; /* reset by format_emit() after each entry */
	struct arena *keep; /* lives as long as the answer is read */
	const char *scope; /* the feed's name, for guids */
	const char *base_url; /* where the answer came from; "" when from a file */
	const char *charset; /* as HTTP names it, which outweighs all else; NULL when it does not */
	struct format_listing listing;
};

struct source_format {
	const char *name, *help;
	/* How sure the format is that these bytes are its own: 0 (not) … 100. Looks at no more than
	 * the first 64 KiB. */
	int (*sniff)(struct str bytes);
	/*
	 * EX_DATAERR when the bytes cannot be read to their end. The input stands at its beginning.
	 */
	int (*read)(struct input *input, struct format_reader *reader, struct err *err);
};

/*
 * Reads bytes by the format that knows them best: NULL and EX_DATAERR when none does ("an HTML page
 * where a listing should be", "empty answer"). On success `*format` is the one that read them.
 */
int format_read(struct input *input, struct format_reader *reader,
    const struct source_format **format, struct err *err);

/* For formats that need all bytes at once: those of the input, without a byte order mark. */
int format_whole(struct input *input, struct str *bytes, struct err *err);

/*
 * For formats: ends an item. Gives it a name (identity_finish), a place and, when it has no title,
 * its own name as the title; hands it on; resets the arena. An item without any name is skipped.
 */
int format_emit(struct format_reader *reader, struct entry *entry, struct err *err);

/* For formats: counts and reports an item that is left out. */
void format_skip(struct format_reader *reader, const char *why, ...)
    __attribute__((format(printf, 2, 3)));

#endif
