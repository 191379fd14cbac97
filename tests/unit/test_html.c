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
	assert_text(STR("&lt;p&gt; &amp; &quot;&#39;&eacute;&#233;&#xe9;&hellip;"),
	    "<p> & \"'\xc3\xa9\xc3\xa9\xc3\xa9\xe2\x80\xa6");
	assert_text(STR("&unknown; &"), "&unknown; &");
	/* Names that came with HTML 5, some for two characters. */
	assert_text(STR("&apos;&lbrace;&leq;&varepsilon;&NotEqualTilde;"), "'{≤ϵ≂̸");
	/* windows-1252, by number and as it came through a wrong decoder */
	assert_text(STR("&#128;&#150; &#x92;s &#8217;"), "€– ’s ’");
	assert_text(STR("it\xc2\x92s"), "it’s");
	assert_text(STR("&#0;&#x110000;&#xd800;a"), "a");
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
	assert_text(STR("a <i>b</i>c"), "a bc");
	assert_text(STR("<p>a</div></p></span><p>b"), "a\n\nb");
}

static void
lists_and_tables(void **state)
{
	(void)state;
	assert_text(
	    STR("<ol><li>one<li>two<ul><li>a</li></ul></ol>end"), "1. one\n\n2. two\n\n- a\n\nend");
	assert_text(
	    STR("<ol start=3><li><p>three</p><li value=7>x<li>y</ol>"), "3. three\n\n7. x\n\n8. y");
	assert_text(STR("<li>no list"), "- no list");
	assert_text(STR("<ul><li></li><li> </li><li>a<br>b</li></ul>"), "- a\nb");
	assert_text(STR("<ul><li><sup>1</sup>a</ul>"), "- ¹a");
	assert_text(
	    STR("<table><tr><th>M</th><th>Acc</th></tr><tr><td>A</td><td></td><td>90</td></tr>"
	        "</table>"),
	    "M Acc\n\nA 90");
	assert_text(STR("<pre>one\n  two\n\nthree</pre>four"), "one\ntwo\n\nthree\n\nfour");
}

static void
indices_and_exponents(void **state)
{
	(void)state;
	assert_text(STR("H<sub>2</sub>O, x<sup>2</sup>, 10<sup>-3</sup>, 10<sup>−3</sup>"),
	    "H₂O, x², 10⁻³, 10⁻³");
	assert_text(STR("<sup>14</sup>C and Na<sup>+</sup>, x<sup>n+1</sup>"), "¹⁴C and Na⁺, xⁿ⁺¹");
	assert_text(
	    STR("C<sub>max</sub>, k<sub>i,j</sub>, e<sup>x y</sup>"), "C_max, k_(i,j), e^(x y)");
	assert_text(STR("1<sup>st</sup> A<sup>*</sup> said<sup>[3]</sup> so<sup>TM</sup>"),
	    "1st A* said[3] soTM");
	assert_text(STR("<sup>a</sup>ETH <sub>low</sub>"), "aETH low");
	assert_text(STR("a<sup></sup> <sub> </sub>b"), "a b");
	assert_text(STR("x<sup><i>2</i>"), "x²");
}

static void
formulas(void **state)
{
	(void)state;
	assert_text(STR("for <math><semantics><mrow><mi>x</mi><mo>=</mo><mn>1</mn></mrow>"
	                "<annotation encoding=\"application/x-tex\">x = 1</annotation>"
	                "</semantics></math> only"),
	    "for $x = 1$ only");
	assert_text(
	    STR("for <math> <msup> <mi>x</mi> <mn>2</mn> </msup> <mo>+</mo> <msub><mi>y</mi>"
	        "<mi>i</mi></msub></math> only"),
	    "for x²+y_i only");
	assert_text(STR("<math><mfrac><mrow><mi>a</mi><mo>+</mo><mn>1</mn></mrow><mi>b</mi></mfrac>"
	                "</math>"),
	    "(a+1)/b");
	assert_text(
	    STR("<mml:math><mml:msubsup><mml:mi>x</mml:mi><mml:mi>k</mml:mi><mml:mn>2</mml:mn>"
	        "</mml:msubsup><mml:msqrt><mml:mi>a</mml:mi><mml:mo>+</mml:mo><mml:mi>b</mml:mi>"
	        "</mml:msqrt><mml:mroot><mml:mi>c</mml:mi><mml:mn>3</mml:mn></mml:mroot>"
	        "</mml:math>"),
	    "x_k²√(a+b)c^(1/3)");
	assert_text(
	    STR("<jats:inline-formula><jats:alternatives><jats:tex-math>$$x$$</jats:tex-math>"
	        "<mml:math><mml:mi>x</mml:mi></mml:math></jats:alternatives>"
	        "</jats:inline-formula> is"),
	    "$$x$$ is");
	assert_text(STR("<tex-math>\\documentclass{minimal} \\begin{document}$k_i$\\end{document}"
	                "</tex-math>"),
	    "$k_i$");
	/* What KaTeX shows twice, once for machines */
	assert_text(STR("<span><math><mi>x</mi><annotation encoding='application/x-tex'>x"
	                "</annotation></math><span aria-hidden='true'>x</span></span>."),
	    "$x$.");
}

static void
what_publishers_write(void **state)
{
	(void)state;
	assert_text(
	    STR("<jats:title>Abstract</jats:title><jats:p>Some <jats:italic>E. coli</jats:italic> "
	        "H<jats:sub>2</jats:sub>O</jats:p>"),
	    "Abstract\n\nSome E. coli H₂O");
	assert_text(STR("<jats:list list-type=\"order\"><jats:list-item><jats:p>a</jats:p>"
	                "</jats:list-item></jats:list>"),
	    "1. a");
	assert_text(STR("<italic>E. coli</italic> and <bold>b</bold>"), "E. coli and b");
	assert_text(STR("<![CDATA[<p>one & two</p>]]> three ]]>"), "one & two\n\nthree ]]>");
	assert_text(STR("a<o:p></o:p><st1:place w:st=\"on\">Rome</st1:place><amp-x a=1>b</amp-x>"),
	    "aRomeb");
	assert_text(STR("a<?xml version=\"1.0\"?>b<!DOCTYPE html>c<![endif]>d<!-- e > -->f<!-->g"),
	    "abcdfg");
	assert_text(STR("said <q>yes</q> <q></q>."), "said “yes” .");
	assert_text(STR("a<object data=x>b</object><iframe src=x>c</iframe>"), "abc");
}

static void
what_only_looks_like_markup(void **state)
{
	(void)state;
	static const char *const texts[] = { "x<y and z>0", "a<b and c<d then e>f",
		"a <think>hmm</think> <answer>b</answer>", "<picture of a man>", "Vec<T> and <T>",
		"std::vector<int>, <std::string>, <http://example.org/>, <a@example.org>",
		"<end-of-turn> <|im_start|> </s", "<$5 and >$3", "1 < 2 & 3 > 2", "a <! b <? c",
		"$x<p$", "<", "</", "<p", "a <-- b", "AT&T; R&D", "if a <b> c, x <b and y",
		"0<a<b>c", "the <em> tag, and <a>, <i> or <CODE>.", "a <b> c <b> d" };

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		assert_text(str_from(texts[i]), texts[i]);
		assert_false(html_is_markup(str_from(texts[i])));
	}
	assert_text(STR("<p>but <think>this</think> is</p>"), "but <think>this</think> is");
	assert_text(STR("<p>if a <b> c, <b>then</b> <i>so</i></p>"), "if a <b> c, then so");
}

/* A phrase that ends, or whose end was cut off with the text. */
static void
what_begins_a_phrase(void **state)
{
	(void)state;
	assert_text(STR("a <b> c </b> d"), "a c d");
	assert_text(STR("a<b>c</B>d <i>e <i>f</i> g</i> h"), "acd e f g h");
	assert_text(STR("cut <b>off"), "cut off");
	assert_text(STR("cut off <b>"), "cut off");
	assert_text(STR("a <b class='x'> c <b/> d"), "a c d");
	assert_text(STR("a <p> c <br> d <li> e"), "a\n\nc\nd\n\n- e");
}

static void
what_is_escaped_once_too_often(void **state)
{
	(void)state;
	assert_text(STR("&lt;i&gt;Cell&lt;/i&gt; biology"), "Cell biology");
	assert_text(STR("&amp;lt;i&amp;gt;Cell&amp;lt;/i&amp;gt; biology"), "Cell biology");
	assert_text(STR("AT&amp;amp;T &amp;#8217;s &amp;eacute;"), "AT&T ’s é");
	assert_text(
	    STR("&lt;p&gt;One&lt;/p&gt;&lt;p&gt;two &amp;amp; x&lt;/p&gt;"), "One\n\ntwo & x");
	assert_text(STR("one&lt;br&gt;two"), "one\ntwo");
	/* … and what is meant as it stands */
	assert_text(STR("The &lt;b&gt; tag"), "The <b> tag");
	assert_text(STR("&lt;think&gt;so&lt;/think&gt;"), "<think>so</think>");
	assert_text(STR("<p>&lt;i&gt;x&lt;/i&gt;</p>"), "<i>x</i>");
	assert_text(STR("use <code>&amp;lt;b&amp;gt;</code>"), "use &lt;b&gt;");
	assert_text(STR("x &lt; y &amp;&amp; y &gt; z"), "x < y && y > z");
}

static void
what_stands_in_for_text(void **state)
{
	(void)state;
	assert_text(STR("<img src=x alt=\"A  graph\"> <img alt='of x'>"), "A graph of x");
	assert_text(STR("<p>text</p><img alt=\"A graph\">"), "text");
	assert_text(STR("<a href=x><img alt=\"\"></a>"), "");
}

static void
what_is_no_text(void **state)
{
	(void)state;
	assert_text(STR("a<script>if (1 < 2) { x(\"</p>\"); }</script>b"), "ab");
	assert_text(STR("a<style>p { }</style>b<!-- c -->d"), "abd");
	assert_text(STR("<title>t</title><p>b</p>"), "b");
	assert_text(STR("a<svg><text>s</text></svg><video>v</video>b"), "ab");
	assert_text(STR("<img src=x onerror=alert(1)>c<a href=\"javascript:x\">d</a>"), "cd");
	assert_text(STR("<a href=\"never closed"), "");
	assert_text(STR("a<span style=\"display:none\">b</span><i hidden>c</i>d"), "ad");
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
	assert_true(html_is_markup(STR("<jats:p>x</jats:p>")));
	assert_true(html_is_markup(STR("<td nowrap>")));
	assert_true(html_is_markup(STR("a<!-- b -->")));
	assert_true(html_is_markup(STR("<section>x")));
	assert_true(html_is_markup(STR("<my-tag id='x'>")));
	assert_true(html_is_markup(STR("&leq;")));
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
	struct buf page = BUF_INIT(BUF_LIMIT), text = BUF_INIT(BUF_LIMIT);
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
		"</", "<a href=\"x\" ", "&", "<li>", "<td>", "<form>", "<script>", "<!a",
		"<![CDATA[", "<sup>", "<mfrac><mi>x", "<x y=\"", "&amp;lt;", "<b> " };
	for (size_t i = 0; i < sizeof(pieces) / sizeof(*pieces); i++) {
		repeat(&page, pieces[i], 200000);
		counts = (struct counts){ 0 };
		assert_int_equal(html_read(buf_str(&page), &counter, &counts), 0);
		html_is_markup(buf_str(&page));
		html_add_text(&text, buf_str(&page));
		buf_reset(&text);
	}
	buf_release(&text);
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
		cmocka_unit_test(lists_and_tables),
		cmocka_unit_test(indices_and_exponents),
		cmocka_unit_test(formulas),
		cmocka_unit_test(what_publishers_write),
		cmocka_unit_test(what_only_looks_like_markup),
		cmocka_unit_test(what_begins_a_phrase),
		cmocka_unit_test(what_is_escaped_once_too_often),
		cmocka_unit_test(what_stands_in_for_text),
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
