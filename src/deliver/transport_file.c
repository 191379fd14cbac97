/*
 * The transport that keeps each message as FOLDER/NAME.eml, the bytes as they would go out. NAME
 * comes from the message identification, so sending again replaces the file.
 */
#include "folder.h"

#include <stdio.h>

static int
file_open(struct deliver_session *session, struct net *net, struct err *err)
{
	(void)net;
	return folder_open(session, err);
}

static int
file_send(struct deliver_session *session, const struct message *message, struct journal *journal,
    struct receipt *receipt, struct err *err)
{
	char name[FOLDER_NAME_BYTES], final[FOLDER_NAME_BYTES + 8],
	    temporary[FOLDER_NAME_BYTES + 8];
	const struct folder_names names = { temporary, final, "." };

	folder_name(name, str_from(message->id));
	snprintf(final, sizeof(final), "%s.eml", name);
	snprintf(temporary, sizeof(temporary), ".%s.tmp", name);
	return folder_put(session, &names, message->bytes, message, journal, receipt, err);
}

const struct deliver_transport deliver_transport_file = {
	.name = "file",
	.help = "file:FOLDER keeps each message as a file NAME.eml",
	.address = DELIVER_PATH,
	.open = file_open,
	.send = file_send,
	.close = folder_close,
};
