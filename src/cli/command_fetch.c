/*
 * digest fetch: read the sources into the store; nobody gets mail. Days that are named are looked
 * up, and make no news.
 */
#include "cli.h"

int
command_fetch(struct cli *cli, struct err *err)
{
	const struct options *options = cli->options;
	bool names_days = options->date != DATE_NO_DAY || options->since != DATE_NO_DAY;
	struct run_request request = cli_request(cli, names_days ? "backfill" : "fetch");

	if (cli_check_operands(cli, 0, 0, err) < 0)
		return -1;
	request.asks_anyway = true;
	return cli_run(cli, &request, err);
}
