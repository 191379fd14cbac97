/*
 * Which encoding a document is in, and its text as UTF-8, a chunk at a time. Of XML it knows the
 * declaration and nothing else.
 */
#include "xml_decode.h"

#include <errno.h>
#include <string.h>

enum {
	DECLARATION_BYTES = 1024,
	NAME_BYTES = 32,
	STEP_BYTES = 16 << 10, /* converted at once */
	OUT_BYTES = 1 << 20,
	/* Text is UTF-8 when that fits so many times for each time that it does not: in a text of
	 * another encoding it hardly ever does. */
	GOOD_TO_BAD = 8,
};

/*
 * The encodings that are believed, by the names documents use (letters and digits, lower case), and
 * what iconv calls what they mean: as on the web, the subset's name stands for the superset. Others
 * stay out, since iconv knows some that no feed uses and that were dangerous. NULL: UTF-8.
 */
static const struct {
	const char *name, *iconv_name;
} encodings[] = {
	{ "utf8", NULL },
	{ "unicode11utf8", NULL },
	/* What claims to be UTF-16 or UTF-32, but has no zeros, is not. */
	{ "utf16", NULL },
	{ "utf16le", NULL },
	{ "utf16be", NULL },
	{ "utf32", NULL },
	{ "utf32le", NULL },
	{ "utf32be", NULL },
	{ "ucs2", NULL },
	{ "ucs4", NULL },
	{ "usascii", "WINDOWS-1252" },
	{ "ascii", "WINDOWS-1252" },
	{ "iso88591", "WINDOWS-1252" },
	{ "latin1", "WINDOWS-1252" },
	{ "windows1250", "WINDOWS-1250" },
	{ "windows1251", "WINDOWS-1251" },
	{ "windows1252", "WINDOWS-1252" },
	{ "windows1253", "WINDOWS-1253" },
	{ "windows1254", "WINDOWS-1254" },
	{ "windows1255", "WINDOWS-1255" },
	{ "windows1256", "WINDOWS-1256" },
	{ "windows1257", "WINDOWS-1257" },
	{ "windows1258", "WINDOWS-1258" },
	{ "cp1250", "WINDOWS-1250" },
	{ "cp1251", "WINDOWS-1251" },
	{ "cp1252", "WINDOWS-1252" },
	{ "iso88592", "ISO-8859-2" },
	{ "latin2", "ISO-8859-2" },
	{ "iso88593", "ISO-8859-3" },
	{ "iso88594", "ISO-8859-4" },
	{ "iso88595", "ISO-8859-5" },
	{ "iso88596", "ISO-8859-6" },
	{ "iso88597", "ISO-8859-7" },
	{ "iso88598", "ISO-8859-8" },
	{ "iso88599", "WINDOWS-1254" },
	{ "iso885910", "ISO-8859-10" },
	{ "iso885913", "ISO-8859-13" },
	{ "iso885914", "ISO-8859-14" },
	{ "iso885915", "ISO-8859-15" },
	{ "iso885916", "ISO-8859-16" },
	{ "koi8r", "KOI8-R" },
	{ "koi8u", "KOI8-U" },
	{ "ibm866", "IBM866" },
	{ "cp866", "IBM866" },
	{ "macintosh", "MACINTOSH" },
	{ "tis620", "CP874" },
	{ "windows874", "CP874" },
	{ "gb2312", "GB18030" },
	{ "gbk", "GB18030" },
	{ "gb18030", "GB18030" },
	{ "big5", "BIG5-HKSCS" },
	{ "big5hkscs", "BIG5-HKSCS" },
	{ "shiftjis", "CP932" },
	{ "sjis", "CP932" },
	{ "xsjis", "CP932" },
	{ "windows31j", "CP932" },
	{ "eucjp", "EUC-JP" },
	{ "iso2022jp", "ISO-2022-JP" },
	{ "euckr", "UHC" },
	{ "ksc56011987", "UHC" },
	{ "windows949", "UHC" },
};

/* ---- the document's own word ---- */

/*
 * How a document may begin: with a byte order mark, or with ASCII among the zeros of its encoding.
 */
static const struct mark {
	const char *bytes;
	unsigned char len, mark_len, unit;
	const char *iconv_name;
} marks[] = {
	{ "\xff\xfe\0\0", 4, 4, 4, "UTF-32LE" },
	{ "\0\0\xfe\xff", 4, 4, 4, "UTF-32BE" },
	{ "\xff\xfe", 2, 2, 2, "UTF-16LE" },
	{ "\xfe\xff", 2, 2, 2, "UTF-16BE" },
	{ "\xef\xbb\xbf", 3, 3, 1, NULL },
	{ "<\0\0\0", 4, 0, 4, "UTF-32LE" },
	{ "\0\0\0<", 4, 0, 4, "UTF-32BE" },
	{ "<\0", 2, 0, 2, "UTF-16LE" },
	{ "\0<", 2, 0, 2, "UTF-16BE" },
};

static const struct mark *
find_mark(struct str head)
{
	for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++) {
		if (head.len >= marks[i].len && memcmp(head.ptr, marks[i].bytes, marks[i].len) == 0)
			return &marks[i];
	}
	return NULL;
}

/* The value of `encoding="…"` in an XML declaration at the front, or "". */
static struct str
declared_encoding(struct str head)
{
	head = str_trim(str_head(head, DECLARATION_BYTES));
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

/* What iconv calls an encoding, NULL for UTF-8; false when the name is not known. */
static bool
find_encoding(struct str name, const char **iconv_name)
{
	char plain[NAME_BYTES];
	size_t len = 0;
	for (size_t i = 0; i < name.len && len < sizeof(plain); i++) {
		if (str_is_alnum(name.ptr[i]))
			plain[len++] = str_lower_char(name.ptr[i]);
	}
	for (size_t i = 0; i < sizeof(encodings) / sizeof(*encodings); i++) {
		if (str_is((struct str){ plain, len }, encodings[i].name)) {
			*iconv_name = encodings[i].iconv_name;
			return true;
		}
	}
	return false;
}

/* ---- what the bytes say ---- */

/* How well the document reads as UTF-8. */
struct survey {
	int64_t good, bad; /* characters beyond ASCII, and bytes that are in none */
	unsigned left; /* bytes that the character under way still needs */
	unsigned char low, high; /* what the next of them may be */
};

/* The bytes that follow a first byte (Unicode table 3-7), and the bounds of the first of them. */
static unsigned
utf8_followers(unsigned char first, unsigned char *low, unsigned char *high)
{
	*low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
	*high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
	if (first >= 0xc2 && first <= 0xdf)
		return 1;
	if (first >= 0xe0 && first <= 0xef)
		return 2;
	return first >= 0xf0 && first <= 0xf4 ? 3 : 0;
}

static void
survey_byte(struct survey *survey, unsigned char byte)
{
	if (survey->left > 0 && byte >= survey->low && byte <= survey->high) {
		survey->low = 0x80;
		survey->high = 0xbf;
		if (--survey->left == 0)
			survey->good++;
		return;
	}
	if (survey->left > 0)
		survey->bad++;
	survey->left = byte < 0x80 ? 0 : utf8_followers(byte, &survey->low, &survey->high);
	if (byte >= 0x80 && survey->left == 0)
		survey->bad++;
}

static int
survey_input(struct input *input, struct survey *survey, struct err *err)
{
	struct str chunk;
	int status;
	while ((status = input_next(input, &chunk, err)) > 0) {
		for (size_t i = 0; i < chunk.len; i++) {
			unsigned char byte = (unsigned char)chunk.ptr[i];
			if (byte >= 0x80 || survey->left > 0)
				survey_byte(survey, byte);
		}
	}
	survey->bad += survey->left > 0;
	return status < 0 ? -1 : input_rewind(input, err);
}

/* ---- deciding ---- */

/*
 * What HTTP, or a document without a mark, claims: what to convert from, NULL for UTF-8 or nothing.
 */
static const char *
claimed_encoding(
    struct xml_decoder *decoder, const char *charset, struct str declared, bool *is_utf8)
{
	struct str claims[] = { str_from(charset), declared };
	const char *iconv_name = NULL;

	for (int i = 0; i < 2 && iconv_name == NULL; i++) {
		if (claims[i].len == 0)
			continue;
		if (!find_encoding(claims[i], &iconv_name))
			decoder->is_repaired = true;
		else if (iconv_name == NULL)
			*is_utf8 = true;
	}
	return iconv_name;
}

/* Says what to convert from; NULL where the text is UTF-8, or nearly. */
static int
choose(struct xml_decoder *decoder, struct str head, const char *charset, bool has_utf8_mark,
    const char **iconv_name, struct err *err)
{
	struct str declared = has_utf8_mark ? STR("") : declared_encoding(head);
	bool is_utf8_claimed = has_utf8_mark && charset == NULL;
	struct survey survey = { .good = 0 };

	*iconv_name = claimed_encoding(decoder, charset, declared, &is_utf8_claimed);
	if (*iconv_name == NULL)
		return 0;
	if (survey_input(decoder->input, &survey, err) < 0)
		return -1;
	bool is_utf8 = survey.good > 0 && survey.good > GOOD_TO_BAD * survey.bad;
	bool is_ascii = survey.good == 0 && survey.bad == 0;
	if (is_utf8 || (is_ascii && strcmp(*iconv_name, "ISO-2022-JP") != 0))
		*iconv_name = NULL;
	/* Somebody was wrong about it. */
	if (!is_ascii && is_utf8 != is_utf8_claimed)
		decoder->is_repaired = true;
	return 0;
}

int
xml_decoder_init(
    struct xml_decoder *decoder, struct input *input, const char *charset, struct err *err)
{
	const struct mark *mark;
	const char *iconv_name;
	struct str head;

	*decoder = (struct xml_decoder){
		.input = input,
		.converter = (iconv_t)-1,
		.unit = 1,
		.out = BUF_INIT(OUT_BYTES),
	};
	if (input_head(input, &head, err) < 0)
		return -1;
	mark = find_mark(head);
	iconv_name = mark != NULL ? mark->iconv_name : NULL;
	if (mark != NULL) {
		decoder->mark_len = mark->mark_len;
		decoder->unit = mark->unit;
	}
	if (iconv_name == NULL &&
	    choose(decoder, head, charset, mark != NULL, &iconv_name, err) < 0)
		return -1;
	if (iconv_name == NULL)
		return 0;
	decoder->converter = iconv_open("UTF-8", iconv_name);
	if (decoder->converter == (iconv_t)-1)
		return err_set(err, EX_DATAERR, "this system cannot decode %s", iconv_name);
	return 0;
}

void
xml_decoder_release(struct xml_decoder *decoder)
{
	if (decoder->converter != (iconv_t)-1)
		iconv_close(decoder->converter);
	buf_release(&decoder->out);
}

/* ---- converting ---- */

/* Appends what the bytes mean, and takes them off, up to a character that is not all there. */
static void
convert(struct xml_decoder *decoder, struct str *bytes)
{
	char piece[4096];
	while (bytes->len > 0) {
		char *in = (char *)bytes->ptr, *out = piece; /* iconv() only reads it */
		size_t room = sizeof(piece);
		size_t result = iconv(decoder->converter, &in, &bytes->len, &out, &room);
		int why = errno;
		bytes->ptr = in;
		buf_add_bytes(&decoder->out, piece, sizeof(piece) - room);
		if (result != (size_t)-1 || why == E2BIG)
			continue;
		if (why == EINVAL && bytes->len < sizeof(decoder->carry))
			return;
		decoder->is_repaired = true;
		buf_add_utf8(&decoder->out, 0xfffd);
		*bytes = str_skip(*bytes, decoder->unit);
	}
}

/* Converts some of the rest. */
static void
take(struct xml_decoder *decoder)
{
	struct str step = str_head(decoder->rest, STEP_BYTES);
	if (decoder->carry_len > 0) {
		/* Byte by byte, until the character is whole or known to be none. */
		decoder->carry[decoder->carry_len++] = decoder->rest.ptr[0];
		decoder->rest = str_skip(decoder->rest, 1);
		step = (struct str){ decoder->carry, decoder->carry_len };
	} else {
		decoder->rest = str_skip(decoder->rest, step.len);
	}
	convert(decoder, &step);
	memmove(decoder->carry, step.ptr, step.len);
	decoder->carry_len = step.len;
}

/* What the converter held back for the end. */
static void
finish(struct xml_decoder *decoder)
{
	char piece[16];
	char *out = piece;
	size_t room = sizeof(piece);

	decoder->has_ended = true;
	if (decoder->carry_len > 0) {
		decoder->is_repaired = true;
		buf_add_utf8(&decoder->out, 0xfffd);
	}
	iconv(decoder->converter, NULL, NULL, &out, &room);
	buf_add_bytes(&decoder->out, piece, sizeof(piece) - room);
}

/* The next chunk after the mark. */
static int
next_chunk(struct xml_decoder *decoder, struct str *chunk, struct err *err)
{
	int status;
	do {
		status = input_next(decoder->input, chunk, err);
		if (status <= 0)
			return status;
		size_t mark = decoder->mark_len - decoder->skipped;
		size_t skipped = chunk->len < mark ? chunk->len : mark;
		decoder->skipped += skipped;
		*chunk = str_skip(*chunk, skipped);
	} while (chunk->len == 0);
	return 1;
}

int
xml_decoder_next(struct xml_decoder *decoder, struct str *text, struct err *err)
{
	if (decoder->converter == (iconv_t)-1)
		return next_chunk(decoder, text, err);
	buf_reset(&decoder->out);
	while (decoder->out.len == 0 && !decoder->has_ended) {
		int status = 1;
		if (decoder->rest.len == 0)
			status = next_chunk(decoder, &decoder->rest, err);
		if (status < 0)
			return -1;
		if (status > 0)
			take(decoder);
		else
			finish(decoder);
	}
	*text = buf_str(&decoder->out);
	return text->len > 0;
}
