/*
 * digest subscribers: who gets a list, in which state, with which settings of their own. Files of
 * them are subscribers_file.c's.
 */
#include "subscribers.h"
#include "terminal.h"

#include "digest/clock.h"
#include "digest/json.h"

#include <string.h>

enum { HISTORY_COUNT = 20 };

/* ---- settings ---- */

int
subscribers_check_settings(
    struct subscribers *subscribers, const char *address, struct str settings, struct err *err)
{
	return run_check_reader(
	    &subscribers->request, subscribers->list_name, address, settings, err);
}

struct str
subscribers_value(struct str settings, const char *key)
{
	struct str line, name;

	while (str_next_line(&settings, &line)) {
		if (str_next(&line, '=', &name) && str_is(str_trim(name), key))
			return str_trim(line);
	}
	return STR("");
}

/* Sets a key, or forgets it when the value is empty. */
static void
set_value(struct buf *settings, const char *key, struct str value)
{
	struct buf changed = BUF_INIT(BUF_LIMIT);
	struct str rest = buf_str(settings), line;

	while (str_next_line(&rest, &line)) {
		struct str left = line, name = STR("");
		str_next(&left, '=', &name);
		if (!str_is(str_trim(name), key))
			buf_addf(&changed, "%.*s\n", STR_ARG(line));
	}
	if (value.len > 0)
		buf_addf(&changed, "%s = %.*s\n", key, STR_ARG(value));
	buf_release(settings);
	*settings = changed;
}

/* ---- verbs ---- */

static int
find(struct subscribers *subscribers, const char *address, struct store_recipient *recipient,
    struct err *err)
{
	return store_find_recipient(subscribers->open.store, subscribers->list, address,
	    subscribers->cli->arena, recipient, err);
}

static int
cancel(struct subscribers *subscribers, const char *address, struct err *err)
{
	struct store_recipient recipient;
	size_t count;

	if (find(subscribers, address, &recipient, err) < 0)
		return -1;
	return ledger_cancel(subscribers->open.ledger, recipient.id, &count, err);
}

static int
add(struct subscribers *subscribers, const char *address, struct err *err)
{
	enum message_kind kind =
	    subscribers->cli->options->is_list_address ? MESSAGE_TO_LIST : MESSAGE_TO_PERSON;
	bool is_refused;

	if (store_subscribe(subscribers->open.store, subscribers->list, address, kind, "command",
	        clock_now(), &is_refused, err) < 0)
		return -1;
	if (!is_refused)
		return 0;
	return err_set(err, EX_DATAERR,
	    "'%s' is suppressed: it gets nothing; 'digest subscribers unsuppress' allows it again",
	    address);
}

/* What is still queued for somebody who left does not go out. */
static int
remove_address(struct subscribers *subscribers, const char *address, struct err *err)
{
	if (store_unsubscribe(subscribers->open.store, subscribers->list, address, err) < 0)
		return -1;
	return cancel(subscribers, address, err);
}

int
subscribers_set_state(struct subscribers *subscribers, const struct store_recipient *recipient,
    struct str state, struct str until, struct err *err)
{
	static const char *const states[] = { "pending", "active", "paused", "unsubscribed",
		"bounced" };
	int32_t day = DATE_NO_DAY;

	if (until.len > 0 && str_is(state, "paused") && date_parse_day(until, &day) < 0)
		return err_set(err, EX_DATAERR, "'%.*s' is no day like 2026-08-31", STR_ARG(until));
	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
		if (str_is(state, states[i]))
			return store_set_state(subscribers->open.store, recipient->id, states[i],
			    day, clock_now(), err);
	}
	return err_set(err, EX_DATAERR,
	    "'%.*s' is no state; there are pending, active, paused, unsubscribed and bounced",
	    STR_ARG(state));
}

static int
pause_address(struct subscribers *subscribers, const char *address, struct err *err)
{
	struct store_recipient recipient;

	if (find(subscribers, address, &recipient, err) < 0 ||
	    subscribers_set_state(subscribers, &recipient, STR("paused"),
	        str_from(cli_operand(subscribers->cli, 2)), err) < 0)
		return -1;
	return cancel(subscribers, address, err);
}

/* Mail to the address came back: nothing goes there until somebody resumes it. */
static int
bounced(struct subscribers *subscribers, const char *address, struct err *err)
{
	struct store_recipient recipient;

	if (find(subscribers, address, &recipient, err) < 0 ||
	    subscribers_set_state(subscribers, &recipient, STR("bounced"), STR(""), err) < 0)
		return -1;
	return cancel(subscribers, address, err);
}

static int
resume(struct subscribers *subscribers, const char *address, struct err *err)
{
	struct store_recipient recipient;

	if (find(subscribers, address, &recipient, err) < 0)
		return -1;
	return subscribers_set_state(subscribers, &recipient, STR("active"), STR(""), err);
}

static int
set(struct subscribers *subscribers, const char *address, struct err *err)
{
	struct cli *cli = subscribers->cli;
	struct buf settings = BUF_INIT(BUF_LIMIT);
	struct store_recipient recipient;
	int status = find(subscribers, address, &recipient, err);

	if (status == 0)
		buf_add(&settings, recipient.settings);
	for (size_t i = 2; i < cli->options->operand_count && status == 0; i++) {
		struct str value = str_from(cli_operand(cli, i)), key;
		if (str_find_char(value, '=') < 0 || str_find_char(value, '\n') >= 0) {
			status = err_set(err, EX_USAGE, "'%s' is not KEY=VALUE on one line",
			    cli_operand(cli, i));
			break;
		}
		str_next(&value, '=', &key);
		set_value(&settings, arena_string(cli->arena, str_trim(key)), str_trim(value));
	}
	if (status == 0)
		status = subscribers_check_settings(subscribers, address, buf_str(&settings), err);
	if (status == 0)
		status = store_set_settings(subscribers->open.store, subscribers->list,
		    recipient.id, buf_str(&settings), err);
	buf_release(&settings);
	return status;
}

static int
suppress(struct subscribers *subscribers, const char *address, struct err *err)
{
	bool was_suppressed;

	return store_suppress(subscribers->open.store, address, clock_now(), &was_suppressed, err);
}

static int
unsuppress(struct subscribers *subscribers, const char *address, struct err *err)
{
	bool was_suppressed;

	if (store_unsuppress(subscribers->open.store, address, &was_suppressed, err) < 0)
		return -1;
	if (was_suppressed)
		return 0;
	return err_set(err, EX_DATAERR, "'%s' is not suppressed", address);
}

/* ---- what is shown ---- */

static struct str
state_of(struct subscribers *subscribers, const struct store_recipient *recipient)
{
	char day[DATE_DAY_BYTES];

	if (recipient->paused_until == DATE_NO_DAY)
		return recipient->state;
	return arena_printf(subscribers->cli->arena, "%.*s until %s", STR_ARG(recipient->state),
	    date_format_day(day, recipient->paused_until));
}

static void
add_json(struct json *parent, const struct store_recipient *recipient)
{
	struct json *object = json_add_object(parent, NULL);
	struct json *settings;
	char day[DATE_DAY_BYTES];
	const char *key;

	json_add_text(object, "address", recipient->address);
	json_add_text(
	    object, "kind", recipient->kind == MESSAGE_TO_LIST ? STR("list") : STR("person"));
	json_add_text(object, "state", recipient->state);
	if (recipient->paused_until != DATE_NO_DAY)
		json_add_text(object, "paused_until",
		    str_from(date_format_day(day, recipient->paused_until)));
	else
		json_add_null(object, "paused_until");
	json_add_text(object, "origin", recipient->origin);
	settings = json_add_object(object, "settings");
	for (size_t i = 0; (key = config_reader_key(i)) != NULL; i++) {
		struct str value = subscribers_value(recipient->settings, key);
		if (value.len > 0)
			json_add_text(settings, key, value);
	}
}

static int
show_json(const struct store_recipient *recipients, size_t count, struct err *err)
{
	struct json *array = json_new_array();
	struct buf text = BUF_INIT(256 << 20);

	for (size_t i = 0; i < count; i++)
		add_json(array, &recipients[i]);
	json_write(array, &text);
	buf_add_char(&text, '\n');
	int status = terminal_show(buf_str(&text), err);
	json_free(array);
	buf_release(&text);
	return status;
}

static void
add_line(struct subscribers *subscribers, const struct store_recipient *recipient, struct buf *text)
{
	char since[DATE_INSTANT_BYTES];

	buf_addf(text, "%-40.*s  %-12.*s  %s  %.*s, %s%s\n", STR_ARG(recipient->address),
	    STR_ARG(state_of(subscribers, recipient)),
	    recipient->kind == MESSAGE_TO_LIST ? "list  " : "person", STR_ARG(recipient->origin),
	    date_format_instant(since, recipient->since),
	    recipient->settings.len > 0 ? ", own settings" : "");
}

static int
list_all(struct subscribers *subscribers, const char *address, struct err *err)
{
	struct store_recipient *recipients;
	struct buf text = BUF_INIT(256 << 20);
	size_t count;

	(void)address;
	if (store_recipients(subscribers->open.store, subscribers->list, subscribers->cli->arena,
	        &recipients, &count, err) < 0)
		return -1;
	if (subscribers->cli->options->is_json)
		return show_json(recipients, count, err);
	for (size_t i = 0; i < count; i++)
		add_line(subscribers, &recipients[i], &text);
	int status = terminal_show(buf_str(&text), err);
	buf_release(&text);
	return status;
}

static int
list_suppressed(struct subscribers *subscribers, const char *address, struct err *err)
{
	struct store_suppression *suppressions;
	struct buf text = BUF_INIT(256 << 20);
	char since[DATE_INSTANT_BYTES];
	size_t count;

	(void)address;
	if (store_suppressions(
	        subscribers->open.store, subscribers->cli->arena, &suppressions, &count, err) < 0)
		return -1;
	for (size_t i = 0; i < count; i++)
		buf_addf(&text, "%-40.*s  %s\n", STR_ARG(suppressions[i].address),
		    date_format_instant(since, suppressions[i].at));
	int status = terminal_show(buf_str(&text), err);
	buf_release(&text);
	return status;
}

static int
show(struct subscribers *subscribers, const char *address, struct err *err)
{
	struct store_recipient recipient;
	struct buf text = BUF_INIT(BUF_LIMIT);
	struct ledger_past *pasts;
	size_t count;
	char day[DATE_DAY_BYTES];

	if (find(subscribers, address, &recipient, err) < 0)
		return -1;
	if (subscribers->cli->options->is_json)
		return show_json(&recipient, 1, err);
	if (ledger_history(subscribers->open.ledger, address, HISTORY_COUNT,
	        subscribers->cli->arena, &pasts, &count, err) < 0)
		return -1;
	add_line(subscribers, &recipient, &text);
	buf_add(&text, recipient.settings);
	for (size_t i = 0; i < count; i++)
		buf_addf(&text, "%s  issue %lld of %.*s: %s\n", date_format_day(day, pasts[i].date),
		    (long long)pasts[i].issue, STR_ARG(pasts[i].list),
		    ledger_state_name(pasts[i].state));
	int status = terminal_show(buf_str(&text), err);
	buf_release(&text);
	return status;
}

static int
import_file(struct subscribers *subscribers, const char *path, struct err *err)
{
	return subscribers_import(subscribers, path, err);
}

static int
export_all(struct subscribers *subscribers, const char *address, struct err *err)
{
	(void)address;
	return subscribers_export(subscribers, err);
}

/* ---- the command ---- */

/* What a verb is about. */
enum operand {
	OPERAND_NONE,
	OPERAND_ADDRESS,
	OPERAND_READER, /* an address, or the token in a reader's mail */
	OPERAND_RETURNED, /* these, or the address that mail to him came back to */
};

struct verb {
	const char *name;
	size_t least, most; /* operands, the verb included */
	enum db_access access;
	enum operand operand;
	int (*apply)(struct subscribers *subscribers, const char *operand, struct err *err);
	bool is_for_all_lists;
};

static const struct verb verbs[] = {
	{ "list", 0, 1, DB_OVERLAY, OPERAND_NONE, list_all, false },
	{ "add", 2, 2, DB_WRITE, OPERAND_ADDRESS, add, false },
	{ "remove", 2, 2, DB_WRITE, OPERAND_READER, remove_address, false },
	{ "pause", 2, 3, DB_WRITE, OPERAND_READER, pause_address, false },
	{ "resume", 2, 2, DB_WRITE, OPERAND_READER, resume, false },
	{ "bounced", 2, 2, DB_WRITE, OPERAND_RETURNED, bounced, false },
	{ "set", 3, SIZE_MAX, DB_WRITE, OPERAND_ADDRESS, set, false },
	{ "show", 2, 2, DB_OVERLAY, OPERAND_READER, show, false },
	{ "import", 2, 2, DB_WRITE, OPERAND_NONE, import_file, false },
	{ "export", 1, 1, DB_OVERLAY, OPERAND_NONE, export_all, false },
	{ "suppress", 2, 2, DB_WRITE, OPERAND_ADDRESS, suppress, true },
	{ "unsuppress", 2, 2, DB_WRITE, OPERAND_ADDRESS, unsuppress, true },
	{ "suppressed", 1, 1, DB_OVERLAY, OPERAND_NONE, list_suppressed, true },
};

enum { VERB_COUNT = sizeof(verbs) / sizeof(verbs[0]) };

static const struct verb *
find_verb(const char *name, struct err *err)
{
	struct buf names = BUF_INIT(BUF_LIMIT);

	for (size_t i = 0; i < VERB_COUNT; i++) {
		if (strcmp(verbs[i].name, name) == 0) {
			buf_release(&names);
			return &verbs[i];
		}
		buf_addf(&names, "%s%s", i > 0 ? ", " : "", verbs[i].name);
	}
	err_set(err, EX_USAGE, "subscribers: '%s' is none of %s", name, names.ptr);
	buf_release(&names);
	return NULL;
}

/*
 * Whether it may be a token or a return address: which tell the list,
 * and only the store knows them.
 */
static bool
may_be_mark(const struct verb *verb, struct str operand)
{
	if (verb->operand == OPERAND_RETURNED && str_find_char(operand, '+') >= 0)
		return true;
	return verb->operand >= OPERAND_READER && str_find_char(operand, '@') < 0;
}

/* 1 when it is somebody's token or return address, 0 when it is an address as it stands. */
static int
find_reader(struct subscribers *subscribers, struct str operand, struct store_reader *reader,
    struct err *err)
{
	struct store *store = subscribers->open.store;
	struct arena *arena = subscribers->cli->arena;

	if (str_find_char(operand, '@') >= 0)
		return run_find_returned(store, operand, arena, reader, err);
	int found = store_find_by_token(store, operand, arena, reader, err);
	if (found != 0)
		return found;
	return err_set(err, EX_DATAERR, "'%.*s' is neither an address nor the token of a reader",
	    STR_ARG(operand));
}

/* What is known of an operand without the store: the list, and the address as it is checked. */
static int
take_operand(
    struct subscribers *subscribers, const struct verb *verb, struct buf *address, struct err *err)
{
	struct str operand = str_from(cli_operand(subscribers->cli, 1));

	if (!verb->is_for_all_lists && cli_list(subscribers->cli, &subscribers->list_name, err) < 0)
		return -1;
	if (verb->operand != OPERAND_NONE)
		return message_check_recipient(address, operand, err);
	buf_add(address, operand);
	return 0;
}

/* The same for one that may be a mark. */
static int
find_operand(
    struct subscribers *subscribers, const struct verb *verb, struct buf *address, struct err *err)
{
	struct str operand = str_from(cli_operand(subscribers->cli, 1));
	struct store_reader reader;
	int found =
	    may_be_mark(verb, operand) ? find_reader(subscribers, operand, &reader, err) : 0;

	if (found < 0)
		return -1;
	if (found > 0) {
		subscribers->list = reader.list;
		buf_add(address, reader.address);
		return 0;
	}
	if (address->len == 0 && take_operand(subscribers, verb, address, err) < 0)
		return -1;
	if (verb->is_for_all_lists)
		return 0;
	return store_list(subscribers->open.store, subscribers->list_name, &subscribers->list, err);
}

static int
apply(
    struct subscribers *subscribers, const struct verb *verb, struct buf *address, struct err *err)
{
	struct db *db = store_db(subscribers->open.store);

	if (db_begin(db, err) < 0)
		return -1;
	if (find_operand(subscribers, verb, address, err) == 0 &&
	    verb->apply(subscribers, address->ptr, err) == 0 && db_commit(db, err) == 0)
		return 0;
	db_rollback(db);
	return -1;
}

int
command_subscribers(struct cli *cli, struct err *err)
{
	const char *name = cli->options->operand_count > 0 ? cli_operand(cli, 0) : "list";
	const struct verb *verb = find_verb(name, err);
	struct subscribers subscribers = { .cli = cli, .request = cli_request(cli, "send") };
	struct buf address = BUF_INIT(BUF_LIMIT);
	int status = -1;

	if (verb == NULL || cli_check_operands(cli, verb->least, verb->most, err) < 0)
		return -1;
	if (!may_be_mark(verb, str_from(cli_operand(cli, 1))) &&
	    take_operand(&subscribers, verb, &address, err) < 0)
		goto out;
	if (cli_open_store(cli, verb->access, &subscribers.open, err) == 0)
		status = apply(&subscribers, verb, &address, err);
	cli_close_store(&subscribers.open);
out:
	if (status < 0)
		err_prefix(err, "subscribers");
	buf_release(&address);
	return status;
}
