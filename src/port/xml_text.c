/*
 * Makes a document's bytes fit for an XML parser: encoding, forbidden characters, HTML's entities.
 * It knows how tags, CDATA sections and comments begin and nothing else of XML's structure.
 */
#include "xml_text.h"

#include "digest/unicode.h"
#include "digest/xml.h"

#include <errno.h>
#include <iconv.h>
#include <libxml/HTMLparser.h>
#include <string.h>

enum { DECLARATION_BYTES = 1024, NAME_MAX_BYTES = 40, ENTITY_MAX_BYTES = 32 };

/*
 * The encodings that are believed, by the names documents use, and what iconv calls what they mean:
 * as on the web, the subset's name stands for the superset. Others stay out, since iconv knows
 * some that no feed uses and that were dangerous.
 */
static const struct {
	const char *name, *iconv_name;
} encodings[] = {
	{ "utf-8", NULL },
	{ "utf8", NULL },
	{ "unicode-1-1-utf-8", NULL },
	{ "utf-16", NULL }, /* what claims to be UTF-16 and could be read this far is not */
	{ "utf-16le", NULL },
	{ "utf-16be", NULL },
	{ "us-ascii", "WINDOWS-1252" },
	{ "ascii", "WINDOWS-1252" },
	{ "iso-8859-1", "WINDOWS-1252" },
	{ "iso8859-1", "WINDOWS-1252" },
	{ "latin1", "WINDOWS-1252" },
	{ "latin-1", "WINDOWS-1252" },
	{ "windows-1250", "WINDOWS-1250" },
	{ "windows-1251", "WINDOWS-1251" },
	{ "windows-1252", "WINDOWS-1252" },
	{ "windows-1253", "WINDOWS-1253" },
	{ "windows-1254", "WINDOWS-1254" },
	{ "windows-1255", "WINDOWS-1255" },
	{ "windows-1256", "WINDOWS-1256" },
	{ "windows-1257", "WINDOWS-1257" },
	{ "windows-1258", "WINDOWS-1258" },
	{ "cp1250", "WINDOWS-1250" },
	{ "cp1251", "WINDOWS-1251" },
	{ "cp1252", "WINDOWS-1252" },
	{ "iso-8859-2", "ISO-8859-2" },
	{ "iso-8859-3", "ISO-8859-3" },
	{ "iso-8859-4", "ISO-8859-4" },
	{ "iso-8859-5", "ISO-8859-5" },
	{ "iso-8859-6", "ISO-8859-6" },
	{ "iso-8859-7", "ISO-8859-7" },
	{ "iso-8859-8", "ISO-8859-8" },
	{ "iso-8859-9", "WINDOWS-1254" },
	{ "iso-8859-10", "ISO-8859-10" },
	{ "iso-8859-13", "ISO-8859-13" },
	{ "iso-8859-14", "ISO-8859-14" },
	{ "iso-8859-15", "ISO-8859-15" },
	{ "iso-8859-16", "ISO-8859-16" },
	{ "koi8-r", "KOI8-R" },
	{ "koi8-u", "KOI8-U" },
	{ "ibm866", "IBM866" },
	{ "cp866", "IBM866" },
	{ "macintosh", "MACINTOSH" },
	{ "tis-620", "CP874" },
	{ "windows-874", "CP874" },
	{ "gb2312", "GB18030" },
	{ "gbk", "GB18030" },
	{ "gb18030", "GB18030" },
	{ "big5", "BIG5-HKSCS" },
	{ "big5-hkscs", "BIG5-HKSCS" },
	{ "shift_jis", "CP932" },
	{ "shift-jis", "CP932" },
	{ "windows-31j", "CP932" },
	{ "euc-jp", "EUC-JP" },
	{ "iso-2022-jp", "ISO-2022-JP" },
	{ "euc-kr", "UHC" },
	{ "ks_c_5601-1987", "UHC" },
	{ "windows-949", "UHC" },
};

/* Windows-1252 from 0x80 to 0x9f; 0 where it has no character. */
static const uint16_t windows_1252[32] = {
	0x20ac, 0, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, /* 0x80… */
	0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017d, 0, /* 0x88… */
	0, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, /* 0x90… */
	0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0, 0x017e, 0x0178, /* 0x98… */
};

/* What a byte or number between 0x80 and 0xff was meant to be where it makes no sense otherwise. */
static uint32_t
windows_1252_character(unsigned byte)
{
	if (byte >= 0xa0)
		return byte;
	uint32_t codepoint = windows_1252[byte - 0x80];
	return codepoint != 0 ? codepoint : 0xfffd;
}

/* --- encodings ---------------------------------------------------------------------------------- */

static struct str
skip_prefix(struct str bytes, const char *prefix, size_t len)
{
	if (bytes.len >= len && memcmp(bytes.ptr, prefix, len) == 0)
		return str_skip(bytes, len);
	return bytes;
}

/* The encoding that the first bytes give away, or NULL; `bytes` loses its byte order mark. */
static const char *
encoding_by_mark(struct str *bytes)
{
	static const struct {
		const char *mark, *iconv_name;
		unsigned char mark_len, skipped;
	} marks[] = {
		{ "\xff\xfe", "UTF-16LE", 2, 2 },
		{ "\xfe\xff", "UTF-16BE", 2, 2 },
		{ "<\0", "UTF-16LE", 2, 0 },
		{ "\0<", "UTF-16BE", 2, 0 },
	};
	for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++) {
		if (bytes->len < 2 || memcmp(bytes->ptr, marks[i].mark, marks[i].mark_len) != 0)
			continue;
		*bytes = str_skip(*bytes, marks[i].skipped);
		return marks[i].iconv_name;
	}
	return NULL;
}

/* The value of `encoding="…"` in an XML declaration at the front of `bytes`, or "". */
static struct str
declared_encoding(struct str bytes)
{
	struct str head = str_head(bytes, DECLARATION_BYTES);
	ptrdiff_t end = str_find(head, STR("?>"));
	if (!str_starts(head, "<?xml") || end < 0)
		return STR("");
	head = str_head(head, (size_t)end);
	ptrdiff_t at = str_find(head, STR("encoding"));
	if (at < 0)
		return STR("");
	struct str rest = str_trim(str_skip(head, (size_t)at + strlen("encoding")));
	if (!str_starts(rest, "="))
		return STR("");
	rest = str_trim(str_skip(rest, 1));
	if (rest.len == 0 || (rest.ptr[0] != '"' && rest.ptr[0] != '\''))
		return STR("");
	struct str name = str_skip(rest, 1);
	ptrdiff_t close = str_find_char(name, rest.ptr[0]);
	return close < 0 ? STR("") : str_trim(str_head(name, (size_t)close));
}

/* Appends `bytes` as UTF-8; what makes no sense in that encoding becomes U+FFFD. */
static int
convert(struct xml_text *text, struct str bytes, const char *iconv_name, struct err *err)
{
	size_t unit = str_starts(str_from(iconv_name), "UTF-16") ? 2 : 1;
	char piece[4096];
	char *in = (char *)bytes.ptr; /* iconv() only reads it */
	size_t left = bytes.len;
	int result = 0;

	iconv_t converter = iconv_open("UTF-8", iconv_name);
	if ((intptr_t)converter == -1) {
		result = err_set(err, EX_DATAERR, "this system cannot decode %s", iconv_name);
		goto out;
	}
	while (left > 0) {
		char *out = piece;
		size_t room = sizeof(piece);
		size_t converted = iconv(converter, &in, &left, &out, &room);
		buf_add_bytes(&text->own, piece, sizeof(piece) - room);
		if (converted != (size_t)-1 || errno == E2BIG)
			continue;
		/* EILSEQ, or EINVAL for a character cut off by the end. */
		text->is_repaired = true;
		buf_add_utf8(&text->own, 0xfffd);
		size_t skipped = left < unit ? left : unit;
		in += skipped;
		left -= skipped;
	}
	text->text = buf_str(&text->own);

out:
	iconv_close(converter); /* of -1, too: it only says EBADF */
	return result;
}

static bool
is_ascii(struct str bytes)
{
	for (size_t i = 0; i < bytes.len; i++) {
		if ((unsigned char)bytes.ptr[i] >= 0x80)
			return false;
	}
	return true;
}

/* The name declared is not on our list. */
static int
decode_unknown(struct xml_text *text, struct str name, struct err *err)
{
	text->is_repaired = true;
	if (unicode_is_valid(text->text))
		return 0;
	return err_set(err, EX_DATAERR, "the encoding '%.*s' is not known",
	    STR_ARG(str_head(name, NAME_MAX_BYTES)));
}

/* Turns text->text into UTF-8, or at least into something that is mostly UTF-8. */
static int
decode(struct xml_text *text, struct err *err)
{
	const char *iconv_name = encoding_by_mark(&text->text);
	if (iconv_name != NULL)
		return convert(text, text->text, iconv_name, err);

	text->text = skip_prefix(text->text, "\xef\xbb\xbf", 3);
	struct str name = declared_encoding(str_trim(text->text));
	size_t row = 0, count = sizeof(encodings) / sizeof(*encodings);
	while (row < count && !str_equal_nocase(name, str_from(encodings[row].name)))
		row++;
	if (name.len == 0)
		return 0;
	if (row == count)
		return decode_unknown(text, name, err);
	iconv_name = encodings[row].iconv_name;
	if (iconv_name == NULL)
		return 0;

	bool is_one_byte = str_starts(str_from(iconv_name), "WINDOWS");
	if (is_one_byte && is_ascii(text->text))
		return 0;
	/* What happens to read as UTF-8 was UTF-8 all along. */
	if (is_one_byte && unicode_is_valid(text->text)) {
		text->is_repaired = true;
		return 0;
	}
	return convert(text, text->text, iconv_name, err);
}

/* --- characters and references ------------------------------------------------------------------ */

/* Production 2 of XML 1.0. */
static bool
is_xml_character(uint32_t codepoint)
{
	if (codepoint < 0x20)
		return codepoint == '\t' || codepoint == '\n' || codepoint == '\r';
	return codepoint <= 0xd7ff || (codepoint >= 0xe000 && codepoint <= 0xfffd) ||
	    (codepoint >= 0x10000 && codepoint <= 0x10ffff);
}

struct mender {
	struct str rest; /* not yet looked at */
	const char *copied; /* up to here `out` is complete */
	const char *raw_end; /* inside a CDATA section or comment: its end */
	struct buf out;
	bool has_changed, is_cut; /* is_cut: a CDATA section or comment has no end */
};

/* Replaces the first `len` bytes of the rest by `text`. */
static void
replace(struct mender *mender, size_t len, struct str text)
{
	buf_add_bytes(&mender->out, mender->copied, (size_t)(mender->rest.ptr - mender->copied));
	buf_add(&mender->out, text);
	mender->rest = str_skip(mender->rest, len);
	mender->copied = mender->rest.ptr;
	mender->has_changed = true;
}

static void
replace_by_character(struct mender *mender, size_t len, uint32_t codepoint)
{
	replace(mender, len, STR(""));
	buf_add_utf8(&mender->out, codepoint);
}

/* "&#…;": bytes and value; 0 when it is none. */
static size_t
numeric_reference(struct str text, uint32_t *codepoint)
{
	bool is_hex = text.len > 2 && text.ptr[2] == 'x';
	size_t start = is_hex ? 3 : 2, at = start;
	uint32_t value = 0;
	for (; at < text.len && at < ENTITY_MAX_BYTES; at++) {
		char c = str_lower_char(text.ptr[at]);
		uint32_t digit = 0;
		if (str_is_digit(c))
			digit = (uint32_t)(c - '0');
		else if (is_hex && c >= 'a' && c <= 'f')
			digit = (uint32_t)(c - 'a' + 10);
		else
			break;
		value = value > 0x10ffff ? value : value * (is_hex ? 16 : 10) + digit;
	}
	if (at == start || at == text.len || text.ptr[at] != ';')
		return 0;
	*codepoint = value;
	return at + 1;
}

/* "&name;": its bytes; 0 when it is none. */
static size_t
named_reference(struct str text)
{
	size_t at = 1;
	while (at < text.len && at < ENTITY_MAX_BYTES && str_is_alnum(text.ptr[at]))
		at++;
	return at > 1 && at < text.len && text.ptr[at] == ';' ? at + 1 : 0;
}

static bool
is_predefined(struct str name)
{
	return str_is(name, "amp") || str_is(name, "lt") || str_is(name, "gt") ||
	    str_is(name, "quot") || str_is(name, "apos");
}

static void
mend_numeric_reference(struct mender *mender, size_t len, uint32_t codepoint)
{
	if (!is_xml_character(codepoint))
		replace(mender, len, STR(""));
	else if (codepoint >= 0x80 && codepoint < 0xa0)
		replace_by_character(mender, len, windows_1252_character(codepoint));
	else
		mender->rest = str_skip(mender->rest, len);
}

static void
mend_ampersand(struct mender *mender)
{
	uint32_t codepoint = 0;
	if (mender->rest.len > 1 && mender->rest.ptr[1] == '#') {
		size_t len = numeric_reference(mender->rest, &codepoint);
		if (len > 0) {
			mend_numeric_reference(mender, len, codepoint);
			return;
		}
	}
	size_t len = named_reference(mender->rest);
	if (len == 0) {
		replace(mender, 1, STR("&amp;"));
		return;
	}
	struct str name = str_head(str_skip(mender->rest, 1), len - 2);
	if (is_predefined(name)) {
		mender->rest = str_skip(mender->rest, len);
		return;
	}
	char terminated[ENTITY_MAX_BYTES + 1] = "";
	memcpy(terminated, name.ptr, name.len);
	const htmlEntityDesc *entity = htmlEntityLookup((const xmlChar *)terminated);
	if (entity == NULL)
		replace(mender, 1, STR("&amp;"));
	else
		replace_by_character(mender, len, entity->value);
}

/* What may follow the '<' of markup. */
static bool
starts_markup(struct str rest)
{
	if (rest.len < 2)
		return false;
	char next = rest.ptr[1];
	return str_is_alpha(next) || str_find_char(STR("_:/!?"), next) >= 0 ||
	    (unsigned char)next >= 0x80;
}

/* CDATA sections and comments hold no references; a '<' that starts nothing is text. */
static void
mend_less_than(struct mender *mender)
{
	struct str end = STR("");
	if (!starts_markup(mender->rest)) {
		replace(mender, 1, STR("&lt;"));
		return;
	}
	if (str_starts(mender->rest, "<![CDATA["))
		end = STR("]]>");
	else if (str_starts(mender->rest, "<!--"))
		end = STR("-->");
	if (end.len > 0) {
		ptrdiff_t at = str_find(mender->rest, end);
		mender->raw_end = mender->rest.ptr + (at < 0 ? mender->rest.len : (size_t)at);
		mender->is_cut = at < 0;
	}
	mender->rest = str_skip(mender->rest, 1);
}

/* The length and value of the UTF-8 character at the front, or 0. */
static size_t
utf8_character(struct str text, uint32_t *codepoint)
{
	const unsigned char *p = (const unsigned char *)text.ptr;
	size_t len = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;
	if (p[0] < 0xc2 || p[0] > 0xf4 || text.len < len)
		return 0;
	uint32_t value = p[0] & (0x7fu >> len);
	for (size_t i = 1; i < len; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		value = value << 6 | (p[i] & 0x3f);
	}
	if ((len == 3 && value < 0x800) || (len == 4 && value < 0x10000) || value > 0x10ffff ||
	    (value >= 0xd800 && value <= 0xdfff))
		return 0;
	*codepoint = value;
	return len;
}

static void
mend_character(struct mender *mender)
{
	uint32_t codepoint = 0;
	size_t len = utf8_character(mender->rest, &codepoint);
	if (len == 0)
		replace_by_character(
		    mender, 1, windows_1252_character((unsigned char)mender->rest.ptr[0]));
	else if (!is_xml_character(codepoint))
		replace(mender, len, STR(""));
	else
		mender->rest = str_skip(mender->rest, len);
}

/* Skips what never needs a look; false at the end. */
static bool
skip_plain(struct str *text)
{
	static const bool is_plain[256] = {
		['\t'] = true,
		['\n'] = true,
		['\r'] = true,
		[' ' ... '&' - 1] = true,
		['&' + 1 ... '<' - 1] = true,
		['<' + 1 ... 0x7f] = true,
	};
	size_t n = 0;
	while (n < text->len && is_plain[(unsigned char)text->ptr[n]])
		n++;
	*text = str_skip(*text, n);
	return text->len > 0;
}

/* Makes the characters of text->text ones that XML allows, and references ones that it knows. */
static void
mend(struct xml_text *text)
{
	struct mender mender = {
		.rest = text->text,
		.copied = text->text.ptr,
		.raw_end = text->text.ptr,
		.out = BUF_INIT(XML_BYTES_MAX),
	};
	while (skip_plain(&mender.rest)) {
		unsigned char c = (unsigned char)*mender.rest.ptr;
		bool is_raw = mender.rest.ptr < mender.raw_end;
		if (c >= 0x80)
			mend_character(&mender);
		else if (!is_xml_character(c))
			replace(&mender, 1, STR(""));
		else if (c == '&' && !is_raw)
			mend_ampersand(&mender);
		else if (c == '<' && !is_raw)
			mend_less_than(&mender);
		else
			mender.rest = str_skip(mender.rest, 1);
	}
	if (mender.has_changed) {
		replace(&mender, 0, STR(""));
		buf_release(&text->own);
		text->own = mender.out;
		text->text = buf_str(&text->own);
		text->is_repaired = true;
	} else {
		buf_release(&mender.out);
	}
	text->is_cut = mender.is_cut;
}

/* Drops what stands before the first tag, and the XML declaration, which has said what it can. */
static int
trim_front(struct xml_text *text, struct err *err)
{
	ptrdiff_t tag = str_find_char(text->text, '<');
	if (tag < 0)
		return err_set(err, EX_DATAERR, "not XML: no tag in it");
	struct str body = str_skip(text->text, (size_t)tag);
	bool is_declared = str_starts(body, "<?xml") && body.len > 5 && str_is_space(body.ptr[5]);
	if (str_trim(str_head(text->text, (size_t)tag)).len > 0 || (is_declared && tag > 0))
		text->is_repaired = true;
	ptrdiff_t end = is_declared ? str_find(body, STR("?>")) : -1;
	text->text = end < 0 ? body : str_skip(body, (size_t)end + 2);
	return 0;
}

static int
check_size(const struct xml_text *text, struct err *err)
{
	if (text->text.len > XML_BYTES_MAX || buf_has_failed(&text->own))
		return err_set(err, EX_DATAERR, "more than %d MiB of XML", XML_BYTES_MAX >> 20);
	return 0;
}

int
xml_text_init(struct xml_text *text, struct str bytes, struct err *err)
{
	*text = (struct xml_text){ .text = bytes, .own = BUF_INIT(XML_BYTES_MAX) };
	if (decode(text, err) < 0 || check_size(text, err) < 0)
		goto fail;
	mend(text);
	if (check_size(text, err) < 0 || trim_front(text, err) < 0)
		goto fail;
	return 0;

fail:
	xml_text_release(text);
	return -1;
}

void
xml_text_release(struct xml_text *text)
{
	buf_release(&text->own);
	text->text = STR("");
}
