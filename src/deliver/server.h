/* What smtp and smtps share: a mail server over the network, by net and smtp. */
#ifndef DIGEST_DELIVER_SERVER_H
#define DIGEST_DELIVER_SERVER_H

#include "transport.h"

int
server_check(const struct deliver_target *target, const struct settings *settings, struct err *err);
int server_open(struct deliver_session *session, struct net *net, struct err *err);
int server_send(struct deliver_session *session, const struct message *message,
    struct journal *journal, struct receipt *receipt, struct err *err);
struct smtp *server_smtp(const struct deliver_session *session);
bool server_is_open(const struct deliver_session *session);
void server_close(struct deliver_session *session);

#endif
