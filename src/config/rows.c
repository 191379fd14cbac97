/*
 * The rows of the core keys, by section. What their values may be is check.c's.
 */
#include "internal.h"

#define KEY(section, name, type, fallback, check, help) ROW_##section(name, type, fallback, help)
#define ROW(name, type, fallback, help) { #name, SETTING_##type, fallback, help },

#define ROW_DIGEST(name, type, fallback, help) ROW(name, type, fallback, help)
#define ROW_LIST(name, type, fallback, help)
static const struct setting digest_rows[] = {
#include "keys.def"
	SETTING_END
};
#undef ROW_DIGEST
#undef ROW_LIST

#define ROW_DIGEST(name, type, fallback, help)
#define ROW_LIST(name, type, fallback, help) ROW(name, type, fallback, help)
static const struct setting list_rows[] = {
#include "keys.def"
	SETTING_END
};
#undef ROW_DIGEST
#undef ROW_LIST

static const struct setting no_rows[] = { SETTING_END };

static const struct {
	const char *name;
	bool has_title;
	const struct setting *rows;
} sections[CONFIG_SECTION_COUNT] = {
	[CONFIG_DIGEST] = { "digest", false, digest_rows },
	[CONFIG_SMTP] = { "smtp", false, no_rows },
	[CONFIG_SOURCE] = { "source", true, no_rows },
	[CONFIG_LIST] = { "list", true, list_rows },
};

const char *
config_section_name(enum config_section section)
{
	return sections[section].name;
}

bool
config_has_title(enum config_section section)
{
	return sections[section].has_title;
}

const struct setting *
config_core_rows(enum config_section section)
{
	return sections[section].rows;
}
