/*
 * HTTP by libcurl's multi interface: many requests at once, each with its ceilings, redirects
 * followed by hand so that every step can be refused. What an answer means is its caller's.
 */
#include "net_curl.h"

#include "net_hint.h"

#include "digest/clock.h"
#include "digest/date.h"
#include "digest/log.h"
#include "digest/mem.h"

#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MOST_REDIRECTS = 5, CONNECTIONS_PER_HOST = 2, POLL_MS = 250, OVERDUE_MS = 1000 };

/* An answer that trickles in below this for so long is given up. */
enum { SLOW_BYTES_PER_S = 64, SLOW_FOR_S = 30 };

/* Where systems keep their bundle of certificates; the first that is there counts. */
static const char *const bundles[] = {
	"/etc/ssl/certs/ca-certificates.crt", /* Debian, Arch, Alpine, Gentoo */
	"/etc/pki/tls/certs/ca-bundle.crt", /* Fedora, RHEL */
	"/etc/ssl/ca-bundle.pem", /* openSUSE */
	"/etc/ssl/cert.pem", /* BSD */
};

struct transfer;

struct net {
	CURLM *multi;
	CURLSH *share;
	char *user_agent;
	char *ca_file; /* NULL: libcurl's own choice */
	struct transfer *transfers; /* under way, the newest first */
	size_t transfer_count;
	int64_t received_bytes;
	char failed_host[NET_VALIDATOR_BYTES]; /* whose connections are not to be trusted */
};

struct transfer {
	struct net *net;
	struct transfer *next;
	CURL *easy;
	net_done *done;
	void *context;
	struct net_response response;
	struct input_spool *body; /* what came of it so far */
	struct err body_error; /* why it cannot be kept */
	char host[NET_VALIDATOR_BYTES]; /* of the present hop, for messages */
	char detail[CURL_ERROR_SIZE];
	struct curl_slist *own_headers, *headers; /* of net, and those and the caller's */
	int64_t connect_timeout_ms, deadline_ms;
	int redirects;
	bool was_only_permanent; /* no redirect so far but 301 and 308 */
	bool is_from_outside;
	bool may_go_private; /* the caller says so, or the first hop's address was such itself */
	char refused_address[NI_MAXHOST]; /* the private address a redirect led to */
};

/* ---- handles ---- */

static const char *
find_bundle(void)
{
	for (size_t i = 0; i < sizeof(bundles) / sizeof(bundles[0]); i++) {
		if (access(bundles[i], R_OK) == 0)
			return bundles[i];
	}
	return NULL;
}

int
net_open(struct net **net, const struct net_options *options, struct err *err)
{
	const char *ca_file = options->ca_file != NULL ? options->ca_file : find_bundle();

	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return err_set(err, EX_OSERR, "net: libcurl does not start");
	*net = mem_alloc(sizeof(**net));
	(*net)->user_agent = mem_copy_string(options->user_agent);
	(*net)->ca_file = ca_file != NULL ? mem_copy_string(ca_file) : NULL;
	(*net)->multi = curl_multi_init();
	(*net)->share = curl_share_init();
	if ((*net)->multi == NULL || (*net)->share == NULL)
		mem_die();
	curl_multi_setopt((*net)->multi, CURLMOPT_MAX_HOST_CONNECTIONS, (long)CONNECTIONS_PER_HOST);
	curl_share_setopt((*net)->share, CURLSHOPT_SHARE, CURL_LOCK_DATA_DNS);
	curl_share_setopt((*net)->share, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
	return 0;
}

static void
transfer_free(struct transfer *transfer)
{
	curl_easy_cleanup(transfer->easy);
	curl_slist_free_all(transfer->headers);
	curl_slist_free_all(transfer->own_headers);
	input_close(transfer->response.body);
	input_spool_free(transfer->body);
	mem_free(transfer);
}

void
net_cancel(struct net *net)
{
	struct transfer *transfer;

	while ((transfer = net->transfers)) {
		net->transfers = transfer->next;
		curl_multi_remove_handle(net->multi, transfer->easy);
		transfer_free(transfer);
	}
	net->transfer_count = 0;
}

void
net_close(struct net *net)
{
	if (net == NULL)
		return;
	net_cancel(net);
	curl_multi_cleanup(net->multi);
	curl_share_cleanup(net->share);
	curl_global_cleanup();
	mem_free(net->user_agent);
	mem_free(net->ca_file);
	mem_free(net);
}

CURL *
net_easy(struct net *net)
{
	CURL *easy = curl_easy_init();

	if (easy == NULL)
		mem_die();
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_SHARE, net->share);
	curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	if (net->ca_file != NULL) {
		/*
		 * Debian's default is the folder, whose links make GnuTLS read each certificate
		 * three times on every connection: 35 ms of CPU, where the bundle takes 10.
		 */
		curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
		curl_easy_setopt(easy, CURLOPT_CAINFO, net->ca_file);
	}
	return easy;
}

/* ---- while an answer comes in ---- */

static size_t
take_body(char *bytes, size_t size, size_t count, void *context)
{
	struct transfer *transfer = context;
	size_t len = size * count;

	transfer->net->received_bytes += (int64_t)len;
	if (input_spool_add(transfer->body, (struct str){ bytes, len }, &transfer->body_error) < 0)
		return 0;
	return len;
}

/*
 * Decides about each address before anything is sent to it, so that no redirect and no link from
 * outside, whatever its name resolves to, reaches a service that trusts this machine. Behind a
 * proxy the address is the proxy's, and the proxy decides about redirects; links from outside end
 * at a proxy inside, since what lies behind it cannot be told.
 */
static curl_socket_t
open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address)
{
	struct transfer *transfer = context;
	char text[NI_MAXHOST];

	(void)purpose;
	if ((transfer->redirects > 0 || transfer->is_from_outside) && !transfer->may_go_private) {
		if (getnameinfo(&address->addr, address->addrlen, text, sizeof(text), NULL, 0,
		        NI_NUMERICHOST) != 0)
			return CURL_SOCKET_BAD;
		text[strcspn(text, "%")] = '\0'; /* the interface of a link-local address */
		if (net_is_private(text)) {
			memcpy(transfer->refused_address, text, sizeof(text));
			return CURL_SOCKET_BAD;
		}
	}
	return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

/* ---- starting ---- */

static void
copy_text(char *out, size_t size, const char *text)
{
	snprintf(out, size, "%s", text);
}

/* Whether libcurl reads it as a URL. */
static bool
set_url(CURLU *parts, const char *url)
{
	CURLUcode code = curl_url_set(parts, CURLUPART_URL, url, CURLU_NON_SUPPORT_SCHEME);

	if (code == CURLUE_OUT_OF_MEMORY)
		mem_die();
	return code == CURLUE_OK;
}

/* Scheme, host and port of a URL, "" where it has none; false when it is none or too long. */
static bool
read_origin(const char *url, char *scheme, char *host, char *port)
{
	char *parts[3] = { NULL, NULL, NULL };
	CURLU *parsed = curl_url();
	bool is_read;

	if (parsed == NULL)
		mem_die();
	is_read = set_url(parsed, url) &&
	    curl_url_get(parsed, CURLUPART_SCHEME, &parts[0], 0) == CURLUE_OK;
	if (is_read) {
		curl_url_get(parsed, CURLUPART_HOST, &parts[1], 0);
		curl_url_get(parsed, CURLUPART_PORT, &parts[2], CURLU_DEFAULT_PORT);
		is_read = parts[1] == NULL || strlen(parts[1]) < NET_VALIDATOR_BYTES;
		copy_text(scheme, NET_VALIDATOR_BYTES, parts[0]);
		copy_text(host, NET_VALIDATOR_BYTES, parts[1] != NULL ? parts[1] : "");
		copy_text(port, NET_VALIDATOR_BYTES, parts[2] != NULL ? parts[2] : "");
	}
	for (int i = 0; i < 3; i++)
		curl_free(parts[i]);
	curl_url_cleanup(parsed);
	return is_read;
}

static struct curl_slist *
add_header(struct curl_slist *list, const char *header)
{
	struct curl_slist *longer = curl_slist_append(list, header);

	if (longer == NULL)
		mem_die();
	return longer;
}

static bool
has_controls(const char *text)
{
	for (; *text != '\0'; text++) {
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			return true;
	}
	return false;
}

static struct curl_slist *
add_validator(struct curl_slist *list, const char *name, const char *value)
{
	char header[NET_VALIDATOR_BYTES + 32];

	if (value == NULL || value[0] == '\0' || has_controls(value))
		return list;
	snprintf(header, sizeof(header), "%s: %s", name, value);
	return add_header(list, header);
}

/* Both lists of headers: net's own, and those with the caller's. */
static void
add_headers(struct transfer *transfer, const struct net_request *request)
{
	struct curl_slist **lists[] = { &transfer->own_headers, &transfer->headers };

	for (int i = 0; i < 2; i++) {
		*lists[i] = add_validator(*lists[i], "If-None-Match", request->etag);
		*lists[i] = add_validator(*lists[i], "If-Modified-Since", request->last_modified);
	}
	for (size_t i = 0; request->headers != NULL && request->headers[i] != NULL; i++) {
		if (!has_controls(request->headers[i]))
			transfer->headers = add_header(transfer->headers, request->headers[i]);
	}
}

/* What time is left to this request; at least a millisecond, since 0 means for ever to libcurl. */
static long
left_ms(const struct transfer *transfer)
{
	int64_t left = transfer->deadline_ms - clock_monotonic_ms();

	return left > 0 ? (long)left : 1;
}

static void
set_hop(struct transfer *transfer, const char *url)
{
	long left = left_ms(transfer);
	long connect = (long)transfer->connect_timeout_ms;

	curl_easy_setopt(transfer->easy, CURLOPT_URL, url);
	curl_easy_setopt(transfer->easy, CURLOPT_TIMEOUT_MS, left);
	curl_easy_setopt(transfer->easy, CURLOPT_CONNECTTIMEOUT_MS,
	    connect > 0 && connect < left ? connect : left);
}

static void
set_options(struct transfer *transfer)
{
	CURL *easy = transfer->easy;

	curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer->detail);
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(easy, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
	curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "");
	curl_easy_setopt(easy, CURLOPT_USERAGENT, transfer->net->user_agent);
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, transfer->headers);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, transfer);
	curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, (long)SLOW_BYTES_PER_S);
	curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, (long)SLOW_FOR_S);
	/* One connection, one handshake: whoever comes second to a host waits for the first. */
	curl_easy_setopt(easy, CURLOPT_PIPEWAIT, 1L);
	/* libcurl keeps a connection on which sending failed, and would wait for it for ever. */
	if (strcmp(transfer->host, transfer->net->failed_host) == 0)
		curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
}

int
net_start(struct net *net, const struct net_request *request, net_done *done, void *context,
    struct err *err)
{
	char scheme[NET_VALIDATOR_BYTES], port[NET_VALIDATOR_BYTES], host[NET_VALIDATOR_BYTES];

	if (strlen(request->url) >= NET_URL_BYTES || has_controls(request->url) ||
	    !read_origin(request->url, scheme, host, port) ||
	    (strcmp(scheme, "http") != 0 && strcmp(scheme, "https") != 0))
		return err_set(err, EX_CONFIG, "'%.200s' is no http or https URL", request->url);

	struct transfer *transfer = mem_alloc(sizeof(*transfer));
	transfer->net = net;
	transfer->easy = net_easy(net);
	transfer->done = done;
	transfer->context = context;
	transfer->body = input_spool_new((int64_t)request->limit_bytes, request->may_write);
	transfer->connect_timeout_ms = request->connect_timeout_ms;
	transfer->deadline_ms = clock_monotonic_ms() + request->total_timeout_ms;
	transfer->was_only_permanent = true;
	copy_text(transfer->host, sizeof(transfer->host), host);
	transfer->is_from_outside = request->is_from_outside;
	transfer->may_go_private = request->may_go_private;
	add_headers(transfer, request);
	set_options(transfer);
	set_hop(transfer, request->url);
	if (curl_multi_add_handle(net->multi, transfer->easy) != CURLM_OK)
		mem_die();
	transfer->next = net->transfers;
	net->transfers = transfer;
	net->transfer_count++;
	return 0;
}

/* ---- redirects ---- */

/* Whether the address that answered is itself private; then redirects may be, too. */
static bool
is_answered_from_inside(struct transfer *transfer)
{
	char *address = NULL;

	curl_easy_getinfo(transfer->easy, CURLINFO_PRIMARY_IP, &address);
	return address != NULL && net_is_private(address);
}

/* Whether a URL names a user, which would be sent as a login. */
static bool
has_user(const char *url)
{
	char *user = NULL;
	CURLU *parsed = curl_url();

	if (parsed == NULL)
		mem_die();
	if (set_url(parsed, url))
		curl_url_get(parsed, CURLUPART_USER, &user, 0);
	bool is_there = user != NULL;
	curl_free(user);
	curl_url_cleanup(parsed);
	return is_there;
}

static int
check_redirect(const struct transfer *transfer, const char *from, const char *to, const char *url,
    struct err *err)
{
	if (transfer->redirects >= MOST_REDIRECTS)
		return err_set(err, EX_UNAVAILABLE, "'%s' redirects more than %d times",
		    transfer->host, MOST_REDIRECTS);
	if (strcmp(to, "http") != 0 && strcmp(to, "https") != 0)
		return err_set(err, EX_UNAVAILABLE,
		    "'%s' redirects to a '%.20s' address; not followed", transfer->host, to);
	if (strcmp(from, "https") == 0 && strcmp(to, "http") == 0)
		return err_set(err, EX_UNAVAILABLE,
		    "'%s' redirects from https to http; not followed", transfer->host);
	if (has_user(url))
		return err_set(err, EX_UNAVAILABLE,
		    "'%s' redirects to a URL with a login in it; not followed", transfer->host);
	return 0;
}

/* Sends the transfer on to where its answer redirects. */
static int
follow(struct transfer *transfer, const char *url, struct err *err)
{
	char scheme[2][NET_VALIDATOR_BYTES], host[2][NET_VALIDATOR_BYTES];
	char port[2][NET_VALIDATOR_BYTES];
	char *here = NULL;
	int status = transfer->response.status;

	curl_easy_getinfo(transfer->easy, CURLINFO_EFFECTIVE_URL, &here);
	if (strlen(url) >= NET_URL_BYTES || has_controls(url) ||
	    !read_origin(here, scheme[0], host[0], port[0]) ||
	    !read_origin(url, scheme[1], host[1], port[1]))
		return err_set(
		    err, EX_UNAVAILABLE, "'%s' redirects to what is no URL", transfer->host);
	if (check_redirect(transfer, scheme[0], scheme[1], url, err) < 0)
		return -1;
	if (transfer->redirects == 0)
		transfer->may_go_private =
		    transfer->may_go_private || is_answered_from_inside(transfer);
	transfer->redirects++;
	transfer->was_only_permanent =
	    transfer->was_only_permanent && (status == 301 || status == 308);
	if (strcmp(scheme[0], scheme[1]) != 0 || strcmp(host[0], host[1]) != 0 ||
	    strcmp(port[0], port[1]) != 0) {
		/* Another origin: the caller's headers may be secrets and stay behind, and a
		 * connection that is open already has not been through open_socket(). */
		curl_easy_setopt(transfer->easy, CURLOPT_HTTPHEADER, transfer->own_headers);
		curl_easy_setopt(transfer->easy, CURLOPT_FRESH_CONNECT, 1L);
	}
	log_debug("net redirect status=%d from=%s to=%s", status, transfer->host, host[1]);
	copy_text(transfer->host, sizeof(transfer->host), host[1]);
	input_spool_reset(transfer->body);
	set_hop(transfer, url);
	if (curl_multi_add_handle(transfer->net->multi, transfer->easy) != CURLM_OK)
		mem_die();
	return 0;
}

/* ---- the end of an answer ---- */

static struct str
header(const struct transfer *transfer, const char *name)
{
	struct curl_header *found;

	if (curl_easy_header(transfer->easy, name, 0, CURLH_HEADER, -1, &found) != CURLHE_OK)
		return (struct str){ NULL, 0 };
	return str_trim(str_from(found->value));
}

/* Keeps a field that is short enough and can be sent back as it is. */
static void
keep_header(const struct transfer *transfer, const char *name, char *out)
{
	struct str value = header(transfer, name);

	out[0] = '\0';
	if (value.len == 0 || value.len >= NET_VALIDATOR_BYTES)
		return;
	memcpy(out, value.ptr, value.len);
	out[value.len] = '\0';
	if (has_controls(out))
		out[0] = '\0';
}

static void
read_headers(struct transfer *transfer)
{
	struct net_response *response = &transfer->response;
	char *url = NULL;
	struct str date = header(transfer, "Date");

	keep_header(transfer, "ETag", response->etag);
	keep_header(transfer, "Last-Modified", response->last_modified);
	keep_header(transfer, "Content-Type", response->content_type);
	int64_t age_s = net_age_s(header(transfer, "Age"));
	if (date.len == 0 || date_parse_instant(date, &response->date) < 0)
		response->date = DATE_NO_INSTANT;
	response->fresh_s = net_fresh_s(
	    header(transfer, "Cache-Control"), header(transfer, "Expires"), response->date, age_s);
	/* What a cache kept tells when it was made. */
	if (response->date != DATE_NO_INSTANT)
		response->date += age_s;
	response->retry_after_s = net_retry_after(header(transfer, "Retry-After"),
	    response->date != DATE_NO_INSTANT ? response->date : clock_now());
	if (response->retry_after_s < 0)
		response->retry_after_s = net_rate_limit(
		    header(transfer, "RateLimit"), header(transfer, "RateLimit-Policy"));
	curl_easy_getinfo(transfer->easy, CURLINFO_EFFECTIVE_URL, &url);
	copy_text(response->url, sizeof(response->url), url != NULL ? url : "");
	response->is_moved = transfer->redirects > 0 && transfer->was_only_permanent;
}

static void
describe(struct transfer *transfer, CURLcode code, struct err *err)
{
	struct net_response *response = &transfer->response;
	struct net_failure failure = { transfer->easy, code, transfer->detail, transfer->host };

	response->status = 0;
	response->retry_after_s = -1;
	response->date = DATE_NO_INSTANT;
	if (transfer->body_error.code == EX_DATAERR)
		err_set(err, EX_UNAVAILABLE, "the answer of '%s' has a decoded size %s",
		    transfer->host, transfer->body_error.text);
	else if (err_is_set(&transfer->body_error))
		err_set(err, EX_UNAVAILABLE, "the answer of '%s' cannot be kept: %s",
		    transfer->host, transfer->body_error.text);
	else if (transfer->refused_address[0] != '\0')
		err_set(err, EX_UNAVAILABLE,
		    "%s '%s', which is %s, an address inside this network; not followed",
		    transfer->redirects > 0 ? "a redirect leads to"
		                            : "a link from outside leads to",
		    transfer->host, transfer->refused_address);
	else
		response->may_retry = net_describe(&failure, err);
}

static void
unlink_transfer(struct transfer *transfer)
{
	struct transfer **link = &transfer->net->transfers;

	while (*link != transfer)
		link = &(*link)->next;
	*link = transfer->next;
	transfer->net->transfer_count--;
}

static bool
is_redirect(int status)
{
	return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

/* Whether the transfer came to its end; false when a redirect sent it on. */
static bool
end_transfer(struct transfer *transfer, CURLcode code)
{
	struct err err = ERR_NONE;
	char *redirect = NULL;
	long status = 0;

	curl_multi_remove_handle(transfer->net->multi, transfer->easy);
	if (code == CURLE_OK) {
		curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
		curl_easy_getinfo(transfer->easy, CURLINFO_REDIRECT_URL, &redirect);
		transfer->response.status = (int)status;
		if (is_redirect(transfer->response.status) && redirect != NULL &&
		    follow(transfer, redirect, &err) == 0)
			return false;
		read_headers(transfer);
	} else {
		copy_text(transfer->net->failed_host, NET_VALIDATOR_BYTES, transfer->host);
		describe(transfer, code, &err);
	}
	if (err_is_set(&err))
		transfer->response.status = 0;
	if (transfer->response.status != 0) {
		transfer->response.body = input_of_spool(transfer->body);
		transfer->body = NULL;
	}
	unlink_transfer(transfer);
	transfer->done(transfer->context, &transfer->response, err_is_set(&err) ? &err : NULL);
	transfer_free(transfer);
	return true;
}

/* Ends what libcurl says is done: how many callbacks were made. */
static size_t
end_finished(struct net *net)
{
	CURLMsg *message;
	size_t ended = 0;
	int left;

	while ((message = curl_multi_info_read(net->multi, &left))) {
		struct transfer *transfer = NULL;
		CURLcode code = message->data.result;

		if (message->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&transfer);
		if (end_transfer(transfer, code))
			ended++;
	}
	return ended;
}

static struct transfer *
find_overdue(const struct net *net)
{
	int64_t now_ms = clock_monotonic_ms();
	struct transfer *transfer = net->transfers;

	while (transfer != NULL && now_ms < transfer->deadline_ms + OVERDUE_MS)
		transfer = transfer->next;
	return transfer;
}

/*
 * Ends what libcurl should have ended: it keeps no deadline for a transfer that waits until another
 * one lets it have its connection.
 */
static size_t
end_overdue(struct net *net)
{
	struct transfer *transfer;
	size_t ended = 0;

	while ((transfer = find_overdue(net)))
		ended += end_transfer(transfer, CURLE_OPERATION_TIMEDOUT);
	return ended;
}

size_t
net_wait(struct net *net, int64_t timeout_ms)
{
	int64_t until = clock_monotonic_ms() + timeout_ms;
	int running;

	while (net->transfer_count > 0) {
		if (curl_multi_perform(net->multi, &running) != CURLM_OK)
			mem_die();
		if (end_finished(net) + end_overdue(net) > 0)
			break;
		int64_t left = until - clock_monotonic_ms();
		if (left <= 0)
			break;
		curl_multi_poll(net->multi, NULL, 0, (int)(left < POLL_MS ? left : POLL_MS), NULL);
	}
	return net->transfer_count;
}

int64_t
net_received_bytes(const struct net *net)
{
	return net->received_bytes;
}
