/*
 * libetpan's buffered stream and line reader over a struct stream, and a reader of replies that
 * believes nothing else than RFC 5321 section 4.2.1. libetpan's own reader of replies is not used: it
 * takes "4346 x" for a line that goes on, forgets the codes of all lines but the last, and reads
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
	size_t budget; /* bytes that may still be read for this reply */
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

/* The stream gave an error: it was late, or it broke. */
static void
set_stream_trouble(struct smtp_wire *wire, const char *late)
{
	if (clock_monotonic_ms() < wire->deadline_ms)
		set_trouble(wire, "the connection was lost");
	else if (wire->trouble[0] == '\0')
		snprintf(wire->trouble, sizeof(wire->trouble), "%s within %lld s", late,
		    (long long)(wire->timeout_ms + 999) / 1000);
}

static void
start_timeout(struct smtp_wire *wire, int64_t timeout_ms)
{
	wire->timeout_ms = timeout_ms;
	wire->deadline_ms = clock_monotonic_ms() + timeout_ms;
	wire->trouble[0] = '\0';
}

/* --- libetpan's driver ------------------------------------------------------------------------ */

/* The end is an error too: libetpan would read a byte before its buffer, or spin. */
static ssize_t
driver_read(mailstream_low *low, void *bytes, size_t size)
{
	struct smtp_wire *wire = low->data;

	if (wire->budget == 0) {
		set_trouble(wire, "the reply is over 64 KiB");
		return -1;
	}
	ptrdiff_t count = wire->stream->ops->read(
	    wire->stream, bytes, size < wire->budget ? size : wire->budget, wire->deadline_ms);
	if (count == 0) {
		wire->has_ended = true;
		set_trouble(wire, "the connection was closed");
	}
	if (count < 0)
		set_stream_trouble(wire, "no reply");
	if (count <= 0)
		return -1;
	wire->budget -= (size_t)count;
	return count;
}

static ssize_t
driver_write(mailstream_low *low, const void *bytes, size_t size)
{
	struct smtp_wire *wire = low->data;

	ptrdiff_t count = wire->stream->ops->write(wire->stream, bytes, size, wire->deadline_ms);
	if (count <= 0)
		set_stream_trouble(wire, "the server did not take the message");
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

int
smtp_wire_write(struct smtp_wire *wire, struct str bytes, int64_t timeout_ms)
{
	start_timeout(wire, timeout_ms);
	ssize_t count = mailstream_write(wire->session->stream, bytes.ptr, bytes.len);
	/* A write that broke off in the middle gives the bytes that went out, and no error. */
	return count >= 0 && (size_t)count == bytes.len ? 0 : -1;
}

int
smtp_wire_say(struct smtp_wire *wire, char *command, int64_t timeout_ms)
{
	start_timeout(wire, timeout_ms);
	return mailsmtp_send_command(wire->session, command) == 0 ? 0 : -1;
}

int
smtp_wire_listen(struct smtp_wire *wire)
{
	bool was_well = wire->trouble[0] == '\0';

	wire->deadline_ms = clock_monotonic_ms();
	wire->budget = REPLY_LIMIT_BYTES;
	if (mailstream_feed_read_buffer(wire->session->stream) > 0)
		return 1;
	if (wire->has_ended)
		return -1;
	if (was_well)
		wire->trouble[0] = '\0';
	return 0;
}

/* --- replies ---------------------------------------------------------------------------------- */

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
	/* "250" alone is a whole line: a server may have no text, and then needs no space either. */
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

static int
read_line(struct smtp_wire *wire, struct str *line)
{
	MMAPString *buffer = wire->session->line_buffer;

	if (mailstream_read_line(wire->session->stream, buffer) == NULL) {
		set_trouble(wire, "out of memory for the reply");
		return -1;
	}
	*line = (struct str){ buffer->str, buffer->len };
	return 0;
}

int
smtp_wire_read(struct smtp_wire *wire, int64_t timeout_ms, struct smtp_reply *reply,
    smtp_wire_line *each_line, void *context)
{
	bool goes_on = true;
	struct str line, text;
	int code, first_code = 0;

	start_timeout(wire, timeout_ms);
	wire->budget = REPLY_LIMIT_BYTES;
	*reply = (struct smtp_reply){ .code = 0 };
	for (size_t index = 0; goes_on; index++) {
		if (index == REPLY_LIMIT_LINES) {
			set_trouble(wire, "the reply has over 100 lines");
			return -1;
		}
		if (read_line(wire, &line) < 0)
			return -1;
		if (parse_line(line, &code, &goes_on, &text) < 0)
			return refuse_line(wire, line);
		if (index > 0 && code != first_code) {
			set_trouble(wire, "the lines of the reply have different codes");
			return -1;
		}
		first_code = code;
		if (index > 0)
			journal_add_reply(reply->text, STR(" "));
		journal_add_reply(reply->text, text);
		if (each_line != NULL)
			each_line(context, index, text);
	}
	reply->code = first_code;
	return 0;
}

const char *
smtp_wire_trouble(const struct smtp_wire *wire)
{
	return wire->trouble;
}
