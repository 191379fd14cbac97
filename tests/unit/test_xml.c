/* XML: events, what is mended, what is refused, ceilings, roots and URLs. */
#include "unit.h"

#include "digest/xml.h"

/* The events of a document as one text: "<{space}name a=[v]>", text, "</name>". */
struct record {
	struct buf out;
	bool is_repaired;
	int stop_at; /* the start that answers 17; 0 for none */
	int starts;
};

static int
on_start(void *context, const struct xml_element *element, struct err *err)
{
	struct record *record = context;
	(void)err;
	buf_addf(&record->out, "<%.*s%s%.*s", STR_ARG(element->space),
	    element->space.len > 0 ? "|" : "", STR_ARG(element->name));
	for (size_t i = 0; i < element->attribute_count; i++) {
		const struct xml_attribute *attribute = &element->attributes[i];
		buf_addf(&record->out, " %.*s%s%.*s=[%.*s]", STR_ARG(attribute->space),
		    attribute->space.len > 0 ? "|" : "", STR_ARG(attribute->name),
		    STR_ARG(attribute->value));
	}
	buf_add_char(&record->out, '>');
	return ++record->starts == record->stop_at ? 17 : 0;
}

static int
on_end(void *context, const struct xml_element *element, struct err *err)
{
	struct record *record = context;
	(void)err;
	buf_addf(&record->out, "</%.*s>", STR_ARG(element->name));
	return 0;
}

static int
on_text(void *context, struct str text, struct err *err)
{
	struct record *record = context;
	(void)err;
	buf_add(&record->out, text);
	return 0;
}

static const struct xml_handler handler = { on_start, on_end, on_text };

static int
read_bytes(struct str bytes, const struct xml_handler *events, void *context, bool *is_repaired,
    struct err *err)
{
	struct input *input = input_of_bytes(bytes);
	int result = xml_read(input, NULL, events, context, is_repaired, err);

	input_close(input);
	return result;
}

static void
check(struct str bytes, bool is_repaired, const char *expected, const char *file, int line)
{
	struct record record = { .out = BUF_INIT(BUF_LIMIT) };
	struct err err = ERR_NONE;
	if (read_bytes(bytes, &handler, &record, &record.is_repaired, &err) != 0) {
		print_error("refused: %s\n", err.text);
		_fail(file, line);
	}
	if (record.is_repaired != is_repaired) {
		print_error("%srepaired\n", record.is_repaired ? "" : "not ");
		_fail(file, line);
	}
	unit_assert_str(buf_str(&record.out), expected, file, line);
	buf_release(&record.out);
}

#define reads(bytes, expected) check((bytes), false, (expected), __FILE__, __LINE__)
#define mends(bytes, expected) check((bytes), true, (expected), __FILE__, __LINE__)

static void
refuses(struct str bytes, const char *why)
{
	struct record record = { .out = BUF_INIT(BUF_LIMIT) };
	struct err err = ERR_NONE;
	assert_int_equal(read_bytes(bytes, &handler, &record, &record.is_repaired, &err), -1);
	assert_int_equal(err.code, EX_DATAERR);
	assert_string_equal(err.text, why);
	buf_release(&record.out);
}

static void
elements_and_text(void **state)
{
	(void)state;
	reads(STR("<a/>"), "<a></a>");
	reads(STR("<?xml version=\"1.0\"?>\n<!-- & --><a x='1' "
	          "y=\"&lt;&amp;amp;&#38;&quot;\">t&amp;t&#233;"
	          "<b/><![CDATA[<&nbsp;>]]></a><!-- end -->\n"),
	    "<a x=[1] y=[<&amp;&\"]>t&t\xc3\xa9<b></b><&nbsp;></a>");
	reads(STR("<a xmlns='u:1' xmlns:p='u:2' xml:base='/b' p:q='r'><p:c/></a>"),
	    "<u:1|a http://www.w3.org/XML/1998/namespace|base=[/b] u:2|q=[r]><u:2|c></c></a>");
	reads(STR("<!DOCTYPE rss PUBLIC \"-//N//DTD RSS 0.91//EN\" "
	          "\"http://127.0.0.1:1/rss.dtd\"><rss>x</rss>"),
	    "<rss>x</rss>");
}

static void
broken_characters(void **state)
{
	(void)state;
	mends(STR("<a>caf&eacute;&nbsp;&hellip;</a>"), "<a>caf\xc3\xa9\xc2\xa0\xe2\x80\xa6</a>");
	mends(STR("<a b='?x=1&y=2&eacute;&foo;'>AT&T &unknown; &; &#; &#x; x&</a>"),
	    "<a b=[?x=1&y=2\xc3\xa9&foo;]>AT&T &unknown; &; &#; &#x; x&</a>");
	mends(STR("<a>1 < 2 <= 3</a>"), "<a>1 < 2 <= 3</a>");
	mends(STR("<a>x\x01y\x7fz\x0bw&#1;&#xFFFF;&#x110000;&#xD800;v</a>"), "<a>xy\x7fzwv</a>");
	mends(STR("<a>x\0y</a>"), "<a>xy</a>");
	/* Windows-1252 in disguise, as bytes and as numbers. */
	mends(
	    STR("<a>it\x92s caf\xe9 \x81</a>"), "<a>it\xe2\x80\x99s caf\xc3\xa9 \xef\xbf\xbd</a>");
	mends(STR("<a>it&#146;s</a>"), "<a>it\xe2\x80\x99s</a>");
	mends(STR("<a>\xef\xbf\xbf\xed\xa0\x80</a>"), "<a>\xc3\xad\xc2\xa0\xe2\x82\xac</a>");
	/* In CDATA and comments nothing is a reference. */
	mends(STR("<a><!-- & &nbsp; --><![CDATA[& &nbsp; < ]]>&</a>"), "<a>& &nbsp; < &</a>");
}

static void
broken_structure(void **state)
{
	(void)state;
	mends(STR("\n\n <?xml version='1.0'?><a>x</a>"), "<a>x</a>");
	mends(STR("Warning: no such file <a>x</a>"), "<a>x</a>");
	mends(STR("\xef\xbb\xbf\xef\xbb\xbf<a>x</a>"), "<a>x</a>");
	mends(STR("<a><b>x</c>y</a>"), "<a><b>x</b>y</a>");
	mends(STR("<a><b>x</a>"), "<a><b>x</b>");
	mends(STR("<a><dc:b c:d='1'/></a>"), "<a><dc|b c|d=[1]></b></a>");
	mends(STR("<a/>trailing text"), "<a></a>");
	mends(STR("<a>x</a"), "<a>x</a>");
	mends(STR("<a/>\n</b>\n"), "<a></a>");
}

static void
encodings(void **state)
{
	(void)state;
	reads(STR("<?xml version='1.0' encoding='ISO-8859-1'?><a>\xe9\x80</a>"),
	    "<a>\xc3\xa9\xe2\x82\xac</a>");
	reads(STR("<?xml version=\"1.0\" encoding = \"koi8-r\"?><a>\xf0</a>"), "<a>\xd0\x9f</a>");
	reads(STR("<?xml version='1.0' encoding='GB2312'?><a>\xd6\xd0</a>"), "<a>\xe4\xb8\xad</a>");
	reads(STR("<?xml version='1.0' encoding='iso-2022-jp'?><a>\x1b$B$\"\x1b(B</a>"),
	    "<a>\xe3\x81\x82</a>");
	reads(STR("\xff\xfe<\0a\0>\0\xe9\0<\0/\0a\0>\0"), "<a>\xc3\xa9</a>");
	reads(STR("\xfe\xff\0<\0a\0>\0\xe9\0<\0/\0a\0>"), "<a>\xc3\xa9</a>");
	reads(STR("<\0a\0>\0\xe9\0<\0/\0a\0>\0"), "<a>\xc3\xa9</a>");
	reads(STR("\xef\xbb\xbf<a>\xc3\xa9</a>"), "<a>\xc3\xa9</a>");
	/* Declarations that lie. */
	reads(STR("<?xml version='1.0' encoding='utf-16'?><a>\xc3\xa9</a>"), "<a>\xc3\xa9</a>");
	mends(STR("<?xml version='1.0' encoding='us-ascii'?><a>\xc3\xa9</a>"), "<a>\xc3\xa9</a>");
	mends(STR("<?xml version='1.0' encoding='x-bogus'?><a>x</a>"), "<a>x</a>");
	mends(STR("<?xml version='1.0' encoding='euc-jp'?><a>\xff</a>"), "<a>\xef\xbf\xbd</a>");
	refuses(STR("<?xml version='1.0' encoding='x-bogus'?><a>\xe9</a>"),
	    "the encoding 'x-bogus' is not known");
	refuses(STR("<?xml version='1.0' encoding='UTF-7'?><a>\xe9</a>"),
	    "the encoding 'UTF-7' is not known");
}

static void
what_is_no_document(void **state)
{
	(void)state;
	refuses(STR(""), "not XML: no tag in it");
	refuses(STR("hello"), "not XML: no tag in it");
	refuses(STR("<a><b>x</b>"), "cut off: it ends inside of <a>");
	refuses(STR("<p:a><b>x"), "cut off: it ends inside of <p:a>");
	refuses(STR("<a><![CDATA[x</a>"), "cut off: it ends inside of a CDATA section or comment");
	refuses(STR("<a><!-- x</a>"), "cut off: it ends inside of a CDATA section or comment");
	/* More elements behind the root: they would be lost. */
	refuses(STR("<a/><b/>"), "damaged XML, line 1: Extra content at the end of the document");
}

/* XXE, the billion laughs, the quadratic blow-up, defaulted attributes. */
static void
declarations_are_refused(void **state)
{
	(void)state;
	refuses(STR("<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/hostname\">]><a>&x;</a>"),
	    "declares XML entities; refused");
	refuses(STR("<!DOCTYPE a [<!ENTITY x \"ha\"><!ENTITY y \"&x;&x;\">]><a>&y;</a>"),
	    "declares XML entities; refused");
	refuses(STR("<!DOCTYPE a [<!ENTITY % p SYSTEM \"http://127.0.0.1:1/\"> %p;]><a/>"),
	    "declares XML entities; refused");
	refuses(STR("<!DOCTYPE a [<!ATTLIST a b CDATA \"x\">]><a/>"),
	    "declares XML attributes; refused");
	mends(STR("<!DOCTYPE a [%p;]><a/>"), "<a></a>");
}

static void
ceilings(void **state)
{
	(void)state;
	struct buf text = BUF_INIT(BUF_LIMIT);

	buf_add_string(&text, "<a>");
	for (int i = 1; i < XML_DEPTH_MAX; i++)
		buf_add_string(&text, "<b>");
	struct record record = { .out = BUF_INIT(BUF_LIMIT) };
	struct err err = ERR_NONE;
	for (int i = 1; i < XML_DEPTH_MAX; i++)
		buf_add_string(&text, "</b>");
	buf_add_string(&text, "</a>");
	assert_int_equal(read_bytes(buf_str(&text), &handler, &record, &record.is_repaired, &err), 0);
	assert_int_equal(record.starts, XML_DEPTH_MAX);
	buf_release(&record.out);

	buf_reset(&text);
	buf_add_repeat(&text, ' ', 10);
	for (int i = 0; i < 100000; i++)
		buf_add_string(&text, "<b>");
	refuses(buf_str(&text), "elements are nested more than 256 deep");

	buf_reset(&text);
	buf_add_string(&text, "<a>");
	buf_add_repeat(&text, 'x', (size_t)12 << 20);
	buf_add_string(&text, "</a>");
	refuses(buf_str(&text), "more than 8 MiB of text in one element");

	buf_reset(&text);
	buf_add_string(&text, "<a");
	for (int i = 0; i < 1000000; i++)
		buf_addf(&text, " a%d = '>'", i);
	buf_add_string(&text, "/>");
	refuses(buf_str(&text), "an element has more than 256 attributes");
	buf_release(&text);
}

/* A document in many chunks reads like one in few. */
static void
long_documents(void **state)
{
	(void)state;
	enum { ITEMS = 200000 };
	struct buf text = BUF_INIT(BUF_LIMIT);
	struct record record = { .out = BUF_INIT(BUF_LIMIT) };
	struct err err = ERR_NONE;
	buf_add_string(&text, "<a>");
	for (int i = 0; i < ITEMS; i++)
		buf_addf(&text, "<b c='%d'>\xc3\xa9&amp;</b>", i);
	buf_add_string(&text, "</a>");
	assert_int_equal(read_bytes(buf_str(&text), &handler, &record, &record.is_repaired, &err), 0);
	assert_int_equal(record.starts, ITEMS + 1);
	assert_false(record.is_repaired);
	assert_true(str_ends(buf_str(&record.out), "<b c=[199999]>\xc3\xa9&</b></a>"));
	buf_release(&record.out);
	buf_release(&text);
}

static void
callbacks_stop(void **state)
{
	(void)state;
	struct record record = { .out = BUF_INIT(BUF_LIMIT), .stop_at = 2 };
	struct err err = ERR_NONE;
	assert_int_equal(
	    read_bytes(STR("<a>x<b>y</b>z"), &handler, &record, &record.is_repaired, &err), 17);
	assert_str(buf_str(&record.out), "<a>x<b>");
	assert_false(err_is_set(&err));
	buf_release(&record.out);
}

static void
roots(void **state)
{
	(void)state;
	struct buf space = BUF_INIT(BUF_LIMIT), name = BUF_INIT(BUF_LIMIT);
	assert_true(xml_root(
	    STR("<?xml version='1.0'?><!-- x --><p:feed xmlns:p='u:f'><cut off"), &space, &name));
	assert_str(buf_str(&space), "u:f");
	assert_str(buf_str(&name), "feed");
	buf_reset(&space);
	buf_reset(&name);
	assert_true(xml_root(STR("<rss><![CDATA[ cut"), &space, &name));
	assert_str(buf_str(&space), "");
	assert_str(buf_str(&name), "rss");
	buf_reset(&name);
	assert_false(xml_root(STR("{\"a\":1}"), &space, &name));
	assert_false(xml_root(STR(""), &space, &name));
	assert_false(xml_root(STR("<!DOCTYPE html"), &space, &name));
	assert_str(buf_str(&name), "");

	/* Behind a licence in a long comment. */
	struct buf far = BUF_INIT(BUF_LIMIT);
	buf_add_string(&far, "<?xml version='1.0'?><!-- ");
	buf_add_repeat(&far, 'x', 5000);
	buf_add_string(&far, " --><rss version='2.0'>");
	assert_true(xml_root(buf_str(&far), &space, &name));
	assert_str(buf_str(&name), "rss");
	buf_release(&far);
	buf_release(&space);
	buf_release(&name);
}

static void
resolving(void **state)
{
	(void)state;
	static const struct {
		const char *base, *reference, *url;
	} cases[] = {
		/* RFC 3986 section 5.4 */
		{ "http://a/b/c/d;p?q", "g", "http://a/b/c/g" },
		{ "http://a/b/c/d;p?q", "./g/", "http://a/b/c/g/" },
		{ "http://a/b/c/d;p?q", "/g", "http://a/g" },
		{ "http://a/b/c/d;p?q", "//g", "http://g" },
		{ "http://a/b/c/d;p?q", "?y", "http://a/b/c/d;p?y" },
		{ "http://a/b/c/d;p?q", "../../../g", "http://a/g" },
		{ "http://a/b/c/d;p?q", "g:h", "g:h" },
		{ "http://a/b/", "x y/\xc3\xa9?z=%20&w", "http://a/b/x%20y/%C3%A9?z=%20&w" },
		{ "", "https://example.org/?a=1&b=2#c", "https://example.org/?a=1&b=2#c" },
		{ "", "relative", "relative" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct buf out = BUF_INIT(BUF_LIMIT);
		assert_int_equal(
		    xml_resolve(&out, str_from(cases[i].base), str_from(cases[i].reference)), 0);
		assert_str(buf_str(&out), cases[i].url);
		buf_release(&out);
	}
	struct buf out = BUF_INIT(BUF_LIMIT), huge = BUF_INIT(BUF_LIMIT);
	buf_add_repeat(&huge, 'x', 10000);
	assert_int_equal(xml_resolve(&out, STR("http://a/"), buf_str(&huge)), -1);
	assert_int_equal(xml_resolve(&out, STR("http://a:b:c/"), STR("http://[")), -1);
	assert_int_equal(out.len, 0);
	buf_release(&huge);
	buf_release(&out);
}

static void
attributes_by_name(void **state)
{
	(void)state;
	const struct xml_attribute attributes[] = {
		{ STR("u:1"), STR("href"), STR("qualified") },
		{ STR(""), STR("href"), STR("plain") },
	};
	struct xml_element element = { .attributes = attributes, .attribute_count = 2 };
	assert_str(xml_attribute(&element, "", "href"), "plain");
	assert_str(xml_attribute(&element, "u:1", "href"), "qualified");
	assert_str(xml_attribute(&element, "", "rel"), "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(elements_and_text),
		cmocka_unit_test(broken_characters),
		cmocka_unit_test(broken_structure),
		cmocka_unit_test(encodings),
		cmocka_unit_test(what_is_no_document),
		cmocka_unit_test(declarations_are_refused),
		cmocka_unit_test(ceilings),
		cmocka_unit_test(long_documents),
		cmocka_unit_test(callbacks_stop),
		cmocka_unit_test(roots),
		cmocka_unit_test(resolving),
		cmocka_unit_test(attributes_by_name),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
