/*
 * A scripted server on 127.0.0.1 for unit tests: a child process per server and one per connection,
 * so that clients may keep several open. What clients say is kept in memory that the test shares.
 */
#ifndef DIGEST_TESTS_LIB_PEER_H
#define DIGEST_TESTS_LIB_PEER_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PEER_HEARD_BYTES = 1 << 20 };

/* Shared with the children. */
struct peer_shared {
	int connections, requests;
	size_t heard_len;
	char heard[PEER_HEARD_BYTES]; /* everything clients said, in the order it came */
};

struct peer;
typedef void peer_serve(struct peer *peer, int fd);

struct peer {
	int port;
	pid_t pid;
	peer_serve *serve;
	const void *script; /* for `serve` */
	struct peer_shared *shared;
};

static inline void
peer_hear(struct peer *peer, const char *bytes, size_t len)
{
	struct peer_shared *shared = peer->shared;
	size_t at = __atomic_fetch_add(&shared->heard_len, len, __ATOMIC_SEQ_CST);

	if (at + len < PEER_HEARD_BYTES)
		memcpy(shared->heard + at, bytes, len);
}

/* All of it, or as much as the other side takes. */
static inline bool
peer_send(int fd, const char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t sent = send(fd, bytes, len, MSG_NOSIGNAL);
		if (sent <= 0)
			return false;
		bytes += sent;
		len -= (size_t)sent;
	}
	return true;
}

static inline void
peer_say(int fd, const char *text)
{
	peer_send(fd, text, strlen(text));
}

/*
 * Reads and keeps whatever comes until `end` has come (terminated in `out`); false when it closes.
 */
static inline bool
peer_read_until(struct peer *peer, int fd, const char *end, char *out, size_t size)
{
	size_t len = 0;

	out[0] = '\0';
	while (len + 1 < size && strstr(out, end) == NULL) {
		ssize_t got = recv(fd, out + len, 1, 0);
		if (got <= 0)
			return false;
		peer_hear(peer, out + len, (size_t)got);
		len += (size_t)got;
		out[len] = '\0';
	}
	return true;
}

/* Waits until the client is gone. */
static inline void
peer_linger(struct peer *peer, int fd)
{
	char bytes[4096];
	ssize_t got;

	while ((got = recv(fd, bytes, sizeof(bytes), 0)) > 0)
		peer_hear(peer, bytes, (size_t)got);
}

static inline void
peer_accept(struct peer *peer, int listener)
{
	signal(SIGCHLD, SIG_IGN);
	for (;;) {
		int fd = accept(listener, NULL, NULL);
		if (fd < 0)
			continue;
		if (fork() == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			close(listener);
			__atomic_fetch_add(&peer->shared->connections, 1, __ATOMIC_SEQ_CST);
			peer->serve(peer, fd);
			close(fd);
			_exit(0);
		}
		close(fd);
	}
}

/* Starts a server on a port of its own at `where`; it dies with the test at the latest. */
static inline void
peer_start_at(struct peer *peer, const char *where, peer_serve *serve, const void *script)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	socklen_t len = sizeof(address);
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	inet_pton(AF_INET, where, &address.sin_addr);
	*peer = (struct peer){ .serve = serve, .script = script };
	peer->shared = mmap(
	    NULL, sizeof(*peer->shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (peer->shared == MAP_FAILED || bind(listener, (struct sockaddr *)&address, len) != 0 ||
	    listen(listener, 64) != 0 ||
	    getsockname(listener, (struct sockaddr *)&address, &len) != 0) {
		perror("peer");
		abort();
	}
	peer->port = ntohs(address.sin_port);
	peer->pid = fork();
	if (peer->pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		peer_accept(peer, listener);
	}
	close(listener);
}

static inline void
peer_start(struct peer *peer, peer_serve *serve, const void *script)
{
	peer_start_at(peer, "127.0.0.1", serve, script);
}

static inline void
peer_stop(struct peer *peer)
{
	kill(peer->pid, SIGKILL);
	waitpid(peer->pid, NULL, 0);
	munmap(peer->shared, sizeof(*peer->shared));
}

/* A port of 127.0.0.1 that nobody listens on. */
static inline int
peer_closed_port(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	socklen_t len = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (bind(fd, (struct sockaddr *)&address, len) != 0 ||
	    getsockname(fd, (struct sockaddr *)&address, &len) != 0)
		abort();
	close(fd);
	return ntohs(address.sin_port);
}

/* ---- HTTP ---- */

/*
 * An answer to a path: raw bytes, head and all. Rules are tried in order and the first that fits
 * serves, `times` times (0: for ever). Afterwards the connection closes.
 */
struct peer_answer {
	const char *path; /* the beginning of the request's target; NULL ends the script */
	const char *bytes;
	size_t len; /* 0: strlen(bytes) */
	int times;
	bool stays_open; /* says its bytes and then nothing more */
	int drip_ms; /* between single bytes of the answer */
};

enum { PEER_MOST_RULES = 64 };

struct peer_http {
	const struct peer_answer *answers;
	int *used; /* shared with the children */
};

static inline const struct peer_answer *
peer_choose(const struct peer_http *http, const char *target)
{
	for (size_t i = 0; http->answers[i].path != NULL; i++) {
		const struct peer_answer *answer = &http->answers[i];
		if (strncmp(target, answer->path, strlen(answer->path)) != 0)
			continue;
		if (answer->times == 0 ||
		    __atomic_fetch_add(&http->used[i], 1, __ATOMIC_SEQ_CST) < answer->times)
			return answer;
	}
	return NULL;
}

static inline void
peer_serve_http(struct peer *peer, int fd)
{
	char request[16384], *target;
	const struct peer_answer *answer;

	if (!peer_read_until(peer, fd, "\r\n\r\n", request, sizeof(request)))
		return;
	__atomic_fetch_add(&peer->shared->requests, 1, __ATOMIC_SEQ_CST);
	target = strchr(request, ' ');
	answer = target != NULL ? peer_choose(peer->script, target + 1) : NULL;
	if (answer == NULL) {
		peer_say(
		    fd, "HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
		return;
	}
	size_t len = answer->len != 0 ? answer->len : strlen(answer->bytes);
	for (size_t i = 0; answer->drip_ms > 0 && i < len; i++) {
		if (!peer_send(fd, answer->bytes + i, 1))
			return;
		usleep((useconds_t)answer->drip_ms * 1000);
	}
	if (answer->drip_ms == 0)
		peer_send(fd, answer->bytes, len);
	if (answer->stays_open)
		peer_linger(peer, fd);
	shutdown(fd, SHUT_WR);
}

static inline void
peer_start_http_at(
    struct peer *peer, const char *where, struct peer_http *http, const struct peer_answer *answers)
{
	http->answers = answers;
	http->used = mmap(NULL, PEER_MOST_RULES * sizeof(int), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (http->used == MAP_FAILED)
		abort();
	peer_start_at(peer, where, peer_serve_http, http);
}

static inline void
peer_start_http(struct peer *peer, struct peer_http *http, const struct peer_answer *answers)
{
	peer_start_http_at(peer, "127.0.0.1", http, answers);
}

#endif
