/*
 * digest template: what issues look like. The templates there are, their files to begin with, and
 * whether one can be used.
 */
#include "cli.h"
#include "terminal.h"

#include "digest/date.h"
#include "digest/render.h"

#include <string.h>

static const char *
folder_of(const struct cli *cli)
{
	return settings_string(config_settings(cli->config, CONFIG_DIGEST), "templates");
}

static int
list(struct cli *cli, struct err *err)
{
	struct buf text = BUF_INIT(BUF_LIMIT);
	const char *name, *help;
	int status;

	for (size_t i = 0; (name = render_template_name(i, &help)) != NULL; i++)
		buf_addf(&text, "%-16s %s\n", name, help);
	if (folder_of(cli)[0] != '\0')
		buf_addf(
		    &text, "\nfiles in '%s' stand in for these, or add to them\n", folder_of(cli));
	status = terminal_show(buf_str(&text), err);
	buf_release(&text);
	return status;
}

static int
show(struct cli *cli, struct err *err)
{
	struct buf text = BUF_INIT(BUF_LIMIT);
	int status = -1;

	if (cli_check_operands(cli, 2, 2, err) == 0 &&
	    render_template_source(cli->options->operands[1], folder_of(cli), &text, err) == 0)
		status = terminal_write(buf_str(&text), err);
	buf_release(&text);
	return status;
}

/* Fills it as a person's mail, which must have the most. */
static int
try(struct cli *cli, const char *name, struct err *err)
{
	struct entry entry;
	struct issue_item item = { .entry = &entry };
	struct issue issue = {
		.list = STR("list"),
		.title = STR("A list"),
		.date = date_day_of(0),
		.items = &item,
		.item_count = 1,
	};
	const struct render_options options = {
		.template_name = name,
		.template_folder = folder_of(cli),
		.accent = "",
		.kind = MESSAGE_TO_PERSON,
		.unsubscribe =
		    arena_printf(cli->arena, "https://example.org/%c", MESSAGE_SLOT_TOKEN).ptr,
	};
	struct render_parts parts = RENDER_PARTS_INIT;
	int status;

	entry_init(&entry);
	entry.title = STR("A title");
	issue_count(&issue);
	status = render_issue(&issue, &options, &parts, err);
	render_parts_release(&parts);
	return status;
}

static int
check(struct cli *cli, struct err *err)
{
	struct settings *settings;
	struct buf text = BUF_INIT(BUF_LIMIT);
	int status = 0;

	for (size_t i = 1; i < cli->options->operand_count && status == 0; i++) {
		status = try(cli, cli->options->operands[i], err);
		buf_addf(&text, "%s: fine\n", cli->options->operands[i]);
	}
	for (size_t i = 0; cli->options->operand_count < 2 && status == 0; i++) {
		const char *name = config_title(cli->config, CONFIG_LIST, i, &settings);

		if (name == NULL)
			break;
		status = try(cli, settings_string(settings, "template"), err);
		buf_addf(
		    &text, "%s (list '%s'): fine\n", settings_string(settings, "template"), name);
	}
	if (status == 0)
		status = terminal_write(buf_str(&text), err);
	buf_release(&text);
	return status;
}

int
command_template(struct cli *cli, struct err *err)
{
	const char *what = cli_operand(cli, 0);

	if (what[0] == '\0' || strcmp(what, "list") == 0)
		return cli_check_operands(cli, 0, 1, err) < 0 ? -1 : list(cli, err);
	if (strcmp(what, "show") == 0)
		return show(cli, err);
	if (strcmp(what, "check") == 0)
		return check(cli, err);
	return err_set(err, EX_USAGE, "template: '%s' is none of list, show and check", what);
}
