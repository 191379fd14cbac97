/*
 * Freeze: issue, entries, what was left out and one delivery per recipient appear in one
 * transaction. From here on the bytes do not change.
 */
#include "day.h"

/* More than this many times the readers from one issue to the next wants a second look. */
enum { SMALL_LIST = 5, LARGE_LIST = 50 };

/*
 * A subscriber file imported by mistake must not mail everyone at once: who watches is asked, and
 * where nobody does, the issue waits for a --yes.
 */
static int
check_growth(struct day *day, struct day_edition *edition, struct err *err)
{
	struct err trouble = ERR_NONE;
	size_t before = 0, now = edition->recipient_count;

	if (day->request->may_grow || now <= LARGE_LIST)
		return 0;
	if (store_last_reach(day->store, edition->audience, &before, err) < 0)
		return -1;
	if (before == 0 || before >= SMALL_LIST)
		return 0;
	struct str question = arena_printf(day->batch_arena,
	    "list '%s' grew from %zu to %zu recipients; send to them all?", edition->list->name,
	    before, now);
	if (day->request->confirm != NULL && day->request->confirm(question.ptr))
		return 0;
	err_set(&trouble, EX_USAGE,
	    "grew from %zu to %zu recipients since its last issue; none of them was sent one; say "
	    "--yes if that is right",
	    before, now);
	day_give_up(day, edition, &trouble);
	return 0;
}

/* Queues some of those of a kind, from `*next` on; how many, or -1. */
static ptrdiff_t
queue_some(struct day *day, const struct day_edition *edition, enum message_kind kind, size_t *next,
    struct arena *arena, struct err *err)
{
	enum { SOME = 512 };
	struct ledger_addressee addressees[SOME];
	size_t count = 0;

	for (; *next < edition->recipient_count && count < SOME; ++*next) {
		const struct store_recipient *recipient = &edition->recipients[*next];
		if (recipient->kind != kind)
			continue;
		const char *address = arena_string(arena, recipient->address);
		addressees[count++] = (struct ledger_addressee){
			.recipient = recipient->id,
			.address = address,
			.kind = kind,
			.message_id = day_message_id(day, edition, kind, address, arena),
		};
	}
	if (ledger_queue(day->ledger, edition->issue_id, addressees, count, day->now, err) < 0)
		return -1;
	return (ptrdiff_t)count;
}

/* Those who may go together stand together in the ledger. */
static int
queue_deliveries(struct day *day, const struct day_edition *edition, struct err *err)
{
	struct arena *arena = arena_new();
	ptrdiff_t count = 0;

	for (int kind = MESSAGE_TO_LIST; kind <= MESSAGE_TO_PERSON && count >= 0; kind++) {
		size_t next = 0;
		do {
			arena_reset(arena);
			count =
			    queue_some(day, edition, (enum message_kind)kind, &next, arena, err);
		} while (count > 0);
	}
	arena_free(arena);
	return count < 0 ? -1 : 0;
}

static struct store_left_out *
left_out(struct day *day, const struct day_edition *edition, size_t *count)
{
	struct store_left_out *items;

	*count = edition->candidates.count - edition->picked_count;
	items = arena_array(day->batch_arena, *count + 1, sizeof(*items));
	for (size_t i = 0; i < *count; i++) {
		const struct pick_candidate *pick = &edition->picks[edition->picked_count + i];
		items[i] = (struct store_left_out){ .entry = pick->entry, .reason = pick->why };
	}
	return items;
}

/* Nobody to write to means no issue: what is new waits for the first reader. */
static bool
is_worth_freezing(const struct day_edition *edition)
{
	return !edition->is_made && !edition->is_given_up && edition->recipient_count > 0;
}

/*
 * Who begins with --since follows from today on. Who has begun already may not have looked at what
 * is older, and one day by its --date is no beginning. Later issues find what a day gone by
 * left for them.
 */
static bool
looks_up_to_now(const struct day *day, const struct day_edition *edition)
{
	if (edition->is_catch_up)
		return false;
	return day->scope == STORE_NEWS || day->request->since != DATE_NO_DAY;
}

int
day_freeze(struct day *day, struct day_edition *edition, struct err *err)
{
	const struct day_list *list = edition->list;
	int64_t *sources = arena_array(day->batch_arena, list->source_count + 1, sizeof(int64_t));
	enum message_kind any =
	    edition->has_kind[MESSAGE_TO_LIST] ? MESSAGE_TO_LIST : MESSAGE_TO_PERSON;

	for (size_t i = 0; i < list->source_count; i++)
		sources[i] = day->source_ids[list->sources[i]];
	struct store_frozen frozen = {
		.audience = edition->audience,
		.issue = edition->picked_count > 0 || edition->is_note ? &edition->issue : NULL,
		.subject = buf_str(&edition->parts[any].subject),
		.bytes = { buf_str(&edition->message[0]), buf_str(&edition->message[1]) },
		.sources = sources,
		.source_count = list->source_count,
		.through = looks_up_to_now(day, edition) ? edition->candidates.through : 0,
		.until = edition->candidates.until,
		.is_beginning = day->scope != STORE_NEWS,
	};
	frozen.left_out = left_out(day, edition, &frozen.left_out_count);
	if (store_freeze(day->store, &frozen, day->now, &edition->issue_id, err) < 0)
		return -1;
	return frozen.issue != NULL ? queue_deliveries(day, edition, err) : 0;
}

/* "Asked and got no answer" and "not published yet" are not heard. */
bool
day_has_heard(const struct day *day, const struct day_list *list)
{
	for (size_t i = 0; i < list->source_count; i++) {
		switch (day->outcomes[list->sources[i]].verdict) {
		case SOURCE_NEW:
		case SOURCE_NOTHING_NEW:
		case SOURCE_EMPTY_EXPECTED: continue;
		default: return false;
		}
	}
	return true;
}

/*
 * An edition is done until it is due again when its issue is made, or when its sources were all
 * heard and had nothing.
 */
static int
freeze_all(struct day *day, struct err *err)
{
	for (size_t i = 0; i < day->batch_count; i++) {
		struct day_edition *edition = &day->batch[i];
		if (is_worth_freezing(edition) && day_freeze(day, edition, err) < 0)
			return -1;
	}
	for (size_t i = 0; i < day->batch_count; i++) {
		const struct day_edition *edition = &day->batch[i];
		bool has_issue = edition->is_made || edition->issue_id != 0;
		if (edition->is_given_up || (!has_issue && !day_has_heard(day, edition->list))) {
			day->result->is_waiting = true;
			continue;
		}
		if (store_set_done(day->store, edition->audience, edition->done_at, err) < 0)
			return -1;
	}
	return 0;
}

int
stage_freeze(struct day *day, struct err *err)
{
	for (size_t i = 0; i < day->batch_count; i++) {
		if (is_worth_freezing(&day->batch[i]) && check_growth(day, &day->batch[i], err) < 0)
			return -1;
	}
	if (db_begin(store_db(day->store), err) < 0)
		return -1;
	if (freeze_all(day, err) == 0 && db_commit(store_db(day->store), err) == 0)
		return 0;
	db_rollback(store_db(day->store));
	return -1;
}
