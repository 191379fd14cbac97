/*
 * Mail on the byte level: fields, phrases, parameters and quoted-printable, by example and with
 * random text that is encoded and read back by decoders written here, apart from the module's own.
 */
#include "unit.h"

#include "digest/message.h"
#include "digest/mime.h"

/* ---- what holds for everything that is written ---- */

/* 7-bit text in lines of at most `limit` that all end with CRLF; slots may stand in it. */
static void
check_lines(struct str text, size_t limit)
{
	size_t width = 0;

	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.ptr[i];

		assert_true(c < 0x7f);
		if (c == '\r') {
			assert_true(i + 1 < text.len && text.ptr[i + 1] == '\n');
			assert_true(width <= limit);
			width = 0;
			i++;
			continue;
		}
		assert_true(c >= 0x20 || c == '\t' || message_is_slot((char)c));
		width++;
	}
	assert_true(text.len == 0 || str_ends(text, "\r\n"));
}

/* A reader's view of one field: unfolded, encoded-words decoded. */
static int
hex_value(char c)
{
	return c <= '9' ? c - '0' : c - 'A' + 10;
}

static void
decode_word(struct buf *out, struct str word)
{
	assert_true(word.len <= 75);
	assert_true(str_starts(word, "=?utf-8?Q?") && str_ends(word, "?="));
	size_t start = out->len;

	for (size_t i = 10; i < word.len - 2; i++) {
		if (word.ptr[i] == '=') {
			buf_add_char(out,
			    (char)(hex_value(word.ptr[i + 1]) << 4 | hex_value(word.ptr[i + 2])));
			i += 2;
		} else {
			buf_add_char(out, word.ptr[i] == '_' ? ' ' : word.ptr[i]);
		}
	}
	/* Each word is whole characters (RFC 2047 section 5). */
	struct str decoded = str_skip(buf_str(out), start);
	while (decoded.len > 0) {
		size_t size = str_printable(decoded);

		assert_true(size > 0);
		decoded = str_skip(decoded, size);
	}
}

static void
decode_field(struct buf *out, struct str field)
{
	struct buf line = BUF_INIT(BUF_LIMIT);
	bool was_encoded = false;
	struct str rest, word;

	for (size_t i = 0; i < field.len; i++)
		if (field.ptr[i] != '\r' && field.ptr[i] != '\n')
			buf_add_char(&line, field.ptr[i]);
	rest = buf_str(&line);
	rest = str_skip(rest, (size_t)str_find_char(rest, ':') + 1);
	if (str_starts(rest, " "))
		rest = str_skip(rest, 1);
	while (str_next(&rest, ' ', &word)) {
		bool is_encoded = str_starts(word, "=?") && str_ends(word, "?=");

		if (out->len > 0 && !(was_encoded && is_encoded))
			buf_add_char(out, ' ');
		if (is_encoded)
			decode_word(out, word);
		else
			buf_add(out, word);
		was_encoded = is_encoded;
	}
	buf_release(&line);
}

/* ---- fields ---- */

static void
check_field(struct str text, const char *expected)
{
	struct buf out = BUF_INIT(BUF_LIMIT);

	mime_field(&out, "Subject", text);
	assert_str(buf_str(&out), expected);
	buf_release(&out);
}

static void
fields_by_example(void **state)
{
	(void)state;
	check_field(STR("Daily papers"), "Subject: Daily papers\r\n");
	check_field(STR(""), "Subject:\r\n");
	check_field(STR("T\xc3\xbclu 3"), "Subject: =?utf-8?Q?T=C3=BClu?= 3\r\n");
	check_field(STR("a \xc3\xa9 b \xc3\xa9 c"), "Subject: a =?utf-8?Q?=C3=A9_b_=C3=A9?= c\r\n");
	/* What looks like an encoded-word is encoded, or a reader would decode it. */
	check_field(STR("=?utf-8?Q?x?="), "Subject: =?utf-8?Q?=3D=3Futf-8=3FQ=3Fx=3F=3D?=\r\n");
	check_field(STR("two  blanks"), "Subject: =?utf-8?Q?two__blanks?=\r\n");
	check_field(STR(" first"), "Subject: =?utf-8?Q?_first?=\r\n");
	check_field(STR("bad \xff byte"), "Subject: bad =?utf-8?Q?=EF=BF=BD?= byte\r\n");
	check_field(STR("half \xc2"), "Subject: half =?utf-8?Q?=EF=BF=BD?=\r\n");
	check_field(STR("half \xc2?"), "Subject: half =?utf-8?Q?=EF=BF=BD=3F?=\r\n");
	check_field(STR("\xc3\xa9!*+-/\xc3\xa9"), "Subject: =?utf-8?Q?=C3=A9!*+-/=C3=A9?=\r\n");
}

static void
no_text_starts_a_field(void **state)
{
	(void)state;
	check_field(
	    STR("x\r\nBcc: a@example.com"), "Subject: =?utf-8?Q?x__Bcc=3A_a=40example=2Ecom?=\r\n");
	check_field(STR("x\nBcc: y"), "Subject: x Bcc: y\r\n");
	check_field(STR("a\x01"
	                "b\x7f"
	                "c\xc2\x85"
	                "d"),
	    "Subject: a b c d\r\n");

	struct buf out = BUF_INIT(BUF_LIMIT);
	mime_field_raw(&out, "To", STR("a@example.com\r\nBcc: b@example.com"));
	mime_field_raw(&out, "To", STR("\x01"));
	mime_field_raw(&out, "X", STR("\xc3\xa9"));
	mime_field_raw(&out, "X", STR("a\x7f-"));
	assert_str(buf_str(&out),
	    "To: a@example.com  Bcc: b@example.com\r\nTo: \x01\r\nX: ??\r\nX: a -\r\n");
	buf_release(&out);
}

static void
long_fields_are_folded(void **state)
{
	(void)state;
	struct buf out = BUF_INIT(BUF_LIMIT);

	mime_field(&out, "Subject",
	    STR("The quick brown fox jumps over the lazy dog and then over the next lazy dog too"));
	assert_str(buf_str(&out),
	    "Subject: The quick brown fox jumps over the lazy dog and then over "
	    "the next\r\n lazy dog too\r\n");
	buf_reset(&out);
	/*
	 * Lines with encoded-words are shorter (RFC 2047 section 2),
	 * also where they come ready made.
	 */
	mime_field(&out, "Subject",
	    STR("0123456789012345678901234567890123456789012345678901234567890123456789 \xc3\xa9"));
	assert_str(buf_str(&out),
	    "Subject: 0123456789012345678901234567890123456789012345678901234567890123456789\r\n"
	    " =?utf-8?Q?=C3=A9?=\r\n");
	buf_reset(&out);
	mime_field_raw(&out, "List-Id",
	    STR("=?utf-8?Q?=C3=A9=C3=A9=C3=A9=C3=A9=C3=A9=C3=A9?= <one.two.three.example.com>"));
	assert_str(buf_str(&out),
	    "List-Id: =?utf-8?Q?=C3=A9=C3=A9=C3=A9=C3=A9=C3=A9=C3=A9?=\r\n"
	    " <one.two.three.example.com>\r\n");
	buf_reset(&out);
	/* The first word stays behind the name, whatever its length. */
	mime_field_raw(&out, "List-Unsubscribe",
	    STR("<https://lists.example.com/unsubscribe/0123456789/0123456789/0123456789/"
	        "012345678>"));
	check_lines(buf_str(&out), 998);
	assert_int_equal(str_find(buf_str(&out), STR("\r\n")), (ptrdiff_t)out.len - 2);
	buf_release(&out);
}

static void
no_line_is_above_998(void **state)
{
	(void)state;
	struct buf text = BUF_INIT(BUF_LIMIT), out = BUF_INIT(BUF_LIMIT);

	buf_add_repeat(&text, 'x', 5000);
	mime_field_raw(&out, "X-Long", buf_str(&text));
	check_lines(buf_str(&out), 998);
	buf_reset(&out);
	mime_field(&out, "Subject", buf_str(&text));
	check_lines(buf_str(&out), 76);
	buf_cut(&text, 990);
	buf_reset(&out);
	mime_field_raw(&out, "X-Almost", buf_str(&text));
	check_lines(buf_str(&out), 998);
	buf_release(&text);
	buf_release(&out);
}

/* ---- phrases, mailboxes, parameters ---- */

static void
check_mailbox(const char *name, const char *address, const char *expected)
{
	struct buf out = BUF_INIT(BUF_LIMIT);

	mime_mailbox(&out, str_from(name), str_from(address));
	assert_str(buf_str(&out), expected);
	buf_release(&out);
}

static void
mailboxes(void **state)
{
	(void)state;
	check_mailbox("", "a@example.com", "a@example.com");
	check_mailbox(" \t ", "a@example.com", "a@example.com");
	check_mailbox("Paper Digest", "a@example.com", "Paper Digest <a@example.com>");
	check_mailbox("Doe, Jane", "a@example.com", "\"Doe, Jane\" <a@example.com>");
	check_mailbox("cs.CL", "a@example.com", "\"cs.CL\" <a@example.com>");
	check_mailbox("say \"hi\\\"", "a@example.com", "\"say \\\"hi\\\\\\\"\" <a@example.com>");
	check_mailbox("T\xc3\xbclu", "a@example.com", "=?utf-8?Q?T=C3=BClu?= <a@example.com>");
	check_mailbox("a\r\nBcc: x", "a@example.com", "\"a Bcc: x\" <a@example.com>");
	check_mailbox("=?utf-8?Q?x?=", "a@example.com",
	    "=?utf-8?Q?=3D=3Futf-8=3FQ=3Fx=3F=3D?= <a@example.com>");
	check_mailbox("0123456789012345678901234567890123456789012345678901234567890", "a@b",
	    "=?utf-8?Q?012345678901234567890123456789012345678901234567?="
	    " =?utf-8?Q?8901234567890?= <a@b>");
	check_mailbox("", "a\x7f\xc3\xa9@b", "a@b");
	check_mailbox(
	    "a", "x@example.com>\r\nBcc: <y@example.com", "a <x@example.comBcc:y@example.com>");
}

static void
check_parameter(const char *value, const char *expected)
{
	struct buf out = BUF_INIT(BUF_LIMIT);

	mime_parameter(&out, "name", str_from(value));
	assert_str(buf_str(&out), expected);
	buf_release(&out);
}

static void
parameters(void **state)
{
	(void)state;
	check_parameter("utf-8", "; name=utf-8");
	check_parameter("", "; name=\"\"");
	check_parameter("=_b", "; name=\"=_b\"");
	check_parameter("a \"b\"", "; name=\"a \\\"b\\\"\"");
	check_parameter("\xe2\x82\xac rates", "; name*=utf-8''%E2%82%AC%20rates");
	check_parameter("\xe2\x82\xac*'%", "; name*=utf-8''%E2%82%AC%2A%27%25");
	check_parameter("01234567890123456789012345678901234567890123456789012345678901234567",
	    "; name*0*=utf-8''01234567890123456789012345678901234567890123456789"
	    "; name*1*=012345678901234567");
	check_parameter("12345678901234567890123456789012345678901234567\xe2\x82\xac\xe2\x82\xac",
	    "; name*0*=utf-8''12345678901234567890123456789012345678901234567%E2%82%AC"
	    "; name*1*=%E2%82%AC");
}

/* ---- quoted-printable ---- */

static void
check_quoted(struct str text, const char *expected)
{
	struct buf out = BUF_INIT(BUF_LIMIT), back = BUF_INIT(BUF_LIMIT);
	struct err err = ERR_NONE;

	mime_quoted_printable(&out, text);
	assert_str(buf_str(&out), expected);
	assert_int_equal(mime_decode_quoted_printable(&back, buf_str(&out), &err), 0);
	struct str read = buf_str(&back);
	if (!str_ends(text, "\n"))
		read.len -= read.len > 0;
	assert_true(str_equal(read, text));
	buf_release(&out);
	buf_release(&back);
}

static void
quoted_printable_by_example(void **state)
{
	(void)state;
	check_quoted(STR(""), "");
	check_quoted(STR("\n"), "\r\n");
	check_quoted(STR("a = b"), "a =3D b\r\n");
	check_quoted(STR("blank \ntab\t\n \n"), "blank=20\r\ntab=09\r\n=20\r\n");
	check_quoted(STR("blank "), "blank=20\r\n");
	check_quoted(STR("From me\nFrom: me\n>From me\n"), "=46rom me\r\nFrom: me\r\n>From me\r\n");
	check_quoted(STR(".\n.a\na.\n..\n"), "=2E\r\n=2Ea\r\na.\r\n=2E.\r\n");
	check_quoted(STR("T\xc3\xbclu\n"), "T=C3=BClu\r\n");
	check_quoted(STR("cr\rhere\r\n"), "cr=0Dhere=0D\r\n");
	check_quoted(STR("\xff\x80\n"), "=FF=80\r\n");
	check_quoted(STR("\x7f"
	                 "a\x7f\n"),
	    "=7Fa=7F\r\n");
}

static void
soft_breaks_keep_characters_whole(void **state)
{
	(void)state;
	char text[200], expected[300];

	for (int prefix = 60; prefix <= 80; prefix++) {
		memset(text, 'x', sizeof(text));
		memcpy(text + prefix, "\xf0\x9f\x98\x80", 4);
		struct buf out = BUF_INIT(BUF_LIMIT);

		mime_quoted_printable(&out, (struct str){ text, sizeof(text) });
		check_lines(buf_str(&out), 76);
		assert_true(str_find(buf_str(&out), STR("=F0=9F=98=80")) >= 0);
		buf_release(&out);
	}
	/* What comes to the start of a line by a soft break is looked at again. */
	memset(text, 'x', sizeof(text));
	memcpy(text + 75, ".From ", 6);
	snprintf(expected, sizeof(expected), "%.75s=\r\n=2EFrom y\r\n", text);
	snprintf(text + 81, sizeof(text) - 81, "y");
	check_quoted(str_from(text), expected);
	memmove(text + 75, text + 76, 8);
	snprintf(expected, sizeof(expected), "%.75s=\r\n=46rom y\r\n", text);
	check_quoted(str_from(text), expected);
}

static void
slots_stand_alone(void **state)
{
	(void)state;
	check_quoted(STR("see \x03 now\n"), "see =\r\n\x03=\r\n now\r\n");
	check_quoted(STR("\x03\n"), "\x03\r\n");
	check_quoted(STR("x\x03\ny"), "x=\r\n\x03\r\ny\r\n");
	check_quoted(STR("\x03\x03"), "\x03=\r\n\x03\r\n");
}

static void
check_not_quoted(struct str encoded)
{
	struct buf out = BUF_INIT(BUF_LIMIT);
	struct err err = ERR_NONE;

	assert_int_equal(mime_decode_quoted_printable(&out, encoded, &err), -1);
	assert_int_equal(err.code, EX_DATAERR);
	buf_release(&out);
}

static void
what_no_encoder_writes_is_refused(void **state)
{
	(void)state;
	check_not_quoted(STR("no end"));
	check_not_quoted(STR("lf\n"));
	check_not_quoted(STR("a\rb\r\n"));
	check_not_quoted(STR("blank \r\n"));
	check_not_quoted(STR("=4\r\n"));
	check_not_quoted(STR("=4g\r\n"));
	check_not_quoted(STR("=c3\r\n"));
	check_not_quoted(STR("\xc3\xa9\r\n"));
	check_not_quoted(STR("bell\x07\r\n"));
	check_not_quoted(STR("ends softly=\r\n"));
	check_not_quoted(STR("tab\t\r\n"));
	check_not_quoted(STR("=!0\r\n"));
	check_not_quoted(STR("=:0\r\n"));
	check_not_quoted(STR("\xc3\xa9 in front\r\n"));
	check_not_quoted(STR("a\x7f\r\n"));

	struct buf line = BUF_INIT(BUF_LIMIT);
	buf_add_repeat(&line, 'x', 999);
	buf_add_string(&line, "\r\n");
	check_not_quoted(buf_str(&line));
	buf_release(&line);
}

/* ---- random text ---- */

static uint32_t
next_random(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 8;
}

/* Text that hits the edges: blanks, dots, "From ", line ends, characters of every length. */
static void
random_text(struct buf *out, uint32_t *seed, bool is_one_line)
{
	static const char *const pieces[] = { " ", "  ", ".", "=", "From ", "?=", "=?", "\xc3\xa9",
		"\xe2\x80\xa6", "\xf0\x9f\x98\x80", "_", "\t", "\n", "\n\n", "\"", "\\", "a",
		"word", "-", "0123456789012345678901234567890123456789" };
	size_t count = next_random(seed) % 60;

	for (size_t i = 0; i < count; i++) {
		const char *piece = pieces[next_random(seed) % (sizeof(pieces) / sizeof(*pieces))];

		if (!is_one_line || (piece[0] != '\n' && piece[0] != '\t'))
			buf_add_string(out, piece);
	}
}

static void
random_text_comes_back(void **state)
{
	(void)state;
	uint32_t seed = 1;

	for (int round = 0; round < 3000; round++) {
		struct buf text = BUF_INIT(BUF_LIMIT), out = BUF_INIT(BUF_LIMIT),
		           back = BUF_INIT(BUF_LIMIT);
		struct err err = ERR_NONE;

		random_text(&text, &seed, false);
		mime_quoted_printable(&out, buf_str(&text));
		check_lines(buf_str(&out), 76);
		for (struct str rest = buf_str(&out), line; str_next_line(&rest, &line);) {
			assert_false(str_starts(line, ".") || str_starts(line, "From "));
			assert_true(str_find(line, STR("=_")) < 0);
		}
		assert_int_equal(mime_decode_quoted_printable(&back, buf_str(&out), &err), 0);
		if (text.len > 0 && !str_ends(buf_str(&text), "\n"))
			buf_add_char(&text, '\n');
		assert_true(str_equal(buf_str(&back), buf_str(&text)));
		buf_release(&text);
		buf_release(&out);
		buf_release(&back);
	}
}

static void
random_fields_come_back(void **state)
{
	(void)state;
	uint32_t seed = 2;

	for (int round = 0; round < 3000; round++) {
		struct buf text = BUF_INIT(BUF_LIMIT), out = BUF_INIT(BUF_LIMIT),
		           back = BUF_INIT(BUF_LIMIT);

		random_text(&text, &seed, true);
		mime_field(&out, "Subject", buf_str(&text));
		check_lines(buf_str(&out), 84);
		decode_field(&back, buf_str(&out));
		if (!str_equal(buf_str(&back), buf_str(&text)))
			fail_msg("\"%s\" came back as \"%s\" from %s", text.ptr, back.ptr, out.ptr);
		buf_release(&text);
		buf_release(&out);
		buf_release(&back);
	}
}

/* ---- whole messages ---- */

#define VERSION "MIME-Version: 1.0\r\n"
#define HEADER \
	"MIME-Version: 1.0\r\nContent-Type: multipart/alternative;\r\n boundary=\"=_b\"\r\n\r\n"
#define PART(type) \
	"Content-Type: text/" type "; charset=utf-8\r\n" \
	"Content-Transfer-Encoding: quoted-printable\r\n\r\n"
#define WHOLE \
	HEADER "--=_b\r\n" PART("plain") "one=20\r\n\r\n--=_b\r\n" PART( \
	    "html") "<p>=C3=A9</p>\r\n\r\n--=_b--\r\n"

static int
read_message(struct str message, struct buf *text, struct buf *html)
{
	struct err err = ERR_NONE;
	struct mime_parts parts = MIME_PARTS_INIT;
	int result = mime_read_message(&parts, message, &err);

	assert_int_equal(parts.attached.len, 0);
	assert_int_equal(parts.related_count, 0);
	buf_add(text, buf_str(&parts.text));
	buf_add(html, buf_str(&parts.html));
	mime_parts_release(&parts);
	assert_int_equal(err.code, result == 0 ? 0 : EX_DATAERR);
	return result;
}

static void
a_message_is_read_back(void **state)
{
	(void)state;
	struct buf text = BUF_INIT(BUF_LIMIT), html = BUF_INIT(BUF_LIMIT);

	assert_int_equal(read_message(STR(WHOLE), &text, &html), 0);
	assert_str(buf_str(&text), "one \n");
	assert_str(buf_str(&html), "<p>\xc3\xa9</p>\n");
	/* Folded with a TAB. */
	assert_int_equal(read_message(STR("X: a\r\n\tb\r\n" WHOLE), &text, &html), 0);
	buf_release(&text);
	buf_release(&html);
}

static void
other_messages_are_refused(void **state)
{
	(void)state;
	static const char *const bad[] = {
		"",
		"Subject: x\r\n",
		"Subject: x\r\n\r\nplain\r\n",
		WHOLE "more\r\n",
		HEADER "preamble\r\n--=_b\r\n" PART("plain") "x\r\n\r\n--=_b--\r\n",
		HEADER "--=_b\r\n" PART("plain") "x\r\n\r\n--=_b--\r\n",
		HEADER
		"--=_b\r\n" PART("html") "x\r\n\r\n--=_b\r\n" PART("plain") "y\r\n\r\n--=_b--\r\n",
		HEADER "--=_b\r\n" PART("plain") "x\r\n\r\n--=_b\r\n" PART("html") "y\r\n",
		HEADER "--=_b\r\n" PART("plain") "x =\r\n\r\n--=_b\r\n" PART(
		    "html") "=ZZ\r\n\r\n--=_b--\r\n",
		HEADER "--=_b\r\n\r\nx\r\n\r\n--=_b\r\n" PART("html") "y\r\n\r\n--=_b--\r\n",
		"MIME-Version: 1.0\r\n" WHOLE,
		"Content-Type: text/plain\r\n" WHOLE,
		"Content-Type: multipart/alternative; boundary=\"=_b\"\r\n\r\n--=_b\r\n" PART(
		    "plain") "x\r\n",
		"X: \xc3\xa9\r\n" WHOLE,
		"X: \n" WHOLE,
		"X: \r \r\n" WHOLE,
		WHOLE "x",
		VERSION "Content-Type: multipart/alternative; boundary=\"=_b\r\n\r\n--=_b\r\n",
		VERSION "Content-Type: multipart/alternative; boundary=\"\r\n\r\n--\r\n",
		VERSION "Content-Type: multipart/alternative; boundary=\"\"\r\n\r\n--\r\n",
		HEADER "--=_bc\r\n" PART("plain") "x\r\n\r\n--=_b--\r\n",
		HEADER "--=_b\r\nContent-Type: text/plain; charset=utf-8\r\n",
		HEADER "--=_b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nx\r\n\r\n--=_b\r\n",
	};

	struct buf none = BUF_INIT(BUF_LIMIT);
	assert_int_equal(read_message(STR("X: \0\r\n" WHOLE), &none, &none), -1);
	buf_release(&none);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct buf text = BUF_INIT(BUF_LIMIT), html = BUF_INIT(BUF_LIMIT);

		if (read_message(str_from(bad[i]), &text, &html) == 0)
			fail_msg("case %zu was read", i);
		buf_release(&text);
		buf_release(&html);
	}
}

#define MIXED \
	"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"=_m\"\r\n\r\n--=_m\r\n"
#define TEXTS \
	"Content-Type: multipart/alternative; boundary=\"=_b\"\r\n\r\n--=_b\r\n" PART( \
	    "plain") "one\r\n\r\n--=_b\r\n" PART("html") "two\r\n\r\n--=_b--\r\n"
#define FILE_PART \
	"Content-Type: text/x-bibtex; charset=utf-8\r\n" \
	"Content-Disposition: attachment; filename=a.bib\r\n" \
	"Content-Transfer-Encoding: quoted-printable\r\n\r\n"

static void
attachments_are_read_back(void **state)
{
	(void)state;
	static const char *const bad[] = {
		MIXED TEXTS "--=_m--\r\n",
		MIXED TEXTS "--=_m\r\n" FILE_PART "three\r\n",
		MIXED TEXTS "--=_m\r\n" FILE_PART "three\r\n\r\n--=_m--\r\nmore\r\n",
		MIXED TEXTS "\r\n--=_m\r\n" FILE_PART "three\r\n\r\n--=_m--\r\n",
		MIXED TEXTS "--=_m\r\n" FILE_PART "=ZZ\r\n\r\n--=_m--\r\n",
		MIXED FILE_PART "three\r\n\r\n--=_m--\r\n",
		VERSION "Content-Type: multipart/mixed; "
		        "boundary=\"=_m\"\r\n\r\npreamble\r\n--=_m\r\n" TEXTS,
		MIXED "Content-Type: multipart/alternative; boundary=\"=_b\"\r\n",
	};
	struct mime_parts parts = MIME_PARTS_INIT;
	struct err err = ERR_NONE;

	assert_int_equal(
	    mime_read_message(&parts,
	        STR(MIXED TEXTS "--=_m\r\n" FILE_PART "three=C3=A9\r\n\r\n--=_m--\r\n"), &err),
	    0);
	assert_str(buf_str(&parts.text), "one\n");
	assert_str(buf_str(&parts.html), "two\n");
	assert_str(buf_str(&parts.attached), "three\xc3\xa9\n");
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		err_clear(&err);
		if (mime_read_message(&parts, str_from(bad[i]), &err) == 0)
			fail_msg("case %zu was read", i);
		assert_int_equal(err.code, EX_DATAERR);
	}
	mime_parts_release(&parts);
}

#define RELATED \
	HEADER "--=_b\r\n" PART("plain") "one\r\n\r\n--=_b\r\n" \
	                                 "Content-Type: multipart/related; type=\"text/html\"; " \
	                                 "boundary=\"=_r\"\r\n\r\n" \
	                                 "--=_r\r\n" PART("html") "two\r\n\r\n--=_r"
#define PICTURE \
	"\r\nContent-Type: image/jpeg\r\nContent-ID: <a@b>\r\n" \
	"Content-Transfer-Encoding: base64\r\n\r\n"

static void
pictures_are_read_back(void **state)
{
	(void)state;
	static const char *const bad[] = {
		RELATED "--\r\n\r\n--=_b--\r\n",
		RELATED PICTURE "/9j/\r\n\r\n--=_b--\r\n",
		RELATED PICTURE "/9j/\r\n\r\n--=_r--\r\n--=_b--\r\n",
		RELATED PICTURE "/9j/\r\n\r\n--=_r--\r\nmore\r\n--=_b--\r\n",
		RELATED PICTURE
		"/9j/\r\n\r\n--=_r--\r\n\r\n--=_b\r\n" PART("html") "x\r\n\r\n--=_b--\r\n",
		RELATED PICTURE "/9j\r\n\r\n--=_r--\r\n\r\n--=_b--\r\n",
		RELATED PICTURE "/9j/\r\n/9j/\r\n\r\n--=_r--\r\n\r\n--=_b--\r\n",
		RELATED PICTURE "/==j\r\n\r\n--=_r--\r\n\r\n--=_b--\r\n",
		RELATED
		"\r\nContent-Type: text/html\r\nContent-ID: <a@b>\r\n"
		"Content-Transfer-Encoding: base64\r\n\r\n/9j/\r\n\r\n--=_r--\r\n\r\n--=_b--\r\n",
		RELATED
		"\r\nContent-Type: image/jpeg\r\nContent-ID: a@b\r\n"
		"Content-Transfer-Encoding: base64\r\n\r\n/9j/\r\n\r\n--=_r--\r\n\r\n--=_b--\r\n",
		RELATED
		"\r\nContent-Type: image/jpeg\r\nContent-ID: <>\r\n"
		"Content-Transfer-Encoding: base64\r\n\r\n/9j/\r\n\r\n--=_r--\r\n\r\n--=_b--\r\n",
		RELATED
		"\r\nContent-Type: image/jpeg\r\nContent-ID: <a@b\r\n"
		"Content-Transfer-Encoding: base64\r\n\r\n/9j/\r\n\r\n--=_r--\r\n\r\n--=_b--\r\n",
		RELATED
		"\r\nContent-Type: image/jpeg\r\nContent-ID: <a@b>\r\n"
		"Content-Transfer-Encoding: 8bit\r\n\r\n/9j/\r\n\r\n--=_r--\r\n\r\n--=_b--\r\n",
		RELATED PICTURE "/9j/\r\n",
		HEADER "--=_b\r\n" PART("plain") "one\r\n\r\n--=_b\r\nContent-Type: text/html\r\n",
		HEADER "--=_b\r\n" PART(
		    "plain") "one\r\n\r\n--=_b\r\n"
		             "Content-Type: multipart/related\r\n\r\nx\r\n\r\n--=_b--\r\n",
	};
	struct mime_parts parts = MIME_PARTS_INIT;
	struct err err = ERR_NONE;

	assert_int_equal(
	    mime_read_message(&parts,
	        STR(RELATED PICTURE "/9j/\r\n\r\n--=_r" PICTURE "AA==\r\n\r\n--=_r--\r\n\r\n"
	                            "--=_b--\r\n"),
	        &err),
	    0);
	assert_str(buf_str(&parts.text), "one\n");
	assert_str(buf_str(&parts.html), "two\n");
	assert_int_equal(parts.related_count, 2);
	assert_str(buf_str(&parts.related[0].id), "a@b");
	assert_str(buf_str(&parts.related[0].type), "image/jpeg");
	assert_str(buf_str(&parts.related[0].bytes), "\xff\xd8\xff");
	assert_int_equal(parts.related[1].bytes.len, 1);
	mime_parts_release(&parts);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		err_clear(&err);
		parts = (struct mime_parts)MIME_PARTS_INIT;
		if (mime_read_message(&parts, str_from(bad[i]), &err) == 0)
			fail_msg("case %zu was read", i);
		assert_int_equal(err.code, EX_DATAERR);
		mime_parts_release(&parts);
	}
}

static void
base64_round_trip(void **state)
{
	(void)state;
	char bytes[300];
	struct err err = ERR_NONE;

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)(i * 7);
	for (size_t len = 0; len <= sizeof(bytes); len++) {
		struct buf encoded = BUF_INIT(BUF_LIMIT), decoded = BUF_INIT(BUF_LIMIT);
		struct str text = { bytes, len }, line, rest;

		mime_base64(&encoded, text);
		assert_int_equal(mime_decode_base64(&decoded, buf_str(&encoded), &err), 0);
		assert_true(str_equal(buf_str(&decoded), text));
		assert_true(len == 0 || str_ends(buf_str(&encoded), "\r\n"));
		for (rest = buf_str(&encoded); str_next_line(&rest, &line);)
			assert_true(line.len <= 76);
		buf_release(&encoded);
		buf_release(&decoded);
	}
}

static void
other_base64_is_refused(void **state)
{
	(void)state;
	char long_line[] = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	                   "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n";
	const char *const bad[] = { "\r\n", "AA{A\r\n", "AAA\r\n", long_line };

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct buf decoded = BUF_INIT(BUF_LIMIT);
		struct err err = ERR_NONE;

		assert_int_equal(mime_decode_base64(&decoded, str_from(bad[i]), &err), -1);
		assert_int_equal(err.code, EX_DATAERR);
		buf_release(&decoded);
	}
}

static void
lines_above_998_are_refused(void **state)
{
	(void)state;
	struct buf message = BUF_INIT(BUF_LIMIT), text = BUF_INIT(BUF_LIMIT),
	           html = BUF_INIT(BUF_LIMIT);

	buf_add_string(&message, "X: ");
	buf_add_repeat(&message, 'x', 995);
	buf_add_string(&message, "\r\n" WHOLE);
	assert_int_equal(read_message(buf_str(&message), &text, &html), 0);
	buf_reset(&message);
	buf_add_string(&message, "X: ");
	buf_add_repeat(&message, 'x', 996);
	buf_add_string(&message, "\r\n" WHOLE);
	assert_int_equal(read_message(buf_str(&message), &text, &html), -1);
	buf_release(&message);
	buf_release(&text);
	buf_release(&html);
}

static void
a_boundary_depends_on_its_seed_alone(void **state)
{
	(void)state;
	struct buf a = BUF_INIT(100), b = BUF_INIT(100), c = BUF_INIT(100);

	mime_boundary(&a, STR("one"));
	mime_boundary(&b, STR("one"));
	mime_boundary(&c, STR("two"));
	assert_true(str_equal(buf_str(&a), buf_str(&b)));
	assert_false(str_equal(buf_str(&a), buf_str(&c)));
	assert_true(str_starts(buf_str(&a), "=_"));
	assert_int_equal(a.len, 18);
	buf_release(&a);
	buf_release(&b);
	buf_release(&c);
}

/* ---- canonical forms ---- */

static void
check_relaxed_field(const char *field, const char *expected)
{
	struct buf out = BUF_INIT(BUF_LIMIT);

	mime_relaxed_field(&out, str_from(field));
	assert_str(buf_str(&out), expected);
	buf_release(&out);
}

static void
check_relaxed_body(const char *body, const char *expected)
{
	struct buf out = BUF_INIT(BUF_LIMIT);

	mime_relaxed_body(&out, str_from(body));
	assert_str(buf_str(&out), expected);
	buf_release(&out);
}

/* RFC 6376 section 3.4.5, the example, and the rules of 3.4.2 and 3.4.4 one by one. */
static void
canonical_forms(void **state)
{
	(void)state;
	check_relaxed_field("A: X\r\n", "a:X\r\n");
	check_relaxed_field("B : Y\t\r\n\tZ  \r\n", "b:Y Z\r\n");
	check_relaxed_field("Subject:\r\n a \t b\r\n  c\r\n", "subject:a b c\r\n");
	check_relaxed_field("Empty:\r\n", "empty:\r\n");
	check_relaxed_field("Colons: a:b\r\n", "colons:a:b\r\n");
	check_relaxed_field("Nothing\r\n", "nothing:\r\n");
	check_relaxed_body(" C \r\nD \t E\r\n\r\n\r\n", " C\r\nD E\r\n");
	check_relaxed_body("", "");
	check_relaxed_body("\r\n\r\n", "");
	check_relaxed_body(" \t \r\n", "");
	check_relaxed_body("no end", "no end\r\n");
	check_relaxed_body("\r\na\r\n \r\n\tb\t\tc d\r\n", "\r\na\r\n\r\n b c d\r\n");
}

static void
fields_are_taken_one_by_one(void **state)
{
	struct str header = STR("A: 1\r\nB: 2\r\n 3\r\n\t4\r\nC:\r\n\r\nbody\r\n"), field;
	struct str cut = STR("A: 1\r\nB: 2");

	(void)state;
	assert_true(mime_take_field(&header, &field));
	assert_str(field, "A: 1\r\n");
	assert_true(mime_take_field(&header, &field));
	assert_str(field, "B: 2\r\n 3\r\n\t4\r\n");
	assert_true(mime_take_field(&header, &field));
	assert_str(field, "C:\r\n");
	assert_false(mime_take_field(&header, &field));
	assert_str(header, "\r\nbody\r\n");
	assert_true(mime_take_field(&cut, &field));
	assert_false(mime_take_field(&cut, &field));
	struct str whole = STR("A: 1\r\n");
	assert_true(mime_take_field(&whole, &field));
	assert_str(field, "A: 1\r\n");
	assert_int_equal(whole.len, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_by_example),
		cmocka_unit_test(no_text_starts_a_field),
		cmocka_unit_test(long_fields_are_folded),
		cmocka_unit_test(no_line_is_above_998),
		cmocka_unit_test(mailboxes),
		cmocka_unit_test(parameters),
		cmocka_unit_test(quoted_printable_by_example),
		cmocka_unit_test(soft_breaks_keep_characters_whole),
		cmocka_unit_test(slots_stand_alone),
		cmocka_unit_test(what_no_encoder_writes_is_refused),
		cmocka_unit_test(random_text_comes_back),
		cmocka_unit_test(random_fields_come_back),
		cmocka_unit_test(a_message_is_read_back),
		cmocka_unit_test(other_messages_are_refused),
		cmocka_unit_test(attachments_are_read_back),
		cmocka_unit_test(pictures_are_read_back),
		cmocka_unit_test(base64_round_trip),
		cmocka_unit_test(other_base64_is_refused),
		cmocka_unit_test(lines_above_998_are_refused),
		cmocka_unit_test(a_boundary_depends_on_its_seed_alone),
		cmocka_unit_test(canonical_forms),
		cmocka_unit_test(fields_are_taken_one_by_one),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
