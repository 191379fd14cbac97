/*
 * What --help and `digest help COMMAND` say: the rows, laid out for 80 columns.
 */
#include "options.h"

#include "rows.h"

#include <string.h>

enum { HELP_COLUMN = 26, SCREEN_COLUMNS = 80 };

static const char *const headings[GROUP_COUNT] = {
	[GROUP_MODE] = "Usage: digest [--preview | --send-to ADDRESS | COMMAND] [OPTION...]",
	[GROUP_SELECTION] = "What to read:",
	[GROUP_DELIVERY] = "How to send:",
	[GROUP_GENERAL] = "Always:",
};

static void
add_line(struct buf *out, size_t start, const char *help)
{
	size_t width = out->len - start;

	buf_add_repeat(out, ' ', width < HELP_COLUMN ? HELP_COLUMN - width : 1);
	buf_addf(out, "%s\n", help);
}

static void
add_option(struct buf *out, const struct option_row *row)
{
	size_t start = out->len;
	struct str argument = row->argument != NULL ? rows_argument(row) : STR("");

	buf_add_string(out, "  ");
	if (row->letter != '\0')
		buf_addf(out, "-%c, ", row->letter);
	buf_addf(out, "--%s", row->name);
	if (row->argument != NULL && row->argument[0] == '[')
		buf_addf(out, "[=%.*s]", STR_ARG(argument));
	else if (row->argument != NULL)
		buf_addf(out, " %.*s", STR_ARG(argument));
	add_line(out, start, row->help);
}

/* The names alone, as many to a line as fit. */
static void
add_seldom_commands(struct buf *out)
{
	const struct command_row *command;
	size_t start = out->len;

	buf_add_string(out, "  and");
	for (size_t i = 0; (command = rows_command(i)) != NULL; i++) {
		if (!command->is_seldom)
			continue;
		if (out->len - start + strlen(command->name) + 2 > SCREEN_COLUMNS) {
			buf_add_string(out, "\n     ");
			start = out->len - 5;
		}
		buf_addf(out, " %s", command->name);
	}
	buf_add_char(out, '\n');
}

void
options_print_help(struct buf *out)
{
	const struct option_row *option;
	const struct command_row *command;

	for (int group = 0; group < GROUP_COUNT; group++) {
		if (headings[group] == NULL)
			continue;
		buf_addf(out, "%s\n", headings[group]);
		for (size_t i = 0; (option = rows_option(i)) != NULL; i++)
			if ((int)option->group == group)
				add_option(out, option);
	}
	buf_add_string(out, "Commands ('digest help COMMAND' tells what each takes):\n");
	for (size_t i = 0; (command = rows_command(i)) != NULL; i++) {
		size_t start = out->len;
		if (command->is_seldom)
			continue;
		buf_addf(out, "  %s", command->name);
		add_line(out, start, command->help);
	}
	add_seldom_commands(out);
}

int
options_print_command_help(struct buf *out, const char *name, struct err *err)
{
	const struct command_row *command = rows_find_command(name);
	const struct option_row *option;

	if (command == NULL)
		return rows_refuse_command(name, err);
	buf_addf(out, "Usage: digest %s [OPTION...]\n  %s\n", command->usage, command->help);
	for (size_t i = 0; (option = rows_option(i)) != NULL; i++)
		if (option->group != GROUP_GENERAL && rows_takes(command, option))
			add_option(out, option);
	buf_addf(out, "%s\n", headings[GROUP_GENERAL]);
	for (size_t i = 0; (option = rows_option(i)) != NULL; i++)
		if (option->group == GROUP_GENERAL)
			add_option(out, option);
	return 0;
}
