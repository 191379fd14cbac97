/*
 * Politeness towards hosts: how many requests at once, and how long between two of them. A host that
 * asks for a pause between requests is asked at that pace by all processes of this machine that share
 * the stamp folder: a file's modification time tells of the last request, a lock on it of one under
 * way.
 */
#include "fetch.h"

#include "digest/clock.h"
#include "digest/log.h"
#include "digest/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { DEFAULT_CONNECTIONS = 4, POLL_MS = 200, MS_PER_SECOND = 1000, NS_PER_MS = 1000000 };

struct fetch_pace {
	struct fetch_pace *next;
	const struct fetch_paces *paces;
	const struct source_provider *provider; /* the first that asked so */
	char *name; /* of who keeps it: a provider, or the domain that several ask */
	char *authority; /* "https://host:port"; "" for a whole domain */
	int64_t interval_ms;
	int64_t next_ms; /* clock_monotonic_ms() before which nothing starts */
	int busy;
	int stamp; /* open file, or -1 */
	bool has_no_stamp; /* there is none to look at, or there cannot be one */
};

struct fetch_paces {
	const struct source_wish *wish;
	struct fetch_pace *first;
};

struct fetch_paces *
fetch_paces_new(const struct source_wish *wish)
{
	struct fetch_paces *paces = mem_alloc(sizeof(*paces));

	paces->wish = wish;
	return paces;
}

void
fetch_paces_free(struct fetch_paces *paces)
{
	struct fetch_pace *pace;

	while ((pace = paces->first)) {
		paces->first = pace->next;
		if (pace->stamp >= 0)
			close(pace->stamp);
		mem_free(pace->authority);
		mem_free(pace->name);
		mem_free(pace);
	}
	mem_free(paces);
}

static struct str
authority_of(struct str url)
{
	ptrdiff_t slashes = str_find(url, STR("://"));
	size_t len = slashes >= 0 ? (size_t)slashes + 3 : 0;

	while (len < url.len && strchr("/?#", url.ptr[len]) == NULL)
		len++;
	return str_head(url, len);
}

/* Whether an authority's host is a domain or lies in it. */
static bool
is_within(struct str authority, const char *domain)
{
	ptrdiff_t slashes = str_find(authority, STR("://")), colon;
	struct str host = str_skip(authority, slashes >= 0 ? (size_t)slashes + 3 : 0);
	size_t len = strlen(domain);

	colon = str_find_char(host, ':');
	if (colon >= 0)
		host = str_head(host, (size_t)colon);
	return str_ends(host, domain) && (host.len == len || host.ptr[host.len - len - 1] == '.');
}

struct fetch_pace *
fetch_pace_of(struct fetch_paces *paces, const struct source_provider *provider,
    const struct settings *settings, struct str url)
{
	const char *name = provider->pace_name != NULL ? provider->pace_name : provider->name;
	struct str authority = authority_of(url);
	int64_t interval_ms = provider->interval_ms != NULL ? provider->interval_ms(settings) : 0;
	struct fetch_pace *pace = paces->first;

	if (is_within(authority, name))
		authority = STR("");
	while (
	    pace != NULL && (strcmp(pace->name, name) != 0 || !str_is(authority, pace->authority)))
		pace = pace->next;
	if (pace == NULL) {
		pace = mem_alloc(sizeof(*pace));
		pace->next = paces->first;
		pace->paces = paces;
		pace->provider = provider;
		pace->name = mem_copy_string(name);
		pace->authority = mem_alloc(authority.len + 1);
		memcpy(pace->authority, authority.ptr, authority.len);
		pace->stamp = -1;
		paces->first = pace;
	}
	if (interval_ms > pace->interval_ms)
		pace->interval_ms = interval_ms;
	return pace;
}

/* ---- the stamp ---- */

static bool
is_plain(char c)
{
	return str_is_alnum(c) || c == '.';
}

/* FOLDER/NAME-HOST.stamp, and FOLDER/NAME.stamp of a whole domain */
static void
stamp_path(const struct fetch_pace *pace, struct buf *path)
{
	const char *host = strstr(pace->authority, "://");

	buf_addf(path, "%s/%s", pace->paces->wish->stamp_folder, pace->name);
	if (host != NULL)
		buf_add_char(path, '-');
	for (host = host != NULL ? host + 3 : pace->authority; *host != '\0'; host++)
		buf_add_char(path, is_plain(*host) ? *host : '-');
	buf_add_string(path, ".stamp");
}

static int
open_stamp_file(const struct fetch_pace *pace, const char *path)
{
	static const struct timespec never[2] = { { 0, 0 }, { 0, 0 } };
	int access_mode = pace->paces->wish->is_frugal ? O_RDONLY : O_RDWR;
	int fd = open(path, access_mode | O_CLOEXEC | O_NOFOLLOW);

	if (fd >= 0 || errno != ENOENT || pace->paces->wish->is_frugal)
		return fd;
	fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	/* A file that was just made must not look like a request. */
	if (fd >= 0)
		futimens(fd, never);
	else if (errno == EEXIST)
		fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	return fd;
}

static void
open_stamp(struct fetch_pace *pace)
{
	struct buf path = BUF_INIT(BUF_LIMIT);

	if (pace->stamp >= 0 || pace->has_no_stamp)
		return;
	pace->has_no_stamp = true;
	if (pace->paces->wish->stamp_folder == NULL)
		return;
	stamp_path(pace, &path);
	pace->stamp = open_stamp_file(pace, path.ptr);
	if (pace->stamp >= 0)
		pace->has_no_stamp = false;
	else if (errno != ENOENT)
		log_warn(
		    "source: cannot open '%s' (%s); other runs do not know of this one's requests",
		    path.ptr, strerror(errno));
	buf_release(&path);
}

/* Milliseconds since the last request of any process; -1 when there was none. */
static int64_t
stamp_age_ms(const struct fetch_pace *pace)
{
	struct timespec now;
	struct stat status;

	if (fstat(pace->stamp, &status) < 0 || status.st_mtim.tv_sec == 0)
		return -1;
	/* The system's own clock, which DIGEST_NOW does not move, as the file's time is. */
	clock_gettime(CLOCK_REALTIME, &now);
	return (now.tv_sec - status.st_mtim.tv_sec) * MS_PER_SECOND +
	    (now.tv_nsec - status.st_mtim.tv_nsec) / NS_PER_MS;
}

/* Locks the stamp and looks at it: 0, or milliseconds until to try again. */
static int64_t
lock_stamp(struct fetch_pace *pace)
{
	open_stamp(pace);
	if (pace->stamp < 0)
		return 0;
	if (flock(pace->stamp, LOCK_EX | LOCK_NB) < 0)
		return errno == EWOULDBLOCK || errno == EINTR ? POLL_MS : 0;
	int64_t age_ms = stamp_age_ms(pace);
	/* A stamp of the future is a clock that was set back: it says nothing. */
	if (age_ms < 0 || age_ms >= pace->interval_ms)
		return 0;
	flock(pace->stamp, LOCK_UN);
	return pace->interval_ms - age_ms;
}

static void
touch_stamp(const struct fetch_pace *pace)
{
	if (pace->stamp >= 0 && !pace->paces->wish->is_frugal && futimens(pace->stamp, NULL) < 0)
		log_warn("source: cannot note a request to %s: %s", pace->name, strerror(errno));
}

/* ---- starting and ending ---- */

int64_t
fetch_pace_start(struct fetch_pace *pace)
{
	int most =
	    pace->provider->connections > 0 ? pace->provider->connections : DEFAULT_CONNECTIONS;
	int64_t now_ms = clock_monotonic_ms(), wait_ms = 0;

	if (pace->busy >= most)
		return POLL_MS;
	if (now_ms < pace->next_ms)
		return pace->next_ms - now_ms;
	if (pace->interval_ms > 0)
		wait_ms = lock_stamp(pace);
	if (wait_ms > 0)
		return wait_ms;
	pace->busy++;
	if (pace->interval_ms > 0) {
		pace->next_ms = now_ms + pace->interval_ms;
		touch_stamp(pace);
	}
	return 0;
}

void
fetch_pace_end(struct fetch_pace *pace)
{
	pace->busy--;
	if (pace->interval_ms == 0)
		return;
	pace->next_ms = clock_monotonic_ms() + pace->interval_ms;
	touch_stamp(pace);
	if (pace->stamp >= 0)
		flock(pace->stamp, LOCK_UN);
}
