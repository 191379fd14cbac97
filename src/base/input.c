/*
 * Inputs: those of memory, files and spools, and what is the same for all. What the bytes mean is
 * for whoever reads them.
 */
#include "digest/input.h"

#include "digest/buf.h"
#include "digest/mem.h"
#include "digest/output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { CHUNK_BYTES = 64 << 10, PATH_BYTES = 4096 };

static const char temporary_name[] = "the temporary file";

struct input {
	const struct input_ops *ops;
	void *context;
	struct str memory; /* all of it, when it is memory anyway */
	bool is_memory;
	struct buf head, whole; /* copies, made when asked for */
	bool has_head, has_whole;
};

struct input *
input_new(const struct input_ops *ops, void *context)
{
	struct input *input = mem_alloc(sizeof(*input));

	*input = (struct input){
		.ops = ops,
		.context = context,
		.head = BUF_INIT(INPUT_HEAD_BYTES),
		.whole = BUF_INIT(INPUT_WHOLE_BYTES),
	};
	return input;
}

void
input_close(struct input *input)
{
	if (input == NULL)
		return;
	input->ops->close(input->context);
	buf_release(&input->head);
	buf_release(&input->whole);
	mem_free(input);
}

int
input_next(struct input *input, struct str *chunk, struct err *err)
{
	return input->ops->next(input->context, chunk, err);
}

int
input_rewind(struct input *input, struct err *err)
{
	return input->ops->rewind(input->context, err);
}

int
input_head(struct input *input, struct str *head, struct err *err)
{
	struct str chunk;
	int status = 1;

	if (input->is_memory) {
		*head = str_head(input->memory, INPUT_HEAD_BYTES);
		return input_rewind(input, err);
	}
	if (!input->has_head) {
		if (input_rewind(input, err) < 0)
			return -1;
		while (status > 0 && input->head.len < INPUT_HEAD_BYTES) {
			status = input_next(input, &chunk, err);
			if (status < 0)
				return -1;
			if (status > 0)
				buf_add(&input->head,
				    str_head(chunk, INPUT_HEAD_BYTES - input->head.len));
		}
		input->has_head = true;
	}
	*head = buf_str(&input->head);
	return input_rewind(input, err);
}

int
input_whole(struct input *input, struct str *bytes, struct err *err)
{
	struct str chunk;
	int status;

	if (input->is_memory) {
		*bytes = input->memory;
		return 0;
	}
	if (!input->has_whole) {
		if (input_rewind(input, err) < 0)
			return -1;
		while ((status = input_next(input, &chunk, err)) > 0) {
			buf_add(&input->whole, chunk);
			if (buf_has_failed(&input->whole))
				return err_set(
				    err, EX_DATAERR, "over %d MiB", INPUT_WHOLE_BYTES >> 20);
		}
		if (status < 0)
			return -1;
		input->has_whole = true;
	}
	*bytes = buf_str(&input->whole);
	return 0;
}

/* ---- memory ---- */

struct memory {
	struct str bytes;
	struct buf own; /* what they are in, unless they are borrowed */
	bool is_read;
};

static int
memory_next(void *context, struct str *chunk, struct err *err)
{
	struct memory *memory = context;

	(void)err;
	if (memory->is_read || memory->bytes.len == 0)
		return 0;
	memory->is_read = true;
	*chunk = memory->bytes;
	return 1;
}

static int
memory_rewind(void *context, struct err *err)
{
	struct memory *memory = context;

	(void)err;
	memory->is_read = false;
	return 0;
}

static void
memory_close(void *context)
{
	struct memory *memory = context;

	buf_release(&memory->own);
	mem_free(memory);
}

static struct input *
input_of_memory(struct str bytes, struct buf own)
{
	static const struct input_ops ops = { memory_next, memory_rewind, memory_close };
	struct memory *memory = mem_alloc(sizeof(*memory));
	struct input *input = input_new(&ops, memory);

	*memory = (struct memory){ .bytes = bytes, .own = own };
	input->memory = bytes;
	input->is_memory = true;
	return input;
}

struct input *
input_of_bytes(struct str bytes)
{
	return input_of_memory(bytes, BUF_INIT(0));
}

/* ---- files ---- */

struct file {
	int fd;
	off_t start, at;
	char *name;
	char chunk[CHUNK_BYTES];
};

static int
file_next(void *context, struct str *chunk, struct err *err)
{
	struct file *file = context;
	ssize_t count;

	do
		count = pread(file->fd, file->chunk, sizeof(file->chunk), file->at);
	while (count < 0 && errno == EINTR);
	if (count < 0)
		return err_set_errno(err, EX_IOERR, errno, "cannot read '%s'", file->name);
	file->at += count;
	*chunk = (struct str){ file->chunk, (size_t)count };
	return count > 0;
}

static int
file_rewind(void *context, struct err *err)
{
	struct file *file = context;

	(void)err;
	file->at = file->start;
	return 0;
}

static void
file_close(void *context)
{
	struct file *file = context;

	close(file->fd);
	mem_free(file->name);
	mem_free(file);
}

static struct input *
input_of_file_at(int fd, off_t start, const char *name)
{
	static const struct input_ops ops = { file_next, file_rewind, file_close };
	struct file *file = mem_alloc(sizeof(*file));

	file->fd = fd;
	file->start = file->at = start;
	file->name = mem_copy_string(name);
	return input_new(&ops, file);
}

struct input *
input_of_file(int fd, const char *name)
{
	off_t start = lseek(fd, 0, SEEK_CUR);

	return input_of_file_at(fd, start > 0 ? start : 0, name);
}

/* ---- spools ---- */

struct input_spool {
	int64_t limit_bytes, len;
	bool may_write, has_failed;
	int fd; /* -1 while all is in memory */
	struct buf memory;
};

struct input_spool *
input_spool_new(int64_t limit_bytes, bool may_write)
{
	struct input_spool *spool = mem_alloc(sizeof(*spool));

	*spool = (struct input_spool){
		.limit_bytes = limit_bytes,
		.may_write = may_write,
		.fd = -1,
		.memory = BUF_INIT((size_t)limit_bytes),
	};
	return spool;
}

void
input_spool_reset(struct input_spool *spool)
{
	if (spool->fd >= 0)
		close(spool->fd);
	spool->fd = -1;
	spool->len = 0;
	spool->has_failed = false;
	buf_reset(&spool->memory);
}

void
input_spool_free(struct input_spool *spool)
{
	if (spool == NULL)
		return;
	input_spool_reset(spool);
	buf_release(&spool->memory);
	mem_free(spool);
}

/* A file without a name, where temporary files go; -1 when there cannot be one. */
static int
open_temporary(void)
{
	const char *folder = getenv("TMPDIR");
	char path[PATH_BYTES];
	int fd, len;

	if (folder == NULL || folder[0] != '/')
		folder = "/tmp";
	fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, S_IRUSR | S_IWUSR);
	if (fd >= 0)
		return fd;
	/* Not every file system can do that. */
	len = snprintf(path, sizeof(path), "%s/digest-XXXXXX", folder);
	fd = len < (int)sizeof(path) ? mkostemp(path, O_CLOEXEC) : -1;
	if (fd >= 0)
		unlink(path);
	return fd;
}

static int
write_temporary(int fd, struct str bytes, struct err *err)
{
	if (output_write(fd, bytes) == 0)
		return 0;
	return err_set_errno(err, EX_IOERR, errno, "cannot write %s", temporary_name);
}

/* Moves on to a file; without one, to what memory there may be at most. */
static int
leave_memory(struct input_spool *spool, struct err *err)
{
	int status;

	spool->fd = open_temporary();
	if (spool->fd < 0) {
		spool->may_write = false;
		if (spool->limit_bytes > INPUT_WHOLE_BYTES)
			spool->limit_bytes = INPUT_WHOLE_BYTES;
		return 0;
	}
	status = write_temporary(spool->fd, buf_str(&spool->memory), err);
	buf_release(&spool->memory);
	return status;
}

static int
spool_add(struct input_spool *spool, struct str bytes, struct err *err)
{
	int64_t len = spool->len + (int64_t)bytes.len;

	if (spool->fd < 0 && spool->may_write && len > INPUT_SPOOL_BYTES &&
	    leave_memory(spool, err) < 0)
		return -1;
	if (len > spool->limit_bytes)
		return err_set(
		    err, EX_DATAERR, "over %lld MiB", (long long)spool->limit_bytes >> 20);
	spool->len = len;
	if (spool->fd >= 0)
		return write_temporary(spool->fd, bytes, err);
	buf_add(&spool->memory, bytes);
	return 0;
}

int
input_spool_add(struct input_spool *spool, struct str bytes, struct err *err)
{
	if (spool->has_failed)
		return -1;
	spool->has_failed = spool_add(spool, bytes, err) < 0;
	return spool->has_failed ? -1 : 0;
}

struct input *
input_of_spool(struct input_spool *spool)
{
	struct input *input;

	if (spool->fd >= 0)
		input = input_of_file_at(spool->fd, 0, temporary_name);
	else
		input = input_of_memory(buf_str(&spool->memory), spool->memory);
	mem_free(spool);
	return input;
}
