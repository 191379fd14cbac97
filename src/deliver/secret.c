/*
 * Where a password comes from. It is read when a session opens, wiped when the session is
 * authenticated, and never part of a message.
 */
#include "secret.h"

#include "child.h"

#include "digest/clock.h"
#include "digest/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

bool
secret_is_set(const struct settings *settings)
{
	return settings_string(settings, "password_file")[0] != '\0' ||
	    settings_string(settings, "password_command")[0] != '\0';
}

/* Keeps the first line; 0, or -1 when there is nothing in it that could be a password. */
static int
keep_first_line(char *password, size_t len)
{
	struct str text = { password, len }, line;

	if (!str_next_line(&text, &line) || line.len == 0 ||
	    memchr(line.ptr, '\0', line.len) != NULL)
		return -1;
	password[line.len] = '\0';
	return 0;
}

/* --- a file ------------------------------------------------------------------------------------ */

static int
check_file(int file, const char *path, struct err *err)
{
	struct stat status;

	if (fstat(file, &status) < 0)
		return err_set_errno(err, EX_NOPERM, errno, "password_file '%s'", path);
	if (!S_ISREG(status.st_mode))
		return err_set(err, EX_NOPERM, "password_file '%s' is no file", path);
	if (status.st_uid != geteuid() && status.st_uid != 0)
		return err_set(err, EX_NOPERM, "password_file '%s' belongs to somebody else", path);
	if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0)
		return err_set(err, EX_NOPERM,
		    "password_file '%s' is open to others; type: chmod 600 '%s'", path, path);
	return 0;
}

/* As many bytes as there are, up to `size`; -1 with errno. */
static ssize_t
read_up_to(int file, char *bytes, size_t size)
{
	size_t len = 0;

	while (len < size) {
		ssize_t count = read(file, bytes + len, size - len);
		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0)
			return -1;
		if (count == 0)
			break;
		len += (size_t)count;
	}
	return (ssize_t)len;
}

static int
read_file(char password[SECRET_BYTES], const char *setting, struct err *err)
{
	char *path = deliver_expand_path(str_from(setting));
	int status = -1;

	/* O_NONBLOCK: a FIFO there must not keep us waiting; it is refused below. */
	int file = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (file < 0) {
		err_set_errno(err, errno == ENOENT || errno == ENOTDIR ? EX_CONFIG : EX_NOPERM,
		    errno, "cannot open password_file '%s'", path);
		goto out;
	}
	if (check_file(file, path, err) < 0)
		goto out;
	ssize_t len = read_up_to(file, password, SECRET_BYTES - 1);
	if (len < 0)
		err_set_errno(err, EX_IOERR, errno, "cannot read password_file '%s'", path);
	else if (keep_first_line(password, (size_t)len) < 0)
		err_set(
		    err, EX_CONFIG, "the first line of password_file '%s' holds no password", path);
	else
		status = 0;
out:
	if (file >= 0)
		close(file);
	mem_free(path);
	return status;
}

/* --- a program --------------------------------------------------------------------------------- */

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
judge_command(char password[SECRET_BYTES], ssize_t len, int status, struct err *err)
{
	if (WIFSIGNALED(status))
		return err_set(
		    err, EX_CONFIG, "password_command was ended by signal %d", WTERMSIG(status));
	if (WEXITSTATUS(status) != 0)
		return err_set(
		    err, EX_CONFIG, "password_command ended with status %d", WEXITSTATUS(status));
	if (keep_first_line(password, (size_t)len) < 0)
		return err_set(err, EX_CONFIG, "password_command printed no password");
	return 0;
}

/* The program has the null device as its standard input and our standard error as its own. */
static int
run_command(char password[SECRET_BYTES], char *const words[], int64_t timeout_ms, struct err *err)
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
	ssize_t len = read_output(ends[0], password, SECRET_BYTES - 1, deadline_ms);
	if (len < 0 || child_wait(pid, deadline_ms, &wait_status) < 0) {
		child_kill(pid);
		err_set(err, EX_CONFIG, "password_command did not end within %lld s",
		    (long long)timeout_ms / 1000);
		goto out;
	}
	status = judge_command(password, len, wait_status, err);
out:
	for (int i = 0; i < 2; i++)
		if (ends[i] >= 0)
			close(ends[i]);
	if (null >= 0)
		close(null);
	return status;
}

static int
ask_command(char password[SECRET_BYTES], const char *command, int64_t timeout_ms, struct err *err)
{
	char *copy = mem_alloc(strlen(command) + 1);
	char *words[CHILD_WORDS + 1];

	int status = child_split(command, copy, words, err);
	if (status == 0)
		status = run_command(password, words, timeout_ms, err);
	else
		err_prefix(err, "password_command");
	mem_free(copy);
	return status;
}

int
secret_read(char password[SECRET_BYTES], const struct settings *settings, int64_t timeout_ms,
    struct err *err)
{
	const char *file = settings_string(settings, "password_file");
	const char *command = settings_string(settings, "password_command");

	password[0] = '\0';
	if (file[0] != '\0')
		return read_file(password, file, err);
	return ask_command(password, command, timeout_ms, err);
}
