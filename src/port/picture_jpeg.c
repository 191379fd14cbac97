/* JPEG in and out, by libjpeg-turbo. */
#include "picture_scale.h"

#include "digest/mem.h"

#include <setjmp.h>
#include <stdio.h>

#include <jerror.h>
#include <jpeglib.h>

enum { QUALITY = 80, SCANS_MOST = 100, EIGHTHS = 8 };

/* libjpeg leaves by a long jump when something is wrong, and what stands here is valid after it. */
struct trouble {
	struct jpeg_error_mgr manager; /* first: libjpeg's pointer to it is one to all */
	jmp_buf out;
	bool is_cut; /* the picture ends before its end */
	char text[JMSG_LENGTH_MAX];
};

static void
leave(j_common_ptr info)
{
	struct trouble *trouble = (struct trouble *)info->err;

	trouble->manager.format_message(info, trouble->text);
	longjmp(trouble->out, 1);
}

static void
note(j_common_ptr info, int level)
{
	struct trouble *trouble = (struct trouble *)info->err;

	if (level < 0 &&
	    (trouble->manager.msg_code == JWRN_JPEG_EOF ||
	        trouble->manager.msg_code == JWRN_HIT_MARKER))
		trouble->is_cut = true;
}

static struct jpeg_error_mgr *
watch(struct trouble *trouble)
{
	struct jpeg_error_mgr *manager = jpeg_std_error(&trouble->manager);

	manager->error_exit = leave;
	manager->emit_message = note;
	return manager;
}

/* A few bytes can ask for so many passes over a large picture that it takes minutes. */
static void
check_passes(j_common_ptr info)
{
	if (((j_decompress_ptr)info)->input_scan_number > SCANS_MOST)
		ERREXIT(info, JERR_BAD_PROGRESSION);
}

/* ---- in ---- */

struct reading {
	struct trouble trouble;
	struct jpeg_decompress_struct info;
	struct jpeg_progress_mgr progress;
	unsigned char *row;
};

/*
 * The decoder itself can leave out detail: it does an eighth of the size, or two,
 * or … as is enough.
 */
static void
set_size(struct jpeg_decompress_struct *info, unsigned width, unsigned height)
{
	info->scale_denom = EIGHTHS;
	for (info->scale_num = 1; info->scale_num < EIGHTHS; info->scale_num++) {
		jpeg_calc_output_dimensions(info);
		if (info->output_width >= width && info->output_height >= height)
			return;
	}
}

static int
read_rows(struct reading *reading, struct picture_scale *scale, struct str bytes, unsigned side,
    struct err *err)
{
	struct jpeg_decompress_struct *info = &reading->info;
	unsigned width, height;

	jpeg_create_decompress(info);
	info->progress = &reading->progress;
	jpeg_mem_src(info, (const unsigned char *)bytes.ptr, bytes.len);
	jpeg_read_header(info, TRUE);
	if (picture_fit(info->image_width, info->image_height, side, &width, &height, err) < 0)
		return -1;
	/* What libjpeg cannot make RGB of (CMYK, for printers) it refuses itself. */
	info->out_color_space = JCS_RGB;
	set_size(info, width, height);
	jpeg_start_decompress(info);
	picture_scale_begin(scale, info->output_width, info->output_height, width, height);
	reading->row = mem_array(info->output_width, (size_t)info->output_components);
	while (info->output_scanline < info->output_height) {
		jpeg_read_scanlines(info, &reading->row, 1);
		picture_scale_row(scale, reading->row);
	}
	jpeg_finish_decompress(info);
	if (reading->trouble.is_cut)
		return err_set(err, EX_DATAERR, "it is cut short");
	return 0;
}

int
picture_read_jpeg(struct picture_scale *scale, struct str bytes, unsigned side, struct err *err)
{
	struct reading *reading = mem_alloc(sizeof(*reading));
	int result;

	reading->info.err = watch(&reading->trouble);
	reading->progress.progress_monitor = check_passes;
	if (setjmp(reading->trouble.out) == 0)
		result = read_rows(reading, scale, bytes, side, err);
	else
		result = err_set(err, EX_DATAERR, "%s", reading->trouble.text);
	jpeg_destroy_decompress(&reading->info);
	mem_free(reading->row);
	mem_free(reading);
	return result;
}

/* ---- out ---- */

struct writing {
	struct trouble trouble;
	struct jpeg_compress_struct info;
	unsigned char *bytes; /* libjpeg's, by malloc(3) */
	unsigned long len;
};

static void
write_rows(struct writing *writing, const struct picture_scale *scale)
{
	struct jpeg_compress_struct *info = &writing->info;

	jpeg_create_compress(info);
	jpeg_mem_dest(info, &writing->bytes, &writing->len);
	info->image_width = scale->out_width;
	info->image_height = scale->out_height;
	info->input_components = 3;
	info->in_color_space = JCS_RGB;
	jpeg_set_defaults(info);
	jpeg_set_quality(info, QUALITY, TRUE);
	info->optimize_coding = TRUE;
	jpeg_start_compress(info, TRUE);
	while (info->next_scanline < info->image_height) {
		unsigned char *row =
		    scale->pixels + (size_t)info->next_scanline * scale->out_width * 3;
		jpeg_write_scanlines(info, &row, 1);
	}
	jpeg_finish_compress(info);
}

int
picture_write_jpeg(const struct picture_scale *scale, struct picture *picture, struct err *err)
{
	struct writing *writing = mem_alloc(sizeof(*writing));
	int result = 0;

	writing->info.err = watch(&writing->trouble);
	if (setjmp(writing->trouble.out) == 0)
		write_rows(writing, scale);
	else
		result = err_set(err, EX_DATAERR, "%s", writing->trouble.text);
	if (result == 0) {
		buf_add_bytes(&picture->bytes, writing->bytes, writing->len);
		picture->width = scale->out_width;
		picture->height = scale->out_height;
		/* Where it failed, libjpeg may have freed them already. */
		mem_free(writing->bytes);
	}
	jpeg_destroy_compress(&writing->info);
	mem_free(writing);
	return result;
}
