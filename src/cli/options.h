/*
 * The command line: options.def and commands.def, and what a user said with them. Nothing is
 * printed and nothing ends here.
 */
#ifndef DIGEST_CLI_OPTIONS_H
#define DIGEST_CLI_OPTIONS_H

#include "digest/buf.h"
#include "digest/err.h"

struct options_strings {
	const char **items;
	size_t count;
};

enum options_progress { OPTIONS_PROGRESS_AUTO, OPTIONS_PROGRESS_ALWAYS, OPTIONS_PROGRESS_NEVER };

/* What comes after these are the formats of export.h, in their order. */
enum options_form { OPTIONS_FORM_TEXT, OPTIONS_FORM_JSON, OPTIONS_FORM_EXPORT };

/* A format, a count or a time that was not given. */
enum { OPTIONS_UNSET = -1 };

/*
 * Strings are borrowed from argv, NULL where nothing was said; an
 * option given twice counts as it was given last, unless it is repeatable.
 */
struct options {
	const char *command; /* a row of commands.def; NULL for none: a mode, or `digest` alone */
	const char *const *operands;
	size_t operand_count;

	/* modes: without `preview`, addresses are sent to; with it, it shows what they would get */
	int preview; /* enum run_format, or OPTIONS_UNSET */
	struct options_strings send_to;

	/* selection */
	struct options_strings source;
	const char *list;
	struct options_strings match;
	int64_t limit; /* 0 for no limit, or OPTIONS_UNSET */
	const char *rank;
	int32_t date, since; /* or DATE_NO_DAY */
	bool is_offline;
	bool forces_clock;

	/* delivery */
	const char *from, *transport;
	int64_t wait_s; /* or OPTIONS_UNSET */
	bool may_grow, is_dry_run;

	/* general */
	const char *config;
	struct options_strings set;
	const char *db;
	bool is_verbose;
	int progress; /* enum options_progress */
	bool is_help, is_version;

	/* of single commands */
	bool as_cron;
	const char *send_test, *completion;
	bool is_show, is_init, is_json;
	int32_t until; /* or DATE_NO_DAY */
	bool is_list_address;
	int sort; /* enum store_order */
	int form; /* enum options_form */
	const char *reader; /* --for */
	int log; /* enum options_form */
	int64_t next; /* how many runs, or OPTIONS_UNSET */
	const char *follow; /* the name of a list to make */
};

/*
 * Reads argv (and permutes it: operands go last). EX_USAGE with what is wrong and, for an unknown
 * option or command, the nearest name. To be released in any case.
 */
int options_parse(struct options *options, int argc, char **argv, struct err *err);
void options_release(struct options *options);

/* All options and commands, one line each, on one screen of 80 columns. */
void options_print_help(struct buf *out);

/* What one command does and takes. EX_USAGE, naming the nearest, when there is none such. */
int options_print_command_help(struct buf *out, const char *command, struct err *err);

/* A completion script for "bash", "zsh" or "fish"; EX_USAGE for another shell. */
int options_write_completion(struct buf *out, const char *shell, struct err *err);

#endif
