/*
 * Politeness towards hosts: how many requests at once, and how long between two of them. A host
 * that asks for a pause between requests is asked at that pace by all processes of this machine
 * that share the stamp folder: a file's modification time tells of the last request, a lock on it
 * of one under way.
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

enum {
	DEFAULT_CONNECTIONS = 2,
	HOLD_MS = 3000,
	POLL_MS = 200,
	MS_PER_SECOND = 1000,
	NS_PER_MS = 1000000
};

struct fetch_pace {
	struct fetch_pace *next;
	const struct fetch_paces *paces;
	char *name; /* "host:port", or the domain whose hosts are asked as one */
	int64_t interval_ms;
	int64_t next_ms; /* clock_monotonic_ms() before which nothing starts */
	int most, busy; /* requests at once */
	int stamp; /* open file, or -1 */
	bool has_no_stamp; /* there is none to look at, or there cannot be one */
};

/* Where nothing is to be asked for a while. */
struct rest {
	struct rest *next;
	char *place; /* "host:port/first-part" */
	int64_t until_ms; /* clock_monotonic_ms() */
};

struct fetch_paces {
	const struct source_wish *wish;
	struct fetch_pace *first;
	struct rest *rests;
};

struct fetch_paces *
fetch_paces_new(const struct source_wish *wish)
{
	struct fetch_paces *paces = mem_alloc(sizeof(*paces));

	paces->wish = wish;
	return paces;
}

/*
 * A preview writes nothing, so its last request shows in no stamp: it keeps the lock until others
 * may ask, though no longer than the strictest of hosts wants.
 */
static void
hold_back(const struct fetch_pace *pace)
{
	int64_t wait_ms = pace->next_ms - clock_monotonic_ms();

	if (pace->stamp >= 0 && pace->paces->wish->is_frugal && wait_ms > 0)
		clock_sleep_ms(wait_ms < HOLD_MS ? wait_ms : HOLD_MS);
}

void
fetch_paces_free(struct fetch_paces *paces)
{
	struct fetch_pace *pace;
	struct rest *rest;

	while ((pace = paces->first)) {
		paces->first = pace->next;
		hold_back(pace);
		if (pace->stamp >= 0)
			close(pace->stamp);
		mem_free(pace->name);
		mem_free(pace);
	}
	while ((rest = paces->rests)) {
		paces->rests = rest->next;
		mem_free(rest->place);
		mem_free(rest);
	}
	mem_free(paces);
}

/* ---- who is asked ---- */

/* After the scheme, up to one of `ends`. */
static struct str
part_of(struct str url, const char *ends)
{
	ptrdiff_t slashes = str_find(url, STR("://"));
	size_t len = 0;

	if (slashes >= 0)
		url = str_skip(url, (size_t)slashes + 3);
	while (len < url.len && strchr(ends, url.ptr[len]) == NULL)
		len++;
	return str_head(url, len);
}

struct str
fetch_host(struct str url)
{
	struct str authority = part_of(url, "/?#");
	ptrdiff_t bracket = str_find_char(authority, ']');

	/* An IPv6 address has colons of its own. */
	return bracket >= 0 ? str_head(authority, (size_t)bracket + 1) : part_of(url, ":/?#");
}

/* Whether a host is a domain or lies in it. */
static bool
is_within(struct str host, const char *domain)
{
	size_t len = strlen(domain);

	if (host.len < len || !str_equal_nocase(str_skip(host, host.len - len), str_from(domain)))
		return false;
	return host.len == len || host.ptr[host.len - len - 1] == '.';
}

/* Whose rules hold where a URL leads: the provider's own, or those of the owner of the domain. */
static const struct source_provider *
owner_of(const struct source_provider *provider, struct str host)
{
	const char *name, *help;

	if (provider->pace_name != NULL && is_within(host, provider->pace_name))
		return provider;
	for (size_t i = 0; (name = source_provider_name(i, &help)) != NULL; i++) {
		const struct source_provider *owner = provider_find(name);
		if (owner->pace_name != NULL && is_within(host, owner->pace_name))
			return owner;
	}
	return provider;
}

static struct fetch_pace *
find_pace(struct fetch_paces *paces, struct str name)
{
	struct fetch_pace *pace = paces->first;

	while (pace != NULL && !str_is(name, pace->name))
		pace = pace->next;
	if (pace != NULL)
		return pace;
	pace = mem_alloc(sizeof(*pace));
	pace->next = paces->first;
	pace->paces = paces;
	pace->name = mem_alloc(name.len + 1);
	memcpy(pace->name, name.ptr, name.len);
	pace->most = DEFAULT_CONNECTIONS;
	pace->stamp = -1;
	paces->first = pace;
	return pace;
}

struct fetch_pace *
fetch_pace_of(struct fetch_paces *paces, const struct source_provider *provider,
    const struct settings *settings, struct str url)
{
	struct str host = fetch_host(url);
	const struct source_provider *owner = owner_of(provider, host);
	int64_t interval_ms = owner->interval_ms != NULL ? owner->interval_ms(settings) : 0;
	struct fetch_pace *pace;

	if (owner->pace_name != NULL && is_within(host, owner->pace_name))
		pace = find_pace(paces, str_from(owner->pace_name));
	else
		pace = find_pace(paces, part_of(url, "/?#"));
	/* The strictest of those who ask speaks for all. */
	if (interval_ms > pace->interval_ms)
		pace->interval_ms = interval_ms;
	if (owner->connections > 0 && owner->connections < pace->most)
		pace->most = owner->connections;
	return pace;
}

/* ---- who wants to be left alone ---- */

/* "host:port/first-part" */
static struct str
place_of(struct str url)
{
	struct str authority = part_of(url, "/?#");
	struct str rest = str_skip(url, (size_t)(authority.ptr + authority.len - url.ptr));
	size_t len = rest.len > 0 && rest.ptr[0] == '/' ? 1 : 0;

	while (len < rest.len && strchr("/?#", rest.ptr[len]) == NULL)
		len++;
	authority.len += len;
	return authority;
}

void
fetch_paces_rest(struct fetch_paces *paces, struct str url, int64_t wait_ms)
{
	struct str place = place_of(url);
	int64_t until_ms = clock_monotonic_ms() + wait_ms;
	struct rest *rest = paces->rests;

	while (rest != NULL && !str_is(place, rest->place))
		rest = rest->next;
	if (rest == NULL) {
		rest = mem_alloc(sizeof(*rest));
		rest->place = mem_alloc(place.len + 1);
		memcpy(rest->place, place.ptr, place.len);
		rest->next = paces->rests;
		paces->rests = rest;
	}
	if (until_ms > rest->until_ms)
		rest->until_ms = until_ms;
}

int64_t
fetch_paces_resting(const struct fetch_paces *paces, struct str url)
{
	struct str place = place_of(url);
	int64_t now_ms = clock_monotonic_ms();

	for (const struct rest *rest = paces->rests; rest != NULL; rest = rest->next) {
		if (str_is(place, rest->place) && rest->until_ms > now_ms)
			return rest->until_ms - now_ms;
	}
	return 0;
}

/* ---- the stamp ---- */

static bool
is_plain(char c)
{
	return str_is_alnum(c) || c == '.';
}

/* FOLDER/HOST-PORT.stamp, or FOLDER/DOMAIN.stamp */
static void
stamp_path(const struct fetch_pace *pace, struct buf *path)
{
	buf_addf(path, "%s/", pace->paces->wish->stamp_folder);
	for (const char *name = pace->name; *name != '\0'; name++)
		buf_add_char(path, is_plain(*name) ? *name : '-');
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
	int64_t now_ms = clock_monotonic_ms(), wait_ms = 0;

	if (pace->busy >= pace->most)
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
	if (pace->stamp >= 0 && !pace->paces->wish->is_frugal)
		flock(pace->stamp, LOCK_UN);
}
