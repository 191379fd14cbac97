/*
 * Feeds any bytes to the decoders of pictures: what is made is a small JPEG that they read
 * themselves, and nothing is when they refuse. Checksums are set right before, which no damaged PNG
 * would pass.
 */
#include "digest/picture.h"
#include "digest/str.h"

#include <stdlib.h>
#include <string.h>

#include <zlib.h>

enum { SIDE = 480, PIXELS_MOST = 500000, PNG_HEAD = 8, CHUNK_FRAME = 12 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void
require(bool holds)
{
	if (!holds)
		abort();
}

static uint32_t
number_at(const unsigned char *bytes, int count)
{
	uint32_t number = 0;

	for (int i = 0; i < count; i++)
		number = number << 8 | bytes[i];
	return number;
}

/*
 * Sets the checksum of each chunk: its length, four letters, its data,
 * and then the sum of these two.
 */
static void
mend_png(unsigned char *bytes, size_t len)
{
	size_t at = PNG_HEAD;

	while (at < len && len - at >= CHUNK_FRAME) {
		size_t data = number_at(bytes + at, 4);
		if (data > len - at - CHUNK_FRAME)
			return;
		uint32_t sum = (uint32_t)crc32(0, bytes + at + 4, (uInt)data + 4);
		for (int i = 0; i < 4; i++)
			bytes[at + 8 + data + i] = (unsigned char)(sum >> (24 - 8 * i));
		at += data + CHUNK_FRAME;
	}
}

/* A decoder takes these, and longer for them than there is time here. */
static bool
takes_long(uint32_t width, uint32_t height)
{
	uint64_t pixels = (uint64_t)width * height;

	return pixels > PIXELS_MOST && pixels <= PICTURE_PIXELS_MOST;
}

/* What size it claims: in the head of a PNG, or after a marker that begins a frame of a JPEG. */
static bool
is_large(const unsigned char *bytes, size_t len)
{
	for (size_t at = 0; at + 9 <= len; at++) {
		const unsigned char *frame = bytes + at;
		if (frame[0] == 0xff && frame[1] >> 4 == 0xc && frame[1] != 0xc4 &&
		    takes_long(number_at(frame + 5, 2), number_at(frame + 7, 2)))
			return true;
	}
	return bytes[0] == 0x89 && len >= 24 &&
	    takes_long(number_at(bytes + 16, 4), number_at(bytes + 20, 4));
}

static bool
is_small_jpeg(const struct picture *picture)
{
	struct str bytes = buf_str(&picture->bytes);

	return str_starts(bytes, "\xff\xd8\xff") && str_ends(bytes, "\xff\xd9") &&
	    picture->width >= PICTURE_SIDE_LEAST && picture->width <= SIDE &&
	    picture->height >= PICTURE_SIDE_LEAST && picture->height <= SIDE;
}

/* What is small enough keeps its size. */
static void
check_made(const struct picture *made)
{
	struct picture again = PICTURE_INIT;
	struct err err = ERR_NONE;

	require(is_small_jpeg(made));
	require(picture_shrink_here(&again, buf_str(&made->bytes), SIDE, &err) == 0);
	require(is_small_jpeg(&again));
	require(again.width == made->width && again.height == made->height);
	picture_release(&again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct picture picture = PICTURE_INIT;
	struct err err = ERR_NONE;
	unsigned char *copy;

	if (len == 0 || is_large(bytes, len))
		return 0;
	copy = malloc(len);
	require(copy != NULL);
	memcpy(copy, bytes, len);
	if (copy[0] == 0x89)
		mend_png(copy, len);
	if (picture_shrink_here(&picture, (struct str){ (const char *)copy, len }, SIDE, &err) == 0)
		check_made(&picture);
	else
		require(err.code == EX_DATAERR && err.text[0] != '\0' && picture.bytes.len == 0);
	picture_release(&picture);
	free(copy);
	return 0;
}
