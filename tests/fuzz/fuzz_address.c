/*
 * Feeds any bytes to the readers of addresses. What is taken is text that no SMTP command and no
 * header can be broken with, plain ASCII where it must be, and is taken again as it is. However it
 * is written, it is one mailbox.
 */
#include "digest/message.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void
require(bool holds)
{
	if (!holds)
		abort();
}

/* No blank, control character or angle bracket; letters outside ASCII if they may be there. */
static void
require_safe(struct str text, bool may_be_utf8)
{
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.ptr[i];
		require(c > ' ' && c != 0x7f && c != '<' && c != '>' && (c < 0x80 || may_be_utf8));
	}
}

static void
check_recipient(struct str text)
{
	struct buf given = BUF_INIT(BUF_LIMIT), path = BUF_INIT(BUF_LIMIT);
	struct buf mailbox = BUF_INIT(BUF_LIMIT), other = BUF_INIT(BUF_LIMIT);
	struct err err = ERR_NONE;

	message_add_mailbox(&mailbox, text);
	buf_reset(&mailbox);
	if (message_check_recipient(&given, text, &err) == 0) {
		require_safe(buf_str(&given), true);
		message_add_path(&path, buf_str(&given));
		require_safe(buf_str(&path), true);
		message_add_mailbox(&mailbox, buf_str(&given));
		message_add_mailbox(&other, buf_str(&path));
		require(str_equal(buf_str(&mailbox), buf_str(&other)));
		buf_reset(&other);
		message_add_mailbox(&other, buf_str(&mailbox));
		require(str_equal(buf_str(&mailbox), buf_str(&other)));
	}
	buf_release(&given);
	buf_release(&path);
	buf_release(&mailbox);
	buf_release(&other);
}

static void
check(struct str text)
{
	struct buf address = BUF_INIT(BUF_LIMIT), again = BUF_INIT(BUF_LIMIT);
	struct err err = ERR_NONE;

	if (message_check_address(&address, text, &err) < 0) {
		require(address.len == 0 && err.code == EX_DATAERR);
	} else {
		require(address.len >= 3 && address.len <= 254 && address.ptr[0] != '-');
		require_safe(buf_str(&address), false);
		require(message_check_address(&again, buf_str(&address), &err) == 0);
		require(str_equal(buf_str(&again), buf_str(&address)));
	}
	check_recipient(text);
	buf_release(&address);
	buf_release(&again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct str text = { (const char *)bytes, len };
	struct buf name = BUF_INIT(BUF_LIMIT), address = BUF_INIT(BUF_LIMIT);

	check(text);
	if (message_split_mailbox(text, &name, &address) == 0)
		check(buf_str(&address));
	buf_release(&name);
	buf_release(&address);
	return 0;
}
