/*
 * A connected byte stream, whoever made it: net gives one that is verified and, where asked for,
 * encrypted and authenticated; smtp speaks over it; tests give one of their own.
 */
#ifndef DIGEST_STREAM_H
#define DIGEST_STREAM_H

#include "digest/err.h"

#include <stddef.h>
#include <stdint.h>

struct stream;

/* What read() and write() give when the deadline passes before anything could be done. */
enum { STREAM_LATER = -2 };

struct stream_ops {
	/*
	 * Reads 1…`size` bytes and returns how many; 0 at the end of the stream; -1 on an error;
	 * STREAM_LATER when `deadline_ms` (clock_monotonic_ms()) passes: one that has passed
	 * already asks for what can be done without waiting. Never raises SIGPIPE.
	 */
	ptrdiff_t (*read)(struct stream *stream, void *bytes, size_t size, int64_t deadline_ms);

	/* Writes 1…`size` bytes and returns how many; -1 and STREAM_LATER as read(). */
	ptrdiff_t (*write)(
	    struct stream *stream, const void *bytes, size_t size, int64_t deadline_ms);

	/* Closes and frees. */
	void (*close)(struct stream *stream);

	/* What to poll(2) for it, once read() or write() said STREAM_LATER. */
	int (*descriptor)(const struct stream *stream);
};

/* The first member of every stream. */
struct stream {
	const struct stream_ops *ops;
};

#endif
