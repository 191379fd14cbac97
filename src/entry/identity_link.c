/*
 * URLs: taking them apart, and the canonical form in which two spellings of one are the same. What
 * a site means by its paths is known to the files that look for one kind of name.
 */
#include "identity_link.h"

#include "digest/buf.h"
#include "digest/identity.h"
#include "digest/unicode.h"

#include <string.h>

enum { LINK_BYTES = 8192 };

/* RFC 3986 sections 2.2 and 2.3, without what %XX is decoded to. */
#define UNRESERVED_MARKS "-._~"
#define RESERVED_MARKS "!$&'()*+,;=:@/?[]"

/* Neither white space nor controls, in well-formed UTF-8. */
static bool
is_link_text(struct str text)
{
	while (text.len > 0) {
		size_t len = str_printable(text);
		if (len == 0 || text.ptr[0] == ' ')
			return false;
		text = str_skip(text, len);
	}
	return true;
}

/* The front of `rest` up to the first of the characters in `ends`. */
static struct str
take_until(struct str *rest, const char *ends)
{
	struct str part = str_head(*rest, 0);

	while (part.len < rest->len && strchr(ends, rest->ptr[part.len]) == NULL)
		part.len++;
	*rest = str_skip(*rest, part.len);
	return part;
}

static bool
is_port(struct str port)
{
	int64_t number;

	return port.len == 0 || str_to_int(port, 0, 65535, &number) == 0;
}

/* ASCII hosts may be what the DNS does not allow ("a_b.example.com"): pages live there, too. */
static int
take_host(struct arena *arena, struct str host, struct identity_link *link)
{
	struct buf ascii = BUF_INIT(BUF_LIMIT);
	bool is_address = str_starts(host, "[") && str_ends(host, "]");
	bool is_plain = host.len > 0;
	int status = 0;

	for (size_t i = 0; i < host.len; i++) {
		char c = host.ptr[i];
		bool is_ok = str_is_alnum(c) || str_find_char(STR("-._"), c) >= 0 ||
		    (is_address && str_find_char(STR("[]:"), c) >= 0);
		is_plain = is_plain && is_ok;
		buf_add_char(&ascii, str_lower_char(c));
	}
	if (!is_plain) {
		buf_reset(&ascii);
		status = unicode_host_to_ascii(&ascii, host);
	}
	link->host = arena_keep(arena, &ascii);
	return status;
}

static int
take_authority(struct arena *arena, struct str authority, struct identity_link *link)
{
	if (str_find_char(authority, '@') >= 0)
		return -1;

	size_t host_len = authority.len;
	while (host_len > 0 && str_is_digit(authority.ptr[host_len - 1]))
		host_len--;
	if (host_len > 0 && authority.ptr[host_len - 1] == ':') {
		link->port = str_skip(authority, host_len);
		authority.len = host_len - 1;
	}
	if (!is_port(link->port))
		return -1;
	return take_host(arena, authority, link);
}

int
identity_link_split(struct arena *arena, struct str text, struct identity_link *link)
{
	struct str rest = str_trim(text);

	*link = (struct identity_link){ 0 };
	if (rest.len > LINK_BYTES || !is_link_text(rest))
		return -1;
	bool is_plain = str_starts_nocase(rest, "http://");
	link->has_scheme = is_plain || str_starts_nocase(rest, "https://");
	if (link->has_scheme)
		rest = str_skip(rest, is_plain ? 7 : 8);
	else if (str_starts(rest, "//"))
		rest = str_skip(rest, 2);

	if (take_authority(arena, take_until(&rest, "/?#"), link) < 0)
		return -1;
	/* The default port of the scheme is no port. */
	if (str_is(link->port, is_plain ? "80" : "443"))
		link->port = STR("");
	link->path = take_until(&rest, "?#");
	if (str_starts(rest, "?")) {
		rest = str_skip(rest, 1);
		link->query = take_until(&rest, "#");
	}
	link->fragment = str_skip(rest, 1);
	return 0;
}

/*
 * "https://" and the like off the front; the bytes of the host that follows,
 * 0 for none in plain ASCII.
 */
static size_t
plain_host(struct str *rest)
{
	bool is_plain = str_starts(*rest, "http://");
	size_t len = 0;

	if (!is_plain && !str_starts(*rest, "https://"))
		return 0;
	*rest = str_skip(*rest, is_plain ? 7 : 8);
	while (len < rest->len &&
	    (str_is_alnum(rest->ptr[len]) || rest->ptr[len] == '.' || rest->ptr[len] == '-'))
		len++;
	return len == rest->len || rest->ptr[len] == '/' ? len : 0;
}

bool
identity_link_is_elsewhere(struct str text)
{
	static const struct str known[] = { STR("arxiv.org"), STR("ar5iv.org"), STR("alphaxiv.org"),
		STR("huggingface.co"), STR("hf.co"), STR("scirate.com"), STR("papers.cool"),
		STR("semanticscholar.org"), STR("doi.org"), STR("biorxiv.org"), STR("medrxiv.org"),
		STR("openreview.net"), STR("nih.gov") };
	size_t len = plain_host(&text);

	if (len == 0)
		return false;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (len >= known[i].len &&
		    str_equal_nocase(str_skip(str_head(text, len), len - known[i].len), known[i]))
			return false;
	return true;
}

bool
identity_link_is_at(const struct identity_link *link, const char *domain)
{
	struct str host = str_starts(link->host, "www.") ? str_skip(link->host, 4) : link->host;
	return str_is(host, domain);
}

struct str
identity_link_parameter(const struct identity_link *link, const char *name)
{
	struct str rest = link->query;
	struct str pair;

	while (str_next(&rest, '&', &pair)) {
		struct str key = take_until(&pair, "=");
		if (str_is(key, name))
			return str_skip(pair, 1);
	}
	return STR("");
}

static int
hex_digit(char c)
{
	if (str_is_digit(c))
		return c - '0';
	c = str_lower_char(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The byte that "%XX" at the front of `s` stands for, or -1. */
static int
triplet(struct str s)
{
	if (s.len < 3 || s.ptr[0] != '%')
		return -1;
	int high = hex_digit(s.ptr[1]);
	int low = hex_digit(s.ptr[2]);
	return high < 0 || low < 0 ? -1 : high * 16 + low;
}

struct str
identity_link_decode(struct arena *arena, struct str text)
{
	struct buf decoded = BUF_INIT(BUF_LIMIT);

	while (text.len > 0) {
		int byte = triplet(text);
		if (byte >= 0)
			buf_add_char(&decoded, (char)byte);
		else
			buf_add_char(&decoded, text.ptr[0]);
		text = str_skip(text, byte >= 0 ? 3 : 1);
	}
	return arena_keep(arena, &decoded);
}

static bool
is_unreserved(int byte)
{
	return str_is_alnum((char)byte) || (byte > 0 && strchr(UNRESERVED_MARKS, byte) != NULL);
}

/* RFC 3986 section 6.2.2: decoded where that changes nothing, and encoded where it must be. */
static void
add_normal(struct buf *out, struct str text)
{
	while (text.len > 0) {
		int byte = triplet(text);
		bool is_triplet = byte >= 0;
		if (!is_triplet)
			byte = (unsigned char)text.ptr[0];
		if (is_unreserved(byte) ||
		    (!is_triplet && byte < 0x80 && strchr(RESERVED_MARKS, byte) != NULL))
			buf_add_char(out, (char)byte);
		else
			buf_addf(out, "%%%02X", (unsigned int)byte);
		text = str_skip(text, is_triplet ? 3 : 1);
	}
}

/*
 * Appends the path without "." and ".." (RFC 3986 section 5.2.4) and without a slash at the end,
 * but for the root: servers give one page for "/a" and "/a/".
 */
static void
add_path(struct buf *out, struct str path)
{
	struct buf normal = BUF_INIT(BUF_LIMIT);
	size_t start = out->len;
	struct str segment;

	add_normal(&normal, path);
	struct str rest = str_skip(buf_str(&normal), 1);
	while (str_next(&rest, '/', &segment)) {
		if (str_is(segment, "."))
			continue;
		if (!str_is(segment, "..")) {
			buf_add_char(out, '/');
			buf_add(out, segment);
			continue;
		}
		while (out->len > start && out->ptr[out->len - 1] != '/')
			buf_cut(out, out->len - 1);
		if (out->len > start)
			buf_cut(out, out->len - 1);
	}
	while (out->len > start && out->ptr[out->len - 1] == '/')
		buf_cut(out, out->len - 1);
	if (out->len == start)
		buf_add_char(out, '/');
	buf_release(&normal);
}

/* Whether a parameter only tells where the reader came from. */
static bool
is_tracking(struct str pair)
{
	static const char *const names[] = { "gclid", "fbclid", "mc_cid", "mc_eid", "cmp",
		"dgcid" };
	static const char *const pairs[] = { "rss=1", "source=rss", "track=rss", "af=R" };
	struct str rest = pair;
	struct str name = take_until(&rest, "=");

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		if (str_equal_nocase(pair, str_from(pairs[i])))
			return true;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (str_equal_nocase(name, str_from(names[i])))
			return true;
	return str_starts_nocase(name, "utm_");
}

static void
add_query(struct buf *out, struct str query)
{
	struct str pair;
	char separator = '?';

	while (str_next(&query, '&', &pair)) {
		if (pair.len == 0 || is_tracking(pair))
			continue;
		buf_add_char(out, separator);
		add_normal(out, pair);
		separator = '&';
	}
}

/* Fragments that blogs and feed services hang on every link. */
static bool
is_noise(struct str fragment)
{
	static const char *const words[] = { "", "comments", "respond", "rss" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (str_equal_nocase(fragment, str_from(words[i])))
			return true;
	return is_tracking(fragment) || str_starts_nocase(fragment, "xtor=") ||
	    str_starts_nocase(fragment, "tk.rss") || str_starts(fragment, ":~:");
}

struct str
identity_link_canonical(struct arena *arena, const struct identity_link *link, bool keep_fragment)
{
	struct buf url = BUF_INIT(BUF_LIMIT);

	/* http and https are one: a site that moved is still the site. */
	buf_add_string(&url, "https://");
	buf_add(&url, link->host);
	if (link->port.len > 0) {
		buf_add_char(&url, ':');
		buf_add(&url, link->port);
	}
	add_path(&url, link->path);
	add_query(&url, link->query);
	if (keep_fragment && !is_noise(link->fragment)) {
		buf_add_char(&url, '#');
		add_normal(&url, link->fragment);
	}
	return arena_keep(arena, &url);
}

/* Whether a path is canonical but for a slash at its end. */
static bool
is_plain_path(struct str path)
{
	static const bool is_plain[256] = {
		['a' ... 'z'] = true,
		['A' ... 'Z'] = true,
		['0' ... '9'] = true,
		['-'] = true,
		['.'] = true,
		['_'] = true,
		['~'] = true,
		['/'] = true,
		['='] = true,
		[','] = true,
		[':'] = true,
	};

	for (size_t i = 0; i < path.len; i++) {
		char c = path.ptr[i];
		bool is_dotted = i > 0 && path.ptr[i - 1] == '/' && (c == '.' || c == '/');
		if (!is_plain[(unsigned char)c] || is_dotted)
			return false;
	}
	return true;
}

struct str
identity_link_plain(struct arena *arena, struct str text)
{
	static const char start[] = "url:https://";
	struct str rest = text;
	size_t host_len = plain_host(&rest), len = strlen(start);

	if (host_len == 0 || text.len > LINK_BYTES || !is_plain_path(str_skip(rest, host_len)))
		return STR("");
	/* The root alone keeps its slash. */
	if (rest.len > host_len + 1 && str_ends(rest, "/"))
		rest.len--;
	char *alias = arena_alloc(arena, len + rest.len + 2);
	memcpy(alias, start, len);
	for (size_t i = 0; i < host_len; i++)
		alias[len + i] = str_lower_char(rest.ptr[i]);
	memcpy(alias + len + host_len, rest.ptr + host_len, rest.len - host_len);
	len += rest.len;
	if (rest.len == host_len)
		alias[len++] = '/';
	return (struct str){ alias, len };
}
