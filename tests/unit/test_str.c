/* Borrowed text: comparing, cutting, numbers, distances. */
#include "unit.h"

static const struct str nothing = { NULL, 0 };

static void
from_null_is_empty(void **state)
{
	(void)state;
	assert_int_equal(str_from(NULL).len, 0);
	assert_str(str_from("abc"), "abc");
	assert_int_equal(STR("a\0b").len, 3);
}

static void
equality_looks_at_all_bytes(void **state)
{
	(void)state;
	assert_true(str_equal(STR("a\0b"), STR("a\0b")));
	assert_false(str_equal(STR("a\0b"), STR("a\0c")));
	assert_false(str_equal(STR("abc"), STR("ab")));
	assert_true(str_equal(nothing, STR("")));
	assert_true(str_equal_nocase(STR("Content-TYPE"), STR("content-type")));
	assert_false(str_equal_nocase(STR("[a"), STR("{A")));
	/* Only ASCII folds: these are the two bytes of U+00C4 and U+00E4. */
	assert_false(str_equal_nocase(STR("\xc3\x84"), STR("\xc3\xa4")));
	assert_true(str_is(STR("hf"), "hf"));
	assert_false(str_is(STR("hf"), "hf2"));
	assert_false(str_is(STR("hf\0"), "hf"));
}

static void
compare_orders_bytes_then_length(void **state)
{
	(void)state;
	assert_true(str_compare(STR("a"), STR("b")) < 0);
	assert_true(str_compare(STR("b"), STR("a")) > 0);
	assert_true(str_compare(STR("a"), STR("ab")) < 0);
	assert_true(str_compare(STR("ab"), STR("a")) > 0);
	assert_int_equal(str_compare(STR("ab"), STR("ab")), 0);
	assert_int_equal(str_compare(nothing, STR("")), 0);
	assert_true(str_compare(STR("\xff"), STR("a")) > 0);
}

static void
starts_and_ends(void **state)
{
	(void)state;
	assert_true(str_starts(STR("arxiv:1"), "arxiv:"));
	assert_false(str_starts(STR("arx"), "arxiv:"));
	assert_true(str_starts(nothing, ""));
	assert_true(str_starts_nocase(STR("HTTPS://x"), "https://"));
	assert_false(str_starts_nocase(STR("HTTP://x"), "https://"));
	assert_true(str_ends(STR("daily.txt"), ".txt"));
	assert_false(str_ends(STR("txt"), ".txt"));
	assert_true(str_ends(STR("txt"), ""));
}

static void
find_gives_the_first_place(void **state)
{
	(void)state;
	assert_int_equal(str_find(STR("abcabc"), STR("ca")), 2);
	assert_int_equal(str_find(STR("abcabc"), STR("bc")), 1);
	assert_int_equal(str_find(STR("abc"), STR("abcd")), -1);
	assert_int_equal(str_find(STR("abc"), STR("")), 0);
	assert_int_equal(str_find(nothing, STR("")), 0);
	assert_int_equal(str_find(nothing, STR("a")), -1);
	assert_int_equal(str_find(STR("a\0b"), STR("\0b")), 1);
	assert_int_equal(str_find_char(STR("a=b=c"), '='), 1);
	assert_int_equal(str_find_char(STR("abc"), '='), -1);
	assert_int_equal(str_find_char(nothing, '='), -1);
}

/* Texts of few letters, so that much almost fits, at every length around sixteen bytes. */
static void
finding_is_as_slow_loops_do_it(void **state)
{
	char text[100], needle[40];

	(void)state;
	srandom(16);
	for (int round = 0; round < 20000; round++) {
		struct str s = { text, (size_t)random() % sizeof(text) };
		struct str wanted = { needle, (size_t)random() % (round % 2 ? 4 : sizeof(needle)) };
		size_t place = 0, end = 0;

		for (size_t i = 0; i < sizeof(text); i++)
			text[i] = "ab\0"[(size_t)random() % 3];
		for (size_t i = 0; i < sizeof(needle); i++)
			needle[i] = "ab\0"[(size_t)random() % 3];
		while (place + wanted.len <= s.len &&
		    !str_equal(str_head(str_skip(s, place), wanted.len), wanted))
			place++;
		assert_int_equal(
		    str_find(s, wanted), place + wanted.len <= s.len ? (ptrdiff_t)place : -1);
		text[(size_t)random() % sizeof(text)] = '\xff';
		while (end < s.len && s.ptr[end] != '\xff' && s.ptr[end] != '\0')
			end++;
		for (size_t i = 0; i < s.len; i++)
			text[i] = text[i] == '\0' ? '"' : text[i];
		assert_int_equal(str_until(s, "x\"\xff"), end);
	}
}

static void
pieces_stay_within_the_text(void **state)
{
	(void)state;
	assert_str(str_skip(STR("abc"), 1), "bc");
	assert_str(str_skip(STR("abc"), 3), "");
	assert_str(str_skip(STR("abc"), SIZE_MAX), "");
	assert_int_equal(str_skip(nothing, 5).len, 0);
	assert_str(str_head(STR("abc"), 2), "ab");
	assert_str(str_head(STR("abc"), SIZE_MAX), "abc");
	assert_str(str_trim(STR(" \t\r\n\v\f a b \n")), "a b");
	assert_str(str_trim(STR(" \n ")), "");
	assert_int_equal(str_trim(nothing).len, 0);
	/* A no-break space is no ASCII white space. */
	assert_str(str_trim(STR("\xc2\xa0")), "\xc2\xa0");
}

static void
next_gives_empty_pieces_but_no_last_empty_one(void **state)
{
	(void)state;
	struct str rest = STR("a,,b,");
	struct str piece;

	assert_true(str_next(&rest, ',', &piece));
	assert_str(piece, "a");
	assert_true(str_next(&rest, ',', &piece));
	assert_str(piece, "");
	assert_true(str_next(&rest, ',', &piece));
	assert_str(piece, "b");
	assert_false(str_next(&rest, ',', &piece));
	rest = nothing;
	assert_false(str_next(&rest, ',', &piece));
	rest = STR(",");
	assert_true(str_next(&rest, ',', &piece));
	assert_str(piece, "");
	assert_false(str_next(&rest, ',', &piece));
}

static void
lines_end_with_lf_or_crlf(void **state)
{
	(void)state;
	struct str rest = STR("one\r\n\r\ntwo\rmore\nlast");
	struct str line;

	assert_true(str_next_line(&rest, &line));
	assert_str(line, "one");
	assert_true(str_next_line(&rest, &line));
	assert_str(line, "");
	assert_true(str_next_line(&rest, &line));
	assert_str(line, "two\rmore");
	assert_true(str_next_line(&rest, &line));
	assert_str(line, "last");
	assert_false(str_next_line(&rest, &line));
}

static void
words_are_separated_by_any_white_space(void **state)
{
	(void)state;
	struct str rest = STR("  30\t8  *\n");
	struct str word;

	assert_true(str_next_word(&rest, &word));
	assert_str(word, "30");
	assert_true(str_next_word(&rest, &word));
	assert_str(word, "8");
	assert_true(str_next_word(&rest, &word));
	assert_str(word, "*");
	assert_false(str_next_word(&rest, &word));
	assert_int_equal(rest.len, 0);
}

static void
numbers_within_their_limits(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int64_t min, max, value;
	} good[] = {
		{ "0", 0, 9, 0 },
		{ "007", 0, 9, 7 },
		{ "-5", -5, 5, -5 },
		{ "9223372036854775807", 0, INT64_MAX, INT64_MAX },
		{ "-9223372036854775808", INT64_MIN, 0, INT64_MIN },
		{ "-0", 0, 9, 0 },
	};
	static const struct {
		const char *text;
		int64_t min, max;
	} bad[] = {
		{ "", 0, 9 },
		{ "-", -9, 9 },
		{ "+1", 0, 9 },
		{ " 1", 0, 9 },
		{ "1 ", 0, 9 },
		{ "1a", 0, 9 },
		{ "0x1", 0, 99 },
		{ "10", 0, 9 },
		{ "-1", 0, 9 },
		{ "--1", -9, 9 },
		{ "9223372036854775808", INT64_MIN, INT64_MAX },
		{ "-9223372036854775809", INT64_MIN, INT64_MAX },
		{ "99999999999999999999999", INT64_MIN, INT64_MAX },
	};

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		int64_t value = 42;
		assert_int_equal(
		    str_to_int(str_from(good[i].text), good[i].min, good[i].max, &value), 0);
		assert_true(value == good[i].value);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		int64_t value = 42;
		assert_int_equal(
		    str_to_int(str_from(bad[i].text), bad[i].min, bad[i].max, &value), -1);
		assert_int_equal(value, 42);
	}
}

static void
decimals_are_thousandths(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int64_t value; /* -1: refused */
	} cases[] = { { "0", 0 }, { "1", 1000 }, { "2.5", 2500 }, { "0.001", 1 }, { ".25", 250 },
		{ "007.070", 7070 }, { "10", 10000 }, { "10.001", -1 }, { "0.0001", -1 },
		{ "", -1 }, { ".", -1 }, { "1.", -1 }, { "-1", -1 }, { "-0", -1 }, { "-.5", -1 },
		{ "1.-5", -1 }, { "1.2.3", -1 }, { "1,5", -1 }, { "1e1", -1 }, { " 1", -1 },
		{ "9223372036854775808", -1 } };

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int64_t value = 42;
		int status = str_to_thousandths(str_from(cases[i].text), 0, 10000, &value);

		assert_int_equal(status, cases[i].value < 0 ? -1 : 0);
		assert_int_equal(value, cases[i].value < 0 ? 42 : cases[i].value);
	}
}

static void
classes_know_ascii_only(void **state)
{
	(void)state;
	for (int c = 0; c < 256; c++) {
		bool is_lower = c >= 'a' && c <= 'z';
		bool is_upper = c >= 'A' && c <= 'Z';
		bool is_digit = c >= '0' && c <= '9';
		assert_int_equal(str_is_alpha((char)c), is_lower || is_upper);
		assert_int_equal(str_is_digit((char)c), is_digit);
		assert_int_equal(str_is_alnum((char)c), is_lower || is_upper || is_digit);
		assert_int_equal(str_is_space((char)c), c != 0 && strchr(" \t\n\v\f\r", c) != NULL);
		assert_int_equal((unsigned char)str_lower_char((char)c), is_upper ? c + 32 : c);
	}
}

/* Against the definition: decode what is well formed, and keep out the controls. */
static void
printable_is_well_formed_and_no_control(void **state)
{
	(void)state;
	for (uint32_t c = 0; c <= 0x110000; c++) {
		unsigned char bytes[4];
		size_t len = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
		for (size_t i = len - 1, rest = c; i > 0; i--, rest >>= 6)
			bytes[i] = (unsigned char)(0x80 | (rest & 0x3f));
		bytes[0] =
		    (unsigned char)(len == 1 ? c
		                             : (0xf00u >> len & 0xf0u) | (c >> (6 * (len - 1))));
		bool is_control = c < 0x20 || (c >= 0x7f && c < 0xa0);
		bool is_scalar = c <= 0x10ffff && (c < 0xd800 || c > 0xdfff);
		struct str s = { (const char *)bytes, len };
		assert_int_equal(str_printable(s), is_scalar && !is_control ? len : 0);
		if (len > 1)
			assert_int_equal(str_printable(str_head(s, len - 1)), 0);
	}
	assert_int_equal(str_printable(nothing), 0);
	assert_int_equal(str_printable(STR("\xc0\xaf")), 0);
	assert_int_equal(str_printable(STR("\xe0\x9f\xbf")), 0);
	assert_int_equal(str_printable(STR("\xf0\x8f\xbf\xbf")), 0);
	assert_int_equal(str_printable(STR("\xe2\x82x")), 0);
	assert_int_equal(str_printable(STR("\x80")), 0);
}

static void
distance_counts_edits(void **state)
{
	(void)state;
	char longer[66];

	assert_int_equal(str_distance(STR("kitten"), STR("sitting")), 3);
	assert_int_equal(str_distance(STR("schedule"), STR("shedule")), 1);
	assert_int_equal(str_distance(STR("Schedule"), STR("sCHEDULE")), 0);
	assert_int_equal(str_distance(STR(""), STR("abc")), 3);
	assert_int_equal(str_distance(STR("abc"), nothing), 3);
	memset(longer, 'a', sizeof(longer));
	struct str most = { longer, 64 };
	struct str more = { longer, 65 };
	assert_int_equal(str_distance(most, most), 0);
	assert_int_equal(str_distance(most, more), 65);
	assert_int_equal(str_distance(more, STR("a")), 65);
}

static void
numbers_and_characters_are_taken_off_the_front(void **state)
{
	struct str rest = STR("0731-8x");
	int value = -7;

	(void)state;
	assert_int_equal(str_digits(rest), 4);
	assert_int_equal(str_digits(STR("x1")), 0);
	assert_int_equal(str_digits(STR("")), 0);
	assert_int_equal(str_spaces(STR("  x ")), 2);
	assert_int_equal(str_spaces(STR("\t")), 0);
	assert_int_equal(str_spaces(STR("   ")), 3);
	assert_int_equal(str_count(STR("(a(b)"), '('), 2);
	assert_int_equal(str_count(STR(""), '('), 0);
	assert_int_equal(str_take_number(&rest, 5, 9, &value), -1);
	assert_int_equal(str_take_number(&rest, 1, 3, &value), -1);
	assert_int_equal(value, -7);
	assert_int_equal(rest.len, 7);
	assert_int_equal(str_take_number(&rest, 1, 4, &value), 0);
	assert_int_equal(value, 731);
	assert_false(str_take_char(&rest, '8'));
	assert_true(str_take_char(&rest, '-'));
	assert_true(str_is(rest, "8x"));
	rest = STR("99999999999");
	assert_int_equal(str_take_number(&rest, 1, 20, &value), -1);
	rest = STR("");
	assert_false(str_take_char(&rest, '-'));
	assert_int_equal(str_take_number(&rest, 0, 4, &value), -1);
}

static void
one_high_bit_is_no_ascii(void **state)
{
	char text[40];

	(void)state;
	assert_true(str_is_ascii(STR("")));
	memset(text, 0x7f, sizeof(text));
	for (size_t len = 1; len <= sizeof(text); len++) {
		assert_true(str_is_ascii((struct str){ text, len }));
		text[len - 1] = (char)0x80;
		assert_false(str_is_ascii((struct str){ text, len }));
		text[len - 1] = 0x7f;
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(from_null_is_empty),
		cmocka_unit_test(one_high_bit_is_no_ascii),
		cmocka_unit_test(equality_looks_at_all_bytes),
		cmocka_unit_test(compare_orders_bytes_then_length),
		cmocka_unit_test(starts_and_ends),
		cmocka_unit_test(find_gives_the_first_place),
		cmocka_unit_test(finding_is_as_slow_loops_do_it),
		cmocka_unit_test(pieces_stay_within_the_text),
		cmocka_unit_test(next_gives_empty_pieces_but_no_last_empty_one),
		cmocka_unit_test(lines_end_with_lf_or_crlf),
		cmocka_unit_test(words_are_separated_by_any_white_space),
		cmocka_unit_test(numbers_within_their_limits),
		cmocka_unit_test(decimals_are_thousandths),
		cmocka_unit_test(classes_know_ascii_only),
		cmocka_unit_test(printable_is_well_formed_and_no_control),
		cmocka_unit_test(distance_counts_edits),
		cmocka_unit_test(numbers_and_characters_are_taken_off_the_front),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
