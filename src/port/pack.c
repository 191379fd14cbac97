/*
 * Compression by zlib (RFC 1950). What is worth compressing is the store's business.
 */
#include "digest/pack.h"

#include "digest/mem.h"

/* zlib does not write to its input, and says so when it is asked to. */
#define ZLIB_CONST
#include <zlib.h>

enum { PIECE_BYTES = 16 * 1024, INPUT_MOST = 1 << 30 };

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
	 * The default level makes a page of papers a seventh smaller and takes three times as long; what
	 * is packed here is kept for days. The parameters are right, so only memory can be missing.
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
