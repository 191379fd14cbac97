/*
 * digest like: papers that others should be like; which ones were named; forgetting one.
 */
#include "liking.h"
#include "terminal.h"

#include "digest/identity.h"

#include <stdint.h>
#include <string.h>

/* ---- digest like list ---- */

static void
add_line(struct buf *text, const struct store_liking *liking)
{
	char day[DATE_DAY_BYTES];

	buf_addf(text, "%s  %-7s  %-20.*s  %.*s", date_format_day(day, date_day_of(liking->at)),
	    liking->is_liked ? "like" : "dislike", STR_ARG(liking->key),
	    STR_ARG(liking->entry->title));
	if (liking->list.len > 0)
		buf_addf(text, "  (list %.*s)", STR_ARG(liking->list));
	buf_add_char(text, '\n');
}

static int
show_all(struct cli *cli, struct err *err)
{
	struct buf text = BUF_INIT(BUF_LIMIT);
	struct store_liking *likings = NULL;
	struct cli_store open = { 0 };
	const char *list;
	size_t count = 0;
	int status = -1;

	if (liking_list(cli, &list, err) < 0 || cli_open_store(cli, DB_OVERLAY, &open, err) < 0 ||
	    store_likings(open.store, cli->options->list != NULL ? list : NULL, cli->arena,
	        &likings, &count, err) < 0)
		goto out;
	for (size_t i = 0; i < count; i++)
		add_line(&text, &likings[i]);
	status = terminal_show(buf_str(&text), err);
out:
	cli_close_store(&open);
	buf_release(&text);
	return status;
}

/* ---- digest like forget ---- */

static int
forget_one(
    struct cli *cli, struct store *store, const char *list, const char *name, struct err *err)
{
	bool was_there = false;
	struct str alias;

	/* What no source has listed goes by the name that 'like list' shows. */
	if (store_forget_liking(store, list, str_from(name), &was_there, err) < 0)
		return -1;
	if (!was_there && identity_from_user(cli->arena, str_from(name), &alias) == 0 &&
	    store_forget_liking(store, list, alias, &was_there, err) < 0)
		return -1;
	if (was_there)
		return 0;
	return err_set(err, EX_DATAERR,
	    "like: nothing was said of '%s'%s%s; see 'digest like list'", name,
	    list[0] != '\0' ? " on list " : "", list);
}

static int
forget(struct cli *cli, struct err *err)
{
	struct cli_store open = { 0 };
	const char *list;
	int status = -1;

	if (cli_check_operands(cli, 2, SIZE_MAX, err) < 0 || liking_list(cli, &list, err) < 0 ||
	    cli_open_store(cli, DB_WRITE, &open, err) < 0 ||
	    db_begin(store_db(open.store), err) < 0)
		goto out;
	status = 0;
	for (size_t i = 1; i < cli->options->operand_count && status == 0; i++)
		status = forget_one(cli, open.store, list, cli_operand(cli, i), err);
	if (status == 0)
		status = db_commit(store_db(open.store), err);
	db_rollback(store_db(open.store));
out:
	cli_close_store(&open);
	return status;
}

int
command_like(struct cli *cli, struct err *err)
{
	const char *verb = cli_operand(cli, 0);

	if (verb[0] == '\0' || strcmp(verb, "list") == 0) {
		if (cli_check_operands(cli, 0, 1, err) < 0)
			return -1;
		return show_all(cli, err);
	}
	if (strcmp(verb, "forget") == 0)
		return forget(cli, err);
	return liking_remember(cli, true, err);
}
