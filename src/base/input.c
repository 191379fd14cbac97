/*
 * Inputs: those of memory and of files, and what is the same for all. What the bytes mean is for
 * whoever reads them.
 */
#include "digest/input.h"

#include "digest/buf.h"
#include "digest/mem.h"

#include <errno.h>
#include <unistd.h>

enum { CHUNK_BYTES = 64 << 10 };

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

struct input *
input_of_bytes(struct str bytes)
{
	static const struct input_ops ops = { memory_next, memory_rewind, mem_free };
	struct memory *memory = mem_alloc(sizeof(*memory));
	struct input *input = input_new(&ops, memory);

	*memory = (struct memory){ .bytes = bytes };
	input->memory = bytes;
	input->is_memory = true;
	return input;
}

/* ---- files ---- */

struct file {
	int fd;
	off_t start;
	char *name;
	char chunk[CHUNK_BYTES];
};

static int
file_next(void *context, struct str *chunk, struct err *err)
{
	struct file *file = context;
	ssize_t count;

	do
		count = read(file->fd, file->chunk, sizeof(file->chunk));
	while (count < 0 && errno == EINTR);
	if (count < 0)
		return err_set_errno(err, EX_IOERR, errno, "cannot read '%s'", file->name);
	*chunk = (struct str){ file->chunk, (size_t)count };
	return count > 0;
}

static int
file_rewind(void *context, struct err *err)
{
	struct file *file = context;

	if (lseek(file->fd, file->start, SEEK_SET) >= 0)
		return 0;
	return err_set_errno(err, EX_IOERR, errno, "cannot read '%s' over again", file->name);
}

static void
file_close(void *context)
{
	struct file *file = context;

	close(file->fd);
	mem_free(file->name);
	mem_free(file);
}

struct input *
input_of_file(int fd, const char *name)
{
	static const struct input_ops ops = { file_next, file_rewind, file_close };
	struct file *file = mem_alloc(sizeof(*file));
	off_t start = lseek(fd, 0, SEEK_CUR);

	file->fd = fd;
	file->start = start > 0 ? start : 0;
	file->name = mem_copy_string(name);
	return input_new(&ops, file);
}
