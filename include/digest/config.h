/*
 * The configuration file: sections of typed settings. Core keys are rows of keys.def; those of a
 * plug-in (a provider's, the transports') are given by the caller, since this module knows no
 * stage. Precedence is default < file < command line.
 */
#ifndef DIGEST_CONFIG_H
#define DIGEST_CONFIG_H

#include "digest/buf.h"
#include "digest/err.h"
#include "digest/settings.h"

struct config;

enum config_section { CONFIG_DIGEST, CONFIG_SMTP, CONFIG_SOURCE, CONFIG_LIST };
enum { CONFIG_SECTION_COUNT = CONFIG_LIST + 1 };

/* Plug-in rows by section; NULL for none. */
struct config_rows {
	const struct setting *of[CONFIG_SECTION_COUNT];
};

/*
 * Reads the file at `path`; NULL finds it: $DIGEST_CONFIG, the user's, /etc's; none of these is the
 * built-in configuration, not an error. `rows` and what it points to are borrowed for ever. Values
 * are checked as far as this layer can (types, addresses, zones, schedules, queries); names of
 * rankings, templates, transports and sources are not.
 *
 * EX_CONFIG as "FILE:LINE: what is wrong" (an unknown key with the nearest name), also for a file
 * that was named and is not there. EX_NOPERM with the command to type when the file may not be read
 * or, having a password_command, may be written by others; and when it holds a password that others
 * may read (one that only its owner may read is refused with EX_CONFIG). EX_IOERR.
 */
int config_load(
    struct config **config, const char *path, const struct config_rows *rows, struct err *err);
void config_free(struct config *config);

/*
 * "section.key=value", "list.NAME.key=value" or "source.NAME.key=value" from the command line; the
 * elements of a list are joined by commas and replace those of the file. EX_CONFIG.
 */
int config_override(struct config *config, const char *assignment, struct err *err);

/* The file that was read; "" when there was none. */
const char *config_path(const struct config *config);

/* The core section's settings (CONFIG_DIGEST, CONFIG_SMTP). */
struct settings *config_settings(const struct config *config, enum config_section section);

/* Whether these are of the source or list that is there when no file defines any. */
bool config_is_built_in(enum config_section section, const struct settings *settings);

/*
 * Titled sections in the order of the file: the title, and its settings; NULL after the last. A
 * file without any source or list has the built-in one ("hf", "daily").
 */
const char *config_title(const struct config *config, enum config_section section, size_t index,
    struct settings **settings);
struct settings *
config_find(const struct config *config, enum config_section section, const char *title);

/* Settings of a section with nothing set, as if it stood empty in the file; owned by the config. */
struct settings *config_blank(struct config *config, enum config_section section);

/*
 * What the command line set in the section of that title, whatever the file has;
 * owned by the config.
 */
const struct settings *
config_told(const struct config *config, enum config_section section, const char *title);

/* The keys of a list that a reader may have values of his own for; NULL after the last. */
const char *config_reader_key(size_t index);

/*
 * Sets such a value in a copy of the list's settings, checked as that of a file is; the elements of
 * a list are joined by commas. EX_CONFIG, beginning with `origin`.
 */
int config_set_for_reader(struct settings *settings, const char *key, const char *text,
    const char *origin, struct err *err);

/*
 * Where the store is: `override` (--db); else in $STATE_DIRECTORY; else /var/lib/digest when the
 * file that was read is below /etc; else the user's state folder,
 * ${XDG_STATE_HOME:-~/.local/state}. Nothing is made. EX_NOPERM with the command to type when that
 * folder is another user's; EX_CONFIG when no home folder is known; EX_USAGE for an empty
 * `override`.
 */
int config_store_path(
    const struct config *config, const char *override, struct buf *out, struct err *err);

/*
 * "section.key = value   # origin" for every setting, quoted as the file would have it. Secrets are
 * never among them: of a password_command only the program is shown.
 */
void config_show(const struct config *config, struct buf *out);

/* Appends a section as the file would have it, with the settings that are set. */
void config_write_section(struct buf *out, enum config_section section, const char *title,
    const struct settings *settings);

/* The commented example file that config --init writes. */
struct str config_example(void);

/* "digest", "smtp", "source" or "list". */
const char *config_section_name(enum config_section section);

#endif
