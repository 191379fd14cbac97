/*
 * Dumps and saved listings: files of any size that nobody is asked for, read by the formats. Which
 * of their entries are new is the store's to find out.
 */
#include "fetch.h"
#include "format.h"

#include "digest/mem.h"
#include "digest/pack.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CHUNK_BYTES = 256 << 10, HEAD_BYTES = 64 << 10, SKIPS_KEPT = 20 };

/* Lines are read in parts of about that many bytes: going on passes over no more. */
enum { PART_BYTES = 16 << 20 };

/* Nothing that is published packed is larger. */
static const int64_t unpacked_bytes_most = (int64_t)256 << 30;

/* ---- a part of a file, as an input ---- */

struct part {
	int fd; /* the file's, which stays open */
	const char *path;
	int64_t start, end, at;
	char chunk[CHUNK_BYTES];
};

/* As read(2), from a place; 0 at the end. */
static ssize_t
read_at(int fd, char *bytes, size_t len, int64_t at)
{
	ssize_t count;

	do
		count = pread(fd, bytes, len, at);
	while (count < 0 && errno == EINTR);
	return count;
}

static int
part_next(void *context, struct str *chunk, struct err *err)
{
	struct part *part = context;
	int64_t left = part->end - part->at;
	ssize_t count;

	if (left <= 0)
		return 0;
	count = read_at(
	    part->fd, part->chunk, left < CHUNK_BYTES ? (size_t)left : CHUNK_BYTES, part->at);
	if (count < 0)
		return err_set_errno(err, EX_IOERR, errno, "cannot read '%s'", part->path);
	part->at += count;
	*chunk = (struct str){ part->chunk, (size_t)count };
	return count > 0;
}

static int
part_rewind(void *context, struct err *err)
{
	struct part *part = context;

	(void)err;
	part->at = part->start;
	return 0;
}

/* The part is its maker's. */
static void
part_close(void *context)
{
	(void)context;
}

/* ---- reading ---- */

struct import {
	const char *path;
	int32_t hint; /* the day in the file's name */
	int64_t size;
	bool is_packed, has_lines;
	struct part *part;
	struct source_place place;
	int64_t passed_count; /* items of the part that were taken at an earlier time */
	const struct source_format *format;
	struct format_reader reader;
	source_import_entry *take;
	void *context;
	struct arena *arena;
	struct source_imported *imported;
};

static int32_t
day_of(const struct import *import, const struct entry *entry)
{
	if (entry->listed_on != DATE_NO_DAY)
		return entry->listed_on;
	return import->hint != DATE_NO_DAY ? import->hint : import->reader.listing.day;
}

static int
take_entry(void *context, struct entry *entry, struct err *err)
{
	struct import *import = context;

	import->place.item_count = (int64_t)import->reader.listing.item_count;
	if (import->place.item_count <= import->passed_count)
		return 0;
	import->place.format = import->format->name;
	import->place.byte = import->part->at;
	entry->listed_on = day_of(import, entry);
	/* A place in a dump is no rank. */
	if (entry->listed_on == DATE_NO_DAY)
		entry->rank = 0;
	return import->take(import->context, entry, &import->place, err);
}

static void
take_skip(void *context, size_t place, const char *why)
{
	struct import *import = context;
	struct source_imported *imported = import->imported;
	struct str where = STR("");

	if ((int64_t)place <= import->passed_count)
		return;
	imported->skipped_count++;
	if (imported->skipped_kept == SKIPS_KEPT)
		return;
	if (import->place.offset > 0)
		where = arena_printf(
		    import->arena, " behind byte %lld", (long long)import->place.offset);
	imported->skipped = arena_grow(import->arena, imported->skipped, &imported->skipped_kept,
	    sizeof(imported->skipped[0]));
	imported->skipped[imported->skipped_kept - 1] =
	    arena_printf(import->arena, "item %zu%.*s %s", place, STR_ARG(where), why);
}

static int
read_part(struct import *import, struct err *err)
{
	static const struct input_ops ops = { part_next, part_rewind, part_close };
	struct input *input = input_new(&ops, import->part);
	int status;

	if (import->is_packed)
		input = pack_gunzip(input, unpacked_bytes_most);
	import->reader = (struct format_reader){
		.context = import,
		.entry = take_entry,
		.skip = take_skip,
		.arena = arena_new(),
		.keep = arena_new(),
		.scope = "import",
		.base_url = "",
	};
	status = format_read(input, &import->reader, &import->format, err);
	if (import->format != NULL)
		import->imported->format = import->format->name;
	arena_free(import->reader.arena);
	arena_free(import->reader.keep);
	input_close(input);
	return status;
}

/* ---- parts ---- */

/* Whether a text is lines of JSON objects, which can be parted between any two of them. */
static bool
is_lines(struct str head)
{
	ptrdiff_t end = str_find_char(head, '\n');
	struct str first = end > 0 ? str_trim(str_head(head, (size_t)end)) : STR("");
	struct str second = end > 0 ? str_skip(head, (size_t)end + 1) : STR("");

	return str_starts(first, "{") && str_ends(first, "}") && str_starts(second, "{");
}

static int
look_at_head(struct import *import, struct err *err)
{
	char *head = mem_alloc(HEAD_BYTES);
	ssize_t count = read_at(import->part->fd, head, HEAD_BYTES, 0);

	if (count < 0) {
		err_set_errno(err, EX_IOERR, errno, "cannot read '%s'", import->path);
	} else {
		struct str bytes = { head, (size_t)count };
		import->is_packed = pack_is_gzip(bytes);
		import->has_lines = !import->is_packed && is_lines(bytes);
	}
	mem_free(head);
	return count < 0 ? -1 : 0;
}

/* Sets the part that begins at a byte: lines of about PART_BYTES, or all that is left. */
static int
set_part(struct import *import, int64_t start, struct err *err)
{
	struct part *part = import->part;
	int64_t at = start + PART_BYTES;
	ssize_t count;

	part->start = part->at = start;
	part->end = import->size;
	import->place.offset = start;
	import->place.item_count = 0;
	while (import->has_lines && at < import->size) {
		count = read_at(part->fd, part->chunk, sizeof(part->chunk), at);
		if (count < 0)
			return err_set_errno(
			    err, EX_IOERR, errno, "cannot read '%s'", import->path);
		ptrdiff_t line = str_find_char((struct str){ part->chunk, (size_t)count }, '\n');
		if (line >= 0 || count == 0) {
			part->end = line >= 0 ? at + line + 1 : import->size;
			break;
		}
		at += count;
	}
	return 0;
}

static int
read_parts(struct import *import, const struct source_place *from, struct err *err)
{
	int64_t start = from->offset < import->size ? from->offset : 0;

	import->passed_count = from->item_count;
	do {
		if (set_part(import, start, err) < 0 || read_part(import, err) < 0)
			return -1;
		import->passed_count = 0;
		start = import->part->end;
	} while (start < import->size);
	return 0;
}

int
source_import(const char *path, const struct source_place *from, source_import_entry *take,
    void *context, struct arena *arena, struct source_imported *imported, struct err *err)
{
	struct import import = {
		.path = path,
		.hint = fetch_local_day(path),
		.take = take,
		.context = context,
		.arena = arena,
		.imported = imported,
		.part = mem_alloc(sizeof(struct part)),
	};
	struct stat status;
	int result = -1;

	*imported = (struct source_imported){ .format = "" };
	import.part->path = path;
	import.part->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (import.part->fd < 0 || fstat(import.part->fd, &status) < 0) {
		err_set_errno(err, EX_IOERR, errno, "cannot open '%s'", path);
	} else if (!S_ISREG(status.st_mode)) {
		err_set(err, EX_IOERR, "'%s' is no file; save it first", path);
	} else {
		import.size = status.st_size;
		result = look_at_head(&import, err);
		if (result == 0)
			result = read_parts(&import, from, err);
	}
	if (import.part->fd >= 0)
		close(import.part->fd);
	mem_free(import.part);
	return result;
}

const char *const *
source_import_files(struct arena *arena, const char *path, struct err *err)
{
	return fetch_local_list(arena, path, err);
}
