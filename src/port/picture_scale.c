/*
 * Scaling: each pixel that is made is the mean of the area it stands for. Exact in integers: a
 * source row is `out` units wide and a made one `in` units, so that both have the same length.
 */
#include "picture_scale.h"

#include "digest/mem.h"

enum { SAMPLES = 3 }; /* of a pixel */

int
picture_fit(unsigned width, unsigned height, unsigned side, unsigned *out_width,
    unsigned *out_height, struct err *err)
{
	uint64_t longer = width > height ? width : height;

	if (width == 0 || height == 0 || (uint64_t)width * height > PICTURE_PIXELS_MOST)
		return err_set(err, EX_DATAERR, "it has %u by %u pixels", width, height);
	*out_width = width;
	*out_height = height;
	if (longer > side) {
		*out_width = (unsigned)(((uint64_t)width * side + longer / 2) / longer);
		*out_height = (unsigned)(((uint64_t)height * side + longer / 2) / longer);
	}
	if (*out_width < PICTURE_SIDE_LEAST || *out_height < PICTURE_SIDE_LEAST)
		return err_set(
		    err, EX_DATAERR, "it is too small or thin: %u by %u pixels", width, height);
	return 0;
}

void
picture_scale_begin(struct picture_scale *scale, unsigned in_width, unsigned in_height,
    unsigned out_width, unsigned out_height)
{
	size_t line = (size_t)out_width * SAMPLES;

	*scale = (struct picture_scale){
		.in_width = in_width,
		.in_height = in_height,
		.out_width = out_width,
		.out_height = out_height,
		.line = mem_array(line, sizeof(uint32_t)),
		.sums = mem_array(2 * line, sizeof(uint64_t)),
		.pixels = mem_array(out_height, line),
	};
}

void
picture_scale_release(struct picture_scale *scale)
{
	mem_free(scale->line);
	mem_free(scale->sums);
	mem_free(scale->pixels);
	*scale = (struct picture_scale){ 0 };
}

/* A row of the source, across: each of its pixels goes to one that is made, or to two. */
static void
scale_across(struct picture_scale *scale, const unsigned char *pixels)
{
	uint32_t *to = scale->line;
	unsigned room = scale->in_width; /* of the pixel that is being made */

	for (size_t i = 0; i < (size_t)scale->out_width * SAMPLES; i++)
		scale->line[i] = 0;
	for (unsigned x = 0; x < scale->in_width; x++, pixels += SAMPLES) {
		unsigned first = scale->out_width < room ? scale->out_width : room;
		for (int i = 0; i < SAMPLES; i++)
			to[i] += first * pixels[i];
		room -= first;
		if (room > 0)
			continue;
		to += SAMPLES;
		room = scale->in_width - (scale->out_width - first);
		for (int i = 0; i < SAMPLES && first < scale->out_width; i++)
			to[i] += (scale->out_width - first) * pixels[i];
	}
}

static void
add_line(struct picture_scale *scale, uint64_t *sums, unsigned weight)
{
	for (size_t i = 0; i < (size_t)scale->out_width * SAMPLES; i++)
		sums[i] += (uint64_t)weight * scale->line[i];
}

/* Writes the made row of that number, and goes on with the sums of the one below. */
static void
end_row(struct picture_scale *scale, unsigned number)
{
	size_t line = (size_t)scale->out_width * SAMPLES;
	uint64_t area = (uint64_t)scale->in_width * scale->in_height;
	unsigned char *out = scale->pixels + number * line;

	for (size_t i = 0; i < line; i++) {
		out[i] = (unsigned char)((scale->sums[i] + area / 2) / area);
		scale->sums[i] = scale->sums[line + i];
		scale->sums[line + i] = 0;
	}
}

void
picture_scale_row(struct picture_scale *scale, const unsigned char *pixels)
{
	size_t line = (size_t)scale->out_width * SAMPLES;
	uint64_t begin = (uint64_t)scale->rows * scale->out_height;
	unsigned number = (unsigned)(begin / scale->in_height);
	unsigned room = (unsigned)((uint64_t)(number + 1) * scale->in_height - begin);
	unsigned first = scale->out_height < room ? scale->out_height : room;

	if (scale->rows == scale->in_height)
		return;
	scale->rows++;
	scale_across(scale, pixels);
	add_line(scale, scale->sums, first);
	add_line(scale, scale->sums + line, scale->out_height - first);
	if (first == room)
		end_row(scale, number);
}
