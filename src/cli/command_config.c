/*
 * digest config: show what counts, or begin a file.
 */
#include "cli.h"
#include "terminal.h"

#include "digest/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/stat.h>

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
	bool is_written = write(fd, text.ptr, text.len) == (ssize_t)text.len && fsync(fd) == 0;
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

static int
begin_file(const struct cli *cli, struct err *err)
{
	struct buf path = BUF_INIT(BUF_LIMIT);
	int status = -1;

	if (cli_new_config_path(cli, &path, err) == 0)
		status = cli_write_config(path.ptr, config_example(), err);
	if (status == 0)
		fprintf(stderr, "wrote %s\n", path.ptr);
	buf_release(&path);
	return status;
}

int
command_config(struct cli *cli, struct err *err)
{
	struct buf text = BUF_INIT(BUF_LIMIT);

	if (cli_check_operands(cli, 0, 0, err) < 0)
		return -1;
	if (cli->options->is_init)
		return begin_file(cli, err);
	config_show(cli->config, &text);
	int status = terminal_show(buf_str(&text), err);
	buf_release(&text);
	return status;
}
