/*
 * The program: reads the command line, finds configuration and store, and hands over to a command
 * or a mode. The only place that prints a final error, and the only exit.
 */
#include "cli.h"
#include "terminal.h"

#include "digest/clock.h"
#include "digest/log.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

struct command {
	const char *name;
	int (*function)(struct cli *cli, struct err *err);
};

#define COMMAND(name, ...) { #name, command_##name },
static const struct command commands[] = {
#include "commands.def"
};
#undef COMMAND

/*
 * The process as we want it: the three standard files are open (a database must never become file
 * 1), a closed pipe or a file-size limit is an error and no signal, files are the user's alone, and
 * no core holds a password.
 */
static void
prepare_process(void)
{
	struct rlimit no_core = { 0, 0 };

	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		/* Read-only, so that writing to a standard output that was closed fails. */
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDONLY) < 0)
			continue;
	}
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	umask(077);
	setrlimit(RLIMIT_CORE, &no_core);
}

/* `digest` alone: how things stand, and what to type. Sends nothing. */
static int
tell_state(struct cli *cli, struct err *err)
{
	struct buf text = BUF_INIT(BUF_LIMIT);
	struct store_issue *issues = NULL;
	struct cli_store open = { 0 };
	const char *path = config_path(cli->config);
	char day[DATE_DAY_BYTES];
	size_t count = 0;
	int status = -1;

	if (cli_open_store(cli, DB_OVERLAY, &open, err) < 0 ||
	    store_issues(open.store, "", 1, cli->arena, &issues, &count, err) < 0)
		goto out;
	buf_addf(&text, "configuration: %s; store: %s\n", path[0] != '\0' ? path : "built in",
	    cli->store_path.ptr);
	if (count > 0)
		buf_addf(&text, "last issue: '%.*s' of %s, %s\n", STR_ARG(issues[0].list),
		    date_format_day(day, issues[0].date),
		    issues[0].accepted_count == issues[0].delivery_count ? "delivered"
		                                                         : "not all delivered");
	else
		buf_add_string(&text, "no issue has been made yet\n");
	buf_add_string(&text,
	    path[0] != '\0'
	        ? "\nRead today's papers with 'digest --preview', send what is due with 'digest "
	          "run';\n'digest status' tells more, 'digest --help' the rest.\n"
	        : "\nRead today's papers with 'digest --preview', mail them with "
	          "'digest --send-to ADDRESS',\nlet 'digest setup' write a configuration; "
	          "'digest --help' tells the rest.\n");
	status = terminal_write(buf_str(&text), err);
out:
	cli_close_store(&open);
	buf_release(&text);
	return status;
}

/* Without a command: a preview, a send, or a look at how things stand. */
static int
run_mode(struct cli *cli, struct err *err)
{
	const struct options *options = cli->options;
	const char *mode = options->is_dry_run ? "dry_run" : "send";
	bool has_selection = options->source.count > 0 || options->match.count > 0 ||
	    options->list != NULL || options->limit != OPTIONS_UNSET || options->rank != NULL ||
	    options->date != DATE_NO_DAY || options->since != DATE_NO_DAY;

	if (options->preview != OPTIONS_UNSET)
		mode = options->send_to.count > 0 ? "preview_for" : "preview";
	else if (options->send_to.count == 0 && (has_selection || options->is_dry_run))
		return err_set(err, EX_USAGE,
		    "say what to do with it: --preview to read it, --send-to ADDRESS to mail it");
	else if (options->send_to.count == 0)
		return tell_state(cli, err);
	struct run_request request = cli_request(cli, mode);
	return cli_run(cli, &request, err);
}

static int
dispatch(struct cli *cli, struct err *err)
{
	if (cli->options->command == NULL)
		return run_mode(cli, err);
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (strcmp(commands[i].name, cli->options->command) == 0)
			return commands[i].function(cli, err);
	}
	return err_set(err, EX_SOFTWARE, "command '%s' has no function; please report this",
	    cli->options->command);
}

/* Commands that need neither configuration nor store. */
static bool
is_answered_at_once(const struct cli *cli, struct buf *out, struct err *err)
{
	const struct options *options = cli->options;

	if (options->is_version)
		buf_add_string(out, "digest " DIGEST_VERSION "\n");
	else if (options->is_help && options->command != NULL)
		options_print_command_help(out, options->command, err);
	else if (options->is_help)
		options_print_help(out);
	else
		return false;
	return true;
}

/* What begins a configuration, or only talks, works where the present one cannot be read. */
static bool
needs_configuration(const struct options *options)
{
	const char *command = options->command;

	if (command == NULL)
		return true;
	return strcmp(command, "help") != 0 && strcmp(command, "setup") != 0 && !options->is_init;
}

static int
work(struct cli *cli, int argc, char **argv, struct err *err)
{
	struct buf answer = BUF_INIT(BUF_LIMIT);
	struct err clock_trouble = ERR_NONE;
	int status = -1;

	/* Days that are told in options count back from now; help needs no clock. */
	clock_start(&clock_trouble);
	if (options_parse(cli->options, argc, argv, err) < 0)
		goto out;
	if (cli->options->is_verbose)
		log_set_level(LOG_LEVEL_INFO);
	if (is_answered_at_once(cli, &answer, err)) {
		status = err_is_set(err) ? -1 : terminal_show(buf_str(&answer), err);
		goto out;
	}
	if (err_is_set(&clock_trouble)) {
		*err = clock_trouble;
		goto out;
	}
	if (needs_configuration(cli->options) &&
	    cli_load_config(cli, &cli->config, &cli->store_path, err) < 0)
		goto out;
	if (cli->config != NULL)
		cli_heed_config(cli);
	status = dispatch(cli, err);
out:
	buf_release(&answer);
	return status;
}

/*
 * As whatever writes into a pipe ends when its reader has had enough; what we had open is closed.
 */
static void
die_of_pipe(void)
{
	signal(SIGPIPE, SIG_DFL);
	raise(SIGPIPE);
}

int
main(int argc, char **argv)
{
	struct options options = { 0 };
	struct cli cli = {
		.options = &options, .store_path = BUF_INIT(BUF_LIMIT), .arena = arena_new()
	};
	struct err err = ERR_NONE;
	bool is_left = false;
	int code = 0;

	prepare_process();
	if (work(&cli, argc, argv, &err) < 0) {
		is_left = err.code == EX_IOERR && terminal_is_left();
		if (!cli.is_silent && !is_left)
			fprintf(stderr, "digest: %s\n", err.text);
		code = err.code;
	}
	code = err_worse_code(code, cli.exit_code);
	config_free(cli.config);
	buf_release(&cli.store_path);
	arena_free(cli.arena);
	options_release(&options);
	if (is_left)
		die_of_pipe();
	return code;
}
