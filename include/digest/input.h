/*
 * Bytes to be read from their beginning to their end, a chunk at a time, and over again if need be:
 * of memory, of a file, or of another input that they are packed in. Whoever reads a listing reads
 * an input, so that its size is no matter.
 */
#ifndef DIGEST_INPUT_H
#define DIGEST_INPUT_H

#include "digest/err.h"
#include "digest/str.h"

struct input;
struct input_spool;

enum {
	INPUT_HEAD_BYTES = 64 << 10, /* what input_head() gives at most */
	INPUT_WHOLE_BYTES = 32 << 20, /* what input_whole() gives at most */
	INPUT_SPOOL_BYTES = 1 << 20, /* what a spool keeps in memory when it may write */
};

/* What an input of another kind does. `context` is its own. */
struct input_ops {
	/*
	 * The next chunk, at least one byte, which lives until the next call: 1; 0 at the end; -1.
	 */
	int (*next)(void *context, struct str *chunk, struct err *err);
	/* Back to the beginning. */
	int (*rewind)(void *context, struct err *err);
	void (*close)(void *context);
};

struct input *input_new(const struct input_ops *ops, void *context);

/* Of memory, which is borrowed and must outlive it. */
struct input *input_of_bytes(struct str bytes);

/*
 * Of a regular file, from where it stands open; takes the descriptor, but leaves its position
 * alone. `name` is what errors call it, and is copied. EX_IOERR when reading fails.
 */
struct input *input_of_file(int fd, const char *name);

/*
 * For bytes that come once and are to be read as an input later: a body, a pipe. They are kept in
 * memory, and beyond INPUT_SPOOL_BYTES in a temporary file without a name. When nothing may be
 * written (`may_write` is false, or there is no room for such a file) all of it stays in memory.
 */
struct input_spool *input_spool_new(int64_t limit_bytes, bool may_write);
void input_spool_free(struct input_spool *spool);

/* EX_DATAERR when that is more than its limit: "over 32 MiB"; EX_IOERR. It takes no more then. */
int input_spool_add(struct input_spool *spool, struct str bytes, struct err *err);

/* Forgets what came so far, failures too. */
void input_spool_reset(struct input_spool *spool);

/* What was kept, from its beginning; takes the spool. */
struct input *input_of_spool(struct input_spool *spool);

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
