/*
 * Walks a document's markup, a window at a time, and makes it fit for an XML parser. What a token
 * means for the document's structure is decided here; its inside is xml_tag.c's and xml_char.c's.
 */
#include "xml_mend.h"

#include "xml_char.h"
#include "xml_decode.h"

#include "digest/mem.h"
#include "digest/xml.h"

#include <string.h>

enum {
	WINDOW_BYTES = 64 << 10,
	DECLARATION_BYTES = 1024,
	DOCTYPE_BYTES = 64 << 10,
	NAMES_BYTES = 1 << 20, /* of all elements that are open */
	END_TAG_BYTES = 4096,
	ALIKE_BYTES = 4, /* names this long may differ by a slip */
	/* A token that is longer is refused; so is any text. */
	TOKEN_BYTES = XML_TEXT_BYTES_MAX,
};

enum place {
	PLACE_FRONT, /* before the root */
	PLACE_INSIDE,
	PLACE_BEHIND, /* the root has ended */
	PLACE_IGNORED, /* something that others have put after it */
};

struct xml_mender {
	struct xml_decoder *decoder;
	struct str piece; /* of the decoder's, not in a window yet */
	struct buf carry; /* the end of a window, to be joined with the next */
	struct xml_chars window;
	struct buf out; /* the window, mended */
	struct buf scratch;
	bool has_ended, has_tag, has_begun, is_cut;

	enum place place;
	const char *raw_end; /* inside of a comment, CDATA section or instruction: how it ends */
	struct xml_tag tag; /* the one at the front of the window, as far as it was scanned */
	struct buf names; /* of the open elements, one after the other */
	size_t name_at[XML_DEPTH_MAX + 1];
	int depth;
};

static const char comment_end[] = "-->";

struct xml_mender *
xml_mender_new(struct xml_decoder *decoder)
{
	struct xml_mender *mender = mem_alloc(sizeof(*mender));
	mender->decoder = decoder;
	mender->carry = BUF_INIT(2 * TOKEN_BYTES);
	mender->out = BUF_INIT(BUF_LIMIT);
	mender->scratch = BUF_INIT(BUF_LIMIT);
	mender->names = BUF_INIT(NAMES_BYTES);
	mender->window.out = &mender->out;
	return mender;
}

void
xml_mender_free(struct xml_mender *mender)
{
	buf_release(&mender->carry);
	buf_release(&mender->out);
	buf_release(&mender->scratch);
	buf_release(&mender->names);
	mem_free(mender);
}

bool
xml_mender_is_repaired(const struct xml_mender *mender)
{
	return mender->window.is_repaired;
}

bool
xml_mender_has_tag(const struct xml_mender *mender)
{
	return mender->has_tag;
}

bool
xml_mender_is_cut(const struct xml_mender *mender)
{
	return mender->is_cut;
}

/* ---- pieces of the window ---- */

/* Takes the first bytes out; what others may have lost by that is the caller's to say. */
static void
drop(struct xml_mender *mender, size_t len)
{
	xml_chars_replace(&mender->window, len, STR(""));
}

static void
mend(struct xml_mender *mender, size_t len, struct str text)
{
	xml_chars_replace(&mender->window, len, text);
	mender->window.is_repaired = true;
}

/* Passes the first bytes, which are a whole token, but for characters to be mended in them. */
static void
pass_token(struct xml_mender *mender, size_t len, enum xml_chars_kind kind)
{
	struct xml_chars token = mender->window;
	token.rest = str_head(token.rest, len);
	token.is_whole = true;
	xml_chars_mend(&token, kind);
	token.rest = str_skip(mender->window.rest, len);
	token.is_whole = mender->window.is_whole;
	mender->window = token;
}

/* Puts a token in place of the first bytes, with its characters mended. */
static void
put_token(struct xml_mender *mender, size_t len, struct str text)
{
	mend(mender, len, STR(""));
	struct xml_chars token = {
		.rest = text,
		.copied = text.ptr,
		.out = &mender->out,
		.is_whole = true,
	};
	xml_chars_mend(&token, XML_CHARS_TAG);
	xml_chars_replace(&token, 0, STR(""));
}

/* ---- elements ---- */

static struct str
open_name(const struct xml_mender *mender, int depth)
{
	struct str names = buf_str(&mender->names);
	size_t start = mender->name_at[depth - 1];
	size_t end = depth < mender->depth ? mender->name_at[depth] : names.len;
	return str_skip(str_head(names, end), start);
}

static int
push_name(struct xml_mender *mender, struct str name, struct err *err)
{
	if (mender->depth == XML_DEPTH_MAX)
		return err_set(
		    err, EX_DATAERR, "elements are nested more than %d deep", XML_DEPTH_MAX);
	mender->name_at[mender->depth++] = mender->names.len;
	buf_add(&mender->names, name);
	if (buf_has_failed(&mender->names))
		return err_set(
		    err, EX_DATAERR, "elements have names of more than %d KiB", NAMES_BYTES >> 10);
	return 0;
}

static void
pop_name(struct xml_mender *mender)
{
	mender->depth--;
	buf_cut(&mender->names, mender->name_at[mender->depth]);
	if (mender->depth == 0)
		mender->place = PLACE_BEHIND;
}

static bool
is_among(struct str name, const char *const *names)
{
	for (; *names != NULL; names++) {
		if (str_equal_nocase(name, str_from(*names)))
			return true;
	}
	return false;
}

/* Ends the elements inside of the one at that depth, before what is at the front. */
static void
end_inner(struct xml_mender *mender, int depth)
{
	while (mender->depth > depth) {
		buf_reset(&mender->scratch);
		buf_addf(&mender->scratch, "</%.*s>", STR_ARG(open_name(mender, mender->depth)));
		put_token(mender, 0, buf_str(&mender->scratch));
		pop_name(mender);
	}
}

bool
xml_mend_is_void(struct str name)
{
	static const char *const names[] = { "br", "hr", "img", "input", "wbr", NULL };
	return name.len <= strlen("input") && is_among(name, names);
}

/* Opens an element. HTML's empty ones, which are often left open, hold no others. */
static int
open_element(struct xml_mender *mender, struct str name, struct err *err)
{
	if (mender->depth > 1 && xml_mend_is_void(open_name(mender, mender->depth)))
		end_inner(mender, mender->depth - 1);
	return push_name(mender, name, err);
}

/* The '<' at the front starts nothing. */
static int
mend_less_than(struct xml_mender *mender)
{
	mend(mender, 1, mender->place == PLACE_INSIDE ? STR("&lt;") : STR(""));
	return 1;
}

/* A tag that the document ends in: it was cut off there. */
static int
drop_cut_tag(struct xml_mender *mender)
{
	mend(mender, mender->window.rest.len, STR(""));
	return 1;
}

static int
write_tag(struct xml_mender *mender, const struct xml_tag *tag)
{
	struct str rest = mender->window.rest;
	if (!tag->is_odd) {
		pass_token(mender, tag->len, XML_CHARS_TAG);
		return 1;
	}
	buf_reset(&mender->scratch);
	xml_tag_write(tag, rest, &mender->scratch);
	put_token(mender, tag->len, buf_str(&mender->scratch));
	return 1;
}

static int
mend_start_tag(struct xml_mender *mender, struct err *err)
{
	struct str rest = mender->window.rest;
	enum xml_tag_found found = xml_tag_scan(&mender->tag, rest, mender->window.is_whole);
	/* What hosts put after a document is not its own. */
	static const char *const injected[] = { "script", "noscript", "style", "iframe", "img",
		"div", NULL };
	struct xml_tag tag = mender->tag;
	struct str name = str_head(str_skip(rest, 1), tag.name_len);

	if (found == XML_TAG_CROWDED)
		return err_set(
		    err, EX_DATAERR, "an element has more than %d attributes", XML_ATTRIBUTES_MAX);
	if (found == XML_TAG_MORE && rest.len > TOKEN_BYTES)
		return err_set(err, EX_DATAERR, "a tag is longer than %d MiB", TOKEN_BYTES >> 20);
	if (found == XML_TAG_MORE)
		return mender->window.is_whole ? drop_cut_tag(mender) : 0;
	mender->tag = (struct xml_tag){ .at = 0 };
	if (found == XML_TAG_TEXT)
		return mend_less_than(mender);
	mender->has_tag = true;
	if (mender->place == PLACE_BEHIND && is_among(name, injected)) {
		mender->place = PLACE_IGNORED;
		return mend_less_than(mender);
	}
	if (mender->place == PLACE_FRONT)
		mender->place = tag.is_empty ? PLACE_BEHIND : PLACE_INSIDE;
	if (mender->place == PLACE_INSIDE && !tag.is_empty && open_element(mender, name, err) < 0)
		return -1;
	return write_tag(mender, &tag);
}

/*
 * Where an end tag ends: its length, 0 when that is not there yet. `*is_odd`: not as it should be.
 */
static size_t
end_tag_len(const struct xml_mender *mender, size_t name_end, bool *is_odd)
{
	struct str rest = mender->window.rest;
	size_t at = name_end;
	while (at < rest.len && rest.ptr[at] != '>' && rest.ptr[at] != '<' && at < END_TAG_BYTES) {
		*is_odd = *is_odd || !str_is_space(rest.ptr[at]);
		at++;
	}
	if (at == rest.len && !mender->window.is_whole)
		return 0;
	if (at < rest.len && rest.ptr[at] == '>')
		return at + 1;
	*is_odd = true;
	/* Words after the name are text when the tag has no end. */
	return at < END_TAG_BYTES ? at : name_end;
}

/* Which open element an end tag ends: its depth, or 0 for none. */
static int
depth_of(const struct xml_mender *mender, struct str name)
{
	int depth = mender->depth;
	while (depth > 0 && !str_equal(open_name(mender, depth), name))
		depth--;
	if (depth > 0)
		return depth;
	/* Written in another case, or with a slip of the finger. */
	struct str last = open_name(mender, mender->depth);
	bool is_alike = str_equal_nocase(last, name) ||
	    (name.len >= ALIKE_BYTES && last.len >= ALIKE_BYTES && str_distance(last, name) <= 2);
	return is_alike ? mender->depth : 0;
}

static int
mend_end_tag(struct xml_mender *mender, struct err *err)
{
	struct str rest = mender->window.rest;
	size_t name_end = 2 + xml_name_len(str_skip(rest, 2));
	struct str name = str_skip(str_head(rest, name_end), 2);
	bool is_odd = false;

	size_t len = end_tag_len(mender, name_end, &is_odd);
	if (len == 0 && rest.len > TOKEN_BYTES)
		return err_set(err, EX_DATAERR, "a tag is longer than %d MiB", TOKEN_BYTES >> 20);
	if (len == 0)
		return 0;
	int depth = depth_of(mender, name);
	if (depth == 0) {
		mend(mender, len, STR(""));
		return 1;
	}
	end_inner(mender, depth);
	if (is_odd || !str_equal(open_name(mender, depth), name)) {
		mend(mender, len, STR(""));
		end_inner(mender, depth - 1);
		return 1;
	}
	pass_token(mender, len, XML_CHARS_TAG);
	pop_name(mender);
	return 1;
}

/* ---- other markup ---- */

enum markup {
	MARKUP_MORE, /* too little of it to tell */
	MARKUP_NONE,
	MARKUP_START,
	MARKUP_END,
	MARKUP_COMMENT,
	MARKUP_CDATA,
	MARKUP_DOCTYPE,
	MARKUP_INSTRUCTION,
};

/* What "<!" starts. */
static enum markup
declaration_at_front(const struct xml_chars *window)
{
	static const struct {
		struct str opening;
		enum markup kind;
	} openings[] = {
		{ { "<!--", 4 }, MARKUP_COMMENT },
		{ { "<![CDATA[", 9 }, MARKUP_CDATA },
		{ { "<!DOCTYPE", 9 }, MARKUP_DOCTYPE },
	};
	for (size_t i = 0; i < sizeof(openings) / sizeof(*openings); i++) {
		struct str opening = openings[i].opening, rest = window->rest;
		if (str_equal(str_head(rest, opening.len), opening))
			return openings[i].kind;
		if (!window->is_whole && str_equal(rest, str_head(opening, rest.len)))
			return MARKUP_MORE;
	}
	return MARKUP_NONE;
}

/* What the '<' at the front starts. */
static enum markup
markup_at_front(const struct xml_chars *window)
{
	struct str rest = window->rest;
	enum markup kind = MARKUP_START;
	size_t name_at = 1;

	if (rest.len == 1)
		return window->is_whole ? MARKUP_NONE : MARKUP_MORE;
	if (rest.ptr[1] == '!')
		return declaration_at_front(window);
	if (rest.ptr[1] == '/' || rest.ptr[1] == '?') {
		kind = rest.ptr[1] == '/' ? MARKUP_END : MARKUP_INSTRUCTION;
		name_at = 2;
	}
	int is_name = xml_chars_starts_name(window, str_skip(rest, name_at));
	return is_name < 0 ? MARKUP_MORE : is_name > 0 ? kind : MARKUP_NONE;
}

/* Passes the front of what ends with `end`; its inside is not looked at. */
static int
start_raw(struct xml_mender *mender, const char *opening, const char *end)
{
	mender->window.rest = str_skip(mender->window.rest, strlen(opening));
	mender->raw_end = end;
	return 1;
}

/*
 * Of a comment libxml2 is given the line ends alone, which it counts. It would take the "-->" of
 * "<!-->" for the end, and read "--->" as it happens to be cut.
 */
static int
mend_comment(struct xml_mender *mender)
{
	xml_chars_replace(&mender->window, strlen("<!--"), STR("<!-- "));
	mender->raw_end = comment_end;
	return 1;
}

/* An XML declaration: the decoder has heeded it, and the text is in UTF-8 by now. */
static int
drop_declaration(struct xml_mender *mender)
{
	struct str rest = mender->window.rest;
	ptrdiff_t end = str_find(str_head(rest, DECLARATION_BYTES), STR("?>"));
	if (end < 0 && rest.len < DECLARATION_BYTES && !mender->window.is_whole)
		return 0;
	if (end < 0)
		return mend_less_than(mender);
	/* Nothing may stand before it. */
	if (mender->has_begun)
		mender->window.is_repaired = true;
	drop(mender, (size_t)end + 2);
	return 1;
}

static int
mend_instruction(struct xml_mender *mender)
{
	struct str rest = mender->window.rest;
	if (mender->place != PLACE_FRONT)
		return start_raw(mender, "<?", "?>");
	if (rest.len < 6 && !mender->window.is_whole)
		return 0;
	if (str_starts(rest, "<?xml") && rest.len > 5 && str_is_space(rest.ptr[5]))
		return drop_declaration(mender);
	return start_raw(mender, "<?", "?>");
}

/* The end of a document type declaration, quotes and an internal subset in it; 0 when not there. */
static size_t
doctype_len(struct str text)
{
	char quote = 0;
	bool is_subset = false;
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];
		if (quote != 0)
			quote = c == quote ? 0 : quote;
		else if (c == '"' || c == '\'')
			quote = c;
		else if (c == '[')
			is_subset = true;
		else if (c == ']')
			is_subset = false;
		else if (c == '>' && !is_subset)
			return i + 1;
	}
	return 0;
}

static int
mend_doctype(struct xml_mender *mender, struct err *err)
{
	if (mender->place != PLACE_FRONT)
		return mend_less_than(mender);
	size_t len = doctype_len(str_head(mender->window.rest, DOCTYPE_BYTES));
	if (len == 0 && mender->window.rest.len >= DOCTYPE_BYTES)
		return err_set(err, EX_DATAERR, "a document type declaration of more than %d KiB",
		    DOCTYPE_BYTES >> 10);
	if (len == 0 && !mender->window.is_whole)
		return 0;
	mender->has_tag = true;
	pass_token(mender, len > 0 ? len : mender->window.rest.len, XML_CHARS_RAW);
	return 1;
}

/* The token that the '<' at the front starts: 1 when it is done with; 0 when more is needed; -1. */
static int
mend_markup(struct xml_mender *mender, struct err *err)
{
	switch (markup_at_front(&mender->window)) {
	case MARKUP_MORE: return 0;
	case MARKUP_START: return mend_start_tag(mender, err);
	case MARKUP_END:
		if (mender->place != PLACE_INSIDE)
			break;
		return mend_end_tag(mender, err);
	case MARKUP_COMMENT: return mend_comment(mender);
	case MARKUP_CDATA:
		if (mender->place != PLACE_INSIDE)
			break;
		return start_raw(mender, "<![CDATA[", "]]>");
	case MARKUP_DOCTYPE: return mend_doctype(mender, err);
	case MARKUP_INSTRUCTION: return mend_instruction(mender);
	default: break;
	}
	return mend_less_than(mender);
}

/* ---- the walk ---- */

/* Passes the first bytes of a comment, of which only the line ends stay. */
static void
empty_comment(struct xml_mender *mender, size_t len)
{
	while (len > 0) {
		struct str bytes = str_head(mender->window.rest, len);
		ptrdiff_t line_end = str_find_char(bytes, '\n');
		if (line_end < 0) {
			drop(mender, len);
			return;
		}
		drop(mender, (size_t)line_end);
		mender->window.rest = str_skip(mender->window.rest, 1);
		len -= (size_t)line_end + 1;
	}
}

/* Passes the first bytes, up to a character that may go on after them. */
static size_t
pass_raw(struct xml_mender *mender, size_t len)
{
	struct str rest = mender->window.rest;
	struct xml_chars raw = mender->window;

	if (mender->raw_end == comment_end) {
		empty_comment(mender, len);
		return len;
	}
	raw.rest = str_head(rest, len);
	xml_chars_mend(&raw, XML_CHARS_RAW);
	size_t done = (size_t)(raw.rest.ptr - rest.ptr);
	raw.rest = str_skip(rest, done);
	mender->window = raw;
	return done;
}

/* Inside of a comment, CDATA section or instruction. */
static int
mend_raw(struct xml_mender *mender)
{
	struct str rest = mender->window.rest;
	size_t end_len = strlen(mender->raw_end);
	ptrdiff_t end = str_find(rest, str_from(mender->raw_end));

	if (end >= 0 && mender->raw_end == comment_end) {
		empty_comment(mender, (size_t)end);
		end = 0;
	}
	if (end >= 0) {
		pass_token(mender, (size_t)end + end_len, XML_CHARS_RAW);
		mender->raw_end = NULL;
		return 1;
	}
	if (mender->window.is_whole) {
		mender->is_cut = true;
		pass_token(mender, rest.len, XML_CHARS_RAW);
		return 1;
	}
	/* The end's own beginning may stand at the end of the window. */
	if (rest.len < end_len)
		return 0;
	return pass_raw(mender, rest.len - (end_len - 1)) > 0;
}

/* Before and after the root there is no text. */
static void
drop_outside(struct xml_mender *mender)
{
	struct str rest = mender->window.rest;
	ptrdiff_t tag = mender->place == PLACE_IGNORED ? -1 : str_find_char(rest, '<');
	size_t len = tag < 0 ? rest.len : (size_t)tag;
	if (len == 0)
		return;
	if (str_trim(str_head(rest, len)).len > 0)
		mender->window.is_repaired = true;
	mender->has_begun = true;
	drop(mender, len);
}

/* Mends what is at the front of the window: 1; 0 when more is needed; -1. */
static int
mend_front(struct xml_mender *mender, struct err *err)
{
	if (mender->raw_end != NULL)
		return mend_raw(mender);
	if (mender->place == PLACE_INSIDE)
		xml_chars_mend(&mender->window, XML_CHARS_TEXT);
	else
		drop_outside(mender);
	struct str rest = mender->window.rest;
	if (rest.len == 0)
		return 1;
	if (rest.ptr[0] != '<')
		return 0;
	int status = mend_markup(mender, err);
	mender->has_begun = mender->has_begun || status > 0;
	return status;
}

/* Moves what the last window left to the front of the carry. */
static void
keep_rest(struct xml_mender *mender)
{
	struct buf *carry = &mender->carry;
	struct str rest = mender->window.rest;
	bool is_there = carry->len > 0 && rest.len > 0 && rest.ptr >= carry->ptr &&
	    rest.ptr < carry->ptr + carry->len;

	if (is_there) {
		memmove(carry->ptr, rest.ptr, rest.len);
		buf_cut(carry, rest.len);
	} else {
		buf_reset(carry);
		buf_add(carry, rest);
	}
}

/* The bytes that the last window left, and some more. */
static int
open_window(struct xml_mender *mender, struct err *err)
{
	struct xml_chars *window = &mender->window;
	struct str bytes;
	int status = 1;

	keep_rest(mender);
	if (mender->piece.len == 0)
		status = xml_decoder_next(mender->decoder, &mender->piece, err);
	if (status < 0)
		return -1;
	mender->has_ended = window->is_whole = status == 0;
	bytes = str_head(mender->piece, WINDOW_BYTES);
	mender->piece = str_skip(mender->piece, bytes.len);
	if (mender->carry.len > 0) {
		buf_add(&mender->carry, bytes);
		bytes = buf_str(&mender->carry);
	}
	buf_reset(&mender->out);
	window->rest = bytes;
	window->copied = bytes.ptr;
	window->has_changed = false;
	return 0;
}

int
xml_mender_next(struct xml_mender *mender, struct str *text, struct err *err)
{
	struct xml_chars *window = &mender->window;

	*text = STR("");
	while (text->len == 0 && !mender->has_ended) {
		if (open_window(mender, err) < 0)
			return -1;
		struct str all = window->rest;
		int status = 1;
		while (status > 0 && window->rest.len > 0)
			status = mend_front(mender, err);
		if (status < 0)
			return -1;
		if (window->has_changed) {
			xml_chars_replace(window, 0, STR(""));
			*text = buf_str(&mender->out);
		} else {
			*text = str_head(all, all.len - window->rest.len);
		}
	}
	return text->len > 0;
}
