/*
 * Compression by zlib (RFC 1950), and gzip (RFC 1952) as an input over an input. What is worth
 * compressing is the store's business, and what is packed in gzip the reader's.
 */
#include "digest/pack.h"

#include "digest/mem.h"

/* zlib does not write to its input, and says so when it is asked to. */
#define ZLIB_CONST
#include <zlib.h>

enum {
	PIECE_BYTES = 16 * 1024,
	INPUT_MOST = 1 << 30,
	CHUNK_BYTES = 64 * 1024,
	/* For inflateInit2(): the largest window, in a gzip wrapper. */
	GZIP_WINDOW = 15 + 16,
};

/* zlib counts in 32 bits; gives it the next piece of a longer input. */
static void
feed(z_stream *stream, struct str *rest)
{
	if (stream->avail_in > 0)
		return;
	struct str piece = str_head(*rest, INPUT_MOST);
	stream->next_in = (const unsigned char *)piece.ptr;
	stream->avail_in = (unsigned)piece.len;
	*rest = str_skip(*rest, piece.len);
}

void
pack_deflate(struct buf *out, struct str data)
{
	z_stream stream = { 0 };
	unsigned char piece[PIECE_BYTES];
	int result = Z_OK;

	/*
	 * The default level makes a page of papers a seventh smaller and takes three times as long;
	 * what is packed here is kept for days. The parameters are right, so only memory can be
	 * missing.
	 */
	if (deflateInit(&stream, Z_BEST_SPEED) != Z_OK)
		mem_die();
	while (result == Z_OK) {
		feed(&stream, &data);
		stream.next_out = piece;
		stream.avail_out = sizeof(piece);
		result = deflate(&stream, data.len > 0 ? Z_NO_FLUSH : Z_FINISH);
		buf_add_bytes(out, piece, sizeof(piece) - stream.avail_out);
	}
	deflateEnd(&stream);
}

int
pack_inflate(struct buf *out, struct str packed, struct err *err)
{
	z_stream stream = { 0 };
	unsigned char piece[PIECE_BYTES];
	int result = Z_OK;

	if (inflateInit(&stream) != Z_OK)
		mem_die();
	while (result == Z_OK && !buf_has_failed(out)) {
		feed(&stream, &packed);
		stream.next_out = piece;
		stream.avail_out = sizeof(piece);
		result = inflate(&stream, Z_NO_FLUSH);
		buf_add_bytes(out, piece, sizeof(piece) - stream.avail_out);
	}
	bool has_rest = stream.avail_in > 0 || packed.len > 0;
	inflateEnd(&stream);

	if (buf_has_failed(out))
		return err_set(err, EX_DATAERR, "pack: larger than %zu bytes", out->limit);
	if (result == Z_MEM_ERROR)
		mem_die();
	if (result != Z_STREAM_END || has_rest)
		return err_set(err, EX_DATAERR, "pack: damaged");
	return 0;
}

/* ---- gzip ---- */

struct gunzip {
	struct input *packed;
	int64_t limit_bytes, taken, given; /* so far, packed and unpacked */
	z_stream stream;
	struct str rest; /* of the packed chunk, not yet in the stream */
	bool is_member_done; /* between two members, or after the last */
	bool has_ended;
	unsigned char chunk[CHUNK_BYTES];
};

bool
pack_is_gzip(struct str head)
{
	return str_starts(head, "\x1f\x8b");
}

/* Sees to it that the stream has bytes to read: 1; 0 at the end of what is packed; -1. */
static int
refill(struct gunzip *gunzip, struct err *err)
{
	int status = 1;

	while (status > 0 && gunzip->stream.avail_in == 0 && gunzip->rest.len == 0) {
		status = input_next(gunzip->packed, &gunzip->rest, err);
		if (status > 0)
			gunzip->taken += (int64_t)gunzip->rest.len;
	}
	if (status > 0)
		feed(&gunzip->stream, &gunzip->rest);
	return status;
}

/* Another member, or the end: files may be several that were packed apart, or padded with zeros. */
static void
go_on_behind_member(struct gunzip *gunzip)
{
	/* Any member begins with this byte, which padding does not. */
	if (gunzip->stream.next_in[0] != 0x1f) {
		gunzip->has_ended = true;
		return;
	}
	inflateReset(&gunzip->stream);
	gunzip->is_member_done = false;
}

static int
check_growth(struct gunzip *gunzip, size_t len, struct err *err)
{
	gunzip->given += (int64_t)len;
	if (gunzip->given > gunzip->limit_bytes)
		return err_set(err, EX_DATAERR, "the gzip data is over %lld MiB when unpacked",
		    (long long)gunzip->limit_bytes >> 20);
	if (gunzip->given > PACK_RATIO_FROM_BYTES && gunzip->given / PACK_RATIO_MAX > gunzip->taken)
		return err_set(err, EX_DATAERR,
		    "the gzip data grows more than %d times when unpacked; refused",
		    PACK_RATIO_MAX);
	return 1;
}

static int
check_result(int result, struct err *err)
{
	if (result == Z_OK || result == Z_STREAM_END || result == Z_BUF_ERROR)
		return 0;
	if (result == Z_MEM_ERROR)
		mem_die();
	return err_set(err, EX_DATAERR, "the gzip data is damaged");
}

static int
gunzip_next(void *context, struct str *chunk, struct err *err)
{
	struct gunzip *gunzip = context;
	z_stream *stream = &gunzip->stream;
	size_t len = 0;

	while (len == 0 && !gunzip->has_ended) {
		int status = refill(gunzip, err);
		if (status < 0)
			return -1;
		if (status > 0 && gunzip->is_member_done)
			go_on_behind_member(gunzip);
		if (gunzip->has_ended || (status == 0 && gunzip->is_member_done))
			break;
		stream->next_out = gunzip->chunk;
		stream->avail_out = sizeof(gunzip->chunk);
		int result = inflate(stream, Z_NO_FLUSH);
		if (check_result(result, err) < 0)
			return -1;
		gunzip->is_member_done = result == Z_STREAM_END;
		len = sizeof(gunzip->chunk) - stream->avail_out;
		/* Without more bytes there may still be text that found no room before. */
		if (status == 0 && len == 0 && !gunzip->is_member_done)
			return err_set(err, EX_DATAERR, "cut off: the gzip data ends too early");
	}
	*chunk = (struct str){ (const char *)gunzip->chunk, len };
	return len > 0 ? check_growth(gunzip, len, err) : 0;
}

static int
gunzip_rewind(void *context, struct err *err)
{
	struct gunzip *gunzip = context;

	inflateReset(&gunzip->stream);
	gunzip->stream.avail_in = 0;
	gunzip->rest = STR("");
	gunzip->taken = gunzip->given = 0;
	gunzip->is_member_done = gunzip->has_ended = false;
	return input_rewind(gunzip->packed, err);
}

static void
gunzip_close(void *context)
{
	struct gunzip *gunzip = context;

	inflateEnd(&gunzip->stream);
	input_close(gunzip->packed);
	mem_free(gunzip);
}

struct input *
pack_gunzip(struct input *packed, int64_t limit_bytes)
{
	static const struct input_ops ops = { gunzip_next, gunzip_rewind, gunzip_close };
	struct gunzip *gunzip = mem_alloc(sizeof(*gunzip));

	gunzip->packed = packed;
	gunzip->limit_bytes = limit_bytes;
	if (inflateInit2(&gunzip->stream, GZIP_WINDOW) != Z_OK)
		mem_die();
	return input_new(&ops, gunzip);
}
