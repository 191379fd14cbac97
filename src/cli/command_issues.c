/*
 * digest issues: what was made and what became of it; and sending it again.
 */
#include "cli.h"
#include "terminal.h"

#include "digest/export.h"
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

/* What one reader was sent, and what became of it. */
static int
add_history(
    struct cli *cli, struct ledger *ledger, const char *address, struct buf *out, struct err *err)
{
	struct ledger_past *pasts;
	size_t count;
	char day[DATE_DAY_BYTES], instant[DATE_INSTANT_BYTES];

	if (ledger_history(ledger, address, LISTED_COUNT, cli->arena, &pasts, &count, err) < 0)
		return -1;
	for (size_t i = 0; i < count; i++) {
		const struct ledger_past *past = &pasts[i];
		buf_addf(out, "%6lld  %s  %-16.*s  %s since %s", (long long)past->issue,
		    date_format_day(day, past->date), STR_ARG(past->list),
		    ledger_state_name(past->state), date_format_instant(instant, past->changed_at));
		if (past->attempts > 1)
			buf_addf(out, ", attempt %d", past->attempts);
		if (past->doubts > 0)
			buf_addf(out, ", in doubt %d %s", past->doubts,
			    past->doubts == 1 ? "time" : "times");
		if (past->next_at != DATE_NO_INSTANT)
			buf_addf(out, ", again at %s", date_format_instant(instant, past->next_at));
		if (past->reply.len > 0)
			buf_addf(out, ": %.*s: %d %.*s", STR_ARG(past->phase), past->code,
			    STR_ARG(past->reply));
		buf_add_char(out, '\n');
	}
	return 0;
}

/* The frozen text, as any recipient read it. */
static int
add_frozen_text(struct store *store, int64_t id, struct buf *out, struct err *err)
{
	struct buf message = BUF_INIT(BUF_LIMIT);
	struct mime_parts parts = MIME_PARTS_INIT;
	struct err first = ERR_NONE;

	int status = store_message(store, id, MESSAGE_TO_LIST, &message, &first);
	if (status < 0)
		status = store_message(store, id, MESSAGE_TO_PERSON, &message, err);
	if (status == 0)
		status = mime_read_message(&parts, buf_str(&message), err);
	if (status == 0)
		buf_add(out, buf_str(&parts.text));
	buf_release(&message);
	mime_parts_release(&parts);
	return status;
}

/* The issue again as it was composed, from what the store keeps of it. */
static int
read_issue(struct cli *cli, struct store *store, const struct store_issue *row, struct issue *issue,
    struct err *err)
{
	struct store_candidate *items = NULL;
	size_t count = 0;

	if (store_issue_entries(store, row->id, cli->arena, &items, &count, err) < 0)
		return -1;
	*issue = (struct issue){
		.list = row->list,
		.title = row->title,
		.date = row->date,
		.made_at = row->frozen_at,
		.items = arena_array(cli->arena, count + 1, sizeof(struct issue_item)),
		.item_count = count,
	};
	for (size_t i = 0; i < count; i++)
		issue->items[i] = (struct issue_item){
			.entry = items[i].entry,
			.section = items[i].section,
			.from_version = items[i].from_version,
			.changes = items[i].changes,
			.why = items[i].why,
			.form = items[i].form,
		};
	for (struct str rest = row->notes, line; str_next_line(&rest, &line);) {
		issue->notes =
		    arena_grow(cli->arena, issue->notes, &issue->note_count, sizeof(line));
		issue->notes[issue->note_count - 1] = line;
	}
	issue_count(issue);
	return 0;
}

/* For programs, or its papers to take away. */
static int
add_data(struct cli *cli, struct store *store, int64_t id, struct buf *out, struct err *err)
{
	const struct export_format *format = cli_export_format(cli);
	struct store_issue row;
	struct issue issue;

	if (store_issue(store, id, cli->arena, &row, err) < 0 ||
	    read_issue(cli, store, &row, &issue, err) < 0)
		return -1;
	if (format != NULL)
		export_issue(format, &issue, row.list, row.audience, out);
	else
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

/* ---- what is asked for ---- */

/* The issue and the reader that a verb is about: 0 and "" for any. */
struct target {
	int64_t issue;
	struct buf address;
};

static int
parse_target(const struct cli *cli, struct target *target, struct err *err)
{
	const char *text = cli_operand(cli, 1);
	const char *reader = cli->options->reader;

	if (text[0] != '\0' && str_to_int(str_from(text), 1, INT64_MAX, &target->issue) < 0)
		return err_set(err, EX_USAGE,
		    "issues: '%s' is no issue; 'digest issues list' shows their numbers", text);
	if (reader == NULL || message_check_recipient(&target->address, str_from(reader), err) == 0)
		return 0;
	return err_prefix(err, "--for");
}

static int
send_again(struct cli *cli, const struct target *target, bool is_retry, struct err *err)
{
	struct run_request request = cli_request(cli, "resend");

	request.resend_issue = target->issue;
	request.resend_address = target->address.ptr;
	request.is_retry = is_retry;
	return cli_run(cli, &request, err);
}

static int
resend(struct cli *cli, const struct target *target, struct err *err)
{
	return send_again(cli, target, false, err);
}

static int
retry(struct cli *cli, const struct target *target, struct err *err)
{
	return send_again(cli, target, true, err);
}

static int
cancel(struct cli *cli, const struct target *target, struct err *err)
{
	struct ledger_scope scope = { .issue = target->issue, .address = target->address.ptr };
	struct cli_store open = { 0 };
	struct store_issue issue;
	struct buf text = BUF_INIT(BUF_LIMIT);
	size_t count = 0;
	int status = -1;

	if (scope.issue == 0 && scope.address[0] == '\0')
		return err_set(
		    err, EX_USAGE, "issues: cancel what? name an issue, or --for ADDRESS");
	if (cli_open_store(cli, DB_WRITE, &open, err) < 0)
		goto out;
	if (scope.issue != 0 && store_issue(open.store, scope.issue, cli->arena, &issue, err) < 0)
		goto out;
	if (ledger_cancel_scope(open.ledger, &scope, &count, err) < 0)
		goto out;
	buf_addf(&text, "cancelled %zu %s\n", count, count == 1 ? "delivery" : "deliveries");
	status = terminal_write(buf_str(&text), err);
out:
	cli_close_store(&open);
	buf_release(&text);
	return status;
}

static int
list(struct cli *cli, const struct target *target, struct err *err)
{
	struct buf text = BUF_INIT(BUF_LIMIT);
	struct cli_store open = { 0 };
	int status = cli_open_store(cli, DB_OVERLAY, &open, err);

	if (status == 0 && target->address.len > 0)
		status = add_history(cli, open.ledger, target->address.ptr, &text, err);
	else if (status == 0)
		status = list_issues(cli, open.store, &text, err);
	if (status == 0)
		status = terminal_show(buf_str(&text), err);
	cli_close_store(&open);
	buf_release(&text);
	return status;
}

static int
show(struct cli *cli, const struct target *target, struct err *err)
{
	struct buf text = BUF_INIT(BUF_LIMIT);
	struct cli_store open = { 0 };
	int status = cli_open_store(cli, DB_OVERLAY, &open, err);

	if (status == 0 && (cli_wants_json(cli) || cli_export_format(cli) != NULL))
		status = add_data(cli, open.store, target->issue, &text, err);
	else if (status == 0)
		status = show_issue(cli, &open, target->issue, &text, err);
	if (status == 0)
		status = terminal_show(buf_str(&text), err);
	cli_close_store(&open);
	buf_release(&text);
	return status;
}

static const struct verb {
	const char *name;
	size_t least, most; /* operands, the verb included */
	int (*act)(struct cli *cli, const struct target *target, struct err *err);
} verbs[] = {
	{ "list", 0, 1, list },
	{ "show", 2, 2, show },
	{ "resend", 2, 2, resend },
	{ "retry", 1, 2, retry },
	{ "cancel", 1, 2, cancel },
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
command_issues(struct cli *cli, struct err *err)
{
	const char *word = cli_operand(cli, 0);
	const struct verb *verb = word[0] == '\0' ? &verbs[0] : find_verb(word);
	struct target target = { .address = BUF_INIT(BUF_LIMIT) };
	int status = -1;

	if (verb == NULL)
		return err_set(err, EX_USAGE,
		    "issues: '%s' is none of list, show, resend, retry, cancel", word);
	if (cli->options->form != OPTIONS_FORM_TEXT && verb->act != show)
		return err_set(err, EX_USAGE,
		    "issues: --format is for one issue; "
		    "'digest issues show N --format ...' has it");
	if (cli_check_operands(cli, verb->least, verb->most, err) == 0 &&
	    parse_target(cli, &target, err) == 0)
		status = verb->act(cli, &target, err);
	buf_release(&target.address);
	return status;
}
