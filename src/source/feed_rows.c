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
	enum feed_space space;
	const char *name;
	enum feed_field field;
} rows[] = {
	{ SPACE_ATOM, "author", FIELD_PERSON },
	{ SPACE_ATOM, "category", FIELD_CATEGORY_TERM },
	{ SPACE_ATOM, "content", FIELD_CONTENT },
	{ SPACE_ATOM, "created", FIELD_DATE },
	{ SPACE_ATOM, "id", FIELD_GUID },
	{ SPACE_ATOM, "issued", FIELD_PUBLISHED },
	{ SPACE_ATOM, "link", FIELD_LINK_ELEMENT },
	{ SPACE_ATOM, "modified", FIELD_UPDATED },
	{ SPACE_ATOM, "name", FIELD_PERSON_NAME },
	{ SPACE_ATOM, "published", FIELD_PUBLISHED },
	{ SPACE_ATOM, "summary", FIELD_SUMMARY },
	{ SPACE_ATOM, "title", FIELD_TITLE },
	{ SPACE_ATOM, "updated", FIELD_UPDATED },
	{ SPACE_RSS, "author", FIELD_AUTHOR },
	{ SPACE_RSS, "category", FIELD_CATEGORY },
	{ SPACE_RSS, "description", FIELD_SUMMARY },
	{ SPACE_RSS, "enclosure", FIELD_ENCLOSURE },
	{ SPACE_RSS, "guid", FIELD_GUID },
	{ SPACE_RSS, "link", FIELD_LINK },
	{ SPACE_RSS, "pubDate", FIELD_PUBLISHED },
	{ SPACE_RSS, "title", FIELD_TITLE },
	{ SPACE_DC, "created", FIELD_DATE },
	{ SPACE_DC, "creator", FIELD_AUTHOR },
	{ SPACE_DC, "date", FIELD_DATE },
	{ SPACE_DC, "description", FIELD_SUMMARY },
	{ SPACE_DC, "identifier", FIELD_NAME },
	{ SPACE_DC, "modified", FIELD_UPDATED },
	{ SPACE_DC, "rights", FIELD_LICENSE },
	{ SPACE_DC, "subject", FIELD_CATEGORY },
	{ SPACE_DC, "title", FIELD_TITLE },
	{ SPACE_CONTENT, "encoded", FIELD_CONTENT },
	{ SPACE_ARXIV, "DOI", FIELD_NAME },
	{ SPACE_ARXIV, "affiliation", FIELD_AFFILIATION },
	{ SPACE_ARXIV, "announce_type", FIELD_ANNOUNCE },
	{ SPACE_ARXIV, "comment", FIELD_COMMENT },
	{ SPACE_ARXIV, "doi", FIELD_NAME },
	{ SPACE_ARXIV, "journal_ref", FIELD_JOURNAL },
	{ SPACE_ARXIV, "journal_reference", FIELD_JOURNAL },
	{ SPACE_ARXIV, "primary_category", FIELD_PRIMARY_CATEGORY },
	{ SPACE_PRISM, "doi", FIELD_NAME },
	{ SPACE_PRISM, "publicationDate", FIELD_DATE },
	{ SPACE_OPENSEARCH, "startIndex", FIELD_FIRST },
	{ SPACE_OPENSEARCH, "totalResults", FIELD_TOTAL },
	{ SPACE_FEEDBURNER, "origLink", FIELD_ORIGINAL_LINK },
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
