/*
 * DKIM (RFC 6376, RFC 8463): the signature of a message that goes out. What is signed was settled
 * when the message was frozen (its field "DKIM-Signature:", with the time and the names of the
 * fields); key, domain and selector are those of the configuration at the time of sending, so a key
 * can be changed while messages wait. The same key and message give the same bytes.
 */
#ifndef DIGEST_DKIM_H
#define DIGEST_DKIM_H

#include "digest/buf.h"
#include "digest/err.h"
#include "digest/settings.h"

struct dkim;

/*
 * Reads the key that the smtp section names by dkim_key, dkim_selector and dkim_domain; the domain
 * of the address `from` is the default for the last. Sets `*dkim` to NULL when no key is named.
 * EX_CONFIG for a key that cannot be used, a missing selector, and names that DNS cannot have;
 * errors of private_read().
 */
int dkim_open(struct dkim **dkim, const struct settings *smtp, const char *from, struct err *err);

/* dkim_close(NULL) does nothing. */
void dkim_close(struct dkim *dkim);

/*
 * As message_fill(), and signs. A message that was frozen without the field stays unsigned, and
 * where `dkim` is NULL the field is left out. EX_SOFTWARE for a field that is not ours; EX_OSERR.
 */
int dkim_fill(struct dkim *dkim, struct buf *out, struct str frozen, const char *to, const char *id,
    const char *token, struct err *err);

/* How and for whom is signed: "rsa-sha256, 2048 bits, for example.org". */
void dkim_describe(const struct dkim *dkim, struct buf *out);

/* The record that receivers look for, as a line of a DNS zone file, with LF. EX_OSERR. */
int dkim_add_record(const struct dkim *dkim, struct buf *out, struct err *err);

#endif
