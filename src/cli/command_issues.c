/*
 * digest issues: what was made and what became of it; and sending it again.
 */
#include "cli.h"
#include "terminal.h"

#include "digest/mime.h"
#include "digest/render.h"

#include <string.h>

enum { LISTED_COUNT = 30 };

static void
add_issue(struct buf *out, const struct store_issue *issue)
{
	char day[DATE_DAY_BYTES];

	buf_addf(out, "%6lld  %s  %-16.*s  %3zu new", (long long)issue->id,
	    date_format_day(day, issue->date), STR_ARG(issue->list), issue->new_count);
	if (issue->updated_count > 0)
		buf_addf(out, ", %zu updated", issue->updated_count);
	buf_addf(out, "  %zu of %zu accepted", issue->accepted_count, issue->delivery_count);
	if (issue->audience.len > 0)
		buf_addf(out, "  %.*s", STR_ARG(issue->audience));
	buf_add_char(out, '\n');
}

static int
list_issues(struct cli *cli, struct store *store, struct buf *out, struct err *err)
{
	const char *list = cli->options->list != NULL ? cli->options->list : "";
	struct store_issue *issues = NULL;
	size_t count = 0;

	if (store_issues(store, list, LISTED_COUNT, cli->arena, &issues, &count, err) < 0)
		return -1;
	for (size_t i = 0; i < count; i++)
		add_issue(out, &issues[i]);
	return 0;
}

/* The frozen text, as any recipient read it. */
static int
add_frozen_text(struct store *store, int64_t id, struct buf *out, struct err *err)
{
	struct buf message = BUF_INIT(BUF_LIMIT), text = BUF_INIT(BUF_LIMIT),
	           html = BUF_INIT(BUF_LIMIT);
	struct err first = ERR_NONE;

	int status = store_message(store, id, MESSAGE_TO_LIST, &message, &first);
	if (status < 0)
		status = store_message(store, id, MESSAGE_TO_PERSON, &message, err);
	if (status == 0)
		status = mime_read_alternative(buf_str(&message), &text, &html, err);
	if (status == 0)
		buf_add(out, buf_str(&text));
	buf_release(&message);
	buf_release(&text);
	buf_release(&html);
	return status;
}

/* The issue again as it was composed, from what the store keeps of it. */
static int
add_json(struct cli *cli, struct store *store, int64_t id, struct buf *out, struct err *err)
{
	struct store_issue row;
	struct store_candidate *items = NULL;
	struct issue issue = { 0 };
	size_t count = 0;

	if (store_issue(store, id, cli->arena, &row, err) < 0 ||
	    store_issue_entries(store, id, cli->arena, &items, &count, err) < 0)
		return -1;
	issue.list = row.list;
	issue.title = row.title;
	issue.date = row.date;
	issue.items = arena_array(cli->arena, count + 1, sizeof(struct issue_item));
	issue.item_count = count;
	for (size_t i = 0; i < count; i++)
		issue.items[i] = (struct issue_item){
			.entry = items[i].entry,
			.section = items[i].section,
			.from_version = items[i].from_version,
			.changes = items[i].changes,
			.why = items[i].why,
			.form = items[i].form,
		};
	for (struct str rest = row.notes, line; str_next_line(&rest, &line);) {
		issue.notes = arena_grow(cli->arena, issue.notes, &issue.note_count, sizeof(line));
		issue.notes[issue.note_count - 1] = line;
	}
	issue_count(&issue);
	render_json(&issue, row.subject, out);
	return 0;
}

static int
show_issue(struct cli *cli, struct cli_store *open, int64_t id, struct buf *out, struct err *err)
{
	struct store_issue issue;
	struct str *lines = NULL;
	size_t count = 0;
	struct err gone = ERR_NONE;

	if (store_issue(open->store, id, cli->arena, &issue, err) < 0 ||
	    ledger_lines(open->ledger, id, cli->arena, &lines, &count, err) < 0)
		return -1;
	add_issue(out, &issue);
	buf_addf(out, "        %.*s\n", STR_ARG(issue.subject));
	for (size_t i = 0; i < count; i++)
		buf_addf(out, "        %.*s\n", STR_ARG(lines[i]));
	buf_add_char(out, '\n');
	if (add_frozen_text(open->store, id, out, &gone) < 0)
		buf_addf(out, "(%s)\n", gone.text);
	return 0;
}

static int
parse_id(const struct cli *cli, int64_t *id, struct err *err)
{
	const char *text = cli_operand(cli, 1);

	if (str_to_int(str_from(text), 1, INT64_MAX, id) == 0)
		return 0;
	return err_set(err, EX_USAGE,
	    "issues: '%s' is no issue; 'digest issues list' shows their numbers", text);
}

static int
resend(struct cli *cli, struct err *err)
{
	struct run_request request = cli_request(cli, "resend");

	if (cli_check_operands(cli, 2, 2, err) < 0 || parse_id(cli, &request.resend_issue, err) < 0)
		return -1;
	return cli_run(cli, &request, err);
}

static int
read_issues(struct cli *cli, bool is_one, struct err *err)
{
	struct buf text = BUF_INIT(BUF_LIMIT);
	struct cli_store open = { 0 };
	int64_t id = 0;
	int result = -1;

	if (is_one && parse_id(cli, &id, err) < 0)
		goto out;
	if (cli_open_store(cli, DB_OVERLAY, &open, err) < 0)
		goto out;
	if (!is_one)
		result = list_issues(cli, open.store, &text, err);
	else if (cli->options->is_json)
		result = add_json(cli, open.store, id, &text, err);
	else
		result = show_issue(cli, &open, id, &text, err);
	if (result == 0)
		result = terminal_show(buf_str(&text), err);
out:
	cli_close_store(&open);
	buf_release(&text);
	return result;
}

int
command_issues(struct cli *cli, struct err *err)
{
	const char *verb = cli_operand(cli, 0);

	if (strcmp(verb, "resend") == 0)
		return resend(cli, err);
	if (strcmp(verb, "show") == 0)
		return cli_check_operands(cli, 2, 2, err) < 0 ? -1 : read_issues(cli, true, err);
	if (verb[0] == '\0' || strcmp(verb, "list") == 0)
		return cli_check_operands(cli, 0, 1, err) < 0 ? -1 : read_issues(cli, false, err);
	return err_set(err, EX_USAGE, "issues: '%s' is none of list, show, resend", verb);
}
