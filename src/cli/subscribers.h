/* What the files of `digest subscribers` share. */
#ifndef DIGEST_CLI_SUBSCRIBERS_H
#define DIGEST_CLI_SUBSCRIBERS_H

#include "cli.h"

/* One change to the recipients of a list, in one transaction. */
struct subscribers {
	struct cli *cli;
	struct cli_store open;
	const char *list_name;
	int64_t list;
	struct run_request request; /* to check settings with */
};

/* Whether a list's issue could be made with these settings, in the form they are stored in. */
int subscribers_check_settings(
    struct subscribers *subscribers, const char *address, struct str settings, struct err *err);

/* The value of a key among settings as they are stored; "" when it has none. */
struct str subscribers_value(struct str settings, const char *key);

/* Sets a state by its name. EX_DATAERR for one that there is not. */
int subscribers_set_state(struct subscribers *subscribers, const struct store_recipient *recipient,
    struct str state, struct str until, struct err *err);

/* A file of addresses or CSV into the list, all of it or nothing; and all recipients as CSV. */
int subscribers_import(struct subscribers *subscribers, const char *path, struct err *err);
int subscribers_export(struct subscribers *subscribers, struct err *err);

#endif
