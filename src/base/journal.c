/*
 * The text of receipts, made safe to print and to keep. The journal itself is an interface; ledger
 * implements it.
 */
#include "digest/journal.h"

#include <stdio.h>
#include <string.h>

enum { ESCAPE_BYTES = 5 };

/* Most of a reply. */
static size_t
graphic_run(struct str text)
{
	size_t len = 0;

	while (len < text.len && text.ptr[len] > ' ' && text.ptr[len] < 0x7f)
		len++;
	return len;
}

void
journal_add_reply(char reply[RECEIPT_REPLY_BYTES], struct str text)
{
	size_t used = strlen(reply);
	char escape[ESCAPE_BYTES];

	while (text.len > 0) {
		size_t len = graphic_run(str_head(text, RECEIPT_REPLY_BYTES - 1 - used));
		if (len == 0)
			len = str_printable(text);
		struct str piece = str_head(text, len);
		if (len == 0 && str_is_space(text.ptr[0])) {
			piece = STR(" ");
		} else if (len == 0) {
			snprintf(escape, sizeof(escape), "\\x%02x", (unsigned char)text.ptr[0]);
			piece = str_from(escape);
		}
		text = str_skip(text, len > 0 ? len : 1);
		if (str_is(piece, " ") && (used == 0 || reply[used - 1] == ' '))
			continue;
		if (piece.len >= RECEIPT_REPLY_BYTES - used)
			return;
		memcpy(reply + used, piece.ptr, piece.len);
		used += piece.len;
		reply[used] = '\0';
	}
}

void
journal_note(struct receipt *receipt, enum receipt_outcome outcome, const char *phase, int code,
    struct str text)
{
	*receipt = (struct receipt){ .outcome = outcome, .code = code };
	snprintf(receipt->phase, sizeof(receipt->phase), "%s", phase);
	journal_add_reply(receipt->reply, str_trim(text));
}
