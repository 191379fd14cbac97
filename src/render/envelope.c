/*
 * From the parts of an issue to a whole message, and back as a check. The bytes of fields and
 * bodies are mime's.
 */
#include "digest/render.h"

#include "digest/date.h"
#include "digest/mime.h"
#include "url.h"

/* Adds a mailbox field; EX_CONFIG when `mailbox` has no address that could be written to. */
static int
add_mailbox(
    struct buf *out, const char *field, struct str name, struct str address, struct err *err)
{
	struct buf checked = BUF_INIT(BUF_LIMIT), text = BUF_INIT(BUF_LIMIT);
	struct err cause = ERR_NONE;
	int result = 0;

	if (message_check_address(&checked, address, &cause) < 0) {
		result = err_set(err, EX_CONFIG, "%s: %s", field, cause.text);
	} else {
		mime_mailbox(&text, name, buf_str(&checked));
		mime_field_raw(out, field, buf_str(&text));
	}
	buf_release(&checked);
	buf_release(&text);
	return result;
}

static int
add_reply_to(struct buf *out, const char *mailbox, struct err *err)
{
	struct buf name = BUF_INIT(BUF_LIMIT), address = BUF_INIT(BUF_LIMIT);
	int result;

	if (message_split_mailbox(str_from(mailbox), &name, &address) < 0)
		result = err_set(err, EX_CONFIG, "Reply-To: this is no mailbox: '%s'", mailbox);
	else
		result = add_mailbox(out, "Reply-To", buf_str(&name), buf_str(&address), err);
	buf_release(&name);
	buf_release(&address);
	return result;
}

/*
 * Without a recipient's name: "To" could be left out (RFC 5322 section 3.6), but filters count
 * that, and an empty group, against a message.
 */
static int
add_to(struct buf *out, const struct render_envelope *envelope, struct err *err)
{
	if (envelope->is_for_all)
		return add_mailbox(out, "To", str_from(envelope->list_title),
		    str_from(envelope->from_address), err);
	mime_field_raw(out, "To", (struct str){ (const char[]){ MESSAGE_SLOT_TO }, 1 });
	return 0;
}

/* "Name: <URL>" */
static void
add_url(struct buf *out, const char *field, struct str url, const char *query)
{
	struct buf text = BUF_INIT(BUF_LIMIT);

	buf_add_char(&text, '<');
	buf_add(&text, url);
	buf_add_string(&text, query);
	buf_add_char(&text, '>');
	mime_field_raw(out, field, buf_str(&text));
	buf_release(&text);
}

static void
add_owner(struct buf *out, const char *owner)
{
	struct buf url = BUF_INIT(BUF_LIMIT);

	render_add_mailto(&url, str_from(owner));
	if (url.len > 0) {
		add_url(out, "List-Help", buf_str(&url), "?subject=help");
		add_url(out, "List-Owner", buf_str(&url), "");
	}
	buf_release(&url);
}

/* The ways to leave stand in one field, the best first (RFC 2369 section 2). */
static int
add_unsubscribe(struct buf *out, const char *url, struct err *err)
{
	if (url == NULL || url[0] == '\0')
		return 0;
	if (!render_is_unsubscribe(str_from(url)))
		return err_set(err, EX_CONFIG,
		    "List-Unsubscribe: this is no mailto: or https: URL: '%s'", url);
	buf_addf(out, "%s<%s>", out->len > 0 ? ", " : "", url);
	return 0;
}

/*
 * What marks a message of a list (RFC 2919, RFC 2369, RFC 3834). A message to a list's own address
 * has none of it: list servers drop such mail as a loop, or pass it on as theirs.
 */
static int
add_list_fields(struct buf *out, const struct render_envelope *envelope, struct err *err)
{
	struct buf text = BUF_INIT(BUF_LIMIT), leave = BUF_INIT(BUF_LIMIT);
	int result = -1;

	if (add_unsubscribe(&leave, envelope->unsubscribe_page, err) < 0 ||
	    add_unsubscribe(&leave, envelope->unsubscribe, err) < 0)
		goto out;
	mime_phrase(&text, str_from(envelope->list_title));
	buf_addf(&text, "%s<%s>", text.len > 0 ? " " : "", envelope->list_id);
	mime_field_raw(out, "List-Id", buf_str(&text));
	if (leave.len > 0)
		mime_field_raw(out, "List-Unsubscribe", buf_str(&leave));
	if (envelope->unsubscribe_page != NULL)
		mime_field_raw(out, "List-Unsubscribe-Post", STR("List-Unsubscribe=One-Click"));
	add_owner(out, envelope->owner);
	mime_field_raw(out, "Auto-Submitted", STR("auto-generated"));
	mime_field_raw(out, "Precedence", STR("list"));
	result = 0;
out:
	buf_release(&text);
	buf_release(&leave);
	return result;
}

/*
 * What a signature covers. A name more often than the field stands for its absence: nobody can add
 * one unseen (RFC 6376 section 8.15). What list servers put into mail to a list is left to them.
 */
static void
add_signature(struct buf *out, const struct render_envelope *envelope)
{
	buf_addf(out,
	    "DKIM-Signature: v=1; c=relaxed/relaxed; t=%lld;\r\n"
	    " h=From:From:Subject:Subject:To:To:Date:Date:Message-ID:Message-ID:\r\n"
	    " MIME-Version:Content-Type:Content-Transfer-Encoding%s;\r\n %c\r\n",
	    (long long)envelope->date,
	    envelope->kind == MESSAGE_TO_LIST
	        ? ""
	        : ":Reply-To:Sender:\r\n"
	          " List-Id:List-Unsubscribe:List-Unsubscribe-Post:List-Help:List-Owner:\r\n"
	          " Auto-Submitted:Precedence:Feedback-ID",
	    MESSAGE_SLOT_SIGNATURE);
}

static int
add_header(struct buf *out, const struct render_parts *parts,
    const struct render_envelope *envelope, struct err *err)
{
	char date[DATE_INSTANT_BYTES];

	if (envelope->is_signed)
		add_signature(out, envelope);
	mime_field_raw(out, "Date", str_from(date_format_mail(date, envelope->date)));
	if (add_mailbox(out, "From", str_from(envelope->from_name),
	        str_from(envelope->from_address), err) < 0)
		return -1;
	if (envelope->reply_to[0] != '\0' && add_reply_to(out, envelope->reply_to, err) < 0)
		return -1;
	if (add_to(out, envelope, err) < 0)
		return -1;
	mime_field(out, "Subject", buf_str(&parts->subject));
	mime_field_raw(
	    out, "Message-ID", (struct str){ (const char[]){ '<', MESSAGE_SLOT_ID, '>' }, 3 });
	if (envelope->kind == MESSAGE_TO_PERSON && add_list_fields(out, envelope, err) < 0)
		return -1;
	if (envelope->is_notice)
		mime_field_raw(out, "Auto-Submitted", STR("auto-generated"));
	mime_field_raw(out, "MIME-Version", STR("1.0"));
	return 0;
}

/* Ends a header with the type of what has parts. */
static void
add_multipart(struct buf *out, const char *type, struct str boundary)
{
	struct buf value = BUF_INIT(BUF_LIMIT);

	buf_add_string(&value, type);
	mime_parameter(&value, "boundary", boundary);
	mime_field_raw(out, "Content-Type", buf_str(&value));
	buf_add_string(out, "\r\n");
	buf_release(&value);
}

/*
 * A part, an attachment when it has a file's name. The empty line in front of the next delimiter
 * belongs to that (RFC 2046 section 5.1.1).
 */
static void
add_part(struct buf *out, struct str boundary, const char *type, const char *file, struct str text)
{
	struct buf value = BUF_INIT(BUF_LIMIT);

	buf_addf(out, "--%.*s\r\n", STR_ARG(boundary));
	buf_add_string(&value, type);
	mime_parameter(&value, "charset", STR("utf-8"));
	mime_field_raw(out, "Content-Type", buf_str(&value));
	if (file != NULL) {
		buf_reset(&value);
		buf_add_string(&value, "attachment");
		mime_parameter(&value, "filename", str_from(file));
		mime_field_raw(out, "Content-Disposition", buf_str(&value));
	}
	mime_field_raw(out, "Content-Transfer-Encoding", STR("quoted-printable"));
	buf_add_string(out, "\r\n");
	mime_quoted_printable(out, text);
	buf_add_string(out, "\r\n");
	buf_release(&value);
}

static void
add_picture(
    struct buf *out, struct str boundary, const struct issue_picture *picture, size_t number)
{
	buf_addf(out, "--%.*s\r\n", STR_ARG(boundary));
	mime_field_raw(out, "Content-Type", STR("image/jpeg"));
	buf_addf(out, "Content-ID: <%.*s>\r\n", STR_ARG(picture->id));
	buf_addf(out, "Content-Disposition: inline; filename=picture-%zu.jpg\r\n", number);
	mime_field_raw(out, "Content-Transfer-Encoding", STR("base64"));
	buf_add_string(out, "\r\n");
	mime_base64(out, picture->bytes);
	buf_add_string(out, "\r\n");
}

/*
 * The HTML, and what it shows (RFC 2387). They stand inside of the alternative: a program that
 * reads the text has no pictures left over, to be listed as files.
 */
static void
add_html(struct buf *out, const struct render_parts *parts, struct str boundary)
{
	struct buf inner = BUF_INIT(BUF_LIMIT), seed = BUF_INIT(BUF_LIMIT);

	if (parts->picture_count == 0) {
		add_part(out, boundary, "text/html", NULL, buf_str(&parts->html));
		return;
	}
	buf_addf(&seed, "related %.*s", STR_ARG(boundary));
	mime_boundary(&inner, buf_str(&seed));
	buf_addf(out, "--%.*s\r\n", STR_ARG(boundary));
	add_multipart(out, "multipart/related; type=\"text/html\"", buf_str(&inner));
	add_part(out, buf_str(&inner), "text/html", NULL, buf_str(&parts->html));
	for (size_t i = 0; i < parts->picture_count; i++)
		add_picture(out, buf_str(&inner), parts->pictures[i], i + 1);
	buf_addf(out, "--%s--\r\n\r\n", inner.ptr);
	buf_release(&inner);
	buf_release(&seed);
}

static void
add_texts(struct buf *out, const struct render_parts *parts, struct str boundary)
{
	add_multipart(out, "multipart/alternative", boundary);
	add_part(out, boundary, "text/plain", NULL, buf_str(&parts->text));
	add_html(out, parts, boundary);
	buf_addf(out, "--%.*s--\r\n", STR_ARG(boundary));
}

int
render_message(const struct render_parts *parts, const struct render_envelope *envelope,
    struct buf *out, struct err *err)
{
	struct buf inner = BUF_INIT(BUF_LIMIT), outer = BUF_INIT(BUF_LIMIT);
	int result = -1;

	/* The text says all that the HTML says. */
	mime_boundary(&inner, buf_str(&parts->text));
	mime_boundary(&outer, buf_str(&inner));
	if (add_header(out, parts, envelope, err) < 0)
		goto out;
	if (parts->attached.len > 0) {
		add_multipart(out, "multipart/mixed", buf_str(&outer));
		buf_addf(out, "--%s\r\n", outer.ptr);
	}
	add_texts(out, parts, buf_str(&inner));
	if (parts->attached.len > 0) {
		add_part(out, buf_str(&outer), envelope->attached_type, envelope->attached_name,
		    buf_str(&parts->attached));
		buf_addf(out, "--%s--\r\n", outer.ptr);
	}
	if (buf_has_failed(out))
		err_set(err, EX_DATAERR, "message: it would be larger than %zu bytes", out->limit);
	else
		result = 0;
out:
	buf_release(&inner);
	buf_release(&outer);
	return result;
}

/* Whether the pictures of a message are those that its HTML shows. */
static bool
has_same_pictures(const struct mime_parts *read, const struct render_parts *parts)
{
	if (read->related_count != parts->picture_count)
		return false;
	for (size_t i = 0; i < parts->picture_count; i++) {
		const struct mime_related *picture = &read->related[i];
		if (!str_equal(buf_str(&picture->id), parts->pictures[i]->id) ||
		    !str_equal(buf_str(&picture->bytes), parts->pictures[i]->bytes))
			return false;
	}
	return true;
}

int
render_verify(struct str message, const struct render_parts *parts, struct err *err)
{
	struct mime_parts read = MIME_PARTS_INIT;
	struct err cause = ERR_NONE;
	int result = 0;

	if (mime_read_message(&read, message, &cause) < 0)
		result = err_set(err, EX_SOFTWARE, "verify: %s", cause.text);
	else if (!str_equal(buf_str(&read.text), buf_str(&parts->text)))
		result = err_set(
		    err, EX_SOFTWARE, "verify: the message's text is not what was rendered");
	else if (!str_equal(buf_str(&read.html), buf_str(&parts->html)))
		result = err_set(
		    err, EX_SOFTWARE, "verify: the message's HTML is not what was rendered");
	else if (!str_equal(buf_str(&read.attached), buf_str(&parts->attached)))
		result = err_set(
		    err, EX_SOFTWARE, "verify: the message's attachment is not what was attached");
	else if (!has_same_pictures(&read, parts))
		result = err_set(
		    err, EX_SOFTWARE, "verify: the message's pictures are not those it shows");
	mime_parts_release(&read);
	return result;
}
