/*
 * digest fetch: read the sources into the store; nobody gets mail.
 */
#include "cli.h"

int
command_fetch(struct cli *cli, struct err *err)
{
	struct run_request request = cli_request(cli, "fetch");

	return cli_run(cli, &request, err);
}
