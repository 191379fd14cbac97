/* What was packed comes back, and what is damaged or too large is refused. */
#include "unit.h"

#include "digest/pack.h"

#include <zlib.h>

static void
assert_comes_back(struct str data)
{
	struct buf packed = BUF_INIT(BUF_LIMIT), out = BUF_INIT(BUF_LIMIT);
	struct err err = ERR_NONE;

	/* Both functions append. */
	buf_add_string(&out, "before ");
	pack_deflate(&packed, data);
	assert_int_equal(pack_inflate(&out, buf_str(&packed), &err), 0);
	assert_int_equal(out.len, data.len + 7);
	if (data.len > 0)
		assert_memory_equal(out.ptr + 7, data.ptr, data.len);
	buf_release(&packed);
	buf_release(&out);
}

static struct buf
noise(size_t len)
{
	struct buf buf = BUF_INIT(BUF_LIMIT);
	uint32_t x = 2463534242u;

	while (buf.len < len) {
		x ^= x << 13;
		x ^= x >> 17;
		x ^= x << 5;
		buf_add_char(&buf, (char)(x & 0xff));
	}
	return buf;
}

static void
what_was_packed_comes_back(void **state)
{
	(void)state;
	static const size_t sizes[] = { 1, 2, 100, 16383, 16384, 16385, 65536, 1000000 };
	struct buf random = noise(1000000), flat = BUF_INIT(BUF_LIMIT);

	assert_comes_back(STR(""));
	assert_comes_back((struct str){ NULL, 0 });
	assert_comes_back(STR("Subject: =?utf-8?Q?=C3=A9tude?=\r\n\r\nbody\r\n"));
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		assert_comes_back(str_head(buf_str(&random), sizes[i]));
	buf_add_repeat(&flat, 'a', 5000000);
	assert_comes_back(buf_str(&flat));
	struct buf packed = BUF_INIT(BUF_LIMIT);
	pack_deflate(&packed, buf_str(&flat));
	assert_true(packed.len < flat.len / 200);
	buf_release(&packed);
	buf_release(&random);
	buf_release(&flat);
}

static int
inflate_code(struct str packed, size_t limit)
{
	struct buf out = BUF_INIT(limit);
	struct err err = ERR_NONE;
	int status = pack_inflate(&out, packed, &err);

	assert_int_equal(status, err_is_set(&err) ? -1 : 0);
	buf_release(&out);
	return err.code;
}

static void
damage_is_refused(void **state)
{
	(void)state;
	struct buf packed = BUF_INIT(BUF_LIMIT), data = noise(3000);

	pack_deflate(&packed, buf_str(&data));
	struct str good = buf_str(&packed);
	assert_int_equal(inflate_code(good, BUF_LIMIT), 0);
	assert_int_equal(inflate_code(STR(""), BUF_LIMIT), EX_DATAERR);
	assert_int_equal(inflate_code(STR("not packed at all"), BUF_LIMIT), EX_DATAERR);
	for (size_t cut = 0; cut < good.len; cut += 97)
		assert_int_equal(inflate_code(str_head(good, cut), BUF_LIMIT), EX_DATAERR);
	for (size_t at = 0; at < good.len; at += 101) {
		packed.ptr[at] ^= 0x10;
		assert_int_equal(inflate_code(good, BUF_LIMIT), EX_DATAERR);
		packed.ptr[at] ^= 0x10;
	}
	buf_add_string(&packed, "more");
	assert_int_equal(inflate_code(buf_str(&packed), BUF_LIMIT), EX_DATAERR);
	buf_release(&packed);
	buf_release(&data);
}

static void
the_ceiling_holds(void **state)
{
	(void)state;
	struct buf packed = BUF_INIT(BUF_LIMIT), flat = BUF_INIT(BUF_LIMIT);

	buf_add_repeat(&flat, 'a', 1000000);
	pack_deflate(&packed, buf_str(&flat));
	assert_int_equal(inflate_code(buf_str(&packed), 1000000), 0);
	assert_int_equal(inflate_code(buf_str(&packed), 999999), EX_DATAERR);
	assert_int_equal(inflate_code(buf_str(&packed), 10), EX_DATAERR);
	buf_release(&packed);
	buf_release(&flat);
}

/* ---- gzip ---- */

/* Appends a member as gzip(1) makes it. */
static void
add_gzip(struct buf *out, struct str text)
{
	z_stream stream = { 0 };
	char piece[4096];
	int result;

	assert_int_equal(
	    deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
	stream.next_in = (unsigned char *)text.ptr;
	stream.avail_in = (unsigned)text.len;
	do {
		stream.next_out = (unsigned char *)piece;
		stream.avail_out = sizeof(piece);
		result = deflate(&stream, Z_FINISH);
		buf_add_bytes(out, piece, sizeof(piece) - stream.avail_out);
	} while (result == Z_OK);
	assert_int_equal(result, Z_STREAM_END);
	deflateEnd(&stream);
}

/* An input of memory, a few bytes at a time. */
struct drip {
	struct str bytes, rest;
	size_t piece;
};

static int
drip_next(void *context, struct str *chunk, struct err *err)
{
	struct drip *drip = context;
	(void)err;
	*chunk = str_head(drip->rest, drip->piece);
	drip->rest = str_skip(drip->rest, chunk->len);
	return chunk->len > 0;
}

static int
drip_rewind(void *context, struct err *err)
{
	struct drip *drip = context;
	(void)err;
	drip->rest = drip->bytes;
	return 0;
}

static void
drip_close(void *context)
{
	(void)context;
}

/* Reads to the end or a failure: what came. */
static int
gunzip(struct str packed, size_t piece, int64_t limit, struct buf *out, struct err *err)
{
	static const struct input_ops ops = { drip_next, drip_rewind, drip_close };
	struct drip drip = { packed, packed, piece };
	struct input *input = pack_gunzip(input_new(&ops, &drip), limit);
	struct str chunk, head;
	int status;

	/* Twice, as listings are. */
	if (input_head(input, &head, err) == 0) {
		while ((status = input_next(input, &chunk, err)) > 0)
			buf_add(out, chunk);
		assert_true(status < 0 || str_equal(head, str_head(buf_str(out), head.len)));
	}
	input_close(input);
	return err->code;
}

static void
assert_unpacks(struct str packed, struct str text)
{
	static const size_t pieces[] = { 1, 7, 4096, 1 << 20 };
	for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
		struct buf out = BUF_INIT(BUF_LIMIT);
		struct err err = ERR_NONE;
		assert_int_equal(gunzip(packed, pieces[i], (int64_t)text.len, &out, &err), 0);
		assert_true(str_equal(buf_str(&out), text));
		buf_release(&out);
	}
}

static void
add_numbers(struct buf *text, int count)
{
	for (int i = 0; i < count; i++)
		buf_addf(text, "%d is a number, %x is too\n", i, i * 2654435761u);
}

static void
gzip_is_unpacked(void **state)
{
	struct buf text = BUF_INIT(BUF_LIMIT), packed = BUF_INIT(BUF_LIMIT);

	(void)state;
	add_gzip(&packed, STR(""));
	assert_true(pack_is_gzip(buf_str(&packed)));
	assert_false(pack_is_gzip(STR("\x1f")));
	assert_unpacks(buf_str(&packed), STR(""));

	buf_reset(&packed);
	add_numbers(&text, 20000);
	add_gzip(&packed, buf_str(&text));
	assert_unpacks(buf_str(&packed), buf_str(&text));
	/* Several members, and padding after the last (RFC 1952 section 2.2). */
	add_gzip(&packed, STR("and more"));
	buf_add_string(&text, "and more");
	assert_unpacks(buf_str(&packed), buf_str(&text));
	buf_add_repeat(&packed, '\0', 1000);
	assert_unpacks(buf_str(&packed), buf_str(&text));
	/* A run that fills the unpacker's chunk when the last packed byte is gone. */
	for (size_t len = 65530; len < 65545; len++) {
		buf_reset(&packed);
		buf_reset(&text);
		buf_add_repeat(&text, 'a', len);
		add_gzip(&packed, buf_str(&text));
		assert_unpacks(buf_str(&packed), buf_str(&text));
	}
	buf_release(&text);
	buf_release(&packed);
}

/*
 * Cut anywhere, or changed anywhere that matters, it is said to be bad; what came before is right.
 */
static void
damaged_gzip_is_refused(void **state)
{
	struct buf text = BUF_INIT(BUF_LIMIT), packed = BUF_INIT(BUF_LIMIT);

	(void)state;
	add_numbers(&text, 200);
	add_gzip(&packed, buf_str(&text));
	for (size_t len = 1; len < packed.len; len++) {
		struct buf out = BUF_INIT(BUF_LIMIT);
		struct err err = ERR_NONE;
		assert_int_equal(
		    gunzip(str_head(buf_str(&packed), len), 64, BUF_LIMIT, &out, &err), EX_DATAERR);
		assert_string_equal(err.text, "cut off: the gzip data ends too early");
		assert_true(str_equal(buf_str(&out), str_head(buf_str(&text), out.len)));
		buf_release(&out);
	}
	/* After the header of ten bytes everything counts. */
	for (size_t at = 10; at < packed.len; at += 5) {
		struct buf out = BUF_INIT(BUF_LIMIT);
		struct err err = ERR_NONE;
		packed.ptr[at] ^= 0x55;
		assert_int_equal(gunzip(buf_str(&packed), 64, BUF_LIMIT, &out, &err), EX_DATAERR);
		packed.ptr[at] ^= 0x55;
		buf_release(&out);
	}
	buf_release(&text);
	buf_release(&packed);
}

static void
gzip_bombs_are_put_out(void **state)
{
	struct buf text = BUF_INIT(BUF_LIMIT), packed = BUF_INIT(BUF_LIMIT);
	struct buf out = BUF_INIT(BUF_LIMIT);
	struct err err = ERR_NONE;

	(void)state;
	add_numbers(&text, 100000);
	add_gzip(&packed, buf_str(&text));
	assert_int_equal(gunzip(buf_str(&packed), 4096, 1 << 20, &out, &err), EX_DATAERR);
	assert_string_equal(err.text, "the gzip data is over 1 MiB when unpacked");
	assert_true(out.len <= 1 << 20);

	buf_reset(&packed);
	buf_reset(&text);
	buf_reset(&out);
	err_clear(&err);
	buf_add_repeat(&text, '\0', (size_t)32 << 20);
	add_gzip(&packed, buf_str(&text));
	assert_int_equal(gunzip(buf_str(&packed), 4096, BUF_LIMIT, &out, &err), EX_DATAERR);
	assert_string_equal(
	    err.text, "the gzip data grows more than 200 times when unpacked; refused");
	assert_true(out.len < 4 << 20);
	buf_release(&out);
	buf_release(&text);
	buf_release(&packed);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_packed_comes_back),
		cmocka_unit_test(damage_is_refused),
		cmocka_unit_test(the_ceiling_holds),
		cmocka_unit_test(gzip_is_unpacked),
		cmocka_unit_test(damaged_gzip_is_refused),
		cmocka_unit_test(gzip_bombs_are_put_out),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
