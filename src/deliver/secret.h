/* The password of a mail server: from a file or a program, never from a URL or an argument. */
#ifndef DIGEST_DELIVER_SECRET_H
#define DIGEST_DELIVER_SECRET_H

#include "digest/settings.h"

enum { SECRET_BYTES = 4096 };

/* Whether a password is configured at all. */
bool secret_is_set(const struct settings *settings);

/*
 * Reads the password. EX_NOPERM when its file is not ours alone, EX_CONFIG when there is none. The
 * caller wipes `password` (explicit_bzero), also after a failure.
 */
int secret_read(char password[SECRET_BYTES], const struct settings *settings, int64_t timeout_ms,
    struct err *err);

#endif
