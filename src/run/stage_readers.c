/*
 * Who reads: the editions of this run, one per list and audience, and the recipients of each.
 */
#include "day.h"

#include "digest/crypt.h"

#include <string.h>

#define ORIGIN_NAMED "named"
#define ORIGIN_CONFIGURATION "configuration"

/* ---- the configuration's own ---- */

/* Appends the subscribers that the configuration names, one a line, as they are stored. */
static int
add_configured(const struct settings *settings, struct buf *out, struct err *err)
{
	size_t count = settings_count(settings, "subscribers");

	for (size_t i = 0; i < count; i++) {
		const char *written = settings_string_at(settings, "subscribers", i);
		if (message_check_recipient(out, str_from(written), err) < 0)
			return err_prefix(err, "%s", settings_origin(settings, "subscribers"));
		buf_add_char(out, '\n');
	}
	return 0;
}

static int
subscribe_all(struct day *day, const struct day_list *list, struct str addresses, struct err *err)
{
	struct str line;
	bool is_refused;

	while (str_next_line(&addresses, &line)) {
		if (store_subscribe(day->store, list->id, arena_string(day->arena, line),
		        MESSAGE_TO_PERSON, ORIGIN_CONFIGURATION, day->now, &is_refused, err) < 0)
			return -1;
	}
	return 0;
}

void
day_digest_subscribers(const struct settings *settings, struct buf *digest)
{
	size_t count = settings_count(settings, "subscribers");
	struct buf text = BUF_INIT(BUF_LIMIT);
	unsigned char bytes[CRYPT_SHA256_BYTES];

	for (size_t i = 0; i < count; i++) {
		buf_add_string(&text, settings_string_at(settings, "subscribers", i));
		buf_add_char(&text, '\n');
	}
	if (count > 0) {
		crypt_sha256(buf_str(&text), bytes);
		crypt_add_hex(digest, bytes, 16);
	}
	buf_release(&text);
}

/* Writes the configuration's subscribers into the store when they changed; who left stays away. */
static int
learn_subscribers(struct day *day, struct day_list *list, struct err *err)
{
	struct buf addresses = BUF_INIT(BUF_LIMIT), digest = BUF_INIT(BUF_LIMIT);
	bool is_known = false;

	day_digest_subscribers(list->rules.settings, &digest);
	int status =
	    store_configure_readers(day->store, list->id, buf_str(&digest), &is_known, err);
	if (status == 0 && !is_known)
		status = add_configured(list->rules.settings, &addresses, err);
	if (status == 0 && !is_known)
		status = subscribe_all(day, list, buf_str(&addresses), err);
	buf_release(&addresses);
	buf_release(&digest);
	return status;
}

/* ---- when ---- */

/*
 * Whether an audience whose day was last brought to an end then is due;
 * a list that is wanted now is.
 */
static int
look_if_due(struct day *day, const struct settings *settings, int64_t done_at, bool is_scheduled,
    struct day_due *due, struct err *err)
{
	*due = DAY_WANTED_NOW;
	return is_scheduled ? day_look_if_due(day, settings, done_at, due, err) : 0;
}

/*
 * A reader's own schedule counts even when the list is wanted now. Settings that are no good are
 * told when their issue is made.
 */
static struct day_due
look_if_reader_due(
    struct day *day, const struct day_list *list, const struct store_recipient *reader)
{
	struct settings *settings;
	struct err trouble = ERR_NONE;
	struct day_due due = DAY_WANTED_NOW;
	const char *usual = settings_string(list->rules.settings, "schedule");

	if (day_reader_settings(&settings, list->rules.settings, reader->address.ptr,
	        reader->settings, &trouble) < 0)
		return due;
	bool is_scheduled =
	    day->request->is_due_only || strcmp(settings_string(settings, "schedule"), usual) != 0;
	look_if_due(day, settings, reader->done_at, is_scheduled, &due, &trouble);
	settings_free(settings);
	return due;
}

/* ---- editions ---- */

/* That of the missed day of this number, or of the newest after them. */
static struct day_edition *
new_edition(struct day *day, struct day_list *list, const char *address, const struct day_due *due,
    size_t missed)
{
	day->editions =
	    arena_grow(day->arena, day->editions, &day->edition_count, sizeof(struct day_edition));
	struct day_edition *edition = &day->editions[day->edition_count - 1];
	edition->list = list;
	edition->rules = &list->rules;
	edition->address = address;
	edition->due_at = due->at;
	if (missed < due->missed_count) {
		edition->date = due->missed[missed].date;
		edition->done_at = due->missed[missed].at;
		edition->is_catch_up = true;
		edition->listed_since = DATE_NO_DAY;
	} else {
		edition->date = due->date;
		edition->done_at = day->now;
		edition->listed_since = due->listed_since;
	}
	for (int kind = 0; kind < 2; kind++) {
		edition->parts[kind] = (struct render_parts)RENDER_PARTS_INIT;
		edition->message[kind] = BUF_INIT(BUF_LIMIT);
	}
	return edition;
}

/*
 * The edition for a list's plain recipients together. A list that has only readers with a selection
 * of their own needs none.
 */
static int
add_plain_edition(struct day *day, struct day_list *list, bool has_others, struct err *err)
{
	int64_t audience, done_at;
	struct day_due due;
	bool has_any;

	for (size_t i = 0; i < day->edition_count; i++) {
		if (day->editions[i].list == list && day->editions[i].address[0] == '\0')
			return 0;
	}
	if (store_audience(day->store, list->id, "", &audience, err) < 0 ||
	    store_done_at(day->store, audience, &done_at, err) < 0 ||
	    store_has_plain_recipients(day->store, list->id, &has_any, err) < 0)
		return -1;
	if (look_if_due(day, list->rules.settings, done_at, day->request->is_due_only, &due, err) <
	    0)
		return -1;
	if (!due.is_due || (!has_any && has_others))
		return 0;
	for (size_t i = 0; i <= due.missed_count; i++)
		new_edition(day, list, "", &due, i)->audience = audience;
	return 0;
}

/* The editions for one who is an audience of his own. */
static void
add_own_editions(struct day *day, struct day_list *list, const struct store_recipient *reader,
    int64_t audience, const struct day_due *due)
{
	struct store_recipient *recipients = arena_alloc(day->arena, sizeof(*reader));

	recipients[0] = *reader;
	for (size_t i = 0; i <= due->missed_count; i++) {
		struct day_edition *edition = new_edition(day, list, reader->address.ptr, due, i);
		edition->audience = audience;
		edition->settings = reader->settings;
		edition->recipients = recipients;
		edition->recipient_count = 1;
		edition->has_kind[reader->kind] = true;
	}
}

static int
refuse_named(struct day *day, const char *address)
{
	struct err trouble = ERR_NONE;

	err_set(&trouble, EX_DATAERR,
	    "--send-to: '%s' bounced, paused or asked for no mail; it gets nothing", address);
	day_trouble(day, &trouble);
	return 0;
}

/*
 * One address of --send-to: it gets what it gets as a recipient, or becomes an audience of its own.
 */
static int
add_named(struct day *day, struct day_list *list, const char *address, struct err *err)
{
	struct store_recipient reader;
	int64_t audience;
	bool is_refused;

	day_add_scope(day, (struct ledger_scope){ .list = list->id, .address = address });
	if (store_subscribe(day->store, list->id, address, MESSAGE_TO_LIST, ORIGIN_NAMED, day->now,
	        &is_refused, err) < 0)
		return -1;
	if (is_refused)
		return refuse_named(day, address);
	if (store_find_recipient(day->store, list->id, address, day->arena, &reader, err) < 0)
		return -1;
	if (reader.audience == 0 && !str_is(reader.origin, ORIGIN_NAMED))
		return add_plain_edition(day, list, false, err);
	if (store_set_apart(day->store, list->id, &reader, &audience, err) < 0)
		return -1;
	add_own_editions(day, list, &reader, audience, &DAY_WANTED_NOW);
	return 0;
}

/*
 * What a list is on its own behalf: a listing that somebody looks at is for nobody in particular.
 */
static int
add_due(struct day *day, struct day_list *list, struct err *err)
{
	struct store_recipient *readers = NULL;
	size_t count = 0;
	bool is_for_readers = day->scope == STORE_NEWS;

	day_add_scope(day, (struct ledger_scope){ .list = list->id, .address = "" });
	if (is_for_readers &&
	    store_own_readers(day->store, list->id, day->arena, &readers, &count, err) < 0)
		return -1;
	if (add_plain_edition(day, list, count > 0, err) < 0)
		return -1;
	for (size_t i = 0; i < count; i++) {
		struct day_due due = look_if_reader_due(day, list, &readers[i]);
		if (due.is_due)
			add_own_editions(day, list, &readers[i], readers[i].audience, &due);
	}
	return 0;
}

static int
add_editions(struct day *day, struct day_list *list, struct err *err)
{
	if (store_list(day->store, list->key, &list->id, err) < 0 ||
	    learn_subscribers(day, list, err) < 0 ||
	    store_wake(day->store, list->id, list->rules.date, err) < 0 ||
	    store_rejoin(day->store, list->id, err) < 0)
		return -1;
	if (day->address_count == 0)
		return add_due(day, list, err);
	for (size_t i = 0; i < day->address_count; i++) {
		if (add_named(day, list, day->addresses[i], err) < 0)
			return -1;
	}
	return 0;
}

/* Keeps only the sources that an edition's list reads: nobody else's are asked. */
static void
drop_idle_sources(struct day *day)
{
	size_t *new_index = arena_array(day->arena, day->source_count + 1, sizeof(size_t));
	bool *is_used = arena_array(day->arena, day->source_count + 1, sizeof(bool));
	size_t kept = 0;

	for (size_t i = 0; i < day->edition_count; i++) {
		struct day_list *list = day->editions[i].list;
		list->is_read = true;
		for (size_t j = 0; j < list->source_count; j++)
			is_used[list->sources[j]] = true;
	}
	for (size_t i = 0; i < day->source_count; i++) {
		new_index[i] = kept;
		if (is_used[i])
			day->sources[kept++] = day->sources[i];
		else
			source_release(&day->sources[i]);
	}
	day->source_count = kept;
	for (size_t i = 0; i < day->list_count; i++) {
		struct day_list *list = &day->lists[i];
		for (size_t j = 0; list->is_read && j < list->source_count; j++)
			list->sources[j] = new_index[list->sources[j]];
	}
}

/* The lists that are awake, in one transaction. */
static int
add_all_editions(struct day *day, struct err *err)
{
	if (db_begin(store_db(day->store), err) < 0)
		return -1;
	for (size_t i = 0; i < day->list_count; i++) {
		if (!day->lists[i].is_asleep && add_editions(day, &day->lists[i], err) < 0)
			goto rollback;
	}
	return db_commit(store_db(day->store), err);
rollback:
	db_rollback(store_db(day->store));
	return -1;
}

/* What an earlier run left undelivered is delivered also while the list sleeps. */
static int
add_asleep(struct day *day, size_t *count, struct err *err)
{
	struct ledger_scope all = { .address = "" };
	struct ledger_counts open;
	size_t open_count = 0;

	*count = 0;
	if (ledger_count(day->ledger, &all, true, &open, err) < 0)
		return -1;
	for (int state = 0; state < LEDGER_STATE_COUNT; state++)
		open_count += open.count[state];
	for (size_t i = 0; i < day->list_count; i++) {
		const struct day_list *list = &day->lists[i];
		if (list->is_asleep && open_count > 0)
			day_add_scope(
			    day, (struct ledger_scope){ .list = list->id, .address = "" });
		*count += list->is_asleep;
	}
	return 0;
}

int
stage_readers(struct day *day, struct err *err)
{
	size_t asleep_count = 0;

	if (day->request->is_due_only && day_find_asleep(day, err) < 0)
		return -1;
	if (day->request->is_due_only && add_asleep(day, &asleep_count, err) < 0)
		return -1;
	if (asleep_count < day->list_count && add_all_editions(day, err) < 0)
		return -1;
	drop_idle_sources(day);
	return 0;
}
