/*
 * Subscribers as a file: CSV with a header, or an address a line; in, all or nothing, and out.
 */
#include "subscribers.h"

#include "csv.h"
#include "terminal.h"

#include "digest/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { FILE_BYTES = 256 << 20, TOLD_MOST = 20, FIXED_COUNT = 4, COLUMNS_MOST = 32 };

static const char *const fixed_columns[FIXED_COUNT] = { "address", "kind", "state",
	"paused_until" };

static const char *
column_name(size_t index)
{
	return index < FIXED_COUNT ? fixed_columns[index] : config_reader_key(index - FIXED_COUNT);
}

struct import {
	struct subscribers *subscribers;
	const char *name;
	struct arena *arena; /* of a record */
	size_t columns[COLUMNS_MOST]; /* what stands in each, as column_name() counts */
	size_t column_count;
	bool has_settings;
	struct buf checked; /* the settings that were found good last */
	size_t bad_count, done_count, suppressed_count, left_count;
};

/* ---- in ---- */

static void
tell_bad(struct import *import, size_t line, const struct err *why)
{
	if (++import->bad_count <= TOLD_MOST)
		fprintf(stderr, "digest: subscribers: %s:%zu: %s\n", import->name, line, why->text);
}

static struct str
cell(const struct import *import, const struct csv *csv, size_t column)
{
	for (size_t i = 0; i < import->column_count && i < csv->field_count; i++) {
		if (import->columns[i] == column)
			return csv->fields[i];
	}
	return STR("");
}

static bool
is_header(const struct csv *csv)
{
	for (size_t i = 0; i < csv->field_count; i++) {
		if (str_equal_nocase(csv->fields[i], STR("address")))
			return true;
	}
	return false;
}

static int
find_column(struct str name, size_t *column, struct err *err)
{
	const char *known;
	struct buf names = BUF_INIT(BUF_LIMIT);

	for (*column = 0; (known = column_name(*column)) != NULL; (*column)++) {
		if (str_equal_nocase(name, str_from(known))) {
			buf_release(&names);
			return 0;
		}
		buf_addf(&names, "%s%s", *column > 0 ? ", " : "", known);
	}
	err_set(err, EX_DATAERR, "there is no column '%.*s', only %s", STR_ARG(name), names.ptr);
	buf_release(&names);
	return -1;
}

static int
read_header(struct import *import, const struct csv *csv, struct err *err)
{
	if (csv->field_count > COLUMNS_MOST)
		return err_set(err, EX_DATAERR, "over %d columns", COLUMNS_MOST);
	import->column_count = csv->field_count;
	for (size_t i = 0; i < csv->field_count; i++) {
		if (find_column(csv->fields[i], &import->columns[i], err) < 0)
			return -1;
		import->has_settings = import->has_settings || import->columns[i] >= FIXED_COUNT;
	}
	return 0;
}

/* A file that does not say leaves it as it is known: a mailing list must not become a person. */
static int
read_kind(const struct import *import, struct str text, const struct store_recipient *known,
    enum message_kind *kind, struct err *err)
{
	bool is_list = text.len == 0 && import->subscribers->cli->options->is_list_address;

	if (text.len > 0 && !str_is(text, "list") && !str_is(text, "person"))
		return err_set(
		    err, EX_DATAERR, "'%.*s' is no kind; there are person and list", STR_ARG(text));
	if (text.len == 0 && !is_list && known != NULL)
		*kind = known->kind;
	else
		*kind = is_list || str_is(text, "list") ? MESSAGE_TO_LIST : MESSAGE_TO_PERSON;
	return 0;
}

/* *recipient is who has that address; *known points there, or is NULL when nobody has. */
static int
find_known(struct import *import, const char *address, struct store_recipient *recipient,
    const struct store_recipient **known, struct err *err)
{
	struct err why = ERR_NONE;
	int status = store_find_recipient(import->subscribers->open.store,
	    import->subscribers->list, address, import->arena, recipient, &why);

	*known = status == 0 ? recipient : NULL;
	return status == 0 || why.code == EX_DATAERR ? 0 : err_set(err, why.code, "%s", why.text);
}

/*
 * Only a state in the file brings back who left, pauses or bounced:
 * the file may be older than that.
 */
static bool
is_away(const struct store_recipient *known)
{
	return known != NULL && !str_is(known->state, "active") &&
	    !str_is(known->origin, "dropped");
}

static int
import_settings(struct import *import, const struct csv *csv, const char *address,
    struct store_recipient *recipient, struct err *err)
{
	struct subscribers *subscribers = import->subscribers;
	struct buf text = BUF_INIT(BUF_LIMIT);
	const char *key;
	int status = 0;

	for (size_t i = 0; (key = config_reader_key(i)) != NULL; i++) {
		struct str value = cell(import, csv, FIXED_COUNT + i);
		if (value.len > 0 && str_find_char(value, '\n') >= 0)
			status = err_set(err, EX_DATAERR, "'%s' must be one line", key);
		if (value.len > 0)
			buf_addf(&text, "%s = %.*s\n", key, STR_ARG(value));
	}
	if (status == 0 && text.len > 0 && !str_equal(buf_str(&text), buf_str(&import->checked))) {
		status = subscribers_check_settings(subscribers, address, buf_str(&text), err);
		buf_reset(&import->checked);
		if (status == 0)
			buf_add(&import->checked, buf_str(&text));
	}
	if (status == 0)
		status = store_set_settings(
		    subscribers->open.store, subscribers->list, recipient->id, buf_str(&text), err);
	buf_release(&text);
	return status;
}

static int
import_address(struct import *import, const struct csv *csv, const char *address, struct err *err)
{
	struct subscribers *subscribers = import->subscribers;
	struct store *store = subscribers->open.store;
	struct str state = cell(import, csv, 2);
	struct store_recipient recipient;
	const struct store_recipient *known;
	enum message_kind kind = MESSAGE_TO_PERSON;
	bool is_refused;

	if (find_known(import, address, &recipient, &known, err) < 0 ||
	    read_kind(import, cell(import, csv, 1), known, &kind, err) < 0)
		return -1;
	if (state.len == 0 && is_away(known)) {
		import->left_count++;
		return 0;
	}
	if (store_subscribe(store, subscribers->list, address, kind, "command", clock_now(),
	        &is_refused, err) < 0)
		return -1;
	import->suppressed_count += is_refused;
	import->done_count += !is_refused;
	if (is_refused || (state.len == 0 && !import->has_settings))
		return 0;
	if (store_find_recipient(
	        store, subscribers->list, address, import->arena, &recipient, err) < 0)
		return -1;
	if (state.len > 0 &&
	    subscribers_set_state(subscribers, &recipient, state, cell(import, csv, 3), err) < 0)
		return -1;
	return import->has_settings ? import_settings(import, csv, address, &recipient, err) : 0;
}

static int
import_record(struct import *import, const struct csv *csv, struct err *err)
{
	struct buf address = BUF_INIT(BUF_LIMIT);
	int status = -1;

	if (csv->field_count > import->column_count)
		err_set(err, EX_DATAERR, "%zu fields, where there are %zu columns",
		    csv->field_count, import->column_count);
	else if (message_check_recipient(&address, cell(import, csv, 0), err) == 0)
		status = import_address(import, csv, address.ptr, err);
	buf_release(&address);
	return status;
}

/* Goes on after what is bad, so that all of it is told at once. */
static int
import_records(struct import *import, struct str text, struct err *err)
{
	struct csv csv;
	int found;
	bool is_first = true;

	csv_init(&csv, text);
	import->column_count = 1;
	while ((found = csv_next(&csv, import->arena)) > 0) {
		struct err why = ERR_NONE;
		bool has_header = is_first && is_header(&csv);
		is_first = false;
		if (has_header && read_header(import, &csv, &why) < 0)
			return err_set(
			    err, EX_DATAERR, "%s:%zu: %s", import->name, csv.line, why.text);
		if (!has_header && import_record(import, &csv, &why) < 0) {
			if (why.code != EX_DATAERR && why.code != EX_CONFIG)
				return err_set(err, why.code, "%s", why.text);
			tell_bad(import, csv.line, &why);
		}
		arena_reset(import->arena);
	}
	if (found < 0)
		return err_set(err, EX_DATAERR,
		    "%s:%zu: a quote that is not closed; nothing was imported", import->name,
		    csv.line);
	if (import->bad_count == 0)
		return 0;
	return err_set(err, EX_DATAERR, "'%s' has %zu bad %s; nothing was imported", import->name,
	    import->bad_count, import->bad_count == 1 ? "line" : "lines");
}

static int
read_file(const char *path, const char *name, struct buf *text, struct err *err)
{
	bool is_stdin = strcmp(path, "-") == 0;
	int fd = is_stdin ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	char bytes[1 << 16];
	ssize_t count;

	if (fd < 0)
		return err_set_errno(err, EX_NOINPUT, errno, "cannot open '%s'", name);
	while ((count = TEMP_FAILURE_RETRY(read(fd, bytes, sizeof(bytes)))) > 0)
		buf_add_bytes(text, bytes, (size_t)count);
	if (count < 0)
		err_set_errno(err, EX_IOERR, errno, "cannot read '%s'", name);
	else if (buf_has_failed(text))
		err_set(err, EX_DATAERR, "'%s' is over %d MiB", name, FILE_BYTES >> 20);
	close(fd);
	return err_is_set(err) ? -1 : 0;
}

int
subscribers_import(struct subscribers *subscribers, const char *path, struct err *err)
{
	struct import import = {
		.subscribers = subscribers,
		.name = strcmp(path, "-") == 0 ? "standard input" : path,
		.arena = arena_new(),
		.checked = BUF_INIT(BUF_LIMIT),
	};
	struct buf text = BUF_INIT(FILE_BYTES);
	int status = read_file(path, import.name, &text, err);

	if (status == 0)
		status = import_records(&import, buf_str(&text), err);
	if (status == 0 && terminal_is_watched())
		fprintf(stderr,
		    "%zu addresses imported; left out: %zu that are suppressed, "
		    "%zu that left, pause or bounced\n",
		    import.done_count, import.suppressed_count, import.left_count);
	buf_release(&text);
	buf_release(&import.checked);
	arena_free(import.arena);
	return status;
}

/* ---- out ---- */

static void
add_row(struct buf *out, const struct store_recipient *recipient)
{
	char day[DATE_DAY_BYTES] = "";
	const char *key;

	if (recipient->paused_until != DATE_NO_DAY)
		date_format_day(day, recipient->paused_until);
	csv_add(out, recipient->address, true);
	csv_add(out, recipient->kind == MESSAGE_TO_LIST ? STR("list") : STR("person"), false);
	csv_add(out, recipient->state, false);
	csv_add(out, str_from(day), false);
	for (size_t i = 0; (key = config_reader_key(i)) != NULL; i++)
		csv_add(out, subscribers_value(recipient->settings, key), false);
	buf_add_string(out, "\r\n");
}

int
subscribers_export(struct subscribers *subscribers, struct err *err)
{
	struct buf text = BUF_INIT(FILE_BYTES);
	struct store_recipient *recipients;
	size_t count;
	const char *name;

	if (store_recipients(subscribers->open.store, subscribers->list, subscribers->cli->arena,
	        &recipients, &count, err) < 0)
		return -1;
	for (size_t i = 0; (name = column_name(i)) != NULL; i++)
		csv_add(&text, str_from(name), i == 0);
	buf_add_string(&text, "\r\n");
	for (size_t i = 0; i < count; i++)
		add_row(&text, &recipients[i]);
	int status = terminal_write(buf_str(&text), err);
	buf_release(&text);
	return status;
}
