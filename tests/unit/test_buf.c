/* Growing text: always terminated, never above its ceiling, failed for good when it would be. */
#include "unit.h"

#include "digest/buf.h"
#include "digest/mem.h"

/* What holds for every buffer at every moment. */
static void
check(const struct buf *buf)
{
	assert_non_null(buf->ptr);
	assert_int_equal(buf->ptr[buf->len], '\0');
	assert_true(buf->len <= buf->limit);
	assert_true(buf->room == 0 ? buf->ptr == buf_empty && buf->len == 0 : buf->len < buf->room);
	assert_true(buf->room <= buf->limit + 1 || buf->room <= 64);
}

static void
a_new_one_is_empty_text(void **state)
{
	(void)state;
	struct buf buf = BUF_INIT(10);

	check(&buf);
	assert_str(buf_str(&buf), "");
	buf_cut(&buf, 0);
	buf_reset(&buf);
	buf_add(&buf, (struct str){ NULL, 0 });
	buf_add_string(&buf, "");
	buf_addf(&buf, "%s", "");
	buf_add_repeat(&buf, 'x', 0);
	check(&buf);
	assert_false(buf_has_failed(&buf));
	buf_release(&buf);
	check(&buf);
	assert_int_equal(buf_empty[0], '\0');
}

static void
every_kind_of_append(void **state)
{
	(void)state;
	struct buf buf = BUF_INIT(BUF_LIMIT);

	buf_add(&buf, STR("a\0b"));
	buf_add_string(&buf, "cd");
	buf_add_char(&buf, 'e');
	buf_add_bytes(&buf, "fgh", 2);
	buf_add_repeat(&buf, '-', 3);
	buf_addf(&buf, "%d:%s", 42, "z");
	check(&buf);
	assert_true(str_equal(buf_str(&buf), STR("a\0bcdefg---42:z")));
	buf_release(&buf);
	assert_str(buf_str(&buf), "");
}

/* Lengths around every boundary at which it grows, each kind of append. */
static void
growth_keeps_the_text(void **state)
{
	(void)state;
	struct buf one = BUF_INIT(10000);
	struct buf formatted = BUF_INIT(10000);

	for (size_t i = 0; i < 5000; i++) {
		char c = (char)('a' + i % 26);
		buf_add_char(&one, c);
		buf_addf(&formatted, "%c", c);
		check(&one);
		check(&formatted);
	}
	assert_int_equal(one.len, 5000);
	assert_true(str_equal(buf_str(&one), buf_str(&formatted)));
	for (size_t i = 0; i < 5000; i++)
		assert_int_equal(one.ptr[i], 'a' + i % 26);
	buf_release(&one);
	buf_release(&formatted);
}

static void
long_formatted_text_is_whole(void **state)
{
	(void)state;
	struct buf buf = BUF_INIT(BUF_LIMIT);

	for (int width = 1; width < 300; width++) {
		size_t before = buf.len;
		buf_addf(&buf, "%*d", width, 7);
		check(&buf);
		assert_int_equal(buf.len, before + (size_t)width);
		assert_int_equal(buf.ptr[buf.len - 1], '7');
	}
	buf_release(&buf);
}

static void
the_ceiling_holds(void **state)
{
	(void)state;
	struct buf buf = BUF_INIT(5);

	buf_add_string(&buf, "12345");
	assert_false(buf_has_failed(&buf));
	check(&buf);
	buf_add_char(&buf, '6');
	assert_true(buf_has_failed(&buf));
	assert_str(buf_str(&buf), "12345");
	/* Failed for good: not even room that came back takes anything. */
	buf_cut(&buf, 1);
	buf_add_char(&buf, 'x');
	buf_addf(&buf, "%d", 1);
	buf_add_repeat(&buf, 'y', 2);
	assert_str(buf_str(&buf), "1");
	assert_true(buf_has_failed(&buf));
	check(&buf);

	buf_reset(&buf);
	assert_false(buf_has_failed(&buf));
	buf_addf(&buf, "%s", "abcde");
	assert_str(buf_str(&buf), "abcde");
	buf_addf(&buf, "%s", "fg");
	assert_true(buf_has_failed(&buf));
	assert_str(buf_str(&buf), "abcde");
	check(&buf);
	buf_release(&buf);
	assert_false(buf_has_failed(&buf));
	assert_int_equal(buf.limit, 5);
	buf_add_repeat(&buf, 'x', SIZE_MAX);
	assert_true(buf_has_failed(&buf));
	buf_release(&buf);

	struct buf none = BUF_INIT(0);
	buf_add_char(&none, 'x');
	assert_true(buf_has_failed(&none));
	check(&none);
	buf_release(&none);
}

static void
utf8_of_every_length(void **state)
{
	(void)state;
	struct buf buf = BUF_INIT(BUF_LIMIT);

	buf_add_utf8(&buf, 'A');
	buf_add_utf8(&buf, 0xe9);
	buf_add_utf8(&buf, 0x20ac);
	buf_add_utf8(&buf, 0x1f600);
	buf_add_utf8(&buf, 0x10ffff);
	assert_str(buf_str(&buf), "A\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\xf4\x8f\xbf\xbf");
	buf_reset(&buf);
	buf_add_utf8(&buf, 0xd800);
	buf_add_utf8(&buf, 0x110000);
	buf_add_utf8(&buf, UINT32_MAX);
	assert_str(buf_str(&buf), "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
	buf_reset(&buf);
	buf_add_utf8(&buf, 0);
	assert_int_equal(buf.len, 1);
	check(&buf);
	buf_release(&buf);
}

static void
text_can_be_given_away(void **state)
{
	(void)state;
	struct buf buf = BUF_INIT(100);

	char *empty = buf_detach(&buf);
	assert_string_equal(empty, "");
	assert_ptr_not_equal(empty, buf_empty);
	mem_free(empty);
	buf_add_string(&buf, "text");
	char *text = buf_detach(&buf);
	assert_string_equal(text, "text");
	mem_free(text);
	check(&buf);
	assert_int_equal(buf.limit, 100);
}

static void
cutting_only_shortens(void **state)
{
	(void)state;
	struct buf buf = BUF_INIT(100);

	buf_add_string(&buf, "abcdef");
	buf_cut(&buf, 9);
	assert_str(buf_str(&buf), "abcdef");
	buf_cut(&buf, 3);
	assert_str(buf_str(&buf), "abc");
	check(&buf);
	buf_release(&buf);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_new_one_is_empty_text),
		cmocka_unit_test(every_kind_of_append),
		cmocka_unit_test(growth_keeps_the_text),
		cmocka_unit_test(long_formatted_text_is_whole),
		cmocka_unit_test(the_ceiling_holds),
		cmocka_unit_test(utf8_of_every_length),
		cmocka_unit_test(text_can_be_given_away),
		cmocka_unit_test(cutting_only_shortens),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
