/* What smtp, smtps and lmtp share: a mail server, by net and smtp. */
#ifndef DIGEST_DELIVER_SERVER_H
#define DIGEST_DELIVER_SERVER_H

#include "transport.h"

#include "digest/stream.h"

int
server_check(const struct deliver_target *target, const struct settings *settings, struct err *err);
int server_open(struct deliver_session *session, struct net *net, struct err *err);

/* EX_CONFIG when the helo setting is no name; our name, perhaps in `room`. */
enum { SERVER_NAME_BYTES = 256 };
int server_check_name(const struct settings *settings, struct err *err);
const char *server_name(const struct settings *settings, char room[SERVER_NAME_BYTES]);

/* Begins the conversation over a stream, which it takes over. */
int server_converse(struct deliver_session *session, struct stream *stream, const char *helo,
    bool is_lmtp, struct err *err);

int server_send(struct deliver_session *session, const struct message *message,
    struct journal *journal, struct receipt *receipt, struct err *err);
struct smtp *server_smtp(const struct deliver_session *session);
bool server_is_open(const struct deliver_session *session);
void server_close(struct deliver_session *session);

#endif
