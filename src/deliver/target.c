/*
 * Transport URLs, read. What a scheme needs after it, and nothing about whether it is there. No
 * message here quotes more of a URL than the part that is wrong: people put passwords into them.
 */
#include "transport.h"

#include "digest/mem.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

enum { HOST_BYTES = 253, PORT_LAST = 65535 };

static char *
copy_str(struct str text)
{
	char *copy = mem_alloc(text.len + 1);

	if (text.len > 0)
		memcpy(copy, text.ptr, text.len);
	return copy;
}

/* A path with "~/" at its front made absolute; to be freed with mem_free(). */
static char *
expand_path(struct str path)
{
	const char *home = getenv("HOME");
	struct buf out = BUF_INIT(BUF_LIMIT);

	if (str_starts(path, "~/") && home != NULL && home[0] == '/') {
		buf_add_string(&out, home);
		path = str_skip(path, 1);
	}
	buf_add(&out, path);
	return buf_detach(&out);
}

static int
hex_digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = strchr(digits, str_lower_char(c));

	return c != '\0' && at != NULL ? (int)(at - digits) : -1;
}

/* RFC 3986 section 2.1, without control characters. */
static int
decode_user(struct str text, char **user, struct err *err)
{
	char *out = mem_alloc(text.len + 1);
	size_t len = 0;

	while (text.len > 0) {
		int c = (unsigned char)text.ptr[0];
		size_t used = 1;
		if (c == '%') {
			int high = text.len > 2 ? hex_digit(text.ptr[1]) : -1;
			int low = text.len > 2 ? hex_digit(text.ptr[2]) : -1;
			c = high < 0 || low < 0 ? '\0' : high * 16 + low;
			used = 3;
		}
		if (c < ' ' || c == 0x7f) {
			mem_free(out);
			return err_set(err, EX_CONFIG,
			    "the user in the URL has a control character or a '%%' that is not "
			    "followed by two hexadecimal digits");
		}
		out[len++] = (char)c;
		text = str_skip(text, used);
	}
	mem_free(*user);
	*user = out;
	return 0;
}

static int
read_user(struct deliver_target *target, struct str text, struct err *err)
{
	if (str_find_char(text, ':') >= 0)
		return err_set(err, EX_CONFIG,
		    "a password does not belong in a URL; use password_file or password_command");
	if (text.len == 0)
		return err_set(err, EX_CONFIG, "there is no user before the '@' of the URL");
	return decode_user(text, &target->user, err);
}

static bool
is_host_name(struct str host)
{
	if (host.len == 0 || host.len > HOST_BYTES || str_starts(host, ".") ||
	    str_starts(host, "-"))
		return false;
	for (size_t i = 0; i < host.len; i++)
		if (!str_is_alnum(host.ptr[i]) && strchr("-._", host.ptr[i]) == NULL)
			return false;
	return true;
}

static void
take(char **to, struct str text)
{
	mem_free(*to);
	*to = copy_str(text);
}

/* Takes "[IPv6]" or a host off the front of "host:port". */
static int
read_host(struct deliver_target *target, struct str *rest, struct err *err)
{
	unsigned char binary[sizeof(struct in6_addr)];
	struct str host = *rest;

	if (str_starts(*rest, "[")) {
		ptrdiff_t end = str_find_char(*rest, ']');
		host = str_head(str_skip(*rest, 1), end > 0 ? (size_t)end - 1 : 0);
		take(&target->host, host);
		if (end < 0 || inet_pton(AF_INET6, target->host, binary) != 1)
			return err_set(err, EX_CONFIG, "'%.*s' is no IPv6 address in brackets",
			    STR_ARG(*rest));
		*rest = str_skip(*rest, (size_t)end + 1);
		return 0;
	}
	ptrdiff_t colon = str_find_char(*rest, ':');
	if (colon >= 0)
		host = str_head(*rest, (size_t)colon);
	if (host.len == 0)
		return err_set(err, EX_CONFIG,
		    "the URL names no host; write it like '%s://mail.example.com'",
		    target->transport->name);
	if (!is_host_name(host))
		return err_set(err, EX_CONFIG, "'%.*s' is no host name", STR_ARG(host));
	take(&target->host, host);
	*rest = str_skip(*rest, host.len);
	return 0;
}

static int
read_server(struct deliver_target *target, struct str rest, struct err *err)
{
	struct str authority, after;
	int64_t port;

	if (str_starts(rest, "//"))
		rest = str_skip(rest, 2);
	else if (target->transport->address == DELIVER_SERVER)
		return err_set(err, EX_CONFIG, "write the server like '%s://mail.example.com'",
		    target->transport->name);
	ptrdiff_t slash = str_find_char(rest, '/');
	authority = slash >= 0 ? str_head(rest, (size_t)slash) : rest;
	after = str_skip(rest, authority.len);

	/* The last "@": a user may well be an address. */
	for (size_t i = authority.len; i > 0; i--)
		if (authority.ptr[i - 1] == '@') {
			if (read_user(target, str_head(authority, i - 1), err) < 0)
				return -1;
			authority = str_skip(authority, i);
			break;
		}
	if (read_host(target, &authority, err) < 0)
		return -1;
	if (authority.len > 0 &&
	    (authority.ptr[0] != ':' ||
	        str_to_int(str_skip(authority, 1), 1, PORT_LAST, &port) < 0))
		return err_set(err, EX_CONFIG, "'%.*s' is no port; ports are 1 to %d",
		    STR_ARG(str_skip(authority, authority.ptr[0] == ':')), PORT_LAST);
	target->port = authority.len > 0 ? (int)port : 0;
	if (after.len > 1)
		return err_set(err, EX_CONFIG, "nothing may follow host and port, but '%.*s' does",
		    STR_ARG(after));
	return 0;
}

static int
read_path(struct deliver_target *target, struct str rest, struct err *err)
{
	const char *name = target->transport->name;

	if (str_starts(rest, "//")) {
		rest = str_skip(rest, 2);
		if (!str_starts(rest, "/"))
			return err_set(err, EX_CONFIG,
			    "'%.*s' would be a host; write a path like '%s:/var/mail/digest'",
			    STR_ARG(rest), name);
	}
	if (rest.len == 0 && target->transport->address == DELIVER_PATH)
		return err_set(
		    err, EX_CONFIG, "a path is missing; write it like '%s:/var/mail/digest'", name);
	mem_free(target->path);
	target->path = expand_path(rest);
	return 0;
}

static int
read_scheme(struct deliver_target *target, struct str scheme, struct err *err)
{
	target->transport = deliver_transport_find(scheme);
	if (target->transport != NULL)
		return 0;
	const struct deliver_transport *meant = deliver_transport_nearest(scheme);
	if (meant != NULL)
		return err_set(err, EX_CONFIG, "unknown transport '%.*s:'; did you mean '%s:'?",
		    STR_ARG(scheme), meant->name);
	return err_set(err, EX_CONFIG, "unknown transport '%.*s:'", STR_ARG(scheme));
}

static bool
has_control(struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if ((unsigned char)text.ptr[i] < ' ' || text.ptr[i] == 0x7f)
			return true;
	return false;
}

int
deliver_target_read(struct deliver_target *target, const char *url, struct err *err)
{
	struct str text = str_from(url);
	ptrdiff_t colon = str_find_char(text, ':');

	*target = (struct deliver_target){
		.user = copy_str(STR("")), .host = copy_str(STR("")), .path = copy_str(STR(""))
	};
	if (text.len == 0)
		return err_set(err, EX_CONFIG, "no transport is given");
	if (has_control(text))
		return err_set(err, EX_CONFIG, "the URL has a control character");
	if (colon < 0)
		return err_set(err, EX_CONFIG,
		    "'%s' is no URL; write it like 'smtps://USER@mail.example.com' or 'sendmail:'",
		    url);
	if (read_scheme(target, str_head(text, (size_t)colon), err) < 0)
		return -1;

	struct str rest = str_skip(text, (size_t)colon + 1);
	switch (target->transport->address) {
	case DELIVER_SERVER: return read_server(target, rest, err);
	case DELIVER_SERVER_OR_SOCKET:
		if (str_starts(rest, "/") && !str_starts(rest, "//"))
			return read_path(target, rest, err);
		return read_server(target, rest, err);
	case DELIVER_PATH:
	case DELIVER_PATH_OR_NOTHING: return read_path(target, rest, err);
	case DELIVER_NOTHING: break;
	}
	if (rest.len > 0)
		return err_set(err, EX_CONFIG, "nothing may follow '%s:', but '%.*s' does",
		    target->transport->name, STR_ARG(rest));
	return 0;
}

void
deliver_target_release(struct deliver_target *target)
{
	mem_free(target->user);
	mem_free(target->host);
	mem_free(target->path);
	*target = (struct deliver_target){ .transport = NULL };
}
