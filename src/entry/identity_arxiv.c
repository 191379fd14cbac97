/*
 * arXiv identifiers in all their spellings: the schemes of 1991 and 2007, versions, pages of arXiv
 * and of those who mirror it, its DOIs.
 */
#include "identity_link.h"

#include "digest/identity.h"

#include <string.h>

enum { TEXT_BYTES = 2048, VERSION_DIGITS = 5 };

/* Archives that had identifiers of their own before April 2007. */
static const char *const archives[] = { "acc-phys", "adap-org", "alg-geom", "ao-sci", "astro-ph",
	"atom-ph", "bayes-an", "chao-dyn", "chem-ph", "cmp-lg", "comp-gas", "cond-mat", "cs",
	"dg-ga", "funct-an", "gr-qc", "hep-ex", "hep-lat", "hep-ph", "hep-th", "math", "math-ph",
	"mtrl-th", "nlin", "nucl-ex", "nucl-th", "patt-sol", "physics", "plasm-ph", "q-alg",
	"q-bio", "quant-ph", "solv-int", "supr-con" };

/* Those that came later, and that only categories name. */
static const char *const later_archives[] = { "econ", "eess", "q-fin", "stat" };

/* Takes exactly `len` digits. */
static int
take_digits(struct str *rest, size_t len, int *value)
{
	int64_t number;

	if (rest->len < len || !str_is_digit(rest->ptr[0]) ||
	    str_to_int(str_head(*rest, len), 0, INT32_MAX, &number) < 0)
		return -1;
	*rest = str_skip(*rest, len);
	*value = (int)number;
	return 0;
}

/* Two digits of the year and two of the month; `year` is of four. */
static int
take_month(struct str *rest, int *year, int *month)
{
	int yymm;

	if (take_digits(rest, 4, &yymm) < 0)
		return -1;
	*year = yymm / 100 + (yymm / 100 < 91 ? 2000 : 1900);
	*month = yymm % 100;
	return *month >= 1 && *month <= 12 ? 0 : -1;
}

/* The repairs that arXiv itself makes: "astroph" and "Astro--ph" are "astro-ph". */
static struct str
repair_archive(struct arena *arena, struct str text)
{
	static const char *const endings[] = { "ph", "ex", "th", "qc", "mat", "lat", "sci" };
	char name[16];
	size_t len = 0;

	for (size_t i = 0; i < text.len && len < sizeof(name); i++)
		if (text.ptr[i] != '-' || len == 0 || name[len - 1] != '-')
			name[len++] = str_lower_char(text.ptr[i]);
	struct str whole = { name, len };
	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
		size_t stem = len - strlen(endings[i]);
		if (!str_ends(whole, endings[i]) || stem == 0)
			continue;
		/* After an "a" it is the word itself: "math". */
		if (name[stem - 1] == 'a' || name[stem - 1] == '-')
			break;
		return arena_printf(arena, "%.*s-%s", (int)stem, name, endings[i]);
	}
	return arena_copy(arena, whole);
}

static bool
is_archive(struct str name)
{
	for (size_t i = 0; i < sizeof(archives) / sizeof(archives[0]); i++)
		if (str_is(name, archives[i]))
			return true;
	return false;
}

bool
identity_is_arxiv_category(struct str text)
{
	ptrdiff_t dot = str_find_char(text, '.');
	struct str archive = dot > 0 ? str_head(text, (size_t)dot) : text;

	for (size_t i = 0; i < sizeof(later_archives) / sizeof(later_archives[0]); i++)
		if (str_is(archive, later_archives[i]))
			return true;
	return is_archive(archive);
}

/* "math.CA/0611800", from July 1991 to March 2007. */
static int
take_old(struct arena *arena, struct str *rest, struct str *id)
{
	ptrdiff_t slash = str_find_char(*rest, '/');
	int year, month, number;

	if (slash <= 0)
		return -1;
	struct str archive = str_head(*rest, (size_t)slash);
	struct str s = str_skip(*rest, (size_t)slash);
	while (str_starts(s, "/"))
		s = str_skip(s, 1);
	ptrdiff_t dot = str_find_char(archive, '.');
	if (dot >= 0)
		archive.len = (size_t)dot;
	archive = repair_archive(arena, archive);
	if (!is_archive(archive) || str_digits(s) != 7 || take_month(&s, &year, &month) < 0 ||
	    take_digits(&s, 3, &number) < 0 || number == 0)
		return -1;
	int months = year * 12 + month;
	if (months < 1991 * 12 + 7 || months > 2007 * 12 + 3)
		return -1;
	*id = arena_printf(arena, "%.*s/%02d%02d%03d", STR_ARG(archive), year % 100, month, number);
	*rest = s;
	return 0;
}

/* "0704.0001" from April 2007, "1501.00001" from January 2015, with their zeros put right. */
static int
take_new(struct arena *arena, struct str *rest, struct str *id)
{
	struct str s = *rest;
	int year, month, number;

	if (str_digits(s) != 4 || take_month(&s, &year, &month) < 0 || !str_starts(s, "."))
		return -1;
	if (year < 2000) /* two digits, and the scheme is from 2007 on: "9912.12345" is of 2099 */
		year += 100;
	s = str_skip(s, 1);
	if (str_take_number(&s, 4, 5, &number) < 0 || number == 0)
		return -1;
	if (year * 12 + month < 2007 * 12 + 4 || (year < 2015 && number > 9999))
		return -1;
	*id = arena_printf(arena, "%02d%02d.%0*d", year % 100, month, year < 2015 ? 4 : 5, number);
	*rest = s;
	return 0;
}

static int
take_version(struct str *rest, int *version)
{
	*version = 0;
	if (!str_starts_nocase(*rest, "v"))
		return 0;
	struct str s = str_skip(*rest, 1);
	if (str_starts(s, "0") || str_take_number(&s, 1, VERSION_DIGITS, version) < 0)
		return -1;
	*rest = s;
	return 0;
}

/* What may stand after an identifier: a file's suffix, a slash, "?…", "#…", " [cs.CL]". */
static bool
is_tail(struct str rest)
{
	static const char *const suffixes[] = { ".pdf", ".ps.gz", ".ps", ".gz", ".md" };

	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++)
		if (str_starts_nocase(rest, suffixes[i])) {
			rest = str_skip(rest, strlen(suffixes[i]));
			break;
		}
	if (str_starts(rest, "/"))
		rest = str_skip(rest, 1);
	if (rest.len == 0 || rest.ptr[0] == '?' || rest.ptr[0] == '#')
		return true;
	struct str class = str_trim(rest);
	return str_is_space(rest.ptr[0]) && str_starts(class, "[") && str_ends(class, "]");
}

/* The whole of `text` as an identifier. */
static int
parse(struct arena *arena, struct str text, struct str *id, int *version)
{
	struct str found;
	int seen;

	if (take_new(arena, &text, &found) < 0 && take_old(arena, &text, &found) < 0)
		return -1;
	if (take_version(&text, &seen) < 0 || !is_tail(text))
		return -1;
	*id = found;
	*version = seen;
	return 0;
}

/* arxiv.org, what it calls itself elsewhere, its mirrors by country, and its readers. */
static bool
is_arxiv_host(struct str host)
{
	static const char *const names[] = { "arxiv.org", "www.arxiv.org", "export.arxiv.org",
		"browse.arxiv.org", "ar5iv.labs.arxiv.org", "ar5iv.org", "www.ar5iv.org",
		"alphaxiv.org", "www.alphaxiv.org" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (str_is(host, names[i]))
			return true;
	return host.len == strlen("xx.arxiv.org") && str_is_alpha(host.ptr[0]) &&
	    str_is_alpha(host.ptr[1]) && str_ends(host, ".arxiv.org");
}

/* What the first part of a path is on pages that show one paper. */
static bool
is_page_of_paper(const struct identity_link *link, struct str page)
{
	static const char *const pages[] = { "abs", "pdf", "html", "ps", "src", "format", "e-print",
		"overview" };
	static const struct {
		const char *domain, *page;
	} others[] = { { "huggingface.co", "papers" }, { "hf.co", "papers" },
		{ "scirate.com", "arxiv" }, { "papers.cool", "arxiv" },
		{ "semanticscholar.org", "arxiv" } };

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (identity_link_is_at(link, others[i].domain))
			return str_is(page, others[i].page);
	if (!is_arxiv_host(link->host))
		return false;
	for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++)
		if (str_is(page, pages[i]))
			return true;
	return false;
}

/* The identifier in the path of a page that shows one paper; "" when it is another page. */
static struct str
behind_page(const struct identity_link *link, struct str path)
{
	static const char prefix[] = "arXiv:";
	struct str page;

	while (str_starts(path, "/"))
		path = str_skip(path, 1);
	/* "https://api.semanticscholar.org/arXiv:2505.09568" */
	if (str_is(link->host, "api.semanticscholar.org") && str_starts_nocase(path, prefix))
		return str_skip(path, strlen(prefix));
	if (!str_next(&path, '/', &page) || !is_page_of_paper(link, page))
		return STR("");
	while (str_starts(path, "/"))
		path = str_skip(path, 1);
	return str_starts_nocase(path, prefix) ? str_skip(path, strlen(prefix)) : path;
}

static int
parse_link(struct arena *arena, struct str text, struct str *id, int *version)
{
	struct identity_link link;

	if (identity_link_split(arena, text, &link) < 0)
		return -1;
	struct str path = identity_link_decode(arena, link.path);
	return parse(arena, behind_page(&link, path), id, version);
}

int
identity_arxiv(struct arena *arena, struct str text, struct str *id, int *version)
{
	static const char *const prefixes[] = { "oai:arxiv.org:", "arxiv:" };
	static const char doi_prefix[] = "10.48550/arxiv.";
	struct str doi;

	text = str_trim(text);
	if (text.len == 0 || text.len > TEXT_BYTES || identity_link_is_elsewhere(text))
		return -1;
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++)
		if (str_starts_nocase(text, prefixes[i])) {
			text = str_trim(str_skip(text, strlen(prefixes[i])));
			return parse(arena, text, id, version);
		}
	if (parse(arena, text, id, version) == 0 || parse_link(arena, text, id, version) == 0)
		return 0;
	if (identity_doi(arena, text, &doi) < 0 || !str_starts(doi, doi_prefix))
		return -1;
	return parse(arena, str_skip(doi, strlen(doi_prefix)), id, version);
}
