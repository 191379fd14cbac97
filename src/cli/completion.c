/*
 * Completion scripts made of the rows: one function per shell.
 */
#include "options.h"

#include "rows.h"

#include <string.h>

/* ---- bash ---- */

/* The words "--name" of the options that a command takes, or the modes when it is NULL. */
static void
add_bash_options(struct buf *out, const struct command_row *command)
{
	const struct option_row *option;

	for (size_t i = 0; (option = rows_option(i)) != NULL; i++) {
		bool is_taken =
		    command != NULL ? rows_takes(command, option) : option->group != GROUP_COMMAND;
		if (is_taken)
			buf_addf(out, " --%s", option->name);
	}
}

/* What may follow an option: one of its choices, a file, or nothing that is known. */
static void
add_bash_argument(struct buf *out, const struct option_row *option)
{
	struct str argument = rows_argument(option), choices = rows_choices(argument), choice;

	if (option->argument == NULL)
		return;
	buf_addf(out, "    --%s", option->name);
	if (option->letter != '\0')
		buf_addf(out, " | -%c", option->letter);
	buf_add_string(out, ") ");
	if (choices.len > 0) {
		buf_add_string(out, "words='");
		while (str_next(&choices, '|', &choice))
			buf_addf(out, "%.*s%s", STR_ARG(choice), choices.len > 0 ? " " : "'");
	} else {
		buf_add_string(out,
		    str_is(argument, "FILE") || str_is(argument, "SOURCE") ? "files=1" : "words=");
	}
	buf_add_string(out, " ;;\n");
}

static void
add_command_names(struct buf *out)
{
	const struct command_row *command;

	for (size_t i = 0; (command = rows_command(i)) != NULL; i++)
		buf_addf(out, " %s", command->name);
}

/* What may follow a command: its options, and the operands that its usage names. */
static void
add_bash_command(struct buf *out, const struct command_row *command)
{
	buf_addf(out, "    %s) words='", command->name);
	add_bash_options(out, command);
	if (strstr(command->usage, "COMMAND") != NULL)
		add_command_names(out);
	buf_addf(out, "'%s ;;\n", strstr(command->usage, "FILE") != NULL ? " files=1" : "");
}

static void
write_bash(struct buf *out)
{
	const struct option_row *option;
	const struct command_row *command;

	buf_add_string(out,
	    "# bash completion for digest\n"
	    "_digest() {\n"
	    "  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} word words "
	    "files=\n"
	    "  # \"--preview=html\" is three words here\n"
	    "  if [[ $cur == = ]]; then cur=\n"
	    "  elif [[ $prev == = ]]; then prev=${COMP_WORDS[COMP_CWORD - 2]}\n"
	    "  elif [[ $prev == --preview || $prev == --wait ]]; then prev=\n"
	    "  fi\n"
	    "  words='");
	add_command_names(out);
	buf_add_string(out, "'\n  [[ $cur != -* ]] || words='");
	add_bash_options(out, NULL);
	buf_add_string(
	    out, "'\n  for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n    case $word in\n");
	for (size_t i = 0; (command = rows_command(i)) != NULL; i++)
		add_bash_command(out, command);
	buf_add_string(out, "    esac\n  done\n  case $prev in\n");
	for (size_t i = 0; (option = rows_option(i)) != NULL; i++)
		add_bash_argument(out, option);
	buf_add_string(out,
	    "  esac\n"
	    "  if [[ $files && $cur != -* ]]; then\n"
	    "    compopt -o filenames 2>/dev/null\n"
	    "    mapfile -t COMPREPLY < <(compgen -f -- \"$cur\")\n"
	    "  else\n"
	    "    mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\")\n"
	    "  fi\n"
	    "}\n"
	    "complete -F _digest digest\n");
}

/* ---- zsh ---- */

/* Help within '[…]' of an _arguments specification. */
static void
add_zsh_help(struct buf *out, const char *help)
{
	for (; *help != '\0'; help++) {
		if (*help == '\'')
			buf_add_string(out, "'\\'");
		else if (strchr("[]:\\", *help) != NULL)
			buf_add_char(out, '\\');
		buf_add_char(out, *help);
	}
}

/* "*--name=[help]:ARGUMENT:(choices)". */
static void
add_zsh_option(struct buf *out, const struct option_row *option, const char *name)
{
	struct str argument = rows_argument(option), choices = rows_choices(argument), choice;
	bool is_optional = option->argument != NULL && option->argument[0] == '[';

	buf_addf(out, "  '*%s", name);
	if (option->argument != NULL && name[1] == '-')
		buf_add_string(out, is_optional ? "=-" : "=");
	buf_add_char(out, '[');
	add_zsh_help(out, option->help);
	buf_add_char(out, ']');
	if (option->argument != NULL)
		buf_addf(out, "%s%.*s:", is_optional ? "::" : ":", STR_ARG(argument));
	if (choices.len > 0) {
		buf_add_char(out, '(');
		while (str_next(&choices, '|', &choice))
			buf_addf(out, "%.*s%s", STR_ARG(choice), choices.len > 0 ? " " : ")");
	} else if (str_is(argument, "FILE") || str_is(argument, "SOURCE")) {
		buf_add_string(out, "_files");
	}
	buf_add_string(out, "' \\\n");
}

static void
write_zsh(struct buf *out)
{
	const struct option_row *option;
	const struct command_row *command;
	char letter[] = "-?";

	buf_add_string(out, "#compdef digest\n_arguments \\\n");
	for (size_t i = 0; (option = rows_option(i)) != NULL; i++) {
		struct buf name = BUF_INIT(BUF_LIMIT);
		buf_addf(&name, "--%s", option->name);
		add_zsh_option(out, option, name.ptr);
		buf_release(&name);
		letter[1] = option->letter;
		if (option->letter != '\0')
			add_zsh_option(out, option, letter);
	}
	buf_add_string(out, "  '1:command:((");
	for (size_t i = 0; (command = rows_command(i)) != NULL; i++) {
		buf_addf(out, "%s%s\\:\"", i > 0 ? " " : "", command->name);
		add_zsh_help(out, command->help);
		buf_add_char(out, '"');
	}
	buf_add_string(out, "))' \\\n  '*:argument:_files'\n");
}

/* ---- fish ---- */

static void
add_fish_quoted(struct buf *out, const char *text)
{
	buf_add_char(out, '\'');
	for (; *text != '\0'; text++) {
		if (*text == '\'' || *text == '\\')
			buf_add_char(out, '\\');
		buf_add_char(out, *text);
	}
	buf_add_char(out, '\'');
}

static void
add_fish_option(struct buf *out, const struct option_row *option)
{
	struct str argument = rows_argument(option), choices = rows_choices(argument), choice;
	bool is_file = str_is(argument, "FILE") || str_is(argument, "SOURCE");

	buf_add_string(out, "complete -c digest");
	if (option->group == GROUP_COMMAND)
		buf_addf(out, " -n '__fish_seen_subcommand_from %s'", option->commands);
	buf_addf(out, " -l %s", option->name);
	if (option->letter != '\0')
		buf_addf(out, " -s %c", option->letter);
	if (option->argument != NULL && option->argument[0] != '[')
		buf_add_string(out, is_file ? " -r -F" : " -x");
	if (choices.len > 0) {
		buf_add_string(out, " -f -a '");
		while (str_next(&choices, '|', &choice))
			buf_addf(out, "%.*s%s", STR_ARG(choice), choices.len > 0 ? " " : "'");
	}
	buf_add_string(out, " -d ");
	add_fish_quoted(out, option->help);
	buf_add_char(out, '\n');
}

static void
write_fish(struct buf *out)
{
	const struct option_row *option;
	const struct command_row *command;

	buf_add_string(
	    out, "# fish completion for digest\ncomplete -c digest -n __fish_use_subcommand -f\n");
	for (size_t i = 0; (command = rows_command(i)) != NULL; i++) {
		buf_addf(
		    out, "complete -c digest -n __fish_use_subcommand -a %s -d ", command->name);
		add_fish_quoted(out, command->help);
		buf_add_char(out, '\n');
	}
	for (size_t i = 0; (option = rows_option(i)) != NULL; i++)
		add_fish_option(out, option);
}

/* ---- all ---- */

int
options_write_completion(struct buf *out, const char *shell, struct err *err)
{
	static const struct {
		const char *shell;
		void (*write)(struct buf *out);
	} writers[] = { { "bash", write_bash }, { "zsh", write_zsh }, { "fish", write_fish } };

	for (size_t i = 0; i < sizeof(writers) / sizeof(writers[0]); i++)
		if (strcmp(writers[i].shell, shell) == 0) {
			writers[i].write(out);
			return 0;
		}
	return err_set(err, EX_USAGE, "--completion: '%s' is none of bash, zsh, fish", shell);
}
