/*
 * Files that hold a secret: read only when they are their reader's alone.
 */
#ifndef DIGEST_PRIVATE_H
#define DIGEST_PRIVATE_H

#include "digest/buf.h"
#include "digest/err.h"

/*
 * Appends the content of a file that is ours or root's and that nobody else may read; "~/" in front
 * is the home folder. `what` is what errors call it ("token_file"). EX_CONFIG when there is none,
 * when the path is relative (cron starts elsewhere) or the file does not fit into `out`; EX_NOPERM
 * when it is a link, somebody else's or open to others, with the command to type; EX_IOERR. Wipe
 * `out` with private_wipe().
 */
int private_read(struct buf *out, const char *path, const char *what, struct err *err);

/* Overwrites and releases a buffer that held a secret. */
void private_wipe(struct buf *secret);

#endif
