/* HTTP as servers really answer it, well and badly, and mail connections up to the login. */
#include "digest/buf.h"
#include "digest/clock.h"
#include "digest/date.h"
#include "digest/mem.h"
#include "digest/net.h"
#include "src/port/net_hint.h"

#include "tests/lib/peer.h"
#include "tests/lib/tls.h"
#include "tests/unit/unit.h"

#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Any deadline here is met many times over, or else the test hangs and is killed by its runner. */
enum { PATIENCE_MS = 20000 };

/* ---- what servers say about waiting, and addresses ---- */

static void
test_retry_after(void **state)
{
	const int64_t now = 1785139200; /* 2026-07-27T08:00:00Z */
	static const struct {
		const char *text;
		int64_t wait_s;
	} cases[] = {
		{ "0", 0 },
		{ "55", 55 },
		{ " 120 ", 120 },
		{ "3600", 3600 },
		{ "99999999", 3600 },
		{ "99999999999999999999999999", 3600 },
		{ "-1", -1 },
		{ "1.5", -1 },
		{ "5 seconds", -1 },
		{ "", -1 },
		{ "soon", -1 },
		{ "Mon, 27 Jul 2026 08:01:30 GMT", 90 },
		{ "Mon, 27 Jul 2026 07:00:00 GMT", 0 },
		{ "86400", 86400 }, /* a day is long, and may be meant */
		{ "86401", 3600 },
		{ "Tue, 28 Jul 2026 08:00:00 GMT", 86400 },
		{ "Wed, 29 Jul 2026 08:00:00 GMT", 3600 },
		{ "Monday, 27-Jul-26 08:01:30 GMT", -2 }, /* obsolete: either reading will do */
		{ "2026-07-27", -1 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		int64_t wait_s = net_retry_after(str_from(cases[i].text), now);
		if (cases[i].wait_s == -2)
			assert_true(wait_s == -1 || wait_s == 90);
		else if (wait_s != cases[i].wait_s)
			fail_msg("'%s' is %d", cases[i].text, (int)wait_s);
	}
}

static void
test_rate_limit(void **state)
{
	static const struct {
		const char *text;
		const char *policy;
		int64_t wait_s;
	} cases[] = {
		{ "\"api\";r=0;t=55", "\"fixed window\";\"api\";q=500;w=300", 55 },
		{ "\"api\";r=0", "\"fixed window\";\"api\";q=500;w=300", 300 },
		{ "\"api\";r=0", "\"a\";q=1;w=60, \"b\";q=500;w=300", 300 },
		{ "\"api\";r=1", "\"fixed window\";\"api\";q=500;w=300", -1 },
		{ "\"api\";r=0", "\"fixed window\";\"api\";q=500", -1 },
		{ "\"api\";r=0;t=55", "", 55 },
		{ "\"api\";r=499;t=55", "", -1 },
		{ "\"api\";r=3;t=10, \"pages\";r=0;t=7", "", 7 },
		{ "\"a\";r=0;t=5,\"b\";r=0;t=9", "", 9 },
		{ "\"api\"; r=0; t=12", "", 12 },
		{ "\"api\";r=0", "", -1 },
		{ "\"api\";t=55", "", -1 },
		{ "\"api\";r=0;t=x", "", -1 },
		{ "\"api\";r=0;t=999999", "", 3600 },
		{ "", "", -1 },
		{ ";;;,,,=", "", -1 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct str policy = str_from(cases[i].policy);
		if (net_rate_limit(str_from(cases[i].text), policy) != cases[i].wait_s)
			fail_msg("'%s'", cases[i].text);
	}
}

/* How long an answer stays good, RFC 9111 section 4.2. */
static void
test_freshness(void **state)
{
	const int64_t date = 1785139200; /* 2026-07-27T08:00:00Z */
	static const struct {
		const char *cache_control, *expires, *age;
		int64_t fresh_s;
	} cases[] = {
		{ "", "", "", 0 },
		{ "max-age=3600", "", "", 3600 },
		{ "public, Max-Age=3600", "", "600", 3000 },
		{ "max-age=3600", "", "4000", 0 },
		{ "max-age=3600", "", "-1", 3600 },
		{ "max-age=3600", "", "99999999999999999999", 3600 },
		{ "max-age=3600, no-cache", "", "", 0 },
		{ "no-store,max-age=3600", "", "", 0 },
		{ "max-age=0", "Mon, 27 Jul 2026 09:00:00 GMT", "", 0 },
		{ "public", "Mon, 27 Jul 2026 09:00:00 GMT", "", 3600 },
		{ "", "Mon, 27 Jul 2026 09:00:00 GMT", "60", 3540 },
		{ "", "Mon, 27 Jul 2026 07:00:00 GMT", "", 0 },
		{ "", "0", "", 0 },
		{ "", "-1", "", 0 },
		{ "max-age=-5", "", "", 0 },
		{ "max-age=x", "", "", 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		int64_t fresh_s = net_fresh_s(str_from(cases[i].cache_control),
		    str_from(cases[i].expires), date, net_age_s(str_from(cases[i].age)));
		if (fresh_s != cases[i].fresh_s)
			fail_msg("'%s', '%s', '%s' is %d", cases[i].cache_control, cases[i].expires,
			    cases[i].age, (int)fresh_s);
	}
	assert_int_equal(
	    net_fresh_s(STR(""), STR("Mon, 27 Jul 2026 09:00:00 GMT"), DATE_NO_INSTANT, 0), 0);
}

static void
test_private_addresses(void **state)
{
	static const char *const inside[] = { "127.0.0.1", "127.9.9.9", "10.0.0.1", "172.16.0.1",
		"172.31.255.255", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "::1",
		"::", "fe80::1", "fc00::1", "fd12:3456::1", "::ffff:10.0.0.1", "::ffff:127.0.0.1",
		"::127.0.0.1", "64:ff9b::a00:1", "fec0::1" };
	static const char *const outside[] = { "198.51.100.1", "172.32.0.1", "172.15.0.1",
		"11.0.0.1", "100.128.0.1", "2001:db8::1", "::ffff:198.51.100.1",
		"64:ff9b::c633:6401", "localhost", "example.org", "", "127.0.0.1.example.org" };

	(void)state;
	for (size_t i = 0; i < COUNT(inside); i++) {
		if (!net_is_private(inside[i]))
			fail_msg("'%s' is inside", inside[i]);
	}
	for (size_t i = 0; i < COUNT(outside); i++) {
		if (net_is_private(outside[i]))
			fail_msg("'%s' is outside", outside[i]);
	}
}

static void
test_loopback_names(void **state)
{
	static const char *const yes[] = { "localhost", "LocalHost", "127.0.0.1", "127.1.2.3",
		"::1", "[::1]", "::ffff:127.0.0.1" };
	static const char *const no[] = { "", "[", "[]", "localhost.example.org", "10.0.0.1",
		"::", "128.0.0.1", "127.0.0.1.example.org",
		"a-name-that-is-longer-than-any-literal-address-could-ever-be.example.org" };

	(void)state;
	for (size_t i = 0; i < COUNT(yes); i++) {
		if (!net_is_loopback(yes[i]))
			fail_msg("'%s' is loopback", yes[i]);
	}
	for (size_t i = 0; i < COUNT(no); i++) {
		if (net_is_loopback(no[i]))
			fail_msg("'%s' is not loopback", no[i]);
	}
}

/* ---- HTTP ---- */

/* What came back, copied out of the callback. */
struct result {
	int calls;
	struct net_response response; /* without its body */
	char *body;
	size_t body_len;
	struct err err;
};

static char *
copy_body(struct input *body, size_t *len)
{
	struct buf copy = BUF_INIT(BUF_LIMIT);
	struct err err = ERR_NONE;
	struct str chunk;

	while (input_next(body, &chunk, &err) > 0)
		buf_add(&copy, chunk);
	assert_false(err_is_set(&err));
	*len = copy.len;
	return buf_detach(&copy);
}

static void
take_result(void *context, struct net_response *response, const struct err *error)
{
	struct result *result = context;

	result->calls++;
	result->response = *response;
	result->body_len = 0;
	result->body = response->body != NULL ? copy_body(response->body, &result->body_len)
	                                      : mem_copy_string("");
	result->err = error != NULL ? *error : ERR_NONE;
}

static struct net *
open_net(const char *ca_file)
{
	struct net_options options = { .user_agent = "digest/test (mailto:admin@example.org)",
		.ca_file = ca_file };
	struct err err = ERR_NONE;
	struct net *net;

	assert_int_equal(net_open(&net, &options, &err), 0);
	return net;
}

static struct net_request
request_for(const char *url)
{
	return (struct net_request){ .url = url,
		.limit_bytes = 1 << 20,
		.connect_timeout_ms = PATIENCE_MS,
		.total_timeout_ms = PATIENCE_MS };
}

static struct result
get_with(struct net *net, const struct net_request *request)
{
	struct result result = { .calls = 0 };
	struct err err = ERR_NONE;

	if (net_start(net, request, take_result, &result, &err) < 0) {
		result.err = err;
		return result;
	}
	while (net_wait(net, PATIENCE_MS) > 0)
		continue;
	assert_int_equal(result.calls, 1);
	return result;
}

static struct result
get(const char *url)
{
	struct net *net = open_net(NULL);
	struct net_request request = request_for(url);
	struct result result = get_with(net, &request);

	net_close(net);
	return result;
}

static const char *
url_of(const struct peer *peer, const char *path)
{
	static char url[4][NET_URL_BYTES];
	static int next;
	char *out = url[next++ % 4];

	snprintf(out, NET_URL_BYTES, "http://127.0.0.1:%d%s", peer->port, path);
	return out;
}

/* A row of a peer's script. */
#define ANSWER(where, what) \
	{ \
		.path = (where), .bytes = (what) \
	}
#define END_OF_ANSWERS \
	{ \
		.path = NULL \
	}

#define OK "HTTP/1.1 200 OK\r\nConnection: close\r\n"
#define TO(status, where) \
	"HTTP/1.1 " status " Moved\r\nConnection: close\r\nContent-Length: 0\r\nLocation: " where \
	"\r\n\r\n"

/* gzip of "hello\n", and of a mebibyte and a half of zero bytes. */
#define GZIP_HELLO \
	"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xcb\x48\xcd\xc9\xc9\xe7\x02\x00\x20\x30\x3a\x36" \
	"\x06\x00\x00\x00"

static const struct peer_answer good_answers[] = {
	ANSWER("/plain",
	    OK "ETag: \"abc\"\r\nLast-Modified: Mon, 27 Jul 2026 08:00:00 GMT\r\n"
	       "Content-Type: application/json; charset=utf-8\r\n"
	       "Date: Mon, 27 Jul 2026 09:00:00 GMT\r\nContent-Length: 2\r\n\r\n[]"),
	ANSWER("/chunked",
	    OK "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n"),
	{ .path = "/gzip",
	    .bytes = OK "Content-Encoding: gzip\r\n\r\n" GZIP_HELLO,
	    .len = sizeof(OK "Content-Encoding: gzip\r\n\r\n" GZIP_HELLO) - 1 },
	ANSWER("/same", "HTTP/1.1 304 Not Modified\r\nETag: \"abc\"\r\nConnection: close\r\n\r\n"),
	ANSWER("/later",
	    "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 99999999\r\n"
	    "Connection: close\r\nContent-Length: 0\r\n\r\n"),
	ANSWER("/date",
	    "HTTP/1.1 503 Busy\r\nDate: Mon, 27 Jul 2026 08:00:00 GMT\r\n"
	    "Retry-After: Mon, 27 Jul 2026 08:00:30 GMT\r\n"
	    "Connection: close\r\nContent-Length: 0\r\n\r\n"),
	ANSWER("/spent",
	    "HTTP/1.1 429 Too Many Requests\r\nRateLimit: \"api\";r=0;t=55\r\n"
	    "Connection: close\r\nContent-Length: 0\r\n\r\n"),
	ANSWER("/long-etag",
	    OK "ETag: \"0123456789012345678901234567890123456789012345678901234567890123456789"
	       "0123456789012345678901234567890123456789012345678901234567890123456789012345678901"
	       "2345678901234567890123456789012345678901234567890123456789012345678901234567890123"
	       "4567890123456789012345678901234567890123456789\"\r\nContent-Length: 0\r\n\r\n"),
	ANSWER(
	    "/bad-etag", OK "ETag: \"a\x01z\"\r\nLast-Modified: a\tb\r\nContent-Length: 0\r\n\r\n"),
	ANSWER("/once-moved", TO("301", "/plain")),
	ANSWER("/moved-twice", TO("308", "/once-moved")),
	ANSWER("/found", TO("302", "once-moved")),
	ANSWER("/hop1", TO("302", "/hop2")),
	ANSWER("/hop2", TO("302", "/hop3")),
	ANSWER("/hop3", TO("302", "/hop4")),
	ANSWER("/hop4", TO("302", "/hop5")),
	ANSWER("/hop5", TO("302", "/plain")),
	ANSWER("/hop0", TO("302", "/hop1")),
	ANSWER("/loop", TO("302", "/loop")),
	ANSWER("/to-file", TO("302", "file:///etc/passwd")),
	ANSWER("/to-ftp", TO("302", "ftp://127.0.0.1/x")),
	ANSWER("/to-gopher", TO("302", "gopher://127.0.0.1/x")),
	ANSWER("/to-nothing", TO("302", "http://")),
	ANSWER("/no-location",
	    "HTTP/1.1 302 Found\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi"),
	END_OF_ANSWERS,
};

struct http_case {
	const char *path;
	int status;
	const char *body; /* or the error, when status is 0 */
};

static void
check_http(const struct http_case *cases, size_t count, const struct peer *peer)
{
	for (size_t i = 0; i < count; i++) {
		struct result result = get(url_of(peer, cases[i].path));
		if (result.response.status != cases[i].status)
			fail_msg("%s: status %d, error '%s'", cases[i].path, result.response.status,
			    result.err.text);
		if (cases[i].status != 0 && strcmp(result.body, cases[i].body) != 0)
			fail_msg("%s: body '%s'", cases[i].path, result.body);
		if (cases[i].status == 0 && strstr(result.err.text, cases[i].body) == NULL)
			fail_msg("%s: error '%s'", cases[i].path, result.err.text);
		if (cases[i].status == 0)
			assert_int_equal(result.err.code, EX_UNAVAILABLE);
		free(result.body);
	}
}

static void
test_answers(void **state)
{
	static const struct http_case cases[] = {
		{ "/plain", 200, "[]" },
		{ "/chunked", 200, "hello world" },
		{ "/gzip", 200, "hello\n" },
		{ "/same", 304, "" },
		{ "/nowhere", 404, "" },
		{ "/once-moved", 200, "[]" },
		{ "/found", 200, "[]" },
		{ "/hop1", 200, "[]" },
		{ "/no-location", 302, "hi" },
		{ "/hop0", 0, "redirects more than 5 times" },
		{ "/loop", 0, "redirects more than 5 times" },
		{ "/to-file", 0, "redirects to a 'file' address" },
		{ "/to-ftp", 0, "redirects to a 'ftp' address" },
		{ "/to-gopher", 0, "redirects to a 'gopher' address" },
	};
	struct peer peer;
	struct peer_http http;

	(void)state;
	peer_start_http(&peer, &http, good_answers);
	check_http(cases, COUNT(cases), &peer);
	peer_stop(&peer);
}

static void
test_fields_of_an_answer(void **state)
{
	struct peer peer;
	struct peer_http http;
	struct result result;

	(void)state;
	peer_start_http(&peer, &http, good_answers);
	result = get(url_of(&peer, "/plain"));
	assert_string_equal(result.response.etag, "\"abc\"");
	assert_string_equal(result.response.last_modified, "Mon, 27 Jul 2026 08:00:00 GMT");
	assert_string_equal(result.response.content_type, "application/json; charset=utf-8");
	assert_string_equal(result.response.url, url_of(&peer, "/plain"));
	assert_int_equal(result.response.date, 1785142800);
	assert_int_equal(result.response.retry_after_s, -1);
	assert_false(result.response.is_moved);
	free(result.body);

	result = get(url_of(&peer, "/later"));
	assert_int_equal(result.response.status, 429);
	assert_int_equal(result.response.retry_after_s, 3600);
	free(result.body);
	result = get(url_of(&peer, "/date"));
	assert_int_equal(result.response.retry_after_s, 30);
	free(result.body);
	result = get(url_of(&peer, "/spent"));
	assert_int_equal(result.response.retry_after_s, 55);
	free(result.body);

	result = get(url_of(&peer, "/moved-twice"));
	assert_true(result.response.is_moved);
	assert_string_equal(result.response.url, url_of(&peer, "/plain"));
	free(result.body);
	result = get(url_of(&peer, "/found"));
	assert_false(result.response.is_moved);
	free(result.body);

	result = get(url_of(&peer, "/long-etag"));
	assert_string_equal(result.response.etag, "");
	free(result.body);
	result = get(url_of(&peer, "/bad-etag"));
	assert_string_equal(result.response.etag, "");
	assert_string_equal(result.response.last_modified, "");
	free(result.body);
	peer_stop(&peer);
}

static void
test_what_is_asked(void **state)
{
	static const char *const headers[] = { "Authorization: Bearer secret",
		"X-Bad: a\r\nX-Evil: b", NULL };
	struct peer peer, other;
	struct peer_http http, other_http;
	struct peer_answer away[] = { ANSWER("/away", NULL),
		ANSWER("/plain", OK "Content-Length: 2\r\n\r\n[]"), END_OF_ANSWERS };
	char answer[256];
	struct net *net = open_net(NULL);

	(void)state;
	peer_start_http(&other, &other_http, good_answers);
	snprintf(answer, sizeof(answer),
	    "HTTP/1.1 302 Found\r\nConnection: close\r\nLocation: "
	    "http://127.0.0.1:%d/plain\r\n\r\n",
	    other.port);
	away[0].bytes = answer;
	peer_start_http(&peer, &http, away);

	struct net_request request = request_for(url_of(&peer, "/away"));
	request.etag = "W/\"abc\"";
	request.last_modified = "Mon, 27 Jul 2026 08:00:00 GMT";
	request.headers = headers;
	struct result result = get_with(net, &request);
	assert_int_equal(result.response.status, 200);
	assert_non_null(strstr(peer.shared->heard, "\r\nIf-None-Match: W/\"abc\"\r\n"));
	assert_non_null(
	    strstr(peer.shared->heard, "\r\nIf-Modified-Since: Mon, 27 Jul 2026 08:00:00 GMT\r\n"));
	assert_non_null(strstr(peer.shared->heard, "\r\nAuthorization: Bearer secret\r\n"));
	assert_non_null(
	    strstr(peer.shared->heard, "User-Agent: digest/test (mailto:admin@example.org)\r\n"));
	assert_non_null(strstr(peer.shared->heard, "gzip"));
	assert_null(strstr(peer.shared->heard, "X-Evil"));
	/* A secret for one origin is not told to another. */
	assert_non_null(strstr(other.shared->heard, "GET /plain"));
	assert_non_null(strstr(other.shared->heard, "If-None-Match"));
	assert_null(strstr(other.shared->heard, "secret"));
	free(result.body);

	request = request_for(url_of(&peer, "/plain"));
	request.etag = "\"a\r\nX-Evil: b\"";
	result = get_with(net, &request);
	assert_null(strstr(peer.shared->heard, "X-Evil"));
	free(result.body);
	net_close(net);
	peer_stop(&peer);
	peer_stop(&other);
}

static const struct peer_answer bad_answers[] = {
	ANSWER("/short", OK "Content-Length: 100\r\n\r\n[1, 2"),
	ANSWER("/cut-chunk", OK "Transfer-Encoding: chunked\r\n\r\n50\r\nhello"),
	ANSWER("/bad-chunk", OK "Transfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n"),
	ANSWER("/bad-gzip", OK "Content-Encoding: gzip\r\n\r\nthis is no gzip at all"),
	ANSWER("/unknown-encoding", OK "Content-Encoding: rot13\r\n\r\nuryyb"),
	ANSWER("/silent", ""),
	ANSWER("/junk", "\x01\x02\x03 this is not HTTP\r\n\r\n"),
	END_OF_ANSWERS,
};

static void
test_bad_answers(void **state)
{
	static const struct http_case cases[] = {
		{ "/short", 0, "was cut short" },
		{ "/cut-chunk", 0, "was cut short" },
		{ "/bad-chunk", 0, "the connection to '127.0.0.1' broke" },
		{ "/bad-gzip", 0, "cannot be unpacked" },
		{ "/unknown-encoding", 0, "cannot be unpacked" },
		{ "/silent", 0, "closed the connection without an answer" },
		{ "/junk", 0, "'127.0.0.1' does not speak the protocol" },
	};
	struct peer peer;
	struct peer_http http;

	(void)state;
	peer_start_http(&peer, &http, bad_answers);
	check_http(cases, COUNT(cases), &peer);
	peer_stop(&peer);
}

static void
test_unreachable(void **state)
{
	char url[NET_URL_BYTES];
	struct result result;

	(void)state;
	snprintf(url, sizeof(url), "http://127.0.0.1:%d/", peer_closed_port());
	result = get(url);
	assert_string_equal(result.err.text, "cannot connect to '127.0.0.1': connection refused");
	assert_int_equal(result.err.code, EX_UNAVAILABLE);
	assert_true(result.response.may_retry);
	free(result.body);
	result = get("http://no-such-host.invalid/");
	assert_string_equal(result.err.text, "cannot resolve 'no-such-host.invalid'");
	assert_true(result.response.may_retry);
	free(result.body);
}

static void
test_what_is_no_url(void **state)
{
	static const char *const urls[] = { "", "x", "/etc/passwd", "file:///etc/passwd",
		"ftp://example.org/", "http://", "http://a b/", "http://127.0.0.1/\r\nX: y",
		"http://127.0.0.1:99999/", "HTTP" };

	(void)state;
	for (size_t i = 0; i < COUNT(urls); i++) {
		struct result result = get(urls[i]);
		if (result.err.code != EX_CONFIG)
			fail_msg("'%s': %s", urls[i], result.err.text);
		assert_int_equal(result.calls, 0);
	}
	struct result result = get("http://user:secret@127.0.0.1:1/");
	assert_int_equal(result.err.code, EX_CONFIG);
	assert_null(strstr(result.err.text, "secret"));
	free(result.body);
}

/* A body over the ceiling, in the three ways of sending one. */
static void
test_ceiling(void **state)
{
	enum { BIG = 3 << 20 };
	static const char head[] = OK "\r\n";
	struct peer_answer answers[] = { ANSWER("/endless", NULL), END_OF_ANSWERS };
	char *bytes = malloc(sizeof(head) + BIG);
	struct peer peer;
	struct peer_http http;
	struct net *net = open_net(NULL);

	(void)state;
	memcpy(bytes, head, sizeof(head) - 1);
	memset(bytes + sizeof(head) - 1, 'x', BIG);
	answers[0].bytes = bytes;
	answers[0].len = sizeof(head) - 1 + BIG;
	peer_start_http(&peer, &http, answers);

	struct net_request request = request_for(url_of(&peer, "/endless"));
	request.limit_bytes = 2 << 20;
	struct result result = get_with(net, &request);
	assert_string_equal(
	    result.err.text, "the answer of '127.0.0.1' has a decoded size over 2 MiB");
	assert_int_equal(result.err.code, EX_UNAVAILABLE);
	assert_false(result.response.may_retry);
	free(result.body);

	request.limit_bytes = BIG;
	result = get_with(net, &request);
	assert_int_equal(result.response.status, 200);
	assert_int_equal(result.body_len, BIG);
	assert_true(net_received_bytes(net) >= BIG + (2 << 20));
	free(result.body);
	net_close(net);
	peer_stop(&peer);
	free(bytes);
}

/* 64 stored blocks would be honest; this one is a run of zero bytes packed a thousandfold. */
static void
test_gzip_bomb(void **state)
{
	static const char head[] = OK "Content-Encoding: gzip\r\n\r\n";
	char bytes[sizeof(head) + 32 * 1024];
	struct peer_answer answers[] = { ANSWER("/bomb", bytes), END_OF_ANSWERS };
	struct peer peer;
	struct peer_http http;
	struct net *net = open_net(NULL);
	FILE *gzip = popen("head -c 16777216 /dev/zero | gzip -9n", "r");

	(void)state;
	assert_non_null(gzip);
	memcpy(bytes, head, sizeof(head) - 1);
	size_t len = fread(bytes + sizeof(head) - 1, 1, sizeof(bytes) - sizeof(head), gzip);
	assert_int_equal(pclose(gzip), 0);
	assert_in_range(len, 1000, sizeof(bytes) - sizeof(head) - 1);
	answers[0].len = sizeof(head) - 1 + len;
	peer_start_http(&peer, &http, answers);

	struct net_request request = request_for(url_of(&peer, "/bomb"));
	request.limit_bytes = 4 << 20;
	struct result result = get_with(net, &request);
	assert_non_null(strstr(result.err.text, "decoded size over 4 MiB"));
	/* The bomb was put out, not swallowed first. */
	assert_true(net_received_bytes(net) < (5 << 20));
	free(result.body);
	net_close(net);
	peer_stop(&peer);
}

static void
test_timeouts(void **state)
{
	static const struct peer_answer answers[] = {
		{ .path = "/never", .bytes = "", .stays_open = true },
		{ .path = "/drip",
		    .bytes =
		        OK "Content-Length: 100000\r\n\r\n0123456789012345678901234567890123456789"
		           "01234567890123456789012345678901234567890123456789012345678901234567",
		    .drip_ms = 20 },
		{ .path = "/stall",
		    .bytes = OK "Content-Length: 10\r\n\r\n01234",
		    .stays_open = true },
		END_OF_ANSWERS,
	};
	static const struct {
		const char *path, *text;
	} cases[] = {
		{ "/never", "no answer from '127.0.0.1': timed out" },
		{ "/drip", "the answer of '127.0.0.1' is too slow: timed out" },
		{ "/stall", "the answer of '127.0.0.1' is too slow: timed out" },
	};
	struct peer peer;
	struct peer_http http;

	(void)state;
	peer_start_http(&peer, &http, answers);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct net *net = open_net(NULL);
		struct net_request request = request_for(url_of(&peer, cases[i].path));
		request.total_timeout_ms = 700;
		struct result result = get_with(net, &request);
		assert_string_equal(result.err.text, cases[i].text);
		assert_true(result.response.may_retry);
		free(result.body);
		net_close(net);
	}
	peer_stop(&peer);
}

/* The second waits for the first one's connection, and must not do so beyond its own deadline. */
static void
test_deadline_of_who_waits(void **state)
{
	static const struct peer_answer answers[] = {
		{ .path = "/never", .bytes = "", .stays_open = true },
		END_OF_ANSWERS,
	};
	struct peer peer;
	struct peer_http http;
	struct result first = { .calls = 0 }, second = { .calls = 0 };
	struct net *net = open_net(NULL);
	struct err err = ERR_NONE;

	(void)state;
	peer_start_http(&peer, &http, answers);
	struct net_request request = request_for(url_of(&peer, "/never"));
	request.total_timeout_ms = PATIENCE_MS;
	assert_int_equal(net_start(net, &request, take_result, &first, &err), 0);
	request.total_timeout_ms = 300;
	assert_int_equal(net_start(net, &request, take_result, &second, &err), 0);
	while (first.calls + second.calls == 0)
		net_wait(net, PATIENCE_MS);
	assert_int_equal(first.calls, 0);
	assert_int_equal(second.calls, 1);
	assert_non_null(strstr(second.err.text, "timed out"));
	assert_true(second.response.may_retry);
	free(second.body);
	net_close(net);
	peer_stop(&peer);
}

static void
test_many_at_once(void **state)
{
	enum { MANY = 20 };
	struct peer peer;
	struct peer_http http;
	struct result results[MANY];
	struct net *net = open_net(NULL);
	struct err err = ERR_NONE;

	(void)state;
	memset(results, 0, sizeof(results));
	peer_start_http(&peer, &http, good_answers);
	for (int i = 0; i < MANY; i++) {
		struct net_request request = request_for(url_of(&peer, i % 2 ? "/plain" : "/hop4"));
		assert_int_equal(net_start(net, &request, take_result, &results[i], &err), 0);
	}
	while (net_wait(net, PATIENCE_MS) > 0)
		continue;
	for (int i = 0; i < MANY; i++) {
		assert_int_equal(results[i].calls, 1);
		assert_int_equal(results[i].response.status, 200);
		free(results[i].body);
	}
	net_close(net);
	peer_stop(&peer);
}

static void
test_close_calls_nobody(void **state)
{
	static const struct peer_answer answers[] = {
		{ .path = "/never", .bytes = "", .stays_open = true },
		END_OF_ANSWERS,
	};
	struct peer peer;
	struct peer_http http;
	struct result result = { .calls = 0 };
	struct net *net = open_net(NULL);
	struct err err = ERR_NONE;

	(void)state;
	peer_start_http(&peer, &http, answers);
	struct net_request request = request_for(url_of(&peer, "/never"));
	assert_int_equal(net_start(net, &request, take_result, &result, &err), 0);
	assert_int_equal(net_wait(net, 50), 1);
	net_close(net);
	net_close(NULL);
	assert_int_equal(result.calls, 0);
	peer_stop(&peer);
}

/* ---- redirects into this network, in a network namespace that has a public address ---- */

static bool
add_address(int fd, const char *name, const char *where)
{
	struct ifreq request = { .ifr_flags = 0 };
	struct sockaddr_in *address = (struct sockaddr_in *)(void *)&request.ifr_addr;

	snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", name);
	address->sin_family = AF_INET;
	inet_pton(AF_INET, where, &address->sin_addr);
	if (ioctl(fd, SIOCSIFADDR, &request) != 0)
		return false;
	request.ifr_flags = IFF_UP | IFF_RUNNING | IFF_LOOPBACK;
	return ioctl(fd, SIOCSIFFLAGS, &request) == 0;
}

/* In a child: 0 when all is as it should be, 77 when there are no namespaces, else what failed. */
static int
redirect_from_outside(void)
{
	static const struct peer_answer inner[] = {
		ANSWER("/", OK "Content-Length: 2\r\n\r\n[]"),
		END_OF_ANSWERS,
	};
	struct peer_answer outer[] = {
		ANSWER("/in", NULL),
		ANSWER("/name", NULL),
		ANSWER("/out", NULL),
		ANSWER("/", OK "Content-Length: 2\r\n\r\n[]"),
		END_OF_ANSWERS,
	};
	static const char *const hosts[] = { "127.0.0.1", "localhost", "198.51.100.1" };
	char answers[3][256];
	struct peer inside, outside, other;
	struct peer_http inside_http, outside_http, other_http;
	char url[128];

	if (unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0)
		return 77;
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	if (!add_address(fd, "lo", "127.0.0.1") || !add_address(fd, "lo:1", "198.51.100.1"))
		return 77;
	peer_start_http(&inside, &inside_http, inner);
	peer_start_http_at(&other, "198.51.100.1", &other_http, inner);
	for (int i = 0; i < 3; i++) {
		snprintf(answers[i], sizeof(answers[i]),
		    "HTTP/1.1 302 Found\r\nConnection: close\r\nLocation: http://%s:%d/\r\n\r\n",
		    hosts[i], i < 2 ? inside.port : other.port);
		outer[i].bytes = answers[i];
	}
	peer_start_http_at(&outside, "198.51.100.1", &outside_http, outer);
	for (int i = 0; i < 3; i++) {
		snprintf(url, sizeof(url), "http://198.51.100.1:%d%s", outside.port, outer[i].path);
		struct result result = get(url);
		bool is_right = i == 2
		    ? result.response.status == 200
		    : strstr(result.err.text, "an address inside this network") != NULL &&
		        !result.response.may_retry;
		if (!is_right) {
			fprintf(
			    stderr, "%s: %d %s\n", url, result.response.status, result.err.text);
			return 1;
		}
		free(result.body);
	}
	return inside.shared->connections == 0 ? 0 : 2;
}

static void
test_redirect_from_outside(void **state)
{
	int status;
	pid_t child = fork();

	(void)state;
	if (child == 0)
		_exit(redirect_from_outside());
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == 77) {
		print_message("# skipped: no network namespaces here\n");
		skip();
	}
	assert_int_equal(WEXITSTATUS(status), 0);
}

/* ---- TLS ---- */

struct https_script {
	struct tls_identity identity;
	const char *answer;
};

static void
serve_https(struct peer *peer, int fd)
{
	const struct https_script *script = peer->script;
	struct tls_line line = { .peer = peer, .fd = fd };
	char request[4096];

	if (tls_line_secure(&line, &script->identity) &&
	    tls_line_read_until(&line, "\r\n\r\n", request, sizeof(request)))
		tls_line_say(&line, script->answer);
	tls_line_end(&line);
}

static struct result
get_https(const char *host, int from_days, int to_days, bool is_trusted, struct peer *peer)
{
	struct https_script script = { .answer = OK "Content-Length: 2\r\n\r\n[]" };
	char path[] = "/tmp/digest-test-XXXXXX", url[128];

	tls_identity_make(&script.identity, host, from_days, to_days);
	tls_identity_save(&script.identity, path);
	peer_start(peer, serve_https, &script);
	snprintf(url, sizeof(url), "https://localhost:%d/x", peer->port);
	struct net *net = open_net(is_trusted ? path : NULL);
	struct net_request request = request_for(url);
	struct result result = get_with(net, &request);
	net_close(net);
	unlink(path);
	tls_identity_free(&script.identity);
	return result;
}

static void
test_certificates(void **state)
{
	static const struct {
		const char *host, *why;
		int from_days, to_days;
		bool is_trusted;
	} cases[] = {
		{ "localhost", NULL, -1, 9, true },
		{ "localhost", "it is not signed by an authority trusted here", -1, 9, false },
		{ "localhost", "it has expired", -9, -1, true },
		{ "localhost", "it is not valid yet", 1, 9, true },
		{ "other.example", "it is for another host", -1, 9, true },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct peer peer;
		struct result result = get_https(cases[i].host, cases[i].from_days,
		    cases[i].to_days, cases[i].is_trusted, &peer);
		if (cases[i].why == NULL) {
			assert_int_equal(result.response.status, 200);
		} else {
			if (strstr(result.err.text, cases[i].why) == NULL)
				fail_msg("not '%s' but '%s'", cases[i].why, result.err.text);
			assert_int_equal(result.err.code, EX_UNAVAILABLE);
			assert_false(result.response.may_retry);
			assert_int_equal(peer.shared->heard_len, 0);
		}
		free(result.body);
		peer_stop(&peer);
	}
}

static void
test_https_to_http_is_refused(void **state)
{
	struct https_script script = {
		.answer =
		    "HTTP/1.1 302 Found\r\nConnection: close\r\nLocation: http://localhost/\r\n\r\n"
	};
	char path[] = "/tmp/digest-test-XXXXXX", url[128];
	struct peer peer;

	(void)state;
	tls_identity_make(&script.identity, "localhost", -1, 9);
	tls_identity_save(&script.identity, path);
	peer_start(&peer, serve_https, &script);
	snprintf(url, sizeof(url), "https://localhost:%d/", peer.port);
	struct net *net = open_net(path);
	struct net_request request = request_for(url);
	struct result result = get_with(net, &request);
	assert_string_equal(
	    result.err.text, "'localhost' redirects from https to http; not followed");
	free(result.body);
	net_close(net);
	peer_stop(&peer);
	unlink(path);
	tls_identity_free(&script.identity);
}

/* ---- mail ---- */

struct smtp_script {
	const char *greeting, *ehlo, *starttls, *secure_ehlo, *login;
	struct tls_identity *identity;
	bool is_implicit;
};

/* Answers each command from the script, echoes after NOOP, ends at QUIT. */
static void
serve_smtp(struct peer *peer, int fd)
{
	const struct smtp_script *script = peer->script;
	struct tls_line line = { .peer = peer, .fd = fd };
	char command[1024];

	if (script->is_implicit && !tls_line_secure(&line, script->identity))
		return;
	tls_line_say(&line, script->greeting);
	while (tls_line_read_until(&line, "\r\n", command, sizeof(command))) {
		if (strncmp(command, "EHLO", 4) == 0) {
			tls_line_say(&line,
			    line.session != NULL && script->secure_ehlo != NULL
			        ? script->secure_ehlo
			        : script->ehlo);
		} else if (strncmp(command, "STARTTLS", 8) == 0) {
			tls_line_say(&line, script->starttls);
			if (script->starttls[0] == '2' && !tls_line_secure(&line, script->identity))
				break;
		} else if (strncmp(command, "AUTH PLAIN\r\n", 12) == 0) {
			tls_line_say(&line, "334 \r\n");
			tls_line_read_until(&line, "\r\n", command, sizeof(command));
			tls_line_say(&line, script->login);
		} else if (strncmp(command, "NOOP", 4) == 0) {
			tls_line_say(&line, "250 still here\r\n");
		} else if (strncmp(command, "QUIT", 4) == 0) {
			break;
		} else {
			tls_line_say(&line, "500 what?\r\n");
		}
	}
	tls_line_end(&line);
}

#define GREETING "220 mail.example.org ESMTP\r\n"
#define EHLO_PLAIN "250-mail.example.org\r\n250 PIPELINING\r\n"
#define EHLO_STARTTLS "250-mail.example.org\r\n250 STARTTLS\r\n"
#define EHLO_AUTH "250-mail.example.org\r\n250 AUTH PLAIN LOGIN\r\n"

#define SCRIPT(hello, ehlo1, tls, ehlo2, auth) \
	{ \
		.greeting = (hello), .ehlo = (ehlo1), .starttls = (tls), .secure_ehlo = (ehlo2), \
		.login = (auth) \
	}
#define IMPLICIT(ehlo1, auth) \
	{ \
		.greeting = GREETING, .ehlo = (ehlo1), .login = (auth), .is_implicit = true \
	}

struct mail_case {
	const char *name;
	struct smtp_script script;
	const char *cert_host;
	enum net_tls tls;
	const char *user;
	int code; /* 0: it works */
	const char *text; /* part of the error */
	const char *heard; /* what the server heard altogether; NULL: not looked at */
};

/* "\0me\0secret" */
#define LOGIN_LINE "AG1lAHNlY3JldA=="

static const struct mail_case mail_cases[] = {
	{ "plain", SCRIPT(GREETING, EHLO_PLAIN, NULL, NULL, NULL), NULL, NET_TLS_NONE, NULL, 0,
	    NULL, "EHLO my.helo.example\r\nNOOP\r\n" },
	{ "login in clear to loopback", SCRIPT(GREETING, EHLO_AUTH, NULL, NULL, "235 welcome\r\n"),
	    NULL, NET_TLS_NONE, "me", 0, NULL,
	    "EHLO my.helo.example\r\nAUTH PLAIN\r\n" LOGIN_LINE "\r\nNOOP\r\n" },
	{ "starttls", SCRIPT(GREETING, EHLO_STARTTLS, "220 go\r\n", EHLO_AUTH, "235 welcome\r\n"),
	    "localhost", NET_TLS_STARTTLS, "me", 0, NULL,
	    "EHLO my.helo.example\r\nSTARTTLS\r\nEHLO my.helo.example\r\nAUTH PLAIN\r\n" LOGIN_LINE
	    "\r\nNOOP\r\n" },
	{ "implicit", IMPLICIT(EHLO_AUTH, "235 welcome\r\n"), "localhost", NET_TLS_IMPLICIT, "me",
	    0, NULL, "EHLO my.helo.example\r\nAUTH PLAIN\r\n" LOGIN_LINE "\r\nNOOP\r\n" },
	{ "wrong certificate, starttls",
	    SCRIPT(GREETING, EHLO_STARTTLS, "220 go\r\n", EHLO_AUTH, "235 welcome\r\n"),
	    "evil.example", NET_TLS_STARTTLS, "me", EX_UNAVAILABLE, "it is for another host",
	    "EHLO my.helo.example\r\nSTARTTLS\r\n" },
	{ "wrong certificate, implicit", IMPLICIT(EHLO_AUTH, "235 welcome\r\n"), "evil.example",
	    NET_TLS_IMPLICIT, "me", EX_UNAVAILABLE, "it is for another host", "" },
	{ "no starttls", SCRIPT(GREETING, EHLO_AUTH, NULL, NULL, "235 welcome\r\n"), NULL,
	    NET_TLS_STARTTLS, "me", EX_NOPERM, "offers no STARTTLS", NULL },
	{ "no starttls now", SCRIPT(GREETING, EHLO_STARTTLS, "454 later\r\n", NULL, NULL), NULL,
	    NET_TLS_STARTTLS, "me", EX_TEMPFAIL, "454 later", NULL },
	{ "wrong password", SCRIPT(GREETING, EHLO_AUTH, NULL, NULL, "535 5.7.8 no such user\r\n"),
	    NULL, NET_TLS_NONE, "me", EX_NOPERM,
	    "refuses the login of 'me': 535 5.7.8 no such user", NULL },
	{ "no login now", SCRIPT(GREETING, EHLO_AUTH, NULL, NULL, "454 4.7.0 busy\r\n"), NULL,
	    NET_TLS_NONE, "me", EX_TEMPFAIL, "454 4.7.0 busy", NULL },
	{ "no AUTH on offer", SCRIPT(GREETING, EHLO_PLAIN, NULL, NULL, NULL), NULL, NET_TLS_NONE,
	    "me", EX_NOPERM, "offers no login", NULL },
	{ "no AUTH that is known",
	    SCRIPT(
	        GREETING, "250-mail.example.org\r\n250 AUTH GSSAPI X-MAGIC\r\n", NULL, NULL, NULL),
	    NULL, NET_TLS_NONE, "me", EX_NOPERM, "offers no login", NULL },
	{ "closed with a transient refusal",
	    SCRIPT("421 too many connections\r\n", "", NULL, NULL, NULL), NULL, NET_TLS_NONE, NULL,
	    EX_TEMPFAIL, "refuses the connection: 421 too many connections", NULL },
	{ "closed for good", SCRIPT("554 not for you\x1b[31m\r\n", "", NULL, NULL, NULL), NULL,
	    NET_TLS_NONE, NULL, EX_UNAVAILABLE, "refuses the connection: 554 not for you?[31m",
	    NULL },
};

static void
talk(struct stream *stream)
{
	int64_t deadline_ms = clock_monotonic_ms() + PATIENCE_MS;
	char reply[64] = "";
	size_t len = 0;

	assert_int_equal(stream->ops->write(stream, "NOOP\r\n", 6, deadline_ms), 6);
	while (strstr(reply, "\r\n") == NULL) {
		ptrdiff_t got =
		    stream->ops->read(stream, reply + len, sizeof(reply) - 1 - len, deadline_ms);
		assert_true(got > 0);
		len += (size_t)got;
	}
	assert_string_equal(reply, "250 still here\r\n");
}

static void
check_mail(const struct mail_case *mail)
{
	struct smtp_script script = mail->script;
	struct tls_identity identity = { 0 };
	char path[] = "/tmp/digest-test-XXXXXX";
	struct stream *stream = NULL;
	struct err err = ERR_NONE;
	struct peer peer;

	tls_identity_make(
	    &identity, mail->cert_host != NULL ? mail->cert_host : "localhost", -1, 9);
	tls_identity_save(&identity, path);
	script.identity = &identity;
	peer_start(&peer, serve_smtp, &script);
	struct net *net = open_net(path);
	struct net_mail_options options = { .host = "localhost",
		.port = peer.port,
		.tls = mail->tls,
		.user = mail->user,
		.password = "secret",
		.helo = "my.helo.example",
		.timeout_ms = PATIENCE_MS };
	int status = net_mail_connect(net, &stream, &options, &err);
	if (err.code != mail->code || (mail->code != 0 && strstr(err.text, mail->text) == NULL))
		fail_msg("%s: %d '%s'", mail->name, err.code, err.text);
	if (status == 0) {
		talk(stream);
		stream->ops->close(stream);
	}
	assert_null(strstr(err.text, "secret"));
	if (mail->heard != NULL && strcmp(peer.shared->heard, mail->heard) != 0)
		fail_msg("%s: heard '%s'", mail->name, peer.shared->heard);
	net_close(net);
	peer_stop(&peer);
	unlink(path);
	tls_identity_free(&identity);
}

static void
test_mail_connections(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(mail_cases); i++)
		check_mail(&mail_cases[i]);
}

static void
test_mail_deadlines(void **state)
{
	static const struct smtp_script mutes[] = {
		{ .greeting = "" },
		{ .greeting = "HTTP/1.1 400 Bad Request\r\n" },
	};
	static const struct smtp_script talker = { .greeting = GREETING, .ehlo = EHLO_PLAIN };
	struct peer peer;
	struct net *net = open_net(NULL);
	struct stream *stream;
	struct err err = ERR_NONE;
	char bytes[16];

	(void)state;
	struct net_mail_options options = { .host = "127.0.0.1", .helo = "h", .timeout_ms = 300 };
	for (size_t i = 0; i < COUNT(mutes); i++) {
		err_clear(&err);
		peer_start(&peer, serve_smtp, &mutes[i]);
		options.port = peer.port;
		assert_int_equal(net_mail_connect(net, &stream, &options, &err), -1);
		assert_int_equal(err.code, EX_UNAVAILABLE);
		assert_non_null(strstr(err.text, "timed out"));
		peer_stop(&peer);
	}

	err_clear(&err);
	peer_start(&peer, serve_smtp, &talker);
	options.port = peer.port;
	options.timeout_ms = PATIENCE_MS;
	assert_int_equal(net_mail_connect(net, &stream, &options, &err), 0);
	/* Nothing was asked, so nothing comes until the deadline. */
	assert_int_equal(stream->ops->read(stream, bytes, sizeof(bytes), clock_monotonic_ms() + 50),
	    STREAM_LATER);
	talk(stream);
	/* The server goes away: the end of the stream, and no signal when written to. */
	assert_int_equal(stream->ops->write(stream, "QUIT\r\n", 6, clock_monotonic_ms() + 9000), 6);
	assert_int_equal(
	    stream->ops->read(stream, bytes, sizeof(bytes), clock_monotonic_ms() + PATIENCE_MS), 0);
	for (int i = 0; i < 100; i++)
		stream->ops->write(stream, "NOOP\r\n", 6, clock_monotonic_ms() + 100);
	stream->ops->close(stream);
	peer_stop(&peer);
	net_close(net);
}

static void
test_mail_that_is_not_tried(void **state)
{
	struct net *net = open_net(NULL);
	struct stream *stream;
	struct err err = ERR_NONE;
	struct net_mail_options options = { .host = "mail.invalid",
		.port = 25,
		.helo = "h",
		.user = "me",
		.password = "secret",
		.timeout_ms = PATIENCE_MS };

	(void)state;
	assert_int_equal(net_mail_connect(net, &stream, &options, &err), -1);
	assert_int_equal(err.code, EX_CONFIG);
	err_clear(&err);
	options.user = NULL;
	assert_int_equal(net_mail_connect(net, &stream, &options, &err), -1);
	assert_string_equal(err.text, "cannot resolve 'mail.invalid'");
	err_clear(&err);
	options.host = "no host at all";
	assert_int_equal(net_mail_connect(net, &stream, &options, &err), -1);
	assert_int_equal(err.code, EX_CONFIG);
	err_clear(&err);
	options.host = "127.0.0.1";
	options.port = peer_closed_port();
	assert_int_equal(net_mail_connect(net, &stream, &options, &err), -1);
	assert_string_equal(err.text, "cannot connect to '127.0.0.1': connection refused");
	net_close(net);
}

/* A server that never stops its EHLO reply. */
static void
serve_endless(struct peer *peer, int fd)
{
	char command[1024];

	peer_say(fd, GREETING);
	peer_read_until(peer, fd, "\r\n", command, sizeof(command));
	while (peer_send(fd, "250-AUTH \tPLAIN and more of it\r\n", 31))
		continue;
}

static void
test_mail_endless_reply(void **state)
{
	struct peer peer;
	struct net *net = open_net(NULL);
	struct stream *stream;
	struct err err = ERR_NONE;

	(void)state;
	peer_start(&peer, serve_endless, NULL);
	struct net_mail_options options = {
		.host = "127.0.0.1", .port = peer.port, .helo = "h", .timeout_ms = PATIENCE_MS
	};
	assert_int_equal(net_mail_connect(net, &stream, &options, &err), -1);
	assert_int_equal(err.code, EX_UNAVAILABLE);
	assert_non_null(strstr(err.text, "Too large"));
	net_close(net);
	peer_stop(&peer);
}

/* Loopback is asked directly whatever the environment says. */
static int
forget_proxies(void **state)
{
	static const char *const names[] = { "http_proxy", "https_proxy", "HTTPS_PROXY",
		"all_proxy", "ALL_PROXY" };

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++)
		unsetenv(names[i]);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_retry_after),
		cmocka_unit_test(test_rate_limit),
		cmocka_unit_test(test_freshness),
		cmocka_unit_test(test_private_addresses),
		cmocka_unit_test(test_loopback_names),
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_fields_of_an_answer),
		cmocka_unit_test(test_what_is_asked),
		cmocka_unit_test(test_bad_answers),
		cmocka_unit_test(test_unreachable),
		cmocka_unit_test(test_what_is_no_url),
		cmocka_unit_test(test_ceiling),
		cmocka_unit_test(test_gzip_bomb),
		cmocka_unit_test(test_timeouts),
		cmocka_unit_test(test_deadline_of_who_waits),
		cmocka_unit_test(test_many_at_once),
		cmocka_unit_test(test_close_calls_nobody),
		cmocka_unit_test(test_redirect_from_outside),
		cmocka_unit_test(test_certificates),
		cmocka_unit_test(test_https_to_http_is_refused),
		cmocka_unit_test(test_mail_connections),
		cmocka_unit_test(test_mail_deadlines),
		cmocka_unit_test(test_mail_that_is_not_tried),
		cmocka_unit_test(test_mail_endless_reply),
	};

	return cmocka_run_group_tests(tests, forget_proxies, NULL);
}
