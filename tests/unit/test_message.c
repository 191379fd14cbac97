/* Addresses that are taken and refused, mailboxes split, slots filled. */
#include "unit.h"

#include "digest/message.h"

static void
check_address(const char *text, const char *expected)
{
	struct buf out = BUF_INIT(BUF_LIMIT), again = BUF_INIT(BUF_LIMIT);
	struct err err = ERR_NONE;

	if (message_check_address(&out, str_from(text), &err) < 0)
		fail_msg("%s", err.text);
	assert_str(buf_str(&out), expected);
	/* The result is its own form. */
	assert_int_equal(message_check_address(&again, buf_str(&out), &err), 0);
	assert_str(buf_str(&again), expected);
	buf_release(&out);
	buf_release(&again);
}

static void
addresses_that_are_taken(void **state)
{
	(void)state;
	check_address("list@example.com", "list@example.com");
	check_address("Jane.Doe+papers@Example.COM", "Jane.Doe+papers@example.com");
	check_address("a@localhost", "a@localhost");
	check_address("!#$%&'*+/=?^_`{|}~-x@example.com", "!#$%&'*+/=?^_`{|}~-x@example.com");
	check_address("\"two..dots\"@example.com", "\"two..dots\"@example.com");
	check_address("\"a@b\"@example.com", "\"a@b\"@example.com");
	check_address("\"q\\\"uote\\\\\"@example.com", "\"q\\\"uote\\\\\"@example.com");
	check_address("\"needless\"@example.com", "needless@example.com");
	check_address("\"nee\\dless.x\"@example.com", "needless.x@example.com");
	check_address("x@b\xc3\xbc"
	              "cher.example",
	    "x@xn--bcher-kva.example");
	check_address("x@1.2.3.4.example", "x@1.2.3.4.example");
}

/* However it is written, it is one mailbox: what is compared is this form. */
static void
check_mailbox(const char *text, const char *expected)
{
	struct buf out = BUF_INIT(BUF_LIMIT), given = BUF_INIT(BUF_LIMIT);
	struct err err = ERR_NONE;

	if (message_check_recipient(&given, str_from(text), &err) < 0)
		fail_msg("%s", err.text);
	message_add_mailbox(&out, buf_str(&given));
	assert_str(buf_str(&out), expected);
	buf_reset(&out);
	message_add_mailbox(&out, str_from(expected));
	assert_str(buf_str(&out), expected);
	buf_release(&given);
	buf_release(&out);
}

static void
spellings_of_one_address(void **state)
{
	static const char *const spellings[] = {
		"jane@b\xc3\xbc"
		"cher.example", /* U-label, composed */
		"jane@bu\xcc\x88"
		"cher.example", /* and not */
		"jane@B\xc3\x9c"
		"CHER.Example",
		"jane@xn--bcher-kva.example", "jane@XN--BCHER-KVA.EXAMPLE",
		"\"jane\"@b\xc3\xbc"
		"cher.example",
		"\"j\\ane\"@xn--bcher-kva.example",
		"jane@b\xc3\xbc"
		"cher\xe3\x80\x82"
		"example", /* an ideographic full stop */
		"jane@b\xc3\xbc"
		"cher.\xef\xbd\x85xample", /* a full-width letter */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(spellings) / sizeof(spellings[0]); i++) {
		check_address(spellings[i], "jane@xn--bcher-kva.example");
		check_mailbox(spellings[i], "jane@xn--bcher-kva.example");
	}
	check_mailbox("Jane@Example.com", "jane@example.com");
	check_mailbox("\"Two..Dots\"@example.com", "\"two..dots\"@example.com");
	check_mailbox("J\xc3\x9crgen@example.com", "j\xc3\xbcrgen@example.com");
	check_mailbox("ju\xcc\x88rgen@example.com", "j\xc3\xbcrgen@example.com");
	/* Accents are no case, nor is a sharp s. */
	check_mailbox("jurgen@example.com", "jurgen@example.com");
	check_mailbox("stra\xc3\x9f"
	              "e@example.com",
	    "stra\xc3\x9f"
	    "e@example.com");
}

/* What no address is, is compared too: nobody's. */
static void
mailboxes_of_no_address(void **state)
{
	static const char *const texts[] = { "", "Nobody", "a@b@c", "\xff@example.com", "a b@c" };
	struct buf out = BUF_INIT(BUF_LIMIT);

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		buf_reset(&out);
		message_add_mailbox(&out, str_from(texts[i]));
		assert_int_equal(out.len == 0, texts[i][0] == '\0');
		assert_true(i != 1 || strcmp(out.ptr, "nobody") == 0);
	}
	buf_release(&out);
}

/* As it was written, and as mail goes there. */
static void
check_recipient(const char *text, const char *given, const char *path)
{
	struct buf out = BUF_INIT(BUF_LIMIT), sent = BUF_INIT(BUF_LIMIT);
	struct err err = ERR_NONE;

	if (message_check_recipient(&out, str_from(text), &err) < 0)
		fail_msg("%s", err.text);
	assert_str(buf_str(&out), given);
	message_add_path(&sent, buf_str(&out));
	assert_str(buf_str(&sent), path);
	buf_release(&out);
	buf_release(&sent);
}

#define BOOKS \
	"B\xc3\xbc" \
	"cher.Example"
#define BOOKS_ASCII "xn--bcher-kva.example"
#define JURGEN "J\xc3\xbcrgen"

static void
recipients_are_kept_as_written(void **state)
{
	struct buf out = BUF_INIT(BUF_LIMIT);

	(void)state;
	check_recipient("Jane.Doe@Example.COM", "Jane.Doe@Example.COM", "Jane.Doe@Example.COM");
	check_recipient(
	    "\"needless\"@Example.com", "\"needless\"@Example.com", "\"needless\"@Example.com");
	/* A domain in another script needs no SMTPUTF8. */
	check_recipient("Jane@" BOOKS, "Jane@" BOOKS, "Jane@" BOOKS_ASCII);
	check_recipient("\"a@b\"@" BOOKS, "\"a@b\"@" BOOKS, "\"a@b\"@" BOOKS_ASCII);
	/* A local part does, and then both are as they were written; but composed. */
	check_recipient(JURGEN "@" BOOKS, JURGEN "@" BOOKS, JURGEN "@" BOOKS);
	check_recipient("Ju\xcc\x88rgen@example.com", JURGEN "@example.com", JURGEN "@example.com");
	message_add_path(&out, STR("no address \xc3\xbc"));
	assert_str(buf_str(&out), "no address \xc3\xbc");
	buf_release(&out);
}

static void
check_no_recipient(struct str text, const char *reason)
{
	struct buf out = BUF_INIT(BUF_LIMIT);
	struct err err = ERR_NONE;

	if (message_check_recipient(&out, text, &err) == 0)
		fail_msg("'%.*s' was taken", STR_ARG(text));
	assert_int_equal(err.code, EX_DATAERR);
	if (strstr(err.text, reason) == NULL)
		fail_msg("'%s' does not say '%s'", err.text, reason);
	assert_int_equal(out.len, 0);
	buf_release(&out);
}

static void
recipients_that_are_refused(void **state)
{
	struct buf text = BUF_INIT(BUF_LIMIT);

	(void)state;
	check_no_recipient(STR("a..b@example.com"), "needs quotes");
	check_no_recipient(STR("a\xff@example.com"), "a control character");
	/* The Greek question mark is a semicolon once composed. */
	check_no_recipient(STR("a\xcd\xbe"
	                       "b@example.com"),
	    "needs quotes");
	check_no_recipient(STR("a\xc2\xa0"
	                       "b@example.com"),
	    "cannot be seen");
	check_no_recipient(STR("a\xe2\x80\xae"
	                       "b@example.com"),
	    "cannot be seen");
	check_no_recipient(STR("a\xe2\x80\x8b@example.com"), "cannot be seen");
	/* 64 octets, not letters. */
	for (int i = 0; i < 32; i++)
		buf_add_string(&text, "\xc3\xbc");
	buf_add_string(&text, "x@example.com");
	check_no_recipient(buf_str(&text), "longer than 64 bytes");
	buf_release(&text);
}

static void
check_refused(struct str text, const char *reason)
{
	struct buf out = BUF_INIT(BUF_LIMIT);
	struct err err = ERR_NONE;

	if (message_check_address(&out, text, &err) == 0)
		fail_msg("'%.*s' was taken", STR_ARG(text));
	assert_int_equal(err.code, EX_DATAERR);
	if (strstr(err.text, reason) == NULL)
		fail_msg("'%s' does not say '%s'", err.text, reason);
	for (const char *c = err.text; *c != '\0'; c++)
		assert_true((unsigned char)*c >= 0x20);
	assert_int_equal(out.len, 0);
	buf_release(&out);
}

static void
addresses_that_are_refused(void **state)
{
	(void)state;
	check_refused(STR(""), "it is empty");
	check_refused(STR("nobody"), "no '@' in it");
	check_refused(STR("@example.com"), "nothing before '@'");
	check_refused(STR("\"\"@example.com"), "nothing before '@'");
	check_refused(STR("a@b@example.com"), "more than one '@'");
	check_refused(STR("a@"), "an empty label");
	check_refused(STR("a@example..com"), "an empty label");
	check_refused(STR("a@.example.com"), "an empty label");
	check_refused(STR("a@example.com."), "an empty label");
	check_refused(STR("a@-example.com"), "starts or ends with '-'");
	check_refused(STR("a@example-.com"), "starts or ends with '-'");
	check_refused(STR("a@exam_ple.com"), "a character that no domain has");
	check_refused(STR("a@[127.0.0.1]"), "a character that no domain has");
	check_refused(STR("a..b@example.com"), "needs quotes");
	check_refused(STR(".a@example.com"), "needs quotes");
	check_refused(STR("a.@example.com"), "needs quotes");
	check_refused(STR("a,b@example.com"), "needs quotes");
	check_refused(STR("a<b@example.com"), "needs quotes");
	check_refused(STR("Jane <a@example.com>"), "a space in it");
	check_refused(STR("-oQ/tmp@example.com"), "starts with '-'");
	check_refused(STR("\"-oQ\"@example.com"), "starts with '-'");
	check_refused(STR("\"a b\"@example.com"), "a space in it");
	check_refused(STR("\"a<b\"@example.com"), "an angle bracket");
	check_refused(STR("\"a@example.com"), "a quote that does not end");
	check_refused(STR("\"a\"b@example.com"), "no '@' behind the quote");
	check_refused(STR("j\xc3\xbcrgen@example.com"), "which few could answer to");
	check_refused(STR("a@\xc3\xa9"
	                  "..example"),
	    "");
	check_refused(STR("a@exa\xff"
	                  "mple.com"),
	    "a control character");
	check_refused(STR("a@example.com\r\nRCPT TO:<b@example.com>"), "a control character");
	check_refused(STR("a\n@example.com"), "a control character");
	check_refused(STR("a\0b@example.com"), "a control character");
	check_refused(STR("a\tb@example.com"), "a control character");
	check_refused(STR("a@ex\xc2\x85"
	                  "ample.com"),
	    "a control character");
	check_refused(STR("a@exa mple.com"), "a space in it");
}

static void
lengths(void **state)
{
	(void)state;
	struct buf text = BUF_INIT(BUF_LIMIT), out = BUF_INIT(BUF_LIMIT);
	struct err err = ERR_NONE;

	buf_add_repeat(&text, 'a', 64);
	buf_add_string(&text, "@example.com");
	assert_int_equal(message_check_address(&out, buf_str(&text), &err), 0);
	buf_reset(&text);
	buf_add_repeat(&text, 'a', 65);
	buf_add_string(&text, "@example.com");
	check_refused(buf_str(&text), "longer than 64 bytes");
	buf_reset(&text);
	buf_add_repeat(&text, 'a', 100000);
	check_refused(buf_str(&text), "no '@' in it");
	buf_add_string(&text, "@example.com");
	check_refused(buf_str(&text), "longer than 64 bytes");

	buf_reset(&text);
	buf_add_string(&text, "a@");
	buf_add_repeat(&text, 'b', 63);
	assert_int_equal(message_check_address(&out, buf_str(&text), &err), 0);
	buf_add_char(&text, 'b');
	check_refused(buf_str(&text), "longer than 63 bytes");

	/* Four labels of 62, three dots, "a@": 253; two more letters before "@" make 255. */
	buf_reset(&text);
	buf_add_string(&text, "a@");
	for (int i = 0; i < 4; i++) {
		buf_add_repeat(&text, 'b', 62);
		buf_add_string(&text, i < 3 ? "." : "");
	}
	assert_int_equal(message_check_address(&out, buf_str(&text), &err), 0);
	buf_reset(&out);
	buf_add_string(&out, "xx");
	buf_add(&out, buf_str(&text));
	check_refused(buf_str(&out), "longer than 254 bytes");
	buf_add_string(&out, ".bbb");
	check_refused(buf_str(&out), "longer than 25");
	buf_release(&text);
	buf_release(&out);
}

/* ---- mailboxes ---- */

static void
check_split(const char *text, const char *name, const char *address)
{
	struct buf got_name = BUF_INIT(BUF_LIMIT), got_address = BUF_INIT(BUF_LIMIT);
	int result = message_split_mailbox(str_from(text), &got_name, &got_address);

	assert_int_equal(result, name != NULL ? 0 : -1);
	if (name != NULL) {
		assert_str(buf_str(&got_name), name);
		assert_str(buf_str(&got_address), address);
	}
	buf_release(&got_name);
	buf_release(&got_address);
}

static void
mailboxes(void **state)
{
	(void)state;
	check_split("a@example.com", "", "a@example.com");
	check_split("  a@example.com ", "", "a@example.com");
	check_split("<a@example.com>", "", "a@example.com");
	check_split("Paper Digest <digest@example.com>", "Paper Digest", "digest@example.com");
	check_split("Paper Digest<digest@example.com> ", "Paper Digest", "digest@example.com");
	check_split("\"Doe, \\\"J\\\" <x>\" <a@example.com>", "Doe, \"J\" <x>", "a@example.com");
	check_split("T\xc3\xbclu <a@example.com>", "T\xc3\xbclu", "a@example.com");
	check_split("\"<\"@example.com", "", "\"<\"@example.com");
	check_split("", "", "");
	check_split("a <b@example.com", NULL, NULL);
	check_split("a b@example.com>", NULL, NULL);
	check_split("<a@example.com> <b@example.com>", NULL, NULL);
	check_split("a > <b@example.com>", NULL, NULL);
	check_split("a <b@example.com> c", NULL, NULL);
	check_split("a <<b@example.com>>", NULL, NULL);
	check_split("\"a <b@example.com>", NULL, NULL);
}

/* ---- slots ---- */

static void
slots_are_filled(void **state)
{
	(void)state;
	struct buf out = BUF_INIT(BUF_LIMIT);

	message_fill(&out, STR("To: \x01\r\nMessage-ID: <\x02>\r\n\r\n\x03=\r\n\x03\r\n"),
	    "a@example.com", "1@example.com", "token");
	assert_str(buf_str(&out),
	    "To: a@example.com\r\nMessage-ID: <1@example.com>\r\n\r\ntoken=\r\ntoken\r\n");
	buf_reset(&out);
	message_fill(&out, STR("no slot"), "a", "b", "c");
	assert_str(buf_str(&out), "no slot");
	buf_reset(&out);
	message_fill(&out, STR(""), "a", "b", "c");
	assert_str(buf_str(&out), "");
	buf_release(&out);
}

static void
no_value_starts_a_line(void **state)
{
	(void)state;
	struct buf out = BUF_INIT(BUF_LIMIT);

	message_fill(&out, STR("To: \x01\r\n"), "a@b\r\nBcc: c\x01\xc3\xa9", "", "");
	assert_str(buf_str(&out), "To: a@bBcc:c\xc3\xa9\r\n");
	buf_reset(&out);
	message_fill(&out, STR("\x02\x03"), "", "a\xc3\xa9\r", "b\xc3\xa9\n");
	assert_str(buf_str(&out), "ab");
	assert_true(message_is_slot('\x01') && message_is_slot('\x02') && message_is_slot('\x03'));
	assert_true(message_is_slot('\x04'));
	assert_false(message_is_slot('\x05') || message_is_slot('\0') || message_is_slot('a'));
	buf_release(&out);
}

/* A slot after each number of bytes, so that one falls on each place of a block. */
static void
slots_are_found_everywhere(void **state)
{
	(void)state;
	for (size_t before = 0; before < 200; before++) {
		struct buf frozen = BUF_INIT(BUF_LIMIT), out = BUF_INIT(BUF_LIMIT);
		struct buf filled = BUF_INIT(BUF_LIMIT);
		buf_add_repeat(&frozen, 'x', before);
		buf_add_string(&frozen, "\x01|\x04|\x03");
		buf_add_repeat(&frozen, 'y', 200 - before);
		message_fill(&out, buf_str(&frozen), "a@b", "", "token");
		buf_add_repeat(&filled, 'x', before);
		buf_add_string(&filled, "a@b|\x04|token");
		buf_add_repeat(&filled, 'y', 200 - before);
		assert_true(str_equal(buf_str(&out), buf_str(&filled)));
		buf_release(&frozen);
		buf_release(&out);
		buf_release(&filled);
	}
}

static void
shapes(void **state)
{
	static const struct {
		const char *bytes;
		struct message_shape shape;
	} cases[] = {
		{ "", { .is_lines = false } },
		{ "a: b\r\n\r\ntext\r\n", { .is_lines = true } },
		{ "a\r\n.b\r\n", { .is_lines = true, .has_dots = true } },
		{ ".a\r\nb.\r\n", { .is_lines = true, .has_dots = true } },
		{ "a\r\n\x03\r\n", { .is_lines = true } },
		{ "a\r\n\x03\x02.\r\n", { .is_lines = true, .has_dots = true } },
		{ "a\r\nb\x03.\r\n", { .is_lines = true } },
		{ "\xc3\xa9\r\n", { .is_lines = true, .is_8bit = true } },
		{ "a", { .is_lines = false } },
		{ "a\r", { .is_lines = false } },
		{ "a\n", { .is_lines = false } },
		{ "a\r\nb", { .is_lines = false } },
		{ "a\nb\r\n", { .is_lines = false } },
		{ "a\rb\r\n", { .is_lines = false } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct message_shape shape = message_shape(str_from(cases[i].bytes));
		assert_int_equal(shape.is_lines, cases[i].shape.is_lines);
		assert_int_equal(shape.is_8bit, cases[i].shape.is_8bit);
		assert_int_equal(shape.has_dots, cases[i].shape.has_dots);
	}
}

static void
shapes_of_what_is_filled(void **state)
{
	static const struct {
		const char *to, *id, *token;
		bool is_8bit, has_dots;
	} cases[] = {
		{ "a@b", "1@b", "t.", false, false },
		{ "", "", "", false, false },
		{ "\xc3\xa9@b", "", "", true, false },
		{ ".a@b", "", "", false, true },
		{ "a@b", "\xc3\xa9.1@b", "", false, true },
		{ "a@b", "1@b", " .t", false, true },
	};
	const struct message_shape frozen = message_shape(STR("a\r\n\x01\r\n\x02\r\n\x03\r\n"));

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct message_shape shape =
		    message_filled_shape(&frozen, cases[i].to, cases[i].id, cases[i].token);
		assert_true(shape.is_lines);
		assert_int_equal(shape.is_8bit, cases[i].is_8bit);
		assert_int_equal(shape.has_dots, cases[i].has_dots);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_that_are_taken),
		cmocka_unit_test(spellings_of_one_address),
		cmocka_unit_test(mailboxes_of_no_address),
		cmocka_unit_test(recipients_are_kept_as_written),
		cmocka_unit_test(recipients_that_are_refused),
		cmocka_unit_test(addresses_that_are_refused),
		cmocka_unit_test(lengths),
		cmocka_unit_test(mailboxes),
		cmocka_unit_test(slots_are_filled),
		cmocka_unit_test(no_value_starts_a_line),
		cmocka_unit_test(slots_are_found_everywhere),
		cmocka_unit_test(shapes),
		cmocka_unit_test(shapes_of_what_is_filled),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
