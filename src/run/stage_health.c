/*
 * Health: what a run says of its sources and of the delivery host is kept, and the contact gets one
 * mail when one of them keeps failing and one when it is well again. What a run tells whoever
 * started it is complaints.c's.
 */
#include "day.h"

#include "digest/crypt.h"

#include <string.h>

/* ---- what this run saw ---- */

static bool
has_contact(const struct day *day)
{
	const struct settings *digest = config_settings(day->request->config, CONFIG_DIGEST);

	return settings_string(digest, "contact")[0] != '\0' &&
	    settings_int(digest, "health_after") > 0;
}

static bool
resends_doubt(const struct day *day)
{
	const struct settings *smtp = config_settings(day->request->config, CONFIG_SMTP);

	return str_is(str_from(settings_string(smtp, "on_doubt")), "resend");
}

/* One that was left alone is neither ill nor well. */
static int
note_source(struct day *day, size_t index, struct err *err)
{
	const struct source *source = &day->sources[index];
	int before = day->source_states[index].failures, now = source->state.failures;
	struct store_health health = {
		.kind = STORE_HEALTH_SOURCE,
		.subject = str_from(source->spec),
		.name = str_from(source->name),
		.reason = str_from(day->outcomes[index].error.text),
		.failures = now,
	};

	if (now > before)
		return store_health_failed(day->store, &health, resends_doubt(day), day->now, err);
	if (now > 0)
		return 0;
	return store_health_well(
	    day->store, health.kind, health.subject, has_contact(day), day->now, err);
}

/* A host is well when it took something, and its health unknown when there was nothing to take. */
static int
note_mail(struct day *day, struct err *err)
{
	if (day->transport == NULL)
		return 0;
	struct store_health health = {
		.kind = STORE_HEALTH_MAIL,
		.subject = str_from(day->transport),
		.name = STR("mail"),
		.reason = str_from(day->mail_trouble),
	};

	if (day->sent_count > 0 && !day->is_mail_stopped) {
		day->mail_trouble = NULL;
		return store_health_well(
		    day->store, health.kind, health.subject, has_contact(day), day->now, err);
	}
	if (day->mail_trouble == NULL)
		return 0;
	return store_health_failed(day->store, &health, resends_doubt(day), day->now, err);
}

static int
note_all(struct day *day, struct err *err)
{
	const struct settings *digest = config_settings(day->request->config, CONFIG_DIGEST);

	for (size_t i = 0; day->outcomes != NULL && i < day->source_count; i++) {
		if (note_source(day, i, err) < 0)
			return -1;
	}
	if (note_mail(day, err) < 0)
		return -1;
	if (!has_contact(day))
		return 0;
	return store_health_owe(day->store, settings_int(digest, "health_after"), day->now, err);
}

/* Does something in a transaction of its own. */
static int
in_transaction(struct day *day, int (*work)(struct day *day, struct err *err), struct err *err)
{
	struct db *db = store_db(day->store);

	if (db_begin(db, err) < 0)
		return -1;
	if (work(day, err) == 0 && db_commit(db, err) == 0)
		return 0;
	db_rollback(db);
	return -1;
}

/* ---- the mail ---- */

/* What became owed at one time. */
struct notice {
	struct journal journal; /* first: deliver gives it back to us */
	struct day *day;
	const struct store_health *items;
	size_t count;
	int64_t owed_at;
};

static int
mark(struct notice *notice, enum store_health_told told, struct err *err)
{
	struct db *db = store_db(notice->day->store);

	if (db_begin(db, err) < 0)
		return -1;
	if (store_mark_healths(notice->day->store, notice->owed_at, told, err) == 0 &&
	    db_commit(db, err) == 0)
		return 0;
	db_rollback(db);
	return -1;
}

static int
keep_dot(struct journal *journal, const int64_t *deliveries, size_t count, struct err *err)
{
	(void)deliveries;
	(void)count;
	return mark((struct notice *)journal, STORE_HEALTH_DOT, err);
}

/* What is refused for good is not tried again; what is in doubt stays so. */
static int
keep_receipt(
    struct journal *journal, int64_t delivery, const struct receipt *receipt, struct err *err)
{
	(void)delivery;
	switch (receipt->outcome) {
	case RECEIPT_DOUBT: return 0;
	case RECEIPT_DEFERRED: return mark((struct notice *)journal, STORE_HEALTH_OWED, err);
	default: return mark((struct notice *)journal, STORE_HEALTH_TOLD, err);
	}
}

/* A line of a text; control characters, which include a frozen message's slots, become blanks. */
static void
add_line(struct render_parts *parts, struct str line)
{
	size_t start = parts->text.len;

	for (size_t i = 0; i < line.len; i++)
		buf_add_char(&parts->text, (unsigned char)line.ptr[i] < ' ' ? ' ' : line.ptr[i]);
	buf_add_markup(&parts->html, str_skip(buf_str(&parts->text), start));
	buf_add_char(&parts->text, '\n');
	buf_add_string(&parts->html, "<br>\n");
}

static const char *
kind_name(const struct store_health *health)
{
	return health->kind == STORE_HEALTH_SOURCE ? "source" : "mail server";
}

static void
compose_item(struct notice *notice, const struct store_health *health, struct render_parts *parts)
{
	struct arena *arena = notice->day->arena;
	char since[DATE_INSTANT_BYTES], ended[DATE_INSTANT_BYTES];

	date_format_instant(since, health->since);
	struct str what = arena_printf(arena, "The %s '%.*s' (%.*s)", kind_name(health),
	    STR_ARG(health->name), STR_ARG(health->subject));
	if (health->ended_at == DATE_NO_INSTANT)
		what = arena_printf(arena, "%s keeps failing since %s:", what.ptr, since);
	else
		what = arena_printf(arena,
		    "%s is well again since %s. From %s on it failed:", what.ptr,
		    date_format_instant(ended, health->ended_at), since);
	add_line(parts, what);
	add_line(parts, arena_printf(arena, "    %.*s", STR_ARG(health->reason)));
	add_line(parts, STR(""));
}

static void
compose(struct notice *notice, struct render_parts *parts)
{
	const struct store_health *first = &notice->items[0];

	buf_addf(&parts->subject, "digest: %s '%.*s' %s", kind_name(first), STR_ARG(first->name),
	    first->ended_at == DATE_NO_INSTANT ? "keeps failing" : "is well again");
	if (notice->count > 1)
		buf_addf(&parts->subject, ", and %zu more", notice->count - 1);
	buf_add_string(&parts->html,
	    "<!DOCTYPE html>\n<html lang=\"en\"><head><title>digest</title></head>\n<body><p>\n");
	for (size_t i = 0; i < notice->count; i++)
		compose_item(notice, &notice->items[i], parts);
	add_line(parts,
	    STR("'digest status' tells more. You get one such mail when something keeps failing "
	        "and "
	        "one when it is over (digest.contact, digest.health_after)."));
	buf_add_string(&parts->html, "</p></body></html>\n");
}

/* The same for the same notice, so that a receiver can tell one that is sent again. */
static struct str
notice_id(const struct notice *notice)
{
	struct day *day = notice->day;
	long long at = notice->owed_at;
	struct buf token = BUF_INIT(BUF_LIMIT);

	crypt_add_token(
	    &token, store_secret(day->store), "health", arena_printf(day->arena, "%lld", at));
	struct str id =
	    arena_printf(day->arena, "health.%lld.%s@%s", at, token.ptr, day_sender_domain(day));
	buf_release(&token);
	return id;
}

static int
send_notice(struct notice *notice, struct err *err)
{
	struct day *day = notice->day;
	const struct settings *digest = config_settings(day->request->config, CONFIG_DIGEST);
	struct render_parts parts = RENDER_PARTS_INIT;
	struct receipt receipt;
	struct day_message wish = {
		.parts = &parts,
		.address = settings_string(digest, "contact"),
		.id = notice_id(notice).ptr,
		.date = notice->owed_at,
		.is_notice = true,
	};

	compose(notice, &parts);
	int status = day_send_message(day, &wish, &notice->journal, &receipt, err);
	render_parts_release(&parts);
	return status;
}

/* Whether the mail about it can go now: that a host fails is told when it is over. */
static bool
is_owed(const struct day *day, const struct store_health *health)
{
	if (health->kind == STORE_HEALTH_MAIL && health->ended_at == DATE_NO_INSTANT)
		return false;
	return health->told == STORE_HEALTH_OWED ||
	    (health->told == STORE_HEALTH_DOT && resends_doubt(day));
}

static int
send_notices(struct day *day, struct err *err)
{
	struct store_health *items = NULL, *owed;
	size_t count = 0, owed_count = 0;
	int status = 0;

	if (store_healths(day->store, day->arena, &items, &count, err) < 0)
		return -1;
	owed = arena_array(day->arena, count + 1, sizeof(*owed));
	for (size_t i = 0; i < count; i++) {
		if (is_owed(day, &items[i]))
			owed[owed_count++] = items[i];
	}
	for (size_t i = 0, end; i < owed_count && status == 0; i = end) {
		for (end = i + 1; end < owed_count && owed[end].owed_at == owed[i].owed_at; end++)
			;
		struct notice notice = {
			.journal = { .dot = keep_dot, .settle = keep_receipt },
			.day = day,
			.items = &owed[i],
			.count = end - i,
			.owed_at = owed[i].owed_at,
		};
		status = send_notice(&notice, err);
	}
	return status;
}

/* That the mail about health does not leave is a failure of the host like any other. */
int
stage_health(struct day *day, struct err *err)
{
	struct err trouble = ERR_NONE;

	if (in_transaction(day, note_all, err) < 0)
		return err_prefix(err, "health");
	if (!has_contact(day) || day->transport == NULL || day->is_mail_stopped ||
	    day->mail_trouble != NULL || send_notices(day, &trouble) == 0)
		return 0;
	err_prefix(&trouble, "health: mail to the contact");
	day_trouble(day, &trouble);
	day->mail_trouble = arena_string(day->arena, str_from(trouble.text));
	return in_transaction(day, note_mail, err);
}
