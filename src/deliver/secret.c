/*
 * Where a password comes from. It is read when a session opens, wiped when the session is
 * authenticated, and never part of a message.
 */
#include "secret.h"

#include "transport.h"

#include "digest/child.h"
#include "digest/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
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

int
secret_read(char password[SECRET_BYTES], const struct settings *settings, int64_t timeout_ms,
    struct err *err)
{
	const char *file = settings_string(settings, "password_file");
	const char *command = settings_string(settings, "password_command");

	password[0] = '\0';
	if (file[0] != '\0')
		return read_file(password, file, err);
	return child_first_line(
	    password, SECRET_BYTES, command, "password_command", timeout_ms, err);
}
