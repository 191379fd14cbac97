/*
 * A folder that gets one file per message: whole or not at all, and on the disk when it is there.
 */
#ifndef DIGEST_DELIVER_FOLDER_H
#define DIGEST_DELIVER_FOLDER_H

#include "transport.h"

/* Longer names are cut and told apart by a hash; leaves room for prefixes and suffixes. */
enum { FOLDER_NAME_BYTES = 200 + 1 };

/* A file name made of a message identification: the same one for the same message. */
void folder_name(char name[FOLDER_NAME_BYTES], struct str id);

/*
 * Makes the session's folder and those above it, for our eyes only, and keeps it open as the
 * session's state. EX_CANTCREAT.
 */
int folder_open(struct deliver_session *session, struct err *err);
void folder_close(struct deliver_session *session);

/* The open folder's descriptor. */
int folder_of(const struct deliver_session *session);

/* Makes a folder within it unless it is there. EX_CANTCREAT. */
int folder_make(const struct deliver_session *session, const char *name, struct err *err);

/* Names below the folder: the file while it is written, when it is whole, and what that is in. */
struct folder_names {
	const char *temporary, *final, *holder;
};

/*
 * Writes `bytes` to the temporary file, tells the journal, renames it (what is there is replaced)
 * and makes sure of both. Returns as deliver_send().
 */
int folder_put(const struct deliver_session *session, const struct folder_names *names,
    struct str bytes, const struct message *message, struct journal *journal,
    struct receipt *receipt, struct err *err);

#endif
