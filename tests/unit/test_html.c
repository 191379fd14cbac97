/* HTML: fragments as text, what looks like markup, attributes, and pages made to be slow. */
#include "unit.h"

#include "digest/html.h"

#define assert_text(html, text) unit_assert_text((html), (text), __FILE__, __LINE__)

static void
unit_assert_text(struct str html, const char *expected, const char *file, int line)
{
	struct buf out = BUF_INIT(BUF_LIMIT);
	html_add_text(&out, html);
	unit_assert_str(buf_str(&out), expected, file, line);
	buf_release(&out);
}

static void
plain_text_stays(void **state)
{
	(void)state;
	assert_text(STR(""), "");
	assert_text(STR("  \n "), "");
	assert_text(STR("a  b\nc"), "a b c");
	assert_text(STR("a < b and c > d, 1<2"), "a < b and c > d, 1<2");
	assert_text(STR("R&D & AT&T; x&y=z"), "R&D & AT&T; x&y=z");
}

static void
entities_are_resolved(void **state)
{
	(void)state;
	assert_text(STR("&lt;p&gt; &amp;amp; &quot;&#39;&eacute;&#233;&#xe9;&hellip;"),
	    "<p> &amp; \"'\xc3\xa9\xc3\xa9\xc3\xa9\xe2\x80\xa6");
	assert_text(STR("&unknown; &"), "&unknown; &");
	assert_text(STR("a&nbsp;b"),
	    "a\xc2\xa0"
	    "b");
}

static void
blocks_stand_apart(void **state)
{
	(void)state;
	assert_text(STR("<p>One</p><p>two"), "One\n\ntwo");
	assert_text(STR("a<br>b<br/><br/>c"), "a\nb\n\nc");
	assert_text(STR("<h1>T</h1>text<div>d<div>e</div></div>"), "T\n\ntext\n\nd\n\ne");
	assert_text(STR("x<ul><li>one<li>two <b>b</b></ul>y"), "x\n\n- one\n\n- two b\n\ny");
	assert_text(
	    STR("<table><tr><td>1</td><td>2</td></tr><tr><td>3</td></tr></table>"), "1 2\n\n3");
	assert_text(STR("a <i>b</i>c <sub>2</sub>"), "a bc 2");
	assert_text(STR("<p>a</div></p></span><p>b"), "a\n\nb");
}

static void
what_is_no_text(void **state)
{
	(void)state;
	assert_text(STR("a<script>if (1 < 2) { x(\"</p>\"); }</script>b"), "ab");
	assert_text(STR("a<style>p { }</style>b<!-- c -->d"), "abd");
	assert_text(STR("<title>t</title><p>b</p>"), "b");
	assert_text(STR("a<svg><text>s</text></svg><iframe>f</iframe>b"), "ab");
	assert_text(STR("<img src=x onerror=alert(1)>c<a href=\"javascript:x\">d</a>"), "cd");
	assert_text(STR("<a href=\"never closed"), "");
}

static void
bytes_of_any_kind(void **state)
{
	(void)state;
	assert_text(STR("a\0b"), "ab");
	assert_text(STR("\xff<p>\xc3"), "\xef\xbf\xbd\n\n\xef\xbf\xbd");
	assert_text(STR("<meta charset=utf-16><p>\xc3\xa9</p>"), "\xc3\xa9");
	assert_text(
	    STR("<meta http-equiv=Content-Type content='text/html; charset=koi8-r'>\xc3\xa9"),
	    "\xc3\xa9");
}

static void
text_is_appended(void **state)
{
	(void)state;
	struct buf out = BUF_INIT(BUF_LIMIT);
	buf_add_string(&out, "before:");
	html_add_text(&out, STR("<p>x</p>"));
	assert_str(buf_str(&out), "before:x");
	buf_release(&out);
	out = BUF_INIT(4);
	html_add_text(&out, STR("<p>abc</p><p>defgh</p>"));
	assert_true(buf_has_failed(&out));
	buf_release(&out);
}

static void
markup_or_not(void **state)
{
	(void)state;
	assert_true(html_is_markup(STR("<p>x")));
	assert_true(html_is_markup(STR("x<br/>")));
	assert_true(html_is_markup(STR("x<BR />")));
	assert_true(html_is_markup(STR("</i>")));
	assert_true(html_is_markup(STR("<a href='x'>")));
	assert_true(html_is_markup(STR("<a\n href = x>")));
	assert_true(html_is_markup(STR("&amp;")));
	assert_true(html_is_markup(STR("&#8217;")));
	assert_false(html_is_markup(STR("")));
	assert_false(html_is_markup(STR("a<b")));
	assert_false(html_is_markup(STR("a<b and c>d")));
	assert_false(html_is_markup(STR("$x<p$ holds")));
	assert_false(html_is_markup(STR("<think>")));
	assert_false(html_is_markup(STR("Vec<T>, 1 < 2")));
	assert_false(html_is_markup(STR("R&D;")));
	assert_false(html_is_markup(STR("&")));
	assert_false(html_is_markup(STR("<")));
	assert_false(html_is_markup(STR("</")));
}

static void
attributes_are_found(void **state)
{
	(void)state;
	static const struct {
		const char *page, *value; /* value: NULL when there is none */
	} cases[] = {
		{ "<div data-target=\"T\" data-props=\"{&quot;a&quot;:1}\">", "{\"a\":1}" },
		{ "<p>x</p><DIV data-props='&lt;\"&amp;' class=c DATA-TARGET=T>", "<\"&" },
		{ "<div data-target=\"Other\" data-props=\"1\"><div data-target=T data-props=2>",
		    "2" },
		{ "<div data-target=T>", "" },
		{ "<script>var x = '<div data-target=T data-props=1>';</script>", NULL },
		{ "<!-- <div data-target=T data-props=1> -->", NULL },
		/* What there is, and what reads it will see that it is not whole. */
		{ "<div data-target=T data-props=\"cut off", "cut off" },
		{ "<div data-props=\"cut off", NULL },
		{ "", NULL },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct buf out = BUF_INIT(BUF_LIMIT);
		bool is_found = html_find_attribute(
		    &out, str_from(cases[i].page), "data-target", "T", "data-props");
		assert_int_equal(is_found, cases[i].value != NULL);
		assert_str(buf_str(&out), is_found ? cases[i].value : "");
		buf_release(&out);
	}
}

struct counts {
	int starts, ends;
	size_t text;
	int stop_at;
};

static int
count_start(void *context, const struct html_element *element)
{
	struct counts *counts = context;
	assert_true(element->name.len > 0);
	return ++counts->starts == counts->stop_at ? 5 : 0;
}

static int
count_end(void *context, struct str name)
{
	struct counts *counts = context;
	assert_true(name.len > 0);
	counts->ends++;
	return 0;
}

static int
count_text(void *context, struct str text)
{
	struct counts *counts = context;
	counts->text += text.len;
	return 0;
}

static const struct html_handler counter = { count_start, count_end, count_text };

static void
callbacks_stop(void **state)
{
	(void)state;
	struct counts counts = { .stop_at = 3 };
	assert_int_equal(html_read(STR("<html><body><p>a<p>b<p>c"), &counter, &counts), 5);
	assert_int_equal(counts.starts, 3);
	assert_int_equal(counts.text, 0);
}

static void
repeat(struct buf *page, const char *text, int times)
{
	buf_reset(page);
	for (int i = 0; i < times; i++)
		buf_add_string(page, text);
}

/* Each of these took the parser alone a time that grows with the square of its length, or worse. */
static void
pages_made_to_be_slow(void **state)
{
	(void)state;
	struct buf page = BUF_INIT(BUF_LIMIT);
	struct counts counts = { 0 };

	buf_add_string(&page, "<p>before</p><a");
	for (int i = 0; i < 500000; i++)
		buf_addf(&page, " a%d=1", i);
	buf_add_string(&page, ">after");
	assert_text(buf_str(&page), "before");

	repeat(&page, "<b>", 500000);
	assert_int_equal(html_read(buf_str(&page), &counter, &counts), 0);
	assert_true(counts.starts <= 256);

	static const char *const pieces[] = { "<a b=\"<", "<a b='", "<a", "<a =", "<!--", "<?",
		"</", "<a href=\"x\" ", "&", "<li>", "<td>", "<form>", "<script>" };
	for (size_t i = 0; i < sizeof(pieces) / sizeof(*pieces); i++) {
		repeat(&page, pieces[i], 200000);
		counts = (struct counts){ 0 };
		assert_int_equal(html_read(buf_str(&page), &counter, &counts), 0);
	}
	buf_release(&page);
}

/* A page of a megabyte with all of it in one attribute. */
static void
large_attribute(void **state)
{
	(void)state;
	struct buf page = BUF_INIT(BUF_LIMIT), out = BUF_INIT(BUF_LIMIT);
	buf_add_string(&page, "<html><body><div data-target=T data-props=\"");
	for (int i = 0; i < 100000; i++)
		buf_add_string(&page, "&quot;x&quot;,");
	buf_add_string(&page, "\"></div></body></html>");
	assert_true(html_find_attribute(&out, buf_str(&page), "data-target", "T", "data-props"));
	assert_int_equal(out.len, 400000);
	buf_release(&page);
	buf_release(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_text_stays),
		cmocka_unit_test(entities_are_resolved),
		cmocka_unit_test(blocks_stand_apart),
		cmocka_unit_test(what_is_no_text),
		cmocka_unit_test(bytes_of_any_kind),
		cmocka_unit_test(text_is_appended),
		cmocka_unit_test(markup_or_not),
		cmocka_unit_test(attributes_are_found),
		cmocka_unit_test(callbacks_stop),
		cmocka_unit_test(pages_made_to_be_slow),
		cmocka_unit_test(large_attribute),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
