/*
 * A clock and a mail server that are the test's own, in place of the system's, of poll(2) and of
 * net: what a server says and when is written down, time passes only where the program waits, and a
 * test of hours takes no time. Whoever would wait for ever, or ask without end, fails.
 */
#ifndef DIGEST_TESTS_UNIT_WORLD_H
#define DIGEST_TESTS_UNIT_WORLD_H

#include "unit.h"

#include "digest/clock.h"
#include "digest/net.h"
#include "digest/stream.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>

enum {
	WORLD_NUMBERS = 400, /* of messages, from 1; message n goes to rn@example.com */
	WORLD_CONNECTIONS = 2000,
	WORLD_TOGETHER = 100, /* recipients of a transaction */
	WORLD_DESCRIPTOR = 1000000, /* that of connection 0 */
	WORLD_IDLE_POLLS = 10000, /* without a moment passing between them */
};

/* What the server does when it hears something. The first rule that fits is asked. */
struct world_rule {
	/*
	 * How it begins: a command, or "DATA r7@", "BODY r7@" (after 354) and "DOT r7@" (after
	 * the body) of a message to that recipient, or to him first.
	 */
	const char *heard;
	const char
	    *says; /* lines; NULL: it hangs up, "": nothing any more. It hangs up after 421. */
	int times; /* and then the rule is over; 0 for never */
	int64_t late_ms;
	bool is_last; /* it hangs up after that */
	bool is_stuck; /* it hears nothing any more, and that is not even written */
};

#define RULE(what, reply, ...) \
	{ \
		.heard = (what), .says = (reply), __VA_ARGS__ \
	}
#define RULES_END \
	{ \
		.heard = NULL \
	}

/* What one end wrote, as it comes to the other. */
struct world_segment {
	int64_t at_ms;
	size_t end;
};

struct world_connection {
	struct stream stream; /* first */
	int64_t since_ms;
	bool is_open; /* on our side */
	bool is_deaf; /* the server has hung up, or will have by `ends_ms` */
	int64_t ends_ms;
	int64_t writable_ms;
	char line[1100];
	size_t line_len;
	bool is_in_body, is_stuck;
	char body[1024]; /* as it comes, with its dots doubled */
	size_t body_len;
	int recipients[WORLD_TOGETHER]; /* of the transaction, those taken */
	size_t recipient_count;
	bool has_sender;
	int message_count;
	char said[16384];
	size_t said_len, read_len;
	struct world_segment segments[256];
	size_t segment_count, segments_read;
};

/* Set before a test by world_begin(); what the server knows is read after it. */
static struct world {
	int64_t now_ms, start_ms;
	/* What the server is like. */
	const char *extensions; /* its reply to EHLO */
	const struct world_rule *rules; /* up to one with `heard` NULL; else it takes everything */
	int64_t latency_ms;
	size_t write_bytes; /* as many at once, and more a millisecond later; 0 for all */
	size_t connections_most; /* at a time; 0 for any number */
	size_t recipients_most; /* of a message; 0 for any number */
	int messages_most; /* of a session; it says 421 to the next; 0 for any number */
	int64_t silent_from_ms; /* connecting fails then; 0 for never */
	bool is_lmtp;
	/* What else happens. */
	int64_t signal_ms; /* a signal comes; 0 for none */
	void (*at_wait)(void); /* called before any waiting; may be NULL */
	/* What there is to know. */
	size_t open_count, most_open, connection_count;
	int taken[WORLD_NUMBERS + 1]; /* how often it said 2xx to the dot of a message */
	int heard_dots[WORLD_NUMBERS + 1]; /* how often it heard one at all */
	void (*at_dot)(int number); /* called when it does; may be NULL */
	const char *last_body; /* that dot and all */
	int quits_in_bodies;
	size_t mail_count; /* how often it heard MAIL, and when */
	int64_t mail_ms[WORLD_NUMBERS];
	struct net_mail_options last_mail; /* as connecting was asked for */
	struct net_plain_options last_plain;
	char last_user[64], last_password[64], last_hello[300]; /* what was said in EHLO */
	/* Its own. */
	int rule_uses[64];
	int idle_polls;
	struct world_connection *connections[WORLD_CONNECTIONS];
} world;

static inline void
world_free(void)
{
	for (size_t i = 0; i < world.connection_count; i++)
		free(world.connections[i]);
	world.connection_count = 0;
}

static inline void
world_begin(void)
{
	/* A pace that was kept before may go on; it is over then. */
	int64_t start_ms = world.now_ms + 1000000;

	world_free();
	world = (struct world){
		.now_ms = start_ms,
		.start_ms = start_ms,
		.extensions = "250-mx\r\n250 PIPELINING\r\n",
		.latency_ms = 3,
	};
}

/* ---- the clock ---- */

static inline void
world_pass_until(int64_t then_ms)
{
	if (then_ms > world.now_ms) {
		world.now_ms = then_ms;
		world.idle_polls = 0;
	}
}

/* Whether a signal comes before that; it is then. */
static inline bool
world_is_struck(int64_t until_ms)
{
	if (world.signal_ms == 0 || world.signal_ms > until_ms)
		return false;
	world_pass_until(world.signal_ms);
	world.signal_ms = 0;
	return true;
}

int64_t
clock_monotonic_ms(void)
{
	return world.now_ms;
}

int64_t
clock_now(void)
{
	return world.now_ms / 1000;
}

void
clock_sleep_ms(int64_t duration_ms)
{
	int64_t until_ms = world.now_ms + (duration_ms > 0 ? duration_ms : 0);

	if (world.at_wait != NULL)
		world.at_wait();
	if (!world_is_struck(until_ms))
		world_pass_until(until_ms);
}

/* ---- the server ---- */

/* Lines that come to the client when they have travelled. */
static inline void
world_say(struct world_connection *c, const char *text, int64_t late_ms)
{
	size_t len = strlen(text);
	int64_t at_ms = world.now_ms + world.latency_ms + late_ms;

	assert_true(c->segment_count < sizeof(c->segments) / sizeof(c->segments[0]));
	assert_true(c->said_len + len < sizeof(c->said));
	if (c->segment_count > 0 && c->segments[c->segment_count - 1].at_ms > at_ms)
		at_ms = c->segments[c->segment_count - 1].at_ms;
	memcpy(c->said + c->said_len, text, len);
	c->said_len += len;
	c->segments[c->segment_count++] = (struct world_segment){ at_ms, c->said_len };
	c->ends_ms = at_ms;
}

static inline void
world_end(struct world_connection *c)
{
	if (c->is_deaf)
		return;
	c->is_deaf = true;
	if (c->ends_ms < world.now_ms + world.latency_ms)
		c->ends_ms = world.now_ms + world.latency_ms;
}

/* What the rules want to be done about what it heard; NULL for what is usual. */
static inline const struct world_rule *
world_rule_of(const char *heard)
{
	for (size_t i = 0; world.rules != NULL && world.rules[i].heard != NULL; i++) {
		const struct world_rule *rule = &world.rules[i];
		if (strncmp(heard, rule->heard, strlen(rule->heard)) != 0)
			continue;
		if (rule->times > 0 && world.rule_uses[i] >= rule->times)
			continue;
		world.rule_uses[i]++;
		return rule;
	}
	return NULL;
}

/*
 * Says that, or does what it stands for (see world_rule); gives the code, or 0 where it says
 * nothing.
 */
static inline int
world_reply(struct world_connection *c, const char *text, int64_t late_ms, bool is_last)
{
	if (text != NULL && text[0] == '\0') {
		c->is_deaf = true;
		c->ends_ms = INT64_MAX;
		return 0;
	}
	if (text != NULL)
		world_say(c, text, late_ms);
	if (text == NULL || is_last || strncmp(text, "421", 3) == 0)
		world_end(c);
	return text != NULL ? atoi(text) : 0;
}

/* Answers by the rules, or as is usual. */
static inline int
world_answer(struct world_connection *c, const char *heard, const char *usual)
{
	const struct world_rule *rule = world_rule_of(heard);

	if (rule == NULL)
		return world_reply(c, usual, 0, false);
	return world_reply(c, rule->says, rule->late_ms, rule->is_last);
}

/* The same about a part of a message. */
static inline int
world_answer_of(struct world_connection *c, const char *part, int number, const char *usual)
{
	char heard[64];

	snprintf(heard, sizeof(heard), "%s r%d@", part, number);
	return world_answer(c, heard, usual);
}

static inline void
world_take_dot(struct world_connection *c)
{
	int code = 0;

	c->is_in_body = false;
	world.last_body = c->body;
	for (size_t i = 0; i < c->recipient_count; i++) {
		int number = c->recipients[i];
		world.heard_dots[number]++;
		if (world.at_dot != NULL)
			world.at_dot(number);
		if (i == 0 || world.is_lmtp)
			code = c->is_deaf ? 0
			                  : world_answer_of(c, "DOT", number, "250 2.0.0 kept\r\n");
		world.taken[number] += code / 100 == 2;
	}
	if (c->recipient_count == 0)
		world_say(c, "554 5.5.1 no recipients\r\n", 0);
	c->recipient_count = 0;
	c->has_sender = false;
}

static inline void
world_begin_body(struct world_connection *c)
{
	static const char nobody[] = "503 5.5.1 no recipients\r\n", go_on[] = "354 go on\r\n";
	int first = c->recipient_count > 0 ? c->recipients[0] : 0;
	char heard[64];

	if (world_answer_of(c, "DATA", first, first > 0 ? go_on : nobody) != 354)
		return;
	c->is_in_body = true;
	c->body_len = 0;
	/* Who speaks before the body has ended waits for no more of it. */
	snprintf(heard, sizeof(heard), "BODY r%d@", first);
	const struct world_rule *rule = world_rule_of(heard);
	if (rule == NULL)
		return;
	world_reply(c, rule->says, rule->late_ms, !rule->is_stuck);
	c->is_stuck = rule->is_stuck;
}

static inline void
world_take_recipient(struct world_connection *c, const char *line)
{
	bool is_full = world.recipients_most > 0 && c->recipient_count >= world.recipients_most;
	const char *usual = is_full ? "452 4.5.3 too many\r\n" : "250 2.1.5 fine\r\n";
	int number = 0;

	if (world_answer(c, line, c->has_sender ? usual : "503 5.5.1 no sender\r\n") != 250)
		return;
	sscanf(line, "RCPT TO:<r%d@", &number);
	assert_in_range(number, 1, WORLD_NUMBERS);
	assert_true(c->recipient_count < WORLD_TOGETHER);
	c->recipients[c->recipient_count++] = number;
}

static inline void
world_take_line(struct world_connection *c, const char *line)
{
	if (strncmp(line, "EHLO", 4) == 0 || strncmp(line, "LHLO", 4) == 0) {
		snprintf(world.last_hello, sizeof(world.last_hello), "%.*s",
		    (int)strcspn(line + 5, "\r"), line + 5);
		world_answer(c, line, world.extensions);
	} else if (strncmp(line, "MAIL", 4) == 0) {
		if (world.mail_count < WORLD_NUMBERS)
			world.mail_ms[world.mail_count++] = world.now_ms;
		bool is_full = world.messages_most > 0 && c->message_count++ >= world.messages_most;
		const char *usual = is_full ? "421 4.3.2 enough\r\n" : "250 2.1.0 fine\r\n";
		c->has_sender = world_answer(c, line, usual) == 250;
	} else if (strncmp(line, "RCPT", 4) == 0) {
		world_take_recipient(c, line);
	} else if (strncmp(line, "DATA", 4) == 0) {
		world_begin_body(c);
	} else if (strncmp(line, "RSET", 4) == 0) {
		c->recipient_count = 0;
		c->has_sender = false;
		world_answer(c, line, "250 2.0.0 forgotten\r\n");
	} else if (strncmp(line, "QUIT", 4) == 0) {
		world_answer(c, line, "221 2.0.0 bye\r\n");
		world_end(c);
	} else {
		world_answer(c, line, "500 5.5.1 what?\r\n");
	}
}

/* One byte from the client. */
static inline void
world_hear(struct world_connection *c, char byte)
{
	if (c->is_deaf)
		return;
	if (c->is_in_body && c->body_len + 1 < sizeof(c->body))
		c->body[c->body_len++] = byte;
	c->body[c->body_len] = '\0';
	if (c->line_len + 1 < sizeof(c->line))
		c->line[c->line_len++] = byte;
	if (byte != '\n')
		return;
	c->line[c->line_len] = '\0';
	c->line_len = 0;
	if (!c->is_in_body)
		world_take_line(c, c->line);
	else if (strcmp(c->line, ".\r\n") == 0)
		world_take_dot(c);
	else if (strcmp(c->line, "QUIT\r\n") == 0)
		world.quits_in_bodies++;
}

/* ---- the stream ---- */

/* When there is something to read, its end included. */
static inline int64_t
world_readable_ms(const struct world_connection *c)
{
	if (c->read_len < c->said_len)
		return c->segments[c->segments_read].at_ms;
	return c->is_deaf ? c->ends_ms : INT64_MAX;
}

/* Waits inside of a call; false when that is for later. */
static inline bool
world_wait(int64_t ready_ms, int64_t deadline_ms)
{
	if (ready_ms <= world.now_ms)
		return true;
	world_pass_until(ready_ms < deadline_ms ? ready_ms : deadline_ms);
	return ready_ms <= world.now_ms;
}

static ptrdiff_t
world_read(struct stream *stream, void *bytes, size_t size, int64_t deadline_ms)
{
	struct world_connection *c = (struct world_connection *)stream;

	assert_true(c->is_open && size > 0);
	if (!world_wait(world_readable_ms(c), deadline_ms))
		return STREAM_LATER;
	if (c->read_len == c->said_len)
		return 0;
	const struct world_segment *segment = &c->segments[c->segments_read];
	size_t len = segment->end - c->read_len;
	if (len > size)
		len = size;
	memcpy(bytes, c->said + c->read_len, len);
	c->read_len += len;
	c->segments_read += c->read_len == segment->end;
	if (c->read_len == c->said_len)
		c->read_len = c->said_len = c->segments_read = c->segment_count = 0;
	return (ptrdiff_t)len;
}

static ptrdiff_t
world_write(struct stream *stream, const void *bytes, size_t size, int64_t deadline_ms)
{
	struct world_connection *c = (struct world_connection *)stream;
	const char *text = bytes;

	assert_true(c->is_open && size > 0);
	if (!world_wait(c->is_stuck ? INT64_MAX : c->writable_ms, deadline_ms))
		return STREAM_LATER;
	/* A client is told that nobody listens once that has travelled. */
	if (c->is_deaf && c->ends_ms <= world.now_ms)
		return -1;
	if (world.write_bytes > 0 && size > world.write_bytes)
		size = world.write_bytes;
	for (size_t i = 0; i < size; i++)
		world_hear(c, text[i]);
	c->writable_ms = world.write_bytes > 0 ? world.now_ms + 1 : 0;
	return (ptrdiff_t)size;
}

static void
world_close(struct stream *stream)
{
	struct world_connection *c = (struct world_connection *)stream;

	assert_true(c->is_open);
	c->is_open = false;
	world.open_count--;
}

static int
world_descriptor(const struct stream *stream)
{
	size_t i = 0;

	while (&world.connections[i]->stream != stream)
		i++;
	return WORLD_DESCRIPTOR + (int)i;
}

static const struct stream_ops world_ops = { world_read, world_write, world_close,
	world_descriptor };

static inline int
world_connect(struct stream **stream, struct err *err)
{
	if (world.silent_from_ms > 0 && world.now_ms >= world.silent_from_ms)
		return err_set(err, EX_UNAVAILABLE, "cannot connect: no route to host");
	if (world.connections_most > 0 && world.open_count >= world.connections_most)
		return err_set(err, EX_TEMPFAIL, "421 too many connections");
	assert_true(world.connection_count < WORLD_CONNECTIONS);
	struct world_connection *c = calloc(1, sizeof(*c));
	assert_non_null(c);
	c->stream.ops = &world_ops;
	c->since_ms = world.now_ms;
	c->is_open = true;
	world.connections[world.connection_count++] = c;
	if (++world.open_count > world.most_open)
		world.most_open = world.open_count;
	world_pass_until(world.now_ms + world.latency_ms);
	*stream = &c->stream;
	return 0;
}

int
net_mail_connect(struct net *net, struct stream **stream, const struct net_mail_options *options,
    struct err *err)
{
	(void)net;
	world.last_mail = *options;
	snprintf(world.last_user, sizeof(world.last_user), "%s",
	    options->user != NULL ? options->user : "(none)");
	snprintf(world.last_password, sizeof(world.last_password), "%s",
	    options->password != NULL ? options->password : "(none)");
	return world_connect(stream, err);
}

int
net_plain_connect(struct net *net, struct stream **stream, const struct net_plain_options *options,
    struct err *err)
{
	(void)net;
	world.last_plain = *options;
	if (world_connect(stream, err) < 0)
		return -1;
	struct world_connection *c = (struct world_connection *)*stream;
	world_answer(c, "connect", "220 mx LMTP\r\n");
	return 0;
}

bool
net_is_loopback(const char *host)
{
	return strcmp(host, "127.0.0.1") == 0 || strcmp(host, "localhost") == 0;
}

/* ---- poll(2) ---- */

static inline int64_t
world_event_ms(const struct pollfd *place)
{
	size_t i = (size_t)(place->fd - WORLD_DESCRIPTOR);

	assert_true(place->fd >= WORLD_DESCRIPTOR && i < world.connection_count);
	const struct world_connection *c = world.connections[i];
	assert_true(c->is_open);
	int64_t at_ms = place->events & POLLIN ? world_readable_ms(c) : INT64_MAX;
	if (place->events & POLLOUT && !c->is_stuck && c->writable_ms < at_ms)
		at_ms = c->writable_ms;
	return at_ms;
}

int
poll(struct pollfd *places, nfds_t count, int timeout_ms)
{
	int64_t until_ms = timeout_ms < 0 ? INT64_MAX : world.now_ms + timeout_ms;
	int ready = 0;

	if (world.at_wait != NULL)
		world.at_wait();
	for (nfds_t i = 0; i < count; i++)
		if (places[i].fd >= 0 && world_event_ms(&places[i]) < until_ms)
			until_ms = world_event_ms(&places[i]);
	if (until_ms == INT64_MAX)
		fail_msg("waits for ever");
	if (++world.idle_polls > WORLD_IDLE_POLLS)
		fail_msg("asks without end");
	if (world_is_struck(until_ms)) {
		errno = EINTR;
		return -1;
	}
	world_pass_until(until_ms);
	for (nfds_t i = 0; i < count; i++) {
		bool is_due = places[i].fd >= 0 && world_event_ms(&places[i]) <= world.now_ms;
		places[i].revents = is_due ? places[i].events : 0;
		ready += is_due;
	}
	return ready;
}

#endif
