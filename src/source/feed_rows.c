/*
 * The vocabularies of feeds, as tables. What is done with a field is the business of feed.c and of
 * feed_item.c.
 */
#include "feed_rows.h"

#include <string.h>

/*
 * Without scheme and without "/" or "#" at the end, which are written one way or the other. A
 * prefix that a document forgot to declare comes as itself. The namespaces of RSS are as many as
 * the people who thought that it should have one.
 */
static const struct {
	const char *uri;
	enum feed_space space;
} spaces[] = {
	{ "arxiv", SPACE_ARXIV },
	{ "arxiv.org/schemas/atom", SPACE_ARXIV },
	{ "atom", SPACE_ATOM },
	{ "example.com/necho", SPACE_ATOM },
	{ "example.com/newformat", SPACE_ATOM },
	{ "purl.org/atom/ns", SPACE_ATOM },
	{ "purl.org/echo", SPACE_ATOM },
	{ "purl.org/pie", SPACE_ATOM },
	{ "www.w3.org/2005/Atom", SPACE_ATOM },
	{ "cc", SPACE_CC },
	{ "creativeCommons", SPACE_CC },
	{ "backend.userland.com/creativeCommonsRssModule", SPACE_CC },
	{ "creativecommons.org/ns", SPACE_CC },
	{ "cyber.law.harvard.edu/rss/creativeCommonsRssModule.html", SPACE_CC },
	{ "web.resource.org/cc", SPACE_CC },
	{ "content", SPACE_CONTENT },
	{ "purl.org/rss/1.0/modules/content", SPACE_CONTENT },
	{ "dc", SPACE_DC },
	{ "dcterms", SPACE_DC },
	{ "purl.org/dc/elements/1.0", SPACE_DC },
	{ "purl.org/dc/elements/1.1", SPACE_DC },
	{ "purl.org/dc/terms", SPACE_DC },
	{ "feedburner", SPACE_FEEDBURNER },
	{ "rssnamespace.org/feedburner/ext/1.0", SPACE_FEEDBURNER },
	{ "www.pheedo.com/namespace/pheedo", SPACE_FEEDBURNER },
	{ "itunes", SPACE_ITUNES },
	{ "example.com/DTDs/PodCast-1.0.dtd", SPACE_ITUNES },
	{ "www.itunes.com/DTDs/PodCast-1.0.dtd", SPACE_ITUNES },
	{ "media", SPACE_MEDIA },
	{ "search.yahoo.com/mrss", SPACE_MEDIA },
	{ "opensearch", SPACE_OPENSEARCH },
	{ "a9.com/-/spec/opensearch/1.0", SPACE_OPENSEARCH },
	{ "a9.com/-/spec/opensearch/1.1", SPACE_OPENSEARCH },
	{ "a9.com/-/spec/opensearchrss/1.0", SPACE_OPENSEARCH },
	{ "prism", SPACE_PRISM },
	{ "prismstandard.org/namespaces/1.2/basic", SPACE_PRISM },
	{ "prismstandard.org/namespaces/basic/1.2", SPACE_PRISM },
	{ "prismstandard.org/namespaces/basic/2.0", SPACE_PRISM },
	{ "prismstandard.org/namespaces/basic/2.1", SPACE_PRISM },
	{ "prismstandard.org/namespaces/basic/2.2", SPACE_PRISM },
	{ "prismstandard.org/namespaces/basic/3.0", SPACE_PRISM },
	{ "purl.org/rss/1.0/modules/prism", SPACE_PRISM },
	{ "rdf", SPACE_RDF },
	{ "www.w3.org/1999/02/22-rdf-syntax-ns", SPACE_RDF },
	{ "backend.userland.com/rss", SPACE_RSS },
	{ "backend.userland.com/rss091", SPACE_RSS },
	{ "backend.userland.com/rss2", SPACE_RSS },
	{ "blogs.law.harvard.edu/tech/rss", SPACE_RSS },
	{ "channel.netscape.com/rdf/simple/0.9", SPACE_RSS },
	{ "cyber.law.harvard.edu/rss/rss.html", SPACE_RSS },
	{ "my.netscape.com/publish/formats/rss-0.91.dtd", SPACE_RSS },
	{ "my.netscape.com/rdf/simple/0.9", SPACE_RSS },
	{ "purl.org/net/rss1.1", SPACE_RSS },
	{ "purl.org/rss/1.0", SPACE_RSS },
	{ "www.rssboard.org/rss-specification", SPACE_RSS },
	{ "sy", SPACE_SYNDICATION },
	{ "purl.org/rss/1.0/modules/syndication", SPACE_SYNDICATION },
	{ "xhtml", SPACE_XHTML },
	{ "purl.org/net/rss1.1/payload", SPACE_XHTML },
	{ "www.w3.org/1999/xhtml", SPACE_XHTML },
};

static const struct feed_row arxiv_rows[] = {
	{ STR("affiliation"), SPACE_ARXIV, FIELD_AFFILIATION, 0 },
	{ STR("announce_type"), SPACE_ARXIV, FIELD_ANNOUNCE, 0 },
	{ STR("comment"), SPACE_ARXIV, FIELD_COMMENT, 0 },
	{ STR("doi"), SPACE_ARXIV, FIELD_NAME, 0 },
	{ STR("journal_ref"), SPACE_ARXIV, FIELD_JOURNAL, 0 },
	{ STR("journal_reference"), SPACE_ARXIV, FIELD_JOURNAL, 0 },
	{ STR("primary_category"), SPACE_ARXIV, FIELD_PRIMARY_CATEGORY, 0 },
};

static const struct feed_row atom_rows[] = {
	{ STR("author"), SPACE_ATOM, FIELD_PERSON, 0 },
	{ STR("category"), SPACE_ATOM, FIELD_CATEGORY_TERM, 0 },
	{ STR("content"), SPACE_ATOM, FIELD_CONTENT, 0 },
	{ STR("copyright"), SPACE_ATOM, FIELD_LICENSE, 2 },
	{ STR("created"), SPACE_ATOM, FIELD_PUBLISHED, 2 },
	{ STR("email"), SPACE_ATOM, FIELD_MAIL, 0 },
	{ STR("homepage"), SPACE_ATOM, FIELD_MAIL, 0 },
	{ STR("id"), SPACE_ATOM, FIELD_GUID, 0 },
	{ STR("issued"), SPACE_ATOM, FIELD_PUBLISHED, 0 },
	{ STR("link"), SPACE_ATOM, FIELD_LINK, 0 },
	{ STR("modified"), SPACE_ATOM, FIELD_UPDATED, 0 },
	{ STR("name"), SPACE_ATOM, FIELD_PERSON_NAME, 0 },
	{ STR("published"), SPACE_ATOM, FIELD_PUBLISHED, 0 },
	{ STR("rights"), SPACE_ATOM, FIELD_LICENSE, 2 },
	{ STR("source"), SPACE_ATOM, FIELD_SOURCE, 0 },
	{ STR("summary"), SPACE_ATOM, FIELD_SUMMARY, 0 },
	{ STR("title"), SPACE_ATOM, FIELD_TITLE, 0 },
	{ STR("updated"), SPACE_ATOM, FIELD_UPDATED, 0 },
	{ STR("uri"), SPACE_ATOM, FIELD_MAIL, 0 },
	{ STR("url"), SPACE_ATOM, FIELD_MAIL, 0 },
};

static const struct feed_row cc_rows[] = {
	{ STR("license"), SPACE_CC, FIELD_LICENSE, 0 },
};

static const struct feed_row content_rows[] = {
	{ STR("encoded"), SPACE_CONTENT, FIELD_CONTENT, 0 },
};

static const struct feed_row dc_rows[] = {
	{ STR("abstract"), SPACE_DC, FIELD_SUMMARY, 1 },
	{ STR("author"), SPACE_DC, FIELD_AUTHOR, 0 },
	{ STR("available"), SPACE_DC, FIELD_PUBLISHED, 4 },
	{ STR("created"), SPACE_DC, FIELD_PUBLISHED, 4 },
	{ STR("creator"), SPACE_DC, FIELD_AUTHOR, 0 },
	{ STR("date"), SPACE_DC, FIELD_PUBLISHED, 2 },
	{ STR("description"), SPACE_DC, FIELD_SUMMARY, 1 },
	{ STR("identifier"), SPACE_DC, FIELD_NAME, 0 },
	{ STR("issued"), SPACE_DC, FIELD_PUBLISHED, 2 },
	{ STR("modified"), SPACE_DC, FIELD_UPDATED, 0 },
	{ STR("rights"), SPACE_DC, FIELD_LICENSE, 1 },
	{ STR("subject"), SPACE_DC, FIELD_CATEGORY, 0 },
	{ STR("title"), SPACE_DC, FIELD_TITLE, 1 },
};

static const struct feed_row feedburner_rows[] = {
	{ STR("origLink"), SPACE_FEEDBURNER, FIELD_ORIGINAL_LINK, 0 },
};

static const struct feed_row itunes_rows[] = {
	{ STR("author"), SPACE_ITUNES, FIELD_AUTHOR, 1 },
	{ STR("category"), SPACE_ITUNES, FIELD_CATEGORY_TERM, 0 },
	{ STR("subtitle"), SPACE_ITUNES, FIELD_SUMMARY, 4 },
	{ STR("summary"), SPACE_ITUNES, FIELD_SUMMARY, 3 },
	{ STR("title"), SPACE_ITUNES, FIELD_TITLE, 2 },
};

static const struct feed_row media_rows[] = {
	{ STR("category"), SPACE_MEDIA, FIELD_CATEGORY, 0 },
	{ STR("content"), SPACE_MEDIA, FIELD_CONTAINER, 0 },
	{ STR("description"), SPACE_MEDIA, FIELD_SUMMARY, 2 },
	{ STR("group"), SPACE_MEDIA, FIELD_CONTAINER, 0 },
	{ STR("thumbnail"), SPACE_MEDIA, FIELD_PICTURE, 0 },
	{ STR("title"), SPACE_MEDIA, FIELD_TITLE, 3 },
};

static const struct feed_row opensearch_rows[] = {
	{ STR("startIndex"), SPACE_OPENSEARCH, FIELD_FIRST, 0 },
	{ STR("totalResults"), SPACE_OPENSEARCH, FIELD_TOTAL, 0 },
};

static const struct feed_row prism_rows[] = {
	{ STR("coverDate"), SPACE_PRISM, FIELD_PUBLISHED, 5 },
	{ STR("doi"), SPACE_PRISM, FIELD_NAME, 0 },
	{ STR("publicationDate"), SPACE_PRISM, FIELD_PUBLISHED, 3 },
};

/* Those of the Channel Definition Format, RSS's ancestor, stand among them: HREF, ABSTRACT. */
static const struct feed_row rss_rows[] = {
	{ STR("abstract"), SPACE_RSS, FIELD_SUMMARY, 1 },
	{ STR("author"), SPACE_RSS, FIELD_PERSON, 0 },
	{ STR("body"), SPACE_RSS, FIELD_CONTENT, 0 },
	{ STR("category"), SPACE_RSS, FIELD_CATEGORY, 0 },
	{ STR("content"), SPACE_RSS, FIELD_CONTENT, 0 },
	{ STR("day"), SPACE_RSS, FIELD_SKIP_DAY, 0 },
	{ STR("description"), SPACE_RSS, FIELD_SUMMARY, 0 },
	{ STR("email"), SPACE_RSS, FIELD_MAIL, 0 },
	{ STR("enclosure"), SPACE_RSS, FIELD_ENCLOSURE, 0 },
	{ STR("fullitem"), SPACE_RSS, FIELD_CONTENT, 0 },
	{ STR("guid"), SPACE_RSS, FIELD_GUID, 0 },
	{ STR("hour"), SPACE_RSS, FIELD_SKIP_HOUR, 0 },
	{ STR("lastBuildDate"), SPACE_RSS, FIELD_BUILT, 0 },
	{ STR("link"), SPACE_RSS, FIELD_LINK, 0 },
	{ STR("name"), SPACE_RSS, FIELD_PERSON_NAME, 0 },
	{ STR("pubDate"), SPACE_RSS, FIELD_PUBLISHED, 1 },
	{ STR("skipDays"), SPACE_RSS, FIELD_CONTAINER, 0 },
	{ STR("skipHours"), SPACE_RSS, FIELD_CONTAINER, 0 },
	{ STR("title"), SPACE_RSS, FIELD_TITLE, 0 },
	{ STR("ttl"), SPACE_RSS, FIELD_TTL, 0 },
	{ STR("uri"), SPACE_RSS, FIELD_MAIL, 0 },
	{ STR("url"), SPACE_RSS, FIELD_MAIL, 0 },
};

static const struct feed_row syndication_rows[] = {
	{ STR("updateFrequency"), SPACE_SYNDICATION, FIELD_FREQUENCY, 0 },
	{ STR("updatePeriod"), SPACE_SYNDICATION, FIELD_PERIOD, 0 },
};

static const struct feed_row xhtml_rows[] = {
	{ STR("body"), SPACE_XHTML, FIELD_CONTENT, 0 },
};

#define ROWS(rows) \
	{ \
		(rows), sizeof(rows) / sizeof(*(rows)) \
	}

/* What each vocabulary has. */
static const struct {
	const struct feed_row *rows;
	size_t count;
} vocabularies[SPACE_XHTML + 1] = {
	[SPACE_ARXIV] = ROWS(arxiv_rows),
	[SPACE_ATOM] = ROWS(atom_rows),
	[SPACE_CC] = ROWS(cc_rows),
	[SPACE_CONTENT] = ROWS(content_rows),
	[SPACE_DC] = ROWS(dc_rows),
	[SPACE_FEEDBURNER] = ROWS(feedburner_rows),
	[SPACE_ITUNES] = ROWS(itunes_rows),
	[SPACE_MEDIA] = ROWS(media_rows),
	[SPACE_OPENSEARCH] = ROWS(opensearch_rows),
	[SPACE_PRISM] = ROWS(prism_rows),
	[SPACE_RSS] = ROWS(rss_rows),
	[SPACE_SYNDICATION] = ROWS(syndication_rows),
	[SPACE_XHTML] = ROWS(xhtml_rows),
};

static struct str
without_scheme(struct str uri)
{
	if (str_starts_nocase(uri, "http://"))
		uri = str_skip(uri, strlen("http://"));
	else if (str_starts_nocase(uri, "https://"))
		uri = str_skip(uri, strlen("https://"));
	while (str_ends(uri, "/") || str_ends(uri, "#"))
		uri = str_head(uri, uri.len - 1);
	return uri;
}

enum feed_space
feed_space_of(struct str uri)
{
	uri = without_scheme(str_trim(uri));
	/* Each draft of Atom had its own. */
	if (str_starts_nocase(uri, "purl.org/atom/ns#"))
		return SPACE_ATOM;
	for (size_t i = 0; i < sizeof(spaces) / sizeof(*spaces); i++) {
		if (str_equal_nocase(uri, str_from(spaces[i].uri)))
			return spaces[i].space;
	}
	return SPACE_OTHER;
}

const struct feed_row *
feed_row_of(enum feed_space space, struct str name)
{
	const struct feed_row *rows = vocabularies[space].rows;
	for (size_t i = 0; i < vocabularies[space].count; i++) {
		if (rows[i].name.len == name.len && str_equal_nocase(name, rows[i].name))
			return &rows[i];
	}
	return NULL;
}
