/*
 * digest backtest: what the lists would have mailed, had they been as they are now. Nothing is
 * fetched, sent or kept.
 */
#include "cli.h"

int
command_backtest(struct cli *cli, struct err *err)
{
	struct run_request request = cli_request(cli, "backtest");

	if (cli_check_operands(cli, 0, 0, err) < 0)
		return -1;
	if (cli->options->is_json)
		request.format = RUN_JSON;
	return cli_run(cli, &request, err);
}
