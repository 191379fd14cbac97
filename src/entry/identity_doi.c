/*
 * Digital Object Identifiers (ISO 26324) in the spellings that feeds and people give them.
 */
#include "identity_link.h"

#include "digest/buf.h"
#include "digest/identity.h"

#include <string.h>

enum { TEXT_BYTES = 2048 };

/* Takes "doi:", "DOI " or "info:doi/" off the front. */
static struct str
without_prefix(struct str text)
{
	if (str_starts_nocase(text, "info:doi/"))
		return str_skip(text, strlen("info:doi/"));
	if (!str_starts_nocase(text, "doi"))
		return text;
	struct str rest = str_skip(text, 3);
	if (rest.len == 0 || (rest.ptr[0] != ':' && rest.ptr[0] != ' '))
		return text;
	return str_trim(str_skip(rest, 1));
}

/*
 * bioRxiv's and medRxiv's pages until 2019, "/content/early/2018/05/10/318675": the DOI without its
 * prefix, or "".
 */
static struct str
early_name(struct str path)
{
	static const char *const starts[] = { "early/", "biorxiv/early/", "medrxiv/early/" };
	struct str part;

	for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++) {
		if (!str_starts(path, starts[i]))
			continue;
		path = str_skip(path, strlen(starts[i]));
		for (int skipped = 0; skipped < 3; skipped++)
			if (!str_next(&path, '/', &part) || part.len == 0 ||
			    !str_is_digit(part.ptr[0]))
				return STR("");
		return path.len > 0 && str_is_digit(path.ptr[0]) ? path : STR("");
	}
	return STR("");
}

/* The path after which a site of DOIs, or of papers named by theirs, writes one; else "". */
static struct str
in_link(struct arena *arena, struct str text)
{
	static const struct {
		const char *domain;
		const char *path;
	} sites[] = { { "doi.org", "/" }, { "dx.doi.org", "/" }, { "biorxiv.org", "/content/" },
		{ "medrxiv.org", "/content/" } };
	struct identity_link link;

	if (identity_link_split(arena, text, &link) < 0)
		return STR("");
	for (size_t i = 0; i < sizeof(sites) / sizeof(sites[0]); i++)
		if (identity_link_is_at(&link, sites[i].domain) &&
		    str_starts(link.path, sites[i].path)) {
			struct str name = str_skip(link.path, strlen(sites[i].path));
			struct str early = early_name(name);
			return early.len > 0 ? arena_printf(arena, "10.1101/%.*s", STR_ARG(early))
			                     : name;
		}
	return STR("");
}

/*
 * Without the punctuation of the sentence it stood in. A bracket stays when the one it closes is
 * part of the name: "10.1016/0370-2693(90)90001(a)".
 */
static struct str
without_punctuation(struct str doi)
{
	static const char closing[] = ")]}";
	static const char opening[] = "([{";

	while (doi.len > 0) {
		char last = doi.ptr[doi.len - 1];
		const char *bracket = strchr(closing, last);
		bool is_bracket = bracket != NULL &&
		    str_count(doi, last) > str_count(doi, opening[bracket - closing]);
		if (!is_bracket && str_find_char(STR(".,;"), last) < 0)
			break;
		doi.len--;
	}
	return doi;
}

/* "10." and digits, in groups; a slash; at least one character that may be shown. */
static bool
is_doi(struct str text)
{
	ptrdiff_t slash = str_find_char(text, '/');

	if (!str_starts(text, "10.") || slash < 7 || (size_t)slash + 1 == text.len ||
	    text.ptr[slash - 1] == '.')
		return false;
	for (ptrdiff_t i = 3; i < slash; i++)
		if (!str_is_digit(text.ptr[i]) && (text.ptr[i] != '.' || text.ptr[i - 1] == '.'))
			return false;
	for (struct str rest = text; rest.len > 0;) {
		size_t len = str_printable(rest);
		if (len == 0 || rest.ptr[0] == ' ')
			return false;
		rest = str_skip(rest, len);
	}
	return true;
}

/* The bytes of a version ("v2") at the end, or 0. */
static size_t
version_bytes(struct str name)
{
	size_t len = 0;

	while (len < name.len && str_is_digit(name.ptr[name.len - 1 - len]))
		len++;
	if (len == 0 || len == name.len || name.ptr[name.len - 1 - len] != 'v')
		return 0;
	return len + 1;
}

/* The bytes of a page's or file's name at the end, or 0. */
static size_t
page_bytes(struct str name)
{
	static const char *const pages[] = { ".pdf", ".pdf+html", ".full", ".full-text",
		".abstract", ".supplementary-material", ".article-info", ".article-metrics" };

	for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++)
		if (str_ends(name, pages[i]))
			return strlen(pages[i]);
	return 0;
}

/* bioRxiv and medRxiv name their pages, files and versions by the DOI with something after it. */
static struct str
without_rxiv_page(struct str doi)
{
	static const char *const prefixes[] = { "10.1101/", "10.64898/" };

	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		struct str name = str_skip(doi, strlen(prefixes[i]));
		size_t extra = str_starts(doi, prefixes[i]) ? 1 : 0;
		while (extra > 0) {
			extra = page_bytes(name) > 0 ? page_bytes(name) : version_bytes(name);
			if (extra == name.len)
				break;
			name.len -= extra;
			doi.len -= extra;
		}
	}
	return doi;
}

/*
 * Some encode what is encoded already. No DOI of ours has a triplet left,
 * so that it reads as itself.
 */
static struct str
decoded(struct arena *arena, struct str text)
{
	for (;;) {
		struct str shorter = identity_link_decode(arena, text);
		if (shorter.len == text.len)
			return text;
		text = shorter;
	}
}

/* The name alone, without what stands after it, in whatever order it stands there. */
static struct str
without_tail(struct str doi)
{
	for (;;) {
		struct str shorter = without_rxiv_page(without_punctuation(doi));
		if (shorter.len == doi.len)
			return doi;
		doi = shorter;
	}
}

int
identity_doi(struct arena *arena, struct str text, struct str *doi)
{
	struct buf lower = BUF_INIT(BUF_LIMIT);

	/* Most names are none: that is seen before anything is copied. */
	text = str_trim(text);
	if (text.len > TEXT_BYTES ||
	    (str_find(text, STR("10.")) < 0 && str_find(text, STR("rxiv.org/")) < 0))
		return -1;
	text = without_prefix(text);
	struct str linked = in_link(arena, text);
	text = str_trim(decoded(arena, linked.len > 0 ? linked : text));
	/* Letters of ASCII alone are the same in both cases (DOI Handbook, section 2.4). */
	for (size_t i = 0; i < text.len; i++)
		buf_add_char(&lower, str_lower_char(text.ptr[i]));
	struct str found = without_tail(buf_str(&lower));
	int status = is_doi(found) ? 0 : -1;
	if (status == 0)
		*doi = arena_copy(arena, found);
	buf_release(&lower);
	return status;
}
