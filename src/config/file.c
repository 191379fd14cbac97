/*
 * The configuration file as a file: where it is looked for, and who may read and write it. What it
 * says is config.c's.
 */
#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>

#define SYSTEM_CONFIG "/etc/digest/digest.conf"

/* A byte more than conf_parse() takes, so that it can say that a file is too large. */
#define READ_LIMIT (((size_t)16 << 20) + 1)

/*
 * Who to run as to read a file: its owner; of root's files those which a group of a user's name may
 * read are meant for that user.
 */
static uid_t
meant_reader(const struct stat *status)
{
	const struct group *group = status->st_uid == 0 ? getgrgid(status->st_gid) : NULL;

	if (group == NULL || (status->st_mode & S_IRGRP) == 0)
		return status->st_uid;
	const struct passwd *user = getpwnam(group->gr_name);
	return user != NULL ? user->pw_uid : status->st_uid;
}

static int
refuse_unreadable(const char *path, struct err *err)
{
	struct buf command = BUF_INIT(BUF_LIMIT);
	struct stat status;

	if (stat(path, &status) == 0) {
		config_add_sudo(&command, meant_reader(&status));
		err_set(err, EX_NOPERM, "%s: you may not read this file; type '%s …'", path,
		    command.ptr);
	} else {
		err_set(err, EX_NOPERM,
		    "%s: you may not look there; run digest as the user whose folder it is", path);
	}
	buf_release(&command);
	return -1;
}

static int
read_all(int fd, struct config_file *file, struct err *err)
{
	char chunk[16384];
	ssize_t count;

	while ((count = read(fd, chunk, sizeof(chunk))) != 0) {
		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0)
			return err_set_errno(
			    err, EX_IOERR, errno, "%s: cannot read", file->path.ptr);
		size_t room = READ_LIMIT - file->text.len;
		buf_add_bytes(&file->text, chunk, (size_t)count < room ? (size_t)count : room);
		if (file->text.len == READ_LIMIT)
			return 0;
	}
	return 0;
}

/* Reads file->path: 1 when it was there, 0 when not, -1. */
static int
read_if_there(struct config_file *file, struct err *err)
{
	const char *path = file->path.ptr;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	int status = -1;

	if (fd < 0) {
		if (errno == ENOENT || errno == ENOTDIR)
			return 0;
		if (errno == EACCES)
			return refuse_unreadable(path, err);
		return err_set_errno(err, EX_CONFIG, errno, "%s: cannot open", path);
	}
	if (fstat(fd, &file->status) < 0)
		err_set_errno(err, EX_IOERR, errno, "%s: cannot look at", path);
	else if (S_ISDIR(file->status.st_mode))
		err_set(err, EX_CONFIG, "%s: a folder, not a file; name the file in it", path);
	else if (read_all(fd, file, err) == 0)
		status = 1;
	close(fd);
	return status;
}

static int
read_named(struct config_file *file, const char *path, const char *named_by, struct err *err)
{
	buf_add_string(&file->path, path);
	int status = read_if_there(file, err);
	if (status == 0)
		return err_set(
		    err, EX_CONFIG, "%s: there is no such file; %s names it", path, named_by);
	return status < 0 ? -1 : 0;
}

int
config_read_file(struct config_file *file, const char *path, struct err *err)
{
	const char *variable = getenv("DIGEST_CONFIG");

	if (path != NULL)
		return read_named(file, path, "--config", err);
	if (variable != NULL && variable[0] != '\0')
		return read_named(file, variable, "$DIGEST_CONFIG", err);
	if (config_add_user_path(&file->path, "XDG_CONFIG_HOME", ".config", "digest/digest.conf") ==
	    0) {
		int status = read_if_there(file, err);
		if (status != 0)
			return status < 0 ? -1 : 0;
	}
	buf_reset(&file->path);
	buf_add_string(&file->path, SYSTEM_CONFIG);
	int status = read_if_there(file, err);
	if (status == 0)
		buf_reset(&file->path);
	return status < 0 ? -1 : 0;
}

int
config_check_writers(const struct config_file *file, const char *origin, struct err *err)
{
	const struct stat *status = &file->status;
	struct buf command = BUF_INIT(BUF_LIMIT);
	int result = 0;

	if (!S_ISREG(status->st_mode))
		goto out;
	if ((status->st_mode & (S_IWGRP | S_IWOTH)) != 0) {
		result = err_set(err, EX_NOPERM,
		    "%s: a file that says which command to run may not be written by others; type "
		    "'chmod go-w %s'",
		    origin, file->path.ptr);
	} else if (status->st_uid != 0 && status->st_uid != geteuid()) {
		config_add_sudo(&command, status->st_uid);
		result = err_set(err, EX_NOPERM,
		    "%s: a file of another user may not say which command you run; type '%s …'",
		    origin, command.ptr);
	}
out:
	buf_release(&command);
	return result;
}

int
config_refuse_password(
    const struct config_file *file, const char *origin, const char *what, struct err *err)
{
	const struct stat *status = &file->status;

	if (S_ISREG(status->st_mode) && (status->st_mode & (S_IRWXG | S_IRWXO)) != 0)
		return err_set(err, EX_NOPERM,
		    "%s: %s, and others may read the file; change that password, and use "
		    "password_file or "
		    "password_command",
		    origin, what);
	return err_set(
	    err, EX_CONFIG, "%s: %s; use password_file or password_command", origin, what);
}
