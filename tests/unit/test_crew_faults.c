/*
 * A crew when servers, journals and sources fail, against a server and a clock of the test's own:
 * whose turn it is, how long it rests, what is recorded, and that nobody is served twice or lost.
 */
#include "digest/deliver.h"

#include "world.h"

#include <signal.h>
#include <unistd.h>

enum { SESSIONS = 4, MANY = 60 };

/* ---- the journal ---- */

static struct book {
	struct journal journal; /* first */
	bool is_open[WORLD_NUMBERS + 1]; /* its dot was announced, and nothing more is known */
	bool is_announced[WORLD_NUMBERS + 1];
	bool has_result[WORLD_NUMBERS + 1];
	struct receipt receipts[WORLD_NUMBERS + 1];
	size_t result_count;
	size_t rounds, fails_from; /* that round is refused, and all after it; 0 for none */
	size_t most_dots; /* in one round */
	int64_t takes_ms; /* a round */
	int closes_at_dot; /* a descriptor, while a dot is announced; 0 for none */
} book;

static void
book_take(const struct journal_result *result)
{
	assert_in_range(result->delivery, 1, WORLD_NUMBERS);
	assert_false(book.has_result[result->delivery]);
	book.has_result[result->delivery] = true;
	book.is_open[result->delivery] = false;
	book.receipts[result->delivery] = result->receipt;
	book.result_count++;
}

static void
book_announce(int64_t delivery)
{
	assert_in_range(delivery, 1, WORLD_NUMBERS);
	assert_false(book.is_announced[delivery] || book.has_result[delivery]);
	assert_int_equal(world.heard_dots[delivery], 0);
	book.is_open[delivery] = book.is_announced[delivery] = true;
}

static int
book_round(struct journal *journal, const struct journal_result *results, size_t result_count,
    const int64_t *dots, size_t dot_count, struct err *err)
{
	assert_ptr_equal(journal, &book.journal);
	assert_true(result_count > 0 || dot_count > 0);
	world_pass_until(world.now_ms + book.takes_ms);
	if (++book.rounds >= book.fails_from && book.fails_from > 0)
		return err_set(err, EX_IOERR, "the book is full");
	for (size_t i = 0; i < result_count; i++)
		book_take(&results[i]);
	for (size_t i = 0; i < dot_count; i++)
		book_announce(dots[i]);
	if (dot_count > book.most_dots)
		book.most_dots = dot_count;
	return 0;
}

static int
book_dot(struct journal *journal, const int64_t *deliveries, size_t count, struct err *err)
{
	if (book.closes_at_dot > 0)
		close(book.closes_at_dot);
	book.closes_at_dot = 0;
	return book_round(journal, NULL, 0, deliveries, count, err);
}

static int
book_settle(
    struct journal *journal, int64_t delivery, const struct receipt *receipt, struct err *err)
{
	const struct journal_result result = { delivery, *receipt };

	return book_round(journal, &result, 1, NULL, 0, err);
}

/* The server hears of no message that the journal did not hear of before, and has all of it. */
static void
assert_announced(int number)
{
	char body[64];
	int first = 0;

	if (!book.is_announced[number])
		fail_msg("the dot of message %d was not announced", number);
	sscanf(world.last_body, "Subject: %d", &first);
	snprintf(body, sizeof(body), "Subject: %d\r\n\r\n..text\r\n.\r\n", first);
	assert_string_equal(world.last_body, body);
}

/* ---- the messages ---- */

static struct pile {
	struct deliver_source source; /* first */
	int count;
	char addresses[WORLD_NUMBERS + 1][48];
	bool is_taken[WORLD_NUMBERS + 1], is_settled[WORLD_NUMBERS + 1];
	int settled;
	int given; /* messages, some of them more than once */
	size_t together; /* most recipients of a message */
	struct message messages[WORLD_NUMBERS + 1];
	int bad_from, bad_to; /* those addresses are none; 0 for no such */
	int bad_sender; /* the sender of that message is none; 0 for no such */
	int fails_at; /* there it cannot go on; 0 for never */
	int stops_behind; /* so many are settled: no more are begun; 0 for never */
	bool is_struck; /* by a signal */
} pile;

static bool
pile_goes_on(struct deliver_source *source)
{
	assert_ptr_equal(source, &pile.source);
	return !pile.is_struck && (pile.stops_behind == 0 || pile.settled < pile.stops_behind);
}

/* The next that nobody has, or NULL. */
static struct message *
take_next(struct buf *room)
{
	static const struct message_shape shape = { .is_lines = true, .has_dots = true };
	int number = 1;

	while (number <= pile.count && pile.is_taken[number])
		number++;
	if (number > pile.count)
		return NULL;
	pile.is_taken[number] = true;
	bool is_bad = number >= pile.bad_from && number <= pile.bad_to;
	snprintf(pile.addresses[number], sizeof(pile.addresses[0]),
	    is_bad ? "r%d at example.com" : "r%d@example.com", number);
	if (room->len == 0)
		buf_addf(room, "Subject: %d\r\n\r\n.text\r\n", number);
	pile.messages[number] = (struct message){
		.delivery = number,
		.sender = number == pile.bad_sender ? "nobody at all" : "from@example.org",
		.recipient = pile.addresses[number],
		.id = "id@example.org",
		.bytes = buf_str(room),
		.shape = number % 2 == 0 ? &shape : NULL,
	};
	return &pile.messages[number];
}

static int
pile_next(struct deliver_source *source, struct message *message, struct buf *room, struct err *err)
{
	size_t most = pile.together < source->together ? pile.together : source->together;

	assert_ptr_equal(source, &pile.source);
	if (!pile_goes_on(source))
		return 0;
	/* Only while no dot is out. */
	for (int i = 1; source->may_allocate && i <= pile.count; i++)
		assert_false(book.is_open[i]);
	struct message *first = take_next(room), *last = first;
	if (first != NULL && first->delivery == pile.fails_at)
		return err_set(err, EX_IOERR, "the pile is wet");
	for (size_t i = 1; i < most && last != NULL; i++) {
		struct message *next = take_next(room);
		last->with = next;
		last = next;
	}
	if (first == NULL)
		return 0;
	pile.given++;
	*message = *first;
	return 1;
}

static void
pile_settled(
    struct deliver_source *source, const struct message *message, const struct receipt *receipt)
{
	int64_t number = message->delivery;

	assert_ptr_equal(source, &pile.source);
	assert_true(book.has_result[number]);
	assert_int_equal(book.receipts[number].outcome, receipt->outcome);
	assert_false(pile.is_settled[number]);
	pile.is_settled[number] = true;
	pile.settled++;
}

/* ---- a day's work ---- */

static struct settings *settings;
static struct deliver_crew *crew;

static void
set(const char *name, const char *text)
{
	assert_ok(settings_set(settings, name, text, "test", &trouble));
}

static void
begin(int count)
{
	world_begin();
	book = (struct book){ .journal = { book_dot, book_settle, book_round } };
	pile = (struct pile){
		.source = { .count = (size_t)count,
		    .message_bytes = 200,
		    .next = pile_next,
		    .settled = pile_settled,
		    .goes_on = pile_goes_on },
		.count = count,
		.together = 1,
	};
	world.at_dot = assert_announced;
	settings_free(settings);
	settings = settings_new(deliver_settings());
	set("rate", "0");
}

static void
hire(const char *url)
{
	world.is_lmtp = strncmp(url, "lmtp", 4) == 0;
	crew = deliver_crew_new(url, settings, NULL);
}

/*
 * What became of a message is true: of no message do the server and the journal tell two stories.
 */
static void
assert_true_books(void)
{
	for (int i = 1; i <= pile.count; i++) {
		const struct receipt *receipt = &book.receipts[i];
		assert_in_range(world.heard_dots[i], 0, 1);
		if (!book.has_result[i] || world.connection_count == 0)
			continue;
		if (receipt->outcome == RECEIPT_ACCEPTED)
			assert_int_equal(world.taken[i], 1);
		else if (receipt->outcome != RECEIPT_DOUBT)
			assert_int_equal(world.taken[i], 0);
	}
}

/* One call. What was begun and is not settled may be begun again. */
static int
send_once(struct err *err)
{
	int status = deliver_crew_send(crew, &pile.source, &book.journal, err);

	assert_int_equal(status, err_is_set(err) ? -1 : 0);
	assert_true_books();
	/* Whatever happened, no dot is left alone but by a journal that fails. */
	for (int i = 1; i <= pile.count && book.fails_from == 0; i++) {
		assert_int_equal(pile.is_settled[i], book.has_result[i]);
		assert_false(book.is_open[i]);
	}
	memcpy(pile.is_taken, pile.is_settled, sizeof(pile.is_taken));
	return status;
}

static void
dismiss(void)
{
	deliver_crew_free(crew);
	crew = NULL;
	assert_int_equal(world.open_count, 0);
}

/* Calls until all is settled or a call fails; what the last gave. */
static int
send_all(const char *url, struct err *err)
{
	int status = 0;

	hire(url);
	for (int calls = 0; status == 0 && pile.settled < pile.count && pile_goes_on(&pile.source);
	     calls++) {
		assert_in_range(calls, 0, 3 * WORLD_NUMBERS);
		status = send_once(err);
	}
	dismiss();
	return status;
}

static void
assert_all_sent(const char *url)
{
	struct err err = ERR_NONE;

	if (send_all(url, &err) != 0)
		fail_msg("%s", err.text);
	assert_int_equal(pile.settled, pile.count);
}

static int64_t
passed_ms(void)
{
	return world.now_ms - world.start_ms;
}

static size_t
count_outcomes(enum receipt_outcome outcome)
{
	size_t count = 0;

	for (int i = 1; i <= pile.count; i++)
		count += book.has_result[i] && book.receipts[i].outcome == outcome;
	return count;
}

#define LMTP "lmtp:127.0.0.1"
#define NEAR "smtp://127.0.0.1"
#define FAR "smtp://mx.example.com"

/* ---- how many sessions ---- */

static void
many_messages_are_shared_by_the_sessions(void **state)
{
	static const char *const urls[] = { LMTP, NEAR, FAR };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		begin(MANY);
		book.takes_ms = 2;
		assert_all_sent(urls[i]);
		assert_int_equal(count_outcomes(RECEIPT_ACCEPTED), MANY);
		assert_int_equal(world.most_open, SESSIONS);
		assert_int_equal(world.connection_count, SESSIONS);
		assert_true(book.most_dots > 1);
	}
	deliver_crew_free(NULL);
}

static void
few_messages_are_not_worth_a_second_login(void **state)
{
	(void)state;
	begin(7);
	assert_all_sent(NEAR);
	assert_int_equal(world.connection_count, 1);
}

static void
a_server_that_takes_two_sessions_gets_two(void **state)
{
	(void)state;
	begin(MANY);
	world.connections_most = 2;
	assert_all_sent(NEAR);
	assert_int_equal(world.most_open, 2);
}

static void
nobody_opens_more_sessions_than_a_hundred(void **state)
{
	(void)state;
	begin(WORLD_NUMBERS);
	pile.source.count = 100000;
	set("connections", "2000");
	assert_all_sent(NEAR);
	assert_int_equal(world.most_open, 100);
}

static void
a_server_that_is_away_is_told(void **state)
{
	struct err err = ERR_NONE;

	(void)state;
	begin(MANY);
	world.silent_from_ms = 1;
	assert_int_equal(send_all(FAR, &err), -1);
	assert_int_equal(err.code, EX_UNAVAILABLE);
	assert_string_equal(err.text, "smtp: cannot connect: no route to host");
	assert_int_equal(book.rounds, 0);
}

static void
a_server_that_hangs_up_behind_its_hello_is_told(void **state)
{
	static const struct world_rule rules[] = { RULE("EHLO", "250 mx\r\n", .is_last = true),
		RULES_END };
	struct err err = ERR_NONE;

	(void)state;
	begin(1);
	world.rules = rules;
	assert_int_equal(send_all(NEAR, &err), -1);
	assert_int_equal(err.code, EX_TEMPFAIL);
	assert_string_equal(err.text, "deliver: the server hangs up before any message");
}

/* ---- a server that wants less of us ---- */

/* Each rest is twice the one before, up to a minute, and one acceptance ends that. */
static void
rests_double_up_to_a_minute(void **state)
{
	static const struct world_rule rules[] = { RULE(
		                                       "MAIL", "421 4.7.0 not now\r\n", .times = 8),
		RULE("RCPT TO:<r11@", "421 4.7.0 not now\r\n"), RULES_END };
	static const int64_t rests_s[] = { 1, 2, 4, 8, 16, 32, 60, 60 };

	(void)state;
	begin(12);
	set("connections", "1");
	world.extensions = "250 mx\r\n";
	world.rules = rules;
	assert_all_sent(NEAR);
	assert_int_equal(count_outcomes(RECEIPT_DEFERRED), 9);
	for (size_t i = 0; i < 8; i++) {
		int64_t rest_ms = world.mail_ms[i + 1] - world.mail_ms[i];
		assert_in_range(rest_ms, 1000 * rests_s[i], 1000 * rests_s[i] + 100);
	}
	assert_in_range(world.mail_ms[9] - world.mail_ms[8], 0, 100);
	assert_in_range(world.mail_ms[11] - world.mail_ms[10], 1000, 1100);
}

/* He would only be told again, or not be let in at all. */
static void
whoever_is_told_to_come_later_does_not_knock_before(void **state)
{
	static const struct world_rule rules[] = {
		RULE("MAIL", "421 4.7.0 not now\r\n", .times = 3), RULES_END
	};

	(void)state;
	begin(4);
	world.rules = rules;
	assert_all_sent(NEAR);
	assert_int_equal(world.connection_count, 4);
	for (size_t i = 0; i < 3; i++)
		assert_in_range(world.connections[i + 1]->since_ms - world.mail_ms[i], 1000 << i,
		    (1000 << i) + 100);
}

/* How many sessions the second half of the messages gets. */
static size_t
sessions_behind(const struct world_rule *rules)
{
	struct err err = ERR_NONE;

	begin(MANY);
	world.rules = rules;
	pile.stops_behind = MANY / 2;
	hire(NEAR);
	while (pile.settled < MANY / 2)
		assert_int_equal(send_once(&err), 0);
	pile.stops_behind = 0;
	assert_int_equal(send_once(&err), 0);
	size_t count = world.open_count;
	assert_int_equal(pile.settled, MANY);
	dismiss();
	return count;
}

static void
a_complaint_halves_the_sessions_and_makes_us_rest(void **state)
{
	static const struct world_rule complaints[][2] = {
		{ RULE("DOT r1@", "451 4.7.0 slow down\r\n"), RULES_END },
		{ RULE("DOT r1@", "421 bye\r\n"), RULES_END },
		{ RULE("RCPT TO:<r1@", "421 bye\r\n"), RULES_END },
		{ RULE("MAIL", "451 4.7.0 slow down\r\n", .times = 1), RULES_END },
	};

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(sessions_behind(complaints[i]), SESSIONS / 2);
		assert_in_range(passed_ms(), 1000, 1900);
	}
}

/* About the recipient, perhaps: fewer sessions, but nobody else waits for it. */
static void
a_policy_about_one_recipient_lets_the_others_go_on(void **state)
{
	static const struct world_rule rules[] = { RULE("RCPT TO:<r1@", "450 4.7.1 greylisted\r\n"),
		RULES_END };

	(void)state;
	assert_int_equal(sessions_behind(rules), SESSIONS / 2);
	assert_int_equal(book.receipts[1].outcome, RECEIPT_DEFERRED);
	assert_int_equal(count_outcomes(RECEIPT_ACCEPTED), MANY - 1);
	assert_in_range(passed_ms(), 0, 900);
}

/* Neither an ordinary transient refusal nor a permanent one is a wish for less. */
static void
a_full_mailbox_is_no_complaint(void **state)
{
	static const struct world_rule refusals[][2] = {
		{ RULE("RCPT TO:<r1@", "452 4.2.2 full\r\n"), RULES_END },
		{ RULE("DOT r1@", "452 4.2.2 full\r\n"), RULES_END },
		{ RULE("DOT r1@", "550 4.7.0 no\r\n"), RULES_END },
	};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(sessions_behind(refusals[i]), SESSIONS);
		assert_int_equal(count_outcomes(RECEIPT_ACCEPTED), MANY - 1);
		assert_in_range(passed_ms(), 0, 900);
	}
}

/* Fifty in a row: those before a complaint do not count. */
static void
a_complaint_begins_the_count_again(void **state)
{
	static const struct world_rule rules[] = { RULE("DOT r40@", "451 4.7.0 slow down\r\n"),
		RULES_END };
	struct err err = ERR_NONE;

	(void)state;
	begin(WORLD_NUMBERS);
	world.rules = rules;
	pile.stops_behind = 80;
	hire(NEAR);
	while (pile.settled < 80)
		assert_int_equal(send_once(&err), 0);
	pile.stops_behind = 0;
	assert_int_equal(send_once(&err), 0);
	assert_int_equal(world.open_count, SESSIONS / 2);
	dismiss();
}

static void
sessions_come_back_when_all_is_accepted(void **state)
{
	static const struct world_rule rules[] = { RULE("DOT r1@", "421 4.7.0 slow down\r\n"),
		RULES_END };
	struct err err = ERR_NONE;

	(void)state;
	begin(WORLD_NUMBERS);
	world.rules = rules;
	pile.stops_behind = 100;
	hire(NEAR);
	while (pile.settled < 100)
		assert_int_equal(send_once(&err), 0);
	pile.stops_behind = 0;
	world.most_open = 0;
	assert_int_equal(send_once(&err), 0);
	assert_int_equal(world.most_open, SESSIONS);
	assert_int_equal(pile.settled, WORLD_NUMBERS);
	dismiss();
}

/* The first of them tells how many it takes; all arrive, and no message is refused for that. */
static void
a_server_that_takes_three_at_once_is_given_three(void **state)
{
	static const char *const urls[] = { LMTP, NEAR };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		begin(MANY);
		pile.together = 20;
		world.recipients_most = 3;
		assert_all_sent(urls[i]);
		assert_int_equal(count_outcomes(RECEIPT_ACCEPTED), MANY);
		assert_int_equal(pile.source.together, 3);
	}
}

/* It says so of the last alone, whose mailbox may be full: nobody else is kept back for it. */
static void
one_full_mailbox_says_nothing_about_the_others(void **state)
{
	static const struct world_rule rules[] = { RULE("RCPT TO:<r3@", "452 4.2.2 full\r\n"),
		RULES_END };

	(void)state;
	begin(MANY);
	pile.together = 10;
	world.rules = rules;
	assert_all_sent(NEAR);
	assert_int_equal(count_outcomes(RECEIPT_ACCEPTED), MANY - 1);
	assert_int_equal(book.receipts[3].outcome, RECEIPT_DEFERRED);
	assert_true(pile.source.together >= 10);
}

/*
 * Of ten recipients one is told to come later, and we are told so once: that halves the sessions.
 */
static void
a_complaint_among_ten_is_one_complaint(void **state)
{
	static const struct world_rule rules[] = { RULE("DOT r1@", "450 4.7.1 slow down\r\n"),
		RULE("DOT r4@", "450 4.7.1 slow down\r\n"), RULES_END };
	struct err err = ERR_NONE;

	(void)state;
	begin(MANY);
	pile.together = 10;
	pile.stops_behind = 10;
	world.rules = rules;
	hire(LMTP);
	assert_int_equal(send_once(&err), 0);
	assert_int_equal(count_outcomes(RECEIPT_DEFERRED), 2);
	pile.stops_behind = 0;
	assert_int_equal(send_once(&err), 0);
	assert_int_equal(world.open_count, SESSIONS / 2);
	dismiss();
}

/*
 * With 421 it tells that to the second, who is not put off for that: he has a session of his own.
 */
static void
a_server_that_takes_one_message_a_session_puts_nobody_off(void **state)
{
	static const char *const extensions[] = { "250-mx\r\n250 PIPELINING\r\n", "250 mx\r\n" };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		begin(MANY);
		world.extensions = extensions[i];
		world.messages_most = 1;
		assert_all_sent(NEAR);
		assert_int_equal(count_outcomes(RECEIPT_ACCEPTED), MANY);
		assert_in_range(passed_ms(), 0, 900);
	}
}

/* Once it has done so, none is begun after the dot of another. */
static void
a_server_that_hangs_up_behind_dots_is_asked_for_no_more(void **state)
{
	static const struct world_rule rules[] = { RULE("DOT", "250 kept\r\n", .is_last = true),
		RULES_END };

	(void)state;
	begin(MANY);
	world.rules = rules;
	assert_all_sent(NEAR);
	assert_int_equal(count_outcomes(RECEIPT_ACCEPTED), MANY);
	assert_in_range(pile.given, MANY, MANY + SESSIONS);
}

/* ---- pace ---- */

static void
a_slow_pace_needs_one_session_and_is_kept(void **state)
{
	(void)state;
	begin(20);
	set("rate", "30");
	assert_all_sent(FAR);
	assert_int_equal(world.connection_count, 1);
	for (int i = 1; i < 20; i++)
		assert_true(world.mail_ms[i] - world.mail_ms[i - 1] >= 2000);
	assert_in_range(passed_ms(), 38000, 42000);
}

static void
a_quick_pace_is_kept_by_all_sessions_together(void **state)
{
	(void)state;
	begin(MANY);
	set("rate", "600");
	world.latency_ms = 150;
	assert_all_sent(FAR);
	assert_int_equal(world.most_open, SESSIONS);
	for (int i = 1; i < MANY; i++)
		assert_true(world.mail_ms[i] - world.mail_ms[i - 1] >= 100);
}

/* ---- signals ---- */

static void
strike(void)
{
	pile.is_struck = true;
}

static void
strike_in_the_pause(void)
{
	if (pile.settled == 3)
		pile.is_struck = true;
}

/* Whoever waits for the next minute does not wait any more, and is not told of an error. */
static void
a_signal_ends_the_pause_between_two_messages(void **state)
{
	struct err err = ERR_NONE;

	(void)state;
	begin(20);
	set("rate", "1");
	pile.stops_behind = 0;
	world.at_wait = strike_in_the_pause;
	assert_int_equal(send_all(FAR, &err), 0);
	assert_int_equal(pile.settled, 3);
	assert_in_range(passed_ms(), 120000, 122000);
}

/* What is under way is brought to its end, and recorded. */
static void
a_signal_lets_nobody_begin_and_everybody_end(void **state)
{
	struct err err = ERR_NONE;

	(void)state;
	begin(MANY);
	world.latency_ms = 40;
	world.at_wait = strike;
	assert_int_equal(send_all(NEAR, &err), 0);
	assert_int_equal(pile.settled, SESSIONS);
	assert_int_equal(count_outcomes(RECEIPT_ACCEPTED), SESSIONS);
	assert_int_equal(world.mail_count, SESSIONS);
}

static void
strike_in_the_rest(void)
{
	if (pile.settled == 0)
		return;
	pile.is_struck = true;
	world.signal_ms = world.now_ms + 300;
}

static void
a_signal_ends_a_rest(void **state)
{
	static const struct world_rule rules[] = { RULE("MAIL", "421 4.7.0 not now\r\n"),
		RULES_END };
	struct err err = ERR_NONE;

	(void)state;
	begin(4);
	world.rules = rules;
	world.at_wait = strike_in_the_rest;
	assert_int_equal(send_all(NEAR, &err), 0);
	assert_int_equal(world.connection_count, 1);
	assert_int_equal(pile.settled, 1);
	assert_in_range(passed_ms(), 300, 400);
}

/* Nor is it an error that the server is not there any more. */
static void
a_signal_before_the_first_message_is_no_error(void **state)
{
	static const struct world_rule rules[] = { RULE("EHLO", "250 mx\r\n", .is_last = true),
		RULES_END };
	struct err err = ERR_NONE;

	(void)state;
	begin(MANY);
	world.rules = rules;
	pile.is_struck = true;
	hire(NEAR);
	assert_int_equal(send_once(&err), 0);
	assert_int_equal(world.mail_count, 0);
	dismiss();
}

/* poll(2) says so, and nothing more. */
static void
a_signal_that_is_none_of_ours_changes_nothing(void **state)
{
	(void)state;
	begin(MANY);
	world.signal_ms = world.now_ms + 25;
	assert_all_sent(NEAR);
	assert_int_equal(count_outcomes(RECEIPT_ACCEPTED), MANY);
}

/* ---- servers that say nothing ---- */

static void
a_server_that_does_not_answer_the_dot_leaves_a_doubt(void **state)
{
	static const struct world_rule rules[] = { RULE("DOT r1@", ""), RULES_END };

	(void)state;
	begin(2);
	world.rules = rules;
	assert_all_sent(NEAR);
	assert_int_equal(book.receipts[1].outcome, RECEIPT_DOUBT);
	assert_string_equal(book.receipts[1].reply, "no reply within 600 s");
	assert_int_equal(book.receipts[2].outcome, RECEIPT_ACCEPTED);
	assert_in_range(passed_ms(), 600000, 601000);
}

static void
a_server_that_does_not_answer_a_command_puts_off_one(void **state)
{
	static const struct world_rule rules[] = { RULE("MAIL", "", .times = 1), RULES_END };

	(void)state;
	begin(MANY);
	world.rules = rules;
	assert_all_sent(NEAR);
	assert_int_equal(count_outcomes(RECEIPT_DEFERRED), 1);
	assert_int_equal(count_outcomes(RECEIPT_ACCEPTED), MANY - 1);
	assert_in_range(passed_ms(), 60000, 61000);
}

/* Meanwhile what became of the others is recorded, and does not wait for it. */
static void
results_do_not_wait_for_a_slow_server(void **state)
{
	static const struct world_rule rules[] = {
		RULE("DOT r1@", "250 at last\r\n", .late_ms = 500000), RULES_END
	};
	struct err err = ERR_NONE;

	(void)state;
	begin(MANY);
	world.rules = rules;
	assert_int_equal(send_all(NEAR, &err), 0);
	assert_int_equal(count_outcomes(RECEIPT_ACCEPTED), MANY);
}

/*
 * It hears a byte a millisecond, and answers at once: what it says is read when we have said all.
 */
static void
a_server_that_hears_slowly_is_not_asked_without_end(void **state)
{
	static const char *const urls[] = { LMTP, NEAR };

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		begin(MANY);
		world.latency_ms = 0;
		world.write_bytes = i < 2 ? 1 : 9;
		pile.together = 10;
		assert_all_sent(urls[i % 2]);
		assert_int_equal(count_outcomes(RECEIPT_ACCEPTED), MANY);
	}
}

/* It is not waited for until it hears on: what it said is the reason. */
static void
a_server_that_hears_no_more_of_a_body_says_why(void **state)
{
	static const struct world_rule rules[] = { RULE("BODY r1@", "552 5.3.4 too large\r\n",
		                                       .is_stuck = true, .late_ms = 500),
		RULES_END };

	(void)state;
	begin(2);
	world.rules = rules;
	assert_all_sent(NEAR);
	assert_int_equal(book.receipts[1].outcome, RECEIPT_FAILED);
	assert_int_equal(book.receipts[1].code, 552);
	assert_int_equal(book.receipts[2].outcome, RECEIPT_ACCEPTED);
	assert_in_range(passed_ms(), 0, 900);
}

/* More milliseconds than poll(2) has numbers for. */
static void
a_timeout_of_a_month_is_waited_for(void **state)
{
	static const struct world_rule rules[] = { RULE("DOT r1@", ""), RULES_END };

	(void)state;
	begin(1);
	set("dot_timeout", "30d");
	world.rules = rules;
	assert_all_sent(NEAR);
	assert_int_equal(book.receipts[1].outcome, RECEIPT_DOUBT);
	assert_true(passed_ms() >= (int64_t)30 * 86400 * 1000);
}

/* RFC 5321 section 4.5.3.2.6: ten minutes; who waits less sends twice. */
static void
the_answer_to_a_dot_has_ten_minutes(void **state)
{
	static const struct world_rule in_time[] = {
		RULE("DOT r1@", "250 2.0.0 kept\r\n", .late_ms = 599 * 1000), RULES_END
	};
	static const struct world_rule late[] = {
		RULE("DOT r1@", "250 2.0.0 kept\r\n", .late_ms = 601 * 1000), RULES_END
	};

	(void)state;
	begin(1);
	world.rules = in_time;
	assert_all_sent(NEAR);
	assert_int_equal(book.receipts[1].outcome, RECEIPT_ACCEPTED);
	begin(1);
	world.rules = late;
	assert_all_sent(NEAR);
	assert_int_equal(book.receipts[1].outcome, RECEIPT_DOUBT);
	assert_in_range(passed_ms(), 600 * 1000, 600 * 1000 + 999);
}

/* ---- messages that cannot be sent ---- */

/* More in a row than results are kept for, without a word to the server. */
static void
addresses_that_cannot_be_said_are_refused_here(void **state)
{
	(void)state;
	begin(WORLD_NUMBERS);
	set("connections", "1");
	pile.bad_from = 2;
	pile.bad_to = 150;
	assert_all_sent(NEAR);
	assert_int_equal(count_outcomes(RECEIPT_FAILED), 149);
	assert_int_equal(count_outcomes(RECEIPT_ACCEPTED), WORLD_NUMBERS - 149);
	assert_string_equal(book.receipts[7].reply, "the address cannot be sent over SMTP");
}

/*
 * It was told DATA before we knew that nobody is left; it hears a dot then, and the others go on.
 */
static void
a_server_that_waits_for_a_body_that_nobody_gets_is_relieved(void **state)
{
	static const struct world_rule rules[] = { RULE("RCPT TO:<r1@", "550 5.1.1 no\r\n"),
		RULE("DATA r0@", "354 go on\r\n"), RULES_END };

	(void)state;
	begin(MANY);
	world.rules = rules;
	assert_all_sent(NEAR);
	assert_int_equal(count_outcomes(RECEIPT_ACCEPTED), MANY - 1);
	assert_int_equal(book.receipts[1].outcome, RECEIPT_FAILED);
	assert_int_equal(world.connection_count, SESSIONS);
}

static void
a_sender_that_cannot_be_said_stops_the_job(void **state)
{
	struct err err = ERR_NONE;

	(void)state;
	begin(MANY);
	pile.bad_sender = 3;
	assert_int_equal(send_all(FAR, &err), -1);
	assert_int_equal(err.code, EX_CONFIG);
	assert_string_equal(err.text, "smtp: 'nobody at all' cannot be a sender over SMTP");
	assert_int_equal(pile.settled, 2);
}

/* All sessions are told the same, and one error is told. */
static void
a_server_that_refuses_the_sender_stops_the_job(void **state)
{
	static const struct world_rule rules[] = { RULE("MAIL", "550 5.7.1 not you\r\n"),
		RULES_END };
	struct err err = ERR_NONE;

	(void)state;
	begin(MANY);
	world.rules = rules;
	assert_int_equal(send_all(FAR, &err), -1);
	assert_int_equal(err.code, EX_NOPERM);
	assert_string_equal(
	    err.text, "smtp: the server refuses the sender 'from@example.org': 550 5.7.1 not you");
	assert_int_equal(pile.settled, 0);
	assert_int_equal(world.mail_count, SESSIONS);
}

/* ---- sources ---- */

static void
a_source_that_fails_lets_the_messages_under_way_end(void **state)
{
	struct err err = ERR_NONE;

	(void)state;
	begin(MANY);
	pile.fails_at = 10;
	assert_int_equal(send_all(NEAR, &err), -1);
	assert_int_equal(err.code, EX_IOERR);
	assert_string_equal(err.text, "the pile is wet");
	assert_int_equal(count_outcomes(RECEIPT_ACCEPTED), 9);
	assert_int_equal(pile.settled, 9);
}

/* Some replies are late, and some come early. */
static const struct world_rule uneven[] = { RULE("DOT r2@", "250 kept\r\n", .late_ms = 50),
	RULE("RCPT TO:<r6@", "450 4.2.0 later\r\n"),
	RULE("DOT r11@", "250 kept\r\n", .late_ms = 20), RULE("DOT r13@", NULL),
	RULE("MAIL", "250 fine\r\n", .late_ms = 7, .times = 3), RULES_END };

/* It is asked between rounds only, when every result is in the journal. */
static void
a_source_that_allocates_is_asked_while_no_dot_is_out(void **state)
{
	(void)state;
	begin(MANY);
	world.rules = uneven;
	pile.source.may_allocate = true;
	assert_all_sent(NEAR);
	assert_int_equal(count_outcomes(RECEIPT_ACCEPTED), MANY - 2);
	assert_int_equal(world.most_open, SESSIONS);
}

static void
a_source_that_fails_at_once_is_told(void **state)
{
	struct err err = ERR_NONE;

	(void)state;
	begin(MANY);
	pile.fails_at = 1;
	assert_int_equal(send_all(NEAR, &err), -1);
	assert_int_equal(err.code, EX_IOERR);
	assert_int_equal(world.mail_count, 0);
}

static void
a_source_that_has_nothing_is_no_error(void **state)
{
	struct err err = ERR_NONE;

	(void)state;
	begin(1);
	pile.is_taken[1] = true;
	hire(NEAR);
	assert_int_equal(send_once(&err), 0);
	assert_int_equal(world.mail_count, 0);
	dismiss();
}

/* ---- journals ---- */

/*
 * Whichever round fails: the dots that the journal knows go out, no others, and nothing more
 * begins.
 */
static void
fail_each_round(const char *url, const struct world_rule *rules, bool may_allocate)
{
	size_t round = 1;
	int status = -1;

	for (; status < 0; round++) {
		struct err err = ERR_NONE;
		begin(MANY);
		world.rules = rules;
		pile.source.may_allocate = may_allocate;
		book.fails_from = round;
		status = send_all(url, &err);
		if (status == 0)
			break;
		assert_int_equal(err.code, EX_IOERR);
		assert_non_null(strstr(err.text, "the book is full"));
		assert_int_equal(world.quits_in_bodies, 0);
		for (int i = 1; i <= MANY; i++)
			assert_int_equal(world.heard_dots[i],
			    world.connection_count > 0 && book.is_announced[i]);
	}
	assert_true(round > MANY / SESSIONS);
}

static void
a_journal_that_fails_stops_all_dots(void **state)
{
	(void)state;
	fail_each_round(NEAR, NULL, false);
	fail_each_round(LMTP, NULL, false);
	fail_each_round(NEAR, uneven, false);
	fail_each_round(NEAR, uneven, true);
	fail_each_round("null:", NULL, false);
}

/*
 * Four messages need three commits at most, by quick ones and by slow: results ride with the next
 * dots, and dots that are ready while a commit is made go into the next together.
 */
static void
sessions_share_their_commits(void **state)
{
	static const struct {
		int64_t latency_ms, takes_ms;
	} cases[] = { { 4, 0 }, { 10, 50 } };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		begin(WORLD_NUMBERS);
		world.rules = uneven;
		world.extensions = "250 mx\r\n";
		world.latency_ms = cases[i].latency_ms;
		book.takes_ms = cases[i].takes_ms;
		assert_all_sent(NEAR);
		assert_in_range(book.rounds, WORLD_NUMBERS / SESSIONS, WORLD_NUMBERS * 3 / 4);
	}
}

/* ---- transports without a conversation ---- */

static void
a_transport_without_sessions_takes_one_message_after_the_other(void **state)
{
	(void)state;
	begin(MANY);
	assert_all_sent("null:");
	assert_int_equal(count_outcomes(RECEIPT_ACCEPTED), MANY);
	assert_int_equal(book.most_dots, 1);
	assert_int_equal(world.connection_count, 0);
}

static void
a_transport_without_sessions_stops_with_its_source(void **state)
{
	struct err err = ERR_NONE;

	(void)state;
	begin(MANY);
	pile.fails_at = 4;
	assert_int_equal(send_all("null:", &err), -1);
	assert_string_equal(err.text, "the pile is wet");
	assert_int_equal(pile.settled, 3);

	err_clear(&err);
	begin(MANY);
	pile.stops_behind = 5;
	assert_int_equal(send_all("null:", &err), 0);
	assert_int_equal(pile.settled, 5);
}

/* One message lacks its last byte; nothing is written after that, and the next call says why. */
static void
a_reader_of_standard_output_that_goes_away_is_noticed(void **state)
{
	struct err err = ERR_NONE;
	int ends[2], saved;

	(void)state;
	begin(MANY);
	assert_int_equal(pipe(ends), 0);
	fflush(stdout);
	saved = dup(STDOUT_FILENO);
	dup2(ends[1], STDOUT_FILENO);
	close(ends[1]);
	book.closes_at_dot = ends[0];
	hire("stdout:");
	int first = send_once(&err), second = send_once(&err);
	dup2(saved, STDOUT_FILENO);
	close(saved);
	dismiss();
	assert_int_equal(first, 0);
	assert_int_equal(book.receipts[1].outcome, RECEIPT_DOUBT);
	assert_int_equal(book.result_count, 1);
	assert_int_equal(second, -1);
	assert_non_null(strstr(err.text, "cannot write to standard output"));
}

/* ---- any day ---- */

static uint64_t dice;

/* From 0 to below `sides`, by xorshift. */
static int
roll(int sides)
{
	dice ^= dice << 13;
	dice ^= dice >> 7;
	dice ^= dice << 17;
	return (int)((dice >> 11) % (uint64_t)sides);
}

enum { DAYS = 400, RULES = 14 };

/* A server that takes most, and does whatever servers do to the others. */
static void
make_rules(struct world_rule rules[RULES + 1], char heard[RULES][32])
{
	static const char *const parts[] = { "MAIL", "RCPT TO:<r", "RCPT TO:<r", "DATA r", "BODY r",
		"DOT r", "DOT r", "DOT r", "RSET", "EHLO", "LHLO" };
	static const char *const replies[] = { "250 2.0.0 fine\r\n", "421 4.7.0 bye\r\n",
		"450 4.2.0 later\r\n", "451 4.7.1 slow\r\n", "452 4.5.3 too many\r\n",
		"550 5.1.1 no\r\n", "552 5.2.2 full\r\n", "354 go on\r\n", NULL, "",
		"250 a\r\n250 b\r\n", "250-a\r\n451 b\r\n", "4346 x\r\n" };

	for (int i = 0; i < RULES; i++) {
		const char *part = parts[roll(sizeof(parts) / sizeof(parts[0]))];
		bool has_number = part[strlen(part) - 1] == 'r';
		/* An answer that comes before the dot, or a second, might be about anybody. */
		bool is_early = part[0] == 'B', is_end = is_early || strncmp(part, "DOT", 3) == 0;
		int reply = is_early + roll((is_end ? 10 : 13) - is_early);
		if (has_number)
			snprintf(heard[i], sizeof(heard[i]), "%s%d@", part, 1 + roll(MANY));
		else
			snprintf(heard[i], sizeof(heard[i]), "%s", part);
		rules[i] = (struct world_rule){
			.heard = heard[i],
			.says = replies[reply],
			.times = 1 + roll(2),
			.late_ms = roll(4) == 0 ? roll(100000) : roll(10),
			.is_last = roll(8) == 0,
		};
	}
	rules[RULES] = (struct world_rule){ .heard = NULL };
}

static void
begin_day(int day)
{
	static const char *const extensions[] = { "250-mx\r\n250 PIPELINING\r\n", "250 mx\r\n" };
	static const size_t pieces[] = { 0, 0, 1, 7, 100 };

	begin(MANY);
	dice = (uint64_t)day * 0x9e3779b97f4a7c15u;
	world.extensions = extensions[roll(4) == 0];
	world.latency_ms = roll(30);
	world.write_bytes = pieces[roll(5)];
	world.recipients_most = roll(4) == 0 ? (size_t)(1 + roll(10)) : 0;
	world.connections_most = roll(4) == 0 ? (size_t)(1 + roll(4)) : 0;
	world.signal_ms = roll(4) == 0 ? world.now_ms + roll(1000) : 0;
	book.takes_ms = roll(5);
	book.fails_from = roll(4) == 0 ? (size_t)(1 + roll(40)) : 0;
	pile.together = roll(2) == 0 ? 1 : (size_t)(1 + roll(50));
	pile.source.may_allocate = roll(4) == 0;
	pile.fails_at = roll(8) == 0 ? 1 + roll(MANY) : 0;
	pile.bad_from = pile.bad_to = roll(2) == 0 ? 1 + roll(MANY) : 0;
	pile.stops_behind = roll(8) == 0 ? 1 + roll(MANY) : 0;
	set("connections", roll(2) == 0 ? "4" : "9");
	if (roll(4) == 0)
		set("rate", roll(2) == 0 ? "30" : "6000");
}

/*
 * Whatever servers, journals and sources do: nobody gets a message twice, no dot goes out that is
 * not in the journal, and unless the journal fails none is left without a result; and it always
 * ends.
 */
static void
on_any_day_nobody_is_served_twice_or_lost(void **state)
{
	static const char *const urls[] = { LMTP, NEAR, FAR };
	int whole_days = 0;

	(void)state;
	for (int day = 1; day <= DAYS; day++) {
		struct world_rule rules[RULES + 1];
		char heard[RULES][32];
		struct err err = ERR_NONE;

		begin_day(day);
		make_rules(rules, heard);
		world.rules = rules;
		print_message("day %d\n", day);
		whole_days += send_all(urls[roll(3)], &err) == 0 && pile.settled == MANY;
		for (int i = 1; i <= MANY; i++)
			assert_true(world.heard_dots[i] == 0 || book.is_announced[i]);
	}
	assert_in_range(whole_days, DAYS / 10, DAYS);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(many_messages_are_shared_by_the_sessions),
		cmocka_unit_test(few_messages_are_not_worth_a_second_login),
		cmocka_unit_test(a_server_that_takes_two_sessions_gets_two),
		cmocka_unit_test(nobody_opens_more_sessions_than_a_hundred),
		cmocka_unit_test(a_server_that_is_away_is_told),
		cmocka_unit_test(a_server_that_hangs_up_behind_its_hello_is_told),
		cmocka_unit_test(rests_double_up_to_a_minute),
		cmocka_unit_test(whoever_is_told_to_come_later_does_not_knock_before),
		cmocka_unit_test(a_complaint_halves_the_sessions_and_makes_us_rest),
		cmocka_unit_test(a_policy_about_one_recipient_lets_the_others_go_on),
		cmocka_unit_test(a_full_mailbox_is_no_complaint),
		cmocka_unit_test(a_complaint_begins_the_count_again),
		cmocka_unit_test(sessions_come_back_when_all_is_accepted),
		cmocka_unit_test(a_server_that_takes_three_at_once_is_given_three),
		cmocka_unit_test(one_full_mailbox_says_nothing_about_the_others),
		cmocka_unit_test(a_complaint_among_ten_is_one_complaint),
		cmocka_unit_test(a_server_that_takes_one_message_a_session_puts_nobody_off),
		cmocka_unit_test(a_server_that_hangs_up_behind_dots_is_asked_for_no_more),
		cmocka_unit_test(a_slow_pace_needs_one_session_and_is_kept),
		cmocka_unit_test(a_quick_pace_is_kept_by_all_sessions_together),
		cmocka_unit_test(a_signal_ends_the_pause_between_two_messages),
		cmocka_unit_test(a_signal_lets_nobody_begin_and_everybody_end),
		cmocka_unit_test(a_signal_ends_a_rest),
		cmocka_unit_test(a_signal_before_the_first_message_is_no_error),
		cmocka_unit_test(a_signal_that_is_none_of_ours_changes_nothing),
		cmocka_unit_test(a_server_that_does_not_answer_the_dot_leaves_a_doubt),
		cmocka_unit_test(a_server_that_does_not_answer_a_command_puts_off_one),
		cmocka_unit_test(results_do_not_wait_for_a_slow_server),
		cmocka_unit_test(a_server_that_hears_slowly_is_not_asked_without_end),
		cmocka_unit_test(a_server_that_hears_no_more_of_a_body_says_why),
		cmocka_unit_test(a_timeout_of_a_month_is_waited_for),
		cmocka_unit_test(the_answer_to_a_dot_has_ten_minutes),
		cmocka_unit_test(addresses_that_cannot_be_said_are_refused_here),
		cmocka_unit_test(a_server_that_waits_for_a_body_that_nobody_gets_is_relieved),
		cmocka_unit_test(a_sender_that_cannot_be_said_stops_the_job),
		cmocka_unit_test(a_server_that_refuses_the_sender_stops_the_job),
		cmocka_unit_test(a_source_that_fails_lets_the_messages_under_way_end),
		cmocka_unit_test(a_source_that_allocates_is_asked_while_no_dot_is_out),
		cmocka_unit_test(a_source_that_fails_at_once_is_told),
		cmocka_unit_test(a_source_that_has_nothing_is_no_error),
		cmocka_unit_test(a_journal_that_fails_stops_all_dots),
		cmocka_unit_test(sessions_share_their_commits),
		cmocka_unit_test(a_transport_without_sessions_takes_one_message_after_the_other),
		cmocka_unit_test(a_transport_without_sessions_stops_with_its_source),
		cmocka_unit_test(a_reader_of_standard_output_that_goes_away_is_noticed),
		cmocka_unit_test(on_any_day_nobody_is_served_twice_or_lost),
	};

	signal(SIGPIPE, SIG_IGN);
	int status = cmocka_run_group_tests_name("crew faults", tests, NULL, NULL);
	settings_free(settings);
	world_free();
	return status;
}
