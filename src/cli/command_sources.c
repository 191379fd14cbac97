/*
 * digest sources: the configured ones, and what sources can be made of.
 */
#include "cli.h"
#include "terminal.h"

#include "digest/source.h"

static int
add_configured(struct cli *cli, struct buf *out, struct err *err)
{
	struct settings *settings;
	const char *name;

	for (size_t i = 0; (name = config_title(cli->config, CONFIG_SOURCE, i, &settings)) != NULL;
	     i++) {
		struct source source = { 0 };
		if (source_from_settings(&source, cli->arena, name, settings, err) < 0)
			return -1;
		buf_addf(out, "%-16s %s (%s)\n", name, source.title, source.spec);
		source_release(&source);
	}
	return 0;
}

int
command_sources(struct cli *cli, struct err *err)
{
	struct buf text = BUF_INIT(BUF_LIMIT);
	const char *name, *help;
	int status = -1;

	if (cli_check_operands(cli, 0, 0, err) < 0 || add_configured(cli, &text, err) < 0)
		goto out;
	buf_add_string(&text, "\nproviders\n");
	for (size_t i = 0; (name = source_provider_name(i, &help)) != NULL; i++)
		buf_addf(&text, "%-16s %s\n", name, help);
	buf_add_string(&text, "\nformats\n");
	for (size_t i = 0; (name = source_format_name(i, &help)) != NULL; i++)
		buf_addf(&text, "%-16s %s\n", name, help);
	status = terminal_show(buf_str(&text), err);
out:
	buf_release(&text);
	return status;
}
