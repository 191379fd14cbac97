/*
 * digest fetch: read the sources into the store; nobody gets mail.
 */
#include "cli.h"

int
command_fetch(struct cli *cli, struct err *err)
{
	struct run_request request = cli_request(cli, "fetch");

	if (cli_check_operands(cli, 0, 0, err) < 0)
		return -1;
	request.asks_anyway = true;
	return cli_run(cli, &request, err);
}
