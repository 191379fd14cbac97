/*
 * What the configuration needs to know of the plug-ins, joined here because no stage knows another.
 */
#include "day.h"

const struct config_rows *
run_config_rows(void)
{
	static struct config_rows rows;

	rows.of[CONFIG_SMTP] = deliver_settings();
	rows.of[CONFIG_SOURCE] = source_settings();
	return &rows;
}
