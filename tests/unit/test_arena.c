/* Memory that dies together: zeroed, aligned, apart from one another, and reusable. */
#include "unit.h"

#include "digest/arena.h"
#include "digest/buf.h"

static void
pieces_are_zeroed_and_aligned(void **state)
{
	(void)state;
	static const char zeros[300];
	struct arena *arena = arena_new();

	for (int round = 0; round < 2; round++) {
		for (size_t size = 0; size < sizeof(zeros); size++) {
			char *bytes = arena_alloc(arena, size);
			assert_int_equal((uintptr_t)bytes % _Alignof(max_align_t), 0);
			assert_memory_equal(bytes, zeros, size);
			memset(bytes, 0xff, size);
		}
		arena_reset(arena);
	}
	arena_free(arena);
	arena_free(NULL);
}

static void
pieces_do_not_overlap(void **state)
{
	(void)state;
	enum { COUNT = 2000 };
	struct arena *arena = arena_new();
	unsigned char *pieces[COUNT];

	/* Sizes on both sides of a block's. */
	for (size_t i = 0; i < COUNT; i++) {
		size_t size = i % 100 == 0 ? 60000 + i * 5 : i % 257 + 1;
		pieces[i] = arena_alloc(arena, size);
		memset(pieces[i], (int)(i % 251), size);
	}
	for (size_t i = 0; i < COUNT; i++) {
		size_t size = i % 100 == 0 ? 60000 + i * 5 : i % 257 + 1;
		assert_int_equal(pieces[i][0], i % 251);
		assert_int_equal(pieces[i][size - 1], i % 251);
	}
	arena_free(arena);
}

static void
text_is_copied_and_terminated(void **state)
{
	(void)state;
	struct arena *arena = arena_new();
	char original[] = "abc";

	struct str copy = arena_copy(arena, (struct str){ original, 2 });
	const char *text = arena_string(arena, str_from(original));
	original[0] = 'x';
	assert_str(copy, "ab");
	assert_int_equal(copy.ptr[copy.len], '\0');
	assert_string_equal(text, "abc");
	assert_string_equal(arena_string(arena, (struct str){ NULL, 0 }), "");
	assert_str(arena_printf(arena, "%s=%d", "n", 7), "n=7");
	assert_str(arena_printf(arena, "%s", ""), "");
	struct str wide = arena_printf(arena, "%0100000d", 1);
	assert_int_equal(wide.len, 100000);
	assert_int_equal(wide.ptr[99999], '1');
	assert_int_equal(wide.ptr[100000], '\0');
	arena_free(arena);
}

static void
a_kept_buffer_is_copied_and_empty(void **state)
{
	(void)state;
	struct arena *arena = arena_new();
	struct buf buf = BUF_INIT(BUF_LIMIT);

	buf_add_string(&buf, "abc");
	struct str kept = arena_keep(arena, &buf);
	assert_int_equal(buf.len, 0);
	buf_add_string(&buf, "xyz");
	assert_str(kept, "abc");
	buf_release(&buf);
	arena_free(arena);
}

static void
growing_keeps_elements_and_zeroes_new_ones(void **state)
{
	(void)state;
	enum { ELEMENTS = 100000 };
	struct pair {
		size_t a, b;
	} *pairs = NULL;
	struct arena *arena = arena_new();
	size_t count = 0;

	for (size_t i = 0; i < ELEMENTS; i++) {
		pairs = arena_grow(arena, pairs, &count, sizeof(*pairs));
		assert_int_equal(count, i + 1);
		assert_int_equal(pairs[i].a, 0);
		assert_int_equal(pairs[i].b, 0);
		pairs[i] = (struct pair){ i, ~i };
		/* Others take from the same arena meanwhile. */
		memset(arena_alloc(arena, 24), 0xff, 24);
	}
	for (size_t i = 0; i < ELEMENTS; i++) {
		assert_int_equal(pairs[i].a, i);
		assert_int_equal(pairs[i].b, ~i);
	}
	arena_free(arena);
}

static void
a_reset_arena_works_on(void **state)
{
	(void)state;
	struct arena *arena = arena_new();

	arena_reset(arena);
	memset(arena_array(arena, 1000, 1000), 1, 1000000);
	arena_reset(arena);
	char *first = arena_alloc(arena, 8);
	for (int i = 0; i < 100; i++) {
		arena_reset(arena);
		assert_ptr_equal(arena_alloc(arena, 8), first);
	}
	arena_free(arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces_are_zeroed_and_aligned),
		cmocka_unit_test(pieces_do_not_overlap),
		cmocka_unit_test(text_is_copied_and_terminated),
		cmocka_unit_test(a_kept_buffer_is_copied_and_empty),
		cmocka_unit_test(growing_keeps_elements_and_zeroes_new_ones),
		cmocka_unit_test(a_reset_arena_works_on),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
