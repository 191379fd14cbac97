/* Programs that are run without a shell, and work that is done in a process of its own. */
#ifndef DIGEST_CHILD_H
#define DIGEST_CHILD_H

#include "digest/buf.h"
#include "digest/err.h"

#include <sys/types.h>

/*
 * Starts argv[0], looked up in PATH when it has no slash, with `fds` as its standard input, output
 * and error and no other file open. EX_CONFIG when it cannot be run.
 */
int child_start(pid_t *pid, const char *const argv[], const int fds[3], struct err *err);

/* Likewise, as the head of a process group of its own, so that what it starts ends with it. */
int child_start_group(pid_t *pid, const char *const argv[], const int fds[3], struct err *err);

/*
 * Waits until the program ends and gives its wait status: 0, or -1 at the deadline, or when the
 * status went to somebody else.
 */
int child_wait(pid_t pid, int64_t deadline_ms, int *status);

/* Ends the program now, and waits for it. */
void child_kill(pid_t pid);

/* Ends the program's group now, and waits for the program. */
void child_kill_group(pid_t pid);

/*
 * Waits until one of the two descriptors (-1 for none) can be written to or read from, or a moment
 * has passed. -1 at the deadline.
 */
int child_poll(int writable, int readable, int64_t deadline_ms);

/* A pipe whose ends no other program inherits. EX_OSERR. */
int child_pipe(int ends[2], struct err *err);

/*
 * Runs a command, split at spaces but for quotes and backslashes, which work as in a shell and
 * nothing else does, for the first line that it prints, which must not be empty; its standard input
 * is the null device. The line is terminated; `what` is what errors call the command. EX_CONFIG
 * when it cannot be run, fails, prints nothing, or does not end in time. The caller wipes the line
 * if it is a secret, also after a failure.
 */
int child_first_line(char *line, size_t size, const char *command, const char *what,
    int64_t timeout_ms, struct err *err);

/* Does something; what it appends to `out` is all that comes of it. */
typedef void child_work(void *context, struct buf *out);

struct child_limits {
	size_t memory_bytes; /* beyond what this process has */
	int64_t timeout_ms;
};

/*
 * Has work done in a copy of this process that can open no file, connect to nothing and start
 * nothing, for what may crash, eat memory or never end; then appends what came of it to `out`, up
 * to the ceiling of that. EX_DATAERR when the work was ended before its end, or came to more;
 * EX_OSERR when it could not begin.
 */
int child_call(child_work *work, void *context, const struct child_limits *limits, struct buf *out,
    struct err *err);

#endif
