/*
 * Who reads: the editions of this run, one per list and audience, and the recipients of each.
 */
#include "day.h"

#include <stdlib.h>
#include <string.h>

/* Recipients named by --send-to who are not plain recipients of the list. */
#define ORIGIN_NAMED "named"
#define ORIGIN_CONFIGURATION "configuration"

static int
by_bytes(const void *a, const void *b)
{
	return str_compare(*(const struct str *)a, *(const struct str *)b);
}

static bool
is_configured(const struct day_list *list, struct str address)
{
	return bsearch(&address, list->configured, list->configured_count, sizeof(address),
	           by_bytes) != NULL;
}

/* A plain recipient: active, and still configured if the configuration made it one. */
static bool
is_plain(const struct day_list *list, const struct store_recipient *recipient)
{
	if (!str_is(recipient->state, "active") || str_is(recipient->origin, ORIGIN_NAMED))
		return false;
	return !str_is(recipient->origin, ORIGIN_CONFIGURATION) ||
	    is_configured(list, recipient->address);
}

/* Writes the configuration's subscribers into the store; a suppression there wins. */
static int
learn_subscribers(struct day *day, struct day_list *list, struct err *err)
{
	size_t count = settings_count(list->rules.settings, "subscribers");

	list->configured = arena_array(day->arena, count + 1, sizeof(struct str));
	for (size_t i = 0; i < count; i++) {
		struct buf address = BUF_INIT(BUF_LIMIT);
		const char *written = settings_string_at(list->rules.settings, "subscribers", i);
		bool is_suppressed;
		int status = message_check_address(&address, str_from(written), err);
		if (status < 0)
			err_prefix(err, "%s", settings_origin(list->rules.settings, "subscribers"));
		else
			status = store_subscribe(day->store, list->id, address.ptr,
			    MESSAGE_TO_PERSON, ORIGIN_CONFIGURATION, day->now, &is_suppressed, err);
		list->configured[i] = arena_copy(day->arena, buf_str(&address));
		buf_release(&address);
		if (status < 0)
			return -1;
	}
	list->configured_count = count;
	qsort(list->configured, count, sizeof(struct str), by_bytes);
	return 0;
}

static struct day_edition *
new_edition(struct day *day, struct day_list *list, const char *address)
{
	day->editions =
	    arena_grow(day->arena, day->editions, &day->edition_count, sizeof(struct day_edition));
	struct day_edition *edition = &day->editions[day->edition_count - 1];
	edition->list = list;
	edition->rules = &list->rules;
	edition->address = address;
	for (int kind = 0; kind < 2; kind++) {
		edition->parts[kind] = (struct render_parts)RENDER_PARTS_INIT;
		edition->message[kind] = BUF_INIT(BUF_LIMIT);
	}
	return edition;
}

static void
add_recipient(struct day *day, struct day_edition *edition, const struct store_recipient *recipient)
{
	edition->recipients = arena_grow(
	    day->arena, edition->recipients, &edition->recipient_count, sizeof(*recipient));
	edition->recipients[edition->recipient_count - 1] = *recipient;
	edition->has_kind[recipient->kind] = true;
}

/* The edition for a list's plain recipients together. */
static int
add_plain_edition(struct day *day, struct day_list *list, const struct store_recipient *recipients,
    size_t count, struct err *err)
{
	for (size_t i = 0; i < day->edition_count; i++) {
		if (day->editions[i].list == list && day->editions[i].address[0] == '\0')
			return 0;
	}
	struct day_edition *edition = new_edition(day, list, "");
	for (size_t i = 0; i < count; i++) {
		if (is_plain(list, &recipients[i]))
			add_recipient(day, edition, &recipients[i]);
	}
	return store_audience(day->store, list->id, "", &edition->audience, err);
}

/* The edition for one address that is no plain recipient: it becomes an audience of its own. */
static int
add_named_edition(struct day *day, struct day_list *list, const char *address, struct err *err)
{
	struct day_edition *edition;
	struct store_recipient *recipients = NULL;
	size_t count = 0;
	bool is_suppressed = false;
	struct err trouble = ERR_NONE;

	if (store_subscribe(day->store, list->id, address, MESSAGE_TO_LIST, ORIGIN_NAMED, day->now,
	        &is_suppressed, err) < 0)
		return -1;
	if (is_suppressed) {
		err_set(&trouble, EX_DATAERR,
		    "--send-to: '%s' bounced or asked for no mail; it gets nothing", address);
		day_trouble(day, &trouble);
		return 0;
	}
	if (store_recipients(day->store, list->id, day->arena, &recipients, &count, err) < 0)
		return -1;
	edition = new_edition(day, list, address);
	for (size_t i = 0; i < count; i++) {
		if (str_is(recipients[i].address, address))
			add_recipient(day, edition, &recipients[i]);
	}
	return store_audience(day->store, list->id, address, &edition->audience, err);
}

static int
add_address(struct day *day, struct day_list *list, const char *address, struct err *err)
{
	struct store_recipient *recipients = NULL;
	size_t count = 0;

	day_add_scope(day, (struct ledger_scope){ .list = list->id, .address = address });
	if (store_recipients(day->store, list->id, day->arena, &recipients, &count, err) < 0)
		return -1;
	for (size_t i = 0; i < count; i++) {
		if (is_plain(list, &recipients[i]) && str_is(recipients[i].address, address))
			return add_plain_edition(day, list, recipients, count, err);
	}
	return add_named_edition(day, list, address, err);
}

static int
add_editions(struct day *day, struct day_list *list, struct err *err)
{
	struct store_recipient *recipients = NULL;
	size_t count = 0;

	if (store_list(day->store, list->key, &list->id, err) < 0 ||
	    learn_subscribers(day, list, err) < 0)
		return -1;
	if (day->address_count == 0) {
		day_add_scope(day, (struct ledger_scope){ .list = list->id, .address = "" });
		if (store_recipients(day->store, list->id, day->arena, &recipients, &count, err) <
		    0)
			return -1;
		return add_plain_edition(day, list, recipients, count, err);
	}
	for (size_t i = 0; i < day->address_count; i++) {
		if (add_address(day, list, day->addresses[i], err) < 0)
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

int
stage_readers(struct day *day, struct err *err)
{
	if (db_begin(store_db(day->store), err) < 0)
		return -1;
	for (size_t i = 0; i < day->list_count; i++) {
		if (add_editions(day, &day->lists[i], err) < 0)
			goto rollback;
	}
	if (day->request->is_due_only && day_drop_idle_editions(day, err) < 0)
		goto rollback;
	drop_idle_sources(day);
	return db_commit(store_db(day->store), err);
rollback:
	db_rollback(store_db(day->store));
	return -1;
}
