/*
 * Work in a copy of this process, bounded by the system: what it breaks is only its own. Not for
 * work that must be kept from reading what is in memory already.
 */
#include "digest/child.h"

#include "digest/clock.h"
#include "digest/output.h"
#include "digest/str.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CHUNK_BYTES = 64 << 10, MS_PER_SECOND = 1000 };

/* How much address space this process has; 0 when that cannot be told. */
static size_t
space_of_this(void)
{
	uintmax_t pages = 0;
	FILE *file = fopen("/proc/self/statm", "re");

	if (file == NULL)
		return 0;
	if (fscanf(file, "%ju", &pages) != 1)
		pages = 0;
	fclose(file);
	return (size_t)pages * (size_t)sysconf(_SC_PAGESIZE);
}

static void
limit(__rlimit_resource_t resource, rlim_t most)
{
	struct rlimit limits = { most, most };

	setrlimit(resource, &limits);
}

/*
 * Without room for one more descriptor, nothing can be opened. A crash must leave no memory behind.
 */
static void
confine(const struct child_limits *limits, size_t space)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	limit(RLIMIT_CORE, 0);
	limit(RLIMIT_NOFILE, 0);
	limit(RLIMIT_NPROC, 0);
	limit(RLIMIT_FSIZE, 0);
	limit(RLIMIT_CPU, (rlim_t)(limits->timeout_ms / MS_PER_SECOND + 1));
	if (space > 0)
		limit(RLIMIT_AS, space + limits->memory_bytes);
}

/* Never returns: what this process would do at its end is for the one that it is a copy of. */
static _Noreturn void
run_work(child_work *work, void *context, const struct child_limits *limits, size_t space,
    int result, size_t most)
{
	struct buf out = BUF_INIT(most);

	for (int number = 1; number < NSIG; number++)
		signal(number, SIG_DFL);
	dup2(result, STDIN_FILENO);
	closefrom(STDOUT_FILENO);
	confine(limits, space);
	work(context, &out);
	_exit(!buf_has_failed(&out) && output_write(STDIN_FILENO, buf_str(&out)) == 0
	        ? 0
	        : EX_SOFTWARE);
}

/* Reads to the end; -1 at the deadline, or when it is more than `out` takes. */
static int
read_all(int fd, struct buf *out, int64_t deadline_ms)
{
	char chunk[CHUNK_BYTES];

	for (;;) {
		if (child_poll(-1, fd, deadline_ms) < 0)
			return -1;
		ssize_t count = read(fd, chunk, sizeof(chunk));
		if (count < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (count <= 0)
			return (int)count;
		buf_add_bytes(out, chunk, (size_t)count);
		if (buf_has_failed(out))
			return -1;
	}
}

static int
await(pid_t pid, int fd, int64_t timeout_ms, struct buf *out, struct err *err)
{
	int64_t deadline_ms = clock_monotonic_ms() + timeout_ms;
	int status;

	if (read_all(fd, out, deadline_ms) < 0 || child_wait(pid, deadline_ms, &status) < 0) {
		child_kill(pid);
		return err_set(err, EX_DATAERR, "it took more than %" PRId64 " ms or %zu bytes",
		    timeout_ms, out->limit);
	}
	if (WIFSIGNALED(status))
		return err_set(err, EX_DATAERR, "it was ended by signal %d", WTERMSIG(status));
	if (WEXITSTATUS(status) != 0)
		return err_set(err, EX_DATAERR, "it ended with status %d", WEXITSTATUS(status));
	return 0;
}

int
child_call(child_work *work, void *context, const struct child_limits *limits, struct buf *out,
    struct err *err)
{
	size_t space = space_of_this();
	int ends[2];

	if (child_pipe(ends, err) < 0)
		return -1;
	/* Where SIGCHLD is ignored, nobody can learn how a process ended. */
	signal(SIGCHLD, SIG_DFL);
	pid_t pid = fork();
	if (pid == 0)
		run_work(work, context, limits, space, ends[1], out->limit);
	close(ends[1]);
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	int result = pid < 0 ? err_set_errno(err, EX_OSERR, errno, "cannot start a process")
	                     : await(pid, ends[0], limits->timeout_ms, out, err);
	close(ends[0]);
	return result;
}
