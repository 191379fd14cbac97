/*
 * A provider on a bench of its own, without a network: it is driven through a fetch by answers that
 * a test makes up, and what it asks is written down.
 */
#ifndef DIGEST_TESTS_UNIT_PROVIDER_BENCH_H
#define DIGEST_TESTS_UNIT_PROVIDER_BENCH_H

#include "unit.h"

#include "src/source/provider.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* For tables of cases. */
#define NEWEST SOURCE_NEWEST
#define CATCH_UP SOURCE_CATCH_UP
#define DAYS SOURCE_DAYS

enum { MOST_REQUESTS = 400 };

/* A source, its provider and one fetch under way. */
struct bench {
	struct arena *arena;
	struct source source;
	struct source_wish wish;
	struct source_outcome outcome;
	struct provider_task task;
	struct buf asked; /* what was asked, in the test's own short words */
	struct err err;
	int requests;
};

static inline int32_t
day(const char *text)
{
	int32_t value;

	if (text == NULL)
		return DATE_NO_DAY;
	assert_int_equal(date_parse_day(str_from(text), &value), 0);
	return value;
}

static inline int64_t
instant(const char *text)
{
	int64_t value;

	if (text == NULL)
		return DATE_NO_INSTANT;
	assert_int_equal(date_parse_instant(str_from(text), &value), 0);
	return value;
}

static inline void
assert_day(int32_t actual, const char *expected, const char *what)
{
	char text[DATE_DAY_BYTES];

	if (actual != day(expected))
		fail_msg("%s: '%s' where '%s' should be", what, date_format_day(text, actual),
		    expected != NULL ? expected : "");
}

static inline void
bench_init(struct bench *bench, const char *spec)
{
	struct err err = ERR_NONE;

	*bench = (struct bench){ .arena = arena_new(), .asked = BUF_INIT(BUF_LIMIT) };
	if (source_from_spec(&bench->source, bench->arena, spec, &err) < 0)
		fail_msg("%s: %s", spec, err.text);
}

static inline void
bench_release(struct bench *bench)
{
	source_release(&bench->source);
	buf_release(&bench->task.request.url);
	buf_release(&bench->asked);
	arena_free(bench->arena);
}

/* A new fetch of the same source, with what the last one remembered. */
static inline void
bench_begin(struct bench *bench, enum source_reach reach, const char *now)
{
	bench->wish.reach = reach;
	bench->wish.now = instant(now);
	bench->source.state = bench->task.source != NULL ? bench->task.state : bench->source.state;
	bench->outcome = (struct source_outcome){ .newest_day = DATE_NO_DAY };
	buf_release(&bench->task.request.url);
	bench->task = (struct provider_task){
		.source = &bench->source,
		.wish = &bench->wish,
		.state = bench->source.state,
		.outcome = &bench->outcome,
		.arena = bench->arena,
		.request = { .url = BUF_INIT(BUF_LIMIT), .day = DATE_NO_DAY, .hint = DATE_NO_DAY },
	};
	err_clear(&bench->err);
	buf_reset(&bench->asked);
	bench->requests = 0;
}

typedef struct provider_answer answer_function(struct bench *bench, const void *world);

/* Asks until the provider is done: what its last call returned. */
static inline int
bench_drive(struct bench *bench, answer_function *answer, const void *world)
{
	int status = bench->source.provider->start(&bench->task, &bench->err);

	while (status > 0) {
		if (++bench->requests > MOST_REQUESTS)
			fail_msg("asks for ever: %s", bench->asked.ptr);
		struct provider_answer given = answer(bench, world);
		status = bench->source.provider->next(&bench->task, &given, &bench->err);
	}
	return status;
}

static inline struct provider_answer
no_answer(void)
{
	return (struct provider_answer){
		.status = 200,
		.total = -1,
		.first = -1,
		.named_day = DATE_NO_DAY,
		.oldest_day = DATE_NO_DAY,
		.newest_day = DATE_NO_DAY,
		.generated_at = DATE_NO_INSTANT,
	};
}

static inline bool
has_note(const struct bench *bench, const char *text)
{
	for (size_t i = 0; i < bench->outcome.note_count; i++) {
		if (str_find(bench->outcome.notes[i], str_from(text)) >= 0)
			return true;
	}
	return false;
}

#endif
