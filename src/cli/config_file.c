/*
 * The configuration file as commands write it: a new one, or sections after those of one that is
 * there. What stands in it is the config module's.
 */
#include "cli.h"

#include "digest/mem.h"
#include "digest/output.h"
#include "digest/run.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/stat.h>

enum { FILE_BYTES = 16 << 20 };

/* Makes the folder of a file and those above it, for the user alone. */
static int
make_folders(const char *path, struct err *err)
{
	char *copy = mem_copy_string(path);
	int status = 0;

	for (char *slash = strchr(copy + 1, '/'); slash != NULL && status == 0;
	     slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(copy, 0700) < 0 && errno != EEXIST)
			status = err_set_errno(
			    err, EX_CANTCREAT, errno, "config: cannot make '%s'", copy);
		*slash = '/';
	}
	mem_free(copy);
	return status;
}

int
cli_write_config(const char *path, struct str text, struct err *err)
{
	if (make_folders(path, err) < 0)
		return -1;
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0 && errno == EEXIST)
		return err_set(err, EX_CANTCREAT,
		    "config: '%s' exists already; edit it, or move it away", path);
	if (fd < 0)
		return err_set_errno(err, EX_CANTCREAT, errno, "config: cannot write '%s'", path);
	bool is_written = output_write(fd, text) == 0 && fsync(fd) == 0;
	is_written = close(fd) == 0 && is_written;
	if (is_written)
		return 0;
	unlink(path);
	return err_set_errno(err, EX_IOERR, errno, "config: cannot write '%s'", path);
}

int
cli_new_config_path(const struct cli *cli, struct buf *out, struct err *err)
{
	const char *named =
	    cli->options->config != NULL ? cli->options->config : getenv("DIGEST_CONFIG");
	const char *folder = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");

	if (named != NULL && named[0] != '\0')
		buf_add_string(out, named);
	else if (folder != NULL && folder[0] == '/')
		buf_addf(out, "%s/digest/digest.conf", folder);
	else if (home != NULL && home[0] == '/')
		buf_addf(out, "%s/.config/digest/digest.conf", home);
	else
		return err_set(err, EX_CONFIG, "config: HOME is not set; say where with -c FILE");
	return 0;
}

/* ---- sections after the others ---- */

static int
read_file(const char *path, struct buf *out, struct stat *status, struct err *err)
{
	char chunk[65536];
	ssize_t count = -1;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd >= 0 && fstat(fd, status) == 0) {
		while ((count = read(fd, chunk, sizeof(chunk))) > 0)
			buf_add_bytes(out, chunk, (size_t)count);
	}
	if (count < 0)
		err_set_errno(err, EX_NOINPUT, errno, "config: cannot read '%s'", path);
	else if (buf_has_failed(out))
		err_set(err, EX_CONFIG, "config: '%s' is over %zu MiB", path, out->limit >> 20);
	if (fd >= 0)
		close(fd);
	return err_is_set(err) ? -1 : 0;
}

/* A file beside the old one with its mode and, where that may be, its owner. */
static int
write_beside(
    const char *path, char *draft, struct str text, const struct stat *old, struct err *err)
{
	int fd = mkostemp(draft, O_CLOEXEC);

	if (fd < 0)
		return err_set_errno(
		    err, EX_CANTCREAT, errno, "config: cannot write beside '%s'", path);
	bool is_written = fchmod(fd, old->st_mode & 07777) == 0 &&
	    (fchown(fd, old->st_uid, old->st_gid) == 0 || errno == EPERM) &&
	    output_write(fd, text) == 0 && fsync(fd) == 0;
	is_written = close(fd) == 0 && is_written;
	return is_written ? 0
	                  : err_set_errno(err, EX_IOERR, errno, "config: cannot write '%s'", draft);
}

static int
sync_folder(char *path, struct err *err)
{
	const char *folder = dirname(path);
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool is_synced = fd >= 0 && fsync(fd) == 0;

	if (!is_synced)
		err_set_errno(err, EX_IOERR, errno, "config: cannot write to '%s'", folder);
	if (fd >= 0)
		close(fd);
	return is_synced ? 0 : -1;
}

/* Puts the new text in the place of the old one, unless it would not be understood. */
static int
replace(const char *path, struct str text, const struct stat *old, struct err *err)
{
	struct buf draft = BUF_INIT(BUF_LIMIT);
	struct config *config = NULL;
	int status = -1;

	buf_addf(&draft, "%s.XXXXXX", path);
	if (write_beside(path, draft.ptr, text, old, err) == 0 &&
	    config_load(&config, draft.ptr, run_config_rows(), err) == 0) {
		status = rename(draft.ptr, path);
		if (status < 0)
			err_set_errno(err, EX_IOERR, errno, "config: cannot replace '%s'", path);
		else
			status = sync_folder(draft.ptr, err);
	} else if (access(draft.ptr, F_OK) == 0) {
		unlink(draft.ptr);
	}
	config_free(config);
	buf_release(&draft);
	return status;
}

int
cli_extend_config(const char *path, struct str text, struct err *err)
{
	struct buf whole = BUF_INIT(FILE_BYTES);
	struct stat old;
	char *target = realpath(path, NULL);
	int status = -1;

	if (target == NULL)
		return err_set_errno(err, EX_NOINPUT, errno, "config: cannot find '%s'", path);
	if (read_file(target, &whole, &old, err) == 0) {
		if (whole.len > 0 && whole.ptr[whole.len - 1] != '\n')
			buf_add_char(&whole, '\n');
		buf_add_char(&whole, '\n');
		buf_add(&whole, text);
		status = replace(target, buf_str(&whole), &old, err);
	}
	buf_release(&whole);
	free(target);
	return status;
}
