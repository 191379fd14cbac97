/*
 * Fetching, against servers that answer as real ones do: what is asked, how often, what reaches the
 * sink and in which transactions, and what is remembered for the next time.
 */
#include "digest/clock.h"
#include "digest/net.h"
#include "src/source/fetch.h"

#include "tests/lib/peer.h"
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum { PATIENCE_MS = 20000, MOST_ENTRIES = 4096, MOST_SOURCES = 4, MOST_LISTINGS = 64 };

/* ---- a sink in memory ---- */

struct kept {
	char key[64];
	char title[64];
	const struct source *source;
	int32_t day;
	int rank;
};

struct memory {
	struct kept entries[MOST_ENTRIES];
	size_t kept_count, count; /* committed; with those of the open transaction */
	bool is_open;
	int commits, aborts, progress;
	size_t done, total; /* of the last progress */
	int fail_entry, fail_end, fail_begin, fail_listing; /* the call that fails, from 1 */
	int entry_calls, end_calls, begin_calls, listing_calls;
	struct source_listing listings[MOST_LISTINGS];
	size_t listing_count;
	struct source_past past;
	const char *lock; /* a file that is tried at the end of each answer … */
	bool is_locked; /* … whether somebody else had it the last time */
};

static int
memory_begin(void *context, const struct source *source, struct err *err)
{
	struct memory *memory = context;

	(void)source;
	assert_false(memory->is_open);
	if (++memory->begin_calls == memory->fail_begin)
		return err_set(err, EX_IOERR, "begin fails");
	memory->is_open = true;
	return 0;
}

static int
memory_entry(void *context, const struct source *source, const struct entry *entry,
    enum source_known *known, struct err *err)
{
	struct memory *memory = context;
	struct str key = entry_key(entry);

	assert_true(memory->is_open);
	if (++memory->entry_calls == memory->fail_entry)
		return err_set(err, EX_IOERR, "entry fails");
	*known = SOURCE_UNLISTED;
	for (size_t i = 0; i < memory->kept_count; i++) {
		const struct kept *kept = &memory->entries[i];
		if (kept->source != source || !str_is(key, kept->key))
			continue;
		if (kept->day == entry->listed_on)
			*known = SOURCE_LISTED_THAT_DAY;
		else if (kept->day < entry->listed_on && *known == SOURCE_UNLISTED)
			*known = SOURCE_LISTED_EARLIER;
	}
	assert_true(memory->count < MOST_ENTRIES);
	struct kept *kept = &memory->entries[memory->count++];
	*kept = (struct kept){ .source = source, .day = entry->listed_on, .rank = entry->rank };
	snprintf(kept->key, sizeof(kept->key), "%.*s", STR_ARG(key));
	snprintf(kept->title, sizeof(kept->title), "%.*s", STR_ARG(entry->title));
	return 0;
}

static int
memory_end(
    void *context, const struct source *source, const struct source_state *state, struct err *err)
{
	struct memory *memory = context;

	(void)source;
	assert_non_null(state);
	assert_true(memory->is_open);
	memory->is_open = false;
	if (++memory->end_calls == memory->fail_end) {
		memory->count = memory->kept_count;
		return err_set(err, EX_IOERR, "end fails");
	}
	memory->kept_count = memory->count;
	memory->commits++;
	return 0;
}

static int
memory_listing(void *context, const struct source *source, const struct source_listing *listing,
    struct err *err)
{
	struct memory *memory = context;

	(void)source;
	assert_true(memory->is_open);
	if (++memory->listing_calls == memory->fail_listing)
		return err_set(err, EX_IOERR, "listing fails");
	assert_true(memory->listing_count < MOST_LISTINGS);
	memory->listings[memory->listing_count++] = *listing;
	return 0;
}

static int
memory_past(void *context, const struct source *source, int32_t day, struct source_past *past,
    struct err *err)
{
	struct memory *memory = context;

	(void)source;
	(void)day;
	(void)err;
	assert_true(memory->is_open);
	*past = memory->past;
	return 0;
}

static void
memory_abort(void *context, const struct source *source)
{
	struct memory *memory = context;

	(void)source;
	assert_true(memory->is_open);
	memory->is_open = false;
	memory->count = memory->kept_count;
	memory->aborts++;
}

static void
memory_progress(void *context, size_t done, size_t total, int64_t received_bytes)
{
	struct memory *memory = context;

	assert_true(done <= total);
	assert_true(received_bytes >= 0);
	if (memory->lock != NULL && done == total) {
		int fd = open(memory->lock, O_RDONLY);
		memory->is_locked = flock(fd, LOCK_EX | LOCK_NB) < 0;
		close(fd);
	}
	memory->progress++;
	memory->done = done;
	memory->total = total;
}

/* ---- a fetch ---- */

struct bench {
	struct arena *arena;
	struct net *net;
	struct memory *memory;
	struct source sources[MOST_SOURCES];
	size_t count;
	struct source_wish wish;
	struct source_outcome outcomes[MOST_SOURCES];
	struct source_outcome *outcome; /* the first */
	struct source *source;
	struct err err;
};

static int32_t
day(const char *text)
{
	int32_t value;

	assert_int_equal(date_parse_day(str_from(text), &value), 0);
	return value;
}

static void
bench_now(struct bench *bench, const char *now)
{
	assert_int_equal(date_parse_instant(str_from(now), &bench->wish.now), 0);
}

static void
bench_init(struct bench *bench, const char *now)
{
	struct net_options options = { .user_agent = "digest/test" };
	struct err err = ERR_NONE;

	*bench = (struct bench){ .arena = arena_new(), .memory = calloc(1, sizeof(struct memory)) };
	bench->memory->past = (struct source_past){ -1, -1 };
	bench->outcome = &bench->outcomes[0];
	bench->source = &bench->sources[0];
	bench->wish = (struct source_wish){
		.reach = SOURCE_CATCH_UP,
		.limit_bytes = 1 << 20,
		.timeout_ms = PATIENCE_MS,
		.retry_ms = 1,
	};
	bench_now(bench, now);
	assert_int_equal(net_open(&bench->net, &options, &err), 0);
}

static struct source *
bench_add(struct bench *bench, const char *spec, const struct peer *peer)
{
	struct source *source = &bench->sources[bench->count++];
	struct err err = ERR_NONE;
	char base[64];

	if (source_from_spec(source, bench->arena, spec, &err) < 0)
		fail_msg("%s", err.text);
	if (peer != NULL) {
		snprintf(base, sizeof(base), "http://127.0.0.1:%d", peer->port);
		assert_int_equal(settings_set(source->settings, "base_url", base, "test", &err), 0);
	}
	return source;
}

static void
bench_set(struct source *source, const char *name, const char *value)
{
	struct err err = ERR_NONE;

	assert_int_equal(settings_set(source->settings, name, value, "test", &err), 0);
}

static int
bench_fetch(struct bench *bench)
{
	struct source_sink sink = {
		.context = bench->memory,
		.begin = memory_begin,
		.entry = memory_entry,
		.end = memory_end,
		.listing = memory_listing,
		.past = memory_past,
		.abort = memory_abort,
		.progress = memory_progress,
	};
	int status;

	if (bench->wish.deadline_ms == 0)
		bench->wish.deadline_ms = clock_monotonic_ms() + PATIENCE_MS;
	err_clear(&bench->err);
	status = source_fetch(bench->sources, bench->count, &bench->wish, bench->net, &sink,
	    bench->arena, bench->outcomes, &bench->err);
	bench->wish.deadline_ms = 0;
	assert_false(bench->memory->is_open);
	assert_int_equal(bench->memory->count, bench->memory->kept_count);
	return status;
}

static void
bench_release(struct bench *bench)
{
	for (size_t i = 0; i < bench->count; i++)
		source_release(&bench->sources[i]);
	net_close(bench->net);
	arena_free(bench->arena);
	free(bench->memory);
}

static bool
has_note(const struct source_outcome *outcome, const char *text)
{
	for (size_t i = 0; i < outcome->note_count; i++) {
		if (str_find(outcome->notes[i], str_from(text)) >= 0)
			return true;
	}
	return false;
}

/* ---- answers ---- */

#define ANSWER(where, what) \
	{ \
		.path = (where), .bytes = (what) \
	}
#define END_OF_ANSWERS \
	{ \
		.path = NULL \
	}
#define OK "HTTP/1.1 200 OK\r\nConnection: close\r\n"
#define FAIL(status) "HTTP/1.1 " status "\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"

#define PAPER(id, title) \
	"{\"paper\":{\"id\":\"" id "\",\"title\":\"" title \
	"\",\"summary\":\"One sentence of ours.\",\"publishedAt\":\"2026-07-24T00:00:00.000Z\"," \
	"\"authors\":[{\"name\":\"Ada Example\"}],\"upvotes\":3}}"
#define MONDAY "/api/daily_papers?date=2026-07-27&limit=100&p="
#define TUESDAY "/api/daily_papers?date=2026-07-28&limit=100&p="
#define HF(page) MONDAY page
#define LISTING OK "\r\n[" PAPER("2607.00001", "First") "," PAPER("2607.00002", "Second") "]"
#define EMPTY OK "Content-Length: 2\r\n\r\n[]"

#define ATOM_ENTRY(id, title, published) \
	"<entry><id>http://arxiv.org/abs/" id "v1</id><title>" title \
	"</title><summary>Ours.</summary>" \
	"<published>" published "</published><updated>" published "</updated>" \
	"<author><name>Ada Example</name></author></entry>"
#define ATOM_HEAD \
	"<?xml version='1.0' encoding='UTF-8'?>\n<feed xmlns='http://www.w3.org/2005/Atom' " \
	"xmlns:opensearch='http://a9.com/-/spec/opensearch/1.1/'><title>Our feed</title>" \
	"<id>urn:x</id><updated>2026-07-27T00:00:00Z</updated>"
#define ATOM_TOTALS(total, first) \
	"<opensearch:totalResults>" total "</opensearch:totalResults>" \
	"<opensearch:startIndex>" first "</opensearch:startIndex>"

/* ---- one source, good answers ---- */

static void
test_first_and_second_run(void **state)
{
	static const struct peer_answer answers[] = {
		ANSWER(HF("0"), LISTING),
		ANSWER(HF("1"), OK "\r\n[" PAPER("2607.00003", "Third") "]"),
		ANSWER(HF("2"), EMPTY),
		END_OF_ANSWERS,
	};
	struct peer peer;
	struct peer_http http;
	struct bench bench;

	(void)state;
	peer_start_http(&peer, &http, answers);
	bench_init(&bench, "2026-07-27T12:00:00Z");
	bench_add(&bench, "hf", &peer);
	assert_int_equal(bench_fetch(&bench), 0);
	assert_int_equal(bench.outcome->verdict, SOURCE_NEW);
	assert_int_equal(bench.outcome->exit_code, 0);
	assert_int_equal(bench.outcome->entry_count, 3);
	assert_int_equal(bench.outcome->new_count, 3);
	assert_int_equal(bench.outcome->newest_day, day("2026-07-27"));
	assert_int_equal(bench.memory->kept_count, 3);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(bench.memory->entries[i].rank, i + 1);
		assert_int_equal(bench.memory->entries[i].day, day("2026-07-27"));
	}
	assert_string_equal(bench.memory->entries[2].key, "arxiv:2607.00003");
	assert_int_equal(bench.memory->commits, 3);
	assert_int_equal(peer.shared->requests, 3);
	assert_true(bench.memory->progress > 0);
	assert_int_equal(bench.memory->done, 1);
	assert_int_equal(bench.memory->total, 1);
	assert_int_equal(bench.source->state.newest_day, day("2026-07-27"));
	assert_int_equal(bench.source->state.complete_through, day("2026-07-26"));
	assert_int_equal(bench.source->state.last_success, bench.source->state.last_attempt);
	assert_in_range(bench.source->state.last_success, bench.wish.now, bench.wish.now + 60);

	assert_int_equal(bench_fetch(&bench), 0);
	assert_int_equal(bench.outcome->verdict, SOURCE_NOTHING_NEW);
	assert_int_equal(bench.outcome->entry_count, 3);
	assert_int_equal(bench.outcome->new_count, 0);
	bench_release(&bench);
	peer_stop(&peer);
}

/* A page that repeats what was there does not move it, and ends the day. */
static void
test_repeated_entries(void **state)
{
	static const struct peer_answer answers[] = {
		ANSWER(HF("0"), LISTING),
		ANSWER(HF("1"),
		    OK "\r\n[" PAPER("2607.00002", "Second") "," PAPER("2607.00003", "Third") "]"),
		ANSWER(HF("2"), OK "\r\n[" PAPER("2607.00003", "Third") "]"),
		END_OF_ANSWERS,
	};
	struct peer peer;
	struct peer_http http;
	struct bench bench;

	(void)state;
	peer_start_http(&peer, &http, answers);
	bench_init(&bench, "2026-07-27T12:00:00Z");
	bench_add(&bench, "hf", &peer);
	assert_int_equal(bench_fetch(&bench), 0);
	assert_int_equal(bench.memory->kept_count, 3);
	assert_string_equal(bench.memory->entries[1].key, "arxiv:2607.00002");
	assert_int_equal(bench.memory->entries[1].rank, 2);
	assert_int_equal(bench.memory->entries[2].rank, 4);
	assert_int_equal(peer.shared->requests, 3);
	bench_release(&bench);
	peer_stop(&peer);
}

static void
test_bad_items(void **state)
{
	static const struct peer_answer answers[] = {
		ANSWER(HF("0"),
		    OK "\r\n[" PAPER("2607.00001", "First") ",17,{\"paper\":{\"id\":null}},\"x\"]"),
		ANSWER(HF("1"), EMPTY),
		END_OF_ANSWERS,
	};
	struct peer peer;
	struct peer_http http;
	struct bench bench;

	(void)state;
	peer_start_http(&peer, &http, answers);
	bench_init(&bench, "2026-07-27T12:00:00Z");
	bench_add(&bench, "hf", &peer);
	assert_int_equal(bench_fetch(&bench), 0);
	assert_int_equal(bench.outcome->verdict, SOURCE_NEW);
	assert_int_equal(bench.outcome->exit_code, 0);
	assert_int_equal(bench.outcome->entry_count, 1);
	assert_int_equal(bench.outcome->skipped_count, 3);
	assert_int_equal(bench.outcome->skipped_kept, 3);
	assert_str(bench.outcome->skipped[0], "item 2 is a number where an object should be");
	bench_release(&bench);
	peer_stop(&peer);
}

/* ---- trouble ---- */

struct trouble {
	const char *name;
	struct peer_answer answers[4];
	int exit_code;
	const char *why;
	int requests;
	enum source_verdict verdict;
	size_t kept;
};

static const struct trouble troubles[] = {
	{ "503, then well",
	    { { .path = HF("0"), .bytes = FAIL("503 Busy"), .times = 2 }, ANSWER(HF("0"), LISTING),
	        ANSWER(HF("1"), EMPTY), END_OF_ANSWERS },
	    0, NULL, 4, SOURCE_NEW, 2 },
	{ "429 with patience",
	    { { .path = HF("0"),
	          .bytes = "HTTP/1.1 429 Too Many\r\nRetry-After: 1\r\n"
	                   "Connection: close\r\nContent-Length: 0\r\n\r\n",
	          .times = 1 },
	        ANSWER(HF("0"), LISTING), ANSWER(HF("1"), EMPTY), END_OF_ANSWERS },
	    0, NULL, 3, SOURCE_NEW, 2 },
	{ "500 for ever", { ANSWER("/", FAIL("500 Oops")), END_OF_ANSWERS }, EX_UNAVAILABLE,
	    "hf: the server has trouble (status 500)", 4, SOURCE_ERROR, 0 },
	{ "429 for ever", { ANSWER("/", FAIL("429 Slow down")), END_OF_ANSWERS }, EX_UNAVAILABLE,
	    "hf: asks for fewer requests (status 429)", 4, SOURCE_ERROR, 0 },
	{ "closed without an answer", { ANSWER("/", ""), END_OF_ANSWERS }, EX_UNAVAILABLE,
	    "closed the connection without an answer", 4, SOURCE_ERROR, 0 },
	{ "cut short, then well",
	    { { .path = HF("0"),
	          .bytes = OK "Content-Length: 999\r\n\r\n[{\"paper\":",
	          .times = 1 },
	        ANSWER(HF("0"), LISTING), ANSWER(HF("1"), EMPTY), END_OF_ANSWERS },
	    0, NULL, 3, SOURCE_NEW, 2 },
	{ "401", { ANSWER("/", FAIL("401 Unauthorized")), END_OF_ANSWERS }, EX_UNAVAILABLE,
	    "refused with status 401; does it want a token_file?", 1, SOURCE_ERROR, 0 },
	{ "404 on two days", { ANSWER("/", FAIL("404 Not Found")), END_OF_ANSWERS }, EX_UNAVAILABLE,
	    "hf: the listing of 2026-07-27: not there (status 404)", 2, SOURCE_ERROR, 0 },
	{ "400 that says why",
	    { ANSWER("/",
	          "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"
	          "{\"error\":\"Invalid date\"}"),
	        END_OF_ANSWERS },
	    EX_DATAERR, "status 400: hf_json: an error where a listing should be: 'Invalid date'",
	    2, SOURCE_ERROR, 0 },
	{ "HTML", { ANSWER("/", OK "\r\n<html><body>Please log in</body></html>"), END_OF_ANSWERS },
	    EX_DATAERR, "hf: the listing of 2026-07-27: an HTML page where a listing should be", 4,
	    SOURCE_ERROR, 0 },
	{ "HTML once",
	    { { .path = HF("0"), .bytes = OK "\r\n<html><body>Wait</body></html>", .times = 1 },
	        ANSWER(HF("0"), LISTING), ANSWER(HF("1"), EMPTY), END_OF_ANSWERS },
	    0, NULL, 3, SOURCE_NEW, 2 },
	{ "an empty body", { ANSWER("/", OK "Content-Length: 0\r\n\r\n"), END_OF_ANSWERS },
	    EX_DATAERR, "empty answer", 4, SOURCE_ERROR, 0 },
	{ "a document that is cut",
	    { ANSWER("/", OK "\r\n[" PAPER("2607.00001", "First") ","), END_OF_ANSWERS },
	    EX_DATAERR, "hf_json: byte", 4, SOURCE_ERROR, 0 },
	{ "not one good item", { ANSWER("/", OK "\r\n[\"{'paper': 1}\", 2]"), END_OF_ANSWERS },
	    EX_DATAERR,
	    "none of the 2 items can be read: item 1 is a string where an object should be", 4,
	    SOURCE_ERROR, 0 },
	{ "not asked, not modified",
	    { ANSWER("/", "HTTP/1.1 304 Not Modified\r\n\r\n"), END_OF_ANSWERS }, EX_UNAVAILABLE,
	    "'not modified' to what it was not asked", 1, SOURCE_ERROR, 0 },
	{ "to another scheme",
	    { ANSWER("/",
	          "HTTP/1.1 302 Found\r\nLocation: ftp://127.0.0.1/\r\n"
	          "Connection: close\r\nContent-Length: 0\r\n\r\n"),
	        END_OF_ANSWERS },
	    EX_UNAVAILABLE, "redirects to a 'ftp' address", 1, SOURCE_ERROR, 0 },
};

static void
test_troubles(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(troubles); i++) {
		const struct trouble *trouble = &troubles[i];
		struct peer peer;
		struct peer_http http;
		struct bench bench;
		peer_start_http(&peer, &http, trouble->answers);
		bench_init(&bench, "2026-07-27T12:00:00Z");
		bench_add(&bench, "hf", &peer);
		assert_int_equal(bench_fetch(&bench), 0);
		if (bench.outcome->verdict != trouble->verdict ||
		    bench.outcome->exit_code != trouble->exit_code ||
		    peer.shared->requests != trouble->requests ||
		    bench.memory->kept_count != trouble->kept)
			fail_msg("%s: %s, exit %d, %d requests, %zu kept: %s", trouble->name,
			    source_verdict_name(bench.outcome->verdict), bench.outcome->exit_code,
			    peer.shared->requests, bench.memory->kept_count,
			    bench.outcome->error.text);
		if (trouble->why != NULL && strstr(bench.outcome->error.text, trouble->why) == NULL)
			fail_msg("%s: '%s'", trouble->name, bench.outcome->error.text);
		assert_int_equal(bench.source->state.verdict, trouble->verdict);
		assert_int_equal(bench.source->state.failures, trouble->why != NULL);
		if (trouble->why != NULL)
			assert_int_equal(bench.source->state.complete_through, DATE_NO_DAY);
		bench_release(&bench);
		peer_stop(&peer);
	}
}

static void
test_unreachable(void **state)
{
	char base[64];
	struct bench bench;

	(void)state;
	bench_init(&bench, "2026-07-27T12:00:00Z");
	bench_add(&bench, "hf", NULL);
	snprintf(base, sizeof(base), "http://127.0.0.1:%d", peer_closed_port());
	bench_set(bench.source, "base_url", base);
	for (int i = 1; i <= 2; i++) {
		assert_int_equal(bench_fetch(&bench), 0);
		assert_int_equal(bench.outcome->exit_code, EX_UNAVAILABLE);
		assert_string_equal(bench.outcome->error.text,
		    "hf: cannot connect to '127.0.0.1': connection refused");
		assert_int_equal(bench.source->state.failures, i);
		assert_int_equal(bench.source->state.last_success, DATE_NO_INSTANT);
	}
	bench_release(&bench);
}

static void
test_too_large(void **state)
{
	static const struct peer_answer answers[] = { ANSWER("/", LISTING), END_OF_ANSWERS };
	struct peer peer;
	struct peer_http http;
	struct bench bench;

	(void)state;
	peer_start_http(&peer, &http, answers);
	bench_init(&bench, "2026-07-27T12:00:00Z");
	bench_add(&bench, "hf", &peer);
	bench.wish.limit_bytes = 64;
	assert_int_equal(bench_fetch(&bench), 0);
	assert_non_null(strstr(bench.outcome->error.text, "has a decoded size over"));
	assert_int_equal(bench.outcome->exit_code, EX_UNAVAILABLE);
	assert_int_equal(peer.shared->requests, 1);
	bench_release(&bench);
	peer_stop(&peer);
}

#define FEED_OF(title) \
	"<rss version='2.0'><channel><item><title>" title \
	"</title><link>http://a.example/1</link></item></channel></rss>"

/* The encoding that HTTP names outweighs the document's own word, however it is written. */
static void
test_charsets(void **state)
{
	static const struct {
		const char *type, *title;
	} cases[] = {
		{ "text/xml; charset=koi8-r", "\xd0\x9f" },
		{ "application/rss+xml;charset=\"koi8-r\"", "\xd0\x9f" },
		{ "text/xml; q=\"1\" ; Charset = 'KOI8-R' ; x=y", "\xd0\x9f" },
		{ "text/xml; charset=\"koi8-r", "\xd0\x9f" },
		{ "text/xml; charset:koi8-r", "\xc3\xb0" },
		{ "text/xml; charset=", "\xc3\xb0" },
		{ "text/xml; x-charset=koi8-r", "\xc3\xb0" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char answer[512];
		struct peer_answer answers[] = { ANSWER("/", answer), END_OF_ANSWERS };
		struct peer peer;
		struct peer_http http;
		struct bench bench;
		char url[64];
		snprintf(answer, sizeof(answer), OK "Content-Type: %s\r\n\r\n%s", cases[i].type,
		    FEED_OF("\xf0"));
		peer_start_http(&peer, &http, answers);
		bench_init(&bench, "2026-07-27T12:00:00Z");
		snprintf(url, sizeof(url), "http://127.0.0.1:%d/", peer.port);
		bench_add(&bench, url, NULL);
		assert_int_equal(bench_fetch(&bench), 0);
		assert_int_equal(bench.memory->kept_count, 1);
		assert_string_equal(bench.memory->entries[0].title, cases[i].title);
		bench_release(&bench);
		peer_stop(&peer);
	}
}

/* A feed in a gzip file, as servers of archives send it without saying so. */
static void
test_packed_feed(void **state)
{
	static const char body[] =
	    OK "Content-Type: application/gzip\r\n\r\n"
	       "\037\213\010\000\000\000\000\000\002\003\075\215\101\016\100\100\014\105\257\042"
	       "\016\240\130\112\165\151\355\012\023\232\150\124\115\146\032\161\174\102\330\375"
	       "\374\227\367\077\246\234\213\203\123\226\335\372\262\255\352\222\160\132\202\031"
	       "\053\241\213\053\323\200\360\006\024\347\355\153\307\060\255\074\377\110\305\126"
	       "\132\334\143\007\020\052\076\303\026\225\241\101\170\000\302\253\302\077\015\367"
	       "\057\135\106\342\277\123\175\000\000\000";
	struct peer_answer answers[] = {
		{ .path = "/whole", .bytes = body, .len = sizeof(body) - 1 },
		{ .path = "/cut", .bytes = body, .len = sizeof(body) - 20 },
		END_OF_ANSWERS,
	};
	struct peer peer;
	struct peer_http http;
	struct bench bench;
	char url[64];

	(void)state;
	peer_start_http(&peer, &http, answers);
	bench_init(&bench, "2026-07-27T12:00:00Z");
	bench.wish.retry_ms = 1;
	snprintf(url, sizeof(url), "http://127.0.0.1:%d/whole", peer.port);
	bench_add(&bench, url, NULL);
	snprintf(url, sizeof(url), "http://127.0.0.1:%d/cut", peer.port);
	bench_add(&bench, url, NULL);
	assert_int_equal(bench_fetch(&bench), 0);
	assert_int_equal(bench.memory->kept_count, 1);
	assert_string_equal(bench.memory->entries[0].title, "Packed");
	assert_int_equal(bench.outcome[1].exit_code, EX_DATAERR);
	assert_non_null(
	    strstr(bench.outcome[1].error.text, "cut off: the gzip data ends too early"));
	bench_release(&bench);
	peer_stop(&peer);
}

/* A server that wants more time than there is is left alone until then, by later runs too. */
static void
test_retry_after_that_does_not_fit(void **state)
{
	static const struct peer_answer answers[] = {
		{ .path = "/",
		    .bytes = "HTTP/1.1 503 Busy\r\nRetry-After: 1800\r\nConnection: close\r\n"
		             "Content-Length: 0\r\n\r\n",
		    .times = 1 },
		ANSWER(HF("0"), LISTING),
		ANSWER(HF("1"), EMPTY),
		END_OF_ANSWERS,
	};
	struct peer peer;
	struct peer_http http;
	struct bench bench;
	int64_t not_before;

	(void)state;
	peer_start_http(&peer, &http, answers);
	bench_init(&bench, "2026-07-27T12:00:00Z");
	bench_add(&bench, "hf", &peer);
	assert_int_equal(bench_fetch(&bench), 0);
	not_before = bench.source->state.not_before;
	assert_in_range(not_before, bench.wish.now + 1800, bench.wish.now + 1860);
	assert_non_null(strstr(bench.outcome->error.text, "not before 2026-07-27T12:30:"));
	assert_int_equal(peer.shared->requests, 1);

	bench_now(&bench, "2026-07-27T12:20:00Z");
	assert_int_equal(bench_fetch(&bench), 0);
	assert_int_equal(bench.outcome->verdict, SOURCE_ERROR);
	assert_int_equal(bench.outcome->exit_code, EX_UNAVAILABLE);
	assert_non_null(
	    strstr(bench.outcome->error.text, "asked to be left alone until 2026-07-27T12:30"));
	assert_int_equal(peer.shared->requests, 1);
	assert_int_equal(bench.source->state.failures, 1);

	bench.wish.now = not_before;
	assert_int_equal(bench_fetch(&bench), 0);
	assert_int_equal(bench.outcome->verdict, SOURCE_NEW);
	assert_int_equal(bench.source->state.not_before, DATE_NO_INSTANT);
	assert_int_equal(bench.source->state.failures, 0);
	bench_release(&bench);
	peer_stop(&peer);
}

/* A quota that a good answer spent holds back the next page until the next run. */
static void
test_spent_quota(void **state)
{
	static const struct peer_answer answers[] = {
		{ .path = HF("0"),
		    .bytes = OK
		    "RateLimit: \"api\";r=0;t=300\r\n\r\n[" PAPER("2607.00001", "First") "]" },
		END_OF_ANSWERS,
	};
	struct peer peer;
	struct peer_http http;
	struct bench bench;

	(void)state;
	peer_start_http(&peer, &http, answers);
	bench_init(&bench, "2026-07-27T12:00:00Z");
	bench_add(&bench, "hf", &peer);
	assert_int_equal(bench_fetch(&bench), 0);
	assert_int_equal(peer.shared->requests, 1);
	assert_int_equal(bench.memory->kept_count, 1);
	assert_int_equal(bench.outcome->verdict, SOURCE_ERROR);
	assert_int_equal(bench.source->state.complete_through, DATE_NO_DAY);
	assert_in_range(bench.source->state.not_before, bench.wish.now + 300, bench.wish.now + 360);
	bench_release(&bench);
	peer_stop(&peer);
}

/* The answers before the bad one stay, the state does not move past it. */
static void
test_page_that_fails(void **state)
{
	static const struct peer_answer answers[] = {
		ANSWER(HF("0"), LISTING),
		{ .path = HF("1"), .bytes = FAIL("500 Oops"), .times = 4 },
		ANSWER(HF("1"), OK "\r\n[" PAPER("2607.00003", "Third") "]"),
		ANSWER("/", EMPTY),
		END_OF_ANSWERS,
	};
	struct peer peer;
	struct peer_http http;
	struct bench bench;

	(void)state;
	peer_start_http(&peer, &http, answers);
	bench_init(&bench, "2026-07-28T12:00:00Z");
	bench_add(&bench, "hf", &peer);
	bench.source->state.complete_through = day("2026-07-26");
	bench.source->state.newest_day = day("2026-07-26");
	assert_int_equal(bench_fetch(&bench), 0);
	assert_int_equal(bench.outcome->verdict, SOURCE_ERROR);
	assert_int_equal(bench.memory->kept_count, 2);
	assert_int_equal(bench.outcome->new_count, 2);
	assert_int_equal(bench.source->state.complete_through, day("2026-07-26"));
	assert_int_equal(bench_fetch(&bench), 0);
	assert_int_equal(bench.memory->entries[bench.memory->kept_count - 1].rank, 3);
	assert_int_equal(bench.outcome->new_count, 1);
	assert_int_equal(bench.source->state.complete_through, day("2026-07-27"));
	/* Tuesday is empty at noon, and that is told. */
	assert_int_equal(bench.outcome->verdict, SOURCE_EMPTY_UNEXPECTED);
	assert_int_equal(bench.outcome->exit_code, EX_UNAVAILABLE);
	assert_true(has_note(bench.outcome, "lists nothing for Tuesday 2026-07-28"));
	assert_int_equal(bench.source->state.failures, 0);
	bench_release(&bench);
	peer_stop(&peer);
}

/* A day that cannot be read keeps neither the days after it nor its own failure from being told. */
static void
test_day_that_cannot_be_read(void **state)
{
	static const struct peer_answer answers[] = {
		ANSWER(HF("0"), OK "\r\n<html>Sorry</html>"),
		ANSWER(TUESDAY "0", LISTING),
		ANSWER(TUESDAY "1", EMPTY),
		END_OF_ANSWERS,
	};
	struct peer peer;
	struct peer_http http;
	struct bench bench;

	(void)state;
	peer_start_http(&peer, &http, answers);
	bench_init(&bench, "2026-07-28T12:00:00Z");
	bench_add(&bench, "hf", &peer);
	bench.source->state.complete_through = day("2026-07-26");
	bench.source->state.newest_day = day("2026-07-24");
	assert_int_equal(bench_fetch(&bench), 0);
	assert_int_equal(bench.outcome->verdict, SOURCE_ERROR);
	assert_int_equal(bench.outcome->exit_code, EX_DATAERR);
	assert_int_equal(bench.outcome->new_count, 2);
	assert_int_equal(bench.source->state.complete_through, day("2026-07-26"));
	assert_int_equal(bench.source->state.newest_day, day("2026-07-28"));
	bench_release(&bench);
	peer_stop(&peer);
}

/* An alarm after a failure does not make it less of one. */
static void
test_failure_and_alarm(void **state)
{
	static const struct peer_answer answers[] = {
		ANSWER(HF("0"), OK "\r\n<html>Sorry</html>"),
		ANSWER(TUESDAY "0", EMPTY),
		END_OF_ANSWERS,
	};
	struct peer peer;
	struct peer_http http;
	struct bench bench;

	(void)state;
	peer_start_http(&peer, &http, answers);
	bench_init(&bench, "2026-07-28T12:00:00Z");
	bench_add(&bench, "hf", &peer);
	bench.source->state.complete_through = day("2026-07-26");
	bench.source->state.newest_day = day("2026-07-24");
	bench.source->state.not_before = bench.wish.now;
	assert_int_equal(bench_fetch(&bench), 0);
	assert_int_equal(bench.outcome->verdict, SOURCE_ERROR);
	assert_int_equal(bench.outcome->exit_code, EX_DATAERR);
	assert_non_null(strstr(bench.outcome->error.text, "an HTML page"));
	assert_true(has_note(bench.outcome, "lists nothing for Tuesday"));
	assert_int_equal(bench.source->state.failures, 1);
	assert_int_equal(bench.source->state.not_before, DATE_NO_INSTANT);
	assert_int_equal(bench.source->state.last_success, DATE_NO_INSTANT);
	bench_release(&bench);
	peer_stop(&peer);
}

static void
test_sink_that_fails(void **state)
{
	static const struct peer_answer answers[] = {
		ANSWER(HF("0"), LISTING),
		ANSWER("/", EMPTY),
		END_OF_ANSWERS,
	};
	static const char *const texts[] = { "begin fails", "entry fails", "end fails",
		"listing fails" };

	(void)state;
	for (int i = 0; i < 4; i++) {
		struct peer peer;
		struct peer_http http;
		struct bench bench;
		peer_start_http(&peer, &http, answers);
		bench_init(&bench, "2026-07-27T12:00:00Z");
		bench_add(&bench, "hf", &peer);
		bench.memory->fail_begin = i == 0;
		bench.memory->fail_entry = i == 1 ? 2 : 0;
		bench.memory->fail_end = i == 2;
		bench.memory->fail_listing = i == 3;
		assert_int_equal(bench_fetch(&bench), -1);
		assert_string_equal(bench.err.text, texts[i]);
		assert_int_equal(bench.err.code, EX_IOERR);
		assert_int_equal(bench.memory->aborts, i == 1 || i == 3);
		/* The listing of the day is judged with its last, empty page. */
		assert_int_equal(bench.memory->kept_count, i == 3 ? 2 : 0);
		assert_int_equal(bench.source->state.newest_day, DATE_NO_DAY);
		bench_release(&bench);
		peer_stop(&peer);
	}
}

/* ---- feeds ---- */

static void
test_conditional_get(void **state)
{
	static const struct peer_answer answers[] = {
		{ .path = "/feed",
		    .bytes = OK "ETag: \"one\"\r\nLast-Modified: Mon, 27 Jul 2026 08:00:00 "
		                "GMT\r\n\r\n" ATOM_HEAD ATOM_ENTRY("2607.00001", "First",
		                    "2026-07-27T07:00:00Z") ATOM_ENTRY("2607.00002", "Second",
		                    "2026-07-26T07:00:00Z") "</feed>",
		    .times = 1 },
		{ .path = "/feed",
		    .bytes = "HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n",
		    .times = 1 },
		{ .path = "/feed", .bytes = OK "ETag: \"two\"\r\n\r\n<html>Sorry</html>" },
		END_OF_ANSWERS,
	};
	struct peer peer;
	struct peer_http http;
	struct bench bench;

	(void)state;
	peer_start_http(&peer, &http, answers);
	bench_init(&bench, "2026-07-27T12:00:00Z");
	bench_add(&bench, "https://example.org/feed", &peer);
	assert_string_equal(bench.source->title, "example.org");
	assert_int_equal(bench_fetch(&bench), 0);
	assert_int_equal(bench.outcome->verdict, SOURCE_NEW);
	assert_int_equal(bench.outcome->newest_day, day("2026-07-27"));
	assert_int_equal(bench.memory->entries[1].day, day("2026-07-26"));
	assert_string_equal(bench.source->state.etag, "\"one\"");
	assert_string_equal(bench.source->title, "Our feed");
	assert_null(strstr(peer.shared->heard, "If-None-Match"));

	assert_int_equal(bench_fetch(&bench), 0);
	assert_int_equal(bench.outcome->verdict, SOURCE_NOTHING_NEW);
	assert_int_equal(bench.outcome->newest_day, day("2026-07-27"));
	assert_string_equal(bench.source->state.etag, "\"one\"");
	assert_non_null(strstr(peer.shared->heard, "If-None-Match: \"one\"\r\n"));
	assert_non_null(
	    strstr(peer.shared->heard, "If-Modified-Since: Mon, 27 Jul 2026 08:00:00 GMT\r\n"));

	/* What was not read must not be asked for conditionally. */
	assert_int_equal(bench_fetch(&bench), 0);
	assert_int_equal(bench.outcome->verdict, SOURCE_ERROR);
	assert_string_equal(bench.source->state.etag, "\"one\"");
	bench_release(&bench);
	peer_stop(&peer);
}

static void
test_feed_that_moved(void **state)
{
	static const struct peer_answer answers[] = {
		ANSWER("/old",
		    "HTTP/1.1 301 Moved\r\nLocation: /new\r\nConnection: close\r\n"
		    "Content-Length: 0\r\n\r\n"),
		ANSWER("/new",
		    OK "\r\n" ATOM_HEAD ATOM_ENTRY(
		        "2607.00001", "First", "2026-07-27T07:00:00Z") "</feed>"),
		END_OF_ANSWERS,
	};
	struct peer peer;
	struct peer_http http;
	struct bench bench;

	(void)state;
	peer_start_http(&peer, &http, answers);
	bench_init(&bench, "2026-07-27T12:00:00Z");
	bench_add(&bench, "https://example.org/old", &peer);
	assert_int_equal(bench_fetch(&bench), 0);
	assert_int_equal(bench.outcome->verdict, SOURCE_NEW);
	assert_true(has_note(bench.outcome, "Our feed has moved for good to http://127.0.0.1:"));
	assert_int_equal(peer.shared->requests, 2);
	/* From then on it is asked there, without another word; it is the same source. */
	bench_now(&bench, "2026-07-28T12:00:00Z");
	assert_int_equal(bench_fetch(&bench), 0);
	assert_int_equal(bench.outcome->verdict, SOURCE_NOTHING_NEW);
	assert_int_equal(bench.outcome->note_count, 0);
	assert_int_equal(peer.shared->requests, 3);
	assert_string_equal(bench.source->spec, "https://example.org/old");
	bench_release(&bench);
	peer_stop(&peer);
}

/* Where it moved to there is nothing any more: the next run tries the old place. */
static void
test_feed_that_moved_away(void **state)
{
	static const struct peer_answer answers[] = {
		ANSWER("/new", FAIL("404 Not Found")),
		ANSWER("/old",
		    OK "\r\n" ATOM_HEAD ATOM_ENTRY(
		        "2607.00001", "First", "2026-07-27T07:00:00Z") "</feed>"),
		END_OF_ANSWERS,
	};
	struct peer peer;
	struct peer_http http;
	struct bench bench;

	(void)state;
	peer_start_http(&peer, &http, answers);
	bench_init(&bench, "2026-07-27T12:00:00Z");
	bench_add(&bench, "https://example.org/old", &peer);
	snprintf(bench.source->state.moved_to, sizeof(bench.source->state.moved_to),
	    "http://127.0.0.1:%d/new", peer.port);
	assert_int_equal(bench_fetch(&bench), 0);
	assert_int_equal(bench.outcome->verdict, SOURCE_ERROR);
	assert_int_equal(bench_fetch(&bench), 0);
	assert_int_equal(bench.outcome->verdict, SOURCE_NEW);
	assert_string_equal(bench.source->state.moved_to, "");
	bench_release(&bench);
	peer_stop(&peer);
}

static void
test_feed_that_is_gone(void **state)
{
	static const struct peer_answer answers[] = {
		{ .path = "/feed", .bytes = FAIL("410 Gone"), .times = 2 },
		ANSWER("/feed",
		    OK "\r\n" ATOM_HEAD ATOM_ENTRY(
		        "2607.00001", "First", "2026-07-27T07:00:00Z") "</feed>"),
		END_OF_ANSWERS,
	};
	struct peer peer;
	struct peer_http http;
	struct bench bench;

	(void)state;
	peer_start_http(&peer, &http, answers);
	bench_init(&bench, "2026-07-27T12:00:00Z");
	bench_add(&bench, "https://example.org/feed", &peer);
	assert_int_equal(bench_fetch(&bench), 0);
	assert_int_equal(bench.outcome->exit_code, EX_UNAVAILABLE);
	assert_non_null(strstr(bench.outcome->error.text, "gone for good (status 410)"));
	assert_true(bench.source->state.is_gone);
	/* Not asked, and no trouble, until somebody wants to know. */
	assert_int_equal(bench_fetch(&bench), 0);
	assert_int_equal(bench.outcome->exit_code, 0);
	assert_int_equal(peer.shared->requests, 1);
	assert_int_equal(bench.source->state.verdict, SOURCE_ERROR);
	bench.wish.asks_gone = true;
	assert_int_equal(bench_fetch(&bench), 0);
	assert_int_equal(peer.shared->requests, 2);
	assert_true(bench.source->state.is_gone);
	assert_int_equal(bench_fetch(&bench), 0);
	assert_int_equal(bench.outcome->verdict, SOURCE_NEW);
	assert_false(bench.source->state.is_gone);
	bench_release(&bench);
	peer_stop(&peer);
}

/* "Unchanged" has no title in it: the one that was read last stays. */
static void
test_feed_keeps_its_title(void **state)
{
	static const struct peer_answer answers[] = {
		{ .path = "/feed",
		    .bytes = OK "ETag: \"one\"\r\n\r\n" ATOM_HEAD ATOM_ENTRY(
		        "2607.00001", "First", "2026-07-27T07:00:00Z") "</feed>",
		    .times = 1 },
		ANSWER("/feed", "HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n"),
		END_OF_ANSWERS,
	};
	struct peer peer;
	struct peer_http http;
	struct bench bench;

	(void)state;
	peer_start_http(&peer, &http, answers);
	bench_init(&bench, "2026-07-27T12:00:00Z");
	bench_add(&bench, "https://example.org/feed", &peer);
	assert_string_equal(bench.source->title, "example.org");
	assert_int_equal(bench_fetch(&bench), 0);
	assert_string_equal(bench.source->title, "Our feed");
	bench.source->title = "example.org"; /* as in a new process */
	assert_int_equal(bench_fetch(&bench), 0);
	assert_string_equal(bench.source->title, "Our feed");
	assert_int_equal(peer.shared->requests, 2);
	/* Offline, too; the owner's own word stands over it. */
	bench.source->title = "example.org";
	bench.wish.is_offline = true;
	assert_int_equal(bench_fetch(&bench), 0);
	assert_string_equal(bench.source->title, "Our feed");
	bench_set(bench.source, "title", "Mine");
	bench.source->title = "Mine";
	assert_int_equal(bench_fetch(&bench), 0);
	assert_string_equal(bench.source->title, "Mine");
	bench_release(&bench);
	peer_stop(&peer);
}

static void
test_token(void **state)
{
	static const struct peer_answer answers[] = { ANSWER("/", EMPTY), END_OF_ANSWERS };
	static const struct {
		const char *content;
		mode_t mode;
		const char *heard, *why;
	} cases[] = {
		{ "hf_secret\n", 0600, "Authorization: Bearer hf_secret\r\n", NULL },
		{ "Basic dXNlcjpwYXNz\n", 0400, "Authorization: Basic dXNlcjpwYXNz\r\n", NULL },
		{ "hf_secret\n", 0644, NULL, "is open to others" },
		{ "\n", 0600, NULL, "is empty" },
		{ "a\nX-Evil: b\n", 0600, NULL, "one line of plain characters" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char path[] = "/tmp/digest-test-XXXXXX";
		int fd = mkstemp(path);
		struct peer peer;
		struct peer_http http;
		struct bench bench;
		assert_true(write(fd, cases[i].content, strlen(cases[i].content)) > 0);
		assert_int_equal(fchmod(fd, cases[i].mode), 0);
		close(fd);
		peer_start_http(&peer, &http, answers);
		bench_init(&bench, "2026-07-26T12:00:00Z");
		bench.wish.reach = SOURCE_DAYS;
		bench.wish.since = bench.wish.until = day("2026-07-26");
		bench_add(&bench, "hf", &peer);
		bench_set(bench.source, "token_file", path);
		assert_int_equal(bench_fetch(&bench), 0);
		if (cases[i].why != NULL) {
			assert_int_equal(bench.outcome->exit_code, EX_NOPERM);
			assert_non_null(strstr(bench.outcome->error.text, cases[i].why));
			assert_null(strstr(bench.outcome->error.text, "secret"));
			assert_int_equal(peer.shared->requests, 0);
		} else {
			assert_int_equal(bench.outcome->exit_code, 0);
			assert_non_null(strstr(peer.shared->heard, cases[i].heard));
		}
		unlink(path);
		bench_release(&bench);
		peer_stop(&peer);
	}
}

static void
test_token_command(void **state)
{
	static const struct peer_answer answers[] = { ANSWER("/", EMPTY), END_OF_ANSWERS };
	static const struct {
		const char *spec, *command, *heard, *why;
	} cases[] = {
		{ "hf", "echo hf_secret", "Authorization: Bearer hf_secret\r\n", NULL },
		{ "hf", "printf 'Basic dXNl\\nmore'", "Authorization: Basic dXNl\r\n", NULL },
		{ "s2?q=x", "echo 'a key'", "x-api-key: a key\r\n", NULL },
		{ "hf", "false", NULL, "token_command ended with status 1" },
		{ "hf", "true", NULL, "token_command printed no line of text" },
		{ "hf", "printf 'a\\tb'", NULL, "plain characters alone" },
		{ "hf", "echo 'a", NULL, "token_command: a quote is not closed" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct peer peer;
		struct peer_http http;
		struct bench bench;
		peer_start_http(&peer, &http, answers);
		bench_init(&bench, "2026-07-26T12:00:00Z");
		bench.wish.reach = SOURCE_DAYS;
		bench.wish.since = bench.wish.until = day("2026-07-26");
		bench_add(&bench, cases[i].spec, &peer);
		bench_set(bench.source, "token_command", cases[i].command);
		assert_int_equal(bench_fetch(&bench), 0);
		if (cases[i].why != NULL) {
			assert_int_equal(bench.outcome->exit_code, EX_CONFIG);
			assert_non_null(strstr(bench.outcome->error.text, cases[i].why));
			assert_int_equal(peer.shared->requests, 0);
		} else {
			assert_non_null(strstr(peer.shared->heard, cases[i].heard));
		}
		bench_release(&bench);
		peer_stop(&peer);
	}
}

static void
test_token_is_not_sent_in_clear(void **state)
{
	struct bench bench;

	(void)state;
	bench_init(&bench, "2026-07-27T12:00:00Z");
	bench_add(&bench, "hf", NULL);
	bench_set(bench.source, "base_url", "http://listing.invalid:80/x");
	bench_set(bench.source, "token_file", "/etc/passwd");
	assert_int_equal(bench_fetch(&bench), 0);
	assert_string_equal(bench.outcome->error.text, "hf: a token is sent by https alone");
	assert_int_equal(bench.outcome->exit_code, EX_CONFIG);
	bench_release(&bench);
}

/* ---- arXiv ---- */

#define QUERY "/api/query?search_query=%28cat:cs.CL%29&start="

static void
test_arxiv_pages(void **state)
{
	static const struct peer_answer answers[] = {
		ANSWER(QUERY "0&",
		    OK "\r\n" ATOM_HEAD ATOM_TOTALS("3", "0")
		        ATOM_ENTRY("2607.00003", "Third", "2026-07-29T12:00:00Z")
		            ATOM_ENTRY("2607.00002", "Second", "2026-07-29T11:00:00Z") "</feed>"),
		{ .path = QUERY "2&",
		    .bytes = OK "\r\n" ATOM_HEAD ATOM_TOTALS("3", "2") "</feed>",
		    .times = 1 },
		ANSWER(QUERY "2&",
		    OK "\r\n" ATOM_HEAD ATOM_TOTALS("3", "2")
		        ATOM_ENTRY("2607.00001", "First", "2026-07-28T12:00:00Z") "</feed>"),
		END_OF_ANSWERS,
	};
	struct peer peer;
	struct peer_http http;
	struct bench bench;

	(void)state;
	peer_start_http(&peer, &http, answers);
	bench_init(&bench, "2026-07-30T12:00:00Z");
	bench_add(&bench, "arxiv:cs.CL", &peer);
	bench_set(bench.source, "interval", "0s");
	bench_set(bench.source, "page_size", "2");
	assert_int_equal(bench_fetch(&bench), 0);
	assert_int_equal(bench.outcome->verdict, SOURCE_NEW);
	assert_int_equal(bench.outcome->entry_count, 3);
	assert_int_equal(peer.shared->requests, 3);
	assert_int_equal(bench.memory->entries[0].day, day("2026-07-30"));
	assert_int_equal(bench.memory->entries[2].day, day("2026-07-29"));
	assert_int_equal(bench.memory->entries[2].rank, 3);
	assert_int_equal(bench.source->state.complete_through, day("2026-07-30"));
	bench_release(&bench);
	peer_stop(&peer);
}

static void
test_arxiv_error_feed(void **state)
{
	static const struct peer_answer answers[] = {
		ANSWER("/",
		    "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n" ATOM_HEAD
		    "<entry><id>https://arxiv.org/api/errors#incorrect_id_format_for_abc</id>"
		    "<title>Error</title><summary>incorrect id format for "
		    "abc</summary></entry></feed>"),
		END_OF_ANSWERS,
	};
	struct peer peer;
	struct peer_http http;
	struct bench bench;

	(void)state;
	peer_start_http(&peer, &http, answers);
	bench_init(&bench, "2026-07-30T12:00:00Z");
	bench_add(&bench, "arxiv?ids=abc", &peer);
	bench_set(bench.source, "interval", "0s");
	assert_int_equal(bench_fetch(&bench), 0);
	assert_int_equal(bench.outcome->exit_code, EX_DATAERR);
	assert_non_null(strstr(bench.outcome->error.text, "incorrect id format for abc"));
	assert_int_equal(bench.memory->kept_count, 0);
	assert_int_equal(peer.shared->requests, 1);
	bench_release(&bench);
	peer_stop(&peer);
}

/* ---- the pace of several processes ---- */

struct pace_bench {
	struct bench bench;
	struct peer peer;
	struct peer_http http;
	char folder[32], stamp[128];
};

static void
pace_init(struct pace_bench *pace, const char *interval)
{
	static const struct peer_answer answers[] = {
		ANSWER("/",
		    OK "\r\n" ATOM_HEAD ATOM_TOTALS("1", "0")
		        ATOM_ENTRY("2607.00003", "Third", "2026-07-29T12:00:00Z") "</feed>"),
		END_OF_ANSWERS,
	};

	snprintf(pace->folder, sizeof(pace->folder), "/tmp/digest-test-XXXXXX");
	assert_non_null(mkdtemp(pace->folder));
	peer_start_http(&pace->peer, &pace->http, answers);
	snprintf(pace->stamp, sizeof(pace->stamp), "%s/127.0.0.1-%d.stamp", pace->folder,
	    pace->peer.port);
	bench_init(&pace->bench, "2026-07-30T12:00:00Z");
	bench_add(&pace->bench, "arxiv:cs.CL", &pace->peer);
	bench_set(pace->bench.source, "interval", interval);
	pace->bench.wish.stamp_folder = pace->folder;
}

static void
pace_release(struct pace_bench *pace)
{
	bench_release(&pace->bench);
	peer_stop(&pace->peer);
	unlink(pace->stamp);
	rmdir(pace->folder);
}

static bool
pace_fetch(struct pace_bench *pace, int64_t deadline_ms)
{
	int before = pace->peer.shared->requests;

	pace->bench.wish.deadline_ms = clock_monotonic_ms() + deadline_ms;
	assert_int_equal(bench_fetch(&pace->bench), 0);
	return pace->peer.shared->requests > before;
}

static time_t
stamp_time(const struct pace_bench *pace)
{
	struct stat status;

	return stat(pace->stamp, &status) == 0 ? status.st_mtime : -1;
}

static void
set_stamp_time(const struct pace_bench *pace, time_t when)
{
	struct timespec times[2] = { { when, 0 }, { when, 0 } };

	assert_int_equal(utimensat(AT_FDCWD, pace->stamp, times, 0), 0);
}

static void
test_pace_between_runs(void **state)
{
	struct pace_bench pace;
	time_t now = time(NULL);

	(void)state;
	pace_init(&pace, "1h");
	assert_true(pace_fetch(&pace, PATIENCE_MS));
	assert_true(stamp_time(&pace) >= now);
	/* Another run, right after: it waits for its turn, and that does not come. */
	assert_false(pace_fetch(&pace, 300));
	assert_non_null(strstr(pace.bench.outcome->error.text, "no time left"));
	/* An hour later. */
	set_stamp_time(&pace, now - 3601);
	assert_true(pace_fetch(&pace, PATIENCE_MS));
	/* A stamp from the future is a clock that was wrong, and stops nobody. */
	set_stamp_time(&pace, now + 86400);
	assert_true(pace_fetch(&pace, PATIENCE_MS));
	pace_release(&pace);
}

static void
test_pace_while_another_asks(void **state)
{
	struct pace_bench pace;
	int fd;

	(void)state;
	pace_init(&pace, "1s");
	fd = open(pace.stamp, O_RDWR | O_CREAT, 0600);
	assert_true(fd >= 0);
	set_stamp_time(&pace, 1);
	assert_int_equal(flock(fd, LOCK_EX), 0);
	assert_false(pace_fetch(&pace, 500));
	assert_int_equal(flock(fd, LOCK_UN), 0);
	assert_true(pace_fetch(&pace, PATIENCE_MS));
	close(fd);
	pace_release(&pace);
}

/* A preview keeps the pace of the others and leaves no trace. */
static void
test_pace_of_a_preview(void **state)
{
	struct pace_bench pace;
	int fd;

	(void)state;
	pace_init(&pace, "1h");
	pace.bench.wish.is_frugal = true;
	assert_true(pace_fetch(&pace, PATIENCE_MS));
	assert_int_equal(stamp_time(&pace), -1);
	fd = open(pace.stamp, O_RDWR | O_CREAT, 0600);
	close(fd);
	assert_false(pace_fetch(&pace, 300));
	set_stamp_time(&pace, 1000);
	assert_true(pace_fetch(&pace, PATIENCE_MS));
	assert_int_equal(stamp_time(&pace), 1000);
	pace_release(&pace);
}

/* Two sources of one host take turns on one connection. */
static void
test_pace_within_a_run(void **state)
{
	struct pace_bench pace;
	struct source *second;

	(void)state;
	pace_init(&pace, "1h");
	pace.bench.wish.stamp_folder = NULL;
	second = bench_add(&pace.bench, "arxiv:cs.LG", &pace.peer);
	bench_set(second, "interval", "1h");
	assert_true(pace_fetch(&pace, 600));
	assert_int_equal(pace.peer.shared->requests, 1);
	pace_release(&pace);
}

/* ---- files ---- */

static void
write_file(const char *folder, const char *name, const char *bytes)
{
	char path[256];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_true(fputs(bytes, file) >= 0);
	fclose(file);
}

static void
test_files(void **state)
{
	static const struct {
		const char *name, *bytes;
		const char *days[2]; /* of the first and second entry kept */
		int exit_code;
		const char *why;
	} cases[] = {
		{ "2026-07-22.json",
		    "[" PAPER("2607.00001", "First") "," PAPER("2607.00002", "Second") "]",
		    { "2026-07-22", "2026-07-22" }, 0, NULL },
		/* One listing has one day: that of its newest entry. */
		{ "saved.xml",
		    ATOM_HEAD ATOM_ENTRY("2607.00002", "Second", "2026-07-21T07:00:00Z")
		        ATOM_ENTRY("2607.00001", "First", "2026-07-23T07:00:00Z") "</feed>",
		    { "2026-07-23", "2026-07-23" }, 0, NULL },
		{ "future.xml",
		    ATOM_HEAD ATOM_ENTRY("2607.00002", "Second", "2036-07-21T07:00:00Z")
		        ATOM_ENTRY("2607.00001", "First", "2026-07-23T07:00:00Z") "</feed>",
		    { "2026-07-27", "2026-07-27" }, 0, NULL },
		{ "undated.xml",
		    ATOM_HEAD
		    "<entry><id>http://arxiv.org/abs/2607.00001</id><title>First</title></entry>"
		    "<entry><id>http://arxiv.org/abs/2607.00002</id><title>Second</title></entry>"
		    "</feed>",
		    { "2026-07-27", "2026-07-27" }, 0, NULL },
		{ "login.html", "<html><body>Please log in</body></html>", { NULL, NULL },
		    EX_DATAERR, "login.html: an HTML page where a listing should be" },
		{ "empty", "", { NULL, NULL }, EX_DATAERR, "empty answer" },
	};
	char folder[] = "/tmp/digest-test-XXXXXX", path[128];

	(void)state;
	assert_non_null(mkdtemp(folder));
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct bench bench;
		write_file(folder, cases[i].name, cases[i].bytes);
		snprintf(path, sizeof(path), "%s/%s", folder, cases[i].name);
		bench_init(&bench, "2026-07-27T12:00:00Z");
		bench_add(&bench, path, NULL);
		assert_false(source_needs_net(bench.sources, 1, &bench.wish));
		assert_int_equal(bench_fetch(&bench), 0);
		assert_int_equal(bench.outcome->exit_code, cases[i].exit_code);
		if (cases[i].why != NULL)
			assert_non_null(strstr(bench.outcome->error.text, cases[i].why));
		else
			assert_int_equal(bench.memory->kept_count, 2);
		for (size_t j = 0; j < bench.memory->kept_count; j++)
			assert_int_equal(bench.memory->entries[j].day, day(cases[i].days[j]));
		bench_release(&bench);
		unlink(path);
	}
	rmdir(folder);
}

static void
test_folder_with_a_bad_file(void **state)
{
	static const char *const names[] = { "2026-07-20.json", "2026-07-21.json",
		"2026-07-22.json" };
	char folder[] = "/tmp/digest-test-XXXXXX", path[128];
	struct bench bench;

	(void)state;
	assert_non_null(mkdtemp(folder));
	write_file(folder, names[0], "[" PAPER("2607.00001", "First") "]");
	write_file(folder, names[1], "[" PAPER("2607.00002", "Second") ",");
	write_file(folder, names[2],
	    "[" PAPER("2607.00001", "First") "," PAPER("2607.00003", "Third") "]");
	bench_init(&bench, "2026-07-27T12:00:00Z");
	bench_add(&bench, folder, NULL);
	assert_int_equal(bench_fetch(&bench), 0);
	assert_int_equal(bench.outcome->verdict, SOURCE_ERROR);
	assert_int_equal(bench.outcome->exit_code, EX_DATAERR);
	assert_non_null(strstr(bench.outcome->error.text, "2026-07-21.json': hf_json: byte"));
	/* The same paper on two days is seen on both. */
	assert_int_equal(bench.memory->kept_count, 3);
	assert_int_equal(bench.memory->aborts, 1);
	assert_int_equal(bench.outcome->newest_day, day("2026-07-22"));
	bench_release(&bench);
	for (size_t i = 0; i < COUNT(names); i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
		unlink(path);
	}

	bench_init(&bench, "2026-07-27T12:00:00Z");
	bench_add(&bench, folder, NULL);
	assert_int_equal(bench_fetch(&bench), 0);
	assert_non_null(strstr(bench.outcome->error.text, "has no files"));
	bench_release(&bench);
	rmdir(folder);
	bench_init(&bench, "2026-07-27T12:00:00Z");
	snprintf(path, sizeof(path), "file:%s", folder);
	bench_add(&bench, path, NULL);
	assert_int_equal(bench_fetch(&bench), 0);
	assert_int_equal(bench.outcome->exit_code, EX_IOERR);
	assert_non_null(strstr(bench.outcome->error.text, "No such file"));
	bench_release(&bench);
}

static void
test_standard_input(void **state)
{
	static const char listing[] = "[" PAPER("2607.00001", "First") "]";
	struct bench bench;
	int saved = dup(STDIN_FILENO), pipes[2];

	(void)state;
	assert_int_equal(pipe(pipes), 0);
	assert_int_equal(write(pipes[1], listing, sizeof(listing) - 1), sizeof(listing) - 1);
	close(pipes[1]);
	dup2(pipes[0], STDIN_FILENO);
	close(pipes[0]);
	bench_init(&bench, "2026-07-27T12:00:00Z");
	bench_add(&bench, "-", NULL);
	assert_int_equal(bench_fetch(&bench), 0);
	assert_int_equal(bench.outcome->verdict, SOURCE_NEW);
	assert_int_equal(bench.memory->entries[0].day, day("2026-07-24"));
	bench_release(&bench);
	dup2(saved, STDIN_FILENO);
	close(saved);
}

/* ---- verdicts ---- */

#define DATED(number) ATOM_ENTRY("2607.0000" number, "Ours", "2026-07-27T07:00:00Z")

/* The feed provider, but what it has listed on earlier days it takes for yesterday's listing. */
static int
next_or_stale(struct provider_task *task, const struct provider_answer *answer, struct err *err)
{
	(void)err;
	if (answer->is_unreadable)
		return -1;
	task->state.complete_through = task->source->state.complete_through + 1;
	if (answer->entry_count > 0 && answer->earlier_count == answer->entry_count)
		provider_alarm_as(task, SOURCE_STALE, "Ours is %s.", "of yesterday");
	else
		provider_judge(task, SOURCE_NOTHING_NEW);
	return 0;
}

static int32_t
today_of(const struct entry *entry, int64_t now)
{
	(void)entry;
	return date_day_of(now);
}

static struct source_provider
stale_provider(void)
{
	struct source_provider provider = *provider_find("feed");

	provider.next = next_or_stale;
	provider.day_of = today_of;
	return provider;
}

#define OLD_FEED OK "ETag: \"old\"\r\n\r\n" ATOM_HEAD DATED("1") DATED("2") "</feed>"
#define NEW_FEED OK "ETag: \"new\"\r\n\r\n" ATOM_HEAD DATED("3") "</feed>"

static void
test_stale(void **state)
{
	static const struct peer_answer answers[] = {
		{ .path = "/", .bytes = OLD_FEED, .times = 5 },
		{ .path = "/", .bytes = NEW_FEED },
		END_OF_ANSWERS,
	};
	struct source_provider provider = stale_provider();
	struct peer peer;
	struct peer_http http;
	struct bench bench;

	(void)state;
	peer_start_http(&peer, &http, answers);
	bench_init(&bench, "2026-07-27T12:00:00Z");
	bench_add(&bench, "https://example.org/feed", &peer)->provider = &provider;
	bench.source->state.complete_through = day("2026-07-26");
	assert_int_equal(bench_fetch(&bench), 0);
	assert_int_equal(bench.outcome->verdict, SOURCE_NEW);
	assert_string_equal(bench.source->state.etag, "\"old\"");

	/* The same under another date: none of it is seen on that day, and nothing is done with. */
	bench_now(&bench, "2026-07-28T12:00:00Z");
	assert_int_equal(bench_fetch(&bench), 0);
	assert_int_equal(bench.outcome->verdict, SOURCE_STALE);
	assert_int_equal(bench.outcome->exit_code, EX_UNAVAILABLE);
	assert_string_equal(
	    bench.outcome->error.text, "https://example.org/feed: Ours is of yesterday");
	assert_true(has_note(bench.outcome, "Ours is of yesterday."));
	assert_int_equal(bench.memory->kept_count, 2);
	assert_int_equal(bench.memory->aborts, 1);
	assert_int_equal(bench.source->state.complete_through, day("2026-07-27"));
	assert_int_equal(bench.source->state.verdict, SOURCE_STALE);
	assert_int_equal(bench.source->state.failures, 0);
	assert_int_equal(bench.memory->listings[1].day, day("2026-07-28"));
	assert_int_equal(bench.memory->listings[1].verdict, SOURCE_STALE);
	assert_int_equal(bench.memory->listings[1].entry_count, -1);

	/* Asked again until it is today's. */
	bench.wish.odd_ms = 1;
	assert_int_equal(bench_fetch(&bench), 0);
	assert_int_equal(bench.outcome->verdict, SOURCE_NEW);
	assert_int_equal(bench.outcome->exit_code, 0);
	assert_int_equal(bench.outcome->note_count, 0);
	assert_int_equal(bench.outcome->entry_count, 1);
	assert_int_equal(peer.shared->requests, 6);
	assert_int_equal(bench.source->state.complete_through, day("2026-07-28"));
	assert_string_equal(bench.source->state.etag, "\"new\"");
	bench_release(&bench);
	peer_stop(&peer);
}

static void
test_odd_answers_have_an_end(void **state)
{
	static const struct peer_answer answers[] = { ANSWER("/", OLD_FEED), END_OF_ANSWERS };
	struct source_provider provider = stale_provider();
	struct peer peer;
	struct peer_http http;
	struct bench bench;

	(void)state;
	peer_start_http(&peer, &http, answers);
	bench_init(&bench, "2026-07-27T12:00:00Z");
	bench_add(&bench, "https://example.org/feed", &peer)->provider = &provider;
	assert_int_equal(bench_fetch(&bench), 0);
	bench_now(&bench, "2026-07-28T12:00:00Z");
	bench.wish.odd_ms = 1;
	assert_int_equal(bench_fetch(&bench), 0);
	assert_int_equal(bench.outcome->verdict, SOURCE_STALE);
	assert_int_equal(peer.shared->requests, 1 + 4);
	assert_int_equal(bench.outcome->note_count, 1);
	/* Not beyond the deadline. */
	bench.wish.odd_ms = 2 * PATIENCE_MS;
	assert_int_equal(bench_fetch(&bench), 0);
	assert_int_equal(bench.outcome->verdict, SOURCE_STALE);
	assert_int_equal(peer.shared->requests, 1 + 4 + 1);
	bench_release(&bench);
	peer_stop(&peer);
}

static void
test_shrunk(void **state)
{
	static const struct peer_answer answers[] = {
		ANSWER(HF("0"), LISTING),
		ANSWER("/", EMPTY),
		END_OF_ANSWERS,
	};
	static const struct {
		const char *now;
		struct source_past past;
		enum source_verdict verdict;
		const char *note;
	} cases[] = {
		{ "2026-07-27T12:00:00Z", { -1, -1 }, SOURCE_NEW, NULL },
		{ "2026-07-27T12:00:00Z", { 4, 10 }, SOURCE_NEW, NULL }, /* too few to tell */
		{ "2026-07-27T12:00:00Z", { -1, 8 }, SOURCE_NEW, NULL },
		{ "2026-07-27T12:00:00Z", { 2, -1 }, SOURCE_NEW, NULL },
		{ "2026-07-27T12:00:00Z", { 8, -1 }, SOURCE_SHRUNK, "where it had 8" },
		{ "2026-07-27T12:00:00Z", { -1, 20 }, SOURCE_SHRUNK,
		    "where it usually has about 20" },
		{ "2026-07-27T09:00:00Z", { -1, 20 }, SOURCE_NEW, NULL }, /* it may still grow */
		{ "2026-07-27T09:00:00Z", { 8, 20 }, SOURCE_SHRUNK, "where it had 8" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct peer peer;
		struct peer_http http;
		struct bench bench;
		bool is_odd = source_verdict_is_odd(cases[i].verdict);
		peer_start_http(&peer, &http, answers);
		bench_init(&bench, cases[i].now);
		bench_add(&bench, "hf", &peer);
		bench.memory->past = cases[i].past;
		assert_int_equal(bench_fetch(&bench), 0);
		if (bench.outcome->verdict != cases[i].verdict)
			fail_msg("case %zu: %s", i, source_verdict_name(bench.outcome->verdict));
		assert_int_equal(bench.outcome->exit_code, is_odd ? EX_UNAVAILABLE : 0);
		/* What there is, is taken. */
		assert_int_equal(bench.memory->kept_count, 2);
		assert_int_equal(bench.memory->listing_count, 1);
		assert_int_equal(bench.memory->listings[0].verdict, cases[i].verdict);
		assert_int_equal(bench.memory->listings[0].entry_count, 2);
		assert_int_equal(bench.source->state.last_success == DATE_NO_INSTANT, is_odd);
		if (cases[i].note != NULL)
			assert_true(has_note(bench.outcome, cases[i].note));
		bench_release(&bench);
		peer_stop(&peer);
	}
}

/* A day that was settled by a short answer would never be read again. */
static void
test_shrunk_day_is_not_done(void **state)
{
	static const struct peer_answer answers[] = {
		ANSWER(HF("0"), LISTING),
		ANSWER("/", EMPTY),
		END_OF_ANSWERS,
	};
	struct peer peer;
	struct peer_http http;
	struct bench bench;

	(void)state;
	peer_start_http(&peer, &http, answers);
	bench_init(&bench, "2026-07-28T06:00:00Z");
	bench_add(&bench, "hf", &peer);
	bench.source->state.complete_through = day("2026-07-26");
	bench.source->state.newest_day = day("2026-07-27");
	bench.memory->past = (struct source_past){ 30, 30 };
	assert_int_equal(bench_fetch(&bench), 0);
	assert_int_equal(bench.outcome->verdict, SOURCE_SHRUNK);
	assert_int_equal(bench.source->state.complete_through, day("2026-07-26"));
	assert_int_equal(bench.memory->listings[0].day, day("2026-07-27"));
	assert_int_equal(bench.memory->listings[1].verdict, SOURCE_NOT_YET);
	/* After a week it is what it is. */
	bench_now(&bench, "2026-08-05T06:00:00Z");
	assert_int_equal(bench_fetch(&bench), 0);
	assert_true(bench.source->state.complete_through >= day("2026-07-27"));
	bench_release(&bench);
	peer_stop(&peer);
}

static void
test_repaired(void **state)
{
	static const struct peer_answer answers[] = {
		ANSWER("/", OK "\r\n\n\n junk " ATOM_HEAD DATED("1") "</feed>"),
		END_OF_ANSWERS,
	};
	struct peer peer;
	struct peer_http http;
	struct bench bench;

	(void)state;
	peer_start_http(&peer, &http, answers);
	bench_init(&bench, "2026-07-27T12:00:00Z");
	bench_add(&bench, "https://example.org/feed", &peer);
	assert_int_equal(bench_fetch(&bench), 0);
	assert_int_equal(bench.outcome->verdict, SOURCE_REPAIRED);
	assert_int_equal(bench.outcome->exit_code, 0);
	assert_int_equal(bench.outcome->new_count, 1);
	assert_int_equal(bench.memory->listings[0].verdict, SOURCE_REPAIRED);
	assert_int_equal(bench.source->state.last_success, bench.source->state.last_attempt);
	bench_release(&bench);
	peer_stop(&peer);
}

/* ---- manners ---- */

static void
test_fresh(void **state)
{
	static const struct peer_answer answers[] = {
		{ .path = "/",
		    .bytes = OK "Cache-Control: max-age=7200\r\nAge: 600\r\n\r\n" ATOM_HEAD DATED(
		        "1") "</feed>" },
		END_OF_ANSWERS,
	};
	struct peer peer;
	struct peer_http http;
	struct bench bench;

	(void)state;
	peer_start_http(&peer, &http, answers);
	bench_init(&bench, "2026-07-27T12:00:00Z");
	bench_add(&bench, "https://example.org/feed", &peer);
	bench.wish.respects_fresh = true;
	assert_int_equal(bench_fetch(&bench), 0);
	assert_in_range(
	    bench.source->state.fresh_until, bench.wish.now + 6600, bench.wish.now + 6660);
	int64_t until = bench.source->state.fresh_until;
	bench.wish.now = until - 1;
	assert_int_equal(bench_fetch(&bench), 0);
	assert_int_equal(peer.shared->requests, 1);
	assert_int_equal(bench.outcome->verdict, SOURCE_NOTHING_NEW);
	assert_int_equal(bench.outcome->newest_day, day("2026-07-27"));
	/* Days that are asked for by name are asked for; and so is who respects nothing. */
	bench.wish.reach = SOURCE_DAYS;
	bench.wish.since = bench.wish.until = day("2026-07-27");
	assert_int_equal(bench_fetch(&bench), 0);
	assert_int_equal(peer.shared->requests, 2);
	bench.wish.reach = SOURCE_CATCH_UP;
	bench.source->state.fresh_until = until;
	bench.wish.respects_fresh = false;
	assert_int_equal(bench_fetch(&bench), 0);
	assert_int_equal(peer.shared->requests, 3);
	/* A clock that was ahead when it was written does not stop anybody. */
	bench.wish.respects_fresh = true;
	bench.source->state.fresh_until = bench.wish.now + 86401;
	assert_int_equal(bench_fetch(&bench), 0);
	assert_int_equal(peer.shared->requests, 4);
	/* The time has come. */
	bench.wish.now = bench.source->state.fresh_until;
	assert_int_equal(bench_fetch(&bench), 0);
	assert_int_equal(peer.shared->requests, 5);
	bench_release(&bench);
	peer_stop(&peer);
}

static int64_t
fresh_hours(const char *provider_name, const char *now_text, const struct fetch_fresh *fresh)
{
	struct fetch_job job = { .provider = provider_find(provider_name), .fresh = *fresh };
	int64_t now, until;

	assert_int_equal(date_parse_instant(str_from(now_text), &now), 0);
	until = fetch_fresh_until(&job, now);
	return until == DATE_NO_INSTANT ? 0 : (until - now) / 3600;
}

static void
test_fresh_until(void **state)
{
	static const struct {
		const char *provider, *now;
		struct fetch_fresh fresh;
		int64_t hours;
	} cases[] = {
		{ "feed", "2026-07-27T12:00:00Z", { true, 0, 0, 0 }, 0 },
		{ "feed", "2026-07-27T12:00:00Z", { true, 7200, 0, 0 }, 2 },
		{ "feed", "2026-07-27T12:00:00Z", { true, 30 * 86400, 0, 0 }, 20 },
		/* Hours 12 to 15, and an hour from now on 14, are skipped. */
		{ "feed", "2026-07-27T12:00:00Z", { true, 0, 0, 0xf000 }, 4 },
		{ "feed", "2026-07-27T13:00:00Z", { true, 3600, 0, 1 << 14 }, 2 },
		{ "feed", "2026-07-27T12:00:00Z", { true, 0, 0, 0xffffff }, 20 },
		/* 2026-07-25 is a Saturday. */
		{ "feed", "2026-07-24T22:00:00Z", { true, 3 * 3600, 0x60, 0 }, 20 },
		{ "feed", "2026-07-26T12:00:00Z", { true, 60, 0x60, 0 }, 12 },
		/* HF's day ends at midnight, arXiv's at four in summer, UTC. */
		{ "hf_daily", "2026-07-27T12:00:00Z", { true, 86400, 0, 0 }, 12 },
		{ "hf_daily", "2026-07-27T09:00:00Z", { true, 86400, 0, 0 }, 0 },
		{ "hf_daily", "2026-07-25T09:00:00Z", { true, 86400, 0x60, 0 }, 15 },
		{ "arxiv_api", "2026-07-27T12:00:00Z", { true, 86400, 0, 0 }, 16 },
		{ "arxiv_api", "2026-07-27T04:30:00Z", { true, 86400, 0, 0 }, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		int64_t hours = fresh_hours(cases[i].provider, cases[i].now, &cases[i].fresh);
		if (hours != cases[i].hours)
			fail_msg("case %zu: %d hours", i, (int)hours);
	}
}

/* What one source is told goes for others of the same host and place, and for them alone. */
static void
test_patience_is_shared(void **state)
{
	static const struct peer_answer answers[] = {
		{ .path = "/a/",
		    .bytes = "HTTP/1.1 503 Busy\r\nRetry-After: 1800\r\nConnection: close\r\n"
		             "Content-Length: 0\r\n\r\n" },
		ANSWER("/b/", OK "\r\n" ATOM_HEAD DATED("1") "</feed>"),
		END_OF_ANSWERS,
	};
	struct peer peer;
	struct peer_http http;
	struct bench bench;

	(void)state;
	peer_start_http(&peer, &http, answers);
	bench_init(&bench, "2026-07-27T12:00:00Z");
	bench_add(&bench, "https://example.org/a/one", &peer);
	bench_add(&bench, "https://example.org/a/two", &peer);
	bench_add(&bench, "https://example.org/a/three", &peer);
	bench_add(&bench, "https://example.org/b/four", &peer);
	assert_int_equal(bench_fetch(&bench), 0);
	/* Two at once are asked; the third waits its turn, and hears of it. */
	assert_int_equal(peer.shared->requests, 3);
	assert_non_null(strstr(bench.outcomes[0].error.text, "not before 2026-07-27T12:30"));
	assert_non_null(strstr(bench.outcomes[2].error.text,
	    "its server asked to be left alone until 2026-07-27T12:30"));
	assert_int_equal(bench.outcomes[3].verdict, SOURCE_NEW);
	for (int i = 0; i < 3; i++)
		assert_in_range(bench.sources[i].state.not_before, bench.wish.now + 1790,
		    bench.wish.now + 1860);
	assert_int_equal(bench.sources[3].state.not_before, DATE_NO_INSTANT);

	/* The next run knows it of the first alone. */
	bench.sources[1].state.not_before = bench.sources[2].state.not_before = DATE_NO_INSTANT;
	assert_int_equal(bench_fetch(&bench), 0);
	assert_int_equal(peer.shared->requests, 4);
	assert_non_null(strstr(bench.outcomes[0].error.text, "asked to be left alone until"));
	assert_non_null(strstr(bench.outcomes[1].error.text, "its server asked"));
	/* More than a day ahead is what a wrong clock wrote. */
	for (int i = 0; i < 3; i++)
		bench.sources[i].state.not_before = bench.wish.now + 86401;
	assert_int_equal(bench_fetch(&bench), 0);
	assert_true(peer.shared->requests > 5);
	bench_release(&bench);
	peer_stop(&peer);
}

static void
test_places(void **state)
{
	static const struct {
		const char *asked, *other;
		bool is_same;
	} cases[] = {
		{ "https://a.example/x/one", "https://a.example/x/two?q=1", true },
		{ "https://a.example/x", "http://a.example/x", true },
		{ "https://a.example/x?q", "https://a.example/x#f", true },
		{ "https://a.example", "https://a.example?q", true },
		{ "https://a.example/x/one", "https://a.example/y/one", false },
		{ "https://a.example/x/one", "https://b.example/x/one", false },
		{ "https://a.example/x/one", "https://a.example:8080/x/one", false },
	};
	struct source_wish wish = { .now = 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct fetch_paces *paces = fetch_paces_new(&wish);
		fetch_paces_rest(paces, str_from(cases[i].asked), PATIENCE_MS);
		fetch_paces_rest(paces, str_from(cases[i].asked), 1);
		int64_t wait_ms = fetch_paces_resting(paces, str_from(cases[i].other));
		if ((wait_ms > 1) != cases[i].is_same)
			fail_msg("'%s', '%s'", cases[i].asked, cases[i].other);
		fetch_paces_free(paces);
	}
	assert_str(fetch_host(STR("https://a.example:80/x")), "a.example");
	assert_str(fetch_host(STR("http://[::1]:80/x")), "[::1]");
	assert_str(fetch_host(STR("http://a.example?x")), "a.example");
}

/* All of arXiv is one host, whoever asks; any other host is its own. */
static void
test_paces(void **state)
{
	static const struct {
		const char *provider, *url;
	} asked[] = {
		{ "arxiv_api", "https://export.arxiv.org/api/query" },
		{ "feed", "https://rss.arxiv.org/rss/cs.CL" },
		{ "feed", "https://ARXIV.org/x" },
		{ "feed", "https://notarxiv.org/x" },
		{ "feed", "https://arxiv.org.example/x" },
		{ "arxiv_api", "http://127.0.0.1:8080/api/query" },
		{ "feed", "http://127.0.0.1:8080/feed" },
		{ "feed", "http://127.0.0.1:8081/feed" },
	};
	static const int same_as[] = { 0, 0, 0, 3, 4, 5, 5, 7 };
	struct source_wish wish = { .now = 0 };
	struct fetch_paces *paces = fetch_paces_new(&wish);
	struct settings *settings = settings_new(source_settings());
	struct fetch_pace *found[COUNT(asked)];

	(void)state;
	for (size_t i = 0; i < COUNT(asked); i++)
		found[i] = fetch_pace_of(
		    paces, provider_find(asked[i].provider), settings, str_from(asked[i].url));
	for (size_t i = 0; i < COUNT(asked); i++) {
		for (size_t j = 0; j < COUNT(asked); j++) {
			if ((found[i] == found[j]) != (same_as[i] == same_as[j]))
				fail_msg("'%s', '%s'", asked[i].url, asked[j].url);
		}
	}
	/* One at a time there, three seconds apart, though a feed began; elsewhere two. */
	struct fetch_pace *arxiv =
	    fetch_pace_of(paces, provider_find("feed"), settings, STR("https://arxiv.org/y"));
	assert_int_equal(fetch_pace_start(arxiv), 0);
	assert_true(fetch_pace_start(arxiv) > 0);
	fetch_pace_end(arxiv);
	assert_in_range(fetch_pace_start(arxiv), 1, 3000);
	assert_int_equal(fetch_pace_start(found[7]), 0);
	assert_int_equal(fetch_pace_start(found[7]), 0);
	assert_true(fetch_pace_start(found[7]) > 0);
	fetch_pace_end(found[7]);
	assert_int_equal(fetch_pace_start(found[7]), 0);
	settings_free(settings);
	fetch_paces_free(paces);
}

/* Whoever comes second to a host keeps the pace of the first, whatever its own. */
static void
test_pace_of_other_providers(void **state)
{
	struct pace_bench pace;

	(void)state;
	pace_init(&pace, "1h");
	bench_add(&pace.bench, "https://example.org/feed", &pace.peer);
	assert_true(pace_fetch(&pace, 600));
	assert_int_equal(pace.peer.shared->requests, 1);
	pace_release(&pace);
}

/* A preview leaves no stamp, so it keeps the lock until others may ask. */
static void
test_preview_keeps_the_lock(void **state)
{
	struct pace_bench pace;

	(void)state;
	pace_init(&pace, "1s");
	assert_true(pace_fetch(&pace, PATIENCE_MS));
	pace.bench.memory->lock = pace.stamp;
	set_stamp_time(&pace, 1000);
	assert_true(pace_fetch(&pace, PATIENCE_MS));
	assert_false(pace.bench.memory->is_locked);
	set_stamp_time(&pace, 1000);
	pace.bench.wish.is_frugal = true;
	assert_true(pace_fetch(&pace, PATIENCE_MS));
	assert_true(pace.bench.memory->is_locked);
	assert_int_equal(stamp_time(&pace), 1000);
	pace_release(&pace);
}

static void
test_clock(void **state)
{
	enum { HOUR_S = 3600 };
	static const struct {
		const char *hosts[3];
		int ahead_h[3]; /* of our clock */
		const char *why;
	} cases[] = {
		{ { "a", "b", "c" }, { 0, 5, -5 }, NULL },
		{ { "a", "a", "a" }, { 7, 7, 7 }, NULL },
		{ { "a", "b", "c" }, { 7, -7, 0 }, NULL },
		{ { "a", "b", "c" }, { 7, 0, 8 }, "8 hours ahead, say 'a' and 'c'; set it right" },
		{ { "a", "b", "c" }, { -100, 7, -8 }, "8 hours behind, say 'a' and 'c'" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct fetch_clock clock = { 0 };
		struct err err = ERR_NONE;
		int status = 0;
		for (int j = 0; j < 3 && status == 0; j++) {
			struct net_response response = { .date = 1785139200 -
				    cases[i].ahead_h[j] * HOUR_S };
			status = fetch_clock_check(
			    &clock, str_from(cases[i].hosts[j]), &response, 1785139200, &err);
		}
		assert_int_equal(status, cases[i].why != NULL ? -1 : 0);
		if (cases[i].why == NULL)
			continue;
		assert_int_equal(err.code, EX_TEMPFAIL);
		if (strstr(err.text, cases[i].why) == NULL)
			fail_msg("%s", err.text);
	}
	struct fetch_clock clock = { 0 };
	struct net_response silent = { .date = DATE_NO_INSTANT };
	struct err err = ERR_NONE;
	assert_int_equal(fetch_clock_check(&clock, STR("a"), &silent, 1785139200, &err), 0);
	assert_int_equal(fetch_clock_check(&clock, STR("b"), &silent, 1785139200, &err), 0);
}

/* ---- several ---- */

static void
test_together(void **state)
{
	static const struct peer_answer answers[] = {
		ANSWER(HF("0"), LISTING),
		ANSWER(HF("1"), EMPTY),
		ANSWER("/good",
		    OK "\r\n" ATOM_HEAD ATOM_ENTRY(
		        "2607.00009", "Ninth", "2026-07-27T07:00:00Z") "</feed>"),
		ANSWER("/bad", FAIL("403 Forbidden")),
		END_OF_ANSWERS,
	};
	struct peer peer;
	struct peer_http http;
	struct bench bench;

	(void)state;
	peer_start_http(&peer, &http, answers);
	bench_init(&bench, "2026-07-27T12:00:00Z");
	bench_add(&bench, "hf", &peer);
	bench_add(&bench, "https://example.org/good", &peer);
	bench_add(&bench, "https://example.org/bad", &peer);
	assert_true(source_needs_net(bench.sources, bench.count, &bench.wish));
	assert_int_equal(bench_fetch(&bench), 0);
	assert_int_equal(bench.outcomes[0].verdict, SOURCE_NEW);
	assert_int_equal(bench.outcomes[1].verdict, SOURCE_NEW);
	assert_int_equal(bench.outcomes[2].verdict, SOURCE_ERROR);
	assert_int_equal(bench.memory->kept_count, 3);
	assert_int_equal(bench.memory->done, 3);
	bench_release(&bench);
	peer_stop(&peer);
}

static void
test_offline(void **state)
{
	static const struct peer_answer answers[] = { END_OF_ANSWERS };
	char path[] = "/tmp/digest-test-XXXXXX";
	static const char listing[] = "[" PAPER("2607.00001", "First") "]";
	struct peer peer;
	struct peer_http http;
	struct bench bench;
	int fd = mkstemp(path);

	(void)state;
	assert_int_equal(write(fd, listing, sizeof(listing) - 1), sizeof(listing) - 1);
	close(fd);
	peer_start_http(&peer, &http, answers);
	bench_init(&bench, "2026-07-27T12:00:00Z");
	bench_add(&bench, "hf", &peer);
	bench_add(&bench, path, NULL);
	bench.wish.is_offline = true;
	assert_false(source_needs_net(bench.sources, bench.count, &bench.wish));
	assert_int_equal(bench_fetch(&bench), 0);
	assert_int_equal(bench.outcomes[0].verdict, SOURCE_NEVER_ASKED);
	assert_int_equal(bench.outcomes[0].exit_code, 0);
	assert_int_equal(bench.outcomes[1].verdict, SOURCE_NEW);
	assert_int_equal(peer.shared->connections, 0);
	assert_int_equal(bench.sources[0].state.last_attempt, DATE_NO_INSTANT);
	bench_release(&bench);
	peer_stop(&peer);
	unlink(path);
}

/* ---- keys ---- */

static void
test_seen_keys(void **state)
{
	struct fetch_seen seen = { .kept = { .table_count = 0 } };
	char key[32];

	(void)state;
	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < 5000; i++) {
			snprintf(key, sizeof(key), "arxiv:%d", i);
			assert_true(fetch_seen_add(&seen, str_from(key)));
			assert_false(fetch_seen_add(&seen, str_from(key)));
		}
		if (round == 0)
			fetch_seen_forget(&seen);
	}
	fetch_seen_keep(&seen);
	fetch_seen_forget(&seen);
	assert_false(fetch_seen_add(&seen, STR("arxiv:0")));
	assert_false(fetch_seen_add(&seen, STR("arxiv:4999")));
	assert_true(fetch_seen_add(&seen, STR("arxiv:5000")));
	fetch_seen_release(&seen);
	assert_true(fetch_seen_add(&seen, STR("arxiv:0")));
	fetch_seen_release(&seen);
}

static int
forget_proxies(void **state)
{
	(void)state;
	unsetenv("http_proxy");
	unsetenv("all_proxy");
	unsetenv("ALL_PROXY");
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_first_and_second_run),
		cmocka_unit_test(test_repeated_entries),
		cmocka_unit_test(test_bad_items),
		cmocka_unit_test(test_troubles),
		cmocka_unit_test(test_unreachable),
		cmocka_unit_test(test_too_large),
		cmocka_unit_test(test_charsets),
		cmocka_unit_test(test_packed_feed),
		cmocka_unit_test(test_retry_after_that_does_not_fit),
		cmocka_unit_test(test_spent_quota),
		cmocka_unit_test(test_page_that_fails),
		cmocka_unit_test(test_day_that_cannot_be_read),
		cmocka_unit_test(test_failure_and_alarm),
		cmocka_unit_test(test_sink_that_fails),
		cmocka_unit_test(test_conditional_get),
		cmocka_unit_test(test_feed_that_moved),
		cmocka_unit_test(test_feed_that_moved_away),
		cmocka_unit_test(test_feed_that_is_gone),
		cmocka_unit_test(test_feed_keeps_its_title),
		cmocka_unit_test(test_token),
		cmocka_unit_test(test_token_command),
		cmocka_unit_test(test_token_is_not_sent_in_clear),
		cmocka_unit_test(test_arxiv_pages),
		cmocka_unit_test(test_arxiv_error_feed),
		cmocka_unit_test(test_pace_between_runs),
		cmocka_unit_test(test_pace_while_another_asks),
		cmocka_unit_test(test_pace_of_a_preview),
		cmocka_unit_test(test_pace_within_a_run),
		cmocka_unit_test(test_stale),
		cmocka_unit_test(test_odd_answers_have_an_end),
		cmocka_unit_test(test_shrunk),
		cmocka_unit_test(test_shrunk_day_is_not_done),
		cmocka_unit_test(test_repaired),
		cmocka_unit_test(test_fresh),
		cmocka_unit_test(test_fresh_until),
		cmocka_unit_test(test_patience_is_shared),
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_paces),
		cmocka_unit_test(test_pace_of_other_providers),
		cmocka_unit_test(test_preview_keeps_the_lock),
		cmocka_unit_test(test_clock),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_folder_with_a_bad_file),
		cmocka_unit_test(test_standard_input),
		cmocka_unit_test(test_together),
		cmocka_unit_test(test_offline),
		cmocka_unit_test(test_seen_keys),
	};

	return cmocka_run_group_tests(tests, forget_proxies, NULL);
}
