/*
 * The ledger when a statement fails: the n-th that SQLite is asked to prepare or to step, for each
 * n and each thing the ledger does. Either it says so and changed nothing, or it tried again and is
 * done.
 */
#include "folder.h"

#include "digest/ledger.h"
#include "digest/store.h"

#include <dlfcn.h>
#include <sqlite3.h>

/* ---- SQLite, as far as it fails when told to ---- */

static int calls_left; /* until it fails; 0: never */
static bool is_for_ever; /* from then on, and not only once */
static int failure; /* its result then */

static bool
is_due(void)
{
	if (calls_left == 0)
		return false;
	if (calls_left > 1) {
		calls_left--;
		return false;
	}
	if (!is_for_ever)
		calls_left = 0;
	return true;
}

static void *
real(const char *name)
{
	void *found = dlsym(RTLD_NEXT, name);

	if (found == NULL)
		abort();
	return found;
}

int
sqlite3_step(sqlite3_stmt *stmt)
{
	static int (*step)(sqlite3_stmt *);

	if (step == NULL)
		step = (int (*)(sqlite3_stmt *))real("sqlite3_step");
	return is_due() ? failure : step(stmt);
}

int
sqlite3_prepare_v3(sqlite3 *handle, const char *sql, int len, unsigned flags, sqlite3_stmt **stmt,
    const char **rest)
{
	static int (*prepare)(
	    sqlite3 *, const char *, int, unsigned, sqlite3_stmt **, const char **);

	if (prepare == NULL)
		prepare = (int (*)(sqlite3 *, const char *, int, unsigned, sqlite3_stmt **,
		    const char **))real("sqlite3_prepare_v3");
	return is_due() ? failure : prepare(handle, sql, len, flags, stmt, rest);
}

/* ---- what is struck ---- */

struct fixture {
	struct folder folder;
	struct store *store;
	struct ledger *ledger;
	struct arena *arena;
	int64_t issue;
};

static const struct ledger_scope everything;

static void
open_store(struct fixture *f)
{
	assert_ok(store_open(&f->store, folder_file(&f->folder, "digest.db"), DB_WRITE, &trouble));
}

static void
close_all(struct fixture *f)
{
	ledger_close(f->ledger);
	store_close(f->store);
	f->ledger = NULL;
	f->store = NULL;
}

static void
queue_two(struct fixture *f)
{
	static const char *const readers[] = { "ann@example.org", "bob@example.org" };
	struct issue issue = { .date = 20661 };
	struct store_frozen frozen = { .issue = &issue, .bytes = { STR("one"), STR("other") } };
	struct ledger_addressee addressees[2];
	int64_t list;
	bool is_suppressed;

	assert_ok(db_begin(store_db(f->store), &trouble));
	assert_ok(store_list(f->store, "daily", &list, &trouble));
	assert_ok(store_audience(f->store, list, "", &frozen.audience, &trouble));
	assert_ok(store_freeze(f->store, &frozen, 100, &f->issue, &trouble));
	for (int i = 0; i < 2; i++) {
		assert_ok(store_subscribe(f->store, list, readers[i], MESSAGE_TO_PERSON, "command",
		    0, &is_suppressed, &trouble));
		addressees[i] = (struct ledger_addressee){
			.recipient = i + 1,
			.address = readers[i],
			.message_id = i == 0 ? "one@example.org" : "other@example.org",
		};
	}
	assert_ok(ledger_queue(f->ledger, f->issue, addressees, 2, 100, &trouble));
	assert_ok(db_commit(store_db(f->store), &trouble));
}

static void
set_up(struct fixture *f)
{
	*f = (struct fixture){ .arena = arena_new() };
	folder_make(&f->folder);
	open_store(f);
	assert_ok(ledger_open(&f->ledger, store_db(f->store), &trouble));
	queue_two(f);
}

static void
tear_down(struct fixture *f)
{
	close_all(f);
	arena_free(f->arena);
	folder_remove(&f->folder);
}

/* All that can change, as one text. */
static struct str
books(struct fixture *f)
{
	struct err err = ERR_NONE;
	struct db_stmt *stmt = db_prepare(store_db(f->store),
	    "SELECT (SELECT group_concat(concat, '; ') FROM (SELECT id || ' ' || state || ' ' ||"
	    " attempts || ' ' || doubts || ' ' || ifnull(next_at, '-') AS concat FROM delivery))"
	    " || ' / ' || (SELECT count(*) FROM attempt)",
	    &err);

	if (stmt == NULL || db_step(stmt, &err) != 1)
		fail_msg("%s", err.text);
	struct str text = arena_copy(f->arena, db_text(stmt, 0));
	db_reset(stmt);
	return text;
}

/* ---- what the ledger does ---- */

static int
do_open(struct fixture *f, struct err *err)
{
	ledger_close(f->ledger);
	f->ledger = NULL;
	return ledger_open(&f->ledger, store_db(f->store), err);
}

/* In a transaction of the caller's, who undoes it. */
static int
do_queue(struct fixture *f, struct err *err)
{
	struct ledger_addressee addressee = { 1, "ann@example.org", MESSAGE_TO_LIST, "a@b.org" };
	int calls = calls_left;

	calls_left = 0;
	assert_ok(db_begin(store_db(f->store), &trouble));
	assert_ok(db_exec(store_db(f->store), "DELETE FROM delivery WHERE id = 1", &trouble));
	calls_left = calls;
	int status = ledger_queue(f->ledger, f->issue, &addressee, 1, 100, err);
	calls = calls_left;
	calls_left = 0;
	db_rollback(store_db(f->store));
	calls_left = calls;
	return status;
}

static int
do_recover(struct fixture *f, struct err *err)
{
	size_t doubts;

	return ledger_recover(f->ledger, 200, 1000, &doubts, err);
}

static int
do_give_up(struct fixture *f, struct err *err)
{
	size_t count;

	return ledger_give_up(f->ledger, "daily", 1, 200, &count, err);
}

static int
do_claim(struct fixture *f, struct err *err)
{
	struct ledger_delivery *deliveries;
	size_t count;

	int status = ledger_claim(
	    f->ledger, &everything, true, 200, SIZE_MAX, f->arena, &deliveries, &count, err);
	assert_int_equal(count, status == 0 ? 2 : 0);
	return status;
}

static int
do_release(struct fixture *f, struct err *err)
{
	return ledger_release(f->ledger, 1, err);
}

static int
do_dots(struct fixture *f, struct err *err)
{
	const int64_t dots[] = { 1, 2 };
	struct journal *journal = ledger_journal(f->ledger);

	return journal->dot(journal, dots, 2, err);
}

static const struct journal_result results[] = {
	{ 1, { .outcome = RECEIPT_ACCEPTED, .code = 250, .phase = "dot" } },
	{ 2, { .outcome = RECEIPT_DEFERRED, .code = 451, .phase = "dot" } },
};

static int
do_settle(struct fixture *f, struct err *err)
{
	struct journal *journal = ledger_journal(f->ledger);

	return journal->settle(journal, 1, &results[0].receipt, err);
}

static int
do_settle_two(struct fixture *f, struct err *err)
{
	struct journal *journal = ledger_journal(f->ledger);

	return journal->round(journal, results, 2, NULL, 0, err);
}

static int
do_round(struct fixture *f, struct err *err)
{
	const int64_t dot = 2;
	struct journal *journal = ledger_journal(f->ledger);

	return journal->round(journal, results, 1, &dot, 1, err);
}

static int
do_round_of_dots(struct fixture *f, struct err *err)
{
	const int64_t dot = 2;
	struct journal *journal = ledger_journal(f->ledger);

	return journal->round(journal, NULL, 0, &dot, 1, err);
}

static int
do_next_due(struct fixture *f, struct err *err)
{
	int64_t due;

	return ledger_next_due(f->ledger, &everything, &due, err);
}

static int
do_count_open(struct fixture *f, struct err *err)
{
	struct ledger_counts counts;

	return ledger_count(f->ledger, &everything, true, &counts, err);
}

static int
do_count_all(struct fixture *f, struct err *err)
{
	struct ledger_counts counts;

	return ledger_count(f->ledger, &everything, false, &counts, err);
}

static int
do_history(struct fixture *f, struct err *err)
{
	struct ledger_past *pasts;
	size_t count;

	return ledger_history(
	    f->ledger, "ann@example.org", SIZE_MAX, f->arena, &pasts, &count, err);
}

static int
do_lines(struct fixture *f, struct err *err)
{
	struct str *lines;
	size_t count;

	return ledger_lines(f->ledger, f->issue, f->arena, &lines, &count, err);
}

static int
do_count_refusals(struct fixture *f, struct err *err)
{
	size_t count;

	return ledger_count_refusals(f->ledger, 1, SIZE_MAX, &count, err);
}

static int
do_cancel(struct fixture *f, struct err *err)
{
	size_t count;

	return ledger_cancel(f->ledger, 1, &count, err);
}

static int
do_cancel_scope(struct fixture *f, struct err *err)
{
	size_t count;

	return ledger_cancel_scope(f->ledger, &everything, &count, err);
}

static int
do_requeue(struct fixture *f, struct err *err)
{
	size_t count;

	return ledger_requeue(f->ledger, f->issue, "", &count, err);
}

static int
do_retry(struct fixture *f, struct err *err)
{
	size_t count;

	return ledger_retry(f->ledger, &everything, &count, err);
}

/* What it does, the state of both deliveries before, and whether it may try again by itself. */
static const struct deed {
	const char *name;
	int (*act)(struct fixture *f, struct err *err);
	const char *before;
	bool tries_again;
} deeds[] = {
	{ "open", do_open, "state = 0", false },
	{ "queue", do_queue, "state = 0", false },
	{ "recover", do_recover, "state = 2 - (id = 1)", false },
	{ "give up", do_give_up, "state = 4", false },
	{ "claim", do_claim, "state = 4, attempts = 1, next_at = 100", false },
	{ "release", do_release, "state = 1, attempts = 1", false },
	{ "dot", do_dots, "state = 1", false },
	{ "settle", do_settle, "state = 2", true },
	{ "settle two", do_settle_two, "state = 2", true },
	{ "round", do_round, "state = 3 - id", true },
	{ "round of dots", do_round_of_dots, "state = 1", false },
	{ "next due", do_next_due, "state = 4, next_at = 7", false },
	{ "count what is open", do_count_open, "state = 0", false },
	{ "count all", do_count_all, "state = 3, is_open = 0", false },
	{ "history", do_history, "state = 3, is_open = 0", false },
	{ "lines", do_lines, "state = 4, next_at = 60, doubts = 2, reply = 'later'", false },
	{ "count refusals", do_count_refusals,
	    "state = 5, is_open = 0, phase = 'rcpt', reply = '5.1.1 nobody'", false },
	{ "cancel", do_cancel, "state = 0", false },
	{ "cancel a scope", do_cancel_scope, "state = 0", false },
	{ "requeue", do_requeue, "state = 3, is_open = 0", false },
	{ "retry", do_retry, "state = 4", false },
};

/* With nothing prepared yet, and two deliveries in the state that the deed begins with. */
static struct str
begin(struct fixture *f, const struct deed *deed)
{
	char sql[200];

	close_all(f);
	open_store(f);
	if (deed->act != do_open)
		assert_ok(ledger_open(&f->ledger, store_db(f->store), &trouble));
	snprintf(sql, sizeof(sql),
	    "UPDATE delivery SET is_open = 1, next_at = NULL, doubts = 0, attempts = 0, code = 0,"
	    " phase = '', reply = '', %s",
	    deed->before);
	assert_ok(db_exec(store_db(f->store), sql, &trouble));
	return books(f);
}

/* Whether there was an n-th call to fail. */
static bool
strike(struct fixture *f, const struct deed *deed, int n)
{
	struct err err = ERR_NONE;
	struct str before = begin(f, deed);

	calls_left = n;
	int status = deed->act(f, &err);
	bool is_struck = calls_left == 0 || is_for_ever;
	calls_left = 0;
	if (status == 0 && is_struck && !deed->tries_again)
		fail_msg("%s: call %d failed and it says nothing", deed->name, n);
	if (status == 0)
		return is_struck;
	assert_int_equal(status, -1);
	assert_true(err.code == EX_IOERR);
	/* A round that fails records what it can. */
	if (deed->act != do_round)
		assert_str(books(f), arena_string(f->arena, before));
	/* And nothing is left half done: the next transaction begins. */
	assert_ok(db_begin(store_db(f->store), &trouble));
	db_rollback(store_db(f->store));
	if (f->ledger == NULL)
		assert_ok(ledger_open(&f->ledger, store_db(f->store), &trouble));
	return true;
}

static void
any_statement_may_fail(void **state)
{
	struct fixture f;

	(void)state;
	failure = SQLITE_IOERR;
	set_up(&f);
	for (size_t i = 0; i < sizeof(deeds) / sizeof(deeds[0]); i++) {
		int n = 1;
		while (strike(&f, &deeds[i], n))
			n++;
		if (n == 1)
			fail_msg("%s asks SQLite nothing", deeds[i].name);
	}
	tear_down(&f);
}

/*
 * What one cannot record is tried a few times, where it may pass, and then told to the system log.
 */
static void
results_are_not_given_up_lightly(void **state)
{
	static const struct {
		int failure;
		int code;
	} cases[] = {
		{ SQLITE_BUSY, EX_TEMPFAIL },
		{ SQLITE_NOMEM, EX_OSERR },
		{ SQLITE_READONLY, EX_NOPERM },
		{ SQLITE_CORRUPT, EX_DATAERR },
	};
	struct fixture f;

	(void)state;
	set_up(&f);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct err err = ERR_NONE;
		begin(&f, &(struct deed){ .before = "state = 2" });
		failure = cases[i].failure;
		calls_left = 1;
		int status = do_settle(&f, &err);
		calls_left = 0;
		/* Damage does not pass. */
		assert_int_equal(status, cases[i].code == EX_DATAERR ? -1 : 0);
		assert_int_equal(err.code, status < 0 ? EX_DATAERR : 0);
	}
	tear_down(&f);
}

/* A round whose results cannot be recorded at all: that is what is told, not the dots. */
static void
a_disk_that_stays_away_stops_the_round(void **state)
{
	struct fixture f;
	struct err err = ERR_NONE;

	(void)state;
	set_up(&f);
	begin(&f, &(struct deed){ .before = "state = 3 - id" });
	failure = SQLITE_IOERR;
	is_for_ever = true;
	calls_left = 1;
	assert_int_equal(do_round(&f, &err), -1);
	calls_left = 0;
	is_for_ever = false;
	assert_int_equal(err.code, EX_IOERR);
	assert_non_null(strstr(err.text, "the reply is in the system log, sending stops"));
	assert_str(books(&f), "1 2 0 0 -; 2 1 0 0 - / 0");
	tear_down(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_statement_may_fail),
		cmocka_unit_test(results_are_not_given_up_lightly),
		cmocka_unit_test(a_disk_that_stays_away_stops_the_round),
	};

	return cmocka_run_group_tests_name("ledger_faults", tests, NULL, NULL);
}
