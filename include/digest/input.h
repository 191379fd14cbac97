/*
 * Bytes to be read from their beginning to their end, a chunk at a time, and over again if need be:
 * of memory, of a file, or of another input that they are packed in. Whoever reads a listing reads an
 * input, so that its size is no matter.
 */
#ifndef DIGEST_INPUT_H
#define DIGEST_INPUT_H

#include "digest/err.h"
#include "digest/str.h"

struct input;

enum {
	INPUT_HEAD_BYTES = 64 << 10, /* what input_head() gives at most */
	INPUT_WHOLE_BYTES = 32 << 20, /* what input_whole() gives at most */
};

/* What an input of another kind does. `context` is its own. */
struct input_ops {
	/* The next chunk, at least one byte, which lives until the next call: 1; 0 at the end; -1. */
	int (*next)(void *context, struct str *chunk, struct err *err);
	/* Back to the beginning. */
	int (*rewind)(void *context, struct err *err);
	void (*close)(void *context);
};

struct input *input_new(const struct input_ops *ops, void *context);

/* Of memory, which is borrowed and must outlive it. */
struct input *input_of_bytes(struct str bytes);

/*
 * Of a regular file, from where it stands open; takes the descriptor. `name` is what errors call it,
 * and is copied. EX_IOERR when reading fails.
 */
struct input *input_of_file(int fd, const char *name);

/* input_close(NULL) does nothing. */
void input_close(struct input *input);

/* The next chunk, which lives until the next call of any function here: 1; 0 at the end; -1. */
int input_next(struct input *input, struct str *chunk, struct err *err);

int input_rewind(struct input *input, struct err *err);

/*
 * The first bytes, INPUT_HEAD_BYTES unless there are fewer; reading starts at the beginning
 * afterwards. They live until the input is closed.
 */
int input_head(struct input *input, struct str *head, struct err *err);

/*
 * All bytes at once, for formats that need them so; they live until the input is closed. EX_DATAERR
 * when there are more than INPUT_WHOLE_BYTES.
 */
int input_whole(struct input *input, struct str *bytes, struct err *err);

#endif
