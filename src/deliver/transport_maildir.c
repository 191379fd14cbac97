/*
 * The transport that delivers into a maildir (maildir(5)). The name comes from the message
 * identification and not from the time, so that sending again replaces the message, or finds that
 * it was read already. Lines end with LF, as mail readers expect there.
 */
#include "folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int
maildir_open(struct deliver_session *session, struct net *net, struct err *err)
{
	(void)net;
	if (folder_open(session, err) < 0 || folder_make(session, "tmp", err) < 0 ||
	    folder_make(session, "new", err) < 0 || folder_make(session, "cur", err) < 0)
		return -1;
	return 0;
}

/* Whether a mail reader has moved the message to cur/, where flags follow its name. */
static bool
was_read(int folder, const char *name)
{
	size_t len = strlen(name);
	bool is_there = false;
	const struct dirent *entry;

	int cur = openat(folder, "cur", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *entries = cur >= 0 ? fdopendir(cur) : NULL;
	if (entries == NULL) {
		if (cur >= 0)
			close(cur);
		return false;
	}
	while ((entry = readdir(entries)))
		if (strncmp(entry->d_name, name, len) == 0 &&
		    (entry->d_name[len] == '\0' || entry->d_name[len] == ':'))
			is_there = true;
	closedir(entries);
	return is_there;
}

static int
maildir_send(struct deliver_session *session, const struct message *message,
    struct journal *journal, struct receipt *receipt, struct err *err)
{
	char name[FOLDER_NAME_BYTES], final[FOLDER_NAME_BYTES + 8],
	    temporary[FOLDER_NAME_BYTES + 8];
	const struct folder_names names = { temporary, final, "new" };
	struct buf text = BUF_INIT(BUF_LIMIT);

	folder_name(name, str_from(message->id));
	if (was_read(folder_of(session), name)) {
		if (journal->dot(journal, &message->delivery, 1, err) < 0)
			return -1;
		journal_note(receipt, RECEIPT_ACCEPTED, "write", 0, STR("it was there already"));
		return 0;
	}
	snprintf(temporary, sizeof(temporary), "tmp/%s", name);
	snprintf(final, sizeof(final), "new/%s", name);
	deliver_add_lf(&text, message->bytes);
	int status = folder_put(session, &names, buf_str(&text), message, journal, receipt, err);
	buf_release(&text);
	return status;
}

const struct deliver_transport deliver_transport_maildir = {
	.name = "maildir",
	.help = "maildir:PATH delivers into a maildir of this machine",
	.address = DELIVER_PATH,
	.open = maildir_open,
	.send = maildir_send,
	.close = folder_close,
};
