/*
 * Walks a mode's stages in order and cleans up after them. What a stage does is its own file's.
 */
#include "day.h"

#include "digest/clock.h"

#include <string.h>

typedef int stage_function(struct day *day, struct err *err);

struct stage {
	stage_function *function; /* NULL after the last */
	bool is_batched;
};

/* How many editions are worked on together. */
enum { BATCH_SIZE = 32 };

#define STAGE(name) { stage_##name, false },
#define BATCH(name) { stage_##name, true },
#define MODE(name, access, scope, stages) \
	static const struct stage mode_##name[] = { stages{ NULL, false } };
#include "modes.def"
#undef MODE
#undef BATCH
#undef STAGE

struct mode {
	const char *name;
	enum db_access access;
	enum store_scope scope;
	const struct stage *stages;
};

#define MODE(name, access, scope, stages) { #name, access, scope, mode_##name },
static const struct mode modes[] = {
#include "modes.def"
};
#undef MODE

void
run_result_release(struct run_result *result)
{
	buf_release(&result->data);
	buf_release(&result->said);
	buf_release(&result->troubles);
}

void
day_trouble(struct day *day, const struct err *err)
{
	buf_addf(&day->result->troubles, "%s\n", err->text);
	day->result->exit_code = err_worse_code(day->result->exit_code, err->code);
}

void
day_event(struct day *day, const struct err *err)
{
	day->events = arena_grow(day->arena, day->events, &day->event_count, sizeof(*day->events));
	day->events[day->event_count - 1] = arena_copy(day->arena, str_from(err->text));
	day->result->exit_code = err_worse_code(day->result->exit_code, err->code);
}

void
day_give_up(struct day *day, struct day_edition *edition, struct err *trouble)
{
	if (edition->settings.len > 0)
		err_prefix(trouble, "'%s'", edition->address);
	err_prefix(trouble, "list '%s'", edition->list->name);
	day_trouble(day, trouble);
	edition->is_given_up = true;
}

const char *
day_papers(struct day *day, size_t count)
{
	struct str text =
	    arena_printf(day->arena, "%zu %s", count, count == 1 ? "paper" : "papers");

	return text.ptr;
}

void
day_add_scope(struct day *day, struct ledger_scope scope)
{
	day->scopes = arena_grow(day->arena, day->scopes, &day->scope_count, sizeof(scope));
	day->scopes[day->scope_count - 1] = scope;
}

void
day_start(struct day *day, const struct run_request *request, struct run_result *result)
{
	day->request = request;
	day->result = result;
	day->arena = arena_new();
	day->batch_arena = arena_new();
	day->now = clock_now();
	day->start_ms = clock_monotonic_ms();
	result->next_due = DATE_NO_INSTANT;
}

static const struct mode *
find_mode(const char *name)
{
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		if (strcmp(modes[i].name, name) == 0)
			return &modes[i];
	}
	return NULL;
}

void
day_release(struct day *day)
{
	for (size_t i = 0; i < day->list_count; i++)
		day_release_rules(&day->lists[i].rules);
	for (size_t i = 0; i < day->liked_model_count; i++)
		liked_model_free(day->liked_models[i]);
	dkim_close(day->dkim);
	store_shelf_free(day->shelf);
	net_close(day->net);
	ledger_close(day->ledger);
	store_close(day->store);
	store_unlock(day->lock);
	for (size_t i = 0; i < day->source_count; i++)
		source_release(&day->sources[i]);
	arena_free(day->batch_arena);
	arena_free(day->arena);
}

/* Days that were asked for by name replace "the newest" and "what is new". */
static enum store_scope
scope_of(const struct mode *mode, const struct run_request *request)
{
	if (request->date == DATE_NO_DAY && request->since == DATE_NO_DAY)
		return mode->scope;
	return mode->scope == STORE_NEWEST ? STORE_DAYS_ALL : STORE_DAYS;
}

void
day_finish_edition(struct day_edition *edition)
{
	for (int kind = 0; kind < 2; kind++) {
		render_parts_release(&edition->parts[kind]);
		buf_release(&edition->message[kind]);
	}
	edition->candidates = (struct store_candidates){ 0 };
	edition->picks = NULL;
	edition->issue = (struct issue){ 0 };
	if (edition->own != NULL) {
		edition->rules = &edition->list->rules;
		day_release_rules(&edition->own_rules);
		settings_free(edition->own);
		edition->own = NULL;
	}
}

const struct day_edition *
day_edition_before(const struct day *day, const struct day_edition *edition)
{
	if (edition == day->editions || edition[-1].audience != edition->audience)
		return NULL;
	return edition - 1;
}

/* What an issue holds depends on the one before it, so a batch has one of each audience. */
static size_t
batch_size(const struct day *day, size_t begin)
{
	size_t end = begin + 1;

	while (end < day->edition_count && end - begin < BATCH_SIZE &&
	    day_edition_before(day, &day->editions[end]) == NULL)
		end++;
	return end - begin;
}

/* Walks the batched stages from the first one on for each part of the editions. */
static int
walk_batches(struct day *day, const struct stage *first, struct err *err)
{
	int status = 0;

	for (size_t begin = 0; begin < day->edition_count && status == 0;
	     begin += day->batch_count) {
		day->batch = day->editions + begin;
		day->batch_count = batch_size(day, begin);
		for (const struct stage *stage = first; stage->is_batched && status == 0; stage++)
			status = stage->function(day, err);
		for (size_t i = 0; i < day->batch_count; i++)
			day_finish_edition(&day->batch[i]);
		arena_reset(day->batch_arena);
	}
	return status;
}

static int
walk(struct day *day, const struct stage *stage, struct err *err)
{
	int status = 0;

	while (stage->function != NULL && status == 0) {
		if (!stage->is_batched) {
			status = stage->function(day, err);
			stage++;
			continue;
		}
		status = walk_batches(day, stage, err);
		while (stage->is_batched)
			stage++;
	}
	return status;
}

int
run(const struct run_request *request, struct run_result *result, struct err *err)
{
	const struct mode *mode = find_mode(request->mode);
	if (mode == NULL)
		return err_set(err, EX_SOFTWARE, "run: there is no mode '%s'; please report this",
		    request->mode);

	struct day day = { .access = mode->access, .scope = scope_of(mode, request) };

	day_start(&day, request, result);
	int status = walk(&day, mode->stages, err);
	day_write_metrics(&day, err);
	day_settle_complaints(&day, err);
	for (size_t i = 0; i < day.event_count; i++)
		buf_addf(&result->troubles, "%.*s\n", STR_ARG(day.events[i]));
	day_release(&day);
	return status;
}
