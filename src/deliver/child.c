/* Running programs: no shell, no inherited files, no waiting without an end. */
#include "child.h"

#include "digest/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FIRST_PAUSE_MS = 1, LAST_PAUSE_MS = 50 };

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
start(pid_t *pid, char *const argv[], const int fds[3], posix_spawn_file_actions_t *files,
    posix_spawnattr_t *attributes)
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
		status = posix_spawnattr_setflags(
		    attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
	if (status == 0)
		status = posix_spawnp(pid, argv[0], files, attributes, argv, environ);
	return status;
}

int
child_start(pid_t *pid, char *const argv[], const int fds[3], struct err *err)
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
		status = start(pid, argv, fds, &files, &attributes);
		posix_spawnattr_destroy(&attributes);
	}
	posix_spawn_file_actions_destroy(&files);
out:
	if (status != 0)
		return err_set_errno(err, EX_CONFIG, status, "cannot run '%s'", argv[0]);
	return 0;
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

int
child_split(const char *command, char *copy, char *words[CHILD_WORDS + 1], struct err *err)
{
	size_t count = 0;

	for (;;) {
		while (str_is_space(*command))
			command++;
		if (*command == '\0')
			break;
		if (count == CHILD_WORDS)
			return err_set(err, EX_CONFIG, "over %d words", CHILD_WORDS);
		words[count++] = copy;
		if (copy_word(&command, &copy) < 0)
			return err_set(err, EX_CONFIG, "a quote is not closed");
	}
	words[count] = NULL;
	return count > 0 ? 0 : err_set(err, EX_CONFIG, "there is no program in it");
}
