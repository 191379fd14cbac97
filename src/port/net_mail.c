/*
 * Connected, verified streams for mail. libcurl connects, greets, secures and logs in
 * (CURLOPT_CONNECT_ONLY), then lends its socket; what is said on it afterwards is smtp's.
 */
#include "net_curl.h"

#include "digest/clock.h"
#include "digest/mem.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>

enum { REPLY_BYTES = 512 };

struct mail_stream {
	struct stream stream; /* first: see stream.h */
	CURL *easy;
	int fd;
};

/*
 * What the server has said so far, as libcurl shows it line by line. libcurl itself cuts off a
 * server that talks for ever.
 */
struct dialogue {
	char reply[REPLY_BYTES]; /* the last line */
	bool is_logged_in; /* a 235 came */
};

/* ---- the stream ---- */

/* Waits until the socket is ready for `events`, or -1 at the deadline. */
static int
await(const struct mail_stream *mail, short events, int64_t deadline_ms)
{
	struct pollfd pollfd = { .fd = mail->fd, .events = events };
	int64_t left = deadline_ms - clock_monotonic_ms();

	if (left <= 0)
		return -1;
	/*
	 * A signal or a long wait comes back early: the caller asks the stream again and returns.
	 */
	poll(&pollfd, 1, left < INT32_MAX ? (int)left : INT32_MAX);
	return 0;
}

static ptrdiff_t
result_of(CURLcode code, size_t len)
{
	if (code == CURLE_AGAIN)
		return STREAM_LATER;
	return code == CURLE_OK ? (ptrdiff_t)len : -1;
}

static ptrdiff_t
read_mail(struct stream *stream, void *bytes, size_t size, int64_t deadline_ms)
{
	struct mail_stream *mail = (struct mail_stream *)stream;
	CURLcode code;
	size_t len = 0;

	do {
		code = curl_easy_recv(mail->easy, bytes, size, &len);
	} while (code == CURLE_AGAIN && await(mail, POLLIN, deadline_ms) == 0);
	return result_of(code, len);
}

static ptrdiff_t
write_mail(struct stream *stream, const void *bytes, size_t size, int64_t deadline_ms)
{
	struct mail_stream *mail = (struct mail_stream *)stream;
	CURLcode code;
	size_t len = 0;

	do {
		code = curl_easy_send(mail->easy, bytes, size, &len);
	} while (code == CURLE_AGAIN && await(mail, POLLOUT, deadline_ms) == 0);
	return result_of(code, len);
}

static int
mail_descriptor(const struct stream *stream)
{
	const struct mail_stream *mail = (const struct mail_stream *)stream;

	return mail->fd;
}

/* libcurl takes a lent connection for dead and says no QUIT of its own. */
static void
close_mail(struct stream *stream)
{
	struct mail_stream *mail = (struct mail_stream *)stream;

	curl_easy_cleanup(mail->easy);
	mem_free(mail);
}

static const struct stream_ops mail_ops = { read_mail, write_mail, close_mail, mail_descriptor };

/* ---- connecting ---- */

static size_t
take_reply(char *bytes, size_t size, size_t count, void *context)
{
	struct dialogue *dialogue = context;
	size_t len = size * count;

	snprintf(dialogue->reply, sizeof(dialogue->reply), "%.*s",
	    STR_ARG(str_trim((struct str){ bytes, len })));
	if (strncmp(dialogue->reply, "235", 3) == 0)
		dialogue->is_logged_in = true;
	return len;
}

/* scheme://host:port/name, put together by libcurl's own hands; curl_free() it. */
static char *
make_url(const char *scheme, const char *host_name, int port_number, const char *name)
{
	const bool is_bare_ipv6 = strchr(host_name, ':') != NULL && host_name[0] != '[';
	char port[16], host[NET_VALIDATOR_BYTES + 2], path[NET_VALIDATOR_BYTES + 2];
	char *url = NULL;
	CURLU *parts = curl_url();

	if (parts == NULL)
		mem_die();
	snprintf(port, sizeof(port), "%d", port_number);
	snprintf(host, sizeof(host), is_bare_ipv6 ? "[%s]" : "%s", host_name);
	snprintf(path, sizeof(path), "/%s", name);
	if (curl_url_set(parts, CURLUPART_SCHEME, scheme, 0) == CURLUE_OK &&
	    curl_url_set(parts, CURLUPART_HOST, host, 0) == CURLUE_OK &&
	    curl_url_set(parts, CURLUPART_PORT, port, 0) == CURLUE_OK &&
	    curl_url_set(parts, CURLUPART_PATH, path, CURLU_URLENCODE) == CURLUE_OK)
		curl_url_get(parts, CURLUPART_URL, &url, 0);
	curl_url_cleanup(parts);
	return url;
}

static void
set_mail_options(CURL *easy, const struct net_mail_options *options, struct dialogue *dialogue)
{
	const long use_ssl = options->tls == NET_TLS_NONE ? CURLUSESSL_NONE : CURLUSESSL_ALL;

	curl_easy_setopt(easy, CURLOPT_CONNECT_ONLY, 1L);
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	curl_easy_setopt(easy, CURLOPT_PROXY, "");
	curl_easy_setopt(easy, CURLOPT_TCP_NODELAY, 1L);
	curl_easy_setopt(easy, CURLOPT_USE_SSL, use_ssl);
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)options->timeout_ms);
	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)options->timeout_ms);
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_reply);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, dialogue);
	if (options->user == NULL)
		return;
	curl_easy_setopt(easy, CURLOPT_USERNAME, options->user);
	curl_easy_setopt(
	    easy, CURLOPT_PASSWORD, options->password != NULL ? options->password : "");
	/* Named, or libcurl would try Kerberos with any user that has an '@' in its name. */
	curl_easy_setopt(easy, CURLOPT_LOGIN_OPTIONS, "AUTH=PLAIN;AUTH=LOGIN;AUTH=CRAM-MD5");
}

static int
refuse_login(
    const struct net_mail_options *options, const struct dialogue *dialogue, struct err *err)
{
	const char *reply = dialogue->reply;

	if (reply[0] == '4')
		return err_set(
		    err, EX_TEMPFAIL, "'%s' takes no login now: %s", options->host, reply);
	if (reply[0] == '5')
		return err_set(err, EX_NOPERM, "'%s' refuses the login of '%s': %s", options->host,
		    options->user, reply);
	return err_set(err, EX_NOPERM,
	    "'%s' offers no login (AUTH) that works here, yet a user is configured; "
	    "nothing was sent",
	    options->host);
}

static int
refuse_starttls(
    const struct net_mail_options *options, const struct dialogue *dialogue, struct err *err)
{
	if (dialogue->reply[0] == '4')
		return err_set(err, EX_TEMPFAIL, "'%s' takes no STARTTLS now: %s", options->host,
		    dialogue->reply);
	return err_set(err, EX_NOPERM,
	    "'%s' offers no STARTTLS, and mail is not sent unencrypted; nothing was sent",
	    options->host);
}

static int
describe_mail(CURL *easy, CURLcode code, const char *detail, const struct net_mail_options *options,
    const struct dialogue *dialogue, struct err *err)
{
	struct net_failure failure = { easy, code, detail, options->host };
	const char *reply = dialogue->reply;
	bool is_refusal = code == CURLE_WEIRD_SERVER_REPLY || code == CURLE_REMOTE_ACCESS_DENIED;

	if (code == CURLE_LOGIN_DENIED)
		return refuse_login(options, dialogue, err);
	if (code == CURLE_USE_SSL_FAILED)
		return refuse_starttls(options, dialogue, err);
	if (is_refusal && (reply[0] == '4' || reply[0] == '5'))
		return err_set(err, reply[0] == '4' ? EX_TEMPFAIL : EX_UNAVAILABLE,
		    "'%s' refuses the connection: %s", options->host, reply);
	net_describe(&failure, err);
	return -1;
}

static int
check_options(const struct net_mail_options *options, struct err *err)
{
	if (options->user != NULL && options->tls == NET_TLS_NONE &&
	    !net_is_loopback(options->host))
		return err_set(err, EX_CONFIG,
		    "a login to '%s' is not sent without TLS; use smtps or STARTTLS",
		    options->host);
	if (strlen(options->host) >= NET_VALIDATOR_BYTES ||
	    strlen(options->helo) >= NET_VALIDATOR_BYTES)
		return err_set(
		    err, EX_CONFIG, "the name of the mail server or our own is too long");
	return 0;
}

static int
find_socket(CURL *easy, const char *host, int *fd, struct err *err)
{
	curl_socket_t socket = CURL_SOCKET_BAD;

	if (curl_easy_getinfo(easy, CURLINFO_ACTIVESOCKET, &socket) != CURLE_OK ||
	    socket == CURL_SOCKET_BAD)
		return err_set(err, EX_UNAVAILABLE, "'%s' closed the connection", host);
	*fd = (int)socket;
	return 0;
}

static struct stream *
lend_stream(CURL *easy, int fd)
{
	struct mail_stream *mail = mem_alloc(sizeof(*mail));

	mail->stream.ops = &mail_ops;
	mail->easy = easy;
	mail->fd = fd;
	return &mail->stream;
}

/* 0 when the connection stands ready for the next command. */
static int
establish(
    CURL *easy, const char *url, const struct net_mail_options *options, int *fd, struct err *err)
{
	struct dialogue dialogue = { .is_logged_in = false };
	char detail[CURL_ERROR_SIZE] = "";

	set_mail_options(easy, options, &dialogue);
	curl_easy_setopt(easy, CURLOPT_URL, url);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, detail);
	CURLcode code = curl_easy_perform(easy);
	/* Both live on this stack. */
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, NULL);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, NULL);
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, NULL);
	if (code != CURLE_OK)
		return describe_mail(easy, code, detail, options, &dialogue, err);
	/* With a user and no AUTH on offer libcurl goes on without a login and calls it success. */
	if (options->user != NULL && !dialogue.is_logged_in) {
		dialogue.reply[0] = '\0';
		return refuse_login(options, &dialogue, err);
	}
	return find_socket(easy, options->host, fd, err);
}

int
net_mail_connect(struct net *net, struct stream **stream, const struct net_mail_options *options,
    struct err *err)
{
	int fd = -1;

	if (check_options(options, err) < 0)
		return -1;
	const char *scheme = options->tls == NET_TLS_IMPLICIT ? "smtps" : "smtp";
	char *url = make_url(scheme, options->host, options->port, options->helo);
	if (url == NULL)
		return err_set(err, EX_CONFIG, "'%s' is no name of a mail server", options->host);
	CURL *easy = net_easy(net);
	int status = establish(easy, url, options, &fd, err);
	curl_free(url);
	if (status < 0) {
		curl_easy_cleanup(easy);
		return -1;
	}
	*stream = lend_stream(easy, fd);
	return 0;
}

/* The scheme is one that libcurl says nothing in of its own. */
static int
establish_plain(
    CURL *easy, const struct net_plain_options *options, const char *peer, int *fd, struct err *err)
{
	char detail[CURL_ERROR_SIZE] = "";
	char *url = options->socket != NULL ? make_url("http", "localhost", 80, "")
	                                    : make_url("http", options->host, options->port, "");

	if (url == NULL)
		return err_set(err, EX_CONFIG, "'%s' is no name of a mail server", peer);
	curl_easy_setopt(easy, CURLOPT_URL, url);
	curl_free(url);
	curl_easy_setopt(easy, CURLOPT_CONNECT_ONLY, 1L);
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http");
	curl_easy_setopt(easy, CURLOPT_PROXY, "");
	curl_easy_setopt(easy, CURLOPT_TCP_NODELAY, 1L);
	curl_easy_setopt(easy, CURLOPT_UNIX_SOCKET_PATH, options->socket);
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)options->timeout_ms);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, detail);
	CURLcode code = curl_easy_perform(easy);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, NULL); /* it lives on this stack */
	if (code != CURLE_OK) {
		struct net_failure failure = { easy, code, detail, peer };
		net_describe(&failure, err);
		return -1;
	}
	return find_socket(easy, peer, fd, err);
}

int
net_plain_connect(struct net *net, struct stream **stream, const struct net_plain_options *options,
    struct err *err)
{
	const char *peer = options->socket != NULL ? options->socket : options->host;
	int fd = -1;

	if (strlen(peer) >= NET_VALIDATOR_BYTES)
		return err_set(err, EX_CONFIG, "the name of the mail server is too long");
	CURL *easy = net_easy(net);
	if (establish_plain(easy, options, peer, &fd, err) < 0) {
		curl_easy_cleanup(easy);
		return -1;
	}
	*stream = lend_stream(easy, fd);
	return 0;
}
