/* The syntax of the configuration file: what is read, what is refused, and on which line. */
#include "unit.h"

#include "digest/buf.h"
#include "digest/conf.h"
#include "digest/mem.h"

#include <locale.h>

static const struct setting one_rows[] = {
	{ "name", SETTING_STRING, "", "a text" },
	{ "count", SETTING_INT, "0", "a number" },
	{ "items", SETTING_STRINGS, "", "a list" },
	SETTING_END,
};

/* Writes down what it is told, one line per event. */
struct notes {
	struct buf text;
	struct settings *blank;
	struct settings *settings[16];
	size_t count;
};

static struct settings *
note_section(void *context, size_t section, const char *title, const char *origin, struct err *err)
{
	struct notes *notes = context;

	if (title != NULL && strcmp(title, "refused") == 0) {
		err_set(err, EX_CONFIG, "%s: the reader refuses", origin);
		return NULL;
	}
	buf_addf(&notes->text, "[%zu %s] ", section, title != NULL ? title : "-");
	notes->settings[notes->count] = settings_new(one_rows);
	return notes->settings[notes->count++];
}

static int
note_value(void *context, struct settings *settings, size_t section, const char *key,
    const char *text, const char *origin, struct err *err)
{
	struct notes *notes = context;

	(void)section;
	buf_addf(&notes->text, "%s=<%s>@%s ", key, text, strrchr(origin, ':') + 1);
	return settings_set(settings, key, text, origin, err);
}

static int
refuse_key(void *context, size_t section, const char *key, const char *origin, struct err *err)
{
	(void)context;
	return err_set(err, EX_CONFIG, "%s: no key '%s' in %zu", origin, key, section);
}

static int
parse(struct notes *notes, struct str text, struct err *err)
{
	*notes = (struct notes){ .text = BUF_INIT(BUF_LIMIT), .blank = settings_new(one_rows) };
	struct conf_section sections[] = {
		{ "one", false, notes->blank },
		{ "many", true, notes->blank },
		{ NULL, false, NULL },
	};
	struct conf_reader reader = { notes, note_section, note_value, refuse_key };
	return conf_parse(text, "f", sections, &reader, err);
}

static void
release(struct notes *notes)
{
	for (size_t i = 0; i < notes->count; i++)
		settings_free(notes->settings[i]);
	settings_free(notes->blank);
	buf_release(&notes->text);
}

static void
assert_reads(struct str text, const char *expected)
{
	struct notes notes;
	struct err err = ERR_NONE;

	if (parse(&notes, text, &err) < 0)
		fail_msg("'%.*s': %s", STR_ARG(text), err.text);
	assert_false(err_is_set(&err));
	assert_str(buf_str(&notes.text), expected);
	release(&notes);
}

static void
assert_refuses_bytes(struct str text, const char *expected)
{
	struct notes notes;
	struct err err = ERR_NONE;

	assert_int_equal(parse(&notes, text, &err), -1);
	assert_string_equal(err.text, expected);
	assert_int_equal(err.code, EX_CONFIG);
	release(&notes);
}

static void
assert_refuses(const char *text, const char *expected)
{
	assert_refuses_bytes(str_from(text), expected);
}

static void
reads_sections_and_values(void **state)
{
	(void)state;
	assert_reads(STR(""), "");
	assert_reads(STR("\n\n"), "");
	assert_reads(STR("one { }"), "[0 -] ");
	assert_reads(STR("one { name = x }"), "[0 -] name=<x>@1 ");
	assert_reads(STR("one\n{\nname\n=\nx\n}\n"), "[0 -] name=<x>@5 ");
	assert_reads(STR("one { name = arxiv_rss  items = {cs.CL, cs.LG} }"),
	    "[0 -] name=<arxiv_rss>@1 items=<cs.CL>@1 items=<cs.LG>@1 ");
	assert_reads(
	    STR("many a { count = 1 } many b { } one { count = 2 } many c-d { count = 3 }"),
	    "[1 a] count=<1>@1 [1 b] [0 -] count=<2>@1 [1 c-d] count=<3>@1 ");
	assert_reads(STR("many a{name=x}"), "[1 a] name=<x>@1 ");
}

static void
reads_words_without_quotes(void **state)
{
	(void)state;
	assert_reads(STR("one { name = admin@example.com }"), "[0 -] name=<admin@example.com>@1 ");
	assert_reads(STR("one { name = Europe/Berlin }"), "[0 -] name=<Europe/Berlin>@1 ");
	assert_reads(STR("one { name = smtp://host:25/x }"), "[0 -] name=<smtp://host:25/x>@1 ");
	assert_reads(
	    STR("one { name = maildir:/var/mail/x }"), "[0 -] name=<maildir:/var/mail/x>@1 ");
	assert_reads(STR("one { name = /a/b_c-d.e~%1?f&g }"), "[0 -] name=</a/b_c-d.e~%1?f&g>@1 ");
	assert_reads(STR("one { name = \xc3\x9c"
	                 "ber }"),
	    "[0 -] name=<\xc3\x9c"
	    "ber>@1 ");
}

static void
reads_strings(void **state)
{
	(void)state;
	assert_reads(STR("one { name = \"a b\" }"), "[0 -] name=<a b>@1 ");
	assert_reads(STR("one { name = \"\" }"), "[0 -] name=<>@1 ");
	assert_reads(STR("one { name = \"q\\\"b\\\\n\\n\\tz\" }"), "[0 -] name=<q\"b\\n\n\tz>@1 ");
	assert_reads(STR("one { name = \"a\\\nb\" count = 1 }"), "[0 -] name=<ab>@2 count=<1>@2 ");
	assert_reads(STR("one { name = 'it\\'s \\\\ \\d \"x\" ${HOME} $' }"),
	    "[0 -] name=<it's \\ \\d \"x\" ${HOME} $>@1 ");
	assert_reads(STR("one { name = 'a\nb' count = 2 }"), "[0 -] name=<a\nb>@2 count=<2>@2 ");
	assert_reads(STR("one { name = \"# no comment // nor /* this\" }"),
	    "[0 -] name=<# no comment // nor /* this>@1 ");
	assert_reads(STR("one { name = \"{ = } , +\" }"), "[0 -] name=<{ = } , +>@1 ");
	assert_reads(STR("one { name = \"$HOME $ {\" }"), "[0 -] name=<$HOME $ {>@1 ");
}

static void
reads_lists(void **state)
{
	(void)state;
	assert_reads(STR("one { items = a }"), "[0 -] items=<a>@1 ");
	assert_reads(STR("one { items = {a} }"), "[0 -] items=<a>@1 ");
	assert_reads(STR("one { items = {a, \"b c\",\n d} }"),
	    "[0 -] items=<a>@1 items=<b c>@1 items=<d>@2 ");
	assert_reads(STR("one { items = {a,\n b,\n} }"), "[0 -] items=<a>@1 items=<b>@2 ");
	assert_reads(STR("one { items = {a} items += {b} items += c }"),
	    "[0 -] items=<a>@1 items=<b>@1 items=<c>@1 ");
	assert_reads(STR("one { items += {b} }"), "[0 -] items=<b>@1 ");
	assert_reads(STR("one { items = {a, # first\n b, /* second */ c} }"),
	    "[0 -] items=<a>@1 items=<b>@2 items=<c>@2 ");
}

/* libConfuse alone counts a comment as two lines. */
static void
counts_lines_past_comments(void **state)
{
	(void)state;
	assert_reads(
	    STR("# a\n# b\none { # c\n// d\ncount = 1 # e\n/* f\n g */ name = x\n}\n# end"),
	    "[0 -] count=<1>@5 name=<x>@7 ");
	assert_reads(STR("/**/one /* * / **/{ /*/ x /*/ }"), "[0 -] ");
	assert_reads(STR("many /* why */ a # here\n { }"), "[1 a] ");
	assert_refuses("# a\n# b\none { nothing = 1 }\n", "f:3: no key 'nothing' in 0");
}

static void
forgives_what_editors_write(void **state)
{
	(void)state;
	assert_reads(STR("\xef\xbb\xbfone { count = 1 }"), "[0 -] count=<1>@1 ");
	assert_reads(STR("one {\r\n  count = 1\r\n  name = \"a\r\nb\"\r\n}\r\n"),
	    "[0 -] count=<1>@2 name=<a\nb>@4 ");
	assert_reads(STR("\tone\t{\tcount\t=\t1\t}\t"), "[0 -] count=<1>@1 ");
}

static void
refuses_bytes_that_are_no_text(void **state)
{
	(void)state;
	assert_refuses_bytes(STR("one {\n name = \"a\0b\" }"),
	    "f:2: control character 0x00; save the file as UTF-8 text");
	assert_refuses("one {\n\n name = \"\x1b[1m\" }",
	    "f:3: control character 0x1b; save the file as UTF-8 text");
	assert_refuses(
	    "one { name = a\x7f }", "f:1: control character 0x7f; save the file as UTF-8 text");
	assert_refuses(
	    "one {\r name = a }", "f:1: control character 0x0d; save the file as UTF-8 text");
	assert_refuses("# \xff\none { }", "f:1: not UTF-8; save the file as UTF-8 text");
	assert_refuses(
	    "\none { name = \"\xed\xa0\x80\" }", "f:2: not UTF-8; save the file as UTF-8 text");
	assert_refuses_bytes(
	    STR("\xff\xfeo\0n\0e\0"), "f:1: control character 0x00; save the file as UTF-8 text");
}

static void
refuses_what_is_left_open(void **state)
{
	(void)state;
	assert_refuses("one {\n name = x\n\n", "f:1: the '{' is never closed by a '}'");
	assert_refuses("many a {\n}\nmany b {\n name = x\nmany c {\n}\n",
	    "f:3: the '{' is never closed by a '}'");
	assert_refuses(
	    "one {\n name = \"x }\n\n}\n", "f:2: the string that begins here is never closed");
	assert_refuses(
	    "one {\n name = 'x }\n\n}\n", "f:2: the string that begins here is never closed");
	assert_refuses("one {\n name = 'x\\", "f:2: the string that begins here is never closed");
	assert_refuses("one { }\n/* x\n", "f:2: the comment that begins here is never closed");
	assert_refuses("one { }\n/*/", "f:2: the comment that begins here is never closed");
	assert_refuses("one { items = {a, b }", "f:1: the '{' is never closed by a '}'");
	assert_refuses("one { name = x } }", "f:1: unexpected closing brace");
	assert_refuses("one", "f:1: the file ends in the middle of a section");
	assert_refuses("many", "f:1: the file ends in the middle of a section");
}

/* An open string must not leak into the next file. */
static void
forgets_a_broken_file(void **state)
{
	(void)state;
	assert_refuses("one { name = \"x", "f:1: the string that begins here is never closed");
	assert_reads(STR("one { name = y }"), "[0 -] name=<y>@1 ");
	assert_refuses("one { name = {", "f:1: the '{' is never closed by a '}'");
	assert_refuses(
	    "one { name = {} }", "f:1: the list is empty; name something or leave the key out");
	assert_refuses("one { name = {x} }", "f:1: unexpected '{'");
	assert_reads(STR("one { name = y }"), "[0 -] name=<y>@1 ");
}

static void
refuses_the_environment(void **state)
{
	static const char expected[] = "f:2: '${…}' is not replaced by the environment; write what "
	                               "it stands for, or use single quotes";

	(void)state;
	setenv("CONF_SECRET", "s3cret", 1);
	assert_refuses("one {\n name = \"x${CONF_SECRET}\" }", expected);
	assert_refuses("one {\n name = \"${CONF_SECRET:-x}\" }", expected);
	assert_refuses("one {\n name = \"${\" }", expected);
	assert_refuses(
	    "one { name = ${CONF_SECRET} }", "f:1: '$' needs quotes around the value it stands in");
	assert_refuses("one { name = a${CONF_SECRET} }",
	    "f:1: '$' needs quotes around the value it stands in");
	assert_reads(STR("one { name = '${CONF_SECRET}' }"), "[0 -] name=<${CONF_SECRET}>@1 ");
	unsetenv("CONF_SECRET");
}

static void
refuses_what_needs_quotes(void **state)
{
	(void)state;
	/* libConfuse alone reads "cs." and "a". */
	assert_refuses(
	    "one { name = cs.* }", "f:1: '*' needs quotes around the value it stands in");
	assert_refuses(
	    "one { name = a;\n }", "f:1: ';' needs quotes around the value it stands in");
	assert_refuses("one { name = a|b }", "f:1: '|' needs quotes around the value it stands in");
	assert_refuses(
	    "one { name = cs.CL+cs.LG }", "f:1: '+' needs quotes around the value it stands in");
	assert_refuses(
	    "one { name = a\\b }", "f:1: '\\' needs quotes around the value it stands in");
	assert_refuses("one { name = C# }",
	    "f:1: put quotes around a value with '#', or a space before a comment");
	assert_refuses(
	    "one {\n name = Reading group\n}", "f:2: a value with spaces needs quotes around it");
	assert_refuses("one {\n name = Reading group count = 1\n}",
	    "f:2: a value with spaces needs quotes around it");
	assert_refuses(
	    "one {\n name = \"a\" \"b\"\n}", "f:2: a value with spaces needs quotes around it");
	assert_refuses("one { items = {a b, c} }",
	    "f:1: a ',' is missing, or quotes around a value with spaces");
	assert_refuses("one { items = {a, b c} }",
	    "f:1: a ',' is missing, or quotes around a value with spaces");
	assert_refuses("one { \"name\" = x }", "f:1: a key stands without quotes");
	assert_refuses("\"one|name\" = x", "f:1: a key stands without quotes");
	assert_refuses("one|name = x", "f:1: '|' needs quotes around the value it stands in");
	assert_refuses("include(\"other.conf\")",
	    "f:1: there are no functions here; a value with '(' needs quotes");
}

static void
refuses_unknown_escapes(void **state)
{
	(void)state;
	assert_refuses("one {\n name = \"a\\x00\" }",
	    "f:2: unknown escape '\\x'; a backslash is written '\\\\'");
	assert_refuses(
	    "one { name = \"\\0\" }", "f:1: unknown escape '\\0'; a backslash is written '\\\\'");
	assert_refuses(
	    "one { name = \"\\e\" }", "f:1: unknown escape '\\e'; a backslash is written '\\\\'");
	assert_refuses(
	    "one { name = \"\\$\" }", "f:1: unknown escape '\\$'; a backslash is written '\\\\'");
}

static void
refuses_unknown_names(void **state)
{
	(void)state;
	assert_refuses("two { }", "f:1: unknown section 'two'; there are 'one', 'many'");
	assert_refuses("\n\nname = x", "f:3: 'name' belongs into a section: one { name = … }");
	assert_refuses("one {\n nmae = x\n}", "f:2: no key 'nmae' in 0");
	assert_refuses("many a {\n one { }\n}", "f:2: no key 'one' in 1");
	assert_refuses("many refused { }", "f:1: the reader refuses");
}

static void
refuses_what_is_said_twice(void **state)
{
	(void)state;
	assert_refuses("one {\n name = a\n name = b\n}", "f:3: 'name' is set twice; first at f:2");
	assert_refuses(
	    "one {\n items = {a, b}\n items = {c}\n}", "f:3: 'items' is set twice; first at f:2");
	assert_refuses(
	    "many a { }\nmany a { }", "f:2: the name 'a' is taken by another section of that kind");
	assert_reads(
	    STR("many a { name = x } many b { name = x }"), "[1 a] name=<x>@1 [1 b] name=<x>@1 ");
}

static void
refuses_broken_grammar(void **state)
{
	(void)state;
	assert_refuses("one { name x }", "f:1: 'name' needs '=' and a value behind it");
	assert_refuses("one { name { } }", "f:1: 'name' needs '=' and a value behind it");
	assert_refuses("one x { }", "f:1: section 'one' needs a '{' here");
	assert_refuses("one = x", "f:1: section 'one' needs a '{' here");
	assert_refuses("many { }", "f:1: section 'many' needs a name before its '{'");
	assert_refuses("many = x", "f:1: section 'many' needs a name before its '{'");
	assert_refuses("one { name += x }", "f:1: 'name' is no list; set it with '='");
	assert_refuses("one { items = {,} }", "f:1: unexpected ','");
	assert_refuses("one { name = , }", "f:1: unexpected ','");
	assert_refuses("one { name = = x }", "f:1: unexpected '='");
	assert_refuses("one { = x }", "f:1: unexpected '='");
	assert_refuses("{ }", "f:1: unexpected '{'");
	assert_refuses("one { items = { {a} } }", "f:1: unexpected '{'");
}

/* Its messages are told apart by their wording, which is translated where a catalogue is there. */
static void
reads_errors_in_any_language(void **state)
{
	(void)state;
	setenv("LANGUAGE", "sv:de:fr", 1);
	setlocale(LC_ALL, "C.UTF-8");
	assert_refuses("one { name x }", "f:1: 'name' needs '=' and a value behind it");
	setlocale(LC_ALL, "C");
	unsetenv("LANGUAGE");
}

static void
takes_values_of_any_length(void **state)
{
	struct buf text = BUF_INIT(BUF_LIMIT);
	struct notes notes;
	struct err err = ERR_NONE;
	size_t length = 200000;

	(void)state;
	buf_add_string(&text, "one { name = \"");
	buf_add_repeat(&text, 'x', length);
	buf_add_string(&text, "\" items = {");
	for (int i = 0; i < 5000; i++)
		buf_addf(&text, "item%d@example.com, ", i);
	buf_add_string(&text, "} }");
	notes = (struct notes){ 0 };
	assert_int_equal(parse(&notes, buf_str(&text), &err), 0);
	assert_int_equal(strlen(settings_string(notes.settings[0], "name")), length);
	assert_int_equal(settings_count(notes.settings[0], "items"), 5000);
	assert_string_equal(
	    settings_string_at(notes.settings[0], "items", 4999), "item4999@example.com");
	release(&notes);

	buf_reset(&text);
	buf_add_repeat(&text, '#', ((size_t)16 << 20) + 1);
	assert_refuses_bytes(buf_str(&text), "f: larger than 16 MiB; is it a configuration file?");
	buf_release(&text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_sections_and_values),
		cmocka_unit_test(reads_words_without_quotes),
		cmocka_unit_test(reads_strings),
		cmocka_unit_test(reads_lists),
		cmocka_unit_test(counts_lines_past_comments),
		cmocka_unit_test(forgives_what_editors_write),
		cmocka_unit_test(refuses_bytes_that_are_no_text),
		cmocka_unit_test(refuses_what_is_left_open),
		cmocka_unit_test(forgets_a_broken_file),
		cmocka_unit_test(refuses_the_environment),
		cmocka_unit_test(refuses_what_needs_quotes),
		cmocka_unit_test(refuses_unknown_escapes),
		cmocka_unit_test(refuses_unknown_names),
		cmocka_unit_test(refuses_what_is_said_twice),
		cmocka_unit_test(refuses_broken_grammar),
		cmocka_unit_test(reads_errors_in_any_language),
		cmocka_unit_test(takes_values_of_any_length),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
