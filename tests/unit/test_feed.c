/* Feeds: what each vocabulary says of an item and of the whole, and which of two sayings counts. */
#include "unit.h"

#include "digest/buf.h"
#include "src/source/format.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* What a reading gave, as short texts. */
struct reading {
	struct format_reader reader;
	struct err err;
	struct buf titles, texts, people, links, pictures, names, tags, dates,
	    others; /* an item a line */
};

static void
add_list(struct buf *out, const struct str *texts, size_t count)
{
	for (size_t i = 0; i < count; i++)
		buf_addf(out, i > 0 ? ";%.*s" : "%.*s", STR_ARG(texts[i]));
	buf_add_char(out, '\n');
}

static void
add_people(struct buf *out, const struct entry *entry)
{
	for (size_t i = 0; i < entry->author_count; i++) {
		const struct entry_author *author = &entry->authors[i];
		buf_addf(out, i > 0 ? ";%.*s" : "%.*s", STR_ARG(author->name));
		if (author->affiliation.len > 0)
			buf_addf(out, "=%.*s", STR_ARG(author->affiliation));
	}
	buf_add_char(out, '\n');
}

static int
take(void *context, struct entry *entry, struct err *err)
{
	static const char *const announces[] = { "", "cross", "replaced", "replaced-cross",
		"withdrawn" };
	struct reading *reading = context;
	char published[DATE_INSTANT_BYTES], updated[DATE_INSTANT_BYTES];
	(void)err;

	buf_addf(&reading->titles, "%.*s\n", STR_ARG(entry->title));
	buf_addf(&reading->texts, "%.*s\n", STR_ARG(entry->abstract));
	add_people(&reading->people, entry);
	buf_addf(&reading->links, "%.*s %.*s\n", STR_ARG(entry->url), STR_ARG(entry->pdf_url));
	buf_addf(&reading->pictures, "%.*s\n", STR_ARG(entry->image_url));
	add_list(&reading->names, entry->aliases, entry->alias_count);
	add_list(&reading->tags, entry->categories, entry->category_count);
	buf_addf(&reading->dates, "%s %s\n", date_format_instant(published, entry->published_at),
	    date_format_instant(updated, entry->updated_at));
	buf_addf(&reading->others, "%d %s|%.*s|%.*s\n", entry->version, announces[entry->announce],
	    STR_ARG(entry->license), STR_ARG(entry->journal_ref));
	return 0;
}

static void
leave_out(void *context, size_t place, const char *why)
{
	struct reading *reading = context;
	buf_addf(&reading->titles, "(%zu %s)\n", place, why);
}

static int
start(struct reading *reading, const char *document, const char *base_url)
{
	const struct source_format *format;

	*reading = (struct reading){
		.titles = BUF_INIT(BUF_LIMIT),
		.texts = BUF_INIT(BUF_LIMIT),
		.people = BUF_INIT(BUF_LIMIT),
		.links = BUF_INIT(BUF_LIMIT),
		.pictures = BUF_INIT(BUF_LIMIT),
		.names = BUF_INIT(BUF_LIMIT),
		.tags = BUF_INIT(BUF_LIMIT),
		.dates = BUF_INIT(BUF_LIMIT),
		.others = BUF_INIT(BUF_LIMIT),
	};
	reading->reader = (struct format_reader){
		.context = reading,
		.entry = take,
		.skip = leave_out,
		.arena = arena_new(),
		.keep = arena_new(),
		.scope = "f",
		.base_url = base_url,
	};
	struct input *input = input_of_bytes(str_from(document));
	int result = format_read(input, &reading->reader, &format, &reading->err);
	input_close(input);
	return result;
}

static void
finish(struct reading *reading)
{
	arena_free(reading->reader.arena);
	arena_free(reading->reader.keep);
	struct buf *const bufs[] = { &reading->titles, &reading->texts, &reading->people,
		&reading->links, &reading->pictures, &reading->names, &reading->tags,
		&reading->dates, &reading->others };
	for (size_t i = 0; i < COUNT(bufs); i++)
		buf_release(bufs[i]);
}

#define NAMESPACES \
	" xmlns:dc='http://purl.org/dc/elements/1.1/' xmlns:dcterms='http://purl.org/dc/terms/'" \
	" xmlns:content='http://purl.org/rss/1.0/modules/content/'" \
	" xmlns:atom='http://www.w3.org/2005/Atom' xmlns:media='http://search.yahoo.com/mrss/'" \
	" xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd'" \
	" xmlns:prism='http://prismstandard.org/namespaces/basic/2.0/'" \
	" xmlns:feedburner='http://rssnamespace.org/feedburner/ext/1.0'" \
	" xmlns:arxiv='http://arxiv.org/schemas/atom'" \
	" xmlns:cc='http://web.resource.org/cc/'" \
	" xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'"
#define RSS(items) \
	"<rss version='2.0'" NAMESPACES "><channel><title>C</title>" items "</channel></rss>"
#define ITEM(fields) RSS("<item>" fields "</item>")
#define ATOM(entries) "<feed xmlns='http://www.w3.org/2005/Atom'>" entries "</feed>"
#define ENTRY(fields) ATOM("<entry><id>urn:1</id>" fields "</entry>")

struct sample {
	const char *document, *expected;
};

/* Reads each document and compares what stands in one of the texts of the reading. */
static void
compare(const struct sample *samples, size_t count, size_t field)
{
	for (size_t i = 0; i < count; i++) {
		struct reading reading;
		if (start(&reading, samples[i].document, "https://example.org/a/feed") < 0)
			fail_msg("%s: %s", samples[i].document, reading.err.text);
		struct buf *got = (struct buf *)((char *)&reading + field);
		if (got->len > 0)
			buf_cut(got, got->len - 1);
		if (!str_is(buf_str(got), samples[i].expected))
			fail_msg("%s: '%s' where '%s' should be", samples[i].document, got->ptr,
			    samples[i].expected);
		finish(&reading);
	}
}

#define COMPARE(samples, field) compare(samples, COUNT(samples), offsetof(struct reading, field))

static void
titles(void **state)
{
	(void)state;
	static const struct sample samples[] = {
		{ ITEM("<title>a &lt;b&gt; c</title>"), "a <b> c" },
		{ ITEM("<title>a &lt;b&gt;c&lt;/b&gt; d</title>"), "a c d" },
		{ ITEM("<title>x&lt;y and z&gt;0</title>"), "x<y and z>0" },
		{ ITEM("<title><![CDATA[<i>Homo</i> &amp; us]]></title>"), "Homo & us" },
		{ ITEM("<title>A &amp;lt;i&amp;gt;twice&amp;lt;/i&amp;gt; &amp;amp; so</title>"),
		    "A twice & so" },
		{ ITEM("<title>The &amp;lt;b&amp;gt; tag</title>"), "The <b> tag" },
		{ ITEM("<title>One <i xmlns='http://www.w3.org/1999/xhtml'>in</i> two</title>"),
		    "One in two" },
		/* The item's own before those of other vocabularies, in any order. */
		{ ITEM("<media:title>m</media:title><dc:title>d</dc:title><title>t</title>"), "t" },
		{ ITEM("<media:title>m</media:title><dc:title>d</dc:title>"), "d" },
		{ ITEM("<media:group><media:title>m</media:title></media:group>"), "m" },
		{ ITEM("<image><title>no</title></image><title>t</title>"), "t" },
		{ ITEM("<TITLE>Capitals</TITLE>"), "Capitals" },
		/* What has none is called by its first words, its link, or not at all. */
		{ ITEM("<description>First line.&lt;br>&lt;br>Second.</description>"),
		    "First line." },
		{ ITEM("<link>https://example.org/1</link>"), "https://example.org/1" },
		{ ITEM("<category>c</category>"), "Untitled" },
		{ ITEM("<title>&amp;</title>"), "&" },
		{ ITEM(""), "(1 has no identifier, no link and no title)" },
		{ ENTRY("<title>a &lt;b&gt; c</title>"), "a <b> c" },
		{ ENTRY("<title type='text'>a &lt;b&gt; c</title>"), "a <b> c" },
		{ ENTRY("<title type='html'>a &lt;b&gt;c&lt;/b&gt; &amp;amp;</title>"), "a c &" },
		{ ENTRY("<title type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>a "
		        "<b>c</b> &lt;d&gt;</div></title>"),
		    "a c <d>" },
		{ ENTRY("<title mode='base64'>QSA8Yj5iPC9iPg==</title>"), "A b" },
		{ ENTRY("<title type='application/octet-stream'>\n QSBi\n</title>"), "A b" },
		{ ENTRY("<title type='application/x-own'>test</title>"), "test" },
		{ "<feed version='0.3' xmlns='http://purl.org/atom/ns#'><entry><title "
		  "type='text/html' mode='escaped'>a &lt;b&gt;c&lt;/b&gt;</title></entry></feed>",
		    "a c" },
		{ "<feed xmlns='http://purl.org/atom/ns#draft-ietf-atompub-format-05'><entry>"
		  "<title>Draft</title></entry></feed>",
		    "Draft" },
		{ "<CHANNEL><ITEM HREF='http://example.org/'><TITLE>Old</TITLE></ITEM></CHANNEL>",
		    "Old" },
	};
	COMPARE(samples, titles);
}

static void
abstracts(void **state)
{
	(void)state;
	static const struct sample samples[] = {
		{ ITEM("<title>t</title><description>&lt;p>One.&lt;/p>&lt;p>Two.&lt;/p>"
		       "</description>"),
		    "One.\nTwo." },
		{ ITEM("<title>t</title><itunes:summary>i</itunes:summary>"
		       "<description>d</description>"),
		    "d" },
		{ ITEM("<title>t</title><description/><content:encoded>c</content:encoded>"), "c" },
		{ ITEM("<title>t</title><description>Another</description>"
		       "<content:encoded>The whole of it</content:encoded>"),
		    "Another" },
		{ ITEM("<title>t</title><description>The whole […]</description>"
		       "<content:encoded>&lt;p>The whole of it.&lt;/p></content:encoded>"),
		    "The whole of it." },
		{ ITEM("<title>t</title><description>Sheep are counted in many ways, and few of "
		       "them ag...</description><content:encoded>J. Sheep 2026. &lt;p>Sheep are "
		       "counted in many ways, and few of them agree.&lt;/p></content:encoded>"),
		    "Sheep are counted in many ways, and few of them agree." },
		{ ITEM("<title>t</title><description>J. Sheep, Early View</description>"
		       "<content:encoded>&lt;h2>Abstract&lt;/h2>&lt;p>We count sheep.&lt;/p>"
		       "</content:encoded>"),
		    "We count sheep." },
		{ ITEM("<title>t</title><description>Abstract  We count.</description>"),
		    "We count." },
		{ ITEM("<title>t</title><description>Abstract art is art.</description>"),
		    "Abstract art is art." },
		{ ITEM("<title>t</title><body xmlns='http://www.w3.org/1999/xhtml'>a <b>b</b>"
		       "</body>"),
		    "a b" },
		{ ITEM("<title>t</title><description><p>a <link rel='x' href='y'/>b</p>"
		       "</description>"),
		    "a b" },
		{ ENTRY("<title>t</title><content type='image/png'>iVBORw0KGgo=</content>"), "" },
		{ ENTRY("<title>t</title><content type='application/xml'><x><title>no</title>yes"
		        "</x></content>"),
		    "no yes" },
	};
	COMPARE(samples, texts);
}

static void
authors(void **state)
{
	(void)state;
	static const struct sample samples[] = {
		{ ITEM("<title>t</title><author>ann@example.org (Ann Lee)</author>"), "Ann Lee" },
		{ ITEM("<title>t</title><author>Ann Lee (ann@example.org)</author>"), "Ann Lee" },
		{ ITEM("<title>t</title><author>Ann Lee &lt;ann@example.org></author>"),
		    "Ann Lee" },
		{ ITEM("<title>t</title><author>ann@example.org</author>"), "" },
		{ ITEM("<title>t</title><author>ann@example.org Ann Lee</author>"), "Ann Lee" },
		{ ITEM("<title>t</title><author><name>Ann Lee</name><email>a@b.c</email>"
		       "<url>http://x</url></author>"),
		    "Ann Lee" },
		{ ITEM("<title>t</title><atom:author><atom:name>Ann Lee</atom:name>"
		       "</atom:author>"),
		    "Ann Lee" },
		{ ITEM("<title>t</title><dc:creator>Ann Lee</dc:creator><dc:creator>Bo Wu"
		       "</dc:creator><author>Ann Lee</author>"),
		    "Ann Lee;Bo Wu" },
		{ ITEM("<title>t</title><itunes:author>The Show</itunes:author>"
		       "<author>a@b.c (Ann Lee)</author>"),
		    "Ann Lee" },
		{ ITEM("<title>t</title><itunes:author>The Show</itunes:author>"), "The Show" },
		{ ITEM("<title>t</title><dc:creator>\nAnn Lee,\nBo Wu\n</dc:creator>"),
		    "Ann Lee;Bo Wu" },
		{ ITEM("<title>t</title><dc:creator>Lee, Ann</dc:creator>"), "Lee, Ann" },
		{ ITEM("<title>t</title><dc:creator><rdf:Description><p:name "
		       "xmlns:p='http://example.org/p'>Ann Lee</p:name></rdf:Description>"
		       "</dc:creator>"),
		    "Ann Lee" },
		{ ITEM("<title>t</title><dc:creator>&lt;a href='x'>Ann Lee&lt;/a></dc:creator>"),
		    "Ann Lee" },
		{ ENTRY("<title>t</title><author><name>Ann</name>mixed</author><contributor><name>"
		        "Bo</name></contributor>"),
		    "Ann" },
		{ ENTRY("<title>t</title><author>Ann</author>"), "Ann" },
		{ ATOM("<author><name>Feed</name></author><entry><title>t</title></entry>"),
		    "Feed" },
		{ ATOM("<author><name>Feed</name></author><entry><title>t</title><source><author>"
		       "<name>Source</name></author><title>no</title></source></entry>"),
		    "Source" },
		{ ATOM("<author><name>Feed</name></author><entry><title>t</title><author><name>Own"
		       "</name></author><source><author><name>Source</name></author></source>"
		       "</entry>"),
		    "Own" },
	};
	COMPARE(samples, people);
}

static void
links(void **state)
{
	(void)state;
	static const struct sample samples[] = {
		{ ITEM("<link>https://example.org/1</link>"), "https://example.org/1 " },
		{ ITEM("<link>/1</link>"), "https://example.org/1 " },
		{ ITEM("<link>\n https://example.org/1\n</link><link>https://example.org/2</link>"),
		    "https://example.org/1 " },
		{ ITEM("<link href='https://example.org/1'/>"), "https://example.org/1 " },
		{ ITEM("<atom:link rel='self' href='https://example.org/self'/>"
		       "<link>https://example.org/1</link>"),
		    "https://example.org/1 " },
		{ ITEM("<title>t</title><enclosure url='https://example.org/a.mp3' "
		       "type='audio/mpeg'/>"),
		    " " },
		{ ITEM("<title>t</title><enclosure url='a.pdf' type='application/pdf'/>"),
		    " https://example.org/a/a.pdf" },
		{ ITEM("<guid>https://example.org/g</guid>"), "https://example.org/g " },
		{ ITEM("<guid isPermaLink='FALSE'>https://example.org/g</guid><title>t</title>"),
		    " " },
		{ ITEM("<link>https://feeds.example/~r/1</link>"
		       "<feedburner:origLink>https://example.org/1</feedburner:origLink>"),
		    "https://example.org/1 " },
		{ ENTRY("<link href='https://example.org/feed' type='application/atom+xml'/>"
		        "<link href='https://example.org/p' type='application/pdf'/>"
		        "<link href='https://example.org/1' type='text/html'/>"),
		    "https://example.org/1 " },
		{ ENTRY("<link rel='enclosure' href='https://example.org/e'/>"
		        "<link rel='self' href='https://example.org/s'/>"),
		    " " },
		{ ENTRY("<link rel='alternate' type='text/html'>https://example.org/1</link>"),
		    "https://example.org/1 " },
		{ "<feed xmlns='http://www.w3.org/2005/Atom' xml:base='https://b.example/x/'>"
		  "<title xml:base='https://no.example/'>f</title><entry xml:base='y/'><link "
		  "href='1'/></entry><entry><link xml:base='/z/' href='2'/></entry></feed>",
		    "https://b.example/x/y/1 \nhttps://b.example/z/2 " },
	};
	COMPARE(samples, links);
}

static void
pictures(void **state)
{
	(void)state;
	static const struct sample samples[] = {
		{ ITEM("<title>t</title><media:thumbnail url='t.png' width='75'/>"),
		    "https://example.org/a/t.png" },
		{ ITEM("<title>t</title><enclosure url='/e.jpg' type='image/jpeg'/>"),
		    "https://example.org/e.jpg" },
		{ ITEM("<title>t</title><media:content url='/c.png' medium='image'/>"),
		    "https://example.org/c.png" },
		{ ITEM("<title>t</title><media:content url='/c.png' type='image/png'/>"
		       "<media:content url='/d.png' type='image/png'/>"),
		    "https://example.org/c.png" },
		/* What is called a thumbnail counts more, also inside of something else. */
		{ ITEM(
		      "<title>t</title><enclosure url='/e.jpg' type='image/jpeg'/><media:group>"
		      "<media:content url='/v.mp4' type='video/mp4'><media:thumbnail url='/v.jpg'/>"
		      "</media:content></media:group><media:thumbnail url='/w.jpg'/>"),
		    "https://example.org/v.jpg" },
		{ ITEM("<title>t</title><media:content url='/v.mp4' type='video/mp4'/>"), "" },
		{ ITEM("<title>t</title><enclosure url='a.pdf' type='application/pdf'/>"), "" },
		{ ITEM("<title>t</title><media:thumbnail url='data:image/png;base64,AAAA'/>"
		       "<media:thumbnail url='javascript:x()'/><media:thumbnail/>"),
		    "" },
		{ RSS("<media:thumbnail url='/feed.png'/><item><title>t</title></item>"), "" },
		{ ENTRY("<title>t</title><link rel='enclosure' type='image/png' href='/e.png'/>"),
		    "https://example.org/e.png" },
	};
	COMPARE(samples, pictures);
}

static void
names(void **state)
{
	(void)state;
	static const struct sample samples[] = {
		{ ITEM("<guid isPermaLink='false'>17</guid><link>https://example.org/1</link>"),
		    "guid:f:17;url:https://example.org/1" },
		{ ITEM("<guid>http://example.org/1</guid><link>https://example.org/1?utm_source=x"
		       "</link>"),
		    "url:https://example.org/1" },
		/* Two items that link to one page stay two. */
		{ RSS("<item><guid isPermaLink='false'>http://example.org/?p=1</guid><link>"
		      "https://example.org/page</link></item><item><guid isPermaLink='false'>"
		      "http://example.org/?p=2</guid><link>https://example.org/page</link></item>"),
		    "guid:f:https://example.org/?p=1;url:https://example.org/?p=1;"
		    "url:https://example.org/page\n"
		    "guid:f:https://example.org/?p=2;url:https://example.org/?p=2;"
		    "url:https://example.org/page" },
		/* The home page names none of them. */
		{ RSS("<link>https://example.org/</link><item><guid>7</guid><link>"
		      "https://example.org</link></item>"),
		    "guid:f:7" },
		{ ITEM("<guid>x</guid><prism:doi>10.1234/ABC</prism:doi>"),
		    "doi:10.1234/abc;guid:f:x" },
		{ ITEM("<guid>x</guid><dc:identifier>doi:10.1234/ABC</dc:identifier>"),
		    "doi:10.1234/abc;guid:f:x" },
		{ ENTRY("<link rel='related' href='https://doi.org/10.1234/ABC'/>"),
		    "doi:10.1234/abc;guid:f:urn:1" },
		{ "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' "
		  "xmlns='http://purl.org/rss/1.0/'><channel rdf:about='x'><title>C</title>"
		  "</channel><item rdf:about='https://example.org/1'><title>t</title></item>"
		  "</rdf:RDF>",
		    "url:https://example.org/1" },
	};
	COMPARE(samples, names);
}

static void
categories(void **state)
{
	(void)state;
	static const struct sample samples[] = {
		{ ITEM("<title>t</title><category domain='d'>a</category><category>b</category>"
		       "<category domain='d'/><dc:subject>c</dc:subject><category>a</category>"),
		    "a;b;c" },
		{ ITEM("<title>t</title><itunes:category text='a'><itunes:category text='b'/>"
		       "</itunes:category><media:category>c</media:category>"),
		    "a;b;c" },
		{ ENTRY("<category term='a' label='A'/><category label='B'/><category>c</category>"
		        "<category scheme='http://schemas.google.com/g/2005#kind' term='post'/>"),
		    "a;B;c" },
	};
	COMPARE(samples, tags);
}

#define DAY(n) "2026-07-0" #n "T00:00:00Z"

static void
dates(void **state)
{
	(void)state;
	static const struct sample samples[] = {
		{ ITEM("<title>t</title><dc:date>2026-07-02</dc:date>"
		       "<pubDate>Wed, 01 Jul 2026 00:00:00 GMT</pubDate>"),
		    DAY(1) " " },
		{ ITEM("<title>t</title><prism:coverDate>2026-07-03</prism:coverDate>"
		       "<prism:publicationDate>2026-07-02</prism:publicationDate>"),
		    DAY(2) " " },
		{ ITEM("<title>t</title><pubDate>some day</pubDate><dc:date>2026-07-02</dc:date>"),
		    DAY(2) " " },
		{ ITEM("<title>t</title><atom:updated>2026-07-02T00:00:00Z</atom:updated>"),
		    DAY(2) " " DAY(2) },
		{ ENTRY("<updated>2026-07-02T00:00:00Z</updated>"
		        "<published>2026-07-01T02:00:00+02:00</published>"),
		    DAY(1) " " DAY(2) },
		{ "<feed xmlns='http://purl.org/atom/ns#'><entry><title>t</title><created>"
		  "2026-07-01T00:00:00Z</created><issued>2026-07-02T00:00:00Z</issued><modified>"
		  "2026-07-03T00:00:00Z</modified></entry></feed>",
		    DAY(2) " " DAY(3) },
		{ ITEM("<title>t</title>"), " " },
	};
	COMPARE(samples, dates);
}

static void
licenses(void **state)
{
	(void)state;
	static const struct sample samples[] = {
		{ ITEM("<title>t</title><dc:rights>(c) us</dc:rights>"
		       "<cc:license rdf:resource='https://cc.example/by'/>"),
		    "0 |https://cc.example/by|" },
		{ ITEM("<title>t</title><dc:rights>(c) us</dc:rights><cc:license/>"),
		    "0 |(c) us|" },
		{ ENTRY("<rights type='html'>&lt;b>(c)&lt;/b> us</rights>"), "0 |(c) us|" },
		{ ENTRY(
		      "<rights>(c) us</rights><link rel='license' href='https://cc.example/by'/>"),
		    "0 |https://cc.example/by|" },
	};
	COMPARE(samples, others);
}

/* Publishers that have no element for what they know. */
static void
facts_in_descriptions(void **state)
{
	(void)state;
	static const char document[] =
	    RSS("<item><title>One</title><description><![CDATA[<p>Publication date: 3 July 2026</p>"
	        "<p><b>Source:</b> J. Sheep, Volume 4</p><p>Author(s): Ann Lee, Bo Wu</p>]]>"
	        "</description></item>"
	        "<item><title>Two</title><description><![CDATA[<p>J. Sheep 4: 1-9</p><p>DOI: "
	        "10.1234/sheep</p><p>Authors: Ann Lee</p><p>Abstract: We count.</p><p>And count."
	        "</p><p><a href='x'>HTML</a></p><p><a href='y'>PDF</a></p>]]></description></item>"
	        "<item><title>Three</title><description>Sheep sleep.&lt;p>Source: a shepherd"
	        "</description></item>");
	struct reading reading;
	assert_int_equal(start(&reading, document, ""), 0);
	assert_string_equal(
	    reading.texts.ptr, "\nWe count.\nAnd count.\nSheep sleep.\nSource: a shepherd\n");
	assert_string_equal(reading.people.ptr, "Ann Lee;Bo Wu\nAnn Lee\n\n");
	assert_string_equal(reading.dates.ptr, "2026-07-03T00:00:00Z \n \n \n");
	assert_string_equal(reading.others.ptr, "0 ||J. Sheep, Volume 4\n0 ||\n0 ||\n");
	assert_non_null(strstr(reading.names.ptr, "doi:10.1234/sheep\n"));
	finish(&reading);
}

/* What stands after a field whose end is missing is not a part of it. */
static void
fields_left_open(void **state)
{
	(void)state;
	static const char document[] =
	    "<rss version='2.0'><channel><title>C<link>https://example.org/</link>"
	    "<item><title>One<link>https://example.org/1</link><guid>1</guid>"
	    "<description>Text.</description></item>"
	    "<item><author>Ann<title>Two</title><guid>2</guid></item>"
	    "<item><title>Three</title><guid>3</guid></item></channel></rss>";
	struct reading reading;
	assert_int_equal(start(&reading, document, ""), 0);
	assert_string_equal(reading.titles.ptr, "One\nTwo\nThree\n");
	assert_string_equal(reading.texts.ptr, "Text.\n\n\n");
	assert_string_equal(reading.people.ptr, "\nAnn\n\n");
	assert_string_equal(
	    reading.names.ptr, "guid:f:1;url:https://example.org/1\nguid:f:2\nguid:f:3\n");
	assert_str(reading.reader.listing.title, "C");
	assert_true(reading.reader.listing.is_repaired);
	finish(&reading);
}

/* ---- arXiv ---- */

#define ARXIV_ITEM(id, type, extra) \
	"<item><title>T</title><link>https://arxiv.org/abs/" id "</link><description>arXiv:" id \
	"v2 Announce Type: " type " \nAbstract: We count x&lt;y.</description><guid " \
	"isPermaLink='false'>oai:arXiv.org:" id "v2</guid><category>cs.CL</category>" \
	"<pubDate>Mon, 27 Jul 2026 00:00:00 -0400</pubDate>" extra "</item>"

static void
arxiv_feeds(void **state)
{
	(void)state;
	static const char document[] = RSS(
	    "<link>http://rss.arxiv.org/rss/cs.CL</link><lastBuildDate>Tue, 28 Jul 2026 04:00:01 "
	    "+0000</lastBuildDate><pubDate>Mon, 27 Jul 2026 00:00:00 -0400</pubDate><skipDays>"
	    "<day>Sunday</day><day>Saturday</day></skipDays>" ARXIV_ITEM("2607.00001", "new",
	        "<arxiv:announce_type>new</arxiv:announce_type><dc:creator>Ann Lee (MIT, Boston), "
	        "Bo Wu</dc:creator>") ARXIV_ITEM("2607.00002", "absonly",
	        "<arxiv:announce_type>absonly</arxiv:announce_type><dc:creator>Cy</dc:creator>")
	        ARXIV_ITEM("2607.00003", "replace-cross", "<dc:creator>Cy</dc:creator>"));
	struct reading reading;
	char day[DATE_DAY_BYTES];
	assert_int_equal(start(&reading, document, ""), 0);
	assert_string_equal(
	    reading.names.ptr, "arxiv:2607.00001\narxiv:2607.00002\narxiv:2607.00003\n");
	assert_string_equal(reading.others.ptr, "2 ||\n2 replaced||\n2 replaced-cross||\n");
	assert_string_equal(reading.texts.ptr, "We count x<y.\nWe count x<y.\nWe count x<y.\n");
	assert_string_equal(reading.people.ptr, "Ann Lee=MIT, Boston;Bo Wu\nCy\nCy\n");
	assert_string_equal(date_format_day(day, reading.reader.listing.day), "2026-07-27");
	assert_int_equal(reading.reader.listing.skip_weekdays, 1u << 5 | 1u << 6);
	finish(&reading);
}

static void
arxiv_of_old(void **state)
{
	(void)state;
	static const char document[] =
	    "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' "
	    "xmlns='http://purl.org/rss/1.0/' xmlns:dc='http://purl.org/dc/elements/1.1/'>"
	    "<channel rdf:about='http://arxiv.org/'><title>nucl-th updates on arXiv.org</title>"
	    "<link>http://arxiv.org/</link></channel>"
	    "<item rdf:about='http://arxiv.org/abs/1805.06430'><title>Sheep (of a kind). "
	    "(arXiv:1805.06430v2 [nucl-th] UPDATED)</title><link>http://arxiv.org/abs/1805.06430"
	    "</link><description rdf:parseType='Literal'>&lt;p>We &lt;a href='x'>count&lt;/a>."
	    "&lt;/p></description><dc:creator>&lt;a href='a'>Ann Lee&lt;/a>, &lt;a href='b'>Bo "
	    "Wu&lt;/a> (MIT)</dc:creator></item></rdf:RDF>";
	struct reading reading;
	assert_int_equal(start(&reading, document, ""), 0);
	assert_string_equal(reading.titles.ptr, "Sheep (of a kind).\n");
	assert_string_equal(reading.texts.ptr, "We count.\n");
	assert_string_equal(reading.people.ptr, "Ann Lee;Bo Wu=MIT\n");
	assert_string_equal(reading.names.ptr, "arxiv:1805.06430\n");
	assert_string_equal(reading.others.ptr, "2 replaced||\n");
	assert_string_equal(reading.tags.ptr, "nucl-th\n");
	finish(&reading);
}

static void
arxiv_errors(void **state)
{
	(void)state;
	static const char *const documents[] = {
		"<rss version='2.0'><channel><title>Feed error for query: cs.XX</title></channel>"
		"</rss>",
		ENTRY("<title>Error</title><link href='x'/><summary>Feed error for query: cs.XX"
		      "</summary><id>https://arxiv.org/api/errors#x</id>"),
	};
	for (size_t i = 0; i < COUNT(documents); i++) {
		struct reading reading;
		char *document = strdup(documents[i]);
		/* The error's own identifier is the only one. */
		char *own = strstr(document, "<id>urn:1</id>");
		if (own != NULL)
			memset(own, ' ', strlen("<id>urn:1</id>"));
		assert_int_equal(start(&reading, document, ""), -1);
		assert_int_equal(reading.err.code, EX_DATAERR);
		assert_non_null(strstr(reading.err.text, "arXiv answers: Feed error for query"));
		assert_str(reading.reader.listing.fault, "Feed error for query: cs.XX");
		assert_int_equal(reading.titles.len, 0);
		finish(&reading);
		free(document);
	}
}

/* ---- the feed itself ---- */

static void
what_a_feed_says_of_itself(void **state)
{
	(void)state;
	static const struct {
		const char *channel, *built;
		int64_t fresh_s;
		unsigned weekdays, hours;
		const char *next;
	} cases[] = {
		{ "", "", 0, 0, 0, "" },
		{ "<ttl>90</ttl><sy:updatePeriod>daily</sy:updatePeriod>", "", 5400, 0, 0, "" },
		{ "<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>4"
		  "</sy:updateFrequency>",
		    "", 21600, 0, 0, "" },
		{ "<sy:updateFrequency>2</sy:updateFrequency>", "", 43200, 0, 0, "" },
		{ "<ttl>soon</ttl><sy:updateFrequency>0</sy:updateFrequency>", "", 0, 0, 0, "" },
		{ "<skipDays><day>Monday</day><day>sun</day><day>x</day></skipDays><skipHours>"
		  "<hour>0</hour><hour>24</hour><hour>7</hour><hour>25</hour></skipHours>",
		    "", 0, 1u << 0 | 1u << 6, 1u << 0 | 1u << 7, "" },
		{ "<pubDate>Wed, 01 Jul 2026 00:00:00 GMT</pubDate>", DAY(1), 0, 0, 0, "" },
		{ "<pubDate>Wed, 01 Jul 2026 00:00:00 GMT</pubDate><lastBuildDate>Thu, 02 Jul 2026 "
		  "00:00:00 GMT</lastBuildDate>",
		    DAY(2), 0, 0, 0, "" },
		{ "<atom:link rel='next' href='?page=2'/><atom:link rel='next' href='?page=3'/>"
		  "<atom:link rel='self' href='feed'/>",
		    "", 0, 0, 0, "https://example.org/a/feed?page=2" },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct buf document = BUF_INIT(BUF_LIMIT);
		struct reading reading;
		char built[DATE_INSTANT_BYTES];
		buf_addf(&document,
		    "<rss version='2.0' xmlns:atom='http://www.w3.org/2005/Atom' "
		    "xmlns:sy='http://purl.org/rss/1.0/modules/syndication/'><channel>"
		    "<title> The\n feed </title>%s<item><guid>1</guid></item></channel></rss>",
		    cases[i].channel);
		assert_int_equal(start(&reading, document.ptr, "https://example.org/a/feed"), 0);
		const struct format_listing *listing = &reading.reader.listing;
		assert_str(listing->title, "The feed");
		assert_int_equal(listing->fresh_s, cases[i].fresh_s);
		assert_int_equal(listing->skip_weekdays, cases[i].weekdays);
		assert_int_equal(listing->skip_hours, cases[i].hours);
		assert_str(listing->next, cases[i].next);
		assert_string_equal(
		    date_format_instant(built, listing->generated_at), cases[i].built);
		assert_int_equal(listing->day, DATE_NO_DAY);
		assert_int_equal(listing->item_count, 1);
		finish(&reading);
		buf_release(&document);
	}
}

static void
what_is_no_feed(void **state)
{
	(void)state;
	static const char *const documents[] = {
		"<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'/>",
		"<feed xmlns='http://example.org/cattle'/>",
		"<channel xmlns='http://example.org/tv'/>",
	};
	for (size_t i = 0; i < COUNT(documents); i++) {
		struct reading reading;
		assert_int_equal(start(&reading, documents[i], ""), -1);
		assert_int_equal(reading.err.code, EX_DATAERR);
		finish(&reading);
	}
	/* RSS without anything in it is a feed without items. */
	struct reading reading;
	assert_int_equal(start(&reading, "<rss version='2.0'/>", ""), 0);
	assert_int_equal(reading.reader.listing.item_count, 0);
	finish(&reading);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(titles),
		cmocka_unit_test(abstracts),
		cmocka_unit_test(authors),
		cmocka_unit_test(links),
		cmocka_unit_test(pictures),
		cmocka_unit_test(names),
		cmocka_unit_test(categories),
		cmocka_unit_test(dates),
		cmocka_unit_test(licenses),
		cmocka_unit_test(facts_in_descriptions),
		cmocka_unit_test(fields_left_open),
		cmocka_unit_test(arxiv_feeds),
		cmocka_unit_test(arxiv_of_old),
		cmocka_unit_test(arxiv_errors),
		cmocka_unit_test(what_a_feed_says_of_itself),
		cmocka_unit_test(what_is_no_feed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
