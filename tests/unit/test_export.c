/*
 * Papers taken away: what each format looks like, and that our own readers find in it what was
 * written: for the real listings, and for texts that mean to break out.
 */
#include "unit.h"

#include "digest/export.h"
#include "digest/html.h"
#include "digest/identity.h"
#include "digest/unicode.h"
#include "src/export/format.h"
#include "src/source/format.h"

#include <fcntl.h>
#include <glob.h>

/* ---- reading ---- */

struct library {
	struct arena *arena;
	struct entry **entries;
	size_t count;
};

static struct str *
copy_texts(struct arena *arena, const struct str *texts, size_t count)
{
	struct str *copies = arena_array(arena, count + 1, sizeof(*copies));

	for (size_t i = 0; i < count; i++)
		copies[i] = arena_copy(arena, texts[i]);
	return copies;
}

static int
take(void *context, struct entry *entry, struct err *err)
{
	struct library *library = context;
	struct arena *arena = library->arena;
	struct entry *copy = arena_alloc(arena, sizeof(*copy));
	(void)err;

	*copy = *entry;
	copy->aliases = copy_texts(arena, entry->aliases, entry->alias_count);
	copy->categories = copy_texts(arena, entry->categories, entry->category_count);
	copy->authors = arena_array(arena, entry->author_count + 1, sizeof(*copy->authors));
	for (size_t i = 0; i < entry->author_count; i++)
		copy->authors[i] = (struct entry_author){
			.name = arena_copy(arena, entry->authors[i].name),
			.is_hidden = entry->authors[i].is_hidden,
		};
	copy->title = arena_copy(arena, entry->title);
	copy->abstract = arena_copy(arena, entry->abstract);
	copy->comment = arena_copy(arena, entry->comment);
	copy->journal_ref = arena_copy(arena, entry->journal_ref);
	copy->url = arena_copy(arena, entry->url);
	copy->pdf_url = arena_copy(arena, entry->pdf_url);
	library->entries =
	    arena_grow(arena, library->entries, &library->count, sizeof(*library->entries));
	library->entries[library->count - 1] = copy;
	return 0;
}

static void
skipped(void *context, size_t place, const char *why)
{
	(void)context, (void)place;
	fail_msg("left out: %s", why);
}

/* Reads bytes, which must be of that format, into a new library. */
static struct library
read_library(struct str bytes, const char *format_name)
{
	struct library library = { .arena = arena_new() };
	struct format_reader reader = {
		.context = &library,
		.entry = take,
		.skip = skipped,
		.arena = arena_new(),
		.keep = arena_new(),
		.scope = "test",
		.base_url = "",
	};
	const struct source_format *format = NULL;
	struct err err = ERR_NONE;
	struct input *input = input_of_bytes(bytes);

	if (format_read(input, &reader, &format, &err) < 0)
		fail_msg("%s: %s", format_name, err.text);
	assert_string_equal(format->name, format_name);
	input_close(input);
	arena_free(reader.arena);
	arena_free(reader.keep);
	return library;
}

/* ---- comparing ---- */

/* One a line; who is named twice, as some are, is one author to a feed. */
static struct str
authors_of(struct arena *arena, const struct entry *entry)
{
	struct str all = STR("\n"), name;
	size_t at = 0;

	while (export_next_author(arena, entry, &at, &name)) {
		if (str_find(all, arena_printf(arena, "\n%.*s\n", STR_ARG(name))) < 0)
			all = arena_printf(arena, "%.*s%.*s\n", STR_ARG(all), STR_ARG(name));
	}
	return all;
}

static void
assert_same(struct str written, struct str read, const char *what)
{
	size_t at = 0;

	if (str_equal(written, read))
		return;
	while (at < written.len && at < read.len && written.ptr[at] == read.ptr[at])
		at++;
	at = at > 20 ? at - 20 : 0;
	fail_msg("%s: \"%.80s\" reads \"%.80s\"", what, str_skip(written, at).ptr,
	    str_skip(read, at).ptr);
}

static void
compare(struct arena *arena, const struct entry *written, const struct entry *read, bool has_day,
    bool has_plain_title, bool has_plain_abstract)
{
	char a[DATE_DAY_BYTES], b[DATE_DAY_BYTES];
	size_t digits = has_day ? 10 : 4;

	assert_same(entry_key(written), entry_key(read), "key");
	/* Readers of HTML, and of what may be HTML, mend what was escaped too often. */
	if (has_plain_title || !html_is_markup(written->title))
		assert_same(
		    export_line(arena, written->title), export_line(arena, read->title), "title");
	assert_same(authors_of(arena, written), authors_of(arena, read), "authors");
	if (has_plain_abstract || !html_is_markup(written->abstract))
		assert_same(export_line(arena, written->abstract),
		    export_line(arena, read->abstract), "abstract");
	assert_same(written->url, read->url, "URL");
	date_format_day(a, export_day(written));
	date_format_day(b, export_day(read));
	assert_same(
	    str_head(str_from(a), digits), str_head(str_from(b), digits), "day of publication");
}

static const struct {
	const char *name, *reader;
	bool has_day, has_plain_title, has_plain_abstract;
} readable[] = {
	{ "bibtex", "bibtex", false, true, true },
	{ "ris", "ris", true, true, true },
	{ "csl-json", "csl_json", true, false, false },
	{ "rss", "rss", true, false, false },
	{ "atom", "atom", true, true, false },
};

static const struct export_format *
find_format(const char *name)
{
	const struct export_format *format;

	for (size_t i = 0; (format = export_format(i)) != NULL; i++) {
		if (strcmp(format->name, name) == 0)
			return format;
	}
	fail_msg("there is no format '%s'", name);
	return NULL;
}

static const struct export_head head = {
	.title = { "Papers & more", 13 }, .id = { "test", 4 }, .at = 1785153600
};

static void
write_and_read(const struct library *library)
{
	for (size_t i = 0; i < sizeof(readable) / sizeof(readable[0]); i++) {
		struct buf text = BUF_INIT(BUF_LIMIT);
		struct arena *arena = arena_new();
		export_write(
		    find_format(readable[i].name), &head, library->entries, library->count, &text);
		assert_true(unicode_is_valid(buf_str(&text)));
		struct library read = read_library(buf_str(&text), readable[i].reader);
		assert_int_equal(read.count, library->count);
		for (size_t j = 0; j < read.count; j++) {
			compare(arena, library->entries[j], read.entries[j], readable[i].has_day,
			    readable[i].has_plain_title, readable[i].has_plain_abstract);
			arena_reset(arena);
		}
		arena_free(read.arena);
		arena_free(arena);
		buf_release(&text);
	}
}

/* ---- papers made here ---- */

static struct entry *
add_paper(struct library *library, const char *id, const char *title, const char *author,
    const char *abstract)
{
	struct entry entry;
	struct err err = ERR_NONE;

	entry_init(&entry);
	entry_set_title(&entry, library->arena, str_from(title));
	entry_add_author(&entry, library->arena, str_from(author), STR(""), false);
	entry.abstract = entry_text_paragraphs(library->arena, str_from(abstract));
	entry.url = arena_printf(library->arena, "https://arxiv.org/abs/%s", id);
	entry.published_at = 1784851200;
	identity_add(&entry, library->arena, str_from(id));
	assert_true(identity_finish(&entry, library->arena, STR("")));
	take(library, &entry, &err);
	return library->entries[library->count - 1];
}

static struct str
export_as(const char *name, const struct library *library)
{
	struct buf text = BUF_INIT(BUF_LIMIT);
	struct str kept;

	export_write(find_format(name), &head, library->entries, library->count, &text);
	kept = arena_copy(library->arena, buf_str(&text));
	buf_release(&text);
	return kept;
}

static void
assert_has(struct str text, const char *part)
{
	if (str_find(text, str_from(part)) < 0)
		fail_msg("no \"%s\" in:\n%.*s", part, STR_ARG(text));
}

static void
assert_has_not(struct str text, const char *part)
{
	if (str_find(text, str_from(part)) >= 0)
		fail_msg("\"%s\" in:\n%.*s", part, STR_ARG(text));
}

/* ---- tests ---- */

static void
test_names_are_those_of_the_rows(void **state)
{
	struct str names = STR(EXPORT_NAMES), name;
	size_t i = 0;
	(void)state;

	for (; str_next(&names, '|', &name); i++)
		assert_str(name, export_format(i)->name);
	assert_null(export_format(i));
}

static void
test_real_listings_come_back(void **state)
{
	const char *data = getenv("DIGEST_TEST_DATA");
	char pattern[4096];
	glob_t files;
	(void)state;

	snprintf(
	    pattern, sizeof(pattern), "%s/hf_daily/*.json", data != NULL ? data : "../shared/data");
	if (glob(pattern, 0, NULL, &files) != 0) {
		print_message("skipped: no listings at %s (DIGEST_TEST_DATA)\n", pattern);
		skip();
	}
	for (size_t i = 0; i < files.gl_pathc; i++) {
		struct input *input;
		struct str bytes;
		struct err err = ERR_NONE;
		int fd = open(files.gl_pathv[i], O_RDONLY | O_CLOEXEC);
		assert_true(fd >= 0);
		input = input_of_file(fd, files.gl_pathv[i]);
		assert_int_equal(format_whole(input, &bytes, &err), 0);
		if (str_find(bytes, STR("\"paper\"")) >= 0) {
			struct library library = read_library(bytes, "hf_json");
			write_and_read(&library);
			arena_free(library.arena);
		}
		input_close(input);
	}
	globfree(&files);
}

/* What each format takes for its own, and what TeX, HTML and terminals would. */
static void
test_hostile_texts_come_back(void **state)
{
	static const char *const texts[] = {
		"A } brace, and a { brace",
		"Quotes \" and ' and \"both\"",
		"100% of R&D_costs #1: ~ or ^ or |",
		"}\n@article{evil, title={x}}",
		"]]> --> <![CDATA[ ]]> <!-- <script>alert(1)</script>",
		"TY  - JOUR",
		"ER  - ",
		"&lt;b&gt; and &amp; and &#65; are text",
		"javascript:alert(1) [x](javascript:alert(1)) ![i](http://a/b)",
		"ends with a backslash \\",
		"\"},{\"title\":\"second\"}",
	};
	struct library library = { .arena = arena_new() };
	(void)state;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		const char *id = arena_printf(library.arena, "2607.%05zu", i + 1).ptr;
		add_paper(&library, id, texts[i], "Ada Example", texts[i]);
	}
	write_and_read(&library);
	arena_free(library.arena);
}

static void
test_controls_go_nowhere(void **state)
{
	struct library library = { .arena = arena_new() };
	const struct export_format *format;
	(void)state;

	add_paper(&library, "2607.00001",
	    "A \x1b]8;;http://a\x07 link \xc2\x9b"
	    "2J \xe2\x80\xae over",
	    "Eve\x1b[31m Example", "One.\x00\r\nTwo \xef\xbf\xbe \xff.");
	for (size_t i = 0; (format = export_format(i)) != NULL; i++) {
		struct str text = export_as(format->name, &library);
		assert_true(unicode_is_valid(text));
		for (size_t j = 0; j < text.len; j++)
			assert_true((unsigned char)text.ptr[j] >= ' ' || text.ptr[j] == '\n' ||
			    (text.ptr[j] == '\r' && strcmp(format->name, "ris") == 0));
		assert_has_not(text, "\xc2\x9b");
		assert_has_not(text, "\xe2\x80\xae");
	}
	arena_free(library.arena);
}

static void
test_names_part(void **state)
{
	static const char *const rows[][5] = {
		/* name, given, particle, family, suffix */
		{ "Ada Lovelace", "Ada", "", "Lovelace", "" },
		{ "Jan van der Berg", "Jan", "van der", "Berg", "" },
		{ "Martin Luther King Jr.", "Martin Luther", "", "King", "Jr." },
		{ "Martin King, Jr.", "Martin", "", "King", "Jr." },
		{ "Lovelace, Ada", "Ada", "", "Lovelace", "" },
		{ "King, Martin, Jr.", "Martin", "", "King", "Jr." },
		{ "van Gogh", "van", "", "Gogh", "" },
		{ "Qwen Team", "", "", "Qwen Team", "" },
		{ "DeepSeek-AI", "", "", "DeepSeek-AI", "" },
		{ "The Example Group", "", "", "The Example Group", "" },
		{ "李雷", "", "", "李雷", "" },
		{ ",", "", "", ",", "" },
	};
	struct arena *arena = arena_new();
	(void)state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct export_name name = export_name(arena, str_from(rows[i][0]));
		assert_str(name.given, rows[i][1]);
		assert_str(name.particle, rows[i][2]);
		assert_str(name.family, rows[i][3]);
		assert_str(name.suffix, rows[i][4]);
	}
	arena_free(arena);
}

static void
test_bibtex_keeps_capitals_and_tells_keys_apart(void **state)
{
	struct library library = { .arena = arena_new() };
	(void)state;

	add_paper(&library, "2607.00001", "Learning from Wikipedia with GPT-4 and BERT",
	    "Zoë Müller", "");
	add_paper(&library, "2607.00002", "Learning More From Less", "Zoe Muller", "");
	add_paper(&library, "2607.00003", "On $\\tau$-bench & friends", "Qwen Team", "");

	struct str text = export_as("bibtex", &library);
	assert_has(text,
	    "@misc{muller2026learning,\n  title = {Learning from {Wikipedia} with {GPT-4} and "
	    "{BERT}}");
	assert_has(text, "@misc{muller2026learning-2,\n  title = {Learning More From Less}");
	assert_has(text, "title = {On τ-bench \\& friends}");
	assert_has(text, "author = {Müller, Zoë}");
	assert_has(text, "author = {{Qwen Team}}");
	assert_has(text, "eprint = {2607.00001},\n  archiveprefix = {arXiv}");
	assert_has(text, "month = jul");
	arena_free(library.arena);
}

static void
test_markdown_is_text(void **state)
{
	struct library library = { .arena = arena_new() };
	(void)state;

	add_paper(&library, "2607.00001", "2*Stars* [link](javascript:x) <b> 2`code`",
	    "Ada Example", "# no heading\n\n- no list\n\n1. no number\n\n    plain_text");

	struct str text = export_as("markdown", &library);
	assert_has(text,
	    "## [2\\*Stars\\* \\[link\\](javascript:x) \\<b\\> "
	    "2\\`code\\`](<https://arxiv.org/abs/2607.00001>)\n");
	assert_has(text, "\n\\# no heading\n\n\\- no list\n\n1\\. no number\n\nplain\\_text\n");
	assert_true(str_ends(text, "\n") && !str_ends(text, "\n\n"));
	arena_free(library.arena);
}

static void
test_none_is_a_whole_file(void **state)
{
	struct library library = { .arena = arena_new() };
	(void)state;

	assert_str(export_as("bibtex", &library), "");
	assert_str(export_as("csl-json", &library), "[\n]\n");
	assert_str(export_as("markdown", &library), "# Papers \\& more\n");
	assert_has(export_as("rss", &library), "</channel>\n</rss>\n");
	assert_has(export_as("atom", &library), "</feed>\n");
	arena_free(library.arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names_are_those_of_the_rows),
		cmocka_unit_test(test_real_listings_come_back),
		cmocka_unit_test(test_hostile_texts_come_back),
		cmocka_unit_test(test_controls_go_nowhere),
		cmocka_unit_test(test_names_part),
		cmocka_unit_test(test_bibtex_keeps_capitals_and_tells_keys_apart),
		cmocka_unit_test(test_markdown_is_text),
		cmocka_unit_test(test_none_is_a_whole_file),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
