/*
 * Addresses: which are taken, in which form they are kept, compared and sent to. Who they belong to
 * is the store's business.
 */
#include "digest/message.h"

#include "digest/unicode.h"

#include <string.h>

enum {
	/* RFC 5321 section 4.5.3.1 and its erratum 1690, RFC 1035 section 2.3.4. */
	ADDRESS_BYTES = 254,
	LOCAL_BYTES = 64,
	DOMAIN_BYTES = 253,
	LABEL_BYTES = 63,
	SHOWN_BYTES = 80, /* of an address, in a message about it */
};

/* Always -1. What cannot be shown is left out of the message. */
static int
refuse(struct err *err, struct str address, const char *reason)
{
	char shown[SHOWN_BYTES + 1] = "";
	size_t len = 0;

	while (address.len > 0 && len < SHOWN_BYTES) {
		size_t size = str_printable(address);

		if (size > 0 && len + size > SHOWN_BYTES)
			break;
		memcpy(shown + len, address.ptr, size);
		len += size;
		address = str_skip(address, size > 0 ? size : 1);
	}
	return err_set(err, EX_DATAERR, "address '%s': %s", shown, reason);
}

/* Letters outside ASCII are among them (RFC 6531 section 3.3). */
static bool
is_atext(char c)
{
	return str_is_alnum(c) || (unsigned char)c >= 0x80 ||
	    (c != '\0' && strchr("!#$%&'*+-/=?^_`{|}~", c) != NULL);
}

/* Atoms with single dots between them (RFC 5322 section 3.2.3). */
static bool
is_dot_atom(struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		bool is_edge = i == 0 || i + 1 == text.len;

		if (text.ptr[i] == '.' ? is_edge || text.ptr[i - 1] == '.' : !is_atext(text.ptr[i]))
			return false;
	}
	return text.len > 0;
}

/*
 * Takes a quoted local part off the front of `rest` and appends what it says (RFC 5321 section
 * 4.1.2, Quoted-string). NULL, or what is wrong.
 */
static const char *
unquote(struct str *rest, struct buf *local)
{
	for (size_t i = 1; i < rest->len; i++) {
		char c = rest->ptr[i];

		if (c == '"') {
			*rest = str_skip(*rest, i + 1);
			return NULL;
		}
		if (c == '\\' && i + 1 < rest->len)
			c = rest->ptr[++i];
		if (c == '<' || c == '>')
			return "an angle bracket in the part before '@'";
		buf_add_char(local, c);
	}
	return "a quote that does not end";
}

/* The local part as it is written where quotes are needed, and as it is where they are not. */
static void
add_local(struct buf *out, struct str local)
{
	if (is_dot_atom(local)) {
		buf_add(out, local);
		return;
	}
	buf_add_char(out, '"');
	for (size_t i = 0; i < local.len; i++) {
		if (local.ptr[i] == '"' || local.ptr[i] == '\\')
			buf_add_char(out, '\\');
		buf_add_char(out, local.ptr[i]);
	}
	buf_add_char(out, '"');
}

/* Takes the local part and the "@" off the front of `rest`. NULL, or what is wrong. */
static const char *
take_local(struct str *rest, struct buf *out)
{
	struct buf local = BUF_INIT(BUF_LIMIT);
	bool is_quoted = str_starts(*rest, "\"");
	const char *reason = NULL;

	if (is_quoted) {
		reason = unquote(rest, &local);
	} else {
		ptrdiff_t at = str_find_char(*rest, '@');

		buf_add(&local, str_head(*rest, at < 0 ? 0 : (size_t)at));
		*rest = str_skip(*rest, local.len);
	}
	struct str text = buf_str(&local);
	if (reason == NULL && !str_starts(*rest, "@"))
		reason = is_quoted ? "no '@' behind the quote" : "no '@' in it";
	else if (reason == NULL && text.len == 0)
		reason = "nothing before '@'";
	else if (reason == NULL && text.ptr[0] == '-')
		reason = "it starts with '-', which programs take for an option";
	else if (reason == NULL && !is_quoted && !is_dot_atom(text))
		reason = "the part before '@' needs quotes";
	*rest = str_skip(*rest, 1);
	add_local(out, text);
	buf_release(&local);
	return reason;
}

static const char *
check_label(struct str label)
{
	if (label.len == 0)
		return "an empty label in the domain";
	if (label.len > LABEL_BYTES)
		return "a label of the domain is longer than 63 bytes";
	if (label.ptr[0] == '-' || label.ptr[label.len - 1] == '-')
		return "a label of the domain starts or ends with '-'";
	for (size_t i = 0; i < label.len; i++)
		if (!str_is_alnum(label.ptr[i]) && label.ptr[i] != '-')
			return "a character that no domain has";
	return NULL;
}

/* Appends the domain as A-labels in lower case. NULL, or what is wrong. */
static const char *
add_domain(struct buf *out, struct str domain)
{
	struct buf ascii = BUF_INIT(4 * DOMAIN_BYTES);
	const char *reason = NULL;

	if (str_is_ascii(domain))
		buf_add(&ascii, domain);
	else if (unicode_host_to_ascii(&ascii, domain) < 0)
		reason = "a domain that has no ASCII form";
	struct str text = buf_str(&ascii);
	if (reason == NULL && (text.len > DOMAIN_BYTES || buf_has_failed(&ascii)))
		reason = "the domain is longer than 253 bytes";
	for (size_t i = 0; i < text.len; i++)
		buf_add_char(out, str_lower_char(text.ptr[i]));
	for (bool has_more = true; has_more && reason == NULL;) {
		ptrdiff_t dot = str_find_char(text, '.');
		struct str label = dot < 0 ? text : str_head(text, (size_t)dot);

		reason = check_label(label);
		text = str_skip(text, label.len + 1);
		has_more = dot >= 0;
	}
	buf_release(&ascii);
	return reason;
}

/* Whether there are blanks beyond ASCII's, or characters that make text look like other text. */
static bool
has_unseen(struct str text)
{
	struct buf seen = BUF_INIT(BUF_LIMIT);

	if (str_is_ascii(text))
		return false;
	unicode_add_collapsed(&seen, text);
	bool is_same = str_equal(buf_str(&seen), text);
	buf_release(&seen);
	return !is_same;
}

/* What no address may hold anywhere. NULL, or what is wrong. */
static const char *
check_characters(struct str text)
{
	if (text.len == 0)
		return "it is empty";
	for (struct str rest = text; rest.len > 0;) {
		size_t size = str_printable(rest);

		if (size == 0)
			return "a control character or a byte that is no text";
		if (rest.ptr[0] == ' ')
			return "a space in it";
		rest = str_skip(rest, size);
	}
	return has_unseen(text) ? "a blank or a character that cannot be seen" : NULL;
}

/* An address in its parts: the local part, quoted where it must be, and the domain as A-labels. */
struct parts {
	struct buf local, domain;
	size_t written_local; /* bytes of the local part as it is written */
};

#define PARTS_INIT \
	{ \
		.local = BUF_INIT(BUF_LIMIT), .domain = BUF_INIT(BUF_LIMIT) \
	}

static void
release_parts(struct parts *parts)
{
	buf_release(&parts->local);
	buf_release(&parts->domain);
}

/* NULL, or what is wrong with it. */
static const char *
take_apart(struct str text, struct parts *parts)
{
	const char *reason = check_characters(text);
	struct str rest = text;

	if (reason == NULL)
		reason = take_local(&rest, &parts->local);
	if (reason == NULL && str_find_char(rest, '@') >= 0)
		reason = "more than one '@'";
	if (reason == NULL && parts->local.len > LOCAL_BYTES)
		reason = "the part before '@' is longer than 64 bytes";
	if (reason == NULL)
		reason = add_domain(&parts->domain, rest);
	if (reason == NULL &&
	    (parts->local.len + 1 + parts->domain.len > ADDRESS_BYTES || text.len > ADDRESS_BYTES))
		reason = "it is longer than 254 bytes";
	parts->written_local = text.len - rest.len - 1;
	return reason;
}

int
message_check_address(struct buf *out, struct str text, struct err *err)
{
	struct parts parts = PARTS_INIT;
	const char *reason = take_apart(text, &parts);

	if (reason == NULL && !str_is_ascii(buf_str(&parts.local)))
		reason = "letters outside ASCII before '@', which few could answer to";
	if (reason == NULL)
		buf_addf(out, "%s@%s", parts.local.ptr, parts.domain.ptr);
	release_parts(&parts);
	return reason == NULL ? 0 : refuse(err, text, reason);
}

int
message_check_recipient(struct buf *out, struct str text, struct err *err)
{
	struct buf composed = BUF_INIT(BUF_LIMIT);
	struct parts parts = PARTS_INIT;
	/* First of all: a letter's composed form may be one that needs quotes. */
	bool is_text = unicode_is_valid(text);
	if (is_text)
		unicode_add_composed(&composed, text);
	const char *reason = take_apart(is_text ? buf_str(&composed) : text, &parts);

	if (reason == NULL)
		buf_add(out, buf_str(&composed));
	release_parts(&parts);
	buf_release(&composed);
	return reason == NULL ? 0 : refuse(err, text, reason);
}

void
message_add_mailbox(struct buf *out, struct str address)
{
	struct parts parts = PARTS_INIT;

	if (take_apart(address, &parts) == NULL) {
		unicode_add_lower(out, buf_str(&parts.local));
		buf_addf(out, "@%s", parts.domain.ptr);
	} else {
		unicode_add_lower(out, address);
	}
	release_parts(&parts);
}

void
message_add_path(struct buf *out, struct str address)
{
	struct parts parts = PARTS_INIT;

	if (!str_is_ascii(address) && take_apart(address, &parts) == NULL &&
	    str_is_ascii(buf_str(&parts.local)))
		buf_addf(out, "%.*s@%s", STR_ARG(str_head(address, parts.written_local)),
		    parts.domain.ptr);
	else
		buf_add(out, address);
	release_parts(&parts);
}

/*
 * The offset of the first `c` outside of quotes, or -1. Sets `*is_open` when a quote does not end.
 */
static ptrdiff_t
find_unquoted(struct str text, char c, bool *is_open)
{
	bool is_quoted = false;

	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] == '\\' && is_quoted)
			i++;
		else if (text.ptr[i] == '"')
			is_quoted = !is_quoted;
		else if (text.ptr[i] == c && !is_quoted)
			return (ptrdiff_t)i;
	}
	*is_open = is_quoted;
	return -1;
}

/* The display name as it reads: without quotes and their backslashes. */
static void
add_name(struct buf *out, struct str text)
{
	bool is_quoted = false;

	text = str_trim(text);
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] == '"') {
			is_quoted = !is_quoted;
			continue;
		}
		if (text.ptr[i] == '\\' && is_quoted && i + 1 < text.len)
			i++;
		buf_add_char(out, text.ptr[i]);
	}
}

int
message_split_mailbox(struct str text, struct buf *name, struct buf *address)
{
	bool is_open = false;
	ptrdiff_t start = find_unquoted(text, '<', &is_open);

	if (is_open)
		return -1;
	if (start < 0) {
		if (find_unquoted(text, '>', &is_open) >= 0)
			return -1;
		buf_add(address, str_trim(text));
		return 0;
	}

	struct str inside = str_trim(str_skip(text, (size_t)start + 1));
	ptrdiff_t end = find_unquoted(inside, '>', &is_open);
	if (end < 0 || (size_t)end + 1 != inside.len ||
	    find_unquoted(str_head(text, (size_t)start), '>', &is_open) >= 0 ||
	    find_unquoted(inside, '<', &is_open) >= 0)
		return -1;
	add_name(name, str_head(text, (size_t)start));
	buf_add(address, str_trim(str_head(inside, (size_t)end)));
	return 0;
}
