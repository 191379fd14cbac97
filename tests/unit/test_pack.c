/* What was packed comes back, and what is damaged or too large is refused. */
#include "unit.h"

#include "digest/pack.h"

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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_packed_comes_back),
		cmocka_unit_test(damage_is_refused),
		cmocka_unit_test(the_ceiling_holds),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
