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

/* An input in chunks: a first one, then others, all of sizes given. */
struct chunks {
	struct str bytes, rest;
	size_t first, others;
	bool has_begun;
};

static int
chunks_next(void *context, struct str *chunk, struct err *err)
{
	struct chunks *chunks = context;
	(void)err;
	*chunk = str_head(chunks->rest, chunks->has_begun ? chunks->others : chunks->first);
	chunks->rest = str_skip(chunks->rest, chunk->len);
	chunks->has_begun = true;
	return chunk->len > 0;
}

static int
chunks_rewind(void *context, struct err *err)
{
	struct chunks *chunks = context;
	(void)err;
	chunks->rest = chunks->bytes;
	chunks->has_begun = false;
	return 0;
}

static void
chunks_close(void *context)
{
	(void)context;
}

static int
read_chunks(struct str bytes, size_t first, size_t others, const struct xml_handler *events,
    void *context, bool *is_repaired, struct err *err)
{
	static const struct input_ops ops = { chunks_next, chunks_rewind, chunks_close };
	struct chunks chunks = { bytes, bytes, first, others, false };
	struct input *input = input_new(&ops, &chunks);
	int result = xml_read(input, NULL, events, context, is_repaired, err);

	input_close(input);
	return result;
}

static int
read_as(struct str bytes, const char *charset, const struct xml_handler *events, void *context,
    bool *is_repaired, struct err *err)
{
	struct input *input = input_of_bytes(bytes);
	int result = xml_read(input, charset, events, context, is_repaired, err);

	input_close(input);
	return result;
}

static int
read_bytes(struct str bytes, const struct xml_handler *events, void *context, bool *is_repaired,
    struct err *err)
{
	return read_as(bytes, NULL, events, context, is_repaired, err);
}

/* Whatever the chunks, the events are the same. */
static void
check_chunks(struct str bytes, bool is_repaired, const char *expected, const char *file, int line)
{
	for (size_t first = 1; first <= bytes.len; first++) {
		struct record record = { .out = BUF_INIT(BUF_LIMIT) };
		struct err err = ERR_NONE;
		int result = read_chunks(bytes, first, first == 1 ? 1 : bytes.len, &handler,
		    &record, &record.is_repaired, &err);
		if (result != 0 || !str_is(buf_str(&record.out), expected) ||
		    record.is_repaired != is_repaired) {
			print_error(
			    "with a first chunk of %zu bytes: %d %s\n", first, result, err.text);
			unit_assert_str(buf_str(&record.out), expected, file, line);
			_fail(file, line);
		}
		buf_release(&record.out);
	}
}

/*
 * Whoever reads it, the events are the same: after a carriage return, which means nothing there, it
 * is libxml2 that reads even what is plain.
 */
static void
check_readers(struct str bytes, const char *expected, const char *file, int line)
{
	struct buf odd = BUF_INIT(BUF_LIMIT);
	struct record record = { .out = BUF_INIT(BUF_LIMIT) };
	struct err err = ERR_NONE;

	buf_add_char(&odd, '\r');
	buf_add(&odd, bytes);
	if (str_starts(bytes, "<") && bytes.ptr[1] != '\0') {
		int result =
		    read_bytes(buf_str(&odd), &handler, &record, &record.is_repaired, &err);
		if (result != 0)
			print_error("refused: %s\n", err.text);
		unit_assert_str(buf_str(&record.out), expected, file, line);
	}
	buf_release(&record.out);
	buf_release(&odd);
}

static void
check_as(struct str bytes, const char *charset, bool is_repaired, const char *expected,
    const char *file, int line)
{
	struct record record = { .out = BUF_INIT(BUF_LIMIT) };
	struct err err = ERR_NONE;
	if (read_as(bytes, charset, &handler, &record, &record.is_repaired, &err) != 0) {
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

static void
check(struct str bytes, bool is_repaired, const char *expected, const char *file, int line)
{
	check_as(bytes, NULL, is_repaired, expected, file, line);
	check_chunks(bytes, is_repaired, expected, file, line);
	check_readers(bytes, expected, file, line);
}

#define reads(bytes, expected) check((bytes), false, (expected), __FILE__, __LINE__)
#define mends(bytes, expected) check((bytes), true, (expected), __FILE__, __LINE__)
#define reads_as(bytes, charset, expected) \
	check_as((bytes), (charset), false, (expected), __FILE__, __LINE__)
#define mends_as(bytes, charset, expected) \
	check_as((bytes), (charset), true, (expected), __FILE__, __LINE__)

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
	reads(STR("<a  x = '1' ><b y='2'\n/></a\t>"), "<a x=[1]><b y=[2]></b></a>");
	reads(
	    STR("<?xml version='1.0'?><?xml-stylesheet href='x'?><a>]] ]>\n<?p?>\xe2\x82\xac</a>"),
	    "<a>]] ]>\n\xe2\x82\xac</a>");
	reads(
	    STR("<p:a xmlns:p='u:1' xmlns='u:2'><b xmlns=''><p:c xmlns:p='u:3'/><p:d/></b></p:a>"),
	    "<u:1|a><b><u:3|c></c><u:1|d></d></b></a>");
	reads(STR("<a b='&amp;#38;&#x20ac;\xc3\xa9]]>'>a\r\nb\rc</a>"),
	    "<a b=[&#38;\xe2\x82\xac\xc3\xa9]]>]>a\nb\nc</a>");
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
	mends(STR("Warning: no < such & file <a>x</a>"), "<a>x</a>");
	mends(
	    STR("<?xml version='1.0'?>Notice<?xml version='1.0'?><!-- c --><a>x</a>"), "<a>x</a>");
	mends(STR("\xef\xbb\xbf\xef\xbb\xbf<a>x</a>"), "<a>x</a>");
	mends(STR("<a><dc:b c:d='1'/></a>"), "<a><dc|b c|d=[1]></b></a>");
	mends(STR("<a>x</a"), "<a>x</a>");
	mends(STR("<a>x]]>y]] ]></a>"), "<a>x]]>y]] ]></a>");
	/* The end of a CDATA section, written too often. */
	mends(STR("<a><![CDATA[x]]]]>]]></a>"), "<a>x]]]]></a>");
	mends(STR("<a><![if x]>y</a>"), "<a><![if x]>y</a>");
}

/* Elements end before what is around them does, and ends that end nothing are dropped. */
static void
broken_nesting(void **state)
{
	(void)state;
	mends(STR("<a><b>x</c>y</a>"), "<a><b>xy</b></a>");
	mends(STR("<a><b>x</a>"), "<a><b>x</b></a>");
	mends(STR("<a><b><i>x</b>y</i>z</a>"), "<a><b><i>x</i></b>yz</a>");
	mends(STR("<a></b><b>x</b></b></a>"), "<a><b>x</b></a>");
	mends(STR("<a><Title>x</title><title>y</titel>z</a>"),
	    "<a><Title>x</Title><title>y</title>z</a>");
	mends(STR("<a>x<br>y<br>z<img src='i'>v</a>"),
	    "<a>x<br>y</br><br>z</br><img src=[i]>v</img></a>");
	mends(STR("<a>x</a y >"), "<a>x</a>");
	/* A tag that goes on where its name seems to end. */
	mends(STR("<a><b\x14"
	          "c>x</bc></a>"),
	    "<a><bc>x</bc></a>");
	mends(STR("<a><b>x</b <c>y</c></a>"), "<a><b>x</b><c>y</c></a>");
}

static void
broken_tags(void **state)
{
	(void)state;
	mends(STR("<a b=c d='e'f=g/>"), "<a b=[c] d=[e] f=[g]></a>");
	mends(STR("<a b=http://x/y?z=1&v=2>x</a>"), "<a b=[http://x/y?z=1&v=2]>x</a>");
	mends(STR("<a b='<i>\"1\" < 2</i>' c=\"d\">x</a>"), "<a b=[<i>\"1\" < 2</i>] c=[d]>x</a>");
	mends(STR("<a b=\"c>x</a>"), "<a b=[c]>x</a>");
	mends(STR("<a><b c=\"d>x</b><b c=\"e\">y</b></a>"), "<a><b c=[d]>x</b><b c=[e]>y</b></a>");
	mends(STR("<a><b c='d'<e>x</e></b></a>"), "<a><b c=[d]><e>x</e></b></a>");
	mends(STR("<a><td nowrap>x</td></a>"), "<a><td>x</td></a>");
	mends(STR("<a>if b <c then d> e</a>"), "<a>if b <c then d> e</a>");
	mends(STR("<a>x<y</a>"), "<a>x<y</a>");
	mends(STR("<a 1b='c' = \"d\" e='f'/>"), "<a e=[f]></a>");
	mends(STR("<a><\xc3\x97/></a>"), "<a><\xc3\x97/></a>");
	reads(STR("<\xc3\xa9l\xc3\xa9ment/>"), "<\xc3\xa9l\xc3\xa9ment></\xc3\xa9l\xc3\xa9ment>");
}

static void
what_stands_behind(void **state)
{
	(void)state;
	reads(STR("<a/>\n<!-- c --><?p i?>\n"), "<a></a>");
	/* Neither "<!-->" nor "<!--->" is a whole comment. */
	reads(STR("<!--> x --><a>1<!--->y-->2<!--->--></a><!-->-->"), "<a>12</a>");
	reads(STR("<!--x---><a>1<!--- y --\n-- - --->2<!----></a>"), "<a>12</a>");
	mends(STR("<a/>trailing text"), "<a></a>");
	mends(STR("<a/>\n</b>\n"), "<a></a>");
	mends(STR("<a/>x < y & z"), "<a></a>");
	mends(STR("<a>x</a><script>if (a<b) c();</script><a>y</a>"), "<a>x</a>");
}

static void
encodings(void **state)
{
	(void)state;
	reads(STR("<?xml version='1.0' encoding='ISO-8859-1'?><a>\xe9\x80</a>"),
	    "<a>\xc3\xa9\xe2\x82\xac</a>");
	reads(STR("<?xml version=\"1.0\" encoding = \"koi8-r\"?><a>\xf0</a>"), "<a>\xd0\x9f</a>");
	reads(STR("<?xml version='1.0' encoding='GB2312'?><a>\xd6\xd0</a>"), "<a>\xe4\xb8\xad</a>");
	reads(STR("<?xml version='1.0' encoding='euc-kr'?><a>\xb3\xe2</a>"), "<a>\xeb\x85\x84</a>");
	reads(STR("<?xml version='1.0' encoding='big5'?><a>\xa4\xa4</a>"), "<a>\xe4\xb8\xad</a>");
	reads(STR("<?xml version='1.0' encoding='Shift_JIS'?><a>\x82\xa0</a>"),
	    "<a>\xe3\x81\x82</a>");
	reads(STR("<?xml version='1.0' encoding='iso-2022-jp'?><a>\x1b$B$\"\x1b(B</a>"),
	    "<a>\xe3\x81\x82</a>");
	reads(STR("\xef\xbb\xbf<a>\xc3\xa9</a>"), "<a>\xc3\xa9</a>");
}

static void
wide_encodings(void **state)
{
	(void)state;
	reads(STR("\xff\xfe<\0a\0>\0\xe9\0<\0/\0a\0>\0"), "<a>\xc3\xa9</a>");
	reads(STR("\xfe\xff\0<\0a\0>\0\xe9\0<\0/\0a\0>"), "<a>\xc3\xa9</a>");
	reads(STR("<\0a\0>\0\xe9\0<\0/\0a\0>\0"), "<a>\xc3\xa9</a>");
	reads(STR("\0<\0a\0>\xd8\x3d\xde\x00\0<\0/\0a\0>"), "<a>\xf0\x9f\x98\x80</a>");
	reads(STR("\xff\xfe\0\0<\0\0\0a\0\0\0>\0\0\0\x00\xf6\x01\0<\0\0\0/\0\0\0a\0\0\0>\0\0\0"),
	    "<a>\xf0\x9f\x98\x80</a>");
	reads(STR("\0\0\xfe\xff\0\0\0<\0\0\0a\0\0\0/\0\0\0>"), "<a></a>");
	reads(STR("\0\0\0<\0\0\0a\0\0\0/\0\0\0>"), "<a></a>");
	reads(STR("<\0\0\0a\0\0\0/\0\0\0>\0\0\0"), "<a></a>");
	/* A lone surrogate, and half a character at the end. */
	mends(STR("\xff\xfe<\0a\0>\0\x3d\xd8<\0/\0a\0>\0"), "<a>\xef\xbf\xbd</a>");
	mends(STR("\xff\xfe<\0a\0/\0>\0x"), "<a></a>");
	/* HTTP cannot know better than these bytes. */
	reads_as(STR("\xff\xfe<\0a\0/\0>\0"), "iso-8859-1", "<a></a>");
}

/* What is claimed and what is there. */
static void
encodings_that_lie(void **state)
{
	(void)state;
	reads(STR("<?xml version='1.0' encoding='utf-16'?><a>\xc3\xa9</a>"), "<a>\xc3\xa9</a>");
	mends(STR("<?xml version='1.0' encoding='us-ascii'?><a>\xc3\xa9</a>"), "<a>\xc3\xa9</a>");
	mends(STR("<?xml version='1.0' encoding='windows-1251'?><a>\xc3\xa9\xe2\x80\x99</a>"),
	    "<a>\xc3\xa9\xe2\x80\x99</a>");
	mends(STR("<?xml version='1.0' encoding='utf-8'?><a>it\x92s caf\xe9</a>"),
	    "<a>it\xe2\x80\x99s caf\xc3\xa9</a>");
	mends(STR("\xef\xbb\xbf<a>Espa\xf1\x61</a>"),
	    "<a>Espa\xc3\xb1"
	    "a</a>");
	mends(STR("<?xml version='1.0' encoding='euc-jp'?><a>\xff</a>"), "<a>\xef\xbf\xbd</a>");
	mends(STR("<?xml version='1.0' encoding='x-bogus'?><a>x</a>"), "<a>x</a>");
	mends(STR("<?xml version='1.0' encoding='x-bogus'?><a>\xe9\xc3\xa9</a>"),
	    "<a>\xc3\xa9\xc3\xa9</a>");
	mends(STR("<?xml version='1.0' encoding='UTF-7'?><a>+AGE-</a>"), "<a>+AGE-</a>");
}

static void
encodings_by_http(void **state)
{
	(void)state;
	reads_as(STR("<?xml version='1.0' encoding='utf-8'?><a>\xd6\xd0</a>"), "gb2312",
	    "<a>\xe4\xb8\xad</a>");
	reads_as(STR("<a>\xf0</a>"), "KOI8-R", "<a>\xd0\x9f</a>");
	reads_as(
	    STR("<?xml version='1.0' encoding='koi8-r'?><a>\xe9</a>"), "latin1", "<a>\xc3\xa9</a>");
	/* Servers that name one charset for all they have. */
	mends_as(STR("<?xml version='1.0' encoding='utf-8'?><a>\xc3\xa9</a>"), "iso-8859-1",
	    "<a>\xc3\xa9</a>");
	mends_as(
	    STR("<?xml version='1.0' encoding='koi8-r'?><a>\xf0</a>"), "utf-8", "<a>\xd0\x9f</a>");
	/* One bad byte makes no other encoding of a text. */
	mends_as(
	    STR("<a>\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xe9</"
	        "a>"),
	    "iso-8859-1",
	    "<a>\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9</"
	    "a>");
	mends_as(STR("<a>\xe9</a>"), "no such charset", "<a>\xc3\xa9</a>");
	reads_as(STR("<a>x</a>"), "us-ascii", "<a>x</a>");
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
	refuses(STR("<a></a>\0<!-- x"), "cut off: it ends inside of a CDATA section or comment");
	/* More elements after the root: they would be lost. */
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
	assert_int_equal(
	    read_bytes(buf_str(&text), &handler, &record, &record.is_repaired, &err), 0);
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
	assert_int_equal(
	    read_bytes(buf_str(&text), &handler, &record, &record.is_repaired, &err), 0);
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

	/* After a licence in a long comment. */
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
		cmocka_unit_test(broken_nesting),
		cmocka_unit_test(broken_tags),
		cmocka_unit_test(what_stands_behind),
		cmocka_unit_test(encodings),
		cmocka_unit_test(wide_encodings),
		cmocka_unit_test(encodings_that_lie),
		cmocka_unit_test(encodings_by_http),
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
