/*
 * Looking at URLs. Where an entry's URLs come from, and that they are clean, is the formats'
 * affair.
 */
#include "url.h"

#include "digest/message.h"
#include "digest/unicode.h"

static bool
is_solid(struct str url)
{
	if (str_find_char(url, ' ') >= 0)
		return false;
	if (unicode_is_plain(url))
		return true;
	while (url.len > 0) {
		size_t size = str_printable(url);

		if (size == 0)
			return false;
		url = str_skip(url, size);
	}
	return true;
}

bool
render_is_web_url(struct str url)
{
	bool is_web = str_starts_nocase(url, "http://") || str_starts_nocase(url, "https://");

	return is_web && is_solid(url);
}

bool
render_is_url_on(struct str url, const char *domain)
{
	ptrdiff_t scheme = str_find(url, STR("://"));
	struct str host = str_skip(url, scheme < 0 ? url.len : (size_t)scheme + 3);
	struct str name = str_from(domain);
	size_t len = 0;

	while (len < host.len && str_find_char(STR("/:?#"), host.ptr[len]) < 0)
		len++;
	host.len = len;
	if (host.len < name.len)
		return false;

	size_t before = host.len - name.len;
	return str_equal_nocase(str_skip(host, before), name) &&
	    (before == 0 || host.ptr[before - 1] == '.');
}

bool
render_next_url(struct str *text, struct str *url)
{
	ptrdiff_t at = str_find(*text, STR("http"));
	size_t len = 0;

	while (at >= 0) {
		struct str rest = str_skip(*text, (size_t)at);

		if (str_starts(rest, "http://") || str_starts(rest, "https://"))
			break;
		*text = str_skip(rest, 4);
		at = str_find(*text, STR("http"));
	}
	if (at < 0)
		return false;

	struct str rest = str_skip(*text, (size_t)at);
	while (len < rest.len && rest.ptr[len] > ' ' && rest.ptr[len] < 0x7f &&
	    str_find_char(STR("<>\"{}|\\^`"), rest.ptr[len]) < 0)
		len++;
	*text = str_skip(rest, len);
	*url = str_head(rest, len);
	/* A sentence's end is none of the URL's, nor what closes a bracket that it did not open. */
	while (url->len > 0 &&
	    (str_find_char(STR(".,;:!?'*]"), url->ptr[url->len - 1]) >= 0 ||
	        (str_ends(*url, ")") && str_count(*url, ')') > str_count(*url, '('))))
		url->len--;
	return true;
}

bool
render_is_unsubscribe(struct str url)
{
	if (!str_starts(url, "mailto:") && !str_starts(url, "https://"))
		return false;
	for (size_t i = 0; i < url.len; i++) {
		char c = url.ptr[i];

		if (message_is_slot(c))
			continue;
		if (c <= ' ' || c >= 0x7f || c == '<' || c == '>')
			return false;
	}
	return true;
}

void
render_add_mailto(struct buf *out, struct str contact)
{
	struct buf name = BUF_INIT(BUF_LIMIT), text = BUF_INIT(BUF_LIMIT);
	struct buf address = BUF_INIT(BUF_LIMIT);
	struct err ignored = ERR_NONE;

	if (message_split_mailbox(contact, &name, &text) == 0 &&
	    message_check_address(&address, buf_str(&text), &ignored) == 0) {
		buf_add_string(out, "mailto:");
		for (size_t i = 0; i < address.len; i++) {
			char c = address.ptr[i];

			if (str_is_alnum(c) || str_find_char(STR("@.-_~+!$*"), c) >= 0)
				buf_add_char(out, c);
			else
				buf_addf(out, "%%%02X", (unsigned)c & 0xff);
		}
	}
	buf_release(&name);
	buf_release(&text);
	buf_release(&address);
}
