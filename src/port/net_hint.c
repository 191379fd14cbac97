/*
 * Reads the fields by which servers ask for patience, and tells private addresses from public ones.
 * Obeying is the caller's.
 */
#include "net_hint.h"

#include "digest/date.h"
#include "digest/net.h"

#include <arpa/inet.h>
#include <string.h>

enum { IPV4_BYTES = 4, IPV6_BYTES = 16 };

enum { MOST_AGE_S = 30 * 86400 };

/* More than any number of seconds that means something. */
#define MOST_SECONDS ((int64_t)1 << 40)

static int64_t
cap_wait(int64_t wait_s)
{
	if (wait_s < 0)
		return 0;
	return wait_s <= NET_SANE_WAIT_S ? wait_s : NET_LONGEST_WAIT_S;
}

/* A count of seconds of any length; -1 when it is none. */
static int64_t
read_seconds(struct str text)
{
	int64_t seconds = 0;

	if (text.len == 0)
		return -1;
	for (size_t i = 0; i < text.len; i++) {
		if (!str_is_digit(text.ptr[i]))
			return -1;
		if (seconds <= MOST_SECONDS)
			seconds = seconds * 10 + (text.ptr[i] - '0');
	}
	return seconds;
}

int64_t
net_retry_after(struct str value, int64_t date)
{
	struct str text = str_trim(value);
	int64_t seconds = read_seconds(text), instant;

	if (seconds >= 0)
		return cap_wait(seconds);
	/* A date begins with a letter; a negative or fractional number says nothing. */
	if (date == DATE_NO_INSTANT || text.len == 0 || !str_is_alpha(text.ptr[0]) ||
	    date_parse_instant(text, &instant) < 0)
		return -1;
	return cap_wait(instant - date);
}

/* A parameter of an item, like "t=" of `"api";r=0;t=55`: seconds, or -1. */
static int64_t
read_parameter(struct str item, const char *name)
{
	struct str parameter;

	while (str_next(&item, ';', &parameter)) {
		parameter = str_trim(parameter);
		if (str_starts(parameter, name))
			return read_seconds(str_skip(parameter, strlen(name)));
	}
	return -1;
}

/* The longest window of a policy; -1 when it names none. */
static int64_t
longest_window(struct str policy)
{
	struct str item;
	int64_t window_s = -1;

	while (str_next(&policy, ',', &item)) {
		int64_t item_s = read_parameter(item, "w=");
		if (item_s > window_s)
			window_s = item_s;
	}
	return window_s;
}

int64_t
net_rate_limit(struct str value, struct str policy)
{
	struct str item;
	int64_t wait_s = -1;

	while (str_next(&value, ',', &item)) {
		int64_t reset_s = read_parameter(item, "t=");
		if (read_parameter(item, "r=") != 0)
			continue;
		if (reset_s < 0)
			reset_s = longest_window(policy);
		if (reset_s > wait_s)
			wait_s = reset_s;
	}
	return wait_s < 0 ? -1 : cap_wait(wait_s);
}

int64_t
net_age_s(struct str value)
{
	int64_t age_s = read_seconds(str_trim(value));

	return age_s >= 0 && age_s <= MOST_AGE_S ? age_s : 0;
}

/* max-age in seconds, 0 when the answer may not be kept, -1 when neither is said. */
static int64_t
read_cache_control(struct str value)
{
	struct str directive;
	int64_t age_s = -1;

	while (str_next(&value, ',', &directive)) {
		directive = str_trim(directive);
		if (str_equal_nocase(directive, STR("no-cache")) ||
		    str_equal_nocase(directive, STR("no-store")))
			return 0;
		if (str_starts_nocase(directive, "max-age="))
			age_s = read_seconds(str_skip(directive, strlen("max-age=")));
	}
	return age_s;
}

int64_t
net_fresh_s(struct str cache_control, struct str expires, int64_t date, int64_t age_s)
{
	int64_t fresh_s = read_cache_control(cache_control), until;

	if (fresh_s < 0 && date != DATE_NO_INSTANT && expires.len > 0 &&
	    str_is_alpha(expires.ptr[0]) && date_parse_instant(expires, &until) == 0)
		fresh_s = until - date;
	return fresh_s > age_s ? fresh_s - age_s : 0;
}

static bool
is_private_ipv4(const unsigned char *address)
{
	unsigned char a = address[0], b = address[1];

	return a == 0 || a == 10 || a == 127 || (a == 100 && b >= 64 && b <= 127) ||
	    (a == 169 && b == 254) || (a == 172 && b >= 16 && b <= 31) || (a == 192 && b == 168);
}

/* IPv4 within IPv6: mapped (::ffff:a.b.c.d), compatible (::a.b.c.d), NAT64 (64:ff9b::a.b.c.d). */
static bool
holds_ipv4(const unsigned char *address)
{
	static const unsigned char mapped[12] = { [10] = 0xff, [11] = 0xff };
	static const unsigned char compatible[12];
	static const unsigned char nat64[12] = { 0x00, 0x64, 0xff, 0x9b };

	return memcmp(address, mapped, 12) == 0 || memcmp(address, compatible, 12) == 0 ||
	    memcmp(address, nat64, 12) == 0;
}

static bool
is_private_ipv6(const unsigned char *address)
{
	static const unsigned char loopback[IPV6_BYTES] = { [15] = 1 };

	if (memcmp(address, loopback, IPV6_BYTES) == 0)
		return true;
	if (holds_ipv4(address))
		return is_private_ipv4(address + IPV6_BYTES - IPV4_BYTES);
	return (address[0] & 0xfe) == 0xfc || /* fc00::/7, unique local */
	    (address[0] == 0xfe && (address[1] & 0x80) == 0x80); /* fe80::/10 and old fec0::/10 */
}

bool
net_is_private(const char *address)
{
	unsigned char bytes[IPV6_BYTES];

	if (inet_pton(AF_INET, address, bytes) == 1)
		return is_private_ipv4(bytes);
	return inet_pton(AF_INET6, address, bytes) == 1 && is_private_ipv6(bytes);
}

bool
net_is_loopback(const char *host)
{
	static const unsigned char loopback[IPV6_BYTES] = { [15] = 1 };
	unsigned char bytes[IPV6_BYTES];
	char bare[INET6_ADDRSTRLEN];
	struct str text = str_from(host);

	if (str_equal_nocase(text, STR("localhost")))
		return true;
	if (str_starts(text, "[") && str_ends(text, "]"))
		text = str_head(str_skip(text, 1), text.len - 2);
	if (text.len >= sizeof(bare))
		return false;
	memcpy(bare, text.ptr, text.len);
	bare[text.len] = '\0';
	if (inet_pton(AF_INET, bare, bytes) == 1)
		return bytes[0] == 127;
	if (inet_pton(AF_INET6, bare, bytes) != 1)
		return false;
	if (memcmp(bytes, loopback, IPV6_BYTES) == 0)
		return true;
	return holds_ipv4(bytes) && bytes[IPV6_BYTES - IPV4_BYTES] == 127;
}
