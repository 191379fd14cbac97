/* Running programs: no shell, no inherited files, no waiting without an end. */
#include "digest/child.h"

#include "digest/clock.h"
#include "digest/mem.h"
#include "digest/str.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FIRST_PAUSE_MS = 1, LAST_PAUSE_MS = 50, MOST_WORDS = 64 };

extern char **environ;

int
child_pipe(int ends[2], struct err *err)
{
	if (pipe2(ends, O_CLOEXEC) < 0)
		return err_set_errno(err, EX_OSERR, errno, "cannot make a pipe");
	return 0;
}

/* We ignore SIGPIPE and SIGXFSZ, and a program would inherit that. */
static int
spawn(pid_t *pid, const char *const argv[], const int fds[3], short flags,
    posix_spawn_file_actions_t *files, posix_spawnattr_t *attributes)
{
	sigset_t defaults, mask;
	int status = 0;

	sigemptyset(&mask);
	sigemptyset(&defaults);
	sigaddset(&defaults, SIGPIPE);
	sigaddset(&defaults, SIGXFSZ);
	for (int fd = 0; fd < 3 && status == 0; fd++)
		status = posix_spawn_file_actions_adddup2(files, fds[fd], fd);
	if (status == 0)
		status = posix_spawn_file_actions_addclosefrom_np(files, 3);
	if (status == 0)
		status = posix_spawnattr_setsigdefault(attributes, &defaults);
	if (status == 0)
		status = posix_spawnattr_setsigmask(attributes, &mask);
	if (status == 0)
		status = posix_spawnattr_setpgroup(attributes, 0);
	if (status == 0)
		status = posix_spawnattr_setflags(
		    attributes, (short)(flags | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK));
	/* POSIX takes argv without const for history's sake, and does not change it. */
	if (status == 0)
		status =
		    posix_spawnp(pid, argv[0], files, attributes, (char *const *)argv, environ);
	return status;
}

static int
start(pid_t *pid, const char *const argv[], const int fds[3], short flags, struct err *err)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;

	/* Where SIGCHLD is ignored, nobody can learn how a program ended. */
	signal(SIGCHLD, SIG_DFL);
	int status = posix_spawn_file_actions_init(&files);
	if (status != 0)
		goto out;
	status = posix_spawnattr_init(&attributes);
	if (status == 0) {
		status = spawn(pid, argv, fds, flags, &files, &attributes);
		posix_spawnattr_destroy(&attributes);
	}
	posix_spawn_file_actions_destroy(&files);
out:
	if (status != 0)
		return err_set_errno(err, EX_CONFIG, status, "cannot run '%s'", argv[0]);
	return 0;
}

int
child_start(pid_t *pid, const char *const argv[], const int fds[3], struct err *err)
{
	return start(pid, argv, fds, 0, err);
}

int
child_start_group(pid_t *pid, const char *const argv[], const int fds[3], struct err *err)
{
	return start(pid, argv, fds, POSIX_SPAWN_SETPGROUP, err);
}

int
child_wait(pid_t pid, int64_t deadline_ms, int *status)
{
	int64_t pause_ms = FIRST_PAUSE_MS;

	for (;;) {
		pid_t ended = waitpid(pid, status, WNOHANG);
		if (ended == pid)
			return 0;
		if ((ended < 0 && errno != EINTR) || clock_monotonic_ms() >= deadline_ms)
			return -1;
		clock_sleep_ms(pause_ms);
		pause_ms = pause_ms * 2 < LAST_PAUSE_MS ? pause_ms * 2 : LAST_PAUSE_MS;
	}
}

void
child_kill(pid_t pid)
{
	kill(pid, SIGKILL);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}

void
child_kill_group(pid_t pid)
{
	kill(-pid, SIGKILL);
	child_kill(pid);
}

int
child_poll(int writable, int readable, int64_t deadline_ms)
{
	struct pollfd files[] = { { .fd = writable, .events = POLLOUT },
		{ .fd = readable, .events = POLLIN } };

	if (clock_monotonic_ms() >= deadline_ms)
		return -1;
	poll(files, 2, LAST_PAUSE_MS);
	return 0;
}

/* Copies one word without its quotes: 0, or -1 when a quote is not closed. */
static int
copy_word(const char **from, char **to)
{
	char quote = '\0';

	for (; **from != '\0' && (quote != '\0' || !str_is_space(**from)); (*from)++) {
		char c = **from;
		if (c == quote) {
			quote = '\0';
			continue;
		}
		if (quote == '\0' && (c == '"' || c == '\'')) {
			quote = c;
			continue;
		}
		if (c == '\\' && quote != '\'' && (*from)[1] != '\0')
			c = *++*from;
		*(*to)++ = c;
	}
	*(*to)++ = '\0';
	return quote == '\0' ? 0 : -1;
}

/*
 * Splits a command at spaces; `copy`, as long as the command, holds the words, and NULL ends them.
 */
static int
split(const char *command, char *copy, const char *words[MOST_WORDS + 1], struct err *err)
{
	size_t count = 0;

	for (;;) {
		while (str_is_space(*command))
			command++;
		if (*command == '\0')
			break;
		if (count == MOST_WORDS)
			return err_set(err, EX_CONFIG, "over %d words", MOST_WORDS);
		words[count++] = copy;
		if (copy_word(&command, &copy) < 0)
			return err_set(err, EX_CONFIG, "a quote is not closed");
	}
	words[count] = NULL;
	return count > 0 ? 0 : err_set(err, EX_CONFIG, "there is no program in it");
}

/* ---- the first line ---- */

/* Reads up to the end or the ceiling; -1 when the time is over. */
static ssize_t
read_output(int file, char *bytes, size_t size, int64_t deadline_ms)
{
	size_t len = 0;

	while (len < size) {
		if (child_poll(-1, file, deadline_ms) < 0)
			return -1;
		ssize_t count = read(file, bytes + len, size - len);
		if (count < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (count <= 0)
			break;
		len += (size_t)count;
	}
	return (ssize_t)len;
}

/* What the program wrote and how it ended, judged. */
static int
judge_line(char *line, size_t len, int status, const char *what, struct err *err)
{
	struct str text = { line, len }, first;

	if (WIFSIGNALED(status))
		return err_set(err, EX_CONFIG, "%s was ended by signal %d", what, WTERMSIG(status));
	if (WEXITSTATUS(status) != 0)
		return err_set(
		    err, EX_CONFIG, "%s ended with status %d", what, WEXITSTATUS(status));
	if (!str_next_line(&text, &first) || first.len == 0 || str_find_char(first, '\0') >= 0)
		return err_set(err, EX_CONFIG, "%s printed no line of text", what);
	line[first.len] = '\0';
	return 0;
}

/* The program has the null device as its standard input and our standard error as its own. */
static int
run_for_line(char *line, size_t size, const char *const words[], const char *what,
    int64_t timeout_ms, struct err *err)
{
	int64_t deadline_ms = clock_monotonic_ms() + timeout_ms;
	int ends[2] = { -1, -1 };
	int status = -1, wait_status;
	pid_t pid;

	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (null < 0) {
		err_set_errno(err, EX_OSERR, errno, "cannot open '/dev/null'");
		goto out;
	}
	if (child_pipe(ends, err) < 0)
		goto out;
	const int fds[3] = { null, ends[1], STDERR_FILENO };
	if (child_start(&pid, words, fds, err) < 0)
		goto out;
	close(ends[1]);
	ends[1] = -1;
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	ssize_t len = read_output(ends[0], line, size - 1, deadline_ms);
	if (len < 0 || child_wait(pid, deadline_ms, &wait_status) < 0) {
		child_kill(pid);
		err_set(err, EX_CONFIG, "%s did not end within %lld s", what,
		    (long long)timeout_ms / 1000);
		goto out;
	}
	status = judge_line(line, (size_t)len, wait_status, what, err);
out:
	for (int i = 0; i < 2; i++)
		if (ends[i] >= 0)
			close(ends[i]);
	if (null >= 0)
		close(null);
	return status;
}

int
child_first_line(char *line, size_t size, const char *command, const char *what, int64_t timeout_ms,
    struct err *err)
{
	char *copy = mem_alloc(strlen(command) + 1);
	const char *words[MOST_WORDS + 1];

	int status = split(command, copy, words, err);
	if (status == 0)
		status = run_for_line(line, size, words, what, timeout_ms, err);
	else
		err_prefix(err, "%s", what);
	mem_free(copy);
	return status;
}
