/* Which decoder knows a picture, and what becomes of what it decodes. */
#include "picture_scale.h"

static const struct {
	struct str begin;
	int (*read)(struct picture_scale *scale, struct str bytes, unsigned side, struct err *err);
} decoders[] = {
	{ STR("\xff\xd8\xff"), picture_read_jpeg },
	{ STR("\x89PNG\r\n\x1a\n"), picture_read_png },
};

static bool
begins_with(struct str bytes, struct str begin)
{
	return bytes.len >= begin.len && str_equal(str_head(bytes, begin.len), begin);
}

int
picture_shrink_here(struct picture *picture, struct str bytes, unsigned side, struct err *err)
{
	struct picture_scale scale = { 0 };
	size_t i = 0, count = sizeof(decoders) / sizeof(*decoders);

	while (i < count && !begins_with(bytes, decoders[i].begin))
		i++;
	if (i == count)
		return err_set(err, EX_DATAERR, "it is neither JPEG nor PNG");
	int result = decoders[i].read(&scale, bytes, side, err);
	if (result == 0)
		result = picture_write_jpeg(&scale, picture, err);
	picture_scale_release(&scale);
	return result;
}
