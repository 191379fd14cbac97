/*
 * Unicode: what is dropped, what is folded, what is a word, how wide it is and where it may break.
 */
#include "unit.h"

#include "digest/unicode.h"

#include <unilbrk.h>

#define REPLACEMENT "\xef\xbf\xbd"

/* One of the functions that append a form of a text. */
typedef void add_form(struct buf *out, struct str s);

static void
check(add_form *add, const char *text, size_t len, const char *expected)
{
	struct buf out = BUF_INIT(BUF_LIMIT);

	buf_add_string(&out, "<");
	add(&out, (struct str){ text, len });
	assert_false(buf_has_failed(&out));
	if (!str_is(str_skip(buf_str(&out), 1), expected))
		print_error("of \"%s\":\n", text);
	assert_str(str_skip(buf_str(&out), 1), expected);
	assert_true(unicode_is_valid(buf_str(&out)));
	buf_release(&out);
}

#define CHECK(add, text, expected) check((add), (text), sizeof(text) - 1, (expected))

static void
well_formed(void **state)
{
	(void)state;
	assert_true(unicode_is_valid(STR("")));
	assert_true(unicode_is_valid((struct str){ NULL, 0 }));
	assert_true(unicode_is_valid(STR("a\0b")));
	assert_true(unicode_is_valid(STR("τ漢\xf4\x8f\xbf\xbf")));
	assert_false(unicode_is_valid(STR("\xed\xa0\x80"))); /* a surrogate */
	assert_false(unicode_is_valid(STR("\xc0\xaf"))); /* overlong */
	assert_false(unicode_is_valid(STR("\xf4\x90\x80\x80"))); /* above U+10FFFF */
	assert_false(unicode_is_valid(STR("\xe6\xbc"))); /* cut */
	assert_false(unicode_is_valid(STR("\x80")));
	assert_false(unicode_is_valid(STR("\xff")));
}

static void
ill_formed_bytes_are_replaced(void **state)
{
	(void)state;
	CHECK(unicode_add_valid, "plain\x01 \r\n text", "plain\x01 \r\n text");
	CHECK(unicode_add_valid,
	    "a\xff"
	    "b",
	    "a" REPLACEMENT "b");
	CHECK(unicode_add_valid, "a\xe6\xbc", "a" REPLACEMENT);
	CHECK(unicode_add_valid, "\xc3\x28", REPLACEMENT "(");
	CHECK(unicode_add_clean,
	    "a\xff"
	    "b",
	    "a" REPLACEMENT "b");
	CHECK(unicode_add_collapsed, "a\xff  \xfe", "a" REPLACEMENT " " REPLACEMENT);
	CHECK(unicode_add_folded, "A\xffÜ", "a" REPLACEMENT "u");
}

static void
clean_text_has_no_controls(void **state)
{
	(void)state;
	CHECK(unicode_add_clean, "", "");
	CHECK(unicode_add_clean, "a\r\nb\rc\nd", "a\nb\nc\nd");
	CHECK(unicode_add_clean, "\r\r\n\n\r", "\n\n\n\n");
	CHECK(unicode_add_clean, "a\tb", "a\tb");
	CHECK(unicode_add_clean, "a\0b\x1b[31mc\x07\x7f", "ab[31mc");
	CHECK(unicode_add_clean,
	    "a\xc2\x9b"
	    "31mb",
	    "a31mb"); /* CSI in one character */
	CHECK(unicode_add_clean,
	    "a\xe2\x80\xae"
	    "b\xe2\x80\xac",
	    "ab"); /* right-to-left override */
	CHECK(unicode_add_clean, "\xef\xbb\xbfx\xe2\x80\x8by\xe2\x81\xa6z\xe2\x81\xa9", "xyz");
	CHECK(unicode_add_clean, "x\xd8\x9cy", "xy"); /* Arabic letter mark */
	CHECK(unicode_add_clean, "x\xf3\xa0\x81\x81y", "xy"); /* a tag that nobody sees */
	CHECK(unicode_add_clean,
	    "a\xe2\x80\xa8"
	    "b\xe2\x80\xa9",
	    "a\nb\n");
	/* Joiners make letters of many scripts what they are, and NBSP is text. */
	CHECK(unicode_add_clean, "a\xe2\x80\x8d\xe2\x80\x8c\xc2\xa0",
	    "a\xe2\x80\x8d\xe2\x80\x8c\xc2\xa0");
}

static void
white_space_collapses(void **state)
{
	(void)state;
	CHECK(unicode_add_collapsed, "", "");
	/* Sixteen bytes are looked at together. */
	static const char words[] = "words of many a kind, parted by single spaces and no others";
	for (size_t len = 0; len <= strlen(words); len++) {
		char text[sizeof(words)];
		bool ends_well = len == 0 || words[len - 1] != ' ';
		assert_int_equal(unicode_is_plain((struct str){ words, len }), ends_well);
		for (size_t odd = 0; odd < len; odd++) {
			static const char others[] = "\n\x7f\xa0\x01";
			for (size_t i = 0; i < strlen(others); i++) {
				memcpy(text, words, sizeof(words));
				text[odd] = others[i];
				assert_false(unicode_is_plain((struct str){ text, len }));
			}
			text[odd] = ' ';
			bool is_apart = odd > 0 && odd + 1 < len && words[odd - 1] != ' ' &&
			    words[odd + 1] != ' ';
			assert_int_equal(unicode_is_plain((struct str){ text, len }),
			    ends_well && (is_apart || words[odd] == ' '));
		}
	}
	CHECK(unicode_add_collapsed, " \t\r\n ", "");
	CHECK(unicode_add_collapsed, "  a \n\t b  ", "a b");
	CHECK(unicode_add_collapsed,
	    "\xc2\xa0"
	    "a\xc2\xa0\xe3\x80\x80"
	    "b\xe2\x80\xa8"
	    "c",
	    "a b c");
	CHECK(unicode_add_collapsed,
	    "a\x0c"
	    "b\x0b"
	    "c\xc2\x85"
	    "d",
	    "a b c d");
	CHECK(unicode_add_collapsed,
	    "a\xe2\x80\x8b"
	    "b \xef\xbb\xbf c",
	    "ab c");
	CHECK(unicode_add_collapsed, "x\x1b[0m  y", "x[0m y");
}

static void
folding(void **state)
{
	(void)state;
	CHECK(unicode_add_folded, "Tülu", "tulu");
	CHECK(unicode_add_folded, "TULU", "tulu");
	CHECK(unicode_add_folded, "Tu\xcc\x88lu", "tulu");
	CHECK(unicode_add_folded, "Straße", "strasse");
	CHECK(unicode_add_folded, "ΣΊΣΥΦΟΣ", "σισυφοσ");
	CHECK(unicode_add_folded, "Việt Nam", "viet nam");
	CHECK(unicode_add_folded, "ﬁne ２０２６ ℡ x² ℌ 𝛼", "fine 2026 tel x2 h α");
	CHECK(unicode_add_folded, "İstanbul", "istanbul");
	CHECK(unicode_add_folded,
	    "co\xc2\xadop\xe2\x80\x8d"
	    "er",
	    "cooper"); /* soft hyphen, joiner */
	CHECK(unicode_add_folded, "ガ", "カ\xe3\x82\x99"); /* not the word that "カ" is */
	CHECK(unicode_add_folded, "हिन्दी", "हिन्दी");
	CHECK(unicode_add_folded, "A-b, C!", "a-b, c!");
	CHECK(unicode_add_folded,
	    "\xcc\x81"
	    "a",
	    "a"); /* a mark without a letter */
}

/* Folding a folded text must change nothing, or keys made of it would drift. */
static void
folding_is_stable(void **state)
{
	(void)state;
	enum { RUN = 256, END_OF_LETTERS = 0x32000 };

	for (uint32_t first = 0; first < END_OF_LETTERS; first += RUN) {
		struct buf text = BUF_INIT(BUF_LIMIT);
		struct buf once = BUF_INIT(BUF_LIMIT);
		struct buf twice = BUF_INIT(BUF_LIMIT);
		for (uint32_t c = first; c < first + RUN; c++)
			buf_add_utf8(&text, c);
		unicode_add_folded(&once, buf_str(&text));
		unicode_add_folded(&twice, buf_str(&once));
		if (!str_equal(buf_str(&once), buf_str(&twice)))
			fail_msg("from U+%04X on", (unsigned int)first);
		buf_release(&text);
		buf_release(&once);
		buf_release(&twice);
	}
}

static void
check_words(const char *text, const char *expected)
{
	struct buf words = BUF_INIT(BUF_LIMIT);
	struct str rest = str_from(text);
	struct str word;

	while (unicode_next_word(&rest, &word)) {
		assert_true(word.len > 0);
		buf_add(&words, word);
		buf_add_char(&words, '|');
	}
	assert_int_equal(rest.len, 0);
	assert_str(buf_str(&words), expected);
	buf_release(&words);
}

static void
words(void **state)
{
	(void)state;
	check_words("", "");
	check_words(" ,.- ", "");
	check_words("state-of-the-art, 2026.", "state|of|the|art|2026|");
	check_words("gpt4o's", "gpt4o|s|");
	check_words("深度学习 ai", "深|度|学|习|ai|");
	check_words("llm评测", "llm|评|测|");
	check_words("カ\xe3\x82\x99ス", "カ\xe3\x82\x99|ス|");
	check_words("한국어", "한국어|");
	check_words("हिन्दी में", "हिन्दी|में|");
	check_words("\xcc\x81", ""); /* a mark is no word */
	check_words("a\xff"
	            "b",
	    "a|b|");
}

static void
columns(void **state)
{
	(void)state;
	assert_int_equal(unicode_width(STR("")), 0);
	assert_int_equal(unicode_width(STR("abc ~")), 5);
	assert_int_equal(unicode_width(STR("Tülu")), 4);
	assert_int_equal(unicode_width(STR("Tu\xcc\x88lu")), 4);
	assert_int_equal(unicode_width(STR("漢字ｆ")), 6);
	assert_int_equal(unicode_width(STR("😀")), 2);
	assert_int_equal(unicode_width(STR("a\x07\tb")), 2);
	assert_int_equal(unicode_width(STR("\xff\xfe")), 2); /* shown as U+FFFD */
}

static void
heads(void **state)
{
	(void)state;
	assert_str(unicode_head(STR("abc"), 0), "");
	assert_str(unicode_head(STR("abc"), 2), "ab");
	assert_str(unicode_head(STR("abc"), 9), "abc");
	assert_str(unicode_head(STR("漢字"), 1), "");
	assert_str(unicode_head(STR("漢字"), 3), "漢");
	assert_str(unicode_head(STR("u\xcc\x88x"), 1), "u\xcc\x88");
	assert_str(unicode_head(STR("🇩🇪🇫🇷"), 3), "🇩🇪");
	assert_str(unicode_head(STR("🇩🇪🇫🇷"), 1), "");
	assert_str(unicode_head(STR("👩\xe2\x80\x8d💻x"), 3), "");
	assert_str(unicode_head(STR("👩\xe2\x80\x8d💻x"), 4), "👩\xe2\x80\x8d💻");
	assert_str(unicode_head(STR("a\xff"), 1), "a");
}

static void
check_wrap(
    const char *text, size_t width, const char *first, const char *rest, const char *expected)
{
	struct buf out = BUF_INIT(BUF_LIMIT);

	unicode_wrap(&out, str_from(text), width, str_from(first), str_from(rest));
	assert_str(buf_str(&out), expected);
	buf_release(&out);
}

static void
wrapping(void **state)
{
	(void)state;
	check_wrap("", 10, "* ", "  ", "");
	check_wrap("a", 10, "* ", "  ", "* a\n");
	check_wrap("aaa bbb ccc", 7, "", "", "aaa bbb\nccc\n");
	check_wrap("aaa bbb ccc", 6, "", "", "aaa\nbbb\nccc\n");
	check_wrap("aaa bbb ccc", 7, "* ", "  ", "* aaa\n  bbb\n  ccc\n");
	check_wrap("aaa  bbb   ", 7, "", "", "aaa\nbbb\n");
	check_wrap("aaa\nbbb\n\nccc\n", 20, "> ", "| ", "> aaa\n| bbb\n|\n| ccc\n");
	check_wrap("\n", 20, "> ", "| ", ">\n");
	check_wrap("   aaa", 20, "", "", "aaa\n");
	check_wrap("a\tb", 20, "", "", "a b\n");
	check_wrap("a\x1b[1mb\r\nc", 20, "", "", "a[1mb\nc\n");
	check_wrap("a\xff"
	           "b",
	    20, "", "", "a" REPLACEMENT "b\n");
	check_wrap("well-known words", 6, "", "", "well-\nknown\nwords\n");
	check_wrap("漢字かな", 5, "", "", "漢字\nかな\n");
	check_wrap("漢字。かな", 4, "", "", "漢\n字。\nかな\n"); /* no line begins with "。" */
	check_wrap("1\xc2\xa0x m", 2, "", "", "1\xc2\xa0x\nm\n"); /* NBSP holds */
	check_wrap("incomprehensible x", 5, "- ", "  ", "- incomprehensible\n  x\n");
}

static void
urls_stay_whole(void **state)
{
	(void)state;
	const char *text = "see https://example.com/a-long/path-to?x=y-z&b=/c, or not";

	check_wrap(
	    text, 20, "", "", "see\nhttps://example.com/a-long/path-to?x=y-z&b=/c,\nor not\n");
	check_wrap("(https://example.com/a-b)", 10, "", "", "(https://example.com/a-b)\n");
	check_wrap(
	    "a ftp://x-y/z-a http://b-c/d-e f", 4, "", "", "a\nftp://x-y/z-a\nhttp://b-c/d-e\nf\n");
	check_wrap("://", 2, "", "", "://\n");
	check_wrap(
	    "見https://example.com/a-b見見", 6, "", "", "見\nhttps://example.com/a-b\n見見\n");
}

/* Whatever the text and width: no line is too wide that could be broken, and no word is lost. */
/* Every piece on a line of its own, as the library has them. */
static void
add_pieces(struct buf *out, struct str text)
{
	char breaks[200];

	u8_possible_linebreaks((const uint8_t *)text.ptr, text.len, "UTF-8", breaks);
	for (size_t start = 0, end = 1; start < text.len; start = end++) {
		while (end < text.len && breaks[end] == UC_BREAK_PROHIBITED)
			end++;
		buf_add(out, str_trim(str_head(str_skip(text, start), end - start)));
		buf_add_char(out, '\n');
	}
}

static void
lines_break_where_the_library_breaks_them(void **state)
{
	static const char *const others[] = { "é", "“", "”", "–", "—", "…", "字", "。", "\u0301",
		"א", "🇩🇪", "ü", "\u200d", "👍", "€", "½" };
	struct buf text = BUF_INIT(150), wanted = BUF_INIT(BUF_LIMIT), got = BUF_INIT(BUF_LIMIT);

	(void)state;
	srandom(14);
	for (int round = 0; round < 30000; round++) {
		size_t len = (size_t)random() % 40;

		buf_reset(&text);
		for (size_t i = 0; i < len; i++) {
			int dice = (int)(random() % 16);

			if (dice < 4)
				buf_add_char(&text, ' ');
			else if (dice == 4 && round % 2 == 0)
				buf_add_string(&text, others[(size_t)random() % 16]);
			else
				buf_add_char(&text, dice < 9 ? 'a' : (char)('!' + random() % 94));
		}
		struct str line = str_trim(buf_str(&text));
		if (line.len == 0 || str_find(line, STR("://")) >= 0)
			continue;
		buf_reset(&wanted);
		buf_reset(&got);
		add_pieces(&wanted, line);
		unicode_wrap(&got, line, 0, STR(""), STR(""));
		assert_string_equal(got.ptr, wanted.ptr);
	}
	buf_release(&text);
	buf_release(&wanted);
	buf_release(&got);
}

static void
wrapping_loses_nothing(void **state)
{
	(void)state;
	const char *text =
	    "The quick brown fox — 漢字かな交じり文, naïve café; http://example.com/x-y "
	    "jumps\nover the lazy dog.";

	for (size_t width = 0; width < 90; width++) {
		struct buf out = BUF_INIT(BUF_LIMIT);
		struct buf joined = BUF_INIT(BUF_LIMIT);
		unicode_wrap(&out, str_from(text), width, STR("* "), STR("  "));
		struct str rest = buf_str(&out);
		struct str line;
		size_t number = 0;
		while (str_next(&rest, '\n', &line)) {
			assert_true(str_starts(line, number++ == 0 ? "* " : "  "));
			assert_false(str_ends(line, " "));
			if (width >= 25) /* the URL and its prefix */
				assert_true(unicode_width(line) <= width);
			buf_add(&joined, str_skip(line, 2));
		}
		/* Nothing but white space may differ. */
		struct buf wanted = BUF_INIT(BUF_LIMIT);
		struct buf squeezed = BUF_INIT(BUF_LIMIT);
		for (const char *c = text; *c != '\0'; c++)
			if (!str_is_space(*c))
				buf_add_char(&wanted, *c);
		for (size_t i = 0; i < joined.len; i++)
			if (!str_is_space(joined.ptr[i]))
				buf_add_char(&squeezed, joined.ptr[i]);
		assert_str(buf_str(&squeezed), wanted.ptr);
		buf_release(&squeezed);
		buf_release(&wanted);
		buf_release(&joined);
		buf_release(&out);
	}
}

static void
check_host(const char *host, const char *expected)
{
	struct buf out = BUF_INIT(BUF_LIMIT);
	int status = unicode_host_to_ascii(&out, str_from(host));

	if ((status == 0) != (expected != NULL))
		fail_msg("'%s': %d", host, status);
	assert_str(buf_str(&out), expected != NULL ? expected : "");
	buf_release(&out);
}

static void
hosts(void **state)
{
	(void)state;
	check_host("Example.COM", "example.com");
	check_host("localhost", "localhost");
	check_host("192.0.2.1", "192.0.2.1");
	check_host("münchen.example", "xn--mnchen-3ya.example");
	check_host("MÜNCHEN.example", "xn--mnchen-3ya.example");
	check_host("mu\xcc\x88nchen.example", "xn--mnchen-3ya.example");
	check_host("faß.example", "xn--fa-hia.example"); /* UTS #46, not transitional */
	check_host("例え。テスト", "xn--r8jz45g.xn--zckzah"); /* with an ideographic full stop */
	check_host("xn--mnchen-3ya.example", "xn--mnchen-3ya.example");
	check_host("r1---sn.example", "r1---sn.example");
}

static void
what_is_no_host(void **state)
{
	(void)state;
	static const char *const texts[] = { "", ".", "a..b", ".a", "a.", "-a.example",
		"a-.example", "a b.example", "a_b.example", "a\tb", "a\nb", "a/b", "a@b", "[::1]",
		"ex\xe2\x80\xaemple.org", "xn--a.example", "xn--99999999.example", "\xff.example",
		"☃\xe2\x80\x8b.\xe2\x80\x8b" };
	char label[80], host[400];

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		check_host(texts[i], NULL);
	check_host("ok.example", "ok.example");

	memset(label, 'a', sizeof(label));
	label[63] = '\0';
	check_host(label, label);
	label[63] = 'a';
	label[64] = '\0';
	check_host(label, NULL);
	memset(host, 'a', sizeof(host));
	for (size_t i = 50; i < sizeof(host); i += 51)
		host[i] = '.';
	host[253] = '\0';
	check_host(host, host);
	host[253] = 'a';
	host[254] = '\0';
	check_host(host, NULL);
}

/* Room runs out in the middle: the buffer says so, and nothing is written after it. */
static void
ceilings_hold(void **state)
{
	(void)state;
	static add_form *const forms[] = { unicode_add_valid, unicode_add_clean,
		unicode_add_collapsed, unicode_add_folded };

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		for (size_t limit = 0; limit < 12; limit++) {
			struct buf out = BUF_INIT(limit);
			forms[i](&out, STR("Ünïted wörds 漢字 and more"));
			assert_true(buf_has_failed(&out));
			assert_true(out.len <= limit);
			buf_release(&out);
		}
	struct buf out = BUF_INIT(5);
	unicode_wrap(&out, STR("one two three"), 4, STR(""), STR(""));
	assert_true(buf_has_failed(&out));
	buf_release(&out);
}

static void
right_to_left(void **state)
{
	(void)state;
	assert_true(unicode_has_right_to_left(STR("أحمد")));
	assert_true(unicode_has_right_to_left(STR("Ada and דנה")));
	assert_false(unicode_has_right_to_left(STR("")));
	assert_false(unicode_has_right_to_left(STR("Çelik 流れ – 1 · ٣")));
	assert_false(unicode_has_right_to_left(STR("\xd7")));
}

static void
what_is_isolated(void **state)
{
	struct buf text = BUF_INIT(BUF_LIMIT), dropped = BUF_INIT(BUF_LIMIT);

	(void)state;
	unicode_add_isolated(&text, STR("Ada"));
	unicode_add_isolated(&text, STR("דנה"));
	assert_str(buf_str(&text), "Ada\u2068דנה\u2069");
	assert_int_equal(unicode_width(buf_str(&text)), 6);
	unicode_add_clean(&dropped, buf_str(&text));
	assert_str(buf_str(&dropped), "Adaדנה");
	/* An isolate ends with its line, and goes on in the next one. */
	check_wrap("abc \u2068דנה לוי\u2069, 1", 8, "  ", "> ",
	    "  abc\n> \u2068דנה\u2069\n> \u2068לוי\u2069, 1\n");
	check_wrap("\u2068א ב\u2069 c", 9, "", "", "\u2068א ב\u2069 c\n");
	check_wrap("\u2069 a \u2068ב", 9, "", "", "\u2069 a \u2068ב\u2069\n");
	check_wrap("a\u202eb\u2067", 9, "", "", "ab\n");
	buf_release(&text);
	buf_release(&dropped);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(right_to_left),
		cmocka_unit_test(what_is_isolated),
		cmocka_unit_test(well_formed),
		cmocka_unit_test(ill_formed_bytes_are_replaced),
		cmocka_unit_test(clean_text_has_no_controls),
		cmocka_unit_test(white_space_collapses),
		cmocka_unit_test(folding),
		cmocka_unit_test(folding_is_stable),
		cmocka_unit_test(words),
		cmocka_unit_test(columns),
		cmocka_unit_test(heads),
		cmocka_unit_test(wrapping),
		cmocka_unit_test(urls_stay_whole),
		cmocka_unit_test(lines_break_where_the_library_breaks_them),
		cmocka_unit_test(wrapping_loses_nothing),
		cmocka_unit_test(hosts),
		cmocka_unit_test(what_is_no_host),
		cmocka_unit_test(ceilings_hold),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
