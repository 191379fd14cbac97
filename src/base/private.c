/*
 * Files that hold a secret. What the secret is, and what it is good for, is the callers' business.
 */
#include "digest/private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CHUNK_BYTES = 4096 };

static int
check_file(int file, const char *path, const char *what, struct err *err)
{
	struct stat status;

	if (fstat(file, &status) < 0)
		return err_set_errno(err, EX_NOPERM, errno, "%s '%s'", what, path);
	if (!S_ISREG(status.st_mode))
		return err_set(err, EX_NOPERM, "%s '%s' is no file", what, path);
	if (status.st_uid != geteuid() && status.st_uid != 0)
		return err_set(err, EX_NOPERM, "%s '%s' belongs to somebody else", what, path);
	if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0)
		return err_set(err, EX_NOPERM, "%s '%s' is open to others; type: chmod 600 '%s'",
		    what, path, path);
	return 0;
}

static int
read_all(int file, struct buf *out, const char *path, const char *what, struct err *err)
{
	char chunk[CHUNK_BYTES];
	ssize_t count;

	do {
		count = read(file, chunk, sizeof(chunk));
		if (count > 0)
			buf_add_bytes(out, chunk, (size_t)count);
	} while (count > 0 || (count < 0 && errno == EINTR));
	int cause = errno;
	explicit_bzero(chunk, sizeof(chunk));
	if (count < 0)
		return err_set_errno(err, EX_IOERR, cause, "cannot read %s '%s'", what, path);
	if (buf_has_failed(out))
		return err_set(err, EX_CONFIG, "%s '%s' is over %zu bytes", what, path, out->limit);
	return 0;
}

static int
expand(struct buf *full, const char *path, const char *what, struct err *err)
{
	const char *home = getenv("HOME");

	if (strncmp(path, "~/", 2) == 0 && home != NULL && home[0] == '/') {
		buf_add_string(full, home);
		path++;
	}
	buf_add_string(full, path);
	if (full->ptr[0] != '/')
		return err_set(err, EX_CONFIG, "%s '%s' must begin with '/' or '~/'", what, path);
	return 0;
}

int
private_read(struct buf *out, const char *path, const char *what, struct err *err)
{
	struct buf full = BUF_INIT(BUF_LIMIT);
	int status = -1, file = -1;

	if (expand(&full, path, what, err) < 0)
		goto out;
	/*
	 * What a link leads to may be changed by others. O_NONBLOCK: a FIFO there must not keep us
	 * waiting.
	 */
	file = open(full.ptr, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (file < 0) {
		bool is_missing = errno == ENOENT || errno == ENOTDIR;
		err_set_errno(err, is_missing ? EX_CONFIG : EX_NOPERM, errno, "cannot open %s '%s'",
		    what, full.ptr);
		goto out;
	}
	if (check_file(file, full.ptr, what, err) == 0)
		status = read_all(file, out, full.ptr, what, err);
out:
	if (file >= 0)
		close(file);
	buf_release(&full);
	return status;
}

void
private_wipe(struct buf *secret)
{
	if (secret->len > 0)
		explicit_bzero(secret->ptr, secret->len);
	buf_release(secret);
}
