/*
 * Mustache: the cases of the specification's own files (where they are), then what it
 * leaves open: errors with their line, ceilings, templates that include themselves.
 */
#include "unit.h"

#include "digest/buf.h"
#include "src/render/mustache.h"

#include <cjson/cJSON.h>

/* ---- the specification ---- */

static void add_json(struct arena *arena, struct mustache_value *parent, const cJSON *json);

static void
fill(struct arena *arena, struct mustache_value *value, const cJSON *json)
{
	const cJSON *child;

	if (cJSON_IsArray(json)) {
		value->kind = MUSTACHE_LIST;
	} else if (cJSON_IsObject(json)) {
		value->kind = MUSTACHE_MAP;
	} else if (cJSON_IsString(json) || cJSON_IsNumber(json)) {
		char *printed = cJSON_IsNumber(json) ? cJSON_Print(json) : NULL;

		value->kind = MUSTACHE_TEXT;
		value->text =
		    arena_copy(arena, str_from(printed != NULL ? printed : json->valuestring));
		cJSON_free(printed);
	} else {
		value->kind = cJSON_IsTrue(json) ? MUSTACHE_TRUE : MUSTACHE_NOTHING;
	}
	cJSON_ArrayForEach(child, json) add_json(arena, value, child);
}

static void
add_json(struct arena *arena, struct mustache_value *parent, const cJSON *json)
{
	fill(arena, mustache_value(arena, parent, json->string, MUSTACHE_NOTHING), json);
}

/* The partials of a case are templates by name. */
struct partials {
	struct arena *arena;
	const cJSON *texts;
};

static const struct mustache *
find_partial(void *context, struct str name)
{
	struct partials *partials = context;
	const char *text = cJSON_GetStringValue(
	    cJSON_GetObjectItemCaseSensitive(partials->texts, arena_string(partials->arena, name)));
	struct mustache *partial = NULL;
	struct err err = ERR_NONE;

	if (text == NULL)
		return NULL;
	if (mustache_parse(&partial, partials->arena, "partial", str_from(text), &err) < 0)
		fail_msg("%s", err.text);
	return partial;
}

static const char *
text_of(const cJSON *test, const char *name)
{
	return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(test, name));
}

static void
run_case(const cJSON *test)
{
	struct arena *arena = arena_new();
	struct buf out = BUF_INIT(BUF_LIMIT);
	struct err err = ERR_NONE;
	struct mustache *template = NULL;
	struct partials partials = { arena, cJSON_GetObjectItemCaseSensitive(test, "partials") };
	const struct mustache_options options = { MUSTACHE_HTML, find_partial, &partials };
	struct mustache_value *data = mustache_value(arena, NULL, "", MUSTACHE_NOTHING);

	fill(arena, data, cJSON_GetObjectItemCaseSensitive(test, "data"));
	if (mustache_parse(&template, arena, "case", str_from(text_of(test, "template")), &err) <
	        0 ||
	    mustache_render(template, data, &options, &out, &err) < 0)
		fail_msg("%s: %s", text_of(test, "name"), err.text);
	if (!str_is(buf_str(&out), text_of(test, "expected")))
		fail_msg("%s: \"%s\" is not \"%s\"", text_of(test, "name"), out.ptr,
		    text_of(test, "expected"));
	buf_release(&out);
	arena_free(arena);
}

static void
run_file(const char *name)
{
	const char *folder = getenv("DIGEST_TEST_DATA");
	char path[4096];
	static char text[1 << 16];

	snprintf(path, sizeof(path), "%s/mustache_spec/%s.json",
	    folder != NULL ? folder : "../shared/data", name);
	FILE *file = fopen(path, "r");
	if (file == NULL) {
		print_message("skipped: no '%s' (set DIGEST_TEST_DATA)\n", path);
		skip();
	}
	size_t len = fread(text, 1, sizeof(text) - 1, file);
	text[len] = '\0';
	fclose(file);

	cJSON *json = cJSON_Parse(text);
	const cJSON *test;
	size_t count = 0;

	cJSON_ArrayForEach(test, cJSON_GetObjectItemCaseSensitive(json, "tests"))
	{
		run_case(test);
		count++;
	}
	assert_true(count > 5);
	cJSON_Delete(json);
}

static void
spec_comments(void **state)
{
	(void)state;
	run_file("comments");
}

static void
spec_delimiters(void **state)
{
	(void)state;
	run_file("delimiters");
}

static void
spec_interpolation(void **state)
{
	(void)state;
	run_file("interpolation");
}

static void
spec_inverted(void **state)
{
	(void)state;
	run_file("inverted");
}

static void
spec_partials(void **state)
{
	(void)state;
	run_file("partials");
}

static void
spec_inheritance(void **state)
{
	(void)state;
	run_file("~inheritance");
}

static void
spec_dynamic_names(void **state)
{
	(void)state;
	run_file("~dynamic-names");
}

static void
spec_sections(void **state)
{
	(void)state;
	run_file("sections");
}

/* ---- what the specification leaves open ---- */

static void
check_error(const char *text, const char *expected)
{
	struct arena *arena = arena_new();
	struct err err = ERR_NONE;
	struct mustache *template = NULL;

	assert_int_equal(mustache_parse(&template, arena, "daily.txt", str_from(text), &err), -1);
	assert_int_equal(err.code, EX_CONFIG);
	assert_string_equal(err.text, expected);
	arena_free(arena);
}

static void
errors_name_their_line(void **state)
{
	(void)state;
	check_error("a\n\n {{name", "daily.txt:3: a tag has no end: '{{name'");
	check_error("{{{name}}", "daily.txt:1: a tag has no end: '{{{name}}'");
	check_error("a\n{{}}", "daily.txt:2: a tag has no name ''");
	check_error("{{#a}}\n{{#b}}\n{{/a}}", "daily.txt:3: another section is still open: 'b'");
	check_error("\n\n{{/a}}", "daily.txt:3: no section is open that this could close: 'a'");
	check_error("x\n{{#a}}\nb\n", "daily.txt:2: a section is not closed: 'a'");
	check_error("{{a b}}", "daily.txt:1: a name has a blank in it: 'a b'");
	check_error("{{a..b}}", "daily.txt:1: a name has a dot too many: 'a..b'");
	check_error("{{.a}}", "daily.txt:1: a name has a dot too many: '.a'");
	check_error("\n{{<a}}", "daily.txt:2: a section is not closed: 'a'");
	check_error("{{$a}}{{/b}}", "daily.txt:1: another section is still open: 'a'");
	check_error("{{=<%=}}", "daily.txt:1: these are no delimiters: '<%'");
	check_error("{{=a b c=}}", "daily.txt:1: these are no delimiters: 'a b c'");
}

static void
sections_have_a_depth(void **state)
{
	(void)state;
	struct buf text = BUF_INIT(BUF_LIMIT);

	for (int i = 0; i < 65; i++)
		buf_add_string(&text, "{{#a}}\n");
	check_error(text.ptr, "daily.txt:65: sections nest too deep at 'a'");
	buf_release(&text);
}

/* Renders `text` over a map that has n = "x" and list = ["1", "2"], with `partial` as {{> p}}. */
struct own {
	struct arena *arena;
	const char *partial;
};

static const struct mustache *
own_partial(void *context, struct str name)
{
	struct own *own = context;
	struct mustache *partial = NULL;
	struct err err = ERR_NONE;

	if (!str_is(name, "p"))
		return NULL;
	assert_int_equal(
	    mustache_parse(&partial, own->arena, "p.txt", str_from(own->partial), &err), 0);
	return partial;
}

static int
render(const char *text, const char *partial, enum mustache_escape escape, struct buf *out,
    struct err *err)
{
	struct own own = { arena_new(), partial };
	const struct mustache_options options = { escape, own_partial, &own };
	struct mustache_value *data = mustache_value(own.arena, NULL, "", MUSTACHE_MAP);
	struct mustache_value *list = mustache_value(own.arena, data, "list", MUSTACHE_LIST);
	struct mustache *template = NULL;

	mustache_add_text(own.arena, data, "n", STR("<x & 'y'>"));
	mustache_add_text(own.arena, data, "none", STR(""));
	mustache_add_text(own.arena, list, "", STR("1"));
	mustache_add_text(own.arena, list, "", STR("2"));
	int result = mustache_parse(&template, own.arena, "t", str_from(text), err);
	if (result == 0)
		result = mustache_render(template, data, &options, out, err);
	arena_free(own.arena);
	return result;
}

static void
check(const char *text, const char *partial, enum mustache_escape escape, const char *expected)
{
	struct buf out = BUF_INIT(BUF_LIMIT);
	struct err err = ERR_NONE;

	if (render(text, partial, escape, &out, &err) < 0)
		fail_msg("%s", err.text);
	assert_str(buf_str(&out), expected);
	buf_release(&out);
}

static void
escaping_follows_the_part(void **state)
{
	(void)state;
	check("{{n}}", "", MUSTACHE_HTML, "&lt;x &amp; &#39;y&#39;&gt;");
	check("{{{n}}}", "", MUSTACHE_HTML, "<x & 'y'>");
	check("{{n}}", "", MUSTACHE_PLAIN, "<x & 'y'>");
	check("{{#list}}[{{.}}]{{/list}}", "", MUSTACHE_PLAIN, "[1][2]");
}

static void
the_empty_text_is_false(void **state)
{
	(void)state;
	check("{{#none}}yes{{/none}}{{^none}}no{{/none}}", "", MUSTACHE_PLAIN, "no");
}

static void
lists_and_maps_have_no_text(void **state)
{
	(void)state;
	check("[{{list}}{{.}}{{list.a}}]", "", MUSTACHE_PLAIN, "[]");
}

static void
partials_are_indented_whole(void **state)
{
	(void)state;
	check("  {{> p}}\nend", "{{#list}}\n{{.}}\n\n{{/list}}\n", MUSTACHE_PLAIN,
	    "  1\n\n  2\n\nend");
	check("  {{> p}}\n", "a {{> q}}b\n", MUSTACHE_PLAIN, "  a b\n");
	check("\t{{> p}}\n", "{{#none}}x{{/none}}y\n", MUSTACHE_PLAIN, "\ty\n");
}

static void
parents_share_their_lines(void **state)
{
	(void)state;
	check("a {{< p}}{{$b}}x{{/b}}{{/ p}} c\n", "[{{$b}}{{/b}}]", MUSTACHE_PLAIN, "a [x] c\n");
	check("  {{< p}}{{$b}}x{{/b}}{{/ p}} c\n", "[{{$b}}{{/b}}]", MUSTACHE_PLAIN, "  [x] c\n");
	check("{{#list}}\n  {{< p}}\n{{$b}}\n{{.}}\n{{/b}}\n  {{/p}}\n{{/list}}\n",
	    "<{{$b}}none{{/b}}>\n", MUSTACHE_PLAIN, "  <1\n>\n  <2\n>\n");
	check("{{$b}}\n  default\n{{/b}}\n", "", MUSTACHE_PLAIN, "  default\n");
	check("{{< none}}{{$b}}x{{/b}}{{/none}}", "", MUSTACHE_PLAIN, "");
}

static void
templates_without_end_are_stopped(void **state)
{
	(void)state;
	struct buf out = BUF_INIT(1 << 20);
	struct err err = ERR_NONE;

	assert_int_equal(render("{{> p}}", "{{> p}}", MUSTACHE_PLAIN, &out, &err), -1);
	assert_int_equal(err.code, EX_CONFIG);
	assert_non_null(strstr(err.text, "does it include itself"));

	err_clear(&err);
	assert_int_equal(render("{{< p}}{{/p}}", "{{< p}}{{/p}}", MUSTACHE_PLAIN, &out, &err), -1);
	err_clear(&err);
	assert_int_equal(render("{{< p}}{{$b}}{{$b}}{{/b}}{{/b}}{{/p}}", "{{$b}}{{/b}}",
	                     MUSTACHE_PLAIN, &out, &err),
	    -1);
	err_clear(&err);
	assert_int_equal(render("{{> p}}", "{{#n}}{{> p}}{{/n}}", MUSTACHE_PLAIN, &out, &err), -1);
	assert_non_null(strstr(err.text, "nests too deep"));
	buf_release(&out);
}

static void
the_output_has_a_ceiling(void **state)
{
	(void)state;
	struct buf out = BUF_INIT(10);
	struct err err = ERR_NONE;

	assert_int_equal(render("12345{{n}}678\n\n{{n}}", "", MUSTACHE_PLAIN, &out, &err), -1);
	assert_int_equal(err.code, EX_CONFIG);
	assert_non_null(strstr(err.text, "the result is too long"));
	buf_release(&out);
}

static void
raw_tags_and_partials_are_known(void **state)
{
	(void)state;
	struct arena *arena = arena_new();
	struct err err = ERR_NONE;
	struct mustache *template = NULL;
	struct str name;
	size_t index = 0;

	assert_int_equal(mustache_parse(&template, arena, "t",
	                     STR("{{a}}\n{{> one}}\n{{#x}}{{>two}}\n{{&b}}{{/x}}"), &err),
	    0);
	assert_int_equal(mustache_raw_line(template), 4);
	assert_true(mustache_next_partial(template, &index, &name));
	assert_str(name, "one");
	assert_true(mustache_next_partial(template, &index, &name));
	assert_str(name, "two");
	assert_false(mustache_next_partial(template, &index, &name));

	assert_int_equal(mustache_parse(&template, arena, "t", STR("{{a}}{{! {{{ }}"), &err), 0);
	assert_int_equal(mustache_raw_line(template), 0);
	arena_free(arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(spec_comments),
		cmocka_unit_test(spec_delimiters),
		cmocka_unit_test(spec_interpolation),
		cmocka_unit_test(spec_inverted),
		cmocka_unit_test(spec_partials),
		cmocka_unit_test(spec_sections),
		cmocka_unit_test(spec_inheritance),
		cmocka_unit_test(spec_dynamic_names),
		cmocka_unit_test(errors_name_their_line),
		cmocka_unit_test(sections_have_a_depth),
		cmocka_unit_test(escaping_follows_the_part),
		cmocka_unit_test(the_empty_text_is_false),
		cmocka_unit_test(lists_and_maps_have_no_text),
		cmocka_unit_test(partials_are_indented_whole),
		cmocka_unit_test(parents_share_their_lines),
		cmocka_unit_test(templates_without_end_are_stopped),
		cmocka_unit_test(the_output_has_a_ceiling),
		cmocka_unit_test(raw_tags_and_partials_are_known),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
