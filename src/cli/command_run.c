/*
 * digest run: the configured lists that are due.
 */
#include "cli.h"

int
command_run(struct cli *cli, struct err *err)
{
	struct run_request request =
	    cli_request(cli, cli->options->is_dry_run ? "dry_run" : "send");

	if (cli_check_operands(cli, 0, 0, err) < 0)
		return -1;
	/* A list that is named is wanted now. */
	request.is_due_only = cli->options->list == NULL;
	request.yields_to_other = true;
	return cli_run(cli, &request, err);
}
