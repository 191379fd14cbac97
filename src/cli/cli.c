/*
 * What commands share: the request that the options make, running it, and opening the store.
 */
#include "cli.h"
#include "terminal.h"

#include "digest/calendar.h"
#include "digest/export.h"
#include "digest/identity.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

/* How long mail that a server puts off is waited for, when --wait does not say. */
enum { WATCHED_WAIT_S = 60, CRON_WAIT_S = 600 };

/* Text for a terminal is wider than mail, but not as wide as some terminals. */
enum { MOST_COLUMNS = 100 };

bool
cli_shows_progress(const struct options *options)
{
	if (options->progress == OPTIONS_PROGRESS_AUTO)
		return terminal_is_watched();
	return options->progress == OPTIONS_PROGRESS_ALWAYS;
}

static int64_t
usual_wait_s(void)
{
	return terminal_is_watched() ? WATCHED_WAIT_S : CRON_WAIT_S;
}

static size_t
text_columns(void)
{
	size_t columns = terminal_columns();

	return columns > MOST_COLUMNS ? MOST_COLUMNS : columns;
}

struct run_request
cli_request(const struct cli *cli, const char *mode)
{
	const struct options *options = cli->options;

	return (struct run_request){
		.mode = mode,
		.config = cli->config,
		.store_path = cli->store_path.ptr,
		.sources = options->source.items,
		.source_count = options->source.count,
		.list = options->list,
		.matches = options->match.items,
		.match_count = options->match.count,
		.rank = options->rank,
		.limit = options->limit,
		.date = options->date,
		.since = options->since,
		.until = options->until,
		.is_offline = options->is_offline,
		.forces_clock = options->forces_clock,
		.addresses = options->send_to.items,
		.address_count = options->send_to.count,
		.from = options->from,
		.transport = options->transport,
		.wait_s = options->wait_s != OPTIONS_UNSET ? options->wait_s : usual_wait_s(),
		.may_grow = options->may_grow,
		.confirm = terminal_can_ask() && !options->is_dry_run ? terminal_confirm : NULL,
		.is_watched = terminal_is_watched(),
		.format = options->preview == OPTIONS_UNSET ? RUN_TEXT : options->preview,
		.columns = text_columns(),
		.has_colour = terminal_has_colour(),
		.progress = cli_shows_progress(options) ? terminal_progress : NULL,
		.picturing = cli_shows_progress(options) ? terminal_picturing : NULL,
		.sending = cli_shows_progress(options) ? terminal_sending : NULL,
	};
}

int
cli_load_config(
    const struct cli *cli, struct config **config, struct buf *store_path, struct err *err)
{
	const struct options *options = cli->options;

	if (config_load(config, options->config, run_config_rows(), err) < 0)
		return -1;
	for (size_t i = 0; i < options->set.count; i++) {
		if (config_override(*config, options->set.items[i], err) < 0)
			return -1;
	}
	return config_store_path(*config, options->db, store_path, err);
}

void
cli_heed_config(struct cli *cli)
{
	const struct settings *digest = config_settings(cli->config, CONFIG_DIGEST);
	size_t count = settings_count(digest, "arxiv_holidays");
	struct calendar_holiday *holidays = arena_array(cli->arena, count + 1, sizeof(*holidays));
	struct err none = ERR_NONE;

	/* They were checked as they were read. */
	for (size_t i = 0; i < count; i++) {
		struct str text = str_from(settings_string_at(digest, "arxiv_holidays", i));
		calendar_parse_holiday(&holidays[i], text, &none);
	}
	calendar_set_holidays(holidays, count);
}

/* Lines for people: each begins with the program's name, as an error's does. */
static void
tell_troubles(struct str troubles)
{
	struct str line;

	while (str_next_line(&troubles, &line))
		fprintf(stderr, "digest: %.*s\n", STR_ARG(line));
}

/* A run that a signal ended, ends by it: whoever started it must see that. */
static void
die_of_signal(int number)
{
	signal(number, SIG_DFL);
	raise(number);
}

int
cli_tell(struct cli *cli, struct run_result *result, int status, struct err *err)
{
	struct err lost = ERR_NONE;

	tell_troubles(buf_str(&result->troubles));
	if (result->data.len > 0 && terminal_show(buf_str(&result->data), &lost) < 0 &&
	    status == 0) {
		*err = lost;
		status = -1;
	}
	if (terminal_is_watched() || cli->options->is_verbose)
		fprintf(stderr, "%s", result->said.ptr);
	cli->exit_code = err_worse_code(cli->exit_code, result->exit_code);
	cli->is_silent = result->is_old_news;
	if (result->is_interrupted)
		die_of_signal(result->signal);
	run_result_release(result);
	return status;
}

int
cli_run(struct cli *cli, const struct run_request *request, struct err *err)
{
	struct run_result result = RUN_RESULT_INIT;

	int status = run(request, &result, err);
	bool is_busy = result.is_busy;
	cli->is_waiting = result.is_waiting || is_busy;
	cli->next_due = result.next_due;
	terminal_end_progress();
	terminal_end_bar();
	status = cli_tell(cli, &result, status, err);
	if (is_busy && request->yields_to_other) {
		err_clear(err);
		status = 0;
	}
	return status;
}

int
cli_open_store(struct cli *cli, enum db_access access, struct cli_store *store, struct err *err)
{
	*store = (struct cli_store){ 0 };
	if (access == DB_WRITE && store_lock(&store->lock, cli->store_path.ptr, err) < 0)
		return -1;
	if (store_open(&store->store, cli->store_path.ptr, access, err) < 0)
		return -1;
	return ledger_open(&store->ledger, store_db(store->store), err);
}

void
cli_close_store(struct cli_store *store)
{
	ledger_close(store->ledger);
	store_close(store->store);
	store_unlock(store->lock);
}

/* Names the configured lists, for one who must choose. */
static int
refuse_list(const struct cli *cli, const char *what, struct err *err)
{
	struct buf names = BUF_INIT(BUF_LIMIT);
	struct settings *settings;
	const char *name;

	for (size_t i = 0; (name = config_title(cli->config, CONFIG_LIST, i, &settings)) != NULL;
	     i++)
		buf_addf(&names, "%s'%s'", i > 0 ? ", " : "", name);
	err_set(err, EX_USAGE, "--list: %s; the configuration has %s", what, names.ptr);
	buf_release(&names);
	return -1;
}

int
cli_list(const struct cli *cli, const char **name, struct err *err)
{
	struct settings *settings;

	*name = cli->options->list;
	if (*name != NULL && config_find(cli->config, CONFIG_LIST, *name) == NULL)
		return refuse_list(cli, "there is no such list", err);
	if (*name != NULL)
		return 0;
	if (config_title(cli->config, CONFIG_LIST, 1, &settings) != NULL)
		return refuse_list(cli, "say which list", err);
	*name = config_title(cli->config, CONFIG_LIST, 0, &settings);
	return 0;
}

bool
cli_wants_json(const struct cli *cli)
{
	return cli->options->is_json || cli->options->form == OPTIONS_FORM_JSON;
}

const struct export_format *
cli_export_format(const struct cli *cli)
{
	int form = cli->options->form;

	return form >= OPTIONS_FORM_EXPORT ? export_format((size_t)(form - OPTIONS_FORM_EXPORT))
	                                   : NULL;
}

bool
cli_export(const struct cli *cli, const struct export_head *head, struct entry *const *entries,
    size_t count, struct buf *out)
{
	const struct export_format *format = cli_export_format(cli);

	if (format != NULL)
		export_write(format, head, entries, count, out);
	return format != NULL;
}

const char *
cli_operand(const struct cli *cli, size_t index)
{
	return index < cli->options->operand_count ? cli->options->operands[index] : "";
}

int
cli_check_operands(const struct cli *cli, size_t least, size_t most, struct err *err)
{
	size_t count = cli->options->operand_count;
	const char *command = cli->options->command;

	if (count >= least && count <= most)
		return 0;
	return err_set(err, EX_USAGE, "%s: %s; 'digest help %s' tells what it takes", command,
	    count < least ? "something is missing" : "there is a word too many", command);
}

int
cli_read_name(const struct cli *cli, struct str *alias, struct err *err)
{
	const char *name = cli_operand(cli, 0);

	if (identity_from_user(cli->arena, str_from(name), alias) == 0)
		return 0;
	return err_set(err, EX_USAGE,
	    "%s: '%s' is no name of a paper; try an arXiv identifier, a DOI or a URL",
	    cli->options->command, name);
}

int
cli_find_entry(const struct cli *cli, struct store *store, struct entry **entry, struct err *err)
{
	struct str alias;

	if (cli_read_name(cli, &alias, err) < 0 ||
	    store_find(store, cli->arena, alias, entry, err) < 0)
		return -1;
	if (*entry != NULL)
		return 0;
	return err_set(err, EX_DATAERR, "%s: '%s' has not been listed by any source",
	    cli->options->command, cli_operand(cli, 0));
}
