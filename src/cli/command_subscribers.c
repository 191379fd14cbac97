/*
 * digest subscribers: who gets a list.
 */
#include "cli.h"
#include "terminal.h"

#include "digest/clock.h"

#include <string.h>

/* One change to the recipients of a list, in one transaction. */
struct change {
	struct cli *cli;
	struct cli_store *open;
	int64_t list;
	const char *address;
};

static int
add(const struct change *change, struct err *err)
{
	enum message_kind kind =
	    change->cli->options->is_list_address ? MESSAGE_TO_LIST : MESSAGE_TO_PERSON;
	bool is_suppressed = false;

	if (store_subscribe(change->open->store, change->list, change->address, kind, "command",
	        clock_now(), &is_suppressed, err) < 0)
		return -1;
	if (!is_suppressed)
		return 0;
	return err_set(err, EX_DATAERR,
	    "subscribers: '%s' is suppressed: it bounced or asked for no mail", change->address);
}

/* What is still queued for somebody who left does not go out. */
static int
remove_address(const struct change *change, struct err *err)
{
	struct store_recipient *recipients = NULL;
	size_t count = 0, cancelled = 0;

	if (store_unsubscribe(change->open->store, change->list, change->address, err) < 0 ||
	    store_recipients(change->open->store, change->list, change->cli->arena, &recipients,
	        &count, err) < 0)
		return -1;
	for (size_t i = 0; i < count; i++) {
		if (str_is(recipients[i].address, change->address) &&
		    ledger_cancel(change->open->ledger, recipients[i].id, &cancelled, err) < 0)
			return -1;
	}
	return 0;
}

static int
list_all(const struct change *change, struct err *err)
{
	struct store_recipient *recipients = NULL;
	struct buf text = BUF_INIT(BUF_LIMIT);
	size_t count = 0;
	char since[DATE_INSTANT_BYTES];

	if (store_recipients(change->open->store, change->list, change->cli->arena, &recipients,
	        &count, err) < 0)
		return -1;
	for (size_t i = 0; i < count; i++)
		buf_addf(&text, "%-40.*s  %-10.*s  %s  %.*s, %s\n", STR_ARG(recipients[i].address),
		    STR_ARG(recipients[i].state),
		    recipients[i].kind == MESSAGE_TO_LIST ? "list  " : "person",
		    STR_ARG(recipients[i].origin), date_format_instant(since, recipients[i].since));
	int status = terminal_show(buf_str(&text), err);
	buf_release(&text);
	return status;
}

static int
change_one(
    struct change *change, int (*apply)(const struct change *, struct err *), struct err *err)
{
	struct db *db = store_db(change->open->store);
	struct buf address = BUF_INIT(BUF_LIMIT);
	int status = -1;

	if (message_check_address(&address, str_from(cli_operand(change->cli, 1)), err) < 0) {
		err_prefix(err, "subscribers");
		goto out;
	}
	change->address = address.ptr;
	if (db_begin(db, err) < 0)
		goto out;
	status = apply(change, err) == 0 && db_commit(db, err) == 0 ? 0 : -1;
	db_rollback(db);
out:
	buf_release(&address);
	return status;
}

static int
open_list(struct change *change, enum db_access access, struct err *err)
{
	struct db *db;
	const char *name;

	if (cli_list(change->cli, &name, err) < 0 ||
	    cli_open_store(change->cli, access, change->open, err) < 0)
		return -1;
	db = store_db(change->open->store);
	if (db_begin(db, err) < 0)
		return -1;
	if (store_list(change->open->store, name, &change->list, err) == 0 &&
	    db_commit(db, err) == 0)
		return 0;
	db_rollback(db);
	return -1;
}

struct verb {
	const char *name;
	size_t operand_count; /* the verb included */
	enum db_access access;
	int (*apply)(const struct change *change, struct err *err);
};

static const struct verb verbs[] = {
	{ "list", 1, DB_OVERLAY, list_all },
	{ "add", 2, DB_WRITE, add },
	{ "remove", 2, DB_WRITE, remove_address },
};

static const struct verb *
find_verb(const char *name)
{
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		if (strcmp(verbs[i].name, name) == 0)
			return &verbs[i];
	}
	return NULL;
}

int
command_subscribers(struct cli *cli, struct err *err)
{
	size_t count = cli->options->operand_count;
	const struct verb *verb = find_verb(count > 0 ? cli_operand(cli, 0) : "list");
	struct cli_store open = { 0 };
	struct change change = { .cli = cli, .open = &open };

	if (verb == NULL)
		return err_set(err, EX_USAGE, "subscribers: '%s' is none of list, add, remove",
		    cli_operand(cli, 0));
	if (count > 0 && cli_check_operands(cli, verb->operand_count, verb->operand_count, err) < 0)
		return -1;
	int status = open_list(&change, verb->access, err);
	if (status == 0)
		status = verb->access == DB_WRITE ? change_one(&change, verb->apply, err)
		                                  : verb->apply(&change, err);
	cli_close_store(&open);
	return status;
}
