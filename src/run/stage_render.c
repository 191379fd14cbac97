/*
 * Render and verify: an issue becomes its parts and its frozen message, and the message is read
 * back before anybody gets it.
 */
#include "day.h"

#include "digest/crypt.h"
#include "digest/export.h"

#include <string.h>

/* Whom the footer speaks to; a preview for nobody in particular looks like a list's. */
static bool
needs_kind(const struct day_edition *edition, int kind)
{
	return edition->has_kind[kind] ||
	    (edition->recipient_count == 0 && kind == MESSAGE_TO_LIST);
}

/* Unsubscribing is a mail to the sender's address, with the recipient's token in its subject. */
static const char *
unsubscribe_url(struct day *day)
{
	if (day->from_address == NULL)
		return "";
	return arena_printf(day->batch_arena, "mailto:%s?subject=unsubscribe%%20%c",
	    day->from_address, MESSAGE_SLOT_TOKEN)
	    .ptr;
}

/* The list's page for unsubscribing, with a slot for the token; NULL when it has none. */
static const char *
unsubscribe_page(struct day *day, const struct settings *settings)
{
	struct str url = str_from(settings_string(settings, "unsubscribe_url"));
	ptrdiff_t at = str_find(url, STR("{token}"));

	if (at < 0)
		return NULL;
	return arena_printf(day->batch_arena, "%.*s%c%s", (int)at, url.ptr, MESSAGE_SLOT_TOKEN,
	    url.ptr + at + strlen("{token}"))
	    .ptr;
}

/* The papers as a file for reference managers, where the list wants one. */
static void
attach_papers(const struct day_edition *edition, struct buf *out)
{
	buf_reset(out);
	if (strcmp(settings_string(edition->rules->settings, "attach"), "bibtex") == 0)
		export_issue(export_named("bibtex"), &edition->issue, str_from(edition->list->key),
		    str_from(edition->address), out);
}

static const char *
attachment_name(struct day *day, const struct issue *issue)
{
	char date[DATE_DAY_BYTES];

	return arena_printf(day->batch_arena, "%.*s-%s.bib", STR_ARG(issue->list),
	    date_format_day(date, issue->date))
	    .ptr;
}

static int
render_kind(struct day *day, struct day_edition *edition, enum message_kind kind, struct err *err)
{
	const struct config *config = day->request->config;
	const struct settings *settings = edition->rules->settings;
	const struct settings *digest = config_settings(config, CONFIG_DIGEST);
	const char *page = unsubscribe_page(day, settings), *mail = unsubscribe_url(day);
	struct render_options options = {
		.template_name = settings_string(settings, "template"),
		.template_folder = settings_string(digest, "templates"),
		.accent = settings_string(settings, "accent"),
		.kind = kind,
		.unsubscribe = page != NULL ? page : mail,
	};
	const char *from = day->from_address != NULL ? day->from_address : "digest@localhost";
	struct render_envelope envelope = {
		.from_name = day->from_name != NULL ? day->from_name : edition->list->title,
		.from_address = from,
		.reply_to = settings_string(settings, "reply_to"),
		.list_title = edition->list->title,
		.list_id = arena_printf(
		    day->batch_arena, "%s.%s", edition->list->name, day_sender_domain(day))
		               .ptr,
		.owner = settings_string(digest, "contact"),
		.unsubscribe = mail,
		.unsubscribe_page = page,
		.kind = kind,
		.is_for_all = day_goes_together(edition, kind),
		.date = edition->issue.made_at,
		.attached_type = "text/x-bibtex",
		.attached_name = attachment_name(day, &edition->issue),
		.is_signed = day_signs(day),
	};

	if (render_issue(&edition->issue, &options, &edition->parts[kind], err) < 0)
		return -1;
	attach_papers(edition, &edition->parts[kind].attached);
	return render_message(&edition->parts[kind], &envelope, &edition->message[kind], err);
}

static int
render_edition(struct day *day, struct day_edition *edition, struct err *err)
{
	for (int kind = 0; kind < 2; kind++) {
		if (needs_kind(edition, kind) &&
		    render_kind(day, edition, (enum message_kind)kind, err) < 0)
			return -1;
	}
	return 0;
}

static int
verify_edition(const struct day_edition *edition, struct err *err)
{
	for (int kind = 0; kind < 2; kind++) {
		struct str message = buf_str(&edition->message[kind]);
		if (message.len > 0 && render_verify(message, &edition->parts[kind], err) < 0)
			return -1;
	}
	return 0;
}

bool
day_goes_together(const struct day_edition *edition, enum message_kind kind)
{
	return kind == MESSAGE_TO_LIST && settings_bool(edition->rules->settings, "together");
}

const char *
day_message_id(const struct day *day, const struct day_edition *edition, enum message_kind kind,
    const char *address, struct arena *arena)
{
	unsigned char digest[CRYPT_SHA256_BYTES];
	struct buf hex = BUF_INIT(64);
	char date[DATE_DAY_BYTES];
	struct date_civil civil = date_civil(edition->date);

	if (day_goes_together(edition, kind))
		address = "";
	date_format_day(date, edition->date);
	struct str text = arena_printf(
	    arena, "message|%s|%s|%s|%s", edition->list->key, edition->address, date, address);
	crypt_hmac(store_secret(day->store), text, digest);
	crypt_add_hex(&hex, digest, 8);
	struct str id = arena_printf(arena, "%04d%02d%02d.%s.%s@%s", civil.year, civil.month,
	    civil.day, edition->list->key, hex.ptr, day_sender_domain(day));
	buf_release(&hex);
	return id.ptr;
}

/* A template that one list cannot use costs no other list its issue. */
int
stage_render(struct day *day, struct err *err)
{
	(void)err;
	for (size_t i = 0; i < day->batch_count; i++) {
		struct day_edition *edition = &day->batch[i];
		struct err trouble = ERR_NONE;
		if (!edition->is_made && !edition->is_given_up &&
		    render_edition(day, edition, &trouble) < 0)
			day_give_up(day, edition, &trouble);
	}
	return 0;
}

int
stage_verify(struct day *day, struct err *err)
{
	(void)err;
	for (size_t i = 0; i < day->batch_count; i++) {
		struct day_edition *edition = &day->batch[i];
		struct err trouble = ERR_NONE;
		if (!edition->is_given_up && verify_edition(edition, &trouble) < 0)
			day_give_up(day, edition, &trouble);
	}
	return 0;
}
