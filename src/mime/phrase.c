/*
 * Display names and mailboxes (RFC 5322 section 3.4), and parameters (RFC 2045 section 5.1,
 * RFC 2231). What they give has single spaces where it may be folded.
 */
#include "digest/mime.h"

#include "word.h"

#include <string.h>

enum {
	PHRASE_WORD_BYTES = 60, /* so that the first word fits after any field name of ours */
	PARAMETER_BYTES = 60, /* the longest value in one piece */
	SECTION_BYTES = 50, /* of a value in several */
};

/* One space for each run of blanks, none at the ends. */
static void
add_collapsed(struct buf *out, struct str text)
{
	struct buf clean = BUF_INIT(BUF_LIMIT);
	struct str rest, word;

	mime_add_clean(&clean, text);
	rest = buf_str(&clean);
	while (str_next_word(&rest, &word)) {
		if (out->len > 0)
			buf_add_char(out, ' ');
		buf_add(out, word);
	}
	buf_release(&clean);
}

enum form { FORM_ATOMS, FORM_QUOTED, FORM_ENCODED };

static enum form
phrase_form(struct str text)
{
	enum form form = FORM_ATOMS;
	size_t word_len = 0;

	if (!mime_is_plain(text))
		return FORM_ENCODED;
	for (size_t i = 0; i < text.len; i++) {
		word_len = text.ptr[i] == ' ' ? 0 : word_len + 1;
		if (word_len > PHRASE_WORD_BYTES)
			return FORM_ENCODED;
		if (text.ptr[i] != ' ' && !mime_is_atext(text.ptr[i]))
			form = FORM_QUOTED;
	}
	return form;
}

static void
add_quoted(struct buf *out, struct str text)
{
	buf_add_char(out, '"');
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] == '"' || text.ptr[i] == '\\')
			buf_add_char(out, '\\');
		buf_add_char(out, text.ptr[i]);
	}
	buf_add_char(out, '"');
}

void
mime_phrase(struct buf *out, struct str text)
{
	struct buf clean = BUF_INIT(BUF_LIMIT);

	add_collapsed(&clean, text);
	text = buf_str(&clean);
	switch (phrase_form(text)) {
	case FORM_ATOMS: buf_add(out, text); break;
	case FORM_QUOTED: add_quoted(out, text); break;
	case FORM_ENCODED: mime_encode_words(out, text, PHRASE_WORD_BYTES); break;
	}
	buf_release(&clean);
}

void
mime_mailbox(struct buf *out, struct str name, struct str address)
{
	size_t start = out->len;

	mime_phrase(out, name);
	bool has_name = out->len > start;
	if (has_name)
		buf_add_string(out, " <");
	/* What is no address character cannot end the mailbox early. */
	for (size_t i = 0; i < address.len; i++) {
		unsigned char c = (unsigned char)address.ptr[i];
		if (c > ' ' && c < 0x7f && c != '<' && c != '>')
			buf_add_char(out, address.ptr[i]);
	}
	if (has_name)
		buf_add_char(out, '>');
}

/* Of plain text (RFC 2045 section 5.1). */
static bool
is_token(struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.ptr[i] == ' ' || strchr("()<>@,;:\\\"/[]?=", text.ptr[i]) != NULL)
			return false;
	return text.len > 0;
}

/* RFC 2231 section 7: attribute-char stands for itself. */
static size_t
add_percent(struct buf *out, struct str c)
{
	if (c.len == 1 && is_token(c) && strchr("*'%", c.ptr[0]) == NULL) {
		buf_add(out, c);
		return 1;
	}
	for (size_t i = 0; i < c.len; i++)
		buf_addf(out, "%%%02X", (unsigned char)c.ptr[i]);
	return 3 * c.len;
}

static void
add_extended(struct buf *out, const char *name, struct str text)
{
	struct buf value = BUF_INIT(BUF_LIMIT);
	unsigned section = 0;

	while (text.len > 0) {
		size_t used = 0;

		buf_reset(&value);
		while (text.len > 0 && used < SECTION_BYTES)
			used += add_percent(&value, mime_next_char(&text));
		if (section == 0 && text.len == 0)
			buf_addf(out, "; %s*=utf-8''", name);
		else
			buf_addf(out, "; %s*%u*=%s", name, section, section == 0 ? "utf-8''" : "");
		buf_add(out, buf_str(&value));
		section++;
	}
	buf_release(&value);
}

void
mime_parameter(struct buf *out, const char *name, struct str value)
{
	struct buf clean = BUF_INIT(BUF_LIMIT);

	mime_add_clean(&clean, value);
	value = buf_str(&clean);
	if (value.len > PARAMETER_BYTES || !mime_is_plain(value)) {
		add_extended(out, name, value);
	} else {
		buf_addf(out, "; %s=", name);
		if (is_token(value))
			buf_add(out, value);
		else
			add_quoted(out, value);
	}
	buf_release(&clean);
}
