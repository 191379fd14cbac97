/*
 * libetpan's buffered stream and line reader over a struct stream, and a reader of replies that
 * believes nothing else than RFC 5321 section 4.2.1. libetpan's own reader of replies is not used:
 * it takes "4346 x" for a line that goes on, forgets the codes of all lines but the last, and reads
 * for ever where a server talks for ever.
 */
#include "smtp_wire.h"

#include "digest/clock.h"
#include "digest/mem.h"

#include <libetpan/mailsmtp.h>

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	BUFFER_BYTES = 16 * 1024,
	REPLY_LIMIT_BYTES = 64 * 1024,
	REPLY_LIMIT_LINES = 100,
	CODE_DIGITS = 3,
	LINE_ROOM = 4096, /* reading a reply line up to this long allocates nothing */
	TROUBLE_BYTES = 128,
};

struct smtp_wire {
	struct stream *stream;
	mailsmtp *session;
	int64_t deadline_ms, timeout_ms;
	bool may_wait; /* for what is read or written now */
	bool is_later; /* and it would have had to */
	size_t budget; /* bytes that may still be read for this reply */
	size_t line_count; /* of the reply that is being read */
	int first_code;
	bool has_ended; /* the other side hung up */
	char trouble[TROUBLE_BYTES];
};

/* In the library, but in none of its headers. */
int mailsmtp_send_command(mailsmtp *session, char *command);

static void
set_trouble(struct smtp_wire *wire, const char *text)
{
	if (wire->trouble[0] == '\0')
		snprintf(wire->trouble, sizeof(wire->trouble), "%s", text);
}

/* The stream broke, or it was late. */
static void
set_stream_trouble(struct smtp_wire *wire, ptrdiff_t result, const char *late)
{
	if (result != STREAM_LATER)
		set_trouble(wire, "the connection was lost");
	else if (wire->trouble[0] == '\0')
		snprintf(wire->trouble, sizeof(wire->trouble), "%s within %lld s", late,
		    (long long)(wire->timeout_ms + 999) / 1000);
}

void
smtp_wire_start(struct smtp_wire *wire, int64_t timeout_ms)
{
	wire->timeout_ms = timeout_ms;
	wire->deadline_ms = clock_monotonic_ms() + timeout_ms;
	wire->trouble[0] = '\0';
}

int64_t
smtp_wire_deadline_ms(const struct smtp_wire *wire)
{
	return wire->deadline_ms;
}

int
smtp_wire_descriptor(const struct smtp_wire *wire)
{
	return wire->stream->ops->descriptor(wire->stream);
}

/* Whether what came of a read or write is that it would have to wait, and the time is not over. */
static bool
is_later(const struct smtp_wire *wire, ptrdiff_t result)
{
	return result == STREAM_LATER && !wire->may_wait &&
	    clock_monotonic_ms() < wire->deadline_ms;
}

/* ---- libetpan's driver ---- */

/* The end is an error too: libetpan would read a byte before its buffer, or spin. */
static ssize_t
driver_read(mailstream_low *low, void *bytes, size_t size)
{
	struct smtp_wire *wire = low->data;

	if (wire->budget == 0) {
		set_trouble(wire, "the reply is over 64 KiB");
		return -1;
	}
	ptrdiff_t count = wire->stream->ops->read(wire->stream, bytes,
	    size < wire->budget ? size : wire->budget, wire->may_wait ? wire->deadline_ms : 0);
	wire->is_later = is_later(wire, count);
	if (count == 0) {
		wire->has_ended = true;
		set_trouble(wire, "the connection was closed");
	}
	if (count < 0 && !wire->is_later)
		set_stream_trouble(wire, count, "no reply");
	if (count <= 0)
		return -1;
	wire->budget -= (size_t)count;
	return count;
}

static ssize_t
driver_write(mailstream_low *low, const void *bytes, size_t size)
{
	struct smtp_wire *wire = low->data;

	ptrdiff_t count = wire->stream->ops->write(
	    wire->stream, bytes, size, wire->may_wait ? wire->deadline_ms : 0);
	wire->is_later = is_later(wire, count);
	if (count <= 0 && !wire->is_later)
		set_stream_trouble(wire, count, "the server did not take the message");
	return count > 0 ? count : -1;
}

static int
driver_close(mailstream_low *low)
{
	struct smtp_wire *wire = low->data;

	wire->stream->ops->close(wire->stream);
	wire->stream = NULL;
	return 0;
}

static void
driver_free(mailstream_low *low)
{
	free(low);
}

static mailstream_low_driver driver = {
	.mailstream_read = driver_read,
	.mailstream_write = driver_write,
	.mailstream_close = driver_close,
	.mailstream_free = driver_free,
};

struct smtp_wire *
smtp_wire_new(struct stream *stream)
{
	struct smtp_wire *wire = mem_alloc(sizeof(*wire));

	*wire = (struct smtp_wire){ .stream = stream, .session = mailsmtp_new(0, NULL) };
	if (wire->session == NULL)
		goto fail;
	if (mmap_string_set_size(wire->session->line_buffer, LINE_ROOM) == NULL)
		goto fail;
	mmap_string_truncate(wire->session->line_buffer, 0);
	mailstream_low *low = mailstream_low_new(wire, &driver);
	if (low == NULL)
		goto fail;
	wire->session->stream = mailstream_new(low, BUFFER_BYTES);
	if (wire->session->stream == NULL) {
		driver_free(low);
		goto fail;
	}
	return wire;
fail:
	smtp_wire_free(wire);
	return NULL;
}

void
smtp_wire_free(struct smtp_wire *wire)
{
	if (wire == NULL)
		return;
	/* mailsmtp_free() would say QUIT, and that may be in the middle of a message. */
	if (wire->session != NULL && wire->session->stream != NULL) {
		mailstream_close(wire->session->stream);
		wire->session->stream = NULL;
	}
	if (wire->session != NULL)
		mailsmtp_free(wire->session);
	if (wire->stream != NULL)
		wire->stream->ops->close(wire->stream);
	mem_free(wire);
}

/* Not by libetpan's buffer: it copies, and forgets how far it came. */
int
smtp_wire_push(struct smtp_wire *wire, struct str *bytes, bool may_wait)
{
	wire->may_wait = may_wait;
	while (bytes->len > 0) {
		ssize_t count = driver_write(wire->session->stream->low, bytes->ptr, bytes->len);
		if (count < 0)
			return wire->is_later ? 0 : -1;
		*bytes = str_skip(*bytes, (size_t)count);
	}
	return 1;
}

int
smtp_wire_say(struct smtp_wire *wire, char *command, int64_t timeout_ms)
{
	smtp_wire_start(wire, timeout_ms);
	wire->may_wait = true;
	return mailsmtp_send_command(wire->session, command) == 0 ? 0 : -1;
}

int
smtp_wire_listen(struct smtp_wire *wire)
{
	bool was_well = wire->trouble[0] == '\0';

	wire->may_wait = false;
	wire->budget = REPLY_LIMIT_BYTES;
	if (mailstream_feed_read_buffer(wire->session->stream) > 0)
		return 1;
	if (wire->has_ended)
		return -1;
	if (was_well)
		wire->trouble[0] = '\0';
	return 0;
}

bool
smtp_wire_has_bytes(const struct smtp_wire *wire)
{
	return wire->session->stream->read_buffer_len > 0;
}

/* ---- replies ---- */

/* Cuts a line into code, "-" or not, and text: 0, or -1 when it is no line of a reply. */
static int
parse_line(struct str line, int *code, bool *goes_on, struct str *text)
{
	int64_t number;

	if (!str_ends(line, "\n"))
		return -1;
	line.len--;
	if (str_ends(line, "\r"))
		line.len--;
	if (str_to_int(str_head(line, CODE_DIGITS), 200, 599, &number) < 0)
		return -1;
	/* "250" alone is a whole line: without text a server needs no space either. */
	*goes_on = line.len > CODE_DIGITS && line.ptr[CODE_DIGITS] == '-';
	if (line.len > CODE_DIGITS && line.ptr[CODE_DIGITS] != ' ' && !*goes_on)
		return -1;
	*code = (int)number;
	*text = str_skip(line, CODE_DIGITS + 1);
	return 0;
}

static int
refuse_line(struct smtp_wire *wire, struct str line)
{
	enum { SHOWN_BYTES = 40 };
	char shown[RECEIPT_REPLY_BYTES] = "";

	journal_add_reply(shown, str_head(str_trim(line), SHOWN_BYTES));
	snprintf(wire->trouble, sizeof(wire->trouble), "'%.100s' is no SMTP reply", shown);
	return -1;
}

/* 1 when the line is whole; 0 when the rest is for later, and what came is kept. */
static int
read_line(struct smtp_wire *wire, struct str *line)
{
	MMAPString *buffer = wire->session->line_buffer;

	wire->is_later = false;
	if (mailstream_read_line_append(wire->session->stream, buffer) == NULL) {
		if (wire->is_later)
			return 0;
		set_trouble(wire, "out of memory for the reply");
		return -1;
	}
	*line = (struct str){ buffer->str, buffer->len };
	return 1;
}

/* Takes a line of the reply: 1 when it is the last, 0 when more follow. */
static int
take_line(struct smtp_wire *wire, struct str line, struct smtp_reply *reply, struct str *text)
{
	bool goes_on;
	int code;

	if (parse_line(line, &code, &goes_on, text) < 0)
		return refuse_line(wire, line);
	if (wire->line_count > 0 && code != wire->first_code) {
		set_trouble(wire, "the lines of the reply have different codes");
		return -1;
	}
	wire->first_code = code;
	if (wire->line_count > 0)
		journal_add_reply(reply->text, STR(" "));
	journal_add_reply(reply->text, *text);
	wire->line_count++;
	return goes_on ? 0 : 1;
}

/* As smtp_wire_pull(), and tells of each line. */
static int
pull(struct smtp_wire *wire, bool may_wait, struct smtp_reply *reply, smtp_wire_line *each_line,
    void *context)
{
	struct str line, text;
	int status = 0;

	wire->may_wait = may_wait;
	while (status == 0) {
		if (wire->line_count == 0 && wire->session->line_buffer->len == 0) {
			wire->budget = REPLY_LIMIT_BYTES;
			*reply = (struct smtp_reply){ .code = 0 };
		}
		if (wire->line_count == REPLY_LIMIT_LINES) {
			set_trouble(wire, "the reply has over 100 lines");
			return -1;
		}
		status = read_line(wire, &line);
		if (status <= 0)
			return status;
		status = take_line(wire, line, reply, &text);
		if (status >= 0 && each_line != NULL)
			each_line(context, wire->line_count - 1, text);
		mmap_string_truncate(wire->session->line_buffer, 0);
	}
	if (status < 0)
		return -1;
	reply->code = wire->first_code;
	wire->line_count = 0;
	return 1;
}

int
smtp_wire_pull(struct smtp_wire *wire, bool may_wait, struct smtp_reply *reply)
{
	return pull(wire, may_wait, reply, NULL, NULL);
}

int
smtp_wire_read(struct smtp_wire *wire, int64_t timeout_ms, struct smtp_reply *reply,
    smtp_wire_line *each_line, void *context)
{
	smtp_wire_start(wire, timeout_ms);
	return pull(wire, true, reply, each_line, context) > 0 ? 0 : -1;
}

const char *
smtp_wire_trouble(const struct smtp_wire *wire)
{
	return wire->trouble;
}
