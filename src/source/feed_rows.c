/*
 * The vocabularies of feeds, as tables. What is done with a field is feed.c's business.
 */
#include "feed_rows.h"

/*
 * A prefix that a document forgot to declare comes as itself. The namespaces of RSS are as many as
 * the people who thought that it should have one.
 */
static const struct {
	const char *uri;
	enum feed_space space;
} spaces[] = {
	{ "http://www.w3.org/2005/Atom", SPACE_ATOM },
	{ "https://www.w3.org/2005/Atom", SPACE_ATOM },
	{ "http://purl.org/atom/ns#", SPACE_ATOM },
	{ "atom", SPACE_ATOM },
	{ "http://purl.org/rss/1.0/", SPACE_RSS },
	{ "http://my.netscape.com/rdf/simple/0.9/", SPACE_RSS },
	{ "http://channel.netscape.com/rdf/simple/0.9/", SPACE_RSS },
	{ "http://purl.org/net/rss1.1#", SPACE_RSS },
	{ "http://backend.userland.com/rss", SPACE_RSS },
	{ "http://backend.userland.com/rss2", SPACE_RSS },
	{ "http://backend.userland.com/RSS2", SPACE_RSS },
	{ "http://blogs.law.harvard.edu/tech/rss", SPACE_RSS },
	{ "http://cyber.law.harvard.edu/rss/rss.html", SPACE_RSS },
	{ "http://www.w3.org/1999/02/22-rdf-syntax-ns#", SPACE_RDF },
	{ "rdf", SPACE_RDF },
	{ "http://purl.org/dc/elements/1.1/", SPACE_DC },
	{ "http://purl.org/dc/elements/1.0/", SPACE_DC },
	{ "http://purl.org/dc/terms/", SPACE_DC },
	{ "dc", SPACE_DC },
	{ "dcterms", SPACE_DC },
	{ "http://purl.org/rss/1.0/modules/content/", SPACE_CONTENT },
	{ "content", SPACE_CONTENT },
	{ "http://arxiv.org/schemas/atom", SPACE_ARXIV },
	{ "arxiv", SPACE_ARXIV },
	{ "http://prismstandard.org/namespaces/basic/1.2/", SPACE_PRISM },
	{ "http://prismstandard.org/namespaces/1.2/basic/", SPACE_PRISM },
	{ "http://prismstandard.org/namespaces/basic/2.0/", SPACE_PRISM },
	{ "http://prismstandard.org/namespaces/basic/2.1/", SPACE_PRISM },
	{ "http://prismstandard.org/namespaces/basic/3.0/", SPACE_PRISM },
	{ "prism", SPACE_PRISM },
	{ "http://a9.com/-/spec/opensearch/1.1/", SPACE_OPENSEARCH },
	{ "http://a9.com/-/spec/opensearchrss/1.0/", SPACE_OPENSEARCH },
	{ "opensearch", SPACE_OPENSEARCH },
	{ "http://rssnamespace.org/feedburner/ext/1.0", SPACE_FEEDBURNER },
	{ "feedburner", SPACE_FEEDBURNER },
};

static const struct {
	const char *name;
	enum feed_space space;
	enum feed_field field;
} rows[] = {
	{ "author", SPACE_ATOM, FIELD_PERSON },
	{ "category", SPACE_ATOM, FIELD_CATEGORY_TERM },
	{ "content", SPACE_ATOM, FIELD_CONTENT },
	{ "created", SPACE_ATOM, FIELD_DATE },
	{ "id", SPACE_ATOM, FIELD_GUID },
	{ "issued", SPACE_ATOM, FIELD_PUBLISHED },
	{ "link", SPACE_ATOM, FIELD_LINK_ELEMENT },
	{ "modified", SPACE_ATOM, FIELD_UPDATED },
	{ "name", SPACE_ATOM, FIELD_PERSON_NAME },
	{ "published", SPACE_ATOM, FIELD_PUBLISHED },
	{ "summary", SPACE_ATOM, FIELD_SUMMARY },
	{ "title", SPACE_ATOM, FIELD_TITLE },
	{ "updated", SPACE_ATOM, FIELD_UPDATED },
	{ "author", SPACE_RSS, FIELD_AUTHOR },
	{ "category", SPACE_RSS, FIELD_CATEGORY },
	{ "description", SPACE_RSS, FIELD_SUMMARY },
	{ "enclosure", SPACE_RSS, FIELD_ENCLOSURE },
	{ "guid", SPACE_RSS, FIELD_GUID },
	{ "link", SPACE_RSS, FIELD_LINK },
	{ "pubDate", SPACE_RSS, FIELD_PUBLISHED },
	{ "title", SPACE_RSS, FIELD_TITLE },
	{ "created", SPACE_DC, FIELD_DATE },
	{ "creator", SPACE_DC, FIELD_AUTHOR },
	{ "date", SPACE_DC, FIELD_DATE },
	{ "description", SPACE_DC, FIELD_SUMMARY },
	{ "identifier", SPACE_DC, FIELD_NAME },
	{ "modified", SPACE_DC, FIELD_UPDATED },
	{ "rights", SPACE_DC, FIELD_LICENSE },
	{ "subject", SPACE_DC, FIELD_CATEGORY },
	{ "title", SPACE_DC, FIELD_TITLE },
	{ "encoded", SPACE_CONTENT, FIELD_CONTENT },
	{ "DOI", SPACE_ARXIV, FIELD_NAME },
	{ "affiliation", SPACE_ARXIV, FIELD_AFFILIATION },
	{ "announce_type", SPACE_ARXIV, FIELD_ANNOUNCE },
	{ "comment", SPACE_ARXIV, FIELD_COMMENT },
	{ "doi", SPACE_ARXIV, FIELD_NAME },
	{ "journal_ref", SPACE_ARXIV, FIELD_JOURNAL },
	{ "journal_reference", SPACE_ARXIV, FIELD_JOURNAL },
	{ "primary_category", SPACE_ARXIV, FIELD_PRIMARY_CATEGORY },
	{ "doi", SPACE_PRISM, FIELD_NAME },
	{ "publicationDate", SPACE_PRISM, FIELD_DATE },
	{ "startIndex", SPACE_OPENSEARCH, FIELD_FIRST },
	{ "totalResults", SPACE_OPENSEARCH, FIELD_TOTAL },
	{ "origLink", SPACE_FEEDBURNER, FIELD_ORIGINAL_LINK },
};

enum feed_space
feed_space_of(struct str uri, enum feed_dialect dialect)
{
	if (uri.len == 0)
		return dialect == FEED_ATOM ? SPACE_ATOM : SPACE_RSS;
	for (size_t i = 0; i < sizeof(spaces) / sizeof(*spaces); i++) {
		if (str_is(uri, spaces[i].uri))
			return spaces[i].space;
	}
	return SPACE_OTHER;
}

enum feed_field
feed_field_of(enum feed_space space, struct str name)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (rows[i].space == space && str_is(name, rows[i].name))
			return rows[i].field;
	}
	return FIELD_NONE;
}
