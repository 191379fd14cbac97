/* PNG in, by libpng. */
#include "picture_scale.h"

#include "digest/mem.h"

#include <png.h>

#include <setjmp.h>
#include <stdio.h>
#include <string.h>

enum { CHUNK_BYTES_MOST = 1 << 20, CHUNKS_MOST = 100, SAMPLES = 4 };

/* libpng leaves by a long jump when something is wrong, and what stands here is valid after it. */
struct reading {
	png_structp png;
	png_infop info;
	struct str rest;
	unsigned char *pixels; /* a row; of an interlaced picture all of them */
	unsigned char *row; /* without its transparency */
	char text[ERR_TEXT_BYTES];
};

static void
leave(png_structp png, png_const_charp text)
{
	struct reading *reading = png_get_error_ptr(png);

	snprintf(reading->text, sizeof(reading->text), "%s", text);
	png_longjmp(png, 1);
}

static void
ignore(png_structp png, png_const_charp text)
{
	(void)png, (void)text;
}

static void
take(png_structp png, png_bytep out, size_t len)
{
	struct reading *reading = png_get_io_ptr(png);

	if (len > reading->rest.len)
		png_error(png, "it is cut short");
	memcpy(out, reading->rest.ptr, len);
	reading->rest = str_skip(reading->rest, len);
}

/* Whatever it was becomes eight bits each of red, green, blue and opacity. */
static void
set_form(struct reading *reading)
{
	png_structp png = reading->png;

	png_set_expand(png);
	png_set_scale_16(png);
	png_set_gray_to_rgb(png);
	png_set_add_alpha(png, 0xff, PNG_FILLER_AFTER);
}

/* Lays a row on white. */
static void
scale_row(struct reading *reading, struct picture_scale *scale, const unsigned char *pixels)
{
	unsigned char *out = reading->row;

	for (unsigned x = 0; x < scale->in_width; x++, pixels += SAMPLES) {
		unsigned opacity = pixels[3];
		for (int i = 0; i < 3; i++)
			*out++ =
			    (unsigned char)((pixels[i] * opacity + 255 * (255 - opacity) + 127) /
			        255);
	}
	picture_scale_row(scale, reading->row);
}

static int
read_rows(struct reading *reading, struct picture_scale *scale, unsigned side, struct err *err)
{
	png_structp png = reading->png;
	unsigned width, height;

	png_read_info(png, reading->info);
	unsigned in_width = png_get_image_width(png, reading->info);
	unsigned in_height = png_get_image_height(png, reading->info);
	if (picture_fit(in_width, in_height, side, &width, &height, err) < 0)
		return -1;
	set_form(reading);
	int passes = png_set_interlace_handling(png);
	png_read_update_info(png, reading->info);
	size_t line = (size_t)in_width * SAMPLES;
	if (png_get_rowbytes(png, reading->info) != line)
		return err_set(err, EX_DATAERR, "its pixels have an odd form");
	picture_scale_begin(scale, in_width, in_height, width, height);
	reading->row = mem_array(in_width, 3);
	reading->pixels = mem_array(passes > 1 ? in_height : 1, line);
	for (int pass = 1; pass < passes; pass++) {
		for (unsigned y = 0; y < in_height; y++)
			png_read_row(png, reading->pixels + y * line, NULL);
	}
	for (unsigned y = 0; y < in_height; y++) {
		unsigned char *pixels = reading->pixels + (passes > 1 ? y * line : 0);
		png_read_row(png, pixels, NULL);
		scale_row(reading, scale, pixels);
	}
	png_read_end(png, NULL);
	return 0;
}

int
picture_read_png(struct picture_scale *scale, struct str bytes, unsigned side, struct err *err)
{
	struct reading *reading = mem_alloc(sizeof(*reading));
	int result;

	reading->rest = bytes;
	reading->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, reading, leave, ignore);
	if (reading->png == NULL)
		mem_die();
	reading->info = png_create_info_struct(reading->png);
	if (reading->info == NULL)
		mem_die();
	if (setjmp(png_jmpbuf(reading->png)) == 0) {
		png_set_read_fn(reading->png, reading, take);
		png_set_user_limits(reading->png, PICTURE_PIXELS_MOST, PICTURE_PIXELS_MOST);
		png_set_chunk_malloc_max(reading->png, CHUNK_BYTES_MOST);
		png_set_chunk_cache_max(reading->png, CHUNKS_MOST);
		result = read_rows(reading, scale, side, err);
	} else {
		result = err_set(err, EX_DATAERR, "%s", reading->text);
	}
	png_destroy_read_struct(&reading->png, &reading->info, NULL);
	mem_free(reading->pixels);
	mem_free(reading->row);
	mem_free(reading);
	return result;
}
