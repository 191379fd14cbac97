/*
 * The names of an entry: which kind of name a text is, which of them counts most, and what stands
 * in when there is none. The spellings of arXiv identifiers, DOIs and URLs, and the fingerprint,
 * are in the files beside.
 */
#include "digest/identity.h"

#include "identity_fingerprint.h"
#include "identity_link.h"

#include "digest/buf.h"

#include <string.h>

enum { PMID_DIGITS = 9, SHA1_DIGITS = 40, FINGERPRINT_DIGITS = 32, OPENREVIEW_BYTES = 64 };

/* Strongest first. */
static const char *const prefixes[] = {
	"arxiv:", "doi:", "openreview:", "s2:", "pmid:", "guid:", "url:", "fp:"
};

enum { PREFIXES = sizeof(prefixes) / sizeof(prefixes[0]), RANK_URL = 6 };

static size_t
rank_of(struct str alias)
{
	size_t rank = 0;

	while (rank < PREFIXES && !str_starts(alias, prefixes[rank]))
		rank++;
	return rank;
}

static void
add_alias(struct entry *entry, struct arena *arena, struct str alias)
{
	for (size_t i = 0; i < entry->alias_count; i++)
		if (str_equal(entry->aliases[i], alias))
			return;
	entry->aliases =
	    arena_grow(arena, entry->aliases, &entry->alias_count, sizeof(entry->aliases[0]));
	entry->aliases[entry->alias_count - 1] = alias;
}

/* The alias of `kind` that the entry has, or "". */
static struct str
alias_of_kind(const struct entry *entry, const char *kind)
{
	for (size_t i = 0; i < entry->alias_count; i++)
		if (str_starts(entry->aliases[i], kind))
			return entry->aliases[i];
	return STR("");
}

/* ---- OpenReview, Semantic Scholar, PubMed ---- */

static bool
is_made_of(struct str text, size_t min, size_t max, bool (*is_ok)(char))
{
	if (text.len < min || text.len > max)
		return false;
	for (size_t i = 0; i < text.len; i++)
		if (!is_ok(text.ptr[i]))
			return false;
	return true;
}

static bool
is_hex(char c)
{
	char lower = str_lower_char(c);
	return str_is_digit(c) || (lower >= 'a' && lower <= 'f');
}

static bool
is_openreview_char(char c)
{
	return str_is_alnum(c) || c == '-' || c == '_';
}

static struct str
lower(struct arena *arena, struct str text)
{
	struct buf copy = BUF_INIT(BUF_LIMIT);

	for (size_t i = 0; i < text.len; i++)
		buf_add_char(&copy, str_lower_char(text.ptr[i]));
	return arena_keep(arena, &copy);
}

/* The text after `prefix`, in any case; "" when it does not begin so. */
static struct str
after(struct str text, const char *prefix)
{
	if (!str_starts_nocase(text, prefix))
		return STR("");
	return str_trim(str_skip(text, strlen(prefix)));
}

/* The last segment of a path, without the slash after it. */
static struct str
last_segment(struct str path)
{
	struct str segment;
	struct str last = STR("");

	while (str_next(&path, '/', &segment))
		if (segment.len > 0)
			last = segment;
	return last;
}

static int
openreview(
    struct arena *arena, struct str text, const struct identity_link *link, struct str *alias)
{
	struct str id = after(text, "openreview:");

	if (link != NULL && identity_link_is_at(link, "openreview.net") &&
	    (str_is(link->path, "/forum") || str_is(link->path, "/pdf")))
		id = identity_link_parameter(link, "id");
	if (!is_made_of(id, 6, OPENREVIEW_BYTES, is_openreview_char))
		return -1;
	*alias = arena_printf(arena, "openreview:%.*s", STR_ARG(id));
	return 0;
}

static int
semantic_scholar(
    struct arena *arena, struct str text, const struct identity_link *link, struct str *alias)
{
	struct str id = after(text, "s2:");

	if (link != NULL && identity_link_is_at(link, "semanticscholar.org") &&
	    str_starts(link->path, "/paper/"))
		id = last_segment(link->path);
	if (link != NULL && str_is(link->host, "api.semanticscholar.org"))
		id = last_segment(link->path);
	/* The corpus has a number for each paper beside its hash. */
	struct str number = after(id, "corpusid:");
	if (!is_made_of(id, SHA1_DIGITS, SHA1_DIGITS, is_hex) &&
	    !is_made_of(number, 1, PMID_DIGITS + 1, str_is_digit))
		return -1;
	*alias = arena_printf(arena, "s2:%.*s", STR_ARG(lower(arena, id)));
	return 0;
}

static int
pubmed(struct arena *arena, struct str text, const struct identity_link *link, struct str *alias)
{
	struct str id = after(text, "pmid:");

	if (id.len == 0) /* what PubMed's own feeds write */
		id = after(text, "pubmed:");
	if (link != NULL &&
	    (str_is(link->host, "pubmed.ncbi.nlm.nih.gov") ||
	        (identity_link_is_at(link, "ncbi.nlm.nih.gov") &&
	            str_starts(link->path, "/pubmed/"))))
		id = last_segment(link->path);
	if (!is_made_of(id, 1, PMID_DIGITS, str_is_digit) || id.ptr[0] == '0')
		return -1;
	*alias = arena_printf(arena, "pmid:%.*s", STR_ARG(id));
	return 0;
}

/* ---- names of any kind ---- */

/* A name that means the same everywhere, but for URLs. */
static int
global_alias(struct arena *arena, struct str name, struct str *alias, int *version)
{
	struct identity_link parts;
	const struct identity_link *link = NULL;
	struct str found;

	*version = 0;
	if (identity_link_is_elsewhere(name))
		return -1;
	if (identity_arxiv(arena, name, &found, version) == 0) {
		*alias = arena_printf(arena, "arxiv:%.*s", STR_ARG(found));
		return 0;
	}
	if (identity_doi(arena, name, &found) == 0) {
		*alias = arena_printf(arena, "doi:%.*s", STR_ARG(found));
		return 0;
	}
	if (identity_link_split(arena, name, &parts) == 0)
		link = &parts;
	if (openreview(arena, name, link, alias) == 0 ||
	    semantic_scholar(arena, name, link, alias) == 0)
		return 0;
	return pubmed(arena, name, link, alias);
}

static int
url_alias(struct arena *arena, struct str name, struct str *alias)
{
	struct identity_link link;

	*alias = identity_link_plain(arena, name);
	if (alias->len > 0)
		return 0;
	if (identity_link_split(arena, name, &link) < 0 || !link.has_scheme)
		return -1;
	*alias =
	    arena_printf(arena, "url:%.*s", STR_ARG(identity_link_canonical(arena, &link, true)));
	return 0;
}

/*
 * A second arXiv identifier is another paper's (one it cites, a wrong field): two papers must never
 * become one through an entry that names both.
 */
static void
add_global(struct entry *entry, struct arena *arena, struct str alias, int version)
{
	if (str_starts(alias, "arxiv:")) {
		struct str known = alias_of_kind(entry, "arxiv:");
		if (known.len > 0 && !str_equal(known, alias))
			return;
		if (version > entry->version)
			entry->version = version;
	}
	add_alias(entry, arena, alias);
}

bool
identity_add(struct entry *entry, struct arena *arena, struct str name)
{
	struct str alias;
	int version;

	name = str_trim(name);
	if (global_alias(arena, name, &alias, &version) == 0) {
		add_global(entry, arena, alias, version);
		return true;
	}
	if (url_alias(arena, name, &alias) < 0)
		return false;
	add_alias(entry, arena, alias);
	return true;
}

/* "2505.09568" without "arXiv:" before it and a version after it may be any number of a feed. */
static bool
is_bare_number(struct str guid)
{
	for (size_t i = 0; i < guid.len; i++)
		if (!str_is_digit(guid.ptr[i]) && guid.ptr[i] != '.')
			return false;
	return guid.len > 0;
}

/* A scope is a source's name or a feed's URL; a colon in it would end it. */
static void
add_scope(struct buf *out, struct str scope)
{
	for (size_t i = 0; i < scope.len; i++)
		if (scope.ptr[i] == ':' || scope.ptr[i] == '%')
			buf_addf(out, "%%%02X", (unsigned int)scope.ptr[i]);
		else
			buf_add_char(out, scope.ptr[i]);
}

static void
add_scoped(struct entry *entry, struct arena *arena, struct str scope, struct str text)
{
	struct buf alias = BUF_INIT(BUF_LIMIT);

	buf_add_string(&alias, "guid:");
	add_scope(&alias, scope);
	buf_add_char(&alias, ':');
	buf_add(&alias, text);
	add_alias(entry, arena, arena_copy(arena, buf_str(&alias)));
	buf_release(&alias);
}

void
identity_add_guid(struct entry *entry, struct arena *arena, struct str scope, struct str guid)
{
	if (!is_bare_number(str_trim(guid)) && identity_add(entry, arena, guid))
		return;
	struct str text = entry_text_line(arena, guid);
	if (text.len > 0)
		add_scoped(entry, arena, scope, text);
}

void
identity_add_item(
    struct entry *entry, struct arena *arena, struct str scope, struct str guid, struct str link)
{
	struct str page, linked, global;
	int version;

	identity_add_guid(entry, arena, scope, guid);
	/* Mostly they are the same, and there is no more to learn. */
	if (str_equal(str_trim(guid), str_trim(link)) && !is_bare_number(str_trim(guid)))
		return;
	identity_add(entry, arena, link);
	if (str_find(guid, STR("://")) < 0)
		return;
	if (global_alias(arena, guid, &global, &version) == 0 ||
	    url_alias(arena, guid, &page) < 0 || url_alias(arena, link, &linked) < 0 ||
	    str_equal(page, linked))
		return;
	add_scoped(entry, arena, scope, str_skip(page, strlen("url:")));
}

/* ---- the names together ---- */

static void
sort_aliases(struct entry *entry)
{
	for (size_t i = 1; i < entry->alias_count; i++) {
		struct str alias = entry->aliases[i];
		size_t place = i;
		for (; place > 0 && rank_of(entry->aliases[place - 1]) > rank_of(alias); place--)
			entry->aliases[place] = entry->aliases[place - 1];
		entry->aliases[place] = alias;
	}
}

/*
 * Whether a fingerprint helps more than it harms. With a URL it can only find the same paper at
 * another address; posts, and papers nobody signs, share titles too often for that.
 */
static bool
needs_fingerprint(const struct entry *entry)
{
	size_t strongest = entry->alias_count > 0 ? rank_of(entry->aliases[0]) : PREFIXES;

	if (strongest == RANK_URL)
		return entry->kind == ENTRY_PAPER && entry->author_count > 0;
	return strongest > RANK_URL;
}

bool
identity_finish(struct entry *entry, struct arena *arena, struct str scope)
{
	sort_aliases(entry);
	if (needs_fingerprint(entry)) {
		struct str title = identity_title(arena, entry->title);
		/* What has no words may still have a title: "&", or a picture. */
		if (title.len == 0 && entry->alias_count == 0)
			title = entry->title;
		if (title.len > 0)
			add_alias(entry, arena, identity_fingerprint(arena, entry, title, scope));
	}
	return entry->alias_count > 0;
}

/* ---- what people type ---- */

/* A key as it is shown: "guid:blog:17", "url:https://…", "fp:…". */
static int
shown_key(struct arena *arena, struct str text, struct str *alias)
{
	struct str guid = entry_text_line(arena, after(text, "guid:"));
	struct str hash = after(text, "fp:");

	if (str_find_char(guid, ':') >= 0) {
		*alias = arena_printf(arena, "guid:%.*s", STR_ARG(guid));
		return 0;
	}
	if (is_made_of(hash, FINGERPRINT_DIGITS, FINGERPRINT_DIGITS, is_hex)) {
		*alias = arena_printf(arena, "fp:%.*s", STR_ARG(lower(arena, hash)));
		return 0;
	}
	return url_alias(arena, after(text, "url:"), alias);
}

int
identity_from_user(struct arena *arena, struct str text, struct str *alias)
{
	int version;

	text = str_trim(text);
	if (global_alias(arena, text, alias, &version) == 0 || url_alias(arena, text, alias) == 0)
		return 0;
	return shown_key(arena, text, alias);
}
