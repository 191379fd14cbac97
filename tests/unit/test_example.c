/* The example file and the manual against the rows they tell of. */
#include "unit.h"

#include "digest/config.h"
#include "digest/deliver.h"
#include "digest/pick.h"
#include "digest/source.h"

#include <ctype.h>
#include <unistd.h>

static char path[] = "/tmp/test_example.XXXXXX";
static struct config_rows rows;

static int
set_up(void **state)
{
	int fd = mkstemp(path);

	(void)state;
	rows.of[CONFIG_SMTP] = deliver_settings();
	rows.of[CONFIG_SOURCE] = source_settings();
	return fd < 0 || close(fd) < 0;
}

static int
tear_down(void **state)
{
	(void)state;
	return unlink(path);
}

static struct config *
load(const char *text)
{
	struct config *config = NULL;
	struct err err = ERR_NONE;
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
	if (config_load(&config, path, &rows, &err) < 0)
		fail_msg("%s", err.text);
	return config;
}

/* ---- the example ---- */

/* Uncomments every "#key = value" and every "#section … {" up to its "#}". */
static void
uncomment(struct buf *out)
{
	struct str rest = config_example(), line;
	bool is_section = false, is_value = false;

	while (str_next_line(&rest, &line)) {
		bool is_setting = str_starts(line, "  #") && line.len > 3 && line.ptr[3] != ' ';
		if (str_starts(line, "#") && str_ends(line, "{"))
			is_section = true;
		if (is_section || is_setting || is_value) {
			ptrdiff_t hash = str_find_char(line, '#');
			buf_add(out, str_head(line, (size_t)hash));
			buf_addf(out, "%.*s\n", STR_ARG(str_skip(line, (size_t)hash + 1)));
		} else {
			buf_addf(out, "%.*s\n", STR_ARG(line));
		}
		if (is_setting)
			is_value = str_ends(line, "= '") || (is_value && !str_is(line, "  #'"));
		if (str_is(line, "#}"))
			is_section = false;
	}
}

/* In any of the sections of that kind: the settings that set the key. */
static const struct settings *
setter(const struct config *config, enum config_section section, const char *key)
{
	struct settings *settings;

	if (section == CONFIG_DIGEST || section == CONFIG_SMTP) {
		settings = config_settings(config, section);
		return settings_is_set(settings, key) ? settings : NULL;
	}
	for (size_t i = 0; config_title(config, section, i, &settings) != NULL; i++)
		if (settings_is_set(settings, key))
			return settings;
	return NULL;
}

static void
example_is_what_counts_without_it(void **state)
{
	struct config *example = load(config_example().ptr), *none = load("");

	(void)state;
	for (int i = 0; i < CONFIG_SECTION_COUNT; i++) {
		enum config_section section = (enum config_section)i;
		const struct setting *row;
		const struct settings *blank = config_blank(none, section);
		for (size_t n = 0; (row = settings_row_at(blank, n)) != NULL; n++)
			if (setter(example, section, row->name) != NULL &&
			    setter(none, section, row->name) == NULL)
				fail_msg("the example sets %s.%s", config_section_name(section),
				    row->name);
	}
	struct settings *settings;
	assert_string_equal(config_title(example, CONFIG_SOURCE, 0, &settings), "hf");
	assert_string_equal(settings_string(settings, "provider"), "hf_daily");
	assert_null(config_title(example, CONFIG_SOURCE, 1, &settings));
	assert_string_equal(config_title(example, CONFIG_LIST, 0, &settings), "daily");
	assert_null(config_title(example, CONFIG_LIST, 1, &settings));
	config_free(example);
	config_free(none);
}

static void
assert_is_fallback(const struct settings *settings, const struct setting *row)
{
	bool is_equal = true;

	switch (row->type) {
	case SETTING_STRING:
		is_equal = strcmp(settings_string(settings, row->name), row->fallback) == 0;
		break;
	case SETTING_STRINGS: break;
	case SETTING_INT:
	case SETTING_BOOL:
	case SETTING_DURATION: {
		struct settings *written =
		    settings_new((const struct setting[]){ *row, SETTING_END });
		if (row->type == SETTING_INT)
			is_equal =
			    settings_int(written, row->name) == settings_int(settings, row->name);
		else if (row->type == SETTING_BOOL)
			is_equal =
			    settings_bool(written, row->name) == settings_bool(settings, row->name);
		else
			is_equal = settings_duration_s(written, row->name) ==
			    settings_duration_s(settings, row->name);
		settings_free(written);
	}
	}
	if (!is_equal)
		fail_msg("the example shows another '%s' than the default, %s", row->name,
		    row->fallback);
}

static void
example_shows_every_key(void **state)
{
	struct buf text = BUF_INIT(BUF_LIMIT);

	(void)state;
	uncomment(&text);
	/* The one value that must be there. */
	char *folder = strstr(text.ptr, "/etc/digest/templates");
	assert_non_null(folder);
	memcpy(folder, "/usr                 ", strlen("/etc/digest/templates"));
	struct config *config = load(text.ptr);
	for (int i = 0; i < CONFIG_SECTION_COUNT; i++) {
		enum config_section section = (enum config_section)i;
		const struct settings *blank = config_blank(config, section), *settings;
		const struct setting *row;
		for (size_t n = 0; (row = settings_row_at(blank, n)) != NULL; n++) {
			settings = setter(config, section, row->name);
			if (settings == NULL)
				fail_msg("the example is silent on %s.%s",
				    config_section_name(section), row->name);
			if (row->fallback[0] != '\0')
				assert_is_fallback(settings, row);
		}
	}
	config_free(config);
	buf_release(&text);
}

/* ---- the manual ---- */

/* The manual without mdoc's escapes. */
static char *
read_manual(void)
{
	FILE *file = fopen("man/digest.1", "r");
	char *text = calloc(1, 1 << 20), *out = text;

	assert_non_null(file);
	assert_non_null(text);
	for (int c; (c = fgetc(file)) != EOF;) {
		if (c != '\\')
			*out++ = (char)c;
		else if ((c = fgetc(file)) == '&')
			continue;
		else
			*out++ = (char)c;
		assert_true(out < text + (1 << 20) - 1);
	}
	fclose(file);
	return text;
}

/* Whether a line "MACRO WORD …" is there. */
static bool
has_item(const char *manual, const char *macro, const char *word)
{
	size_t length = strlen(word);
	char start[16];

	snprintf(start, sizeof(start), "\n%s ", macro);
	for (const char *at = manual; (at = strstr(at, start)) != NULL; at++) {
		const char *found = at + strlen(start);
		if (strncmp(found, word, length) == 0 && strchr(" \n", found[length]) != NULL)
			return true;
	}
	return false;
}

static void
assert_item(const char *manual, const char *macro, const char *word, const char *kind)
{
	if (!has_item(manual, macro, word))
		fail_msg("man/digest.1 has no item for the %s '%s'", kind, word);
}

static void
manual_has_every_option_and_command(void **state)
{
	static const struct {
		const char *name;
		char letter;
	} options[] = {
#define OPTION(field, name, letter, argument, kind, group, commands, help) { name, letter },
#include "src/cli/options.def"
#undef OPTION
	};
	static const char *const commands[] = {
#define COMMAND(name, usage, help) #name,
#include "src/cli/commands.def"
#undef COMMAND
	};
	char *manual = read_manual();

	(void)state;
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		char word[64];
		snprintf(word, sizeof(word), "Fl -%s", options[i].name);
		if (options[i].letter != '\0')
			snprintf(word, sizeof(word), "Fl %c , Fl -%s", options[i].letter,
			    options[i].name);
		assert_item(manual, ".It", word, "option");
	}
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		char word[64];
		snprintf(word, sizeof(word), "Cm %s", commands[i]);
		assert_item(manual, ".It", word, "command");
	}
	free(manual);
}

static void
manual_has_every_key(void **state)
{
	struct config *config = load("");
	char *manual = read_manual();

	(void)state;
	for (int i = 0; i < CONFIG_SECTION_COUNT; i++) {
		const struct settings *blank = config_blank(config, (enum config_section)i);
		const struct setting *row;
		for (size_t n = 0; (row = settings_row_at(blank, n)) != NULL; n++) {
			char word[64];
			snprintf(word, sizeof(word), "Va %s", row->name);
			assert_item(manual, ".It", word, "key");
		}
	}
	config_free(config);
	free(manual);
}

static void
manual_has_every_plug_in(void **state)
{
	static const struct {
		const char *(*name)(size_t index, const char **help);
		const char *kind;
	} tables[] = { { source_provider_name, "provider" }, { source_format_name, "format" },
		{ pick_ranking_name, "ranking" }, { deliver_transport_name, "transport" } };
	char *manual = read_manual();

	(void)state;
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		const char *name, *help;
		size_t count = 0;
		for (; (name = tables[i].name(count, &help)) != NULL; count++) {
			char word[64];
			snprintf(word, sizeof(word), "Ic %s", name);
			assert_item(manual, ".It", word, tables[i].kind);
		}
		assert_true(count > 0);
	}
	free(manual);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(example_is_what_counts_without_it),
		cmocka_unit_test(example_shows_every_key),
		cmocka_unit_test(manual_has_every_option_and_command),
		cmocka_unit_test(manual_has_every_key),
		cmocka_unit_test(manual_has_every_plug_in),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
