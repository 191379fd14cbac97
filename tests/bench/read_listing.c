/*
 * Reads a listing as `digest fetch` does, sniffing included, and throws the entries away: what
 * reading costs without a store.
 */
#include "digest/arena.h"
#include "src/source/format.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

struct count {
	size_t entries, bytes;
};

static int
take_entry(void *context, struct entry *entry, struct err *err)
{
	struct count *count = context;

	(void)err;
	count->entries++;
	count->bytes += entry->title.len + entry->abstract.len;
	for (size_t i = 0; i < entry->author_count; i++)
		count->bytes += entry->authors[i].name.len;
	return 0;
}

static void
take_skip(void *context, size_t place, const char *why)
{
	(void)context;
	fprintf(stderr, "item %zu %s\n", place, why);
}

int
main(int argc, char **argv)
{
	int fd = argc == 2 ? open(argv[1], O_RDONLY | O_CLOEXEC) : -1;
	const struct source_format *format;
	struct count count = { .entries = 0 };
	struct err err = ERR_NONE;

	if (fd < 0)
		return EXIT_FAILURE;
	struct input *input = input_of_file(fd, argv[1]);
	struct format_reader reader = {
		.context = &count,
		.entry = take_entry,
		.skip = take_skip,
		.arena = arena_new(),
		.keep = arena_new(),
		.scope = "bench",
		.base_url = "",
	};
	int status = format_read(input, &reader, &format, &err);
	if (status < 0)
		fprintf(stderr, "%s\n", err.text);
	else
		printf("%s: %zu entries, %zu bytes\n", format->name, count.entries, count.bytes);
	arena_free(reader.arena);
	arena_free(reader.keep);
	input_close(input);
	return status == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
