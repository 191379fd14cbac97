/*
 * digest check: find out what would go wrong, before cron does.
 */
#include "cli.h"
#include "terminal.h"

#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The environment that crond gives: HOME, LOGNAME, a shell and a short PATH, nothing else. */
static int
become_cron(struct err *err)
{
	const struct passwd *user = getpwuid(geteuid());

	if (user == NULL)
		return err_set(err, EX_OSERR, "check: this user is not in the password database");
	clearenv();
	setenv("HOME", user->pw_dir, 1);
	setenv("LOGNAME", user->pw_name, 1);
	setenv("SHELL", "/bin/sh", 1);
	setenv("PATH", "/usr/bin:/bin", 1);
	return 0;
}

/* Whether cron finds the configuration and store that are found here. */
static int
compare_as_cron(struct cli *cli, struct buf *out, struct err *err)
{
	struct config *config = NULL;
	struct buf store = BUF_INIT(BUF_LIMIT);
	int status = -1;

	if (become_cron(err) < 0)
		return -1;
	if (config_load(&config, cli->options->config, run_config_rows(), err) < 0 ||
	    config_store_path(config, cli->options->db, &store, err) < 0) {
		err_prefix(err, "check: in cron's environment");
		goto out;
	}
	if (strcmp(config_path(config), config_path(cli->config)) != 0 &&
	    config_path(config)[0] == '\0')
		err_set(err, EX_CONFIG,
		    "check: cron finds no configuration, you have '%s'; say -c '%s' in the crontab",
		    config_path(cli->config), config_path(cli->config));
	else if (strcmp(config_path(config), config_path(cli->config)) != 0)
		err_set(err, EX_CONFIG,
		    "check: cron finds the configuration '%s', you have '%s'; "
		    "say -c '%s' in the crontab",
		    config_path(config), config_path(cli->config), config_path(cli->config));
	else if (strcmp(store.ptr, cli->store_path.ptr) != 0)
		err_set(err, EX_CONFIG,
		    "check: cron finds the store '%s', you have '%s'; say --db '%s' there",
		    store.ptr, cli->store_path.ptr, cli->store_path.ptr);
	else {
		buf_add_string(out, "ok    cron finds the same configuration and store\n");
		status = 0;
	}
out:
	config_free(config);
	buf_release(&store);
	return status;
}

int
command_check(struct cli *cli, struct err *err)
{
	struct run_request request = cli_request(cli, "preview");
	struct buf text = BUF_INIT(BUF_LIMIT);
	int status = 0;

	if (cli_check_operands(cli, 0, 0, err) < 0)
		return -1;
	if (cli->options->as_cron)
		status = compare_as_cron(cli, &text, err);
	cli->exit_code = run_check(&request, &text);
	if (status == 0 && cli->options->send_test != NULL)
		status = run_send_test(&request, cli->options->send_test, &text, err);
	struct err lost = ERR_NONE;
	if (terminal_write(buf_str(&text), &lost) < 0 && status == 0) {
		*err = lost;
		status = -1;
	}
	buf_release(&text);
	return status;
}
