/* Names: every spelling that is understood, every one that must not be, and which of them count. */
#include "unit.h"

#include "../../src/entry/identity_link.h"

#include "digest/identity.h"

static struct arena *arena;

static int
make_arena(void **state)
{
	(void)state;
	arena = arena_new();
	return 0;
}

static int
free_arena(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static void
arxiv_spellings(void **state)
{
	(void)state;
	static const struct {
		const char *text, *id;
		int version;
	} cases[] = {
		{ "2505.09568", "2505.09568", 0 },
		{ " 2505.09568v2\n", "2505.09568", 2 },
		{ "2505.09568V12", "2505.09568", 12 },
		{ "0704.0001", "0704.0001", 0 },
		{ "1412.7878v1", "1412.7878", 1 },
		{ "9912.12345v2", "9912.12345", 2 },
		{ "arXiv:2505.09568", "2505.09568", 0 },
		{ "ARXIV:2505.09568v3", "2505.09568", 3 },
		{ "arXiv: 2505.09568", "2505.09568", 0 },
		{ "arXiv:1805.06430v2 [nucl-th]", "1805.06430", 2 },
		{ "oai:arXiv.org:2505.09568v1", "2505.09568", 1 },
		{ "oai:arXiv.org:math/0611800", "math/0611800", 0 },
		/* The number of digits is arXiv's, whatever is written. */
		{ "1501.0001", "1501.00001", 0 },
		{ "0704.00001", "0704.0001", 0 },
		/* Old identifiers, and arXiv's own repairs of them. */
		{ "hep-th/9901001", "hep-th/9901001", 0 },
		{ "hep-th/9901001v3", "hep-th/9901001", 3 },
		{ "math.CA/0611800v2", "math/0611800", 2 },
		{ "cond-mat.supr-con/9609089", "cond-mat/9609089", 0 },
		{ "hep-th/9107001", "hep-th/9107001", 0 },
		{ "math/0703999", "math/0703999", 0 },
		{ "astroph/9204001", "astro-ph/9204001", 0 },
		{ "Astro--ph/9204001", "astro-ph/9204001", 0 },
		{ "HEPTH/9901001", "hep-th/9901001", 0 },
		{ "hep-th//9901001", "hep-th/9901001", 0 },
		{ "condmat/9901001", "cond-mat/9901001", 0 },
		{ "grqc/0606006", "gr-qc/0606006", 0 },
		{ "quantph/0001001", "quant-ph/0001001", 0 },
		{ "mathph/0001001", "math-ph/0001001", 0 },
		{ "aosci/9503001", "ao-sci/9503001", 0 },
		{ "MATH/0001001", "math/0001001", 0 },
		/* Pages of arXiv, of its mirrors and of its readers. */
		{ "https://arxiv.org/abs/2505.09568", "2505.09568", 0 },
		{ "http://arxiv.org/abs/2505.09568v2", "2505.09568", 2 },
		{ "HTTPS://ARXIV.ORG/abs/2505.09568", "2505.09568", 0 },
		{ "https://www.arxiv.org/pdf/2505.09568v1.pdf", "2505.09568", 1 },
		{ "https://arxiv.org/pdf/2505.09568", "2505.09568", 0 },
		{ "https://arxiv.org/pdf/hep-th/9901001v1.pdf#page=3", "hep-th/9901001", 1 },
		{ "https://arxiv.org/ps/hep-th/9901001.ps.gz", "hep-th/9901001", 0 },
		{ "https://arxiv.org/html/2505.09568v2/", "2505.09568", 2 },
		{ "https://arxiv.org/src/2505.09568", "2505.09568", 0 },
		{ "https://arxiv.org/format/2505.09568", "2505.09568", 0 },
		{ "https://arxiv.org/e-print/2505.09568", "2505.09568", 0 },
		{ "https://arxiv.org/abs/2505.09568?context=cs.CL", "2505.09568", 0 },
		{ "https://arxiv.org/abs/2505.09568v4#comments", "2505.09568", 4 },
		{ "https://arxiv.org//abs//2505.09568", "2505.09568", 0 },
		{ "https://arxiv.org:443/abs/2505.09568", "2505.09568", 0 },
		{ "https://arxiv.org/abs/hep-th%2F9901001", "hep-th/9901001", 0 },
		{ "https://arxiv.org/abs/math.CA/0611800", "math/0611800", 0 },
		{ "arxiv.org/abs/2505.09568", "2505.09568", 0 },
		{ "//arxiv.org/abs/2505.09568", "2505.09568", 0 },
		{ "https://export.arxiv.org/abs/2505.09568", "2505.09568", 0 },
		{ "https://browse.arxiv.org/pdf/2505.09568", "2505.09568", 0 },
		{ "https://de.arxiv.org/abs/2505.09568", "2505.09568", 0 },
		{ "https://ar5iv.org/abs/2505.09568", "2505.09568", 0 },
		{ "https://ar5iv.labs.arxiv.org/html/2505.09568", "2505.09568", 0 },
		{ "https://www.alphaxiv.org/abs/2505.09568v1", "2505.09568", 1 },
		{ "https://alphaxiv.org/abs/2505.09568", "2505.09568", 0 },
		{ "https://www.alphaxiv.org/overview/2505.09568v2", "2505.09568", 2 },
		{ "https://arxiv.org/abs/arXiv:2505.09568v1", "2505.09568", 1 },
		{ "https://scirate.com/arxiv/2505.09568", "2505.09568", 0 },
		{ "https://papers.cool/arxiv/2505.09568", "2505.09568", 0 },
		{ "https://www.semanticscholar.org/arxiv/hep-th/9901001", "hep-th/9901001", 0 },
		{ "https://api.semanticscholar.org/arXiv:2505.09568", "2505.09568", 0 },
		{ "https://huggingface.co/papers/2505.09568", "2505.09568", 0 },
		{ "https://huggingface.co/papers/2505.09568#6824", "2505.09568", 0 },
		{ "https://huggingface.co/papers/2505.09568.md", "2505.09568", 0 },
		{ "https://hf.co/papers/2505.09568", "2505.09568", 0 },
		/* arXiv's DOIs. */
		{ "10.48550/arXiv.2505.09568", "2505.09568", 0 },
		{ "10.48550/ARXIV.2505.09568", "2505.09568", 0 },
		{ "doi:10.48550/arxiv.2505.09568v2", "2505.09568", 2 },
		{ "https://doi.org/10.48550/arXiv.2505.09568", "2505.09568", 0 },
		{ "https://dx.doi.org/10.48550/arXiv.hep-th/9901001", "hep-th/9901001", 0 },
		{ "https://doi.org/10.48550%2FarXiv.2505.09568", "2505.09568", 0 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct str id = STR("");
		int version = -1;
		if (identity_arxiv(arena, str_from(cases[i].text), &id, &version) < 0)
			fail_msg("'%s' is not understood", cases[i].text);
		assert_str(id, cases[i].id);
		assert_int_equal(version, cases[i].version);
	}
}

static void
what_is_no_arxiv_identifier(void **state)
{
	(void)state;
	static const char *const texts[] = {
		"",
		" ",
		"2024.12345", /* month 24 */
		"2500.09568",
		"2513.09568",
		"0703.0001", /* before the scheme */
		"0612.1234",
		"1412.12345", /* five digits before 2015 */
		"2505.00000",
		"1412.0000",
		"2505.095680",
		"2505.095",
		"12505.09568",
		"2505.09568v",
		"2505.09568v0",
		"2505.09568v01",
		"2505.09568v123456",
		"2505.09568x",
		"2505.09568 and more",
		"see 2505.09568",
		"2505.09568.txt",
		"-2505.09568",
		"arXiv:",
		"arXiv:cs.CL",
		"arXiv:https://arxiv.org/abs/2505.09568",
		"oai:arXiv.org:",
		"oai:other.org:2505.09568",
		"hep-th/9106001", /* before arXiv */
		"hep-th/0704001", /* after the old scheme */
		"hep-th/9913001",
		"hep-th/9900001",
		"hep-th/9901000",
		"hep-th/990100",
		"hep-th/99010011",
		"foo/9901001",
		"/9901001",
		"stat/0703001", /* an archive of the new scheme alone */
		"averyveryverylongarchive/9901001",
		"https://arxiv.org/list/cs.CL/new",
		"https://arxiv.org/list/2505.09568",
		"https://arxiv.org/abs/",
		"https://arxiv.org/abs",
		"https://arxiv.org/",
		"https://arxiv.org/2505.09568",
		"https://arxiv.org/html/2505.09568v1/x1.png",
		"https://arxiv.org.example.com/abs/2505.09568",
		"https://notarxiv.org/abs/2505.09568",
		"https://user@arxiv.org/abs/2505.09568",
		"https://example.com/abs/2505.09568",
		"https://example.com/?u=https://arxiv.org/abs/2505.09568",
		"ftp://arxiv.org/abs/2505.09568",
		"https://arxiv.org/arxiv/2505.09568",
		"https://scirate.com/abs/2505.09568",
		"https://scirate.com.example.org/arxiv/2505.09568",
		"https://api.semanticscholar.org/CorpusID:2505",
		"https://huggingface.co/papers",
		"https://huggingface.co/papers/date/2026-07-27",
		"https://huggingface.co/papers/week/2026-W31",
		"https://huggingface.co/datasets/2505.09568",
		"https://huggingface.co/abs/2505.09568",
		"https://arxiv.org/papers/2505.09568",
		"10.48550/arXiv.",
		"10.48550/other.2505.09568",
		"10.1000/arXiv.2505.09568",
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct str id = STR("kept");
		int version = 7;
		int status = identity_arxiv(arena, str_from(texts[i]), &id, &version);
		if (status == 0)
			fail_msg("'%s' is taken for '%.*s'", texts[i], STR_ARG(id));
		assert_str(id, "kept");
		assert_int_equal(version, 7);
	}
}

static void
dois(void **state)
{
	(void)state;
	static const struct {
		const char *text, *doi;
	} cases[] = {
		{ "10.1038/s41586-021-03819-2", "10.1038/s41586-021-03819-2" },
		{ "10.1038/S41586-021-03819-2", "10.1038/s41586-021-03819-2" },
		{ "doi:10.1000/ABC", "10.1000/abc" },
		{ "DOI: 10.1000/abc", "10.1000/abc" },
		{ "doi 10.1000/abc", "10.1000/abc" },
		{ "info:doi/10.1000/abc", "10.1000/abc" },
		{ "https://doi.org/10.1000/abc", "10.1000/abc" },
		{ "http://dx.doi.org/10.1000/abc", "10.1000/abc" },
		{ "https://www.doi.org/10.1000/abc", "10.1000/abc" },
		{ "doi.org/10.1000/abc", "10.1000/abc" },
		{ "doi:https://doi.org/10.1000/abc", "10.1000/abc" },
		{ "https://doi.org/10.1000/abc?utm_source=x#y", "10.1000/abc" },
		{ "https://doi.org/10.1002/"
		  "(SICI)1097-0258(19980815)17:15%3C1661::AID%3E3.0.CO%3B2-2",
		    "10.1002/(sici)1097-0258(19980815)17:15<1661::aid>3.0.co;2-2" },
		{ "10.1016/0370-2693(90)90001-5", "10.1016/0370-2693(90)90001-5" },
		{ "10.1000/abc.", "10.1000/abc" },
		{ "10.1000/abc);", "10.1000/abc" },
		{ "10.1000/abc].", "10.1000/abc" },
		{ "10.1000/abc}", "10.1000/abc" },
		{ "10.1000/abc(1)", "10.1000/abc(1)" }, /* a bracket of its own */
		{ "10.1000/abc(1))", "10.1000/abc(1)" },
		{ "10.1000.10/123456", "10.1000.10/123456" },
		{ "10.1000/a#b?c", "10.1000/a#b?c" },
		{ "10.1000/100%", "10.1000/100%" },
		{ "https://doi.org/10.1000/%253Ca%253E", "10.1000/<a>" },
		{ "10.1000/ÄÖ", "10.1000/ÄÖ" }, /* letters of ASCII alone */
		{ "10.48550/arXiv.2505.09568", "10.48550/arxiv.2505.09568" },
		/* Preprints with a version or a page after them. */
		{ "10.1101/2020.01.30.927871v2", "10.1101/2020.01.30.927871" },
		{ "10.1101/2020.01.30.927871v1.full", "10.1101/2020.01.30.927871" },
		{ "10.1101/2020.01.30.927871v1.full.pdf", "10.1101/2020.01.30.927871" },
		{ "10.1101/2020.01.30.927871.abstract", "10.1101/2020.01.30.927871" },
		{ "10.1101/123456v10.full-text", "10.1101/123456" },
		{ "https://www.biorxiv.org/content/10.1101/2020.01.30.927871v1?rss=1",
		    "10.1101/2020.01.30.927871" },
		{ "https://www.medrxiv.org/content/10.1101/2020.03.03.20030593v1.full.pdf+html",
		    "10.1101/2020.03.03.20030593" },
		{ "https://www.biorxiv.org/content/early/2018/05/10/318675", "10.1101/318675" },
		{ "http://biorxiv.org/content/biorxiv/early/2018/05/10/318675.full.pdf",
		    "10.1101/318675" },
		{ "https://www.biorxiv.org/content/10.64898/2026.01.02.123456v2.full-text",
		    "10.64898/2026.01.02.123456" },
		{ "10.1038/nature.v2",
		    "10.1038/nature.v2" }, /* only where versions are written so */
		{ "10.1101/v2", "10.1101/v2" },
		{ "10.1101/123456v1.full..pdf).", "10.1101/123456" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct str doi = STR("");
		if (identity_doi(arena, str_from(cases[i].text), &doi) < 0)
			fail_msg("'%s' is not understood", cases[i].text);
		assert_str(doi, cases[i].doi);
	}
}

static void
what_is_no_doi(void **state)
{
	(void)state;
	static const char *const texts[] = { "", "10.1000", "10.1000/", "10.100/abc", "11.1000/abc",
		"10.abcd/x", "10.1000x/abc", "10.1000./abc", "10..1000/abc", "10.1000/a b",
		"10.1000/a\tb", "10.1000/a%0Ab", "10.1000/a%00", "10.1000/\xff", "10.1000/...",
		"see 10.1000/abc", "https://example.com/10.1000/abc", "https://doi.org/",
		"https://doi.org/abc", "https://example.com/?doi=10.1000/abc",
		"https://www.biorxiv.org/content/early/2018/05/10/",
		"https://www.biorxiv.org/content/early/recent/10.1/x/318675",
		"doi:", "https://biorxiv.org/10.1101/123456", "https://user@doi.org/10.1000/abc" };

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct str doi = STR("kept");
		if (identity_doi(arena, str_from(texts[i]), &doi) == 0)
			fail_msg("'%s' is taken for '%.*s'", texts[i], STR_ARG(doi));
		assert_str(doi, "kept");
	}
}

/* The canonical form of a URL, as its alias has it. */
static int
canonical_url(struct str text, struct str *url)
{
	struct identity_link link;

	if (identity_link_split(arena, text, &link) < 0 || !link.has_scheme)
		return -1;
	*url = identity_link_canonical(arena, &link, false);
	return 0;
}

static void
urls(void **state)
{
	(void)state;
	static const struct {
		const char *text, *url;
	} cases[] = {
		{ "https://example.com", "https://example.com/" },
		{ "http://example.com/", "https://example.com/" },
		{ "HTTP://WWW.Example.COM/A", "https://www.example.com/A" },
		{ " https://example.com/a\n", "https://example.com/a" },
		{ "http://example.com:80/a", "https://example.com/a" },
		{ "https://example.com:443/a", "https://example.com/a" },
		{ "https://example.com:80/a", "https://example.com:80/a" },
		{ "http://example.com:8080/a", "https://example.com:8080/a" },
		{ "http://example.com:/a", "https://example.com/a" },
		{ "https://example.com/a/", "https://example.com/a" },
		{ "https://example.com/a//", "https://example.com/a" },
		{ "https://example.com//a//b", "https://example.com//a//b" },
		{ "https://example.com/a/./b/../c", "https://example.com/a/c" },
		{ "https://example.com/../../a", "https://example.com/a" },
		{ "https://example.com/a/..", "https://example.com/" },
		{ "https://example.com/a/%2e%2E/b", "https://example.com/b" },
		{ "https://example.com/%7euser/%c3%a4%2f", "https://example.com/~user/%C3%A4%2F" },
		{ "https://example.com/ä", "https://example.com/%C3%A4" },
		{ "https://example.com/100%", "https://example.com/100%25" },
		{ "https://example.com/a\"<b>", "https://example.com/a%22%3Cb%3E" },
		{ "https://münchen.example/", "https://xn--mnchen-3ya.example/" },
		{ "https://a_b.example/", "https://a_b.example/" },
		{ "http://[2001:DB8::1]:8080/", "https://[2001:db8::1]:8080/" },
		{ "https://example.com/a#b", "https://example.com/a" },
		{ "https://example.com/a?#b", "https://example.com/a" },
		{ "https://example.com?a=b", "https://example.com/?a=b" },
		{ "https://example.com/a/?b=c", "https://example.com/a?b=c" },
		/* What tells where the reader came from goes, the rest stays in order. */
		{ "https://example.com/a?utm_source=x&b=2&UTM_medium=y&a=1&gclid=z",
		    "https://example.com/a?b=2&a=1" },
		{ "https://example.com/a?fbclid=1&mc_cid=2&mc_eid=3&cmp=4",
		    "https://example.com/a" },
		{ "https://example.com/a?rss=1", "https://example.com/a" },
		{ "https://example.com/a?source=rss", "https://example.com/a" },
		{ "https://example.com/a?rss=2&source=feed",
		    "https://example.com/a?rss=2&source=feed" },
		{ "https://example.com/a?b&c=&=d", "https://example.com/a?b&c=&=d" },
		{ "https://example.com/a?&&b=1&", "https://example.com/a?b=1" },
		{ "https://example.com/a?q=a+b%20c", "https://example.com/a?q=a+b%20c" },
	};
	static const char *const none[] = { "", "example.com/a", "//example.com/a",
		"ftp://example.com/", "https://", "https:///a", "https://?a",
		"https://exa mple.com/", "https://example.com/a b", "https://example.com/\x01",
		"https://example.com/\xff", "https://me@example.com/", "https://me:pw@example.com/",
		"https://example.com:99999/", "https://example.com:x/", "https://a%62c.example/",
		"https://\xe2\x80\xae.example/", "mailto:a@example.com", "javascript:alert(1)" };

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct str url = STR(""), again = STR("");
		if (canonical_url(str_from(cases[i].text), &url) < 0)
			fail_msg("'%s' is not understood", cases[i].text);
		assert_str(url, cases[i].url);
		assert_int_equal(canonical_url(url, &again), 0);
		assert_str(again, cases[i].url);
	}
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		struct str url = STR("kept");
		if (canonical_url(str_from(none[i]), &url) == 0)
			fail_msg("'%s' is taken for '%.*s'", none[i], STR_ARG(url));
		assert_str(url, "kept");
	}
}

/* The aliases of an entry, with spaces between them. */
static struct str
aliases(const struct entry *entry)
{
	struct str text = STR("");

	for (size_t i = 0; i < entry->alias_count; i++)
		text = arena_printf(arena, "%.*s%s%.*s", STR_ARG(text), i > 0 ? " " : "",
		    STR_ARG(entry->aliases[i]));
	return text;
}

static void
names_of_all_kinds(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		const char *alias; /* NULL: not understood */
	} cases[] = {
		{ "2505.09568v2", "arxiv:2505.09568" },
		{ "https://arxiv.org/abs/2505.09568", "arxiv:2505.09568" },
		{ "https://doi.org/10.48550/arXiv.2505.09568", "arxiv:2505.09568" },
		{ "doi:10.1000/ABC", "doi:10.1000/abc" },
		{ "openreview:aBc_123-x", "openreview:aBc_123-x" },
		{ "https://openreview.net/forum?id=aBc_123-x", "openreview:aBc_123-x" },
		{ "https://openreview.net/forum?noteId=zzzzzzzz&id=aBc_123-x",
		    "openreview:aBc_123-x" },
		{ "https://openreview.net/pdf?id=aBc_123-x", "openreview:aBc_123-x" },
		{ "https://openreview.net/group?id=ICLR.cc",
		    "url:https://openreview.net/group?id=ICLR.cc" },
		{ "https://openreview.net/forum", "url:https://openreview.net/forum" },
		{ "s2:0123456789ABCDEF0123456789abcdef01234567",
		    "s2:0123456789abcdef0123456789abcdef01234567" },
		{ "https://www.semanticscholar.org/paper/A-Title/"
		  "0123456789abcdef0123456789abcdef01234567",
		    "s2:0123456789abcdef0123456789abcdef01234567" },
		{ "https://api.semanticscholar.org/CorpusID:12345", "s2:corpusid:12345" },
		{ "pmid:34567890", "pmid:34567890" },
		{ "PMID: 34567890", "pmid:34567890" },
		{ "pubmed:34567890", "pmid:34567890" },
		{ "https://pubmed.ncbi.nlm.nih.gov/34567890/?utm_source=x", "pmid:34567890" },
		{ "https://www.ncbi.nlm.nih.gov/pubmed/34567890", "pmid:34567890" },
		{ "https://pubmed.ncbi.nlm.nih.gov/trending/",
		    "url:https://pubmed.ncbi.nlm.nih.gov/trending" },
		{ "http://Example.com/a/?utm_source=rss#comments", "url:https://example.com/a" },
		/* A fragment that tells items of one page apart stays. */
		{ "http://scripting.com/2026/07/27.html#a1234",
		    "url:https://scripting.com/2026/07/27.html#a1234" },
		{ "https://example.com/#!/post/1", "url:https://example.com/#!/post/1" },
		{ "https://example.com/a#", "url:https://example.com/a" },
		{ "http://Example.com", "url:https://example.com/" },
		{ "https://example.com/", "url:https://example.com/" },
		{ "https://example.com/a/", "url:https://example.com/a" },
		{ "https://example.com/a//", "url:https://example.com/a" },
		{ "https://example.com/a/./b/../c", "url:https://example.com/a/c" },
		{ "https://notarxiv.org/abs/2505.09568",
		    "url:https://notarxiv.org/abs/2505.09568" },
		{ "https://example.com/a#utm_source=x", "url:https://example.com/a" },
		{ "https://example.com/a#tk.rss_all", "url:https://example.com/a" },
		{ "https://example.com/a#:~:text=b", "url:https://example.com/a" },
		{ "", NULL },
		{ "17", NULL },
		{ "tag:example.com,2026:1", NULL },
		{ "openreview:short", NULL },
		{ "openreview:has space", NULL },
		{ "s2:0123", NULL },
		{ "pmid:0123", NULL },
		{ "pmid:1234567890", NULL },
		{ "pmid:", NULL },
		{ "urn:uuid:60a76c80-d399-11d9-b93C-0003939e0af6", NULL },
		{ "example.com/a", NULL },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct entry entry;
		entry_init(&entry);
		bool is_known = identity_add(&entry, arena, str_from(cases[i].name));
		if (is_known != (cases[i].alias != NULL))
			fail_msg("'%s': '%.*s'", cases[i].name, STR_ARG(aliases(&entry)));
		assert_str(aliases(&entry), is_known ? cases[i].alias : "");
	}
}

static void
versions(void **state)
{
	(void)state;
	struct entry entry;

	entry_init(&entry);
	identity_add(&entry, arena, STR("arXiv:2505.09568"));
	assert_int_equal(entry.version, 0);
	identity_add(&entry, arena, STR("oai:arXiv.org:2505.09568v3"));
	assert_int_equal(entry.version, 3);
	identity_add(&entry, arena, STR("2505.09568v2"));
	assert_int_equal(entry.version, 3);
	assert_str(aliases(&entry), "arxiv:2505.09568");

	/* Another paper's identifier, and its version, leave this one alone. */
	assert_true(identity_add(&entry, arena, STR("10.48550/arXiv.2501.00001v9")));
	assert_int_equal(entry.version, 3);
	assert_str(aliases(&entry), "arxiv:2505.09568");
	/* Several DOIs are fine. */
	identity_add(&entry, arena, STR("10.1000/a"));
	identity_add(&entry, arena, STR("10.1000/b"));
	assert_str(aliases(&entry), "arxiv:2505.09568 doi:10.1000/a doi:10.1000/b");
}

static void
guids(void **state)
{
	(void)state;
	static const struct {
		const char *scope, *guid, *alias;
	} cases[] = {
		{ "blog", "1", "guid:blog:1" },
		{ "blog", " 1\n", "guid:blog:1" },
		{ "blog", "tag:example.com,2026:/a b", "guid:blog:tag:example.com,2026:/a b" },
		{ "blog", "oai:arXiv.org:2505.09568v2", "arxiv:2505.09568" },
		{ "blog", "https://example.com/?p=17", "url:https://example.com/?p=17" },
		{ "blog", "https://doi.org/10.1000/a", "doi:10.1000/a" },
		{ "blog", "pubmed:17", "pmid:17" },
		/* A bare number may be anything; with a version it is arXiv's. */
		{ "blog", "2505.09568", "guid:blog:2505.09568" },
		{ "blog", "2505.09568v1", "arxiv:2505.09568" },
		{ "blog", "", "" },
		{ "blog", " \n", "" },
		{ "blog", "a\x1b[31m\xff", "guid:blog:a[31m\xef\xbf\xbd" },
		{ "https://example.com/feed", "1", "guid:https%3A//example.com/feed:1" },
		{ "50%:a", "b:c", "guid:50%25%3Aa:b:c" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct entry entry;
		entry_init(&entry);
		identity_add_guid(&entry, arena, str_from(cases[i].scope), str_from(cases[i].guid));
		assert_str(aliases(&entry), cases[i].alias);
	}
}

/* A guid that is the URL of another page than the one linked to tells items of one page apart. */
static void
items_of_feeds(void **state)
{
	(void)state;
	static const struct {
		const char *guid, *link, *aliases;
	} cases[] = {
		{ "1", "https://example.com/a", "guid:blog:1 url:https://example.com/a" },
		{ "http://example.com/a", "https://example.com/a?utm_source=x#respond",
		    "url:https://example.com/a" },
		{ "https://example.com/?p=1", "https://example.com/a",
		    "guid:blog:https://example.com/?p=1 url:https://example.com/?p=1 "
		    "url:https://example.com/a" },
		{ "https://doi.org/10.1000/a", "https://example.com/a",
		    "doi:10.1000/a url:https://example.com/a" },
		{ "https://example.com/?p=1", "", "url:https://example.com/?p=1" },
		{ "", "https://example.com/a?dgcid=rss_sd_all", "url:https://example.com/a" },
		{ "", "https://example.com/a?af=R", "url:https://example.com/a" },
		{ "", "https://example.com/a?af=x&TRACK=RSS", "url:https://example.com/a?af=x" },
		{ "", "", "" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct entry entry;
		entry_init(&entry);
		identity_add_item(
		    &entry, arena, STR("blog"), str_from(cases[i].guid), str_from(cases[i].link));
		entry.kind = ENTRY_POST;
		identity_finish(&entry, arena, STR("blog"));
		assert_str(aliases(&entry), cases[i].aliases);
	}
}

/* A title without words is a title all the same; where there is a better name it is none. */
static void
titles_without_words(void **state)
{
	(void)state;
	struct entry entry, other;
	entry_init(&entry);
	entry_set_title(&entry, arena, STR("&"));
	assert_true(identity_finish(&entry, arena, STR("blog")));
	assert_int_equal(entry.alias_count, 1);
	assert_true(str_starts(entry_key(&entry), "fp:"));
	entry_init(&other);
	entry_set_title(&other, arena, STR("?"));
	assert_true(identity_finish(&other, arena, STR("blog")));
	assert_false(str_equal(entry_key(&entry), entry_key(&other)));
}

static void
the_strongest_name_is_the_key(void **state)
{
	(void)state;
	struct entry entry;

	entry_init(&entry);
	entry_set_title(&entry, arena, STR("A title of five words and more"));
	identity_add(&entry, arena, STR("https://example.com/b"));
	identity_add(&entry, arena, STR("https://example.com/a"));
	identity_add_guid(&entry, arena, STR("blog"), STR("17"));
	identity_add(&entry, arena, STR("pmid:17"));
	identity_add(&entry, arena, STR("s2:corpusid:17"));
	identity_add(&entry, arena, STR("openreview:abcdef"));
	identity_add(&entry, arena, STR("10.1000/b"));
	identity_add(&entry, arena, STR("https://example.com/a/"));
	identity_add(&entry, arena, STR("2505.09568"));
	assert_true(identity_finish(&entry, arena, STR("blog")));
	assert_str(aliases(&entry),
	    "arxiv:2505.09568 doi:10.1000/b openreview:abcdef s2:corpusid:17 pmid:17 guid:blog:17 "
	    "url:https://example.com/b url:https://example.com/a");
	assert_str(entry_key(&entry), "arxiv:2505.09568");
}

/* The only name of a paper of 2026-07-27 with that title and author, in a scope. */
static struct str
fingerprint(const char *title, const char *author, const char *scope)
{
	struct entry entry;

	entry_init(&entry);
	entry_set_title(&entry, arena, str_from(title));
	entry_add_author(&entry, arena, str_from(author), STR(""), false);
	date_parse_instant(STR("2026-07-27"), &entry.published_at);
	assert_true(identity_finish(&entry, arena, str_from(scope)));
	assert_int_equal(entry.alias_count, 1);
	assert_true(str_starts(entry.aliases[0], "fp:"));
	assert_int_equal(entry.aliases[0].len, 3 + 32);
	return entry.aliases[0];
}

static void
fingerprints(void **state)
{
	(void)state;
	struct str a = fingerprint("Attention Is All You Need", "Ashish Vaswani", "one");

	/* Stored names must not change with the program. */
	assert_str(a, "fp:81a28660c4cfbfc901533d2974b5b7f8");
	assert_true(str_equal(a, fingerprint("Attention is all you need.", "A. Vaswani", "two")));
	assert_true(str_equal(
	    a, fingerprint("{A}ttention <i>Is</i> All\n You&nbsp;Need", "Vaswani, Ashish", "one")));
	assert_false(
	    str_equal(a, fingerprint("Attention Is All We Need", "Ashish Vaswani", "one")));
	assert_false(str_equal(a, fingerprint("Attention Is All You Need", "Noam Shazeer", "one")));

	/* A short title is told apart by its feed, too. */
	assert_true(str_equal(
	    fingerprint("Weekly links", "A", "one"), fingerprint("weekly links", "A", "one")));
	assert_false(str_equal(
	    fingerprint("Weekly links", "A", "one"), fingerprint("Weekly links", "A", "two")));
	assert_false(str_equal(fingerprint("a b", "c", "d"), fingerprint("a", "b c", "d")));
}

static void
when_there_is_a_fingerprint(void **state)
{
	(void)state;
	struct entry entry;

	/* No name and no title: nobody. A title without words is one. */
	entry_init(&entry);
	assert_false(identity_finish(&entry, arena, STR("x")));
	entry_set_title(&entry, arena, STR("—!"));
	assert_true(identity_finish(&entry, arena, STR("x")));

	/* A paper with a URL has it, so that it is found at another address. */
	entry_init(&entry);
	entry_set_title(&entry, arena, STR("A paper with a title of its own"));
	entry_add_author(&entry, arena, STR("Ada Lovelace"), STR(""), false);
	identity_add(&entry, arena, STR("https://example.com/a"));
	assert_true(identity_finish(&entry, arena, STR("x")));
	assert_int_equal(entry.alias_count, 2);
	assert_str(entry_key(&entry), "url:https://example.com/a");

	/* A post, or a paper nobody signed, has not: "Weekly links" comes every week. */
	struct entry post = entry;
	post.kind = ENTRY_POST;
	post.alias_count = 1;
	assert_true(identity_finish(&post, arena, STR("x")));
	assert_int_equal(post.alias_count, 1);
	struct entry unsigned_paper = entry;
	unsigned_paper.author_count = 0;
	unsigned_paper.alias_count = 1;
	assert_true(identity_finish(&unsigned_paper, arena, STR("x")));
	assert_int_equal(unsigned_paper.alias_count, 1);

	/* A guid is enough. */
	entry_init(&entry);
	entry_set_title(&entry, arena, STR("A title"));
	identity_add_guid(&entry, arena, STR("x"), STR("1"));
	assert_true(identity_finish(&entry, arena, STR("x")));
	assert_str(aliases(&entry), "guid:x:1");
}

/* Posts without any name: another day is another post, another time of the day is not. */
static void
posts_are_told_apart_by_their_day(void **state)
{
	(void)state;
	static const char *const dates[] = { "2026-07-27T08:00:00Z", "2026-07-27T20:00:00Z",
		"2026-07-28T08:00:00Z" };
	struct str names[3][2];

	for (int i = 0; i < 3; i++)
		for (int kind = 0; kind < 2; kind++) {
			struct entry entry;
			entry_init(&entry);
			entry.kind = kind == 0 ? ENTRY_PAPER : ENTRY_POST;
			entry_set_title(&entry, arena, STR("What I read this week in papers"));
			date_parse_instant(str_from(dates[i]), &entry.published_at);
			assert_true(identity_finish(&entry, arena, STR("x")));
			names[i][kind] = entry_key(&entry);
		}
	assert_true(str_equal(names[0][0], names[2][0]));
	assert_true(str_equal(names[0][1], names[1][1]));
	assert_false(str_equal(names[0][1], names[2][1]));
}

static void
titles(void **state)
{
	(void)state;
	static const struct {
		const char *title, *words;
	} cases[] = {
		{ "", "" },
		{ "Attention Is All You Need!", "attention is all you need" },
		{ "T\\\"ulu 3: {Pushing} <i>Frontiers</i>", "tulu 3 pushing frontiers" },
		{ "H<sub>2</sub>O &amp; CO<sub>2</sub>", "h2o co2" },
		{ "Caf&eacute; na&#239;ve &lt;think&gt;", "cafe naive think" },
		{ "a < b and c > d", "a b and c d" },
		{ "a <b", "a b" },
		{ "AT&T & friends; more", "at t friends more" },
		{ "$\\tau$-bench", "tau bench" },
		{ "深度学习", "深 度 学 习" },
		{ "don&#x27;t &#X41;&#66;", "don t ab" },
		{ "&#0; &#xD800; &#1114112; &; &#; &#x; &#1x;", "" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_str(identity_title(arena, str_from(cases[i].title)), cases[i].words);
}

static void
what_users_type(void **state)
{
	(void)state;
	static const struct {
		const char *text, *alias;
	} cases[] = {
		{ "2505.09568", "arxiv:2505.09568" },
		{ "arXiv:2505.09568v2", "arxiv:2505.09568" },
		{ "arxiv:math/0611800", "arxiv:math/0611800" },
		{ " https://huggingface.co/papers/2505.09568 ", "arxiv:2505.09568" },
		{ "doi:10.1000/abc", "doi:10.1000/abc" },
		{ "openreview:abcdef", "openreview:abcdef" },
		{ "s2:corpusid:17", "s2:corpusid:17" },
		{ "pmid:17", "pmid:17" },
		{ "https://example.com/a?utm_source=x", "url:https://example.com/a" },
		{ "url:https://example.com/a#b", "url:https://example.com/a#b" },
		{ "guid:blog:17", "guid:blog:17" },
		{ "guid:https%3A//example.com/feed:a b", "guid:https%3A//example.com/feed:a b" },
		{ "guid:blog: a\x1b  b\xff ", "guid:blog: a b\xef\xbf\xbd" },
		{ "fp:0123456789ABCDEF0123456789abcdef", "fp:0123456789abcdef0123456789abcdef" },
		{ "", NULL },
		{ "hello", NULL },
		{ "guid:blog", NULL },
		{ "fp:0123", NULL },
		{ "url:ftp://example.com/", NULL },
		{ "url:", NULL },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct str alias = STR("");
		int status = identity_from_user(arena, str_from(cases[i].text), &alias);
		if ((status == 0) != (cases[i].alias != NULL))
			fail_msg("'%s': %d", cases[i].text, status);
		if (status == 0)
			assert_str(alias, cases[i].alias);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(arxiv_spellings),
		cmocka_unit_test(what_is_no_arxiv_identifier),
		cmocka_unit_test(dois),
		cmocka_unit_test(what_is_no_doi),
		cmocka_unit_test(urls),
		cmocka_unit_test(names_of_all_kinds),
		cmocka_unit_test(versions),
		cmocka_unit_test(guids),
		cmocka_unit_test(items_of_feeds),
		cmocka_unit_test(titles_without_words),
		cmocka_unit_test(the_strongest_name_is_the_key),
		cmocka_unit_test(fingerprints),
		cmocka_unit_test(when_there_is_a_fingerprint),
		cmocka_unit_test(posts_are_told_apart_by_their_day),
		cmocka_unit_test(titles),
		cmocka_unit_test(what_users_type),
	};
	return cmocka_run_group_tests(tests, make_arena, free_arena);
}
