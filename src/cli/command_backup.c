/*
 * digest backup FILE: a checked copy of the store, made while it may be in use.
 */
#include "cli.h"

#include <errno.h>
#include <unistd.h>

int
command_backup(struct cli *cli, struct err *err)
{
	const char *path = cli_operand(cli, 0);
	struct cli_store open = { 0 };

	if (cli_check_operands(cli, 1, 1, err) < 0)
		return -1;
	if (access(cli->store_path.ptr, F_OK) < 0)
		return err_set_errno(
		    err, EX_IOERR, errno, "backup: there is no store '%s'", cli->store_path.ptr);
	int status = cli_open_store(cli, DB_OVERLAY, &open, err);
	if (status == 0)
		status = db_backup(store_db(open.store), path, err);
	cli_close_store(&open);
	return status;
}
