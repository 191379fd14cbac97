/*
 * A crew whose source keeps a pace for domains, against a server and a clock of the test's own:
 * others go on meanwhile, nobody asks without end, and a signal ends the waiting.
 */
#include "digest/deliver.h"

#include "world.h"

enum { BUSY = 10, COUNT = 30, INTERVAL_MS = 1000 };

/* ---- the journal, which takes everything ---- */

static size_t open_dots;

static int
book_round(struct journal *journal, const struct journal_result *results, size_t result_count,
    const int64_t *dots, size_t dot_count, struct err *err)
{
	(void)journal, (void)results, (void)dots, (void)err;
	open_dots = open_dots + dot_count - result_count;
	return 0;
}

static int
book_dot(struct journal *journal, const int64_t *deliveries, size_t count, struct err *err)
{
	(void)journal, (void)deliveries, (void)count, (void)err;
	return 0;
}

static int
book_settle(
    struct journal *journal, int64_t delivery, const struct receipt *receipt, struct err *err)
{
	(void)journal, (void)delivery, (void)receipt, (void)err;
	return 0;
}

/* ---- the messages: of those of one domain, the first ones, each waits for the one before ---- */

static struct pile {
	struct deliver_source source; /* first */
	struct deliver_domains *domains;
	char addresses[COUNT + 1][32];
	bool is_taken[COUNT + 1], is_struck;
	int64_t taken_ms[COUNT + 1];
	int settled;
	int waits;
} pile;

static struct deliver_domain *
domain_of(int number)
{
	char mailbox[32];

	snprintf(mailbox, sizeof(mailbox), "r@%d.example", number <= BUSY ? 0 : number);
	return deliver_domains_find(pile.domains, str_from(mailbox));
}

static int
pile_next(struct deliver_source *source, struct message *message, struct buf *room, struct err *err)
{
	(void)err;
	assert_true(!source->may_allocate || open_dots == 0);
	source->resume_ms = 0;
	for (int i = 1; i <= COUNT && !pile.is_struck; i++) {
		int64_t due_ms = pile.is_taken[i] ? 0 : deliver_domain_due_ms(domain_of(i));
		if (pile.is_taken[i])
			continue;
		if (due_ms > world.now_ms) {
			source->resume_ms = due_ms;
			continue;
		}
		source->resume_ms = 0;
		deliver_domain_note_begun(pile.domains, domain_of(i), world.now_ms);
		pile.is_taken[i] = true;
		pile.taken_ms[i] = world.now_ms - world.start_ms;
		buf_addf(room, "Subject: %d\r\n\r\ntext\r\n", i);
		*message = (struct message){ .delivery = i,
			.sender = "from@example.org",
			.recipient = pile.addresses[i],
			.id = "id@example.org",
			.bytes = buf_str(room) };
		return 1;
	}
	return 0;
}

static void
pile_settled(
    struct deliver_source *source, const struct message *message, const struct receipt *receipt)
{
	(void)source, (void)message;
	assert_int_equal(receipt->outcome, RECEIPT_ACCEPTED);
	pile.settled++;
}

static bool
pile_goes_on(struct deliver_source *source)
{
	(void)source;
	return !pile.is_struck;
}

static void
note_wait(void)
{
	pile.waits++;
}

static void
take_all(void)
{
	char mailbox[32];

	deliver_domains_choose(pile.domains, world.now_ms, world.now_ms + 60000);
	for (int i = 1; i <= COUNT; i++) {
		snprintf(mailbox, sizeof(mailbox), "r@%d.example", i <= BUSY ? 0 : i);
		assert_true(deliver_domains_take(pile.domains, str_from(mailbox)));
		snprintf(pile.addresses[i], sizeof(pile.addresses[i]), "r%d@example.com", i);
	}
}

/* ---- the tests ---- */

static void
send_all(const char *url, bool may_allocate, void (*at_wait)(void))
{
	struct journal journal = { book_dot, book_settle, book_round };
	struct settings *settings = settings_new(deliver_settings());

	world_begin();
	world.at_wait = at_wait;
	open_dots = 0;
	pile = (struct pile){
		.source = { .count = COUNT,
		    .message_bytes = 200,
		    .may_allocate = may_allocate,
		    .next = pile_next,
		    .settled = pile_settled,
		    .goes_on = pile_goes_on },
		.domains = deliver_domains_new(60000 / INTERVAL_MS),
	};
	take_all();
	struct deliver_crew *crew = deliver_crew_new(url, settings, NULL);
	assert_ok(deliver_crew_send(crew, &pile.source, &journal, &trouble));
	deliver_crew_free(crew);
	deliver_domains_free(pile.domains);
	settings_free(settings);
	assert_int_equal(open_dots, 0);
}

static void
others_go_on_while_a_domain_waits(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		send_all("smtp://127.0.0.1", i == 1, note_wait);
		assert_int_equal(pile.settled, COUNT);
		for (int number = 2; number <= BUSY; number++)
			assert_int_equal(
			    pile.taken_ms[number] - pile.taken_ms[number - 1], INTERVAL_MS);
		for (int number = BUSY + 1; number <= COUNT; number++)
			assert_true(pile.taken_ms[number] < pile.taken_ms[2]);
		/* A few for each message: it sleeps until the next is due. */
		assert_in_range(pile.waits, BUSY, 20 * COUNT);
	}
}

static void
strike(void)
{
	if (world.now_ms - world.start_ms < 3 * INTERVAL_MS)
		return;
	pile.is_struck = true;
}

static void
a_signal_ends_the_waiting(void **state)
{
	(void)state;
	send_all("smtp://127.0.0.1", false, strike);
	assert_in_range(pile.settled, COUNT - BUSY + 3, COUNT - BUSY + 4);
	assert_in_range(world.now_ms - world.start_ms, 3 * INTERVAL_MS, 5 * INTERVAL_MS);
}

static void
a_transport_without_sessions_waits_likewise(void **state)
{
	(void)state;
	send_all("null:", false, NULL);
	assert_int_equal(pile.settled, COUNT);
	for (int number = 2; number <= BUSY; number++)
		assert_int_equal(pile.taken_ms[number] - pile.taken_ms[number - 1], INTERVAL_MS);
	assert_int_equal(pile.taken_ms[COUNT], 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(others_go_on_while_a_domain_waits),
		cmocka_unit_test(a_signal_ends_the_waiting),
		cmocka_unit_test(a_transport_without_sessions_waits_likewise),
	};

	int status = cmocka_run_group_tests_name("crew pace", tests, NULL, NULL);
	world_free();
	return status;
}
