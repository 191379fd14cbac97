/*
 * The tables of the command line, and looking things up in them.
 */
#include "rows.h"

#include "options.h"
#include "take.h"

#include "digest/export.h"

#include <string.h>

#define OPTION(field, name, letter, argument, kind, group, commands, help) \
	{ name, argument, take_##kind, offsetof(struct options, field), commands, help, \
		GROUP_##group, letter },
static const struct option_row options[] = {
#include "options.def"
};
#undef OPTION

_Static_assert(sizeof(options) / sizeof(options[0]) <= MOST_OPTIONS, "MOST_OPTIONS is too small");

#define COMMAND(name, usage, help) { #name, usage, help, false },
#define SELDOM(name, usage, help) { #name, usage, help, true },
static const struct command_row commands[] = {
#include "commands.def"
};
#undef COMMAND

static const struct {
	const char *argument, *choices;
} choices[] = {
	/* As enum run_format and options_progress count. */
	{ "FORMAT", "text|html|eml|json|" EXPORT_NAMES },
	{ "WHEN", "auto|always|never" },
	{ "SHELL", "bash|zsh|fish" },
	/* As enum store_order and options_form count. */
	{ "ORDER", "relevance|new|votes" },
	{ "LOG", "text|json" },
	{ "FORM", "text|json|" EXPORT_NAMES },
};

const struct option_row *
rows_option(size_t index)
{
	return index < sizeof(options) / sizeof(options[0]) ? &options[index] : NULL;
}

const struct command_row *
rows_command(size_t index)
{
	return index < sizeof(commands) / sizeof(commands[0]) ? &commands[index] : NULL;
}

const struct command_row *
rows_find_command(const char *name)
{
	const struct command_row *row;

	for (size_t i = 0; (row = rows_command(i)) != NULL; i++)
		if (strcmp(row->name, name) == 0)
			return row;
	return NULL;
}

bool
rows_takes(const struct command_row *command, const struct option_row *option)
{
	struct str names = str_from(option->commands), name;

	if (option->group == GROUP_GENERAL)
		return true;
	while (str_next_word(&names, &name))
		if (str_is(name, command->name))
			return true;
	return false;
}

static const char *
command_name(size_t index)
{
	const struct command_row *row = rows_command(index);
	return row != NULL ? row->name : NULL;
}

int
rows_refuse_command(const char *name, struct err *err)
{
	const char *meant = rows_nearest(name, command_name);

	if (meant != NULL)
		return err_set(
		    err, EX_USAGE, "unknown command '%s'; did you mean '%s'?", name, meant);
	return err_set(err, EX_USAGE, "unknown command '%s'; 'digest --help' names them", name);
}

struct str
rows_argument(const struct option_row *option)
{
	struct str argument = str_from(option->argument);

	return str_starts(argument, "[") ? str_head(str_skip(argument, 1), argument.len - 2)
	                                 : argument;
}

struct str
rows_choices(struct str argument)
{
	for (size_t i = 0; i < sizeof(choices) / sizeof(choices[0]); i++)
		if (str_is(argument, choices[i].argument))
			return str_from(choices[i].choices);
	return STR("");
}

const char *
rows_nearest(const char *name, const char *(*at)(size_t index))
{
	struct str wanted = str_from(name);
	size_t nearest = wanted.len < 4 ? 2 : wanted.len < 8 ? 3 : 4; /* one more than allowed */
	const char *found = NULL, *candidate;

	for (size_t i = 0; (candidate = at(i)) != NULL; i++) {
		size_t distance = str_distance(wanted, str_from(candidate));
		if (distance < nearest) {
			nearest = distance;
			found = candidate;
		}
	}
	return found;
}
