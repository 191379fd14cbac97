/*
 * Feeds any bytes to the readers of addresses. What is taken is plain ASCII that no SMTP command and
 * no header can be broken with, and is taken again as it is.
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

static void
check(struct str text)
{
	struct buf address = BUF_INIT(BUF_LIMIT), again = BUF_INIT(BUF_LIMIT);
	struct err err = ERR_NONE;

	if (message_check_address(&address, text, &err) < 0) {
		require(address.len == 0 && err.code == EX_DATAERR);
	} else {
		require(address.len >= 3 && address.len <= 254 && address.ptr[0] != '-');
		for (size_t i = 0; i < address.len; i++)
			require(address.ptr[i] > ' ' && address.ptr[i] < 0x7f &&
			    address.ptr[i] != '<' && address.ptr[i] != '>');
		require(message_check_address(&again, buf_str(&address), &err) == 0);
		require(str_equal(buf_str(&again), buf_str(&address)));
	}
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
