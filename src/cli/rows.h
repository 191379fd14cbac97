/* The rows of options.def and commands.def, for the parser, the help and the completion. */
#ifndef DIGEST_CLI_ROWS_H
#define DIGEST_CLI_ROWS_H

#include "digest/err.h"
#include "digest/str.h"

struct options;

enum option_group {
	GROUP_MODE,
	GROUP_SELECTION,
	GROUP_DELIVERY,
	GROUP_GENERAL,
	GROUP_RARE,
	GROUP_COMMAND
};
enum { GROUP_COUNT = GROUP_COMMAND + 1, MOST_OPTIONS = 64 };

struct option_row {
	const char *name;
	const char *argument; /* "FILE", "[FILE]" when it may be left out, or NULL */
	/* Takes the argument (NULL when there is none) into the option's field. */
	int (*take)(void *field, const struct option_row *row, const char *text, struct err *err);
	size_t offset; /* of the field in struct options */
	const char *commands; /* the names of those that take it */
	const char *help;
	enum option_group group;
	char letter; /* 0 for none */
};

struct command_row {
	const char *name, *usage, *help;
	bool is_seldom; /* needed now and then: not on the first screen */
};

/* The i-th row, or NULL after the last. */
const struct option_row *rows_option(size_t index);
const struct command_row *rows_command(size_t index);

const struct command_row *rows_find_command(const char *name);

/* Whether a command takes an option; the general ones are every command's. */
bool rows_takes(const struct command_row *command, const struct option_row *option);

/* EX_USAGE: there is no such command; with the nearest. */
int rows_refuse_command(const char *name, struct err *err);

/* The argument's name without brackets; "" when it takes none. */
struct str rows_argument(const struct option_row *option);

/* What an argument of that name may be, separated by "|"; empty when it is free. */
struct str rows_choices(struct str argument);

/*
 * The nearest of the names that `at` gives by index, when one is near enough to be meant; or NULL.
 */
const char *rows_nearest(const char *name, const char *(*at)(size_t index));

#endif
