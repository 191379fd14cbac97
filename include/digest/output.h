/*
 * Bytes to a file, a pipe or a terminal, all of them: write(2) may take fewer than it is given, and
 * signals come in between.
 */
#ifndef DIGEST_OUTPUT_H
#define DIGEST_OUTPUT_H

#include "digest/str.h"

/* Writes all of it: 0, or -1 with errno. Allocates nothing, and may be called after fork(2). */
int output_write(int fd, struct str bytes);

#endif
