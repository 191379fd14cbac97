/*
 * digest import FILE...: dumps and saved listings into the store; nobody gets them as news.
 */
#include "cli.h"
#include "terminal.h"

#include <stdint.h>

static void
show_progress(const struct run_import_progress *progress)
{
	terminal_bar(
	    progress->path, progress->done_bytes, progress->total_bytes, progress->entry_count);
}

int
command_import(struct cli *cli, struct err *err)
{
	struct run_result result = RUN_RESULT_INIT;
	struct run_import_request request = {
		.store_path = cli->store_path.ptr,
		.paths = cli->options->operands,
		.path_count = cli->options->operand_count,
		.progress = cli_shows_progress(cli->options) ? show_progress : NULL,
	};

	if (cli_check_operands(cli, 1, SIZE_MAX, err) < 0)
		return -1;
	int status = run_import(&request, &result, err);
	terminal_end_bar();
	return cli_tell(cli, &result, status, err);
}
