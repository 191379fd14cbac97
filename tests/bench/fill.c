/*
 * Fills a store with entries that readers have had: for each of many days, what a source listed,
 * the issue made of it and its delivery, by the functions that a run calls. For measurements, so
 * nothing is fetched, rendered or sent.
 *
 *     fill STORE COUNT LIST SOURCE SPEC ADDRESS LAST-DAY
 */
#include "digest/clock.h"
#include "digest/identity.h"
#include "digest/ledger.h"
#include "digest/store.h"

#include <stdio.h>

enum { ENTRIES_A_DAY = 50, ABSTRACT_SENTENCES = 12, SECONDS_A_DAY = 86400 };

struct fill {
	struct store *store;
	struct ledger *ledger;
	struct arena *arena; /* of one day */
	int64_t source, audience, recipient, list;
	const char *address;
	uint64_t random;
};

/* Knuth's linear congruential generator: the same store every time, on every machine. */
static size_t
draw(struct fill *fill, size_t count)
{
	fill->random = fill->random * 6364136223846793005u + 1442695040888963407u;
	return (size_t)(fill->random >> 33) % count;
}

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static const char *const subjects[] = { "A sparse encoder", "The small model", "Our scheduler",
	"A two-stage retriever", "The learned index", "This proof", "A linear probe",
	"The planner" };
static const char *const verbs[] = { "learns", "recovers", "predicts", "compresses", "bounds",
	"explains", "ranks", "separates" };
static const char *const objects[] = { "long documents", "noisy labels", "rare events",
	"molecular graphs", "spoken questions", "protein folds", "city traffic",
	"old manuscripts" };
static const char *const ends[] = { "with half the memory", "without any supervision",
	"at a tenth of the cost", "where earlier work fails", "on four public collections",
	"up to a constant", "in a single pass", "as well as people do" };

static void
add_sentence(struct fill *fill, struct buf *out)
{
	buf_addf(out, "%s %s %s %s", subjects[draw(fill, COUNT_OF(subjects))],
	    verbs[draw(fill, COUNT_OF(verbs))], objects[draw(fill, COUNT_OF(objects))],
	    ends[draw(fill, COUNT_OF(ends))]);
}

static void
make_entry(struct fill *fill, struct entry *entry, int64_t number, int rank, int32_t day)
{
	struct buf text = BUF_INIT(BUF_LIMIT);

	entry_init(entry);
	entry->url = arena_printf(fill->arena, "http://papers.example/old/%lld", (long long)number);
	add_sentence(fill, &text);
	buf_addf(&text, ", part %lld", (long long)number);
	entry_set_title(entry, fill->arena, buf_str(&text));
	buf_reset(&text);
	for (int i = 0; i < ABSTRACT_SENTENCES; i++) {
		add_sentence(fill, &text);
		buf_add_string(&text, ". ");
	}
	entry->abstract = entry_text_paragraphs(fill->arena, buf_str(&text));
	buf_release(&text);
	entry_add_author(entry, fill->arena, STR("Ada Example"), STR(""), false);
	entry_add_author(entry, fill->arena, STR("Bo Muster"), STR(""), false);
	entry->published_at = (int64_t)day * SECONDS_A_DAY;
	entry->listed_on = day;
	entry->kind = ENTRY_POST;
	entry->rank = rank;
	identity_add(entry, fill->arena, entry->url);
	identity_finish(entry, fill->arena, STR(""));
}

/* What the source listed on a day. */
static int
list_day(struct fill *fill, int64_t first, int64_t count, int32_t day, int64_t now, struct err *err)
{
	for (int64_t i = 0; i < count; i++) {
		struct entry entry;
		struct store_put put;
		make_entry(fill, &entry, first + i, (int)i + 1, day);
		if (store_put(fill->store, fill->source, &entry, now, &put, err) < 0)
			return -1;
	}
	return 0;
}

/* The issue of a day, as the diff finds it, and one delivery. */
static int
freeze_day(struct fill *fill, int32_t day, int64_t now, struct err *err)
{
	struct store_want want = {
		.scope = STORE_NEWS,
		.audience = fill->audience,
		.sources = &fill->source,
		.source_count = 1,
		.until = day,
	};
	struct store_candidates candidates;
	struct issue issue = { .title = STR("Filled"), .date = day, .made_at = now };
	int64_t id;

	if (store_candidates(fill->store, &want, fill->arena, &candidates, err) < 0)
		return -1;
	issue.items = arena_array(fill->arena, candidates.count + 1, sizeof(struct issue_item));
	for (; issue.item_count < candidates.count; issue.item_count++)
		issue.items[issue.item_count].entry = candidates.items[issue.item_count].entry;
	struct store_frozen frozen = {
		.audience = fill->audience,
		.issue = &issue,
		.subject = STR("Filled"),
		.sources = &fill->source,
		.source_count = 1,
		.through = candidates.through,
		.until = candidates.until,
	};
	if (store_freeze(fill->store, &frozen, now, &id, err) < 0)
		return -1;
	struct ledger_addressee addressee = {
		.recipient = fill->recipient,
		.address = fill->address,
		.kind = MESSAGE_TO_PERSON,
		.message_id =
		    arena_printf(fill->arena, "%lld.filled@example.org", (long long)id).ptr,
	};
	return ledger_queue(fill->ledger, id, &addressee, 1, now, err);
}

static int
deliver_day(struct fill *fill, int64_t now, struct err *err)
{
	struct ledger_scope scope = { .address = "" };
	struct receipt receipt = { .outcome = RECEIPT_ACCEPTED, .code = 250, .phase = "dot" };
	struct journal *journal = ledger_journal(fill->ledger);
	struct ledger_delivery *deliveries;
	size_t count;

	if (ledger_claim(
	        fill->ledger, &scope, false, now, 1, fill->arena, &deliveries, &count, err) < 0)
		return -1;
	if (count != 1)
		return err_set(err, EX_SOFTWARE, "fill: %zu deliveries instead of one", count);
	if (journal->dot(journal, &deliveries[0].id, 1, err) < 0)
		return -1;
	return journal->settle(journal, deliveries[0].id, &receipt, err);
}

static int
fill_day(struct fill *fill, int64_t first, int64_t count, int32_t day, struct err *err)
{
	int64_t now = (int64_t)day * SECONDS_A_DAY + SECONDS_A_DAY / 2;

	arena_reset(fill->arena);
	if (db_begin(store_db(fill->store), err) < 0)
		return -1;
	if (list_day(fill, first, count, day, now, err) < 0 ||
	    freeze_day(fill, day, now, err) < 0 || db_commit(store_db(fill->store), err) < 0) {
		db_rollback(store_db(fill->store));
		return -1;
	}
	return deliver_day(fill, now, err);
}

static int
find_recipient(struct fill *fill, struct err *err)
{
	struct store_recipient *recipients;
	size_t count;

	if (store_recipients(fill->store, fill->list, fill->arena, &recipients, &count, err) < 0)
		return -1;
	if (count != 1)
		return err_set(err, EX_SOFTWARE, "fill: %zu recipients instead of one", count);
	fill->recipient = recipients[0].id;
	return 0;
}

/* The rows that stand after all days. */
static int
prepare(struct fill *fill, char **argv, struct err *err)
{
	struct source_state state;
	bool is_suppressed;

	fill->address = argv[6];
	if (db_begin(store_db(fill->store), err) < 0)
		return -1;
	if (store_source(fill->store, argv[4], argv[5], &fill->source, &state, err) < 0 ||
	    store_list(fill->store, argv[3], &fill->list, err) < 0 ||
	    store_audience(fill->store, fill->list, "", &fill->audience, err) < 0 ||
	    store_subscribe(fill->store, fill->list, fill->address, MESSAGE_TO_PERSON,
	        "configuration", 0, &is_suppressed, err) < 0 ||
	    find_recipient(fill, err) < 0) {
		db_rollback(store_db(fill->store));
		return -1;
	}
	return db_commit(store_db(fill->store), err);
}

static int
fill_days(struct fill *fill, int64_t total, int32_t last_day, struct err *err)
{
	int64_t day_count = (total + ENTRIES_A_DAY - 1) / ENTRIES_A_DAY;

	for (int64_t i = 0; i < day_count; i++) {
		int64_t first = i * ENTRIES_A_DAY;
		int64_t count = total - first < ENTRIES_A_DAY ? total - first : ENTRIES_A_DAY;
		int32_t day = (int32_t)(last_day - day_count + 1 + i);
		if (fill_day(fill, first, count, day, err) < 0)
			return -1;
	}
	return 0;
}

/* A crash costs nothing but the file, and a file half filled is not used. */
static int
open_store(struct fill *fill, const char *path, struct err *err)
{
	if (store_open(&fill->store, path, DB_WRITE, err) < 0)
		return -1;
	if (db_exec(store_db(fill->store), "PRAGMA synchronous = OFF; PRAGMA cache_size = -200000",
	        err) < 0)
		return -1;
	return ledger_open(&fill->ledger, store_db(fill->store), err);
}

int
main(int argc, char **argv)
{
	struct fill fill = { .arena = arena_new() };
	struct err err = ERR_NONE;
	int64_t total;
	int32_t last_day;
	int status = -1;

	if (argc != 8 || str_to_int(str_from(argv[2]), 1, INT64_C(100000000), &total) < 0 ||
	    date_parse_day(str_from(argv[7]), &last_day) < 0)
		err_set(&err, EX_USAGE, "fill STORE COUNT LIST SOURCE SPEC ADDRESS LAST-DAY");
	else if (clock_start(&err) == 0 && open_store(&fill, argv[1], &err) == 0 &&
	    prepare(&fill, argv, &err) == 0)
		status = fill_days(&fill, total, last_day, &err);
	ledger_close(fill.ledger);
	store_close(fill.store);
	arena_free(fill.arena);
	if (status < 0)
		fprintf(stderr, "fill: %s\n", err.text);
	return status < 0 ? err.code : 0;
}
