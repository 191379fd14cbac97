/*
 * The parser of the command line, over getopt_long(3). How an argument is taken is take.c's, what
 * happens then is the commands'.
 */
#include "options.h"

#include "rows.h"

#include "digest/date.h"
#include "digest/mem.h"

#include <getopt.h>
#include <string.h>

enum { FIRST_VALUE = 256 };

/* The rows as getopt_long() wants them; an option's value is FIRST_VALUE plus its row's index. */
struct grammar {
	struct option longs[MOST_OPTIONS + 1];
	char letters[2 * MOST_OPTIONS + 2];
	bool is_given[MOST_OPTIONS];
};

static int
argument_kind(const struct option_row *row)
{
	if (row->argument == NULL)
		return no_argument;
	return row->argument[0] == '[' ? optional_argument : required_argument;
}

static void
fill_grammar(struct grammar *grammar)
{
	const struct option_row *row;
	char *letter = grammar->letters;

	*letter++ = ':'; /* a missing argument is told from an unknown option */
	for (int i = 0; i < MOST_OPTIONS && (row = rows_option((size_t)i)) != NULL; i++) {
		grammar->longs[i] =
		    (struct option){ row->name, argument_kind(row), NULL, FIRST_VALUE + i };
		if (row->letter == '\0')
			continue;
		*letter++ = row->letter;
		if (row->argument != NULL)
			*letter++ = ':';
	}
}

/* The index of the row that getopt_long() means by a value or a letter; MOST_OPTIONS for none. */
static size_t
find_row(int value)
{
	const struct option_row *row;

	for (size_t i = 0; (row = rows_option(i)) != NULL; i++)
		if (value == FIRST_VALUE + (int)i || (row->letter != '\0' && value == row->letter))
			return i;
	return MOST_OPTIONS;
}

/* ---- what is wrong ---- */

static const char *
option_name(size_t index)
{
	const struct option_row *row = rows_option(index);
	return row != NULL ? row->name : NULL;
}

/* `text` is "--name" or "--name=value". */
static int
refuse_long(const char *text, struct err *err)
{
	struct buf name = BUF_INIT(BUF_LIMIT), meant = BUF_INIT(BUF_LIMIT);
	const struct option_row *row;
	size_t count = 0;

	buf_add_bytes(&name, text + 2, strcspn(text + 2, "="));
	for (size_t i = 0; (row = rows_option(i)) != NULL; i++)
		if (str_starts(str_from(row->name), name.ptr))
			buf_addf(&meant, "%s'--%s'", count++ > 0 ? " or " : "", row->name);
	const char *nearest = rows_nearest(name.ptr, option_name);
	if (count > 1)
		err_set(err, EX_USAGE, "unclear option '--%s': %s?", name.ptr, meant.ptr);
	else if (nearest != NULL)
		err_set(err, EX_USAGE, "unknown option '--%s'; did you mean '--%s'?", name.ptr,
		    nearest);
	else
		err_set(
		    err, EX_USAGE, "unknown option '--%s'; 'digest --help' names them", name.ptr);
	buf_release(&name);
	buf_release(&meant);
	return -1;
}

/* `text` is the argument that getopt_long() stopped at. */
static int
refuse_option(int result, const char *text, struct err *err)
{
	const struct option_row *row = rows_option(find_row(optopt));

	if (result == ':' && row != NULL)
		return err_set(err, EX_USAGE, "--%s needs its %s", row->name, row->argument);
	if (optopt >= FIRST_VALUE && row != NULL)
		return err_set(err, EX_USAGE, "--%s takes no argument", row->name);
	if (optopt == 0)
		return refuse_long(text, err);
	return err_set(err, EX_USAGE, "unknown option '-%c'; 'digest --help' names them", optopt);
}

/* ---- what goes with what ---- */

static bool
is_mode_option(const struct option_row *row)
{
	return row->group == GROUP_MODE || row->group == GROUP_SELECTION ||
	    row->group == GROUP_DELIVERY || row->group == GROUP_GENERAL || row->group == GROUP_RARE;
}

static int
check_taken(
    const struct command_row *command, bool is_mode, const struct option_row *row, struct err *err)
{
	if (command != NULL && rows_takes(command, row))
		return 0;
	if (command != NULL)
		return err_set(err, EX_USAGE,
		    "'%s' takes no --%s; 'digest help %s' tells what it takes", command->name,
		    row->name, command->name);
	if (is_mode &&
	    (row->offset == offsetof(struct options, form) ||
	        row->offset == offsetof(struct options, is_json)))
		return err_set(err, EX_USAGE,
		    "--%s belongs to a command; a preview is told as --preview=FORMAT", row->name);
	if (!is_mode_option(row))
		return err_set(err, EX_USAGE,
		    "--%s belongs to a command; 'digest --help' names them", row->name);
	if (!is_mode && row->group != GROUP_GENERAL)
		return err_set(err, EX_USAGE,
		    "--%s alone does nothing; add --preview or --send-to ADDRESS", row->name);
	return 0;
}

static int
check_together(const struct options *options, struct err *err)
{
	if (options->date != DATE_NO_DAY && options->since != DATE_NO_DAY)
		return err_set(
		    err, EX_USAGE, "--date is one day and --since many; give one of them");
	if (options->until != DATE_NO_DAY && options->since == DATE_NO_DAY)
		return err_set(err, EX_USAGE, "--until ends what --since begins; give both");
	if (options->until != DATE_NO_DAY && options->until < options->since)
		return err_set(err, EX_USAGE, "--until is before --since; there are no such days");
	if (options->preview != OPTIONS_UNSET && options->is_dry_run)
		return err_set(err, EX_USAGE,
		    "--preview sends nothing already; --dry-run goes with --send-to and run");
	if (options->is_show && options->is_init)
		return err_set(err, EX_USAGE, "--show and --init are two things; give one of them");
	return 0;
}

/* Makes the first operand the command, and looks whether all that was said goes together. */
static int
join(struct options *options, const struct grammar *grammar, struct err *err)
{
	bool is_mode = options->preview != OPTIONS_UNSET || options->send_to.count > 0;
	const struct command_row *command = NULL;
	const struct option_row *row;

	if (options->operand_count > 0 &&
	    (!is_mode || rows_find_command(options->operands[0]) != NULL)) {
		options->command = *options->operands++;
		options->operand_count--;
		command = rows_find_command(options->command);
		if (command == NULL)
			return rows_refuse_command(options->command, err);
	}
	if (options->is_help || options->is_version)
		return 0;
	for (size_t i = 0; (row = rows_option(i)) != NULL; i++)
		if (grammar->is_given[i] && check_taken(command, is_mode, row, err) < 0)
			return -1;
	if (command == NULL && options->operand_count > 0)
		return err_set(err, EX_USAGE,
		    "unexpected '%s'; to read papers from it: --source %s", options->operands[0],
		    options->operands[0]);
	return check_together(options, err);
}

int
options_parse(struct options *options, int argc, char **argv, struct err *err)
{
	struct grammar grammar = { 0 };
	int value;

	*options = (struct options){
		.preview = OPTIONS_UNSET,
		.limit = OPTIONS_UNSET,
		.next = OPTIONS_UNSET,
		.date = DATE_NO_DAY,
		.since = DATE_NO_DAY,
		.until = DATE_NO_DAY,
		.wait_s = OPTIONS_UNSET,
		.progress = OPTIONS_PROGRESS_AUTO,
	};
	if (argc < 1)
		return 0;
	fill_grammar(&grammar);
	optind = 0; /* glibc: start anew */
	opterr = 0;
	while ((value = getopt_long(argc, argv, grammar.letters, grammar.longs, NULL)) != -1) {
		size_t index = find_row(value);
		const struct option_row *row = rows_option(index);
		if (row == NULL) /* '?' or ':' */
			return refuse_option(value, argv[optind - 1], err);
		if (row->take((char *)options + row->offset, row, optarg, err) < 0)
			return -1;
		grammar.is_given[index] = true;
	}
	options->operands = (const char *const *)argv + optind;
	options->operand_count = (size_t)(argc - optind);
	return join(options, &grammar, err);
}

void
options_release(struct options *options)
{
	mem_free(options->send_to.items);
	mem_free(options->source.items);
	mem_free(options->match.items);
	mem_free(options->set.items);
	*options = (struct options){ 0 };
}
