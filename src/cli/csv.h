/* Comma-separated values, RFC 4180. Which columns there are is the caller's business. */
#ifndef DIGEST_CLI_CSV_H
#define DIGEST_CLI_CSV_H

#include "digest/arena.h"
#include "digest/buf.h"

struct csv {
	struct str rest; /* what has not been read */
	size_t next_line;
	size_t line; /* where the record that was read last begins */
	struct str *fields; /* of it, in the arena */
	size_t field_count;
};

/* Begins with a text, after its byte order mark; lines may end with CRLF or LF. */
void csv_init(struct csv *csv, struct str text);

/*
 * Reads the next record that is not empty: 1, 0 after the last, -1 for a quote that is not closed.
 */
int csv_next(struct csv *csv, struct arena *arena);

/* Appends a field, quoted where it must be, with a comma before it unless it begins the line. */
void csv_add(struct buf *out, struct str field, bool is_first);

#endif
