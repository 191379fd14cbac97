/* What the files of the configuration share. */
#ifndef DIGEST_CONFIG_INTERNAL_H
#define DIGEST_CONFIG_INTERNAL_H

#include "digest/config.h"

#include <sys/stat.h>
#include <unistd.h>

/* ---- config.c ---- */

/* Sets and checks a value; the elements of a list are joined by commas and replace those there. */
int config_set_value(struct settings *settings, enum config_section kind, const char *key,
    const char *value, const char *origin, struct err *err);

/* ---- rows.c ---- */

/* The core rows of a section, SETTING_END-terminated. */
const struct setting *config_core_rows(enum config_section section);
bool config_has_title(enum config_section section);

/* ---- check.c ---- */

/*
 * Whether a value may be what it is; `key` need not be a core key. The message says where, and
 * which key.
 */
int config_check_value(enum config_section section, const char *key, const char *value,
    const char *origin, struct err *err);

/* Whether the text holds "scheme://user:password@". */
bool config_has_url_password(struct str text);

/* ---- file.c ---- */

struct config_file {
	struct buf path; /* "" when there is none */
	struct buf text;
	struct stat status;
};

/* Finds and reads the file (see config_load()). */
int config_read_file(struct config_file *file, const char *path, struct err *err);

/* Whether the file may say which commands to run: EX_NOPERM when others could have written it. */
int config_check_writers(const struct config_file *file, const char *origin, struct err *err);

/* Refuses a password that stands in the file: EX_NOPERM when others may read it, else EX_CONFIG. */
int config_refuse_password(
    const struct config_file *file, const char *origin, const char *what, struct err *err);

/* ---- place.c ---- */

/* Appends `name` below $variable when that is an absolute path, else below `fallback` in the home
 * folder. -1, and nothing is appended, when no home folder is known. */
int
config_add_user_path(struct buf *out, const char *variable, const char *fallback, const char *name);

/* Appends "sudo -u LOGIN digest": how the right user is asked. */
void config_add_sudo(struct buf *out, uid_t user);

#endif
