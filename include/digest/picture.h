/*
 * Pictures from outside, made small: a JPEG or PNG is decoded, scaled and written anew, so that
 * nothing of its bytes reaches a reader. By libjpeg-turbo and libpng, in a process of their own
 * that a damaged or hostile picture may end.
 */
#ifndef DIGEST_PICTURE_H
#define DIGEST_PICTURE_H

#include "digest/buf.h"
#include "digest/err.h"

enum {
	PICTURE_PIXELS_MOST = 24000000, /* of what is decoded */
	PICTURE_SIDE_LEAST = 32, /* less is a mark or a counter of readers, not a picture */
};

/* Release with picture_release(). */
struct picture {
	struct buf bytes; /* a JPEG */
	unsigned width, height;
};
#define PICTURE_INIT \
	{ \
		BUF_INIT(BUF_LIMIT), 0, 0 \
	}
void picture_release(struct picture *picture);

/*
 * Makes a picture that is no side longer than `side` pixels; a smaller one keeps its size. What is
 * transparent becomes white. Of several pictures in one file the first counts. EX_DATAERR when that
 * cannot be: another format, damaged, cut short, too large, too small or thin, or the process was
 * ended; EX_OSERR when there was none.
 */
int picture_shrink(struct picture *picture, struct str bytes, unsigned side, struct err *err);

/* Likewise in this process, which may die of it. */
int picture_shrink_here(struct picture *picture, struct str bytes, unsigned side, struct err *err);

#endif
