/*
 * What the configuration is, and where each part of it came from, in words that a file or --set
 * would take; and the example file.
 */
#include "builtin.h"
#include "internal.h"

#include <stdio.h>
#include <string.h>

/* As it would stand in the file: "…", or '…' around what the file would refuse in "…". */
static void
add_quoted(struct buf *out, const char *text)
{
	char quote = strstr(text, "${") != NULL ? '\'' : '"';

	buf_add_char(out, quote);
	for (; *text != '\0'; text++) {
		if (quote == '"' && (*text == '\n' || *text == '\t')) {
			buf_add_string(out, *text == '\n' ? "\\n" : "\\t");
			continue;
		}
		if (*text == '\\' || *text == quote)
			buf_add_char(out, '\\');
		buf_add_char(out, *text);
	}
	buf_add_char(out, quote);
}

static void
add_text(struct buf *out, const struct settings *settings, const struct setting *row)
{
	const char *text = settings_string(settings, row->name);

	/* The rest of the command may be the secret itself. */
	if (str_ends(str_from(row->name), "_command") && text[strcspn(text, " \t")] != '\0') {
		buf_addf(out, "\"%.*s …\"", (int)strcspn(text, " \t\"\\"), text);
		return;
	}
	add_quoted(out, text);
}

/* In the largest unit that says it whole. */
static void
add_duration(struct buf *out, int64_t seconds)
{
	static const struct {
		int64_t seconds;
		char unit;
	} units[] = { { 86400, 'd' }, { 3600, 'h' }, { 60, 'm' }, { 1, 's' } };
	size_t i = 0;

	while (seconds % units[i].seconds != 0)
		i++;
	buf_addf(out, "%lld%c", (long long)(seconds / units[i].seconds), units[i].unit);
}

static void
add_value(struct buf *out, const struct settings *settings, const struct setting *row)
{
	switch (row->type) {
	case SETTING_STRING: add_text(out, settings, row); break;
	case SETTING_STRINGS:
		buf_add_char(out, '{');
		for (size_t i = 0; i < settings_count(settings, row->name); i++) {
			buf_add_string(out, i > 0 ? ", " : "");
			add_quoted(out, settings_string_at(settings, row->name, i));
		}
		buf_add_char(out, '}');
		break;
	case SETTING_INT:
		buf_addf(out, "%lld", (long long)settings_int(settings, row->name));
		break;
	case SETTING_BOOL:
		buf_add_string(out, settings_bool(settings, row->name) ? "true" : "false");
		break;
	case SETTING_DURATION: add_duration(out, settings_duration_s(settings, row->name)); break;
	}
}

static void
show_section(struct buf *out, enum config_section section, const char *title,
    const struct settings *settings)
{
	const struct setting *row;

	for (size_t i = 0; (row = settings_row_at(settings, i)) != NULL; i++) {
		buf_add_string(out, config_section_name(section));
		if (title != NULL)
			buf_addf(out, ".%s", title);
		buf_addf(out, ".%s = ", row->name);
		add_value(out, settings, row);
		buf_addf(out, "   # %s\n", settings_origin(settings, row->name));
	}
}

void
config_show(const struct config *config, struct buf *out)
{
	for (int i = 0; i < CONFIG_SECTION_COUNT; i++) {
		enum config_section section = (enum config_section)i;
		if (!config_has_title(section)) {
			show_section(out, section, NULL, config_settings(config, section));
			continue;
		}
		struct settings *settings;
		const char *title;
		for (size_t n = 0; (title = config_title(config, section, n, &settings)) != NULL;
		     n++)
			show_section(out, section, title, settings);
	}
}

void
config_write_section(struct buf *out, enum config_section section, const char *title,
    const struct settings *settings)
{
	const struct setting *row;

	buf_addf(out, "%s %s {\n", config_section_name(section), title);
	for (size_t i = 0; (row = settings_row_at(settings, i)) != NULL; i++) {
		if (!settings_is_set(settings, row->name))
			continue;
		buf_addf(out, "  %s = ", row->name);
		add_value(out, settings, row);
		buf_add_char(out, '\n');
	}
	buf_add_string(out, "}\n");
}

struct str
config_example(void)
{
	return str_from(config_builtin_example);
}
