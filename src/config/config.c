/*
 * The configuration: sections of settings, as the built-in one, the file and the command line make
 * them. How the file reads is port/conf's, what a value may be check.c's.
 */
#include "internal.h"

#include "digest/conf.h"
#include "digest/mem.h"

#include <string.h>

#define ORIGIN_COMMAND_LINE "command line"

enum { LONGEST_TITLE = 64 };

struct section {
	char *title; /* NULL when sections of its kind have none */
	char *origin; /* NULL unless it stands in the file */
	struct settings *settings;
	struct settings *told; /* of these what the command line said */
};

struct config {
	struct config_file file;
	struct config_rows rows;
	struct settings *blank[CONFIG_SECTION_COUNT];
	/* An untitled section is always there, once. */
	struct section *sections[CONFIG_SECTION_COUNT];
	size_t counts[CONFIG_SECTION_COUNT];
};

static struct settings *
new_settings(const struct config *config, enum config_section section)
{
	struct settings *settings = settings_new(config_core_rows(section));

	if (config->rows.of[section] != NULL)
		settings_add_rows(settings, config->rows.of[section]);
	return settings;
}

static struct section *
add_section(struct config *config, enum config_section kind, const char *title, const char *origin)
{
	size_t count = ++config->counts[kind];

	config->sections[kind] = mem_resize(config->sections[kind], count * sizeof(struct section));
	struct section *section = &config->sections[kind][count - 1];
	*section = (struct section){
		.title = title != NULL ? mem_copy_string(title) : NULL,
		.origin = origin != NULL ? mem_copy_string(origin) : NULL,
		.settings = new_settings(config, kind),
		.told = new_settings(config, kind),
	};
	return section;
}

static struct section *
find_section(const struct config *config, enum config_section kind, const char *title)
{
	for (size_t i = 0; i < config->counts[kind]; i++) {
		struct section *section = &config->sections[kind][i];
		if (section->title == NULL || strcmp(section->title, title) == 0)
			return section;
	}
	return NULL;
}

/* ---- reading ---- */

/* Titles become parts of message identifications and of keys on the command line. */
static int
check_title(const char *title, const char *origin, struct err *err)
{
	struct str rest = str_from(title);
	bool is_good = rest.len > 0 && rest.len <= LONGEST_TITLE;
	char last = '.';

	for (size_t i = 0; i < rest.len && is_good; i++) {
		char c = rest.ptr[i];
		is_good = str_is_alnum(c) || c == '_' || (c == '-' && last != '.') ||
		    (c == '.' && last != '.');
		last = c;
	}
	if (is_good && last != '.')
		return 0;
	return err_set(err, EX_CONFIG,
	    "%s: '%s' cannot be a name; use letters, digits, '_', '-' and '.', at most %d of them",
	    origin, title, LONGEST_TITLE);
}

static struct settings *
on_section(void *context, size_t kind, const char *title, const char *origin, struct err *err)
{
	struct config *config = context;

	if (config_has_title((enum config_section)kind)) {
		if (check_title(title, origin, err) < 0)
			return NULL;
		return add_section(config, (enum config_section)kind, title, origin)->settings;
	}
	struct section *section = &config->sections[kind][0];
	if (section->origin != NULL) {
		err_set(err, EX_CONFIG,
		    "%s: the section '%s' stands in the file twice; first at %s", origin,
		    config_section_name((enum config_section)kind), section->origin);
		return NULL;
	}
	section->origin = mem_copy_string(origin);
	return section->settings;
}

static int
on_value(void *context, struct settings *settings, size_t section, const char *key,
    const char *text, const char *origin, struct err *err)
{
	const struct config *config = context;

	if (config_has_url_password(str_from(text)))
		return config_refuse_password(
		    &config->file, origin, "a password may not stand in a URL", err);
	if (settings_set(settings, key, text, origin, err) < 0)
		return -1;
	return config_check_value((enum config_section)section, key, text, origin, err);
}

static bool
is_password(const char *key)
{
	return strcmp(key, "password") == 0 || strcmp(key, "pass") == 0 ||
	    strcmp(key, "passwd") == 0;
}

static int
on_unknown(void *context, size_t section, const char *key, const char *origin, struct err *err)
{
	const struct config *config = context;
	const struct setting *meant = settings_nearest(config->blank[section], key);

	if (is_password(key))
		return config_refuse_password(
		    &config->file, origin, "a password may not stand here", err);
	if (meant != NULL)
		return err_set(err, EX_CONFIG, "%s: unknown key '%s'; did you mean '%s'?", origin,
		    key, meant->name);
	return err_set(err, EX_CONFIG,
	    "%s: unknown key '%s' in section '%s'; see 'digest config --init'", origin, key,
	    config_section_name((enum config_section)section));
}

static int
parse_file(struct config *config, struct err *err)
{
	struct conf_section sections[CONFIG_SECTION_COUNT + 1] = { { 0 } };
	struct conf_reader reader = { config, on_section, on_value, on_unknown };

	for (int i = 0; i < CONFIG_SECTION_COUNT; i++)
		sections[i] = (struct conf_section){
			.name = config_section_name((enum config_section)i),
			.has_title = config_has_title((enum config_section)i),
			.keys = config->blank[i],
		};
	return conf_parse(
	    buf_str(&config->file.text), config->file.path.ptr, sections, &reader, err);
}

/* The origin of what the built-in source and list set, and what that is of each. */
static const char built_in[] = "built in";
static const char *const built_in_keys[CONFIG_SECTION_COUNT] = {
	[CONFIG_SOURCE] = "provider", [CONFIG_LIST] = "minutes"
};

bool
config_is_built_in(enum config_section section, const struct settings *settings)
{
	return strcmp(settings_origin(settings, built_in_keys[section]), built_in) == 0;
}

/* A file that defines any source replaces the built-in one; likewise any list. */
static int
add_built_in(struct config *config, struct err *err)
{
	if (config->counts[CONFIG_LIST] == 0) {
		struct section *list = add_section(config, CONFIG_LIST, "daily", NULL);
		if (settings_set(list->settings, built_in_keys[CONFIG_LIST], "5", built_in, err) <
		    0)
			return -1;
	}
	if (config->counts[CONFIG_SOURCE] > 0)
		return 0;
	struct section *source = add_section(config, CONFIG_SOURCE, "hf", NULL);
	return settings_set(
	    source->settings, built_in_keys[CONFIG_SOURCE], "hf_daily", built_in, err);
}

static int
check_commands(const struct config *config, const struct settings *settings, struct err *err)
{
	static const char *const keys[] = { "password_command", "token_command", "command" };

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (settings_row(settings, keys[i]) != NULL && settings_is_set(settings, keys[i]) &&
		    config_check_writers(&config->file, settings_origin(settings, keys[i]), err) <
		        0)
			return -1;
	}
	return 0;
}

/* Who may write the file may run programs as us, if it names any. */
static int
check_command_writers(const struct config *config, struct err *err)
{
	for (int kind = 0; kind < CONFIG_SECTION_COUNT; kind++) {
		for (size_t i = 0; i < config->counts[kind]; i++) {
			if (check_commands(config, config->sections[kind][i].settings, err) < 0)
				return -1;
		}
	}
	return 0;
}

int
config_load(struct config **out, const char *path, const struct config_rows *rows, struct err *err)
{
	struct config *config = mem_alloc(sizeof(*config));

	config->file.path = BUF_INIT(BUF_LIMIT);
	config->file.text = BUF_INIT(BUF_LIMIT);
	config->rows = *rows;
	for (int i = 0; i < CONFIG_SECTION_COUNT; i++) {
		config->blank[i] = new_settings(config, (enum config_section)i);
		if (!config_has_title((enum config_section)i))
			add_section(config, (enum config_section)i, NULL, NULL);
	}
	if (config_read_file(&config->file, path, err) < 0 || parse_file(config, err) < 0 ||
	    check_command_writers(config, err) < 0 || add_built_in(config, err) < 0) {
		config_free(config);
		*out = NULL;
		return -1;
	}
	buf_release(&config->file.text);
	*out = config;
	return 0;
}

void
config_free(struct config *config)
{
	if (config == NULL)
		return;
	for (int kind = 0; kind < CONFIG_SECTION_COUNT; kind++) {
		for (size_t i = 0; i < config->counts[kind]; i++) {
			mem_free(config->sections[kind][i].title);
			mem_free(config->sections[kind][i].origin);
			settings_free(config->sections[kind][i].settings);
			settings_free(config->sections[kind][i].told);
		}
		mem_free(config->sections[kind]);
		settings_free(config->blank[kind]);
	}
	buf_release(&config->file.path);
	buf_release(&config->file.text);
	mem_free(config);
}

/* ---- the command line ---- */

/* "list.NAME.key=value" in its pieces, terminated. */
struct assignment {
	char *text; /* holds them all */
	const char *section, *title, *key, *value; /* title "" without one */
};

static int
split_assignment(struct assignment *assignment, const char *text, struct err *err)
{
	size_t name_len = strcspn(text, "=");

	assignment->text = mem_copy_string(text);
	char *name = assignment->text;
	char *first = memchr(name, '.', name_len);
	char *last = memrchr(name, '.', name_len);
	if (name[name_len] == '\0' || first == NULL || first == name ||
	    last == name + name_len - 1) {
		err_set(err, EX_CONFIG,
		    ORIGIN_COMMAND_LINE ": '%s' is not section.key=value or list.NAME.key=value",
		    text);
		return -1;
	}
	name[name_len] = *first = *last = '\0';
	*assignment = (struct assignment){
		.text = name,
		.section = name,
		.title = first < last ? first + 1 : "",
		.key = last + 1,
		.value = name + name_len + 1,
	};
	return 0;
}

static int
refuse_title(
    const struct config *config, enum config_section kind, const char *title, struct err *err)
{
	struct buf known = BUF_INIT(BUF_LIMIT);
	const char *name = config_section_name(kind);

	for (size_t i = 0; i < config->counts[kind]; i++)
		buf_addf(&known, "%s'%s'", i > 0 ? ", " : "", config->sections[kind][i].title);
	if (title[0] == '\0')
		err_set(err, EX_CONFIG,
		    ORIGIN_COMMAND_LINE ": which %s? write %s.NAME.key=value; there is %s", name,
		    name, known.ptr);
	else
		err_set(err, EX_CONFIG, ORIGIN_COMMAND_LINE ": there is no %s '%s', only %s", name,
		    title, known.ptr);
	buf_release(&known);
	return -1;
}

/* The section that an assignment means. */
static struct section *
find_assigned(const struct config *config, const struct assignment *assignment,
    enum config_section *kind, struct err *err)
{
	int i = 0;

	while (i < CONFIG_SECTION_COUNT &&
	    strcmp(config_section_name((enum config_section)i), assignment->section) != 0)
		i++;
	if (i == CONFIG_SECTION_COUNT) {
		err_set(err, EX_CONFIG,
		    ORIGIN_COMMAND_LINE
		    ": unknown section '%s'; there are 'digest', 'smtp', 'source' and 'list'",
		    assignment->section);
		return NULL;
	}
	*kind = (enum config_section)i;
	if (config_has_title(*kind)) {
		struct section *section = find_section(config, *kind, assignment->title);
		if (section == NULL)
			refuse_title(config, *kind, assignment->title, err);
		return section;
	}
	if (assignment->title[0] != '\0') {
		err_set(err, EX_CONFIG,
		    ORIGIN_COMMAND_LINE ": a section '%s' has no name; write %s.%s=value",
		    assignment->section, assignment->section, assignment->key);
		return NULL;
	}
	return &config->sections[*kind][0];
}

static int
set_checked(struct settings *settings, enum config_section kind, const char *key, const char *value,
    const char *origin, struct err *err)
{
	if (settings_set(settings, key, value, origin, err) < 0)
		return -1;
	return config_check_value(kind, key, value, origin, err);
}

/* The elements take the place of those that were there. */
static int
set_elements(struct settings *settings, enum config_section kind, const char *key,
    const char *value, const char *origin, struct err *err)
{
	struct str rest = str_from(value), element;
	int status = 0;

	settings_unset(settings, key);
	while (status == 0 && str_next(&rest, ',', &element)) {
		struct buf text = BUF_INIT(BUF_LIMIT);
		buf_add(&text, str_trim(element));
		if (text.len > 0)
			status = set_checked(settings, kind, key, text.ptr, origin, err);
		buf_release(&text);
	}
	return status;
}

int
config_set_value(struct settings *settings, enum config_section kind, const char *key,
    const char *value, const char *origin, struct err *err)
{
	const struct setting *row = settings_row(settings, key);

	if (row != NULL && row->type == SETTING_STRINGS)
		return set_elements(settings, kind, row->name, value, origin, err);
	return set_checked(settings, kind, key, value, origin, err);
}

int
config_override(struct config *config, const char *text, struct err *err)
{
	struct assignment assignment = { 0 };
	enum config_section kind;
	struct section *section;
	int status = -1;

	if (split_assignment(&assignment, text, err) < 0)
		goto out;
	section = find_assigned(config, &assignment, &kind, err);
	if (section == NULL)
		goto out;
	if (is_password(assignment.key) || config_has_url_password(str_from(assignment.value))) {
		err_set(err, EX_CONFIG,
		    ORIGIN_COMMAND_LINE
		    ": a password may not stand there, where every user of this machine can "
		    "read it; use password_file or password_command");
		goto out;
	}
	status = config_set_value(
	    section->settings, kind, assignment.key, assignment.value, ORIGIN_COMMAND_LINE, err);
	if (status == 0)
		status = config_set_value(section->told, kind, assignment.key, assignment.value,
		    ORIGIN_COMMAND_LINE, err);
out:
	mem_free(assignment.text);
	return status;
}

/* ---- looking ---- */

const char *
config_path(const struct config *config)
{
	return config->file.path.ptr;
}

struct settings *
config_settings(const struct config *config, enum config_section section)
{
	return config->sections[section][0].settings;
}

struct settings *
config_blank(struct config *config, enum config_section section)
{
	return config->blank[section];
}

const struct settings *
config_told(const struct config *config, enum config_section section, const char *title)
{
	struct section *found = find_section(config, section, title);

	return found != NULL ? found->told : config->blank[section];
}

const char *
config_title(const struct config *config, enum config_section section, size_t index,
    struct settings **settings)
{
	if (index >= config->counts[section])
		return NULL;
	*settings = config->sections[section][index].settings;
	return config->sections[section][index].title;
}

struct settings *
config_find(const struct config *config, enum config_section section, const char *title)
{
	struct section *found = find_section(config, section, title);

	return found != NULL ? found->settings : NULL;
}
