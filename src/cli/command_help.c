/*
 * digest help: what a command does and takes; completion scripts.
 */
#include "cli.h"
#include "terminal.h"

int
command_help(struct cli *cli, struct err *err)
{
	struct buf text = BUF_INIT(BUF_LIMIT);
	int status = 0;

	if (cli_check_operands(cli, 0, 1, err) < 0)
		return -1;
	if (cli->options->completion != NULL)
		status = options_write_completion(&text, cli->options->completion, err);
	else if (cli->options->operand_count > 0)
		status = options_print_command_help(&text, cli_operand(cli, 0), err);
	else
		options_print_help(&text);
	if (status == 0)
		status = terminal_show(buf_str(&text), err);
	buf_release(&text);
	return status;
}
