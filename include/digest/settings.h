/*
 * Typed values by name. A row describes one key; a `struct settings` holds the values of one
 * section of the configuration, or of one source or transport given on the command line. Core rows
 * stand in src/config/keys.def, a plug-in's own rows in its descriptor: the parser, `config
 * --show`, `config --init` and the manual all read the same rows.
 *
 * Values live as long as the settings; getters of an unset key give the row's fallback.
 */
#ifndef DIGEST_SETTINGS_H
#define DIGEST_SETTINGS_H

#include "digest/err.h"
#include "digest/str.h"

enum setting_type {
	SETTING_STRING,
	SETTING_STRINGS, /* {a, b} in the file; commas on the command line */
	SETTING_INT, /* 0 … 2^31-1 */
	SETTING_BOOL, /* true false yes no on off 1 0 */
	SETTING_DURATION, /* 90s 15m 2h 5d, in seconds */
};

struct setting {
	const char *name;
	enum setting_type type;
	const char *fallback; /* as it would be written; "" for none */
	const char *help; /* one line */
};

/* The end of an array of rows. */
#define SETTING_END \
	{ \
		NULL, SETTING_STRING, NULL, NULL \
	}

struct settings;

/* Empty settings for the given rows (SETTING_END-terminated, borrowed for ever). */
struct settings *settings_new(const struct setting *rows);
void settings_free(struct settings *settings);

/* Settings of the same rows and values, to be changed without changing these. */
struct settings *settings_copy(const struct settings *settings);

/* Lets the rows of a plug-in be set and read too. */
void settings_add_rows(struct settings *settings, const struct setting *rows);

/* The row of that name, or NULL. */
const struct setting *settings_row(const struct settings *settings, const char *name);

/* The i-th row in order of addition, or NULL after the last. */
const struct setting *settings_row_at(const struct settings *settings, size_t index);

/* The row whose name is nearest to `name` and near enough to be meant, or NULL. */
const struct setting *settings_nearest(const struct settings *settings, const char *name);

/*
 * Sets a value from its text; for SETTING_STRINGS adds one element per call. `origin` ("file:12",
 * "command line") is kept for messages. EX_CONFIG for an unknown name or a text of another type:
 * the message starts with `origin`.
 */
int settings_set(struct settings *settings, const char *name, const char *text, const char *origin,
    struct err *err);

/* Forgets a value, so that the fallback counts again. */
void settings_unset(struct settings *settings, const char *name);

bool settings_is_set(const struct settings *settings, const char *name);

/* Where the value came from; "default" when it is the fallback. */
const char *settings_origin(const struct settings *settings, const char *name);

/* Getters. The name must be a row's and the type the row's type: anything else is a bug. */
const char *settings_string(const struct settings *settings, const char *name);
int64_t settings_int(const struct settings *settings, const char *name);
int64_t settings_duration_s(const struct settings *settings, const char *name);
bool settings_bool(const struct settings *settings, const char *name);
size_t settings_count(const struct settings *settings, const char *name);
const char *settings_string_at(const struct settings *settings, const char *name, size_t index);

/* "90s", "15m", "2h", "5d" or a bare number of seconds: 0, or -1 and `seconds` untouched. */
int settings_parse_duration(struct str text, int64_t *seconds);

#endif
