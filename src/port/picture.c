/*
 * The process that pictures are decoded in. What it says is read as if the picture itself had said
 * it.
 */
#include "digest/picture.h"

#include "digest/child.h"

#include <string.h>

enum { MEMORY_BYTES = 256 << 20, TIMEOUT_MS = 5000, SAID_BYTES = 16 << 20 };

void
picture_release(struct picture *picture)
{
	buf_release(&picture->bytes);
}

struct task {
	struct str bytes;
	unsigned side;
};

/*
 * How it begins: with the size of the picture, whose bytes follow; or 0 by 0,
 * and why there is none.
 */
struct said {
	uint32_t width, height;
};

static void
work(void *context, struct buf *out)
{
	const struct task *task = context;
	struct picture picture = PICTURE_INIT;
	struct err why = ERR_NONE;
	struct said said = { 0 };

	if (picture_shrink_here(&picture, task->bytes, task->side, &why) == 0)
		said = (struct said){ picture.width, picture.height };
	buf_add_bytes(out, &said, sizeof(said));
	if (said.width > 0)
		buf_add(out, buf_str(&picture.bytes));
	else
		buf_add_string(out, why.text);
	picture_release(&picture);
}

/* Takes what the process says, unless it is what no picture of ours is. */
static int
take(struct picture *picture, struct str text, unsigned side, struct err *err)
{
	struct said said = { 0 };

	if (text.len >= sizeof(said))
		memcpy(&said, text.ptr, sizeof(said));
	text = str_skip(text, sizeof(said));
	if (said.width == 0)
		return err_set(err, EX_DATAERR, "%.*s", STR_ARG(text));
	if (said.width > side || said.height > side || said.height < PICTURE_SIDE_LEAST ||
	    said.width < PICTURE_SIDE_LEAST || !str_starts(text, "\xff\xd8\xff"))
		return err_set(err, EX_DATAERR, "what was made of it is no picture");
	buf_add(&picture->bytes, text);
	picture->width = said.width;
	picture->height = said.height;
	return 0;
}

int
picture_shrink(struct picture *picture, struct str bytes, unsigned side, struct err *err)
{
	static const struct child_limits limits = { MEMORY_BYTES, TIMEOUT_MS };
	struct task task = { bytes, side };
	struct buf out = BUF_INIT(SAID_BYTES);

	int result = child_call(work, &task, &limits, &out, err);
	if (result == 0)
		result = take(picture, buf_str(&out), side, err);
	buf_release(&out);
	return result;
}
