/*
 * What main hands to a command, and what commands share. A command is a function command_NAME() in
 * command_NAME.c and a row in commands.def.
 */
#ifndef DIGEST_CLI_CLI_H
#define DIGEST_CLI_CLI_H

#include "options.h"

#include "digest/config.h"
#include "digest/ledger.h"
#include "digest/run.h"
#include "digest/store.h"

struct cli {
	struct options *options;
	struct config *config;
	struct buf store_path;
	struct arena *arena;
	int exit_code; /* of troubles that did not end the command */
	bool is_silent; /* the error that ended it need not be printed */
	bool is_waiting; /* what was run is to be run again: it waits, or another run is at work */
	int64_t next_due; /* when it has something to do next, or DATE_NO_INSTANT */
};

#define COMMAND(name, ...) int command_##name(struct cli *cli, struct err *err);
#include "commands.def"
#undef COMMAND

/* The request that the options make, for the mode of that name. */
struct run_request cli_request(const struct cli *cli, const char *mode);

/*
 * Reads the configuration that the options name, and finds the store. To be released in any case.
 */
int cli_load_config(
    const struct cli *cli, struct config **config, struct buf *store_path, struct err *err);

/* Lets the configuration count, now that it is good: what it says of arXiv's calendar. */
void cli_heed_config(struct cli *cli);

/* Runs a request and tells what came of it: data to stdout, the rest to people on stderr. */
int cli_run(struct cli *cli, const struct run_request *request, struct err *err);

/*
 * The same of work that is no run: tells its result, which is released, and gives the status back.
 */
int cli_tell(struct cli *cli, struct run_result *result, int status, struct err *err);

/* Whether long work shows how far it is. */
bool cli_shows_progress(const struct options *options);

/* The store without writing to it (an absent one is empty), with its ledger. */
struct cli_store {
	struct store *store;
	struct ledger *ledger;
	struct store_lock *lock;
};
int
cli_open_store(struct cli *cli, enum db_access access, struct cli_store *store, struct err *err);
void cli_close_store(struct cli_store *store);

/* Where a new configuration file belongs; and writing one, with mode 0600, never over another. */
int cli_new_config_path(const struct cli *cli, struct buf *out, struct err *err);
int cli_write_config(const char *path, struct str text, struct err *err);

/*
 * Puts text after that of the configuration file at `path`, whose mode stays; the file is replaced
 * at once or, when the whole would not be understood, not at all.
 */
int cli_extend_config(const char *path, struct str text, struct err *err);

/* The list that --list names, or the only configured one: its key. EX_USAGE names the choices. */
int cli_list(const struct cli *cli, const char **name, struct err *err);

/* Whether --json or --format=json asks for data. */
bool cli_wants_json(const struct cli *cli);

/* The --format that was asked for, if it is one to take papers away in: else NULL. */
struct export_format;
const struct export_format *cli_export_format(const struct cli *cli);

/* Papers in that format, if there is one: else false. */
struct export_head;
bool cli_export(const struct cli *cli, const struct export_head *head, struct entry *const *entries,
    size_t count, struct buf *out);

/* The first operand as a paper's name: EX_USAGE. And the paper of that name: EX_DATAERR. */
int cli_read_name(const struct cli *cli, struct str *alias, struct err *err);
int
cli_find_entry(const struct cli *cli, struct store *store, struct entry **entry, struct err *err);

/* The operand at that place, or "" after the last. */
const char *cli_operand(const struct cli *cli, size_t index);

/* EX_USAGE with the command's usage when operands are too few or too many. */
int cli_check_operands(const struct cli *cli, size_t least, size_t most, struct err *err);

#endif
