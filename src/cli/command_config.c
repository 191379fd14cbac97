/*
 * digest config: show what counts, or begin a file.
 */
#include "cli.h"
#include "terminal.h"

#include <stdio.h>

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
