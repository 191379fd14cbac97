/* What the decoders of pictures have in common. For the files picture*.c alone. */
#ifndef DIGEST_PORT_PICTURE_SCALE_H
#define DIGEST_PORT_PICTURE_SCALE_H

#include "digest/picture.h"

#include <stdint.h>

/* A picture of red, green and blue bytes on its way from one size to another that is not larger. */
struct picture_scale {
	unsigned in_width, in_height, out_width, out_height;
	unsigned rows; /* taken so far */
	uint32_t *line; /* a row, scaled across: sums of samples */
	uint64_t *sums; /* the row that is being made, and the one below it */
	unsigned char *pixels; /* what is made */
};

/* What size a picture gets; EX_DATAERR when it is too large, or gets too small. */
int picture_fit(unsigned width, unsigned height, unsigned side, unsigned *out_width,
    unsigned *out_height, struct err *err);

void picture_scale_begin(struct picture_scale *scale, unsigned in_width, unsigned in_height,
    unsigned out_width, unsigned out_height);
void picture_scale_row(struct picture_scale *scale, const unsigned char *pixels);
void picture_scale_release(struct picture_scale *scale);

/* Decodes into `scale`, which is begun and to be released in any case. EX_DATAERR. */
int
picture_read_jpeg(struct picture_scale *scale, struct str bytes, unsigned side, struct err *err);
int picture_read_png(struct picture_scale *scale, struct str bytes, unsigned side, struct err *err);

/* Writes what was scaled as a JPEG. */
int picture_write_jpeg(const struct picture_scale *scale, struct picture *picture, struct err *err);

#endif
