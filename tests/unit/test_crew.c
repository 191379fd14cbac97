/*
 * A crew against a server with a process per connection: what is committed before which dot goes
 * out, and what becomes of the other sessions when a journal fails or a server hangs up.
 */
#include "digest/deliver.h"

#include "digest/net.h"

#include "../lib/peer.h"
#include "unit.h"

#include <netinet/tcp.h>

enum { MESSAGES = 60, SESSIONS = 4, NOBODY = 0 };

/* What the server's processes and the test know of each message, by its number from 1. */
struct record {
	bool is_announced[MESSAGES + 1]; /* the journal was told of its dot */
	bool has_dot[MESSAGES + 1]; /* the server heard it */
	int unannounced; /* dots that the journal was not told of before */
};

/* When the server hangs up, and whom it takes. */
struct script {
	int dies_at_body, dies_at_dot; /* of that message; NOBODY for none */
	bool has_short_sessions; /* of one message each */
	size_t together; /* so many recipients are given to a message; 0 for one */
	size_t room; /* so many are taken for one, and the others told 452; 0 for all */
	bool is_choosy; /* 550 for those that end with 3, 450 with 7; full after the dot with 5 */
};

enum fate { TAKEN, REFUSED, PUT_OFF, FULL };

static enum fate
fate_of(const struct script *script, int number)
{
	static const enum fate fates[10] = { [3] = REFUSED, [7] = PUT_OFF, [5] = FULL };

	return script->is_choosy ? fates[number % 10] : TAKEN;
}

static struct record *record;

/* ---- the server ---- */

/* A transaction, as far as it has come. */
struct taken {
	int numbers[MESSAGES];
	size_t count;
};

static bool
has_taken(const struct taken *taken, int number)
{
	for (size_t i = 0; i < taken->count; i++)
		if (taken->numbers[i] == number)
			return true;
	return false;
}

static const char *
take_recipient(const struct script *script, struct taken *taken, int number)
{
	if (script->room > 0 && taken->count == script->room)
		return "452 4.5.3 too many recipients\r\n";
	switch (fate_of(script, number)) {
	case REFUSED: return "550 5.1.1 nobody\r\n";
	case PUT_OFF: return "450 4.2.1 later\r\n";
	default: taken->numbers[taken->count++] = number; return "250 fine\r\n";
	}
}

/* The replies of one message: 354, and once the body ends, one for each; false when it hangs up. */
static bool
take_message(struct peer *peer, int fd, const struct taken *taken)
{
	const struct script *script = peer->script;
	char body[4096];

	if (taken->count == 0) {
		peer_say(fd, "503 nobody\r\n");
		return true;
	}
	peer_say(fd, "354 go on\r\n");
	if (has_taken(taken, script->dies_at_body) ||
	    !peer_read_until(peer, fd, "\r\n.\r\n", body, sizeof(body)))
		return false;
	for (size_t i = 0; i < taken->count; i++) {
		int number = taken->numbers[i];
		record->has_dot[number] = true;
		if (!record->is_announced[number])
			__atomic_fetch_add(&record->unannounced, 1, __ATOMIC_SEQ_CST);
	}
	for (size_t i = 0; i < taken->count; i++) {
		if (taken->numbers[i] == script->dies_at_dot)
			return false;
		peer_say(fd,
		    fate_of(script, taken->numbers[i]) == FULL ? "452 4.2.2 full\r\n"
		                                               : "250 kept\r\n");
	}
	return !script->has_short_sessions;
}

static void
serve_mail(struct peer *peer, int fd)
{
	struct taken taken = { .count = 0 };
	char line[1024];
	int number = NOBODY, one = 1;

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	peer_say(fd, "220 test LMTP\r\n");
	while (peer_read_until(peer, fd, "\r\n", line, sizeof(line))) {
		if (strncmp(line, "DATA", 4) == 0) {
			if (!take_message(peer, fd, &taken))
				return;
		} else if (sscanf(line, "RCPT TO:<r%d@", &number) == 1) {
			peer_say(fd, take_recipient(peer->script, &taken, number));
		} else {
			taken.count = 0;
			peer_say(fd,
			    strncmp(line, "LHLO", 4) == 0 ? "250-test\r\n250 PIPELINING\r\n"
			                                  : "250 fine\r\n");
		}
	}
}

/* ---- the journal ---- */

struct book {
	struct journal journal; /* first */
	bool is_open[MESSAGES + 1]; /* its dot is out, and nothing more known */
	bool has_result[MESSAGES + 1];
	size_t open_count, most_open;
	size_t rounds, fails_from; /* the round that is refused, and all after it; 0 for none */
	size_t counts[4]; /* results by outcome */
};

static int
book_round(struct journal *journal, const struct journal_result *results, size_t result_count,
    const int64_t *dots, size_t dot_count, struct err *err)
{
	struct book *book = (struct book *)journal;

	assert_true(result_count > 0 || dot_count > 0);
	if (++book->rounds >= book->fails_from && book->fails_from > 0)
		return err_set(err, EX_IOERR, "the book is full");
	for (size_t i = 0; i < result_count; i++) {
		int64_t delivery = results[i].delivery;
		assert_false(book->has_result[delivery]);
		book->has_result[delivery] = true;
		book->open_count -= book->is_open[delivery];
		book->is_open[delivery] = false;
		book->counts[results[i].receipt.outcome]++;
	}
	for (size_t i = 0; i < dot_count; i++) {
		/* Not before this commit. */
		assert_false(record->has_dot[dots[i]]);
		assert_false(book->is_open[dots[i]] || book->has_result[dots[i]]);
		book->is_open[dots[i]] = true;
		book->open_count++;
		record->is_announced[dots[i]] = true;
	}
	if (book->open_count > book->most_open)
		book->most_open = book->open_count;
	return 0;
}

/* ---- the messages ---- */

struct pile {
	struct deliver_source source; /* first */
	const struct book *book;
	size_t together;
	struct message messages[MESSAGES + 1];
	char addresses[MESSAGES + 1][32];
	int settled;
	bool is_taken[MESSAGES + 1], is_settled[MESSAGES + 1];
	enum receipt_outcome outcomes[MESSAGES + 1];
};

/* The next that nobody has, or NULL. */
static struct message *
take_next(struct pile *pile, struct buf *room)
{
	int number = 1;

	while (number <= MESSAGES && pile->is_taken[number])
		number++;
	if (number > MESSAGES)
		return NULL;
	pile->is_taken[number] = true;
	snprintf(
	    pile->addresses[number], sizeof(pile->addresses[number]), "r%d@example.com", number);
	if (room->len == 0)
		buf_addf(room, "Subject: %d\r\n\r\ntext\r\n", number);
	pile->messages[number] = (struct message){
		.delivery = number,
		.sender = "from@example.org",
		.recipient = pile->addresses[number],
		.id = "id@example.org",
		.bytes = buf_str(room),
	};
	return &pile->messages[number];
}

static int
next_message(
    struct deliver_source *source, struct message *message, struct buf *room, struct err *err)
{
	struct pile *pile = (struct pile *)source;
	size_t most = pile->together < source->together ? pile->together : source->together;
	struct message *first = take_next(pile, room), *last = first;

	(void)err;
	if (first == NULL)
		return 0;
	for (size_t i = 1; i < most && last != NULL; i++) {
		struct message *next = take_next(pile, room);
		last->with = next;
		last = next;
	}
	*message = *first;
	return 1;
}

/* Nobody hears of a result that is not in the journal. */
static void
settled(struct deliver_source *source, const struct message *message, const struct receipt *receipt)
{
	struct pile *pile = (struct pile *)source;

	assert_true(pile->book->has_result[message->delivery]);
	pile->outcomes[message->delivery] = receipt->outcome;
	assert_false(pile->is_settled[message->delivery]);
	pile->is_settled[message->delivery] = true;
	pile->settled++;
}

static bool
goes_on(struct deliver_source *source)
{
	return ((struct pile *)source)->settled < MESSAGES;
}

/* ---- the tests ---- */

/*
 * What was begun and not settled, because a session ended before it was heard, may be begun again.
 */
static void
take_back(struct pile *pile)
{
	memcpy(pile->is_taken, pile->is_settled, sizeof(pile->is_taken));
}

/* Sends all messages until all are settled or a call fails; what the last call gave. */
static int
send_all(const struct script *script, struct book *book, struct pile *pile, struct err *err)
{
	const struct net_options net_options = { .user_agent = "test" };
	struct settings *settings = settings_new(deliver_settings());
	struct net *net;
	struct peer peer;
	char url[64];
	int status = 0;

	memset(record, 0, sizeof(*record));
	book->journal.round = book_round;
	*pile = (struct pile){
		.source = { .count = MESSAGES,
		    .message_bytes = 200,
		    .next = next_message,
		    .settled = settled,
		    .goes_on = goes_on },
		.book = book,
		.together = script->together,
	};
	peer_start(&peer, serve_mail, script);
	snprintf(url, sizeof(url), "lmtp:127.0.0.1:%d", peer.port);
	assert_int_equal(net_open(&net, &net_options, err), 0);
	struct deliver_crew *crew = deliver_crew_new(url, settings, net);
	while (status == 0 && pile->settled < MESSAGES) {
		status = deliver_crew_send(crew, &pile->source, &book->journal, err);
		take_back(pile);
	}
	deliver_crew_free(crew);
	net_close(net);
	settings_free(settings);
	peer_stop(&peer);
	assert_int_equal(record->unannounced, 0);
	assert_in_range(
	    book->most_open, 0, SESSIONS * (script->together > 0 ? script->together : 1));
	return status;
}

/* Every message arrives, and its dot was committed before. */
static void
assert_all_arrive(const struct script *script)
{
	struct book book = { .rounds = 0 };
	struct err err = ERR_NONE;
	struct pile pile;

	assert_int_equal(send_all(script, &book, &pile, &err), 0);
	assert_int_equal(book.counts[RECEIPT_ACCEPTED], MESSAGES);
	assert_int_equal(pile.settled, MESSAGES);
	assert_int_equal(book.open_count, 0);
}

static void
every_dot_is_committed_before_it_goes_out(void **state)
{
	const struct script script = { .dies_at_body = NOBODY };

	(void)state;
	assert_all_arrive(&script);
}

/* Whichever round fails first: the dots that are in the journal go out, and no others. */
static void
a_failing_journal_stops_all_dots(void **state)
{
	const struct script script = { .dies_at_body = NOBODY };

	(void)state;
	for (size_t round = 1; round <= 6; round++) {
		struct book book = { .fails_from = round };
		struct err err = ERR_NONE;
		struct pile pile;

		assert_int_equal(send_all(&script, &book, &pile, &err), -1);
		assert_int_equal(err.code, EX_IOERR);
		assert_string_equal(err.text, "the book is full");
		assert_memory_equal(record->has_dot, record->is_announced, sizeof(record->has_dot));
		assert_true(pile.settled < MESSAGES);
	}
}

/*
 * One that was at work with a body has not arrived; all others do. Whether that is noticed before
 * the dot is given is the kernel's affair: if not, it is in doubt.
 */
static void
a_session_that_dies_leaves_the_others(void **state)
{
	const struct script scripts[] = { { .dies_at_body = 11 }, { .dies_at_dot = 11 } };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct book book = { .rounds = 0 };
		struct err err = ERR_NONE;
		struct pile pile;

		assert_int_equal(send_all(&scripts[i], &book, &pile, &err), 0);
		assert_int_equal(pile.settled, MESSAGES);
		if (i == 0 && pile.outcomes[11] != RECEIPT_DOUBT)
			assert_int_equal(pile.outcomes[11], RECEIPT_DEFERRED);
		else
			assert_int_equal(pile.outcomes[11], RECEIPT_DOUBT);
		assert_int_equal(book.counts[pile.outcomes[11]], 1);
		assert_int_equal(book.counts[RECEIPT_ACCEPTED], MESSAGES - 1);
		assert_int_equal(book.open_count, 0);
	}
}

/* The message that was said after a dot, and that nobody heard, is not one that was put off. */
static void
sessions_of_one_message_cost_nobody_his(void **state)
{
	const struct script script = { .has_short_sessions = true };

	(void)state;
	assert_all_arrive(&script);
}

/* Whom the server takes, refuses or puts off: each has his own result, and one alone. */
static void
each_who_goes_together_has_a_result(void **state)
{
	static const enum receipt_outcome outcomes[] = { [TAKEN] = RECEIPT_ACCEPTED,
		[REFUSED] = RECEIPT_FAILED,
		[PUT_OFF] = RECEIPT_DEFERRED,
		[FULL] = RECEIPT_DEFERRED };

	(void)state;
	for (size_t together = 2; together <= 50; together *= 5) {
		const struct script script = { .together = together, .is_choosy = true };
		struct book book = { .rounds = 0 };
		struct err err = ERR_NONE;
		struct pile pile;

		assert_int_equal(send_all(&script, &book, &pile, &err), 0);
		for (int i = 1; i <= MESSAGES; i++)
			assert_int_equal(pile.outcomes[i], outcomes[fate_of(&script, i)]);
		assert_int_equal(book.open_count, 0);
	}
}

/* Whose dot has no reply is in doubt, and whoever had one is not: LMTP tells of each. */
static void
a_session_that_dies_between_replies(void **state)
{
	const struct script script = { .together = 10, .dies_at_dot = 14 };
	struct book book = { .rounds = 0 };
	struct err err = ERR_NONE;
	struct pile pile;

	(void)state;
	assert_int_equal(send_all(&script, &book, &pile, &err), 0);
	for (int i = 1; i <= MESSAGES; i++)
		assert_int_equal(
		    pile.outcomes[i], i >= 14 && i <= 20 ? RECEIPT_DOUBT : RECEIPT_ACCEPTED);
}

/* "Too many" is no deferral: another transaction takes those, and those after are fewer at once. */
static void
a_server_with_little_room_gets_fewer_at_once(void **state)
{
	(void)state;
	for (size_t room = 1; room <= 9; room += 4) {
		const struct script script = { .together = 12, .room = room };
		struct book book = { .rounds = 0 };
		struct err err = ERR_NONE;
		struct pile pile;

		assert_int_equal(send_all(&script, &book, &pile, &err), 0);
		assert_int_equal(book.counts[RECEIPT_ACCEPTED], MESSAGES);
		assert_int_equal(pile.source.together, room);
	}
}

/* A round that fails gives none of its dots, to nobody of a group. */
static void
a_failing_journal_stops_whole_groups(void **state)
{
	const struct script script = { .together = 7, .is_choosy = true };

	(void)state;
	for (size_t round = 1; round <= 4; round++) {
		struct book book = { .fails_from = round };
		struct err err = ERR_NONE;
		struct pile pile;

		assert_int_equal(send_all(&script, &book, &pile, &err), -1);
		assert_string_equal(err.text, "the book is full");
		assert_memory_equal(record->has_dot, record->is_announced, sizeof(record->has_dot));
		assert_true(pile.settled < MESSAGES);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_dot_is_committed_before_it_goes_out),
		cmocka_unit_test(a_failing_journal_stops_all_dots),
		cmocka_unit_test(a_session_that_dies_leaves_the_others),
		cmocka_unit_test(sessions_of_one_message_cost_nobody_his),
		cmocka_unit_test(each_who_goes_together_has_a_result),
		cmocka_unit_test(a_session_that_dies_between_replies),
		cmocka_unit_test(a_server_with_little_room_gets_fewer_at_once),
		cmocka_unit_test(a_failing_journal_stops_whole_groups),
	};

	signal(SIGPIPE, SIG_IGN);
	record =
	    mmap(NULL, sizeof(*record), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (record == MAP_FAILED)
		return 1;
	return cmocka_run_group_tests_name("crew", tests, NULL, NULL);
}
