/*
 * digest setup: five questions, a configuration file, a test message and the line for cron.
 */
#include "cli.h"
#include "terminal.h"

#include "digest/deliver.h"
#include "digest/message.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct answers {
	const char *reader, *transport, *password_command, *sender, *hour;
	int asked; /* questions so far: where no login is needed, there is one less */
};

/*
 * Asks on standard error; an empty line is the usual answer, where there is one ("" otherwise).
 * EX_USAGE at the end of the input.
 */
static int
ask(struct cli *cli, struct answers *answers, const char *question, const char *usual,
    const char **answer, struct err *err)
{
	char *line = NULL;
	size_t room = 0;

	fprintf(stderr, "%d. %s ", ++answers->asked, question);
	if (usual[0] != '\0')
		fprintf(stderr, "[%s] ", usual);
	fflush(stderr);
	if (getline(&line, &room, stdin) < 0) {
		free(line);
		fputc('\n', stderr);
		return err_set(
		    err, EX_USAGE, "setup: the answers ended early; nothing was written");
	}
	struct str text = str_trim(str_from(line));
	*answer = text.len > 0 ? arena_string(cli->arena, text) : usual;
	free(line);
	return 0;
}

/* What goes into double quotes of the configuration file must not end them. */
static int
check_answer(const char *answer, struct err *err)
{
	for (const char *c = answer; *c != '\0'; c++) {
		if (*c == '"' || *c == '\\' || (unsigned char)*c < ' ')
			return err_set(err, EX_USAGE,
			    "setup: '%s' holds a quote, backslash or control character", answer);
	}
	return 0;
}

static int
check_address(const char *address, struct err *err)
{
	struct buf checked = BUF_INIT(BUF_LIMIT);
	int status = message_check_address(&checked, str_from(address), err);

	buf_release(&checked);
	return status < 0 ? err_prefix(err, "setup") : 0;
}

static bool
wants_password(const char *transport)
{
	return strchr(transport, '@') != NULL;
}

static void
tell_transports(void)
{
	const char *name, *help;

	for (size_t i = 0; (name = deliver_transport_name(i, &help)) != NULL; i++)
		fprintf(stderr, "   %-10s %s\n", name, help);
}

static int
ask_all(struct cli *cli, struct answers *answers, struct err *err)
{
	const char *transport =
	    access("/usr/sbin/sendmail", X_OK) == 0 ? "sendmail:" : "smtp://localhost";

	answers->password_command = "";
	if (ask(cli, answers, "Which address gets the digest?", "", &answers->reader, err) < 0 ||
	    check_answer(answers->reader, err) < 0 || check_address(answers->reader, err) < 0)
		return -1;
	tell_transports();
	if (ask(cli, answers, "By which way?", transport, &answers->transport, err) < 0)
		return -1;
	if (wants_password(answers->transport) &&
	    ask(cli, answers, "Which command prints the password?", "pass show mail",
	        &answers->password_command, err) < 0)
		return -1;
	if (ask(cli, answers, "In whose name?", answers->reader, &answers->sender, err) < 0 ||
	    ask(cli, answers, "At what time of the day?", "09:30", &answers->hour, err) < 0)
		return -1;
	if (check_answer(answers->transport, err) < 0 || check_answer(answers->sender, err) < 0 ||
	    check_answer(answers->password_command, err) < 0 ||
	    check_answer(answers->hour, err) < 0)
		return -1;
	return 0;
}

static void
compose_file(const struct answers *answers, struct buf *out)
{
	buf_addf(out,
	    "# Written by 'digest setup'. 'digest config --show' tells every setting;\n"
	    "# digest(1) explains them.\n\n"
	    "smtp {\n\turl = \"%s\"\n\tfrom = \"%s\"\n",
	    answers->transport, answers->sender);
	if (answers->password_command[0] != '\0')
		buf_addf(out, "\tpassword_command = \"%s\"\n", answers->password_command);
	buf_addf(out,
	    "}\n\nsource hf {\n\tprovider = hf_daily\n}\n\nlist daily {\n"
	    "\ttitle = \"Daily papers\"\n\tsources = {hf}\n\tschedule = \"%s\"\n}\n",
	    answers->hour);
}

/* An answer that cannot be used must not stand in the way of the next try. */
static int
take_back(const char *path, struct err *err)
{
	unlink(path);
	return err_prefix(err, "setup: '%s' was not kept", path);
}

/* The file must say what was meant: it is read back, and everything in it checked. */
static int
check_file(struct cli *cli, const char *path, const char *reader, struct err *err)
{
	struct buf text = BUF_INIT(BUF_LIMIT);
	struct err untold = ERR_NONE;

	config_free(cli->config);
	cli->config = NULL;
	if (config_load(&cli->config, path, run_config_rows(), err) < 0)
		return take_back(path, err);
	if (config_store_path(cli->config, cli->options->db, &cli->store_path, err) < 0)
		return -1;
	struct run_request request = cli_request(cli, "preview");
	cli->exit_code = run_check(&request, &text);
	if (cli->exit_code == 0 && run_send_test(&request, reader, &text, &untold) < 0)
		err_set(err, untold.code,
		    "setup: '%s' is written, but %s; mend it there, then 'digest check "
		    "--send-test %s'",
		    path, untold.text, reader);
	fputs(text.ptr, stderr);
	buf_release(&text);
	if (cli->exit_code == EX_CONFIG) {
		err_set(err, EX_CONFIG, "what is BAD cannot be used; say it another way");
		return take_back(path, err);
	}
	return err_is_set(err) ? -1 : 0;
}

static bool
is_in_environment(const char *name)
{
	const char *value = getenv(name);

	return value != NULL && value[0] != '\0';
}

/* What cron would look for elsewhere is named: the file and the store. */
static void
add_places(const struct cli *cli, struct buf *out)
{
	char *path = realpath(config_path(cli->config), NULL);

	if (path != NULL &&
	    (cli->options->config != NULL || is_in_environment("DIGEST_CONFIG") ||
	        is_in_environment("XDG_CONFIG_HOME")))
		buf_addf(out, " -c '%s'", path);
	if (cli->options->db != NULL || is_in_environment("XDG_STATE_HOME") ||
	    is_in_environment("STATE_DIRECTORY"))
		buf_addf(out, " --db '%s'", cli->store_path.ptr);
	free(path);
}

static int
tell_cron_line(const struct cli *cli, const char *reader, struct err *err)
{
	struct buf text = BUF_INIT(BUF_LIMIT), command = BUF_INIT(BUF_LIMIT);
	char program[4096];
	ssize_t length = readlink("/proc/self/exe", program, sizeof(program) - 1);

	program[length > 0 ? length : 0] = '\0';
	buf_add_string(&command, length > 0 ? program : "digest");
	add_places(cli, &command);
	buf_addf(&text,
	    "%s subscribers add --as-list %s\n"
	    "*/15 * * * *   %s run\n",
	    command.ptr, reader, command.ptr);
	fputs("\nMake the address a reader with the first line, "
	      "and put the second into 'crontab -e':\n",
	    stderr);
	int status = terminal_write(buf_str(&text), err);
	buf_release(&text);
	buf_release(&command);
	return status;
}

int
command_setup(struct cli *cli, struct err *err)
{
	struct buf path = BUF_INIT(BUF_LIMIT), file = BUF_INIT(BUF_LIMIT);
	struct answers answers = { 0 };
	int status = -1;

	if (cli_check_operands(cli, 0, 0, err) < 0 || cli_new_config_path(cli, &path, err) < 0)
		goto out;
	if (access(path.ptr, F_OK) == 0) {
		err_set(err, EX_CANTCREAT, "setup: '%s' exists already; edit it, or move it away",
		    path.ptr);
		goto out;
	}
	if (ask_all(cli, &answers, err) < 0)
		goto out;
	compose_file(&answers, &file);
	if (cli_write_config(path.ptr, buf_str(&file), err) < 0)
		goto out;
	fprintf(stderr, "wrote %s\n", path.ptr);
	if (check_file(cli, path.ptr, answers.reader, err) < 0)
		goto out;
	status = tell_cron_line(cli, answers.reader, err);
out:
	buf_release(&path);
	buf_release(&file);
	return status;
}
