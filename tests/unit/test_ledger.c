/*
 * The ledger: the machine, every transition; the rows in every state; and the journal when the disk
 * is full, when it stays full, and when nobody is left to hear of it.
 */
#include "folder.h"

#include "digest/ledger.h"
#include "digest/store.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>

/* ---- the machine ---- */

static void
the_machine_is_as_drawn(void **state)
{
	(void)state;
	/* A row a state, a column an event; "" where the event cannot happen. */
	static const char *const events[] = { "claim", "dot", "accept", "defer", "fail", "lose",
		"cancel", "expire", "recover", "requeue" };
	static const char *const expected[LEDGER_STATE_COUNT][LEDGER_EVENT_COUNT + 1] = {
		{ "queued", "attempt", "", "", "", "", "", "cancelled", "expired", "", "" },
		{ "attempt", "", "dot", "", "deferred", "failed", "", "", "", "queued", "" },
		{ "dot", "", "", "accepted", "deferred", "failed", "doubt", "", "", "doubt", "" },
		{ "accepted", "", "", "", "", "", "", "", "", "", "queued" },
		{ "deferred", "attempt", "", "", "", "", "", "cancelled", "expired", "", "queued" },
		{ "failed", "", "", "", "", "", "", "", "", "", "queued" },
		{ "doubt", "attempt", "", "", "", "", "", "cancelled", "", "", "queued" },
		{ "cancelled", "", "", "", "", "", "", "", "", "", "queued" },
		{ "expired", "", "", "", "", "", "", "", "", "", "queued" },
	};

	for (int s = 0; s < LEDGER_STATE_COUNT; s++) {
		assert_string_equal(ledger_state_name((enum ledger_state)s), expected[s][0]);
		for (int e = 0; e < LEDGER_EVENT_COUNT; e++) {
			int next = ledger_next((enum ledger_state)s, (enum ledger_event)e);
			const char *name =
			    next >= 0 ? ledger_state_name((enum ledger_state)next) : "";
			if (strcmp(name, expected[s][e + 1]) != 0)
				fail_msg("%s + %s = '%s', not '%s'", expected[s][0], events[e],
				    name, expected[s][e + 1]);
		}
	}
}

/* "claim: attempt; cancel: cancelled": what the manual says an event leads to; "" for nothing. */
static struct str
documented(struct str row, const char *event)
{
	char key[32];

	int len = snprintf(key, sizeof(key), " %s: ", event);
	for (size_t i = 0; i + (size_t)len <= row.len; i++) {
		struct str rest = str_skip(row, i);
		if (str_starts(rest, key)) {
			rest = str_skip(rest, (size_t)len);
			return (struct str){ rest.ptr, strcspn(rest.ptr, ";\n") };
		}
	}
	return STR("");
}

/* The table of the manual is the machine: every state, every event, nothing else. */
static void
the_manual_tells_the_machine(void **state)
{
	static const char *const events[LEDGER_EVENT_COUNT] = { "claim", "dot", "accept", "defer",
		"fail", "lose", "cancel", "expire", "recover", "requeue" };
	FILE *file = fopen("man/digest.1", "r");
	char line[400], start[32];
	int states = 0, told = 0, transitions = 0;

	(void)state;
	assert_non_null(file);
	while (fgets(line, sizeof(line), file) != NULL) {
		if (states == LEDGER_STATE_COUNT)
			break;
		enum ledger_state from = (enum ledger_state)states;
		snprintf(start, sizeof(start), ".It %s Ta", ledger_state_name(from));
		if (!str_starts(str_from(line), start))
			continue;
		for (const char *colon = line; (colon = strchr(colon, ':')) != NULL; colon++)
			told++;
		for (int e = 0; e < LEDGER_EVENT_COUNT; e++) {
			int next = ledger_next(from, (enum ledger_event)e);
			struct str said = documented(str_from(line), events[e]);
			const char *name =
			    next >= 0 ? ledger_state_name((enum ledger_state)next) : "";
			if (!str_is(said, name))
				fail_msg("%s + %s: the manual says '%.*s', not '%s'", start + 4,
				    events[e], STR_ARG(said), name);
			transitions += next >= 0;
		}
		states++;
	}
	fclose(file);
	assert_int_equal(states, LEDGER_STATE_COUNT);
	assert_int_equal(told, transitions);
}

/* What promise 2 rests on, said of the machine as a whole. */
static void
the_machine_keeps_the_promise(void **state)
{
	(void)state;
	for (int s = 0; s < LEDGER_STATE_COUNT; s++) {
		enum ledger_state from = (enum ledger_state)s;
		bool has_way_on = false;
		for (int e = 0; e < LEDGER_EVENT_COUNT; e++) {
			int next = ledger_next(from, (enum ledger_event)e);
			if (e != LEDGER_REQUEUE && next >= 0)
				has_way_on = true;
			/* Nothing is accepted or in doubt whose dot was not announced. */
			if (next == LEDGER_ACCEPTED || next == LEDGER_DOUBT)
				assert_int_equal(from, LEDGER_DOT);
			/* And only what is claimed is sent. */
			if (next == LEDGER_DOT)
				assert_int_equal(from, LEDGER_ATTEMPT);
			/* A dead run leaves nothing under way. */
			if (e == LEDGER_RECOVER && next >= 0)
				assert_true(next == LEDGER_QUEUED || next == LEDGER_DOUBT);
		}
		/* No state is a dead end but those that say what became of it. */
		bool is_final = from == LEDGER_ACCEPTED || from == LEDGER_FAILED ||
		    from == LEDGER_CANCELLED || from == LEDGER_EXPIRED;
		assert_int_equal(is_final, !has_way_on);
	}
}

/* ---- rows ---- */

struct fixture {
	struct folder folder;
	struct store *store;
	struct ledger *ledger;
	struct arena *arena;
	int64_t list;
};

static const struct ledger_scope everything;

static void
open_all(struct fixture *f)
{
	assert_ok(store_open(&f->store, folder_file(&f->folder, "digest.db"), DB_WRITE, &trouble));
	assert_ok(ledger_open(&f->ledger, store_db(f->store), &trouble));
}

static void
close_all(struct fixture *f)
{
	ledger_close(f->ledger);
	store_close(f->store);
	f->ledger = NULL;
	f->store = NULL;
}

static const char *const readers[] = { "ann@example.org", "bob@example.org", "cat@example.org" };

/* An issue of a list on a date, and a delivery of it to the first `count` readers. */
static int64_t
queue_issue(struct fixture *f, const char *list, int32_t date, size_t count, int64_t now)
{
	struct ledger_addressee addressees[3];
	struct store_recipient *recipients;
	struct issue issue = { .date = date };
	struct store_frozen frozen = { .issue = &issue,
		.bytes = { STR("to a list"), STR("to one") } };
	size_t known;
	int64_t list_id, id;
	bool is_suppressed;

	assert_ok(db_begin(store_db(f->store), &trouble));
	assert_ok(store_list(f->store, list, &list_id, &trouble));
	assert_ok(store_audience(f->store, list_id, "", &frozen.audience, &trouble));
	for (size_t i = 0; i < count; i++)
		assert_ok(store_subscribe(f->store, list_id, readers[i], MESSAGE_TO_PERSON,
		    "command", 0, &is_suppressed, &trouble));
	assert_ok(store_freeze(f->store, &frozen, now, &id, &trouble));
	assert_ok(store_recipients(f->store, list_id, f->arena, &recipients, &known, &trouble));
	for (size_t i = 0; i < count; i++)
		addressees[i] = (struct ledger_addressee){
			.recipient = recipients[i].id,
			.address = readers[i],
			.kind = MESSAGE_TO_PERSON,
			.message_id = i == 0 ? "one@example.org" : "other@example.org",
		};
	assert_ok(ledger_queue(f->ledger, id, addressees, count, now, &trouble));
	assert_ok(db_commit(store_db(f->store), &trouble));
	return id;
}

static int
set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	folder_make(&f->folder);
	f->arena = arena_new();
	open_all(f);
	assert_ok(store_list(f->store, "daily", &f->list, &trouble));
	*state = f;
	return 0;
}

static int
tear_down(void **state)
{
	struct fixture *f = *state;

	close_all(f);
	arena_free(f->arena);
	folder_remove(&f->folder);
	free(f);
	return 0;
}

static int64_t
number(struct fixture *f, const char *sql)
{
	struct err err = ERR_NONE;
	struct db_stmt *stmt = db_prepare(store_db(f->store), sql, &err);

	if (stmt == NULL || db_step(stmt, &err) != 1)
		fail_msg("%s: %s", sql, err.text);
	int64_t value = db_int(stmt, 0);
	db_reset(stmt);
	return value;
}

static enum ledger_state
state_of(struct fixture *f, int64_t delivery)
{
	char sql[80];

	snprintf(
	    sql, sizeof(sql), "SELECT state FROM delivery WHERE id = %lld", (long long)delivery);
	return (enum ledger_state)number(f, sql);
}

static size_t
claim(struct fixture *f, int64_t now, bool resend_doubt, size_t limit)
{
	struct ledger_delivery *deliveries;
	size_t count;

	assert_ok(ledger_claim(f->ledger, &everything, resend_doubt, now, limit, f->arena,
	    &deliveries, &count, &trouble));
	return count;
}

static void
dot(struct fixture *f, int64_t delivery)
{
	struct journal *journal = ledger_journal(f->ledger);
	assert_ok(journal->dot(journal, &delivery, 1, &trouble));
}

static struct receipt
receipt_of(enum receipt_outcome outcome)
{
	struct receipt receipt = { .outcome = outcome, .code = 250 };

	snprintf(receipt.phase, sizeof(receipt.phase), "dot");
	snprintf(receipt.reply, sizeof(receipt.reply), "2.0.0 queued as 4711");
	return receipt;
}

static void
settle(struct fixture *f, int64_t delivery, enum receipt_outcome outcome)
{
	struct journal *journal = ledger_journal(f->ledger);
	struct receipt receipt = receipt_of(outcome);

	assert_ok(journal->settle(journal, delivery, &receipt, &trouble));
}

static void
a_delivery_goes_its_way(void **state)
{
	struct fixture *f = *state;
	struct ledger_delivery *deliveries;
	size_t count;
	int64_t issue = queue_issue(f, "daily", 20661, 3, 100);

	assert_ok(ledger_claim(
	    f->ledger, &everything, false, 200, 2, f->arena, &deliveries, &count, &trouble));
	assert_int_equal(count, 2);
	assert_str(deliveries[0].address, "ann@example.org");
	assert_str(deliveries[0].message_id, "one@example.org");
	assert_int_equal(deliveries[0].token.len, 16);
	assert_int_equal(deliveries[0].issue, issue);
	assert_int_equal(deliveries[0].kind, MESSAGE_TO_PERSON);
	assert_int_equal(deliveries[0].was, LEDGER_QUEUED);
	assert_int_equal(deliveries[0].attempts, 1);
	assert_int_equal(state_of(f, deliveries[0].id), LEDGER_ATTEMPT);
	/* What is claimed is not claimed again. */
	assert_int_equal(claim(f, 200, true, 10), 1);
	assert_int_equal(claim(f, 200, true, 10), 0);

	/* A group of deliveries in one commit. */
	int64_t both[] = { deliveries[0].id, deliveries[1].id };
	struct journal *journal = ledger_journal(f->ledger);
	assert_ok(journal->dot(journal, both, 2, &trouble));
	assert_int_equal(state_of(f, both[0]), LEDGER_DOT);
	assert_int_equal(state_of(f, both[1]), LEDGER_DOT);
	settle(f, both[0], RECEIPT_ACCEPTED);
	settle(f, both[1], RECEIPT_FAILED);
	assert_int_equal(state_of(f, both[0]), LEDGER_ACCEPTED);
	assert_int_equal(state_of(f, both[1]), LEDGER_FAILED);

	struct store_issue row;
	assert_ok(store_issue(f->store, issue, f->arena, &row, &trouble));
	assert_int_equal(row.delivery_count, 3);
	assert_int_equal(row.accepted_count, 1);
}

/* Receipts that the machine forbids are refused, and change nothing. */
static void
what_cannot_happen_is_refused(void **state)
{
	struct fixture *f = *state;
	static const enum receipt_outcome outcomes[] = { RECEIPT_ACCEPTED, RECEIPT_DEFERRED,
		RECEIPT_FAILED, RECEIPT_DOUBT };
	static const enum ledger_event event_of[] = { LEDGER_ACCEPT, LEDGER_DEFER, LEDGER_FAIL,
		LEDGER_LOSE_REPLY };
	struct journal *journal = ledger_journal(f->ledger);
	int64_t id = 1;

	queue_issue(f, "daily", 20661, 1, 100);
	for (int s = 0; s < LEDGER_STATE_COUNT; s++) {
		char sql[120];
		snprintf(sql, sizeof(sql),
		    "UPDATE delivery SET state = %d, is_open = %d IN (0, 1, 2, 4, 6), attempts = 1",
		    s, s);
		for (int o = 0; o < 4; o++) {
			struct receipt receipt = receipt_of(outcomes[o]);
			struct err refusal = ERR_NONE;
			assert_ok(db_exec(store_db(f->store), sql, &trouble));
			int next = ledger_next((enum ledger_state)s, event_of[o]);
			int status = journal->settle(journal, id, &receipt, &refusal);
			assert_int_equal(status, next >= 0 ? 0 : -1);
			assert_int_equal(refusal.code, next >= 0 ? 0 : EX_SOFTWARE);
			assert_int_equal(state_of(f, id), next >= 0 ? next : s);
		}
		struct err refusal = ERR_NONE;
		assert_ok(db_exec(store_db(f->store), sql, &trouble));
		int status = journal->dot(journal, &id, 1, &refusal);
		assert_int_equal(status, s == LEDGER_ATTEMPT ? 0 : -1);
		assert_int_equal(state_of(f, id), s == LEDGER_ATTEMPT ? LEDGER_DOT : s);
	}
	/* One of a group that cannot: none of it does. */
	queue_issue(f, "daily", 20662, 1, 100);
	assert_ok(db_exec(store_db(f->store),
	    "UPDATE delivery SET state = id, is_open = id IN (1, 2, 4, 6)", &trouble));
	int64_t group[] = { 1, 2 };
	struct err refusal = ERR_NONE;
	assert_int_equal(journal->dot(journal, group, 2, &refusal), -1);
	assert_int_equal(refusal.code, EX_SOFTWARE);
	assert_int_equal(state_of(f, 1), LEDGER_ATTEMPT);
	assert_false(db_in_transaction(store_db(f->store)));
}

/* 5, 10, 20, 40 minutes, then less than an hour, a fifth up or down. */
static void
deferrals_wait_longer_and_longer(void **state)
{
	struct fixture *f = *state;
	static const int64_t ladder[] = { 300, 600, 1200, 2400, 3333, 3333, 3333 };
	int64_t due, seen[3] = { 0 };

	queue_issue(f, "daily", 20661, 3, 100);
	assert_ok(ledger_next_due(f->ledger, &everything, &due, &trouble));
	assert_true(due == DATE_NO_INSTANT);
	for (size_t i = 0; i < sizeof(ladder) / sizeof(ladder[0]); i++) {
		assert_int_equal(claim(f, INT64_MAX, false, 10), 3);
		for (int64_t id = 1; id <= 3; id++) {
			char sql[80];
			settle(f, id, RECEIPT_DEFERRED);
			snprintf(sql, sizeof(sql),
			    "SELECT next_at - changed_at FROM delivery WHERE id = %d", (int)id);
			seen[id - 1] = number(f, sql);
			assert_in_range(seen[id - 1], ladder[i] * 8 / 10, ladder[i] * 12 / 10);
			assert_in_range(seen[id - 1], 0, 67 * 60);
		}
		assert_int_not_equal(seen[0], seen[1]);
	}
	assert_ok(ledger_next_due(f->ledger, &everything, &due, &trouble));
	assert_int_equal(due, number(f, "SELECT min(next_at) FROM delivery"));
	assert_int_equal(claim(f, due - 1, false, 10), 0);
	assert_int_equal(claim(f, due, false, 1), 1);
	/* Within a run it may be sooner. */
	ledger_set_retry(f->ledger, 7);
	int64_t claimed = number(f, "SELECT id FROM delivery WHERE state = 1");
	settle(f, claimed, RECEIPT_DEFERRED);
	assert_int_equal(
	    number(f, "SELECT next_at - changed_at FROM delivery ORDER BY next_at LIMIT 1"), 7);
	/* What became of earlier attempts is kept. */
	assert_int_equal(number(f, "SELECT count(*) FROM attempt"), 3 * 6 + 1);
	assert_int_equal(
	    number(f, "SELECT count(*) FROM attempt WHERE state = 4 AND code = 250"), 19);
}

static void
a_dead_run_is_cleared_up(void **state)
{
	struct fixture *f = *state;
	size_t doubts;
	struct ledger_delivery *deliveries;
	size_t count;

	queue_issue(f, "daily", 20661, 3, 100);
	assert_int_equal(claim(f, 100, false, 2), 2);
	dot(f, 1);
	assert_ok(ledger_recover(f->ledger, 150, 1000, &doubts, &trouble));
	assert_int_equal(doubts, 1);
	assert_int_equal(state_of(f, 1), LEDGER_DOUBT);
	assert_int_equal(state_of(f, 2), LEDGER_QUEUED);
	assert_int_equal(state_of(f, 3), LEDGER_QUEUED);
	/* Once more changes nothing. */
	int64_t changes = number(f, "SELECT total_changes()");
	assert_ok(ledger_recover(f->ledger, 151, 1000, &doubts, &trouble));
	assert_int_equal(doubts, 1);
	assert_int_equal(number(f, "SELECT total_changes()"), changes);

	/* On hold it stays; else it is sent again, with the same identification. */
	assert_int_equal(claim(f, 160, false, 10), 2);
	assert_ok(ledger_claim(
	    f->ledger, &everything, true, 160, 10, f->arena, &deliveries, &count, &trouble));
	assert_int_equal(count, 1);
	assert_int_equal(deliveries[0].was, LEDGER_DOUBT);
	assert_int_equal(deliveries[0].attempts, 2);
	assert_str(deliveries[0].message_id, "one@example.org");
	/* What a run leaves in doubt itself is not for the same run. */
	dot(f, 1);
	settle(f, 1, RECEIPT_DOUBT);
	assert_int_equal(claim(f, INT64_MAX, true, 10), 0);
	assert_ok(ledger_recover(f->ledger, 170, 1000, &doubts, &trouble));
	assert_int_equal(doubts, 1);
	assert_int_equal(number(f, "SELECT doubts FROM delivery WHERE id = 1"), 2);
	assert_int_equal(claim(f, 170, true, 10), 3);
}

static void
what_is_old_expires(void **state)
{
	struct fixture *f = *state;
	size_t doubts;

	queue_issue(f, "daily", 20661, 3, 100);
	queue_issue(f, "daily", 20662, 1, 500);
	assert_int_equal(claim(f, 100, false, 2), 2);
	settle(f, 1, RECEIPT_DEFERRED);
	dot(f, 2);
	settle(f, 2, RECEIPT_DOUBT);
	assert_ok(ledger_recover(f->ledger, 1000, 0, &doubts, &trouble));
	assert_int_equal(state_of(f, 1), LEDGER_DEFERRED);
	assert_ok(ledger_recover(f->ledger, 1000, 900, &doubts, &trouble));
	assert_int_equal(state_of(f, 1), LEDGER_DEFERRED);
	assert_ok(ledger_recover(f->ledger, 1000, 899, &doubts, &trouble));
	assert_int_equal(doubts, 1);
	assert_int_equal(state_of(f, 1), LEDGER_EXPIRED);
	assert_int_equal(state_of(f, 2), LEDGER_DOUBT);
	assert_int_equal(state_of(f, 3), LEDGER_EXPIRED);
	assert_int_equal(state_of(f, 4), LEDGER_QUEUED);
	assert_int_equal(claim(f, INT64_MAX, false, 10), 1);
}

static size_t
give_up(struct fixture *f, const char *list, int64_t lifetime_s, int64_t now)
{
	size_t count;

	assert_ok(ledger_give_up(f->ledger, list, lifetime_s, now, &count, &trouble));
	return count;
}

/* As a server leaves a delivery that it puts off at that time. */
static void
put_off(struct fixture *f, int64_t delivery, int64_t at)
{
	char sql[80];

	assert_true(claim(f, INT64_MAX, false, 10) > 0);
	settle(f, delivery, RECEIPT_DEFERRED);
	snprintf(sql, sizeof(sql), "UPDATE delivery SET changed_at = %lld WHERE id = %lld",
	    (long long)at, (long long)delivery);
	assert_ok(db_exec(store_db(f->store), sql, &trouble));
}

static void
what_is_put_off_ends_with_the_next_issue(void **state)
{
	struct fixture *f = *state;

	queue_issue(f, "daily", 20661, 1, 100);
	put_off(f, 1, 200);
	assert_int_equal(give_up(f, "daily", 1000, 5000), 0);
	/* The next issue is there; but its last try was before that. */
	queue_issue(f, "daily", 20662, 1, 500);
	assert_int_equal(give_up(f, "daily", 1000, 5000), 0);
	put_off(f, 1, 500);
	assert_ok(db_exec(store_db(f->store),
	    "UPDATE delivery SET state = 0, is_open = 1 WHERE id = 2", &trouble));
	assert_int_equal(give_up(f, "weekly", 1000, 5000), 0);
	assert_int_equal(give_up(f, "dail", 1000, 5000), 0);
	assert_int_equal(state_of(f, 1), LEDGER_DEFERRED);
	assert_int_equal(give_up(f, "daily", 1000, 5000), 1);
	assert_int_equal(state_of(f, 1), LEDGER_EXPIRED);
	assert_int_equal(state_of(f, 2), LEDGER_QUEUED);
}

static void
what_is_put_off_ends_with_its_time(void **state)
{
	struct fixture *f = *state;

	queue_issue(f, "daily~0123456789", 20661, 2, 100);
	put_off(f, 1, 1099);
	/* Long ago, but nobody has tried since; and what was never tried waits. */
	assert_int_equal(give_up(f, "daily", 1000, 99999), 0);
	put_off(f, 1, 1100);
	assert_ok(db_exec(store_db(f->store),
	    "UPDATE delivery SET state = 0, is_open = 1 WHERE id = 2", &trouble));
	assert_int_equal(give_up(f, "daily", 1000, 99999), 1);
	assert_int_equal(state_of(f, 1), LEDGER_EXPIRED);
	assert_int_equal(state_of(f, 2), LEDGER_QUEUED);
}

static void
what_waits_can_be_hurried_or_cancelled(void **state)
{
	struct fixture *f = *state;
	struct ledger_scope ann = { .address = readers[0] }, all = { .address = "" };
	size_t count;
	int64_t issue = queue_issue(f, "daily", 20661, 3, 100);

	assert_int_equal(claim(f, 100, false, 3), 3);
	settle(f, 1, RECEIPT_DEFERRED);
	dot(f, 2);
	settle(f, 2, RECEIPT_DOUBT);
	dot(f, 3);
	settle(f, 3, RECEIPT_ACCEPTED);
	assert_ok(ledger_retry(f->ledger, &ann, &count, &trouble));
	assert_int_equal(count, 1);
	assert_int_equal(state_of(f, 1), LEDGER_QUEUED);
	assert_int_equal(state_of(f, 2), LEDGER_DOUBT);
	/* Though doubt is held; and nothing that was accepted, or queued already. */
	assert_ok(ledger_retry(f->ledger, &all, &count, &trouble));
	assert_int_equal(count, 1);
	assert_int_equal(claim(f, 100, false, 3), 2);
	settle(f, 1, RECEIPT_DEFERRED);
	dot(f, 2);
	settle(f, 2, RECEIPT_DOUBT);
	assert_ok(store_unsubscribe(f->store, f->list, readers[0], &trouble));
	assert_ok(ledger_retry(f->ledger, &ann, &count, &trouble));
	assert_int_equal(count, 0);

	struct ledger_scope other = { .address = "", .issue = issue + 1 };
	assert_ok(ledger_cancel_scope(f->ledger, &other, &count, &trouble));
	assert_int_equal(count, 0);
	assert_ok(ledger_cancel_scope(f->ledger, &ann, &count, &trouble));
	assert_int_equal(count, 1);
	assert_ok(ledger_cancel_scope(
	    f->ledger, &(struct ledger_scope){ .address = "", .issue = issue }, &count, &trouble));
	assert_int_equal(count, 1);
	assert_int_equal(state_of(f, 2), LEDGER_CANCELLED);
	assert_int_equal(state_of(f, 3), LEDGER_ACCEPTED);
}

static void
a_reader_has_a_history(void **state)
{
	struct fixture *f = *state;
	struct ledger_past *pasts;
	size_t count;
	int64_t first = queue_issue(f, "daily", 20661, 2, 100);
	int64_t second = queue_issue(f, "weekly", 20662, 1, 200);

	assert_int_equal(claim(f, 100, false, 2), 2);
	dot(f, 1);
	settle(f, 1, RECEIPT_ACCEPTED);
	settle(f, 2, RECEIPT_DEFERRED);
	assert_ok(ledger_history(f->ledger, readers[0], 10, f->arena, &pasts, &count, &trouble));
	assert_int_equal(count, 2);
	assert_int_equal(pasts[0].issue, second);
	assert_str(pasts[0].list, "weekly");
	assert_int_equal(pasts[0].state, LEDGER_QUEUED);
	assert_int_equal(pasts[1].issue, first);
	assert_int_equal(pasts[1].date, 20661);
	assert_int_equal(pasts[1].state, LEDGER_ACCEPTED);
	assert_int_equal(pasts[1].attempts, 1);
	assert_str(pasts[1].reply, "2.0.0 queued as 4711");
	assert_true(pasts[1].next_at == DATE_NO_INSTANT);
	assert_ok(ledger_history(f->ledger, readers[0], 1, f->arena, &pasts, &count, &trouble));
	assert_int_equal(count, 1);
	assert_ok(ledger_history(f->ledger, readers[1], 10, f->arena, &pasts, &count, &trouble));
	assert_int_equal(count, 1);
	assert_int_equal(pasts[0].state, LEDGER_DEFERRED);
	assert_true(pasts[0].next_at > 0);
	assert_ok(ledger_history(f->ledger, readers[2], 10, f->arena, &pasts, &count, &trouble));
	assert_int_equal(count, 0);
}

/* Claims the delivery that was queued last, and lets the server refuse it for good. */
static void
refuse(struct fixture *f, const char *phase, const char *reply)
{
	struct journal *journal = ledger_journal(f->ledger);
	struct receipt receipt = { .outcome = RECEIPT_FAILED, .code = 550 };

	assert_int_equal(claim(f, 100, false, 1), 1);
	snprintf(receipt.phase, sizeof(receipt.phase), "%s", phase);
	snprintf(receipt.reply, sizeof(receipt.reply), "%s", reply);
	assert_ok(journal->settle(
	    journal, number(f, "SELECT max(id) FROM delivery"), &receipt, &trouble));
}

static size_t
refusals(struct fixture *f, size_t limit)
{
	size_t count;

	assert_ok(ledger_count_refusals(f->ledger,
	    number(f, "SELECT recipient FROM delivery WHERE id = 1"), limit, &count, &trouble));
	return count;
}

static void
refusals_of_a_mailbox_are_counted_in_a_row(void **state)
{
	static const struct {
		const char *phase, *reply;
		size_t count; /* by then */
	} days[] = {
		{ "rcpt", "5.1.1 no such user", 1 },
		{ "rcpt", "5.1.2", 2 },
		{ "rcpt", "5.1.3 what is that? 5.7.1 go away", 3 },
		{ "rcpt", "5.7.1 go away 5.1.1 or not", 0 },
		{ "rcpt", "5.1.6 moved", 1 },
		{ "rcpt", "5.1.10 no mail for that domain", 2 },
		{ "rcpt", "5.2.1 disabled", 3 },
		{ "dot", "5.2.1 disabled", 0 },
		{ "rcpt", "5.2.1 disabled", 1 },
		{ "rcpt", "5.2.2 full", 0 },
		{ "rcpt", "5.2.10 unknown", 0 },
		{ "rcpt", "no such user", 0 },
		{ "rcpt", "", 0 },
		{ "rcpt", "5.2.1 disabled", 1 },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(days) / sizeof(days[0]); i++) {
		queue_issue(f, "daily", 20661 + (int32_t)i, 1, 100 + (int64_t)i);
		refuse(f, days[i].phase, days[i].reply);
		if (refusals(f, 10) != days[i].count)
			fail_msg(
			    "%s %s: counted %zu", days[i].phase, days[i].reply, refusals(f, 10));
	}
	/* What is not refused ends the row; a limit ends the counting. */
	queue_issue(f, "daily", 20700, 1, 200);
	assert_int_equal(refusals(f, 10), 0);
	refuse(f, "rcpt", "5.1.1 no such user");
	assert_int_equal(refusals(f, 10), 2);
	assert_int_equal(refusals(f, 1), 1);
	/* Who is back since begins anew; on another list he is another recipient. */
	assert_int_equal(number(f, "UPDATE recipient SET since = 200 RETURNING 1"), 1);
	assert_int_equal(refusals(f, 10), 1);
	queue_issue(f, "weekly", 20701, 1, 300);
	assert_int_equal(refusals(f, 10), 1);
}

static void
who_leaves_gets_nothing_more(void **state)
{
	struct fixture *f = *state;
	size_t count;

	queue_issue(f, "daily", 20661, 3, 100);
	assert_ok(store_unsubscribe(f->store, f->list, readers[0], &trouble));
	/* Even if nobody told the ledger. */
	assert_int_equal(claim(f, 100, true, 10), 2);
	assert_int_equal(state_of(f, 1), LEDGER_QUEUED);
	assert_ok(ledger_recover(f->ledger, 100, 1000, &count, &trouble));
	assert_int_equal(state_of(f, 1), LEDGER_CANCELLED);
	assert_int_equal(state_of(f, 2), LEDGER_QUEUED);

	int64_t bob = number(f, "SELECT recipient FROM delivery WHERE id = 2");
	assert_ok(ledger_cancel(f->ledger, bob, &count, &trouble));
	assert_int_equal(count, 1);
	assert_int_equal(state_of(f, 2), LEDGER_CANCELLED);
	assert_int_equal(state_of(f, 3), LEDGER_QUEUED);
	assert_ok(ledger_cancel(f->ledger, bob, &count, &trouble));
	assert_int_equal(count, 0);
	/* Nor does what may have arrived come again. */
	assert_int_equal(claim(f, 100, false, 10), 1);
	dot(f, 3);
	settle(f, 3, RECEIPT_DOUBT);
	assert_ok(ledger_cancel(
	    f->ledger, number(f, "SELECT recipient FROM delivery WHERE id = 3"), &count, &trouble));
	assert_int_equal(count, 1);
	assert_int_equal(state_of(f, 3), LEDGER_CANCELLED);
	assert_int_equal(number(f, "SELECT doubts FROM delivery WHERE id = 3"), 1);
}

static void
the_operator_may_send_again(void **state)
{
	struct fixture *f = *state;
	size_t count;
	int64_t issue = queue_issue(f, "daily", 20661, 3, 100);

	assert_int_equal(claim(f, 100, false, 3), 3);
	dot(f, 1);
	settle(f, 1, RECEIPT_ACCEPTED);
	settle(f, 2, RECEIPT_FAILED);
	assert_ok(ledger_requeue(f->ledger, issue, readers[0], &count, &trouble));
	assert_int_equal(count, 1);
	assert_int_equal(state_of(f, 1), LEDGER_QUEUED);
	/* What is under way is left alone. */
	assert_ok(ledger_requeue(f->ledger, issue, "", &count, &trouble));
	assert_int_equal(count, 1);
	assert_int_equal(state_of(f, 2), LEDGER_QUEUED);
	assert_int_equal(state_of(f, 3), LEDGER_ATTEMPT);
	assert_ok(ledger_requeue(f->ledger, issue, "nobody@example.org", &count, &trouble));
	assert_int_equal(count, 0);
	assert_ok(ledger_requeue(f->ledger, issue + 1, "", &count, &trouble));
	assert_int_equal(count, 0);
	/* Their days count anew. */
	size_t doubts;
	assert_ok(ledger_recover(f->ledger, 100000, 1000, &doubts, &trouble));
	assert_int_equal(state_of(f, 1), LEDGER_QUEUED);
	assert_int_equal(state_of(f, 3), LEDGER_EXPIRED);
}

static void
a_claim_can_be_given_back(void **state)
{
	struct fixture *f = *state;

	queue_issue(f, "daily", 20661, 3, 100);
	assert_int_equal(claim(f, 100, false, 3), 3);
	assert_ok(ledger_release(f->ledger, 1, &trouble));
	assert_int_equal(state_of(f, 1), LEDGER_QUEUED);
	assert_int_equal(number(f, "SELECT attempts FROM delivery WHERE id = 1"), 0);
	settle(f, 2, RECEIPT_DEFERRED);
	dot(f, 3);
	for (int64_t id = 2; id <= 4; id++)
		assert_ok(ledger_release(f->ledger, id, &trouble));
	assert_int_equal(state_of(f, 2), LEDGER_DEFERRED);
	assert_int_equal(state_of(f, 3), LEDGER_DOT);
	assert_int_equal(claim(f, 100, false, 3), 1);
	assert_int_equal(number(f, "SELECT attempts FROM delivery WHERE id = 1"), 1);
}

static void
scopes_narrow_the_work(void **state)
{
	struct fixture *f = *state;
	struct ledger_delivery *deliveries;
	struct ledger_counts counts;
	size_t count;
	int64_t first = queue_issue(f, "daily", 20661, 3, 100);
	int64_t second = queue_issue(f, "weekly", 20661, 2, 300);
	int64_t weekly = number(f, "SELECT id FROM list WHERE key = 'weekly'");
	const struct ledger_scope scopes[] = { { .address = "" }, { .list = f->list },
		{ .list = weekly }, { .address = "ann@example.org" }, { .issue = second },
		{ .list = weekly, .address = "bob@example.org" },
		{ .list = f->list, .issue = second },
		{ .address = "cat@example.org", .issue = first } };
	static const size_t expected[] = { 5, 3, 2, 2, 2, 1, 0, 1 };

	for (size_t i = 0; i < sizeof(scopes) / sizeof(scopes[0]); i++) {
		assert_ok(ledger_count(f->ledger, &scopes[i], true, &counts, &trouble));
		assert_int_equal(counts.count[LEDGER_QUEUED], expected[i]);
		assert_ok(ledger_count(f->ledger, &scopes[i], false, &counts, &trouble));
		assert_int_equal(counts.count[LEDGER_QUEUED], expected[i]);
		assert_ok(ledger_claim(
		    f->ledger, &scopes[i], true, 400, 9, f->arena, &deliveries, &count, &trouble));
		assert_int_equal(count, expected[i]);
		for (size_t j = 0; j < count; j++)
			assert_ok(ledger_release(f->ledger, deliveries[j].id, &trouble));
	}
	/* The oldest issue goes first. */
	assert_int_equal(claim(f, 400, false, 4), 4);
	assert_int_equal(number(f, "SELECT issue FROM delivery WHERE state = 0"), second);
}

static bool
is_no_bob(void *context, struct str mailbox)
{
	++*(int *)context;
	return !str_starts(mailbox, "bob@");
}

/* Who is passed over stays in the queue, and those after him come in his place. */
static void
a_choice_passes_deliveries_over(void **state)
{
	struct fixture *f = *state;
	int asked = 0;

	queue_issue(f, "daily", 20661, 3, 100);
	ledger_set_choice(f->ledger, is_no_bob, &asked);
	assert_int_equal(claim(f, 200, false, 2), 2);
	assert_int_equal(asked, 3);
	assert_int_equal(state_of(f, 1), LEDGER_ATTEMPT);
	assert_int_equal(state_of(f, 2), LEDGER_QUEUED);
	assert_int_equal(state_of(f, 3), LEDGER_ATTEMPT);
	assert_int_equal(claim(f, 200, false, 2), 0);
	ledger_set_choice(f->ledger, NULL, NULL);
	assert_int_equal(claim(f, 200, false, 2), 1);
	assert_int_equal(asked, 4);
}

static void
everything_is_counted(void **state)
{
	struct fixture *f = *state;
	struct ledger_counts counts;

	queue_issue(f, "daily", 20661, 3, 100);
	queue_issue(f, "daily", 20662, 2, 300);
	assert_int_equal(claim(f, 400, false, 3), 3);
	dot(f, 1);
	settle(f, 1, RECEIPT_ACCEPTED);
	settle(f, 2, RECEIPT_DEFERRED);
	assert_ok(ledger_count(f->ledger, &everything, false, &counts, &trouble));
	assert_int_equal(counts.count[LEDGER_ACCEPTED], 1);
	assert_int_equal(counts.count[LEDGER_DEFERRED], 1);
	assert_int_equal(counts.count[LEDGER_ATTEMPT], 1);
	assert_int_equal(counts.count[LEDGER_QUEUED], 2);
	assert_int_equal(counts.count[LEDGER_FAILED], 0);
	assert_int_equal(counts.oldest[LEDGER_QUEUED], 300);
	assert_int_equal(counts.oldest[LEDGER_ACCEPTED], 100);
	assert_true(counts.oldest[LEDGER_FAILED] == DATE_NO_INSTANT);
	assert_ok(ledger_count(f->ledger, &everything, true, &counts, &trouble));
	assert_int_equal(counts.count[LEDGER_ACCEPTED], 0);
	assert_int_equal(counts.count[LEDGER_QUEUED], 2);
}

static void
lines_tell_what_became_of_an_issue(void **state)
{
	struct fixture *f = *state;
	struct str *lines;
	size_t count;
	size_t doubts;
	int64_t issue = queue_issue(f, "daily", 20661, 3, 0);

	assert_int_equal(claim(f, 0, false, 2), 2);
	dot(f, 1);
	assert_ok(ledger_recover(f->ledger, 60, 0, &doubts, &trouble));
	assert_int_equal(claim(f, 60, true, 1), 1);
	dot(f, 1);
	settle(f, 1, RECEIPT_ACCEPTED);
	assert_ok(db_exec(
	    store_db(f->store), "UPDATE delivery SET changed_at = 120 WHERE id = 1", &trouble));
	assert_ok(ledger_lines(f->ledger, issue, f->arena, &lines, &count, &trouble));
	assert_int_equal(count, 3);
	assert_str(lines[0],
	    "ann@example.org  accepted since 1970-01-01T00:02:00Z, attempt 2,"
	    " in doubt 1 time: dot: 2.0.0 queued as 4711");
	assert_str(lines[1], "bob@example.org  queued since 1970-01-01T00:01:00Z, attempt 1");
	assert_str(lines[2], "cat@example.org  queued since 1970-01-01T00:00:00Z");
	assert_ok(ledger_lines(f->ledger, issue + 1, f->arena, &lines, &count, &trouble));
	assert_int_equal(count, 0);
}

/*
 * An old ledger is no more work than a new one: many issues that are done, a few deliveries open.
 */
static int64_t
steps_of_a_run(struct fixture *f)
{
	struct ledger_counts counts;
	size_t doubts;
	int64_t before = db_steps(store_db(f->store)), due;

	assert_ok(ledger_recover(f->ledger, 100, 0, &doubts, &trouble));
	assert_int_equal(claim(f, 100, true, 32), 3);
	for (int64_t id = 1; id <= 3; id++) {
		dot(f, id);
		settle(f, id, RECEIPT_ACCEPTED);
	}
	assert_ok(ledger_next_due(f->ledger, &everything, &due, &trouble));
	assert_ok(ledger_count(f->ledger, &everything, true, &counts, &trouble));
	assert_ok(store_forget_messages(f->store, 0, &trouble));
	return db_steps(store_db(f->store)) - before;
}

static void
what_was_sent_long_ago_costs_nothing(void **state)
{
	struct fixture *f = *state;
	static const char again[] =
	    "UPDATE delivery SET state = 0, is_open = 1, attempts = 0 WHERE issue = 1";

	queue_issue(f, "daily", 20661, 3, 100);
	int64_t alone = steps_of_a_run(f);
	assert_ok(db_exec(store_db(f->store),
	    "BEGIN; WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < "
	    "5000)"
	    " INSERT INTO issue SELECT i + 10, 1, i, i, i, '', '', '' FROM n;"
	    "INSERT INTO delivery (issue, recipient, address, kind, message_id, state, is_open,"
	    " queued_at, changed_at) SELECT i.id, r.id, r.address, 0, 'x', 3, 0, 0, 0 FROM issue "
	    "i, recipient r"
	    " WHERE i.id > 10; COMMIT",
	    &trouble));
	assert_ok(db_exec(store_db(f->store), again, &trouble));
	int64_t among_many = steps_of_a_run(f);
	assert_in_range(among_many, alone * 9 / 10, alone * 11 / 10);
}

/* ---- the journal in trouble ---- */

/*
 * Runs `work` in a child, whose limits nobody else feels; it ends with 0 when all was as it should
 * be, else with the number of the first expectation that failed.
 */
static void
in_a_child(struct fixture *f, int (*work)(struct fixture *f))
{
	int status;

	close_all(f);
	pid_t pid = fork();
	if (pid == 0) {
		signal(SIGXFSZ, SIG_IGN);
		open_all(f);
		_exit(work(f));
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	open_all(f);
}

static void
limit_files(rlim_t bytes)
{
	struct rlimit limit = { bytes, RLIM_INFINITY };
	setrlimit(RLIMIT_FSIZE, &limit);
}

static off_t
wal_size(struct fixture *f)
{
	struct stat status;
	return stat(folder_file(&f->folder, "digest.db-wal"), &status) == 0 ? status.st_size : 0;
}

/* A full disk shows before the dot, not after it. */
static int
dot_without_room(struct fixture *f)
{
	struct journal *journal = ledger_journal(f->ledger);
	struct err err = ERR_NONE;
	int64_t id = 1;

	if (claim(f, 100, false, 1) != 1)
		return 1;
	limit_files((rlim_t)wal_size(f) + 20000);
	if (journal->dot(journal, &id, 1, &err) != -1 || err.code != EX_IOERR)
		return 2;
	if (state_of(f, 1) != LEDGER_ATTEMPT || db_in_transaction(store_db(f->store)))
		return 3;
	limit_files(RLIM_INFINITY);
	err_clear(&err);
	if (journal->dot(journal, &id, 1, &err) != 0)
		return 4;
	/* Nothing more may be written, but for what was set aside. */
	limit_files((rlim_t)wal_size(f));
	settle(f, 1, RECEIPT_ACCEPTED);
	return 0;
}

static void
a_full_disk_stops_before_the_dot(void **state)
{
	struct fixture *f = *state;

	queue_issue(f, "daily", 20661, 1, 100);
	in_a_child(f, dot_without_room);
	assert_int_equal(state_of(f, 1), LEDGER_ACCEPTED);
}

/* What is recorded with the dots takes none of the room that is set aside for their replies. */
static void
a_round_has_room_for_its_results(void **state)
{
	enum { EACH = 64, CHANGE_BYTES = 8 * (4096 + 24) };
	static const char make_deliveries[] =
	    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 128)"
	    " INSERT INTO recipient (list, address, mailbox, kind, state, origin, token, since)"
	    " SELECT 1, 'r' || i, 'r' || i, 1, 'active', 'command', 't' || i, 0 FROM n;"
	    "INSERT INTO delivery (issue, recipient, address, kind, message_id, state, queued_at,"
	    " changed_at) SELECT 1, id, address, 1, 'm' || id, 1, 100, 100 FROM recipient"
	    " WHERE id > 1;";
	struct fixture *f = *state;
	struct journal *journal = ledger_journal(f->ledger);
	struct journal_result results[EACH];
	int64_t first[EACH], then[EACH];

	queue_issue(f, "daily", 20661, 1, 100);
	assert_ok(db_exec(store_db(f->store), make_deliveries, &trouble));
	for (int i = 0; i < EACH; i++) {
		first[i] = 2 + i;
		then[i] = 2 + EACH + i;
		results[i] = (struct journal_result){ first[i], receipt_of(RECEIPT_ACCEPTED) };
	}
	assert_ok(journal->round(journal, NULL, 0, first, EACH, &trouble));
	assert_ok(journal->round(journal, results, EACH, then, EACH, &trouble));
	assert_true(wal_size(f) >= (off_t)3 * EACH * CHANGE_BYTES);
}

enum { SLOW = 400 };

static int
settle_many(struct fixture *f)
{
	struct journal *journal = ledger_journal(f->ledger);
	static struct journal_result results[SLOW];
	struct err err = ERR_NONE;

	for (int i = 0; i < SLOW; i++) {
		results[i] = (struct journal_result){ 2 + i, receipt_of(RECEIPT_ACCEPTED) };
		if (journal->round(journal, NULL, 0, &results[i].delivery, 1, &err) != 0)
			return 1;
	}
	/* Nothing more may be written, but for what was set aside. */
	limit_files((rlim_t)wal_size(f));
	return journal->round(journal, results, SLOW, NULL, 0, &err) == 0 ? 0 : 2;
}

/*
 * Rows so large that each reply changes a page of its own; the replies to all rounds come at last.
 */
static void
each_round_leaves_room_for_the_replies_to_those_before(void **state)
{
	static const char make_deliveries[] =
	    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400)"
	    " INSERT INTO recipient (list, address, mailbox, kind, state, origin, token, since)"
	    " SELECT 1, 'r' || i, 'r' || i, 1, 'active', 'command', 't' || i, 0 FROM n;"
	    "INSERT INTO delivery (issue, recipient, address, kind, message_id, state, queued_at,"
	    " changed_at) SELECT 1, id, address, 1, hex(zeroblob(1500)), 1, 100, 100 FROM recipient"
	    " WHERE id > 1;";
	struct fixture *f = *state;

	queue_issue(f, "daily", 20661, 1, 100);
	assert_ok(db_exec(store_db(f->store), make_deliveries, &trouble));
	in_a_child(f, settle_many);
	assert_int_equal(number(f, "SELECT count(*) FROM delivery WHERE state = 3"), SLOW);
}

/* Records fail for good: the caller hears of it, and what is on disk is doubt. */
static int
settle_in_vain(struct fixture *f)
{
	struct journal *journal = ledger_journal(f->ledger);
	struct receipt receipt = receipt_of(RECEIPT_ACCEPTED);
	struct err err = ERR_NONE;

	if (claim(f, 100, false, 1) != 1)
		return 1;
	dot(f, 1);
	limit_files(0);
	if (journal->settle(journal, 1, &receipt, &err) != -1)
		return 2;
	if (err.code != EX_IOERR || strstr(err.text, "sending stops") == NULL)
		return 3;
	return 0;
}

static void
a_result_that_cannot_be_recorded_is_doubt(void **state)
{
	struct fixture *f = *state;
	size_t doubts;

	queue_issue(f, "daily", 20661, 1, 100);
	in_a_child(f, settle_in_vain);
	assert_int_equal(state_of(f, 1), LEDGER_DOT);
	assert_ok(ledger_recover(f->ledger, 200, 1000, &doubts, &trouble));
	assert_int_equal(doubts, 1);
}

static void
make_room(int signal_number)
{
	(void)signal_number;
	limit_files(RLIM_INFINITY);
}

static int
settle_in_the_end(struct fixture *f)
{
	struct itimerval soon = { .it_value = { .tv_usec = 120000 } };

	if (claim(f, 100, false, 1) != 1)
		return 1;
	dot(f, 1);
	limit_files(0);
	signal(SIGALRM, make_room);
	setitimer(ITIMER_REAL, &soon, NULL);
	settle(f, 1, RECEIPT_ACCEPTED);
	return 0;
}

static void
a_passing_trouble_is_waited_for(void **state)
{
	struct fixture *f = *state;

	queue_issue(f, "daily", 20661, 1, 100);
	in_a_child(f, settle_in_the_end);
	assert_int_equal(state_of(f, 1), LEDGER_ACCEPTED);
}

/* kill -9 at each step: what the next run finds. */
static _Noreturn void
die_at(struct fixture *f, int step, int64_t delivery)
{
	if (step >= 1)
		claim(f, 100, false, 1);
	if (step >= 2)
		dot(f, delivery);
	if (step >= 3)
		settle(f, delivery, RECEIPT_ACCEPTED);
	kill(getpid(), SIGKILL);
	_exit(1);
}

static void
a_kill_leaves_what_is_true(void **state)
{
	struct fixture *f = *state;
	static const enum ledger_state after[] = { LEDGER_QUEUED, LEDGER_QUEUED, LEDGER_DOUBT,
		LEDGER_ACCEPTED };

	for (int step = 0; step < 4; step++) {
		size_t doubts;
		int status;
		queue_issue(f, "daily", 20661 + step, 1, 100);
		int64_t delivery = number(f, "SELECT max(id) FROM delivery");
		close_all(f);
		pid_t pid = fork();
		if (pid == 0) {
			open_all(f);
			die_at(f, step, delivery);
		}
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFSIGNALED(status));
		open_all(f);
		assert_ok(ledger_recover(f->ledger, 200, 1000, &doubts, &trouble));
		assert_int_equal(state_of(f, delivery), after[step]);
		assert_int_equal(doubts, after[step] == LEDGER_DOUBT);
		assert_ok(db_exec(
		    store_db(f->store), "UPDATE delivery SET state = 7, is_open = 0", &trouble));
	}
}

static void
an_overlay_keeps_books_in_memory(void **state)
{
	struct fixture *f = *state;

	queue_issue(f, "daily", 20661, 2, 100);
	close_all(f);
	uint64_t before = folder_fingerprint(&f->folder);
	assert_ok(
	    store_open(&f->store, folder_file(&f->folder, "digest.db"), DB_OVERLAY, &trouble));
	assert_ok(ledger_open(&f->ledger, store_db(f->store), &trouble));
	assert_int_equal(claim(f, 100, false, 1), 1);
	dot(f, 1);
	settle(f, 1, RECEIPT_ACCEPTED);
	assert_int_equal(state_of(f, 1), LEDGER_ACCEPTED);
	close_all(f);
	assert_true(folder_fingerprint(&f->folder) == before);
	open_all(f);
	assert_int_equal(state_of(f, 1), LEDGER_QUEUED);
}

#define ROW_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_machine_is_as_drawn),
		cmocka_unit_test(the_machine_keeps_the_promise),
		cmocka_unit_test(the_manual_tells_the_machine),
		ROW_TEST(a_delivery_goes_its_way),
		ROW_TEST(what_cannot_happen_is_refused),
		ROW_TEST(deferrals_wait_longer_and_longer),
		ROW_TEST(a_dead_run_is_cleared_up),
		ROW_TEST(what_is_old_expires),
		ROW_TEST(what_is_put_off_ends_with_the_next_issue),
		ROW_TEST(what_is_put_off_ends_with_its_time),
		ROW_TEST(what_waits_can_be_hurried_or_cancelled),
		ROW_TEST(a_reader_has_a_history),
		ROW_TEST(refusals_of_a_mailbox_are_counted_in_a_row),
		ROW_TEST(who_leaves_gets_nothing_more),
		ROW_TEST(the_operator_may_send_again),
		ROW_TEST(a_claim_can_be_given_back),
		ROW_TEST(scopes_narrow_the_work),
		ROW_TEST(a_choice_passes_deliveries_over),
		ROW_TEST(everything_is_counted),
		ROW_TEST(lines_tell_what_became_of_an_issue),
		ROW_TEST(what_was_sent_long_ago_costs_nothing),
		ROW_TEST(a_full_disk_stops_before_the_dot),
		ROW_TEST(a_round_has_room_for_its_results),
		ROW_TEST(each_round_leaves_room_for_the_replies_to_those_before),
		ROW_TEST(a_result_that_cannot_be_recorded_is_doubt),
		ROW_TEST(a_passing_trouble_is_waited_for),
		ROW_TEST(a_kill_leaves_what_is_true),
		ROW_TEST(an_overlay_keeps_books_in_memory),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
