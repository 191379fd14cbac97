/*
 * Rendering: an issue becomes text, HTML, JSON, and a message. Templates are Mustache, three parts
 * each (NAME.subject, NAME.txt, NAME.html), compiled in and overridable by a folder; templates.def
 * lists the compiled-in ones. Values are escaped as their part needs: text from outside is only
 * ever text.
 */
#ifndef DIGEST_RENDER_H
#define DIGEST_RENDER_H

#include "digest/err.h"
#include "digest/issue.h"
#include "digest/message.h"

struct render_options {
	const char *template_name; /* "daily" */
	const char *template_folder; /* files here count before the compiled-in ones; "" for none */
	const char *accent; /* "#rrggbb", the colour of links; NULL or "" for the built-in one */
	enum message_kind kind; /* whom the footer speaks to */
	/* For persons: a mailto: or https: URL, in which MESSAGE_SLOT_TOKEN stands for the token;
	 * "" for none. */
	const char *unsubscribe;
};

/*
 * The parts of an issue. Text has LF line ends. Release with render_parts_release(). What is
 * attached is not rendered: whoever has something attaches it, as text; "" for nothing.
 */
struct render_parts {
	struct buf subject, text, html, attached;
	const struct issue_picture **pictures; /* those that the HTML shows; of the issue */
	size_t picture_count;
};
#define RENDER_PARTS_INIT \
	{ \
		BUF_INIT(BUF_LIMIT), BUF_INIT(BUF_LIMIT), BUF_INIT(BUF_LIMIT), \
		    BUF_INIT(BUF_LIMIT), NULL, 0 \
	}
void render_parts_release(struct render_parts *parts);

/*
 * The text part has 72 columns (URLs are never broken), the subject at most 120. The HTML part has
 * at most 90,000 bytes: of a long issue abstracts become shorter, then sentences, then titles, from
 * the end on, and at last entries are counted; all of them stand in the text part. EX_CONFIG for a
 * template that cannot be found or does not parse: file, line, what is wrong; or that leaves a
 * person without a way to unsubscribe.
 */
int render_issue(const struct issue *issue, const struct render_options *options,
    struct render_parts *parts, struct err *err);

/*
 * The HTML part as a page that needs nothing else: its pictures stand in it as data:
 * URLs (RFC 2397).
 */
void render_page(const struct render_parts *parts, struct buf *out);

/* One JSON object on one line (DESIGN: --preview=json), with LF. */
void render_json(const struct issue *issue, struct str subject, struct buf *out);

/*
 * The issue for a terminal: the text part's content at the given width (30 to 100), with bold and
 * colour when `has_colour`. No escape from outside survives; slots read "TOKEN".
 */
int render_terminal(const struct issue *issue, const struct render_options *options, size_t columns,
    bool has_colour, struct buf *out, struct err *err);

/* What the header of a message is made from. */
struct render_envelope {
	const char *from_name, *from_address;
	const char *reply_to; /* "" for none */
	const char *list_title; /* for List-Id */
	const char *list_id; /* "daily.example.com" */
	const char *owner; /* an address or mailbox; others, and "", give no List-Owner */
	const char *unsubscribe; /* as in render_options */
	const char *unsubscribe_page; /* an https: URL that takes one click (RFC 8058); or NULL */
	enum message_kind kind;
	bool is_for_all; /* of kind list: "To" names the list at its sender, and so no recipient */
	bool is_notice; /* a word of this program to its owner (RFC 3834): nobody is to answer */
	int64_t date;
	const char *attached_type, *attached_name; /* "text/x-bibtex", "daily.bib"; or NULL */
	bool is_signed; /* whether it begins with a DKIM-Signature for dkim_fill() to complete */
};

/*
 * The whole message in frozen form (message.h), RFC 5322: headers in a fixed order for the kind of
 * recipient, multipart/alternative of the two parts; where the HTML shows pictures,
 * multipart/related of it and them; where something is attached, multipart/mixed of all that and
 * the attachment. The same parts and envelope give the same bytes. EX_CONFIG for an address or URL
 * of the envelope that is none.
 */
int render_message(const struct render_parts *parts, const struct render_envelope *envelope,
    struct buf *out, struct err *err);

/* Reads the message back and compares its parts with what it was made from: EX_SOFTWARE if they
 * differ. */
int render_verify(struct str message, const struct render_parts *parts, struct err *err);

/* The i-th compiled-in template and what it is for; NULL after the last. */
const char *render_template_name(size_t index, const char **help);

/*
 * Appends a template's file ("daily.html"), from the folder or compiled in. EX_CONFIG:
 * there is none.
 */
int render_template_source(const char *file, const char *folder, struct buf *out, struct err *err);

/* Whether that template can be found and parses. */
int render_check_template(const char *name, const char *folder, struct err *err);

#endif
