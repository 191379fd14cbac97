/* Pictures: what becomes of good ones, and that no bad one does harm. */
#include "digest/picture.h"

#include "digest/child.h"
#include "unit.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <jpeglib.h>
#include <png.h>

enum { SIDE = 480 };

struct fixture {
	unsigned char *file; /* what was made last, by malloc(3) */
	size_t len;
	struct picture picture;
	struct err err;
};

static int
set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	f->picture = (struct picture)PICTURE_INIT;
	*state = f;
	return 0;
}

static int
tear_down(void **state)
{
	struct fixture *f = *state;

	picture_release(&f->picture);
	free(f->file);
	free(f);
	return 0;
}

/* The left half is of one colour, the right half of another. */
static void
paint(unsigned char *row, unsigned width, unsigned samples, const unsigned char left[4],
    const unsigned char right[4])
{
	for (unsigned x = 0; x < width; x++)
		memcpy(row + x * samples, x < width / 2 ? left : right, samples);
}

static const unsigned char red[] = { 250, 10, 10, 255 }, blue[] = { 10, 10, 250, 255 };
static const unsigned char clear[] = { 0, 0, 0, 0 };

static void
make_jpeg(struct fixture *f, unsigned width, unsigned height, J_COLOR_SPACE space, bool has_passes)
{
	struct jpeg_error_mgr manager;
	struct jpeg_compress_struct info = { .err = jpeg_std_error(&manager) };
	unsigned long len = 0;
	int samples = space == JCS_CMYK ? 4 : space == JCS_GRAYSCALE ? 1 : 3;
	unsigned char *row = malloc((size_t)width * 4);

	free(f->file);
	f->file = NULL;
	assert_non_null(row);
	jpeg_create_compress(&info);
	jpeg_mem_dest(&info, &f->file, &len);
	info.image_width = width;
	info.image_height = height;
	info.input_components = samples;
	info.in_color_space = space;
	jpeg_set_defaults(&info);
	if (has_passes)
		jpeg_simple_progression(&info);
	jpeg_start_compress(&info, TRUE);
	paint(row, width, (unsigned)samples, red, blue);
	while (info.next_scanline < info.image_height)
		jpeg_write_scanlines(&info, &row, 1);
	jpeg_finish_compress(&info);
	jpeg_destroy_compress(&info);
	free(row);
	f->len = len;
}

static void
add_bytes(png_structp png, png_bytep bytes, size_t len)
{
	struct fixture *f = png_get_io_ptr(png);

	f->file = realloc(f->file, f->len + len);
	assert_non_null(f->file);
	memcpy(f->file + f->len, bytes, len);
	f->len += len;
}

static void
flush(png_structp png)
{
	(void)png;
}

static void
make_png(struct fixture *f, unsigned width, unsigned height, int interlace,
    const unsigned char left[4], const unsigned char right[4])
{
	png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
	png_infop info = png_create_info_struct(png);
	unsigned char *row = malloc((size_t)width * 4);

	free(f->file);
	f->file = NULL;
	f->len = 0;
	assert_non_null(row);
	png_set_write_fn(png, f, add_bytes, flush);
	png_set_IHDR(png, info, width, height, 8, PNG_COLOR_TYPE_RGBA, interlace,
	    PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
	png_write_info(png, info);
	paint(row, width, 4, left, right);
	for (int pass = png_set_interlace_handling(png); pass > 0; pass--) {
		for (unsigned y = 0; y < height; y++)
			png_write_row(png, row);
	}
	png_write_end(png, NULL);
	png_destroy_write_struct(&png, &info);
	free(row);
}

static int
shrink(struct fixture *f)
{
	buf_reset(&f->picture.bytes);
	err_clear(&f->err);
	return picture_shrink(
	    &f->picture, (struct str){ (const char *)f->file, f->len }, SIDE, &f->err);
}

/* Checks the pixel at a quarter or three quarters of the width, halfway down. */
static void
check_colour(const struct fixture *f, unsigned quarter, const unsigned char colour[3])
{
	struct jpeg_error_mgr manager;
	struct jpeg_decompress_struct info = { .err = jpeg_std_error(&manager) };
	unsigned char row[SIDE * 3], *rows = row;

	jpeg_create_decompress(&info);
	jpeg_mem_src(&info, (unsigned char *)f->picture.bytes.ptr, f->picture.bytes.len);
	jpeg_read_header(&info, TRUE);
	assert_int_equal(info.image_width, f->picture.width);
	assert_int_equal(info.image_height, f->picture.height);
	assert_true(info.image_width <= SIDE);
	jpeg_start_decompress(&info);
	while (info.output_scanline <= info.image_height / 2)
		jpeg_read_scanlines(&info, &rows, 1);
	const unsigned char *pixel = row + (size_t)(info.image_width * quarter / 4) * 3;
	for (int i = 0; i < 3; i++)
		assert_in_range(pixel[i] + 12, colour[i], colour[i] + 24);
	jpeg_destroy_decompress(&info);
}

static void
check_halves(struct fixture *f, unsigned width, unsigned height)
{
	if (shrink(f) < 0)
		fail_msg("%s", f->err.text);
	assert_int_equal(f->picture.width, width);
	assert_int_equal(f->picture.height, height);
	assert_true(f->picture.bytes.len > 100 && f->picture.bytes.len < 20000);
	check_colour(f, 1, red);
	check_colour(f, 3, blue);
}

static void
good_ones(void **state)
{
	struct fixture *f = *state;

	make_jpeg(f, 1200, 630, JCS_RGB, false);
	check_halves(f, 480, 252);
	make_jpeg(f, 1200, 630, JCS_RGB, true);
	check_halves(f, 480, 252);
	make_png(f, 1200, 648, PNG_INTERLACE_NONE, red, blue);
	check_halves(f, 480, 259);
	make_png(f, 1200, 648, PNG_INTERLACE_ADAM7, red, blue);
	check_halves(f, 480, 259);
	/* A size that nothing divides, one upright, and one that is small already. */
	make_png(f, 1217, 911, PNG_INTERLACE_NONE, red, blue);
	check_halves(f, 480, 359);
	make_jpeg(f, 500, 1500, JCS_RGB, false);
	check_halves(f, 160, 480);
	make_png(f, 64, 40, PNG_INTERLACE_NONE, red, blue);
	check_halves(f, 64, 40);
}

static void
what_is_clear_is_white(void **state)
{
	struct fixture *f = *state;
	static const unsigned char white[] = { 255, 255, 255 };

	make_png(f, 600, 300, PNG_INTERLACE_NONE, clear, blue);
	assert_int_equal(shrink(f), 0);
	check_colour(f, 1, white);
	check_colour(f, 3, blue);
}

static void
grey_is_grey(void **state)
{
	struct fixture *f = *state;
	static const unsigned char light[] = { 250, 250, 250 };

	make_jpeg(f, 960, 480, JCS_GRAYSCALE, false);
	assert_int_equal(shrink(f), 0);
	check_colour(f, 1, light);
}

/*
 * An orientation that a camera notes is left out of account:
 * thumbnails are the right way up as they are.
 */
static void
orientation_is_not_read(void **state)
{
	struct fixture *f = *state;
	/* Exif, little endian, one entry: orientation (0x112), a short, 6: to be turned right. */
	static const char exif[] =
	    "\xff\xe1\x00\x22"
	    "Exif\0\0II\x2a\x00\x08\x00\x00\x00\x01\x00"
	    "\x12\x01\x03\x00\x01\x00\x00\x00\x06\x00\x00\x00\x00\x00\x00\x00";

	make_jpeg(f, 600, 300, JCS_RGB, false);
	f->file = realloc(f->file, f->len + sizeof(exif) - 1);
	assert_non_null(f->file);
	memmove(f->file + 2 + sizeof(exif) - 1, f->file + 2, f->len - 2);
	memcpy(f->file + 2, exif, sizeof(exif) - 1);
	f->len += sizeof(exif) - 1;
	check_halves(f, 480, 240);
	assert_true(str_find(buf_str(&f->picture.bytes), STR("Exif")) < 0);
}

/* Nothing of what came goes on: no comments, places or names. */
static void
what_is_hidden_stays_behind(void **state)
{
	struct fixture *f = *state;
	static const char comment[] = "\xff\xfe\x00\x1dtaken at the author's house";

	make_jpeg(f, 100, 100, JCS_RGB, false);
	f->file = realloc(f->file, f->len + sizeof(comment) - 1);
	assert_non_null(f->file);
	memmove(f->file + 2 + sizeof(comment) - 1, f->file + 2, f->len - 2);
	memcpy(f->file + 2, comment, sizeof(comment) - 1);
	f->len += sizeof(comment) - 1;
	assert_int_equal(shrink(f), 0);
	assert_true(str_find(buf_str(&f->picture.bytes), STR("house")) < 0);
}

static void
check_refused(struct fixture *f, const char *why)
{
	assert_int_equal(shrink(f), -1);
	assert_int_equal(f->err.code, EX_DATAERR);
	if (strstr(f->err.text, why) == NULL)
		fail_msg("'%s' is not in: %s", why, f->err.text);
	assert_int_equal(f->picture.bytes.len, 0);
}

static void
bad_ones(void **state)
{
	struct fixture *f = *state;
	static const char *const others[] = { "", "<!doctype html><p>Not found", "GIF89a\1\0\1\0",
		"RIFF\x10\0\0\0WEBPVP8 ", "<svg xmlns='http://www.w3.org/2000/svg'/>" };

	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
		free(f->file);
		f->len = strlen(others[i]);
		f->file = malloc(f->len + 1);
		assert_non_null(f->file);
		memcpy(f->file, others[i], f->len);
		check_refused(f, "neither JPEG nor PNG");
	}
	make_jpeg(f, 1200, 630, JCS_RGB, false);
	f->len = f->len / 2;
	check_refused(f, "cut short");
	f->len = 4;
	check_refused(f, "");
	make_png(f, 1200, 630, PNG_INTERLACE_NONE, red, blue);
	f->len = f->len - 40;
	check_refused(f, "cut short");
	make_png(f, 1200, 630, PNG_INTERLACE_NONE, red, blue);
	f->file[f->len / 2] ^= 0x55;
	check_refused(f, "");
	make_jpeg(f, 300, 300, JCS_CMYK, false);
	check_refused(f, "color");
	make_png(f, 1, 1, PNG_INTERLACE_NONE, red, blue);
	check_refused(f, "too small");
	make_png(f, 1000, 40, PNG_INTERLACE_NONE, red, blue);
	check_refused(f, "too small or thin: 1000 by 40");
}

/* A few bytes that claim to be many: refused before anything is taken for them. */
static void
bombs(void **state)
{
	struct fixture *f = *state;

	make_png(f, 100, 100, PNG_INTERLACE_NONE, red, blue);
	memcpy(f->file + 16, "\x00\x00\xc3\x50\x00\x00\xc3\x50\x08\x06\x00\x00\x00", 13);
	check_refused(f, "");
	make_png(f, 6000, 5000, PNG_INTERLACE_NONE, red, blue);
	check_refused(f, "6000 by 5000");
	make_jpeg(f, 6000, 5000, JCS_RGB, false);
	check_refused(f, "6000 by 5000");
}

/* ---- work in a process of its own ---- */

static void
crash(void *context, struct buf *out)
{
	(void)context, (void)out;
	raise(SIGSEGV);
}

static void
sleep_long(void *context, struct buf *out)
{
	(void)context, (void)out;
	for (;;)
		pause();
}

static void
eat(void *context, struct buf *out)
{
	(void)context, (void)out;
	for (int i = 0; i < 1000; i++) {
		char *more = malloc(1 << 20);
		if (more == NULL)
			raise(SIGUSR1);
		memset(more, i, 1 << 20);
	}
}

/* What cannot be opened or started is told by a letter each. */
static void
reach_out(void *context, struct buf *out)
{
	(void)context;
	buf_add_char(out, fopen("/dev/null", "r") == NULL ? 'f' : 'F');
	buf_add_char(out, dup(STDIN_FILENO) < 0 ? 'd' : 'D');
	buf_add_char(out, write(STDOUT_FILENO, "x", 1) < 0 ? 'o' : 'O');
	buf_add_char(out, write(STDERR_FILENO, "x", 1) < 0 ? 'e' : 'E');
}

static void
chatter(void *context, struct buf *out)
{
	(void)context;
	buf_add_repeat(out, 'x', 100);
}

static int
call(child_work *work, int64_t timeout_ms, size_t most, struct buf *out, struct err *err)
{
	const struct child_limits limits = { 64 << 20, timeout_ms };

	*out = BUF_INIT(most);
	return child_call(work, NULL, &limits, out, err);
}

static void
work_that_goes_wrong(void **state)
{
	struct fixture *f = *state;
	struct buf out;

	assert_int_equal(call(crash, 5000, 100, &out, &f->err), -1);
	assert_int_equal(f->err.code, EX_DATAERR);
	err_clear(&f->err);
	assert_int_equal(call(sleep_long, 50, 100, &out, &f->err), -1);
	assert_string_equal(f->err.text, "it took more than 50 ms or 100 bytes");
	err_clear(&f->err);
	assert_int_equal(call(chatter, 5000, 99, &out, &f->err), -1);
	buf_release(&out);
	err_clear(&f->err);
	assert_int_equal(call(eat, 5000, 100, &out, &f->err), -1);
	assert_int_equal(f->err.code, EX_DATAERR);
	buf_release(&out);
}

static void
work_that_reaches_out(void **state)
{
	struct fixture *f = *state;
	struct buf out;

	assert_int_equal(call(chatter, 5000, 100, &out, &f->err), 0);
	assert_int_equal(out.len, 100);
	buf_release(&out);
	assert_int_equal(call(reach_out, 5000, 100, &out, &f->err), 0);
	assert_string_equal(out.ptr, "fdoe");
	buf_release(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(good_ones, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_is_clear_is_white, set_up, tear_down),
		cmocka_unit_test_setup_teardown(grey_is_grey, set_up, tear_down),
		cmocka_unit_test_setup_teardown(orientation_is_not_read, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_is_hidden_stays_behind, set_up, tear_down),
		cmocka_unit_test_setup_teardown(bad_ones, set_up, tear_down),
		cmocka_unit_test_setup_teardown(bombs, set_up, tear_down),
		cmocka_unit_test_setup_teardown(work_that_goes_wrong, set_up, tear_down),
		cmocka_unit_test_setup_teardown(work_that_reaches_out, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
