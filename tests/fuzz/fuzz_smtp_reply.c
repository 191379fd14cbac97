/*
 * Everything a mail server can say: the input is its side of a session, in pieces whose size is the
 * first byte. Whatever it says, a message is accepted or in doubt only when its dot was journalled
 * and sent, and a run that stops has sent none.
 */
#include "digest/clock.h"
#include "digest/smtp.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct peer {
	struct stream stream;
	struct journal journal;
	const uint8_t *data;
	size_t size, piece;
	size_t dots_journalled, dots_sent;
};

static void
require(bool is_true)
{
	if (!is_true)
		abort();
}

static ptrdiff_t
peer_read(struct stream *stream, void *bytes, size_t size, int64_t deadline_ms)
{
	struct peer *peer = (struct peer *)stream;
	size_t count = peer->size < peer->piece ? peer->size : peer->piece;

	/* The server speaks when it is asked: who only looks finds nothing, or the end. */
	if (deadline_ms <= clock_monotonic_ms() && peer->size > 0)
		return STREAM_LATER;
	count = count < size ? count : size;
	if (count > 0)
		memcpy(bytes, peer->data, count);
	peer->data += count;
	peer->size -= count;
	return (ptrdiff_t)count;
}

static ptrdiff_t
peer_write(struct stream *stream, const void *bytes, size_t size, int64_t deadline_ms)
{
	struct peer *peer = (struct peer *)stream;

	(void)deadline_ms;
	if (size == strlen(".\r\n") && memcmp(bytes, ".\r\n", size) == 0)
		peer->dots_sent++;
	return (ptrdiff_t)size;
}

static void
peer_close(struct stream *stream)
{
	struct peer *peer = (struct peer *)stream;

	require(peer->stream.ops != NULL);
	peer->stream.ops = NULL;
}

static const struct stream_ops peer_ops = { peer_read, peer_write, peer_close, NULL };

static int
peer_dot(struct journal *journal, const int64_t *deliveries, size_t count, struct err *err)
{
	struct peer *peer =
	    (struct peer *)(void *)((char *)journal - offsetof(struct peer, journal));

	(void)deliveries;
	(void)err;
	require(count == 1);
	peer->dots_journalled++;
	return 0;
}

static void
send_one(struct peer *peer, struct smtp *smtp)
{
	const struct message message = { .delivery = 1,
		.sender = "from@example.org",
		.recipient = "to@example.com",
		.id = "1@example.org",
		.bytes = STR("Subject: x\r\n\r\n.text\r\n") };
	struct err err = ERR_NONE;
	struct receipt receipt;

	peer->dots_journalled = peer->dots_sent = 0;
	int status = smtp_send(smtp, &message, &peer->journal, &receipt, &err);
	require(err_is_set(&err) == (status < 0));
	require(peer->dots_journalled <= 1);
	require(strlen(receipt.reply) < sizeof(receipt.reply));
	require(receipt.code == 0 || (receipt.code >= 200 && receipt.code <= 599));
	for (const char *c = receipt.reply; *c != '\0'; c++)
		require((unsigned char)*c >= ' ' && *c != 0x7f);
	if (status < 0)
		require(peer->dots_journalled == 0 && receipt.outcome == RECEIPT_DEFERRED);
	else if (receipt.outcome == RECEIPT_ACCEPTED)
		require(
		    peer->dots_journalled == 1 && peer->dots_sent == 1 && receipt.code / 100 == 2);
	else if (receipt.outcome == RECEIPT_DOUBT)
		require(peer->dots_journalled == 1 && !smtp_is_open(smtp));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct smtp_options options = { "me.example.org", 1000000, 1000000 };
	struct err err = ERR_NONE;
	struct smtp *smtp;

	if (size == 0)
		return 0;
	struct peer peer = { .stream = { &peer_ops },
		.journal = { .dot = peer_dot },
		.data = data + 1,
		.size = size - 1,
		.piece = (size_t)data[0] + 1 };
	int status = smtp_open(&smtp, &peer.stream, &options, &err);
	require(err_is_set(&err) == (status < 0));
	for (int i = 0; status == 0 && i < 3 && smtp_is_open(smtp); i++)
		send_one(&peer, smtp);
	smtp_close(smtp);
	require(peer.stream.ops == NULL);
	return 0;
}
