/*
 * digest dislike KEY|FILE...: papers that others should not be like.
 */
#include "liking.h"

#include <stdint.h>

int
command_dislike(struct cli *cli, struct err *err)
{
	if (cli_check_operands(cli, 1, SIZE_MAX, err) < 0)
		return -1;
	return liking_remember(cli, false, err);
}
