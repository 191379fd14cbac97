/*
 * The same message by libetpan: its two parts as quoted-printable, and mailmime_write_mem(). Usage:
 * write_mail MESSAGE ROUNDS, a message of ours. Prints the seconds of a round, the median.
 */
#include "digest/mime.h"

#include "rounds.h"

#include <libetpan/libetpan.h>

static struct mailmime *
make_part(const char *type, struct buf *text)
{
	struct mailmime_content *content = mailmime_content_new_with_str(type);
	struct mailmime_mechanism *mechanism =
	    mailmime_mechanism_new(MAILMIME_MECHANISM_QUOTED_PRINTABLE, NULL);
	struct mailmime_fields *fields =
	    mailmime_fields_new_with_data(mechanism, NULL, NULL, NULL, NULL);
	struct mailmime *part = mailmime_new_empty(content, fields);

	clist_append(
	    content->ct_parameters, mailmime_parameter_new(strdup("charset"), strdup("utf-8")));
	mailmime_set_body_text(part, text->ptr, text->len);
	return part;
}

static struct mailmime *
make_message(struct buf *text, struct buf *html)
{
	struct mailimf_mailbox_list *from = mailimf_mailbox_list_new_empty();
	struct mailimf_address_list *to = mailimf_address_list_new_empty();
	struct mailmime *message = mailmime_new_message_data(NULL);
	struct mailmime *parts = mailmime_multiple_new("multipart/alternative");

	mailimf_mailbox_list_add_mb(from, strdup("Daily papers"), strdup("digest@example.com"));
	mailimf_address_list_add_mb(to, NULL, strdup("reader@example.com"));
	mailmime_set_imf_fields(message,
	    mailimf_fields_new_with_data(from, NULL, NULL, to, NULL, NULL, NULL, NULL,
	        strdup("Daily papers: one title and more")));
	mailmime_smart_add_part(message, parts);
	mailmime_smart_add_part(parts, make_part("text/plain", text));
	mailmime_smart_add_part(parts, make_part("text/html", html));
	return message;
}

static int
write_message(struct buf *text, struct buf *html)
{
	struct mailmime *message = make_message(text, html);
	MMAPString *written = mmap_string_new("");
	int column = 0;
	int result = mailmime_write_mem(written, &column, message);

	mmap_string_free(written);
	mailmime_free(message);
	return result == MAILIMF_NO_ERROR ? 0 : -1;
}

int
main(int argc, char **argv)
{
	FILE *file = argc == 3 ? fopen(argv[1], "r") : NULL;
	struct buf message = BUF_INIT(BUF_LIMIT);
	struct mime_parts parts = MIME_PARTS_INIT;
	struct err err = ERR_NONE;
	struct rounds rounds;
	char block[4096];
	size_t len;

	if (file == NULL) {
		fprintf(stderr, "usage: write_mail MESSAGE ROUNDS\n");
		return EX_USAGE;
	}
	while ((len = fread(block, 1, sizeof(block), file)) > 0)
		buf_add_bytes(&message, block, len);
	fclose(file);
	if (mime_read_message(&parts, buf_str(&message), &err) < 0) {
		fprintf(stderr, "write_mail: %s\n", err.text);
		return err.code;
	}
	for (rounds = rounds_begin(argv[2]); rounds_go_on(&rounds);) {
		if (write_message(&parts.text, &parts.html) < 0)
			return EX_SOFTWARE;
	}
	buf_release(&message);
	mime_parts_release(&parts);
	return rounds_print(&rounds) == 0 ? 0 : EX_IOERR;
}
